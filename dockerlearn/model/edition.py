"""The Dockers that a reader can have: which release of the engine, and which store it keeps images in.

Docker 29 keeps images in containerd's store, unless it found a classic one when it was installed: then that stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .store.classic import ClassicStore
from .store.containerd import ContainerdStore
from .store.images import ImageStore
from .value import Value, shown


class Release(Value):
    """What one release of the engine says and does otherwise than another, whatever its store.

    `api` is the version of its API. `paused` begins the refusal to pause a container twice. One that `drops_networks` lets a container that could not be
    started, since a port was taken, start later without any network. Whether it `counts_unique` says what of an image a
    prune is said to free: what no other image has, or all that no used image has. One that `heeds_dangling` lists, with
    the filter `dangling=false`, what is not dangling; to another that is no filter.
    """

    name: str
    version: str
    api: tuple[int, ...]
    paused: str
    drops_networks: bool
    counts_unique: bool
    heeds_dangling: bool


class Edition(Value):
    """A Docker as it is installed: a release, and the kind of store that it has."""

    name: str
    release: Release
    store: type[ImageStore]


RELEASE_28 = Release(
    "28", "28.5.2", (1, 51), "Container", drops_networks=False, counts_unique=False, heeds_dangling=False
)
RELEASE_29 = Release("29", "29.8.0", (1, 56), "container", drops_networks=True, counts_unique=True, heeds_dangling=True)
DEFAULT = "29"
EDITIONS: Mapping[str, Edition] = MappingProxyType(
    {
        each.name: each
        for each in (
            Edition("29", RELEASE_29, ContainerdStore),
            Edition("29-upgraded", RELEASE_29, ClassicStore),
            Edition("28", RELEASE_28, ClassicStore),
        )
    }
)


def edition(name: str) -> Edition:
    """The Docker of that name. Raises `ValueError` for any other."""
    if name not in EDITIONS:
        raise ValueError(f"there is no Docker {shown(name)} here, only {', '.join(EDITIONS)}")
    return EDITIONS[name]
