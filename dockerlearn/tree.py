"""An immutable file tree: what a root filesystem, a layer's changes and a container's view all are.

A tree is nested directories. An edit returns a new tree that shares every directory it did not touch with the old one,
so ten containers of one image cost ten small differences, not ten copies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from .errors import InvalidPath

LINKS_FOLLOWED = 40  # as Linux does before it reports a loop


@dataclass(frozen=True, slots=True)
class File:
    """A regular file: its bytes and its permission bits."""

    data: bytes = b""
    mode: int = 0o644

    @classmethod
    def script(cls, text: str) -> File:
        """An executable text file."""
        return cls(text.encode(), 0o755)

    @property
    def size(self) -> int:
        """Length of the content in bytes."""
        return len(self.data)


@dataclass(frozen=True, slots=True)
class Symlink:
    """A symbolic link and the path that it holds, which need not exist."""

    target: str

    @property
    def size(self) -> int:
        """Length of the target in bytes, which is what a link takes up."""
        return len(self.target.encode())


@dataclass(frozen=True, slots=True)
class Directory:
    """A directory: nodes by name. The root of a tree is one."""

    entries: Mapping[str, Node] = field(default_factory=dict)
    mode: int = 0o755

    def __post_init__(self) -> None:
        object.__setattr__(self, "entries", MappingProxyType(dict(self.entries)))

    @classmethod
    def of(cls, files: Mapping[str, Content]) -> Directory:
        """A tree from paths to text, bytes or nodes; directories in between are made.

        Raises `InvalidPath` for an empty path, for `.` or `..` in one, and for a path that leads through a file.
        """
        root = Builder()
        for path, content in files.items():
            root.put(parts(path), node(content))
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
        pending = split(path)
        walked: list[str] = []
        for _ in range(LINKS_FOLLOWED):
            here = self.get("/".join(walked))
            while pending and isinstance(here, Directory):
                name = pending.pop(0)
                if name == "..":
                    walked = walked[:-1]
                else:
                    walked.append(name)
                here = self.get("/".join(walked))
            if not isinstance(here, Symlink):
                return None if pending or here is None else ("/".join(walked), here)
            base = [] if here.target.startswith("/") else walked[:-1]
            pending = base + split(here.target) + pending
            walked = []
        return None

    def with_node(self, path: str, content: Content) -> Directory:
        """A tree in which `path` holds `content`; missing directories are made. Raises `InvalidPath` as `of` does."""
        root = Builder(self)
        root.put(parts(path), node(content))
        return root.build()

    def without(self, path: str) -> Directory:
        """A tree in which `path`, and all below it, is absent."""
        names = split(path)
        if not names or self.get(path) is None:
            return self
        return self._replace(names, None)

    def _replace(self, names: list[str], new: Node | None) -> Directory:
        name, *rest = names
        entries = dict(self.entries)
        below = entries.pop(name)
        if rest and isinstance(below, Directory):
            new = below._replace(rest, new)
        if new is not None:
            entries[name] = new
        return Directory(entries, self.mode)

    def walk(self, prefix: str = "") -> Iterator[tuple[str, Node]]:
        """Every path below this directory with its node, parents first, names in order."""
        for name in sorted(self.entries):
            child = self.entries[name]
            yield prefix + name, child
            if isinstance(child, Directory):
                yield from child.walk(f"{prefix}{name}/")

    def files(self) -> dict[str, File]:
        """The regular files by path."""
        return {path: found for path, found in self.walk() if isinstance(found, File)}

    @property
    def size(self) -> int:
        """Bytes of all files and links below, directories being free."""
        return sum(child.size for child in self.entries.values())

    def diff(self, newer: Directory, prefix: str = "/") -> Iterator[tuple[str, str]]:
        """What `newer` has that this tree has not, as `docker diff` tells it: A added, C changed, D deleted.

        A directory counts as changed when anything in it is. Paths come sorted (a real engine's order is undefined).
        """
        for name in sorted({*self.entries, *newer.entries}):
            path, old, new = prefix + name, self.entries.get(name), newer.entries.get(name)
            if new is None:
                yield "D", path
            elif old is None or type(old) is not type(new):
                yield "A" if old is None else "C", path
                if isinstance(new, Directory):
                    yield from Directory().diff(new, f"{path}/")
            elif old is not new and old != new:
                yield "C", path
                if isinstance(old, Directory) and isinstance(new, Directory):
                    yield from old.diff(new, f"{path}/")

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


def node(content: Content) -> Node:
    """Text and bytes become regular files; nodes stay as they are."""
    if isinstance(content, str):
        content = content.encode()
    return File(content) if isinstance(content, bytes) else content


def split(path: str) -> list[str]:
    """The names in a path, with `/` at its ends, doubled `/` and `.` ignored."""
    return [name for name in path.split("/") if name not in ("", ".")]


def parts(path: str) -> list[str]:
    """The names in a path that is to be made. Raises `InvalidPath` if it is the root, or has `..` or NUL in it."""
    names = split(path)
    if not names or ".." in names or "\0" in path:
        raise InvalidPath(f"invalid path: {path!r}")
    return names


class Builder:
    """A tree under construction: thaws only the directories that an edit passes through."""

    def __init__(self, start: Directory | None = None) -> None:
        start = start or Directory()
        self.entries: dict[str, Node | Builder] = dict(start.entries)
        self.mode = start.mode

    def put(self, names: list[str], new: Node) -> None:
        """Put `new` at the path made of `names`. Raises `InvalidPath` if it leads through something not a directory."""
        here = self
        for name in names[:-1]:
            below = here.entries.get(name)
            if below is None or isinstance(below, Directory):
                below = here.entries[name] = Builder(below)
            elif not isinstance(below, Builder):
                raise InvalidPath(f"not a directory: {name!r} in {'/'.join(names)!r}")
            here = below
        old = here.entries.get(names[-1])
        if isinstance(new, Directory) and not new.entries and isinstance(old, Builder | Directory):
            new_builder = old if isinstance(old, Builder) else Builder(old)
            new_builder.mode = new.mode
            here.entries[names[-1]] = new_builder
        else:
            here.entries[names[-1]] = new

    def build(self) -> Directory:
        """The finished tree."""
        built = {name: found.build() if isinstance(found, Builder) else found for name, found in self.entries.items()}
        return Directory(built, self.mode)
