"""A page's console blocks, unchanged, typed at a real engine, with the model beside them on the engine's clock."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dockerlearn.clock import SystemClock
from dockerlearn.course.blocks import INTERRUPT, Block, Command, read_console
from dockerlearn.session import PAGE_SEED, Session

from .compare import Correspondence, difference
from .engine import Machine
from .terminal import Shown, Terminal


class Following(SystemClock):
    """A clock that is set to when the engine did something; waiting takes no time."""

    def __init__(self) -> None:
        self._now = datetime.now(UTC)

    def set(self, seconds: float) -> None:
        """Set it to a time in seconds since 1970, though never back."""
        self._now = max(self._now, datetime.fromtimestamp(seconds, UTC))

    def now(self) -> datetime:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Replayed:
    """One command of a page, what the engine made of it, and how that differs from the page, if it does."""

    command: Command
    shown: Shown
    difference: str | None


def _reached(command: Command) -> Callable[[str], bool]:
    """Whether a screen has all lines that stand before the Ctrl-C."""
    before = command.expected.split("\n").index(INTERRUPT)
    return lambda screen: screen.count("\n") >= before


def replay(blocks: list[Block], machine: Machine) -> Iterator[Replayed]:
    """Type the console blocks of one page at an engine without images, containers and volumes."""
    machine.reset()
    clock = Following()
    beside = Session(clock=clock, seed=PAGE_SEED)
    same = Correspondence()
    slowest = 0.0
    with Terminal(machine) as terminal:
        for block in blocks:
            for command in read_console(block.text, block.text_line) if block.language == "console" else ():
                shown = terminal.run(command.source, interrupt=_reached(command) if command.interrupt else None)
                clock.set(shown.began)
                model = beside.run(command.source, interrupt=command.interrupt)
                same.invented = machine.invented()
                slowest = max(slowest, shown.ended - shown.began)
                found = difference(
                    command.expected,
                    shown.output,
                    model.output,
                    same,
                    slack=1 + slowest,
                    unordered="docker diff" in command.source,
                )
                if found is None and shown.status != model.status:
                    found = f"exit status {shown.status}, and not {model.status}"
                yield Replayed(command, shown, found)
