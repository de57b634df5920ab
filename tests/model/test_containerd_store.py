"""What containerd's store does, in sentences: each was measured on Engine 28.5.2 with this store, on ext4."""

import pytest

from dockerlearn.terminal.session import Session

BLOCK = 4096
IDLE = BLOCK  # a container that wrote nothing has its own directory


@pytest.fixture
def session() -> Session:
    return Session(docker="29", seed=1)


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
    container = Session(docker="28", seed=1).engine.run("nginx", "chmod", "644", "/etc/passwd")
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
