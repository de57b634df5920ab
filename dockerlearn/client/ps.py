"""`docker ps` and its like: which containers there are, and what there is to see of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TypeAlias

from ..model.container import Container
from ..model.engine import Engine
from ..model.errors import DaemonError, DockerError
from ..model.lifecycle import State
from ..model.process import Write
from . import formats
from .call import Call, Effects, Verb, address
from .containers import LIVE, attend
from .formats import ContainerRow
from .template import GoError, ParseError
from .usage import Flags, NotInModel, filters


def ls(call: Call, flags: Flags, operands: list[str]) -> None:
    """List containers."""
    wanted = _filters(flags.all("filter"))
    tests = [[FILTERS[name](call.engine, value) for value in values] for name, values in wanted.items()]
    most = 1 if flags.on("latest") else max(flags.number("last") or 0, 0)  # 0: as many as there are
    every = flags.on("all") or "status" in wanted or most > 0
    rows = [
        ContainerRow(container, call.engine.image_name(container))
        for container in call.engine.containers()
        if (every or container.state in LIVE) and all(any(test(container) for test in each) for each in tests)
    ]
    form, quiet = flags.text("format"), flags.on("quiet")
    if quiet and form:
        call.err("WARNING: Ignoring custom format, because both --format and --quiet are set.\n")
        form = ""
    kind = formats.CONTAINERS_WITH_SIZE if flags.on("size") else formats.CONTAINERS
    try:
        call.out(kind.show(rows[: most or None], call.view(flags), form, quiet=quiet))
    except GoError as error:
        what = "parse" if isinstance(error, ParseError) else "execute"
        raise DockerError(f"failed to {what} template: {error.reason}") from error


def _filters(texts: list[str]) -> dict[str, list[str]]:
    """The values of the filters of `docker ps`. Raises as `filters` does."""
    found = filters(texts, FILTERS, LACKING_FILTERS, "docker ps")
    for value in found.get("status", []):
        if value not in STATUSES:
            problem = f"invalid value for state ({value}): must be one of {', '.join(STATUSES)}"
            raise DaemonError(f"invalid filter 'status={value}': {problem}")
    for value in found.get("exited", []):
        if not re.fullmatch("[-+]?[0-9]+", value, re.ASCII):
            problem = f"strconv.Atoi: parsing {json.dumps(value)}: invalid syntax"
            raise DaemonError(f"invalid filter 'exited={value}': {problem}")
    return found


def _has_name(engine: Engine, expression: str) -> Test:
    """Whether a regular expression of Go's matches in a container's name; one that is invalid matches nowhere.

    Raises `NotInModel` for one that is beyond this model's limits.
    """
    from .regexp import Regexp, RegexpError, RegexpLimit  # not at the top: most lines need none

    try:
        regexp = Regexp(expression)
        names = {it.name for it in engine.containers() if regexp.search(f"/{it.name}") or regexp.search(it.name)}
    except RegexpError:
        names = set()
    except RegexpLimit as limit:
        raise NotInModel(str(limit), "filter") from limit
    return lambda it: it.name in names


def _is_only_one(engine: Engine, beginning: str) -> Test:
    """Whether a container's ID, and no other's, begins so; with nothing begins none (measured with Engine 28.5.2)."""
    found = [each for each in engine.containers() if beginning and each.id.startswith(beginning)]
    return lambda it: found == [it]


def _has_ancestor(engine: Engine, name: str) -> Test:
    """Whether a container's image is the one called so, or was made of one that is."""

    def test(it: Container) -> bool:
        try:
            return engine.image(name).id in engine.store.lineage(it.image)
        except DaemonError:
            return False

    return test


Test: TypeAlias = Callable[[Container], bool]
FILTERS: dict[str, Callable[[Engine, str], Test]] = {
    "ancestor": _has_ancestor,
    "exited": lambda engine, value: lambda it: it.state is State.EXITED and str(it.exit_code) == value,
    "id": _is_only_one,
    "name": _has_name,
    "status": lambda engine, value: lambda it: it.state.value == value,
}
LACKING_FILTERS = "before expose health is-task isolation label network publish since volume".split()
STATUSES = ("created", "running", "paused", "restarting", "removing", "exited", "dead")


def logs(call: Call, flags: Flags, operands: list[str]) -> Effects:
    """Show what a container has written, and with -f what it writes from now on."""
    container = call.engine.container(operands[0])
    lines = [Write(each.stream, line) for each in container.logs() for line in each.text.splitlines(keepends=True)]
    tail = flags.text("tail")
    if re.fullmatch("[1-9][0-9]*", tail):
        lines = lines[-int(tail[:18]) :]
    call.copy([] if tail == "0" else lines)
    if flags.on("follow"):
        yield from attend(call, container, len(container.logs()), proxy=False)


def diff(call: Call, flags: Flags, operands: list[str]) -> None:
    """Show what a container has changed in its files."""
    for letter, path in call.engine.container(address(operands[0])).diff():
        call.out(f"{letter} {path}\n")


def port(call: Call, flags: Flags, operands: list[str]) -> None:
    """Show where the ports of a container are published, or where one of them is."""
    name, asked = [*operands, ""][:2]
    container = call.engine.container(name)
    number, _, protocol = asked.partition("/")
    if asked and not number.isdigit():
        text = f"Error: invalid port ({number}): strconv.ParseUint: parsing {json.dumps(number)}: invalid syntax"
        raise DockerError(text)
    shown = sorted(
        (port.container, port.protocol, ip, port.host, "" if asked else f"{port.private} -> ")
        for port in container.ports
        for ip in port.addresses
        if not asked or port.private == f"{number}/{protocol or 'tcp'}"
    )
    if asked and not shown:
        raise DockerError(f"Error: No public port '{asked}' published for {name}")
    for _, _, ip, host, private in shown:
        call.out(f"{private}{ip}:{host}\n")


VERBS = {
    "docker container diff": Verb(diff),
    "docker container logs": Verb(logs, "follow tail"),
    "docker container ls": Verb(ls, "all filter format last latest no-trunc quiet size"),
    "docker container port": Verb(port),
}
