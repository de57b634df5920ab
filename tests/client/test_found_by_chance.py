"""What random sequences of commands showed Engine 28.5.2 to do otherwise than the model did (`tests/docker/test_differential.py`)."""

import pytest

from dockerlearn.terminal.session import Session
from tests.february import page_session


@pytest.fixture
def session() -> Session:
    return page_session()


def shown(session: Session, *commands: str) -> str:
    """What the last of the commands prints."""
    return [session.run(command).output for command in commands][-1]


def test_a_template_may_name_a_setting_that_a_container_was_not_given(session: Session) -> None:
    form = "[{{.Config.StopSignal}}] {{.Config.ExposedPorts}} {{json .Config.ExposedPorts}} {{.Config.StopTimeout}}"
    assert (
        shown(session, "docker create --name aa alpine true", f"docker inspect -f '{form}' aa")
        == "[] map[] null <nil>\n"
    )


def test_settings_print_as_the_structure_that_the_client_has_of_them(session: Session) -> None:
    command = "docker run -d --name aa alpine sleep 300"
    name = shown(session, command, "docker inspect -f '{{.Config.Hostname}}' aa").strip()
    assert shown(session, "docker inspect -f '{{json .Config}}' aa") == (
        f'{{"Hostname":"{name}","Domainname":"","User":"","AttachStdin":false,"AttachStdout":false,"AttachStderr":false,'
        '"Tty":false,"OpenStdin":false,"StdinOnce":false,"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:'
        '/sbin:/bin"],"Cmd":["sleep","300"],"Image":"alpine","Volumes":null,"WorkingDir":"","Entrypoint":null,'
        '"OnBuild":null,"Labels":{}}\n'
    )
    assert shown(session, "docker inspect -f '{{.Config}}' aa") == (
        f"{{{name}   false false false map[] false false false [PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
        "/sbin:/bin] [sleep 300] <nil> false alpine map[]  [] false  [] map[]  <nil> []}\n"
    )


def test_an_image_that_was_committed_tells_which_engine_did(session: Session) -> None:
    asked = "docker image inspect -f '[{{.DockerVersion}}]' alpine web"
    assert shown(session, "docker create --name aa alpine", "docker commit aa web", asked) == "[]\n[28.5.2]\n"


def test_ports_that_any_will_do_for_are_counted_on_for_each_protocol_apart(session: Session) -> None:
    session.run("docker run -d --name aa -p 80 nginx")
    session.run("docker restart aa")
    assert shown(session, "docker port aa 80") == "0.0.0.0:32769\n[::]:32769\n"
    session.run("docker rm -f aa")
    session.run("docker run -d --name aa -p 80/udp -p 80 nginx")
    assert shown(session, "docker port aa") == (
        "80/tcp -> 0.0.0.0:32770\n80/tcp -> [::]:32770\n80/udp -> 0.0.0.0:32768\n80/udp -> [::]:32768\n"
    )


def test_a_file_that_is_not_there_to_be_copied_is_named_by_its_whole_path(session: Session) -> None:
    session.run("docker create --name aa alpine")
    assert shown(session, "docker cp /tmp/f aa:/srv") == "lstat /tmp/f: no such file or directory\n"
    assert shown(session, "docker cp ./f aa:/srv") == "lstat /root/f: no such file or directory\n"


def test_ls_refuses_in_the_order_given_and_lists_files_and_then_directories_by_name(session: Session) -> None:
    session.run("docker run -d --name aa alpine sleep 300")
    listed = shown(session, "docker exec aa ls /srv /nosuch /opt /etc/passwd /none /etc/group")
    assert listed == (
        "ls: /nosuch: No such file or directory\nls: /none: No such file or directory\n"
        "/etc/group\n/etc/passwd\n\n/opt:\n\n/srv:\n"
    )


@pytest.mark.parametrize(
    ("made", "layers"),
    [("create --name aa", 1), ("run -d --name aa", 2), ("run -d -p 8080:80 --name aa", 2)],
    ids=["only created", "started", "start refused"],
)
def test_a_copy_out_of_a_container_leaves_an_empty_layer_to_a_commit_unless_it_was_only_created(
    session: Session, made: str, layers: int
) -> None:
    session.run("docker run -d -p 8080:80 alpine sleep 300")
    session.run(f"docker {made} alpine sleep 300")
    assert session.run("docker cp aa:/etc/os-release got").status == 0
    assert shown(session, "docker diff aa") == ""
    asked = "docker image inspect -f '{{len .RootFS.Layers}} {{.Size}}' web"
    assert shown(session, "docker commit aa web", asked) == f"{layers} 7830\n"


def test_a_container_whose_port_is_taken_keeps_the_status_with_which_it_failed_before(session: Session) -> None:
    session.run("docker create --name aa -p 8080:80 alpine sh -c 'exit 3'")
    session.run("docker run -d --name bb -p 8080:80 alpine sleep 300")
    asked = "docker inspect -f '{{.State.ExitCode}} {{eq .State.Error \"\"}}' aa"
    assert shown(session, "docker start aa", asked) == "128 false\n"
    session.run("docker stop -t 0 bb")
    assert shown(session, "docker start aa", asked) == "3 true\n"
    session.run("docker start bb")
    assert shown(session, "docker start aa", asked) == "3 false\n"


@pytest.mark.parametrize("target", ["aa:/nosuch/", "aa:/etc/passwd/", "zz:/srv/"])
def test_what_is_to_be_copied_into_a_directory_needs_one(session: Session, target: str) -> None:
    session.run("docker create --name aa alpine")
    assert shown(session, "echo hello > f", f"docker cp f {target}") == "no such directory\n"


def test_a_copy_in_that_finds_no_file_leaves_an_empty_layer_too(session: Session) -> None:
    session.run("docker run -d --name aa alpine sleep 300")
    assert session.run("docker cp nosuch aa:/srv").status == 1
    assert shown(session, "docker commit aa web", "docker image inspect -f '{{len .RootFS.Layers}}' web") == "2\n"


@pytest.mark.parametrize(("removed", "left"), [("rm -f aa", 1), ("rm -f -v aa", 0), ("stop aa", 0)])
def test_a_container_that_would_remove_itself_leaves_its_volume_to_a_forced_removal(
    session: Session, removed: str, left: int
) -> None:
    session.run("docker run -d --rm --name aa -e POSTGRES_HOST_AUTH_METHOD=trust postgres:16")
    session.run(f"docker {removed}")
    assert session.engine.containers() == []
    assert len(session.engine.volume_store.volumes()) == left


def test_a_paused_server_is_reached_and_does_not_answer(session: Session) -> None:
    session.run("docker run -d --name aa -p 8080:80 nginx")
    session.run("docker pause aa")
    assert session.run("curl -s localhost:8080 | head -n 4", interrupt=True) == ("^C\n", 130)
    session.run("docker unpause aa")
    assert shown(session, "curl -s localhost:8080 | grep '<h1>'") == "<h1>Welcome to nginx!</h1>\n"
