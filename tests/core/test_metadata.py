"""What pages state about themselves."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lxml.html import document_fromstring

from monitor.core.articles.metadata import Stated, alike, is_front, stated

URL = "https://www.gazette.example/2026/11/22/wolves-return.html"
MORNING = datetime(2026, 11, 22, 8, tzinfo=UTC)


def read(head: str = "", body: str = "", url: str = URL) -> Stated:
    return stated(document_fromstring(f"<html><head>{head}</head><body>{body}<p>x</p></body></html>"), url)


def linked(*nodes: Any) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(node)}</script>' for node in nodes)


def meta(**names: str) -> str:
    return "".join(f'<meta property="{name.replace("_", ":", 1)}" content="{value}">' for name, value in names.items())


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("", "", ""),
        ("", "<h1>Wolves\n return</h1>", "Wolves return"),
        ("<title>Wolves return | The Gazette</title>", "<h1>Wolves return</h1>", "Wolves return"),
        ("<title>Wolves return | The Gazette</title>" + meta(og_site_name="The Gazette"), "", "Wolves return"),
        ("<title>Gazette - Wolves return</title>", "", "Wolves return"),
        ("<title>Wolves return - Felden - gazette.example</title>", "", "Wolves return - Felden"),
        ("<title>Sport</title>", "<h1>Wolves return</h1><h1>Wolves return to Felden at night</h1>", "Sport"),
        (
            "<title>Wolves return at night</title>",
            "<h1>Menu</h1><h1>Wolves return by night</h1>",
            "Wolves return by night",
        ),
        ("<title>Gazette</title>", "<h1>Wolves return</h1>", "Wolves return"),
        ("<title>Gazette</title>", "", ""),
        (meta(og_title="Wolves return – The Paper of Felden"), "<h1>Wolves return</h1>", "Wolves return"),
        (meta(og_title="Wolves return: a town is afraid"), "<h1>Wolves return</h1>", "Wolves return: a town is afraid"),
        (meta(og_title="Wolves are back"), "<h1>Wolves return</h1>", "Wolves are back"),
        (meta(og_title="Q&amp;amp;A: wolves"), "", "Q&A: wolves"),
        (linked({"@type": "NewsArticle", "headline": "Wolves return"}), "", "Wolves return"),
        ('<meta name="twitter:title" content=""><meta name="DC.title" content="Wolves return">', "", "Wolves return"),
    ],
)
def test_titles(head: str, body: str, title: str) -> None:
    assert read(head, body).title == title


@pytest.mark.parametrize(
    ("head", "body", "published", "hours"),
    [
        ("", "", None, None),
        (linked({"@type": "NewsArticle", "datePublished": "2026-11-22T10:00:00+02:00"}), "", MORNING, 2),
        (linked({"@type": "NewsArticle", "datePublished": "2026-11-22T03:30:00.000-0430"}), "", MORNING, -4.5),
        (meta(article_published_time="2026-11-22T08:00:00Z"), "", MORNING, 0),
        (meta(article_published_time="2026-11-22"), "", MORNING.replace(hour=0), None),
        (meta(article_published_time="soon", og_published_time="2026-11-22T08:00:00"), "", MORNING, 0),
        (meta(article_published_time="1970-01-01T00:00:00Z"), "", None, None),
        (linked({"@type": "NewsArticle", "datePublished": 2026}), "", None, None),
        ("", '<span itemprop="datePublished" content="2026-11-22T08:00:00Z">', MORNING, 0),
        ("", '<time pubdate datetime="2026-11-22T08:00:00Z">', MORNING, 0),
        ("", '<main><time datetime="2026-11-22T08:00:00Z">8 h</time></main>', MORNING, 0),
        ("", '<main><time datetime="2026-11-22"></time><time datetime="2026-11-21"></time></main>', None, None),
    ],
)  # fmt: skip
def test_dates(head: str, body: str, published: datetime | None, hours: float | None) -> None:
    found = read(head, body)
    assert found.published == published
    assert found.utc_offset == (None if hours is None else timedelta(hours=hours))


@pytest.mark.parametrize(
    ("written", "path", "offset"),
    [
        ("2026-11-23T03:30:00Z", "/2026/11/22/wolves", -4),
        ("2026-11-21T23:30:00+00:00", "/news/20261122-wolves", 1),
        ("2026-11-22T03:30:00Z", "/2026/11/22/wolves", 0),
        ("2026-11-25T03:30:00Z", "/2026/11/22/wolves", 0),  # no zone is so far away: the address means something else
        ("2026-11-22T03:30:00Z", "/wolves-2026", None),
    ],
)
def test_the_day_in_the_address_is_the_newsroom_s(written: str, path: str, offset: int | None) -> None:
    found = read(meta(article_published_time=written), url=f"https://gazette.example{path}")
    assert found.utc_offset == (None if offset is None else timedelta(hours=offset))


@pytest.mark.parametrize(
    ("head", "body", "author"),
    [
        ("", "", None),
        (linked({"@type": "NewsArticle", "author": {"name": "Ada Holm"}}), "", "Ada Holm"),
        (linked({"@type": "Article", "author": [{"name": "Ada Holm"}, "By Ben Tor", "Ada Holm"]}), "", "Ada Holm, Ben Tor"),
        (linked({"@type": "NewsArticle", "author": {"name": ["x"]}}), "", None),
        ('<meta name="author" content="von Ada Holm">', "", "Ada Holm"),
        ('<meta name="author" content="https://gazette.example/a"><meta name="byl" content="By Ada Holm">', "", "Ada Holm"),
        ("", '<a rel="author" href="/ada">Ada Holm</a>', "Ada Holm"),
        ("", '<span itemprop="author">@ada</span>', None),
    ],
)  # fmt: skip
def test_authors(head: str, body: str, author: str | None) -> None:
    assert read(head, body).author == author


@pytest.mark.parametrize(
    ("head", "canonical", "front"),
    [
        ("", None, False),
        ('<link rel="canonical" href="/2026/11/22/wolves">', "https://www.gazette.example/2026/11/22/wolves", False),
        (
            '<link rel="Canonical nofollow" href="https://gazette.example/w?id=1">',
            "https://gazette.example/w?id=1",
            False,
        ),
        ('<link rel="canonical" href="https://other.example/wolves">', None, False),
        ('<link rel="canonical" href="javascript:alert(1)">', None, False),
        ('<link rel="canonical" href="">' + meta(og_url="/w"), "https://www.gazette.example/w", False),
        ('<link rel="canonical" href="/">' + meta(og_url="/w"), "https://www.gazette.example/w", False),
        ('<link rel="canonical" href="https://www.gazette.example">', None, True),
        ('<link rel="canonical" href="/en/index.html">', None, True),
        ('<link rel="stylesheet" href="/style.css">', None, False),
    ],
)
def test_addresses(head: str, canonical: str | None, front: bool) -> None:
    found = read(head)
    assert (found.canonical, found.is_front) == (canonical, front)


@pytest.mark.parametrize(
    ("scripts", "title"),
    [
        (linked([{"@type": "WebPage", "headline": "no"}, {"@type": ["Thing", "Article"], "headline": "Wolves"}]), "Wolves"),
        (linked({"@graph": [{"@type": "Person"}, {"@type": "ReportageNewsArticle", "headline": "Wolves"}]}), "Wolves"),
        (linked({"@type": "NewsArticle"}, {"@type": "Article", "headline": "Wolves"}), "Wolves"),
        (linked({"@type": "Article", "headline": "a"}, {"@type": "Article", "headline": "b", "url": URL}), "b"),
        (linked({"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", "headline": "Another"}]}), ""),
        ('<script type="application/ld+json"><!-- {"@type": "Article", "headline": "Wol\tves"}; --></script>', "Wol ves"),
        ('<script type="application/ld+json">{"@type": "Article", "headline": </script>', ""),
        (f'<script type="application/ld+json">{"[" * 100_000}</script>', ""),
        (f'<script type="application/ld+json">{json.dumps({"@type": "Article", "headline": "x" * 1_000_001})}</script>', ""),
        (linked(*[{"@type": "Person"}] * 30, {"@type": "Article", "headline": "too late"}), ""),
        ('<script type="text/javascript">{"@type": "Article", "headline": "no"}</script>', ""),
        ('<script type="application/ld+json"></script>', ""),
        (linked({"@type": "Article", "headline": 5}, {"@type": 7}), ""),
    ],
)  # fmt: skip
def test_linked_data(scripts: str, title: str) -> None:
    assert read(scripts).title == title


def test_depth_is_bounded() -> None:
    node: Any = {"@type": "Article", "headline": "deep"}
    for _ in range(20):
        node = {"hasPart": node}
    assert read(linked(node)).title == ""


def test_text_and_price_of_linked_data() -> None:
    node = {
        "@type": "Article",
        "articleBody": "&lt;p&gt;One &amp;amp; two.&lt;/p&gt;Three.",
        "isAccessibleForFree": "False",
    }
    found = read(linked(node))
    assert (found.body, found.locked) == ("\nOne & two.\nThree.", True)
    assert (read(linked(node | {"isAccessibleForFree": False})).locked, read().locked) == (True, False)


def test_how_alike_titles_are() -> None:
    assert alike("Wolves return", "wolves RETURN!") == 1
    assert alike("Wolves return", "Wolves stay") == 0.5
    assert alike("", "Wolves") == 0


@pytest.mark.parametrize(
    ("url", "front"),
    [
        ("", True),
        ("/", True),
        ("/de/", True),
        ("/index.php", True),
        ("/?p=1", False),
        ("/d", False),
        ("/de/wolves", False),
    ],
)
def test_front_pages(url: str, front: bool) -> None:
    assert is_front(f"https://gazette.example{url}") is front
