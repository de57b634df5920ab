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
    """Volumes by name. `settle` lets containers do what they have had time for: one that has ended takes its own along."""

    def __init__(self, settle: Callable[[], None]) -> None:
        self._settle = settle
        self._volumes: dict[str, Volume] = {}
        self._users: dict[str, list[Container]] = {}  # by the name of the volume

    def volumes(self) -> list[Volume]:
        """The volumes, by name."""
        self._settle()
        return sorted(self._volumes.values(), key=lambda volume: volume.name)

    def users(self, volume: Volume) -> list[Container]:
        """The containers that have a volume, the most recently created first."""
        self._settle()
        return self._users.get(volume.name, [])[::-1]

    def create(self, name: str, content: Node | None, created: datetime) -> Volume:
        """A new volume, filled with what an image has at its place, if that is a directory."""
        volume = Volume(name, content if isinstance(content, Directory) else Directory(), created)
        return self._volumes.setdefault(name, volume)

    def attach(self, container: Container) -> None:
        """Note that a container has its volumes."""
        for volume in container.volumes.values():
            self._users.setdefault(volume.name, []).append(container)

    def detach(self, container: Container) -> None:
        """Note that a container is gone."""
        for volume in container.volumes.values():
            self._users[volume.name].remove(container)
            if not self._users[volume.name]:
                del self._users[volume.name]

    def remove(self, name: str) -> None:
        """Remove a volume, and what is in it. Raises `NoSuchVolume`, or `VolumeInUse` while a container has it."""
        self._settle()
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
