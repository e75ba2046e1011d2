"""What every store keeps: the promises of ports.Store. SQLite is the only one yet; each test gets a real file."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest

from monitor.core import revisions
from monitor.core.changes import compare
from monitor.core.decide import decide
from monitor.core.errors import NotifyError
from monitor.core.model import (
    Article,
    Attempt,
    Check,
    Delivery,
    DeliveryState,
    EntryState,
    EventType,
    Fault,
    Listing,
    Outcome,
    Page,
    Reading,
    Receipt,
    Settled,
    SourceRecord,
    Validators,
)
from monitor.core.notices import still_gone
from monitor.core.reading import Got
from monitor.core.revisions import Found, Revised, Visit
from monitor.core.routes import Rules, gather, tell
from monitor.core.settings import Channel, Console, Mark, Source, Watchlist
from monitor.core.settle import settle
from monitor.core.websub import Offer, Plan, State, Subscription
from monitor.ports import Store
from monitor.store import polls
from monitor.store.sqlite import SqliteStore, prepare
from support.build import DAY, HOUR, MINUTE, NOW, article, ids, listing, match, reading, rules, source

T = TypeVar("T")
Scene = Callable[[Store], Awaitable[T]]
DESK = Channel(name="desk", target=Console(), default=True)
GAZETTE, HERALD = source(), source(name="Herald", url="https://herald.example/feed")
NEW_ID = ids()


@pytest.fixture
def play(tmp_path: Path) -> Callable[[Scene[T]], T]:
    """Plays a scene with the store of one folder; each call opens it anew, as a restart does."""
    path = tmp_path / "monitor.db"
    prepare(path)

    def run(scene: Scene[T]) -> T:
        async def within() -> T:
            store = SqliteStore(path)
            try:
                return await scene(store)
            finally:
                await store.close()

        return asyncio.run(within())

    return run


async def claimed(store: Store, now: datetime = NOW, *sources: Source) -> dict[str, SourceRecord]:
    await store.sync_sources(sources or (GAZETTE, HERALD), now)
    return {record.name: record for record in await store.claim_sources(now, limit=10)}


async def commit(
    store: Store, record: SourceRecord, found: Listing | Fault, now: datetime = NOW, about: Rules | None = None
) -> Outcome:
    about_it = HERALD if record.name == HERALD.name else replace(GAZETTE, name=record.name)
    whole = Check(source=about_it, record=record, at=now, jitter=0.0, found=found)
    return await store.commit(whole, partial(decide, rules=about or rules(), new_id=NEW_ID))


async def due(
    store: Store, now: datetime = NOW, channels: Sequence[str] = ("desk",), **about: Any
) -> tuple[Delivery, ...]:
    bundle = partial(gather, now=now, new_id=NEW_ID)
    return await store.claim_deliveries(now, channels=channels, limit=about.pop("limit", 10), gather=bundle, **about)


async def finish(store: Store, delivery: Delivery, result: Receipt | NotifyError, now: datetime = NOW) -> DeliveryState:
    settled = settle(delivery, result, begun=now, now=now, jitter=0.0, rules=rules(), new_id=NEW_ID)
    await store.finish(delivery, settled)
    return settled.state


def hit(number: int, **about: Any) -> Reading:
    """A reading that alerts, of an article of its own."""
    about = {"article": article(id=f"article{number}", url=f"https://gazette.example/{number}")} | about
    return reading(match(), page=number, keys=(number,), **about)


# Sources


def test_a_source_is_claimed_once_and_again_when_it_is_due(play: Callable[[Scene[Any]], Any]) -> None:
    async def scene(store: Store) -> None:
        first = await claimed(store)
        assert set(first) == {"Gazette", "Herald"}
        assert await store.claim_sources(NOW, limit=10) == ()
        await commit(store, first["Gazette"], listing())
        soon = await store.claim_sources(NOW + 2 * MINUTE, limit=10)
        assert {record.name for record in soon} == {"Herald"}  # its lease is over: it was never done
        later = await store.claim_sources(NOW + 15 * MINUTE, limit=10)
        assert {record.name for record in later} == {"Gazette", "Herald"}

    play(scene)


def test_what_is_busy_and_what_is_over_the_limit_is_not_claimed(play: Callable[[Scene[Any]], Any]) -> None:
    async def scene(store: Store) -> None:
        await store.sync_sources((GAZETTE, HERALD), NOW)
        (one,) = await store.claim_sources(NOW, limit=1)
        (other,) = await store.claim_sources(NOW + DAY, limit=10, busy=(one.id,))
        assert {one.name, other.name} == {"Gazette", "Herald"}

    play(scene)


def test_everyone_is_claimed_but_who_asked_to_be_left_alone(play: Callable[[Scene[Any]], Any]) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store)
        await commit(store, records["Gazette"], listing())
        await commit(store, records["Herald"], Fault(kind="status", message="busy", retry_at=NOW + HOUR))
        everyone = await store.claim_sources(NOW + MINUTE, limit=10, everyone=True)
        assert [record.name for record in everyone] == ["Gazette"]

    play(scene)


def test_what_a_check_found_out_survives_a_restart(play: Callable[[Scene[Any]], Any]) -> None:
    validators = Validators(etag='W/"a b"', last_modified="Sun, 6 Nov 2022 8:49:37 +0000", url="https://x.example/")

    async def before(store: Store) -> SourceRecord:
        records = await claimed(store)
        found = listing(validators=validators, body_hash="b", digests=b"\x00\xff" * 4, moved_to="https://m.example/")
        return (await commit(store, records["Gazette"], found)).record

    async def after(store: Store) -> SourceRecord:
        records = await store.claim_sources(NOW + DAY, limit=10)
        return next(record for record in records if record.name == "Gazette")

    written = play(before)
    assert replace(play(after), next_poll_at=written.next_poll_at) == written


def test_a_source_that_left_the_configuration_is_not_polled_and_comes_back_as_it_was(
    play: Callable[[Scene[Any]], Any],
) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store)
        await commit(store, records["Gazette"], listing(hit(1)))
        assert set(await claimed(store, NOW + DAY, HERALD)) == {"Herald"}
        back = await claimed(store, NOW + 2 * DAY)
        assert back["Gazette"].poll_count == 1
        assert (await store.known(back["Gazette"].id, (1, 2), NOW)).keys == {1}

    play(scene)


def test_a_source_with_a_new_address_begins_anew_but_knows_its_entries(play: Callable[[Scene[Any]], Any]) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store)
        await commit(store, records["Gazette"], listing(hit(1), body_hash="b", validators=Validators(etag="x")))
        moved = replace(GAZETTE, url="https://gazette.example/other")
        record = (await claimed(store, NOW + DAY, moved))["Gazette"]
        assert (record.poll_count, record.body_hash, record.validators) == (0, "", Validators())
        assert (await store.known(record.id, (1,), NOW)).keys == {1}

    play(scene)


def test_a_check_that_was_on_its_way_to_the_old_address_tells_nothing_about_the_new_one(
    play: Callable[[Scene[Any]], Any],
) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store, NOW, GAZETTE)
        moved = replace(GAZETTE, url="https://gazette.example/new")
        await store.sync_sources((moved,), NOW)
        await commit(store, records["Gazette"], listing(hit(1), validators=Validators(etag='"old"'), body_hash="old"))
        (record,) = await store.claim_sources(NOW, limit=10)
        assert (record.poll_count, record.validators, record.body_hash) == (0, Validators(), "")
        assert (await store.known(record.id, (1,), NOW)).keys == {1}

    play(scene)


def test_on_another_way_a_source_is_not_known_by_what_it_told_us_on_this_one(play: Callable[[Scene[Any]], Any]) -> None:
    async def scene(store: Store) -> None:
        known = {"validators": Validators(etag='"us"'), "body_hash": "b", "moved_to": "https://gazette.example/new"}
        records = await claimed(store, NOW, GAZETTE)
        await commit(store, records["Gazette"], listing(hit(1), **known))
        for way in ("", "tor", "tor"):
            await store.sync_sources((replace(GAZETTE, proxy=way),), NOW)
            (record,) = await store.claim_sources(NOW + DAY, limit=10)
            there = (record.validators.etag, record.moved_to)
            assert there == ((None, None) if way else ('"us"', "https://gazette.example/new"))
            assert (record.poll_count, record.body_hash) == (1, "b")  # what it listed is known nevertheless

    play(scene)


def test_nor_when_everything_leaves_through_a_proxy_from_now_on(play: Callable[[Scene[Any]], Any]) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store, NOW, GAZETTE)
        await commit(store, records["Gazette"], listing(hit(1), validators=Validators(etag='"us"')))
        await store.sync_sources((GAZETTE,), NOW, proxied=True)
        (record,) = await store.claim_sources(NOW + DAY, limit=10)
        assert record.validators == Validators()
        await commit(store, record, listing(validators=Validators(etag='"new"')))
        await store.sync_sources((GAZETTE,), NOW, proxied=True)
        (record,) = await store.claim_sources(NOW + 3 * DAY, limit=10)
        assert record.validators.etag == '"new"'

    play(scene)


def test_what_is_on_its_way_when_the_way_changes_is_no_mark_either(play: Callable[[Scene[Any]], Any]) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store, NOW, GAZETTE)
        await store.sync_sources((replace(GAZETTE, proxy="tor"),), NOW)
        await commit(store, records["Gazette"], listing(hit(1), validators=Validators(etag='"us"')))
        (record,) = await store.claim_sources(NOW + DAY, limit=10)
        assert record.validators == Validators()
        assert (await store.known(record.id, (1,), NOW)).keys == {1}

    play(scene)


def test_when_the_clock_is_set_back_sources_are_polled_and_not_twice(play: Callable[[Scene[Any]], Any]) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store)
        await commit(store, records["Gazette"], listing())
        await commit(store, records["Herald"], Fault(kind="status", message="busy", retry_at=NOW + HOUR))
        before = NOW - 30 * DAY
        again = await store.claim_sources(before, limit=10)
        assert {record.name for record in again} == {"Gazette", "Herald"}
        assert await store.claim_sources(before, limit=10) == ()
        assert await store.claim_sources(before, limit=10, busy=[record.id for record in again], everyone=True) == ()

    play(scene)


def test_a_shorter_interval_counts_at_once(play: Callable[[Scene[Any]], Any]) -> None:
    async def scene(store: Store) -> None:
        slow = replace(GAZETTE, interval=DAY, min_interval=DAY)
        records = await claimed(store, NOW, slow)
        await store.commit(
            Check(source=slow, record=records["Gazette"], at=NOW, jitter=0.0, found=listing()),
            partial(decide, rules=rules(), new_id=NEW_ID),
        )
        assert set(await claimed(store, NOW + HOUR, slow)) == set()
        await store.sync_sources((GAZETTE,), NOW + HOUR)
        assert len(await store.claim_sources(NOW + HOUR + GAZETTE.interval, limit=1)) == 1

    play(scene)


# Entries, articles, stories


def test_keys_are_known_for_their_own_source_only(play: Callable[[Scene[Any]], Any]) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store)
        await commit(store, records["Gazette"], listing(hit(1), noted=(8, 9)))
        assert (await store.known(records["Gazette"].id, (1, 2, 8, 9), NOW)).keys == {1, 8, 9}
        assert (await store.known(records["Herald"].id, (1, 2, 8, 9), NOW)).keys == frozenset()

    play(scene)


def test_an_article_is_found_by_its_address_from_any_source(play: Callable[[Scene[Any]], Any]) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store)
        whole = article(author="A", published=NOW - DAY, language="en", summary="S", text="Wölfe", reason="wall")
        await commit(store, records["Gazette"], listing(reading(page=-5, article=whole)))
        assert await store.articles((-5, 6)) == {-5: whole}

    play(scene)


def test_an_entry_that_waits_comes_back_when_its_time_has_come(play: Callable[[Scene[Any]], Any]) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store)
        waits = hit(1, state=EntryState.WAITING, attempts=1, next_at=NOW + HOUR)
        await commit(store, records["Gazette"], listing(waits))
        id_ = records["Gazette"].id
        assert (await store.known(id_, (), NOW)).open == ()
        (again,) = (await store.known(id_, (), NOW + HOUR)).open
        assert (again.state, again.attempts, again.article) == (EntryState.WAITING, 1, waits.article)

        paged = replace(waits.article, text="The page's wolves.", sha256="1" * 64)
        read = replace(waits, article=paged, stored=again, state=EntryState.READ, attempts=2, next_at=None)
        outcome = await commit(store, records["Gazette"], listing(read))
        assert outcome.alerts == ()  # it alerted with the feed's words
        assert (await store.known(id_, (), NOW + DAY)).open == ()
        assert (await store.articles((1,)))[1].text == "The page's wolves."

    play(scene)


def test_two_sources_with_one_story_at_the_same_moment_make_one_alert(play: Callable[[Scene[Any]], Any]) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store)
        for number in range(50):
            copies = [listing(_copy(number, side)) for side in (0, 1)]
            outcomes = await asyncio.gather(
                commit(store, records["Gazette"], copies[0]), commit(store, records["Herald"], copies[1])
            )
            assert sum(len(outcome.alerts) for outcome in outcomes) == 1

    play(scene)


def _copy(number: int, side: int) -> Reading:
    own = number * 2 + side
    made = article(id=f"copy{own}", url=f"https://{side}.example/{number}", source=("Gazette", "Herald")[side])
    return reading(match(), page=own + 1000, text=number, keys=(own + 1000,), article=made)


def test_a_commit_that_fails_writes_nothing(play: Callable[[Scene[Any]], Any]) -> None:
    def fails(*_: Any) -> Outcome:
        raise ZeroDivisionError

    async def scene(store: Store) -> None:
        records = await claimed(store)
        whole = Check(source=GAZETTE, record=records["Gazette"], at=NOW, jitter=0.0, found=listing(hit(1)))
        same = commit(store, records["Herald"], listing(hit(2)))
        results = await asyncio.gather(store.commit(whole, fails), same, return_exceptions=True)
        assert isinstance(results[0], ZeroDivisionError)
        assert isinstance(results[1], Outcome)  # they may share a transaction, but not a fate
        assert (await store.known(records["Gazette"].id, (1,), NOW)).keys == frozenset()
        assert len(await due(store)) == 1

    play(scene)


def test_the_network_is_down_for_all_sources_together(play: Callable[[Scene[Any]], Any]) -> None:
    third = replace(GAZETTE, name="Third")
    late = Fault(kind="timeout", message="late")

    async def scene(store: Store) -> None:
        records = await claimed(store, NOW, GAZETTE, HERALD, third)
        told: list[EventType] = []
        for _ in range(3):
            for name in records:
                outcome = await commit(store, records[name], late)
                records[name] = outcome.record
                told += [delivery.type for delivery in outcome.deliveries]
        assert told == [EventType.NETWORK_DOWN]
        outcome = await commit(store, records["Gazette"], listing())
        assert [delivery.type for delivery in outcome.deliveries] == [EventType.NETWORK_RECOVERED]

    play(scene)


def test_when_one_source_answers_again_the_others_are_asked_soon(play: Callable[[Scene[Any]], Any]) -> None:
    late = Fault(kind="dns", message="no name")
    sources = [replace(GAZETTE, name=f"Source {number}") for number in range(9)]

    async def scene(store: Store) -> None:
        records = await claimed(store, NOW, *sources)
        told = []
        for record in records.values():
            outcome = await commit(store, record, late)
            told += [delivery.type for delivery in outcome.deliveries]
        assert told == [EventType.NETWORK_DOWN]  # nobody answered in the first round
        later = NOW + 2 * MINUTE
        assert await store.claim_sources(later - MINUTE, limit=10) == ()
        (first,) = await store.claim_sources(later, limit=10)  # one is asked every two minutes
        outcome = await commit(store, first, listing(), later)
        assert outcome.network_down_since == NOW
        second = timedelta(seconds=1)
        assert [len(await store.claim_sources(later + n * second, limit=10)) for n in range(1, 9)] == [1] * 8

    play(scene)


def test_sources_that_fail_together_are_one_message(play: Callable[[Scene[Any]], Any]) -> None:
    late = Fault(kind="status", message="it answered 503", status=503)
    well = [replace(GAZETTE, name=f"Source {number}") for number in range(8)]

    async def scene(store: Store) -> None:
        records = await claimed(store, NOW, GAZETTE, HERALD, *well)
        for name in records.keys() - {"Gazette", "Herald"}:
            await commit(store, records[name], listing())
        for _ in range(3):
            for name in ("Gazette", "Herald"):
                records[name] = (await commit(store, records[name], late)).record
        assert await due(store, NOW + MINUTE) == ()
        (told,) = await due(store, NOW + 5 * MINUTE)
        data = told.event["data"]
        assert (told.type, data["source"]) == (EventType.SOURCE_FAILING, "Gazette")
        assert [each["source"] for each in data["sources"]] == ["Gazette", "Herald"]
        assert data["reason"] == "2 sources at once: Gazette, Herald: it answered 503"

        for name in ("Gazette", "Herald", "Gazette", "Herald"):  # the last to recover need not wait, nor do the others
            records[name] = (await commit(store, records[name], listing())).record
        (over,) = await due(store)
        assert over.type == EventType.SOURCE_RECOVERED
        assert [each["source"] for each in over.event["data"]["sources"]] == ["Gazette", "Herald"]

    play(scene)


# The clock


def test_when_the_clock_is_set_back_messages_wait_as_long_as_they_were_to(play: Callable[[Scene[Any]], Any]) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store)
        await commit(store, records["Gazette"], listing(hit(1)))
        (delivery,) = await due(store)
        await finish(store, delivery, NotifyError("busy", retryable=True, retry_at=NOW + HOUR, hold=True, code=429))
        await store.set_back(10 * HOUR, NOW - 10 * HOUR, {})
        assert await due(store, NOW - 10 * HOUR) == ()
        (again,) = await due(store, NOW - 9 * HOUR)
        assert again.id == delivery.id

    play(scene)


def test_when_the_clock_was_set_back_while_nobody_looked_nothing_waits_for_days(
    play: Callable[[Scene[Any]], Any],
) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store)
        waits = hit(2, state=EntryState.WAITING, attempts=1, next_at=NOW + HOUR)
        await commit(store, records["Gazette"], listing(hit(1), waits))
        first, second = await due(store)
        await finish(store, first, NotifyError("busy", retryable=True, retry_at=NOW + HOUR, hold=True, code=429))
        assert {each.id for each in await due(store, NOW - 2 * DAY)} == {first.id, second.id}
        assert len((await store.known(records["Gazette"].id, (), NOW - 2 * DAY)).open) == 1

    play(scene)


@pytest.mark.parametrize(("batch", "kept"), [("quiet:wolves", False), ("rate:wolves", False), ("update:1", True)])
def test_what_is_gathered_waits_no_longer_than_for_what_when_nobody_saw_the_clock_set_back(
    play: Callable[[Scene[Any]], Any], batch: str, kept: bool
) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store)
        (told,) = (await commit(store, records["Gazette"], listing(hit(1)))).deliveries
        await due(store)
        await store.tell((replace(told, id="waits", alert_id=None, batch=batch, next_at=NOW + HOUR),))
        found = {each.id for each in await due(store, NOW - 2 * DAY)}
        assert ("waits" in found) is not kept

    play(scene)


def test_an_update_waits_no_longer_than_updates_may_when_the_clock_was_set_back(
    play: Callable[[Scene[Any]], Any],
) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store)
        (told,) = (await commit(store, records["Gazette"], listing(hit(1)))).deliveries
        for delivery in await due(store):
            await finish(store, delivery, Receipt(code=204))
        await store.tell((replace(told, id="waits", batch="update:1", next_at=NOW + 900 * DAY),))
        await store.set_back(timedelta(), NOW, {}, 2 * HOUR)
        assert await due(store, NOW + 2 * HOUR - MINUTE) == ()
        (carrier,) = await due(store, NOW + 2 * HOUR)
        assert carrier.type == EventType.ALERT_UPDATED

    play(scene)


def test_a_source_forgets_what_is_to_come_when_the_clock_was_set_back(play: Callable[[Scene[Any]], Any]) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store)
        await commit(store, records["Gazette"], listing(full=True), NOW + 900 * DAY)
        (record,) = [each for each in await store.claim_sources(NOW, limit=9) if each.name == "Gazette"]
        assert (record.full_at, record.last_ok_at, record.rhythm[:10]) == (NOW, NOW, "2026-11-22")
        await commit(store, record, listing(), NOW)
        (record,) = await store.claim_sources(NOW + HOUR, limit=9, busy=[records["Herald"].id])
        assert (record.full_at, record.last_ok_at) == (NOW, NOW)

    play(scene)


def test_a_digest_leaves_at_its_next_time_when_the_clock_is_set_back(play: Callable[[Scene[Any]], Any]) -> None:
    daily = rules(channels=(replace(DESK, digest="0 8 * * *"),))

    async def scene(store: Store) -> None:
        records = await claimed(store)
        await commit(store, records["Gazette"], listing(hit(1)), about=daily)  # to leave in a day
        await store.set_back(DAY, NOW - DAY, {"desk": NOW - HOUR})
        assert await due(store, NOW - 2 * HOUR) == ()
        assert len(await due(store, NOW - HOUR)) == 1

    play(scene)


@pytest.mark.parametrize(("until", "at"), [(20 * HOUR, 20 * HOUR), (30 * HOUR, 20 * HOUR)])
def test_quiet_hours_end_at_their_time_of_the_day(
    play: Callable[[Scene[Any]], Any], until: timedelta, at: timedelta
) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store)
        outcome = await commit(store, records["Gazette"], listing(hit(1)))
        (told,) = outcome.deliveries
        waits = replace(told, id="waits", alert_id=None, batch="quiet:wolves", next_at=NOW + until)
        await store.tell((waits,))
        await store.set_back(10 * HOUR, NOW, {})
        assert "waits" not in {each.id for each in await due(store, NOW + at - MINUTE)}
        assert "waits" in {each.id for each in await due(store, NOW + at)}

    play(scene)


def test_of_many_entries_that_wait_some_are_handed_out_at_a_time(
    play: Callable[[Scene[Any]], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polls, "OPEN", 2)

    async def scene(store: Store) -> None:
        records = await claimed(store)
        waiting = [hit(number, state=EntryState.WAITING, attempts=1, next_at=NOW) for number in range(3)]
        await commit(store, records["Gazette"], listing(*waiting))
        known = await store.known(records["Gazette"].id, (), NOW)
        assert (len(known.open), known.more) == (2, True)
        for stored, reading_ in zip(known.open, waiting, strict=False):
            read = replace(reading_, article=stored.article, stored=stored, state=EntryState.READ, next_at=None)
            await commit(store, records["Gazette"], listing(read))
        known = await store.known(records["Gazette"].id, (), NOW)
        assert (len(known.open), known.more) == (1, False)

    play(scene)


def test_what_was_lost_between_two_polls_is_kept(play: Callable[[Scene[Any]], Any], tmp_path: Path) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store)
        first = await commit(store, records["Gazette"], listing(listed=9, fresh=9))
        await commit(store, first.record, listing(listed=9, fresh=9), NOW + HOUR)

    play(scene)
    with closing(sqlite3.connect(tmp_path / "monitor.db")) as db:
        kept = db.execute("SELECT since, until, found_at FROM gaps").fetchall()
    assert kept == [("2026-11-22T12:00:00.000Z", "2026-11-22T13:00:00.000Z", "2026-11-22T13:00:00.000Z")]


def test_of_what_is_gone_is_told_again_every_week_though_nobody_polls_it(play: Callable[[Scene[Any]], Any]) -> None:
    def told(record: SourceRecord, now: datetime) -> Sequence[Delivery]:
        return tell(still_gone(record, now), rules(), now, NEW_ID)

    async def scene(store: Store) -> None:
        records = await claimed(store)
        for _ in range(2):
            outcome = await commit(
                store, records["Gazette"], Fault(kind="status", message="it answered 410", status=410)
            )
            records["Gazette"] = outcome.record
        for delivery in await due(store):
            await finish(store, delivery, Receipt(code=204))
        for days in (6, 8, 9):
            now = NOW + days * DAY
            await store.remind(now - 7 * DAY, now, partial(told, now=now))
        (again,) = await due(store, NOW + 20 * DAY)
        data = again.event["data"]
        assert (again.type, data["source"], data["reminder"]) == (EventType.SOURCE_FAILING, "Gazette", True)
        assert again.created_at == NOW + 8 * DAY
        assert "monitor feeds resume" in data["advice"]

    play(scene)


# Deliveries


def test_of_what_is_gone_is_told_again_when_the_clock_was_set_back(play: Callable[[Scene[Any]], Any]) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store)
        for _ in range(2):
            gone = Fault(kind="status", message="it answered 410", status=410)
            records["Gazette"] = (await commit(store, records["Gazette"], gone)).record
        told: list[str] = []
        for now in (NOW - 400 * DAY, NOW - 399 * DAY, NOW - 392 * DAY):
            await store.remind(now - 7 * DAY, now, lambda record: told.append(record.name) or ())  # type: ignore[func-returns-value] # a list's way
        assert told == ["Gazette", "Gazette"]

    play(scene)


def test_what_was_cut_off_is_due_soon_however_often_it_failed_before(play: Callable[[Scene[Any]], Any]) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store)
        await commit(store, records["Gazette"], listing(hit(1)))
        (delivery,) = await due(store)
        tried = Attempt(at=NOW, seconds=0.1, outcome="retry", code=503)
        await store.finish(delivery, Settled(state=DeliveryState.PENDING, next_at=NOW + HOUR, attempt=tried))
        assert await due(store, NOW + HOUR - timedelta(seconds=1)) == ()

        (cut,) = await due(store, NOW + HOUR)  # and nothing is heard of it
        assert (cut.attempts, cut.failures) == (2, 1)
        assert await due(store, NOW + HOUR + timedelta(seconds=4)) == ()
        (cut,) = await due(store, NOW + HOUR + timedelta(seconds=5))
        assert (cut.attempts, cut.failures) == (3, 1)
        assert (
            await due(store, NOW + HOUR + timedelta(seconds=34)) == ()
        )  # the second time in a row it waits for longer
        assert [each.id for each in await due(store, NOW + HOUR + timedelta(seconds=35))] == [delivery.id]

    play(scene)


def test_a_delivery_is_claimed_once_with_its_attempt_counted(play: Callable[[Scene[Any]], Any]) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store)
        await commit(store, records["Gazette"], listing(hit(1)))
        (delivery,) = await due(store)
        assert delivery.attempts == 1
        assert await due(store) == ()
        assert await due(store, NOW + DAY, busy=(delivery.id,)) == ()
        (again,) = await due(store, NOW + DAY)  # as after a crash: the same id, so that the receiver can tell
        assert (again.id, again.attempts, again.event) == (delivery.id, 2, delivery.event)

    play(scene)


def test_a_delivered_message_is_done_and_so_are_those_that_it_carries(play: Callable[[Scene[Any]], Any]) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store)
        await commit(store, records["Gazette"], listing(hit(1)))
        (delivery,) = await due(store)
        assert await finish(store, delivery, Receipt(code=204)) is DeliveryState.DELIVERED
        assert await due(store, NOW + DAY) == ()
        assert await store.pending() == (2, 0)

    play(scene)


def test_deliveries_of_other_channels_stay_where_they_are(play: Callable[[Scene[Any]], Any]) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store)
        await commit(store, records["Gazette"], listing(hit(1)))
        assert await due(store, channels=("other",)) == ()
        assert len(await due(store)) == 1

    play(scene)


def test_a_held_channel_waits_and_a_gone_one_until_it_is_enabled(play: Callable[[Scene[Any]], Any]) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store)
        await commit(store, records["Gazette"], listing(hit(1), hit(2)))
        first, second = await due(store)
        busy = NotifyError("busy", retryable=True, retry_at=NOW + HOUR, hold=True, code=429)
        await finish(store, first, busy)
        assert await due(store, NOW + HOUR - MINUTE) == ()
        claimed_again = await due(store, NOW + HOUR, busy=(second.id,))
        assert [delivery.id for delivery in claimed_again] == [first.id]
        await finish(store, first, NotifyError("gone", retryable=False, gone=True, code=410))
        assert await due(store, NOW + DAY) == ()
        await store.enable_channels()
        assert {delivery.id for delivery in await due(store, NOW + DAY)} == {first.id, second.id}

    play(scene)


def test_the_operator_is_told_once_an_hour_that_a_channel_gives_up_and_after_the_alerts(
    play: Callable[[Scene[Any]], Any],
) -> None:
    about = rules(channels=(DESK, Channel(name="ops", target=Console(), health=True)))

    async def refuse(store: Store, now: datetime) -> None:
        for delivery in await due(store, now):
            error = NotifyError("no", retryable=False, code=400)
            settled = settle(delivery, error, begun=now, now=now, jitter=0.0, rules=about, new_id=NEW_ID)
            await store.finish(delivery, settled)

    async def scene(store: Store) -> None:
        records = await claimed(store)
        await commit(store, records["Gazette"], listing(hit(1), hit(2)), about=about)
        await refuse(store, NOW)
        await commit(store, records["Gazette"], listing(hit(3)), NOW + 2 * HOUR, about)
        await refuse(store, NOW + 2 * HOUR)
        await commit(store, records["Gazette"], listing(hit(4)), NOW + 2 * HOUR, about)
        last = await due(store, NOW + DAY, channels=("desk", "ops"))
        told = [EventType.ALERT_CREATED, EventType.DELIVERY_GIVEN_UP, EventType.DELIVERY_GIVEN_UP]
        assert [delivery.type for delivery in last] == told

    play(scene)


def test_one_channel_gets_a_few_messages_at_a_time_oldest_first(play: Callable[[Scene[Any]], Any]) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store)
        outcome = await commit(store, records["Gazette"], listing(*(hit(number) for number in range(1, 8))))
        first = await due(store, limit=20)
        assert [delivery.id for delivery in first] == [delivery.id for delivery in outcome.deliveries][:4]
        assert await due(store, busy=[delivery.id for delivery in first]) == ()
        assert len(await due(store, limit=2)) == 2

    play(scene)


def test_what_waited_for_one_moment_is_gathered_into_one_message(play: Callable[[Scene[Any]], Any]) -> None:
    daily = rules(channels=(replace(DESK, digest="0 8 * * *"),))

    async def scene(store: Store) -> None:
        records = await claimed(store)
        await commit(store, records["Gazette"], listing(hit(1), hit(2)), about=daily)
        assert await due(store, NOW + HOUR) == ()
        (digest,) = await due(store, NOW + DAY)
        assert (digest.type, digest.event["data"]["count"]) == (EventType.ALERT_DIGEST, 2)
        await finish(store, digest, Receipt(code=204), NOW + DAY)
        assert await store.pending() == (2, 0)

    play(scene)


@pytest.mark.parametrize(("digest", "kind"), [("0 8 * * *", EventType.ALERT_DIGEST), (None, EventType.ALERT_CREATED)])
def test_one_that_waited_alone_goes_as_it_is_but_in_a_digest(
    play: Callable[[Scene[Any]], Any], digest: str | None, kind: EventType
) -> None:
    about = rules(channels=(replace(DESK, digest=digest),))
    full = replace(about.watchlists["wolves"], max_per_hour=1)
    about = replace(about, watchlists={"wolves": full})

    async def scene(store: Store) -> None:
        records = await claimed(store)
        await commit(store, records["Gazette"], listing(hit(1)), about=about)
        first = await due(store)
        await commit(store, records["Gazette"], listing(hit(2)), NOW + MINUTE, about)
        later = await due(store, NOW + DAY, busy=[delivery.id for delivery in first])
        assert [delivery.type for delivery in later] == [kind]

    play(scene)


def test_the_rest_of_an_hour_is_gathered(play: Callable[[Scene[Any]], Any]) -> None:
    about = rules()
    about = replace(about, watchlists={"wolves": replace(about.watchlists["wolves"], max_per_hour=2)})

    async def scene(store: Store) -> None:
        records = await claimed(store)
        await commit(store, records["Gazette"], listing(*(hit(n) for n in range(2))), about=about)
        await commit(store, records["Gazette"], listing(*(hit(n) for n in range(2, 6))), NOW + MINUTE, about)
        now, later = await due(store), await due(store, NOW + HOUR)
        assert [delivery.type for delivery in now] == [EventType.ALERT_CREATED] * 2
        assert {delivery.type for delivery in later} == {EventType.ALERT_CREATED, EventType.ALERT_DIGEST}
        assert next(d for d in later if d.type is EventType.ALERT_DIGEST).event["data"]["count"] == 4

    play(scene)


def test_an_update_continues_what_was_told(play: Callable[[Scene[Any]], Any]) -> None:
    about = rules(channels=(replace(DESK, updates=True),))

    async def scene(store: Store) -> None:
        records = await claimed(store)
        await commit(store, records["Gazette"], listing(_copy(1, 0)), about=about)
        await commit(store, records["Herald"], listing(_copy(1, 1)), about=about)
        created, updated = await due(store)
        assert (updated.type, updated.reply_to) == (EventType.ALERT_UPDATED, created.id)
        assert updated.event["data"]["story"]["articles"] == 2

    play(scene)


NAMES = ("Gazette", "Herald", "Post", "Courier", "Bugle")
SEVERAL = tuple(source(name=name, url=f"https://{name.lower()}.example/feed") for name in NAMES)


def print_of(name: str, number: int) -> Reading:
    """A print of one text in another source."""
    url = f"https://{name.lower()}.example/{number}"
    told = article(id=f"{name}{number}", source=name, url=url, fetched=NOW, text=TEXT)
    return reading(match(), page=100 * number + len(name), text=5, keys=(number,), article=told)


TEXT = " ".join(f"Sentence number {n} tells of wolves that came down from the hills to drink." for n in range(9))


def test_of_several_updates_the_first_leaves_at_once_and_the_others_together_an_hour_later(
    play: Callable[[Scene[Any]], Any],
) -> None:
    about = rules(channels=(replace(DESK, updates=True),))

    async def told(store: Store, name: str, number: int, now: datetime) -> None:
        records = await claimed(store, now, *SEVERAL)
        await commit(store, records[name], listing(print_of(name, number)), now, about)

    async def early(store: Store) -> tuple[Delivery, ...]:
        for number, name in enumerate(NAMES[:4]):
            await told(store, name, number, NOW + 10 * number * MINUTE)
        return await due(store, NOW + 30 * MINUTE)

    async def late(store: Store) -> None:
        assert await due(store, NOW + 69 * MINUTE, busy=[delivery.id for delivery in sent]) == ()
        (joined,) = await due(store, NOW + 70 * MINUTE, busy=[delivery.id for delivery in sent])
        assert (joined.type, joined.reply_to, joined.alert_id) == ("alert.updated", sent[0].id, sent[0].alert_id)
        story = joined.event["data"]["story"]
        assert [each["source"] for each in story["others"]] == ["Post", "Courier"]
        assert (story["articles"], story["independent"]) == (4, 1)
        await finish(store, joined, Receipt(code=204), NOW + 70 * MINUTE)
        await told(store, "Bugle", 5, NOW + 90 * MINUTE)  # the hour begins again when they have left
        busy = [delivery.id for delivery in (*sent, joined)]
        assert await due(store, NOW + 129 * MINUTE, busy=busy) == ()
        (last,) = await due(store, NOW + 130 * MINUTE, busy=busy)
        assert [each["source"] for each in last.event["data"]["story"]["others"]] == ["Bugle"]

    sent = play(early)
    assert [delivery.type for delivery in sent] == ["alert.created", "alert.updated"]
    play(late)


def test_that_many_sources_carry_a_story_is_told_once_whatever_happens_in_between(
    play: Callable[[Scene[Any]], Any],
) -> None:
    about = rules()
    about = replace(about, watchlists={"wolves": replace(about.watchlists["wolves"], escalate=2, max_per_hour=1)})

    async def told(store: Store, name: str, number: int, now: datetime) -> Outcome:
        records = await claimed(store, now, *SEVERAL)
        return await commit(store, records[name], listing(print_of(name, number)), now, about)

    async def before(store: Store) -> None:
        await told(store, "Gazette", 0, NOW)
        assert (await told(store, "Herald", 1, NOW + MINUTE)).deliveries == ()  # a copy is no independent source

    async def after(store: Store) -> list[str]:
        more = await told(store, "Post", 2, NOW + HOUR)
        again = await told(store, "Courier", 3, NOW + 2 * HOUR)
        return [str(delivery.type) for outcome in (more, again) for delivery in outcome.deliveries]

    play(before)
    play(partial(set_domains, '["gazette.example", "herald.example"]'))
    assert play(after) == ["alert.escalated"]


async def set_domains(domains: str, store: Store) -> None:
    """As if another report of the same news had been no copy."""
    assert isinstance(store, SqliteStore)
    await store._writer.run(lambda db: db.execute("UPDATE stories SET domains = ?", (domains,)))


def test_a_digest_tells_a_story_as_it_is_when_it_leaves(play: Callable[[Scene[Any]], Any]) -> None:
    lists = [replace(rules().watchlists["wolves"], name=name, title=name) for name in ("wolves", "packs")]
    about = rules(*lists, channels=(replace(DESK, digest="0 8 * * *"),))

    async def scene(store: Store) -> None:
        records = await claimed(store, NOW, *SEVERAL)
        first = replace(print_of("Gazette", 0), matches=(match("wolves"), match("packs", score=3.0)))
        await commit(store, records["Gazette"], listing(first), NOW, about)
        for number, name in enumerate(("Herald", "Post"), 1):
            await commit(store, records[name], listing(print_of(name, number)), NOW + HOUR, about)
        (digest,) = await due(store, NOW + DAY)
        (entry,) = digest.event["data"]["alerts"]
        assert [(each["name"], each["score"]) for each in entry["watchlists"]] == [("packs", 3.0), ("wolves", 1.0)]
        assert (entry["type"], entry["also"], entry["story"]["articles"]) == ("alert.created", ["wolves"], 3)
        assert [(each["source"], each["relation"]) for each in entry["story"]["others"]] == [
            ("Herald", "duplicate"),
            ("Post", "duplicate"),
        ]

    play(scene)


# Forms, retention


def test_forms_are_kept_for_one_version_of_the_libraries(play: Callable[[Scene[Any]], Any]) -> None:
    forms = {("ru", "Чечня", Mark.WORD): frozenset({"чечне", "чечня"}), ("de", "Wolf", Mark.WORD): frozenset({"wölfe"})}

    async def scene(store: Store) -> None:
        await store.keep_forms("1", forms)
        assert await store.forms("1") == forms
        await store.keep_forms("2", {})
        assert await store.forms("1") == {}

    play(scene)


def test_old_articles_without_hits_are_deleted_and_stay_known(
    play: Callable[[Scene[Any]], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polls, "PRUNED", 1)

    async def scene(store: Store) -> None:
        records = await claimed(store)
        plain = [reading(page=n, keys=(n,), article=article(id=f"plain{n}")) for n in (2, 3)]
        await commit(store, records["Gazette"], listing(hit(1), *plain))
        assert await store.prune(NOW) == 0
        assert await store.prune(NOW + timedelta(seconds=1)) == 2
        assert set(await store.articles((1, 2, 3))) == {1}
        assert (await store.known(records["Gazette"].id, (1, 2, 3), NOW)).keys == {1, 2, 3}

    play(scene)


# Articles that are read again

FOLLOWING = rules(channels=(replace(DESK, revisions=True),))
FIRST = NOW + HOUR * 1.2  # the first turn is over


async def followed(store: Store, count: int = 1) -> None:
    """Articles have alerted, and are to be read again."""
    records = await claimed(store)
    await commit(store, records["Gazette"], listing(*(hit(n, words=n) for n in range(count))), about=FOLLOWING)


async def revised(store: Store, new: Article, now: datetime = FIRST, **about: Any) -> Revised | None:
    """What is due was read again, and is now so."""
    (reread,) = await store.claim_rereads(now, limit=1)
    old = reread.article
    visit = Visit(
        reread=reread,
        source=GAZETTE,
        at=now,
        got=Got(page=Page(text=new.text)),
        reading=reading(match("bears"), page=1, article=new, known_article=True, keys=()),
        change=compare(old.title, old.text, new.title, new.text),
        **about,
    )
    lists = tuple(Watchlist(name=name, title=name, all=(name,)) for name in ("wolves", "bears"))
    decided = partial(revisions.decide, rules=replace(FOLLOWING, watchlists={w.name: w for w in lists}), new_id=NEW_ID)
    return await store.revise(visit, decided)


def test_an_article_that_alerted_is_claimed_at_its_turn_and_again_when_nobody_came_back(
    play: Callable[[Scene[Any]], Any],
) -> None:
    async def before(store: Store) -> None:
        await followed(store, 3)
        assert await store.claim_rereads(NOW + HOUR - MINUTE, limit=9) == ()
        first = await store.claim_rereads(FIRST, limit=2)
        (last,) = await store.claim_rereads(FIRST, limit=9)
        assert {each.article.id for each in (*first, last)} == {"article0", "article1", "article2"}
        assert (last.since, last.missing_since, last.gone_at) == (NOW, None, None)
        assert await store.claim_rereads(FIRST + MINUTE, limit=9) == ()

    async def after(store: Store) -> None:
        assert len(await store.claim_rereads(FIRST + HOUR, limit=9, busy=["article0"])) == 2

    play(before)
    play(after)


def test_an_article_that_alerted_while_the_clock_was_ahead_is_read_again_at_its_turns(
    play: Callable[[Scene[Any]], Any],
) -> None:
    async def scene(store: Store) -> None:
        await followed(store)
        before = NOW - 400 * DAY
        (reread,) = await store.claim_rereads(before, limit=9)
        assert reread.since == before
        assert await store.claim_rereads(before, limit=9) == ()
        old = reread.article
        visit = Visit(reread=reread, source=GAZETTE, at=before, got=Got(), reading=reading(article=old, keys=()))
        assert await store.revise(visit, partial(revisions.decide, rules=FOLLOWING, new_id=NEW_ID))
        assert await store.claim_rereads(before + HOUR - MINUTE, limit=9) == ()
        assert len(await store.claim_rereads(before + HOUR * 1.2, limit=9)) == 1

    play(scene)


def test_an_article_of_which_nobody_wants_to_hear_is_never_claimed(play: Callable[[Scene[Any]], Any]) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store)
        await commit(store, records["Gazette"], listing(hit(1)))
        assert await store.claim_rereads(NOW + DAY, limit=9) == ()

    play(scene)


def test_what_changed_is_written_at_once_and_the_story_stays_one(play: Callable[[Scene[Any]], Any]) -> None:
    new = article(id="article0", url="https://gazette.example/0", text="Bears return to the valley.", sha256="1" * 64)

    async def before(store: Store) -> None:
        await followed(store)
        done = await revised(store, new)
        assert done is not None
        assert (done.found, [alert.watchlist for alert in done.raised.alerts]) == (Found.CHANGED, ["bears"])

    async def after(store: Store) -> None:
        assert [each.type for each in await due(store, FIRST)] == [
            EventType.ALERT_CREATED,
            EventType.ALERT_CREATED,
            EventType.ARTICLE_CHANGED,
        ]
        (reread,) = await store.claim_rereads(FIRST + DAY, limit=9)
        assert (reread.article, reread.since) == (new, FIRST)  # it alerted again

    play(before)
    play(after)


def test_nothing_is_written_of_an_article_that_is_another_meanwhile(play: Callable[[Scene[Any]], Any]) -> None:
    async def scene(store: Store) -> None:
        await followed(store)
        (late,) = await store.claim_rereads(FIRST, limit=1)
        new = replace(late.article, text="Bears return to the valley.")
        assert await revised(store, new, FIRST + HOUR) is not None
        visit = Visit(reread=late, source=GAZETTE, at=FIRST, got=Got(), reading=reading(article=late.article))
        decided = partial(revisions.decide, rules=FOLLOWING, new_id=NEW_ID)
        assert await store.revise(visit, decided) is None
        gone = replace(late, article=replace(late.article, id="pruned"))
        assert await store.revise(replace(visit, reread=gone), decided) is None

    play(scene)


def test_what_was_found_missing_or_gone_is_remembered(play: Callable[[Scene[Any]], Any]) -> None:
    async def before(store: Store) -> None:
        await followed(store)
        (reread,) = await store.claim_rereads(FIRST, limit=1)
        about: dict[str, Any] = {
            "source": GAZETTE,
            "got": Got(trouble="404", missing=True),
            "reading": reading(article=reread.article),
        }
        decided = partial(revisions.decide, rules=FOLLOWING, new_id=NEW_ID)
        for at in (FIRST, FIRST + HOUR):
            await store.revise(Visit(reread=reread, at=at, **about), decided)
            reread = replace(reread, missing_since=FIRST)

    async def after(store: Store) -> None:
        (reread,) = await store.claim_rereads(FIRST + DAY, limit=1)
        assert (reread.missing_since, reread.gone_at) == (FIRST, FIRST + HOUR)

    play(before)
    play(after)


def test_entries_are_listed_of_which_the_source_says_something_else(play: Callable[[Scene[Any]], Any]) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store)
        silent = hit(3, words=3, state=EntryState.BASELINE)
        held = hit(4, words=4, state=EntryState.HELD)
        both = listing(hit(1, words=1), hit(2, words=2), silent, held, hit(5))
        await commit(store, records["Gazette"], both, about=FOLLOWING)
        id_ = records["Gazette"].id

        (found,) = await store.listed(id_, {1: 9, 2: 2, 3: 9, 4: 9, 5: 9, 6: 9})

        assert (found.page, found.reread.article.id, found.reread.since) == (1, "article1", NOW)
        assert (found.noted.words, found.noted.futile, found.noted.again_at) == (9, 0, None)
        assert await store.listed(records["Herald"].id, {1: 9}) == ()

        visit = Visit(
            reread=found.reread,
            source=GAZETTE,
            at=NOW,
            got=Got(),
            reading=reading(article=found.reread.article),
            noted=found.noted,
        )
        await store.revise(visit, partial(revisions.decide, rules=FOLLOWING, new_id=NEW_ID))
        assert await store.listed(id_, {1: 9}) == ()
        (again,) = await store.listed(id_, {1: 10})
        assert (again.noted.futile, again.noted.again_at) == (1, NOW + 15 * MINUTE)

    play(scene)


# Hubs


def hubbed(number: int = 1, **changes: Any) -> Subscription:
    standing = Subscription(
        token=f"token{number}",
        secret=f"secret{number}",
        source_id=1,
        source="Gazette",
        hub="https://hub.example/",
        topic="https://gazette.example/feed",
        callback="https://monitor.example/",
        next_at=NOW,
    )
    return replace(standing, **changes)


VERIFIED = hubbed(state=State.VERIFIED, lease_until=NOW + DAY)


async def subscribe(store: Store, *subscriptions: Subscription) -> None:
    await store.plan_subscriptions(lambda _offers, _standing: Plan(write=subscriptions))


def test_what_active_sources_offer_and_what_stands_is_planned_and_kept(play: Callable[[Scene[Any]], Any]) -> None:
    offer = Offer(source_id=1, source="Gazette", hub="https://hub.example/", topic="https://gazette.example/feed")

    async def before(store: Store) -> None:
        records = await claimed(store)
        await commit(store, records["Gazette"], listing(hub=offer.hub, topic=offer.topic))
        await commit(store, records["Herald"], listing(hub="", topic=""))
        seen: list[object] = []
        plan = Plan(write=(hubbed(1), hubbed(2)), ask=(hubbed(2),))
        asked = await store.plan_subscriptions(lambda *known: seen.append(known) or plan)  # type: ignore[func-returns-value] # a list's way
        assert (asked, seen) == ((hubbed(2),), [([offer], [])])

    async def after(store: Store) -> None:
        seen: list[object] = []
        changed = hubbed(2, state=State.LEAVING, failures=3, next_at=NOW + DAY)
        plan = Plan(write=(changed,), forget=("token1",))
        await store.plan_subscriptions(lambda *known: seen.append(known) or plan)  # type: ignore[func-returns-value] # a list's way
        assert seen == [([offer], [hubbed(1), hubbed(2)])]
        assert await store.subscription("token2") == changed
        assert await store.subscription("token1") is None
        await store.sync_sources((HERALD,), NOW)
        await store.plan_subscriptions(lambda *known: seen.append(known) or Plan())  # type: ignore[func-returns-value] # a list's way
        assert seen[1] == ([], [changed])

    play(before)
    play(after)


def test_a_poll_that_brings_nothing_keeps_the_hub_and_another_address_forgets_it(
    play: Callable[[Scene[Any]], Any],
) -> None:
    async def scene(store: Store) -> None:
        records = await claimed(store)
        await commit(store, records["Gazette"], listing(hub="https://hub.example/", topic="topic"))
        (record, _) = await store.claim_sources(NOW + HOUR, limit=9)
        assert (record.hub, record.topic) == ("https://hub.example/", "topic")
        await commit(store, record, listing(), NOW + HOUR)
        (record, _) = await store.claim_sources(NOW + 2 * HOUR, limit=9)
        assert (record.hub, record.topic) == ("https://hub.example/", "topic")
        await store.sync_sources((replace(GAZETTE, url="https://new.example/"), HERALD), NOW)
        records = {each.name: each for each in await store.claim_sources(NOW + 3 * HOUR, limit=9)}
        assert (records["Gazette"].hub, records["Gazette"].topic) == ("", "")

    play(scene)


def test_a_subscription_is_changed_or_ends_and_its_source_knows(play: Callable[[Scene[Any]], Any]) -> None:
    async def scene(store: Store) -> None:
        await claimed(store)
        await subscribe(store, hubbed(1), hubbed(2))
        assert await store.change_subscription("unknown", lambda _: None) is None
        assert await store.change_subscription("token1", lambda _: VERIFIED) == hubbed(1)
        assert await store.change_subscription("token2", lambda sub: sub) == hubbed(2)
        assert await store.subscription("token1") == VERIFIED
        (record, _) = await store.claim_sources(NOW + HOUR, limit=9)
        assert record.pushed_until == NOW + DAY
        await commit(store, record, listing(), NOW + HOUR)
        assert await store.change_subscription("token1", lambda _: None) == VERIFIED
        assert await store.subscription("token1") is None
        (record, _) = await store.claim_sources(NOW + 2 * HOUR, limit=9)
        assert record.pushed_until is None

    play(scene)


def test_a_push_makes_its_source_due_once_in_a_while(play: Callable[[Scene[Any]], Any]) -> None:
    async def due_at(store: Store, now: datetime) -> list[str]:
        return [record.name for record in await store.claim_sources(now, limit=9, busy=(2,))]

    async def scene(store: Store) -> None:
        records = await claimed(store)
        await commit(store, records["Gazette"], listing())
        await subscribe(store, hubbed())
        await store.pushed("token1", NOW, 2 * MINUTE)  # not verified yet
        assert await due_at(store, NOW) == []
        await subscribe(store, VERIFIED)
        await store.pushed("unknown", NOW, 2 * MINUTE)
        await store.pushed("token1", NOW, 2 * MINUTE)
        await store.pushed("token1", NOW, 2 * MINUTE)
        assert await due_at(store, NOW) == ["Gazette"]
        assert await due_at(store, NOW) == []
        await store.pushed("token1", NOW + MINUTE, 2 * MINUTE)
        await commit(
            store, records["Gazette"], listing(), NOW + MINUTE
        )  # the poll that was under way is no answer to it
        assert await due_at(store, NOW + MINUTE) == []
        assert await due_at(store, NOW + 2 * MINUTE) == ["Gazette"]
        await commit(store, records["Gazette"], Fault(kind="status", message="busy", retry_at=NOW + HOUR), NOW)
        await store.pushed("token1", NOW + 9 * MINUTE, 2 * MINUTE)
        assert await due_at(store, NOW + 9 * MINUTE) == []  # it asked to be left alone

    play(scene)
