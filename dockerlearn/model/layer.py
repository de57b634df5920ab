"""A layer: the changes that one step made to a file tree, kept as a tar archive.

Rules from the OCI image specification 1.1, layer.md:

- an added or changed file is stored whole, and every parent directory has an entry;
- a deleted `name` is an empty file `.wh.name` beside it, a *whiteout*;
- a directory that hides all that lies below it holds an empty file `.wh..wh..opq`: it is *opaque*;
- whiteouts act on the layers below only, wherever they stand in the archive.

So a layer's changes are themselves a file tree, with these special names in it. The root directory has no entry.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, reduce
from hashlib import sha256 as new_sha256
from typing import TYPE_CHECKING

from . import deflate, ext4
from .digest import sha256
from .errors import InvalidArchive, InvalidPath
from .filler import LARGEST_READ, Filler
from .tree import Builder, Content, Directory, File, Node, Symlink, differs, parts, split
from .value import Value, instance, sequence, shown

if TYPE_CHECKING:
    import tarfile

WHITEOUT = ".wh."
OPAQUE = ".wh..wh..opq"
AUFS_NOTES = (".wh..wh.aufs", ".wh..wh.orph", ".wh..wh.plnk")  # in the root of old layers; Docker skips them as well
MARK = File()  # the content of a whiteout: nothing
BLOCK = 512  # bytes, of which a tar is made
# A header of POSIX.1-1988 (ustar): name, mode, owner, group, size, time, checksum, type, link, and what is empty here.
HEADER = struct.Struct("100s8s8s8s12s12s8sc100s8s247x")
LONGEST_IN_HEADER = 100  # bytes of a name
GZIP_HEADER = b"\x1f\x8b\x08" + bytes(6) + b"\xff"  # no name, no time, and nobody knows which system
GZIP_TRAILER = struct.Struct("<II")  # the archive's CRC-32, and its size


class Names(Value):
    """What a layer is known by, once it was computed from its bytes: the digests of archive and blob, and the blob's size."""

    diff_id: str
    digest: str
    blob_size: int


class Layer(Value):
    """An immutable set of changes. Two layers are equal if their archives are: a layer *is* its tar.

    `changes` is a file tree with whiteouts in it. Made by `of`, `between` or `from_tar`. One that has fillers in it, or is
    to be `packed` into so many bytes, is compressed by hand: see `deflate`. Its bytes are made when they are asked for,
    and not kept.
    """

    __slots__ = ("__dict__",)  # what is derived is kept there

    changes: Directory
    received: bytes | None = None  # the archive as it came, if it did: writing it anew could change its digest
    packed: int | None = None  # bytes of the blob, if that is to be filled up to so many
    time: int = 0  # when its files were last changed, in seconds since 1970: it is in the archive
    names: Names | None = None  # if they are known, so that nobody has to make the bytes for them

    @classmethod
    def of(
        cls,
        files: Mapping[str, Content] | None = None,
        *,
        deleted: Iterable[str] = (),
        opaque: Iterable[str] = (),
        packed: int | None = None,
        time: int = 0,
    ) -> Layer:
        """A layer that first deletes paths and empties `opaque` directories, then adds or replaces `files`.

        A layer knows nothing of those below it: a directory on the way to a change gets mode 0755, or its own in `files`.
        Raises `InvalidPath` for a path that no layer can hold, and for a second content of the same place.
        """
        added = Directory.of({} if files is None else files)
        _check_names(added)
        root = Builder(added)
        for path in sequence("opaque", str, opaque):
            root.put([*_ordinary(path), OPAQUE], MARK)
        doomed = {tuple(_ordinary(path)) for path in sequence("deleted", str, deleted)}
        for *above, name in sorted(doomed):
            if any(tuple(above[:depth]) in doomed for depth in range(len(above) + 1)):
                continue  # it goes with a directory above it
            remade = root.get([*above, name])
            if isinstance(remade, Builder | Directory):  # it hides what lay in the old one only if it is opaque
                root.put([*above, name, OPAQUE], MARK)
            elif remade is None:
                root.put([*above, WHITEOUT + name], MARK)
        return cls(root.build(), packed=packed, time=time)

    @classmethod
    def from_tar(cls, tar: bytes) -> Layer:
        """Read an uncompressed layer archive; its bytes, and so its diff ID, are kept as they are.

        Later entries replace earlier ones of that name. As in Docker, a leading `/` means the root of the image.
        Raises `InvalidArchive` if it is no tar, is damaged or cut short, or has an entry that the model does not take:
        a device, a sparse file, a path with `..`, one through a file or a link, a hard link to what is not before it.
        """
        import tarfile  # not at the top: it takes as long to import as half of this package

        tar = bytes(instance("tar", (bytes, bytearray, memoryview), tar))  # a copy, if it can change
        root = Builder()
        try:
            with tarfile.open(fileobj=io.BytesIO(tar), mode="r:", encoding="utf-8") as archive:
                for member in archive:
                    _unpack(member, tar, root)
                rest = tar[archive.offset : archive.offset + BLOCK]
            if rest.strip(b"\0"):  # tarfile takes a damaged header for the end
                raise InvalidArchive(f"invalid layer: damaged header at byte {archive.offset}")
            return cls(root.build(), tar)
        except InvalidArchive:
            raise
        except Exception as error:  # of what tarfile raises for hostile bytes, TarError is but one
            raise InvalidArchive(f"invalid layer: {error}") from error

    @cached_property
    def tar(self) -> bytes:
        """The archive: names sorted, parents first, whiteouts before their siblings, owner 0, and time 0 unless told.

        Raises `OSError` for one that is better read in `pieces`.
        """
        if self.received is not None:
            return self.received
        self._check_size()
        return b"".join(part.data if isinstance(part, Filler) else part for part in self._parts())

    @property
    def diff_id(self) -> str:
        """Digest of the uncompressed archive: what `docker image inspect` lists under RootFS.Layers."""
        return self._names.diff_id

    @cached_property
    def blob(self) -> bytes:
        """The archive as a registry keeps it: gzip. Raises `OSError` for one that is better read in `pieces`.

        The deflate blocks are of the *stored* kind, or made by hand, so that the bytes are the same whichever zlib is at hand.
        """
        if self._by_hand:
            self._check_size()
            return b"".join(compressed for _, compressed in self.pieces())
        return GZIP_HEADER + deflate.stored(self.tar, last=True) + _trailer(zlib.crc32(self.tar), len(self.tar))

    @property
    def digest(self) -> str:
        """Digest of the compressed blob: what `docker pull` prints, and what a registry stores it under."""
        return self._names.digest

    @property
    def blob_size(self) -> int:
        """Bytes of the blob."""
        return self._names.blob_size

    def pieces(self) -> Iterator[tuple[bytes, bytes]]:
        """The archive and the blob in pieces of about a megabyte, side by side; either of a pair may be empty.

        Raises `ValueError`, at the end, if the blob cannot be filled up to its size.
        """
        if not self._by_hand:
            yield self.tar, self.blob
            return
        yield b"", GZIP_HEADER
        checksum, archived, size = 0, 0, len(GZIP_HEADER)
        parts = list(self._parts())
        rest = parts.pop()
        assert isinstance(rest, bytes)  # an archive ends with zeros
        for piece, compressed in _compressed(parts):
            checksum, archived, size = zlib.crc32(piece, checksum), archived + len(piece), size + len(compressed)
            yield piece, compressed
        room = None if self.packed is None else self.packed - size - GZIP_TRAILER.size
        yield rest, deflate.ended(rest, room) + _trailer(zlib.crc32(rest, checksum), archived + len(rest))

    @property
    def recipe(self) -> str:
        """A digest of what its bytes follow from: in it, a recipe stands for the content of each filler."""
        digest = new_sha256(f"{self.packed} ".encode())
        for part in self._parts():
            digest.update(part.recipe.encode() if isinstance(part, Filler) else part)
        return digest.hexdigest()

    def _parts(self) -> Iterator[bytes | Filler]:
        """The archive, with the fillers themselves in place of their bytes."""
        plain: list[bytes] = []
        for path, found in _entries(self.changes):
            plain.append(_header(path, found, self.time))
            if isinstance(found, Filler):
                yield b"".join(plain)
                yield found
                plain = [bytes(-found.size % BLOCK)]
            elif isinstance(found, File):
                plain += (found.data, bytes(-found.size % BLOCK))
        yield b"".join([*plain, bytes(2 * BLOCK)])

    @cached_property
    def _names(self) -> Names:
        if self.names is not None:
            return self.names
        if not self._by_hand:
            return Names(sha256(self.tar), sha256(self.blob), len(self.blob))
        tar, blob, size = new_sha256(), new_sha256(), 0
        for piece, compressed in self.pieces():
            tar.update(piece)
            blob.update(compressed)
            size += len(compressed)
        return Names(f"sha256:{tar.hexdigest()}", f"sha256:{blob.hexdigest()}", size)

    @cached_property
    def _by_hand(self) -> bool:
        return self.packed is not None or any(isinstance(found, Filler) for found in self._nodes())

    def _check_size(self) -> None:
        if self.size > LARGEST_READ:
            raise OSError("File too large")

    @cached_property
    def size(self) -> int:
        """Bytes that the layer adds on disk: its files and link targets, a hard-linked file once."""
        return sum(found.size for found in self._nodes() if not isinstance(found, Directory))

    @cached_property
    def unpacked_size(self) -> int:
        """Bytes of the disk's blocks that the layer takes up in a directory of its own, on ext4: see `ext4`."""
        return ext4.unpacked(self._nodes())

    def _nodes(self) -> list[Node]:
        """All that is in it, a hard-linked file once."""
        nodes = [found for _, found in self.changes.walk()]
        if self.received is None:
            return nodes
        return list({id(found): found for found in nodes}.values())  # hard links are the same object, copies are not

    def apply(self, lower: Directory) -> Directory:
        """The tree seen when this layer lies on `lower`."""
        return _merge(lower, self.changes)

    @classmethod
    def between(cls, lower: Directory, upper: Directory, *, written: bool = False) -> Layer:
        """The layer that turns `lower` into `upper`, but for the mode of the root itself.

        With `written`, it also has the files that were written anew with the content that they had, and a new file that
        is named like a whiteout becomes one, as in what an engine commits. Otherwise `InvalidPath` is raised for that.
        """
        lower, upper = instance("lower", Directory, lower), instance("upper", Directory, upper)
        changes = dict(_changes(lower, upper, written).entries)
        if changes.pop(OPAQUE, None):  # overlayfs does not look whether a root is opaque
            changes |= {WHITEOUT + name: MARK for name in lower.entries.keys() - upper.entries.keys()}
        return cls(Directory(changes))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Layer) and self.diff_id == other.diff_id

    def __hash__(self) -> int:
        return hash(self.diff_id)

    def __repr__(self) -> str:
        return f"<Layer {self.diff_id[:19]} {self.size} bytes>"


def union(layers: Iterable[Layer]) -> Directory:
    """The one file tree that a stack of layers, bottom first, is seen as."""
    return reduce(lambda lower, layer: layer.apply(lower), layers, Directory())


def _compressed(parts: Iterable[bytes | Filler]) -> Iterator[tuple[bytes, bytes]]:
    """Parts of an archive, piece by piece, each with what it is in a deflate stream."""
    for part in parts:
        if isinstance(part, Filler):
            yield from part.pieces()
        else:
            yield part, deflate.stored(part)


def _trailer(checksum: int, size: int) -> bytes:
    return GZIP_TRAILER.pack(checksum, size & 0xFFFFFFFF)


def _merge(lower: Directory, changes: Directory) -> Directory:
    # Two passes: whiteouts concern the lower tree only, never an entry of the same layer.
    entries = {} if OPAQUE in changes.entries else lower.entries.copy()
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
    return Directory._made(entries, changes.mode)


def _changes(lower: Directory, upper: Directory, written: bool) -> Directory:
    entries: dict[str, Node] = {}
    gone = lower.entries.keys() - upper.entries.keys()
    if gone and len(gone) == len(lower.entries):
        entries[OPAQUE] = MARK
    else:
        entries = {WHITEOUT + name: MARK for name in gone}
    for name, new in upper.entries.items():
        old = lower.entries.get(name)
        if old is not None and not differs(old, new, written=written):
            continue
        if isinstance(old, Directory) and isinstance(new, Directory):
            entries[name] = _changes(old, new, written)
        else:
            if not written:
                _check_names(Directory({name: new}))
            entries[name] = new
    return Directory._made(entries, upper.mode)


def _entries(directory: Directory, prefix: str = "") -> Iterator[tuple[str, Node]]:
    for name in sorted(directory.entries, key=lambda name: (not name.startswith(WHITEOUT), name)):
        found = directory.entries[name]
        yield prefix + name, found
        if isinstance(found, Directory):
            yield from _entries(found, f"{prefix}{name}/")


def _header(path: str, found: Node, time: int = 0) -> bytes:
    """The header of an entry of a tar, owner 0, the same bytes as tarfile's; what is unusual, tarfile writes."""
    name = f"{path}/" if isinstance(found, Directory) else path
    link = found.target if isinstance(found, Symlink) else ""
    mode = 0o777 if isinstance(found, Symlink) else found.mode
    size = found.size if isinstance(found, File) else 0
    kind = b"5" if isinstance(found, Directory) else b"2" if isinstance(found, Symlink) else b"0"
    if not (name + link).isascii() or max(len(name), len(link)) > LONGEST_IN_HEADER:
        return _long_header(name, link, mode, size, kind, time)
    blank = HEADER.pack(
        name.encode(), b"%07o" % mode, b"0000000", b"0000000", b"%011o" % size, b"%011o" % time, b" " * 8, kind, link.encode(), b"ustar\x0000"
    )  # fmt: skip
    return b"%b%06o\0%b" % (blank[:148], sum(blank), blank[155:])  # the checksum is made with blanks in its place


def _long_header(name: str, link: str, mode: int, size: int, kind: bytes, time: int) -> bytes:
    """A header for a name that is long or not ASCII: with an extended one before it (POSIX.1-2001, pax)."""
    import tarfile  # see `Layer.from_tar`

    header = tarfile.TarInfo(name)
    header.linkname, header.mode, header.size, header.type = link, mode, size, kind
    header.mtime = time
    return header.tobuf(tarfile.PAX_FORMAT)


def _ordinary(path: str) -> list[str]:
    names = parts(path)
    if any(name.startswith(WHITEOUT) for name in names):
        raise InvalidPath(f"invalid path: {shown(path)}: names that begin with {WHITEOUT} mark deletions")
    return names


def _check_names(added: Directory) -> None:
    for path, _ in added.walk():
        _ordinary(path)


def _unpack(member: tarfile.TarInfo, tar: bytes, root: Builder) -> None:
    """Put one entry of an archive into the tree of changes."""
    if member.size < 0:
        raise InvalidArchive(f"invalid layer: {member.name!r} has a negative size")
    *above, name = split(member.name) or [""]
    if (not name and member.isdir()) or [*above, name][0] in AUFS_NOTES:
        return
    if name == OPAQUE:
        if above:
            _ordinary("/".join(above))
        root.put([*above, name], MARK)
    elif name.startswith(WHITEOUT):
        hidden = [*above, name.removeprefix(WHITEOUT)]
        if _ordinary("/".join(hidden)) != hidden:
            raise InvalidArchive(f"invalid layer: {member.name!r} is a whiteout of no name")
        root.put([*above, name], MARK)
    else:
        root.put(_ordinary(member.name), _read(member, tar, root))


def _read(member: tarfile.TarInfo, tar: bytes, root: Builder) -> Node:
    mode = member.mode & 0o7777
    if member.isdir():
        return Directory(mode=mode)
    if member.issym():
        return Symlink(member.linkname)
    if member.islnk():
        linked = root.get(parts(member.linkname))
        if not isinstance(linked, File | Symlink):
            raise InvalidArchive(f"invalid layer: hard link {member.name!r} to {member.linkname!r}, no file before it")
        return linked
    if not member.isreg() or member.issparse():
        raise InvalidArchive(f"invalid layer: {member.name!r} is neither a plain file, a directory nor a link")
    data = tar[member.offset_data : member.offset_data + member.size]
    return File(data, mode)  # if it is cut short, tarfile says so when it looks for the next header
