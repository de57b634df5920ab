"""One call of `docker`, and the verbs that it can be a call of."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, MutableMapping
from datetime import datetime
from typing import TypeAlias

from ..model.engine import Engine
from ..model.errors import DaemonError, DockerError, NotFound
from ..model.value import Value
from ..terminal.programs import KILLED
from ..terminal.shell import Output, Pieces, Steps, Wait
from .formats import View
from .usage import Flags

Program: TypeAlias = Steps
"""A program under way; what it returns is the rest of its output, and its status."""
Effects: TypeAlias = Generator[Wait, "str | None", None]
"""A verb that takes time."""


class Call:
    """One call of `docker`: what it was given, and what has come of it so far.

    `files` are those of the computer that it is called on, `stdin` is None where nothing is piped in. It `asks` if there
    is somebody at the terminal to answer.
    """

    def __init__(self, engine: Engine, files: MutableMapping[str, str], stdin: str | None, *, asks: bool) -> None:
        self.engine, self.files, self.stdin, self.asks = engine, files, stdin, asks
        self.status = 0
        self._pieces: list[tuple[bool, str]] = []

    def out(self, text: str) -> None:
        """Write to standard output."""
        self._pieces.append((False, text))

    def err(self, text: str) -> None:
        """Write to standard error."""
        self._pieces.append((True, text))

    def copy(self, pieces: Iterable[tuple[bool, str]]) -> None:
        """Write what another program has written, each piece to the same stream."""
        self._pieces += pieces

    def warn(self, *errors: DockerError) -> None:
        """Show refusals that do not make the call fail."""
        for error in errors:
            prefix = "Error response from daemon: " if isinstance(error, DaemonError) else ""
            self.err(f"{prefix}{error}\n")

    def refuse(self, *errors: DockerError) -> None:
        """Show refusals, which make the call fail."""
        self.warn(*errors)
        self.status = 1 if errors else self.status

    def each(self, names: list[str], act: Callable[[str], object]) -> list[DockerError]:
        """Do something for each name. Returns the refusals, which Docker shows after all that went well."""
        refusals: list[DockerError] = []
        for name in names:
            try:
                act(name)
            except DockerError as error:
                refusals.append(error)
        return refusals

    def view(self, flags: Flags) -> View:
        """How a list is to be shown."""
        return View(self.engine.clock.now(), flags.on("no-trunc"), flags.on("human", default=True))

    # What takes time

    def sleep(self, until: datetime | None, signals: tuple[str, ...] = ()) -> Generator[Wait, str | None, str | None]:
        """Let time pass up to a moment (None: for ever), or until one of the signals comes, which is returned."""
        seconds = None if until is None else (until - self.engine.clock.now()).total_seconds()
        return (yield Wait(seconds, signals, self._flush()))

    def read(self, prompt: str, signals: tuple[str, ...] = ()) -> Generator[Wait, str | None, str | None]:
        """Read a line from the terminal; None at the end of the input. The signals do not end the call meanwhile."""
        return (yield Wait(None, signals, self._flush(), prompt))

    def confirm(self, warning: str) -> Generator[Wait, str | None, bool]:
        """Show a warning and read a line: only y means yes."""
        question = f"{warning}\nAre you sure you want to continue? [y/N] "
        if self.stdin is None and self.asks:
            answer = (yield from self.read(question)) or ""
        else:
            self.out(question)
            answer = (self.stdin or "").split("\n")[0]
        return answer.strip().lower() == "y"

    def follow(self, program: Program, alive: Callable[[], bool]) -> Effects:
        """Run a program inside of this call, which gets its status. It is killed when it is no longer `alive`."""
        sent = None
        while True:
            try:
                wait = program.send(sent)
            except StopIteration as end:
                self.copy(end.value.pieces)
                self.status = end.value.status
                return
            self.copy(wait.output)
            sent = None
            if wait.seconds != 0:
                survives = wait.signals or ("INT",) * bool(wait.prompt)  # a shell that asks does, under Ctrl-C
                sent = yield wait._replace(output=self._flush(), signals=survives)
                if not alive():
                    self.status = KILLED
                    return

    def _flush(self) -> Pieces:
        """Hand over what has been written so far."""
        pieces, self._pieces = tuple(self._pieces), []
        return pieces

    def end(self) -> Output:
        """The rest of what was written, and the status."""
        return Output(self._flush(), self.status)


class Verb(Value):
    """A command of the model: its function, and the flags that the model has of it, by their long names."""

    run: Callable[[Call, Flags, list[str]], Effects | None]  # gets the call, the flags and the operands
    flags: str = ""


def address(name: str) -> str:
    """A name as part of an address in the engine's API, where an empty one leads nowhere. Raises `NotFound`."""
    if not name:
        raise NotFound("page not found")
    return name
