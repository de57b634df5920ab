"""containerd's store: blobs as they came, by digest; what was unpacked of them, by chain ID; and names that point to manifests.

It is what a fresh Docker 29 has. Rules and texts measured on Engine 29.8.0, and on 28.5.2 with this store; sizes on ext4.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .. import ext4
from ..clock import Clock
from ..container import Container
from ..digest import sha256, short
from ..errors import DaemonError, ImageInUse, NoSuchTag, NotFound
from ..image import Image
from ..index import HERE, MANIFEST_TYPE, Attestation, Descriptor, Platform
from ..layer import Layer
from ..reference import Reference
from ..rootfs import PLACES, Rootfs
from ..tree import Directory, Node
from ..value import Value
from .containers import ContainerStore
from .images import ImageStore, LayerPull, Part, Pruned, Removal, Summary, is_whole_id, of_one_tag
from .layers import stack


class Places(Value):
    """What lies below a layer that was made of a container: its places for mounts. Other layers of that have the same."""

    container: str  # its ID
    size: int  # bytes


class ContainerdStore(ImageStore):
    """Images are manifests, or indexes of some: an image's ID is the digest of what its name points to.

    What came compressed is kept beside what was unpacked, so an image takes up both.
    """

    driver = "overlayfs"

    def __init__(self, clock: Clock, identity: Callable[[], str], containers: ContainerStore) -> None:
        super().__init__(clock, identity, containers)
        self._platforms: dict[str, tuple[Image, ...]] = {}  # those that are here of an image, by its ID
        self._places: dict[str, Places] = {}  # what lies below a layer that was made here, by its chain ID

    def __contains__(self, image: Image) -> bool:
        return image in self._platforms.get(self.id(image), ())

    def id(self, image: Image) -> str:
        """The digest of the manifest, or of the index that the image came in."""
        return image.descriptor.digest

    def _id_of(self, reference: Reference) -> str | None:
        """The ID of the image that a name points to; a digest names one that some name of its repository points to."""
        if reference.digest is None:
            return super()._id_of(reference)
        named = next(self._references.siblings(reference, reference.digest), None)
        return reference.digest if named is not None else None

    def tags(self, image: Image) -> list[Reference]:
        """All names, even those by digest."""
        return self.names(image)

    def is_called(self, image: Image, name: str) -> bool:
        """Whether a name still leads to an image; a digest is no name to call it by."""
        digest = re.search("^[^:]+@", name)
        return digest is None and super().is_called(image, name)

    def digests(self, image: Image) -> list[Reference]:
        """The image's own digest, in each repository that has a name for it."""
        repositories = {name.name: name for name in self.names(image)}
        return [name.pinned(self.id(image)) for _, name in sorted(repositories.items())]

    def summary(self, image: Image) -> Summary:
        """What a list of images tells of one: of its digests, the last."""
        id, names = self.id(image), tuple(self.names(image))
        return Summary(image, id, names, tuple(self.digests(image)[-1:]), self.size(image), self.content_size(image))

    def matching(self, it: Summary, patterns: Iterable[str]) -> Summary:
        """Only the names are matched; the digest is that of the last name that is left."""
        found = super().matching(it, patterns)
        last = sorted(found.tags, key=lambda name: name.name)[-1:]
        return found.replace(digests=tuple(name.pinned(it.id) for name in last))

    def parts(self, image: Image) -> list[Part]:
        """What there is of an image, by platform, those first that are here."""
        here = self._here(image)
        listed = image.index.images if image.index else (image,)
        absent = [
            Part(each.platform, each.digest) for each in listed if each.platform not in {it.platform for it in here}
        ]
        return [
            Part(
                each.platform,
                each.digest,
                self._platform_usage(each),
                sum(self._blobs(each).values()),
                bool(self.users(each)),
            )
            for each in here
        ] + absent

    def for_platform(self, image: Image, platform: Platform) -> Image | None:
        """The image for a platform, if it is here."""
        return next((each for each in self._here(image) if each.platform == platform), None)

    # Sizes

    def layer_size(self, layer: Layer) -> int:
        """Bytes of the disk's blocks that the layer takes up, unpacked."""
        return layer.unpacked_size

    def content_size(self, image: Image) -> int:
        """Bytes of an image as it came: manifests, configurations and compressed layers, without the index itself."""
        return sum(sum(blobs.values()) for blobs in self._contents(image))

    def size(self, image: Image) -> int:
        """Bytes of an image as it came, and unpacked, for all platforms that are here."""
        return self.content_size(image) + sum(map(self._unpacked_size, self._here(image)))

    def platform_size(self, image: Image) -> int:
        """The same for one platform alone, and without what is attested of it."""
        return self._platform_usage(image)

    def _platform_usage(self, image: Image) -> int:
        return sum(self._blobs(image).values()) + self._unpacked_size(image)

    def shared_sizes(self) -> dict[str, int]:
        """Bytes of the blobs, and of the unpacked layers, that another image has too, by the image's ID."""
        pieces = {id: self._pieces(image) for id, image in self._images.items()}
        owners = Counter(name for each in pieces.values() for name in each)
        return {id: sum(size for name, size in each.items() if owners[name] > 1) for id, each in pieces.items()}

    @property
    def total_size(self) -> int:
        """Bytes of all blobs and all unpacked layers of images."""
        pieces = {name: size for image in self._images.values() for name, size in self._pieces(image).items()}
        return sum(pieces.values()) + sum(self._places_sizes().values())

    def written_size(self, container: Container) -> int:
        """Bytes of the disk's blocks that the upper directory takes up."""
        root = container.root
        return ext4.BLOCK if root is None else ext4.written(root.overlay, root.upper)

    def root_size(self, container: Container) -> int:
        """The same with the places that the engine makes for its mounts, and the image's unpacked layers."""
        image = container.image
        return self.written_size(container) + self._places_size(image) + self._unpacked_size(image)

    def _places_size(self, image: Image) -> int:
        """Bytes of the layer that the engine lays below a container's own, for the places that it mounts something at.

        It touches the directories of these places again where a container's layer became one of the image's.
        """
        again = not self._places.keys().isdisjoint(image.chain_ids)
        new = [] if again else [path for path, found in PLACES.items() if _is_new_directory(image, path, found)]
        above = {posixpath.dirname(path) for path in PLACES} - {""}
        return ext4.BLOCK * (1 + len(above) + len(new))

    def _places_sizes(self) -> dict[str, int]:
        """Bytes of all places that lie below layers of images, by the container that they were made for."""
        return {each.container: each.size for each in self._places.values()}

    def _unpacked_size(self, image: Image) -> int:
        """Bytes of the unpacked layers of an image, and of what lies between those that were made here."""
        below = (self._places[chain].size for chain in image.chain_ids if chain in self._places)
        return sum(layer.unpacked_size for layer in image.layers) + sum(below)

    def _here(self, image: Image) -> tuple[Image, ...]:
        """The image for each platform that is here."""
        return self._platforms.get(self.id(image), (image,))

    def _contents(self, image: Image) -> list[dict[str, int]]:
        """Of each manifest of an image the bytes of its blobs, by digest. What two of them share is in both."""
        here = self._here(image)
        attested = [attestation.blobs for each in here for attestation in self._attestations(image, each)]
        return [*map(self._blobs, here), *attested]

    def _attestations(self, image: Image, part: Image) -> list[Attestation]:
        """What came with a part of an image about how that was built."""
        return image.index.attestations_of(part) if image.index else []

    def _blobs(self, image: Image) -> dict[str, int]:
        """Bytes of the blobs that an image for one platform is made of, by digest."""
        layers = {layer.digest: layer.blob_size for layer in image.layers}
        return {image.digest: len(image.manifest), image.id: len(image.config_json), **layers}

    def _sizes(self) -> dict[str, int]:
        """Bytes of all that is on the disk: of images, and of layers that only a container still needs."""
        left = {f"unpacked {chain}": layer.unpacked_size for chain, layer in self.layers.layers.items()}
        left |= {f"places of {container}": size for container, size in self._places_sizes().items()}
        return left | {name: size for image in self._images.values() for name, size in self._pieces(image).items()}

    def _pieces(self, image: Image) -> dict[str, int]:
        """Bytes of all that is kept of an image; what is a blob's digest may be a chain ID as well."""
        index = {image.index.digest: len(image.index.json)} if image.index else {}
        unpacked = {
            f"unpacked {chain}": layer.unpacked_size for each in self._here(image) for chain, layer in stack(each)
        }
        blobs = {digest: size for each in self._contents(image) for digest, size in each.items()}
        return {**index, **blobs, **unpacked}

    def layer(self, root: Rootfs) -> Layer:
        """What a container has written, compared with what lies below it."""
        return root.compared_layer

    def diff(self, root: Rootfs) -> list[tuple[str, str]]:
        """The same, as `docker diff` tells it."""
        return root.diff(compared=True)

    # What it tells

    def told(self, image: Image) -> dict[str, Any]:
        """What the name points to, and where it came from."""
        told: dict[str, Any] = {"Descriptor": image.descriptor.json()}
        if not self.parent(image):
            repositories = sorted({name.name for name in self.names(image)})
            told["Identity"] = {"Pull": [{"Repository": name} for name in repositories]}
        return told

    def told_of_platform(self, image: Image) -> dict[str, Any]:
        """The manifest, which stands for the image of one platform."""
        return {"Id": image.digest, "Descriptor": _manifest_descriptor(image)}

    def told_of(self, container: Container) -> tuple[dict[str, Any], dict[str, Any]]:
        """Who unpacked the files, and the manifest that they are of."""
        storage = {"Storage": {"RootFS": {"Snapshot": {"Name": self.driver}}}}
        return storage, {"ImageManifestDescriptor": _manifest_descriptor(container.image)}

    # Changes

    def absent(self, reference: Reference, problem: NotFound) -> NotFound:
        """A tag or a digest that could not be resolved is told in full, and twice."""
        if isinstance(problem, NoSuchTag):
            return NoSuchTag(f'failed to resolve reference "{reference}": {reference}: not found', **vars(problem))
        return problem

    def receive(self, image: Image, reference: Reference) -> tuple[LayerPull, ...]:
        """Keep what a pull of a name brought, and say what became of each layer that is not unpacked here yet.

        A blob that is here is not downloaded again, whatever it lies on; but it is unpacked once for each chain.
        """
        here = {digest for each in self._images.values() for blobs in self._contents(each) for digest in blobs}
        pulled = []
        for chain, layer in stack(image):
            if chain not in self.layers.layers:
                got = "Already exists" if layer.digest in here else "Download complete"
                pulled.append(LayerPull(layer.digest, "Pull complete", ("Pulling fs layer", got)))
        for attestation in self._attestations(image, image) if image not in self else ():
            pulled.append(LayerPull(sha256(attestation.statement), "Download complete"))
        self.add(image)
        self._references.point(reference.target, self.id(image))
        self._references.touch(self.id(image))
        return tuple(pulled)

    def add(self, image: Image, *, parent: Image | None = None, container: str = "") -> None:
        """Keep an image, or one more platform of it; that of this machine stands for all."""
        id, known = self.id(image), image in self
        if parent is not None and len(image.layers) > len(parent.layers):
            self._places.setdefault(image.chain_ids[-1], Places(container, self._places_size(parent)))
        super().add(image, parent=parent, container=container)
        if not known:
            self._platforms[id] = (*self._platforms.get(id, ()), image)
        if image.platform == HERE:
            self._images[id] = image

    def sweep(self, image: Image) -> list[Removal]:
        """Remove the layers of an image, and what lies below them, as far as nothing needs them."""
        removed = super().sweep(image)
        for chain in removed:
            self._places.pop(chain.name, None)
        return removed

    def check_commit(self, image: Image) -> None:
        """Raise `DaemonError` if the image is gone: what is missing is the manifest that the container was made of."""
        if image not in self:
            raise DaemonError(f"NotFound: content digest {image.digest}: not found")

    def remove(self, name: str, *, force: bool = False) -> list[Removal]:
        """Remove a name; if it was the image's last one, remove the image too, unless it is still needed.

        A name of an image that a container uses goes only by `force`, and the image stays. Naming the image by ID removes
        all its names, and the image even if a container that has ended uses it, by `force`. Raises `NoSuchImage`,
        `ImageInUse`, or `DaemonError` as `image` does; then nothing has changed.
        """
        image = self.image(name)
        if self.id(image).startswith((name, f"sha256:{name}")):
            return self._remove_image(image, force, single=of_one_tag(self.names(image)))
        reference, names = Reference.parse(name).tagged(), self.names(image)
        same = self._same(reference, image)
        if len(same) < len(names):
            return self._untag(same)
        if reference.target not in names:  # a digest that only tags lead to
            return self._remove_image(image, force, single=True)
        user = next(iter(self.users(image)), None)
        if user is not None and not force:
            reason = f"container {user.hostname} is using its referenced image {short(self.id(image))}"
            raise ImageInUse(action="delete", image=reference.familiar, reason=f"(must be forced) - {reason}")
        removed = self._untag(same)
        if user is not None:
            return removed
        if self.children(image) and not force:
            return [*removed, Removal("Deleted", self.id(image))]  # so it says, and keeps it nameless
        return removed + self._delete(image)

    def _remove_image(self, image: Image, force: bool, *, single: bool) -> list[Removal]:
        names = self.names(image)
        problem = self._conflict(image, force=force)
        if problem is None and not force and not single:
            problem = "(must be forced) - image is referenced in multiple repositories"
        if problem is not None:
            raise self._in_use(image, problem)
        return self._untag(names) + self._delete(image)

    def _same(self, reference: Reference, image: Image) -> list[Reference]:
        """The names that go with one: those by digest with the last tag of their repository, all tags with a digest."""
        siblings = list(self._references.siblings(reference, self.id(image)))
        if reference.digest is None and sum(not each.digest for each in siblings) > 1:
            return [reference]
        return siblings

    def prune(self, *, all: bool = False) -> Pruned:
        """Remove the images without a name, or `all` that no container uses; of one in use, every name that no container needs.

        A container needs the name that it was made by, or any, if it was made by an ID. One whose name is gone protects
        no other (measured with 28.5.2).
        """
        before = self._sizes()
        removals: list[Removal] = []
        for image in filter(self.__contains__, self.images()):
            users, names = self.users(image), self.names(image)
            needed = self._needed(image, users, names)
            if all and needed:
                removals += self._untag(each for each in names if each not in needed)
            elif (all and names) or not (users or names):
                manifests = [Removal("Deleted", each.digest) for each in self._here(image)]
                gone = self._untag(names) or [Removal("Untagged", self.id(image))]
                removals += gone + self._delete(image, ancestors=False) + manifests
        left = {each.digest for image in self._images.values() for each in self._here(image)}
        removals = [each for each in dict.fromkeys(removals) if each.name not in left]
        after = self._sizes()
        return Pruned(tuple(removals), sum(size for name, size in before.items() if name not in after))

    def _needed(self, image: Image, users: Iterable[Container], names: Sequence[Reference]) -> Sequence[Reference]:
        """Those of the names of an image that its containers keep from a prune."""
        by_id = any(_bare(self.id(image)).startswith(_bare(user.image_name)) for user in users)
        made_by = [_name(user) for user in users]
        return [name for name in names if name in made_by] or (names[-1:] if by_id else ())

    def _delete(self, image: Image, *, ancestors: bool = True) -> list[Removal]:
        """Remove an image and, unless told otherwise, the nameless and unused ones that it was made of."""
        id = self.id(image)
        removed = [Removal("Deleted", id)]
        del self._images[id]
        self._references.forget(id)
        for each in self._platforms.pop(id):
            self.sweep(each)
        parent = self._images.get(self._forget_parent(image))
        if ancestors and parent is not None and not (self.names(parent) or self.users(parent)):
            removed += self._delete(parent)
        return removed


def _manifest_descriptor(image: Image) -> dict[str, Any]:
    """What points to the manifest of an image for one platform, and names that."""
    manifest = Descriptor(MANIFEST_TYPE, image.digest, len(image.manifest)).json()
    return {**manifest, "platform": image.platform.json()}


def _is_new_directory(image: Image, path: str, found: Node) -> bool:
    return isinstance(found, Directory) and image.tree.get(path) is None


def _bare(id: str) -> str:
    return id.removeprefix("sha256:")


def _name(container: Container) -> Reference | None:
    """What a container's image was called when it was made of it: a tag, even if a digest stood beside that."""
    if is_whole_id(container.image_name):
        return None
    reference = Reference.parse(container.image_name).tagged()
    return reference.replace(digest=None) if reference.tag else reference
