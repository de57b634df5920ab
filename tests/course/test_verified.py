"""The page that tells how the course is verified says what the last run against a real engine found."""

import json

import pytest

from dockerlearn.course.blocks import Lexer
from dockerlearn.course.console import read_console
from tests.course.course_pages import ROOT
from tests.docker.accepted import Accepted, accepted
from tests.docker.replay import AS
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


@pytest.mark.parametrize("entry", accepted(), ids=lambda entry: f"{entry.page}: {entry.command}")
def test_what_is_accepted_is_printed_by_its_command(entry: Accepted) -> None:
    blocks = Lexer(ROOT / "mkdocs.yml").blocks((ROOT / entry.page).read_text(encoding="utf-8"))
    consoles = (block for block in blocks if block.language == "console")
    commands = (each for block in consoles for each in read_console(block.text, block.text_line))
    assert any(entry.concerns(each.source, each.said(AS).output) for each in commands)
