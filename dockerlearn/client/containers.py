"""`docker container`: making containers, running them, ending them, and looking at them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from ..model.container import Container, stop
from ..model.engine import Engine
from ..model.errors import CannotStart, DaemonError, DockerError, InvalidReference, NotFound
from ..model.lifecycle import LIVE, State
from ..model.network import Port
from ..model.process import Write, signal_name
from ..model.reference import Reference
from ..model.tree import Directory
from . import formats
from .call import NAME_STEPS, Call, Effects, Verb, address
from .images import progress
from .template.syntax import GoError, ParseError
from .usage import MISUSED_FLAG, MORE, Flags, NotInModel, UsageError, filters

ROW_STEPS, MAKE_STEPS = 10, 100  # of work, for a container that is looked at, and for one that is made
COMMIT_STEPS = 250  # of work, to make a layer, a configuration and a manifest
FILE_STEPS = 3  # of work, for a file that is gone through
CHARACTERS_READ = 20  # that cost as much to read as one that is made
NOT_ATTACHABLE = {
    State.CREATED: {"state": "stopped", "remedy": "start"},
    State.PAUSED: {"state": "paused", "remedy": "unpause"},
    State.EXITED: {"state": "stopped", "remedy": "start"},
}


# Making and running them


def create(call: Call, flags: Flags, operands: list[str]) -> None:
    """Make a container, and start nothing."""
    try:
        container = _make(call, flags, operands)
    except (DaemonError, InvalidReference):
        raise
    except DockerError as error:
        raise _refusal(error, "create") from error
    call.out(f"{container.id}\n")


def run(call: Call, flags: Flags, operands: list[str]) -> Effects:
    """Make a container and start it, and unless detached show what it writes until it ends."""
    _need_terminal(call, flags)
    try:
        container = _make(call, flags, operands)
    except DockerError as error:
        raise _refusal(error, "run") from error
    if flags.on("detach"):
        call.out(f"{container.id}\n")
    try:
        container.start(call.stdin)
    except DaemonError as error:
        if flags.on("rm"):
            container.remove()
        raise _refusal(error, "run") from error
    if not flags.on("detach"):
        yield from attend(call, container, typed=flags.on("interactive"))
        call.status = container.exit_code


def _need_terminal(call: Call, flags: Flags) -> None:
    """Raise `UsageError` if a terminal is wanted, and is not where the input comes from."""
    if flags.on("tty") and flags.on("interactive") and call.stdin is not None:
        raise UsageError("the input device is not a TTY\n")


def _make(call: Call, flags: Flags, operands: list[str]) -> Container:
    """Make the container that `create` and `run` are asked for, after a pull if its image is not here."""
    image, *command = operands
    call.engine.work.spend(MAKE_STEPS)
    ports, entrypoint = flags.all("publish"), flags.text("entrypoint")
    for port in ports:  # what is wrong with a port is wrong before anything is pulled
        Port.parse(port)
    if not re.fullmatch("[0-9a-f]{64}", image):
        Reference.parse(image)
    try:
        call.engine.image(image)
    except NotFound:
        if image.startswith("sha256:"):  # an ID is nothing to pull
            raise
        call.err(f"Unable to find image '{Reference.parse(image).tagged().familiar}' locally\n")
        call.err(progress(call.engine.pull(image)))
    return call.engine.create(
        image,
        *command,
        name=flags.text("name") or None,
        ports=ports,
        env=_variables(flags),
        entrypoint=None if "entrypoint" not in flags else [entrypoint] if entrypoint else [],
        auto_remove=flags.on("rm"),
        tty=flags.on("tty"),
        interactive=flags.on("interactive"),
        attached=not flags.on("detach"),
    )


def _variables(flags: Flags) -> list[str]:
    """The variables of `-e`; one without a value would be taken over from a computer that has none."""
    return [pair for pair in flags.all("env") if "=" in pair]


def _refusal(error: DockerError, verb: str) -> UsageError:
    """A refusal as `docker run` words it."""
    daemon = "Error response from daemon: " if isinstance(error, DaemonError) else ""
    status = error.status if isinstance(error, CannotStart) else MISUSED_FLAG
    return UsageError(f"docker: {daemon}{error}\n\nRun 'docker {verb} --help'{MORE}", status)


def attend(
    call: Call, container: Container, start: int = 0, *, typed: bool = False, proxy: bool = True, leaves: bool = False
) -> Effects:
    """Show what a container writes, from the write with the number `start` on, until it ends.

    What is `typed` goes to its process, and so does Ctrl-C, unless there is no `proxy`; one that `leaves` looks no
    further then.
    """
    signals = ("INT",) if proxy else ()
    while True:
        container.settle()
        writes, start = container.log.since(start), container.log.count
        call.copy(writes)
        if container.state not in LIVE:
            return
        if typed and (prompt := container.processes.prompt) is not None:
            container.type((yield from call.read(prompt, signals)))
        elif (yield from call.sleep(container.processes.wake, signals)):
            container.kill("INT")
            if leaves:
                return


def start(call: Call, flags: Flags, operands: list[str]) -> Effects:
    """Start containers, and with -a show what the only one writes until it ends."""
    attached = flags.on("attach")
    if attached and len(operands) > 1:
        raise DockerError("you cannot start and attach multiple containers at once")
    failed = []
    for name in operands:
        call.engine.work.spend(NAME_STEPS)
        try:
            container = call.engine.container(name)
            if attached and container.state is State.PAUSED:
                raise DockerError("unable to upgrade to tcp, received 409")
            already = container.log.count
            container.start()
            if attached:
                yield from attend(call, container, already, leaves=True)
                call.status = container.exit_code
            else:
                call.out(f"{name}\n")
        except DockerError as error:
            if attached and not isinstance(error, DaemonError):
                raise
            call.refuse(error)
            failed.append(name)
    if failed and not attached:
        call.refuse(DockerError(call.release.not_started.format(names=", ".join(failed))))


def attach(call: Call, flags: Flags, operands: list[str]) -> Effects:
    """Show what a container writes from now on until it ends, and type into it."""
    container = call.engine.container(operands[0])
    if container.state in NOT_ATTACHABLE:
        raise DockerError(call.release.not_attachable.format_map(NOT_ATTACHABLE[container.state]))
    yield from attend(call, container, container.log.count, typed=True)
    call.status = container.exit_code


def exec(call: Call, flags: Flags, operands: list[str]) -> Effects:
    """Run another program in a container."""
    name, *words = operands
    _need_terminal(call, flags)
    container = call.engine.container(name)
    stdin = call.stdin if flags.on("interactive") else ""
    try:
        program = container.call(*words, stdin=stdin, env=_variables(flags), tty=flags.on("tty"))
    except CannotStart as problem:
        if not flags.on("detach"):
            call.out(f"OCI runtime exec failed: exec failed: unable to start container process: {problem}\n")
            call.status = problem.status
        return
    if flags.on("detach"):
        container.spawn(program)
    else:
        yield from call.follow(program, lambda: container.state is State.RUNNING)


def wait(call: Call, flags: Flags, operands: list[str]) -> Effects:
    """Wait for the end of containers, one after the other, and show their exit codes."""
    refusals: list[DockerError] = []
    for name in operands:
        call.engine.work.spend(NAME_STEPS)
        try:
            container = call.engine.container(name)
        except DockerError as error:
            refusals.append(error)
            continue
        while container.state in LIVE:
            yield from call.sleep(container.processes.wake)
        call.out(f"{container.exit_code}\n")
    call.refuse(*refusals)


# What happens to them


def _each(call: Call, names: list[str], act: Callable[[Container], object]) -> list[DockerError]:
    """Do something with each container, and show the names of those where that went well; the refusals."""

    def one(name: str) -> None:
        act(call.engine.container(name))
        call.out(f"{name}\n")

    return call.each(names, one)


@contextmanager
def _preface(text: str) -> Iterator[None]:
    """Put a few words before what the daemon says."""
    try:
        yield
    except DaemonError as error:
        raise DaemonError(f"{text}{error}") from error


def stop_all(call: Call, flags: Flags, operands: list[str]) -> None:
    """Stop containers, all at the same time."""
    found: dict[str, Container] = {}
    refusals = _each(call, operands, lambda container: found.setdefault(container.id, container))
    stop(found.values(), flags.number("timeout"), flags.text("signal") or None)
    call.refuse(*refusals)


def restart(call: Call, flags: Flags, operands: list[str]) -> None:
    """Stop containers and start them again, one after the other."""

    def one(name: str) -> None:
        container = call.engine.container(name)
        with _preface(f"Cannot restart container {name}: "):
            container.restart(flags.number("timeout"), flags.text("signal") or None)
        call.out(f"{name}\n")

    call.refuse(*call.each(operands, one))


def pause(call: Call, flags: Flags, operands: list[str]) -> None:
    """Freeze the processes of containers."""
    call.refuse(*_each(call, operands, Container.pause))


def unpause(call: Call, flags: Flags, operands: list[str]) -> None:
    """Let the processes of containers go on."""
    call.refuse(*_each(call, operands, Container.unpause))


def kill(call: Call, flags: Flags, operands: list[str]) -> None:
    """Send the processes of containers a signal."""
    signal = flags.text("signal") or "KILL"
    with _preface(f"cannot kill container: {operands[0]}: "):
        signal_name(signal)

    def one(name: str) -> None:
        with _preface(f"cannot kill container: {name}: "):
            call.engine.container(name).kill(signal)
        call.out(f"{name}\n")

    call.refuse(*call.each(operands, one))


def rm(call: Call, flags: Flags, operands: list[str]) -> None:
    """Remove containers; with -f also those that run, and it does not count that some are not there."""

    def one(name: str) -> None:
        if not name:
            raise DockerError("container name cannot be empty")
        try:
            call.engine.container(name).remove(force=flags.on("force"), volumes=flags.on("volumes"))
            call.out(f"{name}\n")
        except NotFound as error:
            if not flags.on("force"):
                raise
            if call.release.warns_of_missing:
                call.warn(error)

    call.refuse(*call.each(operands, one))


def rename(call: Call, flags: Flags, operands: list[str]) -> None:
    """Call a container something else."""
    name, new = operands
    if not (name and new):
        raise DockerError("Error: Neither old nor new names may be empty")
    try:
        call.engine.rename(call.engine.container(name), new)
    except DaemonError as error:
        before, after = call.release.not_renamed
        call.err(before)
        call.refuse(error, *([DockerError(after.format(name=name))] if after else []))


def commit(call: Call, flags: Flags, operands: list[str]) -> None:
    """Make an image of a container."""
    name, target = [*operands, ""][:2]
    container = call.engine.container(name)
    call.engine.work.spend(COMMIT_STEPS)
    _go_through(call, container)
    image = call.engine.commit(container, target or None, message=flags.text("message"), author=flags.text("author"))
    call.out(f"{call.engine.id(image)}\n")


def _go_through(call: Call, container: Container) -> None:
    """Count the work of going through all that was written in a container."""
    written = list(container.written())
    characters = sum(each.size for each in written if not isinstance(each, Directory))
    call.engine.work.spend(FILE_STEPS * len(written), characters // CHARACTERS_READ)


# Looking at them


def ls(call: Call, flags: Flags, operands: list[str]) -> None:
    """List containers."""
    wanted = _filters(flags.all("filter"))
    tests = [[FILTERS[name](call.engine, value) for value in values] for name, values in wanted.items()]
    most = 1 if flags.on("latest") else max(flags.number("last") or 0, 0)  # 0: as many as there are
    every = flags.on("all") or "status" in wanted or most > 0
    call.engine.work.spend(ROW_STEPS * call.engine.size)
    rows = [
        formats.ContainerRow(container, call.engine.image_name(container), call.engine.store)
        for container in call.engine.containers()
        if (every or container.state in LIVE) and all(any(test(container) for test in each) for each in tests)
    ]
    form, quiet = flags.text("format"), flags.on("quiet")
    if quiet and form:
        call.err("WARNING: Ignoring custom format, because both --format and --quiet are set.\n")
        form = ""
    kind = formats.CONTAINERS[call.release.name]
    kind = formats.with_size(kind) if flags.on("size") else kind
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
    from ..regexp.matcher import WORK_PER_CHARACTER, Regexp  # not at the top: most lines need none
    from ..regexp.nfa import RegexpLimit
    from ..regexp.syntax import RegexpError

    engine.work.spend(WORK_PER_CHARACTER * len(expression))
    try:
        regexp = Regexp(expression)
        try:
            names = {it.name for it in engine.containers() if regexp.search(f"/{it.name}") or regexp.search(it.name)}
        finally:
            engine.work.spend(regexp.work)
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
            return engine.id(engine.image(name)) in engine.store.lineage(it.image)
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
    elif container.log.dropped and tail != "0":
        call.err(f"dockerlearn: {container.log.dropped} lines before these are not kept\n")
    call.copy([] if tail == "0" else lines)
    if flags.on("follow"):
        yield from attend(call, container, container.log.count, proxy=False)


def diff(call: Call, flags: Flags, operands: list[str]) -> None:
    """Show what a container has changed in its files."""
    container = call.engine.container(address(operands[0]))
    _go_through(call, container)
    for letter, path in container.diff():
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
    "docker container attach": Verb(attach),
    "docker container commit": Verb(commit, "author message no-pause pause"),
    "docker container create": Verb(create, "entrypoint env interactive name publish rm tty"),
    "docker container diff": Verb(diff),
    "docker container exec": Verb(exec, "detach env interactive tty"),
    "docker container kill": Verb(kill, "signal"),
    "docker container logs": Verb(logs, "follow tail"),
    "docker container ls": Verb(ls, "all filter format last latest no-trunc quiet size"),
    "docker container pause": Verb(pause),
    "docker container port": Verb(port),
    "docker container rename": Verb(rename),
    "docker container restart": Verb(restart, "signal timeout"),
    "docker container rm": Verb(rm, "force volumes"),
    "docker container run": Verb(run, "detach entrypoint env interactive name publish rm tty"),
    "docker container start": Verb(start, "attach"),
    "docker container stop": Verb(stop_all, "signal timeout"),
    "docker container unpause": Verb(unpause),
    "docker container wait": Verb(wait),
}
