"""A course set up as this one is, with other pages, in a folder of its own; and the suite, run on it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from shutil import copy, copytree
from types import MappingProxyType

from tests.course.course_pages import ROOT


def small_course(folder: Path, pages: Mapping[str, str | bytes]) -> Path:
    """Set up a course in a folder: pages by their paths, with the configuration of this course."""
    for file, text in pages.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(text.encode() if isinstance(text, str) else text)
    copytree(ROOT / "overrides", folder / "overrides")
    for name in ("mkdocs.yml", "conftest.py", "pyproject.toml"):
        copy(ROOT / name, folder)
    return folder


def run_pytest(
    folder: Path, *arguments: str, cache: bool = False, environment: Mapping[str, str] = MappingProxyType({})
) -> subprocess.CompletedProcess[str]:
    """Run pytest in a folder, in a process of its own, with the tools of this checkout."""
    command = [sys.executable, "-m", "pytest", *([] if cache else ["-p", "no:cacheprovider"]), *arguments]
    tools = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(command, cwd=folder, env=tools, capture_output=True, text=True, check=False)
