"""A layer: the changes that one step made to a file tree, kept as a tar archive.

Rules from the OCI image specification 1.1, layer.md:

- an added or changed file is stored whole, and every parent directory has an entry;
- a deleted `name` is an empty file `.wh.name` beside it, a *whiteout*;
- a directory that hides all that lies below it holds an empty file `.wh..wh..opq`: it is *opaque*;
- whiteouts act on the layers below only, wherever they stand in the archive.

So a layer's changes are themselves a file tree, with these special names in it.
"""

from __future__ import annotations

import io
import struct
import tarfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, reduce

from .digest import sha256
from .errors import InvalidArchive, InvalidPath
from .tree import Builder, Content, Directory, File, Node, Symlink, parts, split

WHITEOUT = ".wh."
OPAQUE = ".wh..wh..opq"
MARK = File()  # the content of a whiteout: nothing
STORED_BLOCK = 65535  # most bytes that a stored deflate block can hold


class Layer:
    """An immutable set of changes. Two layers are equal if their archives are: a layer *is* its tar."""

    def __init__(self, changes: Directory, received: bytes | None = None) -> None:
        self.changes = changes
        self._received = received  # kept as it came: writing it anew could change its digest

    @classmethod
    def of(
        cls, files: Mapping[str, Content] | None = None, *, deleted: Iterable[str] = (), opaque: Iterable[str] = ()
    ) -> Layer:
        """A layer that adds or replaces `files`, deletes paths and makes directories opaque.

        Raises `InvalidPath` for a path that no layer can hold.
        """
        added = Directory.of(files or {})
        for path, _ in added.walk():
            _ordinary(path)
        root = Builder(added)
        for path in opaque:
            root.put([*_ordinary(path), OPAQUE], MARK)
        for path in deleted:
            *above, name = _ordinary(path)
            remade = added.get(path)
            if isinstance(remade, Directory):  # a whiteout beside it would not hide what lay in the old one
                root.put([*above, name, OPAQUE], MARK)
            elif remade is None:
                root.put([*above, WHITEOUT + name], MARK)
        return cls(root.build())

    @classmethod
    def from_tar(cls, tar: bytes) -> Layer:
        """Read an uncompressed layer archive; its bytes, and so its diff ID, are kept as they are.

        Raises `InvalidArchive` if it is no tar, or has an entry outside its root, a device, or a link to nothing.
        """
        root = Builder()
        seen: dict[str, File] = {}
        try:
            with tarfile.open(fileobj=io.BytesIO(tar), mode="r:") as archive:
                for member in archive:
                    if not split(member.name):
                        continue  # the root itself
                    names = parts(member.name)
                    found = _read(archive, member, seen)
                    if isinstance(found, File):
                        seen["/".join(names)] = found
                    root.put(names, found)
        except (tarfile.TarError, InvalidPath) as error:
            raise InvalidArchive(f"invalid layer: {error}") from error
        return cls(root.build(), tar)

    @cached_property
    def tar(self) -> bytes:
        """The archive: names sorted, parents first, whiteouts before their siblings, owner 0, time 0."""
        if self._received is not None:
            return self._received
        pieces = []
        for path, found in _entries(self.changes):
            header = tarfile.TarInfo(path)
            header.mode = 0o777 if isinstance(found, Symlink) else found.mode
            if isinstance(found, Directory):
                header.type = tarfile.DIRTYPE
            elif isinstance(found, Symlink):
                header.type, header.linkname = tarfile.SYMTYPE, found.target
            else:
                header.size = found.size
            pieces.append(header.tobuf(tarfile.PAX_FORMAT))
            if isinstance(found, File):
                pieces += (found.data, bytes(-found.size % tarfile.BLOCKSIZE))
        pieces.append(bytes(2 * tarfile.BLOCKSIZE))
        return b"".join(pieces)

    @cached_property
    def diff_id(self) -> str:
        """Digest of the uncompressed archive: what `docker image inspect` lists under RootFS.Layers."""
        return sha256(self.tar)

    @cached_property
    def blob(self) -> bytes:
        """The archive as a registry keeps it: gzip.

        The deflate blocks are of the *stored* kind, so that the bytes are the same whichever zlib is at hand.
        """
        pieces = [b"\x1f\x8b\x08" + bytes(6) + b"\xff"]
        for start in range(0, len(self.tar), STORED_BLOCK):
            block = self.tar[start : start + STORED_BLOCK]
            final = start + STORED_BLOCK >= len(self.tar)
            pieces += (struct.pack("<BHH", final, len(block), len(block) ^ 0xFFFF), block)
        pieces.append(struct.pack("<II", zlib.crc32(self.tar), len(self.tar) & 0xFFFFFFFF))
        return b"".join(pieces)

    @cached_property
    def digest(self) -> str:
        """Digest of the compressed blob: what `docker pull` prints, and what a registry stores it under."""
        return sha256(self.blob)

    @cached_property
    def size(self) -> int:
        """Bytes that the layer adds on disk: its files and link targets, a hard-linked file once."""
        if self._received is None:
            return self.changes.size
        with tarfile.open(fileobj=io.BytesIO(self.tar), mode="r:") as archive:
            return sum(len(m.linkname.encode()) if m.issym() else m.size for m in archive)

    def apply(self, lower: Directory) -> Directory:
        """The tree seen when this layer lies on `lower`."""
        return _merge(lower, self.changes)

    @classmethod
    def between(cls, lower: Directory, upper: Directory) -> Layer:
        """The layer that turns `lower` into `upper`."""
        return cls(_changes(lower, upper))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Layer) and self.diff_id == other.diff_id

    def __hash__(self) -> int:
        return hash(self.diff_id)

    def __repr__(self) -> str:
        return f"<Layer {self.diff_id[:19]} {self.size} bytes>"


def union(layers: Iterable[Layer]) -> Directory:
    """The one file tree that a stack of layers, bottom first, is seen as."""
    return reduce(lambda lower, layer: layer.apply(lower), layers, Directory())


def _merge(lower: Directory, changes: Directory) -> Directory:
    # Two passes: whiteouts concern the lower tree only, never an entry of the same layer.
    entries = {} if OPAQUE in changes.entries else dict(lower.entries)
    for name in changes.entries:
        if name.startswith(WHITEOUT):
            entries.pop(name.removeprefix(WHITEOUT), None)
    for name, change in changes.entries.items():
        if name.startswith(WHITEOUT):
            continue
        if isinstance(change, Directory):
            below = entries.get(name)
            change = _merge(below if isinstance(below, Directory) else Directory(), change)
        entries[name] = change
    return Directory(entries, changes.mode)


def _changes(lower: Directory, upper: Directory) -> Directory:
    entries: dict[str, Node] = {}
    gone = lower.entries.keys() - upper.entries.keys()
    if gone and len(gone) == len(lower.entries):
        entries[OPAQUE] = MARK
    else:
        entries = {WHITEOUT + name: MARK for name in gone}
    for name, new in upper.entries.items():
        old = lower.entries.get(name)
        if old is new or old == new:
            continue
        entries[name] = _changes(old, new) if isinstance(old, Directory) and isinstance(new, Directory) else new
    return Directory(entries, upper.mode)


def _entries(directory: Directory, prefix: str = "") -> Iterator[tuple[str, Node]]:
    for name in sorted(directory.entries, key=lambda name: (not name.startswith(WHITEOUT), name)):
        found = directory.entries[name]
        yield prefix + name, found
        if isinstance(found, Directory):
            yield from _entries(found, f"{prefix}{name}/")


def _ordinary(path: str) -> list[str]:
    names = parts(path)
    if any(name.startswith(WHITEOUT) for name in names):
        raise InvalidPath(f"invalid path: {path!r}: names that begin with {WHITEOUT} mark deletions")
    return names


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo, seen: Mapping[str, File]) -> Node:
    if member.isdir():
        return Directory(mode=member.mode)
    if member.issym():
        return Symlink(member.linkname)
    if member.islnk():
        linked = seen.get("/".join(parts(member.linkname)))
        if linked is None:
            raise InvalidArchive(f"invalid layer: hard link {member.name!r} to {member.linkname!r}, which is not in it")
        return linked
    content = archive.extractfile(member)
    if content is None or not member.isreg():
        raise InvalidArchive(f"invalid layer: {member.name!r} is neither a file, a directory nor a link")
    data = content.read()
    if len(data) != member.size:
        raise InvalidArchive(f"invalid layer: {member.name!r} is cut short")
    return File(data, member.mode)
