"""One server and one browser for all browser tests, and what they have seen."""

import json
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.built import SITE, addresses, chromium, served
from tests.browser.examples import examples
from tests.figures import keep


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
def ran(pytestconfig: pytest.Config, browser: Browser) -> Iterator[dict[str, int]]:
    """How many examples were equal, by page; kept if that is asked for and every page was seen."""
    pages: dict[str, int] = {}
    yield pages
    known = {page: len(examples(page)) for page in addresses()}
    if pytestconfig.getoption("record") and pages.keys() == {page for page, count in known.items() if count}:
        runtime = json.loads((SITE / "assets/runtime/runtime.json").read_text(encoding="utf-8"))
        seen = {
            "date": f"{date.today()}",
            "chromium": browser.version,
            "pyodide": runtime["pyodide"],
            "python": runtime["python"],
            "pages": len(pages),
            "compared": sum(known.values()),
            "equal": sum(pages.values()),
        }
        keep({"browser": seen})
