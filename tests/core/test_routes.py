"""When messages leave, and what those become that wait for each other."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from monitor.core.model import Alert, Delivery, EventType, Slot, Story, Verdict
from monitor.core.routes import gather, update_slot
from monitor.core.settings import Channel, Console, QuietHours, StoriesSettings, Watchlist
from support import alerts
from support.build import DAY, HOUR, MINUTE, NOW, ids, rules

WOLVES = Watchlist(name="wolves", title="Wolves", all=("wolves",))
NIGHT = QuietHours(start=time(13, 30), end=time(15))  # 13:00 in Paris now
DESK = Channel(name="desk", target=Console(), default=True, updates=True)
DAILY = replace(DESK, name="daily", digest="0 8 * * *")
ALERT = Alert(
    id="alert",
    watchlist="wolves",
    story_id="story",
    article_id="article",
    score=1.0,
    verdict=Verdict.ALERT,
    created_at=NOW,
)
WAITS = "update:story"


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (None, Slot(at=NOW)),
        (Slot(at=NOW - 2 * HOUR), Slot(at=NOW)),
        (Slot(at=NOW - HOUR), Slot(at=NOW)),
        (Slot(at=NOW - 20 * MINUTE), Slot(at=NOW + 40 * MINUTE, batch=WAITS)),
        (Slot(at=NOW), Slot(at=NOW + HOUR, batch=WAITS)),
        (Slot(at=NOW + 10 * MINUTE, batch=WAITS), Slot(at=NOW + 10 * MINUTE, batch=WAITS)),
        (Slot(at=NOW - MINUTE, batch=WAITS), Slot(at=NOW - MINUTE, batch=WAITS)),  # due, and not gathered yet
        (Slot(at=NOW + 30 * DAY), Slot(at=NOW + HOUR, batch=WAITS)),  # the clock was set back
    ],
)
def test_updates_of_a_story_keep_an_interval(last: Slot | None, expected: Slot) -> None:
    assert update_slot(ALERT, WOLVES, DESK, last=last, rules=rules(), now=NOW) == expected


@pytest.mark.parametrize(
    ("quiet", "now", "last", "expected"),
    [
        ((NIGHT,), NOW, Slot(at=NOW), Slot(at=NOW + 2 * HOUR, batch="quiet:wolves")),  # it would leave in quiet hours
        ((NIGHT,), NOW + HOUR, None, Slot(at=NOW + 2 * HOUR, batch="quiet:wolves")),
        ((NIGHT,), NOW + HOUR, Slot(at=NOW + HOUR), Slot(at=NOW + 2 * HOUR, batch="quiet:wolves")),
        ((), NOW, Slot(at=NOW - 50 * MINUTE), Slot(at=NOW + 10 * MINUTE, batch=WAITS)),
    ],
)
def test_an_update_waits_for_quiet_hours_to_end_too(
    quiet: tuple[QuietHours, ...], now: datetime, last: Slot | None, expected: Slot
) -> None:
    watchlist = replace(WOLVES, quiet=quiet)
    assert update_slot(ALERT, watchlist, DESK, last=last, rules=rules(watchlist), now=now) == expected


def test_a_digest_takes_updates_as_they_come_and_what_is_for_digests_only_goes_nowhere_else() -> None:
    about, weak = rules(channels=(DAILY,)), replace(ALERT, verdict=Verdict.DIGEST)
    daily = Slot(at=NOW + DAY, batch="digest")
    assert update_slot(ALERT, WOLVES, DAILY, last=Slot(at=NOW), rules=about, now=NOW) == daily
    assert update_slot(weak, WOLVES, DESK, last=Slot(at=NOW), rules=rules(), now=NOW) is None


def test_the_interval_is_the_configured_one() -> None:
    about = rules(stories=StoriesSettings(update_interval=timedelta(seconds=2)))
    found = update_slot(ALERT, WOLVES, DESK, last=Slot(at=NOW), rules=about, now=NOW)
    assert found == Slot(at=NOW + timedelta(seconds=2), batch=WAITS)


def waiting(number: int, event: dict[str, Any], batch: str) -> Delivery:
    return Delivery(
        id=f"d{number}",
        type=EventType(event["type"]),
        channel="desk",
        event=event,
        created_at=NOW,
        next_at=NOW,
        alert_id="a-1",
        batch=batch,
        reply_to="first",
    )


def test_updates_that_waited_are_one_update_in_the_thread_of_the_alert() -> None:
    events = [
        alerts.event(EventType.ALERT_UPDATED, story=replace(alerts.STORY, others=(replace(alerts.REPORT, url=url),)))
        for url in ("https://a.example/", "https://b.example/", "https://a.example/")
    ]
    now = NOW + HOUR

    made = gather([waiting(n, event, WAITS) for n, event in enumerate(events)], now=now, new_id=ids())

    assert (made.type, made.channel, made.alert_id, made.reply_to) == (EventType.ALERT_UPDATED, "desk", "a-1", "first")
    assert (made.created_at, made.next_at, made.batch) == (now, now, None)
    assert [other["url"] for other in made.event["data"]["story"]["others"]] == [
        "https://a.example/",
        "https://b.example/",
    ]


@pytest.mark.parametrize(
    ("batch", "reason"), [("digest", "digest"), ("quiet:wolves", "quiet"), ("rate:wolves", "rate")]
)
def test_others_are_a_digest_with_the_stories_as_they_are_now(batch: str, reason: str) -> None:
    members = [waiting(n, alerts.of("a", story=n), batch) for n in (1, 2)]

    made = gather(members, {"a-1": Story(id="story-1", articles=7, independent=3)}, now=NOW, new_id=ids())

    assert (made.type, made.event["data"]["reason"], made.alert_id, made.reply_to) == (
        "alert.digest",
        reason,
        None,
        None,
    )
    assert [entry["story"]["articles"] for entry in made.event["data"]["alerts"]] == [7, 1]
