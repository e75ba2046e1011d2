"""What the commands read from the database, and the few things that they change, while a daemon may be at work in it.

Synchronous, over a connection of the command's own; rows come back as plain dicts that can be printed as JSON. Not here:
what the daemon reads and writes (sqlite.py), and how anything is shown.
"""

import json
import os
import sqlite3
import time
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from sys import intern
from typing import Any

from monitor.core.confinement import Confinement
from monitor.core.errors import StoreError
from monitor.core.model import Article, Check, DeliveryState, EntryState, Outcome, SourceState, Verdict
from monitor.core.settings import Mark, StoriesSettings
from monitor.core.words import Forms, Key
from monitor.store import VERSION, outbox, polls, rows
from monitor.store.writer import explained

Row = dict[str, Any]

# Opening

BUSY = 10.0
"""Seconds that a command waits for the daemon's transactions; they take milliseconds."""
GAP = 0.15
"""Seconds that a command leaves between two long transactions: SQLite lets a waiting daemon try again every 0.1 s."""


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that cannot write. Raises StoreError, also for what SQLite says while it is in use."""
    with _opened(path, "ro") as db:
        yield db


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """One transaction, written when the block ends; undone if it raises. Raises StoreError."""
    with _opened(path, "rw") as db:
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA secure_delete = ON")
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
        except BaseException:
            db.rollback()
            raise
        db.commit()


@contextmanager
def _opened(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    if not path.exists():
        raise StoreError(f"there is no database {path} yet: `monitor run` makes it")
    try:
        with closing(sqlite3.connect(_address(path, mode), uri=True, timeout=BUSY)) as db:
            db.isolation_level = None
            db.row_factory = _as_dict
            _check_version(db, path)
            db.execute("PRAGMA temp_store = MEMORY")  # as in sqlite.py
            yield db
    except sqlite3.Error as error:
        raise explained(error) from error


def _address(path: Path, mode: str) -> str:
    """What SQLite opens. Beside a database without a write-ahead log it makes one, even to read; on a disk that can only be
    read it cannot, and nobody else can write."""
    still = os.statvfs(path).f_flag & os.ST_RDONLY and not path.with_name(f"{path.name}-wal").exists()
    return f"{path.absolute().as_uri()}?mode={mode}{'&immutable=1' if still and mode == 'ro' else ''}"


def _as_dict(cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> Row:
    return {column[0]: value for column, value in zip(cursor.description, values, strict=True)}


def _check_version(db: sqlite3.Connection, path: Path) -> None:
    version = db.execute("PRAGMA user_version").fetchone()["user_version"]
    if version > VERSION:
        raise StoreError(f"{path} was written by a newer Monitor: use that version's commands")
    if version < VERSION:
        raise StoreError(f"{path} was written by an older Monitor: `monitor run` brings it up to date")


# Sources

_SOURCES = """
SELECT s.name, s.url, s.kind, s.state, s.since, s.fault, s.reason, s.failures, s.failing_since, s.last_poll_at,
       s.last_ok_at, s.last_new_at,
       s.next_poll_at, s.address, s.moved_to, s.language, s.hub, s.pushed_until,
       coalesce(e.held, 0) AS held, coalesce(e.waiting, 0) AS waiting
FROM sources AS s
LEFT JOIN (SELECT source_id, sum(state = 'held') AS held, sum(state = 'waiting') AS waiting FROM entries
           WHERE state IN ('waiting', 'held') GROUP BY source_id) AS e ON e.source_id = s.id
WHERE s.active ORDER BY s.failing_since IS NULL, s.name
"""


def sources(db: sqlite3.Connection) -> list[Row]:
    """The sources that are polled, those that fail first; `held` and `waiting` count their entries in these states."""
    return db.execute(_SOURCES).fetchall()


def source_names(db: sqlite3.Connection) -> list[str]:
    return [row["name"] for row in db.execute("SELECT name FROM sources WHERE active ORDER BY name")]


def resume(db: sqlite3.Connection, name: str, now: datetime) -> None:
    """Poll a source again at once, whatever it answered; what it was blamed for stays until it answers."""
    db.execute(
        "UPDATE sources SET state = ?, next_poll_at = ? WHERE name = ? AND active",
        (SourceState.OK, rows.stamp(now), name),
    )


def release(db: sqlite3.Connection, name: str, now: datetime) -> int:
    """Let the entries that the flood brake holds be read and alert at the next poll, which is due now; returns how many."""
    done = db.execute(
        """UPDATE entries SET state = ?, attempts = 0, next_at = ?
           WHERE state = 'held' AND source_id = (SELECT id FROM sources WHERE name = ?)""",
        (EntryState.WAITING, rows.stamp(now), name),
    )
    if done.rowcount:
        db.execute("UPDATE sources SET next_poll_at = ? WHERE name = ? AND active", (rows.stamp(now), name))
    return done.rowcount


def baseline(db: sqlite3.Connection, name: str) -> int:
    """Keep silent for ever about the entries that the flood brake holds; returns how many."""
    done = db.execute(
        """UPDATE entries SET state = ?, next_at = NULL
           WHERE state = 'held' AND source_id = (SELECT id FROM sources WHERE name = ?)""",
        (EntryState.BASELINE, name),
    )
    return done.rowcount


# The queue of deliveries

_CHANNELS = """
WITH names AS (SELECT DISTINCT channel AS name FROM deliveries UNION SELECT name FROM channels)
SELECT n.name,
       (SELECT count(*) FROM deliveries WHERE channel = n.name AND state = 'pending') AS pending,
       (SELECT min(created_at) FROM deliveries WHERE channel = n.name AND state = 'pending') AS oldest,
       (SELECT min(next_at) FROM deliveries WHERE channel = n.name AND state = 'pending') AS next_at,
       (SELECT count(*) FROM deliveries WHERE channel = n.name AND state = 'given-up') AS given_up,
       (SELECT max(finished_at) FROM deliveries WHERE channel = n.name AND state = 'delivered') AS last_delivered_at,
       c.hold_until, c.disabled_at
FROM names AS n LEFT JOIN channels AS c ON c.name = n.name ORDER BY n.name
"""

_FAILING = """
WITH good AS (SELECT d.channel, max(a.at) AS at FROM attempts AS a JOIN deliveries AS d ON d.id = a.delivery_id
              WHERE a.outcome = 'delivered' GROUP BY d.channel)
SELECT d.channel, min(t.at) AS since, max(t.id) AS last FROM attempts AS t JOIN deliveries AS d ON d.id = t.delivery_id
LEFT JOIN good AS g ON g.channel = d.channel
WHERE t.outcome <> 'delivered' AND t.at > coalesce(g.at, '') GROUP BY d.channel
"""


def channels(db: sqlite3.Connection) -> list[Row]:
    """The queue of each channel that was ever used. `failing_since` is the first failed attempt after the last one that
    was delivered, `reason` the last answer; None and empty if the last attempt was delivered."""
    failing = {row["channel"]: row for row in db.execute(_FAILING)}
    found = []
    for row in db.execute(_CHANNELS).fetchall():
        fail = failing.get(row["name"])
        last = db.execute("SELECT code, answer FROM attempts WHERE id = ?", (fail["last"],)).fetchone() if fail else {}
        told = {
            "failing_since": fail["since"] if fail else None,
            "code": last.get("code"),
            "reason": last.get("answer", ""),
        }
        found.append(row | told)
    return found


def backups(db: sqlite3.Connection) -> Row:
    """When the last scheduled backup was made, and since when they fail and why; None each if never."""
    facts = dict(row.values() for row in db.execute("SELECT name, value FROM facts WHERE name LIKE 'backup%'"))
    return {name: facts.get(name) for name in ("backup_at", "backup", "backup_failed_at", "backup_failed")}


def websub(db: sqlite3.Connection) -> Row:
    """Of the sources that name a hub: how many hubs tell of their news (`verified`), are to confirm it (`pending`), were
    asked more than once and have not, or refuse (`unanswered`); and when one last told of some."""
    query = """SELECT (SELECT count(*) FROM sources WHERE active AND hub <> '') AS named,
                      count(*) FILTER (WHERE state = 'verified') AS verified,
                      count(*) FILTER (WHERE state = 'asked' AND failures < 2) AS pending,
                      count(*) FILTER (WHERE state = 'asked' AND failures >= 2) AS unanswered,
                      max(pushed_at) AS last_push_at
               FROM subscriptions"""
    row: Row = db.execute(query).fetchone()
    return row


def confinement(db: sqlite3.Connection) -> Confinement | None:
    """What children that parse may not do, as the daemon found it at its last start; None if it never started."""
    row = db.execute("SELECT value FROM facts WHERE name = 'confinement'").fetchone()
    return None if row is None else Confinement(**json.loads(row["value"]))


def stranded(db: sqlite3.Connection, channels: Collection[str]) -> dict[str, int]:
    """Channel → how many deliveries wait for it, of those that are not among these."""
    query = """SELECT channel, count(*) AS n FROM deliveries WHERE state = 'pending'
               AND channel NOT IN (SELECT value FROM json_each(?)) GROUP BY channel ORDER BY channel"""
    return {row["channel"]: row["n"] for row in db.execute(query, (json.dumps(sorted(channels)),))}


def network_down_since(db: sqlite3.Connection) -> str | None:
    """Since when nearly all sources fail at once; None if they do not."""
    row = db.execute("SELECT value FROM facts WHERE name = 'network_down_since'").fetchone()
    return None if row is None else str(row["value"])


def counts(db: sqlite3.Connection) -> Row:
    """How many articles, stories and alerts there are."""
    query = """SELECT (SELECT count(*) FROM articles) AS articles, (SELECT count(*) FROM stories) AS stories,
                      (SELECT count(*) FROM alerts) AS alerts"""
    row: Row = db.execute(query).fetchone()
    return row


# Alerts

_ALERTS = """
SELECT t.id, t.watchlist, t.score, t.verdict, t.created_at, a.title, a.url, s.name AS source, a.language, a.published,
       y.id AS story_id, y.articles AS story_articles,
       (SELECT json_group_object(state, n) FROM (SELECT state, count(*) AS n FROM deliveries
        WHERE alert_id = t.id GROUP BY state)) AS deliveries
FROM alerts AS t JOIN articles AS a ON a.id = t.article_id JOIN sources AS s ON s.id = a.source_id
JOIN stories AS o ON o.id = t.story_id JOIN stories AS y ON y.id = coalesce(o.merged_into, o.id)
WHERE (:watchlist IS NULL OR t.watchlist = :watchlist) AND (:since IS NULL OR t.created_at >= :since)
ORDER BY t.created_at DESC, t.id DESC LIMIT :limit
"""


def alerts(
    db: sqlite3.Connection, *, watchlist: str | None = None, since: datetime | None = None, limit: int = -1
) -> list[Row]:
    """Alerts, newest first; `deliveries` counts their deliveries by state. A negative `limit` is none."""
    wanted = {"watchlist": watchlist, "since": rows.maybe(since), "limit": limit}
    return [row | {"deliveries": json.loads(row["deliveries"])} for row in db.execute(_ALERTS, wanted)]


def ids(db: sqlite3.Connection, table: str, prefix: str) -> list[str]:
    """The first two ids of a table that begin so (ids are upper case; no id is empty)."""
    query = f"SELECT id FROM {table} WHERE id >= :low AND id < :low || '~' ORDER BY id LIMIT 2"  # noqa: S608 (our own names)
    return [row["id"] for row in db.execute(query, {"low": prefix.upper()})]


def alert(db: sqlite3.Connection, alert_id: str) -> Row:
    """All about one alert: the article that made it, what was found there, the other articles of its story, and its
    deliveries with every attempt, and as `outcome` the state of the message that tells each."""
    row: Row = db.execute(
        """SELECT t.*, coalesce(y.merged_into, y.id) AS story_id FROM alerts AS t
           JOIN stories AS y ON y.id = t.story_id WHERE t.id = ?""",
        (alert_id,),
    ).fetchone()
    told = db.execute(
        """SELECT id, type, channel, state, carried_by, batch, created_at, next_at, attempts, finished_at FROM deliveries
           WHERE alert_id = ? ORDER BY id""",
        (alert_id,),
    ).fetchall()
    found = db.execute(
        """SELECT term_set, term, field, start, "end", surface, sentence FROM hits WHERE article_id = ? AND watchlist = ?
           ORDER BY id""",
        (row["article_id"], row["watchlist"]),
    )
    return {
        **row,
        "article": db.execute(f"{_ARTICLE} WHERE a.id = ?", (row["article_id"],)).fetchone(),
        "versions": versions(db, row["article_id"]),
        "reread": reread(db, row["article_id"]),
        "hits": found.fetchall(),
        "story": db.execute(f"{_ARTICLE} WHERE a.story_id = ? ORDER BY a.seq", (row["story_id"],)).fetchall(),
        "deliveries": [
            delivery | {"tried": _attempts(db, delivery), "outcome": _bearer(db, delivery)["state"]}
            for delivery in told
        ],
    }


def versions(db: sqlite3.Connection, article_id: str) -> list[Row]:
    """The texts that an article had before, oldest first, each with what changed then."""
    found = db.execute("SELECT * FROM versions WHERE article_id = ? ORDER BY id", (article_id,))
    return [
        {
            **{name: row[name] for name in ("fetched", "replaced_at", "title", "sha256")},
            "text": zlib.decompress(row["text"]).decode("utf-8", "surrogatepass"),
            "difference": json.loads(row["difference"]),
        }
        for row in found
    ]


def reread(db: sqlite3.Connection, article_id: str) -> Row | None:
    """When an article that alerted was read again, what that brought, and when it is its turn; None if it is never."""
    query = "SELECT since, next_at, times, read_at, outcome, missing_since, gone_at FROM rereads WHERE article_id = ?"
    row: Row | None = db.execute(query, (article_id,)).fetchone()
    return row


_ARTICLE = """SELECT a.id, a.relation, a.url, a.title, s.name AS source, a.author, a.published, a.fetched, a.language,
                     a.text_from, a.reason, a.sha256 FROM articles AS a JOIN sources AS s ON s.id = a.source_id"""


def _attempts(db: sqlite3.Connection, delivery: Row) -> list[Row]:
    """The attempts of a delivery, or of the one whose message tells it."""
    query = "SELECT at, seconds, outcome, code, answer FROM attempts WHERE delivery_id = ? ORDER BY id"
    return db.execute(query, (delivery["carried_by"] or delivery["id"],)).fetchall()


# Sending again


def resend_alert(db: sqlite3.Connection, alert_id: str, now: datetime, new_id: Callable[[], str]) -> list[Row]:
    """Send again what an alert owes: what was given up, or failed so far. If it owes nothing, what was delivered goes to
    each channel once more; and if nothing was, what waits goes now. Returns the deliveries as `resend` does."""
    told = db.execute("SELECT * FROM deliveries WHERE alert_id = ? ORDER BY id", (alert_id,)).fetchall()
    bearers = [_bearer(db, row) for row in told]
    owed = [row for row in bearers if row["state"] == "given-up" or (row["state"] == "pending" and row["attempts"])]
    created = {row["channel"]: row for row in told if row["type"] == "alert.created" and row["state"] != "pending"}
    chosen = owed or [*created.values()] or bearers
    return [resend(db, row, now, new_id) for row in {row["id"]: row for row in chosen}.values()]


def delivery(db: sqlite3.Connection, delivery_id: str) -> Row:
    row: Row = db.execute("SELECT * FROM deliveries WHERE id = ?", (delivery_id,)).fetchone()
    return row


def resend(db: sqlite3.Connection, row: Row, now: datetime, new_id: Callable[[], str]) -> Row:
    """Make a delivery due now: under its own id if it never arrived, else as a new one with the same event.

    Returns {"id", "channel", "new", "disabled"}: `new` if it is another delivery, `disabled` if its channel answered 410
    and is switched off until the next start or reload.
    """
    bearer = _bearer(db, row)
    fresh = bearer["state"] == DeliveryState.DELIVERED
    if fresh:
        values = row | {"id": new_id(), "state": "pending", "carried_by": None, "batch": None}
        anew = {"created_at": rows.stamp(now), "next_at": rows.stamp(now), "attempts": 0, "failures": 0}
        again = rows.delivery(values | anew)
        outbox.insert(db, again)
    else:
        db.execute(
            """UPDATE deliveries SET state = 'pending', attempts = 0, failures = 0, next_at = ?, batch = NULL,
               finished_at = NULL WHERE id = ?""",
            (rows.stamp(now), bearer["id"]),
        )
    off = db.execute("SELECT 1 FROM channels WHERE name = ? AND disabled_at IS NOT NULL", (row["channel"],)).fetchone()
    return {
        "id": again.id if fresh else bearer["id"],
        "channel": row["channel"],
        "new": fresh,
        "disabled": off is not None,
    }


def _bearer(db: sqlite3.Connection, row: Row) -> Row:
    """The delivery whose message tells this one."""
    return delivery(db, row["carried_by"]) if row["carried_by"] else row


def resend_all(
    db: sqlite3.Connection,
    since: datetime,
    now: datetime,
    new_id: Callable[[], str],
    *,
    channel: str | None = None,
    delivered: bool = False,
) -> list[Row]:
    """Send again, under their own ids, all messages that were given up since then, of every kind; with `delivered`, also
    those about alerts and articles that arrived, as new ones. Returns them as `resend` does."""
    query = """SELECT * FROM deliveries WHERE finished_at >= :since AND (:channel IS NULL OR channel = :channel)
               AND (state = 'given-up' OR (:delivered AND state = 'delivered'
                                           AND (type LIKE 'alert.%' OR type LIKE 'article.%'))) ORDER BY id"""
    wanted = {"since": rows.stamp(since), "channel": channel, "delivered": delivered}
    return [resend(db, row, now, new_id) for row in db.execute(query, wanted).fetchall()]


def redirect(db: sqlite3.Connection, from_: str, to: str, now: datetime) -> int:
    """Give what waits for one channel to another, due now, each under its own id; returns how many."""
    done = db.execute(
        """UPDATE deliveries SET channel = ?, attempts = 0, failures = 0, next_at = ?, batch = NULL
           WHERE channel = ? AND state = 'pending'""",
        (to, rows.stamp(now), from_),
    )
    return done.rowcount


# Articles


def stored(db: sqlite3.Connection, since: datetime | None = None) -> Iterator[tuple[str, Article]]:
    """Every article that was fetched since then with the id of its story, oldest first."""
    query = """SELECT a.*, s.name AS source FROM articles AS a JOIN sources AS s ON s.id = a.source_id
               WHERE a.fetched >= ? ORDER BY a.seq"""
    return ((row["story_id"], rows.article(row)) for row in db.execute(query, (_from(since),)))


def whole(db: sqlite3.Connection, article_id: str) -> Article:
    """One stored article."""
    query = "SELECT a.*, s.name AS source FROM articles AS a JOIN sources AS s ON s.id = a.source_id WHERE a.id = ?"
    return rows.article(db.execute(query, (article_id,)).fetchone())


def at_page(db: sqlite3.Connection, pages: Iterable[int]) -> str | None:
    """The id of the article that is at one of these pages (keys of addresses), the first that was stored; or None."""
    query = """SELECT a.id FROM json_each(?) AS wanted JOIN fingerprints AS f ON f.key = wanted.value
               JOIN articles AS a ON a.seq = f.article_seq ORDER BY a.seq LIMIT 1"""
    row = db.execute(query, (json.dumps(list(pages)),)).fetchone()
    return None if row is None else str(row["id"])


def seen_by(db: sqlite3.Connection, keys: Iterable[int]) -> list[str]:
    """The sources that have listed an entry with one of these keys, whether it is stored or not."""
    query = """SELECT DISTINCT s.name FROM seen AS e JOIN sources AS s ON s.id = e.source_id
               WHERE e.key IN (SELECT value FROM json_each(?)) ORDER BY s.name"""
    return [row["name"] for row in db.execute(query, (json.dumps(list(keys)),))]


def way(db: sqlite3.Connection, article_id: str) -> Row:
    """The way of a stored article: what it is, the entries that listed it, its story, and that story's alerts with their
    deliveries and attempts."""
    article = db.execute(f"{_ARTICLE} WHERE a.id = ?", (article_id,)).fetchone()
    size = "SELECT length(text) AS characters, story_id FROM articles WHERE id = ?"
    article |= db.execute(size, (article_id,)).fetchone()
    entries = """SELECT s.name AS source, e.state, e.first_seen, e.attempts, e.next_at, s.last_poll_at
                 FROM entries AS e JOIN sources AS s ON s.id = e.source_id WHERE e.article_id = ? ORDER BY e.id"""
    made = """SELECT t.id FROM stories AS y JOIN alerts AS t ON t.story_id = y.id
              WHERE y.id = :story OR y.merged_into = :story ORDER BY t.id"""
    alerts = db.execute(made, {"story": article["story_id"]}).fetchall()
    return {
        "article": article,
        "versions": versions(db, article_id),
        "reread": reread(db, article_id),
        "entries": db.execute(entries, (article_id,)).fetchall(),
        "story": db.execute(f"{_ARTICLE} WHERE a.story_id = ? ORDER BY a.seq", (article["story_id"],)).fetchall(),
        "alerts": [alert(db, row["id"]) for row in alerts],
    }


def alerted(db: sqlite3.Connection) -> dict[tuple[str, str], Verdict]:
    """(watchlist, story) → the verdict of the alert that there is; of several, in stories that were merged, the fullest."""
    query = """SELECT t.watchlist, coalesce(y.merged_into, y.id) AS story, t.verdict FROM alerts AS t
               JOIN stories AS y ON y.id = t.story_id ORDER BY t.verdict <> 'digest'"""
    return {(row["watchlist"], row["story"]): Verdict(row["verdict"]) for row in db.execute(query)}


def held(db: sqlite3.Connection) -> set[str]:
    """The articles that only the flood brake's held entries list."""
    query = "SELECT article_id FROM entries GROUP BY article_id HAVING min(state = 'held')"
    return {row["article_id"] for row in db.execute(query)}


def stored_count(db: sqlite3.Connection, since: datetime | None = None) -> int:
    return int(db.execute("SELECT count(*) AS n FROM articles WHERE fetched >= ?", (_from(since),)).fetchone()["n"])


def _from(since: datetime | None) -> str:
    return rows.stamp(since) if since else ""


def languages(db: sqlite3.Connection) -> list[str]:
    """The languages that articles are in."""
    return [row["language"] for row in db.execute("SELECT DISTINCT language FROM articles WHERE language IS NOT NULL")]


def search(db: sqlite3.Connection, expression: str, limit: int = -1) -> list[Article]:
    """The articles that an FTS5 expression over the folded text finds, those published last first."""
    query = """SELECT a.*, s.name AS source FROM articles_text AS f JOIN articles AS a ON a.seq = f.rowid
               JOIN sources AS s ON s.id = a.source_id
               WHERE articles_text MATCH ? ORDER BY coalesce(a.published, a.fetched) DESC, a.seq DESC LIMIT ?"""
    return [rows.article(row) for row in db.execute(query, (expression, limit))]


def forms(db: sqlite3.Connection, version: str) -> Forms:
    """The kept forms of words, as this version of the libraries found them."""
    found = db.execute("SELECT language, word, mark, forms FROM forms WHERE version = ?", (version,))
    return _Kept({(intern(row["language"]), row["word"], Mark(row["mark"])): row["forms"] for row in found})


def keep_forms(version: str, forms: Forms, db: sqlite3.Connection) -> None:
    """Keep the forms of words, and forget those that other versions found."""
    db.execute("DELETE FROM forms WHERE version <> ?", (version,))
    db.executemany(
        "INSERT OR REPLACE INTO forms (version, language, word, mark, forms) VALUES (?, ?, ?, ?, ?)",
        [(version, *key, json.dumps(sorted(found), ensure_ascii=False)) for key, found in forms.items()],
    )


class _Kept(Mapping[Key, frozenset[str]]):
    """Forms as the database has them, read when they are asked for: as sets they take four times the memory."""

    def __init__(self, rows: Mapping[Key, str]) -> None:
        self._rows = rows

    def __getitem__(self, key: Key) -> frozenset[str]:
        return frozenset(json.loads(self._rows[key]))

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __iter__(self) -> Iterator[Key]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def replay(path: Path, check: Check, decide: polls.Decide, about: StoriesSettings) -> Outcome:
    """Write what matching stored articles again leads to, in one transaction; `about` says what is one story. Raises
    StoreError."""
    with writing(path) as db:
        db.row_factory = sqlite3.Row
        return polls.replay(check, decide, db, about)


def prune(path: Path, before: datetime, *, dry: bool) -> int:
    """Delete the articles without hits that were fetched earlier; with `dry`, only count them. Raises StoreError."""
    if dry:
        with reading(path) as db:
            return polls.prunable(before, db)
    count = 0
    while True:
        with writing(path) as db:
            some = polls.prune(before, db)
        count += some
        if some < polls.PRUNED:
            return count
        time.sleep(GAP)


# A copy


PARCEL = 2048
"""Pages that are copied at a time: 8 MiB."""


def backup(path: Path, target: Path, going_on: Callable[[], None] = lambda: None) -> None:
    """Copy the database into a new file that only its owner may read, while the daemon works, and verify the copy.

    `going_on` is called now and then, and may raise to end it. Raises StoreError; then there is no file.
    """
    if target.exists():
        raise StoreError(f"{target} is there already and is not overwritten: name another file")
    part = target.with_name(f"{target.name}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError as error:
        raise StoreError(
            f"{part} is there already: another backup is writing it, or one was broken off; delete it"
        ) from error
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}") from error
    try:
        with reading(path) as db:
            _copy(db, part, going_on)
        part.rename(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _copy(db: sqlite3.Connection, part: Path, going_on: Callable[[], None]) -> None:
    """Copy the state of one moment, and look whether the copy is sound."""
    with closing(sqlite3.connect(part, isolation_level=None)) as copy:
        db.execute("BEGIN")  # a reader of the write-ahead log: it neither waits for the daemon nor holds it up
        db.execute(
            "SELECT 1 FROM facts"
        ).fetchone()  # from here on it sees this moment, and is not begun anew by writes
        db.backup(copy, pages=PARCEL, progress=lambda *_: going_on())
        db.execute("COMMIT")
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a write-ahead log beside it
        (verdict,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise StoreError(f"the copy is not sound ({verdict}), so the database is damaged: restore an earlier backup")
