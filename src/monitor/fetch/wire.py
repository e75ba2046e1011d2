"""One connection for one request: to a literal address that passed the guard, or through the operator's proxy.

Made of httpx2's own parts (httpcore2), not of its client and pool: with redirects, cookies, keep-alive and decoding
switched off nothing was left of them but their cost. A poll that answers 304 took them 0.7 to 1.0 ms of CPU, and takes
this 0.3 (1 000 loopback hosts, plain HTTP, one core, uvloop; 2026-11-22).

Not here: deadlines, which requests are made, and what answers mean (client.py).
"""

import asyncio
import os
import secrets
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any, Protocol

import httpcore2
import httpx2

from monitor.core.errors import ConfigError, FetchError, FetchFault, Problem
from monitor.core.settings import FetchSettings, Proxy
from monitor.fetch import guard, socks

MOST_ADDRESSES = 4  # of a host are tried
CONNECT = 5.0  # seconds for one of them while there are others left


class Wire(Protocol):
    """A way out: straight, or through a proxy."""

    def send(
        self, request: httpcore2.Request, started: Callable[[], None]
    ) -> AbstractAsyncContextManager[httpcore2.Response]:
        """Send a request on a connection of its own; its answer's body is read inside of the block, which ends the
        connection. `started` is called when the request itself goes out. Raises FetchError, or what httpcore2 raises."""

    async def dial(self, host: str, port: int, besides: Iterable[guard.Network] = ()) -> socket.socket:
        """A socket that is connected to a host, which may also be in the networks `besides`. Raises FetchError."""


def wire(settings: FetchSettings, lookup: guard.Lookup, tls: ssl.SSLContext) -> Wire:
    """The way out that the settings want. Raises ConfigError if the proxy is none that can be used."""
    tls.set_alpn_protocols(["http/1.1"])
    if settings.proxy is None:
        return Direct(settings.allow_networks, lookup, tls)
    place = _place(settings.proxy)
    if place.scheme == "http":
        return Forwarded(place, settings.proxy, settings.allow_networks, lookup, tls)
    return Socks(place, settings.proxy, settings.allow_networks, lookup, tls)


class Direct:
    """Connects by itself."""

    def __init__(self, networks: Iterable[guard.Network], lookup: guard.Lookup, tls: ssl.SSLContext) -> None:
        self._networks = tuple(networks)
        self._lookup = lookup
        self._tls = tls

    @asynccontextmanager
    async def send(self, request: httpcore2.Request, started: Callable[[], None]) -> AsyncIterator[httpcore2.Response]:
        async with _talk(self, self._tls, request, started) as response:
            yield response

    async def dial(self, host: str, port: int, besides: Iterable[guard.Network] = ()) -> socket.socket:
        networks = (*self._networks, *besides)
        literals = await guard.resolve(host, port, networks, self._lookup)
        try:
            return await _reach(literals, port)
        except OSError as error:
            message = f"no connection to {host}, port {port}: {_words(error)}"
            raise FetchError(FetchFault.CONNECT, message) from error


class Socks:
    """Lets a SOCKS5 proxy connect everything, which also resolves the names; nothing is looked up here but the proxy."""

    def __init__(
        self,
        place: httpx2.URL,
        proxy: Proxy,
        networks: Iterable[guard.Network],
        lookup: guard.Lookup,
        tls: ssl.SSLContext,
    ) -> None:
        self._place = place
        self._called = _called(place, proxy.name)
        self._networks = tuple(networks)
        self._lookup = lookup
        self._tls = tls
        self._login = (place.username.encode(), place.password.encode()) if place.username else None
        if proxy.isolate:  # Tor gives a path of its own to each of these (its IsolateSOCKSAuth)
            self._login = (f"monitor-{secrets.token_hex(8)}".encode(), secrets.token_hex(8).encode())

    @asynccontextmanager
    async def send(self, request: httpcore2.Request, started: Callable[[], None]) -> AsyncIterator[httpcore2.Response]:
        async with _talk(self, self._tls, request, started) as response:
            yield response

    async def dial(self, host: str, port: int, besides: Iterable[guard.Network] = ()) -> socket.socket:
        guard.refuse_inside(host, (*self._networks, *besides))
        sock = await _to_proxy(self._place, self._called, self._lookup)
        try:
            await socks.lead(sock, host, port, self._login, self._called)
        except BaseException:
            sock.close()
            raise
        return sock


@asynccontextmanager
async def _talk(
    way: Wire, tls: ssl.SSLContext, request: httpcore2.Request, started: Callable[[], None]
) -> AsyncIterator[httpcore2.Response]:
    """One request on a connection of its own, as `Wire.send`."""
    origin = request.url.origin
    host, safe = origin.host.decode("ascii"), origin.scheme == b"https"
    sock = await way.dial(host, origin.port)  # the streams' from here on: they close it, also when they fail
    try:
        name = host.rstrip(".") if safe else None
        streams = await asyncio.open_connection(sock=sock, ssl=tls if safe else None, server_hostname=name)
    except ssl.SSLError:
        raise
    except OSError as error:
        message = f"no connection to {host}, port {origin.port}: {_words(error)}"
        raise FetchError(FetchFault.CONNECT, message) from error
    connection = httpcore2.AsyncHTTP11Connection(origin, Stream(*streams))
    started()
    try:
        yield await connection.handle_async_request(request)
    finally:
        await connection.aclose()


async def _reach(literals: Sequence[str], port: int) -> socket.socket:
    """A socket that is connected to the first address that takes it. Raises OSError if none of them does."""
    *others, last = literals[:MOST_ADDRESSES]
    for literal in others:
        with suppress(OSError):  # TimeoutError is one
            async with asyncio.timeout(CONNECT):
                return await _connect(literal, port)
    return await _connect(last, port)


async def _connect(literal: str, port: int) -> socket.socket:
    """A socket that is connected to an address. Raises OSError."""
    family = socket.AF_INET6 if ":" in literal else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, (literal, port))
    except BaseException:
        sock.close()
        raise
    return sock


async def _to_proxy(place: httpx2.URL, called: str, lookup: guard.Lookup) -> socket.socket:
    """A socket that is connected to the operator's proxy, wherever that is. Raises FetchError (PROXY)."""
    try:
        port = place.port or 80
        literals = [place.host] if guard.is_address(place.host) else await lookup(place.host, port)
        return await _reach(literals, port)  # "localhost" is ::1 as well, where Tor does not listen
    except (OSError, ValueError) as error:  # ValueError: there are none, or it is no name that can be looked up
        reason = _words(error) if isinstance(error, OSError) else "its name has no address"
        raise FetchError(FetchFault.PROXY, f"no connection to {called}: {reason}") from error


def _words(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno and error.errno > 0 else "no answer"


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


class Forwarded:
    """Sends everything through an HTTP proxy, which also resolves the names; nothing is looked up here but the proxy."""

    def __init__(
        self,
        place: httpx2.URL,
        proxy: Proxy,
        networks: Iterable[guard.Network],
        lookup: guard.Lookup,
        tls: ssl.SSLContext,
    ) -> None:
        auth = (place.username, place.password) if place.username else None
        target = httpcore2.URL(scheme=b"http", host=place.raw_host, port=place.port, target=b"/")
        self._proxy = httpcore2.Proxy(target, auth=auth)
        self._place, self._called = place, _called(place, proxy.name)
        self._networks = tuple(networks)
        self._lookup = lookup
        self._tls = tls

    @asynccontextmanager
    async def send(self, request: httpcore2.Request, started: Callable[[], None]) -> AsyncIterator[httpcore2.Response]:
        guard.refuse_inside(request.url.host.decode("ascii"), self._networks)
        stream = Stream(*await asyncio.open_connection(sock=await _to_proxy(self._place, self._called, self._lookup)))
        pool = httpcore2.AsyncConnectionPool(proxy=self._proxy, ssl_context=self._tls, network_backend=_Given(stream))
        started()
        try:
            yield await pool.handle_async_request(request)
        except httpcore2.ProxyError as error:
            host = request.url.host.decode("ascii")
            raise FetchError(FetchFault.CONNECT, f"{self._called} does not reach {host}: {error}") from error
        finally:
            await stream.aclose()

    async def dial(self, host: str, port: int, besides: Iterable[guard.Network] = ()) -> socket.socket:  # noqa: ARG002 - as others
        raise FetchError(FetchFault.REFUSED, f"{host}, port {port} cannot be reached through {self._called}: HTTP only")


class _Given(httpcore2.AsyncNetworkBackend):
    """Hands out the one connection to the proxy that there is."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    async def connect_tcp(self, *_: Any, **__: Any) -> Stream:
        return self._stream


def _called(place: httpx2.URL, name: str) -> str:
    """What a proxy is called in messages, without its password."""
    at = f"{place.host}:{place.port or 80}"
    return f"the proxy {name} ({at})" if name else f"the proxy {at}"


def _place(proxy: Proxy) -> httpx2.URL:
    """The address of a proxy. Raises ConfigError if it is none that can be used."""
    key = f"fetch.proxies.{proxy.name}.url" if proxy.name else "fetch.proxy"
    message = 'is no proxy that can be used: write "socks5h://host:port" or "http://host:port", or "" for none'
    if not proxy.url.value:  # the configuration was read by somebody who needs no secrets, and now does
        message = proxy.url.where
    try:
        url = httpx2.URL(proxy.url.value)
    except httpx2.InvalidURL:
        url = httpx2.URL("")
    known = url.scheme in ("http", "socks5", "socks5h") and (url.port or url.scheme == "http")
    if not known or not guard.is_host(url.raw_host):
        raise ConfigError((Problem(file="monitor.toml", line=0, path=key, message=message),))
    return url
