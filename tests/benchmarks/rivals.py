"""The verified suite beside two other ways to run a page's Python, on the same blocks: part of `make bench`.

pytest-examples runs the blocks and is not asked to compare anything, markdown-exec runs them while it renders the page. The
suite here does both, runs and compares. Each page's blocks share their names in all three.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from shutil import copy, copytree

from dockerlearn.course.blocks import Block, Lexer
from tests.course.course_pages import PAGES, ROOT

PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]

BY_PYTEST_EXAMPLES = """\
import pytest
from pytest_examples import CodeExample, EvalExample, find_examples

names = {}

@pytest.mark.parametrize("example", find_examples("docs"), ids=str)
def test_example(example: CodeExample, eval_example: EvalExample) -> None:
    names[example.path] = eval_example.run(example, module_globals=names.get(example.path, {}))
"""

BY_MARKDOWN_EXEC = """\
import sys
from pathlib import Path
from markdown import Markdown
from markdown_exec import formatter, validator

fence = {"name": "python", "class": "python", "validator": validator, "format": formatter}
for page in sorted(Path("docs").iterdir()):
    extensions = {"pymdownx.superfences": {"custom_fences": [fence]}}
    Markdown(extensions=["pymdownx.superfences"], extension_configs=extensions).convert(page.read_text(encoding="utf-8"))
"""


def courses(folder: Path) -> tuple[dict[str, tuple[Path, list[str]]], int]:
    """For each way, a folder with its form of the course and the command that runs it; and the number of blocks."""
    lexer = Lexer(ROOT / "mkdocs.yml")
    pages = {page.stem: lexer.blocks(page.read_text(encoding="utf-8")) for page in PAGES}
    python = {stem: [block for block in blocks if block.language in ("python", "output")] for stem, blocks in pages.items()}
    python = {stem: blocks for stem, blocks in python.items() if blocks}

    def written(name: str, fence: Callable[[str, Block], str]) -> Path:
        docs = folder / name / "docs"
        docs.mkdir(parents=True)
        for stem, blocks in python.items():
            text = "\n".join(f"{fence(stem, block)}\n{block.text}\n```\n" for block in blocks)
            (docs / f"{stem}.md").write_text(text, encoding="utf-8")
        return docs.parent

    ours = written("ours", lambda _, block: f"```{block.language}")
    copytree(ROOT / "overrides", ours / "overrides")
    for file in ("mkdocs.yml", "conftest.py", "pyproject.toml"):
        copy(ROOT / file, ours / file)
    examples = written("pytest-examples", lambda _, block: f"```{block.language}")
    (examples / "test_examples.py").write_text(BY_PYTEST_EXAMPLES, encoding="utf-8")

    def executed(stem: str, block: Block) -> str:
        return f'```python exec="1" session="{stem}"' if block.language == "python" else "```text"

    rendered = written("markdown-exec", executed)
    return {
        "the verified suite": (ours, [*PYTEST, "docs"]),
        "pytest-examples": (examples, [*PYTEST, "test_examples.py"]),
        "markdown-exec": (rendered, [sys.executable, "-c", BY_MARKDOWN_EXEC]),
    }, sum(block.language == "python" for blocks in python.values() for block in blocks)


if __name__ == "__main__":
    import subprocess
    import time

    with tempfile.TemporaryDirectory() as temporary:
        ways, blocks = courses(Path(temporary))
        for way, (place, command) in ways.items():
            start = time.time()
            ran = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
            print(way, blocks, ran.returncode, f"{time.time() - start:.2f}", ran.stdout[-300:], ran.stderr[-1500:])
