"""What an answer carries, unpacked piece by piece and never beyond a size. Not here: what it means, or its charset."""

import zlib
from collections.abc import Callable

from monitor.core.errors import FetchError, FetchFault

_GZIP = 16 + zlib.MAX_WBITS
_GZIP_MAGIC = b"\x1f\x8b"


def coding(value: str) -> str:
    """The one coding of a Content-Encoding field: "" (none), "gzip" or "deflate".

    Raises FetchError (PROTOCOL) for others and for more than one: nobody asked for them, and chains of codings are how
    small answers become big ones.
    """
    names = [name for name in map(str.strip, value.lower().split(",")) if name not in ("", "identity")]
    if not names:
        return ""
    if names in (["gzip"], ["x-gzip"]):
        return "gzip"
    if names == ["deflate"]:
        return "deflate"
    raise FetchError(FetchFault.PROTOCOL, f"the answer is packed as {', '.join(names)[:40]!r}, and gzip was asked for")


class Body:
    """A body as it comes in. Holds no more than `limit` bytes of it, packed or unpacked.

    What goes beyond raises FetchError (TOO_BIG), or is left out if it may be `cut`.
    """

    def __init__(self, packed_as: str, limit: int, *, cut: bool = False) -> None:
        self._unpack: Callable[[bytes], None] = {"gzip": self._inflate, "deflate": self._sniff}.get(
            packed_as, self._keep
        )
        self._packed_as = packed_as
        self._limit = limit
        self._cut = cut
        self._inflater = zlib.decompressobj(_GZIP)
        self._head = b""
        self._parts: list[bytes] = []
        self._received = 0
        self._size = 0
        self.full = False

    def feed(self, chunk: bytes) -> None:
        """Take the next piece. Raises FetchError (TOO_BIG; PROTOCOL if it cannot be unpacked)."""
        self._received += len(chunk)
        try:
            self._unpack(chunk)
        except zlib.error as error:
            raise FetchError(FetchFault.PROTOCOL, f"the answer cannot be unpacked: {error}") from error
        if self._size > self._limit or self._received > self._limit:
            if not self._cut:
                raise FetchError(FetchFault.TOO_BIG, f"the answer is bigger than {self._limit} bytes")
            self.full = True

    def finish(self) -> bytes:
        """All of it. Raises FetchError (PROTOCOL) if it was packed and breaks off: half a feed must not pass for one."""
        if self._packed_as and self._received and not self._inflater.eof and not self.full:
            raise FetchError(FetchFault.PROTOCOL, "the answer breaks off")
        return b"".join(self._parts)[: self._limit]

    def _keep(self, chunk: bytes) -> None:
        self._parts.append(chunk)
        self._size += len(chunk)

    def _sniff(self, chunk: bytes) -> None:
        """`deflate` is zlib's format by the RFC (9110, 8.4.1.2), and the bare stream inside it by what many servers send."""
        self._head += chunk
        if len(self._head) < 2:
            return
        is_zlib = self._head[0] & 0x0F == 8 and int.from_bytes(self._head[:2], "big") % 31 == 0
        self._inflater = zlib.decompressobj(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)
        self._unpack = self._inflate
        self._inflate(self._head)

    def _inflate(self, chunk: bytes) -> None:
        while chunk and self._size <= self._limit:
            if self._inflater.eof:
                if not (self._packed_as == "gzip" and _GZIP_MAGIC.startswith(chunk[:2])):
                    return  # what follows is not packed, and not ours
                self._inflater = zlib.decompressobj(_GZIP)  # another member (RFC 1952, 2.2)
            self._keep(self._inflater.decompress(chunk, self._limit - self._size + 1))
            chunk = self._inflater.unused_data if self._inflater.eof else self._inflater.unconsumed_tail
