"""The promises about speed, measured: `make bench`. Figures, not tests: a busy machine must fail nothing."""

import gc
import os
import re
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from contextlib import redirect_stdout
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median

from dockerlearn import Engine, FixedClock, Image, Layer
from dockerlearn.course.blocks import INERT, Block, Lexer, read_quiz
from dockerlearn.course.complete import check
from dockerlearn.course.console import read_console
from dockerlearn.course.verify import pages
from dockerlearn.regexp.matcher import Regexp
from dockerlearn.terminal.session import Session
from tests.benchmarks.bounds import bounds
from tests.benchmarks.rivals import rivals
from tests.course.course_pages import PAGES, ROOT

PROCESS_ROUNDS = 15
PAGE_ROUNDS = 9
CREATE_ROUNDS = 5
SUITE_ROUNDS = 9
CONTAINERS = 100_000
CHARACTERS = 1_000_000
FEW, MANY = 10, 100_000  # files of an image
CROWDS = 40, 4_000  # containers that run beside the one that a command is about
CROWD_ROUNDS = 200
AMONG = (
    "run -d nginx",
    "create nginx",
    "exec box true",
    "inspect box",
    "stop box",
    "start box",
    "logs nosuch",
    "pull nginx",
)
LISTS = "ps", "ps -q", "ps -a --filter name=box", "system df"


def interleaved(
    first: Callable[[], object], second: Callable[[], object], rounds: int, clock: Callable[[], float]
) -> tuple[float, float]:
    """The median duration of each of two actions, taken in turns so that both meet the same machine."""
    durations: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for action, taken in zip((first, second), durations, strict=True):
            start = clock()
            action()
            taken.append(clock() - start)
    return median(durations[0]), median(durations[1])


def process(*command: str) -> Callable[[], object]:
    """An action that runs a command as a process of its own, with the bytecode kept, as any program has it."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return lambda: subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)


def verify_all() -> None:
    """Verify every page as the suite does, without pytest: find the blocks, run them, compare."""
    for page in PAGES:
        for example in SYBIL.parse(page):
            example.evaluate()


def run_all() -> None:
    """Run the same blocks, and the code of the quizzes, and do nothing else."""
    for page, blocks in BLOCKS.items():
        session = Session.page()
        names: dict[str, object] = {"__name__": "__main__"}
        for block in blocks:
            if block.language == "quiz":
                if code := read_quiz(block.text, block.text_line).code:
                    run_block(code, Session.page(), {"__name__": "__main__"}, page)
            else:
                run_block(block, session, names, page)


def run_block(block: Block, session: Session, names: dict[str, object], page: Path) -> None:
    """Run a block, if it is one that is run."""
    if block.language == "python":
        with redirect_stdout(StringIO()):
            exec(compile(block.text, str(page), "exec"), names)
    elif block.language == "console":
        for command in read_console(block.text, block.text_line):
            session.run(command.source, interrupt=command.interrupt)


def machine(files: int) -> Engine:
    """An engine with an image of so many files."""
    engine = Engine(clock=FixedClock("2025-02-20"), seed=1, docker="28")
    layer = Layer.of({f"{number // 1000}/{number}": b"x" for number in range(files)})
    engine.add(Image.scratch.with_layer(layer, by="COPY").with_config(cmd=["sh"]), "image")
    return engine


def create_all(image: Image, names: list[str]) -> float:
    """Seconds that it takes to make containers of these names, of an image, on a machine of their own."""
    engine = Engine(clock=FixedClock("2025-02-20"), seed=1, docker="28")
    engine.add(image, "image")
    gc.collect()
    start = time.perf_counter()
    for name in names:
        engine.create("image", name=name)
    return time.perf_counter() - start


def containers() -> str:
    """What a container costs to create, of a small and of a large image, and what it takes up in memory."""
    names = [f"box-{number}" for number in range(CONTAINERS)]
    images = [machine(files).image("image") for files in (FEW, MANY)]
    taken = [[create_all(image, names) for image in images] for _ in range(CREATE_ROUNDS)]
    few, many = (median(column) / CONTAINERS for column in zip(*taken, strict=True))
    tracemalloc.start()
    engine = machine(FEW)
    before = tracemalloc.get_traced_memory()[0]
    for name in names:
        engine.create("image", name=name)
    size = (tracemalloc.get_traced_memory()[0] - before) / CONTAINERS
    tracemalloc.stop()
    first = f"create of {MANY:,} files / of {FEW} files, each"
    return (
        f"{first:<52} {many * 1e6:>8.2f} µs {few * 1e6:>8.2f} µs {many / few:>6.2f}  at most 1.2, and 10 µs\n"
        f"{'memory of a container that was only created':<52} {size:>8.0f} B {'':>18}  at most 1,000 B"
    )


def crowd(containers: int) -> Session:
    """A session with so many containers of nginx that run, and one that is called `box`."""
    session = Session.page()
    session.run("docker pull nginx; docker run -d --name box nginx")
    for number in range(containers):
        session.engine.run("nginx", name=f"web{number}")
    return session


def crowds() -> str:
    """What commands cost among few and many containers: those about one container as a ratio, lists by the container."""
    few, many = (crowd(containers) for containers in CROWDS)
    rows = []
    for line in AMONG:
        taken = interleaved(
            lambda: many.run(f"docker {line}"),  # noqa: B023
            lambda: few.run(f"docker {line}"),  # noqa: B023
            CROWD_ROUNDS,
            time.process_time,
        )
        what = f"docker {line}, among {CROWDS[1]:,} / {CROWDS[0]} containers"
        rows.append(
            f"{what:<52} {taken[0] * 1e3:>8.2f} ms {taken[1] * 1e3:>8.2f} ms {taken[0] / taken[1]:>6.2f}  at most 1.3"
        )
    count = len(many.engine.containers())
    for line in LISTS:
        start = time.process_time()
        many.run(f"docker {line}")
        each = (time.process_time() - start) / count
        rows.append(f"{f'docker {line} of {count:,} containers, each':<52} {each * 1e6:>8.1f} µs")
    return "\n".join(rows)


def flatness() -> str:
    """What the last of many things costs beside the first of them."""
    containers, files = Session.page(), Session.page()
    containers.run("docker pull nginx")
    files.run("docker run -d --name box alpine sleep 9999")
    lines = {
        "docker run -d nginx, x 4,000": (containers, "docker run -d nginx", 4_000),
        "docker exec box touch /tmp/NEW, x 2,000": (files, "docker exec box touch /tmp/{}", 2_000),
    }
    rows = []
    for what, (session, line, count) in lines.items():
        taken = []
        for number in range(count):
            start = time.process_time()
            session.run(line.format(number))
            taken.append(time.process_time() - start)
        first, last = median(taken[: count // 4]), median(taken[-count // 4 :])
        what = f"{what}: the last quarter / the first"
        rows.append(f"{what:<52} {last * 1e3:>8.2f} ms {first * 1e3:>8.2f} ms {last / first:>6.2f}  at most 1.3")
    return "\n".join(rows)


def suite() -> str:
    """The verified pages under pytest beside as many empty tests, each without its start-up, in processor time.

    Start-up is what the same pytest takes to collect one small page, or one empty test: it loads the same plugins and
    imports the same modules, with the same configuration. From the pages the time that the bare examples need is taken off
    as well, quizzes included, in a process as fresh as pytest's: whoever pulls an image first builds it.
    """
    count = sum(block.language not in INERT for blocks in BLOCKS.values() for block in blocks)
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "pyproject.toml"]
    bare = [sys.executable, "-c"]
    with tempfile.TemporaryDirectory() as folder:
        empty, single = Path(folder, "test_empty.py"), Path(folder, "test_single.py")
        test = "def test_{}() -> None:\n    pass\n\n\n"
        empty.write_text("".join(test.format(number) for number in range(count)), encoding="utf-8")
        single.write_text(test.format(0), encoding="utf-8")
        whole_and_start = [
            (process(*run, "docs", "README.md"), process(*run, "--collect-only", "README.md")),
            (process(*bare, f"import {MODULE} as it; it.run_all()"), process(*bare, f"import {MODULE}")),
            (process(*run, str(empty)), process(*run, "--collect-only", str(single))),
        ]
        taken = [[cpu(whole) - cpu(start) for whole, start in whole_and_start] for _ in range(SUITE_ROUNDS)]
    pages_, examples, tests = (median(column) for column in zip(*taken, strict=True))
    return row(f"{count} blocks in pytest, less examples / empty tests (CPU)", pages_ - examples, tests, 2)


def cpu(action: Callable[[], object]) -> float:
    """Seconds of processor time that the processes of an action take."""
    before = getrusage(RUSAGE_CHILDREN)
    action()
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def expressions() -> str:
    """A search that takes whoever backtracks twice as long for each further character, beside a loop over the text."""
    text = "a" * CHARACTERS
    searched, read = interleaved(
        lambda: Regexp("(a+)+_").search(text), lambda: [None for _ in text], PAGE_ROUNDS, time.process_time
    )
    return row(f"search {CHARACTERS:,} characters for (a+)+_ / read them", searched, read, 10)


def parse_all(folder: Path) -> None:
    """Read and parse the HTML of a site, and do nothing else."""
    for page in folder.rglob("*.html"):
        HTMLParser().feed(page.read_text(encoding="utf-8"))


def completeness(folder: Path) -> str:
    """The check of a built site, its configuration and its pages' sources included, beside parsing its HTML."""
    checked, parsed = interleaved(
        lambda: check(ROOT / "mkdocs.yml", folder), lambda: parse_all(folder), PAGE_ROUNDS, time.perf_counter
    )
    what = f"check {folder.name} / read and parse its HTML"
    return f"{what:<52} {checked * 1e3:>8.1f} ms {parsed * 1e3:>8.1f} ms {checked / parsed:>6.2f}  at most 1,000 ms"


def drift() -> str:
    """What it takes to judge a change of a page, of processor time, in all processes of `make drift DRIFT=--text`."""
    before = os.times()
    command = [sys.executable, "-m", "tools.drift", "--text"]
    report = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    taken = sum(os.times()[:4]) - sum(before[:4])
    changes = sum(int(count.replace(",", "")) for count in re.findall(r" of +([0-9,]+) noticed", report))
    what = f"{changes:,} changes of the pages, judged, each (CPU)"
    return f"{what:<52} {taken / changes * 1e3:>8.1f} ms {'':>18}  at most 5 ms"


def row(what: str, taken: float, yardstick: float, most: int) -> str:
    """One line of the table."""
    return f"{what:<52} {taken * 1e3:>8.1f} ms {yardstick * 1e3:>8.1f} ms {taken / yardstick:>6.2f}  at most {most}"


SYBIL = pages(ROOT / "mkdocs.yml")
LEXER = Lexer(ROOT / "mkdocs.yml")
BLOCKS: dict[Path, list[Block]] = {page: LEXER.blocks(page.read_text(encoding="utf-8")) for page in PAGES}
SITES = [ROOT / "site", ROOT / "site-zensical"]  # as make check-site builds them
MODULE = "tests.benchmarks.__main__"
PROGRAM = str(Path(sys.executable).with_name("dockerlearn"))


def main() -> None:
    """Measure, and print the table."""
    verify_all()
    run_all()
    count = sum(len(blocks) for blocks in BLOCKS.values())
    print(f"{'':<52} {'this':>11} {'yardstick':>11} {'ratio':>6}")
    pull = process(PROGRAM, "-c", "docker pull nginx")
    bare = process(sys.executable, "-c", "import json, hashlib")
    started = interleaved(pull, bare, PROCESS_ROUNDS, time.perf_counter)
    print(row("dockerlearn -c 'docker pull nginx' / bare python", *started, 3))
    verified = interleaved(verify_all, run_all, PAGE_ROUNDS, time.process_time)
    print(row(f"verify {len(PAGES)} pages, {count} blocks / run them (CPU)", *verified, 5))
    for folder in SITES:
        print(completeness(folder))
    print(containers())
    print(crowds())
    print(flatness())
    print(expressions())
    for lines in bounds():
        print(lines)
    print(drift())
    print(suite())
    print(rivals())


if __name__ == "__main__":
    main()
