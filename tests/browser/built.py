"""The built site, served on loopback, and the Chromium that is installed."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[2]
SITE = ROOT / "site"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# No request of the browser's own: what is asked for is what the page asks for. Root, as in a container, needs no-sandbox.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def addresses() -> dict[str, str]:
    """The address below the site's root of every page in docs/, by the page's path in the repository."""
    pages = sorted((ROOT / "docs").rglob("*.md"))
    return {page.relative_to(ROOT).as_posix(): _address(page.relative_to(ROOT / "docs")) for page in pages}


def _address(page: Path) -> str:
    folder = page.parent if page.stem == "index" else page.with_suffix("")
    return "" if folder == Path() else f"{folder.as_posix()}/"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a test's output is about the test."""


@contextmanager
def served() -> Iterator[str]:
    """Serve the built site; the value is its root, with a slash at the end."""
    if not (SITE / "index.html").exists():
        raise FileNotFoundError("the site is not built: make site")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(SITE))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The installed Chromium, without a window."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        raise FileNotFoundError(f"none of {', '.join(BROWSERS)} is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()
