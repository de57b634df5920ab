"""Programs in containers, with a runtime that is handed in: the model alone, without a shell or a catalog."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence

import pytest

from dockerlearn.model.clock import FixedClock
from dockerlearn.model.container import Container
from dockerlearn.model.engine import Engine
from dockerlearn.model.errors import CannotStart, Conflict, DaemonError, DockerError
from dockerlearn.model.image import Image
from dockerlearn.model.layer import Layer
from dockerlearn.model.lifecycle import State
from dockerlearn.model.process import (
    Environment,
    Line,
    Output,
    Program,
    Read,
    Signals,
    Sleep,
    Stream,
    Write,
    complete,
    err,
    out,
)
from dockerlearn.model.tree import File


def hello(environment: Environment, words: Sequence[str]) -> Program:
    """It greets whoever its second word names, and ends."""
    return out(f"hello {words[1]}\n")


def count(environment: Environment, words: Sequence[str]) -> Program:
    """It writes a number each second, up to three, and fails."""
    for number in (1, 2, 3):
        yield Write(Stream.STDOUT, f"{number}\n")
        yield Sleep(1)
    return (yield from err("no more\n", 4))


def serve(environment: Environment, words: Sequence[str]) -> Program:
    """It answers at port 80 with what stands in /page, until it gets SIGTERM."""
    environment.listening[80] = lambda path: f"{environment.root['/page']} at {path}"
    answer = yield Sleep(signals=("TERM",))
    assert isinstance(answer, Signals)
    return (yield from out(f"got {answer.names[0]}\n"))


def ask(environment: Environment, words: Sequence[str]) -> Program:
    """It writes what is typed into a file, line by line."""
    environment.root["/typed"] = ""
    while isinstance(answer := (yield Read("> ")), Line):
        environment.root["/typed"] += f"{answer.text};"
    return 0


def fail(environment: Environment, words: Sequence[str]) -> Program:
    """It does what the model cannot do."""
    raise DockerError("not in this model")
    yield Sleep()


PROGRAMS: dict[str, Callable[[Environment, Sequence[str]], Program]] = {
    each.__name__: each for each in (hello, count, serve, ask, fail)
}


class Tiny:
    """A runtime with a handful of programs: an executable is what its text says."""

    def start(self, environment: Environment, words: Sequence[str], stdin: str | None) -> Program:
        """The program whose name stands in the executable."""
        _, file = environment.find(words[0])
        return PROGRAMS[file.data.decode()](environment, words)


@pytest.fixture
def engine() -> Engine:
    """An engine with that runtime, and an image with its programs."""
    engine = Engine(clock=FixedClock("2025-02-20T09:00:00"), seed=1, runtime=Tiny(), docker="28")
    files = {f"bin/{name}": File.script(name) for name in PROGRAMS} | {"page": File(b"a page")}
    image = Image.scratch.with_layer(Layer.of(files), by="COPY").with_config(cmd=["count"])
    engine.add(image, "tiny")
    return engine


def test_a_container_runs_the_program_that_its_image_names(engine: Engine) -> None:
    container = engine.run("tiny")
    assert (container.state, container.logs()) == (State.RUNNING, (Write(Stream.STDOUT, "1\n"),))
    engine.clock.sleep(2)
    assert [write.text for write in container.logs()] == ["1\n", "2\n", "3\n"]
    engine.clock.sleep(1)
    assert (container.state, container.exit_code) == (State.EXITED, 4)
    assert container.logs()[-1] == Write(Stream.STDERR, "no more\n")
    assert (container.finished - container.started).total_seconds() == 3


def test_a_container_may_run_another_program_than_its_image_names(engine: Engine) -> None:
    container = engine.run("tiny", "hello", "Ada")
    assert (container.state, container.exit_code) == (State.EXITED, 0)
    assert container.logs() == (Write(Stream.STDOUT, "hello Ada\n"),)


def test_a_program_that_is_not_in_the_image_cannot_be_started(engine: Engine) -> None:
    with pytest.raises(CannotStart, match=r'exec: "nginx": executable file not found in \$PATH$') as refused:
        engine.run("tiny", "nginx", name="web")
    assert refused.value.status == engine.container("web").exit_code == 127


def test_a_file_that_is_not_executable_cannot_be_started(engine: Engine) -> None:
    with pytest.raises(CannotStart, match=r'exec: "/page": permission denied$') as refused:
        engine.run("tiny", "/page")
    assert refused.value.status == 126


def test_a_server_answers_at_the_port_that_its_container_publishes(engine: Engine) -> None:
    container = engine.run("tiny", "serve", ports=["8080:80"])
    assert engine.answer(8080, "/x") == "a page at /x"
    container.write("/page", "another")
    assert engine.answer(8080, "/x") == "another at /x"
    container.stop()
    assert (container.exit_code, container.logs()[-1].text) == (0, "got TERM\n")
    assert engine.answer(8080, "/x") == 7


def test_docker_stop_kills_a_program_that_does_not_handle_the_signal(engine: Engine) -> None:
    container = engine.run("tiny", "ask")
    before = engine.clock.now()
    container.stop()
    assert (container.exit_code, (engine.clock.now() - before).total_seconds()) == (137, 10)


def test_docker_exec_runs_a_second_program_in_the_same_files(engine: Engine) -> None:
    container = engine.run("tiny", "ask")
    assert container.exec("hello", "Bob") == Output((Write(Stream.STDOUT, "hello Bob\n"),), 0)
    assert container.exec("count").status == 4
    with pytest.raises(DaemonError, match=r"^No exec command specified$"):
        container.exec()


def test_what_is_typed_reaches_the_program_that_reads(engine: Engine) -> None:
    container = engine.run("tiny", "ask", tty=True)
    assert container.processes.prompt == "> "
    for line in ("one", "two"):
        container.processes.type(line)
    assert container.read("/typed") == "one;two;"
    container.processes.type(None)
    assert container.state is State.EXITED
    assert container.processes.prompt is None


def test_a_program_that_asks_too_much_of_the_model_ends(engine: Engine) -> None:
    container = engine.run("tiny", "fail")
    assert (container.exit_code, container.logs()) == (1, (Write(Stream.STDERR, "not in this model\n"),))


def test_a_program_is_run_to_its_end_where_nobody_types(engine: Engine) -> None:
    slept: list[float] = []
    container = engine.create("tiny")
    assert complete(count(container.environment, ["count"]), slept.append).screen == "1\n2\n3\nno more\n"
    assert slept == [1, 1, 1]
    assert complete(ask(container.environment, ["ask"])).status == 0
    with pytest.raises(DockerError, match=r"^this program waits for ever$"):
        complete(serve(container.environment, ["serve"]))


def test_a_container_has_the_name_that_its_engine_finds_it_by(engine: Engine) -> None:
    container = engine.create("tiny", name="web")
    with pytest.raises(AttributeError):
        container.name = "other"  # type: ignore[misc]
    engine.rename(container, "other")
    assert (container.name, engine.container("other")) == ("other", container)


@pytest.mark.parametrize("prepare", [Container.kill, Container.pause])
def test_docker_exec_needs_a_container_that_runs(engine: Engine, prepare: Callable[[Container], None]) -> None:
    container = engine.run("tiny", "ask")
    prepare(container)
    with pytest.raises(Conflict):
        container.exec("hello", "Bob")


UPPER = ("client", "terminal", "learn", "course")


def test_with_a_runtime_of_its_own_an_engine_loads_no_shell() -> None:
    script = f"""
import sys
from dockerlearn import Engine, Image, Layer
from dockerlearn.model.process import out
from dockerlearn.model.tree import File

class Tiny:
    def start(self, environment, words, stdin):
        environment.find(words[0])
        return out("ran\\n")

engine = Engine(runtime=Tiny())
image = Image.scratch.with_layer(Layer.of({{"bin/x": File.script("x")}}), by="COPY").with_config(cmd=["x"])
engine.add(image, "tiny")
print(engine.run("tiny").logs()[0].text, end="")
print([name for name in sys.modules if name.startswith(tuple("dockerlearn." + room for room in {UPPER}))])
"""
    assert subprocess.check_output([sys.executable, "-c", script], text=True) == "ran\n[]\n"
