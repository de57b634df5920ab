"""Every block of a page is a test, through sybil.

A page is one session, and a block needs those before it. So a block that is asked for alone (`-k`, a node id, `--lf`)
first runs what stands above it, and whichever blocks are asked for, each runs once, in page order. A quiz has a session of
its own, and its right choice is what its code prints there.

A page whose blocks cannot be told is one test, which fails with all that is wrong with it, so that the other pages run.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import unified_diff
from itertools import count
from os.path import relpath
from pathlib import Path
from shlex import quote
from typing import Any, NamedTuple

import pytest
from sybil import Document, Example, Region, Sybil
from sybil.example import SybilFailure
from sybil.integration.pytest import SybilFile, SybilItem

from ..model.edition import DEFAULT, EDITIONS
from ..terminal.session import NotRaised, Session, traceback_of
from .blocks import INERT, Block, Lexer, Quiz, read_quiz
from .confine import Confined, Printed, confined
from .console import Command, looks_like_prompt, read_console
from .doubts import doubts
from .faults import Fault, PageRefused
from .files import lexed, read

REFUSED = "the page itself"
"""The id of the one test of a page that is refused."""

_SLUG = 40  # characters of a block's first line in its id
_PREPARES = re.compile(r"\s*(?:#|import\b|from\b|$)")


def pages(mkdocs_yml: Path, *patterns: str, repair: str = "pytest --update-examples {page}") -> Pages:
    """The sybil that tests the blocks of all pages whose paths match, read as the site reads them.

    `repair` is the command that a failure names, where what the page says could be repaired.
    """
    return Pages(Lexer(mkdocs_yml), repair, patterns=patterns, path=str(mkdocs_yml.parent.absolute()))


class Test(NamedTuple):
    """What becomes of a block: its place among the blocks of the page, and the id of its test in it."""

    block: int
    name: str


class Pages(Sybil):
    """The sybil that `pages` makes. Its `pytest()` is what pytest wants for `pytest_collect_file`."""

    def __init__(self, lexer: Lexer, repair: str, *, patterns: Sequence[str], path: str) -> None:
        super().__init__([], patterns=patterns, path=path)
        self.lexer, self.repair = lexer, repair

    def parse(self, path: Path, refused_as: Sequence[str] = (REFUSED,)) -> Document:
        """A page with a region for each block, or, if the page is refused, with one for each of these names."""
        name = relpath(path)
        document = Document("", str(path))
        try:
            document = Document(lexed(read(Path(path))), str(path))
            run = PageRun(name, self.lexer.blocks(document.text), self.repair.format(page=quote(name)))
        except PageRefused as refused:
            faults = "\n".join(f"{name}:{fault.line}: {fault.reason}" for fault in refused.faults)

            def fail(example: Example) -> None:
                raise ExampleFailed(example, faults)

            for place in refused_as:
                document.add(Region(0, 0, Test(0, place), fail))
            return document
        starts = [0]
        for line in document.text.split("\n"):
            starts.append(starts[-1] + len(line) + 1)
        for index, (block, test) in enumerate(zip(run.blocks, names(run.blocks), strict=True)):
            if block.language not in INERT:
                span = starts[block.first_line - 1], starts[block.last_line] - 1
                document.add(Region(*span, Test(index, test), run.check))
        return document

    def identify(self, example: Example) -> str:
        """The id of a test within its page."""
        name: str = example.parsed.name
        return name

    def folders(self) -> Callable[[Path, pytest.Collector], pytest.Directory | None]:
        """What pytest wants for `pytest_collect_directory`, so that it does not pass over a page that is no file."""

        def collect(path: Path, parent: pytest.Collector) -> pytest.Directory | None:
            lost = sorted(entry for entry in path.iterdir() if self.should_parse(entry) and not entry.is_file())
            return _Folder.from_parent(parent, path=path, lost=lost, sybil=self) if lost else None

        return collect

    def pytest(self) -> Callable[[Path, pytest.Collector], SybilFile | None]:
        """The hook that collects the pages."""

        def collect(file_path: Path, parent: pytest.Collector) -> SybilFile | None:
            return _File.from_parent(parent, path=file_path, sybils=[self]) if self.should_parse(file_path) else None

        return collect


def names(blocks: Iterable[Block]) -> Iterator[str]:
    """The ids of the tests of a page: language and first line that says something, and a number for all like it but the first.

    None depends on where the block stands, or on the output that it expects, so an edit above leaves it as it is.
    """
    name = ""
    seen: set[str] = set()
    for block in blocks:
        if block.language == "output":
            name = name.replace("python", "output", 1)
        else:
            lines = block.text.split("\n")
            said = next((line for line in lines if not _PREPARES.match(line)), lines[0])
            slug = re.sub(r"[^\w.]+", "-", said.lower()).strip("-.")[:_SLUG].strip("-.")
            name = like = f"{block.language}-{slug}"
            numbers = count(2)
            while name in seen:
                name = f"{like}-{next(numbers)}"
            seen.add(name)
        yield name


class _File(SybilFile):
    sybils: Sequence[Pages]

    def collect(self) -> Iterator[SybilItem]:
        """The tests of a page. One that is refused has whichever are asked for, lest they be said not to exist."""
        for sybil in self.sybils:
            arguments = (argument.partition("::") for argument in self.config.args)
            folder = self.config.invocation_params.dir
            asked = [test for file, _, test in arguments if test and (folder / file).resolve() == self.path.resolve()]
            document = sybil.parse(self.path, list(dict.fromkeys(asked)) or [REFUSED])
            for example in document.examples():
                yield _Item.from_parent(self, sybil=sybil, example=example)


class _Folder(pytest.Directory):
    def __init__(self, *, lost: Sequence[Path], sybil: Pages, **given: Any) -> None:
        super().__init__(**given)
        self._lost, self._sybil = lost, sybil

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        """What pytest finds in the folder, and the pages that it does not take for files."""
        yield from pytest.Dir.collect(self)  # type: ignore[arg-type]  # it is final, and needs nothing but a directory
        for page in self._lost:
            yield _File.from_parent(self, path=page, sybils=[self._sybil])


class _Item(SybilItem):
    def reportinfo(self) -> tuple[Path, int, str]:
        """The place of the block, as pytest counts lines, and what heads its failure."""
        return self.path, self.example.line - 1, f"{relpath(self.path)}:{self.example.line}: {self.name}"

    def repr_failure(self, excinfo, style=None):  # type: ignore[no-untyped-def]  # pytest's own is private
        """What is wrong, with the page and its line, and what to do."""
        if isinstance(excinfo.value, ExampleFailed):
            return "\n".join(filter(None, (str(excinfo.value).rstrip("\n"), excinfo.value.advice)))
        return super().repr_failure(excinfo, style)


class ExampleFailed(SybilFailure):
    """A block did not do what its page says; the message starts with the page and the line."""

    def __init__(self, example: Example, message: str, advice: str = "") -> None:
        super().__init__(example, message)
        self.args, self.advice = (message,), advice


class Difference(Fault):
    """A fault that repair mends: the page says something else than what was printed, and could say that."""

    __slots__ = ()


class CommandRaised(Exception):
    """A command made the model raise an exception, which is the cause of this one."""

    def __init__(self, command: Command) -> None:
        self.command = command
        super().__init__(command.source)


class PageRun:
    """A page as it is run: its blocks, a session for each Docker, and what each block has printed there.

    Commands are typed at every Docker. Python names its own, and runs once.
    """

    def __init__(self, path: str, blocks: list[Block], repair: str = "") -> None:
        self.path = path
        self.blocks = blocks
        self._repair = repair
        self._sessions: dict[str, Session] = {}
        self._printed: dict[str, list[list[str] | BaseException]] = {docker: [] for docker in EDITIONS}

    def printed(self, index: int, docker: str = DEFAULT) -> list[str] | BaseException:
        """What a block, or the code of a quiz, printed: one text a command, one for Python, or what it raised."""
        printed = self._printed[docker]
        while len(printed) <= index:
            printed.append(self._run(len(printed), docker))
            if len(printed) == len(self.blocks):
                self._sessions.pop(docker, None)  # with all that it made: nothing is run any more
        return printed[index]

    def dockers(self, index: int) -> Iterable[str]:
        """The Dockers at which a block is run."""
        block = self.blocks[index]
        code = _code_of(block) if block.language == "quiz" else block
        return EDITIONS if code and code.language == "console" else (DEFAULT,)

    def skipped(self, index: int) -> str | None:
        """Why a block is not run, if it is not: an output block goes the way of the Python block above it."""
        return self.blocks[index - (self.blocks[index].language == "output")].options.get("skip")

    def _run(self, index: int, docker: str) -> list[str] | BaseException:
        block = self.blocks[index]
        if self.skipped(index) or docker not in self.dockers(index):
            return []
        if block.language == "quiz":
            code = _code_of(block)
            return self._run_in(Session.page(docker), code) if code else []
        if docker not in self._sessions:
            self._sessions[docker] = Session.page(docker)
        return self._run_in(self._sessions[docker], block)

    def _run_in(self, session: Session, block: Block) -> list[str] | BaseException:
        try:
            with confined(self.path):
                if block.language == "console":
                    return [_printed(session, each) for each in read_console(block.text, block.text_line, draft=True)]
                if block.language == "python":
                    return [_executed(session, block, self.path)]
        except KeyboardInterrupt:  # the maintainer's
            raise
        except BaseException as error:  # pytest's own ways out of a test are none of an example's
            return error
        return []

    def check(self, example: Example) -> None:
        """Compare what a block printed with what its page says; raises `ExampleFailed`, or skips a block that says so."""
        index: int = example.parsed.block
        if reason := self.skipped(index):
            pytest.skip(f"{self.path}:{self.blocks[index].first_line}: {reason}")
        if wrong := self.wrong(index):
            advice = f"To write what is printed into the page: {self._repair}" if isinstance(wrong, Difference) else ""
            raise ExampleFailed(example, f"{self.path}:{wrong.line}: {wrong.reason}", advice)

    def wrong(self, index: int) -> Fault | None:
        """How what a block printed differs from what its page says, if it does."""
        return next(filter(None, (self._wrong(index, docker) for docker in self.dockers(index))), None)

    def _wrong(self, index: int, docker: str) -> Fault | None:
        block, printed = self.blocks[index], self.printed(index, docker)
        if isinstance(printed, BaseException):
            return _raised(printed, self.path, block)
        if self.skipped(index):
            return None
        meant = block.options.get("meant")
        if block.language == "console":
            return _first_difference(read_console(block.text, block.text_line), printed, meant, docker)
        if block.language == "quiz":
            return _wrong_answer(read_quiz(block.text, block.text_line, draft=True), printed, meant, docker)
        if block.language == "python":
            follower = [block.language for block in self.blocks[index + 1 : index + 2]]
            if printed[0] and follower != ["output"]:
                return _difference("", printed[0], block.last_line, "a Python block without an output block", None)
        elif block.language == "output":
            earned = self.printed(index - 1)
            if isinstance(earned, BaseException):
                return Fault(block.first_line, "the Python block above raised an exception")
            source = f"the Python block on line {self.blocks[index - 1].first_line}"
            return _difference(f"{block.text}\n", earned[0], block.text_line, source, meant)
        return None


def _code_of(block: Block) -> Block | None:
    return read_quiz(block.text, block.text_line, draft=True).code


def _executed(session: Session, block: Block, path: str) -> str:
    raises, printed = block.options.get("raises"), Printed()
    return session.python(block.text, filename=path, line=block.text_line, raises=raises, printed=printed)


def _printed(session: Session, command: Command) -> str:
    try:
        return session.run(command.source, interrupt=command.interrupt).output
    except (Exception, Confined) as error:
        raise CommandRaised(command) from error


def _first_difference(commands: list[Command], printed: list[str], meant: str | None, docker: str) -> Fault | None:
    for command, actual in zip(commands, printed, strict=True):
        said = command.said(docker)
        if wrong := _difference(said.output, actual, said.line, _typed(command, docker), meant):
            return wrong
    return None


def _typed(command: Command, docker: str) -> str:
    return f"$ {command.source}" + ("" if docker == DEFAULT else f"\nat Docker {docker}")


def _wrong_answer(quiz: Quiz, printed: list[str], meant: str | None, docker: str) -> Fault | None:
    if quiz.code is None:
        return None
    *before, asked = printed
    source = f"the Python of the quiz on line {quiz.code.first_line}"
    wrong = None
    if quiz.code.language == "console":
        *shown, last = read_console(quiz.code.text, quiz.code.text_line)
        wrong = _first_difference(shown, before, meant, docker)
        source = _typed(last, docker)
    for choice in quiz.choices:
        if not wrong and not choice.right and choice.printed == asked:
            wrong = Fault(choice.line, f"{source}\nprints what this choice says, which is marked as wrong")
    wrong = wrong or _difference(quiz.right.printed, asked, quiz.right.line, source, meant)
    if wrong and docker != DEFAULT:  # which no repair mends: a quiz says what is printed on every Docker
        return Fault(wrong.line, f"{wrong.reason}A quiz has to print the same on every Docker.")
    return wrong


def _difference(expected: str, actual: str, line: int, source: str, meant: str | None) -> Fault | None:
    said, printed = expected.splitlines(keepends=True), actual.splitlines(keepends=True)
    unshowable = [text for text in printed if not showable(text)]
    if said == printed and not unshowable:
        return None
    differing = next(
        (i for i, (a, b) in enumerate(zip(said, printed, strict=False)) if a != b), min(len(said), len(printed))
    )
    if unshowable:
        return Fault(line + differing, f"{source}\nprints what no page can show exactly: {unshowable[0]!r}")
    diff = unified_diff(said, printed, "said by the page", "printed", n=3)
    message = f"{source}\n" + "".join(text if text.endswith("\n") else f"{text} (no line end)\n" for text in diff)
    for doubt in doubts(actual.split("\n"), meant):
        return Fault(line + differing, f"{message}What is printed {doubt.reason}")
    return Difference(line + differing, message)


def showable(line: str) -> bool:
    """Whether a page can say this line: Markdown drops tabs and blanks on empty lines, and a prompt starts a command."""
    text = line.rstrip("\n")
    return text.isprintable() and not looks_like_prompt(text) and bool(text.strip() or not text)


def _raised(error: BaseException, path: str, block: Block) -> Fault:
    """The page line of the command or the Python that raised, and the traceback from there on."""
    if isinstance(error, NotRaised):
        return Fault(block.first_line, f"the Python block must fail, but {error}")
    if isinstance(error, CommandRaised):
        told = "".join(traceback.format_exception(error.__cause__, limit=-3))
        return Fault(error.command.line, f"$ {error.command.source}\nthe model raised\n{told}")
    line, told = traceback_of(error, path)
    if isinstance(error, Confined):
        return Fault(line or block.text_line, f"the Python block {error}")
    expected = f", and not {block.options['raises']}" if "raises" in block.options else ""
    return Fault(line or block.text_line, f"the Python block raised{expected}\n{told}")
