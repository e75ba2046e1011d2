"""Feeds of every format, right and wrong, to entries."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from html import escape

import pytest

from monitor.core import feeds
from monitor.core.errors import ParseError
from monitor.core.model import Entry, Feed, FeedFormat
from monitor.core.settings import SourceKind

URL = "https://example.org/feeds/all.xml"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:xhtml="http://www.w3.org/1999/xhtml" '
    'xmlns:other="urn:other"'
)


def read(text: str | bytes, *, content_type: str = "", known: bytes = b"", url: str = URL) -> Feed:
    body = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return feeds.read(body, url=url, headers={"content-type": content_type}, kind=SourceKind.FEED, known=known)


def rss(items: str, head: str = "<title>Gazette</title><link>https://example.org/</link>") -> str:
    return f'<?xml version="1.0"?>\n<rss version="2.0" {SPACES}><channel>{head}{items}</channel></rss>'


def atom(entries: str, head: str = '<title>Gazette</title><link href="https://example.org/"/>') -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{entries}</feed>'


def only(feed: Feed) -> Entry:
    (entry,) = feed.entries
    return entry


# Formats


def test_rss() -> None:
    feed = read(
        rss(
            """<item><title>Wolves &amp; bears</title><link>https://example.org/wolves?id=1&amp;utm_source=x</link>
            <guid isPermaLink="false">post-1</guid><pubDate>Sun, 22 Nov 2026 12:00:00 GMT</pubDate>
            <description>&lt;p&gt;They are &lt;b&gt;back&lt;/b&gt;.&lt;/p&gt;</description>
            <author>anna@example.org (Anna Smith)</author>
            <category>nature</category><category domain="x">wolves</category><category>nature</category>
            <content:encoded><![CDATA[<p>They are <b>back</b>.</p><script>x()</script><p>R&amp;D says so.</p>]]>
            </content:encoded></item>""",
            "<title>The Gazette</title><link>https://example.org/</link><language>en-GB</language><ttl>30</ttl>",
        )
    )
    assert (feed.format, feed.title, feed.home, feed.language) == (
        FeedFormat.RSS,
        "The Gazette",
        "https://example.org/",
        "en",
    )
    assert feed.ttl == timedelta(minutes=30)
    assert only(feed) == Entry(
        guid="post-1",
        url="https://example.org/wolves?id=1&utm_source=x",
        title="Wolves & bears",
        published=NOON,
        author="Anna Smith",
        summary="They are back.",
        text="They are back.\nR&D says so.",
        language="en",
        tags=("nature", "wolves"),
        digest=feed.digests,
    )


def test_atom() -> None:
    feed = read(
        atom(
            """<entry xml:lang="fr"><title type="html">Loups &amp;amp; ours</title><id>tag:example.org,2026:1</id>
            <link rel="self" href="/api/1"/><link rel="alternate" type="text/html" href="/loups"/>
            <published>2026-11-22T12:00:00Z</published><updated>2026-11-22T13:00:00Z</updated>
            <author><name>Anne</name><email>anne@example.org</email></author><author><email>b@example.org</email></author>
            <summary>Ils sont l&#224;.</summary><category term="n" label="nature"/><category term="loups"/>
            <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Ils sont <b>l&#224;</b>.</p>
            <script>x()</script><p>Encore.</p></div></content></entry>"""
        )
    )
    assert (feed.format, feed.title, feed.home) == (FeedFormat.ATOM, "Gazette", "https://example.org/")
    assert only(feed) == Entry(
        guid="tag:example.org,2026:1",
        url="https://example.org/loups",
        title="Loups & ours",
        published=NOON,
        updated=NOON + timedelta(hours=1),
        author="Anne, b@example.org",
        summary="Ils sont là.",
        text="Ils sont là.\nEncore.",
        language="fr",
        tags=("nature", "loups"),
        digest=feed.digests,
    )


def test_rdf() -> None:
    feed = read(
        f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" {SPACES}>
        <channel rdf:about="https://example.org/"><title>Gazette</title><link>https://example.org/</link>
        <dc:language>ru</dc:language><sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>
        <items><rdf:Seq><rdf:li rdf:resource="https://example.org/1"/></rdf:Seq></items></channel>
        <item rdf:about="https://example.org/1"><title>Волки</title><link>https://example.org/1</link>
        <dc:date>2026-11-22T15:00:00+03:00</dc:date><dc:creator>Анна</dc:creator><dc:subject>природа</dc:subject></item></rdf:RDF>"""
    )
    assert (feed.format, feed.title, feed.language, feed.ttl) == (FeedFormat.RDF, "Gazette", "ru", timedelta(hours=6))
    entry = only(feed)
    assert (entry.guid, entry.url, entry.title) == ("https://example.org/1", "https://example.org/1", "Волки")
    assert (entry.published, entry.updated, entry.author, entry.tags) == (NOON, NOON, "Анна", ("природа",))


def test_old_atom_and_cdf() -> None:
    old = read(
        """<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Gazette</title><entry><title>Wolves</title>
        <issued>2026-11-22T12:00:00Z</issued><link rel="alternate" type="text/html" href="https://example.org/1"/>
        <content type="text/html" mode="base64">PHA+VGhleSBhcmUgYmFjay48L3A+</content></entry></feed>"""
    )
    assert (old.format, only(old).title, only(old).published) == (FeedFormat.ATOM, "Wolves", NOON)
    assert only(old).summary == "They are back."
    cdf = read(
        """<channel href="https://example.org/"><title>Gazette</title>
        <item href="https://example.org/1" lastmod="2026-11-22T12:00">
        <title>Wolves</title><abstract>They are back.</abstract></item></channel>"""
    )
    assert (only(cdf).url, only(cdf).title, only(cdf).summary) == ("https://example.org/1", "Wolves", "They are back.")


@pytest.mark.parametrize("version", ["https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1"])
def test_json_feed(version: str) -> None:
    feed = read(
        json.dumps(
            {
                "version": version,
                "title": "Gazette",
                "home_page_url": "https://example.org/",
                "language": "de-AT",
                "items": [
                    {
                        "id": 17,
                        "url": "/wolves",
                        "title": "Wölfe\r\nBcc: \ud800\x00",
                        "content_html": "<p>Sie sind <b>zurück</b>.</p><p>Wirklich.</p>",
                        "summary": "Sie sind zurück.",
                        "date_published": "2026-11-22T12:00:00Z",
                        "date_modified": "2026-11-22T13:00:00Z",
                        "authors": [{"name": "Anna"}, {"url": "https://example.org/b"}, "Bert"],
                        "author": {"name": "Anna"},
                        "language": "de",
                        "tags": ["natur", 7],
                    },
                    "nothing",
                    {
                        "id": True,
                        "external_url": "https://other.example/1",
                        "content_text": "a <b> & c",
                        "tags": "x",
                        "title": None,
                    },
                ],
            }
        ),
        content_type="text/html",
    )
    first, second = feed.entries
    assert (feed.format, feed.title, feed.home, feed.language) == (
        FeedFormat.JSON,
        "Gazette",
        "https://example.org/",
        "de",
    )
    assert (first.guid, first.url, first.title) == ("17", "https://example.org/wolves", "Wölfe Bcc: \ufffd")
    assert (first.summary, first.text) == ("Sie sind zurück.", "Sie sind zurück.\nWirklich.")
    assert (first.published, first.updated) == (NOON, NOON + timedelta(hours=1))
    assert (first.author, first.language, first.tags) == ("Anna, Bert", "de", ("natur",))
    assert (second.guid, second.url, second.title) == (None, "https://other.example/1", "")
    assert (second.summary, second.text) == ("a <b> & c", "a <b> & c")


def test_fields_of_extensions() -> None:
    feed = read(
        rss(
            """<item><media:group><media:title>A film of wolves</media:title><media:description>They run.</media:description>
            <media:keywords>wolves, snow</media:keywords></media:group><other:title>no</other:title>
            <itunes:author>Anna</itunes:author><itunes:category text="nature"/><guid>https://example.org/1</guid></item>
            <item><feedburner:origLink>https://example.org/2</feedburner:origLink><link>https://feeds.example.com/~r/2</link>
            <dc:title>Bears</dc:title><description>short</description>
            <media:description>A much longer text about bears</media:description>
            <dc:creator>Bert &lt;b@example.org&gt;</dc:creator><author>c@example.org</author></item>"""
        )
    )
    film, bears = feed.entries
    assert (film.title, film.summary, film.url) == ("A film of wolves", "They run.", "https://example.org/1")
    assert (film.author, film.tags) == ("Anna", ("nature", "wolves", "snow"))
    assert (bears.title, bears.url) == ("Bears", "https://example.org/2")
    assert (bears.summary, bears.text) == ("short", "A much longer text about bears")
    assert bears.author == "c@example.org, Bert"


@pytest.mark.parametrize(
    ("content", "summary", "text"),
    [
        ("<summary>a &lt;b&gt;</summary>", "a <b>", ""),
        ("<content type='html'>&lt;p&gt;a&lt;/p&gt;</content>", "a", "a"),
        ("<summary>same</summary><content>same</content>", "same", "same"),
        ("<summary>the longer one</summary><content>short</content>", "the longer one", ""),
        ("<content type='image/png'>iVBORw0KGgo=</content>", "", ""),
        ("<content type='application/xml'><x xmlns='urn:x'>words</x></content>", "words", "words"),
        ("<summary type='text'>a &amp;amp; b</summary>", "a &amp; b", ""),
    ],
)
def test_summary_and_text(content: str, summary: str, text: str) -> None:
    entry = only(read(atom(f"<entry><id>1</id>{content}</entry>".replace("<summary>", "<summary type='text'>"))))
    assert (entry.summary, entry.text) == (summary, text)


# Links


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ("<link>https://example.org/1</link>", "https://example.org/1"),
        ("<link> /1\n</link>", "https://example.com/1"),
        ("<link>1.html</link>", "https://example.com/news/1.html"),
        ("<link xml:base='https://example.net/x/'>1.html</link>", "https://example.com/news/1.html"),
        ("<guid>https://example.org/1</guid>", "https://example.org/1"),
        ("<guid isPermaLink='false'>https://example.org/1</guid>", "https://example.org/1"),
        ("<guid>17</guid>", None),
        ("<link/><atom:link rel='alternate' href='https://example.org/1'/>", "https://example.org/1"),
        ("<atom:link rel='via' href='/via'/><atom:link rel='self' href='/self'/>", "https://example.com/via"),
        (
            "<link>javascript:alert(1)</link><guid isPermaLink='true'>https://example.org/1</guid>",
            "https://example.org/1",
        ),
        ("<link>http://user:pw@example.org/</link>", None),
        (
            "<link>https://www.google.com/url?sa=t&amp;url=https://example.org/1&amp;ct=ga</link>",
            "https://example.org/1",
        ),
    ],
)
def test_links_of_rss(item: str, url: str | None) -> None:
    head = "<title>Gazette</title><link>https://example.com/news/</link>"
    assert only(read(rss(f"<item><title>Wolves</title>{item}</item>", head))).url == url


def test_xml_base() -> None:
    feed = read(
        atom("<entry xml:base='/a/'><id>1</id><link href='b'/></entry><entry><id>2</id><link href='b'/></entry>")
    )
    assert [entry.url for entry in feed.entries] == ["https://example.org/a/b", "https://example.org/feeds/b"]


# Charsets

WORDS = {"ru": "Волки вернулись в город, говорят жители", "fr": "Les loups sont arrivés à la forêt, dit-on"}


@pytest.mark.parametrize("declared", ["header", "document", "both", "wrong header", "wrong document"])
@pytest.mark.parametrize(
    ("language", "charset"),
    [("ru", "utf-8"), ("ru", "windows-1251"), ("ru", "koi8-r"), ("fr", "iso-8859-1"), ("fr", "utf-8")],
)
@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
def test_charsets(kind: str, language: str, charset: str, declared: str) -> None:
    wrong = "iso-8859-1" if charset == "utf-8" else "utf-8"
    in_header = {"document": "", "wrong header": wrong}.get(declared, charset)
    in_document = {"header": "", "wrong document": wrong}.get(declared, charset)
    title = WORDS[language]
    text = {
        "rss": rss(f"<item><title>{title}</title></item>").replace('<?xml version="1.0"?>\n', ""),
        "atom": atom(f"<entry><title>{title}</title></entry>"),
        "json": json.dumps({"items": [{"title": title}]}, ensure_ascii=False),
    }[kind]
    if in_document and kind != "json":
        text = f'<?xml version="1.0" encoding="{in_document}"?>{text}'
    content_type = f"text/xml; charset={in_header}" if in_header else "application/octet-stream"
    if kind == "json" and declared == "document":
        content_type = f"application/json; charset={charset}"
    assert only(read(text.encode(charset), content_type=content_type)).title == title


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32"])
def test_unicode_in_other_bytes(charset: str) -> None:
    feed = read(
        rss(f"<item><title>{WORDS['ru']}</title></item>").replace('"1.0"?', '"1.0" encoding="utf-16"?').encode(charset)
    )
    assert (only(feed).title, len(feed.digests)) == (WORDS["ru"], 8)


def test_gzip_that_nobody_declared() -> None:
    assert only(read(gzip.compress(rss("<item><title>Wolves</title></item>").encode(), mtime=0))).title == "Wolves"
    with pytest.raises(ParseError, match="damaged gzip"):
        read(b"\x1f\x8b broken")
    with pytest.raises(ParseError, match="more than 64 MiB"):
        read(gzip.compress(b" " * (65 << 20), 1, mtime=0))


# Not well-formed


@pytest.mark.parametrize(
    "fault",
    [
        "<category>R&D \x01 <b></category>",
        "<category>a < b</category>",
        "<category>caf&eacute;&nbsp;&unknown;&#x1;&#xD800;&#65;</category>",
        "<media:thumbnail url='x'>",
        "<undeclared:thing>x</undeclared:thing>",
        "<description>one<br>two</description>",
        "<other a=1>x</other>",
        "</closed>",
        "<description><![CDATA[ & <b> ]]>& more</description>",
    ],
)
@pytest.mark.parametrize("place", ["one", "all", "head", "after"])
def test_faults_cost_no_entry(fault: str, place: str) -> None:
    item = "<item>{}<title>Wolves &amp; bears {}</title><link>https://example.org/{}?a=1&amp;b=2</link></item>"
    items = [item.format(fault if place == "all" or (place == "one" and i == 2) else "", i, i) for i in range(4)]
    head = "<title>Gazette</title><link>https://example.org/</link>" + (fault if place == "head" else "")
    feed = read(rss("\n".join(items) + (fault if place == "after" else ""), head))
    assert [entry.title for entry in feed.entries] == [f"Wolves & bears {i}" for i in range(4)]
    assert [entry.url for entry in feed.entries] == [f"https://example.org/{i}?a=1&b=2" for i in range(4)]
    assert feed.title == "Gazette"
    assert len(feed.digests) == 4 * 8


@pytest.mark.parametrize(
    "text",
    [
        "Warning: mysql_connect() in <b>/var/www/feed.php</b> on line <b>7</b><br />\n"
        + rss("<item><title>Wolves</title></item>"),
        "<!-- comment --><!-- <rss> -->\n\n<?xml version='1.0'?><?xml version='1.0'?>"
        + rss("<item><title>Wolves</title></item>"),
        "1 < 2 " + rss("<item><title>Wolves</title></item>"),
        rss(f"<item x='{'a' * 5000}'><title>Wolves</title></item>"),
        "<html><body>" + atom("<entry><title>Wolves</title></entry>") + "</body></html>",
        "\ufeff\ufeff  " + rss("<item><title>Wolves</title></item>"),
        rss("<item><title>Wolves</title></item>") + "<!-- 0.3 s --> <p>trailing",
        rss("<item><title>Wolves</title></item>").replace("</channel></rss>", ""),
        rss("<item><title>Wolves</title>"),
        rss("<ITEM><TITLE>Wolves</TITLE></ITEM>"),
        "<rss rss:version=2.0><rss:channel><rss:item><rss:title>Wolves</rss:title></rss:item></rss:channel></rss>",
        "<r:rss xmlns:r='http://backend.userland.com/rss2'><r:channel><r:item><r:title>Wolves</r:title></r:item></r:channel></r:rss>",
        "<news><item><title>Wolves</title></item></news>",
        rss("<item><title>Wolves</title></item>").replace(
            "<rss", "<!DOCTYPE rss PUBLIC '-//Netscape//DTD RSS 0.91//EN' 'http://x'><rss"
        ),
        rss("<!-- <item><title>Bears</title></item> --><item><title>Wolves</title></item>"),
        rss("<item><title>Wolves</title><description><![CDATA[</item><item>]]></description></item>"),
        rss("<item><title>Wolves</title><media:rating/><description>&#99999999999;</description></item>"),
    ],
)
def test_feeds_in_odd_surroundings(text: str) -> None:
    assert [entry.title for entry in read(text).entries] == ["Wolves"]


def test_an_empty_feed_is_a_feed() -> None:
    for text in (rss(""), atom(""), rss("").replace("<channel>", "<channel><undeclared:x>"), '{"items": []}'):
        feed = read(text)
        assert feed.entries == ()
        assert feed.digests == b""


def test_an_item_without_a_word_is_kept() -> None:
    assert only(read(rss('<item><enclosure url="https://example.org/a.mp3" type="audio/mpeg"/></item>'))).url is None


def test_ttl() -> None:
    def told(head: str) -> timedelta | None:
        return read(rss("", head)).ttl

    assert told("<ttl>60</ttl>") == timedelta(hours=1)
    assert told("<ttl>0</ttl>") is None
    assert told("<ttl>99999999999</ttl>") == timedelta(days=365)
    assert told("<ttl>soon</ttl><sy:updatePeriod> hourly </sy:updatePeriod>") == timedelta(hours=1)
    assert told("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>") == timedelta(
        days=1
    )
    assert told("<sy:updatePeriod>now and then</sy:updatePeriod>") is None


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("<skipHours><hour>0</hour><hour> 24 </hour><hour>5</hour><hour>25</hour><hour>x</hour></skipHours>", "0 5/"),
        ("<skipDays><day>Saturday</day><day>sunday</day><day>Caturday</day></skipDays>", "/5 6"),
        ("<skipDays><day>Monday</day></skipDays><skipHours><hour>23</hour></skipHours>", "23/0"),
        (f"<skipHours>{''.join(f'<hour>{n}</hour>' for n in range(24))}</skipHours>", ""),
        ("<skipHours/>", ""),
    ],
)
def test_hours_and_days_on_which_it_wants_not_to_be_read(head: str, told: str) -> None:
    assert read(rss("", f"<title>Gazette</title>{head}")).skips == told
    assert read(rss("", f"<title>Gazette</title>{head}<b>")).skips == told  # not well-formed: the lenient reader


def test_how_often_a_feed_that_is_not_well_formed_wants_to_be_read() -> None:
    assert read(rss("", "<ttl>60</ttl><b>")).ttl == timedelta(hours=1)
    assert read(rss("", "<sy:updatePeriod>hourly</sy:updatePeriod><b>")).ttl == timedelta(hours=1)
    assert read(rss("", "<b><skipHours><hour>1</hour>")).skips == ""  # it never ends


# What is no feed


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<html><title>Just a moment...</title><p>Checking your browser before you go on.</p></html>", "bot-wall"),
        ("<html><p>We and our partners store and access information.</p><p>Accept all</p></html>", "consent-wall"),
        ("<html><title>gazette.example</title><p>This domain is for sale!</p></html>", "parked-domain"),
        ("<html><script src='https://www.sedoparking.com/x.js'></script><p>Related links</p></html>", "parked-domain"),
        (
            "<html><title>The Gazette</title><p>Wolves were counted twice on the road to Felden.</p></html>",
            "not-a-feed",
        ),
        ("", "empty"),
        ("{}", "not-a-feed"),
    ],
)
def test_what_came_instead_of_a_feed_has_a_kind(body: str, kind: str) -> None:
    with pytest.raises(ParseError) as caught:
        read(body)
    assert caught.value.kind == kind


def test_a_wall_in_front_of_a_list_of_articles_is_told_as_one() -> None:
    wall = b"<html><title>Just a moment...</title><p>Checking your browser before you go on.</p></html>"
    for body, kind in ((wall, "bot-wall"), (b"<html><p>Nothing here.</p></html>", "no-links")):
        with pytest.raises(ParseError) as caught:
            feeds.read(body, url=URL, headers={}, kind=SourceKind.SITE, links="main a")
        assert caught.value.kind == kind


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \n\t\xef\xbb\xbf", "empty"),
        (b"<html><p>Hello", "a web page, not a feed; feeds it names: none"),
        (
            b"<link rel=feed type='application/rss+xml' href='/rss'><link rel=feed type='application/atom+xml' href='/a'>",
            "a web page, not a feed; feeds it names: https://example.org/rss, https://example.org/a",
        ),
        (b"Hello", "plain text"),
        (bytes([0xD0, 0xFF, 0xFE, 0x81]) * 40, "neither a feed nor a page"),
        (b"{'a': 1}", "neither a feed nor JSON"),
        (b"[" * 200_000, "neither a feed nor JSON"),
        (b'{"a": 1}', "JSON, but not a JSON Feed"),
        (b"[1]", "JSON, but not a JSON Feed"),
        (b"<?xml version='1.0'?><opml><body/></opml>", "an XML document <opml>, not a feed"),
        (b"<rss><channel><title>" + b" " * 100_000, "not well-formed XML, and no entry can be read"),
        (b"<rss><channel>" + b"<item>" * 25_001, "not well-formed XML, and no entry can be read"),
        (b"<rss><channel><item>" + b"<b>" * 500_000, "not well-formed XML, and too much of it"),
        (b"<rss><item " + b" ".join(b"a%d='1'" % i for i in range(40_000)) + b"/></rss>", "more than 500 attributes"),
        (b"<!DOCTYPE rss [" * 1000, "neither a feed nor a page"),
    ],
)
def test_what_came_instead_is_said(body: bytes, reason: str) -> None:
    with pytest.raises(ParseError) as error:
        read(body)
    assert reason in str(error.value)
    assert len(str(error.value)) < 300


# Attacks


def test_no_entity_grows_or_names_a_file() -> None:
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    dtd = f"""<!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}
    <!ENTITY x SYSTEM "file:///etc/hostname"><!ENTITY % p SYSTEM "http://x/"> %p;
    <!ENTITY dash "&#8212;"><!ENTITY long "{"x" * 100}">]>"""
    feed = read(
        rss("<item><title>Wolves &x; &l9; &long; &dash; &l0; back</title><guid>1</guid></item>").replace(
            "<rss", dtd + "<rss"
        )
    )
    assert only(feed).title == "Wolves &x; &l9; &long; — ha back"


@pytest.mark.parametrize(
    "item",
    [
        "<item><title>Wolves</title><![CDATA[" + "<![CDATA[" * 20_000 + "</item>",
        "<item><title>Wolves</title>" + "<!--" * 20_000,
        "<item><title>Wolves</title>" + "<" * 50_000 + "</item>",
        "<item><title>Wolves</title>" + "&" * 50_000 + "</item>",
        "<item><title>Wolves</title>" + "<a b='" * 10_000 + "</item>",
        "<item><title>Wolves</title><description>" + escape("<div>" * 50_000) + "</description></item>",
        "\n" * 200_000 + "<item><title>Wolves</title></item>",
    ],
)
def test_bytes_that_are_made_to_take_long(item: str) -> None:
    assert read("\n" * 100_000 + rss(item)).entries[0].title.startswith("Wolves")


def test_at_most_25_000_entries() -> None:
    assert len(read(rss("<item/>" * 25_001)).entries) == 25_000
    assert len(read(json.dumps({"items": [{}] * 25_001})).entries) == 25_000


def test_what_feedparser_fails_on_is_read_as_far_as_possible() -> None:
    broken = "<item><title>Wolves</title><description>&#99999999999;</description>"
    assert only(read(rss(broken))).title == "Wolves"
    with pytest.raises(ParseError, match="feedparser fails on it"):
        read(f"<news>{broken}")


def test_lenient_reading_of_rdf_and_of_pictures() -> None:
    rdf = read(
        "<rdf:RDF xmlns='http://purl.org/rss/1.0/'><channel><title>R&D</title></channel><item><title>Wolves<b></title></item>"
    )
    assert (rdf.format, only(rdf).title) == (FeedFormat.RDF, "Wolves")
    entry = only(read(atom("<entry><title>Wolves</title><content type='image/png'>iVBORw0KGgo=</content><b></entry>")))
    assert (entry.title, entry.summary, entry.text) == ("Wolves", "", "")


# Hubs


@pytest.mark.parametrize(
    ("body", "hubs", "topic"),
    [
        (
            atom("", '<link rel="hub" href="https://hub.example/"/><link rel="self" href="/feed"/>'),
            ("https://hub.example/",),
            "https://example.org/feed",
        ),
        (
            rss(
                "<item><title>Wolves</title></item>",
                '<title>G</title><atom:link rel="HUB other" href="https://hub.example/"/>'
                '<atom:link rel="hub" href="https://two.example/"/><atom:link rel="self" href="https://example.org/f"/>',
            ),
            ("https://hub.example/", "https://two.example/"),
            "https://example.org/f",
        ),
        (
            atom(
                "<entry><title>W",
                '<title>G<b></title><link rel="self" href="/f"/><link rel="hub" href="https://hub.example"/>',
            ),
            ("https://hub.example",),
            "https://example.org/f",
        ),
        (
            json.dumps(
                {
                    "version": "https://jsonfeed.org/version/1.1",
                    "items": [],
                    "feed_url": "https://example.org/feed.json",
                    "hubs": [
                        {"type": "rssCloud", "url": "https://cloud.example/"},
                        {"type": "WebSub"},
                        "https://text.example/",
                        {"type": "WebSub", "url": "https://hub.example/"},
                    ],
                }
            ),
            ("https://hub.example/",),
            "https://example.org/feed.json",
        ),
        (rss("<item><title>Wolves</title></item>"), (), ""),
        (json.dumps({"items": []}), (), ""),
        (atom("", '<link rel="hub" href="javascript:alert(1)"/><link rel="self" href="ftp://example.org/"/>'), (), ""),
    ],
)
def test_a_feed_names_its_hubs_and_what_it_is_called_there(body: str, hubs: tuple[str, ...], topic: str) -> None:
    feed = read(body)

    assert (feed.hubs, feed.topic) == (hubs, topic)
