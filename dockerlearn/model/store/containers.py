"""The containers of a machine, by ID and by name.

Texts measured on Engine 28.5.2.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from ..clock import Clock
from ..container import Container
from ..errors import DaemonError, DockerError, NameTaken, NoSuchContainer
from ..image import Image
from ..names import random_name
from ..value import instance

if TYPE_CHECKING:
    from datetime import datetime

NAME = re.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+")
ALLOWED = "only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
BEGINNING = 3  # digits of an ID that containers are sought by: few of them have those in common


class ContainerStore:
    """Containers in the order of their creation. Looking for one lets its process do what it has had time for.

    Nothing here goes through all containers but what lists them all.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._agenda = Agenda()
        self._by_id: dict[str, Container] = {}
        self._by_name: dict[str, Container] = {}
        self._by_beginning: dict[str, list[Container]] = {}  # of the ID
        self._by_image: dict[Image, dict[str, Container]] = {}  # by image, then by their own ID

    @property
    def kept(self) -> Collection[Container]:
        """Those that are kept, the oldest first, without a look at what their processes have done since."""
        return self._by_id.values()

    def settle(self) -> None:
        """Let all processes do what they have had time for."""
        for id in self._agenda.due(self._clock.now()):
            self._by_id[id].settle()

    def schedule(self, container: Container) -> None:
        """Note when a container will do something by itself."""
        self._agenda.put(container.id, container.wake)

    def containers(self) -> list[Container]:
        """All containers, the most recently created first."""
        self.settle()
        return list(reversed(self._by_id.values()))

    def users(self, image: Image) -> list[Container]:
        """The containers of an image, the oldest first."""
        self.settle()
        return list(self._by_image.get(image, {}).values())

    def uses(self, image: Image) -> bool:
        """Whether there are containers of an image, without a look at what their processes have done since."""
        return image in self._by_image

    def container(self, name: str) -> Container:
        """The container called `name`: its name, its ID or the unambiguous beginning of one.

        Raises `NoSuchContainer`, or `DockerError` for an empty name.
        """
        if not instance("name", str, name):
            raise DockerError("invalid container name or ID: value is empty")
        found = self._by_id.get(name) or self._by_name.get(name.removeprefix("/"))
        if found is None:
            self.settle()
            near = self._beginning_with(name)
            found = next(near, None)
            if next(near, None) is not None:
                raise DaemonError(f"multiple IDs found with provided prefix: {name}")
        if found is not None:
            found.settle()
        if found is None or found.id not in self._by_id:
            raise NoSuchContainer(name=name)
        return found

    def add(self, container: Container) -> None:
        """Keep a container, whose name is free."""
        self._by_id[container.id] = self._by_name[container.name] = container
        self._by_beginning.setdefault(container.id[:BEGINNING], []).append(container)
        self._by_image.setdefault(container.image, {})[container.id] = container

    def discard(self, container: Container) -> None:
        """Forget a container."""
        del self._by_id[container.id]
        del self._by_name[container.name]
        near, users = self._by_beginning[container.id[:BEGINNING]], self._by_image[container.image]
        near.remove(container)
        del users[container.id]
        if not near:
            del self._by_beginning[container.id[:BEGINNING]]
        if not users:
            del self._by_image[container.image]

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

    def _beginning_with(self, digits: str) -> Iterator[Container]:
        """Those whose ID begins so."""
        if digits.strip("0123456789abcdef"):
            return iter(())
        near = self._by_id.values() if len(digits) < BEGINNING else self._by_beginning.get(digits[:BEGINNING], ())
        return (each for each in near if each.id.startswith(digits))

    def _free(self, name: str) -> str:
        name = name.removeprefix("/")
        if name in self._by_name:
            self._by_name[name].settle()  # one that has ended may have gone
        if name in self._by_name:
            raise NameTaken(name=name, container=self._by_name[name].id)
        return name


class Agenda:
    """When containers will do something by themselves, by their IDs: who is due is found without asking all of them."""

    def __init__(self) -> None:
        self._times: dict[str, datetime] = {}
        self._heap: list[tuple[datetime, str]] = []  # the same, the earliest first, and what no longer holds

    def __len__(self) -> int:
        return len(self._heap)

    def put(self, id: str, time: datetime | None) -> None:
        """Let a container be due at a time, or never, and at no other."""
        if time is None:
            self._times.pop(id, None)
        elif self._times.get(id) != time:
            self._times[id] = time
            heappush(self._heap, (time, id))
        if len(self._heap) > 2 * len(self._times) + 8:
            self._heap = [(time, id) for id, time in self._times.items()]
            heapify(self._heap)

    def due(self, now: datetime) -> list[str]:
        """Those that are due, the longest first. They are due no more, unless they are put here again."""
        found = []
        while self._heap and self._heap[0][0] <= now:
            time, id = heappop(self._heap)
            if self._times.get(id) == time:
                del self._times[id]
                found.append(id)
        return found
