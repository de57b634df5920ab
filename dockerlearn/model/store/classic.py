"""The classic store of images: configurations by image ID, layers by chain ID, and names that point to images.

Rules and texts measured on Engine 28.5.2 with graph driver overlay2.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice

from ..clock import Clock
from ..container import Container
from ..digest import short
from ..errors import DaemonError, ImageInUse, InvalidReference, NoSuchImage
from ..image import Image, Step
from ..lifecycle import LIVE
from ..reference import Reference
from ..value import Value, instance
from .containers import ContainerStore
from .layers import LayerStore, stack, total_size
from .references import ReferenceStore

WHOLE_ID = re.compile("(sha256:)?[0-9a-f]{64}")
UNDATED = datetime.fromtimestamp(0, UTC)


class LayerPull(Value):
    """What a pull did about one layer. `digest` is that of the compressed blob."""

    digest: str
    status: str  # "Already exists" or "Pull complete"


class Removal(Value):
    """One thing that a removal did: `Untagged` a name, or `Deleted` an image or a layer (its chain ID)."""

    action: str
    name: str


class Pruned(Value):
    """What a prune removed, and the bytes of the layers that went."""

    removals: tuple[Removal, ...]
    reclaimed: int  # bytes


class HistoryRow(Value):
    """A row of `docker history`: the image's ID where it is known, the step, and the size of its layer."""

    id: str | None
    step: Step
    size: int  # bytes; 0 for a step without a layer


class ClassicStore:
    """Images with their layers and names. `containers` are those of the same machine."""

    def __init__(self, clock: Clock, identity: Callable[[], str], containers: ContainerStore) -> None:
        self.layers = LayerStore(identity)
        self.references = ReferenceStore(clock)
        self._containers = containers
        self._images: dict[str, Image] = {}  # by image ID
        self._parents: dict[str, str] = {}  # by the ID of an image that was made of a container
        self._children: dict[str, dict[str, None]] = {}  # the same the other way round

    def __len__(self) -> int:
        return len(self._images)

    def __contains__(self, image: Image) -> bool:
        return image.id in self._images

    def images(self, *, all: bool = True) -> list[Image]:
        """The images, the most recently created first; unless `all`, without nameless ones that others were made of."""
        shown = [each for each in self._images.values() if all or self.references.of(each) or not self.children(each)]
        return sorted(shown, key=lambda image: (image.created or UNDATED, image.id), reverse=True)

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
        found = self.references.id(reference)
        if found is None:
            beginning = f"sha256:{name.removeprefix('sha256:')}"
            by_id = [id for id in self._images if id.startswith(beginning)]
            if len(by_id) != 1:
                raise NoSuchImage(name=reference.familiar)
            found = by_id[0]
        return self._images[found]

    def users(self, image: Image) -> list[Container]:
        """The containers of an image, the oldest first."""
        return self._containers.users(image)

    def children(self, image: Image) -> list[str]:
        """The IDs of the images that were made of containers of an image."""
        return list(self._children.get(image.id, ()))

    def parent(self, image: Image) -> str:
        """The ID of the image that one was made of here; empty if there is none."""
        return self._parents.get(image.id, "")

    def lineage(self, image: Image) -> list[str]:
        """The ID of an image, of what it was made of, and so on."""
        ids = [image.id]
        while ids[-1] in self._parents:
            ids.append(self._parents[ids[-1]])
        return ids

    def history(self, image: Image) -> list[HistoryRow]:
        """The steps of an image, the last one first. Only the image itself, and what was made here, still has an ID."""
        rows = [HistoryRow(None, step, step.layer.size if step.layer else 0) for step in reversed(image.steps)]
        for ancestor in filter(None, map(self._images.get, self.lineage(image))):
            row = len(rows) - len(ancestor.steps)
            rows[row : row + 1] = [rows[row].replace(id=ancestor.id)] if ancestor.steps else []
        return rows

    def shared_sizes(self) -> dict[str, int]:
        """Bytes of the layers of each image that other images stand on too, by its ID."""
        stands: dict[str, int] = {}
        for image in self._images.values():
            for chain in image.chain_ids:
                stands[chain] = stands.get(chain, 0) + 1
        return {
            image.id: sum(layer.size for chain, layer in stack(image) if stands[chain] > 1)
            for image in self._images.values()
        }

    @property
    def layers_size(self) -> int:
        """Bytes of the layers of all images, each counted once."""
        return total_size(self._images.values())

    # Changes

    def receive(self, image: Image, reference: Reference) -> tuple[LayerPull, ...]:
        """Keep what a pull of a name brought, and say what became of each layer: of none, if the image was here already.

        Layers are recognised by chain ID: one that lies on other layers than before is got anew.
        """
        statuses = ("Pull complete", "Already exists")
        layers = [] if image in self else list(stack(image))
        pulled = tuple(LayerPull(layer.digest, statuses[chain in self.layers.layers]) for chain, layer in layers)
        self.add(image)
        self.references.pulled(reference, image)
        return pulled

    def add(self, image: Image, *, parent: Image | None = None) -> None:
        """Keep an image; `parent` is the one that it was made of here."""
        if image not in self and not self._containers.uses(image):
            self.layers.add(image)
        self._images.setdefault(image.id, image)
        if parent is not None:
            self._forget_parent(image)
            self._parents[image.id] = parent.id
            self._children.setdefault(parent.id, {})[image.id] = None

    def tag(self, source: str, target: str) -> None:
        """Let the tag `target` point to the image `source`. A tag that existed moves without a word.

        Raises `NoSuchImage`, or `InvalidReference` or `DaemonError` if `target` cannot be a tag.
        """
        if not is_whole_id(source):
            tag_operand(source)
        reference = as_tag(tag_operand(target))
        self.references.tag(reference, self.image(source))

    def remove(self, name: str, *, force: bool = False) -> list[Removal]:
        """Remove the name; if it was the image's last one, remove the image and every layer no other image needs.

        Naming the image by ID removes all its names, which needs `force` if there is more than one tag or repository.
        Raises `NoSuchImage`, `ImageInUse`, or `DaemonError` as `image` does; then nothing has changed.
        """
        image = self.image(name)
        # The engine does not ask how the image was found: a tag that begins like the image's ID is taken for it.
        if image.id.startswith((name, f"sha256:{name}")):
            return self._remove_image(image, force)
        return self._remove_name(name, image, force)

    def _remove_image(self, image: Image, force: bool) -> list[Removal]:
        names = self.references.of(image)
        single = _of_one_tag(names)
        problem = self._conflict(image, force=force or not single)
        if problem is None and not force and not single:
            problem = "(must be forced) - image is referenced in multiple repositories"
        if problem is not None:
            raise ImageInUse(action="delete", image=short(image.id), reason=problem)
        return self._untag(names) + self._delete(image)

    def _remove_name(self, name: str, image: Image, force: bool) -> list[Removal]:
        user = next(iter(self.users(image)), None)
        if user is not None and not force and _of_one_tag(self.references.of(image)):
            reason = f"(must force) - container {user.hostname} is using its referenced image {short(image.id)}"
            raise ImageInUse(action="remove repository reference", image=f'"{name}"', reason=reason)
        reference = Reference.parse(name).tagged()
        removed = self._untag([reference])
        left = next(self.references.siblings(reference, image), None)
        if left is not None and left.digest:  # a digest without a tag of its repository is of no use
            removed += self._untag(list(self.references.siblings(reference, image)))
        if not self.references.of(image) and self._conflict(image, force=force) is None:
            removed += self._delete(image)
        return removed

    def prune(self, *, all: bool = False) -> Pruned:
        """Remove the dangling images (those without a tag, even if a digest names them), or `all` that no container uses.

        Of an image that is in use, `all` removes every tag but the last.
        """
        before = dict(self.layers.layers)
        removals: list[Removal] = []
        for image in self.images(all=False):
            names = self.references.of(image)
            if all or not any(name.tag for name in names):
                for name in [each.familiar for each in names] or [image.id]:
                    with contextlib.suppress(ImageInUse, NoSuchImage):
                        removals += self.remove(name)
        gone = before.keys() - self.layers.layers.keys()
        return Pruned(tuple(removals), sum(before[chain].size for chain in gone))

    def sweep(self, image: Image) -> list[Removal]:
        """Remove the layers of an image that is neither here any more nor in use, as far as no other image needs them."""
        if image in self or self._containers.uses(image):
            return []
        return [Removal("Deleted", chain) for chain in self.layers.discard(image)]

    def _conflict(self, image: Image, *, force: bool) -> str | None:
        """Why an image cannot be deleted, if so. What runs, and what was made of it, no force overcomes."""
        users = self.users(image)
        if image.id in self._children:
            return "(cannot be forced) - image has dependent child images"
        if running := next((each for each in users if each.state in LIVE), None):
            return f"(cannot be forced) - image is being used by running container {running.hostname}"
        if users and not force:
            return f"(must be forced) - image is being used by stopped container {users[0].hostname}"
        return None

    def _untag(self, names: list[Reference]) -> list[Removal]:
        self.references.remove(names)
        return [Removal("Untagged", name.familiar) for name in names]

    def _delete(self, image: Image) -> list[Removal]:
        """Remove an image, and what it was made of, and so on, as far as nothing but its child held it."""
        removed: list[Removal] = []
        while True:
            del self._images[image.id]
            self.references.forget(image)
            removed += [Removal("Deleted", image.id), *self.sweep(image)]
            parent = self._images.get(self._forget_parent(image))
            if parent is None or self.references.of(parent) or self._conflict(parent, force=False) is not None:
                return removed
            image = parent

    def _forget_parent(self, image: Image) -> str:
        """Forget what an image was made of: its ID; empty if there is none."""
        parent = self._parents.pop(image.id, "")
        children = self._children.get(parent, {})
        children.pop(image.id, None)
        if not children:
            self._children.pop(parent, None)
        return parent


def tag_operand(text: str) -> Reference:
    """An operand of `docker tag`. Raises `InvalidReference` with that command's text."""
    try:
        return Reference.parse(text)
    except InvalidReference as error:
        quoted = json.dumps(text, ensure_ascii=False)
        raise InvalidReference(f"Error parsing reference: {quoted} is not a valid repository/tag: {error}") from error


def as_tag(reference: Reference) -> Reference:
    """A name as a tag. Raises `InvalidReference` for one with a digest."""
    if reference.digest:
        raise InvalidReference("refusing to create a tag with a digest reference")
    return reference.tagged()


def is_whole_id(text: str) -> bool:
    """Whether a text is an image's ID in full, with or without its algorithm."""
    return WHOLE_ID.fullmatch(instance("name", str, text)) is not None


def _of_one_tag(names: list[Reference]) -> bool:
    """Whether an image's names amount to one: a single tag and digests of the same repository, or less."""
    tags = islice((name for name in names if not name.digest), 2)
    return len(list(tags)) <= 1 and len({name.name for name in names}) <= 1
