"""`make test` with Pythons that this machine may lack, each in a root of Debian's packages: `make test-pythons`.

The packages that the suite needs are downloaded out here, as pip is set up here, and what npm fetched is taken along; in
there is no network.
"""

import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from tests.docker.debian import Unavailable, unpacked

ROOT = Path(__file__).parents[1]
VERSIONS = ("3.13", "3.14")
PACKAGES = ["make", "ca-certificates", *(f"python{version}{part}" for version in VERSIONS for part in ("", "-venv"))]
EDITABLE = "editables"  # what hatchling needs to install a checkout

# In a mount namespace: what is written lands in memory, and is gone when the command ends.
INSIDE = """
set -eu
root=$1 course=$2 wheels=$3 version=$4
mount --make-rprivate /
stage=/mnt
mount -t tmpfs -o mode=755 stage $stage
mkdir $stage/{upper,work,new}
mount -t overlay -o "lowerdir=$root,upperdir=$stage/upper,workdir=$stage/work" overlay $stage/new
cd $stage/new
mount -t proc proc proc
mount --rbind /dev dev
mkdir course wheels
mount --bind -o ro "$wheels" wheels
cp -a "$course/." course/
touch course/node_modules/.package-lock.json  # it is what was fetched for the checkout that was copied
exec chroot . env -i PATH=/usr/bin:/bin HOME=/root LANG=C.UTF-8 PIP_NO_INDEX=1 PIP_FIND_LINKS=/wheels \\
  make -C /course test PYTHON=python$version
"""


def requirements() -> list[str]:
    """All that pip needs to install the checkout with what its tests need."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    own = project["project"]["name"]
    return [
        *project["build-system"]["requires"],
        EDITABLE,
        *(each for each in extras["course"] + extras["test"] + extras["node"] if not each.startswith(own)),
    ]


def main() -> int:
    """Run the suite with each version; the exit status tells whether all passed."""
    failed = 0
    try:
        root = unpacked("pythons", PACKAGES)
    except Unavailable as reason:
        sys.exit(f"Python {' and '.join(VERSIONS)} cannot be had here: {reason}")
    with tempfile.TemporaryDirectory() as temporary:
        course = Path(temporary) / "course"
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for name in filter(None, listed.split("\0")):
            (course / name).parent.mkdir(parents=True, exist_ok=True)
            (course / name).write_bytes((ROOT / name).read_bytes())
            (course / name).chmod((ROOT / name).stat().st_mode)
        shutil.copytree(ROOT / "node_modules", course / "node_modules", symlinks=True)
        for version in VERSIONS:
            wheels = Path(temporary) / version
            download = [sys.executable, "-m", "pip", "download", "--quiet", "--only-binary", ":all:"]
            subprocess.run([*download, "--python-version", version, "--dest", wheels, *requirements()], check=True)
            print(f"\n== make test, Python {version}", flush=True)
            entered = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "bash", "-c", INSIDE, "inside"]
            failed += subprocess.run([*entered, root, course, wheels, version], check=False).returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
