"""Looks after what Monitor itself needs while it runs, and tells the operator what is wrong with it.

Not here: sources and deliveries (pipeline.py), what is told in words (core.notices), and when it is looked at (daemon.py).
"""

import asyncio
import dataclasses
import json
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from monitor import lock, log
from monitor.core import backups, confinement, feeds, notices, routes, timing
from monitor.core.errors import FetchError, ParseError, SandboxError, StoreError
from monitor.core.health import REMINDED
from monitor.core.model import Delivery, SourceRecord
from monitor.core.notices import Notice
from monitor.core.routes import NewId, Rules
from monitor.core.settings import BackupSettings, Config, HeartbeatSettings, SourceKind
from monitor.ports import Post
from monitor.sandbox import Sandbox
from monitor.service import ServiceManager
from monitor.store import ledger, rows
from monitor.store.sqlite import SqliteStore

AGAIN = 3600.0
"""Seconds in which the operator is told once at most that the store is in trouble: a disk may be full by moments."""
BACKUP_AGAIN = 3600.0
"""Seconds until a backup that failed is tried again."""
TIDY = time(3, 30)
TIDY_AGAIN = 3600.0
"""Seconds until what is old is looked for again after that failed."""
STEADY, STEP = 600.0, 60.0
"""What is old is deleted only after the clock has run for so many seconds without a step of more than so many: by one that
is a year ahead for a minute, everything would be old."""
LATE = timedelta(minutes=30)
"""What was due for so long and is not begun says that something hangs."""
PING_SECONDS = 20.0
START_SECONDS = 20.0
TRIAL = b"<rss version='2.0'><channel><item><title>Trial</title></item></channel></rss>"
CANARY, CANARY_AGAIN = 3600.0, 60.0
"""Seconds between two canaries, and after one that did not arrive."""

_log = log.get_logger()


@dataclass(kw_only=True, slots=True)
class Upkeep:
    """What was said of the store: since when it is in trouble, whether the operator was told of it, and when last (by a
    clock that does not jump)."""

    store: SqliteStore
    new_id: NewId
    manager: ServiceManager
    held: IO[str]
    since: datetime | None = None
    told: bool = False
    told_at: float = -math.inf
    backup_at: float = -math.inf  # when one may be tried again
    backup_failed: bool = False
    tidy_at: float = -math.inf  # when it may be tried again
    looked: tuple[datetime, float] | None = None  # what the clock showed the last time, and the one that does not jump
    steady_since: float = math.inf  # since when the two agree
    stopping: threading.Event = field(default_factory=threading.Event)
    progress: int = 0  # of the daemon, at the last heartbeat
    canary: str = "none was sent yet"  # why the last one did not arrive; empty if it did
    canary_at: float = -math.inf  # when the last one arrived
    silent: str = ""  # why the last heartbeat was not sent, or not answered

    async def tell(self, notice: Notice, rules: Rules, now: datetime) -> None:
        await self.store.tell(routes.tell(notice, rules, now, self.new_id))


async def follow_store(upkeep: Upkeep, rules: Callable[[datetime], Rules], now: datetime, at: float, well: str) -> None:
    """Say once that the store is in trouble, and once that it is not: log, status, service manager (which is told `well`
    afterwards), a message to the operator. `at` is a time in seconds that does not jump."""
    trouble = upkeep.store.trouble
    if trouble is not None and upkeep.since is None:
        upkeep.since, upkeep.told = now, at - upkeep.told_at >= AGAIN
        _log.error("polling pauses, delivering goes on where it can: {error}", error=str(trouble))
        upkeep.manager.status(f"nothing can be stored, polling pauses: {trouble}")
        lock.note(upkeep.held, f"since {now:%Y-%m-%d %H:%M} UTC nothing can be stored, polling pauses: {trouble}")
        if upkeep.told:
            upkeep.told_at = at
            await upkeep.tell(notices.store_failing(str(trouble), now), rules(now), now)
    elif trouble is None and upkeep.since is not None:
        since, upkeep.since = upkeep.since, None
        _log.info("the data can be stored again; polling goes on")
        upkeep.manager.status(well)
        lock.note(upkeep.held, "")
        if upkeep.told:
            await upkeep.tell(notices.store_recovered(since), rules(now), now)


# Backups


async def back_up(
    upkeep: Upkeep, settings: BackupSettings, database: Path, timezone: ZoneInfo, rules: Rules, now: datetime, at: float
) -> None:
    """Make the backup that is due, if there is one, and delete the oldest. The copying is done in a thread of its own."""
    name = backups.due(now, settings.at, timezone)
    if at < upkeep.backup_at or (settings.folder / name).exists():
        return
    try:
        await asyncio.to_thread(_back_up, database, settings, name, upkeep.stopping)
    except (StoreError, OSError) as error:
        upkeep.backup_at = at + BACKUP_AGAIN
        if not upkeep.backup_failed:
            upkeep.backup_failed = True
            _log.error("the scheduled backup could not be written: {error}", error=str(error))
            await upkeep.store.remember({"backup_failed_at": rows.stamp(now), "backup_failed": str(error)})
            await upkeep.tell(notices.backup_failed(str(error), now), rules, now)
        return
    upkeep.backup_failed = False
    _log.info("backup {name} is made and verified", name=name)
    facts = {
        "backup_at": rows.stamp(now),
        "backup": str(settings.folder / name),
        "backup_failed_at": None,
        "backup_failed": None,
    }
    await upkeep.store.remember(facts)


# What is old


async def tidy(upkeep: Upkeep, settings: Config, rules: Rules, now: datetime, at: float) -> None:
    """Delete what is old, and tell again of sources that are gone, which no poll does: once a day, and if Monitor did not
    run then, as soon as it has run for a while."""
    if _steady(upkeep, now, at) < STEADY or at < upkeep.tidy_at:
        return
    store, timezone = upkeep.store, ZoneInfo(settings.daemon.timezone)

    def told(record: SourceRecord) -> tuple[Delivery, ...]:
        return routes.tell(notices.still_gone(record, now), rules, now, upkeep.new_id)

    try:
        if not timing.is_due_daily(rows.maybe_moment(await store.fact("tidied_at")), TIDY, now, timezone):
            return
        upkeep.tidy_at = at + TIDY_AGAIN
        await store.remind(now - REMINDED, now, told)
        count = await store.prune(now - settings.daemon.retention)
        await store.prune_polls(now)
        await store.forget_copies(now - settings.stories.copy_window)
        await store.remember({"tidied_at": rows.stamp(now)})
    except StoreError as error:
        _log.error("old articles could not be deleted: {error}", error=str(error))
    else:
        _log.info("deleted {count} articles without hits, older than the retention", count=count)


def _steady(upkeep: Upkeep, now: datetime, at: float) -> float:
    """For how many seconds the clock has not been set, and the machine has not slept."""
    before, then = upkeep.looked or (now, at)
    upkeep.looked = (now, at)
    if abs((now - before).total_seconds() - (at - then)) > STEP or math.isinf(upkeep.steady_since):
        upkeep.steady_since = at
    return at - upkeep.steady_since


async def note_confinement(sandbox: Sandbox, store: SqliteStore) -> None:
    """Write down what children may not do on this machine, and log what they may do although they should not, or if they
    cannot even read what they need themselves.

    Raises StoreError if the store fails.
    """
    try:
        found = await sandbox.confinement()
        await sandbox.call(feeds.read, TRIAL, url="", headers={}, kind=SourceKind.FEED, deadline=START_SECONDS)
    except (SandboxError, ParseError) as error:
        _log.error("nothing can be parsed: {error}", error=str(error))
        return
    for text in confinement.lacking(found):
        _log.warning("children that parse pages are not fully shut in: {what}", what=text)
    await store.remember({"confinement": json.dumps(dataclasses.asdict(found))})


def _back_up(database: Path, settings: BackupSettings, name: str, stopping: threading.Event) -> None:
    settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (settings.folder / f"{name}.part").unlink(missing_ok=True)  # of one that was broken off: there is one daemon only

    def going_on() -> None:
        if stopping.is_set():
            raise StoreError("Monitor was stopped while it was copied")

    ledger.backup(database, settings.folder / name, going_on)
    for each in backups.old((file.name for file in settings.folder.iterdir()), name, settings.keep):
        (settings.folder / each).unlink()


# The heartbeat


async def beat(
    upkeep: Upkeep, settings: HeartbeatSettings, post: Post, progress: int, now: datetime, at: float
) -> None:
    """Tell the heartbeat's address that everything makes progress, if that is so; say once in the log if it is not."""
    silent = await _stuck(upkeep, progress, now)
    if settings.canary and not silent:
        silent = _no_canary(upkeep, at)
    silent = silent or await _ping(settings, post)
    upkeep.progress = progress
    if silent and not upkeep.silent:
        _log.warning("no heartbeat: {reason}", reason=silent)
    elif upkeep.silent and not silent:
        _log.info("the heartbeat is heard again")
    upkeep.silent = silent


async def _stuck(upkeep: Upkeep, progress: int, now: datetime) -> str:
    """What keeps sources from being polled, or messages from being sent; empty if nothing does."""
    if upkeep.store.trouble:
        return "nothing can be stored"
    if progress == upkeep.progress:
        return "nothing was begun since the last one"
    try:
        late = await upkeep.store.lag(now)
    except StoreError:
        return "the database cannot be read"
    return f"something has been due for {late.seconds // 60} minutes" if late > LATE else ""


def _no_canary(upkeep: Upkeep, at: float) -> str:
    if upkeep.canary:
        return f"no canary arrives: {upkeep.canary}"
    return "no canary has arrived for two hours" if at - upkeep.canary_at > 2 * CANARY else ""


def heard(upkeep: Upkeep, trouble: str, at: float) -> float:
    """Note that a canary arrived, or what became of it; returns how many seconds later the next is to be sent."""
    upkeep.canary = trouble
    if trouble:
        return CANARY_AGAIN
    upkeep.canary_at = at
    return CANARY


async def _ping(settings: HeartbeatSettings, post: Post) -> str:
    """Why it was not heard; empty if it was."""
    try:
        answer = await post(settings.url.value, b"", {}, min(PING_SECONDS, settings.interval.total_seconds()))
    except FetchError as error:
        return f"its address could not be asked ({error.fault})"  # not the words: the address may be a secret
    return "" if 200 <= answer.status < 300 else f"its address answered {answer.status}"
