"""The life of a container, live: what a real engine and the model make of every command in every state, with either store."""

import random
import time
from typing import Any, NamedTuple

import pytest

from dockerlearn.terminal.session import PAGE_SEED, Session
from tests.figures import Figures

from ..model.test_lifecycle import CELLS, SETUP, demo
from .compare import Correspondence, difference
from .editions import BESIDE
from .engine import Machine, Store
from .replay import Following
from .terminal import Terminal

PREPARED = "docker pull -q nginx", "echo hello > f"
RUN = "docker run -d --name demo nginx"
UP = "until busybox ps | grep -q '[b]usybox httpd'; do :; done; docker logs demo"  # before that, signals meet half a server
STARTS = "/docker-entrypoint.sh: Configuration complete; ready for start up\n", "nginx/1.31.4: start worker processes\n"
SETTLES_WITHIN = 10  # seconds
TRIES = 10
FIGURES = {Store.CLASSIC: "matrix", Store.CONTAINERD: "matrix_containerd"}


class Outcome(NamedTuple):
    """What a command showed and left behind."""

    output: str
    status: int
    state: str
    name: str


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Take all cells, or as many as are asked for, for each store."""
    if "cell" in metafunc.fixturenames:
        number = metafunc.config.getoption("cells")
        chance = random.Random(metafunc.config.getoption("seed"))
        cells = CELLS if number is None else chance.sample(CELLS, min(number, len(CELLS)))
        metafunc.parametrize("cell", cells, ids=lambda cell: f"{cell['state']}: {cell['command']}")


def test_a_container_does_what_the_model_says(each_engine: Machine, cell: dict[str, Any], record: Figures) -> None:
    figures = record.setdefault(FIGURES[each_engine.store], {"compared": 0, "equal": 0})
    figures["compared"] += 1
    # At Ctrl-C, this one hangs up and passes the signal on at the same time. Mostly the container then ends unheard, sometimes
    # it is heard, or goes on: so try again.
    races = cell["command"] == "docker start -a demo" and "interrupt" in cell
    for _ in range(TRIES if races else 1):
        model, real, different = side_by_side(each_engine, **cell)
        if different is None and model[1:] == real[1:]:
            figures["equal"] += 1
            return
    pytest.fail(f"{cell['state']}: {cell['command']}\n{different or ''}\nthe model:  {model}\nthe engine: {real}")


def side_by_side(
    engine: Machine, state: str, command: str, output: str, interrupt: bool = False, **_: Any
) -> tuple[Outcome, Outcome, str | None]:
    """What the model and the engine make of a command in a state, and how the outputs differ, if they do."""
    clock = Following()
    beside = Session(clock=clock, seed=PAGE_SEED, docker=BESIDE[engine.store])
    for each in (*PREPARED, *SETUP[state]):
        assert beside.run(each).status == 0
    with Terminal(engine) as terminal:
        bring_about(state, engine, terminal)
        before = output.partition("^C\n")[0].count("\n")
        shown = terminal.run(command, interrupt=(lambda screen: screen.count("\n") >= before) if interrupt else None)
    clock.set(shown.began)
    result = beside.run(command, interrupt=interrupt)
    container = demo(beside)
    model = Outcome(*result, *((container.state.value, container.name) if container else ("absent", "")))
    printed = shown.output.replace(terminal.home, "/root")
    if interrupt:  # nginx starts at this terminal, and its first two lines come on two streams, in either order
        printed = printed.replace("".join(reversed(STARTS)), "".join(STARTS))
    real = Outcome(printed, shown.status, *settled(engine, model[2:]))
    return model, real, difference(model.output, real.output, model.output, Correspondence(engine.invented()))


def bring_about(state: str, engine: Machine, terminal: Terminal) -> None:
    """A machine with nginx, a file, and nothing else but a container called demo in that state."""
    engine.remove_containers()
    if [image["RepoTags"] for image in engine.ask("/images/json?all=1")] != [["nginx:latest"]]:
        engine.reset()
    for command in (*PREPARED, *SETUP[state]):
        assert terminal.run(command).status == 0
        # Its first lines come on two streams: start again when the engine took them down the other way round.
        while command == RUN and terminal.run(UP).output != "".join(STARTS):
            terminal.run(f"docker rm -f demo; {RUN}")


def settled(engine: Machine, expected: tuple[str, ...]) -> tuple[str, str]:
    """The state and the name of the container when they have stopped changing, or are not the expected ones for too long."""
    deadline = time.monotonic() + SETTLES_WITHIN
    before, now = None, _found(engine)
    while not before == now == expected and time.monotonic() < deadline:
        time.sleep(0.05)
        before, now = now, _found(engine)
    return now


def _found(engine: Machine) -> tuple[str, str]:
    containers = engine.ask("/containers/json?all=1")
    return (containers[0]["State"], containers[0]["Names"][0].removeprefix("/")) if containers else ("absent", "")
