"""Fillers: files of true size whose content nobody keeps.

An image of a few hundred megabytes is mostly programs that nobody here runs. Such a file is a recipe: how big it is, and
how much of it cannot be compressed. Its bytes are made when somebody reads them, and are the same for everybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import shake_128
from typing import Any

from . import deflate
from .tree import File
from .value import instance

LINE = b"This byte stands for a real one\n"  # as long as `deflate.repeated` wants it
PIECE = 16 * deflate.STORED_BLOCK  # bytes made at a time: whole stored blocks
LINES = 2**20  # the same of lines
LINE_COST = 50  # bytes of what is around the copies of a piece, at most
LARGEST_READ = 32_000_000  # bytes that are put together at once


class Filler(File):
    """A regular file made of a line over and over, and then of bytes like those of something compressed.

    To everything else it is a file. `noise` is how many of its bytes cannot be compressed; which ones, `seed` says. Two of
    them are equal if they are made alike: nobody reads them for that.
    """

    size: int
    noise: int
    seed: str

    def __init__(self, size: int, noise: int, seed: str, mode: int = 0o644) -> None:
        """A file of `size` bytes. Raises `ValueError` for noise that does not fit into it."""
        if not 0 <= instance("noise", int, noise) <= instance("size", int, size):
            raise ValueError(f"a filler of {size} bytes has no {noise} bytes of noise")
        self._set("size", size)
        self._set("noise", noise)
        self._set("seed", instance("seed", str, seed))
        self._set("mode", instance("mode", int, mode))

    @classmethod
    def packed(cls, size: int, packed: int, seed: str) -> Filler:
        """A file that takes up about `packed` bytes in a layer's blob, and surely no more."""
        noise = 0
        for _ in range(4):  # the more noise, the fewer lines: from below, since what is short can be filled up
            lines = deflate.COPY * (size - noise) // deflate.LONGEST + (size // LINES + 1) * LINE_COST
            blocks = packed // deflate.STORED_BLOCK + 1
            noise = min(max(packed - lines - deflate.BLOCK_COST * blocks, 0), size)
        return cls(size, noise, seed)

    @property  # type: ignore[misc]  # a field in a file that keeps its bytes
    def data(self) -> bytes:
        """The content, made anew. Raises `OSError` for one that is better read in `pieces`."""
        if self.size > LARGEST_READ:
            raise OSError("File too large")
        return b"".join(piece for piece, _ in self.pieces())

    def pieces(self) -> Iterator[tuple[bytes, bytes]]:
        """The content in pieces of a megabyte at most, each with what it is in a deflate stream."""
        left = self.size - self.noise
        while left:
            count = min(left, LINES)
            yield (LINE * (count // len(LINE) + 1))[:count], deflate.repeated(LINE, count)
            left -= count
        for number, start in enumerate(range(0, self.noise, PIECE)):
            piece = shake_128(f"{self.seed} {number}".encode()).digest(min(PIECE, self.noise - start))
            yield piece, deflate.stored(piece)

    @property
    def recipe(self) -> str:
        """What its bytes follow from."""
        return f"filler {self.size} {self.noise} {self.seed}"

    def rewritten(self) -> Filler:
        """The same file, written again."""
        return self.replace()

    def _items(self) -> Iterator[tuple[str, Any]]:
        return ((field, getattr(self, field)) for field in ("size", "noise", "seed", "mode"))
