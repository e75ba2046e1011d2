"""Stored articles, matched again with the watchlists as they are now: which alerts are missing, and the check that makes
them. Articles of the baseline count: whoever replays asks for what was never told.

Not here: what a check leads to (decide.py), and which articles are matched again (cli).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from monitor.core.decide import is_news
from monitor.core.model import Article, Check, EntryState, Fingerprint, Listing, Match, Reading, SourceRecord, Verdict
from monitor.core.settings import Source


def missing(matches: Iterable[Match], story_id: str, told: Mapping[tuple[str, str], Verdict]) -> tuple[Match, ...]:
    """The matches of an article that its story has no alert of; `told` are the alerts: (watchlist, story) → verdict."""
    return tuple(match for match in matches if is_news(match, told.get((match.watchlist, story_id))))


def check(source: Source, article: Article, matches: tuple[Match, ...], now: datetime) -> Check:
    """A check that found this stored article, and nothing about the source."""
    reading = Reading(
        article=article, fingerprint=Fingerprint(), state=EntryState.READ, matches=matches, known_article=True
    )
    return Check(
        source=source,
        record=SourceRecord(id=0, name=source.name, next_poll_at=now),
        at=now,
        jitter=0.0,
        found=Listing(readings=(reading,), complete=False),
    )
