"""A container's file system: image, writable layer and mounts, and what of it all counts as the container's own change."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dockerlearn.hub.programs import BUSYBOX
from dockerlearn.model.clock import FixedClock
from dockerlearn.model.container import Container
from dockerlearn.model.engine import Engine
from dockerlearn.model.errors import InvalidPath
from dockerlearn.model.image import Image
from dockerlearn.model.layer import Layer
from dockerlearn.model.rootfs import PLACES, Mount, Rootfs
from dockerlearn.model.tree import Content, Directory, File, Node, Symlink
from tests import strategies

IMAGE = Directory.of(
    {
        "bin": Symlink("usr/bin"),
        "usr/bin/sh": File.script("#!shell"),
        "etc/passwd": "root\n",
        "etc/group": "staff\n",
        "srv/page/index.html": "hello\n",
        "srv/page/about.html": "we\n",
        "tmp": Directory(mode=0o1777),
        "loop": Symlink("loop"),
        "nowhere": Symlink("/not/there"),
    }
)
OTHER_MOUNTS = ["etc/hosts", "srv"]


def root(*mounted: str) -> Rootfs:
    """The files of a new container, with a file mounted at `etc/hosts` and a directory at every other path given."""
    here = {path: Mount(File(b"mounted\n") if path == "etc/hosts" else Directory()) for path in mounted}
    return Rootfs(IMAGE, here)


# A new container


def test_a_new_container_has_changed_nothing() -> None:
    files = root(*OTHER_MOUNTS)
    assert files.diff() == []
    assert files.layer == Layer.of()
    assert files.layer.size == 0


def test_a_container_sees_its_image_and_the_places_that_the_engine_makes() -> None:
    added = [path for _, path in IMAGE.diff(root().tree) if IMAGE.get(path) is None]
    assert added == [
        "/.dockerenv",
        "/dev",
        "/dev/console",
        "/dev/pts",
        "/dev/shm",
        "/etc/hostname",
        "/etc/hosts",
        "/etc/mtab",
        "/etc/resolv.conf",
        "/proc",
        "/sys",
    ]
    assert root().tree.get("etc/passwd") == File(b"root\n")


def test_a_link_that_the_engine_makes_replaces_what_the_image_has() -> None:
    files = Rootfs(Directory.of({"etc/mtab": "rootfs / rootfs rw 0 0\n", "proc/notes": "kept\n"}), {})
    assert files.tree.get("etc/mtab") == Symlink("/proc/mounts")
    assert files["/proc/notes"] == "kept\n"
    assert files.diff() == []


def test_the_place_of_a_volume_is_made_in_the_writable_layer_if_the_image_lacks_it() -> None:
    """As Engine 28.5.2 does with either store, when it starts a container, or copies files into it or out of it."""
    files = root("srv", "data/deep", "usr/new")
    assert files.diff() == []
    files.make_mount_points()
    assert files.diff() == [("A", "/data"), ("A", "/data/deep"), ("C", "/usr"), ("A", "/usr/new")]
    assert (files.overlay.raised, files.overlay.marked) == (1, 0)
    files.make_mount_points()
    assert len(files.diff()) == 4
    assert files.tree.get("data/deep") == Directory()


# Reading


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/etc/passwd", "root\n"),
        ("etc/passwd", "root\n"),
        ("//etc/./../etc/passwd", "root\n"),
        ("/bin/sh", "#!shell"),
        ("/dev/null", ""),
        ("/dev/console", ""),
        ("/etc/hosts", "mounted\n"),
    ],
)
def test_a_path_is_read_the_way_linux_goes_it(path: str, text: str) -> None:
    assert root("etc/hosts")[path] == text


@pytest.mark.parametrize("path", ["/nosuch", "/etc/passwd/x", "/nowhere", "/loop"])
def test_a_path_that_leads_to_no_file_is_missing(path: str) -> None:
    files = root()
    assert path not in files
    assert files.get(path) is None
    with pytest.raises(KeyError):
        files[path]


def test_a_directory_is_no_file() -> None:
    assert "/etc" not in root()
    with pytest.raises(IsADirectoryError, match=r"^Is a directory$"):
        root()["/etc"]


def test_the_files_of_a_container_can_be_counted() -> None:
    files = root("etc/hosts")
    assert len(files) == len(list(files)) == len(root().tree.files())
    assert {"etc/hosts", "etc/passwd", "usr/bin/sh"} < set(files)
    assert "bin/sh" not in list(files)


@pytest.mark.parametrize("data", [b"\xff\xfe", "é".encode(), b"", b"a\r\nb"])
def test_bytes_survive_being_read_and_written_as_text(data: bytes) -> None:
    files = root()
    files.put("/tmp/a", File(data))
    files["/tmp/b"] = files["/tmp/a"]
    assert files.tree.get("tmp/b") == File(data)


# Writing


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        ("/new", [("A", "/new")]),
        ("/tmp/new", [("C", "/tmp"), ("A", "/tmp/new")]),
        ("tmp/./new", [("C", "/tmp"), ("A", "/tmp/new")]),
        ("/etc/passwd", [("C", "/etc"), ("C", "/etc/passwd")]),
        ("/bin/tool", [("C", "/usr"), ("C", "/usr/bin"), ("A", "/usr/bin/tool")]),
        ("/bin/../bin/sh", [("C", "/usr"), ("C", "/usr/bin"), ("C", "/usr/bin/sh")]),
    ],
)
def test_what_is_written_is_a_change_where_it_really_lies(path: str, changes: list[tuple[str, str]]) -> None:
    files = root()
    files[path] = "text"
    assert files[path] == "text"
    assert files.diff() == changes


@pytest.mark.parametrize(
    ("path", "error", "reason"),
    [
        ("/etc", IsADirectoryError, "Is a directory"),
        ("/", IsADirectoryError, "Is a directory"),
        ("/bin", IsADirectoryError, "Is a directory"),
        ("/nosuch/new", FileNotFoundError, "No such file or directory"),
        ("/nosuch/deep/new", FileNotFoundError, "No such file or directory"),
        ("/nowhere/new", FileNotFoundError, "No such file or directory"),
        ("/etc/passwd/new", NotADirectoryError, "Not a directory"),
    ],
)
def test_what_cannot_be_written_is_refused_with_linux_s_reason(path: str, error: type[OSError], reason: str) -> None:
    files = root()
    with pytest.raises(error, match=f"^{reason}$"):
        files[path] = "text"
    assert files.diff() == []


def test_a_path_that_no_layer_could_hold_is_refused() -> None:
    files = root()
    with pytest.raises(FileNotFoundError, match=r"^No such file or directory$"):
        files.put("/tmp/" + "n" * 300, File())
    assert files.diff() == []


def test_writing_keeps_the_mode_of_what_was_there() -> None:
    files = root()
    files["/bin/sh"] = "another"
    assert files.tree.get("usr/bin/sh") == File(b"another", 0o755)
    files["/bin/new"] = "new"
    assert files.tree.get("usr/bin/new") == File(b"new", 0o644)


@pytest.mark.parametrize(
    "write",
    [
        lambda files: files.__setitem__("/etc/passwd", "root\n"),
        lambda files: files.put("/etc/passwd", File(b"root\n")),
    ],
    ids=["as text", "as a node"],
)
def test_writing_what_was_there_already_counts_as_a_change(write: Callable[[Rootfs], None]) -> None:
    files = root()
    write(files)
    assert files.diff() == [("C", "/etc"), ("C", "/etc/passwd")]
    assert files.layer == Layer.of({"etc/passwd": "root\n"})
    assert files.layer.size == len("root\n")


def test_the_writable_layer_is_as_large_as_the_files_in_it() -> None:
    files = root()
    files["/tmp/new"] = "12345"
    del files["/etc/group"]
    files["/etc/passwd"] = "12"
    assert files.layer.size == 7


# Deleting


def test_what_is_deleted_is_marked_as_deleted() -> None:
    files = root()
    del files["/etc/passwd"]
    del files["/srv/page"]
    assert files.diff() == [("C", "/etc"), ("D", "/etc/passwd"), ("C", "/srv"), ("D", "/srv/page")]
    assert "/etc/passwd" not in files
    assert files.layer.size == 0


def test_what_is_created_and_deleted_again_leaves_no_change() -> None:
    files = root()
    files["/tmp/a"] = "text"
    files.put("/srv/dir", Directory())
    files["/srv/dir/a"] = "text"
    del files["/tmp/a"], files["/srv/dir"]
    assert files.diff() == []
    assert files.layer == Layer.of()


def test_what_is_deleted_and_created_again_has_changed() -> None:
    files = root()
    del files["/etc/passwd"]
    files["/etc/passwd"] = "root\n"
    assert files.diff() == [("C", "/etc"), ("C", "/etc/passwd")]


def test_a_directory_that_is_made_anew_hides_what_was_in_it() -> None:
    files = root()
    del files["/srv/page"]
    files.put("/srv/page", Directory())
    files["/srv/page/index.html"] = "bye\n"
    assert files.diff() == [
        ("C", "/srv"),
        ("C", "/srv/page"),
        ("D", "/srv/page/about.html"),
        ("C", "/srv/page/index.html"),
    ]
    assert files.layer.apply(files.lower).get("srv/page") == Directory.of({"index.html": "bye\n"})


@pytest.mark.parametrize(
    ("path", "new", "changes"),
    [
        ("/etc/passwd", Directory(), [("C", "/etc"), ("C", "/etc/passwd")]),
        ("/etc/passwd", Symlink("group"), [("C", "/etc"), ("C", "/etc/passwd")]),
        ("/etc/passwd", File(b"root\n", 0o600), [("C", "/etc"), ("C", "/etc/passwd")]),
        ("/tmp", Directory(mode=0o700), [("C", "/tmp")]),
        ("/new", Directory.of({"a": "1"}), [("A", "/new"), ("A", "/new/a")]),
    ],
)
def test_a_node_takes_the_place_of_what_was_there(path: str, new: Node, changes: list[tuple[str, str]]) -> None:
    files = root()
    files.put(path, new)
    assert files.tree.get(path) == new
    assert files.diff() == changes


# Mounts


def test_a_mount_hides_what_the_image_has_at_its_place() -> None:
    files = root("srv")
    assert files.tree.get("srv") == Directory()
    assert files.lower.get("srv/page/index.html") == File(b"hello\n")


def test_what_is_written_to_a_mounted_path_never_reaches_the_writable_layer() -> None:
    files = root("etc/hosts", "srv", "data")
    files["/etc/hosts"] = "127.0.0.1 me\n"
    files["/srv/a"] = files["/data/b"] = "text"
    files.put("/data/dir", Directory())
    assert files.tree.get("srv") == Directory.of({"a": "text"})
    assert files.tree.get("data") == Directory.of({"b": "text", "dir": Directory()})
    assert files["/etc/hosts"] == "127.0.0.1 me\n"
    assert files.diff() == [("A", "/data")]  # where the image has nothing
    assert files.layer == Layer.of({"data": Directory()})


def test_a_link_into_a_mount_leads_into_the_mount() -> None:
    files = root("srv")
    files.put("/s", Symlink("srv"))
    files["/s/a"] = "text"
    assert files.mounts["srv"].node == Directory.of({"a": "text"})
    assert files.diff() == [("A", "/s")]


def test_one_edit_may_concern_mounts_and_layer_alike() -> None:
    files = root("srv")
    files.edit(lambda tree: tree.with_node("srv/a", "1").with_node("tmp/a", "2").without("etc/group"))
    assert files.mounts["srv"].node == Directory.of({"a": "1"})
    assert files.diff() == [("C", "/etc"), ("D", "/etc/group"), ("C", "/tmp"), ("A", "/tmp/a")]


def test_what_is_mounted_twice_is_seen_twice() -> None:
    shared = Mount(Directory())
    one, two = Rootfs(IMAGE, {"data": shared}), Rootfs(IMAGE, {"elsewhere": shared})
    one["/data/a"] = "text"
    assert two.tree.get("elsewhere") == Directory.of({"a": "text"})
    two["/elsewhere/a"] = "longer text"
    assert one["/data/a"] == "longer text"


def test_the_engine_may_change_what_is_mounted() -> None:
    files = root("etc/hosts")
    assert files["/etc/hosts"] == "mounted\n"
    files.mount("etc/hosts", File(b"127.0.0.1 localhost\n"))
    assert files["/etc/hosts"] == "127.0.0.1 localhost\n"
    assert files.diff() == []


def test_a_container_s_own_names_and_addresses_are_not_in_its_layer() -> None:
    container = sample().create("it")
    container.start()
    for path in ("/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/dev/shm/x", "/dev/x"):
        container.write(path, "mine\n")
        assert container.read(path) == "mine\n"
    assert container.diff() == []
    assert container.size == 0


# Where a new file would lie


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/new", "new"),
        ("new/", "new"),
        ("/etc/new", "etc/new"),
        ("/bin/new", "usr/bin/new"),
        ("/bin/sh", "usr/bin/sh"),
        ("/etc/../tmp/./new", "tmp/new"),
    ],
)
def test_a_new_file_lies_where_links_lead(path: str, place: str) -> None:
    assert root().place(path) == place


# Whatever is done


def sample(tree: Directory = IMAGE, *, volumes: tuple[str, ...] = ()) -> Engine:
    """An engine with an image of that tree, called `it`, whose container would run the busybox in it for ever."""
    engine = Engine(clock=FixedClock("2025-02-20"), seed=1, docker="28")
    image = Image.scratch.with_layer(Layer.of({**dict(tree.entries), "busybox": BUSYBOX}), by="COPY")
    engine.add(image.with_config(entrypoint=["/busybox", "sleep", "1d"], volumes=volumes), "it")
    return engine


edits = st.one_of(
    st.tuples(strategies.paths, strategies.nodes),
    st.tuples(strategies.paths, st.none()),
    st.tuples(st.sampled_from([*PLACES, "etc", "vol", "vol/b", "vol/b/a", "vol/c"]), st.none() | strategies.leaves),
)


def apply(edit: tuple[str, Content | None], container: Container) -> None:
    path, content = edit
    if content is None:
        container.environment.root.edit(lambda tree: tree.without(path))
    else:
        with suppress(OSError):
            container.write(path, content)


@settings(max_examples=100)
@given(strategies.trees, st.lists(edits, max_size=8))
@example(Directory.of({"a/b": "1"}), [("a", None), ("a", Directory()), ("a/c", "2")])
@example(Directory.of({"a/b": "1"}), [("a", None), ("a", File()), ("a", Directory.of({"b": "1"}))])
@example(Directory.of({"vol/b/a": "1", "vol/c": "2"}), [("vol/b/a", "3"), ("vol/c", "4"), ("vol", None)])
def test_the_writable_layer_on_the_image_is_what_the_container_sees(
    tree: Directory, edited: list[tuple[str, Content | None]]
) -> None:
    container = sample(tree, volumes=("/vol/b",)).create("it")
    for edit in edited:
        apply(edit, container)
    files = container.environment.root
    files.make_mount_points()
    merged = container.layer.apply(files.lower)
    seen = container.tree
    for path in files.mounts:
        assert seen.get(path) == files.mounts[path].node
        merged, seen = merged.without(path), seen.without(path)
    assert merged == seen


@settings(max_examples=60)
@given(strategies.trees, st.lists(edits, max_size=8))
def test_the_writable_layer_has_something_exactly_if_there_is_a_change_to_tell(
    tree: Directory, edited: list[tuple[str, Content | None]]
) -> None:
    container = sample(tree).create("it")
    for edit in edited:
        apply(edit, container)
    assert bool(container.layer.changes.entries) == bool(container.diff())
    assert {path for letter, path in container.diff() if letter == "D"} == {
        path for path, _ in with_roots(container.environment.root.lower) if gone(path, container)
    }


def with_roots(tree: Directory) -> list[tuple[str, Node]]:
    return [(f"/{path}", node) for path, node in tree.walk()]


def gone(path: str, container: Container) -> bool:
    """Whether a path is no longer there, though the directory that it was in is."""
    upper = container.environment.root.upper
    above = path.rpartition("/")[0]
    return upper.get(path) is None and isinstance(upper.get(above), Directory)


@settings(max_examples=40)
@given(strategies.trees, st.lists(edits, max_size=4), strategies.names, strategies.nodes)
def test_whatever_is_created_and_deleted_again_leaves_no_change(
    tree: Directory, edited: list[tuple[str, Content | None]], name: str, content: Node
) -> None:
    container = sample(tree).create("it")
    for edit in edited:
        apply(edit, container)
    before = container.diff(), container.tree, container.layer
    container.write(f"/{name} new", content)
    assert container.diff() != before[0]
    apply((f"/{name} new", None), container)
    assert (container.diff(), container.tree, container.layer) == before


def test_an_edit_that_is_refused_changes_no_mount() -> None:
    first, second = Mount(File(b"1")), Mount(File(b"2"))
    root = Rootfs(IMAGE, {"tmp/first": first, "srv/page/second": second})
    before = root.tree
    with pytest.raises(InvalidPath):
        root.edit(lambda tree: tree.with_node("tmp/first", "changed").with_node("srv/page", "a file", merge=False))
    assert (first.node, second.node, root.tree) == (File(b"1"), File(b"2"), before)


def test_a_node_takes_the_place_of_one_that_is_there_unless_both_are_directories_that_merge() -> None:
    new = Directory.of({"page/new.html": "new"})
    merged, replaced = IMAGE.with_node("srv", new), IMAGE.with_node("srv", new, merge=False)
    assert sorted(path for path, _ in merged.walk() if path.startswith("srv/page/")) == [
        "srv/page/about.html",
        "srv/page/index.html",
        "srv/page/new.html",
    ]
    assert [path for path, _ in replaced.walk() if path.startswith("srv/")] == ["srv/page", "srv/page/new.html"]
    assert IMAGE.with_node("srv", Directory(mode=0o700)).get("srv") == replace_mode(IMAGE.get("srv"))


def replace_mode(found: Node | None) -> Directory:
    """The same directory, for its owner alone."""
    assert isinstance(found, Directory)
    return found.replace(mode=0o700)
