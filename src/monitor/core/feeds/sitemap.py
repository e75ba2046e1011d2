"""Sitemaps, news sitemaps and sitemap indexes (sitemaps.org, Google's news extension): XML in, entries out.

What belongs here: reading the elements of the three. What does not: finding a site's sitemap (links.py).
"""

import re
from collections.abc import Iterator

from lxml import etree

from monitor.core import dates, urls
from monitor.core.feeds import fields, items, markup, xml
from monitor.core.model import Entry, Feed, FeedFormat

_MOST_CHILDREN = 500
Fields = dict[str, str]


def read(document: bytes, *, url: str, known: bytes = b"") -> Feed:
    """The sitemap in `document` (UTF-8, without DOCTYPE). Of a sitemap with too many pages the latest are read, and of
    one that is not well-formed what comes before its first fault."""
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring(xml.mended(document, {}), parser)  # &s in addresses stay, and no character is half of one
    if _name(root) == "sitemapindex":
        return Feed(format=FeedFormat.SITEMAP_INDEX, children=_children(root, url))
    listed = [_fields(node) for node in root if _name(node) == "url"]
    if len(listed) > items.MOST:
        listed = sorted(listed, key=lambda found: found.get("lastmod", ""), reverse=True)[: items.MOST]
    entries, digests, taken = items.unseen([entry for found in listed if (entry := _entry(found, url))], known)
    news = any("publication_date" in found or "title" in found for found in listed)
    return Feed(
        format=FeedFormat.NEWS_SITEMAP if news else FeedFormat.SITEMAP,
        title=markup.line(next((found["name"] for found in listed if "name" in found), "")),
        entries=entries,
        digests=digests,
        taken=taken,
    )


def _fields(node: etree._Element) -> Fields:
    """The texts of an element's own children and of those of its news, by their local names."""
    return dict(reversed(list(_texts(node))))  # the first of each name counts


def _texts(node: etree._Element) -> Iterator[tuple[str, str]]:
    for child in node:
        name = _name(child)
        if name in ("news", "publication"):
            yield from _texts(child)
        elif name in ("loc", "lastmod", "publication_date", "title", "language", "name", "keywords"):
            yield name, "".join(child.itertext()).strip()


def _name(node: etree._Element) -> str:
    return str(node.tag).rpartition("}")[2].rpartition(":")[2].lower()


def _entry(found: Fields, base: str) -> Entry | None:
    page = urls.join(base, found["loc"]) if found.get("loc") else None
    if page is None:
        return None
    updated = dates.parse(found.get("lastmod"))
    raw = "\n".join(found.get(name, "") for name in ("loc", "title", "lastmod", "publication_date"))
    return Entry(
        url=page,
        title=markup.line(found.get("title", "")),
        published=dates.parse(found.get("publication_date")),
        updated=updated,
        language=fields.language(found.get("language", "")),
        tags=fields.names(found.get("keywords", "").split(",")),
        digest=items.digest(raw.encode("utf-8", "replace")),
    )


def _children(root: etree._Element, base: str) -> tuple[str, ...]:
    """The sitemaps of an index: news first, then the latest; numbered ones without a date from the highest."""
    listed = []
    for node in root:
        found = _fields(node)
        page = urls.join(base, found["loc"]) if found.get("loc") else None
        if _name(node) == "sitemap" and page:
            numbers = [int(number) for number in re.findall(r"\d{1,9}", page)]
            listed.append(("news" in page.rsplit("/", 1)[-1], found.get("lastmod", ""), numbers, page))
    return tuple(dict.fromkeys(page for *_, page in sorted(listed, reverse=True)))[:_MOST_CHILDREN]
