"""A container's root file system: the image's tree, the writable layer on it, and what is mounted over both.

Measured on Engine 28.5.2 (overlay2): what is written to a mounted path never reaches the writable layer, and a file that
is written again counts as changed even if its content is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from datetime import datetime

from .errors import InvalidPath
from .filler import Filler
from .layer import Layer
from .overlay import Overlay
from .resources import Disk, Work
from .tree import DEEPEST, Directory, File, Node, Symlink, depth, split

# What the engine lays between image and writable layer: places for what it mounts.
PLACES: dict[str, Node] = {
    ".dockerenv": File(mode=0o755),
    "dev/console": File(mode=0o755),
    "dev/pts": Directory(),
    "dev/shm": Directory(),
    "etc/hostname": File(mode=0o755),
    "etc/hosts": File(mode=0o755),
    "etc/mtab": Symlink("/proc/mounts"),
    "etc/resolv.conf": File(mode=0o755),
    "proc": Directory(),
    "sys": Directory(),
}
OWN_FILES = ("etc/hostname", "etc/hosts", "etc/resolv.conf")


class Mount:
    """Something that hides a path of the container: a volume, or one of the files that the engine writes."""

    def __init__(self, node: Node) -> None:
        self.node = node


class Volume(Mount):
    """A volume: a directory that belongs to no container, and outlives them all."""

    def __init__(self, name: str, node: Node, created: datetime) -> None:
        super().__init__(node)
        self.name, self.created = name, created


def with_places(image: Directory) -> Directory:
    """An image's tree with the places that the engine makes for what it mounts."""
    for path, found in PLACES.items():
        if image.get(path) is None or isinstance(found, Symlink):
            image = image.with_node(path, found)
    return image


def _empty(found: Node) -> Node:
    """What the engine puts where something like it is to be mounted."""
    return Directory() if isinstance(found, Directory) else File()


def _sum(nodes: Iterable[Node]) -> tuple[int, int]:
    """The bytes of some files, and how many files and directories there are."""
    sizes = [0 if isinstance(each, Directory) else each.size for each in nodes]
    return sum(sizes), len(sizes)


class Rootfs(MutableMapping[str, str]):
    """The files of a container. As a mapping, it is the text of regular files by path, links followed. `work` pays for fillers.

    A path that is no file is missing (`KeyError`), or a directory; to read that, or write where no file can be, raises an
    `OSError` with Linux's reason.
    """

    def __init__(
        self, image: Directory, mounts: Mapping[str, Mount], disk: Disk | None = None, work: Work | None = None
    ) -> None:
        self.lower = self.upper = with_places(image)
        self.overlay = Overlay(self.lower)
        self.mounts = dict(mounts)
        self._disk, self._work = disk or Disk(lambda: _sum(self.written())), work or Work()
        self._seen: Directory | None = None
        self._copied_up: tuple[str, ...] = ()

    @property
    def tree(self) -> Directory:
        """What the container sees: all layers merged, mounts in their places."""
        if self._seen is None:
            self._seen = self.upper
            for path, mount in self.mounts.items():
                self._seen = self._seen.with_node(path, mount.node, merge=False)
        return self._seen

    def mount(self, path: str, node: Node) -> None:
        """Let a mounted path hold `node`."""
        self.mounts[path].node, self._seen = node, None

    def make_mount_points(self) -> None:
        """Make, in the writable layer, the directories for what is mounted where the image has none."""
        for path, mount in self.mounts.items():
            names = split(path)
            paths = ("/".join(names[: number + 1]) for number in range(len(names)))
            missing = next((each for each in paths if self.upper.get(each) is None), None)
            if missing is not None:
                self.upper, self._seen = self.upper.with_node(path, _empty(mount.node)), None
                self.overlay.write(missing, Directory())

    def edit(self, change: Callable[[Directory], Directory]) -> None:
        """Let what the container sees become what `change` makes of it: mounts keep their part, the layer gets the rest."""
        self.make_mount_points()
        upper = change(self.tree)
        nodes: dict[str, Node] = {}
        for path, mount in self.mounts.items():
            nodes[path] = upper.get(path) or _empty(mount.node)
            upper = upper.with_node(path, self.upper.get(path) or _empty(mount.node), merge=False)
        for path, found in nodes.items():  # only now that nothing is refused any more
            self.mounts[path].node = found
        self.upper, self._seen = upper, None

    def place(self, path: str) -> str:
        """Where a new file of that name would really lie. Raises `OSError`."""
        found = self.tree.resolve(path)
        if found is not None:
            return found[0]
        *above, name = split(path) or [""]
        parent = self.tree.resolve("/".join(above))
        if not name or parent is None:
            raise FileNotFoundError("No such file or directory")
        if not isinstance(parent[1], Directory):
            raise NotADirectoryError("Not a directory")
        return f"{parent[0]}/{name}".lstrip("/")

    def put(self, path: str, new: Node, *, instead: bool = False) -> None:
        """Write a node, into a file that is there, or `instead` of it.

        Raises `OSError` if its directory is missing, or the disk is full.
        """
        real = self.place(path)
        if len(split(real)) + depth(new) > DEEPEST:
            raise OSError("File name too long")
        size, count = _sum(new.nodes() if isinstance(new, Directory) else (new,))
        self._disk.take(size, count - (self.tree.get(real) is not None))
        try:
            self.edit(lambda tree: tree.with_node(real, new, merge=False))
        except InvalidPath as error:
            raise FileNotFoundError("No such file or directory") from error
        if not self._is_mounted(real):
            self.overlay.write(real, new, instead=instead)

    def chmod(self, path: str, mode: int) -> None:
        """Set the mode of a file or a directory. A file keeps its content, and the time that it was written at."""
        real, found = self.tree.resolve(path) or ("", None)
        if isinstance(found, File | Directory):
            kept = real in self.overlay.untouched or self.lower.get(real) is self.upper.get(real)
            self.put(real, found.replace(mode=mode))
            if kept and isinstance(found, File) and self.overlay.below(real):
                self.overlay.untouched.add(real)

    def move(self, source: str, target: str, new: Node) -> None:
        """Put a file that is to be `new` at another place, instead of what is there. Raises `OSError` as `put` does."""
        came_from_below = isinstance(self.overlay.below(source), File)
        self.put(target, new, instead=True)
        if came_from_below:
            self.overlay.raise_to(source)
            self.overlay.mark(self.place(target).rpartition("/")[0])
        del self[source]

    def _note_removal(self, path: str, old: Node) -> None:
        """Note that what was at a path has gone, but for what something is mounted in: that is only emptied."""
        if isinstance(old, Directory) and any(mount.startswith(f"{path}/") for mount in self.mounts):
            for name, child in old.entries.items():
                self._note_removal(f"{path}/{name}", child)
        elif not self._is_mounted(path):
            self.overlay.remove(path, old)

    def _is_mounted(self, path: str) -> bool:
        """Whether what is at a path lies in something that is mounted, and so in no layer."""
        return any(f"{path}/".startswith(f"{mount}/") for mount in self.mounts)

    def __getitem__(self, path: str) -> str:
        found = self.tree.resolve(path)
        if path == "/dev/null":
            return ""
        if found is not None and isinstance(found[1], Directory):
            raise IsADirectoryError("Is a directory")
        if found is None or not isinstance(found[1], File):
            raise KeyError(path)
        if isinstance(found[1], Filler):
            self._work.spend(0, found[1].size)  # before its bytes are made
        return found[1].data.decode(errors="surrogateescape")

    def __contains__(self, path: object) -> bool:
        found = self.tree.resolve(str(path))
        return found is not None and isinstance(found[1], File)

    def __setitem__(self, path: str, text: str) -> None:
        found = self.tree.resolve(path)
        if found is not None and isinstance(found[1], Directory):
            raise IsADirectoryError("Is a directory")
        mode = found[1].mode if found is not None and isinstance(found[1], File) else 0o644
        self.put(path, File(text.encode(errors="surrogateescape"), mode))

    def __delitem__(self, path: str) -> None:
        real, old = "/".join(split(path)), self.tree.get(path)
        self.edit(lambda tree: tree.without(path))
        if old is not None:
            self._note_removal(real, old)

    def __iter__(self) -> Iterator[str]:
        return iter(self.tree.files())

    def __len__(self) -> int:
        return len(self.tree.files())

    def written(self) -> Iterator[Node]:
        """All that was written, and is there still: in the writable layer, and in what is mounted."""
        yield from self.lower.fresh(self.upper)
        for mount in self.mounts.values():
            yield mount.node
            if isinstance(mount.node, Directory):
                yield from mount.node.nodes()

    def diff(self, *, compared: bool = False) -> list[tuple[str, str]]:
        """The writable layer as `docker diff` tells it: A added, C changed, D deleted, paths sorted; see `compared`."""
        return list(self.lower.diff(self.compared if compared else self.upper, written=True))

    def copy_up(self) -> None:
        """Let the places of the engine's own files lie in the writable layer, unchanged: there `diff` finds no change."""
        self._copied_up = OWN_FILES
        self.overlay.raise_to(OWN_FILES[0])

    @property
    def compared(self) -> Directory:
        """What the container has written, for whoever compares files: one that was only copied up is as it was."""
        upper = self.upper
        for path in self.overlay.untouched:
            found = self.lower.get(path)
            if found is not None and upper.get(path) == found:
                upper = upper.with_node(path, found)
        return upper

    @property
    def compared_layer(self) -> Layer:
        """What `docker commit` makes of it where it compares files: see `compared`."""
        return Layer.between(self.lower, self.compared, written=True)

    @property
    def layer(self) -> Layer:
        """The writable layer, all that is in it: what `docker commit` would make of it."""
        upper = self.upper
        for path in self._copied_up:
            found = upper.get(path)
            if isinstance(found, File):
                upper = upper.with_node(path, found.rewritten())
        return Layer.between(self.lower, upper, written=True)
