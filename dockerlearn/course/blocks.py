"""The fenced blocks of a page, found by the very extension that shows them.

A reader of Markdown that is not the site's own sooner or later disagrees with it on what a block is, and an example that
is shown but never run looks like one that passed. So superfences finds the blocks here too, configured by the site's own
mkdocs.yml, with a recorder in the place of its highlighter.

What the recorder finds must be something that is run, or stand on the short list of what need not be. Everything else
is refused, with its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

from markdown import Markdown
from pymdownx.superfences import RE_HL_LINES, SuperFencesBlockPreprocessor, SuperFencesException

from .console import WILDCARDS, Command, read_console
from .doubts import FENCE, doubts
from .faults import Fault, PageRefused
from .sources import Sources, SourcesRefused, body

RUN = {
    "console": "console",
    **dict.fromkeys(("python", "py", "python3"), "python"),
    "output": "output",
    "quiz": "quiz",
}
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
    "meant": re.compile(r"(?!meant$).*\S.*"),
}
"""What may stand behind a language, and its values. An option without a value has its own name for one."""

ONLY_FOR = {"raises": {"python"}, "skip": {"python", "console"}, "meant": {"console", "output", "quiz"}}
"""The options that stand behind some languages only. A quiz has no others."""

RIGHT, WRONG = "- [x]", "- [ ]"
"""What a choice of a quiz begins with."""

INDENT = " " * len(f"{RIGHT} ")
"""What each further line of a choice begins with."""

NOTHING = "nothing"
"""What the site says where a choice is that nothing is printed."""

_CHOICE = re.compile(rf"(?P<mark>{re.escape(RIGHT)}|{re.escape(WRONG)})(?: (?P<text>.*))?")
_EXPLAINS, _EXPLAINS_ON = "  : ", "    "
_CODE = re.compile(r"(?P<fence>`{3,}|~{3,})(?P<language>\S*)(?P<options>.*)")
_OPENER = re.compile(r"\s*(?:!!!|\?\?\?\+?|===[!+]*)\s")
_SNIPPET = re.compile(r"[ \t]*-+8<-+")


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
class Choice:
    """An answer that a quiz offers, with the page line on which it starts, and why it is right or wrong."""

    text: str
    line: int
    right: bool
    explanation: str

    @property
    def printed(self) -> str:
        """The output that the text stands for; without a text, none."""
        return f"{self.text}\n" if self.text else ""

    @property
    def written(self) -> list[str]:
        """The lines in which a page says the text."""
        mark, (first, *more) = RIGHT if self.right else WRONG, self.text.split("\n")
        return [f"{mark} {first}" if first else mark, *(INDENT + line if line else "" for line in more)]


@dataclass(frozen=True, slots=True)
class Quiz:
    """A question and its choices. With code, it asks what that prints in a session of its own.

    Code is a console block, whose last command is the one that is asked for, or a Python block.
    """

    question: str
    code: Block | None
    choices: tuple[Choice, ...]

    @property
    def key(self) -> str:
        """A digest of all that an answer depends on: another question, or another choice, has another."""
        asked = [self.question, self.code.text if self.code else "", *(choice.text for choice in self.choices)]
        return sha256("\0".join(asked).encode()).hexdigest()[:12]

    @property
    def right(self) -> Choice:
        """The one choice that is right."""
        return next(choice for choice in self.choices if choice.right)


def wrong_option(language: str, option: str, value: str) -> str | None:
    """Why an option may not stand behind a language, if it may not."""
    run, only_for = RUN.get(language), ONLY_FOR.get(option)
    if option not in OPTIONS or (run not in only_for if only_for else run == "quiz"):
        return f"a block of language {language!r} has no option {option!r}"
    if not OPTIONS[option].fullmatch(value):
        return f"option {option!r} of a block of language {language!r} cannot be {value!r}"
    return None


def read_quiz(text: str, line: int, *, draft: bool = False) -> Quiz:
    """Read a quiz's text, which starts on the given line.

    In a draft, what is printed may be as yet unknown: wildcards, or the text of a wrong choice. Raises `PageRefused` for
    text that is not a question and at least two different choices, one of them right, each explained.
    """
    reader = _QuizReader()
    for number, content in enumerate(text.split("\n"), line):
        reader.read(number, content)
    faults = [*reader.faults, *reader.missing(line, draft)]
    if faults:
        raise PageRefused(faults)
    choices = (Choice("\n".join(text), line, right, " ".join(why)) for line, right, text, why in reader.choices)
    return Quiz(" ".join(reader.question), reader.code, tuple(choices))


class _QuizReader:
    """What of a quiz has been read so far, line by line."""

    def __init__(self) -> None:
        self.question: list[str] = []
        self.code: Block | None = None
        self.choices: list[tuple[int, bool, list[str], list[str]]] = []  # line, right or not, text, explanation
        self.faults: list[Fault] = []
        self._fence = ""
        self._asked = False  # the question has ended

    def read(self, number: int, content: str) -> None:
        """Take the next line."""
        if self._fence and self.code:
            closes = content == self._fence
            text = self.code.text if closes else f"{self.code.text}{content}\n"
            self.code = replace(self.code, text=text.removesuffix("\n") if closes else text, last_line=number)
            self._fence = "" if closes else self._fence
        elif choice := _CHOICE.fullmatch(content):
            self.choices.append((number, choice["mark"] == RIGHT, [choice["text"] or ""], []))
        elif self.choices:
            self._read_on(number, content)
        elif opened := _CODE.fullmatch(content):
            self._open(number, **opened.groupdict())
        elif not content.strip():
            self._asked = bool(self.question)
        elif self._asked:
            self.faults.append(Fault(number, "neither the question, in one paragraph, nor its code, nor a choice"))
        else:
            self.question.append(content.strip())

    def _read_on(self, number: int, content: str) -> None:
        _, _, text, why = self.choices[-1]
        if content.startswith(_EXPLAINS) and not why:
            why.append(content.removeprefix(_EXPLAINS).strip())
        elif content.startswith(_EXPLAINS_ON) and why:
            why.append(content.strip())
        elif not why and (content.startswith(INDENT) or not content):
            text.append(content.removeprefix(INDENT))
        elif content.strip():
            reason = f"belongs to no choice: its text goes on behind {len(INDENT)} blanks, its explanation behind"
            self.faults.append(Fault(number, f"{reason} {_EXPLAINS!r} and then {len(_EXPLAINS_ON)} blanks"))

    def _open(self, number: int, fence: str, language: str, options: str) -> None:
        language = RUN.get(language, language)
        if self.code or options or language not in ("console", "python"):
            reason = "the code of a quiz is one console or python block, without options"
            self.faults.append(Fault(number, reason))
        self.code = Block(language, {}, (), number, number, "", "")
        self._fence, self._asked = fence, True

    def missing(self, line: int, draft: bool) -> Iterator[Fault]:
        """What is wrong with the quiz as a whole."""
        if self._fence and self.code:
            reason = "unclosed fence: the code of a quiz ends before its choices, and has a shorter fence than the quiz"
            yield Fault(self.code.first_line, reason)
            return
        if not self.question:
            yield Fault(line, "a quiz without a question")
        if self.code and self.code.language == "console":
            try:
                commands = read_console(self.code.text, self.code.text_line, draft=draft)
            except PageRefused as refused:
                yield from refused.faults
            else:
                if not commands or commands[-1].told:
                    yield Fault(self.code.last_line, "the last command is the question: its output is a choice")
                for other in (said for command in commands for said in command.others):
                    yield Fault(other.line - 1, "a quiz that is not the same on every Docker: ask for what all print")
        rights = [number for number, right, _, _ in self.choices if right]
        if len(self.choices) < 2:
            yield Fault(line, "a quiz with fewer than two choices")
        elif len(rights) != 1:
            yield Fault(rights[1] if rights else line, f"a quiz has one right choice, {RIGHT}, and not {len(rights)}")
        said = set()
        for number, right, text, why in self.choices:
            unknown = draft and right
            words = " ".join(" ".join(text).split())
            if not why or not why[0]:
                yield Fault(number, f"a choice without an explanation, {_EXPLAINS!r} on the line below it")
            if not words and not self.code:
                yield Fault(number, "a choice without a text")
            if any(each.strip() in WILDCARDS for each in text) and not unknown:
                yield Fault(number, "a wildcard: choices are exact")
            if words in said and not unknown:
                yield Fault(number, "a choice that says the same as one above it")
            if not unknown:
                said.add(words)


class Lexer:
    """Finds the blocks of pages, with the Markdown extensions of one site."""

    def __init__(self, mkdocs_yml: Path) -> None:
        sources = Sources.read(mkdocs_yml)
        try:
            self._markdown = Markdown(extensions=sources.extensions, extension_configs=sources.extension_configs)
        except Exception as error:  # an extension may raise what it likes
            raise SourcesRefused.of(mkdocs_yml, "markdown_extensions", f"cannot be loaded: {error}") from error
        shown = self._markdown.preprocessors["fenced_code_block"]
        if not isinstance(shown, SuperFencesBlockPreprocessor):
            raise SourcesRefused.of(
                mkdocs_yml, "markdown_extensions", "lacks pymdownx.superfences: it finds the blocks"
            )
        self._recorder = _Recorder(self._markdown)
        self._recorder.config, self._recorder.extension = shown.config, shown.extension
        self._markdown.preprocessors.register(self._recorder, "fenced_code_block", 25)

    def blocks(self, page: str, *, draft: bool = False) -> list[Block]:
        """All blocks of a page, in page order. Raises `PageRefused` if one of them is neither run nor inert.

        In a draft, expected output may be as yet unknown: an empty output block, or wildcards.
        """
        text = body(page)
        self._recorder.offset = page[: len(page) - len(text)].count("\n")
        lines = text.split("\n")
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
        faults = [*self._recorder.faults, *_faults(blocks, page.split("\n"), self._recorder.unclosed, draft)]
        if faults:
            raise PageRefused(faults)
        return blocks


class _Recorder(SuperFencesBlockPreprocessor):  # type: ignore[misc]  # superfences has no types
    """Superfences up to the point where it would highlight a block."""

    offset = 0

    def run(self, lines: list[str]) -> list[str]:
        self.blocks: list[Block] = []
        self.faults: list[Fault] = []
        self.unclosed: list[range] = []
        self._line = self.offset
        self.fence = None  # a page that was refused may have left one open
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
        self.clear()  # below the last line, since Markdown adds two empty ones
        return lines

    def parse_whitespace(self, line: str) -> str:
        """Called for each line outside a block, so last for the one that opens the next block."""
        self._opening = self._line
        ws: str = super().parse_whitespace(line)
        return ws

    def clear(self) -> None:
        """Called where a block has ended, and also where an open fence is given up: what it is nested in ends, or the page."""
        if self.fence is not None:
            self.unclosed.append(range(self._opening, self._line))
        super().clear()

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
        self.fence = None
        self.clear()


_READ: Mapping[str, Callable[..., list[Command] | Quiz]] = {"console": read_console, "quiz": read_quiz}


def _faults(blocks: list[Block], lines: list[str], unclosed: list[range], draft: bool) -> Iterator[Fault]:
    yield from (
        Fault(lost[0], "unclosed fence: nothing closes it in the list, quote or page it is in") for lost in unclosed
    )
    spans = [range(block.first_line, block.last_line + 1) for block in blocks]
    inside = set(chain(*spans, *unclosed))
    for number, line in enumerate(lines, 1):
        if number not in inside and FENCE.match(line):
            yield Fault(number, "looks like a fence, but opens or closes no block")
    before: Block | None = None
    quizzes: set[str] = set()
    for block in blocks:
        if swallowed := _swallowed(block, lines):
            instead = "or give it a longer one" if block.language else "or open the block that it closes"
            reason = f"unclosed fence: line {swallowed} opens another inside it; close it above that, {instead}"
            yield Fault(block.first_line, reason)
            before = block
            continue
        if block.language not in RUN and block.language not in INERT:
            instead = INSTEAD.get(block.language, f"run are {', '.join(RUN)}; inert are {', '.join(INERT)}")
            yield Fault(block.first_line, f"a block of language {block.language!r} is not run: {instead}")
        if not block.text.strip() and not (draft and block.language == "output"):
            yield Fault(block.first_line, "an empty block")
        if _crowded(block, lines):
            yield Fault(
                block.first_line, "a block needs an empty line before and after it, or its HTML is a paragraph's"
            )
        if block.language in _READ and block.text.strip():
            try:
                read = _READ[block.language](block.text, block.text_line, draft=draft)
            except PageRefused as refused:
                yield from refused.faults
            else:
                if isinstance(read, Quiz) and read.key in quizzes:
                    yield Fault(block.first_line, "a quiz that stands on this page already")
                quizzes |= {read.key} if isinstance(read, Quiz) else set()
        if block.language == "output":
            if before is None or before.language != "python" or not _follows(block, before, lines):
                yield Fault(block.first_line, "an output block that no python block directly before it has earned")
            for number, line in enumerate(block.text.split("\n"), block.text_line):
                if line.strip() in WILDCARDS and not draft:
                    yield Fault(number, "a wildcard: expected output is exact")
        if not draft:
            yield from _unmeant(block)
        before = block


def _swallowed(block: Block, lines: list[str]) -> int | None:
    """The line of another block's opening fence that a block takes for its text, because its own fence is not closed."""
    own = FENCE.match(lines[block.first_line - 1])
    for number in range(block.text_line, block.last_line):
        inner = FENCE.match(lines[number - 1])
        if own and inner and inner["fence"].startswith(own["fence"]) and inner["info"].strip():
            return number
    return None


def _unmeant(block: Block) -> Iterator[Fault]:
    """The lines that a block expects, and that are hardly ever meant; and the mark that some are, where none is."""
    meant = block.options.get("meant")
    try:
        said = list(_expected(block))
    except PageRefused:  # told already
        return
    for line, text in said:
        yield from (Fault(doubt.line, f"the output {doubt.reason}") for doubt in doubts(text.split("\n"), meant, line))
    if meant is not None and not any(
        meant in doubt.text for line, text in said for doubt in doubts(text.split("\n"), None)
    ):
        yield Fault(block.first_line, f"meant={meant!r} is in no line of the output that would need it: take it away")


def _expected(block: Block) -> Iterator[tuple[int, str]]:
    """The output that a block expects, piece by piece, each with its first line."""
    if block.language == "console":
        commands = read_console(block.text, block.text_line)
        yield from ((said.line, said.output) for command in commands for said in command.all_said)
    elif block.language == "output":
        yield block.text_line, block.text
    elif block.language == "quiz":
        quiz = read_quiz(block.text, block.text_line)
        if quiz.code:
            yield from _expected(quiz.code)
            yield quiz.right.line, quiz.right.text


def _blank(line: str) -> bool:
    return not line.strip("> \t")


def _follows(block: Block, before: Block, lines: list[str]) -> bool:
    return block.prefix == before.prefix and all(map(_blank, lines[before.last_line : block.first_line - 1]))


def _crowded(block: Block, lines: list[str]) -> bool:
    above = lines[block.first_line - 2] if block.first_line > 1 else ""
    below = lines[block.last_line] if block.last_line < len(lines) else ""
    return not (_blank(above) or _OPENER.match(above)) or not _blank(below)
