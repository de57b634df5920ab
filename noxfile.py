"""The suite with every Python that the package promises: `make test-pythons`, or `nox -s tests-3.12`.

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
os.environ["PATH"] = os.pathsep.join(
    [os.environ["PATH"], *map(str, sorted(PYENV.glob("versions/*/bin"), reverse=True))]
)


@nox.session(python=["3.11", "3.12", "3.13", "3.14"])
def tests(session: nox.Session) -> None:
    """Types and tests, with what pip finds for this Python."""
    session.install("--editable", ".[test]")
    session.run("python", "-m", "mypy")
    session.run("python", "-m", "pytest", "-n", "2", *session.posargs)
