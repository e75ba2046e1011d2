"""Decides what a check of a source leads to: everything that is to be written, and nothing is written here.

The store calls `decide` inside its transaction, with the history that it read there. That is what keeps two feeds that
carry one story at the same moment from making two alerts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from monitor.core import escalation, render, rereading, urls
from monitor.core.health import judge
from monitor.core.model import (
    Alert,
    Article,
    Candidate,
    Check,
    Delivery,
    DeliveryState,
    EntryState,
    Event,
    EventType,
    History,
    Hit,
    Listing,
    Match,
    Message,
    Outcome,
    Placed,
    Reading,
    Relation,
    Report,
    Slot,
    Story,
    StoryRecord,
    Verdict,
)
from monitor.core.notices import Notice
from monitor.core.routes import NewId, Rules, slot, tell, update_slot
from monitor.core.settings import Channel
from monitor.core.stories import placing

ORIGINAL = (Relation.FIRST, Relation.SAME_STORY)  # what is no copy
ALERTING = (EntryState.READ, EntryState.WAITING)


def decide(check: Check, history: History, *, rules: Rules, new_id: NewId) -> Outcome:
    """What a check leads to: the source's record, articles in their stories, alerts and deliveries."""
    health = judge(check, history, rules.health)
    desk = _Desk(check, history, rules, new_id)
    notices = list(health.notices)
    found = check.found
    if isinstance(found, Listing):
        for reading in found.readings:
            desk.take(reading)
        held = any(reading.state is EntryState.HELD and reading.stored is None for reading in found.readings)
        notices += [_flood(check, found.fresh)] if held and not history.held else []
    told = [delivery for notice in notices for delivery in tell(notice, rules, check.at, new_id)]
    return Outcome(
        record=health.record,
        placed=tuple(desk.placed),
        noted=found.noted if isinstance(found, Listing) else (),
        stories=tuple(desk.changed.values()),
        alerts=tuple(desk.raised.values()),
        escalated=tuple(desk.escalated),
        deliveries=(*desk.deliveries, *told),
        rereads=rereading.schedule(check.source, desk.raised.values(), desk.deliveries, rules, check.at),
        network_down_since=health.network_down_since,
        gap=health.gap,
        recheck=health.recheck,
    )


def is_news(match: Match, told: Verdict | None) -> bool:
    """True unless the watchlist was alerted to the story (`told`); an alert for digests only gives way to a full one."""
    return told is None or (told is Verdict.DIGEST and match.verdict is Verdict.ALERT)


class _Desk:
    """A working copy of the history, on which one reading after the other is decided."""

    def __init__(self, check: Check, history: History, rules: Rules, new_id: NewId) -> None:
        self.check, self.history, self.rules, self.new_id = check, history, rules, new_id
        self.now = check.at
        self.candidates = placing.Pool(history.candidates)
        self.stories = dict(history.stories)
        self.alerts: dict[str, dict[str, Alert]] = {}  # story → watchlist → alert
        for alert in history.alerts.values():
            self.alerts.setdefault(alert.story_id, {})[alert.watchlist] = alert
        self.told: dict[str, Mapping[str, Message]] = dict(history.told)
        self.updates, self.recent = dict(history.updates), dict(history.recent)
        self.placed: list[Placed] = []
        self.changed: dict[str, StoryRecord] = {}
        self.raised: dict[str, Alert] = {}
        self.escalated: list[str] = []
        self.deliveries: list[Delivery] = []

    def take(self, reading: Reading) -> None:
        """Find a reading's story, and tell whom it concerns."""
        near = self.candidates.near(reading.fingerprint)
        found = placing.places(reading.article, reading.fingerprint, near, self.history.seen, self.rules.stories)
        placed, joins = self._place(reading, found)
        self.placed.append(placed)
        if reading.state not in ALERTING:
            return
        before = list(self.alerts.get(placed.story_id, {}).values())
        told = {placed.story_id}
        if placed.story_id not in self.history.apart:
            told |= {place.story_id for place in found}
        news = [match for match in reading.matches if self._is_news(match, told)]
        if news:
            self._alert(news, placed)
        if before and joins:
            self._update(before, placed)
        self._escalate([self.alerts[alert.story_id][alert.watchlist] for alert in before], placed)

    def _place(self, reading: Reading, places: Sequence[placing.Place]) -> tuple[Placed, bool]:
        """A reading's place, and whether it brings a source to a story that other sources tell already: one with a page
        of its own, and not only another feed in which the same page is listed."""
        stored_in = self.history.placed.get(reading.article.id)
        if stored_in is not None:
            return Placed(reading=reading, story_id=stored_in, relation=None), False
        place = places[0] if places else None
        story_id, relation = (place.story_id, place.relation) if place else (self.new_id(), Relation.FIRST)
        record = self.stories.get(story_id) or StoryRecord(id=story_id)
        source = reading.article.source
        joins = bool(record.sources) and source not in record.sources and not (place and place.same_page)
        sources = record.sources if source in record.sources else (*record.sources, source)
        domains = _with_site(record.domains, reading.article) if relation in ORIGINAL else record.domains
        record = replace(record, articles=record.articles + 1, sources=sources, domains=domains)
        self.stories[story_id] = self.changed[story_id] = record
        begun = (place.begun if place else None) or placing.reported(reading.article)
        self.candidates.add(
            Candidate(
                article=reading.article,
                mark=reading.fingerprint,
                story_id=story_id,
                begun=begun if relation in ORIGINAL else None,
            )
        )
        return Placed(reading=reading, story_id=story_id, relation=relation), joins

    def _is_news(self, match: Match, copies: Iterable[str]) -> bool:
        """Whether none of these stories was told to the match's watchlist. An entry that was read late has a story of its
        own, and may turn out to be a copy in another."""
        alerts = (self.alerts.get(story, {}).get(match.watchlist) for story in copies)
        return all(is_news(match, known.verdict if known else None) for known in alerts)

    def _alert(self, matches: Sequence[Match], placed: Placed) -> None:
        """Alerts for the watchlists that an article is news to, and one message for each channel that may be told now."""
        by_channel: dict[str, list[tuple[Alert, Match, Slot]]] = {}
        for match in matches:
            alert = self._raise(match, placed)
            watchlist = self.rules.watchlists[match.watchlist]
            recent = self.recent.get(watchlist.name, ())
            at_once = False
            for channel in self.rules.routes(watchlist):
                when = slot(alert, watchlist, channel, recent=recent, rules=self.rules, now=self.now)
                if when is not None:
                    by_channel.setdefault(channel.name, []).append((alert, match, when))
                    at_once = at_once or when.batch is None
            if at_once:
                self.recent[watchlist.name] = (*recent, self.now)
        for channel_name, told in by_channel.items():
            self._deliver(channel_name, told, placed)

    def _raise(self, match: Match, placed: Placed) -> Alert:
        known = self.alerts.get(placed.story_id, {}).get(match.watchlist)
        escalated_at = known.escalated_at if known else None
        id_ = known.id if known else self.new_id()
        if escalated_at is None and self._many(match.watchlist, placed):
            escalated_at = self.now
            self.escalated.append(id_)
        alert = Alert(
            id=id_,
            watchlist=match.watchlist,
            story_id=placed.story_id,
            article_id=placed.reading.article.id,
            score=match.score,
            verdict=match.verdict,
            created_at=self.now,
            escalated_at=escalated_at,
        )
        self.alerts.setdefault(placed.story_id, {})[match.watchlist] = self.raised[alert.id] = alert
        return alert

    def _many(self, watchlist: str, placed: Placed) -> bool:
        """Whether so many sources carry a story already that its alert says so, and is not followed by another message."""
        return escalation.reached(self.rules.watchlists[watchlist], self.stories[placed.story_id])

    def _deliver(self, channel: str, told: Sequence[tuple[Alert, Match, Slot]], placed: Placed) -> None:
        """The deliveries of one article's alerts to one channel: those that wait, each by itself, to be gathered when
        they are due; of those that leave now, the first carries the others."""
        now = [(alert, match, when) for alert, match, when in told if when.batch is None]
        names = [alert.watchlist for alert, _, _ in now]
        hits = [hit for _, match, _ in now for hit in match.hits]
        carrier: str | None = None
        for alert, match, when in told:
            waits = when.batch is not None
            event = self._event(alert, [] if waits else names, match.hits if waits else hits, placed)
            delivery = Delivery(
                id=self.new_id(),
                type=EventType.ALERT_CREATED,
                channel=channel,
                event=event,
                created_at=self.now,
                next_at=when.at,
                alert_id=alert.id,
                state=DeliveryState.PENDING if waits or carrier is None else DeliveryState.CARRIED,
                carried_by=None if waits else carrier,
                batch=when.batch,
            )
            carrier = carrier if waits else carrier or delivery.id
            self._keep(alert, delivery)

    def _escalate(self, alerts: Sequence[Alert], placed: Placed) -> None:
        """Tell once more of a story that was alerted, if as many independent sources carry it now as its watchlists say:
        also if one of its articles was only read again, since its source may have been counted in silence (a baseline, a
        flood), two stories have become one by hand, or `escalate` is another."""
        if not alerts:
            return
        record = self.stories[placed.story_id]
        reached = escalation.due(alerts, record, self.rules)
        made = escalation.deliveries(reached, record, self.told, rules=self.rules, now=self.now, new_id=self.new_id)
        told = {delivery.alert_id for delivery in made}
        for alert in reached:
            if alert.id in told:
                self.alerts[alert.story_id][alert.watchlist] = replace(alert, escalated_at=self.now)
                self.escalated.append(alert.id)
        self.deliveries += made

    def _event(self, alert: Alert, names: Sequence[str], hits: Iterable[Hit], placed: Placed) -> dict[str, object]:
        return render.alert_event(
            EventType.ALERT_CREATED,
            alert=alert,
            watchlist=self.rules.watchlists[alert.watchlist],
            also=[name for name in names if name != alert.watchlist],
            article=placed.reading.article,
            hits=list(dict.fromkeys(hits)),
            story=_story(self.stories[placed.story_id]),
            now=self.now,
            confidential=any(self.rules.watchlists[name].confidential for name in names),
            escalated=self._many(alert.watchlist, placed),
        )

    def _keep(self, alert: Alert, delivery: Delivery) -> None:
        self.deliveries.append(delivery)
        sent_as = delivery.carried_by or delivery.id
        message = Message(id=sent_as, channel=delivery.channel, event=delivery.event, created_at=delivery.created_at)
        self.told[alert.id] = {delivery.channel: message, **self.told.get(alert.id, {})}

    def _update(self, alerts: Iterable[Alert], placed: Placed) -> None:
        """Tell the channels that want updates, where the watchlists lead now, which source joined a story that was alerted;
        once each, in the thread of what it was told if it was."""
        pairs = [(alert, channel) for alert in alerts for channel in self._channels(alert) if channel.updates]
        pairs.sort(key=lambda pair: pair[1].name not in self.told.get(pair[0].id, {}))
        done: set[str] = set()
        for alert, channel in pairs:
            event, thread = self.rules.told(self.told.get(alert.id, {}), channel)
            if event is None or channel.name in done:
                continue
            last = self.updates.get((channel.name, placed.story_id))
            watchlist = self.rules.watchlists[alert.watchlist]
            when = update_slot(alert, watchlist, channel, last=last, rules=self.rules, now=self.now)
            if when is not None:
                done.add(channel.name)
                self.updates[channel.name, placed.story_id] = when
                self._keep_update(channel, when, alert, event, thread, placed)

    def _channels(self, alert: Alert) -> tuple[Channel, ...]:
        """Where an alert of before would go now; nowhere if nobody watches for it any more."""
        watchlist = self.rules.watchlists.get(alert.watchlist)
        return self.rules.routes(watchlist) if watchlist else ()

    def _keep_update(
        self, channel: Channel, when: Slot, alert: Alert, event: Event, thread: str | None, placed: Placed
    ) -> None:
        article = placed.reading.article
        report = Report(
            url=article.url,
            title=article.title,
            source=article.source,
            published=article.published,
            relation=placed.relation or Relation.DUPLICATE,
        )
        story = _story(self.stories[placed.story_id], report)
        self.deliveries.append(
            Delivery(
                id=self.new_id(),
                type=EventType.ALERT_UPDATED,
                channel=channel.name,
                event=render.updated_event(event, story=story, now=self.now),
                created_at=self.now,
                next_at=when.at,
                alert_id=alert.id,
                batch=when.batch,
                reply_to=thread,
            )
        )


def _with_site(domains: tuple[str, ...], article: Article) -> tuple[str, ...]:
    """The independent sources of a story, with an article's: whoever owns the site that it is at."""
    site = urls.site(article.url) or article.source
    return domains if site in domains else (*domains, site)


def _story(record: StoryRecord, *others: Report) -> Story:
    return Story(
        id=record.id,
        articles=record.articles,
        sources=record.sources,
        independent=len(record.domains),
        others=others,
    )


def _flood(check: Check, count: int) -> Notice:
    return Notice(
        type=EventType.SOURCE_FLOOD,
        source=check.source.name,
        since=check.at,
        reason=f"it listed {count} new entries at once, more than flood_limit = {check.source.flood_limit}",
        advice=f"They are stored and held. `monitor feeds release {check.source.name!r}` lets them alert, "
        f"`monitor feeds baseline {check.source.name!r}` keeps them silent; what comes after alerts as usual.",
    )
