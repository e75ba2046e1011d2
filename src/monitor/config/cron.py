"""The five fields of a cron expression, checked and written so that every program reads them alike.

Weekdays become names, because cron counts from Sunday and APScheduler 3 from Monday; steps and lists become ranges,
because APScheduler refuses or ignores some that cron knows.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # days of the months
_PART = re.compile(r"(?P<all>\*)(?:/(?P<every>\d+))?|(?P<low>\w+)(?:-(?P<high>\w+)(?:/(?P<step>\d+))?)?")


class _Field(NamedTuple):
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("weekday", 0, 7, _DAYS),
)


def cron(text: str) -> str:
    """The expression in a form that cron and APScheduler read alike; weekdays by name, Monday first.

    Raises ValueError with what to write instead.
    """
    parts = text.lower().split()
    if len(parts) != len(_FIELDS):
        raise ValueError('must have five fields: minute hour day month weekday, as in "0 8 * * mon-fri"')
    values = [sorted(_values(field, part)) for field, part in zip(_FIELDS, parts, strict=True)]
    weekdays = {day % 7 for day in values[4]}  # 0 and 7 are both Sunday
    week = [day for day in range(1, 8) if day % 7 in weekdays]
    if len(values[2]) < 31 and len(week) < 7:
        raise ValueError("restricts both day of the month and weekday, which programs read differently: make one a *")
    if values[2][0] > max(_LONGEST[month - 1] for month in values[3]):
        raise ValueError("names a day that its months do not have")
    ranges = [_ranges(part, field.high - field.low + 1) for part, field in zip(values[:4], _FIELDS, strict=False)]
    return " ".join([*ranges, _ranges(week, 7, ("", *_DAYS[1:], _DAYS[0]))])


def _values(field: _Field, text: str) -> set[int]:
    """All values that one field stands for."""
    return {value for part in text.split(",") for value in _part(field, part)}


def _part(field: _Field, text: str) -> Iterable[int]:
    found = _PART.fullmatch(text)
    if not found:
        raise ValueError(f"cannot be read in its {field.name}: write *, 5, 1-5, */10 or 1,3,5")
    step = int(found["every"] or found["step"] or 1)
    if not 1 <= step <= field.high:
        raise ValueError(f"has a step that is not from 1 to {field.high} in its {field.name}")
    if found["all"]:
        return range(field.low, field.high + 1, step)
    low = _number(field, found["low"])
    high = _number(field, found["high"] or found["low"])
    if low > high and field.name == "weekday":
        high += 7  # sat-sun runs over the end of the week
    if low > high:
        raise ValueError(f"runs backwards in its {field.name}: the smaller number comes first")
    return range(low, high + 1, step)


def _number(field: _Field, text: str) -> int:
    if text in field.names:
        return field.names.index(text) + (field.name == "month")
    number = int(text) if text.isdecimal() else -1
    if not field.low <= number <= field.high:
        names = f" or {field.names[0]} to {field.names[-1]}" if field.names else ""
        raise ValueError(f"must have its {field.name} from {field.low} to {field.high}{names}")
    return number


def _ranges(values: Sequence[int], full: int, names: Sequence[str] = ()) -> str:
    """The ascending values as a list of ranges, by name if there are names, or * if they are `full`."""
    if len(values) == full:
        return "*"
    runs: list[list[int]] = []
    for value in values:
        if runs and runs[-1][-1] == value - 1:
            runs[-1].append(value)
        else:
            runs.append([value])
    said = [[names[value] if names else str(value) for value in run] for run in runs]
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(run) for run in said)
