"""Values: what is alike is equal, what is made cannot be changed, and what cannot be is not made."""

from __future__ import annotations

import copy
import json
import pickle
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import reduce
from types import MappingProxyType
from typing import Any, Protocol

import pytest

from dockerlearn import (
    ADJECTIVES,
    LIFECYCLE,
    SURNAMES,
    Config,
    Container,
    Directory,
    Engine,
    File,
    FixedClock,
    Image,
    Layer,
    Reference,
    Registry,
    Step,
    Symlink,
    hub,
)
from dockerlearn.model.errors import InvalidPath, InvalidReference
from dockerlearn.model.store.images import LayerPull, Pruned, Removal
from dockerlearn.model.tree import Content
from dockerlearn.model.value import Value


class Point(Value):
    x: int
    y: int = 0


class Place(Point):
    name: str = ""


def test_a_value_has_fields_by_position_or_by_name_and_defaults() -> None:
    assert (Point(1).x, Point(1).y) == (1, 0)
    assert Point(1, 2) == Point(y=2, x=1)
    assert repr(Place(1, name="home")) == "Place(x=1, y=0, name='home')"


@pytest.mark.parametrize(("given", "named"), [((), {}), ((1, 2, 3), {}), ((1,), {"x": 2}), ((1,), {"z": 2})])
def test_fields_that_are_missing_unknown_or_given_twice_are_refused(
    given: tuple[int, ...], named: dict[str, int]
) -> None:
    with pytest.raises(TypeError, match="Point has the fields x, y, and got"):
        Point(*given, **named)


def test_a_value_cannot_be_changed_and_its_replacement_is_another_one() -> None:
    point = Point(1)
    with pytest.raises(AttributeError, match="Point is a value: its x cannot be set"):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(AttributeError, match="Point is a value: its x cannot be deleted"):
        del point.x
    assert (point.replace(y=5), point) == (Point(1, 5), Point(1, 0))
    with pytest.raises(TypeError):
        point.replace(z=1)


def test_values_of_two_kinds_are_never_equal_and_a_value_is_no_tuple() -> None:
    assert Point(1, 2) != Place(1, 2)
    assert LayerPull("a", "b") != Removal("a", "b")
    with pytest.raises(TypeError):
        len(Image.scratch)  # type: ignore[arg-type]


def test_equal_values_have_equal_hashes_whatever_they_hold() -> None:
    files = {"etc": Directory({"motd": File(b"hi")})}
    assert hash(Directory(files)) == hash(Directory(dict(files)))
    assert len({Config(labels={"a": "1"}), Config(labels={"a": "1"}), Config(labels={"a": "2"})}) == 2


def test_a_value_matches_a_pattern() -> None:
    match Place(1, 2, "home"):
        case Place(x, y, name):
            assert (x, y, name) == (1, 2, "home")


# What the model's values check and complete


def test_a_configuration_keeps_copies_and_refuses_one_text_where_several_belong() -> None:
    words, labels = ["/bin/sh"], {"a": "1"}
    config = Config(cmd=words, labels=labels)  # type: ignore[arg-type]
    words.append("-c")
    labels["b"] = "2"
    assert (config.cmd, dict(config.labels)) == (("/bin/sh",), {"a": "1"})
    with pytest.raises(TypeError):
        config.labels["c"] = "3"  # type: ignore[index]
    with pytest.raises(TypeError, match="entrypoint is a sequence of texts, not the one text '/bin/sh'"):
        config.replace(entrypoint="/bin/sh")


def test_a_file_keeps_a_copy_of_bytes_that_can_change_and_refuses_text() -> None:
    content = bytearray(b"old")
    file = File(content)  # type: ignore[arg-type]
    content[:] = b"new"
    assert file.data == b"old"
    with pytest.raises(TypeError, match="a file is made of bytes, not of str"):
        File("text")  # type: ignore[arg-type]


def test_a_name_is_checked_however_it_is_made() -> None:
    name = Reference.parse("nginx:1")
    for change in (
        {"tag": "a b"},
        {"path": "library/Nginx"},
        {"path": "a" * 256},
        {"digest": "sha256:12"},
        {"domain": "a_b"},
    ):
        with pytest.raises(InvalidReference):
            name.replace(**change)


def test_times_are_kept_in_utc_also_in_a_replacement() -> None:
    step = Step("RUN").replace(created=datetime(2025, 1, 1))
    assert step.created == datetime(2025, 1, 1, tzinfo=UTC)
    image = Image([step]).replace(created=datetime(2025, 1, 1))  # type: ignore[arg-type]
    assert (image.created, image.steps) == (step.created, (step,))
    assert image.layers == ()
    assert image.with_layer(Layer.of(), by="COPY") != image


# What values and the engine take, and what they give away


class Walker(Protocol):
    """A protocol, which `isinstance` does not take."""

    def walk(self) -> None: ...


class Machine(Value):
    """A value with every kind of field."""

    name: str
    places: tuple[Point, ...] = ()
    sizes: Mapping[str, int] = MappingProxyType({})
    weight: float | None = None
    notes: tuple[tuple[str, ...], ...] = ()
    pair: tuple[int, str] = (0, "")
    anything: Any = None
    walker: Walker | None = None


def test_a_value_keeps_copies_of_collections_that_can_change() -> None:
    places, sizes = [Point(1)], {"a": 1}
    machine = Machine("box", places, sizes, 1)  # type: ignore[arg-type]
    places.clear()
    sizes["b"] = 2
    assert (machine.places, dict(machine.sizes), machine.weight) == ((Point(1),), {"a": 1}, 1)
    assert Machine("box", iter([Point(1)])).places == (Point(1),)  # type: ignore[arg-type]
    assert Machine("box", (Place(1),)).places == (Place(1),)
    with pytest.raises(TypeError):
        machine.sizes["c"] = 3  # type: ignore[index]
    assert Machine("box", notes=(("a",), ("b",)), pair=(1, "x"), anything=machine).anything is machine
    walker: Any = "whoever walks"
    assert Machine("box", walker=walker).walker is walker


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": None}, "name must be str, not None"),
        ({"name": 3}, "name must be str, not 3"),
        ({"places": "ab"}, "places is a sequence of texts, not the one text 'ab'"),
        ({"places": b"ab"}, "places is a sequence of texts, not the one text b'ab'"),
        ({"places": bytearray(b"a")}, r"places is a sequence of texts, not the one text bytearray(b'a')"),
        ({"places": {"a": 1}}, "places must be a sequence, not {'a': 1}"),
        ({"places": None}, "places must be a sequence, not None"),
        ({"places": [Point(1), 2]}, "an item of places must be Point, not 2"),
        ({"sizes": [("a", 1)]}, "sizes must be a mapping, not [('a', 1)]"),
        ({"sizes": {1: 1}}, "a key of sizes must be str, not 1"),
        ({"sizes": {"a": "1"}}, "a value of sizes must be int, not '1'"),
        ({"weight": "heavy"}, "weight must be float or int, not 'heavy'"),
    ],
)
def test_a_value_refuses_what_is_of_another_type_and_names_the_field(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(TypeError) as refusal:
        Machine(**{"name": "box", **fields})
    assert str(refusal.value) == problem


FIELDS = Engine([hub()], clock=FixedClock("2025-01-01"), seed=1, docker="28")
FIELDS.pull("alpine")
BOX = FIELDS.run("alpine", "sleep", "9", name="box")
ALPINE = FIELDS.image("alpine")
ENGINE: Any = FIELDS  # what is wrong here on purpose, a type checker would find
CONTAINER: Any = BOX
SCRATCH: Any = Image.scratch
LAYER: Any = Layer
TREE: Any = Directory


@pytest.mark.parametrize(
    ("argument", "act"),
    [
        ("name", lambda: ENGINE.pull(None)),
        ("name", lambda: ENGINE.image(3)),
        ("name", lambda: ENGINE.history(None)),
        ("name", lambda: ENGINE.rmi(None)),
        ("name", lambda: ENGINE.tag(None, "x")),
        ("name", lambda: ENGINE.tag("alpine", None)),
        ("name", lambda: ENGINE.add(ALPINE, 3)),
        ("image", lambda: ENGINE.add(None)),
        ("name", lambda: ENGINE.container(None)),
        ("name", lambda: ENGINE.create(3)),
        ("name", lambda: ENGINE.create("alpine", name=3)),
        ("command", lambda: ENGINE.create("alpine", 3)),
        ("env", lambda: ENGINE.create("alpine", env="A=b")),
        ("entrypoint", lambda: ENGINE.create("alpine", entrypoint="/bin/sh")),
        ("ports", lambda: ENGINE.create("alpine", ports="80:80")),
        ("ports", lambda: ENGINE.create("alpine", ports=[80])),
        ("tty", lambda: ENGINE.create("alpine", tty="yes")),
        ("container", lambda: ENGINE.commit(None)),
        ("name", lambda: ENGINE.commit(BOX, 3)),
        ("container", lambda: ENGINE.rename("box", "x")),
        ("name", lambda: ENGINE.rename(BOX, None)),
        ("thing", lambda: ENGINE.inspect("box")),
        ("registries", lambda: Engine(hub(), docker="28")),  # type: ignore[arg-type]
        ("words", lambda: CONTAINER.exec(3)),
        ("stdin", lambda: CONTAINER.exec("cat", stdin=3)),
        ("env", lambda: CONTAINER.call("env", env="A=b")),
        ("path", lambda: CONTAINER.write(3, "x")),
        ("path", lambda: CONTAINER.read(None)),
        ("signal", lambda: CONTAINER.kill(9)),
        ("timeout", lambda: CONTAINER.stop("x")),
        ("domain", lambda: Registry(3)),  # type: ignore[arg-type]
        ("image", lambda: Registry().push("x", None)),  # type: ignore[arg-type]
        ("name", lambda: Registry().image(3)),  # type: ignore[arg-type]
        ("files", lambda: LAYER.of(3)),
        ("files", lambda: LAYER.of({3: "a"})),
        ("deleted", lambda: LAYER.of(deleted="abc")),
        ("opaque", lambda: LAYER.of(opaque="abc")),
        ("tar", lambda: LAYER.from_tar("x")),
        ("changes", lambda: LAYER(3)),
        ("lower", lambda: LAYER.between(None, Directory())),
        ("upper", lambda: LAYER.between(Directory(), None)),
        ("files", lambda: TREE.of(None)),
        ("entries", lambda: TREE(3)),
        ("entries", lambda: TREE({"a": 3})),
        ("mode", lambda: TREE({}, None)),
        ("path", lambda: TREE().get(None)),
        ("path", lambda: TREE().with_node(3, "x")),
        ("a file", lambda: TREE().with_node("x", None)),
        ("a file", lambda: TREE.of({"a": 1})),
        ("mode", lambda: File(b"", None)),  # type: ignore[arg-type]
        ("text", lambda: File.script(None)),  # type: ignore[arg-type]
        ("target", lambda: Symlink(None)),  # type: ignore[arg-type]
        ("layer", lambda: SCRATCH.with_layer(None, by="x")),
        ("created_by", lambda: SCRATCH.with_layer(Layer.of(), by=None)),
        ("created", lambda: SCRATCH.with_layer(Layer.of(), by="x", created="2025-01-01")),
        ("cmd", lambda: SCRATCH.with_config(cmd=None)),
        ("env", lambda: SCRATCH.with_config(env=["A=b"])),
        ("env", lambda: SCRATCH.with_config(env={"A": None})),
        ("labels", lambda: SCRATCH.with_config(labels={"a": 3})),
        ("volumes", lambda: SCRATCH.with_config(volumes=3)),
        ("user", lambda: SCRATCH.with_config(user=3)),
        ("env", lambda: SCRATCH.with_instruction("x", env="A=b")),
        ("steps", lambda: Image(Step("x"))),  # type: ignore[arg-type]
        ("config", lambda: Image((), 3)),  # type: ignore[arg-type]
        ("name", lambda: Reference.parse(None)),
        ("digest", lambda: Reference.parse("a").pinned(None)),  # type: ignore[arg-type]
        ("pattern", lambda: Reference.parse("a").matches(None)),  # type: ignore[arg-type]
        ("moment", lambda: FixedClock(3)),  # type: ignore[arg-type]
    ],
)
def test_whatever_is_of_another_type_is_refused_at_once_by_its_name(argument: str, act: Callable[[], object]) -> None:
    with pytest.raises(TypeError, match=rf"^(an item of |a key of |a value of )?{argument} (must be|is)"):
        act()


def test_types_can_be_written_as_types_too() -> None:
    body = {"__annotations__": {"x": int, "rest": tuple[int, ...]}, "__module__": __name__}
    kind: Any = type(Value)
    made = kind("Row", (Value,), body)
    assert made(1, [2, 3]).rest == (2, 3)
    for wrong in (("1", ()), (1, ["2"])):
        with pytest.raises(TypeError, match="must be int"):
            made(*wrong)


def test_an_archive_that_changes_later_does_not_change_the_layer_that_was_read_from_it() -> None:
    tar = bytearray(Layer.of({"a": "x"}).tar)
    layer = Layer.from_tar(tar)  # type: ignore[arg-type]
    tar[:] = bytes(len(tar))
    assert layer == Layer.of({"a": "x"})
    with pytest.raises(AttributeError):
        layer.changes = Directory()  # type: ignore[misc]


@pytest.mark.parametrize(
    "files",
    [{"a": "1", "./a": "2"}, {"a": "1", "a/": "1"}, {"a/b": "1", "a": "2"}, {"d": Directory.of({"f": "1"}), "d/f": "2"}, {"d": Directory(mode=0o700), "/d": Directory()}],
)  # fmt: skip
def test_two_contents_for_one_place_are_refused(files: dict[str, Content]) -> None:
    for make in (Directory.of, Layer.of):
        with pytest.raises(InvalidPath, match="two contents for one path: "):
            make(files)


def change_all(found: Any) -> None:
    """Empty every list and dictionary in some JSON."""
    if isinstance(found, list | dict):
        for item in found if isinstance(found, list) else found.values():
            change_all(item)
        found.clear()


@pytest.mark.parametrize("thing", [BOX, ALPINE, Image.scratch], ids=["container", "image", "empty image"])
def test_what_inspect_gives_belongs_to_the_caller_alone(thing: Container | Image) -> None:
    before = json.dumps(FIELDS.inspect(thing))
    change_all(FIELDS.inspect(thing))
    assert json.dumps(FIELDS.inspect(thing)) == before


def test_what_all_engines_share_cannot_be_changed() -> None:
    table: Any = LIFECYCLE
    for shared in (table, table["start"]):
        with pytest.raises(TypeError):
            shared["start"] = {}
    assert isinstance(ADJECTIVES, tuple)
    assert isinstance(SURNAMES, tuple)


# Copies


DEEP = reduce(lambda below, _: Directory({"d": below}, 0o700), range(200), Directory({"f": File(b"x")}))


@pytest.mark.parametrize(
    "value",
    [Point(1, 2), Machine("box", (Point(1),), {"a": 1}), Reference.parse("nginx:1"), File(b"x", 0o755), Symlink("a"), Config(labels={"a": "1"}), ALPINE, ALPINE.layers[0], Layer.from_tar(Layer.of({"a": "x"}).tar), DEEP, Directory(mode=0o700), FIELDS.pull("alpine"), BOX.settings],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_values_can_be_copied_and_pickled(value: Value) -> None:
    assert copy.copy(value) is value
    assert copy.deepcopy([value]) == [value]
    again = pickle.loads(pickle.dumps(value))
    assert (again, hash(again), type(again)) == (value, hash(value), type(value))


def test_a_pickled_layer_keeps_the_archive_as_it_came() -> None:
    tar = Layer.of({"a": "x"}).tar + bytes(512)
    assert pickle.loads(pickle.dumps(Layer.from_tar(tar))).tar == tar


def test_trees_differ_wherever_the_difference_lies() -> None:
    deep = reduce(lambda below, _: Directory({"d": below}, 0o700), range(200), Directory({"f": File(b"y")}))
    assert deep != DEEP
    tree = Directory.of({"a/b": "x", "c": Symlink("a")})
    assert tree == Directory.of({"c": Symlink("a"), "a/b": "x"})
    others: list[dict[str, Content]] = [
        {"a/b": "x"},
        {"a/b": "x", "c": "a"},
        {"a/b": "y", "c": Symlink("a")},
        {"a/b/c": "x", "c": Symlink("a")},
    ]
    for other in others:
        assert Directory.of(other) != tree
    assert Directory() != Directory(mode=0o700)
    assert Directory().__eq__(File()) is NotImplemented


@pytest.mark.parametrize("act", [copy.copy, copy.deepcopy, pickle.dumps])
def test_an_engine_and_a_container_say_that_they_cannot_be_copied(act: Callable[[object], object]) -> None:
    with pytest.raises(TypeError, match=r"^an engine cannot be copied: "):
        act(FIELDS)
    with pytest.raises(TypeError, match=r"^a container cannot be copied: "):
        act(BOX)


# What stands for them in messages


@pytest.mark.parametrize(
    "value",
    [
        File(bytes(5_000_000)), Symlink("x" * 5_000_000), Config(env=("A=b",) * 100_000), Machine("x" * 5_000_000), DEEP,
        Directory({str(number): Directory.of({"a/b/c/d": bytes(100)}) for number in range(10_000)}),
        Layer.of({"x": bytes(5_000_000)}), Image.scratch.with_layer(Layer.of({"x": bytes(5_000_000)}), by="x" * 5_000_000),
        Config(labels={f"{number}": "x" * 5_000 for number in range(100)}), Step("x" * 100_000),
        Pruned((Removal("Deleted", "x" * 100),) * 100, 0),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_stands_for_a_value_is_short(value: Value) -> None:
    assert len(repr(value)) <= 1_000
    with pytest.raises(TypeError) as refusal:
        Point(value, value, value)  # type: ignore[call-arg, arg-type]
    assert len(str(refusal.value)) <= 2_100


def test_what_stands_for_a_value_shows_what_is_short_in_full() -> None:
    assert repr(File(b"hi")) == "File(data=b'hi', mode=420)"
    assert repr(File(b"x" * 100)) == f"File(data=b'{'x' * 100}', mode=420)"
    assert repr(File(bytes(101))) == "File(data=<101 bytes>, mode=420)"
    assert repr(Config(cmd=("sh",), labels={"a": "1"})).endswith("cmd=('sh',), volumes=(), working_dir='', labels={'a': '1'}, stop_signal='')")  # fmt: skip
    assert repr(Directory.of({"a/b/c": "x"})) == (
        "Directory(entries={'a': Directory(entries={'b': Directory(...)}, mode=493)}, mode=493)"
    )
    assert repr(Machine("box", weight=2.5)).startswith("Machine(name='box', places=(), sizes={}, weight=2.5, ")
    assert repr(Symlink("x" * 98)) == f"Symlink(target='{'x' * 98}')"
    assert repr(Symlink("x" * 99)) == f"Symlink(target='{'x' * 47}...{'x' * 48}')"
    dozen = tuple(f"A={number}" for number in range(12))
    assert f"env={dozen!r}, " in repr(Config(env=dozen))
    assert "'A=11', ...)" in repr(Config(env=(*dozen, "B=")))
    labels = {f"{number:02}": "" for number in range(12)}
    assert f"labels={labels!r}, " in repr(Config(labels=labels))
    assert "'11': '', ...}" in repr(Config(labels={**labels, "12": ""}))
    removals = (Removal("Deleted", "x" * 80),) * 8
    missing = 1_000 - len(repr(Pruned((*removals, Removal("", "")), 0)))
    assert repr(Pruned((*removals, Removal("", "y" * missing)), 0)).endswith("reclaimed=0)")
    longer = repr(Pruned((*removals, Removal("", "y" * (missing + 1))), 0))
    assert (len(longer), longer[-13:]) == (1_000, ", reclaime...")
    with pytest.raises(TypeError, match=re.escape("not 'xxxxxxxxxx")) as refusal:
        Point("x" * 100_000)  # type: ignore[arg-type]
    assert len(str(refusal.value)) < 130
