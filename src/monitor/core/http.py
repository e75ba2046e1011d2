"""What the header fields of an answer say about time. Not here: asking (fetch/), when a source is polled (polling.py)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(hours=24)  # whatever a server asks for, it is asked again after a day

_SECONDS = re.compile(r"\d+(?:\.\d*)?", re.ASCII)
_AGE = re.compile(r"(\d+)(?![\d.])", re.ASCII)
_CLOCK = r"\d\d:\d\d:\d\d"
_HTTP_DATE = re.compile(  # RFC 9110, 5.6.7
    rf"\w{{3}}, \d\d \w{{3}} \d{{4}} {_CLOCK} GMT"
    rf"|\w{{6,9}}, \d\d-\w{{3}}-\d\d {_CLOCK} GMT"
    rf"|\w{{3}} \w{{3}} [ \d]\d {_CLOCK} \d{{4}}",
    re.ASCII | re.IGNORECASE,
)
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d+)", re.ASCII | re.IGNORECASE)
_NOT_KEPT = re.compile(r"(?:^|[,\s])no-(?:cache|store)(?![\w=-])", re.ASCII | re.IGNORECASE)


def http_date(value: str) -> datetime | None:
    """An HTTP-date in any of its three forms (RFC 9110, 5.6.7), aware and UTC; None for anything else."""
    try:
        date = parsedate_to_datetime(value)
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def retry_after(value: str | None, now: datetime) -> datetime | None:
    """When a server wants to be asked again: seconds or a date (RFC 9110, 10.2.3).

    Never before `now` and at most a day later; None without a value that can be read. Fractions of seconds are not
    allowed by the RFC, and are sent nevertheless.
    """
    value = (value or "").strip()
    if _SECONDS.fullmatch(value):
        return now + _seconds(value)
    date = http_date(value)
    return date and min(max(date, now), now + LONGEST)


def freshness(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long from now an answer says that it stays as it is (RFC 9111, 4.2): more than nothing, at most a day, or None.

    `headers` with names in lower case. `max-age` wins over `Expires`, which counts as past unless it is an HTTP-date to the
    letter; what the answer is old already is taken off. `s-maxage` and `private` are not for us: nobody shares our cache.
    """
    control = headers.get("cache-control", "")
    if _NOT_KEPT.search(control):
        return None
    date = http_date(headers.get("date", "")) or now
    if found := _MAX_AGE.search(control):
        lasts = _seconds(found[1])
    else:
        expires = headers.get("expires", "").strip()
        lasts = (http_date(expires) or date) - date if _HTTP_DATE.fullmatch(expires) else timedelta()
    left = lasts - max(_age(headers), now - date)
    return min(left, LONGEST) if left > timedelta() else None


def _age(headers: Mapping[str, str]) -> timedelta:
    found = _AGE.match(headers.get("age", "").strip())
    return _seconds(found[1]) if found else timedelta()


def _seconds(digits: str) -> timedelta:
    """So many seconds, at most a day: a number of any length is no error."""
    return timedelta(seconds=min(float(digits), LONGEST.total_seconds()))
