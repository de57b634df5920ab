"""A registry: blobs and manifests, found by their digests, and tags, which can move.

Texts of refusals are those that Engine 28.5.2 passes on from a registry.
"""

from __future__ import annotations

from collections.abc import Callable

from .errors import InvalidReference, NoSuchPlatform, NoSuchRepository, NoSuchTag, NotFound
from .image import Image
from .index import HERE, Index, Platform
from .reference import DEFAULT_DOMAIN, Reference
from .value import instance


class Registry:
    """One registry, `docker.io` by default.

    Pushing a tag that exists moves it; the image it named before stays, and can still be pulled by its digest.
    """

    def __init__(self, domain: str = DEFAULT_DOMAIN) -> None:
        self.domain = instance("domain", str, domain)
        self._offers: dict[str, list[Callable[[], Image | Index]]] = {}
        self._tags: dict[Reference, Callable[[], Image | Index]] = {}

    def push(self, name: str, image: Image | Index) -> None:
        """Store an image, or an index of images, and let the tag `name` point to it.

        Raises `InvalidReference` for a name that is no tag, `NotFound` for one of another registry.
        """
        kept = instance("image", (Image, Index), image)
        self.offer(name, lambda: kept)

    def offer(self, name: str, build: Callable[[], Image | Index]) -> None:
        """Like `push`, for an image that is built only when it is asked for."""
        reference = self._own(name)
        if reference.digest:
            raise InvalidReference("cannot push a digest reference")
        self._offers.setdefault(reference.path, []).append(build)
        self._tags[reference] = build

    def image(self, name: str | Reference, platform: Platform = HERE) -> Image:
        """The image for a platform that a tag points to now, or that a digest names for ever.

        Raises `NotFound` for a repository, a tag, a digest or a platform that is not here.
        """
        reference = (name if isinstance(name, Reference) else self._own(name)).target
        if reference.path not in self._offers and self.domain == DEFAULT_DOMAIN:
            raise NoSuchRepository(name=reference.familiar_name)
        if reference.digest:
            offers = (build() for build in self._offers.get(reference.path, ()))
            every = (each for offer in offers for each in (offer, *_images(offer)))
            found = next((each for each in every if each.digest == reference.digest), None)
        else:
            build = self._tags.get(reference)
            found = build and build()
        if found is None:
            raise NoSuchTag(name=reference.familiar)
        image = found.image(platform) if isinstance(found, Index) else found
        if image is None:
            raise NoSuchPlatform(platform=platform.shortest)
        return image

    @property
    def names(self) -> list[str]:
        """The tags that it has, as `docker pull` takes them, in order."""
        return sorted(reference.familiar for reference in self._tags)

    def tags(self, repository: str) -> dict[str, Image | Index]:
        """The tags of a repository, in order, with what each points to now; none for a repository that is not here."""
        path = self._own(repository).path
        own = {ref.tag: build() for ref, build in self._tags.items() if ref.path == path and ref.tag}
        return dict(sorted(own.items()))

    def manifest(self, name: str) -> bytes:
        """The bytes of the manifest or the index that a tag or digest names. Raises `NotFound` as `image` does."""
        image = self.image(name)
        return image.index.json if image.index is not None else image.manifest

    def blob(self, digest: str) -> bytes:
        """A layer's compressed bytes, or an image's configuration, by its digest. Raises `NotFound` for an unknown one."""
        for image in (image for builds in self._offers.values() for build in builds for image in _images(build())):
            if image.id == digest:
                return image.config_json
            for layer in image.layers:
                if layer.digest == digest:
                    return layer.blob
        raise NotFound("blob unknown to registry")

    def _own(self, name: str) -> Reference:
        reference = Reference.parse(name).tagged()
        if reference.domain != self.domain:
            raise NotFound(f"{reference} is not a name on {self.domain}")
        return reference


def _images(offer: Image | Index) -> tuple[Image, ...]:
    return offer.images if isinstance(offer, Index) else (offer,)
