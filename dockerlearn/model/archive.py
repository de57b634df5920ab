"""Images as files: the OCI image layout, which skopeo, umoci and other tools read.

Source of the rules: OCI image specification 1.1, image-layout.md. A layout is a folder:

    oci-layout                  says which version of the layout it is
    index.json                  lists the images, each by its manifest's digest and with a name; or indexes of such
    blobs/sha256/HEX            indexes, manifests, configurations and layers, each under its own digest
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from .digest import canonical_json, sha256
from .image import Image
from .index import INDEX_TYPE, MANIFEST_TYPE, Descriptor, Index

LAYOUT_VERSION = "1.0.0"
REF_NAME = "org.opencontainers.image.ref.name"


def oci_layout(images: Mapping[str, Image | Index]) -> dict[str, bytes]:
    """The files of a layout that holds `images`, by their path in it. What images share is there once.

    The names are what tools find an image by in the layout: `oci:FOLDER:NAME`. All bytes are in memory at once;
    `write_layout` makes do with a few.
    """
    return {path: b"".join(pieces) for path, pieces in _files(images).items()}


def write_layout(images: Mapping[str, Image | Index], folder: Path) -> None:
    """Write a layout into `folder`, which is made if it is not there. Raises `OSError` if it cannot be written."""
    for path, pieces in _files(images).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            file.writelines(pieces)


def _files(images: Mapping[str, Image | Index]) -> dict[str, Iterable[bytes]]:
    """The files of a layout, each in pieces, which are made when somebody goes through them."""
    index = canonical_json(
        {
            "schemaVersion": 2,
            "mediaType": INDEX_TYPE,
            "manifests": [
                {**_descriptor(image).json(), "annotations": {REF_NAME: name}} for name, image in images.items()
            ],
        }
    )
    blobs: dict[str, Iterable[bytes]] = {}
    for image in images.values():
        blobs |= _blobs(image)
    return {
        "oci-layout": [canonical_json({"imageLayoutVersion": LAYOUT_VERSION})],
        "index.json": [index],
        **{f"blobs/{digest.replace(':', '/')}": pieces for digest, pieces in blobs.items()},
    }


def _descriptor(image: Image | Index) -> Descriptor:
    if isinstance(image, Index):
        return Descriptor.of(INDEX_TYPE, image.json)
    return Descriptor.of(MANIFEST_TYPE, image.manifest)


def _blobs(image: Image | Index) -> dict[str, Iterable[bytes]]:
    """All that belongs to an image, or to those of an index, by digest, in pieces."""
    if isinstance(image, Image):
        layers = {layer.digest: (compressed for _, compressed in layer.pieces()) for layer in image.layers}
        return {image.digest: [image.manifest], image.id: [image.config_json], **layers}
    blobs: dict[str, Iterable[bytes]] = {image.digest: [image.json]}
    for each in image.images:
        blobs |= _blobs(each)
    for attestation in image.attestations:
        own = (attestation.manifest, attestation.config_json, attestation.statement)
        blobs |= {sha256(blob): [blob] for blob in own}
    return blobs
