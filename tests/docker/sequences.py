"""Sequences of commands, drawn by lot, and the few of one that are needed to show what all of them show.

What is drawn names no ID: a sequence can be pasted anywhere. It names few containers and images, so that commands meet
what earlier ones made, in the state that they need or in another.

Not drawn is what stays at the terminal until somebody ends it (`start -a`, `attach`, `logs -f`, a service without -d): what it
has shown by then depends on the moment, and the lifecycle's cells have it. Nor are commands that write to both streams,
whose lines come in either order, and the whole of `inspect`, which is compared setting by setting. `stop` has -t 1, or
each of them would wait for ten seconds.
"""

import re
from collections.abc import Callable
from random import Random

from dockerlearn.model.clock import FixedClock
from dockerlearn.model.edition import Edition
from dockerlearn.model.engine import Engine
from dockerlearn.model.image import Image
from dockerlearn.model.lifecycle import State
from dockerlearn.model.store.containerd import ContainerdStore
from dockerlearn.terminal.session import PAGE_CLOCK, Session

LENGTH = 20

CONTAINERS = ("ann", "bob", "eve", "kim")  # none of which an ID could begin with
# The light ones, which share layers, ask for ports and volumes, and are called by several names.
SOURCES = (
    "alpine",
    "alpine",
    "alpine:3.23",
    "busybox",
    "nginx:alpine",
    "nginx:alpine-slim",
    "nginx:mainline-alpine-slim",
)
TAGS = ("web", "web:2", "shop/web", "alpine:old", "nginx:alpine")
NOWHERE = ("nosuch", "alpine:nosuch", "Upper")

PLACE = re.compile("<([a-z]+)>")
UNFIT = 0.15  # how often a command is drawn for what it does not fit

ANY: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("new", "name", "running", "paused", "stopped"), CONTAINERS),
    **dict.fromkeys(("image", "unused"), SOURCES + TAGS),
    "source": SOURCES,
    "tag": TAGS,
    "nowhere": NOWHERE,
    # What goes on until it is told to stop. No port is left to the engine to choose (`-p 80`): it counts on from the last
    # one that it has chosen since it was started, for whichever sequence.
    "service": (
        "alpine sleep 300",
        "busybox sleep 300",
        "nginx:alpine",
        "nginx:alpine-slim",
        "-p 8080:80 nginx:alpine-slim",
        "-p 127.0.0.1:8081:80 nginx:alpine",
        "-p 8080:80 -p 8443:443/udp alpine sleep 300",
        "registry:3",
    ),
    # What ends at once, or does not even begin.
    "task": (
        "true",
        "false",
        "sh -c 'exit 3'",
        "sh -c 'echo out; echo x > /etc/f'",
        "sh -c 'mkdir /srv/d; echo longer > /srv/d/g; rm /etc/group'",
        "cat /etc/f",
        "ls /srv",
        "nosuch",
        "/etc",
    ),
    # What changes the files of a container, in words that all of its tools know.
    "change": (
        "echo x > /etc/f",
        "echo xyz >> /etc/f",
        "echo x > /srv/d/g",
        "rm /etc/f",
        "rm -r /srv/d",
        "mkdir /srv/d",
        "mkdir -p /opt/a/b",
        "rm -rf /opt; mkdir /opt",
        "touch /tmp/t",
        "mv /etc/f /etc/g",
        "cp /etc/os-release /srv/copy",
        "ln -s /etc/f /srv/link",
        "chmod 600 /etc/passwd",
        "rm /etc/os-release",
        "head -c 3000 /dev/zero > /var/log/zeros",
        "cat /etc/f",
        "ls /srv",
        "exit 7",
    ),
    "setting": (
        "{{.State.Status}} {{.State.ExitCode}} {{.State.Error}}",
        "{{.Name}} {{.Config.Image}} {{.Image}}",
        "{{.Path}} {{.Args}} {{json .Config.Cmd}} {{json .Config.Entrypoint}}",
        "{{json .NetworkSettings.Ports}} {{json .HostConfig.PortBindings}} {{json .Config.ExposedPorts}}",
        "{{json .Config.Env}} {{.HostConfig.AutoRemove}} {{.Config.StopSignal}}",
        "{{range .Mounts}}{{.Type}} {{.Name}} {{.Destination}}{{end}}",
        "{{.NetworkSettings.IPAddress}} {{.State.Running}} {{.State.Paused}}",
    ),
    "fact": (
        "{{.Id}} {{.Parent}} {{.DockerVersion}}",
        "{{json .RepoTags}} {{json .RepoDigests}}",
        "{{json .Config}}",
        "{{json .RootFS.Layers}} {{.Size}}",
        "{{.Author}} {{.Comment}} {{.Os}} {{.Architecture}}",
    ),
    "status": ("created", "running", "paused", "exited"),
}

# Commands by how often they are drawn. What is in < > is drawn too.
COMMANDS = {
    "docker run -d --name <new> <service>": 90,
    "docker run -d <service>": 15,
    "docker run -d --rm --name <new> <service>": 15,
    "docker run --name <new> <image> <task>": 20,
    "docker run --rm <image> <task>": 20,
    "docker run -d --name <new> <image> <task>": 10,
    "docker create --name <new> <service>": 15,
    "docker create --name <new> <image> <task>": 10,
    "docker pull <source>": 30,
    "docker pull -q <source>": 10,
    "docker pull <nowhere>": 3,
    "docker tag <image> <tag>": 25,
    "docker rmi <unused>": 20,
    "docker rmi -f <image>": 20,
    "docker rmi <image> <image>": 5,
    "docker rmi -f $(docker images -q <image>)": 8,
    "docker image prune -f": 12,
    "docker image prune -a -f": 6,
    "docker container prune -f": 10,
    "docker system prune -f": 4,
    "docker system prune -a -f --volumes": 2,
    "docker volume prune -f": 5,
    "docker volume rm $(docker volume ls -q)": 3,
    "docker start <stopped>": 30,
    "docker start <stopped> <name>": 5,
    "docker stop -t 1 <running>": 25,
    "docker stop -t 1 <name> <name>": 5,
    "docker restart -t 1 <name>": 15,
    "docker pause <running>": 25,
    "docker unpause <paused>": 15,
    "docker kill <running>": 12,
    "docker kill -s TERM <running>": 8,
    "docker kill -s HUP <running>": 3,
    "docker rm <stopped>": 20,
    "docker rm -f <name>": 20,
    "docker rm -v <stopped>": 6,
    "docker rm -f <name> <name>": 5,
    "docker rm -f $(docker ps -lq)": 6,
    "docker rename <name> <new>": 12,
    "docker exec <running> sh -c '<change>'": 90,
    "docker exec <running> nosuch": 3,
    "docker exec -e FLAG=1 <name> env": 4,
    "docker commit <name> <tag>": 40,
    "docker commit -m 'a word' -a somebody <name> <tag>": 6,
    "docker commit <name>": 8,
    "docker diff <name>": 25,
    "docker logs <name>": 15,
    "docker port <running>": 8,
    "docker port <running> 80": 4,
    "for it in <stopped>; do docker ps -q -f name=$it | grep -q . || docker wait $it; done": 10,
    "docker cp <name>:/etc/os-release /tmp/got": 8,
    "docker cp <name>:/etc/f /tmp/got": 6,
    "docker cp /tmp/got <name>:/srv": 6,
    # Not to `/nosuch/`: the client's refusal is then preceded by what its library logs of a pipe, with the time, or not.
    "docker cp /tmp/got <name>:/nosuch/x": 3,
    "docker ps": 5,
    "docker ps -a": 5,
    "docker ps -a -s": 5,
    "docker ps -n 2": 3,
    "docker ps -a -f status=<status>": 6,
    "docker ps -a -f ancestor=<image>": 6,
    "docker ps -a -f name=<name> -f exited=0": 4,
    "docker ps -a --format 'table {{.Names}}\\t{{.Image}}\\t{{.Ports}}\\t{{.LocalVolumes}}\\t{{.Size}}'": 5,
    "docker images": 5,
    "docker images -a": 5,
    "docker images --digests <image>": 5,
    "docker images -f dangling=true": 5,
    "docker images -f reference=nginx:*": 4,
    "docker images --format '{{.Repository}}:{{.Tag}} {{.ID}} {{.Size}}'": 5,
    "docker inspect -f '<setting>' <name>": 30,
    "docker image inspect -f '<fact>' <image>": 30,
    "docker history <image>": 12,
    "docker history -q --no-trunc <image>": 4,
    "docker system df": 10,
    "docker volume ls": 5,
    "docker volume ls -q": 3,
    # Not while anything is paused: nobody refuses the request then, and nobody answers.
    "docker ps -q -f status=paused | grep -q . || curl -s localhost:8080 | head -n 4": 6,
}


def drawn(chance: Random, length: int = LENGTH, *, docker: str | Edition = "28") -> list[str]:
    """A sequence of commands. Most name what is there, in the state that they need: a model goes along and tells what is."""
    commands: list[str] = []
    beside = _replayed(commands, docker)
    while len(commands) < length:
        pattern = chance.choices(list(COMMANDS), list(COMMANDS.values()))[0]
        fitting = _fitting(beside.engine)
        if all(fitting.get(kind, ANY[kind]) for kind in PLACE.findall(pattern)) or chance.random() < UNFIT:
            command, images, layers = _filled(pattern, chance, fitting), beside.engine.images(), {*beside.engine.layers}
            beside.run(command)
            if isinstance(beside.engine.store, ContainerdStore) and _lacks_blobs(beside.engine, images, layers):
                beside = _replayed(commands, docker)
            else:
                commands.append(command)
    return commands


def _replayed(commands: list[str], docker: str | Edition) -> Session:
    """A model on which these commands were typed."""
    beside = Session(clock=FixedClock(PAGE_CLOCK), seed=0, docker=docker)
    for command in commands:
        beside.run(command)
    return beside


def _lacks_blobs(engine: Engine, images: list[Image], layers: set[str]) -> bool:
    """Whether an image was pulled of which a layer was there, unpacked for a container, and its blob was not.

    containerd's store then does not get the blob: Engine 28.5.2 lists the image as one of a few hundred bytes, 56 years old.
    What Docker 29 does was not measured. It takes `rmi -f` of an image by its ID while a container has it.
    """
    blobs = {layer.digest for image in images for layer in image.layers}
    return any(
        chain in layers and layer.digest not in blobs
        for image in engine.images()
        for chain, layer in zip(image.chain_ids, image.layers, strict=True)
    )


def _filled(pattern: str, chance: Random, fitting: dict[str, list[str]]) -> str:
    words: list[str] = []

    def draw(place: re.Match[str]) -> str:
        # Never one name twice: the client removes side by side, and which comes second is open.
        words.append(next(word for word in iter(lambda: _draw(chance, place[1], fitting), None) if word not in words))
        return words[-1]

    return PLACE.sub(draw, pattern)


def _draw(chance: Random, kind: str, fitting: dict[str, list[str]]) -> str:
    return chance.choice((chance.random() > UNFIT and fitting.get(kind)) or ANY[kind])


def _fitting(engine: Engine) -> dict[str, list[str]]:
    """What there is of each kind that is not the same at all times."""
    containers = {each.name: each.state for each in engine.containers() if each.name in CONTAINERS}
    named = [(image, name.familiar) for image in engine.images() for name in engine.tags(image)]
    return {
        "new": [name for name in CONTAINERS if name not in containers],
        "name": list(containers),
        "running": [name for name, state in containers.items() if state is State.RUNNING],
        "paused": [name for name, state in containers.items() if state is State.PAUSED],
        "stopped": [name for name, state in containers.items() if state in (State.CREATED, State.EXITED)],
        "image": [name for _, name in named],
        "unused": [name for image, name in named if not engine.store.users(image)],
    }


def shrunk(commands: list[str], shows: Callable[[list[str]], bool]) -> list[str]:
    """Those of the commands that are needed to show it: halves are left out, then quarters, and at last single commands."""
    size = len(commands)
    while size:
        size //= 2
        before = commands
        for start in reversed(range(0, len(commands), max(size, 1))):
            fewer = commands[:start] + commands[start + max(size, 1) :]
            if shows(fewer):
                commands = fewer
        if size == 0 and commands != before:
            size = 1  # what one needed may not be needed any more
    return commands
