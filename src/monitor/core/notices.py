"""Notices to the operator about sources, the network, and Monitor's own store and backups: what is said, since when, why,
and what to do.

What belongs here: the words. What does not: when something is told (health.py, network.py, upkeep.py), the form that it is
told in (render), and what is said of channels (settle.py).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.model import Check, EventType, Gap, SourceRecord, SourceState

BUSY, GONE_FOR_GOOD = 429, 410
TOGETHER = timedelta(minutes=5)  # the longest that a notice waits for others of its kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """Something that the operator is told. `source` is None when it is not about one; `kind` is a Fault's, if there is
    one; `reminder`: it was told before, and still is so. `wait`: so long it may wait for others,
    to be one message with them; None: it is one by itself."""

    type: EventType
    source: str | None
    since: datetime
    reason: str
    advice: str
    kind: str = ""
    reminder: bool = False
    wait: timedelta | None = None


STARTS = {
    SourceState.FAILING: EventType.SOURCE_FAILING,
    SourceState.GONE: EventType.SOURCE_FAILING,
    SourceState.STALE: EventType.SOURCE_STALE,
    SourceState.SILENT: EventType.SOURCE_SILENT,
}
"""What is told when a state begins."""


def started(check: Check, record: SourceRecord, status: int | None = None) -> Notice:
    """A source is in a state that is told: `record` says in which, since when and why; `status` is what was answered."""
    kind = record.kind if record.state == SourceState.FAILING else str(record.state)
    return Notice(
        type=STARTS[record.state],
        source=check.source.name,
        since=record.since or check.at,
        reason=record.reason,
        advice=advice(kind, status),
        kind=record.kind,
    )


def advice(kind: str, status: int | None = None) -> str:
    """What to do about a fault of this kind, or a state; `status` is what was answered."""
    if status == BUSY:
        return ADVICE["busy"]
    if kind == "status" and status:
        kind = next((name for name, codes in _STATUS.items() if status in codes), kind)
    return ADVICE.get(kind, ADVICE["status"])


def reminder(check: Check, record: SourceRecord) -> Notice:
    """It was told a week ago or longer, and still is so."""
    return replace(started(check, record), reminder=True)


def still_gone(record: SourceRecord, now: datetime) -> Notice:
    """A source that is polled no more was told to be gone a week ago or longer; it waits for others that are."""
    return Notice(
        type=STARTS[SourceState.GONE],
        source=record.name,
        since=record.since or now,
        reason=record.reason,
        advice=ADVICE["gone"],
        kind=record.kind,
        reminder=True,
        wait=timedelta(),
    )


def recovered(check: Check) -> Notice:
    """What was told of a source is over."""
    before = check.record
    back = {
        SourceState.STALE: ("it brings something new again", "Nothing to do."),
        SourceState.SILENT: ("it lists entries again", MISSED),
    }
    reason, advice = back.get(before.state, ("it answers again", MISSED))
    return Notice(
        type=EventType.SOURCE_RECOVERED,
        source=check.source.name,
        since=before.since or check.at,
        reason=f"{reason}; before: {before.reason}",
        advice=advice,
    )


def moved(check: Check, record: SourceRecord) -> Notice:
    return Notice(
        type=EventType.SOURCE_MOVED,
        source=check.source.name,
        since=record.moved_since or check.at,
        reason=f"for seven days it has answered that it moved to {record.moved_to}",
        advice="Write the new address into feeds.toml; until then it is polled there anyway.",
    )


def moved_to_token(check: Check, record: SourceRecord) -> Notice:
    return Notice(
        type=EventType.SOURCE_MOVED,
        source=check.source.name,
        since=record.moved_since or check.at,
        reason=f"{MARKED}: {record.moved_to}",
        advice="Each poll asks the old address and follows. If you want the new one, write it into feeds.toml, without the "
        "token if it works without: whoever gave it to you alone knows you by it, also behind a proxy.",
    )


def gap(check: Check, lost: Gap, *, in_time: bool) -> Notice:
    """Entries came and went between two polls; `in_time`: though these were no further apart than they should be."""
    lower = "It is polled twice as often for a week. If this comes again, lower `interval` (and `min_interval`) of it "
    return Notice(
        type=EventType.SOURCE_GAP,
        source=check.source.name,
        since=lost.since,
        reason="nothing that it lists now was there when it was last read: what it listed only "
        f"between {lost.since:%Y-%m-%d %H:%M} and {lost.until:%Y-%m-%d %H:%M} UTC ({span(lost.until - lost.since)}) "
        "was missed",
        advice=f"{lower}in feeds.toml."
        if in_time
        else "Nothing to do: it could not be read, or was not asked, in that time.",
    )


def network_down(since: datetime, at_first: bool, proxy: str = "") -> Notice:
    """`at_first`: no source could be reached at all; `proxy` says what is wrong with the proxy, if it is that."""
    return Notice(
        type=EventType.NETWORK_DOWN,
        source=None,
        since=since,
        reason=(
            "no source can be reached"
            if at_first
            else "nearly all sources fail at once, so it is probably our own network"
        )
        + (f": {proxy}" if proxy else ""),
        advice=(
            ADVICE["proxy"]
            if proxy
            else "Look at this machine's connection, its name server, its clock, and the proxy if there is one."
        )
        + " No source is blamed; all are tried again.",
    )


def network_recovered(since: datetime) -> Notice:
    return Notice(
        type=EventType.NETWORK_RECOVERED,
        source=None,
        since=since,
        reason="sources answer again",
        advice="Nothing to do.",
    )


def store_failing(reason: str, since: datetime) -> Notice:
    """Nothing can be written; `reason` says why and what to do."""
    return Notice(
        type=EventType.STORE_FAILING,
        source=None,
        since=since,
        reason=f"nothing can be stored, so no source is polled; what is owed is still sent. {reason}",
        advice="`monitor status` and `monitor doctor` say more. Polling goes on by itself once it is mended.",
    )


def store_recovered(since: datetime) -> Notice:
    return Notice(
        type=EventType.STORE_RECOVERED,
        source=None,
        since=since,
        reason="the data can be stored again, and sources are polled",
        advice="Nothing to do. What sources still list has been or will be read; what they dropped meanwhile was missed.",
    )


def backup_failed(reason: str, since: datetime) -> Notice:
    return Notice(
        type=EventType.BACKUP_FAILED,
        source=None,
        since=since,
        reason=f"the scheduled backup could not be written: {reason}",
        advice="Mend what is said, or change `[backup] folder`. It is tried again every hour, which is not told again.",
    )


def stale_reason(record: SourceRecord, usually: str) -> str:
    return f"it answers, but has listed nothing new since {record.last_new_at:%Y-%m-%d}; {usually}"


MARKED = "it moved to an address that carries what looks like a personal token; not adopted"
GONE = "it answered twice that it is gone for good (410)"
SILENT = "it answers, but lists no entries any more"
MISSED = "Nothing to do. What it still lists has been read; what it dropped in the meantime was missed."


def span(length: timedelta) -> str:
    """A time in its two largest units: `2 d 4 h`, `1 h 5 min`, `3 min`."""
    minutes = max(1, round(length.total_seconds() / 60))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


_STATUS = {"forbidden": (401, 403, 451), "missing": (404, GONE_FOR_GOOD), "trouble": range(500, 600)}
ADVICE = {
    "forbidden": "The site refuses Monitor. Ask it to let Monitor read its feed (`[fetch] contact` tells it who asks), or "
    "look for another feed of it: `monitor feeds discover URL`.",
    "missing": "There is nothing at this address. `monitor feeds discover URL` finds the site's feeds, from its front page.",
    "trouble": "The site's server is in trouble. Monitor goes on trying, less often.",
    "no-parser": "This machine has no process to read it in: look at its memory and its limits (`monitor doctor`, the log).",
    "unreadable": "Reading it takes too long or too much memory. If it stays so, report it with the address.",
    "status": "Open the address in a browser. If it moved, change feeds.toml; if the site refuses Monitor, write to it.",
    "busy": "The site asks for fewer requests: raise `interval` of this source, or `[fetch] per_host_delay`.",
    "dns": "The name is not found: look for a typing error in feeds.toml, or whether the site moved.",
    "tls": "The site's certificate is not valid. Wait for the site to renew it, or ask it to.",
    "timeout": "The site answers too slowly or not at all. Monitor goes on trying, less often.",
    "connect": "The site does not take connections. Monitor goes on trying, less often.",
    "proxy": "Your proxy does not work: look whether it runs (Tor, ssh) and whether its address and password in "
    "monitor.toml are right. Nothing goes past it, and the site is not to blame.",
    "protocol": "The site's server breaks off or is misconfigured. Monitor goes on trying, less often.",
    "refused": "Monitor asks no addresses of private networks, and no ports that are not for HTTP. If the network is your "
    "own, add it to `[fetch] allow_networks`.",
    "no-links": 'Say where the page has its links to articles: `links = "CSS"` in feeds.toml, which '
    "`monitor feeds test URL --links CSS` tries. `monitor feeds discover URL` looks for a feed.",
    "paused": "Nothing to do: its host asked to be left alone until then.",
    "not-a-feed": "Open the address in a browser; `monitor feeds discover URL` finds the site's feeds.",
    "empty": "There is nothing in the answer. Open it in a browser; `monitor feeds discover URL` finds the site's feeds.",
    "bot-wall": "The site lets only browsers in. Ask it to let Monitor read its feed (`[fetch] contact` tells it who asks), "
    "or look for another feed of it: `monitor feeds discover URL`.",
    "consent-wall": "The site asks for consent instead of sending its feed. Look for another address of the feed; "
    "`monitor feeds discover URL` finds the site's feeds.",
    "parked-domain": "The name seems to belong to somebody else now, who offers it for sale. Find the site's new address, "
    "and change feeds.toml; trust nothing that comes from there.",
    "too-big": "The answer is larger than `[fetch] max_body`. Raise it, or use a smaller feed of the site.",
    "redirect": "The address leads in a circle or to where Monitor may not go: write the right one into feeds.toml.",
    "gone": "It is polled no more. Take it out of feeds.toml, or give its new address there; "
    "`monitor feeds resume NAME` polls it again.",
    "stale": "Open the address in a browser. If the site goes on publishing, its feed is broken or was replaced: "
    "`monitor feeds discover URL` finds others. If it only pauses, there is nothing to do.",
    "silent": "Open the address in a browser. Often the feed was replaced when the site was rebuilt: "
    "`monitor feeds discover URL` finds others.",
}
