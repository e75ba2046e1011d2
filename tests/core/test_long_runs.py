"""What the daemon does in its own process with what strangers wrote takes no longer than that is long: nobody could end it
there. Rows of one thing, which patterns that look ahead would go through again at each step."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from monitor.core import changes, dates, http, intake, render, text, tokens, urls, watch, websub
from monitor.core.articles import metadata, walls
from monitor.core.model import Document, EventType
from monitor.core.render import clean
from monitor.core.settings import Mark, Term, TermSet, Watchlist
from monitor.core.stories import copies, news
from monitor.fetch import robots

LENGTH = 10_000
SECONDS = 1.0
"""For all rows of one kind; next to nothing is usual, and what takes the square of its length would take a minute."""

ROWS = (
    *(
        "a",
        "1",
        "а",
        "ё",
        "aа",
        "|",
        "'",
        "’",
        "-",
        ".",
        "…",
        " ",
        "\n",
        "\t",
        "\u0301",
        "e\u0301",
        "&",
        "&#",
        "&amp;",
        "\u200b",
    ),
    *(
        "\u00ad",
        "가",
        "\u1112",
        "\u1161",
        "ß",
        "İ",
        "ي",
        "(",
        ")",
        "[",
        "]",
        "<",
        ">",
        "</",
        "<a ",
        "<!--",
        "www.",
        "http://a/",
    ),
    *(
        "/",
        "@",
        "wolf",
        "wolf ",
        "wolf-",
        "wolf.",
        "wolf. ",
        "Wolf ",
        "A. ",
        "Mr. ",
        "! ",
        "wolf's ",
        "волк ",
        "вoлк ",
        "_",
        "#",
    ),
    *(
        "*",
        "?",
        "=",
        ";",
        ":",
        ",",
        ", ",
        "%",
        "%41",
        "\\",
        '"',
        "“",
        "日",
        "1.",
        "1,",
        "1 ",
        "2026-",
        "?!",
        "A.B.",
        "Ab ",
        "aB",
        "\x00",
    ),
    *(
        "\u202e",
        "\u2028",
        "+",
        "a=b&",
        "a,",
        "../",
        "//",
        "$",
        "{",
        "}",
        "~",
        "`",
        "x" * 50 + " ",
        "Wolf. Bear ",
        "Disallow: /\n",
    ),
)
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
_WATCH = watch.compile(
    (Watchlist(name="w", title="W", all=("w",)),),
    (TermSet(name="w", title="W", terms=(Term(text="wolf", mark=Mark.WORD, words=("wolf",), language="en"),)),),
    {("en", "wolf", Mark.WORD): frozenset({"wolf", "wolves", "волк"})},
)
FUNCTIONS: dict[str, Callable[[str], object]] = {
    "normalise": text.normalise,
    "fold": text.fold,
    "sentences": text.sentences,
    "match": lambda row: _WATCH.match(Document(fields={"title": row[:1000], "text": row}, language="en")),
    "words of copies": lambda row: copies.sketch(copies.words(row)),
    "topic": lambda row: news.topic(row[:1000], row, "en"),
    "topic without language": lambda row: news.topic(row[:1000], row),
    "own words": lambda row: changes.own_words(row[:1000], row),
    "same title": lambda row: changes.same_title(row[:1000], row[1:1000]),
    "alike": lambda row: metadata.alike(row[:1000], row[1:1000]),
    "behind an error": walls.behind_an_error,
    "visible": clean.visible,
    "inert": clean.inert,
    "shortened": lambda row: clean.shorten(row, 300),
    "shown address": lambda row: clean.address(f"https://a.example/{row}"),
    "personal": lambda row: tokens.is_personal(f"https://a.example/{row}12345", "https://a.example/"),
    "chat": lambda row: render.plain(
        render.health_event(EventType.SOURCE_FAILING, since=NOW, reason=row, advice="", now=NOW)
    ),
    "canonical": lambda row: urls.canonical(f"https://a.example/{row}"),
    "canonical query": lambda row: urls.canonical(f"https://a.example/?{row}"),
    "direct": lambda row: urls.direct(f"https://news.google.com/rss/articles/{row}"),
    "joined": lambda row: urls.join("https://a.example/", row),
    "host": lambda row: urls.host(f"https://{row}/"),
    "front": lambda row: metadata.is_front(f"https://a.example/{row}"),
    "sitemaps": lambda row: intake.sitemaps([f"https://a.example/{row}"], "https://a.example/"),
    "robots": lambda row: robots.relevant(f"User-agent: *\nDisallow: /{row}"),
    "links of a header": lambda row: list(websub.header_links(row)),
    "freshness": lambda row: http.freshness(dict.fromkeys(("cache-control", "expires", "age"), row), NOW),
    "retry after": lambda row: http.retry_after(row, NOW),
    "date": dates.parse,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_long_rows_take_no_time(name: str) -> None:
    function, slow = FUNCTIONS[name], {}
    for unit in ROWS:
        row = unit * (LENGTH // len(unit))
        for whole in (row, f"wolf {row} wolf", f"я{row}a", f"<{row}>", f'"{row}'):
            begun = time.process_time()
            function(whole)
            if (took := time.process_time() - begun) > SECONDS:
                slow[whole[:20]] = took
    assert slow == {}
