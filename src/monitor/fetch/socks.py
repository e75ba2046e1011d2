"""Asking a SOCKS5 proxy (RFC 1928, 1929) for a connection, over a connected socket.

What is said is put together and read by socksio; here it is read byte for byte, and not a byte more: mail servers speak
first, and what they say must not be taken for the proxy's. Not here: connecting to the proxy (wire.py).
"""

import asyncio
import socket

from socksio import ProtocolError, SOCKSError, socks5

from monitor.core.errors import FetchError, FetchFault

_WHY = {
    socks5.SOCKS5ReplyCode.GENERAL_SERVER_FAILURE: "it fails",
    socks5.SOCKS5ReplyCode.CONNECTION_NOT_ALLOWED_BY_RULESET: "its rules forbid it",
    socks5.SOCKS5ReplyCode.NETWORK_UNREACHABLE: "the network cannot be reached",
    socks5.SOCKS5ReplyCode.HOST_UNREACHABLE: "the host cannot be reached, or there is no such name",
    socks5.SOCKS5ReplyCode.CONNECTION_REFUSED: "the connection was refused",
    socks5.SOCKS5ReplyCode.TTL_EXPIRED: "no answer in time",
}
_ADDRESS = {1: 4, 4: 16}  # bytes of an address by its type; a name (3) says for itself how long it is


async def lead(sock: socket.socket, host: str, port: int, login: tuple[bytes, bytes] | None, proxy: str) -> None:
    """Let the proxy at the other end connect the socket to a host, whose name it looks up itself.

    `proxy` is what it is called in messages. Raises FetchError: CONNECT if it does not reach the host, DNS if there can be
    no such name, PROXY if it does not let us in or is none.
    """
    try:
        command = socks5.SOCKS5CommandRequest.from_address(socks5.SOCKS5Command.CONNECT, (host, port)).dumps()
    except OverflowError as error:
        raise FetchError(FetchFault.DNS, "the host's name is longer than any can be") from error
    try:
        await _enter(sock, login, proxy)
        await _say(sock, command)
        answer = await _hear(sock, 5)
        length = _ADDRESS.get(answer[3], answer[4] + 1)
        reply = socks5.SOCKS5Reply.loads(answer + await _hear(sock, length - 1 + 2))
    except (OSError, EOFError, ProtocolError, SOCKSError, ValueError) as error:
        raise FetchError(FetchFault.PROXY, f"{proxy} breaks off, or is no SOCKS5 proxy") from error
    if reply.reply_code is not socks5.SOCKS5ReplyCode.SUCCEEDED:
        why = _WHY.get(reply.reply_code, "it does not know how")
        raise FetchError(FetchFault.CONNECT, f"{proxy} does not reach {host}, port {port}: {why}")


async def _enter(sock: socket.socket, login: tuple[bytes, bytes] | None, proxy: str) -> None:
    wanted = socks5.SOCKS5AuthMethod.USERNAME_PASSWORD if login else socks5.SOCKS5AuthMethod.NO_AUTH_REQUIRED
    await _say(sock, socks5.SOCKS5AuthMethodsRequest([wanted]).dumps())
    told = socks5.SOCKS5AuthReply.loads(await _hear(sock, 2)).method
    if told is not wanted:
        asks = "takes no user name: write isolate = false" if login else "asks for a user name and a password"
        raise FetchError(FetchFault.PROXY, f"{proxy} {asks}")
    if login:
        await _say(sock, socks5.SOCKS5UsernamePasswordRequest(*login).dumps())
        if not socks5.SOCKS5UsernamePasswordReply.loads(await _hear(sock, 2)).success:
            raise FetchError(FetchFault.PROXY, f"{proxy} refuses the user name and the password")


async def _say(sock: socket.socket, said: bytes) -> None:
    await asyncio.get_running_loop().sock_sendall(sock, said)


async def _hear(sock: socket.socket, count: int) -> bytes:
    heard = b""
    while len(heard) < count:
        more = await asyncio.get_running_loop().sock_recv(sock, count - len(heard))
        if not more:
            raise EOFError
        heard += more
    return heard
