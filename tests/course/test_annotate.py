"""On GitHub, what fails in a page is shown on its line of the change."""

from pathlib import Path
from typing import cast

import pytest

from dockerlearn.course.annotate import annotated, culprit, pytest_terminal_summary
from dockerlearn.course.verify import REFUSED
from tests.course.small_course import run_pytest, small_course

PAGE = "```console\n$ echo 100%\n100 %\n$ echo b\nc\n```\n\n```console\n$ echo d\ne\n```\n"


def said_of(folder: Path, page: str, **environment: str) -> list[str]:
    """What the suite says of a course of one page."""
    course = small_course(folder, {"docs/index.md": page})
    return run_pytest(course, "-q", "docs", environment=environment).stdout.splitlines()


def test_each_failing_block_is_annotated_at_its_line_with_the_difference(tmp_path: Path) -> None:
    said = [line for line in said_of(tmp_path, PAGE, GITHUB_ACTIONS="true") if line.startswith("::")]
    begins = "::error file=docs/index.md,line={},title=an example disagrees::$ echo {}%0A--- said by the page%0A+++ printed%0A"
    advice = "To write what is printed into the page: make update-examples PAGES=docs/index.md"
    assert said == [
        begins.format(3, "100%25") + f"@@ -1 +1 @@%0A-100 %25%0A+100%25%0A{advice}",
        begins.format(10, "d") + f"@@ -1 +1 @@%0A-e%0A+d%0A{advice}",
    ]


def test_a_page_that_is_refused_is_annotated_too(tmp_path: Path) -> None:
    said = said_of(tmp_path, "# One\n\n```bash\nls\n```\n", GITHUB_ACTIONS="true")
    assert [line.partition("::a block")[0] for line in said if line.startswith("::")] == [
        "::error file=docs/index.md,line=3,title=an example disagrees"
    ]


@pytest.mark.parametrize("environment", [{"GITHUB_ACTIONS": ""}, {"GITHUB_ACTIONS": "false"}])
def test_elsewhere_nothing_is_annotated(tmp_path: Path, environment: dict[str, str]) -> None:
    assert not [line for line in said_of(tmp_path, PAGE, **environment) if line.startswith("::")]


def test_what_names_no_page_is_not_annotated() -> None:
    assert list(annotated("tests/model/test_tree.py:12: AssertionError\nE  assert 1 == 2")) == []


REPORT = """\
docs/a.md:3: $ echo 100%
--- said by the page
+++ printed
docs/b.md:7: a wildcard: expected output is exact
"""
ANNOTATIONS = [
    "::error file=docs/a.md,line=3,title=an example disagrees::$ echo 100%25%0A--- said by the page%0A+++ printed",
    "::error file=docs/b.md,line=7,title=an example disagrees::a wildcard: expected output is exact",
]


def test_a_report_is_cut_into_one_annotation_a_place() -> None:
    assert list(annotated(REPORT)) == ANNOTATIONS


class Reports:
    """Stands for pytest's terminal: has reports by their outcome, and notes what is written."""

    def __init__(self, **reports: list[str]) -> None:
        self.reports = reports
        self.written: list[str] = []

    def getreports(self, outcome: str) -> list[pytest.CollectReport]:
        return [pytest.CollectReport("docs/a.md", "failed", text, None) for text in self.reports.get(outcome, [])]

    def write_line(self, line: str) -> None:
        self.written.append(line)


@pytest.mark.parametrize(("on_github", "times"), [("true", 1), ("false", 0), ("", 0)])
def test_failures_and_errors_are_annotated_once_each_where_the_runner_listens(
    monkeypatch: pytest.MonkeyPatch, on_github: str, times: int
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", on_github)
    reports = Reports(passed=["docs/c.md:1: passed"], failed=[REPORT, REPORT], error=["docs/d.md:1: refused"])
    pytest_terminal_summary(cast("pytest.TerminalReporter", reports))
    refused = "::error file=docs/d.md,line=1,title=an example disagrees::refused"
    assert reports.written == [*ANNOTATIONS, refused] * times


@pytest.mark.parametrize(
    "failed",
    [
        [],
        ["docs/a.md::console-a"],
        ["docs/a.md::console-a", "docs/a.md::console-b"],
        ["docs/a.md::console-a", f"docs/b.md::{REFUSED}"],
        ["docs/a.md::console-a", "tests/model/test_tree.py::test_a_tree"],
    ],
)
def test_what_fails_on_one_page_is_the_page_s_fault(failed: list[str]) -> None:
    assert culprit(failed) is None


def test_what_fails_on_several_pages_at_once_is_hardly_the_fault_of_the_pages() -> None:
    said = culprit(["docs/a.md::console-a", "README.md::python-b", "docs/a.md::quiz-c", f"docs/b.md::{REFUSED}"])
    assert said == (
        "3 blocks of 2 pages fail at once: the model is the likelier culprit; "
        "see what has changed there before you repair a page."
    )


def test_that_is_said_below_the_failures(tmp_path: Path) -> None:
    wrong = "```console\n$ echo a\nb\n```\n"
    course = small_course(tmp_path, {"docs/a.md": wrong, "docs/b.md": wrong, "docs/c.md": "```console\n"})
    ran = run_pytest(course, "-q", "-n", "2", "docs")
    assert ran.returncode == 1
    assert "\n2 blocks of 2 pages fail at once: the model is the likelier culprit; " in ran.stdout
