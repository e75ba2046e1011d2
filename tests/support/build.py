"""Small values for tests of what is decided: a source, a check, a reading. Each argument is what the test is about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from monitor.core.model import (
    Article,
    Candidate,
    Check,
    Delivery,
    Entry,
    EntryState,
    EventType,
    Fault,
    Fingerprint,
    History,
    Hit,
    Listing,
    Match,
    Message,
    Outcome,
    Reading,
    Slot,
    SourceRecord,
    Verdict,
)
from monitor.core.routes import NewId, Rules
from monitor.core.settings import Channel, Console, HealthSettings, Source, Watchlist

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def ids() -> NewId:
    numbers = count(1)
    return lambda: f"id{next(numbers):03}"


def source(**changes: Any) -> Source:
    return replace(Source(name="Gazette", url="https://gazette.example/feed"), **changes)


def record(**changes: Any) -> SourceRecord:
    return replace(SourceRecord(id=1, name="Gazette", next_poll_at=NOW, poll_count=1, last_poll_at=NOW), **changes)


def entry(**changes: Any) -> Entry:
    return replace(Entry(url="https://gazette.example/wolves", title="Wolves return", published=NOW - HOUR), **changes)


def article(**changes: Any) -> Article:
    whole = Article(
        id="article",
        url="https://gazette.example/wolves",
        title="Wolves return",
        source="Gazette",
        fetched=NOW,
        text="Wolves return to the valley.",
        sha256="0" * 64,
    )
    return replace(whole, **changes)


def match(watchlist: str = "wolves", score: float = 1.0, verdict: Verdict = Verdict.ALERT) -> Match:
    hit = Hit(
        term="wolf", term_set=watchlist, field="title", start=0, end=6, surface="Wolves", sentence="Wolves return"
    )
    return Match(watchlist=watchlist, score=score, verdict=verdict, hits=(hit,))


def reading(*matches: Match, page: int | None = 1, text: int | None = None, **changes: Any) -> Reading:
    mark = Fingerprint(pages=() if page is None else (page,), text=text)
    whole = Reading(article=article(), fingerprint=mark, state=EntryState.READ, keys=(7,), matches=matches)
    return replace(whole, **changes)


def listing(*readings: Reading, **changes: Any) -> Listing:
    return replace(Listing(readings=readings, fresh=len(readings), digests=b""), **changes)


def check(found: Listing | Fault, **changes: Any) -> Check:
    return replace(Check(source=source(), record=record(), at=NOW, jitter=0.0, found=found), **changes)


def rules(*watchlists: Watchlist, channels: tuple[Channel, ...] = (), **changes: Any) -> Rules:
    watchlists = watchlists or (Watchlist(name="wolves", title="Wolves", all=("wolves",)),)
    channels = channels or (Channel(name="desk", target=Console(), default=True),)
    whole = Rules(
        watchlists={watchlist.name: watchlist for watchlist in watchlists},
        channels={channel.name: channel for channel in channels},
        health=HealthSettings(),
        timezone=ZoneInfo("Europe/Paris"),
        digest_at={channel.name: NOW + DAY for channel in channels if channel.digest},
    )
    return replace(whole, **changes)


def history_after(outcome: Outcome, before: History | None = None) -> History:
    """What the store would tell the next check: everything that an outcome made it write."""
    before = before or History()
    told = {alert: dict(channels) for alert, channels in before.told.items()}
    new = (
        Candidate(article=each.reading.article, mark=each.reading.fingerprint, story_id=each.story_id)
        for each in outcome.placed
        if each.relation is not None
    )
    alerts = {**before.alerts, **{(alert.watchlist, alert.story_id): alert for alert in outcome.alerts}}
    alerts = {
        key: replace(each, escalated_at=NOW) if each.id in outcome.escalated else each for key, each in alerts.items()
    }
    updates = dict(before.updates)
    for delivery in outcome.deliveries:
        if delivery.alert_id:
            told.setdefault(delivery.alert_id, {}).setdefault(delivery.channel, as_message(delivery))
        if delivery.type is EventType.ALERT_UPDATED:
            story = delivery.event["data"]["story"]["id"]
            updates[delivery.channel, story] = Slot(at=delivery.next_at, batch=delivery.batch)
    return replace(
        before,
        candidates=(*before.candidates, *new),
        stories={**before.stories, **{story.id: story for story in outcome.stories}},
        alerts=alerts,
        told=told,
        updates=updates,
        network_down_since=outcome.network_down_since,
    )


def as_message(delivery: Delivery) -> Message:
    return Message(id=delivery.id, channel=delivery.channel, event=delivery.event, created_at=delivery.created_at)
