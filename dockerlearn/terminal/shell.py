"""The bit of sh that examples use, run: `syntax.py` says what that is, and reads it into the tree that is run here.

Running is a generator, since commands take time: it passes on what its commands write, and whatever they wait for. So the
same shell serves the terminal, which sleeps meanwhile, and containers, many of which wait side by side. A redirection, a
pipe and `$( )` are handlers of these effects, put around a command.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Mapping, MutableMapping
from functools import partial
from posixpath import dirname, join, normpath
from typing import TypeAlias, TypeVar

from ..model.process import Answer, Effect, FindTerminal, Program, Signals, Sleep, Stream, Write, err
from ..model.resources import CHARACTERS_A_STEP, Work
from .arithmetic import arithmetic
from .lapse import Lapse, Moment
from .syntax import (
    BASH,
    Assignment,
    Command,
    CommandList,
    For,
    Literal,
    Part,
    Redirect,
    ShellError,
    SimpleCommand,
    Substitution,
    Variable,
    While,
    Word,
    parse,
)

NOT_FOUND, MISUSE = 127, 2
NOWHERE = "/dev/null"
STREAMS = {"/dev/stdout": Stream.STDOUT, "/dev/stderr": Stream.STDERR}
# Seconds of a loop that never waits, before it is taken to go on for ever, and rests until a signal comes.
MOST_BUSY = 20
READ_STEPS, OPEN_STEPS = 2, 10  # of work, to read a character of a line, and to open a file
CHEAP_TO_COPY = 30  # characters of a file that cost as much to copy as one to make
MOST_REMEMBERED = 1_000_000  # characters of all variables together
MOST_STORED = 16_000_000  # characters of all files of a computer
BETWEEN_FIELDS = re.compile("[ \t\n]+")

T = TypeVar("T")
Running: TypeAlias = Generator[Effect, Answer, T]
# What runs a command: it gets the words after its name and what is piped in, or None if it reads from the terminal.
Runner: TypeAlias = Callable[[list[str], "str | None"], Program]


class Exit(Exception):
    """The end of a shell by `exit`, with a status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Files(MutableMapping[str, str]):
    """The files of a computer, by path. There are few directories, and one device: the one that swallows everything.

    As in a container, a path that is a directory, or in none, raises an `OSError` with Linux's reason; so does a disk
    that is full.
    """

    HOME = "/root"  # where relative paths begin
    DIRECTORIES = frozenset({"/", "/dev", HOME, "/tmp"})

    def __init__(self) -> None:
        self._texts: dict[str, str] = {NOWHERE: ""}

    def _real(self, path: str) -> str:
        return normpath(join(self.HOME, path))

    def __getitem__(self, path: str) -> str:
        real = self._real(path)
        if path and real in self.DIRECTORIES:
            raise IsADirectoryError("Is a directory")
        if not path or real not in self._texts or path.endswith("/"):
            raise KeyError(path)
        return self._texts[real]

    def __setitem__(self, path: str, text: str) -> None:
        real = self._real(path)
        if path and real in self.DIRECTORIES:
            raise IsADirectoryError("Is a directory")
        if dirname(real) in self._texts:
            raise NotADirectoryError("Not a directory")
        if not path or path.endswith("/") or dirname(real) not in self.DIRECTORIES - {"/dev"}:
            raise FileNotFoundError("No such file or directory")
        if sum(map(len, self._texts.values())) - len(self._texts.get(real, "")) + len(text) > MOST_STORED:
            raise OSError("No space left on device")
        self._texts[real] = text

    def __delitem__(self, path: str) -> None:
        del self._texts[self._real(path)]

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and bool(path) and not path.endswith("/") and self._real(path) in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


class Shell:
    """A shell with its variables, its files and the commands that it can call.

    `name` and `texts` are what it calls itself and how it words its refusals, `slice` the steps that it takes in a second
    (0: as many as it likes), `work` counts them: two for a command, one for a word, one for a hundred characters of either.
    With `look`, which tells the moment, its loops can be played in time-lapse.
    """

    def __init__(
        self,
        commands: Mapping[str, Runner],
        files: MutableMapping[str, str] | None = None,
        *,
        name: str = "bash",
        texts: Mapping[str, str] = BASH,
        slice: int = 0,
        work: Work | None = None,
        look: Callable[[Shell], Moment] | None = None,
    ) -> None:
        self.commands, self.name, self.texts, self.slice = commands, name, texts, slice
        self.work, self.look = work or Work(), look
        self.files: MutableMapping[str, str] = Files() if files is None else files
        self.variables: dict[str, str] = {}
        self.traps: dict[str, str] = {}  # by signal
        self.pending: list[str] = []  # signals that came while a command ran
        self.stdin: str | None = None  # what its commands read, unless something is piped into them
        self.status, self.ended = 0, False
        self.busy = 0  # seconds since it last waited for anything
        self.noticed = 0  # times that a signal came

    def run(self, text: str) -> Program:
        """Run a command line to its end. Never raises for what the line says, unless it is too much work."""
        self.work.spend(len(text) * READ_STEPS)
        try:
            commands = parse(text, commands=self.commands, variables=self.variables, texts=self.texts)
        except ShellError as error:
            self.status = MISUSE
            return (yield from err(f"{self.name}: {error}\n", MISUSE))
        return (yield from Execution(self).run(commands))


class Execution:
    """A line under way in a shell."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        self._rested = shell.work.done  # when it last waited for anything, in steps
        self._substituted = False  # whether the last simple command had a $( ) in it

    def run(self, commands: CommandList) -> Program:
        """Run the line. What cannot be done ends it."""
        shell = self.shell
        try:
            yield from self._list(commands)
        except ShellError as error:
            shell.status = yield from err(f"{shell.name}: {error}\n", 1)
        except Exit as exit:
            shell.status, shell.ended = exit.status, True
        return shell.status

    def _subshell(self, running: Running[None]) -> Running[None]:
        """Run something apart: no variable is changed by it, and what ends it ends nothing else."""
        shell, variables = self.shell, self.shell.variables.copy()
        try:
            yield from running
        except ShellError as error:
            shell.status = yield from err(f"{shell.name}: {error}\n", 1)
        except Exit as exit:
            shell.status = exit.status
        finally:
            shell.variables = variables

    # Commands

    def _list(self, commands: CommandList) -> Running[None]:
        for joint, pipeline in commands.pipelines:
            if joint and (joint == "&&") != (self.shell.status == 0):
                continue
            if len(pipeline) == 1:
                yield from self._command(pipeline[0], self.shell.stdin)
            else:
                yield from self._pipeline(pipeline)

    def _pipeline(self, pipeline: tuple[Command, ...]) -> Running[None]:
        stdin, last = self.shell.stdin, pipeline[-1]
        for command in pipeline[:-1]:
            stdin = yield from capture(self._subshell(self._command(command, stdin)))
        yield from self._subshell(self._command(last, stdin))

    def _command(self, command: Command, stdin: str | None) -> Running[None]:
        if isinstance(command, SimpleCommand):
            return self._simple_command(command, stdin)
        return self._for(command) if isinstance(command, For) else self._while(command)

    def _for(self, loop: For) -> Running[None]:
        values: list[str] = []
        for word in loop.words:
            values += yield from self._fields(word)
        if not values:
            self.shell.status = 0
        for value in values:
            self._set(loop.name, value)
            yield from self._list(loop.body)

    def _while(self, loop: While) -> Running[None]:
        status = 0
        lapse = Lapse(loop, partial(self.shell.look, self.shell), self._set) if self.shell.look else None
        while True:
            if lapse is not None:
                yield from lapse.round()
            yield from self._list(loop.condition)
            if self.shell.status != 0:
                break
            yield from self._list(loop.body)
            status = self.shell.status
        self.shell.status = status

    def _simple_command(self, command: SimpleCommand, stdin: str | None) -> Running[None]:
        self._substituted = False
        words: list[str] = []
        redirects: list[tuple[Redirect, list[str]]] = []
        for part in command.parts:
            if isinstance(part, Word):
                words += yield from self._fields(part)
            elif isinstance(part, Redirect):
                redirects.append((part, (yield from self._fields(part.target))))
            else:
                yield from self._assign(part)
        shell = self.shell
        try:
            shell.status = yield from self._run(words, stdin, redirects)
        except OSError as problem:
            shell.status = yield from err(f"{shell.name}: {problem}\n", 1)
        if shell.slice and shell.work.done - self._rested > shell.slice:  # what does not wait takes time all the same
            shell.busy += 1
            self._notice((yield Sleep(1 if shell.busy < MOST_BUSY else None, tuple(shell.traps))))
            self._rested = shell.work.done
        while shell.pending:
            yield from self._trap(shell.traps[shell.pending.pop(0)])

    def _program(self, words: list[str], stdin: str | None) -> Program:
        """The command of that name, with the other words as its arguments."""
        shell = self.shell
        if not words:
            return err("", shell.status if self._substituted else 0)
        name, *arguments = words
        runner = shell.commands.get(name)
        if runner is None:
            text = shell.texts["path" if "/" in name else "missing"].format(name)
            return err(f"{shell.name}: {text}\n", NOT_FOUND)
        return runner(arguments, stdin)

    def _trap(self, action: str) -> Running[None]:
        """Run what is to be done about a signal."""
        shell, status = self.shell, self.shell.status
        yield from shell.run(action)
        if shell.ended:
            raise Exit(shell.status)
        shell.status = status

    def _notice(self, answer: Answer) -> None:
        """Remember the signals that something is to be done about."""
        if isinstance(answer, Signals):
            self.shell.noticed += 1
            self.shell.pending += [name for name in answer.names if name in self.shell.traps]

    # Redirection

    def _run(self, words: list[str], stdin: str | None, redirects: list[tuple[Redirect, list[str]]]) -> Program:
        """Run a command, and let what it writes go where it shall: to the terminal, or, at its end, into files.

        Raises `OSError` with the refusal if a file cannot be opened.
        """
        shell, ends = self.shell, self._ends(redirects)
        program = self._program(words, stdin)
        files: dict[str, str] = {}
        answer: Answer = None
        shell.work.spend(2)
        while True:
            try:
                effect = program.send(answer)
            except StopIteration as stop:
                status: int = stop.value
                break
            if isinstance(effect, Write):
                answer, end = None, ends[effect.stream]
                if isinstance(end, str):
                    files[end] = files.get(end, "") + effect.text
                else:
                    yield effect if end is effect.stream else Write(end, effect.text)
                shell.work.owe(len(effect.text) // CHARACTERS_A_STEP)  # and not spend: what is said is said to its end
            elif isinstance(effect, FindTerminal):
                answer = (yield effect) if ends[Stream.STDOUT] is Stream.STDOUT else None
            else:
                shell.busy = 0
                answer = yield effect
                self._rested = shell.work.done
                self._notice(answer)
        for path, added in files.items():
            if path != NOWHERE:
                status = (yield from self._add(path, added, words[0])) or status
        return status

    def _add(self, path: str, added: str, name: str) -> Program:
        """Add what a command of that name has written to a file; it says so if there is no room for it."""
        try:
            self.shell.files[path] = self._read(path) + added
        except OSError as error:
            writer = self.shell.texts["echo"].format(self.shell.name) if name == "echo" else name
            return (yield from err(f"{writer}: write error: {error}\n", 1))
        return 0

    def _read(self, path: str) -> str:
        """The text of a file that is to be added to, which is copied."""
        text = self.shell.files.get(path, "")
        self.shell.work.spend(0, len(text) // CHEAP_TO_COPY)
        return text

    def _ends(self, redirects: list[tuple[Redirect, list[str]]]) -> dict[Stream, Stream | str]:
        """Where each stream goes: to a stream, or to the file of that path, which is now open."""
        ends: dict[Stream, Stream | str] = {stream: stream for stream in Stream}
        for redirect, paths in redirects:
            if redirect.sign == ">&":
                ends[redirect.stream] = ends[Stream(int(redirect.target.source))]
            elif len(paths) == 1 and paths[0] in STREAMS:
                ends[redirect.stream] = ends[STREAMS[paths[0]]]
            else:
                ends[redirect.stream] = self._open(redirect, paths)
        return ends

    def _open(self, redirect: Redirect, paths: list[str]) -> str:
        """The file that output is to go to, emptied unless it is to be added. Raises `OSError` with the refusal."""
        if len(paths) != 1:
            raise OSError(f"{redirect.target.source}: ambiguous redirect")
        path, files = paths[0], self.shell.files
        self.shell.work.spend(OPEN_STEPS)
        try:
            if path != NOWHERE:
                files[path] = self._read(path) if redirect.sign == ">>" else ""
        except OSError as error:
            texts = self.shell.texts
            reason = texts["nowhere"] if isinstance(error, FileNotFoundError) else error
            raise OSError(texts["create"].format(path, reason)) from error
        return path

    # Words

    def _fields(self, word: Word) -> Running[list[str]]:
        """The words that a word becomes: an unquoted result is split at blanks, and may vanish."""
        fields: list[str] = []
        field: str | None = None
        for part in word.parts:
            text = part.text if isinstance(part, Literal) else (yield from self._value(part))
            if isinstance(part, Literal) or part.quoted:
                field = (field or "") + text
                continue
            first, *others = BETWEEN_FIELDS.split(text)
            if first:
                field = (field or "") + first
            for other in others:
                if field is not None:
                    fields.append(field)
                field = other or None
        if field is not None:
            fields.append(field)
        self.shell.work.spend(1, sum(map(len, fields)))
        return fields

    def _assign(self, assignment: Assignment) -> Running[None]:
        value = yield from self._text(assignment.value.parts)
        self.shell.work.spend(1, len(value))
        self._set(assignment.name, value)

    def _set(self, name: str, value: str) -> None:
        """Give a variable a value. Raises `ShellError` where they would fill the memory."""
        variables = self.shell.variables
        if (
            len(value) > len(variables.get(name, ""))
            and sum(map(len, variables.values())) + len(value) > MOST_REMEMBERED
        ):
            problem = f"variables of more than {MOST_REMEMBERED} characters are more than dockerlearn keeps"
            raise ShellError(problem)
        variables[name] = value

    def _text(self, parts: tuple[Part, ...]) -> Running[str]:
        text = ""
        for part in parts:
            text += part.text if isinstance(part, Literal) else (yield from self._value(part))
        return text

    def _value(self, part: Part) -> Running[str]:
        if isinstance(part, Literal):
            return part.text
        if isinstance(part, Variable):
            return str(self.shell.status) if part.name == "?" else self.shell.variables.get(part.name, "")
        if isinstance(part, Substitution):
            text = yield from capture(self._subshell(self._list(part.commands)))
            self._substituted = True
            return text.rstrip("\n")
        return str(arithmetic((yield from self._text(part.parts)), self.shell.variables))


def capture(running: Running[object]) -> Running[str]:
    """What something writes to its standard output. All else that it does passes through."""
    answer: Answer = None
    text = ""
    while True:
        try:
            effect = running.send(answer)
        except StopIteration:
            return text
        if isinstance(effect, Write) and effect.stream is Stream.STDOUT:
            text, answer = text + effect.text, None
        elif isinstance(effect, FindTerminal):
            answer = None
        else:
            answer = yield effect
