"""RSS, RDF, CDF and Atom: a document in UTF-8 into entries, known ones left out.

What belongs here: cutting the document, so that only what is new is read, and choosing the reader for each item. What does
not: the readers (xmlfeed.py for what is well-formed, tagsoup.py for the rest); deciding what a document is (feeds.py).

What is read of an item depends on nothing but the item and what stands around all items; so a poll that leaves out known
ones finds the same entries as one that does not.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from monitor.core import items, xml, xmlfeed
from monitor.core.errors import ParseError
from monitor.core.model import Entry, Feed

_PREFIXED = re.compile(rb"<([\w.-]{1,20}):(?:item|entry)[\s>]")
_END = re.compile(rb"</(?:[\w.-]+:)?(?:rss|rdf|feed|channel)\s*>\s*$", re.IGNORECASE)
_MANY = 100  # entries without a word: not a feed of pictures
_MOST_CHECKED = 2_000  # items that are looked at one by one if the document is not well-formed


def read(document: bytes, start: int, *, url: str, known: bytes = b"") -> Feed:
    """The feed in `document` (UTF-8), whose root element begins at `start`.

    `known` are the digests of items to be left out. Raises ParseError if there is neither a feed nor an entry.
    """
    entities = xml.entities(document[:start])
    body = xml.without_controls(document[start:])
    xml.check_attributes(body)
    parts = items.split(body)
    feed = _of_parts(parts, entities, url, known) if parts else None
    return feed or _of_whole(body, entities, url)


def _of_parts(parts: items.Parts, entities: xml.Entities, url: str, known: bytes) -> Feed | None:
    """The feed without its known items; None if the items that were cut are not those that the readers find."""
    seen = items.unpacked(known)
    listed = [(item, items.digest(item)) for item in parts.items[: items.MOST]]
    fresh = [item for item, own in listed if own not in seen]
    feed = _of_items(parts, fresh, entities, url)
    if feed is None or len(feed.entries) != len(fresh):
        return None
    new = (own for _, own in listed if own not in seen)
    entries = tuple(replace(entry, digest=own) for entry, own in zip(feed.entries, new, strict=True))
    return replace(
        feed,
        entries=entries,
        digests=b"".join(own for _, own in listed),
        taken=items.taken(entries, [item for item, own in listed if own in seen]),
    )


def _of_whole(body: bytes, entities: xml.Entities, url: str) -> Feed:
    """The feed in a document that could not be cut."""
    feed = xmlfeed.read(body, url) or xmlfeed.read(xml.mended(body, entities), url)
    if feed is None:
        feed = _of_soup(body, url)
        if not feed.entries and (prefixed := _PREFIXED.search(body)):
            feed = _of_soup(re.sub(rb"(</?)%s:" % re.escape(prefixed[1]), rb"\1", body), url)
        if _is_junk(feed.entries, body):
            raise ParseError("not well-formed XML, and no entry can be read")
    return replace(feed, entries=feed.entries[: items.MOST])


def _is_junk(entries: Sequence[Entry], body: bytes) -> bool:
    """Whether what was found says nothing: no entries in a document that breaks off, or many empty ones."""
    if not entries:
        return not _END.search(body[-200:])
    return len(entries) > _MANY and not any(e.guid or e.url or e.title or e.summary for e in entries)


def _of_items(parts: items.Parts, fresh: Sequence[bytes], entities: xml.Entities, url: str) -> Feed | None:
    """A feed of these items only. One that is not well-formed is mended, or else read by the lenient reader; the others do
    not suffer."""
    feed = xmlfeed.read(parts.only(fresh), url)
    if feed is not None:
        return feed
    if xmlfeed.read(parts.only(()), url) is None:
        head, gaps = xml.mended(parts.head, entities), tuple(xml.mended(gap, entities) for gap in parts.gaps)
        parts = items.Parts(head=head, items=(), gaps=gaps)
    if len(fresh) > _MOST_CHECKED or xmlfeed.read(parts.only(()), url) is None:
        mended = xmlfeed.read(parts.only(xml.mended(item, entities) for item in fresh), url)
        return mended or _of_soup(parts.only(fresh), url)
    return _merged(parts, [_sound(parts, item, entities) for item in fresh], fresh, url)


def _sound(parts: items.Parts, item: bytes, entities: xml.Entities) -> bytes | None:
    """The item as it is, or mended, whichever is well-formed; None if neither."""
    if xml.is_well_formed(parts.only((item,))):
        return item
    mended = xml.mended(item, entities)
    return mended if xml.is_well_formed(parts.only((mended,))) else None


def _merged(parts: items.Parts, sound: Sequence[bytes | None], fresh: Sequence[bytes], url: str) -> Feed | None:
    feed = xmlfeed.read(parts.only(item for item in sound if item is not None), url)
    broken = [item for item, good in zip(fresh, sound, strict=True) if good is None]
    loose = _of_soup(parts.only(broken), url).entries if broken else ()
    if feed is None or len(feed.entries) + len(loose) != len(fresh):
        return None
    well, ill = iter(feed.entries), iter(loose)
    return replace(feed, entries=tuple(next(ill if good is None else well) for good in sound))


def _of_soup(document: bytes, url: str) -> Feed:
    from monitor.core import tagsoup  # feedparser takes 12 MB and 70 ms, and most children never need it

    return tagsoup.read(document, url)
