"""Weigh the catalog: `python -m tools.weigh` writes dockerlearn/hub/weights.txt, from the bytes of every heavy layer.

They are some gigabytes, made and forgotten piece by piece. Layers that the file knows are taken from it, unless `--anew`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from dockerlearn.hub import weights
from dockerlearn.hub.august import BUILDS
from dockerlearn.model.layer import Layer

HEAD = "# Layers of the catalog: recipe, diff ID, digest, bytes of the blob. Written by make weigh.\n"


def layers() -> Iterator[Layer]:
    """The layers of true weight, each once."""
    found: dict[str, Layer] = {}
    for *_, build in BUILDS:
        found |= {layer.recipe: layer for layer in build().layers}
    yield from found.values()


def main(arguments: list[str] | None = None) -> int:
    """Write the file."""
    parser = argparse.ArgumentParser(prog="python -m tools.weigh", description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--anew", action="store_true", help="make the bytes of every layer, also of those that are known"
    )
    options = parser.parse_args(arguments)
    rows = sorted(weights.row(layer.replace(names=None) if options.anew else layer) for layer in layers())
    Path(weights.FILE).write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    print(f"{len(rows)} layers")
    return 0


if __name__ == "__main__":
    sys.exit(main())
