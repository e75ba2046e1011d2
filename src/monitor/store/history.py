"""Reads, within a transaction, what bears on a check: the History that `decide` is handed."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta

from monitor.core.model import Alert, Check, Fault, History, Listing, Message, Reading, StoryRecord
from monitor.store import rows

HOUR = timedelta(hours=1)


def read(db: sqlite3.Connection, check: Check) -> History:
    """What is known of the articles of a check: their stories, the alerts of these, who was told, and of the network."""
    polled, failing, down_since = 0, 0, rows.maybe_moment(fact(db, "network_down_since"))
    if isinstance(check.found, Fault) or down_since:
        polled, failing = _others(db, check.record.id)
    readings = check.found.readings if isinstance(check.found, Listing) else ()
    if not readings:
        return History(polled=polled, failing=failing, network_down_since=down_since)
    by_page = _fingerprints(db, "page", (page for reading in readings for page in reading.fingerprint.pages))
    by_text = _fingerprints(db, "text", (r.fingerprint.text for r in readings if r.fingerprint.text is not None))
    placed = _placed(db, readings)
    stories = {*by_page.values(), *by_text.values(), *placed.values()}
    alerts = _alerts(db, stories)
    return History(
        by_page=by_page,
        by_text=by_text,
        placed=placed,
        stories=_stories(db, stories),
        alerts={(alert.watchlist, alert.story_id): alert for alert in alerts},
        told={alert.id: _told(db, alert.id) for alert in alerts},
        recent=_recent(db, check),
        polled=polled,
        failing=failing,
        network_down_since=down_since,
    )


def fact(db: sqlite3.Connection, name: str) -> str | None:
    row = db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def _others(db: sqlite3.Connection, source_id: int) -> tuple[int, int]:
    """How many other active sources were polled, and how many of these failed when last polled."""
    query = """SELECT count(*), coalesce(sum(failures > 0), 0) FROM sources
               WHERE active AND last_poll_at IS NOT NULL AND id <> ?"""
    polled, failing = db.execute(query, (source_id,)).fetchone()
    return polled, failing


def _fingerprints(db: sqlite3.Connection, kind: str, keys: Iterable[int]) -> dict[int, str]:
    """Key → story of the first article that has it."""
    query = """SELECT f.key, a.story_id FROM json_each(?) AS wanted
               JOIN fingerprints AS f ON f.key = wanted.value AND f.kind = ?
               JOIN articles AS a ON a.seq = f.article_seq ORDER BY a.seq DESC"""
    return dict(db.execute(query, (json.dumps(list(keys)), kind)).fetchall())


def _placed(db: sqlite3.Connection, readings: Iterable[Reading]) -> dict[str, str]:
    known = [reading.article.id for reading in readings if reading.known_article or reading.stored]
    query = "SELECT id, story_id FROM articles WHERE id IN (SELECT value FROM json_each(?))"
    return dict(db.execute(query, (json.dumps(known),)).fetchall())


def _stories(db: sqlite3.Connection, ids: set[str]) -> dict[str, StoryRecord]:
    query = "SELECT id, articles, sources FROM stories WHERE id IN (SELECT value FROM json_each(?))"
    return {
        id_: StoryRecord(id=id_, articles=articles, sources=tuple(json.loads(sources)))
        for id_, articles, sources in db.execute(query, (json.dumps(list(ids)),))
    }


def _alerts(db: sqlite3.Connection, stories: set[str]) -> list[Alert]:
    query = "SELECT * FROM alerts WHERE story_id IN (SELECT value FROM json_each(?)) ORDER BY id"
    return [rows.alert(row) for row in db.execute(query, (json.dumps(list(stories)),))]


def _told(db: sqlite3.Connection, alert_id: str) -> dict[str, Message]:
    """Channel → what it was first told of an alert, under the id of the message that told it."""
    query = "SELECT * FROM deliveries WHERE alert_id = ? AND type = 'alert.created' ORDER BY id DESC"
    found = [rows.delivery(row) for row in db.execute(query, (alert_id,))]
    return {
        each.channel: Message(
            id=each.carried_by or each.id, channel=each.channel, event=each.event, created_at=each.created_at
        )
        for each in found
    }


def _recent(db: sqlite3.Connection, check: Check) -> dict[str, tuple[datetime, ...]]:
    """Watchlist → the times of its alerts that were told at once in the last hour."""
    query = """SELECT a.watchlist, min(d.created_at) FROM alerts AS a JOIN deliveries AS d ON d.alert_id = a.id
               WHERE a.created_at > ? AND d.type = 'alert.created' AND d.batch IS NULL GROUP BY a.id ORDER BY 2"""
    times: dict[str, tuple[datetime, ...]] = {}
    for watchlist, at in db.execute(query, (rows.stamp(check.at - HOUR),)):
        times[watchlist] = (*times.get(watchlist, ()), rows.moment(at))
    return times
