"""The life of a container: every verb in every state, as Engine 28.5.2 with client 28.2.2 did it at a terminal.

`measured/lifecycle.json` holds a cell for each: the state that a container called demo was in, the command, what the
terminal showed, the exit status, and the state half a second later.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from dockerlearn.model.clock import FixedClock
from dockerlearn.model.container import Container
from dockerlearn.model.lifecycle import LIFECYCLE, State
from dockerlearn.terminal.session import Session
from tests.february import hub

MEASURED = json.loads((Path(__file__).parents[1] / "measured/lifecycle.json").read_text(encoding="utf-8"))
CELLS: list[dict[str, Any]] = MEASURED["cells"]
SETUP = {
    "absent": [],
    "created": ["docker create --name demo nginx"],
    "running": ["docker run -d --name demo nginx"],
    "paused": ["docker run -d --name demo nginx", "docker pause demo"],
    "exited": ["docker run -d --name demo nginx", "docker stop demo"],
}
IMAGE = re.compile(r"sha256:[0-9a-f]{64}")


def machine(state: str) -> Session:
    """A session with nginx pulled, a file of six bytes, and a container called demo in that state."""
    session = Session(registry=hub(), clock=FixedClock("2026-11-24T00:40:00"), seed=1, docker="28")
    for command in ["docker pull -q nginx", "echo hello > f", *SETUP[state]]:
        assert session.run(command).status == 0
    return session


def demo(session: Session) -> Container | None:
    return next((each for each in session.engine.containers() if each.name in ("demo", "other")), None)


def anonymous(text: str, session: Session, before: Container | None) -> str:
    """The text with identities that an engine invents replaced, as in the data."""
    container = demo(session) or before
    if container is not None:
        text = text.replace(container.id, "<id>").replace(container.hostname, "<short>")
    return text


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell['state']}: {cell['command']}")
def test_a_container_does_what_a_real_one_did(cell: dict[str, Any]) -> None:
    session = machine(cell["state"])
    before = demo(session)
    known = {image.id for image in session.engine.images()}
    result = session.run(cell["command"], interrupt=cell.get("interrupt", False))
    shown = anonymous(result.output, session, before)
    for image in session.engine.images():
        if image.id not in known:
            shown = shown.replace(image.id, "sha256:<new-image>")
    after = demo(session)
    assert shown == cell["output"].replace("<cwd>/", "/root/")
    assert result.status == cell["status"]
    assert (after.state.value if after else "absent") == cell["after"]
    assert (after.name if after else "") == cell.get("name_after", "demo" if after else "")


def test_the_table_covers_every_state_and_verb() -> None:
    verbs = {cell["command"].split()[1] for cell in CELLS}
    assert MEASURED["engine"] == "28.5.2"
    assert verbs >= set(LIFECYCLE)
    for verb in verbs:
        states = {cell["state"] for cell in CELLS if cell["command"].split()[1] == verb}
        assert states == set(SETUP), verb


@pytest.mark.parametrize("verb", [verb for verb in LIFECYCLE if verb != "exec"])
def test_the_model_s_own_table_is_the_measured_one(verb: str) -> None:
    command = f"docker {verb} demo"
    measured = {cell["state"]: cell for cell in CELLS if cell["command"] == command}
    for state, after in LIFECYCLE[verb].items():
        cell = measured[state.value]
        refused = isinstance(after, str)
        assert (cell["status"] != 0) == refused, f"{command} when {state.value}"
        if not refused:
            assert cell["after"] == (after.value if isinstance(after, State) else "absent")
