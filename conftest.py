"""Makes a test of every block of the course's pages and of the README."""

from pathlib import Path

from dockerlearn.course.verify import pages

pytest_plugins = ["dockerlearn.course.annotate"]
pytest_collect_file = pages(Path(__file__).with_name("mkdocs.yml"), "docs/*.md", "docs/*/*.md", "README.md").pytest()
