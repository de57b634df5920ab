"""Every console block of every page, and of every quiz, typed at a real engine: it prints what the page says."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dockerlearn.course.blocks import Block, Lexer
from tests.course.course_pages import PAGES, ROOT, name

from .accepted import Accepted, accepted
from .engine import Machine
from .replay import Replayed, replay, typed
from .terminal import Terminal

ENOUGH_STARTS = 400  # one order in eight: that it is missed by chance in so many is impossible

LEXER = Lexer(ROOT / "mkdocs.yml")
BLOCKS: dict[Path, list[Block]] = {page: LEXER.blocks(page.read_text(encoding="utf-8")) for page in PAGES}
QUIZZES = [(page, block) for page in PAGES for block in BLOCKS[page] if block.language == "quiz" and typed(block)]

Replay = Callable[[Path], list[Replayed]]
Answers = Callable[[int], list[Replayed]]


@pytest.fixture(scope="module")
def replayed(engine: Machine) -> Replay:
    """Each page's commands, typed once."""

    @cache
    def page_replayed(page: Path) -> list[Replayed]:
        entries = [entry for entry in accepted() if entry.page == name(page)]
        return list(replay([block for block in BLOCKS[page] if block.language == "console"], engine, entries))

    return page_replayed


@pytest.fixture(scope="module")
def answered(engine: Machine) -> Answers:
    """Each quiz's commands, typed once, on an engine that is as empty as for a page."""
    return cache(lambda number: list(replay([QUIZZES[number][1]], engine)))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_real_engine_prints_what_the_page_says(page: Path, replayed: Replay) -> None:
    _fail_where_it_differs(page, replayed(page))


@pytest.mark.parametrize(
    "number", range(len(QUIZZES)), ids=[f"{name(page)}:{block.first_line}" for page, block in QUIZZES]
)
def test_a_real_engine_gives_the_right_answer(number: int, answered: Answers) -> None:
    _fail_where_it_differs(QUIZZES[number][0], answered(number))


def _fail_where_it_differs(page: Path, commands: list[Replayed]) -> None:
    wrong = [
        f"{name(page)}:{each.command.line}: $ {each.command.source}\n{each.difference}"
        for each in commands
        if each.difference is not None
    ]
    if wrong:
        pytest.fail("\n\n".join(wrong), pytrace=False)


def test_the_answers_of_all_quizzes_are_counted(answered: Answers, record: dict[str, Any]) -> None:
    commands = [each for number in range(len(QUIZZES)) for each in answered(number)]
    equal = [each for each in commands if each.difference is None]
    record["quizzes"] = {"quizzes": len(QUIZZES), "compared": len(commands), "equal": len(equal)}
    assert len(equal) == len(commands)


def test_nearly_all_commands_are_equal_and_few_are_excepted(replayed: Replay, record: dict[str, Any]) -> None:
    commands = [each for page in PAGES for each in replayed(page)]
    equal = [each for each in commands if each.difference is None and each.accepted is None]
    console = [count for page in BLOCKS.values() if (count := sum(block.language == "console" for block in page))]
    record["pages"] = {
        "pages": len(console),
        "blocks": sum(console),
        "compared": len(commands),
        "equal": len(equal),
        "engine_seconds": round(sum(each.engine_seconds for each in commands), 1),
        "model_seconds": round(sum(each.model_seconds for each in commands), 2),
    }
    assert len(commands) > 400
    assert len(equal) >= 0.98 * len(commands)
    assert len(accepted()) <= 0.02 * len(commands)


@pytest.mark.parametrize("entry", accepted(), ids=lambda entry: f"{entry.page}: {entry.command}")
def test_what_is_accepted_is_in_the_page_and_still_differs(entry: Accepted, replayed: Replay, engine: Machine) -> None:
    concerned = [
        each for each in replayed(ROOT / entry.page) if entry.concerns(each.command.source, each.command.expected)
    ]
    assert concerned
    if entry.identity:
        assert all(each.accepted == entry for each in concerned)


@pytest.mark.parametrize("lines", sorted({entry.either_order for entry in accepted() if entry.either_order}))
def test_two_lines_of_two_streams_come_in_either_order(lines: tuple[str, ...], engine: Machine) -> None:
    engine.reset()
    seen = set()
    with Terminal(engine) as terminal:
        terminal.run("docker pull -q nginx")
        for _ in range(ENOUGH_STARTS):
            terminal.run("docker run -d --name web nginx && sleep 0.1")
            seen.add(tuple(terminal.run("docker logs web").output.splitlines()))
            terminal.run("docker rm -f web")
            if len(seen) > 1:
                break
    assert seen == {lines, lines[::-1]}
