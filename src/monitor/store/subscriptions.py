"""Subscriptions at hubs (WebSub), and what pushes make of the sources' turns, each function within a transaction that
somebody else holds. Not here: what is decided (core.websub)."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from monitor.core import websub
from monitor.core.websub import Offer, Plan, State, Subscription
from monitor.store import rows

_EACH = "SELECT p.*, s.name AS source FROM subscriptions AS p JOIN sources AS s ON s.id = p.source_id"


def plan(
    decide: Callable[[Sequence[Offer], Sequence[Subscription]], Plan], db: sqlite3.Connection
) -> tuple[Subscription, ...]:
    query = "SELECT id AS source_id, name AS source, hub, topic FROM sources WHERE active AND hub <> ''"
    offers = [Offer(**dict(row)) for row in db.execute(query)]
    standing = [_subscription(row) for row in db.execute(f"{_EACH} ORDER BY p.next_at")]
    planned = decide(offers, standing)
    db.executemany("DELETE FROM subscriptions WHERE token = ?", [(token,) for token in planned.forget])
    for sub in planned.write:
        _write(db, sub)
    forgotten = {sub.source_id for sub in standing if sub.token in planned.forget}
    _mark(db, {sub.source_id for sub in planned.write} | forgotten)
    return planned.ask


def one(token: str, db: sqlite3.Connection) -> Subscription | None:
    row = db.execute(f"{_EACH} WHERE p.token = ?", (token,)).fetchone()
    return _subscription(row) if row else None


def change(
    token: str, decide: Callable[[Subscription], Subscription | None], db: sqlite3.Connection
) -> Subscription | None:
    """Put what is decided in place of a subscription. Returns what it was before; None if there is none."""
    before = one(token, db)
    if before is None:
        return None
    after = decide(before)
    if after is None:
        db.execute("DELETE FROM subscriptions WHERE token = ?", (token,))
    elif after != before:
        _write(db, after)
    _mark(db, {before.source_id})
    return before


def pushed(token: str, now: datetime, apart: timedelta, db: sqlite3.Connection) -> None:
    """Let the source be polled, unless a push has done that already; `apart` from the last time that one did."""
    row = db.execute(
        """SELECT p.source_id, p.pushed_at, s.push_at FROM subscriptions AS p JOIN sources AS s ON s.id = p.source_id
           WHERE p.token = ? AND p.state = ?""",
        (token, State.VERIFIED),
    ).fetchone()
    late = rows.stamp(now + apart)
    if row is None or (row["push_at"] is not None and row["push_at"] <= late):
        return
    at = rows.stamp(websub.turn(rows.maybe_moment(row["pushed_at"]), now, apart))
    db.execute("UPDATE sources SET push_at = ? WHERE id = ?", (at, row["source_id"]))
    db.execute("UPDATE subscriptions SET pushed_at = ? WHERE token = ?", (at, token))


def _write(db: sqlite3.Connection, sub: Subscription) -> None:
    values = {
        "token": sub.token,
        "secret": sub.secret,
        "source_id": sub.source_id,
        "hub": sub.hub,
        "topic": sub.topic,
        "callback": sub.callback,
        "state": sub.state,
        "next_at": rows.stamp(sub.next_at),
        "failures": sub.failures,
        "lease_until": rows.maybe(sub.lease_until),
    }
    columns, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    changes = ", ".join(f"{name} = :{name}" for name in ("state", "next_at", "failures", "lease_until"))
    db.execute(
        f"INSERT INTO subscriptions ({columns}) VALUES ({marks}) ON CONFLICT (token) DO UPDATE SET {changes}",  # noqa: S608 (columns of our own)
        values,
    )


def _mark(db: sqlite3.Connection, sources: Iterable[int]) -> None:
    """Note beside the sources until when pushes come for them."""
    db.execute(
        """UPDATE sources SET pushed_until = (SELECT max(lease_until) FROM subscriptions AS p
           WHERE p.source_id = sources.id AND p.state = ?) WHERE id IN (SELECT value FROM json_each(?))""",
        (State.VERIFIED, json.dumps(sorted(sources))),
    )


def _subscription(row: sqlite3.Row) -> Subscription:
    return Subscription(
        token=row["token"],
        secret=row["secret"],
        source_id=row["source_id"],
        source=row["source"],
        hub=row["hub"],
        topic=row["topic"],
        callback=row["callback"],
        state=State(row["state"]),
        next_at=rows.moment(row["next_at"]),
        failures=row["failures"],
        lease_until=rows.maybe_moment(row["lease_until"]),
    )
