"""What header fields say about time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.http import LONGEST, freshness, http_date, retry_after

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)),
        ("Sunday, 06-Nov-94 08:49:37 GMT", datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)),
        ("Sun Nov  6 08:49:37 1994", datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)),
        ("Sun, 6 Nov 2022 9:49:37 +0100", datetime(2022, 11, 6, 8, 49, 37, tzinfo=UTC)),
        ("Sun, 06 Nov 1994 08:49:37 -0000", datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)),
        ("Fri, 31 Dec 9999 23:59:59 -2300", None),
        ("Sun, 99 Nov 1994 08:49:37 GMT", None),
        ("tomorrow", None),
        ("0", None),
        ("", None),
    ],
)
def test_dates_in_all_their_forms(value: str, date: datetime | None) -> None:
    assert http_date(value) == date


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        (" 120 ", timedelta(minutes=2)),
        ("0", timedelta()),
        ("1.5", 1.5 * SECOND),
        ("86401", LONGEST),
        ("9" * 400, LONGEST),
        ("Sun, 22 Nov 2026 08:00:14 GMT", 14 * SECOND),
        ("Sun, 22 Nov 2026 07:00:00 GMT", timedelta()),
        ("Sun, 22 Nov 2027 08:00:00 GMT", LONGEST),
    ],
)
def test_retry_after(value: str, wait: timedelta) -> None:
    assert retry_after(value, NOW) == NOW + wait


@pytest.mark.parametrize("value", [None, "", "soon", "-5", "1e9", "٣"])
def test_retry_after_that_says_nothing(value: str | None) -> None:
    assert retry_after(value, NOW) is None


@given(st.text())
def test_retry_after_is_never_past_nor_far(value: str) -> None:
    found = retry_after(value, NOW)
    assert found is None or NOW <= found <= NOW + LONGEST


@pytest.mark.parametrize(
    ("headers", "left"),
    [
        ({"cache-control": "max-age=600"}, timedelta(minutes=10)),
        ({"cache-control": 'public, Max-Age="600", must-revalidate'}, timedelta(minutes=10)),
        ({"cache-control": "max-age=600", "age": "540"}, timedelta(minutes=1)),
        ({"cache-control": "max-age=600", "age": "soon"}, timedelta(minutes=10)),
        ({"cache-control": "max-age=600", "age": "700"}, None),
        ({"cache-control": "max-age=600", "expires": "Sun, 22 Nov 2026 12:00:00 GMT"}, timedelta(minutes=10)),
        ({"cache-control": "max-age=0"}, None),
        ({"cache-control": "max-age=31536000"}, LONGEST),
        ({"cache-control": "s-maxage=600"}, None),
        ({"cache-control": "no-cache, max-age=600"}, None),
        ({"cache-control": "no-store"}, None),
        ({"cache-control": 'no-cache="set-cookie", max-age=600'}, timedelta(minutes=10)),
        ({"expires": "Sun, 22 Nov 2026 08:05:00 GMT"}, timedelta(minutes=5)),
        (
            {"expires": "Sun, 22 Nov 2026 10:05:00 GMT", "date": "Sun, 22 Nov 2026 10:00:00 GMT"},
            timedelta(minutes=5),
        ),
        ({"cache-control": "max-age=600", "age": "540, 0"}, timedelta(minutes=1)),
        ({"cache-control": "max-age=600", "age": "700;x=y"}, None),
        ({"cache-control": "max-age=600", "age": "700.0"}, timedelta(minutes=10)),  # no number of seconds
        ({"cache-control": "max-age=600", "date": "Sun, 22 Nov 2026 07:51:00 GMT"}, timedelta(minutes=1)),  # on its way
        ({"cache-control": "max-age=600", "date": "Sun, 22 Nov 2026 09:00:00 GMT"}, timedelta(minutes=10)),
        ({"expires": "Sun, 22 Nov 2026 08:05:00 GMT", "age": "240"}, timedelta(minutes=1)),
        ({"expires": "Sunday, 22-Nov-26 08:05:00 gmt"}, timedelta(minutes=5)),
        ({"expires": "Sun Nov 22 08:05:00 2026"}, timedelta(minutes=5)),
        ({"expires": "Sun, 22 Nov 2026 08:05:00 AEST"}, None),  # what is not to the letter is past
        ({"expires": "Sun, 22-Nov-2026 08:05:00 GMT"}, None),
        ({"expires": "Sun, 22 Nov 2026 8:05:00 GMT"}, None),
        ({"expires": "Sun 22 Nov 2026 08:05:00 GMT"}, None),
        ({"expires": "Sun, 32 Nov 2026 08:05:00 GMT"}, None),
        ({"expires": "0"}, None),
        ({"expires": "Sun, 22 Nov 2026 07:00:00 GMT"}, None),
        ({}, None),
    ],
)
def test_freshness(headers: dict[str, str], left: timedelta | None) -> None:
    assert freshness(headers, NOW) == left
