"""One connection for one request: to a literal address that passed the guard, or through the operator's proxy.

Made of httpx2's own parts (httpcore2), not of its client and pool: with redirects, cookies, keep-alive and decoding
switched off nothing was left of them but their cost. A poll that answers 304 took them 0.7 to 1.0 ms of CPU, and takes
this 0.3 (1 000 loopback hosts, plain HTTP, one core, uvloop; 2026-11-22).

Not here: deadlines, which requests are made, and what answers mean (client.py).
"""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

import httpcore2
import httpx2

from monitor.core.errors import ConfigError, FetchError, FetchFault, Problem
from monitor.core.settings import FetchSettings
from monitor.fetch import guard

MOST_ADDRESSES = 4  # of a host are tried
CONNECT = 5.0  # seconds for one of them while there are others left


class Wire(Protocol):
    """A way out: straight, or through a proxy."""

    def send(
        self, request: httpcore2.Request, started: Callable[[], None]
    ) -> AbstractAsyncContextManager[httpcore2.Response]:
        """Send a request on a connection of its own; its answer's body is read inside of the block, which ends the
        connection. `started` is called when the request itself goes out. Raises FetchError, or what httpcore2 raises."""


def wire(settings: FetchSettings, lookup: guard.Lookup, tls: ssl.SSLContext) -> Wire:
    """The way out that the settings want. Raises ConfigError if the proxy is none that can be used."""
    tls.set_alpn_protocols(["http/1.1"])
    if settings.proxy:
        return Proxied(settings.proxy, settings.allow_networks, tls)
    return Direct(settings.allow_networks, lookup, tls)


class Direct:
    """Connects by itself."""

    def __init__(self, networks: Iterable[guard.Network], lookup: guard.Lookup, tls: ssl.SSLContext) -> None:
        self._networks = tuple(networks)
        self._lookup = lookup
        self._tls = tls

    @asynccontextmanager
    async def send(self, request: httpcore2.Request, started: Callable[[], None]) -> AsyncIterator[httpcore2.Response]:
        origin = request.url.origin
        stream = await self._connect(origin)
        connection = httpcore2.AsyncHTTP11Connection(origin, stream)
        started()
        try:
            yield await connection.handle_async_request(request)
        finally:
            await connection.aclose()

    async def _connect(self, origin: httpcore2.Origin) -> "Stream":
        host = origin.host.decode("ascii")
        failure: OSError = OSError()
        safe = origin.scheme == b"https"
        name = host.rstrip(".") if safe else None
        literals = (await guard.resolve(host, origin.port, self._networks, self._lookup))[:MOST_ADDRESSES]
        for literal in literals:
            try:
                async with asyncio.timeout(None if literal == literals[-1] else CONNECT):
                    context = self._tls if safe else None
                    return Stream(
                        *await asyncio.open_connection(literal, origin.port, ssl=context, server_hostname=name)
                    )
            except ssl.SSLError:
                raise
            except OSError as error:  # TimeoutError is one
                failure = error
        reason = os.strerror(failure.errno) if failure.errno else "no answer"
        raise FetchError(FetchFault.CONNECT, f"no connection to {host}, port {origin.port}: {reason}") from failure


class Stream(httpcore2.AsyncNetworkStream):
    """asyncio's streams in the shape that httpcore2 asks for. Its timeouts are ignored: one deadline holds for it all."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002, ASYNC109 - its interface
        try:
            return await self._reader.read(max_bytes)
        except OSError as error:
            raise httpcore2.ReadError(error) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109 - its interface
        try:
            self._writer.write(buffer)
            await self._writer.drain()
        except OSError as error:
            raise httpcore2.WriteError(error) from error

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - its interface
    ) -> "Stream":
        try:
            await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
        except OSError as error:
            raise httpcore2.ConnectError(error) from error
        return self

    async def aclose(self) -> None:
        # At once: a polite end of TLS waits for the other side, and there is nothing more to say.
        self._writer.transport.abort()


class Proxied:
    """Sends everything through the proxy, which also resolves the names; nothing is looked up here."""

    def __init__(self, proxy: str, networks: Iterable[guard.Network], tls: ssl.SSLContext) -> None:
        self._proxy = _proxy(proxy)
        self._networks = tuple(networks)
        self._tls = tls

    @asynccontextmanager
    async def send(self, request: httpcore2.Request, started: Callable[[], None]) -> AsyncIterator[httpcore2.Response]:
        guard.refuse_inside(request.url.host.decode("ascii"), self._networks)
        dial = _Dial()
        pool = httpcore2.AsyncConnectionPool(proxy=self._proxy, ssl_context=self._tls, network_backend=dial)
        started()
        try:
            yield await pool.handle_async_request(request)
        finally:
            await dial.hang_up()


class _Dial(httpcore2.AsyncNetworkBackend):
    """Connects to the proxy, once, and sees to it that this ends: httpcore2's own connections stay open when a SOCKS proxy
    says that it cannot reach a host."""

    def __init__(self) -> None:
        self._streams: list[Stream] = []

    async def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> "Stream":
        try:
            stream = Stream(*await asyncio.open_connection(host, port))
        except OSError as error:
            raise httpcore2.ConnectError(error) from error
        self._streams.append(stream)
        return stream

    async def hang_up(self) -> None:
        for stream in self._streams:
            await stream.aclose()


def _proxy(address: str) -> httpcore2.Proxy:
    try:
        url = httpx2.URL(address)
    except httpx2.InvalidURL:
        url = httpx2.URL("")
    if url.scheme not in ("http", "socks5", "socks5h") or not guard.is_host(url.raw_host):
        message = 'is no proxy that can be used: write "socks5h://host:port" or "http://host:port", or "" for none'
        raise ConfigError((Problem(file="monitor.toml", line=0, path="fetch.proxy", message=message),))
    auth = (url.username, url.password) if url.username else None
    place = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=b"/")
    return httpcore2.Proxy(place, auth=auth)
