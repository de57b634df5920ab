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
from typing import Protocol, TypeAlias

from .errors import CannotStart, DaemonError, DockerError
from .resources import Work
from .rootfs import Rootfs
from .tree import Directory, File
from .value import Value

NO_PERMISSION, NO_PROGRAM, KILLED = 126, 127, 137  # exit statuses
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


class Repeat(Value):
    """A loop's word that each round will be as the last one was, which waited so many seconds and did so many steps of work.

    The `Rounds` that nobody will look at are sent back, and left out; None for no such round.
    """

    seconds: float
    steps: int


class FindTerminal(Value):
    """A look at where standard output goes. The `Terminal` is sent back, or None if it goes elsewhere."""


class Terminal(Value):
    """A terminal: how wide it is, whether it is to have colors, and whether it makes them of escape sequences."""

    columns: int = 80
    colors: bool = True
    escapes: bool = False


class Line(Value):
    """A line that was typed, without its line end."""

    text: str


class Signals(Value):
    """The signals that came during a sleep, those with the lowest number first."""

    names: tuple[str, ...]


class Rounds(Value):
    """The number of rounds that a loop leaves out."""

    count: int


Effect: TypeAlias = Write | Sleep | Read | Repeat | FindTerminal
Answer: TypeAlias = Line | Signals | Rounds | Terminal | None
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
    shells run within each other, `asked` how often the time was asked for, and `work` counts steps.
    """

    def __init__(
        self,
        runtime: Runtime,
        root: Rootfs,
        variables: Mapping[str, str],
        hostname: str,
        clock: Callable[[], datetime],
        work: Work,
    ) -> None:
        self.runtime, self.root, self.variables, self.hostname, self.work = runtime, root, variables, hostname, work
        self.clock, self.asked = clock, 0
        self.listening: dict[int, Callable[[str], str]] = {}
        self.shells = 0

    def now(self) -> datetime:
        """The time. Whoever asks for it may do something else at another time."""
        self.asked += 1
        return self.clock()

    def with_variables(self, added: Mapping[str, str]) -> Environment:
        """The same container with more variables, HOME last. If there are any, its servers are apart."""
        if not added:
            return self
        home = added.get("HOME") or self.variables["HOME"]
        variables = {**self.variables, **added}
        del variables["HOME"]
        return Environment(self.runtime, self.root, {**variables, "HOME": home}, self.hostname, self.clock, self.work)

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
