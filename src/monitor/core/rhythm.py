"""How often a source brings something new, day by day, and when its silence is against that.

What belongs here: counting days, and the chance of a silence. What does not: what is told of it (health.py, notices.py).

A source's rhythm is kept as a text, `2026-11-20:3 0 0 5`: the last day (UTC) on which it brought something new, and how many
entries came on that day, on the day before, and so on back, for eight weeks at most. Only whole days count, by weekday, and
only whether there was anything: how much comes in a burst says nothing about the next day.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

KEPT = 56  # days: eight of each weekday
FEWEST_DAYS, FEWEST_ACTIVE = 14, 5  # with less, nothing is known yet
MISSED = 2.9  # so many days on which it usually publishes must have gone by, at least (three, each all but certain)
CHANCE = 1 / 5000
LONGER = 2  # times the longest silence that is remembered
_PRIOR = 4.0

# Found on 2026-11-22 with simulated years of sources that never fail, 200 of each kind, looked at once a day. False
# alarms per source and year: every day, 2 to 30 entries: 0.015; 0.3 to 1.5 entries a day: 0.055; working days: 0.000;
# working days but fourteen holidays: 0.015; bursts of one to six days with two to twelve between them: 0.060; weekly
# and monthly: 0.000. With a CHANCE of 1/1000 and 1.5 for LONGER it was 0.03, 0.26, 0.00, 0.03, 0.24, 0.00. A source
# of every day that dies is told after three days (in the middle), one of working days after five, of bursts after 21,
# a weekly one after 40, a monthly one never. tests/core/test_rhythm.py repeats it.


def begun(now: datetime) -> str:
    """The rhythm of a source that was polled for the first time."""
    return _text(now.astimezone(UTC).date(), [0])


def add(kept: str, now: datetime, fresh: int) -> str:
    """The rhythm with so many new entries more, today."""
    today = now.astimezone(UTC).date()
    if not kept:
        return _text(today, [fresh])
    last, counts = _read(kept)
    if today <= last:  # also after the clock was set back
        return _text(last, [counts[0] + fresh, *counts[1:]])
    return _text(today, [fresh, *[0] * min(KEPT, (today - last).days - 1), *counts])


def put_right(kept: str, now: datetime) -> str:
    """The rhythm without days that are still to come, which it has if the clock was set back; what came on them came
    today."""
    if not kept:
        return kept
    today, (last, counts) = now.astimezone(UTC).date(), _read(kept)
    ahead = (last - today).days
    return kept if ahead <= 0 else _text(today, [sum(counts[: ahead + 1]), *counts[ahead + 1 :]])


def is_broken(kept: str, now: datetime) -> bool:
    """True if nothing new has come for so long that its own rhythm all but rules it out."""
    if not kept:
        return False
    silent = (now.astimezone(UTC).date() - date.fromisoformat(kept[:10])).days - 1  # today is not over
    if silent < MISSED:
        return False
    last, counts = _read(kept)
    if len(counts) < FEWEST_DAYS or sum(map(bool, counts)) < FEWEST_ACTIVE:
        return False
    if silent <= LONGER * _longest(counts):
        return False
    usual = _by_weekday(last, counts)
    missed, chance = 0.0, 1.0
    for number in range(min(silent, 4 * KEPT)):
        share = usual[(last + timedelta(days=number + 1)).weekday()]
        missed, chance = missed + share, chance * (1 - share)
    return missed >= MISSED and chance < CHANCE


def usual_days(kept: str) -> str:
    """How often it brings something new, in words."""
    _, counts = _read(kept)
    active = round(7 * sum(map(bool, counts)) / len(counts), 1)
    return "it usually does so every day" if active > 6.5 else f"it usually does so on {active:g} days of a week"


def _by_weekday(last: date, counts: Sequence[int]) -> list[float]:
    """How likely it is that something new comes on each weekday: its own share of days, eight at most, together with as
    much as half of that from its like (working days, weekends)."""
    days = [((last - timedelta(days=back)).weekday(), count > 0) for back, count in enumerate(counts)]
    shares = []
    for weekday in range(7):
        alike = [active for day, active in days if (day >= 5) == (weekday >= 5)]
        prior = sum(alike) / (len(alike) + 1)
        own = [active for day, active in days if day == weekday]
        shares.append((sum(own) + _PRIOR * prior) / (len(own) + _PRIOR))
    return shares


def _longest(counts: Sequence[int]) -> int:
    """The longest run of days without anything."""
    longest = run = 0
    for count in counts:
        run = 0 if count else run + 1
        longest = max(longest, run)
    return longest


def _text(last: date, counts: Sequence[int]) -> str:
    return f"{last.isoformat()}:{' '.join(map(str, counts[:KEPT]))}"


def _read(kept: str) -> tuple[date, list[int]]:
    last, _, counts = kept.partition(":")
    return date.fromisoformat(last), [int(count) for count in counts.split()]
