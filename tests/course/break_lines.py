"""Break expected lines of the course, one at a time, and show that the suite notices each: its page, its line.

python -m tests.course.break_lines --seed 1 --count 10
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

from dockerlearn.course.blocks import Lexer
from tests.course.course_pages import PAGES, ROOT, name
from tests.course.small_course import run_pytest, small_course
from tools.drift.damage import damages


def run_suite(folder: Path) -> tuple[int, str]:
    """Test the pages of a folder: pytest's exit status and what it said."""
    ran = run_pytest(folder, "docs", "README.md")
    return ran.returncode, ran.stdout


def main() -> int:
    """Break lines, print what the suite says of each, and tell by the exit status whether it noticed them all."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--count", type=int, default=10)
    options = arguments.parse_args()
    chance = random.Random(options.seed)
    lexer = Lexer(ROOT / "mkdocs.yml")
    changes = [
        (page, damage)
        for page in PAGES
        for block in lexer.blocks(page.read_text(encoding="utf-8"))
        for damage in damages(block)
        if damage.kind == "expected line"
    ]
    places = sorted(chance.sample(range(len(changes)), min(options.count, len(changes))))
    unnoticed = 0
    with tempfile.TemporaryDirectory() as temporary:
        copied = small_course(Path(temporary), {name(page): page.read_text(encoding="utf-8") for page in PAGES})
        status, said = run_suite(copied)
        print(f"{len(changes)} ways to break a line of {len(PAGES)} pages; as they stand: {said.splitlines()[-1]}")
        if status != 0:
            return status
        for page, damage in map(changes.__getitem__, places):
            original = page.read_text(encoding="utf-8")
            target = copied / page.relative_to(ROOT)
            target.write_text(damage.page(original), encoding="utf-8")
            status, said = run_suite(copied)
            target.write_text(original, encoding="utf-8")
            place = f"{name(page)}:{damage.line}:"
            report = next((line for line in said.splitlines() if line.startswith(place)), None)
            unnoticed += status != 1 or report is None
            print(f"  {'noticed  ' if status == 1 and report else 'UNNOTICED'}  {report or place}")
            print(f"               now reads  {damage.after}")
    print(
        f"{len(places) - unnoticed} of {len(places)} broken lines noticed, each with its page and line (seed {options.seed})"
    )
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
