"""What the client shows of the engine: the rows of its lists, and an image in full.

Lists are shown as a table, as JSON or through a template. An image in full has two forms, as in the real client: the
JSON that the engine sends, and the client's own structure, in which some fields have other names.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from .digest import short
from .engine import Engine, HistoryRow
from .human import ago, ellipsis, size, table
from .image import Image, timestamp
from .reference import Reference
from .template import Nil, Number, Strings, Struct, Template, Time

NEVER = datetime(1, 1, 1, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NONE = "<none>"


# Lists


class Row(Struct):
    """A row of a list: the cells that a format can name. Its JSON has them in alphabetical order."""

    escaped = True

    def json(self) -> dict[str, Any]:
        """What of it goes into JSON."""
        return dict(sorted(self.items()))


def listing(rows: list[Row], headers: Mapping[str, str], form: str, default: str, *, quiet: bool = False) -> str:
    """The rows the way `--format` says: a table of the `default` cells, JSON, or a template applied to each."""
    if form in ("", "table"):
        form = "{{.ID}}" if quiet else f"table {default}"
    elif form == "json":
        form = "{{json .}}"
    template = Template(form.removeprefix("table").strip(" ").replace("\\t", "\t").replace("\\n", "\n"))
    lines = [template.render(row) for row in rows]
    if not form.startswith("table"):
        return "".join(f"{line}\n" for line in lines)
    return table(line.split("\t") for line in [template.heading(headers), *lines])


def names_of(references: Iterable[Reference], *, digests: bool, pinned: bool) -> list[tuple[str, str, str]]:
    """The names that a list gives to an image: repository, tag and digest.

    `digests` puts a repository's digests beside its tags; `pinned` gives those without a tag a row each.
    """
    names: list[tuple[str, str, str]] = []
    tags: dict[str, list[str]] = {}
    pins: dict[str, list[str]] = {}
    for reference in references:
        (pins if reference.digest else tags).setdefault(reference.familiar_name, []).append(
            reference.digest or reference.tag or NONE
        )
    for repository in dict.fromkeys([*tags, *pins]):
        if repository in tags:
            beside = pins.get(repository, [NONE]) if digests else [NONE]
            names += [(repository, tag, pin) for tag in tags[repository] for pin in beside]
        else:
            names += [(repository, NONE, pin) for pin in (pins[repository] if pinned else [""])]
    return names or [(NONE, NONE, NONE)]


def image_row(engine: Engine, image: Image, name: tuple[str, str, str], *, whole: bool = False) -> Row:
    """An image under one of its names."""
    created = image.created or EPOCH
    repository, tag, digest = name
    cells = {
        "ID": image.id if whole else short(image.id),
        "Repository": repository,
        "Tag": tag,
        "Digest": digest,
        "CreatedSince": ago(created, engine.clock.now()),
        "CreatedAt": f"{created:%Y-%m-%d %H:%M:%S} +0000 UTC",
        "Size": size(image.size, 3),
        "SharedSize": "N/A",
        "UniqueSize": "N/A",
        "VirtualSize": size(image.size),
        "Containers": "N/A",
    }
    return Row("*formatter.imageContext", cells)


def usage_row(engine: Engine, image: Image) -> Row:
    """An image under its first tag, with what it shares with other images and what it has alone."""
    tags = engine.tags(image)[:1]
    shared = engine.shared_size(image)
    row = image_row(engine, image, names_of(tags, digests=False, pinned=False)[0])
    row.update(SharedSize=size(shared), UniqueSize=size(image.size - shared), Containers="0")
    return row


def kind_row(kind: str, count: int, bytes: int) -> Row:
    """A kind of thing that takes space, of which nothing is in use."""
    cells = {
        "Type": kind,
        "TotalCount": str(count),
        "Active": "0",
        "Size": size(bytes),
        "Reclaimable": f"{size(bytes)} (100%)" if bytes else "0B",
    }
    return Row(f"*formatter.diskUsage{kind.replace('Local', '').replace(' ', '')}Context", cells)


def history_row(engine: Engine, row: HistoryRow, *, whole: bool, human: bool) -> Row:
    """A step of an image; times and sizes as machines like them unless `human`."""
    created, by = row.step.created or EPOCH, row.step.created_by.replace("\t", " ")
    cells = {
        "ID": "<missing>" if row.id is None else row.id if whole else short(row.id),
        "CreatedSince": ago(created, engine.clock.now()) if human else timestamp(created.replace(microsecond=0)),
        "CreatedAt": timestamp(created.replace(microsecond=0)),
        "CreatedBy": by if whole else ellipsis(by, 45),
        "Size": size(row.size, 3) if human else str(row.size),
        "Comment": row.step.comment,
    }
    return Row("*image.historyContext", cells)


# An image in full


def details(engine: Engine, image: Image) -> dict[str, Any]:
    """An image as the engine sends it."""
    config = {**EMPTY_CONFIG, **image.config.json()}
    return {
        "Id": image.id,
        "RepoTags": [name.familiar for name in engine.tags(image)],
        "RepoDigests": [name.familiar for name in engine.digests(image)],
        "Parent": "",
        "Comment": image.steps[-1].comment if image.steps else "",
        "Created": timestamp(image.created or NEVER),
        "DockerVersion": "",
        "Author": image.author,
        "Architecture": image.architecture,
        "Os": image.os,
        "Size": image.size,
        "GraphDriver": {"Data": _directories(engine, image), "Name": "overlay2"},
        "RootFS": {"Type": "layers", "Layers": list(image.diff_ids)},
        "Metadata": {"LastTagTime": timestamp(engine.last_tagged(image) or NEVER)},
        "Config": dict(sorted(config.items())),
    }


def _directories(engine: Engine, image: Image) -> dict[str, str]:
    """Where overlayfs finds the layers: the top one is the upper directory of the image's own mount."""
    *lower, top = (f"/var/lib/docker/overlay2/{name}" for name in engine.cache_ids(image))
    data = {"LowerDir": ":".join(f"{path}/diff" for path in reversed(lower))} if lower else {}
    return {**data, "MergedDir": f"{top}/merged", "UpperDir": f"{top}/diff", "WorkDir": f"{top}/work"}


def decoded(sent: dict[str, Any]) -> Any:
    """What was sent, as Go reads JSON whose form it does not know."""
    return json.loads(json.dumps(sent, sort_keys=True), parse_int=Number)


class Typed(Struct):
    """A structure of the client, whose JSON names some fields otherwise and leaves others out while they are empty."""

    def json(self) -> dict[str, Any]:
        """What of it goes into JSON."""
        return {JSON_NAMES.get(name, name): value for name, value in self.items() if value or name not in OPTIONAL}


class ImageConfig(Typed):
    """An image's settings: a structure with two others in it, whose fields are used as if they were its own."""

    def go_text(self) -> str:
        """How Go prints it: the fields of each inner structure between braces."""
        values = super().go_text()
        return "{" + values.removesuffix(" <nil> [] []}") + "} {<nil> [] []}}"


def typed(sent: dict[str, Any]) -> Typed:
    """What was sent, as the client's own structure of an image."""
    config = {name: sent["Config"].get(name) or empty for name, empty in CONFIG_FIELDS.items()}
    for name in ("ExposedPorts", "Volumes"):  # sets, which Go writes as maps to nothing
        if config[name]:
            config[name] = dict.fromkeys(config[name], Struct("struct {}", {}))
    for name in ("Env", "Entrypoint", "Cmd"):
        config[name] = config[name] and Strings(config[name])
    inner = {
        "RepoTags": Strings(sent["RepoTags"]),
        "RepoDigests": Strings(sent["RepoDigests"]),
        "GraphDriver": Struct("storage.DriverData", sent["GraphDriver"]),
        "RootFS": Struct("image.RootFS", {"Type": "layers", "Layers": Strings(sent["RootFS"]["Layers"])}),
        "Metadata": Struct("image.Metadata", {"LastTagTime": Time(sent["Metadata"]["LastTagTime"])}),
        "Config": ImageConfig("*dockerspec.DockerOCIImageConfig", config),
    }
    fields = {name: sent.get(JSON_NAMES.get(name, name), empty) for name, empty in IMAGE_FIELDS.items()}
    return Typed("image.InspectResponse", {**fields, **inner})


# The client's structures: their fields in order, with what stands in those that the engine did not send.
IMAGE_FIELDS: dict[str, Any] = {
    "ID": "",
    "RepoTags": None,
    "RepoDigests": None,
    "Parent": "",
    "Comment": "",
    "Created": "",
    "Container": "",
    "ContainerConfig": Nil("<nil>"),
    "DockerVersion": "",
    "Author": "",
    "Config": None,
    "Architecture": "",
    "Variant": "",
    "Os": "",
    "OsVersion": "",
    "Size": 0,
    "VirtualSize": 0,
    "GraphDriver": None,
    "RootFS": None,
    "Metadata": None,
    "Descriptor": Nil("<nil>"),
    "Manifests": Nil("[]"),
}
CONFIG_FIELDS: dict[str, Any] = {
    "User": "",
    "ExposedPorts": Nil("map[]"),
    "Env": Nil("[]"),
    "Entrypoint": Nil("[]"),
    "Cmd": Nil("[]"),
    "Volumes": Nil("map[]"),
    "WorkingDir": "",
    "Labels": Nil("map[]"),
    "StopSignal": "",
    "ArgsEscaped": False,
    "Healthcheck": Nil("<nil>"),
    "OnBuild": Nil("[]"),
    "Shell": Nil("[]"),
}
JSON_NAMES = {"ID": "Id", "APIVersion": "ApiVersion"}
OPTIONAL = {
    *CONFIG_FIELDS,
    *("Container", "ContainerConfig", "Variant", "OsVersion", "VirtualSize", "Descriptor", "Manifests"),
    *("Platform", "Experimental"),
}
EMPTY_CONFIG = {
    "Cmd": None,
    "Entrypoint": None,
    "Env": None,
    "Labels": None,
    "OnBuild": None,
    "User": "",
    "Volumes": None,
    "WorkingDir": "",
}

IMAGE_HEADERS = {
    "ID": "IMAGE ID",
    "Repository": "REPOSITORY",
    "Tag": "TAG",
    "Digest": "DIGEST",
    "CreatedSince": "CREATED",
    "CreatedAt": "CREATED AT",
    "Size": "SIZE",
    "SharedSize": "SHARED SIZE",
    "UniqueSize": "UNIQUE SIZE",
    "VirtualSize": "SIZE",
    "Containers": "CONTAINERS",
}
HISTORY_HEADERS = {
    "ID": "IMAGE",
    "CreatedSince": "CREATED",
    "CreatedAt": "CREATED AT",
    "CreatedBy": "CREATED BY",
    "Size": "SIZE",
    "Comment": "COMMENT",
}
USAGE_HEADERS = {
    "Type": "TYPE",
    "TotalCount": "TOTAL",
    "Active": "ACTIVE",
    "Size": "SIZE",
    "Reclaimable": "RECLAIMABLE",
}
USAGE_WITHOUT_IMAGES = """
Containers space usage:

CONTAINER ID   IMAGE     COMMAND   LOCAL VOLUMES   SIZE      CREATED   STATUS    NAMES

Local Volumes space usage:

VOLUME NAME   LINKS     SIZE

Build cache usage: 0B

CACHE ID   CACHE TYPE   SIZE      CREATED   LAST USED   USAGE     SHARED
"""
