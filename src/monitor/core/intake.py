"""What becomes of new entries before their pages are asked for: read now, held, or there before we came.

Not here: which entries are new (identity.py), and what their articles lead to (decide.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core import urls
from monitor.core.model import Entry, EntryState, SourceRecord
from monitor.core.settings import FullText, Source

SHORT = 1500
"""A feed's text of fewer characters is a summary, and the page is asked for. In performance.md, 2, full contents start
there; summaries of 388 real feeds end at about 600 characters (2026-11-22)."""
DATING = 30
"""So many undated entries of a first poll have their pages read for a date; a listing shows its latest first."""
KEPT = 1000
"""So many entries that were there before the first poll are stored; of more, only the keys are remembered."""
RETRIES = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8))
"""When a page that could not be had is asked for again; afterwards the feed's text is all there is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """A new entry, what it is for now, and whether its page is to be asked for."""

    entry: Entry
    state: EntryState
    wants_page: bool


def plan(source: Source, record: SourceRecord, entries: Iterable[Entry], now: datetime) -> tuple[Planned, ...]:
    """What to do with each new entry of a source, in the same order.

    At a first poll, old and undated entries are the baseline; of the undated ones, the first are read for a date. Later,
    more than `flood_limit` at once are held.
    """
    entries = tuple(entries)
    if record.poll_count and len(entries) > source.flood_limit:
        return tuple(Planned(entry=entry, state=EntryState.HELD, wants_page=False) for entry in entries)
    if record.poll_count:
        return tuple(
            Planned(entry=entry, state=EntryState.READ, wants_page=wants_page(source, entry)) for entry in entries
        )
    return tuple(_first(source, entries, now))


def _first(source: Source, entries: tuple[Entry, ...], now: datetime) -> Iterable[Planned]:
    undated = 0
    for entry in entries:
        dated = entry.published or entry.updated
        undated += dated is None
        if is_fresh(source, dated, now):
            yield Planned(entry=entry, state=EntryState.READ, wants_page=wants_page(source, entry))
        else:
            dating = dated is None and undated <= DATING and source.full_text is not FullText.FEED
            yield Planned(entry=entry, state=EntryState.BASELINE, wants_page=dating and bool(entry.url))


def is_fresh(source: Source, published: datetime | None, now: datetime) -> bool:
    """True if an entry of a first poll alerts: it has a date, and that is young enough."""
    return published is not None and now - published <= source.first_run_max_age


def wants_page(source: Source, entry: Entry) -> bool:
    """True if the entry's page is to be asked for."""
    if not entry.url or source.full_text is FullText.FEED:
        return False
    return source.full_text is FullText.PAGE or len(entry.text or entry.summary) < SHORT


def retry_page(attempts: int, now: datetime) -> datetime | None:
    """When to ask again for a page that could not be had `attempts` times; None: never."""
    return now + RETRIES[attempts - 1] if 0 < attempts <= len(RETRIES) else None


def keep(
    planned: Sequence[Planned], keys: Sequence[tuple[int, ...]]
) -> tuple[tuple[tuple[Planned, tuple[int, ...]], ...], tuple[int, ...]]:
    """The planned entries that are stored, each with its keys; and the keys of those that are only remembered."""
    baseline = 0
    kept: list[tuple[Planned, tuple[int, ...]]] = []
    noted: list[int] = []
    for plan_, own in zip(planned, keys, strict=True):
        baseline += plan_.state is EntryState.BASELINE
        if plan_.state is EntryState.BASELINE and baseline > KEPT:
            noted += own
        else:
            kept.append((plan_, own))
    return tuple(kept), tuple(noted)


def sitemaps(named: Iterable[str], url: str) -> tuple[str, ...]:
    """Where a site's sitemap may be, likeliest first: those that its robots.txt names, news before others; else the usual
    place."""
    found = sorted(named, key=lambda address: "news" not in address.lower())
    usual = urls.join(url, "/sitemap.xml")
    return tuple(found) or ((usual,) if usual else ())
