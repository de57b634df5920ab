"""Layers: changes to a tree, as tars that are the same everywhere."""

import gzip
import io
import os
import struct
import subprocess
import sys
import tarfile
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dockerlearn.model.digest import sha256
from dockerlearn.model.errors import InvalidArchive, InvalidPath
from dockerlearn.model.layer import OPAQUE, WHITEOUT, Layer, _header, union
from dockerlearn.model.tree import Directory, File, Node, Symlink
from tests.strategies import nodes, paths, steps, trees

Step = tuple[Mapping[str, File | Symlink], list[str]]

BASE = Directory.of(
    {"etc/passwd": "root\n", "etc/motd": "hi\n", "usr/bin/sh": "#!\n", "usr/lib/a": "a", "tmp": Directory()}
)


def members(tar: bytes) -> list[tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        return archive.getmembers()


def names_in(layer: Layer) -> list[str]:
    return [member.name for member in members(layer.tar)]


# The union


class Flat:
    """A file system as a plain dict of paths: an oracle that shares nothing with the model."""

    def __init__(self) -> None:
        self.nodes: dict[str, File | Symlink | None] = {}  # None is a directory

    def remove(self, path: str) -> None:
        self.nodes = {each: node for each, node in self.nodes.items() if not f"{each}/".startswith(f"{path}/")}

    def make_directory(self, path: str) -> None:
        if self.nodes.get(path) is not None:
            del self.nodes[path]
        self.nodes.setdefault(path, None)

    def put(self, path: str, node: File | Symlink) -> None:
        names = path.split("/")
        for depth in range(1, len(names)):
            self.make_directory("/".join(names[:depth]))
        self.remove(path)
        self.nodes[path] = node

    def delete(self, path: str) -> None:
        """Remove a path; the directories on the way to it are entries of the layer, so they exist afterwards."""
        names = path.split("/")
        self.remove(path)
        for depth in range(1, len(names)):
            self.make_directory("/".join(names[:depth]))


@given(st.lists(steps, max_size=5))
def test_the_union_of_layers_is_what_applying_the_changes_in_order_gives(told: list[Step]) -> None:
    flat = Flat()
    for added, deleted in told:
        outermost = [path for path in deleted if not any(path.startswith(f"{other}/") for other in deleted)]
        for path in outermost:
            flat.delete(path)
        for path, node in added.items():
            flat.put(path, node)
    layers = [Layer.of(added, deleted=deleted) for added, deleted in told]
    seen = {path: None if isinstance(node, Directory) else node for path, node in union(layers).walk()}
    assert seen == flat.nodes


@given(st.lists(trees, min_size=2, max_size=4))
def test_layers_can_be_applied_one_by_one_or_as_a_stack(states: list[Directory]) -> None:
    layers = [Layer.between(Directory(), states[0])]
    layers += [Layer.between(old, new) for old, new in pairwise(states)]
    for height in range(1, len(states) + 1):
        assert union(layers[:height]) == states[height - 1]


@given(trees, trees)
@example(BASE, Directory())
@example(BASE, Directory.of({"usr": "now a file", "etc/passwd/x": "now a directory"}))
def test_the_layer_between_two_trees_turns_one_into_the_other(lower: Directory, upper: Directory) -> None:
    layer = Layer.between(lower, upper)
    assert layer.apply(lower) == upper
    assert Layer.from_tar(layer.tar).apply(lower) == upper
    assert OPAQUE not in layer.changes.entries  # overlayfs would not look at it


@given(trees)
def test_nothing_lies_between_a_tree_and_itself(tree: Directory) -> None:
    assert Layer.between(tree, tree) == Layer.of()


def test_a_layer_holds_only_what_changed_whole_and_with_its_parents() -> None:
    upper = BASE.with_node("etc/motd", "ho\n").with_node("srv/www/index.html", "<html>")
    layer = Layer.between(BASE, upper)
    assert names_in(layer) == ["etc", "etc/motd", "srv", "srv/www", "srv/www/index.html"]


def test_a_changed_mode_is_a_change() -> None:
    upper = BASE.with_node("tmp", Directory(mode=0o1777)).with_node("usr/bin/sh", File(b"#!\n", 0o755))
    assert names_in(Layer.between(BASE, upper)) == ["tmp", "usr", "usr/bin", "usr/bin/sh"]


# Deletions


def test_a_deleted_file_is_a_whiteout_beside_it_and_does_not_shrink_what_is_below() -> None:
    base, patch = Layer.between(Directory(), BASE), Layer.of(deleted=["usr/bin/sh"])
    assert names_in(patch) == ["usr", "usr/bin", "usr/bin/.wh.sh"]
    assert patch.size == 0
    assert union([base, patch]).get("usr/bin") == Directory()
    assert base.changes.get("usr/bin/sh") == File(b"#!\n")


def test_a_deleted_directory_takes_what_is_in_it_along() -> None:
    assert union([Layer.between(Directory(), BASE), Layer.of(deleted=["usr"])]).get("usr/lib/a") is None
    assert (
        Layer.of(deleted=["usr", "usr/lib", "usr/lib/a"])
        == Layer.of(deleted=["usr/lib/a", "usr"])
        == Layer.of(deleted=["usr"])
    )


def test_a_deleted_and_recreated_directory_is_opaque() -> None:
    layer = Layer.of({"usr/bin/new": "x"}, deleted=["usr/bin"])
    assert names_in(layer) == ["usr", "usr/bin", f"usr/bin/{OPAQUE}", "usr/bin/new"]
    assert layer.apply(BASE).get("usr") == Directory.of({"bin/new": "x", "lib/a": "a"})
    assert Layer.between(BASE, layer.apply(BASE)) == layer


def test_a_deleted_and_recreated_file_is_just_a_file() -> None:
    assert names_in(Layer.of({"etc/motd": "new"}, deleted=["etc/motd"])) == ["etc", "etc/motd"]


def test_an_opaque_directory_hides_all_that_lies_below_it() -> None:
    layer = Layer.of({"etc/new": "x"}, opaque=["etc", "usr"])
    assert layer.apply(BASE).files().keys() == {"etc/new"}
    assert layer.apply(BASE).get("usr") == Directory()


def test_a_whiteout_acts_on_the_layers_below_only_wherever_it_stands() -> None:
    tar = packed(entry("etc/motd", b"new"), entry("etc/.wh.motd"), entry("etc/.wh.passwd"))
    assert Layer.from_tar(tar).apply(BASE).get("etc") == Directory({"motd": File(b"new")})


def test_what_is_deleted_and_was_never_there_does_no_harm() -> None:
    assert Layer.of(deleted=["nowhere"]).apply(BASE) == BASE


@pytest.mark.parametrize("name", [".wh.x", "a/.wh.x", ".wh.d/x", OPAQUE])
def test_names_that_mark_deletions_are_refused_for_files(name: str) -> None:
    with pytest.raises(InvalidPath, match="mark deletions"):
        Layer.of({name: "x"})
    with pytest.raises(InvalidPath, match="mark deletions"):
        Layer.of({"new": Directory.of({name: "x"})})
    with pytest.raises(InvalidPath, match="mark deletions"):
        Layer.of(deleted=[name])
    with pytest.raises(InvalidPath, match="mark deletions"):
        Layer.between(BASE, BASE.with_node(name, "x"))
    with pytest.raises(InvalidPath, match="mark deletions"):
        Layer.between(BASE, BASE.with_node(f"new/{name}", "x"))


@pytest.mark.parametrize("path", ["", "/", "../x"])
def test_the_root_is_neither_deleted_nor_made_opaque(path: str) -> None:
    with pytest.raises(InvalidPath, match="invalid path"):
        Layer.of(deleted=[path])
    with pytest.raises(InvalidPath, match="invalid path"):
        Layer.of(opaque=[path])


@pytest.mark.parametrize("deleted", ["etc/motd/x", "etc/motd/x/y"])
def test_nothing_is_deleted_below_a_file_of_the_same_layer(deleted: str) -> None:
    with pytest.raises(InvalidPath, match="not a directory"):
        Layer.of({"etc/motd": "x"}, deleted=[deleted])


# The archive


@given(steps, st.lists(paths, max_size=2))
def test_an_archive_is_deterministic_sorted_and_nobodys(told: Step, opaque: list[str]) -> None:
    added, deleted = told
    try:
        layer = Layer.of(added, deleted=deleted, opaque=opaque)
    except InvalidPath:  # opaque below a file
        return
    found = members(layer.tar)
    listed = [member.name for member in found]
    assert len(set(listed)) == len(listed)
    assert {(member.uid, member.gid, member.uname, member.gname, member.mtime) for member in found} <= {
        (0, 0, "", "", 0)
    }
    for position, name in enumerate(listed):
        parent, _, last = name.rpartition("/")
        assert not parent or parent in listed[:position]  # parents first
        if last.startswith(WHITEOUT):
            siblings = [each for each in listed[:position] if each.rpartition("/")[0] == parent]
            assert all(each.rpartition("/")[2].startswith(WHITEOUT) for each in siblings)
    reversed_layer = Layer.of(dict(reversed(list(added.items()))), deleted=reversed(deleted), opaque=reversed(opaque))
    assert reversed_layer.tar == layer.tar


@given(trees, trees)
def test_what_was_read_is_kept_as_it_is(lower: Directory, upper: Directory) -> None:
    layer = Layer.between(lower, upper)
    again = Layer.from_tar(layer.tar)
    assert again.changes == layer.changes
    assert (again.tar, again.diff_id, again.digest, again.size) == (layer.tar, layer.diff_id, layer.digest, layer.size)
    assert again == layer
    assert hash(again) == hash(layer)
    assert again != layer.tar


def test_an_archive_that_another_program_wrote_keeps_its_diff_id() -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT) as archive:
        archive.addfile(entry("./", type=tarfile.DIRTYPE, mtime=7)[0])
        archive.addfile(entry("./z", b"")[0])
        archive.addfile(entry("./" + "long/" * 40 + "a", type=tarfile.SYMTYPE, linkname="t" * 120, uid=1000)[0])
    layer = Layer.from_tar(stream.getvalue())
    assert layer.diff_id == sha256(stream.getvalue())
    assert layer.changes == Directory.of({"z": b"", "long/" * 40 + "a": Symlink("t" * 120)})
    assert layer.diff_id != Layer.of({"z": b"", "long/" * 40 + "a": Symlink("t" * 120)}).diff_id


def test_the_bytes_of_a_layer_are_these_on_every_machine() -> None:
    layer = Layer.of({"bin/sh": File.script("#!"), "etc/é": "x", "tmp": Directory(mode=0o1777)}, deleted=["etc/motd"])
    assert layer.diff_id == "sha256:6c0b9479d5e79cd52e2d3c12baccc72fd2ef0f78f32c91b7c13787b5a87a0e73"
    assert layer.digest == "sha256:5cee452a1f2bb02cff134bc22ac661a6b874b33d33e433821f76d62984addce2"


def test_the_catalog_has_the_same_bytes_in_two_processes() -> None:
    program = (
        "from dockerlearn.hub.february import RELEASES\n"
        "for repository, _, tags, build in RELEASES: print(repository, tags, build().id, build().digest)\n"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
    assert told.pop().count("sha256:") == 28


# The blob


def stored_blocks(blob: bytes) -> list[tuple[int, int]]:
    """The kind and the length of each deflate block."""
    blocks, position = [], 10
    while True:
        kind, length, inverse = struct.unpack_from("<BHH", blob, position)
        assert length ^ inverse == 0xFFFF
        blocks.append((kind, length))
        position += 5 + length
        if kind & 1:
            assert position == len(blob) - 8
            return blocks


@pytest.mark.parametrize("length", [1024, 65534, 65535, 65536, 131069, 131070, 131071])
def test_a_blob_is_the_gzip_of_the_tar_made_of_stored_blocks(length: int) -> None:
    layer = Layer(Directory())
    layer.__dict__["tar"] = bytes(length)  # tars themselves are never that odd
    assert gzip.decompress(layer.blob) == layer.tar
    blocks = stored_blocks(layer.blob)
    assert sum(size for _, size in blocks) == length
    assert [kind for kind, _ in blocks] == [0] * (len(blocks) - 1) + [1]  # stored; the last one says so
    assert len(blocks) == -(-length // 65535)


@given(trees)
@settings(max_examples=25)
def test_a_layer_has_three_different_names(tree: Directory) -> None:
    layer = Layer.between(Directory(), tree)
    assert layer.diff_id == sha256(gzip.decompress(layer.blob))
    assert layer.digest == sha256(layer.blob)
    assert layer.digest != layer.diff_id
    assert layer.diff_id[:19] in repr(layer)


# Sizes


def test_a_layer_is_as_big_as_its_files_and_link_targets() -> None:
    layer = Layer.of({"a": "12345", "b": Symlink("a/é"), "d/e": b"12", "d/f": b"12"}, deleted=["x"])
    assert layer.size == 5 + 4 + 2 + 2
    assert Layer.of({"d": Directory()}).size == 0


def test_a_file_with_two_names_counts_once_and_two_equal_files_twice() -> None:
    linked = packed(entry("a", b"12345"), entry("b", type=tarfile.LNKTYPE, linkname="./a", size=5))
    assert Layer.from_tar(linked).size == 5
    assert Layer.from_tar(linked).changes.files() == {"a": File(b"12345"), "b": File(b"12345")}
    assert Layer.from_tar(packed(entry("a", b"12345"), entry("b", b"12345"))).size == 10
    same = File(b"12345")
    assert Layer.of({"a": same, "b": same}).size == 10


# Archives from strangers


Entry = tuple[tarfile.TarInfo, bytes]


def entry(name: str, data: bytes = b"", **fields: object) -> Entry:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, data


def packed(*entries: Entry, end: bytes = bytes(1024)) -> bytes:
    pieces = [info.tobuf() + data + bytes(-len(data) % 512) for info, data in entries]
    return b"".join(pieces) + end


def link(name: str, target: str) -> Entry:
    return entry(name, type=tarfile.LNKTYPE, linkname=target)


def flip(tar: bytes, position: int, byte: int) -> bytes:
    return tar[:position] + bytes([byte]) + tar[position + 1 :]


def reseal(tar: bytes, position: int, byte: int) -> bytes:
    """Change a byte of some header and make its checksum right again."""
    start = position // 512 * 512
    header = bytearray(flip(tar, position, byte)[start : start + 512])
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return tar[:start] + header + tar[start + 512 :]


GOOD = entry("good", b"good")
LONG_CHAIN = b"".join(
    entry("././@LongLink", b"x" * 8, type=tarfile.GNUTYPE_LONGNAME)[0].tobuf() + b"x" * 512 for _ in range(3000)
)

HOSTILE: dict[str, bytes] = {
    "nothing at all": b"",
    "no tar": b"this is no tar" * 100,
    "a gzipped tar": gzip.compress(packed(GOOD)),
    "a path out of the image": packed(GOOD, entry("../evil", b"x")),
    "a path out and in again": packed(GOOD, entry("a/../../evil", b"x")),
    "a path with ..": packed(GOOD, entry("a/../b", b"x")),
    "a root that is a file": packed(entry("./", b"x", type=tarfile.REGTYPE)),
    "a root that is a link": packed(entry(".", type=tarfile.SYMTYPE, linkname="/etc")),
    "a character device": packed(GOOD, entry("null", type=tarfile.CHRTYPE, devmajor=1, devminor=3)),
    "a block device": packed(GOOD, entry("sda", type=tarfile.BLKTYPE, devmajor=8)),
    "a fifo": packed(GOOD, entry("pipe", type=tarfile.FIFOTYPE)),
    "an unknown kind": packed(GOOD, entry("what", type=b"V")),
    "a hard link to nothing": packed(GOOD, link("hard", "nothing")),
    "a hard link out of the image": packed(GOOD, link("hard", "../good")),
    "a hard link to the root": packed(GOOD, link("hard", "/")),
    "a hard link to itself": packed(GOOD, link("hard", "hard")),
    "a hard link to a directory": packed(entry("d", type=tarfile.DIRTYPE), link("hard", "d")),
    "a hard link through a file": packed(GOOD, link("hard", "good/x")),
    "a hard link to what was replaced": packed(entry("d/x", b"x"), entry("d", b"x"), link("hard", "d/x")),
    "a hard link to a later file": packed(link("hard", "good"), GOOD),
    "a file below a file": packed(GOOD, entry("good/x", b"x")),
    "a file through a link": packed(entry("l", type=tarfile.SYMTYPE, linkname="/etc"), entry("l/x", b"x")),
    "a link to nowhere": packed(GOOD, entry("l", type=tarfile.SYMTYPE)),
    "a file below a whiteout": packed(entry(".wh.d/x", b"x")),
    "a whiteout of no name": packed(entry("d/.wh.")),
    "a whiteout of the directory itself": packed(entry("d/.wh..")),
    "a whiteout of the directory above": packed(entry("d/.wh...")),
    "a whiteout of a whiteout": packed(entry("d/.wh..wh.x")),
    "an opaque mark below a whiteout": packed(entry(f".wh.d/{OPAQUE}")),
    "a name with NUL": packed(GOOD, entry("x", pax_headers={"path": "a\0b"})),
    "a link target with NUL": packed(GOOD, entry("x", type=tarfile.SYMTYPE, pax_headers={"linkpath": "a\0b"})),
    "a name that is too long": packed(GOOD, entry("n" * 256, b"x")),
    "a path that is too deep": packed(GOOD, entry("d/" * 1500 + "x", b"x")),
    "a file that is cut short": packed(entry("a", b"x" * 600))[:1000],
    "an end that is cut short": packed(entry("a", b"x" * 600))[:1400],
    "a header that is cut short": packed(GOOD, entry("a", b"x"))[:1500],
    "a damaged header": packed(GOOD, entry("a", b"x")).replace(b"a\0", b"b\0"),
    "garbage after the first file": packed(GOOD, end=b"garbage" * 200),
    "a negative size": packed(GOOD, entry("a", pax_headers={"size": "-1024"}), entry("b")),
    "a negative size of a directory": packed(entry("d", type=tarfile.DIRTYPE, pax_headers={"size": "-2048"})),
    "a huge size": packed(GOOD, entry("a", size=2**63)),
    "a size beyond all bounds": packed(GOOD, entry("a", pax_headers={"size": str(10**40)})),
    "a huge sparse file": packed(
        GOOD, entry("s", pax_headers={"GNU.sparse.map": "0,0", "GNU.sparse.size": str(2**60), "GNU.sparse.name": "s"})
    ),
    "a sparse file": packed(GOOD, entry("s", b"x", pax_headers={"GNU.sparse.map": "0,1", "GNU.sparse.size": "1"})),
    "a broken sparse map": packed(
        GOOD, entry("s", b"x", pax_headers={"GNU.sparse.map": "a,b", "GNU.sparse.size": "c"})
    ),
    "a broken sparse file": packed(
        GOOD, entry("s", b"x\n", pax_headers={"GNU.sparse.major": "1", "GNU.sparse.minor": "0"})
    ),
    "a broken pax header": packed(entry("p", b"999 path=x\n", type=tarfile.XHDTYPE), GOOD),
    "a pax header of no length": packed(entry("p", b"0 path=x\n", type=tarfile.XHDTYPE), GOOD),
    "a pax header for nothing": packed(entry("p", b"9 path=x\n", type=tarfile.XHDTYPE)),
    "a chain of headers": LONG_CHAIN + packed(GOOD),
}


@pytest.mark.parametrize("tar", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_archive_is_refused(tar: bytes) -> None:
    with pytest.raises(InvalidArchive, match=r"^invalid layer: ."):
        Layer.from_tar(tar)


def test_a_hard_link_to_nothing_is_refused_by_name() -> None:
    with pytest.raises(InvalidArchive, match=r"^invalid layer: hard link 'hard' to 'nothing', no file before it$"):
        Layer.from_tar(HOSTILE["a hard link to nothing"])


def only(path: str, node: Node | str = "x") -> Directory:
    return Directory.of({path: node})


HANDLED: dict[str, tuple[bytes, Directory]] = {
    "nothing but the end": (bytes(1024), Directory()),
    "an absolute path means the root of the image": (packed(entry("//etc/x", b"x")), only("etc/x")),
    "an absolute hard link too": (
        packed(entry("d/x", b"x"), link("/y", "/d/x")),
        Directory.of({"d/x": "x", "y": "x"}),
    ),
    "a hard link to a link is that link": (
        packed(entry("l", type=tarfile.SYMTYPE, linkname="/x"), link("m", "l")),
        Directory.of({"l": Symlink("/x"), "m": Symlink("/x")}),
    ),
    "a later file replaces an earlier one": (packed(entry("a", b"old"), entry("./a", b"x")), only("a")),
    "a later file replaces a directory": (packed(entry("a/b/c", b"old"), entry("a/b", b"x")), only("a/b")),
    "a later directory replaces a file": (
        packed(entry("a", b"old"), entry("a", type=tarfile.DIRTYPE, mode=0o755), entry("a/b", b"x")),
        only("a/b"),
    ),
    "a later directory merges with an earlier one": (
        packed(entry("a/b", b"x"), entry("a", type=tarfile.DIRTYPE, mode=0o40700)),
        Directory({"a": Directory({"b": File(b"x")}, 0o700)}),
    ),
    "a line break in a name is a name": (packed(entry("a\nb", b"x")), only("a\nb")),
    "a name that is no UTF-8 stays what it is": (packed(entry("caf\udce9", b"x")), only("caf\udce9")),
    "a link target that is no UTF-8 too": (
        packed(entry("l", type=tarfile.SYMTYPE, linkname="caf\udce9")),
        only("l", Symlink("caf\udce9")),
    ),
    "bits beyond the permissions are dropped": (reseal(packed(entry("a", b"x")), 101, ord("1")), only("a")),  # 0100644
    "a contiguous file is a file": (packed(entry("a", b"x", type=tarfile.CONTTYPE)), only("a")),
    "a global header is a remark": (
        packed(entry("g", b"13 comment=x\n", type=tarfile.XGLTYPE), entry("a", b"x")),
        only("a"),
    ),
    "extended attributes are not looked at": (
        packed(entry("a", b"x", pax_headers={"SCHILY.xattr.user.x": "y", "mtime": "1e9", "uid": "abc"})),
        only("a"),
    ),
    "the content of a whiteout is nothing": (packed(entry(".wh.a", b"content")), only(".wh.a", "")),
    "a whiteout that is a directory is a whiteout": (packed(entry(".wh.a", type=tarfile.DIRTYPE)), only(".wh.a", "")),
    "a root may be opaque": (packed(entry(OPAQUE)), only(OPAQUE, "")),
    "a whiteout of the longest name": (packed(entry(".wh." + "n" * 255)), Directory({".wh." + "n" * 255: File()})),
    "what aufs noted is nobody's business": (
        packed(entry(".wh..wh.plnk", type=tarfile.DIRTYPE), entry(".wh..wh.plnk/1.2", b"y"), entry("a", b"x")),
        only("a"),
    ),
    "one block of zeros is an end": (packed(entry("a", b"x"), end=bytes(512)), only("a")),
    "so is none": (packed(entry("a", b"x"), end=b""), only("a")),
    "what follows the end is not looked at": (packed(entry("a", b"x"), end=bytes(1024) + b"garbage" * 200), only("a")),
}


@pytest.mark.parametrize(("tar", "changes"), HANDLED.values(), ids=HANDLED)
def test_an_odd_archive_is_read_as_docker_reads_it(tar: bytes, changes: Directory) -> None:
    layer = Layer.from_tar(tar)
    assert layer.changes == changes
    assert layer.tar == tar
    assert isinstance(layer.apply(BASE), Directory)


ORDINARY = packed(
    entry("etc", type=tarfile.DIRTYPE),
    entry("etc/motd", b"hi" * 300),
    link("etc/hard", "etc/motd"),
    entry("n" * 150, b"x", pax_headers={"comment": "é"}),
    entry("l", type=tarfile.SYMTYPE, linkname="t" * 150),
    entry("etc/.wh.x"),
)


@settings(max_examples=400)
@given(st.sampled_from((flip, reseal)), st.integers(0, len(ORDINARY) - 1), st.integers(0, 255), st.integers(0, 200))
def test_a_spoilt_archive_is_read_or_refused_and_nothing_else(
    spoil: Callable[[bytes, int, int], bytes], position: int, byte: int, cut: int
) -> None:
    tar = spoil(ORDINARY, position, byte)
    tar = tar[: len(tar) - cut * 64]
    try:
        layer = Layer.from_tar(tar)
    except InvalidArchive:
        return
    assert layer.tar == tar
    assert layer.size >= 0
    assert Layer.from_tar(Layer(layer.changes).tar).changes == layer.changes


@given(nodes)
def test_any_tree_may_be_a_layer(node: Node) -> None:
    layer = Layer.of({"x": node})
    assert layer.apply(Directory()) == Directory({"x": node})


LONG = st.builds("/".join, st.lists(st.text("abé", min_size=1, max_size=60), min_size=1, max_size=4))


@given(LONG | paths, nodes, st.integers(0, 8**11 - 1))
@example("a" * 99, Directory(), 0)
@example("a" * 100, Directory(), 1785715200)
@example("a" * 100, File(b"x", 0o4755), 0)
@example("a" * 101, File(), 1785715200)
@example("a", Symlink("b" * 100), 0)
@example("a", Symlink("b" * 101), 0)
@example("ä", File(), 0)
def test_a_header_is_the_one_that_tarfile_writes(path: str, node: Node, time: int) -> None:
    header = tarfile.TarInfo(path)
    header.mtime = time
    header.mode = 0o777 if isinstance(node, Symlink) else node.mode
    if isinstance(node, Directory):
        header.type = tarfile.DIRTYPE
    elif isinstance(node, Symlink):
        header.type, header.linkname = tarfile.SYMTYPE, node.target
    else:
        header.size = node.size
    assert _header(path, node, time) == header.tobuf(tarfile.PAX_FORMAT)
