"""The network: addresses and ports are given once, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from dockerlearn.model.errors import PortTaken
from dockerlearn.model.network import RANDOM_PORTS, Bridge, Endpoint, Port


@pytest.fixture
def identities() -> Iterator[int]:
    """The numbers of identities, as they are drawn."""
    return count()


@pytest.fixture
def bridge(identities: Iterator[int]) -> Bridge:
    """A network without containers."""
    return Bridge(lambda: f"endpoint{next(identities)}")


def ports(*texts: str) -> list[Port]:
    """Ports as they are written for `docker run -p`."""
    return [Port.parse(text) for text in texts]


def test_each_container_gets_the_lowest_address_that_is_free(bridge: Bridge) -> None:
    endpoints = {name: bridge.connect(name, name, ()) for name in "abcd"}
    assert [each.ip for each in endpoints.values()] == ["172.17.0.2", "172.17.0.3", "172.17.0.4", "172.17.0.5"]
    for name in "cab":
        bridge.disconnect(name, endpoints[name])
    assert [bridge.connect(name, name, ()).ip for name in "efgh"] == [
        "172.17.0.2",
        "172.17.0.3",
        "172.17.0.4",
        "172.17.0.6",
    ]


def test_addresses_go_on_in_the_next_block(bridge: Bridge) -> None:
    ips = [bridge.connect(str(number), "x", ()).ip for number in range(255)]
    assert ips[-2:] == ["172.17.0.255", "172.17.1.0"]


def test_what_is_taken_back_twice_or_was_never_given_frees_nothing(bridge: Bridge) -> None:
    endpoint = bridge.connect("a", "a", ports("80:80"))
    bridge.disconnect("b", endpoint)
    bridge.disconnect("a", endpoint)
    bridge.disconnect("a", endpoint)
    assert [bridge.connect(name, name, ()).ip for name in "cd"] == ["172.17.0.2", "172.17.0.3"]
    assert bridge.servers(80) == []


def test_a_refusal_gives_nothing_and_draws_an_identity(bridge: Bridge, identities: Iterator[int]) -> None:
    bridge.connect("a", "first", ports("81:80"))
    with pytest.raises(PortTaken) as refusal:
        bridge.connect("b", "second", ports("80:80", "81:80"))
    assert (refusal.value.port, refusal.value.container, next(identities)) == (81, "second", 1)
    assert str(refusal.value).endswith("second (endpoint0): Bind for 0.0.0.0:81 failed: port is already allocated")
    assert bridge.servers(80) == []
    assert bridge.connect("c", "third", ports("80:80")) == Endpoint("172.17.0.3", (Port("", 80, 80),))


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        ("80:80", "80:81", True),
        ("80:80", "81:80", False),
        ("80:80", "80:80/udp", False),
        ("80:80", "127.0.0.1:80:80", True),
        ("127.0.0.1:80:80", "80:80", True),
        ("127.0.0.1:80:80", "127.0.0.2:80:80", False),
        ("127.0.0.1:80:80", "127.0.0.1:80:81", True),
        ("0.0.0.0:80:80", "127.0.0.1:80:80", True),
        ("127.0.0.1:80:80", "0.0.0.0:80:80", True),
        ("0.0.0.0:80:80", "[::1]:80:80", False),
        ("[::]:80:80", "[::1]:80:80", True),
        ("[::1]:80:80", "127.0.0.1:80:80", False),
        ("[::1]:80:80", "80:80", True),
    ],
)
@pytest.mark.parametrize("same", [False, True], ids=["two containers", "one container"])
def test_ports_clash_where_one_takes_what_the_other_wants(
    bridge: Bridge, one: str, other: str, clash: bool, same: bool
) -> None:
    def connect() -> None:
        if same:
            bridge.connect("a", "a", ports(one, other))
        else:
            bridge.connect("a", "a", ports(one))
            bridge.connect("b", "b", ports(other))

    if clash:
        with pytest.raises(PortTaken):
            connect()
    else:
        connect()


def test_the_same_port_twice_is_another_refusal_than_one_that_clashes(bridge: Bridge) -> None:
    with pytest.raises(PortTaken, match="failed to listen on TCP socket: address already in use"):
        bridge.connect("a", "a", ports("80:80", "80:80"))
    with pytest.raises(PortTaken, match=r"Bind for 0\.0\.0\.0:80 failed: port is already allocated"):
        bridge.connect("a", "a", ports("80:80", "80:81"))


def test_servers_are_those_for_tcp_the_last_one_first(bridge: Bridge) -> None:
    bridge.connect("a", "a", ports("127.0.0.1:80:80", "80:80/udp"))
    endpoint = bridge.connect("b", "b", ports("127.0.0.2:80:81"))
    assert [(id, port.container) for id, port in bridge.servers(80)] == [("b", 81), ("a", 80)]
    bridge.disconnect("b", endpoint)
    assert [id for id, _ in bridge.servers(80)] == ["a"]
    assert bridge.servers(81) == []


def test_the_clash_that_is_told_is_with_the_last_one_that_took_the_port(bridge: Bridge) -> None:
    bridge.connect("a", "a", ports("127.0.0.1:80:80"))
    bridge.connect("b", "b", ports("127.0.0.2:80:80"))
    with pytest.raises(PortTaken, match=r"Bind for 127\.0\.0\.2:80 failed"):
        bridge.connect("c", "c", ports("80:80"))


def test_where_any_port_will_do_the_search_goes_on_from_the_last_one(bridge: Bridge) -> None:
    first = bridge.connect("a", "a", ports("80", "81"))
    assert [port.host for port in first.ports] == [32768, 32769]
    bridge.disconnect("a", first)
    bridge.connect("b", "b", ports("32770:80", "127.0.0.1:32771:81"))
    assert [port.host for port in bridge.connect("c", "c", ports("80", "127.0.0.1::80", "80/udp")).ports] == [
        32768,
        32772,
        32768,
    ]
    last = RANDOM_PORTS[-1]
    bridge.connect("d", "d", [Port("", number, 1) for number in range(32773, last)])
    assert [port.host for port in bridge.connect("e", "e", ports("80")).ports] == [last]
    assert [port.host for port in bridge.connect("f", "f", ports("80")).ports] == [32769]


def test_once_all_ports_are_taken_the_last_one_that_was_tried_is_refused(bridge: Bridge) -> None:
    bridge.connect("a", "a", [Port("", number, 1) for number in RANDOM_PORTS])
    with pytest.raises(PortTaken) as refusal:
        bridge.connect("b", "b", ports("80"))
    assert refusal.value.port == RANDOM_PORTS[-1]


def test_the_ports_of_an_endpoint_come_in_order(bridge: Bridge) -> None:
    given = bridge.connect("a", "a", ports("90:81", "80:80/udp", "70:80", "60:80"))
    assert [(port.container, port.protocol, port.host) for port in given.ports] == [
        (80, "tcp", 60),
        (80, "tcp", 70),
        (80, "udp", 80),
        (81, "tcp", 90),
    ]
