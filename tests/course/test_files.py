"""A page is written whole or not at all: whatever comes between, and whatever kind of file it is."""

import errno
import gc
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from dockerlearn.course import files
from dockerlearn.course.blocks import Lexer
from dockerlearn.course.faults import PageRefused
from dockerlearn.course.files import read, rewrite
from dockerlearn.course.update import Course, repair_all
from tests.course.course_pages import ROOT
from tests.course.small_course import small_course
from tests.interrupts import heed_interrupts

LEXER = Lexer(ROOT / "mkdocs.yml")
WRONG = "# Page\n\nProse: ä ─ ✓\n\n```console\n$ echo a\nb\n```\n"
RIGHT = WRONG.replace("\nb\n", "\na\n")


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page that can be repaired, in the folder that the tests are run in."""
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "page.md"
    page.write_text(WRONG, encoding="utf-8")
    return page


@pytest.fixture
def update(page: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[], list[str]]:
    """Repair all pages of the folder, and return what is said."""

    def run() -> list[str]:
        course = Course(page.parent, ["*.md", "docs/*.md"])
        good = repair_all(LEXER, course.pages, course)
        said = capsys.readouterr().out.splitlines()
        assert good == said[-1].endswith("alone: 0")
        return said

    return run


def refused(said: list[str], *faults: str) -> None:
    """Assert that pages were refused for these reasons, and the other ones repaired."""
    assert [line for line in said if ".md:" in line] == list(faults)
    assert said[-1].endswith(f"refused and left alone: {len(faults)}")


# Permissions


def test_a_page_that_nobody_may_write_stays_as_it_is_whoever_asks(page: Path, update: Callable[[], list[str]]) -> None:
    page.chmod(0o444)
    before = page.stat()
    refused(update(), "page.md:1: is read-only, so it stays as it is")
    assert page.read_text(encoding="utf-8") == WRONG
    after = page.stat()
    assert (after.st_ino, after.st_mode, after.st_ctime_ns) == (before.st_ino, before.st_mode, before.st_ctime_ns)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o600, 0o755, 0o666])
def test_a_page_keeps_its_mode(page: Path, update: Callable[[], list[str]], mode: int) -> None:
    page.chmod(mode)
    refused(update())
    assert page.stat().st_mode & 0o7777 == mode
    assert page.read_text(encoding="utf-8") == RIGHT


def test_a_page_keeps_its_owner(page: Path, monkeypatch: pytest.MonkeyPatch, update: Callable[[], list[str]]) -> None:
    given: list[tuple[str, int, int]] = []
    monkeypatch.setattr(os, "chown", lambda path, user, group: given.append((path.name, user, group)))
    refused(update())
    assert given == [("page.md", page.stat().st_uid, page.stat().st_gid)]


def test_a_page_in_a_folder_that_nobody_may_write_stays_as_it_is(page: Path, update: Callable[[], list[str]]) -> None:
    page.parent.chmod(0o555)
    refused(update(), "page.md:1: lies in a read-only folder, so it stays as it is")
    page.parent.chmod(0o755)
    assert page.read_text(encoding="utf-8") == WRONG


def test_a_page_that_cannot_be_read_is_told(
    page: Path, monkeypatch: pytest.MonkeyPatch, update: Callable[[], list[str]]
) -> None:
    """Root can read all, so somebody else's refusal is made up."""

    def read_bytes(self: Path) -> bytes:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    refused(update(), "page.md:1: cannot be read: Permission denied")


# A disk that is full


@contextmanager
def full(page: Path, **given: Any) -> Iterator[str]:
    """A new folder on a disk that is full: a file in it is /dev/full."""
    folder = page.parent / ".full"
    folder.mkdir()
    (folder / page.name).symlink_to("/dev/full")
    try:
        yield str(folder)
    finally:
        (folder / page.name).unlink()
        folder.rmdir()


def test_a_full_disk_costs_no_letter(
    page: Path, monkeypatch: pytest.MonkeyPatch, update: Callable[[], list[str]]
) -> None:
    monkeypatch.setattr(files, "TemporaryDirectory", lambda **given: full(page))
    refused(update(), "page.md:1: cannot be written: No space left on device")
    assert page.read_text(encoding="utf-8") == WRONG
    assert list(page.parent.iterdir()) == [page]


@pytest.mark.parametrize("step", ["fsync", "chown"])
def test_whichever_step_fails_nothing_is_left(
    page: Path, monkeypatch: pytest.MonkeyPatch, update: Callable[[], list[str]], step: str
) -> None:
    def fail(*arguments: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, step, fail)
    refused(update(), "page.md:1: cannot be written: Input/output error")
    assert page.read_text(encoding="utf-8") == WRONG
    assert list(page.parent.iterdir()) == [page]


def test_after_a_page_that_cannot_be_written_the_next_one_is_repaired(
    page: Path, update: Callable[[], list[str]]
) -> None:
    page.chmod(0o444)
    other = page.with_name("z.md")
    other.write_text(WRONG, encoding="utf-8")
    refused(update(), "page.md:1: is read-only, so it stays as it is")
    assert other.read_text(encoding="utf-8") == RIGHT


# Interrupts


def interrupted(page: Path, line: int) -> bool:
    """Repair a page, and type Ctrl-C when so many lines of `rewrite` have been run; whether that came to pass."""
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        if frame.f_code is not rewrite.__code__:
            return None
        if event == "line":
            count += 1
            if count == line:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        rewrite(page, WRONG, RIGHT)
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_at_any_line_leaves_the_page_whole_and_nothing_beside_it(page: Path) -> None:
    texts = []
    for line in range(1, 100):
        page.write_text(WRONG, encoding="utf-8")
        if not interrupted(page, line):
            break
        texts.append(page.read_text(encoding="utf-8"))
        gc.collect()  # an interrupt on the very line of a `with` leaves its folder to the collector
        assert list(page.parent.iterdir()) == [page]
    assert len(texts) >= 15
    assert set(texts) <= {WRONG, RIGHT}
    assert page.read_text(encoding="utf-8") == RIGHT


WAITS = "```python\nfrom time import sleep\nopen('ready', 'w').close()\nsleep(50)\n```\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_repair_that_is_ended_leaves_each_page_as_it_was_or_repaired(tmp_path: Path, number: signal.Signals) -> None:
    texts = {"docs/a.md": WRONG, "docs/b.md": f"{WRONG}\n{WAITS}", "docs/c.md": WRONG}
    course = small_course(tmp_path, texts)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--update-examples", "docs"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ready = course / "ready"
    os.mkfifo(ready)
    with subprocess.Popen(
        command, cwd=course, env=environment, text=True, stdout=-1, stderr=-1, preexec_fn=heed_interrupts
    ) as repairing:
        ready.read_bytes()  # until the page's Python opens it
        repairing.send_signal(number)
        said, errors = repairing.communicate()
    assert (repairing.returncode, errors) == (2, "")
    assert said.endswith("interrupted: each page is as it was, or repaired as a whole\n")
    assert (course / "docs/a.md").read_text(encoding="utf-8") == RIGHT
    assert [(course / file).read_text(encoding="utf-8") for file in list(texts)[1:]] == list(texts.values())[1:]
    assert sorted(each.name for each in (course / "docs").iterdir()) == ["a.md", "b.md", "c.md"]


def test_the_signal_means_what_it_meant_afterwards(page: Path, update: Callable[[], list[str]]) -> None:
    before = signal.getsignal(signal.SIGTERM)
    refused(update())
    assert signal.getsignal(signal.SIGTERM) is before


# Pages that change, and other kinds of files


def test_a_page_that_somebody_writes_meanwhile_keeps_what_they_wrote(page: Path) -> None:
    page.write_text("new", encoding="utf-8")
    with pytest.raises(PageRefused, match="line 1: was changed by somebody else meanwhile: repair it again"):
        rewrite(page, WRONG, RIGHT)
    assert page.read_text(encoding="utf-8") == "new"
    assert list(page.parent.iterdir()) == [page]


def test_who_is_reading_a_page_reads_all_of_what_it_was(page: Path, update: Callable[[], list[str]]) -> None:
    with page.open(encoding="utf-8") as reading:
        start = reading.read(5)
        refused(update())
        assert start + reading.read() == WRONG
    assert page.read_text(encoding="utf-8") == RIGHT


def test_a_page_that_is_removed_meanwhile_stays_removed(page: Path) -> None:
    page.unlink()
    with pytest.raises(PageRefused, match="line 1: cannot be written: No such file or directory"):
        rewrite(page, WRONG, RIGHT)
    assert list(page.parent.iterdir()) == []


def test_a_hard_link_stays_one(page: Path, update: Callable[[], list[str]]) -> None:
    (page.parent / "other").hardlink_to(page)
    refused(update(), "page.md:1: is a hard link, and would part from the other name of its file")
    assert page.samefile(page.parent / "other")
    assert page.read_text(encoding="utf-8") == WRONG


def test_a_link_to_a_page_has_that_page_repaired_and_stays_a_link(page: Path, update: Callable[[], list[str]]) -> None:
    link = page.with_name("link.md")
    link.symlink_to("page.md")
    refused(update())
    assert link.readlink() == Path("page.md")
    assert page.read_text(encoding="utf-8") == RIGHT


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("nowhere.md", "is a link that leads nowhere: nowhere.md"),
        ("link.md", "is a link that leads nowhere: link.md"),
        ("/etc/hostname", "is a link that leads out of the course, to /etc/hostname"),
        ("../outside.md", "is a link that leads out of the course, to {}/outside.md"),
        ("notes.txt", "is a link to notes.txt, which is no page of the course"),
        ("docs", "is a link to docs, which is no page of the course"),
    ],
)
def test_a_link_that_leads_to_no_page_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], target: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "outside.md").write_text(WRONG, encoding="utf-8")
    folder = tmp_path / "course"
    (folder / "docs").mkdir(parents=True)
    (folder / "notes.txt").write_text(WRONG, encoding="utf-8")
    (folder / "page.md").write_text(WRONG, encoding="utf-8")
    (folder / "link.md").symlink_to(target)
    monkeypatch.chdir(folder)
    course = Course(folder, ["*.md"])
    assert not repair_all(LEXER, course.pages, course)
    assert capsys.readouterr().out.startswith(f"link.md:1: {reason.format(tmp_path)}\n--- a/page.md\n")
    assert (folder / "page.md").read_text(encoding="utf-8") == RIGHT
    assert (tmp_path / "outside.md").read_text(encoding="utf-8") == WRONG
    assert (folder / "notes.txt").read_text(encoding="utf-8") == WRONG


def test_a_folder_of_pages_elsewhere_is_told(tmp_path: Path, page: Path, update: Callable[[], list[str]]) -> None:
    elsewhere = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    elsewhere.mkdir()
    (elsewhere / "x.md").write_text(WRONG, encoding="utf-8")
    (tmp_path / "docs").symlink_to(elsewhere)
    refused(update(), f"docs/x.md:1: is a link that leads out of the course, to {elsewhere}/x.md")
    assert (elsewhere / "x.md").read_text(encoding="utf-8") == WRONG


def test_what_is_no_file_is_told(page: Path, update: Callable[[], list[str]]) -> None:
    page.with_name("folder.md").mkdir()
    os.mkfifo(page.with_name("pipe.md"))
    refused(update(), "folder.md:1: is a folder, and not a page", "pipe.md:1: is no file")
    assert page.read_text(encoding="utf-8") == RIGHT


def test_a_page_that_is_not_there_is_told(page: Path) -> None:
    page.unlink()
    with pytest.raises(PageRefused, match="line 1: is not there"):
        read(page)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("ends", [("\n", "\n"), ("\r\n", "\r\n"), ("\r\n", "\n"), ("\n", "\r\n"), ("\r", "\n")])
@pytest.mark.parametrize("last", ["", "\n"])
def test_marks_and_line_ends_stay(
    page: Path, update: Callable[[], list[str]], mark: str, ends: tuple[str, str], last: str
) -> None:
    prose, code = ends
    above = f"{mark}# Page{prose}{prose}Prose{prose}{prose}"
    before, after = (f"{above}```console{code}$ echo a{code}{said}{code}```" for said in ("b", "a"))
    page.write_bytes((before + last).encode())
    refused(update())
    assert page.read_bytes() == (after + last).encode()
