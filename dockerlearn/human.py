"""Sizes, ages and tables, printed the way Docker prints them.

Rules of the `go-units` library and of Go's `text/tabwriter` as Docker 28 uses them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB")
COLUMN_GAP = 3
NARROWEST = 10


def size(count: float, precision: int = 4) -> str:
    """`count` bytes in decimal units: `192kB`. Tables of images show 3 digits, everything else 4.

    999,999 bytes with 3 digits give `1e+03kB`, and so does Docker.
    """
    unit = 0
    while count >= 1000 and unit < len(UNITS) - 1:
        count /= 1000
        unit += 1
    return f"{count:.{precision}g}{UNITS[unit]}"


def duration(length: timedelta) -> str:
    """A length of time in words: `About a minute`, `3 weeks`."""
    seconds = length.total_seconds()
    minutes, hours = int(seconds / 60), int(seconds / 3600 + 0.5)
    if seconds < 1:
        return "Less than a second"
    if seconds < 2:
        return "1 second"
    if seconds < 60:
        return f"{int(seconds)} seconds"
    if minutes < 60:
        return "About a minute" if minutes == 1 else f"{minutes} minutes"
    if hours < 48:
        return "About an hour" if hours == 1 else f"{hours} hours"
    if hours < 24 * 7 * 2:
        return f"{hours // 24} days"
    if hours < 24 * 30 * 2:
        return f"{hours // 24 // 7} weeks"
    if hours < 24 * 365 * 2:
        return f"{hours // 24 // 30} months"
    return f"{int(seconds / 3600) // 24 // 365} years"


def ago(moment: datetime | None, now: datetime) -> str:
    """How long before `now` something was created: `2 weeks ago`, and `N/A` for what has no date."""
    return "N/A" if moment is None else f"{duration(now - moment)} ago"


def ellipsis(text: str, width: int) -> str:
    """`text`, cut to `width` characters with `…` as the last one if it is longer."""
    return text if len(text) <= width else text[: width - 1] + "…"


def table(rows: Iterable[Sequence[str]]) -> str:
    """Rows in columns: each column as wide as its widest cell and three blanks, at least ten; the last one as it is."""
    lines = [list(row) for row in rows]
    columns = max((len(line) for line in lines), default=0)
    widths = [
        max(NARROWEST, COLUMN_GAP + max(len(line[index]) for line in lines if index < len(line)))
        for index in range(columns)
    ]
    return "".join(
        "".join(f"{cell:<{widths[index]}}" for index, cell in enumerate(line[:-1])) + (line[-1] if line else "") + "\n"
        for line in lines
    )
