"""What keeps images, whichever way: all that the engine asks of a store, and what its two stores have in common.

Rules and texts measured on Engine 28.5.2 and 29.8.0.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import Any, ClassVar

from ..clock import Clock
from ..container import Container
from ..digest import short
from ..errors import DaemonError, ImageInUse, InvalidReference, NoSuchImage, NotFound
from ..image import Image, Step
from ..index import Platform
from ..layer import Layer
from ..lifecycle import LIVE
from ..reference import Reference
from ..rootfs import Rootfs
from ..value import Value, instance
from .containers import ContainerStore
from .layers import LayerStore
from .references import ReferenceStore

WHOLE_ID = re.compile("(sha256:)?[0-9a-f]{64}")
UNDATED = datetime.fromtimestamp(0, UTC)


class LayerPull(Value):
    """What a pull did about one layer. `digest` is that of the compressed blob.

    `status` is what remains on a terminal: "Already exists" or "Pull complete". `before` is what was told on the way there.
    """

    digest: str
    status: str
    before: tuple[str, ...] = ()


class Removal(Value):
    """One thing that a removal did: `Untagged` a name, or `Deleted` an image or a layer (its chain ID)."""

    action: str
    name: str


class Pruned(Value):
    """What a prune removed, and the bytes that went with it."""

    removals: tuple[Removal, ...]
    reclaimed: int  # bytes


class HistoryRow(Value):
    """A row of `docker history`: the image's ID where it is known, the step, and the size of its layer."""

    id: str | None
    step: Step
    size: int  # bytes; 0 for a step without a layer


class Summary(Value):
    """What a list of images tells of one: its ID, its names, and what it takes up."""

    image: Image
    id: str
    tags: tuple[Reference, ...]
    digests: tuple[Reference, ...]  # those that the list tells: `docker inspect` may tell more
    size: int  # bytes
    content: int  # bytes of it as it came, compressed; 0 where that is not kept


class Part(Value):
    """What a store has of an image for one platform; nothing, if only the index tells of it."""

    platform: Platform
    id: str
    size: int = 0  # bytes
    content: int = 0  # bytes of it as it came, compressed
    used: bool = False  # whether a container was made of it


class ImageStore(ABC):
    """Images with their layers and names. `containers` are those of the same machine."""

    driver: ClassVar[str]  # what the engine calls it

    def __init__(self, clock: Clock, identity: Callable[[], str], containers: ContainerStore) -> None:
        self.layers = LayerStore(identity)
        self._references = ReferenceStore(clock)
        self._containers = containers
        self._images: dict[str, Image] = {}  # by image ID
        self._parents: dict[str, str] = {}  # by the ID of an image that was made of a container
        self._children: dict[str, dict[str, None]] = {}  # the same the other way round

    def __len__(self) -> int:
        return len(self._images)

    def __contains__(self, image: Image) -> bool:
        return self.id(image) in self._images

    # What the two tell otherwise

    @abstractmethod
    def id(self, image: Image) -> str:
        """What the store calls the image ID."""

    def tags(self, image: Image) -> list[Reference]:
        """The names that are told as tags of an image: `RepoTags`."""
        return [name for name in self.names(image) if not name.digest]

    @abstractmethod
    def digests(self, image: Image) -> list[Reference]:
        """The digests that name an image: `RepoDigests`."""

    @abstractmethod
    def summary(self, image: Image) -> Summary:
        """What a list of images tells of one."""

    def matching(self, it: Summary, patterns: Iterable[str]) -> Summary:
        """The same where only those names are asked for that match a pattern."""
        tags, digests = (_matching(names, patterns) for names in (it.tags, it.digests))
        return it.replace(tags=tags, digests=digests)

    @abstractmethod
    def parts(self, image: Image) -> list[Part]:
        """What there is of an image, by platform."""

    def for_platform(self, image: Image, platform: Platform) -> Image | None:
        """The image for a platform, if it is here."""
        return image if image.platform == platform else None

    @abstractmethod
    def layer_size(self, layer: Layer) -> int:
        """Bytes that a layer takes up."""

    @abstractmethod
    def size(self, image: Image) -> int:
        """Bytes that an image takes up, what it shares included."""

    def platform_size(self, image: Image) -> int:
        """Bytes that it takes up for its own platform, where the images for several are kept under one ID."""
        return self.size(image)

    @abstractmethod
    def shared_sizes(self) -> dict[str, int]:
        """Bytes of what each image shares with others, by its ID."""

    @property
    @abstractmethod
    def total_size(self) -> int:
        """Bytes of all images, what they share counted once."""

    @abstractmethod
    def written_size(self, container: Container) -> int:
        """Bytes of what a container has written: `SizeRw`."""

    @abstractmethod
    def root_size(self, container: Container) -> int:
        """Bytes of all that a container sees, its image included: `SizeRootFs`."""

    @abstractmethod
    def told(self, image: Image) -> dict[str, Any]:
        """What only this kind of store tells of an image: fields of `docker image inspect`."""

    def told_of_platform(self, image: Image) -> dict[str, Any]:
        """What is told otherwise of an image when one platform of it is asked for."""
        return {}

    def other_platform(self, image: Image, wanted: Platform) -> str:
        """What is said of an image that is not for the platform that is wanted."""
        return f"was found but does not provide the specified platform ({wanted.shortest})"

    @abstractmethod
    def told_of(self, container: Container) -> tuple[dict[str, Any], dict[str, Any]]:
        """What only this kind of store tells of a container: where its files are, and what else."""

    def warning(self, image: Image, wanted: Platform) -> str:
        """What a pull says of an image that is for another platform; here, nothing."""
        return ""

    @abstractmethod
    def layer(self, root: Rootfs) -> Layer:
        """What a container has written, as `docker commit` makes a layer of it."""

    @abstractmethod
    def diff(self, root: Rootfs) -> list[tuple[str, str]]:
        """What a container has written, as `docker diff` tells it."""

    # What the two do otherwise

    @abstractmethod
    def absent(self, reference: Reference, problem: NotFound) -> NotFound:
        """How a pull is refused of what the registry does not have."""

    @abstractmethod
    def receive(self, image: Image, reference: Reference) -> tuple[LayerPull, ...]:
        """Keep what a pull of a name brought, and say what became of each layer: of none, if the image was here already."""

    @abstractmethod
    def check_commit(self, image: Image) -> None:
        """Raise `DaemonError` if nothing can be made of a container of that image, since the image is gone."""

    @abstractmethod
    def remove(self, name: str, *, force: bool = False) -> list[Removal]:
        """Remove a name, and the image if that was its last one. Raises `NoSuchImage`, `ImageInUse`, or `DaemonError`."""

    @abstractmethod
    def prune(self, *, all: bool = False) -> Pruned:
        """Remove the dangling images, or `all` that no container uses."""

    # Images and their names

    def images(self, *, all: bool = True) -> list[Image]:
        """The images, the most recently created first; unless `all`, without nameless ones that others were made of."""
        shown = [each for each in self._images.values() if all or self.names(each) or not self.children(each)]
        return sorted(shown, key=lambda image: (image.created or UNDATED, self.id(image)), reverse=True)

    def image(self, name: str) -> Image:
        """The image called `name`: a tag, a digest, an image ID or the unambiguous beginning of one.

        A name goes before the beginning of an ID. Raises `NoSuchImage`, or `DaemonError` for what is no image name at all.
        """
        if is_whole_id(name):
            wanted = f"sha256:{name.removeprefix('sha256:')}"
            if wanted not in self._images:
                raise NoSuchImage(name=wanted)
            return self._images[wanted]
        try:
            reference = Reference.parse(name).tagged()
        except InvalidReference as error:
            raise DaemonError(str(error)) from error
        found = self._id_of(reference)
        if found is None:
            beginning = f"sha256:{name.removeprefix('sha256:')}"
            by_id = [id for id in self._images if id.startswith(beginning)]
            if len(by_id) != 1:
                raise NoSuchImage(name=reference.familiar)
            found = by_id[0]
        return self._images[found]

    def _id_of(self, reference: Reference) -> str | None:
        """The ID of the image that a name points to."""
        return self._references.id(reference)

    def names(self, image: Image) -> list[Reference]:
        """Every name of an image, tags and digests, in order."""
        return self._references.of(self.id(image))

    def points_to(self, reference: Reference, image: Image) -> bool:
        """Whether a name points to an image."""
        return self._id_of(reference) == self.id(image)

    def is_called(self, image: Image, name: str) -> bool:
        """Whether a list of containers may call an image by a name that one was made by: whether it still leads there."""
        try:
            return self.image(name) == image
        except DaemonError:
            return False

    def last_tagged(self, image: Image) -> datetime | None:
        """When the image was last given a name."""
        return self._references.last_tagged(self.id(image))

    def users(self, image: Image) -> list[Container]:
        """The containers of an image, the oldest first."""
        return self._containers.users(image)

    def children(self, image: Image) -> list[str]:
        """The IDs of the images that were made of containers of an image."""
        return list(self._children.get(self.id(image), ()))

    def parent(self, image: Image) -> str:
        """The ID of the image that one was made of here; empty if there is none."""
        return self._parents.get(self.id(image), "")

    def lineage(self, image: Image) -> list[str]:
        """The ID of an image, of what it was made of, and so on."""
        ids = [self.id(image)]
        while ids[-1] in self._parents:
            ids.append(self._parents[ids[-1]])
        return ids

    def history(self, image: Image) -> list[HistoryRow]:
        """The steps of an image, the last one first. Only the image itself, and what was made here, still has an ID."""
        rows = [
            HistoryRow(None, step, self.layer_size(step.layer) if step.layer else 0) for step in reversed(image.steps)
        ]
        for id in self.lineage(image):
            ancestor = self._images.get(id)
            row = len(rows) - len(ancestor.steps) if ancestor else 0
            if ancestor is not None and ancestor.steps:
                rows[row] = rows[row].replace(id=id)
        return rows

    # Changes

    def add(self, image: Image, *, parent: Image | None = None, container: str = "") -> None:
        """Keep an image; `parent` is the one that it was made of here, by way of a container with that ID."""
        if image not in self and not self._containers.uses(image):
            self.layers.add(image)
        self._images.setdefault(self.id(image), image)
        if parent is not None:
            self._forget_parent(image)
            self._parents[self.id(image)] = self.id(parent)
            self._children.setdefault(self.id(parent), {})[self.id(image)] = None

    def tag(self, source: str, target: str) -> None:
        """Let the tag `target` point to the image `source`. A tag that existed moves without a word.

        Raises `NoSuchImage`, or `InvalidReference` or `DaemonError` if `target` cannot be a tag.
        """
        if not is_whole_id(source):
            Reference.parse(source)
        reference = as_tag(Reference.parse(target))
        self.name(self.image(source), reference)

    def name(self, image: Image, tag: Reference) -> None:
        """Let a tag point to an image. Raises `DaemonError` for a name that would read as a digest."""
        self._references.tag(tag, self.id(image))

    def sweep(self, image: Image) -> list[Removal]:
        """Remove the layers of an image that is neither here any more nor in use, as far as no other image needs them."""
        if image in self or self._containers.uses(image):
            return []
        return [Removal("Deleted", chain) for chain in self.layers.discard(image)]

    def _conflict(self, image: Image, *, force: bool) -> str | None:
        """Why an image cannot be deleted, if so. What runs no force overcomes."""
        users = self.users(image)
        if running := next((each for each in users if each.state in LIVE), None):
            return f"(cannot be forced) - image is being used by running container {running.hostname}"
        if users and not force:
            return f"(must be forced) - image is being used by stopped container {users[0].hostname}"
        return None

    def _in_use(self, image: Image, reason: str) -> ImageInUse:
        """The refusal to delete an image, for the caller to raise."""
        return ImageInUse(action="delete", image=short(self.id(image)), reason=reason)

    def _untag(self, names: Iterable[Reference]) -> list[Removal]:
        names = list(names)
        self._references.remove(names)
        return [Removal("Untagged", name.familiar) for name in names]

    def _forget_parent(self, image: Image) -> str:
        """Forget what an image was made of: its ID; empty if there is none."""
        id = self.id(image)
        parent = self._parents.pop(id, "")
        children = self._children.get(parent, {})
        children.pop(id, None)
        if not children:
            self._children.pop(parent, None)
        return parent


def _matching(names: Iterable[Reference], patterns: Iterable[str]) -> tuple[Reference, ...]:
    return tuple(name for name in names if any(name.matches(pattern) for pattern in patterns))


def as_tag(reference: Reference) -> Reference:
    """A name as a tag. Raises `InvalidReference` for one with a digest."""
    if reference.digest:
        raise InvalidReference("refusing to create a tag with a digest reference")
    return reference.tagged()


def is_whole_id(text: str) -> bool:
    """Whether a text is an image's ID in full, with or without its algorithm."""
    return WHOLE_ID.fullmatch(instance("name", str, text)) is not None


def of_one_tag(names: list[Reference]) -> bool:
    """Whether an image's names amount to one: a single tag and digests of the same repository, or less."""
    tags = islice((name for name in names if not name.digest), 2)
    return len(list(tags)) <= 1 and len({name.name for name in names}) <= 1
