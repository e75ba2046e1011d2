"""What became of an article, as an event tells it: bounded, and as much of it as the event has room for."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from monitor.core.changes import Change
from monitor.core.render.clean import around, shorten

Data = dict[str, Any]

SENTENCES, LENGTH = 20, 500
"""So many sentences at most, an edited one counting twice, and so many code points of each."""
_TITLE, _WORDS = 300, 30


def difference(change: Change, lost: Sequence[str], found: Sequence[str]) -> Data:
    """A change as JSON. `lost` and `found` are the watchlists' terms that the article has no more, and has now."""
    title = None
    if change.old_title is not None and change.new_title is not None:
        title = {"before": shorten(change.old_title, _TITLE), "after": shorten(change.new_title, _TITLE)}
    edited = [
        {
            "before": each.before,
            "after": each.after,
            "removed": list(each.removed[:_WORDS]),
            "added": list(each.added[:_WORDS]),
        }
        for each in change.edited
    ]
    whole = {
        "title": title,
        "removed": list(change.removed),
        "added": list(change.added),
        "edited": edited,
        "facts": {"removed": list(change.old_facts), "added": list(change.new_facts)},
        "terms": {"removed": list(lost), "added": list(found)},
    }
    return shorter(whole, SENTENCES, LENGTH)


def disappearance(since: datetime, reason: str) -> Data:
    """Since when an article is not there any more, and what says so."""
    stamp = since.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
    return {"since": stamp, "reason": shorten(reason, _TITLE)}


def shorter(whole: Data, sentences: int, length: int) -> Data:
    """A difference with at most so many sentences, and code points of each; what is dropped is counted in `left_out`."""
    removed, added, edited = whole["removed"], whole["added"], whole["edited"]
    pairs = min(len(edited), max(1, sentences // 4) if removed or added else max(1, sentences // 2))
    rest = max(0, sentences - 2 * pairs)
    gone = min(len(removed), max((rest + 1) // 2, rest - len(added)))
    new = min(len(added), rest - gone)
    before = whole.get("left_out", {"removed": 0, "added": 0, "edited": 0})
    left_out = {
        "removed": before["removed"] + len(removed) - gone,
        "added": before["added"] + len(added) - new,
        "edited": before["edited"] + len(edited) - pairs,
    }
    short = {
        **whole,
        "removed": [shorten(each, length) for each in removed[:gone]],
        "added": [shorten(each, length) for each in added[:new]],
        "edited": [_pair(each, length) for each in edited[:pairs]],
    }
    return short | ({"left_out": left_out} if any(left_out.values()) else {})


def _pair(edited: Data, length: int) -> Data:
    """An edited sentence, shortened so that the first word that changed stays in it."""
    before, after = edited["before"], edited["after"]
    return {
        **edited,
        "before": _around(before, edited["removed"], length),
        "after": _around(after, edited["added"], length),
    }


def _around(sentence: str, words: Sequence[str], length: int) -> str:
    start = max(0, sentence.find(words[0])) if words else 0
    return around(sentence, start, start, length)
