"""Small promises that nothing else holds: each was found because a change of the code went unnoticed."""

import pytest

from dockerlearn import Image
from dockerlearn.learn.playground import Playground
from dockerlearn.model.errors import DockerError
from dockerlearn.model.names import random_name
from dockerlearn.model.network import RANDOM_PORTS
from dockerlearn.regexp.matcher import Regexp
from dockerlearn.regexp.syntax import RegexpError
from dockerlearn.terminal.programs import EDIT_STEPS
from dockerlearn.terminal.session import Result, Session
from tests.february import hub, page_session


@pytest.fixture
def session() -> Session:
    return page_session()


def test_a_commit_keeps_its_message_where_inspect_shows_it(session: Session) -> None:
    session.run("docker create --name box alpine; docker commit -m 'as it was' box mine")
    assert session.run("docker image inspect -f '{{.Comment}}' mine").output == "as it was\n"
    assert session.run("docker image inspect mine | grep Comment").output == '        "Comment": "as it was",\n'


def test_a_port_behind_which_nothing_listens_resets_the_connection(session: Session) -> None:
    session.run("docker run -d --name box -p 8081:80 alpine sleep 1000")
    assert session.run("curl -s localhost:8081") == Result("", 56)
    assert session.run("curl -s localhost:8082") == Result("", 7)


def test_a_paused_container_hears_of_a_signal_when_it_goes_on(session: Session) -> None:
    status = "docker ps -a --format '{{.Status}}'"
    session.run("docker run -d --name web nginx; docker pause web; docker kill -s INT web")
    assert session.run(status).output.endswith(" (Paused)\n")
    session.run("docker unpause web")
    assert session.run(status).output.startswith("Exited (0)")


def test_a_signal_to_one_that_is_not_paused_is_heard_at_once(session: Session) -> None:
    session.run("docker run -d --name box alpine sh -c 'trap \"echo heard\" USR1; while true; do sleep 1; done'")
    session.run("sleep 2; docker kill -s USR1 box; sleep 2")
    assert session.run("docker logs box").output == "heard\n"


@pytest.mark.parametrize("name", [".", "..", "..."])
def test_a_directory_is_no_command_of_a_containers_shell(session: Session, name: str) -> None:
    session.run("docker run -d --name box alpine sleep 1000")
    assert session.run(f"docker exec box sh -c '\"{name}\"'") == Result(f"sh: {name}: not found\n", 127)


def test_a_tree_may_be_as_deep_as_the_limit_and_no_deeper(session: Session) -> None:
    session.run("docker run -d --name box alpine sleep 1000; docker exec box mkdir -p /a/" + "d/" * 99)
    session.run("docker exec box mkdir -p /b/" + "d/" * 99)  # with /b, a hundred
    assert session.run("docker exec box mv /a /b/" + "d/" * 98).status == 0  # 99 and what is a hundred deep
    session.run("docker exec box mkdir -p /c/" + "d/" * 99)
    assert session.run("docker exec box mv /c /b/" + "d/" * 99 + "e").status == 1


@pytest.mark.parametrize(
    ("text", "blank"), [("!", False), ("\x08", False), ("\x0b", True), ("\x0e", False), (" ", True)]
)
def test_a_blank_is_what_posix_says(text: str, blank: bool) -> None:
    assert Regexp("[[:space:]]").search(text) is blank


def test_no_container_is_suggested_whose_name_or_port_is_taken() -> None:
    for taken in ("docker run -d --name web alpine sleep 1000", "docker run -d --name other -p 8080:80 nginx"):
        playground = Playground(1, docker="28", registry=hub())
        playground.type("docker pull -q nginx", 1_000_000.0)
        suggestions = playground.type(taken, 1_000_001.0)["suggestions"]
        assert not any("--name web" in line and "8080:80" in line for line in suggestions)


def test_two_directories_on_the_way_are_kept_apart_from_what_lies_in_them(session: Session) -> None:
    session.run("docker run -d --name box alpine sleep 1000; echo hi > f; docker exec box mkdir /tmp/x")
    assert session.run("docker cp -q f box:/tmp/x/").status == 0
    assert session.run("docker exec box cat /tmp/x/f").output == "hi\n"


def test_the_exit_code_that_is_looked_for_is_that_of_a_container_that_has_ended(session: Session) -> None:
    session.run(
        "docker run --name ended alpine true; docker run -d --name up alpine sleep 1000; docker create --name new alpine"
    )
    assert session.run("docker ps -a --filter exited=0 --format '{{.Names}}'").output == "ended\n"
    assert session.run("docker ps -a --filter exited=1 --format '{{.Names}}'").output == ""


def test_inspect_shows_letters_as_they_are(session: Session) -> None:
    session.run("docker create --name box -e GREETING=schön alpine")
    assert '"GREETING=schön"' in session.run("docker inspect box").output


def test_a_loop_that_is_too_busy_at_the_end_of_an_absence_is_looked_at_a_second_later(session: Session) -> None:
    session.run("docker run -d --name box alpine sh -c 'while true; do date > /now; sleep 0.0000001; done'")
    session.clock.sleep(10_000)
    session.engine.containers()
    box, now = session.engine.container("box"), session.engine.clock.now()
    assert box.wake is not None
    assert box.wake > now
    notes = [each.text for each in box.logs()]
    assert len(notes) == 2
    assert all(note.endswith(" is left out\n") for note in notes)


def test_one_that_is_paused_wakes_by_itself_no_more_than_one_that_has_ended(session: Session) -> None:
    session.run("docker run -d --name box alpine sleep 1000; docker pause box")
    processes = session.engine.container("box").processes
    assert (processes.wake, processes.next_wake, processes.prompt) == (None, None, None)
    session.run("docker rm -f box")
    assert (processes.wake, processes.next_wake, processes.prompt) == (None, None, None)


def test_a_word_a_command_and_a_variable_have_their_steps(session: Session) -> None:
    def steps(line: str) -> int:
        before = session.engine.work.done
        session.run(line)
        return session.engine.work.done - before - 2 * len(line)

    assert steps("x=1; x=1") - steps("x=1") == 3  # one to set it, two for a command, even one without a name
    assert steps("true a b") - steps("true a") == 1
    assert steps("x=" + "1" * 1000) - steps("x=1") == 10


@pytest.mark.parametrize(
    ("line", "status"), [("sleep 86400", 0), ("sleep 86401", 1), ("sleep 1d", 0), ("sleep 1441m", 1)]
)
def test_a_wait_is_a_day_long_at_most(line: str, status: int) -> None:
    session = page_session()
    job = session.begin(line)
    assert (job.wait is None) is bool(status)
    assert job.status == status


def test_forty_shells_run_within_each_other_and_no_more(session: Session) -> None:
    session.run("docker run -d --name box alpine sleep 1000")
    session.run("docker exec box sh -c 'echo echo x > /f; echo \"sh /f\" >> /f'")
    result = session.run("docker exec box sh /f")
    assert result.output.count("x\n") == 40


def test_a_brace_that_is_missing_is_named_as_by_busybox(session: Session) -> None:
    session.run("docker run -d --name box alpine sleep 1000")
    assert session.run("docker exec box sh -c 'echo ${x'") == Result("sh: syntax error: missing '}'\n", 2)


def test_a_range_of_cut_goes_on_to_the_end_of_a_long_line(session: Session) -> None:
    assert session.run(f"echo {'a' * 300} | cut -c 5-").output == "a" * 296 + "\n"


def test_a_second_that_has_passed_at_once_is_said() -> None:
    entry = Playground(1, docker="28", registry=hub()).type("sleep 1", 1_000_000.0)["entries"][0]
    assert entry["notes"] == ["1 second passed at once."]


def test_python_that_runs_a_program_without_end_gets_an_error(session: Session) -> None:
    session.run("docker run -d --name box alpine sleep 1000")
    box = session.engine.container("box")
    with pytest.raises(DockerError, match="more than 100000 steps of a line are more than dockerlearn does"):
        box.exec("sh", "-c", "while true; do sh -c true; sleep 0.001; done")
    assert box.exec("echo", "still here").standard == "still here\n"


def test_a_text_that_is_cut_to_less_than_nothing_is_nothing(session: Session) -> None:
    session.run("docker create --name box alpine")
    assert (
        session.run("docker inspect -f '[{{truncate .Id -1}}{{truncate .Id 0}}{{truncate .Id 1}}]' box").output[:2]
        == "[4"
    )


@pytest.mark.parametrize(
    ("line", "output"),
    [
        ("sh -c 'echo \"a'", "sh: syntax error: unterminated quoted string\n"),
        ("hostname -x", "hostname: -x is something that dockerlearn does not know\n"),
    ],
)
def test_a_container_refuses_as_busybox_or_by_name(session: Session, line: str, output: str) -> None:
    session.run("docker run -d --name box alpine sleep 1000")
    assert session.run(f"docker exec box {line}").output == output


def test_a_command_on_a_fixed_clock_has_an_hour(session: Session) -> None:
    result = session.run("while true; do echo x; sleep 60; done")
    assert result.output == "x\n" * 62 + "dockerlearn: this goes on until somebody types Ctrl-C\n"


def test_random_ports_are_those_of_linux() -> None:
    assert (RANDOM_PORTS[0], RANDOM_PORTS[-1]) == (32768, 60999)


@pytest.mark.parametrize(("at", "year"), [(2**32, "2106"), (2**32 + 1, "1970"), (-1, "1970")])
def test_a_time_that_cannot_be_is_not_believed(at: float, year: str) -> None:
    entry = Playground(1, docker="28", registry=hub()).type("docker run --rm alpine date", at)["entries"][0]
    assert entry["output"].endswith(f" {year}\n")


def test_an_image_without_a_name_that_others_were_made_of_is_not_shown_among_the_images() -> None:
    playground = Playground(1, docker="28", registry=hub())
    for line in (
        "docker run --name one alpine touch /a",
        "docker commit one app",
        "docker run --name two app touch /b",
    ):
        playground.type(line, 1_000_000.0)
    machine = playground.type("docker commit two app; docker rm one two", 1_000_010.0)["machine"]
    assert sorted(image["label"] for image in machine["images"]) == ["alpine:latest", "app:latest"]


def test_an_expression_is_as_deep_as_go_allows_and_no_deeper() -> None:
    assert Regexp("(" * 999 + "a" + ")" * 999).search("a")
    with pytest.raises(RegexpError, match="nests too deeply"):
        Regexp("(" * 1_000 + "a" + ")" * 1_000)


def test_a_name_that_is_taken_is_followed_by_the_same_one_each_time() -> None:
    assert random_name("0" * 64, {}) == "admiring_allen"
    assert random_name("0" * 64, {"admiring_allen"}) == "boring_allen1"


def test_who_asks_for_a_tag_that_is_not_there_hears_of_those_that_are() -> None:
    (note,) = Playground(1, docker="28", registry=hub()).type("docker pull nginx:nosuch", 1_000_000.0)["entries"][0][
        "notes"
    ]
    assert note.startswith("The course's registry has these tags of nginx: 1, 1.27, ")
    assert note.endswith(", latest, stable.")


def test_a_step_of_an_image_shows_letters_as_they_are() -> None:
    assert [step.created_by for step in Image.scratch.with_config(cmd=["schön"]).steps] == ['CMD ["schön"]']


def test_a_deeper_directory_is_more_work(session: Session) -> None:
    session.run("docker run -d --name box alpine sleep 1000")

    def steps(path: str) -> int:
        before = session.engine.work.done
        session.run(f"docker exec box mkdir -p {path}")
        return session.engine.work.done - before - 2 * len(path)

    # Five directories more; and each is looked for from the root on, the deepest in seven steps.
    assert steps("/b/b/b/b/b/b/b") - steps("/a/a") >= 5 * EDIT_STEPS + (3 + 4 + 5 + 6 + 7) + 5 * 10
