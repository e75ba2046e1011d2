"""Copies of one report, on their way from their sources into stories, with a real database."""

import asyncio
import json
import multiprocessing
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ulid import ULID

from monitor.core.decide import decide
from monitor.core.model import EntryState, History, Listing, Relation, SourceRecord
from monitor.core.settings import StoriesSettings
from monitor.core.stories import copies
from monitor.store import grouping, likeness
from monitor.store.sqlite import SqliteStore, connect, prepare
from racing import ROUNDS, check, race
from support.build import DAY, NOW, article, history_after, ids, listing, match, reading, rules, source
from support.build import check as about
from support.prints import BOILERPLATE, HOW, report, reprint

GAZETTE, HERALD = source(), source(name="Herald", url="https://herald.example/feed")
COPIES_ONLY = StoriesSettings(max_story=1)  # so that no article is taken for another report of the same news
PRINTS = [(story, how) for story in range(3) for how in HOW]


async def claimed(path: Path) -> list[SourceRecord]:
    store = SqliteStore(path)
    await store.sync_sources((GAZETTE, HERALD), NOW)
    found = await store.claim_sources(NOW, limit=10)
    await store.close()
    return sorted(found, key=lambda record: record.name)


def counts(path: Path) -> tuple[int, ...]:
    with closing(sqlite3.connect(path)) as db:
        return tuple(
            db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("articles", "stories", "alerts")
        )


def test_two_processes_with_one_story_at_the_same_moment_make_one_alert(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    prepare(path)
    records = asyncio.run(claimed(path))
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    sides = zip((GAZETTE, HERALD), records, ("exact", "edited"), strict=True)
    racers = [context.Process(target=race, args=(path, *side, barrier)) for side in sides]

    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(120)

    assert [racer.exitcode for racer in racers] == [0, 0]
    assert counts(path) == (2 * ROUNDS, ROUNDS, ROUNDS)


def test_two_tasks_with_one_story_at_the_same_moment_make_one_alert(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    prepare(path)

    async def scene() -> None:
        records = await claimed(path)
        stores = [SqliteStore(path), SqliteStore(path)]
        deciding = partial(decide, rules=rules(), new_id=lambda: str(ULID()))
        for number in range(ROUNDS):
            checks = [check(GAZETTE, records[0], number, "wrapped"), check(HERALD, records[1], number, "cut")]
            outcomes = await asyncio.gather(
                *(store.commit(each, deciding) for store, each in zip(stores, checks, strict=True))
            )
            assert sum(len(outcome.alerts) for outcome in outcomes) == 1
        for store in stores:
            await store.close()

    asyncio.run(scene())
    assert counts(path) == (2 * ROUNDS, ROUNDS, ROUNDS)


@settings(max_examples=12, deadline=None)
@given(st.permutations(PRINTS))
def test_whatever_the_order_the_stories_are_the_same_but_for_who_is_first(order: Sequence[tuple[int, str]]) -> None:
    groups: dict[str, set[int]] = {}
    relations = []
    with closing(grouping.start()) as db:
        for story, how in order:
            text = reprint(report(story), how)
            about = {"source": how, "title": "", "published": NOW, "text": text}
            made = article(id=f"{story} {how}", url=f"https://{how}.example/{story}", **about)
            found, relation = grouping.place(db, made, COPIES_ONLY)
            groups.setdefault(found, set()).add(story)
            relations.append(relation)

    assert sorted(map(sorted, groups.values())) == [[0], [1], [2]]
    assert relations.count(Relation.FIRST) == 3
    assert all(order[relations.index(Relation.FIRST)] == order[0] for _ in groups)


@settings(max_examples=12, deadline=None)
@given(st.permutations(PRINTS), st.integers(min_value=1, max_value=5))
def test_whatever_the_order_each_story_alerts_once(order: Sequence[tuple[int, str]], portion: int) -> None:
    history, new_id, alerted = History(), ids(), []
    for start in range(0, len(order), portion):
        readings = []
        for story, how in order[start : start + portion]:
            url, text = f"https://{how}.example/{story}", reprint(report(story), how)
            mark = copies.fingerprint(url=url, final_url=None, canonical=None, title="", text=text)
            made = article(id=f"{story} {how}", url=url, source=how, title="", text=text)
            readings.append(reading(match(), article=made, fingerprint=mark))
        outcome = decide(about(listing(*readings)), history, rules=rules(), new_id=new_id)
        history = history_after(outcome, history)
        alerted += [alert.article_id[0] for alert in outcome.alerts]

    assert sorted(alerted) == ["0", "1", "2"]


def test_copies_are_recognised_for_as_long_as_the_window_says() -> None:
    with closing(grouping.start()) as db:

        def placed(name: str, days: int, text: str) -> Relation:
            at = NOW + timedelta(days=days)
            made = article(id=name, url=f"https://{name}.example/", title="", fetched=at, published=at, text=text)
            return grouping.place(db, made)[1]

        told = [
            placed("one", 0, report(1)),
            placed("two", 29, reprint(report(1), "edited")),
            placed("three", 61, report(1)),
        ]

    assert told == [Relation.FIRST, Relation.NEAR_DUPLICATE, Relation.FIRST]


def test_old_sketches_and_the_keys_of_deleted_articles_leave_the_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "monitor.db"
    prepare(path)
    monkeypatch.setattr(likeness, "SWEPT", 5)  # so that the index has many parts

    async def scene() -> None:
        records = await claimed(path)
        store = SqliteStore(path)
        deciding = partial(decide, rules=rules(), new_id=lambda: str(ULID()))
        for number in range(3):
            await store.commit(check(GAZETTE, records[0], number, "exact"), deciding)
        with closing(connect(path)) as db:
            db.execute("UPDATE articles SET fetched = '2026-01-01T00:00:00.000Z' WHERE seq = 1")
            db.execute("INSERT INTO fingerprints (key, article_seq) VALUES (1, 99), (2, 99)")
        await store.forget_copies(NOW - 30 * DAY)
        await store.close()

    asyncio.run(scene())
    with closing(connect(path)) as db:
        indexed = dict(db.execute("SELECT article_seq, count(*) FROM sketches GROUP BY 1").fetchall())
        kept = dict(db.execute("SELECT article_seq, count(*) FROM fingerprints GROUP BY 1").fetchall())
    assert indexed == {2: likeness.INDEXED, 3: likeness.INDEXED}
    assert kept == {1: 2, 2: 2, 3: 2}


def test_a_phrase_that_everybody_prints_costs_no_more_for_being_printed_often() -> None:
    mark = copies.fingerprint(url="", final_url=None, canonical=None, title="", text=BOILERPLATE)
    with closing(grouping.start()) as db:
        for seq in range(1, 500):
            likeness.add(db, seq, mark)
        found = likeness.sharing(db, mark.sketch)
        plan = json.dumps([tuple(row) for row in db.execute("EXPLAIN QUERY PLAN " + likeness.BY_SKETCH, ("[]", 8))])

    assert len(found) == likeness.MOST
    assert "SCAN s" not in plan


def test_an_article_that_was_read_again_is_recognised_by_its_new_text(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    prepare(path)

    async def scene() -> list[Relation | None]:
        records = await claimed(path)
        store = SqliteStore(path)
        deciding = partial(decide, rules=rules(), new_id=lambda: str(ULID()))
        short = check(GAZETTE, records[0], 1, "exact")
        assert isinstance(short.found, Listing)
        (whole,) = short.found.readings
        teaser = replace(whole.article, text="Read more.", sha256="1")
        first = replace(
            whole,
            article=teaser,
            fingerprint=replace(whole.fingerprint, text=None, sketch=()),
            state=EntryState.WAITING,
            next_at=NOW,
        )
        await store.commit(replace(short, found=listing(first)), deciding)
        (entry,) = (await store.known(records[0].id, (), NOW)).open
        await store.commit(replace(short, found=listing(replace(whole, stored=entry))), deciding)
        copied = await store.commit(check(HERALD, records[1], 1, "edited"), deciding)
        await store.close()
        return [placed.relation for placed in copied.placed]

    assert asyncio.run(scene()) == [Relation.NEAR_DUPLICATE]
