"""The engine: what pulling, tagging and removing do, as measured on Engine 28.5.2."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from dockerlearn.model.clock import FixedClock, SystemClock
from dockerlearn.model.engine import Engine
from dockerlearn.model.errors import DaemonError, DockerError, ImageInUse, InvalidReference, NoSuchImage, NoSuchTag
from dockerlearn.model.image import Image
from dockerlearn.model.layer import Layer
from dockerlearn.model.reference import Reference
from dockerlearn.model.registry import Registry
from dockerlearn.model.store.images import LayerPull, Removal

NOON = datetime(2025, 2, 20, 12, tzinfo=UTC)
EXISTS, PULLED = "Already exists", "Pull complete"


def layer(name: str, size: int = 10) -> Layer:
    return Layer.of({name: bytes(size)})


def image(*layers: Layer, cmd: str = "sh", created: datetime = NOON) -> Image:
    made = Image.scratch
    for each in layers:
        made = made.with_layer(each, by="COPY", created=created)
    return made.with_config(cmd=[cmd])


BASE, OTHER, SITE = layer("base", 100), layer("other", 200), layer("site", 30)
DEBIAN = image(BASE)
NGINX = image(BASE, SITE, created=NOON + timedelta(days=1))
NEWER = image(BASE, layer("site", 31), created=NOON + timedelta(days=2))
ALPINE = image(OTHER, SITE, created=NOON + timedelta(days=3))


@pytest.fixture
def hub() -> Registry:
    registry = Registry()
    for name, each in (
        ("debian", DEBIAN),
        ("nginx", NGINX),
        ("nginx:1", NGINX),
        ("nginx:alpine", ALPINE),
        ("web", NGINX),
    ):
        registry.push(name, each)
    return registry


@pytest.fixture
def engine(hub: Registry) -> Engine:
    return Engine([hub], clock=FixedClock(NOON), seed=1, docker="28")


def state(engine: Engine) -> object:
    """Everything that can be seen of an engine."""
    images = engine.images()
    return (
        [each.id for each in images],
        [[str(name) for name in engine.store.names(each)] for each in images],
        [engine.store.last_tagged(each) for each in images],
        [engine.store.layers.cache_ids(each) for each in images],
        sorted(engine.layers),
    )


def told(removals: list[Removal] | tuple[Removal, ...]) -> list[str]:
    return [f"{removal.action}: {removal.name}" for removal in removals]


def refused(kind: type[DockerError], act: Callable[[], object]) -> str:
    with pytest.raises(kind) as refusal:
        act()
    assert type(refusal.value) is kind
    return str(refusal.value)


# Pulling


def test_a_pull_gets_every_layer_of_a_first_image(engine: Engine) -> None:
    pull = engine.pull("nginx")
    assert list(pull) == [LayerPull(BASE.digest, PULLED), LayerPull(SITE.digest, PULLED)]
    assert (pull.newer, pull.image, str(pull.reference)) == (True, NGINX, "docker.io/library/nginx:latest")
    assert engine.images() == [NGINX]
    assert [name.familiar for name in engine.store.names(NGINX)] == ["nginx:latest", f"nginx@{NGINX.digest}"]
    assert list(engine.layers.items()) == list(zip(NGINX.chain_ids, NGINX.layers, strict=True))


def test_a_second_pull_finds_the_image_up_to_date_and_looks_at_no_layer(engine: Engine) -> None:
    engine.pull("nginx")
    before = state(engine)
    again = engine.pull("nginx")
    assert (list(again), again.newer) == ([], False)
    assert state(engine) == before


def test_another_tag_of_an_image_that_is_here_is_new_but_brings_no_layer(engine: Engine) -> None:
    engine.pull("nginx")
    pull = engine.pull("nginx:1")
    assert (list(pull), pull.newer) == ([], True)
    assert [name.familiar for name in engine.tags(NGINX)] == ["nginx:1", "nginx:latest"]


def test_layers_that_are_here_on_the_same_layers_already_exist(engine: Engine) -> None:
    engine.pull("debian")
    assert [each.status for each in engine.pull("nginx")] == [EXISTS, PULLED]


def test_an_image_that_is_the_bottom_of_another_is_new_all_the_same(engine: Engine) -> None:
    engine.pull("nginx")
    pull = engine.pull("debian")
    assert ([each.status for each in pull], pull.newer) == ([EXISTS], True)


def test_the_same_blob_on_another_layer_is_pulled_again(engine: Engine) -> None:
    engine.pull("nginx")
    pull = engine.pull("nginx:alpine")
    assert list(pull) == [LayerPull(OTHER.digest, PULLED), LayerPull(SITE.digest, PULLED)]
    assert len(engine.layers) == 4
    assert engine.layers_size == 100 + 200 + 30 + 30


def test_a_pull_moves_the_local_tag_and_leaves_the_old_image_dangling(engine: Engine, hub: Registry) -> None:
    engine.pull("nginx")
    hub.push("nginx", NEWER)
    assert engine.image("nginx") == NGINX  # the tag here is another pointer than the one over there
    pull = engine.pull("nginx")
    assert ([each.status for each in pull], pull.newer) == ([EXISTS, PULLED], True)
    assert engine.image("nginx") == NEWER
    assert [name.familiar for name in engine.store.names(NGINX)] == [f"nginx@{NGINX.digest}"]
    assert engine.tags(NGINX) == []
    assert engine.images() == [NEWER, NGINX]


def test_a_pull_by_digest_gives_no_tag(engine: Engine) -> None:
    pull = engine.pull(f"nginx@{NGINX.digest}")
    assert pull.newer
    assert [name.familiar for name in engine.store.names(NGINX)] == [f"nginx@{NGINX.digest}"]
    assert engine.tags(NGINX) == []
    assert not engine.pull(f"nginx@{NGINX.digest}").newer


def test_a_digest_known_from_a_tag_is_up_to_date(engine: Engine) -> None:
    engine.pull("nginx")
    assert not engine.pull(f"nginx@{NGINX.digest}").newer
    assert not engine.pull(f"nginx:anything@{NGINX.digest}").newer
    assert [name.familiar for name in engine.tags(NGINX)] == ["nginx:latest"]


def test_a_digest_still_gets_what_a_tag_has_left(engine: Engine, hub: Registry) -> None:
    hub.push("nginx", NEWER)
    assert engine.pull(f"nginx@{NGINX.digest}").image == NGINX


@pytest.mark.parametrize(
    ("name", "kind", "text"),
    [
        ("nginx:no", NoSuchTag, "manifest for nginx:no not found: manifest unknown: manifest unknown"),
        ("Nginx", InvalidReference, "invalid reference format: repository name (library/Nginx) must be lowercase"),
        ("ghcr.io:8080/a", DaemonError, 'Get "https://ghcr.io:8080/v2/": dial tcp: lookup ghcr.io: no such host'),
        ("[::1]:80/a", DaemonError, 'Get "https://[::1]:80/v2/": dial tcp: lookup [::1]: no such host'),
    ],
)
def test_a_pull_that_fails_changes_nothing(engine: Engine, name: str, kind: type[DockerError], text: str) -> None:
    engine.pull("debian")
    before = state(engine)
    assert refused(kind, lambda: engine.pull(name)) == text
    assert state(engine) == before


# Finding


@pytest.mark.parametrize(
    "name",
    [
        "nginx",
        "nginx:latest",
        "docker.io/library/nginx",
        f"nginx@{NGINX.digest}",
        f"nginx:whatever@{NGINX.digest}",
        NGINX.id,
        NGINX.id[7:],
        NGINX.id[:19],
        NGINX.id[7:19],
        NGINX.id[7:9],
    ],
)
def test_an_image_is_found_by_name_by_digest_and_by_the_beginning_of_its_id(engine: Engine, name: str) -> None:
    engine.pull("nginx")
    engine.pull("debian")
    assert engine.image(name) == NGINX


@pytest.mark.parametrize(
    ("name", "kind", "text"),
    [
        ("nginx:1", NoSuchImage, "No such image: nginx:1"),
        ("nosuch", NoSuchImage, "No such image: nosuch:latest"),
        ("s", NoSuchImage, "No such image: s:latest"),  # every ID begins with sha256:
        ("sha256", NoSuchImage, "No such image: sha256:latest"),
        ("sha256:", DaemonError, "invalid reference format"),
        ("", DaemonError, "invalid reference format"),
        (NGINX.id[10:20], NoSuchImage, f"No such image: {NGINX.id[10:20]}:latest"),
        (NGINX.digest, NoSuchImage, f"No such image: {NGINX.digest}"),
        (NGINX.digest[7:], NoSuchImage, f"No such image: {NGINX.digest}"),
        ("sha256:0123", NoSuchImage, "No such image: sha256:0123"),
        (f"debian@{NGINX.digest}", NoSuchImage, f"No such image: debian@{NGINX.digest}"),
        ("UPPER", DaemonError, "invalid reference format: repository name (library/UPPER) must be lowercase"),
    ],
)
def test_what_is_not_here_is_not_found(engine: Engine, name: str, kind: type[DockerError], text: str) -> None:
    engine.pull("nginx")
    assert refused(kind, lambda: engine.image(name)) == text
    assert refused(kind, lambda: engine.history(name)) == text
    assert refused(kind, lambda: engine.rmi(name)) == text
    assert refused(kind, lambda: engine.rmi(name, force=True)) == text


def test_the_beginning_of_two_ids_finds_neither(engine: Engine) -> None:
    made = sorted((image(BASE, cmd=str(number)) for number in range(20)), key=lambda each: each.id)
    one, two = next((one, two) for one, two in pairwise(made) if one.id[7] == two.id[7])  # of 20 IDs, two begin alike
    engine.add(one)
    engine.add(two)
    assert refused(NoSuchImage, lambda: engine.image(one.id[7])) == f"No such image: {one.id[7]}:latest"
    assert engine.image(one.id[7:19]) == one


def test_a_name_goes_before_an_id(engine: Engine) -> None:
    engine.add(NGINX)
    engine.add(DEBIAN, NGINX.id[7:11])
    assert engine.image(NGINX.id[7:11]) == DEBIAN


# Tagging


def test_a_tag_is_one_more_name(engine: Engine) -> None:
    engine.pull("nginx")
    engine.tag("nginx", "mine")
    engine.tag(NGINX.id[7:19], "ghcr.io/me/app:1")
    assert [name.familiar for name in engine.tags(NGINX)] == ["mine:latest", "nginx:latest", "ghcr.io/me/app:1"]
    assert len(engine.layers) == 2


def test_a_tag_that_exists_moves_and_the_image_it_left_stays(engine: Engine) -> None:
    engine.pull("nginx")
    engine.pull("debian")
    engine.tag("debian", "nginx")
    assert engine.image("nginx") == DEBIAN
    assert NGINX in engine.images()


def test_tagging_is_remembered_and_pulling_is_not(engine: Engine) -> None:
    engine.pull("nginx")
    assert engine.store.last_tagged(NGINX) is None
    engine.clock.sleep(60)
    engine.tag("nginx", "mine")
    assert engine.store.last_tagged(NGINX) == NOON + timedelta(minutes=1)
    engine.rmi("mine")
    assert engine.store.last_tagged(NGINX) == NOON + timedelta(minutes=1)
    engine.rmi("nginx")
    engine.pull("nginx")
    assert engine.store.last_tagged(NGINX) is None


@pytest.mark.parametrize(
    ("source", "target", "kind", "text"),
    [
        ("nosuch", "x:y", NoSuchImage, "No such image: nosuch:latest"),
        ("0" * 64, "x", NoSuchImage, f"No such image: sha256:{'0' * 64}"),
        ("nosuch", "sha256:x", NoSuchImage, "No such image: nosuch:latest"),
        ("nginx", f"x@{NGINX.digest}", InvalidReference, "refusing to create a tag with a digest reference"),
        ("nginx", "sha256:x", DaemonError, "refusing to create an ambiguous tag using digest algorithm as name"),
        ("nginx", "", InvalidReference, "invalid reference format"),
        ("", "x", InvalidReference, "invalid reference format"),
        ("sha256:", "x", InvalidReference, "invalid reference format"),
        ("a:b:c", "d:e:f", InvalidReference, "invalid reference format"),
        ("nginx", 'q"\n', InvalidReference, "invalid reference format"),
    ],
)
def test_what_cannot_be_tagged(engine: Engine, source: str, target: str, kind: type[DockerError], text: str) -> None:
    engine.pull("nginx")
    before = state(engine)
    assert refused(kind, lambda: engine.tag(source, target)) == text
    assert state(engine) == before


def test_an_image_made_here_may_have_a_name_or_none(engine: Engine) -> None:
    engine.add(NGINX)
    assert engine.store.names(NGINX) == []
    engine.add(NGINX, "mine")
    assert engine.store.names(NGINX) == [Reference.parse("mine:latest")]
    assert engine.store.last_tagged(NGINX) == NOON


@pytest.mark.parametrize(
    ("name", "kind"), [("Mine", InvalidReference), (f"mine@{DEBIAN.digest}", InvalidReference), ("sha256", DaemonError)]
)
def test_an_image_whose_name_is_refused_is_not_kept(engine: Engine, name: str, kind: type[DockerError]) -> None:
    before = state(engine)
    refused(kind, lambda: engine.add(NGINX, name))
    assert state(engine) == before


# Removing


def test_removing_one_of_two_tags_only_untags(engine: Engine) -> None:
    engine.pull("nginx")
    engine.pull("nginx:1")
    assert told(engine.rmi("nginx:1")) == ["Untagged: nginx:1"]
    assert engine.image("nginx") == NGINX


def test_removing_the_last_tag_removes_the_image_and_the_layers_from_the_top(engine: Engine) -> None:
    engine.pull("nginx")
    assert told(engine.rmi("nginx")) == [
        "Untagged: nginx:latest",
        f"Untagged: nginx@{NGINX.digest}",
        f"Deleted: {NGINX.id}",
        f"Deleted: {NGINX.chain_ids[1]}",
        f"Deleted: {NGINX.chain_ids[0]}",
    ]
    assert engine.images() == []
    assert engine.layers == {}


def test_a_layer_that_another_image_needs_stays(engine: Engine) -> None:
    engine.pull("nginx")
    engine.pull("debian")
    assert told(engine.rmi("nginx"))[2:] == [f"Deleted: {NGINX.id}", f"Deleted: {NGINX.chain_ids[1]}"]
    assert told(engine.rmi("debian"))[2:] == [f"Deleted: {DEBIAN.id}", f"Deleted: {DEBIAN.chain_ids[0]}"]


def test_removing_a_base_deletes_no_layer_of_what_stands_on_it(engine: Engine) -> None:
    engine.pull("nginx")
    engine.pull("debian")
    assert told(engine.rmi("debian"))[2:] == [f"Deleted: {DEBIAN.id}"]
    assert engine.image("nginx").tree.get("base") is not None


def test_a_digest_goes_with_the_last_tag_of_its_own_repository_only(engine: Engine) -> None:
    engine.pull("nginx")
    engine.pull("web")
    assert told(engine.rmi("nginx")) == ["Untagged: nginx:latest", f"Untagged: nginx@{NGINX.digest}"]
    assert [name.familiar for name in engine.store.names(NGINX)] == ["web:latest", f"web@{NGINX.digest}"]


def test_an_image_that_another_repository_names_by_digest_stays(engine: Engine) -> None:
    engine.pull("nginx")
    engine.pull(f"web@{NGINX.digest}")
    assert told(engine.rmi("nginx")) == ["Untagged: nginx:latest", f"Untagged: nginx@{NGINX.digest}"]
    assert told(engine.rmi(f"web@{NGINX.digest}"))[:2] == [f"Untagged: web@{NGINX.digest}", f"Deleted: {NGINX.id}"]


def test_removing_a_digest_leaves_the_tag(engine: Engine) -> None:
    engine.pull("nginx")
    assert told(engine.rmi(f"nginx:any@{NGINX.digest}")) == [f"Untagged: nginx:any@{NGINX.digest}"]
    assert told(engine.rmi("nginx"))[:2] == ["Untagged: nginx:latest", f"Deleted: {NGINX.id}"]


@pytest.mark.parametrize("name", [NGINX.id, NGINX.id[7:], NGINX.id[:15], NGINX.id[7:19]])
def test_removing_by_id_takes_the_only_tag_along(engine: Engine, name: str) -> None:
    engine.pull("nginx")
    assert told(engine.rmi(name))[:3] == [
        "Untagged: nginx:latest",
        f"Untagged: nginx@{NGINX.digest}",
        f"Deleted: {NGINX.id}",
    ]


@pytest.mark.parametrize("other", ["nginx:1", "web"])
def test_removing_by_id_an_image_of_two_tags_needs_force(engine: Engine, other: str) -> None:
    engine.pull("nginx")
    engine.pull(other)
    before = state(engine)
    short = NGINX.id[7:19]
    assert refused(ImageInUse, lambda: engine.rmi(short)) == (
        f"conflict: unable to delete {short} (must be forced) - image is referenced in multiple repositories"
    )
    assert state(engine) == before
    names = [f"Untagged: {name.familiar}" for name in engine.store.names(NGINX)]
    assert told(engine.rmi(short, force=True))[: len(names) + 1] == [*names, f"Deleted: {NGINX.id}"]
    assert engine.images() == []


def test_removing_by_id_needs_force_for_digests_of_two_repositories(engine: Engine) -> None:
    engine.pull(f"nginx@{NGINX.digest}")
    engine.pull(f"web@{NGINX.digest}")
    refused(ImageInUse, lambda: engine.rmi(NGINX.id))
    assert len(engine.rmi(NGINX.id, force=True)) == 2 + 1 + 2


def test_removing_by_id_needs_no_force_for_an_image_without_a_name(engine: Engine) -> None:
    engine.add(NGINX)
    assert told(engine.rmi(NGINX.id))[0] == f"Deleted: {NGINX.id}"


def test_a_tag_that_begins_like_the_images_id_is_taken_for_the_id(engine: Engine) -> None:
    engine.add(NGINX, "mine")
    engine.tag("mine", NGINX.id[7:9])
    refused(ImageInUse, lambda: engine.rmi(NGINX.id[7:9]))


# Pruning


def test_a_plain_prune_removes_what_has_no_tag_even_if_a_digest_names_it(engine: Engine, hub: Registry) -> None:
    engine.pull("debian")
    engine.pull("nginx")
    engine.pull(f"nginx@{ALPINE.digest}")
    engine.add(NEWER)
    pruned = engine.prune()
    assert told(pruned.removals) == [
        f"Untagged: nginx@{ALPINE.digest}",
        f"Deleted: {ALPINE.id}",
        f"Deleted: {ALPINE.chain_ids[1]}",
        f"Deleted: {ALPINE.chain_ids[0]}",
        f"Deleted: {NEWER.id}",
        f"Deleted: {NEWER.chain_ids[1]}",
    ]
    assert pruned.reclaimed == 30 + 200 + 31
    assert engine.images() == [NGINX, DEBIAN]


def test_pruning_all_removes_every_image(engine: Engine) -> None:
    for name in ("debian", "nginx", "nginx:1", "nginx:alpine"):
        engine.pull(name)
    total = engine.layers_size
    pruned = engine.prune(all=True)
    assert pruned.reclaimed == total == 360
    assert told(pruned.removals)[4:9] == [
        f"Deleted: {ALPINE.chain_ids[0]}",
        "Untagged: nginx:1",
        "Untagged: nginx:latest",
        f"Untagged: nginx@{NGINX.digest}",
        f"Deleted: {NGINX.id}",
    ]
    assert state(engine) == ([], [], [], [], [])


def test_a_prune_with_nothing_to_do_reclaims_nothing(engine: Engine) -> None:
    engine.pull("nginx")
    pruned = engine.prune()
    assert (pruned.removals, pruned.reclaimed) == ((), 0)


# Listing


def test_images_are_listed_newest_first_and_the_undated_last(engine: Engine) -> None:
    undated = Image.scratch.with_layer(BASE, by="COPY")
    for each in (DEBIAN, ALPINE, undated, NGINX):
        engine.add(each)
    assert engine.images() == [ALPINE, NGINX, DEBIAN, undated]


def test_shared_layers_count_for_every_image_and_are_on_disk_once(engine: Engine) -> None:
    for name in ("debian", "nginx", "nginx:alpine"):
        engine.pull(name)
    assert [each.size for each in engine.images()] == [230, 130, 100]
    shared = engine.store.shared_sizes()
    assert [shared[each.id] for each in engine.images()] == [0, 100, 100]
    assert engine.layers_size == 360


def test_history_is_told_from_the_top_and_only_the_image_itself_has_an_id(engine: Engine) -> None:
    engine.pull("nginx")
    rows = engine.history("nginx")
    assert [(row.id, row.step.created_by, row.size) for row in rows] == [
        (NGINX.id, 'CMD ["sh"]', 0),
        (None, "COPY", 30),
        (None, "COPY", 100),
    ]


def test_an_image_is_told_in_full_as_the_api_tells_it(engine: Engine) -> None:
    engine.pull("nginx")
    engine.tag("nginx", "mine:1")
    bottom, top = (f"/var/lib/docker/overlay2/{name}" for name in engine.store.layers.cache_ids(NGINX))
    told = engine.inspect(engine.image("nginx"))
    assert (
        list(told)
        == (
            "Id RepoTags RepoDigests Parent Comment Created DockerVersion Author Architecture Os Size GraphDriver RootFS "
            "Metadata Config"
        ).split()
    )
    assert told["Id"] == NGINX.id
    assert (told["RepoTags"], told["RepoDigests"]) == (["mine:1", "nginx:latest"], [f"nginx@{NGINX.digest}"])
    assert (told["Created"], told["Size"]) == ("2025-02-21T12:00:00Z", 130)
    assert told["RootFS"] == {"Type": "layers", "Layers": [BASE.diff_id, SITE.diff_id]}
    assert told["Metadata"] == {"LastTagTime": "2025-02-20T12:00:00Z"}
    assert told["Config"] == {
        **dict.fromkeys(("Cmd", "Entrypoint", "Env", "Labels", "OnBuild", "Volumes")),
        "Cmd": ["sh"],
    } | {
        "User": "",
        "WorkingDir": "",
    }
    assert list(told["Config"]) == sorted(told["Config"])
    assert told["GraphDriver"] == {
        "Data": {
            "LowerDir": f"{bottom}/diff",
            "MergedDir": f"{top}/merged",
            "UpperDir": f"{top}/diff",
            "WorkDir": f"{top}/work",
        },
        "Name": "overlay2",
    }


def test_an_image_of_one_layer_has_nothing_below_and_one_of_none_no_directory(engine: Engine) -> None:
    engine.pull("debian")
    assert list(engine.inspect(DEBIAN)["GraphDriver"]["Data"]) == ["MergedDir", "UpperDir", "WorkDir"]
    engine.add(Image.scratch)
    told = engine.inspect(Image.scratch)
    assert told["GraphDriver"]["Data"] is None
    assert told["Created"] == told["Metadata"]["LastTagTime"] == "0001-01-01T00:00:00Z"
    assert told["Comment"] == ""


def test_the_layers_of_an_engine_can_be_looked_at_only(engine: Engine) -> None:
    with pytest.raises(TypeError):
        engine.layers["x"] = BASE  # type: ignore[index]


# Identities and time


def test_identities_repeat_with_the_seed_and_differ_without(hub: Registry) -> None:
    def identities(seed: int | None) -> list[str]:
        engine = Engine([hub], seed=seed, docker="28")
        engine.pull("nginx")
        return engine.store.layers.cache_ids(NGINX)

    assert identities(1) == identities(1)
    assert len({*identities(1), *identities(2), *identities(None), *identities(None)}) == 8
    assert all(len(each) == 64 for each in identities(None))


def test_a_layer_keeps_its_directory_as_long_as_it_is_here(engine: Engine) -> None:
    engine.pull("debian")
    engine.pull("nginx")
    base = engine.store.layers.cache_ids(DEBIAN)
    assert engine.store.layers.cache_ids(NGINX)[:1] == base
    engine.rmi("nginx")
    engine.pull("nginx")
    assert engine.store.layers.cache_ids(NGINX)[:1] == base
    engine.prune(all=True)
    engine.pull("debian")
    assert engine.store.layers.cache_ids(DEBIAN) != base


def test_an_engine_without_a_clock_uses_the_computers() -> None:
    assert isinstance(Engine(docker="28").clock, SystemClock)


def test_an_engine_without_registries_pulls_nothing() -> None:
    assert "lookup docker.io: no such host" in refused(DaemonError, lambda: Engine(docker="28").pull("nginx"))
