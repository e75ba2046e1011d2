"""What a site offers to be polled: feeds, sitemaps, pages that list articles.

What belongs here: finding them, in robots.txt and on a page. What does not: reading them (feeds.py).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from monitor.core import charsets, urls

_SITEMAP = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_FEED_TYPES = re.compile(
    r"(?:application|text)/(?:(?:rss|atom|rdf)\+xml|feed\+json|rss|atom|x\.atom\+xml)\b", re.IGNORECASE
)
_VAGUE_TYPES = re.compile(r"(?:application|text)/(?:xml|json)\b", re.IGNORECASE)
_FEED_ADDRESS = re.compile(
    r"(?:^|[/._-])(?:rss2?|feeds?|atom|rdf)(?:$|[/._?-]\w*/?$)|\.(?:rss|atom|rdf)$|[?&](?:feed|format|type)=(?:rss2?|atom|feed)",
    re.IGNORECASE,
)
_SITEMAP_ADDRESS = re.compile(r"sitemap[^/]*\.xml", re.IGNORECASE)
_COMMENTS = re.compile(r"comments?|kommentare|commentaires", re.IGNORECASE)
_MOST = 50
_FEW = 3  # links that look like articles: fewer are no listing


class FoundKind(StrEnum):
    FEED = "feed"
    SITEMAP = "sitemap"
    LISTING = "listing"


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Something that can be polled. `title` is what the page calls it, perhaps nothing."""

    url: str
    kind: FoundKind
    title: str = ""


def sitemaps(robots_txt: str) -> tuple[str, ...]:
    """The sitemaps that a robots.txt names (RFC 9309, 2.2.4; sitemaps.org), in its order."""
    named = (url for url in _SITEMAP.findall(robots_txt) if urls.is_fetchable(url))
    return tuple(dict.fromkeys(named))[:_MOST]


def discover(body: bytes, url: str, headers: Mapping[str, str]) -> tuple[Found, ...]:
    """What the document at `url` offers: itself, if it is a feed or a sitemap; else what the page names and links to, the
    likeliest first. For the sandbox. Raises ParseError if the body is nothing that can be read."""
    from monitor.core import feeds
    from monitor.core.errors import ParseError
    from monitor.core.model import FeedFormat
    from monitor.core.settings import SourceKind

    try:
        feed = feeds.read(body, url=url, headers=headers, kind=SourceKind.FEED)
    except ParseError:
        text = charsets.decode(body, charsets.of_header(headers.get("content-type")), charsets.of_document(body))
        return of_page(text, url)
    maps = (FeedFormat.SITEMAP, FeedFormat.SITEMAP_INDEX, FeedFormat.NEWS_SITEMAP)
    return (Found(url=url, kind=FoundKind.SITEMAP if feed.format in maps else FoundKind.FEED, title=feed.title),)


def of_page(text: str, url: str) -> tuple[Found, ...]:
    """What a page names in its head, links to, and is itself. For the sandbox."""
    from monitor.core import listing, markup

    root = listing.tree(text)
    found: dict[str, Found] = {}

    def add(href: str | None, kind: FoundKind, title: str) -> None:
        address = urls.join(url, href) if href else None
        if address and urls.canonical(address) not in found:
            found[urls.canonical(address)] = Found(url=address, kind=kind, title=markup.line(title))

    for link in root.iter("link"):
        rel, kind = (link.get("rel") or "").lower().split(), link.get("type") or ""
        if "sitemap" in rel:
            add(link.get("href"), FoundKind.SITEMAP, link.get("title") or "")
        elif {"alternate", "feed"} & set(rel) and (
            _FEED_TYPES.match(kind) or _is_vague_feed(kind, link.get("href") or "")
        ):
            add(link.get("href"), FoundKind.FEED, link.get("title") or "")
    for link in root.iter("a"):
        href = link.get("href") or ""
        if _SITEMAP_ADDRESS.search(href):
            add(href, FoundKind.SITEMAP, "".join(link.itertext()))
        elif _FEED_ADDRESS.search(href):
            add(href, FoundKind.FEED, "".join(link.itertext()))
    ranked = sorted(found.values(), key=lambda one: bool(_COMMENTS.search(f"{one.url} {one.title}")))[:_MOST]
    if listing.count(root, url) >= _FEW:
        ranked.append(Found(url=url, kind=FoundKind.LISTING, title=listing.title_of(root)))
    return tuple(ranked)


def _is_vague_feed(kind: str, href: str) -> bool:
    """Whether a link with a type that may be anything looks like a feed's."""
    return bool(_VAGUE_TYPES.match(kind) or not kind) and bool(_FEED_ADDRESS.search(href))
