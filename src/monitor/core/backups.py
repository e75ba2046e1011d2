"""Which scheduled backup is due, and which are old: one a day, known by its name, so that none is made twice whatever the
clock does and one that was missed is made later."""

import re
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

_NAME = re.compile(r"monitor-\d{4}-\d{2}-\d{2}\.db")


def due(now: datetime, at: time, timezone: ZoneInfo) -> str:
    """The name of the backup of the last time that the clock on the wall showed `at`: due unless there is such a file."""
    local = now.astimezone(timezone)
    day = local.date() - timedelta(days=local.time() < at)
    return f"monitor-{day.isoformat()}.db"


def ours(names: Iterable[str]) -> list[str]:
    """Those of the names in the folder that scheduled backups have, the oldest first."""
    return sorted(name for name in names if _NAME.fullmatch(name))


def old(names: Iterable[str], made: str, keep: int) -> tuple[str, ...]:
    """Of the names in the folder those to be deleted once `made` is there: all of ours but it and the newest others."""
    others = [name for name in reversed(ours(names)) if name != made]
    return tuple(others[keep - 1 :])
