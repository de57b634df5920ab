"""Indexes: one name for an image on several platforms, and what is attested of each."""

import json

import pytest

from dockerlearn import Attestation, Engine, Image, Index, Layer, Platform, Registry, hub
from dockerlearn.model.digest import sha256
from dockerlearn.model.errors import InvalidReference, NotFound
from dockerlearn.model.index import Descriptor

BASE = Image.scratch.with_layer(Layer.of({"etc/os-release": "ID=demo\n"}), by="ADD rootfs /")
ARM = BASE.replace(architecture="arm64", variant="v8")
STATEMENT = Attestation(BASE.digest, b'{"predicateType":"demo"}')
BOTH = Index((BASE, ARM), (STATEMENT,))


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        ("linux/amd64", Platform()),
        ("amd64", Platform()),
        ("linux/x86_64", Platform()),
        ("linux/arm64", Platform("linux", "arm64", "v8")),
        ("linux/arm64/v8", Platform("linux", "arm64", "v8")),
        ("aarch64", Platform("linux", "arm64", "v8")),
        ("linux/arm/v7", Platform("linux", "arm", "v7")),
        ("LINUX/S390X", Platform("linux", "s390x")),
    ],
)
def test_a_platform_is_an_operating_system_and_a_processor(text: str, platform: Platform) -> None:
    assert Platform.parse(text) == platform
    assert Platform.parse(str(platform)) == platform


@pytest.mark.parametrize("text", ["", "/", "linux/", "/amd64", "linux//v8", "a/b/c/d"])
def test_what_is_no_platform(text: str) -> None:
    with pytest.raises(InvalidReference, match="unknown operating system or architecture"):
        Platform.parse(text)


def test_an_index_lists_each_image_with_its_platform_and_each_attestation_with_what_it_is_about() -> None:
    told = json.loads(BOTH.json)
    assert told["mediaType"] == "application/vnd.oci.image.index.v1+json"
    assert [each["digest"] for each in told["manifests"]] == [BASE.digest, ARM.digest, STATEMENT.digest]
    assert [each["platform"] for each in told["manifests"]] == [
        {"architecture": "amd64", "os": "linux"},
        {"architecture": "arm64", "os": "linux", "variant": "v8"},
        {"architecture": "unknown", "os": "unknown"},
    ]
    assert told["manifests"][2]["annotations"] == {
        "vnd.docker.reference.digest": BASE.digest,
        "vnd.docker.reference.type": "attestation-manifest",
    }
    assert BOTH.digest == sha256(BOTH.json)


def test_an_attestation_has_a_manifest_whose_only_layer_is_what_it_states() -> None:
    told = json.loads(STATEMENT.manifest)
    assert [layer["digest"] for layer in told["layers"]] == [sha256(STATEMENT.statement)]
    assert told["config"]["digest"] == sha256(STATEMENT.config_json)
    assert sum(STATEMENT.blobs.values()) == len(STATEMENT.manifest + STATEMENT.config_json + STATEMENT.statement)


def test_two_indexes_of_the_same_images_are_one() -> None:
    again = Index((BASE, ARM), (Attestation(BASE.digest, STATEMENT.statement),))
    assert (again, hash(again)) == (BOTH, hash(BOTH))
    assert Index((BASE,)) != BOTH != "no index"
    assert repr(BOTH).endswith("linux/amd64, linux/arm64/v8>")


def test_an_image_knows_the_index_that_it_came_in_and_stays_the_same_image() -> None:
    found = BOTH.image()
    assert found is not None
    assert (found.id, found.digest, found.manifest) == (BASE.id, BASE.digest, BASE.manifest)
    assert (found.index, BASE.index) == (BOTH, None)
    assert found != BASE
    assert found.descriptor == Descriptor("application/vnd.oci.image.index.v1+json", BOTH.digest, len(BOTH.json))
    assert BASE.descriptor.digest == BASE.digest
    assert BOTH.image(Platform("linux", "s390x")) is None
    assert BOTH.attestations_of(BASE) == [STATEMENT]
    assert BOTH.attestations_of(ARM) == []


def test_the_variant_of_a_processor_is_part_of_the_configuration() -> None:
    told = json.loads(ARM.config_json)
    assert list(told)[:3] == ["architecture", "variant", "os"]
    assert "variant" not in json.loads(BASE.config_json)


def test_a_registry_serves_the_index_and_what_is_in_it() -> None:
    registry = Registry()
    registry.push("demo", BOTH)
    arm = Platform.parse("linux/arm64")
    assert registry.image("demo").digest == BASE.digest
    assert registry.image("demo", arm).digest == ARM.digest
    assert registry.image(f"demo@{BOTH.digest}", arm).index == BOTH
    assert registry.image(f"demo@{ARM.digest}").architecture == "arm64"
    assert registry.manifest("demo") == BOTH.json
    assert registry.blob(ARM.id) == ARM.config_json
    assert registry.tags("demo") == {"latest": BOTH}
    with pytest.raises(NotFound, match="no matching manifest for linux/s390x in the manifest list entries"):
        registry.image("demo", Platform.parse("s390x"))


def test_an_image_that_is_made_of_another_is_in_no_index() -> None:
    pulled = hub("2026-08-21").image("alpine")
    assert pulled.index is not None
    mine = pulled.with_layer(Layer.of({"etc/motd": "hi\n"}), by="COPY motd /etc/")
    assert mine.index is None
    assert pulled.with_config(cmd=["/bin/date"]).index is None
    engine = Engine(seed=1)
    engine.add(mine, "mine")
    assert engine.id(mine) == mine.digest
