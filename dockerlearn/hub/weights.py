"""What the heavy layers of the catalog are known by: digests and sizes, kept beside the recipes that they follow from.

To make the bytes of all of them takes a while, so that is done when a recipe is changed and when it is proved, and by
nobody who only pulls an image. A layer that is not in the file is made of its bytes: right, but slow.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, cast

from ..model.layer import Layer, Names

if TYPE_CHECKING:
    from importlib.abc import ResourceLoader

FILE = f"{__file__.rpartition('weights.')[0]}weights.txt"


def weighed(layer: Layer) -> Layer:
    """A layer with what is known of it, if it is in the file."""
    names = known().get(layer.recipe)
    return layer if names is None else layer.replace(names=names)


@cache
def known() -> dict[str, Names]:
    """What is in the file: the names of each layer by its recipe."""
    loader = cast("ResourceLoader", __spec__.loader)  # the package may be in a zip file
    lines = loader.get_data(FILE).decode().splitlines()
    rows = (line.split() for line in lines if not line.startswith("#"))
    return {recipe: Names(f"sha256:{diff_id}", f"sha256:{digest}", int(size)) for recipe, diff_id, digest, size in rows}


def row(layer: Layer) -> str:
    """The line of a layer in the file."""
    hexes = (layer.recipe, *(each.removeprefix("sha256:") for each in (layer.diff_id, layer.digest)))
    return f"{' '.join(hexes)} {layer.blob_size}"
