"""An immutable file tree: what a root filesystem, a layer's changes and a container's view all are.

A tree is nested directories. An edit returns a new tree that shares every directory it did not touch with the old one,
so ten containers of one image cost ten small differences, not ten copies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from .errors import InvalidPath
from .value import Value, instance, mapping, shown

LINKS_FOLLOWED = 40  # as Linux does before it reports a loop
LONGEST_NAME, LONGEST_PATH = 255, 4095  # bytes, on Linux
DEEPEST = 200  # directories within directories: the model's own limit, since it walks them by recursion

# What no path holds: NUL, and surrogates that stand for no byte.
_UNSPEAKABLE = re.compile("[\0\ud800-\udc7f\udd00-\udfff]")


class File(Value):
    """A regular file: its bytes and its permission bits (setuid, setgid and sticky included)."""

    data: bytes
    mode: int

    def __init__(self, data: bytes = b"", mode: int = 0o644) -> None:
        """A file of these bytes, of which it keeps a copy if they can change. Raises `TypeError` for what is no bytes."""
        if not isinstance(data, bytes | bytearray | memoryview):
            raise TypeError(f"a file is made of bytes, not of {type(data).__name__}")
        self._set("data", bytes(data))
        self._set("mode", instance("mode", int, mode))

    @classmethod
    def script(cls, text: str) -> File:
        """An executable text file."""
        return cls(instance("text", str, text).encode(), 0o755)

    @property
    def size(self) -> int:
        """Length of the content in bytes."""
        return len(self.data)

    def rewritten(self) -> File:
        """The same file, written again: another object, which counts as changed where `written` is asked for."""
        return File(self.data, self.mode)


class Symlink(Value):
    """A symbolic link and the path that it holds, which need not exist but cannot be empty or have NUL in it."""

    target: str

    def __init__(self, target: str) -> None:
        """A link to `target`. Raises `InvalidPath`."""
        if not instance("target", str, target) or _UNSPEAKABLE.search(target):
            raise InvalidPath(f"invalid link target: {shown(target)}")
        self._set("target", target)

    @property
    def size(self) -> int:
        """Length of the target in bytes, which is what a link takes up."""
        return len(self.target.encode(errors="surrogateescape"))


class Directory(Value):
    """A directory: nodes by name, in no particular order. The root of a tree is one."""

    entries: MappingProxyType[str, Node]
    mode: int

    def __init__(self, entries: Mapping[str, Node] | None = None, mode: int = 0o755) -> None:
        """A directory of `entries`, of which it keeps a copy.

        Raises `InvalidPath` for a name that cannot be one: empty, `.`, `..`, or with `/` or NUL in it.
        """
        entries = mapping("entries", Node, {} if entries is None else entries)
        names = "".join(entries)
        if "/" in names or _UNSPEAKABLE.search(names) or not entries.keys().isdisjoint(("", ".", "..")):
            raise InvalidPath(f"invalid names in a directory: {shown(sorted(entries))}")
        self._set("entries", entries)
        self._set("mode", instance("mode", int, mode))

    @classmethod
    def _made(cls, entries: dict[str, Node], mode: int) -> Directory:
        """A directory of entries that have been checked, and that nobody else has."""
        made = cls.__new__(cls)
        cls._set(made, "entries", MappingProxyType(entries))
        cls._set(made, "mode", mode)
        return made

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Directory):
            return NotImplemented
        pending: list[tuple[Node, Node]] = [(self, other)]  # no recursion: a deep tree would go too deep for Python
        while pending:
            one, two = pending.pop()
            if isinstance(one, Directory) and isinstance(two, Directory) and one is not two:
                if one.mode != two.mode or one.entries.keys() != two.entries.keys():
                    return False
                pending += ((child, two.entries[name]) for name, child in one.entries.items())
            elif one is not two and one != two:
                return False
        return True

    __hash__ = Value.__hash__

    @classmethod
    def _unpickled(cls, nodes: dict[str, Node], mode: int) -> Directory:
        root = Builder(Directory(mode=mode))
        for path, found in nodes.items():
            root.put(split(path), found)
        return root.build()

    def __reduce__(self) -> tuple[Callable[..., Directory], tuple[Any, ...]]:
        """Pickle it path by path, without recursion too."""
        nodes = {path: Directory(mode=it.mode) if isinstance(it, Directory) else it for path, it in self.walk()}
        return Directory._unpickled, (nodes, self.mode)

    @classmethod
    def of(cls, files: Mapping[str, Content]) -> Directory:
        """A tree from paths to text, bytes or nodes; directories in between are made, with mode 0755.

        Raises `InvalidPath` for an empty path, for `..` in one, for a path that leads through a file or a link, and for a
        second content of the same place.
        """
        root = Builder()
        places: set[tuple[str, ...]] = set()
        for path, content in mapping("files", object, files).items():
            names = parts(path)
            root.put(names, node(content), replace=False)
            places.add(tuple(names))
        if len(places) < len(files):  # two directories would have merged
            raise InvalidPath(f"two contents for one path: {shown(sorted(files))}")
        return root.build()

    def get(self, path: str) -> Node | None:
        """The node at `path`, or None. Links are not followed."""
        found: Node = self
        for name in split(path):
            if not isinstance(found, Directory) or name not in found.entries:
                return None
            found = found.entries[name]
        return found

    def resolve(self, path: str) -> tuple[str, Node] | None:
        """Where `path` leads when links are followed, as Linux does: the real path and its node, or None."""
        pending = split(path)[::-1]
        walked: list[tuple[str, Node]] = [("", self)]  # the names on the way here, with their nodes
        links = 0
        while True:
            name, here = walked[-1]
            if isinstance(here, Symlink):
                links += 1
                if links > LINKS_FOLLOWED:
                    return None
                del walked[1 if here.target.startswith("/") else -1 :]
                pending += split(here.target)[::-1]
            elif not pending:
                return "/".join(name for name, _ in walked[1:]), here
            elif not isinstance(here, Directory):
                return None
            elif (name := pending.pop()) == "..":
                del walked[max(1, len(walked) - 1) :]
            elif name in here.entries:
                walked.append((name, here.entries[name]))
            else:
                return None

    def with_node(self, path: str, content: Content, *, merge: bool = True) -> Directory:
        """A tree in which `path` holds `content`; missing directories are made.

        A directory merges with one that is there, unless it is not to `merge`. Raises `InvalidPath` as `of` does.
        """
        return self._with(parts(path), node(content), merge)

    def _with(self, names: list[str], new: Node, merge: bool) -> Directory:
        name, *rest = names
        old = self.entries.get(name)
        if rest:
            if not isinstance(old, Directory | None):
                raise InvalidPath(f"not a directory: {shown(name)}")
            new = (old or Directory())._with(rest, new, merge)
        elif merge and isinstance(old, Directory) and isinstance(new, Directory):
            new = old._merged(new)
        return self._made(self.entries | {name: new}, self.mode)

    def _merged(self, new: Directory) -> Directory:
        entries = self.entries.copy()
        for name, child in new.entries.items():
            old = entries.get(name)
            if isinstance(old, Directory) and isinstance(child, Directory):
                child = old._merged(child)
            entries[name] = child
        return self._made(entries, new.mode)

    def without(self, path: str) -> Directory:
        """A tree in which `path`, and all below it, is absent."""
        names = split(path)
        return self if not names or self.get(path) is None else self._without(names)

    def _without(self, names: list[str]) -> Directory:
        name, *rest = names
        entries = self.entries.copy()
        below = entries.pop(name)
        if rest and isinstance(below, Directory):
            entries[name] = below._without(rest)
        return self._made(entries, self.mode)

    def walk(self, prefix: str = "") -> Iterator[tuple[str, Node]]:
        """Every path below this directory with its node, parents first, names in order."""
        for name in sorted(self.entries):
            child = self.entries[name]
            yield prefix + name, child
            if isinstance(child, Directory):
                yield from child.walk(f"{prefix}{name}/")

    def nodes(self) -> Iterator[Node]:
        """This directory, and everything below it."""
        waiting: list[Node] = [self]
        while waiting:
            found = waiting.pop()
            yield found
            if isinstance(found, Directory):
                waiting.extend(found.entries.values())

    def fresh(self, newer: Directory) -> Iterator[Node]:
        """Everything in `newer` that is not the very same object here."""
        waiting = [(self, newer)]
        while waiting:
            older, newer = waiting.pop()
            for name, child in newer.entries.items():
                old = older.entries.get(name)
                if child is old:
                    continue
                if not isinstance(child, Directory):
                    yield child
                elif isinstance(old, Directory):
                    yield child
                    waiting.append((old, child))
                else:
                    yield from child.nodes()

    def files(self) -> dict[str, File]:
        """The regular files by path."""
        return {path: found for path, found in self.walk() if isinstance(found, File)}

    @property
    def size(self) -> int:
        """Bytes of all files and links below, directories being free."""
        return sum(child.size for child in self.entries.values())

    def diff(self, newer: Directory, prefix: str = "/", *, written: bool = False) -> Iterator[tuple[str, str]]:
        """What `newer` has that this tree has not, as `docker diff` tells it: A added, C changed, D deleted.

        A directory counts as changed when anything in it is. With `written`, so does a file that was written anew with
        the content that it had. Paths come sorted (a real engine's order is undefined).
        """
        for name in sorted({*self.entries, *newer.entries}):
            path, old, new = prefix + name, self.entries.get(name), newer.entries.get(name)
            if new is None:
                yield "D", path
            elif old is None or type(old) is not type(new):
                yield "A" if old is None else "C", path
                if isinstance(new, Directory):
                    yield from Directory().diff(new, f"{path}/")
            elif differs(old, new, written=written):
                yield "C", path
                if isinstance(old, Directory) and isinstance(new, Directory):
                    yield from old.diff(new, f"{path}/", written=written)

    def render(self) -> str:
        """The tree drawn with lines, one node a line."""
        lines: list[str] = []
        self._render("", lines)
        return "".join(lines)

    def _render(self, indent: str, lines: list[str]) -> None:
        names = sorted(self.entries)
        for name in names:
            child, last = self.entries[name], name == names[-1]
            mark = "/" if isinstance(child, Directory) else f" -> {child.target}" if isinstance(child, Symlink) else ""
            lines.append(f"{indent}{'└── ' if last else '├── '}{name}{mark}\n")
            if isinstance(child, Directory):
                child._render(indent + ("    " if last else "│   "), lines)


Node: TypeAlias = File | Symlink | Directory
Content: TypeAlias = str | bytes | Node


def differs(old: Node, new: Node, *, written: bool = False) -> bool:
    """Whether two nodes are not alike; with `written`, whether a file in or at them has been written anew."""
    if not written or old is new:
        return old is not new and old != new
    if not isinstance(old, Directory) or not isinstance(new, Directory):
        return True
    if old.mode != new.mode or old.entries.keys() != new.entries.keys():
        return True
    return any(differs(child, new.entries[name], written=True) for name, child in old.entries.items())


def depth(found: Node) -> int:
    """How many directories of a tree are within each other; none for a file."""
    if not isinstance(found, Directory):
        return 0
    return 1 + max(map(depth, found.entries.values()), default=0)


def node(content: Content) -> Node:
    """Text and bytes become regular files; nodes stay as they are. Raises `TypeError` for anything else."""
    if isinstance(content, str):
        content = content.encode()
    return content if isinstance(content, Node) else File(content)


def split(path: str) -> list[str]:
    """The names in a path, with `/` at its ends, doubled `/` and `.` ignored."""
    return [name for name in instance("path", str, path).split("/") if name not in ("", ".")]


def parts(path: str) -> list[str]:
    """The names in the path of a new file.

    Raises `InvalidPath` if it is the root, has `..` or NUL in it, or is longer than Linux (or deeper than the model) takes.
    """
    names = split(path)
    if not names or ".." in names or _UNSPEAKABLE.search(path):
        raise InvalidPath(f"invalid path: {shown(path)}")
    lengths = [len(name.encode(errors="surrogateescape")) for name in names]
    if max(lengths) > LONGEST_NAME or sum(lengths) + len(names) > LONGEST_PATH or len(names) > DEEPEST:
        raise InvalidPath(f"path too long: {path[:40]!r}...")
    return names


class Builder:
    """A tree under construction. Only directories that an edit passes through are copied."""

    def __init__(self, start: Directory | None = None) -> None:
        start = start or Directory()
        self.entries: dict[str, Node | Builder] = {**start.entries}
        self.mode = start.mode

    def get(self, names: list[str]) -> Node | Builder | None:
        """The node at the path made of `names`, which is a builder where a directory has been edited."""
        here: Node | Builder | None = self
        for name in names:
            here = here.entries.get(name) if isinstance(here, Builder | Directory) else None
        return here

    def put(self, names: list[str], new: Node, *, replace: bool = True) -> None:
        """Put `new` at the path made of `names`, as unpacking would: a directory merges with a directory there.

        Raises `InvalidPath` if the path leads through something that is not a directory or, unless it is to `replace`,
        to something else that is there already.
        """
        *above, last = names
        here = self
        for name in above:
            here = here._thawed(name)
        if isinstance(new, Directory) and isinstance(here.entries.get(last), Builder | Directory):
            merged = here._thawed(last)
            merged.mode = new.mode
            for name, child in new.entries.items():
                merged.put([name], child, replace=replace)
        elif replace or here.entries.get(last) in (None, new):
            here.entries[last] = new
        else:
            raise InvalidPath(f"two contents for one path: {shown('/'.join(names))}")

    def _thawed(self, name: str) -> Builder:
        below = self.entries.get(name)
        if below is None or isinstance(below, Directory):
            below = self.entries[name] = Builder(below)
        elif not isinstance(below, Builder):
            raise InvalidPath(f"not a directory: {shown(name)}")
        return below

    def build(self) -> Directory:
        """The finished tree."""
        built = {name: found.build() if isinstance(found, Builder) else found for name, found in self.entries.items()}
        return Directory._made(built, self.mode)
