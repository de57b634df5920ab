"""Break expected lines of the course, one at a time, and show that the suite notices each: its page, its line.

python -m tests.course.break_lines --seed 1 --count 10
"""

import argparse
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from shutil import copy, copytree

from dockerlearn.course.blocks import Block, Lexer, read_console
from tests.course.course_pages import PAGES, ROOT, name

SUITE = ["mkdocs.yml", "conftest.py", "pyproject.toml", "README.md"]


def expected_lines(block: Block) -> Iterator[int]:
    """The page lines on which a block says what is printed."""
    if block.language == "output":
        yield from range(block.text_line, block.last_line)
    elif block.language == "console":
        for command in read_console(block.text, block.text_line):
            yield from range(command.expected_line, command.expected_line + command.expected.count("\n"))


def broken(line: str, chance: random.Random) -> str:
    """The line with one letter or digit changed to another."""
    places = [place for place, character in enumerate(line) if character.isalnum()]
    if not places:
        return f"{line}x"
    place = chance.choice(places)
    return line[:place] + ("x" if line[place] != "x" else "y") + line[place + 1 :]


def run_suite(folder: Path) -> tuple[int, str]:
    """Test the pages of a folder: pytest's exit status and what it said."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "docs", "README.md"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout


def main() -> int:
    """Break lines, print what the suite says of each, and tell by the exit status whether it noticed them all."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--count", type=int, default=10)
    options = arguments.parse_args()
    chance = random.Random(options.seed)
    lexer = Lexer(ROOT / "mkdocs.yml")
    lines = [
        (page, number)
        for page in PAGES
        for block in lexer.blocks(page.read_text(encoding="utf-8"))
        for number in expected_lines(block)
    ]
    chosen = sorted(chance.sample(lines, min(options.count, len(lines))))
    unnoticed = 0
    with tempfile.TemporaryDirectory() as temporary:
        copied = Path(temporary) / "course"
        copytree(ROOT / "docs", copied / "docs")
        copytree(ROOT / "overrides", copied / "overrides")
        for file in SUITE:
            copy(ROOT / file, copied / file)
        status, said = run_suite(copied)
        print(f"{len(lines)} expected lines on {len(PAGES)} pages; as they stand: {said.splitlines()[-1]}")
        if status != 0:
            return status
        for page, number in chosen:
            original = page.read_text(encoding="utf-8")
            text = original.split("\n")
            text[number - 1] = broken(text[number - 1], chance)
            target = copied / page.relative_to(ROOT)
            target.write_text("\n".join(text), encoding="utf-8")
            status, said = run_suite(copied)
            target.write_text(original, encoding="utf-8")
            place = f"{name(page)}:{number}:"
            report = next((line for line in said.splitlines() if line.startswith(place)), None)
            unnoticed += status != 1 or report is None
            print(f"  {'noticed  ' if status == 1 and report else 'UNNOTICED'}  {report or place}")
            print(f"               now reads  {text[number - 1]}")
    print(
        f"{len(chosen) - unnoticed} of {len(chosen)} broken lines noticed, each with its page and line (seed {options.seed})"
    )
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
