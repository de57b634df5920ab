"""All that is typed on the pages, typed at a Docker 29 that is installed here, with its own client: what the model prints as 29.

Debian's packages have no 29 yet. Where one is installed, as the hosted workflow sees to (`--docker29`), this is its witness; elsewhere
a recording stands for it (`tests/client/test_recorded.py`).
"""

from collections.abc import Callable, Iterator
from itertools import chain

import pytest

from dockerlearn.course.console import Command
from dockerlearn.model.edition import RELEASE_29

from .editions import AS_29
from .engine import Machine
from .replay import reached, typed
from .terminal import Terminal
from .test_pages_containerd import SESSIONS, Beside

LEAST = 0.98  # of all commands: 29 is not one Docker, and each of its releases prints something otherwise


@pytest.fixture(scope="module")
def docker29(containerd_engine: Machine, pytestconfig: pytest.Config) -> Machine:
    """The engine, if it is a 29."""
    version = containerd_engine.engine_version
    if not version.startswith(f"{RELEASE_29.name}."):
        (pytest.fail if pytestconfig.getoption("docker29") else pytest.skip)(f"the engine here is {version}")
    return containerd_engine


def differences(place: str, machine: Machine) -> Iterator[tuple[Command, str | None]]:
    """The commands of one session, and how what Docker 29 prints differs from what the model does."""
    machine.reset()
    beside, slowest = Beside(AS_29), 0.0
    with Terminal(machine) as terminal:
        for command in chain.from_iterable(map(typed, SESSIONS[place])):
            if "curl" in command.source:
                machine.await_servers()
            shown = terminal.run(command.source, interrupt=reached(command) if command.interrupt else None)
            slowest = max(slowest, shown.ended - shown.began)
            yield command, beside.run(command, shown, machine, 1 + slowest)


def test_a_docker_29_prints_what_the_model_prints_as_29(
    docker29: Machine, record_property: Callable[[str, object], None]
) -> None:
    every = [(place, *each) for place in SESSIONS for each in differences(place, docker29)]
    wrong = [f"{place}: line {command.line}: $ {command.source}\n{found}" for place, command, found in every if found]
    record_property("equal", len(every) - len(wrong))
    print("\n\n".join(wrong))
    assert len(every) > 500
    assert len(every) - len(wrong) >= LEAST * len(every), "\n\n".join(wrong)
