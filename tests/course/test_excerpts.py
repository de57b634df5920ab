"""What a page shows of one of this repository's files stands in that file."""

import pytest

from dockerlearn.course.blocks import Block, Lexer
from tests.course.course_pages import PAGES, ROOT

LEXER = Lexer(ROOT / "mkdocs.yml")
EXCERPTS = [
    pytest.param(block, id=f"{page.name}:{block.first_line}")
    for page in PAGES
    for block in LEXER.blocks(page.read_text(encoding="utf-8"))
    if block.language == "text" and "/" in block.options.get("title", "")
]


def test_there_are_excerpts() -> None:
    assert len(EXCERPTS) >= 4


@pytest.mark.parametrize("block", EXCERPTS)
def test_an_excerpt_stands_in_its_file(block: Block) -> None:
    assert f"{block.text}\n" in (ROOT / block.options["title"]).read_text(encoding="utf-8")
