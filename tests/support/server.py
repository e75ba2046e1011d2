"""A small real HTTP/1.1 server on loopback addresses that records what arrives, and misbehaves if it is told to.

    async with Server() as server:
        server.on("/feed", Reply(body=b"<rss/>", headers={"ETag": '"1"'}))
        … server.url("/feed") …
        assert server.requests[0].headers["user-agent"]

Each server has loopback addresses (`hosts`) of its own, all on one port. A route answers with a Reply, or with a
function from Request to Reply, which may be async.
"""

import asyncio
import itertools
import os
import socket
import ssl
import struct
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Self

_numbers = itertools.count()


def loopback() -> str:
    """An IPv4 loopback address that nobody else in this run uses."""
    number = next(_numbers)
    return f"127.{64 + os.getpid() % 128}.{number // 250 % 250}.{1 + number % 250}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What arrived: at which of our addresses, and when (monotonic seconds). Header names are lower case."""

    host: str
    method: str
    target: str
    headers: Mapping[str, str]
    fields: tuple[tuple[bytes, bytes], ...]
    body: bytes
    at: float

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """An answer. The fields after `body` are what can go wrong with it."""

    status: int = 200
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = field(default_factory=dict)
    body: bytes = b""
    raw: bytes | None = None  # sent instead of all that is above
    pace: float = 0.0  # seconds before each byte of the body
    cut: int | None = None  # the connection is reset after so many bytes of the body
    hang: bool = False  # nothing is ever sent
    endless: bool = False  # the body is repeated for ever, without a length

    def head(self) -> bytes:
        fields = list(self.headers.items() if isinstance(self.headers, Mapping) else self.headers)
        names = {name.lower() for name, _ in fields}
        if not names & {"content-length", "transfer-encoding"} and not self.endless and self.status not in (204, 304):
            fields.append(("Content-Length", str(len(self.body))))
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = "Whatever"
        lines = [
            f"HTTP/1.1 {self.status} {phrase}",
            *(f"{name}: {value}" for name, value in fields),
            "Connection: close",
        ]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


Answer = Reply | Callable[[Request], Reply | Awaitable[Reply]]


def redirect(to: str, status: int = 302) -> Reply:
    return Reply(status=status, headers={"Location": to})


class Server:
    """`requests` in the order in which they came; `crowd` the most requests that a host ever answered at the same time."""

    def __init__(self, hosts: int = 1, tls: ssl.SSLContext | None = None) -> None:
        self.hosts = [loopback() for _ in range(hosts)]
        self.requests: list[Request] = []
        self.crowd: Counter[str] = Counter()
        self.port = 0
        self._tls = tls
        self._routes: dict[tuple[str | None, str], Answer] = {}
        self._flying: Counter[str] = Counter()
        self._listeners: list[asyncio.Server] = []
        self._connections: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()

    def on(self, path: str, answer: Answer, host: str | None = None) -> str:
        """Answer this path so, on one host or on all; returns its address. Other paths are not found."""
        self._routes[host, path] = answer
        return self.url(path, host)

    def url(self, path: str = "/", host: str | None = None) -> str:
        return f"{'https' if self._tls else 'http'}://{host or self.hosts[0]}:{self.port}{path}"

    def asked(self, path: str, host: str | None = None) -> list[Request]:
        """The requests for a path."""
        return [r for r in self.requests if r.path == path and host in (None, r.host)]

    async def __aenter__(self) -> Self:
        for _ in range(20):
            try:
                await self._listen()
            except OSError:  # the port that the first host was given is taken on another one
                await self._close()
            else:
                return self
        raise OSError("no port is free on all hosts")

    async def __aexit__(self, *_: object) -> None:
        await self._close()

    async def _listen(self) -> None:
        self.port = 0
        for host in self.hosts:
            listener = await asyncio.start_server(self._converse, host, self.port, limit=2**20, ssl=self._tls)
            self._listeners.append(listener)
            self.port = listener.sockets[0].getsockname()[1]

    async def arrived(self, count: int) -> None:
        """Wait until so many requests have come."""
        while len(self.requests) < count:
            self._news.clear()
            await self._news.wait()

    def close(self, host: str) -> None:
        """Listen no longer on one of the hosts."""
        self._listeners[self.hosts.index(host)].close()

    async def _close(self) -> None:
        for listener in self._listeners:
            listener.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        self._listeners.clear()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        host = str(writer.get_extra_info("sockname")[0])
        self._flying[host] += 1
        self.crowd[host] = max(self.crowd[host], self._flying[host])
        try:
            with suppress(
                ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError
            ):
                request = await _read(reader, host)
                self.requests.append(request)
                self._news.set()
                await _send(writer, await self._answer(request))
        finally:
            self._flying[host] -= 1
            self._connections.discard(task)
            writer.close()

    async def _answer(self, request: Request) -> Reply:
        answer = self._routes.get((request.host, request.path)) or self._routes.get((None, request.path))
        if answer is None:
            return Reply(status=404)
        if isinstance(answer, Reply):
            return answer
        reply = answer(request)
        return reply if isinstance(reply, Reply) else await reply


async def _read(reader: asyncio.StreamReader, host: str) -> Request:
    lines = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
    method, target, _ = lines[0].decode("latin-1").split(" ", 2)
    pairs = [line.split(b":", 1) for line in lines[1:] if line]
    fields = tuple((name, value.strip(b" \t")) for name, value in pairs)
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in fields}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(
        host=host, method=method, target=target, headers=headers, fields=fields, body=body, at=time.monotonic()
    )


async def _send(writer: asyncio.StreamWriter, reply: Reply) -> None:
    if reply.hang:
        await asyncio.Event().wait()
    writer.write(reply.head() if reply.raw is None else reply.raw)
    if reply.raw is None:
        async for piece in _pieces(reply):
            writer.write(piece)
            await writer.drain()
    await writer.drain()
    if reply.cut is not None:  # closed in the middle of things, which resets the connection
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()


async def _pieces(reply: Reply) -> AsyncIterator[bytes]:
    if reply.pace:
        for number in range(len(reply.body)):
            await asyncio.sleep(reply.pace)
            yield reply.body[number : number + 1]
    elif reply.cut is not None:
        yield reply.body[: reply.cut]
    else:
        yield reply.body
    while reply.endless:
        yield reply.body
