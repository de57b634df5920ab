"""Another course can use this one's tools: its how-to is followed, with the built wheel, in a folder of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dockerlearn.course.blocks import Lexer
from tests.course.course_pages import ROOT

HOW_TO = ROOT / "docs/maintain/another-course.md"
PAGE = """\
# Mine

```console
$ docker pull -q alpine
$ docker run --rm alpine echo hello
```

```python
from dockerlearn import Reference
print(Reference.parse("alpine").tagged())
```
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel holds."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    built = [
        *pip,
        "wheel",
        "--no-deps",
        "--no-index",
        "--no-build-isolation",
        "--wheel-dir",
        str(folder / "wheels"),
        str(ROOT),
    ]
    subprocess.run(built, check=True)
    [wheel] = (folder / "wheels").glob("dockerlearn-*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--no-index", "--target", folder / "packages", wheel], check=True)
    return folder / "packages"


class Course:
    """A course as the how-to says, with one page."""

    def __init__(self, folder: Path, installed: Path) -> None:
        self._folder, self._packages = folder, installed
        for block in Lexer(ROOT / "mkdocs.yml").blocks(HOW_TO.read_text(encoding="utf-8")):
            if file := block.options.get("title"):
                (folder / file).write_text(block.text + "\n", encoding="utf-8")
        self.page = folder / "docs/index.md"
        self.page.parent.mkdir()
        self.page.write_text(PAGE, encoding="utf-8")

    def run(self, *module: str) -> tuple[int, str]:
        """What a module of Python's says, run in the course's folder with the wheel's packages."""
        environment = {**os.environ, "PYTHONPATH": str(self._packages), "GITHUB_ACTIONS": ""}
        command = [sys.executable, "-m", *module]
        ran = subprocess.run(command, cwd=self._folder, env=environment, capture_output=True, text=True, check=False)
        return ran.returncode, ran.stdout + ran.stderr


@pytest.fixture
def course(tmp_path: Path, installed: Path) -> Course:
    return Course(tmp_path, installed)


def test_the_tools_come_from_the_wheel(course: Course, installed: Path) -> None:
    status, said = course.run("dockerlearn.course.complete", "--help")
    assert status == 0, said
    script = "import dockerlearn.course.complete as it; print(it.__file__)"
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    where = subprocess.check_output([sys.executable, "-c", script], cwd=installed.parent, env=environment, text=True)
    assert Path(where.strip()).is_relative_to(installed)


def test_a_page_without_output_fails_at_its_line_and_is_repaired_by_one_command(course: Course) -> None:
    status, said = course.run("pytest", "docs")
    assert status == 1
    assert "docs/index.md:5: $ docker pull -q alpine" in said
    assert "\nTo write what is printed into the page: pytest --update-examples docs/index.md\n" in said
    status, said = course.run("pytest", "--update-examples", "docs")
    assert status == 0, said
    assert "$ docker run --rm alpine echo hello\nhello\n```\n" in course.page.read_text(encoding="utf-8")
    assert "```output\ndocker.io/library/alpine:latest\n```\n" in course.page.read_text(encoding="utf-8")
    status, said = course.run("pytest", "docs")
    assert (status, "3 passed" in said) == (0, True), said


@pytest.mark.parametrize("generator", ["mkdocs", "zensical"])
def test_the_site_is_built_and_held_against_the_page(course: Course, generator: str) -> None:
    course.run("pytest", "--update-examples", "docs")
    status, said = course.run(generator, "build", "--strict")
    assert status == 0, said
    status, said = course.run("dockerlearn.course.complete", "site")
    assert (status, said[: said.index(",")], said[-12:]) == (0, "site: 1 pages", ": no faults\n")
    course.page.write_text(PAGE, encoding="utf-8")
    status, said = course.run("dockerlearn.course.complete", "site")
    assert status == 1
    assert said.startswith("docs/index.md:")
