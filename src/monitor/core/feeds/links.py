"""What a page offers to be polled: feeds and sitemaps that it names or links to, and itself if it lists articles.

Not here: asking other documents (discovery.py), and reading what was found (document.py).
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from monitor.core import urls

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


def of_page(text: str, url: str) -> tuple[Found, ...]:
    """What a page names in its head, links to, and is itself. For the sandbox."""
    from monitor.core.feeds import listing, markup

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
