"""Deflate by hand: any reader unpacks it, and a repeated line takes two bytes for each 258 of its own."""

import gzip
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dockerlearn.model.deflate import LAST, LEAST_NOTHING, STORED_BLOCK, ended, nothing, repeated, stored
from dockerlearn.model.filler import LINE

# What has copies in it, far and near, and bytes of either length of code.
texts = st.binary(max_size=400) | st.lists(st.sampled_from([b"ab", b"\0" * 300, b"\xff", b"abcabc"]), max_size=4).map(
    b"".join
)


def unpacked(stream: bytes) -> bytes:
    """What zlib makes of a deflate stream, which has to end where its last block does."""
    reader = zlib.decompressobj(-15)
    content = reader.decompress(stream)
    assert reader.eof
    assert not reader.unused_data
    return content


@settings(max_examples=25)
@given(texts)
@example(b"")
@example(b"far" + bytes(range(256)) * 129 + b"far")
def test_what_is_squeezed_is_unpacked(data: bytes) -> None:
    assert unpacked(ended(data)) == data
    assert unpacked(stored(data) + ended(data)) == data * 2


@given(st.integers(0, 3_000) | st.integers(0, 10**6))
@example(32)
@example(32 + 258)
@example(32 + 2 * 258 + 2)
@example(32 + 2 * 258 + 3)
def test_a_repeated_line_is_unpacked_and_takes_two_bytes_for_each_copy(size: int) -> None:
    packed = repeated(LINE, size)
    assert unpacked(packed + LAST) == (LINE * (size // len(LINE) + 1))[:size]
    assert len(packed) <= 2 * (size // 258) + 50


@given(st.integers(0, 3))
def test_what_is_stored_is_unpacked_from_blocks_of_64_kilobytes(blocks: int) -> None:
    for size in (blocks * STORED_BLOCK + 1, (blocks + 1) * STORED_BLOCK):
        data = bytes(size)
        assert unpacked(stored(data) + LAST) == unpacked(stored(data, last=True)) == data
        assert len(stored(data)) == size + 5 * (blocks + 1)


@given(st.integers(LEAST_NOTHING, 3_000))
def test_nothing_is_unpacked_from_any_number_of_bytes(size: int) -> None:
    assert len(nothing(size)) == size
    assert unpacked(nothing(size) + LAST) == b""


@settings(max_examples=25)
@given(texts, st.integers(LEAST_NOTHING + 5, 500))
def test_an_end_is_filled_up_to_its_size(data: bytes, more: int) -> None:
    least = ended(data)
    filled = ended(data, len(least) + more)
    assert unpacked(least) == unpacked(filled) == data
    assert len(filled) == len(least) + more
    assert ended(data, len(least)) == least


@pytest.mark.parametrize("more", [-1, -3])
def test_what_does_not_fit_is_refused(more: int) -> None:
    with pytest.raises(ValueError, match="4 bytes cannot be squeezed into"):
        ended(b"text", len(ended(b"text")) + more)


@pytest.mark.parametrize("line", [b"short", bytes(range(240, 256)) * 2])
def test_only_a_line_whose_copies_are_whole_bytes_is_repeated(line: bytes) -> None:
    with pytest.raises(ValueError, match="32 ASCII characters"):
        repeated(line, 100)


def test_an_archive_of_nothing_is_packed_as_go_packs_it() -> None:
    """These 32 bytes are the layer 4f4fb700ef54 of so many images on Docker Hub."""
    blob = gzip.compress(bytes(1024), mtime=0)[:4] + bytes(5) + b"\xff" + ended(bytes(1024))
    assert blob.hex() == "1f8b08000000000000ff" + "621805a360148c5800080000ffff"
