"""What reading a stored article again leads to."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from monitor.core import reading as readings
from monitor.core.changes import Change, compare
from monitor.core.decide import decide as decide_check
from monitor.core.model import (
    Alert,
    Article,
    EventType,
    History,
    Hit,
    Match,
    Outcome,
    Page,
    PageFault,
    TextFrom,
    Verdict,
)
from monitor.core.rereading import APART, next_turn
from monitor.core.revisions import Found, Noted, Reread, Revised, Visit, decide, texts, titles, wants_page
from monitor.core.settings import Channel, Console, FullText, QuietHours, Watchlist
from support.build import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    article,
    check,
    entry,
    history_after,
    ids,
    listing,
    match,
    reading,
    rules,
    source,
)

DESK = Channel(name="desk", target=Console(), default=True, revisions=True)
WOLVES = Watchlist(name="wolves", title="Wolves", all=("wolves",))
BEARS = replace(WOLVES, name="bears", title="Bears")
OLD = article(text_from=TextFrom.PAGE)
NEW = replace(OLD, text="Wolves return to the hills.", sha256="1" * 64, fetched=NOW + HOUR)
LATER = NOW + 2 * HOUR


def before(*matches: Match, **about: Any) -> tuple[Outcome, History]:
    """What the store knows after the article alerted."""
    first = reading(*(matches or (match(),)), article=OLD)
    outcome = decide_check(check(listing(first)), History(), rules=rules(WOLVES, BEARS, **about), new_id=ids())
    history = history_after(outcome)
    return outcome, replace(history, placed={OLD.id: outcome.stories[0].id}, alerts=dict(keyed(outcome)))


def keyed(outcome: Outcome) -> list[tuple[tuple[str, str], Alert]]:
    return [((alert.watchlist, alert.story_id), alert) for alert in outcome.alerts]


def visited(new: Article = OLD, *now: Match, history: History | None = None, **about: Any) -> Revised:
    channels = about.pop("channels", (DESK,))
    watchlists = about.pop("watchlists", (WOLVES, BEARS))
    reread = replace(Reread(article=OLD, since=NOW), **about.pop("known", {}))
    change = compare(OLD.title, OLD.text, new.title, new.text)
    parts: dict[str, Any] = {
        "reread": reread,
        "source": source(),
        "at": LATER,
        "got": readings.Got(page=Page(text=new.text)),
        "reading": reading(*(now or (match(),)), article=new, known_article=True, keys=()),
        "change": change,
        "before": (match(),),
    }
    visit = Visit(**(parts | about))
    known = history or before(channels=channels)[1]
    return decide(visit, known, rules=rules(*watchlists, channels=channels), new_id=ids())


def test_a_change_is_kept_and_told_in_answer_to_the_alert() -> None:
    outcome, history = before(channels=(DESK,))
    revised = visited(NEW, history=history)

    (told,) = revised.deliveries
    assert (revised.found, revised.reading and revised.reading.article) == (Found.CHANGED, NEW)
    assert revised.difference == told.event["data"]["change"]
    assert (told.type, told.channel, told.alert_id) == (EventType.ARTICLE_CHANGED, "desk", outcome.alerts[0].id)
    assert told.reply_to == outcome.deliveries[0].id
    assert told.event["data"]["article"]["sha256"] == NEW.sha256
    assert told.event["data"]["change"]["edited"][0]["added"] == ["hills"]
    assert revised.raised.alerts == ()
    assert revised.next_at == next_turn(NOW, OLD.id, LATER)


@pytest.mark.parametrize(
    ("about", "count"),
    [
        ({"channels": (replace(DESK, revisions=False),)}, 0),
        ({"watchlists": (BEARS,)}, 0),
        (
            {
                "watchlists": (replace(WOLVES, channels=("other",)), BEARS),
                "channels": (DESK, replace(DESK, name="other")),
            },
            1,
        ),
        ({"reread": Reread(article=replace(OLD, id="another"))}, 0),
    ],
)
def test_told_is_who_was_told_of_the_alert_and_still_wants_it(about: dict[str, Any], count: int) -> None:
    history = before(channels=(DESK, replace(DESK, name="other")))[1]

    assert len(visited(NEW, history=history, **about).deliveries) == count


def test_several_watchlists_that_the_article_hit_are_one_message() -> None:
    both = (match(), match("bears"))
    history = before(*both, channels=(DESK,))[1]
    secret = (WOLVES, replace(BEARS, confidential=True))

    (told,) = visited(NEW, *both, history=history, before=both, watchlists=secret).deliveries

    assert (told.event["data"]["watchlist"]["name"], told.event["data"]["also"]) == ("wolves", ["bears"])
    assert told.event["data"]["confidential"] is True


def test_what_waits_for_quiet_hours_or_a_digest_waits_with_them() -> None:
    quiet = (replace(WOLVES, quiet=(QuietHours(start=time(0), end=time(23)),)), BEARS)
    history = before(channels=(DESK,))[1]
    digest = replace(DESK, digest="0 8 * * *")

    assert [each.batch for each in visited(NEW, history=history, watchlists=quiet).deliveries] == ["quiet:wolves"]
    assert [each.batch for each in visited(NEW, history=history, channels=(digest,)).deliveries] == ["digest"]


def test_an_alert_for_digests_only_is_told_to_no_other_channel() -> None:
    history = before(channels=(DESK,))[1]
    alerts = {key: replace(alert, verdict=Verdict.DIGEST) for key, alert in history.alerts.items()}

    assert visited(NEW, history=replace(history, alerts=alerts)).deliveries == ()


def test_words_that_vanished_or_appeared_are_told() -> None:
    old, new = match(), match()
    bear = Hit(term="bear", term_set="wolves", field="text", start=0, end=4, surface="Bear", sentence="Bear")
    new = replace(new, hits=(bear,))

    assert visited(NEW, new, before=(old,)).deliveries[0].event["data"]["change"]["terms"] == {
        "removed": ["wolf"],
        "added": ["bear"],
    }


def test_a_watchlist_that_it_did_not_match_before_is_alerted_as_usual() -> None:
    revised = visited(NEW, match(), match("bears"))

    assert [alert.watchlist for alert in revised.raised.alerts] == ["bears"]
    assert [each.type for each in revised.raised.deliveries] == [EventType.ALERT_CREATED]
    assert OLD.id in revised.raised.rereads


def test_a_watchlist_that_was_only_added_to_the_configuration_is_not() -> None:
    assert visited(OLD, match(), match("bears"), before=(match(), match("bears"))).raised.alerts == ()


GONE = readings.Got(trouble="a.example answered 404", missing=True)


@pytest.mark.parametrize(
    ("got", "known", "found", "events"),
    [
        (readings.Got(page=Page(text=OLD.text)), {}, Found.UNCHANGED, []),
        (readings.Got(), {"missing_since": LATER - DAY}, Found.UNCHANGED, []),
        (readings.Got(trouble="no answer", passing=True), {"missing_since": LATER - DAY}, Found.UNREADABLE, []),
        (readings.Got(page=Page(fault=PageFault.PAYWALL, text="x")), {}, Found.UNREADABLE, []),
        (GONE, {}, Found.MISSING, []),
        (GONE, {"missing_since": LATER - 14 * MINUTE}, Found.MISSING, []),
        (GONE, {"missing_since": LATER - 15 * MINUTE}, Found.GONE, [EventType.ARTICLE_GONE]),
        (GONE, {"missing_since": LATER - DAY, "gone_at": LATER - HOUR}, Found.GONE, []),
        (GONE, {"since": None}, Found.MISSING, []),
    ],
)
def test_what_is_found_and_told_of_an_article_that_is_as_it_was(
    got: readings.Got, known: dict[str, Any], found: Found, events: list[EventType]
) -> None:
    revised = visited(OLD, got=got, known=known)

    assert (revised.found, revised.reading, revised.difference) == (found, None, None)
    assert [each.type for each in revised.deliveries] == events


def test_gone_says_since_when_and_why_and_what_the_article_was() -> None:
    soft = readings.Got(page=Page(fault=PageFault.SOFT_404), missing=True)
    known = {"missing_since": LATER - HOUR}

    (told,) = visited(OLD, got=GONE, known=known).deliveries
    (softly,) = visited(OLD, got=soft, known=known).deliveries

    assert told.event["data"]["gone"] == {"since": "2026-11-22T13:00:00Z", "reason": "a.example answered 404"}
    assert told.event["data"]["hits"][0]["surface"] == "Wolves"
    assert softly.event["data"]["gone"]["reason"] == "the page says that it does not exist"


def test_what_is_missing_is_asked_for_soon_again_and_then_at_its_turns() -> None:
    turn = next_turn(NOW, OLD.id, LATER)
    missing, gone = visited(OLD, got=GONE), visited(OLD, got=GONE, known={"missing_since": LATER - HOUR})

    assert (missing.next_at, missing.missing_since, missing.gone_at) == (LATER + APART, LATER, None)
    assert (gone.next_at, gone.missing_since, gone.gone_at) == (turn, LATER - HOUR, LATER)
    assert visited(OLD, got=GONE, known={"since": None}).next_at is None


def test_what_comes_back_with_another_text_may_be_told_as_gone_again() -> None:
    revised = visited(NEW, known={"missing_since": NOW, "gone_at": NOW + HOUR})

    assert (revised.found, revised.missing_since, revised.gone_at) == (Found.CHANGED, None, None)
    same = visited(OLD, known={"missing_since": NOW, "gone_at": NOW + HOUR})
    assert (same.found, same.missing_since, same.gone_at) == (Found.UNCHANGED, None, NOW + HOUR)


@pytest.mark.parametrize(
    ("new", "futile", "then", "wait"),
    [
        (NEW, 3, 0, timedelta(minutes=15)),
        (OLD, 0, 1, timedelta(minutes=15)),
        (OLD, 1, 2, HOUR),
    ],
)
def test_a_visit_that_a_feed_brought_about_counts_for_the_next(
    new: Article, futile: int, then: int, wait: timedelta
) -> None:
    noted = Noted(entry_id=4, words=5, futile=futile)

    assert visited(new, noted=noted).noted == replace(noted, futile=then, again_at=LATER + wait)
    assert visited(new).noted is None


@pytest.mark.parametrize(
    ("full_text", "known", "listed", "asked"),
    [
        (FullText.FEED, OLD, None, False),
        (FullText.AUTO, replace(OLD, url=""), None, False),
        (FullText.AUTO, replace(OLD, text_from=TextFrom.FEED), None, True),
        (FullText.AUTO, OLD, {"text": "long " * 400}, True),
        (FullText.AUTO, replace(OLD, text_from=TextFrom.FEED), {"text": "long " * 400}, False),
        (FullText.AUTO, replace(OLD, text_from=TextFrom.FEED), {"summary": "short"}, True),
    ],
)
def test_the_page_is_asked_for_where_it_may_be_and_says_more(
    full_text: FullText, known: Article, listed: dict[str, str] | None, asked: bool
) -> None:
    now = entry(**listed) if listed else None
    assert wants_page(source(full_text=full_text), known, now) is asked


def test_what_is_compared_is_of_one_kind() -> None:
    page = replace(OLD, headline="Wolves return | Gazette")

    assert titles(page, replace(page, headline="Wolves leave")) == ("Wolves return | Gazette", "Wolves leave")
    assert titles(page, replace(page, title="Wolves leave")) == ("Wolves return", "Wolves leave")
    assert texts(OLD, NEW) == (OLD.text, NEW.text)
    assert texts(replace(OLD, text_from=TextFrom.FEED), NEW) == ("", "")


def test_a_change_without_a_message_is_kept_all_the_same() -> None:
    change = Change(added=("Wolves were seen.",))
    silent = visited(NEW, change=change, channels=(replace(DESK, revisions=False),))

    assert silent.deliveries == ()
    assert silent.difference
    assert silent.difference["added"] == ["Wolves were seen."]
