"""Published ports: how they are written, and which of them clash.

Measured on Engine 28.5.2 with client 28.2.2.
"""

from __future__ import annotations

import re

from .errors import DockerError
from .value import Value

EVERYWHERE = ("0.0.0.0", "::")  # every address of one version of IP


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
