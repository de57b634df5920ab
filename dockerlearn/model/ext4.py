"""What files take up on a disk with ext4 and blocks of 4096 bytes, which is what most readers have.

Measured on Engine 28.5.2 and 29.8.0 with containerd's store, which counts blocks and not bytes. A directory is one block,
a regular file as many as it fills; a short link lies in its inode, as does the mark that says what was deleted.
"""

from __future__ import annotations

from collections.abc import Iterable

from .overlay import Overlay
from .tree import Directory, File, Node

BLOCK = 4096  # bytes
LONGEST_IN_INODE = 59  # bytes of a link's target


def unpacked(nodes: Iterable[Node]) -> int:
    """Bytes of all files and directories below one that holds them, and of that one."""
    return BLOCK + sum(map(_blocks, nodes))


def written(overlay: Overlay, upper: Directory) -> int:
    """Bytes of an overlay's upper directory, when `upper` is seen through it.

    A directory that was copied up takes one block more if it is marked: with the mark its attributes no longer fit into the
    inode. The root has room for it.
    """
    return BLOCK * (1 + overlay.raised + overlay.marked) + sum(map(_blocks, overlay.fresh(upper)))


def _blocks(found: Node) -> int:
    """Bytes that a file or a link takes up, or a directory without what is in it."""
    if isinstance(found, Directory):
        return BLOCK
    if isinstance(found, File) or found.size > LONGEST_IN_INODE:
        return -(-found.size // BLOCK) * BLOCK
    return 0
