"""A session: one terminal with an engine behind it, one Python namespace, one clock.

Tests, the terminal program and the browser all run examples through this, and through nothing else.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from typing import Any

from .catalog import hub
from .cli import Docker
from .clock import Clock, FixedClock, SystemClock
from .engine import Engine
from .shell import Result, Shell
from .tools import commands

PAGE_CLOCK = "2025-02-20T09:00:00+00:00"  # a little after the catalog's youngest image
PAGE_SEED = 28
INTERRUPTED = 130


class Session:
    """A terminal and a Python prompt, apart from each other.

    `clock` and `seed` make a session repeatable. `ask` is called with a prompt when a command wants an answer from the
    terminal; without it there is nobody to answer, and the command finds the end of its input. `show` gets the output
    of each command of a line as soon as it has ended.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        seed: int | None = None,
        ask: Callable[[str], str] | None = None,
        show: Callable[[str], object] = lambda text: None,
    ) -> None:
        self.clock = clock or SystemClock()
        self.engine = Engine([hub()], clock=self.clock, seed=seed)
        self.namespace: dict[str, Any] = {"__name__": "__main__"}
        docker = Docker(self.engine, ask)
        self._shell = Shell({"docker": docker.run}, show)
        self._shell.commands.update(commands(self._shell.files, self.clock))

    @classmethod
    def page(cls) -> Session:
        """The session of a page of the course: its clock and its identities are the same at every run."""
        return cls(clock=FixedClock(PAGE_CLOCK), seed=PAGE_SEED)

    def run(self, command: str) -> Result:
        """Run a command line as the terminal would. Whatever the line says, this returns; it never raises.

        On a fixed clock every command takes one second.
        """
        result = self._shell.run(command)
        if isinstance(self.clock, FixedClock):
            self.clock.sleep(1)
        return result

    def interrupt(self) -> None:
        """What Ctrl-C leaves behind at the prompt: its status."""
        self._shell.status = INTERRUPTED

    def python(self, source: str, *, filename: str = "<example>", line: int = 1) -> str:
        """Execute `source` in the session's namespace and return what it printed.

        `line` is where the source begins in `filename`, so that tracebacks point there. Raises what the source raises.
        """
        import linecache  # only pages need it, and a terminal starts quicker without

        padded = "\n" * (line - 1) + source
        linecache.cache[filename] = (len(padded), None, padded.splitlines(keepends=True), filename)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(padded, filename, "exec", dont_inherit=True), self.namespace)
        return printed.getvalue()
