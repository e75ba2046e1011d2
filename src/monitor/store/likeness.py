"""The index by which copies are found: keys of addresses and of texts, and sketches of texts.

Each function works within a transaction that somebody else holds. Not here: whether a candidate is a copy
(core.stories), and what else is stored of articles (polls.py).
"""

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime

from monitor.core.model import Candidate, Fingerprint
from monitor.store import rows

INDEXED = 16
"""So many of a sketch's hashes are indexed; all of it is asked for."""
SHARED = 2
"""An article that shares so many of them is looked at."""
MOST = 8
"""So many articles are looked at for one that has come, and so many, the latest, that share a hash or a text: what more do
is a phrase that everybody prints, or a text of which one print is enough."""
LAST = 2**63 - 1
SWEPT = 20_000
"""So many rows of the index are looked through in one transaction: about 10 ms."""


def add(db: sqlite3.Connection, seq: int, mark: Fingerprint) -> None:
    """Index an article, or what is new about one that was read again."""
    keys = [*mark.pages, *([] if mark.text is None else [mark.text])]
    db.executemany("INSERT OR IGNORE INTO fingerprints (key, article_seq) VALUES (?, ?)", [(key, seq) for key in keys])
    hashes = [(hash_, seq) for hash_ in mark.sketch[:INDEXED]]
    db.executemany("INSERT OR IGNORE INTO sketches (hash, article_seq) VALUES (?, ?)", hashes)


_BY_KEYS = """SELECT f.article_seq, f.key FROM json_each(?) AS wanted JOIN fingerprints AS f ON f.key = wanted.value
              AND f.article_seq IN (SELECT article_seq FROM fingerprints WHERE key = wanted.value
                                    ORDER BY article_seq DESC LIMIT ?)"""
BY_SKETCH = """SELECT s.article_seq, s.hash FROM json_each(?) AS wanted JOIN sketches AS s ON s.hash = wanted.value
               AND s.article_seq IN (SELECT article_seq FROM sketches WHERE hash = wanted.value
                                     ORDER BY article_seq DESC LIMIT ?)"""


def candidates(db: sqlite3.Connection, marks: Iterable[Fingerprint], since: datetime) -> tuple[Candidate, ...]:
    """The articles that one with these marks may be a copy of: those of the same page, and those fetched since then with
    the same text, or a text that has much of it. Placed by hand first, then the oldest first."""
    marks = list(marks)
    pages = {page for mark in marks for page in mark.pages}
    found: dict[int, set[int]] = {}
    keys = [*pages, *(mark.text for mark in marks if mark.text is not None)]
    for seq, key in db.execute(_BY_KEYS, (json.dumps(keys), MOST)):
        found.setdefault(seq, set()).add(key)
    alike: dict[int, set[int]] = {}
    for mark in marks:
        for seq, hashes in sharing(db, mark.sketch).items():
            alike.setdefault(seq, set()).update(hashes)
    query = """SELECT a.*, s.name AS source FROM articles AS a JOIN sources AS s ON s.id = a.source_id
               WHERE a.seq IN (SELECT value FROM json_each(?)) ORDER BY a.placed_by = 'hand' DESC, a.seq"""
    seqs = json.dumps([*found, *alike])
    made = (
        _candidate(row, pages, found.get(row["seq"], set()), alike.get(row["seq"], set()))
        for row in db.execute(query, (seqs,))
    )
    return tuple(each for each in made if each.mark.pages or each.article.fetched >= since)


def sharing(db: sqlite3.Connection, sketch: tuple[int, ...]) -> dict[int, set[int]]:
    """The numbers of the articles that share most hashes of a sketch, each with these hashes."""
    found: dict[int, set[int]] = {}
    for seq, hash_ in db.execute(BY_SKETCH, (json.dumps(sketch), MOST)):
        found.setdefault(seq, set()).add(hash_)
    enough = (each for each in found.items() if len(each[1]) >= SHARED)
    return dict(sorted(enough, key=lambda each: (-len(each[1]), each[0]))[:MOST])


def _candidate(row: sqlite3.Row, pages: set[int], keys: set[int], hashes: set[int]) -> Candidate:
    mark = Fingerprint(pages=tuple(keys & pages), text=next(iter(keys - pages), None), sketch=tuple(sorted(hashes)))
    return Candidate(article=rows.article(row), mark=mark, story_id=row["story_id"])


def forget(before: datetime, after: int | None, db: sqlite3.Connection) -> int | None:
    """Take articles fetched before that out of a part of the index of sketches, of which `after` is where the part before
    ended; returns where this one ends, None at the end of the index."""
    row = db.execute(
        "SELECT seq FROM articles WHERE fetched >= ? ORDER BY fetched LIMIT 1", (rows.stamp(before),)
    ).fetchone()
    low, high = _part(db, "sketches", "hash", after)
    oldest = LAST if row is None else row[0]
    db.execute("DELETE FROM sketches WHERE hash BETWEEN ? AND ? AND article_seq < ?", (low, high, oldest))
    return None if high == LAST else high


def tidy(after: int | None, db: sqlite3.Connection) -> int | None:
    """Take articles that were deleted out of a part of the index of addresses and texts; parts are as in `forget`."""
    low, high = _part(db, "fingerprints", "key", after)
    db.execute(
        """DELETE FROM fingerprints WHERE key BETWEEN ? AND ?
           AND NOT EXISTS (SELECT 1 FROM articles AS a WHERE a.seq = fingerprints.article_seq)""",
        (low, high),
    )
    return None if high == LAST else high


def _part(db: sqlite3.Connection, table: str, key: str, after: int | None) -> tuple[int, int]:
    """The keys between which the next rows of an index are."""
    low = -LAST - 1 if after is None else after + 1
    query = f"SELECT {key} FROM {table} WHERE {key} >= ? ORDER BY {key} LIMIT 1 OFFSET ?"  # noqa: S608 (our own names)
    last = db.execute(query, (low, SWEPT)).fetchone()
    return low, LAST if last is None else last[0]
