"""The Go templates of `--format` and `-f`, as far as Docker's users meet them.

    template  :=  { text | "{{" action "}}" }
    action    :=  [ variable ":=" ] pipeline | "range" ... | "if" ... | "with" ... | "else" | "end"
    pipeline  :=  call { "|" call }
    call      :=  operand { operand }
    operand   :=  "." | { ".Field" } | variable | literal | function | "(" pipeline ")"

Texts of errors are those of Go's `text/template`, which Docker prints as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .digest import canonical_json
from .errors import DockerError, TemplateError

NO_VALUE = "<no value>"


class Struct(dict[str, Any]):
    """A Go structure: fields by name in order, of a Go type. What it does not have is an error, not nothing."""

    escaped = False  # whether its JSON keeps `<`, `>` and `&` escaped, as that of a type with an encoder of its own

    def __init__(self, go_type: str, fields: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self.go_type = go_type

    def json(self) -> dict[str, Any]:
        """What of it goes into JSON."""
        return self

    def go_text(self) -> str:
        """How Go prints it: the values between braces."""
        return "{" + " ".join(text(value, nested=True) for value in self.values()) + "}"


class Nil(dict[str, Any]):
    """A Go slice or map that was never made: prints as an empty one, and is `null` in JSON."""

    def __init__(self, printed: str) -> None:
        super().__init__()
        self.printed = printed


class Strings(list[str]):
    """A Go slice of strings, which `join` takes; the lists of decoded JSON it does not."""

    go_type = "[]string"


class Number(str):
    """A number as it stands in JSON of unknown form: no arithmetic with it."""

    __slots__ = ()
    go_type = "json.Number"


class Time(str):
    """A moment: RFC 3339 in JSON, Go's own form where it is printed."""

    __slots__ = ()
    go_type = "time.Time"

    def __str__(self) -> str:
        return f"{self.replace('T', ' ').removesuffix('Z')} +0000 UTC"


class ParseError(TemplateError):
    """A template that is not one."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of an action: its kind, its text and where it stands in the template."""

    kind: str
    text: str
    at: int


# Reading

PIECES = re.compile(
    r"""(?P<space>\s+) | (?P<string>"(?:\\.|[^"\\])*"|`[^`]*`) | (?P<number>[-+]?\d+(?:\.\d+)?)
      | (?P<field>\.[A-Za-z_]\w*) | (?P<dot>\.) | (?P<variable>\$\w*) | (?P<name>[A-Za-z_]\w*)
      | (?P<sign>:=|[|(),=])""",
    re.VERBOSE,
)
BLOCKS = ("range", "if", "with")
ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


@dataclass(frozen=True, slots=True)
class Operand:
    """A value to fetch: what kind, and the fields to follow from there."""

    kind: str  # "dot", "variable", "literal", "function" or "pipeline"
    value: Any
    fields: tuple[str, ...]
    at: int
    source: str


@dataclass(frozen=True, slots=True)
class Pipe:
    """Calls whose results feed each other, and the variables that get the last one."""

    variables: tuple[str, ...]
    calls: tuple[tuple[Operand, ...], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """`range`, `if` or `with`; an `action` is a block without a body, and text one without a pipeline."""

    kind: str
    pipe: Pipe | None
    body: tuple[Block, ...] = ()
    otherwise: tuple[Block, ...] = ()
    text: str = ""


class Template:
    """A template that has been read. Raises `ParseError` if it is none. `name` is the one in Go's messages."""

    def __init__(self, source: str, name: str = "") -> None:
        self.source, self.name = source, name
        self._functions = functions()
        self._known = {"$"}
        self._pieces = list(self._split())
        self._blocks = self._read(top=True)

    def _fail(self, problem: str, at: int = 0) -> ParseError:
        line = self.source.count("\n", 0, at) + 1
        return ParseError(f"template parsing error: template: {self.name}:{line}: {problem}")

    def _split(self) -> Iterator[tuple[int, list[Token] | str]]:
        """The text, and the tokens of every action, with their places."""
        at, trim = 0, False
        while at < len(self.source):
            start = self.source.find("{{", at)
            plain = self.source[at:] if start < 0 else self.source[at:start]
            opened = self.source[start + 2 :] if start >= 0 else ""
            trims_left = opened.startswith("-") and opened[1:2].isspace()
            plain = plain.lstrip() if trim else plain
            yield at, plain.rstrip() if trims_left else plain
            if start < 0:
                return
            at = start + 2 + (2 if trims_left else 0)
            tokens: list[Token] | None = []
            if self.source.startswith("/*", at):
                end = self.source.find("*/", at)
                if end < 0:
                    raise self._fail("unclosed comment", at)
                at, tokens = end + 2, None
            while True:
                if self.source.startswith("}}", at) or re.match(r"\s-\}\}", self.source[at:]):
                    break
                match = PIECES.match(self.source, at)
                if match is None:
                    raise self._fail(self._stray(at), at)
                if match.lastgroup and tokens is not None:
                    tokens.append(Token(match.lastgroup, match[0], at))
                at = match.end()
            trim = not self.source.startswith("}}", at)
            if tokens is not None:
                yield start + 2, tokens
            at += 4 if trim else 2

    def _stray(self, at: int) -> str:
        character = self.source[at : at + 1]
        if character == "":
            return "unclosed action"
        if character == '"':
            return "unterminated quoted string"
        if character == "`":
            return "unterminated raw quoted string"
        return f"bad character U+{ord(character):04X} '{character}'"

    def _read(self, *, top: bool) -> tuple[Block, ...]:
        blocks = []
        while self._pieces:
            at, piece = self._pieces[0]
            if isinstance(piece, str):
                self._pieces.pop(0)
                blocks.append(Block("text", None, text=piece))
                continue
            tokens = [token for token in piece if token.kind != "space"]
            word = tokens[0].text if tokens and tokens[0].kind == "name" else ""
            if word in ("end", "else"):
                if top:
                    raise self._fail(f"unexpected {{{{{word}}}}}", at)
                return tuple(blocks)
            self._pieces.pop(0)
            if word in BLOCKS:
                blocks.append(self._block(word, piece[piece.index(tokens[0]) + 1 :], at))
            else:
                blocks.append(Block("action", self._pipe(piece, "command", at)))
        if not top:
            raise self._fail("unexpected EOF")
        return tuple(blocks)

    def _block(self, kind: str, tokens: list[Token], at: int) -> Block:
        known = set(self._known)
        pipe = self._pipe(tokens, kind, at)
        body = self._read(top=False)
        otherwise: tuple[Block, ...] = ()
        closing = [token for token in self._pieces.pop(0)[1] if isinstance(token, Token)]
        words = [token for token in closing if token.kind != "space"]
        if words[0].text == "else":
            if len(words) > 1 and words[1].text in BLOCKS:
                otherwise = (self._block(words[1].text, closing[closing.index(words[1]) + 1 :], at),)
            else:
                otherwise = self._read(top=False)
                self._pieces.pop(0)
        self._known = known
        return Block(kind, pipe, body, otherwise)

    def _pipe(self, tokens: list[Token], where: str, at: int) -> Pipe:
        rest = list(tokens)
        variables: list[str] = []
        declared = next((index for index, token in enumerate(rest) if token.text == ":="), None)
        if declared is not None:
            variables = [token.text for token in rest[:declared] if token.kind == "variable"]
            rest = rest[declared + 1 :]
        calls = self._calls(rest, at)
        if rest:
            raise self._fail("unexpected right paren", at)
        if not calls or not all(calls):
            raise self._fail(f"missing value for {where}", at)
        self._known.update(variables)
        return Pipe(tuple(variables), calls)

    def _calls(self, rest: list[Token], at: int) -> tuple[tuple[Operand, ...], ...]:
        """Calls up to the end or to a closing parenthesis, which is left in `rest`."""
        calls: list[tuple[Operand, ...]] = []
        operands: list[Operand] = []
        while rest and rest[0].text != ")":
            token = rest.pop(0)
            if token.kind == "space":
                continue
            if token.text == "|":
                calls.append(tuple(operands))
                operands = []
            else:
                operands.append(self._operand(token, rest))
        return (*calls, tuple(operands)) if operands or calls else ()

    def _operand(self, token: Token, rest: list[Token]) -> Operand:
        start, at, fields = token.at, token.at, []
        value: Any = token.text
        kind = {"dot": "dot", "field": "dot", "variable": "variable", "name": "function"}.get(token.kind, "literal")
        end = start + len(token.text)
        if token.text == "(":
            calls = self._calls(rest, at)
            if not rest:
                raise self._fail("unclosed left paren", at)
            end = rest.pop(0).at + 1
            kind, value = "pipeline", Pipe((), calls)
        elif token.kind == "field":
            fields.append(token.text[1:])
        elif token.kind == "variable":
            if token.text not in self._known:
                raise self._fail(f'undefined variable "{token.text}"', at)
        elif token.kind == "string":
            value = token.text[1:-1]
            if token.text[0] == '"':
                value = re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1], found[0]), value)
        elif token.kind == "number":
            value = float(token.text) if "." in token.text else int(token.text)
        elif token.text in ("true", "false", "nil"):
            kind, value = "literal", {"true": True, "false": False, "nil": None}[token.text]
        elif kind == "function":
            if token.text not in self._functions:
                raise self._fail(f'function "{token.text}" not defined', at)
        elif kind != "dot":
            raise self._fail(f"unexpected {token.text!r} in operand", at)
        while rest and rest[0].kind == "field" and rest[0].at == end:
            if len(fields) == 1 or (kind != "dot" and not fields):
                at = rest[0].at  # Go reports a chain where its second link stands
            fields.append(rest[0].text[1:])
            end = rest[0].at + len(rest.pop(0).text)
        return Operand(kind, value, tuple(fields), at, self.source[start:end])

    # Applying

    def render(self, data: Any, *, strict: bool = False) -> str:
        """The template applied to `data`. `strict` makes a missing key of a map an error too.

        Raises `TemplateError`.
        """
        return "".join(self._render(self._blocks, data, {"$": data}, strict))

    def heading(self, titles: Mapping[str, str]) -> str:
        """The template applied to the titles of columns, which it arranges but does not change."""
        own = self._functions
        same = Function(lambda title, *_: title, (1, MANY), 1)
        self._functions = {**own, **dict.fromkeys(("json", "lower", "title", "truncate", "upper"), same)}
        try:
            return self.render(dict(titles))
        except TemplateError:
            return ""
        finally:
            self._functions = own

    def _render(self, blocks: tuple[Block, ...], dot: Any, names: dict[str, Any], strict: bool) -> Iterator[str]:
        for block in blocks:
            if block.pipe is None:
                yield block.text
                continue
            value = self._evaluate(block.pipe, dot, names, strict)
            if block.kind == "action":
                yield "" if block.pipe.variables else text(value)
            elif block.kind == "range":
                items = self._items(block.pipe, value)
                for key, item in items:
                    bound = dict(zip(reversed(block.pipe.variables), (item, key), strict=False))
                    yield from self._render(block.body, item, {**names, **bound}, strict)
                if not items:
                    yield from self._render(block.otherwise, dot, names, strict)
            elif truth(value):
                yield from self._render(block.body, value if block.kind == "with" else dot, dict(names), strict)
            else:
                yield from self._render(block.otherwise, dot, names, strict)

    def _items(self, pipe: Pipe, value: Any) -> list[tuple[Any, Any]]:
        if isinstance(value, dict) and not isinstance(value, Struct):
            return sorted(value.items())
        if isinstance(value, list):
            return list(enumerate(value))
        if value is None:
            return []
        raise self._error(pipe.calls[-1][0], f"range can't iterate over {text(value)}")

    def _evaluate(self, pipe: Pipe, dot: Any, names: dict[str, Any], strict: bool) -> Any:
        piped: list[Any] = []
        for call in pipe.calls:
            first, *others = call
            if first.kind == "function":
                arguments = [self._value(each, dot, names, strict) for each in others] + piped
                piped = [self._call(call, arguments)]
            elif others or piped:
                problem = (
                    f"{first.fields[-1]} is not a method but has arguments"
                    if first.fields
                    else f"can't give argument to non-function {first.source}"
                )
                raise self._error(first, problem)
            else:
                if first.kind == "literal" and first.value is None:
                    raise self._error(first, "nil is not a command")
                piped = [self._value(first, dot, names, strict)]
        for name in pipe.variables:
            names[name] = piped[0]
        return piped[0]

    def _call(self, call: tuple[Operand, ...], arguments: list[Any]) -> Any:
        function = self._functions[call[0].value]
        fewest, most = function.arity
        if not fewest <= len(arguments) <= most:
            wanted = f"at least {fewest}" if most > fewest else str(fewest)
            name = call[0].value
            raise self._error(call[0], f"wrong number of args for {name}: want {wanted} got {len(arguments)}")
        for place, argument in enumerate(arguments[: function.strings]):
            wanted = "[]string" if (call[0].value, place) == ("join", 0) else "string"
            if not isinstance(argument, str if wanted == "string" else Strings | Nil):
                at = call[place + 1] if place + 1 < len(call) else call[0]
                raise self._error(at, f"wrong type for value; expected {wanted}; got {go_type(argument)}")
        try:
            return function.run(*arguments)
        except DockerError as error:
            last = call[-1]
            source = self.source[call[0].at : last.at + len(last.source)] if len(call) > 1 else call[0].source
            whole = Operand("function", None, (), call[0].at, source)
            raise self._error(whole, f"error calling {call[0].value}: {error}") from error

    def _value(self, operand: Operand, dot: Any, names: dict[str, Any], strict: bool) -> Any:
        if operand.kind == "pipeline":
            value = self._evaluate(operand.value, dot, names, strict)
        elif operand.kind == "function":
            value = self._call((operand,), [])
        else:
            value = {"dot": dot, "variable": names.get(operand.value)}.get(operand.kind, operand.value)
        for name in operand.fields:
            if isinstance(value, dict) and name in value:
                value = value[name]
            elif isinstance(value, Struct) or not isinstance(value, dict):
                kind = "interface {}" if strict and value is not None else go_type(value)
                problem = f"can't evaluate field {name} in type {kind}"
                raise self._error(operand, "nil data; no entry for key" if value is None else problem)
            elif strict:
                raise self._error(operand, f'map has no entry for key "{name}"')
            else:
                value = None
        return value

    def _error(self, where: Operand, problem: str) -> TemplateError:
        line = self.source.count("\n", 0, where.at) + 1
        column = len(self.source[self.source.rfind("\n", 0, where.at) + 1 : where.at].encode())
        place = f'template: {self.name}:{line}:{column}: executing "{self.name}" at <{where.source}>'
        return TemplateError(f"template parsing error: {place}: {problem}")


# Values as Go sees them


def go_type(value: Any) -> str:
    """The Go type of a value, for messages."""
    if isinstance(value, Struct | Strings | Number | Time):
        return value.go_type
    kinds = {str: "string", bool: "bool", int: "int64", float: "float64", list: "[]interface {}"}
    return kinds.get(type(value), "map[string]interface {}")


def text(value: Any, *, nested: bool = False) -> str:
    """A value as Go's `fmt` prints it: `[a b]`, `map[k:v]`."""
    if isinstance(value, Struct):
        return value.go_text()
    if isinstance(value, Nil):
        return value.printed
    if value is None:
        return "<nil>" if nested else NO_VALUE
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + " ".join(text(item, nested=True) for item in value) + "]"
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{text(item, nested=True)}" for key, item in sorted(value.items())) + "]"
    return str(value)


def truth(value: Any) -> bool:
    """Whether a condition holds: everything but zero, nothing and the empty."""
    return isinstance(value, Struct) or bool(value)


def plain(value: Any) -> Any:
    """A value ready for JSON."""
    if isinstance(value, Nil):
        return None
    if isinstance(value, dict):
        members = value.json() if isinstance(value, Struct) else value
        return {key: plain(item) for key, item in members.items()}
    if isinstance(value, Number):
        return int(value)
    return [plain(item) for item in value] if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class Function:
    """A template function: how it runs, how many arguments it takes, how many of the first must be strings."""

    run: Callable[..., Any]
    arity: tuple[int, int]
    strings: int = 0


MANY = 1000


def functions() -> dict[str, Function]:
    """The functions by name: Docker's own and the usual ones of Go."""

    def check(index: Any, length: int) -> int:
        if not isinstance(index, int):
            raise TemplateError(f"cannot index slice/array with type {go_type(index)}")
        if not 0 <= index < length:
            raise TemplateError(f"index out of range: {index}")
        return index

    def index(value: Any, *keys: Any) -> Any:
        for key in keys:
            if isinstance(value, dict):
                value = value.get(key, "")
            elif isinstance(value, str):
                value = value.encode()[check(key, len(value))]
            elif isinstance(value, list):
                value = value[check(key, len(value))]
            else:
                raise TemplateError(f"can't index item of type {go_type(value)}")
        return value

    def cut(value: Any, start: int = 0, end: int | None = None) -> Any:
        if not isinstance(value, str | list):
            raise TemplateError(f"can't slice item of type {go_type(value)}")
        for bound in (start, end):
            if bound is not None:
                check(bound, len(value) + 1)
        return value[start:end]

    def length(value: Any) -> int:
        if not isinstance(value, Nil | str | list | dict) or isinstance(value, Struct):
            raise TemplateError(f"len of type {go_type(value)}")
        return len(value)

    def join(values: Any, separator: str) -> str:
        if isinstance(values, Nil):
            return ""
        return separator.join(text(value) for value in values)

    def spaced(*values: Any) -> str:
        """Go's Print: a blank between two values of which neither is a string."""
        pieces = [text(value) for value in values]
        for place in range(len(values) - 1, 0, -1):
            if not isinstance(values[place], str) and not isinstance(values[place - 1], str):
                pieces.insert(place, " ")
        return "".join(pieces)

    def compare(sign: str) -> Callable[[Any, Any], bool]:
        def run(left: Any, right: Any) -> bool:
            if type(left) is not type(right) and sign not in ("eq", "ne"):
                raise TemplateError("incompatible types for comparison")
            if sign in ("eq", "ne"):
                return bool(left == right) == (sign == "eq")
            return bool({"lt": left < right, "le": left <= right, "gt": left > right, "ge": left >= right}[sign])

        return run

    return {
        "json": Function(as_json, (1, 1)),
        "join": Function(join, (2, 2), 2),
        "split": Function(lambda value, separator: Strings(value.split(separator) if separator else value), (2, 2), 2),
        "title": Function(lambda value: value[:1].upper() + value[1:], (1, 1), 1),
        "lower": Function(str.lower, (1, 1), 1),
        "upper": Function(str.upper, (1, 1), 1),
        "pad": Function(lambda value, before, after: value and " " * before + value + " " * after, (3, 3), 1),
        "truncate": Function(lambda value, count: value[:count], (2, 2), 1),
        "print": Function(spaced, (0, MANY)),
        "println": Function(lambda *values: " ".join(map(text, values)) + "\n", (0, MANY)),
        "printf": Function(printf, (1, MANY), 1),
        "index": Function(index, (1, MANY)),
        "slice": Function(cut, (1, 3)),
        "len": Function(length, (1, 1)),
        "and": Function(lambda *values: next((value for value in values if not truth(value)), values[-1]), (1, MANY)),
        "or": Function(lambda *values: next((value for value in values if truth(value)), values[-1]), (1, MANY)),
        "not": Function(lambda value: not truth(value), (1, 1)),
        **{sign: Function(compare(sign), (2, 2)) for sign in ("eq", "ne", "lt", "le", "gt", "ge")},
    }


def printf(form: str, *values: Any) -> str:
    """Go's Printf with the verbs `%s %v %d %q %%`, widths and precisions."""
    pending = list(values)

    def one(found: re.Match[str]) -> str:
        flags, verb = found[1], found[2]
        if verb == "%":
            return "%"
        if not pending:
            return f"%!{verb}(MISSING)"
        value = pending.pop(0)
        if verb == "d":
            return f"%{flags}d" % value if isinstance(value, int) else f"%!d({go_type(value)}={text(value)})"
        return f"%{flags}s" % (canonical_json(text(value)).decode() if verb == "q" else text(value))

    printed = re.sub(r"%(-?\d*(?:\.\d+)?)([a-zA-Z%])", one, form)
    extra = ", ".join(f"{go_type(value)}={text(value)}" for value in pending)
    return f"{printed}%!(EXTRA {extra})" if pending else printed


def as_json(value: Any) -> str:
    """JSON as the template function writes it: `<`, `>` and `&` as they are, unless the value escapes them itself."""
    json_text = canonical_json(plain(value)).decode()
    if isinstance(value, Struct) and value.escaped:
        return json_text
    return json_text.replace("\\u003c", "<").replace("\\u003e", ">").replace("\\u0026", "&")
