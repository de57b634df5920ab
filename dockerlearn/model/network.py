"""Published ports: how they are written, and which of them clash.

Measured on Engine 28.5.2 with client 28.2.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import count

from .errors import DockerError, PortTaken
from .value import Value

EVERYWHERE = ("0.0.0.0", "::")  # every address of one version of IP
LOOPBACK = ("", "0.0.0.0", "127.0.0.1", "::", "::1")  # where `localhost` finds what is published
RANDOM_PORTS = range(32768, 61000)


class Port(Value):
    """A port of a container that is published on the host: where, and which."""

    ip: str  # empty: on every interface
    host: int  # 0: any that is free
    container: int
    protocol: str = "tcp"

    @classmethod
    def parse(cls, text: str) -> Port:
        """Read `[[IP:]HOST:]CONTAINER[/PROTOCOL]`. Raises `DockerError` with the client's text."""
        ports, _, protocol = text.partition("/")
        ip, host, container = ["", "", *ports.rsplit(":", 2)][-3:]
        if not container:
            raise DockerError(f"no port specified: {text}<empty>")
        if ip.strip("[]"):
            from ipaddress import ip_address  # seldom needed, and a terminal starts quicker without

            try:
                ip = str(ip_address(ip.removeprefix("[").removesuffix("]")))
            except ValueError as error:
                raise DockerError(f"invalid IP address: {ip}") from error
        for kind, port in (("containerPort", container), ("hostPort", host)):
            if re.fullmatch("[0-9]+-[0-9]+", port, re.ASCII):
                raise DockerError("dockerlearn: a range of ports is a real thing, which this model does not have")
            if port and not (re.fullmatch("[0-9]{1,20}", port, re.ASCII) and int(port) < 2**16):
                raise DockerError(f"invalid {kind}: {port}")
        if protocol.lower() not in ("", "tcp", "udp", "sctp"):
            raise DockerError(f"invalid proto: {protocol}")
        return cls(ip.strip("[]"), int(host or 0), int(container), protocol.lower() or "tcp")

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses of the host on which it is published, as they are printed."""
        if not self.ip:
            return ("0.0.0.0", "[::]")
        return (f"[{self.ip}]" if ":" in self.ip else self.ip,)

    def clashes(self, other: Port) -> bool:
        """Whether it takes what another wants. The two versions of IP are apart, unless one wants both."""
        ips = {self.ip, other.ip}
        if (self.host, self.protocol) != (other.host, other.protocol):
            return False
        if "" in ips or len(ips) == 1:
            return True
        return len({":" in ip for ip in ips}) == 1 and not ips.isdisjoint(EVERYWHERE)

    @property
    def private(self) -> str:
        """The container's side: `80/tcp`."""
        return f"{self.container}/{self.protocol}"


class Endpoint(Value):
    """A container's place in a network: its address, and its ports as they are published."""

    ip: str
    ports: tuple[Port, ...] = ()


class Bridge:
    """The network that every container is in, 172.17.0.0/16. `identity` draws identities for endpoints."""

    def __init__(self, identity: Callable[[], str]) -> None:
        self._identity = identity
        self._last_ports: dict[tuple[str, str], int] = {}  # taken because any would do, by address and protocol

    def connect(self, name: str, ports: Sequence[Port], others: Sequence[Endpoint]) -> Endpoint:
        """An address and the wanted ports for a container of that name, beside other ones.

        Raises `PortTaken` if a port is taken.
        """
        taken = {each.ip for each in others}
        ip = next(ip for number in count(2) if (ip := f"172.17.{number // 256}.{number % 256}") not in taken)
        published = [port for each in others for port in each.ports]
        given: list[Port] = []
        for port in ports:
            wanted, clash = self._choose(port, [*published, *given])
            if problem := _problem(wanted, clash, ip, given):
                raise PortTaken(container=name, endpoint=self._identity(), port=wanted.host, problem=problem)
            given.append(wanted)
        return Endpoint(ip, tuple(sorted(given, key=lambda port: (port.container, port.protocol, port.host))))

    def _choose(self, port: Port, published: Sequence[Port]) -> tuple[Port, Port | None]:
        """The port of the host that is tried for one, at last, and the published one that it clashes with, if so.

        Where any will do, the search goes on from the last one that was taken so, whether that is free again or not.
        """
        for number in [port.host] if port.host else self._random_ports(port):
            wanted = port.replace(host=number)
            clash = next((each for each in published if each.clashes(wanted)), None)
            if clash is None:
                break
        if not port.host:
            self._last_ports[port.ip, port.protocol] = wanted.host
        return wanted, clash

    def _random_ports(self, port: Port) -> Iterator[int]:
        last = self._last_ports.get((port.ip, port.protocol), RANDOM_PORTS[-1])
        start = last + 1 - RANDOM_PORTS[0]
        return (RANDOM_PORTS[(start + tried) % len(RANDOM_PORTS)] for tried in range(len(RANDOM_PORTS)))


def _problem(wanted: Port, clash: Port | None, ip: str, given: Sequence[Port]) -> str | None:
    """Why a port cannot be published, if so."""
    if wanted in given:
        return "failed to listen on TCP socket: address already in use"
    if clash is not None:
        everywhere = "::" if ":" in wanted.ip else "0.0.0.0"
        return f"Bind for {clash.ip or everywhere}:{clash.host} failed: port is already allocated"
    if wanted.ip and not re.match("0\\.0\\.0\\.0$|127\\.|::1?$", wanted.ip):
        place = f"{wanted.ip}:{wanted.host}:{ip}:{wanted.private}"
        return f"failed to bind host port for {place}: cannot assign requested address"
    return None
