"""Content addresses, against their definitions."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockerlearn.model.digest import canonical_json, chain_ids, sha256, short

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_a_digest_is_the_algorithm_and_64_hex_digits() -> None:
    assert sha256(b"") == f"sha256:{EMPTY}"


def test_tables_show_the_first_twelve_hex_digits_of_a_digest_or_an_id() -> None:
    assert short(f"sha256:{EMPTY}") == short(EMPTY) == "e3b0c44298fc"


@given(st.lists(st.binary(max_size=4).map(sha256), min_size=1, max_size=6))
def test_a_chain_id_is_the_digest_of_the_chain_below_and_the_diff_id(diff_ids: list[str]) -> None:
    chain = chain_ids(diff_ids)
    assert chain[0] == diff_ids[0]
    for below, diff_id, here in zip(chain, diff_ids[1:], chain[1:], strict=False):
        assert here == "sha256:" + hashlib.sha256(f"{below} {diff_id}".encode()).hexdigest()
    assert len(chain) == len(diff_ids)


def test_no_layers_have_no_chain() -> None:
    assert chain_ids([]) == ()


def test_a_chain_id_is_that_of_a_real_engine() -> None:
    diff_ids = (
        "sha256:6cb37f229632cb2b5831ee0ea3d71615f66b4d89e6beff8adfb03bec614673c3",
        "sha256:d8cc7a0c4ebb4c702505df408f27eb0f0d720acf309242256f6f81d089cd1ac9",
        "sha256:150c71432ee53773cc0d428516821b6312c4e4f29208da343fff03eb03458d99",
    )
    assert chain_ids(diff_ids) == (
        diff_ids[0],
        "sha256:a4e72a18dc154020c84a554f7f5d4971261a948f5759525b3ee684a4b7ef9b15",
        "sha256:3da825bbd4206aae0de82d62a57aba1de831763337bb982f08c461978cfdf592",
    )


@given(values)
def test_canonical_json_says_what_was_meant(value: object) -> None:
    assert json.loads(canonical_json(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None]}, r'{"b":1,"a":[true,null]}'),  # no spaces, keys as given
        ("a && b < c > d", r'"a \u0026\u0026 b \u003c c \u003e d"'),
        ("\u2028\u2029", r'"\u2028\u2029"'),
        ("é…\x7f", '"é…\x7f"'),
        ('"\\\n\r\t\b\f\x00\x1f', r'"\"\\\n\r\t\b\f\u0000\u001f"'),
        ("\udcff", r'"\ufffd"'),  # what was no UTF-8
    ],
)
def test_canonical_json_is_written_as_go_writes_it(value: object, text: str) -> None:
    assert canonical_json(value) == text.encode()
