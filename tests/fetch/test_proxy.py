"""With a proxy nothing leaves any other way, and names are its affair."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext, create_default_context

import pytest

from monitor.core.errors import ConfigError, FetchError, FetchFault
from monitor.core.settings import FetchSettings, Proxy, Secret
from monitor.fetch.client import Client, Purpose
from monitor.fetch.ways import ways
from support.mailbox import Mailbox
from support.server import Reply, Server, redirect
from support.tunnel import Tunnel

FEED = b"<rss/>"


async def never(host: str, port: int) -> Sequence[str]:
    raise AssertionError(f"{host} was looked up here")


def through(proxy: str, tls: SSLContext | None = None) -> Client:
    return Client(FetchSettings(proxy=Proxy(url=Secret(proxy))), lookup=never, tls=tls)


@pytest.mark.parametrize("scheme", ["socks5h", "socks5"])
def test_socks_gets_the_name_and_resolves_it_itself(scheme: str) -> None:
    async def play() -> None:
        async with Server() as server, (tunnel := Tunnel(server)).open() as place:
            server.on("/feed", Reply(body=FEED))
            client = through(f"{scheme}://{place}")
            answer = await client.get("http://news.example/feed", purpose=Purpose.FEED)
            assert answer.body == FEED
            assert (await client.post("http://hook.example:8080/feed", b"{}", {}, 5)).status == 200
            assert tunnel.asked == [("news.example", 80), ("hook.example", 8080)]
            assert server.requests[0].headers["host"] == "news.example"

    asyncio.run(play())


def test_socks_with_a_password() -> None:
    async def play() -> None:
        async with Server() as server, (tunnel := Tunnel(server)).open() as place:
            server.on("/feed", Reply(body=FEED))
            await through(f"socks5h://user:p%40ss@{place}").get("http://news.example/feed", purpose=Purpose.FEED)
            assert tunnel.users == [b"user:p@ss"]

    asyncio.run(play())


@pytest.mark.parametrize("scheme", ["socks5h", "http"])
def test_tls_goes_through_to_the_end(scheme: str, certificate: Path) -> None:
    async def play() -> None:
        tls = SSLContext(PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
        async with Server(tls=tls) as server, (tunnel := Tunnel(server)).open() as place:
            server.on("/feed", Reply(body=FEED))
            client = through(f"{scheme}://{place}", create_default_context(cafile=str(certificate)))
            assert (await client.get("https://news.example/feed", purpose=Purpose.FEED)).body == FEED
            with pytest.raises(FetchError, match=r"no safe connection to other\.example") as caught:
                await client.get("https://other.example/feed", purpose=Purpose.FEED)
            assert caught.value.fault is FetchFault.TLS
            assert tunnel.asked == [("news.example", 443), ("other.example", 443)]

    asyncio.run(play())


def test_an_http_proxy_gets_the_whole_address() -> None:
    async def play() -> None:
        async with Server() as server:
            server.on("http://news.example/feed", Reply(body=FEED))
            server.on("http://news.example/inside", redirect("http://192.168.0.1/"))
            client = through(f"http://{server.hosts[0]}:{server.port}")
            assert (await client.get("http://news.example/feed", purpose=Purpose.FEED)).body == FEED
            with pytest.raises(FetchError, match="not public") as caught:
                await client.get("http://news.example/inside", purpose=Purpose.FEED)
            assert caught.value.fault is FetchFault.REDIRECT

    asyncio.run(play())


@pytest.mark.parametrize("scheme", ["socks5h", "http"])
def test_a_proxy_that_refuses(scheme: str) -> None:
    async def play() -> None:
        async with Server() as server, Tunnel(server, refuse=2).open() as place:
            with pytest.raises(FetchError) as caught:
                await through(f"{scheme}://{place}").get("https://news.example/feed", purpose=Purpose.FEED)
            assert caught.value.fault is FetchFault.CONNECT

    asyncio.run(play())


@pytest.mark.parametrize(
    ("code", "why"), [(1, "it fails"), (4, "no such name"), (5, "refused"), (8, "does not know how")]
)
def test_what_a_socks_proxy_says_is_told(code: int, why: str) -> None:
    async def play() -> None:
        async with Server() as server, Tunnel(server, refuse=code).open() as place:
            with pytest.raises(
                FetchError, match=rf"the proxy {place} does not reach news\.example, port 80: .*{why}"
            ) as it:
                await through(f"socks5h://{place}").get("http://news.example/feed", purpose=Purpose.FEED)
            assert it.value.fault is FetchFault.CONNECT

    asyncio.run(play())


@pytest.mark.parametrize(
    ("proxy", "trouble", "said"),
    [
        ("socks5h://desk:s3cret@{}", "no entry", "refuses the user name and the password"),
        ("socks5h://desk:s3cret@{}", "takes none", "takes no user name: write isolate = false"),
        ("socks5h://{}", "garbage", "is no SOCKS5 proxy"),
        ("socks5h://{}", "hangs up", "breaks off"),
    ],
)
def test_a_proxy_in_trouble_is_named_without_its_password(proxy: str, trouble: str, said: str) -> None:
    async def play() -> None:
        async with Server() as server, (tunnel := Tunnel(server, trouble=trouble)).open() as place:
            with pytest.raises(FetchError, match=said) as caught:
                await through(proxy.format(place)).get("http://news.example/feed", purpose=Purpose.FEED)
            assert caught.value.fault is FetchFault.PROXY
            assert f"the proxy {place}" in str(caught.value)
            assert "s3cret" not in str(caught.value)
            assert (tunnel.asked, server.requests) == ([], [])

    asyncio.run(play())


def test_a_proxy_may_have_a_name_of_its_own() -> None:
    async def play() -> None:
        async with Server() as server, Tunnel(server).open() as place:
            server.on("/feed", Reply(body=FEED))
            looked_up = []

            async def look_up(host: str, port: int) -> Sequence[str]:
                looked_up.append(host)
                return ["::1", place.partition(":")[0]]  # nothing listens at the first, as with "localhost" and Tor

            proxy = Proxy(url=Secret(f"socks5h://proxy.example:{place.partition(':')[2]}"))
            client = Client(FetchSettings(proxy=proxy), lookup=look_up)
            assert (await client.get("http://news.example/feed", purpose=Purpose.FEED)).body == FEED
            assert looked_up == ["proxy.example"]

    asyncio.run(play())


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://[::1]/", "http://localhost/", "http://0x7f.1/", "http://10.0.0.1/"]
)
def test_nothing_inside_is_asked_of_a_proxy(url: str) -> None:
    async def play() -> None:
        async with Server() as server, (tunnel := Tunnel(server)).open() as place:
            with pytest.raises(FetchError, match=r"is not public|local network") as caught:
                await through(f"socks5h://{place}").get(url, purpose=Purpose.FEED)
            assert (caught.value.fault, tunnel.users) == (FetchFault.REFUSED, [])

    asyncio.run(play())


def test_a_name_that_is_too_long_for_a_proxy_is_no_fault_of_ours() -> None:
    async def play() -> None:
        async with Server() as server, (tunnel := Tunnel(server)).open() as place:
            with pytest.raises(FetchError, match="longer than any can be") as caught:
                await through(f"socks5h://{place}").get(f"http://{'a.' * 150}example/", purpose=Purpose.PAGE)
            assert (caught.value.fault, tunnel.asked) == (FetchFault.DNS, [])

    asyncio.run(play())


# Ways of their own


def test_each_group_has_a_user_name_of_its_own_and_another_at_each_start() -> None:
    async def play() -> None:
        async with Server() as server, (tunnel := Tunnel(server)).open() as place:
            server.on("/feed", Reply(body=FEED))
            url = Secret(f"socks5h://{place}")
            groups = (Proxy(name="one", url=url, isolate=True), Proxy(name="two", url=url, isolate=True))
            settings = FetchSettings(proxies=(*groups, Proxy(name="plain", url=url)), per_host_delay=timedelta())
            for _ in range(2):
                out = ways(settings, lookup=never)
                for name in ("one", "two", "one", "plain"):
                    await out[name].client.get("http://news.example/feed", purpose=Purpose.FEED)
            users = tunnel.users
            assert (users[0], users[4]) == (users[2], users[6])
            assert len({*users[:2], *users[4:6]}) == 4
            assert (users[3], users[7]) == (b"", b"")
            with pytest.raises(AssertionError, match="was looked up here"):  # the way of everything else is straight
                await out[""].client.get("http://news.example/feed", purpose=Purpose.FEED)

    asyncio.run(play())


def test_ways_know_nothing_of_each_other() -> None:
    async def play() -> None:
        async with Server() as server, (tunnel := Tunnel(server)).open() as place:
            server.on("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /private"))
            server.on("/page", Reply(body=b"<html>"))
            url = Secret(f"socks5h://{place}")
            names = ("one", "two")
            settings = FetchSettings(proxies=tuple(Proxy(name=name, url=url, isolate=True) for name in names))
            out = ways(settings, lookup=never)
            async with asyncio.timeout(5):  # a host's pause is a minute, on each way by itself
                for name in names:
                    out[name].client.hosts.slow_down("news.example", timedelta(minutes=1))
                await asyncio.gather(
                    *(out[name].client.get("http://news.example/page", purpose=Purpose.PAGE) for name in names)
                )
            assert len(set(tunnel.users)) == 2
            again = ways(settings, before=out, lookup=never)
            for name in names:
                again[name].client.hosts.pause("news.example", timedelta(minutes=1))
            with pytest.raises(FetchError, match="left alone"):
                await again["one"].robots.allowed("http://news.example/private")
            assert not server.asked("/robots.txt")

    asyncio.run(play())


# Mail


async def greeting(client: Client, host: str, port: int) -> bytes:
    sock = await client.dial(host, port)
    try:
        return await asyncio.get_running_loop().sock_recv(sock, 3)
    finally:
        sock.close()


def test_a_mail_server_is_reached_through_a_socks_proxy_and_not_a_byte_of_it_is_lost() -> None:
    async def play() -> None:
        async with Mailbox() as box, Server() as server, AsyncExitStack() as stack:
            tunnel = Tunnel(server, elsewhere={587: (box.host, box.port)})
            place = await stack.enter_async_context(tunnel.open())
            assert await greeting(through(f"socks5h://{place}"), "mail.example", 587) == b"220"
            assert tunnel.asked == [("mail.example", 587)]

    asyncio.run(play())


def test_a_mail_server_is_not_reached_through_an_http_proxy() -> None:
    with pytest.raises(FetchError, match="HTTP only") as caught:
        asyncio.run(greeting(through("http://127.0.0.1:3128"), "mail.example", 587))
    assert caught.value.fault is FetchFault.REFUSED


@pytest.mark.parametrize("scheme", ["socks5h", "http"])
def test_a_proxy_that_is_not_there(scheme: str) -> None:
    async def play() -> None:
        async with Server() as server:
            place = f"{server.hosts[0]}:{server.port}"
        with pytest.raises(FetchError) as caught:
            await through(f"{scheme}://{place}").get("http://news.example/feed", purpose=Purpose.FEED)
        assert caught.value.fault is FetchFault.PROXY

    asyncio.run(play())


@pytest.mark.parametrize(
    "proxy", ["socks4://127.0.0.1:1080", "https://proxy.example", "127.0.0.1:9050", "http://", "http://["]
)
def test_proxies_that_cannot_be_used_are_refused_at_the_start(proxy: str) -> None:
    with pytest.raises(ConfigError, match="is no proxy that can be used") as caught:
        through(proxy)
    assert caught.value.problems[0].path == "fetch.proxy"
