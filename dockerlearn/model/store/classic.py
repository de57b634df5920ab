"""The classic store: configurations by image ID, layers by chain ID, and names that point to images.

It is what a Docker before 29 has, and a Docker 29 that was one. Rules and texts measured on Engine 28.5.2 with graph driver
overlay2.
"""

from __future__ import annotations

import contextlib
from itertools import islice
from typing import Any

from ..container import Container
from ..digest import sha256, short
from ..errors import DaemonError, ImageInUse, NoSuchImage, NoSuchPlatform, NoSuchRepository, NotFound
from ..image import Image
from ..index import Platform
from ..layer import Layer
from ..reference import Reference
from ..rootfs import Rootfs
from .images import ImageStore, LayerPull, Part, Pruned, Removal, Summary, of_one_tag
from .layers import stack

ROOT = "/var/lib/docker"


class ClassicStore(ImageStore):
    """Images are configurations: an image's ID is the digest of its own. What came compressed is not kept."""

    driver = "overlay2"

    def id(self, image: Image) -> str:
        """The digest of the configuration."""
        return image.id

    def digests(self, image: Image) -> list[Reference]:
        """The digests that the image was pulled by, or with."""
        return [name for name in self.names(image) if name.digest]

    def summary(self, image: Image) -> Summary:
        """What a list of images tells of one."""
        return Summary(image, image.id, tuple(self.tags(image)), tuple(self.digests(image)), image.size, 0)

    def parts(self, image: Image) -> list[Part]:
        """The one platform that it is for."""
        return [Part(image.platform, image.id, image.size, 0, bool(self.users(image)))]

    def layer_size(self, layer: Layer) -> int:
        """Bytes of the layer's files."""
        return layer.size

    def size(self, image: Image) -> int:
        """Bytes of the files of all layers."""
        return image.size

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
    def total_size(self) -> int:
        """Bytes of the layers of all images, each counted once."""
        every = {chain: layer for image in self._images.values() for chain, layer in stack(image)}
        return sum(layer.size for layer in every.values())

    def written_size(self, container: Container) -> int:
        """Bytes of the files in the writable layer."""
        return container.layer.size

    def root_size(self, container: Container) -> int:
        """Bytes of the files in the writable layer, and in those of the image."""
        return container.layer.size + container.image.size

    def told(self, image: Image) -> dict[str, Any]:
        """Where overlayfs finds the layers."""
        return {"GraphDriver": {"Data": directories(self.layers.cache_ids(image)), "Name": self.driver}}

    def other_platform(self, image: Image, wanted: Platform) -> str:
        """What is said of an image that is not for the platform that is wanted."""
        return (
            f"was found but its platform ({image.platform}) does not match the specified platform ({wanted.shortest})"
        )

    def warning(self, image: Image, wanted: Platform) -> str:
        """What a pull says of an image that is for another platform."""
        return "" if image.platform == wanted else self.other_platform(image, wanted)

    def layer(self, root: Rootfs) -> Layer:
        """All that lies in the container's own directory, what was only copied up included."""
        return root.layer

    def diff(self, root: Rootfs) -> list[tuple[str, str]]:
        """The same, as `docker diff` tells it."""
        return root.diff(compared=False)

    def told_of(self, container: Container) -> tuple[dict[str, Any], dict[str, Any]]:
        """Where overlayfs finds the layers."""
        top = sha256(f"{container.id}/mount".encode()).removeprefix("sha256:")
        data = directories(self.layers.cache_ids(container.image), top) or {}
        return {"GraphDriver": {"Data": {"ID": container.id, **data}, "Name": self.driver}}, {}

    def absent(self, reference: Reference, problem: NotFound) -> NotFound:
        """What the registry said is passed on, to the last word; that it has no such platform is seen only while pulling."""
        if isinstance(problem, NoSuchPlatform):
            text = f"no matching manifest for {problem.platform} in the manifest list entries"
            return NoSuchPlatform(text, platform=problem.platform, begun=True)
        if isinstance(problem, NoSuchRepository):
            return NoSuchRepository(f"{problem}: denied: requested access to the resource is denied", **vars(problem))
        return problem

    def receive(self, image: Image, reference: Reference) -> tuple[LayerPull, ...]:
        """Keep what a pull of a name brought, and say what became of each layer: of none, if the image was here already.

        Layers are recognised by chain ID: one that lies on other layers than before is got anew.
        """
        pinned = reference.pinned(image.descriptor.digest)
        image = image.replace(index=None)
        statuses = ("Pull complete", "Already exists")
        layers = [] if image in self else list(stack(image))
        pulled = tuple(LayerPull(layer.digest, statuses[chain in self.layers.layers]) for chain, layer in layers)
        self.add(image)
        self._references.point(reference.target, image.id)
        if self._references.id(pinned) is None:  # that of an index may stand for the image of another platform already
            self._references.point(pinned, image.id)
        return pulled

    def check_commit(self, image: Image) -> None:
        """Raise `DaemonError` if the image is gone."""
        if image not in self:
            file = f"{ROOT}/image/overlay2/imagedb/content/sha256/{image.id.removeprefix('sha256:')}"
            raise DaemonError(f"failed to get digest {image.id}: open {file}: no such file or directory")

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
        names = self.names(image)
        single = of_one_tag(names)
        problem = self._conflict(image, force=force or not single)
        if problem is None and not force and not single:
            problem = "(must be forced) - image is referenced in multiple repositories"
        if problem is not None:
            raise self._in_use(image, problem)
        return self._untag(names) + self._delete(image)

    def _remove_name(self, name: str, image: Image, force: bool) -> list[Removal]:
        user = next(iter(self.users(image)), None)
        if user is not None and not force and of_one_tag(self.names(image)):
            reason = f"(must force) - container {user.hostname} is using its referenced image {short(image.id)}"
            raise ImageInUse(action="remove repository reference", image=f'"{name}"', reason=reason)
        reference = Reference.parse(name).tagged()
        removed = self._untag([reference])
        left = list(islice(self._references.siblings(reference, image.id), 1))
        if left and left[0].digest:  # a digest without a tag of its repository is of no use
            removed += self._untag(list(self._references.siblings(reference, image.id)))
        if not self.names(image) and self._conflict(image, force=force) is None:
            removed += self._delete(image)
        return removed

    def prune(self, *, all: bool = False) -> Pruned:
        """Remove the dangling images (those without a tag, even if a digest names them), or `all` that no container uses.

        Of an image that is in use, `all` removes every tag but the last.
        """
        before = dict(self.layers.layers)
        removals: list[Removal] = []
        for image in self.images(all=False):
            names = self.names(image)
            if all or not any(name.tag for name in names):
                for name in [each.familiar for each in names] or [image.id]:
                    with contextlib.suppress(ImageInUse, NoSuchImage):
                        removals += self.remove(name)
        gone = before.keys() - self.layers.layers.keys()
        return Pruned(tuple(removals), sum(before[chain].size for chain in gone))

    def _conflict(self, image: Image, *, force: bool) -> str | None:
        """Why an image cannot be deleted, if so. What was made of it no force overcomes either."""
        if self.children(image):
            return "(cannot be forced) - image has dependent child images"
        return super()._conflict(image, force=force)

    def _delete(self, image: Image) -> list[Removal]:
        """Remove an image, and what it was made of, and so on, as far as nothing but its child held it."""
        removed: list[Removal] = []
        while True:
            del self._images[image.id]
            self._references.forget(image.id)
            removed += [Removal("Deleted", image.id), *self.sweep(image)]
            parent = self._images.get(self._forget_parent(image))
            if parent is None or self.names(parent) or self._conflict(parent, force=False) is not None:
                return removed
            image = parent


def directories(layers: list[str], top: str = "") -> dict[str, str] | None:
    """Where overlayfs finds layers, given the names of their directories from the bottom up, and that of a container, if any.

    Without a container, the top layer is the upper directory of the image's own mount.
    """
    paths = [f"{ROOT}/overlay2/{name}" for name in reversed(layers)]
    if top:
        paths = [f"{ROOT}/overlay2/{top}", f"{ROOT}/overlay2/{top}-init", *paths]
    if not paths:
        return None
    lower = {"LowerDir": ":".join(f"{path}/diff" for path in paths[1:])} if paths[1:] else {}
    return {**lower, "MergedDir": f"{paths[0]}/merged", "UpperDir": f"{paths[0]}/diff", "WorkDir": f"{paths[0]}/work"}
