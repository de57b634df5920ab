"""The names of images: tags, which can move, and digests, which cannot."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import takewhile

from ..clock import Clock
from ..errors import DaemonError
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

    def of(self, id: str) -> list[Reference]:
        """Every name of an image, tags and digests, in order."""
        return list(self._names.get(id, ()))

    def siblings(self, name: Reference, id: str) -> Iterator[Reference]:
        """The names of an image in the repository of a name, in order: tags before digests."""
        names = self._names.get(id, [])
        start = bisect_left(names, f"{name.name}:", key=str)
        near = (names[place] for place in range(start, len(names)))
        return takewhile(lambda each: each.name == name.name, near)

    def last_tagged(self, id: str) -> datetime | None:
        """When an image was last given a name that counts as a tagging."""
        return self._tagged_at.get(id)

    def point(self, name: Reference, id: str) -> None:
        """Let a name point to an image."""
        if name in self._ids:
            self._drop(name)
        self._ids[name] = id
        insort(self._names.setdefault(id, []), name, key=str)

    def tag(self, reference: Reference, id: str) -> None:
        """Let a tag point to an image. Raises `DaemonError` for a name that would read as a digest."""
        if reference.familiar_name == "sha256":
            raise DaemonError("refusing to create an ambiguous tag using digest algorithm as name")
        self.point(reference, id)
        self.touch(id)

    def touch(self, id: str) -> None:
        """Note that an image is tagged now."""
        self._tagged_at[id] = self._clock.now()

    def remove(self, references: Iterable[Reference]) -> None:
        """Forget names."""
        for reference in references:
            self._drop(reference.target)

    def forget(self, id: str) -> None:
        """Forget when an image that is gone was tagged."""
        self._tagged_at.pop(id, None)

    def _drop(self, name: Reference) -> None:
        id = self._ids.pop(name)
        names = self._names[id]
        del names[bisect_left(names, str(name), key=str)]
        if not names:
            del self._names[id]
