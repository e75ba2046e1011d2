"""Lists of feeds: what can be read is read, whatever surrounds it; the rest is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from monitor.core import opml
from monitor.core.opml import Outline, read, write
from monitor.core.settings import Source, SourceKind

ONE = "https://one.example.org/feed"
TWO = "https://two.example.org/feed"


def feed(title: str = "One", url: str = ONE, *categories: str) -> Outline:
    return Outline(title=title, url=url, categories=categories)


def listed(body: str) -> str:
    return f'<?xml version="1.0"?>\n<opml version="2.0"><head><title>x</title></head><body>\n{body}\n</body></opml>\n'


@pytest.mark.parametrize(
    ("body", "outlines"),
    [
        (f'<outline type="rss" text="One" xmlUrl="{ONE}"/>', [feed()]),
        (f"<outline text='One' xmlUrl='{ONE}' />", [feed()]),
        (f'<OUTLINE TEXT="One" XMLURL="{ONE}"/>', [feed()]),
        (f'<outline text="One"\n  xmlUrl = "{ONE}"\n></outline>', [feed()]),
        (f'<outline text="Short" title="One" xmlUrl=" {ONE} "/>', [feed()]),
        (f'<outline xmlUrl="{ONE}"/>', [feed("")]),
        (f'<outline type="rss" text="One" url="{ONE}"/>', [feed()]),
        (
            f'<outline text="One" xmlUrl="{ONE}" htmlUrl="https://one.example.org/" language="en-gb"/>',
            [Outline(title="One", url=ONE, html_url="https://one.example.org/", language="en-gb")],
        ),
        (f'<outline text="One" xmlUrl="{ONE}" htmlUrl="javascript:alert(1)"/>', [feed()]),
        # What a list may not set
        (f'<outline text="One" xmlUrl="{ONE}" proxy="socks5://x" cookie="a=b" filter="rm -rf"/>', [feed()]),
        # Categories
        ((f'<outline text="News"><outline text="North"><outline text="One" xmlUrl="{ONE}"/></outline></outline>'
         f'<outline text="Two" xmlUrl="{TWO}"/>'), [feed("One", ONE, "News", "North"), feed("Two", TWO)]),
        (f'<outline text="One" xmlUrl="{ONE}" category="/News/North,tag,, "/>', [feed("One", ONE, "News/North", "tag")]),
        (f'<outline text="A"><outline xmlUrl="{ONE}"/></outline><outline text="B"><outline xmlUrl="{ONE}"/></outline>',
         [feed("", ONE, "A", "B")]),
        (f'<outline text="A"><outline text="One" xmlUrl="{ONE}"><outline text="Two" xmlUrl="{TWO}"/></outline></outline>',
         [feed("One", ONE, "A"), feed("Two", TWO, "A")]),
        (f'</outline></outline><outline text="One" xmlUrl="{ONE}"/>', [feed()]),
        # Not well-formed
        ('<outline text="R&D" xmlUrl="https://one.example.org/?a=1&copy=2&lt=3"/>',
         [feed("R&D", "https://one.example.org/?a=1&copy=2&lt=3")]),
        ('<outline text="caf&eacute; &amp;amp; &#x41;&#66;" xmlUrl="https://one.example.org/?a=1&amp;copy=2"/>',
         [feed("café &amp; AB", "https://one.example.org/?a=1&copy=2")]),
        (f'<outline text="One" description="a <b>bold</b> "word" here" xmlUrl="{ONE}"/>', [feed()]),
        ((f'<outline text="A"><outline text="One" xmlUrl="{ONE}" description="<a href="x">y</a>"/>'
         f'<outline text="Two" xmlUrl="{TWO}"/></outline>'), [feed("One", ONE, "A"), feed("Two", TWO, "A")]),
        (f'<outline text="A"><outline text="One" xmlUrl="{ONE}"/>', [feed("One", ONE, "A")]),
        (f'<outline text="a\n  b\x07\u2028c" xmlUrl="{ONE}"/>', [feed("a b c")]),
        (f'<!-- <outline xmlUrl="{TWO}"/> --><outline text="One" xmlUrl="{ONE}"/><!-- <outline xmlUrl="{TWO}"/>', [feed()]),
        (f'<outline>\n<outline/><outline text="One" xmlUrl="{ONE}"/>', [feed()]),
        (f'<!DOCTYPE x [<!ENTITY a "aaaa">]><outline text="&a;" xmlUrl="{ONE}"/>', [feed("&a;")]),
        (f'<outline text="{"x" * 1000}" xmlUrl="{ONE}"/>', [feed("x" * opml.MAX_TEXT)]),
    ],
)  # fmt: skip
def test_what_can_be_read(body: str, outlines: list[Outline]) -> None:
    assert read(listed(body).encode()) == (tuple(outlines), ())


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "windows-1251", "koi8-r"])
def test_charsets(charset: str) -> None:
    text = f'<?xml version="1.0" encoding="{charset}"?><opml><outline text="Новая газета" xmlUrl="{ONE}"/></opml>'
    assert read(text.encode(charset)) == ((feed("Новая газета"),), ())


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("", 'no feed is in it: a feed is an <outline xmlUrl="https://…">'),
        ("<html><body>404</body></html>", 'no feed is in it: a feed is an <outline xmlUrl="https://…">'),
        ('\n\n<outline text="One" xmlUrl="|rm -rf ~"/>',
         "line 3: One has an address that is not of the web (http:// or https://)"),
        ('<outline xmlUrl="file:///etc/passwd"/>',
         "line 1: an outline has an address that is not of the web (http:// or https://)"),
        ('<outline text="One" xmlUrl="https://one.example.org/\u200b"/>',
         "line 1: One has an address that is not of the web (http:// or https://)"),
        (f'<outline text="One" xmlUrl="{ONE}{"x" * opml.MAX_ADDRESS}"/>',
         "line 1: One has an address that is not of the web (http:// or https://)"),
        ('<outline text="One" type="rss"/>', "line 1: One has no address (xmlUrl)"),
        ('<outline text="One" type="link" url="https://one.example.org/"/>', "line 1: One is a link and not a feed"),
        ('<outline text="One" xmlUrl="https://one.exa', "line 1: One breaks off"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(body: str, problem: str) -> None:
    assert read(body.encode()) == ((), (problem,))


def test_problems_do_not_hide_what_is_right() -> None:
    body = f'<outline text="Zero" xmlUrl="zero"/>\n<outline text="One" xmlUrl="{ONE}"/>\n<outline text="Two" xmlUrl='
    outlines, problems = read(body.encode())
    assert outlines == (feed(),)
    assert [problem[:12] for problem in problems] == ["line 1: Zero", "line 3: Two "]


def test_a_list_is_bounded() -> None:
    assert read(b" " * (opml.MAX_BYTES + 1)) == (
        (),
        (f"the list is larger than {opml.MAX_BYTES} bytes: cut it into several",),
    )
    many = b'<outline type="rss"/>' * (opml.MAX_PROBLEMS + 5)
    _, problems = read(many)
    assert problems[-1] == "and 5 more like these"
    assert len(problems) == opml.MAX_PROBLEMS + 1
    deep = b'<outline text="x">' * opml.MAX_TAGS + f'<outline xmlUrl="{ONE}"/>'.encode()
    assert read(deep) == ((), (f"the list has more than {opml.MAX_TAGS} tags: what comes after them is not read",))
    folders = "".join(f'<outline text="{n}">' for n in range(opml.MAX_DEPTH + 5))
    [outline], _ = read(f'{folders}<outline xmlUrl="{ONE}"/>'.encode())
    assert outline.categories == tuple(map(str, range(opml.MAX_DEPTH)))


@given(
    st.lists(
        st.sampled_from(["<outline ", "/>", ">", '"', "'", "text=", "xmlUrl=", "http://a/", "<!--", "&", "\n", "a "])
    )
)
def test_anything_can_be_read(parts: list[str]) -> None:
    outlines, problems = read("".join(parts).encode())
    assert outlines or problems


SOURCES = (
    Source(name='One & "two" <three>', url="https://one.example.org/?a=1&b=2", language="ru", tags=("north", "a, b")),
    Source(name="Two", url=TWO),
    Source(name="Three", url="https://three.example.org/", kind=SourceKind.SITE),
)


def test_sources_are_written_and_read_again() -> None:
    outlines, problems = read(write(SOURCES))
    assert outlines == (
        Outline(
            title='One & "two" <three>',
            url="https://one.example.org/?a=1&b=2",
            language="ru",
            categories=("north", "a b"),
        ),
        feed("Two", TWO),
    )
    assert problems == ("line 9: Three is a link and not a feed",)


def test_what_is_written_is_opml() -> None:
    assert write(SOURCES[1:2]).decode() == (
        '<?xml version="1.0" encoding="utf-8"?>\n<opml version="2.0">\n  <head>\n    <title>Sources of Monitor</title>\n'
        f'  </head>\n  <body>\n    <outline type="rss" text="Two" title="Two" xmlUrl="{TWO}" />\n  </body>\n</opml>\n'
    )


@pytest.mark.parametrize(
    "name",
    ['"><outline xmlUrl="http://evil.example/', "]]>&amp;&#60;", "=cmd|'/C calc'!A0", "<!--", "\u202ename", "a\tb\nc"],
)
def test_no_name_breaks_out_of_a_list(name: str) -> None:
    written = write((Source(name=name, url="https://one.example.org/?a=%22&b=<'>", tags=(name,)),))
    (outline,) = etree.fromstring(written).iter("outline")
    assert outline.get("title") == name
    assert outline.get("xmlUrl") == "https://one.example.org/?a=%22&b=<'>"
