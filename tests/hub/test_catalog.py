"""The lesson's registry: what the scale models have in common with the real images."""

from datetime import UTC, datetime, timedelta
from itertools import chain, combinations

import pytest

from dockerlearn.hub.february import RELEASES
from dockerlearn.model.digest import chain_ids
from dockerlearn.model.engine import Engine
from dockerlearn.model.errors import NotFound
from dockerlearn.model.image import Image
from dockerlearn.model.layer import union
from dockerlearn.model.tree import File, Symlink
from tests.february import hub

OFFERED = {
    "nginx": "1 1.27 1.27.3 1.27.4 1.27.4-alpine 1.27.4-alpine-slim latest stable",
    "node": "22 22-alpine",
    "python": "3.12 3.12-slim",
    "ubuntu": "22.04 24.04 latest",
    "debian": "bookworm-slim",
    "alpine": "latest",
    "postgres": "16",
}
NAMES = [f"{repository}:{tag}" for repository, tags in OFFERED.items() for tag in tags.split()]


def image(name: str) -> Image:
    return hub().image(name)


def shared(*names: str) -> int:
    """How many layers from the bottom up the images have in common."""
    count = 0
    for level in zip(*(image(name).chain_ids for name in names), strict=False):
        if len(set(level)) > 1:
            break
        count += 1
    return count


def test_the_hub_offers_these_tags_and_no_others() -> None:
    assert {repository for repository, *_ in RELEASES} == OFFERED.keys()
    for repository, tags in OFFERED.items():
        assert list(hub().tags(repository)) == tags.split()
    with pytest.raises(NotFound, match=r"manifest for nginx:1\.27\.4-slim not found"):
        image("nginx:1.27.4-slim")
    with pytest.raises(NotFound, match="pull access denied for mysql"):
        image("mysql")


@pytest.mark.parametrize(
    ("names", "layers"),
    [
        (("nginx", "nginx:stable", "python:3.12-slim", "postgres:16", "debian:bookworm-slim"), 1),
        (("python:3.12", "node:22"), 4),
        (("nginx:1.27.4-alpine", "nginx:1.27.4-alpine-slim", "node:22-alpine", "alpine"), 1),
        (("nginx:1.27.4-alpine", "nginx:1.27.4-alpine-slim"), 7),
        (("nginx", "nginx:1.27.3"), 0),
        (("python:3.12", "python:3.12-slim"), 0),
        (("nginx", "nginx:1.27.4-alpine"), 0),
        (("ubuntu:22.04", "ubuntu:24.04"), 0),
        (("ubuntu", "debian:bookworm-slim"), 0),
    ],
)
def test_images_share_the_layers_that_the_real_ones_share(names: tuple[str, ...], layers: int) -> None:
    assert shared(*names) == layers


def test_no_layers_are_shared_but_those() -> None:
    sharing = {pair for pair in combinations(NAMES, 2) if shared(*pair) and image(pair[0]) != image(pair[1])}
    families = (
        "nginx:1 nginx:1.27 nginx:1.27.4 nginx:latest nginx:stable python:3.12-slim postgres:16 debian:bookworm-slim",
        "python:3.12 node:22",
        "nginx:1.27.4-alpine nginx:1.27.4-alpine-slim node:22-alpine alpine:latest",
    )
    pairs = {
        pair for family in families for pair in combinations([each for each in NAMES if each in family.split()], 2)
    }
    assert sharing == {pair for pair in pairs if image(pair[0]) != image(pair[1])}


def test_the_tags_of_one_version_are_one_image() -> None:
    assert len({image(f"nginx:{tag}").id for tag in ("1", "1.27", "1.27.4", "latest")}) == 1
    assert image("ubuntu") == image("ubuntu:24.04")
    assert len({image(name).id for name in NAMES}) == 14


@pytest.mark.parametrize("moment", ["2025-01-15", datetime(2025, 1, 15, tzinfo=UTC), datetime(2025, 1, 15)])
def test_the_tags_of_nginx_have_moved(moment: str | datetime) -> None:
    before = hub(at=moment)
    old = image("nginx:1.27.3")
    assert list(before.tags("nginx")) == ["1", "1.27", "1.27.3", "latest"]
    assert set(before.tags("nginx").values()) == {old}
    moved = {tag for tag, then in before.tags("nginx").items() if image(f"nginx:{tag}") != then}
    assert moved == {"1", "1.27", "latest"}
    assert hub().image(f"nginx@{old.digest}") == old  # still there for who knows the digest
    with pytest.raises(NotFound):
        before.image("nginx:1.27.4")


@pytest.mark.parametrize(
    ("day", "names"),
    [
        ("2024-11-26", "nginx:1 nginx:1.27 nginx:1.27.3 nginx:latest"),
        ("2025-01-26", "ubuntu:22.04"),
        ("2025-01-27", "ubuntu:24.04 ubuntu:latest"),
        ("2025-02-03", "debian:bookworm-slim"),
        ("2025-02-04", "python:3.12 python:3.12-slim"),
        ("2025-02-05", "nginx:1.27.4 nginx:stable"),
        ("2025-02-11", "node:22"),
        ("2025-02-14", "alpine:latest nginx:1.27.4-alpine nginx:1.27.4-alpine-slim node:22-alpine postgres:16"),
    ],
)
def test_each_tag_came_on_its_day(day: str, names: str) -> None:
    eve = datetime.fromisoformat(day) - timedelta(days=1)
    there, before = (
        {f"{repository}:{tag}" for repository in OFFERED for tag in hub(at=moment).tags(repository)}
        for moment in (day, eve)
    )
    assert there - before == set(names.split())


def test_every_other_tag_points_to_one_image_for_ever() -> None:
    days = sorted({day for _, day, *_ in RELEASES})
    seen: dict[str, set[str]] = {}
    for day in days:
        for repository in OFFERED:
            for tag, found in hub(at=day).tags(repository).items():
                seen.setdefault(f"{repository}:{tag}", set()).add(found.digest)
    assert {name for name, ids in seen.items() if len(ids) > 1} == {"nginx:1", "nginx:1.27", "nginx:latest"}
    assert seen.keys() == set(NAMES)


def test_nothing_is_released_before_it_is_built() -> None:
    for _, day, _, build in RELEASES:
        created = build().created
        assert created is not None
        assert f"{created:%Y-%m-%d}" <= day
        assert (datetime.fromisoformat(day).replace(tzinfo=UTC) - created).days < 1


def test_an_empty_hub_has_nothing() -> None:
    assert hub(at="2024-01-01").tags("nginx") == {}


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("nginx", 192_000),
        ("nginx:1.27.3", 191_800),
        ("nginx:stable", 191_600),
        ("nginx:1.27.4-alpine", 48_000),
        ("nginx:1.27.4-alpine-slim", 23_900),
        ("node:22", 1_117_967),
        ("node:22-alpine", 158_168),
        ("python:3.12", 1_019_736),
        ("python:3.12-slim", 124_676),
        ("ubuntu:22.04", 77_900),
        ("ubuntu", 78_100),
        ("debian:bookworm-slim", 74_800),
        ("alpine", 7_830),
        ("postgres:16", 431_900),
    ],
)
def test_sizes_are_a_thousandth_of_the_real_ones_in_bytes_that_exist(name: str, size: int) -> None:
    found = image(name)
    assert found.size == size
    assert found.size == sum(
        node.size for layer in found.layers for _, node in layer.changes.walk() if isinstance(node, File | Symlink)
    )


def test_no_two_images_are_of_the_same_moment() -> None:
    created = [build().created for *_, build in RELEASES]
    assert len(set(created)) == len(created) == 14


@pytest.mark.parametrize("name", NAMES)
def test_history_begins_with_the_bases_own_rows_and_matches_the_layers(name: str) -> None:
    found = image(name)
    rows = [step.created_by for step in found.steps]
    bottom = {
        "d": "# debian.sh --arch 'amd64' out/ 'bookworm' '@",
        "a": "ADD alpine-minirootfs-3.21.3-x86_64.tar.gz / # buildkit",
        "u": "/bin/sh -c #(nop)  ARG RELEASE",
    }["a" if "alpine" in name else "u" if "ubuntu" in name else "d"]
    assert rows[0].startswith(bottom)
    assert not any(row.startswith("FROM") for row in rows)
    assert sum(step.layer is not None for step in found.steps) == len(found.layers)
    assert found.chain_ids == chain_ids(found.diff_ids)
    dates = [step.created for step in found.steps if step.created]
    assert dates == sorted(dates)
    assert len(dates) == len(rows)
    assert dates[-1] == found.created


def test_the_history_of_nginx_is_that_of_the_real_one() -> None:
    found = image("nginx")
    assert len(found.layers) == 7
    assert len(found.steps) == 17
    first_words = [step.created_by.split()[0] for step in found.steps]
    assert first_words == [
        "#",
        "LABEL",
        *["ENV"] * 5,
        "RUN",
        *["COPY"] * 5,
        "ENTRYPOINT",
        "EXPOSE",
        "STOPSIGNAL",
        "CMD",
    ]
    assert [step.layer.size for step in found.steps if step.layer][2:] == [1620, 2125, 389, 3017, 4619]
    assert {step.comment for step in found.steps} == {"debuerreotype 0.15", "buildkit.dockerfile.v0"}


@pytest.mark.parametrize(
    ("name", "config"),
    [
        (
            "nginx",
            {
                "ExposedPorts": {"80/tcp": {}},
                "Entrypoint": ["/docker-entrypoint.sh"],
                "Cmd": ["nginx", "-g", "daemon off;"],
                "StopSignal": "SIGQUIT",
            },
        ),
        ("nginx:1.27.4-alpine", {"StopSignal": "SIGQUIT", "Cmd": ["nginx", "-g", "daemon off;"]}),
        ("node:22", {"Entrypoint": ["docker-entrypoint.sh"], "Cmd": ["node"]}),
        ("node:22-alpine", {"Entrypoint": ["docker-entrypoint.sh"], "Cmd": ["node"]}),
        ("python:3.12-slim", {"Entrypoint": None, "Cmd": ["python3"], "StopSignal": None}),
        ("ubuntu", {"Cmd": ["/bin/bash"]}),
        ("debian:bookworm-slim", {"Cmd": ["bash"]}),
        ("alpine", {"Cmd": ["/bin/sh"]}),
        (
            "postgres:16",
            {
                "ExposedPorts": {"5432/tcp": {}},
                "Volumes": {"/var/lib/postgresql/data": {}},
                "StopSignal": "SIGINT",
                "Entrypoint": ["docker-entrypoint.sh"],
                "Cmd": ["postgres"],
            },
        ),
    ],
)
def test_settings_are_those_of_the_real_image(name: str, config: dict[str, object]) -> None:
    found = image(name).config.json()
    assert {key: found.get(key) for key in config} == config


@pytest.mark.parametrize("name", NAMES)
def test_what_starts_a_container_is_in_the_image(name: str) -> None:
    found = image(name)
    path = next(pair.removeprefix("PATH=") for pair in found.config.env if pair.startswith("PATH="))
    for word in (*found.config.entrypoint[:1], *found.config.cmd[:1], "sh", "cat", "sleep", "/bin/sh"):
        places = [word] if word.startswith("/") else [f"{place}/{word}" for place in path.split(":")]
        programs = [program for place in places if (program := found.tree.resolve(place))]
        assert programs, word
        node = programs[0][1]
        assert isinstance(node, File)
        assert node.mode == 0o755
        assert node.data.startswith(b"#!/bin/")


def test_the_shell_is_the_placeholder_for_busybox() -> None:
    for name, real in (("nginx", "usr/bin/busybox"), ("ubuntu", "usr/bin/busybox"), ("alpine", "bin/busybox")):
        found = image(name).tree.resolve("/bin/sh")
        assert found is not None
        assert found[0] == real
    assert image("debian:bookworm-slim").tree.resolve("/bin/busybox") is not None
    assert image("debian:bookworm-slim").tree.resolve("/bin/bash") is not None
    assert image("alpine").tree.resolve("/bin/bash") is None


@pytest.mark.parametrize(
    "name", ["nginx", "nginx:stable", "nginx:1.27.3", "nginx:1.27.4-alpine", "nginx:1.27.4-alpine-slim"]
)
def test_nginx_has_a_page_to_serve(name: str) -> None:
    tree = image(name).tree
    page = tree.get("/usr/share/nginx/html/index.html")
    assert isinstance(page, File)
    assert b"<h1>Welcome to nginx!</h1>" in page.data
    assert tree.get("/var/log/nginx/access.log") == Symlink("/dev/stdout")
    assert sorted(path for path in tree.files() if path.startswith("docker-entrypoint")) == [
        "docker-entrypoint.d/10-listen-on-ipv6-by-default.sh",
        "docker-entrypoint.d/15-local-resolvers.envsh",
        "docker-entrypoint.d/20-envsubst-on-templates.sh",
        "docker-entrypoint.d/30-tune-worker-processes.sh",
        "docker-entrypoint.sh",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_what_makes_up_the_size_says_what_it_stands_for(name: str) -> None:
    path, filler = max(image(name).tree.files().items(), key=lambda item: item[1].size)
    assert filler.data.startswith(f"Scale model of /{path}: one byte for every thousand of the real thing.\n".encode())


@pytest.mark.parametrize(
    ("name", "path", "version"),
    [
        ("python:3.12", "usr/local/bin/python", "Python 3.12.9"),
        ("python:3.12-slim", "usr/local/bin/python", "Python 3.12.9"),
        ("node:22", "usr/local/bin/nodejs", "v22.14.0"),
        ("node:22-alpine", "usr/local/bin/nodejs", "v22.14.0"),
        ("nginx:1.27.3", "usr/sbin/nginx", "nginx/1.27.3"),
    ],
)
def test_programs_know_their_versions(name: str, path: str, version: str) -> None:
    found = image(name).tree.resolve(path)
    assert found is not None
    assert isinstance(found[1], File)
    assert version in found[1].data.decode()


def test_pulling_everything_downloads_what_is_shared_once() -> None:
    engine = Engine([hub()], seed=1, docker="28")
    pulls = [engine.pull(name) for name in NAMES]
    statuses = [layer.status for layer in chain.from_iterable(pulls)]
    assert statuses.count("Pull complete") == len(engine.layers)
    assert len(engine.images()) == 14
    assert all(union(each.layers) == each.tree for each in engine.images())
