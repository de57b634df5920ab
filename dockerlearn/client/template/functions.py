"""The functions of Go's templates, and those that Docker adds to them."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any, TypeAlias

from ...model.value import Value
from .values import Decoded, Strings, Struct, go_type, quoted, text, to_json, truth

MOST_BLANKS = 1_000  # that `pad` puts on a side


class FunctionError(Exception):
    """What a function finds wrong with its arguments, in Go's words."""


class Function(Value):
    """A function. Its signature has the Go types of its arguments; `...` stands for any number of further ones."""

    run: Callable[..., Any]
    signature: str

    @property
    def types(self) -> list[str]:
        """The Go types of the arguments that it must have; `any` takes all."""
        return self.signature.removesuffix("...").split()

    @property
    def variadic(self) -> bool:
        """Whether it takes further arguments."""
        return self.signature.endswith("...")


Functions: TypeAlias = dict[str, Function]


def _positions(value: Any, *keys: Any) -> Any:
    """What can be indexed or sliced, once the keys have been checked: the items of a list, the bytes of a text."""
    if not isinstance(value, str | list):
        raise FunctionError(f"can't index item of type {go_type(value)}")
    items = value.encode() if isinstance(value, str) else value
    for key in keys:
        if type(key) is not int:
            raise FunctionError(f"cannot index slice/array with type {go_type(key)}")
        if not 0 <= key <= len(items):
            raise FunctionError(f"index out of range: {key}")
    return items


def _index(value: Any, *keys: Any) -> Any:
    """An item of a map or a list, or a byte of a text; with more keys, an item of that, and so on."""
    for key in keys:
        if isinstance(value, dict) and not isinstance(value, Struct):
            if not isinstance(key, str):
                raise FunctionError(f"value has type {go_type(key)}; should be string")
            missing = None if isinstance(value, Decoded) else Struct("", {}) if {} in value.values() else ""
            value = value.get(key, missing)
        else:
            if value is None:
                raise FunctionError("index of untyped nil")
            items = _positions(value, key)
            if key == len(items):
                raise FunctionError("reflect: slice index out of range")
            value = items[key]
    return value


def _slice(value: Any, *bounds: Any) -> Any:
    """A part of a list or of a text; what cuts a character of a text in two leaves a replacement character."""
    items = _positions(value, *bounds)
    items = items[slice(*bounds, *(None,) * (2 - len(bounds)))]
    return items.decode(errors="replace") if isinstance(value, str) else items


def _len(value: Any) -> int:
    """The number of items, or of bytes."""
    if isinstance(value, Struct) or not isinstance(value, str | list | dict):
        raise FunctionError("len of nil pointer" if value is None else f"len of type {go_type(value)}")
    return len(value.encode() if isinstance(value, str) else value)


def _print(*values: Any) -> str:
    """The values one after the other, with a blank between two of which neither is a text."""
    pieces = [text(value) for value in values]
    for place, pair in enumerate(pairwise(values)):
        pieces[place] += "" if str in map(type, pair) else " "
    return "".join(pieces)


def _printf(form: str, *values: Any) -> str:
    """The values in a form with the verbs `%s %v %d %q %%`, widths and precisions."""
    pending = list(values)

    def one(found: re.Match[str]) -> str:
        flags, verb = found.groups()
        if verb == "%":
            return "%"
        if verb not in ("d", "q", "s", "v"):
            raise FunctionError(f"{found[0]} is something that dockerlearn does not know")
        if not pending:
            return f"%!{verb}(MISSING)"
        value, shown = pending[0], text(pending.pop(0))
        numeric = isinstance(value, int | float)
        if numeric if verb == "s" else type(value) is not int if verb == "d" else verb == "q" and numeric:
            return f"%!{verb}({go_type(value)}={shown})"
        return f"%{flags}d" % value if verb == "d" else f"%{flags}s" % (quoted(shown) if verb == "q" else shown)

    result = re.sub(r"%(-?[0-9]{0,3}(?:\.[0-9]{1,3})?)([\s\S]?)", one, form)
    extra = ", ".join(f"{go_type(value)}={text(value)}" for value in pending)
    return f"{result}%!(EXTRA {extra})" if pending else result


def _comparison(holds: Callable[[Any, Any], bool]) -> Callable[..., bool]:
    """`eq` and its like: whether two texts or two numbers compare so; with more values, whether one of them does."""

    def compare(left: Any, *rights: Any) -> bool:
        for value in (left, *rights):
            if isinstance(value, list | dict | None):
                raise FunctionError(f"non-comparable type {text(value)}: {go_type(value)}")
        if len({str if isinstance(value, str) else type(value) for value in (left, *rights)}) > 1:
            raise FunctionError("incompatible types for comparison")
        return any(holds(left, right) for right in rights)

    return compare


FUNCTIONS: Functions = {
    "and": Function(lambda *values: next((value for value in values if not truth(value)), values[-1]), "any ..."),
    "eq": Function(_comparison(operator.eq), "any any ..."),
    "ge": Function(_comparison(operator.ge), "any any"),
    "gt": Function(_comparison(operator.gt), "any any"),
    "index": Function(_index, "any ..."),
    "join": Function(lambda values, separator: separator.join(values), "[]string string"),
    "json": Function(to_json, "any"),
    "le": Function(_comparison(operator.le), "any any"),
    "len": Function(_len, "any"),
    "lower": Function(str.lower, "string"),
    "lt": Function(_comparison(operator.lt), "any any"),
    "ne": Function(_comparison(operator.ne), "any any"),
    "not": Function(lambda value: not truth(value), "any"),
    "or": Function(lambda *values: next((value for value in values if truth(value)), values[-1]), "any ..."),
    "pad": Function(
        lambda value, *blanks: value.join(" " * min(each, MOST_BLANKS) for each in blanks) if value else "",
        "string int int",
    ),
    "print": Function(_print, "..."),
    "printf": Function(_printf, "string ..."),
    "println": Function(lambda *values: " ".join(map(text, values)) + "\n", "..."),
    "slice": Function(_slice, "any ..."),
    "split": Function(lambda value, sign: Strings(value.split(sign) if sign else value), "string string"),
    "title": Function(lambda value: re.sub(r"(?<!\w)\w", lambda found: found[0].upper(), value), "string"),
    "truncate": Function(lambda value, count: value[: max(count, 0)], "string int"),
    "upper": Function(str.upper, "string"),
}
# In a table's heading these leave the title of a column as it is.
HEADING_FUNCTIONS: Functions = FUNCTIONS | dict.fromkeys(
    ("json", "lower", "title", "truncate", "upper"), Function(lambda title, *_: title, "string ...")
)
