"""A page that is wrong fails, and its failure says page, line, command and difference, and little else."""

import os
import resource
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dockerlearn.course import confine
from dockerlearn.course.blocks import Lexer
from dockerlearn.course.verify import ExampleFailed, names, pages
from dockerlearn.terminal.session import Result, Session
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

    def run(*arguments: str, **texts: str | bytes) -> str:
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
    assert "docs/good.md::console-echo-a PASSED" in said
    assert "docs/good.md::python-print-1 PASSED" in said
    assert "docs/good.md::output-print-1 PASSED" in said
    assert "1 failed, 3 passed" in said
    report = said[said.index("= FAILURES =") :]
    assert "docs/bad.md:6: $ echo a; echo b; echo c\n" in report
    assert "\n a\n-B\n+b\n c\n" in report
    assert "\nTo write what is printed into the page: make update-examples PAGES=docs/bad.md\n" in report
    assert "SybilFailure" not in report
    assert "FAILED docs/bad.md::console-echo-first - docs/bad.md:6: $ echo a" in report
    assert "Traceback" not in report
    assert "site-packages" not in report
    assert len(report[: report.index("short test summary")].splitlines()) < 20  # where CI is set, the summary is longer


def test_a_refused_page_lists_its_faults_and_runs_nothing(suite: Pytest) -> None:
    said = suite("docs", page=f"{console('$ echo a', '...')}\n```pycon\n>>> 1\n```\n")
    assert "docs/page.md:3: a wildcard: expected output is exact\n" in said
    assert "docs/page.md:6: a block of language 'pycon' is not run" in said
    assert "site-packages" not in said
    assert "= 1 failed in" in said
    assert "FAILED docs/page.md::the page itself - docs/page.md:3: a wildcard" in said


@pytest.mark.parametrize("refused", ["```console\n$ echo a\n", "a\xff", "x\0"])
def test_a_refused_page_hides_no_failure_of_another_one(suite: Pytest, refused: str) -> None:
    bad, good = console("$ echo a", "b"), console("$ echo a", "a")
    said = suite("docs", a=refused.encode("latin-1"), b=bad, c=good)
    assert "= 2 failed, 1 passed in" in said
    assert "docs/a.md:1: " in said
    assert "docs/b.md:3: $ echo a\n" in said


def test_a_page_that_is_no_file_is_not_passed_over(tmp_path: Path) -> None:
    course = small_course(tmp_path, {"docs/good.md": console("$ echo a", "a"), "docs/x.md/y.txt": "no page"})
    (course / "docs/lost.md").symlink_to("nowhere.md")
    (course / "docs/loop.md").symlink_to("loop.md")
    (course / "docs/lost.txt").symlink_to("nowhere.txt")
    ran = run_pytest(course, "docs")
    assert ran.returncode == 1
    assert "= 3 failed, 1 passed in" in ran.stdout
    assert "docs/x.md:1: is a folder, and not a page\n" in ran.stdout
    assert "docs/lost.md:1: is a link that leads nowhere: nowhere.md\n" in ran.stdout
    assert "docs/loop.md:1: is a link that leads nowhere: loop.md\n" in ran.stdout


def test_a_refused_page_of_which_a_block_is_asked_for_says_why_it_is_refused(suite: Pytest) -> None:
    asked = [f"docs/page.md::{name}" for name in ("console-echo-a", "console-echo-b", "console-echo-a")]
    said = suite(*asked, page="# A page\n\n```console\n$ echo a\na\n")
    assert "docs/page.md:3: unclosed fence: " in said
    assert "FAILED docs/page.md::console-echo-a" in said
    assert "FAILED docs/page.md::console-echo-b" in said
    assert "= 2 failed in" in said


def test_no_failure_names_a_command_that_does_not_repair_it(suite: Pytest) -> None:
    wrong = console("$ git status", "x"), python("1 / 0"), python("print('$ docker')"), "```pycon\n>>> 1\n```\n"
    said = suite("docs", a=wrong[0], b=wrong[1], c=wrong[2], d=wrong[3])
    assert "= 4 failed in" in said
    assert "update-examples" not in said


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
    said = suite("docs/page.md::console-echo-x", "docs/page.md::output-print-y", page=BUILDING)
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
    assert "= 1 failed in" in said


def test_output_that_looks_like_a_prompt_is_refused_even_where_it_is_right(failures: Failures) -> None:
    (said,) = failures(python("print('$ docker')", output="$ docker"))
    assert said.endswith("prints what no page can show exactly: '$ docker\\n'")


def test_a_page_with_a_refused_block_is_one_test_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("page.md").write_text(f"{console('$ echo a', '...')}\n```pycon\n>>> 1\n```\n", encoding="utf-8")
    (example,) = pages(ROOT / "mkdocs.yml").parse(tmp_path / "page.md")
    with pytest.raises(ExampleFailed) as refused:
        example.evaluate()
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


def test_a_test_is_a_block_from_fence_to_fence_and_named_by_its_first_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = f"# Page\n\n{console('$ true')}\n{python('pass')}"
    Path("page.md").write_text(page, encoding="utf-8")
    sybil = pages(ROOT / "mkdocs.yml")
    first, second = sybil.parse(tmp_path / "page.md")
    assert page[first.start : first.end] == console("$ true").removesuffix("\n")
    assert page[second.start : second.end] == "```python\npass\n```"
    assert [sybil.identify(example) for example in (first, second)] == ["console-true", "python-pass"]


def test_inert_blocks_are_not_tests(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"```dockerfile\nFROM nginx\n```\n\n{console('$ true')}", encoding="utf-8")
    assert [example.line for example in pages(ROOT / "mkdocs.yml").parse(page)] == [5]


def named(*texts: str) -> list[str]:
    return list(names(Lexer(ROOT / "mkdocs.yml").blocks("\n".join(texts))))


def test_a_name_is_that_of_the_first_line_that_says_something() -> None:
    assert named(
        console("$ docker images nginx:1.27", "x", "$ true"),
        python("# Why not?", "from dockerlearn import Image", "import re", "", "Image.scratch", "pass", output="1"),
        console("$ docker run --rm nginx sh -c 'echo a line that is rather long'"),
        "```python\nimport re\n```\n",
        console("$ 'ümlaut'"),
    ) == [
        "console-docker-images-nginx-1.27",
        "python-image.scratch",
        "output-image.scratch",
        "console-docker-run-rm-nginx-sh-c-echo-a-line-tha",
        "python-import-re",
        "console-ümlaut",
    ]


def test_those_alike_are_numbered_and_an_output_goes_with_its_python() -> None:
    like = python("print(1)", output="1")
    assert named(console("$ true"), like, console("$ true"), like, like, console("$ false")) == [
        "console-true",
        "python-print-1",
        "output-print-1",
        "console-true-2",
        "python-print-1-2",
        "output-print-1-2",
        "python-print-1-3",
        "output-print-1-3",
        "console-false",
    ]


def test_no_name_is_given_twice() -> None:
    same = named(console("$ a"), console("$ a"), console("$ a 2"), console("$ a 2"))
    assert len(set(same)) == len(same)


# A page cannot pass by leaving

LEAVING = {
    "skip": "import pytest; pytest.skip('no')",
    "xfail": "import pytest; pytest.xfail('no')",
    "fail": "import pytest; pytest.fail('no')",
    "importorskip": "import pytest; pytest.importorskip('no_such_module')",
    "exit": "import pytest; pytest.exit('no', 0)",
    "SystemExit": "raise SystemExit(0)",
    "sys.exit": "import sys; sys.exit()",
    "quit": "quit()",
    "GeneratorExit": "raise GeneratorExit",
    "BaseException": "raise BaseException('no')",
    "group": "raise BaseExceptionGroup('no', [SystemExit(0)])",
    "os._exit": "import os; os._exit(0)",
    "posix._exit": "import posix; posix._exit(0)",
    "from os": "from os import _exit; _exit(0)",
    "os.abort": "import os; os.abort()",
    "os.kill": "import os; os.kill(os.getpid(), 9)",
    "os.killpg": "import os; os.killpg(0, 15)",
    "raise_signal": "import signal; signal.raise_signal(2)",
    "pthread_kill": "import signal, threading; signal.pthread_kill(threading.get_ident(), 9)",
    "os.execv": "import os; os.execv('/bin/true', ['true'])",
    "os.execvp": "import os; os.execvp('true', ['true'])",
    "os.execve": "import os; os.execve('/bin/true', ['true'], {})",
    "os.fork": "import os; os.fork()",
    "os.forkpty": "import os; os.forkpty()",
    "recursion": "def f(): f()\n\nf()",
    "memory": "x = bytearray(10 ** 15)",
    "memory, bit by bit": "kept = []\n\nwhile True: kept.append(bytearray(10 ** 7))",
    "output": "while True: print('x' * 1000)",
    "output at once": "print('x' * 100_001)",
    "caught": "import os\n\ntry: os._exit(0)\nexcept Exception: pass",
}


LINES = {"recursion": 4, "caught": 4, "memory, bit by bit": 4}  # of the others it is the first


@pytest.mark.parametrize("way", LEAVING)
def test_a_page_that_leaves_fails_at_its_line_and_what_stands_below_is_run(failures: Failures, way: str) -> None:
    left, below = failures(f"{python(LEAVING[way])}\n{python('print(1)', output='2')}")
    place = f"page.md:{LINES.get(way, 2)}:"
    assert left.startswith(
        (f"{place} the Python block raised\n", f"{place} the Python block calls ", f"{place} the Python block prints ")
    )
    assert below.endswith("-2\n+1\n")


def test_nor_can_it_leave_when_python_exits(tmp_path: Path) -> None:
    later = python("import atexit, os", "def leave():", "    os._exit(0)", "", "atexit.register(leave)")
    course = small_course(tmp_path, {"docs/page.md": f"{later}\n{python('print(1)', output='2')}"})
    ran = run_pytest(course, "docs")
    assert ran.returncode == 1
    assert "= 1 failed, 2 passed in" in ran.stdout


def test_whoever_is_no_page_leaves_as_ever(failures: Failures) -> None:
    assert failures(python("pass")) == []
    child = os.fork()
    if not child:
        os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_the_suite_is_red_where_a_page_leaves(tmp_path: Path) -> None:
    pages = {"docs/a.md": python("import os", "os._exit(0)"), "docs/b.md": python("print(1)", output="2")}
    ran = run_pytest(small_course(tmp_path, pages), "docs")
    assert ran.returncode == 1
    assert "docs/a.md:3: the Python block calls os._exit, which leaves the tests\n" in ran.stdout
    assert "docs/b.md:6: the Python block on line 1\n" in ran.stdout


ENDLESS = {
    "a loop": ("while True: pass", "runs for more than 0.2 s"),
    "a loop in the kernel": ("import os\n\nwhile True: os.stat('/')", "runs for more than 0.2 s"),
    "a regular expression": ("import re\n\nre.match('(a+)+$', 'a' * 40 + 'b')", "runs for more than 0.2 s"),
    "caught once": (
        "import re\n\ntry: re.match('(a+)+$', 'a' * 40 + 'b')\nexcept BaseException: pass\n\nwhile True: pass",
        "runs for more than 0.2 s",
    ),
    "a sleep": ("import time\n\ntime.sleep(1000)", "waits for more than 0.4 s"),
    "a lock": ("import threading\n\nthreading.Event().wait()", "waits for more than 0.4 s"),
}  # fmt: skip


@pytest.mark.parametrize(("code", "what"), ENDLESS.values(), ids=ENDLESS)
def test_a_page_that_goes_on_for_ever_is_stopped(
    failures: Failures, monkeypatch: pytest.MonkeyPatch, code: str, what: str
) -> None:
    """The bounds are seconds here, far above what any example needs, and far below what is asked for."""
    monkeypatch.setattr(confine, *("SECONDS", 0.4) if what.startswith("waits") else ("CPU_SECONDS", 0.2))
    stopped, below = failures(f"{python(code)}\n{python('print(1)', output='2')}")
    assert stopped == f"page.md:{code.count(chr(10)) + 2}: the Python block {what}"
    assert below.endswith("-2\n+1\n")


def test_the_bounds_of_others_are_as_they_were(failures: Failures) -> None:
    def alarm(number: int, frame: object) -> None: ...

    before = signal.signal(signal.SIGALRM, alarm)
    signal.setitimer(signal.ITIMER_REAL, 1000, 500)
    try:
        assert failures(python("pass")) == []
        left, interval = signal.setitimer(signal.ITIMER_REAL, 0)
        assert (990 < left <= 1000, interval) == (True, 500)
        assert signal.getsignal(signal.SIGALRM) is alarm
        assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)
    finally:
        signal.signal(signal.SIGALRM, before)


def test_the_bound_of_memory_is_as_it_was(failures: Failures) -> None:
    before, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (1 << 40, most))
    try:
        inside = python("import resource", "print(resource.getrlimit(resource.RLIMIT_AS)[0] < 1 << 36)", output="True")
        assert failures(inside) == []
        assert resource.getrlimit(resource.RLIMIT_AS) == (1 << 40, most)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (before, most))


def test_elsewhere_than_in_the_main_thread_there_are_no_bounds(failures: Failures) -> None:
    said: list[str] = []
    thread = threading.Thread(target=lambda: said.extend(failures(python("print(1)", output="2"))))
    thread.start()
    thread.join()
    assert [text.split("\n")[0] for text in said] == ["page.md:6: the Python block on line 1"]


def test_a_page_may_print_as_much_as_a_page_can_show(failures: Failures) -> None:
    text = "x" * 99_999
    assert failures(python("print('x' * 99_999)", output=text)) == []


def test_a_command_that_makes_the_model_raise_fails_at_its_line(
    failures: Failures, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(self: Session, command: str, *, interrupt: bool) -> Result:
        if command == "echo b":
            raise RecursionError("too deep")
        return Result("a\n")

    monkeypatch.setattr(Session, "run", run)
    raised, below = failures(f"{console('$ echo a', 'a', '$ echo b', '$ echo c')}\n{console('$ echo d', 'd')}")
    assert raised.startswith("page.md:4: $ echo b\nthe model raised\nTraceback")
    assert raised.endswith("\nRecursionError: too deep\n")
    assert below.startswith("page.md:10: $ echo d\n")


def test_a_command_that_goes_on_for_ever_is_stopped_at_its_line(
    failures: Failures, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(self: Session, command: str, *, interrupt: bool) -> Result:
        while True:
            pass

    monkeypatch.setattr(Session, "run", run)
    monkeypatch.setattr(confine, "CPU_SECONDS", 0.2)
    (stopped,) = failures(console("$ echo a", "a"))
    assert stopped.startswith("page.md:2: $ echo a\nthe model raised\n")
    assert stopped.endswith("Confined: runs for more than 0.2 s\n")


def test_ctrl_c_ends_the_tests(failures: Failures) -> None:
    with pytest.raises(KeyboardInterrupt):
        failures(python("raise KeyboardInterrupt"))
