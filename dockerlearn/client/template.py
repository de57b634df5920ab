"""The Go templates of `--format` and `-f`, as far as Docker's users meet them.

    template  :=  { text | "{{" pipeline "}}" | block | "{{/*" comment "*/}}" }
    block     :=  "{{" word pipeline "}}" template [ "{{else" [ word pipeline ] "}}" template ] "{{end}}"
    word      :=  "if" | "range" | "with"
    pipeline  :=  [ variable [ "," variable ] ( ":=" | "=" ) ] command { "|" command }
    command   :=  operand { operand }
    operand   :=  ( "." | variable | literal | function | "(" pipeline ")" ) { ".Field" }

A template is read and applied in one go: there is a method for each line of this grammar, which returns what it read
comes to. `live` is off for what is only read: the whole template when it is made, a branch not taken later on.
Texts of errors are those of Go's `text/template`, which Docker prints as they are; what is missing here of Go's
language is refused by name.
"""

from __future__ import annotations

import json
import operator
import re
from collections import ChainMap
from collections.abc import Callable, Mapping
from itertools import pairwise
from types import NoneType
from typing import Any, NamedTuple, TypeAlias

from ..model.digest import canonical_json
from ..model.errors import TemplateError

MOST_PARTS = 100  # actions and parentheses of a template: they may be within each other
MOST_BLANKS = 1_000  # that `pad` puts on a side


class ParseError(TemplateError):
    """A template that is not one."""


# Values as Go sees them


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
        return "{" + " ".join(map(text, self.values())) + "}"


class Nil(dict[str, Any]):
    """A Go slice, map or pointer to nothing: prints as an empty one, and is `null` in JSON."""

    def __init__(self, printed: str) -> None:
        super().__init__()
        self.printed = printed


class Strings(list[str]):
    """A Go slice of strings, which `join` takes; the lists of decoded JSON it does not."""


class Number(str):
    """A number as it stands in decoded JSON: no arithmetic with it."""


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


def decoded(value: Any) -> Any:
    """A value of which every map is a `Decoded`."""
    if isinstance(value, dict):
        return Decoded({key: decoded(item) for key, item in value.items()})
    return [decoded(item) for item in value] if isinstance(value, list) else value


def encoded(value: Any) -> Any:
    """A value as Go puts it into JSON: keys of maps sorted, fields of structures in their order."""
    if isinstance(value, Struct):
        return {name: encoded(item) for name, item in value.json().items()}
    if isinstance(value, dict):
        return None if isinstance(value, Nil) else {key: encoded(item) for key, item in sorted(value.items())}
    if isinstance(value, list):
        return [encoded(item) for item in value]
    return int(value) if isinstance(value, Number) else value


def go_type(value: Any) -> str:
    """The Go type of a value, for messages."""
    return value.go_type if isinstance(value, Struct) else GO_TYPES.get(type(value), "map[string]string")


def text(value: Any, nothing: str = "<nil>") -> str:
    """A value as Go's `fmt` prints it: `[a b]`, `map[k:v]`."""
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
    """Whether a condition holds: everything but zero, nothing and the empty."""
    return isinstance(value, Struct) or bool(value)


# Reading and applying

Scope: TypeAlias = ChainMap[str, Any]  # the variables, those of the innermost block first
Functions: TypeAlias = dict[str, tuple[Callable[..., Any], str]]


class Node(NamedTuple):
    """A word of an action or an operand: what it is, its text in Go's messages, where it stands, and its value."""

    kind: str
    text: str
    at: int
    value: Any = None


TOKEN = re.compile(
    r"""\s* (?: (?P<end>\}\}|(?<=\s)-\}\}) | (?P<comment>/\*[\s\S]*?\*/) | (?P<string>"(?:\\.|[^"\\\n])*"|`[^`]*`)
    | (?P<number>[-+]?\.?[0-9](?:(?<=[eE])[-+]|[0-9a-fA-FoOxX_.])*) | (?P<field>(?:\.[^\W\d]\w*)+) | (?P<dot>\.)
    | (?P<variable>\$\w*(?:\.[^\W\d]\w*)*) | (?P<name>[^\W\d]\w*) | (?P<close>\)(?:\.[^\W\d]\w*)*)
    | (?P<sign>(?!/\*)[!#-&(-9;-_a-~]) | (?P<stray>[\s\S]?) )""",
    re.VERBOSE,
)
WORDS = ("dot", "field", "name", "number", "string", "variable")
AFTER_WORD = re.compile(r"[\s,|:()]|\}\}|\Z")
OPENING = re.compile(r"\{\{(-\s)?")
DECLARATION = re.compile(r"(\$\w*)(?:\s*,\s*(\$\w*))?\s*(:?=)")
BLANKS = " \t\r\n"
STRAY = {"": "unclosed action", "/": "unclosed comment", ":": "expected :=",
         '"': "unterminated quoted string", "`": "unterminated raw quoted string"}  # fmt: skip
BLOCKS = ("if", "range", "with")
CLOSING = ("end", "close")
CONSTANTS = {"true": True, "false": False, "nil": None}
UNKNOWN = "a part of Go's templates that dockerlearn does not know"
LACKING = ("block", "break", "call", "continue", "define", "html", "js", "template", "urlquery")


class Template:
    """A template that has been read. Raises `ParseError` if it is none. `name` is the one in Go's messages."""

    def __init__(self, source: str, name: str = "") -> None:
        self.source, self.name = source, name
        self._run(None, live=False)

    def render(self, data: Any, *, strict: bool = False) -> str:
        """The template applied to `data`; `strict` takes that as decoded JSON, where a missing key is an error.

        Raises `TemplateError`.
        """
        return self._run(decoded(data) if strict else data)

    def heading(self, titles: Mapping[str, str]) -> str:
        """The template applied to the titles of columns, which it arranges but does not change."""
        try:
            return self._run(dict(titles), FUNCTIONS | HEADING_FUNCTIONS)
        except TemplateError:
            return ""

    def _run(self, data: Any, functions: Functions | None = None, *, live: bool = True) -> str:
        self._at, self._trims, self._functions = 0, False, functions or FUNCTIONS
        if self.source.count("{{") + self.source.count("(") > MOST_PARTS:
            raise self._fail(f"more than {MOST_PARTS} actions and parentheses are more than dockerlearn reads")
        shown, word = self._template(data, ChainMap({"$": data}), live)
        if word:
            raise self._fail(f"unexpected {{{{{word}}}}}")
        return shown

    def _fail(self, problem: str) -> ParseError:
        line = self.source.count("\n", 0, self._at) + 1
        return ParseError(f"template parsing error: template: {self.name}:{line}: {problem}")

    def _error(self, node: Node, problem: str) -> TemplateError:
        before = self.source[: node.at].split("\n")
        place = f'{self.name}:{len(before)}:{len(before[-1].encode())}: executing "{self.name}" at <{node.text}>'
        return TemplateError(f"template parsing error: template: {place}: {problem}")

    def _advance(self) -> Node:
        """Read the next word of an action into `self._word`."""
        match = next(TOKEN.finditer(self.source, self._at))
        kind, word, self._at = match.lastgroup or "", match[match.lastgroup or 0], match.end()
        after = self.source[self._at : self._at + 1]
        if kind == "stray" and word in STRAY:
            raise self._fail(STRAY[word])
        if after == "." and kind in WORDS:
            raise self._fail(f"unexpected . after term {quoted(word)}")
        if kind == "stray" or (kind in WORDS and not AFTER_WORD.match(self.source, self._at)):
            after = word if kind == "stray" else after
            raise self._fail(f"bad character U+{ord(after):04X} {after!r}")
        self._word, self._trims = Node(kind, word, match.start(kind)), word == "-}}"
        return self._word

    def _template(self, dot: Any, scope: Scope, live: bool) -> tuple[str, str]:
        """Everything up to `{{end}}`, `{{else` or the end of the template, and which of them it was."""
        shown = ""
        while True:
            opening = OPENING.search(self.source, self._at)
            plain = self.source[self._at : opening.start() if opening else None]
            plain = plain.lstrip(BLANKS) if self._trims else plain
            shown += plain.rstrip(BLANKS) if opening and opening[1] else plain
            if not opening:
                return shown, ""
            self._at = opening.end()
            kind, word, *_ = self._advance()
            if word in ("else", "end"):
                if self._advance().kind != "end" and (word == "end" or self._word.text not in BLOCKS):
                    raise self._fail(f"unexpected {quoted(self._word.text)} in {word}")
                return shown, word
            if kind == "comment" and self._advance().kind != "end":
                raise self._fail("comment ends before closing delimiter")
            if word in BLOCKS:
                shown += self._block(dot, scope, live)
            elif kind != "comment":
                names, value = self._pipeline("command", dot, scope, live)
                shown += "" if names else text(value, "<no value>")

    def _block(self, dot: Any, scope: Scope, live: bool) -> str:
        kind, scope = self._word.text, scope.new_child()
        self._advance()
        names, value = self._pipeline(kind, dot, scope, live)
        rounds: list[tuple[Any, Any]] = [(None, value if kind == "with" else dot)] if live and truth(value) else []
        if live and kind == "range":
            if isinstance(value, Struct) or not isinstance(value, list | dict | None):
                unknown = f"a range over a number is {UNKNOWN}"
                problem = f"range can't iterate over {text(value)}"
                raise self._error(self._last, unknown if type(value) is int else problem)
            rounds = sorted(value.items()) if isinstance(value, dict) else list(enumerate(value or []))
        shown, start = "", (self._at, self._trims)
        for key, item in rounds or [(None, None)]:
            self._at, self._trims = start
            bound = dict(zip(reversed(names), (item, key), strict=False)) if kind == "range" else {}
            piece, word = self._template(item, scope.new_child(bound), bool(rounds))
            shown += piece
        live = live and not rounds
        if word == "else" and self._word.text in BLOCKS:
            piece = self._block(dot, scope, live)
        elif word == "else":
            piece, word = self._template(dot, scope, live)
            if word == "else":
                raise self._fail("expected end; found {{else}}")
        elif not rounds:
            piece = ""
        if not word:
            raise self._fail("unexpected EOF")
        return shown if rounds else piece

    def _pipeline(self, context: str, dot: Any, scope: Scope, live: bool) -> tuple[list[str], Any]:
        """The variables that get the value of an action's pipe, and that value."""
        names, sign = [], ""
        if declaration := DECLARATION.match(self.source, self._word.at):
            *variables, sign = declaration.groups()
            names = [name for name in variables if name]
            if len(names) > 1 and context != "range":
                raise self._fail(f"too many declarations in {context}")
            if sign == "=" and names[-1] not in scope:
                raise self._fail(f'undefined variable "{names[-1]}"')
            self._at = declaration.end()
            self._advance()
        value = self._pipe(context, dot, scope, live)
        if self._word.kind == "close":
            raise self._fail("unexpected right paren")
        for name in names if live or sign == ":=" else []:
            home = scope if sign == ":=" else next(each for each in scope.maps if name in each)
            home[name] = value
        return names, value

    def _pipe(self, context: str, dot: Any, scope: Scope, live: bool) -> Any:
        """The value of the last command: each one gets what the one before it gave."""
        piped: list[Any] = []
        stage = 0
        while self._word.kind not in CLOSING:
            command: list[Node] = []
            if self._word.kind == "sign" and self._word.text != "(":
                raise self._fail(f"unexpected {quoted(self._word.text)} in {context}")
            while self._word.kind not in CLOSING and self._word.text != "|":
                command.append(self._operand(command, dot, scope, live))
            stage += 1
            if self._word.text == "|":
                self._advance()
            self._last = command[0]
            piped = [self._command(command, piped)] if live else []
        if not stage:
            raise self._fail(f"missing value for {context}")
        return piped[0] if live else None

    def _operand(self, command: list[Node], dot: Any, scope: Scope, live: bool) -> Node:
        """The next operand of a command. After one that decides an `and` or `or`, nothing is looked at."""
        kind, word, at, value = self._word
        root, *fields = word.split(".") if kind in ("field", "variable") else [word]
        if command and command[0].text in ("and", "or"):
            live = live and all(truth(node.value) == (command[0].text == "and") for node in command[1:])
        self._advance()
        if kind in ("dot", "field"):
            value = dot
        elif kind == "variable":
            if root not in scope:
                raise self._fail(f'undefined variable "{root}"')
            value = scope[root]
        elif word == "(":
            value = self._pipe("parenthesized pipeline", dot, scope, live)
            if self._word.kind == "end":
                raise self._fail("unclosed left paren")
            fields = self._word.text.split(".")[1:]
            kind, word = "pipe", self.source[at : self._word.at + len(self._word.text)]
            self._advance()
        elif command or word not in FUNCTIONS:
            kind, value = "literal", self._literal(kind, word)
        if fields and kind != "pipe" and "." in word[1:]:
            at += word.index(".", 1)  # Go places a chain of fields where its second link stands
        node = Node(kind, word, at, value)
        blamed = self._last if kind == "pipe" and live else node
        return node._replace(value=self._field(blamed, value, fields)) if live else node

    def _literal(self, kind: str, word: str) -> Any:
        if word in CONSTANTS:
            return CONSTANTS[word]
        if kind == "name":
            lacks = word in LACKING or word in FUNCTIONS
            raise self._fail(f"{word} here is {UNKNOWN}" if lacks else f'function "{word}" not defined')
        if kind not in ("number", "string"):
            raise self._fail(f"unexpected {quoted(word)} in operand")
        try:  # of Go's escapes, those that JSON has too
            value = number(word) if kind == "number" else word[1:-1] if word[0] == "`" else json.loads(word)
            str(value).encode()  # no number of more digits than Python prints, no half of a character
        except ValueError as error:
            raise self._fail("invalid syntax" if kind == "string" else f'bad number syntax: "{word}"') from error
        return value

    def _field(self, node: Node, value: Any, fields: list[str]) -> Any:
        """The field of a field of a value. What a map of strings lacks is nothing."""
        static = go_type(value)
        for name in fields:
            if isinstance(value, dict) and name in value:
                static = "interface {}" if isinstance(value, Decoded) else go_type(value[name])
                value = value[name]
            elif isinstance(value, Decoded):
                raise self._error(node, f'map has no entry for key "{name}"')
            elif isinstance(value, Struct) or not isinstance(value, dict):
                raise self._error(node, f"can't evaluate field {name} in type {static}")
            else:
                return None
        return value

    def _command(self, command: list[Node], piped: list[Any]) -> Any:
        """The value of a lone operand, or of a function given its arguments and what is piped in."""
        first, *given = command
        given += [first._replace(value=value) for value in piped]
        if first.kind != "name":
            if given and first.kind == "field":
                raise self._error(first, f"{first.text.rpartition('.')[2]} is not a method but has arguments")
            if given or first.text == "nil":
                raise self._error(
                    first, f"can't give argument to non-function {first.text}" if given else "nil is not a command"
                )
            return first.value
        run, signature = self._functions[first.text]
        types, more = signature.removesuffix("...").split(), signature.endswith("...")
        if len(given) < len(types) or (len(given) > len(types) and not more):
            want = f"want {'at least ' * more}{len(types)} got {len(given)}"
            raise self._error(first, f"wrong number of args for {first.text}: {want}")
        for node, expected in zip(given, types, strict=False):
            actual = go_type(node.value)
            if expected not in (actual, "any") and not (expected == "[]string" and isinstance(node.value, Nil)):
                problem = f"wrong type for value; expected {expected}; got {actual}"
                literal = f"expected {'integer' if expected == 'int' else expected}; found {node.text}"
                raise self._error(node, literal if node.kind == "literal" else problem)
        try:
            return run(*(node.value for node in given))
        except TemplateError as error:
            whole = first._replace(text=" ".join(node.text for node in command))
            raise self._error(whole, f"error calling {first.text}: {error}") from error


def quoted(value: str) -> str:
    """A text between double quotes, as Go quotes it."""
    return json.dumps(value, ensure_ascii=False)


def number(word: str) -> float:
    """The value of a number. Raises `ValueError`."""
    return float(word) if set(".eE") & set(word) and "x" not in word else int(word, 0)


# Functions. What they refuse becomes `error calling NAME: ...`.


def to_json(value: Any) -> str:
    """`value` as Go's encoding/json writes it, with `<`, `>` and `&` as they are unless it escapes them itself."""
    if isinstance(value, Struct) and value.escaped:
        return canonical_json(encoded(value)).decode()
    compact = json.dumps(encoded(value), ensure_ascii=False, separators=(",", ":"))
    return compact.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def positions(value: Any, *keys: Any) -> Any:
    """What can be indexed or sliced, once the keys have been found good: the items of a list, the bytes of a text."""
    if not isinstance(value, str | list):
        raise TemplateError(f"can't index item of type {go_type(value)}")
    items = value.encode() if isinstance(value, str) else value
    for key in keys:
        if type(key) is not int:
            raise TemplateError(f"cannot index slice/array with type {go_type(key)}")
        if not 0 <= key <= len(items):
            raise TemplateError(f"index out of range: {key}")
    return items


def index(value: Any, *keys: Any) -> Any:
    """An item of a map or a list, or a byte of a text; with more keys, an item of that, and so on."""
    for key in keys:
        if isinstance(value, dict) and not isinstance(value, Struct):
            if not isinstance(key, str):
                raise TemplateError(f"value has type {go_type(key)}; should be string")
            missing = None if isinstance(value, Decoded) else Struct("", {}) if {} in value.values() else ""
            value = value.get(key, missing)
        else:
            if value is None:
                raise TemplateError("index of untyped nil")
            items = positions(value, key)
            if key == len(items):
                raise TemplateError("reflect: slice index out of range")
            value = items[key]
    return value


def part(value: Any, *bounds: Any) -> Any:
    """`slice`: a part of a list or of a text."""
    items = positions(value, *bounds)
    items = items[slice(*bounds, *(None,) * (2 - len(bounds)))]
    return items.decode(errors="replace") if isinstance(value, str) else items


def length(value: Any) -> int:
    """`len`: the number of items, or of bytes."""
    if isinstance(value, Struct) or not isinstance(value, str | list | dict):
        raise TemplateError("len of nil pointer" if value is None else f"len of type {go_type(value)}")
    return len(value.encode() if isinstance(value, str) else value)


def printed(*values: Any) -> str:
    """`print`: a blank between two values of which neither is a text."""
    pieces = [text(value) for value in values]
    for place, pair in enumerate(pairwise(values)):
        pieces[place] += "" if str in map(type, pair) else " "
    return "".join(pieces)


def printf(form: str, *values: Any) -> str:
    """`printf` with the verbs `%s %v %d %q %%`, widths and precisions."""
    pending = list(values)

    def one(found: re.Match[str]) -> str:
        flags, verb = found.groups()
        if verb == "%":
            return "%"
        if verb not in ("d", "q", "s", "v"):
            raise TemplateError(f"{found[0]} is something that dockerlearn does not know")
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


def comparison(holds: Callable[[Any, Any], bool]) -> Callable[..., bool]:
    """`eq` and its like: whether two texts or two numbers compare so; with more values, whether one of them does."""

    def compare(left: Any, *rights: Any) -> bool:
        for value in (left, *rights):
            if isinstance(value, list | dict | None):
                raise TemplateError(f"non-comparable type {text(value)}: {go_type(value)}")
        if len({str if isinstance(value, str) else type(value) for value in (left, *rights)}) > 1:
            raise TemplateError("incompatible types for comparison")
        return any(holds(left, right) for right in rights)

    return compare


# What runs, and the types of its arguments; "..." stands for any number of further ones.
FUNCTIONS: Functions = {
    "and": (lambda *values: next((value for value in values if not truth(value)), values[-1]), "any ..."),
    "eq": (comparison(operator.eq), "any any ..."),
    "ge": (comparison(operator.ge), "any any"),
    "gt": (comparison(operator.gt), "any any"),
    "index": (index, "any ..."),
    "join": (lambda values, separator: separator.join(values), "[]string string"),
    "json": (to_json, "any"),
    "le": (comparison(operator.le), "any any"),
    "len": (length, "any"),
    "lower": (str.lower, "string"),
    "lt": (comparison(operator.lt), "any any"),
    "ne": (comparison(operator.ne), "any any"),
    "not": (lambda value: not truth(value), "any"),
    "or": (lambda *values: next((value for value in values if truth(value)), values[-1]), "any ..."),
    "pad": (
        lambda value, *blanks: value.join(" " * min(each, MOST_BLANKS) for each in blanks) if value else "",
        "string int int",
    ),
    "print": (printed, "..."),
    "printf": (printf, "string ..."),
    "println": (lambda *values: " ".join(map(text, values)) + "\n", "..."),
    "slice": (part, "any ..."),
    "split": (lambda value, separator: Strings(value.split(separator) if separator else value), "string string"),
    "title": (lambda value: re.sub(r"(?<!\w)\w", lambda found: found[0].upper(), value), "string"),
    "truncate": (lambda value, count: value[: max(count, 0)], "string int"),
    "upper": (str.upper, "string"),
}
HEADING_FUNCTIONS: Functions = dict.fromkeys(
    ("json", "lower", "title", "truncate", "upper"), (lambda title, *_: title, "string ...")
)
