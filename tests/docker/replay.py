"""A page's console blocks, or those of a quiz, typed at a real engine, with the model beside them on the engine's clock."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain

from dockerlearn.course.blocks import Block, read_quiz
from dockerlearn.course.console import INTERRUPT, Command, read_console
from dockerlearn.model.clock import SystemClock
from dockerlearn.model.edition import DEFAULT
from dockerlearn.terminal.session import PAGE_SEED, Session

from .accepted import Accepted
from .compare import Correspondence, difference
from .engine import Machine
from .terminal import Terminal


class Following(SystemClock):
    """A clock that is set to when the engine did something; waiting takes no time."""

    def __init__(self) -> None:
        self._now = datetime.now(UTC)

    def set(self, seconds: float) -> None:
        """Set it to a time in seconds since 1970, though never back."""
        self._now = max(self._now, datetime.fromtimestamp(seconds, UTC))

    def now(self) -> datetime:
        """The time that it was set to, and what was waited since."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self._now += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Replayed:
    """One command of a page, and how what the engine made of it differs, if it does.

    `accepted` is the entry that accounts for what did differ. Times are in seconds.
    """

    command: Command
    difference: str | None
    accepted: Accepted | None
    engine_seconds: float
    model_seconds: float


AS = "28"  # the Docker that the engine with the classic store is


def replay(blocks: list[Block], machine: Machine, accepted: Iterable[Accepted] = ()) -> Iterator[Replayed]:
    """Type the blocks of one session, a page's or a quiz's, at an engine without images, containers and volumes.

    `accepted` are the differences that lie in the nature of an engine.
    """
    machine.reset()
    listed = list(accepted)
    clock, same, slowest = Following(), Correspondence(), 0.0
    beside = Session(clock=clock, seed=PAGE_SEED, docker=AS)
    with Terminal(machine) as terminal:
        for command in chain.from_iterable(typed(block, AS) for block in blocks):
            if "curl" in command.source:
                machine.await_servers()
            shown = terminal.run(command.source, interrupt=reached(command) if command.interrupt else None)
            output = shown.output.replace(machine.packed_version, machine.engine_version)
            clock.set(shown.began)
            began = time.perf_counter()
            model = beside.run(command.source, interrupt=command.interrupt)
            model_seconds = time.perf_counter() - began
            same.invented = machine.invented()
            slowest = max(slowest, shown.ended - shown.began)
            entry = next((each for each in listed if each.concerns(command.source, command.expected)), None)
            printed, said_beside = output, model.output
            if entry is not None:
                printed = entry.applied(printed, command.expected)
                said_beside = entry.applied(said_beside, command.expected)
            found = difference(
                command.expected,
                printed,
                said_beside,
                same,
                slack=1 + slowest,
                unordered="docker diff" in command.source,
                images=machine.names() if "docker images" in command.source else {},
            )
            if found is None and shown.status != model.status:
                found = f"exit status {shown.status}, and not {model.status}"
            met = entry if printed != output else None
            yield Replayed(command, found, met, shown.ended - shown.began, model_seconds)


def typed(block: Block, docker: str = DEFAULT) -> list[Command]:
    """What is typed for a block, and what it has to print at a Docker: the right choice, for the last command of a quiz."""
    if block.language == "console":
        commands = read_console(block.text, block.text_line)
        return [replace(command, expected=command.said(docker).output, others=()) for command in commands]
    if block.language == "quiz":
        quiz = read_quiz(block.text, block.text_line)
        if quiz.code and quiz.code.language == "console":
            *before, asked = typed(quiz.code, docker)
            return [*before, replace(asked, expected=quiz.right.printed)]
    return []


def reached(command: Command) -> Callable[[str], bool]:
    """Whether a screen has all lines that stand before the Ctrl-C."""
    before = command.expected.split("\n").index(INTERRUPT)
    return lambda screen: screen.count("\n") >= before
