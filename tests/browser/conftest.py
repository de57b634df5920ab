"""One server and one browser for all browser tests."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.built import chromium, served


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    with served() as root:
        yield root


@pytest.fixture(scope="session")
def record() -> dict[str, int]:
    return {"pages": 0, "blocks": 0}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser
