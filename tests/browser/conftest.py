"""One server and one browser for all browser tests, and what they have seen."""

import json
import random
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from dockerlearn.model.edition import EDITIONS
from tests.browser.built import SITE, addresses, chromium, served
from tests.browser.examples import examples
from tests.figures import keep

expect.set_options(timeout=30_000)  # Python takes a while to start on a busy machine


def pytest_addoption(parser: pytest.Parser) -> None:
    """What can be run in part."""
    group = parser.getgroup("browser", "the site in a real browser")
    group.addoption("--cases", type=int, help="so many cases of each test, drawn by --seed; all unless given")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Draw the cases that are tried: of each test so many, but all examples of the course."""
    if (most := config.getoption("cases")) is None:
        return
    chance = random.Random(config.getoption("seed"))
    left: list[pytest.Item] = []
    for _, each in groupby(list(items), lambda item: item.nodeid.partition("[")[0]):
        cases = list(each)
        if cases[0].path.parent == Path(__file__).parent and not cases[0].get_closest_marker("xdist_group"):
            left += chance.sample(cases, max(0, len(cases) - most))
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    with served() as root:
        yield root


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser had to complain of: errors that nobody caught, refused requests, violations of the policy."""
    return []


@pytest.fixture(scope="session")
def ran(pytestconfig: pytest.Config, browser: Browser) -> Iterator[dict[tuple[str, str], int]]:
    """How many examples were equal, by page and Docker; kept if that is asked for and every page was seen at every Docker."""
    pages: dict[tuple[str, str], int] = {}
    yield pages
    known = {(page, docker): count for page in addresses() if (count := len(examples(page))) for docker in EDITIONS}
    if pytestconfig.getoption("record") and pages.keys() == known.keys():
        runtime = json.loads((SITE / "assets/runtime/runtime.json").read_text(encoding="utf-8"))
        seen = {
            "date": f"{date.today()}",
            "chromium": browser.version,
            "pyodide": runtime["pyodide"],
            "python": runtime["python"],
            "pages": len({page for page, _ in pages}),
            "compared": sum(known.values()),
            "equal": sum(pages.values()),
        }
        keep({"browser": seen})
