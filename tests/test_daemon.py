"""The daemon as a real process: it starts, tells the service manager, alerts, reloads, stops, is killed and goes on."""

import asyncio
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor import config, daemon
from monitor.core.model import Delivery, EventType
from monitor.core.settings import Channel, Config, Console, DaemonSettings
from support.commands import MONITOR, write_config
from support.newsroom import FEEDS, WATCHLISTS, newsroom, running, stopped
from support.server import Reply, Request

DESK = '\n[[channels]]\nname = "desk"\ntype = "console"\ndefault = true\n'


def play(scene: Callable[[], Any]) -> None:
    asyncio.run(scene())


def test_it_starts_alerts_and_stops_when_it_is_told_to(tmp_path: Path) -> None:
    async def scene() -> None:
        async with newsroom(tmp_path) as room:
            room.publish("Wolves return")
            async with running(room) as process:
                first = await room.alert()
                room.publish("More wolves return")
                second = await room.alert()
                assert await stopped(process) == 0
            assert [first["data"]["article"]["title"], second["data"]["article"]["title"]] == [
                "Wolves return",
                "More wolves return",
            ]
            assert "Wolves" not in room.log
            assert "wolves return" not in room.log.lower()
            assert (tmp_path / "data" / "monitor.db").stat().st_mode & 0o777 == 0o600

    play(scene)


def test_one_row_that_cannot_be_read_does_not_end_the_polling(tmp_path: Path) -> None:
    async def scene() -> None:
        async with newsroom(tmp_path) as room, running(room) as process:
            with closing(sqlite3.connect(tmp_path / "data" / "monitor.db", isolation_level=None)) as db:
                db.execute(
                    """INSERT INTO deliveries (id, type, channel, state, event, created_at, next_at)
                       VALUES ('0', 'alert.created', 'desk', 'pending', '{', '2026', '2026')"""
                )
            polls, polled = len(room.server.asked("/feed")), asyncio.Event()

            def feed(request: Request) -> Reply:
                if len(room.server.asked("/feed")) > polls + 2:
                    polled.set()
                return room.feed(request)

            room.server.on("/feed", feed)
            await polled.wait()
            assert "a fault of Monitor itself" in room.log
            assert await stopped(process) == 0

    play(scene)


def test_the_watchdog_is_told_that_there_is_progress(tmp_path: Path) -> None:
    async def scene() -> None:
        async with newsroom(tmp_path) as room, running(room, WATCHDOG_USEC="500000") as process:
            for _ in range(2):
                await room.notified("WATCHDOG=1")
            assert await stopped(process) == 0

    play(scene)


def test_a_second_daemon_of_the_same_folder_is_refused(tmp_path: Path) -> None:
    async def scene() -> None:
        async with newsroom(tmp_path) as room, running(room) as process:
            second = await room.start()
            assert await second.wait() == 1
            assert re.search(rf"another Monitor works with .*process {process.pid}", room.log)
            assert await stopped(process) == 0

    play(scene)


@pytest.mark.parametrize(
    ("files", "named"),
    [
        ({"feeds": '[[feeds]]\nnaem = "x"\nurl = "https://a.example/"\n'}, r"feeds\.toml:2: .*naem"),
        ({"watchlists": WATCHLISTS + 'must_match = ["No such animal"]\n'}, r"watchlists\.wolves\.must_match"),
    ],
)
def test_a_wrong_configuration_is_refused_with_2_and_its_place(
    tmp_path: Path, files: dict[str, str], named: str
) -> None:
    async def scene() -> None:
        async with newsroom(tmp_path) as room:
            room.configure(**files)
            process = await room.start()
            assert await process.wait() == 2
            assert re.search(named, room.log)

    play(scene)


def test_a_reload_takes_a_good_configuration_and_refuses_a_wrong_one(tmp_path: Path) -> None:
    async def scene() -> None:
        async with newsroom(tmp_path) as room:
            other = '\n[[feeds]]\nname = "Herald"\nurl = "{}"\n'.format(room.server.url("/other"))
            asked = asyncio.Event()

            def feed(request: Request) -> Reply:
                asked.set()
                return room.feed(request)

            room.server.on("/other", feed)
            async with running(room) as process:
                whole = FEEDS.format(url=room.server.url("/feed")) + other
                room.configure(feeds=whole)
                process.send_signal(signal.SIGHUP)
                await room.notified("RELOADING=1")
                await room.notified("READY=1")
                await asked.wait()

                room.configure(feeds=whole + "naem = 1\n")
                process.send_signal(signal.SIGHUP)
                await room.notified("READY=1")
                assert "naem" in room.log

                room.configure(monitor=room.settings.replace("../data", "../elsewhere"))
                process.send_signal(signal.SIGHUP)
                await room.notified("READY=1")
                assert "daemon.data_dir" in room.log
                room.publish("Wolves return")
                assert (await room.alert())["type"] == "alert.created"
                assert await stopped(process) == 0

    play(scene)


def test_a_list_that_fails_its_examples_at_a_reload_stays_as_it_was_and_the_rest_is_reloaded(tmp_path: Path) -> None:
    async def scene() -> None:
        async with newsroom(tmp_path) as room, running(room) as process:
            wrong = WATCHLISTS.replace("=wolves", "=bears") + 'must_match = ["No such animal"]\n'
            sheep = '[terms.sheep]\nany = ["=sheep"]\n[watchlists.sheep]\n'
            secret = '[watchlists.hush]\nall = ["sheep"]\nconfidential = true\nmust_not_match = ["A hushed sheep"]\n'
            room.configure(watchlists=wrong + sheep + secret)
            process.send_signal(signal.SIGHUP)
            told = [(await room.alert())["data"]["reason"] for _ in range(2)]
            room.publish("Sheep fear wolves")
            alert = await room.alert()
            assert await stopped(process) == 0
        assert told[0].startswith("the watchlist wolves fails its own examples (watchlists.toml:6): it stays as it was")
        assert told[1].startswith(
            "a confidential watchlist fails its own examples (watchlists.toml:13): it is new, and"
        )
        assert [alert["data"]["watchlist"]["name"], *alert["data"]["also"]] == ["wolves", "sheep"]
        assert "the new configuration is in force" in room.log
        assert told[0] in room.log
        assert not re.search("hush|No such animal", room.log)

    play(scene)


def test_after_kill_9_what_was_owed_comes_with_the_same_id_and_nothing_comes_twice(tmp_path: Path) -> None:
    async def scene() -> None:
        async with newsroom(tmp_path) as room:
            room.answer = Reply(hang=True)
            room.publish("Wolves return")
            async with running(room) as process:
                first = await room.alert()
                process.kill()
                await process.wait()
            room.answer = Reply(status=204)
            async with running(room) as process:
                again = await room.alert()
                room.publish("More wolves return")
                other = await room.alert()
                assert await stopped(process) == 0
            assert again == first
            assert other["id"] != first["id"]
            assert room.posted.empty()

    play(scene)


def test_articles_that_change_or_go_are_told_to_who_wants_to_hear_of_it(tmp_path: Path) -> None:
    async def scene() -> None:
        async with newsroom(tmp_path) as room:
            same, gone = story("Two  wolves were seen.</p><p>12 comments"), Reply(status=404)
            answers = [story("Two wolves were seen."), same, story("Three wolves were seen."), gone, gone]
            room.server.on("/0", lambda _: answers.pop(0))
            room.configure(
                monitor=f"{room.settings}revisions = true\n",
                feeds=FEEDS.format(url=room.server.url("/feed")).replace('"feed"', '"page"'),
            )
            room.publish("News of the valley")
            told = []
            async with running(room) as process:
                told.append(await room.alert())
                for visit in range(1, 5):
                    await its_turn(tmp_path / "data" / "monitor.db", visit)
                room.publish("Wolves return")
                told += [await room.alert() for _ in range(3)]
                assert await stopped(process) == 0
            kinds = ["alert.created", "article.changed", "article.gone", "alert.created"]
            assert [each["type"] for each in told] == kinds
            assert [each["added"] for each in told[1]["data"]["change"]["edited"]] == [["Three"]]
            assert answers == []
            assert "wolves were" not in room.log.lower()

    play(scene)


def story(text: str) -> Reply:
    body = f"<h1>News</h1><p>{text}</p><p>{'The harvest was good this year. ' * 9}</p>"
    html = f"<html><body><article>{body}</article></body></html>"
    return Reply(body=html.encode(), headers={"Content-Type": "text/html"})


async def its_turn(database: Path, visit: int) -> None:
    """Let the article that alerted be read again now, as if it had been missing for long, and wait until that is done."""
    long_ago = "2026-01-01T00:00:00.000Z"
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute("UPDATE rereads SET next_at = :then, missing_since = :then", {"then": long_ago})
        while db.execute("SELECT times FROM rereads").fetchone() != (visit,):  # noqa: ASYNC110 - another process counts
            await asyncio.sleep(0.02)


def test_a_receiver_that_is_gone_is_left_alone_until_the_next_start(tmp_path: Path) -> None:
    async def scene() -> None:
        async with newsroom(tmp_path) as room:
            room.answer = Reply(status=410)
            room.publish("Wolves return")
            async with running(room) as process:
                first = await room.alert()
                room.publish("More wolves return")
                polls = len(room.server.asked("/feed"))
                polled = asyncio.Event()

                def feed(request: Request) -> Reply:
                    if len(room.server.asked("/feed")) > polls + 2:
                        polled.set()
                    return room.feed(request)

                room.server.on("/feed", feed)
                await polled.wait()
                assert await stopped(process) == 0
            assert room.posted.empty()
            assert re.search("desk.*410", room.log)
            room.answer = Reply(status=204)
            async with running(room) as process:
                ids = {(await room.alert())["id"], (await room.alert())["id"]}
                assert await stopped(process) == 0
            assert first["id"] in ids

    play(scene)


def test_the_daemons_process_holds_nothing_that_only_commands_and_parsers_need() -> None:
    heavy = ["typer", "click", "rich", "sqlite_utils", "trafilatura", "feedparser", "lxml", "simplemma", "py3langid"]
    code = f"import monitor.daemon, sys; print([name for name in {heavy} if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("now", "digest"),
    [
        (
            datetime(2026, 11, 21, 12, tzinfo=UTC),
            datetime(2026, 11, 23, 7, tzinfo=UTC),
        ),  # Saturday → Monday, winter time
        (datetime(2026, 6, 1, 5, 59, tzinfo=UTC), datetime(2026, 6, 1, 6, tzinfo=UTC)),  # summer time
        (datetime(2026, 6, 1, 6, tzinfo=UTC), datetime(2026, 6, 2, 6, tzinfo=UTC)),
    ],
)
def test_digests_leave_by_the_clock_on_the_wall(now: datetime, digest: datetime) -> None:
    settings = Config(
        daemon=DaemonSettings(data_dir=Path("data"), timezone="Europe/Paris"),
        channels=(Channel(name="daily", target=Console(), digest="0 8 * * mon-fri"),),
    )
    rules = daemon.rules_of(settings)

    assert rules(now).digest_at == {"daily": digest}
    assert rules(digest).digest_at["daily"] > digest


def test_a_clock_that_is_set_back_finds_digests_that_are_to_come_again(tmp_path: Path) -> None:
    target = Channel(name="desk", target=Console(), digest="0 8 * * *")
    rules = daemon.rules_of(Config(daemon=DaemonSettings(data_dir=tmp_path), channels=(target,)))
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)

    leaves = [rules(now).digest_at["desk"].day for now in (noon, noon + timedelta(days=1), noon, noon)]

    assert leaves == [23, 24, 23, 23]


def test_when_the_clock_is_set_back_a_retry_waits_no_longer_than_it_was_to(tmp_path: Path) -> None:
    folder = write_config(tmp_path / "config", feeds="", watchlists="", monitor=f"{MONITOR}{DESK}")
    (folder / "data").mkdir()
    later, half_an_hour = timedelta(hours=10), timedelta(minutes=30)

    async def scene() -> str:
        running = await daemon.build(config.load(folder, {}), folder)
        try:
            before = daemon.utc_now() + later
            owed = Delivery(
                id="1",
                type=EventType.NETWORK_DOWN,
                channel="desk",
                event={},
                created_at=before,
                next_at=before + half_an_hour,
            )
            await running.store.tell((owed,))
            running.seen = (before, time.monotonic())
            await daemon.dispatch(running)
            await daemon.dispatch(running)  # it is set back once
        finally:
            await running.executor.drain(timedelta(0))
            await running.tools.sandbox.close()
            await running.store.close()
        with closing(sqlite3.connect(tmp_path / "config" / "data" / "monitor.db")) as db:
            (next_at,) = db.execute("SELECT next_at FROM deliveries").fetchone()
        return str(next_at)

    waits = datetime.fromisoformat(asyncio.run(scene())) - datetime.now(UTC)
    assert half_an_hour - timedelta(minutes=5) < waits <= half_an_hour


def test_a_start_puts_digests_right_whose_time_the_clock_had_wrong(tmp_path: Path) -> None:
    monitor = f'{MONITOR}{DESK}digest = "0 8 * * *"\n'
    folder = write_config(tmp_path / "config", feeds="", watchlists="", monitor=monitor)
    (folder / "data").mkdir()
    settings = config.load(folder, {})

    async def started(*owed: Delivery) -> None:
        built = await daemon.build(settings, folder)
        await built.store.tell(owed)
        await built.tools.sandbox.close()
        await built.store.close()

    late = datetime(2037, 1, 1, tzinfo=UTC)
    kind = EventType.ALERT_CREATED
    owed = Delivery(id="1", type=kind, channel="desk", event={}, created_at=late, next_at=late, batch="digest")
    asyncio.run(started(owed))
    asyncio.run(started())

    with closing(sqlite3.connect(folder / "data" / "monitor.db")) as db:
        ((at,),) = db.execute("SELECT next_at FROM deliveries").fetchall()
    assert datetime.fromisoformat(at) - daemon.utc_now() <= timedelta(days=1)


PARIS, NEW_YORK = "Europe/Paris", "America/New_York"


@pytest.mark.parametrize(
    ("timezone", "cron", "begun", "leave"),
    [
        (PARIS, "30 2 * * *", "2026-03-28T12:00", ["03-29T01:30", "03-30T00:30", "03-31T00:30"]),  # 2:30 there is not
        (PARIS, "30 2 * * *", "2026-10-24T12:00", ["10-25T00:30", "10-26T01:30", "10-27T01:30"]),  # 2:30 comes twice
        (PARIS, "0 8 * * *", "2026-03-28T12:00", ["03-29T06:00", "03-30T06:00"]),
        (PARIS, "0 8 * * *", "2026-10-24T12:00", ["10-25T07:00", "10-26T07:00"]),
        (PARIS, "30 * * * *", "2026-10-25T00:00", ["10-25T00:30", "10-25T01:30", "10-25T02:30"]),
        (NEW_YORK, "30 2 * * *", "2026-03-07T12:00", ["03-08T07:30", "03-09T06:30"]),
        (NEW_YORK, "30 1 * * *", "2026-10-31T12:00", ["11-01T05:30", "11-02T06:30"]),
        (NEW_YORK, "30 2 * * *", "2026-10-31T12:00", ["11-01T07:30", "11-02T07:30"]),
        (NEW_YORK, "0 8 * * *", "2026-03-07T14:00", ["03-08T12:00", "03-09T12:00"]),
        (NEW_YORK, "0 8 * * *", "2026-10-31T14:00", ["11-01T13:00", "11-02T13:00"]),
    ],
)
def test_there_is_one_digest_a_day_when_the_clocks_change(
    tmp_path: Path, timezone: str, cron: str, begun: str, leave: list[str]
) -> None:
    target = Channel(name="desk", target=Console(), digest=cron)
    daily = DaemonSettings(data_dir=tmp_path, timezone=timezone)
    rules = daemon.rules_of(Config(daemon=daily, channels=(target,)))
    now, left = datetime.fromisoformat(f"{begun}:00+00:00"), []
    for _ in leave:
        now = rules(now).digest_at["desk"]
        left.append(f"{now:%m-%dT%H:%M}")

    assert left == leave
