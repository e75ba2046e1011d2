"""Several events in one: a digest, which tells story by story, and an update of all that joined a story since the last one.

What belongs here: what becomes of the parts. What does not: the shape of one alert and how it is shortened (events.py), and
which events become one message (core.routes).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from monitor.core.model import Event, EventType, Story
from monitor.core.render.events import Caps, Data, alerts_of, envelope, fitting, sounded, story_data, terms_of, trimmed

_RANK = (EventType.ALERT_CREATED, EventType.ALERT_ESCALATED, EventType.ALERT_UPDATED)
_NEW = (EventType.ALERT_CREATED, EventType.ALERT_ESCALATED)  # told with all reports of the story
_FIELDS = ("title", "summary", "text")

Stories = Mapping[str, Story]
"""Alert id → its story as it is now; `others` are all its reports but the alert's, one of each source."""


def digest_event(events: Sequence[Event], *, reason: str, now: datetime, stories: Stories | None = None) -> Data:
    """alert.digest: several alerts in one message, an entry for each story, none left out.

    `reason`: "digest", the channel has a `digest`; "quiet", the alerts waited for quiet hours to end; "rate", there were
    more of them than `max_per_hour`. The story that most independent sources carry comes first, then the one with the
    highest score, then the newest. Digests among `events` are taken apart. To stay under 20 kB the alerts are told in ever
    shorter forms; from about fifteen stories on it is larger.
    """
    stories = stories or {}
    grouped: dict[str, list[Data]] = {}
    for part in _parts(events):
        grouped.setdefault(_group(part, stories), []).append(part)
    entries = [_entry(parts, stories) for parts in grouped.values()]
    entries.sort(key=_published, reverse=True)
    entries.sort(key=lambda entry: (-entry["story"].get("independent", 1), -entry["watchlist"]["score"]))

    def build(caps: Caps) -> Data:
        shown = [trimmed(entry, caps) for entry in entries]
        return envelope(EventType.ALERT_DIGEST, now, {"alerts": shown, "count": len(shown), "reason": reason})

    return fitting(build)


def joined_event(events: Sequence[Event], *, now: datetime, stories: Stories | None = None) -> Data:
    """alert.updated: several updates of one story in one, with every report that joined it, each once."""
    parts = list(_parts(events))
    story = _story(parts, stories or {}) | {"others": _joined(parts)}
    data = {name: value for name, value in parts[-1].items() if name != "type"} | {"story": story}
    return fitting(lambda caps: envelope(EventType.ALERT_UPDATED, now, trimmed(data, caps)))


def _parts(events: Iterable[Event]) -> Iterable[Data]:
    """The data of every alert, with the type of the event that told it."""
    return ({"type": event["type"], **data} for event in events for data in alerts_of(event))


def _group(part: Data, stories: Stories) -> str:
    """What is told together: a story; apart from it each change of an article, which several watchlists may be told of."""
    if part["type"] not in _RANK:
        return f"{part['type']} {part['article']['id']} {part['article']['sha256']}"
    known = stories.get(part["alert"])
    story: str = known.id if known else part["story"]["id"]
    return story


def _entry(parts: Sequence[Data], stories: Stories) -> Data:
    """What a digest tells of a story: its alert with the highest score, with the watchlists and what was found for the
    others. A story that was told before is an update, and tells only the reports that are new."""
    kind = min((part["type"] for part in parts), key=lambda kind: _RANK.index(kind) if kind in _RANK else 0)
    lead = max((part for part in parts if part["type"] == kind), key=lambda part: part["watchlist"]["score"])
    same = [part for part in parts if part["article"]["id"] == lead["article"]["id"]]
    lists = _watchlists([lead, *parts])
    names = [*(each["name"] for each in lists), *(name for part in parts for name in part["also"])]
    story = _story(parts, stories)
    entry = {
        **lead,
        "type": kind,
        "also": [name for name in dict.fromkeys(names) if name != lead["watchlist"]["name"]],
        "watchlists": lists,
        "hits": _hits(same),
        "story": story | {"others": _joined(parts)} if kind not in _NEW else story,
    }
    if any("terms" in part for part in same):
        entry["terms"] = list(dict.fromkeys(term for part in same for term in terms_of(part)))
    if any(part.get("confidential") for part in parts):
        entry["confidential"] = True
    escalated = [part["escalated"] for part in parts if "escalated" in part]
    return entry | ({"escalated": escalated[-1]} if escalated else {})


def _watchlists(parts: Iterable[Data]) -> list[Data]:
    """Each alert once, with its watchlist; a part of a digest has several."""
    each = (one for part in parts for one in part.get("watchlists", ({"alert": part["alert"], **part["watchlist"]},)))
    found: dict[str, Data] = {}
    for one in each:
        found.setdefault(one["alert"], one)
    return list(found.values())


def _hits(parts: Sequence[Data]) -> list[Data]:
    """What was found in one article, each place once, in reading order."""
    found: list[Data] = []
    for hit in (hit for part in parts for hit in part["hits"]):
        if hit not in found:
            found.append(hit)
    if len(parts) > 1:
        found.sort(
            key=lambda hit: (_FIELDS.index(hit["field"]) if hit["field"] in _FIELDS else len(_FIELDS), hit["start"])
        )
    return found


def _story(parts: Sequence[Data], stories: Stories) -> Data:
    """The story as it is now, or as the last of its parts told it."""
    known = next((stories[part["alert"]] for part in parts if part["alert"] in stories), None)
    if known is None:
        return dict(parts[-1]["story"])
    told: Data = sounded(story_data(known))
    return told


def _joined(parts: Iterable[Data]) -> list[Data]:
    """The new reports of several updates, each once."""
    return list({report["url"]: report for part in parts for report in part["story"]["others"]}.values())


def _published(entry: Data) -> str:
    when: str = entry["article"]["published"] or entry["article"]["fetched"]
    return when
