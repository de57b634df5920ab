"""The Go templates of `--format` and `-f`, as far as Docker's users meet them.

A template is read once into a tree (`syntax`), which is then applied to one value after the other (`execution`).
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from typing import Any

from .execution import Execution, ExecutionError
from .functions import FUNCTIONS, HEADING_FUNCTIONS, Functions
from .syntax import GoError, ParseError, Parser
from .values import Nil, Number, Strings, Struct, Time, decode, quoted

__all__ = [
    "ExecutionError",
    "GoError",
    "Nil",
    "Number",
    "ParseError",
    "Strings",
    "Struct",
    "Template",
    "Time",
    "decode",
    "quoted",
]


class Template:
    """A template. Raises `ParseError` if it is none. `name` is the one in Go's messages."""

    def __init__(self, source: str, name: str = "") -> None:
        self.source, self.name = source, name
        self._tree = Parser(source, name).parse()

    def render(self, data: Any) -> str:
        """The template applied to a value. Raises `ExecutionError`."""
        return self._apply(data, FUNCTIONS)

    def heading(self, titles: Mapping[str, str]) -> str:
        """The template applied to the titles of columns, by field: it puts them in their places, unchanged."""
        try:
            return self._apply(dict(titles), HEADING_FUNCTIONS)
        except ExecutionError:
            return ""

    def _apply(self, data: Any, functions: Functions) -> str:
        return Execution(self.source, self.name, functions).show(self._tree, ChainMap({".": data, "$": data}))
