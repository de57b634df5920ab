"""The file system that Docker Engine runs in: this machine's own, or a folder with Debian's packages.

A machine that has `dockerd` (a hosted runner has) lends its own: the engine that is installed is started once more, apart
from the one that may be running.
"""

import os
import shutil
from pathlib import Path

from tests.docker.debian import Unavailable, unpacked

PACKAGES = "docker.io docker-cli docker-registry iptables ca-certificates busybox-static curl".split()
TOOLS = {"unshare": "util-linux", "nsenter": "util-linux", "setpriv": "util-linux", "skopeo": "skopeo"}


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
    return unpacked("engine", PACKAGES)
