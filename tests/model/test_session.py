"""A session: a terminal and a Python prompt, apart from each other, and repeatable when told to be."""

import traceback
from datetime import UTC, datetime

import pytest

from dockerlearn.clock import FixedClock, SystemClock
from dockerlearn.session import PAGE_CLOCK, Session


def test_the_terminal_and_the_engine_behind_it_are_one() -> None:
    session = Session()
    session.run("docker pull -q nginx")
    assert [name.familiar for name in session.engine.tags(session.engine.image("nginx"))] == ["nginx:latest"]


def test_a_result_is_what_the_terminal_shows_and_the_status() -> None:
    result = Session().run("docker image inspect nosuch")
    assert result.output == "[]\nError response from daemon: No such image: nosuch:latest\n"
    assert result.status == 1


def test_the_status_of_a_command_is_there_for_the_next() -> None:
    session = Session()
    session.run("docker history nosuch")
    assert session.run("echo $?").output == "1\n"
    assert session.run("echo $?").output == "0\n"


def test_every_command_takes_a_second_of_a_fixed_clock() -> None:
    session = Session(clock=FixedClock("2025-02-20T09:00:00"))
    session.run("docker pull -q alpine; docker images")
    session.run("docker images")
    assert session.clock.now() == datetime(2025, 2, 20, 9, 0, 2, tzinfo=UTC)


def test_sleeping_moves_a_fixed_clock() -> None:
    session = Session(clock=FixedClock("2025-02-20T09:00:00"))
    session.run("sleep 60")
    assert session.clock.now() == datetime(2025, 2, 20, 9, 1, 1, tzinfo=UTC)


def test_a_session_has_the_system_s_clock_unless_told_otherwise() -> None:
    assert isinstance(Session().clock, SystemClock)


WHERE = "docker pull -q alpine; docker image inspect -f '{{.GraphDriver.Data.UpperDir}}' alpine"


def test_a_page_gives_the_same_identities_and_times_at_every_run() -> None:
    assert Session.page().run(WHERE) == Session.page().run(WHERE)
    assert Session.page().clock.now().isoformat() == PAGE_CLOCK


def test_without_a_seed_identities_differ() -> None:
    assert Session().run(WHERE) != Session().run(WHERE)


def test_a_question_is_put_to_the_terminal() -> None:
    asked = []

    def ask(question: str) -> str:
        asked.append(question)
        return "y\n"

    result = Session(ask=ask).run("docker image prune")
    assert asked == ["WARNING! This will remove all dangling images.\nAre you sure you want to continue? [y/N] "]
    assert result.output == "Total reclaimed space: 0B\n"


def test_a_pipe_answers_before_the_terminal_is_asked() -> None:
    def ask(question: str) -> str:
        raise AssertionError(question)

    output = Session(ask=ask).run("echo y | docker image prune").output
    assert output.endswith("[y/N] Total reclaimed space: 0B\n")


def test_where_nobody_answers_the_answer_is_no() -> None:
    session = Session()
    session.run("docker pull -q nginx")
    assert session.run("docker image prune -a").output.endswith("Are you sure you want to continue? [y/N] ")
    assert session.run("docker images -q").output != ""


def test_python_keeps_its_names_from_block_to_block() -> None:
    session = Session()
    assert session.python("n = 20 + 8") == ""
    assert session.python("print(n)") == "28\n"


def test_python_and_the_terminal_have_nothing_in_common() -> None:
    session = Session()
    session.python("from dockerlearn import Engine\nengine = Engine()")
    assert session.run("echo [$engine]").output == "[]\n"
    assert session.namespace["engine"] is not session.engine


def test_python_runs_as_a_module_of_its_own() -> None:
    session = Session()
    assert session.python("print(__name__)") == "__main__\n"
    with pytest.raises(NameError):  # annotations are evaluated, as in a bare python
        session.python("def f(x: undefined): ...")


def test_a_traceback_points_into_the_page() -> None:
    with pytest.raises(ZeroDivisionError) as raised:
        Session().python("a = 1\n1 / 0", filename="page.md", line=41)
    last = traceback.extract_tb(raised.value.__traceback__)[-1]
    assert (last.filename, last.lineno, last.line) == ("page.md", 42, "1 / 0")


def test_a_syntax_error_points_into_the_page() -> None:
    with pytest.raises(SyntaxError) as raised:
        Session().python("a = 1\nb = = 2", filename="page.md", line=41)
    assert (raised.value.filename, raised.value.lineno) == ("page.md", 42)


def test_a_terminal_shows_what_a_command_wrote_before_the_next_one_asks() -> None:
    shown: list[str] = []

    def ask(question: str) -> str:
        shown.append(question)
        return "y\n"

    session = Session(clock=FixedClock("2025-02-20"), seed=1, ask=ask, show=shown.append)
    result = session.run("docker pull -q alpine && docker image prune -a | head -n 1")
    assert shown[0] == "docker.io/library/alpine:latest\n"
    assert shown[1].startswith("WARNING!")
    assert shown[2:] == ["Deleted Images:\n"]
    assert result.output == "docker.io/library/alpine:latest\nDeleted Images:\n"


def test_what_is_captured_is_shown_once_and_in_its_place() -> None:
    shown: list[str] = []
    session = Session(clock=FixedClock("2025-02-20"), show=shown.append)
    line = "echo a; x=$(echo b; nope); for i in 1 2; do echo $i$x; done; echo $((1/0)); echo never"
    result = session.run(line)
    assert "".join(shown) == result.output
    assert result.output.startswith("a\nbash: nope: command not found\n1b\n2b\nbash: ")
    assert shown[0] == "a\n"
