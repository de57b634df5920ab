"""Time-lapse: a loop says when its rounds have become alike, so that those that nobody looks at can be left out.

A round ends as the one before it did if it began in the same state, since nothing here is left to chance: with the same
variables, the same files, and without a signal. Two things may change all the same. A loop may ask for the time, if it does
no more than show it. And it may count, if a variable is only ever increased and shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple, TypeGuard

from ..model.process import Answer, Effect, Repeat, Rounds
from ..model.value import Value
from .arithmetic import wrapped
from .syntax import Assignment, Command, CommandList, Literal, Part, Redirect, SimpleCommand, Sum, Variable, While, Word

SHOWS = ("echo", ":")  # commands that do nothing with their words but show them
NEVER_FAILS = ("true", ":", "sleep")
COUNTING = re.compile(r"\s*([A-Za-z_]\w*)\s*[+-]\s*[0-9]+\s*|\s*[0-9]+\s*\+\s*([A-Za-z_]\w*)\s*", re.ASCII)
WHOLE = re.compile("0|-?[1-9][0-9]{0,17}", re.ASCII)


class Moment(NamedTuple):
    """All that a round of a loop depends on, when it begins: the time, the work so far, and the state of shell and files."""

    time: datetime
    work: int
    asked: int  # how often the time was asked for
    variables: dict[str, str]
    state: tuple[object, ...]
    files: object  # another one after each change


class Known(Value):
    """What can be told of a loop from its text."""

    only_shows: bool  # nothing is done with a command's output, and nothing depends on it
    counters: frozenset[str]  # variables that are only increased and shown


class Lapse:
    """The rounds of one loop under way. `look` tells the moment, `change` sets a variable."""

    def __init__(self, loop: While, look: Callable[[], Moment], change: Callable[[str, str], None]) -> None:
        self._loop, self._look, self._change = loop, look, change
        self._last: Moment | None = None
        self._growth: Mapping[str, int] | None = {}  # of the counters in the last round; None if something else changed
        self._steps = 0  # of work that the last round took; what others do meanwhile counts as well
        self._known: Known | None = None

    def round(self) -> Generator[Effect, Answer, None]:
        """What the loop has to say at the beginning of a round."""
        before, self._last = self._last, self._look()
        now = self._last
        if before is None or now.time <= before.time:
            return
        growth, self._growth = self._growth, None
        steps, self._steps = self._steps, now.work - before.work
        if now.files is before.files and now.state == before.state:
            self._growth = _growth(before.variables, now.variables)
        if self._growth is None or (growth, steps) != (self._growth, self._steps):
            return
        if not self._may_go_on(self._growth, now.asked > before.asked):
            return
        answer = yield Repeat((now.time - before.time).total_seconds(), steps)
        if isinstance(answer, Rounds):
            for name, more in self._growth.items():
                self._change(name, str(wrapped(int(now.variables[name]) + answer.count * more)))
            self._last = None

    def _may_go_on(self, growth: Mapping[str, int], asked: bool) -> bool:
        """Whether all rounds will be as the last one was."""
        if not growth and not asked:
            return True
        if self._known is None:
            self._known = known(self._loop)
        return self._known.only_shows and growth.keys() <= self._known.counters


def _growth(before: Mapping[str, str], now: Mapping[str, str]) -> Mapping[str, int] | None:
    """How much variables have grown, if those that have changed are whole numbers."""
    if before.keys() != now.keys():
        return None
    changed = [name for name in now if now[name] != before[name]]
    if not all(WHOLE.fullmatch(before[name]) and WHOLE.fullmatch(now[name]) for name in changed):
        return None
    return {name: int(now[name]) - int(before[name]) for name in changed}


def known(loop: While) -> Known:
    """What a loop's text tells, which is on the safe side: whatever is unusual could mean anything."""
    (_, condition), *more = loop.condition.pipelines
    endless = not more and len(condition) == 1 and _name(condition[0]) in NEVER_FAILS
    commands = list(_commands(loop.body))
    parts = [part for command in commands for part in command.parts]
    plain = len(commands) == len(loop.body.pipelines) and all(_is_plain(command) for command in commands)
    assigned = [part for part in parts if isinstance(part, Assignment)]
    counted = {part.name for part in assigned if _counts(part)}
    fixed = {part.name for part in assigned if not _counts(part)}
    return Known(endless and plain, frozenset(counted - fixed))


def _commands(body: CommandList) -> Iterator[SimpleCommand]:
    """The commands that are run one after the other, whatever comes of them; of all others none."""
    for joint, pipeline in body.pipelines:
        if not joint and len(pipeline) == 1 and isinstance(pipeline[0], SimpleCommand):
            yield pipeline[0]


def _is_plain(command: SimpleCommand) -> bool:
    """Whether a command only shows what variables hold, counts, or has nothing to do with them."""
    fixed = all(_is_fixed(part) for part in command.parts)
    counts = all(isinstance(part, Assignment) and (_is_fixed(part) or _counts(part)) for part in command.parts)
    shows = _name(command) in SHOWS and all(
        _is_fixed(part) or (isinstance(part, Word) and all(map(_is_simple, part.parts))) for part in command.parts
    )
    return fixed or counts or shows


def _is_fixed(part: Word | Assignment | Redirect) -> bool:
    word = part if isinstance(part, Word) else part.value if isinstance(part, Assignment) else part.target
    return all(isinstance(each, Literal) for each in word.parts)


def _counts(assignment: Assignment) -> bool:
    """Whether a variable becomes itself and a number more, or less."""
    if len(assignment.value.parts) != 1 or not isinstance(sum := assignment.value.parts[0], Sum):
        return False
    shown = (each.text if isinstance(each, Literal) else each.name for each in sum.parts if _is_simple(each))
    found = COUNTING.fullmatch("".join(shown)) if all(map(_is_simple, sum.parts)) else None
    return found is not None and assignment.name in found.groups()


def _is_simple(part: Part) -> TypeGuard[Literal | Variable]:
    return isinstance(part, Literal | Variable)


def _name(command: Command) -> str:
    """The name of a simple command, if that is fixed."""
    words = [part for part in command.parts if isinstance(part, Word)] if isinstance(command, SimpleCommand) else []
    return (
        "".join(each.text for each in words[0].parts if isinstance(each, Literal))
        if words and _is_fixed(words[0])
        else ""
    )
