"""A registry: what a tag points to can change, what a digest names cannot."""

import hashlib

import pytest

from dockerlearn.model.errors import InvalidReference, NotFound
from dockerlearn.model.image import Image
from dockerlearn.model.layer import Layer
from dockerlearn.model.reference import Reference
from dockerlearn.model.registry import Registry

OLD = Image.scratch.with_layer(Layer.of({"version": "1"}), by="COPY version /").with_config(cmd=["old"])
NEW = Image.scratch.with_layer(Layer.of({"version": "2"}), by="COPY version /").with_config(cmd=["new"])


def test_a_tag_points_to_what_was_pushed() -> None:
    registry = Registry()
    registry.push("app:1", OLD)
    assert registry.image("app:1") == registry.image("docker.io/library/app:1") == OLD
    assert registry.image(Reference.parse("app:1")) == OLD
    assert registry.manifest("app:1") == OLD.manifest


def test_a_push_without_a_tag_is_to_latest() -> None:
    registry = Registry()
    registry.push("app", OLD)
    assert registry.image("app") == registry.image("app:latest") == registry.image(Reference.parse("app")) == OLD


def test_a_tag_moves_and_the_digest_stays() -> None:
    registry = Registry()
    registry.push("app", OLD)
    registry.push("app", NEW)
    assert registry.image("app") == NEW
    assert registry.image(f"app@{OLD.digest}") == OLD
    assert registry.image(f"app@{NEW.digest}") == NEW
    assert registry.image(f"app:latest@{OLD.digest}") == OLD  # beside a digest the tag is not looked at
    assert registry.image(f"app:never@{OLD.digest}") == OLD


def test_the_tags_of_a_repository_come_in_order() -> None:
    registry = Registry()
    for name, image in (("app:b", OLD), ("app:a", NEW), ("other:c", NEW), ("app:b", NEW)):
        registry.push(name, image)
    assert registry.tags("app") == {"a": NEW, "b": NEW}
    assert list(registry.tags("app")) == ["a", "b"]
    assert registry.tags("nothing") == {}


def test_layers_and_configurations_are_served_by_their_digests() -> None:
    registry = Registry()
    registry.push("app", OLD)
    registry.push("app", NEW)
    for digest in (OLD.id, NEW.id, OLD.layers[0].digest, NEW.layers[0].digest):
        assert "sha256:" + hashlib.sha256(registry.blob(digest)).hexdigest() == digest
    with pytest.raises(NotFound, match="blob unknown to registry"):
        registry.blob(OLD.layers[0].diff_id)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app:no", "manifest for app:no not found: manifest unknown: manifest unknown"),
        (f"app@{NEW.id}", f"manifest for app@{NEW.id} not found: manifest unknown: manifest unknown"),
        (f"app:1@{NEW.id}", f"manifest for app@{NEW.id} not found: manifest unknown: manifest unknown"),
        (
            "me/nothing",
            ("pull access denied for me/nothing, repository does not exist or may require 'docker login'"),
        ),
    ],
)
def test_docker_hub_refuses_what_it_lacks(name: str, text: str) -> None:
    registry = Registry()
    registry.push("app:1", OLD)
    with pytest.raises(NotFound) as refusal:
        registry.image(name)
    assert str(refusal.value) == text


@pytest.mark.parametrize("name", ["127.0.0.1:5000/nothing:latest", f"127.0.0.1:5000/nothing@{OLD.digest}"])
def test_another_registry_does_not_speak_of_logging_in(name: str) -> None:
    with pytest.raises(NotFound) as refusal:
        Registry("127.0.0.1:5000").image(name)
    assert str(refusal.value) == f"manifest for {name} not found: manifest unknown: manifest unknown"


def test_a_digest_cannot_be_pushed_to() -> None:
    registry = Registry()
    with pytest.raises(InvalidReference, match="cannot push a digest reference"):
        registry.push(f"app@{OLD.digest}", OLD)
    with pytest.raises(NotFound, match="pull access denied"):
        registry.image("app")


def test_a_registry_serves_its_own_domain_only() -> None:
    with pytest.raises(NotFound, match=r"ghcr\.io/me/app:latest is not a name on docker\.io"):
        Registry().push("ghcr.io/me/app", OLD)
    registry = Registry("ghcr.io")
    registry.push("ghcr.io/me/app", OLD)
    assert registry.image("ghcr.io/me/app") == OLD


def test_what_is_offered_is_not_built_until_it_is_asked_for() -> None:
    built = []

    def build(name: str, image: Image) -> Image:
        built.append(name)
        return image

    registry = Registry()
    registry.offer("app:1", lambda: build("old", OLD))
    registry.offer("app:2", lambda: build("new", NEW))
    with pytest.raises(NotFound):
        registry.image("app:3")
    assert built == []
    assert registry.image("app:2") == NEW
    assert built == ["new"]
