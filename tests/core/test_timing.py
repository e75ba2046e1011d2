"""When a message is tried again, and how long quiet hours last."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.settings import QuietHours
from monitor.core.timing import is_due_daily, next_attempt, quiet_until

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempt", "seconds"),
    [
        (1, 5),
        (2, 30),
        (3, 2 * 60),
        (4, 10 * 60),
        (5, 30 * 60),
        (6, 2 * 3600),
        (7, 5 * 3600),
        (8, 10 * 3600),
        (9, 14 * 3600),
        (10, 20 * 3600),
        (11, 24 * 3600),
    ],
)
@pytest.mark.parametrize(("jitter", "factor"), [(0.0, 1.0), (1.0, 1.1), (-1.0, 0.9)])
def test_a_failed_attempt_is_followed_by_another(attempt: int, seconds: int, jitter: float, factor: float) -> None:
    assert next_attempt(attempt, NOW, jitter) == NOW + timedelta(seconds=seconds * factor)


def test_the_twelfth_failure_is_the_last() -> None:
    assert next_attempt(12, NOW, 0.0) is None


def hours(text: str) -> QuietHours:
    start, end = text.split("-")
    return QuietHours(start=time.fromisoformat(start), end=time.fromisoformat(end))


# now, quiet hours and their end as Paris clocks show them; in 2026 the clocks change on 29 March and 25 October.
@pytest.mark.parametrize(
    ("now", "quiet", "end"),
    [
        ("2026-11-22T12:00+01:00", [], None),
        ("2026-11-22T12:00+01:00", ["22:00-07:00"], None),
        ("2026-11-22T22:00+01:00", ["22:00-07:00"], "2026-11-23T07:00+01:00"),
        ("2026-11-22T23:30+01:00", ["22:00-07:00"], "2026-11-23T07:00+01:00"),
        ("2026-11-23T06:59:59+01:00", ["22:00-07:00"], "2026-11-23T07:00+01:00"),
        ("2026-11-23T07:00+01:00", ["22:00-07:00"], None),
        ("2026-11-22T12:30+01:00", ["12:00-13:00"], "2026-11-22T13:00+01:00"),
        ("2026-11-22T13:00+01:00", ["12:00-13:00"], None),
        ("2026-11-22T23:00+01:00", ["22:00-00:00", "00:00-06:00"], "2026-11-23T06:00+01:00"),
        ("2026-11-22T23:00+01:00", ["00:00-06:00", "22:00-03:00", "05:00-08:00"], "2026-11-23T08:00+01:00"),
        ("2026-11-22T12:00+01:00", ["12:00-12:00"], "2026-11-23T12:00+01:00"),
        ("2026-11-22T12:00+01:00", ["00:00-13:00", "13:00-00:00"], "2026-11-23T00:00+01:00"),
        # the night loses an hour, gains one
        ("2026-03-29T00:30+01:00", ["22:00-07:00"], "2026-03-29T07:00+02:00"),
        ("2026-10-25T00:30+02:00", ["22:00-07:00"], "2026-10-25T07:00+01:00"),
        # 02:30 is skipped: when the clock has come as far again
        ("2026-03-29T01:30+01:00", ["22:00-02:30"], "2026-03-29T03:30+02:00"),
        # 02:30 comes twice: quiet until the second
        ("2026-10-25T01:30+02:00", ["22:00-02:30"], "2026-10-25T02:30+01:00"),
        ("2026-10-25T02:10+01:00", ["22:00-02:30"], "2026-10-25T02:30+01:00"),
    ],
)
def test_quiet_hours_end(now: str, quiet: list[str], end: str | None) -> None:
    found = quiet_until(datetime.fromisoformat(now), [hours(q) for q in quiet], ZoneInfo("Europe/Paris"))
    assert found == (datetime.fromisoformat(end) if end else None)
    assert found is None or found.tzinfo is UTC


ZONES = [
    "UTC",
    "Europe/Paris",
    "America/Santiago",
    "Africa/Cairo",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
]


@given(
    now=st.integers(1_293_840_000, 2_208_988_800).map(
        lambda seconds: datetime.fromtimestamp(seconds, UTC)
    ),  # 2011 to 2040
    start=st.times(),
    end=st.times(),
    zone=st.sampled_from(ZONES),
)
def test_quiet_hours_end_soon_and_are_over_then(now: datetime, start: time, end: time, zone: str) -> None:
    quiet = [QuietHours(start=start, end=end)]
    until = quiet_until(now, quiet, ZoneInfo(zone))
    if until is not None:
        assert now < until <= now + timedelta(hours=25)
        # An end that the clock skips is up to an hour late, and may then be after the next start.
        span = (datetime.combine(now, end) - datetime.combine(now, start)) % timedelta(days=1)
        if timedelta(0) < span < timedelta(hours=20):
            assert quiet_until(until, quiet, ZoneInfo(zone)) is None


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, "2026-11-22T12:00+01:00", True),
        ("2026-11-22T03:30+01:00", "2026-11-22T23:59+01:00", False),
        ("2026-11-22T09:00+01:00", "2026-11-23T03:29+01:00", False),
        ("2026-11-22T09:00+01:00", "2026-11-23T03:30+01:00", True),
        ("2026-11-22T09:00+01:00", "2026-11-25T08:00+01:00", True),
        ("2026-11-22T03:29:59+01:00", "2026-11-22T03:31+01:00", True),
        ("2036-11-22T09:00+01:00", "2026-11-22T08:00+01:00", True),  # the clock was years ahead
        ("2026-03-29T01:00+01:00", "2026-03-29T03:30+02:00", True),
    ],
)
def test_what_is_done_once_a_day_is_due(last: str | None, now: str, due: bool) -> None:
    paris, before = ZoneInfo("Europe/Paris"), datetime.fromisoformat(last).astimezone(UTC) if last else None
    assert is_due_daily(before, time(3, 30), datetime.fromisoformat(now).astimezone(UTC), paris) == due


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
@pytest.mark.parametrize("at", [time(3, 30), time(2, 30)])
def test_it_is_done_once_on_a_day_on_which_the_clocks_change(day: str, at: time) -> None:
    """In Kyiv the hour from 3 is skipped in spring, and comes twice in autumn; in Paris that from 2."""
    for zone in ("Europe/Kyiv", "Europe/Paris"):
        begin, times, last = (
            datetime.fromisoformat(f"{day}T00:00Z"),
            0,
            datetime.fromisoformat(f"{day}T00:00Z") - timedelta(hours=1),
        )
        for minutes in range(-60, 6 * 60):
            now = begin + timedelta(minutes=minutes)
            if is_due_daily(last, at, now, ZoneInfo(zone)):
                times, last = times + 1, now
        assert times == 1
