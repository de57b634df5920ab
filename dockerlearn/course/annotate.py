"""A pytest plugin: on GitHub, each failure that names a page and a line is an annotation on that line of the change.

Source of the form: GitHub's documentation of workflow commands.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import zip_longest

import pytest

_PLACE = re.compile(r"^(?P<page>[^\s:]+\.md):(?P<line>\d+): (?P<what>.*)$", re.MULTILINE)
_CLOSING = re.compile(r"^\S+:\d+: SybilFailure$", re.MULTILINE)  # with the page's bare name
_ESCAPED = {"%": "%25", "\r": "%0D", "\n": "%0A"}


def annotated(report: str) -> Iterator[str]:
    """The workflow commands for a failure's report: one for each place in a page, with what follows it."""
    report = _CLOSING.sub("", report)
    places = list(_PLACE.finditer(report))
    for place, following in zip_longest(places, places[1:]):
        message = report[place.start("what") : following.start() if following else len(report)].rstrip()
        escaped = "".join(_ESCAPED.get(character, character) for character in message)
        yield f"::error file={place['page']},line={place['line']},title=an example disagrees::{escaped}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say them where the runner listens."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return
    reports = [report for outcome in ("failed", "error") for report in terminalreporter.getreports(outcome)]
    for annotation in dict.fromkeys(each for report in reports for each in annotated(report.longreprtext)):
        terminalreporter.write_line(annotation)
