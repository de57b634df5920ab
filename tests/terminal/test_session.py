"""A session: a terminal and a Python prompt, apart from each other, and repeatable when told to be."""

import traceback
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from dockerlearn.model.clock import FixedClock, SystemClock
from dockerlearn.model.process import Line, Read, Sleep
from dockerlearn.terminal.session import PAGE_CLOCK, NotRaised, Result, Session
from tests.february import hub, page_session


def test_the_terminal_and_the_engine_behind_it_are_one() -> None:
    session = Session(registry=hub(), docker="28")
    session.run("docker pull -q nginx")
    assert [name.familiar for name in session.engine.tags(session.engine.image("nginx"))] == ["nginx:latest"]


def test_a_result_is_what_the_terminal_shows_and_the_status() -> None:
    result = Session(registry=hub(), docker="28").run("docker image inspect nosuch")
    assert result.output == "[]\nError response from daemon: No such image: nosuch:latest\n"
    assert result.status == 1


def test_the_status_of_a_command_is_there_for_the_next() -> None:
    session = Session(registry=hub(), docker="28")
    session.run("docker history nosuch")
    assert session.run("echo $?").output == "1\n"
    assert session.run("echo $?").output == "0\n"


def test_every_command_takes_a_second_of_a_fixed_clock() -> None:
    session = Session(registry=hub(), clock=FixedClock("2025-02-20T09:00:00"), docker="28")
    session.run("docker pull -q alpine; docker images")
    session.run("docker images")
    assert session.clock.now() == datetime(2025, 2, 20, 9, 0, 2, tzinfo=UTC)


def test_sleeping_moves_a_fixed_clock() -> None:
    session = Session(registry=hub(), clock=FixedClock("2025-02-20T09:00:00"), docker="28")
    session.run("sleep 60")
    assert session.clock.now() == datetime(2025, 2, 20, 9, 1, 1, tzinfo=UTC)


def test_a_session_has_the_system_s_clock_unless_told_otherwise() -> None:
    assert isinstance(Session(registry=hub(), docker="28").clock, SystemClock)


WHERE = "docker pull -q alpine; docker image inspect -f '{{.GraphDriver.Data.UpperDir}}' alpine"


def test_a_page_gives_the_same_identities_and_times_at_every_run() -> None:
    assert Session.page().run(WHERE) == Session.page().run(WHERE)
    assert Session.page().clock.now().isoformat() == PAGE_CLOCK


def test_without_a_seed_identities_differ() -> None:
    assert Session(registry=hub(), docker="28").run(WHERE) != Session(registry=hub(), docker="28").run(WHERE)


def test_a_question_is_put_to_the_terminal() -> None:
    asked = []

    def ask(question: str) -> str:
        asked.append(question)
        return "y\n"

    result = Session(registry=hub(), ask=ask, docker="28").run("docker image prune")
    assert asked == ["WARNING! This will remove all dangling images.\nAre you sure you want to continue? [y/N] "]
    assert result.output == "Total reclaimed space: 0B\n"


def test_a_pipe_answers_before_the_terminal_is_asked() -> None:
    def ask(question: str) -> str:
        raise AssertionError(question)

    output = Session(registry=hub(), ask=ask, docker="28").run("echo y | docker image prune").output
    assert output.endswith("[y/N] Total reclaimed space: 0B\n")


def test_where_nobody_answers_the_answer_is_no() -> None:
    session = Session(registry=hub(), docker="28")
    session.run("docker pull -q nginx")
    assert session.run("docker image prune -a").output.endswith("Are you sure you want to continue? [y/N] ")
    assert session.run("docker images -q").output != ""


def test_python_keeps_its_names_from_block_to_block() -> None:
    session = Session(registry=hub(), docker="28")
    assert session.python("n = 20 + 8") == ""
    assert session.python("print(n)") == "28\n"


def test_python_and_the_terminal_have_nothing_in_common() -> None:
    session = Session(registry=hub(), docker="28")
    session.python("from dockerlearn import Engine\nengine = Engine()")
    assert session.run("echo [$engine]").output == "[]\n"
    assert session.namespace["engine"] is not session.engine


def test_python_runs_as_a_module_of_its_own() -> None:
    session = Session(registry=hub(), docker="28")
    assert session.python("print(__name__)") == "__main__\n"
    # Nothing of our own module's settings is inherited: annotations are no texts.
    assert session.python("def f(x: int): ...\n\nprint(f.__annotations__['x'] is int)") == "True\n"


def test_python_that_must_raise_returns_what_it_printed_and_what_it_raised() -> None:
    session = Session(registry=hub(), docker="28")
    assert session.python("n = 1\nprint(n)\n{}[n]", raises="KeyError") == "1\nKeyError: 1\n"
    assert session.python("print(n)") == "1\n"
    with pytest.raises(ZeroDivisionError):
        session.python("1 / 0", raises="KeyError")
    with pytest.raises(NotRaised, match="no KeyError was raised"):
        session.python("print(n)", raises="KeyError")


def test_a_traceback_points_into_the_page() -> None:
    with pytest.raises(ZeroDivisionError) as raised:
        Session(registry=hub(), docker="28").python("a = 1\n1 / 0", filename="page.md", line=41)
    last = traceback.extract_tb(raised.value.__traceback__)[-1]
    assert (last.filename, last.lineno, last.line) == ("page.md", 42, "1 / 0")


def test_a_syntax_error_points_into_the_page() -> None:
    with pytest.raises(SyntaxError) as raised:
        Session(registry=hub(), docker="28").python("a = 1\nb = = 2", filename="page.md", line=41)
    assert (raised.value.filename, raised.value.lineno) == ("page.md", 42)


def test_a_terminal_shows_what_a_command_wrote_before_the_next_one_asks() -> None:
    shown: list[str] = []

    def ask(question: str) -> str:
        shown.append(question)
        return "y\n"

    session = Session(registry=hub(), clock=FixedClock("2025-02-20"), seed=1, ask=ask, show=shown.append, docker="28")
    result = session.run("docker pull -q alpine && docker image prune -a | head -n 1")
    assert shown[0] == "docker.io/library/alpine:latest\n"
    assert shown[1].startswith("WARNING!")
    assert shown[2:] == ["Deleted Images:\n"]
    assert result.output == "docker.io/library/alpine:latest\nDeleted Images:\n"


def test_what_is_captured_is_shown_once_and_in_its_place() -> None:
    shown: list[str] = []
    session = Session(registry=hub(), clock=FixedClock("2025-02-20"), show=shown.append, docker="28")
    line = "echo a; x=$(echo b; nope); for i in 1 2; do echo $i$x; done; echo $((1/0)); echo never"
    result = session.run(line)
    assert "".join(shown) == result.output
    assert result.output.startswith("a\nbash: nope: command not found\n1b\n2b\nbash: ")
    assert shown[0] == "a\n"


# Containers at a terminal


@pytest.fixture
def session() -> Session:
    """A terminal with alpine and nginx pulled, on a clock that moves only when told to."""
    session = Session(registry=hub(), clock=FixedClock("2025-02-20T09:00:00"), seed=1, docker="28")
    for image in ("alpine", "nginx"):
        session.run(f"docker pull -q {image}")
    return session


def seconds(session: Session, act: Callable[[], object]) -> float:
    """How long something takes, but for the second that every command takes."""
    before = session.clock.now()
    act()
    return (session.clock.now() - before).total_seconds() - 1


NGINX = "/docker-entrypoint.sh: Configuration complete; ready for start up\nnginx/1.27.4: start worker processes\n"
TRAPPING = "sh -c 'trap \"echo bye; exit 5\" INT; while :; do sleep 0.2; done'"


@pytest.mark.parametrize(
    ("command", "output", "status", "takes"),
    [
        ("sleep 30; echo after", "^C\n", 130, 0),
        ("for i in 1 2; do echo $i; sleep 30; done", "1\n^C\n", 130, 0),
        ("x=$(sleep 30); echo after", "^C\n", 130, 0),
        ("sleep 30 | cat", "^C\n", 130, 0),
        ("docker run nginx", f"{NGINX}^C\nnginx: SIGINT, exiting\n", 0, 0),
        (f"docker run alpine {TRAPPING}", "^C\nbye\n", 5, 0.2),
        ("docker run alpine sleep 5", "^C\n", 0, 5),
        ("docker run -it alpine sleep 5", "^C\n", 0, 5),
        ("docker wait web", "^C\n", 130, 0),
        ("docker logs -f web", f"{NGINX}^C\n", 130, 0),
        ("docker attach web", "^C\nnginx: SIGINT, exiting\n", 0, 0),
        ("docker start -a web", "^C\n", 0, 0),
        ("docker exec -it web sleep 30", "^C\n", 130, 0),
        ("echo quick; docker run --rm alpine echo hi", "quick\nhi\n", 0, 0),
    ],
)
def test_ctrl_c_interrupts_what_waits(session: Session, command: str, output: str, status: int, takes: float) -> None:
    session.run("docker run -d --name web nginx")
    result: list[Result] = []
    assert seconds(session, lambda: result.append(session.run(command, interrupt=True))) == pytest.approx(takes)
    assert result == [(output, status)]
    assert session.run("echo $?").output == f"{status}\n"


def test_ctrl_c_is_typed_once(session: Session) -> None:
    command = "docker run --name two alpine sh -c 'trap \"echo no\" INT; sleep 2; echo end'"
    assert session.run(command, interrupt=True) == ("^C\nno\nend\n", 0)


@pytest.mark.parametrize("command", ["docker logs -f web", "docker wait web"])
def test_who_only_watches_a_container_leaves_it_alone(session: Session, command: str) -> None:
    session.run("docker run -d --name web nginx")
    session.run(command, interrupt=True)
    assert session.run("docker inspect -f '{{.State.Status}}' web").output == "running\n"


def test_a_command_line_can_be_taken_on_from_where_it_waits(session: Session) -> None:
    shown: list[str] = []
    session = Session(registry=hub(), clock=FixedClock("2025-02-20T09:00:00"), seed=1, show=shown.append, docker="28")
    job = session.begin("echo a; sleep 5; echo b")
    assert isinstance(job.wait, Sleep)
    assert (job.wait.seconds, job.output, shown) == (5, "a\n", ["a\n"])
    job.resume()
    assert shown == ["a\n", "b\n"]
    assert session.end(job) == ("a\nb\n", 0)
    assert list(session.history) == [("echo a; sleep 5; echo b", Result("a\nb\n", 0))]
    assert session.clock.now() == datetime(2025, 2, 20, 9, tzinfo=UTC)


def test_the_history_keeps_the_last_thousand_commands_and_at_most_a_million_characters() -> None:
    session = page_session()
    for number in range(1_005):
        session.run(f"echo {number}")
    assert len(session.history) == 1_000
    assert (session.history[0][0], session.history[-1]) == ("echo 5", ("echo 1004", Result("1004\n", 0)))


def test_the_history_keeps_a_million_characters_of_commands_and_output_or_the_last_command_alone() -> None:
    session = page_session()
    half = f"head -c {500_000 - len('head -c 123456 /dev/zero')} /dev/zero"  # 500,000 with its output
    session.run(half)
    session.run(half)
    assert len(session.history) == 2
    session.run(":")
    assert [command for command, _ in session.history] == [half, ":"]
    session.run("head -c 1000001 /dev/zero")
    assert [command for command, _ in session.history] == ["head -c 1000001 /dev/zero"]
    session.run("true")
    assert [command for command, _ in session.history] == ["true"]


def test_ctrl_c_ends_a_command_that_waits_and_reaches_a_program_that_looks_out_for_it(session: Session) -> None:
    job = session.begin("sleep 30; echo after")
    job.interrupt()
    assert (job.wait, session.end(job)) == (None, Result("", 130))
    assert session.run("echo $?").output == "130\n"
    job = session.begin("docker run nginx")
    job.interrupt()
    assert (job.wait, session.end(job)) == (None, Result(f"{NGINX}nginx: SIGINT, exiting\n", 0))


def test_a_command_can_be_left_where_it_waits(session: Session) -> None:
    job = session.begin("docker run --name web nginx; echo after")
    job.leave()
    assert (job.wait, session.end(job)) == (None, Result(NGINX, 130))
    assert session.run("docker inspect -f '{{.State.Status}}' web").output == "running\n"


@pytest.mark.parametrize("command", ["docker run -it alpine", "docker exec -it web sh"])
def test_a_shell_that_asks_survives_ctrl_c(session: Session, command: str) -> None:
    session.run("docker run -d --name web nginx")
    job = session.begin(command)
    job.interrupt()
    assert isinstance(job.wait, Read)
    assert job.wait.prompt == SHELL
    job.resume(Line("exit 4"))
    assert session.end(job) == ("", 4)


def test_what_reads_in_a_container_ends_at_ctrl_c(session: Session) -> None:
    session.run("docker run -d --name web nginx")
    job = session.begin("docker exec -it web cat")
    job.interrupt()
    assert session.end(job) == ("", 130)


FOR_EVER = "dockerlearn: this goes on until somebody types Ctrl-C\n"


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("docker run nginx", NGINX),
        ("docker start -a web", ""),
        ("docker attach web", ""),
        ("docker wait web", ""),
        ("docker logs -f web", NGINX),
        ("docker run alpine sh -c 'echo one; while :; do sleep 300; done'", "one\n"),
        ("docker exec web sh -c 'while :; do sleep 300; done'", ""),
        ("while true; do sleep 300; done", ""),
    ],
)
def test_what_would_never_end_is_given_up_on_a_fixed_clock(session: Session, command: str, output: str) -> None:
    session.run("docker run -d --name web nginx")
    result: list[Result] = []
    assert seconds(session, lambda: result.append(session.run(command))) <= 3600 + 300
    assert result == [(output + FOR_EVER, 130)]
    assert session.run("docker inspect -f '{{.State.Status}}' web").output == "running\n"


@pytest.mark.parametrize(
    ("command", "output", "status", "takes"),
    [
        ("docker run alpine sh -c 'sleep 600; echo late; exit 3'", "late\n", 3, 600),
        ("docker wait slow", "4\n", 0, 900),
        ("docker logs -f slow", "begun\nover\n", 0, 900),
        ("docker attach slow", "over\n", 4, 900),
        ("docker exec slow sleep 60", "", 0, 60),
        ("docker stop slow", "slow\n", 0, 10),
        ("docker restart -t 2 slow slow", "slow\nslow\n", 0, 4),
    ],
)
def test_waiting_takes_its_time_on_a_fixed_clock(
    session: Session, command: str, output: str, status: int, takes: float
) -> None:
    session.run("docker run -d --name slow alpine sh -c 'echo begun; sleep 901; echo over; exit 4'")
    result: list[Result] = []
    assert seconds(session, lambda: result.append(session.run(command))) == takes
    assert result == [(output, status)]


def test_a_container_goes_on_while_other_commands_are_typed(session: Session) -> None:
    session.run("docker run -d --name slow alpine sh -c 'for i in 1 2 3; do echo $i; sleep 2; done'")
    assert session.run("docker logs slow").output == "1\n"
    assert session.run("docker logs slow").output == "1\n2\n"
    session.run("sleep 10")
    assert session.run("docker ps -a --format '{{.Status}}'").output == "Exited (0) 8 seconds ago\n"
    assert session.run("docker logs slow").output == "1\n2\n3\n"


def test_what_is_written_is_shown_before_its_program_waits() -> None:
    clock = FixedClock("2025-02-20T09:00:00")
    shown: list[tuple[str, int]] = []
    session = Session(
        registry=hub(), clock=clock, seed=1, show=lambda text: shown.append((text, clock.now().second)), docker="28"
    )
    session.run("docker pull -q alpine")
    shown.clear()
    session.run("docker run alpine sh -c 'echo a; sleep 5; echo b >&2; sleep 2; echo c'; echo d")
    assert shown == [("a\n", 1), ("b\n", 6), ("c\n", 8), ("d\n", 8)]
    shown.clear()
    session.run("echo e; sleep 3; echo f")
    assert shown == [("e\n", 9), ("f\n", 12)]


class Typist:
    """Somebody who types some lines, and then ends the input."""

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)
        self.prompts: list[str] = []

    def __call__(self, prompt: str) -> str:
        self.prompts.append(prompt)
        return f"{self.lines.pop(0)}\n" if self.lines else ""


def typing(*lines: str) -> tuple[Session, Typist]:
    typist = Typist(*lines)
    session = Session(registry=hub(), clock=FixedClock("2025-02-20T09:00:00"), seed=1, ask=typist, docker="28")
    for image in ("alpine", "nginx"):
        session.run(f"docker pull -q {image}")
    session.run("docker run -d --name web nginx")
    session.run("docker run -dit --name waiting alpine")
    return session, typist


SHELL = "/ # "


@pytest.mark.parametrize(
    ("command", "lines", "output", "status", "prompts"),
    [
        ("docker run -it alpine", ["echo hello", "exit"], "hello\n", 0, [SHELL] * 2),
        ("docker run -it alpine sh", ["false", "exit"], "", 1, [SHELL] * 2),
        ("docker run -it alpine sh", ["nosuch"], "sh: nosuch: not found\n", 127, [SHELL] * 2),
        ("docker run -it alpine sh", ["x=1", "echo a$x; exit 4", "echo never"], "a1\n", 4, [SHELL] * 2),
        ("docker exec -it web sh", ["hostname >/h; cat /h | wc -c", "exit 3"], "13\n", 3, [SHELL] * 2),
        ("docker exec -it web cat", ["one", "two"], "one\ntwo\n", 0, [""] * 3),
        ("docker attach waiting", ["echo again", "exit 6"], "again\n", 6, [SHELL] * 2),
        ("docker run -i alpine cat", ["one", "two"], "one\ntwo\n", 0, [""] * 3),
        ("docker run -i alpine", ["echo one", "exit 2"], "one\n", 2, [""] * 2),
        ("docker run alpine cat", ["never"], "", 0, []),
        ("docker exec web cat", ["never"], "", 0, []),
    ],
)
def test_lines_are_typed_into_a_program_that_asks_for_them(
    command: str, lines: list[str], output: str, status: int, prompts: list[str]
) -> None:
    session, typist = typing(*lines)
    assert session.run(command) == (output, status)
    assert typist.prompts == prompts


def test_what_is_typed_may_take_time() -> None:
    session, _ = typing("sleep 5", "echo slept", "exit")
    result: list[Result] = []
    assert seconds(session, lambda: result.append(session.run("docker run -it alpine"))) == 5
    assert result == [("slept\n", 0)]


def test_what_was_typed_into_a_container_stays_in_it() -> None:
    session, _ = typing("echo mine >/mine", "exit")
    session.run("docker exec -it web sh")
    assert session.run("docker diff web").output == "A /mine\n"
    assert session.run("docker exec waiting cat /mine").status == 1


def test_without_anybody_to_type_the_input_is_at_its_end(session: Session) -> None:
    assert session.run("docker run -it alpine") == ("", 0)
    assert session.run("docker run -i alpine cat") == ("", 0)


def test_at_a_pipe_there_is_no_terminal_to_type_into(session: Session) -> None:
    session.run("docker run -d --name web nginx")
    for command in ("docker run -it alpine", "docker exec -it web sh"):
        assert session.run(f"echo x | {command}") == ("the input device is not a TTY\n", 1)


class Impatient(SystemClock):
    """A clock at which somebody types Ctrl-C whenever it is waited for."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("command", "output", "status", "wait"),
    [
        ("sleep 30; echo after", "\n", 130, 30),
        ("docker run --rm nginx", f"{NGINX}\nnginx: SIGINT, exiting\n", 0, 60),
    ],
)
def test_ctrl_c_interrupts_a_real_clock(command: str, output: str, status: int, wait: float) -> None:
    clock = Impatient()
    session = Session(registry=hub(), clock=clock, docker="28")
    session.run("docker pull -q nginx")
    assert session.run(command) == (output, status)
    assert clock.waits == [wait]


def test_a_session_remembers_what_was_typed_and_what_came_of_it(session: Session) -> None:
    session.run("docker ps -q; false")
    assert list(session.history) == [
        ("docker pull -q alpine", ("docker.io/library/alpine:latest\n", 0)),
        ("docker pull -q nginx", ("docker.io/library/nginx:latest\n", 0)),
        ("docker ps -q; false", ("", 1)),
    ]
