"""What is left of a message when a watchlist is forgotten that it tells of."""

from typing import Any

import pytest

from monitor.core.forget import Place, without

WOLF: Place = ("wolf", "title", 0, 4)
HIT = {"term": "wolf", "field": "title", "start": 0, "end": 4, "surface": "Wolf", "sentence": "Wolf seen"}
SECRET = {"term": "eelgrass", "field": "text", "start": 9, "end": 17, "surface": "eelgrass", "sentence": "No eelgrass."}


def data(lead: str, *also: str, lists: tuple[str, ...] = (), **changes: Any) -> dict[str, Any]:
    told = {
        "alert": f"alert-{lead}",
        "watchlist": {"name": lead, "title": lead.title(), "score": 2.0},
        "also": list(also),
        "article": {"id": "a1", "title": "Wolf seen"},
        "hits": [HIT, SECRET],
    }
    named = [{"alert": f"alert-{name}", "name": name, "title": name.title(), "score": 1.0} for name in lists]
    return told | ({"watchlists": named} if lists else {}) | changes


def event(told: dict[str, Any], kind: str = "alert.created") -> dict[str, Any]:
    return {"type": kind, "timestamp": "2026-11-22T08:00:00Z", "data": told}


def digest(*told: dict[str, Any]) -> dict[str, Any]:
    return event({"alerts": list(told), "count": len(told), "reason": "digest"}, "alert.digest")


def left(told: dict[str, Any]) -> Any:
    found = without(told, "secret", lambda article: {WOLF} if article == "a1" else set())
    assert "secret" not in repr(found).lower()
    assert "eelgrass" not in repr(found)
    return found


@pytest.mark.parametrize("kind", ["alert.created", "alert.updated", "article.changed", "alert.escalated"])
def test_of_a_message_that_tells_of_nothing_else_nothing_is_left(kind: str) -> None:
    assert left(event(data("secret"), kind)) is None


def test_what_is_about_the_operation_names_no_alert() -> None:
    assert left(event({"since": "2026-11-22T08:00:00Z", "reason": "it fails"}, "watchlist.refused")) is None


def test_another_watchlists_message_keeps_what_that_one_found() -> None:
    assert left(event(data("wolves", "secret", "sheep"))) == event(data("wolves", "sheep", hits=[HIT]))


def test_a_digest_keeps_its_other_stories() -> None:
    other = data("wolves", lists=("wolves",), hits=[HIT])
    assert left(digest(data("secret", lists=("secret",)), other)) == digest(other)


def test_a_digest_of_nothing_else_is_gone() -> None:
    assert left(digest(data("secret", lists=("secret",)), data("secret", lists=("secret",)))) is None


def test_a_story_of_a_digest_is_led_by_the_next_watchlist() -> None:
    told = digest(data("secret", "wolves", "sheep", lists=("secret", "wolves", "sheep")))
    expected = data("wolves", "sheep", lists=("wolves", "sheep"), hits=[HIT])
    expected["watchlist"]["score"] = 1.0
    assert left(told) == digest(expected)


def test_a_story_of_a_digest_that_another_leads_loses_it_from_its_lists() -> None:
    told = digest(data("wolves", "secret", lists=("wolves", "secret")))
    assert left(told) == digest(data("wolves", lists=("wolves",), hits=[HIT]))
