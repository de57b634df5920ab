"""A real Docker Engine with a registry beside it, on a machine of its own, and the course's images in the registry."""

import http.client
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from dockerlearn.hub.catalog import RELEASES, hub
from dockerlearn.model.archive import write_layout
from dockerlearn.model.image import Image
from dockerlearn.model.index import INDEX_TYPE, MANIFEST_TYPE, Index
from tests.docker.debian import Unavailable

DIALECT = "28."  # the versions of the engine whose texts the course has
REGISTRY = "127.0.0.1:5000"
STARTS_WITHIN = 60  # seconds
SWEEPS_WITHIN = 10  # seconds


class Store(StrEnum):
    """Where an engine keeps images: as Docker 28 does unless told otherwise, or in containerd's store, as Docker 29 does."""

    CLASSIC = "classic"
    CONTAINERD = "containerd"


# In the engine's data, the folders that have an entry for each layer or blob that is there. The last is for those on their way.
CONTAINERD_DATA = "containerd/daemon/io.containerd"
BLOBS = f"{CONTAINERD_DATA}.content.v1.content/blobs/sha256"
KEPT = {
    Store.CLASSIC: ("image/overlay2/layerdb/sha256",),
    Store.CONTAINERD: (
        f"{CONTAINERD_DATA}.snapshotter.v1.overlayfs/snapshots",
        BLOBS,
        f"{CONTAINERD_DATA}.content.v1.content/ingest",
    ),
}


class _Connection(http.client.HTTPConnection):
    """HTTP over the engine's own socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self._path))


class Machine:
    """Where the engine runs: the process ID of its first process, and a folder of ours that goes when the machine goes."""

    def __init__(self, pid: int, folder: Path, store: Store) -> None:
        self.pid = pid
        self.folder = folder
        self.store = store
        self.packed_version = self._await()  # with the suffix of whoever packed it
        self.engine_version = self.packed_version.split("+")[0]
        self.client_version = self._install_client()
        self._invented: set[str] = set()
        self._noted = time.time()

    @property
    def speaks_our_dialect(self) -> bool:
        """Whether what it prints is to be what the course says, or only to be reported."""
        return self.engine_version.startswith(DIALECT)

    @property
    def versions(self) -> str:
        """What one types at, and what answers."""
        images = ", containerd's image store" if self.store is Store.CONTAINERD else ""
        return f"Docker Engine {self.engine_version}{images}, client {self.client_version}"

    @property
    def root(self) -> Path:
        """The machine's root, as seen from here."""
        return Path(f"/proc/{self.pid}/root")

    def inside(self, *words: str) -> list[str]:
        """The words of a command that is to run on the machine."""
        return ["nsenter", "--target", str(self.pid), "--mount", "--net", "--pid", "--", *words]

    def run(self, *words: str) -> str:
        """What a command on the machine prints. Raises `CalledProcessError` if it fails."""
        return subprocess.run(self.inside(*words), capture_output=True, text=True, check=True).stdout

    def ask(self, path: str, method: str = "GET") -> Any:
        """What the engine answers to a request of its API, from JSON. Raises `OSError` if it does not listen."""
        answer = self._request(method, path)
        return json.loads(answer) if answer else None

    def _request(self, method: str, path: str) -> str:
        with closing(_Connection(self.root / "run/docker.sock")) as connection:
            connection.request(method, path)
            response = connection.getresponse()
            answer = response.read().decode()
        if response.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer}")
        return answer

    def _await(self) -> str:
        """The engine's version, as soon as it answers."""
        deadline = time.monotonic() + STARTS_WITHIN
        while self.pid and self.root.exists() and time.monotonic() < deadline:
            try:
                return str(self.ask("/version")["Version"])
            except OSError:
                time.sleep(0.05)
        raise Unavailable(f"the engine did not come up:\n{(self.folder / 'log').read_text()[-2000:]}")

    def _install_client(self) -> str:
        """Type at the client that is installed here if it speaks the dialect, else at the root's own; its version."""
        client = shutil.which("docker")
        if client is not None:
            told = subprocess.run([client, "--version"], capture_output=True, text=True, check=False).stdout
            if f"version {DIALECT}" in told:
                shutil.copy(client, self.root / "usr/local/bin/docker")
        return self.run("docker", "version", "--format", "{{.Client.Version}}").strip().split("+")[0]

    def invented(self) -> set[str]:
        """The identities, shortened to 12 digits, and names of all that was made here so far, images by commit among it."""
        now = time.time()
        # The engine remembers the last 256 events: ask often.
        for event in map(
            json.loads, self._request("GET", f"/events?since={self._noted:.6f}&until={now:.6f}").splitlines()
        ):
            if event["Type"] in ("container", "volume", "network"):
                told = event["Actor"]["Attributes"]
                names = [event["Actor"]["ID"], *(told.get(key, "") for key in ("name", "container", "imageID"))]
                names = [name.removeprefix("sha256:") for name in names]
                self._invented |= {name[:12] if len(name) == 64 else name for name in names}
        self._noted = now
        return self._invented

    def await_servers(self) -> None:
        """Wait until whatever is published answers: nobody types as fast as the tests do. Not for ever: it may be no server."""
        ports = [port for each in self.ask("/containers/json") for port in each["Ports"] if "PublicPort" in port]
        for address in {f"{port['IP'].replace('::', '[::]')}:{port['PublicPort']}" for port in ports}:
            patient = [
                "curl",
                "-s",
                "--retry",
                "20",
                "--retry-delay",
                "0",
                "--retry-all-errors",
                "--retry-max-time",
                "5",
                "--max-time",  # one that is paused lets itself be asked, and never answers
                "1",
            ]
            subprocess.run(self.inside(*patient, address), capture_output=True, check=False)

    def names(self) -> dict[str, str]:
        """The ID of the image that each name on the machine has."""
        return {name: image["Id"] for image in self.ask("/images/json?all=1") for name in image["RepoTags"] or ()}

    def remove_containers(self) -> None:
        """Remove all containers, whatever they do, and their anonymous volumes."""
        for container in self.ask("/containers/json?all=1"):
            self.ask(f"/containers/{container['Id']}?force=1&v=1", "DELETE")

    def layers(self) -> set[str]:
        """The names of what is there of layers, whether an image has them or not."""
        folders = (self.root / "var/lib/docker" / kept for kept in KEPT[self.store])
        return {path.name for folder in folders if folder.exists() for path in folder.iterdir()}

    def blob(self, digest: str) -> bytes:
        """A blob of containerd's store."""
        return (self.root / "var/lib/docker" / BLOBS / digest.removeprefix("sha256:")).read_bytes()

    def reset(self) -> None:
        """Remove all containers, volumes and images."""
        self.remove_containers()
        self.ask("/volumes/prune?filters={%22all%22:[%22true%22]}", "POST")
        self._remove_images()
        deadline = time.monotonic() + SWEEPS_WITHIN
        while self.store is Store.CONTAINERD and self.layers() and time.monotonic() < deadline:
            # Of a pull that was interrupted, there may be what containerd has no note of. It looks for such things when it
            # deletes others.
            self.run("sh", "-c", "head -c 1024 /dev/zero | docker import -")
            self._remove_images()
        left = self.ask("/system/df")
        assert not any(left[kind] for kind in ("Images", "Containers", "Volumes", "BuildCache")), left
        assert not self.layers(), "layers that no image has: a pull would find them"

    def _remove_images(self) -> None:
        """Remove all images that no container has, with and without names, and wait until their layers have gone."""
        self.ask("/images/prune?filters={%22dangling%22:[%22false%22]}", "POST")

    def push(self, images: Sequence[tuple[str, Image | Index]]) -> None:
        """Give images or indexes to the registry, in order, with skopeo: `nginx:1.27` becomes `library/nginx:1.27`."""
        with tempfile.TemporaryDirectory(dir=self.folder) as layout:
            write_layout({str(number): image for number, (_, image) in enumerate(images)}, Path(layout))
            for number, (name, _) in enumerate(images):
                self.push_layout(Path(layout), str(number), name)

    def push_catalog(self, *repositories: str) -> None:
        """Give all that the course's registry ever had, or had of some repositories, to the registry here, in order."""
        layout = _catalog(*repositories)
        here: set[tuple[str, str]] = set()
        for number, (name, image) in enumerate(releases(*repositories)):
            repository, _, tag = name.partition(":")
            if (repository, image.digest) in here:
                self._tag(repository, tag, image)
            else:
                self.push_layout(Path(layout.name), str(number), name)
                here.add((repository, image.digest))

    def _tag(self, repository: str, tag: str, image: Image | Index) -> None:
        """Give a tag to what the registry has already; that takes a hundredth of the time."""
        kind, manifest = (INDEX_TYPE, image.json) if isinstance(image, Index) else (MANIFEST_TYPE, image.manifest)
        (self.root / "tmp/manifest").write_bytes(manifest)
        url = f"http://{REGISTRY}/v2/library/{repository}/manifests/{tag}"
        self.run("curl", "-sSf", "-X", "PUT", "-H", f"Content-Type: {kind}", "--data-binary", "@/tmp/manifest", url)

    def push_layout(self, layout: Path, tag: str, name: str) -> None:
        """Give what has that tag in an OCI layout to the registry: an image, or an index with all that it lists."""
        copy = ["skopeo", "copy", "--all", "--quiet", "--insecure-policy", "--dest-tls-verify=false"]
        source, target = f"oci:{layout}:{tag}", f"docker://{REGISTRY}/library/{name}"
        entered = ["nsenter", "--target", str(self.pid), "--net", "--"]
        subprocess.run([*entered, *copy, source, target], check=True)


def releases(*repositories: str) -> list[tuple[str, Image | Index]]:
    """What was ever pushed to the course's registry, in order: tags may be there twice, since they moved."""
    return [
        (f"{repository}:{tag}", build())
        for repository, _, tags, build in RELEASES
        if not repositories or repository in repositories
        for tag in tags.split()
    ]


@cache
def _catalog(*repositories: str) -> tempfile.TemporaryDirectory[str]:
    """All releases as an OCI layout, by their numbers: making the bytes takes half a minute, and two machines want them."""
    folder = tempfile.TemporaryDirectory()
    write_layout({str(number): image for number, (_, image) in enumerate(releases(*repositories))}, Path(folder.name))
    return folder


def images() -> dict[str, Image]:
    """What each tag of the course's registry is on the engine's platform."""
    registry = hub()
    return {name: registry.image(name) for name in registry.names}


@contextmanager
def machine(root: Path, store: Store = Store.CLASSIC) -> Iterator[Machine]:
    """A machine, its engine empty and listening. Raises `Unavailable` with what it said if it does not come up."""
    if store is Store.CONTAINERD and shutil.which("mkfs.ext4") is None:
        raise Unavailable("mkfs.ext4 is not installed (package e2fsprogs)")
    guard = subprocess.Popen(
        [sys.executable, Path(__file__).with_name("guard.py"), root, store],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for the tests; the guard sees that they have gone
    )
    assert guard.stdin is not None
    assert guard.stdout is not None
    with ExitStack() as afterwards:
        try:
            pid, folder = guard.stdout.readline().split(" ", 1)
            it = Machine(int(pid), Path(folder.rstrip("\n")), store)
            afterwards.enter_context(_docker_hub(it))
            yield it
        finally:
            guard.stdin.close()
            guard.wait()
            guard.stdout.close()


def _docker_hub(it: Machine) -> "subprocess.Popen[str]":
    """What stands for Docker Hub: in the machine's network, and of its processes, with whose first one it ends."""
    entered = ["nsenter", "--target", str(it.pid), "--net", "--pid", "--"]
    script = Path(__file__).with_name("hub.py")
    hub = subprocess.Popen(
        [*entered, sys.executable, script, it.root / "srv/hub.pem"], stdout=subprocess.PIPE, text=True
    )
    assert hub.stdout is not None
    if hub.stdout.readline() != "listening\n":
        raise Unavailable("what stands for Docker Hub does not listen")
    return hub
