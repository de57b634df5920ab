"""A registry: blobs and manifests, found by their digests, and tags, which can move.

Texts of refusals are those that Engine 28.5.2 passes on from a registry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .errors import InvalidReference, NoSuchRepository, NoSuchTag, NotFound
from .image import Image
from .reference import DEFAULT_DOMAIN, Reference
from .value import instance


class Registry:
    """One registry, `docker.io` by default.

    Pushing a tag that exists moves it; the image it named before stays, and can still be pulled by its digest.
    """

    def __init__(self, domain: str = DEFAULT_DOMAIN) -> None:
        self.domain = instance("domain", str, domain)
        self._images: dict[str, list[Callable[[], Image]]] = {}
        self._tags: dict[Reference, Callable[[], Image]] = {}

    def push(self, name: str, image: Image) -> None:
        """Store `image` and let the tag `name` point to it.

        Raises `InvalidReference` for a name that is no tag, `NotFound` for one of another registry.
        """
        kept = instance("image", Image, image)
        self.offer(name, lambda: kept)

    def offer(self, name: str, build: Callable[[], Image]) -> None:
        """Like `push`, for an image that is built only when it is asked for."""
        reference = self._own(name)
        if reference.digest:
            raise InvalidReference("cannot push a digest reference")
        self._images.setdefault(reference.path, []).append(build)
        self._tags[reference] = build

    def image(self, name: str | Reference) -> Image:
        """The image that a tag points to now, or that a digest names for ever.

        Raises `NotFound` for a repository, a tag or a digest that is not here.
        """
        reference = (name if isinstance(name, Reference) else self._own(name)).target
        if reference.path not in self._images and self.domain == DEFAULT_DOMAIN:
            raise NoSuchRepository(name=reference.familiar_name)
        if reference.digest:
            images = (build() for build in self._images.get(reference.path, ()))
            found = next((image for image in images if image.digest == reference.digest), None)
        else:
            build = self._tags.get(reference)
            found = build and build()
        if found is None:
            raise NoSuchTag(name=reference.familiar)
        return found

    def tags(self, repository: str) -> dict[str, Image]:
        """The tags of a repository, in order, with what each points to now; none for a repository that is not here."""
        path = self._own(repository).path
        own = {ref.tag: build() for ref, build in self._tags.items() if ref.path == path and ref.tag}
        return dict(sorted(own.items()))

    def manifest(self, name: str) -> bytes:
        """The manifest's bytes for a tag or digest. Raises `NotFound` as `image` does."""
        return self.image(name).manifest

    def blob(self, digest: str) -> bytes:
        """A layer's compressed bytes, or an image's configuration, by its digest. Raises `NotFound` for an unknown one."""
        for known, content in self._blobs():
            if known == digest:
                return content
        raise NotFound("blob unknown to registry")

    def _blobs(self) -> Iterator[tuple[str, bytes]]:
        for image in (build() for builds in self._images.values() for build in builds):
            yield image.id, image.config_json
            for layer in image.layers:
                yield layer.digest, layer.blob

    def _own(self, name: str) -> Reference:
        reference = Reference.parse(name).tagged()
        if reference.domain != self.domain:
            raise NotFound(f"{reference} is not a name on {self.domain}")
        return reference
