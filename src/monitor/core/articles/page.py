"""From the bytes of an article's page to its text, title, author, date and language, and whether it is one at all.

What belongs here: getting the text out, and putting together what `metadata` and `walls` find. What does not: feeds,
listing pages (links.py). Runs in the sandbox: lxml and trafilatura are imported only when a page is read, so that the main
process can name these functions without loading them. trafilatura's downloader is never used, nor its global caches.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from monitor.core import charsets, dates, languages, tags
from monitor.core.articles import metadata, walls
from monitor.core.articles.metadata import Stated, Tree
from monitor.core.errors import ParseError
from monitor.core.model import Page, PageFault

_MAX_BYTES = 20 << 20
# The largest of 570 news pages has 10 000 elements; 200 000 empty ones take trafilatura 10 s and 365 MB (2026-11-22).
_MAX_ELEMENTS = 60_000

# Always around an article, never in it. With these and consent banners taken out first, segments F1 goes from 0.935 to
# 0.936, and extraction takes 36 ms instead of 48 (556 pages, 2026-11-22).
_FRAME = frozenset({"nav", "footer", "dialog"})
_CONSENT = re.compile(r"cookie|consent|gdpr|(?:^|[\s_-])newsletter(?:$|[\s_-])", re.IGNORECASE)
# What surrounds an article by its class or id; each word alone or behind a separator: "share-bar", not "shareholder". Taking
# these out of every page costs more (body F1 0.979 → 0.967) than it brings; out of short texts it brings 0.001 and more, for
# there the extractor's fallbacks take all the page has.
_FURNITURE = re.compile(
    r"cookie|consent|gdpr|(?:^|[\s_-])(?:newsletter|share|sharing|social|related|recommended|recommendations|outbrain|taboola"
    r"|most-?read|breadcrumbs?|header|footer|sidebar|navigation|nav|menu|subscribe|subscription|promo)(?:$|[\s_-])",
    re.IGNORECASE,
)
_FURNITURE_TAGS = frozenset({"nav", "footer", "dialog", "header", "aside", "button"})
_PRUNED = ("nav", "footer", "dialog", "header", "aside", "button", "div", "section", "ul", "form", "p", "span")
_HEART = ("h1", "article", "main")
# What holds more of the page's characters than this is no furniture but a wrapper with an unlucky name.
_FURNITURE_SHARE = 0.5
_SHORT = 1500
_SHOWN = 2000  # pieces of text: of a page that is a wall, all

# Lines from this length on stand once in an article; the second time they are the page's, not the author's (embeds that
# are blocked, a text that JSON or a print view repeats). Body F1 0.973 → 0.979 and 0.946 → 0.948 (2026-11-22).
_REPEATED = 20
_SAME_TITLE = 0.9
# JSON-LD's own text is taken when it has so much more and, unless next to nothing was extracted, contains that (right in
# 2 of 2 pages of 550, and without asking what it contains wrong in 1 of 3; 2026-11-22).
_MORE, _CONTAINED, _NOTHING = 1.3, 0.9, 300

_BEGIN = re.compile(r"<(?:html|head|body|div|article|p)\b", re.IGNORECASE)
_OTHER_FILES = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"ID3")
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def extract(
    body: bytes, *, url: str, headers: Mapping[str, str], hint: str | None, feed_title: str, feed_summary: str
) -> Page:
    """`read`, with the language decided from the page's text or, where that is of no use, from what the feed says.

    `hint` is the source's language (ISO 639-1). Raises ParseError.
    """
    page = read(body, url=url, headers=headers, language=hint)
    if page.text and not page.fault:
        return page
    return replace(page, language=languages.detect(f"{feed_title}\n{feed_summary}", hint, page.language))


def read(body: bytes, *, url: str, headers: Mapping[str, str] | None = None, language: str | None = None) -> Page:
    """The article in the page `body`, that `url` answered with `headers` (lower-case names).

    `language` is a hint (ISO 639-1). What tells an article from a wall is in `walls`; of a wall only the fault is told, of
    a paywall also the text that it shows. Raises ParseError if the bytes are no HTML, or more of it than an article has.
    """
    headers = headers or {}
    html = _decoded(body, headers)
    tree = _tree(html)
    declared = tree.get("lang")
    stated = metadata.stated(tree, url)
    published = stated.published or _searched_date(tree, url, headers)
    shown = _shown(tree)
    text = _text(tree, stated, url)
    fault = walls.fault(text=text, shown=shown, stated=stated, html=html, url=url)
    if fault in (PageFault.BOT_WALL, PageFault.CONSENT_WALL, PageFault.SOFT_404):
        return Page(fault=fault)
    return Page(
        title=stated.title,
        text=text,
        author=stated.author,
        published=published,
        utc_offset=stated.utc_offset,
        searched=stated.published is None and published is not None,
        language=languages.detect(f"{stated.title}\n{text}", language, declared),
        canonical=stated.canonical,
        fault=fault,
    )


def _decoded(body: bytes, headers: Mapping[str, str]) -> str:
    if len(body) > _MAX_BYTES:
        raise ParseError(f"the page is larger than {_MAX_BYTES >> 20} MiB")
    if body.startswith(_OTHER_FILES):
        raise ParseError("this is no page but a file of another kind")
    return charsets.decode(body, charsets.of_header(headers.get("content-type")), charsets.of_document(body))


def _tree(html: str) -> Tree:
    from lxml.etree import ParserError
    from lxml.html import document_fromstring
    from trafilatura.utils import HTML_PARSER, load_html

    if tags.are_crowded(html):
        raise ParseError(f"an element of the page has more than {tags.MOST_ATTRIBUTES} attributes")
    tree = load_html(html)
    if tree is None or tree.find("body") is None:
        begin = _BEGIN.search(html)  # there may be text before it: warnings of the program that made it
        if not begin:
            raise ParseError("this is not HTML")
        try:
            tree = document_fromstring(html[begin.start() :], parser=HTML_PARSER)
        except ParserError as error:  # a tag and nothing more
            raise ParseError("this is not HTML") from error
    if tree.find("body") is None:  # some other element of a page, in a name space of its own, or frames
        raise ParseError("there is no text in this page")
    if sum(1 for _ in zip(tree.iter(), range(_MAX_ELEMENTS), strict=False)) == _MAX_ELEMENTS:
        raise ParseError(f"the page has more than {_MAX_ELEMENTS} elements")
    return tree


def _searched_date(tree: Tree, url: str, headers: Mapping[str, str]) -> datetime | None:
    """A date found anywhere on the page, for those that state none; not later than the answer itself."""
    from htmldate import find_date

    latest = dates.parse(headers.get("date")) or _LATEST
    found = find_date(tree, original_date=True, url=url, max_date=(latest + timedelta(days=1)).strftime("%Y-%m-%d"))
    return dates.parse(found)


# Text


def _text(tree: Tree, stated: Stated, url: str) -> str:
    """The article's text, a line for each paragraph, without the headline above it. Takes the tree apart."""
    _prune(tree, _FRAME, _CONSENT)
    lines = _extracted(tree, url)
    if sum(map(len, lines)) < _SHORT:
        _prune(tree, _FURNITURE_TAGS, _FURNITURE)
        lines = _extracted(tree, url) or lines
    own = list(_clean(stated.body))
    lines = own if _has_more(own, lines) else lines
    titled = lines and metadata.alike(lines[0], stated.title) >= _SAME_TITLE
    return "\n".join(lines[1:] if titled else lines)


def _extracted(tree: Tree, url: str) -> list[str]:
    from trafilatura import bare_extraction

    found: Any = bare_extraction(tree, url=url, include_comments=False)
    return list(_clean(found.text or "")) if found else []


def _prune(tree: Tree, tags: frozenset[str], names: re.Pattern[str]) -> None:
    """Take out the elements that have one of these tags, or a class or id that matches, unless the article is in them."""
    whole = _size(tree)
    for element in list(tree.find("body").iter(*_PRUNED)):
        tagged = element.tag in tags
        if not tagged and not names.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            continue
        small = tagged or _size(element) <= _FURNITURE_SHARE * whole
        if small and element.getparent() is not None and next(element.iter(*_HEART), None) is None:
            element.drop_tree()


def _size(element: Tree) -> int:
    return sum(map(len, element.itertext()))


def _clean(text: str) -> Iterator[str]:
    """The lines of a text, spaces made one, without empty ones and repetitions."""
    seen = set()
    for raw in text.splitlines():
        line = " ".join(raw.split())
        if len(line) > 1 and line not in seen:
            if len(line) >= _REPEATED:
                seen.add(line)
            yield line


def _has_more(own: list[str], lines: list[str]) -> bool:
    """Whether the page's own text is the extracted one and considerably more."""
    have, found = " ".join(own), " ".join(lines)
    if len(have) <= _MORE * len(found):
        return False
    known = set(have.split())
    words = found.split()
    return len(found) < _NOTHING or sum(word in known for word in words) >= _CONTAINED * len(words)


def _shown(tree: Tree) -> str:
    """The text of the page from its beginning, a line for each piece. Takes out of the tree what is not shown."""
    for element in list(tree.iter("script", "style", "noscript", "template")):
        element.drop_tree()
    return "\n".join(_clean("\n".join(islice(tree.find("body").itertext(), _SHOWN))))
