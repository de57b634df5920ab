"""What needs an environment of its own: `make test-pythons` and `make check-without-mkdocs`.

The first runs the suite with every Python that the package promises; `nox -s tests-3.12` runs it with one.
Interpreters are those on the PATH and pyenv's. One that is missing is skipped, and nox says so at the end; with CI set it is
an error, because nobody reads there what was skipped.
"""

import os
from pathlib import Path

import nox

PYENV = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "virtualenv"
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = "CI" in os.environ
nox.options.reuse_venv = "yes"
nox.options.sessions = ["tests"]
os.environ["PATH"] = os.pathsep.join(
    [os.environ["PATH"], *map(str, sorted(PYENV.glob("versions/*/bin"), reverse=True))]
)


@nox.session(python=["3.11", "3.12", "3.13", "3.14"])
def tests(session: nox.Session) -> None:
    """Types and tests, with what pip finds for this Python."""
    session.install("--editable", ".[test]")
    session.run("python", "-m", "mypy")
    session.run("python", "-m", "pytest", "-n", "2", *session.posargs)


@nox.session(name="without-mkdocs")
def without_mkdocs(session: nox.Session) -> None:
    """Every example, the site that Zensical builds, and its completeness, where MkDocs is not installed."""
    session.install("--editable", ".[course,zensical]")
    absent = "import sys; from importlib.util import find_spec; sys.exit(find_spec('mkdocs') and 'MkDocs is here')"
    session.run("python", "-c", absent)
    session.run("python", "-m", "pytest", "docs", "README.md")
    site = "site-without-mkdocs"
    without_api = {"COURSE_SITE": site, "COURSE_API": "false"}  # mkdocstrings, which makes the API page, imports MkDocs
    session.run("python", "-m", "zensical", "build", "--strict", "--clean", env=without_api)
    session.run("python", "-m", "dockerlearn.course.complete", site)
