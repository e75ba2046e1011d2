"""Which backup is due, and which are old."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from monitor.core.backups import due, old

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("now", "name"),
    [
        ("2026-11-22T03:00:00+01:00", "monitor-2026-11-22.db"),
        ("2026-11-22T02:59:59+01:00", "monitor-2026-11-21.db"),
        ("2026-11-22T22:59:59+00:00", "monitor-2026-11-22.db"),
        ("2026-11-23T01:59:00+00:00", "monitor-2026-11-22.db"),
        ("2026-03-29T01:00:00+00:00", "monitor-2026-03-29.db"),  # the clock went from 02:00 to 03:00
        ("2026-01-01T00:00:00+01:00", "monitor-2025-12-31.db"),
    ],
)
def test_a_backup_is_due_from_its_time_on(now: str, name: str) -> None:
    assert due(datetime.fromisoformat(now), time(3), PARIS) == name


DAYS = [f"monitor-2026-11-{day}.db" for day in (19, 20, 21, 22)]


@pytest.mark.parametrize(
    ("names", "made", "keep", "gone"),
    [
        (DAYS, DAYS[3], 3, DAYS[:1]),
        (DAYS, DAYS[3], 1, DAYS[2::-1]),
        (DAYS, DAYS[3], 9, []),
        (DAYS, DAYS[0], 2, [DAYS[2], DAYS[1]]),  # the clock was wrong when the newest was made
        (["monitor.db", "monitor-2026-11-22.db.part", "notes", *DAYS], DAYS[3], 4, []),
    ],
)
def test_the_newest_are_kept_and_what_is_not_ours_is_left_alone(
    names: list[str], made: str, keep: int, gone: list[str]
) -> None:
    assert list(old(names, made, keep)) == gone
