"""The promises that nothing runs away, measured: part of `make bench`.

All of it is processor time, since whoever else is busy should not count. Each section has a process of its own, so that what
one leaves in memory is no other's.
"""

import gc
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import cycle, islice, repeat
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from dockerlearn.learn.playground import CTRL_C, CTRL_D, LONGEST_REST, PROMPT, Playground
from dockerlearn.terminal.session import Session
from tests.course.course_pages import ROOT
from tests.hostile import BUSY, LINES, PREPARED

WHOLE = ("docker ps -a", "docker system df")
COMMANDS, TENTHS, TURNS = 100_000, 10, 20
YEARS = 5
START = 1_800_000_000.0  # seconds; when somebody sits down at the playground
# One round after which all is as before it.
MIXED = (
    "docker run -d --name web -p 8080:80 nginx", "docker ps", "docker exec web ls /etc", "curl -s localhost:8080 | head -n 4",
    "docker logs web", "docker inspect -f '{{.State.Status}} {{.Id}}' web", "for i in 1 2 3; do echo $i; done | sort -nr > n; cat n",
    "docker run --rm alpine sh -c 'echo a > /a; cat /a'", "docker exec web sh -c 'echo x >> /x; wc -c /x'", "docker images", "x=$((x + 1)); echo $x",
    "docker logs nosuch", "docker stop web", "docker ps -a --filter name=we", "docker inspect web", "docker start web", "docker diff web",
    "docker tag nginx mine; docker rmi mine", "docker rm -f web", "docker system df", "nosuch", "docker run -d --rm --name t alpine sleep 3",
    "sleep 4; docker ps -aq", "docker volume ls",
)  # fmt: skip


def seconds(act: Callable[[], object]) -> float:
    """Processor time that an action takes."""
    start = time.process_time()
    act()
    return time.process_time() - start


def memory(what: str) -> float:
    """Megabytes that this process has in memory (VmRSS), or had at most (VmHWM). `getrusage` counts those of its parent."""
    found = re.search(rf"{what}:\s*(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(found[1]) / 1000 if found is not None else float("nan")


def row(what: str, taken: float, yardstick: float, most: str) -> str:
    """One line of the table, of milliseconds."""
    return f"{what:<52} {taken * 1e3:>8.1f} ms {yardstick * 1e3:>8.1f} ms {taken / yardstick:>6.2f}  at most {most}"


def alone(what: str, figure: str, most: str) -> str:
    """One line of the table, of what is compared with nothing."""
    return f"{what:<52} {figure:>11} {'':>18}  at most {most}"


def in_a_session(kind: str) -> Iterator[tuple[float, str]]:
    """What each line of a kind takes, and what shows afterwards that all is whole."""
    session = Session.page()
    for line in PREPARED:
        session.run(line)
    for line in LINES[kind]:
        for command in (line, *WHOLE):
            yield seconds(partial(session.run, command)), line


def in_the_playground(kind: str) -> Iterator[tuple[float, str]]:
    """The same, where what goes on is ended by Ctrl-C, and where a page shows the machine after each line."""
    playground = Playground(1)

    def enter(line: str) -> None:
        playground.type(line, START + len(playground.commands))

    for line in PREPARED:
        enter(line)
    for line in LINES[kind]:
        yield seconds(partial(enter, line)), line
        for key in islice(cycle((CTRL_C, CTRL_C, CTRL_D)), 9):  # Ctrl-C ends what runs, and Ctrl-D a shell that reads
            if playground.prompt != PROMPT:
                enter(key)
        for command in WHOLE:
            yield seconds(partial(enter, command)), line


PLACES = {"session": in_a_session, "playground": in_the_playground}


def measured(place: str, kind: str) -> tuple[list[tuple[float, str]], float]:
    """What the lines of a kind take, typed at one place, and the most memory that this process has had."""
    return list(PLACES[place](kind)), memory("VmHWM")


def hostile() -> Iterator[str]:
    """The slowest of the hostile lines, and the most memory that those of one kind take on one machine."""
    count, most = sum(map(len, LINES.values())), 0.0
    for place in PLACES:
        with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as pool:
            kinds = list(pool.map(measured, repeat(place), LINES))
        taken = sorted(each for lines, _ in kinds for each in lines)
        most = max(most, *(megabytes for _, megabytes in kinds))
        what = f"{count} hostile lines in a {place}: slowest / median"
        yield row(what, taken[-1][0], taken[len(taken) // 2][0], f"1,000 ms  ({taken[-1][1][:40]})")
    yield alone("most memory on one machine meanwhile (VmHWM)", f"{most:.0f} MB", "200 MB")


def run_mixed(session: Session, count: int) -> None:
    """Run so many mixed commands, which begin and end with the same machine."""
    for command in islice(cycle(MIXED), count):
        session.run(command)


def long_session() -> Iterator[str]:
    """The last tenth of very many commands beside as many in a new session, in turns, and what it has grown by."""
    gc.collect()
    before = memory("VmRSS")
    old, new = Session.page(), Session.page()
    tenth = COMMANDS // TENTHS
    run_mixed(old, COMMANDS - tenth)
    taken: dict[Session, list[float]] = {old: [], new: []}
    for _ in range(TURNS):
        for session, durations in taken.items():
            durations.append(seconds(partial(run_mixed, session, tenth // TURNS)) / (tenth // TURNS))
    yield row(f"last tenth of {COMMANDS:,} commands / first, each", median(taken[old]), median(taken[new]), "1.2")
    del new, taken, session
    gc.collect()
    yield alone("memory that they leave (VmRSS)", f"{memory('VmRSS') - before:.1f} MB", "10 MB")


def unseen() -> Iterator[str]:
    """The next line after a year in which ten loops went on; of a session, and of the playground."""
    session, playground = Session.page(), Playground(1)
    for number, loop in enumerate(BUSY):
        line = f"docker run -d --name c{number} alpine sh -c '{loop}'"
        session.run(line)
        playground.type(line, START + number)
    taken = []
    for year in range(1, YEARS + 1):
        session.clock.sleep(LONGEST_REST)
        taken.append(
            [
                seconds(partial(session.run, "docker ps -a")),
                seconds(partial(playground.type, "docker ps -a", START + year * LONGEST_REST)),
            ]
        )
    for where, durations in zip(("session", "playground"), zip(*taken, strict=True), strict=True):
        what = f"{len(BUSY)} busy loops in a {where}, next line after a year"
        yield alone(what, f"{max(durations) * 1e3:.0f} ms", "300 ms")


SECTIONS: dict[str, Callable[[], Iterator[str]]] = {each.__name__: each for each in (hostile, long_session, unseen)}


def bounds() -> Iterator[str]:
    """All lines of the table, section by section."""
    for name in SECTIONS:
        command = [sys.executable, "-m", "tests.benchmarks.bounds", name]
        yield subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout.rstrip("\n")


if __name__ == "__main__":
    for line in SECTIONS[sys.argv[1]]():
        print(line)
