"""The graded challenge: each goal is met by what it asks for, and by nothing less."""

from itertools import chain
from pathlib import Path

import pytest

from dockerlearn.__main__ import main
from dockerlearn.course.blocks import Lexer
from dockerlearn.course.console import read_console
from dockerlearn.learn.challenge import GOALS, Challenge
from dockerlearn.model.clock import FixedClock
from dockerlearn.terminal.session import Session

ROOT = Path(__file__).parents[2]
NAMES = [goal.name for goal in GOALS]
PULL = "docker pull -q nginx; docker pull -q node:22-alpine; docker pull -q python:3.12-slim"
MAKE = "docker run -d --name first nginx; docker run -d --name second nginx"
LAYERS = "docker image inspect -f '{{join .RootFS.Layers \"\\n\"}}' nginx python:3.12-slim | sort | uniq -d"
CLEAN = "docker rm first; docker rmi nginx node:22-alpine python:3.12-slim"
SOLUTION = [PULL, MAKE, "docker stop first", "docker rm -f second", "docker logs first", LAYERS, CLEAN]


def met(*commands: str) -> list[str]:
    """The names of the goals that these commands meet, in the order in which they are met."""
    session = Session(clock=FixedClock("2026-08-22"), seed=1)
    challenge = Challenge(session)
    found: list[str] = []
    for command in commands:
        session.run(command)
        found += [goal.name for goal in challenge.look()]
    assert {goal.name for goal in challenge.met} == set(found)
    assert [goal.name for goal in challenge.open] == [name for name in NAMES if name not in found]
    return found


def test_an_empty_machine_meets_no_goal() -> None:
    assert met("docker images", "docker ps -a") == []


def test_a_command_for_each_goal_meets_them_one_by_one() -> None:
    assert met(*SOLUTION) == NAMES


def test_the_solution_of_the_page_meets_all_goals() -> None:
    blocks = Lexer(ROOT / "mkdocs.yml").blocks((ROOT / "docs/challenge.md").read_text(encoding="utf-8"))
    commands = chain.from_iterable(
        read_console(block.text, block.text_line) for block in blocks if block.language == "console"
    )
    assert set(met(*(command.source for command in commands))) == set(NAMES)


@pytest.mark.parametrize(
    ("instead", "goal"),
    [
        ({0: "docker pull -q nginx; docker pull -q node:22-alpine; docker pull -q python:3.12"}, "pull"),
        ({1: "docker run -d --name first nginx; docker run -d --name second alpine"}, "make"),
        ({1: "docker run -d --name first nginx"}, "make"),
        ({2: "docker pause first"}, "stop"),
        ({2: "docker restart first"}, "stop"),
        ({3: "docker rm second"}, "remove"),
        ({3: "docker stop second", 6: "docker ps -a"}, "remove"),
        ({3: "docker rm -f first second"}, "remove"),
        ({4: "docker logs second"}, "logs"),
        ({4: "docker ps -a"}, "logs"),
        ({4: "docker logs first; false"}, "logs"),
        ({4: "docker logs --tail 1 first"}, "logs"),
        ({5: "docker history nginx"}, "layers"),
        ({5: "docker image inspect -f '{{.RootFS.Layers}}' nginx"}, "layers"),
        ({6: "docker system prune -f"}, "clean"),
        ({6: "docker rmi -f nginx node:22-alpine python:3.12-slim"}, "clean"),
        ({6: "docker rm first; docker rmi nginx"}, "clean"),
    ],
)
def test_less_than_what_is_asked_for_is_not_enough(instead: dict[int, str], goal: str) -> None:
    assert goal not in met(*(instead.get(number, command) for number, command in enumerate(SOLUTION)))


@pytest.mark.parametrize(
    ("instead", "goal"),
    [
        ({1: "docker create nginx; docker create nginx:latest; docker start $(docker ps -aq)"}, "make"),
        ({2: "docker kill first"}, "stop"),
        ({3: "docker container stop second && docker container rm second"}, "remove"),
        ({4: "docker container logs $(docker ps -aq)"}, "logs"),
        ({5: "docker inspect nginx; docker inspect python:3.12-slim"}, "layers"),
        ({6: "docker system prune -af"}, "clean"),
    ],
)
def test_other_ways_lead_there_too(instead: dict[int, str], goal: str) -> None:
    assert goal in met(*(instead.get(number, command) for number, command in enumerate(SOLUTION)))


def test_cleaning_up_at_first_does_not_count() -> None:
    assert met(PULL, "docker rmi nginx node:22-alpine python:3.12-slim") == ["pull"]


def test_the_layers_may_be_compared_at_any_time_after_the_pull() -> None:
    assert met(LAYERS, PULL, LAYERS) == ["pull", "layers"]


def test_a_goal_that_is_met_stays_met() -> None:
    assert met(PULL, "docker rmi nginx", MAKE) == ["pull", "make"]


def test_hints_go_from_vague_to_plain_and_then_repeat() -> None:
    session = Session(clock=FixedClock("2026-08-22"))
    challenge = Challenge(session)
    assert [challenge.hint() for _ in range(3)] == ["One command for each.", *["docker pull nginx"] * 2]
    session.run(PULL)
    challenge.look()
    assert challenge.hint() == GOALS[1].hints[0]
    for command in SOLUTION[1:]:
        session.run(command)
        challenge.look()
    assert challenge.hint() == "There's nothing left to do."


def test_each_hint_comes_in_its_turn() -> None:
    session = Session(clock=FixedClock("2026-08-22"), seed=1)
    challenge = Challenge(session)
    for command in SOLUTION[:5]:
        session.run(command)
        challenge.look()
    layers = challenge.open[0]
    assert layers.name == "layers"
    assert [challenge.hint() for _ in layers.hints] == [*layers.hints]


def test_the_hints_that_come_before_name_what_is_needed() -> None:
    assert [hint for goal in GOALS for hint in goal.hints[:-1]] == [
        "One command for each.",
        "Each needs -d and a --name, before the image.",
        "It has a name.",
        "The refusal of docker rm names two ways out.",
        "It isn't running, but it's still there.",
        "docker image inspect takes several images, and -f prints just .RootFS.Layers.",
        "With one layer per line, shared ones appear twice: sort, then uniq with an option.",
        "docker system prune leaves images that have a name.",
        "First the container: docker rm first",
    ]


def test_the_plainest_hints_are_a_solution() -> None:
    last = {goal.name: goal.hints[-1] for goal in GOALS}
    typed = [PULL, f"{last['make']}; {last['make'].replace('first', 'second')}"]
    typed += [last[name] for name in ("stop", "remove", "logs", "layers")]
    typed += [GOALS[-1].hints[1].partition(": ")[2], last["clean"]]
    assert set(met(*typed)) == set(NAMES)


# In the terminal


def graded(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *lines: str) -> tuple[list[str], int]:
    """What `dockerlearn challenge` says to a script, and its exit status."""
    script = __import__("io").StringIO("".join(f"{line}\n" for line in lines))
    monkeypatch.setattr("sys.stdin", script)
    status = main(["challenge", "--clock", "2026-08-22", "--seed", "1"])
    return capsys.readouterr().out.splitlines(), status


def test_the_terminal_ticks_goals_as_they_are_met(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said, status = graded(monkeypatch, capsys, *SOLUTION)
    assert said[0] == "[ ] 1. Pull nginx, node:22-alpine and python:3.12-slim."
    ticked = [line for line in said if line.startswith("[x]")]
    assert ticked == [f"[x] {number}. {goal.text}" for number, goal in enumerate(GOALS, 1)]
    assert said[-1] == "All goals are met. Never stop coding."
    assert status == 0


def test_who_leaves_early_is_told_what_was_reached(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said, status = graded(monkeypatch, capsys, PULL, "goals", "hint", "hint")
    assert said[-1] == "1 of 7 goals are met."
    assert said[-3:-1] == list(GOALS[1].hints)
    assert said[-10:-3] == [
        "[x] 1. Pull nginx, node:22-alpine and python:3.12-slim.",
        "[ ] 2. Make two containers from nginx that run in the background.",
        "[ ] 3. Stop one of them, but don't remove it.",
        "[ ] 4. Remove the other one, which is still running.",
        "[ ] 5. Read the logs of the one that's left.",
        "[ ] 6. Find the layers that nginx and python:3.12-slim have in common.",
        "[ ] 7. Clean up: no container, and none of the three images.",
    ]
    assert status == 1


def test_one_command_line_can_be_graded(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["challenge", "-c", "; ".join(SOLUTION[:1])]) == 1
    assert "[x] 1." in capsys.readouterr().out
