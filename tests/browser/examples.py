"""The examples of a page, run in the page as its reader runs them, and what Python in the browser answered to each."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from playwright.sync_api import Locator, Page

from dockerlearn.course.blocks import Block, Lexer
from dockerlearn.course.console import read_console
from dockerlearn.model.edition import DEFAULT
from tests.browser.built import ROOT

CHOICE = ".course-docker__choice"
LEXER = Lexer(ROOT / "mkdocs.yml")

# What the worker says is what is compared, and not what the page makes of it.
LISTEN = """
window.answers = [];
window.Worker = class extends Worker {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({data}) => {
      if (data.kind === "told") window.answers.push(JSON.parse(data.value));
    });
  }
};
"""


class Example(NamedTuple):
    """A block of a page that is run, and what the page says that it prints: a text a command, or one for Python."""

    block: Block
    expected: list[str]


class Difference(NamedTuple):
    """Where the browser's Python prints something else than its page says."""

    page: str
    line: int
    said: str
    printed: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: said {self.said!r}, printed in the browser {self.printed!r}"


def examples(page: str, docker: str = DEFAULT) -> list[Example]:
    """The examples of a page in the repository, in order, with what they print at a Docker."""
    blocks = LEXER.blocks((ROOT / page).read_text(encoding="utf-8"))
    found = []
    for block, after in zip(blocks, [*blocks, None][1:], strict=True):
        if block.language == "console":
            commands = read_console(block.text, block.text_line)
            found.append(Example(block, [each.said(docker).output for each in commands]))
        elif block.language == "python":
            follows = after is not None and after.language == "output"
            found.append(Example(block, [f"{after.text}\n" if after is not None and follows else ""]))
    return found


def runnable(tab: Page) -> list[Locator]:
    """The blocks that have a Run button, once they have it."""
    tab.wait_for_selector(".course-run", state="attached")
    blocks: list[Locator] = tab.locator(".course-runnable").all()
    return blocks


def run(block: Locator) -> None:
    """Press Run, also where the block is behind a tab or in a closed box, and wait for what comes of it."""
    block.locator("[data-does=run]").dispatch_event("click")
    settled(block)


def settled(block: Locator) -> None:
    """Wait until a block that is being run has been."""
    block.page.wait_for_function("block => block.getAttribute('aria-busy') === 'false'", arg=block.element_handle())


def answers(tab: Page) -> list[dict[str, Any]]:
    """What Python has told of the examples of this page."""
    told: list[dict[str, Any]] = tab.evaluate("window.answers")
    return told


def choose(tab: Page, docker: str) -> None:
    """Say which Docker the reader has."""
    tab.locator(CHOICE).select_option(docker)


def run_all(tab: Page, address: str, page: str, docker: str = DEFAULT) -> Iterator[Difference]:
    """Run all examples of a page, in order, in a tab that listens; yields where what is printed is not what the page says.

    Raises `AssertionError` unless just the examples of the page can be run, each once.
    """
    tab.goto(address)
    known = examples(page, docker)
    if not known:
        return
    blocks = runnable(tab)
    choose(tab, docker)
    assert len(blocks) == len(known)
    for block in blocks:
        run(block)
    told = answers(tab)
    assert [each["place"] for each in told] == list(range(len(told)))
    for example, answer in zip(known, told, strict=False):
        outputs = [each["output"] for each in answer["runs"]] + ([answer["error"]] if answer["error"] else [])
        for said, printed in zip(example.expected, [*outputs, *[""] * len(example.expected)], strict=False):
            if said != printed:
                yield Difference(page, example.block.first_line, said, printed)
    for example in known[len(told) :]:
        yield Difference(page, example.block.first_line, "".join(example.expected), "nothing: it was not run")
