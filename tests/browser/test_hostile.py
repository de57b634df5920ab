"""Lines that could run away, typed into the terminal of a page and into its examples: each is answered, and all stays whole."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from dockerlearn.terminal.syntax import incomplete
from tests.browser.audit import watched
from tests.browser.examples import settled as ran
from tests.browser.test_playground import PLAYGROUND, last, opened, prompt, settled
from tests.browser.test_run import LESSON, edit, of_language, status
from tests.hostile import LINES, PREPARED

MANY, FEW = 25, 8  # lines of a case in the terminal, and of one in an example
HANGS = 10_000  # ms after which a line is taken to go on for ever; what it takes is a benchmark
TYPED = """(line) => {
  const input = document.querySelector(".course-terminal__screen input");
  input.value = line;
  input.form.requestSubmit();
}"""


def cases(size: int) -> list[tuple[str, int]]:
    """The kinds of lines, and where in each so many of them begin."""
    return [(kind, first) for kind, lines in LINES.items() for first in range(0, len(lines), size)]


@pytest.fixture
def tab(context: BrowserContext, complaints: list[str]) -> Page:
    return watched(context.new_page(), complaints)


def answered(tab: Page, line: str) -> None:
    """Type a line, whatever is in it, and wait until it is shown with what came of it."""
    shown = tab.get_by_role("log").locator("ol > li")
    before = shown.count()
    tab.evaluate(TYPED, line)
    expect(shown).not_to_have_count(before, timeout=HANGS)
    tab.locator("[data-terminal][data-busy=false]").wait_for(timeout=HANGS)


def freed(tab: Page) -> None:
    """End what still has the terminal: Ctrl-C ends what runs, and Ctrl-D a shell that reads."""
    for key in ("Control+c", "Control+c", "Control+d", "Control+c", "Control+c"):
        if tab.locator(".course-terminal__form .course-terminal__prompt").inner_text().strip() == "$":
            return
        prompt(tab).press(key)
        settled(tab)


@pytest.mark.parametrize(("kind", "first"), cases(MANY))
def test_the_terminal_of_a_page_answers_and_stays_whole(
    tab: Page, site: str, complaints: list[str], kind: str, first: int
) -> None:
    opened(tab, site, PLAYGROUND, *PREPARED)
    for line in LINES[kind][first : first + MANY]:
        answered(tab, line)
        freed(tab)
        assert "Traceback" not in last(tab), line
        answered(tab, "docker ps -a")
        assert last(tab).startswith("$ docker ps -a\nCONTAINER ID"), line
        assert "Exit status" not in last(tab), line
    assert complaints == []


@pytest.mark.parametrize(("kind", "first"), cases(FEW))
def test_an_example_of_a_page_with_such_lines_is_run_to_its_end(
    tab: Page, site: str, complaints: list[str], kind: str, first: int
) -> None:
    tab.goto(site + LESSON)
    block = of_language(tab, "console")
    shown = [line for line in LINES[kind][first : first + FEW] if line.strip() and line.isprintable()]
    lines = [line for line in shown if not incomplete(line)]
    edit(block, "\n".join([*PREPARED, *lines, "docker ps -a", "echo whole"])).press("Control+Enter")
    ran(block)
    assert status(block) == "Prints something else than documented."
    printed = block.locator("pre > code").inner_text()
    assert printed.endswith("$ echo whole\nwhole\n")
    assert "Traceback" not in printed
    assert complaints == []
