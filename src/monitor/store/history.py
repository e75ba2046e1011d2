"""Reads, within a transaction, what bears on a check: the History that `decide` is handed."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core import network
from monitor.core.model import Alert, Check, EntryState, Fault, History, Listing, Message, Reading, Slot, StoryRecord
from monitor.core.settings import USUAL_STORIES, StoriesSettings
from monitor.store import likeness, rows, topics

HOUR = timedelta(hours=1)


def read(db: sqlite3.Connection, check: Check, about: StoriesSettings = USUAL_STORIES) -> History:
    """What is known of the articles of a check: their stories, the alerts of these, who was told, and of the network."""
    history = History(network_down_since=rows.maybe_moment(fact(db, "network_down_since")))
    if isinstance(check.found, Fault) or history.network_down_since or check.record.told_at or check.record.empty_since:
        history = _with_others(db, history, check.record.id)
    readings = check.found.readings if isinstance(check.found, Listing) else ()
    if not readings:
        return history
    candidates = likeness.candidates(db, (reading.fingerprint for reading in readings), check.at - about.copy_window)
    reports, seen = topics.candidates(db, [(reading.article, reading.fingerprint) for reading in readings], about)
    candidates += reports
    placed = _placed(db, readings)
    stories = {*(each.story_id for each in candidates), *placed.values()}
    alerts, others = _alerts(db, stories)
    return replace(
        history,
        candidates=candidates,
        seen=seen,
        placed=placed,
        stories=_stories(db, stories),
        alerts={(alert.watchlist, alert.story_id): alert for alert in alerts},
        told={alert.id: _told(db, others[alert.id]) for alert in alerts},
        updates=_updates(db, stories),
        apart=_apart(db, stories),
        held=any(reading.state is EntryState.HELD for reading in readings) and _held(db, check.record.id),
        recent=_recent(db, check),
    )


def fact(db: sqlite3.Connection, name: str) -> str | None:
    row = db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def _with_others(db: sqlite3.Connection, history: History, source_id: int) -> History:
    """The history with what is to be known of the other active sources."""
    query = """SELECT count(last_poll_at) AS polled, sum(failures > 0 AND last_poll_at IS NOT NULL) AS failing,
                      sum(failures > 0 OR state = 'failing') AS unwell,
                      sum(failures > 0 AND fault IN (SELECT value FROM json_each(:faults))) AS unreachable,
                      sum(state NOT IN ('failing', 'gone') AND
                          NOT (failures > 0 AND fault IN (SELECT value FROM json_each(:faults)))) AS reachable
               FROM sources WHERE active AND id <> :id"""
    faults = json.dumps(sorted(network.UNREACHABLE))
    polled, failing, unwell, unreachable, reachable = db.execute(query, {"id": source_id, "faults": faults}).fetchone()
    return replace(
        history,
        polled=polled,
        failing=failing or 0,
        unwell=unwell or 0,
        unreachable=unreachable or 0,
        reachable=reachable or 0,
    )


def _placed(db: sqlite3.Connection, readings: Iterable[Reading]) -> dict[str, str]:
    known = [reading.article.id for reading in readings if reading.known_article or reading.stored]
    query = "SELECT id, story_id FROM articles WHERE id IN (SELECT value FROM json_each(?))"
    return dict(db.execute(query, (json.dumps(known),)).fetchall())


def _stories(db: sqlite3.Connection, ids: set[str]) -> dict[str, StoryRecord]:
    query = "SELECT id, articles, sources, domains FROM stories WHERE id IN (SELECT value FROM json_each(?))"
    return {
        id_: StoryRecord(
            id=id_, articles=articles, sources=tuple(json.loads(sources)), domains=tuple(json.loads(domains))
        )
        for id_, articles, sources, domains in db.execute(query, (json.dumps(list(ids)),))
    }


def _alerts(db: sqlite3.Connection, stories: set[str]) -> tuple[list[Alert], dict[str, list[str]]]:
    """The alert of each watchlist × story, and with its id those of all alerts that stand for it: of stories that were
    merged by hand, both may have been alerted. The one that told most comes first, then the oldest."""
    query = """SELECT t.*, coalesce(y.merged_into, y.id) AS root FROM alerts AS t JOIN stories AS y ON y.id = t.story_id
               WHERE t.story_id IN (SELECT value FROM json_each(:ids)
                                    UNION SELECT id FROM stories WHERE merged_into IN (SELECT value FROM json_each(:ids)))
               ORDER BY t.verdict = 'digest', t.id"""
    found: dict[tuple[str, str], Alert] = {}
    all_: dict[str, list[str]] = {}
    for row in db.execute(query, {"ids": json.dumps(list(stories))}):
        alert = replace(rows.alert(row), story_id=row["root"])
        first = found.setdefault((alert.watchlist, alert.story_id), alert)
        all_.setdefault(first.id, []).append(alert.id)
        if alert.escalated_at and not first.escalated_at:
            found[alert.watchlist, alert.story_id] = replace(first, escalated_at=alert.escalated_at)
    return list(found.values()), all_


def _told(db: sqlite3.Connection, alert_ids: Iterable[str]) -> dict[str, Message]:
    """Channel → what it was first told of an alert, under the id of the message that told it."""
    query = """SELECT * FROM deliveries WHERE alert_id IN (SELECT value FROM json_each(?)) AND type = 'alert.created'
               ORDER BY id DESC"""
    found = [rows.delivery(row) for row in db.execute(query, (json.dumps(list(alert_ids)),))]
    return {
        each.channel: Message(
            id=each.carried_by or each.id, channel=each.channel, event=each.event, created_at=each.created_at
        )
        for each in found
    }


def _updates(db: sqlite3.Connection, stories: set[str]) -> dict[tuple[str, str], Slot]:
    """(channel, story) → when its last update leaves or left; one that still waits comes before one that has left."""
    query = """SELECT d.channel, coalesce(y.merged_into, y.id) AS story, d.batch,
                      d.state = 'pending' AND d.batch IS NOT NULL AS waits,
                      CASE WHEN d.batch IS NOT NULL THEN d.next_at ELSE coalesce(
                          (SELECT min(a.at) FROM attempts AS a WHERE a.delivery_id = d.id), d.created_at) END AS at
               FROM stories AS y JOIN alerts AS t ON t.story_id = y.id JOIN deliveries AS d ON d.alert_id = t.id
               WHERE (y.id IN (SELECT value FROM json_each(:ids)) OR y.merged_into IN (SELECT value FROM json_each(:ids)))
               AND d.type = 'alert.updated' ORDER BY waits, at"""
    return {
        (row["channel"], row["story"]): Slot(at=rows.moment(row["at"]), batch=row["batch"] if row["waits"] else None)
        for row in db.execute(query, {"ids": json.dumps(list(stories))})
    }


def _apart(db: sqlite3.Connection, stories: set[str]) -> frozenset[str]:
    """Those of the stories of which somebody made two by hand."""
    query = """SELECT id, split_from FROM stories WHERE split_from IS NOT NULL
               AND (id IN (SELECT value FROM json_each(:ids)) OR split_from IN (SELECT value FROM json_each(:ids)))"""
    found = db.execute(query, {"ids": json.dumps(list(stories))}).fetchall()
    return frozenset(id_ for pair in found for id_ in pair)


def _held(db: sqlite3.Connection, source_id: int) -> bool:
    query = "SELECT 1 FROM entries WHERE source_id = ? AND state IN ('waiting', 'held') AND state = 'held' LIMIT 1"
    return db.execute(query, (source_id,)).fetchone() is not None


def _recent(db: sqlite3.Connection, check: Check) -> dict[str, tuple[datetime, ...]]:
    """Watchlist → the times of its alerts that were told at once in the last hour."""
    query = """SELECT a.watchlist, min(d.created_at)
               FROM alerts AS a INDEXED BY alerts_created CROSS JOIN deliveries AS d ON d.alert_id = a.id
               WHERE a.created_at > ? AND a.created_at <= ? AND d.type = 'alert.created' AND d.batch IS NULL
               GROUP BY a.id ORDER BY 2"""  # in this order; else all deliveries are gone through
    times: dict[str, tuple[datetime, ...]] = {}
    for watchlist, at in db.execute(query, (rows.stamp(check.at - HOUR), rows.stamp(check.at))):
        times[watchlist] = (*times.get(watchlist, ()), rows.moment(at))
    return times
