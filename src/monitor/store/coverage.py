"""What was read and what was not: a small record of every hour's polls, and what the articles of a time came from.

Each function works within a transaction that somebody else holds. Not here: states of sources (core.health), and how the
answer is shown.
"""

import sqlite3
from datetime import datetime, timedelta
from typing import Any

from monitor.core.model import Check, Fault, Listing
from monitor.store import rows

KEPT = timedelta(days=90)
"""A row takes about 30 bytes: 500 sources that answer make 30 MB in that time."""
ANSWERED = "answered"
WAITS = 2
"""After so many of its intervals without an answer a source has a gap."""

Row = dict[str, Any]


def record(db: sqlite3.Connection, check: Check) -> None:
    """Count a poll that ended: answered, or the kind of its fault with the status code if there was one; and for how long
    the source was not read before it."""
    if isinstance(check.found, Listing) and not check.found.complete:
        return
    outcome = _kind(check.found) if isinstance(check.found, Fault) else ANSWERED
    last, gap = check.record.last_ok_at, timedelta(0)
    if outcome == ANSWERED and last and check.at - last > WAITS * check.source.interval:
        gap = check.at - last
    db.execute(
        """INSERT INTO polls (source_id, hour, outcome, polls, gap) VALUES (?, ?, ?, 1, ?)
           ON CONFLICT (source_id, hour, outcome) DO UPDATE SET polls = polls + 1, gap = max(gap, excluded.gap)""",
        (check.record.id, _hour(check.at), outcome, int(gap.total_seconds())),
    )


def _kind(fault: Fault) -> str:
    return f"{fault.kind} {fault.status}" if fault.status else str(fault.kind)


def prune(db: sqlite3.Connection, now: datetime) -> None:
    db.execute("DELETE FROM polls WHERE hour < ?", (_hour(now - KEPT),))


def totals(db: sqlite3.Connection, since: datetime) -> tuple[int, int]:
    """How many sources are configured, and how many of them answered since then."""
    query = """SELECT count(*) AS sources, total(EXISTS (SELECT 1 FROM polls WHERE source_id = s.id AND hour >= ?
               AND outcome = 'answered')) AS answered FROM sources AS s WHERE s.active"""
    sources, answered = tuple(db.execute(query, (_hour(since),)).fetchone())
    return int(sources), int(answered)


_SOURCES = """
SELECT s.id, s.name AS source, s.state, s.reason, s.failures, s.last_ok_at,
       coalesce(p.answered, 0) AS answered, coalesce(p.failed, 0) AS failed, coalesce(p.gap, 0) AS gap,
       coalesce(e.entries, 0) AS entries, coalesce(e.whole, 0) AS full_text, coalesce(e.summaries, 0) AS summary_only,
       coalesce(h.held, 0) AS held, g.lost AS lost_seconds
FROM sources AS s
LEFT JOIN (SELECT source_id, sum(strftime('%s', until) - strftime('%s', since)) AS lost FROM gaps
           WHERE found_at >= :since GROUP BY source_id) AS g ON g.source_id = s.id
LEFT JOIN (SELECT source_id, sum(iif(outcome = 'answered', polls, 0)) AS answered,
                  sum(iif(outcome = 'answered', 0, polls)) AS failed, max(gap) AS gap
           FROM polls WHERE hour >= :hour GROUP BY source_id) AS p ON p.source_id = s.id
LEFT JOIN (SELECT e.source_id, count(*) AS entries, sum(a.reason = '') AS whole, sum(a.reason <> '') AS summaries
           FROM entries AS e JOIN articles AS a ON a.id = e.article_id
           WHERE a.fetched >= :since AND e.first_seen >= :since AND e.state <> 'held' GROUP BY e.source_id) AS e
ON e.source_id = s.id
LEFT JOIN (SELECT source_id, count(*) AS held FROM entries WHERE state = 'held' GROUP BY source_id) AS h
ON h.source_id = s.id
WHERE s.active ORDER BY coalesce(p.answered, 0) > 0, s.name
"""


def report(db: sqlite3.Connection, since: datetime, now: datetime) -> list[Row]:
    """Each source that is configured, those that were not read first: polls that were answered and that failed, by kind of
    fault; `gap_seconds`, the longest time in which it was not read though it should have been, or None; `lost_seconds`, the
    time of which entries came and went between two polls, or None; its entries since
    then, how many of their articles have all their text, and why the others have only what the feed says; what the flood
    brake holds. `db` gives rows as dicts."""
    values = {"hour": _hour(since), "since": rows.stamp(since)}
    faults = """SELECT source_id, outcome AS what, sum(polls) AS n FROM polls
                WHERE hour >= :hour AND outcome <> 'answered' GROUP BY source_id, outcome ORDER BY n DESC, what"""
    reasons = """SELECT e.source_id, a.reason AS what, count(*) AS n FROM entries AS e
                 JOIN articles AS a ON a.id = e.article_id
                 WHERE a.fetched >= :since AND e.first_seen >= :since AND a.reason <> '' AND e.state <> 'held'
                 GROUP BY e.source_id, a.reason ORDER BY n DESC, what"""
    failed, unread = _counted(db, faults, values), _counted(db, reasons, values)
    return [_source(row, failed, unread, now) for row in db.execute(_SOURCES, values).fetchall()]


def _counted(db: sqlite3.Connection, query: str, values: Row) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for row in db.execute(query, values):
        found.setdefault(row["source_id"], {})[row["what"]] = row["n"]
    return found


def _source(row: Row, failed: dict[int, dict[str, int]], unread: dict[int, dict[str, int]], now: datetime) -> Row:
    last = rows.maybe_moment(row["last_ok_at"])
    lasting = int((now - last).total_seconds()) if row["failures"] and last else 0
    told = {name: value for name, value in row.items() if name not in ("id", "gap", "failures", "last_ok_at")}
    return told | {
        "gap_seconds": max(row["gap"], lasting) or None,
        "last_answered_at": row["last_ok_at"],
        "faults": failed.get(row["id"], {}),
        "unreadable": unread.get(row["id"], {}),
    }


def _hour(at: datetime) -> int:
    """Hours since 1970."""
    return int(at.timestamp()) // 3600
