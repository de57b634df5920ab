"""What the page's worker asks, and how it is answered; the same code runs in the reader's browser."""

import json
import subprocess
import sys
from typing import Any

import pytest

from dockerlearn import Container
from dockerlearn.learn.browser import Example, Outcome, Page, answer, commands, shown
from dockerlearn.terminal.session import LONGEST_OUTPUT, Job, Session


def console(text: str) -> Example:
    return Example("console", text)


def python(text: str, raises: str | None = None) -> Example:
    return Example("python", text, raises)


def outputs(outcome: Outcome) -> list[str]:
    return [run.output for run in outcome.runs]


def test_the_examples_above_run_first_and_each_once() -> None:
    page = Page()
    pull, look = console("docker pull -q alpine"), console("docker images -q | wc -l")
    assert [(place, outputs(outcome)) for place, outcome in page.run([pull, look])] == [
        (0, ["docker.io/library/alpine:latest\n"]),
        (1, ["1\n"]),
    ]
    again = console("docker pull -q nginx")
    assert [(place, outputs(outcome)) for place, outcome in page.run([pull, look, again])] == [
        (2, ["docker.io/library/nginx:latest\n"])
    ]


def test_what_was_run_before_counts_only_if_nothing_else_was() -> None:
    page = Page()
    examples = [console("docker pull -q nginx"), console("docker images -q | wc -l")]
    first = list(page.run(examples))
    changed = [console("docker pull -q nginx; docker pull -q alpine"), examples[1]]
    assert [outputs(outcome) for _, outcome in page.run(changed)][1] == ["2\n"]
    assert list(page.run(examples)) == first
    assert list(page.run(examples)) == first
    assert list(page.run(examples[:1])) == first[:1]


def test_the_terminal_and_python_of_a_page_do_not_know_of_one_another() -> None:
    page = Page()
    ran = list(
        page.run(
            [console("docker pull -q alpine"), python("from dockerlearn import Engine\nprint(Engine([]).images())")]
        )
    )
    assert outputs(ran[1][1]) == ["[]\n"]


def test_an_error_ends_the_run_with_its_line_and_what_was_printed_before() -> None:
    page = Page()
    ran = list(page.run([python("x = 1"), python("print('before')\n\n1 / 0"), python("print('after')")]))
    assert [place for place, _ in ran] == [0, 1]
    outcome = ran[1][1]
    assert (outputs(outcome), outcome.line) == (["before\n"], 3)
    assert outcome.error is not None
    assert outcome.error.startswith('Traceback (most recent call last):\n  File "<example>", line 3, in <module>\n')
    assert outcome.error.endswith("ZeroDivisionError: division by zero\n")
    assert "browser.py" not in outcome.error


def test_after_an_error_the_page_begins_anew() -> None:
    page = Page()
    list(page.run([python("kept = 1"), python("lost = 1\nraise ValueError")]))
    assert [place for place, _ in page.run([python("kept = 1"), python("print('lost' in globals())")])] == [0, 1]
    assert [outputs(outcome) for _, outcome in page.run([python("print('kept' in globals())")])] == [["False\n"]]


@pytest.mark.parametrize(
    ("source", "line", "last"),
    [
        ("x =", 1, "SyntaxError: invalid syntax\n"),
        ("raise SystemExit('enough')", 1, "SystemExit: enough\n"),
        ("\nraise KeyboardInterrupt", 2, "KeyboardInterrupt\n"),
        ("def down():\n    down()\n\ndown()", 4, "RecursionError: maximum recursion depth exceeded\n"),
    ],
)
def test_whatever_python_raises_is_an_answer(source: str, line: int, last: str) -> None:
    [(_, outcome)] = Page().run([python(source)])
    assert outcome.line == line
    assert outcome.error is not None
    assert outcome.error.endswith(last)


def test_python_that_is_to_fail_has_its_last_line_for_its_output() -> None:
    [(_, outcome)] = Page().run([python("print(1)\n{}['x']", "KeyError")])
    assert (outputs(outcome), outcome.error) == (["1\nKeyError: 'x'\n"], None)


def test_warnings_are_output_too() -> None:
    [(_, outcome)] = Page().run([python("import sys\nprint('out')\nprint('err', file=sys.stderr)")])
    assert outputs(outcome) == ["out\nerr\n"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("\n\n", []),
        ("docker ps\n\ndocker images\n", [("docker ps", False), ("docker images", False)]),
        ("for i in 1 2; do\n  echo $i\n\ndone\npwd", [("for i in 1 2; do\n  echo $i\n\ndone", False), ("pwd", False)]),
        ("echo 'open\n^C\n'", [("echo 'open\n^C\n'", False)]),
        ("sleep 9\n^C\npwd", [("sleep 9", True), ("pwd", False)]),
        ("^C\npwd", [("^C", False), ("pwd", False)]),
        ("echo 'never closed", [("echo 'never closed", False)]),
    ],
)
def test_a_text_is_split_where_a_terminal_would_run_it(text: str, expected: list[tuple[str, bool]]) -> None:
    assert list(commands(text)) == expected


def test_a_command_that_is_interrupted_shows_where() -> None:
    [(_, outcome)] = Page().run([console("sleep 60\n^C\necho $?")])
    assert outputs(outcome) == ["^C\n", "130\n"]
    assert [run.status for run in outcome.runs] == [130, 0]


def test_very_long_output_is_cut_and_says_so() -> None:
    assert shown("x" * LONGEST_OUTPUT) == "x" * LONGEST_OUTPUT
    assert (
        shown("x" * (LONGEST_OUTPUT + 1234)).removeprefix("x" * LONGEST_OUTPUT)
        == "\n[1,234 more characters are not shown]\n"
    )


def test_requests_and_answers_are_json() -> None:
    told: list[Any] = []
    request = json.dumps(["examples", "29", [{"language": "python", "text": "print('\\ud800 ü \\0')", "raises": None}]])
    assert answer(request, lambda value: told.append(json.loads(value))) == "null"
    [outcome] = told
    assert outcome == {
        "place": 0,
        "runs": [{"source": "print('\\ud800 ü \\0')", "output": "\ud800 ü \0\n", "status": 0}],
        "error": None,
        "line": None,
    }


def test_the_browser_gets_no_module_of_the_courses_tools() -> None:
    program = "import sys, dockerlearn.learn.browser; print([name for name in sys.modules if name.startswith('dockerlearn.course')])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def asked(name: str, *arguments: Any) -> Any:
    return json.loads(answer(json.dumps([name, *arguments]), lambda told: None))


def test_a_terminal_is_played_from_the_beginning_and_typed_into() -> None:
    view = asked("play", "playground", "29", 7, [[1.8e9, "docker pull -q nginx"]])
    assert [entry["output"] for entry in view["entries"]] == ["docker.io/library/nginx:latest\n"]
    assert view["commands"] == [[1.8e9, "docker pull -q nginx"]]
    typed = asked("type", "playground", "29", 7, 1, "docker images -q | wc -l\ndocker ps -q", 1.8e9 + 5)
    assert [entry["output"] for entry in typed["entries"]] == ["1\n", ""]
    assert typed["commands"] == [[1.8e9 + 5, "docker images -q | wc -l"], [1.8e9 + 5, "docker ps -q"]]
    assert asked("complete", "playground", "29", 7, 3, "docker rmi n") == {"word": "n", "candidates": ["nginx:latest"]}


TYPED = [[1.8e9, "docker pull -q nginx"], [1.8e9 + 5, "docker run -d --name web nginx"], [1.8e9 + 9, "docker ps -q"]]


begin = Session.begin


def begin_no_run(session: Session, line: str) -> Job:
    if "docker run" in line:
        raise RecursionError
    return begin(session, line)


def size_of_no_web(container: Container) -> int:
    if container.name == "web":
        raise RecursionError
    return 0


FAILING: dict[str, tuple[type, str, object]] = {
    "the line itself": (Session, "begin", begin_no_run),
    "what the page shows of it": (Container, "size", property(size_of_no_web)),
}


@pytest.mark.parametrize(("owner", "name", "replacement"), FAILING.values(), ids=FAILING)
def test_lines_that_this_model_cannot_play_leave_a_terminal_with_those_before(
    monkeypatch: pytest.MonkeyPatch, owner: type, name: str, replacement: object
) -> None:
    with monkeypatch.context() as changed:
        changed.setattr(owner, name, replacement)
        view = asked("play", "playground", "29", 7, TYPED)
    assert view["commands"] == TYPED[:1]
    assert [entry["line"] for entry in view["entries"]] == ["docker pull -q nginx"]
    assert (len(view["machine"]["images"]), view["machine"]["containers"], view["prompt"]) == (1, [], "$ ")
    typed = asked("type", "playground", "29", 7, 1, "docker images -q | wc -l", 1.8e9 + 20)
    assert typed["entries"][0]["output"] == "1\n"


def test_lines_that_this_model_does_not_take_are_told_by_those_it_takes() -> None:
    """As where a command that once ended goes on, and has the terminal."""
    view = asked(
        "play", "playground", "29", 7, [[1.8e9, "docker run nginx"], *TYPED[:1], [1.8e9 + 5, "\x03"], *TYPED[2:]]
    )
    assert [line for _, line in view["commands"]] == ["docker run nginx", "\x03", "docker ps -q"]
    assert asked("type", "playground", "29", 7, 3, "true", 1.8e9 + 20) is not None


@pytest.mark.parametrize(("name", "seed", "count"), [("nosuch", 7, 0), ("playground", 8, 0), ("playground", 7, 1)])
def test_a_terminal_that_is_not_where_it_should_be_is_not_typed_into(name: str, seed: int, count: int) -> None:
    asked("play", "playground", "29", 7, [])
    assert asked("type", name, "29", seed, count, "docker ps", 1.8e9) is None
    assert asked("complete", name, "29", seed, count, "docker p") is None
    assert asked("type", "playground", "29", 7, 0, "docker ps", 1.8e9) is not None


def test_the_challenge_is_a_terminal_with_goals_and_apart_from_the_other() -> None:
    assert asked("play", "playground", "29", 7, [[1.8e9, "docker pull nginx"]])["goals"] == []
    view = asked("play", "challenge", "29", 7, [])
    assert (len(view["goals"]), view["machine"]["images"]) == (7, [])
