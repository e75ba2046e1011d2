"""What is remembered of deliveries while nothing can be written: attempts, their results, and messages that are not stored.

A message that was sent while the disk was full is not sent again when there is room; its attempts wait as long between them
as they would otherwise. What is in here is lost if the process is killed: then a message may be sent again, under the
same id. Not here: how deliveries are stored (outbox.py), and how it is found out that nothing can be written (sqlite.py).
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.core.model import Delivery, DeliveryState, Settled
from monitor.store import outbox, rows

MOST = 5_000
"""So many deliveries are remembered at most; then sending waits, too. Each takes 1 kB once it is delivered."""


@dataclass(slots=True)
class Owed:
    """A delivery whose row is not up to date: as it is now, whether there is a row at all, and what is to be written."""

    delivery: Delivery
    stored: bool = True
    results: list[tuple[Delivery, Settled]] = field(default_factory=list)


class Meanwhile:
    """The deliveries that are ahead of their rows, by id."""

    def __init__(self) -> None:
        self._owed: dict[str, Owed] = {}
        self._taken: frozenset[str] = frozenset()

    def __contains__(self, id_: str) -> bool:
        return id_ in self._owed or id_ in self._taken

    def __len__(self) -> int:
        return len(self._owed)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(self._owed)

    def tell(self, deliveries: Iterable[Delivery]) -> None:
        """Remember messages that could not be stored."""
        for delivery in deliveries:
            self._owed[delivery.id] = Owed(delivery, stored=False)

    def keep(self, delivery: Delivery, settled: Settled) -> None:
        """Remember what became of an attempt."""
        owed = self._owed.setdefault(delivery.id, Owed(delivery))
        owed.delivery = replace(delivery, state=settled.state, next_at=settled.next_at, failures=delivery.failures + 1)
        if settled.state is not DeliveryState.PENDING and owed.stored:
            delivery = owed.delivery = replace(owed.delivery, event={})  # it is never read again, and may be large
        owed.results.append((delivery, settled))

    def claim(
        self, stored: Iterable[Delivery], channels: Iterable[str], busy: Iterable[str], now: datetime, limit: int
    ) -> tuple[Delivery, ...]:
        """Of what is due here, and of what the store says is due, as many as may be sent now, each with its attempt
        counted. Those of a channel that asked for a pause, or that is gone, wait."""
        usable, out = set(channels) - self._stopped(now), set(busy)
        due = [
            owed.delivery
            for id_, owed in self._owed.items()
            if owed.delivery.state is DeliveryState.PENDING and owed.delivery.next_at <= now and id_ not in out
        ]
        share: dict[str, int] = {}
        chosen: list[Delivery] = []
        for each in (*due, *stored):
            taken = share.get(each.channel, 0)
            if each.channel in usable and taken < outbox.SHARED and len(chosen) < min(limit, MOST - len(self)):
                share[each.channel] = taken + 1
                chosen.append(each)
        return tuple(self._attempted(each, now) for each in chosen)

    def _attempted(self, delivery: Delivery, now: datetime) -> Delivery:
        claimed = outbox.attempted(delivery, now)
        self._owed.setdefault(delivery.id, Owed(claimed)).delivery = claimed
        return claimed

    def _stopped(self, now: datetime) -> set[str]:
        """The channels that said in the meantime that they want to be left alone."""
        return {
            delivery.channel
            for owed in self._owed.values()
            for delivery, settled in owed.results
            if settled.disabled or (settled.hold_until and settled.hold_until > now)
        }

    def take(self) -> tuple[Owed, ...]:
        """Everything, to be written; what cannot be is put back, then `written` is called."""
        taken, self._owed = tuple(self._owed.values()), {}
        self._taken = frozenset(owed.delivery.id for owed in taken)
        return taken

    def written(self) -> None:
        self._taken = frozenset()

    def put_back(self, owed: Owed) -> None:
        later = self._owed.get(owed.delivery.id)
        if later is not None:  # an attempt ended while the others were to be written
            owed.delivery, owed.results = later.delivery, [*owed.results, *later.results]
        self._owed[owed.delivery.id] = owed


def write(owed: Owed, db: sqlite3.Connection) -> None:
    """Bring the row of a delivery up to date. Some of it may be there: what failed to be synced may have been written."""
    if not owed.stored and not db.execute("SELECT 1 FROM deliveries WHERE id = ?", (owed.delivery.id,)).fetchone():
        outbox.insert(db, owed.delivery)
    db.execute(
        """UPDATE deliveries SET attempts = max(attempts, ?),
           next_at = CASE WHEN state = 'pending' THEN ? ELSE next_at END WHERE id = ?""",
        (owed.delivery.attempts, rows.stamp(owed.delivery.next_at), owed.delivery.id),
    )
    known = "SELECT 1 FROM attempts WHERE delivery_id = ? AND at = ? AND outcome = ?"
    for delivery, settled in owed.results:
        attempt = settled.attempt
        if not db.execute(known, (delivery.id, rows.stamp(attempt.at), attempt.outcome)).fetchone():
            outbox.finish(delivery, settled, db)
