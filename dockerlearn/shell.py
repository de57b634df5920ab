"""The bit of sh that examples use.

    list      :=  and-or { (";" | newline) and-or }
    and-or    :=  pipeline { ("&&" | "||") pipeline }
    pipeline  :=  command { "|" command }
    command   :=  { NAME=word } { word } { ">" word }
               |  "for" NAME "in" { word } (";" | newline) "do" list "done"
    word      :=  quoted and unquoted text with $NAME, ${NAME}, $?, $(list) and $((sum)) in it

Anything else of the shell is refused by name before a single command has run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from .errors import DockerError

NOT_FOUND = 127
MISUSE = 2


class ShellError(DockerError):
    """Text that is not shell, or is shell that this one does not know."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a command left on the terminal, and its exit status."""

    output: str = ""
    status: int = 0


class Unfinished(ShellError):
    """Text that is the beginning of shell: more lines could complete it."""


# What a line is read into


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a word. `kind` says how to expand `text`; quoted results are not split into words."""

    kind: str  # "text", "variable", "command" or "sum"
    text: str
    quoted: bool


Word: TypeAlias = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Simple:
    """A simple command: assignments, words, and the file that its output goes to."""

    assignments: tuple[tuple[str, Word], ...]
    words: tuple[Word, ...]
    target: Word | None = None
    appends: bool = False


@dataclass(frozen=True, slots=True)
class Loop:
    """`for name in words; do body; done`."""

    name: str
    words: tuple[Word, ...]
    body: CommandList


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Commands, each reading what the one before it wrote."""

    commands: tuple[Simple | Loop, ...]


@dataclass(frozen=True, slots=True)
class CommandList:
    """Pipelines, each with the operator that stands before it: `;`, `&&` or `||`."""

    steps: tuple[tuple[str, Pipeline], ...]


# Reading

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
BRACES = re.compile(r"\{[^{}]*(,|\.\.)[^{}]*\}")
SUM = re.compile(r"\s*(?:(\d+)|\$?([A-Za-z_]\w*)|(\S))")
ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=")
OPERATORS = ("&&", "||", ">>", "|", ";", ">", "\n")
REFUSED = {
    "<(": "process substitution", "<<": "here-documents", "<": "input redirection", ">(": "process substitution",
    ">&": "redirection of a descriptor", "&>": "redirection of a descriptor", ">|": "forced redirection",
    "|&": "piping of standard error", ";;": "case", "&": "background jobs", "(": "subshells", ")": "subshells",
}  # fmt: skip
KEYWORDS = (
    "if",
    "then",
    "elif",
    "else",
    "fi",
    "while",
    "until",
    "case",
    "esac",
    "select",
    "function",
    "time",
    "{",
    "}",
    "!",
    "[[",
)


class Reader:
    """Turns text into a `CommandList`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def read(self) -> CommandList:
        """The whole text. Raises `ShellError`."""
        found = self._sequence()
        if self.at < len(self.text):
            raise self._unexpected()
        return found

    def _sequence(self, *ends: str) -> CommandList:
        steps: list[tuple[str, Pipeline]] = []
        operator = ";"
        while True:
            self._blanks(newlines=True)
            if self.at == len(self.text) or self._peek_word() in ends:
                if operator in ("&&", "||") and steps:
                    raise self._unexpected()
                return CommandList(tuple(steps))
            steps.append((operator, self._pipeline()))
            found = self._operator()
            if found in (";", "\n"):
                operator = ";"
            elif found in ("&&", "||"):
                operator = found
            elif self.at == len(self.text) and found is None:
                return CommandList(tuple(steps))
            else:
                raise self._unexpected()

    def _pipeline(self) -> Pipeline:
        commands = [self._command()]
        while self.text.startswith("|", self.at) and not self.text.startswith("||", self.at):
            self._operator()
            self._blanks(newlines=True)
            commands.append(self._command())
        return Pipeline(tuple(commands))

    def _command(self) -> Simple | Loop:
        if self._peek_word() == "for":
            return self._loop()
        if (keyword := self._peek_word()) in KEYWORDS:
            raise _unknown(f"'{keyword}'")
        if keyword in ("do", "done", "in"):
            raise self._unexpected()
        assignments: list[tuple[str, Word]] = []
        words: list[Word] = []
        target, appends = None, False
        while True:
            self._blanks()
            if self.text.startswith(">", self.at):
                if target is not None:
                    raise _unknown("more than one redirection")
                appends = self._operator() == ">>"
                self._blanks()
                target = self._word()
                if not target:
                    raise self._unexpected()
                continue
            match = None if words else ASSIGNMENT.match(self.text, self.at)
            if match:
                self.at = match.end()
                assignments.append((match[1], self._word()))
            elif word := self._word():
                if len(word) == 1 and word[0].text.isdigit() and self.text.startswith(">", self.at):
                    raise _unknown(f"'{word[0].text}>'")
                if assignments:
                    raise _unknown("a variable set for one command")
                words.append(word)
            elif words or assignments or target:
                return Simple(tuple(assignments), tuple(words), target, appends)
            else:
                raise self._unexpected()

    def _loop(self) -> Loop:
        self._expect("for")
        self._blanks()
        match = NAME.match(self.text, self.at)
        if not match:
            raise self._unexpected()
        self.at = match.end()
        self._expect("in")
        words = []
        while True:
            self._blanks()
            word = self._word()
            if not word:
                break
            words.append(word)
        if self._operator() not in (";", "\n"):
            raise self._unexpected()
        self._blanks(newlines=True)
        self._expect("do")
        body = self._sequence("done")
        if not body.steps:
            raise self._unexpected()
        self._expect("done")
        self._blanks()
        if self.text.startswith(">", self.at):
            raise _unknown("redirection of a loop")
        return Loop(match[0], tuple(words), body)

    def _expect(self, keyword: str) -> None:
        self._blanks()
        if self._peek_word() != keyword:
            raise self._unexpected()
        self.at += len(keyword)

    def _peek_word(self) -> str:
        match = re.compile(r"[^\s;&|<>()'\"$\\]+").match(self.text, self.at)
        return match[0] if match else ""

    def _blanks(self, *, newlines: bool = False) -> None:
        while self.at < len(self.text):
            if self.text.startswith("\\\n", self.at):
                self.at += 2
            elif self.text[self.at] in (" \t\n" if newlines else " \t"):
                self.at += 1
            elif self.text[self.at] == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                return

    def _operator(self) -> str | None:
        self._blanks()
        for refused, what in REFUSED.items():
            if self.text.startswith(refused, self.at) and not self.text.startswith("&&", self.at):
                raise _unknown(f"'{refused}' ({what})")
        for operator in OPERATORS:
            if self.text.startswith(operator, self.at):
                self.at += len(operator)
                return operator
        return None

    def _unexpected(self) -> ShellError:
        self._operator_refused()
        if self.at >= len(self.text):
            return Unfinished("syntax error: unexpected end of file")
        rest = self.text[self.at :].split("\n", 1)[0].split()
        return ShellError(f"syntax error near unexpected token `{rest[0] if rest else 'newline'}'")

    def _operator_refused(self) -> None:
        at = self.at
        self._operator()
        self.at = at

    def _word(self) -> Word:
        parts: list[Part] = []
        while self.at < len(self.text):
            character = self.text[self.at]
            if character in " \t\n;&|<>()":
                break
            self.at += 1
            if character == "'":
                parts.append(Part("text", self._until("'"), True))
            elif character == '"':
                parts += self._double_quoted()
            elif character == "\\":
                escaped = self.text[self.at : self.at + 1]
                self.at += 1
                if escaped != "\n":
                    parts.append(Part("text", escaped, True))
            elif character == "$":
                parts.append(self._dollar(quoted=False))
            elif character == "`":
                raise _unknown("'`' (use $( ) instead)")
            else:
                parts.append(Part("text", character, False))
        word = _joined(parts)
        plain = "".join(part.text for part in word if not part.quoted and part.kind == "text")
        if plain.startswith("~"):
            raise _unknown("'~'")
        if BRACES.search(plain):
            raise _unknown("'{,}' (brace expansion)")
        return word

    def _double_quoted(self) -> Iterator[Part]:
        yield Part("text", "", True)  # "" is a word too
        while True:
            character = self.text[self.at : self.at + 1]
            self.at += 1
            if character == '"':
                return
            if character == "":
                raise Unfinished("unexpected EOF while looking for matching `\"'")
            if character == "`":
                raise _unknown("'`' (use $( ) instead)")
            if character == "\\" and self.text[self.at : self.at + 1] in ("$", '"', "\\", "`", "\n"):
                escaped = self.text[self.at]
                self.at += 1
                yield Part("text", "" if escaped == "\n" else escaped, True)
            elif character == "$":
                yield self._dollar(quoted=True)
            else:
                yield Part("text", character, True)

    def _dollar(self, *, quoted: bool) -> Part:
        if self.text.startswith("((", self.at):
            self.at += 2
            return Part("sum", self._sum(), quoted)
        if self.text.startswith("(", self.at):
            self.at += 1
            return Part("command", self._substitution(), quoted)
        if self.text.startswith("{", self.at):
            self.at += 1
            name = self._until("}")
            if not NAME.fullmatch(name):
                raise _unknown(f"'${{{name}}}'")
            return Part("variable", name, quoted)
        match = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|\?").match(self.text, self.at)
        if match:
            self.at = match.end()
            return Part("variable", match[0], quoted)
        if self.text[self.at : self.at + 1] in tuple("@*#$!-0123456789'\""):
            raise _unknown(f"'${self.text[self.at]}'")
        return Part("text", "$", quoted)

    def _substitution(self) -> str:
        """The text up to the parenthesis that closes `$(`; quotes hide parentheses."""
        start, depth = self.at, 1
        while depth:
            character = self.text[self.at : self.at + 1]
            self.at += 1
            if character == "":
                raise Unfinished("unexpected EOF while looking for matching `)'")
            if character == "'":
                self._until("'")
            elif character == '"':
                list(self._double_quoted())
            elif character == "\\":
                self.at += 1
            depth += (character == "(") - (character == ")")
        inner = self.text[start : self.at - 1]
        Reader(inner).read()  # refused now, not after half the line has run
        return inner

    def _sum(self) -> str:
        """The text up to the `))` that closes `$((`."""
        start, depth = self.at, 2
        while depth:
            character = self.text[self.at : self.at + 1]
            self.at += 1
            if character == "":
                raise Unfinished("unexpected EOF while looking for matching `)'")
            depth += (character == "(") - (character == ")")
        text = self.text[start : self.at - 2]
        for *_, sign in SUM.findall(text):
            if sign and sign not in "+-*/%()":
                raise _unknown(f"'{sign}' in $(( ))")
        return text

    def _until(self, quote: str) -> str:
        end = self.text.find(quote, self.at)
        if end < 0:
            raise Unfinished(f"unexpected EOF while looking for matching `{quote}'")
        text, self.at = self.text[self.at : end], end + 1
        return text


def _unknown(what: str) -> ShellError:
    return ShellError(f"{what} is shell that dockerlearn does not know")


def _joined(parts: list[Part]) -> Word:
    """Neighbouring characters of one kind as one part."""
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if last and part.kind == last.kind == "text" and part.quoted == last.quoted:
            joined[-1] = Part("text", last.text + part.text, part.quoted)
        else:
            joined.append(part)
    return tuple(joined)


def incomplete(text: str) -> bool:
    """Whether a terminal would wait for more: an open quote, `$(`, `&&`, a `for` without `done`, a final backslash."""
    if text.endswith("\\") and not text.endswith("\\\\"):
        return True
    try:
        Reader(text).read()
    except Unfinished:
        return True
    except ShellError:
        return False
    return False


# Running

# A command gets its words and what is piped into it: None if it reads from the terminal.
Command: TypeAlias = Callable[[list[str], "str | None"], "Output"]


@dataclass(frozen=True, slots=True)
class Output:
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


@dataclass
class Shell:
    """A shell with its variables, its files and the commands that it can call."""

    commands: dict[str, Command]
    variables: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    status: int = 0

    def run(self, line: str) -> Result:
        """Run a command line to its end. Never raises for what the line says."""
        try:
            sequence = Reader(line).read()
        except ShellError as error:
            self.status = MISUSE
            return Result(f"bash: {error}\n", MISUSE)
        output = self._sequence(sequence)
        self.status = output.status
        return Result(output.screen, output.status)

    def _sequence(self, sequence: CommandList, stdin: str | None = None) -> Output:
        pieces: list[tuple[bool, str]] = []
        for operator, pipeline in sequence.steps:
            if (operator == "&&" and self.status) or (operator == "||" and not self.status):
                continue
            output = self._pipeline(pipeline, stdin)
            pieces += output.pieces
            self.status = output.status
        return Output(tuple(pieces), self.status)

    def _pipeline(self, pipeline: Pipeline, stdin: str | None) -> Output:
        errors: tuple[tuple[bool, str], ...] = ()
        output = Output()
        for index, command in enumerate(pipeline.commands):
            if index:
                errors += output.errors
                stdin = output.standard
            output = self._loop(command, stdin) if isinstance(command, Loop) else self._simple(command, stdin)
        return Output(errors + output.pieces, output.status)

    def _loop(self, loop: Loop, stdin: str | None) -> Output:
        pieces: list[tuple[bool, str]] = []
        try:
            values = self._words(loop.words, pieces)
        except ShellError as error:
            return Output((*pieces, (True, f"bash: {error}\n")), 1)
        self.status = 0
        for value in values:
            self.variables[loop.name] = value
            pieces += self._sequence(loop.body, stdin).pieces
        return Output(tuple(pieces), self.status)

    def _simple(self, command: Simple, stdin: str | None) -> Output:
        pieces: list[tuple[bool, str]] = []
        try:
            words = self._words(command.words, pieces)
            for name, word in command.assignments:
                self.variables[name] = "".join(self._expand(word, pieces, split=False))
            path = "".join(self._expand(command.target or (), pieces, split=False))
        except ShellError as error:  # a sum that cannot be done: the command is not run
            return Output((*pieces, (True, f"bash: {error}\n")), 1)
        if not words:
            substituted = any(part.kind == "command" for _, word in command.assignments for part in word)
            output = Output(tuple(pieces), self.status if substituted else 0)
        elif words[0] in self.commands:
            called = self.commands[words[0]](words[1:], stdin)
            output = Output((*pieces, *called.pieces), called.status)
        else:
            output = Output((*pieces, (True, f"bash: {words[0]}: command not found\n")), NOT_FOUND)
        if command.target is None:
            return output
        if path != "/dev/null":
            self.files[path] = (self.files.get(path, "") if command.appends else "") + output.standard
        return Output(output.errors, output.status)

    def _words(self, words: tuple[Word, ...], pieces: list[tuple[bool, str]]) -> list[str]:
        return [text for word in words for text in self._expand(word, pieces, split=True)]

    def _expand(self, word: Word, pieces: list[tuple[bool, str]], *, split: bool) -> list[str]:
        """The words that one word becomes: unquoted results of `$` are split at blanks, and may vanish."""
        fields: list[str] = []
        open_field: str | None = None
        for part in word:
            text = self._value(part, pieces)
            if part.kind == "text" or part.quoted or not split:
                open_field = (open_field or "") + text
                continue
            chunks = text.split()
            if open_field is not None and text[:1].isspace():
                fields.append(open_field)
                open_field = None
            for index, chunk in enumerate(chunks):
                if index:
                    fields.append(open_field or "")
                    open_field = None
                open_field = (open_field or "") + chunk
            if chunks and text[-1:].isspace():
                fields.append(open_field or "")
                open_field = None
        return fields if open_field is None else [*fields, open_field]

    def _value(self, part: Part, pieces: list[tuple[bool, str]]) -> str:
        if part.kind == "variable":
            return str(self.status) if part.text == "?" else self.variables.get(part.text, "")
        if part.kind == "sum":
            return str(arithmetic(part.text, self.variables))
        if part.kind == "command":
            output = self._sequence(Reader(part.text).read())
            pieces += output.errors
            return output.standard.rstrip("\n")
        return part.text


def arithmetic(text: str, variables: dict[str, str]) -> int:
    """The value of a sum: whole numbers, variables, `+ - * / %` and parentheses. Raises `ShellError`."""
    tokens: list[str] = []
    for number, name, sign in SUM.findall(text):
        value = variables.get(name, "0") if name else number or sign
        if name and not value.lstrip("-").isdigit():
            raise ShellError(f"{value or name}: not a number")
        tokens.append(value)

    def product() -> int:
        value = unary()
        while tokens and tokens[0] in "*/%":
            sign, right = tokens.pop(0), unary()
            if sign != "*" and right == 0:
                raise ShellError("division by 0")
            magnitude = abs(value) // abs(right) if sign != "*" else 0
            quotient = magnitude if (value < 0) == (right < 0) else -magnitude
            value = value * right if sign == "*" else quotient if sign == "/" else value - quotient * right
        return value

    def total() -> int:
        value = product()
        while tokens and tokens[0] in "+-":
            value = value + product() if tokens.pop(0) == "+" else value - product()
        return value

    def unary() -> int:
        token = tokens.pop(0) if tokens else ""
        if token in ("-", "+"):
            return -unary() if token == "-" else unary()
        if token == "(":
            value = total()
            if not tokens or tokens.pop(0) != ")":
                raise ShellError("missing `)' in $(( ))")
            return value
        if not token.lstrip("-").isdigit():
            raise ShellError(f"syntax error in $(({text}))")
        return int(token)

    result = total()
    if tokens:
        raise ShellError(f"syntax error in $(({text}))")
    return result
