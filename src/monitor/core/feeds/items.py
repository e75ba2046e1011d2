"""A document cut into its items, and the items that were there before left out.

What belongs here: finding where items begin and end in raw bytes, recognising unchanged ones by a digest. What does not:
reading them. Cutting takes linear time whatever the bytes are, and gives up (None) where it is not sure.

Most polls bring a document of which no item, or one, is new. Cutting a feed of 56 KB takes 0.1 ms, reading it with
feedparser 12 ms (2026-11-22).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from html import unescape

from monitor.core.model import Entry

SIZE = 8
"""Bytes of a digest. Of 25 000 items, two have the same one once in 60 000 million documents."""
MOST = 25_000
"""Items of a document that are read; a sitemap may list 50 000, the largest feed that we know 20 000."""

_TAG = re.compile(rb"<(/?)(item|entry)(?=[\s/>])")
_NAMES = re.compile(
    rb"(?:<(?:link|guid|id|[\w.-]+:origLink)\b[^>]*>\s*(?:<!\[CDATA\[)?|\b(?:href|about)=[\"'])\s*([^<>\"'\]]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """A document is `head`, then each item followed by its gap; `gaps[-1]` is the document's end."""

    head: bytes
    items: tuple[bytes, ...]
    gaps: tuple[bytes, ...]

    def only(self, items: Iterable[bytes]) -> bytes:
        """The document with these items in place of its own. What stands between items stays."""
        between = b"".join(gap for gap in self.gaps[:-1] if not gap.isspace())
        return b"".join((self.head, *items, between, self.gaps[-1]))


def split(document: bytes) -> Parts | None:
    """Cut an RSS, RDF, CDF or Atom document in UTF-8 into its items; None if it is not certain where they are (nested,
    unclosed, with a prefix, inside a comment or a CDATA section, or there are none)."""
    bounds = _bounds(document)
    if not bounds:
        return None
    items = tuple(document[start:end] for start, end in bounds)
    edges = [*(start for start, _ in bounds[1:]), len(document)]
    gaps = tuple(document[end:start] for (_, end), start in zip(bounds, edges, strict=True))
    head = document[: bounds[0][0]]
    for opening, closing in ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>")):
        if opening in document and any(p.rfind(opening) > p.rfind(closing) for p in (head, *items, *gaps)):
            return None
    return Parts(head=head, items=items, gaps=gaps)


def _bounds(document: bytes) -> list[tuple[int, int]] | None:
    bounds = []
    opened: tuple[int, bytes] | None = None
    for tag in _TAG.finditer(document):
        end = document.find(b">", tag.end()) + 1
        if not end or bool(tag[1]) != (opened is not None) or (opened and opened[1] != tag[2]):
            return None
        if opened:
            bounds.append((opened[0], end))
            opened = None
        elif document[end - 2 : end] == b"/>":
            bounds.append((tag.start(), end))
        else:
            opened = (tag.start(), tag[2])
    return None if opened else bounds


def digest(raw: bytes) -> bytes:
    """What an item is recognised by at the next poll."""
    return blake2b(raw, digest_size=SIZE).digest()


def unpacked(known: bytes) -> frozenset[bytes]:
    """The digests that were joined."""
    return frozenset(known[i : i + SIZE] for i in range(0, len(known), SIZE))


def names(entries: Iterable[Entry]) -> set[str]:
    """All addresses and guids of entries; of several anchors in one page, that page's."""
    return {name for entry in entries for name in (_page(entry.url), entry.guid) if name}


def _page(url: str | None) -> str:
    return (url or "").partition("#")[0]


def taken(entries: Sequence[Entry], left_out: Sequence[bytes]) -> tuple[str, ...]:
    """Which addresses and guids of the entries the raw items that were left out have, too."""
    if not entries or not left_out:
        return ()
    others = set(_raw_names(left_out))
    return tuple(sorted(name for name in names(entries) if name in others))


def _raw_names(left_out: Sequence[bytes]) -> Iterator[str]:
    for raw in _NAMES.findall(b"\n".join(left_out)):
        name = raw.strip().decode("utf-8", "replace")
        name = unescape(name) if "&" in name else name
        yield name
        yield _page(name)


def unseen(entries: Sequence[Entry], known: bytes) -> tuple[tuple[Entry, ...], bytes, tuple[str, ...]]:
    """Those entries whose digest is not known, the digests of all, and which names the others have, too."""
    seen = unpacked(known)
    fresh = tuple(entry for entry in entries if entry.digest not in seen)
    digests = b"".join(entry.digest for entry in entries)
    if len(fresh) == len(entries):
        return fresh, digests, ()
    others = names(entry for entry in entries if entry.digest in seen)
    return fresh, digests, tuple(sorted(names(fresh) & others))
