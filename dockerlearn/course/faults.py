"""What is wrong with a page, and where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Fault(NamedTuple):
    """Something in a page that is refused, and where."""

    line: int
    reason: str


class PageRefused(Exception):
    """A page has blocks that can be neither run nor left alone; `faults` lists them in page order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(faults)
        super().__init__("; ".join(f"line {fault.line}: {fault.reason}" for fault in self.faults))
