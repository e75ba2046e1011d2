"""A story that was alerted and is carried by many independent sources: who is told once more, and what.

Not here: counting the sources and remembering that it was told (decide.py), and what the message says (render).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.core import render
from monitor.core.model import Alert, Delivery, DeliveryState, Event, EventType, Message, Slot, Story, StoryRecord
from monitor.core.routes import NewId, Rules, slot
from monitor.core.settings import Watchlist

Told = Mapping[str, Mapping[str, Message]]
"""Alert id → {channel: what it was told}."""


def due(alerts: Iterable[Alert], record: StoryRecord, rules: Rules) -> tuple[Alert, ...]:
    """The alerts of a story of which it was not told yet that as many independent sources carry it as their watchlist's
    `escalate` says."""
    return tuple(
        alert
        for alert in alerts
        if alert.escalated_at is None and reached(rules.watchlists.get(alert.watchlist), record)
    )


def reached(watchlist: Watchlist | None, record: StoryRecord) -> bool:
    """Whether as many independent sources carry a story as the watchlist's `escalate` says."""
    return watchlist is not None and watchlist.escalate is not None and len(record.domains) >= watchlist.escalate


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    """An alert that a channel is to be told more of: when, and what was told of it, in which message."""

    alert: Alert
    when: Slot
    event: Event
    thread: str | None


def deliveries(
    alerts: Sequence[Alert], record: StoryRecord, told: Told, *, rules: Rules, now: datetime, new_id: NewId
) -> tuple[Delivery, ...]:
    """One message about a story for each channel of these alerts' watchlists, whatever `max_per_hour` says: of those that
    leave now the first carries the others; those that wait are gathered when they are due."""
    by_channel: dict[str, list[_Part]] = {}
    for alert in alerts:
        watchlist = rules.watchlists[alert.watchlist]
        for channel in rules.routes(watchlist):
            when = slot(alert, watchlist, channel, recent=(), rules=rules, now=now)
            event, thread = rules.told(told.get(alert.id, {}), channel)
            if when and event:
                part = _Part(alert=alert, when=when, event=event, thread=thread)
                by_channel.setdefault(channel.name, []).append(part)
    story = Story(id=record.id, articles=record.articles, sources=record.sources, independent=len(record.domains))
    made: list[Delivery] = []
    for channel_name, parts in by_channel.items():
        made += _to_channel(channel_name, parts, story, rules, now, new_id)
    return tuple(made)


def _to_channel(
    channel: str, parts: Sequence[_Part], story: Story, rules: Rules, now: datetime, new_id: NewId
) -> list[Delivery]:
    leaving = [part.alert.watchlist for part in parts if part.when.batch is None]
    carrier: str | None = None
    made = []
    for part in parts:
        names = [] if part.when.batch else leaving
        event = render.escalated_event(
            part.event,
            also=[name for name in names if name != part.alert.watchlist],
            story=story,
            now=now,
            confidential=any(rules.watchlists[name].confidential for name in names),
        )
        delivery = Delivery(
            id=new_id(),
            type=EventType.ALERT_ESCALATED,
            channel=channel,
            event=event,
            created_at=now,
            next_at=part.when.at,
            alert_id=part.alert.id,
            state=DeliveryState.PENDING if part.when.batch or carrier is None else DeliveryState.CARRIED,
            carried_by=None if part.when.batch else carrier,
            batch=part.when.batch,
            reply_to=part.thread,
        )
        carrier = carrier if part.when.batch else carrier or delivery.id
        made.append(delivery)
    return made
