"""Deflate, written out by hand: the same bytes on every machine, whichever zlib is at hand.

Source of the rules: RFC 1951. Three ways of packing are enough here. What cannot be compressed is *stored*. A repeated
line is one line and then "as 32 bytes before", again and again. The end of it all is *squeezed*: what was there before is
copied, all else is spelled out, whichever takes fewer bits. The codes are those that the RFC fixes, so no tables of codes are sent.

Bits are written as text, the first one first. A code is sent from its highest bit on, a number from its lowest.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import suppress
from functools import cache

STORED_BLOCK = 65_535  # most bytes that a stored block can hold
BLOCK_COST = 5  # bytes around it
SHORTEST, LONGEST = 3, 258  # bytes that one copy can stand for
FARTHEST = 32_768  # bytes that a copy can reach back
SMALL = 6_000  # bytes
LOOKED_AT, LOOKED_AT_IF_SMALL = 16, 4_096  # places where three bytes were before: of little data, all are looked at
SHORT = 16  # bytes of copies of which every length is looked at
PERIOD = 32  # bytes of a line whose copies take two bytes each: 8 bits for the length, 5 + 3 for the distance
COPY = 2  # bytes
END_OF_BLOCK = 256
FIXED_BLOCK = "010"  # not the last one; codes as in the RFC
NOTHING = b"\0\0\0\xff\xff"  # an empty stored block
LAST = b"\1\0\0\xff\xff"  # the same, as the last block of all
NOTHING_IN_SIX = b"\2\0\0\0\xff\xff"  # an empty block of fixed codes, and an empty stored one
LEAST_NOTHING = 20  # any number of bytes from here on is some fives and sixes


def stored(data: bytes, *, last: bool = False) -> bytes:
    """Bytes as they are, in stored blocks; whether they are the last of all."""
    pieces: list[bytes] = []
    for start in range(0, len(data), STORED_BLOCK):
        block = data[start : start + STORED_BLOCK]
        final = last and start + STORED_BLOCK >= len(data)
        pieces += (struct.pack("<BHH", final, len(block), len(block) ^ 0xFFFF), block)
    return b"".join(pieces)


def repeated(line: bytes, size: int) -> bytes:
    """So many bytes of a line of 32 ASCII characters, over and over: one pattern of two bytes for each 258 of them."""
    if len(line) != PERIOD or not line.isascii():
        raise ValueError(f"a repeated line has {PERIOD} ASCII characters: {line!r}")
    start = FIXED_BLOCK + "".join(map(_code, line[:size]))
    copies, rest = divmod(max(size - PERIOD, 0), LONGEST)
    place = (size - rest) % PERIOD  # in the line
    end = _copy(rest, PERIOD) if rest >= SHORTEST else "".join(map(_code, (line + line)[place : place + rest]))
    if copies < 2:
        return _closed(start + _copy(LONGEST, PERIOD) * copies + end)
    # Copies begin in the middle of a byte, so the first one is cut where that byte is full.
    copy = _copy(LONGEST, PERIOD)
    cut = -len(start) % 8
    return _packed(start + copy[:cut]) + _packed(copy[cut:] + copy[:cut]) * (copies - 1) + _closed(copy[cut:] + end)


def ended(data: bytes, size: int | None = None) -> bytes:
    """The last bytes of all, squeezed into one block of fixed codes, and filled up to `size` bytes if that is given.

    Raises `ValueError` if there is no room for them, or too little room for what fills it up.
    """
    bits = FIXED_BLOCK + _squeezed(data)
    for _ in range(4):
        end = _closed(bits, last=True)
        room = 0 if size is None else size - len(end)
        if room == 0:
            return end
        with suppress(ValueError):
            return _closed(bits) + nothing(room - len(LAST)) + LAST
        bits += _code(END_OF_BLOCK) + FIXED_BLOCK  # an empty block, which has ten bits
    raise ValueError(f"{len(data)} bytes cannot be squeezed into {size}")


def nothing(size: int) -> bytes:
    """So many bytes that stand for no byte at all. Raises `ValueError` for a number that no empty blocks have."""
    fives, sixes = size // 5 - size % 5, size % 5
    if fives < 0:
        raise ValueError(f"no empty blocks have {size} bytes")
    return NOTHING * fives + NOTHING_IN_SIX * sixes


def _squeezed(data: bytes) -> str:
    """The codes of some bytes, with copies of what was there before."""
    bits, place, ways = "", 0, _cheapest(data)
    while place < len(data):
        length, distance = ways[place]
        bits += _copy(length, distance) if distance else _code(data[place])
        place += length
    return bits


def _cheapest(data: bytes) -> list[tuple[int, int]]:
    """How to go on at each place with the fewest bits: how many bytes, and from how far back; one byte that is spelled out."""
    copies = list(_copies(data))
    ways = [(1, 0)] * len(data)
    costs = [0] * (len(data) + 1)  # from here to the end
    for place in range(len(data) - 1, -1, -1):
        costs[place] = len(_code(data[place])) + costs[place + 1]
        for length, distance in copies[place]:
            cost = len(_copy(length, distance)) + costs[place + length]
            if cost <= costs[place]:
                costs[place], ways[place] = cost, (length, distance)
    return ways


def _copies(data: bytes) -> Iterator[list[tuple[int, int]]]:
    """The copies that are worth a look at each place, the shortest first: of several that are as long, the nearest."""
    seen: dict[bytes, list[int]] = {}  # where each three bytes were
    looked_at = LOOKED_AT_IF_SMALL if len(data) <= SMALL else LOOKED_AT
    for place in range(len(data)):
        found: list[tuple[int, int]] = []
        most = SHORTEST - 1
        before_here = seen.setdefault(data[place : place + SHORTEST], [])
        for before in reversed(before_here[-looked_at:]):
            longest = min(LONGEST, len(data) - place)
            if most >= longest or place - before > FARTHEST:
                break
            if data[before + most] == data[place + most]:
                same = _alike(data, before, place, longest)
                lengths = {*range(most + 1, min(same, SHORT) + 1), *([same] if same > most else [])}
                found += [(length, place - before) for length in sorted(lengths)]
                most = max(most, same)
        before_here.append(place)
        yield found


def _alike(data: bytes, one: int, two: int, most: int) -> int:
    """How many bytes at two places are alike, by halves."""
    least = 0
    while least < most:
        middle = (least + most + 1) // 2
        if data[one : one + middle] == data[two : two + middle]:
            least = middle
        else:
            most = middle - 1
    return least


@cache
def _code(symbol: int) -> str:
    """The fixed code of a byte, of the end of a block, or of a length."""
    if symbol < 144:
        return f"{symbol + 0b00110000:08b}"
    if symbol < END_OF_BLOCK:
        return f"{symbol - 144 + 0b110010000:09b}"
    if symbol < 280:
        return f"{symbol - END_OF_BLOCK:07b}"
    return f"{symbol - 280 + 0b11000000:08b}"


@cache
def _copy(length: int, distance: int) -> str:
    """The codes of a copy: how many bytes, and from how far back."""
    if length == LONGEST:
        bits = _code(285)
    else:
        extra = max((length - SHORTEST).bit_length() - 3, 0)
        bits = _code(257 + 4 * extra + (length - SHORTEST >> extra)) + _number(length - SHORTEST, extra)
    extra = max((distance - 1).bit_length() - 2, 0)
    return f"{bits}{2 * extra + (distance - 1 >> extra):05b}{_number(distance - 1, extra)}"


def _number(value: int, bits: int) -> str:
    """The lowest bits of a number, the lowest one first."""
    return "".join(str(value >> each & 1) for each in range(bits))


def _closed(bits: str, *, last: bool = False) -> bytes:
    """A block brought to its end, and an empty stored one after it, so that the next begins with a byte of its own."""
    bits += _code(END_OF_BLOCK) + ("100" if last else "000")
    return _packed(bits + "0" * (-len(bits) % 8)) + NOTHING[1:]


def _packed(bits: str) -> bytes:
    return int(bits[::-1], 2).to_bytes(len(bits) // 8, "little")
