"""All that the engine's API tells of a container: the fields, their order and their values.

`measured/containers.json` holds what `docker inspect` showed of some containers on Engine 28.5.2, with Docker's usual folders
in place of those of the machine that it ran on.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from dockerlearn.model.clock import FixedClock
from dockerlearn.model.engine import Engine
from dockerlearn.model.store.classic import directories
from dockerlearn.terminal.session import Session
from tests.client.test_cli_measured import Identities
from tests.february import hub

MEASURED = json.loads((Path(__file__).parents[1] / "measured/containers.json").read_text(encoding="utf-8"))
CELLS: dict[str, dict[str, Any]] = {cell["container"]: cell for cell in MEASURED["cells"]}


def inspected(name: str) -> dict[str, Any]:
    """What the model tells of such a container."""
    session = Session(registry=hub(), clock=FixedClock("2026-11-24T22:00:00"), seed=1, docker="28")
    for image in ("nginx", "alpine", "postgres:16"):
        session.run(f"docker pull -q {image}")
    for command in CELLS[name]["commands"]:
        session.run(command)
    return session.engine.inspect(session.engine.container("demo"))


def anonymous(told: Any) -> str:
    """What was told, as text, with what differs from run to run left out, but for identities."""
    text = json.dumps(told, indent=4)
    text = re.sub(r"\b2\d{3}-\d\d-\d\dT[0-9:.]+Z", "<time>", text)
    text = re.sub(r'"Pid": [1-9]\d*', '"Pid": <number>', text)
    return re.sub(r'"MacAddress": "[0-9a-f:]+"', '"MacAddress": "<address>"', text)


def but_for_the_network(told: dict[str, Any]) -> str:
    return anonymous({field: value for field, value in told.items() if field != "NetworkSettings"})


@pytest.mark.parametrize("name", CELLS)
def test_a_container_is_told_of_as_a_real_one_was(name: str) -> None:
    said, measured = (but_for_the_network(told) for told in (inspected(name), CELLS[name]["inspect"]))
    assert Identities().same(said, measured), f"--- measured\n{measured}\n--- model\n{said}"


@pytest.mark.parametrize("name", CELLS)
def test_its_network_settings_are_told_as_of_a_real_one(name: str) -> None:
    said, measured = (
        json.loads(re.sub("[0-9a-f]{64}|[0-9a-f]{12}", "<identity>", anonymous(told["NetworkSettings"])))
        for told in (inspected(name), CELLS[name]["inspect"])
    )
    assert said == measured
    assert list(said) == list(measured)
    assert list(said["Networks"]["bridge"]) == list(measured["Networks"]["bridge"])


def test_times_and_sizes_are_those_of_the_engine() -> None:
    clock = FixedClock("2025-02-20T09:00:00")
    engine = Engine([hub()], clock=clock, seed=1, docker="28")
    engine.pull("alpine")
    container = engine.create("alpine", "sh", "-c", "echo 12345 >/f; sleep 5")
    clock.sleep(1)
    container.start()
    clock.sleep(60)
    told = engine.inspect(container, sized=True)
    assert told["Created"] == "2025-02-20T09:00:00Z"
    assert told["State"]["StartedAt"] == "2025-02-20T09:00:01Z"
    assert told["State"]["FinishedAt"] == "2025-02-20T09:00:06Z"
    assert (told["SizeRw"], told["SizeRootFs"]) == (6, 6 + engine.image("alpine").size)
    assert list(told)[-6:] == ["GraphDriver", "SizeRw", "SizeRootFs", "Mounts", "Config", "NetworkSettings"]


def test_a_process_has_a_number_only_while_it_runs() -> None:
    assert [inspected(name)["State"]["Pid"] > 0 for name in ("created", "running", "paused", "stopped")] == [
        False,
        True,
        True,
        False,
    ]


def test_two_containers_of_an_image_share_its_layers_and_no_directory_of_their_own() -> None:
    engine = Engine([hub()], clock=FixedClock("2025-02-20"), seed=1, docker="28")
    engine.pull("nginx")
    one, two = (engine.inspect(engine.create("nginx"))["GraphDriver"]["Data"] for _ in range(2))
    assert one["LowerDir"].split(":")[1:] == two["LowerDir"].split(":")[1:]
    assert one["LowerDir"].split(":")[0] != two["LowerDir"].split(":")[0]
    assert one["UpperDir"] != two["UpperDir"]
    image = engine.inspect(engine.image("nginx"))["GraphDriver"]["Data"]
    assert one["LowerDir"].split(":")[1:] == [image["UpperDir"], *image["LowerDir"].split(":")]


def test_what_has_no_layer_is_in_no_directory() -> None:
    assert directories([]) is None
    assert directories(["a"]) == {
        "MergedDir": "/var/lib/docker/overlay2/a/merged",
        "UpperDir": "/var/lib/docker/overlay2/a/diff",
        "WorkDir": "/var/lib/docker/overlay2/a/work",
    }
