"""When articles that were alerted are read again. Not here: what that brings (revisions.py)."""

import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from monitor.core.model import Alert, Delivery
from monitor.core.routes import Rules
from monitor.core.settings import FullText, Source

TURNS = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24), timedelta(days=3), timedelta(days=7))
"""So long after its alert an article is read again."""
SPREAD = 0.1
"""Up to so much later, each article by its id: what alerted together is not asked for together."""
APART = timedelta(minutes=15)
"""So far apart are two attempts that say that an article is gone, and two re-reads since its feed changed."""
LONGEST = timedelta(days=1)


def next_turn(since: datetime, article_id: str, now: datetime) -> datetime | None:
    """When an article that was alerted at `since` is read again after `now`; None: no more. Turns that were missed are
    not made up for."""
    late = 1 + SPREAD * zlib.crc32(article_id.encode()) / 2**32
    return next((since + turn * late for turn in TURNS if since + turn * late > now), None)


def schedule(
    source: Source, alerts: Iterable[Alert], deliveries: Iterable[Delivery], rules: Rules, now: datetime
) -> Mapping[str, tuple[datetime, datetime]]:
    """The articles of new alerts that are to be read again: id → when the alert was made, and the first turn. Only if a
    channel that is told wants to hear of changes, and the source's pages may be asked for."""
    if source.full_text is FullText.FEED:
        return {}
    follow = {channel.name for channel in rules.channels.values() if channel.revisions}
    told = {each.alert_id for each in deliveries if each.channel in follow}
    turns = {alert.article_id: next_turn(now, alert.article_id, now) for alert in alerts if alert.id in told}
    return {article: (now, turn) for article, turn in turns.items() if turn}


def look_again(futile: int, now: datetime) -> datetime:
    """From when on an entry that changed in its feed is worth another re-read, after so many in a row brought nothing new:
    15 minutes, an hour, four …, a day. So a feed that touches its items at every poll is soon believed less."""
    return now + min(APART * int(4 ** min(futile, 5)), LONGEST)
