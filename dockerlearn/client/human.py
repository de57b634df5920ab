"""Sizes, ages and tables, printed the way Docker prints them.

Rules of the `go-units` library and of Go's `text/tabwriter` as Docker 28 uses them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import zip_longest

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
    days = hours // 24
    steps = (
        (seconds < 1, "Less than a second"),
        (seconds < 2, "1 second"),
        (seconds < 60, f"{int(seconds)} seconds"),
        (minutes == 1, "About a minute"),
        (minutes < 60, f"{minutes} minutes"),
        (hours == 1, "About an hour"),
        (hours < 48, f"{hours} hours"),
        (days < 14, f"{days} days"),
        (days < 60, f"{days // 7} weeks"),
        (days < 730, f"{days // 30} months"),
    )
    return next((text for holds, text in steps if holds), f"{int(seconds / 3600) // 24 // 365} years")


def ago(moment: datetime, now: datetime) -> str:
    """How long before `now` something was: `2 weeks ago`."""
    return f"{duration(now - moment)} ago"


def ellipsis(text: str, width: int) -> str:
    """`text`, cut to `width` characters with `…` as the last one if it is longer."""
    return text if len(text) <= width else text[: width - 1] + "…"


def table(rows: Iterable[Sequence[str]]) -> str:
    """Rows in columns: each column as wide as its widest cell and three blanks, at least ten; the last one as it is."""
    lines = [list(row) for row in rows]
    columns = zip_longest(*lines, fillvalue="")
    widths = [max(NARROWEST, COLUMN_GAP + max(map(len, column))) for column in columns]
    padded = ([*map(str.ljust, line[:-1], widths), line[-1]] for line in lines)
    return "".join("".join(line) + "\n" for line in padded)
