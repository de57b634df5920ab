"""What the client shows of the engine: the rows of its lists, and an image in full.

Lists are shown as a table, as JSON or through a template; a `List` says what each of its cells is. An image in full has
two forms, as in the real client: the JSON that the engine sends, and the client's own structure of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ..model.container import Container
from ..model.digest import short
from ..model.image import Image, timestamp
from ..model.lifecycle import State
from ..model.reference import Reference
from ..model.store.classic import HistoryRow
from ..model.volume import Volume
from .human import ago, duration, ellipsis, size, table
from .template import Nil, Number, Strings, Struct, Template, Time, quoted

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NONE = "<none>"


# Lists


class Row(Struct):
    """A row of a list: the cells that a format can name."""

    escaped = True


class View(NamedTuple):
    """How to show things: at which moment, whether at full length, whether for people or for machines."""

    now: datetime
    whole: bool = False
    human: bool = True


class List(NamedTuple):
    """A kind of list: the template of its table, and each column's title and what a cell of it shows of a thing."""

    go_type: str
    default: str
    columns: dict[str, tuple[str, Callable[[Any, View], str]]]
    quiet: str = "{{.ID}}"

    def show(self, things: Iterable[object], view: View, form: str = "", *, quiet: bool = False) -> str:
        """The things the way `--format` says: as a table, as JSON, or a template applied to each."""
        if form in ("", "table"):
            form = self.quiet if quiet else f"table {self.default}"
        elif form == "json":
            form = "{{json .}}"
        template = Template(form.removeprefix("table").strip(" ").replace("\\t", "\t").replace("\\n", "\n"))
        cells = sorted(self.columns.items())
        rows = (Row(self.go_type, {name: cell(thing, view) for name, (_, cell) in cells}) for thing in things)
        lines = [template.render(row) for row in rows]
        if not form.startswith("table"):
            return "".join(f"{line}\n" for line in lines)
        heading = template.heading({name: title for name, (title, _) in cells})
        return table(line.split("\t") for line in [heading, *lines])


class Named(NamedTuple):
    """An image under one of its names."""

    image: Image
    repository: str
    tag: str
    digest: str
    shared: int = 0  # bytes of layers that other images stand on too
    users: int = 0  # containers


def names_of(references: list[Reference], *, digests: bool, pinned: bool) -> list[tuple[str, str, str]]:
    """The names that a list gives to an image: repository, tag and digest.

    `digests` puts a repository's digests beside its tags; `pinned` gives those without a tag a row each.
    """
    names: list[tuple[str, str, str]] = []
    for repository in dict.fromkeys(reference.familiar_name for reference in references):
        own = [reference for reference in references if reference.familiar_name == repository]
        tags = [reference.tag for reference in own if reference.tag]
        pins = [reference.digest for reference in own if reference.digest]
        if tags:
            names += [(repository, tag, pin) for tag in tags for pin in ((digests and pins) or [NONE])]
        else:
            names += [(repository, NONE, pin) for pin in (pins if pinned else [""])]
    return names or [(NONE, NONE, NONE)]


def _created(row: HistoryRow) -> datetime:
    return (row.step.created or EPOCH).replace(microsecond=0)


def _by(row: HistoryRow) -> str:
    return row.step.created_by.replace("\t", " ")


def _not_told(row: object, view: View) -> str:
    return "N/A"


IMAGES = List(
    "*formatter.imageContext",
    "{{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}",
    {
        "ID": ("IMAGE ID", lambda it, view: it.image.id if view.whole else short(it.image.id)),
        "Repository": ("REPOSITORY", lambda it, view: it.repository),
        "Tag": ("TAG", lambda it, view: it.tag),
        "Digest": ("DIGEST", lambda it, view: it.digest),
        "CreatedSince": ("CREATED", lambda it, view: ago(it.image.created or EPOCH, view.now)),
        "CreatedAt": ("CREATED AT", lambda it, view: f"{it.image.created or EPOCH:%Y-%m-%d %H:%M:%S} +0000 UTC"),
        "Size": ("SIZE", lambda it, view: size(it.image.size, 3)),
        "SharedSize": ("SHARED SIZE", _not_told),
        "UniqueSize": ("UNIQUE SIZE", _not_told),
        "VirtualSize": ("SIZE", lambda it, view: size(it.image.size)),
        "Containers": ("CONTAINERS", _not_told),
    },
)
IMAGES_WITH_DIGESTS = IMAGES._replace(default=IMAGES.default.replace("{{.ID}}", "{{.Digest}}\t{{.ID}}"))
DISK_IMAGES = List(
    "*formatter.diskUsageImagesContext",
    IMAGES.default + "\t{{.SharedSize}}\t{{.UniqueSize}}\t{{.Containers}}",
    {
        **IMAGES.columns,
        "SharedSize": ("SHARED SIZE", lambda it, view: size(it.shared)),
        "UniqueSize": ("UNIQUE SIZE", lambda it, view: size(it.image.size - it.shared)),
        "Containers": ("CONTAINERS", lambda it, view: str(it.users)),
    },
)


class Usage(NamedTuple):
    """What one kind of thing takes up on the disk."""

    kind: str
    total: int
    active: int
    size: int  # bytes
    reclaimable: int  # bytes


DISK = List(
    "*formatter.diskUsageImagesContext",
    "{{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}",
    {
        "Type": ("TYPE", lambda it, view: it.kind),
        "TotalCount": ("TOTAL", lambda it, view: str(it.total)),
        "Active": ("ACTIVE", lambda it, view: str(it.active)),
        "Size": ("SIZE", lambda it, view: size(it.size)),
        "Reclaimable": (
            "RECLAIMABLE",
            lambda it, view: size(it.reclaimable) + (f" ({it.reclaimable * 100 // it.size}%)" if it.size else ""),
        ),
    },
)
DISK_CACHE = """
Build cache usage: 0B

CACHE ID   CACHE TYPE   SIZE      CREATED   LAST USED   USAGE     SHARED
"""


class Listed(NamedTuple):
    """A container, and what its image is called at the moment."""

    it: Container
    image: str


def _image(row: Listed, view: View) -> str:
    if row.image == row.it.image.id:
        return row.image if view.whole else short(row.image)
    if view.whole or row.it.image.id.startswith((row.image, f"sha256:{row.image}")):
        return row.image
    return Reference.parse(row.image).replace(digest=None).familiar


def _command(row: Listed, view: View) -> str:
    first, *rest = (*row.it.config.entrypoint, *row.it.config.cmd)
    text: str = " ".join([first, *(f"'{word}'" if " " in word else word for word in rest)])
    return quoted(text if view.whole else ellipsis(text, 20))


def _status(row: Listed, view: View) -> str:
    state = row.it.state
    if state is State.CREATED:
        return "Created"
    if state is State.EXITED:
        return f"Exited ({row.it.exit_code}) {ago(row.it.finished, view.now)}"
    return f"Up {duration(view.now - row.it.started)}{' (Paused)' * (state is State.PAUSED)}"


def _ports(row: Listed, view: View) -> str:
    """The ports of a container that runs: those that are published with where, the others alone.

    Those with the same number on both sides, or none outside, come first.
    """
    if row.it.state not in (State.RUNNING, State.PAUSED):
        return ""
    shown = [
        (port.host != port.container, port.container, address, port.host, f"{address}:{port.host}->{port.private}")
        for port in row.it.ports
        for address in port.addresses
    ]
    taken = {port.private for port in row.it.ports}
    shown += [
        (False, int(port.partition("/")[0]), "", 0, port) for port in row.it.config.exposed_ports if port not in taken
    ]
    return ", ".join(text for *_, text in sorted(shown))


def _mounts(row: Listed, view: View) -> str:
    names = [volume.name for volume in row.it.volumes.values()]
    return ",".join(name if view.whole else ellipsis(name, 15) for name in names)


CONTAINERS = List(
    "*formatter.ContainerContext",
    "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}",
    {
        "Command": ("COMMAND", _command),
        "CreatedAt": ("CREATED AT", lambda row, view: f"{row.it.created:%Y-%m-%d %H:%M:%S} +0000 UTC"),
        "ID": ("CONTAINER ID", lambda row, view: row.it.id if view.whole else short(row.it.id)),
        "Image": ("IMAGE", _image),
        "Labels": (
            "LABELS",
            lambda row, view: ",".join(f"{key}={text}" for key, text in row.it.image.config.labels.items()),
        ),
        "LocalVolumes": ("LOCAL VOLUMES", lambda row, view: str(len(row.it.volumes))),
        "Mounts": ("MOUNTS", _mounts),
        "Names": ("NAMES", lambda row, view: row.it.name),
        "Networks": ("NETWORKS", lambda row, view: "bridge"),
        "Ports": ("PORTS", _ports),
        "RunningFor": ("CREATED", lambda row, view: ago(row.it.created, view.now)),
        "Size": (
            "SIZE",
            lambda row, view: f"{size(row.it.size, 3)} (virtual {size(row.it.size + row.it.image.size, 3)})",
        ),
        "State": ("STATE", lambda row, view: row.it.state.value),
        "Status": ("STATUS", _status),
    },
)
CONTAINERS_WITH_SIZE = CONTAINERS._replace(default=f"{CONTAINERS.default}\t{{{{.Size}}}}")
DISK_CONTAINERS = CONTAINERS._replace(
    default="{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.Size}}\t{{.RunningFor}}\t{{.Status}}\t{{.Names}}",
    columns={**CONTAINERS.columns, "Size": ("SIZE", lambda row, view: size(row.it.size, 3))},
)
VOLUMES = List(
    "*formatter.volumeContext",
    "{{.Driver}}\t{{.Name}}",
    {
        "Driver": ("DRIVER", lambda volume, view: "local"),
        "Name": ("VOLUME NAME", lambda volume, view: volume.name),
        "Scope": ("SCOPE", lambda volume, view: "local"),
        "Mountpoint": ("MOUNTPOINT", lambda volume, view: f"/var/lib/docker/volumes/{volume.name}/_data"),
        "Labels": ("LABELS", lambda volume, view: "com.docker.volume.anonymous="),  # as all are here
        **{name: (name.upper(), _not_told) for name in ("Links", "Size", "Availability", "Group", "Status")},
    },
    "{{.Name}}",
)


class Held(NamedTuple):
    """A volume, and how many containers have it."""

    volume: Volume
    users: int


DISK_VOLUMES = List(
    "*formatter.volumeContext",
    "{{.Name}}\t{{.Links}}\t{{.Size}}",
    {
        "Name": ("VOLUME NAME", lambda row, view: row.volume.name),
        "Links": ("LINKS", lambda row, view: str(row.users)),
        "Size": ("SIZE", lambda row, view: size(row.volume.node.size)),
    },
)


HISTORY = List(
    "*image.historyContext",
    "{{.ID}}\t{{.CreatedSince}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}",
    {
        "ID": ("IMAGE", lambda row, view: "<missing>" if row.id is None else row.id if view.whole else short(row.id)),
        "CreatedSince": (
            "CREATED",
            lambda row, view: ago(_created(row), view.now) if view.human else timestamp(_created(row)),
        ),
        "CreatedAt": ("CREATED AT", lambda row, view: timestamp(_created(row))),
        "CreatedBy": ("CREATED BY", lambda row, view: _by(row) if view.whole else ellipsis(_by(row), 45)),
        "Size": ("SIZE", lambda row, view: size(row.size, 3) if view.human else str(row.size)),
        "Comment": ("COMMENT", lambda row, view: row.step.comment),
    },
)
HISTORY_FOR_MACHINES = HISTORY._replace(default=HISTORY.default.replace("{{.CreatedSince}}", "{{.CreatedAt}}"))


# An image in full


def decoded(sent: dict[str, Any]) -> Any:
    """What was sent, as Go reads JSON whose form it does not know."""
    return json.loads(json.dumps(sent, sort_keys=True), parse_int=Number)


class Typed(Struct):
    """A structure of the client, whose JSON names some fields otherwise and leaves others out while they are empty."""

    def json(self) -> dict[str, Any]:
        """What of it goes into JSON."""
        optional = OPTIONAL_OF.get(self.go_type, OPTIONAL)
        return {JSON_NAMES.get(name, name): value for name, value in self.items() if value or name not in optional}


class TypedConfig(Typed):
    """An image's settings: a structure with two others in it, whose fields are used as if they were its own."""

    def go_text(self) -> str:
        """How Go prints it: the fields of each inner structure between braces."""
        return "{" + super().go_text().removesuffix(" <nil> [] []}") + "} {<nil> [] []}}"


def typed(sent: dict[str, Any]) -> Typed:
    """What was sent, as the client's own structure of an image."""
    return Typed("image.InspectResponse", _fields(IMAGE_FIELDS, sent))


def _fields(kinds: dict[str, Callable[[Any], Any]], sent: dict[str, Any]) -> dict[str, Any]:
    return {name: kind(sent.get(JSON_NAMES.get(name, name))) for name, kind in kinds.items()}


def _string(value: str | None) -> str:
    return value or ""


def _strings(values: list[str] | None) -> list[str] | Nil:
    return Strings(values) if values else Nil("[]")


def _set(values: dict[str, Any] | None) -> dict[str, Any]:
    return dict.fromkeys(values, Struct("struct {}", {})) if values else Nil("map[]")


def _nothing(value: None) -> Nil:
    return Nil("<nil>")


def typed_container(sent: dict[str, Any]) -> Typed:
    """What was sent, as the client's own structure of a container."""
    fields = {name: _structure(name, value) for name, value in sent.items()}
    fields["Config"] = Typed("container.Config", _fields(CONTAINER_CONFIG_FIELDS, sent["Config"]))
    sizes = {name: fields.pop(name, _nothing(None)) for name in ("SizeRw", "SizeRootFs")}
    return Typed("container.InspectResponse", {"ID": fields.pop("Id"), **fields, **sizes})


def _structure(name: str, value: Any) -> Any:
    """What was sent as a field of that name, with structures where the client has them."""
    if isinstance(value, dict) and "HostPort" in value:
        return Typed("nat.PortBinding", value)
    if isinstance(value, dict) and name in ("PortBindings", "Ports"):
        return {port: _structure("", bindings) for port, bindings in value.items()}
    if name in CONTAINER_STRUCTURES and isinstance(value, dict):
        fields = {key: _structure(key, item) for key, item in value.items()}
        return Typed(name, {**fields, "Health": _nothing(None)} if name == "State" else fields)
    if isinstance(value, list):
        strings = all(isinstance(item, str) for item in value)
        return Strings(value) if strings else [_structure(name.removesuffix("s"), item) for item in value]
    return Nil("[]") if value is None else value


CONTAINER_STRUCTURES = ("GraphDriver", "HostConfig", "LogConfig", "Mount", "NetworkSettings", "RestartPolicy", "State")

# The client's structures: their fields in order, with what each makes of what was sent or left out.
CONFIG_FIELDS: dict[str, Callable[[Any], Any]] = {
    "User": _string,
    "ExposedPorts": _set,
    "Env": _strings,
    "Entrypoint": _strings,
    "Cmd": _strings,
    "Volumes": _set,
    "WorkingDir": _string,
    "Labels": lambda labels: labels or Nil("map[]"),
    "StopSignal": _string,
    "ArgsEscaped": bool,
    "Healthcheck": _nothing,
    "OnBuild": _strings,
    "Shell": _strings,
}
CONTAINER_CONFIG_FIELDS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("Hostname", "Domainname", "User"), _string),
    **dict.fromkeys(("AttachStdin", "AttachStdout", "AttachStderr"), bool),
    "ExposedPorts": _set,
    **dict.fromkeys(("Tty", "OpenStdin", "StdinOnce"), bool),
    **dict.fromkeys(("Env", "Cmd"), _strings),
    "Healthcheck": _nothing,
    "ArgsEscaped": bool,
    "Image": _string,
    "Volumes": _set,
    "WorkingDir": _string,
    "Entrypoint": _strings,
    "NetworkDisabled": bool,
    "MacAddress": _string,
    "OnBuild": _strings,
    "Labels": dict,
    "StopSignal": _string,
    "StopTimeout": _nothing,
    "Shell": _strings,
}
IMAGE_FIELDS: dict[str, Callable[[Any], Any]] = {
    "ID": _string,
    "RepoTags": Strings,
    "RepoDigests": Strings,
    "Parent": _string,
    "Comment": _string,
    "Created": _string,
    "Container": _string,
    "ContainerConfig": _nothing,
    "DockerVersion": _string,
    "Author": _string,
    "Config": lambda config: TypedConfig("*dockerspec.DockerOCIImageConfig", _fields(CONFIG_FIELDS, config)),
    "Architecture": _string,
    "Variant": _string,
    "Os": _string,
    "OsVersion": _string,
    "Size": int,
    "VirtualSize": lambda size: 0,
    "GraphDriver": lambda driver: Struct("storage.DriverData", driver),
    "RootFS": lambda root: Struct("image.RootFS", {**root, "Layers": Strings(root["Layers"])}),
    "Metadata": lambda metadata: Struct("image.Metadata", {"LastTagTime": Time(metadata["LastTagTime"])}),
    "Descriptor": _nothing,
    "Manifests": _strings,
}
JSON_NAMES = {"ID": "Id", "APIVersion": "ApiVersion"}
OPTIONAL = {
    *CONFIG_FIELDS,
    *("Container", "ContainerConfig", "Variant", "OsVersion", "VirtualSize", "Descriptor", "Manifests"),
    *("Platform", "Experimental", "Health", "SizeRw", "SizeRootFs"),
}
OPTIONAL_OF = {
    "container.Config": set(
        "ExposedPorts Healthcheck ArgsEscaped NetworkDisabled MacAddress StopSignal StopTimeout Shell".split()
    )
}
