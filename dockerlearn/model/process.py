"""What runs in a container, and what it asks of the world meanwhile.

A program is a generator. It yields its effects, one after the other: it writes, it sleeps, it reads a line. Whoever runs it
(a container's process, a shell, a terminal) does that for it, and sends back what came of it; at its end it returns its exit
status. So one program can be run to its end at once, played along a clock, or typed at, and many of them side by side.

The model itself has no programs. They are handed in, as a `Runtime`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from itertools import count
from typing import Protocol, TypeAlias

from .clock import Clock, after
from .errors import CannotStart, DaemonError, DockerError
from .rootfs import Rootfs
from .tree import Directory, File
from .value import Value

NO_PERMISSION, NO_PROGRAM, KILLED = 126, 127, 137  # exit statuses
MOST_TURNS = 10_000  # of a process between two looks at it
SIGNALS = {
    name: number
    for number, name in enumerate(
        "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG "
        "XCPU XFSZ VTALRM PROF WINCH IO PWR SYS".split(),
        1,
    )
}


def signal_name(text: str) -> str:
    """The name of a signal that is given by name, with or without SIG, or by number. Raises `DaemonError`."""
    name = text.upper().removeprefix("SIG")
    by_number = {str(number): name for name, number in SIGNALS.items()}
    if name not in SIGNALS and name not in by_number:
        number = re.fullmatch("-?[1-9][0-9]*", text, re.ASCII)
        raise DaemonError(f"the linux daemon does not support signal {text}" if number else f"invalid signal: {text}")
    return by_number.get(name, name)


# Effects


class Stream(Enum):
    """Where a program writes."""

    STDOUT = 1
    STDERR = 2


class Write(Value):
    """Text that is written. Nothing is sent back."""

    stream: Stream
    text: str


class Sleep(Value):
    """A wait for some seconds, or for ever, that the named signals end early.

    The `Signals` that came meanwhile are sent back, those that did not end it among them, or None if there were none.
    """

    seconds: float | None = None
    signals: tuple[str, ...] = ()  # those that the program has handlers for, such as "TERM"


class Read(Value):
    """A wait for a line that somebody types, after a prompt. A `Line` is sent back, or None at the end of the input."""

    prompt: str = ""
    signals: tuple[str, ...] = ()  # those that do not end the program while it reads


class Line(Value):
    """A line that was typed, without its line end."""

    text: str


class Signals(Value):
    """The signals that came during a sleep, those with the lowest number first."""

    names: tuple[str, ...]


Effect: TypeAlias = Write | Sleep | Read
Answer: TypeAlias = Line | Signals | None
Program: TypeAlias = Generator[Effect, Answer, int]
"""A program under way; what it returns is its exit status."""


def out(text: str, status: int = 0) -> Program:
    """A program that writes a text to standard output, and ends."""
    if text:
        yield Write(Stream.STDOUT, text)
    return status


def err(text: str, status: int = 0) -> Program:
    """A program that writes a text to standard error, and ends."""
    if text:
        yield Write(Stream.STDERR, text)
    return status


class Output(Value):
    """What a program that has ended wrote, in order, and its exit status."""

    writes: tuple[Write, ...] = ()
    status: int = 0

    @property
    def standard(self) -> str:
        """What it wrote to standard output."""
        return "".join(write.text for write in self.writes if write.stream is Stream.STDOUT)

    @property
    def screen(self) -> str:
        """What a terminal shows: both streams in order."""
        return "".join(write.text for write in self.writes)


def complete(program: Program, sleep: Callable[[float], object] = lambda seconds: None) -> Output:
    """Run a program to its end, where nobody types and nobody interrupts it. Raises `DockerError` if it waits for ever."""
    writes: list[Write] = []
    while True:
        try:
            effect = next(program)
        except StopIteration as end:
            return Output(tuple(writes), end.value)
        if isinstance(effect, Write):
            writes.append(effect)
        elif isinstance(effect, Sleep):
            if effect.seconds is None:
                program.close()
                raise DockerError("this program waits for ever")
            sleep(effect.seconds)


# Programs in containers


class Runtime(Protocol):
    """What starts programs in containers."""

    def start(self, environment: Environment, words: Sequence[str], stdin: str | None) -> Program:
        """The program that the first word names, at its start, with the other words as its arguments.

        `stdin` is the whole of its standard input, or None if it reads what is typed. Raises `CannotStart`.
        """


class Environment:
    """What a program knows of its container: its files, its variables, its name and the time.

    `listening` has what answers at each port: it takes the path of a request, and returns the page. `shells` says how many
    shells run within each other.
    """

    def __init__(
        self, runtime: Runtime, root: Rootfs, variables: Mapping[str, str], hostname: str, now: Callable[[], datetime]
    ) -> None:
        self.runtime, self.root, self.variables, self.hostname, self.now = runtime, root, variables, hostname, now
        self.listening: dict[int, Callable[[str], str]] = {}
        self.shells = 0

    def with_variables(self, added: Mapping[str, str]) -> Environment:
        """The same container with more variables, HOME last. If there are any, its servers are apart."""
        if not added:
            return self
        home = added.get("HOME") or self.variables["HOME"]
        variables = {**self.variables, **added}
        del variables["HOME"]
        return Environment(self.runtime, self.root, {**variables, "HOME": home}, self.hostname, self.now)

    def find(self, name: str) -> tuple[str, File]:
        """The executable of that name, which is a path or stands in one of the directories of PATH, and its path.

        Raises `CannotStart` with runc's reason.
        """
        tree = self.root.tree
        directories = [""] if "/" in name else self.variables.get("PATH", "").split(":")
        problem = CannotStart(f'exec: "{name}": executable file not found in $PATH', status=NO_PROGRAM)
        for directory in directories if name else []:
            found = tree.resolve(f"{directory}/{name}")
            if found is None:
                continue
            if isinstance(found[1], File) and found[1].mode & 0o111:
                return f"{directory}/{name}" if directory else name, found[1]
            reason = "is a directory: permission denied" if isinstance(found[1], Directory) else "permission denied"
            problem = CannotStart(f'exec: "{name}": {reason}', status=NO_PERMISSION)
        if "/" in name and problem.status == NO_PROGRAM:
            problem = CannotStart(f'exec: "{name}": stat {name}: no such file or directory', status=NO_PROGRAM)
        raise problem

    def answer(self, port: int, path: str) -> str | None:
        """What the server at a port answers to a request for a path; None if nothing listens there."""
        server = self.listening.get(port)
        return None if server is None else server(path)

    def start(self, words: Sequence[str], stdin: str | None) -> Program:
        """Another program, as `Runtime.start` gives it."""
        return self.runtime.start(self, words, stdin)


class Process:
    """A program that goes on by itself, as time passes, and writes to a log."""

    __slots__ = ("_log", "_pending", "_program", "_signals", "acting", "frozen", "prompt", "status", "time", "wake")

    def __init__(self, program: Program, start: datetime, log: list[Write]) -> None:
        self._program, self._log = program, log
        self.time = start  # when it last did something
        self.wake: datetime | None = start  # when it will do something by itself
        self._signals: tuple[str, ...] = ()  # those that end its sleep
        self._pending: list[str] = []
        self.acting = self.frozen = False
        self.prompt: str | None = None  # what it shows while it reads
        self.status: int | None = None
        self.advance(start)

    def advance(self, now: datetime) -> None:
        """Let it do all that it has had time for; one that has had time for very much falls behind."""
        for turn in count():
            if self.status is not None or self.wake is None or self.wake > now:
                return
            if turn == MOST_TURNS:
                self.wake = after(now, 1)
                return
            names, self._pending = sorted(set(self._pending), key=SIGNALS.__getitem__), []
            self._resume(self.wake, Signals(tuple(names)) if names else None)  # like the kernel: each of them once

    def signal(self, name: str, now: datetime) -> None:
        """Send it a signal, which waits while it is frozen.

        As the first of its container, it notices only those that it handles; SIGKILL ends it.
        """
        if self.frozen or name not in ("KILL", *self._signals):
            self._pending.append(name)
        elif name == "KILL":
            self._program.close()
            self.time, self.status = now, KILLED
        else:
            self._resume(now, Signals((name,)))
            self.advance(now)

    def type(self, line: str | None, now: datetime) -> None:
        """Type a line into it, or, with None, end its input."""
        self._resume(now, None if line is None else Line(line))
        self.advance(now)

    def thaw(self, now: datetime) -> None:
        """Let it go on after it was frozen, with the signals that came before and meanwhile."""
        self.frozen, self.wake = False, self.wake and max(self.wake, now)
        names, self._pending = self._pending, []
        for name in sorted(names, key=lambda name: name != "KILL"):  # SIGKILL comes before all others
            if self.status is None:
                self.signal(name, now)

    def _resume(self, at: datetime, answer: Answer) -> None:
        self.time, self.acting = at, True
        try:
            effect = self._program.send(answer)
            while isinstance(effect, Write):
                self._log.append(effect)
                effect = next(self._program)
        except StopIteration as end:
            self.status = end.value
            return
        except DockerError as problem:  # whatever this model's programs cannot do, it ends them
            self._log.append(Write(Stream.STDERR, f"{problem}\n"))
            self.status = 1
            return
        finally:
            self.acting = False
        self.wake = None
        if isinstance(effect, Read):
            self._signals, self.prompt = (), effect.prompt
            return
        self._signals, self.prompt = effect.signals, None
        if effect.seconds is not None:
            self.wake = after(at, effect.seconds)


class Processes:
    """The processes of a container: the main one, whose life is the container's, and others beside it.

    They do what they have had time for when somebody looks, and nothing while they are frozen.
    """

    __slots__ = ("_clock", "_others", "main")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.main: Process | None = None  # while there is one
        self._others: list[Process] = []

    @property
    def wake(self) -> datetime | None:
        """When the main one will do something by itself; None if it never will."""
        return None if self.main is None or self.main.frozen else self.main.wake

    @property
    def prompt(self) -> str | None:
        """What the main one shows while it waits for a line of typing; None if it does not."""
        return None if self.main is None or self.main.frozen else self.main.prompt

    def now(self) -> datetime:
        """What time it is for the one that asks: one that acts only when somebody looks acts in the past."""
        acting = [each.time for each in (self.main, *self._others) if each is not None and each.acting]
        return acting[0] if acting else self._clock.now()

    def start(self, program: Program, log: list[Write]) -> None:
        """Start the main one."""
        self.main = Process(program, self._clock.now(), log)

    def spawn(self, program: Program) -> None:
        """Start another one."""
        self._others.append(Process(program, self._clock.now(), []))

    def advance(self) -> None:
        """Let them do all that they have had time for; the others get no further than the main one, once that has ended."""
        if self.main is None or self.main.frozen:
            return
        now = self._clock.now()
        self.main.advance(now)
        for process in self._others:
            process.advance(min(now, self.main.time) if self.main.status is not None else now)

    def signal(self, name: str) -> None:
        """Send the main one a signal, which waits while it is frozen."""
        if self.main is not None:
            self.main.signal(name, self._clock.now())

    def type(self, line: str | None) -> None:
        """Type a line into the main one, or, with None, end its input."""
        if self.main is not None and not self.main.frozen:
            self.main.type(line, self._clock.now())

    def freeze(self) -> None:
        """Let them do nothing until they are thawed."""
        if self.main is not None:
            self.main.frozen = True

    def thaw(self) -> None:
        """Let them go on."""
        if self.main is not None:
            self.main.thaw(self._clock.now())

    def clear(self) -> None:
        """Forget them: the main one has ended."""
        self.main, self._others = None, []
