"""A session: one terminal with an engine behind it, one Python namespace, one clock.

Tests, the terminal program and the browser all run examples through this, and through nothing else.
"""

from __future__ import annotations

import contextlib
import io
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from ..client.docker import Docker
from ..hub.catalog import hub
from ..model.clock import LAST, Clock, FixedClock, SystemClock, after
from ..model.edition import DEFAULT, Edition
from ..model.engine import Engine
from ..model.process import Answer, FindTerminal, Line, Program, Read, Signals, Sleep, Terminal, Write
from ..model.registry import Registry
from ..model.resources import LINE_STEPS, TooMuchWork, Work
from .shell import Files, Shell
from .tools import commands

PAGE_CLOCK = "2026-08-22T09:00:00+00:00"  # a little after the catalog's youngest image
PAGE_SEED = 28
INTERRUPT, INTERRUPTED = "INT", 130  # the signal of Ctrl-C, and the status that it leaves
FOR_EVER = "this goes on until somebody types Ctrl-C"  # what is said of a command that is given up
LONGEST_OUTPUT = 100_000  # characters of a command or a Python example that a page shows; more would freeze it
MOST_COMMANDS, LONGEST_HISTORY = 1_000, 1_000_000  # of the history, and characters of commands and output
PLAIN = Terminal()
LONGEST_COMMAND = 60 * 60  # seconds, on a fixed clock, where nobody gets tired of waiting


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


class Job:
    """A command line that runs: what it has shown so far, and what it waits for, which is None once it has ended."""

    def __init__(
        self, command: str, program: Program, show: Callable[[str], object], work: Work, terminal: Terminal | None
    ) -> None:
        self.command, self._program, self._show, self._work = command, program, show, work
        self._terminal = terminal
        self._steps = 0  # of work that it has done
        self._output: list[str] = []
        self.wait: Sleep | Read | None = None
        self.status = 0
        self.resume()

    @property
    def output(self) -> str:
        """All that it has shown."""
        return "".join(self._output)

    def show(self, text: str) -> None:
        """Show some text in the middle of its output."""
        if text:
            self._output.append(text)
            self._show(text)

    def resume(self, answer: Answer = None) -> None:
        """Continue it, with the signals or the line that it waited for, until it waits again or ends."""
        before = self._work.done
        try:
            with self._work.limited(LINE_STEPS, self._steps):
                self._work.spend(1)
                effect = self._program.send(answer)
                while not isinstance(effect, Sleep | Read):
                    if isinstance(effect, Write):
                        self.show(effect.text)
                    effect = self._program.send(self._terminal if isinstance(effect, FindTerminal) else None)
        except StopIteration as end:
            self.wait, self.status = None, end.value
        except TooMuchWork as problem:
            self.show(f"bash: {problem}\n")
            self.wait, self.status = None, 1
        else:
            self.wait = effect
        self._steps += self._work.done - before

    def interrupt(self) -> None:
        """Type Ctrl-C. It ends, unless it handles the signal; a shell that reads a line goes on reading."""
        if self.wait is None or INTERRUPT not in self.wait.signals:
            self.leave()
        elif isinstance(self.wait, Sleep):
            self.resume(Signals((INTERRUPT,)))

    def leave(self) -> None:
        """End it where it waits."""
        self._program.close()
        self.wait, self.status = None, INTERRUPTED


class Session:
    """A terminal and a Python prompt, apart from each other.

    `clock` and `seed` make a session repeatable. `ask` is called with a prompt when a command reads from the terminal, and
    returns a line, or nothing at the end of the input; without `ask`, the input is at its end. `show` gets each piece of
    text as soon as it is written, on a `terminal` that is None if it is none. `docker` names the Docker that is installed,
    of `model.edition.EDITIONS`, and `registry` is where it pulls from: `hub()`, unless told otherwise.
    """

    def __init__(
        self,
        *,
        docker: str | Edition = DEFAULT,
        registry: Registry | None = None,
        clock: Clock | None = None,
        seed: int | None = None,
        terminal: Terminal | None = PLAIN,
        ask: Callable[[str], str] | None = None,
        show: Callable[[str], object] = lambda text: None,
    ) -> None:
        self.clock = clock or SystemClock()
        self.engine = Engine([registry or hub()], docker=docker, clock=self.clock, seed=seed)
        self.namespace: dict[str, Any] = {"__name__": "__main__"}
        self._show, self._ask, self._terminal = show, ask, terminal
        self.history: deque[tuple[str, Result]] = deque()  # the last command lines, each with what came of it
        self._history_length = 0  # characters
        files = Files()
        client = Docker(self.engine, files, asks=ask is not None)
        work = self.engine.work
        self._shell = Shell({"docker": client.run, **commands(files, self.engine.answer, work)}, files, work=work)

    @classmethod
    def page(cls, docker: str | Edition = DEFAULT) -> Session:
        """The session of a page of the course: its clock and its identities are the same at every run."""
        return cls(docker=docker, clock=FixedClock(PAGE_CLOCK), seed=PAGE_SEED)

    def run(self, command: str, *, interrupt: bool = False) -> Result:
        """Run a command line as the terminal would. Whatever the line says, this returns; it never raises.

        With `interrupt`, Ctrl-C is typed as soon as something waits. On a fixed clock every command takes one second, and
        one that would go on for longer than an hour is given up.
        """
        job, until = self.begin(command), after(self.clock.now(), LONGEST_COMMAND) or LAST
        while (wait := job.wait) is not None:
            if isinstance(wait, Read):
                line = self._ask(wait.prompt) if self._ask is not None else ""
                job.resume(Line(line.removesuffix("\n")) if line else None)
            elif interrupt:
                interrupt = False
                job.show("^C\n")
                job.interrupt()
            else:
                self._pause(job, wait, until)
        result = self.end(job)
        if isinstance(self.clock, FixedClock):
            self.clock.sleep(1)
        return result

    def begin(self, command: str) -> Job:
        """Run a command line up to where it first waits. The caller resumes it from there, and passes it to `end`."""
        return Job(command, self._shell.run(command), self._show, self.engine.work, self._terminal)

    def end(self, job: Job) -> Result:
        """Record a command line that has ended in the history, and its status in `$?`."""
        result = Result(job.output, job.status)
        self._shell.status = result.status
        self.history.append((job.command, result))
        self._history_length += len(job.command) + len(result.output)
        while len(self.history) > MOST_COMMANDS or (len(self.history) > 1 and self._history_length > LONGEST_HISTORY):
            command, old = self.history.popleft()
            self._history_length -= len(command) + len(old.output)
        return result

    def _pause(self, job: Job, wait: Sleep, until: datetime) -> None:
        """Let time pass until Ctrl-C is typed. On a fixed clock nobody types it, so a wait without end is given up."""
        wakes = None if wait.seconds is None else after(self.clock.now(), wait.seconds)
        if isinstance(self.clock, FixedClock) and (wakes is None or self.clock.now() > until):
            job.show(f"dockerlearn: {FOR_EVER}\n")
            job.leave()
            return
        try:
            self.clock.sleep(60 if wait.seconds is None else wait.seconds)
        except KeyboardInterrupt:
            job.show("\n")
            job.interrupt()
        else:
            job.resume()

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
