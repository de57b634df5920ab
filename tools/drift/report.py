"""The drift score: how much of what the course says could change without anybody noticing.

Three things are changed, one at a time, and three rates tell how many of the changes are noticed: every expected line
of every page and every literal in its examples, as `damage` changes them, by the page itself; and every behaviour of the
package, as `mutants` changes it, by the pages, or else by the tests that run the line. The course's own tools are part of
the package: they decide what passes, so what could change in them unnoticed counts as well.

    python -m tools.drift [--text] [--file FILE ...] [--sample N] [--seed S] [--budget SECONDS] [PAGE ...]

Mutation testers change source code alone, and start the tests anew for each change; none changes documents. Here nothing is
started: each change is made in a copy of a process that has all it needs in memory, and the copy ends with it.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from types import CodeType

import pytest

from dockerlearn.course.blocks import Block, Lexer, read_quiz
from dockerlearn.course.console import read_console
from dockerlearn.course.faults import PageRefused
from dockerlearn.course.verify import PageRun

from .copies import become, in_copy, silence
from .cover import CACHE, SOURCES, Chosen, Cover, covered, run_tests
from .damage import Damage, damages
from .mutants import Mutant, Source

EQUIVALENT = Path(__file__).with_name("equivalent.toml")
GOALS = {"expected line": 100, "literal": 90, "mutant": 90}  # per cent
TEXT_SECONDS, PAGES_SECONDS, TESTS_SECONDS = 2.0, 5.0, 30.0  # of CPU: what is left of a page, all pages, tests

Key = tuple[str, str, str, str, str]


def _run(block: Block) -> object:
    """What of a block is run: a change that leaves this as it is changes nothing but what the page says."""
    if block.language == "console":
        return [(command.source, command.interrupt) for command in read_console(block.text, block.text_line)]
    if block.language == "quiz":
        code = read_quiz(block.text, block.text_line, draft=True).code
        return code and _run(code)
    return block.text if block.language == "python" else None


def judged(path: str, blocks: list[Block]) -> Iterator[tuple[Damage, bool]]:
    """Every change to a page, and whether the page's own examples notice it.

    A change to what is expected is held against what the block has printed: nothing that is run has changed, so running
    it again would print the same. Any other change is made in a copy of this process, before the block is run, and what
    is left of the page is run there up to the first difference.

    Raises `PageRefused` if the page is wrong as it is: then whatever is changed would seem to be noticed.
    """
    run = PageRun(path, list(blocks))
    for index, block in enumerate(blocks):
        changes = [] if run.skipped(index) else list(damages(block))
        for damage in changes:
            if _run(damage.block) != _run(block):
                yield damage, in_copy(partial(_differs, run, index, damage.block), TEXT_SECONDS) is not False
        if wrong := run.wrong(index):
            raise PageRefused([wrong])
        for damage in changes:
            if _run(damage.block) == _run(block):
                run.blocks[index] = damage.block
                yield damage, run.wrong(index) is not None
                run.blocks[index] = block


def _differs(run: PageRun, index: int, block: Block) -> bool:
    run.blocks[index] = block
    return any(run.wrong(after) for after in range(index, len(run.blocks)))


def pages_notice(file: str, code: CodeType, pages: dict[str, list[Block]]) -> bool:
    """Whether any page fails once a file of the package has other code; for a copy of the process."""
    silence()
    try:
        become(file, code)
        runs = (import_module(PageRun.__module__).PageRun(path, blocks) for path, blocks in pages.items())
        return any(run.wrong(index) for run in runs for index in range(len(run.blocks)))
    except (Exception, SystemExit):  # whatever broken code does, it is noticed
        return True


def tests_notice(file: str, code: CodeType, tests: list[str]) -> bool:
    """Whether any of some tests fails once a file of the package has other code; for a copy of the process.

    A test that starts a program of its own sees nothing of the change, and so never notices it.
    """
    silence()
    try:
        become(file, code)
        status = run_tests(dict.fromkeys(test.split("::")[0] for test in tests), Chosen(tests))
    except BaseException:  # what leaves even pytest, a Ctrl-C of the code's for one, is noticed
        return True
    if status == pytest.ExitCode.USAGE_ERROR:
        raise LookupError(f"not all of these are tests: {', '.join(tests)}")
    return status not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}


@dataclass
class Judge:
    """Judges changes; made before the processes that it works in, which share what it knows."""

    pages: dict[str, list[Block]]
    cover: Cover
    budget: float | None = None

    def page(self, path: str) -> list[tuple[Damage, bool]]:
        """All changes to a page, and whether it notices each."""
        return list(judged(path, self.pages[path]))

    def mutant(self, mutant: Mutant) -> str:
        """Who notices a change to the package: "pages", "tests" or nobody, which is an empty text."""
        code = _source(mutant.file).compiled(mutant)
        if in_copy(partial(pages_notice, mutant.file, code, self.pages), PAGES_SECONDS) is not False:
            return "pages"
        tests = self.cover.tests(mutant, self.budget)
        # Running out of time is to notice, so the time must be far from what they take when nothing is wrong.
        seconds = TESTS_SECONDS + 2 * sum(self.cover.seconds[test] for test in tests)
        if tests and in_copy(partial(tests_notice, mutant.file, code, tests), seconds) is not False:
            return "tests"
        return ""


@cache
def _source(file: str) -> Source:
    return Source(file, Path(file).read_text(encoding="utf-8"))


_judge: Judge  # of a process that judges


def _appoint(judge: Judge) -> None:
    global _judge
    _judge = judge
    # Each copy imports the package and its tests: compiled once, they are read from here.
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(CACHE.absolute())
    gc.freeze()  # what is there stays there, and need not be copied to be looked at


def _judge_page(path: str) -> list[tuple[Damage, bool]]:
    return _judge.page(path)


def _judge_mutant(mutant: Mutant) -> str:
    return _judge.mutant(mutant)


def equivalents(file: Path) -> dict[Key, str]:
    """The mutants that change nothing anybody could notice, by their keys, each with the reason."""
    entries = tomllib.loads(file.read_text(encoding="utf-8"))["equivalent"]
    parts = ("file", "function", "operator", "before", "after")
    return {tuple(entry[part] for part in parts): entry["reason"] for entry in entries}


def rate(what: str, noticed: int, of: int, goal: int | None = None) -> str:
    """One line of the report."""
    share = 100 * noticed / of if of else 100.0
    return f"{what:<40} {noticed:>6,} of {of:>6,} noticed {share:>6.1f}%" + (f"  at least {goal}%" if goal else "")


def main(arguments: list[str] | None = None) -> int:
    """Change what the options say, print the survivors and the rates; 1 if a rate misses its goal."""
    parser = argparse.ArgumentParser(prog="python -m tools.drift", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("pages", nargs="*", type=Path, metavar="PAGE", help="default: all of docs/, and README.md")
    part = parser.add_mutually_exclusive_group()
    part.add_argument("--text", action="store_true", help="change pages only, not the package")
    part.add_argument("--file", action="append", help="change this file of the package only, and no page; or these")
    parser.add_argument("--sample", type=int, metavar="N", help="of the changes to the package, try only so many")
    parser.add_argument("--seed", type=int, default=1, help="which ones")
    parser.add_argument("--budget", type=float, metavar="SECONDS", help="only the quickest tests, these long together")
    parser.add_argument("--processes", type=int, default=2, help="that judge side by side")
    options = parser.parse_args(arguments)
    for file in options.file or []:
        if Path(file) not in SOURCES:
            parser.error(f"no file of the package: {file}")
    lexer = Lexer(Path("mkdocs.yml"))
    paths = options.pages or [*sorted(Path("docs").rglob("*.md")), Path("README.md")]
    pages = {str(path): lexer.blocks(path.read_text(encoding="utf-8-sig")) for path in paths}
    cover = Cover({}, {}) if options.text else covered(options.processes)
    judge = Judge(pages, cover, options.budget)
    with ProcessPoolExecutor(options.processes, get_context("fork"), _appoint, (judge,)) as judges:
        good = bool(options.file) or report_pages(pages, judges.map(_judge_page, pages))
        if not options.text:
            mutants = [mutant for file in SOURCES for mutant in _source(str(file)).mutants]
            known = equivalents(EQUIVALENT)
            good &= report_unused(known, mutants)
            of_files = [mutant for mutant in mutants if not options.file or mutant.file in options.file]
            tried = sampled(of_files, options.sample, options.seed)
            good &= report_mutants([mutant for mutant in tried if mutant.key not in known], judges)
    return 0 if good else 1


def sampled(mutants: list[Mutant], count: int | None, seed: int) -> list[Mutant]:
    """So many mutants, drawn by a seed, in their order; all without a count.

    Each draws its own lot, from the seed and its key: a change of the package redraws only what it changes.
    """
    if count is None or count >= len(mutants):
        return mutants
    lots = {mutant: sha256(repr((seed, mutant.key)).encode()).digest() for mutant in mutants}
    drawn = {*sorted(mutants, key=lots.__getitem__)[:count]}
    return [mutant for mutant in mutants if mutant in drawn]


def report_pages(pages: Iterable[str], judged: Iterable[list[tuple[Damage, bool]]]) -> bool:
    """Print what pages did not notice, and their rates; whether these meet their goals."""
    tried: Counter[str] = Counter()
    noticed: Counter[str] = Counter()
    for path, results in zip(pages, judged, strict=True):
        for damage, is_noticed in results:
            tried[damage.kind] += 1
            noticed[damage.kind] += is_noticed
            if not is_noticed:
                print(f"{path}:{damage.line}: {damage.kind} not noticed: {damage.before} -> {damage.after}")
    for kind in sorted(tried):
        print(rate(f"{kind}s, by the pages", noticed[kind], tried[kind], GOALS[kind]), flush=True)
    return all(100 * noticed[kind] >= GOALS[kind] * tried[kind] for kind in tried)


def report_mutants(mutants: list[Mutant], judges: ProcessPoolExecutor) -> bool:
    """Print which changes to the package nobody noticed, and the rates; whether these meet their goal."""
    by: Counter[str] = Counter()
    for mutant, who in zip(mutants, judges.map(_judge_mutant, mutants), strict=True):
        by[who] += 1
        if not who:
            place = f"{mutant.file}:{mutant.line}: {mutant.function or 'module'}"
            print(f"{place}: {mutant.operator} not noticed: {mutant.before} -> {mutant.after}", flush=True)
    print(rate("mutants, by the pages alone", by["pages"], len(mutants)))
    print(rate("mutants, by pages and tests", by["pages"] + by["tests"], len(mutants), GOALS["mutant"]))
    return 100 * by[""] <= (100 - GOALS["mutant"]) * len(mutants)


def report_unused(known: Iterable[Key], mutants: Iterable[Mutant]) -> bool:
    """Print the equivalents that no mutant has as its key any more; whether there are none."""
    unused = set(known) - {mutant.key for mutant in mutants}
    for file, function, operator, before, after in sorted(unused):
        print(f"{EQUIVALENT}: no mutant is this one: {file}, {function}, {operator}: {before} -> {after}")
    return not unused
