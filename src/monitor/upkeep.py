"""Looks after what Monitor itself needs while it runs, and tells the operator what is wrong with it.

Not here: sources and deliveries (pipeline.py), what is told in words (core.notices), and when it is looked at (daemon.py).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from monitor import lock, log
from monitor.core import notices, routes
from monitor.core.notices import Notice
from monitor.core.routes import NewId, Rules
from monitor.service import ServiceManager
from monitor.store.sqlite import SqliteStore

AGAIN = 3600.0
"""Seconds in which the operator is told once at most that the store is in trouble: a disk may be full by moments."""

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
