"""Where messages go: the channels of a watchlist, the channels that hear about the operation, and when each may be told.

Not here: what the messages say (render), and whether there is an alert at all (decide.py).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.core import render, timing
from monitor.core.model import Alert, Delivery, Event, EventType, Message, Slot, Story, Verdict
from monitor.core.notices import Notice
from monitor.core.settings import USUAL_STORIES, Channel, HealthSettings, StoriesSettings, Watchlist

HOUR = timedelta(hours=1)
DIGEST, UPDATE = "digest", "update"
HEALTH = "health:"  # the beginning of a batch of messages about sources
NewId = Callable[[], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What the configuration says about alerts. Both mappings are by name, in the order of the configuration;
    `digest_at` is when the next digest of each channel that has one leaves."""

    watchlists: Mapping[str, Watchlist]
    channels: Mapping[str, Channel]
    health: HealthSettings
    timezone: ZoneInfo
    digest_at: Mapping[str, datetime]
    stories: StoriesSettings = USUAL_STORIES

    def routes(self, watchlist: Watchlist) -> tuple[Channel, ...]:
        """The channels of a watchlist: its own, else the default ones."""
        own = tuple(self.channels[name] for name in watchlist.channels if name in self.channels)
        return own or tuple(channel for channel in self.channels.values() if channel.default)

    def operators(self, but: str | None = None) -> tuple[Channel, ...]:
        """The channels that get messages about the operation, without the one named: those that ask for them, else the
        default ones."""
        others = tuple(channel for channel in self.channels.values() if channel.name != but)
        asked = tuple(channel for channel in others if channel.health)
        return asked or tuple(channel for channel in others if channel.default)

    def told(self, messages: Mapping[str, Message], channel: Channel) -> tuple[Event | None, str | None]:
        """What a channel may be told again of an alert, and the message in which it was; `messages`: channel → what it was
        told. A channel that was not told gets what others were. Other watchlists are named only if the channel is theirs,
        now as then; if one is not, what was found is left out, since nothing tells what was found for which."""
        own = messages.get(channel.name)
        first = own or next(iter(messages.values()), None)
        if first is None:
            return None, None
        data = first.event["data"]
        also = [name for name in data["also"] if own and self._leads(name, channel)]
        if also != data["also"]:
            data = {name: value for name, value in data.items() if name != "terms"} | {"also": also, "hits": []}
        return {**first.event, "data": data}, own.id if own else None

    def _leads(self, name: str, channel: Channel) -> bool:
        watchlist = self.watchlists.get(name)
        return watchlist is not None and channel in self.routes(watchlist)


def slot(
    alert: Alert, watchlist: Watchlist, channel: Channel, *, recent: tuple[datetime, ...], rules: Rules, now: datetime
) -> Slot | None:
    """When an alert goes to a channel; None: never (what scores for digests only goes to channels with a digest).

    `recent` are the times of the watchlist's alerts that were told at once in the last hour, oldest first.
    """
    if channel.digest:
        return Slot(at=rules.digest_at[channel.name], batch=DIGEST)
    if alert.verdict is Verdict.DIGEST:
        return None
    urgent = watchlist.quiet_bypass is not None and alert.score >= watchlist.quiet_bypass
    until = None if urgent else timing.quiet_until(now, watchlist.quiet, rules.timezone)
    if until:
        return Slot(at=until, batch=f"quiet:{watchlist.name}")
    if watchlist.max_per_hour is not None and len(recent) >= watchlist.max_per_hour:
        return Slot(at=recent[0] + HOUR, batch=f"rate:{watchlist.name}")
    return Slot(at=now)


def update_slot(
    alert: Alert, watchlist: Watchlist, channel: Channel, *, last: Slot | None, rules: Rules, now: datetime
) -> Slot | None:
    """When it may be told who joined a story; None: never. `last` is the channel's last update of it, or the one that waits:
    until `update_interval` after one has left, updates wait, to be told as one."""
    when = slot(alert, watchlist, channel, recent=(), rules=rules, now=now)
    if when is None or when.batch is not None or last is None:
        return when
    if last.batch is not None:
        return last
    at = min(last.at, now) + rules.stories.update_interval  # the clock may have been set back since
    if at <= now:
        return when
    later = slot(alert, watchlist, channel, recent=(), rules=rules, now=at)
    return later if later and later.batch else Slot(at=at, batch=f"{UPDATE}:{alert.story_id}")


def tell(
    notice: Notice, rules: Rules, now: datetime, new_id: NewId, *, channel: str | None = None
) -> tuple[Delivery, ...]:
    """A notice to the operator, as a delivery for each channel that gets such; `channel` is the one that it is about,
    which does not get it."""
    event = render.health_event(
        notice.type,
        source=notice.source,
        channel=channel,
        since=notice.since,
        reason=notice.reason,
        advice=notice.advice,
        kind=notice.kind,
        reminder=notice.reminder,
        now=now,
    )
    return tuple(
        Delivery(
            id=new_id(),
            type=notice.type,
            channel=to.name,
            event=event,
            created_at=now,
            next_at=now + (notice.wait or timedelta()),
            batch=None if notice.wait is None else f"{HEALTH}{notice.type}",
        )
        for to in rules.operators(but=channel)
    )


def gather(
    members: Iterable[Delivery], stories: Mapping[str, Story] | None = None, *, now: datetime, new_id: NewId
) -> Delivery:
    """The one message that tells several deliveries of a channel that fell due together: updates of one story as one update
    in the thread of the first, all others as a digest. `stories`: alert id → its story as it is now."""
    members = tuple(members)
    reason = (members[0].batch or DIGEST).partition(":")[0]
    events = [member.event for member in members]
    thread = members[0] if reason == UPDATE else None
    if thread:
        event = render.joined_event(events, now=now, stories=stories)
    elif (members[0].batch or "").startswith(HEALTH):
        event = render.sources_event(events, now=now)
    else:
        event = render.digest_event(events, reason=reason, now=now, stories=stories)
    return Delivery(
        id=new_id(),
        type=EventType(event["type"]),
        channel=members[0].channel,
        event=event,
        created_at=now,
        next_at=now,
        alert_id=thread.alert_id if thread else None,
        reply_to=thread.reply_to if thread else None,
    )
