"""Repairs pages: where a page says something else than its examples print, what they print is written.

`pytest --update-examples` does so. It runs each page from top to bottom, in one session, and rewrites the output of
commands, the output blocks, and the choices of quizzes that are right because they are printed. Below a Python block that
prints an output block is added where there is none; below one that prints nothing it is removed. All else stays as it is,
byte for byte.

What was written is then tested as the suite would. A page that would not pass is left alone: an example raises, or goes
on for ever, or prints what no page can show, or something else each time. So is one that would tell a falsehood, because an
example prints what it is hardly ever meant to print.
"""

from __future__ import annotations

import io
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from difflib import SequenceMatcher, unified_diff
from os.path import realpath, relpath
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pytest

from ..model.edition import DEFAULT
from ..terminal.session import FOR_EVER
from .blocks import Block, Lexer, read_quiz
from .console import lines_of, read_console, told
from .doubts import doubts
from .faults import Fault, PageRefused
from .files import BYTE_ORDER_MARK, LINE_END, lexed, read, rewrite
from .verify import PageRun, showable

Outputs: TypeAlias = dict[str, list[str]]
"""What a block has printed, one text a command, at each Docker by its name."""

_GIVEN_UP = f"dockerlearn: {FOR_EVER}"


class Repaired(NamedTuple):
    """A page's text, repaired, and the blocks whose highlighted lines may have moved, by the lines that they have now."""

    text: str
    moved: list[int]


def add_option(parser: pytest.Parser) -> None:
    """Give pytest the option `--update-examples`."""
    told = "repair what the pages say that their examples print, instead of testing it"
    parser.addoption("--update-examples", action="store_true", help=told)


def update_examples(config: pytest.Config, mkdocs_yml: Path, *patterns: str) -> pytest.ExitCode | None:
    """If pytest was given that option, repair those of the course's pages that it was asked for, and say what was done.

    Raises `pytest.UsageError` if it was asked for none.
    """
    if not config.getoption("--update-examples"):
        return None
    asked = [_place(config.invocation_params.dir / argument.partition("::")[0]) for argument in config.args]
    course = Course(mkdocs_yml.parent, patterns)
    names = {page: (page, _place(page)) for page in course.pages}
    chosen = [page for page in names if any(name.is_relative_to(path) for name in names[page] for path in asked)]
    if not chosen:
        raise pytest.UsageError(f"no page of the course: {' '.join(config.args)}")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal's encoding stops no repair
    try:
        with _interrupted_by_end():
            good = repair_all(Lexer(mkdocs_yml), chosen, course)
    except KeyboardInterrupt:
        print("interrupted: each page is as it was, or repaired as a whole")
        return pytest.ExitCode.INTERRUPTED
    return pytest.ExitCode.OK if good else pytest.ExitCode.TESTS_FAILED


class Course:
    """The pages of a course, by their names; some of these may be links, or no files at all."""

    def __init__(self, folder: Path, patterns: Sequence[str]) -> None:
        self.folder = Path(realpath(folder))
        self.pages = sorted({page for pattern in patterns for page in self.folder.glob(pattern)})

    def file(self, page: Path) -> Path:
        """The file that a page's name stands for. Raises `PageRefused` if that is no page of the course."""
        file = Path(realpath(page))
        if file == page or not page.exists():
            return page
        if not file.is_relative_to(self.folder):
            raise PageRefused([Fault(1, f"is a link that leads out of the course, to {file}")])
        if file not in self.pages:
            raise PageRefused(
                [Fault(1, f"is a link to {file.relative_to(self.folder)}, which is no page of the course")]
            )
        return file


def _place(path: Path) -> Path:
    """A path whose last part may be a link, and no other."""
    return Path(realpath(path.parent), path.name)


@contextmanager
def _interrupted_by_end() -> Iterator[None]:
    """Take a request to end as a Ctrl-C, so that nothing half-done is left."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def repair_all(lexer: Lexer, pages: Sequence[Path], course: Course) -> bool:
    """Repair pages, print what was done to each, and return whether none was refused."""
    changed = refused = 0
    for page in pages:
        try:
            diff = repair(lexer, course.file(page))
        except PageRefused as refusal:
            refused += 1
            diff = "".join(f"{relpath(page)}:{fault.line}: {fault.reason}\n" for fault in refusal.faults)
        else:
            changed += bool(diff)
        print(diff, end="", flush=True)
    print(f"pages: {len(pages)}, repaired: {changed}, refused and left alone: {refused}")
    return not refused


def repair(lexer: Lexer, page: Path) -> str:
    """Repair a page, and return what was changed as a unified diff, with a line for each block to look at.

    Raises `PageRefused`, and changes nothing, if its examples do not print what can be written there, or it cannot be read
    or written.
    """
    path = relpath(page)
    before = read(page)
    after, moved = repaired(lexer, path, before)
    if after != before:
        rewrite(page, before, after)
    said, says = (LINE_END.sub("\n", text).removesuffix("\n").split("\n") for text in (before, after))
    diff = unified_diff(said, says, f"a/{path}", f"b/{path}", lineterm="")
    looks = (f"{path}:{line}: this block has more lines now, or fewer: hl_lines may mean other ones" for line in moved)
    return "".join(f"{line}\n" for line in (*diff, *looks))


def repaired(lexer: Lexer, path: str, text: str) -> Repaired:
    """A page, repaired. Raises `PageRefused`, with lines of the text as it was."""
    run = PageRun(path, lexer.blocks(lexed(text), draft=True))
    blocks = range(len(run.blocks))
    everything = [{docker: run.printed(index, docker) for docker in run.dockers(index)} for index in blocks]
    printed: list[Outputs] = [
        {docker: texts for docker, texts in each.items() if not isinstance(texts, BaseException)} for each in everything
    ]
    raised = [index for index in blocks if len(printed[index]) < len(everything[index])]
    if raised:
        raise PageRefused(fault for index in raised if (fault := run.wrong(index)))
    page = _Page(text)
    for index in reversed(blocks):  # the lines above a block have the numbers that they had
        if not run.skipped(index):
            page.repair(run.blocks, index, printed)
    if page.faults:
        raise PageRefused(page.faults)
    after = str(page)
    try:
        faults = _still_wrong(PageRun(path, lexer.blocks(lexed(after))))
    except PageRefused as refused:
        faults = refused.faults
    if faults:
        cannot = "what is printed here cannot be what the page says:"
        raise PageRefused(
            Fault(page.lines[fault.line - 1].number, f"{cannot}\n{fault.reason.rstrip()}") for fault in faults
        )
    return Repaired(after, page.moved())


class _Line(NamedTuple):
    """A line of a page. What is new has the number of the line that printed it."""

    number: int
    text: str
    end: str


class _Page:
    """The lines of a page, while it is repaired from its end to its beginning."""

    def __init__(self, text: str) -> None:
        split = LINE_END.split(text)
        lines = zip(split[::2], [*split[1::2], ""], strict=True)
        self.lines = [_Line(number, *line) for number, line in enumerate(lines, 1)]
        self.faults: list[Fault] = []
        self._resized: set[int] = set()

    def __str__(self) -> str:
        """The text: what is no longer the last line needs a line end, and what has become it has none."""
        *lines, last = self.lines
        return "".join(line.text + (line.end or lines[0].end) for line in lines) + last.text

    def moved(self) -> list[int]:
        """The lines, as they are now, of the blocks that highlight some lines and no longer have as many as they had."""
        return [place for place, line in enumerate(self.lines, 1) if line.number in self._resized]

    def repair(self, blocks: list[Block], index: int, printed: list[Outputs]) -> None:
        """Make a block say what was printed."""
        block, own = blocks[index], printed[index][DEFAULT]
        if block.language == "console":
            self._repair_console(block, block, printed[index])
        elif block.language == "quiz":
            quiz = read_quiz(block.text, block.text_line, draft=True)
            if quiz.code:
                *before, asked = own
                right, new = quiz.right, replace(quiz.right, text=asked.removesuffix("\n"))
                self._write(block, right.line, right.written, new.written, quiz.code.last_line)
                if quiz.code.language == "console":
                    self._repair_console(block, quiz.code, dict.fromkeys(printed[index], before))
        elif block.language == "output":
            python, (text,) = blocks[index - 1], printed[index - 1][DEFAULT]
            if text:
                said = block.text.split("\n") if block.text_line < block.last_line else []
                self._write(block, block.text_line, said, lines_of(text), python.first_line)
            else:
                del self.lines[python.last_line : block.last_line]
        elif block.language == "python":
            follower = [follower.language for follower in blocks[index + 1 : index + 2]]
            (text,) = own
            if text and follower != ["output"]:
                _, fence = self._opening(block)
                self._insert(block, block.last_line + 1, ["", f"{fence}output", fence], block.first_line)
                self._write(block, block.last_line + 3, [], lines_of(text), block.first_line)

    def _repair_console(self, block: Block, console: Block, printed: Outputs) -> None:
        """Repair the output of the first commands of a console block, which may be the code of a quiz."""
        commands = read_console(console.text, console.text_line, draft=True)
        outputs = [dict(zip(printed, each, strict=True)) for each in zip(*printed.values(), strict=True)]
        for command, by_docker in reversed(list(zip(commands, outputs, strict=False))):
            if any(_GIVEN_UP in text.splitlines() for text in by_docker.values()):
                why = "even after its ^C" if command.interrupt else "a line ^C is missing in its output"
                self.faults.append(Fault(command.line, f"goes on for ever: {why}"))
                continue
            self._write(block, command.expected_line, command.told, told(by_docker), command.line)

    def _write(self, block: Block, line: int, said: list[str], new: list[str], number: int) -> None:
        """Write new lines over what a block, or a new one below it, says from a line on; right lines stay."""
        _, fence = self._opening(block)
        if hidden := [text for text in new if not showable(text) or text.rstrip() == fence]:
            self.faults.append(Fault(number, f"prints what no page can show exactly: {hidden[0]!r}"))
        elif doubt := next(doubts(new, block.options.get("meant")), None):
            self.faults.append(Fault(number, f"what this prints {doubt.reason}"))
        if len(new) != len(said) and "hl_lines" in block.options and block.language != "python":
            self._resized.add(block.first_line)
        changes = SequenceMatcher(None, said, new, autojunk=False).get_opcodes()
        for change, first, after, new_first, new_after in reversed(changes):
            if change != "equal":
                del self.lines[line - 1 + first : line - 1 + after]
                self._insert(block, line + first, new[new_first:new_after], number)

    def _insert(self, block: Block, line: int, texts: list[str], number: int) -> None:
        """Insert lines before one, indented and quoted as the block is."""
        prefix, _ = self._opening(block)
        end = self.lines[block.first_line - 1].end
        lines = [_Line(number, prefix + text if text else prefix.rstrip(), end) for text in texts]
        self.lines[line - 1 : line - 1] = lines

    def _opening(self, block: Block) -> tuple[str, str]:
        """What stands before a block's opening fence, and the fence."""
        text = self.lines[block.first_line - 1].text.removeprefix(BYTE_ORDER_MARK)
        header = text.lstrip("> \t")
        return text.removesuffix(header), header.removesuffix(header.lstrip("`~"))


def _still_wrong(run: PageRun) -> list[Fault]:
    """What a repaired page would fail for. The first line of a reason tells of lines that the page does not have yet."""
    wrong = (run.wrong(index) for index in range(len(run.blocks)))
    return [Fault(fault.line, fault.reason.split("\n", 1)[-1]) for fault in wrong if fault]
