"""The built site against its pages: `python -m dockerlearn.course.complete SITE...`, for the sites of one mkdocs.yml.

Superfences finds the blocks that are run, and superfences shows them: where it errs, both err. So what a page shows is
read here from its HTML, without superfences, and must be the blocks of its source, in order and text for text: nothing
shown that is not run, nothing run that is not shown. Then come pages without HTML, and links that lead nowhere.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from html import escape
from itertools import chain
from os.path import relpath
from pathlib import Path
from urllib.parse import urlsplit

from . import blocks as inert_list
from .blocks import INERT, NOTHING, Block, Lexer, read_quiz
from .built import Html, Site
from .console import alternatives, console_text, read_console
from .faults import Fault, Finding, PageRefused
from .files import lexed, read
from .links import dead
from .sources import SourcesRefused, is_page

_MARK = re.compile(r"`(?P<code>[^`]*)`|\*+")
_MARKER = re.compile(r"^\s*(?:`{3,}|~{3,}).*$", re.MULTILINE)


def compare(lines: Sequence[str], blocks: Sequence[Block], html: Html) -> Iterator[Fault]:
    """Where the HTML of a page shows code that is none of its blocks, and where it does not show one of them."""
    if not html.articles:
        yield Fault(1, "a page without an <article>, in which alone its code is looked for")
    said = [(index, text.strip("\n")) for index, block in enumerate(blocks) for text in _said(block)]
    run = [text for _, text in said]  # highlighters drop empty lines around code
    shown = [code.text.strip("\n") for code in html.shown]
    matches = SequenceMatcher(None, run, shown, autojunk=False).get_matching_blocks()
    shown_as = {match.a + index: match.b + index for match in matches for index in range(match.size)}
    prose = list(lines)
    for index, (place, _) in enumerate(said):
        block = blocks[place]
        prose[block.first_line - 1 : block.last_line] = [""] * (block.last_line - block.first_line + 1)
        if index not in shown_as:
            yield Fault(
                block.first_line,
                "a block that is not shown as it is run: take it out of the comment or markup around it; if its custom "
                "fence failed, let that raise SuperFencesException, since any other exception is swallowed",
            )
        elif html.shown[shown_as[index]].caught:
            yield Fault(
                block.first_line,
                "a block within a paragraph: put empty lines around it, and words after it if it ends a footnote",
            )
    for index, code in enumerate(html.shown):
        if index not in shown_as.values():
            line = _line(prose, code.text) or _line(lines, code.text) or 1
            yield Fault(line, "code that is shown and not run: write it as a fenced block, not indented or as HTML")
    for marker in _MARKER.findall(html.prose):
        outside = _line(prose, marker)
        if outside or len(shown_as) == len(said):  # otherwise it belongs to a block that was told of above
            yield Fault(outside or 1, "a fence that is shown as text: it opens or closes no block")


def _said(block: Block) -> Iterator[str]:
    """What a block's HTML has to say: a text, and one more for what other Dockers print."""
    if block.language == "console":
        commands = read_console(block.text, block.text_line)
        yield console_text(commands)
        yield from (console_text(differing) for _, differing in alternatives(commands))
    elif block.language == "quiz":
        yield _quiz_said(block)
    else:
        yield block.text


def _quiz_said(block: Block) -> str:
    quiz = read_quiz(block.text, block.text_line)
    code = [quiz.code.text] if quiz.code else []
    choices = [(choice.text or NOTHING) if quiz.code else _unmarked(choice.text) for choice in quiz.choices]
    verdicts = [("Right. " if choice.right else "Wrong. ") + _unmarked(choice.explanation) for choice in quiz.choices]
    parts = [_unmarked(quiz.question), *code, *choices, "Answer", *verdicts]
    return "\n\n".join(part.strip("\n") for part in parts)


def _unmarked(text: str) -> str:
    """What is read of a line of Markdown: the marks around words left out."""
    return _MARK.sub(lambda found: found["code"] or "", text)


def check(mkdocs_yml: Path, folder: Path) -> tuple[Site, list[Finding]]:
    """A site as it was built into a folder, and all that is wrong with it, by file and line."""
    site = Site(mkdocs_yml, folder)
    return site, sorted({*_pages(site), *_blocks(site), *_links(site)})


def _pages(site: Site) -> Iterator[Finding]:
    config, lines = relpath(site.mkdocs_yml), _lines(site.mkdocs_yml)
    if not site.pages:
        yield Finding(config, _line(lines, "docs_dir") or 1, f"{relpath(site.docs)} holds no page: nothing was checked")
    for name in site.nav:
        if is_page(name) and not urlsplit(name).scheme and name not in site.pages.values():
            yield Finding(
                config, _line(lines, name) or 1, f"nav names {name}, which is no page: write it, or unname it"
            )
    without = site.pages.keys() - site.html.keys()
    if site.pages and len(without) == len(site.pages):
        yield Finding(
            config, 1, f"{relpath(site.folder)} has the HTML of no page: build the site, and see what stops that"
        )
        return
    for page in without:
        html = relpath(site.folder / page)
        yield Finding(relpath(site.source(page)), 1, f"a page without HTML: {html} is missing; build the site again")
    for page in site.html.keys() - site.pages.keys() - site.others:
        html = relpath(site.folder / page)
        yield Finding(html, 1, f"HTML without a page: nothing in {relpath(site.docs)} becomes it; build the site again")


def _blocks(site: Site) -> Iterator[Finding]:
    lexer = Lexer(site.mkdocs_yml)
    unused = set(INERT)
    for page in site.pages:
        source, html = site.source(page), site.html.get(page)
        try:
            blocks = lexer.blocks("\n".join(_lines(source)))
        except PageRefused as refused:
            unused.clear()  # what a refused page uses is not known
            yield from (Finding(relpath(source), *fault) for fault in refused.faults)
            continue
        unused -= {block.language for block in blocks}
        if html:
            yield from (Finding(relpath(source), *fault) for fault in compare(_lines(source), blocks, html))
    listed = Path(inert_list.__file__)
    if listed.parents[2] == site.mkdocs_yml.absolute().parent:  # a course that installed the list cannot shorten it
        for language in unused:
            line = _line(_lines(listed), f'"{language}": "') or 1
            yield Finding(
                relpath(listed), line, f"no page uses the inert language {language!r}: strike it off the list"
            )


def _links(site: Site) -> Iterator[Finding]:
    for page, html in site.html.items():
        try:
            lines = _lines(site.source(page)) if page in site.pages else []
        except PageRefused:  # which is told already
            lines = []
        for url, html_line in html.links:
            reason = dead(site, page, url)
            if reason is not None:
                address, _, anchor = url.partition("#")
                written = f"#{anchor}" if anchor else address.rstrip("/").split("/")[-1]  # what no generator rewrites
                line = _line(lines, url) or _line(lines, written)
                place = (site.source(page), line) if line else (site.folder / page, html_line)
                yield Finding(relpath(place[0]), place[1], f"the link {url!r} {reason}")


def _lines(file: Path) -> list[str]:
    """The lines of a file, as the site reads it. Raises `PageRefused` for what is no text."""
    return lexed(read(file)).split("\n")


def _line(lines: Sequence[str], text: str) -> int | None:
    """The line that is the first one of a text, or the first that contains it."""
    wanted = text.strip().split("\n")[0]
    same = (number for number, line in enumerate(lines, 1) if line.strip() == wanted)
    like = (number for number, line in enumerate(lines, 1) if wanted in line or escape(wanted, quote=False) in line)
    return next(chain(same, like), None)


def main() -> None:
    """Check the sites that the command line names, print what is wrong, and exit with 1 if anything is."""
    parser = argparse.ArgumentParser(prog="python -m dockerlearn.course.complete", description="Check built sites.")
    parser.add_argument("-f", "--config-file", type=Path, default=Path("mkdocs.yml"), help="mkdocs.yml by default")
    parser.add_argument("sites", nargs="+", type=Path, metavar="SITE", help="a folder that the site was built into")
    arguments = parser.parse_args()
    wrong = False
    for folder in arguments.sites:
        try:
            site, findings = check(arguments.config_file, folder)
        except SourcesRefused as refused:
            sys.exit(str(refused))
        shown = sum(len(html.shown) for html in site.html.values())
        links = sum(len(html.links) for html in site.html.values())
        print(*findings, sep="\n", end="\n" if findings else "")
        print(f"{folder}: {len(site.pages)} pages, {shown} blocks, {links} links: {len(findings) or 'no'} faults")
        wrong = wrong or bool(findings)
    sys.exit(wrong)


if __name__ == "__main__":
    main()
