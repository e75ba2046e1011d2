"""What an article's page says about itself: headline, author, date, canonical address.

What belongs here: reading JSON-LD, meta elements and headings of a parsed page, and choosing among them. What does not:
the text (articles), and whether the page is an article at all (walls.py). Needs the tree that lxml made, but not lxml.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from monitor.core import dates, urls

Tree = Any
"""An lxml.html.HtmlElement; lxml has no types, and most who import this module need not load it."""

_ARTICLE = re.compile(r"(?:[A-Za-z]*(?:Article|Posting)|Report|NewsStory|Review|Recipe|Interview|VideoObject)")
_JSON_DEPTH = 12
_JSON_LENGTH = 1_000_000
_JSON_COUNT = 30

_TITLES = ("og:title", "twitter:title", "dc.title", "headline", "sailthru.title", "parsely-title")
_AUTHORS = ("author", "article:author", "dc.creator", "byl", "sailthru.author", "parsely-author", "citation_author")
_DATES = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "article.published",
    "date.issued",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.issued",
    "dcterms.date",
    "dc.date",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "publishdate",
    "publish-date",
    "published_at",
    "pubdate",
    "article_date_original",
    "last-modified-by-author",
)
_OFFSET = re.compile(r"\d{4}.*:\d\d(?:\.\d+)?\s?([+-])(\d\d):?([0-5]\d)$", re.ASCII)
_FIRST_YEAR = 1990
_DAY_IN_PATH = re.compile(r"/(20\d\d)[/-]?(0[1-9]|1[0-2])[/-]?([0-3]\d)(?=[/_-]|$)", re.ASCII)
_MAX_TITLE = 400
_SHORT_TITLE = 12
_SAME_TITLE = 0.6
_SEPARATOR = re.compile(r"\s+[|\-–—:·•»«/>›]+\s+|\s*\|\s*|\s+::\s+")
_WORD = re.compile(r"\w+")
_BY = re.compile(r"^(?:by|von|par|por|di|od|door|автор:?|текст:?)\s+", re.IGNORECASE)
_MAX_NAME, _MAX_AUTHORS = 120, 5
_NO_AUTHOR = re.compile(r"https?://|www\.|@|^\W*$|\d{4}", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stated:
    """What a page states. `utc_offset` is that of the zone in which it wrote `published`; `is_front`: it says that it is
    the front page; `locked`: that the text is not free; `body` is the article's text, if JSON-LD carries it."""

    title: str = ""
    author: str | None = None
    published: datetime | None = None
    utc_offset: timedelta | None = None
    canonical: str | None = None
    is_front: bool = False
    locked: bool = False
    body: str = ""


def stated(tree: Tree, url: str) -> Stated:
    """What the page at `url` states about itself."""
    metas = _metas(tree)
    node = _article_node(tree, url)
    published, utc_offset = _published(tree, metas, node, url)
    addresses = _addresses(tree, metas, url)
    return Stated(
        title=_title(tree, metas, node, url),
        author=_author(tree, metas, node),
        published=published,
        utc_offset=utc_offset,
        canonical=next((address for address in addresses if not is_front(address)), None),
        is_front=bool(addresses) and all(map(is_front, addresses)),
        locked=str(node.get("isAccessibleForFree", "")).lower() == "false",
        body=_json_text(node.get("articleBody")),
    )


def _metas(tree: Tree) -> dict[str, str]:
    """The meta elements, by lower-case name; the first that isn't empty counts."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").strip().lower()
        content = _plain(element.get("content"))
        if name and content:
            found.setdefault(name, content)
    return found


# JSON-LD


def _article_node(tree: Tree, url: str) -> Mapping[str, Any]:
    """The JSON-LD object of the article itself: the one of this address, else the first that has a headline."""
    nodes = [node for node in _json_nodes(tree) if _is_article(node)]
    path = urlsplit(url).path.rstrip("/")
    own = [
        node for node in nodes if path and path in json.dumps([node.get(k) for k in ("url", "mainEntityOfPage", "@id")])
    ]
    return next((node for node in own + nodes if node.get("headline")), nodes[0] if nodes else {})


def _is_article(node: Mapping[str, Any]) -> bool:
    kinds = node.get("@type")
    return any(
        isinstance(kind, str) and _ARTICLE.fullmatch(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])
    )


def _json_nodes(tree: Tree) -> Iterator[Mapping[str, Any]]:
    scripts = (e for e in tree.iter("script") if "ld+json" in (e.get("type") or "").lower())
    for script, _ in zip(scripts, range(_JSON_COUNT), strict=False):
        text = (script.text or "").strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
        with suppress(ValueError, RecursionError):
            if len(text) <= _JSON_LENGTH:
                yield from _walk(json.loads(text, strict=False), _JSON_DEPTH)


def _walk(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    """All objects in it, outer ones first, but for the list of other articles."""
    if isinstance(value, dict):
        yield value
    if depth and isinstance(value, dict | list):
        inner = (
            value
            if isinstance(value, list)
            else [v for k, v in value.items() if k not in ("itemListElement", "comment")]
        )
        for item in inner:
            yield from _walk(item, depth - 1)


def _json_text(value: Any) -> str:
    """A text of JSON-LD as plain lines; some sites escape its markup, some more than once."""
    text = unescape(unescape(value)) if isinstance(value, str) else ""
    return re.sub(r"<[^>]{0,500}>", "\n", text) if "<" in text else text


# Title


def _title(tree: Tree, metas: Mapping[str, str], node: Mapping[str, Any], url: str) -> str:
    """The headline as a reader sees it, without the name of the site.

    What is meant for sharing comes first: over 104 news pages of 2023 to 2026 og:title was the headline in 94, the first
    heading in 88, JSON-LD's in 81, the title element in 79 (2026-11-22).
    """
    names = _site_names(metas, url)
    headings = [text for e in tree.iter("h1") if (text := _text_of(e)) and len(text) < _MAX_TITLE]
    element = next((_text_of(e) for e in tree.iter("title")), "")
    told = [*(metas.get(name, "") for name in _TITLES), _plain(node.get("headline"))]
    for title in filter(None, (_without_site(title, names) for title in told)):
        return _as_heading(title, headings)
    title = _without_site(element, names)
    likest = max(headings, key=lambda heading: alike(heading, title), default="")
    return likest if not title or alike(likest, title) >= _SAME_TITLE else _as_heading(title, headings)


def _as_heading(title: str, headings: list[str]) -> str:
    """The title as its heading has it, if all it has more is a separator and something behind it."""
    for heading in headings:
        rest = title[len(heading) :]
        if len(heading) >= _SHORT_TITLE and title.startswith(heading) and _SEPARATOR.match(rest):
            return heading
    return title


def _site_names(metas: Mapping[str, str], url: str) -> frozenset[str]:
    """What a site calls itself, squeezed: its stated name, and its host without the ends."""
    host = urls.host(url).removeprefix("www.")
    stated_names = [metas.get("og:site_name", ""), metas.get("application-name", ""), metas.get("twitter:site", "")]
    return frozenset(
        filter(None, map(_squeezed, [*stated_names, host, host.rpartition(".")[0], urls.site(url).split(".")[0]]))
    )


def _without_site(title: str, names: frozenset[str]) -> str:
    """The title without the name of the site before or behind it."""
    parts = _SEPARATOR.split(title)
    while len(parts) > 1 and _squeezed(parts[-1]) in names:
        title = title[: title.rindex(parts[-1])]
        title = re.sub(r"[\s|\-–—:·•»«/>›]+$", "", title)
        parts.pop()
    if len(parts) > 1 and _squeezed(parts[0]) in names:
        title = re.sub(r"^[\s|\-–—:·•»«/>›]+", "", title[title.index(parts[0]) + len(parts[0]) :])
    return "" if _squeezed(title) in names else title


def alike(one: str, other: str) -> float:
    """The share of words that two titles have in common (Dice), 0 to 1."""
    a, b = set(_WORD.findall(one.casefold())), set(_WORD.findall(other.casefold()))
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


# Author, date, address


def _author(tree: Tree, metas: Mapping[str, str], node: Mapping[str, Any]) -> str | None:
    """The author or authors; of several places that name them the first that names a person."""
    marked = tree.xpath('//*[@rel="author" or @itemprop="author"][not(self::meta)]')
    metas_of = ([metas.get(name, "")] for name in _AUTHORS)
    for told in (_names(node.get("author")), *metas_of, map(_text_of, marked[:3])):
        clean = (_BY.sub("", name).strip(" ,;|") for name in told)
        names = dict.fromkeys(name for name in clean if 2 < len(name) < _MAX_NAME and not _NO_AUTHOR.search(name))
        if names:
            return ", ".join(list(names)[:_MAX_AUTHORS])
    return None


def _names(value: Any) -> list[str]:
    """The names in what JSON-LD gives as author: a text, an object, or several of them."""
    if isinstance(value, list):
        return [name for item in value[:10] for name in _names(item)]
    return [_plain(value.get("name") if isinstance(value, dict) else value)]


def _published(
    tree: Tree, metas: Mapping[str, str], node: Mapping[str, Any], url: str
) -> tuple[datetime | None, timedelta | None]:
    """When the article was published, in UTC, and the offset of the zone in which the page says so."""
    told = [node.get("datePublished"), *(metas.get(name) for name in _DATES), node.get("dateCreated")]
    told += [e.get("datetime") or e.get("content") for e in tree.xpath('//*[@itemprop="datePublished"]')[:1]]
    for path in ("//time[@pubdate or contains(@class, 'publish')]", "(//article|//main)//time[@datetime]"):
        times = {e.get("datetime") for e in tree.xpath(path)}
        told += times if len(times) == 1 else []  # several are those of a list
    for text in told:
        if isinstance(text, str) and (moment := dates.parse(text)) and moment.year >= _FIRST_YEAR:
            return moment, _utc_offset(text, moment, url)
    return None, None


def _utc_offset(text: str, moment: datetime, url: str) -> timedelta | None:
    """The offset with which the time is written. If it is written in UTC while the day in the address, which is that of
    the newsroom, is the one before or after: the smallest that brings it there."""
    found = _OFFSET.search(text)
    if found and (found[2], found[3]) != ("00", "00"):
        offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
        return -offset if found[1] == "-" else offset
    day = _DAY_IN_PATH.search(urlsplit(url).path)
    if not day or ":" not in text:
        return None
    here = f"{day[1]}-{day[2]}-{day[3]}"
    nearest = sorted(range(-12, 15), key=abs)
    hours = next((h for h in nearest if f"{moment + timedelta(hours=h):%Y-%m-%d}" == here), 0)
    return timedelta(hours=hours)


def _addresses(tree: Tree, metas: Mapping[str, str], url: str) -> list[str]:
    """The page's own words for its address, absolute, as far as they are on the same site."""
    links = [e.get("href") for e in tree.iter("link") if "canonical" in (e.get("rel") or "").lower().split()]
    joined = [urls.join(url, told) for told in (*links, metas.get("og:url")) if told]
    return [address for address in joined if address and urls.site(address) == urls.site(url)]


def is_front(url: str) -> bool:
    """Whether this is a site's front page rather than one of its pages."""
    parts = urlsplit(url)
    return (
        not parts.query and re.fullmatch(r"/?(?:[a-z]{2}(?:-[a-zA-Z]{2})?/?)?(?:index\.\w+)?", parts.path) is not None
    )


# Texts


def _text_of(element: Tree) -> str:
    return _plain(" ".join(element.itertext()))


def _plain(text: Any) -> str:
    """A text on one line, its entities resolved (many sites escape twice); what is no text is empty."""
    if not isinstance(text, str):
        return ""
    return " ".join(unescape(text).split())


def _squeezed(name: str) -> str:
    """A name by which `The Daily-News.com` is known as `The Daily News`, too."""
    return re.sub(r"\W+|_|\.(?:com|org|net)$", "", name.casefold())
