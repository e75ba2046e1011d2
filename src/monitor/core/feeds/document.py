"""What a source's document lists: bytes in, entries out, whatever the format.

What belongs here: unpacking, the charset, and telling what a document is: by what stands in it, never by its content type.
What does not: each format's own reading (syndication, jsonfeed, sitemap, listing).

The readers are imported when they are needed: the main process imports this module for the name of `read` only, which runs
in the sandbox with feedparser and lxml.
"""

import re
import zlib
from collections.abc import Mapping

from monitor.core import charsets
from monitor.core.errors import ParseError
from monitor.core.feeds import xml
from monitor.core.model import Feed
from monitor.core.settings import SourceKind

MAX_UNPACKED = 64 << 20
"""Bytes that a gzip file may unpack to: a sitemap may have 50 MB (sitemaps.org)."""

_ROOTS = re.compile(rb"<(?:[\w.-]+:)?(rss|rdf|feed|urlset|sitemapindex)\s[^<>]*(?:xmlns|version)", re.IGNORECASE)
_ITEM = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)[\s>/]", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>([^<]{1,500})", re.IGNORECASE)
_INSTEAD = {
    "bot-wall": "a page that asks whether the visitor is human, not a feed",
    "consent-wall": "a page that asks for consent, not a feed",
    "parked-domain": "a page that offers the name for sale, not a feed",
}
_FEEDS = frozenset({"rss", "rdf", "feed", "channel"})
_PAGES = frozenset({"html", "head", "body", "title", "meta", "link", "script", "div", "main", "p"})


def read(
    body: bytes, *, url: str, headers: Mapping[str, str], kind: SourceKind, links: str | None = None, known: bytes = b""
) -> Feed:
    """The entries that a document lists: RSS, RDF, Atom, CDF, JSON Feed, sitemap, sitemap index, or a page of a site.

    `url` is the document's own address; `headers` have lower-case names; `links` a CSS selector for pages; `known` the
    joined digests of items to be left out (`Feed.digests` of the last poll). A page is read as a listing if `kind` is a
    site; else, and when there is nothing to be read, raises ParseError, whose message says what came instead.
    """
    body = _unpacked(body)
    text = charsets.decode(body, charsets.of_header(headers.get("content-type")), charsets.of_document(body)).lstrip(
        "\ufeff \t\r\n\0"
    )
    if not text:
        raise ParseError("empty: there is nothing in it", "empty")
    if text[0] in "{[":
        from monitor.core.feeds import jsonfeed

        return jsonfeed.read(text, url=url, known=known)
    return _of_markup(text, url, kind, links, known)


def _of_markup(text: str, url: str, kind: SourceKind, links: str | None, known: bytes) -> Feed:
    document = text.encode("utf-8", "replace")
    name, start = _root(document)
    if name in ("urlset", "sitemapindex"):
        from monitor.core.feeds import sitemap

        return sitemap.read(xml.without_controls(document[start:]), url=url, known=known)
    if name in _FEEDS or (name not in _PAGES and _ITEM.search(document)):
        from monitor.core.feeds import syndication

        return syndication.read(document, start, url=url, known=known)
    if name in _PAGES and kind is SourceKind.SITE:
        from monitor.core.feeds import listing

        try:
            return listing.read(text, url=url, links=links, known=known)
        except ParseError as error:
            raise _instead(text, url) or error from error
    raise (name in _PAGES and _instead(text, url)) or ParseError(_what_it_is(name, text, url))


def _instead(text: str, url: str) -> ParseError | None:
    """The error that names what a page is that came where entries were expected, if it is known."""
    from monitor.core.articles import walls
    from monitor.core.feeds import markup

    found = _TITLE.search(text)
    title, seen = markup.line(found[1]) if found else "", markup.plain(text)
    kind = walls.in_place_of_a_feed(text=seen, title=title, html=text, url=url)
    return ParseError(_INSTEAD[kind], kind) if kind else None


def _root(document: bytes) -> tuple[str, int]:
    """The root element's name and place. What stands in front of a feed, or around it (a warning, a page), is skipped."""
    name, start = xml.root(document)
    if name in _FEEDS or name in ("urlset", "sitemapindex"):
        return name, start
    found = _ROOTS.search(document, 0, 100_000)
    return (found[1].decode().lower(), found.start()) if found else (name, start)


def _what_it_is(name: str, text: str, url: str) -> str:
    if name in _PAGES:
        from monitor.core.feeds import links

        feeds = [found.url for found in links.of_page(text, url) if found.kind is links.FoundKind.FEED]
        return f"a web page, not a feed; feeds it names: {', '.join(feeds[:5]) or 'none'}"
    if name:
        return f"an XML document <{name[:40]}>, not a feed"
    return (
        "neither a feed nor a page: binary data" if "\ufffd" in text[:1000] else "neither a feed nor a page: plain text"
    )


def _unpacked(body: bytes) -> bytes:
    """What is inside a gzip file, as sitemaps are often served; anything else as it is."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(body, MAX_UNPACKED)
    except zlib.error as error:
        raise ParseError("a damaged gzip file") from error
    if unpacker.unconsumed_tail:
        raise ParseError(f"a gzip file that unpacks to more than {MAX_UNPACKED >> 20} MiB")
    return unpacked
