"""Backups and the heartbeat, with real files, a real store and a real address; and the daemon that makes them."""

import asyncio
import json
import math
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor import canary, lock, pipeline
from monitor.core.errors import FetchError, FetchFault, StoreError
from monitor.core.model import Fault
from monitor.core.settings import BackupSettings, Config, DaemonSettings, FetchSettings, HeartbeatSettings, Secret
from monitor.fetch.client import Answer, Client
from monitor.fetch.robots import Robots
from monitor.pipeline import Tools
from monitor.sandbox import Sandbox
from monitor.service import ServiceManager
from monitor.store import ledger
from monitor.store.sqlite import SqliteStore
from monitor.upkeep import Upkeep, back_up, beat, heard, note_confinement, tidy
from support.build import DAY, HOUR, NOW, rules
from support.commands import run
from support.newsroom import newsroom, running, stopped
from support.server import Reply, Request
from support.stored import DESK, Stored, new_id

RULES = rules(channels=(DESK,))
PARIS = ZoneInfo("Europe/Paris")
BEAT = HeartbeatSettings(url=Secret("https://ping.example/1"), interval=timedelta(seconds=60))


@pytest.fixture
def stored(tmp_path: Path, empty_database: Path) -> Stored:
    made = Stored.at(tmp_path / "data" / lock.DATABASE, empty_database)
    made.alert()
    return made


def play(stored: Stored, scene: Callable[[Upkeep], Any]) -> None:
    async def within() -> None:
        store = SqliteStore(stored.path)
        with lock.take(stored.path.parent, 1, NOW) as held:
            await scene(Upkeep(store=store, new_id=new_id, manager=ServiceManager({}), held=held))
        await store.close()

    asyncio.run(within())


# What is old

DIRECTORY = DaemonSettings(data_dir=Path("data"), timezone="Europe/Paris", retention=30 * DAY)


def test_what_is_old_is_deleted_once_a_day_also_where_nobody_is_there_at_night(stored: Stored) -> None:
    """NOW is a time of the day at which a laptop runs that is off at 03:30."""
    settings, left = Config(daemon=DIRECTORY), []

    async def scene(upkeep: Upkeep) -> None:
        for day in (0, 1, 40, 41):
            begin(upkeep)
            for at in (0.0, 590.0, 600.0, 620.0, 4000.0):
                now = NOW + day * DAY + timedelta(seconds=at)
                await tidy(upkeep, settings, RULES, now, at)
                left.append(len(stored.rows("SELECT 1 FROM articles")))
                if (day, at) == (41, 600.0):
                    stored.publish("Old", fetched=NOW)  # it would be deleted if it were looked for a second time

    stored.publish("Quiet")
    play(stored, scene)

    assert left == [2] * 10 + [2, 2, 1, 1, 1] + [1, 1, 1, 2, 2]
    (fact,) = stored.rows("SELECT value FROM facts WHERE name = 'tidied_at'")
    assert fact["value"].startswith("2027-01-02")


def test_nothing_is_old_by_a_clock_that_was_set_just_now(stored: Stored) -> None:
    async def scene(upkeep: Upkeep) -> None:
        begin(upkeep)
        for ahead, at in ((0, 0.0), (400, 20.0), (400, 610.0), (0, 630.0), (0, 1229.0)):
            now = NOW + ahead * DAY + timedelta(seconds=at)
            await tidy(upkeep, Config(daemon=DIRECTORY), RULES, now, at)

    stored.publish("Quiet")
    play(stored, scene)

    assert len(stored.rows("SELECT 1 FROM articles")) == 2
    assert stored.rows("SELECT 1 FROM facts WHERE name = 'tidied_at'") == []


def test_what_is_gone_is_told_again_where_nobody_is_there_at_night(stored: Stored) -> None:
    async def scene(upkeep: Upkeep) -> None:
        for day in (0, 6, 8, 9):
            begin(upkeep)
            for at in (0.0, 600.0):
                await tidy(upkeep, Config(daemon=DIRECTORY), RULES, NOW + day * DAY + timedelta(seconds=at), at)

    for failures in (0, 1):
        stored.checked("Gazette", Fault(kind="status", message="it answered 410", status=410), failures=failures)
    play(stored, scene)

    told = stored.rows("SELECT created_at FROM deliveries WHERE type = 'source.failing' ORDER BY id")
    assert [row["created_at"][:10] for row in told] == ["2026-11-22", "2026-11-30"]


def test_what_could_not_be_deleted_is_tried_again_an_hour_later(
    stored: Stored, capsys: pytest.CaptureFixture[str]
) -> None:
    async def scene(upkeep: Upkeep) -> None:
        begin(upkeep)
        for at in (0.0, 600.0, 620.0, 4200.0):
            await tidy(upkeep, Config(daemon=DIRECTORY), RULES, NOW + 40 * DAY + timedelta(seconds=at), at)
            if at == 620.0:
                assert len(stored.rows("SELECT 1 FROM articles")) == 2
                with stored.db() as db:
                    db.execute("DROP TRIGGER stuck")

    stored.publish("Quiet")
    with stored.db() as db:
        db.execute("CREATE TRIGGER stuck BEFORE DELETE ON articles BEGIN SELECT RAISE(ABORT, 'stuck'); END")
    play(stored, scene)

    assert len(stored.rows("SELECT 1 FROM articles")) == 1


def test_a_start_says_if_nothing_can_be_parsed(
    stored: Stored, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Children stand, but what parses in them cannot be imported: half an upgrade, or files that they may not read."""
    (tmp_path / "feedparser.py").write_text("raise ImportError")
    (tmp_path / "lxml.py").write_text("raise ImportError")

    async def scene(upkeep: Upkeep) -> None:
        for broken in (False, True):
            if broken:
                monkeypatch.syspath_prepend(tmp_path)
            async with Sandbox() as sandbox:
                await note_confinement(sandbox, upkeep.store)
            assert ("nothing can be parsed" in "".join(capfd.readouterr())) == broken

    play(stored, scene)


def begin(upkeep: Upkeep) -> None:
    """As after a start."""
    upkeep.looked, upkeep.steady_since, upkeep.tidy_at = None, math.inf, -math.inf


# Backups


def test_a_backup_a_day_is_made_and_the_oldest_deleted(stored: Stored, tmp_path: Path) -> None:
    settings = BackupSettings(folder=tmp_path / "copies", at=time(3), keep=3)

    async def scene(upkeep: Upkeep) -> None:
        for hours in (-24, 0, 1, 14, 15, 39, 12):  # the last: the clock was set back by more than a day
            await back_up(upkeep, settings, stored.path, PARIS, RULES, NOW + hours * HOUR, hours)

    play(stored, scene)

    copies = sorted(file.name for file in settings.folder.iterdir())
    assert copies == ["monitor-2026-11-22.db", "monitor-2026-11-23.db", "monitor-2026-11-24.db"]
    assert {file.stat().st_mode & 0o777 for file in settings.folder.iterdir()} == {0o600}
    with ledger.reading(settings.folder / copies[0]) as db:
        assert ledger.counts(db)["alerts"] == 1
    facts = dict(tuple(row.values()) for row in stored.rows("SELECT name, value FROM facts"))
    assert facts == {"backup_at": "2026-11-24T03:00:00.000Z", "backup": str(settings.folder / copies[2])}


def test_a_backup_that_fails_is_told_once_and_tried_every_hour(stored: Stored, tmp_path: Path) -> None:
    (tmp_path / "copies").write_text("no folder")
    settings = BackupSettings(folder=tmp_path / "copies")

    async def scene(upkeep: Upkeep) -> None:
        for at in (0.0, 100.0, 3600.0):
            await back_up(upkeep, settings, stored.path, PARIS, RULES, NOW, at)
        assert upkeep.backup_at == 7200.0
        (tmp_path / "copies").unlink()
        await back_up(upkeep, settings, stored.path, PARIS, RULES, NOW, 7200.0)
        assert not upkeep.backup_failed

    play(stored, scene)

    assert len(stored.rows("SELECT 1 FROM deliveries WHERE type = 'backup.failed'")) == 1
    assert {row["name"] for row in stored.rows("SELECT name FROM facts")} == {"backup_at", "backup"}


def test_a_stop_ends_a_backup_and_leaves_nothing_half(stored: Stored, tmp_path: Path) -> None:
    settings = BackupSettings(folder=tmp_path / "copies")
    settings.folder.mkdir()
    (settings.folder / "monitor-2026-11-22.db.part").write_text("of one that was killed")

    async def scene(upkeep: Upkeep) -> None:
        upkeep.stopping.set()
        await back_up(upkeep, settings, stored.path, PARIS, RULES, NOW, 0.0)

    play(stored, scene)
    assert list(settings.folder.iterdir()) == []


def test_what_is_written_meanwhile_does_not_begin_a_copy_anew(stored: Stored, tmp_path: Path) -> None:
    with stored.db() as db:
        db.execute("INSERT INTO facts VALUES ('big', zeroblob(30000000))")
    steps = 0

    def going_on() -> None:
        nonlocal steps
        steps += 1
        assert steps < 50
        with stored.db() as db:
            db.execute("INSERT INTO facts VALUES (?, '')", (f"during {steps}",))

    ledger.backup(stored.path, tmp_path / "copy.db", going_on)

    assert steps > 2
    with ledger.reading(tmp_path / "copy.db") as db:
        assert db.execute("SELECT count(*) AS n FROM facts").fetchone() == {"n": 1}


# The heartbeat


@dataclass
class Ping:
    """Where the heartbeat goes."""

    answer: Answer | FetchError = field(default_factory=lambda: Answer(status=200, headers={}))
    heard: int = 0

    async def post(self, url: str, body: bytes, headers: Any, timeout: float) -> Answer:  # noqa: ASYNC109 (the port's)
        if isinstance(self.answer, FetchError):
            raise self.answer
        self.heard += self.answer.status == 200
        return self.answer


def test_it_is_heard_only_while_everything_makes_progress(stored: Stored, capsys: pytest.CaptureFixture[str]) -> None:
    ping = Ping()
    with stored.db() as db:
        db.execute("UPDATE sources SET next_poll_at = '2999'")
        db.execute("UPDATE deliveries SET next_at = ?", ("2026-11-22T11:00:00.000Z",))

    async def scene(upkeep: Upkeep) -> None:
        async def silent(progress: int, now: datetime = NOW) -> str:
            await beat(upkeep, BEAT, ping.post, progress, now, 0.0)
            return upkeep.silent

        assert await silent(0) == "nothing was begun since the last one"
        assert await silent(1, NOW - HOUR) == ""
        assert await silent(1, NOW - HOUR) == "nothing was begun since the last one"
        assert await silent(2) == "something has been due for 60 minutes"
        upkeep.store.trouble = StoreError("full", trouble=True)
        assert await silent(3) == "nothing can be stored"
        upkeep.store.trouble = None
        ping.answer = Answer(status=404, headers={})
        assert await silent(4, NOW - HOUR) == "its address answered 404"
        ping.answer = FetchError(FetchFault.DNS, "secret.example is not found")
        assert await silent(5, NOW - HOUR) == "its address could not be asked (dns)"
        stored.path.rename(stored.path.with_name("away"))
        upkeep.store._writer._connection = None
        assert await silent(6, NOW - HOUR) == "the database cannot be read"
        stored.path.with_name("away").rename(stored.path)

    play(stored, scene)
    assert ping.heard == 1
    assert "secret.example" not in capsys.readouterr().out


def test_channels_that_are_held_or_off_are_not_late(stored: Stored) -> None:
    with stored.db() as db:
        db.execute("UPDATE sources SET next_poll_at = '2999-01-01T00:00:00.000Z'")
        db.execute("INSERT INTO channels (name, disabled_at) VALUES ('desk', '2026')")

    async def scene(upkeep: Upkeep) -> None:
        assert await upkeep.store.lag(NOW + DAY) == timedelta(0)

    play(stored, scene)


# The canary


@asynccontextmanager
async def tools(store: SqliteStore) -> AsyncIterator[Tools]:
    """What the daemon works with, without a network."""
    sandbox = Sandbox(1)
    client = Client(FetchSettings())
    yield Tools(
        store=store,
        client=client,
        robots=Robots(client),
        sandbox=sandbox,
        desk=asyncio.Semaphore(1),
        clock=lambda: NOW,
        jitter=lambda: 0.0,
        new_id=new_id,
    )
    await sandbox.close()
    await client.aclose()


def test_a_canary_goes_the_whole_way_and_leaves_nothing(stored: Stored) -> None:
    before = dump(stored)

    async def scene(upkeep: Upkeep) -> None:
        async with tools(upkeep.store) as made:
            assert await canary.sing(upkeep.store, made, NOW) == ""
            assert await canary.sing(upkeep.store, made, NOW) == ""

    play(stored, scene)
    assert dump(stored) == before


def dump(stored: Stored) -> list[str]:
    with closing(sqlite3.connect(stored.path)) as db:
        return [line for line in db.iterdump() if line.startswith("INSERT")]


def test_a_canary_does_not_arrive_where_nothing_can_be_stored(stored: Stored) -> None:
    async def scene(upkeep: Upkeep) -> None:
        async with tools(upkeep.store) as made:
            await upkeep.store.lag(NOW)
            await upkeep.store._writer.read(lambda db: db.execute("PRAGMA query_only = ON"))
            with pytest.raises(StoreError):
                await canary.sing(upkeep.store, made, NOW)

    play(stored, scene)


def test_a_canary_that_finds_no_parser_says_how_far_it_came(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(upkeep: Upkeep) -> None:
        async with tools(upkeep.store) as made:
            monkeypatch.setattr(pipeline, "PARSE_SECONDS", 0.0)
            assert (await canary.sing(upkeep.store, made, NOW)).startswith("it made no alert: ")

    play(stored, scene)


def test_without_a_canary_there_is_no_heartbeat(stored: Stored) -> None:
    ping, settings = Ping(), replace(BEAT, canary=True)
    with stored.db() as db:
        db.execute("UPDATE deliveries SET next_at = '2999-01-01T00:00:00.000Z'")

    async def scene(upkeep: Upkeep) -> None:
        async def silent(progress: int, at: float) -> str:
            await beat(upkeep, settings, ping.post, progress, NOW, at)
            return upkeep.silent

        assert await silent(1, 0.0) == "no canary arrives: none was sent yet"
        assert heard(upkeep, "", 10.0) == 3600
        assert await silent(2, 20.0) == ""
        assert await silent(3, 9000.0) == "no canary has arrived for two hours"
        assert heard(upkeep, "it fell", 9000.0) == 60
        assert await silent(4, 9001.0) == "no canary arrives: it fell"

    play(stored, scene)
    assert ping.heard == 1


# The daemon


def test_the_daemon_makes_the_backup_that_is_due_and_is_heard(tmp_path: Path) -> None:
    async def scene() -> None:
        async with newsroom(tmp_path) as room:
            heard = asyncio.Event()

            def ping(_: Request) -> Reply:
                heard.set()
                return Reply(status=200)

            room.server.on("/ping", ping)
            url = room.server.url("/ping")
            more = '[backup]\nfolder = "../copies"\n'
            more += f'[heartbeat]\nurl = "{url}"\ninterval = "5s"\ncanary = true\n'
            room.configure(monitor=more + room.settings)
            async with running(room) as process:
                await heard.wait()
                assert await stopped(process) == 0
            (copy,) = (tmp_path / "copies").glob("monitor-*.db")
            assert "is made and verified" in room.log
        found = json.loads(run("--config", tmp_path / "config", "status", "--json").out)
        assert Path(found["backup"]).name == copy.name
        assert "Last backup" in run("--config", tmp_path / "config", "status").out
        assert found["backup_at"] < datetime.now(UTC).isoformat()

    asyncio.run(scene())
