"""What deliveries read and write, each function within a transaction that somebody else holds."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from monitor.core import timing
from monitor.core.model import Delivery, Settled
from monitor.store import rows

SHARED = 4
"""So many messages go to one channel at the same time."""
LAST_WAIT = timedelta(days=1)
"""A last attempt that the daemon did not live to see the end of is repeated after so long."""
TOLD_AGAIN = timedelta(hours=1)
"""So long nothing more is said about what a channel gives up."""

Gather = Callable[[Sequence[Delivery]], Delivery]


def insert(db: sqlite3.Connection, delivery: Delivery) -> None:
    db.execute(
        """INSERT INTO deliveries
               (id, type, channel, alert_id, state, carried_by, batch, reply_to, event, created_at, next_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            delivery.id,
            delivery.type,
            delivery.channel,
            delivery.alert_id,
            delivery.state,
            delivery.carried_by,
            delivery.batch,
            delivery.reply_to,
            json.dumps(delivery.event, ensure_ascii=False),
            rows.stamp(delivery.created_at),
            rows.stamp(delivery.next_at),
        ),
    )


def claim(
    now: datetime,
    channels: tuple[str, ...],
    limit: int,
    busy: tuple[str, ...],
    gather: Gather,
    db: sqlite3.Connection,
) -> tuple[Delivery, ...]:
    usable = _usable(db, channels, now)
    _gather_batches(db, now, usable, gather)
    due = db.execute(  # of what is not taken only these columns are read: thousands may wait for a slow receiver
        """SELECT id, channel FROM deliveries WHERE state = 'pending' AND batch IS NULL AND next_at <= ?
           AND channel IN (SELECT value FROM json_each(?)) AND id NOT IN (SELECT value FROM json_each(?))
           ORDER BY type NOT LIKE 'alert.%', id""",
        (rows.stamp(now), json.dumps(usable), json.dumps(busy)),
    ).fetchall()
    share = _busy_by_channel(db, busy)
    claimed: list[str] = []
    for row in due:
        if len(claimed) == limit:
            break
        if share.get(row["channel"], 0) < SHARED:
            share[row["channel"]] = share.get(row["channel"], 0) + 1
            claimed.append(row["id"])
    return tuple(_attempt(db, id_, now) for id_ in claimed)


def _usable(db: sqlite3.Connection, channels: tuple[str, ...], now: datetime) -> list[str]:
    """The channels that are neither held nor switched off."""
    query = "SELECT name FROM channels WHERE disabled_at IS NOT NULL OR hold_until > ?"
    stopped = {row["name"] for row in db.execute(query, (rows.stamp(now),))}
    return [channel for channel in channels if channel not in stopped]


def _busy_by_channel(db: sqlite3.Connection, busy: tuple[str, ...]) -> dict[str, int]:
    query = "SELECT channel, count(*) FROM deliveries WHERE id IN (SELECT value FROM json_each(?)) GROUP BY channel"
    return dict(db.execute(query, (json.dumps(busy),)).fetchall())


def _attempt(db: sqlite3.Connection, id_: str, now: datetime) -> Delivery:
    row = db.execute("SELECT * FROM deliveries WHERE id = ?", (id_,)).fetchone()
    attempts = row["attempts"] + 1
    next_at = timing.next_attempt(attempts, now, 0.0) or now + LAST_WAIT
    db.execute(
        "UPDATE deliveries SET attempts = ?, next_at = ? WHERE id = ?", (attempts, rows.stamp(next_at), row["id"])
    )
    changed = {**dict(row), "attempts": attempts, "next_at": rows.stamp(next_at)}
    return rows.delivery(changed)


def _gather_batches(db: sqlite3.Connection, now: datetime, channels: list[str], gather: Gather) -> None:
    """Make one delivery of those that waited for the same moment; one that waited alone goes as it is."""
    due = db.execute(
        """SELECT channel, batch FROM deliveries WHERE state = 'pending' AND batch IS NOT NULL AND next_at <= ?
           AND channel IN (SELECT value FROM json_each(?)) GROUP BY channel, batch""",
        (rows.stamp(now), json.dumps(channels)),
    ).fetchall()
    for channel, batch in due:
        found = db.execute(
            "SELECT * FROM deliveries WHERE state = 'pending' AND channel = ? AND batch = ? AND next_at <= ? ORDER BY id",
            (channel, batch, rows.stamp(now)),
        )
        members = [rows.delivery(row) for row in found]
        if len(members) == 1 and batch != "digest":
            db.execute("UPDATE deliveries SET batch = NULL WHERE id = ?", (members[0].id,))
            continue
        carrier = gather(members)
        insert(db, carrier)
        db.executemany(
            "UPDATE deliveries SET state = 'carried', carried_by = ? WHERE id = ?",
            [(carrier.id, member.id) for member in members],
        )


def finish(delivery: Delivery, settled: Settled, db: sqlite3.Connection) -> None:
    attempt = settled.attempt
    done = rows.stamp(attempt.at) if settled.state != "pending" else None
    db.execute(
        "UPDATE deliveries SET state = ?, next_at = ?, finished_at = ? WHERE id = ?",
        (settled.state, rows.stamp(settled.next_at), done, delivery.id),
    )
    db.execute(
        "INSERT INTO attempts (delivery_id, at, seconds, outcome, code, answer) VALUES (?, ?, ?, ?, ?, ?)",
        (delivery.id, rows.stamp(attempt.at), attempt.seconds, attempt.outcome, attempt.code, attempt.answer),
    )
    if settled.hold_until or settled.disabled:
        db.execute(
            """INSERT INTO channels (name, hold_until, disabled_at) VALUES (:name, :hold, :off) ON CONFLICT (name) DO UPDATE
               SET hold_until = coalesce(:hold, hold_until), disabled_at = coalesce(:off, disabled_at)""",
            {
                "name": delivery.channel,
                "hold": rows.maybe(settled.hold_until),
                "off": rows.stamp(attempt.at) if settled.disabled else None,
            },
        )
    if not _told_lately(db, settled):
        for told in settled.deliveries:
            insert(db, told)


def _told_lately(db: sqlite3.Connection, settled: Settled) -> bool:
    """True if the operator was told the same about the same channel not long ago: a channel that refuses everything, or
    that is gone while several messages are on their way to it, is one piece of news."""
    for told in settled.deliveries[:1]:
        query = """SELECT 1 FROM deliveries WHERE type = ? AND created_at > ?
                   AND json_extract(event, '$.data.channel') = ? LIMIT 1"""
        since = rows.stamp(told.created_at - TOLD_AGAIN)
        return db.execute(query, (told.type, since, told.event["data"]["channel"])).fetchone() is not None
    return False
