"""Content addresses: everything in an image is named by the SHA-256 of its bytes.

Source of the rules: OCI image specification 1.1 (descriptor.md, config.md "Layer ChainID").
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any

SHORT = 12  # hex digits of an ID in Docker's tables


def sha256(data: bytes) -> str:
    """The digest of `data`: `sha256:` and 64 lower-case hex digits."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def short(digest: str) -> str:
    """The 12 hex digits that Docker's tables show of an ID, or of a SHA-256 digest."""
    return digest.removeprefix("sha256:")[:SHORT]


def chain_ids(diff_ids: Iterable[str]) -> tuple[str, ...]:
    """The chain ID of each layer, given the diff IDs from the bottom layer up.

    A chain ID names a layer *and all that lies below it*: the bottom layer's is its diff ID, each further one is the
    digest of "the chain ID below, a space, this diff ID".
    """
    chain: list[str] = []
    for diff_id in diff_ids:
        chain.append(sha256(f"{chain[-1]} {diff_id}".encode()) if chain else diff_id)
    return tuple(chain)


def canonical_json(value: Any) -> bytes:
    """`value` as Go's encoding/json writes it: compact, keys in the order given, `<`, `>` and `&` escaped.

    An image ID is the digest of such bytes, so they must be the bytes that Docker and skopeo would write.
    Raises `TypeError` for what JSON cannot say.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return re.sub("[\ud800-\udfff]", r"\\ufffd", text).encode()  # no text: bytes that were not UTF-8
