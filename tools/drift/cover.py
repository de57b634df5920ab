"""Which tests run which lines of the package: recorded once, and kept until the package or its tests change."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from hashlib import sha256
from itertools import accumulate
from multiprocessing import get_context
from os import times
from pathlib import Path
from typing import NamedTuple

import pytest

from .copies import silence
from .mutants import Mutant

PACKAGE = Path("dockerlearn")
SOURCES = sorted(PACKAGE.rglob("*.py"))
ROOMS = ("model", "regexp", "hub", "client", "terminal", "learn", "course")
TESTS = [Path("tests/test_main.py"), *(Path("tests", room) for room in ROOMS)]
WORD = re.compile(r"\w+")
CACHE = Path(".kept/drift")  # not in .cache, which Zensical empties

Recorded = tuple[dict[str, float], dict[tuple[str, int], list[str]]]
"""The seconds of each test, and the tests of each line of each file."""


class Cover(NamedTuple):
    """Which tests run which lines of the package.

    The tests are in order, the quickest first, each with its seconds of CPU; a line of a file has the places of its tests
    in that order.
    """

    seconds: dict[str, float]
    lines: dict[str, dict[str, list[int]]]

    @classmethod
    def of(cls, seconds: Mapping[str, float], lines: Mapping[str, Mapping[int, Iterable[str]]]) -> Cover:
        """A cover, of the seconds that each test takes, and of the tests of each line."""
        quickest = dict(sorted(seconds.items(), key=lambda item: item[1]))
        places = {test: place for place, test in enumerate(quickest)}
        return cls(
            quickest,
            {
                file: {str(line): sorted(places[test] for test in tests) for line, tests in lines.items()}
                for file, lines in lines.items()
            },
        )

    def tests(self, mutant: Mutant, budget: float | None = None) -> list[str]:
        """The tests that could notice a mutant, the most likely first, and no more than take so many seconds together.

        A test that has the changed word in its own text is more likely than others; of equals, the quickest comes first. Of
        a line that runs when its module is imported, or whose result is kept, nobody can tell for whom it runs: there, and
        in what only such a line calls, it is all tests that run anything of the file, by a budget of their own.
        """
        lines = self.lines.get(mutant.file, {})
        places = [] if mutant.once else lines.get(str(mutant.line), [])
        tests = list(self.seconds)
        running = [tests[place] for place in places]
        others = [
            tests[place] for place in sorted({place for of_line in lines.values() for place in of_line} - {*places})
        ]
        words = mutant.words
        named = [test for test in others if _names(test, words)]
        chosen = self._affordable(sorted(running, key=lambda test: not _names(test, words)), budget)
        if running:
            return chosen + self._affordable(named, budget)
        return self._affordable(named, budget) + self._affordable([it for it in others if it not in named], budget)

    def _affordable(self, tests: list[str], budget: float | None) -> list[str]:
        if budget is None:
            return tests
        spent = accumulate(self.seconds[test] for test in tests)
        return [test for test, so_far in zip(tests, spent, strict=True) if so_far <= budget]


def _names(test: str, words: frozenset[str]) -> bool:
    """Whether a test's name or its own text has one of some words."""
    file, _, name = test.partition("::")
    return not words.isdisjoint(_words_of(file).get(name.split("[")[0], frozenset()) | {*WORD.findall(name)})


@cache
def _words_of(file: str) -> dict[str, frozenset[str]]:
    """The words of each test of a file, and of the cases that it has: in its decorators, or in tables of the file that it names."""
    path = Path(file)
    if not path.exists():
        return {}
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    tree = ast.parse(text)

    def words(first: int, last: int | None) -> frozenset[str]:
        return frozenset(WORD.findall("\n".join(lines[first - 1 : last])))

    tables = {
        target.id: words(node.lineno, node.end_lineno)
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            own = words(first, node.end_lineno)
            found[node.name] = own.union(*(tables[name] for name in own & tables.keys()))
    return found


def cpu() -> float:
    """The seconds of CPU that this process and its children have taken.

    A child process imports its modules anew, so it never sees a mutant that was made in memory. Counted like this, tests
    that start one are among the slowest, and are asked last.
    """
    return sum(times()[:4])


class _Recorder:
    """A pytest plugin that notes what each test runs and how long it takes."""

    def __init__(self) -> None:
        from coverage import Coverage  # not at the top: to damage pages alone needs none

        self.seconds: dict[str, float] = {}
        self.useless: set[str] = set()
        self._coverage = Coverage(data_file=None, source=[str(PACKAGE)], config_file=False)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Note what a test runs, and for how long."""
        self._coverage.switch_context(item.nodeid)
        start = cpu()
        result = yield
        self.seconds[item.nodeid] = cpu() - start
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what does not pass as it is: that could not tell whether anything was changed."""
        if not report.passed:
            self.useless.add(report.nodeid)

    def record(self, tests: Iterable[Path]) -> Recorded:
        """Run the tests of some files."""
        self._coverage.start()
        run_tests(map(str, tests), self, "--maxfail=0")
        self._coverage.stop()
        data = self._coverage.get_data()
        seconds = {test: taken for test, taken in self.seconds.items() if test not in self.useless}
        lines = {
            (str(Path(file).relative_to(Path.cwd())), line): [test for test in tests if test in seconds]
            for file in data.measured_files()
            for line, tests in data.contexts_by_lineno(file).items()
        }
        return seconds, lines


class Chosen:
    """A pytest plugin that runs some tests alone, in the given order."""

    def __init__(self, tests: list[str]) -> None:
        self._order = {test: place for place, test in enumerate(tests)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave the chosen tests, in their order."""
        items[:] = sorted((item for item in items if item.nodeid in self._order), key=lambda it: self._order[it.nodeid])


def run_tests(files: Iterable[str], plugin: object, *options: str) -> int:
    """Run the tests of files up to the first that fails, each with the same random draws every time."""
    fixed = ["-x", "-q", "-p", "no:cacheprovider", "--confcutdir=tests", "--hypothesis-profile=drift"]
    return pytest.main([*fixed, *options, *files], plugins=[plugin])


def covered(processes: int) -> Cover:
    """What the tests of the package cover: as it was recorded, unless the package or its tests have changed since."""
    tests = sorted(path for path in Path("tests").rglob("*") if path.is_file() and path.suffix != ".pyc")
    digest = sha256(b"".join(path.read_bytes() for path in [*SOURCES, *tests])).hexdigest()
    kept = CACHE / f"{digest}.json"
    if not kept.exists():
        print("Recording what each test runs, which takes a minute or two", flush=True)
        CACHE.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(_record(processes)), encoding="utf-8")
    return Cover(*json.loads(kept.read_text(encoding="utf-8")))


def _record(processes: int) -> Cover:
    files = sorted(file for path in TESTS for file in ([path] if path.is_file() else path.glob("test_*.py")))
    seconds: dict[str, float] = {}
    lines: dict[str, dict[int, list[str]]] = {}
    with ProcessPoolExecutor(processes, get_context("fork")) as pool:
        for more_seconds, more_lines in pool.map(_recorded, [files[start::processes] for start in range(processes)]):
            seconds.update(more_seconds)
            for (file, line), tests in more_lines.items():
                lines.setdefault(file, {}).setdefault(line, []).extend(tests)
    return Cover.of(seconds, lines)


def _recorded(files: list[Path]) -> Recorded:
    silence()
    return _Recorder().record(files)
