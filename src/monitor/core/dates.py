"""Dates as feeds, sitemaps and pages write them.

What belongs here: text in, an aware time in UTC out. What does not: which of several dates is the right one.

The two formats that standards ask for (RFC 3339, RFC 5322) take the first two steps; all else is read by what its words
and numbers can only mean, in the languages that content systems put into what should be RFC 5322.
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from functools import cache

_ISO = re.compile(
    r"(\d{4})-?(\d\d)(?:-?(\d\d))?(?:[T ,]+(\d\d?):?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?)?"
    r"\s*(Z|UTC|GMT|[+-]\d\d:?(?:\d\d)?)?Z?",
    re.IGNORECASE,
)
_MAIL = re.compile(
    r"(?:[A-Z][a-z]{2},?\s+)?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) (?:([+-])(\d\d)(\d\d)|GMT|UTC|Z|UT)",
    re.ASCII,
)
_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEK = re.compile(r"(\d{4})-?W(\d\d)(?:-?(\d))?$")
_DASHED = re.compile(r"\d{4}-|\d{8}(?!\d)")
_DAY_OF_YEAR = re.compile(r"(\d{4})-(\d{3})$")
_TIME = re.compile(r"(\d{1,2})[:.h](\d\d)(?:[:.](\d\d)(?:[.,]\d+)?)?(?:\s*([ap])\.?\s?m\b\.?)?", re.IGNORECASE)
_ZONE = re.compile(r"(?:GMT|UTC|Z)?\s*([+-])(\d{1,2}):?(\d\d)?\b|\b([A-Z]{1,5})\b", re.ASCII)
_SLASHED = re.compile(r"\b(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})\b")
_EASTERN = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})")
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]+")

# Hours from UTC; where a name means several zones, the one that feeds mean (RFC 5322, 4.3).
_ZONES = {
    "UT": 0.0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2,
    "EEST": 3, "MSK": 3, "MSD": 4, "TRT": 3, "YEKT": 5, "NOVT": 7, "SAST": 2, "CAT": 2, "EAT": 3, "WAT": 1, "GST": 4,
    "PKT": 5, "IST": 5.5, "NPT": 5.75, "WIB": 7, "HKT": 8, "SGT": 8, "AWST": 8, "JST": 9, "KST": 9, "ACST": 9.5, "AEST": 10,
    "AEDT": 11, "NZST": 12, "NZDT": 13, "NST": -3.5, "BRT": -3, "ART": -3, "ADT": -3, "AST": -4, "EDT": -4, "EST": -5,
    "ET": -5, "CDT": -5, "CST": -6, "CT": -6, "MDT": -6, "MST": -7, "MT": -7, "PDT": -7, "PST": -8, "PT": -8, "AKDT": -8,
    "AKST": -9, "HST": -10,
}  # fmt: skip

# The beginnings of the names of months, folded: no accents, lower case. The longest that fits decides.
_MONTHS = (
    "jan gen ene ian styc sty led sijec ιαν янв січ студ tammi oca ינו يناير",
    "feb fev luty lut uno vel φεβ фев лют helmi sub פבר فبراير شباط",
    "mar mae brez ozu μαρ мар бер сак maalis מרץ مارس اذار",
    "apr avr abr kwie dub tra απρ апр квіт крас huhti nis אפר ابريل نيسان",
    "may mai mag maj mei maio kve svib μαι мая май мае трав touko מאי مايو ايار",
    "jun juin giu iun cze czerw cervn lipan lipn ιουν июн черв чэрв kesa haz יונ يونيو حزيران",
    "jul juil lug iul lip cervenec cervence srpan srpn ιουλ июл лип ліп heina tem יול يوليو تموز",
    "aug aou ago sie srp kol αυγ авг серп жнів elo agu אוג اغسطس",
    "sep set szept wrz zar ruj σεπ сен вер syys eyl ספט سبتمبر ايلول",
    "oct okt ott out paz rij οκτ окт жовт касц каст loka eki אוק اكتوبر",
    "nov noi lis νοε ноя ное marras kas נוב نوفمبر",
    "dec dez dic des gru pro δεκ дек груд снеж joulu ara דצמ ديسمبر",
)
_MONTHS_LATE = {
    "лист": 11,
    "listopad": 11,
    "srpnja": 7,
    "srpna": 8,
    "srpen": 8,
    "сент": 9,
    "август": 8,
    "ліс": 11,
    "лістап": 11,
}


def parse(text: str | None) -> datetime | None:
    """The time that a text names, in UTC; None if it names none. Without a zone it is taken as UTC, without a time of day
    as midnight. What is written as 3/4/2026 is the third of April, as most of the world writes; 3/14/2026 can only be March.
    """
    text = (text or "").strip()[:200]
    if not text:
        return None
    try:
        return _mail(text) or _iso(text) or _epoch(text) or _loose(text)
    except (ValueError, OverflowError):
        return None


def _mail(text: str) -> datetime | None:
    """RFC 5322, as written by the book: nine in ten dates of feeds, and three times as fast as the rest."""
    found = _MAIL.fullmatch(text)
    if not found or found[2] not in _ENGLISH:
        return None
    minutes = int(found[8]) * 60 + int(found[9]) if found[7] else 0
    zone = timezone(timedelta(minutes=-minutes if found[7] == "-" else minutes))
    return _build(
        int(found[3]), _ENGLISH.index(found[2]) + 1, int(found[1]), int(found[4]), int(found[5]), int(found[6]), 0, zone
    )


def _iso(text: str) -> datetime | None:
    """RFC 3339 and the other forms of ISO 8601."""
    if week := _WEEK.match(text):
        return datetime.fromisocalendar(int(week[1]), int(week[2]), int(week[3] or 1)).replace(tzinfo=UTC)
    if day := _DAY_OF_YEAR.match(text):
        return datetime(int(day[1]), 1, 1, tzinfo=UTC) + timedelta(days=int(day[2]) - 1)
    if re.fullmatch(r"\d{4}", text):
        return datetime(int(text), 1, 1, tzinfo=UTC)
    found = _ISO.match(text)
    if not found or (found.end() < len(text) and text[found.end()].isdigit()) or not _DASHED.match(text):
        return None
    year, month, day_, hour, minute, second, fraction, zone = found.groups()
    micros = int((fraction or "0")[:6].ljust(6, "0"))
    return _build(
        int(year),
        int(month),
        int(day_ or 1),
        int(hour or 0),
        int(minute or 0),
        int(second or 0),
        micros,
        _zone(zone or ""),
    )


def _epoch(text: str) -> datetime | None:
    """Seconds or milliseconds since 1970."""
    if not re.fullmatch(r"\d{9,10}|\d{12,13}", text):
        return None
    return datetime.fromtimestamp(int(text) / (1000 if len(text) > 10 else 1), UTC)


def _loose(text: str) -> datetime | None:
    """A day, perhaps a time, perhaps a zone, in any order and many languages."""
    text = re.sub(r"\([^()]*\)", " ", text)
    clock = next(
        (found for found in _TIME.finditer(text) if found[4] or found[0][2] in ":h" or found[0][1] in ":h"), None
    )
    if clock is None:
        day = _day(text)
        return _build(*day, 0, 0, 0, 0, UTC) if day else None
    before, after = text[: clock.start()], text[clock.end() :]
    day = _day(before) or _day(f"{before} {after}")
    return _build(*day, *_of_clock(clock), 0, _zone(after)) if day else None


def _of_clock(clock: re.Match[str]) -> tuple[int, int, int]:
    hour = int(clock[1])
    if clock[4] and hour <= 12:
        hour = hour % 12 + (12 if clock[4].lower() == "p" else 0)
    return hour, int(clock[2]), int(clock[3] or 0)


def _build(
    year: int, month: int, day: int, hour: int, minute: int, second: int, micros: int, zone: timezone
) -> datetime | None:
    late = hour == 24 and not minute and not second
    if second == 60:  # a leap second
        second = 59
    at = datetime(year, month, day, 0 if late else hour, minute, second, micros, zone).astimezone(UTC)
    at += timedelta(days=late)
    return at if 1970 <= at.year <= 2100 else None


def _day(text: str) -> tuple[int, int, int] | None:
    """Year, month and day, if the text names them by a month's name, or as three numbers."""
    if eastern := _EASTERN.search(text):
        return int(eastern[1]), int(eastern[2]), int(eastern[3])
    # The last word that names a month: "mar." in front of a date is a Tuesday.
    named = [(word, month) for word in _WORD.finditer(text) if (month := _month(_fold(word[0])))]
    if named:
        word, month = named[-1]
        return _with_month(month, _NUMBER.findall(text[: word.start()]), _NUMBER.findall(text[word.end() :]))
    slashed = _SLASHED.search(text)
    return _of_numbers(slashed) if slashed else _of_words(text)


def _with_month(month: int, before: list[str], after: list[str]) -> tuple[int, int, int] | None:
    numbers = before[-1:] + after if before else after
    year = next((n for n in numbers if len(n) == 4), None)
    others = [int(n) for n in numbers if n is not year and len(n) <= 2]
    if year is None and len(others) > 1:
        return _full_year(others[1]), month, others[0]
    return (int(year), month, others[0] if others else 1) if year else None


def _of_numbers(found: re.Match[str]) -> tuple[int, int, int]:
    first, second, third = (int(part) for part in found.groups())
    if len(found[1]) == 4:
        return first, second, third
    year = _full_year(third) if len(found[3]) <= 2 else third
    return (year, first, second) if second > 12 else (year, second, first)


def _of_words(text: str) -> tuple[int, int, int] | None:
    """ "Sat, 11 04 2020": day, month and year with nothing between them."""
    found = re.search(r"\b(\d{1,2})\s+(\d{1,2})\s+(\d{4})\b", text)
    return (int(found[3]), int(found[2]), int(found[1])) if found else None


def _full_year(year: int) -> int:
    return year if year > 99 else year + (2000 if year < 70 else 1900)


def _zone(text: str) -> timezone:
    for found in _ZONE.finditer(text):
        if found[1]:
            minutes = int(found[2]) * 60 + int(found[3] or 0)
            return timezone(timedelta(minutes=minutes if found[1] == "+" else -minutes)) if minutes < 24 * 60 else UTC
        if found[4] in _ZONES:
            return timezone(timedelta(hours=_ZONES[found[4]]))
    return UTC


@cache
def _month_table() -> dict[str, int]:
    return _MONTHS_LATE | {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}


@cache
def _month(word: str) -> int | None:
    """The number of a month by the longest beginning of its name that is known."""
    table = _month_table()
    return next((table[word[:n]] for n in range(len(word), 2, -1) if word[:n] in table), None)


def _fold(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))
