"""What the operator is told about Monitor's own upkeep: its store and its backups.

Not here: sources and the network (health.py), channels (settle.py), and when any of it is told (upkeep.py).
"""

from datetime import datetime

from monitor.core.health import Notice
from monitor.core.model import EventType


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
