"""The small server for hubs, asked by real connections on loopback, by hostile ones, too."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from monitor import listener
from monitor.listener import Listener, Reply, Request
from support.server import loopback

PORT = 8788
GET = b"GET /websub/x?a=1 HTTP/1.1\r\nHost: monitor.example\r\n\r\n"


@dataclass
class Ear:
    """A listener that keeps what it hears."""

    host: str
    heard: list[Request] = field(default_factory=list)

    async def answer(self, request: Request) -> Reply:
        self.heard.append(request)
        return Reply(status=200, body="42")

    async def call(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(self.host, PORT)

    async def say(self, *parts: bytes) -> bytes:
        """Everything that comes back for these bytes."""
        reader, writer = await self.call()
        for part in parts:
            writer.write(part)
            await writer.drain()
        try:
            return await reader.read()
        except ConnectionError:
            return b""
        finally:
            writer.close()


def hear(scene: Callable[[Ear], Awaitable[None]], seconds: float = 10.0) -> None:
    async def within() -> None:
        ear = Ear(loopback())
        server = Listener(ear.answer, seconds)
        await server.listen_at((ear.host, PORT))
        try:
            async with asyncio.timeout(20):
                await scene(ear)
        finally:
            await server.close()

    asyncio.run(within())


def post(size: int, *extra: str) -> bytes:
    head = ["POST /x HTTP/1.1", "Host: a", f"Content-Length: {size}", *extra, "", ""]
    return "\r\n".join(head).encode()


def test_a_request_is_answered_and_the_connection_ends() -> None:
    async def scene(ear: Ear) -> None:
        answer = await ear.say(GET)
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        assert body == b"42"
        assert b"nosniff" in head
        assert b"octet-stream" in head
        (request,) = ear.heard
        assert (request.method, request.target, request.headers["host"]) == ("GET", "/websub/x?a=1", "monitor.example")
        assert "websub" not in repr(request)

    hear(scene)


@pytest.mark.parametrize(
    "parts",
    [
        (post(5), b"he", b"llo"),
        (post(5, "X: y") + b"hello", b"GET /more HTTP/1.1\r\nHost: a\r\n\r\n"),
        (
            b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"2\r\nhe\r\n3\r\nllo\r\n",
            b"0\r\n\r\n",
        ),
    ],
)
def test_a_body_is_read_however_it_comes_and_nothing_after_it(parts: tuple[bytes, ...]) -> None:
    async def scene(ear: Ear) -> None:
        assert b" 200 " in await ear.say(*parts)
        assert [request.body for request in ear.heard] == [b"hello"]

    hear(scene)


def test_who_waits_for_leave_to_send_a_body_gets_it() -> None:
    async def scene(ear: Ear) -> None:
        reader, writer = await ear.call()
        writer.write(post(5, "Expect: 100-continue"))
        assert b" 100 " in await reader.readuntil(b"\r\n\r\n")
        writer.write(b"hello")
        assert b" 200 " in await reader.read()
        writer.close()
        assert ear.heard[0].body == b"hello"

    hear(scene)


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ((b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20 + b"\r\n\r\n",), b" 400 "),
        ((b"GET / HTTP/1.1\r\nX: " + b"x" * 40_000 + b"\r\n\r\n",), b" 431 "),
        ((b"GET /" + b"x" * 200_000,), b" 431 "),
        ((b"GET / HTTP/1.1\r\n\r\n",), b" 400 "),  # no host
        ((post(5, "Content-Length: 6"), b"hello"), b" 400 "),
        ((post(2**20 + 1), b"x" * (2**20 + 1)), b" 413 "),
        (
            (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", b"100001\r\n", b"x" * 0x100001),
            b" 413 ",
        ),
        ((b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n",), b" 400 "),
    ],
)
def test_what_cannot_be_read_is_refused_and_does_no_harm(parts: tuple[bytes, ...], status: bytes) -> None:
    async def scene(ear: Ear) -> None:
        assert status in await ear.say(*parts)
        assert ear.heard == []
        assert b" 200 " in await ear.say(GET)

    hear(scene)


CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("begin", "more", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\n", b"X: y\r\n", b" 431 "),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: ", b"x", b" 431 "),
        (b"", b"\r\n", b" 400 "),
        (b"", b"x", b" 431 "),
        (CHUNKED, b"1\r\nx\r\n", b" 413 "),
        (CHUNKED, b"1;" + b"x" * 1000 + b"\r\nx\r\n", b" 413 "),
        (CHUNKED + b"1;", b"x", b" 431 "),
        (CHUNKED + b"0\r\n", b"X: y\r\n", b" 431 "),
        (post(10**15), b"x", b" 413 "),
        (post(2**70), b"x", b" 400 "),
    ],
)
def test_what_never_ends_is_ended_soon(begin: bytes, more: bytes, status: bytes) -> None:
    """100 MB of it, or as much as is taken; nothing is held of it, and others are answered meanwhile."""

    async def scene(ear: Ear) -> None:
        reader, writer = await ear.call()
        writer.write(begin)
        answer = asyncio.create_task(reader.read())
        sent, piece = 0, more * (2**16 // len(more))
        try:
            while sent < 100 * 2**20 and not answer.done():
                writer.write(piece)
                await writer.drain()
                sent += len(piece)
            assert status in await answer
        except ConnectionError:  # it was hung up on before it listened
            assert sent > listener.HEADER
        finally:
            answer.cancel()
            writer.close()
        assert sent < 50 * 2**20
        assert b" 200 " in await ear.say(GET)
        assert len(ear.heard) == 1

    hear(scene)


def test_nonsense_is_answered_or_hung_up_on() -> None:
    """Requests that were mutated, always the same ones."""
    chance = random.Random(20261122)

    def nonsense() -> bytes:
        data = bytearray(chance.choice((GET, post(5) + b"hello", CHUNKED + b"5\r\nhello\r\n0\r\n\r\n")))
        for _ in range(chance.randrange(1, 8)):
            at = chance.randrange(len(data))
            piece = chance.choice(
                (b"\r\n", b"\0", b":", b" ", b"\xff", b"-1", b"9" * 30, b"chunked", b"Expect: 100-continue\r\n")
            )
            data[at : at + chance.randrange(3)] = piece
        return bytes(data)

    async def scene(ear: Ear) -> None:
        for _ in range(300):
            answer = await ear.say(nonsense())
            assert answer[:9] in (b"", b"HTTP/1.1 "), answer
        assert b" 200 " in await ear.say(GET)

    hear(scene, seconds=0.05)


def test_who_sends_a_byte_now_and_then_gets_no_more_time() -> None:
    async def scene(ear: Ear) -> None:
        reader, writer = await ear.call()
        answer = asyncio.create_task(reader.read())
        for byte in GET * 100:
            if answer.done():
                break
            writer.write(bytes([byte]))
            await asyncio.wait([answer], timeout=0.01)
        assert answer.done()
        writer.close()
        assert ear.heard == []

    hear(scene, seconds=0.2)


def test_who_is_slow_is_hung_up_on() -> None:
    async def scene(ear: Ear) -> None:
        assert await ear.say(b"") == b""
        assert await ear.say(GET[:20]) == b""
        assert await ear.say(post(1000), b"x") == b""
        assert ear.heard == []

    hear(scene, seconds=0.1)


def test_who_hangs_up_in_the_middle_is_let_go() -> None:
    async def scene(ear: Ear) -> None:
        for part in (b"", GET[:20], post(1000) + b"x"):
            _, writer = await ear.call()
            writer.write(part)
            await writer.drain()
            writer.transport.abort()
        assert b" 200 " in await ear.say(GET)
        assert len(ear.heard) == 1

    hear(scene)


def test_there_are_never_more_than_so_many_connections() -> None:
    async def scene(ear: Ear) -> None:
        crowd = [await ear.call() for _ in range(listener.CONNECTIONS)]
        for _, writer in crowd:
            writer.write(GET[:20])
        assert await ear.say(GET) == b""
        for reader, writer in crowd:
            writer.write(GET[20:])
            assert b" 200 " in await reader.read()
            writer.close()
        assert b" 200 " in await ear.say(GET)

    hear(scene)


@asynccontextmanager
async def open_listener(ear: Ear) -> AsyncIterator[Listener]:
    server = Listener(ear.answer)
    try:
        yield server
    finally:
        await server.close()


def test_it_moves_when_it_is_told_to() -> None:
    async def scene() -> None:
        ear, other = Ear(loopback()), Ear(loopback())
        async with open_listener(ear) as server:
            await server.listen_at((ear.host, PORT))
            await server.listen_at((ear.host, PORT))
            _, kept = await ear.call()
            await server.listen_at((other.host, PORT))
            kept.close()
            with pytest.raises(ConnectionRefusedError):
                await ear.call()
            assert b" 200 " in await other.say(GET)
            async with open_listener(ear) as second:
                with pytest.raises(OSError, match="in use"):
                    await second.listen_at((other.host, PORT))
            await server.listen_at(None)
            with pytest.raises(ConnectionRefusedError):
                await other.call()

    asyncio.run(scene())
