"""The index by which other reports of the same news are found: topics of the first reports of each story, and their keys.

Each function works within a transaction that somebody else holds. Not here: whether a candidate tells the same news
(core.stories), and copies (likeness.py).
"""

import json
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime

from monitor.core.model import Article, Candidate, Fingerprint, Relation, Seen, Topic
from monitor.core.settings import StoriesSettings
from monitor.core.stories import news, placing
from monitor.store import rows

EARLIEST, LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
LEADS = 3
"""So many reports of a story are compared with, the first: what comes later may have moved on to other news."""
MOST = 24
"""So many reports are compared with one that has come, those that share most keys with it."""
COMMON = 400
"""A key that so many reports have is counted no further, and finds none."""
SWEPT = 8
"""So many reports at most are forgotten for one that has come."""


def add(
    db: sqlite3.Connection, seq: int, article: Article, mark: Fingerprint, story_id: str, relation: Relation
) -> None:
    """Index an article, if it is among the first reports of its story."""
    if mark.topic is None or relation not in (Relation.FIRST, Relation.SAME_STORY):
        return
    query = (
        "SELECT count(*), min(begun) FROM topics AS t JOIN articles AS a ON a.seq = t.article_seq WHERE a.story_id = ?"
    )
    count, begun = db.execute(query, (story_id,)).fetchone()
    if count < LEADS:
        _write(db, seq, begun or rows.stamp(placing.reported(article)), mark.topic)


def renew(db: sqlite3.Connection, seq: int, mark: Fingerprint) -> None:
    """Index an article anew that was read again, if it was indexed."""
    row = db.execute("SELECT begun, topic FROM topics WHERE article_seq = ?", (seq,)).fetchone()
    if row and mark.topic is not None:
        _drop(db, [(seq, row["topic"])])
        _write(db, seq, row["begun"], mark.topic)


def _write(db: sqlite3.Connection, seq: int, begun: str, topic: Topic) -> None:
    values = (seq, begun, news.packed(topic))
    db.execute("INSERT INTO topics (article_seq, begun, topic) VALUES (?, ?, ?)", values)
    keys = [(key, seq) for key in news.looked_up(topic)]
    db.executemany("INSERT OR IGNORE INTO topic_keys (key, article_seq) VALUES (?, ?)", keys)


def forget(db: sqlite3.Connection, before: datetime) -> None:
    """Take a few of the reports of stories that began before that out of the index."""
    query = "SELECT article_seq, topic FROM topics WHERE begun < ? ORDER BY begun LIMIT ?"
    _drop(db, db.execute(query, (rows.stamp(before), SWEPT)).fetchall())


def _drop(db: sqlite3.Connection, reports: Iterable[tuple[int, bytes]]) -> None:
    for seq, packed in reports:
        keys = [(key, seq) for key in news.looked_up(news.unpacked(packed))]
        db.executemany("DELETE FROM topic_keys WHERE key = ? AND article_seq = ?", keys)
        db.execute("DELETE FROM topics WHERE article_seq = ?", (seq,))


def candidates(
    db: sqlite3.Connection, arrived: Iterable[tuple[Article, Fingerprint]], about: StoriesSettings
) -> tuple[tuple[Candidate, ...], Seen]:
    """The first reports that these articles may tell the same news as, of stories that take more, the oldest first; and how
    many reports have their keys."""
    counts: dict[int, int] = {}
    seqs: set[int] = set()
    for article, mark in arrived:
        if mark.topic is not None:
            here = _counts(db, news.looked_up(mark.topic))
            counts |= here
            seqs |= _sharing(db, [key for key, count in here.items() if 0 < count < COMMON], article, about)
    query = """SELECT a.*, s.name AS source, t.begun, t.topic FROM topics AS t JOIN articles AS a ON a.seq = t.article_seq
               JOIN sources AS s ON s.id = a.source_id
               WHERE t.article_seq IN (SELECT value FROM json_each(?)) AND (SELECT count(*) FROM
               (SELECT 1 FROM articles AS b WHERE b.story_id = a.story_id LIMIT ?)) < ? ORDER BY a.seq"""
    found = db.execute(query, (json.dumps(list(seqs)), about.max_story, about.max_story))
    return tuple(_candidate(row) for row in found), Seen(counts, _total(db))


def _counts(db: sqlite3.Connection, keys: Iterable[int]) -> dict[int, int]:
    query = "SELECT count(*) FROM (SELECT 1 FROM topic_keys WHERE key = ? LIMIT ?)"
    return {key: db.execute(query, (key, COMMON)).fetchone()[0] for key in keys}


def _sharing(db: sqlite3.Connection, keys: list[int], article: Article, about: StoriesSettings) -> set[int]:
    at, window = placing.reported(article), about.story_window
    query = """SELECT k.article_seq FROM json_each(?) AS wanted JOIN topic_keys AS k ON k.key = wanted.value
               JOIN topics AS t ON t.article_seq = k.article_seq WHERE t.begun BETWEEN ? AND ?
               GROUP BY k.article_seq ORDER BY count(*) DESC, k.article_seq LIMIT ?"""
    low, high = max(at, EARLIEST + window) - window, min(at, LATEST - window) + window
    return {row[0] for row in db.execute(query, (json.dumps(keys), rows.stamp(low), rows.stamp(high), MOST))}


def _total(db: sqlite3.Connection) -> int:
    """About how many reports are indexed: the numbers of the first and the last tell it without counting."""
    first, last = db.execute(
        "SELECT (SELECT min(article_seq) FROM topics), (SELECT max(article_seq) FROM topics)"
    ).fetchone()
    return 0 if first is None else int(last - first + 1)


def _candidate(row: sqlite3.Row) -> Candidate:
    return Candidate(
        article=rows.article(row),
        mark=Fingerprint(topic=news.unpacked(row["topic"])),
        story_id=row["story_id"],
        begun=rows.moment(row["begun"]),
    )
