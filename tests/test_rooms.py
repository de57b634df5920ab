"""The house has walls: each room imports only from those below it, and the model from nothing but the standard library."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "dockerlearn"
ROOMS = ("model", "regexp", "hub", "client", "terminal", "learn", "course")  # from the ground up
BELOW = {room: ROOMS[:place] for place, room in enumerate(ROOMS)} | {
    "client": ("model", "regexp")
}  # it knows no image by name
MODULES = sorted(path.relative_to(PACKAGE).with_suffix("") for path in PACKAGE.rglob("*.py"))
IN_ROOMS = [module for module in MODULES if len(module.parts) > 1]


def imported(module: Path) -> Iterator[str]:
    """What a module imports, anywhere in it, by its whole name."""
    package = ["dockerlearn", *module.parts[:-1]]
    for node in ast.walk(ast.parse((PACKAGE / module).with_suffix(".py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = ".".join(package[: len(package) + 1 - node.level]) if node.level else ""
            name = ".".join(filter(None, (start, node.module)))
            yield from (f"{name}.{alias.name}" for alias in node.names) if node.level and not node.module else [name]


def room_of(name: str) -> str | None:
    """The room of a module by its whole name; None for one that is none of ours."""
    package, _, rest = name.partition(".")
    return rest.partition(".")[0] if package == "dockerlearn" else None


def test_these_are_all_rooms() -> None:
    assert {module.parts[0] for module in IN_ROOMS} == set(ROOMS)


@pytest.mark.parametrize("module", IN_ROOMS, ids=str)
def test_a_module_imports_only_from_its_room_and_those_below(module: Path) -> None:
    own = module.parts[0]
    found = {room for name in imported(module) if (room := room_of(name))}
    assert found <= {own, *BELOW[own]}


@pytest.mark.parametrize("module", [module for module in MODULES if module.parts[0] != "course"], ids=str)
def test_what_runs_examples_needs_nothing_but_the_standard_library(module: Path) -> None:
    other = {name.partition(".")[0] for name in imported(module)} - {"dockerlearn"}
    assert other <= set(sys.stdlib_module_names)


def test_no_module_needs_what_builds_sites() -> None:
    """A course outlives its generator: the tools read what it reads, and what it wrote."""
    packages = {name.partition(".")[0] for module in MODULES for name in imported(module)}
    assert not packages & {"mkdocs", "material", "mkdocstrings", "zensical"}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_is_for_and_what_it_may_import(room: str) -> None:
    said = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text(encoding="utf-8"))) or ""
    purpose, imports = said.split("\n\n", 1)
    assert purpose.endswith(".")
    assert imports.startswith("It imports ")


def test_a_fresh_process_that_imports_the_model_loads_no_upper_room() -> None:
    script = "import sys, dockerlearn; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", script], cwd=ROOT, text=True).split()
    assert "dockerlearn.model.engine" in loaded
    assert not {room_of(name) for name in loaded} & {"client", "terminal", "learn", "course"}
