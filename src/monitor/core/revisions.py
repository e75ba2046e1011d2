"""What reading a stored article again leads to: its new text, the version before, whom it concerns, and its next turn.

What belongs here: what a visit decides. What does not: comparing texts (changes.py), when articles are read again
(rereading.py), asking for pages (pipeline.py), writing (the store, which calls `decide` inside its transaction).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from monitor.core import changes, intake, reading, render, replay, rereading
from monitor.core import decide as deciding
from monitor.core.changes import Change
from monitor.core.model import (
    Alert,
    Article,
    Check,
    Delivery,
    Entry,
    EventType,
    History,
    Hit,
    Listing,
    Match,
    Outcome,
    PageFault,
    Reading,
    Story,
    TextFrom,
)
from monitor.core.routes import NewId, Rules, slot
from monitor.core.settings import FullText, Source


class Found(StrEnum):
    """What a visit found."""

    UNCHANGED = "unchanged"  # nothing in substance
    CHANGED = "changed"
    UNREADABLE = "unreadable"  # the page could not be had, or shows something in its place: says nothing of the article
    MISSING = "missing"  # it is not there; told if that is still so a little later
    GONE = "gone"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reread:
    """A stored article, and what earlier visits found. `since` is when its alert was made, None if it has no turns;
    `missing_since` when it was first not there, `gone_at` when that was told."""

    article: Article
    since: datetime | None = None
    missing_since: datetime | None = None
    gone_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Noted:
    """What a source says of an entry now: `words` as `changes.own_words`, `futile` how many visits in a row that it brought
    about found nothing new, `again_at` from when on it may bring about another."""

    entry_id: int
    words: int
    futile: int = 0
    again_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A known entry of which its source says something else than before."""

    page: int
    reread: Reread
    noted: Noted


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """A stored article, read again at `at`: as it was, as it is to be kept (`reading`), and the difference. `before` is what
    the article matched as it was; `noted` is set if its source's listing brought the visit about."""

    reread: Reread
    source: Source
    at: datetime
    got: reading.Got
    reading: Reading
    change: Change | None = None
    before: tuple[Match, ...] = ()
    noted: Noted | None = None

    @property
    def check(self) -> Check:
        """The visit as a check that found this article with what it matches now and did not before."""
        had = {match.watchlist: match.verdict for match in self.before}
        news = tuple(match for match in self.reading.matches if deciding.is_news(match, had.get(match.watchlist)))
        check = replay.check(self.source, self.reading.article, (), self.at)
        return replace(check, found=Listing(readings=(replace(self.reading, matches=news),), complete=False))


@dataclass(frozen=True, kw_only=True, slots=True)
class Revised:
    """Everything that a visit makes the store write: the article if it is another now (`reading`), and the `difference` to
    keep beside the version before; what it `raised`: alerts as those of any check; messages about the article; what was
    found, and the next turn."""

    found: Found
    next_at: datetime | None
    missing_since: datetime | None
    gone_at: datetime | None
    raised: Outcome
    reading: Reading | None = None
    difference: Mapping[str, Any] | None = None
    deliveries: tuple[Delivery, ...] = ()
    noted: Noted | None = None


Decide = Callable[[Visit, History], Revised]


def wants_page(source: Source, article: Article, entry: Entry | None) -> bool:
    """Whether the page of a stored article is to be asked for again; with `entry`, because its source says so of it now."""
    if not article.url or source.full_text is FullText.FEED:
        return False
    return entry is None or article.text_from is TextFrom.PAGE or intake.wants_page(source, entry)


def titles(known: Article, fresh: Article) -> tuple[str, str]:
    """The titles to compare: what the source calls the article, or if that is as before, what its page does."""
    if changes.same_title(known.title, fresh.title):
        return known.headline, fresh.headline
    return known.title, fresh.title


def texts(known: Article, fresh: Article) -> tuple[str, str]:
    """The texts to compare; what a feed says and what a page says are not compared."""
    return (known.text, fresh.text) if known.text_from is fresh.text_from else ("", "")


def decide(visit: Visit, history: History, *, rules: Rules, new_id: NewId) -> Revised:
    """What a visit leads to."""
    raised = deciding.decide(visit.check, history, rules=rules, new_id=new_id)
    revised = _found(visit, raised)
    told: list[Delivery] = []
    difference = None
    if visit.change:
        told += _tell(EventType.ARTICLE_CHANGED, visit, history, rules, new_id)
        difference = render.difference(visit.change, *_terms(visit.before, visit.reading.matches))
    if revised.gone_at == visit.at:
        told += _tell(EventType.ARTICLE_GONE, visit, history, rules, new_id)
    return replace(
        revised,
        difference=difference,
        deliveries=tuple(told),
        noted=_noted(visit, fruitful=bool(raised.alerts or visit.change)),
    )


def _found(visit: Visit, raised: Outcome) -> Revised:
    """What a visit found, and when the next is due; nothing is told yet."""
    reread, now, got = visit.reread, visit.at, visit.got
    turn = rereading.next_turn(reread.since, reread.article.id, now) if reread.since else None
    missing_since, gone_at = reread.missing_since, reread.gone_at
    if got.missing:
        missing_since = missing_since or now
        gone_at = gone_at or (now if now - missing_since >= rereading.APART else None)
        found = Found.GONE if gone_at else Found.MISSING
        turn = turn if gone_at or not reread.since else now + rereading.APART
    elif visit.change:
        found, missing_since, gone_at = Found.CHANGED, None, None
    elif got.trouble or (got.page and not got.usable):
        found = Found.UNREADABLE
    else:
        found, missing_since = Found.UNCHANGED, None
    article = visit.reading.article
    same = replace(article, fetched=reread.article.fetched, reason=reread.article.reason) == reread.article
    return Revised(
        found=found,
        next_at=turn,
        missing_since=missing_since,
        gone_at=gone_at,
        reading=None if same else visit.reading,
        raised=raised,
    )


def _noted(visit: Visit, *, fruitful: bool) -> Noted | None:
    if visit.noted is None:
        return None
    futile = 0 if fruitful else visit.noted.futile + 1
    return replace(visit.noted, futile=futile, again_at=rereading.look_again(max(0, futile - 1), visit.at))


# Messages


def _tell(kind: EventType, visit: Visit, history: History, rules: Rules, new_id: NewId) -> Iterable[Delivery]:
    """A delivery for each channel that wants to hear of it, was told an alert of this article, and still gets those of the
    alert's watchlist."""
    by_channel: dict[str, list[Alert]] = {}
    for alert in history.alerts.values():
        watchlist = rules.watchlists.get(alert.watchlist)
        if alert.article_id == visit.reread.article.id and watchlist:
            told = history.told.get(alert.id, {})
            for channel in rules.routes(watchlist):
                if channel.revisions and channel.name in told:
                    by_channel.setdefault(channel.name, []).append(alert)
    for name, alerts in by_channel.items():
        lead = alerts[0]
        channel, watchlist = rules.channels[name], rules.watchlists[lead.watchlist]
        when = slot(lead, watchlist, channel, recent=(), rules=rules, now=visit.at)
        if when:
            yield Delivery(
                id=new_id(),
                type=kind,
                channel=name,
                event=_event(kind, alerts, visit, history, rules),
                created_at=visit.at,
                next_at=when.at,
                alert_id=lead.id,
                batch=when.batch,
                reply_to=history.told[lead.id][name].id,
            )


def _event(kind: EventType, alerts: Sequence[Alert], visit: Visit, history: History, rules: Rules) -> dict[str, Any]:
    names = [alert.watchlist for alert in alerts]
    before, after = _of(visit.before, names), _of(visit.reading.matches, names)
    story = history.stories[alerts[0].story_id]
    hits: dict[Hit, None] = dict.fromkeys(hit for match in after for hit in match.hits)
    if kind is EventType.ARTICLE_CHANGED and visit.change:
        revision = {"change": render.difference(visit.change, *_terms(before, after))}
    else:
        reason = visit.got.trouble or reading.FAULTS[PageFault.SOFT_404]
        revision = {"gone": render.disappearance(visit.reread.missing_since or visit.at, reason)}
    return render.alert_event(
        kind,
        alert=alerts[0],
        watchlist=rules.watchlists[names[0]],
        also=names[1:],
        article=visit.reading.article,
        hits=list(hits),
        story=Story(id=story.id, articles=story.articles, sources=story.sources, independent=len(story.domains)),
        now=visit.at,
        confidential=any(rules.watchlists[name].confidential for name in names),
        revision=revision,
    )


def _of(matches: Iterable[Match], names: Sequence[str]) -> tuple[Match, ...]:
    return tuple(match for match in matches if match.watchlist in names)


def _terms(before: Iterable[Match], after: Iterable[Match]) -> tuple[list[str], list[str]]:
    """The terms that were found before and are not now, and those that are found now and were not before."""
    old, new = ({hit.term: None for match in matches for hit in match.hits} for matches in (before, after))
    return [term for term in old if term not in new], [term for term in new if term not in old]
