"""The engine: the images on this machine, the names they go by, and the layers they share.

Rules and texts measured on Engine 28.5.2 with the classic (overlay2) store.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from .clock import Clock, SystemClock
from .digest import sha256, short
from .errors import Conflict, DaemonError, InvalidReference, NotFound
from .image import Image, Step, timestamp
from .layer import Layer
from .reference import Reference
from .registry import Registry

NEVER = datetime(1, 1, 1, tzinfo=UTC)

# The settings that the API always tells, set or not.
EMPTY_CONFIG = {
    "Cmd": None,
    "Entrypoint": None,
    "Env": None,
    "Labels": None,
    "OnBuild": None,
    "User": "",
    "Volumes": None,
    "WorkingDir": "",
}


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


class HistoryRow(NamedTuple):
    """A row of `docker history`: the image's ID where it is known, the step, and the size of its layer."""

    id: str | None
    step: Step
    size: int  # bytes; 0 for a step without a layer


class Engine:
    """Images, layers and names on one machine.

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
        self._seed = os.urandom(16).hex() if seed is None else str(seed)
        self._identities = 0

    @property
    def layers(self) -> Mapping[str, Layer]:
        """The layers on disk by chain ID: each is there once, however many images stand on it."""
        return MappingProxyType(self._layers)

    def images(self) -> list[Image]:
        """All images, the most recently created first."""
        undated = datetime.fromtimestamp(0, UTC)
        return sorted(self._images.values(), key=lambda image: (image.created or undated, image.id), reverse=True)

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
        image = self.image(name)
        return [
            HistoryRow(None if row else image.id, step, step.layer.size if step.layer else 0)
            for row, step in enumerate(reversed(image.steps))
        ]

    def inspect(self, image: Image) -> dict[str, Any]:
        """All that is known of an image that is here, as the engine's API tells it."""
        return {
            "Id": image.id,
            "RepoTags": [name.familiar for name in self.tags(image)],
            "RepoDigests": [name.familiar for name in self.digests(image)],
            "Parent": "",
            "Comment": image.steps[-1].comment if image.steps else "",
            "Created": timestamp(image.created or NEVER),
            "DockerVersion": "",
            "Author": image.author,
            "Architecture": image.architecture,
            "Os": image.os,
            "Size": image.size,
            "GraphDriver": {"Data": self._directories(image), "Name": "overlay2"},
            "RootFS": {"Type": "layers", "Layers": list(image.diff_ids)},
            "Metadata": {"LastTagTime": timestamp(self.last_tagged(image) or NEVER)},
            "Config": dict(sorted({**EMPTY_CONFIG, **image.config.json()}.items())),
        }

    def _directories(self, image: Image) -> dict[str, str] | None:
        """Where overlayfs finds the layers: the top one is the upper directory of the image's own mount."""
        paths = [f"/var/lib/docker/overlay2/{name}" for name in reversed(self.cache_ids(image))]
        if not paths:
            return None
        lower = {"LowerDir": ":".join(f"{path}/diff" for path in paths[1:])} if paths[1:] else {}
        top = paths[0]
        return {**lower, "MergedDir": f"{top}/merged", "UpperDir": f"{top}/diff", "WorkDir": f"{top}/work"}

    def rmi(self, name: str, *, force: bool = False) -> list[Removal]:
        """Remove the name; if it was the image's last one, remove the image and every layer no other image needs.

        Naming the image by ID removes all its names, which needs `force` if there is more than one tag or repository.
        Raises `NotFound`, `Conflict`, or `DaemonError` as `image` does; then nothing has changed.
        """
        image = self.image(name)
        names = self.references(image)
        # The engine does not ask how the image was found: a tag that begins like the image's ID is taken for it.
        if not image.id.startswith((name, f"sha256:{name}")):
            reference = Reference.parse(name).tagged()
            del self._names[reference.target]
            removed = [Removal("Untagged", reference.familiar)]
            siblings = [each for each in self.references(image) if each.name == reference.name]
            if all(each.digest for each in siblings):
                removed += self._untag(siblings)  # a digest without a tag of its repository is of no use
            return removed if self.references(image) else removed + self._delete(image)
        if not force and not _of_one_tag(names):
            raise Conflict(
                f"conflict: unable to delete {short(image.id)} (must be forced) "
                "- image is referenced in multiple repositories"
            )
        return self._untag(names) + self._delete(image)

    def prune(self, *, all: bool = False) -> Pruned:
        """Remove the dangling images (those without a tag, even if a digest names them), or `all` that are not in use."""
        before = dict(self._layers)
        removals: list[Removal] = []
        for image in self.images():
            if all or not self.tags(image):
                removals += self._untag(self.references(image)) + self._delete(image)
        gone = before.keys() - self._layers.keys()
        return Pruned(tuple(removals), sum(before[chain].size for chain in gone))

    def shared_size(self, image: Image) -> int:
        """Bytes of the image's layers that other images stand on too."""
        others = {chain for each in self._images.values() if each != image for chain in each.chain_ids}
        pairs = zip(image.chain_ids, image.layers, strict=True)
        return sum(layer.size for chain, layer in pairs if chain in others)

    @property
    def layers_size(self) -> int:
        """Bytes of all layers on disk, each counted once."""
        return sum(layer.size for layer in self._layers.values())

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
        removed = [Removal("Deleted", image.id)]
        needed = {chain for other in self._images.values() for chain in other.chain_ids}
        for chain in reversed(image.chain_ids):
            if chain not in needed:
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
