"""The volumes of a machine.

Texts measured on Engine 28.5.2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from ..container import Container
from ..errors import NoSuchVolume, VolumeInUse
from ..rootfs import Volume
from ..tree import Directory, Node


class VolumeStore:
    """Volumes by name. `containers` gives all containers, as they are now: one that has ended may have taken its own along."""

    def __init__(self, containers: Callable[[], Iterable[Container]]) -> None:
        self._containers = containers
        self._volumes: dict[str, Volume] = {}

    def volumes(self) -> list[Volume]:
        """The volumes, by name."""
        self._containers()
        return sorted(self._volumes.values(), key=lambda volume: volume.name)

    def users(self, volume: Volume) -> list[Container]:
        """The containers that have a volume."""
        return [each for each in self._containers() if volume in each.volumes.values()]

    def create(self, name: str, content: Node | None, created: datetime) -> Volume:
        """A new volume, filled with what an image has at its place, if that is a directory."""
        volume = Volume(name, content if isinstance(content, Directory) else Directory(), created)
        return self._volumes.setdefault(name, volume)

    def remove(self, name: str) -> None:
        """Remove a volume, and what is in it. Raises `NoSuchVolume`, or `VolumeInUse` while a container has it."""
        self._containers()
        if name not in self._volumes:
            raise NoSuchVolume(name=name)
        if ids := [each.id for each in self.users(self._volumes[name])]:
            raise VolumeInUse(name=name, containers=ids, users=", ".join(ids))
        del self._volumes[name]

    def prune(self) -> tuple[list[Volume], int]:
        """Remove all volumes that no container has: those, and the bytes that were in them."""
        unused = [each for each in self.volumes() if not self.users(each)]
        self.discard(unused)
        return unused, sum(each.node.size for each in unused)

    def discard(self, volumes: Iterable[Volume]) -> None:
        """Remove volumes, as far as they are there."""
        for volume in volumes:
            self._volumes.pop(volume.name, None)
