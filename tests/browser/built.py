"""The built site, served on loopback, and the Chromium that is installed."""

import re
import shutil
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[2]
SITE, OTHER_SITE = ROOT / "site", ROOT / "site-zensical"
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


INLINE = re.compile(rb"<script(?:\s[^>]*)?>(.+?)</script>", re.DOTALL)


def policy(site: Path) -> str:
    """A Content-Security-Policy under which nothing runs that is not the site's own: no inline script but the theme's."""
    scripts = {script for page in site.rglob("*.html") for script in INLINE.findall(page.read_bytes())}
    hashes = [f"'sha256-{b64encode(sha256(script).digest()).decode()}'" for script in sorted(scripts)]
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' 'wasm-unsafe-eval' {' '.join(hashes)}",
            "style-src 'self'",
            "connect-src 'self'",
            "worker-src 'self'",
            "font-src 'self'",
            "img-src 'self' data:",
        ]
    )


class _Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # as any host of static files

    def __init__(self, *given: Any, policy: str, **named: Any) -> None:
        self._policy = policy
        super().__init__(*given, **named)

    def end_headers(self) -> None:
        """Send the policy with everything: a worker has that of its own file."""
        self.send_header("Content-Security-Policy", self._policy)
        super().end_headers()

    def do_GET(self) -> None:
        """Send a file; the site map with the address at which the site is served, as if it had been built for that."""
        if self.path != "/sitemap.xml":
            super().do_GET()
            return
        found = Path(self.directory, "sitemap.xml").read_text(encoding="utf-8")
        body = re.sub("(?<=<loc>)https?://[^/]+", f"http://{self.headers['Host']}", found).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a test's output is about the test."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a tab that was closed reads no further."""


@contextmanager
def served(site: Path = SITE) -> Iterator[str]:
    """Serve a built site, under its policy; the value is its root, with a slash at the end."""
    if not (site / "index.html").exists():
        raise FileNotFoundError(f"{site.name} is not built: make check-site")
    with _Server(("127.0.0.1", 0), partial(_Quiet, directory=str(site), policy=policy(site))) as server:
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
