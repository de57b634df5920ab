"""How pytest sees the pages: a file each, a test for each block, and a report that says what to do."""

from pathlib import Path

import pytest

from dockerlearn.course.blocks import Lexer
from dockerlearn.course.verify import REFUSED, ExampleFailed, Pages
from tests.course.course_pages import ROOT

LEXER = Lexer(ROOT / "mkdocs.yml")
PAGE = "Words.\n\n```console\n$ echo a\nb\n```\n\n```text\nno test\n```\n\n```python\n1 / 0\n```\n"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pages:
    """A course of one page, in the folder that the tests are run in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.md").write_text(PAGE, encoding="utf-8")
    return Pages(LEXER, "mend {page}", patterns=["*.md"], path=str(tmp_path))


def items_of(collector: pytest.Collector | None) -> list[pytest.Item]:
    assert collector is not None
    items = list(collector.collect())
    assert all(isinstance(item, pytest.Item) for item in items)
    return [item for item in items if isinstance(item, pytest.Item)]


def report(item: pytest.Item) -> str:
    with pytest.raises(ExampleFailed) as failed:
        item.runtest()
    return str(item.repr_failure(failed))


def test_each_block_is_a_test_with_its_place(course: Pages, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    items = items_of(course.pytest()(tmp_path / "page.md", request.session))
    assert [item.name for item in items] == ["console-echo-a", "python-1-0"]
    assert [item.reportinfo() for item in items] == [
        (tmp_path / "page.md", 2, "page.md:3: console-echo-a"),
        (tmp_path / "page.md", 11, "page.md:12: python-1-0"),
    ]


def test_what_repair_mends_says_how_and_nothing_else_does(
    course: Pages, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    differs, raises = items_of(course.pytest()(tmp_path / "page.md", request.session))
    difference = "page.md:5: $ echo a\n--- said by the page\n+++ printed\n@@ -1 +1 @@\n-b\n+a\n"
    assert report(differs) == f"{difference}To write what is printed into the page: mend page.md"
    assert report(raises).endswith("\nZeroDivisionError: division by zero")


def test_a_page_whose_name_has_a_blank_is_quoted(course: Pages, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    page = (tmp_path / "page.md").rename(tmp_path / "a page.md")
    assert report(items_of(course.pytest()(page, request.session))[0]).endswith(": mend 'a page.md'")


def test_what_is_no_page_is_not_collected(course: Pages, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    assert course.pytest()(tmp_path / "page.txt", request.session) is None
    assert course.pytest()(tmp_path.parent / "page.md", request.session) is None


def test_any_other_failure_is_reported_as_pytest_does(
    course: Pages, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    item, _ = items_of(course.pytest()(tmp_path / "page.md", request.session))
    monkeypatch.setattr(item, "runtest", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError) as failed:
        item.runtest()
    assert "ZeroDivisionError" in str(item.repr_failure(failed))


REFUSALS = "page.md:1: unclosed fence: nothing closes it in the list, quote or page it is in"


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ([], [REFUSED]),
        (["page.md"], [REFUSED]),
        (["other.md::a"], [REFUSED]),
        (["page.md::a", "other.md::c", "page.md::b", "page.md::a"], ["a", "b"]),
    ],
)
def test_a_page_that_is_refused_is_one_test_or_those_asked_for(
    course: Pages,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    asked: list[str],
    named: list[str],
) -> None:
    monkeypatch.setattr(request.config, "args", [str(tmp_path / argument) for argument in asked])
    (tmp_path / "page.md").write_text("```console\n$ echo a\n", encoding="utf-8")
    items = items_of(course.pytest()(tmp_path / "page.md", request.session))
    assert sorted(item.name for item in items) == named
    assert {report(item) for item in items} == {REFUSALS}


def test_a_folder_with_pages_that_are_files_is_left_to_pytest(
    course: Pages, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    (tmp_path / "lost.txt").symlink_to("nowhere")
    assert course.folders()(tmp_path, request.session) is None


def test_pages_that_are_no_files_are_told(course: Pages, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    (tmp_path / "lost.md").symlink_to("nowhere")
    (tmp_path / "a.md").mkdir()
    (tmp_path / "test_it.py").write_text("def test_it(): pass\n", encoding="utf-8")
    folder = course.folders()(tmp_path, request.session)
    assert folder is not None
    found = list(folder.collect())
    assert [each.path.name for each in found] == ["a.md", "test_it.py", "a.md", "lost.md"]
    said = [report(*items_of(each)) for each in found[2:] if isinstance(each, pytest.File)]
    assert said == ["a.md:1: is a folder, and not a page", "lost.md:1: is a link that leads nowhere: nowhere"]
