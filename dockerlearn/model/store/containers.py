"""The containers of a machine, by ID and by name.

Texts measured on Engine 28.5.2.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from ..container import Container
from ..errors import DaemonError, DockerError, NameTaken, NoSuchContainer
from ..names import random_name
from ..value import instance

NAME = re.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+")
ALLOWED = "only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"


class ContainerStore:
    """Containers in the order of their creation. Looking for one lets its process do what it has had time for."""

    def __init__(self) -> None:
        self._by_id: dict[str, Container] = {}
        self._by_name: dict[str, Container] = {}

    @property
    def kept(self) -> Collection[Container]:
        """Those that are kept, the oldest first, without a look at what their processes have done since."""
        return self._by_id.values()

    def containers(self) -> list[Container]:
        """All containers, the most recently created first."""
        for container in list(self._by_id.values()):
            container.settle()
        return list(reversed(self._by_id.values()))

    def container(self, name: str) -> Container:
        """The container called `name`: its name, its ID or the unambiguous beginning of one.

        Raises `NoSuchContainer`, or `DockerError` for an empty name.
        """
        if not instance("name", str, name):
            raise DockerError("invalid container name or ID: value is empty")
        found = self._by_id.get(name) or self._by_name.get(name.removeprefix("/"))
        if found is None:
            by_id = [each for each in self.containers() if each.id.startswith(name)]
            if len(by_id) > 1:
                raise DaemonError(f"multiple IDs found with provided prefix: {name}")
            found = by_id[0] if by_id else None
        if found is not None:
            found.settle()
        if found is None or found.id not in self._by_id:
            raise NoSuchContainer(name=name)
        return found

    def add(self, container: Container) -> None:
        """Keep a container, whose name is free."""
        self._by_id[container.id] = self._by_name[container.name] = container

    def discard(self, container: Container) -> None:
        """Forget a container."""
        del self._by_id[container.id]
        del self._by_name[container.name]

    def name(self, wanted: str | None, identity: str) -> str:
        """A free name: the one that is wanted, or else one that is drawn by 64 hex digits. Raises `DaemonError`."""
        if wanted is None:
            return random_name(identity, self._by_name)
        if not NAME.fullmatch(instance("name", str, wanted).removeprefix("/")):
            raise DaemonError(f"Invalid container name ({wanted}), {ALLOWED}")
        return self._free(wanted)

    def rename(self, container: Container, name: str) -> None:
        """Call a container something else. Raises `DaemonError`; then nothing has changed."""
        container.check()
        if not NAME.fullmatch(instance("name", str, name).removeprefix("/")):
            problem = f"Invalid container name (/{name.removeprefix('/')}), {ALLOWED}"
            raise DaemonError(f"Error when allocating new name: {problem}")
        if container.name == name.removeprefix("/"):
            raise DaemonError("Renaming a container with the same name as its current name")
        try:
            name = self._free(name)
        except NameTaken as error:
            raise NameTaken(f"Error when allocating new name: {error}", **vars(error)) from error
        del self._by_name[container.name]
        container._rename(name)
        self._by_name[name] = container

    def _free(self, name: str) -> str:
        name = name.removeprefix("/")
        if name in self._by_name:
            self._by_name[name].settle()  # one that has ended may have gone
        if name in self._by_name:
            raise NameTaken(name=name, container=self._by_name[name].id)
        return name
