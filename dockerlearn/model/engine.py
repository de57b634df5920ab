"""The engine: one machine's images, containers, network and volumes, and what is done with them.

Rules and texts measured on Engine 28.5.2 and 29.8.0. How images are kept is the matter of a store: see `edition`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from . import inspection
from .clock import Clock, SystemClock
from .container import Container, Settings
from .digest import sha256
from .edition import DEFAULT, Edition, edition
from .errors import DaemonError, InvalidReference, NotFound, PortTaken
from .image import Image, Step
from .index import HERE, Platform
from .layer import Layer
from .lifecycle import LIVE, State
from .network import LOOPBACK, Bridge, Endpoint
from .process import Runtime
from .reference import Reference
from .registry import Registry
from .resources import Disk, Patience, Work
from .store.containers import ContainerStore
from .store.images import HistoryRow, LayerPull, Pruned, Removal, Summary, as_tag
from .store.volumes import VolumeStore
from .tree import Directory
from .value import Value, instance, sequence

if TYPE_CHECKING:
    from typing import NoReturn, Unpack

    from .options import CreateOptions

REFUSED, RESET = 7, 56  # curl's exit statuses: connection refused, connection reset
PLAIN = Settings()


class Pull(Value):
    """The outcome of a pull. Iterating gives a `LayerPull` for each layer that the pull had to look at.

    That is none if the image was here already, under whatever name.
    """

    reference: Reference
    image: Image
    layers: tuple[LayerPull, ...]
    newer: bool  # whether the name now points to something it did not point to before
    warning: str = ""

    def __iter__(self) -> Iterator[LayerPull]:
        return iter(self.layers)


class Engine:
    """Images, containers and volumes on one machine. `store` knows more about images, `volume_store` about volumes.

    `docker` names what it is of `edition.EDITIONS`. It pulls from `registries`, each known by its domain. `clock` is the computer's own by default. With a `seed`, the IDs
    that the engine makes up are the same at every run. `runtime` starts the programs in containers; the default one has
    the programs of the catalog's images.
    """

    runtime: Runtime

    def __init__(
        self,
        registries: Iterable[Registry] = (),
        *,
        docker: str | Edition = DEFAULT,
        clock: Clock | None = None,
        seed: int | None = None,
        runtime: Runtime | None = None,
    ) -> None:
        self.edition = docker if isinstance(docker, Edition) else edition(docker)
        self.clock = clock or SystemClock()
        if runtime is not None:
            self.runtime = runtime
        self._registries = {registry.domain: registry for registry in sequence("registries", Registry, registries)}
        self._seed = os.urandom(16).hex() if seed is None else str(seed)
        self._identities = 0
        self._committed: set[str] = set()  # layers that were made of containers, by chain ID
        self.work, self._patience, self.disk = Work(), Patience(), Disk(self._written)
        self._containers = ContainerStore(self.clock)
        self._network = Bridge(self._identity)
        self.volume_store = VolumeStore(self._containers.settle)
        self.store = self.edition.store(self.clock, self._identity, self._containers)

    # Images

    @property
    def layers(self) -> Mapping[str, Layer]:
        """The layers on disk by chain ID: each is there once, however many images stand on it."""
        return self.store.layers.layers

    @property
    def layers_size(self) -> int:
        """Bytes of all images, what they share counted once."""
        return self.store.total_size

    def reclaimable_size(self) -> int:
        """Bytes that a prune of all unused images is said to free: too much before Docker 29, and too little since."""
        shared, summaries = self.store.shared_sizes(), self.summaries(all=False)
        own = {each.id: (bool(self.store.users(each.image)), each.size - shared[each.id]) for each in summaries}
        if self.edition.release.counts_unique:
            return sum(size for used, size in own.values() if not used)
        return self.layers_size - sum(size for used, size in own.values() if used)

    def images(self, *, all: bool = True) -> list[Image]:
        """The images, the most recently created first; unless `all`, without nameless ones that others were made of."""
        return self.store.images(all=all)

    def summaries(self, *, all: bool = True) -> list[Summary]:
        """What a list of the images tells, the most recently created first: see `images`."""
        return [self.store.summary(image) for image in self.images(all=all)]

    def image(self, name: str) -> Image:
        """The image called `name`: see `ImageStore.image`, also for what is raised."""
        return self.store.image(name)

    def id(self, image: Image) -> str:
        """The image ID, which depends on the store: the digest of the configuration, or of what a name points to."""
        return self.store.id(instance("image", Image, image))

    def tags(self, image: Image) -> list[Reference]:
        """The names of an image that are tags, in order."""
        return [name for name in self.store.names(image) if not name.digest]

    def history(self, name: str) -> list[HistoryRow]:
        """The steps of an image, the last one first. Raises `NotFound` or `DaemonError` as `image` does."""
        return self.store.history(self.image(name))

    @property
    def registries(self) -> tuple[Registry, ...]:
        """Where it pulls from."""
        return tuple(self._registries.values())

    def pull(self, name: str, *, platform: str = "") -> Pull:
        """Ask the registry what `name` points to now, and get the layers that are not here yet.

        Of an index, the image for `platform` is got: this machine's, unless another is named. Raises `InvalidReference`,
        `NotFound` for what the registry does not have, or `DaemonError` for a registry that is not there; then nothing
        has changed.
        """
        reference = Reference.parse(name).tagged()
        try:
            wanted = Platform.parse(platform) if platform else HERE
        except InvalidReference as problem:
            raise DaemonError(str(problem)) from problem
        registry = self._registries.get(reference.domain)
        if registry is None:
            host = re.sub(":[0-9]+$", "", reference.domain)
            raise DaemonError(f'Get "https://{reference.domain}/v2/": dial tcp: lookup {host}: no such host')
        try:
            image = registry.image(reference, wanted)
        except NotFound as problem:
            raise self.store.absent(reference.target, problem) from problem
        newer = not self.store.points_to(reference, image)
        other = self.store.warning(image, wanted) if platform else ""
        warning = f"image with reference {reference.familiar} {other}" if other else ""
        return Pull(reference, image, self.store.receive(image, reference), newer, warning)

    def add(self, image: Image, name: str | None = None) -> None:
        """Put an image that was made here into the store, and give it a tag if one is named.

        Raises `InvalidReference` or `DaemonError` if `name` cannot be a tag; then nothing has changed.
        """
        instance("image", Image, image)
        if name is not None:
            self.store.name(image, as_tag(Reference.parse(name)))
        self.store.add(image)

    def tag(self, source: str, target: str) -> None:
        """Let the tag `target` point to the image `source`, whatever it pointed to before: see `ImageStore.tag`."""
        self.store.tag(source, target)

    def rmi(self, name: str, *, force: bool = False) -> list[Removal]:
        """Remove a name, and the image if that was its last one: see `ImageStore.remove`, also for what is raised."""
        return self.store.remove(name, force=force)

    def prune(self, *, all: bool = False) -> Pruned:
        """Remove the dangling images, or `all` that no container uses: see `ImageStore.prune`."""
        return self.store.prune(all=all)

    def inspect(
        self, thing: Image | Container, *, sized: bool = False, platform: str = "", name: str = ""
    ) -> dict[str, Any]:
        """All about an image or a container that is here, as the engine's API has it; `sized` adds a container's sizes.

        Of an image that is kept for several platforms, `platform` wants one. Raises `NotFound`, about that `name`, if it is
        not here.
        """
        instance("thing", (Image, Container), thing)
        if isinstance(thing, Container):
            return inspection.container(thing, self.edition.release, self.store, sized=sized)
        if platform:
            wanted = Platform.parse(platform)
            found = self.store.for_platform(thing, wanted)
            if found is None:
                raise NotFound(f"image with reference {name} {self.store.other_platform(thing, wanted)}")
            told = self.store.told_of_platform(found)
            return {**inspection.image(found, self.edition.release, self.store), **told}
        return inspection.image(thing, self.edition.release, self.store)

    # Containers

    def containers(self) -> list[Container]:
        """All containers, the most recently created first."""
        return self._containers.containers()

    def container(self, name: str) -> Container:
        """The container called `name`: its name, its ID or the unambiguous beginning of one.

        Raises `NotFound`, or `DockerError` for an empty name.
        """
        return self._containers.container(name)

    def image_name(self, container: Container) -> str:
        """What a container's image is called now: what it was made by, if that still points to it, else its ID."""
        return (
            container.image_name
            if self.store.is_called(container.image, container.image_name)
            else self.id(container.image)
        )

    def create(self, image: str, *command: str, name: str | None = None, **options: Unpack[CreateOptions]) -> Container:
        """Make a container of an image that is here, and start nothing yet.

        Raises `DockerError`, and then nothing has changed.
        """
        settings = Settings.of(command, options) if command or options else PLAIN
        found = self.image(image)
        inherited = found.config.entrypoint + found.config.cmd
        if not (command or (inherited if settings.entrypoint is None else settings.entrypoint)):
            raise DaemonError("no command specified")
        name = self._containers.name(name, self._identity() if name is None else "")
        container = Container(self, self._identity(), name, found, image, settings, self.clock.now())
        if found.config.volumes:
            container.volumes = {
                path: self.volume_store.create(self._identity(), found.tree.get(path), container.created)
                for path in found.config.volumes
            }
            self.volume_store.attach(container)
        self._containers.add(container)
        return container

    def run(self, image: str, *command: str, name: str | None = None, **options: Unpack[CreateOptions]) -> Container:
        """Pull the image if it is not here, make a container of it, and start that.

        Raises `DockerError`. A container that could not be started stays.
        """
        try:
            self.image(image)
        except NotFound:
            self.pull(image)
        container = self.create(image, *command, name=name, **options)
        container.start()
        return container

    def rename(self, container: Container, name: str) -> None:
        """Call a container something else. Raises `DaemonError`; then nothing has changed."""
        self._containers.rename(instance("container", Container, container), name)

    def commit(self, container: Container, name: str | None = None, *, message: str = "", author: str = "") -> Image:
        """Make an image of a container: what it changed becomes a layer, how it starts becomes the configuration.

        A container that changed nothing makes no layer. Raises `InvalidReference`, or `DaemonError` if the container's own
        image is gone.
        """
        instance("container", Container, container).check()
        base, layer, config, now = container.image, container.layer, container.config, self.clock.now()
        reference = None if name is None else as_tag(Reference.parse(name))
        self.store.check_commit(base)
        step = Step(" ".join(config.cmd), layer if layer.changes.entries else None, now, message, author)
        image = base.replace(steps=(*base.steps, step), config=config, created=now, author=author, index=None)
        self.store.add(image, parent=base, container=container.id)
        self._committed |= set(image.chain_ids[len(base.layers) :])
        if reference is not None:
            self.store.name(image, reference)
        return image

    def prune_containers(self) -> tuple[list[Container], int]:
        """Remove all containers that do not run: those, and the bytes that were in their writable layers."""
        stopped = [each for each in self.containers() if each.state not in LIVE]
        reclaimed = sum(each.size for each in stopped)
        for container in stopped:
            container.remove()
        return stopped, reclaimed

    # What containers need, and what their ports serve

    def answer(self, port: int, path: str) -> str | int | None:
        """The page that a port of this machine serves at a path, or curl's exit status if there is none.

        None if a paused container has the port: the connection is made, and no answer comes.
        """
        self._containers.settle()
        for id, published in self._network.servers(port):
            if published.ip in LOOPBACK:
                container = self.container(id)
                if container.state is State.PAUSED:
                    return None
                page = container.environment.answer(published.container, path)
                return RESET if page is None else page
        return REFUSED

    def connect(self, container: Container) -> Endpoint:
        """An address for a container, and the ports it wants; none if it has lost its network. Raises `PortTaken`."""
        self._containers.settle()
        if container.cut_off:
            return Endpoint("")
        try:
            return self._network.connect(container.id, container.name, container.settings.ports)
        except PortTaken:
            container.cut_off = self.edition.release.drops_networks
            raise

    def disconnect(self, container: Container) -> None:
        """Take back the address of a container, and its ports."""
        self._network.disconnect(container.id, Endpoint(container.ip, container.ports))

    def schedule(self, container: Container) -> None:
        """Note when a container will do something by itself."""
        self._containers.schedule(container)

    def discard(self, container: Container, *, volumes: bool) -> None:
        """Forget a container; `volumes` are those that have no name of their own."""
        if container.removed:
            return
        container.removed = True
        self._containers.discard(container)
        self.volume_store.detach(container)
        if volumes:
            self.volume_store.discard(container.volumes.values())
        self.store.sweep(container.image)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("an engine cannot be copied: what runs in its containers goes on in one place only")

    def share(self) -> int:
        """The steps of work that the processes of one container may do now."""
        return self._patience.share(self.clock.now(), len(self._containers.kept))

    def spend(self, steps: int) -> None:
        """Count the steps that the processes of a container have done."""
        self._patience.spend(steps)

    @property
    def size(self) -> int:
        """How many containers and images there are, without a look at what the containers have done since."""
        return len(self._containers.kept) + len(self.store)

    def _written(self) -> tuple[int, int]:
        """The bytes and the files of all that was written here: by containers, into volumes, into images made of them."""
        self._committed &= self.layers.keys()
        layers = [self.layers[chain] for chain in self._committed]
        nodes = {id(node): node for layer in layers for _, node in layer.changes.walk()}
        for container in self._containers.kept:
            nodes |= {id(node): node for node in container.written()}
        self.work.owe(len(nodes) // 5)
        logs = sum(container.log_size for container in self._containers.kept)
        return sum(node.size for node in nodes.values() if not isinstance(node, Directory)) + logs, len(nodes)

    def _identity(self) -> str:
        """A new identity of 64 hex digits, the same in every engine with the same seed and past."""
        self._identities += 1
        return sha256(f"{self._seed}/{self._identities}".encode()).removeprefix("sha256:")
