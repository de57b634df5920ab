"""The modules of the model stand in an order: each imports only from those above it, as CONTRIBUTING.md lists them."""

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "dockerlearn"
TABLE = re.search(r"^\| module \|[^\n]*\n\|[^\n]*\n((?:\|[^\n]*\n)+)", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
ROWS = [re.findall("`(\\w+)`", row.split("|")[1]) for row in TABLE[1].splitlines()] if TABLE else []


def imports(module: str) -> set[str]:
    """What a module imports, anywhere in it: modules of the model by name, others as they are written."""
    found = set()
    for node in ast.walk(ast.parse((MODEL / f"{module}.py").read_text())):
        if isinstance(node, ast.ImportFrom):
            names = [node.module] if node.module else [alias.name for alias in node.names]
            found |= {f".{name}" if node.level else str(name) for name in names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def test_every_module_is_in_the_list_once() -> None:
    listed = [name for row in ROWS for name in row]
    assert sorted(listed) == sorted({path.stem for path in MODEL.glob("*.py")} - {"__init__"})


@pytest.mark.parametrize("place", range(len(ROWS)), ids=[" ".join(row) for row in ROWS])
def test_a_module_imports_only_from_those_above_it(place: int) -> None:
    above = {f".{name}" for row in ROWS[: place + 1] for name in row}
    for module in ROWS[place]:
        own = {name for name in imports(module) if name.startswith(".")}
        assert own <= above - {f".{module}"}, module


@pytest.mark.parametrize("module", [name for row in ROWS for name in row])
def test_the_model_needs_nothing_but_the_standard_library(module: str) -> None:
    other = {name.partition(".")[0] for name in imports(module) if not name.startswith(".")}
    assert other <= set(sys.stdlib_module_names)
