"""What hubs reach us through: a small HTTP/1.1 server that answers one request on a connection, and is hard to annoy.

Everything is limited: the header, the body, the time, how many connections there are at once. Whoever sends what cannot be
read is hung up on. Nothing is logged: the address of a request is a secret of its hub's. Not here: what is answered
(subscriber.py).
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import h11

HEADER, BODY = 16 * 2**10, 2**20  # bytes
SECONDS = 10.0  # for a whole request and its answer
CONNECTIONS = 16  # at once, with a body of 1 MiB each in memory
CHUNKS = 4096  # pieces of a body: hubs send one, and a million of a byte each would take 10 s of the daemon's time
LEFT = BODY // 2**13  # pieces that are still read of who is answered already
PIECE = 2**13  # bytes that are read at once: a header that ends within them may be so much longer


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """`target` is the path with its query; header names are lower case."""

    method: str
    target: str = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    status: int
    body: str = ""


Answer = Callable[[Request], Awaitable[Reply]]


class Listener:
    """Listens at one place, or at none. `answer` is asked for every request that could be read; what it raises is its own
    fault, and ends the connection only."""

    def __init__(self, answer: Answer, seconds: float = SECONDS) -> None:
        self._answer = answer
        self._seconds = seconds
        self._place: tuple[str, int] | None = None
        self._server: asyncio.Server | None = None
        self._conversations: set[asyncio.Task[None]] = set()

    async def listen_at(self, place: tuple[str, int] | None) -> None:
        """Listen at this host and port, and no longer at another. Raises OSError if that cannot be done."""
        if place == self._place:
            return
        await self.close()
        if place:
            self._server = await asyncio.start_server(self._accept, *place, limit=PIECE)
        self._place = place

    async def close(self) -> None:
        """Listen no longer, and hang up."""
        if self._server:
            self._server.close()
        self._server = self._place = None
        conversations = tuple(self._conversations)
        for task in conversations:
            task.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._conversations) >= CONNECTIONS:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a connection is answered in a task of its own
        self._conversations.add(task)
        try:
            with suppress(TimeoutError, OSError, h11.ProtocolError, asyncio.CancelledError):
                async with asyncio.timeout(self._seconds):
                    await self._converse(reader, writer)
        finally:
            self._conversations.discard(task)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=HEADER)
        try:
            request = await _read(connection, reader, writer)
            reply = await self._answer(request) if request else Reply(status=413)
        except h11.RemoteProtocolError as error:
            reply = Reply(status=error.error_status_hint)
        await _send(connection, writer, reply)
        writer.write_eof()
        for _ in range(LEFT):  # else what is not read yet resets the connection, and the answer is lost
            if not await reader.read(PIECE):
                break


async def _read(
    connection: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Request | None:
    """The request; None if its body is too long or in too many pieces. Raises h11.RemoteProtocolError for other things."""
    head: h11.Request | None = None
    body, chunks = bytearray(), 0
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            if connection.they_are_waiting_for_100_continue:
                writer.write(connection.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
            connection.receive_data(await reader.read(PIECE))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
            chunks += 1
            if len(body) > BODY or chunks > CHUNKS:
                return None
        elif isinstance(event, h11.EndOfMessage) and head:
            return Request(
                method=head.method.decode("ascii"),
                target=head.target.decode("ascii", "replace"),
                headers={name.decode("ascii"): value.decode("latin-1") for name, value in head.headers},
                body=bytes(body),
            )
        else:
            raise h11.RemoteProtocolError("there is no whole request")


async def _send(connection: h11.Connection, writer: asyncio.StreamWriter, reply: Reply) -> None:
    """A plain answer that no browser takes for anything else; the connection ends with it."""
    content = reply.body.encode()
    fields = [
        ("Content-Type", "application/octet-stream"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Length", str(len(content))),
        ("Connection", "close"),
    ]
    head = connection.send(h11.Response(status_code=reply.status, headers=fields)) or b""
    writer.write(head + (connection.send(h11.Data(data=content)) or b""))
    await writer.drain()
