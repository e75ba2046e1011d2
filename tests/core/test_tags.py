"""Elements with so many attributes that their parser takes for ever."""

import pytest

from monitor.core import articles, feeds, tags
from monitor.core.errors import ParseError
from monitor.core.feeds import markup
from monitor.core.settings import SourceKind

MANY = range(tags.MOST_ATTRIBUTES + 100)


@pytest.mark.parametrize(
    ("html", "crowded"),
    [
        ("<p " + " ".join(f'a{n}="1"' for n in MANY), True),
        ("<p " + "".join(f'a{n}="1"' for n in MANY), True),
        ("<p " + "".join(f"a{n}='>'" for n in MANY), True),
        ("<p " + "/".join(f"a{n}" for n in MANY), True),
        ("<p " + "\n".join(f"a{n} = 1" for n in MANY), True),
        ('<p a=">" ' + " ".join(f'a{n}="<p"' for n in MANY), True),
        ("<p " + " ".join(f"a{n}=1" for n in range(400)) + ">", False),
        ('<p a="1">' * 1000, False),
        ("if (a<b) { " + "x=1;" * 10_000, False),
        ("<p> " + "word " * 10_000, False),
        ('<a href="' + "?a=b&" * 10_000 + '">', False),
        ("", False),
    ],
)
def test_attributes_are_counted(html: str, crowded: bool) -> None:
    assert tags.are_crowded(html) == crowded


def test_such_pages_are_not_parsed_and_such_texts_lose_their_markup() -> None:
    crowded = "<p " + " ".join(f'a{n}="1"' for n in MANY) + ">Wolves</p>"
    with pytest.raises(ParseError, match="more than 500 attributes"):
        articles.read(f"<html><body>{crowded}</body></html>".encode(), url="http://a.example/1")
    with pytest.raises(ParseError, match="more than 500 attributes"):
        feeds.read(f"<html>{crowded}</html>".encode(), url="http://a.example/", headers={}, kind=SourceKind.SITE)
    assert markup.plain(crowded) == "Wolves"


@pytest.mark.parametrize("page", [b"<html", b"<html ", b"<frameset><html", b"<body"])
def test_a_tag_alone_is_no_page(page: bytes) -> None:
    with pytest.raises(ParseError, match=r"not HTML|no text"):
        articles.read(page, url="http://a.example/1")
