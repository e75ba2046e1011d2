"""RSS, RDF, CDF and Atom: a document in UTF-8 into entries, known ones left out.

What belongs here: cutting the document, so that only what is new is read, and choosing the reader for each item. What does
not: the readers (xmlfeed.py for what is well-formed, tagsoup.py for the rest); deciding what a document is (document.py).

What is read of an item depends on nothing but the item and what stands around all items; so a poll that leaves out known
ones finds the same entries as one that does not.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from html import escape

from monitor.core.errors import ParseError
from monitor.core.feeds import items, xml, xmlfeed
from monitor.core.model import Entry, Feed, FeedFormat

_PREFIXED = re.compile(rb"<([\w.-]{1,20}):(?:item|entry)[\s>]")
_END = re.compile(rb"</(?:[\w.-]+:)?(?:rss|rdf|feed|channel)\s*>\s*$", re.IGNORECASE)
_ITEM = re.compile(rb"<(?:item|entry)[\s>/]", re.IGNORECASE)
# The lenient reader takes 25 µs for a tag (2026-11-22): 10 s.
_MOST_TAGS = 400_000
_MANY = 100  # entries without a word: not a feed of pictures
_GROUP = 64  # items that are read together, to find those that are not well-formed
_MOST_ALONE = 2_000  # items that are tried one by one, at 0.5 ms each; and of those the lenient reader's, at 1 ms each
_MOST_LOOSE = 500


def read(document: bytes, start: int, *, url: str, known: bytes = b"") -> Feed:
    """The feed in `document` (UTF-8), whose root element begins at `start`.

    `known` are the digests of items to be left out. Raises ParseError if there is neither a feed nor an entry.
    """
    entities = xml.entities(document[:start])
    body = xml.without_controls(document[start:])
    xml.check_attributes(body)
    parts = None if body[:8].lower() == b"<channel" else items.split(body)  # CDF has its own items
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
    """A feed of these items only; None if the readers find more or fewer entries.

    If it is not well-formed, its items are read in groups and then alone: those that are sound do not suffer from others.
    """
    feed = xmlfeed.read(parts.only(fresh), url)
    if feed is not None:
        return feed
    head, gaps = xml.mended(parts.head, entities), tuple(xml.mended(gap, entities) for gap in parts.gaps)
    frame = items.Parts(head=head, items=(), gaps=gaps)
    feed = xmlfeed.read(frame.only(()), url) or _of_soup(frame.only(()), url)
    shells = (frame, _shell(feed))
    entries: list[Entry | None] = []
    alone = 0
    for start in range(0, len(fresh), _GROUP):
        group = fresh[start : start + _GROUP]
        read = xmlfeed.read(frame.only(group), url)
        if read and len(read.entries) == len(group):
            entries += read.entries
        else:
            alone += len(group)
            entries += [_alone(item, shells, entities, url) if alone <= _MOST_ALONE else None for item in group]
    whole = _filled(entries, fresh, shells[-1], url)
    return replace(feed, entries=tuple(replace(entry, language=entry.language or feed.language) for entry in whole))


def _shell(feed: Feed) -> items.Parts:
    """A document that declares every usual prefix, for items whose own document is not well-formed."""
    if feed.format is FeedFormat.ATOM:
        head, end = "<feed xmlns='http://www.w3.org/2005/Atom'", "</feed>"
    else:
        head, end = "<rss version='2.0'", "</channel></rss>"
    head += "".join(f" xmlns:{prefix}='{space}'" for prefix, space in xmlfeed.SPACES.items()) + ">"
    if feed.format is not FeedFormat.ATOM:
        head += f"<channel><link>{escape(feed.home or '')}</link>"
    return items.Parts(head=head.encode(), items=(), gaps=(end.encode(),))


def _alone(item: bytes, shells: Sequence[items.Parts], entities: xml.Entities, url: str) -> Entry | None:
    """The one entry that an item is, as it is or mended; None if it is not well-formed either way."""
    mended = xml.mended(item, entities)
    for shell in shells:
        for form in dict.fromkeys((item, mended)):
            feed = xmlfeed.read(shell.only((form,)), url)
            if feed and len(feed.entries) == 1:
                return feed.entries[0]
    return None


def _filled(entries: Sequence[Entry | None], fresh: Sequence[bytes], shell: items.Parts, url: str) -> list[Entry]:
    """All entries, those that are missing read by the lenient reader: each alone, or all together if they are many."""
    broken = [item for item, entry in zip(fresh, entries, strict=True) if entry is None]
    groups = [broken] if len(broken) > _MOST_LOOSE else [[item] for item in broken]
    loose = iter([entry for group in groups if group for entry in _of_soup(shell.only(group), url).entries])
    filled = (next(loose, None) if entry is None else entry for entry in entries)
    return [entry for entry in filled if entry] + list(loose)


def _of_soup(document: bytes, url: str) -> Feed:
    """What the lenient reader finds in the first items of a document."""
    for number, item in enumerate(_ITEM.finditer(document)):
        if number == items.MOST:
            document = document[: item.start()]
            break
    if document.count(b"<") > _MOST_TAGS:
        raise ParseError("not well-formed XML, and too much of it")
    from monitor.core.feeds import tagsoup  # feedparser takes 12 MB and 70 ms, and most children never need it

    try:
        return tagsoup.read(document, url)
    except ParseError:
        feed = xmlfeed.read(document, url, recover=True)
        if feed is None:
            raise
        return feed
