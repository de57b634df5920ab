"""Clocks that can be passed in. Examples need one that shows the same time at every run."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from .value import instance

LAST = datetime.max.replace(tzinfo=UTC)
"""The last moment that Python has, at the end of the year 9999."""


def utc(moment: datetime | str) -> datetime:
    """A moment, or its ISO 8601 text, in UTC. Without a time zone, it is taken to be in UTC.

    Raises `ValueError` for text that is no time, and for a moment outside of the years 1 to 9999 in UTC.
    """
    instance("moment", (datetime, str), moment)
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError(f"outside of the years 1 to 9999 in UTC: '{moment.isoformat()}'") from None


def after(moment: datetime, seconds: float) -> datetime | None:
    """The moment so many seconds later; None if Python has no such moment, so that it never comes."""
    try:
        return moment + timedelta(seconds=seconds)
    except OverflowError:
        return None


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait for that many seconds."""
        time.sleep(seconds)


class FixedClock:
    """A clock that moves only when it is moved: waiting takes no time, and the same steps give the same times.

    `start` is as `utc` takes it, and raises what that raises. At the last moment of the year 9999 it stands still.
    """

    def __init__(self, start: datetime | str) -> None:
        self._now = utc(start)

    def now(self) -> datetime:
        """The moment that the clock stands at, in UTC."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Move on by that many seconds at once. Raises `ValueError` for fewer than none, as `time.sleep` does."""
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        self._now = after(self._now, seconds) or LAST


Clock = SystemClock | FixedClock
