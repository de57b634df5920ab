"""Published ports: how they are written, and which of them clash.

Measured on Engine 28.5.2 with client 28.2.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from heapq import heappop, heappush
from typing import TypeAlias

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

    @property
    def private(self) -> str:
        """The container's side: `80/tcp`."""
        return f"{self.container}/{self.protocol}"


class Endpoint(Value):
    """A container's place in a network: its address, and its ports as they are published."""

    ip: str
    ports: tuple[Port, ...] = ()


Published: TypeAlias = dict[tuple[int, str], list[tuple[str, Port]]]
"""Ports by their number on the host and their protocol, with the IDs of the containers that have them."""


class Bridge:
    """The network that every container is in, 172.17.0.0/16. `identity` draws identities for endpoints.

    What it costs to connect a container does not depend on how many are connected already.
    """

    def __init__(self, identity: Callable[[], str]) -> None:
        self._identity = identity
        self._numbers: dict[str, int] = {}  # of the addresses, by the IDs of containers
        self._freed: list[int] = []  # those below the next one, as a heap
        self._next = 2
        self._published: Published = {}
        self._last_ports: dict[tuple[str, str], int] = {}  # taken because any would do, by address and protocol

    def connect(self, id: str, name: str, ports: Sequence[Port]) -> Endpoint:
        """An address and the wanted ports for a container, which has none yet. Raises `PortTaken` if a port is taken."""
        number = self._freed[0] if self._freed else self._next
        ip = f"172.17.{number // 256}.{number % 256}"
        given: Published = {}
        for port in ports:
            wanted, clash = self._choose(port, given)
            own = given.setdefault((wanted.host, wanted.protocol), [])
            if problem := _problem(wanted, clash, ip, [port for _, port in own]):
                raise PortTaken(container=name, endpoint=self._identity(), port=wanted.host, problem=problem)
            own.append((id, wanted))
        for place, published in given.items():
            self._published.setdefault(place, []).extend(published)
        if self._freed:
            heappop(self._freed)
        else:
            self._next += 1
        self._numbers[id] = number
        every = [port for published in given.values() for _, port in published]
        return Endpoint(ip, tuple(sorted(every, key=lambda port: (port.container, port.protocol, port.host))))

    def disconnect(self, id: str, endpoint: Endpoint) -> None:
        """Take back what a container was given, if it has it."""
        if id not in self._numbers:
            return
        heappush(self._freed, self._numbers.pop(id))
        for port in endpoint.ports:
            place = port.host, port.protocol
            left = [each for each in self._published.get(place, ()) if each[0] != id]
            if left:
                self._published[place] = left
            else:
                self._published.pop(place, None)

    def servers(self, number: int) -> list[tuple[str, Port]]:
        """Who has published that port of the host for TCP, by ID, the most recently connected first."""
        return self._published.get((number, "tcp"), [])[::-1]

    def _choose(self, port: Port, given: Published) -> tuple[Port, Port | None]:
        """The port of the host that is tried for one, at last, and the published one that it clashes with, if so.

        Where any will do, the search goes on from the last one that was taken so, whether that is free again or not.
        """
        for number in [port.host] if port.host else self._random_ports(port):
            place = number, port.protocol
            taken = [*self._published.get(place, [])[::-1], *given.get(place, ())]
            clash = next((each for _, each in taken if _overlap(each.ip, port.ip)), None)
            if clash is None:
                break
        if not port.host:
            self._last_ports[port.ip, port.protocol] = number
        return port.replace(host=number), clash

    def _random_ports(self, port: Port) -> Iterator[int]:
        last = self._last_ports.get((port.ip, port.protocol), RANDOM_PORTS[-1])
        start = last + 1 - RANDOM_PORTS[0]
        return (RANDOM_PORTS[(start + tried) % len(RANDOM_PORTS)] for tried in range(len(RANDOM_PORTS)))


def _overlap(one: str, other: str) -> bool:
    """Whether a port cannot be published at two addresses. The two versions of IP are apart, unless one wants both."""
    ips = {one, other}
    if "" in ips or len(ips) == 1:
        return True
    return len({":" in ip for ip in ips}) == 1 and not ips.isdisjoint(EVERYWHERE)


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
