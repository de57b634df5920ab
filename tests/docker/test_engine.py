"""The real engine's machine, and the terminal on it: what the other tests here rely on."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dockerlearn.model.index import INDEX_TYPE
from dockerlearn.terminal.session import Session
from tests.docker.debian import Unavailable, kept

from . import guard, root
from .engine import KEPT, Machine, Store, images, machine
from .root import engine_root
from .terminal import GivenUp, Terminal

CHECKOUT = Path(__file__).parents[2]
IMAGES = images()
DISTINCT = sorted({image: name for name, image in IMAGES.items()}.values())  # one name of each
NAMESPACES = "mnt net pid".split()
WITHIN = 10  # seconds


def namespaces(pid: int) -> set[Path]:
    """Where a process lives. Raises `OSError` if it has ended."""
    return {Path(f"/proc/{pid}/ns/{kind}").readlink() for kind in NAMESPACES}


def becomes(condition: Callable[[], bool]) -> bool:
    """Whether that is so before long."""
    deadline = time.monotonic() + WITHIN
    while not (so := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return so


# The images


@pytest.mark.parametrize("name", DISTINCT)
def test_the_engine_computes_what_the_model_computes(engine: Machine, name: str) -> None:
    engine.reset()
    image = IMAGES[name]
    engine.run("docker", "pull", "-q", name)
    told = engine.ask(f"/images/{name}/json")
    assert told["RepoDigests"] == [f"{name.split(':')[0]}@{image.descriptor.digest}"]
    assert told["Id"] == image.id
    assert told["RootFS"]["Layers"] == list(image.diff_ids)
    assert told["Size"] == image.size
    layers = engine.root / "var/lib/docker/image/overlay2/layerdb/sha256"
    assert {f"sha256:{layer.name}" for layer in layers.iterdir()} == set(image.chain_ids)


@pytest.mark.parametrize("name", DISTINCT)
def test_containerds_store_names_an_image_by_its_manifest(containerd_engine: Machine, name: str) -> None:
    containerd_engine.reset()
    image = IMAGES[name]
    containerd_engine.run("docker", "pull", "-q", name)
    told = containerd_engine.ask(f"/images/{name}/json")
    assert told["RepoDigests"] == [f"{name.split(':')[0]}@{image.descriptor.digest}"]
    assert told["Id"] == image.descriptor.digest
    assert told["RootFS"]["Layers"] == list(image.diff_ids)
    sizes = {image.digest: len(image.manifest), image.id: len(image.config_json)}
    sizes |= {layer.digest: layer.blob_size for layer in image.layers}
    sizes |= {image.index.digest: len(image.index.json)} if image.index else {}
    assert told["Size"] == sum(sizes.values())
    assert {blob.removeprefix("sha256:") for blob in sizes} <= containerd_engine.layers()


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        (
            "ngnix:latest",
            "pull access denied for ngnix, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
        ),
        ("nginx:1.28", "manifest for nginx:1.28 not found: manifest unknown: manifest unknown"),
    ],
)
def test_what_is_not_there_is_refused_as_docker_hub_refuses_it(engine: Machine, name: str, refusal: str) -> None:
    with Terminal(engine) as terminal:
        shown = terminal.run(f"docker pull {name}")
    assert (shown.output, shown.status) == (f"Error response from daemon: {refusal}\n", 1)


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        (
            "pyhton:latest",
            "pull access denied for pyhton, repository does not exist or may require 'docker login'",
        ),
        (
            "nginx:1.27.4-slim",
            'failed to resolve reference "docker.io/library/nginx:1.27.4-slim": docker.io/library/nginx:1.27.4-slim: not found',
        ),
    ],
)
def test_containerds_store_has_other_words_for_what_docker_hub_refuses(
    containerd_engine: Machine, name: str, refusal: str
) -> None:
    with Terminal(containerd_engine) as terminal:
        shown = terminal.run(f"docker pull {name}")
    assert (shown.output, shown.status) == (f"Error response from daemon: {refusal}\n", 1)


def test_docker_hub_sends_whoever_has_no_token_to_fetch_one(engine: Machine) -> None:
    curl = "curl -s --cacert /srv/certificate.pem"
    head = f"{curl} --head -H 'Accept: {INDEX_TYPE}' https://registry-1.docker.io/v2/library/nginx/manifests/latest"
    with Terminal(engine) as terminal:
        refused = terminal.run(head).output
        realm, service, scope = re.findall('(?:realm|service|scope)="(.*?)"', refused)
        token = json.loads(terminal.run(f"{curl} '{realm}?service={service}&scope={scope}'").output)["token"]
        answered = terminal.run(f"{head} -H 'Authorization: Bearer {token}'").output
    assert scope == "repository:library/nginx:pull"
    assert refused.startswith("HTTP/1.1 401 ")
    assert answered.startswith("HTTP/1.1 200 ")


# The machine


def test_an_engine_has_the_store_that_is_asked_for(each_engine: Machine) -> None:
    driver = {Store.CLASSIC: "overlay2", Store.CONTAINERD: "overlayfs"}[each_engine.store]
    assert each_engine.run("docker", "info", "-f", "{{.Driver}}") == f"{driver}\n"


def test_containerds_store_counts_blocks_of_a_common_file_system(containerd_engine: Machine) -> None:
    data = containerd_engine.root / "var/lib/docker"
    mounts = [line.split() for line in Path(f"/proc/{containerd_engine.pid}/mounts").read_text().splitlines()]
    assert [kind for _, folder, kind, *_ in mounts if folder == "/var/lib/docker"][-1] == "ext4"
    assert os.statvfs(data).f_bsize == 4096


def test_the_machine_is_not_this_one(engine: Machine) -> None:
    assert not namespaces(engine.pid) & namespaces(os.getpid())
    theirs = engine.root / "run/docker.sock"
    assert not Path("/run/docker.sock").exists() or not theirs.samefile("/run/docker.sock")


def test_a_published_port_answers_on_the_machine_and_nowhere_else(engine: Machine) -> None:
    engine.reset()
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port = chosen.getsockname()[1]
    engine.run("docker", "run", "-d", "-p", f"{port}:80", "nginx")
    engine.await_servers()
    assert "Welcome to nginx!" in engine.run("curl", "-s", f"localhost:{port}")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_a_container_has_a_real_busybox_that_nobody_sees(each_engine: Machine) -> None:
    each_engine.reset()
    each_engine.run("docker", "run", "-d", "--name", "web", "alpine", "sleep", "60")
    assert each_engine.run("docker", "exec", "web", "busybox").startswith("BusyBox v1.")
    assert each_engine.run("docker", "diff", "web") == ""
    assert each_engine.run("docker", "inspect", "-f", "{{.HostConfig.Runtime}} {{.Mounts}}", "web") == "runc []\n"


def test_a_reset_leaves_nothing(engine: Machine) -> None:
    engine.reset()
    engine.run("docker", "run", "-d", "-v", "kept:/kept", "--name", "web", "nginx")
    engine.run("docker", "run", "-d", "-v", "/anonymous", "--name", "resting", "alpine", "sleep", "60")
    engine.run("docker", "pause", "resting")
    engine.run("docker", "commit", "web", "mine")
    engine.run("docker", "commit", "web")
    engine.run("docker", "rm", "-f", "web")
    data = engine.root / "var/lib/docker"
    assert list((data / "volumes").glob("*/_data"))
    engine.reset()
    assert [folder.name for folder in (data / "overlay2").iterdir()] == ["l"]
    for emptied in (
        "overlay2/l",
        "containers",
        "image/overlay2/layerdb/sha256",
        "image/overlay2/imagedb/content/sha256",
    ):
        assert not list((data / emptied).iterdir()), emptied
    assert not list((data / "volumes").glob("*/"))


def test_a_reset_leaves_nothing_in_containerds_store(containerd_engine: Machine) -> None:
    containerd_engine.reset()
    with Terminal(containerd_engine) as terminal:
        for typed in (
            "docker run -d -v kept:/kept --name web nginx",
            "docker run -d -v /anonymous --name resting alpine sleep 60",
            "docker pause resting",
            "docker commit web mine",
            "docker commit web mine",
            "docker commit web",
            "docker run --name child mine true",
            "docker commit child grandchild",
            "docker rm -f web",
            "docker rmi mine nginx",
            "docker rmi -f alpine",
        ):
            terminal.run(typed)
        assert len(containerd_engine.ask("/images/json?all=1")) > 4
        containerd_engine.reset()
        assert containerd_engine.ask("/images/json?all=1") == []
        assert not list((containerd_engine.root / "var/lib/docker/volumes").glob("*/"))
        assert containerd_engine.layers() == set()
        shown = terminal.run("docker pull nginx | cat").output.splitlines()
    layers = {layer.digest[7:19] for layer in IMAGES["nginx:latest"].layers}
    assert {line[:12] for line in shown if line.endswith(": Download complete")} == layers
    assert {line[:12] for line in shown if line.endswith(": Pull complete")} == layers
    assert "Already exists" not in "".join(shown)


def test_a_reset_removes_what_containerd_forgot_with_an_interrupted_pull(containerd_engine: Machine) -> None:
    containerd_engine.reset()
    layer = IMAGES["alpine:latest"].layers[0]
    snapshots, blobs, _ = (containerd_engine.root / "var/lib/docker" / kept for kept in KEPT[Store.CONTAINERD])
    (snapshots / "86399").mkdir()
    (blobs / layer.digest.removeprefix("sha256:")).write_bytes(layer.blob)
    containerd_engine.reset()
    assert containerd_engine.layers() == set()


# What is left of it

OWNER = """
import sys
from tests.docker.engine import Store, machine, releases
from tests.docker.root import engine_root
from tests.docker.terminal import Terminal

with machine(engine_root(), Store(sys.argv[1])) as it, Terminal(it) as terminal:
    it.push([release for release in releases() if release[0] == "nginx:latest"])
    for command in ("docker run -d --name web nginx", "docker run -d --name resting nginx", "docker pause resting"):
        assert terminal.run(command).status == 0
    print(it.pid, it.folder, flush=True)
    sys.stdin.read()
"""


def traces(folder: Path, lived_in: set[Path]) -> list[str]:
    """What there is of a machine: its folder, cgroups, mounts, loop devices, and processes in those namespaces or cgroups."""
    cgroups = [*guard.CGROUPS.glob(folder.name), *guard.CGROUPS.glob(f"*/{folder.name}")]
    found = [str(path) for path in (folder, *cgroups) if path.exists()]
    found += [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if folder.name in line]
    loops = [(path, path.read_text()) for path in Path("/sys/block").glob("loop*/loop/backing_file")]
    found += [str(path) for path, file in loops if folder.name in file]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if namespaces(int(process.name)) & lived_in or folder.name in (process / "cgroup").read_text():
                found.append((process / "cmdline").read_text())
        except OSError:  # it has just ended
            continue
    return found


def left(folder: Path, lived_in: set[Path]) -> list[str]:
    """What there still is of a machine that has had a moment to end."""
    becomes(lambda: not traces(folder, lived_in))
    return traces(folder, lived_in)


@pytest.mark.parametrize("store", Store)
@pytest.mark.parametrize("end", [None, signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_of_a_machine_however_its_owner_ends(
    end: signal.Signals | None, store: Store, tmp_path: Path
) -> None:
    checkout = _copy(tmp_path)
    owner = subprocess.Popen(
        ["env", "--default-signal", sys.executable, "-c", OWNER, store],  # also where nohup has these tests ignore some
        cwd=checkout,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    with owner:
        assert owner.stdout is not None
        assert owner.stdin is not None
        pid, folder = owner.stdout.readline().split()
        its = Path(folder), namespaces(int(pid))
        there = traces(*its)
        assert len(there) > 10
        assert any("/loop/" in trace for trace in there) == (store is Store.CONTAINERD)
        if end is None:
            owner.stdin.close()
        else:
            signalled = os.killpg if end is signal.SIGINT else os.kill  # as Ctrl-C is for all that a terminal runs
            signalled(owner.pid, end)
        assert owner.wait() == (0 if end is None else -end)
    assert left(*its) == []


def test_two_machines_know_nothing_of_each_other(engine: Machine) -> None:
    engine.run("docker", "pull", "-q", "nginx")
    for store in Store:
        with machine(engine_root(), store) as other:
            assert other.ask("/images/json") == []
            assert other.ask("/info")["ID"] != engine.ask("/info")["ID"]
            lived_in = namespaces(other.pid)
        assert left(other.folder, lived_in) == []


# The terminal


@pytest.mark.parametrize(
    ("typed", "output", "status"),
    [
        ("echo hello", "hello\n", 0),
        ("printf hello", "hello", 0),
        ("false", "", 1),
        ("sh -c 'exit 7'", "", 7),
        ("nosuch", "bash: nosuch: command not found\n", 127),
        ("echo out; echo err >&2; echo out", "out\nerr\nout\n", 0),
        ("for word in a b; do\n  echo $word\ndone", "a\nb\n", 0),
        ("echo 'a\nb'", "a\nb\n", 0),
        ("echo wow!echo", "wow!echo\n", 0),
        ("echo 'ü ├── 文'", "ü ├── 文\n", 0),
        (r"printf 'one\rtwo\n'", "two\n", 0),
        (r"printf 'forgotten\r\033[Knew\n'", "new\n", 0),
        (r"printf 'first\nsecond\n\033[2A\033[Kother\033[2B\r'", "other\nsecond\n", 0),
        (r"printf '\033[31mred\033[0m\n'", "red\n", 0),
        (f"echo {'long ' * 100}", f"{('long ' * 100).strip()}\n", 0),
    ],
)
def test_a_command_leaves_on_the_screen_what_a_reader_sees(
    engine: Machine, typed: str, output: str, status: int
) -> None:
    with Terminal(engine) as terminal:
        for _ in range(2):  # the one before changes nothing
            shown = terminal.run(typed)
            assert (shown.output, shown.status) == (output, status)


def test_a_terminal_begins_in_an_empty_home_of_its_own(engine: Machine) -> None:
    with Terminal(engine) as one, Terminal(engine) as other:
        assert one.run("touch here; pwd; echo ~").output == f"{one.home}\n{one.home}\n"
        assert other.run("pwd; ls -A").output == f"{other.home}\n"


def test_a_pull_leaves_the_lines_that_the_model_prints(engine: Machine) -> None:
    engine.reset()
    model = Session(docker="28")
    with Terminal(engine) as terminal:
        for typed in ("docker pull nginx", "docker pull nginx"):
            lines = terminal.run(typed).output.splitlines()
            assert [line.rstrip() for line in lines] == model.run(typed).output.splitlines()


@pytest.mark.parametrize(
    ("typed", "seen", "output", "status"),
    [
        ("sleep 60", "", "^C\n", 130),
        (
            "sh -c \"trap 'echo heard; exit 3' INT; echo ready; while :; do sleep 0.1; done\"",
            "ready\n",
            "ready\n^C\nheard\n",
            3,
        ),
        ("for word in a b; do\nprintf $word; sleep 60\ndone", "a", "a^C\n", 130),
    ],
)
def test_ctrl_c_is_typed_when_enough_is_seen(engine: Machine, typed: str, seen: str, output: str, status: int) -> None:
    with Terminal(engine) as terminal:
        shown = terminal.run(typed, interrupt=lambda screen: screen == seen)
        assert (shown.output, shown.status) == (output, status)
        assert terminal.run("echo next").output == "next\n"


def test_a_command_that_does_not_wait_for_its_ctrl_c_is_given_up(engine: Machine) -> None:
    with Terminal(engine) as terminal, pytest.raises(GivenUp, match="over"):
        terminal.run("echo over", interrupt=lambda screen: False)


def test_of_a_command_that_is_given_up_nothing_is_left(engine: Machine) -> None:
    before = engine.run("busybox", "ps").count("sleep 86399")
    with Terminal(engine, patience=1) as terminal, pytest.raises(GivenUp, match="begun"):
        terminal.run("echo begun; (sleep 86399; true) | cat")
    assert before == 0
    assert becomes(lambda: "sleep 86399" not in engine.run("busybox", "ps"))
    assert becomes(lambda: "--noediting" not in engine.run("busybox", "ps"))


# Where there can be none


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """Puts programs onto a PATH of their own, with a cache that is empty; all do nothing unless a script says what."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def put(*names: str, **scripts: str) -> None:
        for name, script in {**dict.fromkeys(names, ""), **scripts}.items():
            program = folder / name.replace("_", "-")
            program.write_text(f"#!/bin/sh\nPATH={os.defpath}\n{script}\n")
            program.chmod(0o755)

    return put


def test_an_engine_needs_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(Unavailable, match="need root"):
        engine_root()


@pytest.mark.parametrize(("tool", "package"), root.TOOLS.items())
def test_an_engine_needs_tools(programs: Callable[..., None], tool: str, package: str) -> None:
    programs(*(root.TOOLS.keys() - {tool}))
    with pytest.raises(Unavailable, match=f"{tool} is not installed \\(package {package}\\)"):
        engine_root()


def test_a_machine_with_an_engine_lends_its_own(programs: Callable[..., None]) -> None:
    programs(*root.TOOLS, "dockerd", "docker", "docker-registry", "busybox", "curl")
    assert engine_root() == Path("/")


@pytest.mark.parametrize("missing", ["docker", "docker-registry", "busybox", "curl"])
def test_an_engine_alone_is_not_enough(programs: Callable[..., None], missing: str) -> None:
    programs(*root.TOOLS, *({"dockerd", "docker", "docker-registry", "busybox", "curl"} - {missing}))
    with pytest.raises(Unavailable, match=f"dockerd is installed here, but {missing} is not"):
        engine_root()


def test_where_there_is_no_engine_one_must_be_fetched(programs: Callable[..., None]) -> None:
    programs(*root.TOOLS)
    with pytest.raises(Unavailable, match="debootstrap is not installed"):
        engine_root()


@pytest.mark.parametrize("apt", [{}, {"apt_get": "exit 100"}, {"apt_get": ""}])
def test_an_engine_comes_from_a_mirror(programs: Callable[..., None], apt: dict[str, str]) -> None:
    programs(*root.TOOLS, "debootstrap", **apt)
    with pytest.raises(Unavailable, match="no Debian mirror is configured"):
        engine_root()
    assert not list(kept().iterdir())


def test_a_root_that_is_not_whole_is_none(programs: Callable[..., None]) -> None:
    programs(*root.TOOLS, apt_get="echo http://mirror", debootstrap='touch "$4/half"; echo "$5 is down"; exit 1')
    with pytest.raises(Unavailable, match="debootstrap failed:\nhttp://mirror is down"):
        engine_root()
    assert not list(kept().iterdir())


def test_a_root_is_built_once(programs: Callable[..., None]) -> None:
    programs(*root.TOOLS, apt_get="echo http://mirror", debootstrap='echo "$1 $3 $5" >> "$4/built"')
    for _ in range(2):
        assert (engine_root() / "built").read_text() == "--variant=minbase sid http://mirror\n"
    assert [path.name for path in kept().iterdir()] == ["engine-sid"]


def test_an_engine_that_does_not_come_up_says_what_it_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    with pytest.raises(Unavailable, match=r"did not come up:\n(.|\n)*mount"), machine(tmp_path / "root"):
        pass
    assert not list((tmp_path / "temporary").iterdir())


def test_containerds_store_needs_a_file_system_of_its_own(programs: Callable[..., None], tmp_path: Path) -> None:
    programs("unshare")
    missing = r"mkfs\.ext4 is not installed \(package e2fsprogs\)"
    with pytest.raises(Unavailable, match=missing), machine(tmp_path, Store.CONTAINERD):
        pass


def test_without_that_file_system_the_machine_does_not_come_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "mkfs.ext4").symlink_to("/bin/true")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(Unavailable, match=r"did not come up:\nmount: "), machine(engine_root(), Store.CONTAINERD):
        pass


# A machine with an engine of its own, of which this one's Python and checkout are a part.
LENDING = """
set -eu
root=$1 stage=$2 python=$3 checkout=$4; shift 4
mount -t tmpfs tmpfs "$stage"
mkdir "$stage"/{upper,work,new}
mount -t overlay -o "lowerdir=$root,upperdir=$stage/upper,workdir=$stage/work" overlay "$stage/new"
cd "$stage/new"
for folder in /proc /sys /dev "$python" "$checkout"; do
  mkdir -p ".$folder"
  mount --rbind "$folder" ".$folder"
done
printf '' > usr/bin/skopeo
chmod +x usr/bin/skopeo
mkdir old
bin/busybox pivot_root . old
umount --lazy /old
cd "$checkout"
exec "$@"
"""
BORROWING = """
from pathlib import Path
from tests.docker.engine import machine
from tests.docker.root import engine_root

assert engine_root() == Path("/")
Path("/srv/lent").touch()
with machine(engine_root()) as it:
    assert (it.root / "srv/lent").exists()
    it.run("sh", "-c", "mkdir -p /srv/tiny/bin; cp /bin/busybox /srv/tiny/bin; tar -cC /srv/tiny . | docker import - tiny")
    print(it.run("docker", "run", "--rm", "tiny", "busybox", "echo", "borrowed"), end="")
assert not Path("/run/docker.sock").exists()
"""


@pytest.mark.skipif(sys.base_prefix == "/usr", reason="this machine's Python would hide the engine in the same folder")
def test_the_engine_that_a_machine_has_is_started_once_more(tmp_path: Path, engine: Machine) -> None:
    told = [str(engine_root()), str(tmp_path), sys.base_prefix, str(CHECKOUT)]
    python = [f"{sys.base_prefix}/bin/python3", "-B", "-c", BORROWING]
    lending = ["unshare", "--mount", "bash", "-c", LENDING, "bash", *told, *python]
    done = subprocess.run(lending, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("borrowed\n", "")


# What a run of the tests says of an engine


def _copy(folder: Path) -> Path:
    """A checkout elsewhere, with what the tests here need."""
    checkout = folder / "checkout"
    for part in ("dockerlearn", "tests"):
        shutil.copytree(CHECKOUT / part, checkout / part, ignore=shutil.ignore_patterns("__pycache__", "test_*"))
    shutil.copy(CHECKOUT / "pyproject.toml", checkout)
    return checkout


def _run(folder: Path, test: str, **environment: str) -> tuple[int, str]:
    checkout = _copy(folder)
    (checkout / "tests/docker/test_tiny.py").write_text(test)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/docker",
        "--repositories",
        "alpine",
    ]
    clean = {name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("PYTEST")}
    done = subprocess.run(
        command, cwd=checkout, env={**clean, **environment}, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


USES_AN_ENGINE = "def test_something(engine):\n    assert engine.ask('/version')\n"


def test_without_an_engine_its_tests_are_skipped_and_say_why(tmp_path: Path) -> None:
    status, said = _run(tmp_path, USES_AN_ENGINE, PATH=str(tmp_path))
    assert "unshare is not installed (package util-linux)" in said
    assert "1 skipped in" in said
    assert status == 0


def test_where_nobody_reads_what_is_skipped_an_engine_must_be_there(tmp_path: Path) -> None:
    status, said = _run(tmp_path, USES_AN_ENGINE, PATH=str(tmp_path), CI="true")
    assert "the witness of a real engine cannot be called: unshare is not installed" in said
    assert "1 error in" in said
    assert status == 1


FAILS = (
    "def test_something(engine):\n    engine.engine_version = '{version}'\n    assert engine.ask('/version') is None\n"
)


@pytest.mark.parametrize(
    ("version", "outcome", "status"),
    [("29.1.0", "1 xfailed in", 0), ("28.0.1", "1 failed in", 1)],
)
def test_an_engine_of_another_dialect_reports_and_gates_nothing(
    tmp_path: Path, version: str, outcome: str, status: int
) -> None:
    code, said = _run(tmp_path, FAILS.format(version=version), CI="true")
    assert outcome in said
    assert (f"engine {version} is not 28.x: reported only" in said) == (status == 0)
    assert f"compared with Docker Engine {version}, client" in said
    assert code == status
