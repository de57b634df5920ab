"""The life of a container as one table: what each command makes of it in each state, or why it is refused.

Measured on Engine 28.5.2 (`tests/measured/lifecycle.json` holds every cell).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType


class State(Enum):
    """What a container can be. Docker also knows `restarting`, `removing` and `dead`, which need more than this model."""

    CREATED = "created"
    RUNNING = "running"
    PAUSED = "paused"
    EXITED = "exited"


LIVE = (State.RUNNING, State.PAUSED)  # there is a process
NOT_RUNNING = "container {id} is not running"
NOT_PAUSED = "Container {id} is not paused"

# What each verb makes of a container in each state: the state after it, or the refusal.
_VERBS: dict[str, dict[State, State | str | None]] = {
    "start": {
        State.CREATED: State.RUNNING,
        State.RUNNING: State.RUNNING,
        State.PAUSED: "cannot start a paused container, try unpause instead",
        State.EXITED: State.RUNNING,
    },
    "pause": {
        State.CREATED: NOT_RUNNING,
        State.RUNNING: State.PAUSED,
        State.PAUSED: "{paused} {id} is already paused",
        State.EXITED: NOT_RUNNING,
    },
    "unpause": {
        State.CREATED: NOT_PAUSED,
        State.RUNNING: NOT_PAUSED,
        State.PAUSED: State.RUNNING,
        State.EXITED: NOT_PAUSED,
    },
    "stop": {
        State.CREATED: State.CREATED,
        State.RUNNING: State.EXITED,
        State.PAUSED: State.EXITED,
        State.EXITED: State.EXITED,
    },
    "kill": {
        State.CREATED: NOT_RUNNING,
        State.RUNNING: State.EXITED,
        State.PAUSED: State.EXITED,
        State.EXITED: NOT_RUNNING,
    },
    "restart": dict.fromkeys(State, State.RUNNING),
    "exec": {
        State.CREATED: NOT_RUNNING,
        State.RUNNING: State.RUNNING,
        State.PAUSED: "Container {name} is paused, unpause the container before exec",
        State.EXITED: NOT_RUNNING,
    },
    "rm": {
        State.CREATED: None,
        State.RUNNING: 'cannot remove container "{name}": container is running: '
        "stop the container before removing or force remove",
        State.PAUSED: 'cannot remove container "{name}": container is paused and must be unpaused first',
        State.EXITED: None,
    },
}
LIFECYCLE: Mapping[str, Mapping[State, State | str | None]] = MappingProxyType(
    {verb: MappingProxyType(cells) for verb, cells in _VERBS.items()}
)
