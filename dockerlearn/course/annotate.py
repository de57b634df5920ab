"""A pytest plugin: what is said of failing pages at the end of a run.

Where several pages fail at once, that the model is the likelier culprit. And on GitHub, each failure that names a page and
a line is an annotation on that line of the change.

Source of the form: GitHub's documentation of workflow commands.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest

import pytest

from .verify import REFUSED

_PLACE = re.compile(r"^(?P<page>[^\s:]+\.md):(?P<line>\d+): (?P<what>.*)$", re.MULTILINE)
_ESCAPED = {"%": "%25", "\r": "%0D", "\n": "%0A"}


def annotated(report: str) -> Iterator[str]:
    """The workflow commands for a failure's report: one for each place in a page, with what follows it."""
    places = list(_PLACE.finditer(report))
    for place, following in zip_longest(places, places[1:]):
        message = report[place.start("what") : following.start() if following else len(report)].rstrip()
        escaped = "".join(_ESCAPED.get(character, character) for character in message)
        yield f"::error file={place['page']},line={place['line']},title=an example disagrees::{escaped}"


def culprit(failed: Iterable[str]) -> str | None:
    """Who is to blame if these tests have failed: with blocks of several pages among them, hardly the pages."""
    tests = [test.partition("::") for test in failed]
    blocks = [page for page, _, name in tests if page.endswith(".md") and name != REFUSED]
    pages = len(set(blocks))
    if pages < 2:
        return None
    advice = "see what has changed there before you repair a page"
    return f"{len(blocks)} blocks of {pages} pages fail at once: the model is the likelier culprit; {advice}."


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say who is to blame, and say the annotations where the runner listens."""
    if blamed := culprit(report.nodeid for report in terminalreporter.getreports("failed")):
        terminalreporter.write_line(blamed)
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return
    reports = [report for outcome in ("failed", "error") for report in terminalreporter.getreports(outcome)]
    for annotation in dict.fromkeys(each for report in reports for each in annotated(report.longreprtext)):
        terminalreporter.write_line(annotation)
