"""What `create` and `run` take. Only a type checker reads it: a `TypedDict` takes as long to make as ten other classes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict


class CreateOptions(TypedDict, total=False):
    """The options of `docker create`, by their names in Python."""

    ports: Iterable[str]  # "8080:80"
    env: Iterable[str]  # "NAME=value"
    entrypoint: Iterable[str] | None
    auto_remove: bool  # --rm
    tty: bool
    interactive: bool
    attached: bool  # not --detach
