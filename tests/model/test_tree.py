"""File trees: values that are edited by making others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockerlearn.model.errors import InvalidPath
from dockerlearn.model.tree import DEEPEST, Content, Directory, File, Node, Symlink
from tests.strategies import leaves, nodes, trees, trees_and_paths

ROOT = Directory.of(
    {
        "bin": Symlink("usr/bin"),
        "usr/bin/busybox": File.script("#!/bin/sh\n"),
        "usr/bin/sh": Symlink("busybox"),
        "usr/bin/up": Symlink("../../etc"),
        "etc/passwd": "root\n",
        "etc/alias": Symlink("/bin/sh"),
        "etc/self": Symlink("self"),
        "etc/lost": Symlink("/nowhere"),
    }
)


def flat(tree: Directory) -> dict[str, Node]:
    """The tree as a dict of paths: directories stand there as empty ones."""
    return {path: Directory(mode=node.mode) if isinstance(node, Directory) else node for path, node in tree.walk()}


def test_a_tree_is_made_of_paths_and_makes_the_directories_between() -> None:
    tree = Directory.of({"/etc/./nginx//nginx.conf": "user nginx;\n", "srv": Directory(mode=0o700)})
    assert [path for path, _ in tree.walk()] == ["etc", "etc/nginx", "etc/nginx/nginx.conf", "srv"]
    assert tree.get("etc/nginx/nginx.conf") == File(b"user nginx;\n", 0o644)
    assert tree.get("etc") == Directory({"nginx": Directory({"nginx.conf": File(b"user nginx;\n")})}, 0o755)
    assert tree.size == len("user nginx;\n")


def test_the_order_in_which_paths_are_told_does_not_matter() -> None:
    inner = Directory({"x": File(b"1")}, 0o700)
    assert Directory.of({"d": inner, "d/y": "2"}) == Directory.of({"d/y": "2", "d": inner})


@pytest.mark.parametrize("path", ["", "/", ".", "a/../b", "..", "nul\0", "\ud800", "n" * 256, "é" * 128, "a/" * 201])
def test_a_path_that_no_file_can_have_is_refused(path: str) -> None:
    with pytest.raises(InvalidPath, match="path"):
        Directory.of({path: "text"})


@pytest.mark.parametrize("path", ["n" * 255, "é" * 127, "a/" * DEEPEST])
def test_a_path_may_be_as_long_as_linux_has_it(path: str) -> None:
    assert sum(1 for _ in Directory.of({path: "text"}).files()) == 1


def test_a_path_has_at_most_4095_bytes() -> None:
    deep = f"/{'n' * 255}" * 15 + "/"
    assert Directory.of({deep + "n" * 254: ""}).files()
    with pytest.raises(InvalidPath, match="path too long"):
        Directory.of({deep + "n" * 255: ""})


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "nul\0", "\ud800"])
def test_a_directory_refuses_what_is_no_name(name: str) -> None:
    with pytest.raises(InvalidPath, match="invalid names"):
        Directory({"good": File(), name: File()})


@pytest.mark.parametrize("target", ["", "nul\0"])
def test_a_link_leads_somewhere(target: str) -> None:
    with pytest.raises(InvalidPath, match="invalid link target"):
        Symlink(target)


@pytest.mark.parametrize("through", ["etc/passwd/x", "bin/sh/x"])
def test_nothing_can_be_put_below_a_file_or_a_link(through: str) -> None:
    with pytest.raises(InvalidPath, match="not a directory"):
        ROOT.with_node(through, "x")


@given(trees_and_paths, leaves)
def test_an_edit_makes_another_tree_and_shares_what_it_did_not_touch(where: tuple[Directory, str], new: Node) -> None:
    tree, path = where
    before = flat(tree)
    try:
        edited = tree.with_node(path, new)
    except InvalidPath:
        assert any(not isinstance(tree.get("/".join(path.split("/")[:n])), Directory | None) for n in range(1, 5))
        return
    assert edited.get(path) == new
    assert flat(tree) == before
    touched = path.split("/")[0]
    assert all(edited.entries[name] is node for name, node in tree.entries.items() if name != touched)
    kept = {each: node for each, node in before.items() if not f"{each}/".startswith(f"{path}/")}
    above = {"/".join(path.split("/")[:n]): Directory() for n in range(1, path.count("/") + 1)}
    assert flat(edited) == {**above, **kept, path: new}


@given(trees_and_paths)
def test_a_removed_path_takes_what_is_below_with_it_and_nothing_else(where: tuple[Directory, str]) -> None:
    tree, path = where
    before = flat(tree)
    assert flat(tree.without(path)) == {
        each: node for each, node in before.items() if not f"{each}/".startswith(f"{path}/")
    }
    assert flat(tree) == before


def test_the_root_cannot_be_removed() -> None:
    assert ROOT.without("/") is ROOT


@given(trees)
def test_a_tree_is_rebuilt_from_its_walk(tree: Directory) -> None:
    walked = list(tree.walk())
    listing: dict[str, Node] = dict(walked)
    assert Directory.of(listing) == tree
    assert [path.split("/") for path, _ in walked] == sorted(path.split("/") for path, _ in walked)
    assert tree.files() == {path: node for path, node in walked if isinstance(node, File)}
    assert tree.size == sum(node.size for _, node in walked if not isinstance(node, Directory))


@given(trees, nodes)
def test_a_directory_put_over_a_directory_merges_with_it(tree: Directory, new: Node) -> None:
    if isinstance(new, Directory) and isinstance(tree.get("a"), Directory):
        over = {f"a/{path}": node for path, node in flat(new).items()}
        if any(
            f"{path}/".startswith(f"{each}/")
            for path in over
            for each, old in flat(tree).items()
            if not isinstance(old, Directory) and path != each
        ):
            return
        merged = flat(tree.with_node("a", new))
        assert merged.keys() >= over.keys()
        assert all(merged[path] == node for path, node in over.items())
        assert merged["a"] == Directory(mode=new.mode)


@pytest.mark.parametrize(
    ("path", "real"),
    [
        ("/", ""),
        ("/bin/sh", "usr/bin/busybox"),
        ("etc/alias", "usr/bin/busybox"),
        ("bin/up/passwd", "etc/passwd"),
        ("bin/../etc", "usr/etc"),  # `..` is that of where the link led
        ("../../etc/passwd", "etc/passwd"),  # the root is its own parent
        ("etc/self", None),
        ("etc/lost", None),
        ("etc/passwd/x", None),
        ("nothing", None),
    ],
)
def test_links_are_followed_as_linux_follows_them(path: str, real: str | None) -> None:
    tree = ROOT.with_node("usr/etc", Directory())
    found = tree.resolve(path)
    assert (found and found[0]) == real
    if found:
        assert found[1] is tree.get(found[0])


def test_a_path_may_lead_through_forty_links_and_no_more() -> None:
    chain: dict[str, Content] = {"0": "end", **{str(n): Symlink(str(n - 1)) for n in range(1, 42)}}
    tree = Directory.of(chain)
    assert tree.resolve("40") == ("0", File(b"end"))
    assert tree.resolve("41") is None


@given(trees, trees)
def test_the_differences_are_those_of_the_flat_listings(old: Directory, new: Directory) -> None:
    before, after = ({f"/{path}": node for path, node in flat(tree).items()} for tree in (old, new))
    told = [(path, letter) for letter, path in old.diff(new)]
    replaced = {path for path, node in before.items() if path in after and type(node) is not type(after[path])}

    def below(path: str, tops: set[str]) -> bool:
        return any(path.startswith(f"{top}/") for top in tops)

    added = after.keys() - before.keys()
    gone = before.keys() - after.keys()
    deleted = {path for path in gone if not below(path, gone | replaced)}  # what goes with its directory is not told
    differing = {path for path in before.keys() & after.keys() if before[path] != after[path]}
    inner = {
        path
        for path in before.keys() & after.keys()
        if any(below(each, {path}) for each in added | deleted | differing)
    }
    expected = dict.fromkeys(added, "A") | dict.fromkeys(deleted, "D") | dict.fromkeys(differing | inner, "C")
    assert dict(told) == expected
    assert len(told) == len(expected)


def test_differences_are_told_with_the_letters_of_docker_diff() -> None:
    old = Directory.of({"etc/motd": "hi", "etc/passwd": "root", "var/cache/a/b": "", "run": "", "usr/bin/sh": ""})
    new = Directory.of({"etc/motd": "ho", "etc/passwd": "root", "var/log/x": "", "run/pid": "1", "usr/bin/sh": ""})
    assert [f"{letter} {path}" for letter, path in old.diff(new)] == [
        "C /etc",
        "C /etc/motd",
        "C /run",  # a file that became a directory
        "A /run/pid",
        "C /var",
        "D /var/cache",  # what was in it went with it
        "A /var/log",
        "A /var/log/x",
    ]


@given(trees)
def test_a_tree_differs_from_itself_in_nothing(tree: Directory) -> None:
    assert list(tree.diff(Directory(tree.entries))) == []


def test_a_tree_is_drawn_with_one_node_a_line() -> None:
    tree = Directory.of({"bin": Symlink("usr/bin"), "etc/motd": "hi", "etc/x/y": "", "usr/bin/sh": ""})
    assert tree.render() == (
        "├── bin -> usr/bin\n"
        "├── etc/\n"
        "│   ├── motd\n"
        "│   └── x/\n"
        "│       └── y\n"
        "└── usr/\n"
        "    └── bin/\n"
        "        └── sh\n"
    )


def test_trees_cannot_be_changed_in_place() -> None:
    with pytest.raises(TypeError):
        ROOT.entries["new"] = File()  # type: ignore[index]


@given(st.binary())
def test_a_file_has_the_size_of_its_bytes(data: bytes) -> None:
    assert File(data).size == len(data)
    assert Symlink("é\udcff").size == 3
