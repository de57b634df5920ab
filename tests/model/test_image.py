"""Images: values with a history, named by the digests of their own bytes."""

import hashlib
import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockerlearn.model.digest import canonical_json, chain_ids
from dockerlearn.model.errors import NotFound
from dockerlearn.model.image import Config, Image, Step, timestamp
from dockerlearn.model.index import CONFIG_TYPE, MANIFEST_TYPE
from dockerlearn.model.layer import Layer, union
from dockerlearn.model.tree import Directory, File, Symlink
from tests.february import hub
from tests.strategies import trees

NOON = datetime(2025, 2, 20, 12, tzinfo=UTC)
BASE = Layer.of(
    {"bin/sh": File.script("#!"), "etc/motd": "hi", "etc/hosts": "", "var/cache/a": "a", "var/cache/b": "b"}
)
IMAGE = (
    Image.scratch.with_layer(BASE, by="ADD rootfs /", created=NOON)
    .with_layer(Layer.of({"etc/motd": "ho"}), by="RUN echo ho > /etc/motd")
    .with_config(env={"A": "1"}, cmd=["sh"])
    .with_layer(Layer.of({"var/cache/c": "c"}, deleted=["var/cache"]), by="RUN refresh")
    .with_layer(Layer.of({"etc/hosts/x": "x"}, deleted=["bin/sh"]), by="RUN mess")
)


# History and settings


def test_scratch_is_empty() -> None:
    assert (Image.scratch.steps, Image.scratch.layers, Image.scratch.chain_ids) == ((), (), ())
    assert Image.scratch.size == 0
    assert Image.scratch.tree == Directory()
    assert json.loads(Image.scratch.config_json)["rootfs"] == {"type": "layers", "diff_ids": []}


def test_each_step_is_a_row_of_history_and_only_some_make_a_layer() -> None:
    assert [(step.created_by, step.layer is not None) for step in IMAGE.steps] == [
        ("ADD rootfs /", True),
        ("RUN echo ho > /etc/motd", True),
        ("ENV A=1", False),
        ('CMD ["sh"]', False),
        ("RUN refresh", True),
        ("RUN mess", True),
    ]
    assert IMAGE.layers[0] == BASE
    assert IMAGE.size == sum(layer.size for layer in IMAGE.layers)
    assert IMAGE.chain_ids == chain_ids(layer.diff_id for layer in IMAGE.layers)
    assert IMAGE.tree == union(IMAGE.layers)


def test_a_step_makes_another_image_and_leaves_the_old_one() -> None:
    before = IMAGE.id
    child = IMAGE.with_config(user="nobody")
    assert child != IMAGE
    assert IMAGE.id == before
    assert child.layers == IMAGE.layers
    assert child.created == NOON  # a step that is not dated is as old as what it stands on


def test_images_are_equal_if_their_configurations_are() -> None:
    again = Image(IMAGE.steps, IMAGE.config, IMAGE.created)
    assert again == IMAGE
    assert hash(again) == hash(IMAGE)
    assert IMAGE.id != IMAGE
    assert repr(IMAGE) == f"<Image {IMAGE.id[:19]} 4 layers, {IMAGE.size} bytes>"


@pytest.mark.parametrize(
    ("settings", "rows", "config"),
    [
        ({"env": {"A": "2", "B": "x=y"}}, ["ENV A=2", "ENV B=x=y"], {"Env": ["A=2", "FLAG", "B=x=y"]}),
        ({"labels": {"b": "2", "a": "1"}}, ["LABEL b=2", "LABEL a=1"], {"Labels": {"a": "1", "b": "2", "z": "0"}}),
        ({"cmd": ["sh", "-c", 'a && "b"']}, [r'CMD ["sh" "-c" "a && \"b\""]'], {"Cmd": ["sh", "-c", 'a && "b"']}),
        ({"cmd": "a | b"}, ['CMD ["/bin/sh" "-c" "a | b"]'], {"Cmd": ["/bin/sh", "-c", "a | b"]}),
        ({"entrypoint": ["/go"]}, ['ENTRYPOINT ["/go"]'], {"Entrypoint": ["/go"], "Cmd": None}),
        (
            {"cmd": ["x"], "entrypoint": ["/go"]},
            ['CMD ["x"]', 'ENTRYPOINT ["/go"]'],
            {"Entrypoint": ["/go"], "Cmd": ["x"]},
        ),
        (
            {"exposed_ports": ["443/tcp", "53/udp", "80"]},
            ["EXPOSE map[443/tcp:{} 53/udp:{} 80/tcp:{}]"],
            {"ExposedPorts": {"443/tcp": {}, "53/udp": {}, "80/tcp": {}}},
        ),
        ({"exposed_ports": "80"}, ["EXPOSE map[80/tcp:{}]"], {"ExposedPorts": {"80/tcp": {}}}),
        ({"volumes": ["/b", "/a"]}, ["VOLUME [/a /b]"], {"Volumes": {"/a": {}, "/b": {}}}),
        ({"volumes": "/a"}, ["VOLUME [/a]"], {"Volumes": {"/a": {}}}),
        ({"user": "nginx"}, ["USER nginx"], {"User": "nginx"}),
        ({"working_dir": "/app"}, ["WORKDIR /app"], {"WorkingDir": "/app"}),
        ({"stop_signal": "SIGQUIT"}, ["STOPSIGNAL SIGQUIT"], {"StopSignal": "SIGQUIT"}),
    ],
)
def test_a_setting_is_worded_as_buildkit_words_it(
    settings: dict[str, Any], rows: list[str], config: dict[str, object]
) -> None:
    base = Image(config=Config(env=("A=1", "FLAG"), cmd=("old",), labels={"z": "0"}, exposed_ports=("80/tcp",)))
    image = base.with_config(**settings)
    assert [step.created_by for step in image.steps] == rows
    found = image.config.json()
    assert {name: found.get(name) for name in config} == config
    assert image.config.json() == json.loads(image.config_json)["config"]


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(TypeError, match="no setting 'command', only user, exposed_ports"):
        Image.scratch.with_config(command=["x"])
    with pytest.raises(TypeError, match="command"):
        Image.scratch.with_instruction("CMD x", command=("x",))


def test_an_instruction_may_be_worded_by_hand() -> None:
    image = IMAGE.with_instruction('/bin/sh -c #(nop)  CMD ["bash"]', cmd=("bash",), comment="by hand", created=NOON)
    assert image.config.cmd == ("bash",)
    assert image.steps[-1] == Step('/bin/sh -c #(nop)  CMD ["bash"]', None, NOON, "by hand")
    assert image.layers == IMAGE.layers


# Bytes


def test_the_configuration_is_written_in_the_order_of_the_go_structures() -> None:
    image = Image(author="me").with_layer(BASE, by="ADD a > b", created=NOON, comment="first")
    image = image.with_config(
        stop_signal="SIGQUIT",
        labels={"l": "&"},
        working_dir="/w",
        volumes=["/v"],
        entrypoint=["e"],
        cmd=["c"],
        env={"E": "1"},
        exposed_ports=["1/tcp"],
        user="u",
    )
    document = json.loads(image.config_json)
    assert list(document) == ["created", "author", "architecture", "os", "config", "rootfs", "history"]
    assert list(document["config"]) == [
        "User",
        "ExposedPorts",
        "Env",
        "Entrypoint",
        "Cmd",
        "Volumes",
        "WorkingDir",
        "Labels",
        "StopSignal",
    ]
    assert list(document["rootfs"]) == ["type", "diff_ids"]
    assert image.config_json.startswith(
        b'{"created":"2025-02-20T12:00:00Z","author":"me","architecture":"amd64","os":"linux",'
    )
    assert (
        b'"history":[{"created":"2025-02-20T12:00:00Z","created_by":"ADD a \\u003e b","comment":"first"},'
        in image.config_json
    )
    assert (
        b'{"created":"2025-02-20T12:00:00Z","created_by":"STOPSIGNAL SIGQUIT","empty_layer":true}' in image.config_json
    )
    assert b'"Labels":{"l":"\\u0026"}' in image.config_json


def test_what_go_keeps_as_a_map_is_written_in_order() -> None:
    config = Config(exposed_ports=("80/tcp", "443/tcp"), volumes=("/b", "/a"), labels={"b": "", "a": ""})
    assert canonical_json(config.json()) == (
        b'{"ExposedPorts":{"443/tcp":{},"80/tcp":{}},"Volumes":{"/a":{},"/b":{}},"Labels":{"a":"","b":""}}'
    )


def test_a_row_of_history_is_written_in_the_order_of_its_go_structure() -> None:
    rows = [Step("ADD", BASE, NOON, "why", "me").json(), Step("CMD").json()]
    assert canonical_json(rows) == (
        b'[{"created":"2025-02-20T12:00:00Z","created_by":"ADD","author":"me","comment":"why"},'
        b'{"created_by":"CMD","empty_layer":true}]'
    )


def test_what_is_empty_is_left_out() -> None:
    image = Image.scratch.with_layer(BASE, by="ADD")
    assert image.config_json == (
        b'{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["%s"]},'
        b'"history":[{"created_by":"ADD"}]}' % BASE.diff_id.encode()
    )


def test_every_row_that_is_not_empty_has_a_layer() -> None:
    document = json.loads(IMAGE.config_json)
    assert sum(not row.get("empty_layer") for row in document["history"]) == len(document["rootfs"]["diff_ids"]) == 4


def test_an_image_id_is_the_digest_of_the_configuration() -> None:
    assert IMAGE.id == "sha256:" + hashlib.sha256(IMAGE.config_json).hexdigest()


def test_a_manifest_names_the_configuration_and_each_blob_with_its_size() -> None:
    manifest = json.loads(IMAGE.manifest)
    assert list(manifest) == ["schemaVersion", "mediaType", "config", "layers"]
    assert (manifest["schemaVersion"], manifest["mediaType"]) == (2, MANIFEST_TYPE)
    assert manifest["config"] == {"mediaType": CONFIG_TYPE, "digest": IMAGE.id, "size": len(IMAGE.config_json)}
    assert [(each["digest"], each["size"]) for each in manifest["layers"]] == [
        (layer.digest, len(layer.blob)) for layer in IMAGE.layers
    ]
    assert IMAGE.digest == "sha256:" + hashlib.sha256(IMAGE.manifest).hexdigest()


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2025, 2, 20, 9, tzinfo=UTC), "2025-02-20T09:00:00Z"),
        (datetime(2025, 2, 20, 9, 0, 0, 120300, tzinfo=UTC), "2025-02-20T09:00:00.1203Z"),
        (datetime(2025, 2, 20, 9, tzinfo=timezone(timedelta(hours=9))), "2025-02-20T00:00:00Z"),
        (datetime(2025, 2, 20, 9), "2025-02-20T09:00:00Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
    ],
)
def test_times_are_written_as_go_writes_them(moment: datetime, text: str) -> None:
    assert timestamp(moment) == text


def test_times_are_kept_in_utc() -> None:
    abroad = datetime(2025, 2, 20, 21, tzinfo=timezone(timedelta(hours=9)))
    image = Image.scratch.with_layer(BASE, by="ADD", created=abroad)
    assert image.created is not None
    assert image.created.tzinfo is UTC
    assert Image(created=datetime(2025, 2, 20, 12)).created == NOON
    assert image.created == image.steps[0].created == NOON


# Provenance


@pytest.mark.parametrize(
    ("path", "by"),
    [
        ("/etc/motd", "RUN echo ho > /etc/motd"),
        ("etc/hosts/x", "RUN mess"),
        ("/var/cache/c", "RUN refresh"),
        ("var", "RUN refresh"),
        ("bin", "RUN mess"),
    ],
)
def test_a_path_comes_from_the_last_layer_that_has_it(path: str, by: str) -> None:
    assert IMAGE.step_of(path).created_by == by
    assert IMAGE.layer_of(path) == IMAGE.step_of(path).layer


@pytest.mark.parametrize(
    "path", ["/bin/sh", "/bin/.wh.sh", "/var/cache/a", "var/cache/.wh..wh..opq", "etc/motd/x", "no", "", "/"]
)
def test_what_is_deleted_hidden_or_never_was_comes_from_nowhere(path: str) -> None:
    with pytest.raises(NotFound, match=f"^no {path!r} in the image$"):
        IMAGE.step_of(path)
    with pytest.raises(NotFound):
        IMAGE.layer_of(path)


@given(st.lists(trees, min_size=1, max_size=4))
def test_provenance_agrees_with_the_union_for_every_path(states: list[Directory]) -> None:
    image, lower = Image.scratch, Directory()
    first_seen: dict[str, int] = {}
    for number, upper in enumerate(states):
        image = image.with_layer(Layer.between(lower, upper), by=str(number)).with_config(user=str(number))
        old, new = dict(lower.walk()), dict(upper.walk())
        first_seen = {path: first_seen[path] if old.get(path) == node else number for path, node in new.items()}
        lower = upper
    assert image.tree == lower
    for path, node in image.tree.walk():
        layer = image.layer_of(path)
        if not isinstance(node, Directory):
            assert layer.changes.get(path) == node
            assert image.step_of(path).created_by == str(first_seen[path])
    for state in states:
        for path, _ in state.walk():
            if image.tree.get(path) is None:
                with pytest.raises(NotFound):
                    image.step_of(path)


def test_links_are_not_followed() -> None:
    image = Image.scratch.with_layer(Layer.of({"bin": Symlink("usr/bin"), "usr/bin/sh": ""}), by="ADD")
    assert image.step_of("bin").created_by == "ADD"
    with pytest.raises(NotFound):
        image.step_of("bin/sh")


# Skopeo as a witness


@pytest.mark.parametrize("name", ["nginx", "postgres:16"])
def test_skopeo_finds_the_digests_that_the_model_computed(name: str, tmp_path: Path) -> None:
    if not shutil.which("skopeo"):
        pytest.skip("no skopeo is installed")
    image = hub().image(name)
    blobs = tmp_path / "model" / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    for content in (image.config_json, image.manifest, *(layer.blob for layer in image.layers)):
        (blobs / hashlib.sha256(content).hexdigest()).write_bytes(content)
    descriptor = {
        "mediaType": MANIFEST_TYPE,
        "digest": image.digest,
        "size": len(image.manifest),
        "annotations": {"org.opencontainers.image.ref.name": "1"},
    }
    (tmp_path / "model" / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [descriptor]}))
    (tmp_path / "model" / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')

    def skopeo(*words: str) -> str:
        return subprocess.run(["skopeo", *words], capture_output=True, text=True, check=True).stdout

    skopeo("--insecure-policy", "copy", "-q", f"oci:{tmp_path}/model:1", f"oci:{tmp_path}/copy:1")
    copied = json.loads(skopeo("inspect", "--raw", f"oci:{tmp_path}/copy:1"))
    assert copied["config"]["digest"] == image.id
    told = json.loads(skopeo("inspect", f"oci:{tmp_path}/copy:1"))
    assert told["Digest"] == image.digest
    assert told["Layers"] == [layer.digest for layer in image.layers]
    skopeo("--insecure-policy", "copy", "-q", f"oci:{tmp_path}/model:1", f"docker-archive:{tmp_path}/image.tar:a:1")
    rewritten = json.loads(skopeo("inspect", "--config", "--raw", f"docker-archive:{tmp_path}/image.tar"))
    assert rewritten == json.loads(image.config_json)
