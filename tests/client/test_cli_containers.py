"""What commands on containers say in cases that no transcript and no page has: in Docker's words, or ours for what is lacking."""

import pytest

from dockerlearn.model.clock import FixedClock
from dockerlearn.terminal.session import Session
from tests.february import hub

COUNTING = "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13; do echo $i; done; echo late > /late; sleep 900"


@pytest.fixture
def session() -> Session:
    """A terminal with a container that has written thirteen lines, and with a file that fills two blocks and a byte."""
    session = Session(registry=hub(), clock=FixedClock("2025-02-20"), seed=1, docker="28")
    session.run("docker pull -q alpine; docker pull -q nginx")
    session.run(f"docker run -d --name counter alpine sh -c '{COUNTING}'")
    session.run("seq 1 283 > many; echo >> many")
    return session


@pytest.mark.parametrize(
    ("command", "output", "status"),
    [
        ("docker logs --tail 12 counter | head -n 1", "2\n", 0),
        ("docker logs --tail 0 counter", "", 0),
        ("docker logs --tail all counter | wc -l", "13\n", 0),
        ("docker inspect ''", "[]\ninvalid container name or ID: value is empty\n", 1),
        ("docker container inspect ''", "[]\ninvalid container name or ID: value is empty\n", 1),
        ("docker exec -d counter nosuch; docker exec counter true", "", 0),
        ("docker exec -d counter sh -c 'echo 1 > /a'; docker exec counter cat /a", "1\n", 0),
        ("docker stop -s KILL counter; docker inspect -f '{{.State.ExitCode}}' counter", "counter\n137\n", 0),
        ("docker create --name sad alpine sh -c 'exit 3' | wc -w; docker start -a sad", "1\n", 3),
        ("docker create -p 80:80/sctp alpine | wc -w", "1\n", 0),
        ("docker ps -n 1 --format '{{.Names}}'", "counter\n", 0),
        ("docker ps --format 'table {{.Labels}}\t{{.Networks}}'", "LABELS    NETWORKS\n          bridge\n", 0),
        ("docker volume ls --format 'table {{.Mountpoint}}\t{{.Status}}'", "MOUNTPOINT   STATUS\n", 0),
        ("docker exec -t counter sh -c 'echo $TERM'", "xterm\n", 0),
        ("docker run --rm alpine cat", "", 0),
        ("docker cp counter:/late .; cat late", "Successfully copied 2.05kB to /root/late\nlate\n", 0),
        ("docker cp counter:/late ./b; cat b", "Successfully copied 2.05kB to /root/b\nlate\n", 0),
        ("docker cp many counter:/", "Successfully copied 3.07kB to counter:/\n", 0),
        ("docker cp -q many counter:/tmp/; docker exec counter wc -c /tmp/many", "1025 /tmp/many\n", 0),
        ("docker cp -q many counter:/tmp/b; docker exec counter wc -c /tmp/b", "1025 /tmp/b\n", 0),
    ],
)
def test_of_one_container(session: Session, command: str, output: str, status: int) -> None:
    assert session.run(command) == (output, status)


def test_a_filter_by_id_finds_the_one_whose_id_begins_so(session: Session) -> None:
    def found(beginning: str) -> list[str]:
        return session.run(f"docker ps -a --filter id='{beginning}' --format '{{{{.ID}}}}'").output.split()

    session.run(
        "for i in $(seq 16); do docker create alpine; done"
    )  # 17 with the counter: two begin with the same digit
    ids = [container.id for container in session.engine.containers()]
    for digit in "0123456789abcdef":
        begin_so = [each[:12] for each in ids if each.startswith(digit)]
        assert found(digit) == (begin_so if len(begin_so) == 1 else [])
    for each in ids:
        assert found(each) == found(each[:12]) == [each[:12]]
        assert found(f"^{each}") == found(each[1:]) == []
    assert found("") == []


def test_quiet_wins_over_a_form_and_warns(session: Session) -> None:
    said = session.run("docker ps -q --format '{{.Names}}'").output
    assert said == (
        "WARNING: Ignoring custom format, because both --format and --quiet are set.\n"
        + session.run("docker ps -q").output
    )


@pytest.mark.parametrize("command", ["create", "run"])
def test_an_image_that_is_not_there_is_pulled_and_the_learner_told(command: str) -> None:
    session = Session(registry=hub(), clock=FixedClock("2025-02-20"), seed=1, docker="28")
    pulled = (
        Session(registry=hub(), clock=FixedClock("2025-02-20"), seed=1, docker="28")
        .run("docker pull alpine")
        .output.splitlines()
    )
    said = session.run(f"docker {command} alpine true").output.splitlines()
    assert said[: len(pulled) - 1] == [
        "Unable to find image 'alpine:latest' locally",
        *(line for line in pulled[1:-1] if line),
    ]


@pytest.mark.parametrize(
    ("command", "lacking"),
    [
        ("docker inspect --type volume counter", "'--type volume of docker inspect' is a real flag"),
        ("docker cp counter:/etc .", "'directories and - of docker cp' is a real form"),
        ("docker cp counter:/late -", "'directories and - of docker cp' is a real form"),
    ],
)
def test_what_the_model_lacks_is_refused_by_name(session: Session, command: str, lacking: str) -> None:
    assert session.run(command).output == f"dockerlearn: {lacking}, which this model does not have\n"
