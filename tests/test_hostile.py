"""Whatever is typed is answered, in a bounded number of steps, and the machine stays whole: `hostile.py` has what is typed.

Steps are counted and not measured, so a slow machine fails nothing here; what they take is a benchmark (`make bench`).
"""

import subprocess
import sys
from collections.abc import Sequence

import pytest

from dockerlearn.course.blocks import Lexer
from dockerlearn.course.verify import PageRun
from dockerlearn.learn.playground import CTRL_C, Playground
from dockerlearn.model.resources import CATCH_UP_STEPS, LINE_STEPS
from dockerlearn.terminal.syntax import incomplete
from tests.calls import calls
from tests.course.course_pages import ROOT
from tests.february import hub, page_session
from tests.hostile import LINES, LOOPS, PREPARED

WHOLE = ("docker ps -a", "docker system df")
# A line's own, what containers do meanwhile, and the last thing that was begun.
MOST = 2 * LINE_STEPS + CATCH_UP_STEPS
MOST_CALLS = 25  # of functions that a step of work stands for


@pytest.fixture
def every(request: pytest.FixtureRequest) -> int:
    """Of how many lines one is typed."""
    number: int = request.config.getoption("--every")
    return number


def test_there_are_enough_of_them() -> None:
    lines = [line for lines in LINES.values() for line in lines]
    assert len(set(lines)) >= 500


def sample(kind: str, every: int) -> Sequence[str]:
    """Some lines of a kind, and always the first."""
    return LINES[kind][::every]


@pytest.mark.parametrize("docker", ["28", "29"])
@pytest.mark.parametrize("kind", LINES)
def test_a_terminal_answers_and_stays_whole(kind: str, docker: str, every: int) -> None:
    session = page_session(docker)
    for line in PREPARED:
        assert session.run(line).status == 0
    for line in sample(kind, every):
        before = session.engine.work.done
        result = session.run(line)
        assert "Traceback" not in result.output, line
        assert session.engine.work.done - before <= MOST, line
        for command in WHOLE:
            assert session.run(command).status == 0, (line, command)


@pytest.mark.parametrize("kind", LINES)
def test_the_playground_answers_and_stays_whole(kind: str, every: int) -> None:
    playground, at = Playground(1, docker="28", registry=hub()), 1_800_000_000.0
    for line in (*PREPARED, *sample(kind, every * 3)):
        at += 1
        view = playground.type(line, at)
        while view["prompt"] != "$ ":  # two of them, if the program listens to neither
            view = playground.type(CTRL_C, at)
        for command in WHOLE:
            entry = playground.type(command, at)["entries"][-1]
            assert (entry["status"], "Traceback" in entry["output"]) == (0, False), (line, command)


@pytest.mark.parametrize("kind", LINES)
def test_the_terminal_program_answers_to_the_end_of_its_input(kind: str, every: int) -> None:
    lines = [line for line in sample(kind, every * 3) if not incomplete(line)]  # no line goes on in the next one
    script = "\n".join([*PREPARED, *lines, *WHOLE, "echo $? $((6 * 7))"])
    command = [sys.executable, "-m", "dockerlearn", "--clock", "2025-02-20T09:00:00Z"]
    ended = subprocess.run(command, input=script.encode(errors="replace"), cwd=ROOT, capture_output=True, check=False)
    assert b"Traceback" not in ended.stdout + ended.stderr
    assert ended.stdout.endswith(b"\n0 42\n")


@pytest.mark.parametrize("body", LOOPS)
def test_whatever_is_done_in_a_loop_is_counted_as_work(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    session = page_session()
    for line in PREPARED:
        session.run(line)
    session.run(body)  # what only the first time does, is done
    monkeypatch.setattr("dockerlearn.terminal.session.LINE_STEPS", 5_000)
    before = session.engine.work.done
    called = calls(lambda: session.run(f"while true; do {body}; done"))
    assert called <= MOST_CALLS * (session.engine.work.done - before)


def test_a_page_with_such_lines_is_verified_to_its_end(every: int) -> None:
    lexer = Lexer(ROOT / "mkdocs.yml")
    pages = 0
    for lines in LINES.values():
        for first in range(0, len(lines), 8 * every):
            shown = [line for line in lines[first : first + 8] if line.strip() and line.isprintable()]
            text = "".join(f"$ {line}\n" for line in [*PREPARED, *shown, "echo whole"] if not incomplete(line))
            run = PageRun("page.md", lexer.blocks(f"```console\n{text}```\n"))
            printed = run.printed(0)
            assert isinstance(printed, list)
            assert printed[-1] == "whole\n"
            pages += 1
    assert pages >= 60 // every
