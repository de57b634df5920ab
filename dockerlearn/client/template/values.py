"""Go's values, as its templates see them: their types, how they print, and their JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import NoneType
from typing import Any

from ...model.digest import canonical_json


class Struct(dict[str, Any]):
    """A Go structure: fields by name, in order, and the name of its Go type. To ask it for another field is an error."""

    escaped = False  # whether its JSON keeps `<`, `>` and `&` escaped, as that of a type with an encoder of its own

    def __init__(self, go_type: str, fields: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self.go_type = go_type

    def json(self) -> dict[str, Any]:
        """The fields that go into its JSON."""
        return self

    def go_text(self) -> str:
        """How Go prints it: the values between braces."""
        return "{" + " ".join(map(text, self.values())) + "}"


class Nil(dict[str, Any]):
    """A Go slice, map or pointer to nothing: prints as an empty one, and is `null` in JSON."""

    def __init__(self, printed: str) -> None:
        super().__init__()
        self.printed = printed

    @property
    def is_pointer(self) -> bool:
        """Whether it would point to a structure, whose fields cannot be asked for."""
        return self.printed == "<nil>"


class Strings(list[str]):
    """A Go slice of strings. `join` takes it, and refuses the lists of decoded JSON."""


class Number(str):
    """A number of decoded JSON, which Go keeps as its digits: no arithmetic with it."""


class Time(str):
    """A moment: RFC 3339 in JSON, Go's own form where it is printed."""

    def __str__(self) -> str:
        return f"{self.replace('T', ' ').removesuffix('Z')} +0000 UTC"


class Decoded(dict[str, Any]):
    """A map of decoded JSON. To ask it for a key that it lacks is an error."""


GO_TYPES = {
    NoneType: "interface {}", bool: "bool", int: "int", float: "float64", str: "string", Time: "time.Time",
    Strings: "[]string", Number: "json.Number", list: "[]interface {}", Decoded: "map[string]interface {}",
}  # fmt: skip


def decode(value: Any) -> Any:
    """A value that was sent as JSON, as Go reads JSON whose form it does not know: keys sorted, numbers as `Number`."""
    return json.loads(json.dumps(value, sort_keys=True), object_hook=Decoded, parse_int=Number)


def encode(value: Any) -> Any:
    """A value as Go puts it into JSON: keys of maps sorted, fields of structures in their order."""
    if isinstance(value, Struct):
        return {name: encode(item) for name, item in value.json().items()}
    if isinstance(value, dict):
        return None if isinstance(value, Nil) else {key: encode(item) for key, item in sorted(value.items())}
    if isinstance(value, list):
        return [encode(item) for item in value]
    return int(value) if isinstance(value, Number) else value


def to_json(value: Any) -> str:
    """A value as Go's encoding/json writes it, with `<`, `>` and `&` as they are unless its type escapes them."""
    if isinstance(value, Struct) and value.escaped:
        return canonical_json(encode(value)).decode()
    compact = json.dumps(encode(value), ensure_ascii=False, separators=(",", ":"))
    return compact.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def go_type(value: Any) -> str:
    """The name of a value's Go type, as it stands in messages."""
    return value.go_type if isinstance(value, Struct) else GO_TYPES.get(type(value), "map[string]string")


def text(value: Any, nothing: str = "<nil>") -> str:
    """A value as Go's `fmt` prints it: `[a b]`, `map[k:v]`, and `nothing` for None."""
    if isinstance(value, Struct | Nil):
        return value.go_text() if isinstance(value, Struct) else value.printed
    if isinstance(value, list):
        return "[" + " ".join(map(text, value)) + "]"
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{text(item)}" for key, item in sorted(value.items())) + "]"
    if isinstance(value, bool | float):
        return f"{value:g}" if isinstance(value, float) else str(value).lower()
    return nothing if value is None else str(value)


def truth(value: Any) -> bool:
    """Whether Go takes a value for true: all but zero, nothing and what is empty. Structures always are."""
    return isinstance(value, Struct) or bool(value)


def quoted(value: str) -> str:
    """A text between double quotes, as Go quotes it."""
    return json.dumps(value, ensure_ascii=False)
