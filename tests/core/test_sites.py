import gzip
from datetime import UTC, datetime

import pytest

from monitor.core import feeds
from monitor.core.errors import ParseError
from monitor.core.feeds.discovery import discover
from monitor.core.feeds.links import Found, FoundKind
from monitor.core.model import Feed, FeedFormat
from monitor.core.settings import SourceKind

HOME = "https://example.org/"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def read(text: str | bytes, links: str | None = None, known: bytes = b"", url: str = HOME) -> Feed:
    body = text.encode() if isinstance(text, str) else text
    return feeds.read(body, url=url, headers={}, kind=SourceKind.SITE, links=links, known=known)


# Sitemaps


def test_a_news_sitemap() -> None:
    feed = read(
        f"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="{NEWS}"
          xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
        <url><image:image><image:loc>https://example.org/a.jpg</image:loc><image:title>A picture</image:title></image:image>
        <loc>https://example.org/wolves?id=1&amp;utm_source=x</loc><lastmod>2026-11-22T13:00:00Z</lastmod><news:news>
        <news:publication><news:name>The Gazette</news:name><news:language>en-GB</news:language></news:publication>
        <news:publication_date>2026-11-22T12:00:00Z</news:publication_date><news:title>Wolves &amp; bears</news:title>
        <news:keywords>wolves, bears</news:keywords></news:news></url>
        <url><loc>/relative</loc></url><url><lastmod>2026</lastmod></url><url><loc>mailto:x@example.org</loc></url></urlset>"""
    )
    first, second = feed.entries
    assert (feed.format, feed.title) == (FeedFormat.NEWS_SITEMAP, "The Gazette")
    assert (first.url, first.title) == ("https://example.org/wolves?id=1&utm_source=x", "Wolves & bears")
    assert (first.published, first.updated) == (NOON, NOON.replace(hour=13))
    assert (first.language, first.tags) == ("en", ("wolves", "bears"))
    assert second.url == "https://example.org/relative"


def test_a_plain_sitemap_says_nothing_of_publication() -> None:
    feed = read("<urlset><url><loc>https://example.org/a</loc><lastmod>2026-11-22T12:00:00Z</lastmod></url></urlset>")
    assert feed.format is FeedFormat.SITEMAP
    assert (feed.entries[0].published, feed.entries[0].updated) == (None, NOON)


def test_known_pages_of_a_sitemap_are_left_out() -> None:
    pages = [f"<url><loc>https://example.org/{name}</loc></url>" for name in "abcd"]
    first = read(f"<urlset>{''.join(pages[:3])}</urlset>")
    second = read(f"<urlset>{''.join(pages[::-1])}</urlset>", known=first.digests)
    assert [entry.url for entry in second.entries] == ["https://example.org/d"]
    assert len(second.digests) == 4 * 8
    assert second.taken == ()


def test_of_a_huge_sitemap_the_latest_pages_are_read() -> None:
    pages = "".join(
        f"<url><loc>https://example.org/{i}</loc><lastmod>{1990 + i // 1000}</lastmod></url>" for i in range(26_000)
    )
    feed = read(f"<urlset>{pages}</urlset>")
    assert len(feed.entries) == 25_000
    assert feed.entries[0].url == "https://example.org/25000"


def test_a_sitemap_index_names_news_first_then_the_latest() -> None:
    feed = read(
        gzip.compress(
            b"""<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
            <sitemap><loc>https://example.org/map-2.xml</loc></sitemap><sitemap><loc>https://example.org/map-10.xml</loc></sitemap>
            <sitemap><loc>https://example.org/old.xml</loc><lastmod>2020-01-01</lastmod></sitemap>
            <sitemap><loc>https://example.org/new.xml</loc><lastmod>2026-01-01</lastmod></sitemap>
            <sitemap><loc>https://example.org/news.xml</loc></sitemap><sitemap><loc>https://example.org/old.xml</loc></sitemap>
            <sitemap/><other><loc>https://example.org/no.xml</loc></other></sitemapindex>""",
            mtime=0,
        )
    )
    assert feed.format is FeedFormat.SITEMAP_INDEX
    assert [child.rpartition("/")[2] for child in feed.children] == [
        "news.xml",
        "new.xml",
        "old.xml",
        "map-10.xml",
        "map-2.xml",
    ]


def test_a_sitemap_that_breaks_off_gives_what_is_there() -> None:
    feed = read("<urlset><url><loc>https://example.org/a</loc></url><url><loc>https://example.org/b</loc>&bad;<url>")
    assert [entry.url for entry in feed.entries] == ["https://example.org/a", "https://example.org/b"]


def test_addresses_in_a_sitemap_keep_what_was_not_written_as_xml_wants_it() -> None:
    feed = read(
        "<urlset><url><loc>https://example.org/?a=1&b=2</loc></url><url><loc>https://example.org/b&#55296;</loc></url></urlset>"
    )
    assert [entry.url for entry in feed.entries] == ["https://example.org/?a=1&b=2", "https://example.org/b"]


# Pages that list articles

PAGE = """<html lang="de-AT"><head><title>News &amp; more</title><base href="https://example.org/news/"></head><body>
<nav><a href="/">Home</a> <a href="/about-our-great-paper">About our great newspaper</a></nav>
<div class="main-menu"><a href="/politics">All the news from politics</a></div>
<main><article><time datetime="2026-11-22T12:00:00Z">today</time>
<h3><a href="wolves-are-back-in-town">Wolves are back in town</a></h3>
<p>They were seen twice near the river on Sunday night.</p><a href="wolves-are-back-in-town#comments">12 comments</a>
<a href="/tag/wolves">Wolves</a></article>
<article><a href="/2026/11/bears"><img src="x.jpg" alt="A bear in the snow"></a><time>22 Nov 2026, 12:00</time></article>
<article><h3><a href="/news/123456">Council votes</a></h3></article>
<article><a href="/index.php?id=77&amp;utm_source=x">The council votes on the new school tonight</a>
<a href="/index.php?id=77">more</a></article>
<a href="/report.xlsx">The whole report of the council as a document</a>
<a href="https://other.example/2026/11/22/a-story-elsewhere">Elsewhere they said something</a>
<a href="mailto:desk@example.org">Write to us with your news</a> <a>No link</a></main>
<footer><a href="/imprint">Imprint of this website</a>
<a href="/2026/11/21/the-mayor-of-the-town-resigns">The mayor of the town resigns after all</a></footer>
<script>var a = "<a href='/2026/11/22/not-a-link-at-all'>Not a link at all</a>"</script></body></html>"""


def test_links_that_look_like_articles() -> None:
    feed = read(PAGE)
    assert (feed.format, feed.title, feed.home, feed.language) == (FeedFormat.LISTING, "News & more", HOME, "de")
    assert [(entry.url, entry.title) for entry in feed.entries] == [
        ("https://example.org/news/wolves-are-back-in-town", "Wolves are back in town"),
        ("https://example.org/2026/11/bears", "A bear in the snow"),
        ("https://example.org/news/123456", "Council votes"),
        ("https://example.org/index.php?id=77&utm_source=x", "The council votes on the new school tonight"),
        ("https://example.org/2026/11/21/the-mayor-of-the-town-resigns", "The mayor of the town resigns after all"),
    ]
    wolves, bears, *others = feed.entries
    assert (wolves.published, bears.published) == (NOON, NOON)
    assert "near the river" in wolves.summary
    assert [other.published for other in others] == [None] * 3


@pytest.mark.parametrize(
    ("address", "words", "wanted"),
    [
        ("/2026/11/22/wolves", "Wolves are back in town", True),
        ("/wolves-back-in-town.html", "Wolves are back", True),
        ("/news/20261122-wolves", "Wolves", True),
        ("/artikel/8812345", "Die Wölfe sind zurück in der Stadt", True),
        ("/новости/волки-вернулись-в-город", "Волки вернулись в город", True),
        ("/articles/AS17", "政府は月曜日に新しい法律を発表した。首相も会見した。", True),
        ("/?p=1234", "Wolves are back in the town of Morost again", True),
        ("/tag/wolves-and-other-animals", "Wolves and other animals", False),
        ("/author/anna-smith", "Anna Smith", False),
        ("/news/page/2", "Older news and reports", False),
        ("/politics", "Politics", False),
        ("/world/europe", "Europe", False),
        ("/subscribe", "Subscribe to our newsletter today", False),
        ("/photos/2026/11/22/wolves-in-the-snow.jpg", "Wolves in the snow near town", False),
        ("/", "The home page of our newspaper", False),
        ("#top", "Back to the top of this page", False),
    ],
)
def test_what_looks_like_an_article(address: str, words: str, wanted: bool) -> None:
    other = "<a href='/2026/11/22/something-else-entirely'>Something else entirely happened</a>"
    page = f"<body>{other}<p><a href='{address}'>{words}</a></p></body>"
    assert (len(read(page).entries) == 2) is wanted


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("main h3 a", ["wolves-are-back-in-town", "123456"]),
        ("main h3", ["wolves-are-back-in-town", "123456"]),
        ("article", ["wolves-are-back-in-town", "bears", "123456", "index.php?id=77&utm_source=x"]),
        ("article img", ["bears"]),
        ("nav a[href^='/about']", ["about-our-great-paper"]),
        ("a[href*='other.example']", ["a-story-elsewhere"]),
    ],
)
def test_links_that_a_selector_names(selector: str, found: list[str]) -> None:
    assert [str(entry.url).rpartition("/")[2] for entry in read(PAGE, links=selector).entries] == found


@pytest.mark.parametrize("selector", ["main h3 >", "a:nth-child(", "::before", "$x", "a:hover::after"])
def test_a_wrong_selector_is_named(selector: str) -> None:
    with pytest.raises(ParseError) as error:
        read(PAGE, links=selector)
    assert f'links = "{selector}" is no CSS selector' in str(error.value)


def test_a_page_that_changed_its_shape_is_not_one_without_news() -> None:
    with pytest.raises(ParseError, match='nothing on the page matches links = "main h2 a"'):
        read(PAGE, links="main h2 a")
    with pytest.raises(ParseError, match="without links that look like articles"):
        read("<html><body><a href='/about'>About us</a></body></html>")


def test_known_links_are_left_out() -> None:
    first = read(PAGE, links="article h3 a")
    more = PAGE.replace(
        "<main>",
        "<main><h3 class='x'><a href='/new'>New</a></h3><article><h3><a href='/newer'>Newer</a></h3></article>",
    )
    assert [entry.title for entry in read(more, links="article h3 a", known=first.digests).entries] == ["Newer"]
    assert read(PAGE, links="article h3 a", known=first.digests).entries == ()


def test_the_headline_is_the_link_that_reads_like_one() -> None:
    page = """<div><a href="/2026/11/22/wolves" title="Wolves are back"><img></a><a href="/2026/11/22/wolves">Read more</a>
    <a href="/2026/11/22/bears">★</a><a href="/2026/11/23/cats"><h2>Cats came</h2><p>A long teaser about the cats</p></a>
    <a href="/2026/11/22/dogs">Dogs in town</a><a href="/2026/11/22/dogs">{}</a></div>""".format(
        "A whole paragraph. " * 20
    )
    assert [entry.title for entry in read(page).entries] == ["Wolves are back", "", "Cats came", "Dogs in town"]


def test_a_page_without_elements() -> None:
    with pytest.raises(ParseError, match="empty"):
        discover(b"", HOME, {})


# Discovery


def test_what_a_page_offers() -> None:
    page = """<html><head><title>The Gazette</title>
    <link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">
    <link rel="alternate" type="application/atom+xml" title="All &lt;b&gt;news" href="/atom.xml">
    <link rel="alternate" type="application/feed+json" href="https://example.org/feed.json">
    <link rel="feed" href="/my.rss"><link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/1">
    <link rel="alternate" hreflang="fr" href="/fr/"><link rel="alternate" type="application/rss+xml">
    <link rel="sitemap" href="/map.xml"><link rel="stylesheet" href="/feed.css"></head><body>
    <a href="/rss/">Feeds</a><a href="http://www.example.org/atom.xml">Again</a><a href="/sitemap_news.xml">Sitemap</a>
    <a href="/?feed=rss2">RSS</a><a href="/feedback">Feedback</a><a>x</a>"""
    links = "".join(
        f"<p><a href='/2026/11/22/story-{i}-of-the-day'>The story of the day number {i}</a></p>" for i in range(3)
    )
    feed, sitemap = FoundKind.FEED, FoundKind.SITEMAP
    found = discover((page + links).encode(), HOME, {"content-type": "text/html"})
    assert [(one.kind, one.url.removeprefix(HOME), one.title) for one in found] == [
        (feed, "atom.xml", "All news"),
        (feed, "feed.json", ""),
        (feed, "my.rss", ""),
        (sitemap, "map.xml", ""),
        (feed, "rss/", "Feeds"),
        (sitemap, "sitemap_news.xml", "Sitemap"),
        (feed, "?feed=rss2", "RSS"),
        (feed, "comments/feed", "Comments"),
        (FoundKind.LISTING, "", "The Gazette"),
    ]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (
            b"<rss version='2.0'><channel><title>T</title></channel></rss>",
            Found(url=HOME, kind=FoundKind.FEED, title="T"),
        ),
        (b"<urlset><url><loc>https://example.org/a</loc></url></urlset>", Found(url=HOME, kind=FoundKind.SITEMAP)),
        (b"<sitemapindex></sitemapindex>", Found(url=HOME, kind=FoundKind.SITEMAP)),
    ],
)
def test_a_document_that_is_itself_a_source(body: bytes, found: Found) -> None:
    assert discover(body, HOME, {}) == (found,)


def test_a_page_that_offers_nothing() -> None:
    assert discover(b"<html><body><p>Hello</p></body></html>", HOME, {}) == ()
