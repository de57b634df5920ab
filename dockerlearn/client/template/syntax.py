"""The grammar of Go's templates, and the tree that a template is read into.

    template  :=  { text | "{{" pipeline "}}" | block | "{{/*" comment "*/}}" }
    block     :=  "{{" word pipeline "}}" template [ "{{else" [ word pipeline ] "}}" template ] "{{end}}"
    word      :=  "if" | "range" | "with"
    pipeline  :=  [ variable [ "," variable ] ( ":=" | "=" ) ] pipe
    pipe      :=  command { "|" command }
    command   :=  operand { operand }
    operand   :=  ( "." | variable | literal | function | "(" pipe ")" ) { ".Field" }

Texts of errors are those of Go's `text/template`, which Docker prints as they are. What is missing here of Go's language
is refused by name.
"""

from __future__ import annotations

import json
import re
from typing import Any, TypeAlias

from ...model.errors import TemplateError
from ...model.value import Value
from .functions import FUNCTIONS
from .values import quoted

MOST_PARTS = 100  # actions and parentheses of a template: they may be within each other
UNKNOWN = "a part of Go's templates that dockerlearn does not know"


class GoError(TemplateError):
    """A template that Go refuses. `reason` is Go's text, before which most commands say that it is about a template."""

    text = "template parsing error: {reason}"
    reason: str


class ParseError(GoError):
    """A template that breaks the grammar."""


# The tree


class Operand(Value):
    """A part of a command. `text` is what Go's messages quote, `at` the place in the source that they name."""

    text: str
    at: int


class Literal(Operand):
    """A number, a text between quotes, `true`, `false` or `nil`."""

    value: Any


class FunctionName(Operand):
    """The name of a function, at the beginning of a command."""


class Variable(Operand):
    """A variable, or a field of a field of one: `$x.A.B`. The dot is a variable too, and `.A` is a field of it."""

    name: str
    fields: tuple[str, ...]


class Parentheses(Operand):
    """A pipe between parentheses, or a field of what it comes to: `(index .A 0).B`."""

    pipe: Pipe
    fields: tuple[str, ...]


class Pipeline(Value):
    """A pipe whose value is printed, decides a block, or is given to variables, which `:=` declares."""

    names: tuple[str, ...]
    declares: bool
    pipe: Pipe


class Block(Value):
    """An `if`, `range` or `with`: what is shown if its pipeline holds, or for each item, and what is shown otherwise."""

    word: str
    pipeline: Pipeline
    body: Nodes
    otherwise: Nodes


Command: TypeAlias = tuple[Operand, ...]
Pipe: TypeAlias = tuple[Command, ...]
Nodes: TypeAlias = "tuple[str | Pipeline | Block, ...]"  # a template; a str is text that stays as it is

# Reading it


class Token(Value):
    """A word of an action: its kind, which is a group of `TOKEN`, its text, and where it stands."""

    kind: str
    text: str
    at: int


TOKEN = r"""\s* (?: (?P<end>\}\}|(?<=\s)-\}\}) | (?P<comment>/\*[\s\S]*?\*/) | (?P<string>"(?:\\.|[^"\\\n])*"|`[^`]*`)
    | (?P<number>[-+]?\.?[0-9](?:(?<=[eE])[-+]|[0-9a-fA-FoOxX_.])*) | (?P<field>(?:\.[^\W\d]\w*)+) | (?P<dot>\.)
    | (?P<variable>\$\w*(?:\.[^\W\d]\w*)*) | (?P<name>[^\W\d]\w*) | (?P<close>\)(?:\.[^\W\d]\w*)*)
    | (?P<sign>(?!/\*)[!#-&(-9;-_a-~]) | (?P<stray>[\s\S]?) )"""
WORDS = ("dot", "field", "name", "number", "string", "variable")
AFTER_WORD = r"[\s,|:()]|\}\}|\Z"
OPENING = r"\{\{(-\s)?"
DECLARATION = r"(\$\w*)(?:\s*,\s*(\$\w*))?\s*(:?=)"
BLANKS = " \t\r\n"
STRAY = {"": "unclosed action", "/": "unclosed comment", ":": "expected :=",
         '"': "unterminated quoted string", "`": "unterminated raw quoted string"}  # fmt: skip
BLOCKS = ("if", "range", "with")
CLOSING = ("end", "close")
CONSTANTS = {"true": True, "false": False, "nil": None}
LACKING = ("block", "break", "call", "continue", "define", "html", "js", "template", "urlquery")


class Parser:
    """A template that is being read, one token ahead: there is a method for each line of the grammar.

    `names` are the variables that are known at a place.
    """

    def __init__(self, source: str, name: str) -> None:
        self._source, self._name = source, name
        self._at, self._trims = 0, False  # where to go on, and whether blanks there do not count
        # Compiled only here: most commands read no template.
        self._opening, self._declaration = re.compile(OPENING), re.compile(DECLARATION)
        self._word, self._after_word = re.compile(TOKEN, re.VERBOSE), re.compile(AFTER_WORD)

    def parse(self) -> Nodes:
        """The tree of the template. Raises `ParseError`."""
        if self._source.count("{{") + self._source.count("(") > MOST_PARTS:
            raise self._error(f"more than {MOST_PARTS} actions and parentheses are more than dockerlearn reads")
        nodes, word = self._template({"$"})
        if word:
            raise self._error(f"unexpected {{{{{word}}}}}")
        return nodes

    def _error(self, problem: str) -> ParseError:
        line = self._source.count("\n", 0, self._at) + 1
        return ParseError(reason=f"template: {self._name}:{line}: {problem}")

    def _advance(self) -> Token:
        """Read the next token of an action into `self._token`."""
        match = next(self._word.finditer(self._source, self._at))
        kind, word, self._at = match.lastgroup or "", match[match.lastgroup or 0], match.end()
        after = self._source[self._at : self._at + 1]
        if kind == "stray" and word in STRAY:
            raise self._error(STRAY[word])
        if after == "." and kind in WORDS:
            raise self._error(f"unexpected . after term {quoted(word)}")
        if kind == "stray" or (kind in WORDS and not self._after_word.match(self._source, self._at)):
            after = word if kind == "stray" else after
            raise self._error(f"bad character U+{ord(after):04X} {after!r}")
        self._token, self._trims = Token(kind, word, match.start(kind)), word == "-}}"
        return self._token

    def _template(self, names: set[str]) -> tuple[Nodes, str]:
        """Everything up to `{{end}}`, `{{else` or the end of the template, and which of them it was."""
        nodes: list[str | Pipeline | Block] = []
        while True:
            opening = self._opening.search(self._source, self._at)
            plain = self._source[self._at : opening.start() if opening else None]
            plain = plain.lstrip(BLANKS) if self._trims else plain
            nodes.append(plain.rstrip(BLANKS) if opening and opening[1] else plain)
            if not opening:
                return tuple(nodes), ""
            self._at = opening.end()
            token = self._advance()
            if token.text in ("else", "end"):
                if self._advance().kind != "end" and (token.text == "end" or self._token.text not in BLOCKS):
                    raise self._error(f"unexpected {quoted(self._token.text)} in {token.text}")
                return tuple(nodes), token.text
            if token.kind == "comment":
                if self._advance().kind != "end":
                    raise self._error("comment ends before closing delimiter")
            elif token.text in BLOCKS:
                nodes.append(self._block(names))
            else:
                nodes.append(self._pipeline("command", names))

    def _block(self, names: set[str]) -> Block:
        word, names = self._token.text, {*names}
        self._advance()
        pipeline = self._pipeline(word, names)
        body, ending = self._template({*names})
        otherwise: Nodes = ()
        if ending == "else" and self._token.text in BLOCKS:
            otherwise = (self._block(names),)
        elif ending == "else":
            otherwise, ending = self._template(names)
            if ending == "else":
                raise self._error("expected end; found {{else}}")
        if not ending:
            raise self._error("unexpected EOF")
        return Block(word, pipeline, body, otherwise)

    def _pipeline(self, context: str, names: set[str]) -> Pipeline:
        """A pipeline. Go's messages call what it stands in its `context`."""
        variables: tuple[str, ...] = ()
        sign = ""
        if declaration := self._declaration.match(self._source, self._token.at):
            first, second, sign = declaration.groups()
            variables = (first, second) if second else (first,)
            if second and context != "range":
                raise self._error(f"too many declarations in {context}")
            if sign == "=" and (unknown := [name for name in variables if name not in names]):
                raise self._error(f'undefined variable "{unknown[-1]}"')
            self._at = declaration.end()
            self._advance()
        pipe = self._pipe(context, names)
        if self._token.kind == "close":
            raise self._error("unexpected right paren")
        names.update(variables)
        return Pipeline(variables, sign == ":=", pipe)

    def _pipe(self, context: str, names: set[str]) -> Pipe:
        commands: list[Command] = []
        while self._token.kind not in CLOSING:
            if self._token.kind == "sign" and self._token.text != "(":
                raise self._error(f"unexpected {quoted(self._token.text)} in {context}")
            command: list[Operand] = []
            while self._token.kind not in CLOSING and self._token.text != "|":
                command.append(self._operand(names, first=not command))
            commands.append(tuple(command))
            if self._token.text == "|":
                self._advance()
        if not commands:
            raise self._error(f"missing value for {context}")
        return tuple(commands)

    def _operand(self, names: set[str], *, first: bool) -> Operand:
        token = self._token
        self._advance()
        if token.kind in ("dot", "field", "variable"):
            return self._variable(token, names)
        if token.text == "(":
            return self._parentheses(token, names)
        if first and token.text in FUNCTIONS:
            return FunctionName(token.text, token.at)
        return Literal(token.text, token.at, self._literal(token.kind, token.text))

    def _variable(self, token: Token, names: set[str]) -> Variable:
        root, *fields = [token.text] if token.kind == "dot" else token.text.split(".")
        if token.kind == "variable" and root not in names:
            raise self._error(f'undefined variable "{root}"')
        # Go places a chain of fields where its second link stands.
        second = token.text.find(".", 1)
        return Variable(token.text, token.at + max(second, 0), root if token.kind == "variable" else ".", tuple(fields))

    def _parentheses(self, token: Token, names: set[str]) -> Parentheses:
        pipe = self._pipe("parenthesized pipeline", names)
        if self._token.kind == "end":
            raise self._error("unclosed left paren")
        close = self._token
        self._advance()
        whole = self._source[token.at : close.at + len(close.text)]
        return Parentheses(whole, token.at, pipe, tuple(close.text.split(".")[1:]))

    def _literal(self, kind: str, word: str) -> Any:
        if word in CONSTANTS:
            return CONSTANTS[word]
        if kind == "name":
            lacks = word in LACKING or word in FUNCTIONS
            raise self._error(f"{word} here is {UNKNOWN}" if lacks else f'function "{word}" not defined')
        if kind not in ("number", "string"):
            raise self._error(f"unexpected {quoted(word)} in operand")
        try:  # of Go's escapes, those that JSON has too
            value = _number(word) if kind == "number" else word[1:-1] if word[0] == "`" else json.loads(word)
            str(value).encode()  # no number of more digits than Python prints, no half of a character
        except ValueError as error:
            raise self._error("invalid syntax" if kind == "string" else f'bad number syntax: "{word}"') from error
        return value


def _number(word: str) -> float:
    """The value of a number. Raises `ValueError`."""
    return float(word) if set(".eE") & set(word) and "x" not in word else int(word, 0)
