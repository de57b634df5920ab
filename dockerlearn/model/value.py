"""Values: frozen objects with named fields.

They are like `@dataclass(frozen=True, slots=True)`, without its import and without `exec`. Both are slow, and this package
starts anew for each command. Unlike a data class, a value checks what it is given against the types of its fields, and keeps
no collection that somebody else could change.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from reprlib import Repr
from types import MappingProxyType, UnionType
from typing import Any, ClassVar, Self, TypeVar, dataclass_transform

Kind = TypeVar("Kind")
Keep = Callable[[Any], Any]
Types = type | UnionType | tuple[type, ...]

LONGEST_REPR = 1_000  # characters of what stands for a value in a message


# What arguments are


def instance(name: str, kind: Types, value: Any) -> Any:
    """A value, if it is of that kind. Raises `TypeError`, which names the argument."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be {_name(kind)}, not {shown(value)}")
    return value


def sequence(name: str, kind: Types, values: Iterable[Kind]) -> tuple[Kind, ...]:
    """Several values of one kind, as a tuple. Raises `TypeError`, which names the argument, also for one text or a mapping."""
    if isinstance(values, str | bytes | bytearray):  # it would be taken for its letters
        raise TypeError(f"{name} is a sequence of texts, not the one text {shown(values)}")
    if isinstance(values, Mapping) or not isinstance(values, Iterable):
        raise TypeError(f"{name} must be a sequence, not {shown(values)}")
    kept = tuple(values)
    _check_all(f"an item of {name}", kind, kept)
    return kept


def mapping(name: str, kind: Types, values: Mapping[str, Kind]) -> Mapping[str, Kind]:
    """A copy of a mapping from texts to one kind of value, which nobody can change. Raises `TypeError`, which names the argument."""
    if not isinstance(values, Mapping):
        raise TypeError(f"{name} must be a mapping, not {shown(values)}")
    kept = dict(values)
    _check_all(f"a key of {name}", str, kept)
    _check_all(f"a value of {name}", kind, kept.values())
    return MappingProxyType(kept)


def _check_all(name: str, kind: Types, values: Iterable[Any]) -> None:
    if not all(issubclass(each, kind) for each in set(map(type, values))):  # quick, however many values there are
        for value in values:
            instance(name, kind, value)


def _name(kind: Types) -> str:
    return " or ".join(map(_name, kind)) if isinstance(kind, tuple) else getattr(kind, "__name__", str(kind))


def _keep(name: str, hint: str, scope: Mapping[str, Any]) -> Keep | None:
    """What checks and copies the value of a field, by its type's text; None where any value will do.

    It knows classes, unions of them with a name, and tuples and mappings of these, each of them optional.
    """
    needed = hint.removesuffix(" | None")
    keep: Keep
    if needed.startswith("tuple[") and needed.endswith(", ...]"):
        keep = partial(sequence, name, _class(needed[6:-6], scope) or object)
    elif needed.startswith("Mapping[str, "):
        keep = partial(mapping, name, _class(needed[13:-1], scope) or object)
    elif kind := _class(needed, scope):
        keep = partial(instance, name, kind)
    else:
        return None
    return keep if needed == hint else partial(_optional, keep)


def _optional(keep: Keep, value: Any) -> Any:
    return None if value is None else keep(value)


def _class(name: str, scope: Mapping[str, Any]) -> Types | None:
    """The class, or the union of classes, that a type's text names, if it is one that `isinstance` takes."""
    if name == "float":
        return (float, int)
    found = scope.get(name, vars(builtins).get(name))
    usable = isinstance(found, type | UnionType) and found is not Any and not getattr(found, "_is_protocol", False)
    return found if usable else None


# What stands for a value in messages


class _Short(Repr):
    """Shows the beginning and the end of what is long, and nothing of what lies deep."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel, self.maxstring, self.maxother = 4, 100, 100
        self.maxtuple = self.maxlist = self.maxdict = 12

    def repr_bytes(self, value: bytes, level: int) -> str:
        """Bytes, cut before they are written out."""
        return repr(value) if len(value) <= self.maxstring else f"<{len(value)} bytes>"

    repr_bytearray = repr_memoryview = repr_bytes

    def repr_mappingproxy(self, value: Mapping[Any, Any], level: int) -> str:
        """A mapping that nobody can change, as the one that it is made of."""
        return self.repr_dict(dict(value), level)

    def repr_instance(self, value: Any, level: int) -> str:
        """A value, one level deeper; anything else as it shows itself."""
        if not isinstance(value, Value) or "__repr__" in vars(type(value)):
            return super().repr_instance(value, level)
        fields = (f"{field}={self.repr1(held, level - 1)}" for field, held in value._items())
        return f"{type(value).__name__}({', '.join(fields) if level > 0 else '...'})"


_SHORT = _Short()


def shown(value: object) -> str:
    """What stands for any object in a message: its `repr`, cut short."""
    text = _SHORT.repr(value)
    return text if len(text) <= LONGEST_REPR else f"{text[: LONGEST_REPR - 3]}..."


# Values


@dataclass_transform(frozen_default=True)
class _ValueType(type):
    """Makes slots, and parameters of `__init__`, of the fields that a class declares by their annotations."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> _ValueType:
        hints = {
            field: hint.__name__ if isinstance(hint, type) else str(hint)  # it may also be the type itself
            for field, hint in namespace.get("__annotations__", {}).items()
        }
        own = tuple(field for field, hint in hints.items() if not hint.startswith("ClassVar"))
        defaults = {field: namespace.pop(field) for field in own if field in namespace}
        namespace["__slots__"] = (*namespace.get("__slots__", ()), *own)
        made = super().__new__(cls, name, bases, namespace)
        above = bases[0] if bases else None
        fields = (*getattr(above, "_fields", ()), *own)
        defaults = {**getattr(above, "_defaults", {}), **defaults}
        scope = vars(sys.modules[made.__module__])
        keeps = (*getattr(above, "_keeps", ()), *(_keep(field, hints[field], scope) for field in own))
        for name, held in ("_fields", fields), ("__match_args__", fields), ("_defaults", defaults), ("_keeps", keeps):
            setattr(made, name, held)
        return made


class Value(metaclass=_ValueType):
    """A frozen value: equal to another of its class with equal fields, and hashable like them.

    A subclass declares its fields by annotations, with defaults if it likes. What it is given has to be of these types, as
    far as they are classes, and tuples and mappings of them: those, it copies. What else it has to check or to complete, it
    does in `_complete`, which every way of making a value goes through.
    """

    _fields: ClassVar[tuple[str, ...]]
    _defaults: ClassVar[Mapping[str, Any]]
    _keeps: ClassVar[tuple[Keep | None, ...]]

    def __init__(self, *args: Any, **named: Any) -> None:
        """Fields by position or by name. Raises `TypeError` where one is missing, unknown, given twice, or of another type."""
        fields = self._fields
        if named or len(args) != len(fields):  # otherwise they are all there, in order
            values = {**self._defaults, **dict(zip(fields, args, strict=False)), **named}
            if values.keys() != set(fields) or len(args) > len(fields) or named.keys() & set(fields[: len(args)]):
                raise TypeError(
                    f"{type(self).__name__} has the fields {', '.join(fields)}, and got {shown(args)}, {shown(named)}"
                )
            args = tuple(values[field] for field in fields)
        for field, value, keep in zip(fields, args, self._keeps, strict=True):
            self._set(field, value if keep is None else keep(value))
        self._complete()

    _set = object.__setattr__  # for `_complete`, and for classes that set their own fields, for speed

    def _complete(self) -> None:
        """Check the fields, and complete them with `_set`."""

    def replace(self, **changes: Any) -> Self:
        """This value with some fields changed. Raises what making it anew would raise."""
        if type(self).__init__ is not Value.__init__:
            return type(self)(**{**dict(self._items()), **changes})
        if unknown := changes.keys() - self._fields:
            raise TypeError(f"{type(self).__name__} has the fields {', '.join(self._fields)}, not {', '.join(unknown)}")
        made = self.__new__(type(self))  # what does not change has been checked
        for field, keep in zip(self._fields, self._keeps, strict=True):
            if field not in changes:
                made._set(field, getattr(self, field))
            else:
                made._set(field, changes[field] if keep is None else keep(changes[field]))
        made._complete()
        return made

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

    def __copy__(self) -> Self:
        return self  # it never changes, so nobody can tell it from a copy

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[Callable[..., Self], tuple[Any, ...]]:
        held = (dict(value) if isinstance(value, MappingProxyType) else value for _, value in self._items())
        return type(self), tuple(held)

    def __repr__(self) -> str:
        return shown(self)
