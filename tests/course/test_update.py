"""What is expected of examples is repaired in place: all of it, and nothing else."""

import errno
import io
import os
import random
import shlex
import signal
import sys
import threading
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockerlearn.course import files, update
from dockerlearn.course.blocks import Block, Lexer
from dockerlearn.course.console import read_console
from dockerlearn.course.faults import PageRefused
from dockerlearn.course.update import add_option, repair, repaired, update_examples
from tests.course.course_pages import PAGES, ROOT, name
from tests.course.small_course import run_pytest, small_course
from tools.drift.mutants import altered

LEXER = Lexer(ROOT / "mkdocs.yml")


def fixed(page: str) -> str:
    """A page repaired, for which a second repair must find nothing to do."""
    once = repaired(LEXER, "page.md", page).text
    assert repaired(LEXER, "page.md", once) == (once, [])
    return once


def refusals(page: str) -> list[tuple[int, str]]:
    with pytest.raises(PageRefused) as refused:
        repaired(LEXER, "page.md", page)
    return list(refused.value.faults)


def fence(header: str, *lines: str) -> str:
    return "\n".join([f"```{header}", *lines, "```", ""])


# Pages as they are, damaged


def outputs(block: Block) -> list[range]:
    """The page lines of each output that a block expects. A ^C is typed and not printed, so it belongs to none."""
    if block.language == "output":
        return [range(block.text_line, block.last_line)]
    if block.language == "console":
        commands = read_console(block.text, block.text_line)
        return [
            range(said.line, said.line + said.output.count("\n"))
            for command in commands
            for said in command.all_said
            if not command.interrupt
        ]
    return []


def damaged(page: str, chance: random.Random) -> str:
    """The page with a third of what it expects damaged, in all the ways in which an author leaves it wrong."""
    lines = page.split("\n")
    expected = [(block, output) for block in LEXER.blocks(page) for output in outputs(block) if output]
    chosen = sorted(chance.sample(range(len(expected)), len(expected) // 3 + 1), reverse=True)
    for block, output in (expected[number] for number in chosen):
        prefix = lines[block.first_line - 1].partition("```")[0]
        first, after = output.start - 1, output.stop - 1
        at = chance.randrange(first, after)
        match chance.choice(["change", "remove", "add", "wildcard", "empty", "whole block"]):
            case "change":
                lines[at] = prefix + altered(lines[at].removeprefix(prefix))
            case "remove":
                del lines[at]
            case "add":
                lines.insert(at, f"{prefix}one line too many")
            case "wildcard":
                lines[at:after] = [f"{prefix}..."]
            case "whole block" if block.language == "output":
                del lines[block.first_line - 2 : block.last_line]
            case _:
                del lines[first:after]
    return "\n".join(lines)


EXPECTING = [page for page in PAGES if any(map(outputs, LEXER.blocks(page.read_text(encoding="utf-8"))))]


@pytest.mark.parametrize("seed", range(20))
def test_a_page_damaged_at_random_is_restored_byte_for_byte(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    source = chance.choice(EXPECTING)
    text = source.read_text(encoding="utf-8")
    wrong = damaged(text, chance)
    if seed % 2:
        text, wrong = (whole.replace("\n", "\r\n") for whole in (text, wrong))
    assert wrong != text
    page = tmp_path / source.name
    page.write_bytes(wrong.encode())
    assert repair(LEXER, page) != ""
    assert page.read_bytes() == text.encode(), name(source)
    assert repair(LEXER, page) == ""


# Pages made up


def indented(*opener: str, by: str = "    ") -> Callable[[list[str]], list[str]]:
    return lambda lines: [*opener, "", *(by + line if line else "" for line in lines)]


def quoted(lines: list[str]) -> list[str]:
    return ["> said", ">", *(f"> {line}" if line else ">" for line in lines)]


INSIDE = {
    "admonition": indented("!!! note"),
    "details": indented('??? note "More"'),
    "tab": indented('=== "A tab"'),
    "list": indented("1. first"),
    "tabbed in": indented("!!! note", by="\t"),
    "quote": quoted,
}


def showable(line: str) -> bool:
    return not line or (bool(line.strip()) and not line.startswith(("> ", "$ ")) and line != ">")


outputs_made_up = st.lists(st.text("aZ09 <>&|#_é─'\"\\", max_size=12).filter(showable), max_size=4)


@st.composite
def examples(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """The lines of a terminal, or of Python and its output: as they must be, and with something else expected."""
    printed, other = draw(outputs_made_up), draw(outputs_made_up)
    if draw(st.booleans()):
        right, wrong = ["```console"], ["```console"]
        for line in printed:
            command = f"$ echo {shlex.quote(line)}"
            right += [command, line]
            wrong += [command, *other]
        return [*right, "$ true", "```", ""], [*wrong, "$ true", *other, "```", ""]
    fence = draw(st.sampled_from(["```", "````", "~~~"]))
    printed = printed if any(printed) else []  # an output block of empty lines is refused
    python = [f"{fence}python", *(f"print({line!r})" for line in printed), "pass", fence, ""]
    right, wrong = ([f"{fence}output", *lines, fence, ""] for lines in (printed, other))
    return [*python, *(right if printed else [])], [*python, *(wrong if draw(st.booleans()) else [])]


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, str]:
    """A page whose examples are nested in anything: as it must be, and with something else expected."""
    right, wrong = ["# A page", ""], ["# A page", ""]
    for example in draw(st.lists(examples(), min_size=1, max_size=3)):
        nested = draw(st.lists(st.sampled_from([*INSIDE.values()]), max_size=3))
        for page, lines in zip((right, wrong), example, strict=True):
            for inside in nested:
                lines = inside(lines)
            page += [*lines, "", "text", ""]
    mark = draw(st.sampled_from(["", "\ufeff"]))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    return mark + end.join(right), mark + end.join(wrong)


@given(documents())
def test_nothing_but_expected_output_changes_wherever_examples_are_nested(document: tuple[str, str]) -> None:
    right, wrong = document
    assert fixed(wrong) == right


PRINTS = fence("python", "print(1)")


@pytest.mark.parametrize("end", ["", "\n", "\n\ntext"])
def test_python_that_prints_gets_an_output_block_below_it(end: str) -> None:
    python = PRINTS.removesuffix("\n")
    assert fixed(python + end) == f"{python}\n\n```output\n1\n```{end}"


@pytest.mark.parametrize("end", ["", "\n", "\n\ntext"])
def test_python_that_prints_nothing_loses_the_output_block_below_it(end: str) -> None:
    python = "```python\npass\n```"
    assert fixed(f"{python}\n\n```output\n1\n```{end}") == python + end


@pytest.mark.parametrize("blank", ["", "    "])
def test_lines_that_are_right_keep_blanks_that_nobody_sees(blank: str) -> None:
    page = f"!!! note\n\n    ```console\n    $ echo a; echo; echo b\n    a\n{blank}\n    {{}}\n    ```\n"
    assert fixed(page.format("c")) == page.format("b")


def test_titles_and_front_matter_stay() -> None:
    page = '---\ntitle: A page\n---\n\n```python title="a"\nprint(1)\n```\n\n``` {{ .output title="b" }}\n{}\n```\n'
    assert fixed(page.format("0\n0")) == page.format("1")


def test_a_page_is_run_as_one() -> None:
    page = "\n".join([fence("console", "$ x=1"), fence("console", "$ echo $x", "{}"), fence("python", "y = 2"), PRINTS])
    page = page.replace("print(1)", "print(y)") + "\n" + fence("output", "{}")
    assert fixed(page.format("9", "9")) == page.format("1", "2")


def test_an_interrupt_stays_where_it_was_typed() -> None:
    page = fence("console", "$ docker pull -q nginx", "x", "$ docker run --rm nginx", "y", "^C", "z")
    assert fixed(page).splitlines()[3:] == [
        "$ docker run --rm nginx",
        "/docker-entrypoint.sh: Configuration complete; ready for start up",
        "nginx/1.31.4: start worker processes",
        "^C",
        "nginx: SIGINT, exiting",
        "```",
    ]


def test_blocks_whose_highlighted_lines_may_have_moved_are_told_by_the_lines_they_have_now() -> None:
    page = "\n".join(
        [
            PRINTS,
            fence('console hl_lines="3"', "$ echo a", "b", "b", "$ echo c"),
            fence('console hl_lines="2"', "$ echo a", "b"),
            fence("console", "$ echo a"),
            fence('python hl_lines="1"', "print(1)"),
            fence('python hl_lines="1"', "print(1)"),
            fence('output hl_lines="1"'),
        ]
    )
    text, moved = repaired(LEXER, "page.md", page)
    assert [text.split("\n")[line - 1] for line in moved] == ['```console hl_lines="3"', '```output hl_lines="1"']


def test_they_are_told_below_the_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "page.md"
    page.write_text("\n\n" + fence('console hl_lines="1"', "$ echo a"), encoding="utf-8")
    told = "+a\n ```\npage.md:3: this block has more lines now, or fewer: hl_lines may mean other ones\n"
    assert repair(LEXER, page).endswith(told)


def test_how_a_block_that_must_fail_does_so_is_repaired_too() -> None:
    page = fence('python raises="KeyError"', "print(1)", "{}[2]")
    assert fixed(page) == page + "\n" + fence("output", "1", "KeyError: 2")


def test_what_is_skipped_stays_as_it_is() -> None:
    page = "\n".join(
        [
            fence('console skip="why"', "$ echo 1", "2"),
            fence('python skip="why"', "print(1)"),
            fence('python skip="why"', "print(1)"),
            fence("output", "2"),
        ]
    )
    assert fixed(page) == page


# Pages that cannot be repaired


def test_a_page_whose_example_raises_is_refused_with_the_line() -> None:
    ((line, reason),) = refusals(f"{PRINTS}\n{fence('python', 'x = 0', '1 / x')}")
    assert line == 7
    assert reason.startswith("the Python block raised\nTraceback")
    assert reason.endswith("ZeroDivisionError: division by zero\n")


def test_a_page_whose_example_must_fail_and_does_not_is_refused() -> None:
    assert refusals(fence('python raises="KeyError"', "pass")) == [
        (1, "the Python block must fail, but no KeyError was raised")
    ]


@pytest.mark.parametrize("printed", ["$ docker", "> x", "a\tb", "  ", "a\r", "```"])
def test_a_page_that_would_have_to_show_what_no_page_can_show_is_refused(printed: str) -> None:
    page = f"{PRINTS}\ntext\n\n{fence('python', f'print({printed!r})')}\n"
    assert refusals(page) == [(7, f"prints what no page can show exactly: {printed!r}")]


@pytest.mark.parametrize("printed", ["$ docker", "> x", "```"])
def test_nor_can_a_terminal_show_it(printed: str) -> None:
    page = f"{PRINTS}\n{fence('console', '$ true', f'$ echo {shlex.quote(printed)}', '$ true')}"
    assert refusals(page) == [(7, f"prints what no page can show exactly: {printed!r}")]


@pytest.mark.parametrize(
    ("output", "why"), [([], "a line ^C is missing in its output"), (["one", "^C", "no"], "even after its ^C")]
)
def test_a_page_with_a_command_that_goes_on_for_ever_is_refused(output: list[str], why: str) -> None:
    endless = "$ docker run --rm alpine sh -c 'trap \"echo no\" INT; echo one; while :; do sleep 300; done'"
    page = f"{PRINTS}\n{fence('console', '$ docker pull -q alpine', endless, *output, '$ echo over')}"
    assert refusals(page) == [(7, f"goes on for ever: {why}")]


@pytest.mark.parametrize("command", ["echo ...", "echo -n a"])
def test_what_would_not_pass_as_a_test_is_refused(command: str) -> None:
    """The lines above grow: a line in a refusal is one of the page as it is."""
    ((line, reason),) = refusals(f"{PRINTS}\n{fence('console', '$ true', f'$ {command}', '$ true')}")
    assert line == 7
    assert reason.startswith("what is printed here cannot be what the page says:\n")


def test_a_page_that_prints_something_else_each_time_is_refused() -> None:
    ((line, reason),) = refusals(f"text\n\n{fence('python', 'print(object())')}")
    assert line == 3
    assert "\n-<object object at 0x" in reason
    assert "\n+<object object at 0x" in reason


def test_a_page_with_other_faults_than_its_output_is_refused() -> None:
    assert [line for line, _ in refusals(f"{PRINTS}\n{fence('rust', 'fn')}\n{fence('console', 'x')}")] == [5, 10]


# Files


def test_a_repaired_page_keeps_its_mode_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PRINTS, encoding="utf-8")
    page.chmod(0o640)
    repair(LEXER, page)
    assert page.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [page]


def test_a_page_that_cannot_be_written_whole_is_not_written_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(source: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files, "copymode", fail)
    page = tmp_path / "page.md"
    page.write_text(PRINTS, encoding="utf-8")
    with pytest.raises(PageRefused, match="line 1: cannot be written: No space left on device"):
        repair(LEXER, page)
    assert page.read_text(encoding="utf-8") == PRINTS
    assert list(tmp_path.iterdir()) == [page]


def test_a_page_without_a_fault_is_not_written(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(fixed(PRINTS), encoding="utf-8")
    tmp_path.chmod(0o500)
    before = page.stat()
    assert repair(LEXER, page) == ""
    assert page.stat() == before


WROTE = (
    "--- a/docs/wrong.md\n+++ b/docs/wrong.md\n@@ -1,3 +1,7 @@\n ```python\n print(1)\n ```\n+\n+```output\n+1\n+```\n"
)


@dataclass
class Invocation:
    """Stands for pytest's configuration: what was asked for, from which folder."""

    dir: Path
    args: list[str]
    update: bool = True

    @property
    def invocation_params(self) -> "Invocation":
        return self

    def getoption(self, name: str) -> bool:
        return {"--update-examples": self.update}[name]


def updated(folder: Path, *arguments: str, update: bool = True) -> pytest.ExitCode | None:
    config = cast("pytest.Config", Invocation(folder, list(arguments), update))
    course = folder if (folder / "mkdocs.yml").exists() else folder.parent
    return update_examples(config, course / "mkdocs.yml", "docs/*.md", "README.md")


def test_of_the_course_s_pages_those_that_were_asked_for_are_repaired(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(course)
    assert updated(course / "docs", "wrong.md::python-print-1", "good.md") is pytest.ExitCode.OK
    assert capsys.readouterr().out == f"{WROTE}pages: 2, repaired: 1, refused and left alone: 0\n"
    assert (course / "docs/wrong.md").read_text(encoding="utf-8") == fixed(PRINTS)
    assert (course / "README.md").read_text(encoding="utf-8") == PRINTS
    assert updated(course, "docs") is pytest.ExitCode.TESTS_FAILED
    refused, *_, summary = capsys.readouterr().out.splitlines()
    assert refused == "docs/bad.md:2: the Python block raised"
    assert summary == "pages: 3, repaired: 0, refused and left alone: 1"


def test_the_option_is_one_that_pytest_is_given_or_not() -> None:
    parser = ArgumentParser()
    parser.addoption = parser.add_argument  # type: ignore[attr-defined]
    add_option(cast("pytest.Parser", parser))
    assert parser.parse_args(["--update-examples"]).update_examples is True
    assert parser.parse_args([]).update_examples is False


def test_without_the_option_nothing_is_repaired(course: Path) -> None:
    assert updated(course, "docs", update=False) is None
    assert (course / "docs/wrong.md").read_text(encoding="utf-8") == PRINTS


def test_what_is_no_page_of_the_course_cannot_be_repaired(course: Path) -> None:
    with pytest.raises(pytest.UsageError, match=r"^no page of the course: NOTES.md other$"):
        updated(course, "NOTES.md", "other")
    assert (course / "NOTES.md").read_text(encoding="utf-8") == PRINTS


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course with a page to repair, one that cannot be, and one that is right."""
    pages = {"docs/bad.md": fence("python", "1 / 0"), "docs/good.md": fixed(PRINTS), "docs/wrong.md": PRINTS}
    return small_course(tmp_path, {**pages, "README.md": PRINTS, "NOTES.md": PRINTS})


def run_update(course: Path, *arguments: str) -> tuple[int, str]:
    ran = run_pytest(course, "--update-examples", *arguments)
    return ran.returncode, ran.stdout + ran.stderr


def test_pytest_repairs_the_pages_it_is_asked_for_and_prints_what_it_changed(course: Path) -> None:
    status, said = run_update(course, "docs/wrong.md::python-print-1", "docs/good.md")
    assert status == 0
    assert said == f"{WROTE}pages: 2, repaired: 1, refused and left alone: 0\n"
    assert (course / "docs" / "wrong.md").read_text(encoding="utf-8") == fixed(PRINTS)
    assert (course / "README.md").read_text(encoding="utf-8") == PRINTS


def test_pytest_repairs_what_it_can_and_tells_of_what_it_cannot(course: Path) -> None:
    status, said = run_update(course)
    assert status == 1
    assert "docs/bad.md:2: the Python block raised\n" in said
    assert said.endswith("pages: 4, repaired: 2, refused and left alone: 1\n")
    assert (course / "docs" / "bad.md").read_text(encoding="utf-8") == fence("python", "1 / 0")
    assert (course / "README.md").read_text(encoding="utf-8") == fixed(PRINTS)
    assert (course / "NOTES.md").read_text(encoding="utf-8") == PRINTS
    assert run_update(course)[1].endswith("pages: 4, repaired: 0, refused and left alone: 1\n")


def test_pytest_repairs_no_file_that_is_no_page(course: Path) -> None:
    status, said = run_update(course, "NOTES.md")
    assert status == pytest.ExitCode.USAGE_ERROR
    assert "no page of the course: NOTES.md" in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_repair_that_is_interrupted_says_so(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: signal.Signals
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    ignored = signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job ignores it
    monkeypatch.setattr(update, "repair_all", lambda *arguments: signal.raise_signal(number))
    try:
        assert updated(course, "docs") is pytest.ExitCode.INTERRUPTED
    finally:
        signal.signal(signal.SIGINT, ignored)
    assert capsys.readouterr().out == "interrupted: each page is as it was, or repaired as a whole\n"
    assert signal.getsignal(signal.SIGTERM) is before


def test_elsewhere_than_in_the_main_thread_pages_are_repaired_too(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended: list[object] = []
    thread = threading.Thread(target=lambda: ended.append(updated(course, "README.md")))
    thread.start()
    thread.join()
    assert ended == [pytest.ExitCode.OK]
    assert (course / "README.md").read_text(encoding="utf-8") == fixed(PRINTS)


def test_a_terminal_that_cannot_show_a_letter_stops_no_repair(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii", write_through=True))
    (course / "README.md").write_text(fence("python", "print('Größe')"), encoding="utf-8")
    assert updated(course, "README.md") is pytest.ExitCode.OK
    assert b"\n+Gr\\xf6\\xdfe\n" in written.getvalue()


@pytest.mark.parametrize("asked", ["docs", "docs/wrong.md"])
def test_a_folder_that_leads_elsewhere_is_not_passed_over(
    course: Path, capsys: pytest.CaptureFixture[str], asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(course)
    elsewhere = (course / "docs").rename(course.parent / f"{course.name}-docs")
    (course / "docs").symlink_to(elsewhere)
    assert updated(course, asked) is pytest.ExitCode.TESTS_FAILED
    told = f"docs/wrong.md:1: is a link that leads out of the course, to {elsewhere}/wrong.md"
    assert told in capsys.readouterr().out.splitlines()
    assert (elsewhere / "wrong.md").read_text(encoding="utf-8") == PRINTS
