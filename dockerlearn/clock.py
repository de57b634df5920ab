"""Time, as a thing that can be handed in: examples need a clock that always tells the same."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait for that many seconds."""
        time.sleep(seconds)


class FixedClock:
    """A clock that moves only when told to: waiting takes no time, and the same steps give the same times."""

    def __init__(self, start: datetime | str) -> None:
        moment = datetime.fromisoformat(start) if isinstance(start, str) else start
        self._now = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

    def now(self) -> datetime:
        """The moment that the clock stands at, in UTC."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Move on by that many seconds at once."""
        self._now += timedelta(seconds=seconds)


Clock = SystemClock | FixedClock
