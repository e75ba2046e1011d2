import base64
import re
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.core import urls

PAGE = "https://example.org/news/wolves-are-back"


@pytest.mark.parametrize(
    "variant",
    [
        "http://example.org/news/wolves-are-back",
        "https://www.example.org/news/wolves-are-back/",
        "https://WWW.Example.ORG:443/news/wolves-are-back",
        "http://example.org:80/news//wolves-are-back#comments",
        "https://m.example.org/news/wolves-are-back",
        "https://mobile.example.org/news/./wolves-are-back",
        "https://www.m.example.org/news/x/../wolves-are-back",
        "https://amp.example.org/news/wolves-are-back",
        "https://example.org/news/wolves-are-back/amp/",
        "https://example.org/amp/news/wolves-are-back",
        "https://example.org/news/wolves-are-back.amp",
        "https://example.org/news/wolves-are-back?amp=1",
        "https://example.org/news/wolves-are-back?amp",
        "https://example.org/news/wolves-are-back?outputType=amp",
        "https://example-org.cdn.ampproject.org/c/s/example.org/news/wolves-are-back",
        "https://example-org.cdn.ampproject.org/v/s/www.example.org/news/wolves-are-back/amp/?amp_js_v=0.1&amp=1".replace(
            "amp_js_v=0.1&", ""
        ),
        "https://www.google.com/amp/s/example.org/news/wolves-are-back",
        "https://www.google.de/amp/www.example.org/news/wolves-are-back",
        "https://www.google.com/url?rct=j&sa=t&url=https://example.org/news/wolves-are-back&ct=ga&cd=CAEYACoT",
        "https://example.org/news/wolves-are-back?utm_source=rss&UTM_Medium=feed&fbclid=x",
        "https://example.org/news/wolves-are-back?gclid=1&yclid=2&at_medium=RSS&xtor=RSS-1&maca=en-rss",
        "https://example.org/news/wolves-are-back?ref=rss&from=telegram&ref_src=twsrc",
        "https://example.org/news/wolves-are-back?ref=example.org",
        "https://example.org/news/wolves-are-back;jsessionid=0A1B2C",
        "https://example.org/%6eews/wolves%2Dare%2dback",
        "https://example.org/news/wolves-are-back?",
        " https://example.org/news/wolves-\nare-back\t",
        "http://https://example.org/news/wolves-are-back",
        "https://example.org./news/wolves-are-back",
    ],
)
def test_one_page(variant: str) -> None:
    assert urls.canonical(variant) == PAGE
    assert urls.page_key(variant) == urls.page_key(PAGE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/news?id=1", "https://example.org/news?id=2"),
        ("https://example.org/?p=1", "https://example.org/?p=2"),
        ("https://example.org/?p=1", "https://example.org/"),
        ("https://example.org/a?article=1&utm_source=x", "https://example.org/a?article=2&utm_source=x"),
        ("https://example.org/a?ref=12", "https://example.org/a?ref=13"),
        ("https://example.org/a?cid=1", "https://example.org/a?cid=2"),
        ("https://example.org/a?at_id=1", "https://example.org/a?at_id=2"),
        ("https://example.org/a?ampere=1", "https://example.org/a?ampere=2"),
        ("https://example.org/A", "https://example.org/a"),
        ("https://example.org/amp", "https://example.org/"),
        ("https://example.org/champ", "https://example.org/ch"),
        ("https://example.org:8443/a", "https://example.org/a"),
        ("https://news.example.org/a", "https://example.org/a"),
        ("https://m.com/a", "https://com/a"),
        ("https://example.org/#!/news/1", "https://example.org/#!/news/2"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
        ("https://news.google.com/rss/articles/CBMi1", "https://news.google.com/rss/articles/CBMi2"),
    ],
)
def test_two_pages(one: str, other: str) -> None:
    assert urls.canonical(one) != urls.canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://xn--e1afmkfd.xn--p1ai/a", "https://пример.рф/a"),
        ("https://example.org/%d0%b2%D0%BE%d0%bb%d0%ba", "https://example.org/волк"),
        ("https://example.org/?q=%d0%b2", "https://example.org/?q=в"),
        ("https://example.org/?b=2&a=1", "https://example.org/?a=1&b=2"),
        ("https://example.org/?q=a+b", "https://example.org/?q=a%20b"),
        ("https://example.org/a b", "https://example.org/a%20b"),
        ("https://en.m.wikipedia.org/wiki/Wolf", "https://en.wikipedia.org/wiki/Wolf"),
        ("http://[2001:db8::1]:80/a", "https://[2001:db8::1]/a"),
        ("http://127.0.2.1:8080/a", "https://127.0.2.1:8080/a/"),
        ("https://example.org/a.amp.html", "https://example.org/a.html"),
        (
            "https://news.google.com/rss/articles/CBMiAU_yqLx?oc=5&hl=en",
            "https://news.google.com/read/CBMiAU_yqLx?gl=US",
        ),
    ],
)
def test_two_spellings(one: str, other: str) -> None:
    assert urls.canonical(one) == urls.canonical(other)


@pytest.mark.parametrize(
    "odd",
    ["", "mailto:a@b.example", "/only/a/path", "http://", "http://[::1", "https://a:port/", "ftp://example.org/x"],
)
def test_what_is_no_page_is_its_own_key(odd: str) -> None:
    assert urls.canonical(odd) == odd


@example("\x0c?")
@example("?b=\x0c&a=1")
@example("a/\x0c#x")
@given(st.text(alphabet=string.printable + "ёß\u202e\ud800", max_size=80))
def test_any_text_is_canonical_after_one_go(text: str) -> None:
    for url in (text, f"https://example.org/{text}", f"http://{text}/x?{text}"):
        once = urls.canonical(url)
        assert urls.canonical(once) == once
        assert -(2**63) <= urls.page_key(url) < 2**63
        assert isinstance(urls.cleaned(url), str)
        assert isinstance(urls.site(url), str)


@given(st.from_regex(re.compile(r"[a-z0-9/._~-]{0,30}"), fullmatch=True))
def test_the_quick_way_is_the_long_way(path: str) -> None:
    url = f"https://www.example.org/{path}"
    assert urls.canonical(url) == urls.canonical(url + "#long")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://www.Example.org/A/?utm_source=rss", "https://www.Example.org/A/"),
        ("https://example.org/a?id=1&utm_source=rss&x=2#part", "https://example.org/a?id=1&x=2"),
        ("https://example.org/a?crop/1420x708/format/webp", "https://example.org/a?crop/1420x708/format/webp"),
        ("https://example.org/a?amp=1", "https://example.org/a?amp=1"),
        ("https://example.org/a?", "https://example.org/a?"),
        ("https://example.org/#!/news/1?x=1", "https://example.org/#!/news/1?x=1"),
        ("https://example.org/a?ref=www.example.org", "https://example.org/a"),
        ("https://example.org/a?ref=other.example", "https://example.org/a?ref=other.example"),
        ("http://[::1?ref=a.b", "http://[::1?ref=a.b"),
    ],
)
def test_what_people_are_shown(url: str, shown: str) -> None:
    assert urls.cleaned(url) == shown


@pytest.mark.parametrize(
    ("url", "host", "site"),
    [
        ("https://news.bbc.co.uk/a", "news.bbc.co.uk", "bbc.co.uk"),
        ("https://www.Example.org:8080/", "www.example.org", "example.org"),
        ("https://пример.рф/", "xn--e1afmkfd.xn--p1ai", "xn--e1afmkfd.xn--p1ai"),
        ("https://straße.example.de", "xn--strae-oqa.example.de", "example.de"),
        ("https://desk.blogspot.com/x", "desk.blogspot.com", "desk.blogspot.com"),
        ("https://a.b.github.io/x", "a.b.github.io", "b.github.io"),
        ("http://127.0.2.1:80/", "127.0.2.1", "127.0.2.1"),
        ("http://[2001:db8::1]/", "2001:db8::1", "2001:db8::1"),
        ("http://localhost/", "localhost", "localhost"),
        ("https://co.uk/", "co.uk", "co.uk"),
        ("https://uk/", "uk", "uk"),
        ("nothing", "", ""),
        ("http://[::1", "", ""),
    ],
)
def test_host_and_site(url: str, host: str, site: str) -> None:
    assert urls.host(url) == host
    assert urls.site(url) == site


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "http://127.0.0.1:8080/a?b#c",
        "https://пример.рф/а",
        "HTTPS://EXAMPLE.ORG/",
        "http://[::1]/",
    ],
)
def test_fetchable(url: str) -> None:
    assert urls.is_fetchable(url)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hostname",
        "FILE:///etc/hostname",
        "source:file:///etc/hostname",
        "%66ile:///etc/hostname",
        "jar:http://example.org!/",
        "data:text/html,x",
        "javascript:alert(1)",
        "//example.org/",
        "example.org",
        "http:///path",
        "http://169.254.169.254:8888\\@host/",
        "http://user:secret@example.org/",
        "http://@example.org/",
        "http://example.org/a b",
        "http://exam\nple.org/",
        "http://example.org/\x00",
        "http://example.org/\u2028",
        "http://example.org:99999/",
        "http://example.org:x/",
        "http://exa%6dple.org/",
        "http://a..b/",
        "http://-\u00ad\u200b/",
        "http://[::1",
        "http://example.org/" + "a" * urls.MAX_LENGTH,
        "http://" + "a." * 130 + "org/",
    ],
)
def test_not_fetchable(url: str) -> None:
    assert not urls.is_fetchable(url)


@pytest.mark.parametrize(
    ("href", "joined"),
    [
        ("b", "https://example.org/news/b"),
        ("/b?x=1", "https://example.org/b?x=1"),
        ("//other.example/b", "https://other.example/b"),
        ("  http://other.example/b\n", "http://other.example/b"),
        ("http://other.example/a\n b", "http://other.example/a%20b"),
        ("http://http://other.example/b", "http://other.example/b"),
        ("", "https://example.org/news/a"),
        ("mailto:desk@example.org", None),
        ("javascript:void(0)", None),
        ("http://[::1", None),
        ("/\\other.example", None),
    ],
)
def test_join(href: str, joined: str | None) -> None:
    assert urls.join("https://example.org/news/a", href) == joined


def google_news(target: bytes) -> str:
    length = bytes([len(target)]) if len(target) < 128 else bytes([len(target) & 0x7F | 0x80, len(target) >> 7])
    article = base64.urlsafe_b64encode(b"\x08\x13\x22" + length + target + b"\xd2\x01\x00").decode().rstrip("=")
    return f"https://news.google.com/rss/articles/{article}?oc=5"


@pytest.mark.parametrize(
    "target", ["https://example.org/a", f"https://example.org/{'a' * 180}", "https://example.org/в"]
)
def test_google_news_links_that_carry_the_address(target: str) -> None:
    link = google_news(target.encode())
    assert urls.direct(link) == target
    assert urls.canonical(link) == urls.canonical(target)


@pytest.mark.parametrize(
    "link",
    [
        google_news(b"AU_yqLMxxxxxxxxxxxxxxxxxxxxxx"),
        google_news(b"https://example.org/a").replace("?oc=5", "")[:-12],
        google_news(b"http://\xff\xfe.example/aaaaaaaaaaaaa"),
        "https://news.google.com/rss/articles/AAAAAAAAAAAAAAAAAAAAAAAAA",
        "https://news.google.com/topics/x",
        "https://www.google.com/url?sa=t",
        "https://www.google.com/url?url=file:///etc/hostname",
        "https://www.google.com/search?q=https://example.org/",
        "https://www.google.com/amp/nothing",
        "https://google.example.org/url?url=https://example.org/",
        "http://[::1",
    ],
)
def test_links_that_say_nothing_stay(link: str) -> None:
    assert urls.direct(link) == link
