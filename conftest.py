"""Makes a test of every block of the course's pages and of the README, or repairs them."""

from pathlib import Path

import pytest

from dockerlearn.course.update import add_option, update_examples
from dockerlearn.course.verify import pages

COURSE = Path(__file__).with_name("mkdocs.yml"), "docs/*.md", "docs/*/*.md", "README.md"

pytest_plugins = ["dockerlearn.course.annotate"]
PAGES = pages(*COURSE, repair="make update-examples PAGES={page}")
pytest_collect_file = PAGES.pytest()
pytest_collect_directory = PAGES.folders()
pytest_addoption = add_option


def pytest_cmdline_main(config: pytest.Config) -> pytest.ExitCode | None:
    """With --update-examples, repair pages in place of all that pytest does otherwise."""
    return update_examples(config, *COURSE)
