"""Two promises about speed, measured: `make bench`. Figures, not tests: a busy machine must fail nothing."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from statistics import median

from dockerlearn.course.blocks import Block, Lexer, read_console
from dockerlearn.course.verify import pages
from dockerlearn.session import Session
from tests.course.course_pages import PAGES, ROOT

PROCESS_ROUNDS = 15
PAGE_ROUNDS = 9


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
    """Run the same blocks, and do nothing else."""
    for page, blocks in BLOCKS.items():
        session = Session.page()
        names: dict[str, object] = {"__name__": "__main__"}
        for block in blocks:
            if block.language == "python":
                with redirect_stdout(StringIO()):
                    exec(compile(block.text, str(page), "exec"), names)
            elif block.language == "console":
                for command in read_console(block.text, block.text_line):
                    session.run(command.source, interrupt=command.interrupt)


def row(what: str, taken: float, yardstick: float, most: int) -> str:
    """One line of the table."""
    return f"{what:<52} {taken * 1e3:>8.1f} ms {yardstick * 1e3:>8.1f} ms {taken / yardstick:>6.2f}  at most {most}"


SYBIL = pages(ROOT / "mkdocs.yml")
LEXER = Lexer(ROOT / "mkdocs.yml")
BLOCKS: dict[Path, list[Block]] = {page: LEXER.blocks(page.read_text(encoding="utf-8")) for page in PAGES}
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


if __name__ == "__main__":
    main()
