"""Volumes: directories that outlive containers.

Texts measured on Engine 28.5.2.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from .errors import NoSuchVolume, VolumeInUse
from .rootfs import Mount
from .tree import Directory, Node


class Volume(Mount):
    """A volume: a directory that belongs to no container, and outlives them all."""

    def __init__(self, name: str, node: Node, created: datetime) -> None:
        super().__init__(node)
        self.name, self.created = name, created


class VolumeStore:
    """The volumes of a machine by name."""

    def __init__(self) -> None:
        self._volumes: dict[str, Volume] = {}

    def volumes(self) -> list[Volume]:
        """The volumes, by name."""
        return sorted(self._volumes.values(), key=lambda volume: volume.name)

    def create(self, name: str, content: Node | None, created: datetime) -> Volume:
        """A new volume, filled with what an image has at its place, if that is a directory."""
        volume = Volume(name, content if isinstance(content, Directory) else Directory(), created)
        return self._volumes.setdefault(name, volume)

    def remove(self, name: str, users: Callable[[Volume], Collection[str]]) -> None:
        """Remove a volume, and what is in it; `users` are the IDs of the containers that have one.

        Raises `NoSuchVolume`, or `VolumeInUse` while a container has it.
        """
        if name not in self._volumes:
            raise NoSuchVolume(name=name)
        if ids := users(self._volumes[name]):
            raise VolumeInUse(name=name, containers=ids, users=", ".join(ids))
        del self._volumes[name]

    def discard(self, volumes: Iterable[Volume]) -> None:
        """Remove volumes, as far as they are there."""
        for volume in volumes:
            self._volumes.pop(volume.name, None)
