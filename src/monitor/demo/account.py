"""What became of every sample article: told from the messages that were received and the rows that were stored.

What belongs here: comparing what happened with what `articles.toml` says must happen. What does not: showing it.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.demo.outlets import Sample, Samples


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A place where a watchlist's word was found: the word as it stands there, and its sentence."""

    watchlist: str
    surface: str
    sentence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """An entry as the database has it."""

    article: str
    story: str
    relation: str
    state: str
    found: tuple[Found, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Alerted:
    """A story that was alerted: its first report, the first hit of each watchlist, and the copies that stayed silent."""

    sample: Sample
    found: tuple[Found, ...]
    copies: tuple[Sample, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """`quiet` did not match, `old` was there before `first_run_max_age`; `problems` is what should have been otherwise."""

    alerted: tuple[Alerted, ...]
    quiet: tuple[Sample, ...]
    old: tuple[Sample, ...]
    problems: tuple[str, ...]


# (outlet, title) → entry
Ledger = Mapping[tuple[str, str], Stored]


def read(database: Path) -> Ledger:
    """Every entry in the database, by its outlet's name and its title."""
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as db:
        found: dict[str, list[Found]] = {}
        for article, watchlist, surface, sentence in db.execute(
            "SELECT article_id, watchlist, surface, sentence FROM hits ORDER BY field != 'title', id"
        ):
            found.setdefault(article, []).append(Found(watchlist=watchlist, surface=surface, sentence=sentence))
        rows = db.execute(
            """SELECT s.name, a.title, a.id, a.story_id, a.relation, e.state FROM entries AS e
               JOIN sources AS s ON s.id = e.source_id JOIN articles AS a ON a.id = e.article_id"""
        )
        return {
            (name, title): Stored(
                article=article, story=story, relation=relation, state=state, found=tuple(found.get(article, ()))
            )
            for name, title, article, story, relation, state in rows
        }


def settle(samples: Samples, ledger: Ledger, events: Iterable[Mapping[str, Any]]) -> Account:
    """The account of all sample articles; `events` are the bodies of the messages that were received."""
    names = {outlet.id: outlet.name for outlet in samples.outlets}
    known = {slug: ledger.get((names[sample.outlet], sample.title)) for slug, sample in samples.articles.items()}
    told = _told(events)
    problems = [f"not read: {slug}" for slug, stored in known.items() if stored is None]
    alerted = []
    for story in _stories(samples):
        first = [(sample, stored) for sample in story if (stored := known[sample.slug]) and stored.article in told]
        problems += _unexpected(story, [told[stored.article] for _, stored in first])
        alerted += [_alerted(sample, stored, story) for sample, stored in first[:1]]
        problems += _strays(story, known)
    silent = [sample for sample in samples.articles.values() if not sample.alerts and not sample.original]
    states = {slug: stored.state if stored else "" for slug, stored in known.items()}
    return Account(
        alerted=tuple(alerted),
        quiet=tuple(sample for sample in silent if states[sample.slug] != "baseline"),
        old=tuple(sample for sample in silent if states[sample.slug] == "baseline"),
        problems=tuple(problems),
    )


def _told(events: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Which watchlists each alerted article was announced for, by the article's id."""
    return {
        event["data"]["article"]["id"]: [event["data"]["watchlist"]["name"], *event["data"]["also"]]
        for event in events
        if event["type"] == "alert.created"
    }


def _stories(samples: Samples) -> list[list[Sample]]:
    """The articles, each original with its copies."""
    originals = [sample for sample in samples.articles.values() if not sample.original]
    return [[one, *(s for s in samples.articles.values() if s.original == one.slug)] for one in originals]


def _unexpected(story: Sequence[Sample], told: Sequence[Sequence[str]]) -> list[str]:
    """What is wrong with a story's alerts: there is one if its first article must alert, else none."""
    wanted, got = sorted(story[0].alerts), [sorted(watchlists) for watchlists in told]
    if got == ([wanted] if wanted else []):
        return []
    return [f"{story[0].slug}: alerted for {got or 'nothing'}, not once for {wanted or 'nothing'}"]


def _strays(story: Sequence[Sample], known: Mapping[str, Stored | None]) -> list[str]:
    """Copies that were not recognised as such."""
    stories = {stored.story for sample in story if (stored := known[sample.slug])}
    return [f"{story[0].slug}: its copies are not one story"] if len(stories) > 1 else []


def _alerted(sample: Sample, stored: Stored, story: Sequence[Sample]) -> Alerted:
    first: dict[str, Found] = {}
    for found in stored.found:
        first.setdefault(found.watchlist, found)
    return Alerted(sample=sample, found=tuple(first.values()), copies=tuple(s for s in story if s is not sample))
