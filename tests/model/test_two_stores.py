"""The two stores of images, and the three Dockers that a reader can have.

What a fresh Docker 29 does otherwise than one before it was measured on Engine 29.8.0, and on 28.5.2 with containerd's store.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockerlearn.model.clock import FixedClock, utc
from dockerlearn.model.edition import EDITIONS, edition
from dockerlearn.model.engine import Engine
from dockerlearn.model.errors import DaemonError, DockerError, ImageInUse, NoSuchImage, NotFound
from dockerlearn.model.image import Image
from dockerlearn.model.index import Attestation, Index, Platform
from dockerlearn.model.layer import Layer
from dockerlearn.model.lifecycle import State
from dockerlearn.model.reference import Reference
from dockerlearn.model.registry import Registry
from dockerlearn.model.store.images import LayerPull, Removal
from dockerlearn.model.tree import Directory, Symlink
from tests.february import hub

NOON = utc("2025-02-20T12:00:00")
BLOCK = 4096


def fresh(*registries: Registry, docker: str = "29") -> Engine:
    return Engine(registries or [hub()], docker=docker, clock=FixedClock(NOON), seed=29)


def image(*contents: str, cmd: str = "sh", platform: Platform | None = None) -> Image:
    made = Image.scratch
    for number, content in enumerate(contents):
        made = made.with_layer(Layer.of({content: content}), by=f"COPY {content}", created=NOON + timedelta(number))
    made = made.with_config(cmd=[cmd])
    if platform is not None:
        made = made.replace(os=platform.os, architecture=platform.architecture, variant=platform.variant)
    return made


def index() -> Index:
    images = [image("os", "app"), image("os", "app", platform=Platform("linux", "arm64", "v8"))]
    built = tuple(Attestation(each.digest, f"how {each.platform} was built".encode()) for each in images)
    return Index(tuple(images), built)


def lines(removals: list[Removal]) -> list[str]:
    return [f"{removal.action}: {removal.name}" for removal in removals]


# Which Docker it is


def test_a_fresh_docker_29_has_containerds_store_and_one_that_was_upgraded_keeps_the_classic_one() -> None:
    told = {name: (each.release.version, each.store.driver) for name, each in EDITIONS.items()}
    assert told == {
        "29": ("29.8.0", "overlayfs"),
        "29-upgraded": ("29.8.0", "overlay2"),
        "28": ("28.5.2", "overlay2"),
    }
    assert fresh().edition is Engine().edition is edition("29")


@pytest.mark.parametrize("name", ["30", "", "classic", "28.5.2"])
def test_any_other_docker_is_refused_by_name(name: str) -> None:
    with pytest.raises(ValueError, match=f"there is no Docker '{name}' here, only 29, 29-upgraded, 28"):
        Engine(docker=name)


# What an image is called


def test_the_id_of_an_image_is_the_digest_that_pulls_it() -> None:
    engine, before = fresh(), fresh(docker="28")
    pulled = engine.pull("nginx").image
    assert engine.id(pulled) == pulled.digest
    assert before.id(before.pull("nginx").image) == pulled.id
    assert engine.image(pulled.digest[7:19]) == pulled
    with pytest.raises(NoSuchImage):
        engine.image(pulled.id)  # the configuration's digest names nothing here


def test_every_repository_that_names_an_image_has_its_digest() -> None:
    engine = fresh()
    pulled = engine.pull("nginx").image
    engine.tag("nginx", "my-web:stable")
    assert [name.familiar for name in engine.store.digests(pulled)] == [
        f"my-web@{pulled.digest}",
        f"nginx@{pulled.digest}",
    ]
    assert engine.image(f"my-web@{pulled.digest}") == pulled
    engine.rmi("nginx")
    with pytest.raises(NoSuchImage):
        engine.image(f"nginx@{pulled.digest}")


def test_an_image_that_was_pulled_by_digest_only_is_called_so_and_is_not_dangling() -> None:
    engine = fresh()
    digest = hub().image("nginx").digest
    pulled = engine.pull(f"nginx@{digest}").image
    assert [name.familiar for name in engine.store.tags(pulled)] == [f"nginx@{digest}"]
    assert engine.prune().removals == ()
    assert lines(list(engine.prune(all=True).removals)) == [f"Untagged: nginx@{digest}", f"Deleted: {digest}"]


def test_a_pull_that_moves_the_last_tag_leaves_the_old_image_without_any_name() -> None:
    registry = hub(at="2025-01-01")
    engine = fresh(registry)
    old = engine.pull("nginx").image
    registry.push("nginx", hub().image("nginx"))
    assert engine.pull("nginx").newer
    assert (old in engine.images(), engine.store.names(old), engine.store.digests(old)) == (True, [], [])
    assert lines(list(engine.prune().removals)) == [f"Untagged: {old.digest}", f"Deleted: {old.digest}"]
    assert old not in engine.images()


# What a pull brings


def test_a_layer_that_is_unpacked_already_is_not_told_of() -> None:
    engine = fresh()
    first, second = engine.pull("nginx"), engine.pull("python:3.12-slim")
    assert [layer.digest for layer in first] == [layer.digest for layer in first.image.layers]
    assert [layer.digest for layer in second] == [layer.digest for layer in second.image.layers[1:]]
    assert {layer.status for layer in (*first, *second)} == {"Pull complete"}
    assert list(engine.pull("nginx:1.27")) == []


def test_a_layer_on_other_layers_is_unpacked_anew() -> None:
    engine = fresh()
    engine.pull("nginx")
    again = engine.pull("nginx:1.27.3")
    assert len(list(again)) == len(again.image.layers)


def test_a_name_that_the_registry_does_not_have_is_told_in_full_and_twice() -> None:
    with pytest.raises(NotFound) as refusal:
        fresh().pull("nginx:1.27.4-slim")
    name = "docker.io/library/nginx:1.27.4-slim"
    assert str(refusal.value) == f'failed to resolve reference "{name}": {name}: not found'
    with pytest.raises(NotFound, match=r"repository does not exist or may require 'docker login'$"):
        fresh().pull("pyhton")


# What it takes up


def test_an_image_takes_up_what_came_and_what_was_unpacked_of_it() -> None:
    engine = fresh()
    pulled = engine.pull("nginx").image
    [told] = engine.summaries()
    came = len(pulled.manifest) + len(pulled.config_json) + sum(len(layer.blob) for layer in pulled.layers)
    assert (told.content, told.size - told.content) == (came, sum(layer.unpacked_size for layer in pulled.layers))
    assert (told.content, told.size) == (281737, 769161)
    assert engine.layers_size == told.size


@pytest.mark.parametrize(
    ("files", "blocks"),
    [
        ({}, 1),
        ({"a": ""}, 1),
        ({"a": "x"}, 2),
        ({"a": "x" * BLOCK}, 2),
        ({"a": "x" * (BLOCK + 1)}, 3),
        ({"d/e/a": "x"}, 4),
        ({"d": Directory()}, 2),
        ({"l": Symlink("t" * 59)}, 1),
        ({"l": Symlink("t" * 60)}, 2),
    ],
    ids=str,
)
def test_a_layer_takes_up_whole_blocks_and_one_for_each_directory(files: dict[str, str], blocks: int) -> None:
    assert Layer.of(files).unpacked_size == blocks * BLOCK


def test_what_a_layer_deletes_takes_up_nothing() -> None:
    assert Layer.of(deleted=["a", "b"]).unpacked_size == BLOCK


def test_a_file_with_two_names_takes_up_its_blocks_once() -> None:
    import io
    import tarfile

    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        member = tarfile.TarInfo("a")
        member.size = 5000
        archive.addfile(member, io.BytesIO(bytes(5000)))
        link = tarfile.TarInfo("b")
        link.type, link.linkname = tarfile.LNKTYPE, "a"
        archive.addfile(link)
    assert Layer.from_tar(buffer.getvalue()).unpacked_size == 3 * BLOCK


def test_a_container_takes_up_the_directories_that_it_copied_up() -> None:
    engine = fresh()
    engine.pull("nginx")
    web = engine.create("nginx", name="web")
    sizes = [web.size]
    web.write("/new", "x\n")
    sizes.append(web.size)
    assert sizes == [BLOCK, 2 * BLOCK]
    other = engine.run("nginx", name="other")
    other.exec("sh", "-c", "echo >> /etc/nginx/nginx.conf")
    assert other.size == 24576  # the root, /etc and /etc/nginx with a mark each, and the file
    third = engine.run("nginx", name="third")
    third.exec("sh", "-c", "echo '<h1>new</h1>' > /usr/share/nginx/html/index.html")
    assert third.size == 40960
    assert engine.store.root_size(third) == third.size + 20480 + 487424


def test_a_commit_lies_on_the_places_that_the_engine_made_for_its_mounts() -> None:
    engine = fresh()
    alpine = engine.pull("alpine").image
    box = engine.create("alpine", name="box")
    box.write("/one", "abc\n")
    first = engine.commit(box, "first")
    base = sum(layer.unpacked_size for layer in alpine.layers)

    def unpacked(made: Image) -> int:
        return engine.store.size(made) - engine.store.summary(made).content

    assert (base, unpacked(first)) == (118784, 118784 + 20480 + 8192)
    assert engine.store.history(first)[0].size == 8192
    again = engine.create("first", name="again")
    again.write("/two", "abc\n")
    assert unpacked(engine.commit(again, "second")) == 118784 + 20480 + 8192 + 12288 + 8192
    assert unpacked(engine.commit(engine.create("alpine", name="idle"), "same")) == 118784


def test_reclaimable_is_what_only_unused_images_have() -> None:
    engine = fresh()
    for name in ("nginx", "python:3.12-slim", "node:22-alpine"):
        engine.pull(name)
    assert (engine.layers_size, engine.reclaimable_size()) == (1566227, 1223671)
    engine.create("nginx")
    shared = engine.store.shared_sizes()
    unused = [each for each in engine.summaries() if not engine.store.users(each.image)]
    assert engine.reclaimable_size() == sum(each.size - shared[each.id] for each in unused)


# What a removal does


def test_removing_the_last_name_says_one_name_and_one_image() -> None:
    engine = fresh()
    pulled = engine.pull("nginx").image
    engine.tag("nginx", "web")
    assert lines(engine.rmi("web")) == ["Untagged: web:latest"]
    assert lines(engine.rmi("nginx")) == ["Untagged: nginx:latest", f"Deleted: {pulled.digest}"]
    assert (engine.images(), dict(engine.layers)) == ([], {})


@pytest.mark.parametrize("running", [False, True])
def test_forcing_by_name_takes_only_the_name_of_a_used_image(running: bool) -> None:
    engine = fresh()
    pulled = engine.pull("nginx").image
    web = engine.create("nginx", name="web")
    if running:
        web.start()
    with pytest.raises(ImageInUse) as refusal:
        engine.rmi("nginx")
    assert str(refusal.value) == (
        f"conflict: unable to delete nginx:latest (must be forced) - container {web.hostname} is using its referenced "
        f"image {pulled.digest[7:19]}"
    )
    assert lines(engine.rmi("nginx", force=True)) == ["Untagged: nginx:latest"]
    web.remove(force=True)
    assert engine.images() == [pulled]  # it waits for a prune
    assert engine.prune().reclaimed == 769161
    assert engine.images() == []


def test_an_image_that_was_deleted_under_its_container_leaves_the_layers_to_it() -> None:
    engine = fresh()
    pulled = engine.pull("nginx").image
    web = engine.create("nginx", name="web")
    with pytest.raises(ImageInUse, match="must be forced"):
        engine.rmi(pulled.digest)
    assert lines(engine.rmi(pulled.digest, force=True)) == ["Untagged: nginx:latest", f"Deleted: {pulled.digest}"]
    assert (engine.images(), len(engine.layers)) == ([], 7)
    with pytest.raises(DaemonError, match=f"NotFound: content digest {pulled.digest}: not found"):
        engine.commit(web)
    web.start()
    web.remove(force=True)
    assert dict(engine.layers) == {}


def test_to_commit_of_an_index_that_is_gone_lacks_the_manifest_of_the_platform() -> None:
    """Measured with 28.5.2: found by chance."""
    registry = Registry()
    registry.push("multi:1", index())
    engine = fresh(registry)
    pulled = engine.pull("multi:1").image
    box = engine.create("multi:1", "true")
    engine.rmi(engine.id(pulled), force=True)
    with pytest.raises(DaemonError, match=f"content digest {pulled.digest}: not found") as refused:
        engine.commit(box)
    assert engine.id(pulled) not in str(refused.value)


def test_a_parent_is_kept_without_a_name_until_its_last_child_goes() -> None:
    engine = fresh()
    parent = engine.pull("alpine").image
    box = engine.create("alpine", name="box")
    box.write("/x", "")
    child = engine.commit(box, "child")
    box.remove()
    assert lines(engine.rmi("alpine")) == ["Untagged: alpine:latest", f"Deleted: {parent.digest}"]
    assert parent in engine.images()
    assert lines(engine.rmi("child")) == [
        "Untagged: child:latest",
        f"Deleted: {child.digest}",
        f"Deleted: {parent.digest}",
    ]
    assert engine.images() == []


def test_a_prune_keeps_the_name_by_which_a_container_was_made() -> None:
    engine = fresh()
    for name in ("nginx", "nginx:1", "nginx:1.27.4"):
        engine.pull(name)
    engine.create("nginx:1", name="web")
    assert lines(list(engine.prune(all=True).removals)) == ["Untagged: nginx:1.27.4", "Untagged: nginx:latest"]
    assert [name.familiar for name in engine.store.names(engine.image("nginx:1"))] == ["nginx:1"]


@pytest.mark.parametrize("length", [12, 71])
def test_for_a_container_that_was_made_by_an_id_it_keeps_the_last_name(length: int) -> None:
    engine = fresh()
    for name in ("nginx", "nginx:1", "nginx:1.27.4"):
        engine.pull(name)
    id = engine.id(engine.image("nginx"))
    engine.create(id[7:19] if length == 12 else id, name="web")
    assert lines(list(engine.prune(all=True).removals)) == ["Untagged: nginx:1", "Untagged: nginx:1.27.4"]


def test_a_container_whose_image_has_lost_the_name_that_it_was_made_by_protects_no_other_name() -> None:
    """Measured with 28.5.2: found by chance."""
    engine = fresh()
    engine.pull("nginx:1")
    engine.tag("nginx:1", "other")
    engine.run("nginx:1", name="web")
    image = engine.image("nginx:1")
    engine.rmi("nginx:1", force=True)
    assert lines(list(engine.prune(all=True).removals)) == ["Untagged: other:latest", f"Deleted: {engine.id(image)}"]
    assert engine.images() == []
    assert engine.container("web").state is State.RUNNING


# Indexes


def test_of_an_index_the_image_for_this_machine_is_pulled_and_called_by_the_index() -> None:
    registry, offered = Registry(), index()
    registry.push("multi:1", offered)
    engine = fresh(registry)
    pulled = engine.pull("multi:1")
    statement = offered.attestations[0]
    assert pulled.image.architecture == "amd64"
    assert [layer.status for layer in pulled] == ["Pull complete", "Pull complete", "Download complete"]
    assert list(pulled)[-1] == LayerPull(list(statement.blobs)[-1], "Download complete")
    assert engine.id(pulled.image) == offered.digest
    [told] = engine.summaries()
    assert told.content == sum({**blobs(pulled.image), **statement.blobs}.values())
    assert [(str(part.platform), part.size > 0) for part in engine.store.parts(pulled.image)] == [
        ("linux/amd64", True),
        ("linux/arm64/v8", False),
    ]


def blobs(of: Image) -> dict[str, int]:
    layers = {layer.digest: len(layer.blob) for layer in of.layers}
    return {of.digest: len(of.manifest), of.id: len(of.config_json), **layers}


def test_another_platform_of_the_same_name_joins_the_one_that_is_there() -> None:
    registry, offered = Registry(), index()
    registry.push("multi:1", offered)
    engine = fresh(registry)
    first = engine.pull("multi:1").image
    second = engine.pull("multi:1", platform="linux/arm64")
    assert (second.newer, second.image.platform) == (False, Platform("linux", "arm64", "v8"))
    assert engine.images() == [first]
    assert all(part.size for part in engine.store.parts(first))
    told = engine.inspect(first, platform="linux/arm64", name="multi:1")
    assert told["Architecture"] == "arm64"
    with pytest.raises(
        NotFound, match=r"image with reference multi:1 was found but does not provide .*\(linux/s390x\)"
    ):
        engine.inspect(first, platform="linux/s390x", name="multi:1")
    engine.rmi("multi:1")
    assert (len(engine.store), dict(engine.layers)) == (0, {})


@pytest.mark.parametrize("docker", EDITIONS)
def test_a_platform_that_is_not_there_is_refused_and_nothing_is_kept(docker: str) -> None:
    registry = Registry()
    registry.push("multi:1", index())
    engine = fresh(registry, docker=docker)
    with pytest.raises(NotFound, match="no matching manifest for linux/s390x in the manifest list entries"):
        engine.pull("multi:1", platform="linux/s390x")
    assert (engine.images(), dict(engine.layers)) == ([], {})


def test_the_classic_store_keeps_the_image_and_the_digest_of_the_index() -> None:
    registry, offered = Registry(), index()
    registry.push("multi:1", offered)
    engine = fresh(registry, docker="28")
    engine.pull("multi:1")
    [kept] = engine.images()
    assert (kept, kept.index) == (offered.images[0], None)
    assert [name.familiar for name in engine.store.digests(kept)] == [f"multi@{offered.digest}"]


# Whatever is done in whatever order

NAMES = ("a:1", "a:2", "b:1", "c/d:1")
OFFERED: dict[str, Image | Index] = {
    "a:1": image("os", "app"),
    "a:2": image("os", "app", "more"),
    "b:1": image("app", "os"),
    "c/d:1": index(),
}
ACTS = ("pull", "tag", "rmi", "rmi -f", "rmi ID", "prune", "prune -a", "create", "rm")
steps = st.tuples(st.sampled_from(ACTS), st.sampled_from(NAMES), st.sampled_from(NAMES))


def machine() -> Engine:
    registry = Registry()
    for name, offered in OFFERED.items():
        registry.push(name, offered)
    return fresh(registry)


def act(engine: Engine, step: tuple[str, str, str], *, commits: bool = False) -> None:
    """Do it, or be refused."""
    verb, name, other = step
    with suppress(DockerError):
        if verb == "pull":
            engine.pull(name)
        elif verb == "tag":
            engine.tag(name, other)
        elif verb.startswith("rmi"):
            engine.rmi(engine.id(engine.image(name)) if verb == "rmi ID" else name, force=verb == "rmi -f")
        elif verb.startswith("prune"):
            engine.prune(all=verb == "prune -a")
        elif verb == "create":
            made = engine.create(name)
            if commits:
                made.write("/written", name)
                engine.commit(made, other)
        else:
            engine.containers()[0].remove() if engine.containers() else None


@given(st.lists(steps, max_size=40), st.booleans())
def test_nothing_that_a_name_or_a_container_needs_is_ever_lost(done: list[tuple[str, str, str]], commits: bool) -> None:
    engine = machine()
    for step in done:
        act(engine, step, commits=commits)
        for each in engine.images():
            assert set(each.chain_ids) <= engine.layers.keys()
            assert all(engine.image(name.familiar) == each for name in engine.store.names(each))
        for container in engine.containers():
            assert set(container.image.chain_ids) <= engine.layers.keys()
            assert container.tree.get("os") is not None


@given(st.lists(steps, max_size=40), st.booleans())
def test_what_nothing_needs_is_gone_after_a_prune(done: list[tuple[str, str, str]], commits: bool) -> None:
    engine = machine()
    for step in done:
        act(engine, step, commits=commits)
    engine.prune_containers()
    before, reclaimed = engine.layers_size, engine.prune(all=True).reclaimed
    assert (len(engine.store), dict(engine.layers), engine.layers_size, engine.reclaimable_size()) == (0, {}, 0, 0)
    assert reclaimed == before


@given(st.lists(steps, max_size=40))
def test_however_names_came_about_what_they_need_is_what_it_would_be_from_scratch(
    done: list[tuple[str, str, str]],
) -> None:
    engine, scratch = machine(), machine()
    for step in done:
        act(engine, step)
    engine.prune_containers()
    engine.prune()
    for each in engine.images():
        for name in engine.store.names(each):
            source = next(offer for offer, built in OFFERED.items() if built.digest == engine.id(each))
            scratch.pull(source)
            scratch.tag(source, name.familiar)
    wanted = {Reference.parse(name.familiar) for each in engine.images() for name in engine.store.names(each)}
    for each in scratch.images():
        for name in scratch.store.names(each):
            if name not in wanted:
                scratch.rmi(name.familiar)
    assert engine.layers == scratch.layers
    assert engine.layers_size == scratch.layers_size
    assert engine.store.shared_sizes() == scratch.store.shared_sizes()


def test_the_places_that_an_image_lacks_are_made_below_each_container() -> None:
    engine = fresh(Registry())
    bare, full = image("os"), image("os", "proc/x", "sys/x", "dev/pts/x", "dev/shm/x")
    for name, each in (("bare", bare), ("full", full)):
        engine.add(each, name)
    made = {name: engine.create(name, name=f"box-{name}") for name in ("bare", "full")}
    below = {
        name: engine.store.root_size(it) - it.size - sum(layer.unpacked_size for layer in it.image.layers)
        for name, it in made.items()
    }
    # the root, dev and etc are touched in any case; proc, sys, dev/pts and dev/shm only if they are missing
    assert below == {"bare": 7 * BLOCK, "full": 3 * BLOCK}


def test_a_container_made_by_tag_and_digest_keeps_the_tag_from_a_prune() -> None:
    engine = fresh()
    digest = engine.pull("nginx").image.digest
    for name in ("nginx:1", "nginx:1.27.4"):
        engine.tag("nginx", name)
    engine.create(f"nginx:1.27.4@{digest}", name="web")
    engine.prune(all=True)
    assert [name.familiar for name in engine.store.names(engine.image("nginx:1.27.4"))] == ["nginx:1.27.4"]


def test_a_container_made_by_id_leaves_the_last_name_to_its_image() -> None:
    engine = fresh()
    digest = engine.pull("nginx").image.digest
    engine.tag("nginx", "a:1")
    engine.tag("nginx", "z:1")
    engine.create(digest[7:19], name="web")
    engine.prune(all=True)
    assert [name.familiar for name in engine.store.names(engine.image("z:1"))] == ["z:1"]


def test_an_image_that_comes_back_was_tagged_when_it_came() -> None:
    engine = fresh()
    first = engine.pull("nginx").image
    engine.rmi("nginx")
    assert engine.store.last_tagged(first) is None
    engine.clock.sleep(60)
    engine.pull("nginx")
    assert engine.store.last_tagged(first) == NOON + timedelta(minutes=1)


def test_a_prune_counts_what_lay_below_a_commit() -> None:
    engine = fresh()
    engine.pull("alpine")
    box = engine.create("alpine", name="box")
    box.write("/one", "abc\n")
    engine.commit(box)
    box.remove()
    before = engine.layers_size
    assert engine.prune().reclaimed == before - engine.layers_size


def test_the_platform_of_this_machine_stands_for_the_image_even_if_it_came_second() -> None:
    registry = Registry()
    registry.push("multi:1", index())
    engine = fresh(registry)
    engine.pull("multi:1", platform="linux/arm64")
    assert engine.image("multi:1").architecture == "arm64"
    engine.pull("multi:1")
    assert engine.image("multi:1").architecture == "amd64"
