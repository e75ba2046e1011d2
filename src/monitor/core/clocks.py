"""What is made of instants that were kept while the clock was wrong. Only what is compared with `now` needs it.

What belongs here: the rule. What does not: which instants are kept (store), and how it is seen that the clock was set back
while Monitor runs (daemon.py).

The rule: what happened cannot have happened later than now, and is taken to have happened now; what waits for longer than
it ever may is due. So a clock that ran years ahead for an hour leaves nothing behind that waits for years.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.core import rhythm, websub
from monitor.core.model import SourceRecord

EARLIEST = datetime(2022, 10, 24, tzinfo=UTC)
"""No clock is right that shows an earlier time: Python 3.11, which Monitor needs, was released on that day."""

HAPPENED = (
    *("since", "failing_since", "told_at", "last_poll_at", "last_ok_at", "last_new_at", "empty_since"),
    *("moved_since", "moved_checked", "full_at", "gap_at"),
)
"""What a source's record remembers of the past."""


def is_due(at: datetime | None, now: datetime, longest: timedelta) -> bool:
    """Whether what is to be at `at` (None: at once) is to be now, if it never waits for longer than `longest`."""
    return at is None or at <= now or at > now + longest


def put_right(record: SourceRecord, now: datetime) -> SourceRecord:
    """A source's record without anything that is still to come, but for its turns."""
    ahead: dict[str, Any] = {name: now for name in HAPPENED if (getattr(record, name) or now) > now}
    if record.pushed_until and record.pushed_until > now + websub.LONGEST_LEASE:
        ahead["pushed_until"] = None
    return replace(record, rhythm=rhythm.put_right(record.rhythm, now), **ahead)
