"""The stories of articles that come one after the other and are kept nowhere: the store's index and the daemon's rules, over
a database that is gone when it is closed.

Not here: what the daemon stores (polls.py).
"""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime

from monitor.core.model import Article, Relation
from monitor.core.settings import USUAL_STORIES, StoriesSettings
from monitor.core.stories import copies, news, placing
from monitor.store import likeness, rows, topics

EARLIEST = datetime.min.replace(tzinfo=UTC)


def start() -> sqlite3.Connection:
    """An empty database in a file without a name, of which the first pages are in memory."""
    from monitor.store.migrations import SCHEMA

    db = sqlite3.connect("", isolation_level=None)
    db.row_factory = sqlite3.Row
    db.executescript(SCHEMA)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("BEGIN")
    return db


def place(db: sqlite3.Connection, article: Article, about: StoriesSettings = USUAL_STORIES) -> tuple[str, Relation]:
    """The story of an article, named after its first article's id, and what the article is to it."""
    mark = replace(
        copies.fingerprint(url=article.url, final_url=None, canonical=None, title=article.title, text=article.text),
        topic=news.topic(article.title, article.text, article.language),
    )
    at = article.published or EARLIEST
    candidates = likeness.candidates(db, [mark], max(at, EARLIEST + about.copy_window) - about.copy_window)
    reports, seen = topics.candidates(db, [(article, mark)], about)
    found = placing.places(article, mark, (*candidates, *reports), seen, about)
    story, relation = (found[0].story_id, found[0].relation) if found else (article.id, Relation.FIRST)
    values = rows.article_values(article) | {"source_id": _source(db, article), "story_id": story, "relation": relation}
    columns, marks = ", ".join(values), ", ".join(f":{column}" for column in values)
    done = db.execute(f"INSERT INTO articles ({columns}) VALUES ({marks})", values)  # noqa: S608 (columns of our own)
    likeness.add(db, int(done.lastrowid or 0), mark)
    topics.add(db, int(done.lastrowid or 0), article, mark, story, relation)
    return story, relation


def _source(db: sqlite3.Connection, article: Article) -> int:
    """The number of an article's source, which is noted when it is met first."""
    known = db.execute("SELECT id FROM sources WHERE name = ?", (article.source,)).fetchone()
    if known:
        return int(known[0])
    values = (article.source, "", "feed", rows.stamp(article.fetched))
    return int(
        db.execute("INSERT INTO sources (name, url, kind, next_poll_at) VALUES (?, ?, ?, ?)", values).lastrowid or 0
    )
