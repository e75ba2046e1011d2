"""What checks of sources read and write, each function within a transaction that somebody else holds."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from monitor.core import clocks, intake, polling, text
from monitor.core.model import (
    Alert,
    Article,
    Check,
    Delivery,
    EntryState,
    Fingerprint,
    History,
    Hit,
    Known,
    Match,
    Outcome,
    Placed,
    Reading,
    SourceRecord,
    StoredEntry,
    StoryRecord,
)
from monitor.core.settings import USUAL_STORIES, Source, StoriesSettings
from monitor.store import coverage, history, likeness, outbox, rows, topics

LEASE = timedelta(minutes=1)
"""How long a source that is being polled is left alone: after a crash, that long passes until it is polled again."""

OPEN = 100
"""So many entries that wait are handed out at once; each has its text in memory."""

LONGEST_RETRY = max(intake.RETRIES) + timedelta(minutes=1)
"""So long at most an entry waits for its page."""

PRUNED = 500
"""So many articles are deleted in one transaction: 0.1 s in which nobody else writes, and their texts fit in memory (10 000
of 4 kB at once took 2.7 s and 48 MB; 2026-11-22)."""

Decide = Callable[[Check, History], Outcome]
Tell = Callable[[SourceRecord], Sequence[Delivery]]


PROXIED = "[fetch] "
"""The way of sources that name no proxy, if everything leaves through one; the space makes it nobody's name."""


def sync_sources(sources: Sequence[Source], now: datetime, db: sqlite3.Connection, *, proxied: bool = False) -> None:
    usual = PROXIED if proxied else ""
    known = {row["name"]: row for row in db.execute("SELECT id, name, url, kind, proxy FROM sources")}
    db.execute(
        "UPDATE sources SET active = 0 WHERE name NOT IN (SELECT value FROM json_each(?))",
        (json.dumps([source.name for source in sources]),),
    )
    # What ended its parser is tried anew: there may be another parser, more memory, or another rule for links by now.
    db.execute("UPDATE sources SET body_hash = '' WHERE body_hash LIKE '!%'")
    for source in sources:
        row, way = known.get(source.name), source.proxy or usual
        if row is None:
            db.execute(
                "INSERT INTO sources (name, url, kind, proxy, next_poll_at) VALUES (?, ?, ?, ?, ?)",
                (source.name, source.url, source.kind, way, rows.stamp(now)),
            )
            continue
        if row["proxy"] != way:  # whoever knew us by our validators is not to know us by them on another way
            db.execute(
                """UPDATE sources SET proxy = ?, etag = NULL, last_modified = NULL, validators_url = NULL, address = NULL,
                   moved_to = NULL, moved_since = NULL, moved_checked = NULL, hub = '', topic = '' WHERE id = ?""",
                (way, row["id"]),
            )
        if (row["url"], row["kind"]) != (source.url, source.kind):
            _readdress(db, row["id"], source, now)
        else:
            db.execute(
                """UPDATE sources SET active = 1, next_poll_at = CASE WHEN next_poll_at >= :never THEN next_poll_at
                   WHEN failures = 0 AND not_before IS NULL THEN min(next_poll_at, :soon)
                   ELSE min(next_poll_at, :late) END WHERE id = :id""",
                {
                    "never": rows.stamp(polling.NEVER),
                    "soon": rows.stamp(now + source.interval),
                    "late": rows.stamp(now + max(source.interval, polling.LONGEST) * (1 + polling.JITTER)),
                    "id": row["id"],
                },
            )


def _readdress(db: sqlite3.Connection, source_id: int, source: Source, now: datetime) -> None:
    """A source whose address changed begins anew, but for the entries that it has listed."""
    db.execute(
        """UPDATE sources SET url = ?, kind = ?, active = 1, state = 'ok', reason = '', failures = 0, failing_since = NULL,
           since = NULL, fault = '', told_at = NULL, full_at = NULL, format = '', listed = NULL, empty_since = NULL,
           skips = '', rhythm = '', pace = 0, gap_at = NULL, hub = '', topic = '', push_at = NULL,
           next_poll_at = ?, poll_count = 0, etag = NULL, last_modified = NULL, validators_url = NULL,
           body_hash = '', digests = x'', address = NULL, not_before = NULL,
           moved_to = NULL, moved_since = NULL, moved_checked = NULL WHERE id = ?""",
        (source.url, source.kind, rows.stamp(now), source_id),
    )


def claim_sources(
    now: datetime, limit: int, busy: tuple[int, ...], everyone: bool, db: sqlite3.Connection
) -> tuple[SourceRecord, ...]:
    ahead = "last_poll_at > :lease AND next_poll_at > :lease AND state <> 'gone'"  # the clock was set back since
    pushed = "push_at <= :now AND state <> 'gone' AND coalesce(not_before <= :now, 1)"
    due = f"(next_poll_at <= :now OR {ahead} OR ({pushed}))"
    if everyone:
        due = f"state <> 'gone' AND (coalesce(not_before <= :now, 1) OR {ahead})"
    found = db.execute(
        f"""UPDATE sources SET next_poll_at = :lease, push_at = NULL WHERE id IN (
               SELECT id FROM sources WHERE active AND {due} AND id NOT IN (SELECT value FROM json_each(:busy))
               ORDER BY min(next_poll_at, coalesce(push_at, next_poll_at)) LIMIT :limit) RETURNING *""",  # noqa: S608 (texts of our own)
        {"now": rows.stamp(now), "lease": rows.stamp(now + LEASE), "busy": json.dumps(busy), "limit": limit},
    )
    return tuple(clocks.put_right(rows.source_record(row), now) for row in found.fetchall())


def known(source_id: int, keys: tuple[int, ...], now: datetime, db: sqlite3.Connection) -> Known:
    query = "SELECT key FROM seen WHERE source_id = ? AND key IN (SELECT value FROM json_each(?))"
    found = frozenset(row[0] for row in db.execute(query, (source_id, json.dumps(keys))))
    waiting = db.execute(
        f"""SELECT e.id AS entry_id, e.state AS entry_state, e.attempts, a.*, s.name AS source FROM entries AS e
            JOIN articles AS a ON a.id = e.article_id JOIN sources AS s ON s.id = a.source_id
            WHERE e.source_id = :id AND e.state IN ('waiting', 'held') AND e.state = 'waiting'
            AND {rows.due("e.next_at")} ORDER BY e.id LIMIT :most""",  # noqa: S608 (our own text)
        rows.turns(now, LONGEST_RETRY) | {"id": source_id, "most": OPEN},
    ).fetchall()
    return Known(keys=found, open=tuple(_stored_entry(row) for row in waiting), more=len(waiting) == OPEN)


def _stored_entry(row: sqlite3.Row) -> StoredEntry:
    return StoredEntry(
        id=row["entry_id"], state=EntryState(row["entry_state"]), article=rows.article(row), attempts=row["attempts"]
    )


def articles(pages: tuple[int, ...], db: sqlite3.Connection) -> dict[int, Article]:
    query = """SELECT f.key AS page, a.*, s.name AS source FROM json_each(?) AS wanted
               JOIN fingerprints AS f ON f.key = wanted.value
               JOIN articles AS a ON a.seq = f.article_seq JOIN sources AS s ON s.id = a.source_id ORDER BY a.seq DESC"""
    return {row["page"]: rows.article(row) for row in db.execute(query, (json.dumps(pages),))}


def commit(check: Check, decide: Decide, db: sqlite3.Connection, about: StoriesSettings = USUAL_STORIES) -> Outcome:
    outcome = decide(check, history.read(db, check, about))
    _write_source(db, check, outcome.record)
    coverage.record(db, check)
    for story in outcome.stories:
        _write_story(db, story, check.at)
    for placed in outcome.placed:
        _write_reading(db, check, placed)
    topics.forget(db, check.at - about.story_window)
    new = [key for placed in outcome.placed if placed.reading.stored is None for key in placed.reading.keys]
    seen = [(check.record.id, key) for key in (*new, *outcome.noted)]
    db.executemany("INSERT OR IGNORE INTO seen (source_id, key) VALUES (?, ?)", seen)
    write_alerts(db, outcome, check.at)
    for delivery in outcome.deliveries:
        outbox.insert(db, delivery)
    write_fact(db, "network_down_since", rows.maybe(outcome.network_down_since))
    if outcome.gap:
        db.execute(
            "INSERT INTO gaps (source_id, since, until, found_at) VALUES (?, ?, ?, ?)",
            (check.record.id, rows.stamp(outcome.gap.since), rows.stamp(outcome.gap.until), rows.stamp(check.at)),
        )
    if outcome.recheck:
        _recheck(db, check.at, outcome.recheck)
    return outcome


def _recheck(db: sqlite3.Connection, now: datetime, apart: timedelta) -> None:
    """Ask the sources that fail again one after the other, unless it is their turn before that or they want a pause."""
    query = """SELECT id, next_poll_at FROM sources WHERE active AND failures > 0 AND next_poll_at < ?
               AND coalesce(not_before <= ?, 1) ORDER BY next_poll_at, id"""
    failing = db.execute(query, (rows.stamp(polling.NEVER), rows.stamp(now))).fetchall()
    turns = [(rows.stamp(now + apart * number), row) for number, row in enumerate(failing, 1)]
    sooner = [(turn, row["id"]) for turn, row in turns if turn < row["next_poll_at"]]
    db.executemany("UPDATE sources SET next_poll_at = ? WHERE id = ?", sooner)


def remind(before: datetime, now: datetime, tell: Tell, db: sqlite3.Connection) -> None:
    """Queue what is told again of the sources that are gone and were last told of before then: no poll will tell it."""
    query = "SELECT * FROM sources WHERE active AND state = 'gone' AND (told_at < ? OR told_at > ?) ORDER BY id"
    for row in db.execute(query, (rows.stamp(before), rows.stamp(now))).fetchall():
        for delivery in tell(rows.source_record(row)):
            outbox.insert(db, delivery)
        db.execute("UPDATE sources SET told_at = ? WHERE id = ?", (rows.stamp(now), row["id"]))


def replay(check: Check, decide: Decide, db: sqlite3.Connection, about: StoriesSettings) -> Outcome:
    """What matching stored articles again leads to: alerts, what was found for them, and deliveries; entries, articles and
    the source stay as they are."""
    outcome = decide(check, history.read(db, check, about))
    raised = {alert.watchlist for alert in outcome.alerts}
    for placed in outcome.placed:
        news = [match for match in placed.reading.matches if match.watchlist in raised]
        _write_hits(db, placed.reading.article.id, news)
    write_alerts(db, outcome, check.at)
    for delivery in outcome.deliveries:
        outbox.insert(db, delivery)
    return outcome


def _write_hits(db: sqlite3.Connection, article_id: str, matches: Sequence[Match]) -> None:
    """What these watchlists found in an article, in place of what they found before."""
    db.executemany(
        "DELETE FROM hits WHERE article_id = ? AND watchlist = ?", [(article_id, match.watchlist) for match in matches]
    )
    db.executemany(
        """INSERT INTO hits (article_id, watchlist, term_set, term, field, start, "end", surface, sentence)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [_hit(article_id, match.watchlist, hit) for match in matches for hit in match.hits],
    )


def _write_story(db: sqlite3.Connection, story: StoryRecord, now: datetime) -> None:
    db.execute(
        """INSERT INTO stories (id, created_at, updated_at, articles, sources, domains)
           VALUES (:id, :now, :now, :articles, :sources, :domains) ON CONFLICT (id) DO UPDATE
           SET updated_at = :now, articles = :articles, sources = :sources, domains = :domains""",
        {
            "id": story.id,
            "now": rows.stamp(now),
            "articles": story.articles,
            "sources": json.dumps(story.sources, ensure_ascii=False),
            "domains": json.dumps(story.domains),
        },
    )


def write_alerts(db: sqlite3.Connection, outcome: Outcome, now: datetime) -> None:
    """Alerts that are new or are so again, and when their articles are to be read again."""
    for alert in outcome.alerts:
        _write_alert(db, alert)
    db.executemany(
        """INSERT INTO rereads (article_id, since, next_at) VALUES (?, ?, ?)
           ON CONFLICT (article_id) DO UPDATE SET since = excluded.since, next_at = excluded.next_at""",
        [(id_, rows.stamp(since), rows.stamp(at)) for id_, (since, at) in outcome.rereads.items()],
    )
    db.executemany(
        "UPDATE alerts SET escalated_at = ? WHERE id = ?", [(rows.stamp(now), id_) for id_ in outcome.escalated]
    )


def _write_alert(db: sqlite3.Connection, alert: Alert) -> None:
    """A new alert; or one for digests only that has become a full one."""
    db.execute(
        """INSERT INTO alerts (id, watchlist, story_id, article_id, score, verdict, created_at)
           VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
           SET article_id = excluded.article_id, score = excluded.score, verdict = excluded.verdict""",
        (
            alert.id,
            alert.watchlist,
            alert.story_id,
            alert.article_id,
            alert.score,
            alert.verdict,
            rows.stamp(alert.created_at),
        ),
    )


def _write_source(db: sqlite3.Connection, check: Check, record: SourceRecord) -> None:
    """What the check found out about its source, unless that was given another address meanwhile. Where somebody asked
    for an earlier poll since the source was claimed, that stands."""
    values = rows.source_values(record)
    columns = ", ".join(f"{column} = :{column}" for column in values if column not in ("id", "next_poll_at"))
    db.execute(
        f"""UPDATE sources SET {columns},
            next_poll_at = CASE WHEN next_poll_at < :claimed THEN next_poll_at ELSE :next_poll_at END
            WHERE id = :id AND url = :url AND kind = :kind AND proxy IN (:way, :usual)""",  # noqa: S608 (columns of our own)
        values
        | {"claimed": rows.stamp(check.record.next_poll_at), "url": check.source.url, "kind": check.source.kind}
        | {"way": check.source.proxy, "usual": check.source.proxy or PROXIED},
    )


def _write_reading(db: sqlite3.Connection, check: Check, placed: Placed) -> None:
    reading = placed.reading
    if placed.relation is not None:
        _insert_article(db, check, placed)
    else:
        _update_article(db, reading.article, reading.fingerprint)
    if reading.matches:
        db.execute("DELETE FROM hits WHERE article_id = ?", (reading.article.id,))
        _write_hits(db, reading.article.id, reading.matches)
    _write_entry(db, check, placed)


def rewrite(db: sqlite3.Connection, reading: Reading) -> None:
    """A stored article as it is now, with all that it matches now."""
    _update_article(db, reading.article, reading.fingerprint)
    db.execute("DELETE FROM hits WHERE article_id = ?", (reading.article.id,))
    _write_hits(db, reading.article.id, reading.matches)


def _hit(article_id: str, watchlist: str, hit: Hit) -> tuple[object, ...]:
    return (article_id, watchlist, hit.term_set, hit.term, hit.field, hit.start, hit.end, hit.surface, hit.sentence)


def _write_entry(db: sqlite3.Connection, check: Check, placed: Placed) -> None:
    reading = placed.reading
    if reading.stored is not None:
        db.execute(
            "UPDATE entries SET state = ?, attempts = ?, next_at = ? WHERE id = ?",
            (reading.state, reading.attempts, rows.maybe(reading.next_at), reading.stored.id),
        )
        return
    db.execute(
        """INSERT INTO entries (source_id, article_id, state, first_seen, attempts, next_at, words)
           VALUES (?, ?, ?, ?, ?, ?, ?)""",
        (
            check.record.id,
            reading.article.id,
            reading.state,
            rows.stamp(check.at),
            reading.attempts,
            rows.maybe(reading.next_at),
            reading.words,
        ),
    )


def _insert_article(db: sqlite3.Connection, check: Check, placed: Placed) -> None:
    article = placed.reading.article
    place = {"source_id": check.record.id, "story_id": placed.story_id, "relation": placed.relation}
    values = rows.article_values(article) | place
    columns = ", ".join(values)
    marks = ", ".join(f":{column}" for column in values)
    done = db.execute(f"INSERT INTO articles ({columns}) VALUES ({marks})", values)  # noqa: S608 (columns of our own)
    likeness.add(db, int(done.lastrowid or 0), placed.reading.fingerprint)
    if placed.relation is not None:
        topics.add(db, int(done.lastrowid or 0), article, placed.reading.fingerprint, placed.story_id, placed.relation)
    _index(db, int(done.lastrowid or 0), article)


def _update_article(db: sqlite3.Connection, article: Article, mark: Fingerprint) -> None:
    """An article that is stored already and was read again: keep what is new about it."""
    old = db.execute(
        "SELECT a.*, s.name AS source FROM articles AS a JOIN sources AS s ON s.id = a.source_id WHERE a.id = ?",
        (article.id,),
    ).fetchone()
    if rows.article(old) == article:
        return
    _unindex(db, old)
    values = rows.article_values(article)
    columns = ", ".join(f"{column} = :{column}" for column in values)
    db.execute(f"UPDATE articles SET {columns} WHERE id = :id", values)  # noqa: S608 (columns of our own)
    likeness.add(db, old["seq"], mark)
    topics.renew(db, old["seq"], mark)
    _index(db, old["seq"], article)


def _index(db: sqlite3.Connection, seq: int, article: Article) -> None:
    title, body = text.fold(article.title), text.fold(f"{article.summary}\n{article.text}")
    db.execute("INSERT INTO articles_text (rowid, title, body) VALUES (?, ?, ?)", (seq, title, body))


def _unindex(db: sqlite3.Connection, row: Mapping[str, Any] | sqlite3.Row) -> None:
    title, body = text.fold(row["title"]), text.fold(f"{row['summary']}\n{row['text']}")
    db.execute(
        "INSERT INTO articles_text (articles_text, rowid, title, body) VALUES ('delete', ?, ?, ?)",
        (row["seq"], title, body),
    )


def write_fact(db: sqlite3.Connection, name: str, value: str | None) -> None:
    if value == history.fact(db, name):
        return
    if value is None:
        db.execute("DELETE FROM facts WHERE name = ?", (name,))
    else:
        db.execute("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", (name, value))


_OLD = """FROM articles AS a WHERE a.fetched < ?
          AND NOT EXISTS (SELECT 1 FROM hits AS h WHERE h.article_id = a.id)
          AND NOT EXISTS (SELECT 1 FROM alerts AS t WHERE t.article_id = a.id)"""


def prunable(before: datetime, db: sqlite3.Connection) -> int:
    """How many articles without hits were fetched earlier."""
    row = db.execute(f"SELECT count(*) AS n {_OLD}", (rows.stamp(before),)).fetchone()
    return int(row["n"])


def prune(before: datetime, db: sqlite3.Connection) -> int:
    """Delete some articles without hits that were fetched earlier, and stories without articles; returns how many
    articles. To be called, a transaction each, until there are none left."""
    query = f"SELECT a.* {_OLD} LIMIT ?"
    found = db.execute(query, (rows.stamp(before), PRUNED)).fetchall()
    for row in found:
        delete_article(db, row)
    delete_empty_stories(db, [row["story_id"] for row in found])
    return len(found)


def delete_article(db: sqlite3.Connection, row: Mapping[str, Any] | sqlite3.Row) -> None:
    """Delete a stored article (its row is given) with all that is only about it, and from the index of words."""
    _unindex(db, row)
    db.execute("DELETE FROM articles WHERE seq = ?", (row["seq"],))


def delete_empty_stories(db: sqlite3.Connection, ids: Iterable[str]) -> None:
    """Delete those of the stories that are left without articles and alerts."""
    db.execute(  # with those that were merged into them, in one statement: they refer to each other
        """WITH touched AS (SELECT value AS id FROM json_each(?))
           DELETE FROM stories WHERE (id IN (SELECT id FROM touched) OR merged_into IN (SELECT id FROM touched))
           AND NOT EXISTS (SELECT 1 FROM articles AS a WHERE a.story_id = coalesce(stories.merged_into, stories.id))
           AND NOT EXISTS (SELECT 1 FROM alerts AS t WHERE t.story_id = stories.id)""",
        (json.dumps(list(ids)),),
    )
