"""Every block of a page is a test, through sybil.

A page is one session, and a block needs those before it. So a block that is asked for alone (`-k`, a node id, `--lf`)
first runs what stands above it, and whichever blocks are asked for, each runs once, in page order. A quiz has a session of
its own, and its right choice is what its code prints there.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import unified_diff
from os.path import relpath
from pathlib import Path

import pytest
from sybil import Document, Example, Region, Sybil
from sybil.example import SybilFailure

from ..terminal.session import NotRaised, Session, traceback_of
from .blocks import INERT, Block, Command, Fault, Lexer, PageRefused, Quiz, looks_like_prompt, read_console, read_quiz


def pages(mkdocs_yml: Path, *patterns: str) -> Sybil:
    """The sybil that tests the blocks of all pages whose paths match, read as the site reads them."""
    lexer = Lexer(mkdocs_yml)

    def parse(document: Document) -> Iterable[Region]:
        path = relpath(document.path)
        try:
            run = PageRun(path, lexer.blocks(document.text))
        except PageRefused as refused:
            faults = "\n".join(f"{path}:{fault.line}: {fault.reason}" for fault in refused.faults)
            raise pytest.Collector.CollectError(faults) from None
        starts = [0]
        for line in document.text.split("\n"):
            starts.append(starts[-1] + len(line) + 1)
        for index, block in enumerate(run.blocks):
            if block.language in INERT:
                continue
            yield Region(starts[block.first_line - 1], starts[block.last_line] - 1, index, run.check)

    return _Pages([parse], patterns=patterns, encoding="utf-8-sig", path=str(mkdocs_yml.parent.absolute()))


class _Pages(Sybil):
    def identify(self, example: Example) -> str:
        return f"line {example.line}"


class ExampleFailed(SybilFailure):
    """A block did not do what its page says; the message starts with the page and the line."""

    def __init__(self, example: Example, path: str, line: int, message: str) -> None:
        super().__init__(example, message)
        # sybil closes its report with the example's line: let that be the line at fault.
        example.line = line
        self.args = (f"{path}:{line}: {message}",)


class PageRun:
    """A page as it is run: its blocks, one session, and what each block has printed."""

    def __init__(self, path: str, blocks: list[Block]) -> None:
        self.path = path
        self.blocks = blocks
        self._session = Session.page()
        self._printed: list[list[str] | BaseException] = []

    def printed(self, index: int) -> list[str] | BaseException:
        """What a block, or the code of a quiz, printed: one text a command, one for Python, or what it raised."""
        while len(self._printed) <= index:
            self._printed.append(self._run(len(self._printed)))
            if len(self._printed) == len(self.blocks):
                del self._session  # with all that it made: nothing is run any more
        return self._printed[index]

    def skipped(self, index: int) -> str | None:
        """Why a block is not run, if it is not: an output block goes the way of the Python block above it."""
        return self.blocks[index - (self.blocks[index].language == "output")].options.get("skip")

    def _run(self, index: int) -> list[str] | BaseException:
        block = self.blocks[index]
        if self.skipped(index):
            return []
        if block.language == "quiz":
            code = read_quiz(block.text, block.text_line, draft=True).code
            return self._run_in(Session.page(), code) if code else []
        return self._run_in(self._session, block)

    def _run_in(self, session: Session, block: Block) -> list[str] | BaseException:
        if block.language == "console":
            return [
                session.run(command.source, interrupt=command.interrupt).output
                for command in read_console(block.text, block.text_line, draft=True)
            ]
        if block.language == "python":
            raises = block.options.get("raises")
            try:
                return [session.python(block.text, filename=self.path, line=block.text_line, raises=raises)]
            except (Exception, SystemExit) as error:
                return error
        return []

    def check(self, example: Example) -> None:
        """Compare what a block printed with what its page says; raises `ExampleFailed`, or skips a block that says so."""
        index: int = example.parsed
        if reason := self.skipped(index):
            pytest.skip(f"{self.path}:{self.blocks[index].first_line}: {reason}")
        if wrong := self.wrong(index):
            raise ExampleFailed(example, self.path, *wrong)

    def wrong(self, index: int) -> Fault | None:
        """How what a block printed differs from what its page says, if it does."""
        block, printed = self.blocks[index], self.printed(index)
        if isinstance(printed, BaseException):
            return _raised(printed, self.path, block)
        if self.skipped(index):
            return None
        if block.language == "console":
            return _first_difference(read_console(block.text, block.text_line), printed)
        if block.language == "quiz":
            return _wrong_answer(read_quiz(block.text, block.text_line, draft=True), printed)
        if block.language == "python":
            follower = [block.language for block in self.blocks[index + 1 : index + 2]]
            if printed[0] and follower != ["output"]:
                return _difference("", printed[0], block.last_line, "a Python block without an output block")
        elif block.language == "output":
            earned = self.printed(index - 1)
            if isinstance(earned, BaseException):
                return Fault(block.first_line, "the Python block above raised an exception")
            source = f"the Python block on line {self.blocks[index - 1].first_line}"
            return _difference(f"{block.text}\n", earned[0], block.text_line, source)
        return None


def _first_difference(commands: list[Command], printed: list[str]) -> Fault | None:
    for command, actual in zip(commands, printed, strict=True):
        if wrong := _difference(command.expected, actual, command.expected_line, f"$ {command.source}"):
            return wrong
    return None


def _wrong_answer(quiz: Quiz, printed: list[str]) -> Fault | None:
    if quiz.code is None:
        return None
    *before, asked = printed
    source = f"the Python of the quiz on line {quiz.code.first_line}"
    if quiz.code.language == "console":
        *shown, last = read_console(quiz.code.text, quiz.code.text_line)
        if wrong := _first_difference(shown, before):
            return wrong
        source = f"$ {last.source}"
    for choice in quiz.choices:
        if not choice.right and choice.printed == asked:
            return Fault(choice.line, f"{source}\nprints what this choice says, which is marked as wrong")
    return _difference(quiz.right.printed, asked, quiz.right.line, source)


def _difference(expected: str, actual: str, line: int, source: str) -> Fault | None:
    said, printed = expected.splitlines(keepends=True), actual.splitlines(keepends=True)
    unshowable = [text for text in printed if not showable(text)]
    if said == printed and not unshowable:
        return None
    differing = next(
        (i for i, (a, b) in enumerate(zip(said, printed, strict=False)) if a != b), min(len(said), len(printed))
    )
    if unshowable:
        message = f"{source}\nprints what no page can show exactly: {unshowable[0]!r}"
    else:
        diff = unified_diff(said, printed, "said by the page", "printed", n=3)
        message = f"{source}\n" + "".join(text if text.endswith("\n") else f"{text} (no line end)\n" for text in diff)
    return Fault(line + differing, message)


def showable(line: str) -> bool:
    """Whether a page can say this line: Markdown drops tabs and blanks on empty lines, and a prompt starts a command."""
    text = line.rstrip("\n")
    return text.isprintable() and not looks_like_prompt(text) and bool(text.strip() or not text)


def _raised(error: BaseException, path: str, block: Block) -> Fault:
    """The page line on which a Python block raised, and the traceback from there on."""
    if isinstance(error, NotRaised):
        return Fault(block.first_line, f"the Python block must fail, but {error}")
    line, told = traceback_of(error, path)
    expected = f", and not {block.options['raises']}" if "raises" in block.options else ""
    return Fault(line or block.text_line, f"the Python block raised{expected}\n{told}")
