"""What the model says where it lacks something is recognised, whoever says it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dockerlearn.course.doubts import KINDS, Doubt, doubts
from tests.course.course_pages import ROOT

LACKS = KINDS["that the model lacks something"]
ROOMS = ("model", "regexp", "hub", "client", "terminal")
SPEAKS = re.compile(r"dockerlearn|\bmodel\b|\bnot know\b|\bnot have\b")
NO_REFUSALS = {"Scale model of /{}: one byte for every thousand of the real thing."}  # what an image says of itself


def texts(module: ast.Module) -> Iterator[str]:
    """The texts of a module that may be printed, line by line, with {} for what is filled in."""
    owners = (node for node in ast.walk(module) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef))
    silent = {id(owner.body[0].value) for owner in owners if owner.body and isinstance(owner.body[0], ast.Expr)}
    joined = [node for node in ast.walk(module) if isinstance(node, ast.JoinedStr)]
    silent |= {id(part) for text in joined for part in text.values}
    whole = [
        "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in text.values) for text in joined
    ]
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            whole.append(node.value)
    for text in whole:
        yield from (line for line in text.split("\n") if not line.startswith("#"))  # a script's comment


@pytest.mark.parametrize("room", ROOMS)
def test_every_text_in_which_the_model_speaks_of_itself_is_recognised(room: str) -> None:
    modules = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "dockerlearn" / room).rglob("*.py")]
    said = {text for module in modules for text in texts(module) if SPEAKS.search(text)} - NO_REFUSALS
    assert [text for text in said if not LACKS.match(text)] == []


def test_the_rooms_that_speak_to_readers_do_speak_of_themselves() -> None:
    modules = [ast.parse(path.read_text(encoding="utf-8")) for path in Path(ROOT / "dockerlearn").rglob("*.py")]
    assert len({text for module in modules for text in texts(module) if LACKS.match(text)}) >= 15


PROGRAMS = [
    "bash: git: command not found",
    "bash: line 1: git: command not found",
    "/bin/bash: git: command not found",
    "zsh: command not found: git",
    "sh: git: not found",
    "/bin/sh: 1: git: not found",
    "- [x] sh: git: not found",
    'docker: Error response from daemon: exec: "git": executable file not found in $PATH: unknown',
]
FENCES = ["```", "~~~", "````console", "  ```", "> ~~~", "\t```output"]
NONE = [
    "command not found",
    "sh: not found",
    "not found",
    "``",
    "~~",
    "a ```",
    "dockerlearn",
    "import dockerlearn.model",
    "",
]


@pytest.mark.parametrize("line", PROGRAMS)
def test_a_missing_program_is_recognised(line: str) -> None:
    assert [doubt.kind for doubt in doubts([line], None)] == ["that a program is missing"]


@pytest.mark.parametrize("line", FENCES)
def test_a_fence_is_recognised(line: str) -> None:
    assert [doubt.kind for doubt in doubts([line], None)] == ["what looks like a fence"]


def test_other_lines_are_none_of_these() -> None:
    assert list(doubts(NONE, None)) == []


def test_a_doubt_has_its_line_and_is_none_where_it_is_meant() -> None:
    lines = ["a", "sh: git: not found", "bash: jq: command not found"]
    git, jq = Doubt(8, lines[1], "that a program is missing"), Doubt(9, lines[2], "that a program is missing")
    assert list(doubts(lines, None, 7)) == [git, jq]
    assert list(doubts(lines, "jq:", 7)) == [git]
    assert list(doubts(lines, "not found")) == []
    assert git.reason == (
        "says that a program is missing: 'sh: git: not found'; "
        'if the page is about that, write a part of that line behind the block\'s language, meant="..."'
    )
