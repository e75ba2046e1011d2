"""Leaving out known items finds the same entries as reading the whole document."""

import json
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core import feeds
from monitor.core.errors import ParseError
from monitor.core.feeds import items
from monitor.core.model import Feed
from monitor.core.settings import SourceKind

URL = "https://example.org/feed"


def read(body: bytes, known: bytes = b"") -> Feed:
    return feeds.read(body, url=URL, headers={}, kind=SourceKind.FEED, known=known)


def rss(*titles: str, link: str = "https://example.org/{}") -> bytes:
    listed = "".join(
        f"<item><title>{escape(t)}</title><link>{escape(link.format(t))}</link><guid>{escape(t)}</guid></item>\n"
        for t in titles
    )
    return f"<rss version='2.0'><channel><title>Gazette</title>{listed}</channel></rss>".encode()


def titles(feed: Feed) -> list[str]:
    return [entry.title for entry in feed.entries]


def test_only_new_items_are_read() -> None:
    first = read(rss("a", "b", "c"))
    second = read(rss("d", "c", "b", "a"), first.digests)
    assert titles(second) == ["d"]
    assert (second.title, len(second.digests)) == ("Gazette", 4 * items.SIZE)
    assert titles(read(rss("d", "c", "b", "a"), second.digests)) == []
    assert second.digests[8:] == b"".join(first.digests[i : i + 8] for i in (16, 8, 0))


def test_a_changed_item_is_read_again() -> None:
    first = read(rss("a", "b"))
    assert titles(read(rss("a", "b").replace(b"<title>b", b"<title>B"), first.digests)) == ["B"]


@pytest.mark.parametrize("kind", ["rss", "json", "sitemap"])
def test_names_that_left_out_items_have_too(kind: str) -> None:
    def document(names: list[tuple[str, str]]) -> bytes:
        if kind == "json":
            listed = [{"id": guid, "url": "https://example.org/live?a=1&b=2", "title": title} for guid, title in names]
            return json.dumps({"items": listed}).encode()
        page = "https://example.org/live?a=1&amp;b=2"
        if kind == "sitemap":
            return b"<urlset>%s</urlset>" % b"".join(
                f"<url><loc>{page}</loc><lastmod>{title}</lastmod></url>".encode() for _, title in names
            )
        return b"<rss><channel>%s</channel></rss>" % b"".join(
            f"<item><title>{title}</title><link>{page}</link><guid><![CDATA[{guid}]]></guid></item>".encode()
            for guid, title in names
        )

    first = read(document([("same", "a"), ("one", "b")]))
    assert first.taken == ()
    second = read(document([("same", "c"), ("two", "d"), ("same", "a"), ("one", "b")]), first.digests)
    assert len(second.entries) == 2
    assert second.taken == ("https://example.org/live?a=1&b=2", *(("same",) if kind != "sitemap" else ()))


@pytest.mark.parametrize(
    "text",
    [
        "<rss><channel><item><title>a</title><item><title>b</title></item></item></channel></rss>",
        "<rss><channel><item><title>a</title></channel></rss>",
        "<rss><channel><item><title>a</title></entry></channel></rss>",
        "<rss><channel><item><title>a</title></item",
        "<rss><channel></item><item><title>a</title></item></channel></rss>",
        "<rss><channel><!-- <item><title>b</title></item> --><item><title>a</title></item></channel></rss>",
        "<rss><channel><item><title>a</title><![CDATA[ </item><item> ]]></item></channel></rss>",
        "<r:rss xmlns:r='http://purl.org/rss/1.0/'><r:item><r:title>a</r:title></r:item></r:rss>",
        "<rss xmlns:r='http://purl.org/rss/1.0/'><item><title>a</title></item><r:item><r:title>b</r:title></r:item></rss>",
    ],
)
def test_where_items_cannot_be_told_apart_all_are_read(text: str) -> None:
    feed = read(text.encode())
    assert feed.digests == b""
    assert titles(feed)[0] == "a"


PIECES = st.sampled_from(
    [
        "<title>Wolves &amp; bears</title>",
        "<title>R&D & more</title>",
        "<title><![CDATA[A <b>bold</b> title]]></title>",
        "<link>https://example.org/{}</link>",
        "<link>/{}?a=1&b=2</link>",
        "<guid>{}</guid>",
        "<description>one<br>two</description>",
        "<description>&lt;p&gt;text {}&lt;/p&gt;</description>",
        "<media:title>undeclared</media:title>",
        "<dc:creator>Anna</dc:creator>",
        "<dc:language>fr</dc:language>",
        "<category>&eacute;<b></category>",
        "<pubDate>Sun, 22 Nov 2026 12:00:00 GMT</pubDate>",
        "<source url='x'><title>no</title></source>",
        "<x a=1>",
        "</b>",
        "\x01",
        "words",
    ]
)
ITEM = st.lists(PIECES, max_size=5).map("".join)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(ITEM, max_size=7),
    st.lists(st.booleans(), min_size=7, max_size=7),
    st.sampled_from(
        ["", "<title>Gazette</title>", "<title>R&D</title>", "<link>/news/</link><b>", "<language>de</language>"]
    ),
    st.sampled_from(["</channel></rss>", "", "</rss>", "<!-- bye --></channel></rss>"]),
)
def test_any_split_gives_what_the_whole_gives_without_the_known(
    listed: list[str], known: list[bool], head: str, end: str
) -> None:
    space = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    body = "".join(f"<item>{item.replace('{}', str(i))}</item>\n" for i, item in enumerate(listed))
    document = f'<rss version="2.0" {space}><channel>{head}{body}{end}'.encode()
    try:
        whole = read(document)
    except ParseError:
        assert not listed
        return
    assert len(whole.entries) == len(listed)
    digests = [whole.digests[i : i + 8] for i in range(0, len(whole.digests), 8)]
    left_out = {digest for digest, is_known in zip(digests, known, strict=False) if is_known}
    part = read(document, b"".join(left_out))
    assert list(part.entries) == [entry for entry in whole.entries if entry.digest not in left_out]
    assert (part.digests, part.title, part.home, part.language) == (
        whole.digests,
        whole.title,
        whole.home,
        whole.language,
    )
