"""Folders with Debian's packages, to run in what this machine lacks: unpacked once, kept outside the repository."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

SUITE = "sid"  # the only one with a Docker Engine of this course's dialect


class Unavailable(Exception):
    """What is wanted cannot be had on this machine; the message says why."""


def kept() -> Path:
    """The folder of such folders, in the user's cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dockerlearn"


def unpacked(name: str, packages: Sequence[str]) -> Path:
    """A root file system with these packages, made if need be, which takes a minute. Raises `Unavailable`."""
    root = kept() / f"{name}-{SUITE}"
    return root if root.exists() else _unpack(root, packages)


def _unpack(root: Path, packages: Sequence[str]) -> Path:
    if os.geteuid() != 0:
        raise Unavailable("only root can unpack Debian's packages")
    if shutil.which("debootstrap") is None:
        raise Unavailable("debootstrap is not installed")
    root.parent.mkdir(parents=True, exist_ok=True)
    # In a folder beside it, then renamed: what is interrupted is not taken for whole.
    unfinished = Path(tempfile.mkdtemp(prefix=f"{root.name}-", dir=root.parent))
    unfinished.chmod(0o755)
    try:
        print(f"Unpacking {root}, once; it takes a minute and 600 MB", file=sys.stderr)
        command = ["debootstrap", "--variant=minbase", f"--include={','.join(packages)}", SUITE]
        command += [str(unfinished), _mirror()]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            assert process.stdout is not None
            said = []
            for number, line in enumerate(process.stdout):
                said.append(line)
                if number % 40 == 0:
                    print(f"  {line.strip()}", file=sys.stderr)
        if process.returncode != 0:
            raise Unavailable(f"debootstrap failed:\n{''.join(said[-10:])}")
        shutil.rmtree(unfinished / "var/cache/apt/archives", ignore_errors=True)
        return unfinished.rename(root)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _mirror() -> str:
    """The mirror that this machine's own packages come from."""
    indexes = ["Created-By: Packages", "Origin: Debian", "Label: Debian", "Component: main"]
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI)", *indexes]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise Unavailable(f"no Debian mirror is configured here: {error}") from error
    if not listed:
        raise Unavailable("no Debian mirror is configured here")
    return listed.split("\n")[0]
