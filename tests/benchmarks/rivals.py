"""The verified suite beside two other ways to run a page's Python, on the same blocks: part of `make bench`.

pytest-examples runs the blocks and is not asked to compare anything, markdown-exec runs them while it renders the page. The
suite here does both, runs and compares. Each page's blocks share their names in all three.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from dockerlearn.course.blocks import Lexer
from tests.course.course_pages import PAGES, ROOT
from tests.course.small_course import small_course

YARDSTICKS = ROOT / ".kept/yardsticks"  # where `make bench` installs the other two
OURS = "the verified suite"
FORMS = {"python": "python", "output": "output"}
FEW, MANY, ROUNDS = 1, 9, 7
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


def courses(folder: Path, copies: int) -> dict[str, tuple[Path, list[str]]]:
    """For each way, a folder with that many copies of the course in its form, and the command that runs them."""
    lexer = Lexer(ROOT / "mkdocs.yml")
    pages = [
        [block for block in lexer.blocks(page.read_text(encoding="utf-8")) if block.language in FORMS] for page in PAGES
    ]
    pages = [blocks for blocks in pages for _ in range(copies) if blocks]

    def written(name: str, fences: dict[str, str]) -> Path:
        docs = folder / name / "docs"
        docs.mkdir(parents=True)
        for number, blocks in enumerate(pages):
            text = "\n".join(f"```{fences[block.language].format(number)}\n{block.text}\n```\n" for block in blocks)
            (docs / f"{number}.md").write_text(text, encoding="utf-8")
        return docs.parent

    ours = small_course(written("ours", FORMS), {})
    examples = written("pytest-examples", FORMS)
    (examples / "test_examples.py").write_text(BY_PYTEST_EXAMPLES, encoding="utf-8")
    rendered = written("markdown-exec", {"python": 'python exec="1" session="{}"', "output": "text"})
    return {
        OURS: (ours, [*PYTEST, "docs"]),
        "pytest-examples": (examples, [*PYTEST, "test_examples.py"]),
        "markdown-exec": (rendered, [sys.executable, "-c", BY_MARKDOWN_EXEC]),
    }


def rivals() -> str:
    """What each way takes for one more copy of the course, and for a run of one with its start-up: processor time."""
    more: dict[str, list[float]] = {}
    alone: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        few, many = (courses(Path(temporary) / str(copies), copies) for copies in (FEW, MANY))
        for _ in range(ROUNDS):
            for way in few:
                environment = dict(os.environ) if way == OURS else {**os.environ, "PYTHONPATH": str(YARDSTICKS)}
                once = _seconds(*few[way], environment)
                alone.setdefault(way, []).append(once)
                more.setdefault(way, []).append((_seconds(*many[way], environment) - once) / (MANY - FEW))
    ours = median(more[OURS])
    lines = [
        f"  {way:<20} {median(more[way]) * 1000:5.0f} ms = {median(more[way]) / ours:4.2f} of ours"
        f"   (a run of its own: {median(alone[way]) * 1000:5.0f} ms)"
        for way in more
    ]
    return "\n".join(["One more copy of the course's Python blocks (the other two compare nothing)", *lines])


def _seconds(folder: Path, command: list[str], environment: dict[str, str]) -> float:
    before = os.times()
    subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


if __name__ == "__main__":
    print(rivals())
