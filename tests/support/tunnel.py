"""A real SOCKS5 (RFC 1928, 1929) and CONNECT proxy on loopback, that leads every name to one server and remembers who asked.

async with Server() as server, (tunnel := Tunnel(server)).open() as place:
    … f"socks5h://{place}" …
    assert tunnel.asked == [("news.example", 80)]
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

from support.server import Server, loopback

NO_ENTRY, TAKES_NONE, GARBAGE, HANGS_UP = "no entry", "takes none", "garbage", "hangs up"


class Tunnel:
    """`asked` is what it was asked for, `users` who did ("user:password" in bytes, empty without), in the same order.

    `elsewhere` leads some ports to other servers. `refuse`: it connects nobody, and says so with this code; `trouble`: what
    it does wrong.
    """

    def __init__(
        self, server: Server, refuse: int = 0, elsewhere: Mapping[int, tuple[str, int]] | None = None, trouble: str = ""
    ) -> None:
        self.asked: list[tuple[str, int]] = []
        self.users: list[bytes] = []
        self._server = server
        self._refuse = refuse
        self._elsewhere = elsewhere or {}
        self._trouble = trouble
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
        if self._trouble in (GARBAGE, HANGS_UP):
            writer.write(b"SSH-2.0-nobody\r\n" if self._trouble == GARBAGE else b"")
            return
        socks = first == b"\x05"
        user = await self._enter(reader, writer) if socks else b""
        if user is None:
            return
        name, port = await (self._socks(reader) if socks else self._connect(reader))
        self.asked.append((name, port))  # both at once: others are being led meanwhile
        self.users.append(user)
        if self._refuse:
            reply = bytes((5, self._refuse)) + b"\0\x01\0\0\0\0\0\0"
            writer.write(reply if socks else b"HTTP/1.1 403 Forbidden\r\n\r\n")
            return
        there, back = await asyncio.open_connection(
            *self._elsewhere.get(port, (self._server.hosts[0], self._server.port))
        )
        # All at once with what a server says first, as the network may bring it.
        first_words = await there.read(65536) if port in self._elsewhere else b""
        writer.write((b"\x05\0\0\x03\x03abc\0\0" if socks else b"HTTP/1.1 200 OK\r\n\r\n") + first_words)
        try:
            await asyncio.gather(_pump(reader, back), _pump(there, writer))
        finally:
            back.close()

    async def _enter(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes | None:
        """Who it is; None if he is not let in."""
        (method,) = await reader.readexactly((await reader.readexactly(1))[0])
        if method == 2 and self._trouble == TAKES_NONE:
            writer.write(b"\x05\xff")
            return None
        writer.write(bytes((5, method)))
        user = b""
        if method == 2:  # RFC 1929
            user = await reader.readexactly((await reader.readexactly(2))[1])
            user += b":" + await reader.readexactly((await reader.readexactly(1))[0])
            writer.write(b"\x01\x01" if self._trouble == NO_ENTRY else b"\x01\0")
        return None if self._trouble == NO_ENTRY else user

    async def _socks(self, reader: asyncio.StreamReader) -> tuple[str, int]:
        kind = (await reader.readexactly(4))[3]
        if kind == 3:
            name = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        else:
            family = socket.AF_INET if kind == 1 else socket.AF_INET6
            name = socket.inet_ntop(family, await reader.readexactly(4 if kind == 1 else 16))
        return name, int.from_bytes(await reader.readexactly(2), "big")

    async def _connect(self, reader: asyncio.StreamReader) -> tuple[str, int]:
        line = (await reader.readuntil(b"\r\n\r\n")).decode().split()[1]
        name, _, port = line.rpartition(":")
        return name, int(port)


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while data := await source.read(65536):
        sink.write(data)
    sink.close()
