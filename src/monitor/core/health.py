"""What polls say about a source and about our network: states, and the notices that people get once.

Not here: when a source is polled again (polling.py), and how a notice is told (render).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core import polling
from monitor.core.model import Check, EventType, Fault, History, Listing, SourceRecord, SourceState
from monitor.core.settings import HealthSettings

GONE, BUSY = 410, 429
FEWEST = 3  # with fewer sources, "all at once" says nothing about our network


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """Something that the operator is told. `source` is None when it is about the network."""

    type: EventType
    source: str | None
    since: datetime
    reason: str
    advice: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """What a check changes: the source's record (next poll included), what to tell, and since when the network is down."""

    record: SourceRecord
    notices: tuple[Notice, ...]
    network_down_since: datetime | None


def judge(check: Check, history: History, settings: HealthSettings) -> Health:
    """The health of a source, and of our network, after a check."""
    if isinstance(check.found, Listing) and not check.found.complete:
        return Health(record=check.record, notices=(), network_down_since=history.network_down_since)
    if isinstance(check.found, Listing):
        return _answered(check, check.found, history, settings)
    return _failed(check, check.found, history, settings)


def _answered(check: Check, found: Listing, history: History, settings: HealthSettings) -> Health:
    old = check.record
    record = replace(
        old,
        state=SourceState.OK,
        failures=0,
        failing_since=None,
        reason="",
        reported=False,
        not_before=None,
        last_poll_at=check.at,
        last_ok_at=check.at,
        last_new_at=check.at if found.fresh else old.last_new_at,
        poll_count=old.poll_count + 1,
        validators=found.validators,
        body_hash=found.body_hash,
        digests=old.digests if found.digests is None else found.digests,
        address=found.address,
        language=found.language or old.language,
    )
    record = _moved(record, check, found)
    next_at = polling.next_poll(check.source, record, check.at, check.jitter, found.lasts)
    record = replace(record, next_poll_at=next_at)
    notices = []
    if old.reported:
        notices.append(_recovered(check))
    if polling.adopted(record) and not polling.adopted(old):
        notices.append(_moved_notice(check, record))
    down = history.network_down_since
    if down and not _network_down(history.polled, history.failing, 0, settings):
        notices.append(_network_recovered(down))
        down = None
    return Health(record=record, notices=tuple(notices), network_down_since=down)


def _failed(check: Check, fault: Fault, history: History, settings: HealthSettings) -> Health:
    old, down = check.record, history.network_down_since
    if fault.kind == "paused" and fault.retry_at:
        record = replace(old, next_poll_at=fault.retry_at, not_before=fault.retry_at)
        return Health(record=record, notices=(), network_down_since=down)
    record = replace(
        old,
        failures=old.failures + 1,
        failing_since=old.failing_since or check.at,
        reason=fault.message,
        last_poll_at=check.at,
        not_before=fault.retry_at,
        moved_checked=None,
    )
    if old.address and fault.status in (404, GONE):  # the sitemap that was found is no more: look anew
        record = replace(record, address=None, poll_count=0)
    if fault.status == GONE:
        return _gone(check, record, down)
    notices: list[Notice] = []
    if record.failures >= settings.failing_after and not record.reported and down is None:
        if _network_down(history.polled, history.failing, 1, settings):
            down = record.failing_since
            notices.append(_network_notice(down or check.at))
        else:
            record = replace(record, state=SourceState.FAILING, reported=True)
            notices.append(_failing(check, record, fault))
    next_at = polling.next_poll(check.source, record, check.at, check.jitter)
    record = replace(record, next_poll_at=max(next_at, fault.retry_at or next_at))
    return Health(record=record, notices=tuple(notices), network_down_since=down)


def _gone(check: Check, record: SourceRecord, down: datetime | None) -> Health:
    """410: asked once more an hour later, then no more."""
    if check.record.state != SourceState.GONE:
        again = replace(record, state=SourceState.GONE, next_poll_at=check.at + polling.GONE_AGAIN)
        return Health(record=again, notices=(), network_down_since=down)
    notice = Notice(
        type=EventType.SOURCE_FAILING,
        source=check.source.name,
        since=record.failing_since or check.at,
        reason="it answered twice that it is gone for good (410)",
        advice="It is polled no more. Take it out of feeds.toml, or give its new address there; "
        "`monitor feeds resume NAME` polls it again.",
    )
    final = replace(record, next_poll_at=polling.NEVER, reported=True)
    return Health(record=final, notices=(notice,), network_down_since=down)


def _network_down(polled: int, failing: int, this_fails: int, settings: HealthSettings) -> bool:
    """True when so large a share of the sources fails at once that the cause is ours. `polled` and `failing` count the
    other sources."""
    total = polled + 1
    return total >= FEWEST and (failing + this_fails) / total >= settings.network_down


def _moved(record: SourceRecord, check: Check, found: Listing) -> SourceRecord:
    """What is remembered of a permanent redirect; the configured address was asked, unless it is being skipped."""
    old = check.record
    if old.moved_to and polling.address(check.source, old, check.at) == old.moved_to:
        return record
    if found.moved_to is None:
        return replace(record, moved_to=None, moved_since=None, moved_checked=None)
    since = old.moved_since if old.moved_to == found.moved_to else None
    return replace(record, moved_to=found.moved_to, moved_since=since or check.at, moved_checked=check.at)


def _failing(check: Check, record: SourceRecord, fault: Fault) -> Notice:
    return Notice(
        type=EventType.SOURCE_FAILING,
        source=check.source.name,
        since=record.failing_since or check.at,
        reason=fault.message,
        advice=ADVICE["busy" if fault.status == BUSY else fault.kind if fault.kind in ADVICE else "status"],
    )


def _recovered(check: Check) -> Notice:
    return Notice(
        type=EventType.SOURCE_RECOVERED,
        source=check.source.name,
        since=check.record.failing_since or check.at,
        reason=f"it answers again; before: {check.record.reason}",
        advice="Nothing to do. What it still lists has been read; what it dropped in the meantime was missed.",
    )


def _moved_notice(check: Check, record: SourceRecord) -> Notice:
    return Notice(
        type=EventType.SOURCE_MOVED,
        source=check.source.name,
        since=record.moved_since or check.at,
        reason=f"for seven days it has answered that it moved to {record.moved_to}",
        advice="Write the new address into feeds.toml; until then it is polled there anyway.",
    )


def _network_notice(since: datetime) -> Notice:
    return Notice(
        type=EventType.NETWORK_DOWN,
        source=None,
        since=since,
        reason="nearly all sources fail at once, so it is probably our own network",
        advice="Look at this machine's connection, its name server, its clock, and the proxy if there is one. "
        "No source is blamed; all are tried again.",
    )


def _network_recovered(since: datetime) -> Notice:
    return Notice(
        type=EventType.NETWORK_RECOVERED,
        source=None,
        since=since,
        reason="sources answer again",
        advice="Nothing to do.",
    )


ADVICE = {
    "status": "Open the address in a browser. If it moved, change feeds.toml; if the site refuses Monitor, write to it.",
    "busy": "The site asks for fewer requests: raise `interval` of this source, or `[fetch] per_host_delay`.",
    "dns": "The name is not found: look for a typing error in feeds.toml, or whether the site moved.",
    "tls": "The site's certificate is not valid. Wait for the site to renew it, or ask it to.",
    "timeout": "The site answers too slowly or not at all. Monitor goes on trying, less often.",
    "connect": "The site does not take connections. Monitor goes on trying, less often.",
    "refused": "The address lies in a network that Monitor may not ask. If you mean it, add it to `[fetch] allow_networks`.",
    "not-a-feed": "Open the address in a browser; `monitor feeds discover URL` finds the site's feeds.",
    "too-big": "The answer is larger than `[fetch] max_body`. Raise it, or use a smaller feed of the site.",
    "redirect": "The address leads in a circle or to where Monitor may not go: write the right one into feeds.toml.",
}
