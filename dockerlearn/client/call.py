"""One call of `docker`, and the verbs that it can be a call of."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, MutableMapping
from datetime import datetime
from typing import TypeAlias

from ..model.engine import Engine
from ..model.errors import DaemonError, DockerError, NotFound
from ..model.process import (
    KILLED,
    Answer,
    Effect,
    FindTerminal,
    Line,
    Program,
    Read,
    Signals,
    Sleep,
    Stream,
    Terminal,
    Write,
)
from ..model.value import Value
from .formats import View
from .release import ClientRelease
from .usage import Flags, help_texts

Effects: TypeAlias = Generator[Effect, Answer, None]
"""A verb that takes time, or a part of one, under way."""


NAME_STEPS = 50  # of work, for each thing that a call is about


class Call:
    """One call of `docker`: what it was given, and what has come of it so far.

    `release` is that of the client. `files` are those of the computer that it is called on, `stdin` is None where nothing is piped in. It `asks` if there
    is somebody at the terminal to answer.
    """

    def __init__(
        self,
        engine: Engine,
        release: ClientRelease,
        files: MutableMapping[str, str],
        stdin: str | None,
        *,
        asks: bool,
    ) -> None:
        self.engine, self.release, self.files, self.stdin, self.asks = engine, release, files, stdin, asks
        self.help_texts = help_texts(release.name)
        self.command = "docker"  # as it was typed, without its flags and operands
        self.status = 0
        self._writes: list[Write] = []

    def out(self, text: str) -> None:
        """Write to standard output."""
        self._writes.append(Write(Stream.STDOUT, text))

    def err(self, text: str) -> None:
        """Write to standard error."""
        self._writes.append(Write(Stream.STDERR, text))

    def copy(self, writes: Iterable[Write]) -> None:
        """Write what another program has written, to the same streams."""
        self._writes += writes

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
            self.engine.work.spend(NAME_STEPS)
            try:
                act(name)
            except DockerError as error:
                refusals.append(error)
        return refusals

    def view(self, flags: Flags) -> View:
        """How a list is to be shown."""
        return View(
            self.engine.clock.now(), flags.on("no-trunc"), flags.on("human", default=True), self.engine.work.spend
        )

    def terminal(self) -> Generator[Effect, Answer, Terminal | None]:
        """The terminal that standard output goes to; None if it goes elsewhere."""
        answer = yield FindTerminal()
        return answer if isinstance(answer, Terminal) else None

    # What takes time

    def flush(self) -> Effects:
        """Let what has been written so far be shown."""
        writes, self._writes = self._writes, []
        yield from writes

    def sleep(self, until: datetime | None, signals: tuple[str, ...] = ()) -> Generator[Effect, Answer, bool]:
        """Let time pass up to a moment (None: for ever), or until one of the signals comes. Returns whether one came."""
        yield from self.flush()
        seconds = None if until is None else (until - self.engine.clock.now()).total_seconds()
        return isinstance((yield Sleep(seconds, signals)), Signals)

    def read(self, prompt: str, signals: tuple[str, ...] = ()) -> Generator[Effect, Answer, str | None]:
        """Read a line from the terminal; None at the end of the input. The signals do not end the call meanwhile."""
        yield from self.flush()
        answer = yield Read(prompt, signals)
        return answer.text if isinstance(answer, Line) else None

    def confirm(self, warning: str) -> Generator[Effect, Answer, bool]:
        """Show a warning and read a line: only y means yes."""
        question = f"{warning}\nAre you sure you want to continue? [y/N] "
        if self.stdin is None and self.asks:
            answer = (yield from self.read(question)) or ""
        else:
            self.out(question)
            answer = (self.stdin or "").split("\n")[0]
        return answer.strip().lower() == "y"

    def follow(self, program: Program, alive: Callable[[], bool]) -> Effects:
        """Run another program inside of this call, which gets its status. It is killed when it is no longer `alive`."""
        yield from self.flush()
        answer: Answer = None
        while True:
            try:
                effect = program.send(answer)
            except StopIteration as end:
                self.status = end.value
                return
            answer = yield effect
            if not isinstance(effect, Write) and not alive():
                self.status = KILLED
                return


class Verb(Value):
    """A command of the model: its function, and the flags that the model has of it, by their long names.

    `newer` are those that it has since Docker 29 only.
    """

    run: Callable[[Call, Flags, list[str]], Effects | None]  # gets the call, the flags and the operands
    flags: str = ""
    newer: str = ""


def address(name: str) -> str:
    """A name as part of an address in the engine's API, where an empty one leads nowhere. Raises `NotFound`."""
    if not name:
        raise NotFound("page not found")
    return name
