"""What is told of a confidential list, by every kind of message: nothing in subjects, on terminals, in neutral ones."""

from dataclasses import replace
from typing import Any

import pytest

from monitor.core.changes import Change
from monitor.core.model import EventType
from monitor.core.render import (
    console,
    difference,
    digest_event,
    disappearance,
    encode,
    escalated_event,
    health_event,
    joined_event,
    mail,
    neutral,
    plain,
    sources_event,
    updated_event,
)
from support.alerts import ALERT, ARTICLE, HITS, NOW, REPORT, STORY, TEXT, WATCHLIST, event, of

SECRET = replace(WATCHLIST, name="cormorant", title="Cormorant file", confidential=True)
GROWN = replace(STORY, articles=2, others=(REPORT,))
CHANGE = {
    "change": difference(Change(removed=(TEXT[:80],), old_title="Old harbour", new_title="New harbour"), ["eel"], [])
}
CREATED = event(watchlist=SECRET)
EVENTS: dict[str, dict[str, Any]] = {
    "created": CREATED,
    "of another list, too": event(also=("cormorant",), confidential=True),
    "updated": updated_event(CREATED, story=GROWN, now=NOW),
    "escalated": escalated_event(CREATED, also=(), story=GROWN, confidential=False, now=NOW),
    "escalated for another list, too": escalated_event(
        event(), also=("cormorant",), story=GROWN, confidential=True, now=NOW
    ),
    "changed": event(EventType.ARTICLE_CHANGED, watchlist=SECRET, revision=CHANGE),
    "gone": event(EventType.ARTICLE_GONE, watchlist=SECRET, revision={"gone": disappearance(NOW, "it answered 404")}),
    "digest": digest_event([CREATED, of("a", story=2, watchlist=SECRET)], reason="digest", now=NOW),
    "digest of another list, too": digest_event(
        [event(), event(also=("cormorant",), confidential=True)], reason="rate", now=NOW
    ),
    "digest of digests": digest_event([digest_event([CREATED], reason="quiet", now=NOW)], reason="digest", now=NOW),
    "joined": joined_event([updated_event(CREATED, story=GROWN, now=NOW)] * 2, now=NOW),
    "found in a digest": digest_event([updated_event(CREATED, story=GROWN, now=NOW)], reason="digest", now=NOW),
}
WORDS: tuple[str, ...] = (
    SECRET.name,
    SECRET.title,
    ARTICLE.title,
    ARTICLE.url,
    ARTICLE.source,
    REPORT.title,
    REPORT.url,
    "Old harbour",
    "eel",
)
WORDS += tuple(hit.surface for hit in HITS) + tuple(hit.sentence for hit in HITS) + (ALERT.story_id, ALERT.article_id)


def told(text: str) -> list[str]:
    return [word for word in WORDS if word.casefold() in text.casefold()]


@pytest.mark.parametrize("kind", EVENTS)
def test_subjects_and_terminals_say_nothing_of_it(kind: str) -> None:
    said = EVENTS[kind]
    assert told(mail(said).subject) == []
    assert told(plain(said)[0]) == []
    assert told(console(said)) == []
    assert ALERT.id in console(said) or "a-2" in console(said)


@pytest.mark.parametrize("public_url", ["", "https://monitor.example.org"])
@pytest.mark.parametrize("kind", EVENTS)
def test_neutral_messages_say_nothing_in_any_form(kind: str, public_url: str) -> None:
    said = neutral(EVENTS[kind], public_url)
    letter = mail(said)
    for form in (encode(said).decode(), letter.subject, letter.text, letter.html, console(said), *plain(said)):
        assert told(form) == []


HEALTH = health_event(
    EventType.SOURCE_FAILING, source="Cormorant file", since=NOW, reason="harbour", advice="dredgers", now=NOW
)


@pytest.mark.parametrize("said", [HEALTH, sources_event([HEALTH, HEALTH], now=NOW)])
def test_neutral_messages_about_the_operation_name_no_source(said: dict[str, Any]) -> None:
    assert told(encode(neutral(said, "")).decode()) == []
    assert told(mail(neutral(said, "")).text) == []


def test_the_words_would_be_found() -> None:
    assert set(told(encode(EVENTS["changed"]).decode() + mail(EVENTS["updated"]).html)) >= {
        "cormorant",
        ARTICLE.title,
        "eel",
    }
