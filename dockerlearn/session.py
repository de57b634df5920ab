"""A session: one terminal with an engine behind it, one Python namespace, one clock.

Tests, the terminal program and the browser all run examples through this, and through nothing else.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from .catalog import hub
from .cli import Docker
from .clock import Clock, FixedClock, SystemClock
from .engine import Engine
from .shell import Files, Output, Shell, ShellError, Steps, Wait
from .tools import commands

PAGE_CLOCK = "2025-02-20T09:00:00+00:00"  # a little after the catalog's youngest image
PAGE_SEED = 28
INTERRUPT, INTERRUPTED = "INT", 130  # the signal of Ctrl-C, and the status that it leaves
FOR_EVER = "this goes on until somebody types Ctrl-C"  # what is said of a command that is given up
LONGEST_COMMAND = timedelta(hours=1)  # on a fixed clock, where nobody gets tired of waiting


class Result(NamedTuple):
    """What a command left on the terminal, and its exit status."""

    output: str = ""
    status: int = 0


class NotRaised(Exception):
    """Python that was to raise an exception has raised none."""


def traceback_of(error: BaseException, filename: str) -> tuple[int | None, str]:
    """The line of a file on which an exception was raised, if one was, and its traceback from there on."""
    import traceback  # a terminal starts quicker without

    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename != filename:
        frames = frames.tb_next
    line = frames.tb_lineno if frames else error.lineno if isinstance(error, SyntaxError) else None
    return line, "".join(traceback.format_exception(type(error), error, frames))


class Session:
    """A terminal and a Python prompt, apart from each other.

    `clock` and `seed` make a session repeatable. `ask` is called with a prompt when a command wants an answer from the
    terminal; without it there is nobody to answer, and the command finds the end of its input. `show` gets the output
    of each command of a line as soon as it has ended, and what a program writes before it waits.
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
        self._show, self._ask = show, ask
        self.history: list[tuple[str, Result]] = []  # each command line with what came of it
        files = Files()
        docker = Docker(self.engine, files, ask)
        self._shell = Shell({"docker": docker.run, **commands(files, self.engine.answer)}, files)

    @classmethod
    def page(cls) -> Session:
        """The session of a page of the course: its clock and its identities are the same at every run."""
        return cls(clock=FixedClock(PAGE_CLOCK), seed=PAGE_SEED)

    def run(self, command: str, *, interrupt: bool = False) -> Result:
        """Run a command line as the terminal would. Whatever the line says, this returns; it never raises.

        With `interrupt`, Ctrl-C is typed as soon as something waits. On a fixed clock every command takes one second, and
        one that would go on for longer than an hour is given up.
        """
        result = self._finish(self._shell.run(command), interrupt)
        self._shell.status = result.status
        self.history.append((command, result))
        if isinstance(self.clock, FixedClock):
            self.clock.sleep(1)
        return result

    def _finish(self, steps: Steps, interrupt: bool) -> Result:
        shown: list[str] = []

        def show(text: str) -> None:
            if text:
                shown.append(text)
                self._show(text)

        sent, until = None, self.clock.now() + LONGEST_COMMAND
        while True:
            try:
                wait = steps.send(sent)
            except StopIteration as end:
                output: Output = end.value
                show(output.screen)
                return Result("".join(shown), output.status)
            show("".join(text for _, text in wait.output))
            sent = None
            if wait.seconds == 0:
                continue
            if wait.prompt is not None:
                line = self._ask(wait.prompt) if self._ask is not None else ""
                sent = line.removesuffix("\n") if line else None
                continue
            if interrupt:
                sent, interrupt = INTERRUPT, False
                show("^C\n")
            else:
                try:
                    sent = self._pause(wait, until)
                except ShellError as error:
                    show(f"dockerlearn: {error}\n")
                    sent = "given up"
                except KeyboardInterrupt:
                    sent = INTERRUPT
                    show("\n")
            if sent and sent not in wait.signals:
                steps.close()
                return Result("".join(shown), INTERRUPTED)

    def _pause(self, wait: Wait, until: datetime) -> str | None:
        """Let time pass. Raises `ShellError` where it is a fixed clock's and would pass for ever."""
        fixed = isinstance(self.clock, FixedClock)
        if fixed and (wait.seconds is None or self.clock.now() > until):
            raise ShellError(FOR_EVER)
        self.clock.sleep(60 if wait.seconds is None else wait.seconds)
        return None

    @property
    def status(self) -> int:
        """The exit status of the last command line, which the shell has in `$?`."""
        return self._shell.status

    def interrupt(self) -> None:
        """What Ctrl-C leaves behind at the prompt: its status."""
        self._shell.status = INTERRUPTED

    def python(
        self,
        source: str,
        *,
        filename: str = "<example>",
        line: int = 1,
        raises: str | None = None,
        printed: io.StringIO | None = None,
    ) -> str:
        """Execute `source` in the session's namespace and return what it printed.

        `line` is where the source begins in `filename`, so that tracebacks point there. With `raises`, the source is to end
        in an exception of the class of that name, and the last line of its traceback is returned after what it printed.
        Raises any other exception of the source, and `NotRaised` where it raises none; what was printed before is then
        in `printed`, if that is given.
        """
        import linecache  # only pages need these, and a terminal starts quicker without
        import traceback

        padded = "\n" * (line - 1) + source
        linecache.cache[filename] = (len(padded), None, padded.splitlines(keepends=True), filename)
        printed = io.StringIO() if printed is None else printed
        with contextlib.redirect_stdout(printed):
            try:
                exec(compile(padded, filename, "exec", dont_inherit=True), self.namespace)
            except Exception as error:
                if type(error).__name__ != raises:
                    raise
                print(traceback.format_exception_only(error)[-1], end="")
            else:
                if raises is not None:
                    raise NotRaised(f"no {raises} was raised")
        return printed.getvalue()
