"""Events: what a webhook receives."""

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from monitor.core import render
from monitor.core.model import EventType, TextFrom
from monitor.core.render import (
    digest_event,
    encode,
    escalated_event,
    health_event,
    kept_secret,
    neutral,
    updated_event,
)
from support.alerts import (
    ALERT,
    ARTICLE,
    HITS,
    NASTY,
    NOW,
    REPORT,
    STORY,
    TEXT,
    TITLE,
    WATCHLIST,
    event,
    hit,
    many,
    of,
    titled,
)

LIMIT = 20_000


def test_an_alert_has_the_promised_shape() -> None:
    assert event(also=("eelgrass",), article=replace(ARTICLE, text=TEXT[:48])) == {
        "type": "alert.created",
        "timestamp": "2026-11-22T08:00:00Z",
        "data": {
            "alert": ALERT.id,
            "watchlist": {"name": "harbour", "title": "Harbour works", "score": 2.0},
            "also": ["eelgrass"],
            "article": {
                "id": ARTICLE.id,
                "url": "https://coast.example.org/2026/dredgers",
                "title": "Dredgers reach the old harbour",
                "source": "Coast Courier",
                "author": "Ada Moor",
                "published": "2026-11-22T07:41:05Z",
                "fetched": "2026-11-22T08:00:00Z",
                "language": "en",
                "excerpt": "The first two dredgers tied up on Friday night.",
                "text_from": "page",
                "sha256": "5d" * 32,
            },
            "hits": [
                {
                    "term": "harbour",
                    "field": "title",
                    "start": 23,
                    "end": 30,
                    "surface": "harbour",
                    "sentence": "Dredgers reach the old harbour",
                },
                {
                    "term": "dredgers",
                    "field": "text",
                    "start": 14,
                    "end": 22,
                    "surface": "dredgers",
                    "sentence": "The first two dredgers tied up on Friday night.",
                },
                {
                    "term": "harbour",
                    "field": "text",
                    "start": 69,
                    "end": 76,
                    "surface": "harbour",
                    "sentence": "They will deepen the harbour by four metres before spring, the port authority said.",
                },
            ],
            "story": {"id": STORY.id, "articles": 1, "sources": ["Coast Courier"], "independent": 1, "others": []},
        },
    }


def test_what_is_not_known_is_null_and_the_reason_is_told() -> None:
    bare = replace(ARTICLE, author=None, published=None, language=None, text_from=TextFrom.FEED, reason="paywall")
    article = event(article=bare)["data"]["article"]
    assert [article[key] for key in ("author", "published", "language", "text_from", "reason")] == [
        None,
        None,
        None,
        "feed",
        "paywall",
    ]


def test_times_are_utc() -> None:
    east = NOW.astimezone(timezone(timedelta(hours=9)))
    assert event(now=east)["timestamp"] == "2026-11-22T08:00:00Z"
    old = event(article=replace(ARTICLE, published=datetime(987, 6, 5, tzinfo=NOW.tzinfo)))
    assert old["data"]["article"]["published"] == "0987-06-05T00:00:00Z"


LONG = "Filler words about nothing. " * 60


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("The first two dredgers tied up on Friday night. " * 3 + "They will deepen the harb", "will deepen the…"),
        ("The first two dredgers tied up on Friday night, " * 3 + "of whi", "Friday night, of…"),
        ("The first two dredgers tied up on Friday night. " * 3, "on Friday night."),
        ("The first two dredgers tied up on Friday night. " * 3 + "They will deep…", "They will deep…"),
        ("Dredgers reach the old harb", "the old harb"),  # too short to be cut
        ("挖泥船" * 60, "挖泥船"),
    ],
)
def test_an_excerpt_ends_with_a_whole_word(text: str, end: str) -> None:
    excerpt = event(article=replace(ARTICLE, summary=text, text=""), hits=())["data"]["article"]["excerpt"]
    assert excerpt.endswith(end)


@pytest.mark.parametrize(
    ("summary", "text", "hits", "begins", "holds"),
    [
        ("S", "", (), "S", "S"),
        ("S", "T", (), "T", "T"),
        ("", "", (), "", ""),
        ("S", "A harbour. " + LONG, "text", "A harbour. Filler", "harbour"),
        ("S", LONG + "The harbour. " + LONG, "text", "…", "nothing. The harbour. Filler"),
        (LONG + "The harbour.", LONG, "summary", "…", "nothing. The harbour."),
        ("S", "One\n\n  harbour\ttwo", "text", "One harbour two", ""),
    ],
)
def test_the_excerpt_is_the_beginning_or_what_is_around_the_first_hit(
    summary: str, text: str, hits: Any, begins: str, holds: str
) -> None:
    found = [hit("harbour", TITLE, "title")]
    if hits:
        found.append(hit("harbour", {"summary": summary, "text": text}[hits], hits, "The harbour."))
    excerpt = event(article=replace(ARTICLE, summary=summary, text=text), hits=found)["data"]["article"]["excerpt"]
    assert excerpt.startswith(begins)
    assert holds in excerpt
    assert len(excerpt) <= 500
    assert len(excerpt) >= min(300, len(" ".join((text or summary).split())))


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_strange_text_goes_out_as_it_is(text: str) -> None:
    body = encode(titled(text))
    article = json.loads(body)["data"]["article"]
    assert (
        article["title"] == text.encode("utf-8", "replace").decode().replace("?", "\ufffd") or article["title"] == text
    )
    assert len(article["title"]) == len(text)


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_hits_in_a_title_can_be_cut_out_of_it(text: str) -> None:
    title = f"{text} harbour {text}"
    data = json.loads(encode(event(article=replace(ARTICLE, title=title), hits=(hit("harbour", title, "title"),))))[
        "data"
    ]
    found = data["hits"][0]
    assert data["article"]["title"][found["start"] : found["end"]] == found["surface"] == "harbour"
    assert "harbour" in found["sentence"]


@pytest.mark.parametrize("count", [1, 25, 500, 5000])
@pytest.mark.parametrize("title", [TITLE, "ж" * 500, "ж" * 5000])
def test_an_alert_stays_under_twenty_kilobytes(count: int, title: str) -> None:
    reports = (replace(REPORT, title="ы" * 5000),) * 30
    big = event(
        article=replace(ARTICLE, title=title, text="Волки пришли в село. " * 5000, author="ю" * 5000),
        hits=many(count),
        story=replace(STORY, articles=31, others=reports, sources=tuple(f"Газета {n}" for n in range(31))),
    )
    assert len(encode(big)) < LIMIT
    data = big["data"]
    assert data["article"]["title"] == title
    assert all(h["surface"] in h["sentence"] for h in data["hits"])
    left = data["left_out"]
    assert (left["hits"] + len(data["hits"]), left["others"] + len(data["story"]["others"])) == (count, 30)


def test_the_first_hit_of_each_term_is_told_before_repetitions() -> None:
    again = [replace(hit("harbour"), start=n, end=n + 7) for n in range(40)]
    late = replace(hit("eelgrass"), start=1000, end=1008)
    data = event(hits=(*again, late))["data"]
    assert [h["start"] for h in data["hits"]] == [*range(19), 1000]
    assert data["left_out"] == {"hits": 21, "others": 0}


def test_equal_events_are_equal_bytes() -> None:
    assert encode(event()) == encode(json.loads(encode(event())))
    assert b" " not in encode({"type": "x", "timestamp": "y", "data": {"a": [1, 2]}})
    assert "ü".encode() in encode(titled("ü"))


@pytest.mark.parametrize(("list_says", "others_say"), [(True, False), (False, True), (True, True)])
def test_a_confidential_alert_says_so(list_says: bool, others_say: bool) -> None:
    told = event(watchlist=replace(WATCHLIST, confidential=list_says), confidential=others_say)
    assert told["data"]["confidential"] is True


def test_an_update_tells_the_new_reports() -> None:
    first = event(also=("eelgrass",))
    later = replace(STORY, articles=2, sources=("Coast Courier", "Bay Post"), independent=2, others=(REPORT,))
    told = updated_event(first, story=later, now=NOW + timedelta(hours=1))
    assert told["type"] == "alert.updated"
    assert told["timestamp"] == "2026-11-22T09:00:00Z"
    assert told["data"].pop("story") == {
        "id": STORY.id,
        "articles": 2,
        "sources": ["Coast Courier", "Bay Post"],
        "independent": 2,
        "others": [
            {
                "url": "https://bay.example.net/harbour",
                "title": "Harbour to be deepened",
                "source": "Bay Post",
                "published": "2026-11-22T08:00:00Z",
                "relation": "same-story",
            }
        ],
    }
    first["data"].pop("story")
    assert told["data"] == first["data"]


def test_that_many_sources_carry_a_story_is_told_as_its_alert_was() -> None:
    first = event(also=("eelgrass",))
    later = replace(STORY, articles=7, sources=("Coast Courier", "Bay Post"), independent=5)
    told = escalated_event(first, also=("eelgrass", "tides"), story=later, confidential=False, now=NOW)
    secret = escalated_event(first, also=(), story=later, confidential=True, now=NOW)
    assert told["type"] == "alert.escalated"
    assert told["data"].pop("escalated") == {"sources": 5}
    assert told["data"].pop("story")["articles"] == 7
    assert told["data"] == {**{k: v for k, v in first["data"].items() if k != "story"}, "also": ["eelgrass", "tides"]}
    assert secret["data"]["confidential"] is True


@pytest.mark.parametrize("about", [{"source": "Coast Courier"}, {"channel": "desk"}, {}])
def test_a_message_about_the_operation(about: dict[str, Any]) -> None:
    told = health_event(EventType.SOURCE_FAILING, **about, since=NOW, reason="no answer", advice="Wait.", now=NOW)
    assert told == {
        "type": "source.failing",
        "timestamp": "2026-11-22T08:00:00Z",
        "data": {**about, "since": "2026-11-22T08:00:00Z", "reason": "no answer", "advice": "Wait."},
    }


def test_the_test_event_is_marked_and_well_formed() -> None:
    told = render.test_event(NOW)
    assert told["type"] == "alert.created"
    assert told["data"]["test"] is True
    assert "Test" in told["data"]["article"]["title"]
    found = told["data"]["hits"][0]
    assert told["data"]["article"]["title"][found["start"] : found["end"]] == found["surface"]


PAGE = "https://monitor.example.org/"


@pytest.mark.parametrize(
    ("told", "page", "data"),
    [
        (event(), "", {"alert": ALERT.id, "count": 1, "link": None, "see": f"monitor alerts show {ALERT.id}"}),
        (
            event(),
            PAGE,
            {
                "alert": ALERT.id,
                "count": 1,
                "link": f"{PAGE}alerts/{ALERT.id}",
                "see": f"monitor alerts show {ALERT.id}",
            },
        ),
        (
            digest_event([of("a", story=1), of("b", story=1), of("c", story=2)], reason="rate", now=NOW),
            PAGE,
            {
                "alerts": ["a-1", "b-1", "c-2"],
                "count": 3,
                "reason": "rate",
                "link": f"{PAGE}alerts",
                "see": "monitor alerts list",
            },
        ),
        (
            digest_event([of("a", story=1)], reason="quiet", now=NOW),
            "",
            {"alerts": ["a-1"], "count": 1, "reason": "quiet", "link": None, "see": "monitor alerts list"},
        ),
        (
            health_event(EventType.SOURCE_FAILING, source="Coast", since=NOW, reason="r", advice="a", now=NOW),
            "",
            {"since": "2026-11-22T08:00:00Z", "link": None, "see": "monitor status"},
        ),
        (
            health_event(EventType.WATCHLIST_REFUSED, since=NOW, reason="r", advice="a", now=NOW),
            "",
            {"since": "2026-11-22T08:00:00Z", "link": None, "see": "monitor check"},
        ),
        (
            health_event(EventType.NETWORK_DOWN, since=NOW, reason="r", advice="a", now=NOW),
            PAGE,
            {"since": "2026-11-22T08:00:00Z", "link": "https://monitor.example.org", "see": "monitor status"},
        ),
    ],
)
def test_a_neutral_event_tells_nothing_but_that_there_is_something(
    told: dict[str, Any], page: str, data: dict[str, Any]
) -> None:
    bare = neutral(told, page)
    assert bare == {"type": told["type"], "timestamp": told["timestamp"], "data": {"neutral": True, **data}}


def test_a_neutral_test_is_still_marked_as_a_test() -> None:
    assert neutral(render.test_event(NOW), "")["data"]["test"] is True


def test_a_neutral_event_holds_no_word_of_the_alert() -> None:
    secrets = [WATCHLIST.name, WATCHLIST.title, ARTICLE.title, ARTICLE.url, ARTICLE.source, *(h.surface for h in HITS)]
    told = event(also=("eelgrass",), story=replace(STORY, others=(REPORT,)))
    body = encode(neutral(told, PAGE)).decode()
    assert not [
        secret for secret in [*secrets, "eelgrass", REPORT.title, "example.net"] if secret.lower() in body.lower()
    ]


@pytest.mark.parametrize("about", [("wolves", ()), ("packs", ("wolves",))])
def test_what_became_confidential_since_it_was_made_is_marked(about: tuple[str, tuple[str, ...]]) -> None:
    data = {"watchlist": {"name": about[0]}, "also": list(about[1]), "article": {}}
    other = {"watchlist": {"name": "bears"}, "also": [], "watchlists": [{"name": "bears"}]}
    event = {"type": "alert.updated", "timestamp": "", "data": data}
    digest = {"type": "alert.digest", "timestamp": "", "data": {"alerts": [other, data], "count": 2}}

    assert kept_secret(event, ["wolves"])["data"] == {**data, "confidential": True}
    assert kept_secret(digest, ["wolves"])["data"] == {"alerts": [other, {**data, "confidential": True}], "count": 2}
    assert kept_secret(event, ["bears"]) is event


def test_a_message_about_the_operation_is_never_marked() -> None:
    event = {"type": "source.failing", "timestamp": "", "data": {"source": "Gazette"}}

    assert kept_secret(event, ["wolves"]) is event
