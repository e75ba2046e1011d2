"""With a proxy nothing leaves any other way, and names are its affair."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext, create_default_context

import pytest

from monitor.core.errors import ConfigError, FetchError, FetchFault
from monitor.core.settings import FetchSettings, Proxy, Secret
from monitor.fetch.client import Client, Purpose
from support.server import Reply, Server, loopback, redirect

FEED = b"<rss/>"


async def never(host: str, port: int) -> Sequence[str]:
    raise AssertionError(f"{host} was looked up here")


def through(proxy: str, tls: SSLContext | None = None) -> Client:
    return Client(FetchSettings(proxy=Proxy(url=Secret(proxy))), lookup=never, tls=tls)


class Tunnel:
    """A SOCKS5 (RFC 1928) and CONNECT proxy that leads every name to one server. `asked` is what it was asked for."""

    def __init__(self, server: Server, refuse: bool = False) -> None:
        self.asked: list[tuple[str, int]] = []
        self.users: list[bytes] = []
        self._server = server
        self._refuse = refuse
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        host = loopback()
        listener = await asyncio.start_server(self._serve, host)
        try:
            yield f"{host}:{listener.sockets[0].getsockname()[1]}"
        finally:
            listener.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._lead(reader, writer)
        finally:
            writer.close()
            self._tasks.discard(task)

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.readexactly(1)
        name, port = await (self._socks(reader, writer) if first == b"\x05" else self._connect(reader))
        self.asked.append((name, port))
        if self._refuse:
            writer.write(b"\x05\x02\0\x01\0\0\0\0\0\0" if first == b"\x05" else b"HTTP/1.1 403 Forbidden\r\n\r\n")
            return
        writer.write(b"\x05\0\0\x01\0\0\0\0\0\0" if first == b"\x05" else b"HTTP/1.1 200 OK\r\n\r\n")
        there, back = await asyncio.open_connection(self._server.hosts[0], self._server.port)
        try:
            await asyncio.gather(_pump(reader, back), _pump(there, writer))
        finally:
            back.close()

    async def _socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int]:
        (method,) = await reader.readexactly((await reader.readexactly(1))[0])
        writer.write(bytes((5, method)))
        if method == 2:  # RFC 1929
            user = await reader.readexactly((await reader.readexactly(2))[1])
            self.users.append(user + b":" + await reader.readexactly((await reader.readexactly(1))[0]))
            writer.write(b"\x01\0")
        kind = (await reader.readexactly(4))[3]
        if kind == 3:
            name = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        else:
            name = socket.inet_ntoa(await reader.readexactly(4))
        return name, int.from_bytes(await reader.readexactly(2), "big")

    async def _connect(self, reader: asyncio.StreamReader) -> tuple[str, int]:
        line = (await reader.readuntil(b"\r\n\r\n")).decode().split()[1]
        name, _, port = line.rpartition(":")
        return name, int(port)


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while data := await source.read(65536):
        sink.write(data)
    sink.close()


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
        async with Server() as server, Tunnel(server, refuse=True).open() as place:
            with pytest.raises(FetchError) as caught:
                await through(f"{scheme}://{place}").get("https://news.example/feed", purpose=Purpose.FEED)
            assert caught.value.fault is FetchFault.CONNECT

    asyncio.run(play())


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
