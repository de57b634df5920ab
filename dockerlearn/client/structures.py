"""The client's own structures of what the engine sends: what a template of `inspect` is applied to first.

The engine sends JSON. The client reads it into structures, which have some fields that were not sent, and prints them
as JSON with some of those left out again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .template.values import Nil, Strings, Struct, Time


class ClientStruct(Struct):
    """A structure of the client, whose JSON names some fields otherwise and leaves others out while they are empty."""

    def json(self) -> dict[str, Any]:
        """What of it goes into JSON."""
        optional = OPTIONAL_OF.get(self.go_type, OPTIONAL)
        return {JSON_NAMES.get(name, name): value for name, value in self.items() if value or name not in optional}


class ImageConfig(ClientStruct):
    """An image's settings: a structure with two others in it, whose fields are used as if they were its own."""

    def go_text(self) -> str:
        """How Go prints it: the fields of each inner structure between braces."""
        return "{" + super().go_text().removesuffix(" <nil> [] []}") + "} {<nil> [] []}}"


def image_struct(sent: dict[str, Any], *, sparing: bool) -> ClientStruct:
    """What was sent, as the client's own structure of an image; a `sparing` one lacks what newer engines never send."""
    kinds = {name: IMAGE_FIELDS[name] for name in SPARING_FIELDS} if sparing else IMAGE_FIELDS
    return ClientStruct("image.InspectResponse", _fields(kinds, sent))


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


def container_struct(sent: dict[str, Any]) -> ClientStruct:
    """What was sent, as the client's own structure of a container."""
    fields = {name: _structure(name, value) for name, value in sent.items()}
    fields["Config"] = ClientStruct("container.Config", _fields(CONTAINER_CONFIG_FIELDS, sent["Config"]))
    fields["ImageManifestDescriptor"] = _descriptor(sent.get("ImageManifestDescriptor"))
    sizes = {name: fields.pop(name, _nothing(None)) for name in ("SizeRw", "SizeRootFs")}
    return ClientStruct("container.InspectResponse", {"ID": fields.pop("Id"), **fields, **sizes})


def _structure(name: str, value: Any) -> Any:
    """What was sent as a field of that name, with structures where the client has them."""
    if isinstance(value, dict) and "HostPort" in value:
        return ClientStruct("nat.PortBinding", value)
    if isinstance(value, dict) and name in ("PortBindings", "Ports"):
        return {port: _structure("", bindings) for port, bindings in value.items()}
    if name in CONTAINER_STRUCTURES and isinstance(value, dict):
        fields = {key: _structure(key, item) for key, item in value.items()}
        return ClientStruct(name, {**fields, "Health": _nothing(None)} if name == "State" else fields)
    if isinstance(value, list):
        strings = all(isinstance(item, str) for item in value)
        return Strings(value) if strings else [_structure(name.removesuffix("s"), item) for item in value]
    return Nil("[]") if value is None else value


def _descriptor(sent: dict[str, Any] | None) -> Struct | Nil:
    """What points to a manifest or an index, whose names begin with small letters only in JSON."""
    if sent is None:
        return _nothing(None)
    return Descriptor("*v1.Descriptor", {f"{name[0].upper()}{name[1:]}": value for name, value in sent.items()})


class Descriptor(Struct):
    """A structure whose names begin with small letters in JSON."""

    def json(self) -> dict[str, Any]:
        """What goes into JSON."""
        return {name[0].lower() + name[1:]: value for name, value in self.items()}


IMAGE_CONFIG = "*dockerspec.DockerOCIImageConfig"
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
    "Config": lambda config: ImageConfig(IMAGE_CONFIG, _fields(CONFIG_FIELDS, config)),
    "Architecture": _string,
    "Variant": _string,
    "Os": _string,
    "OsVersion": _string,
    "Size": int,
    "VirtualSize": lambda size: 0,
    "GraphDriver": lambda driver: Struct("storage.DriverData", driver) if driver else _nothing(None),
    "RootFS": lambda root: Struct("image.RootFS", {**root, "Layers": Strings(root["Layers"])}),
    "Metadata": lambda metadata: Struct("image.Metadata", {"LastTagTime": Time(metadata["LastTagTime"])}),
    "Descriptor": _descriptor,
    "Manifests": _strings,
}
# The same since Docker 29, in order.
SPARING_FIELDS = """ID RepoTags RepoDigests Comment Created Author Config Architecture Variant Os OsVersion Size GraphDriver RootFS
Metadata Descriptor Manifests""".split()
JSON_NAMES = {"ID": "Id", "APIVersion": "ApiVersion"}
OPTIONAL = {
    *CONFIG_FIELDS,
    *(
        "Container",
        "ContainerConfig",
        "Variant",
        "OsVersion",
        "VirtualSize",
        "Descriptor",
        "ImageManifestDescriptor",
        "Manifests",
    ),
    *("Platform", "Experimental", "Health", "SizeRw", "SizeRootFs"),
}
OPTIONAL_OF = {
    "container.Config": set(
        "ExposedPorts Healthcheck ArgsEscaped NetworkDisabled MacAddress StopSignal StopTimeout Shell".split()
    )
}
