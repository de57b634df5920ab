"""The types that the site's scripts share with Python are those that Python has."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal, Never, TypedDict

import pytest

from dockerlearn.learn.wire import Layer
from tools import wire


@pytest.mark.parametrize(
    ("python", "typescript"),
    [
        (str, "string"),
        (float, "number"),
        (bool, "boolean"),
        (None, "null"),
        (Never, "never"),
        (int | None, "number | null"),
        (list[str], "string[]"),
        (list[str | None], "(string | null)[]"),
        (list[tuple[float, str]], "[number, string][]"),
        (dict[str, list[int]], "Record<string, number[]>"),
        (Literal["a", "b"], '"a" | "b"'),
        (Layer, "Layer"),
        (list[Layer], "Layer[]"),
    ],
)
def test_each_type_of_json_has_its_typescript(python: object, typescript: str) -> None:
    assert wire.typescript(python) == typescript


@pytest.mark.parametrize("python", [bytes, set[str], dict[str, bytes], Callable[[], None]])
def test_what_json_has_not_is_refused(python: object) -> None:
    with pytest.raises(TypeError, match="JSON has no "):
        wire.typescript(python)


class Base(TypedDict):
    """Something."""

    name: str


class More(Base):
    """More of it.

    In two paragraphs.
    """

    sizes: list[int]


def test_a_typed_dict_becomes_an_interface_with_its_docstring_and_all_its_fields() -> None:
    assert list(wire.interface(Base)) == [
        "/** Something. */", "export interface Base {", "  name: string;", "}"
    ]  # fmt: skip
    assert list(wire.interface(More)) == [
        "/**\n * More of it.\n *\n * In two paragraphs.\n */",
        "export interface More {",
        "  name: string;",
        "  sizes: number[];",
        "}",
    ]


def test_an_answer_becomes_what_it_is_given_what_it_tells_and_what_it_returns() -> None:
    def look(tell: Callable[[Base], object], name: str, count: int) -> More | None: ...

    assert list(wire.answer("look", look)) == [
        "  look: { given: [name: string, count: number]; told: Base; returned: More | null };"
    ]


def test_the_file_in_the_repository_is_the_one_that_is_made() -> None:
    assert wire.FILE.read_text(encoding="utf-8") == wire.declarations()


def test_a_stale_file_is_refused_and_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(wire, "FILE", tmp_path / "wire.d.ts")
    assert wire.main(["--check"]) == 1
    assert capsys.readouterr().err == "wire.d.ts is stale: make wire\n"
    assert wire.main([]) == 0
    assert wire.main(["--check"]) == 0
    wire.FILE.write_text("export {}", encoding="utf-8")
    assert wire.main(["--check"]) == 1
