"""Every console block of every page, typed at a real engine: it prints what the page says."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dockerlearn.course.blocks import Lexer
from tests.course.course_pages import PAGES, ROOT, name

from .accepted import Accepted, accepted
from .engine import Machine
from .replay import Replayed, replay
from .terminal import Terminal

ENOUGH_STARTS = 400  # one order in eight: that it is missed by chance in so many is impossible

Replay = Callable[[Path], list[Replayed]]


@pytest.fixture(scope="module")
def replayed(engine: Machine) -> Replay:
    """Each page's commands, typed once."""
    lexer = Lexer(ROOT / "mkdocs.yml")

    @cache
    def page_replayed(page: Path) -> list[Replayed]:
        entries = [entry for entry in accepted() if entry.page == name(page)]
        return list(replay(lexer.blocks(page.read_text(encoding="utf-8")), engine, entries))

    return page_replayed


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_real_engine_prints_what_the_page_says(page: Path, replayed: Replay) -> None:
    wrong = [
        f"{name(page)}:{each.command.line}: $ {each.command.source}\n{each.difference}"
        for each in replayed(page)
        if each.difference is not None
    ]
    if wrong:
        pytest.fail("\n\n".join(wrong), pytrace=False)


def test_nearly_all_commands_are_equal_and_few_are_excepted(replayed: Replay, record: dict[str, Any]) -> None:
    commands = [each for page in PAGES for each in replayed(page)]
    equal = [each for each in commands if each.difference is None and each.accepted is None]
    lexer = Lexer(ROOT / "mkdocs.yml")
    blocks = [lexer.blocks(page.read_text(encoding="utf-8")) for page in PAGES]
    console = [count for page in blocks if (count := sum(block.language == "console" for block in page))]
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


@pytest.mark.parametrize("entry", accepted(), ids=lambda entry: f"{entry.page}:{entry.line}")
def test_what_is_accepted_is_in_the_page_and_still_differs(entry: Accepted, replayed: Replay, engine: Machine) -> None:
    commands = {each.command.line: each for each in replayed(ROOT / entry.page)}
    said = commands[entry.line].command.expected
    if entry.identity:
        assert entry.identity in said
        assert commands[entry.line].accepted == entry
    else:
        assert "\n".join(entry.either_order) in said


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
