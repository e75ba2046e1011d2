"""What deliveries read and write, each function within a transaction that somebody else holds."""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core import timing
from monitor.core.model import Delivery, Event, Report, Settled, Story
from monitor.store import coverage, rows

SHARED = 4
"""So many messages go to one channel at the same time."""
DAY = timedelta(days=1)
LONGEST = timedelta(hours=27)
"""So long at most anything waits but for a digest or an update: no receiver is waited for longer than a day, give or take a
tenth."""
LAST_WAIT = timedelta(days=1)
"""A last attempt that the daemon did not live to see the end of is repeated after so long."""
GATHERED = ("digest", "update")
"""Batches that are gathered even if a message waited alone; of others such a one goes as it is."""
TOLD_AGAIN = timedelta(hours=1)
"""So long nothing more is said about what a channel gives up."""

_RIPE = f"{rows.due('next_at')} AND (next_at <= :now OR (batch <> 'digest' AND batch NOT LIKE 'update:%'))"
"""When a batch is gathered. How long digests and updates wait the configuration says: `set_back` sees to them."""

Gather = Callable[[Sequence[Delivery], Mapping[str, Story]], Delivery]


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
    claimed = tuple(attempted(delivery, now) for delivery in _due(db, now, usable, limit, busy))
    db.executemany(
        "UPDATE deliveries SET attempts = ?, next_at = ? WHERE id = ?",
        [(each.attempts, rows.stamp(each.next_at), each.id) for each in claimed],
    )
    return claimed


def due(
    now: datetime,
    channels: tuple[str, ...],
    limit: int,
    busy: tuple[str, ...],
    without: tuple[str, ...],
    db: sqlite3.Connection,
) -> tuple[Delivery, ...]:
    """What `claim` would claim, but for what is to be gathered first, and `without` some; nothing is written."""
    return _due(db, now, _usable(db, channels, now), limit, busy, without)


def attempted(delivery: Delivery, now: datetime) -> Delivery:
    """A delivery with one attempt more, due again if that is never heard of: soon, for then it was us that failed and not
    the receiver; but later each time, for it may be this very message that does it."""
    attempts = delivery.attempts + 1
    next_at = timing.next_attempt(attempts - delivery.failures, now, 0.0) or now + LAST_WAIT
    return replace(delivery, attempts=attempts, next_at=next_at)


def _due(
    db: sqlite3.Connection,
    now: datetime,
    channels: list[str],
    limit: int,
    busy: tuple[str, ...],
    without: tuple[str, ...] = (),
) -> tuple[Delivery, ...]:
    """What is due on these channels, each channel's share of it."""
    found = db.execute(  # of what is not taken only these columns are read: thousands may wait for a slow receiver
        f"""SELECT id, channel FROM deliveries WHERE state = 'pending' AND batch IS NULL AND {rows.due("next_at")}
            AND channel IN (SELECT value FROM json_each(:channels)) AND id NOT IN (SELECT value FROM json_each(:out))
            ORDER BY type NOT LIKE 'alert.%', id""",  # noqa: S608 (our own text)
        rows.turns(now, LONGEST) | {"channels": json.dumps(channels), "out": json.dumps((*busy, *without))},
    ).fetchall()
    share = _busy_by_channel(db, busy)
    chosen: list[str] = []
    for row in found:
        if len(chosen) == limit:
            break
        if share.get(row["channel"], 0) < SHARED:
            share[row["channel"]] = share.get(row["channel"], 0) + 1
            chosen.append(row["id"])
    query = "SELECT * FROM deliveries WHERE id = ?"
    return tuple(rows.delivery(db.execute(query, (id_,)).fetchone()) for id_ in chosen)


def lag(now: datetime, db: sqlite3.Connection) -> timedelta:
    query = """SELECT min(at) FROM (
                   SELECT min(next_poll_at) AS at FROM sources WHERE active
                   UNION ALL
                   SELECT min(d.next_at) FROM deliveries AS d LEFT JOIN channels AS c ON c.name = d.channel
                   WHERE d.state = 'pending' AND c.disabled_at IS NULL AND coalesce(c.hold_until, '') <= ?)"""
    (first,) = db.execute(query, (rows.stamp(now),)).fetchone()
    return max(now - rows.moment(first), timedelta(0)) if first else timedelta(0)


def set_back(
    by: timedelta, now: datetime, digest_at: Mapping[str, datetime], update_interval: timedelta, db: sqlite3.Connection
) -> None:
    """The clock was set back: what was to wait for some time waits for as long as before; for a digest no longer than until
    the next one (`digest_at`, by channel), and for an update that leaves together with others no longer than these may."""
    waiting = db.execute("SELECT id, channel, batch, next_at FROM deliveries WHERE state = 'pending'").fetchall()
    changed = []
    for row in waiting:
        at, batch = rows.moment(row["next_at"]), row["batch"] or ""
        by_the_clock = batch.startswith("quiet:") and at - now <= DAY  # these hours end at a time of the day
        sooner = at if at <= now or by_the_clock else at - by
        if batch == "digest":
            sooner = min(at, digest_at.get(row["channel"], at))
        if batch.startswith("update:"):
            sooner = min(sooner, now + update_interval)
        if sooner != at:
            changed.append((rows.stamp(sooner), row["id"]))
    db.executemany("UPDATE deliveries SET next_at = ? WHERE id = ?", changed)
    held = db.execute("SELECT name, hold_until FROM channels WHERE hold_until > ?", (rows.stamp(now),)).fetchall()
    db.executemany(
        "UPDATE channels SET hold_until = ? WHERE name = ?",
        [(rows.stamp(rows.moment(row["hold_until"]) - by), row["name"]) for row in held],
    )


def _usable(db: sqlite3.Connection, channels: tuple[str, ...], now: datetime) -> list[str]:
    """The channels that are neither held nor switched off."""
    query = f"SELECT name FROM channels WHERE disabled_at IS NOT NULL OR NOT {rows.due('hold_until')}"  # noqa: S608 (our own text)
    stopped = {row["name"] for row in db.execute(query, rows.turns(now, LONGEST))}
    return [channel for channel in channels if channel not in stopped]


def _busy_by_channel(db: sqlite3.Connection, busy: tuple[str, ...]) -> dict[str, int]:
    query = "SELECT channel, count(*) FROM deliveries WHERE id IN (SELECT value FROM json_each(?)) GROUP BY channel"
    return dict(db.execute(query, (json.dumps(busy),)).fetchall())


def _gather_batches(db: sqlite3.Connection, now: datetime, channels: list[str], gather: Gather) -> None:
    """Make one delivery of those that waited for the same moment; one that waited alone goes as it is."""
    times = rows.turns(now, LONGEST)
    due = db.execute(
        f"""SELECT channel, batch FROM deliveries WHERE state = 'pending' AND batch IS NOT NULL AND {_RIPE}
            AND channel IN (SELECT value FROM json_each(:channels)) GROUP BY channel, batch""",  # noqa: S608 (our own text)
        times | {"channels": json.dumps(channels)},
    ).fetchall()
    for channel, batch in due:
        found = db.execute(  # when one source is told of, so are the others
            f"""SELECT * FROM deliveries INDEXED BY deliveries_due
                WHERE state = 'pending' AND channel = :channel AND batch = :batch
                AND ({_RIPE} OR batch LIKE 'health:%') ORDER BY id""",  # noqa: S608 (our own text)
            times | {"channel": channel, "batch": batch},
        )
        members = [rows.delivery(row) for row in found]
        if len(members) == 1 and batch.partition(":")[0] not in GATHERED:
            db.execute("UPDATE deliveries SET batch = NULL WHERE id = ?", (members[0].id,))
            continue
        carrier = gather(members, _stories(db, members))
        if batch == "digest":
            carrier = replace(carrier, event=_covering(db, carrier, now))
        insert(db, carrier)
        db.executemany(
            "UPDATE deliveries SET state = 'carried', carried_by = ? WHERE id = ?",
            [(carrier.id, member.id) for member in members],
        )


def _covering(db: sqlite3.Connection, digest: Delivery, now: datetime) -> Event:
    """The event of a digest that also says how many sources were read since the last one of its channel, or for a day."""
    query = """SELECT max(created_at) FROM deliveries WHERE channel = ? AND type = ? AND alert_id IS NULL
               AND created_at <= ? AND json_extract(event, '$.data.reason') = 'digest'"""
    (last,) = db.execute(query, (digest.channel, digest.type, rows.stamp(now))).fetchone()
    since = rows.moment(last) if last else now - timedelta(days=1)
    sources, read = coverage.totals(db, since)
    told = {"since": since.isoformat(timespec="seconds").replace("+00:00", "Z"), "sources": sources, "read": read}
    return {**digest.event, "data": {**digest.event["data"], "coverage": told}}


def _stories(db: sqlite3.Connection, members: Sequence[Delivery]) -> dict[str, Story]:
    """Alert id → its story as it is now, with every report of another source than the alert's, one of each source."""
    query = """SELECT t.id AS alert, t.article_id, y.* FROM alerts AS t JOIN stories AS told ON told.id = t.story_id
               JOIN stories AS y ON y.id = coalesce(told.merged_into, told.id)
               WHERE t.id IN (SELECT value FROM json_each(?))"""
    found = db.execute(query, (json.dumps([each.alert_id for each in members]),)).fetchall()
    return {row["alert"]: rows.story(row, _others(db, row["id"], row["article_id"])) for row in found}


def _others(db: sqlite3.Connection, story_id: str, article_id: str) -> tuple[Report, ...]:
    """The reports of a story by other sources than this article's, the first of each source, copies last."""
    query = """SELECT a.url, a.title, s.name AS source, a.published, a.relation, min(a.seq) AS seq FROM articles AS a
               JOIN sources AS s ON s.id = a.source_id
               WHERE a.story_id = ? AND a.source_id <> (SELECT source_id FROM articles WHERE id = ?)
               GROUP BY a.source_id ORDER BY a.relation IN ('duplicate', 'near-duplicate'), seq"""
    return tuple(rows.report(row) for row in db.execute(query, (story_id, article_id)))


def finish(delivery: Delivery, settled: Settled, db: sqlite3.Connection) -> None:
    attempt = settled.attempt
    done = rows.stamp(attempt.at) if settled.state != "pending" else None
    db.execute(
        "UPDATE deliveries SET state = ?, next_at = ?, finished_at = ?, failures = failures + ? WHERE id = ?",
        (settled.state, rows.stamp(settled.next_at), done, settled.state != "delivered", delivery.id),
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
        query = """SELECT 1 FROM deliveries WHERE type = ? AND created_at > ? AND created_at <= ?
                   AND alert_id IS NULL AND json_extract(event, '$.data.channel') = ? LIMIT 1"""
        span = (rows.stamp(told.created_at - TOLD_AGAIN), rows.stamp(told.created_at))
        return db.execute(query, (told.type, *span, told.event["data"]["channel"])).fetchone() is not None
    return False
