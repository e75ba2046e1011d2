"""A very small HTTP server for the demonstration. What it answers is somebody else's matter; this reads and writes HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

_LONGEST_BODY = 2**20


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """Header names are lower case; `path` is without its query."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    status: HTTPStatus = HTTPStatus.OK
    content_type: str = "text/html; charset=utf-8"
    body: bytes = b""


Answer = Callable[[Request], Reply]


@asynccontextmanager
async def serve(host: str, answer: Answer) -> AsyncIterator[str]:
    """Answers on a free port of `host` while the context is open; gives the address, without a slash at its end.

    Where only 127.0.0.1 exists (macOS), it stands in for the other loopback hosts.
    """

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(_bytes(answer(await _read(reader))))
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, ValueError):
            pass  # it hung up, or spoke something else than HTTP: nothing to answer
        finally:
            writer.close()

    try:
        server = await asyncio.start_server(converse, host, 0)
    except OSError:
        host = "127.0.0.1"
        server = await asyncio.start_server(converse, host, 0)
    async with server:
        yield f"http://{host}:{server.sockets[0].getsockname()[1]}"


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    length = int(headers.get("content-length", "0"))
    if length > _LONGEST_BODY:
        raise ValueError(f"a body of {length} bytes")
    return Request(method=method, path=target.partition("?")[0], headers=headers, body=await reader.readexactly(length))


def _bytes(reply: Reply) -> bytes:
    head = (
        f"HTTP/1.1 {reply.status.value} {reply.status.phrase}\r\n"
        f"Content-Type: {reply.content_type}\r\n"
        f"Content-Length: {len(reply.body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode("ascii") + reply.body
