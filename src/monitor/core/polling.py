"""When a source is polled next, at which address and with which validators. Not here: what a poll's answer means for its
health (health.py)."""

from datetime import UTC, datetime, timedelta

from monitor.core.model import SourceRecord, SourceState, Validators
from monitor.core.settings import Source

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
LONGEST = timedelta(hours=24)  # however often a source fails, it is asked once a day
GONE_AGAIN = timedelta(hours=1)  # a 410 is believed when it is repeated this much later
RECHECK_MOVE = timedelta(days=1)  # the first address is asked again this long after a permanent redirect
ADOPT_MOVE = timedelta(days=7)  # and after this long of the same answer it is not asked any more
WHOLE = timedelta(days=1)  # so long it is believed that nothing changed; then all of the document is asked for
HURRY = timedelta(days=7)  # so long a source is polled more often after entries were lost
FASTEST = 6  # halvings of its interval
EAGERNESS = 4  # a source is asked again after a quarter of the time in which nothing came
JITTER = 0.1


def next_poll(
    source: Source, record: SourceRecord, now: datetime, jitter: float, lasts: timedelta | None = None
) -> datetime:
    """When to poll a source again whose record is already brought up to date.

    A source that fails is asked less often, linearly; one that brought something new lately more often, between
    `min_interval` and `interval` (one that never did, and one whose hub tells us, after `interval`), which is halved for a
    while after entries were lost. `jitter` is in [-1, 1]; `lasts` how long the source said that its answer holds. That, and
    the hours and days on which it wants not to be read, are kept to within these bounds: `interval` is the longest wait.
    """
    if record.failures:
        wait = max(min(source.interval * record.failures, LONGEST), source.interval)
        return now + _between(wait * (1 + JITTER * jitter), source.min_interval, max(2 * wait, LONGEST))
    if record.state == SourceState.FAILING:  # it answered once, and is to prove that it is well
        return now + source.min_interval
    longest = _longest(source, record, now)
    told = record.pushed_until is not None and record.pushed_until > now
    eager = (now - record.last_new_at) / EAGERNESS if record.last_new_at and not told else longest
    wait = min(max(eager, source.min_interval, lasts or timedelta()), longest)
    wait = _between(wait * (1 + JITTER * jitter), source.min_interval, longest)
    free = _skipped(record.skips, now + wait, longest) - now
    if free > wait:  # an hour that many sources wait for is no moment that all are asked at
        free += longest * (JITTER * abs(jitter))
    return now + max(wait, min(free, longest))


def _between(wait: timedelta, shortest: timedelta, longest: timedelta) -> timedelta:
    """A wait that goes beyond a bound is as far on this side of it: cut off there, every second wait of a quiet source
    would be `interval` to the second, which is a pattern."""
    if wait > longest:
        wait = longest * 2 - wait
    if wait < shortest:
        wait = shortest * 2 - wait
    return min(max(wait, shortest), longest)


def _longest(source: Source, record: SourceRecord, now: datetime) -> timedelta:
    """`interval`, or less since entries were lost."""
    return max(source.interval / 2**record.pace, source.min_interval) if hurried(record, now) else source.interval


def hurried(record: SourceRecord, now: datetime) -> bool:
    """True while a source is polled more often, since entries were lost."""
    return record.gap_at is not None and now - record.gap_at < HURRY


def _skipped(skips: str, moment: datetime, longest: timedelta) -> datetime:
    """The first moment from this one on at which the source wants to be read (`skips` as in Feed), or one after the
    longest wait."""
    hours, days = (frozenset(map(int, part.split())) for part in (skips or "/").split("/"))
    end = moment + longest
    while moment < end and (moment.hour in hours or moment.weekday() in days):
        moment = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return moment


def address(source: Source, record: SourceRecord, now: datetime) -> str:
    """The address to poll: the one that was found or moved to, or the configured one, to see whether it still moves.

    Where it moved for good, both are asked in turn while it fails.
    """
    if record.address:
        return record.address
    if record.moved_to and (_checked_lately(record, now) or (adopted(record) and record.failures % 2 == 0)):
        return record.moved_to
    return source.url


def validators(record: SourceRecord, now: datetime) -> Validators | None:
    """What to send back, so that an unchanged document is not sent again; None if there is nothing, or once a day, since
    some servers say for ever that nothing changed."""
    given = record.validators
    if not (given.etag or given.last_modified) or (record.full_at and now - record.full_at >= WHOLE):
        return None
    return given


def adopted(record: SourceRecord) -> bool:
    """True once a permanent redirect has been the answer for seven days."""
    return bool(record.moved_since and record.moved_checked and record.moved_checked - record.moved_since >= ADOPT_MOVE)


def _checked_lately(record: SourceRecord, now: datetime) -> bool:
    return not record.failures and record.moved_checked is not None and now - record.moved_checked < RECHECK_MOVE
