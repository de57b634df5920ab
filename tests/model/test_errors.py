"""Refusals: each is of a class that says what is wrong, and has what it is about, so that nobody has to read its text."""

import ast
from pathlib import Path
from typing import Any

import pytest

from dockerlearn import Engine, FixedClock, Image, Layer
from dockerlearn.model import errors
from dockerlearn.model.errors import (
    DaemonError,
    DockerError,
    ImageInUse,
    NameTaken,
    NoSuchContainer,
    NoSuchImage,
    NoSuchRepository,
    NoSuchTag,
    NoSuchVolume,
    PortTaken,
    VolumeInUse,
    WrongState,
)
from tests.february import hub


@pytest.fixture
def engine() -> Engine:
    engine = Engine([hub()], clock=FixedClock("2025-02-20"), seed=1, docker="28")
    engine.run("nginx", name="web", ports=["8080:80"])
    return engine


def test_what_is_not_there_is_named(engine: Engine) -> None:
    for kind, name, act in (
        (NoSuchRepository, "nosuch", lambda: engine.pull("nosuch")),
        (NoSuchTag, "nginx:no", lambda: engine.pull("nginx:no")),
        (NoSuchImage, "nosuch:latest", lambda: engine.rmi("nosuch")),
        (NoSuchContainer, "db", lambda: engine.container("db")),
        (NoSuchVolume, "data", lambda: engine.volume_store.remove("data")),
    ):
        with pytest.raises(kind) as refused:
            act()
        assert vars(refused.value)["name"] == name


def test_what_stands_in_the_way_is_named(engine: Engine) -> None:
    web = engine.container("web")
    engine.run("postgres:16", env=["POSTGRES_PASSWORD=x"])
    [volume] = engine.volume_store.volumes()
    cases: list[tuple[type[DockerError], dict[str, Any], Any]] = [
        (NameTaken, {"name": "web", "container": web.id}, lambda: engine.create("nginx", name="web")),
        (PortTaken, {"port": 8080}, lambda: engine.run("nginx", ports=["8080:80"])),
        (ImageInUse, {"image": '"nginx"'}, lambda: engine.rmi("nginx")),
        (VolumeInUse, {"name": volume.name}, lambda: engine.volume_store.remove(volume.name)),
        (WrongState, {"verb": "rm", "state": "running", "container": web.id}, web.remove),
        (WrongState, {"verb": "unpause", "state": "running", "container": web.id}, web.unpause),
    ]
    for kind, about, act in cases:
        with pytest.raises(kind) as refused:
            act()
        assert about.items() <= vars(refused.value).items()


def test_a_refused_name_is_told_as_taken_also_by_rename(engine: Engine) -> None:
    engine.add(Image.scratch.with_layer(Layer.of({"x": "1"}), by="COPY").with_config(cmd=["/x"]), "mine")
    other = engine.create("mine")
    with pytest.raises(NameTaken) as refused:
        engine.rename(other, "web")
    assert refused.value.container == engine.container("web").id
    assert str(refused.value).startswith('Error when allocating new name: Conflict. The container name "/web"')


def test_the_docstring_draws_the_tree_as_it_is() -> None:
    drawn = []
    for line in (errors.__doc__ or "").splitlines():
        indent, _, rest = line.partition("── ")
        if rest or line.strip() == "DockerError":
            drawn.append(((len(indent) - 1) // 4 if rest else 0, (rest or line).split()[0]))
    parents: dict[int, str] = {}
    found = set()
    for depth, name in drawn:
        parents[depth] = name
        found.add((name, parents.get(depth - 1)))
    classes = [node for node in ast.parse(Path(errors.__file__).read_text()).body if isinstance(node, ast.ClassDef)]
    bases = {(node.name, getattr(node.bases[0], "id", None)) for node in classes}
    assert {(name, parent or "Exception") for name, parent in found} == bases


def test_what_the_daemon_refuses_is_told_apart_from_what_the_client_refuses() -> None:
    assert issubclass(NoSuchImage, DaemonError)
    assert not issubclass(errors.InvalidReference, DaemonError)
