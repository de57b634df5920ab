"""The names of images: tags, which can move, and digests, which cannot."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import takewhile

from ..clock import Clock
from ..errors import DaemonError
from ..image import Image
from ..reference import Reference


class ReferenceStore:
    """Names, and the IDs of the images that they point to. `clock` gives the time of tagging."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ids: dict[Reference, str] = {}
        self._names: dict[str, list[Reference]] = {}  # by image ID, in order
        self._tagged_at: dict[str, datetime] = {}  # by image ID

    def id(self, reference: Reference) -> str | None:
        """The ID of the image that a name points to."""
        return self._ids.get(reference.target)

    def of(self, image: Image) -> list[Reference]:
        """Every name of an image, tags and digests, in order."""
        return list(self._names.get(image.id, ()))

    def siblings(self, name: Reference, image: Image) -> Iterator[Reference]:
        """The names of an image in the repository of a name, in order: tags before digests."""
        names = self._names.get(image.id, [])
        start = bisect_left(names, f"{name.name}:", key=str)
        near = (names[place] for place in range(start, len(names)))
        return takewhile(lambda each: each.name == name.name, near)

    def last_tagged(self, image: Image) -> datetime | None:
        """When `tag` last gave the image a name; a pull does not count."""
        return self._tagged_at.get(image.id)

    def pulled(self, reference: Reference, image: Image) -> None:
        """Let a name point to an image that was pulled by it, and its digest too."""
        for name in (reference.target, reference.pinned(image.digest)):
            self._point(name, image)

    def tag(self, reference: Reference, image: Image) -> None:
        """Let a tag point to an image. Raises `DaemonError` for a name that would read as a digest."""
        if reference.familiar_name == "sha256":
            raise DaemonError("refusing to create an ambiguous tag using digest algorithm as name")
        self._point(reference, image)
        self._tagged_at[image.id] = self._clock.now()

    def remove(self, references: Iterable[Reference]) -> None:
        """Forget names."""
        for reference in references:
            self._drop(reference.target)

    def forget(self, image: Image) -> None:
        """Forget when an image that is gone was tagged."""
        self._tagged_at.pop(image.id, None)

    def _point(self, name: Reference, image: Image) -> None:
        if name in self._ids:
            self._drop(name)
        self._ids[name] = image.id
        insort(self._names.setdefault(image.id, []), name, key=str)

    def _drop(self, name: Reference) -> None:
        id = self._ids.pop(name)
        names = self._names[id]
        del names[bisect_left(names, str(name), key=str)]
        if not names:
            del self._names[id]
