"""The types that the site's scripts share with Python: `python -m tools.wire` writes docs/assets/wire.d.ts, or checks it.

Each TypedDict of `dockerlearn.learn.wire` becomes an interface, and each answer of `dockerlearn.learn.browser` a member of
`Answers`: what it is given, what it tells meanwhile, and what it returns.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from inspect import getdoc
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Never, Union, get_args, get_origin, get_type_hints, is_typeddict

from dockerlearn.learn import wire
from dockerlearn.learn.browser import ANSWERS

FILE = Path(__file__).parents[1] / "docs/assets/wire.d.ts"
PLAIN: dict[object, str] = {
    str: "string", int: "number", float: "number", bool: "boolean", NoneType: "null", None: "null", Never: "never"
}  # fmt: skip


def typescript(python: Any) -> str:
    """A Python type as TypeScript writes it. Raises `TypeError` for one that JSON does not have."""
    arguments = get_args(python)
    match get_origin(python):
        case None if python in PLAIN:
            return PLAIN[python]
        case None if is_typeddict(python):
            return str(python.__name__)
        case origin if origin in (Union, UnionType):
            return " | ".join(map(typescript, arguments))
        case origin if origin is Literal:
            return " | ".join(f'"{value}"' for value in arguments)
        case origin if origin is list:
            [item] = map(typescript, arguments)
            return f"({item})[]" if " " in item and item[0] != "[" else f"{item}[]"
        case origin if origin is dict:
            return f"Record<{', '.join(map(typescript, arguments))}>"
        case origin if origin is tuple:
            return f"[{', '.join(map(typescript, arguments))}]"
    raise TypeError(f"JSON has no {python}")


def interface(declared: type) -> Iterator[str]:
    """A TypedDict as an interface, under its docstring."""
    doc = "\n * ".join((getdoc(declared) or "").splitlines()).replace(" * \n", " *\n")
    yield f"/** {doc} */" if "\n" not in doc else f"/**\n * {doc}\n */"
    yield f"export interface {declared.__name__} {{"
    yield from (f"  {name}: {typescript(hint)};" for name, hint in get_type_hints(declared).items())
    yield "}"


def answer(name: str, function: Callable[..., object]) -> Iterator[str]:
    """A member of `Answers`, from the signature of what answers."""
    hints = get_type_hints(function)
    returned = hints.pop("return")
    [told], _ = get_args(hints.pop("tell"))
    given = ", ".join(f"{parameter}: {typescript(hint)}" for parameter, hint in hints.items())
    yield f"  {name}: {{ given: [{given}]; told: {typescript(told)}; returned: {typescript(returned)} }};"


def declarations() -> str:
    """The text of the file."""
    lines = [
        "// Made by `make wire` from dockerlearn/learn/wire.py and browser.py; `make lint` refuses a stale one.",
        "",
    ]
    for declared in vars(wire).values():
        if is_typeddict(declared):
            lines += [*interface(declared), ""]
    lines += ["/** What can be asked of Python, by name. */", "export interface Answers {"]
    for name, function in ANSWERS.items():
        lines += answer(name, function)
    return "\n".join([*lines, "}", ""])


def main(arguments: list[str] | None = None) -> int:
    """Write the file, or with `--check` say whether it is stale."""
    parser = argparse.ArgumentParser(prog="python -m tools.wire", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the file is stale")
    if not parser.parse_args(arguments).check:
        FILE.write_text(declarations(), encoding="utf-8")
    elif not FILE.exists() or FILE.read_text(encoding="utf-8") != declarations():
        print(f"{FILE.name} is stale: make wire", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
