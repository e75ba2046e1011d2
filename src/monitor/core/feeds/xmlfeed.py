"""RSS, RDF and Atom that are well-formed XML: a document in UTF-8 into entries, with lxml.

What belongs here: where each field stands in the formats and their extensions. What does not: documents that are not
well-formed, and CDF (tagsoup.py); leaving out known items (syndication.py).

Reads what feedparser reads, for the fields that an entry has, 4 to 6 times faster (2026-11-22, bench/parse.py).
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache

from lxml import etree

from monitor.core import dates, urls
from monitor.core.feeds import fields, markup
from monitor.core.model import Entry, Feed, FeedFormat

# Namespaces by the prefix that everybody gives them; what is not named here is not read. Compared in lower case.
_PREFIXES = {
    "": "",
    "http://www.w3.org/2005/atom": "",
    "http://purl.org/atom/ns#": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://purl.org/rss/1.0/modules/rss091#": "",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/rss/1.0/modules/syndication/": "sy:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "http://search.yahoo.com/mrss": "media:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
}
SPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "atom": "http://www.w3.org/2005/Atom",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
"""The usual prefixes, for documents that forget to declare them."""
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ODD = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)[\s>]", re.IGNORECASE)  # in another namespace, or in capitals
_FORMATS = {"rss": FeedFormat.RSS, "RDF": FeedFormat.RDF, "feed": FeedFormat.ATOM}

_PUBLISHED = ("pubdate", "published", "issued", "dcterms:issued", "created", "dcterms:created")
_UPDATED = ("updated", "modified", "dc:date", "dcterms:modified", "lastbuilddate")
_SUMMARY = (
    "description",
    "summary",
    "abstract",
    "dc:description",
    "itunes:summary",
    "itunes:subtitle",
    "media:description",
)
_CONTENT = ("content:encoded", "content", "body", "xhtml:body", "fullitem")
_AUTHOR = ("author", "dc:creator", "dc:author", "itunes:author")
_TAGS = ("category", "dc:subject", "media:category", "itunes:category", "keywords")
_KEYWORDS = ("media:keywords", "itunes:keywords", "tags")
_SIDE_LINKS = frozenset(
    {"self", "enclosure", "edit", "replies", "hub", "next", "prev", "previous", "license", "related", "author"}
)
_DROPPED = ("{*}script", "{*}style", "{*}svg", "{*}math")
_PERIODS = {"hourly": 1, "daily": 24, "weekly": 168, "monthly": 720, "yearly": 8760}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")

Children = dict[str, list[etree._Element]]  # noqa: SLF001 - lxml has no other name for it
"""An element's children by prefix and local name in lower case, in order."""


def read(document: bytes, url: str, *, recover: bool = False) -> Feed | None:
    """The feed and all its entries, without digests; None if the document is not well-formed, or of no kind that is read
    here. `document` is UTF-8 without DOCTYPE, `url` its address. `recover`: read as far as possible what is not
    well-formed; much may be lost."""
    root = _tree(document, url, recover=recover)
    form = None if root is None else _FORMATS.get(root.tag.rpartition("}")[2])
    if root is None or form is None or b'mode="base64"' in document:
        return None
    nodes = [node for node in root.iter("{*}item", "{*}entry") if _name(node.tag) in ("item", "entry")]
    if not nodes and _ODD.search(document):
        return None
    head = _children(root if form is FeedFormat.ATOM else next(root.iterchildren("{*}channel"), root))
    home = _link(head, url)
    base = home if home and form is not FeedFormat.ATOM else url
    language = _text(head, "language", "dc:language") or root.get(_LANG) or ""
    return Feed(
        format=form,
        title=markup.line(_markup(_all(head, ("title", "dc:title")))),
        home=home,
        language=fields.language(language),
        entries=tuple(_entry(node, url, base, language) for node in nodes),
        ttl=ttl(_text(head, "ttl"), _text(head, "sy:updateperiod"), _text(head, "sy:updatefrequency")),
        skips=skips(_parts(head, "skiphours", "hour"), _parts(head, "skipdays", "day")),
        hubs=tuple(_named(head, "hub", url)),
        topic=next(_named(head, "self", url), ""),
    )


def _tree(document: bytes, url: str, *, recover: bool) -> etree._Element | None:
    parser = etree.XMLParser(
        recover=recover,
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(document, parser, base_url=url)
    except (etree.XMLSyntaxError, ValueError):
        return None


def skips(hours: Iterable[str], days: Iterable[str]) -> str:
    """Hours (0 to 23, GMT; 24 for midnight is sent, too) and days on which a feed wants not to be read (RSS 2.0 skipHours,
    skipDays), as in Feed; empty without any, and with all: nobody means that."""
    numbers = {int(hour.strip()) % 24 for hour in hours if re.fullmatch(r"\s*(?:1?\d|2[0-4])\s*", hour, re.ASCII)}
    weekdays = {_WEEKDAYS.index(day.strip().lower()[:3]) for day in days if day.strip().lower()[:3] in _WEEKDAYS}
    if not (numbers or weekdays) or len(numbers) == 24 or len(weekdays) == 7:
        return ""
    return "/".join(" ".join(map(str, sorted(part))) for part in (numbers, weekdays))


def _parts(children: Children, name: str, part: str) -> Iterator[str]:
    """The texts of an element's children of this name."""
    for node in children.get(name, ()):
        for child in _children(node).get(part, ()):
            yield "".join(child.itertext())


def ttl(minutes: str, period: str, frequency: str) -> timedelta | None:
    """How long a feed says that it keeps: RSS 2.0 ttl in minutes, or the syndication module of RSS 1.0 (so many times in a
    period, at least once)."""
    if minutes.strip().isdecimal():
        return timedelta(minutes=min(int(minutes.strip()[:6]), 525_600)) or None
    hours = _PERIODS.get(period.strip().lower())
    times = int(frequency.strip()[:4]) if frequency.strip().isdecimal() else 1
    return timedelta(hours=hours) / max(1, times) if hours else None


def _entry(node: etree._Element, url: str, base: str, language: str) -> Entry:
    children = _children(node)
    if "media:group" in children:
        for name, nodes in _children(children["media:group"][0]).items():
            children.setdefault(name, []).extend(nodes)
    guid = markup.clean(_text(children, "guid", "id") or node.get(_ABOUT, "")).strip()[: urls.MAX_LENGTH]
    updated = _date(children, _UPDATED)
    summary, text = _texts(children)
    base = base if node.base in (None, url) else node.base
    return Entry(
        guid=guid or None,
        url=_link(children, base) or _permalink(base, guid),
        title=markup.line(_markup(_all(children, ("title", "dc:title", "media:title", "itunes:title")))),
        published=_date(children, _PUBLISHED) or updated,
        updated=updated,
        author=", ".join(fields.names(_authors(children))) or None,
        summary=summary,
        text=text,
        language=fields.language(_text(children, "language", "dc:language") or node.get(_LANG) or language),
        tags=fields.names(_tags(children)),
    )


@lru_cache(maxsize=4096)
def _name(tag: str) -> str | None:
    """An element's name as it is known here ("title", "dc:date"); None if it is in a foreign namespace."""
    space, _, local = tag.rpartition("}")
    space = space[1:].strip().lower()
    prefix = "" if "backend.userland.com/rss" in space else _PREFIXES.get(space)
    return None if prefix is None else prefix + local.lower()


def _children(node: etree._Element) -> Children:
    children: Children = {}
    for child in node.iterchildren(etree.Element):
        name = _name(child.tag)
        if name is not None:
            children.setdefault(name, []).append(child)
    return children


def _all(children: Children, names: Iterable[str]) -> Iterator[etree._Element]:
    return (node for name in names for node in children.get(name, ()))


def _text(children: Children, *names: str) -> str:
    """The text of the first of these elements that has one."""
    texts = ("".join(node.itertext()).strip() for node in _all(children, names))
    return next((text for text in texts if text), "")


def _date(children: Children, names: Iterable[str]) -> datetime | None:
    found = (dates.parse("".join(node.itertext())) for node in _all(children, names))
    return next((date for date in found if date), None)


def _markup(nodes: Iterable[etree._Element]) -> str:
    """What stands in the first of the elements, markup in it as text."""
    return next((markup.text_of(node) if len(node) else node.text or "" for node in nodes), "")


def _plain(node: etree._Element) -> str:
    """An element's content as plain text: escaped HTML, inline XHTML, or text, as its type says; empty for pictures."""
    kind = (node.get("type") or "html").lower()
    if "/" in kind and not kind.startswith("text/") and not kind.endswith(("xml", "html")):
        return ""
    if len(node):
        etree.strip_elements(node, *_DROPPED, with_tail=False)
        return markup.plain(markup.text_of(node))
    return markup.plain(node.text or "", html=kind not in ("text", "text/plain"))


def _texts(children: Children) -> tuple[str, str]:
    """Summary and full text. The first description is the summary; of all others the longest is the content."""
    nodes = list(_all(children, _SUMMARY))
    summary = _plain(nodes[0]) if nodes else ""
    others = [_plain(node) for node in (*nodes[1:], *_all(children, _CONTENT))]
    return fields.texts(summary, max(others, key=len, default=""))


def _authors(children: Children) -> Iterator[str]:
    for node in _all(children, _AUTHOR):
        parts = _children(node)
        text = _text(parts, "name") or _text(parts, "email") if parts else markup.line("".join(node.itertext()))
        name = _MAIL.sub("", text)
        yield name.strip(" ()<>") or text if name != text else text


def _tags(children: Children) -> Iterator[str]:
    for node in _all(children, _TAGS):
        yield node.get("label") or node.get("term") or node.get("text") or "".join(node.itertext())
    yield from _text(children, *_KEYWORDS).split(",")


def _link(children: Children, base: str) -> str | None:
    """The page: where FeedBurner says that it was published, the link, else the first that leads to no side matter."""
    hrefs = ["".join(node.itertext()) for node in children.get("feedburner:origlink", ())]
    others = []
    for node in children.get("link", ()):
        rel, kind = (node.get("rel") or "alternate").lower(), (node.get("type") or "html").lower()
        if rel == "alternate" and "html" in kind:
            hrefs.append(node.get("href") or "".join(node.itertext()))
        elif rel not in _SIDE_LINKS:
            others.append(node.get("href") or "")
    joined = (urls.join(base, href) for href in (*hrefs, *others) if href.strip())
    return next((urls.direct(url) for url in joined if url), None)


def _named(head: Children, relation: str, url: str) -> Iterator[str]:
    """The addresses of the document's own links with this relation."""
    nodes = (node for node in head.get("link", ()) if relation in (node.get("rel") or "").lower().split())
    return filter(None, (urls.join(node.base or url, node.get("href") or "") for node in nodes))


def _permalink(base: str, guid: str) -> str | None:
    """A guid that is the page's address: one that looks so, whatever isPermaLink says. A mere name is none, though RSS
    2.0 takes every guid for an address unless it says otherwise."""
    return urls.join(base, guid) if guid.startswith(("http://", "https://", "/")) else None
