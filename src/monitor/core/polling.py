"""When a source is polled next, and at which address. Not here: what a poll's answer means for its health (health.py)."""

from datetime import UTC, datetime, timedelta

from monitor.core.model import SourceRecord
from monitor.core.settings import Source

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
LONGEST = timedelta(hours=24)  # however often a source fails, it is asked once a day
GONE_AGAIN = timedelta(hours=1)  # a 410 is believed when it is repeated this much later
RECHECK_MOVE = timedelta(days=1)  # the first address is asked again this long after a permanent redirect
ADOPT_MOVE = timedelta(days=7)  # and after this long of the same answer it is not asked any more
EAGERNESS = 4  # a source is asked again after a quarter of the time in which nothing came
JITTER = 0.1


def next_poll(
    source: Source, record: SourceRecord, now: datetime, jitter: float, lasts: timedelta | None = None
) -> datetime:
    """When to poll a source again whose record is already brought up to date.

    A source that fails is asked less often, linearly; one that brought something new lately more often, between
    `min_interval` and `interval`. `jitter` is in [-1, 1]; `lasts` how long the source said that its answer holds, which
    is kept to within these bounds.
    """
    if record.failures:
        wait = min(source.interval * record.failures, LONGEST)
        return now + max(wait * (1 + JITTER * jitter), source.min_interval)
    quiet = now - (record.last_new_at or record.last_poll_at or now)
    wait = min(max(quiet / EAGERNESS, source.min_interval, lasts or timedelta()), source.interval)
    return now + min(max(wait * (1 + JITTER * jitter), source.min_interval), source.interval)


def address(source: Source, record: SourceRecord, now: datetime) -> str:
    """The address to poll: the one that was found or moved to, or the configured one, to see whether it still moves."""
    if record.address:
        return record.address
    if record.moved_to and (adopted(record) or _checked_lately(record, now)):
        return record.moved_to
    return source.url


def adopted(record: SourceRecord) -> bool:
    """True once a permanent redirect has been the answer for seven days."""
    return bool(record.moved_since and record.moved_checked and record.moved_checked - record.moved_since >= ADOPT_MOVE)


def _checked_lately(record: SourceRecord, now: datetime) -> bool:
    return record.moved_checked is not None and now - record.moved_checked < RECHECK_MOVE
