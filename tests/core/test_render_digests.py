"""Several events in one: digests by story, and updates that waited for each other."""

from dataclasses import replace
from typing import Any

import pytest

from monitor.core.model import Relation
from monitor.core.render import digest_event, encode, escalated_event, joined_event, mail, updated_event
from monitor.core.settings import Watchlist
from support.alerts import ALERT, ARTICLE, HITS, NOW, REPORT, STORY, TEXT, TITLE, hit, many, of

LIMIT = 20_000
BAY, SHORE = REPORT, replace(REPORT, url="https://shore.example/1", source="Shore", relation=Relation.DUPLICATE)


def update(*reports: Any, articles: int = 2, **about: Any) -> dict[str, Any]:
    story = replace(STORY, id="story-1", articles=articles, others=reports)
    return updated_event(of("a", story=1, **about), story=story, now=NOW)


def digest(*events: dict[str, Any], **about: Any) -> list[dict[str, Any]]:
    told = digest_event(events, reason="digest", now=NOW, **about)
    assert told["data"]["count"] == len(told["data"]["alerts"])
    entries: list[dict[str, Any]] = told["data"]["alerts"]
    return entries


def test_a_digest_of_one_alert_has_the_shape_of_that_alert() -> None:
    single = of("a", story=1)
    told = digest_event([single], reason="quiet", now=NOW)
    assert (told["type"], told["data"]["count"], told["data"]["reason"]) == ("alert.digest", 1, "quiet")
    (entry,) = told["data"]["alerts"]
    assert entry.pop("type") == "alert.created"
    assert entry.pop("watchlists") == [{"alert": "a-1", "name": "a", "title": "A", "score": 2.0}]
    assert entry == single["data"]


def test_every_entry_of_a_large_digest_names_all_that_was_found_in_it() -> None:
    told = digest_event([of("a", story=number) for number in range(60)], reason="digest", now=NOW)
    again = digest_event([told, of("b", story=1, hits=(hit("eelgrass", TEXT),))], reason="digest", now=NOW)
    entries = told["data"]["alerts"]
    assert [(len(entry["hits"]), entry["terms"]) for entry in entries] == [(1, ["harbour", "dredgers"])] * 60
    assert mail(told).text.count("Found: harbour, dredgers") == 60
    (merged,) = (entry for entry in again["data"]["alerts"] if entry["also"])
    assert merged["terms"] == ["harbour", "dredgers", "eelgrass"]


def test_a_story_that_several_watchlists_hit_is_one_entry() -> None:
    strong = {"alert": replace(ALERT, id="b-1", score=3.0)}
    (entry,) = digest(of("a", story=1, hits=HITS[1:]), of("b", story=1, hits=HITS[:2], **strong))
    assert (entry["alert"], entry["watchlist"]["name"], entry["also"]) == ("b-1", "b", ["a"])
    assert [(each["alert"], each["score"]) for each in entry["watchlists"]] == [("b-1", 3.0), ("a-1", 2.0)]
    assert [(each["field"], each["term"]) for each in entry["hits"]] == [
        ("title", "harbour"),
        ("text", "dredgers"),
        ("text", "harbour"),
    ]


def test_hits_of_another_article_of_the_story_are_not_told_as_those_of_the_first() -> None:
    other = replace(ARTICLE, id="other")
    (entry,) = digest(of("a", story=1), of("b", story=1, article=other, hits=(hit("eelgrass", TEXT),)))
    assert entry["also"] == ["b"]
    assert "eelgrass" not in {each["term"] for each in entry["hits"]}


def test_hits_of_a_field_that_is_not_known_come_last() -> None:
    odd = replace(HITS[0], field="caption")
    (entry,) = digest(of("a", story=1, hits=(odd,)), of("b", story=1, hits=HITS[:1]))
    assert [each["field"] for each in entry["hits"]] == ["title", "caption"]


@pytest.mark.parametrize("events", [("a", "secret"), ("secret", "a")])
def test_what_is_confidential_in_one_part_is_in_the_whole(events: tuple[str, ...]) -> None:
    lists = {name: Watchlist(name=name, title=name, confidential=name == "secret") for name in events}
    (entry,) = digest(*(of(name, story=1, watchlist=lists[name]) for name in events))
    assert entry["confidential"] is True


def test_the_story_that_most_sources_carry_comes_first_then_the_score_then_the_newest() -> None:
    score = {"alert": replace(ALERT, id="c-3", score=9.0)}
    old = replace(ARTICLE, id="old", published=None, fetched=NOW.replace(year=2025))
    entries = digest(
        of("a", story=1, article=old),
        of("b", story=2),
        of("c", story=3, **score),
        of("d", story=4),
        stories={"d-4": replace(STORY, id="story-4", articles=3, independent=3)},
    )
    assert [entry["alert"] for entry in entries] == ["d-4", "c-3", "b-2", "a-1"]


def test_a_new_story_is_told_as_it_is_now_with_its_other_reports() -> None:
    now = replace(STORY, id="story-1", articles=3, sources=("Coast Courier", "Bay Post", "Shore"), others=(BAY, SHORE))
    (entry,) = digest(of("a", story=1), update(BAY), stories={"a-1": now})
    assert (entry["type"], entry["story"]["articles"]) == ("alert.created", 3)
    assert [each["source"] for each in entry["story"]["others"]] == ["Bay Post", "Shore"]


def test_a_story_that_was_told_before_tells_only_what_is_new_each_report_once() -> None:
    now = replace(STORY, id="story-1", articles=9, others=(replace(BAY, url="https://old.example/"), BAY, SHORE))
    (entry,) = digest(update(BAY), update(SHORE), update(BAY), stories={"a-1": now})
    assert (entry["type"], entry["story"]["articles"]) == ("alert.updated", 9)
    assert [each["source"] for each in entry["story"]["others"]] == ["Bay Post", "Shore"]


def test_stories_that_were_merged_meanwhile_are_one_entry() -> None:
    whole = replace(STORY, id="story-2", articles=2)
    (entry,) = digest(of("a", story=1), of("b", story=2), stories={"a-1": whole, "b-2": whole})
    assert entry["story"]["id"] == "story-2"


def test_that_many_sources_carry_a_story_stays_marked() -> None:
    first = of("a", story=1)
    more = escalated_event(
        first, also=(), story=replace(STORY, id="story-1", independent=5), confidential=False, now=NOW
    )
    (alone,) = digest(more)
    (both,) = digest(first, more)
    assert (alone["type"], alone["escalated"]) == ("alert.escalated", {"sources": 5})
    assert (both["type"], both["escalated"]) == ("alert.created", {"sources": 5})


def test_a_digest_takes_digests_apart() -> None:
    inner = digest_event([of("a", story=1), of("b", story=1)], reason="quiet", now=NOW)
    first, second = digest(inner, of("a", story=2), of("c", story=1))
    assert [each["alert"] for each in first["watchlists"]] == ["a-1", "b-1", "c-1"]
    assert second["alert"] == "a-2"


@pytest.mark.parametrize("count", [1, 10, 15])
def test_a_digest_gets_shorter_forms_before_it_gets_too_large(count: int) -> None:
    told = digest_event([of("a", story=n, hits=many(500)) for n in range(count)], reason="rate", now=NOW)
    assert len(encode(told)) < LIMIT
    assert len(told["data"]["alerts"]) == count
    assert all(data["left_out"]["hits"] + len(data["hits"]) == 500 for data in told["data"]["alerts"])


def test_a_large_digest_drops_nothing() -> None:
    entries = digest(*(of("a", story=n) for n in range(300)))
    assert {entry["alert"] for entry in entries} == {f"a-{n}" for n in range(300)}
    assert all(len(entry["hits"]) == 1 for entry in entries)


def test_a_large_digest_shows_a_sentence_rather_than_the_title_once_more() -> None:
    told = digest_event([of("a", story=n) for n in range(60)], reason="digest", now=NOW)["data"]["alerts"]
    assert {entry["left_out"]["hits"] for entry in told} == {len(HITS) - 1}
    assert {entry["hits"][0]["field"] for entry in told} == {"text"}


def test_updates_that_waited_are_one_with_all_that_joined() -> None:
    now = replace(STORY, id="story-1", articles=4, sources=("Coast Courier", "Bay Post", "Shore"), independent=2)
    told = joined_event([update(BAY), update(SHORE), update(BAY)], now=NOW, stories={"a-1": now})
    assert told["type"] == "alert.updated"
    assert [each["source"] for each in told["data"]["story"]["others"]] == ["Bay Post", "Shore"]
    assert (told["data"]["story"]["articles"], told["data"]["story"]["independent"]) == (4, 2)
    assert told["data"] == {**of("a", story=1)["data"], "story": told["data"]["story"]}


def test_a_story_that_is_not_known_is_told_as_it_was() -> None:
    told = joined_event([update(BAY), update(SHORE, articles=3)], now=NOW)
    assert told["data"]["story"]["articles"] == 3
    assert told["data"]["article"]["title"] == TITLE


def test_a_change_of_an_article_is_an_entry_of_its_own_once_for_all_watchlists() -> None:
    change = {**of("a", story=1), "type": "article.changed"}
    same = {**of("b", story=1), "type": "article.changed"}
    later = replace(ARTICLE, id="article-1", sha256="6e" * 32)
    entries = digest(change, same, of("a", story=1), {**of("a", story=1, article=later), "type": "article.changed"})
    assert sorted(entry["type"] for entry in entries) == ["alert.created", "article.changed", "article.changed"]
    assert sum(len(entry["watchlists"]) for entry in entries) == 4
