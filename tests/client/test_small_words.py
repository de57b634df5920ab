"""Words and settings that no page shows, and that a reader's script may rely on. Measured on Engine 28.5.2 and 29.8.0."""

import json

import pytest

from dockerlearn.terminal.session import Session


@pytest.fixture(scope="module")
def session() -> Session:
    it = Session.page()
    for command in ("docker pull -q alpine", "docker pull -q busybox", "docker create --name box alpine"):
        assert it.run(command).status == 0
    return it


@pytest.mark.parametrize(
    ("command", "header"),
    [
        ("docker images --format 'table {{.Containers}}'", "CONTAINERS"),
        ("docker images --format 'table {{.Digest}}'", "DIGEST"),
        ("docker ps --format 'table {{.State}}'", "STATE"),
        ("docker ps --format 'table {{.Mounts}}'", "MOUNTS"),
        ("docker ps --format 'table {{.LocalVolumes}}'", "LOCAL VOLUMES"),
        ("docker ps --format 'table {{.Networks}}'", "NETWORKS"),
        ("docker ps --format 'table {{.RunningFor}}'", "CREATED"),
    ],
)
def test_a_column_that_is_asked_for_has_its_header(session: Session, command: str, header: str) -> None:
    assert session.run(command).output.splitlines()[0] == header


def test_a_filter_by_reference_lists_that_repository_alone(session: Session) -> None:
    assert session.run("docker images -f reference=busybox --format '{{.Repository}}'").output == "busybox\n"
    assert session.run("docker images -f reference='b*' --format '{{.Repository}}'").output == "busybox\n"


def test_a_descriptor_has_the_keys_of_the_specification(session: Session) -> None:
    told = json.loads(session.run("docker image inspect -f '{{json .Descriptor}}' alpine").output)
    assert list(told) == ["mediaType", "digest", "size"]
    assert told["digest"] == session.run("docker image inspect -f '{{.Id}}' alpine").output.strip()


def test_a_variable_without_a_name_is_refused(session: Session) -> None:
    refused = session.run("docker run -e =y alpine")
    assert (refused.output.splitlines()[0], refused.status) == (
        'invalid argument "=y" for "-e, --env" flag: invalid environment variable: =y',
        125,
    )


@pytest.mark.parametrize("key", ["GoVersion", "GitCommit", "Os", "Arch", "APIVersion", "Context", "BuildTime"])
def test_a_client_tells_how_it_was_built(session: Session, key: str) -> None:
    assert session.run(f"docker version -f '{{{{.Client.{key}}}}}'").output.strip() not in ("", "<no value>")


@pytest.mark.parametrize("key", ["GoVersion", "GitCommit", "KernelVersion", "MinAPIVersion", "Os", "Arch", "BuildTime"])
def test_so_does_the_engine(session: Session, key: str) -> None:
    assert session.run(f"docker version -f '{{{{.Server.{key}}}}}'").output.strip() not in ("", "<no value>")


def test_the_image_of_another_platform_is_pulled_if_it_is_asked_for() -> None:
    it = Session.page()
    assert it.run("docker pull -q --platform linux/arm64 alpine").status == 0
    assert it.run("docker image inspect -f '{{.Architecture}}' --platform linux/arm64 alpine").output == "arm64\n"
    assert it.run("docker image inspect -f '{{.Architecture}}' --platform linux/amd64 alpine").status == 1


def test_a_pattern_that_is_no_name_lists_what_matches(session: Session) -> None:
    assert session.run("docker images 'b*' --format '{{.Repository}}'").output == "busybox\n"
    assert session.run("docker images 'box' --format '{{.Repository}}'").output == ""
