"""What a document lists, as JSON: for `monitor parse` and `monitor feeds test`."""

from collections.abc import Mapping
from typing import Any

from monitor.core import feeds, identity
from monitor.core.model import Entry, Feed
from monitor.core.settings import SourceKind
from monitor.sandbox import Sandbox


async def read_any(sandbox: Sandbox, body: bytes, url: str, headers: Mapping[str, str], deadline: float) -> Feed:
    """What a document lists: as a feed or sitemap, else as a page with links. Raises ParseError, SandboxError."""
    return await sandbox.call(feeds.read, body, url=url, headers=headers, kind=SourceKind.SITE, deadline=deadline)


def entry_rows(feed: Feed, url: str) -> list[dict[str, Any]]:
    """The entries of a feed as `monitor parse` writes them; `key` recognises an entry at the next poll."""
    keys = identity.keys(feed.entries, feed.home, url, feed.taken)
    return [_entry_row(entry, next(iter(each), None)) for entry, each in zip(feed.entries, keys, strict=True)]


def _entry_row(entry: Entry, key: int | None) -> dict[str, Any]:
    return {
        "key": None if key is None else f"{key & 0xFFFF_FFFF_FFFF_FFFF:016x}",
        "url": entry.url,
        "title": entry.title,
        "published": entry.published,
        "updated": entry.updated,
        "author": entry.author,
        "summary": entry.summary,
        "text": entry.text,
        "language": entry.language,
        "tags": list(entry.tags),
    }
