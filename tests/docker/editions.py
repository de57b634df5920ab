"""What stands beside the engine with containerd's store: the store of Docker 29, and what it was under 28.5.2.

That engine does with images what 29 does, and counts otherwise. Each of its own ways is here in a line or two, so that
nothing has to be left out of a comparison.
"""

import json
from collections.abc import Callable
from typing import Any

from dockerlearn.model.clock import Clock
from dockerlearn.model.container import Container
from dockerlearn.model.digest import short
from dockerlearn.model.edition import EDITIONS, RELEASE_28, RELEASE_29, Edition
from dockerlearn.model.engine import Engine
from dockerlearn.model.image import Image
from dockerlearn.model.index import Attestation
from dockerlearn.model.store.containerd import ContainerdStore
from dockerlearn.model.store.containers import ContainerStore
from dockerlearn.model.store.layers import stack

from .compare import Correspondence
from .engine import Machine, Store


class ToldStore(ContainerdStore):
    """containerd's store, which is told how long the blobs are that the engine made: the model has no gzip of Go's."""

    def __init__(self, clock: Clock, identity: Callable[[], str], containers: ContainerStore) -> None:
        super().__init__(clock, identity, containers)
        self.told_lengths: dict[str, int] = {}  # by the digest that the model has for the blob

    def _blobs(self, image: Image) -> dict[str, int]:
        return {digest: self.told_lengths.get(digest, size) for digest, size in super()._blobs(image).items()}


class UnattestedStore(ToldStore):
    """containerd's store without what is attested of images: 28.5.2 does not pull it."""

    def _attestations(self, image: Image, part: Image) -> list[Attestation]:
        return []


class EarlyContainerdStore(UnattestedStore):
    """containerd's store before Docker 29."""

    def platform_size(self, image: Image) -> int:
        """In `docker image inspect`, what is unpacked does not count, and the index does."""
        return sum(self._blobs(image).values()) + (len(image.index.json) if image.index else 0)

    def shared_sizes(self) -> dict[str, int]:
        """Blobs never count as shared."""
        chains = [chain for image in self.images() for chain in image.chain_ids]
        return {
            self.id(image): sum(self.layer_size(layer) for chain, layer in stack(image) if chains.count(chain) > 1)
            for image in self.images()
        }

    @property
    def total_size(self) -> int:
        """All that is unpacked counts among the images: what containers have, and what they need of an image that is gone."""
        containers, counted = self._containers.containers(), self._places_sizes()
        own = {each.id: self._places_size(each.image) for each in containers if each.id not in counted}
        here = {chain for image in self.images() for chain in image.chain_ids}
        left = sum(self.layer_size(layer) for chain, layer in self.layers.layers.items() if chain not in here)
        return super().total_size + sum(own.values()) + sum(map(self.written_size, containers)) + left

    def _sizes(self) -> dict[str, int]:
        """A prune counts only blobs."""
        pieces = {name: size for image in self.images() for name, size in self._pieces(image).items()}
        return {name: size for name, size in pieces.items() if not name.startswith("unpacked ")}

    def told(self, image: Image) -> dict[str, Any]:
        """There is a driver, of which nothing is known, and nobody notes what made an image, or where it came from."""
        return {"DockerVersion": "", "GraphDriver": self._driver(), "Descriptor": image.descriptor.json()}

    def told_of(self, container: Container) -> tuple[dict[str, Any], dict[str, Any]]:
        """The same of a container."""
        return {"GraphDriver": self._driver()}, super().told_of(container)[1]

    def _driver(self) -> dict[str, Any]:
        return {"Data": None, "Name": self.driver}


BESIDE = {
    Store.CLASSIC: EDITIONS["28"],
    Store.CONTAINERD: Edition("28 with containerd's store", RELEASE_28, EarlyContainerdStore),
}
AS_29 = Edition("29", RELEASE_29, ToldStore)
AS_29_UNATTESTED = Edition("29 without attestations", RELEASE_29, UnattestedStore)
# A client is of the release whose name the engine's has.
AS_29_BEHIND_AN_OLD_CLIENT = Edition("29 behind a client of 28", RELEASE_29.replace(name="28"), UnattestedStore)


def tell_lengths(engine: Engine, machine: Machine, same: Correspondence) -> None:
    """Tell a model's store how long the blobs of images are that were made at the machine beside it."""
    store = engine.store
    if not isinstance(store, ToldStore):
        return
    theirs = {short(each["Id"]): each["Id"] for each in machine.ask("/images/json?all=1") if each["ParentId"]}
    for image in store.images() if theirs else ():
        digest = theirs.get(same.theirs.get(short(store.id(image)), ""))
        if digest is not None:
            manifest = machine.blob(digest)
            told = json.loads(manifest)
            store.told_lengths |= {image.digest: len(manifest), image.id: told["config"]["size"]}
            for layer, blob in zip(image.layers, told["layers"], strict=False):  # if not, a history tells
                store.told_lengths[layer.digest] = blob["size"]
