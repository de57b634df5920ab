"""Whatever is typed is answered or refused, and the machine stays whole: what once ran away, or did half a thing."""

import pytest

from dockerlearn.terminal.session import Result, Session


@pytest.fixture
def session() -> Session:
    session = Session.page()
    session.run("docker run -d --name web nginx")
    session.run("docker run -d --name box alpine sleep 3000")
    return session


def answers(session: Session) -> bool:
    """Whether the machine still tells what is on it, and lets its containers be stopped."""
    told = [
        session.run(line).status
        for line in ("docker ps -a -s", "docker system df", "docker stop -t 0 box", "docker rm box")
    ]
    return told == [0, 0, 0, 0]


@pytest.mark.parametrize(
    "line",
    [
        "docker exec box sh -c 'echo sh /f > /f; sh /f'",
        "docker exec box sh -c 'echo /f > /f; chmod +x /f; /f'",
        "docker exec box sh -c 'echo \"#!/bin/sh\" > /f; echo /f >> /f; chmod +x /f; /f'",
        "docker exec box sh -c 'echo \"sh /f | cat\" > /f; sh /f'",
        "docker exec box sh -c 'echo \"x=\\$(sh /f); echo \\$x\" > /f; sh /f'",
        "docker exec box sh -c 'echo exec sh /f > /f; sh /f'",
    ],
)
def test_a_script_that_calls_itself_comes_to_an_end(session: Session, line: str) -> None:
    result = session.run(line)
    assert "more than 40 shells within each other are more than dockerlearn runs" in result.output
    assert answers(session)


def test_a_container_whose_own_script_calls_itself_exits(session: Session) -> None:
    session.run("docker exec box sh -c 'echo sh /f > /f'")
    session.run("docker commit box looping")
    session.run("docker run -d --name loop looping sh /f")
    assert session.run("docker ps -a --filter name=loop --format '{{.Status}}'").output.startswith("Exited (2)")
    assert answers(session)


def test_shells_side_by_side_are_not_within_each_other(session: Session) -> None:
    result = session.run("docker exec box sh -c 'for i in $(seq 100); do sh -c true; done; echo done'")
    assert result == Result("done\n", 0)


def test_a_tree_cannot_be_moved_too_deep(session: Session) -> None:
    session.run("docker exec box mkdir -p /a/" + "d/" * 150)
    session.run("docker exec box mkdir -p /b/" + "d/" * 100)
    refused = session.run("docker exec box mv /a /b/" + "d/" * 100)
    assert (refused.status, refused.output.endswith("File name too long\n")) == (1, True)
    assert (
        session.run("docker exec box ls -d /a").output == "/a\n" or session.run("docker exec box ls /a").output == "d\n"
    )
    assert answers(session)


def test_a_file_may_be_named_like_a_whiteout_and_a_commit_takes_it_for_one(session: Session) -> None:
    session.run("docker exec box touch /.wh.tmp")
    assert session.run("docker diff box").output == "A /.wh.tmp\n"
    assert session.run("docker ps -s --format '{{.Size}}' --filter name=box").output.startswith("0B (virtual")
    assert session.run("docker commit -q box mine || docker commit box mine").status == 0
    listed = session.run("docker run --rm mine ls -a /").output.split()
    assert ".wh.tmp" not in listed
    assert "tmp" not in listed
    assert answers(session)


@pytest.mark.parametrize(
    ("line", "output"),
    [
        ("echo x > nodir/y", "bash: nodir/y: No such file or directory\n"),
        ("echo x > /nodir/y", "bash: /nodir/y: No such file or directory\n"),
        ("echo x > /tmp", "bash: /tmp: Is a directory\n"),
        ("echo x > .", "bash: .: Is a directory\n"),
        ("echo x > f; echo y > f/g", "bash: f/g: Not a directory\n"),
        ("cat /tmp", "cat: /tmp: Is a directory\n"),
        ("sort /tmp; echo $?", "sort: read failed: /tmp: Is a directory\n2\n"),
        ("grep x /tmp; echo $?", "grep: /tmp: Is a directory\n2\n"),
        ("head /tmp; echo $?", "head: error reading '/tmp': Is a directory\n1\n"),
        ("echo x > /tmp/f; cat /tmp/../tmp/f", "x\n"),
        ("echo x > ./f; cat f /root/f", "x\nx\n"),
    ],
)
def test_a_file_lies_in_a_directory_that_is_there(session: Session, line: str, output: str) -> None:
    assert session.run(line).output == output


# `docker cp`, as Engine 28.5.2 does it


@pytest.mark.parametrize(
    ("line", "output", "status"),
    [
        (
            "docker cp f box:/tmp",
            (
                "Successfully copied 2.05kB to box:/tmp\n"
                'Error response from daemon: cannot overwrite directory "f" with non-directory "/tmp"\n'
            ),
            1,
        ),
        ("docker cp f box:/tmp/f", "Successfully copied 2.05kB to box:/tmp/f\n", 0),
        (
            "docker cp box:/etc/alpine-release nodir/x",
            'invalid output path: directory "/root/nodir" does not exist\n',
            1,
        ),
        ("docker cp box:/etc/alpine-release /tmp", "Successfully copied 2.05kB to /tmp\n", 0),
    ],
)
def test_a_copy_overwrites_no_directory_and_makes_none(session: Session, line: str, output: str, status: int) -> None:
    session.run("echo hi > f; docker exec box mkdir /tmp/f")
    assert session.run(line) == Result(output, status)
    assert session.run("docker exec box test -d /tmp/f").status == 0


def test_what_is_copied_to_a_directory_has_the_name_that_it_had(session: Session) -> None:
    session.run("docker cp box:/etc/alpine-release /tmp")
    assert session.run("cat /tmp/alpine-release").output == "3.21.3\n"
