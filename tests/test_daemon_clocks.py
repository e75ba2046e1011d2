"""The daemon as a real process whose clock is set, jumps, or was wrong at the start: every story is told once, every digest
leaves once, and nothing waits or comes in a storm. The monotonic clock runs on, as the kernel's does."""

import asyncio
import os
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from support.clock import Clock, can_set_clock
from support.newsroom import Newsroom, newsroom, running, stopped
from support.server import Reply, Request

pytestmark = pytest.mark.skipif(not can_set_clock(), reason="libfaketime is not here (apt install faketime)")

PATIENCE = 150.0
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DIGEST = """
[[channels]]
name = "{name}"
type = "webhook"
url = "{url}"
default = true
digest = "{cron}"
"""
A, B, C, D = "Wolves arrive", "Wolves return", "Wolves leave", "Wolves sleep"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass
class World:
    """A newsroom with a clock, and what its channels accepted: for each message, the titles that are in it."""

    room: Newsroom
    clock: Clock
    told: dict[str, list[list[str]]] = field(default_factory=lambda: defaultdict(list))
    came: asyncio.Event = field(default_factory=asyncio.Event)
    refuse: bool = False

    def hook(self, name: str, request: Request) -> Reply:
        if not self.refuse:
            self.told[name].append([title for title in (A, B, C, D) if title.encode() in request.body])
        self.came.set()
        return Reply(status=503 if self.refuse else 204)

    def feed(self, request: Request) -> Reply:
        self.came.set()
        return self.room.feed(request)

    async def until(self, name: str, *messages: list[str]) -> None:
        """Wait until a channel has accepted these messages, and no others."""
        while self.told[name] != [*messages]:
            assert len(self.told[name]) <= len(messages), self.told
            self.came.clear()
            await self.came.wait()

    async def polls(self, count: int = 1) -> None:
        """Wait until the feed was asked so many times more."""
        enough = len(self.room.server.asked("/feed")) + count
        while len(self.room.server.asked("/feed")) < enough:
            self.came.clear()
            await self.came.wait()

    async def publish(self, title: str) -> None:
        """Publish, and wait until it is told at once."""
        self.room.publish(title)
        while [title] not in self.told["desk"]:
            self.came.clear()
            await self.came.wait()


@asynccontextmanager
async def world(folder: Path, timezone: str = "UTC", **digests: str) -> AsyncIterator[World]:
    async with newsroom(folder, PATIENCE) as room:
        made = World(room, Clock(folder / "clock"))
        made.clock.set(timedelta())
        room.server.on("/feed", made.feed)
        room.server.on("/hook", partial(made.hook, "desk"))
        monitor = room.settings.replace("[daemon]", f'[daemon]\ntimezone = "{timezone}"')
        for name, cron in digests.items():
            url = room.server.on(f"/{name}", partial(made.hook, name))
            monitor += DIGEST.format(name=name, url=url, cron=cron)
        room.configure(monitor=monitor)
        yield made


def test_a_day_forward_and_a_day_back(tmp_path: Path) -> None:
    async def scene() -> None:
        async with world(tmp_path, daily="0 8 * * *") as w:
            w.clock.show(utc("2026-11-22T07:00"))
            begun = time.monotonic()
            async with running(w.room, **w.clock.environ) as process:
                await w.polls()
                await w.publish(A)
                w.clock.show(utc("2026-11-23T07:00"))
                await w.until("daily", [A])
                await w.publish(B)
                w.clock.show(utc("2026-11-22T07:05"))
                await w.publish(C)
                w.clock.show(utc("2026-11-22T08:00:01"))
                await w.until("daily", [A], [B, C])
                w.clock.show(utc("2026-11-23T08:00:01"))
                await w.publish(D)
                w.clock.show(utc("2026-11-24T08:00:01"))
                await w.until("daily", [A], [B, C], [D])
                assert await stopped(process) == 0
            assert w.told["desk"] == [[A], [B], [C], [D]]
            assert "the clock was set back by" in w.room.log
            assert len(w.room.server.asked("/feed")) <= time.monotonic() - begun + 5  # the interval is a second

    asyncio.run(scene())


def test_a_clock_that_was_years_ahead_at_the_start_and_is_right_at_the_next(tmp_path: Path) -> None:
    async def scene() -> None:
        async with world(tmp_path, daily="0 8 * * *") as w:
            w.clock.show(utc("2031-01-01T12:00"))
            async with running(w.room, **w.clock.environ) as process:
                await w.polls()
                await w.publish(A)
                w.refuse = True
                w.room.publish(B)
                await w.polls(3)
                assert await stopped(process) == 0
            w.refuse = False
            w.clock.show(utc("2026-11-22T07:00"))
            async with running(w.room, **w.clock.environ) as process:
                await w.until("desk", [A], [B])
                await w.publish(C)
                begun, polls = time.monotonic(), len(w.room.server.asked("/feed"))
                await w.polls(3)
                assert len(w.room.server.asked("/feed")) - polls <= time.monotonic() - begun + 2
                w.clock.show(utc("2026-11-22T08:00:01"))
                await w.until("daily", [A, B, C])
                assert await stopped(process) == 0
            assert w.told["desk"] == [[A], [B], [C]]

    asyncio.run(scene())


def test_a_clock_that_is_not_set_yet_is_waited_for(tmp_path: Path) -> None:
    async def scene() -> None:
        async with world(tmp_path) as w:
            w.clock.show(utc("1970-01-02T00:00"))
            process = await w.room.start(**w.clock.environ)
            for _ in range(2):
                await w.room.notified("STATUS=waiting for the clock to be set")
            assert w.room.server.requests == []
            assert not (tmp_path / "data").exists()
            w.clock.set(timedelta())
            await w.room.notified("READY=1")
            await w.polls()
            await w.publish(A)
            assert await stopped(process) == 0
            w.clock.show(utc("1970-01-02T00:00"))
            process = await w.room.start(**w.clock.environ)
            await w.room.notified("STATUS=waiting for the clock to be set")
            assert await stopped(process) == 0
            once = ("-m", "monitor", "--config", str(tmp_path / "config"), "run", "--once")
            environ = {**os.environ, **w.clock.environ}
            process = await asyncio.create_subprocess_exec(
                sys.executable, *once, env=environ, stderr=asyncio.subprocess.PIPE
            )
            said = (await process.communicate())[1].decode()
            assert (process.returncode, "set it first" in said) == (1, True), said

    asyncio.run(scene())


def test_a_laptop_that_slept_for_ten_hours(tmp_path: Path) -> None:
    async def scene() -> None:
        async with world(tmp_path, daily="0 8 * * *", late="0 23 * * *") as w:
            w.clock.show(utc("2026-11-22T02:00"))
            async with running(w.room, **w.clock.environ) as process:
                await w.polls()
                await w.publish(A)
                w.refuse = True
                w.room.publish(B)
                await w.polls(3)
                w.refuse = False
                w.clock.show(utc("2026-11-22T12:00"))
                w.room.publish(C)
                begun, polls = time.monotonic(), len(w.room.server.asked("/feed"))
                await w.until("daily", [A, B])
                while len(w.told["desk"]) < 3:
                    await w.polls()
                await w.polls(3)
                assert len(w.room.server.asked("/feed")) - polls <= time.monotonic() - begun + 3
                w.clock.show(utc("2026-11-22T23:00:01"))
                await w.until("late", [A, B, C])
                assert await stopped(process) == 0
            assert sorted(w.told["desk"]) == sorted([[A], [B], [C]])
            assert w.told["daily"] == [[A, B]]

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("timezone", "night", "first", "again", "morning", "next_night"),
    [
        ("Europe/Paris", "30 2 * * *", "2026-03-29T01:30", "2026-03-29T02:30", "2026-03-29T06:00", "2026-03-30T00:30"),
        ("Europe/Paris", "30 2 * * *", "2026-10-25T00:30", "2026-10-25T01:30", "2026-10-25T07:00", "2026-10-26T01:30"),
        (
            "America/New_York",
            "30 2 * * *",
            "2026-03-08T07:30",
            "2026-03-08T08:30",
            "2026-03-08T12:00",
            "2026-03-09T06:30",
        ),
        (
            "America/New_York",
            "30 1 * * *",
            "2026-11-01T05:30",
            "2026-11-01T06:30",
            "2026-11-01T13:00",
            "2026-11-02T06:30",
        ),
    ],
)
def test_a_night_in_which_the_clocks_change(
    tmp_path: Path, timezone: str, night: str, first: str, again: str, morning: str, next_night: str
) -> None:
    second = timedelta(seconds=1)

    async def scene() -> None:
        async with world(tmp_path, timezone, night=night, morning="0 8 * * *") as w:
            w.clock.show(utc(first) - 1.5 * HOUR)
            async with running(w.room, **w.clock.environ) as process:
                await w.polls()
                await w.publish(A)
                w.clock.show(utc(first) + second)
                await w.until("night", [A])
                await w.publish(B)
                w.clock.show(utc(again) + second)
                await w.publish(C)
                w.clock.show(utc(morning) + second)
                await w.until("morning", [A, B, C])
                w.clock.show(utc(next_night) + second)
                await w.until("night", [A], [B, C])
                await w.publish(D)
                assert await stopped(process) == 0
            assert w.told["desk"] == [[A], [B], [C], [D]]
            assert w.told["morning"] == [[A, B, C]]

    asyncio.run(scene())
