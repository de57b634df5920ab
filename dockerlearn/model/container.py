"""A container: an image's file tree, a writable layer on it, and one main process, whose life is the container's.

Measured on Engine 28.5.2 with client 28.2.2. Time passes on the clock of the engine: whatever is asked of a container,
its process first does what it has had time for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from types import NoneType
from typing import TYPE_CHECKING, Any, Protocol

from .clock import LAST, after
from .digest import short
from .errors import CannotStart, DaemonError, DockerError, NoSuchContainer, WrongState
from .image import Config, Image
from .layer import Layer
from .lifecycle import LIFECYCLE, LIVE, State
from .network import Endpoint, Port
from .process import Environment, Output, Program, Runtime, Write, complete, signal_name
from .processes import Log, Machine, Processes
from .resources import CATCH_UP_STEPS, LINE_STEPS, TooMuchWork
from .rootfs import OWN_FILES, Mount, Rootfs, Volume
from .tree import Content, Directory, File, Node, node
from .value import Value, instance, sequence

if TYPE_CHECKING:
    from typing import NoReturn

    from .edition import Edition
    from .options import CreateOptions
    from .store.images import ImageStore

NEVER = datetime(1, 1, 1, tzinfo=UTC)
GRACE, LONGEST_GRACE = 10, 60 * 60  # seconds between the stop signal and SIGKILL: unless told otherwise, and at most
NO_NETWORK = 128  # the exit code of a container whose port was taken
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Settings(Value):
    """What a container is given beside its image: the options of `docker create`."""

    command: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] | None = None
    env: tuple[str, ...] = ()
    ports: tuple[Port, ...] = ()
    auto_remove: bool = False
    tty: bool = False
    interactive: bool = False
    attached: bool = True

    @classmethod
    def of(cls, command: tuple[str, ...], options: CreateOptions) -> Settings:
        """The settings for a command and options. Raises `DockerError` for a port that is none."""
        ports = tuple(map(Port.parse, sequence("ports", str, options.get("ports", ()))))
        given: dict[str, Any] = {**options, "command": command, "ports": ports}
        return cls(**given)

    def apply_to(self, config: Config) -> Config:
        """How a container of an image with that configuration starts.

        Another entrypoint drops the image's command. The container's own variables stand first.
        """
        variables = {pair.partition("=")[0]: pair for pair in self.env}
        inherited = {pair.partition("=")[0]: pair for pair in config.env}
        ports = {*config.exposed_ports, *(port.private for port in self.ports)}
        return config.replace(
            env=(*variables.values(), *(pair for name, pair in inherited.items() if name not in variables)),
            entrypoint=config.entrypoint if self.entrypoint is None else self.entrypoint,
            cmd=self.command if self.command or self.entrypoint is not None else config.cmd,
            exposed_ports=sorted(ports, key=lambda port: (int(port.partition("/")[0]), port)),
        )


class Home(Machine, Protocol):
    """What a container needs of its engine."""

    runtime: Runtime
    edition: Edition
    store: ImageStore

    def connect(self, container: Container) -> Endpoint:
        """Its address and its ports. Raises `Conflict` if one is taken."""

    def disconnect(self, container: Container) -> None:
        """Take them back."""

    def schedule(self, container: Container) -> None:
        """Note when it will do something by itself."""

    def discard(self, container: Container, *, volumes: bool) -> None:
        """Forget it."""


class Container:
    """A container. Made by `Engine.create` and `Engine.run`; `home` is the engine that it belongs to.

    `exit_code` is that of the last process, or says why none could be started; `error` says so in words.
    """

    __slots__ = (
        "_environment", "_home", "_log", "_name", "_processes", "_state", "created", "cut_off", "error", "exit_code", "finished",
        "id", "image", "image_name", "ip", "ports", "removed", "settings", "started", "volumes",
    )  # fmt: skip

    def __init__(
        self, home: Home, id: str, name: str, image: Image, image_name: str, settings: Settings, created: datetime
    ) -> None:
        self._home, self.id, self._name, self.image, self.image_name = home, id, name, image, image_name
        self.settings, self.created = settings, created
        self._state, self.exit_code, self.error, self.removed = State.CREATED, 0, "", False
        self.started = self.finished = NEVER
        self.ip, self.ports = "", ()  # type: str, tuple[Port, ...]
        self.cut_off = False  # whether it has lost its network for good
        self.volumes: Mapping[str, Volume] = {}  # by path
        self._log: Log | None = None
        self._environment: Environment | None = None
        self._processes: Processes | None = None

    # What it is

    @property
    def state(self) -> State:
        """What it is now."""
        self.settle()
        return self._state

    @property
    def name(self) -> str:
        """What it is called. `Engine.rename` changes that."""
        return self._name

    @property
    def hostname(self) -> str:
        """What it calls itself: the beginning of its ID."""
        return short(self.id)

    @property
    def config(self) -> Config:
        """How it starts: as its image says, unless its settings say otherwise."""
        return self.settings.apply_to(self.image.config)

    @property
    def command(self) -> tuple[str, ...]:
        """The words that its process is started with."""
        config = self.config
        return (*config.entrypoint, *config.cmd)

    @property
    def stop_signal(self) -> str:
        """The signal that `stop` sends first."""
        return signal_name(self.image.config.stop_signal or "TERM")

    @property
    def environment(self) -> Environment:
        """What its programs know of it. Made when it is first needed: a container that was only created costs little."""
        self.settle()
        if self._environment is None:
            own = {"HOSTNAME": self.hostname, **({"TERM": "xterm"} if self.settings.tty else {})}
            variables = {"PATH": PATH, **own, **_variables(self.config.env), "HOME": "/root"}
            home, now = self._home, self.processes.now
            root = Rootfs(self.image.tree, _mounts(self.hostname, self.volumes), home.disk, home.work)
            self._environment = Environment(home.runtime, root, variables, self.hostname, now, home.work)
        return self._environment

    @property
    def processes(self) -> Processes:
        """What runs in it."""
        if self._processes is None:
            self._processes = Processes(self._home)
        return self._processes

    @property
    def wake(self) -> datetime | None:
        """When something in it will happen by itself; None if nothing ever will."""
        return self.processes.next_wake if self._state is State.RUNNING else None

    @property
    def tree(self) -> Directory:
        """Its file system, as its programs see it."""
        return self.environment.root.tree

    @property
    def layer(self) -> Layer:
        """Its writable layer, as `docker commit` would make it."""
        root = self.root
        if root is None:
            return Layer.of()
        return self._home.store.layer(root)

    @property
    def root(self) -> Rootfs | None:
        """Its files; none as long as nothing was written."""
        self.settle()
        return self._environment.root if self._environment else None

    @property
    def size(self) -> int:
        """Bytes that the writable layer takes up, in its engine's store."""
        return self._home.store.written_size(self)

    def diff(self) -> list[tuple[str, str]]:
        """What it has changed, as `docker diff` tells it: A added, C changed, D deleted."""
        root = self.root
        return [] if root is None else self._home.store.diff(root)

    @property
    def log(self) -> Log:
        """What its processes have written."""
        self.settle()
        if self._log is None:
            self._log = Log(self._home.disk)
        return self._log

    def logs(self) -> tuple[Write, ...]:
        """What its processes have written; of very much, the last of it."""
        return self.log.since(0)

    @property
    def log_size(self) -> int:
        """Characters of its log."""
        return self._log.size if self._log else 0

    def written(self) -> Iterator[Node]:
        """All files and directories that were written in it, or into its volumes, and are there still."""
        return self._environment.root.written() if self._environment else iter(())

    def read(self, path: str) -> str:
        """The text of a file, links followed. Raises `KeyError` if there is no such file."""
        return self.environment.root[path]

    def write(self, path: str, content: Content) -> None:
        """Put a file, or a tree, into the container. Raises `OSError` if its directory is missing."""
        self.environment.root.put(path, node(content), instead=True)

    def lend(self) -> None:
        """Let its files be copied in or out: the engine mounts its volumes, and once it was started its own files, for that."""
        self.environment.root.make_mount_points()
        if self.started > NEVER or self.error:
            self.environment.root.copy_up()

    # What can be done with it

    def settle(self) -> None:
        """Let its process do all that it has had time for, and end if that is what it did."""
        if self._state is State.RUNNING:
            self.processes.advance()
            self._end()

    def start(self, stdin: str | None = None) -> None:
        """Start its process, in the file system as it was left; one that is interactive reads `stdin`, or what is typed.

        Raises `Conflict`, `CannotStart`.
        """
        if self._next("start") is self._state:
            return
        self.error = ""
        given = stdin if self.settings.interactive else None if self.settings.tty else ""
        try:
            program = self._launch(given)
        except CannotStart as problem:
            self._fail(problem.status, f"{RUNC_INIT}{problem}")
            raise CannotStart(self.error, status=problem.status) from problem
        except DaemonError as problem:
            self._fail(self.exit_code or NO_NETWORK, str(problem))  # how it once failed is kept
            raise
        log, self.exit_code = self.log, 0
        self.started, self._state = self._home.clock.now(), State.RUNNING
        self.processes.start(program, log)
        self._end()

    def _launch(self, stdin: str | None) -> Program:
        """Its program, at its start, after it got its place in the network. Raises `Conflict`, `CannotStart`."""
        endpoint = self._home.connect(self)
        self.ip, self.ports = endpoint.ip, endpoint.ports
        hosts = f"127.0.0.1\tlocalhost\n{self.ip}\t{self.hostname}\n"
        self.environment.root.make_mount_points()
        self.environment.root.mount("etc/hosts", File(hosts.encode()))
        return self.environment.start(self.command, stdin)

    def _fail(self, exit_code: int, error: str) -> None:
        self._leave_network()
        self.exit_code, self.error = exit_code, error

    def _leave_network(self) -> None:
        self._home.disconnect(self)
        self.ip, self.ports = "", ()

    def stop(self, timeout: float | None = None, signal: str | None = None) -> None:
        """Ask its process to end, and kill it when `timeout` seconds (ten unless given) have not been enough."""
        self.check()
        stop([self], timeout, signal)

    def restart(self, timeout: float | None = None, signal: str | None = None) -> None:
        """Stop it and start it, whatever it was."""
        self.check()
        settings = self.settings
        self.settings = settings.replace(auto_remove=False)  # to stop for a moment is no reason to go
        self.stop(timeout, signal)
        self.settings = settings
        self.start()

    def pause(self) -> None:
        """Freeze its processes. Raises `DaemonError`."""
        self._state = self._next("pause")
        self.processes.freeze()

    def unpause(self) -> None:
        """Let its processes go on. Raises `DaemonError`."""
        self._state = self._next("unpause")
        self.processes.thaw()
        self._end()

    def kill(self, signal: str = "KILL") -> None:
        """Send its process a signal. Raises `DaemonError`."""
        name = signal_name(instance("signal", str, signal))
        self._next("kill")
        self.processes.signal(name)
        if self._state is State.RUNNING:
            self._end()
        elif name in ("KILL", self.stop_signal) or not self.image.config.stop_signal:
            self.unpause()

    def type(self, line: str | None) -> None:
        """Type a line into its process, or, with None, end its input."""
        self.processes.type(line)
        self._home.schedule(self)

    def spawn(self, program: Program) -> None:
        """Start another process beside the main one, which ends with it."""
        self.processes.spawn(program)
        self._home.schedule(self)

    def exec(self, *words: str, stdin: str = "") -> Output:
        """Run another program in it, to its end: what that wrote, and its status. Raises `DaemonError`."""
        program = self.call(*words, stdin=instance("stdin", str, stdin))
        try:
            with self._home.work.limited(LINE_STEPS):
                return complete(program, self._home.clock.sleep)
        except TooMuchWork as problem:
            raise DockerError(str(problem)) from problem

    def call(self, *words: str, stdin: str | None = "", env: Iterable[str] = (), tty: bool = False) -> Program:
        """Another program in it, at its start. Raises `DaemonError`."""
        self._next("exec")
        if not sequence("words", str, words):
            raise DaemonError("No exec command specified")
        variables = _variables(sequence("env", str, env)) | ({"TERM": "xterm"} if tty else {})
        return self.environment.with_variables(variables).start(words, stdin)

    def remove(self, *, force: bool = False, volumes: bool = False) -> None:
        """Remove it, with its writable layer and its logs, and its volumes if told to. Raises `DaemonError`."""
        self.check()
        if force and self._state in LIVE:
            self.settings = self.settings.replace(auto_remove=False)  # whoever removes it says what goes with it
            self.kill()
        else:
            self._next("rm")
        self._home.discard(self, volumes=volumes)

    def refusal(self, verb: str) -> str | None:
        """Why it cannot be done in this state, if so."""
        after = LIFECYCLE[verb][self.state]
        if not isinstance(after, str):
            return None
        return after.format(id=self.id, name=self.name, paused=self._home.edition.release.paused)

    def check(self) -> None:
        """Raise `NoSuchContainer` if it has been removed: nothing brings it back."""
        self.settle()
        if self.removed:
            raise NoSuchContainer(name=self.name)

    def _rename(self, name: str) -> None:
        """Take another name. Only for what finds containers by name, which has to know."""
        self._name = name

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
        main = self.processes.main
        if main is None or main.status is None:
            self._home.schedule(self)
            return
        self._state, self.exit_code, self.finished = State.EXITED, main.status, main.time
        self.processes.clear()
        self._home.schedule(self)
        self.environment.listening.clear()
        self._leave_network()
        if self.settings.auto_remove:
            self._home.discard(self, volumes=True)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a container cannot be copied: what runs in it goes on in one place only")

    def __repr__(self) -> str:
        return f"<Container {self.name} {self.hostname} {self._state.value}>"


def _mounts(hostname: str, volumes: Mapping[str, Volume]) -> dict[str, Mount]:
    """What is mounted in a new container, by path: what the engine itself puts there, and its volumes."""
    mounts: dict[str, Mount] = {name: Mount(File()) for name in OWN_FILES}
    mounts |= {"proc": Mount(Directory()), "sys": Mount(Directory())}
    mounts["dev"] = Mount(Directory({"shm": Directory(mode=0o1777), "pts": Directory(), "console": File()}))
    mounts |= {path.strip("/"): volume for path, volume in volumes.items()}
    mounts["etc/hostname"] = Mount(File(f"{hostname}\n".encode()))
    return mounts


def _variables(pairs: Iterable[str]) -> dict[str, str]:
    """The variables of those pairs that have a value."""
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


RUNC_INIT = (
    "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: "
    "unable to start container process: error during container init: "
)


def stop(containers: Iterable[Container], timeout: float | None = None, signal: str | None = None) -> None:
    """Stop containers, all at the same time: their stop signal, `timeout` seconds (ten unless given), then SIGKILL."""
    instance("timeout", (int, float, NoneType), timeout)
    asked = [each for each in containers if each.state in LIVE]
    for each in asked:
        each.kill(signal or each.stop_signal)
    if not asked:
        return
    clock, work = asked[0]._home.clock, asked[0]._home.work
    most = work.done + CATCH_UP_STEPS
    grace = GRACE if timeout is None else timeout
    endless = grace < 0 or grace > LONGEST_GRACE
    deadline = after(clock.now(), LONGEST_GRACE if endless else grace) or LAST
    while running := [each for each in asked if each.state in LIVE]:
        if clock.now() >= deadline and not endless:
            for each in running:
                each.kill()
            continue
        wakes = [wake for each in running if (wake := each.processes.wake) is not None and work.done < most]
        if endless and (not wakes or clock.now() >= deadline):
            raise DaemonError("this goes on for ever")
        clock.sleep((min([deadline, *wakes]) - clock.now()).total_seconds())
