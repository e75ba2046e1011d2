"""What is made of instants that were kept while the clock ran ahead."""

from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import pytest

from monitor.core import clocks
from monitor.core.model import SourceRecord
from support.build import DAY, HOUR, MINUTE, NOW, record

YEARS = 1500 * DAY


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (None, True),
        (NOW, True),
        (NOW - YEARS, True),
        (NOW + MINUTE, False),
        (NOW + HOUR, False),
        (NOW + HOUR + MINUTE, True),
        (NOW + YEARS, True),
    ],
)
def test_what_waits_for_longer_than_it_may_is_due(at: datetime | None, due: bool) -> None:
    assert clocks.is_due(at, NOW, HOUR) is due


@pytest.mark.parametrize("name", clocks.HAPPENED)
@pytest.mark.parametrize(("ago", "kept"), [(-YEARS, timedelta()), (-MINUTE, timedelta()), (MINUTE, MINUTE)])
def test_nothing_happened_later_than_now(name: str, ago: timedelta, kept: timedelta) -> None:
    before = record(**{name: NOW - ago})
    assert clocks.put_right(before, NOW) == record(**{name: NOW - kept})


def test_every_moment_of_a_record_is_put_right_or_is_a_turn() -> None:
    moments = {each.name for each in fields(SourceRecord) if "datetime" in str(each.type)}
    assert moments - set(clocks.HAPPENED) == {"next_poll_at", "not_before", "pushed_until"}


@pytest.mark.parametrize(("ahead", "kept"), [(30 * DAY, True), (31 * DAY, False)])
def test_no_hub_promises_for_longer_than_a_lease(ahead: timedelta, kept: bool) -> None:
    put = clocks.put_right(record(pushed_until=NOW + ahead), NOW)
    assert put.pushed_until == (NOW + ahead if kept else None)


@pytest.mark.parametrize(
    ("rhythm", "put"),
    [
        ("", ""),
        ("2026-11-21:3 0 5", "2026-11-21:3 0 5"),
        ("2026-11-22:3 0 5", "2026-11-22:3 0 5"),
        ("2026-11-24:1 2 4 8 16", "2026-11-22:7 8 16"),
        ("2030-01-01:3 0 0", "2026-11-22:3"),
    ],
)
def test_days_that_are_to_come_are_today(rhythm: str, put: str) -> None:
    assert clocks.put_right(record(rhythm=rhythm), NOW).rhythm == put


def test_a_record_in_order_stays_as_it_is() -> None:
    whole: dict[str, Any] = dict.fromkeys(clocks.HAPPENED, NOW - HOUR)
    assert clocks.put_right(record(**whole), NOW) == record(**whole)
