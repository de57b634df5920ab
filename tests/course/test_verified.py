"""The page that tells how the course is verified says what the last run against a real engine found."""

import json

from tests.docker.accepted import accepted
from tests.figures import PAGE, figures, shown

PAGE_TEXT = PAGE.read_text(encoding="utf-8")


def test_the_page_has_the_figures_of_the_last_run_and_the_accepted_differences() -> None:
    assert shown(PAGE_TEXT, figures(), accepted()) == PAGE_TEXT


def test_other_figures_would_be_noticed() -> None:
    other = json.loads(json.dumps(figures()))
    other["pages"]["equal"] -= 1
    assert shown(PAGE_TEXT, other, accepted()) != PAGE_TEXT
    assert shown(PAGE_TEXT, figures(), accepted()[1:]) != PAGE_TEXT


def test_the_last_run_at_length_found_what_the_course_promises() -> None:
    last = figures()
    assert last["pages"]["equal"] >= 0.98 * last["pages"]["compared"]
    assert last["matrix"]["equal"] == last["matrix"]["compared"] >= 350
    assert last["sequences"]["sequences"] >= 300
    assert last["sequences"]["equal"] == last["sequences"]["compared"] >= 6000
    assert last["browser"]["equal"] == last["browser"]["compared"] > 0
