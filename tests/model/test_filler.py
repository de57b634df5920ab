"""Fillers: files of true size that nobody keeps, and the layers that have them."""

import copy
import gzip
import io
import pickle
import tarfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockerlearn.model.archive import write_layout
from dockerlearn.model.digest import sha256
from dockerlearn.model.filler import LARGEST_READ, LINE, LINES, PIECE, Filler
from dockerlearn.model.image import Image
from dockerlearn.model.index import Index
from dockerlearn.model.layer import Layer, Names
from dockerlearn.model.registry import Registry
from dockerlearn.model.resources import LINE_STEPS
from dockerlearn.model.tree import Directory, File, Symlink
from dockerlearn.terminal.session import Session
from tests.february import page_session

SMALL = Filler(100_000, 40_000, "small")
BIG = Filler(300_000_000, 90_000_000, "big")
SHELL = {"bin/sh": Symlink("busybox")}

sizes = st.integers(0, 3_000) | st.integers(0, 2 * LINES)
fillers = st.tuples(sizes, sizes, st.text("ab")).map(lambda it: Filler(max(it[:2]), min(it[:2]), it[2]))


@pytest.fixture
def unmade(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody may make the bytes of a filler."""

    def refuse(self: Filler) -> Iterator[tuple[bytes, bytes]]:
        raise AssertionError(f"{self} was made")

    monkeypatch.setattr(Filler, "pieces", refuse)


@given(fillers)
@settings(max_examples=30)
def test_a_filler_is_a_file_of_its_size(filler: Filler) -> None:
    assert isinstance(filler, File)
    assert len(filler.data) == filler.size
    lines = filler.size - filler.noise
    assert filler.data[:lines] == (LINE * (lines // len(LINE) + 1))[:lines]
    assert all(len(piece) <= max(LINES, PIECE) <= 2**20 for piece, _ in filler.pieces())


def test_its_bytes_are_these_on_every_machine() -> None:
    assert sha256(SMALL.data) == "sha256:3e5276e417d85fde1f184aeaa18104abbf99ac35f561b5d1480d4dd81a228279"
    assert SMALL.data.splitlines()[:2] == [b"This byte stands for a real one"] * 2


def test_half_of_it_can_be_compressed_and_half_of_it_cannot() -> None:
    assert 40_000 <= len(gzip.compress(SMALL.data)) < 41_000


@pytest.mark.usefixtures("unmade")
def test_what_is_asked_of_a_file_makes_no_byte() -> None:
    tree = Directory.of({"big": BIG})
    assert (tree.size, BIG.mode, BIG.replace(mode=0o755).mode) == (300_000_000, 0o644, 0o755)
    assert BIG == Filler(300_000_000, 90_000_000, "big") != Filler(300_000_000, 90_000_000, "other")
    assert File(b"") != BIG
    assert len({BIG, BIG.rewritten(), SMALL}) == 2
    assert pickle.loads(pickle.dumps(BIG)) == copy.deepcopy(BIG) == BIG
    assert repr(BIG) == "Filler(size=300000000, noise=90000000, seed='big', mode=420)"
    written = tree.with_node("big", BIG.rewritten())
    assert list(tree.diff(written)) == []
    assert list(tree.diff(written, written=True)) == [("C", "/big")]


def test_a_file_that_is_too_large_is_read_in_pieces() -> None:
    large = Filler(LARGEST_READ + 1, 0, "large")
    layer = Layer.of({"x": large})
    for thing, content in ((large, "data"), (layer, "tar"), (layer, "blob")):
        with pytest.raises(OSError, match="File too large"):
            getattr(thing, content)
    assert sum(len(piece) for piece, _ in large.pieces()) == large.size


@pytest.mark.parametrize(("size", "noise"), [(1, 2), (1, -1), (-1, -1)])
def test_noise_fits_into_the_file(size: int, noise: int) -> None:
    with pytest.raises(ValueError, match=r"no .* bytes of noise"):
        Filler(size, noise, "x")


# Layers


@given(fillers, fillers, st.none() | st.integers(40, 500))
@settings(max_examples=30)
def test_a_layer_with_fillers_is_a_tar_in_a_gzip_like_any_other(one: Filler, two: Filler, more: int | None) -> None:
    layer = Layer.of({"a/one": one, "b": "between", "two": two})
    if more is not None:
        layer = layer.replace(packed=layer.blob_size + more)
        assert len(layer.blob) == layer.packed == layer.blob_size
    assert gzip.decompress(layer.blob) == layer.tar
    with tarfile.open(fileobj=io.BytesIO(layer.tar)) as archive:
        assert [(each.name, each.size) for each in archive if each.isfile()] == [
            ("a/one", one.size), ("b", 7), ("two", two.size),
        ]  # fmt: skip
        for name, filler in {"a/one": one, "two": two}.items():
            member = archive.extractfile(name)
            assert member is not None
            assert member.read() == filler.data
    assert (layer.diff_id, layer.digest) == (sha256(layer.tar), sha256(layer.blob))
    assert Layer.from_tar(layer.tar) == layer


@given(st.integers(0, 3 * 2**20), st.integers(0, 100))
@settings(max_examples=50)
def test_a_filler_takes_up_about_what_it_is_to_take_up(packed: int, parts: int) -> None:
    size = packed + packed * parts // 30
    filler = Filler.packed(size, packed, "x")
    taken = sum(len(compressed) for _, compressed in filler.pieces())
    least = 2 * size // 258 + 50 * (size // LINES + 1)
    assert max(packed, least) - 400 - size // 5_000 <= max(taken, least)
    assert taken <= max(packed, least)


def test_a_layer_is_packed_into_so_many_bytes_or_not_at_all() -> None:
    files = {"etc/motd": "hello\n"}
    layer = Layer.of(files, packed=500)
    assert (len(layer.blob), gzip.decompress(layer.blob)) == (500, Layer.of(files).tar)
    assert layer == Layer.of(files)
    assert layer.digest != Layer.of(files).digest
    with pytest.raises(ValueError, match="bytes cannot be squeezed into"):
        assert Layer.of(files, packed=50).digest


def test_the_empty_layer_is_the_one_of_docker_hub() -> None:
    layer = Layer.of(packed=32)
    assert layer.digest == "sha256:4f4fb700ef54461cfa02571ae0db9a0dc1e0cdb5577484a6d75e68dc38e8acc1"
    assert layer.diff_id == "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"


def test_a_layer_is_made_in_little_memory() -> None:
    layer = Layer.of({"big": Filler(40_000_000, 20_000_000, "x")})
    tracemalloc.start()
    assert layer.digest.startswith("sha256:")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 6_000_000


def test_a_layer_without_fillers_has_its_pieces_as_well() -> None:
    layer = Layer.of({"a": "b"})
    assert list(layer.pieces()) == [(layer.tar, layer.blob)]


KNOWN = Names("sha256:" + "1" * 64, "sha256:" + "2" * 64, 100_000_000)
MIDDLING = Names("sha256:" + "3" * 64, "sha256:" + "4" * 64, 1_500_000)


def image() -> Image:
    layer = Layer.of({**SHELL, "usr/lib/big.so": BIG}, packed=100_000_000)
    return Image.scratch.with_layer(layer.replace(names=KNOWN), by="COPY . /").with_config(cmd=["sh"])


@pytest.mark.usefixtures("unmade")
def test_what_is_known_of_a_layer_is_not_made_again() -> None:
    made = image()
    (layer,) = made.layers
    assert (layer.diff_id, layer.digest, layer.blob_size) == (KNOWN.diff_id, KNOWN.digest, 100_000_000)
    assert layer.size == 300_000_000 + len("busybox")
    assert layer.unpacked_size == 4096 * 4 + 4096 * -(-300_000_000 // 4096)
    assert b'"size":100000000' in made.manifest
    assert made.tree.get("usr/lib/big.so") == BIG
    assert layer.recipe == layer.replace(names=None).recipe


def test_a_recipe_tells_one_layer_from_another() -> None:
    layers = [
        Layer.of({"a": SMALL}),
        Layer.of({"a": SMALL}, packed=50_000),
        Layer.of({"b": SMALL}),
        Layer.of({"a": SMALL.replace(mode=0o755)}),
        Layer.of({"a": Filler(100_000, 40_000, "other")}),
        Layer.of({"a": Filler(100_000, 30_000, "small")}),
        Layer.of({"a": SMALL, "b": "small"}),
        Layer.of({"a": SMALL, "b": "other"}),
        Layer.of({"a": SMALL}, deleted=["b"]),
    ]
    assert len({each.recipe for each in layers}) == len(layers)
    assert layers[0].recipe == Layer.of({"a": SMALL}).recipe


def test_a_layout_is_written_piece_by_piece(tmp_path: Path) -> None:
    layer = Layer.of({"usr/lib/a.so": Filler(70_000_000, 1_000_000, "a")})
    write_layout({"one": Image.scratch.with_layer(layer, by="COPY . /")}, tmp_path)
    blob = tmp_path / "blobs" / layer.digest.replace(":", "/")
    assert blob.stat().st_size == sum(len(compressed) for _, compressed in layer.pieces())


# What is typed at them


@pytest.fixture(params=["28", "29"])
def session(request: pytest.FixtureRequest) -> Session:
    """A terminal whose registry has an image with a big file and a middling one."""
    session = page_session(request.param)
    base = session.engine._registries["docker.io"].image("alpine")
    middling = Layer.of({"usr/lib/middling.so": Filler(2_000_000, 1_000_000, "middling")}).replace(names=MIDDLING)
    large = Layer.of({"usr/lib/big.so": BIG, "usr/bin/big": BIG.replace(mode=0o755)}, packed=200_000_000)
    made = base.with_layer(large.replace(names=KNOWN), by="COPY . /").with_layer(middling, by="COPY . /")
    session.engine._registries["docker.io"].push("heavy", Index((made,)))
    assert session.run("docker run -d --name heavy heavy sleep 1d").status == 0
    return session


TOO_MUCH = "more than 100000 steps of a line are more than dockerlearn does"
FULL = "No space left on device"


@pytest.mark.usefixtures("unmade")
@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("docker exec heavy cat /usr/lib/big.so", TOO_MUCH),
        ("docker exec heavy wc -c /usr/lib/big.so", TOO_MUCH),
        ("docker exec heavy head -c 3 /usr/lib/big.so", TOO_MUCH),
        ("docker exec heavy grep -c byte /usr/lib/big.so", TOO_MUCH),
        ("docker exec heavy sh -c 'echo more >> /usr/lib/big.so'", TOO_MUCH),
        ("docker exec heavy sh /usr/lib/big.so", TOO_MUCH),
        ("docker exec heavy cp /usr/lib/big.so /tmp/copy", FULL),
        ("docker exec heavy mv /usr/lib/big.so /tmp/copy", FULL),
        ("docker exec heavy touch /usr/lib/big.so", FULL),
        ("docker exec heavy chmod 600 /usr/lib/big.so", FULL),
        ("docker cp heavy:/usr/lib/big.so big.so", TOO_MUCH),
        ("docker exec heavy /usr/bin/big", "exec format error"),
        ("docker exec heavy sh -c big", "big: Exec format error"),
    ],
)
def test_a_big_file_is_refused_before_a_byte_of_it_is_made(session: Session, line: str, says: str) -> None:
    before = session.engine.work.done
    assert says in session.run(line).output
    assert session.engine.work.done - before < 2 * BIG.size // 100 + LINE_STEPS
    assert session.run("docker exec heavy ls /usr/lib").output.count("big.so") == 1


@pytest.mark.usefixtures("unmade")
def test_what_looks_at_images_and_containers_makes_no_byte(session: Session) -> None:
    for line in (
        "docker images", "docker image inspect heavy", "docker history heavy", "docker system df -v", "docker ps -as",
        "docker inspect -s heavy", "docker diff heavy", "docker exec heavy ls -a /usr/lib",
        "docker exec heavy sh -c '[ -s /usr/lib/big.so ]'", "docker exec heavy rm /usr/lib/big.so", "docker diff heavy",
        "docker commit heavy lighter", "docker rm -f heavy", "docker rmi heavy lighter",
    ):  # fmt: skip
        assert session.run(line).status == 0, line


def test_a_file_that_is_not_too_big_is_read(session: Session) -> None:
    assert session.run("docker exec heavy head -n 1 /usr/lib/middling.so").output == LINE.decode()
    assert session.run("docker exec heavy cp /usr/lib/middling.so /copy").status == 0
    assert session.run("docker commit heavy more").status == 0
    assert session.run("docker run --rm more wc -c /copy").output.split() == ["2000000", "/copy"]


def test_what_was_pulled_takes_no_room_from_what_is_written(session: Session) -> None:
    assert session.engine.layers_size > 300_000_000
    assert session.run("docker exec heavy sh -c 'head -c 9000000 /dev/zero > /tmp/new'").status == 0


def test_a_registry_makes_only_the_blob_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    registry, made = Registry(), image()
    registry.push("heavy", made)
    small = Layer.of({"a": "b"})
    registry.push("light", Image.scratch.with_layer(small, by="COPY a /"))
    monkeypatch.setattr(Filler, "pieces", None)
    assert registry.blob(small.digest) == small.blob
    assert registry.blob(made.id) == made.config_json
