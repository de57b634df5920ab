"""A page that is wrong fails, and its failure says page, line, command and difference, and little else."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dockerlearn.course.verify import ExampleFailed, pages
from tests.course.course_pages import ROOT
from tests.course.small_course import run_pytest, small_course

Failures = Callable[[str], list[str]]
Pytest = Callable[..., str]


@pytest.fixture
def failures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Failures:
    """What the failing blocks of a page say, one text a block."""
    monkeypatch.chdir(tmp_path)
    sybil = pages(ROOT / "mkdocs.yml")

    def evaluate(text: str) -> Iterator[str]:
        Path("page.md").write_text(text, encoding="utf-8")
        for example in sybil.parse(tmp_path / "page.md"):
            try:
                example.evaluate()
            except ExampleFailed as failed:
                yield str(failed)

    return lambda text: list(evaluate(text))


@pytest.fixture
def suite(tmp_path: Path) -> Pytest:
    """Write pages beside the site's configuration, run pytest on them in a process of its own, return what it said."""

    def run(*arguments: str, **texts: str) -> str:
        course = small_course(tmp_path, {f"docs/{name}.md": text for name, text in texts.items()})
        return run_pytest(course, *arguments).stdout

    return run


def console(*lines: str) -> str:
    return "\n".join(["```console", *lines, "```", ""])


def python(*lines: str, output: str = "") -> str:
    return "\n".join(["```python", *lines, "```", "", *(["```output", output, "```", ""] if output else [])])


def test_a_failing_page_says_page_line_command_and_difference_and_little_else(suite: Pytest) -> None:
    good = f"# Page\n\n{console('$ echo a', 'a')}\n{python('print(1)', output='1')}"
    bad = console("$ echo first", "first", "$ echo a; echo b; echo c", "a", "B", "c")
    said = suite("-v", "docs", good=good, bad=bad)
    assert "docs/good.md::line 3 PASSED" in said
    assert "docs/good.md::line 8 PASSED" in said
    assert "docs/good.md::line 12 PASSED" in said
    assert "1 failed, 3 passed" in said
    report = said[said.index("= FAILURES =") :]
    assert "docs/bad.md:6: $ echo a; echo b; echo c\n" in report
    assert "\n a\n-B\n+b\n c\n" in report
    assert "bad.md:6: SybilFailure" in report
    assert "Traceback" not in report
    assert "site-packages" not in report
    assert len(report.splitlines()) < 20


def test_a_refused_page_lists_its_faults_and_runs_nothing(suite: Pytest) -> None:
    said = suite("docs", page=f"{console('$ echo a', '...')}\n```pycon\n>>> 1\n```\n")
    assert "docs/page.md:3: a wildcard: expected output is exact\n" in said
    assert "docs/page.md:6: a block of language 'pycon' is not run" in said
    assert "site-packages" not in said
    assert "passed" not in said


BUILDING = "\n".join(
    [
        console("$ x=1"),
        python("y = 1"),
        console("$ x=$((x + 1))", "$ echo $x", "2"),
        python("y += 1", "print(y)", output="2"),
        console("$ echo $x", "2"),
        python("print(y)", output="2"),
    ]
)


def test_one_block_alone_gets_what_stands_above_it(suite: Pytest) -> None:
    said = suite("docs/page.md::line 24", "docs/page.md::line 33", page=BUILDING)
    assert "2 passed" in said


def test_blocks_of_a_page_build_on_one_another(failures: Failures) -> None:
    assert failures(BUILDING) == []


def test_pages_share_nothing(failures: Failures) -> None:
    assert failures(console("$ x=1")) == []
    assert failures(console('$ echo "[$x]"', "[]")) == []


@pytest.mark.parametrize(
    ("lines", "line", "difference"),
    [
        (["$ echo a"], 3, "+a\n"),
        (["$ echo a", "a", "b"], 4, " a\n-b\n"),
        (["$ echo a", "", "a"], 3, "-\n a\n"),
        (["$ true", "a"], 3, "-a\n"),
        (["$ echo a", "a "], 3, "-a \n+a\n"),
        (["$ for i in a b; do", ">   echo $i", "> done", "a", "c"], 6, " a\n-c\n+b\n"),
    ],
    ids=["missing", "surplus", "empty line", "silent command", "trailing blank", "continued command"],
)
def test_every_kind_of_difference_is_placed(failures: Failures, lines: list[str], line: int, difference: str) -> None:
    (said,) = failures(console(*lines))
    assert said.startswith(f"page.md:{line}: $ ")
    assert said.endswith(difference)


def test_a_difference_is_shown_as_page_and_print_with_what_is_around(failures: Failures) -> None:
    said = console("$ for i in 1 2 3 4 5; do echo $i; done", "1", "2", "3", "4", "six")
    command = "$ for i in 1 2 3 4 5; do echo $i; done"
    difference = "--- said by the page\n+++ printed\n@@ -2,4 +2,4 @@\n 2\n 3\n 4\n-six\n+5\n"
    assert failures(said) == [f"page.md:7: {command}\n{difference}"]


def test_what_a_python_block_prints_must_be_shown(failures: Failures) -> None:
    (said,) = failures(python("a = 1", "print(a)"))
    assert said.startswith("page.md:4: a Python block without an output block\n")
    assert said.endswith("+1\n")


def test_what_an_output_block_shows_must_be_printed(failures: Failures) -> None:
    (said,) = failures(python("for i in range(3):", "    print(i)", output="0\n1\n3"))
    assert said.startswith("page.md:9: the Python block on line 1\n")
    assert said.endswith(" 1\n-3\n+2\n")


def test_output_without_a_line_end_is_not_output_with_one(failures: Failures) -> None:
    (said,) = failures(python("print('a', end='')", output="a"))
    assert said.endswith("-a\n+a (no line end)\n")


def test_an_exception_is_shown_with_its_page_line(failures: Failures) -> None:
    page = python("def f():", "    raise ValueError(7)", "", "f()", output="1")
    raised, output = failures(f"text\n\n{page}")
    assert raised.startswith("page.md:7: the Python block raised\n")
    assert 'File "page.md", line 5, in f\n    raise ValueError(7)\n' in raised
    assert raised.endswith("ValueError: 7\n")
    assert "verify.py" not in raised
    assert output == "page.md:10: the Python block above raised an exception"


def test_a_syntax_error_is_shown_with_its_page_line(failures: Failures) -> None:
    (said,) = failures(f"\n\n{python('a = 1', 'b = = 2')}")
    assert said.startswith("page.md:5: the Python block raised\n")
    assert said.endswith("SyntaxError: invalid syntax\n")


def test_leaving_python_is_a_failure(failures: Failures) -> None:
    (said,) = failures(python("raise SystemExit(0)"))
    assert said.startswith("page.md:2: the Python block raised\n")


@pytest.mark.parametrize("printed", ["$ docker", "> x", "a\tb", "  "])
def test_output_that_no_page_can_show_is_said_to_be_so(failures: Failures, printed: str) -> None:
    (said,) = failures(python(f"print({printed!r})", output="x"))
    assert said.endswith(f"prints what no page can show exactly: {f'{printed}' + chr(10)!r}")


def must_raise(kind: str, *lines: str, output: str = "") -> str:
    return python(*lines, output=output).replace("```python", f'```python raises="{kind}"')


def test_a_block_that_must_fail_shows_what_it_printed_and_why_it_failed(failures: Failures) -> None:
    page = must_raise("TypeError", "x = 1", "print(x)", "x()", output="1\nTypeError: 'int' object is not callable")
    assert failures(f"{page}\n{python('print(x)', output='1')}") == []


def test_an_exception_of_a_module_is_shown_as_python_names_it(failures: Failures) -> None:
    lines = ["from dockerlearn import Reference", "Reference.parse('A')"]
    said = "dockerlearn.model.errors.InvalidReference: invalid reference format: repository name (library/A) must be lowercase"
    assert failures(must_raise("InvalidReference", *lines, output=said)) == []


def test_a_block_that_must_fail_and_succeeds_is_a_failure(failures: Failures) -> None:
    must_fail, output = failures(must_raise("TypeError", "print(1)", output="1"))
    assert must_fail == "page.md:1: the Python block must fail, but no TypeError was raised"
    assert output == "page.md:5: the Python block above raised an exception"


def test_a_block_that_fails_in_another_way_than_it_must_is_a_failure(failures: Failures) -> None:
    failed, _ = failures(must_raise("TypeError", "x = 1", "{}[x]", output="TypeError: no"))
    assert failed.startswith("page.md:3: the Python block raised, and not TypeError\nTraceback")
    assert failed.endswith("KeyError: 1\n")


def test_how_a_block_fails_must_be_shown(failures: Failures) -> None:
    (unsaid,) = failures(must_raise("KeyError", "{}[1]"))
    assert unsaid.endswith("+KeyError: 1\n")
    (otherwise,) = failures(must_raise("KeyError", "{}[1]", output="KeyError: 2"))
    assert otherwise.endswith("-KeyError: 2\n+KeyError: 1\n")


def test_code_that_is_no_python_can_be_what_must_fail(failures: Failures) -> None:
    assert failures(must_raise("SyntaxError", "b = = 2", output="SyntaxError: invalid syntax")) == []


SKIPPING = "\n".join(
    [
        console("$ x=1"),
        console("$ x=2").replace("```console", '```console skip="needs two machines"'),
        console("$ echo $x", "1"),
        python("print(x)", output="any").replace("```python", '```python skip="needs a GPU"'),
    ]
)


def test_a_skipped_block_is_not_run_and_is_listed_with_its_reason(suite: Pytest) -> None:
    said = suite("-ra", "docs", page=SKIPPING)
    assert "2 passed, 3 skipped" in said
    summary = said[said.index("short test summary") :]
    assert "docs/page.md:5: needs two machines\n" in summary
    assert "docs/page.md:14: needs a GPU\n" in summary
    assert "docs/page.md:18: needs a GPU\n" in summary


def test_a_block_whose_skip_has_no_reason_is_refused(suite: Pytest) -> None:
    said = suite("docs", page=SKIPPING.replace("needs a GPU", ""))
    assert "docs/page.md:14: option 'skip' of a block of language 'python' cannot be ''\n" in said
    assert "passed" not in said


def test_output_that_looks_like_a_prompt_is_refused_even_where_it_is_right(failures: Failures) -> None:
    (said,) = failures(python("print('$ docker')", output="$ docker"))
    assert said.endswith("prints what no page can show exactly: '$ docker\\n'")


def test_a_page_with_a_refused_block_is_not_collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("page.md").write_text(f"{console('$ echo a', '...')}\n```pycon\n>>> 1\n```\n", encoding="utf-8")
    with pytest.raises(pytest.Collector.CollectError) as refused:
        pages(ROOT / "mkdocs.yml").parse(tmp_path / "page.md")
    wildcard, pycon = str(refused.value).split("\n")
    assert wildcard == "page.md:3: a wildcard: expected output is exact"
    assert pycon.startswith("page.md:6: a block of language 'pycon' is not run: ")


def test_a_skipped_block_says_page_line_and_reason_and_so_does_its_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = f"{console('$ x=1')}\n{python('print(1)', output='2')}".replace("```python", '```python skip="not yet"')
    Path("page.md").write_text(f"{page}\n{console('$ echo $x', '1')}", encoding="utf-8")
    above, *skipped, below = pages(ROOT / "mkdocs.yml").parse(tmp_path / "page.md")
    above.evaluate()
    for example, line in zip(skipped, (5, 9), strict=True):
        with pytest.raises(pytest.skip.Exception, match=f"^page.md:{line}: not yet$"):
            example.evaluate()
    below.evaluate()


def test_a_test_is_a_block_from_fence_to_fence_and_named_by_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = f"# Page\n\n{console('$ true')}\n{python('pass')}"
    Path("page.md").write_text(page, encoding="utf-8")
    sybil = pages(ROOT / "mkdocs.yml")
    first, second = sybil.parse(tmp_path / "page.md")
    assert page[first.start : first.end] == console("$ true").removesuffix("\n")
    assert page[second.start : second.end] == "```python\npass\n```"
    assert [sybil.identify(example) for example in (first, second)] == ["line 3", "line 7"]


def test_inert_blocks_are_not_tests(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"```dockerfile\nFROM nginx\n```\n\n{console('$ true')}", encoding="utf-8")
    assert [example.line for example in pages(ROOT / "mkdocs.yml").parse(page)] == [5]
