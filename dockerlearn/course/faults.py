"""What is wrong with a page, and where."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Fault(NamedTuple):
    """Something in a page that is refused, and where."""

    line: int
    reason: str


class Finding(NamedTuple):
    """Something wrong with a site: the file and the line to mend, and what is wrong there."""

    path: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.reason}"


class PageRefused(Exception):
    """A page has blocks that can be neither run nor left alone; `faults` lists them in page order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(faults)
        super().__init__("; ".join(f"line {fault.line}: {fault.reason}" for fault in self.faults))
