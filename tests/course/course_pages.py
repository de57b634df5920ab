"""The pages whose examples are promised to work."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"]


def name(page: Path) -> str:
    """A page's path as a reader of the repository says it."""
    return page.relative_to(ROOT).as_posix()
