"""The four filters, as other programs use them."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from monitor.core import words
from monitor.core.settings import Mark
from monitor.store import ledger
from monitor.store.sqlite import prepare
from support.commands import run, spawn, write_config

RSS = """<?xml version="1.0" encoding="{charset}"?>
<rss version="2.0"><channel><title>Вестник</title><language>ru</language>
<item><title>Волки вернулись</title><link>https://a.example/1</link><guid>urn:1</guid>
<pubDate>Sun, 22 Nov 2026 08:00:00 GMT</pubDate><description>Кратко &lt;b&gt;о них&lt;/b&gt;</description>
<category>Природа</category></item>
</channel></rss>"""
LISTING = """<html><head><title>News of the valley</title></head><body><nav><a href="/about">About</a></nav><main>
{}</main></body></html>""".format(
    "".join(
        f'<h3><a href="/news/2026/a-wolf-was-seen-near-village-{n}">A wolf was seen near village number {n}</a></h3>\n'
        for n in range(6)
    )
)
PARAGRAPH = (
    "The wolves have come back to the upper valley, and the shepherds are told to bring their flocks in at night. "
)
PAGE = f"""<html lang="en"><head><title>Wolves return - Gazette</title>
<meta property="og:title" content="Wolves return"><meta name="author" content="Ada Moor">
<meta property="article:published_time" content="2026-11-22T08:00:00Z"></head>
<body><nav>Menu and more menu</nav><article><h1>Wolves return</h1><p>{PARAGRAPH * 3}</p><p>{PARAGRAPH * 2}</p></article>
</body></html>"""


def filtered(*arguments: object, lines: list[Any]) -> tuple[int, list[dict[str, Any]]]:
    """The exit status and the lines of a filter; texts go in as they are, everything else as JSON."""
    given = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    done = spawn(*arguments, stdin=given.encode())
    assert done.err == ""
    return done.status, [json.loads(line) for line in done.out.splitlines()]


def test_parse(tmp_path: Path) -> None:
    (tmp_path / "plain.xml").write_bytes(RSS.format(charset="windows-1251").encode("windows-1251"))
    (tmp_path / "packed.gz").write_bytes(gzip.compress(RSS.format(charset="utf-8").encode(), mtime=0))
    (tmp_path / "listing.html").write_text(LISTING)
    (tmp_path / "broken.gz").write_bytes(b"\x1f\x8b and then nothing that can be unpacked")
    (tmp_path / "empty").write_bytes(b"")
    names = ("plain.xml", "packed.gz", "listing.html", "broken.gz", "empty", "missing")
    lines = [{"id": name, "url": "https://a.example/feed", "path": str(tmp_path / name)} for name in names]
    status, found = filtered("parse", lines=[*lines, {"id": 7, "url": "https://a.example/", "path": 3}])
    assert status == 0
    assert [each["id"] for each in found] == [*names, 7]
    plain, packed, listing, *wrong = found
    assert packed == plain | {"id": "packed.gz"}
    assert (plain["format"], plain["title"]) == ("rss", "Вестник")
    (entry,) = plain["entries"]
    assert len(entry.pop("key")) == 16
    assert entry == {
        "url": "https://a.example/1",
        "title": "Волки вернулись",
        "published": "2026-11-22T08:00:00Z",
        "updated": None,
        "author": None,
        "summary": "Кратко о них",
        "text": "",
        "language": "ru",
        "tags": ["Природа"],
    } | {"language": entry["language"]}
    assert (listing["format"], len(listing["entries"])) == ("listing", 6)
    assert [sorted(each) for each in wrong] == [["error", "id"]] * 4
    assert "no gzip" in wrong[0]["error"]
    assert "cannot be read: No such file" in wrong[2]["error"]
    assert wrong[3]["error"] == '"path" is not a text'


def test_extract(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE)
    url = "https://a.example/wolves"
    lines = [
        {"id": 1, "url": url, "path": str(tmp_path / "page.html")},
        {"id": 2, "url": url, "html": PAGE},
        {"id": 3, "url": url},
        {"id": 4, "html": PAGE},
    ]
    status, (one, two, three, four) = filtered("extract", lines=lines)
    assert status == 0
    assert two == one | {"id": 2}
    assert list(one) == ["id", "url", "title", "author", "published", "language", "text"]
    assert (one["url"], one["title"], one["author"], one["language"]) == (url, "Wolves return", "Ada Moor", "en")
    assert one["published"] == "2026-11-22T08:00:00Z"
    assert "the shepherds are told" in one["text"]
    assert "Menu" not in one["text"]
    assert (three, four) == ({"id": 3, "error": '"html" or "path" is missing'}, {"id": 4, "error": '"url" is missing'})


def test_match(tmp_path: Path) -> None:
    folder = write_config(tmp_path / "config")
    title = "\ud83d\udc3a and \ud800 Wolves"
    lines = [
        {"id": 1, "title": title, "text": "A wolf, they say. And SHEEP.", "language": "en"},
        {"id": 2, "title": "Волки", "text": None},
        {"id": 3, "title": "No sheep", "text": "Nothing to be found in this text of the valley.", "tags": ["x"]},
        {"id": 4, "title": ["wolf"]},
    ]
    status, (one, two, three, four) = filtered("--config", folder, "match", lines=lines)
    assert status == 0
    assert one["watchlists"] == ["wolves", "flock"]
    for hit in one["hits"]:
        text = title if hit["field"] == "title" else "A wolf, they say. And SHEEP."
        assert (
            text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")[hit["start"] : hit["end"]]
            == hit["surface"]
        )
    assert {(hit["watchlist"], hit["surface"]) for hit in one["hits"]} == {
        ("wolves", "Wolves"),
        ("wolves", "wolf"),
        ("flock", "Wolves"),
        ("flock", "wolf"),
        ("flock", "SHEEP"),
    }
    assert (two, three) == ({"id": 2, "watchlists": [], "hits": []}, {"id": 3, "watchlists": [], "hits": []})
    assert four == {"id": 4, "error": '"title" is not a text'}


def test_forms_that_match_has_to_work_out_are_kept(tmp_path: Path) -> None:
    watchlists = '[terms.wolves]\nen = ["wolf"]\n\n[watchlists.wolves]\n'
    folder = write_config(tmp_path / "config", watchlists=watchlists)
    database = tmp_path / "data" / "monitor.db"
    database.parent.mkdir()
    prepare(database)
    line = {"id": 1, "title": "", "text": "Two wolves.", "language": "en"}
    assert filtered("--config", folder, "--data-dir", database.parent, "match", lines=[line])[1][0]["watchlists"]
    with ledger.reading(database) as db:
        kept = ledger.forms(db, words.version())
    assert "wolves" in kept["en", "wolf", Mark.WORD]
    assert len(kept) == 1


def test_match_with_some_watchlists(tmp_path: Path) -> None:
    folder = write_config(tmp_path / "config")
    line = {"id": 1, "title": "", "text": "A wolf and SHEEP.", "language": "en"}
    status, (found,) = filtered("--config", folder, "match", "--watchlist", "flock", lines=[line])
    assert (status, found["watchlists"]) == (0, ["flock"])
    done = run("--config", folder, "match", "--watchlist", "flok")
    assert (done.status, done.err) == (2, "monitor: there is no watchlist 'flok'; did you mean 'flock'?\n")


def test_cluster() -> None:
    text = "The wolves have come back to the upper valley, and the shepherds bring their flocks in."

    def line(id_: object, url: str, text: str) -> dict[str, object]:
        source = f"Outlet {id_}"
        return {
            "id": id_,
            "url": url,
            "source": source,
            "published": "2026-11-22T08:00:00Z",
            "title": "T",
            "text": text,
        }

    lines = [
        line("a", "http://www.a.example/1?utm_source=x", text),
        line(2, "https://a.example/1", "Quite another text"),
        line("c", "https://c.example/1", text.upper()),
        line("d", "https://d.example/1", "Quite another text"),
        {"id": "e", "url": 5},
    ]
    status, found = filtered("cluster", lines=lines)
    assert status == 0
    assert found == [
        {"id": "a", "story": "a", "relation": "first"},
        {"id": 2, "story": "a", "relation": "duplicate"},
        {"id": "c", "story": "a", "relation": "duplicate"},
        {"id": "d", "story": "d", "relation": "first"},
        {"id": "e", "error": '"url" is not a text'},
    ]


def test_what_is_no_object_is_told_and_the_rest_goes_on() -> None:
    good = {"id": 1, "url": "https://a.example/", "title": "T", "text": "x"}
    status, found = filtered("cluster", lines=["nonsense", "[1]", "", "  ", good, "[" * 100_000])
    assert status == 1
    assert found == [
        {"id": None, "error": "the line is not JSON"},
        {"id": None, "error": "the line is not a JSON object"},
        {"id": 1, "story": 1, "relation": "first"},
        {"id": None, "error": "the line is not JSON"},
    ]


def test_nothing_in_is_nothing_out() -> None:
    assert filtered("cluster", lines=[]) == (0, [])


@pytest.mark.parametrize("headers", [["x"], "x"])
def test_headers_are_an_object(headers: object, tmp_path: Path) -> None:
    (tmp_path / "feed").write_text(RSS.format(charset="utf-8"))
    line = {"id": 1, "url": "https://a.example/", "path": str(tmp_path / "feed"), "headers": headers}
    assert filtered("parse", lines=[line]) == (0, [{"id": 1, "error": '"headers" is not an object'}])


def test_headers_tell_the_charset(tmp_path: Path) -> None:
    (tmp_path / "feed").write_bytes(RSS.replace(' encoding="{charset}"', "").encode("koi8-r"))
    headers = {"Content-Type": "text/xml; charset=koi8-r"}
    line = {"id": 1, "url": "https://a.example/", "path": str(tmp_path / "feed"), "headers": headers}
    _, (found,) = filtered("parse", lines=[line])
    assert found["title"] == "Вестник"
