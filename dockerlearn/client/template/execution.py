"""Templates, and what applying one to a value comes to."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from . import syntax
from .functions import FUNCTIONS, HEADING_FUNCTIONS, FunctionError, Functions
from .syntax import GoError
from .values import Decoded, Nil, Struct, go_type, text, truth

Scope: TypeAlias = ChainMap[str, Any]  # the variables by name, with the dot as ".", those of the innermost block first
MOST_STEPS = 100_000  # of a template, on however many values: one for a part, one for a hundred characters of a value
CHARACTERS_PER_WORK, STEPS_PER_WORK = 1, 2  # of a machine's work: to read a template, and to apply it
DECISIVE = {"and": False, "or": True}  # the value after which nothing more is looked at


class ExecutionError(GoError):
    """A template that cannot be applied to a value."""


class Template:
    """A template. Raises `ParseError` if it is none. `name` is the one in Go's messages, `spend` is told what it costs."""

    def __init__(self, source: str, name: str = "", spend: Callable[[int], object] = lambda work: None) -> None:
        self.source, self.name, self._spend = source, name, spend
        self._steps = 0
        spend(len(source) // CHARACTERS_PER_WORK)
        self._tree = syntax.Parser(source, name).parse()

    def render(self, data: Any) -> str:
        """The template applied to a value. Raises `ExecutionError`, also where that takes too long."""
        return self._apply(data, FUNCTIONS)

    def heading(self, titles: Mapping[str, str]) -> str:
        """The template applied to the titles of columns, by field: it puts them in their places, unchanged."""
        try:
            return self._apply(dict(titles), HEADING_FUNCTIONS)
        except ExecutionError:
            return ""

    def _apply(self, data: Any, functions: Functions) -> str:
        execution = _Execution(self.source, self.name, functions, self._steps)
        try:
            return execution.show(self._tree, ChainMap({".": data, "$": data}))
        finally:
            taken, self._steps = execution.steps - self._steps, execution.steps
            self._spend(taken // STEPS_PER_WORK)


class _Execution:
    """One application of a template, with the functions that it can call. Its source and name are for the messages.

    `steps` counts on from those that the template has taken before.
    """

    def __init__(self, source: str, name: str, functions: Functions, steps: int) -> None:
        self._source, self._name, self._functions, self.steps = source, name, functions, steps

    def _spend(self, shown: Any) -> None:
        """Count a part of the template, and what it comes to."""
        self.steps += 1 + (len(shown) // 100 if isinstance(shown, str) else 0)
        if self.steps > MOST_STEPS:
            raise ExecutionError(reason=f"template: more than {MOST_STEPS} steps are more than dockerlearn does")

    def show(self, nodes: syntax.Nodes, scope: Scope) -> str:
        """The text that a tree comes to. Raises `ExecutionError`."""
        shown = ""
        for node in nodes:
            if isinstance(node, str):
                shown += node
            elif isinstance(node, syntax.Block):
                shown += self._block(node, scope.new_child())
            else:
                value = self._pipeline(node, scope)
                shown += "" if node.names else text(value, "<no value>")
            self._spend("")
        self._spend(shown)
        return shown

    def _error(self, operand: syntax.Operand, problem: str, quoted: str = "") -> ExecutionError:
        before = self._source[: operand.at].split("\n")
        place = f'{self._name}:{len(before)}:{len(before[-1].encode())}: executing "{self._name}"'
        return ExecutionError(reason=f"template: {place} at <{quoted or operand.text}>: {problem}")

    def _block(self, block: syntax.Block, scope: Scope) -> str:
        value = self._pipeline(block.pipeline, scope)
        if block.word == "range":
            rounds = self._rounds(block.pipeline, value)
        else:
            rounds = [{".": value} if block.word == "with" else {}] if truth(value) else []
        if not rounds:
            return self.show(block.otherwise, scope)
        return "".join(self.show(block.body, scope.new_child(variables)) for variables in rounds)

    def _rounds(self, pipeline: syntax.Pipeline, value: Any) -> list[dict[str, Any]]:
        """The variables of each round of a `range`: the dot, and those that get its item, or its key and its item."""
        if isinstance(value, Struct) or not isinstance(value, list | dict | None):
            unknown = f"a range over a number is {syntax.UNKNOWN}"
            problem = f"range can't iterate over {text(value)}"
            raise self._error(pipeline.pipe[-1][0], unknown if type(value) is int else problem)
        pairs = sorted(value.items()) if isinstance(value, dict) else enumerate(value or [])
        return [{".": item, **dict(zip(reversed(pipeline.names), (item, key), strict=False))} for key, item in pairs]

    def _pipeline(self, pipeline: syntax.Pipeline, scope: Scope) -> Any:
        """The value of a pipeline, which its variables get."""
        value = self._pipe(pipeline.pipe, scope)
        self._spend(value)
        for name in pipeline.names:
            home = scope if pipeline.declares else next(each for each in scope.maps if name in each)
            home[name] = value
        return value

    def _pipe(self, pipe: syntax.Pipe, scope: Scope) -> Any:
        """The value of the last command: each one gets what the one before it gave."""
        piped: tuple[Any, ...] = ()
        for command in pipe:
            piped = (self._command(command, piped, scope),)
            self._spend(piped[0])
        return piped[0]

    def _command(self, command: syntax.Command, piped: tuple[Any, ...], scope: Scope) -> Any:
        """The value of a lone operand, or of a function given its arguments and what is piped in."""
        first, *rest = command
        value = self._value(first, scope)
        arguments: list[tuple[syntax.Operand, Any]] = []
        for operand in rest:
            arguments.append((operand, self._value(operand, scope)))
            if DECISIVE.get(first.text) is truth(arguments[-1][1]):
                break
        arguments += [(first, each) for each in piped]
        if isinstance(first, syntax.FunctionName):
            return self._call(command, first, arguments)
        if arguments and isinstance(first, syntax.Variable) and first.name == "." and first.fields:
            raise self._error(first, f"{first.fields[-1]} is not a method but has arguments")
        if arguments:
            raise self._error(first, f"can't give argument to non-function {first.text}")
        if first.text == "nil":
            raise self._error(first, "nil is not a command")
        return value

    def _value(self, operand: syntax.Operand, scope: Scope) -> Any:
        if isinstance(operand, syntax.Variable):
            return self._field(operand, scope[operand.name], operand.fields)
        if isinstance(operand, syntax.Parentheses):  # Go blames what is between them
            return self._field(operand.pipe[-1][0], self._pipe(operand.pipe, scope), operand.fields)
        return operand.value if isinstance(operand, syntax.Literal) else None

    def _field(self, blamed: syntax.Operand, value: Any, fields: tuple[str, ...]) -> Any:
        """The field of a field of a value. What a map of strings lacks is nothing."""
        static = go_type(value)
        for name in fields:
            if isinstance(value, dict) and name in value:
                static = "interface {}" if isinstance(value, Decoded) else go_type(value[name])
                value = value[name]
            elif isinstance(value, Decoded):
                raise self._error(blamed, f'map has no entry for key "{name}"')
            elif isinstance(value, Nil) and value.is_pointer:
                raise self._error(blamed, f"nil pointer evaluating {name}")
            elif isinstance(value, Struct) or not isinstance(value, dict):
                raise self._error(blamed, f"can't evaluate field {name} in type {static}")
            else:
                return None
        return value

    def _call(
        self, command: syntax.Command, name: syntax.FunctionName, arguments: list[tuple[syntax.Operand, Any]]
    ) -> Any:
        """What a function gives, once the number and the types of its arguments have been checked."""
        function = self._functions[name.text]
        types, variadic = function.types, function.variadic
        if len(arguments) < len(types) or (len(arguments) > len(types) and not variadic):
            want = f"want {'at least ' * variadic}{len(types)} got {len(arguments)}"
            raise self._error(name, f"wrong number of args for {name.text}: {want}")
        for (operand, value), expected in zip(arguments, types, strict=False):
            actual = go_type(value)
            if expected not in (actual, "any") and not (expected == "[]string" and isinstance(value, Nil)):
                problem = f"wrong type for value; expected {expected}; got {actual}"
                literal = f"expected {'integer' if expected == 'int' else expected}; found {operand.text}"
                raise self._error(operand, literal if isinstance(operand, syntax.Literal) else problem)
        try:
            return function.run(*(value for _, value in arguments))
        except FunctionError as error:
            whole = " ".join(operand.text for operand in command)
            raise self._error(name, f"error calling {name.text}: {error}", whole) from error
