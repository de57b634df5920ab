"""The built site as a browser reads it: HTML, by a parser that knows nothing of Markdown or of what made the HTML."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from .sources import Sources

_NO_PROSE = ("pre", "code", "script", "style")
_PARTS = ("legend", "pre", "li", "summary")  # of a quiz: each begins a text of its own
_SRCSET = re.compile(r"([^\s,]\S*[^\s,])(?:\s+[\d.]+[wx])?\s*(?:,|$)")


class Shown(NamedTuple):
    """Code that an article shows, or a quiz, which is a <fieldset>: its text, and whether it is caught in a paragraph.

    The parts of a quiz, among them what is right of its choices, have an empty line between them.
    """

    text: str
    caught: bool


class Link(NamedTuple):
    """An address that a page names, and the line of the HTML on which it does."""

    url: str
    line: int


class Html(HTMLParser):
    """A page: its articles' code and the prose around it, what it links to, and what in it can be linked to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.articles = 0
        self.shown: list[Shown] = []
        self.prose = ""
        self.links: list[Link] = []
        self.anchors = {"", "top"}  # these two lead to the top of any page
        self._open: Counter[str] = Counter()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the element links to and what it is called; if it is code, start its text."""
        values = {name: value or "" for name, value in attrs}
        urls = [values[name] for name in ("href", "src") if name in values] + _SRCSET.findall(values.get("srcset", ""))
        self.links += [Link(url.strip(), self.getpos()[0]) for url in urls]
        self.anchors.add(values.get("id", ""))
        self.articles += tag == "article"
        if tag in ("pre", "fieldset") and self._open["article"] and not self._open["fieldset"]:
            self.shown.append(Shown("", caught=self._open["p"] > 0))
        elif tag in _PARTS and self._open["fieldset"] and self._open["article"]:
            self._show("\n\n", after="\n")
        self._open[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        """Leave the element."""
        self._open[tag] = max(0, self._open[tag] - 1)

    def handle_data(self, data: str) -> None:
        """Add to the code, or to the prose."""
        if (self._open["pre"] or self._open["fieldset"]) and self._open["article"]:
            self._show(data)
        elif self._open["article"] and not any(self._open[tag] for tag in _NO_PROSE):
            self.prose += data

    def _show(self, data: str, *, after: str = "") -> None:
        text, caught = self.shown[-1]
        self.shown[-1] = Shown(text.rstrip(after) + data if after else text + data, caught)


class Site:
    """A built site beside what it was built from. Pages go by the address of their HTML, below the site's root."""

    def __init__(self, mkdocs_yml: Path, folder: Path) -> None:
        sources = Sources.read(mkdocs_yml)
        self.mkdocs_yml = mkdocs_yml
        self.folder = folder
        self.url = sources.url
        self.nav = list(names_in(sources.nav))
        self.pages = sources.pages
        self.docs = sources.docs
        self.others = sources.others
        self.html = {
            path.relative_to(folder).as_posix(): Html(path.read_text(encoding="utf-8"))
            for path in sorted(folder.rglob("*.html"))
        }

    def source(self, page: str) -> Path:
        """The Markdown file of a page."""
        return self.docs / self.pages[page]


def names_in(nav: object) -> Iterator[str]:
    """The pages that mkdocs.yml's nav names, in order."""
    if isinstance(nav, str):
        yield nav
    for child in nav if isinstance(nav, list) else nav.values() if isinstance(nav, dict) else ():
        yield from names_in(child)
