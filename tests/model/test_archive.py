"""The OCI layout: every file under its own digest, and the real tools find in it what was put in."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from dockerlearn.model.archive import oci_layout, write_layout
from dockerlearn.model.digest import sha256
from dockerlearn.model.index import Attestation, Index
from tests.february import hub

IMAGES = {name: hub().image(name) for name in ("nginx", "python:3.12-slim")}


def test_every_blob_is_named_by_its_digest() -> None:
    blobs = {path: content for path, content in oci_layout(IMAGES).items() if path.startswith("blobs/")}
    assert blobs
    assert all(path == f"blobs/{sha256(content).replace(':', '/')}" for path, content in blobs.items())


def test_what_images_share_is_there_once() -> None:
    layers = {layer.digest for image in IMAGES.values() for layer in image.layers}
    assert len(layers) < sum(len(image.layers) for image in IMAGES.values())
    assert len(oci_layout(IMAGES)) == len(layers) + 2 * len(IMAGES) + 2


def test_the_index_leads_to_each_image_by_its_name() -> None:
    files = oci_layout(IMAGES)
    for entry in json.loads(files["index.json"])["manifests"]:
        image = IMAGES[entry["annotations"]["org.opencontainers.image.ref.name"]]
        manifest = files[f"blobs/{entry['digest'].replace(':', '/')}"]
        assert (entry["digest"], entry["size"], manifest) == (image.digest, len(manifest), image.manifest)
        assert json.loads(manifest)["config"]["digest"] == image.id
    assert json.loads(files["oci-layout"]) == {"imageLayoutVersion": "1.0.0"}


def test_an_index_is_there_with_all_that_it_lists() -> None:
    image = IMAGES["nginx"]
    attestation = Attestation(image.digest, b"{}")
    index = Index((image, image.replace(architecture="arm64", variant="v8")), (attestation,))
    files = oci_layout({"nginx": index})
    [entry] = json.loads(files["index.json"])["manifests"]
    assert files[f"blobs/{entry['digest'].replace(':', '/')}"] == index.json
    for listed in json.loads(index.json)["manifests"]:
        manifest = json.loads(files[f"blobs/{listed['digest'].replace(':', '/')}"])
        for blob in (manifest["config"], *manifest["layers"]):
            assert f"blobs/{blob['digest'].replace(':', '/')}" in files


def test_an_empty_layout_is_one_too() -> None:
    assert json.loads(oci_layout({})["index.json"])["manifests"] == []


@pytest.mark.skipif(shutil.which("skopeo") is None, reason="skopeo is not installed")
def test_skopeo_reads_it(tmp_path: Path) -> None:
    images = {"one": IMAGES["nginx"]}
    write_layout(images, tmp_path / "layout")
    raw = subprocess.run(
        ["skopeo", "inspect", "--raw", f"oci:{tmp_path}/layout:one"], capture_output=True, check=True
    ).stdout
    assert raw == images["one"].manifest
    told = json.loads(subprocess.check_output(["skopeo", "inspect", f"oci:{tmp_path}/layout:one"]))
    assert told["Layers"] == [layer.digest for layer in images["one"].layers]
