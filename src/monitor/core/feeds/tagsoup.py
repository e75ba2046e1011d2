"""Feeds that are not well-formed XML, and CDF: a document in UTF-8 into entries, with feedparser.

What belongs here: calling feedparser safely, and making entries of what it found. What does not: well-formed feeds
(xmlfeed.py), which are 19 in 20 and read much faster; deciding which it is (syndication.py).
"""

import io
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import feedparser
import feedparser.api

from monitor.core import dates, urls
from monitor.core.errors import ParseError
from monitor.core.feeds import fields, markup
from monitor.core.feeds.xmlfeed import skips, ttl
from monitor.core.model import Entry, Feed, FeedFormat

# It would look for a driver of libxml2 on the disk at each call, 0.4 ms, and take it if there were one.
feedparser.api.PREFERRED_XML_PARSERS = []

_PART = re.compile(rb">\s*([A-Za-z0-9]{1,12})\s*<")
_MOST_OF_SKIPS = 2000  # bytes: 24 hours take 600

_SIDE_LINKS = frozenset(
    {"self", "enclosure", "edit", "replies", "hub", "next", "prev", "previous", "license", "related", "author"}
)


def read(document: bytes, url: str) -> Feed:
    """The feed and all its entries, without digests. Raises ParseError if feedparser fails."""
    # Never give it a string or a bare address: it would open it.
    try:
        result = feedparser.parse(
            io.BytesIO(document),
            sanitize_html=False,
            resolve_relative_uris=False,
            response_headers={"content-type": "application/xml; charset=utf-8"},
        )
    except Exception as error:  # feedparser promises no kind of exception; seen: KeyError, ValueError, IndexError
        raise ParseError(f"feedparser fails on it ({type(error).__name__})") from error
    head, entries, version = result["feed"], result["entries"], result.get("version") or ""
    home = urls.join(url, _text(head, "link")) if _text(head, "link") else None
    form = _format(version)
    base = home if home and form is not FeedFormat.ATOM else url
    return Feed(
        format=form,
        title=markup.line(_text(head, "title")),
        home=home,
        language=fields.language(_text(head, "language")),
        entries=tuple(_entry(entry, base) for entry in entries),
        ttl=ttl(_text(head, "ttl"), _text(head, "sy_updateperiod"), _text(head, "sy_updatefrequency")),
        skips=skips(_parts(document, b"skiphours"), _parts(document, b"skipdays")),
        hubs=tuple(_named(head, "hub", url)),
        topic=next(_named(head, "self", url), ""),
    )


def _parts(document: bytes, name: bytes) -> list[str]:
    """What stands in the tags within the first element of this name: of several, feedparser keeps the last."""
    lower = document.lower()
    start = lower.find(b"<" + name)
    end = lower.find(b"</" + name, start, start + _MOST_OF_SKIPS)
    return [part.decode() for part in _PART.findall(document[start:end])] if 0 <= start < end else []


def _named(head: dict[str, Any], relation: str, url: str) -> Iterator[str]:
    """The addresses of the document's own links with this relation."""
    links = (link for link in head.get("links", ()) if link.get("rel") == relation)
    return filter(None, (urls.join(url, _text(link, "href")) for link in links))


def _format(version: str) -> FeedFormat:
    if version.startswith("atom"):
        return FeedFormat.ATOM
    if version in ("rss10", "rss090"):
        return FeedFormat.RDF
    return FeedFormat.CDF if version == "cdf" else FeedFormat.RSS


def _entry(raw: dict[str, Any], base: str) -> Entry:
    summary, text = fields.texts(_plain(raw, "summary"), max(map(_value, raw.get("content", ())), key=len, default=""))
    updated = _date(raw, "updated")
    guid = markup.clean(_text(raw, "id")).strip()[: urls.MAX_LENGTH]
    return Entry(
        guid=guid or None,
        url=_link(raw, base, guid),
        title=markup.line(_text(raw, "title")),
        published=_date(raw, "published") or _date(raw, "created") or updated,
        updated=updated,
        author=", ".join(fields.names(_authors(raw))) or None,
        summary=summary,
        text=text,
        language=fields.language(_text(raw, "language") or (raw.get("title_detail") or {}).get("language") or ""),
        tags=fields.names(tag.get("label") or tag.get("term") or "" for tag in raw.get("tags", ())),
    )


def _text(raw: dict[str, Any], name: str) -> str:
    """A field of what feedparser found, without the fields that it takes for others (`dict.get`: "updated" would give
    "published", and a warning)."""
    value = dict.get(raw, name)
    return value if isinstance(value, str) else ""


def _plain(raw: dict[str, Any], name: str) -> str:
    detail = raw.get(f"{name}_detail") or {}
    return markup.plain(_text(raw, name), html=detail.get("type") != "text/plain")


def _value(content: dict[str, Any]) -> str:
    kind = str(content.get("type", ""))
    if not kind.startswith("text/") and "xhtml" not in kind and kind:
        return ""  # a picture, in base64
    return markup.plain(_text(content, "value"), html=kind != "text/plain")


def _date(raw: dict[str, Any], name: str) -> datetime | None:
    return dates.parse(_text(raw, name))


def _authors(raw: dict[str, Any]) -> list[str]:
    named = [_text(author, "name") for author in raw.get("authors", ()) if isinstance(author, dict)]
    return [name for name in named if name] or [_text(raw, "author")]


def _link(raw: dict[str, Any], base: str, guid: str) -> str | None:
    """The entry's page: where FeedBurner says that it was published, its link, another link, or a guid that is one."""
    hrefs = [_text(raw, "feedburner_origlink"), _text(raw, "link")]
    hrefs += [_text(link, "href") for link in raw.get("links", ()) if link.get("rel") not in _SIDE_LINKS]
    hrefs += [guid] if guid.startswith(("http://", "https://")) else []
    joined = (urls.join(base, href) for href in hrefs if href.strip())
    return next((urls.direct(url) for url in joined if url), None)
