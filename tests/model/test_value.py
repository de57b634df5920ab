"""Values: what is alike is equal, what is made cannot be changed, and what cannot be is not made."""

import copy
import pickle
from datetime import UTC, datetime

import pytest

from dockerlearn import Config, Directory, File, Image, Layer, Reference, Step
from dockerlearn.model.errors import InvalidReference
from dockerlearn.model.store.classic import LayerPull, Removal
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


def test_values_can_be_copied_and_pickled() -> None:
    for value in (Point(1, 2), Reference.parse("nginx:1"), File(b"x", 0o755)):
        assert copy.deepcopy(value) == value
        assert pickle.loads(pickle.dumps(value)) == value


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
