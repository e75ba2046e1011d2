"""Which addresses may be asked."""

import asyncio
import socket
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

import pytest

from monitor.core.errors import FetchError, FetchFault
from monitor.fetch import guard
from monitor.fetch.guard import Lookup

INSIDE = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.9",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.251",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::7f00:1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
OUTSIDE = ["1.1.1.1", "8.8.8.8", "100.63.255.255", "172.32.0.1", "192.0.1.1", "198.20.0.1", "223.255.255.254"]
OUTSIDE += ["2606:4700::1111", "2a00:1450::1", "2001:4860:4860::8888", "2003::1"]


@pytest.mark.parametrize("address", INSIDE)
def test_inside_is_refused(address: str) -> None:
    assert not guard.allowed(ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_outside_is_allowed(address: str) -> None:
    assert guard.allowed(ip_address(address))


@pytest.mark.parametrize(
    ("address", "network", "allowed"),
    [
        ("10.1.2.3", "10.1.2.0/24", True),
        ("10.1.3.3", "10.1.2.0/24", False),
        ("127.0.0.1", "127.0.0.1/32", True),
        ("127.0.0.2", "127.0.0.1/32", False),
        ("::1", "::1/128", True),
        ("fd00::1", "fd00::/8", True),
        ("fe80::1%eth0", "fe80::/10", True),
        ("::ffff:10.1.2.3", "10.0.0.0/8", False),  # by both: the IPv6 address is not of that network
        ("::ffff:10.1.2.3", "::ffff:0:0/96", False),  # nor is the IPv4 address of this one
        ("64:ff9b::808:808", "64:ff9b::/96", True),  # NAT64: the operator opens it, what is behind it is public
        ("64:ff9b::a01:203", "64:ff9b::/96", False),
        ("2002:a01:203::1", "2002::/16", False),
        ("2001:0:a01:203:8000:63bf:3fff:fdd2", "2001::/32", False),  # Teredo by way of a private server
        ("8.8.8.8", "10.0.0.0/8", True),
    ],
)
def test_the_operator_opens_networks(address: str, network: str, allowed: bool) -> None:
    assert guard.allowed(ip_address(address), [ip_network(network)]) is allowed


def test_mapped_addresses_pass_if_both_are_opened() -> None:
    networks: list[guard.Network] = [IPv4Network("10.0.0.0/8"), IPv6Network("::ffff:0:0/96")]
    assert guard.allowed(ip_address("::ffff:10.1.2.3"), networks)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hostname",
        "FILE:///etc/hostname",
        "source:file:///etc/hostname",
        "%66ile:///etc/hostname",
        "jar:http://example.org!/x",
        "data:text/xml,<rss/>",
        "ftp://example.org/feed",
        "gopher://example.org/",
        "ws://example.org/",
        "javascript:alert(1)",
        "example.org/feed",
        "//example.org/feed",
        "/feed",
        "",
        "http:",
        "http://",
        "http:///feed",
        "http:example.org",
        "http:\\\\example.org\\feed",
        "http://user:pass@example.org/",
        "http://user@example.org/",
        "http://@example.org/",
        "http://example.org@169.254.169.254/",
        "http://169.254.169.254:8888\\@example.org/",
        "http://example.org\\@169.254.169.254/",
        "http://example.org\\.evil.example/",
        "http://example.org%00.evil.example/",
        "http://exam ple.org/",
        "http://example.org/\r\nX-Evil: 1",
        "http://example.org/\tfeed",
        "http://example.org/\x00",
        "http://exa{mple}.org/",
        "http://256.1.1.1/",
        "http://[::1/",
        "http://[::1%25lo]/",
        "http://[v1.x]/",
        "http://example.org:0/",
        "http://example.org:-1/",
        "http://example.org:65536/",
        "http://example.org:http/",
        "http://example.org:6379/",
        "http://example.org:25/",
        "https://example.org:22/",
        "http://example.org/" + "x" * 8192,
    ],
)
def test_addresses_that_are_not_asked(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        guard.parse(url)
    assert caught.value.fault is FetchFault.REFUSED
    assert "pass" not in str(caught.value).replace("password", "")


@pytest.mark.parametrize(
    ("url", "host", "target"),
    [
        ("http://example.org", b"example.org", b"/"),
        ("HTTPS://Example.ORG:8443/Feed?a=b&c#d", b"example.org", b"/Feed?a=b&c"),
        ("http://bücher.example/ä?q=é", b"xn--bcher-kva.example", b"/%C3%A4?q=%C3%A9"),
        ("http://[2606:4700::1111]:8080/", b"2606:4700::1111", b"/"),
        ("http://under_score.example/a@b\\c", b"under_score.example", b"/a@b\\c"),
        ("http://example.org/a b%20c", b"example.org", b"/a%20b%20c"),
    ],
)
def test_addresses_that_are(url: str, host: bytes, target: bytes) -> None:
    address = guard.parse(url)
    assert (address.raw_host, address.raw_path, address.fragment) == (host, target, "")


def answers(*addresses: str) -> Lookup:
    async def lookup(host: str, port: int) -> Sequence[str]:
        return addresses

    return lookup


def resolve(host: str, lookup: Lookup, networks: Sequence[guard.Network] = ()) -> list[str]:
    return asyncio.run(guard.resolve(host, 80, networks, lookup))


def test_a_name_becomes_its_addresses_once_each() -> None:
    assert resolve("example.org", answers("8.8.8.8", "2606:4700::1111", "8.8.8.8")) == ["8.8.8.8", "2606:4700::1111"]


def test_every_answer_must_pass() -> None:
    with pytest.raises(FetchError, match=r"leads to 10\.0\.0\.1, which is not public") as caught:
        resolve("rebind.example", answers("8.8.8.8", "10.0.0.1"))
    assert caught.value.fault is FetchFault.REFUSED


def test_literals_are_not_looked_up() -> None:
    assert resolve("8.8.8.8", answers("10.0.0.1")) == ["8.8.8.8"]


@pytest.mark.parametrize("lookup", [answers(), answers("not an address")])
def test_names_without_an_address(lookup: Lookup) -> None:
    with pytest.raises(FetchError) as caught:
        resolve("nowhere.example", lookup)
    assert caught.value.fault is FetchFault.DNS


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
            "there is no such name, or it has no address",
        ),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure"), "the name server does not answer, or fails"),
        (OSError(5, "I/O error"), "the name cannot be looked up"),
        (UnicodeError("label too long"), "it is no name that can be looked up"),
    ],
)
def test_why_a_name_leads_nowhere_is_told_in_plain_words(error: Exception, said: str) -> None:
    async def fails(host: str, port: int) -> list[str]:
        raise error

    with pytest.raises(FetchError) as caught:
        resolve("nowhere.example", fails)
    assert str(caught.value) == f"nowhere.example: {said}"


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f.1", "0x7f000001", "0177.1", "017700000001", "127.1", "0", "localhost", "127.0.0.1"]
)
def test_odd_spellings_lead_where_the_system_says(host: str) -> None:
    async def resolve_all() -> list[str]:
        lookup = guard.SystemLookup()
        with pytest.raises(FetchError, match="not public"):
            await guard.resolve(host, 80, (), lookup)
        return await guard.resolve(
            host, 80, (ip_network("127.0.0.0/8"), ip_network("::1"), ip_network("0.0.0.0")), lookup
        )

    assert set(asyncio.run(resolve_all())) <= {"127.0.0.1", "::1", "0.0.0.0"}


@pytest.mark.parametrize("name", ["a..b", "x" * 64 + ".example"])
def test_names_that_no_resolver_takes(name: str) -> None:
    async def ask() -> None:
        with pytest.raises(FetchError) as caught:
            await guard.resolve(name, 80, (), guard.SystemLookup())
        assert caught.value.fault is FetchFault.DNS

    asyncio.run(ask())


def test_a_lookup_that_nobody_waits_for_disturbs_nobody() -> None:
    async def leave() -> list[str]:
        lookup = guard.SystemLookup()
        task = asyncio.create_task(lookup("127.0.0.1", 80))
        while not task.done():
            task.cancel()
            await asyncio.sleep(0)
        return await lookup("127.0.0.1", 80)

    assert asyncio.run(leave()) == ["127.0.0.1"]


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST.",
        "a.localhost",
        "printer.local",
        "metadata.google.internal",
        "metadata",
        "rancher-metadata.",
        "7147006462",  # 169.254.169.254 where numbers run over
        "0x41414141a9fea9fe",
        "425.510.425.510",
        "1.2.3.4.5",
        "127.0.0.0x",
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "2130706433",
        "0",
        "10.1.2.3",
        "169.254.169.254",
        "::1",
        "::ffff:7f00:1",
        "fe80::1",
    ],
)
def test_behind_a_proxy_what_is_plainly_inside_is_refused(host: str) -> None:
    with pytest.raises(FetchError) as caught:
        guard.refuse_inside(host, ())
    assert caught.value.fault is FetchFault.REFUSED


def test_behind_a_proxy_other_names_are_its_own_affair() -> None:
    guard.refuse_inside("example.org", ())
    guard.refuse_inside("8.8.8.8", ())
    guard.refuse_inside("10.1.2.3", (ip_network("10.0.0.0/8"),))


async def never(host: str, port: int) -> list[str]:
    raise AssertionError(f"{host} was looked up")


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST.", "a.localhost"])
def test_names_of_this_machine_are_not_looked_up(name: str) -> None:
    with pytest.raises(FetchError, match="not public"):
        resolve(name, never)
    found = asyncio.run(guard.resolve(name, 80, guard.LOOPBACK, never))
    assert found == ["127.0.0.1", "::1"]


@pytest.mark.parametrize("name", ["abcdefghijklmnop.onion", "news.abcdefghijklmnop.ONION.", "news.i2p"])
def test_hidden_names_are_never_looked_up(name: str) -> None:
    with pytest.raises(FetchError, match="set a proxy for it") as caught:
        resolve(name, never)
    assert caught.value.fault is FetchFault.REFUSED
    guard.refuse_inside(name, ())  # behind one it is the proxy's affair


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost.", True),
        ("10.0.0.1", False),
        ("127.1", False),
    ],
)
def test_this_machine_is_known_by_its_own_names(host: str, ours: bool) -> None:
    assert guard.is_this_machine(host) is ours
