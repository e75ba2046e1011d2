"""Polling has no pattern: waits differ, and polls come at any second of the minute."""

import itertools
import random
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.core import polling
from monitor.core.model import SourceRecord
from support.build import DAY, HOUR, MINUTE, NOW, record, source

POLLS = 6000


def polls(state: SourceRecord, seed: int) -> list[datetime]:
    """The times of many polls of a quiet source."""
    jitter, now, times = random.Random(seed), NOW, []
    for _ in range(POLLS):
        now = polling.next_poll(source(interval=15 * MINUTE), state, now, jitter.uniform(-1, 1))
        times.append(now)
    return times


@pytest.mark.parametrize(
    ("state", "shortest", "longest"),
    [
        (record(), 13.5 * MINUTE, 15 * MINUTE),  # nothing new for long
        (record(failures=3), 40.5 * MINUTE, 49.5 * MINUTE),
    ],
)
def test_waits_are_spread_and_none_is_usual(state: SourceRecord, shortest: timedelta, longest: timedelta) -> None:
    times = polls(state, 7)
    waits = [after - before for before, after in itertools.pairwise(times)]
    assert shortest <= min(waits)
    assert max(waits) <= longest
    tenths = Counter(int(10 * ((wait - shortest) / (longest - shortest))) for wait in waits)
    assert all(abs(tenths[tenth] - POLLS / 10) < POLLS / 40 for tenth in range(10)), tenths
    assert max(Counter(waits).values()) < 3  # least of all the interval itself


def test_polls_come_at_any_second_of_the_minute() -> None:
    seconds = Counter(time.second for time in polls(record(), 8))
    assert all(abs(seconds[second] - POLLS / 60) < POLLS / 100 for second in range(60)), seconds


@pytest.mark.parametrize("jitter", [-1.0, -0.5, 0.0, 0.5, 1.0])
def test_a_source_that_often_has_news_waits_at_least_its_shortest_wait(jitter: float) -> None:
    often = record(last_new_at=NOW)
    wait = polling.next_poll(source(interval=HOUR, min_interval=2 * MINUTE), often, NOW, jitter) - NOW
    assert wait == 2 * MINUTE * (1 + polling.JITTER * abs(jitter))


@pytest.mark.parametrize("jitter", [-1.0, 0.0, 1.0])
def test_where_there_is_no_room_there_is_no_jitter(jitter: float) -> None:
    fixed = source(interval=HOUR, min_interval=HOUR)
    assert polling.next_poll(fixed, record(last_new_at=NOW - DAY), NOW, jitter) == NOW + HOUR


def test_the_end_of_hours_in_which_nobody_is_to_read_is_no_moment_either() -> None:
    state = record(skips="12 13 14 15/")
    long = source(interval=DAY, min_interval=2 * MINUTE)
    ends = [polling.next_poll(long, replace(state, last_new_at=NOW), NOW, jitter / 10) for jitter in range(11)]
    assert ends[0] == NOW.replace(hour=16)
    assert len(set(ends)) == 11
    assert max(ends) <= ends[0] + DAY / 10
