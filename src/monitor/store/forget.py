"""Forgetting what a watchlist found, so that nothing of it is left in the database's file: not in a row, not in a page that
is free, not in the index of words, not in the write-ahead log.

Works on a database that nobody else has open, or on a copy of one. Not here: what `retention` deletes day by day (polls.py),
and what is left of a message (core/forget.py).
"""

import json
import sqlite3
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from monitor.core import forget
from monitor.core.errors import StoreError
from monitor.core.words import Key
from monitor.store import ledger, polls, rows, stories
from monitor.store.writer import explained

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What is to be forgotten: all of a watchlist, or what was fetched before a time."""

    watchlist: str
    before: datetime | None = None


def watchlists(db: sqlite3.Connection) -> list[str]:
    """The names of the watchlists of which something is stored."""
    query = "SELECT watchlist FROM hits UNION SELECT watchlist FROM alerts ORDER BY 1"
    return [row["watchlist"] for row in db.execute(query)]


# The list's rows lead to articles: with EXISTS, each article would go through all rows of the list (4 000 took 6 s).
_HIT = """SELECT a.id FROM articles AS a WHERE (:before IS NULL OR a.fetched < :before)
          AND (a.id IN (SELECT h.article_id FROM hits AS h WHERE h.watchlist = :watchlist)
               OR a.id IN (SELECT t.article_id FROM alerts AS t WHERE t.watchlist = :watchlist))"""
_HELD = """SELECT 1 FROM hits AS h WHERE h.article_id = a.id AND h.watchlist <> :watchlist
           UNION ALL SELECT 1 FROM alerts AS t WHERE t.story_id = a.story_id AND t.watchlist <> :watchlist
           UNION ALL SELECT 1 FROM stories AS o JOIN alerts AS t ON t.story_id = o.id
           WHERE o.merged_into = a.story_id AND t.watchlist <> :watchlist"""


def count(db: sqlite3.Connection, order: Order) -> Row:
    """How much there is to forget: articles that it hit, how many of them other watchlists hold, and alerts."""
    values = _values(order)
    (hit,) = db.execute(f"SELECT count(*) AS n FROM ({_HIT})", values).fetchone().values()  # noqa: S608 (our own text)
    held = f"SELECT count(*) AS n FROM ({_HIT} AND EXISTS ({_HELD}))"  # noqa: S608 (our own text)
    (shared,) = db.execute(held, values).fetchone().values()
    alerts = f"SELECT count(*) AS n FROM alerts WHERE watchlist = :watchlist AND article_id IN ({_HIT})"  # noqa: S608 (as above)
    (told,) = db.execute(alerts, values).fetchone().values()
    return {"articles": hit - shared, "shared": shared, "alerts": told}


def erase(path: Path, order: Order, words: Collection[Key]) -> None:
    """Forget it, and every kept form of a word but `words`, which are still wanted.

    Raises StoreError: somebody else works with the database, or it cannot be written. What was deleted by then stays so.
    """
    with ledger.writing(path) as db:
        _forget(db, order)
        keep_forms_of(words, db)
    _wipe(path)


def _values(order: Order) -> Row:
    return {"watchlist": order.watchlist, "before": rows.maybe(order.before)}


# Rows


def _forget(db: sqlite3.Connection, order: Order) -> None:
    values = _values(order)
    hit = json.dumps([row["id"] for row in db.execute(_HIT, values)])
    (kept,) = db.execute(
        f"""SELECT json_group_array(a.id) AS ids FROM articles AS a
            WHERE a.id IN (SELECT value FROM json_each(:hit)) AND EXISTS ({_HELD})""",  # noqa: S608 (our own text)
        values | {"hit": hit},
    ).fetchone().values()  # fmt: skip
    alerts = [
        row["id"]
        for row in db.execute(
            "SELECT id FROM alerts WHERE watchlist = ? AND article_id IN (SELECT value FROM json_each(?))",
            (order.watchlist, hit),
        )
    ]
    _forget_messages(db, order, frozenset(alerts))
    db.execute("DELETE FROM alerts WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(alerts),))
    db.execute(
        "DELETE FROM hits WHERE watchlist = ? AND article_id IN (SELECT value FROM json_each(?))",
        (order.watchlist, hit),
    )
    _forget_articles(db, hit, kept)


def _forget_articles(db: sqlite3.Connection, hit: str, kept: str) -> None:
    """Delete the articles `hit` but `kept`, both JSON, and what finds them; their stories are counted again."""
    query = """SELECT * FROM articles WHERE id IN (SELECT value FROM json_each(?))
               AND id NOT IN (SELECT value FROM json_each(?))"""
    gone = db.execute(query, (hit, kept)).fetchall()
    for row in gone:
        polls.delete_article(db, row)
    for table in ("fingerprints", "sketches", "topics", "topic_keys"):
        db.execute(f"DELETE FROM {table} WHERE article_seq NOT IN (SELECT seq FROM articles)")  # noqa: S608 (our own names)
    for story in sorted({row["story_id"] for row in gone}):
        if stories.size(db, story):
            stories.recount(db, story)
    polls.delete_empty_stories(db, [row["story_id"] for row in gone])


def _forget_messages(db: sqlite3.Connection, order: Order, alerts: Collection[str]) -> None:
    """Delete the messages that told of these alerts, and take them out of those that told of others as well."""
    name = json.dumps(order.watchlist, ensure_ascii=False)
    query = """SELECT id, alert_id, event FROM deliveries WHERE alert_id IN (SELECT value FROM json_each(:alerts))
               OR ((type LIKE 'alert.%' OR type LIKE 'article.%') AND instr(event, :name))
               OR (type = 'watchlist.refused' AND instr(event, :bare)) ORDER BY id"""
    values = {"alerts": json.dumps(list(alerts)), "name": name, "bare": name[1:-1]}
    gone: list[str] = []
    for row in db.execute(query, values).fetchall():
        heir = _heir(db, row["id"], alerts) if row["alert_id"] in alerts else row
        found = partial(_places, db, order.watchlist)
        left = forget.without(json.loads(heir["event"]), order.watchlist, found) if heir else None
        if heir and left:
            event = json.dumps(left, ensure_ascii=False)
            query = "UPDATE deliveries SET event = ?, alert_id = ? WHERE id = ?"
            db.execute(query, (event, heir["alert_id"], row["id"]))
            db.execute("UPDATE attempts SET answer = '' WHERE delivery_id = ?", (row["id"],))  # which may repeat it
        else:
            gone.append(row["id"])
    wanted = json.dumps(gone)
    db.execute("DELETE FROM attempts WHERE delivery_id IN (SELECT value FROM json_each(?))", (wanted,))
    db.execute("DELETE FROM deliveries WHERE id IN (SELECT value FROM json_each(?))", (wanted,))


def _heir(db: sqlite3.Connection, delivery_id: str, alerts: Collection[str]) -> Row | None:
    """Of what a message told for others as well, the first that is not forgotten: it is that one's message from now on."""
    query = "SELECT id, alert_id, event FROM deliveries WHERE carried_by = ? AND alert_id IS NOT NULL ORDER BY id"
    carried: list[Row] = db.execute(query, (delivery_id,)).fetchall()
    return next((each for each in carried if each["alert_id"] not in alerts), None)


def _places(db: sqlite3.Connection, watchlist: str, article_id: str) -> set[forget.Place]:
    query = 'SELECT term, field, start, "end" FROM hits WHERE article_id = ? AND watchlist <> ?'
    return {(row["term"], row["field"], row["start"], row["end"]) for row in db.execute(query, (article_id, watchlist))}


def keep_forms_of(words: Collection[Key], db: sqlite3.Connection) -> None:
    """Forget the forms of all words but these."""
    wanted = json.dumps([[language, mark, word] for language, word, mark in words], ensure_ascii=False)
    db.execute(
        """DELETE FROM forms WHERE (language, mark, word) NOT IN (SELECT json_extract(value, '$[0]'),
               json_extract(value, '$[1]'), json_extract(value, '$[2]') FROM json_each(?))""",
        (wanted,),
    )


# The file


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _wipe(path: Path) -> None:
    """Write the file anew from the rows that are there, and empty the write-ahead log."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=ledger.BUSY)) as db:
            db.execute("PRAGMA secure_delete = ON")
            # What is written in between stays on this disk, for its owner only. The variable SQLITE_TMPDIR would be too
            # late: it is read when Python imports sqlite3 (strace showed /var/tmp, 2026-11-22).
            db.execute(f"PRAGMA temp_store_directory = {_quoted(str(path.absolute().parent))}")
            db.execute("INSERT INTO articles_text (articles_text) VALUES ('optimize')")  # one segment, of what is there
            db.execute("VACUUM")
            (busy, *_) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error as error:
        raise explained(error) from error
    if busy:
        raise StoreError(
            f"another program is reading {path}, so its write-ahead log is still there: end it, and repeat this"
        )
