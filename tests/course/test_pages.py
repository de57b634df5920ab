"""What the site promises of its own pages, over and above that each block does what it says."""

import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain, pairwise
from pathlib import Path

import pytest
from markdown import Markdown
from mkdocs.config import load_config
from mkdocs.utils import meta

from dockerlearn.course.blocks import INERT, Block, Lexer
from dockerlearn.course.built import Html, names_in
from dockerlearn.course.complete import compare
from dockerlearn.course.console import read_console
from dockerlearn.course.verify import names
from dockerlearn.model.edition import EDITIONS
from dockerlearn.terminal.session import Session
from tests.course.course_pages import PAGES, ROOT, name

LEXER = Lexer(ROOT / "mkdocs.yml")
BLOCKS = {name(page): LEXER.blocks(page.read_text(encoding="utf-8")) for page in PAGES}

every_page = pytest.mark.parametrize("page", BLOCKS)


def of_language(page: str, language: str) -> Iterator[Block]:
    return (block for block in BLOCKS[page] if block.language == language)


def test_no_example_is_skipped() -> None:
    assert [f"{page}:{block.first_line}" for page in BLOCKS for block in BLOCKS[page] if "skip" in block.options] == []


def test_there_are_pages_with_blocks() -> None:
    assert any(page.startswith("docs/") for page in BLOCKS)
    assert all(any(of_language(page, language)) for page in ["README.md"] for language in ["console", "python"])


@every_page
@pytest.mark.parametrize("docker", EDITIONS)
def test_the_console_blocks_of_a_page_work_without_its_python_blocks(page: str, docker: str) -> None:
    session = Session.page(docker)
    commands = chain.from_iterable(read_console(block.text, block.text_line) for block in of_language(page, "console"))
    for command in commands:
        printed = session.run(command.source, interrupt=command.interrupt).output
        assert printed == command.said(docker).output, f"{page}:{command.line}: $ {command.source}"


@pytest.mark.parametrize("docker", EDITIONS)
def test_all_pages_in_order_in_one_session_get_in_nobody_s_way(docker: str) -> None:
    """Whoever types the whole course on one machine meets no refusal that a page does not show."""
    order = [f"docs/{name}" for name in names_in(load_config(str(ROOT / "mkdocs.yml")).nav)]
    assert set(order) == set(BLOCKS) - {"README.md"}
    session = Session.page(docker)
    for page in ["README.md", *order]:
        alone = Session.page(docker)
        commands = (read_console(block.text, block.text_line) for block in of_language(page, "console"))
        for command in chain.from_iterable(commands):
            statuses = [each.run(command.source, interrupt=command.interrupt).status for each in (alone, session)]
            assert statuses[0] == statuses[1], f"{page}:{command.line}: $ {command.source}"
        assert session.engine.containers() == [], f"{page} leaves containers"
        assert session.engine.volume_store.volumes() == [], f"{page} leaves volumes"


def test_each_message_that_the_cheat_sheet_explains_is_printed_on_some_page() -> None:
    table = (ROOT / "docs/cheat-sheet.md").read_text(encoding="utf-8").partition("| Docker says |")[2]
    messages = re.findall(r"^\| `(.+?)` \|", table, flags=re.M)
    assert len(messages) == table.count("\n| ")
    blocks = (block.text for page in BLOCKS for block in of_language(page, "console"))
    printed = [line for text in blocks for line in text.split("\n") if not line.startswith(("$ ", "> "))]
    for message in messages:
        said = re.compile(".+".join(map(re.escape, message.split("…"))))
        assert any(map(said.search, printed)), message


def paste(blocks: list[Block]) -> None:
    """Paste the Python blocks of a page into a bare interpreter: it prints and raises what the page says."""
    pasted = "".join(f"{block.text}\n\n" for block in blocks if block.language == "python")
    printed = ""
    raised: list[str] = []
    for above, block in pairwise(blocks):
        if block.language == "output":
            raises = above.options.get("raises")
            before, *failure = re.split(rf"^(?=(?:\w+\.)*{raises}\b)", f"{block.text}\n", maxsplit=1, flags=re.M)
            printed, raised = printed + before, raised + failure
    # -S leaves only the standard library and, in the current folder, dockerlearn; -E the reader's own settings.
    interpreter = [sys.executable, "-E", "-S", "-i", "-q"]
    ran = subprocess.run(interpreter, input=pasted, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ran.stdout == printed
    unexpected = ran.stderr
    for said in raised:
        assert said in unexpected
        unexpected = unexpected.replace(said, "", 1)
    assert "Error" not in unexpected, ran.stderr


@every_page
def test_the_python_blocks_of_a_page_can_be_pasted_into_a_bare_python(page: str) -> None:
    paste(BLOCKS[page])


MUST_FAIL = """\
```python raises="KeyError"
print(1)
{}[1]
```

```output
1
KeyError: 1
```

```python
print(2)
```

```output
2
```
"""


def test_blocks_that_must_fail_can_be_pasted_too() -> None:
    paste(LEXER.blocks(MUST_FAIL))
    for failure in ["KeyError: 2", "KeyError: 1\nKeyError: 1"]:
        with pytest.raises(AssertionError):
            paste(LEXER.blocks(MUST_FAIL.replace("KeyError: 1", failure)))


@pytest.fixture(scope="module")
def collected() -> list[str]:
    pytest_said = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "docs", "README.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [line for line in pytest_said.splitlines() if "::" in line]


def test_every_block_that_is_not_inert_is_a_test(collected: list[str]) -> None:
    promised = [
        f"{page}::{test}"
        for page, blocks in BLOCKS.items()
        for block, test in zip(blocks, names(blocks), strict=True)
        if block.language not in INERT
    ]
    assert collected == promised


def test_each_test_that_the_documents_name_exists(collected: list[str]) -> None:
    documents = [ROOT / "CONTRIBUTING.md", *(ROOT / "docs/maintain").glob("*.md")]
    named = [
        found for file in documents for found in re.findall(r"\w\S*\.md::[^\s`]+", file.read_text(encoding="utf-8"))
    ]
    assert named
    assert set(named) <= set(collected)


@every_page
def test_what_is_shown_is_what_is_run(page: str) -> None:
    config = load_config(str(ROOT / "mkdocs.yml"))
    markdown = Markdown(extensions=config.markdown_extensions, extension_configs=config.mdx_configs)
    source = Path(ROOT / page).read_text(encoding="utf-8")
    html = Html(f"<article>{markdown.convert(meta.get_data(source)[0])}</article>")
    assert list(compare(source.split("\n"), BLOCKS[page], html)) == []


def test_the_course_has_at_least_120_blocks_that_are_run_with_output_for_most() -> None:
    blocks = list(chain.from_iterable(BLOCKS.values()))
    assert sum(block.language in ("console", "python") for block in blocks) >= 120
    terminals = [
        block
        for block in blocks
        if block.language == "console" and any(command.expected for command in read_console(block.text, 1))
    ]
    printed = [block for block in blocks if block.language == "output"]
    assert len(terminals) + len(printed) >= 100
