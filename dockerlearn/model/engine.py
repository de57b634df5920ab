"""The engine: the images and containers on this machine, the names they go by, and the layers they share.

Rules and texts measured on Engine 28.5.2 with the classic (overlay2) store.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import count
from types import MappingProxyType
from typing import Any, NamedTuple

from . import inspection
from .clock import Clock, SystemClock
from .container import NEVER, Container, Options
from .digest import sha256, short
from .errors import Conflict, DaemonError, DockerError, InvalidReference, NotFound
from .image import Image, Step, timestamp
from .layer import Layer
from .lifecycle import State
from .names import random_name
from .network import Port
from .reference import Reference
from .registry import Registry
from .tree import Directory
from .volume import Volume

CONTAINER_NAME = re.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+")
RANDOM_PORTS = range(32768, 61000)

LOOPBACK = ("", "0.0.0.0", "127.0.0.1", "::", "::1")  # where `localhost` finds what is published
REFUSED, RESET = 7, 56  # curl's exit statuses: nobody listens; whoever listened hung up
PLAIN = Options()


class LayerPull(NamedTuple):
    """What a pull did about one layer. `digest` is that of the compressed blob."""

    digest: str
    status: str  # "Already exists" or "Pull complete"


class Pull:
    """The outcome of a pull. Iterating gives a `LayerPull` for each layer that the pull had to look at.

    That is none if the image was here already, under whatever name.
    """

    def __init__(self, reference: Reference, image: Image, layers: tuple[LayerPull, ...], newer: bool) -> None:
        self.reference = reference
        self.image = image
        self.layers = layers
        self.newer = newer  # whether the name now points to something it did not point to before

    def __iter__(self) -> Iterator[LayerPull]:
        return iter(self.layers)


class Removal(NamedTuple):
    """One thing that a removal did: `Untagged` a name, or `Deleted` an image or a layer (its chain ID)."""

    action: str
    name: str


class Pruned(NamedTuple):
    """What a prune removed, and the bytes of the layers that went."""

    removals: tuple[Removal, ...]
    reclaimed: int  # bytes


class Swept(NamedTuple):
    """What a prune of everything removed: containers by ID, volumes by name, and images."""

    containers: tuple[str, ...]
    volumes: tuple[str, ...]
    images: Pruned
    reclaimed: int  # bytes


class HistoryRow(NamedTuple):
    """A row of `docker history`: the image's ID where it is known, the step, and the size of its layer."""

    id: str | None
    step: Step
    size: int  # bytes; 0 for a step without a layer


class Engine:
    """Images, layers, names and containers on one machine.

    It pulls from `registries`, each known by its domain. `clock` tells the time (the computer's own unless given), `seed`
    makes the identities that the engine invents repeatable.
    """

    def __init__(
        self, registries: Iterable[Registry] = (), *, clock: Clock | None = None, seed: int | None = None
    ) -> None:
        self.clock = clock or SystemClock()
        self._registries = {registry.domain: registry for registry in registries}
        self._images: dict[str, Image] = {}  # by image ID
        self._names: dict[Reference, str] = {}  # tags and digests, to image IDs
        self._layers: dict[str, Layer] = {}  # by chain ID
        self._tagged_at: dict[str, datetime] = {}  # by image ID
        self._cache_ids: dict[str, str] = {}  # by chain ID
        self._parents: dict[str, str] = {}  # by the ID of an image that was made of a container
        self._containers: dict[str, Container] = {}  # by container ID, in the order of creation
        self._by_name: dict[str, Container] = {}
        self._volumes: dict[str, Volume] = {}
        self._last_ports: dict[tuple[str, str], int] = {}  # taken because any would do, by address and protocol
        self._seed = os.urandom(16).hex() if seed is None else str(seed)
        self._identities = 0

    @property
    def layers(self) -> Mapping[str, Layer]:
        """The layers on disk by chain ID: each is there once, however many images stand on it."""
        return MappingProxyType(self._layers)

    def images(self, *, all: bool = True) -> list[Image]:
        """The images, the most recently created first; unless `all`, without nameless ones that others were made of."""
        undated = datetime.fromtimestamp(0, UTC)
        shown = [each for each in self._images.values() if all or self.references(each) or not self.children(each)]
        return sorted(shown, key=lambda image: (image.created or undated, image.id), reverse=True)

    def references(self, image: Image) -> list[Reference]:
        """Every name of an image, tags and digests, in order."""
        return sorted((name for name, id in self._names.items() if id == image.id), key=str)

    def tags(self, image: Image) -> list[Reference]:
        """The names of an image that are tags, in order."""
        return [name for name in self.references(image) if not name.digest]

    def digests(self, image: Image) -> list[Reference]:
        """The names of an image that are digests, in order: where it was pulled from."""
        return [name for name in self.references(image) if name.digest]

    def last_tagged(self, image: Image) -> datetime | None:
        """When `tag` or `add` last gave the image a name on this machine; a pull does not count."""
        return self._tagged_at.get(image.id)

    def cache_ids(self, image: Image) -> list[str]:
        """The names of the directories that hold the layers of an image that is here, the bottom one first."""
        return [self._cache_ids[chain] for chain in image.chain_ids]

    def image(self, name: str) -> Image:
        """The image called `name`: a tag, a digest, an image ID or the unambiguous beginning of one.

        A name goes before the beginning of an ID. Raises `NotFound`, or `DaemonError` for what is no image name at all.
        """
        if _is_whole_id(name):
            wanted = f"sha256:{name.removeprefix('sha256:')}"
            if wanted not in self._images:
                raise NotFound(f"No such image: {wanted}")
            return self._images[wanted]
        try:
            reference = Reference.parse(name).tagged()
        except InvalidReference as error:
            raise DaemonError(str(error)) from error
        found = self._names.get(reference.target)
        if found is None:
            beginning = f"sha256:{name.removeprefix('sha256:')}"
            by_id = [id for id in self._images if id.startswith(beginning)]
            if len(by_id) != 1:
                raise NotFound(f"No such image: {reference.familiar}")
            found = by_id[0]
        return self._images[found]

    def pull(self, name: str) -> Pull:
        """Ask the registry what `name` points to now, and get the layers that are not here yet.

        Layers are recognised by chain ID: one that lies on other layers than before is got anew.
        Raises `InvalidReference`, `NotFound` for what the registry does not have, or `DaemonError` for a registry that
        is not there; then nothing has changed.
        """
        reference = Reference.parse(name).tagged()
        registry = self._registries.get(reference.domain)
        if registry is None:
            host = re.sub(":[0-9]+$", "", reference.domain)
            raise DaemonError(f'Get "https://{reference.domain}/v2/": dial tcp: lookup {host}: no such host')
        image = registry.image(reference)
        layers = () if image.id in self._images else tuple(self._missing(image))
        newer = self._names.get(reference.target) != image.id
        self._add(image)
        for each in (reference.target, reference.pinned(image.digest)):
            self._names[each] = image.id
        return Pull(reference, image, layers, newer)

    def _missing(self, image: Image) -> Iterator[LayerPull]:
        for chain, layer in zip(image.chain_ids, image.layers, strict=True):
            yield LayerPull(layer.digest, "Already exists" if chain in self._layers else "Pull complete")

    def add(self, image: Image, name: str | None = None) -> None:
        """Put an image that was made here into the store, and give it a tag if one is named.

        Raises `InvalidReference` or `DaemonError` if `name` cannot be a tag; then nothing has changed.
        """
        if name is not None:
            self._tag(_as_tag(Reference.parse(name)), image)
        self._add(image)

    def tag(self, source: str, target: str) -> None:
        """Let the tag `target` point to the image `source`. A tag that existed moves without a word.

        Raises `NotFound` if there is no such image, `InvalidReference` or `DaemonError` if `target` cannot be a tag.
        """
        if not _is_whole_id(source):
            _tag_operand(source)
        reference = _as_tag(_tag_operand(target))
        self._tag(reference, self.image(source))

    def history(self, name: str) -> list[HistoryRow]:
        """The steps of an image, the last one first. Only the image itself still has an ID.

        Raises `NotFound` or `DaemonError` as `image` does.
        """
        image: Image | None = self.image(name)
        assert image is not None
        rows = [HistoryRow(None, step, step.layer.size if step.layer else 0) for step in reversed(image.steps)]
        while image is not None:  # an image that was made here still knows what it was made of
            row = len(rows) - len(image.steps)
            rows[row : row + 1] = [rows[row]._replace(id=image.id)] if image.steps else []
            image = self._images.get(self._parents.get(image.id, ""))
        return rows

    def inspect(self, thing: Image | Container, *, sized: bool = False) -> dict[str, Any]:
        """All that is known of an image or a container that is here, as the engine's API tells it.

        The sizes of a container take time to find out, so it tells them only if asked to.
        """
        return self._inspect_container(thing, sized) if isinstance(thing, Container) else self._inspect_image(thing)

    def _inspect_container(self, it: Container, sized: bool) -> dict[str, Any]:
        layers = [self._cache_ids[chain] for chain in it.image.chain_ids]
        data = inspection.directories(layers, sha256(f"{it.id}/mount".encode())[7:])
        return inspection.container(it, data, sized=sized)

    def _inspect_image(self, it: Image) -> dict[str, Any]:
        data, tagged = inspection.directories(self.cache_ids(it)), timestamp(self.last_tagged(it) or NEVER)
        return inspection.image(it, self.references(it), tagged, self._parents.get(it.id, ""), data)

    def rmi(self, name: str, *, force: bool = False) -> list[Removal]:
        """Remove the name; if it was the image's last one, remove the image and every layer no other image needs.

        Naming the image by ID removes all its names, which needs `force` if there is more than one tag or repository.
        Raises `NotFound`, `Conflict`, or `DaemonError` as `image` does; then nothing has changed.
        """
        image = self.image(name)
        names = self.references(image)
        single = _of_one_tag(names)
        # The engine does not ask how the image was found: a tag that begins like the image's ID is taken for it.
        if not image.id.startswith((name, f"sha256:{name}")):
            user = next(iter(self.users(image)), None)
            if single and user is not None and not force:
                raise Conflict(
                    f'conflict: unable to remove repository reference "{name}" (must force) - '
                    f"container {user.hostname} is using its referenced image {short(image.id)}"
                )
            reference = Reference.parse(name).tagged()
            del self._names[reference.target]
            removed = [Removal("Untagged", reference.familiar)]
            siblings = [each for each in self.references(image) if each.name == reference.name]
            if all(each.digest for each in siblings):
                removed += self._untag(siblings)  # a digest without a tag of its repository is of no use
            if not self.references(image) and self._conflict(image, force=force) is None:
                removed += self._delete(image)
            return removed
        problem = self._conflict(image, force=force or not single)
        if problem is None and not force and not single:
            problem = "(must be forced) - image is referenced in multiple repositories"
        if problem is not None:
            raise Conflict(f"conflict: unable to delete {short(image.id)} {problem}")
        return self._untag(names) + self._delete(image)

    def _conflict(self, image: Image, *, force: bool) -> str | None:
        """Why an image cannot be deleted, if so. What runs, and what was made of it, no force overcomes."""
        users = self.users(image)
        running = [each for each in users if each.state in (State.RUNNING, State.PAUSED)]
        if self.children(image):
            return "(cannot be forced) - image has dependent child images"
        if running:
            return f"(cannot be forced) - image is being used by running container {running[0].hostname}"
        if users and not force:
            return f"(must be forced) - image is being used by stopped container {users[0].hostname}"
        return None

    def children(self, image: Image) -> list[str]:
        """The IDs of the images that were made of containers of an image."""
        return [child for child, parent in self._parents.items() if parent == image.id]

    def lineage(self, image: Image) -> list[str]:
        """The ID of an image, of what it was made of, and so on."""
        ids = [image.id]
        while ids[-1] in self._parents:
            ids.append(self._parents[ids[-1]])
        return ids

    def prune(self, *, all: bool = False) -> Pruned:
        """Remove the dangling images (those without a tag, even if a digest names them), or `all` that no container uses.

        Of an image that is in use, `all` removes every tag but the last.
        """
        before = dict(self._layers)
        removals: list[Removal] = []
        for image in self.images(all=False):
            if all or not self.tags(image):
                for name in [each.familiar for each in self.references(image)] or [image.id]:
                    with contextlib.suppress(Conflict, NotFound):
                        removals += self.rmi(name)
        gone = before.keys() - self._layers.keys()
        return Pruned(tuple(removals), sum(before[chain].size for chain in gone))

    def shared_size(self, image: Image) -> int:
        """Bytes of the image's layers that other images stand on too."""
        others = {chain for each in self._images.values() if each != image for chain in each.chain_ids}
        pairs = zip(image.chain_ids, image.layers, strict=True)
        return sum(layer.size for chain, layer in pairs if chain in others)

    @property
    def layers_size(self) -> int:
        """Bytes of the layers of all images, each counted once."""
        every = {
            chain: layer
            for each in self._images.values()
            for chain, layer in zip(each.chain_ids, each.layers, strict=True)
        }
        return sum(layer.size for layer in every.values())

    # Containers

    def containers(self) -> list[Container]:
        """All containers, the most recently created first."""
        for container in list(self._containers.values()):
            container.settle()
        return list(reversed(self._containers.values()))

    def users(self, image: Image) -> list[Container]:
        """The containers of an image, the oldest first."""
        return [each for each in reversed(self.containers()) if each.image.id == image.id]

    def container(self, name: str) -> Container:
        """The container called `name`: its name, its ID or the unambiguous beginning of one.

        Raises `NotFound`, or `DockerError` for an empty name.
        """
        if not name:
            raise DockerError("invalid container name or ID: value is empty")
        found = self._containers.get(name) or self._by_name.get(name.removeprefix("/"))
        if found is None:
            by_id = [each for each in self.containers() if each.id.startswith(name)]
            if len(by_id) > 1:
                raise DaemonError(f"multiple IDs found with provided prefix: {name}")
            found = by_id[0] if by_id else None
        if found is not None:
            found.settle()
        if found is None or found.id not in self._containers:
            raise NotFound(f"No such container: {name}")
        return found

    def image_name(self, container: Container) -> str:
        """What a container's image is called now: what it was made by, if that still points to it, else its ID."""
        try:
            same = self.image(container.image_name) == container.image
        except DaemonError:
            same = False
        return container.image_name if same else container.image.id

    def create(
        self,
        image: str,
        *command: str,
        name: str | None = None,
        ports: Iterable[str] = (),
        env: Iterable[str] = (),
        entrypoint: Iterable[str] | None = None,
        auto_remove: bool = False,
        tty: bool = False,
        interactive: bool = False,
        attached: bool = True,
    ) -> Container:
        """Make a container of an image that is here, and start nothing yet.

        `ports` are written `8080:80`, `env` is written `NAME=value`. Raises `DockerError`; then nothing has changed.
        """
        options = PLAIN
        if command or ports or env or entrypoint is not None or auto_remove or tty or interactive or not attached:
            published = tuple(Port.parse(port) for port in ports)
            start = None if entrypoint is None else tuple(entrypoint)
            options = Options(command, start, tuple(env), published, auto_remove, tty, interactive, attached)
        found = self.image(image)
        if not command and not (
            found.config.entrypoint + found.config.cmd if entrypoint is None else options.entrypoint
        ):
            raise DaemonError("no command specified")
        if name is None:
            name = random_name(self._identity(), self._by_name)
        elif not CONTAINER_NAME.fullmatch(name.removeprefix("/")):
            raise DaemonError(f"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")
        name = self._free(name)
        container = Container(self, self._identity(), name, found, image, options, self.clock.now())
        if found.config.volumes:
            container.volumes = {path: self._volume(found, path) for path in found.config.volumes}
        self._containers[container.id] = self._by_name[name] = container
        return container

    def _free(self, name: str) -> str:
        name = name.removeprefix("/")
        if name in self._by_name:
            self._by_name[name].settle()  # one that has ended may have gone
        if name in self._by_name:
            raise Conflict(
                f'Conflict. The container name "/{name}" is already in use by container "{self._by_name[name].id}". '
                "You have to remove (or rename) that container to be able to reuse that name."
            )
        return name

    def _volume(self, image: Image, path: str) -> Volume:
        """A new volume without a name of its own, filled with what the image has at the place."""
        content = image.tree.get(path)
        name = self._identity()
        volume = Volume(name, content if isinstance(content, Directory) else Directory(), self.clock.now())
        return self._volumes.setdefault(name, volume)

    def run(self, image: str, *command: str, **options: Any) -> Container:
        """Pull the image if it is not here, make a container of it, and start that. `options` are those of `create`.

        Raises `DockerError`. A container that could not be started stays.
        """
        try:
            self.image(image)
        except NotFound:
            self.pull(image)
        container = self.create(image, *command, **options)
        container.start()
        return container

    def rename(self, container: Container, name: str) -> None:
        """Call a container something else. Raises `DaemonError`; then nothing has changed."""
        container.check()
        if not CONTAINER_NAME.fullmatch(name.removeprefix("/")):
            problem = f"Invalid container name (/{name.removeprefix('/')}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
            raise DaemonError(f"Error when allocating new name: {problem}")
        if container.name == name.removeprefix("/"):
            raise DaemonError("Renaming a container with the same name as its current name")
        try:
            name = self._free(name)
        except Conflict as error:
            raise Conflict(f"Error when allocating new name: {error}") from error
        del self._by_name[container.name]
        container.name, self._by_name[name] = name, container

    def commit(self, container: Container, name: str | None = None, *, message: str = "", author: str = "") -> Image:
        """Make the writable layer of a container a layer of a new image, which starts as the container does.

        Raises `InvalidReference`, or `DaemonError` if the container's image is gone.
        """
        container.check()
        base, layer = container.image, container.layer
        reference = None if name is None else _as_tag(Reference.parse(name))
        if base.id not in self._images:
            file = f"/var/lib/docker/image/overlay2/imagedb/content/sha256/{base.id.removeprefix('sha256:')}"
            raise DaemonError(f"failed to get digest {base.id}: open {file}: no such file or directory")
        config = base.config.replace(
            env=container.env, entrypoint=container.entrypoint, cmd=container.command, exposed_ports=container.exposed
        )
        now = self.clock.now()
        step = Step(" ".join(container.command), layer if layer.changes.entries else None, now, message, author)
        image = base.replace(steps=(*base.steps, step), config=config, created=now, author=author)
        self._add(image)
        self._parents[image.id] = base.id
        if reference is not None:
            self._tag(reference, image)
        return image

    def prune_containers(self) -> tuple[list[Container], int]:
        """Remove all containers that do not run: those, and the bytes that were in their writable layers."""
        stopped = [each for each in self.containers() if each.state in (State.CREATED, State.EXITED)]
        reclaimed = sum(each.size for each in stopped)
        for container in stopped:
            container.remove()
        return stopped, reclaimed

    def volumes(self) -> list[Volume]:
        """The volumes, by name."""
        self.containers()  # a container that has ended may have taken its own along
        return sorted(self._volumes.values(), key=lambda volume: volume.name)

    def volume_users(self, volume: Volume) -> list[Container]:
        """The containers that have a volume."""
        return [each for each in self.containers() if volume in each.volumes.values()]

    def remove_volume(self, name: str) -> None:
        """Remove a volume, and what is in it. Raises `NotFound`, or `Conflict` while a container has it."""
        volume = next((each for each in self.volumes() if each.name == name), None)
        if volume is None:
            raise NotFound(f"get {name}: no such volume")
        if users := self.volume_users(volume):
            raise Conflict(f"remove {name}: volume is in use - [{', '.join(each.id for each in users)}]")
        del self._volumes[name]

    def prune_volumes(self) -> tuple[list[Volume], int]:
        """Remove all volumes that no container has: those, and the bytes that were in them."""
        unused = [each for each in self.volumes() if not self.volume_users(each)]
        for volume in unused:
            del self._volumes[volume.name]
        return unused, sum(each.node.size for each in unused)

    def answer(self, port: int, path: str) -> str | int | None:
        """What whoever asks a port of this machine for a path gets: a page, or curl's exit status for what went wrong.

        Nothing, if a paused container holds the port: it is reached, and does not answer.
        """
        for container in self.containers():
            for published in container.ports:
                if (published.host, published.protocol) == (port, "tcp") and published.ip in LOOPBACK:
                    if container.state is State.PAUSED:
                        return None
                    page = container.answer(published.container, path)
                    return RESET if page is None else page
        return REFUSED

    # What containers need

    def connect(self, container: Container) -> tuple[Port, ...]:
        """Give a container an address and the ports it wants. Raises `Conflict` if one is taken."""
        others = [each for each in self.containers() if each.ip and each is not container]
        taken = {each.ip for each in others}
        container.ip = next(ip for number in count(2) if (ip := f"172.17.{number // 256}.{number % 256}") not in taken)
        taken_ports = [port for each in others for port in each.ports]
        given: list[Port] = []
        for port in container.options.ports:
            numbers = [port.host] if port.host else self._random_ports(port)
            for number in numbers:
                wanted = port.replace(host=number)
                clash = next((each for each in taken_ports if each.clashes(wanted)), None)
                if clash is None:
                    break
            if not port.host:
                self._last_ports[port.ip, port.protocol] = wanted.host
            problem = ""
            if wanted in given:
                problem = "failed to listen on TCP socket: address already in use"
            elif clash is not None:
                everywhere = "::" if ":" in wanted.ip else "0.0.0.0"
                problem = f"Bind for {clash.ip or everywhere}:{clash.host} failed: port is already allocated"
            elif wanted.ip and not re.match("0\\.0\\.0\\.0$|127\\.|::1?$", wanted.ip):
                place = f"{wanted.ip}:{wanted.host}:{container.ip}:{wanted.private}"
                problem = f"failed to bind host port for {place}: cannot assign requested address"
            if problem:
                raise Conflict(
                    "failed to set up container networking: driver failed programming external connectivity on endpoint "
                    f"{container.name} ({self._identity()}): {problem}"
                )
            taken_ports.append(wanted)
            given.append(wanted)
        return tuple(sorted(given, key=lambda port: (port.container, port.protocol, port.host)))

    def _random_ports(self, port: Port) -> Iterator[int]:
        """The ports to try where any will do: on from the last one, whether that is free again or not."""
        last = self._last_ports.get((port.ip, port.protocol), RANDOM_PORTS[-1])
        return (
            RANDOM_PORTS[(last + 1 + tried - RANDOM_PORTS[0]) % len(RANDOM_PORTS)] for tried in range(len(RANDOM_PORTS))
        )

    def disconnect(self, container: Container) -> None:
        """Take a container's address and ports back."""
        container.ip, container.ports = "", ()

    def discard(self, container: Container, *, volumes: bool) -> None:
        """Forget a container; `volumes` are those that have no name of their own."""
        if container.removed:
            return
        container.removed = True
        del self._containers[container.id]
        del self._by_name[container.name]
        for volume in container.volumes.values() if volumes else ():
            self._volumes.pop(volume.name, None)
        if container.image.id not in self._images:
            self._sweep(container.image)

    def _add(self, image: Image) -> None:
        self._images.setdefault(image.id, image)
        for chain, layer in zip(image.chain_ids, image.layers, strict=True):
            if chain not in self._layers:
                self._layers[chain] = layer
                self._cache_ids[chain] = self._identity()

    def _tag(self, reference: Reference, image: Image) -> None:
        if reference.familiar_name == "sha256":
            raise DaemonError("refusing to create an ambiguous tag using digest algorithm as name")
        self._names[reference] = image.id
        self._tagged_at[image.id] = self.clock.now()

    def _untag(self, names: Iterable[Reference]) -> list[Removal]:
        removed = []
        for name in names:
            del self._names[name]
            removed.append(Removal("Untagged", name.familiar))
        return removed

    def _delete(self, image: Image) -> list[Removal]:
        del self._images[image.id]
        self._tagged_at.pop(image.id, None)
        removed = [Removal("Deleted", image.id), *self._sweep(image)]
        parent = self._images.get(self._parents.pop(image.id, ""))
        if parent and not self.references(parent) and self._conflict(parent, force=False) is None:
            removed += self._delete(parent)  # nothing but its child held it
        return removed

    def _sweep(self, image: Image) -> list[Removal]:
        """Remove the layers of an image that is gone, as far as neither images nor containers need them."""
        stacks = [*self._images.values(), *(each.image for each in self._containers.values())]
        needed = {chain for other in stacks for chain in other.chain_ids}
        removed = []
        for chain in reversed(image.chain_ids):
            if chain not in needed and chain in self._layers:
                del self._layers[chain], self._cache_ids[chain]
                removed.append(Removal("Deleted", chain))
        return removed

    def _identity(self) -> str:
        """A new identity of 64 hex digits, the same in every engine with the same seed and past."""
        self._identities += 1
        return sha256(f"{self._seed}/{self._identities}".encode()).removeprefix("sha256:")


def _tag_operand(text: str) -> Reference:
    try:
        return Reference.parse(text)
    except InvalidReference as error:
        quoted = json.dumps(text, ensure_ascii=False)
        raise InvalidReference(f"Error parsing reference: {quoted} is not a valid repository/tag: {error}") from error


def _as_tag(reference: Reference) -> Reference:
    if reference.digest:
        raise InvalidReference("refusing to create a tag with a digest reference")
    return reference.tagged()


def _is_whole_id(text: str) -> bool:
    return re.fullmatch("(sha256:)?[0-9a-f]{64}", text) is not None


def _of_one_tag(names: list[Reference]) -> bool:
    """Whether an image's names amount to one: a single tag and digests of the same repository, or less."""
    tags = [name for name in names if not name.digest]
    return len(tags) <= 1 and len({name.name for name in names}) <= 1
