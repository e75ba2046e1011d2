"""What reading stored articles again reads and writes, each function within a transaction that somebody else holds."""

import json
import sqlite3
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from monitor.core import rereading
from monitor.core.model import Article
from monitor.core.revisions import Decide, Listed, Noted, Reread, Revised, Visit
from monitor.core.settings import StoriesSettings
from monitor.store import history, outbox, polls, rows

LONGEST = rereading.TURNS[-1] * (1 + rereading.SPREAD)
"""So long at most an article waits for its turn."""

LEASE = timedelta(minutes=10)
"""How long an article that is being read again is left alone: its host may have many to serve one after the other. After
a crash, that long passes until it is asked for again."""

_ARTICLE = "SELECT a.*, s.name AS source FROM articles AS a JOIN sources AS s ON s.id = a.source_id WHERE a.id = ?"


def claim(now: datetime, limit: int, busy: tuple[str, ...], db: sqlite3.Connection) -> tuple[Reread, ...]:
    claimed = db.execute(
        f"""UPDATE rereads SET next_at = :lease, since = min(since, :now), missing_since = min(missing_since, :now)
            WHERE article_id IN (
               SELECT article_id FROM rereads WHERE {rows.due("next_at")}
               AND article_id NOT IN (SELECT value FROM json_each(:busy)) ORDER BY next_at LIMIT :limit) RETURNING *""",  # noqa: S608 (our own text)
        rows.turns(now, LONGEST) | {"lease": rows.stamp(now + LEASE), "busy": json.dumps(busy), "limit": limit},
    ).fetchall()
    return tuple(_reread(row, rows.article(db.execute(_ARTICLE, (row["article_id"],)).fetchone())) for row in claimed)


def listed(source_id: int, words: Mapping[int, int], db: sqlite3.Connection) -> tuple[Listed, ...]:
    """Of these pages (their keys, each with the key of what the source says of it now), those of which it said something
    else before. Entries that were never to alert are none of them."""
    query = """SELECT json_extract(wanted.value, '$[0]') AS page, json_extract(wanted.value, '$[1]') AS words_now,
                      e.id AS entry_id, e.futile, e.again_at, a.*, s.name AS source, r.since, r.missing_since, r.gone_at
               FROM json_each(?) AS wanted
               JOIN fingerprints AS f ON f.key = json_extract(wanted.value, '$[0]')
               JOIN articles AS a ON a.seq = f.article_seq AND a.source_id = ?
               JOIN entries AS e ON e.article_id = a.id AND e.source_id = a.source_id
               JOIN sources AS s ON s.id = a.source_id LEFT JOIN rereads AS r ON r.article_id = a.id
               WHERE e.state IN ('read', 'waiting') AND e.words <> json_extract(wanted.value, '$[1]')"""
    found = db.execute(query, (json.dumps([*words.items()]), source_id))
    return tuple(
        Listed(
            page=row["page"],
            reread=_reread(row, rows.article(row)),
            noted=Noted(
                entry_id=row["entry_id"],
                words=row["words_now"],
                futile=row["futile"],
                again_at=rows.maybe_moment(row["again_at"]),
            ),
        )
        for row in found
    )


def _reread(row: sqlite3.Row, article: Article) -> Reread:
    return Reread(
        article=article,
        since=rows.maybe_moment(row["since"]),
        missing_since=rows.maybe_moment(row["missing_since"]),
        gone_at=rows.maybe_moment(row["gone_at"]),
    )


def revise(visit: Visit, decide: Decide, about: StoriesSettings, db: sqlite3.Connection) -> Revised | None:
    before = visit.reread.article
    row = db.execute(_ARTICLE, (before.id,)).fetchone()
    if row is None or rows.article(row) != before:
        return None
    revised = decide(visit, history.read(db, visit.check, about))
    if revised.difference is not None:
        _keep_version(db, visit, revised)
    if revised.reading is not None:
        polls.rewrite(db, revised.reading)
    db.execute(
        """UPDATE rereads SET next_at = ?, missing_since = ?, gone_at = ?, read_at = ?, outcome = ?, times = times + 1
           WHERE article_id = ?""",
        (
            rows.maybe(revised.next_at),
            rows.maybe(revised.missing_since),
            rows.maybe(revised.gone_at),
            rows.stamp(visit.at),
            revised.found,
            before.id,
        ),
    )
    polls.write_alerts(db, revised.raised, visit.at)
    for delivery in (*revised.raised.deliveries, *revised.deliveries):
        outbox.insert(db, delivery)
    if (noted := revised.noted) is not None:
        db.execute(
            "UPDATE entries SET words = ?, futile = ?, again_at = ? WHERE id = ?",
            (noted.words, noted.futile, rows.maybe(noted.again_at), noted.entry_id),
        )
    return revised


def _keep_version(db: sqlite3.Connection, visit: Visit, revised: Revised) -> None:
    before = visit.reread.article
    db.execute(
        """INSERT INTO versions (article_id, fetched, replaced_at, title, text, sha256, difference)
           VALUES (?, ?, ?, ?, ?, ?, ?)""",
        (
            before.id,
            rows.stamp(before.fetched),
            rows.stamp(visit.at),
            before.title,
            zlib.compress(before.text.encode("utf-8", "surrogatepass")),
            before.sha256,
            json.dumps(revised.difference, ensure_ascii=False),
        ),
    )
