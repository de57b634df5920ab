"""Everything about an image or a container, in the form of the engine's API: what `docker inspect` shows.

Fields, their order and their empty values are those of Engine 28.5.2 (API 1.51) and 29.8.0 (1.56). A container can have many
settings, and the model knows few of them. The others have the values here that the engine gives them by default.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .container import NEVER, Container
from .digest import sha256
from .image import Image, timestamp
from .lifecycle import LIVE, State
from .rootfs import Volume

if TYPE_CHECKING:
    from .edition import Release
    from .store.images import ImageStore

ROOT = "/var/lib/docker"
BRIDGE = sha256(b"bridge").removeprefix("sha256:")  # the network that every container is in
SPARING = (1, 52)  # the version of the API that left out what is empty, or told elsewhere


def image(it: Image, release: Release, store: ImageStore) -> dict[str, Any]:
    """An image, with what its store knows of it: its names, its parent, and where its layers are."""
    parent, told = store.parent(it), store.told(it)
    fields = {
        "Id": store.id(it),
        "RepoTags": [name.familiar for name in store.tags(it)],
        "RepoDigests": [name.familiar for name in store.digests(it)],
        "Parent": parent,
        "Comment": it.steps[-1].comment if it.steps else "",
        "Created": timestamp(it.created or NEVER),
        "DockerVersion": release.version if parent else "",  # builders leave it empty, a commit does not
        "Author": it.author,
        "Architecture": it.architecture,
        "Os": it.os,
        "Size": store.platform_size(it),
        **told,
        "RootFS": {"Type": "layers", "Layers": list(it.diff_ids)},
        "Metadata": {"LastTagTime": timestamp(store.last_tagged(it) or NEVER)},
        "Config": dict(sorted({**EMPTY_CONFIG, **it.config.json()}.items())),
    }
    return _copy(fields if release.api < SPARING else _sparing_image(it, fields))


def _sparing_image(it: Image, fields: dict[str, Any]) -> dict[str, Any]:
    """What newer versions of the API tell of an image; of one that was made here, in the order of the alphabet."""
    fields = {**fields, "Variant": it.variant, "Config": it.config.json()}
    told = {name: fields[name] for name in IMAGE_ORDER if name in fields and (fields[name] or name in IMAGE_ALWAYS)}
    return _sorted(told) if fields["Parent"] else told


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(item) for name, item in sorted(value.items())}
    return value


def container(it: Container, release: Release, store: ImageStore, *, sized: bool = False) -> dict[str, Any]:
    """A container, with what its image's store knows of it: where its layers are and, if wanted, its sizes."""
    files, more = store.told_of(it)
    path, *arguments = it.command
    started = it.started > NEVER
    own = {"ResolvConfPath": "resolv.conf", "HostnamePath": "hostname", "HostsPath": "hosts"}
    own["LogPath"] = f"{it.id}-json.log"
    fields = {
        "Id": it.id,
        "Created": timestamp(it.created),
        "Path": path,
        "Args": arguments,
        "State": _state(it),
        "Image": store.id(it.image),
        **{name: f"{ROOT}/containers/{it.id}/{file}" if started else "" for name, file in own.items()},
        "Name": f"/{it.name}",
        **CONTAINER,
        "Driver": store.driver,
        "HostConfig": {**HOST_CONFIG, "PortBindings": _port_bindings(it), "AutoRemove": it.settings.auto_remove},
        **files,
        **({"SizeRw": it.size, "SizeRootFs": store.root_size(it)} if sized else {}),
        "Mounts": [_mount(path, volume) for path, volume in it.volumes.items()],
        "Config": _config(it),
        "NetworkSettings": _network(it),
        **more,
    }
    if release.api >= SPARING:
        _spare(fields)
    return _copy(fields)


def _spare(fields: dict[str, Any]) -> None:
    """Leave out of what is told of a container what newer versions of the API do not tell."""
    host, config, network = fields["HostConfig"], fields["Config"], fields["NetworkSettings"]
    fields["HostConfig"] = {**host, "Dns": None, "MaskedPaths": sorted(host["MaskedPaths"])}
    fields["Config"] = {name: value for name, value in config.items() if value or name != "OnBuild"}
    networks = {name: _reordered(endpoint) for name, endpoint in network["Networks"].items()}
    kept = {name: network[name] for name in ("SandboxID", "SandboxKey", "Ports")}
    fields["NetworkSettings"] = {**kept, "Networks": networks}


def _reordered(endpoint: dict[str, Any]) -> dict[str, Any]:
    """An endpoint with its MAC address beside its IP address."""
    return {name: endpoint[name] for name in ENDPOINT_ORDER}


def _copy(fields: dict[str, Any]) -> dict[str, Any]:
    """The same JSON, of which the caller can change all: the tables below are shared by all engines."""
    return {name: _copy_value(value) for name, value in fields.items()}


def _copy_value(value: Any) -> Any:
    if isinstance(value, dict):
        return _copy(value)
    return [_copy_value(item) for item in value] if isinstance(value, list) else value


def _state(it: Container) -> dict[str, Any]:
    state = it.state
    running = state in LIVE
    return {
        **STATE,
        "Status": state.value,
        "Running": running,
        "Paused": state is State.PAUSED,
        "Pid": 1000 + int(it.id[:4], 16) if running else 0,
        "ExitCode": it.exit_code,
        "Error": it.error,
        "StartedAt": timestamp(it.started),
        "FinishedAt": timestamp(it.finished),
    }


def _port_bindings(it: Container) -> dict[str, Any]:
    """Where each port was asked to be published."""
    bindings: dict[str, Any] = {private: [] for private in sorted(port.private for port in it.settings.ports)}
    for port in it.settings.ports:
        bindings[port.private].append({"HostIp": port.ip, "HostPort": str(port.host or "")})
    return bindings


def _mount(path: str, volume: Volume) -> dict[str, Any]:
    return {**MOUNT, "Name": volume.name, "Source": f"{ROOT}/volumes/{volume.name}/_data", "Destination": path}


def _config(it: Container) -> dict[str, Any]:
    settings = it.settings
    config = {
        **CONTAINER_CONFIG,
        **it.config.json(),
        "Hostname": it.hostname,
        "AttachStdin": settings.interactive and settings.attached,
        "AttachStdout": settings.attached,
        "AttachStderr": settings.attached,
        "Tty": settings.tty,
        "OpenStdin": settings.interactive,
        "StdinOnce": settings.interactive and settings.attached,
        "Image": it.image_name,
    }
    return {name: value for name, value in config.items() if value or name not in ("ExposedPorts", "StopSignal")}


def _network(it: Container) -> dict[str, Any]:
    address, place = dict(ADDRESS), {}
    if it.ip:
        sandbox, endpoint = (sha256(f"{it.id}/{name}".encode())[7:] for name in ("sandbox", "endpoint"))
        place = {"SandboxID": sandbox, "SandboxKey": f"/var/run/docker/netns/{sandbox[:12]}"}
        mac = ":".join(re.findall("..", f"0242ac11{endpoint[:4]}"))
        address |= {"Gateway": "172.17.0.1", "IPAddress": it.ip, "IPPrefixLen": 16}
        address |= {"EndpointID": endpoint, "MacAddress": mac}
    bridge = {**ENDPOINT, **address, "NetworkID": BRIDGE if it.started > NEVER else ""}
    ports = _ports(it) if it.state in LIVE and not it.cut_off else {}
    return {**NETWORK, **place, **address, "Ports": ports, "Networks": {} if it.cut_off else {"bridge": bridge}}


def _ports(it: Container) -> dict[str, Any]:
    """Each port of the container with where it is published, or with nothing if it is only exposed."""
    published: dict[str, list[dict[str, str]]] = {}
    for port in it.ports:
        places = ({"HostIp": address.strip("[]"), "HostPort": str(port.host)} for address in port.addresses)
        published.setdefault(port.private, []).extend(places)
    return {private: published.get(private) for private in sorted(it.config.exposed_ports)}


IMAGE_ORDER = """Id RepoTags RepoDigests Parent Comment Created Author Config Architecture Variant Os Size GraphDriver RootFS
Metadata Descriptor Identity""".split()
IMAGE_ALWAYS = ("RepoTags", "RepoDigests", "Config")
# The settings that the older API always tells, set or not.
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
CONTAINER: dict[str, Any] = {
    "RestartCount": 0,
    "Driver": "",
    "Platform": "linux",
    "MountLabel": "",
    "ProcessLabel": "",
    "AppArmorProfile": "",
    "ExecIDs": None,
}
CONTAINER_CONFIG: dict[str, Any] = {
    "Hostname": "",
    "Domainname": "",
    "User": "",
    "AttachStdin": False,
    "AttachStdout": False,
    "AttachStderr": False,
    "ExposedPorts": {},
    "Tty": False,
    "OpenStdin": False,
    "StdinOnce": False,
    "Env": [],
    "Cmd": None,
    "Image": "",
    "Volumes": None,
    "WorkingDir": "",
    "Entrypoint": None,
    "OnBuild": None,
    "Labels": {},
    "StopSignal": "",
}
HOST_CONFIG: dict[str, Any] = {
    "Binds": None,
    "ContainerIDFile": "",
    "LogConfig": {"Type": "json-file", "Config": {}},
    "NetworkMode": "bridge",
    "PortBindings": {},
    "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0},
    "AutoRemove": False,
    "VolumeDriver": "",
    "VolumesFrom": None,
    "ConsoleSize": [0, 0],
    "CapAdd": None,
    "CapDrop": None,
    "CgroupnsMode": "host",
    "Dns": [],
    "DnsOptions": [],
    "DnsSearch": [],
    "ExtraHosts": None,
    "GroupAdd": None,
    "IpcMode": "private",
    "Cgroup": "",
    "Links": None,
    "OomScoreAdj": 0,
    "PidMode": "",
    "Privileged": False,
    "PublishAllPorts": False,
    "ReadonlyRootfs": False,
    "SecurityOpt": None,
    "UTSMode": "",
    "UsernsMode": "",
    "ShmSize": 67108864,
    "Runtime": "runc",
    "Isolation": "",
    "CpuShares": 0,
    "Memory": 0,
    "NanoCpus": 0,
    "CgroupParent": "",
    "BlkioWeight": 0,
    "BlkioWeightDevice": [],
    "BlkioDeviceReadBps": [],
    "BlkioDeviceWriteBps": [],
    "BlkioDeviceReadIOps": [],
    "BlkioDeviceWriteIOps": [],
    "CpuPeriod": 0,
    "CpuQuota": 0,
    "CpuRealtimePeriod": 0,
    "CpuRealtimeRuntime": 0,
    "CpusetCpus": "",
    "CpusetMems": "",
    "Devices": [],
    "DeviceCgroupRules": None,
    "DeviceRequests": None,
    "MemoryReservation": 0,
    "MemorySwap": 0,
    "MemorySwappiness": None,
    "OomKillDisable": False,
    "PidsLimit": None,
    "Ulimits": [],
    "CpuCount": 0,
    "CpuPercent": 0,
    "IOMaximumIOps": 0,
    "IOMaximumBandwidth": 0,
    "MaskedPaths": [
        *("/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats"),
        *("/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware"),
        "/sys/devices/virtual/powercap",
    ],
    "ReadonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
}
STATE: dict[str, Any] = {
    "Status": "",
    "Running": False,
    "Paused": False,
    "Restarting": False,
    "OOMKilled": False,
    "Dead": False,
    "Pid": 0,
}
MOUNT: dict[str, Any] = {
    "Type": "volume",
    "Name": "",
    "Source": "",
    "Destination": "",
    "Driver": "local",
    "Mode": "",
    "RW": True,
    "Propagation": "",
}
ADDRESS: dict[str, Any] = {
    "EndpointID": "",
    "Gateway": "",
    "GlobalIPv6Address": "",
    "GlobalIPv6PrefixLen": 0,
    "IPAddress": "",
    "IPPrefixLen": 0,
    "IPv6Gateway": "",
    "MacAddress": "",
}
NETWORK: dict[str, Any] = {
    "Bridge": "",
    "SandboxID": "",
    "SandboxKey": "",
    "Ports": {},
    "HairpinMode": False,
    "LinkLocalIPv6Address": "",
    "LinkLocalIPv6PrefixLen": 0,
    "SecondaryIPAddresses": None,
    "SecondaryIPv6Addresses": None,
    **ADDRESS,
    "Networks": {},
}
ENDPOINT: dict[str, Any] = {
    "IPAMConfig": None,
    "Links": None,
    "Aliases": None,
    "MacAddress": "",
    "DriverOpts": None,
    "GwPriority": 0,
    "NetworkID": "",
    "EndpointID": "",
    "Gateway": "",
    "IPAddress": "",
    "IPPrefixLen": 0,
    "IPv6Gateway": "",
    "GlobalIPv6Address": "",
    "GlobalIPv6PrefixLen": 0,
    "DNSNames": None,
}
ENDPOINT_ORDER = """IPAMConfig Links Aliases DriverOpts GwPriority NetworkID EndpointID Gateway IPAddress MacAddress IPPrefixLen
IPv6Gateway GlobalIPv6Address GlobalIPv6PrefixLen DNSNames""".split()
