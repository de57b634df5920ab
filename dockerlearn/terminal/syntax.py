r"""The bit of sh that examples use, read into a tree.

    list      :=  [ pipeline { ( "&&" | "||" | ";" | newline ) pipeline } ]
    pipeline  :=  command { "|" command }
    command   :=  { NAME=word | redirect }  |  word { word | redirect }
               |  "for" NAME "in" { word } ( ";" | newline ) "do" list "done"
               |  "while" list "do" list "done"
    redirect  :=  [ "1" | "2" ] ( ">" | ">>" ) word  |  [ "1" | "2" ] ">&" ( "1" | "2" )
    word      :=  quoted and unquoted text with $NAME, ${NAME}, $?, $(list) and $((sum)) in it

There is a method of the parser for each line of this grammar, and a class of node for what it reads. What is wrong, or is
shell but not known here, is refused by name when it is read, so nothing of such a line is run. Patterns (`*`, `?`) stay as
they are, as in bash where nothing matches; a container's shell refuses them.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from typing import TypeAlias

from ..model.errors import DockerError
from ..model.process import Stream
from ..model.value import Value

MOST_NESTED = 40  # loops and $( ) of a text: they may be within each other


class ShellError(DockerError):
    """Text that is not shell, or is shell that this one does not know, or cannot be done."""


class Unfinished(ShellError):
    """Text that is the beginning of shell: more lines could complete it."""


def unknown(what: str) -> ShellError:
    """The refusal of what real shells can do."""
    return ShellError(f"{what} is shell that dockerlearn does not know")


# The tree


class Literal(Value):
    """Text that stands for itself."""

    text: str
    quoted: bool = False


class Variable(Value):
    """The value of a variable; that of `?` is the last status."""

    name: str
    quoted: bool


class Substitution(Value):
    """What commands write, without the line ends that it ends in."""

    commands: CommandList
    quoted: bool


class Sum(Value):
    """The value of a sum, which is made of these parts."""

    parts: tuple[Part, ...]
    quoted: bool


Part: TypeAlias = Literal | Variable | Substitution | Sum


class Word(Value):
    """A word: how it is written, at which character of the whole text that begins, and what it is made of."""

    source: str
    start: int
    parts: tuple[Part, ...]


class Assignment(Value):
    """A variable that is set."""

    name: str
    value: Word


class Redirect(Value):
    """Where a stream is to go: `sign` is `>`, `>>` or `>&`."""

    stream: Stream
    sign: str
    target: Word


class SimpleCommand(Value):
    """A command with its arguments, assignments and redirections, in the order in which they are written."""

    parts: tuple[Word | Assignment | Redirect, ...]


class For(Value):
    """A loop over words."""

    name: str
    words: tuple[Word, ...]
    body: CommandList


class While(Value):
    """A loop that goes on as long as its condition succeeds."""

    condition: CommandList
    body: CommandList


Command: TypeAlias = SimpleCommand | For | While


class CommandList(Value):
    """Pipelines, each a tuple of commands, after what joins it to the one before: `&&`, `||`, or nothing."""

    pipelines: tuple[tuple[str, tuple[Command, ...]], ...]


# Its text

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
EXPANSION = re.compile(r"(?:^|[=:])~|\{[^{}]*(,|\.\.)[^{}]*\}")
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
HIDDEN = "\ud800"  # stands for what is quoted, or is not known yet: a character that no text can hold

BASH = {
    "missing": "{}: command not found",
    "path": "{}: No such file or directory",
    "create": "{}: {}",
    "nowhere": "No such file or directory",
    "echo": "{}: echo",
    "unexpected": "syntax error near unexpected token `{}'",
    "unclosed": "unexpected EOF while looking for matching `{}'",
}


def parse(
    text: str,
    *,
    commands: Container[str] = (),
    variables: Container[str] = (),
    texts: Mapping[str, str] = BASH,
) -> CommandList:
    """Read a text. Raises `ShellError`, which is `Unfinished` if more lines could complete it.

    A word that names one of the `commands` is no keyword, one of the `variables` may be used even if a real shell sets
    it by itself, and `texts` has the words of refusals.
    """
    return Parser(text, commands, variables, texts).parse()


def incomplete(text: str) -> bool:
    """Whether a terminal would wait for more: an open quote, `$(`, `&&`, a `for` without `done`, a final backslash."""
    parser = Parser(text, (), (), BASH)
    try:
        parser.parse()
    except Unfinished:
        return True
    except ShellError:
        return False
    return parser.continued


class Parser:
    """A text under way to its tree."""

    def __init__(
        self, text: str, commands: Container[str], variables: Container[str], texts: Mapping[str, str]
    ) -> None:
        self.text, self.at = text, 0
        self.commands, self.variables, self.texts = commands, variables, texts
        self.continued = False  # whether the text ends in a backslash

    def parse(self) -> CommandList:
        """Read the whole text. Raises `ShellError`."""
        if self.text.encode(errors="replace").decode() != self.text:
            raise unknown("half of a character")
        if len(NESTING.findall(self.text)) > MOST_NESTED:
            raise unknown(f"a line with more than {MOST_NESTED} loops and $( )")
        return self._list()

    # Tokens

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
        return ShellError(self.texts["unexpected"].format(token))

    def _unclosed(self, sign: str) -> ShellError:
        """The refusal of what has been opened only."""
        return Unfinished(self.texts.get(f"unclosed {sign}", self.texts["unclosed"]).format(sign))

    # Commands

    def _list(self, end: str = "") -> CommandList:
        pipelines = []
        while self._peek(LINES) not in ("", end):
            pipelines.append(("", self._pipeline()))
            while (joint := self._peek()) in ("&&", "||"):
                self.at += len(joint)
                pipelines.append((joint, self._pipeline()))
            if joint in (";", "\n"):
                self.at += 1
            elif joint not in ("", end):
                raise self._unexpected()
        return CommandList(tuple(pipelines))

    def _pipeline(self) -> tuple[Command, ...]:
        commands = [self._command()]
        while self._peek() == "|":
            self.at += 1
            if self._peek(LINES) in ("for", "while"):
                raise unknown("a loop that reads from a pipe")
            commands.append(self._command())
        return tuple(commands)

    def _command(self) -> Command:
        token = self._peek(LINES)
        if form := REFUSED_COMMANDS.match(self.text, self.at):
            raise unknown(f"'{form[0]}' ({form.lastgroup})")
        if (token in REFUSED or token in STRAY_WORDS) and not (
            REDIRECT.match(self.text, self.at) or token in self.commands
        ):
            raise self._unexpected()
        if token == "for":
            return self._for()
        return self._while() if token == "while" else self._simple_command()

    def _for(self) -> For:
        self.at += len("for")
        name = self._peek()
        if not NAME.fullmatch(name):
            raise self._unexpected()
        self.at += len(name)
        self._expect("in")
        words: list[Word] = []
        while self._peek() not in ("", "\n", ";"):
            words.append(self._word())
            if not words[-1].source:
                raise self._unexpected()
        self.at += self._peek() == ";"
        return For(name, tuple(words), self._body("do", "done"))

    def _while(self) -> While:
        self.at += len("while")
        condition = self._body("", "do")
        return While(condition, self._body("", "done"))

    def _body(self, start: str, end: str) -> CommandList:
        """What stands between two keywords, which is not nothing."""
        if start:
            self._expect(start)
        if self._peek(LINES) == end:
            raise self._unexpected()
        commands = self._list(end)
        self._expect(end)
        return commands

    def _simple_command(self) -> SimpleCommand:
        words: list[Word] = []
        assigned = False
        parts: list[Word | Assignment | Redirect] = []
        while True:
            self._peek()
            if redirect := REDIRECT.match(self.text, self.at):
                parts.append(self._redirect(redirect))
            elif not words and (found := ASSIGNMENT.match(self.text, self.at)):
                self.at, assigned = found.end(), True
                parts.append(Assignment(found[1], self._word()))
            else:
                word = self._word()
                if not word.source:
                    break
                if word.source.isdigit() and self.text.startswith(("<", ">"), self.at):
                    raise unknown(f"'{self.text[word.start : self.at + 1]}' (redirection of a descriptor)")
                words.append(word)
                parts.append(word)
        if not parts:
            raise self._unexpected()
        if words and assigned:
            raise unknown("a variable set for one command")
        return SimpleCommand(tuple(parts))

    def _redirect(self, found: re.Match[str]) -> Redirect:
        self.at = found.end()
        self._peek()
        target = self._word()
        if found[2] == ">&" and target.source not in ("1", "2"):
            raise unknown(f"'{found[0]}' (redirection of a descriptor)")
        if not target.source:
            raise self._unexpected()
        return Redirect(Stream(int(found[1] or 1)), found[2], target)

    # Words

    def _word(self) -> Word:
        start = self.at
        parts = tuple(self._parts(IN_WORD))
        if self.text.startswith("'", self.at):
            raise self._unclosed("'")
        shape = "".join(part.text if isinstance(part, Literal) and not part.quoted else HIDDEN for part in parts)
        if expansion := EXPANSION.search(shape):
            raise unknown(f"'{expansion[0].replace(HIDDEN, '')}' (an expansion)")
        if self.texts is not BASH and (pattern := PATTERN.search(shape)) and shape != "[":
            raise unknown(f"'{pattern[0]}' (a pattern)")
        return Word(self.text[start : self.at], start, parts)

    def _parts(self, pattern: re.Pattern[str]) -> list[Part]:
        """The parts of a text, up to something that is none of the pattern's."""
        parts: list[Part] = []
        quoted = pattern is IN_QUOTES
        while found := pattern.match(self.text, self.at):
            self.at = found.end()
            kind, piece = found.lastgroup, found[found.lastgroup or 0]
            if kind == "double":
                parts += [Literal("", True), *self._parts(IN_QUOTES)]
                if not self.text.startswith('"', self.at):
                    raise self._unclosed('"')
                self.at += 1
            elif kind == "dollar":
                parts.append(self._dollar(quoted))
            elif kind == "tick":
                raise unknown("'`' (write $( ) instead)")
            elif kind == "text":
                parts.append(Literal(piece, quoted))
            elif kind != "escaped" or piece != "\n":
                self.continued = kind == "escaped" and not piece
                parts.append(Literal("\\" if self.continued else piece, True))
        return parts

    def _dollar(self, quoted: bool) -> Part:
        found = AFTER_DOLLAR.match(self.text, self.at)
        if not found:
            if not quoted and self.text.startswith(("'", '"'), self.at):
                raise unknown(f"'${self.text[self.at]}'")
            return Literal("$")
        self.at = found.end()
        kind, name = found.lastgroup, found[found.lastgroup or 0]
        if kind == "open":
            raise self._unclosed("}")
        if kind == "lacking" or (name in ENVIRONMENT and name not in self.variables):
            raise unknown(f"'${found[0]}'")
        if kind == "sum":
            return Sum(self._sum(), quoted)
        if kind == "list":
            commands = self._list(")")
            if self._peek(LINES) != ")":
                raise self._unclosed(")")
            self.at += 1
            return Substitution(commands, quoted)
        return Variable(name, quoted)

    def _sum(self) -> tuple[Part, ...]:
        """What stands between `$((` and the `))` that closes it."""
        parts: list[Part] = []
        depth = 0
        while True:
            parts += self._parts(IN_SUM)
            if not depth and self.text.startswith("))", self.at):
                self.at += len("))")
                return tuple(parts)
            sign = self.text[self.at : self.at + 1]
            depth += {"(": 1, ")": -1}.get(sign, 0)
            if not sign:
                raise self._unclosed(")")
            if sign not in "()" or depth < 0:
                raise unknown(f"'{self.text[self.at : self.at + 2]}' in $(( ))")
            parts.append(Literal(sign))
            self.at += 1
