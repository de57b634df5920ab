"""What runs in a container, and what it asks of the world meanwhile.

A program is a generator. It yields its effects, one after the other: it writes, it sleeps, it reads a line. Whoever runs it
(a container's process, a shell, a terminal) does that for it, and sends back what came of it; at its end it returns its exit
status. So one program can be run to its end at once, played along a clock, or typed at, and many of them side by side.

The model itself has no programs. They are handed in, as a `Runtime`.
"""

from __future__ import annotations

from collections.abc import Generator
from enum import Enum
from typing import TypeAlias

from .value import Value


class Stream(Enum):
    """Where a program writes."""

    STDOUT = 1
    STDERR = 2


class Write(Value):
    """Text that is written. Nothing is sent back."""

    stream: Stream
    text: str


class Sleep(Value):
    """A wait for some seconds, or for ever, that the named signals end early. `Signals` are sent back, or None if time passed."""

    seconds: float | None = None
    signals: tuple[str, ...] = ()  # those that the program has handlers for, such as "TERM"


class Read(Value):
    """A wait for a line that somebody types, after a prompt. A `Line` is sent back, or None at the end of the input."""

    prompt: str = ""


class Line(Value):
    """A line that was typed, without its line end."""

    text: str


class Signals(Value):
    """The signals that came during a sleep, those with the lowest number first."""

    names: tuple[str, ...]


Effect: TypeAlias = Write | Sleep | Read
Answer: TypeAlias = Line | Signals | None
Program: TypeAlias = Generator[Effect, Answer, int]
"""A program under way; what it returns is its exit status."""
