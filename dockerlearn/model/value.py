"""Values: frozen objects with named fields.

They are like `@dataclass(frozen=True, slots=True)`, without its import and without `exec`. Both are slow, and this package
starts anew for each command.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self, dataclass_transform


@dataclass_transform(frozen_default=True)
class _ValueType(type):
    """Makes slots, and parameters of `__init__`, of the fields that a class declares by their annotations."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> _ValueType:
        hints = namespace.get("__annotations__", {})
        own = tuple(field for field, hint in hints.items() if not str(hint).startswith("ClassVar"))
        defaults = {field: namespace.pop(field) for field in own if field in namespace}
        namespace["__slots__"] = (*namespace.get("__slots__", ()), *own)
        made = super().__new__(cls, name, bases, namespace)
        above = bases[0] if bases else None
        fields = (*getattr(above, "_fields", ()), *own)
        defaults = {**getattr(above, "_defaults", {}), **defaults}
        for name, held in ("_fields", fields), ("__match_args__", fields), ("_defaults", defaults):
            setattr(made, name, held)
        return made


class Value(metaclass=_ValueType):
    """A frozen value: equal to another of its class with equal fields, and hashable like them.

    A subclass declares its fields by annotations, with defaults if it likes. What it has to check or to complete, it does
    in `_complete`, which every way of making a value goes through.
    """

    _fields: ClassVar[tuple[str, ...]]
    _defaults: ClassVar[Mapping[str, Any]]

    def __init__(self, *args: Any, **named: Any) -> None:
        """Fields by position or by name. Raises `TypeError` where one is missing, unknown or given twice."""
        fields = self._fields
        if named or len(args) != len(fields):  # otherwise they are all there, in order
            values = {**self._defaults, **dict(zip(fields, args, strict=False)), **named}
            if values.keys() != set(fields) or len(args) > len(fields) or named.keys() & set(fields[: len(args)]):
                raise TypeError(
                    f"{type(self).__name__} has the fields {', '.join(fields)}, and got {args!r}, {named!r}"
                )
            args = tuple(values[field] for field in fields)
        for field, value in zip(fields, args, strict=True):
            self._set(field, value)
        self._complete()

    _set = object.__setattr__  # for `_complete`, and for classes that set their own fields, for speed

    def _complete(self) -> None:
        """Check the fields, and complete them with `_set`."""

    def replace(self, **changes: Any) -> Self:
        """This value with some fields changed. Raises what making it anew would raise."""
        return type(self)(**{**dict(self._items()), **changes})

    def _items(self) -> Iterator[tuple[str, Any]]:
        return ((field, getattr(self, field)) for field in self._fields)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is a value: its {name} cannot be set, see replace()")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is a value: its {name} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(value == getattr(other, field) for field, value in self._items())

    def __hash__(self) -> int:
        return hash(
            (type(self), *(frozenset(each.items()) if isinstance(each, Mapping) else each for _, each in self._items()))
        )

    def __reduce__(self) -> tuple[type[Self], tuple[Any, ...]]:
        return type(self), tuple(value for _, value in self._items())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{field}={value!r}' for field, value in self._items())})"
