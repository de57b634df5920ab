"""What containerd's store does, in sentences: each was measured on Engine 28.5.2 with this store, on ext4."""

import pytest

from dockerlearn.model.engine import Engine
from dockerlearn.model.errors import InvalidReference, NoSuchPlatform
from dockerlearn.model.index import Attestation, Index, Platform
from dockerlearn.terminal.session import Session
from tests.february import hub

BLOCK = 4096
IDLE = BLOCK  # a container that wrote nothing has its own directory


@pytest.fixture
def session() -> Session:
    return Session(registry=hub(), docker="29", seed=1)


def size_after(session: Session, *lines: str) -> int:
    """The bytes that a container of nginx takes up after these lines."""
    container = session.engine.run("nginx", "sh", "-c", "; ".join(lines))
    return container.size


@pytest.mark.parametrize(
    ("why", "lines", "blocks"),
    [
        ("a directory that was copied up stays when what was made in it has gone", ["touch /tmp/a", "rm /tmp/a"], 1),
        ("so does each on the way to it", ["touch /etc/nginx/conf.d/a", "rm /etc/nginx/conf.d/a"], 2 + 2 + 1),
        ("so does one whose mode was set and set back", ["chmod 700 /srv", "chmod 755 /srv"], 1),
        ("a directory that was made anew is a new one, even if it looks the same", ["rmdir /opt", "mkdir /opt"], 1),
        ("a file that was made anew was not copied up", ["rm /etc/passwd", "echo a > /etc/passwd"], 1 + 1),
        ("a file that was written to was", ["echo a >> /etc/passwd"], 2 + 1),
        ("a file that was only given a mode was, too", ["chmod 600 /etc/passwd"], 2 + 1),
        ("a directory is copied up to be emptied before it is removed", ["rm -r /etc/nginx/conf.d"], 2 + 2),
        ("a directory in which the engine mounts something is only emptied", ["rm -rf /etc"], 2),
        ("a file is copied up to be moved", ["mv /etc/passwd /srv/p"], 2 + (1 + 1) + 1),
        ("what is new and goes leaves nothing", ["mkdir /a", "echo x > /a/b", "rm -r /a"], 0),
    ],
)
def test_what_a_container_takes_up_depends_on_how_it_came_to_be(
    session: Session, why: str, lines: list[str], blocks: int
) -> None:
    assert size_after(session, *lines) == IDLE + blocks * BLOCK, why


@pytest.mark.parametrize(
    "lines",
    [["chmod 644 /etc/passwd"], ["chmod 600 /etc/passwd", "chmod 644 /etc/passwd"], ["rmdir /opt", "mkdir /opt"]],
)
def test_what_was_only_copied_up_is_no_change(session: Session, lines: list[str]) -> None:
    container = session.engine.run("nginx", "sh", "-c", "; ".join(lines))
    assert container.diff() == []
    assert len(session.engine.commit(container).layers) == len(container.image.layers)


def test_what_was_written_again_is_a_change_even_if_it_reads_the_same(session: Session) -> None:
    container = session.engine.run(
        "nginx", "sh", "-c", "chmod 600 /etc/passwd; chmod 644 /etc/passwd; touch /etc/passwd"
    )
    assert container.diff() == [("C", "/etc"), ("C", "/etc/passwd")]
    assert len(session.engine.commit(container).layers) == len(container.image.layers) + 1


def test_the_classic_store_takes_all_that_was_copied_up_for_a_change() -> None:
    container = Session(registry=hub(), docker="28", seed=1).engine.run("nginx", "chmod", "644", "/etc/passwd")
    assert container.diff() == [("C", "/etc"), ("C", "/etc/passwd")]


def test_the_files_that_the_engine_mounts_are_copied_up_by_a_copy_and_never_committed(session: Session) -> None:
    session.run("docker run -d --name box ubuntu sleep 300; docker cp nosuch box:/srv")
    container = session.engine.container("box")
    assert container.size == IDLE + 2 * BLOCK
    assert len(session.engine.commit(container).layers) == len(container.image.layers)


def test_a_list_of_some_names_has_the_digest_of_the_last_of_them(session: Session) -> None:
    session.run("docker pull -q nginx; docker tag nginx other:1")
    listed = "docker images --digests --format '{{.Repository}} {{.Digest}}'"
    digest = session.engine.id(session.engine.image("nginx"))
    assert session.run(listed).output == f"nginx <none>\nother {digest}\n"
    assert session.run(f"{listed} nginx:latest").output == f"nginx {digest}\n"


def test_two_images_of_one_container_have_its_places_for_mounts_once(session: Session) -> None:
    session.run("docker run -d --name box alpine sleep 300")
    engine, box = session.engine, session.engine.container("box")
    engine.run("alpine", "true", name="other")
    before = engine.layers_size
    box.write("/a", "x")
    one = engine.commit(box)
    box.write("/b", "x")
    two = engine.commit(box)
    blobs = sum(len(image.manifest) + len(image.config_json) + len(image.layers[-1].blob) for image in (one, two))
    assert engine.layers_size - before == blobs + 20480 + one.layers[-1].unpacked_size + two.layers[-1].unpacked_size


# An image for several platforms


def _index() -> Index:
    amd64 = hub().image("alpine")
    arm64 = amd64.replace(architecture="arm64", variant="v8")
    attestations = tuple(Attestation(each.digest, b"how it was built") for each in (amd64, arm64))
    return Index((amd64, arm64), attestations)


INDEX = _index()


def with_index(docker: str) -> Engine:
    registry = hub()
    registry.push("multi:1", INDEX)
    return Engine([registry], docker=docker, seed=1)


def test_what_two_platforms_share_counts_for_each() -> None:
    engine = with_index("29")
    [both] = {engine.pull("multi:1", platform=platform).image.index for platform in ("amd64", "arm64")}
    [told] = engine.summaries()
    parts = engine.store.parts(told.image)
    assert both == INDEX
    assert told.id == INDEX.digest
    attested = sum(sum(each.blobs.values()) for each in INDEX.attestations)
    assert told.content == sum(part.content for part in parts) + attested
    assert told.size == sum(part.size for part in parts) + attested


def test_one_platform_of_an_image_is_told_of_as_its_manifest() -> None:
    engine = with_index("29")
    image = engine.pull("multi:1").image
    assert engine.inspect(image)["Id"] == INDEX.digest
    told = engine.inspect(image, platform="amd64", name="multi:1")
    assert told["Id"] == told["Descriptor"]["digest"] == INDEX.images[0].digest
    assert told["Descriptor"]["platform"] == {"architecture": "amd64", "os": "linux"}
    assert told["RepoDigests"] == [f"multi@{INDEX.digest}"]


def test_a_prune_tells_of_an_index_and_of_each_manifest() -> None:
    engine = with_index("29")
    engine.pull("multi:1")
    removed = [(each.action, each.name) for each in engine.prune(all=True).removals]
    assert removed == [("Untagged", "multi:1"), ("Deleted", INDEX.digest), ("Deleted", INDEX.images[0].digest)]


@pytest.mark.parametrize(("docker", "reason"), [("29", ": no match for platform in manifest: not found"), ("28", "")])
def test_a_platform_that_there_is_no_image_for_is_refused(docker: str, reason: str) -> None:
    with pytest.raises(NoSuchPlatform) as refusal:
        with_index(docker).pull("multi:1", platform="s390x")
    assert str(refusal.value) == f"no matching manifest for linux/s390x in the manifest list entries{reason}"


def test_a_processor_alone_means_linux_and_a_system_alone_this_processor() -> None:
    assert str(Platform.parse("s390x")) == "linux/s390x"
    assert str(Platform.parse("windows")) == "windows/amd64"
    with pytest.raises(InvalidReference, match='"nonsense": unknown operating system or architecture'):
        Platform.parse("nonsense")


def test_a_digest_of_an_index_stays_with_the_image_that_was_pulled_first_in_the_classic_store() -> None:
    engine = with_index("28")
    first = engine.pull("multi:1").image
    second = engine.pull("multi:1", platform="arm64").image
    assert [name.familiar for name in engine.store.digests(first)] == [f"multi@{INDEX.digest}"]
    assert [name.familiar for name in engine.store.names(second)] == ["multi:1"]
