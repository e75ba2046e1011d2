"""The store in one SQLite file: what the pipeline reads and writes, a transaction each.

Not here: what is decided within a transaction (core.decide), what the commands read (ledger.py), the schema
(migrations.py). `synchronous=FULL` throughout: what a caller was told is on the disk.
"""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from monitor.core.errors import StoreError
from monitor.core.model import Article, Check, Delivery, Known, Outcome, Settled, SourceRecord
from monitor.core.settings import Source
from monitor.core.words import Forms
from monitor.store import VERSION, ledger, outbox, polls
from monitor.store.writer import Writer, explained


class SqliteStore:
    """The Store of one daemon; what each method does is said in ports.py."""

    def __init__(self, path: Path) -> None:
        self._writer = Writer(partial(connect, path))

    async def close(self) -> None:
        await self._writer.close()

    async def sync_sources(self, sources: Sequence[Source], now: datetime) -> None:
        await self._writer.run(partial(polls.sync_sources, sources, now))

    async def claim_sources(
        self, now: datetime, *, limit: int, busy: Iterable[int] = (), everyone: bool = False
    ) -> tuple[SourceRecord, ...]:
        return await self._writer.run(partial(polls.claim_sources, now, limit, tuple(busy), everyone))

    async def known(self, source_id: int, keys: Iterable[int], now: datetime) -> Known:
        return await self._writer.run(partial(polls.known, source_id, tuple(keys), now))

    async def articles(self, pages: Iterable[int]) -> Mapping[int, Article]:
        return await self._writer.run(partial(polls.articles, tuple(pages)))

    async def commit(self, check: Check, decide: polls.Decide) -> Outcome:
        return await self._writer.run(partial(polls.commit, check, decide))

    async def claim_deliveries(
        self, now: datetime, *, channels: Iterable[str], limit: int, busy: Iterable[str] = (), gather: outbox.Gather
    ) -> tuple[Delivery, ...]:
        return await self._writer.run(partial(outbox.claim, now, tuple(channels), limit, tuple(busy), gather))

    async def finish(self, delivery: Delivery, settled: Settled) -> None:
        await self._writer.run(partial(outbox.finish, delivery, settled))

    async def tell(self, deliveries: Sequence[Delivery]) -> None:
        await self._writer.run(partial(_queue, tuple(deliveries)))

    async def enable_channels(self) -> None:
        await self._writer.run(lambda db: db.execute("UPDATE channels SET disabled_at = NULL"))

    async def forms(self, version: str) -> Forms:
        return await self._writer.run(lambda db: ledger.forms(db, version))

    async def keep_forms(self, version: str, forms: Forms) -> None:
        await self._writer.run(partial(_keep_forms, version, forms))

    async def prune(self, before: datetime) -> int:
        count = 0
        while True:
            some = await self._writer.run(partial(polls.prune, before))
            count += some
            if some < polls.PRUNED:
                return count

    async def pending(self) -> tuple[int, int]:
        return await self._writer.run(_pending)


def prepare(path: Path) -> None:
    """Make the database, or bring it up to date. Raises StoreError: newer than this program, damaged, not writable."""
    version = _version(path) if path.exists() else None
    if version is not None and version > VERSION:
        raise StoreError(
            f"{path} was written by a newer Monitor (schema {version}, this one knows {VERSION}): "
            "install that version again, or restore the backup from before the update"
        )
    if version == VERSION:
        return
    command = [sys.executable, "-m", "monitor.store.migrations", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own module)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["unknown reason"])[-1]
        raise StoreError(f"{path} cannot be made or brought up to date: {reason}")


def _version(path: Path) -> int:
    try:
        with sqlite3.connect(path) as db:
            (version,) = db.execute("PRAGMA user_version").fetchone()
        db.close()
    except sqlite3.Error as error:
        raise explained(error) from error
    return int(version)


def connect(path: Path) -> sqlite3.Connection:
    """A connection to a database that stands already."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    db = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=10)
    db.row_factory = sqlite3.Row
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cache_size = -2000"):
        db.execute(f"PRAGMA {pragma}")
    return db


def _keep_forms(version: str, forms: Forms, db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM forms WHERE version <> ?", (version,))
    db.executemany(
        "INSERT OR REPLACE INTO forms (version, language, word, mark, forms) VALUES (?, ?, ?, ?, ?)",
        [(version, *key, json.dumps(sorted(found), ensure_ascii=False)) for key, found in forms.items()],
    )


def _queue(deliveries: tuple[Delivery, ...], db: sqlite3.Connection) -> None:
    for delivery in deliveries:
        outbox.insert(db, delivery)


def _pending(db: sqlite3.Connection) -> tuple[int, int]:
    (sources,) = db.execute("SELECT count(*) FROM sources WHERE active").fetchone()
    (deliveries,) = db.execute("SELECT count(*) FROM deliveries WHERE state = 'pending'").fetchone()
    return sources, deliveries
