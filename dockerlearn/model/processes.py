"""The processes of a container: programs that go on as time passes, and what they have written.

They do what they have had time for when somebody looks. After a long absence that could be very much, so two things are left
out, which the log says: rounds of a loop that are all alike, but for the last ones (`terminal/lapse.py` finds them), and what
would take more steps of work than anybody waits for.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from itertools import islice
from typing import Protocol

from .clock import LAST, Clock, after
from .errors import DaemonError, DockerError
from .process import KILLED, SIGNALS, Answer, Line, Program, Read, Repeat, Rounds, Signals, Sleep, Stream, Write
from .resources import CATCH_UP_STEPS, LINE_STEPS, Disk, TooMuchWork, Work

MOST_PROCESSES = 20  # of a container, beside the main one
MOST_ROUNDS = 1_000  # of a loop that are played at the end of a time in which nobody looked
LONGEST_LOG, SHORTEST_LOG = 1_000_000, 10_000  # characters that are kept; fewer where the disk is full


class Log:
    """What a container's processes have written: the last of it, as much as there is room for."""

    __slots__ = ("_characters", "_disk", "_kept", "count", "dropped")

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._kept: deque[Write] = deque()
        self._characters = 0
        self.count = 0  # of all that was ever written
        self.dropped = 0  # lines that are no longer kept

    @property
    def size(self) -> int:
        """Characters that are kept."""
        return self._characters

    def append(self, write: Write) -> None:
        """Add what was written, and drop the oldest where that is too much."""
        longest = LONGEST_LOG
        try:
            self._disk.take(len(write.text))
        except OSError:
            longest = SHORTEST_LOG
        if len(write.text) > longest:
            self.dropped += write.text.count("\n", 0, -longest)
            write = write.replace(text=write.text[-longest:])
        self._kept.append(write)
        self.count += 1
        self._characters += len(write.text)
        while self._characters > longest:
            oldest = self._kept.popleft()
            self._characters -= len(oldest.text)
            self.dropped += oldest.text.count("\n")

    def since(self, count: int) -> tuple[Write, ...]:
        """What was written after the first so many writes, as far as it is kept."""
        return tuple(islice(self._kept, max(0, count + len(self._kept) - self.count), None))


class Process:
    """A program that goes on by itself, as time passes, and writes to a log."""

    __slots__ = (
        "_log", "_pending", "_program", "_signals", "_tail", "_until", "_work", "_written",
        "acting", "frozen", "prompt", "status", "time", "wake",
    )  # fmt: skip

    def __init__(self, program: Program, start: datetime, log: Log, work: Work) -> None:
        self._program, self._log, self._work = program, log, work
        self.time = start  # when it last did something
        self.wake: datetime | None = start  # when it will do something by itself
        self._signals: tuple[str, ...] = ()  # those that end its sleep
        self._pending: list[str] = []
        self._until, self._tail, self._written = start, 0, log.count
        self.acting = self.frozen = False
        self.prompt: str | None = None  # what it shows while it reads
        self.status: int | None = None
        self.advance(start, CATCH_UP_STEPS)

    def due(self, now: datetime) -> bool:
        """Whether it has something to do by now."""
        return self.status is None and self.wake is not None and self.wake <= now

    def advance(self, now: datetime, steps: int) -> None:
        """Let it do what it has had time for, in so many steps of work or a few more."""
        self._until, self._tail = now, steps
        most = self._work.done + steps
        while self.wake is not None and self.due(now) and self._work.done < most:
            names, self._pending = sorted(set(self._pending), key=SIGNALS.__getitem__), []
            self._resume(self.wake, Signals(tuple(names)) if names else None)  # like the kernel: each of them once

    def lapse(self, until: datetime) -> None:
        """Let it do nothing before a moment, though it would have, and say so."""
        if self.wake is not None and self.wake < until:
            self._leave_out(self.wake, until)
            self.wake = until

    def signal(self, name: str, now: datetime) -> None:
        """Send it a signal, which waits while it is frozen.

        As the first of its container, it notices only those that it handles; SIGKILL ends it.
        """
        if self.frozen or name not in ("KILL", *self._signals):
            self._pending.append(name)
        elif name == "KILL":
            self._program.close()
            self.time, self.status = now, KILLED
        else:
            self._resume(now, Signals((name,)))
            self.advance(now, CATCH_UP_STEPS)

    def type(self, line: str | None, now: datetime) -> None:
        """Type a line into it, or, with None, end its input."""
        self._resume(now, None if line is None else Line(line))
        self.advance(now, CATCH_UP_STEPS)

    def thaw(self, now: datetime) -> None:
        """Let it go on after it was frozen, with the signals that came before and meanwhile."""
        self.frozen, self.wake = False, self.wake and max(self.wake, now)
        names, self._pending = self._pending, []
        for name in sorted(names, key=lambda name: name != "KILL"):  # SIGKILL comes before all others
            if self.status is None:
                self.signal(name, now)

    def _resume(self, at: datetime, answer: Answer) -> None:
        self.time, self.acting = at, True
        try:
            with self._work.limited(LINE_STEPS):
                self._work.spend(1)
                effect = self._program.send(answer)
                while not isinstance(effect, Sleep | Read):
                    if isinstance(effect, Write):
                        self._log.append(effect)
                    effect = self._program.send(self._repeat(effect) if isinstance(effect, Repeat) else None)
        except StopIteration as end:
            self.status = end.value
            return
        except (DockerError, TooMuchWork) as problem:  # whatever this model's programs cannot do, it ends them
            self._log.append(Write(Stream.STDERR, f"{problem}\n"))
            self.status = 1
            return
        finally:
            self.acting = False
        self.wake = None
        if isinstance(effect, Read):
            self._signals, self.prompt = (), effect.prompt
            return
        self._signals, self.prompt = effect.signals, None
        if effect.seconds is not None:
            self.wake = after(self.time, effect.seconds)

    def _repeat(self, repeat: Repeat) -> Rounds | None:
        """The rounds that a loop leaves out, for which the time passes: all but the last ones that there are steps for."""
        quiet, self._written = self._log.count == self._written, self._log.count
        tail = min(self._tail // (repeat.steps + 1), MOST_ROUNDS) + 1
        rounds = int((self._until - self.time) / timedelta(seconds=repeat.seconds)) - tail
        if rounds <= 0:
            return None
        until = self.time + rounds * timedelta(seconds=repeat.seconds)
        if not quiet:
            self._leave_out(self.time, until)
        self.time = until
        return Rounds(rounds)

    def _leave_out(self, start: datetime, until: datetime) -> None:
        note = f"dockerlearn: from {start:%Y-%m-%d %H:%M:%S} to {until:%Y-%m-%d %H:%M:%S} is left out\n"
        self._log.append(Write(Stream.STDERR, note))


class Machine(Protocol):
    """What the processes of a container need of the machine that they run on."""

    clock: Clock
    work: Work
    disk: Disk

    def share(self) -> int:
        """The steps of work that the processes of one container may do now."""

    def spend(self, steps: int) -> None:
        """Count the steps that they have done."""


class Processes:
    """The processes of a container: the main one, whose life is the container's, and others beside it.

    They do what they have had time for when somebody looks, and nothing while they are frozen. What would take too long to
    do is left out, but for the last of it.
    """

    __slots__ = ("_machine", "_others", "main")

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.main: Process | None = None  # while there is one
        self._others: list[Process] = []

    @property
    def wake(self) -> datetime | None:
        """When the main one will do something by itself; None if it never will."""
        return None if self.main is None or self.main.frozen else self.main.wake

    @property
    def next_wake(self) -> datetime | None:
        """When one of them will do something by itself; None if none ever will."""
        if self.main is None or self.main.frozen:
            return None
        each = (process.wake for process in (self.main, *self._others) if process.status is None)
        return min((wake for wake in each if wake is not None), default=None)

    @property
    def prompt(self) -> str | None:
        """What the main one shows while it waits for a line of typing; None if it does not."""
        return None if self.main is None or self.main.frozen else self.main.prompt

    def now(self) -> datetime:
        """What time it is for the one that asks: one that acts only when somebody looks acts in the past."""
        acting = [each.time for each in (self.main, *self._others) if each is not None and each.acting]
        return acting[0] if acting else self._machine.clock.now()

    def start(self, program: Program, log: Log) -> None:
        """Start the main one."""
        self.main = Process(program, self._machine.clock.now(), log, self._machine.work)

    def spawn(self, program: Program) -> None:
        """Start another one, whose output nobody reads. Raises `DaemonError` where too many run."""
        self._others = [each for each in self._others if each.status is None]
        if len(self._others) == MOST_PROCESSES:
            raise DaemonError(f"more than {MOST_PROCESSES} processes of docker exec -d are more than dockerlearn runs")
        self._others.append(Process(program, self._machine.clock.now(), Log(self._machine.disk), self._machine.work))

    def advance(self) -> None:
        """Let them do all that they have had time for."""
        if self.main is None or self.main.frozen:
            return
        now, before = self._machine.clock.now(), self._machine.work.done
        began = self._next(now)
        if began is None:
            return
        share = self._machine.share()
        reached = self._play(now, share)
        if reached is not None:  # of all the rest, the last is played: as much as there are steps for
            self._lapse(now - timedelta(seconds=(reached - began).total_seconds() // 8), now)
            if self._play(now, share // 4) is not None:
                self._lapse(after(now, 1) or LAST, now)
        self._machine.spend(self._machine.work.done - before)

    def _due(self, now: datetime) -> list[Process]:
        """Those that have something to do by now. Once the main one has ended, the others get no further than it."""
        if self.main is None:
            return []
        end = now if self.main.status is None else min(now, self.main.time)
        return [each for each in (self.main, *self._others) if each.due(end)]

    def _next(self, now: datetime) -> datetime | None:
        """When the first of them has something to do by now; None if nobody has."""
        return min((each.wake for each in self._due(now) if each.wake is not None), default=None)

    def _play(self, now: datetime, steps: int) -> datetime | None:
        """Let them act, one after the other, in so many steps; what is then next, if that was not all."""
        most = self._machine.work.done + steps
        while due := self._due(now):
            first, *others = sorted(due, key=lambda each: each.wake or now)
            if self._machine.work.done >= most:
                return first.wake
            until = min((each.wake for each in others if each.wake is not None), default=now)
            first.advance(until, most - self._machine.work.done)
        return None

    def _lapse(self, until: datetime, now: datetime) -> None:
        for each in self._due(now):
            each.lapse(until)

    def signal(self, name: str) -> None:
        """Send the main one a signal, which waits while it is frozen."""
        if self.main is not None:
            self.main.signal(name, self._machine.clock.now())

    def type(self, line: str | None) -> None:
        """Type a line into the main one, or, with None, end its input."""
        if self.main is not None and not self.main.frozen:
            self.main.type(line, self._machine.clock.now())

    def freeze(self) -> None:
        """Let them do nothing until they are thawed."""
        if self.main is not None:
            self.main.frozen = True

    def thaw(self) -> None:
        """Let them go on."""
        if self.main is not None:
            self.main.thaw(self._machine.clock.now())

    def clear(self) -> None:
        """Forget them: the main one has ended."""
        self.main, self._others = None, []
