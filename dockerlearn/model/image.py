"""An image: a stack of layers and a configuration, both immutable, named by digests of their own bytes.

JSON forms follow the OCI image specification 1.1 (config.md, manifest.md), with the fields in the order in which
Docker's and skopeo's Go structures write them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar

from .clock import utc
from .digest import canonical_json, chain_ids, sha256
from .errors import NotFound
from .index import CONFIG_TYPE, INDEX_TYPE, MANIFEST_TYPE, Descriptor, Index, Platform
from .layer import Layer, union
from .tree import Directory, split
from .value import Value, instance, mapping, sequence

LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip"


def timestamp(moment: datetime) -> str:
    """`moment` as RFC 3339 in UTC, the way Go prints it: no trailing zeros in the fraction."""
    whole, point, fraction = utc(moment).replace(tzinfo=None).isoformat().partition(".")
    return whole + point + fraction.rstrip("0") + "Z"


class Config(Value):
    """How a container of the image starts. Field names are those of the Dockerfile instructions, in Python's case.

    Raises `TypeError` for one text where several belong.
    """

    user: str = ""
    exposed_ports: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    working_dir: str = ""
    labels: Mapping[str, str] = MappingProxyType({})
    stop_signal: str = ""

    def json(self) -> dict[str, Any]:
        """The `config` object of the image configuration; what is empty is left out."""
        every = {
            "User": self.user,
            "ExposedPorts": {port: {} for port in sorted(self.exposed_ports)},
            "Env": list(self.env),
            "Entrypoint": list(self.entrypoint),
            "Cmd": list(self.cmd),
            "Volumes": {volume: {} for volume in sorted(self.volumes)},
            "WorkingDir": self.working_dir,
            "Labels": dict(sorted(self.labels.items())),
            "StopSignal": self.stop_signal,
        }
        return {key: value for key, value in every.items() if value}


class Step(Value):
    """One row of an image's history: what was done, and the layer that it made, if it changed any file.

    `created_by` is the instruction, in BuildKit's words for a real image. `created` is kept in UTC.
    """

    created_by: str
    layer: Layer | None = None
    created: datetime | None = None
    comment: str = ""
    author: str = ""

    def _complete(self) -> None:
        self._set("created", self.created and utc(self.created))

    def json(self) -> dict[str, Any]:
        """The row as the image configuration holds it."""
        every = {
            "created": self.created and timestamp(self.created),
            "created_by": self.created_by,
            "author": self.author,
            "comment": self.comment,
            "empty_layer": self.layer is None,
        }
        return {key: value for key, value in every.items() if value}


class Image(Value):
    """An image as a value: its steps from the first to the last, and its configuration.

    `created` is kept in UTC. Layers, digests, sizes and the file tree are derived from these. `Image.scratch` is the empty beginning.
    """

    __slots__ = ("__dict__",)  # what is derived is kept there

    scratch: ClassVar[Image]
    steps: tuple[Step, ...] = ()
    config: Config = Config()
    created: datetime | None = None
    author: str = ""
    architecture: str = "amd64"
    os: str = "linux"
    variant: str = ""
    index: Index | None = None  # the one that it came in, if it did: it is no part of the image itself

    def _complete(self) -> None:
        self._set("created", self.created and utc(self.created))

    def with_layer(self, layer: Layer, *, by: str, created: datetime | None = None, comment: str = "") -> Image:
        """This image with one more layer, made by the instruction `by`; `created` defaults to when the image was."""
        return self._with_step(Step(by, instance("layer", Layer, layer), created or self.created, comment))

    def with_instruction(
        self, by: str, *, created: datetime | None = None, comment: str = "", **settings: Any
    ) -> Image:
        """This image with one history row that made no layer, and the fields of `Config` that it sets.

        `with_config` is the convenient form for instructions that BuildKit words by itself.
        """
        image = self.replace(config=self.config.replace(**settings))
        return image._with_step(Step(by, None, created or self.created, comment))

    def with_config(self, *, created: datetime | None = None, comment: str = "", **changes: Any) -> Image:
        """This image with configuration changed: a history row for each change, and no layer.

        `changes` are fields of `Config`. As in a Dockerfile, `env` and `labels` (mappings), `exposed_ports` and `volumes`
        add to what is there; a `cmd` or `entrypoint` that is one text goes to a shell; an `entrypoint` drops the `cmd`
        that was inherited. Raises `TypeError` for any other name.
        """
        image = self
        if "entrypoint" in changes:
            image = image.replace(config=image.config.replace(cmd=()))
        for name, value in changes.items():
            config, rows = _configured(image.config, name, value)
            image = image.replace(config=config)
            for row in rows:
                image = image._with_step(Step(row, None, created or self.created, comment))
        return image

    def _with_step(self, step: Step) -> Image:
        return self.replace(steps=(*self.steps, step), created=step.created, index=None)

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """The layers, the bottom one first."""
        return tuple(step.layer for step in self.steps if step.layer is not None)

    @property
    def diff_ids(self) -> tuple[str, ...]:
        """Digest of each layer's uncompressed archive, the bottom one first: RootFS.Layers."""
        return tuple(layer.diff_id for layer in self.layers)

    @cached_property
    def chain_ids(self) -> tuple[str, ...]:
        """The name of each layer together with all below it, which decides what images share on disk."""
        return chain_ids(self.diff_ids)

    @cached_property
    def config_json(self) -> bytes:
        """The configuration as stored: settings, history and the layers' diff IDs."""
        every = {
            "created": self.created and timestamp(self.created),
            "author": self.author,
            "architecture": self.architecture,
            "variant": self.variant,
            "os": self.os,
            "config": self.config.json(),
            "rootfs": {"type": "layers", "diff_ids": list(self.diff_ids)},
            "history": [step.json() for step in self.steps],
        }
        always = ("architecture", "os", "config", "rootfs")
        return canonical_json({key: value for key, value in every.items() if value or key in always})

    @cached_property
    def id(self) -> str:
        """The digest of the configuration. The classic store calls it the image ID; containerd's store has another."""
        return sha256(self.config_json)

    @cached_property
    def manifest(self) -> bytes:
        """What a registry serves for a tag: the configuration's digest, and each layer's."""
        return canonical_json(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST_TYPE,
                "config": Descriptor(CONFIG_TYPE, self.id, len(self.config_json)).json(),
                "layers": [Descriptor(LAYER_TYPE, each.digest, each.blob_size).json() for each in self.layers],
            }
        )

    @cached_property
    def digest(self) -> str:
        """The manifest's digest: what `docker pull NAME@sha256:...` pins, unless the image came in an index."""
        return sha256(self.manifest)

    @cached_property
    def descriptor(self) -> Descriptor:
        """What a name points to in a registry: the index that the image came in, or else its manifest."""
        if self.index is not None:
            return Descriptor(INDEX_TYPE, self.index.digest, len(self.index.json))
        return Descriptor(MANIFEST_TYPE, self.digest, len(self.manifest))

    @property
    def platform(self) -> Platform:
        """What the programs in it are made for."""
        return Platform(self.os, self.architecture, self.variant)

    @cached_property
    def tree(self) -> Directory:
        """The file tree that a container of this image starts from."""
        return union(self.layers)

    @cached_property
    def size(self) -> int:
        """Bytes of all layers together, what upper layers hide included."""
        return sum(layer.size for layer in self.layers)

    def step_of(self, path: str) -> Step:
        """The step whose layer gives `path` its present content. Links are not followed.

        A directory comes from the last layer with an entry for it, which a change of anything in it makes.
        Raises `NotFound` if the image has no such path; the root directory comes from no step.
        """
        names = split(path)
        for step in reversed(self.steps if self.tree.get(path) else ()):
            here = step.layer.changes if step.layer else Directory()
            for depth, name in enumerate(names, 1):
                found = here.entries.get(name)
                if found is not None and depth == len(names):
                    return step
                if not isinstance(found, Directory):
                    break
                here = found
        raise NotFound(f"no {path!r} in the image")

    def layer_of(self, path: str) -> Layer:
        """The layer that gives `path` its present content. Raises `NotFound` if the image has no such path."""
        layer = self.step_of(path).layer
        assert layer is not None  # a step without a layer gives no path
        return layer

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Image) and self.id == other.id and self.index == other.index

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"<Image {self.id[:19]} {len(self.layers)} layers, {self.size} bytes>"


Image.scratch = Image()


def _configured(config: Config, name: str, value: Any) -> tuple[Config, list[str]]:
    """`config` with one setting changed, and the history rows that BuildKit writes for it."""
    if name == "env":
        added = {key: f"{key}={text}" for key, text in mapping(name, str, value).items()}
        before = {pair.partition("=")[0]: pair for pair in config.env}
        return config.replace(env=tuple((before | added).values())), [f"ENV {pair}" for pair in added.values()]
    if name == "labels":
        rows = [f"LABEL {key}={text}" for key, text in mapping(name, str, value).items()]
        return config.replace(labels={**config.labels, **value}), rows
    if name in ("cmd", "entrypoint"):
        words: Any = ("/bin/sh", "-c", value) if isinstance(value, str) else sequence(name, str, value)
        row = f"{name.upper()} [{' '.join(json.dumps(word, ensure_ascii=False) for word in words)}]"
        return config.replace(**{name: words}), [row]
    if name in ("exposed_ports", "volumes"):
        names = sorted((value,) if isinstance(value, str) else sequence(name, str, value))
        row = f"VOLUME [{' '.join(names)}]"
        if name == "exposed_ports":
            names = [port if "/" in port else f"{port}/tcp" for port in names]
            row = f"EXPOSE map[{' '.join(f'{port}:{{}}' for port in names)}]"
        every: Any = tuple(dict.fromkeys((*getattr(config, name), *names)))
        return config.replace(**{name: every}), [row]
    instructions = {"user": "USER", "working_dir": "WORKDIR", "stop_signal": "STOPSIGNAL"}
    if name not in instructions:
        known = ", ".join(Config.__match_args__)
        raise TypeError(f"an image has no setting {name!r}, only {known}")
    return config.replace(**{name: value}), [f"{instructions[name]} {value}"]
