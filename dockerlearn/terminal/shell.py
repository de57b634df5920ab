"""The bit of sh that examples use.

    list      :=  [ pipeline { ( "&&" | "||" | ";" | newline ) pipeline } ]
    pipeline  :=  command { "|" command }
    command   :=  { NAME=word | redirect }  |  word { word | redirect }
               |  "for" NAME "in" { word } ( ";" | newline ) "do" list "done"
               |  "while" list "do" list "done"
    redirect  :=  [ "1" | "2" ] ( ">" | ">>" ) word  |  [ "1" | "2" ] ">&" ( "1" | "2" )
    word      :=  quoted and unquoted text with $NAME, ${NAME}, $?, $(list) and $((sum)) in it

A line is read and run in one go: there is a method for each line of this grammar. `live` is off for what is only read:
the whole line at first, so that what is wrong, or is shell but not known here, is refused by name before a single
command has run. Patterns (`*`, `?`) stay as they are, as in bash where nothing matches; a container's shell refuses them.

Running is a generator, since commands take time: it yields a `Wait` whenever a command waits, and is resumed when that
is over. So the same shell serves the terminal, which sleeps meanwhile, and containers, many of which wait side by side.
"""

from __future__ import annotations

import operator
import re
from collections import deque
from collections.abc import Callable, Generator, Mapping, MutableMapping
from functools import partial
from typing import NamedTuple, TypeAlias

from ..model.errors import DockerError

NOT_FOUND, MISUSE = 127, 2
NOWHERE = "/dev/null"
STREAMS = (["/dev/stdout"], ["/dev/stderr"])
MOST_NESTED = 40  # loops, `$( )` and sums of a line: they may be within each other
MOST_SIGNS = 50  # of a sum, with those of the sums in its variables
MOST_BUSY = (
    20  # seconds of a loop that never waits, before it is taken to go on for ever, and rests until a signal comes
)
MOST_STEPS = 100_000  # commands, words, and hundreds of characters, of one line


class ShellError(DockerError):
    """Text that is not shell, or is shell that this one does not know, or cannot be done."""


class Unfinished(ShellError):
    """Text that is the beginning of shell: more lines could complete it."""


class Exit(Exception):
    """The end of a shell by `exit`, with a status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


Pieces: TypeAlias = tuple[tuple[bool, str], ...]  # (is it an error?, text), in the order of writing


class Wait(NamedTuple):
    """What a program waits for: that so many seconds pass (None: for ever), or one of some signals.

    `output` is what it wrote before. If it asks for a line of typing, `prompt` is what it shows first.
    """

    seconds: float | None = None
    signals: tuple[str, ...] = ()
    output: Pieces = ()
    prompt: str | None = None


class Output(NamedTuple):
    """What a command wrote since it last waited, and its status."""

    pieces: Pieces = ()
    status: int = 0

    @property
    def standard(self) -> str:
        """What a pipe or `$( )` would get."""
        return "".join(text for is_error, text in self.pieces if not is_error)

    @property
    def errors(self) -> Pieces:
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


# A program under way. After a wait it is sent the signals, or the line, that came meanwhile.
Steps: TypeAlias = Generator[Wait, "str | None", Output]
Waiting: TypeAlias = Generator[Wait, "str | None", None]
# A command gets its words and what is piped into it: None if it reads from the terminal.
Command: TypeAlias = Callable[[list[str], "str | None"], "Output | Steps"]


Part: TypeAlias = Generator[Wait, "str | None", str]  # reading a part of a line, which may run a $( ) in it

# Reading and running

BLANKS = re.compile(r"(?:[ \t]|\\\n|#[^\n]*)*")
LINES = re.compile(r"(?:[ \t\n]|\\\n|#[^\n]*)*")
TOKEN = re.compile(
    r"""&&|\|\||;;|\|&|<<|>>|>\||&>|[<>][(&]|\(\(|[;&|<>()\n]
      | [^ \t\n;&|<>()'"$`\\]+ (?![^ \t\n;&|<>()])  # a word without quotes or dollars, such as a keyword""",
    re.VERBOSE,
)
NESTING = re.compile(r"\$\(|\bdo\b")
REDIRECT = re.compile(r"([12]?)(>>|>&|>)(?![|(&])")
NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=", re.ASCII)
REFUSED_EXPANSION = re.compile(r"(?:^|[=:])~|\{[^{}]*(,|\.\.)[^{}]*\}")
PATTERN = re.compile(r"[*?]|\[")
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
    return select set shift shopt source test time times trap type typeset ulimit umask unalias unset until wait
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

BASH = {
    "missing": "{}: command not found",
    "path": "{}: No such file or directory",
    "create": "{}: {}",
    "nowhere": "No such file or directory",
    "unexpected": "syntax error near unexpected token `{}'",
    "unclosed": "unexpected EOF while looking for matching `{}'",
}

# Where an unquoted result splits its word, and where quotes have been: two characters that no Unicode text can hold.
SPLIT, QUOTES = "\ud800", "\ud801"


class Redirect(NamedTuple):
    """Where a stream is to go: to what `>`, `>>` or `>&` is followed by, as it is written and as it comes out."""

    stream: int
    sign: str
    source: str
    paths: list[str]


class Files(dict[str, str]):
    """The files of a computer, by path. Of its devices there is only the one that swallows everything."""

    def __init__(self) -> None:
        super().__init__({NOWHERE: ""})

    def __setitem__(self, path: str, text: str) -> None:
        if not path or path.startswith("/dev/"):
            raise FileNotFoundError("No such file or directory")
        super().__setitem__(path, text)


class Line:
    """A line in a shell. What goes wrong is a `ShellError`."""

    def __init__(self, text: str, shell: Shell) -> None:
        self.text, self.shell, self.at = text, shell, 0
        self.pieces: list[tuple[bool, str]] = []
        self.continued = False  # whether it ends in a backslash
        self._steps, self._substituted = 0, False
        self._captures = 0  # how deep the writing is captured

    def read(self) -> None:
        """Find out whether it can be run."""
        if self.text.encode(errors="replace").decode() != self.text:
            raise unknown("half of a character")
        if len(NESTING.findall(self.text)) > MOST_NESTED:
            raise unknown(f"a line with more than {MOST_NESTED} loops and $( )")
        deque(self._list(live=False))

    def run(self) -> Steps:
        """Run it. The output of each of its commands comes with a `Wait`, as soon as the command has ended."""
        self.at = 0
        return self._caught(partial(self._list, live=True))

    def _caught(self, run: Callable[[], Waiting], *, apart: bool = False) -> Steps:
        """All that is written meanwhile. What cannot be done ends it; what is done apart leaves no variables behind."""
        variables = self.shell.variables.copy()
        outer, self.pieces = self.pieces, []
        self._captures += 1
        try:
            yield from run()
        except ShellError as error:
            self.pieces.append((True, f"{self.shell.name}: {error}\n"))
            self.shell.status = 1
        except Exit as exit:
            self.shell.status = exit.status
            if self._captures == 1:
                self.shell.ended = True
        self._captures -= 1
        written, self.pieces = self.pieces, outer
        self.shell.variables = variables if apart else self.shell.variables
        return Output(tuple(written), self.shell.status)

    def _show(self) -> Waiting:
        """Pass on what is new, if nothing but the terminal waits for it."""
        if self._captures == 1 and self.pieces:
            written, self.pieces = tuple(self.pieces), []
            yield Wait(0, output=written)

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
        return ShellError(self.shell.texts["unexpected"].format(token))

    def _unclosed(self, sign: str) -> ShellError:
        """The refusal of what has been opened only."""
        return Unfinished(self.shell.texts.get(f"unclosed {sign}", self.shell.texts["unclosed"]).format(sign))

    def _list(self, *, live: bool, end: str = "") -> Waiting:
        while self._peek(LINES) not in ("", end):
            yield from self._pipeline(live=live)
            while (joint := self._peek()) in ("&&", "||"):
                self.at += len(joint)
                yield from self._pipeline(live=live and (joint == "&&") == (self.shell.status == 0))
            if joint in (";", "\n"):
                self.at += 1
            elif joint not in ("", end):
                raise self._unexpected()

    def _pipeline(self, *, live: bool) -> Waiting:
        starts = [self.at]
        yield from self._command(live=False)
        while self._peek() == "|":
            self.at += 1
            if self._peek(LINES) in ("for", "while"):
                raise unknown("a loop that reads from a pipe")
            starts.append(self.at)
            yield from self._command(live=False)
        end, stdin = self.at, None
        for start in starts if live else []:
            self.at = start
            if len(starts) == 1:
                yield from self._command(live=True)
                break
            output = yield from self._caught(partial(self._command, live=True, stdin=stdin), apart=True)
            self.pieces += output.pieces if start == starts[-1] else output.errors
            stdin = output.standard
        yield from self._show()
        self.at = end

    def _command(self, *, live: bool, stdin: str | None = None) -> Waiting:
        token = self._peek(LINES)
        if form := REFUSED_COMMANDS.match(self.text, self.at):
            raise unknown(f"'{form[0]}' ({form.lastgroup})")
        known = REDIRECT.match(self.text, self.at) or token in self.shell.commands
        if not known and (token in REFUSED or token in STRAY_WORDS):
            raise self._unexpected()
        if token in ("for", "while"):
            yield from self._for(live=live) if token == "for" else self._while(live=live)
            return
        called = assigned = self._substituted = False
        words: list[str] = []
        redirects: list[Redirect] = []
        while True:
            self._peek()
            start = self.at
            if redirect := REDIRECT.match(self.text, self.at):
                self.at = redirect.end()
                self._peek()
                start = self.at
                paths = yield from self._fields(live=live)
                source = self.text[start : self.at]
                if redirect[2] == ">&" and source not in ("1", "2"):
                    raise unknown(f"'{redirect[0]}' (redirection of a descriptor)")
                if not source:
                    raise self._unexpected()
                redirects.append(Redirect(int(redirect[1] or 1), redirect[2], source, paths))
            elif not called and (found := ASSIGNMENT.match(self.text, self.at)):
                self.at, assigned = found.end(), True
                value = yield from self._word(live=live)
                if live:
                    self.shell.variables[found[1]] = value.replace(QUOTES, "")
            else:
                words += yield from self._fields(live=live)
                if self.at == start:
                    break
                called = True
                if self.text[start : self.at].isdigit() and self.text.startswith(("<", ">"), self.at):
                    raise unknown(f"'{self.text[start : self.at + 1]}' (redirection of a descriptor)")
        if not (called or assigned or redirects):
            raise self._unexpected()
        if called and assigned:
            raise unknown("a variable set for one command")
        if live:
            yield from self._run(words, self.shell.stdin if stdin is None else stdin, redirects)

    def _run(self, words: list[str], stdin: str | None, redirects: list[Redirect]) -> Waiting:
        """Run a command, and let what it writes go where it shall: to the terminal, or into files."""
        shell = self.shell
        ends: dict[int, str | int] = {1: 1, 2: 2}  # of each stream: another stream, or a file
        try:
            for stream, sign, source, paths in redirects:
                if sign == ">&":
                    ends[stream] = ends[int(source)]
                elif paths in STREAMS:
                    ends[stream] = ends[1 + STREAMS.index(paths)]
                else:
                    ends[stream] = self._opened(sign, source, paths)
            output = yield from self._called(words, stdin, captured=bool(redirects) or self._captures > 1)
        except OSError as problem:
            ends, output = {1: 1, 2: 2}, err(f"{shell.name}: {problem}\n", 1)
        self._spend(output.screen)
        for is_error, text in output.pieces:
            end = ends[2 if is_error else 1]
            if isinstance(end, int):
                self.pieces.append((end == 2, text))
            elif end != NOWHERE:
                shell.files[end] = shell.files.get(end, "") + text
        shell.status = output.status
        if shell.slice and self._steps > shell.slice:  # a loop that does not wait takes time all the same
            self._steps = 0
            shell.busy += 1
            self._heard((yield Wait(1 if shell.busy < MOST_BUSY else None, tuple(shell.traps))))
        while shell.pending:
            handler = Line(shell.traps[shell.pending.pop(0)], shell)
            yield from self._handled(handler)

    def _heard(self, signals: str | None) -> None:
        """Remember the signals that something is to be done about."""
        self.shell.pending += [name for name in (signals or "").split() if name in self.shell.traps]

    def _opened(self, sign: str, source: str, paths: list[str]) -> str:
        """The file that output is to go to, emptied unless it is to be added. Raises `OSError` with the refusal."""
        if len(paths) != 1:
            raise OSError(f"{source}: ambiguous redirect")
        path, files = paths[0], self.shell.files
        try:
            if path != NOWHERE:
                files[path] = files.get(path, "") if sign == ">>" else ""
        except OSError as error:
            texts = self.shell.texts
            reason = texts["nowhere"] if isinstance(error, FileNotFoundError) else error
            raise OSError(texts["create"].format(path, reason)) from error
        return path

    def _handled(self, handler: Line) -> Waiting:
        """Run what a trap says."""
        status = self.shell.status
        yield from self._show()
        output = yield from handler.run()
        self.pieces += output.pieces
        if self.shell.ended:
            raise Exit(self.shell.status)
        self.shell.status = status

    def _called(self, words: list[str], stdin: str | None, *, captured: bool) -> Steps:
        shell = self.shell
        if not words:
            return Output(status=shell.status if self._substituted else 0)
        name, *arguments = words
        if name not in shell.commands:
            return err(f"{shell.name}: {shell.texts['path' if '/' in name else 'missing'].format(name)}\n", NOT_FOUND)
        result = shell.commands[name](arguments, stdin)
        if isinstance(result, Output):
            return result
        written: list[tuple[bool, str]] = []
        sent = None
        while True:
            try:
                wait = result.send(sent)
            except StopIteration as end:
                output: Output = end.value
                return Output((*written, *output.pieces), output.status)
            if captured:
                written += wait.output
                wait = wait._replace(output=())
            shell.busy = shell.busy if wait.seconds == 0 else 0
            sent = yield wait
            self._heard(sent)

    def _spend(self, text: str) -> str:
        """Count a step and the text it made: a line that runs for very long is stopped."""
        self._steps += 1 + len(text) // 100
        if self._steps > MOST_STEPS:
            raise ShellError(f"more than {MOST_STEPS} steps of a line are more than dockerlearn does")
        return text

    def _for(self, *, live: bool) -> Waiting:
        self.at += len("for")
        name = self._peek()
        if not NAME.fullmatch(name):
            raise self._unexpected()
        self.at += len(name)
        self._expect("in")
        values: list[str] = []
        while self._peek() not in ("", "\n", ";"):
            start = self.at
            values += yield from self._fields(live=live)
            if self.at == start:
                raise self._unexpected()
        self.at += self._peek() == ";"
        self._expect("do")
        if self._peek(LINES) == "done":
            raise self._unexpected()
        start = self.at
        for value in values if live else []:
            self.shell.variables[name], self.at = value, start
            yield from self._list(live=True, end="done")
        if not values or not live:
            yield from self._list(live=False, end="done")
            self.shell.status *= not live
        self._expect("done")

    def _while(self, *, live: bool) -> Waiting:
        self.at += len("while")
        start, status = self.at, 0 if live else self.shell.status
        while True:
            self.at = start
            for end in ("do", "done"):
                if self._peek(LINES) == end:
                    raise self._unexpected()
                yield from self._list(live=live, end=end)
                self._expect(end)
                live = live and (end == "done" or self.shell.status == 0)
            if not live:
                break
            status = self.shell.status
        self.shell.status = status

    def _fields(self, *, live: bool) -> Generator[Wait, str | None, list[str]]:
        """The words that a word becomes: an unquoted result is split at blanks, and may vanish."""
        marked = yield from self._word(live=live, split=SPLIT)
        return [field.replace(QUOTES, "") for field in marked.split(SPLIT) if field]

    def _word(self, *, live: bool, split: str = r"\g<0>") -> Part:
        """A word with a mark for each quote, and with `split` for blanks in unquoted results."""
        marked = yield from self._parts(IN_WORD, live=live, split=split)
        if self.text.startswith("'", self.at):
            raise self._unclosed("'")
        if not live and (expansion := REFUSED_EXPANSION.search(marked)):
            raise unknown(f"'{expansion[0].replace(QUOTES, '')}' (an expansion)")
        if not live and self.shell.texts is not BASH and (pattern := PATTERN.search(marked)) and marked != "[":
            raise unknown(f"'{pattern[0]}' (a pattern)")
        return self._spend(marked) if live else marked

    def _parts(self, pattern: re.Pattern[str], *, live: bool, split: str = r"\g<0>") -> Part:
        """What the text comes to, up to something that is none of the pattern's. Quoted text that is only read is not."""
        marked = ""
        while found := pattern.match(self.text, self.at):
            self.at = found.end()
            kind, piece = found.lastgroup, found[found.lastgroup or 0]
            if kind == "double":
                inner = yield from self._parts(IN_QUOTES, live=live)
                marked += QUOTES + inner
                if not self.text.startswith('"', self.at):
                    raise self._unclosed('"')
                self.at += 1
            elif kind == "dollar":
                value = yield from self._dollar(live=live, quoted=pattern is IN_QUOTES)
                marked += re.sub("[ \t\n]+", split, value) if pattern is IN_WORD else value
            elif kind == "tick":
                raise unknown("'`' (write $( ) instead)")
            elif kind == "text" and pattern is not IN_QUOTES:
                marked += piece
            elif kind != "escaped" or piece != "\n":
                self.continued = kind == "escaped" and not piece
                marked += QUOTES + ("\\" if self.continued else piece) * live
        return marked

    def _dollar(self, *, live: bool, quoted: bool) -> Part:
        found = AFTER_DOLLAR.match(self.text, self.at)
        if not found:
            if not quoted and self.text.startswith(("'", '"'), self.at):
                raise unknown(f"'${self.text[self.at]}'")
            return "$"
        self.at = found.end()
        kind, name = found.lastgroup, found[found.lastgroup or 0]
        if kind == "open":
            raise self._unclosed("}")
        if kind == "lacking" or (name in ENVIRONMENT and name not in self.shell.variables):
            raise unknown(f"'${found[0]}'")
        if kind == "sum":
            return (yield from self._sum(live=live))
        if kind == "list":
            return (yield from self._substitution(live=live))
        if not live:
            return QUOTES
        return str(self.shell.status) if name == "?" else self.shell.variables.get(name, "")

    def _substitution(self, *, live: bool) -> Part:
        start = self.at
        yield from self._list(live=False, end=")")
        if self._peek(LINES) != ")":
            raise self._unclosed(")")
        end, self.at = self.at + 1, start
        if live:
            output = yield from self._caught(partial(self._list, live=True, end=")"), apart=True)
            self.pieces += output.errors
            self._substituted = True
        self.at = end
        return output.standard.rstrip("\n") if live else QUOTES

    def _sum(self, *, live: bool) -> Part:
        """The value of what stands between `$((` and the `))` that closes it."""
        text, depth = "", 0
        while True:
            text += yield from self._parts(IN_SUM, live=live)
            if not depth and self.text.startswith("))", self.at):
                break
            sign = self.text[self.at : self.at + 1]
            depth += {"(": 1, ")": -1}.get(sign, 0)
            if not sign:
                raise self._unclosed(")")
            if sign not in "()" or depth < 0:
                raise unknown(f"'{self.text[self.at : self.at + 2]}' in $(( ))")
            text += sign
            self.at += 1
        self.at += len("))")
        return str(arithmetic(text.replace(QUOTES, ""), self.shell.variables)) if live else QUOTES


def unknown(what: str) -> ShellError:
    """The refusal of what real shells can do."""
    return ShellError(f"{what} is shell that dockerlearn does not know")


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


def finished(steps: Steps, sleep: Callable[[float], object] = lambda seconds: None) -> Output:
    """A program taken to its end, where nobody interrupts it. Raises `ShellError` if it waits for ever."""
    written: list[tuple[bool, str]] = []
    while True:
        try:
            wait = next(steps)
        except StopIteration as end:
            output: Output = end.value
            return Output((*written, *output.pieces), output.status)
        written += wait.output
        if wait.seconds is None and wait.prompt is None:
            steps.close()
            raise ShellError("this program waits for ever")
        sleep(wait.seconds or 0)


class Shell:
    """A shell with its variables, its files and the commands that it can call.

    `name` and `texts` are what it calls itself and how it words its refusals, `slice` the steps that it takes in a second
    (0: as many as it likes).
    """

    def __init__(
        self,
        commands: Mapping[str, Command],
        files: MutableMapping[str, str] | None = None,
        *,
        name: str = "bash",
        texts: Mapping[str, str] = BASH,
        slice: int = 0,
    ) -> None:
        self.commands, self.name, self.texts, self.slice = commands, name, texts, slice
        self.files: MutableMapping[str, str] = Files() if files is None else files
        self.variables: dict[str, str] = {}
        self.traps: dict[str, str] = {}  # by signal
        self.pending: list[str] = []  # signals that came while a command ran
        self.stdin: str | None = None  # what its commands read, unless something is piped into them
        self.status, self.ended = 0, False
        self.busy = 0  # seconds since it last waited for anything

    def run(self, text: str) -> Steps:
        """Run a command line to its end. Never raises for what the line says."""
        line = Line(text, self)
        try:
            line.read()
        except ShellError as error:
            self.status = MISUSE
            return err(f"{self.name}: {error}\n", MISUSE)
        return (yield from line.run())


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
