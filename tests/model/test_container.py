"""Containers: their processes and the time that passes, names, ports, volumes, and what keeps them apart from one another.

What each verb does in each state is in `test_lifecycle`. Facts and texts are those of Engine 28.5.2.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import datetime

import pytest

from dockerlearn.hub.programs import BUSYBOX
from dockerlearn.model.clock import FixedClock
from dockerlearn.model.container import LONGEST_GRACE, Container, stop
from dockerlearn.model.engine import REFUSED, RESET, Engine
from dockerlearn.model.errors import CannotStart, Conflict, DaemonError, DockerError, InvalidReference, NotFound
from dockerlearn.model.image import Image
from dockerlearn.model.layer import Layer
from dockerlearn.model.lifecycle import State
from dockerlearn.model.network import Port
from dockerlearn.model.process import SIGNALS, Stream, Write, complete, signal_name
from dockerlearn.model.processes import MOST_ROUNDS
from dockerlearn.model.store.images import Removal
from dockerlearn.model.tree import Content, Directory, Symlink
from tests.february import hub

IMAGES = ("alpine", "nginx", "postgres:16")


@pytest.fixture
def engine() -> Engine:
    """An engine that has some images, on a clock that moves only when told to."""
    engine = Engine([hub()], clock=FixedClock("2025-02-20T09:00:00"), seed=1, docker="28")
    for image in IMAGES:
        engine.pull(image)
    return engine


def sh(engine: Engine, line: str) -> Container:
    """A running container of alpine whose process is that line of shell."""
    return engine.run("alpine", "sh", "-c", line)


def deaf(engine: Engine) -> Container:
    """One whose process looks out for no signal."""
    return engine.run("alpine", "sleep", "1d")


def written(container: Container) -> str:
    return "".join(write.text for write in container.logs())


def seconds(container: Container) -> float:
    """How long its process ran."""
    return (container.finished - container.started).total_seconds()


def ended(container: Container) -> tuple[State, int]:
    return container.state, container.exit_code


# In Python


def test_a_container_in_python() -> None:
    engine = Engine([hub()], clock=FixedClock("2025-02-20T09:00:00"), seed=1, docker="28")
    web = engine.run("nginx", name="web")
    assert web.state is State.RUNNING
    web.write("/tmp/x", "1")
    assert web.read("/tmp/x") == "1"
    assert web.diff() == [("C", "/tmp"), ("A", "/tmp/x")]
    assert web.size == web.layer.size == 1
    web.stop()
    assert (web.state, web.exit_code) == (State.EXITED, 0)
    assert repr(web) == f"<Container web {web.id[:12]} exited>"
    assert engine.container("web") is web
    web.remove()
    assert engine.containers() == []


def test_a_container_s_settings_are_the_image_s_unless_it_has_its_own(engine: Engine) -> None:
    plain = engine.create("nginx")
    assert plain.config.entrypoint == ("/docker-entrypoint.sh",)
    assert plain.config.cmd == ("nginx", "-g", "daemon off;")
    assert plain.config.env == engine.image("nginx").config.env
    assert plain.config.exposed_ports == ("80/tcp",)
    told = engine.create("nginx", "ls", "/", env=["A=1", "NGINX_VERSION=9"], ports=["8443:443"])
    assert told.config.entrypoint == plain.config.entrypoint
    assert told.config.cmd == ("ls", "/")
    assert told.config.env[:3] == ("A=1", "NGINX_VERSION=9", plain.config.env[0])
    assert len(told.config.env) == len(plain.config.env) + 1
    assert told.config.exposed_ports == ("80/tcp", "443/tcp")


@pytest.mark.parametrize(
    ("entrypoint", "command", "runs"),
    [
        (None, [], ["/docker-entrypoint.sh", "nginx", "-g", "daemon off;"]),
        (["sh"], [], ["sh"]),
        (["sh"], ["-c", "x"], ["sh", "-c", "x"]),
        ([], ["ls", "/"], ["ls", "/"]),
        (["a", "b"], ["c"], ["a", "b", "c"]),
    ],
)
def test_another_entrypoint_drops_the_image_s_command(
    engine: Engine, entrypoint: list[str] | None, command: list[str], runs: list[str]
) -> None:
    container = engine.create("nginx", *command, entrypoint=entrypoint)
    assert [*container.config.entrypoint, *container.config.cmd] == runs


@pytest.mark.parametrize(
    ("image", "entrypoint"),
    [("nginx", []), ("alpine", []), ("bare", None)],
)
def test_a_container_without_a_command_is_refused(engine: Engine, image: str, entrypoint: list[str] | None) -> None:
    engine.add(Image.scratch.with_layer(Layer.of({"a": "1"}), by="COPY"), "bare")
    with pytest.raises(DaemonError, match=r"^no command specified$"):
        engine.create(image, entrypoint=entrypoint)
    assert engine.containers() == []


def test_a_container_can_only_be_made_of_an_image_that_is_here() -> None:
    engine = Engine([hub()], clock=FixedClock("2025-02-20"), seed=1, docker="28")
    with pytest.raises(NotFound, match=r"^No such image: nginx:latest$"):
        engine.create("nginx")
    assert engine.run("nginx").image == engine.image("nginx")
    with pytest.raises(NotFound, match=r"^pull access denied for nosuch, repository does not exist"):
        engine.run("nosuch")


# Processes and time


@pytest.mark.parametrize(
    ("line", "code", "lasts"),
    [
        ("true", 0, 0),
        ("exit 3", 3, 0),
        ("nosuch", 127, 0),
        ("/etc/passwd", 126, 0),
        ("sleep 5", 0, 5),
        ("sleep 1; sleep 2; exit 4", 4, 3),
        ("for i in 1 2 3; do sleep 1; done", 0, 3),
        ("sleep 0.25", 0, 0.25),
        ("x=$(sleep 2; echo 7); exit $x", 7, 2),
        ("sleep 3 | sleep 1", 0, 4),
    ],
)
def test_a_container_ends_with_its_process_and_with_that_one_s_status(
    engine: Engine, line: str, code: int, lasts: float
) -> None:
    container = sh(engine, line)
    if lasts:
        engine.clock.sleep(lasts - 0.001)
        assert container.state is State.RUNNING
        engine.clock.sleep(0.001)
    assert ended(container) == (State.EXITED, code)
    assert seconds(container) == lasts


def test_a_process_did_what_it_had_time_for_however_late_one_looks(engine: Engine) -> None:
    container = sh(engine, "echo one; sleep 2; echo two; sleep 2; echo three; exit 4")
    assert written(container) == "one\n"
    engine.clock.sleep(2)
    assert written(container) == "one\ntwo\n"
    engine.clock.sleep(1000)
    assert written(container) == "one\ntwo\nthree\n"
    assert (ended(container), seconds(container)) == ((State.EXITED, 4), 4)


def test_logs_tell_both_streams_apart_and_keep_their_order(engine: Engine) -> None:
    container = sh(engine, "echo out1; echo err1 >&2; echo out2")
    assert container.logs() == (
        Write(Stream.STDOUT, "out1\n"),
        Write(Stream.STDERR, "err1\n"),
        Write(Stream.STDOUT, "out2\n"),
    )


def test_logs_and_files_outlive_the_process(engine: Engine) -> None:
    container = sh(engine, "echo run >>/runs; cat /runs")
    container.start()
    assert written(container) == "run\nrun\nrun\n"
    assert container.diff() == [("A", "/runs")]


def test_starting_again_forgets_how_the_last_process_ended(engine: Engine) -> None:
    container = sh(engine, "sleep 1; exit 3")
    engine.clock.sleep(5)
    first = container.started
    assert ended(container) == (State.EXITED, 3)
    container.start()
    assert ended(container) == (State.RUNNING, 0)
    assert (container.started - first).total_seconds() == 5
    assert seconds(container) < 0  # `finished` is still that of the last process


def test_what_is_lost_of_a_container_that_runs_is_lost_to_its_process(engine: Engine) -> None:
    container = sh(engine, "sleep 1; cat /f; sleep 1; cat /f")
    container.write("/f", "here\n")
    engine.clock.sleep(1)
    assert written(container) == "here\n"
    container.exec("rm", "/f")
    engine.clock.sleep(1)
    assert written(container) == "here\ncat: can't open '/f': No such file or directory\n"
    assert ended(container) == (State.EXITED, 1)


# Stopping


@pytest.mark.parametrize(("timeout", "lasts"), [(None, 10), (2, 2), (0.5, 0.5), (0, 0)])
def test_a_process_that_ignores_its_stop_signal_is_killed_in_the_end(
    engine: Engine, timeout: float | None, lasts: float
) -> None:
    container = deaf(engine)
    before = engine.clock.now()
    container.stop(timeout)
    assert (engine.clock.now() - before).total_seconds() == lasts
    assert ended(container) == (State.EXITED, 137)


@pytest.mark.parametrize("timeout", [None, -1])
def test_a_process_that_ends_before_that_ends_with_its_own_status(engine: Engine, timeout: float | None) -> None:
    container = sh(engine, "sleep 7; exit 3")
    container.stop(timeout)
    assert (ended(container), seconds(container)) == ((State.EXITED, 3), 7)


def test_a_process_that_heeds_its_stop_signal_takes_no_time(engine: Engine) -> None:
    web = engine.run("nginx")
    before = engine.clock.now()
    web.stop()
    assert engine.clock.now() == before
    assert ended(web) == (State.EXITED, 0)


def test_a_container_may_be_stopped_with_another_signal(engine: Engine) -> None:
    web, container = engine.run("nginx"), sh(engine, "trap 'exit 9' USR1; while :; do sleep 1; done")
    web.stop(signal="SIGINT")
    assert written(web).endswith("nginx: SIGINT, exiting\n")
    container.stop(signal="USR1")
    assert ended(container) == (State.EXITED, 9)


def test_waiting_for_ever_for_a_process_that_only_looks_out_for_others_is_refused(engine: Engine) -> None:
    web = engine.run("nginx")
    with pytest.raises(DaemonError, match=r"^this goes on for ever$"):
        web.stop(timeout=-1, signal="HUP")


@pytest.mark.parametrize("timeout", [-1, LONGEST_GRACE + 1, 1e18])
def test_a_wait_without_end_for_a_process_that_keeps_busy_is_given_up(engine: Engine, timeout: float) -> None:
    container = sh(engine, "trap : TERM; while :; do sleep 60; done")
    before = engine.clock.now()
    with pytest.raises(DaemonError, match=r"^this goes on for ever$"):
        container.stop(timeout=timeout)
    assert container.state is State.RUNNING
    assert (engine.clock.now() - before).total_seconds() == LONGEST_GRACE
    container.stop(timeout=LONGEST_GRACE)
    assert ended(container) == (State.EXITED, 137)


def test_of_a_loop_that_nobody_looked_at_for_very_long_the_last_rounds_are_played(engine: Engine) -> None:
    container = sh(engine, "while :; do echo tick; sleep 1; done")
    engine.clock.sleep(99)
    assert written(container) == "tick\n" * 100
    engine.clock.sleep(10**8)
    seen, left_out, last = re.split("(dockerlearn: .*\n)", written(container))
    told = re.fullmatch("dockerlearn: from 2025-02-20 09:01:40 to (.*) is left out\n", left_out)
    assert told
    assert seen == "tick\n" * 100
    gone_on = engine.clock.now() - datetime.fromisoformat(f"{told[1]}+00:00")
    assert last == "tick\n" * (int(gone_on.total_seconds()) + 1)
    assert 100 < last.count("tick") <= MOST_ROUNDS + 2
    engine.clock.sleep(10)
    assert written(container).endswith(last + "tick\n" * 10)


def test_several_containers_are_stopped_at_the_same_time_and_restarted_one_by_one(engine: Engine) -> None:
    both = [deaf(engine), deaf(engine)]
    before = engine.clock.now()
    stop(both)
    assert (engine.clock.now() - before).total_seconds() == 10
    assert [ended(each) for each in both] == [(State.EXITED, 137)] * 2
    for each in both:
        each.start()
        each.restart(timeout=1)
    assert (engine.clock.now() - before).total_seconds() == 12


def test_stopping_what_does_not_run_does_nothing(engine: Engine) -> None:
    created, exited = engine.create("alpine"), sh(engine, "exit 3")
    stop([created, exited])
    stop([])
    assert (ended(created), ended(exited)) == ((State.CREATED, 0), (State.EXITED, 3))


def test_a_restart_keeps_files_and_logs_and_starts_the_process_anew(engine: Engine) -> None:
    container = sh(engine, "echo up; echo x >>/x; sleep 1d")
    container.restart(timeout=0)
    assert (container.state, written(container), container.read("/x")) == (State.RUNNING, "up\nup\n", "x\nx\n")
    assert engine.create("alpine").diff() == []


# Signals


@pytest.mark.parametrize("text", ["TERM", "term", "SIGTERM", "sigterm", "15"])
def test_a_signal_has_many_names(text: str) -> None:
    assert signal_name(text) == "TERM"


def test_signals_have_linux_s_numbers() -> None:
    numbers = {"HUP": 1, "INT": 2, "QUIT": 3, "KILL": 9, "USR1": 10, "USR2": 12, "TERM": 15, "CHLD": 17, "STOP": 19}
    assert {name: SIGNALS[name] for name in numbers} == numbers
    assert (SIGNALS["WINCH"], SIGNALS["SYS"], len(SIGNALS)) == (28, 31, 31)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("NOPE", "invalid signal: NOPE"),
        ("SIGNOPE", "invalid signal: SIGNOPE"),
        ("0", "invalid signal: 0"),
        ("99", "the linux daemon does not support signal 99"),
        ("-1", "the linux daemon does not support signal -1"),
    ],
)
def test_a_signal_that_is_none_is_refused(engine: Engine, text: str, refusal: str) -> None:
    container = deaf(engine)
    with pytest.raises(DaemonError, match=f"^{refusal}$"):
        container.kill(text)
    assert container.state is State.RUNNING


@pytest.mark.parametrize("signal", ["HUP", "INT", "TERM", "USR1", "WINCH"])
def test_the_first_process_of_a_container_notices_only_what_it_looks_out_for(engine: Engine, signal: str) -> None:
    container = sh(engine, "sleep 5; exit 3")
    container.kill(signal)
    assert container.state is State.RUNNING
    engine.clock.sleep(5)
    assert ended(container) == (State.EXITED, 3)


@pytest.mark.parametrize("signal", ["KILL", "SIGKILL", "9"])
def test_nothing_can_be_done_against_sigkill(engine: Engine, signal: str) -> None:
    container = sh(engine, "trap 'exit 3' TERM; while :; do sleep 1; done")
    engine.clock.sleep(4)
    container.kill(signal)
    assert (ended(container), seconds(container)) == ((State.EXITED, 137), 4)


def test_a_container_is_killed_with_sigkill_unless_told_otherwise(engine: Engine) -> None:
    web = engine.run("nginx")
    web.kill()
    assert ended(web) == (State.EXITED, 137)


# Pausing


def test_a_paused_process_does_nothing_and_catches_up_on_nothing(engine: Engine) -> None:
    container = sh(engine, "while :; do echo tick; sleep 1; done")
    engine.clock.sleep(2)
    container.pause()
    engine.clock.sleep(100)
    assert (container.state, written(container)) == (State.PAUSED, "tick\n" * 3)
    container.unpause()
    engine.clock.sleep(1)
    assert (container.state, written(container)) == (State.RUNNING, "tick\n" * 5)


def test_a_sleep_goes_on_while_its_process_is_frozen(engine: Engine) -> None:
    container = sh(engine, "sleep 10; exit 3")
    container.pause()
    engine.clock.sleep(4)
    container.unpause()
    assert container.state is State.RUNNING
    engine.clock.sleep(6)
    assert (ended(container), seconds(container)) == ((State.EXITED, 3), 10)


def test_a_sleep_that_ended_while_its_process_was_frozen_ends_when_that_thaws(engine: Engine) -> None:
    container = sh(engine, "sleep 10; exit 3")
    container.pause()
    engine.clock.sleep(50)
    assert container.state is State.PAUSED
    container.unpause()
    assert (ended(container), seconds(container)) == ((State.EXITED, 3), 50)


@pytest.mark.parametrize(
    ("signal", "paused", "after"),
    [
        ("TERM", State.PAUSED, (State.EXITED, 0)),
        ("HUP", State.PAUSED, (State.RUNNING, 0)),
        ("QUIT", State.EXITED, (State.EXITED, 0)),
        ("KILL", State.EXITED, (State.EXITED, 137)),
    ],
)
def test_a_signal_waits_for_a_frozen_process_unless_it_is_the_image_s_stop_signal(
    engine: Engine, signal: str, paused: State, after: tuple[State, int]
) -> None:
    web = engine.run("nginx")
    web.pause()
    web.kill(signal)
    assert web.state is paused
    if paused is State.PAUSED:
        web.unpause()
    assert ended(web) == after


@pytest.mark.parametrize(
    ("signal", "after"), [("TERM", (State.EXITED, 3)), ("HUP", (State.RUNNING, 0)), ("KILL", (State.EXITED, 137))]
)
def test_any_signal_thaws_a_process_whose_image_names_no_stop_signal(
    engine: Engine, signal: str, after: tuple[State, int]
) -> None:
    container = sh(engine, "trap 'exit 3' TERM; while :; do sleep 0.2; done")
    container.pause()
    container.kill(signal)
    engine.clock.sleep(0.2)
    assert ended(container) == after


def test_signals_that_waited_for_a_frozen_process_reach_it_in_their_order(engine: Engine) -> None:
    web = engine.run("nginx")
    web.pause()
    for signal in ("HUP", "INT", "TERM"):
        web.kill(signal)
    web.unpause()
    assert written(web).endswith("nginx: SIGINT, exiting\n")
    assert written(web).count("exiting") == 1


def test_a_frozen_container_keeps_its_ports_and_is_stopped_like_any_other(engine: Engine) -> None:
    web = engine.run("nginx", ports=["8080:80"])
    web.pause()
    with pytest.raises(Conflict, match=r"Bind for 0\.0\.0\.0:8080 failed: port is already allocated$"):
        engine.run("nginx", ports=["8080:80"])
    web.stop()
    assert ended(web) == (State.EXITED, 0)


# Another program in it


def test_another_program_takes_its_time(engine: Engine) -> None:
    container, before = deaf(engine), engine.clock.now()
    output = container.exec("sh", "-c", "echo out; sleep 5; echo err >&2; exit 6")
    assert output.writes == (Write(Stream.STDOUT, "out\n"), Write(Stream.STDERR, "err\n"))
    assert output.status == 6
    assert (engine.clock.now() - before).total_seconds() == 5


def test_another_program_writes_no_logs(engine: Engine) -> None:
    container = sh(engine, "echo mine; sleep 1d")
    container.exec("echo", "other")
    assert written(container) == "mine\n"


def test_another_program_has_the_variables_of_the_container_and_its_own(engine: Engine) -> None:
    container = engine.run("alpine", "sleep", "1d", env=["A=1", "B=1"])
    assert complete(container.call("sh", "-c", "echo $A $B $C $HOME", env=["B=2", "C=3"])).screen == "1 2 3 /root\n"
    assert container.exec("sh", "-c", "echo $A $B $C").screen == "1 1\n"


def test_a_program_in_the_background_goes_on_by_itself(engine: Engine) -> None:
    container = deaf(engine)
    container.processes.spawn(container.call("sh", "-c", "sleep 2; echo done >/done"))
    engine.clock.sleep(1)
    assert container.diff() == []
    engine.clock.sleep(1)
    assert container.diff() == [("A", "/done")]
    assert container.state is State.RUNNING


def test_a_program_in_the_background_ends_with_its_container(engine: Engine) -> None:
    container = sh(engine, "sleep 5")
    container.processes.spawn(container.call("sh", "-c", "while :; do echo x >>/ticks; sleep 2; done"))
    engine.clock.sleep(60)
    assert ended(container) == (State.EXITED, 0)
    assert container.read("/ticks") == "x\n" * 3
    container.start()
    engine.clock.sleep(60)
    assert container.read("/ticks") == "x\n" * 3


# Containers that go by themselves


def test_a_container_of_rm_goes_with_its_process_however_late_one_looks(engine: Engine) -> None:
    container = engine.run("postgres:16", "sleep", "5", name="gone", auto_remove=True)
    assert engine.containers() == [container]
    assert len(engine.volume_store.volumes()) == 1
    engine.clock.sleep(60)
    assert engine.containers() == []
    assert engine.volume_store.volumes() == []
    with pytest.raises(NotFound, match=r"^No such container: gone$"):
        engine.container("gone")


def test_a_restart_is_no_reason_to_go(engine: Engine) -> None:
    container = engine.run("nginx", auto_remove=True)
    container.restart()
    assert (container.state, engine.containers()) == (State.RUNNING, [container])
    container.stop()
    assert engine.containers() == []


def test_a_container_of_rm_that_was_never_started_stays(engine: Engine) -> None:
    container = engine.create("alpine", "true", auto_remove=True)
    assert engine.containers() == [container]
    container.start()
    assert engine.containers() == []


# Names


@pytest.mark.parametrize("name", ["ab", "web", "my_web.1-x", "0web", "A1", "x" * 200])
def test_a_container_may_be_called_by_letters_digits_and_a_few_signs(engine: Engine, name: str) -> None:
    container = engine.create("alpine", name=name)
    assert container.name == name
    for reference in (name, f"/{name}", container.id, container.hostname):
        assert engine.container(reference) is container


@pytest.mark.parametrize("name", ["a", "_x", "-x", ".x", "my web", "wéb", "a/b", "web:1", "a\n", "//ab"])
def test_any_other_name_is_refused(engine: Engine, name: str) -> None:
    with pytest.raises(DaemonError) as refused:
        engine.create("alpine", name=name)
    assert str(refused.value) == f"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
    assert engine.containers() == []


@pytest.mark.parametrize("name", ["web", "/web"])
def test_a_name_is_given_once(engine: Engine, name: str) -> None:
    first, other = engine.create("alpine", name="/web"), engine.create("alpine", name="other")
    taken = (
        f'The container name "/web" is already in use by container "{first.id}". '
        "You have to remove (or rename) that container to be able to reuse that name."
    )
    with pytest.raises(Conflict) as refused:
        engine.create("nginx", name=name)
    assert str(refused.value) == f"Conflict. {taken}"
    with pytest.raises(Conflict) as refused:
        engine.rename(other, name)
    assert str(refused.value) == f"Error when allocating new name: Conflict. {taken}"
    assert [each.name for each in engine.containers()] == ["other", "web"]


def test_a_name_is_free_again_when_its_container_has_another_or_is_gone(engine: Engine) -> None:
    first = engine.create("alpine", name="web")
    engine.rename(first, "/old")
    second = engine.create("alpine", name="web")
    assert (engine.container("old"), engine.container("web")) == (first, second)
    first.remove()
    engine.rename(second, "old")
    assert engine.container("old") is second
    with pytest.raises(NotFound, match=r"^No such container: web$"):
        engine.container("web")


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("web", "Renaming a container with the same name as its current name"),
        ("/web", "Renaming a container with the same name as its current name"),
        (
            "_x",
            "Error when allocating new name: Invalid container name (/_x), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed",
        ),
    ],
)
def test_a_name_that_changes_nothing_or_is_none_is_refused(engine: Engine, name: str, refusal: str) -> None:
    container = engine.create("alpine", name="web")
    with pytest.raises(DaemonError) as refused:
        engine.rename(container, name)
    assert str(refused.value) == refusal
    assert engine.container("web") is container


def test_a_container_is_found_by_the_beginning_of_its_id_if_that_is_its_alone(engine: Engine) -> None:
    containers = [engine.create("alpine") for _ in range(20)]
    by_letter: dict[str, list[Container]] = {}
    for each in containers:
        by_letter.setdefault(each.id[0], []).append(each)
    for letter, found in by_letter.items():
        if len(found) == 1:
            assert engine.container(letter) is found[0]
        else:
            with pytest.raises(DaemonError, match=f"(?i)^multiple IDs found with provided prefix: {letter}$"):
                engine.container(letter)
    assert {1, 2} <= {len(found) for found in by_letter.values()}


def test_a_name_goes_before_the_beginning_of_an_id(engine: Engine) -> None:
    first = engine.create("alpine")
    assert engine.container(first.id[:4]) is first
    second = engine.create("alpine", name=first.id[:4])
    assert engine.container(first.id[:4]) is second


@pytest.mark.parametrize("name", ["nosuch", "/nosuch", "0" * 64, "web "])
def test_what_is_no_container_is_not_found(engine: Engine, name: str) -> None:
    engine.create("alpine", name="web")
    with pytest.raises(NotFound, match=f"^No such container: {name}$"):
        engine.container(name)


def test_an_empty_name_is_no_container(engine: Engine) -> None:
    engine.create("alpine")
    with pytest.raises(DockerError, match=r"^invalid container name or ID: value is empty$"):
        engine.container("")


def test_the_newest_container_stands_first(engine: Engine) -> None:
    names = ["first", "second", "third"]
    for name in names:
        engine.create("alpine", name=name)
    engine.container("first").start()
    assert [each.name for each in engine.containers()] == names[::-1]
    assert [each.name for each in engine.store.users(engine.image("alpine"))] == names


# Ports


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("80", Port("", 0, 80)),
        (":80", Port("", 0, 80)),
        ("0:80", Port("", 0, 80)),
        ("8080:80", Port("", 8080, 80)),
        ("8080:80/tcp", Port("", 8080, 80)),
        ("53:53/UDP", Port("", 53, 53, "udp")),
        ("127.0.0.1:8080:80", Port("127.0.0.1", 8080, 80)),
        ("127.0.0.1::80", Port("127.0.0.1", 0, 80)),
        ("[::1]:8080:80", Port("::1", 8080, 80)),
        ("010080:80", Port("", 10080, 80)),
    ],
)
def test_a_port_is_published_by_its_number(text: str, port: Port) -> None:
    assert Port.parse(text) == port


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", "no port specified: <empty>"),
        ("8080:", "no port specified: 8080:<empty>"),
        ("8080:x", "invalid containerPort: x"),
        ("x:80", "invalid hostPort: x"),
        ("8080:65536", "invalid containerPort: 65536"),
        (f"8080:{'9' * 5_000}", f"invalid containerPort: {'9' * 5_000}"),
        ("65536:80", "invalid hostPort: 65536"),
        ("8080:80/foo", "invalid proto: foo"),
        ("localhost:8080:80", "invalid IP address: localhost"),
        ("127.0.0.256:8080:80", "invalid IP address: 127.0.0.256"),
        ("8000-8002:80", "dockerlearn: a range of ports is a real thing, which this model does not have"),
    ],
)
def test_what_is_no_port_is_refused_before_anything_is_made(engine: Engine, text: str, refusal: str) -> None:
    with pytest.raises(DockerError) as refused:
        engine.create("nginx", ports=[text])
    assert str(refused.value) == refusal
    assert engine.containers() == []


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("8080:80", ("0.0.0.0", "[::]")),
        ("127.0.0.1:8080:80", ("127.0.0.1",)),
        ("0.0.0.0:8080:80", ("0.0.0.0",)),
        ("[::1]:8080:80", ("[::1]",)),
    ],
)
def test_a_port_is_published_at_every_address_unless_one_is_named(text: str, addresses: tuple[str, ...]) -> None:
    assert Port.parse(text).addresses == addresses


def test_a_published_port_leads_to_the_server_behind_it(engine: Engine) -> None:
    web = engine.run("nginx", ports=["8080:80"])
    web.write("/usr/share/nginx/html/index.html", "hello\n")
    assert engine.answer(8080, "/") == "hello\n"
    assert engine.answer(80, "/") == REFUSED
    web.stop()
    assert engine.answer(8080, "/") == REFUSED


@pytest.mark.parametrize(("image", "port"), [("nginx", "8080:3000"), ("alpine", "8080:80")])
def test_a_published_port_behind_which_nobody_listens_hangs_up(engine: Engine, image: str, port: str) -> None:
    engine.run(image, *(["sleep", "1d"] if image == "alpine" else []), ports=[port])
    assert engine.answer(8080, "/") == RESET


NO_PORT = "failed to set up container networking: driver failed programming external connectivity on endpoint two "


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        ("8080:80", "8080:80", "Bind for 0.0.0.0:8080 failed: port is already allocated"),
        ("8080:80", "127.0.0.1:8080:81", "Bind for 0.0.0.0:8080 failed: port is already allocated"),
        ("127.0.0.1:8080:80", "127.0.0.1:8080:80", "Bind for 127.0.0.1:8080 failed: port is already allocated"),
        ("127.0.0.1:8080:80", "8080:80", "Bind for 127.0.0.1:8080 failed: port is already allocated"),
        ("127.0.0.1:8080:80", "127.0.0.2:8080:80", ""),
        ("8080:80", "8080:80/udp", ""),
        ("8080:80", "8081:80", ""),
    ],
)
def test_a_port_is_given_to_one_container_at_a_time(engine: Engine, first: str, second: str, clash: str) -> None:
    one, two = (engine.create("nginx", name=name, ports=[port]) for name, port in (("one", first), ("two", second)))
    one.start()
    if not clash:
        two.start()
        assert two.state is State.RUNNING
        return
    with pytest.raises(Conflict) as refused:
        two.start()
    assert str(refused.value).startswith(f"{NO_PORT}(")
    assert str(refused.value).endswith(f"): {clash}")
    assert (two.state, two.exit_code, two.error, two.ports, two.ip) == (State.CREATED, 128, str(refused.value), (), "")
    one.stop()
    two.start()
    assert (two.state, two.exit_code, two.error) == (State.RUNNING, 0, "")
    with pytest.raises(Conflict, match=r"failed: port is already allocated$"):
        one.start()
    assert ended(one) == (State.EXITED, 128)


@pytest.mark.parametrize(
    ("ports", "problem"),
    [
        (["8080:80", "8080:80"], "failed to listen on TCP socket: address already in use"),
        (
            ["10.9.9.9:8080:80"],
            "failed to bind host port for 10.9.9.9:8080:172.17.0.2:80/tcp: cannot assign requested address",
        ),
    ],
)
def test_a_port_that_cannot_be_had_is_refused(engine: Engine, ports: list[str], problem: str) -> None:
    container = engine.create("nginx", name="two", ports=ports)
    with pytest.raises(Conflict) as refused:
        container.start()
    assert str(refused.value).startswith(f"{NO_PORT}(")
    assert str(refused.value).endswith(f"): {problem}")


def test_ports_that_nobody_chose_are_free_ones_from_32768(engine: Engine) -> None:
    one = engine.run("nginx", ports=["80", "127.0.0.1::443"])
    two = engine.run("nginx", ports=["80"])
    assert [port.host for port in (*one.ports, *two.ports)] == [32768, 32769, 32770]
    assert (one.settings.ports[0].host, engine.answer(32770, "/")) == (0, engine.answer(32768, "/"))
    assert engine.create("nginx", ports=["80"]).ports == ()


def test_ports_are_told_by_the_container_s_numbers(engine: Engine) -> None:
    container = engine.run("nginx", ports=["9100:100", "9020:20/udp", "9003:3", "9021:20", "9002:20"])
    assert [(port.host, port.private) for port in container.ports] == [
        (9003, "3/tcp"),
        (9002, "20/tcp"),
        (9021, "20/tcp"),
        (9020, "20/udp"),
        (9100, "100/tcp"),
    ]


def test_a_container_has_an_address_only_while_it_runs(engine: Engine) -> None:
    one, two = engine.create("nginx"), engine.run("nginx")
    assert (one.ip, two.ip) == ("", "172.17.0.2")
    one.start()
    assert one.ip == "172.17.0.3"
    two.stop()
    assert (two.ip, engine.run("nginx").ip) == ("", "172.17.0.2")
    one.pause()
    assert one.ip == "172.17.0.3"


def test_there_is_an_address_for_each_of_many_containers(engine: Engine) -> None:
    addresses = [deaf(engine).ip for _ in range(256)]
    assert len(set(addresses)) == 256
    assert addresses[253:255] == ["172.17.0.255", "172.17.1.0"]


# Commit


def test_the_writable_layer_becomes_a_layer_of_a_new_image(engine: Engine) -> None:
    first = engine.run("nginx", name="web", env=["A=1"])
    first.exec("sh", "-c", "echo 123 >/new; rm /etc/passwd")
    base = engine.image("nginx")
    engine.clock.sleep(5)
    image = engine.commit(first, "mine:1", message="a message", author="me")
    assert engine.image("mine:1") == image
    assert image.layers == (*base.layers, first.layer)
    assert (image.size, image.author, image.created) == (base.size + 4, "me", engine.clock.now())
    assert image.config == base.config.replace(env=("A=1", *base.config.env))
    assert image.steps[:-1] == base.steps
    assert (image.steps[-1].created_by, image.steps[-1].comment) == ("nginx -g daemon off;", "a message")
    second = engine.run("mine:1")
    assert (second.read("/new"), second.diff()) == ("123\n", [])
    assert "/etc/passwd" not in second.environment.root
    assert first.diff() == [("C", "/etc"), ("D", "/etc/passwd"), ("A", "/new")]


def test_a_container_that_has_changed_nothing_gives_no_layer(engine: Engine) -> None:
    base, image = engine.image("alpine"), engine.commit(engine.create("alpine"))
    assert image.layers == base.layers
    assert (image.steps[-1].layer, image.steps[-1].created_by) == (None, "/bin/sh")
    assert engine.tags(image) == []
    assert [row.id for row in engine.history(image.id)][:2] == [image.id, base.id]


def test_an_image_of_a_container_starts_what_the_container_started(engine: Engine) -> None:
    container = engine.create("nginx", "-c", "echo x", entrypoint=["sh"])
    engine.commit(container, "talking")
    assert written(engine.run("talking")) == "x\n"
    assert written(engine.run("talking", "-c", "echo y")) == "y\n"


@pytest.mark.parametrize("prepare", [Container.pause, Container.stop, Container.kill])
def test_any_container_can_be_committed(engine: Engine, prepare: Callable[[Container], None]) -> None:
    container = engine.run("nginx")
    container.write("/new", "x")
    prepare(container)
    state = container.state
    assert engine.run(engine.commit(container).id).read("/new") == "x"
    assert container.state is state


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("Mine", "invalid reference format: repository name (library/Mine) must be lowercase"),
        ("mine:a:b", "invalid reference format"),
        ("mine@sha256:12", "invalid reference format"),
    ],
)
def test_an_image_is_committed_to_a_name_or_not_at_all(engine: Engine, name: str, refusal: str) -> None:
    container = engine.create("alpine")
    with pytest.raises(InvalidReference) as refused:
        engine.commit(container, name)
    assert str(refused.value) == refusal
    assert len(engine.images()) == len(IMAGES)


def test_a_container_whose_image_is_gone_cannot_be_committed(engine: Engine) -> None:
    container = engine.create("alpine")
    gone = engine.image("alpine").id
    engine.rmi("alpine", force=True)
    file = f"/var/lib/docker/image/overlay2/imagedb/content/sha256/{gone[7:]}"
    with pytest.raises(DaemonError) as refused:
        engine.commit(container)
    assert str(refused.value) == f"failed to get digest {gone}: open {file}: no such file or directory"


def test_what_was_written_to_a_volume_is_not_committed(engine: Engine) -> None:
    database = engine.run("postgres:16", env=["POSTGRES_PASSWORD=x"])
    database.write("/var/lib/postgresql/data/mine", "x")
    assert engine.commit(database).tree.get("var/lib/postgresql/data") == Directory(mode=0o1777)


# Volumes


def test_a_container_gets_a_volume_of_its_own_for_each_that_its_image_names(engine: Engine) -> None:
    files = {"data/a": "from the image\n", "logs": "no directory\n"}
    image = Image.scratch.with_layer(Layer.of(files), by="COPY").with_config(
        cmd=["x"], volumes=["/data", "/logs", "/new"]
    )
    engine.add(image, "it")
    one, two = engine.create("it"), engine.create("it")
    assert list(one.volumes) == ["/data", "/logs", "/new"]
    assert len(engine.volume_store.volumes()) == 6
    assert (one.read("/data/a"), one.volumes["/logs"].node) == ("from the image\n", Directory())
    one.write("/data/a", "mine\n")
    assert (one.read("/data/a"), two.read("/data/a")) == ("mine\n", "from the image\n")
    assert (one.diff(), one.size) == ([("A", "/new")], 0)  # the image has no such directory


def test_the_place_of_a_volume_is_made_when_its_container_starts(engine: Engine) -> None:
    base = engine.pull("alpine").image
    engine.add(base.with_config(volumes="/new"), "it")
    box = engine.create("it", "true")
    assert box.diff() == []
    box.start()
    assert box.diff() == [("A", "/new")]


def test_a_volume_outlives_the_restarts_of_its_container(engine: Engine) -> None:
    database = engine.run("postgres:16", env=["POSTGRES_PASSWORD=x"])
    database.write("/var/lib/postgresql/data/mine", "x")
    database.restart()
    assert database.read("/var/lib/postgresql/data/mine") == "x"


@pytest.mark.parametrize(("with_volumes", "left"), [(False, 1), (True, 0)])
def test_a_volume_outlives_its_container_unless_told_otherwise(engine: Engine, with_volumes: bool, left: int) -> None:
    database = engine.run("postgres:16", env=["POSTGRES_PASSWORD=x"])
    database.write("/var/lib/postgresql/data/mine", "12345")
    [volume] = engine.volume_store.volumes()
    assert engine.volume_store.users(volume) == [database]
    database.remove(force=True, volumes=with_volumes)
    assert len(engine.volume_store.volumes()) == left
    assert engine.volume_store.prune() == ([volume][:left], 5 * left)
    assert engine.volume_store.volumes() == []


def test_a_volume_in_use_cannot_be_removed(engine: Engine) -> None:
    database = engine.create("postgres:16")
    [volume] = engine.volume_store.volumes()
    assert engine.volume_store.prune() == ([], 0)
    with pytest.raises(Conflict) as refused:
        engine.volume_store.remove(volume.name)
    assert str(refused.value) == f"remove {volume.name}: volume is in use - [{database.id}]"
    database.remove()
    engine.volume_store.remove(volume.name)
    with pytest.raises(NotFound) as missing:
        engine.volume_store.remove(volume.name)
    assert str(missing.value) == f"get {volume.name}: no such volume"


# Removing


def test_a_container_that_is_removed_takes_its_files_along(engine: Engine) -> None:
    container = deaf(engine)
    container.write("/f", "12345")
    container.remove(force=True)
    assert engine.containers() == []
    assert ended(container) == (State.EXITED, 137)
    assert engine.create("alpine").diff() == []


def test_all_containers_that_do_not_run_are_pruned(engine: Engine) -> None:
    created, running, exited = engine.create("alpine"), deaf(engine), sh(engine, "echo 12345 >/f")
    paused = engine.run("nginx")
    paused.pause()
    assert engine.prune_containers() == ([exited, created], 6)
    assert engine.containers() == [paused, running]
    assert engine.prune_containers() == ([], 0)


# Images and their containers


def test_an_image_is_kept_for_the_containers_that_stand_on_it(engine: Engine) -> None:
    container, image = engine.create("alpine"), engine.image("alpine")
    with pytest.raises(Conflict) as refused:
        engine.rmi("alpine")
    assert str(refused.value) == (
        'conflict: unable to remove repository reference "alpine" (must force) - '
        f"container {container.hostname} is using its referenced image {image.id[7:19]}"
    )
    with pytest.raises(Conflict) as refused:
        engine.rmi(image.id)
    assert str(refused.value) == (
        f"conflict: unable to delete {image.id[7:19]} (must be forced) - "
        f"image is being used by stopped container {container.hostname}"
    )
    container.remove()
    assert engine.rmi("alpine")[-1] == Removal("Deleted", image.chain_ids[0])


@pytest.mark.parametrize("force", [False, True])
def test_no_force_removes_the_image_of_a_container_that_runs(engine: Engine, force: bool) -> None:
    container, image = deaf(engine), engine.image("alpine")
    with pytest.raises(Conflict) as refused:
        engine.rmi(image.id, force=force)
    assert str(refused.value) == (
        f"conflict: unable to delete {image.id[7:19]} (cannot be forced) - "
        f"image is being used by running container {container.hostname}"
    )
    container.pause()
    with pytest.raises(Conflict, match="cannot be forced"):
        engine.rmi(image.id, force=force)


def test_the_layers_of_an_image_that_is_gone_go_with_its_last_container(engine: Engine) -> None:
    one, two = engine.create("alpine"), engine.create("alpine")
    one.write("/f", "x")
    image = engine.image("alpine")
    assert [removal.action for removal in engine.rmi("alpine", force=True)] == ["Untagged", "Untagged", "Deleted"]
    assert image not in engine.images()
    one.start()
    assert (one.exit_code, one.read("/f")) == (0, "x")
    one.remove()
    assert image.chain_ids[0] in engine.layers
    two.remove()
    assert image.chain_ids[0] not in engine.layers


def test_an_image_loses_its_name_but_not_the_container_that_runs(engine: Engine) -> None:
    web, image = engine.run("nginx"), engine.image("nginx")
    removals = engine.rmi("nginx", force=True)
    assert [removal.action for removal in removals] == ["Untagged", "Untagged"]
    assert (engine.store.names(image), image in engine.images()) == ([], True)
    web.restart()
    assert web.state is State.RUNNING


def test_only_images_without_containers_are_pruned(engine: Engine) -> None:
    engine.create("alpine")
    engine.prune(all=True)
    assert [name.familiar for image in engine.images() for name in engine.tags(image)] == ["alpine:latest"]


def test_a_prune_frees_an_image_that_a_container_was_made_of(engine: Engine) -> None:
    container, base = sh(engine, "echo 1 >/1"), engine.image("alpine")
    child = engine.commit(container, "child")
    with pytest.raises(Conflict) as refused:
        engine.rmi(base.id, force=True)
    assert str(refused.value) == (
        f"conflict: unable to delete {base.id[7:19]} (cannot be forced) - image has dependent child images"
    )
    container.remove()
    engine.rmi("alpine")
    assert engine.store.names(base) == []
    assert [removal.name for removal in engine.rmi("child")] == [
        "child:latest",
        child.id,
        child.chain_ids[-1],
        base.id,
        base.chain_ids[0],
    ]


def test_containers_cost_nothing_of_the_disk_until_they_write(engine: Engine) -> None:
    size, layers = engine.layers_size, dict(engine.layers)
    containers = [engine.create("nginx") for _ in range(10)]
    assert (engine.layers_size, dict(engine.layers)) == (size, layers)
    assert [each.size for each in containers] == [0] * 10


# What keeps containers apart


CROWD = 100
SITE: dict[str, Content] = {
    "srv/page/index.html": "hello\n",
    "srv/page/about.html": "we\n",
    "etc/passwd": "root\n",
    "www": Symlink("srv/page"),
    "home": Symlink("/srv"),
    "srv/page/here": Symlink("."),
    "busybox": BUSYBOX,
}


@pytest.fixture
def site() -> Engine:
    """An engine with an image of that, called `site`, that has links in it which lead through its directories."""
    engine = Engine(clock=FixedClock("2025-02-20"), seed=1, docker="28")
    image = Image.scratch.with_layer(Layer.of(SITE), by="COPY").with_config(entrypoint=["/busybox", "sleep", "1d"])
    engine.add(image, "site")
    return engine


@pytest.fixture
def crowd(site: Engine) -> list[Container]:
    """A hundred containers of it, each with a file of its own."""
    crowd = [site.run("site") for _ in range(CROWD)]
    for each in crowd:
        each.write("/own", each.name)
    return crowd


def edit(change: Callable[[Directory], Directory]) -> Callable[[Container], None]:
    return lambda container: container.environment.root.edit(change)


@pytest.mark.parametrize(
    ("act", "changes"),
    [
        (
            lambda one: one.write("/srv/page/index.html", "mine\n"),
            [("C", "/srv"), ("C", "/srv/page"), ("C", "/srv/page/index.html")],
        ),
        (
            lambda one: one.write("/srv/page/index.html", "hello\n"),
            [("C", "/srv"), ("C", "/srv/page"), ("C", "/srv/page/index.html")],
        ),
        (
            lambda one: one.write("/www/index.html", "through a link\n"),
            [("C", "/srv"), ("C", "/srv/page"), ("C", "/srv/page/index.html")],
        ),
        (
            lambda one: one.write("/home/page/here/here/new.html", "through three links\n"),
            [("C", "/srv"), ("C", "/srv/page"), ("A", "/srv/page/new.html")],
        ),
        (
            lambda one: one.exec("/busybox", "rm", "/www/about.html"),
            [("C", "/srv"), ("C", "/srv/page"), ("D", "/srv/page/about.html")],
        ),
        (lambda one: one.exec("/busybox", "rm", "-r", "/home/page"), [("C", "/srv"), ("D", "/srv/page")]),
        (lambda one: one.exec("/busybox", "rm", "-r", "/srv"), [("D", "/srv")]),
        (lambda one: one.exec("/busybox", "rm", "/www"), [("D", "/www")]),
        (
            lambda one: one.exec("/busybox", "sh", "-c", "echo more >>/www/index.html"),
            [("C", "/srv"), ("C", "/srv/page"), ("C", "/srv/page/index.html")],
        ),
        (
            edit(lambda tree: tree.without("etc/passwd").with_node("etc/shadow", "x")),
            [("C", "/etc"), ("D", "/etc/passwd"), ("A", "/etc/shadow")],
        ),
        (lambda one: one.write("/etc/hosts", "mine\n"), []),
        (lambda one: one.write("/dev/shm/x", "mine\n"), []),
    ],
    ids=[
        "a file",
        "a file with what was in it",
        "a file through a link",
        "a new file through links",
        "a deletion through a link",
        "a directory's deletion through a link",
        "a directory's deletion",
        "a link's deletion",
        "an addition through a link",
        "an edit of the whole tree",
        "a file of the engine's",
        "shared memory",
    ],
)
def test_what_one_of_a_hundred_containers_does_no_other_sees(
    crowd: list[Container], act: Callable[[Container], object], changes: list[tuple[str, str]]
) -> None:
    one = crowd[37]
    image = one.image
    others = [each for each in crowd if each is not one]
    before = [each.tree for each in others]
    act(one)
    assert [change for change in one.diff() if change != ("A", "/own")] == changes
    assert [each.tree for each in others] == before
    assert all(each.diff() == [("A", "/own")] and each.read("/own") == each.name for each in others)
    assert image.tree == Directory.of(SITE)
    assert image.layers == (Layer.of(SITE),)
    assert one.image is image


def test_a_hundred_containers_may_all_write_the_same_file(crowd: list[Container]) -> None:
    order = crowd.copy()
    random.Random(1).shuffle(order)
    for number, each in enumerate(order):
        each.write("/www/index.html", f"{number}\n")
    assert [each.read("/srv/page/index.html") for each in order] == [f"{number}\n" for number in range(CROWD)]
    for each in order[::2]:
        each.exec("/busybox", "rm", "/srv/page/index.html")
    assert ["/www/index.html" in each.environment.root for each in order] == [False, True] * (CROWD // 2)
    for each in order[1:]:
        each.remove(force=True)
    assert order[0].diff() == [("A", "/own"), ("C", "/srv"), ("C", "/srv/page"), ("D", "/srv/page/index.html")]


def test_a_container_made_after_the_others_wrote_sees_the_image_alone(site: Engine, crowd: list[Container]) -> None:
    for each in crowd:
        each.write("/srv/page/index.html", each.name)
    assert site.create("site").read("/www/index.html") == "hello\n"


def test_a_program_that_cannot_start_takes_no_address_and_no_port(engine: Engine) -> None:
    failed = engine.create("alpine", "nosuch", ports=["8080:80"])
    with pytest.raises(CannotStart):
        failed.start()
    assert (failed.ip, failed.ports) == ("", ())
    assert engine.run("nginx", ports=["8080:80"]).ip == "172.17.0.2"


def test_a_program_sees_the_time_at_which_it_acts_not_at_which_it_is_looked_at(engine: Engine) -> None:
    container = sh(engine, "while true; do date; sleep 1; done")
    engine.clock.sleep(2)
    assert [line.split()[3] for line in written(container).splitlines()] == ["09:00:00", "09:00:01", "09:00:02"]


def test_what_the_model_cannot_do_ends_the_program_that_asked_for_it(engine: Engine) -> None:
    container = engine.run("alpine", "ln", "-s", "a\0b", "/link")
    assert ended(container) == (State.EXITED, 1)
    assert "invalid link target" in written(container)


def test_a_variable_without_a_value_is_not_set(engine: Engine) -> None:
    container = engine.create("alpine", "env", env=["ALONE"])
    container.start()
    assert "ALONE" not in written(container)
    assert container.exit_code == 0
    box = deaf(engine)
    assert "ALONE" not in complete(box.call("env", env=["ALONE"])).standard


def test_no_words_are_no_program_to_execute(engine: Engine) -> None:
    with pytest.raises(DaemonError, match=r"^No exec command specified$"):
        deaf(engine).exec()


def test_an_image_of_a_container_exposes_the_ports_that_were_published(engine: Engine) -> None:
    container = engine.create("nginx", ports=["8443:443"])
    assert engine.commit(container).config.exposed_ports == ("80/tcp", "443/tcp")


def test_a_prefix_that_several_ids_have_names_no_container(engine: Engine) -> None:
    ids = [engine.create("alpine").id[0] for _ in range(17)]  # there are sixteen digits to begin with
    shared = max(ids, key=ids.count)
    with pytest.raises(DaemonError, match=rf"^multiple IDs found with provided prefix: {shared}$"):
        engine.container(shared)


@pytest.mark.parametrize(
    ("taken", "wanted", "clash"),
    [
        ("0.0.0.0", "127.0.0.1", "0.0.0.0"),
        ("127.0.0.1", "0.0.0.0", "127.0.0.1"),
        ("", "0.0.0.0", "0.0.0.0"),
        ("", "[::]", "::"),
        ("[::]", "", "::"),
        ("[::]", "[::1]", "::"),
        ("[::]", "127.0.0.1", None),
        ("[::]", "0.0.0.0", None),
        ("0.0.0.0", "[::1]", None),
        ("127.0.0.1", "[::1]", None),
    ],
)
def test_a_port_is_taken_on_the_addresses_that_it_was_published_on(
    engine: Engine, taken: str, wanted: str, clash: str | None
) -> None:
    first, second = (f"{address}:9090:80".removeprefix(":") for address in (taken, wanted))
    engine.run("alpine", "sleep", "1d", ports=[first])
    if clash is None:
        assert engine.run("alpine", "sleep", "1d", ports=[second]).state is State.RUNNING
    else:
        with pytest.raises(Conflict, match=rf"Bind for {clash}:9090 failed: port is already allocated$"):
            engine.run("alpine", "sleep", "1d", ports=[second])


def test_signals_that_come_during_one_wait_are_each_heard_once_the_lowest_number_first(engine: Engine) -> None:
    container = sh(engine, "trap 'echo 1' USR1; trap 'echo 2' USR2; while true; do sleep 2; done")
    for name in ("USR2", "USR1", "USR1"):
        container.kill(name)
    engine.clock.sleep(3)
    assert written(container) == "1\n2\n"


def test_a_signal_that_nobody_heeds_delays_no_other(engine: Engine) -> None:
    container = sh(engine, "trap 'exit 5' TERM; while true; do sleep 2; done")
    container.kill("HUP")
    container.kill("TERM")
    engine.clock.sleep(3)
    assert ended(container) == (State.EXITED, 5)


def test_a_container_that_has_ended_and_gone_leaves_its_name_even_if_nobody_looked(engine: Engine) -> None:
    engine.run("alpine", "sleep", "2", name="box", auto_remove=True)
    engine.clock.sleep(5)
    assert engine.create("alpine", name="box").name == "box"
