"""The house drawn and counted: `python -m tools.house` prints it, and `--write` draws it into docs/maintain/architecture.md.

A line of code is one that has code on it. Blank lines, comments and docstrings have none. Nor do tables: assignments at
module level, of more than one line, to a name in capitals. They are data, and their length says nothing about the program.
Of classes and functions all lines count, since all of them have to be read.
"""

from __future__ import annotations

import argparse
import ast
import sys
import textwrap
import tokenize
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "dockerlearn"
PAGE = ROOT / "docs/maintain/architecture.md"
BEGIN, END = "<!-- house: drawn by make house -->\n", "<!-- end of house -->\n"

ROOMS = ("model", "regexp", "hub", "client", "terminal", "learn", "course")  # from the ground up
BUDGETS = {"model": 2_000, "client": 1_350, "terminal": 1_350, "learn": 600}  # lines of code
LONGEST = {"class": 250, "function": 60}  # lines
SHOWN = 8  # of the longest classes, and of the longest functions

_NO_CODE = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER,
}  # fmt: skip


def code_lines(source: str) -> int:
    """How many lines of a module have code on them."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(StringIO(source).readline):
        if token.type not in _NO_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    tree = ast.parse(source)
    data = [node for node in ast.walk(tree) if _is_docstring(node)] + [node for node in tree.body if _is_table(node)]
    for node in data:
        lines.difference_update(_lines(node))
    return len(lines)


def _is_docstring(node: ast.AST) -> bool:
    """Whether a node is a text that nothing is done with: of a module, a class, a function, or a name."""
    match node:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
    return False


def _is_table(node: ast.stmt) -> bool:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name.isupper() and len(_lines(node)) > 1
    return False


def _lines(node: ast.AST) -> range:
    assert isinstance(node, ast.stmt)
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


class Part(NamedTuple):
    """A class or a function: how many lines it has, what it is, and where."""

    lines: int
    kind: str
    name: str
    place: str


class Module(NamedTuple):
    """A module of a room: its lines of code, the rooms that it imports from, its classes and its functions."""

    name: str
    lines: int
    imports: frozenset[str]
    parts: tuple[Part, ...]


def module(path: Path) -> Module:
    """Read a module of a room."""
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    _, *folders = path.relative_to(PACKAGE).parent.parts
    imports = frozenset(name.split(".")[1] for name in _imported(tree, path) if name.count("."))
    return Module(".".join([*folders, path.stem]), code_lines(source), imports & set(ROOMS), tuple(_parts(tree, path)))


def _imported(tree: ast.Module, path: Path) -> Iterator[str]:
    """The whole names of what a module imports from the package."""
    package = ["dockerlearn", *path.relative_to(PACKAGE).parent.parts]
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names if alias.name.startswith("dockerlearn."))
            case ast.ImportFrom(module=str() as name, level=0) if name.startswith("dockerlearn."):
                yield name
            case ast.ImportFrom(module=name, names=names, level=level) if level:
                above = package[: len(package) + 1 - level]
                yield from [".".join([*above, name])] if name else (".".join([*above, each.name]) for each in names)


def _parts(tree: ast.Module, path: Path) -> Iterator[Part]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            kind = "class" if isinstance(node, ast.ClassDef) else "function"
            yield Part(len(_lines(node)), kind, node.name, f"{path.relative_to(PACKAGE.parent)}:{node.lineno}")


def house(package: Path) -> dict[str, list[Module]]:
    """The modules of each room, from the ground up."""
    return {
        room: [module(path) for path in sorted((package / room).rglob("*.py")) if path.stem != "__init__"]
        for room in ROOMS
    }


def drawing(rooms: dict[str, list[Module]]) -> str:
    """The rooms, the top one first: which modules each has, and from which rooms below it they import."""
    width = 58
    lines = [f"┌{'─' * 10}┬{'─' * width}┐"]
    for room in reversed(rooms):
        modules = textwrap.wrap(", ".join(each.name for each in rooms[room]), width - 2)
        used = frozenset[str]().union(*(each.imports for each in rooms[room])) - {room}
        below = [other for other in reversed(ROOMS) if other in used]
        for first, text in zip([room, *[""] * len(modules)], modules, strict=False):
            arrow = f" ─▶ {', '.join(below)}" if first and below else ""
            lines.append(f"│ {first:<8} │ {text:<{width - 2}} │{arrow}")
        lines.append(f"├{'─' * 10}┼{'─' * width}┤")
    lines[-1] = f"└{'─' * 10}┴{'─' * width}┘"
    return "\n".join(lines)


def drawn(page: str, rooms: dict[str, list[Module]]) -> str:
    """A page with the house drawn between its markers. Raises `ValueError` if it has none."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"no {BEGIN.strip()} and {END.strip()}")
    return f"{before}{BEGIN}\n```text\n{drawing(rooms)}\n```\n\n{END}{after}"


def counts(rooms: dict[str, list[Module]]) -> Iterator[str]:
    """The lines of code of each room and module, and the longest classes and functions, beside what they may have."""
    for room, modules in rooms.items():
        lines = sum(each.lines for each in modules)
        yield f"{room:<32} {lines:>6,}{_beside(lines, BUDGETS.get(room))}"
        yield from (f"  {each.name:<30} {each.lines:>6,}" for each in modules)
    yield f"{'all rooms':<32} {sum(each.lines for modules in rooms.values() for each in modules):>6,}"
    parts = [part for modules in rooms.values() for each in modules for part in each.parts]
    for kind, most in LONGEST.items():
        yield f"\nThe longest of {sum(part.kind == kind for part in parts)}, a {kind} each: lines"
        for part in sorted((part for part in parts if part.kind == kind), reverse=True)[:SHOWN]:
            yield f"  {part.name:<30} {part.lines:>6,}{_beside(part.lines, most):<14}  {part.place}"


def _beside(lines: int, most: int | None) -> str:
    return "" if most is None else f" of {most:,}{' OVER' if lines > most else ''}"


def main(arguments: list[str] | None = None) -> int:
    """Print the counts; or draw the house, or say whether the drawing is stale."""
    parser = argparse.ArgumentParser(prog="python -m tools.house", description=(__doc__ or "").split("\n")[0])
    does = parser.add_mutually_exclusive_group()
    does.add_argument("--write", action="store_true", help="draw the house into its page as well")
    does.add_argument("--check", action="store_true", help="print nothing; exit with 1 if the drawing is stale")
    options = parser.parse_args(arguments)
    rooms = house(PACKAGE)
    page = PAGE.read_text(encoding="utf-8")
    if options.check:
        if drawn(page, rooms) == page:
            return 0
        print(f"The house in {PAGE.name} is stale: make house", file=sys.stderr)
        return 1
    print(drawing(rooms), *counts(rooms), sep="\n")
    if options.write:
        PAGE.write_text(drawn(page, rooms), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
