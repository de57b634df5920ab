"""The layers on disk. Each is there once, however many images use it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from ..image import Image
from ..layer import Layer


class LayerStore:
    """Layers by chain ID, and the names of their directories (the cache IDs), which `identity` draws."""

    def __init__(self, identity: Callable[[], str]) -> None:
        self._identity = identity
        self._layers: dict[str, Layer] = {}  # by chain ID
        self._cache_ids: dict[str, str] = {}  # by chain ID
        self._holders: dict[str, int] = {}  # how many images stand on it, by chain ID

    @property
    def layers(self) -> Mapping[str, Layer]:
        """The layers by chain ID."""
        return MappingProxyType(self._layers)

    def cache_ids(self, image: Image) -> list[str]:
        """The names of the directories that hold an image's layers, the bottom one first."""
        return [self._cache_ids[chain] for chain in image.chain_ids]

    def add(self, image: Image) -> None:
        """Keep the layers of an image that is not there yet."""
        for chain, layer in stack(image):
            if chain not in self._layers:
                self._layers[chain] = layer
                self._cache_ids[chain] = self._identity()
            self._holders[chain] = self._holders.get(chain, 0) + 1

    def discard(self, image: Image) -> list[str]:
        """Remove the layers of an image that is there, as far as no other needs them: their chain IDs, the top one first."""
        removed = []
        for chain in reversed(image.chain_ids):
            self._holders[chain] -= 1
            if not self._holders[chain]:
                removed.append(chain)
                del self._layers[chain], self._cache_ids[chain], self._holders[chain]
        return removed


def stack(image: Image) -> Iterator[tuple[str, Layer]]:
    """The layers of an image with their chain IDs, the bottom one first."""
    return zip(image.chain_ids, image.layers, strict=True)
