"""Whether the data keeps what was promised: each promise as a query that finds what breaks it, and what to do then.

It only reads, so it can be asked while the daemon works. Not here: mending anything, and how findings are shown.
"""

import json
import shutil
import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from monitor.core import confinement
from monitor.core.errors import StoreError
from monitor.store import VERSION, ledger, reserve, rows

DAY = timedelta(days=1)
OVERDUE = timedelta(hours=2)
"""A delivery that is due for so long is forgotten, or nobody is there to send it."""
WAL = 256 * 2**20
"""Bytes that a write-ahead log has only if somebody has been reading for very long: it is used again from 16 MB on."""


class State(StrEnum):
    OK = "ok"
    NOTE = "note"  # worth knowing; nothing is broken
    WRONG = "wrong"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """The answer to one question: what was looked at, how it is, how often, and what to do."""

    check: str
    state: State = State.OK
    said: str = ""
    advice: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Promise:
    """A query for what breaks it: its rows begin with what names each."""

    check: str
    query: str
    said: str
    advice: str
    state: State = State.WRONG


_REPORT = "This should not be: keep a copy with `monitor backup`, and report it."

_PROMISES = (
    _Promise(
        check="every alert has a delivery",
        query="""SELECT id FROM alerts WHERE verdict = 'alert'
                 AND NOT EXISTS (SELECT 1 FROM deliveries WHERE alert_id = alerts.id)""",
        said="alerts were told to no channel",
        advice="Had the watchlist no channel then? `monitor alerts show ID` shows it. " + _REPORT,
    ),
    _Promise(
        check="one alert for a watchlist and a story",
        query="SELECT watchlist FROM alerts GROUP BY watchlist, story_id HAVING count(*) > 1",
        said="stories were alerted twice for one watchlist",
        advice=_REPORT,
    ),
    _Promise(
        check="every alert has what was found",
        query="""SELECT t.id FROM alerts AS t WHERE NOT EXISTS
                 (SELECT 1 FROM hits AS h JOIN articles AS a ON a.id = h.article_id
                  WHERE h.watchlist = t.watchlist AND a.id = t.article_id)""",
        said="alerts have no hit in their article any more",
        advice="The article changed, or was matched again by other words, after it was alerted.",
        state=State.NOTE,
    ),
    _Promise(
        check="what was told with others was told",
        query="""SELECT d.id FROM deliveries AS d LEFT JOIN deliveries AS c ON c.id = d.carried_by
                 WHERE (d.state = 'carried') <> (d.carried_by IS NOT NULL)
                 OR (d.state = 'carried' AND (c.id IS NULL OR c.state = 'carried'))""",
        said="deliveries are told by a message that there is not",
        advice="`monitor alerts resend ID` sends each. " + _REPORT,
    ),
    _Promise(
        check="what is done was attempted",
        query="""SELECT id FROM deliveries AS d WHERE state IN ('delivered', 'given-up') AND NOT EXISTS
                 (SELECT 1 FROM attempts AS t WHERE t.delivery_id = d.id
                  AND t.outcome = CASE d.state WHEN 'delivered' THEN 'delivered' ELSE 'given-up' END)""",
        said="deliveries are done without an attempt that says so",
        advice=_REPORT,
    ),
    _Promise(
        check="no delivery is in an unknown state",
        query="SELECT id FROM deliveries WHERE state NOT IN ('pending', 'carried', 'delivered', 'given-up')",
        said="deliveries are in a state that there is not",
        advice=_REPORT,
    ),
    _Promise(
        check="no delivery is forgotten",
        query="""SELECT d.id FROM deliveries AS d LEFT JOIN channels AS c ON c.name = d.channel
                 WHERE d.state = 'pending' AND d.next_at < :overdue AND c.disabled_at IS NULL
                 AND coalesce(c.hold_until, '') <= :now
                 AND (:known IS NULL OR d.channel IN (SELECT value FROM json_each(:known)))""",
        said="deliveries have been due for more than two hours",
        advice="Is Monitor running? `monitor status` and the log say why they wait.",
    ),
    _Promise(
        check="what was given up was seen",
        query="""SELECT id FROM deliveries WHERE state = 'given-up' AND (type LIKE 'alert.%' OR type LIKE 'article.%')""",
        said="messages about alerts, alone or as a digest, were given up",
        advice="`monitor alerts resend --since 7d` sends what was given up in that time again, once the channel works.",
        state=State.NOTE,
    ),
    _Promise(
        check="every page that is to be asked for again has a time",
        query="SELECT article_id FROM entries WHERE state = 'waiting' AND next_at IS NULL",
        said="entries wait for nothing",
        advice=_REPORT,
    ),
    _Promise(
        check="every source is polled",
        query="SELECT name FROM sources WHERE active AND last_poll_at IS NULL AND next_poll_at < :overdue",
        said="sources were never polled",
        advice="Is Monitor running? `monitor feeds test NAME` asks one now.",
    ),
    _Promise(
        check="every article can be searched",
        query="""SELECT a.id FROM articles AS a LEFT JOIN articles_text_docsize AS d ON d.id = a.seq WHERE d.id IS NULL
                 UNION ALL
                 SELECT d.id FROM articles_text_docsize AS d LEFT JOIN articles AS a ON a.seq = d.id WHERE a.seq IS NULL""",
        said="articles and the index of their words differ",
        advice="`monitor search` misses some. " + _REPORT,
    ),
    _Promise(
        check="every article was listed by a source",
        query="SELECT id FROM articles AS a WHERE NOT EXISTS (SELECT 1 FROM entries WHERE article_id = a.id)",
        said="articles are without an entry",
        advice=_REPORT,
        state=State.NOTE,
    ),
    _Promise(
        check="every story has an article",
        query="""SELECT id FROM stories AS s WHERE merged_into IS NULL
                 AND NOT EXISTS (SELECT 1 FROM articles WHERE story_id = s.id)""",
        said="stories are without an article",
        advice="They take a little room and do no harm.",
        state=State.NOTE,
    ),
    _Promise(
        check="forms of words are of one version",
        query="SELECT version FROM forms GROUP BY version LIMIT -1 OFFSET 1",
        said="versions of forms are kept that are not used",
        advice="They are forgotten when the words change the next time.",
        state=State.NOTE,
    ),
    _Promise(
        check="nothing happened in the future",
        query="""SELECT name FROM sources WHERE last_poll_at > :tomorrow
                 UNION ALL SELECT id FROM articles WHERE fetched > :tomorrow
                 UNION ALL SELECT id FROM alerts WHERE created_at > :tomorrow
                 UNION ALL SELECT id FROM deliveries WHERE created_at > :tomorrow
                 UNION ALL SELECT id FROM deliveries WHERE state = 'pending' AND next_at > :far""",
        said="rows are dated after tomorrow",
        advice="The clock was wrong when they were written, or is wrong now: look at `date`. Polling goes on all the same.",
    ),
)


def examine(path: Path, now: datetime, channels: Collection[str] | None) -> list[Finding]:
    """Everything that can be said of a database and its folder; `channels` are those that are configured, None if that is
    not known. Of a database that cannot be opened there is one finding that says why."""
    found = list(_folder(path, now))
    try:
        with ledger.reading(path) as db:
            found.append(Finding(check="schema", said=f"version {VERSION}"))
            found += _sound(db)
            found += [_kept(db, promise, now, channels) for promise in _PROMISES]
            found += [*_channels(db, channels), _backups(db, now), _pushes(ledger.websub(db)), *_confinement(db)]
    except StoreError as error:
        advice = "Monitor refuses to start with it, and says then how to put a backup in its place."
        found.append(Finding(check="database", state=State.WRONG, said=str(error), advice=advice))
    return found


def _sound(db: sqlite3.Connection) -> Iterator[Finding]:
    advice = "Stop Monitor and put a backup in its place; a start says how."
    faults = [str(row["integrity_check"]) for row in db.execute("PRAGMA integrity_check(10)")]
    wrong = faults != ["ok"]
    yield _finding("integrity", "; ".join(faults) if wrong else "", advice)
    tables = [str(row["table"]) for row in db.execute("PRAGMA foreign_key_check")]
    said = f"{len(tables)} rows refer to what there is not, in {', '.join(sorted(set(tables)))}" if tables else ""
    yield _finding("references", said, _REPORT)


def _backups(db: sqlite3.Connection, now: datetime) -> Finding:
    """Whether scheduled backups, if there ever were any, are made."""
    made = ledger.backups(db)
    said = f"none since {made['backup_failed_at']}: {made['backup_failed']}" if made["backup_failed_at"] else ""
    if not said and made["backup_at"] and made["backup_at"] < rows.stamp(now - 2 * DAY):
        said = f"the last scheduled one was made at {made['backup_at']}"
    return _finding(
        "backups are made", said, "Is Monitor running, and [backup] folder right? `monitor backup FILE` makes one now."
    )


def _pushes(hubs: ledger.Row) -> Finding:
    """Whether the hubs that were asked to tell of news do."""
    check = "hubs tell of news"
    said = f"{hubs['unanswered']} of {hubs['named']} hubs were asked more than once, and have not confirmed it"
    advice = (
        "Nothing is lost: polling goes on. Can hubs reach [websub] callback? curl -i it from elsewhere: 404 without a token "
        "is right. The log says which hub answered what, with -v."
    )
    wrong = Finding(check=check, state=State.NOTE, said=said, advice=advice)
    return wrong if hubs["unanswered"] else Finding(check=check)


def _confinement(db: sqlite3.Connection) -> Iterator[Finding]:
    """Whether children that parse what strangers wrote are shut in."""
    check, found = "children that parse are shut in", ledger.confinement(db)
    lacks = confinement.lacking(found) if found else ()
    advice = "Run it on Linux 5.13 or newer, on x86_64 or aarch64; a container may forbid seccomp or Landlock."
    for said in lacks:
        yield Finding(check=check, state=State.NOTE, said=said, advice=advice)
    if not lacks:
        yield Finding(check=check, said=confinement.said(found) if found else "not known before the first start")


def _kept(db: sqlite3.Connection, promise: _Promise, now: datetime, channels: Collection[str] | None) -> Finding:
    values = {
        "now": rows.stamp(now),
        "overdue": rows.stamp(now - OVERDUE),
        "tomorrow": rows.stamp(now + DAY),
        "far": rows.stamp(now + 32 * DAY),  # a digest may be monthly
        "known": None if channels is None else json.dumps(sorted(channels)),
    }
    broken = [str(next(iter(row.values()))) for row in db.execute(promise.query, values)]
    if not broken:
        return Finding(check=promise.check)
    some = ", ".join(broken[:3]) + (", …" if len(broken) > 3 else "")
    return Finding(
        check=promise.check, state=promise.state, said=f"{len(broken)} {promise.said}: {some}", advice=promise.advice
    )


def _channels(db: sqlite3.Connection, channels: Collection[str] | None) -> Iterator[Finding]:
    """Whether somebody is there for everything that waits."""
    check = "every delivery has a channel"
    if channels is None:
        said = "the configuration cannot be read, so nobody knows which channels there are"
        yield Finding(check=check, state=State.NOTE, said=said, advice="`monitor check` says what is wrong with it.")
        return
    waiting = ledger.stranded(db, channels)
    said = ", ".join(f"{count} wait for {name}, which is not in monitor.toml" for name, count in waiting.items())
    some = next(iter(waiting), "OLD")
    advice = f"Put it back, or send them elsewhere: monitor alerts resend --from {some} --to OTHER"
    yield _finding(check, said, advice)


# The folder


def _folder(path: Path, now: datetime) -> Iterator[Finding]:
    yield _finding(
        "only its owner may read the data", ", ".join(_open_to_others(path)), "chmod 700 the folder, 600 the files"
    )
    try:
        free = shutil.disk_usage(path.parent).free
    except OSError as error:
        yield Finding(check="room on the disk", state=State.WRONG, said=f"{path.parent}: {error.strerror}")
        return
    least = 4 * reserve.SIZE
    said = f"{free // 2**20} MiB are left" if free < least else ""
    yield _finding("room on the disk", said, "Make room: when there is none, polling pauses.")
    size = _size(path.with_name(f"{path.name}-wal"))
    said = f"it has {size // 2**20} MiB" if size > WAL else ""
    yield _finding("the write-ahead log is small", said, "Some program has been reading the database for long: end it.")
    yield _finding("the clock agrees with the files", _ahead(path, now), "Look at `date`: the clock is or was wrong.")


def _open_to_others(path: Path) -> Iterator[str]:
    for each in (path.parent, *sorted(path.parent.glob("monitor.*"))):
        mode = each.stat().st_mode & 0o777 if each.exists() else 0
        if mode & 0o077:
            yield f"{each.name} is {mode:o}"


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _ahead(path: Path, now: datetime) -> str:
    """Files that were written later than now."""
    files = [each for each in (path, path.with_name(f"{path.name}-wal")) if each.exists()]
    latest = max((each.stat().st_mtime for each in files), default=0.0)
    at = datetime.fromtimestamp(latest, UTC)
    return f"the database was written {at - now} after now" if at > now + timedelta(minutes=5) else ""


def _finding(check: str, said: str, advice: str) -> Finding:
    """Wrong if there is something to say."""
    return Finding(check=check, state=State.WRONG, said=said, advice=advice) if said else Finding(check=check)
