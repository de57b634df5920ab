"""Lines that nobody has thought of, typed for a long time: none may be slow, raise, or leave the machine broken.

`python -m tests.soak_lines --minutes 10`. The lines are put together by chance from those of `hostile.py`, from
Docker's own flags and from a little grammar of the shell. Each machine has a seed of its own, one more than that of the machine
before it. So `--seed N --minutes 0` types the lines of one machine again.
"""

import argparse
import random
import re
import shlex
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from heapq import nlargest
from types import FrameType
from typing import NamedTuple

from dockerlearn.client.usage import help_texts
from dockerlearn.learn.playground import CTRL_C, CTRL_D, PROMPT, Playground
from tests.february import hub, page_session
from tests.hostile import BACKTRACKING, BUSY, IN_A_CONTAINER, LINES, LOOPS, PREPARED, TEMPLATES

DOCKERS = ("28", "29")
WHOLE = ("docker ps -a", "docker system df")
LINES_A_MACHINE = 60
MOST_SECONDS, HANGS = 1.0, 20  # of processor time for a line, and when it is taken to go on for ever
ABSENCES = (1, 60, 3_600, 86_400, 86_400 * 30, 86_400 * 366)  # seconds
NUMBERS = ("0", "1", "-1", "3", "10", "999", "10000", "99999999999", "1.5", "0x1f", "")
NAMES = (
    "web",
    "box",
    "new",
    "c1",
    "c2",
    "nosuch",
    "nginx",
    "alpine",
    "redis",
    "x:y",
    "a/b",
    "$(docker ps -aq)",
    "$(docker ps -lq)",
    "''",
    "*",
)
PATHS = (
    "/",
    "/etc",
    "/f",
    "/a/b/c",
    "/tmp",
    "/tmp/x",
    "f",
    "../..",
    "/proc",
    "numbers",
    "zeros",
    "/bin/sh",
    "/dev/null",
    "/dev/zero",
)
TOOLS = (
    "cat", "sort", "sort -n", "sort -ru", "uniq -c", "wc", "wc -l", "head -n 3", "tail -n +2", "head -c 100000", "cut -c1-3", "cut -d1 -f2",
    "grep 1", "grep -c .", "grep -o .", "grep -v x", "grep -E '(1|11)*$'", "sh", "xargs echo", "tr a b", "sed s/a/b/", "true",
)  # fmt: skip
PARTS = (
    "echo $x",
    "x=$x$x",
    "x=1",
    "x=$((x + 1))",
    "x=a$x",
    "echo $((x * x))",
    "seq 1000",
    "seq $x",
    "cat f",
    "sleep 1",
    "sleep 0.01",
    "sleep 3600",
    "exit 3",
    "false",
    "date",
)


class TooLong(BaseException):
    """A line that does not come to its end."""


class Composer:
    """Puts lines together by chance."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def line(self, depth: int = 0) -> str:
        """A line, in which others may be."""
        ways = (
            self._known,
            self._docker,
            self._docker,
            self._loop,
            self._loop,
            self._in_a_container,
            self._joined,
            self._piped,
            self._substituted,
        )
        pick = self.chance.choice
        return pick(ways)(depth + 1) if depth < 3 else pick((self._docker, self._part))(depth)

    def _part(self, depth: int) -> str:
        return self.chance.choice(self.chance.choice((PARTS, LOOPS)))

    def _known(self, depth: int) -> str:
        return self.chance.choice(self.chance.choice(list(LINES.values())))

    def _loop(self, depth: int) -> str:
        body = self.line(depth)
        head = self.chance.choice(
            (
                "while true",
                "while sleep 1",
                "while :",
                "until false",
                "while [ $x != 9 ]",
                f"for i in $(seq {self.chance.choice((2, 100, 10_000))})",
                "for i in a b c",
                "for i in $(cat numbers)",
                "for i in $(docker ps -aq)",
            )
        )
        return f"{head}; do {body}; done"

    def _in_a_container(self, depth: int) -> str:
        inner = self.chance.choice((*IN_A_CONTAINER, *BUSY, self.line(depth), self.line(depth)))
        start = self.chance.choice(
            (
                "docker exec box",
                "docker exec -d box",
                "docker run --rm alpine",
                "docker run -d alpine",
                "docker exec web",
                "docker exec -i $(docker ps -lq)",
            )
        )
        return f"{start} sh -c {shlex.quote(inner)}"

    def _joined(self, depth: int) -> str:
        return self.chance.choice(("; ", " && ", " || ")).join(
            self.line(depth) for _ in range(self.chance.randint(2, 3))
        )

    def _piped(self, depth: int) -> str:
        tools = (self.chance.choice(TOOLS) for _ in range(self.chance.randint(1, 3)))
        end = self.chance.choice(("", "", " > f", " >> f", " 2>&1 > /dev/null", " >> numbers"))
        return " | ".join((self.line(depth), *tools)) + end

    def _substituted(self, depth: int) -> str:
        inner = self.line(depth)
        return self.chance.choice(
            (
                f"echo $({inner})",
                f'x="$({inner})"',
                f'echo "$({inner})" | wc',
                f"docker rm -f $({inner})",
                f"x=$({inner}); x=$x$x$x",
            )
        )

    def _docker(self, depth: int) -> str:
        chance = self.chance
        name = chance.choice(sorted(help_texts()))
        flags = sorted(help_texts()[name].flags.items())
        words = [name]
        for flag, its in chance.sample(flags, min(len(flags), chance.choice((0, 0, 1, 1, 2, 4)))):
            words.append(flag)
            if its.kind:
                words.append(shlex.quote(self._value(flag)) if chance.random() < 0.9 else "")
        operands = [self._operand(name) for _ in range(chance.choice((0, 1, 1, 1, 2, 3)))]
        words += operands * chance.choice((1, 1, 1, 1, 30, 300))
        return " ".join(words)

    def _operand(self, name: str) -> str:
        chance = self.chance
        if name.endswith((" cp", " exec", " run", " create")) and chance.random() < 0.5:
            return chance.choice((f"{chance.choice(NAMES)}:{chance.choice(PATHS)}", *PATHS, *TOOLS))
        return chance.choice(NAMES)

    def _value(self, flag: str) -> str:
        chance = self.chance
        if flag in ("--format", "-f") and chance.random() < 0.7:
            return chance.choice(TEMPLATES)
        if flag == "--filter":
            key = chance.choice(("name", "id", "status", "exited", "ancestor", "reference", "dangling", "before", ""))
            return f"{key}={chance.choice((*BACKTRACKING, *NAMES))}"
        return chance.choice(
            (*NUMBERS, *NAMES, *PATHS, "80:80", "8080-8090:80-90", "A=1", "A=" + "x" * 5000, "tcp", "/a:/b", "n" * 3000)
        )


class Terminal(NamedTuple):
    """Where lines are typed: what types one and gives its output and status, lets time pass, and tells if it is free again."""

    type: Callable[[str], tuple[str, int | None]]
    wait: Callable[[float], object]
    free: Callable[[], bool] = lambda: True


def session(docker: str) -> Terminal:
    """A session, as pages and the terminal program have it."""
    it = page_session(docker)
    return Terminal(lambda line: it.run(line), it.clock.sleep)


def playground(docker: str) -> Terminal:
    """The playground, in which what goes on is ended by Ctrl-C, and a shell that reads by Ctrl-D."""
    it, now = Playground(1, docker=docker, registry=hub()), 1_800_000_000.0

    def type(line: str) -> tuple[str, int | None]:
        entry = it.type(line, now)["entries"][-1]
        for key in (CTRL_C, CTRL_C, CTRL_D, CTRL_C, CTRL_C):
            if it.prompt != PROMPT:
                it.type(key, now)
        return entry["output"], entry["status"]

    def wait(seconds: float) -> None:
        nonlocal now
        now = min(now + seconds, 2**32 - 1)

    return Terminal(type, wait, lambda: it.prompt == PROMPT)


@contextmanager
def watched() -> Iterator[None]:
    """Raise `TooLong` in a line that takes so much processor time that it may never end."""

    def end(number: int, frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, HANGS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


class Typed(NamedTuple):
    """A line that was typed: what it took, and what is wrong with it, if anything is."""

    seconds: float
    seed: int
    line: str
    problem: str = ""

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s  --seed {self.seed}  {self.line[:300]!r} {self.problem}"


def type_one(terminal: Terminal, line: str, seed: int, *, whole: bool = False) -> Typed:
    """Type a line, and see to it. `whole` is for those that have to succeed."""
    start, problem = time.process_time(), ""
    try:
        with watched():
            output, status = terminal.type(line)
    except (Exception, TooLong):
        problem = traceback.format_exc(limit=-8)
    else:
        if re.search("^Traceback", output, re.MULTILINE):
            problem = f"shows a traceback: {output[-2000:]}"
        elif whole and status != 0:
            problem = f"does not succeed: {output[-500:]}"
    seconds = time.process_time() - start
    return Typed(seconds, seed, line, problem or ("is slow" if seconds > MOST_SECONDS else ""))


def machine(seed: int) -> Iterator[Typed]:
    """Type the lines of a seed at a machine of its own, until one fails."""
    composer, terminal = Composer(seed), (session, playground)[seed % 2](DOCKERS[seed // 2 % 2])
    for line in PREPARED:
        yield type_one(terminal, line, seed, whole=True)
    for _ in range(LINES_A_MACHINE):
        if composer.chance.random() < 0.1:
            terminal.wait(composer.chance.choice(ABSENCES))
        line = composer.line()
        yield type_one(terminal, line, seed)
        if not terminal.free():  # as after a loop of shells, which Ctrl-D ends one by one
            return
        for each in WHOLE:
            typed = type_one(terminal, each, seed, whole=True)
            yield typed._replace(line=f"{each}, after {line}")
            if typed.problem:
                return


def main() -> int:
    """Type lines for so long; 1 if one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="after which no further machine is begun")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="that of the first machine")
    options = parser.parse_args()
    begun, told, seed = time.monotonic(), 0.0, options.seed
    print(f"--seed {seed}")
    count, slowest, failed = 0, list[Typed](), list[Typed]()
    while seed == options.seed or time.monotonic() - begun < 60 * options.minutes:
        for typed in machine(seed):
            count += 1
            slowest = nlargest(5, (*slowest, typed))
            if typed.problem:
                failed.append(typed)
                print(typed, flush=True)
        seed += 1
        if time.monotonic() - told > 30:
            told = time.monotonic()
            print(
                f"{told - begun:5.0f} s: {seed - options.seed} machines, {count} lines, {len(failed)} failed",
                flush=True,
            )
    print(f"{count} lines at {seed - options.seed} machines, {len(failed)} failed; the slowest:", *slowest, sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
