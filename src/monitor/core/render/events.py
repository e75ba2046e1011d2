"""Events: the JSON that a webhook receives, and that every other form of a message is made from.

An event is complete in itself: whether it is neutral or confidential stands in it, so that no channel needs to know
the configuration. The shapes are a promise (docs/receiving.md); receivers ignore fields that they don't know.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from monitor.core.model import (
    Alert,
    Article,
    Event,
    EventType,
    Hit,
    Report,
    Story,
    TextFrom,
    Verdict,
)
from monitor.core.render.clean import around, shorten, sound
from monitor.core.render.edits import shorter
from monitor.core.settings import Watchlist

Data = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Caps:
    """How many hits and other reports an alert tells, and how long, in code points, its texts are."""

    hits: int
    sentence: int
    excerpt: int
    others: int
    changes: int
    change: int


# Standard Webhooks 1.0.0 asks for payloads under 20 kB. An alert is told in the first of these forms that fits; the
# last is used even if it doesn't, since a title (whose offsets must hold) or a digest may be as long as it likes.
# Measured on 2026-11-22 with everything in Cyrillic, a title of 100 letters and each cap reached: 19.2, 8.4, 3.7, 1.2 kB.
LIMIT = 20_000
_FORMS = (
    Caps(hits=20, sentence=300, excerpt=500, others=10, changes=20, change=500),
    Caps(hits=10, sentence=200, excerpt=300, others=5, changes=12, change=300),
    Caps(hits=4, sentence=160, excerpt=200, others=2, changes=6, change=160),
    Caps(hits=1, sentence=120, excerpt=0, others=0, changes=2, change=120),
)
_NAME = 200  # code points of an author, a reason or the title of another report: enough to recognise them
_SOURCES = 20
_TERMS = 20
_WHOLE = 100  # code points: a text that is no longer and ends without a full stop is a headline, and not cut off
_LONG_WORD = 40
_NAMES = 1000  # code points of the sources, and of the reasons, that one message about several sources begins with
_EARLY = 350  # a first hit before this offset stands in the beginning of the text, which tells more than its middle


def encode(event: Event) -> bytes:
    """The event as the bytes that are sent and signed: the same for equal events."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def alert_event(
    kind: EventType,
    *,
    alert: Alert,
    watchlist: Watchlist,
    also: Sequence[str],
    article: Article,
    hits: Sequence[Hit],
    story: Story,
    now: datetime,
    confidential: bool = False,
    escalated: bool = False,
    revision: Mapping[str, Any] | None = None,
) -> Data:
    """alert.created, alert.updated, article.changed or article.gone (`kind`), under 20 kB.

    `hits` in reading order, those of `watchlist` and of `also`; `also` names the other watchlists that the same article
    hit for the same channel; `confidential` if one of those is. What the size leaves out is counted in `left_out`. The
    event of a confidential watchlist says so, and no subject, log or terminal shows what is in it. `escalated` if so
    many sources carry the story already that no message of its own tells it. `revision` is what became of the article:
    {"change": …} (see edits.py) or {"gone": {"since", "reason"}}.
    """
    data: Data = {
        "alert": alert.id,
        "watchlist": {"name": watchlist.name, "title": watchlist.title, "score": alert.score},
        "also": list(also),
        "article": _article(article, hits),
        "hits": [_hit(hit) for hit in hits],
        "story": story_data(story),
        **(revision or {}),
    }
    if confidential or watchlist.confidential:
        data["confidential"] = True
    if escalated:
        data["escalated"] = {"sources": story.independent}
    data = sounded(data)
    return fitting(lambda caps: envelope(kind, now, trimmed(data, caps)))


def updated_event(event: Event, *, story: Story, now: datetime) -> Data:
    """alert.updated: what was told of an alert, with its story as it is now; `story.others` are the new reports."""
    data = {name: value for name, value in event["data"].items() if name != "escalated"}
    data |= {"story": sounded(story_data(story))}
    return fitting(lambda caps: envelope(EventType.ALERT_UPDATED, now, trimmed(data, caps)))


def escalated_event(event: Event, *, also: Sequence[str], story: Story, confidential: bool, now: datetime) -> Data:
    """alert.escalated: what was told of an alert, with its story as it is now; `escalated.sources` is the number of
    independent sources. `also` names the other watchlists of which it is told the same; `confidential` if one is."""
    names = [*event["data"]["also"], *also]
    data = {**event["data"], "also": list(dict.fromkeys(names)), "story": sounded(story_data(story))}
    data |= {"escalated": {"sources": story.independent}} | ({"confidential": True} if confidential else {})
    return fitting(lambda caps: envelope(EventType.ALERT_ESCALATED, now, trimmed(data, caps)))


def kept_secret(event: Event, secret: Collection[str]) -> Event:
    """The event, marked as confidential where it tells of a watchlist that is named in `secret`: a list may have become
    confidential since the message was made."""
    told = alerts_of(event)
    touched = [data for data in told if not data.get("confidential") and not _named(data).isdisjoint(secret)]
    if not touched:
        return event
    marked = [{**data, "confidential": True} if data in touched else data for data in told]
    data = {**event["data"], "alerts": marked} if event["type"] == EventType.ALERT_DIGEST else marked[0]
    return {**event, "data": data}


def _named(data: Data) -> set[str]:
    return {data["watchlist"]["name"], *data["also"], *(each["name"] for each in data.get("watchlists", ()))}


def health_event(
    type_: EventType,
    *,
    source: str | None = None,
    channel: str | None = None,
    since: datetime,
    reason: str,
    advice: str,
    now: datetime,
    kind: str = "",
    reminder: bool = False,
) -> Data:
    """A message about the operation (`type_`: source.failing …): which source or channel, or neither, since when, why, what
    to do, what kind of fault it is if there is one, and whether it was told before."""
    about = {"source": source, "channel": channel}
    data: Data = {name: value for name, value in about.items() if value is not None}
    data |= {"since": _stamp(since), "reason": reason, "advice": advice}
    data |= {"kind": kind} if kind else {}
    data |= {"reminder": True} if reminder else {}
    return envelope(type_, now, sounded(data))


def sources_event(events: Sequence[Event], *, now: datetime) -> Data:
    """Several messages of one type about sources as one: `sources` has the data of each, `source` names the first, `since`
    is the earliest. The reasons that they share are told once."""
    told = [data for event in events for data in event["data"].get("sources", [event["data"]])]
    names = ", ".join(data["source"] for data in told)
    reasons, advices = (list(dict.fromkeys(data[key] for data in told)) for key in ("reason", "advice"))
    data: Data = {
        "source": told[0]["source"],
        "since": min(data["since"] for data in told),
        "reason": f"{len(told)} sources at once: {shorten(names, _NAMES)}: {shorten('; '.join(reasons), _NAMES)}",
        "advice": " ".join(advices),
        "sources": told,
    }
    return envelope(EventType(events[0]["type"]), now, data)


def test_event(now: datetime) -> Data:
    """An alert.created that says in its title and by `"test": true` that nothing happened."""
    title = "Test alert from Monitor: this channel works"
    hit = Hit(term="works", term_set="test", field="title", start=38, end=43, surface="works", sentence=title)
    article = Article(
        id=_NO_ID,
        url="https://example.org/monitor-test",
        title=title,
        source="Monitor",
        published=now,
        fetched=now,
        language="en",
        text="Nothing happened. This message was sent to see whether the channel works.",
        text_from=TextFrom.FEED,
    )
    alert = Alert(
        id=_NO_ID,
        watchlist="test",
        story_id=_NO_ID,
        article_id=_NO_ID,
        score=1.0,
        verdict=Verdict.ALERT,
        created_at=now,
    )
    event = alert_event(
        EventType.ALERT_CREATED,
        alert=alert,
        watchlist=Watchlist(name="test", title="Test"),
        also=(),
        article=article,
        hits=(hit,),
        story=Story(id=_NO_ID, sources=("Monitor",)),
        now=now,
    )
    return {**event, "data": {**event["data"], "test": True}}


_NO_ID = "0" * 26
_SEE = {EventType.WATCHLIST_REFUSED: "monitor check"}  # of a message without alerts; of all others "monitor status"


def neutral(event: Event, public_url: str) -> Data:
    """The event reduced to that there is something, and where to read it: no watchlist, title, address or text.

    `link` leads to the own page under `public_url`, and is None without one; `see` is the command that shows the rest.
    """
    page = public_url.rstrip("/")
    alerts = alerts_of(event)
    ids = [each["alert"] for data in alerts for each in data.get("watchlists", (data,))]
    data: Data = {"neutral": True}
    if event["type"] == EventType.ALERT_DIGEST:
        data |= {"alerts": ids, "count": len(ids), "reason": event["data"]["reason"]}
        data |= {"link": f"{page}/alerts" if page else None, "see": "monitor alerts list"}
    elif alerts:
        data |= {"alert": ids[0], "count": 1}
        data |= {"link": f"{page}/alerts/{ids[0]}" if page else None, "see": f"monitor alerts show {ids[0]}"}
    else:
        data |= {
            "since": event["data"]["since"],
            "link": page or None,
            "see": _SEE.get(event["type"], "monitor status"),
        }
    if event["data"].get("test"):
        data["test"] = True
    return {"type": event["type"], "timestamp": event["timestamp"], "data": data}


def alerts_of(event: Event) -> list[Data]:
    """The data of each alert that an event tells, of each story if it is a digest; none for what is about the operation."""
    if event["type"] == EventType.ALERT_DIGEST:
        return list(event["data"]["alerts"])
    return [event["data"]] if event["type"].startswith(("alert.", "article.")) else []


def envelope(kind: EventType, now: datetime, data: Data) -> Data:
    """What every event has around its data."""
    return {"type": kind.value, "timestamp": _stamp(now), "data": data}


def _article(article: Article, hits: Sequence[Hit]) -> Data:
    shown = {
        "id": article.id,
        "url": article.url,
        "title": article.title,
        "source": article.source,
        "author": article.author and shorten(article.author, _NAME),
        "published": article.published and _stamp(article.published),
        "fetched": _stamp(article.fetched),
        "language": article.language,
        "excerpt": _excerpt(article, hits),
        "text_from": article.text_from.value,
        "sha256": article.sha256,
    }
    return shown | ({"reason": shorten(article.reason, _NAME)} if article.reason else {})


def _excerpt(article: Article, hits: Sequence[Hit]) -> str:
    """The beginning of the text, or what is around the first hit if that comes later."""
    texts = {"text": article.text, "summary": article.summary}
    name, start, end = next(
        ((h.field, h.start, h.end) for h in hits if texts.get(h.field)), ("text" if article.text else "summary", 0, 0)
    )
    span = (start, end) if end > _EARLY else (0, 0)
    return _ended(" ".join(around(texts[name], *span, _FORMS[0].excerpt).split()))


def _ended(text: str) -> str:
    """The text without its last word, if it breaks off in it: many feeds cut their summaries at some length."""
    head, space, last = text.rpartition(" ")
    broken = len(text) > _WHOLE and space and last[-1:].isalnum() and len(last) < _LONG_WORD
    return head.rstrip(" ,;:–—-") + "…" if broken else text


def _hit(hit: Hit) -> Data:
    return {
        "term": hit.term,
        "field": hit.field,
        "start": hit.start,
        "end": hit.end,
        "surface": hit.surface,
        "sentence": hit.sentence,
    }


def story_data(story: Story) -> Data:
    """A story as events tell it, of its sources the first."""
    return {
        "id": story.id,
        "articles": story.articles,
        "sources": list(story.sources[:_SOURCES]),
        "independent": story.independent,
        "others": [_report(report) for report in story.others],
    }


def _report(report: Report) -> Data:
    return {
        "url": report.url,
        "title": shorten(report.title, _NAME),
        "source": report.source,
        "published": report.published and _stamp(report.published),
        "relation": report.relation.value,
    }


def fitting(build: Callable[[Caps], Data]) -> Data:
    """The event in its longest form that stays under the limit, or else in its shortest."""
    for caps in _FORMS[:-1]:
        event = build(caps)
        if len(encode(event)) < LIMIT:
            return event
    return build(_FORMS[-1])


def trimmed(data: Data, caps: Caps) -> Data:
    """An alert's data in a shorter form; what is dropped is added to `left_out`, and if it is hits, `terms` names the words
    that were found all the same."""
    hits, others = data["hits"], data["story"]["others"]
    kept = _telling(hits, caps.hits)
    before = data.get("left_out", {"hits": 0, "others": 0})
    left_out = {
        "hits": before["hits"] + len(hits) - len(kept),
        "others": before["others"] + max(0, len(others) - caps.others),
    }
    excerpt = shorten(data["article"]["excerpt"], caps.excerpt) if caps.excerpt else ""
    short = {
        **data,
        "article": {**data["article"], "excerpt": excerpt},
        "hits": [{**hit, "sentence": _quote(hit, caps.sentence)} for hit in kept],
        "story": {**data["story"], "others": others[: caps.others]},
    }
    if "change" in data:
        short["change"] = shorter(data["change"], caps.changes, caps.change)
    if len(kept) < len(hits):
        short["terms"] = terms_of(data)[:_TERMS]
    return short | ({"left_out": left_out} if any(left_out.values()) else {})


def terms_of(data: Data) -> list[str]:
    """The words that were found, also those whose hits there was no room for."""
    terms: list[str] = data.get("terms") or list(dict.fromkeys(hit["term"] for hit in data["hits"]))
    return terms


def _telling(hits: Sequence[Data], most: int) -> list[Data]:
    """The first hit of each term, then the others, as many as fit; in reading order. Those in the title come last: it is
    told anyway."""
    seen: set[str] = set()
    first: list[int] = []
    again: list[int] = []
    for at in sorted(range(len(hits)), key=lambda at: hits[at]["field"] == "title"):
        (again if hits[at]["term"] in seen else first).append(at)
        seen.add(hits[at]["term"])
    return [hits[at] for at in sorted([*first, *again][:most])]


def _quote(hit: Data, limit: int) -> str:
    """The hit's sentence, shortened so that the surface stays in it."""
    sentence, surface = hit["sentence"], hit["surface"]
    start = max(0, sentence.find(surface))
    return around(sentence, start, min(len(sentence), start + len(surface)), limit)


def sounded(value: Any) -> Any:
    """JSON data whose texts can be encoded, whatever a feed put into them."""
    if isinstance(value, str):
        return sound(value)
    if isinstance(value, list):
        return [sounded(item) for item in value]
    return {key: sounded(item) for key, item in value.items()} if isinstance(value, dict) else value


def _stamp(moment: datetime) -> str:
    """RFC 3339, UTC, whole seconds."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
