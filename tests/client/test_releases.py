"""What client and engine of Docker 29 say otherwise than those of 28, apart from the pages, measured with 29.8.0."""

from __future__ import annotations

import json

import pytest

from dockerlearn.client.docker import Docker
from dockerlearn.client.release import CLIENTS
from dockerlearn.client.usage import help_texts
from dockerlearn.model.clock import FixedClock
from dockerlearn.model.engine import Engine
from dockerlearn.terminal.session import Session
from tests.february import hub

THEN = "2026-11-28T18:30:00"
NGINX = "8219b0d4c7bf866e892fd2c47ec184771af62c4b7362bd98834744b6172d5828"


def session(docker: str = "29", *commands: str) -> Session:
    typed = Session(registry=hub(), docker=docker, clock=FixedClock(THEN), seed=1)
    for command in commands:
        assert typed.run(command).status == 0
    return typed


@pytest.mark.parametrize(
    ("line", "in_28", "in_29"),
    [
        ("docker inspect nosuch", "[]\nError: No such object: nosuch\n", "[]\nerror: no such object: nosuch\n"),
        ("docker rm -f nosuch", "Error response from daemon: No such container: nosuch\n", ""),
        (
            "docker tag nginx Mine",
            (
                'Error parsing reference: "Mine" is not a valid repository/tag: invalid reference format: repository name '
                "(library/Mine) must be lowercase\n"
            ),
            (
                'error parsing reference: "Mine" is not a valid repository/tag: invalid reference format: repository name '
                "(library/Mine) must be lowercase\n"
            ),
        ),
        (
            "docker start nosuch",
            "Error response from daemon: No such container: nosuch\nError: failed to start containers: nosuch\n",
            "Error response from daemon: No such container: nosuch\nfailed to start containers: nosuch\n",
        ),
        (
            "docker attach idle",
            "You cannot attach to a stopped container, start it first\n",
            "cannot attach to a stopped container, start it first\n",
        ),
        (
            "docker rename idle a",
            (
                "Error response from daemon: Error when allocating new name: Invalid container name (/a), only "
                "[a-zA-Z0-9][a-zA-Z0-9_.-] are allowed\nError: failed to rename container named idle\n"
            ),
            (
                "failed to rename container: Error response from daemon: Error when allocating new name: Invalid container "
                "name (/a), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed\n"
            ),
        ),
        ("docker --version", "Docker version 28.2.2, build e6534b4\n", "Docker version 29.8.0, build 28f7560\n"),
        ("docker inspect -f '{{.Driver}}' idle", "overlay2\n", "overlayfs\n"),
    ],
)
def test_words_that_changed(line: str, in_28: str, in_29: str) -> None:
    said = [session(docker, "docker pull -q nginx", "docker create --name idle nginx").run(line).output for docker in ("28", "29")]  # fmt: skip
    assert said == [in_28, in_29]


def test_a_container_that_is_paused_already() -> None:
    commands = "docker pull -q nginx", "docker run -d --name web nginx", "docker pause web"
    for docker, word in (("28", "Container"), ("29", "container"), ("29-upgraded", "container")):
        refusal = session(docker, *commands).run("docker pause web").output
        assert refusal.startswith(f"Error response from daemon: {word} ")
        assert refusal.endswith(" is already paused\n")
        assert (
            session(docker, *commands[:2])
            .run("docker unpause web")
            .output.startswith("Error response from daemon: Container ")
        )


def test_versions_tell_of_the_parts_of_the_engine() -> None:
    told = session().run("docker version").output
    assert "Client: Docker Engine - Community\n Version:           29.8.0\n API version:       1.55\n" in told
    assert "  API version:      1.56 (minimum version 1.40)\n" in told
    assert " containerd:\n  Version:          2.1.9+unknown\n  GitCommit:        \n runc:\n" in told
    assert told.endswith(" docker-init:\n  Version:          0.19.0\n  GitCommit:        \n")
    assert session().run("docker version -f '{{.Client.Version}} {{.Server.Version}}'").output == "29.8.0 29.8.0\n"
    assert (
        session().run("docker version -f '{{.Client.GitCommit}} {{.Client.GoVersion}}'").output == "28f7560 go1.26.10\n"
    )
    assert session("28").run("docker version").output.startswith("Client:\n Version:           28.2.2\n")


def test_a_client_may_be_older_than_its_engine() -> None:
    engine = Engine([hub()], clock=FixedClock(THEN))
    old = Docker(engine, release=CLIENTS["28"])
    assert "".join(effect.text for effect in old.run(["--version"]) if hasattr(effect, "text")).startswith(
        "Docker version 28"
    )


# Help


@pytest.mark.parametrize(
    ("command", "gone", "new"),
    [
        ("docker", "  trust       Manage trust on Docker images\n", ""),
        (
            "docker images",
            "Show all images (default hides intermediate images)\n",
            "Show all images (default hides intermediate and\n                        dangling images)\n",
        ),
        (
            "docker commit",
            "  -p, --pause            Pause container during commit (default true)\n",
            "      --no-pause         Disable pausing container during commit\n",
        ),
        ("docker cp", "Always follow symbol link in SRC_PATH\n", "Always follow symlinks in SRC_PATH\n"),
        (
            "docker pull",
            "--disable-content-trust",
            "      --platform string   Set platform if server is multi-platform capable\n",
        ),
        (
            "docker run",
            "--kernel-memory",
            "      --ip ip                            IPv4 address (e.g., 172.30.100.104)\n",
        ),
        ("docker create", '"|missing"', '("always", "missing", "never")\n'),
    ],
)
def test_help_texts_that_changed(command: str, gone: str, new: str) -> None:
    before, after = (help_texts(name)[command].text for name in ("28", "29"))
    assert gone in before
    assert gone not in after
    assert new in after
    assert new not in before or not new


def test_all_other_help_texts_are_the_same() -> None:
    before, after = help_texts("28"), help_texts("29")
    assert list(before) == list(after)
    changed = {text.verb for name, text in after.items() if text.text != before[name].text}
    assert changed == {
        "docker", "docker image ls", "docker container commit", "docker container cp", "docker image pull",
        "docker container run", "docker container create",
    }  # fmt: skip


# Inspect


def test_an_image_tells_what_it_has_and_where_it_came_from() -> None:
    [told] = json.loads(session("29", "docker pull nginx").run("docker image inspect nginx").output)
    assert list(told) == [
        "Id", "RepoTags", "RepoDigests", "Comment", "Created", "Config", "Architecture", "Os", "Size", "RootFS", "Metadata",
        "Descriptor", "Identity",
    ]  # fmt: skip
    assert list(told["Config"]) == ["ExposedPorts", "Env", "Entrypoint", "Cmd", "Labels", "StopSignal"]
    assert told["Id"] == f"sha256:{NGINX}"
    assert told["RepoDigests"] == [f"nginx@sha256:{NGINX}"]
    assert told["Size"] == 769161
    assert told["Metadata"]["LastTagTime"].startswith("2026-11-28T18:30:00")
    assert told["Descriptor"] == {
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "digest": f"sha256:{NGINX}",
        "size": 1337,
    }
    assert told["Identity"] == {"Pull": [{"Repository": "docker.io/library/nginx"}]}


def test_an_image_that_was_made_here_tells_it_in_the_order_of_the_alphabet() -> None:
    typed = session(
        "29", "docker pull -q alpine", "docker create --name box alpine true", "docker commit -a me box made"
    )
    [told] = json.loads(typed.run("docker image inspect made").output)
    assert list(told) == [
        "Architecture", "Author", "Config", "Created", "Descriptor", "Id", "Metadata", "Os", "Parent", "RepoDigests",
        "RepoTags", "RootFS", "Size",
    ]  # fmt: skip
    assert list(told["Config"]) == sorted(told["Config"])
    assert list(told["Descriptor"]) == ["digest", "mediaType", "size"]


def test_signs_of_html_are_themselves_in_an_image_and_escaped_in_a_container() -> None:
    typed = session("29", "docker pull -q nginx", "docker create --name web nginx echo '<&>'")
    assert "<docker-maint@nginx.com>" in typed.run("docker image inspect nginx").output
    assert r"\u003c\u0026\u003e" in typed.run("docker container inspect web").output
    assert (
        r"\u003cdocker-maint@nginx.com\u003e"
        in session("28", "docker pull -q nginx").run("docker inspect nginx").output
    )


@pytest.mark.parametrize("field", ["GraphDriver.Name", "Parent", "DockerVersion", "VirtualSize", "Container"])
def test_a_field_that_is_gone_is_an_error(field: str) -> None:
    refusal = session("29", "docker pull -q nginx").run(f"docker image inspect -f '{{{{.{field}}}}}' nginx")
    key = field.partition(".")[0]
    assert refusal.status != 0
    assert refusal.output.startswith("\ntemplate parsing error: template: :1:")
    assert refusal.output.endswith(f'executing "" at <.{field}>: map has no entry for key "{key}"\n')


def test_a_field_that_is_gone_is_nothing_in_json() -> None:
    typed = session("29", "docker pull -q nginx")
    assert (
        typed.run("docker image inspect -f '{{json .GraphDriver}} {{json .Manifests}}' nginx").output == "null null\n"
    )


def test_a_container_tells_of_its_snapshot_and_its_manifest() -> None:
    typed = session("29", "docker pull -q nginx", "docker run -d --name web nginx")
    [told] = json.loads(typed.run("docker container inspect web").output)
    names = list(told)
    assert names[names.index("HostConfig") + 1 : names.index("Mounts")] == ["Storage"]
    assert names[-2:] == ["NetworkSettings", "ImageManifestDescriptor"]
    assert told["Storage"] == {"RootFS": {"Snapshot": {"Name": "overlayfs"}}}
    assert told["ImageManifestDescriptor"]["platform"] == {"architecture": "amd64", "os": "linux"}
    assert list(told["NetworkSettings"]) == ["SandboxID", "SandboxKey", "Ports", "Networks"]
    assert list(told["NetworkSettings"]["Networks"]["bridge"])[5:11] == [
        "NetworkID", "EndpointID", "Gateway", "IPAddress", "MacAddress", "IPPrefixLen",
    ]  # fmt: skip
    assert told["HostConfig"]["Dns"] is None
    assert told["HostConfig"]["MaskedPaths"] == sorted(told["HostConfig"]["MaskedPaths"])
    assert "OnBuild" not in told["Config"]
    refusal = typed.run("docker inspect -f '{{.NetworkSettings.IPAddress}}' web").output
    assert refusal.endswith('at <.NetworkSettings.IPAddress>: map has no entry for key "IPAddress"\n')


def test_a_list_of_containers_tells_of_health_and_of_the_platform() -> None:
    commands = "docker pull -q nginx", "docker create --name web nginx"
    told = json.loads(session("29", *commands).run("docker ps -a --format json").output)
    assert (told["HealthStatus"], told["Platform"]) == ("none", {"architecture": "amd64", "os": "linux"})
    assert session("29", *commands).run("docker ps -a --format '{{.Platform}}'").output == "linux/amd64\n"
    assert json.loads(session("29-upgraded", *commands).run("docker ps -a --format json").output)["Platform"] is None
    assert "HealthStatus" not in json.loads(session("28", *commands).run("docker ps -a --format json").output)


# What happens otherwise


def test_a_container_whose_port_was_taken_never_gets_a_network_again() -> None:
    typed = session("29", "docker pull -q nginx", "docker run -d -p 8091:80 --name first nginx")
    assert typed.run("docker run -d -p 8091:80 --name second nginx").status == 125
    typed.run("docker rm -f first")
    assert typed.run("docker inspect -f '{{json .NetworkSettings.Networks}}' second").output == "{}\n"
    assert typed.run("docker start second").output == "second\n"
    assert typed.run("docker ps --format '{{.Names}} [{{.Ports}}]'").output == "second []\n"
    assert typed.run("curl -s localhost:8091").status == 7
    assert typed.run("docker restart -t 1 second; docker ps --format '[{{.Ports}}]'").output == "second\n[]\n"
    old = session("28", "docker pull -q nginx", "docker run -d -p 8091:80 --name first nginx")
    old.run("docker run -d -p 8091:80 --name second nginx; docker rm -f first; docker start second")
    assert "8091->80/tcp" in old.run("docker ps").output


def test_a_container_made_by_digest_is_listed_by_the_id_of_its_image() -> None:
    for docker, shown in (("29", NGINX[:12]), ("28", "nginx")):
        typed = session(docker, f"docker run -d --name web nginx@sha256:{NGINX}")
        assert typed.run("docker ps --format '{{.Image}}'").output == f"{shown}\n"


def test_an_id_in_full_is_never_pulled() -> None:
    result = session().run(f"docker run sha256:{'0' * 64}")
    assert (result.output.splitlines()[0], result.status) == (
        f"docker: Error response from daemon: No such image: sha256:{'0' * 64}",
        125,
    )


# What a pull tells on its way


def test_what_is_no_terminal_is_told_each_step_of_a_layer() -> None:
    first = session().run("docker pull nginx | cat").output.splitlines()
    layers = [line.partition(":")[0] for line in first if line.endswith("Pulling fs layer")]
    steps = ("Pulling fs layer", "Download complete", "Pull complete")
    assert first[2:-3] == [f"{layer}: {step}" for step in steps for layer in layers]
    assert len(layers) == 7


def test_a_blob_that_is_there_is_not_downloaded_again_but_unpacked_on_other_layers() -> None:
    typed = session("29", "docker pull -q nginx")
    told = typed.run("docker pull nginx:1.27.3 | sort | uniq").output
    assert told.count("Already exists") == 5
    assert told.count("Download complete") == 2
    assert told.count("Pull complete") == told.count("Pulling fs layer") == 7
    shown = session("29", "docker pull -q nginx").run("docker pull nginx:1.27.3").output
    assert "Already exists" not in shown
    assert shown.count("Pull complete") == 7


def test_the_classic_store_tells_a_pipe_what_it_tells_a_terminal() -> None:
    assert session("28").run("docker pull nginx | cat").output == session("28").run("docker pull nginx").output
