"""Lines of output that are hardly ever meant: a page that expects one of them has to say that it is.

Docker prints none of them. Where an example does, a fence is unclosed, the model lacks something, or a program is missing;
and whoever believes such a page learns a falsehood. The option `meant`, with a part of the line, says that the page is
about just that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

FENCE = re.compile(r"[> \t]*(?P<fence>`{3,}|~{3,})(?P<info>.*)")
"""A line that looks like a fence, in whatever it is nested."""

KINDS = {
    "what looks like a fence": FENCE,
    # Docker never names this package or its catalog. A dotted name is Python's, of an exception for one.
    "that the model lacks something": re.compile(r".*(?:\bdockerlearn(?:: | \w)|\bthe scale model\b)"),
    "that a program is missing": re.compile(
        r".*(?:: command not found|\bcommand not found: \S+|executable file not found in \$PATH)|(?:.*\s)?\S*sh: .*: not found$"
    ),
}
"""The kinds of such lines, each with how it is recognised."""


class Doubt(NamedTuple):
    """A line of output that nobody has said to be meant."""

    line: int
    text: str
    kind: str

    @property
    def reason(self) -> str:
        """What is wrong with it, and what to do where it is not."""
        where = "write a part of that line behind the block's language"
        return f'says {self.kind}: {self.text!r}; if the page is about that, {where}, meant="..."'


def doubts(lines: Iterable[str], meant: str | None, line: int = 1) -> Iterator[Doubt]:
    """The doubtful ones of some lines, which start on the given one. Those that contain what is meant are none."""
    for number, text in enumerate(lines, line):
        if meant is None or meant not in text:
            yield from (Doubt(number, text, kind) for kind, form in KINDS.items() if form.match(text))
