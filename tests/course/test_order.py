"""Which blocks run, in which order and in how many processes, makes no difference to any of them."""

import random
from pathlib import Path

import pytest

from dockerlearn.course.blocks import INERT, Lexer
from dockerlearn.course.verify import names
from tests.course.course_pages import PAGES, ROOT, name
from tests.course.small_course import run_pytest, small_course

LEXER = Lexer(ROOT / "mkdocs.yml")
TESTS = [
    f"{name(page)}::{test}"
    for page in PAGES
    for blocks in [LEXER.blocks(page.read_text(encoding="utf-8"))]
    for block, test in zip(blocks, names(blocks), strict=True)
    if block.language not in INERT
]

BUILDING = """\
```console
$ x=1
```

```console
$ x=$((x + 1))
```

```console
$ echo $x
2
```

```python
y = 1
```

```python
y += 1
print(y)
```

```output
2
```
"""


def run(*arguments: str, folder: Path = ROOT, cache: bool = False) -> str:
    """What pytest says in a process of its own, with the blocks in the order of the arguments."""
    return run_pytest(folder, "-p", "no:randomly", *arguments, cache=cache).stdout


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of one page, whose blocks build on one another."""
    return small_course(tmp_path, {"docs/page.md": BUILDING})


def test_all_blocks_of_the_course_pass_in_random_order() -> None:
    shuffled = random.Random(28).sample(TESTS, len(TESTS))
    said = run("-v", *shuffled)
    ran = [line.partition(" PASSED")[0] for line in said.splitlines() if " PASSED" in line]
    assert ran == shuffled


@pytest.mark.parametrize("test", random.Random(28).sample(TESTS, 4))
def test_a_block_of_the_course_passes_alone(test: str) -> None:
    assert "= 1 passed in" in run(test)


def test_all_blocks_of_the_course_pass_in_two_processes() -> None:
    said = run("-n", "2", "--dist=load", "docs", "README.md")
    assert "2 workers" in said
    assert f"= {len(TESTS)} passed in" in said


def test_blocks_can_be_chosen_by_keyword(course: Path) -> None:
    said = run("docs", "-k", "echo-x or output-y", folder=course)
    assert "= 2 passed, 4 deselected in" in said


ABOVE = """\
---
title: A page
---

Some words.

```console
$ echo above
above
```

```python
print(0)
```

```output
0
```

"""


@pytest.mark.parametrize("chosen", [["docs/page.md::console-echo-x"], ["docs", "-k", "echo-x"], ["docs", "--lf"]])
def test_a_block_is_chosen_as_before_after_an_edit_above_it(course: Path, chosen: list[str]) -> None:
    page = course / "docs" / "page.md"
    wrong = BUILDING.replace("$ echo $x\n2", "$ echo $x\n3")
    page.write_text(wrong, encoding="utf-8")
    assert "= 1 failed, 5 passed in" in run("docs", folder=course, cache=True)
    page.write_text(ABOVE + wrong, encoding="utf-8")
    said = run(*chosen, folder=course, cache=True)
    assert "= 1 failed" in said
    assert " passed" not in said
    assert f"docs/page.md:{11 + ABOVE.count(chr(10))}: $ echo $x\n" in said


def test_what_failed_in_one_of_two_processes_can_be_run_again_alone(course: Path) -> None:
    page = course / "docs" / "page.md"
    page.write_text(BUILDING.replace("$ echo $x\n2", "$ echo $x\n3"), encoding="utf-8")
    among_others = run("-n", "2", "--dist=load", "docs", folder=course, cache=True)
    assert "= 1 failed, 5 passed in" in among_others
    alone = run("--lf", "docs", folder=course, cache=True)
    assert "= 1 failed in" in alone
    for said in (among_others, alone):
        assert "docs/page.md:11: $ echo $x\n" in said
        assert "\n-3\n+2\n" in said
    page.write_text(BUILDING, encoding="utf-8")
    assert "= 1 passed in" in run("--lf", "docs", folder=course, cache=True)
