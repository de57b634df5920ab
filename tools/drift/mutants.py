"""Small changes of Python source, each of which some example or test ought to notice.

The operators are the standard ones of mutation testing, chosen so that each stands for a mistake that people make:

| operator   | what it does                                                                                  |
| ---------- | --------------------------------------------------------------------------------------------- |
| comparison | the opposite comparison: `==` and `!=`, `<` and `>=`, `in` and `not in`, `is` and `is not`      |
| boundary   | the neighbouring comparison: `<` and `<=`, `>` and `>=`                                         |
| boolean    | `and` for `or` and the reverse; a `not` is dropped                                              |
| condition  | what decides an `if`, a `while`, a comprehension is negated, if it is neither comparison nor `not` |
| arithmetic | `-` for `+`, `*` for `/`, and so on, in `+=` and its kind too                                   |
| constant   | another truth value, the next number, a text with one letter or digit changed                   |
| return     | None is returned                                                                                |
| removal    | a call, a `raise`, `del`, `break`, `continue`, an update or an assignment to a part is left out |

Not behaviour, and left alone: docstrings, type annotations and aliases, imports, `__all__`, what only stands under `if __name__ ==
"__main__"`, and the `slots` of a dataclass.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from string import digits
from types import CodeType
from typing import NamedTuple

COMPARISON: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
BOUNDARY: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
NOT_BEHAVIOUR = frozenset({"annotation", "returns", "type_comment", "type_params"})
"""The fields of syntax nodes that are only for those who read or check the program."""

ONE_LINE = 100  # characters of what is shown of a change


def altered(text: str) -> str:
    """The text with its last letter or digit changed to another; a text without any gets one."""
    for place in reversed(range(len(text))):
        if text[place].isalnum():
            return text[:place] + _another(text[place]) + text[place + 1 :]
    return f"{text}x"


def _another(character: str) -> str:
    if character in digits:
        return digits[(int(character) + 1) % 10]
    return "x" if character != "x" else "y"


@dataclass(frozen=True)
class Mutant:
    """One small change of a file: where, by which operator, and what it reads like before and after.

    `number` is its place among the mutants of its file. `once` tells that its line runs when the module is imported, or
    in a function whose result is kept, so that nobody can tell for whom it runs.
    """

    file: str
    line: int
    function: str
    operator: str
    before: str
    after: str
    number: int
    once: bool

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What stays the same when lines move."""
        return self.file, self.function, self.operator, self.before, self.after

    @property
    def words(self) -> frozenset[str]:
        """The words that the change takes away."""
        return frozenset(re.findall(r"\w+", self.before)) - frozenset(re.findall(r"\w+", self.after))


class _Change(NamedTuple):
    holder: ast.AST
    field: str
    place: int | None  # in the field, if that is a list
    new: ast.AST


class _Scope(NamedTuple):
    """What stands around a node: the function, whether it runs but once, and the nodes of its line, outermost first."""

    function: str = ""
    once: bool = True
    around: tuple[ast.AST, ...] = ()


class Source:
    """A Python source with its mutants."""

    def __init__(self, file: str, text: str) -> None:
        """Read a source. Raises `SyntaxError` if it is none."""
        self.file = file
        self._tree = ast.parse(text, file)
        self._changes: list[_Change] = []
        self.mutants: list[Mutant] = []
        self._visit(self._tree, _Scope())

    def compiled(self, mutant: Mutant) -> CodeType:
        """The code of a mutant."""
        with self._made(self._changes[mutant.number]):
            return compile(self._tree, self.file, "exec", dont_inherit=True)

    def text(self, mutant: Mutant) -> str:
        """The source of a mutant, formatted as Python itself would."""
        with self._made(self._changes[mutant.number]):
            return ast.unparse(self._tree)

    def _visit(self, node: ast.AST, scope: _Scope) -> None:
        for field, value in ast.iter_fields(node):
            if field in NOT_BEHAVIOUR:
                continue
            for place, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if isinstance(child, ast.AST) and _is_behaviour(child):
                    if isinstance(child, ast.stmt | ast.expr):
                        for operator, new in _changes(child, field):
                            self._add(_Change(node, field, place, new), child, operator, scope)
                    self._visit(child, _below(scope, child))

    def _add(self, change: _Change, old: ast.stmt | ast.expr, operator: str, scope: _Scope) -> None:
        ast.fix_missing_locations(ast.copy_location(change.new, old))
        before, shown = ast.unparse(old), change.new
        for node in reversed(scope.around):
            wider = ast.unparse(node)
            if len(wider) > ONE_LINE or "\n" in wider:
                break
            before, shown = wider, node
        with self._made(change):
            after = ast.unparse(shown)
        number = len(self.mutants)
        self.mutants.append(Mutant(self.file, old.lineno, scope.function, operator, before, after, number, scope.once))
        self._changes.append(change)

    @contextmanager
    def _made(self, change: _Change) -> Iterator[None]:
        """The tree with a change, for a while."""
        holder, field, place, new = change
        if place is None:
            old = getattr(holder, field)
            setattr(holder, field, new)
            yield
            setattr(holder, field, old)
        else:
            values = getattr(holder, field)
            old, values[place] = values[place], new
            yield
            values[place] = old


def _below(scope: _Scope, node: ast.AST) -> _Scope:
    """What stands around the children of a node."""
    match node:
        case ast.ClassDef(name=name):
            return _Scope(f"{scope.function}.{name}".lstrip("."), scope.once)
        case ast.FunctionDef(name=name, decorator_list=decorators):
            return _Scope(f"{scope.function}.{name}".lstrip("."), any(map(_keeps_results, decorators)))
        case ast.stmt() if hasattr(node, "body"):
            return scope._replace(around=())
    return scope._replace(around=(*scope.around, node))


def _keeps_results(decorator: ast.expr) -> bool:
    return ast.unparse(decorator).split("(")[0] in {"cache", "lru_cache"}


def _is_behaviour(node: ast.AST) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Global() | ast.Nonlocal():
            return False
        case ast.Expr(value=ast.Constant()):  # a docstring, or three dots
            return False
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return False
        case ast.AnnAssign(annotation=ast.Name(id="TypeAlias")):
            return False
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))) | ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return False
        case ast.keyword(arg="slots"):
            return False
    return True


def _changes(node: ast.stmt | ast.expr, field: str) -> Iterator[tuple[str, ast.AST]]:
    """The ways to change a node that stands in the given field of its parent, each with its operator."""
    match node:
        case ast.Compare(left, ops, comparators):
            for place, op in enumerate(ops):
                for operator, table in ("comparison", COMPARISON), ("boundary", BOUNDARY):
                    if new := table.get(type(op)):
                        yield operator, ast.Compare(left, [*ops[:place], new(), *ops[place + 1 :]], comparators)
        case ast.BoolOp(op, values):
            yield "boolean", ast.BoolOp(ast.And() if isinstance(op, ast.Or) else ast.Or(), values)
        case ast.UnaryOp(ast.Not(), operand):
            yield "boolean", operand
        case ast.BinOp(left, op, right):
            yield "arithmetic", ast.BinOp(left, ARITHMETIC[type(op)](), right)
        case ast.AugAssign(target, op, value):
            yield "arithmetic", ast.AugAssign(target, ARITHMETIC[type(op)](), value)
        case ast.Constant(value) if (new_value := _other(value)) is not None:
            yield "constant", ast.Constant(new_value)
        case ast.Return(value) if value is not None and not (isinstance(value, ast.Constant) and value.value is None):
            yield "return", ast.Return(ast.Constant(None))
    told_otherwise = isinstance(node, ast.Compare | ast.UnaryOp | ast.Constant)
    if field in {"test", "ifs", "guard"} and isinstance(node, ast.expr) and not told_otherwise:
        yield "condition", ast.UnaryOp(ast.Not(), node)
    if _removable(node):
        yield "removal", ast.Pass()


def _other(value: object) -> str | bytes | bool | int | float | None:
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return altered(value)
        case bytes():
            return altered(value.decode("latin-1")).encode("latin-1", "replace")
    return None


def _removable(node: ast.AST) -> bool:
    match node:
        case ast.Assign(targets=targets):
            return any(isinstance(target, ast.Attribute | ast.Subscript) for target in targets)
        case ast.AnnAssign(target=ast.Attribute() | ast.Subscript(), value=ast.expr()):
            return True
        case ast.Expr() | ast.AugAssign() | ast.Raise() | ast.Delete() | ast.Break() | ast.Continue() | ast.Assert():
            return True
    return False
