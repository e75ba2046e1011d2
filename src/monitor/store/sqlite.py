"""The store in one SQLite file: what the pipeline reads and writes, a transaction each.

Not here: what is decided within a transaction (core.decide), what the commands read (ledger.py), the schema
(migrations.py). `synchronous=FULL` throughout: what a caller was told is on the disk.
"""

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from monitor.core.errors import StoreError
from monitor.core.model import Article, Check, Delivery, Known, Outcome, Settled, SourceRecord
from monitor.core.revisions import Decide as Revise
from monitor.core.revisions import Listed, Reread, Revised, Visit
from monitor.core.settings import USUAL_STORIES, Source, StoriesSettings
from monitor.core.websub import Offer, Plan, Subscription
from monitor.core.words import Forms, Key
from monitor.store import (
    VERSION,
    coverage,
    forget,
    history,
    ledger,
    likeness,
    meanwhile,
    outbox,
    polls,
    reserve,
    revisions,
    rows,
    subscriptions,
)
from monitor.store.meanwhile import Meanwhile
from monitor.store.writer import Writer, explained

T = TypeVar("T")
LOOK, LONG_LOOK = 2.0, 20.0
"""Seconds that a start looks whether the database is sound: 250 MB take 1 s when they are in memory already (2026-11-22)."""
QUIET = 600.0
LEAST_WAIT, MOST_WAIT = 5.0, 300.0
"""Seconds: trouble that comes back within the first is looked at again after the second, then twice as long, up to the
third. A single bad page of a disk would else be told, and be over, at every poll that meets it."""
PRAGMAS = (
    "temp_store = MEMORY",  # what is undone or sorted would else lie in $TMPDIR, texts and lists' names in it
    *("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cache_size = -2000"),
    *("wal_autocheckpoint = 4000", "journal_size_limit = 33554432", "secure_delete = ON"),
)
"""What changed is brought from the write-ahead log into the database every 16 MB: beside a million stored articles, indexing
one takes a tenth to a quarter less time than with the usual 4 MB (bench/stories.py, 2026-11-22: 1 150 to 1 220 a second
instead of 930 to 1 050); with 32 MB a tenth less again, but each time twice as much is written at once."""
_NEEDED = ("PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "TMPDIR")  # what a process of our own takes from the environment
NEWEST_COLUMN = "proxy"  # of the table of sources, in the first release
NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)  # the index of the write-ahead log finds no room: an I/O error


class SqliteStore:
    """The Store of one daemon; what each method does is said in ports.py.

    `trouble` is set while the disk is full or fails, the folder cannot be written or is gone, or somebody else holds the
    database: sources are not claimed then. Deliveries are, as long as they can be read; what becomes of them is
    remembered, and written when it can be.
    """

    def __init__(self, path: Path) -> None:
        self._file = _File(path)
        self._writer = Writer(self._file.connect, self._file.is_same)
        self._meanwhile = Meanwhile()
        self.trouble: StoreError | None = None
        self._recovered = -QUIET
        self._wait = self._wait_until = 0.0
        self.missed: set[int] = set()
        """Sources whose check could not be written: polled again as soon as that can be done."""
        self._leases: set[datetime] = (
            set()
        )  # until when sources were claimed, if the claims that failed are there after all

    async def close(self) -> None:
        with suppress(StoreError):
            await self._catch_up()
        await self._writer.close()

    @property
    def unwritten(self) -> int:
        """Of how many deliveries the newest is not written."""
        return len(self._meanwhile)

    async def keep_room(self) -> None:
        """Have some room on the disk in reserve; without, there is trouble from the start."""
        try:
            await asyncio.to_thread(reserve.make, self._file.path.parent)
        except StoreError as error:
            self.trouble = error

    async def _run(self, function: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return await self._writer.run(function)
        except StoreError as error:
            self._note(error)
            raise

    def _note(self, error: StoreError) -> None:
        """That there is trouble, and make room if that is what is wanting."""
        if error.trouble and self.trouble is None:
            self.trouble = error
            soon = time.monotonic() - self._recovered < QUIET
            self._wait = min(max(2 * self._wait, LEAST_WAIT), MOST_WAIT) if soon else 0.0
            self._wait_until = time.monotonic() + self._wait
        if getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF in NO_ROOM:
            reserve.free(self._file.path.parent)

    async def _catch_up(self) -> None:
        """Write what is remembered. Raises StoreError; what could not be written then stays remembered."""
        taken = self._meanwhile.take()
        jobs = [self._run(partial(meanwhile.write, owed)) for owed in taken]
        done = await asyncio.gather(*jobs, return_exceptions=True)
        errors = []
        for owed, result in zip(taken, done, strict=True):
            if isinstance(result, BaseException):
                errors.append(result)
            if isinstance(result, StoreError) and result.trouble:
                self._meanwhile.put_back(owed)
        self._meanwhile.written()
        if errors:
            raise errors[0]

    async def _recover(self, now: datetime) -> None:
        """Look whether the trouble is over: there is room again, and everything that waits is written. What comes back at
        once is left alone for longer each time, and what is damaged for good. Raises StoreError."""
        if self.trouble and (time.monotonic() < self._wait_until or _is_damage(self.trouble.__cause__)):
            raise self.trouble
        await asyncio.to_thread(reserve.make, self._file.path.parent)
        await self._catch_up()
        await self._run(partial(_resume, now, frozenset(self.missed), frozenset(self._leases)))
        self.missed.clear()
        self._leases.clear()
        self.trouble = None
        self._recovered = time.monotonic()

    async def sync_sources(self, sources: Sequence[Source], now: datetime, *, proxied: bool = False) -> None:
        await self._run(partial(polls.sync_sources, sources, now, proxied=proxied))

    async def claim_sources(
        self, now: datetime, *, limit: int, busy: Iterable[int] = (), everyone: bool = False
    ) -> tuple[SourceRecord, ...]:
        if self.trouble is not None:
            await self._recover(now)
        try:
            return await self._run(partial(polls.claim_sources, now, limit, tuple(busy), everyone))
        except StoreError:
            self._leases.add(now + polls.LEASE)
            raise

    async def known(self, source_id: int, keys: Iterable[int], now: datetime) -> Known:
        return await self._run(partial(polls.known, source_id, tuple(keys), now))

    async def articles(self, pages: Iterable[int]) -> Mapping[int, Article]:
        return await self._run(partial(polls.articles, tuple(pages)))

    async def commit(self, check: Check, decide: polls.Decide, about: StoriesSettings = USUAL_STORIES) -> Outcome:
        return await self._run(partial(polls.commit, check, decide, about=about))

    async def listed(self, source_id: int, words: Mapping[int, int]) -> tuple[Listed, ...]:
        return await self._run(partial(revisions.listed, source_id, words))

    async def plan_subscriptions(
        self, plan: Callable[[Sequence[Offer], Sequence[Subscription]], Plan]
    ) -> tuple[Subscription, ...]:
        return await self._run(partial(subscriptions.plan, plan))

    async def subscription(self, token: str) -> Subscription | None:
        return await self._writer.read(partial(subscriptions.one, token))

    async def change_subscription(
        self, token: str, change: Callable[[Subscription], Subscription | None]
    ) -> Subscription | None:
        return await self._run(partial(subscriptions.change, token, change))

    async def pushed(self, token: str, now: datetime, apart: timedelta) -> None:
        await self._run(partial(subscriptions.pushed, token, now, apart))

    async def claim_rereads(self, now: datetime, *, limit: int, busy: Iterable[str] = ()) -> tuple[Reread, ...]:
        return await self._run(partial(revisions.claim, now, limit, tuple(busy)))

    async def revise(self, visit: Visit, decide: Revise, about: StoriesSettings = USUAL_STORIES) -> Revised | None:
        return await self._run(partial(revisions.revise, visit, decide, about))

    async def claim_deliveries(
        self, now: datetime, *, channels: Iterable[str], limit: int, busy: Iterable[str] = (), gather: outbox.Gather
    ) -> tuple[Delivery, ...]:
        channels, busy = tuple(channels), tuple(busy)
        if self.trouble is not None and _is_unsure(self.trouble.__cause__):
            return await self._claim_unwritten(now, channels, limit, busy)
        try:
            await self._catch_up()
            return await self._run(partial(outbox.claim, now, channels, limit, busy, gather))
        except StoreError as error:
            if not error.trouble:
                raise
        return await self._claim_unwritten(now, channels, limit, busy)

    async def _claim_unwritten(
        self, now: datetime, channels: tuple[str, ...], limit: int, busy: tuple[str, ...]
    ) -> tuple[Delivery, ...]:
        """What can be sent while nothing can be written. What is to be gathered into one message waits."""
        found: tuple[Delivery, ...] = ()
        with suppress(StoreError):
            found = await self._writer.read(partial(outbox.due, now, channels, limit, busy, self._meanwhile.ids))
        return self._meanwhile.claim(found, channels, busy, now, limit)

    async def set_back(
        self,
        by: timedelta,
        now: datetime,
        digest_at: Mapping[str, datetime],
        update_interval: timedelta = USUAL_STORIES.update_interval,
    ) -> None:
        await self._run(partial(outbox.set_back, by, now, digest_at, update_interval))

    async def finish(self, delivery: Delivery, settled: Settled) -> None:
        if delivery.id in self._meanwhile:  # what came before is to be written first
            self._meanwhile.keep(delivery, settled)
            return
        try:
            await self._run(partial(outbox.finish, delivery, settled))
        except StoreError as error:
            if not error.trouble:
                raise
            self._meanwhile.keep(delivery, settled)

    async def tell(self, deliveries: Sequence[Delivery]) -> None:
        try:
            await self._run(partial(_queue, tuple(deliveries)))
        except StoreError as error:
            if not error.trouble:
                raise
            self._meanwhile.tell(deliveries)

    async def remind(self, before: datetime, now: datetime, tell: polls.Tell) -> None:
        await self._run(partial(polls.remind, before, now, tell))

    async def enable_channels(self) -> None:
        await self._run(lambda db: db.execute("UPDATE channels SET disabled_at = NULL"))

    async def forms(self, version: str) -> Forms:
        return await self._run(lambda db: ledger.forms(db, version))

    async def keep_forms(self, version: str, forms: Forms) -> None:
        await self._run(partial(ledger.keep_forms, version, forms))

    async def forget_forms(self, words: Collection[Key]) -> None:
        """Forget the forms of all words but these: of those that are not watched any more, and of searched ones."""
        await self._run(partial(forget.keep_forms_of, words))

    async def prune_polls(self, now: datetime) -> None:
        """Forget what polls were answered long ago."""
        await self._run(partial(coverage.prune, now=now))

    async def prune(self, before: datetime) -> int:
        count = 0
        while True:
            some = await self._run(partial(polls.prune, before))
            count += some
            if some < polls.PRUNED:
                return count

    async def forget_copies(self, before: datetime) -> None:
        for step in (partial(likeness.forget, before), likeness.tidy):
            after: int | None = None
            while (after := await self._run(partial(step, after))) is not None:
                pass

    async def rehearse(
        self, check: Check, decide: polls.Decide, about: StoriesSettings = USUAL_STORIES
    ) -> tuple[Outcome, tuple[Delivery, ...]]:
        """Commit the check of a source that there is not, claim what it makes due, and undo all of it."""
        return await self._run(partial(_rehearse, check, decide, about))

    async def remember(self, facts: Mapping[str, str | None]) -> None:
        """Keep single values by name; None forgets one."""
        await self._run(partial(_remember, facts))

    async def fact(self, name: str) -> str | None:
        return await self._writer.read(partial(history.fact, name=name))

    async def lag(self, now: datetime) -> timedelta:
        """For how long the source or delivery that was due first has waited to be begun; those of channels that are held
        or switched off are not due."""
        return await self._writer.read(partial(outbox.lag, now))

    async def stranded(self, channels: Iterable[str]) -> Mapping[str, int]:
        return await self._writer.read(partial(ledger.stranded, channels=frozenset(channels)))

    async def pending(self) -> tuple[int, int]:
        return await self._run(_pending)


def prepare(path: Path) -> None:
    """Make the database, or bring it up to date. Raises StoreError: newer than this program, damaged, not writable."""
    version = _version(path) if path.exists() else None
    if version is not None and version > VERSION:
        raise StoreError(
            f"{path} was written by a newer Monitor (schema {version}, this one knows {VERSION}): "
            "install that version again, or restore the backup from before the update"
        )
    if version is not None:
        _check_sound(path)
    if version == VERSION:
        _check_released(path)
        return
    if version is None:
        _touch(path)
    command = [sys.executable, "-m", "monitor.store.migrations", str(path)]
    env = {name: os.environ[name] for name in _NEEDED if name in os.environ}  # and no secrets
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)  # noqa: S603 (our own module)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["unknown reason"])[-1]
        raise StoreError(f"{path} cannot be made or brought up to date: {reason}; nothing was changed")


def _touch(path: Path) -> None:
    """Make the file for its owner only; what SQLite puts beside it gets the same rights."""
    try:
        path.touch(mode=0o600)
    except OSError as error:
        raise StoreError(f"{path} cannot be made or brought up to date: {error.strerror}") from error


def _check_released(path: Path) -> None:
    """Raises StoreError for a database of before the first release, whose tables were changed without a new version."""
    with closing(sqlite3.connect(path)) as db:
        columns = {row[0] for row in db.execute("SELECT name FROM pragma_table_info('sources')")}
    if NEWEST_COLUMN not in columns:
        raise StoreError(
            f"{path} was made by a Monitor of before the first release, and its tables are not those of this one: move it "
            "away and start again. The configuration stays as it is; what the sources list now is taken as already there"
        )


def _check_sound(path: Path) -> None:
    """Look whether a database is sound, for as long as a start may take: what was checked by then is. Longer if it was not
    closed the last time, which its write-ahead log tells. Raises StoreError."""
    log = path.with_name(f"{path.name}-wal")
    unclean = log.exists() and log.stat().st_size > 0
    until = time.monotonic() + (LONG_LOOK if unclean else LOOK)
    try:
        with closing(sqlite3.connect(path)) as db:
            db.set_progress_handler(lambda: time.monotonic() > until, 10_000)
            (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        if "interrupted" in str(error):
            return
        raise _damaged(path, str(error)) if _is_damage(error) else explained(error) from error
    if verdict != "ok":
        raise _damaged(path, verdict)


def _is_unsure(error: BaseException | None) -> bool:
    """Whether what was not written may be there nevertheless: it was not synced. A claim of messages of that kind would
    count an attempt, and put the next off, each time that it is tried."""
    return getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_IOERR_FSYNC


def _is_damage(error: BaseException | None) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _damaged(path: Path, verdict: str) -> StoreError:
    return StoreError(
        f"{path} is damaged ({' '.join(verdict.split())}), and nothing was changed. Keep it, and put a backup in its place: "
        f"cd {path.parent} && mkdir damaged && mv monitor.db* damaged/ && cp BACKUP monitor.db (and give it to the account "
        "that Monitor runs as). Without a backup, `sqlite3 damaged/monitor.db .recover | sqlite3 monitor.db` saves what "
        "can be read"
    )


def _version(path: Path) -> int:
    try:
        with sqlite3.connect(path) as db:
            (version,) = db.execute("PRAGMA user_version").fetchone()
        db.close()
    except sqlite3.Error as error:
        raise _damaged(path, str(error)) if _is_damage(error) else explained(error) from error
    return int(version)


class _File:
    """The database's file. One that was deleted or moved could still be written, for nobody: so it is looked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: os.stat_result | None = None

    def connect(self) -> sqlite3.Connection:
        if self._known is not None:
            self._look()
        db = connect(self.path)
        self._known = self.path.stat()
        return db

    def is_same(self) -> bool:
        """Whether the file that was opened is still there; False if its disk was taken out and put back."""
        found = self._look()
        return self._known is None or found.st_dev == self._known.st_dev

    def _look(self) -> os.stat_result:
        try:
            found = self.path.stat()
        except OSError as error:
            raise StoreError(
                f"{self.path} is gone ({error.strerror}). Bring the data folder back and Monitor goes on by itself; what "
                "became of the messages that it sends meanwhile is in its memory only",
                trouble=True,
            ) from error
        if self._known is not None and found.st_ino != self._known.st_ino:
            raise StoreError(
                f"{self.path} is another file than the one that was opened: start Monitor again to work with it",
                trouble=True,
            )
        return found


def connect(path: Path) -> sqlite3.Connection:
    """A connection to a database that stands already."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    db = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=10)
    db.row_factory = sqlite3.Row
    for pragma in PRAGMAS:
        db.execute(f"PRAGMA {pragma}")
    return db


def _resume(now: datetime, missed: frozenset[int], leases: frozenset[datetime], db: sqlite3.Connection) -> None:
    """Note that there was trouble, which also shows whether something can be written; poll what was missed."""
    at = rows.stamp(now)
    db.execute("INSERT OR REPLACE INTO facts (name, value) VALUES ('store_recovered', ?)", (at,))
    query = """UPDATE sources SET next_poll_at = ? WHERE active AND (id IN (SELECT value FROM json_each(?))
               OR next_poll_at IN (SELECT value FROM json_each(?)))"""
    db.execute(query, (at, json.dumps(sorted(missed)), json.dumps([rows.stamp(each) for each in leases])))


def _rehearse(
    check: Check, decide: polls.Decide, about: StoriesSettings, db: sqlite3.Connection
) -> tuple[Outcome, tuple[Delivery, ...]]:
    db.execute("SAVEPOINT rehearsal")
    try:
        db.execute(
            "INSERT INTO sources (id, name, url, kind, next_poll_at) VALUES (?, ?, ?, ?, ?)",
            (check.record.id, check.source.name, check.source.url, check.source.kind, rows.stamp(check.at)),
        )
        outcome = polls.commit(check, decide, db, about)
        channels = tuple({delivery.channel for delivery in outcome.deliveries})
        return outcome, outbox.due(check.at, channels, len(outcome.deliveries), (), (), db)
    finally:
        if db.in_transaction:  # else SQLite has undone everything by itself, and says why
            db.execute("ROLLBACK TO rehearsal")
            db.execute("RELEASE rehearsal")


def _remember(facts: Mapping[str, str | None], db: sqlite3.Connection) -> None:
    for name, value in facts.items():
        polls.write_fact(db, name, value)


def _queue(deliveries: tuple[Delivery, ...], db: sqlite3.Connection) -> None:
    for delivery in deliveries:
        outbox.insert(db, delivery)


def _pending(db: sqlite3.Connection) -> tuple[int, int]:
    (sources,) = db.execute("SELECT count(*) FROM sources WHERE active").fetchone()
    (deliveries,) = db.execute("SELECT count(*) FROM deliveries WHERE state = 'pending'").fetchone()
    return sources, deliveries
