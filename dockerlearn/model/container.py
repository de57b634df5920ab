"""A container: an image's file tree, a writable layer on it, and one main process, whose life is the container's.

Measured on Engine 28.5.2 with client 28.2.2. Time passes on the clock of the engine: whatever is asked of a container,
its process first does what it has had time for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import NamedTuple, Protocol

from ..terminal.programs import KILLED, SIGNALS, CannotStart, Machine, called
from ..terminal.shell import Output, Pieces, Steps, finished
from .clock import Clock
from .digest import short
from .errors import DaemonError, DockerError, NoSuchContainer, WrongState
from .image import Image
from .layer import Layer
from .lifecycle import LIFECYCLE, State
from .network import Port
from .rootfs import OWN_FILES, Mount, Rootfs
from .tree import Content, Directory, File, node
from .volume import Volume

NEVER = datetime(1, 1, 1, tzinfo=UTC)
GRACE, LONGEST_GRACE = 10, 60 * 60  # seconds between the stop signal and SIGKILL: unless told otherwise, and at most
MOST_TURNS = 10_000  # of a process between two looks at it
NO_NETWORK = 128  # the exit code of a container whose port was taken
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def signal_name(text: str) -> str:
    """The name of a signal that is given by name, with or without SIG, or by number. Raises `DaemonError`."""
    name = text.upper().removeprefix("SIG")
    by_number = {str(number): name for name, number in SIGNALS.items()}
    if name not in SIGNALS and name not in by_number:
        number = re.fullmatch("-?[1-9][0-9]*", text, re.ASCII)
        raise DaemonError(f"the linux daemon does not support signal {text}" if number else f"invalid signal: {text}")
    return by_number.get(name, name)


class Options(NamedTuple):
    """What `docker create` and `docker run` were told beside the image."""

    command: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] | None = None
    env: tuple[str, ...] = ()
    ports: tuple[Port, ...] = ()
    auto_remove: bool = False
    tty: bool = False
    interactive: bool = False
    attached: bool = True


class Home(Protocol):
    """What a container needs of its engine."""

    clock: Clock

    def connect(self, container: Container) -> tuple[Port, ...]:
        """Give it its address and its ports. Raises `Conflict` if one is taken."""

    def disconnect(self, container: Container) -> None:
        """Take them back."""

    def discard(self, container: Container, *, volumes: bool) -> None:
        """Forget it."""


class Process:
    """The main process of a container: a program under way."""

    __slots__ = ("_pending", "_signals", "_steps", "_written", "acting", "prompt", "status", "time", "wake")

    def __init__(self, steps: Steps, started: datetime, written: list[tuple[bool, str]]) -> None:
        self._steps, self._written = steps, written
        self.time = started  # when it last did something
        self.wake: datetime | None = started  # when it will do something by itself
        self._signals: tuple[str, ...] = ()
        self._pending: list[str] = []
        self.acting = False
        self.prompt: str | None = None
        self.status: int | None = None
        self.advance(started)

    def advance(self, now: datetime) -> None:
        """Let it do all that it has had time for; one that has had time for very much falls behind."""
        for turn in count():
            if self.status is not None or self.wake is None or self.wake > now:
                return
            if turn == MOST_TURNS:
                self.wake = now + timedelta(seconds=1)
                return
            waiting, self._pending = sorted(set(self._pending), key=SIGNALS.__getitem__), []
            self._resume(self.wake, " ".join(waiting) or None)  # like the kernel: each once, the lowest number first

    def signal(self, name: str, now: datetime) -> None:
        """Send it a signal. Being the first process of its container, it notices only what it looks out for; SIGKILL ends it."""
        if name == "KILL":
            self._steps.close()
            self.time, self.status = now, KILLED
        elif name in self._signals:
            self._resume(now, name)
            self.advance(now)
        else:
            self._pending.append(name)

    def type(self, line: str | None, now: datetime) -> None:
        """Type a line into it, or, with None, end its input."""
        self._resume(now, line)
        self.advance(now)

    def thaw(self, now: datetime) -> None:
        """Let it go on after it was frozen, with the signals that came meanwhile, SIGKILL before all others."""
        self.wake = self.wake and max(self.wake, now)
        pending, self._pending = self._pending, []
        for name in sorted(pending, key=lambda name: name != "KILL"):
            if self.status is None:
                self.signal(name, now)

    def hold(self, name: str) -> None:
        """Keep a signal for when it is thawed."""
        self._pending.append(name)

    def _resume(self, at: datetime, sent: str | None) -> None:
        self.time, self.acting = at, True
        try:
            wait = self._steps.send(sent)
        except StopIteration as end:
            output: Output = end.value
            self._written += output.pieces
            self.status = output.status
            return
        except DockerError as problem:  # whatever this model's programs cannot do, it ends them
            self._written.append((True, f"{problem}\n"))
            self.status = 1
            return
        finally:
            self.acting = False
        self._written += wait.output
        self._signals, self.prompt = wait.signals, wait.prompt
        self.wake = None if wait.seconds is None else at + timedelta(seconds=wait.seconds)


class Container:
    """A container. Made by `Engine.create` and `Engine.run`; `home` is the engine that it belongs to.

    `exit_code` is that of the last process, or says why none could be started; `error` says so in words.
    """

    __slots__ = (
        "_background", "_home", "_log", "_machine", "_process", "_state", "created", "error", "exit_code", "finished", "id", "image",
        "image_name", "ip", "name", "options", "ports", "removed", "started", "volumes",
    )  # fmt: skip

    def __init__(
        self, home: Home, id: str, name: str, image: Image, image_name: str, options: Options, created: datetime
    ) -> None:
        self._home, self.id, self.name, self.image, self.image_name = home, id, name, image, image_name
        self.options, self.created = options, created
        self._state, self.exit_code, self.error, self.removed = State.CREATED, 0, "", False
        self.started = self.finished = NEVER
        self.ip, self.ports = "", ()  # type: str, tuple[Port, ...]
        self.volumes: Mapping[str, Volume] = {}  # by path
        self._log: list[tuple[bool, str]] | None = None
        self._machine: Machine | None = None
        self._process: Process | None = None
        self._background: tuple[Process, ...] = ()

    # What it is

    @property
    def state(self) -> State:
        """What it is now."""
        self.settle()
        return self._state

    @property
    def hostname(self) -> str:
        """What it calls itself: the beginning of its ID."""
        return short(self.id)

    @property
    def entrypoint(self) -> tuple[str, ...]:
        """What is started: the image's, unless told otherwise."""
        return self.image.config.entrypoint if self.options.entrypoint is None else self.options.entrypoint

    @property
    def command(self) -> tuple[str, ...]:
        """What the entrypoint gets: what came after the image, else the image's, which another entrypoint drops."""
        if self.options.command or self.options.entrypoint is not None:
            return self.options.command
        return self.image.config.cmd

    @property
    def env(self) -> tuple[str, ...]:
        """The variables that were set for it, and those of the image."""
        added = {pair.partition("=")[0]: pair for pair in self.options.env}
        kept = {pair.partition("=")[0]: pair for pair in self.image.config.env}
        return (*added.values(), *(pair for name, pair in kept.items() if name not in added))

    @property
    def exposed(self) -> tuple[str, ...]:
        """The ports that it listens on, published or not, in the order of their numbers."""
        ports = {*self.image.config.exposed_ports, *(port.private for port in self.options.ports)}
        return tuple(sorted(ports, key=lambda port: (int(port.partition("/")[0]), port)))

    @property
    def stop_signal(self) -> str:
        """The signal that `stop` sends first."""
        return signal_name(self.image.config.stop_signal or "TERM")

    @property
    def machine(self) -> Machine:
        """What its programs see. Made when it is first needed: a container that was only created costs next to nothing."""
        if self._machine is None:
            mounts: dict[str, Mount] = {name: Mount(File()) for name in OWN_FILES}
            mounts |= {"proc": Mount(Directory()), "sys": Mount(Directory())}
            mounts["dev"] = Mount(Directory({"shm": Directory(mode=0o1777), "pts": Directory(), "console": File()}))
            mounts |= {path.strip("/"): volume for path, volume in self.volumes.items()}
            home = {"HOSTNAME": self.hostname, **({"TERM": "xterm"} if self.options.tty else {})}
            pairs = dict(pair.split("=", 1) for pair in self.env if "=" in pair)
            variables = {"PATH": PATH, **home, **pairs, "HOME": "/root"}
            self._machine = Machine(Rootfs(self.image.tree, mounts), variables, self.hostname, self._now)
            self._machine.root.mount("etc/hostname", File(f"{self.hostname}\n".encode()))
        return self._machine

    @property
    def tree(self) -> Directory:
        """Its file system, as its programs see it."""
        self.settle()
        return self.machine.root.tree

    @property
    def layer(self) -> Layer:
        """Its writable layer."""
        self.settle()
        return self.machine.root.layer if self._machine else Layer.of()

    @property
    def size(self) -> int:
        """Bytes of the writable layer."""
        return self.layer.size

    def diff(self) -> list[tuple[str, str]]:
        """What it has changed, as `docker diff` tells it: A added, C changed, D deleted."""
        self.settle()
        return self.machine.root.diff() if self._machine else []

    def logs(self) -> Pieces:
        """All that its processes have written, as (is it an error?, text)."""
        self.settle()
        return tuple(self._log or ())

    def read(self, path: str) -> str:
        """The text of a file, links followed. Raises `KeyError` if there is no such file."""
        self.settle()
        return self.machine.root[path]

    def write(self, path: str, content: Content) -> None:
        """Put a file, or a tree, into the container. Raises `OSError` if its directory is missing."""
        self.settle()
        self.machine.root.put(path, node(content))

    def lend(self) -> None:
        """Let its files be copied in or out: if it was ever started, the engine mounts its own anew, which leaves a trace."""
        if self.started > NEVER or self.error:
            self.machine.root.copy_up()

    # What can be done with it

    def settle(self) -> None:
        """Let its process do all that it has had time for, and end if that is what it did."""
        if self._state is State.RUNNING and self._process is not None:
            now = self._home.clock.now()
            self._process.advance(now)
            for process in self._background:
                process.advance(min(now, self._process.time) if self._process.status is not None else now)
            self._end()

    def start(self, stdin: str | None = None) -> None:
        """Start its process, in the file system as it was left; one that is interactive reads `stdin`, or what is typed.

        Raises `Conflict`, `CannotStart`.
        """
        if self._next("start") is self._state:
            return
        self.error = ""
        try:
            self.ports = self._home.connect(self)
            words = (*self.entrypoint, *self.command)
            self.machine.root.mount("etc/hosts", File(f"127.0.0.1\tlocalhost\n{self.ip}\t{self.hostname}\n".encode()))
            program = self.machine.program(words[0])
        except DaemonError as problem:
            self._home.disconnect(self)
            self.exit_code, self.error = self.exit_code or NO_NETWORK, str(problem)  # how it once failed is kept
            if isinstance(problem, CannotStart):
                self.exit_code, self.error = problem.status, f"{RUNC_INIT}{problem}"
                raise CannotStart(self.error, problem.status) from problem
            raise
        self._log, self.exit_code = self._log or [], 0
        self.started, self._state = self._home.clock.now(), State.RUNNING
        given = stdin if self.options.interactive else None if self.options.tty else ""
        self._process = Process(called(program, list(words[1:]), given), self.started, self._log)
        self._end()

    def stop(self, timeout: float | None = None, signal: str | None = None) -> None:
        """Ask its process to end, and kill it when `timeout` seconds (ten unless given) have not been enough."""
        self.check()
        stop([self], timeout, signal)

    def restart(self, timeout: float | None = None, signal: str | None = None) -> None:
        """Stop it and start it, whatever it was."""
        self.check()
        options = self.options
        self.options = options._replace(auto_remove=False)  # to stop for a moment is no reason to go
        self.stop(timeout, signal)
        self.options = options
        self.start()

    def pause(self) -> None:
        """Freeze its processes. Raises `DaemonError`."""
        self._state = self._next("pause")

    def unpause(self) -> None:
        """Let its processes go on. Raises `DaemonError`."""
        self._state = self._next("unpause")
        if self._process is not None:
            self._process.thaw(self._home.clock.now())
            self._end()

    def kill(self, signal: str = "KILL") -> None:
        """Send its process a signal. Raises `DaemonError`."""
        name = signal_name(signal)
        self._next("kill")
        if self._process is None:
            return
        if self._state is State.PAUSED:
            self._process.hold(name)
            if name in ("KILL", self.stop_signal) or not self.image.config.stop_signal:
                self.unpause()
        elif self._process.status is None:
            self._process.signal(name, self._home.clock.now())
            self._end()

    def type(self, line: str | None) -> None:
        """Type a line into its process; None ends the input."""
        if self.state is State.RUNNING and self._process is not None:
            self._process.type(line, self._home.clock.now())
            self._end()

    def exec(self, *words: str, stdin: str = "") -> Output:
        """Run another program in it, to its end: what that wrote, and its status. Raises `DaemonError`."""
        return finished(self.call(*words, stdin=stdin), self._home.clock.sleep)

    def call(self, *words: str, stdin: str | None = "", env: Iterable[str] = (), tty: bool = False) -> Steps:
        """Another program in it, at its start. Raises `DaemonError`."""
        self._next("exec")
        if not words:
            raise DaemonError("No exec command specified")
        machine = self.machine
        variables = dict(pair.split("=", 1) for pair in env if "=" in pair) | ({"TERM": "xterm"} if tty else {})
        if variables:
            home = machine.variables["HOME"]
            variables = {**machine.variables, "HOME": "", **variables}
            variables["HOME"] = variables.pop("HOME") or home  # it stands last
            machine = Machine(machine.root, variables, machine.hostname, machine.now)
        return called(machine.program(words[0]), list(words[1:]), stdin)

    def spawn(self, steps: Steps) -> None:
        """Let a program that `call` gave go on by itself."""
        self._background += (Process(steps, self._home.clock.now(), []),)

    def remove(self, *, force: bool = False, volumes: bool = False) -> None:
        """Remove it, with its writable layer and its logs, and its volumes if told to. Raises `DaemonError`."""
        self.check()
        if force and self._state in (State.RUNNING, State.PAUSED):
            self.options = self.options._replace(auto_remove=False)  # whoever removes it says what goes with it
            self.kill()
        else:
            self._next("rm")
        self._home.discard(self, volumes=volumes)

    def answer(self, port: int, path: str) -> str | None:
        """What its server says to a request; None if nothing listens there."""
        return self.machine.serve(port, path)

    @property
    def wake(self) -> datetime | None:
        """When its process will do something by itself; None if it never will."""
        return self._process.wake if self.state is State.RUNNING and self._process else None

    @property
    def prompt(self) -> str | None:
        """What its process shows while it waits for a line of typing; None if it does not."""
        return self._process.prompt if self.state is State.RUNNING and self._process else None

    def refusal(self, verb: str) -> str | None:
        """Why it cannot be done in this state, if so."""
        after = LIFECYCLE[verb][self.state]
        return after.format(id=self.id, name=self.name) if isinstance(after, str) else None

    def check(self) -> None:
        """Raise `NoSuchContainer` if it has been removed: nothing brings it back."""
        self.settle()
        if self.removed:
            raise NoSuchContainer(name=self.name)

    def _now(self) -> datetime:
        """What time it is for the program that asks: one that acts only when it is looked at acts in the past."""
        acting = [each.time for each in (self._process, *self._background) if each is not None and each.acting]
        return acting[0] if acting else self._home.clock.now()

    def _next(self, verb: str) -> State:
        """The state that a verb leads to. Raises `DaemonError` if it may not be done in this one."""
        self.check()
        problem = self.refusal(verb)
        if problem is not None:
            raise WrongState(problem, verb=verb, state=self._state.value, container=self.id)
        after = LIFECYCLE[verb][self._state]
        return after if isinstance(after, State) else self._state

    def _end(self) -> None:
        """If its process has ended, so has it."""
        if self._process is None or self._process.status is None or self._machine is None:
            return
        self._state, self.exit_code, self.finished = State.EXITED, self._process.status, self._process.time
        self._process, self._background = None, ()
        self._machine.listening.clear()
        self._home.disconnect(self)
        if self.options.auto_remove:
            self._home.discard(self, volumes=True)

    def __repr__(self) -> str:
        return f"<Container {self.name} {self.hostname} {self._state.value}>"


RUNC_INIT = (
    "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: "
    "unable to start container process: error during container init: "
)


def stop(containers: Iterable[Container], timeout: float | None = None, signal: str | None = None) -> None:
    """Stop containers, all at the same time: their stop signal, `timeout` seconds (ten unless given), then SIGKILL."""
    asked = [each for each in containers if each.state in (State.RUNNING, State.PAUSED)]
    for each in asked:
        each.kill(signal or each.stop_signal)
    if not asked:
        return
    clock = asked[0]._home.clock
    grace = GRACE if timeout is None else timeout
    endless = grace < 0 or grace > LONGEST_GRACE
    deadline = clock.now() + timedelta(seconds=LONGEST_GRACE if endless else grace)
    while running := [each for each in asked if each.state in (State.RUNNING, State.PAUSED)]:
        if clock.now() >= deadline and not endless:
            for each in running:
                each.kill()
            continue
        wakes = [each.wake for each in running if each.wake is not None]
        if endless and (not wakes or clock.now() >= deadline):
            raise DaemonError("this goes on for ever")
        clock.sleep((min([deadline, *wakes]) - clock.now()).total_seconds())
