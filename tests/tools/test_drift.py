"""Whatever is changed in pages or in the model, the drift score finds it, judges it as the suite does, and says where it is."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from textwrap import dedent

import pytest

from dockerlearn.course.blocks import Block, Lexer
from dockerlearn.course.faults import PageRefused
from tests.course.course_pages import ROOT
from tests.course.small_course import run_pytest, small_course
from tools.drift import report as drift
from tools.drift.copies import become, in_copy
from tools.drift.cover import Cover, cpu
from tools.drift.damage import arguments, damages
from tools.drift.mutants import Mutant, Source
from tools.drift.report import Judge, equivalents, judged, pages_notice, sampled

HUMAN = "dockerlearn/client/human.py"


@pytest.fixture(scope="module")
def lexer() -> Lexer:
    return Lexer(ROOT / "mkdocs.yml")


TIGHT = """\
# A page

```console
$ x=1; echo "$x and more"
1 and more
$ for i in a b; do echo $i; done
a
b
```

```python
print("one", 2)
```

```output
one 2
```
"""

LOOSE = """\
# A page

```console
$ echo nobody reads this > file
$ sleep 5
```

```python
unused = "nobody prints this"
```
"""


def changed(lexer: Lexer, page: str) -> list[tuple[str, int, str, str]]:
    return [(it.kind, it.line, it.before, it.after) for block in lexer.blocks(page) for it in damages(block)]


def unnoticed(lexer: Lexer, page: str) -> list[tuple[int, str]]:
    return [(damage.line, damage.before) for damage, noticed in judged("page.md", lexer.blocks(page)) if not noticed]


def test_each_expected_line_is_changed_and_left_out_and_each_literal_is_changed(lexer: Lexer) -> None:
    line, literal = "expected line", "literal"
    assert changed(lexer, TIGHT) == [
        (line, 5, "1 and more", "1 and morx"),
        (line, 5, "1 and more", "(left out)"),
        (line, 7, "a", "x"),
        (line, 7, "a", "(left out)"),
        (line, 8, "b", "x"),
        (line, 8, "b", "(left out)"),
        (literal, 4, "1", "2"),
        (literal, 4, '"$x and more"', '"$x and morx"'),
        (literal, 6, "a", "x"),
        (literal, 6, "b", "x"),
        (literal, 12, "print('one', 2)", "print('onx', 2)"),
        (literal, 12, "print('one', 2)", "print('one', 3)"),
        (line, 16, "one 2", "one 3"),
        (line, 16, "one 2", "(left out)"),
    ]


def test_all_of_them_are_noticed_on_a_page_that_shows_what_it_does(lexer: Lexer) -> None:
    assert unnoticed(lexer, TIGHT) == []


def test_a_page_that_shows_nothing_notices_nothing(lexer: Lexer) -> None:
    assert unnoticed(lexer, LOOSE) == [
        (4, "nobody"), (4, "reads"), (4, "this"), (4, "file"), (5, "5"), (9, "unused = 'nobody prints this'"),
    ]  # fmt: skip


def test_a_page_that_is_wrong_as_it_is_has_no_score(lexer: Lexer) -> None:
    with pytest.raises(PageRefused, match="line 16: the Python block on line 11"):
        unnoticed(lexer, TIGHT.replace("one 2\n", "one 3\n"))


def test_a_line_that_stands_for_ctrl_c_changes_what_is_run(lexer: Lexer) -> None:
    page = "```console\n$ sleep 5; echo over\n^C\n$ echo $?\n130\n```\n"
    assert ("expected line", 3, "^C", "^x") in changed(lexer, page)
    assert unnoticed(lexer, page) == [(2, "5"), (2, "over")]


@pytest.mark.parametrize(
    ("source", "literals"),
    [
        ("docker pull -q nginx", ["nginx"]),
        ("docker image ls --filter dangling=true", ["dangling=true"]),
        ("docker run --name=web -d nginx ls", ["web", "nginx", "ls"]),
        ("docker rm $(docker ps -q --filter name=web) db", ["name=web", "db"]),
        ("for i in 1 2; do echo a; done", ["1", "2", "a"]),
        ("echo 'a b'\"c d\"e | grep -c a && true # b", ["'a b'\"c d\"e", "a"]),
        ("x=$(docker run nginx); y=2", ["nginx", "2"]),
        ("if true; then echo a; else echo b; fi > c", ["a", "b", "c"]),
    ],
)
def test_a_literal_of_a_command_is_an_argument_and_neither_program_nor_option(source: str, literals: list[str]) -> None:
    assert [source[start:end] for start, end in arguments(source)] == literals


def test_pytest_agrees_on_every_change(lexer: Lexer, tmp_path: Path) -> None:
    """Each change makes a page of its own, and the suite is run on all of them."""
    pages: dict[str, str] = {}
    noticed: dict[str, bool] = {}
    for name, text in ("tight", TIGHT), ("loose", LOOSE):
        for number, (damage, is_noticed) in enumerate(judged("page.md", lexer.blocks(text))):
            page = f"docs/{name}-{number}.md"
            pages[page], noticed[page] = damage.page(text), is_noticed
    said = run_pytest(small_course(tmp_path, pages), "--continue-on-collection-errors", "docs").stdout
    refused = {line.split("::")[0].split()[1] for line in said.splitlines() if line.startswith(("FAILED ", "ERROR "))}
    assert len(noticed) > 15
    assert {page for page, is_noticed in noticed.items() if is_noticed} == refused


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course of two pages, which is the current folder."""
    monkeypatch.chdir(small_course(tmp_path, {"docs/tight.md": TIGHT, "README.md": LOOSE}))
    return tmp_path


@pytest.mark.usefixtures("course")
def test_a_survivor_is_reported_at_its_line_and_the_rates_apart(capsys: pytest.CaptureFixture[str]) -> None:
    assert drift.main(["--text"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert "README.md:5: literal not noticed: 5 -> 6" in said
    assert [" ".join(line.split()) for line in said[-2:]] == [
        "expected lines, by the pages 8 of 8 noticed 100.0% at least 100%",
        "literals, by the pages 6 of 12 noticed 50.0% at least 90%",
    ]


@pytest.mark.usefixtures("course")
def test_the_score_is_good_when_the_goals_are_met() -> None:
    assert drift.main(["--text", "docs/tight.md"]) == 0


def test_one_file_of_the_package_can_be_changed_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(drift, "covered", lambda processes: Cover({}, {}))
    page = tmp_path / "page.md"
    page.write_text(LOOSE, encoding="utf-8")
    file = "dockerlearn/model/archive.py"  # which the page has nothing of
    mutants = Source(file, Path(file).read_text(encoding="utf-8")).mutants
    assert drift.main(["--file", file, str(page)]) == 1
    *survivors, by_pages, by_tests = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[0] for line in survivors] == [f"{file}:{mutant.line}" for mutant in mutants]
    assert [" ".join(rate.split()) for rate in (by_pages, by_tests)] == [
        f"mutants, by the pages alone 0 of {len(mutants)} noticed 0.0%",
        f"mutants, by pages and tests 0 of {len(mutants)} noticed 0.0% at least 90%",
    ]


def test_a_file_that_is_none_of_the_package_s_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    with pytest.raises(SystemExit):
        drift.main(["--file", "dockerlearn/course/drift.py"])
    assert capsys.readouterr().err.endswith("error: no file of the package: dockerlearn/course/drift.py\n")


def only(source: str) -> list[tuple[str, str, str]]:
    return [(mutant.operator, mutant.before, mutant.after) for mutant in Source("module.py", source).mutants]


@pytest.mark.parametrize(
    ("source", "mutants"),
    [
        ("a == b", [("comparison", "a == b", "a != b")]),
        ("a < b", [("comparison", "a < b", "a >= b"), ("boundary", "a < b", "a <= b")]),
        ("a is not b", [("comparison", "a is not b", "a is b")]),
        ("a and b", [("boolean", "a and b", "a or b")]),
        ("a = not b", [("boolean", "a = not b", "a = b")]),
        ("[a for a in b if c]", [("condition", "[a for a in b if c]", "[a for a in b if not c]")]),
        ("a = b + c", [("arithmetic", "a = b + c", "a = b - c")]),
        ("a = 1", [("constant", "a = 1", "a = 2")]),
        ("a = False", [("constant", "a = False", "a = True")]),
        ("a = 'text!'", [("constant", "a = 'text!'", "a = 'texx!'")]),
        ("a = ''", [("constant", "a = ''", "a = 'x'")]),
        ("a = b'9'", [("constant", "a = b'9'", "a = b'0'")]),
        ("def f():\n    return a", [("return", "return a", "return None")]),
        ("del a", [("removal", "del a", "pass")]),
        ("a.b = c", [("removal", "a.b = c", "pass")]),
        ("a += b", [("arithmetic", "a += b", "a -= b"), ("removal", "a += b", "pass")]),
        ("raise a", [("removal", "raise a", "pass")]),
        ("while a:\n    break", [("condition", "a", "not a"), ("removal", "break", "pass")]),
    ],
)
def test_every_operator_does_what_it_says(source: str, mutants: list[tuple[str, str, str]]) -> None:
    assert [mutant for mutant in only(source) if mutant[:2] != ("removal", source)] == [
        mutant for mutant in mutants if mutant[:2] != ("removal", source)
    ]
    assert set(mutants) <= set(only(source))


def test_what_is_not_behaviour_is_left_alone() -> None:
    source = '''
        """A docstring."""
        import a
        from b import c
        __all__ = ["f"]
        Alias: TypeAlias = "int | None"
        if TYPE_CHECKING:
            d = 1
        @dataclass(slots=True)
        class A:
            """A docstring."""
            field: "int"
            """A docstring."""
        def f(a: "int") -> "str":
            """A docstring."""
            return None
        if __name__ == "__main__":
            f(1)
        '''
    assert only(dedent(source)) == []


def test_a_mutant_is_told_by_its_function_and_not_by_its_line() -> None:
    source = "class A:\n    def f(self):\n        return 1\n"
    before, after = Source("a.py", source).mutants, Source("a.py", f"\n\n{source}").mutants
    assert {mutant.function for mutant in before} == {"A.f"}
    assert [mutant.key for mutant in before] == [mutant.key for mutant in after]
    assert [mutant.line for mutant in before] != [mutant.line for mutant in after]


def mutants_of_human() -> list[Mutant]:
    return Source(HUMAN, (ROOT / HUMAN).read_text(encoding="utf-8")).mutants


def test_the_same_seed_draws_the_same_mutants() -> None:
    mutants = mutants_of_human()
    assert sampled(mutants, 5, 1) == sampled(mutants, 5, 1)
    assert sampled(mutants, 5, 1) != sampled(mutants, 5, 2)
    assert sampled(mutants, None, 1) == mutants


def test_a_sample_of_changes_redraws_only_what_has_changed() -> None:
    mutants = mutants_of_human()
    before = sampled(mutants, 20, 1)
    gone = before[3]
    after = sampled([mutant for mutant in mutants if mutant != gone], 20, 1)
    assert [mutant for mutant in before if mutant not in after] == [gone]
    assert len(after) == 20


SIZES = """\
```python
from dockerlearn.client.human import size
print(size(1500))
```

```output
1.5kB
```
"""


@pytest.fixture
def sizes(lexer: Lexer, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Block]]:
    monkeypatch.chdir(ROOT)
    return {"page.md": lexer.blocks(SIZES)}


def of_human(function: str) -> Iterator[Mutant]:
    return (mutant for mutant in mutants_of_human() if mutant.function == function and mutant.operator == "return")


def test_a_change_of_the_model_is_noticed_by_a_page_that_shows_it(sizes: dict[str, list[Block]]) -> None:
    assert {Judge(sizes, Cover({}, {})).mutant(mutant) for mutant in of_human("size")} == {"pages"}


def test_or_by_the_tests_that_run_its_line(sizes: dict[str, list[Block]]) -> None:
    test = "tests/client/test_human.py::test_no_rows_make_no_table"
    (mutant,) = of_human("table")
    cover = Cover.of({test: 0.0}, {HUMAN: {mutant.line: [test]}})
    assert Judge(sizes, cover).mutant(mutant) == "tests"


def test_the_tools_of_the_course_are_judged_as_the_model_is(sizes: dict[str, list[Block]]) -> None:
    file = "dockerlearn/course/links.py"
    mutants = Source(file, (ROOT / file).read_text(encoding="utf-8")).mutants
    mutant = next(mutant for mutant in mutants if mutant.function == "_missing" and mutant.operator == "return")
    test = "tests/course/test_complete.py::test_the_address_of_the_site_is_inside_of_it"
    assert Judge(sizes, Cover({}, {})).mutant(mutant) == ""
    assert Judge(sizes, Cover.of({test: 0.0}, {file: {mutant.line: [test]}})).mutant(mutant) == "tests"


def test_a_test_that_does_not_exist_notices_nothing(sizes: dict[str, list[Block]]) -> None:
    (mutant,) = of_human("table")
    cover = Cover.of({"tests/gone.py::test_gone": 0.0}, {HUMAN: {mutant.line: ["tests/gone.py::test_gone"]}})
    with pytest.raises(RuntimeError, match="could not be answered"):
        Judge(sizes, cover).mutant(mutant)


def test_a_package_itself_can_have_other_code() -> None:
    def greets() -> bool:
        become("dockerlearn/hub/__init__.py", compile("greeting = 'hello'", "dockerlearn/hub/__init__.py", "exec"))
        hub = import_module("dockerlearn.hub")
        return bool(hub.greeting == "hello" and import_module("dockerlearn.hub.catalog"))

    assert in_copy(greets, 5) is True


def test_a_test_that_starts_a_child_is_as_slow_as_that_child() -> None:
    before = cpu()
    busy = "import time\nwhile time.process_time() < 0.2: pass"  # of its own, however quick the machine is
    subprocess.run([sys.executable, "-c", busy], check=True)
    assert cpu() - before > 0.1


def test_or_by_nobody(sizes: dict[str, list[Block]]) -> None:
    (mutant,) = of_human("table")
    assert Judge(sizes, Cover({}, {})).mutant(mutant) == ""


def test_a_model_that_hangs_is_ended(sizes: dict[str, list[Block]]) -> None:
    code = compile("while True: pass", HUMAN, "exec")
    assert in_copy(lambda: pages_notice(HUMAN, code, sizes), 0.2) is None


def test_a_question_that_waits_for_ever_is_ended() -> None:
    def wait() -> bool:
        import time

        time.sleep(1000)
        return False

    assert in_copy(wait, 0.02) is None


def test_nothing_that_is_done_in_a_copy_stays() -> None:
    done: list[int] = []

    def do() -> bool:
        done.append(1)
        return done == [1]

    assert in_copy(do, 1) is True
    assert done == []


def test_tests_of_lines_that_run_once_are_all_that_run_anything_of_the_file() -> None:
    cover = Cover.of({"slow": 2, "quick": 1, "other": 0}, {"a.py": {2: ["slow"], 3: ["slow", "quick"]}})
    twice, once, unseen = (
        Mutant("a.py", line, "f", "constant", "1", "2", 0, once) for line, once in ((2, False), (2, True), (9, False))
    )
    assert cover.tests(twice) == ["slow"]
    assert cover.tests(once) == ["quick", "slow"]
    assert cover.tests(unseen) == ["quick", "slow"]
    assert cover.tests(once, budget=2.5) == ["quick"]


def test_a_test_that_has_the_changed_word_is_asked_first(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text("CASES = ['Name']\n\ndef test_size():\n    assert 'Size' in table(CASES)\n")
    file = str(tmp_path / "test_a.py")
    slow, quick, elsewhere = f"{file}::test_size", f"{file}::test_any", f"{file}::test_other[Size]"
    cover = Cover.of({slow: 2, quick: 1, elsewhere: 3}, {"a.py": {2: [slow, quick], 3: [elsewhere]}})
    mutant = Mutant("a.py", 2, "f", "constant", "'Size'", "'Sizx'", 0, once=False)
    assert mutant.words == {"Size"}
    assert cover.tests(mutant) == [slow, quick, elsewhere]
    assert cover.tests(mutant, budget=2) == [slow]
    assert cover.tests(replace(mutant, before="'Name'", after="'Namx'")) == [slow, quick]  # by the table that it names
    assert cover.tests(replace(mutant, before="'None'", after="'Nonx'")) == [quick, slow]
    assert cover.tests(replace(mutant, once=True), budget=3) == [slow, quick]


EQUIVALENT = """\
[[equivalent]]
file = "dockerlearn/client/human.py"
function = "gone"
operator = "constant"
before = "1"
after = "2"
reason = "no such thing"
"""


def test_an_equivalent_that_is_none_any_more_is_a_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "equivalent.toml").write_text(EQUIVALENT, encoding="utf-8")
    known = equivalents(tmp_path / "equivalent.toml")
    assert list(known.values()) == ["no such thing"]
    assert not drift.report_unused(known, mutants_of_human())
    assert "no mutant is this one: dockerlearn/client/human.py, gone, constant: 1 -> 2" in capsys.readouterr().out
    assert drift.report_unused([mutants_of_human()[0].key], mutants_of_human())


def test_the_reviewed_equivalents_each_have_a_reason_and_a_mutant() -> None:
    known = equivalents(ROOT / drift.EQUIVALENT)
    assert all(known.values())
    mutants = [
        mutant
        for file in {key[0] for key in known}
        for mutant in Source(file, (ROOT / file).read_text(encoding="utf-8")).mutants
    ]
    assert drift.report_unused(known, mutants)
