"""While nothing can be written: what is owed is sent as far as it can be read, nothing twice, and all is written later."""

import asyncio
import os
import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from monitor.core.errors import NotifyError, StoreError
from monitor.core.model import Delivery, Receipt
from monitor.core.routes import gather
from monitor.core.settle import settle
from monitor.store import meanwhile, reserve
from monitor.store.sqlite import SqliteStore
from support.build import DAY, HOUR, MINUTE, NOW, rules
from support.stored import DESK, Stored, new_id

DOWN = NotifyError("no answer", retryable=True)
BUSY = NotifyError("busy", retryable=True, retry_at=NOW + HOUR, hold=True, code=429)
Fault = Callable[[SqliteStore, Path], Any]
RULES = rules(channels=(DESK,))


@asynccontextmanager
async def read_only(store: SqliteStore, _: Path) -> AsyncIterator[None]:
    await store._writer.read(lambda db: db.execute("PRAGMA query_only = ON"))
    yield
    await store._writer.read(lambda db: db.execute("PRAGMA query_only = OFF"))


@asynccontextmanager
async def locked(store: SqliteStore, path: Path) -> AsyncIterator[None]:
    """Another program holds the database for longer than is waited for."""
    await store._writer.read(lambda db: db.execute("PRAGMA busy_timeout = 20"))
    store._writer._patience = 1_000
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.close()


@asynccontextmanager
async def gone(_: SqliteStore, path: Path) -> AsyncIterator[None]:
    """The data folder is away, and is brought back."""
    elsewhere = path.parent.with_name("elsewhere")
    path.parent.rename(elsewhere)
    yield
    elsewhere.rename(path.parent)


@pytest.fixture
def stored(tmp_path: Path, empty_database: Path) -> Stored:
    return Stored.at(tmp_path / "data" / "monitor.db", empty_database)


def play(stored: Stored, scene: Callable[[SqliteStore], Awaitable[None]]) -> None:
    async def within() -> None:
        store = SqliteStore(stored.path)
        try:
            await scene(store)
        finally:
            await store.close()

    asyncio.run(within())


async def due(store: SqliteStore, now: datetime, busy: tuple[str, ...] = ()) -> tuple[Delivery, ...]:
    bundle = partial(gather, now=now, new_id=new_id)
    return await store.claim_deliveries(now, channels=("desk", "other"), limit=10, busy=busy, gather=bundle)


async def ended(store: SqliteStore, delivery: Delivery, result: Receipt | NotifyError, now: datetime = NOW) -> None:
    await store.finish(delivery, settle(delivery, result, begun=now, now=now, jitter=0.0, rules=RULES, new_id=new_id))


@pytest.mark.parametrize("fault", [read_only, locked, gone])
def test_polling_pauses_delivering_goes_on_and_nothing_goes_twice(stored: Stored, fault: Fault) -> None:
    stored.alert("Wolves return")
    stored.alert("More wolves")
    first, second = (row["id"] for row in stored.rows("SELECT id FROM deliveries ORDER BY id"))

    async def scene(store: SqliteStore) -> None:
        assert await store.pending() == (2, 2)
        async with fault(store, stored.path):
            with pytest.raises(StoreError) as raised:
                await store.claim_sources(NOW + HOUR, limit=10)
            assert raised.value.trouble
            assert store.trouble is not None

            sent = await due(store, NOW)
            assert [(each.id, each.attempts) for each in sent] == [(first, 1), (second, 1)]
            assert await due(store, NOW, busy=(first, second)) == ()
            await ended(store, sent[0], Receipt(code=204))
            await ended(store, sent[1], DOWN)
            assert await due(store, NOW) == ()  # one is done, the other waits as long as it would otherwise
            (again,) = await due(store, NOW + MINUTE)
            assert (again.id, again.attempts, again.event) == (second, 2, sent[1].event)
            await ended(store, again, Receipt(code=204), NOW + MINUTE)
            assert await due(store, NOW + DAY) == ()
            assert store.unwritten == 2

        assert len(await store.claim_sources(NOW + HOUR, limit=10)) == 2
        assert store.trouble is None
        assert store.unwritten == 0
        assert await due(store, NOW + DAY) == ()

    play(stored, scene)

    states = stored.rows("SELECT id, state, attempts FROM deliveries ORDER BY id")
    assert [tuple(row.values()) for row in states] == [(first, "delivered", 1), (second, "delivered", 2)]
    tried = stored.rows("SELECT delivery_id, outcome FROM attempts ORDER BY id")
    assert sorted(tuple(row.values()) for row in tried) == [
        (first, "delivered"),
        (second, "delivered"),
        (second, "retry"),
    ]


def test_the_operator_is_told_though_nothing_can_be_stored(stored: Stored) -> None:
    delivery = replace(_message(), id=new_id())

    async def scene(store: SqliteStore) -> None:
        await store.pending()
        async with gone(store, stored.path):
            await store.tell([delivery])
            (sent,) = await due(store, NOW)
            assert sent == replace(delivery, attempts=1, next_at=sent.next_at)
            await ended(store, sent, Receipt(code=204))
            assert stored.path.exists() is False
        await due(store, NOW)

    play(stored, scene)

    row = stored.rows("SELECT id, state, attempts, type FROM deliveries")
    assert [tuple(each.values()) for each in row] == [(delivery.id, "delivered", 1, "store.failing")]


def test_a_channel_that_asked_for_a_pause_is_left_alone(stored: Stored) -> None:
    stored.alert("Wolves return")

    async def scene(store: SqliteStore) -> None:
        await store.pending()
        async with gone(store, stored.path):
            (sent,) = await due(store, NOW)
            await ended(store, sent, BUSY)
            await store.tell([replace(_message(), channel="desk"), replace(_message(), id="b", channel="other")])
            assert [each.channel for each in await due(store, NOW + MINUTE)] == ["other"]
            assert {each.channel for each in await due(store, NOW + 2 * HOUR)} == {"desk", "other"}

    play(stored, scene)


def test_one_channel_gets_a_few_messages_at_a_time_and_memory_is_bounded(
    stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(store: SqliteStore) -> None:
        await store.pending()
        async with gone(store, stored.path):
            await store.tell([replace(_message(), id=str(number)) for number in range(9)])
            assert len(await due(store, NOW)) == 4
            monkeypatch.setattr(meanwhile, "MOST", 9)
            assert await due(store, NOW) == ()

    play(stored, scene)


def test_what_the_database_will_never_take_is_said_once_and_forgotten(stored: Stored) -> None:
    async def scene(store: SqliteStore) -> None:
        await store.pending()
        async with gone(store, stored.path):
            await store.tell([replace(_message(), alert_id="there is none"), replace(_message(), id="b")])
        with pytest.raises(StoreError, match="FOREIGN KEY") as raised:
            await due(store, NOW)
        assert not raised.value.trouble
        assert [each.id for each in await due(store, NOW)] == ["b"]

    play(stored, scene)


def test_an_attempt_that_ends_while_the_others_are_written_is_kept(stored: Stored) -> None:
    memory = meanwhile.Meanwhile()
    memory.tell([_message()])
    (claimed,) = memory.claim((), ("desk",), (), NOW, 10)
    memory.keep(claimed, settle(claimed, DOWN, begun=NOW, now=NOW, jitter=0, rules=RULES, new_id=new_id))
    (owed,) = memory.take()
    later = replace(claimed, attempts=2)
    memory.keep(later, settle(later, Receipt(), begun=NOW, now=NOW, jitter=0, rules=RULES, new_id=new_id))
    memory.put_back(owed)
    (owed,) = memory.take()
    for _ in range(2):  # what could not be synced may have been written
        with stored.db() as db:
            meanwhile.write(owed, db)
    assert stored.rows("SELECT state, attempts FROM deliveries") == [{"state": "delivered", "attempts": 2}]
    assert [row["outcome"] for row in stored.rows("SELECT outcome FROM attempts")] == ["retry", "delivered"]


def _message() -> Delivery:
    event = {"type": "store.failing", "timestamp": "", "data": {}}
    return Delivery(id="a", type="store.failing", channel="desk", event=event, created_at=NOW, next_at=NOW)  # type: ignore[arg-type]


def test_trouble_that_comes_back_at_once_is_left_alone_for_a_while(
    stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(store: SqliteStore) -> None:
        async def trouble() -> None:
            async with gone(store, stored.path):
                with pytest.raises(StoreError):
                    await store.claim_sources(NOW, limit=10)

        await store.pending()
        await trouble()
        await store.claim_sources(NOW, limit=10)
        await trouble()
        with pytest.raises(StoreError, match="is gone"):
            await store.claim_sources(NOW, limit=10)
        assert await due(store, NOW) == ()  # what is to be delivered does not wait for that
        store._wait_until = 0.0
        await store.claim_sources(NOW, limit=10)
        await trouble()
        assert store._wait == 10.0

    play(stored, scene)


def test_a_damaged_database_is_not_taken_for_mended(stored: Stored) -> None:
    (row,) = stored.rows("SELECT rootpage FROM sqlite_schema WHERE name = 'sources_due'")
    stored.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    with stored.path.open("r+b") as file:
        file.seek((row["rootpage"] - 1) * 4096)
        file.write(bytes(4096))

    async def scene(store: SqliteStore) -> None:
        for _ in range(2):
            with pytest.raises(StoreError, match="put a backup in its place"):
                await store.claim_sources(NOW + DAY, limit=10)
        assert store.trouble is not None

    play(stored, scene)


# The folder


def test_another_file_in_its_place_is_not_written(stored: Stored) -> None:
    async def scene(store: SqliteStore) -> None:
        await store.pending()
        copy = stored.path.with_name("copy")
        shutil.copy(stored.path, copy)
        copy.rename(stored.path)
        with pytest.raises(StoreError, match="start Monitor again"):
            await store.claim_sources(NOW, limit=10)

    play(stored, scene)


def test_a_disk_that_was_taken_out_and_put_back_is_opened_anew(stored: Stored) -> None:
    async def scene(store: SqliteStore) -> None:
        await store.pending()
        before = store._writer._connection
        known = list(store._file._known or ())
        known[2] += 1  # st_dev
        store._file._known = os.stat_result(known)
        assert await store.pending() == (2, 0)
        assert store._writer._connection is not before

    play(stored, scene)


# The disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system with little room."""
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk], check=False, capture_output=True)
    if made.returncode:
        pytest.skip("only root may make a file system")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def test_a_disk_that_is_full_and_has_room_again(small_disk: Path, empty_database: Path) -> None:
    stored = Stored.at(small_disk / "data" / "monitor.db", empty_database)
    for number in range(3):
        stored.alert(f"Wolves return {number}", text=f"Wolves {number}")
    ballast = small_disk / "ballast"

    async def scene(store: SqliteStore) -> None:
        await store.keep_room()
        assert await store.pending() == (2, 3)
        assert (small_disk / "data" / reserve.NAME).stat().st_size == reserve.SIZE
        _fill(ballast)
        with pytest.raises(StoreError, match="Free space"):
            await store._run(lambda db: db.execute("INSERT INTO facts VALUES ('big', zeroblob(20000000))"))
        assert not (small_disk / "data" / reserve.NAME).exists()

        sent = await due(store, NOW)  # what was reserved is enough for this
        for each in sent:
            await ended(store, each, Receipt(code=204))
        assert (len(sent), store.unwritten) == (3, 0)
        _fill(ballast)
        with pytest.raises(StoreError, match=r"room left|Free space"):
            await store.claim_sources(NOW + HOUR, limit=10)
        assert len(stored.rows("SELECT 1 FROM attempts")) == 3

        ballast.unlink()
        assert len(await store.claim_sources(NOW + HOUR, limit=10)) == 2
        assert store.trouble is None

    play(stored, scene)
    assert stored.rows("PRAGMA integrity_check") == [{"integrity_check": "ok"}]


def _fill(file: Path) -> None:
    with file.open("ab", buffering=0) as ballast:
        try:
            while True:
                ballast.write(b"x" * 4096)
        except OSError:
            return


def test_without_room_at_the_start_there_is_trouble_from_the_start(small_disk: Path, empty_database: Path) -> None:
    stored = Stored.at(small_disk / "data" / "monitor.db", empty_database)

    async def scene(store: SqliteStore) -> None:
        await store.pending()
        _fill(small_disk / "ballast")
        await store.keep_room()
        assert store.trouble is not None

    play(stored, scene)
