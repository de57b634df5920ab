"""What hypothesis draws: file trees, changes to them, image names."""

from __future__ import annotations

from hypothesis import strategies as st

from dockerlearn.model.reference import Reference
from dockerlearn.model.tree import Directory, File, Node, Symlink

# Few names, so that trees meet; some that sort oddly around whiteouts, or that a tar cannot hold in ASCII.
NAMES = ("a", "b", "c", "-", "z z", "é", "line\nbreak", "n" * 120)

names = st.sampled_from(NAMES)
paths = st.lists(names, min_size=1, max_size=4).map("/".join)
modes = st.sampled_from((0o644, 0o600, 0o755, 0o1777, 0o4755))
files = st.builds(File, st.binary(max_size=20), modes)
links = st.builds(Symlink, st.sampled_from(("a", "/b/c", "../x", "é", "t" * 130)))
leaves = files | links


def empty(mode: int) -> Directory:
    return Directory(mode=mode)


def directories(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Directory]:
    return st.builds(Directory, st.dictionaries(names, children, max_size=4), modes)


nodes: st.SearchStrategy[Node] = st.recursive(leaves | modes.map(empty), directories, max_leaves=12)
trees = st.dictionaries(names, nodes, max_size=5).map(Directory)  # the root's own mode is always 0755
trees_and_paths = trees.flatmap(
    lambda tree: st.tuples(st.just(tree), paths | st.sampled_from([path for path, _ in tree.walk()] or ["a"]))
)  # a tree, and a path that is often in it

# A step as a person would tell it: paths that appear, and paths that go. Paths through files are left out.
steps = st.tuples(st.dictionaries(paths, leaves, max_size=4), st.lists(paths, max_size=4)).filter(
    lambda step: (
        not any(f"{path}/".startswith(f"{file}/") for path in [*step[0], *step[1]] for file in step[0] if path != file)
    )
)

# Image names

_lower = "abcdefghijklmnopqrstuvwxyz0123456789"
words = st.text(_lower, min_size=1, max_size=8)
separators = st.sampled_from((".", "_", "__", "-", "---"))
components = st.builds(
    lambda first, rest: first + "".join(separator + word for separator, word in rest),
    words,
    st.lists(st.tuples(separators, words), max_size=2),
)
repositories = st.lists(components, min_size=1, max_size=4).map("/".join) | st.integers(240, 255).map("a".__mul__)
labels = st.from_regex(r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,6}[a-zA-Z0-9])?", fullmatch=True)
hosts = st.one_of(
    st.just("localhost"),
    st.lists(labels, min_size=2, max_size=4).map(".".join),
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map(lambda address: f"[{address.exploded}]"),  # the grammar has no form with dots
    labels.filter(lambda label: label != label.lower()),
)
domains = st.one_of(
    st.just("docker.io"),
    st.builds(lambda host, port: f"{host}:{port}" if port else host, hosts, st.none() | st.integers(0, 99999)),
).filter(lambda domain: domain not in ("index.docker.io",))
tags = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", fullmatch=True)
digests = st.builds(
    lambda algorithm, data: f"{algorithm[0]}:" + data.ljust(algorithm[1], "0")[: algorithm[1]],
    st.sampled_from((("sha256", 64), ("sha384", 96), ("sha512", 128))),
    st.text("0123456789abcdef", max_size=128),
)


def _completed(domain: str, path: str, tag: str | None, digest: str | None) -> Reference:
    if domain == "docker.io" and "/" not in path:
        path = f"library/{path}"
    return Reference(domain, path[:255].rstrip("._-/"), tag, digest)


references = st.builds(_completed, domains, repositories, st.none() | tags, st.none() | digests)
