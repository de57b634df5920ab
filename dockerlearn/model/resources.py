"""What a machine spends: work, which is counted so that everything is answered soon, and space on its disk.

Both are counted and neither is measured, so that the same line is refused at the same place on every computer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

LINE_STEPS = 100_000  # of a command line, or of one turn of a container's process
CATCH_UP_STEPS = 32_000  # of all processes of a machine together, when somebody looks
CHARACTERS_A_STEP = 100
DISK_BYTES, DISK_NODES = 64_000_000, 50_000  # of what containers and their images have written


class TooMuchWork(Exception):
    """More steps than somebody can wait for. No refusal of Docker's: whoever runs something ends it, and says so."""

    def __init__(self, steps: int) -> None:
        super().__init__(f"more than {steps} steps of a line are more than dockerlearn does")


class Work:
    """The steps that were done on a machine, and the number of them at which what runs now is stopped.

    A step is what costs about as much as a word of a shell's line. It is spent before the thing is done, so that nothing
    is left half done.
    """

    __slots__ = ("_steps", "done", "limit")

    def __init__(self) -> None:
        self.done = 0
        self._steps, self.limit = 0, float("inf")

    def spend(self, steps: int, characters: int = 0) -> None:
        """Count steps, and characters that are made. Raises `TooMuchWork`."""
        self.done += steps + characters // CHARACTERS_A_STEP
        if self.done > self.limit:
            raise TooMuchWork(self._steps)

    def owe(self, steps: int) -> None:
        """Count steps of what cannot be stopped: the next thing will be."""
        self.done += steps

    @contextmanager
    def limited(self, steps: int, already: int = 0) -> Iterator[None]:
        """Allow so many steps from here on, less those that were done `already`. What is above pays for them, too."""
        before = self._steps, self.limit
        self._steps, self.limit = steps, self.done + steps - already
        try:
            yield
        finally:
            self._steps, self.limit = before


class Patience:
    """The steps of work that the processes of a machine may do when somebody looks, once a second of the clock."""

    __slots__ = ("_left", "_looked")

    def __init__(self) -> None:
        self._left, self._looked = CATCH_UP_STEPS, datetime.min.replace(tzinfo=UTC)

    def share(self, now: datetime, containers: int) -> int:
        """The steps that one of so many containers has now."""
        if abs(now - self._looked) >= timedelta(seconds=1):
            self._left, self._looked = CATCH_UP_STEPS, now
        return min(CATCH_UP_STEPS // max(containers, 1), self._left)

    def spend(self, steps: int) -> None:
        """Take off what was done."""
        self._left = max(self._left - steps, 0)


class Disk:
    """The space for all that is written on a machine. `used` tells its bytes and its files, which is looked up rarely."""

    __slots__ = ("_bytes", "_nodes", "_used")

    def __init__(self, used: Callable[[], tuple[int, int]]) -> None:
        self._used = used
        self._bytes = self._nodes = 0  # at most: what has gone since is not taken off

    def take(self, bytes: int, nodes: int = 0) -> None:
        """Say that so much is about to be written. Raises `OSError` with Linux's reason if there is no room for it."""
        self._bytes, self._nodes = self._bytes + bytes, self._nodes + nodes
        if self._bytes <= DISK_BYTES and self._nodes <= DISK_NODES:
            return
        used, files = self._used()
        self._bytes, self._nodes = used + bytes, files + nodes
        if (bytes and self._bytes > DISK_BYTES) or (nodes and self._nodes > DISK_NODES):
            self._bytes, self._nodes = used, files
            raise OSError("No space left on device")
