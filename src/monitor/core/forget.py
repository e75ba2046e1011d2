"""What is left of a message when a watchlist is forgotten that it tells of: the others that it tells of, or nothing.

Not here: which messages tell of it, and what else is stored of a watchlist (store/forget.py).
"""

from collections.abc import Callable, Collection
from typing import Any

from monitor.core.model import Event
from monitor.core.render.events import alerts_of

Place = tuple[str, str, int, int]
"""Where something was found in an article: term, field, start, end."""
Found = Callable[[str], Collection[Place]]
"""Article id → the places that watchlists found which are not forgotten."""


def without(event: Event, watchlist: str, found: Found) -> Event | None:
    """The event without a watchlist: its name, its alerts, and what only it found. None if it told of nothing else."""
    told = [left for data in alerts_of(event) if (left := _left(data, watchlist, found))]
    if not told:
        return None
    if "alerts" in event["data"]:
        return {**event, "data": {**event["data"], "alerts": told, "count": len(told)}}
    return {**event, "data": told[0]}


def _left(data: dict[str, Any], watchlist: str, found: Found) -> dict[str, Any] | None:
    """What is left of one alert, or of one story of a digest, which may have alerts of several watchlists."""
    lists = [each for each in data.get("watchlists", ()) if each["name"] != watchlist]
    lead = data["watchlist"]
    if lead["name"] == watchlist:
        if not lists:
            return None
        first = lists[0]
        lead = {name: value for name, value in first.items() if name != "alert"}
        data = {**data, "alert": first["alert"]}
    places = found(data["article"]["id"])
    left = {
        **data,
        "watchlist": lead,
        "also": [name for name in data["also"] if name not in (watchlist, lead["name"])],
        "hits": [hit for hit in data["hits"] if _place(hit) in places],
    }
    return left | ({"watchlists": lists} if "watchlists" in data else {})


def _place(hit: dict[str, Any]) -> Place:
    return hit["term"], hit["field"], hit["start"], hit["end"]
