"""Nothing takes more work than it must: counted in calls of functions, which are the same on every machine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator

import pytest

from dockerlearn import Directory, Image, Layer
from dockerlearn.terminal.session import Session
from tests.calls import calls
from tests.february import page_session


def ran(session: Session, line: str) -> None:
    """Run a line, which has to go well."""
    result = session.run(line)
    assert result.status == 0, result.output


def crowd(containers: int) -> Session:
    """A session with so many containers: some never ran, some have ended, and of those that run some wake by themselves."""
    session = page_session()
    ran(
        session,
        "docker pull nginx; docker pull alpine; docker tag alpine other; docker run -d -p 80:80 --name first nginx",
    )
    for number in range(containers):
        if number % 4 == 0:
            session.engine.run("nginx", name=f"web{number}")
        elif number % 4 == 1:
            session.engine.run("alpine", "sleep", "9000", name=f"nap{number}")
        elif number % 4 == 2:
            session.engine.run("alpine", "true", name=f"ended{number}")
        else:
            session.engine.create("alpine", name=f"new{number}")
    session.run("docker ps")  # what only the first command does, is done
    return session


FEW, MANY = crowd(20), crowd(400)


@pytest.mark.parametrize(
    "line",
    [
        "docker run -d nginx",
        "docker run --rm alpine true",
        "docker run -d -p 8080:80 --name pub nginx; curl -s localhost:8080; docker rm -f pub",
        "docker run -d -p 80 --name any nginx; docker rm -f any",
        "docker create --name made nginx; docker start made; docker rename made kept; docker stop kept; docker rm kept",
        "docker exec web0 true",
        "docker exec $(docker inspect -f '{{slice .Id 0 12}}' web0) true",
        "docker inspect web0",
        "docker logs web0; docker port web0; docker diff web0",
        "docker pause web0; docker unpause web0",
        "docker stop nap1; docker start nap1",
        "docker cp web0:/etc/hostname here",
        "docker commit web0 made:1; docker history made:1; docker rmi made:1",
        "docker tag alpine made:2; docker rmi made:2; docker images",
        "docker pull alpine",
        "docker logs nosuch || true",
        "docker logs zz || true",
        "docker logs ffffffff || true",
        "docker rmi nginx || true",
        "docker rmi -f $(docker inspect -f '{{.Image}}' web0) || true",
        "curl -s localhost:81 || true",
        "docker volume ls; docker volume rm nosuch || true",
    ],
)
def test_what_lists_no_containers_takes_as_much_work_among_twenty_as_among_four_hundred(line: str) -> None:
    ran(FEW, line)  # what only the first time does, is done
    few, many = (calls(lambda session=session: ran(session, line)) for session in (FEW, MANY))  # type: ignore[misc]
    assert many <= 1.02 * few


def names(count: int) -> Iterable[str]:
    """So many names."""
    return (f"n{number}" for number in range(count))


def listed(containers: int) -> Callable[[], object]:
    """Listing containers in all ways."""
    session = crowd(containers)
    return lambda: ran(
        session, "docker ps -a; docker ps -q; docker ps -aq --filter name=web; docker ps -s; docker system df -v"
    )


def touched(files: int) -> Callable[[], object]:
    """Making files in one directory."""
    session = page_session()
    ran(session, "docker run -d --name box alpine sleep 9000")
    return lambda: ran(session, f"docker exec box sh -c 'for i in $(seq {files}); do touch /tmp/$i; done'")


def published(ports: int) -> Callable[[], object]:
    """Publishing ports, and looking at them."""
    session = page_session()
    ran(session, "docker pull nginx")
    flags = " ".join(f"-p {5000 + number}:{1 + number} -p {1 + number}" for number in range(ports))
    return lambda: ran(
        session,
        f"docker run -d --name web {flags} nginx; docker ps; docker port web; docker inspect web; docker rm -f web",
    )


def removed(containers: int) -> Callable[[], object]:
    """Removing containers by the beginnings of their IDs."""
    session = crowd(containers)
    return lambda: ran(session, "docker rm -f $(docker ps -aq)")


def stopped(containers: int) -> Callable[[], object]:
    """Stopping containers, which ask for all of the ten seconds."""
    session = crowd(containers)
    return lambda: ran(session, "docker stop $(docker ps -q)")


def volumes(containers: int) -> Callable[[], object]:
    """Volumes of containers, and what becomes of them."""
    session = page_session()
    ran(session, "docker pull postgres:16")
    for name in names(containers):
        session.engine.create("postgres:16", name=name)
    return lambda: ran(
        session, "docker volume ls; docker system df -v; docker container prune -f; docker volume prune -f"
    )


def images(count: int) -> Callable[[], object]:
    """Images, listed and pruned."""
    session = page_session()
    for name in names(count):
        image = Image.scratch.with_layer(Layer.of({"a": name}), by="COPY").with_config(cmd=["a"])
        session.engine.add(image, name)
        session.engine.add(image.with_layer(Layer.of({"b": name}), by="COPY"))
    return lambda: ran(session, "docker images; docker system df -v; docker image prune -af")


def tags(count: int) -> Callable[[], object]:
    """Names of one image, given and taken."""
    session = page_session()
    ran(session, "docker pull alpine")

    def act() -> None:
        for name in names(count):
            session.engine.tag("alpine", f"other:{name}")
        ran(session, f"docker images; docker rmi {' '.join(f'other:{name}' for name in names(count))}")

    return act


def repositories(count: int) -> Callable[[], object]:
    """Names of one image in many repositories, given and taken."""
    session = page_session()
    ran(session, "docker pull alpine")

    def act() -> None:
        for name in names(count):
            session.engine.tag("alpine", name)
        ran(session, f"docker images --digests; docker rmi {' '.join(names(count))}")

    return act


def matched(length: int) -> Callable[[], object]:
    """Patterns of names, whole and broken."""
    session = page_session()
    ran(session, "docker pull alpine; docker tag alpine other")
    patterns = ["[" * length, "*a" * length, f"[{'a-' * length}", f"[{'a' * length}]", "\\a" * length]
    return lambda: [session.run(f"docker images 'x{pattern}'") for pattern in patterns]


@pytest.mark.parametrize(
    "scene", [listed, touched, published, removed, stopped, volumes, images, tags, repositories, matched]
)
def test_twice_as_many_things_take_at_most_twice_the_work(scene: Callable[[int], Callable[[], object]]) -> None:
    scene(4)()  # what only the first time does, is done
    some, twice = calls(scene(100)), calls(scene(200))
    assert twice <= 2.1 * some


@pytest.fixture
def shallow() -> Iterator[int]:
    """How deep Python goes, which is less than ever: so a shorter chain is long."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(500)
    yield 500
    sys.setrecursionlimit(before)


def chain(length: int) -> Session:
    """A session with a chain of nameless images, each made of a container of the one before it; the last is called last."""
    session = page_session()
    engine = session.engine
    engine.add(Image.scratch.with_layer(Layer.of({"a": "1"}), by="COPY").with_config(cmd=["a"]), "last")
    for _ in range(length):
        container = engine.create("last")
        engine.commit(container, "last")
        container.remove()
    return session


@pytest.mark.parametrize("prune", ["docker rmi last", "docker image prune -af"])
def test_a_long_chain_of_images_is_removed_and_listed_without_recursion(prune: str, shallow: int) -> None:
    length = shallow + 100
    session = chain(length)
    assert session.run("docker images -aq").output.count("\n") == length + 1
    assert session.run("docker images -q").output.count("\n") == 1
    assert session.run("docker history -q last").output.count("\n") == length + 2
    ran(session, "docker system df -v; docker inspect last")
    assert session.run(prune).output.count("eleted: ") == length + 2  # images, and a layer
    assert (session.engine.images(), dict(session.engine.layers)) == ([], {})


def written(beside: int) -> int:
    """The work of writing files in a directory with so many others."""
    session = page_session()
    ran(session, "docker run -d --name box alpine sleep 9000")
    session.engine.container("box").write("/tmp", Directory.of(dict.fromkeys(names(beside), "x")))
    ran(session, "docker exec box true")
    return calls(lambda: ran(session, "docker exec box sh -c 'touch /tmp/new; rm /tmp/n5; echo x > /tmp/n6'"))


def test_a_file_is_written_with_as_much_work_beside_ten_as_beside_two_thousand() -> None:
    written(4)  # what only the first time does, is done
    assert written(2_000) <= 1.02 * written(10)


def test_an_edit_of_a_tree_looks_at_no_other_name_than_its_own() -> None:
    tree = Directory.of({f"d/{name}": "x" for name in names(1_000)})
    edits = [lambda: tree.with_node("d/new", "x"), lambda: tree.without("d/n5"), lambda: tree.with_node("d", Directory.of({"n1": "y"}))]  # fmt: skip
    assert max(map(calls, edits)) < 200
