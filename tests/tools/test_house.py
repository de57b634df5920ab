"""The house is counted by one definition of a line of code, and drawn as its modules import one another."""

from pathlib import Path
from textwrap import dedent

import pytest

from tools import house
from tools.house import code_lines, counts, drawing, drawn


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("", 0),
        ("a = 1\n", 1),
        ("\n# a comment\na = 1  # another\n\n", 1),
        ('"""A docstring.\n\nOf three lines."""\n', 0),
        ('A = 1\n"""What A is."""\n', 1),
        ('def f() -> None:\n    """A docstring."""\n    g()\n', 2),
        ('a = """a text\n\nof three lines"""\n', 3),
        ("f(\n    1,\n\n    # a comment\n    2,\n)\n", 4),
        ("TABLE = {\n    1: 2,\n}\n", 0),
        ("_TABLE: dict[int, int] = {\n    1: 2,\n}\n", 0),
        ("ONE_LINE = 1\n", 1),
        ("table = {\n    1: 2,\n}\n", 3),
        ("class A:\n    TABLE = [\n        1,\n    ]\n", 4),
        ("A, B = (\n    1,\n    2,\n)\n", 4),
    ],
)
def test_a_line_of_code_is_one_that_has_code_on_it_and_is_none_of_a_table(source: str, lines: int) -> None:
    assert code_lines(source) == lines


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package of four modules in two rooms, the others being empty."""
    modules = {
        "model/layer.py": "import json\nfrom .tree import Tree\nclass Layer:\n    def a(self):\n        return 1\n",
        "model/tree.py": "class Tree:\n    pass\n",
        "model/store/layers.py": "from ..tree import Tree\nfrom ... import client\nfrom .. import layer\n",
        "model/__init__.py": "from .tree import Tree\n",
        "client/docker.py": "from ..model.layer import Layer\nfrom .. import hub\nimport dockerlearn.model\n",
    }
    for name, text in modules.items():
        (tmp_path / "package" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "package" / name).write_text(text, encoding="utf-8")
    return tmp_path / "package"


@pytest.fixture
def rooms(package: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[house.Module]]:
    monkeypatch.setattr(house, "PACKAGE", package)
    return {room: modules for room, modules in house.house(package).items() if modules}


def test_a_room_is_drawn_above_those_that_it_imports_from(rooms: dict[str, list[house.Module]]) -> None:
    assert drawing(rooms) == dedent("""\
        ┌──────────┬──────────────────────────────────────────────────────────┐
        │ client   │ docker                                                   │ ─▶ hub, model
        ├──────────┼──────────────────────────────────────────────────────────┤
        │ model    │ layer, store.layers, tree                                │ ─▶ client
        └──────────┴──────────────────────────────────────────────────────────┘""")


def test_rooms_and_modules_are_counted_beside_what_they_may_have(
    rooms: dict[str, list[house.Module]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house, "BUDGETS", {"model": 6, "client": 3})
    monkeypatch.setattr(house, "LONGEST", {"class": 2, "function": 2})
    assert [" ".join(line.split()) for text in counts(rooms) for line in text.splitlines() if line] == [
        "model 10 of 6 OVER",
        "layer 5",
        "store.layers 3",
        "tree 2",
        "client 3 of 3",
        "docker 3",
        "all rooms 13",
        "The longest of 2, a class each: lines",
        "Layer 3 of 2 OVER package/model/layer.py:3",
        "Tree 2 of 2 package/model/tree.py:1",
        "The longest of 1, a function each: lines",
        "a 2 of 2 package/model/layer.py:4",
    ]


def test_the_house_is_drawn_between_its_markers_and_nowhere_else(rooms: dict[str, list[house.Module]]) -> None:
    page = f"# Before\n\n{house.BEGIN}\nold\n\n{house.END}\nAfter\n"
    new = drawn(page, rooms)
    assert new.startswith(f"# Before\n\n{house.BEGIN}\n```text\n┌")
    assert new.endswith(f"┘\n```\n\n{house.END}\nAfter\n")
    assert drawn(new, rooms) == new
    with pytest.raises(ValueError, match="no <!-- house: drawn by make house -->"):
        drawn("# Before\n", rooms)


@pytest.mark.usefixtures("rooms")
def test_a_stale_drawing_is_refused_and_drawn_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"{house.BEGIN}{house.END}", encoding="utf-8")
    monkeypatch.setattr(house, "PAGE", page)
    assert house.main(["--check"]) == 1
    assert capsys.readouterr().err == "The house in page.md is stale: make house\n"
    assert house.main([]) == 0
    assert page.read_text(encoding="utf-8") == f"{house.BEGIN}{house.END}"
    assert house.main(["--write"]) == 0
    assert house.main(["--check"]) == 0
