"""A page of a site that lists its articles: HTML in, entries out.

What belongs here: which links of a page are articles, and what stands around a link. What does not: feeds and sitemaps that
a page names (links.py), the text of an article (articles). Imports lxml: for the sandbox only.

Where the user names no selector, the address and the place of a link decide. What is taken wrongly costs a page fetch, what
is missed is lost, so the bar is low for links with the words of a headline.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, takewhile

from lxml import etree

from monitor.core import dates, tags, urls
from monitor.core.errors import ParseError
from monitor.core.feeds import fields, items, markup
from monitor.core.model import Entry, Feed, FeedFormat

_ENOUGH = 4
"""Points that make a link an article's; see `_of_address` and `_of_words` for what they are given for. On 24 news pages in
11 languages (2026-11-22, read by hand) 5 loses headlines whose address is a bare number, 3 takes section names."""
_ENOUGH_ASIDE = 6
"""The same in a menu or a footer, where headlines are seldom: 5 takes the publisher's own pages."""
_MOST_SUMMARY = 1_000
_HIGHEST_CARD = 6  # elements from a link up to the box around it

_DATED = re.compile(
    r"/(?:19|20)\d\d[/-](?:0?[1-9]|1[0-2])(?:[/-]\d{1,2})?(?:[/-]|$)|/20\d{6}(?!\d)|[-_/](?:19|20)\d\d-\d\d-\d\d"
)
_NUMBERED = re.compile(r"(?<!\d)\d{4,}(?!\d)|\d{5,}")
_QUERY = re.compile(r"(?:^|&)(?:p|id|nid|aid|news_?id|article(?:_?id)?|story|item|post|news)=\d", re.IGNORECASE)
_PAGE_FILE = re.compile(r"\.(?:s?html?|php|aspx?|jsp|cfm)$", re.IGNORECASE)
_NO_PAGE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|mp[34]|m4a|avi|zip|rar|xml|rss|atom|json|css|js|docx?|xlsx?|apk|exe)$", re.IGNORECASE
)
_NO_ARTICLE = re.compile(
    r"/(?:tags?|topics?|them(?:e|en|es|a|y)|categor(?:y|ies|ie|ia)|rubri(?:c|k|que|ki)s?|sections?|authors?|auteurs?|autor(?:en|es)?"
    r"|users?|profile|page|seite|search|suche|recherche|login|signin|register|account|subscribe|subscription|abo|newsletters?"
    r"|about(?:-us)?|contacts?|kontakt|imprint|impressum|privacy|datenschutz|terms|legal|cookies?|help|faq|jobs|careers?|advertis\w+"
    r"|donate|shop|cart|feeds?|rss|sitemap|cgi-bin|wp-(?:admin|login|content)|share|bio)(?:[/.?]|$)",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"(?<![a-z])(?:nav(?:bar|igation)?|menu|foot(?:er)?|breadcrumbs?|pagination|pager|share|sharing|social|cookies?|consent|lang(?:uage)?s?"
    r"|copyright|skip-?link\w*)(?![a-z])",
    re.IGNORECASE,
)
_ASIDE_TAGS = frozenset({"nav", "footer", "form", "select"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_CONTENT = frozenset({"main", "article"})
_ROOMS = frozenset({"body", "main", "article"})
_BOXES = frozenset({"body", "main", "html", "ul", "ol", "table", "tbody"})
_LETTERS = re.compile(r"[^\W\d_]{2}")
_PLAIN_LINKS = re.compile(
    r"(?:read|learn|see|show|view) (?:more|all|on)|more|mehr|weiter(?:lesen)?|lire la suite|leer más|подробнее|читать.*|»|…",
    re.IGNORECASE,
)


@dataclass(kw_only=True, slots=True)
class _Article:
    """One address that a page links to, by one or several links."""

    url: str
    links: list[etree._Element]
    title: str = ""
    points: int = 0


def read(text: str, *, url: str, links: str | None = None, known: bytes = b"") -> Feed:
    """The articles that a page lists, without those whose digests are known.

    `links` is a CSS selector of links, or of elements with a link in or around them; without it, the links that look like
    articles. Raises ParseError if the selector is none, or if there is no such link: a page that changed its shape must
    not look like a page without news.
    """
    root = tree(text)
    base = _base(root, url)
    found = _articles(_selected(root, links) if links else root.iter("a"), base)
    if not links:
        found = [article for article in found if _is_article(article, url)]
    if not found:
        raise ParseError(
            f'nothing on the page matches links = "{links}"'
            if links
            else "a page without links that look like articles",
            "no-links",
        )
    addresses = {article.url for article in found}
    listed = [_entry(article, addresses, base) for article in found[: items.MOST]]
    entries, digests, taken = items.unseen(listed, known)
    return Feed(
        format=FeedFormat.LISTING,
        title=title_of(root),
        home=url,
        language=fields.language(str(root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "")),
        entries=entries,
        digests=digests,
        taken=taken,
    )


def tree(text: str) -> etree._Element:
    """The page's elements, without what is never shown. Raises ParseError if the page is empty."""
    if tags.are_crowded(text):
        raise ParseError(f"an element of the page has more than {tags.MOST_ATTRIBUTES} attributes")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    root = etree.fromstring(markup.clean(text).encode(), parser)
    if root is None:
        raise ParseError("empty: there is nothing in it", "empty")
    etree.strip_elements(root, "script", "style", "noscript", "template", "svg", with_tail=False)
    return root


def title_of(root: etree._Element) -> str:
    return markup.line("".join(next((node.itertext() for node in root.iter("title")), iter(()))))


def count(root: etree._Element, url: str) -> int:
    """How many links of a page look like articles."""
    return sum(_is_article(article, url) for article in _articles(root.iter("a"), _base(root, url)))


def _base(root: etree._Element, url: str) -> str:
    declared = next((node.get("href") for node in root.iter("base") if node.get("href")), None)
    return urls.join(url, declared) or url if declared else url


def _selected(root: etree._Element, selector: str) -> Iterator[etree._Element]:
    """The links that a CSS selector means."""
    from cssselect import HTMLTranslator, SelectorError

    try:
        path = HTMLTranslator().css_to_xpath(selector)
        elements = root.xpath(path)
    except (SelectorError, RecursionError, etree.XPathError, ValueError) as error:
        raise ParseError(f'links = "{selector}" is no CSS selector: {error}') from error
    for element in elements:
        inside = [element, *element.iter("a")] if element.tag == "a" else list(element.iter("a"))
        around = list(element.iterancestors("a"))
        yield from (inside or around)[:1]


def _articles(links: Iterable[etree._Element], base: str) -> list[_Article]:
    """The addresses that links lead to, in the order of the page, each once."""
    found: dict[str, _Article] = {}
    own = urls.canonical(base)
    for link in links:
        url = urls.join(base, link.get("href") or "#")
        if url is None or (key := urls.canonical(url)) == own:
            continue
        article = found.setdefault(key, _Article(url=url.partition("#")[0] if "#!" not in url else url, links=[]))
        article.links.append(link)
    for article in found.values():
        article.title = max((_title(link) for link in article.links), key=_worth)
    return list(found.values())


def _title(link: etree._Element) -> str:
    """The words of a link: the heading in it, or its text, or what its picture is called."""
    heading = next((node for node in link.iter(*_HEADINGS)), None)
    text = markup.line(markup.text_of(link if heading is None else heading))
    pictures = (node.get("alt") for node in link.iter("img"))
    named = (text, *(markup.line(name or "") for name in (link.get("title"), link.get("aria-label"), *pictures)))
    return next((name for name in named if _LETTERS.search(name) and not _PLAIN_LINKS.fullmatch(name)), "")


def _worth(title: str) -> int:
    """Which of an article's links has the headline: one that is neither a word nor a paragraph."""
    return len(title) if len(title) < 250 else 8


def _is_article(article: _Article, page: str) -> bool:
    if urls.site(article.url) != urls.site(page):
        return False
    enough = _ENOUGH_ASIDE if all(map(_is_aside, article.links)) else _ENOUGH
    return _of_address(article.url) + _of_words(article) >= enough


def _of_address(url: str) -> int:
    """Points for an address: a date, a number, a slug of several words."""
    path, _, query = url.split("//", 1)[-1].partition("?")
    path = path[path.find("/") :].rstrip("/") if "/" in path else ""
    if _NO_PAGE.search(path) or not (path or query):
        return -10
    last = _PAGE_FILE.sub("", path.rpartition("/")[2])
    words = len(re.findall(r"[^\W\d_]{2,}", urls.unquoted(last)))
    points = 3 * bool(_DATED.search(path)) + 2 * bool(_NUMBERED.search(last)) + 2 * bool(_QUERY.search(query))
    points += 2 * (words >= 3) + (words >= 4) + (words >= 6)
    points += bool(_PAGE_FILE.search(path)) + (path.count("/") >= 2)
    return points - 4 * bool(_NO_ARTICLE.search(f"{path}?"))


def _of_words(article: _Article) -> int:
    """Points for a link: the words of a headline, set as one."""
    title = article.title
    words = len(title.split())
    wide = sum(c >= "\u2e80" for c in title)  # Chinese, Japanese and Korean headlines have few blanks
    points = 2 * (words >= 4 or wide >= 10) + (len(title) >= 40 or wide >= 20) - 2 * (0 < words <= 2 and wide < 6)
    around = {
        str(node.tag) for link in article.links for node in (link, *link.iterancestors(), *link.iterdescendants())
    }
    return points + 2 * bool(around & _HEADINGS) + bool(around & _CONTENT)


def _is_aside(link: etree._Element) -> bool:
    """Whether a link stands in a menu, a footer or the like."""
    around = takewhile(lambda node: node.tag not in _ROOMS, link.iterancestors())
    return any(node.tag in _ASIDE_TAGS or _ASIDE.search(_names(node)) for node in around)


def _names(node: etree._Element) -> str:
    return " ".join(node.get(name, "") for name in ("class", "id", "role"))


def _entry(article: _Article, addresses: set[str], base: str) -> Entry:
    card = _card(article, addresses, base)
    text = markup.plain(markup.text_of(card), html=False) if card is not None else ""
    published = _date(card) if card is not None else None
    summary = "\n".join(part for part in text.split("\n") if part != article.title)[:_MOST_SUMMARY]
    return Entry(
        url=article.url,
        title=article.title,
        published=published,
        summary=summary if len(summary) > len(article.title) else "",
        digest=items.digest(f"{article.url}\n{article.title}".encode()),
    )


def _card(article: _Article, addresses: set[str], base: str) -> etree._Element | None:
    """The box around a link that holds no other article: its teaser, its date."""
    others = addresses - {article.url}
    around = islice(takewhile(lambda node: node.tag not in _BOXES, article.links[0].iterancestors()), _HIGHEST_CARD)
    card = takewhile(
        lambda node: not others & {urls.join(base, link.get("href") or "#") for link in node.iter("a")}, around
    )
    return next(reversed(list(card)), None)


def _date(card: etree._Element) -> datetime | None:
    stamps = (node.get("datetime") or "".join(node.itertext()) for node in card.iter("time"))
    return next((date for date in map(dates.parse, stamps) if date), None)
