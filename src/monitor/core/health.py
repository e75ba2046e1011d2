"""What a poll says about a source: its state, and what people are told of it, once when it begins and once when it is over.

Not here: the words of the notices (notices.py), when all sources fail at once (network.py), when a source is polled again
(polling.py).

A source is `suspect` until it failed `failing_after` times in a row, and then `failing`, until it has answered twice in a
row. Of one that answers it may be told that it is `silent` (it listed entries, and lists none any more) or `stale` (nothing
new, against its own rhythm). What lasts is told again once a week.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core import network, notices, polling, rhythm, tokens
from monitor.core.model import Check, Fault, FeedFormat, Gap, History, Listing, SourceRecord, SourceState
from monitor.core.notices import Notice
from monitor.core.settings import HealthSettings

REMINDED = timedelta(days=7)
GAP_TOLD = timedelta(days=1)  # that entries were lost is told once a day
WINDOW = 3  # a list of fewer entries is no window that news could slip through: some feeds only ever show their latest
EMPTY = timedelta(days=3)  # a news sitemap lists what is two days old at most, so it may be empty after a weekend
GONE = 410
TOLD = frozenset({SourceState.FAILING, SourceState.STALE, SourceState.SILENT})


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """What a check changes: the source's record (next poll included), what to tell, since when the network is down, what
    was lost since the poll before, and how far apart the sources that fail are to be asked again, if they are."""

    record: SourceRecord
    notices: tuple[Notice, ...] = ()
    network_down_since: datetime | None = None
    gap: Gap | None = None
    recheck: timedelta | None = None


def judge(check: Check, history: History, settings: HealthSettings) -> Health:
    """The health of a source, and of our network, after a check."""
    if isinstance(check.found, Fault):
        return _failed(check, check.found, history, settings)
    if not check.found.complete:
        return Health(record=check.record, network_down_since=history.network_down_since)
    return _answered(check, check.found, history, settings)


# It answered


def _answered(check: Check, found: Listing, history: History, settings: HealthSettings) -> Health:
    old = check.record
    lost = _lost(check, found)
    record = _paced(_moved(_read(check, found), check, found), check, lost)
    record = _state(check, record, settings)
    told = _told(check, record, history)
    if polling.adopted(record) and not polling.adopted(old):
        told.append(notices.moved(check, record))
    if _marks_us(check, record.moved_to) and not _marks_us(check, old.moved_to):
        told.append(notices.moved_to_token(check, record))
    if lost and record.gap_at == check.at:
        told.append(notices.gap(check, lost, in_time=_in_time(check, lost)))
    net = network.answered(check, history, settings)
    next_at = polling.next_poll(check.source, record, check.at, check.jitter, found.lasts)
    return Health(
        record=replace(record, next_poll_at=next_at, told_at=_told_at(check, record, told)),
        notices=(*told, *net.notices),
        network_down_since=net.down_since,
        gap=lost,
        recheck=net.recheck,
    )


def _read(check: Check, found: Listing) -> SourceRecord:
    """The record with what the answer said."""
    old, now = check.record, check.at
    listed = old.listed if found.listed is None else found.listed
    kept = old.rhythm if old.poll_count else rhythm.begun(now)
    return replace(
        old,
        failures=0,
        not_before=None,
        last_poll_at=now,
        last_ok_at=now,
        last_new_at=now if found.fresh else old.last_new_at,
        poll_count=old.poll_count + 1,
        validators=found.validators,
        body_hash=found.body_hash,
        digests=old.digests if found.digests is None else found.digests,
        address=found.address,
        language=found.language or old.language,
        full_at=now if found.full else old.full_at,
        format=old.format if found.format is None else found.format,
        skips=old.skips if found.skips is None else found.skips,
        listed=listed,
        empty_since=None if listed != 0 else old.empty_since or now,
        rhythm=rhythm.add(kept, now, found.fresh) if found.fresh and old.poll_count else kept,
        hub=old.hub if found.hub is None else found.hub,
        topic=old.topic if found.topic is None else found.topic,
    )


def _state(check: Check, record: SourceRecord, settings: HealthSettings) -> SourceRecord:
    """The record with the state that the answer leaves the source in, what is wrong, and since when."""
    old, now = check.record, check.at
    if old.state == SourceState.FAILING and old.failures:
        return record  # it must answer once more
    record = replace(record, failing_since=None, kind="", reason="")
    if record.empty_since and _silent_long(check, record, settings):
        return replace(record, state=SourceState.SILENT, since=record.empty_since, reason=notices.SILENT)
    if rhythm.is_broken(record.rhythm, now):
        reason = notices.stale_reason(record, rhythm.usual_days(record.rhythm))
        return replace(record, state=SourceState.STALE, since=record.last_new_at, reason=reason)
    state = SourceState.MOVED if polling.adopted(record) else SourceState.OK
    return replace(record, state=state, since=old.since if old.state == state and old.since else now)


def _silent_long(check: Check, record: SourceRecord, settings: HealthSettings) -> bool:
    """Whether it has listed none for long enough, having listed some before: as long as failing takes, or some days."""
    if record.last_new_at is None or record.empty_since is None:
        return False
    if record.format == FeedFormat.NEWS_SITEMAP:
        return check.at - record.empty_since >= EMPTY
    return check.at - record.empty_since >= check.source.min_interval * (settings.failing_after - 1)


def _told(check: Check, record: SourceRecord, history: History) -> list[Notice]:
    """What is told of a source that answered: that something began, that it lasts, or that it is over."""
    old = check.record
    together = _together(check, history)
    if record.state in TOLD and record.state != old.state:
        return [replace(notices.started(check, record), wait=together)]
    if record.state in TOLD:
        return _reminder(check, record, together)
    return [replace(notices.recovered(check), wait=together)] if old.told_at else []


def _reminder(check: Check, record: SourceRecord, together: timedelta) -> list[Notice]:
    due = record.told_at is not None and check.at - record.told_at >= REMINDED
    return [replace(notices.reminder(check, record), wait=together)] if due else []


def _told_at(check: Check, record: SourceRecord, told: Sequence[Notice]) -> datetime | None:
    """When the operator was last told of the state that the source is in."""
    if record.state not in TOLD and record.state != SourceState.GONE:
        return None
    return check.at if any(notice.type in notices.STARTS.values() for notice in told) else record.told_at


def _together(check: Check, history: History) -> timedelta:
    """How long a notice waits for others, so that sources of one provider are one message: not at all when all others are
    well, else so long that they are polled, too, which is done ever less often while they fail."""
    return min(3 * check.source.interval, notices.TOGETHER) if history.unwell else timedelta()


# Entries that were lost


def _lost(check: Check, found: Listing) -> Gap | None:
    """The span between two polls of which nothing is listed any more.

    Entries that are dated before the last poll were not published since: the source changed their addresses, and nothing
    is known to be lost.
    """
    old = check.record
    if not (old.poll_count and old.listed and old.last_ok_at and found.listed):
        return None
    if found.listed < WINDOW or found.fresh < found.listed:
        return None
    until = min(found.oldest or check.at, check.at)
    return Gap(since=old.last_ok_at, until=until) if until > old.last_ok_at else None


def _paced(record: SourceRecord, check: Check, lost: Gap | None) -> SourceRecord:
    """The record of a source that is to be polled more often, since entries were lost while it was polled in time."""
    old = check.record
    pace = old.pace if polling.hurried(old, check.at) else 0
    if lost is None:
        return replace(record, pace=pace)
    told = old.gap_at is None or check.at - old.gap_at >= GAP_TOLD
    return replace(
        record, pace=min(pace + _in_time(check, lost), polling.FASTEST), gap_at=check.at if told else old.gap_at
    )


def _in_time(check: Check, lost: Gap) -> bool:
    """Whether the polls between which entries were lost were no further apart than they should be."""
    return not check.record.failures and check.at - lost.since <= 2 * check.source.interval


# It did not


def _failed(check: Check, fault: Fault, history: History, settings: HealthSettings) -> Health:
    old = check.record
    if fault.kind == "paused" and fault.retry_at:
        return Health(record=_paused(check, fault, fault.retry_at), network_down_since=history.network_down_since)
    record = replace(
        old,
        failures=old.failures + 1,
        failing_since=old.failing_since or check.at,
        kind=str(fault.kind),
        reason=fault.message,
        body_hash=fault.body_hash or old.body_hash,
        last_poll_at=check.at,
        not_before=fault.retry_at,
        moved_checked=old.moved_checked if polling.adopted(old) else None,
    )
    if old.address and fault.status in (404, GONE):  # the sitemap that was found is no more: look anew
        record = replace(record, address=None, poll_count=0)
    if fault.status == GONE:
        return _gone(check, record, history.network_down_since)
    net = network.failed(check, fault, history, settings)
    if net.down_since and old.state != SourceState.FAILING:
        told: list[Notice] = []
        record = _unsure(check, replace(record, failures=1))  # what fails meanwhile is not its own fault
    else:
        record, told = _failing(check, record, fault, history, settings)
    next_at = polling.next_poll(check.source, record, check.at, check.jitter)
    if net.down_since:
        next_at = min(next_at, check.at + network.probe(history))
    return Health(
        record=replace(record, next_poll_at=max(next_at, fault.retry_at or next_at)),
        notices=(*told, *net.notices),
        network_down_since=net.down_since,
        recheck=net.recheck,
    )


def _failing(
    check: Check, record: SourceRecord, fault: Fault, history: History, settings: HealthSettings
) -> tuple[SourceRecord, list[Notice]]:
    """The state that a failure leaves the source in, and what is told."""
    if record.state == SourceState.FAILING:
        told = _reminder(check, record, _together(check, history))
        return replace(record, told_at=check.at if told else record.told_at), told
    if record.failures < settings.failing_after:
        return _unsure(check, record), []
    record = replace(record, state=SourceState.FAILING, since=record.failing_since, told_at=check.at)
    return record, [replace(notices.started(check, record, fault.status), wait=_together(check, history))]


def _unsure(check: Check, record: SourceRecord) -> SourceRecord:
    """It failed, but not often enough to be told; what was told of it before stays."""
    state = record.state if record.state in TOLD else SourceState.SUSPECT
    since = record.since if state == check.record.state else record.failing_since
    return replace(record, state=state, since=since)


def _paused(check: Check, fault: Fault, until: datetime) -> SourceRecord:
    """Its host asked to be left alone: that is no failure."""
    record = replace(check.record, next_poll_at=until, not_before=until)
    if record.state in TOLD or record.state == SourceState.GONE:
        return record
    since = record.since if record.state == SourceState.PAUSED else check.at
    return replace(record, state=SourceState.PAUSED, since=since, kind=str(fault.kind), reason=fault.message)


def _gone(check: Check, record: SourceRecord, down: datetime | None) -> Health:
    """410: asked once more an hour later, then no more."""
    record = replace(record, state=SourceState.GONE, since=record.failing_since)
    if check.record.state != SourceState.GONE:
        return Health(record=replace(record, next_poll_at=check.at + polling.GONE_AGAIN), network_down_since=down)
    record = replace(record, reason=notices.GONE, next_poll_at=polling.NEVER, told_at=check.at)
    return Health(record=record, notices=(notices.started(check, record),), network_down_since=down)


# It moved


def _moved(record: SourceRecord, check: Check, found: Listing) -> SourceRecord:
    """What is remembered of a permanent redirect; the configured address was asked, unless it is being skipped."""
    old = check.record
    if old.moved_to and polling.address(check.source, old, check.at) == old.moved_to:
        return record
    if _marks_us(check, old.moved_to) and (found.moved_to is None or _marks_us(check, found.moved_to)):
        return record  # that was told, and each poll may bring another one
    if found.moved_to is None:
        return replace(record, moved_to=None, moved_since=None, moved_checked=None)
    if _marks_us(check, found.moved_to):
        return replace(record, moved_to=found.moved_to, moved_since=check.at, moved_checked=None)
    since = old.moved_since if old.moved_to == found.moved_to else None
    return replace(record, moved_to=found.moved_to, moved_since=since or check.at, moved_checked=check.at)


def _marks_us(check: Check, moved_to: str | None) -> bool:
    """Whether a source has moved to an address that nobody else may have been given."""
    return moved_to is not None and tokens.is_personal(moved_to, check.source.url)
