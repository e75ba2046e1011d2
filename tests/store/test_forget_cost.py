"""What forgetting costs. That nothing is left is tested from outside (cli/test_prune.py)."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from monitor import lock
from monitor.core.model import Match
from monitor.store import forget, ledger
from support.build import match
from support.stored import Stored

ORDER = forget.Order(watchlist="wolves")


@contextmanager
def counted(db: sqlite3.Connection) -> Iterator[list[int]]:
    """How many hundreds of steps SQLite takes."""
    steps = [0]

    def step() -> int:
        steps[0] += 1
        return 0

    db.set_progress_handler(step, 100)
    yield steps
    db.set_progress_handler(None, 0)


def test_what_it_costs_grows_with_how_much_there_is_and_not_with_its_square(
    tmp_path: Path, empty_database: Path
) -> None:
    """An archive of years has a hundred thousand alerts of a list."""
    stored, costs, letters = Stored.at(tmp_path / lock.DATABASE, empty_database), [], "abcdefghijklmnopqrstuvwxyz"
    hit: Match = match()
    for size in (1, 2, 4):
        for one in range(40 * max(1, size // 2)):
            word = letters[size] + letters[one % 26] + letters[one // 26]
            stored.publish(f"{word}k {word}m {word}s", hit, text=f"{word}r {word}t {word}v.")
        with ledger.reading(stored.path) as db, counted(db) as steps:
            assert forget.count(db, ORDER) == {"articles": 40 * size, "shared": 0, "alerts": 40 * size}
        costs.append(steps[0])
    assert costs[2] < 2.5 * costs[1] < 2.5 * 2.5 * costs[0]
