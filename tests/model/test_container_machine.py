"""Thousands of random commands to containers, their images and volumes, against a plain account of what should be.

The account knows no process, no tree and no layer. Of a program it knows when it ends by itself and what ends it, of a file
system the paths and what is in them, and of a container the state that LIFECYCLE gives. Time passes, also while nobody looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, NamedTuple, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from dockerlearn.hub.programs import BUSYBOX
from dockerlearn.model.clock import FixedClock, utc
from dockerlearn.model.container import NEVER, Container, stop
from dockerlearn.model.engine import REFUSED, RESET, Engine
from dockerlearn.model.errors import DockerError
from dockerlearn.model.image import Image
from dockerlearn.model.layer import Layer
from dockerlearn.model.lifecycle import LIFECYCLE, State
from dockerlearn.model.network import Port
from dockerlearn.model.registry import Registry
from dockerlearn.model.tree import Content, Directory, File, Symlink
from tests.february import hub
from tests.model.remains import remains

NOON = utc("2025-02-20T12:00:00")
KILLED, NO_PROGRAM, NO_NETWORK, GRACE = 137, 127, 128, 10
PAGE = "<h1>It serves</h1>\n"
ACTIVE = (State.RUNNING, State.PAUSED)

Files = dict[str, bytes | None]  # contents by path; None is a directory
T = TypeVar("T")


class Program(NamedTuple):
    """What is known of a program: when it ends by itself, which signals end it, what it adds to /log."""

    words: tuple[str, ...]
    lasts: float | None = None
    code: int = 0
    heeds: tuple[str, ...] = ()  # signals that end it at once, with status 0
    looks: float = 0  # how often it looks for signals that came
    hears: tuple[str, ...] = ()  # signals that end it, with `code`, when it looks
    first: bytes = b""
    last: bytes = b""
    exists: bool = True


def script(text: str) -> tuple[str, ...]:
    return ("sh", "-c", text)


SERVE = Program((), heeds=("QUIT", "TERM", "INT"))
WORK = Program(script("echo a >> /log; sleep 7; echo b >> /log; exit 4"), lasts=7, code=4, first=b"a\n", last=b"b\n")
NAP = Program(("sleep", "3"), lasts=3)
DEAF = Program(("sleep", "80000"))
TICK = Program(script("trap 'exit 5' USR1; while true; do sleep 2; done"), code=5, looks=2, hears=("USR1",))
BRIEF = Program(("true",), lasts=0)
FAIL = Program(script("echo c >> /log; exit 3"), lasts=0, code=3, first=b"c\n")
ABSENT = Program(("nosuch",), exists=False)
PROGRAMS = (WORK, NAP, DEAF, TICK, BRIEF, FAIL, ABSENT)

# The catalog's own busybox and nginx, in images small enough for thousands of commands.
TOOLS: dict[str, Content] = {f"bin/{name}": Symlink("busybox") for name in "sh sleep true mkdir mv rm".split()}
NGINX = hub().image("nginx").tree.get("usr/sbin/nginx")
assert isinstance(NGINX, File)
BASE = Layer.of({"bin/busybox": BUSYBOX, **TOOLS, "f": "f\n", "d/a": "d/a\n", "d/b": "one\n"})
DATA = Layer.of({"data/a": "data/a\n", "d/b": "d/b\n"})
SERVER = Layer.of({"bin/serve": NGINX, "usr/share/nginx/html/index.html": PAGE})


def built(*layers: Layer, **config: Any) -> Image:
    image = Image.scratch
    for number, layer in enumerate(layers):
        image = image.with_layer(layer, by=f"COPY {number}", created=NOON - timedelta(days=9 - number))
    return image.with_config(env={"PATH": "/bin"}, **config)


IMAGES: dict[Image, Program | None] = {
    built(BASE, SERVER, entrypoint=["/bin/serve"], stop_signal="SIGQUIT", exposed_ports="80"): SERVE,
    built(BASE, SERVER, DATA, entrypoint=["/bin/serve"], volumes="/data", stop_signal="15"): SERVE,
    built(BASE, cmd=WORK.words, volumes="/cache"): WORK,
    built(BASE, DATA, cmd=DEAF.words, volumes=["/data", "/cache"]): DEAF,
    built(BASE, DATA, cmd=TICK.words, stop_signal="SIGUSR1"): TICK,
    built(BASE, DATA, SERVER, cmd=BRIEF.words): BRIEF,
    built(BASE): None,
}
TAGS = ("a:latest", "a:1", "b:latest", "c:latest")
ON_HUB = TAGS[:3]
NAMES = ("aa", "bb", "0a", "c.c", "d-d")
PORTS = (
    "8080:80",
    "8081:80",
    "127.0.0.1:8081:80",
    "127.0.0.1:8080:80",
    "127.0.0.2:8080:80",
    "0.0.0.0:8081:80",
    "8080:80/udp",
    "80",
    "81",
)
SIGNALS = {
    "KILL": "KILL",
    "9": "KILL",
    "SIGTERM": "TERM",
    "15": "TERM",
    "quit": "QUIT",
    "INT": "INT",
    "HUP": "HUP",
    "usr1": "USR1",
}


def contents(image: Image) -> Files:
    """The files and directories of an image by path; the links, which nothing here touches, are left out."""
    walked = dict(image.tree.walk())
    return {
        path: found.data if isinstance(found, File) else None
        for path, found in walked.items()
        if not isinstance(found, Symlink)
    }


def above(path: str) -> list[str]:
    names = path.split("/")
    return ["/".join(names[:depth]) for depth in range(1, len(names))]


def below(path: str, files: Iterable[str]) -> list[str]:
    return [each for each in files if each == path or each.startswith(f"{path}/")]


class Box:
    """What a container should be."""

    def __init__(
        self, it: Container, image: Image, program: Program, lower: Files, volumes: dict[str, Files],
        wanted: tuple[Port, ...], fleeting: bool, created: datetime,
    ) -> None:  # fmt: skip
        self.it, self.name, self.image, self.program = it, it.name, image, program
        self.lower, self.upper, self.volumes = lower, dict(lower), volumes  # volumes by path
        self.written: set[str] = set()
        self.wanted, self.fleeting, self.created = wanted, fleeting, created
        self.state, self.code, self.started, self.finished = State.CREATED, 0, NEVER, NEVER
        self.failed = False  # to start, the last time
        self.wake: datetime | None = None
        self.held: list[str] = []  # signals that it has not looked at
        self.log: tuple[object, ...] = ()

    def __repr__(self) -> str:
        return f"<{self.name} {self.state.value}: {' '.join(self.program.words) or 'serve'}>"

    def part(self, path: str) -> tuple[Files, str]:
        """Which files a path belongs to: those of a volume, by the path in it, or the container's own."""
        volume, _, rest = path.partition("/")
        return (self.volumes[volume], rest) if volume in self.volumes else (self.upper, path)

    def mount(self) -> None:
        """Mount the volumes: where the image has no directory for one, the container gets it."""
        self.upper |= dict.fromkeys(self.volumes.keys() - self.upper.keys())

    def find(self, path: str) -> tuple[bool, bytes | None]:
        """Whether there is something, and what."""
        files, rest = self.part(path)
        return rest in files or not rest, files.get(rest)

    def is_directory(self, path: str) -> bool:
        return self.find(path) == (True, None)

    def can_write(self, path: str) -> bool:
        return all(self.is_directory(each) for each in above(path)) and not self.is_directory(path)

    def put(self, path: str, content: bytes | None) -> bool:
        """Write a file whose directory is there, or make a directory."""
        files, rest = self.part(path)
        files[rest] = content
        if files is self.upper:
            self.written.add(path)
        return True

    def append(self, path: str, more: bytes) -> bool:
        return self.put(path, (self.find(path)[1] or b"") + more)

    def delete(self, path: str) -> bool:
        files, rest = self.part(path)
        for each in below(rest, files):
            del files[each]
        if files is self.upper:
            self.written -= set(below(path, self.written))
        return True

    def diff(self) -> dict[str, str]:
        """What `docker diff` should say."""
        letters = dict.fromkeys(self.upper.keys() - self.lower.keys(), "A")
        for path in self.lower.keys() - self.upper.keys():
            if all(each in self.upper and self.upper[each] is None for each in above(path)):
                letters[path] = "D"
        for path in self.written & self.lower.keys():
            if self.upper[path] is not None or self.lower[path] is not None:
                letters[path] = "C"
        for path in list(letters):
            for each in above(path):
                letters.setdefault(each, "C")
        return {f"/{path}": letter for path, letter in letters.items()}

    @property
    def size(self) -> int:
        return sum(len(self.upper[path] or b"") for path in self.written)


class Commands(RuleBasedStateMachine):
    """Random commands, and the account of what they should have done."""

    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.registry = Registry()
        self.clock = FixedClock(NOON)
        self.engine = Engine(docker="28")
        self.now = NOON
        self.unseen = False  # whether time has passed, and nobody has looked
        self.boxes: dict[str, Box] = {}
        self.gone: list[Box] = []
        self.volumes: dict[str, Files] = {}
        self.images: dict[str, Image] = {}
        self.tags: dict[str, Image] = {}
        self.digests: dict[str, Image] = {}
        self.parents: dict[str, str] = {}
        self.contents = {image.id: contents(image) for image in IMAGES}
        self.programs = {image.id: program for image, program in IMAGES.items()}

    @initialize(
        first=st.lists(st.tuples(st.sampled_from(ON_HUB), st.sampled_from(list(IMAGES))), min_size=2, max_size=4),
        programs=st.lists(st.none() | st.sampled_from(PROGRAMS), min_size=2, max_size=4),
        fleeting=st.booleans(),
        seed=st.integers(0, 99),
    )
    def fill_the_machine(
        self, first: list[tuple[str, Image]], programs: list[Program | None], fleeting: bool, seed: int
    ) -> None:
        self.engine = Engine([self.registry], clock=self.clock, seed=seed, docker="28")
        for name, image in first:
            self.registry.push(name, image)
            self.engine.pull(name)
            self.expect_pull(name)
        for number, program in enumerate(programs):
            self.create(first[number % len(first)][0], program, NAMES[number], [PORTS[number]], fleeting, True, 0)

    # Doing it

    def attempt(self, act: Callable[[], T]) -> tuple[bool, T | None]:
        """Do it, or be refused. Anything but a DockerError ends the run; what a refusal changed, the invariants see."""
        type(self).steps += 1
        self.unseen = False
        try:
            return True, act()
        except DockerError:
            return False, None

    def call(self, box: Box, how: str) -> Container:
        """A container as a user has it: the object, or what the engine finds by a text."""
        if how == "object":
            return box.it
        name = f"/{box.name}" if self.here(box) else box.it.id  # another may have its name by now
        return self.engine.container({"id": box.it.id, "short": box.it.id[:12], "name": name}[how])

    def here(self, box: Box) -> bool:
        return box.it.id in self.boxes

    def active(self) -> list[Box]:
        return [box for box in self.boxes.values() if box.state in ACTIVE]

    # What should come of it

    def expect_pull(self, name: str) -> None:
        image = self.registry.image(name)
        self.images[image.id] = image
        self.tags[name] = self.digests[f"{name.partition(':')[0]}@{image.digest}"] = image

    def find(self, text: str) -> Image | None:
        return self.tags.get(text) or self.digests.get(text) or self.images.get(text)

    def names(self, image: Image) -> list[str]:
        return [name for name, each in [*self.tags.items(), *self.digests.items()] if each == image]

    def repositories(self, image: Image) -> set[str]:
        return {name.partition("@")[0].partition(":")[0] for name in self.names(image)}

    def users(self, image: Image, *states: State) -> list[Box]:
        return [box for box in self.boxes.values() if box.image == image and box.state in (states or State)]

    def is_single(self, image: Image) -> bool:
        return sum(each == image for each in self.tags.values()) <= 1 and len(self.repositories(image)) <= 1

    def is_held(self, image: Image, *, force: bool) -> bool:
        """Whether something forbids to delete an image."""
        return bool(
            image.id in self.parents.values() or self.users(image, *ACTIVE) or (self.users(image) and not force)
        )

    def untag(self, name: str, image: Image) -> None:
        self.tags.pop(name, None)
        self.digests.pop(name, None)
        repository = name.partition("@")[0].partition(":")[0]
        if not any(each == image and tag.startswith(f"{repository}:") for tag, each in self.tags.items()):
            for digest in [each for each in self.names(image) if each.startswith(f"{repository}@")]:
                del self.digests[digest]

    def delete(self, image: Image) -> None:
        del self.images[image.id]
        parent = self.images.get(self.parents.pop(image.id, ""))
        if parent and not self.names(parent) and not self.is_held(parent, force=False):
            self.delete(parent)

    def expect_rmi(self, text: str, *, force: bool) -> bool:
        image = self.find(text)
        if image is None:
            return False
        if text in self.images:
            if self.is_held(image, force=force) or not (force or self.is_single(image)):
                return False
            for name in self.names(image):
                self.untag(name, image)
            self.delete(image)
            return True
        if self.is_single(image) and self.users(image) and not force:
            return False
        self.untag(text, image)
        if not self.names(image) and not self.is_held(image, force=force):
            self.delete(image)
        return True

    def forget(self, box: Box, *, volumes: bool) -> None:
        del self.boxes[box.it.id]
        self.gone.append(box)
        for name in (
            [name for name, files in self.volumes.items() if files in list(box.volumes.values())] if volumes else []
        ):
            if any(self.volumes[name] is files for files in box.volumes.values()):
                del self.volumes[name]

    def end(self, box: Box, at: datetime, code: int) -> None:
        box.state, box.code, box.finished, box.wake, box.held = State.EXITED, code, at, None, []
        if box.fleeting:
            self.forget(box, volumes=True)

    def advance(self, box: Box) -> None:
        """Let a program do what it has had time for."""
        program = box.program
        while box.state is State.RUNNING and box.wake is not None and box.wake <= self.now:
            if not program.looks:
                if program.last:
                    box.append("log", program.last)
                self.end(box, box.wake, program.code)
            elif set(box.held) & set(program.hears):
                self.end(box, box.wake, program.code)
            else:
                box.held, box.wake = [], box.wake + timedelta(seconds=program.looks)

    def settle(self) -> None:
        for box in list(self.boxes.values()):
            self.advance(box)

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.settle()

    def send(self, box: Box, signal: str) -> None:
        if signal == "KILL":
            self.end(box, self.now, KILLED)
        elif signal in box.program.heeds:
            self.end(box, self.now, 0)
        else:
            box.held.append(signal)

    def expect_unpause(self, box: Box) -> None:
        box.state, held, box.held = State.RUNNING, box.held, []
        box.wake = box.wake and max(box.wake, self.now)
        for signal in sorted(held, key=lambda signal: signal != "KILL"):
            if box.state is State.RUNNING:
                self.send(box, signal)

    def clashes(self, box: Box) -> bool:
        """Whether a container wants a port that another has, or wants one twice."""
        held = [
            port for each in self.boxes.values() if each is not box and each.state in ACTIVE for port in each.it.ports
        ]
        for wanted in box.wanted:
            for port in held:
                everywhere = {"", "0.0.0.0"} & {port.ip, wanted.ip}
                if (port.host, port.protocol) == (wanted.host, wanted.protocol) and (
                    everywhere or port.ip == wanted.ip
                ):
                    return True
            if wanted.host:
                held.append(wanted)
        return False

    def expect_start(self, box: Box) -> bool:
        if box.state in ACTIVE:
            return box.state is State.RUNNING
        if not self.clashes(box):
            box.mount()
        if self.clashes(box) or not box.program.exists:
            box.code = (box.code or NO_NETWORK) if self.clashes(box) else NO_PROGRAM
            box.failed = True
            return False
        program = box.program
        box.state, box.started, box.code, box.failed = State.RUNNING, self.now, 0, False
        until = program.looks or program.lasts
        box.wake = None if until is None else self.now + timedelta(seconds=until)
        if program.first:
            box.append("log", program.first)
        self.advance(box)
        return True

    def expect_stop(self, boxes: list[Box], timeout: float | None, signal: str | None) -> None:
        asked = [box for box in boxes if box.state in ACTIVE]
        deadline = self.now + timedelta(seconds=GRACE if timeout is None else timeout)
        for box in asked:
            own = (box.image.config.stop_signal or "TERM").removeprefix("SIG").replace("15", "TERM")
            sent = signal or own
            if box.state is State.RUNNING:
                self.send(box, sent)
                continue
            box.held.append(sent)
            if sent in ("KILL", own) or not box.image.config.stop_signal:
                self.expect_unpause(box)
                self.advance(box)
        waiting = [box for box in asked if box.state in ACTIVE]
        while waiting:
            awake = [box.wake for box in waiting if box.wake and box.state is State.RUNNING]
            self.now = min([deadline, *awake])
            for box in waiting:
                self.advance(box)
                if box.state in ACTIVE and self.now >= deadline:
                    self.end(box, self.now, KILLED)
            waiting = [box for box in waiting if box.state in ACTIVE]
        self.settle()

    def expect_edit(self, box: Box, verb: str, path: str, other: str) -> bool:
        """Whether a tool succeeds, and what it leaves."""
        if verb in (">", ">>"):
            more = f"{other}\n".encode()
            return box.can_write(path) and (box.put(path, more) if verb == ">" else box.append(path, more))
        if verb == "rm":
            return box.delete(path)
        if verb == "mkdir":
            for each in [*above(path), path]:
                found, content = box.find(each)
                if content is not None:
                    return False
                if not found:
                    box.put(each, None)
            return True
        found, content = box.find(path)
        target = f"{other}/{path.rpartition('/')[2]}" if box.is_directory(other) else other
        if not found or not box.can_write(target):
            return False
        if target == path:  # moved to where it is
            return True
        return box.delete(path) and box.put(target, content)

    # The rules: containers

    boxes_here = st.runner().flatmap(
        lambda machine: st.sampled_from(
            [*machine.boxes.values(), *machine.active(), *machine.active(), *machine.gone[-1:]]
        )
    )
    some_boxes = st.runner().flatmap(
        lambda machine: st.lists(
            st.sampled_from(machine.active() or [*machine.boxes.values()]), min_size=1, max_size=3, unique=True
        )
    )
    images_here = st.runner().flatmap(
        lambda machine: st.sampled_from(
            [*machine.images, *[*machine.parents] * 3, *machine.tags, *machine.digests, "no"]
        )
    )
    names_here = st.runner().flatmap(
        lambda machine: st.sampled_from([*NAMES, *[box.name for box in machine.active() if box.fleeting] * 3])
    )
    seconds = st.sampled_from((0, 0, 4))
    ways = st.sampled_from(("object", "id", "name", "short"))
    with_boxes = precondition(lambda self: self.boxes)
    with_few = precondition(lambda self: len(self.boxes) < 8)

    @with_few
    @rule(
        text=images_here | st.sampled_from(TAGS),
        program=st.none() | st.sampled_from(PROGRAMS),
        name=st.none() | names_here,
        ports=st.lists(st.sampled_from(PORTS), max_size=2, unique=True),
        fleeting=st.booleans(),
        run=st.booleans(),
        later=seconds,
    )
    def create(
        self,
        text: str,
        program: Program | None,
        name: str | None,
        ports: list[str],
        fleeting: bool,
        run: bool,
        later: float,
    ) -> None:
        self.pass_unseen(later)
        command = program.words if program else ()
        done, it = self.attempt(
            lambda: (self.engine.run if run else self.engine.create)(
                text, *command, name=name, ports=ports, auto_remove=fleeting
            )
        )
        if run and not self.find(text) and text in TAGS and text in self.registry_tags():
            self.expect_pull(text)
        image = self.find(text)
        runs = self.programs[image.id] if image else None
        program = runs if image and image.config.entrypoint else program or runs
        if image is None or program is None or name in {box.name for box in self.boxes.values()}:
            assert not done
            return
        it = it or self.engine.containers()[0]
        assert it.id not in self.boxes
        assert name in (None, it.name)
        volumes = {path: it.volumes[f"/{path}"] for path in ("data", "cache") if f"/{path}" in image.config.volumes}
        files = {path: self.below(image, path) for path in volumes}
        self.volumes |= {volumes[path].name: files[path] for path in volumes}
        wanted = tuple(Port.parse(port) for port in ports)
        box = Box(it, image, program, dict(self.contents[image.id]), files, wanted, fleeting, self.now)
        self.boxes[it.id] = box
        assert done == (not run or self.expect_start(box))

    def registry_tags(self) -> set[str]:
        return {name for name in ON_HUB if name.partition(":")[2] in self.tags_of(name.partition(":")[0])}

    def tags_of(self, repository: str) -> set[str]:
        return set(self.registry.tags(repository))

    def below(self, image: Image, path: str) -> Files:
        """What a new volume is filled with."""
        files = self.contents[image.id]
        return {each.removeprefix(f"{path}/"): files[each] for each in below(path, files) if each != path}

    @with_boxes
    @rule(box=boxes_here, how=ways, later=seconds)
    def start(self, box: Box, how: str, later: float) -> None:
        self.pass_unseen(later)
        done, _ = self.attempt(lambda: self.call(box, how).start())
        assert done == (self.here(box) and self.expect_start(box))

    @with_boxes
    @rule(
        boxes=some_boxes,
        how=ways,
        timeout=st.sampled_from((None, 0, 1, 4.5)),
        signal=st.none() | st.sampled_from(("KILL", "TERM")),
    )
    def stop(self, boxes: list[Box], how: str, timeout: float | None, signal: str | None) -> None:
        done, _ = self.attempt(lambda: stop([self.call(box, how) for box in boxes], timeout, signal))
        assert done
        self.expect_stop(boxes, timeout, signal)

    @with_boxes
    @rule(box=boxes_here, how=ways, timeout=st.sampled_from((None, 0, 3)))
    def restart(self, box: Box, how: str, timeout: float | None) -> None:
        done, _ = self.attempt(lambda: self.call(box, how).restart(timeout))
        if not self.here(box):
            assert not done
            return
        box.fleeting, fleeting = False, box.fleeting
        self.expect_stop([box], timeout, None)
        box.fleeting = fleeting
        assert done == self.expect_start(box)

    @with_boxes
    @rule(box=boxes_here, how=ways)
    def pause(self, box: Box, how: str) -> None:
        done, _ = self.attempt(lambda: self.call(box, how).pause())
        assert done == (self.here(box) and box.state is State.RUNNING)
        if done:
            box.state = State.PAUSED

    @with_boxes
    @rule(box=boxes_here, how=ways)
    def unpause(self, box: Box, how: str) -> None:
        done, _ = self.attempt(lambda: self.call(box, how).unpause())
        assert done == (self.here(box) and box.state is State.PAUSED)
        if done:
            self.expect_unpause(box)
            self.advance(box)

    @with_boxes
    @rule(
        box=boxes_here, how=ways, signals=st.lists(st.sampled_from((*SIGNALS, "NOSUCH", "0")), min_size=1, max_size=3)
    )
    def kill(self, box: Box, how: str, signals: list[str]) -> None:
        for signal in signals:
            done, _ = self.attempt(partial(lambda signal: self.call(box, how).kill(signal), signal))
            assert done == (self.here(box) and box.state in ACTIVE and signal in SIGNALS)
            if done and box.state is State.RUNNING:
                self.send(box, SIGNALS[signal])
            elif done:
                name, own = SIGNALS[signal], box.image.config.stop_signal
                box.held.append(name)
                if name == "KILL" or not own or name == SIGNALS.get(own, own.removeprefix("SIG")):
                    self.expect_unpause(box)
            self.advance(box)

    @with_boxes
    @rule(box=boxes_here, how=ways, force=st.booleans(), volumes=st.booleans())
    def remove(self, box: Box, how: str, force: bool, volumes: bool) -> None:
        done, _ = self.attempt(lambda: self.call(box, how).remove(force=force, volumes=volumes))
        assert done == (self.here(box) and (force or box.state not in ACTIVE))
        if done and box.state in ACTIVE:
            box.fleeting = False  # it is removed before it can remove itself, and its volumes
            self.end(box, self.now, KILLED)
        if done and self.here(box):
            self.forget(box, volumes=volumes)

    @with_boxes
    @rule(box=boxes_here, how=ways, name=st.sampled_from((*NAMES, "x", "no/name", "")))
    def rename(self, box: Box, how: str, name: str) -> None:
        done, _ = self.attempt(lambda: self.engine.rename(self.call(box, how), name))
        assert done == (self.here(box) and name in NAMES and name not in {each.name for each in self.boxes.values()})
        if done:
            box.name = name

    files = st.sampled_from("f log new d/a d/b d/n d/c/e x x/y data/a data/n cache/n".split())

    edits = st.tuples(st.sampled_from((">", ">>", "rm", "mkdir", "mv", "nosuch")), files | st.just("d"), files)

    @with_boxes
    @rule(box=boxes_here, how=ways, changes=st.lists(edits, min_size=1, max_size=3))
    def edit(self, box: Box, how: str, changes: list[tuple[str, str, str]]) -> None:
        """Let tools change files in a container that runs."""
        for verb, path, other in changes:
            if verb == "mkdir":
                path = {"log": "d/c", "f": "x/y"}.get(path, path)
            if verb == "mv" and box.find(path) == (True, None):
                verb = "rm"
            words = {
                "rm": ["rm", "-rf", f"/{path}"],
                "mkdir": ["mkdir", "-p", f"/{path}"],
                "mv": ["mv", f"/{path}", f"/{other}"],
                "nosuch": ["nosuch"],
            }.get(verb, ["sh", "-c", f"echo {other} {verb} /{path}"])
            done, output = self.attempt(partial(lambda words: self.call(box, how).exec(*words), words))
            assert done == (self.here(box) and box.state is State.RUNNING and verb != "nosuch")
            if output is not None:
                assert (output.status == 0) == self.expect_edit(box, verb, path, other), output

    @with_boxes
    @rule(box=boxes_here, path=files, same=st.booleans())
    def write(self, box: Box, path: str, same: bool) -> None:
        """Put a file into a container, whatever its state; maybe what is in it already."""
        text = f"{path}\n" if same else ""
        if self.here(box) and box.can_write(path):
            done, _ = self.attempt(lambda: box.it.write(f"/{path}", text))
            assert done
            box.mount()
            box.put(path, text.encode())

    @with_boxes
    @rule(box=boxes_here, how=ways, name=st.none() | st.sampled_from(TAGS))
    def commit(self, box: Box, how: str, name: str | None) -> None:
        done, image = self.attempt(lambda: self.engine.commit(self.call(box, how), name))
        assert done == (self.here(box) and box.image.id in self.images)
        if image is not None:
            assert image.size == box.image.size + box.size
            assert len(image.layers) == len(box.image.layers) + bool(box.diff())
            assert image.config.cmd == box.program.words or image.config.entrypoint
            self.images[image.id], self.parents[image.id] = image, box.image.id
            self.contents[image.id], self.programs[image.id] = dict(box.upper), box.program
            if name is not None:
                self.tags[name] = image

    def prune_containers(self) -> None:
        done, pruned = self.attempt(self.engine.prune_containers)
        stopped = [box for box in self.boxes.values() if box.state not in ACTIVE]
        assert done
        assert pruned == ([box.it for box in stopped][::-1], sum(box.size for box in stopped))
        for box in stopped:
            self.forget(box, volumes=False)

    # The rules: volumes

    def in_use(self) -> list[Files]:
        return [files for box in self.boxes.values() for files in box.volumes.values()]

    def prune_volumes(self) -> None:
        done, pruned = self.attempt(self.engine.volume_store.prune)
        unused = {
            name: files for name, files in self.volumes.items() if not any(files is each for each in self.in_use())
        }
        assert done
        assert pruned is not None
        assert {volume.name for volume in pruned[0]} == unused.keys()
        assert pruned[1] == sum(len(content or b"") for files in unused.values() for content in files.values())
        for name in unused:
            del self.volumes[name]

    @rule(name=st.runner().flatmap(lambda machine: st.sampled_from([*machine.volumes, "nosuch"])))
    def remove_volume(self, name: str) -> None:
        done, _ = self.attempt(lambda: self.engine.volume_store.remove(name))
        assert done == (name in self.volumes and not any(self.volumes[name] is each for each in self.in_use()))
        if done:
            del self.volumes[name]

    # The rules: images, time

    @rule(name=st.sampled_from(TAGS), pushed=st.none() | st.sampled_from(list(IMAGES)))
    def pull(self, name: str, pushed: Image | None) -> None:
        """Pull a name, which may have moved."""
        if pushed and name in ON_HUB:
            self.registry.push(name, pushed)
        done, _ = self.attempt(lambda: self.engine.pull(name))
        assert done == (name in self.registry_tags())
        if done:
            self.expect_pull(name)

    @rule(text=images_here, name=st.sampled_from(TAGS))
    def tag(self, text: str, name: str) -> None:
        done, _ = self.attempt(lambda: self.engine.tag(text, name))
        image = self.find(text)
        assert done == (image is not None)
        if image:
            self.tags[name] = image

    @rule(text=images_here, force=st.booleans())
    def rmi(self, text: str, force: bool) -> None:
        done, _ = self.attempt(lambda: self.engine.rmi(text, force=force))
        assert done == self.expect_rmi(text, force=force)

    @rule(what=st.sampled_from(("containers", "volumes", "volumes", "dangling", "dangling", "images")))
    def prune(self, what: str) -> None:
        if what == "containers":
            self.prune_containers()
        elif what == "volumes":
            self.prune_volumes()
        else:
            self.prune_images(every=what == "images")

    def prune_images(self, *, every: bool) -> None:
        before = dict(self.engine.layers)
        done, pruned = self.attempt(lambda: self.engine.prune(all=every))
        assert done
        assert pruned is not None
        gone = before.keys() - self.engine.layers.keys()
        assert pruned.reclaimed == sum(before[chain].size for chain in gone)
        here = {image.id: image for image in self.engine.images()}
        for image in self.images.values():
            needed = self.users(image) or any(self.parents.get(child) == image.id for child in here)
            tagged = [name for name, each in self.tags.items() if each == image]
            assert (image.id in here) == bool(needed or (tagged and not every))
            left = [tag.familiar for tag in self.engine.tags(image)]
            if not every:
                assert left == sorted(tagged)
            elif self.users(image):
                assert len(left) <= 1
                assert self.engine.store.names(image) or not self.names(image)
        self.images = {id: image for id, image in self.images.items() if id in here}
        self.parents = {child: parent for child, parent in self.parents.items() if child in here}
        kept = {each.familiar for image in here.values() for each in self.engine.store.names(image)}
        self.tags = {name: image for name, image in self.tags.items() if name in kept}
        self.digests = {name: image for name, image in self.digests.items() if name in kept}

    @rule(seconds=st.sampled_from((0.5, 1, 2, 5, 30)))
    def pass_unseen(self, seconds: float) -> None:
        """Let time pass while nobody looks."""
        self.clock.sleep(seconds)
        self.pass_time(seconds)
        self.unseen = True

    # What always holds

    seen = precondition(lambda self: not self.unseen)

    @seen
    @invariant()
    def every_container_is_what_it_should_be(self) -> None:
        assert self.clock.now() == self.now
        assert {each.id for each in self.engine.containers()} == self.boxes.keys()
        for box in self.boxes.values():
            it = box.it
            assert (it.name, it.state, it.image) == (box.name, box.state, box.image)
            assert (it.exit_code, it.created, it.started, it.finished) == (
                box.code,
                box.created,
                box.started,
                box.finished,
            )
            assert bool(it.error) == box.failed
            log = it.logs()
            assert log[: len(box.log)] == box.log
            box.log = log
            for verb, cells in LIFECYCLE.items():
                assert (it.refusal(verb) is None) == (not isinstance(cells[box.state], str))

    @seen
    @invariant()
    def every_container_is_found(self) -> None:
        ids = sorted(self.boxes)
        names = {box.name: box for box in self.boxes.values()}
        assert len(names) == len(ids)
        for box in self.boxes.values():
            id = box.it.id
            others = [each for each in ids if each != id]
            length = next(length for length in count(1) if not any(each.startswith(id[:length]) for each in others))
            texts = [
                box.name,
                f"/{box.name}",
                id,
                *(id[:longer] for longer in (length, 12) if id[:longer] not in names),
            ]
            assert all(self.engine.container(text) is box.it for text in texts)
            if length > 1 and id[: length - 1] not in names:
                assert self.attempt_only(id[: length - 1]) is None
        for box in self.gone[-3:]:
            assert self.attempt_only(box.it.id) is None
            found = self.attempt_only(box.name)
            assert found is None or box.name in names or found.id.startswith(box.name)

    def attempt_only(self, text: str) -> Container | None:
        try:
            return self.engine.container(text)
        except DockerError:
            return None

    @seen
    @invariant()
    def what_runs_has_its_address_and_its_ports_alone(self) -> None:
        active = self.active()
        assert all((box.it.ip, box.it.ports) == ("", ()) for box in self.boxes.values() if box not in active)
        assert len({box.it.ip for box in active} - {""}) == len(active)
        taken: set[tuple[str, int, str]] = set()
        for box in active:
            assert sorted((port.container, port.protocol, port.ip) for port in box.it.ports) == sorted(
                (port.container, port.protocol, port.ip) for port in box.wanted
            )
            assert {port.host for port in box.wanted} - {0} <= {port.host for port in box.it.ports}
            for port in box.it.ports:
                assert port.host > 0
                everywhere = port.ip in ("", "0.0.0.0")
                places = {
                    (ip, port.host, port.protocol) for ip in (("127.0.0.1", "127.0.0.2") if everywhere else (port.ip,))
                }
                assert not places & taken
                taken |= places
        for host in (8080, 8081):
            answers = [
                box
                for box in active
                for port in box.it.ports
                if (port.host, port.protocol, port.ip) == (host, "tcp", "")
            ]
            if not any(each[1:] == (host, "tcp") for each in taken):
                assert self.engine.answer(host, "/") == REFUSED
            elif answers and answers[0].state is State.RUNNING:
                assert self.engine.answer(host, "/") == (PAGE if answers[0].program is SERVE else RESET)

    @seen
    @invariant()
    def every_file_is_what_was_written(self) -> None:
        for box in self.boxes.values():
            assert sorted(box.it.diff()) == sorted((letter, path) for path, letter in box.diff().items())
            assert box.it.size == box.size
            if box.written or box.started != NEVER or box.upper.keys() != box.lower.keys():
                self.compare_files(box)

    def compare_files(self, box: Box) -> None:
        tree = box.it.tree
        for path, files in {"": box.upper, **box.volumes}.items():
            part = tree.get(path)
            assert isinstance(part, Directory)
            shown = {
                name: found.data
                for name, found in part.files().items()
                if name.partition("/")[0] not in self.not_files(path, box)
            }
            assert shown == {
                name: content
                for name, content in files.items()
                if content is not None and name.partition("/")[0] not in self.not_files(path, box)
            }

    def not_files(self, path: str, box: Box) -> set[str]:
        """What the engine puts into a container, and what lies under a volume."""
        return set() if path else {".dockerenv", "dev", "etc", *box.volumes}

    @seen
    @invariant()
    def every_volume_is_needed_or_waits(self) -> None:
        assert {volume.name: contents_of(volume.node) for volume in self.engine.volume_store.volumes()} == self.volumes
        for box in self.boxes.values():
            assert all(
                self.volumes[volume.name] is box.volumes[path.strip("/")] for path, volume in box.it.volumes.items()
            )

    @seen
    @invariant()
    def every_layer_is_needed_and_every_needed_layer_is_here(self) -> None:
        images = list(self.images.values())
        needed = {
            chain: layer
            for image in [*images, *(box.image for box in self.boxes.values())]
            for chain, layer in zip(image.chain_ids, image.layers, strict=True)
        }
        assert dict(self.engine.layers) == needed
        assert self.engine.layers_size == sum(
            needed[chain].size for chain in {chain for image in images for chain in image.chain_ids}
        )

    @seen
    @invariant()
    def every_image_and_name_is_here(self) -> None:
        assert {image.id for image in self.engine.images()} == self.images.keys()
        named = {name.familiar: image for image in self.engine.images() for name in self.engine.store.names(image)}
        assert named == self.tags | self.digests
        for image in self.images.values():
            parents = [self.parents[image.id]] if image.id in self.parents else []
            assert self.engine.store.lineage(image)[:2] == [image.id, *parents]
            assert contents(image) == self.contents[image.id]

    def teardown(self) -> None:
        engine = self.engine
        self.settle()
        engine.containers()
        for box in self.boxes.values():
            self.compare_files(box)
            data = engine.inspect(box.it, sized=True)
            assert (data["Id"], data["SizeRw"]) == (box.it.id, box.size)
            if box.state in ACTIVE and len(self.volumes) % 2:
                box.fleeting = False
                box.it.settings = box.it.settings.replace(auto_remove=False)
                box.it.kill()
        if len(self.volumes) % 2:  # images first: what their containers need, stays until those go
            self.remove_images()
            for box in self.boxes.values():
                assert set(box.image.chain_ids) <= engine.layers.keys()
        for container in engine.containers():
            container.remove(force=True, volumes=True)
        engine.volume_store.prune()
        self.remove_images()
        left = remains(engine)
        assert len(left) == 18
        assert not any(left.values()), left

    def remove_images(self) -> None:
        while images := self.engine.images():  # what others were made of goes with the last of them
            self.engine.rmi(next(image.id for image in images if not self.engine.store.children(image)), force=True)


def contents_of(found: object) -> Files:
    assert isinstance(found, Directory)
    return {path: each.data if isinstance(each, File) else None for path, each in found.walk()}


def test_whatever_is_done_to_containers_nothing_is_lost_and_nothing_is_left() -> None:
    Commands.steps = 0
    run_state_machine_as_test(
        Commands,
        settings=settings(
            max_examples=60,
            stateful_step_count=50,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Commands.steps >= 2000


# What is rarely drawn, as a play of the same rules.

SLEEPER = next(image for image, program in IMAGES.items() if program is DEAF)


def machine() -> Commands:
    """A machine with one image, which is a:latest."""
    made = Commands()
    made.fill_the_machine(first=[("a:latest", SLEEPER)], programs=[], fleeting=False, seed=1)
    return made


def box(
    made: Commands, program: Program, name: str | None = None, ports: tuple[str, ...] = (), later: float = 0
) -> Box:
    made.create("a:latest", program, name, list(ports), program is NAP, True, later)
    return next(reversed(made.boxes.values()))


def look(made: Commands) -> None:
    """See whether all that always holds does, and clear up."""
    for check in made.invariants:
        check.function(made)
    made.teardown()


def test_a_name_is_free_as_soon_as_its_container_has_removed_itself() -> None:
    made = machine()
    box(made, NAP, "aa")
    box(made, DEAF, "aa", later=4)
    look(made)


def test_a_port_is_free_as_soon_as_its_container_has_ended() -> None:
    made = machine()
    box(made, NAP, ports=("8080:80",))
    box(made, DEAF, ports=("8080:80",), later=4)
    look(made)


def test_two_signals_that_come_during_one_sleep_are_both_heard_after_it() -> None:
    made = machine()
    made.kill(box(made, TICK), "id", ["HUP", "usr1"])
    made.pass_unseen(2)
    look(made)


def test_a_nameless_image_goes_with_the_last_one_that_was_made_of_it() -> None:
    made = machine()
    made.commit(box(made, DEAF), "id", "c:latest")
    made.remove(next(iter(made.boxes.values())), "id", force=True, volumes=True)
    made.rmi("a:latest", force=False)
    assert SLEEPER.id in made.images
    made.rmi("c:latest", force=False)
    assert made.images == {}
    look(made)


def test_of_seventeen_containers_two_begin_alike() -> None:
    made = machine()
    for _ in range(17):
        box(made, BRIEF)
    look(made)
