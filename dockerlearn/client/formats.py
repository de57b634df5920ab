"""The client's lists: what their columns are called, and what each cell shows.

A list is shown as a table, as JSON or through a template. For all of them a row is a structure whose fields are the cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from ..model.container import Container
from ..model.digest import short
from ..model.image import timestamp
from ..model.lifecycle import LIVE, State
from ..model.reference import Reference
from ..model.rootfs import Volume
from ..model.store.images import HistoryRow, ImageStore, Summary
from ..model.value import Value
from .human import ago, duration, ellipsis, size, table
from .template.execution import Template
from .template.values import Struct, quoted

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NONE = "<none>"

Row = TypeVar("Row")


class View(Value):
    """How to show things: at which moment, whether at full length, whether for people or for machines.

    `spend` is told the work that it takes.
    """

    now: datetime
    whole: bool = False
    human: bool = True
    spend: Callable[[int], object] = lambda work: None


class Column(Value, Generic[Row]):
    """A column of a list: its title, and what its cell shows of a row."""

    title: str
    cell: Callable[[Row, View], str]
    data: Callable[[Row], Any] | None = None  # what its JSON has in place of the text


class Cells(Struct):
    """The cells of a row, by the names that a format has for them. Only those that are asked for are made."""

    escaped = True

    def __init__(self, go_type: str, columns: Mapping[str, Column[Row]], row: Row, view: View) -> None:
        super().__init__(go_type, columns)
        self._row, self._view = row, view

    def __getitem__(self, name: str) -> str:
        found = super().__getitem__(name)
        if isinstance(found, Column):
            self[name] = found = found.cell(self._row, self._view)
        return str(found)

    def json(self) -> dict[str, Any]:
        """All cells."""
        columns = {name: super(Cells, self).__getitem__(name) for name in self}
        return {
            name: column.data(self._row) if isinstance(column, Column) and column.data else self[name]
            for name, column in columns.items()
        }

    def go_text(self) -> str:
        """All cells, as Go prints them."""
        return Struct(self.go_type, self.json()).go_text()


class List(Value, Generic[Row]):
    """A kind of list: the template of its table, and its columns by the names that a format has for them.

    `go_type` is the structure that Go's messages name, `quiet` the template for `-q`.
    """

    go_type: str
    default: str
    columns: Mapping[str, Column[Row]]
    quiet: str = "{{.ID}}"

    def show(self, rows: Iterable[Row], view: View, form: str = "", *, quiet: bool = False) -> str:
        """The rows the way `--format` says: as a table, as JSON, or a template applied to each. Raises `GoError`."""
        if form in ("", "table"):
            form = self.quiet if quiet else f"table {self.default}"
        elif form == "json":
            form = "{{json .}}"
        source = form.removeprefix("table").strip(" ").replace("\\t", "\t").replace("\\n", "\n")
        template = Template(source, spend=view.spend)
        columns = dict(sorted(self.columns.items()))
        lines = [template.render(Cells(self.go_type, columns, row, view)) for row in rows]
        if not form.startswith("table"):
            return "".join(f"{line}\n" for line in lines)
        heading = template.heading({name: column.title for name, column in columns.items()})
        return table(line.split("\t") for line in [heading, *lines])


def _not_available(row: object, view: View) -> str:
    return "N/A"


def _date(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} +0000 UTC"


# Images


class ImageRow(Value):
    """An image under one of its names."""

    summary: Summary
    repository: str
    tag: str
    digest: str
    shared: int = 0  # bytes of layers that other images stand on too
    users: int = 0  # containers


def image_rows(
    it: Summary,
    tagged: Iterable[Reference],
    by_digest: Iterable[Reference],
    *,
    digests: bool = False,
    pinned: bool = False,
    users: int = 0,
) -> list[ImageRow]:
    """The rows that a list has for an image of these names, at least one.

    `digests` puts a repository's digests beside its tags; `pinned` gives those without a tag a row each.
    """
    rows: list[ImageRow] = []
    by_repository: dict[str, list[Reference]] = {}
    for name in sorted({*(name for name in tagged if name.tag), *by_digest}, key=str):
        by_repository.setdefault(name.familiar_name, []).append(name)
    for repository, own in by_repository.items():
        tags = [name.tag for name in own if name.tag]
        pins = [name.digest for name in own if name.digest]
        if tags:
            shown = (digests and pins) or [NONE]
            rows += [ImageRow(it, repository, tag, pin) for tag in tags for pin in shown]
        else:
            rows += [ImageRow(it, repository, NONE, pin) for pin in (pins if pinned else [""])]
    return [row.replace(users=users) for row in rows or [ImageRow(it, NONE, NONE, NONE)]]


_IMAGES: List[ImageRow] = List(
    "*formatter.imageContext",
    "{{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}",
    {
        "ID": Column("IMAGE ID", lambda row, view: row.summary.id if view.whole else short(row.summary.id)),
        "Repository": Column("REPOSITORY", lambda row, view: row.repository),
        "Tag": Column("TAG", lambda row, view: row.tag),
        "Digest": Column("DIGEST", lambda row, view: row.digest),
        "CreatedSince": Column("CREATED", lambda row, view: ago(row.summary.image.created or EPOCH, view.now)),
        "CreatedAt": Column("CREATED AT", lambda row, view: _date(row.summary.image.created or EPOCH)),
        "Size": Column("SIZE", lambda row, view: size(row.summary.size, 3)),
        "SharedSize": Column("SHARED SIZE", _not_available),
        "UniqueSize": Column("UNIQUE SIZE", _not_available),
        "Containers": Column("CONTAINERS", lambda row, view: str(row.users)),
    },
)
IMAGES = {  # by the name of the client's release
    "28": _IMAGES.replace(
        columns={
            **_IMAGES.columns,
            "VirtualSize": Column("SIZE", lambda row, view: size(row.summary.size)),
            "Containers": Column("CONTAINERS", _not_available),
        }
    ),
    "29": _IMAGES,
}


def with_digests(images: List[ImageRow]) -> List[ImageRow]:
    """A list of images whose table has one more column."""
    return images.replace(default=images.default.replace("{{.ID}}", "{{.Digest}}\t{{.ID}}"))


DISK_IMAGES: List[ImageRow] = List(
    "*formatter.diskUsageImagesContext",
    _IMAGES.default + "\t{{.SharedSize}}\t{{.UniqueSize}}\t{{.Containers}}",
    {
        **IMAGES["28"].columns,
        "SharedSize": Column("SHARED SIZE", lambda row, view: size(row.shared)),
        "UniqueSize": Column("UNIQUE SIZE", lambda row, view: size(row.summary.size - row.shared)),
        "Containers": Column("CONTAINERS", lambda row, view: str(row.users)),
    },
)


def _created(row: HistoryRow) -> datetime:
    return (row.step.created or EPOCH).replace(microsecond=0)


def _created_by(row: HistoryRow, view: View) -> str:
    text = row.step.created_by.replace("\t", " ")
    return text if view.whole else ellipsis(text, 45)


def _history_id(row: HistoryRow, view: View) -> str:
    return "<missing>" if row.id is None else row.id if view.whole else short(row.id)


HISTORY: List[HistoryRow] = List(
    "*image.historyContext",
    "{{.ID}}\t{{.CreatedSince}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}",
    {
        "ID": Column("IMAGE", _history_id),
        "CreatedSince": Column(
            "CREATED",
            lambda row, view: ago(_created(row), view.now) if view.human else timestamp(_created(row)),
        ),
        "CreatedAt": Column("CREATED AT", lambda row, view: timestamp(_created(row))),
        "CreatedBy": Column("CREATED BY", _created_by),
        "Size": Column("SIZE", lambda row, view: size(row.size, 3) if view.human else str(row.size)),
        "Comment": Column("COMMENT", lambda row, view: row.step.comment),
    },
)
HISTORY_FOR_MACHINES = HISTORY.replace(default=HISTORY.default.replace("{{.CreatedSince}}", "{{.CreatedAt}}"))


# Containers


class ContainerRow(Value):
    """A container, what its image is called at the moment, and the store that the image is in."""

    container: Container
    image_name: str
    store: ImageStore

    @property
    def image_id(self) -> str:
        """The ID of its image."""
        return self.store.id(self.container.image)


def _image(row: ContainerRow, view: View) -> str:
    name, id = row.image_name, row.image_id
    if name == id:
        return name if view.whole else short(name)
    if view.whole or id.startswith((name, f"sha256:{name}")):
        return name
    return Reference.parse(name).familiar.partition("@")[0]


def _command(row: ContainerRow, view: View) -> str:
    first, *rest = row.container.command
    text = " ".join([first, *(f"'{word}'" if " " in word else word for word in rest)])
    return quoted(text if view.whole else ellipsis(text, 20))


def _status(row: ContainerRow, view: View) -> str:
    it = row.container
    if it.state is State.CREATED:
        return "Created"
    if it.state is State.EXITED:
        return f"Exited ({it.exit_code}) {ago(it.finished, view.now)}"
    return f"Up {duration(view.now - it.started)}{' (Paused)' * (it.state is State.PAUSED)}"


def _ports(row: ContainerRow, view: View) -> str:
    """The ports of a container that runs: those that are published with where, the others alone.

    Those with the same number on both sides, or none outside, come first.
    """
    it = row.container
    if it.state not in LIVE or it.cut_off:
        return ""
    shown = [
        (port.host != port.container, port.container, address, port.host, f"{address}:{port.host}->{port.private}")
        for port in it.ports
        for address in port.addresses
    ]
    taken = {port.private for port in it.ports}
    shown += [
        (False, int(port.partition("/")[0]), "", 0, port) for port in it.config.exposed_ports if port not in taken
    ]
    return ", ".join(text for *_, text in sorted(shown))


def _mounts(row: ContainerRow, view: View) -> str:
    names = [volume.name for volume in row.container.volumes.values()]
    return ",".join(name if view.whole else ellipsis(name, 15) for name in names)


def _labels(row: ContainerRow, view: View) -> str:
    return ",".join(f"{key}={text}" for key, text in row.container.image.config.labels.items())


def _size(row: ContainerRow, view: View) -> str:
    return f"{size(row.container.size, 3)} (virtual {size(row.store.root_size(row.container), 3)})"


def _platform(row: ContainerRow) -> dict[str, str] | None:
    """The platform of its image, if the store knows which manifest that came from."""
    told: dict[str, Any] = row.store.told_of(row.container)[1]
    return told["ImageManifestDescriptor"]["platform"] if told else None


_CONTAINERS: List[ContainerRow] = List(
    "*formatter.ContainerContext",
    "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}",
    {
        "Command": Column("COMMAND", _command),
        "CreatedAt": Column("CREATED AT", lambda row, view: _date(row.container.created)),
        "ID": Column("CONTAINER ID", lambda row, view: row.container.id if view.whole else short(row.container.id)),
        "Image": Column("IMAGE", _image),
        "Labels": Column("LABELS", _labels),
        "LocalVolumes": Column("LOCAL VOLUMES", lambda row, view: str(len(row.container.volumes))),
        "Mounts": Column("MOUNTS", _mounts),
        "Names": Column("NAMES", lambda row, view: row.container.name),
        "Networks": Column("NETWORKS", lambda row, view: "bridge"),
        "Ports": Column("PORTS", _ports),
        "RunningFor": Column("CREATED", lambda row, view: ago(row.container.created, view.now)),
        "Size": Column("SIZE", _size),
        "State": Column("STATE", lambda row, view: row.container.state.value),
        "Status": Column("STATUS", _status),
    },
)
CONTAINERS = {  # by the name of the client's release
    "28": _CONTAINERS,
    "29": _CONTAINERS.replace(
        columns={
            **_CONTAINERS.columns,
            "HealthStatus": Column("HEALTH STATUS", lambda row, view: "none"),
            "Platform": Column(
                "PLATFORM", lambda row, view: str(row.container.image.platform) if _platform(row) else "", _platform
            ),
        }
    ),
}


def with_size(containers: List[ContainerRow]) -> List[ContainerRow]:
    """A list of containers whose table has one more column."""
    return containers.replace(default=f"{containers.default}\t{{{{.Size}}}}")


DISK_CONTAINERS: List[ContainerRow] = List(
    _CONTAINERS.go_type,
    "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.Size}}\t{{.RunningFor}}\t{{.Status}}\t{{.Names}}",
    {**_CONTAINERS.columns, "Size": Column("SIZE", lambda row, view: size(row.container.size, 3))},
)


# Volumes


class VolumeRow(Value):
    """A volume, and how many containers have it."""

    volume: Volume
    users: int


VOLUMES: List[Volume] = List(
    "*formatter.volumeContext",
    "{{.Driver}}\t{{.Name}}",
    {
        "Driver": Column("DRIVER", lambda volume, view: "local"),
        "Name": Column("VOLUME NAME", lambda volume, view: volume.name),
        "Scope": Column("SCOPE", lambda volume, view: "local"),
        "Mountpoint": Column("MOUNTPOINT", lambda volume, view: f"/var/lib/docker/volumes/{volume.name}/_data"),
        "Labels": Column("LABELS", lambda volume, view: "com.docker.volume.anonymous="),  # as all are here
        **{name: Column(name.upper(), _not_available) for name in ("Links", "Size", "Availability", "Group", "Status")},
    },
    "{{.Name}}",
)
DISK_VOLUMES: List[VolumeRow] = List(
    "*formatter.volumeContext",
    "{{.Name}}\t{{.Links}}\t{{.Size}}",
    {
        "Name": Column("VOLUME NAME", lambda row, view: row.volume.name),
        "Links": Column("LINKS", lambda row, view: str(row.users)),
        "Size": Column("SIZE", lambda row, view: size(row.volume.node.size)),
    },
)


# What all of it takes up


class DiskUsage(Value):
    """What one kind of thing takes up on the disk."""

    kind: str
    total: int
    active: int
    size: int  # bytes
    reclaimable: int  # bytes


def _reclaimable(row: DiskUsage, view: View) -> str:
    return size(row.reclaimable) + (f" ({row.reclaimable * 100 // row.size}%)" if row.size else "")


DISK: List[DiskUsage] = List(
    "*formatter.diskUsageImagesContext",
    "{{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}",
    {
        "Type": Column("TYPE", lambda row, view: row.kind),
        "TotalCount": Column("TOTAL", lambda row, view: str(row.total)),
        "Active": Column("ACTIVE", lambda row, view: str(row.active)),
        "Size": Column("SIZE", lambda row, view: size(row.size)),
        "Reclaimable": Column("RECLAIMABLE", _reclaimable),
    },
)
DISK_CACHE = """
Build cache usage: 0B

CACHE ID   CACHE TYPE   SIZE      CREATED   LAST USED   USAGE     SHARED
"""
