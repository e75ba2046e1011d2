"""When a message is tried again, how long quiet hours last, and what is due once a day. When a source is polled is
`core.polling`'s."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.core.settings import QuietHours

# The example schedule of Standard Webhooks 1.0.0 with two early steps more, since most failures are restarts: 75 hours
# and 43 minutes together, a weekend.
_WAITS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 30, 120, 600, 1800, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
_SPREAD = 0.1


def next_attempt(attempt: int, now: datetime, jitter: float) -> datetime | None:
    """When to try again after the `attempt`-th attempt (counted from 1) failed at `now`; None: give up.

    `jitter` from -1 to 1 spreads the waits by ±10 %, so that what failed together does not come back together.
    """
    if attempt > len(_WAITS):
        return None
    return now + _WAITS[attempt - 1] * (1 + _SPREAD * jitter)


def is_due_daily(last: datetime | None, at: time, now: datetime, timezone: ZoneInfo) -> bool:
    """Whether what is done once a day, when the clock on the wall shows `at`, has not been done since it did: also if
    nobody was there then. `last`: when it was done; None: never. An hour that comes twice has it once."""
    local = now.astimezone(timezone)
    shown = datetime.combine(local.date() - timedelta(days=local.time() < at), at, timezone)
    since = min(shown.astimezone(UTC), shown.replace(fold=1).astimezone(UTC))
    return last is None or last < since or last > now


def quiet_until(now: datetime, quiet: Sequence[QuietHours], timezone: ZoneInfo) -> datetime | None:
    """When the quiet hours that hold `now` end (UTC), or None outside of them.

    Spans that touch or overlap are one. Hours are those of the clock on the wall: when the clocks change, a night is an
    hour shorter or longer, an hour that comes twice is quiet both times, and an end that the clock skips comes when the
    clock shows it again an hour on. Hours that leave no time of the day free end after one round: nothing waits for ever.
    """
    until = None
    for _ in quiet:
        end = max((end for hours in quiet if (end := _end(until or now, hours, timezone))), default=None)
        if end is None:
            break
        until = end
    return until


def _end(moment: datetime, hours: QuietHours, timezone: ZoneInfo) -> datetime | None:
    """When these hours end, if `moment` is in them."""
    local = moment.astimezone(timezone)
    clock, over_midnight = local.time(), hours.end <= hours.start
    after_start, before_end = clock >= hours.start, clock < hours.end
    if not (after_start or before_end if over_midnight else after_start and before_end):
        return None
    day = local.date() + timedelta(days=over_midnight and after_start)
    end = datetime.combine(day, hours.end, timezone)
    return max(end.astimezone(UTC), end.replace(fold=1).astimezone(UTC))
