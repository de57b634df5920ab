"""What transcripts cannot keep, because a real engine draws it by lot or the catalog has no such image."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from dockerlearn.client.docker import Docker
from dockerlearn.model.clock import FixedClock
from dockerlearn.model.engine import Engine
from dockerlearn.model.image import Image
from dockerlearn.model.layer import Layer
from dockerlearn.model.process import complete
from dockerlearn.terminal.session import Session
from tests.february import hub

NOW = "2025-02-20T09:00:00"


@pytest.fixture
def session() -> Session:
    return Session(registry=hub(), clock=FixedClock(NOW), seed=28, docker="28")


def inspected(session: Session, name: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = json.loads(session.run(f"docker image inspect {name}").output)
    return found[0]


IMAGE_KEYS = """
Id RepoTags RepoDigests Parent Comment Created DockerVersion Author Architecture Os Size GraphDriver RootFS Metadata Config
""".split()


def test_inspect_shows_an_array_of_objects_with_the_keys_in_the_engine_s_order(session: Session) -> None:
    session.run("docker pull -q nginx")
    text = session.run("docker image inspect nginx nginx").output
    assert text.startswith('[\n    {\n        "Id": "sha256:')
    first, second = json.loads(text)
    assert first == second
    assert list(first) == IMAGE_KEYS
    assert list(first["Config"]) == sorted(first["Config"])


def test_inspect_has_a_form_on_one_line(session: Session) -> None:
    session.run("docker pull -q nginx")
    line = session.run("docker image inspect -f json nginx").output
    assert line.count("\n") == 1
    assert json.loads(line) == json.loads(session.run("docker inspect nginx").output)


def test_the_json_of_inspect_escapes_what_html_would_read(session: Session) -> None:
    session.run("docker pull -q nginx")
    assert "Maintainers \\u003cdocker-maint@nginx.com\\u003e" in session.run("docker image inspect nginx").output
    assert "<docker-maint@nginx.com>" in session.run("docker image inspect -f '{{json .}}' nginx").output


def test_every_layer_has_a_directory_of_its_own_and_images_share_them(session: Session) -> None:
    session.run("docker pull -q nginx; docker pull -q python:3.12-slim; docker pull -q alpine")
    nginx, python, alpine = (inspected(session, name) for name in ("nginx", "python:3.12-slim", "alpine"))
    lower = nginx["GraphDriver"]["Data"]["LowerDir"].split(":")
    assert len(lower) == len(nginx["RootFS"]["Layers"]) - 1
    assert all(re.fullmatch("/var/lib/docker/overlay2/[0-9a-f]{64}/diff", path) for path in lower)
    assert lower[-1] == python["GraphDriver"]["Data"]["LowerDir"].split(":")[-1]
    assert list(alpine["GraphDriver"]["Data"]) == ["MergedDir", "UpperDir", "WorkDir"]


def test_a_pull_is_no_tagging_but_a_tag_is(session: Session) -> None:
    session.run("docker pull -q nginx")
    assert inspected(session, "nginx")["Metadata"] == {"LastTagTime": "0001-01-01T00:00:00Z"}
    session.run("docker tag nginx web")
    assert inspected(session, "nginx")["Metadata"] == {"LastTagTime": "2025-02-20T09:00:02Z"}
    shown = session.run("docker image inspect -f '{{.Metadata.LastTagTime}} {{json .Metadata.LastTagTime}}' web").output
    assert shown == '2025-02-20 09:00:02 +0000 UTC "2025-02-20T09:00:02Z"\n'


def client(*images: Image) -> Docker:
    """The client of an engine with these images, named odd:1, odd:2 and so on."""
    engine = Engine(clock=FixedClock(NOW), seed=1, docker="28")
    for number, image in enumerate(images, 1):
        engine.add(image, f"odd:{number}")
    return Docker(engine)


def said(docker: Docker, line: str) -> str:
    return complete(docker.run(line.split())).screen


def test_an_image_without_a_date_is_as_old_as_the_computer_s_time() -> None:
    docker = client(Image.scratch.with_layer(Layer.of({"a": "x"}), by="ADD a /"))
    assert (
        said(docker, "images --format {{.CreatedSince}}|{{.CreatedAt}}")
        == "55 years ago|1970-01-01 00:00:00 +0000 UTC\n"
    )
    assert said(docker, "history --format {{.CreatedAt}} odd:1") == "1970-01-01T00:00:00Z\n"
    assert said(docker, "image inspect -f {{.Created}} odd:1") == "0001-01-01T00:00:00Z\n"


def test_fractions_of_a_second_are_kept_by_inspect_and_dropped_by_lists() -> None:
    moment = datetime(2025, 2, 5, 21, 27, 16, 123400, tzinfo=UTC)
    docker = client(Image.scratch.with_layer(Layer.of({"a": "x"}), by="ADD a /", created=moment))
    assert said(docker, "image inspect -f {{.Created}} odd:1") == "2025-02-05T21:27:16.1234Z\n"
    assert said(docker, "images --format {{.CreatedAt}}") == "2025-02-05 21:27:16 +0000 UTC\n"
    assert said(docker, "history -H=false --format {{.CreatedSince}} odd:1") == "2025-02-05T21:27:16Z\n"


def test_an_image_without_layers_has_no_directories() -> None:
    docker = client(Image.scratch.replace(author="Some <one>"))
    shown = json.loads(said(docker, "image inspect odd:1"))[0]
    assert shown["GraphDriver"] == {"Data": None, "Name": "overlay2"}
    assert (shown["Author"], shown["Comment"], shown["Size"]) == ("Some <one>", "", 0)
    assert said(docker, "history odd:1") == "IMAGE     CREATED   CREATED BY   SIZE      COMMENT\n"


def test_settings_of_every_kind_are_shown() -> None:
    image = Image.scratch.with_layer(Layer.of({"a": "x"}), by="ADD a /").with_config(
        user="1000", working_dir="/app", volumes=["/v", "/d"], exposed_ports=["443/tcp", "53/udp"], labels={"z": "1", "a": ""}
    )  # fmt: skip
    docker = client(image)
    assert said(docker, "image inspect -f {{.Config}} odd:1") == (
        "{{1000 map[443/tcp:{} 53/udp:{}] [] [] [] map[/d:{} /v:{}] /app map[a: z:1]  false} {<nil> [] []}}\n"
    )
    assert complete(docker.run(["image", "inspect", "-f", "{{json .Config}}", "odd:1"])).standard == (
        '{"User":"1000","ExposedPorts":{"443/tcp":{},"53/udp":{}},"Volumes":{"/d":{},"/v":{}},"WorkingDir":"/app",'
        '"Labels":{"a":"","z":"1"}}\n'
    )


def test_a_tab_in_a_step_is_a_blank_in_the_table() -> None:
    docker = client(Image.scratch.with_layer(Layer.of({"a": "x"}), by="RUN\tset -eux;\tmake"))
    assert said(docker, "history --no-trunc --format {{.CreatedBy}} odd:1") == "RUN set -eux; make\n"


def test_filters_that_contradict_each_other_are_refused() -> None:
    docker = client()
    for values in ("true false", "1 0"):
        first, second = values.split()
        line = f"images -f dangling={first} -f dangling={second}"
        assert said(docker, line) == f"Error response from daemon: invalid filter 'dangling=[{values}]'\n"


def test_prune_deletes_what_lost_its_tag_and_says_how_much_that_was(session: Session) -> None:
    session.run("docker pull -q nginx:1.27.3; docker pull -q nginx; docker tag nginx nginx:1.27.3")
    lost = next(image for image in session.engine.images() if not session.engine.tags(image))
    output = session.run("docker image prune -f").output
    assert output.startswith(f"Deleted Images:\nuntagged: nginx@{lost.digest}\ndeleted: {lost.id}\n")
    assert output.endswith("\n\nTotal reclaimed space: 191.8kB\n")


def test_an_empty_name_is_refused_by_each_command_in_its_own_way(session: Session) -> None:
    assert session.run("docker inspect ''").output == "[]\ninvalid container name or ID: value is empty\n"
    assert session.run("docker image inspect ''").output == "[]\nError: No such image: \n"
    assert session.run("docker rmi ''").output == "Error response from daemon: page not found\n"
    assert session.run("docker rmi -f ''").status == 0
