"""One engine of each kind for all tests here, started when the first asks for it, with the course's images in its registry."""

import os
import random
import shutil
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path

import pytest
from _pytest.capture import CaptureManager

from tests.docker.debian import Unavailable
from tests.figures import Figures, keep

from .engine import DIALECT, Machine, Store, machine
from .root import engine_root

RUNNING = pytest.StashKey[list[Machine]]()
FAILED = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """What can be run in part, or at length."""
    group = parser.getgroup("docker", "a real Docker Engine")
    group.addoption("--sequences", type=int, default=20, help="how many random sequences of commands to compare")
    group.addoption(
        "--cells", type=int, default=None, help="how many cells of the lifecycle to compare; all unless given"
    )
    group.addoption(
        "--places",
        type=int,
        help="how many pages and quizzes to type at the second store, drawn by --seed; all unless given",
    )
    group.addoption(
        "--repositories", nargs="+", default=[], metavar="NAME", help="which the registry has; all unless given"
    )
    group.addoption("--docker29", action="store_true", help="fail unless a Docker 29 is installed here, and agrees")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what needs the engine, `-m docker`; and of what is typed at containerd's store take as much as is asked for."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("docker")
    if (most := config.getoption("places")) is not None:
        typed = [item for item in items if item.path.name == "test_pages_containerd.py"]
        places = [item for item in typed if "_as_29[" in item.nodeid]
        kept = random.Random(config.getoption("seed")).sample(places, min(most, len(places)))
        left = [item for item in typed if item not in kept]  # what is said of all of them, too
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def _uncaptured(config: pytest.Config) -> AbstractContextManager[None]:
    capture = config.pluginmanager.getplugin("capturemanager")
    assert isinstance(capture, CaptureManager)
    return capture.global_and_fixture_disabled()


@contextmanager
def _started(config: pytest.Config, store: Store) -> Iterator[Machine]:
    """A machine with the catalog in its registry; skip the test, or where nobody reads that let it fail, if there is none."""
    try:
        with _uncaptured(config):  # unpacking takes a minute, and tells how far it is
            root = engine_root()
        with machine(root, store) as it:
            it.push_catalog(*config.getoption("repositories"))
            config.stash[RUNNING] = [*config.stash.get(RUNNING, []), it]
            yield it
    except Unavailable as reason:
        if os.environ.get("CI"):
            pytest.fail(f"the witness of a real engine cannot be called: {reason}")
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def engine(pytestconfig: pytest.Config) -> Iterator[Machine]:
    """The engine with the classic store; each test that needs it empty resets it."""
    with _started(pytestconfig, Store.CLASSIC) as it:
        yield it


@pytest.fixture(scope="session")
def containerd_engine(pytestconfig: pytest.Config) -> Iterator[Machine]:
    """The engine with containerd's image store; each test that needs it empty resets it."""
    with _started(pytestconfig, Store.CONTAINERD) as it:
        yield it


@pytest.fixture(params=["engine", "containerd_engine"])
def each_engine(request: pytest.FixtureRequest) -> Machine:
    """One after the other."""
    it = request.getfixturevalue(request.param)
    assert isinstance(it, Machine)
    return it


@pytest.fixture(scope="session")
def record(pytestconfig: pytest.Config, engine: Machine) -> Iterator[Figures]:
    """The figures of this run, by what they are about; kept if that is asked for and nothing failed, and if it was no sample."""
    figures: Figures = {}
    yield figures
    if pytestconfig.getoption("cells") is not None:
        figures = {about: what for about, what in figures.items() if not about.startswith("matrix")}
    if pytestconfig.getoption("record") and not pytestconfig.stash.get(FAILED, False):
        ran = {"date": f"{date.today()}", "engine": engine.engine_version, "client": engine.client_version}
        keep({about: {**ran, **what} for about, what in figures.items()})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let an engine of another dialect report what it does otherwise, and gate nothing."""
    report = yield
    item.config.stash[FAILED] = item.config.stash.get(FAILED, False) or report.failed
    foreign = [it for it in item.config.stash.get(RUNNING, []) if not it.speaks_our_dialect]
    if report.failed and foreign and not item.config.getoption("docker29"):
        report.outcome = "skipped"
        report.wasxfail = f"engine {foreign[0].engine_version} is not {DIALECT}x: reported only"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say whose word it was."""
    for it in config.stash.get(RUNNING, []):
        whose = "this machine's own, started once more" if shutil.which("dockerd") else "of Debian's packages"
        terminalreporter.write_line(f"compared with {it.versions}, {whose}")
