"""Docker Hub of August 2026 at its true weight, beside what was published of it."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from dockerlearn.hub import august, weights
from dockerlearn.hub.catalog import RELEASES, hub
from dockerlearn.model.engine import Engine
from dockerlearn.model.errors import NotFound
from dockerlearn.model.filler import Filler
from dockerlearn.model.image import Image
from dockerlearn.model.index import Index, Platform
from dockerlearn.model.layer import union
from dockerlearn.model.registry import Registry
from dockerlearn.model.tree import File
from dockerlearn.terminal.session import Session
from tools.weigh import layers

DAY = "2026-08-21"


@cache
def registry(day: str = DAY) -> Registry:
    return hub(day)


def image(name: str, day: str = DAY) -> Image:
    return registry(day).image(name)


@pytest.fixture
def unmade(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody may make the bytes of a filler."""

    def refuse(self: Filler) -> Iterator[tuple[bytes, bytes]]:
        raise AssertionError(f"{self} was made")

    monkeypatch.setattr(Filler, "pieces", refuse)


# What was published of each image: compressed bytes, megabytes unpacked (None: not known), layers, rows of its history.
PUBLISHED = {
    "nginx": (63_315_281, 161.82, 7, 18),
    "nginx:alpine": (26_253_895, 62.82, 8, 20),
    "nginx:alpine-slim": (5_753_268, 12.76, 7, 16),
    "node:22": (408_416_963, 1_130, 8, 12),
    "node:22-alpine": (57_738_922, 167.77, 4, 9),
    "node": (442_952_015, 1_240, 7, 10),
    "python:3.12": (410_908_459, 1_110, 7, 13),
    "python:3.14-slim": (43_437_809, 119.48, 4, 8),
    "debian": (49_312_314, None, 1, 1),
    "debian:trixie-slim": (29_780_765, 78.64, 1, 1),
    "debian:bookworm-slim": (28_232_590, None, 1, 1),
    "alpine": (3_846_391, None, 1, 2),
    "alpine:3.23": (3_844_421, None, 1, 2),
    "ubuntu:22.04": (29_736_943, None, 1, 5),
    "ubuntu:24.04": (29_752_807, 78.16, 1, 5),
    "ubuntu": (41_569_596, 100.15, 2, 7),
    "busybox": (2_226_327, None, 1, 1),
    "hello-world": (2_415, None, 1, 2),
    "postgres:18": (162_421_246, 456.45, 13, 24),
    "mysql:8.4": (238_986_928, None, 10, 19),
    "registry:3": (20_121_269, None, 5, 11),
}
# The same of builds that are a little younger than those of the catalog: another Debian lies below them.
TRIXIE, TRIXIE_LATER, TRIXIE_LAST = 29_780_765, 29_792_658, 29_830_418
NEIGHBOURS = {
    "nginx:stable": (63_112_990 - TRIXIE_LATER + TRIXIE, None, 7, 18),
    "node:22-slim": (79_887_605 - 28_232_655 + 28_232_590, 227.33, 5, 9),
    "python:3.12-slim": (43_188_023, 119.22, 4, 10),  # of 3.12.13; the megabytes are 3.12.14's
    "python": (414_967_043 - 379_116_043 + 379_068_870, None, 7, 11),
    "postgres:16": (160_275_130 - TRIXIE_LAST + TRIXIE, 451.31, 14, 25),
    "redis": (55_474_442 - TRIXIE_LAST + TRIXIE, None, 7, 13),
    "httpd": (45_292_773 - TRIXIE_LAST + TRIXIE, 116.8, 6, 14),
}
INFERRED = {"nginx:stable": 4, "postgres:16": 32}  # bytes, at most, of small layers that were not published
NAMES = [*PUBLISHED, *NEIGHBOURS, "nginx:1.27.4", "node:24", "debian:bookworm"]


@pytest.mark.usefixtures("unmade")
@pytest.mark.parametrize("name", [*PUBLISHED, *NEIGHBOURS])
def test_an_image_weighs_what_the_real_one_weighs(name: str) -> None:
    packed, megabytes, count, rows = {**PUBLISHED, **NEIGHBOURS}[name]
    found = image(name)
    assert abs(sum(layer.blob_size for layer in found.layers) - packed) <= INFERRED.get(name, 0)
    assert megabytes is None or found.size / 1e6 == pytest.approx(megabytes, rel=0.01)
    assert (len(found.layers), len(found.steps)) == (count, rows)


@pytest.mark.usefixtures("unmade")
@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("nginx", [TRIXIE, 33_529_920, 626, 956, 405, 1_211, 1_398]),
        ("nginx:alpine", [3_846_391, 1_902_283, 628, 955, 404, 1_210, 1_397, 20_500_627]),
        (
            "node:22",
            [48_497_091, 24_044_139, 64_408_267, 211_659_733, 3_327, 58_553_283, 1_250_677, 446],
        ),
        ("python:3.12", [49_312_314, 25_638_637, 67_797_999, 236_319_920, 6_100_758, 25_738_585, 246]),
        ("python:3.14-slim", [TRIXIE, 1_293_282, 12_363_513, 249]),
        ("ubuntu", [41_569_203, 393]),
        (
            "postgres:18",
            [
                TRIXIE, 1_170, 6_443_015, 1_256_746, 8_203_820, 1_311_696, 116, 3_143, 115_394_935, 19_421, 128, 6_107,
                184,
            ],
        ),
        ("registry:3", [3_844_421, 245_051, 16_031_187, 397, 213]),
        ("redis", [TRIXIE, 1_101, 824, 25_639_861, 97, 32, 2_109]),
        ("httpd", [TRIXIE, 145, 32, 2_008_639, 13_453_247, 292]),
    ],
)  # fmt: skip
def test_each_layer_has_the_published_size_to_the_byte(name: str, sizes: list[int]) -> None:
    assert [layer.blob_size for layer in image(name).layers] == sizes


# Sharing

SHORT = {
    "ng": "nginx", "ngs": "nginx:stable", "nga": "nginx:alpine", "n22": "node:22", "n22s": "node:22-slim",
    "n22a": "node:22-alpine", "n26": "node", "p12": "python:3.12", "p12s": "python:3.12-slim", "p14": "python",
    "p14s": "python:3.14-slim", "pg": "postgres:18", "rd": "redis", "ht": "httpd", "deb": "debian",
    "debs": "debian:trixie-slim",
}  # fmt: skip
ON_SLIM = "ng ngs p12s p14s pg rd ht debs".split()
T, B, ONE_B, A, EMPTY = TRIXIE, 379_068_870, 49_312_314, 3_846_391, 32
SHARED = {
    **dict.fromkeys(combinations(ON_SLIM, 2), (1, T)),
    ("rd", "ht"): (2, T + EMPTY),  # the base, and the empty layer of WORKDIR
    **dict.fromkeys(combinations(["n26", "p12", "p14"], 2), (4, B)),
    **dict.fromkeys((("n26", "deb"), ("p12", "deb"), ("p14", "deb")), (1, ONE_B)),
    ("nga", "n22a"): (1, A),
}


@pytest.mark.usefixtures("unmade")
@pytest.mark.parametrize(("one", "two"), list(combinations(SHORT, 2)))
def test_two_images_share_what_the_real_ones_share(one: str, two: str) -> None:
    blobs = [{layer.digest: layer.blob_size for layer in image(SHORT[each]).layers} for each in (one, two)]
    common = blobs[0].keys() & blobs[1].keys()
    assert (len(common), sum(blobs[0][each] for each in common)) == SHARED.get((one, two), (0, 0))


@pytest.mark.parametrize(
    ("names", "count"),
    [
        ("node:22 node:24", 4),
        ("node:22 debian:bookworm", 1),
        ("node:22-slim debian:bookworm-slim", 1),
        ("nginx:alpine nginx:alpine-slim", 7),
        ("alpine nginx:alpine", 1),
        ("registry:3 alpine:3.23", 1),
        ("registry:3 alpine", 0),
        ("postgres:18 postgres:16", 1),
        ("nginx nginx:1.27.4", 0),
        ("ubuntu ubuntu:24.04", 0),
        ("ubuntu:22.04 ubuntu:24.04", 0),
        ("busybox hello-world", 0),
    ],
)
def test_some_more_images_have_so_many_layers_in_common(names: str, count: int) -> None:
    one, two = ({layer.digest for layer in image(name).layers} for name in names.split())
    assert len(one & two) == count


def test_the_empty_layer_is_the_one_that_all_the_world_has() -> None:
    digests = {layer.digest for name in ("redis", "httpd") for layer in image(name).layers if not layer.size}
    assert "sha256:4f4fb700ef54461cfa02571ae0db9a0dc1e0cdb5577484a6d75e68dc38e8acc1" in digests


# Tags and days


@pytest.mark.usefixtures("unmade")
def test_a_rebuild_of_the_same_version_leaves_no_layer() -> None:
    july, august = (image("nginx:1.31.3", day) for day in ("2026-07-20", "2026-08-10"))
    assert july.config == august.config
    assert not {layer.digest for layer in july.layers} & {layer.digest for layer in august.layers}


@pytest.mark.usefixtures("unmade")
def test_the_next_version_keeps_the_base_and_nothing_else() -> None:
    old, new = image("nginx", "2026-08-10"), image("nginx", DAY)
    common = {layer.digest for layer in old.layers} & {layer.digest for layer in new.layers}
    assert common == {old.layers[0].digest} == {image("debian:trixie-slim").layers[0].digest}
    engine = Engine([registry("2026-08-10")], docker="28", seed=1)
    engine.pull("nginx")
    engine._registries = {"docker.io": registry()}
    assert [layer.status for layer in engine.pull("nginx")] == ["Already exists", *["Pull complete"] * 6]


@pytest.mark.parametrize(
    ("names", "version"),
    [
        ("nginx nginx:1 nginx:1.31 nginx:mainline nginx:1.31.4 nginx:1.31.4-trixie nginx:trixie", "NGINX_VERSION=1.31.4"),
        ("nginx:stable nginx:1.30 nginx:1.30.4-trixie", "NGINX_VERSION=1.30.4"),
        ("nginx:alpine nginx:1.31.4-alpine3.24 nginx:alpine3.24 nginx:mainline-alpine", "NGINX_VERSION=1.31.4"),
        ("node node:26 node:current node:26-trixie node:trixie", "NODE_VERSION=26.7.0"),
        ("node:lts node:24 node:krypton node:lts-krypton", "NODE_VERSION=24.19.0"),
        ("node:22 node:jod node:22.23.2-bookworm", "NODE_VERSION=22.23.2"),
        ("node:22-alpine node:jod-alpine node:22-alpine3.24", "NODE_VERSION=22.23.2"),
        ("python python:3 python:3.14.7 python:trixie", "PYTHON_VERSION=3.14.7"),
        ("python:slim python:3.14-slim python:slim-trixie", "PYTHON_VERSION=3.14.7"),
        ("python:3.12 python:3.12.14-trixie", "PYTHON_VERSION=3.12.14"),
        ("postgres postgres:18 postgres:18.6-trixie", "PG_MAJOR=18"),
        ("redis redis:8 redis:8.10.1", "REDIS_VERSION=8.10.1"),
    ],
)  # fmt: skip
def test_all_tags_of_a_version_are_one_image(names: str, version: str) -> None:
    found = [image(name) for name in names.split()]
    assert len({each.digest for each in found}) == 1
    assert version in found[0].config.env


def test_a_tag_is_there_from_its_day_on_and_each_is_built_by_then() -> None:
    for repository, day, _, build in RELEASES:
        offer = build()
        assert isinstance(offer, Index)
        assert offer.images[0].created is not None
        assert f"{offer.images[0].created:%Y-%m-%d}" <= day, repository
    with pytest.raises(NotFound, match=r"manifest for nginx:1\.31\.4 not found"):
        image("nginx:1.31.4", "2026-08-18")
    assert image("nginx", "2026-07-20").created == datetime(2026, 7, 15, 23, 30, tzinfo=UTC)


def test_what_is_frozen_is_still_there_and_nothing_is_built_on_it() -> None:
    frozen = image("nginx:1.27.4")
    assert frozen.size / 1e6 == pytest.approx(192, rel=0.001)
    assert sum(layer.blob_size for layer in frozen.layers) / 1e6 == pytest.approx(72, rel=0.001)
    others = {layer.digest for name in NAMES if name != "nginx:1.27.4" for layer in image(name).layers}
    assert not others & {layer.digest for layer in frozen.layers}


def test_whoever_names_no_day_gets_this_one_and_the_scale_models_of_winter_2025_are_still_there() -> None:
    assert hub().names == hub("2026-08-21").names
    assert hub("2025-02-28").image("nginx").size == 192_000
    with pytest.raises(NotFound):
        hub("2025-02-28").image("redis")


# Settings


@pytest.mark.parametrize(
    ("name", "config"),
    [
        (
            "nginx",
            {
                "Entrypoint": ["/docker-entrypoint.sh"], "Cmd": ["nginx", "-g", "daemon off;"],
                "ExposedPorts": {"80/tcp": {}}, "StopSignal": "SIGQUIT",
                "Labels": {"maintainer": "NGINX Docker Maintainers <docker-maint@nginx.com>"},
                "Env": [
                    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "NGINX_VERSION=1.31.4",
                    "NJS_VERSION=1.0.0", "NJS_RELEASE=1~trixie", "ACME_VERSION=0.4.1", "PKG_RELEASE=1~trixie",
                    "DYNPKG_RELEASE=1~trixie",
                ],
            },
        ),
        ("node", {"Entrypoint": ["docker-entrypoint.sh"], "Cmd": ["node"], "ExposedPorts": None}),
        ("python:3.12", {"Entrypoint": None, "Cmd": ["python3"], "WorkingDir": None}),
        ("debian", {"Cmd": ["bash"]}),
        ("alpine", {"Cmd": ["/bin/sh"]}),
        ("ubuntu:24.04", {"Cmd": ["/bin/bash"], "Labels": {"org.opencontainers.image.version": "24.04"}}),
        ("busybox", {"Cmd": ["sh"]}),
        ("hello-world", {"Cmd": ["/hello"]}),
        ("postgres:16", {"Volumes": {"/var/lib/postgresql/data": {}}, "StopSignal": "SIGINT"}),
        ("postgres:18", {"Volumes": {"/var/lib/postgresql": {}}, "StopSignal": "SIGINT", "Cmd": ["postgres"]}),
        ("redis", {"WorkingDir": "/data", "Volumes": None, "Cmd": ["redis-server"], "ExposedPorts": {"6379/tcp": {}}}),
        ("httpd", {"WorkingDir": "/usr/local/apache2", "StopSignal": "SIGWINCH", "Cmd": ["httpd-foreground"]}),
        ("mysql:8.4", {"ExposedPorts": {"3306/tcp": {}, "33060/tcp": {}}, "Volumes": {"/var/lib/mysql": {}}}),
        (
            "registry",
            {"Entrypoint": ["/entrypoint.sh"], "Cmd": ["/etc/distribution/config.yml"], "Volumes": {"/var/lib/registry": {}}},
        ),
    ],
)  # fmt: skip
def test_settings_are_those_of_the_real_image(name: str, config: dict[str, object]) -> None:
    found = image(name).config.json()
    assert {key: found.get(key) for key in config} == config


def test_only_some_images_set_these() -> None:
    assert len(image("ubuntu").config.labels) == 4
    assert "YARN_VERSION=1.22.22" in image("node:22").config.env
    assert not any("YARN" in each for each in image("node").config.env)
    assert "LANG=C.UTF-8" in image("python:3.12").config.env
    assert not any(each.startswith(("LANG", "GPG_KEY")) for each in image("python").config.env)
    assert "PGDATA=/var/lib/postgresql/18/docker" in image("postgres").config.env
    assert "PGDATA=/var/lib/postgresql/data" in image("postgres:16").config.env


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("nginx", "# debian.sh --arch 'amd64' out/ 'trixie' '@1785715200'"),
        ("node:22", "# debian.sh --arch 'amd64' out/ 'bookworm' '@1785715200'"),
        ("nginx:alpine", "ADD alpine-minirootfs-3.24.1-x86_64.tar.gz / # buildkit"),
        ("registry", "ADD alpine-minirootfs-3.23.5-x86_64.tar.gz / # buildkit"),
        ("ubuntu", "umoci raw add-layer"),
        ("mysql:8.4", "ADD oraclelinux-9-slim-amd64-rootfs.tar.xz / # buildkit"),
    ],
)
def test_a_history_begins_with_that_of_the_base(name: str, first: str) -> None:
    assert image(name).steps[0].created_by == first


@pytest.mark.parametrize("name", NAMES)
def test_what_starts_a_container_is_in_the_image(name: str) -> None:
    found = image(name)
    path = next(pair.removeprefix("PATH=") for pair in found.config.env if pair.startswith("PATH="))
    words = [*found.config.entrypoint[:1], *found.config.cmd[:1]]
    for word in words[:1] if name == "registry:3" else words:
        places = [word] if word.startswith("/") else [f"{place}/{word}" for place in path.split(":")]
        programs = [program for place in places if (program := found.tree.resolve(place))]
        assert programs, word
        assert isinstance(programs[0][1], File)
        assert programs[0][1].mode == 0o755


# Indexes


@pytest.mark.usefixtures("unmade")
def test_every_name_has_an_index_of_two_platforms_each_with_an_attestation() -> None:
    for _, _, _, build in RELEASES:
        offer = build()
        assert isinstance(offer, Index)
        assert [str(each.platform) for each in offer.images] == ["linux/amd64", "linux/arm64/v8"]
        assert [each.subject for each in offer.attestations] == [each.digest for each in offer.images]


@pytest.mark.usefixtures("unmade")
def test_the_other_platform_is_light_and_of_the_same_shape() -> None:
    heavy, light = image("nginx"), registry().image("nginx", Platform.parse("arm64"))
    assert [step.created_by for step in light.steps] == [step.created_by for step in heavy.steps]
    assert light.tree.files().keys() == heavy.tree.files().keys()
    assert light.size < 200_000
    assert light.config == heavy.config


# In use


@pytest.mark.usefixtures("unmade")
@pytest.mark.parametrize("docker", ["28", "29"])
def test_everything_is_pulled_and_listed_without_a_byte_made(docker: str) -> None:
    session = Session.page(docker)
    session.engine._registries = {"docker.io": registry()}
    for name in NAMES:
        assert session.run(f"docker pull -q {name}").status == 0, name
    for line in (
        "docker images",
        "docker images --tree" if docker == "29" else "docker images -a",
        "docker system df -v",
    ):
        assert session.run(line).status == 0
    assert all(union(each.layers) == each.tree for each in session.engine.images())


def test_a_session_that_has_pulled_everything_takes_little_memory() -> None:
    script = (
        "import tracemalloc; tracemalloc.start()\n"
        "from dockerlearn.hub.catalog import hub\n"
        "from dockerlearn.model.engine import Engine\n"
        "engine = Engine([hub('2026-08-21')])\n"
        f"for name in {NAMES!r}: engine.pull(name)\n"
        "engine.layers_size, [engine.store.size(each) for each in engine.images()]\n"
        "print(tracemalloc.get_traced_memory()[1])\n"
    )
    root = Path(__file__).parents[2]
    assert int(subprocess.check_output([sys.executable, "-c", script], cwd=root)) < 30_000_000


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("docker run --rm hello-world", "Hello from Docker!"),
        ("docker run --rm nginx nginx -v", "nginx version: nginx/1.31.4"),
        ("docker run --rm python:3.12-slim python3 --version", "Python 3.12.14"),
        ("docker run --rm node node --version", "v26.7.0"),
        ("docker run --rm -e POSTGRES_PASSWORD=x postgres postgres --version", "postgres (PostgreSQL) 18.6"),
        ("docker run --rm debian cat /etc/debian_version", "13.6"),
        ("docker run --rm busybox ls /", "bin"),
        ("docker run --rm mysql:8.4", "You need to specify one of the following"),
    ],
)
def test_a_program_runs(line: str, says: str) -> None:
    session = Session.page("29")
    session.engine._registries = {"docker.io": registry()}
    assert says in session.run(line).output


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("redis", "Ready to accept connections"),
        ("registry", "listening on [::]:5000"),
        ("httpd", "resuming normal operations"),
        ("-e MYSQL_ROOT_PASSWORD=x mysql:8.4", "ready for connections"),
    ],
)
def test_a_server_runs_and_ends_when_it_is_asked_to(name: str, says: str) -> None:
    session = Session.page("28")
    session.engine._registries = {"docker.io": registry()}
    session.run(f"docker run -d --name it -p 8080:80 {name}")
    assert says in session.run("docker logs it").output
    if name == "httpd":
        assert "It works!" in session.run("curl -s localhost:8080").output
    session.run("docker stop it")
    assert session.run("docker inspect -f '{{.State.ExitCode}}' it").output == "0\n"


# The file of weights


def test_the_file_has_the_layers_of_the_catalog_and_no_others() -> None:
    recipes = {layer.recipe for layer in layers()}
    assert recipes - weights.known().keys() == set(), "layers are missing: make weigh"
    assert weights.known().keys() - recipes == set(), "layers are stale: make weigh"


def test_what_is_known_of_a_layer_follows_from_its_bytes(request: pytest.FixtureRequest) -> None:
    """Of so many layers only one, unless all are asked for, as in `make soak`."""
    every: int = request.config.getoption("--every")
    for layer in sorted(layers(), key=lambda layer: layer.recipe)[::every]:
        made = layer.replace(names=None)
        rows = weights.row(layer), weights.row(made)
        assert rows[0] == rows[1], "a layer's bytes are others: make weigh"


def test_a_layer_that_the_file_does_not_know_is_made_of_its_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "known", dict)
    layer = image("hello-world").layers[0]
    assert weights.weighed(layer.replace(names=None)).names is None
    assert weights.weighed(layer.replace(names=None)).digest == layer.digest


def test_no_build_has_two_lines_in_the_catalog() -> None:
    assert len({id(build) for *_, build in august.BUILDS}) == len(august.BUILDS)
