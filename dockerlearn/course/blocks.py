"""The fenced blocks of a page, found by the very extension that shows them.

A reader of Markdown that is not the site's own sooner or later disagrees with it on what a block is, and an example that
is shown but never run looks like one that passed. So superfences finds the blocks here too, configured by the site's own
mkdocs.yml, with a recorder in the place of its highlighter.

What the recorder finds must be something that is run, or stand on the short list of what need not be. Everything else
is refused, with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from markdown import Markdown
from mkdocs.config import load_config
from mkdocs.utils import meta
from pymdownx.superfences import RE_HL_LINES, SuperFencesBlockPreprocessor, SuperFencesException

RUN = {"console": "console", "python": "python", "py": "python", "python3": "python", "output": "output"}
"""The languages that are run or compared, each with the name it goes by from here on."""

INERT = {
    "text": "a drawing, a file tree, a grammar or a file of another project, in which nothing can be run",
    "dockerfile": "a Dockerfile, which the model does not build: a Python block beside it builds the same image",
    "yaml": "a Compose file or a site's configuration, read but not run in this course",
}
"""The languages that are shown and not run, each with its reason."""

INSTEAD = {
    **dict.fromkeys(("bash", "sh", "shell", "shell-session", "zsh"), "commands belong in a console block"),
    **dict.fromkeys(
        ("pycon", "pytb", "doctest"), "Python belongs in a python block, what it prints in an output block"
    ),
}
"""What to write in place of the languages that an author is likely to try."""

OPTIONS = {
    "title": re.compile(".*"),
    "hl_lines": RE_HL_LINES,
    "raises": re.compile(r"(?!raises$)[^\W\d]\w*"),
    "skip": re.compile(r"(?!skip$).*\S.*"),
}
"""What may stand behind a language, and its values. An option without a value has its own name for one."""

ONLY_FOR = {"raises": {"python"}, "skip": {"python", "console"}}
"""The options that stand behind some languages only."""

INTERRUPT = "^C"
"""A line of output that shows where Ctrl-C was typed."""

_FENCE = re.compile(r"[> \t]*(?:`{3,}|~{3,})")
_OPENER = re.compile(r"\s*(?:!!!|\?\?\?\+?|===[!+]*)\s")
_SNIPPET = re.compile(r"[ \t]*-+8<-+")
_WILDCARDS = {"...", "…", "[...]", "<...>"}


class Fault(NamedTuple):
    """Something in a page that is refused, and where."""

    line: int
    reason: str


class PageRefused(Exception):
    """A page has blocks that can be neither run nor left alone; `faults` lists them in page order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(faults)
        super().__init__("; ".join(f"line {fault.line}: {fault.reason}" for fault in self.faults))


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: what it is, the page lines of its two fences, and its text as the site shows it."""

    language: str
    options: Mapping[str, str]
    classes: tuple[str, ...]
    first_line: int
    last_line: int
    prefix: str
    text: str

    @property
    def text_line(self) -> int:
        """The page line of the first line of the text."""
        return self.first_line + 1


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a console block, with the output that the page claims for it."""

    source: str
    line: int
    expected: str

    @property
    def interrupt(self) -> bool:
        """Whether Ctrl-C is typed while it runs."""
        return INTERRUPT in self.expected.split("\n")

    @property
    def expected_line(self) -> int:
        """The page line on which the output starts."""
        return self.line + self.source.count("\n") + 1


def wrong_option(language: str, option: str, value: str) -> str | None:
    """Why an option may not stand behind a language, if it may not."""
    only_for = ONLY_FOR.get(option)
    if option not in OPTIONS or (only_for and RUN.get(language) not in only_for):
        return f"a block of language {language!r} has no option {option!r}"
    if not OPTIONS[option].fullmatch(value):
        return f"option {option!r} of a block of language {language!r} cannot be {value!r}"
    return None


def looks_like_prompt(line: str) -> bool:
    """Whether a line of output could not be told from a command."""
    return line in {"$", ">"} or line.startswith(("$ ", "> "))


def read_console(text: str, line: int, *, draft: bool = False) -> list[Command]:
    """Split a console block's text, which starts on the given line, into its commands.

    In a draft, wildcards may stand for output. Raises `PageRefused` for text that is not a sequence of commands, each
    followed by its output.
    """
    commands: list[tuple[int, list[str], list[str]]] = []
    faults = []
    for number, content in enumerate(text.split("\n"), line):
        continues = bool(commands) and not commands[-1][2]
        if content.startswith("$ ") and content != "$ ":
            commands.append((number, [content[2:]], []))
        elif content == INTERRUPT and (not commands or INTERRUPT in commands[-1][2]):
            faults.append(Fault(number, "^C interrupts a command that runs: one, and once"))
        elif continues and (content == ">" or content.startswith("> ")):
            commands[-1][1].append(content[2:])
        elif looks_like_prompt(content):
            faults.append(Fault(number, "a prompt that starts no command and continues none"))
        elif content.strip() in _WILDCARDS and not draft:
            faults.append(Fault(number, "a wildcard: expected output is exact"))
        elif commands:
            commands[-1][2].append(content)
        else:
            faults.append(Fault(number, "output before the first command"))
    if faults:
        raise PageRefused(faults)
    return [
        Command("\n".join(source), number, "".join(f"{content}\n" for content in output))
        for number, source, output in commands
    ]


class Lexer:
    """Finds the blocks of pages, with the Markdown extensions of one site."""

    def __init__(self, mkdocs_yml: Path) -> None:
        config = load_config(str(mkdocs_yml))
        self._markdown = Markdown(extensions=config.markdown_extensions, extension_configs=config.mdx_configs)
        shown = self._markdown.preprocessors["fenced_code_block"]
        self._recorder = _Recorder(self._markdown)
        self._recorder.config, self._recorder.extension = shown.config, shown.extension  # type: ignore[attr-defined]
        self._markdown.preprocessors.register(self._recorder, "fenced_code_block", 25)

    def blocks(self, page: str, *, draft: bool = False) -> list[Block]:
        """All blocks of a page, in page order. Raises `PageRefused` if one of them is neither run nor inert.

        In a draft, expected output may be as yet unknown: an empty output block, or wildcards.
        """
        body, _ = meta.get_data(page)
        self._recorder.offset = page[: len(page) - len(body)].count("\n")
        lines = body.split("\n")
        snippets = [number for number, line in enumerate(page.split("\n"), 1) if _SNIPPET.match(line)]
        if snippets and "snippet" in self._markdown.preprocessors:
            raise PageRefused(
                Fault(number, "a snippet, whose lines would be those of no page: write its text here")
                for number in snippets
            )
        self._markdown.reset()
        for preprocessor in self._markdown.preprocessors:
            lines = preprocessor.run(lines)
            if preprocessor is self._recorder:
                break
        blocks = self._recorder.blocks
        faults = [*self._recorder.faults, *_faults(blocks, page.split("\n"), draft)]
        if faults:
            raise PageRefused(faults)
        return blocks


class _Recorder(SuperFencesBlockPreprocessor):  # type: ignore[misc]  # superfences has no types
    """Superfences up to the point where it would highlight a block."""

    offset = 0

    def run(self, lines: list[str]) -> list[str]:
        self.blocks: list[Block] = []
        self.faults: list[Fault] = []
        try:
            super().run(lines)
        except SuperFencesException as refusal:
            raise PageRefused([Fault(self._line, str(refusal))]) from None
        return lines

    def search_nested(self, lines: list[str]) -> list[str]:
        def counted() -> Iterator[str]:
            for number, line in enumerate(lines, self.offset + 1):
                self._line = number
                yield line

        super().search_nested(counted())
        return lines

    def reassemble(self, lines: Any) -> Any:
        return lines

    def process_nested_block(self, ws: str, content: str, start: int, end: int) -> None:
        first_line = self.offset + start + 1
        given = {**self.attrs, **self.options}.items()
        self.faults += [
            Fault(first_line, wrong) for option, value in given if (wrong := wrong_option(self.lang, option, value))
        ]
        self.blocks.append(
            Block(
                language=RUN.get(self.lang, self.lang or ""),
                options=dict(self.options),
                classes=tuple(self.classes),
                first_line=first_line,
                last_line=self.offset + end,
                prefix=self.ws,
                text=self.rebuild_block(self.code),
            )
        )
        self.clear()


def _faults(blocks: list[Block], lines: list[str], draft: bool) -> Iterator[Fault]:
    inside = {number for block in blocks for number in range(block.first_line, block.last_line + 1)}
    for number, line in enumerate(lines, 1):
        if number not in inside and _FENCE.match(line):
            yield Fault(number, "looks like a fence, but opens or closes no block")
    before: Block | None = None
    for block in blocks:
        if block.language not in RUN and block.language not in INERT:
            instead = INSTEAD.get(block.language, f"run are {', '.join(RUN)}; inert are {', '.join(INERT)}")
            yield Fault(block.first_line, f"a block of language {block.language!r} is not run: {instead}")
        if not block.text.strip() and not (draft and block.language == "output"):
            yield Fault(block.first_line, "an empty block")
        if _crowded(block, lines):
            yield Fault(
                block.first_line, "a block needs an empty line before and after it, or its HTML is a paragraph's"
            )
        if block.language == "console" and block.text.strip():
            try:
                read_console(block.text, block.text_line, draft=draft)
            except PageRefused as refused:
                yield from refused.faults
        if block.language == "output":
            if before is None or before.language != "python" or not _follows(block, before, lines):
                yield Fault(block.first_line, "an output block that no python block directly before it has earned")
            for number, line in enumerate(block.text.split("\n"), block.text_line):
                if line.strip() in _WILDCARDS and not draft:
                    yield Fault(number, "a wildcard: expected output is exact")
        before = block


def _blank(line: str) -> bool:
    return not line.strip("> \t")


def _follows(block: Block, before: Block, lines: list[str]) -> bool:
    return block.prefix == before.prefix and all(map(_blank, lines[before.last_line : block.first_line - 1]))


def _crowded(block: Block, lines: list[str]) -> bool:
    above = lines[block.first_line - 2] if block.first_line > 1 else ""
    below = lines[block.last_line] if block.last_line < len(lines) else ""
    return not (_blank(above) or _OPENER.match(above)) or not _blank(below)
