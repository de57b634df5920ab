"""The file system that Docker Engine runs in: this machine's own, or a folder with Debian's packages.

A machine that has `dockerd` (a hosted runner has) lends its own: the engine that is installed is started once more, apart
from the one that may be running. Elsewhere, debootstrap fills a folder outside the repository, once.

    python -m tests.docker.root
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SUITE = "sid"  # whose docker.io is 28.5.2; stable's is older than the texts of the course
PACKAGES = "docker.io docker-cli docker-registry iptables ca-certificates busybox-static curl".split()
TOOLS = {"unshare": "util-linux", "nsenter": "util-linux", "setpriv": "util-linux", "skopeo": "skopeo"}


class Unavailable(Exception):
    """This machine cannot run a Docker Engine of its own; the message says why."""


def cache() -> Path:
    """Where the folder is kept between runs."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "dockerlearn" / f"engine-{SUITE}"


def engine_root() -> Path:
    """The root of the engine's file system, made if need be, which takes a minute. Raises `Unavailable`."""
    if os.geteuid() != 0:
        raise Unavailable("namespaces and a Docker Engine need root")
    for tool, package in TOOLS.items():
        if shutil.which(tool) is None:
            raise Unavailable(f"{tool} is not installed (package {package})")
    if shutil.which("dockerd"):
        for tool in ("docker-registry", "busybox", "curl", "docker"):
            if shutil.which(tool) is None:
                raise Unavailable(f"dockerd is installed here, but {tool} is not")
        return Path("/")
    return cache() if cache().exists() else _build(cache())


def _build(root: Path) -> Path:
    if shutil.which("debootstrap") is None:
        raise Unavailable("neither dockerd nor debootstrap is installed")
    root.parent.mkdir(parents=True, exist_ok=True)
    # In a folder beside it, then renamed: what is interrupted is not taken for whole.
    unfinished = Path(tempfile.mkdtemp(prefix=f"{root.name}-", dir=root.parent))
    unfinished.chmod(0o755)
    try:
        print(f"Building the engine's root in {root}, once; it takes a minute and 600 MB", file=sys.stderr)
        command = ["debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", SUITE]
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


if __name__ == "__main__":
    try:
        print(engine_root())
    except Unavailable as reason:
        sys.exit(str(reason))
