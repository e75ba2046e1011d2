"""Stories as commands show them, and made right by hand: one split in two, several made one.

Each function works within a transaction of the ledger's, beside a daemon that is at work. What is done by hand stays: an
article is never moved by anything else, and later reports find the stories as they are then. Nothing here sends anything.

An alert belongs to the story that its article is in. Stories that were merged may both have been alerted to one
watchlist, of which there is one alert a story: so alerts stay with the story that they were made for, and what reads
them takes a story together with those that were merged into it (`history.py`).
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from monitor.core import urls
from monitor.core.model import Article, Fingerprint, Relation
from monitor.core.stories import news
from monitor.store import rows, topics

Row = dict[str, Any]

COPIES = ("duplicate", "near-duplicate")

# Looking


_LIST = """
SELECT y.id, y.created_at, y.updated_at, y.articles, y.sources, y.domains,
       (SELECT a.title FROM articles AS a WHERE a.story_id = y.id ORDER BY a.seq LIMIT 1) AS title,
       (SELECT json_group_array(DISTINCT t.watchlist) FROM stories AS o JOIN alerts AS t ON t.story_id = o.id
        WHERE o.id = y.id OR o.merged_into = y.id) AS watchlists
FROM stories AS y
WHERE y.merged_into IS NULL AND (:since IS NULL OR y.updated_at >= :since) AND json_array_length(y.domains) >= :least
AND (:watchlist IS NULL OR y.id IN (SELECT coalesce(o.merged_into, o.id) FROM alerts AS t
                                    JOIN stories AS o ON o.id = t.story_id WHERE t.watchlist = :watchlist))
ORDER BY y.updated_at DESC, y.id DESC LIMIT :limit
"""


def listed(
    db: sqlite3.Connection,
    *,
    since: datetime | None = None,
    watchlist: str | None = None,
    least: int = 0,
    limit: int = -1,
) -> list[Row]:
    """Stories, the one that last got an article first; `watchlists` are those that were alerted. `least` independent
    sources must carry one. A negative `limit` is none."""
    wanted = {"since": rows.maybe(since), "watchlist": watchlist, "least": least, "limit": limit}
    return [_told(row) for row in db.execute(_LIST, wanted).fetchall()]


def _told(row: Row) -> Row:
    lists = {name: json.loads(row[name]) for name in ("sources", "domains", "watchlists") if name in row}
    return row | lists | {"independent": len(lists["domains"])}


def story(db: sqlite3.Connection, story_id: str) -> Row:
    """All about one story: its articles in the order in which they came, each with the alerts that it made; the stories
    that were merged into it, and the one that it was split from."""
    row = _told(db.execute("SELECT * FROM stories WHERE id = ?", (story_id,)).fetchone())
    articles = db.execute(
        """SELECT a.id, a.relation, a.placed_by, s.name AS source, a.title, a.url, a.published, a.fetched, a.language
           FROM articles AS a JOIN sources AS s ON s.id = a.source_id WHERE a.story_id = ? ORDER BY a.seq""",
        (story_id,),
    ).fetchall()
    alerts = db.execute(
        """SELECT t.id, t.watchlist, t.article_id, t.score, t.verdict, t.created_at, t.escalated_at FROM alerts AS t
           JOIN stories AS o ON o.id = t.story_id WHERE o.id = :id OR o.merged_into = :id ORDER BY t.id""",
        {"id": story_id},
    ).fetchall()
    merged = db.execute("SELECT id FROM stories WHERE merged_into = ? ORDER BY id", (story_id,)).fetchall()
    return row | {
        "merged": [each["id"] for each in merged],
        "reports": [
            each | {"alerts": [alert for alert in alerts if alert["article_id"] == each["id"]]} for each in articles
        ],
    }


def articles(db: sqlite3.Connection, story_id: str) -> list[Article]:
    """The articles of a story with their texts, in the order in which they came."""
    query = """SELECT a.*, s.name AS source FROM articles AS a JOIN sources AS s ON s.id = a.source_id
               WHERE a.story_id = ? ORDER BY a.seq"""
    return [rows.article(row) for row in db.execute(query, (story_id,))]


def root(db: sqlite3.Connection, story_id: str) -> str:
    """The story that has the articles of this one: itself, or the one that it was merged into."""
    row = db.execute("SELECT coalesce(merged_into, id) AS id FROM stories WHERE id = ?", (story_id,)).fetchone()
    return str(row["id"])


def of(db: sqlite3.Connection, article_ids: Iterable[str]) -> dict[str, str]:
    """Article → its story."""
    query = "SELECT id, story_id FROM articles WHERE id IN (SELECT value FROM json_each(?)) ORDER BY seq"
    return {row["id"]: row["story_id"] for row in db.execute(query, (json.dumps(list(article_ids)),))}


def size(db: sqlite3.Connection, story_id: str) -> int:
    """How many articles it has that are still stored."""
    return int(db.execute("SELECT count(*) AS n FROM articles WHERE story_id = ?", (story_id,)).fetchone()["n"])


# Mending


def split(db: sqlite3.Connection, article_ids: Sequence[str], new_id: Callable[[], str]) -> str:
    """Make some articles of one story, not all of it, a story of their own; returns its id. The alerts that they made go
    with them: to whom the rest was not told it is news."""
    moved = json.dumps(list(article_ids))
    (old,) = set(of(db, article_ids).values())
    new = new_id()
    db.execute(
        "INSERT INTO stories (id, created_at, updated_at, articles, sources, split_from) VALUES (?, '', '', 0, '[]', ?)",
        (new, old),
    )
    db.execute(
        "UPDATE articles SET story_id = ?, placed_by = 'hand' WHERE id IN (SELECT value FROM json_each(?))",
        (new, moved),
    )
    _take_back(db, old, article_ids)
    query = "SELECT id, watchlist FROM alerts WHERE article_id IN (SELECT value FROM json_each(?)) ORDER BY id"
    told: set[str] = set()
    for alert in db.execute(query, (moved,)).fetchall():
        home = _alias(db, new, new_id()) if alert["watchlist"] in told else new
        db.execute("UPDATE alerts SET story_id = ? WHERE id = ?", (home, alert["id"]))
        db.execute(
            "UPDATE deliveries SET batch = ? WHERE alert_id = ? AND batch = ? AND state = 'pending'",
            (f"update:{new}", alert["id"], f"update:{old}"),
        )
        told.add(alert["watchlist"])
    for each in (old, new):
        recount(db, each)
        _index(db, each)
    return new


def _take_back(db: sqlite3.Connection, story_id: str, moved: Sequence[str]) -> None:
    """Forget updates that wait and are not true any more: they tell of a report that is in another story than the alert."""
    waiting = db.execute(
        """SELECT d.id, t.article_id, json_extract(d.event, '$.data.story.others[0].url') AS url FROM stories AS o
           JOIN alerts AS t ON t.story_id = o.id JOIN deliveries AS d ON d.alert_id = t.id
           WHERE (o.id = :id OR o.merged_into = :id) AND d.type = 'alert.updated' AND d.state = 'pending'
           AND d.batch IS NOT NULL""",
        {"id": story_id},
    ).fetchall()
    query = "SELECT url FROM articles WHERE id IN (SELECT value FROM json_each(?))"
    urls_moved = {row["url"] for row in db.execute(query, (json.dumps(list(moved)),))}
    for each in waiting:
        if (each["article_id"] in moved) != (each["url"] in urls_moved):
            db.execute("DELETE FROM deliveries WHERE id = ?", (each["id"],))


def _alias(db: sqlite3.Connection, story_id: str, id_: str) -> str:
    """A story that counts as merged into another: where a second alert of one watchlist has its place."""
    db.execute(
        """INSERT INTO stories (id, created_at, updated_at, articles, sources, merged_into)
           SELECT ?, created_at, updated_at, 0, '[]', id FROM stories WHERE id = ?""",
        (id_, story_id),
    )
    return id_


def merge(db: sqlite3.Connection, into: str, others: Sequence[str]) -> None:
    """Put the articles of other stories into one. The alerts of all of them count for it; updates that wait become one."""
    for other in others:
        db.execute("UPDATE articles SET story_id = ?, placed_by = 'hand' WHERE story_id = ?", (into, other))
        db.execute("UPDATE stories SET merged_into = ? WHERE id = ? OR merged_into = ?", (into, other, other))
        db.execute(
            "UPDATE stories SET split_from = NULL WHERE (id = :a AND split_from = :b) OR (id = :b AND split_from = :a)",
            {"a": into, "b": other},
        )
        db.execute(
            "UPDATE deliveries SET batch = ? WHERE batch = ? AND state = 'pending'",
            (f"update:{into}", f"update:{other}"),
        )
    recount(db, into)


def _index(db: sqlite3.Connection, story_id: str) -> None:
    """Let later reports find a story by its first one, if none of those by which they did is left to it."""
    query = "SELECT 1 FROM topics AS t JOIN articles AS a ON a.seq = t.article_seq WHERE a.story_id = ? LIMIT 1"
    if db.execute(query, (story_id,)).fetchone():
        return
    first = articles(db, story_id)[0]
    (seq,) = db.execute("SELECT seq FROM articles WHERE id = ?", (first.id,)).fetchone().values()
    mark = Fingerprint(topic=news.topic(first.title, first.text or first.summary, first.language))
    as_dicts, db.row_factory = db.row_factory, sqlite3.Row
    topics.add(db, seq, first, mark, story_id, Relation.FIRST)
    db.row_factory = as_dicts


def recount(db: sqlite3.Connection, story_id: str) -> None:
    """Bring a story's row in line with its articles: the first of them is the first report, and there is no other."""
    articles = db.execute(
        """SELECT a.seq, a.relation, a.url, a.fetched, s.name AS source FROM articles AS a
           JOIN sources AS s ON s.id = a.source_id WHERE a.story_id = ? ORDER BY a.seq""",
        (story_id,),
    ).fetchall()
    for number, article in enumerate(articles):
        was, relation = article["relation"], article["relation"]
        if number == 0:
            relation = "first"
        elif was == "first":
            relation = "same-story"
        if relation != was:
            db.execute("UPDATE articles SET relation = ? WHERE seq = ?", (relation, article["seq"]))
            article["relation"] = relation
    originals = [each for each in articles if each["relation"] not in COPIES]
    db.execute(
        """UPDATE stories SET created_at = ?, updated_at = ?, articles = ?, sources = ?, domains = ? WHERE id = ?""",
        (
            min(each["fetched"] for each in articles),
            max(each["fetched"] for each in articles),
            len(articles),
            json.dumps(list(dict.fromkeys(each["source"] for each in articles)), ensure_ascii=False),
            json.dumps(list(dict.fromkeys(urls.site(each["url"]) or each["source"] for each in originals))),
            story_id,
        ),
    )
