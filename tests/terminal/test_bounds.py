"""Whatever is typed is answered or refused, and the machine stays whole: what once ran away, or did half a thing."""

import pytest

from dockerlearn.terminal.session import Result, Session
from tests.february import page_session


@pytest.fixture
def session() -> Session:
    session = page_session()
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


def test_a_file_that_grows_in_the_background_leaves_the_next_line_its_own_work(session: Session) -> None:
    grow = "while true; do head -c 1000000 /dev/zero >> /z; done"
    session.run(f"for i in a b c; do docker exec -d box sh -c '{grow}'; done")
    told = [session.run("docker system df").status for _ in range(80)]
    assert set(told) == {0}
    assert answers(session)


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


# Work: a line has so many steps, whoever does them

TOO_MUCH = "bash: more than 100000 steps of a line are more than dockerlearn does\n"


@pytest.mark.parametrize(
    "line",
    [
        "while true; do true; done",
        "while true; do docker ps -q; done",
        "for i in $(seq 9999); do for j in $(seq 9999); do true; done; done",
        "while true; do cat numbers numbers numbers; done",
        "while true; do docker exec box sh -c true; done",
        "while true; do curl -s localhost:8080; done",
        "docker exec box sh -c 'while true; do sh -c true; sleep 1; done'",
        "x=$(while true; do echo; done)",
        "while true; do grep 9 numbers > f; done",
    ],
)
def test_a_line_that_has_no_end_is_ended(session: Session, line: str) -> None:
    session.run("seq 10000 > numbers; docker exec box sh -c 'seq 10000 > /numbers'")
    result = session.run(line)
    assert result.output.endswith(TOO_MUCH)
    assert (result.output.count(TOO_MUCH), result.status) == (1, 1)
    assert session.run("echo $?").output == "1\n"
    assert answers(session)


def test_what_a_line_has_done_before_it_is_ended_is_told(session: Session) -> None:
    session.run("for i in $(seq 200); do docker create --name many$i alpine; done")
    names = " ".join(f"many{number}" for number in range(1, 201))
    result = session.run(f"docker rm {names} {'nosuch ' * 2000}")
    assert result.output.startswith("many1\nmany2\n")
    assert result.output.endswith(f"many200\n{TOO_MUCH}")
    assert session.run("docker ps -aq | wc -l").output == "2\n"


def test_a_container_that_is_too_much_work_to_start_is_not_half_started(session: Session) -> None:
    session.run("for i in $(seq 20000); do docker run -d --rm alpine sleep 9; done")
    states = {each.state.value for each in session.engine.containers()}
    assert states == {"running"}
    assert all(each.ip for each in session.engine.containers())


def test_each_line_has_its_own_steps(session: Session) -> None:
    for _ in range(3):
        assert session.run("for i in $(seq 9000); do true; done; echo done") == Result("done\n", 0)


def test_an_attached_program_that_never_rests_is_left_and_runs_on(session: Session) -> None:
    result = session.run("docker run --name busy alpine sh -c 'while true; do sh -c :; sleep 1; done'")
    assert result.output.endswith(TOO_MUCH)
    assert session.run("docker ps --format '{{.Status}}' --filter name=busy").output.startswith("Up ")
    assert session.run("docker stop -t 1 busy") == Result("busy\n", 0)


# Space: what is written fills a disk


def test_a_disk_gets_full_and_has_room_again(session: Session) -> None:
    for number in range(6):
        written = session.run(f"docker exec box sh -c 'head -c 9000000 /dev/zero > /big{number}'")
        assert written == Result("", 0)
    assert session.run("docker exec box sh -c 'head -c 9000000 /dev/zero > /big6'") == Result("", 0)
    full = session.run("docker exec box sh -c 'head -c 9000000 /dev/zero > /more; ls /more'")
    assert full == Result("head: write error: No space left on device\n/more\n", 0)
    session.run("head -c 9000000 /dev/zero > more")
    copied = session.run("docker cp -q more box:/more")
    assert copied == Result("Error response from daemon: write /more: no space left on device\n", 1)
    assert session.run("docker exec box rm /big1") == Result("", 0)
    assert session.run("docker exec box sh -c 'head -c 5000000 /dev/zero > /again'") == Result("", 0)
    assert answers(session)


@pytest.mark.parametrize(
    ("line", "output"),
    [
        ("echo x > /new", "sh: write error: No space left on device\n"),
        ("seq 3 > /new", "seq: write error: No space left on device\n"),
        ("cp /etc/hostname /copy", "cp: can't create '/copy': No space left on device\n"),
        ("mkdir /dir", "mkdir: can't create directory '/dir': No space left on device\n"),
        ("touch /file", "touch: /file: No space left on device\n"),
    ],
)
def test_a_tool_says_that_the_disk_is_full(
    session: Session, monkeypatch: pytest.MonkeyPatch, line: str, output: str
) -> None:
    session.run("docker exec box sh -c 'true > /new'")
    monkeypatch.setattr("dockerlearn.model.resources.DISK_BYTES", 0)
    monkeypatch.setattr("dockerlearn.model.resources.DISK_NODES", 0)
    assert session.run(f"docker exec box sh -c '{line}'") == Result(output, 1)


def test_the_files_of_the_computer_have_an_end_as_well(session: Session) -> None:
    assert session.run("head -c 9000000 /dev/zero > a") == Result("", 0)
    assert session.run("head -c 7000000 /dev/zero > b") == Result("", 0)
    assert session.run("head -c 1 /dev/zero > c") == Result("head: write error: No space left on device\n", 1)
    assert session.run("echo x > c; wc -c c") == Result("bash: echo: write error: No space left on device\n0 c\n", 0)
    copied = session.run("docker cp -q box:/etc/hostname d")
    assert copied == Result("write d: no space left on device\n", 1)
    assert session.run("echo x > a; head -c 1 /dev/zero > c; wc -c c") == Result("1 c\n", 0)


def test_variables_have_an_end_as_well() -> None:
    session = page_session()
    session.run("x=" + "x" * 40_000)
    for _ in range(4):
        assert session.run("x=$x$x") == Result("", 0)
    refused = "bash: variables of more than 1000000 characters are more than dockerlearn keeps\n"
    assert session.run("y=$x; echo never") == Result(refused, 1)
    assert session.run("x=; y=short; echo $y") == Result("short\n", 0)


def test_of_a_long_log_the_last_lines_are_kept_and_the_others_counted(session: Session) -> None:
    session.run("docker run -d --name loud alpine sh -c 'for i in $(seq 24); do seq 10000; sleep 1; done'")
    for _ in range(24):  # somebody looks each second, so nothing is left out
        session.clock.sleep(1)
        session.engine.containers()
    told = session.run("docker logs loud").output
    first, _, rest = told.partition("\n")
    assert first == f"dockerlearn: {240_000 - rest.count(chr(10))} lines before these are not kept"
    assert rest.endswith("9999\n10000\n")
    assert session.run("docker logs --tail 2 loud").output == "9999\n10000\n"
    assert session.run("docker logs --tail 0 loud").output == ""


# Templates


@pytest.mark.parametrize(
    "template",
    [
        "{{range $.HostConfig.MaskedPaths}}" * 6 + "x" + "{{end}}" * 6,
        '{{$x := "abcdefgh"}}' + "{{$x = print $x $x}}" * 40,
        "{{range $.HostConfig.MaskedPaths}}" * 3 + "{{json $}}" + "{{end}}" * 3,
        "{{range $.HostConfig.MaskedPaths}}" * 5 + "{{end}}" * 5,
    ],
)
def test_a_template_comes_to_an_end(session: Session, template: str) -> None:
    refused = session.run(f"docker inspect -f '{template}' box")
    problem = "template: more than 100000 steps are more than dockerlearn does"
    assert refused == Result(f"\ntemplate parsing error: {problem}\n", 1)
    assert answers(session)
