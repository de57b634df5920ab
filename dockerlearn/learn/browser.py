"""A page's examples and terminals in the reader's own browser: what its worker asks of Python, and how that is answered.

Requests and answers are JSON, since they pass from one world to another.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Never

from ..model.edition import DEFAULT
from ..terminal.session import LONGEST_OUTPUT, Session, traceback_of
from ..terminal.syntax import incomplete
from . import wire

if TYPE_CHECKING:
    from .playground import Playground

INTERRUPT = "^C"  # a line of its own: Ctrl-C is typed while the command above runs
SOURCE = "<example>"
CHALLENGE = "challenge"  # the name of the terminal that looks after the goals


@dataclass(frozen=True, slots=True)
class Example:
    """A block as the reader has it: console or python, its commands or source, and what it is to raise."""

    language: Literal["console", "python"]
    text: str
    raises: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A command or a Python example that was run: what it is, what it printed, and its exit status."""

    source: str
    output: str
    status: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an example; `error` tells why Python did not come to its end, and `line` where."""

    runs: tuple[Run, ...]
    error: str | None = None
    line: int | None = None


class Page:
    """A page as its reader runs it: one session, and the examples that have been run in it, from the top."""

    def __init__(self, docker: str = DEFAULT) -> None:
        self._begin(docker)

    def _begin(self, docker: str) -> None:
        self._docker = docker
        self._session = Session.page(docker)
        self._ran: list[Example] = []

    def run(self, examples: list[Example], docker: str = DEFAULT) -> Iterator[tuple[int, Outcome]]:
        """Run the last of some examples, which are at the top of a page; yields what came of it, and its place.

        Those above it run first, unless just they have been run, at that Docker, and nothing else. An error ends it.
        Raises `ValueError` for a Docker that there is not.
        """
        ran = self._ran == examples[: len(self._ran)]
        if len(self._ran) >= len(examples) or not ran or self._docker != docker:
            self._begin(docker)
        for place, example in enumerate(examples[len(self._ran) :], len(self._ran)):
            outcome = self._run(example)
            if outcome.error is not None:
                self._begin(docker)  # half of an example is no state that any page describes
                yield place, outcome
                return
            self._ran.append(example)
            yield place, outcome

    def _run(self, example: Example) -> Outcome:
        return self._console(example.text) if example.language == "console" else self._python(example)

    def _console(self, text: str) -> Outcome:
        return Outcome(
            tuple(
                Run(source, shown(result.output), result.status)
                for source, interrupt in commands(text)
                for result in [self._session.run(source, interrupt=interrupt)]
            )
        )

    def _python(self, example: Example) -> Outcome:
        printed = io.StringIO()
        error, line = None, None
        try:
            with contextlib.redirect_stderr(printed):
                self._session.python(example.text, filename=SOURCE, raises=example.raises, printed=printed)
        except BaseException as raised:  # SystemExit, too: it is the example's, not the worker's
            line, error = traceback_of(raised, SOURCE)
        return Outcome((Run(example.text, shown(printed.getvalue()), int(error is not None)),), error, line)


def commands(text: str) -> Iterator[tuple[str, bool]]:
    """The command lines of a text, some of several lines, each with whether Ctrl-C is typed while it runs."""
    source: str | None = None
    for line in text.split("\n"):
        if source is not None and incomplete(source):
            source += f"\n{line}"
        elif line == INTERRUPT and source is not None:
            yield source, True
            source = None
        elif line.strip():
            if source is not None:
                yield source, False
            source = line
    if source is not None:
        yield source, False


def shown(output: str) -> str:
    """Output as a page can show it: all of it, or its beginning and how much more there is."""
    if len(output) <= LONGEST_OUTPUT:
        return output
    return f"{output[:LONGEST_OUTPUT]}\n[{len(output) - LONGEST_OUTPUT:,} more characters are not shown]\n"


_page = Page()


def _examples(tell: Callable[[wire.Outcome], object], docker: str, examples: list[wire.Example]) -> None:
    """Run the last of some examples, and tell of each that is run for it."""
    for place, outcome in _page.run([Example(**example) for example in examples], docker):
        runs: list[wire.Run] = [{"source": it.source, "output": it.output, "status": it.status} for it in outcome.runs]
        tell({"place": place, "runs": runs, "error": outcome.error, "line": outcome.line})


_terminals: dict[str, Playground] = {}


def _play(
    tell: Callable[[Never], object], name: str, docker: str, seed: int, commands: list[tuple[float, str]]
) -> wire.Typed:
    """Begin the terminal of that name anew, with all that was typed into it before, as far as this model takes it."""
    try:
        view = _begin(name, docker, seed).replay(commands)
    except Exception:  # the lines may have been typed at another version of the model, which could do more
        taken = _taken(_begin(name, docker, seed), commands)
        view = _begin(name, docker, seed).replay(commands[:taken])
    return {**view, "commands": _terminals[name].commands}


def _begin(name: str, docker: str, seed: int) -> Playground:
    from .playground import Playground  # not at the top: examples start quicker without

    _terminals[name] = Playground(seed, docker=docker, challenge=name == CHALLENGE)
    return _terminals[name]


def _taken(terminal: Playground, commands: list[tuple[float, str]]) -> int:
    """How many of the lines can be typed again before one raises, itself or in what the page shows of it."""
    for place, command in enumerate(commands):
        try:
            terminal.replay([command])
        except Exception:
            return place
    return len(commands)


def _type(
    tell: Callable[[Never], object], name: str, docker: str, seed: int, count: int, text: str, at: float
) -> wire.Typed | None:
    """Type into a terminal; None if it is not where the page believes it to be, so that it has to begin anew."""
    terminal = _terminal(name, docker, seed, count)
    if terminal is None:
        return None
    view = terminal.type(text, at)
    return {**view, "commands": terminal.commands[count:]}


def _complete(
    tell: Callable[[Never], object], name: str, docker: str, seed: int, count: int, before: str
) -> wire.Completion | None:
    """What the last word of a line could become; None as for `_type`."""
    terminal = _terminal(name, docker, seed, count)
    return None if terminal is None else terminal.complete(before)


def _terminal(name: str, docker: str, seed: int, count: int) -> Playground | None:
    """The terminal of that name, if it has that Docker and that seed, and so many lines were typed into it."""
    terminal = _terminals.get(name)
    if terminal and (terminal.docker, terminal.seed, len(terminal.commands)) == (docker, seed, count):
        return terminal
    return None


ANSWERS: dict[str, Callable[..., object]] = {
    "examples": _examples,
    "play": _play,
    "type": _type,
    "complete": _complete,
}
"""What can be asked; each is called with what tells something meanwhile, and with the arguments of the request.

Their signatures are the protocol: the site's scripts get their types from them (`tools/wire.py`).
"""


def answer(request: str, tell: Callable[[str], object]) -> str:
    """Answer one request: a list of its name and its arguments. Raises what the answering raises."""
    name, *arguments = json.loads(request)
    return json.dumps(ANSWERS[name](lambda value: tell(json.dumps(value)), *arguments))
