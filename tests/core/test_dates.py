from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.dates import parse

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22T12:00:00Z",
        "2026-11-22T12:00:00.000000000Z",
        "2026-11-22t13:00+01:00",
        "2026-11-22 15:00:00 +0300",
        "2026-11-22T07:00:00-05:00Z",
        "20261122T120000Z",
        "Sun, 22 Nov 2026 12:00:00 +0000",
        "22 Nov 2026 12:00:00 GMT",
        "Sun, 22 Nov 2026 07:00:00 -0500",
        "Sun, 22 Nov 2026 07:00 EST",
        "Sun, 22 Nov 2026 15:00:00 MSK",
        "Sun, 22 Nov 26 12:00:00 XYZ",
        "Sun, 22 November 2026 12:00:00 +9999",
        "Sun Nov 22 12:00:00 2026",
        "Sun Nov 22 2026 12:00:00 GMT+0000 (Coordinated Universal Time)",
        "Sun, 22 Nov 2026 05:00:00 GMT-07:00",
        "Sunday, November 22, 2026 - 12:00pm",
        "November 22, 2026, 12:00 p.m.",
        "11/22/2026 12:00",
        "22.11.2026 12:00",
        "2026/11/22 12:00",
        "Sun, 22 11 2026 12:00:00 +0000",
        "Вс, 22 ноя 2026 15:00:00 +0300",
        "22 ноября 2026, 12:00",
        "22 листопада 2026 12:00",
        "dim., 22 nov. 2026 12:00:00 +0000",
        "dimanche 22 novembre 2026 à 12h00",
        "So, 22. November 2026, 13:00 MEZ",
        "22 Kasım 2026 12:00",
        "22 listopada 2026 12:00",
        "2026年11月22日 12:00",
        "1795348800",
        "1795348800000",
    ],
)
def test_noon(text: str) -> None:
    assert parse(text) == NOON


@pytest.mark.parametrize(
    "text",
    ["2026-11-22", "20261122", "2026-W47-7", "2026-326", "22 November, 2026", "22-Nov-26", "2026-11-21T24:00:00Z"],
)
def test_a_day_begins_at_midnight(text: str) -> None:
    assert parse(text) == DAY


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("mar., 01 déc. 2026 00:00:00 +0000", (2026, 12, 1)),
        ("3/4/2026", (2026, 4, 3)),
        ("3/14/2026", (2026, 3, 14)),
        ("30.10.23", (2023, 10, 30)),
        ("1 Jan 99", (1999, 1, 1)),
        ("Nov. 2026", (2026, 11, 1)),
        ("2026-11", (2026, 11, 1)),
        ("2026", (2026, 1, 1)),
        ("2026-W47", (2026, 11, 16)),
        ("30 czerwca 2026", (2026, 6, 30)),
        ("5 srpna 2026", (2026, 8, 5)),
        ("3 августа 2026", (2026, 8, 3)),
        ("2 Mei 2026", (2026, 5, 2)),
        ("22. März 2026", (2026, 3, 22)),
    ],
)
def test_other_days(text: str, date: tuple[int, int, int]) -> None:
    assert parse(text) == datetime(*date, tzinfo=UTC)


def test_hours_after_noon_and_leap_seconds() -> None:
    assert parse("22 Nov 2026 11:59 PM") == datetime(2026, 11, 22, 23, 59, tzinfo=UTC)
    assert parse("22 Nov 2026 12:05 a.m.") == datetime(2026, 11, 22, 0, 5, tzinfo=UTC)
    assert parse("Sun, 22 Nov 2026 12:00:60 GMT") == datetime(2026, 11, 22, 12, 0, 59, tzinfo=UTC)
    assert parse("2026-11-22T12:00:00.25Z") == datetime(2026, 11, 22, 12, 0, 0, 250_000, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "today",
        "12:00",
        "Sun, 22 Now 2026 12:00:00 GMT",
        "22 November",
        "November",
        "31 Feb 2026",
        "0000-00-00 00:00:00",
        "99/99/2026",
        "Sun, 22 Nov 1601 12:00:00 GMT",
        "Sun, 22 Nov 2026 12:00:00 +9999",
        "20261122120000",
        "99999999999999",
        "22 Nov 2026 25:99",
        "9999-12-31T23:59:59-23:59",
    ],
)
def test_no_date(text: str | None) -> None:
    assert parse(text) is None


@given(st.text(max_size=60) | st.from_regex(r"[0-9 :./+-]{0,30}|\w{3}, [0-9]{1,2} \w{3} [0-9]{2,4} [0-9:]{0,8}.{0,8}"))
def test_any_text_is_a_date_in_utc_or_none(text: str) -> None:
    date = parse(text)
    assert date is None or date.tzinfo is UTC
