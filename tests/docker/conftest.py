"""One engine for all tests here, with the course's images in its registry."""

import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import pytest
from _pytest.capture import CaptureManager

from tests.docker.debian import Unavailable
from tests.figures import Figures, keep

from .engine import DIALECT, Machine, machine, releases
from .root import engine_root

RUNNING = pytest.StashKey[Machine]()
FAILED = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """What can be run in part, or at length."""
    group = parser.getgroup("docker", "a real Docker Engine")
    group.addoption("--sequences", type=int, default=20, help="how many random sequences of commands to compare")
    group.addoption(
        "--cells", type=int, default=None, help="how many cells of the lifecycle to compare; all unless given"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the engine: `-m docker`, `-m 'not docker'`."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("docker")


def _uncaptured(config: pytest.Config) -> AbstractContextManager[None]:
    capture = config.pluginmanager.getplugin("capturemanager")
    assert isinstance(capture, CaptureManager)
    return capture.global_and_fixture_disabled()


@pytest.fixture(scope="session")
def engine(pytestconfig: pytest.Config) -> Iterator[Machine]:
    """A machine with the catalog in its registry; each test that needs it empty resets it."""
    try:
        with _uncaptured(pytestconfig):  # unpacking takes a minute, and tells how far it is
            root = engine_root()
        with machine(root) as it:
            it.push(releases())
            pytestconfig.stash[RUNNING] = it
            yield it
    except Unavailable as reason:
        if os.environ.get("CI"):
            pytest.fail(f"the witness of a real engine cannot be called: {reason}")
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def record(pytestconfig: pytest.Config, engine: Machine) -> Iterator[Figures]:
    """The figures of this run, by what they are about; kept if that is asked for and nothing failed, and if it was no sample."""
    figures: Figures = {}
    yield figures
    if pytestconfig.getoption("cells") is not None:
        figures.pop("matrix", None)
    if pytestconfig.getoption("record") and not pytestconfig.stash.get(FAILED, False):
        ran = {"date": f"{date.today()}", "engine": engine.engine_version, "client": engine.client_version}
        keep({about: {**ran, **what} for about, what in figures.items()})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let an engine of another dialect report what it does otherwise, and gate nothing."""
    report = yield
    item.config.stash[FAILED] = item.config.stash.get(FAILED, False) or report.failed
    it = item.config.stash.get(RUNNING, None)
    if report.failed and it is not None and not it.speaks_our_dialect:
        report.outcome = "skipped"
        report.wasxfail = f"engine {it.engine_version} is not {DIALECT}x: reported only"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say whose word it was."""
    it = config.stash.get(RUNNING, None)
    if it is not None:
        whose = "this machine's own, started once more" if shutil.which("dockerd") else "of Debian's packages"
        terminalreporter.write_line(f"compared with {it.versions}, {whose}")
