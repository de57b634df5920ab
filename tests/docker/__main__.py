"""A terminal on a real Docker Engine, with the course's images in its registry: `make engine`.

make engine                                              # bash, until exit; nothing is left behind
.venv/bin/python -m tests.docker 'docker volume ls -q'   # one line, and what it prints
.venv/bin/python -m tests.docker 'docker pull nginx' 'docker images'     # one after the other, each below its prompt
.venv/bin/python -m tests.docker --store containerd 'docker pull nginx'  # at an engine that keeps images as Docker 29 does
"""

import argparse
import subprocess
import sys

from tests.docker.debian import Unavailable
from tests.docker.engine import Store, machine
from tests.docker.root import engine_root
from tests.docker.terminal import Terminal


def main() -> int:
    """Start an engine, and let somebody type at it. The exit status is that of what was typed last."""
    parser = argparse.ArgumentParser(prog="python -m tests.docker", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--store", type=Store, choices=list(Store), default=Store.CLASSIC, help="where it keeps images")
    parser.add_argument("line", nargs="*", help="a line to type; without any, a prompt")
    arguments = parser.parse_args()
    lines: list[str] = arguments.line
    try:
        with machine(engine_root(), arguments.store) as it:
            it.push_catalog()
            print(f"{it.versions}: a machine of its own, which goes when you leave", file=sys.stderr)
            if not lines:
                return subprocess.run(it.inside("env", "HOME=/root", "bash", "--norc"), check=False).returncode
            with Terminal(it) as terminal:
                for line in lines:
                    shown = terminal.run(line)
                    sys.stdout.write(f"$ {line}\n{shown.output}" if lines[1:] else shown.output)
                return shown.status
    except Unavailable as reason:
        sys.exit(f"no engine can be had here: {reason}")


if __name__ == "__main__":
    sys.exit(main())
