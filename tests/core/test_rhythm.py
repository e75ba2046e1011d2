"""When a source's silence is against its rhythm: years of simulated sources, none of which ever fails until it ends."""

import math
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.core import rhythm

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
YEAR = 365
HOLIDAYS = {(1, 1), (4, 3), (4, 6), (5, 1), (5, 8), (5, 14), (5, 25), (7, 14), (8, 15), (11, 1), (11, 11)}
HOLIDAYS |= {(12, 24), (12, 25), (12, 26)}

Outlet = Callable[[date], int]
"""How many new entries there are on a day."""


def poisson(chance: random.Random, mean: float) -> int:
    count, product = 0, chance.random()
    while product > math.exp(-mean):
        count, product = count + 1, product * chance.random()
    return count


def steady(chance: random.Random) -> Outlet:
    mean = chance.choice([2, 4, 10, 30])
    return lambda _: poisson(chance, mean)


def sparse(chance: random.Random) -> Outlet:
    mean = chance.choice([0.3, 0.5, 1.0, 1.5])
    return lambda _: poisson(chance, mean)


def working_days(chance: random.Random) -> Outlet:
    return lambda day: poisson(chance, 8) if day.weekday() < 5 else 0


def holidays(chance: random.Random) -> Outlet:
    return lambda day: poisson(chance, 8) if day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS else 0


def bursty(chance: random.Random) -> Outlet:
    left = [0, 0]

    def count(_: date) -> int:
        if left == [0, 0]:
            left[:] = [chance.randint(1, 6), chance.randint(2, 12)]
        phase = 0 if left[0] else 1
        left[phase] -= 1
        return 0 if phase else 1 + poisson(chance, 5)

    return count


def weekly(chance: random.Random) -> Outlet:
    weekday = chance.randrange(5)
    return lambda day: 2 if day.weekday() == weekday else 0


def monthly(chance: random.Random) -> Outlet:
    number = chance.randint(1, 28)
    return lambda day: 5 if day.day == number else 0


def alarms(outlet: Outlet) -> tuple[int, str]:
    """How often it is taken for stale within a year, and its rhythm then."""
    count, told, kept = 0, False, rhythm.begun(START)
    for number in range(YEAR):
        now = START + timedelta(days=number)
        broken = rhythm.is_broken(kept, now)
        count, told = count + (broken and not told), told or broken
        if fresh := outlet(now.date()):
            kept, told = rhythm.add(kept, now, fresh), False
    return count, kept


def noticed(kept: str) -> int | None:
    """After how many days it is taken for stale when it ends."""
    end = START + timedelta(days=YEAR)
    return next((number for number in range(120) if rhythm.is_broken(kept, end + timedelta(days=number))), None)


@pytest.mark.parametrize(
    ("kind", "most", "median"),
    [
        (steady, 0.03, 3),
        (sparse, 0.08, 12),
        (working_days, 0.0, 5),
        (holidays, 0.03, 9),
        (bursty, 0.08, 21),
        (weekly, 0.0, 40),
        (monthly, 0.0, None),
    ],
)
def test_false_alarms_are_rare_and_the_end_is_noticed(
    kind: Callable[[random.Random], Outlet], most: float, median: int | None
) -> None:
    years = [alarms(kind(random.Random(seed))) for seed in range(200)]
    ends = [noticed(kept) for _, kept in years]

    assert sum(count for count, _ in years) / len(years) <= most
    if median is None:
        assert set(ends) == {None}
    else:
        assert abs(sorted(end or 999 for end in ends)[len(ends) // 2] - median) <= 2


def test_nothing_is_known_of_a_new_source() -> None:
    young = rhythm.begun(START)
    for number in range(1, 8):
        young = rhythm.add(young, START + timedelta(days=number), 5)

    assert not rhythm.is_broken(young, START + timedelta(days=100))
    assert not rhythm.is_broken("", START)


def test_days_are_counted_back_from_the_last_one_with_news_for_eight_weeks() -> None:
    kept = rhythm.add("", START, 2)
    same = rhythm.add(kept, START + timedelta(hours=3), 1)
    back = rhythm.add(same, START - timedelta(days=1), 1)
    later = rhythm.add(back, START + timedelta(days=3), 7)

    assert (kept, same, back) == ("2026-01-01:2", "2026-01-01:3", "2026-01-01:4")
    assert later == "2026-01-04:7 0 0 4"
    assert len(rhythm.add(later, START + timedelta(days=900), 1).split()) == rhythm.KEPT


@pytest.mark.parametrize(
    ("kept", "said"), [("2026-01-09:" + "1 " * 14, "every day"), ("2026-01-09:1 0 0 1 0 0 0", "on 2 days of a week")]
)
def test_the_rhythm_in_words(kept: str, said: str) -> None:
    assert rhythm.usual_days(kept) == f"it usually does so {said}"
