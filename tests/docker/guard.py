"""Keeps the engine's machine, and ends it when whoever asked for it has gone, however it went.

    python guard.py ROOT STORE

It says the process ID of the machine's first process on its output, and then waits for the end of its input: a pipe
whose other end the tests hold, and which the kernel closes if they are killed. It needs nothing but the standard library.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
THAW = {"freezer.state": "THAWED", "cgroup.freeze": "0"}  # a paused container does not die of being killed


def main(root: str, store: str) -> None:
    """Start the machine, wait, end it, and remove what the kernel does not."""
    folder = Path(tempfile.mkdtemp(prefix="dockerlearn-"))
    stage = folder / "stage"
    stage.mkdir()
    inside = Path(__file__).with_name("inside.sh")
    namespaces = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child=KILL"]
    with (folder / "log").open("wb") as log:
        machine = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *namespaces, "bash", inside, root, stage, folder.name, store],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        print(_first_process(machine), folder, flush=True)
        sys.stdin.read()
    finally:
        machine.kill()
        machine.wait()
        _remove_cgroups(folder.name)
        shutil.rmtree(folder)


def _first_process(machine: "subprocess.Popen[bytes]") -> int:
    """The process ID, out here, of what is 1 in there; 0 if it does not start."""
    children = Path(f"/proc/{machine.pid}/task/{machine.pid}/children")
    while machine.poll() is None:
        with suppress(OSError):  # it has just ended
            if (child := children.read_text().split()) and Path(f"/proc/{child[0]}/comm").read_text() == "bash\n":
                return int(child[0])
        time.sleep(0.01)
    return 0


def _remove_cgroups(name: str) -> None:
    for _ in range(100):
        # Of version 2, and of each hierarchy of version 1.
        folders = sorted([*CGROUPS.glob(f"{name}/**/"), *CGROUPS.glob(f"*/{name}/**/")], reverse=True)
        if not folders:
            return
        for folder in folders:
            try:
                for file, word in THAW.items():
                    if (folder / file).exists():
                        (folder / file).write_text(word)
                folder.rmdir()
            except OSError:  # its processes are still ending
                time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
