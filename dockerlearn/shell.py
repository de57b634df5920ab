"""The bit of sh that examples use.

    list      :=  [ pipeline { ( "&&" | "||" | ";" | newline ) pipeline } ]
    pipeline  :=  command { "|" command }
    command   :=  { NAME=word } [ ( ">" | ">>" ) word ]  |  word { word } [ ( ">" | ">>" ) word ]
               |  "for" NAME "in" { word } ( ";" | newline ) "do" list "done"
    word      :=  quoted and unquoted text with $NAME, ${NAME}, $?, $(list) and $((sum)) in it

A line is read and run in one go: there is a method for each line of this grammar. `live` is off for what is only read:
the whole line at first, so that what is wrong, or is shell but not known here, is refused by name before a single
command has run. Patterns (`*`, `?`) stay as they are, as in bash where nothing matches.
"""

from __future__ import annotations

import operator
import re
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, TypeAlias

from .errors import DockerError

NOT_FOUND, MISUSE = 127, 2
NOWHERE = "/dev/null"
MOST_NESTED = 40  # loops, `$( )` and sums of a line: they may be within each other
MOST_SIGNS = 50  # of a sum, with those of the sums in its variables
MOST_STEPS = 100_000  # commands, words, and hundreds of characters, of one line


class ShellError(DockerError):
    """Text that is not shell, or is shell that this one does not know, or cannot be done."""


class Unfinished(ShellError):
    """Text that is the beginning of shell: more lines could complete it."""


class Result(NamedTuple):
    """What a command left on the terminal, and its exit status."""

    output: str = ""
    status: int = 0


class Output(NamedTuple):
    """What a command wrote, as (is it an error?, text) in the order of writing, and its status."""

    pieces: tuple[tuple[bool, str], ...] = ()
    status: int = 0

    @property
    def standard(self) -> str:
        """What a pipe or `$( )` would get."""
        return "".join(text for is_error, text in self.pieces if not is_error)

    @property
    def errors(self) -> tuple[tuple[bool, str], ...]:
        """What goes to the terminal all the same."""
        return tuple(piece for piece in self.pieces if piece[0])

    @property
    def screen(self) -> str:
        """What a terminal shows: both streams in order."""
        return "".join(text for _, text in self.pieces)


def out(text: str, status: int = 0) -> Output:
    """An output on the standard stream alone."""
    return Output(((False, text),), status)


def err(text: str, status: int) -> Output:
    """An output on the error stream alone."""
    return Output(((True, text),), status)


# A command gets its words and what is piped into it: None if it reads from the terminal.
Command: TypeAlias = Callable[[list[str], "str | None"], Output]


# Reading and running

BLANKS = re.compile(r"(?:[ \t]|\\\n|#[^\n]*)*")
LINES = re.compile(r"(?:[ \t\n]|\\\n|#[^\n]*)*")
TOKEN = re.compile(
    r"""&&|\|\||;;|\|&|<<|>>|>\||&>|[<>][(&]|\(\(|[;&|<>()\n]
      | [^ \t\n;&|<>()'"$`\\]+ (?![^ \t\n;&|<>()])  # a word without quotes or dollars, such as a keyword""",
    re.VERBOSE,
)
NESTING = re.compile(r"\$\(|\bdo\b")
NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=", re.ASCII)
REFUSED_EXPANSION = re.compile(r"(?:^|[=:])~|\{[^{}]*(,|\.\.)[^{}]*\}")
# What a word, a text between double quotes and a sum are made of.
IN_WORD = re.compile(
    r"""(?P<text>[^ \t\n;&|<>()'"$`\\]+) | '(?P<single>[^']*)' | \\(?P<escaped>[\s\S]?) | (?P<double>")
      | (?P<dollar>\$) | (?P<tick>`)""",
    re.VERBOSE,
)
IN_QUOTES = re.compile(
    r"""(?P<text>(?:[^"$`\\]|\\(?![$`"\\\n]))+) | \\(?P<escaped>[$`"\\\n]) | (?P<dollar>\$) | (?P<tick>`)""", re.VERBOSE
)
IN_SUM = re.compile(r"(?P<text>(?:[\w\s/%]|([*+-])(?!\2))+)|(?P<dollar>\$)", re.ASCII)
AFTER_DOLLAR = re.compile(
    r"""(?P<sum>\(\() | (?P<list>\() | \{(?P<braced>[A-Za-z_]\w*|\?)\} | (?P<name>[A-Za-z_]\w*|\?)
      | (?P<lacking>\{[^}]*\} | [@*#$!0-9-] | \[) | (?P<open>\{)""",
    re.VERBOSE | re.ASCII,
)
REFUSED_COMMANDS = re.compile(
    r"""(?P<arithmetic>(?:for[ \t]+)?\(\() | (?P<subshell>\() | (?P<function>[^\s;&|<>()'"$`\\]+[ \t]*\([ \t]*\))
      | for[ \t]+[A-Za-z_]\w*[ \t\n]*(?P<arguments>;|do\b) | (?P<array>[A-Za-z_]\w*(?:=\(|\[)) | (?P<appending>[A-Za-z_]\w*\+=)
      | (?P<environment>(?:HOME|IFS|LANG|LC_ALL|PATH)=)""",
    re.VERBOSE | re.ASCII,
)
# Operators and words that do something in bash, or are commands of nearly every system, and are not known here.
REFUSED = {
    "<(": "process substitution", ">(": "process substitution", "<<": "here-documents", "<": "input redirection",
    "<&": "redirection of a descriptor", ">&": "redirection of a descriptor", "&>": "redirection of a descriptor",
    ">|": "forced redirection", "|&": "piping of errors", "&": "background jobs",
    ">": "redirection of this", ">>": "redirection of this",
    **dict.fromkeys(
        """
    ! . : [ [[ alias bg break builtin case cd command continue coproc declare dirs disown enable eval exec exit export
    fg function getopts hash help history if jobs kill let local mapfile popd printf pushd pwd read readarray readonly
    return select set shift shopt source test time times trap type typeset ulimit umask unalias unset until wait while
    { awk bash base64 basename chmod chown cp date df diff dirname du env find gzip gunzip jq less ln ls make md5sum
    mkdir mktemp more mv nl paste podman python python3 rm rmdir sed sh sha256sum ssh sudo tac tar tee timeout touch tr
    uname wget which whoami xargs yes""".split(),
        "a keyword or a command",
    ),
}  # fmt: skip
STRAY_WORDS = frozenset("do done elif else esac fi in then }".split())
ENVIRONMENT = frozenset(
    "BASH EUID GROUPS HOME HOSTNAME HOSTTYPE IFS LANG LINENO LOGNAME OLDPWD OPTARG OPTIND OSTYPE PATH PIPESTATUS PPID PS1 "
    "PS2 PS4 PWD RANDOM REPLY SECONDS SHELL SHELLOPTS SHLVL TERM UID USER".split()
)

# Where an unquoted result splits its word, and where quotes have been: two characters that no Unicode text can hold.
SPLIT, QUOTES = "\ud800", "\ud801"


class Line:
    """A line in a shell. What goes wrong is a `ShellError`."""

    def __init__(self, text: str, shell: Shell) -> None:
        self.text, self.shell, self.at = text, shell, 0
        self.pieces: list[tuple[bool, str]] = []
        self.continued = False  # whether it ends in a backslash
        self._steps, self._substituted = 0, False
        self._captures = self._shown = 0  # how deep the writing is captured; pieces that have been shown

    def read(self) -> None:
        """Find out whether it can be run."""
        if self.text.encode(errors="replace").decode() != self.text:
            raise unknown("half of a character")
        if len(NESTING.findall(self.text)) > MOST_NESTED:
            raise unknown(f"a line with more than {MOST_NESTED} loops and $( )")
        self._list(live=False)

    def run(self) -> Output:
        """Run it."""
        self.at = 0
        return self._caught(partial(self._list, live=True))

    def _caught(self, run: Callable[[], None], *, apart: bool = False) -> Output:
        """All that is written meanwhile. What cannot be done ends it; what is done apart leaves no variables behind."""
        variables = self.shell.variables.copy()
        outer, self.pieces = self.pieces, []
        self._captures += 1
        try:
            run()
        except ShellError as error:
            self.pieces.append((True, f"bash: {error}\n"))
            self.shell.status = 1
        self._show()
        self._captures -= 1
        written, self.pieces = self.pieces, outer
        self.shell.variables = variables if apart else self.shell.variables
        return Output(tuple(written), self.shell.status)

    def _show(self) -> None:
        """Show what is new, if nothing but the terminal waits for it."""
        if self._captures == 1:
            for _, text in self.pieces[self._shown :]:
                self.shell.show(text)
            self._shown = len(self.pieces)

    def _peek(self, blanks: re.Pattern[str] = BLANKS) -> str:
        """What follows after blanks: an operator, a plain word, a character that begins another word, or nothing."""
        self.at = next(blanks.finditer(self.text, self.at)).end()
        found = TOKEN.match(self.text, self.at)
        return found[0] if found else self.text[self.at : self.at + 1]

    def _expect(self, token: str) -> None:
        if self._peek(LINES) != token:
            raise self._unexpected()
        self.at += len(token)

    def _unexpected(self) -> ShellError:
        token = self._peek()
        if token in REFUSED:
            return unknown(f"'{token}' ({REFUSED[token]})")
        if not token:
            return Unfinished("syntax error: unexpected end of file")
        token = "newline" if token == "\n" else token
        return ShellError(f"syntax error near unexpected token `{token}'")

    def _list(self, *, live: bool, end: str = "") -> None:
        while self._peek(LINES) not in ("", end):
            self._pipeline(live=live)
            while (joint := self._peek()) in ("&&", "||"):
                self.at += len(joint)
                self._pipeline(live=live and (joint == "&&") == (self.shell.status == 0))
            if joint in (";", "\n"):
                self.at += 1
            elif joint not in ("", end):
                raise self._unexpected()

    def _pipeline(self, *, live: bool) -> None:
        starts = [self.at]
        self._command(live=False)
        while self._peek() == "|":
            self.at += 1
            if self._peek(LINES) == "for":
                raise unknown("a loop that reads from a pipe")
            starts.append(self.at)
            self._command(live=False)
        end, stdin = self.at, None
        for start in starts if live else []:
            self.at = start
            if len(starts) == 1:
                self._command(live=True)
                break
            output = self._caught(partial(self._command, live=True, stdin=stdin), apart=True)
            self.pieces += output.pieces if start == starts[-1] else output.errors
            stdin = output.standard
        self._show()
        self.at = end

    def _command(self, *, live: bool, stdin: str | None = None) -> None:
        token = self._peek(LINES)
        if refused := REFUSED_COMMANDS.match(self.text, self.at):
            raise unknown(f"'{refused[0]}' ({refused.lastgroup})")
        if token not in (">", ">>") and (token in REFUSED or token in STRAY_WORDS):
            raise self._unexpected()
        if token == "for":
            self._loop(live=live)
            return
        called = assigned = self._substituted = False
        words: list[str] = []
        target, source, paths = "", "", [NOWHERE]
        while True:
            token, start = self._peek(), self.at
            if token in (">", ">>"):
                if target:
                    raise self._unexpected()
                self.at += len(token)
                self._peek()
                target, start = token, self.at
                paths = self._fields(live=live)
                source = self.text[start : self.at]
                if not source:
                    raise self._unexpected()
            elif not called and (found := ASSIGNMENT.match(self.text, self.at)):
                self.at, assigned = found.end(), True
                value = self._word(live=live)
                if live:
                    self.shell.variables[found[1]] = value.replace(QUOTES, "")
            else:
                words += self._fields(live=live)
                if self.at == start:
                    break
                called = True
                if self.text[start : self.at].isdigit() and self.text.startswith(("<", ">"), self.at):
                    raise unknown(f"'{self.text[start : self.at + 1]}' (redirection of a descriptor)")
        if not (called or assigned or target):
            raise self._unexpected()
        if called and assigned:
            raise unknown("a variable set for one command")
        if live:
            self._run(words, stdin, target, source, paths)

    def _run(self, words: list[str], stdin: str | None, target: str, source: str, paths: list[str]) -> None:
        """Run a command whose output replaces a file (`target` is >), is added to it (>>), or is shown (neither)."""
        path, problem = "".join(paths), ""
        if len(paths) != 1:
            problem = f"{source}: ambiguous redirect"
        elif not path or (path.startswith("/dev/") and path != NOWHERE):
            problem = f"{path}: No such file or directory"
        elif target == ">":
            self.shell.files[path] = ""
        output = err(f"bash: {problem}\n", 1) if problem else self._called(words, stdin)
        self._spend(output.screen)
        if target and not problem and path != NOWHERE:
            self.shell.files[path] = self.shell.files.get(path, "") + output.standard
        self.pieces += output.errors if target else output.pieces
        self.shell.status = output.status

    def _called(self, words: list[str], stdin: str | None) -> Output:
        if not words:
            return Output(status=self.shell.status if self._substituted else 0)
        name, *arguments = words
        if name in self.shell.commands:
            return self.shell.commands[name](arguments, stdin)
        return err(f"bash: {name}: {'No such file or directory' if '/' in name else 'command not found'}\n", NOT_FOUND)

    def _spend(self, text: str) -> str:
        """Count a step and the text it made: a line that runs for very long is stopped."""
        self._steps += 1 + len(text) // 100
        if self._steps > MOST_STEPS:
            raise ShellError(f"more than {MOST_STEPS} steps of a line are more than dockerlearn does")
        return text

    def _loop(self, *, live: bool) -> None:
        self.at += len("for")
        name = self._peek()
        if not NAME.fullmatch(name):
            raise self._unexpected()
        self.at += len(name)
        self._expect("in")
        values: list[str] = []
        while self._peek() not in ("", "\n", ";"):
            start = self.at
            values += self._fields(live=live)
            if self.at == start:
                raise self._unexpected()
        self.at += self._peek() == ";"
        self._expect("do")
        if self._peek(LINES) == "done":
            raise self._unexpected()
        start = self.at
        for value in values if live else []:
            self.shell.variables[name], self.at = value, start
            self._list(live=True, end="done")
        if not values or not live:
            self._list(live=False, end="done")
            self.shell.status *= not live
        self._expect("done")

    def _fields(self, *, live: bool) -> list[str]:
        """The words that a word becomes: an unquoted result is split at blanks, and may vanish."""
        marked = self._word(live=live, split=SPLIT)
        return [field.replace(QUOTES, "") for field in marked.split(SPLIT) if field]

    def _word(self, *, live: bool, split: str = r"\g<0>") -> str:
        """A word with a mark for each quote, and with `split` for blanks in unquoted results."""
        marked = self._parts(IN_WORD, live=live, split=split)
        if self.text.startswith("'", self.at):
            raise unclosed("'")
        if not live and (expansion := REFUSED_EXPANSION.search(marked)):
            raise unknown(f"'{expansion[0].replace(QUOTES, '')}' (an expansion)")
        return self._spend(marked) if live else marked

    def _parts(self, pattern: re.Pattern[str], *, live: bool, split: str = r"\g<0>") -> str:
        """What the text comes to, up to something that is none of the pattern's. Quoted text that is only read is not."""
        marked = ""
        while found := pattern.match(self.text, self.at):
            self.at = found.end()
            kind, piece = found.lastgroup, found[found.lastgroup or 0]
            if kind == "double":
                marked += QUOTES + self._parts(IN_QUOTES, live=live)
                if not self.text.startswith('"', self.at):
                    raise unclosed('"')
                self.at += 1
            elif kind == "dollar":
                value = self._dollar(live=live, quoted=pattern is IN_QUOTES)
                marked += re.sub("[ \t\n]+", split, value) if pattern is IN_WORD else value
            elif kind == "tick":
                raise unknown("'`' (write $( ) instead)")
            elif kind == "text" and pattern is not IN_QUOTES:
                marked += piece
            elif kind != "escaped" or piece != "\n":
                self.continued = kind == "escaped" and not piece
                marked += QUOTES + ("\\" if self.continued else piece) * live
        return marked

    def _dollar(self, *, live: bool, quoted: bool) -> str:
        found = AFTER_DOLLAR.match(self.text, self.at)
        if not found:
            if not quoted and self.text.startswith(("'", '"'), self.at):
                raise unknown(f"'${self.text[self.at]}'")
            return "$"
        self.at = found.end()
        kind, name = found.lastgroup, found[found.lastgroup or 0]
        if kind == "open":
            raise unclosed("}")
        if kind == "lacking" or name in ENVIRONMENT:
            raise unknown(f"'${found[0]}'")
        if kind == "sum":
            return self._sum(live=live)
        if kind == "list":
            return self._substitution(live=live)
        if not live:
            return QUOTES
        return str(self.shell.status) if name == "?" else self.shell.variables.get(name, "")

    def _substitution(self, *, live: bool) -> str:
        start = self.at
        self._list(live=False, end=")")
        if self._peek(LINES) != ")":
            raise unclosed(")")
        end, self.at = self.at + 1, start
        if live:
            output = self._caught(partial(self._list, live=True, end=")"), apart=True)
            self.pieces += output.errors
            self._substituted = True
        self.at = end
        return output.standard.rstrip("\n") if live else QUOTES

    def _sum(self, *, live: bool) -> str:
        """The value of what stands between `$((` and the `))` that closes it."""
        text, depth = "", 0
        while True:
            text += self._parts(IN_SUM, live=live)
            if not depth and self.text.startswith("))", self.at):
                break
            sign = self.text[self.at : self.at + 1]
            depth += {"(": 1, ")": -1}.get(sign, 0)
            if not sign:
                raise unclosed(")")
            if sign not in "()" or depth < 0:
                raise unknown(f"'{self.text[self.at : self.at + 2]}' in $(( ))")
            text += sign
            self.at += 1
        self.at += len("))")
        return str(arithmetic(text.replace(QUOTES, ""), self.shell.variables)) if live else QUOTES


def unknown(what: str) -> ShellError:
    """The refusal of what real shells can do."""
    return ShellError(f"{what} is shell that dockerlearn does not know")


def unclosed(sign: str) -> ShellError:
    """The refusal of what has been opened only."""
    return Unfinished(f"unexpected EOF while looking for matching `{sign}'")


def incomplete(text: str) -> bool:
    """Whether a terminal would wait for more: an open quote, `$(`, `&&`, a `for` without `done`, a final backslash."""
    line = Line(text, Shell({}))
    try:
        line.read()
    except Unfinished:
        return True
    except ShellError:
        return False
    return line.continued


class Shell:
    """A shell with its variables, its files and the commands that it can call.

    `show` gets what is written as soon as a command has ended: a terminal shows it before the next one runs.
    """

    def __init__(self, commands: dict[str, Command], show: Callable[[str], object] = lambda text: None) -> None:
        self.commands, self.show = commands, show
        self.variables: dict[str, str] = {}
        self.files = {NOWHERE: ""}
        self.status = 0

    def run(self, text: str) -> Result:
        """Run a command line to its end. Never raises for what the line says."""
        line = Line(text, self)
        try:
            line.read()
        except ShellError as error:
            self.status = MISUSE
            self.show(f"bash: {error}\n")
            return Result(f"bash: {error}\n", MISUSE)
        output = line.run()
        return Result(output.screen, output.status)


# Sums

TOKENS = re.compile(r"[0-9][0-9A-Za-z]*|[A-Za-z_]\w*|\S", re.ASCII)
TIERS = ("+-", "*/%")
OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda left, right: left // right if (left < 0) == (right < 0) else -(-left // right),  # towards zero
    "%": lambda left, right: left % right if (left < 0) == (right < 0) else -(-left % right),
}


def arithmetic(text: str, variables: dict[str, str], depth: int = 0) -> int:
    """The value of a sum: whole numbers of 64 bits, variables, `+ - * / %` and parentheses. Raises `ShellError`.

    A variable stands for the value of the sum that it holds.
    """
    tokens = deque(TOKENS.findall(text) or ["0"])
    depth += len(tokens)
    if depth > MOST_SIGNS:
        raise unknown(f"a sum of more than {MOST_SIGNS} signs")

    def value(tier: int = 0) -> int:
        if tier < len(TIERS):
            left = value(tier + 1)
            while tokens and tokens[0] in TIERS[tier]:
                left = OPERATIONS[tokens.popleft()](left, value(tier + 1))
            return left
        token = tokens.popleft()
        if token in "+-":
            return value(tier) if token == "+" else -value(tier)
        if token == "(":
            left = value()
            if tokens.popleft() != ")":
                raise ValueError
            return left
        if NAME.match(token):
            return arithmetic(variables.get(token, ""), variables, depth)
        return int(token, 8 if token.startswith("0") and token.isdigit() else 0)

    try:
        result = value()
    except (IndexError, ValueError):
        tokens.append("")  # a number or a parenthesis is missing
    except ZeroDivisionError as error:
        raise ShellError(f"{text.strip()}: division by 0") from error
    if tokens:
        raise ShellError(f"{text.strip()}: syntax error in expression")
    return (result + 2**63) % 2**64 - 2**63
