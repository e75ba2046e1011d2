"""The daemon as a real process while the system's calls on its database fail, or its disk can only be read: polling pauses,
delivering goes on, it is said, and afterwards all goes on by itself; nothing is lost, nothing told twice."""

import asyncio
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.chaos import faults
from support.commands import run
from support.faults import can_attach, failing
from support.newsroom import Newsroom, newsroom, running, stopped
from support.server import Reply, Request

PATIENCE = 150.0
BEFORE, MEANWHILE, AFTER = "Wolves are there", "Wolves return", "Wolves have gone"


class Inbox:
    """What the receiver accepted, by title of the article or type of the message: ids of deliveries."""

    def __init__(self, room: Newsroom) -> None:
        self.room = room
        self.accepted: Counter[tuple[str, str]] = Counter()
        self.reasons: dict[str, str] = {}

    async def get(self, *wanted: str) -> None:
        """Wait until all of these were accepted."""
        while not set(wanted) <= {title for title, _ in self.accepted}:
            refused = self.room.answer.status != 204
            told = await self.room.alert()
            if not refused:
                data = told["data"]
                title = data["article"]["title"] if told["type"] == "alert.created" else told["type"]
                self.accepted[title, told["id"]] += 1
                self.reasons[title] = data.get("reason", "")

    @property
    def titles(self) -> dict[str, int]:
        """How often each was accepted, under whatever id."""
        return dict(Counter(title for title, _ in self.accepted.elements()))


async def through_trouble(room: Newsroom, trouble: Callable[[int], Any], readable: bool = True) -> Inbox:
    """One message is owed when the trouble begins, one story is published during it and one afterwards. What is owed is
    delivered meanwhile if the database is `readable`."""
    inbox = Inbox(room)
    async with running(room, WATCHDOG_USEC="4000000") as process:
        await until_polled(room)
        room.answer = Reply(status=503)
        room.publish(BEFORE)
        await room.posted.get()
        async with trouble(process.pid):
            room.answer = Reply(status=204)
            room.publish(MEANWHILE)
            await inbox.get("store.failing", *[BEFORE] * readable)
            assert MEANWHILE not in inbox.titles
            said = await asyncio.to_thread(run, "--config", room.folder / "config", "status")
            assert "nothing can be stored, polling pauses" in said.out
            await room.notified("WATCHDOG=1")
        await inbox.get("store.recovered", BEFORE, MEANWHILE)
        room.publish(AFTER)
        await inbox.get(AFTER)
        assert await stopped(process) == 0
    return inbox


async def until_polled(room: Newsroom) -> None:
    polled = asyncio.Event()

    def feed(request: Request) -> Reply:
        polled.set()
        return room.feed(request)

    room.server.on("/feed", feed)
    await polled.wait()
    room.server.on("/feed", room.feed)


def check(inbox: Inbox) -> None:
    room = inbox.room
    everything = (BEFORE, MEANWHILE, AFTER, "store.failing", "store.recovered")
    assert inbox.titles == dict.fromkeys(everything, 1)
    assert room.log.count("polling pauses, delivering goes on") == 2  # the sentence, and the sentence filled in
    assert room.log.count("the data can be stored again") == 2
    assert "Traceback" not in room.log
    assert faults(room.folder / "data" / "monitor.db") == []
    assert "nothing can be stored" not in run("--config", room.folder / "config", "status").out


@pytest.mark.skipif(not can_attach(), reason="strace is not here, or may not take hold of other processes")
@pytest.mark.parametrize(
    ("calls", "error", "word", "readable"),
    [
        ("pwrite64", "EIO", "disk I/O error", True),
        ("fdatasync", "EIO", "disk I/O error", True),
        ("pwrite64", "ENOSPC", "full", True),
        ("pwrite64,fdatasync,ftruncate", "EROFS", "disk I/O error", True),
        ("pwrite64,fdatasync,ftruncate,openat", "EIO", "disk I/O error", False),
    ],
)
def test_calls_that_fail(tmp_path: Path, calls: str, error: str, word: str, readable: bool) -> None:
    """The index beside the log (monitor.db-shm) is spared where the database is to be readable: without, it cannot be
    opened."""
    database = tmp_path / "data" / "monitor.db"
    files = [database, database.with_name("monitor.db-wal")]
    files += [] if readable else [database.with_name("monitor.db-shm")]

    async def scene() -> Inbox:
        async with newsroom(tmp_path, PATIENCE) as room:
            return await through_trouble(room, lambda pid: failing(pid, calls, error, *files), readable)

    inbox = asyncio.run(scene())
    assert word in inbox.reasons["store.failing"]
    check(inbox)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of its own, where the data folder will be."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", data], check=False, capture_output=True)
    if made.returncode:
        pytest.skip("only root may make a file system")
    yield data
    subprocess.run(["umount", "-l", data], check=True)


def test_a_disk_that_can_only_be_read_is_left_alone_and_may_be_looked_at(tmp_path: Path, disk: Path) -> None:
    config = ("--config", tmp_path / "config")

    def remount(how: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{how}", disk], check=True)

    async def told(room: Newsroom, title: str) -> None:
        async with running(room) as process:
            await until_polled(room)
            room.publish(title)
            assert (await room.alert())["data"]["article"]["title"] == title
            assert await stopped(process) == 0

    async def scene() -> None:
        async with newsroom(tmp_path, PATIENCE) as room:
            await told(room, BEFORE)
            remount("ro")
            process = await room.start()
            assert await process.wait() == 1
            assert "cannot be written: Read-only file system" in room.log
            listed = await asyncio.to_thread(run, *config, "alerts", "list")
            assert (listed.status, BEFORE in listed.out) == (0, True)
            assert (await asyncio.to_thread(run, *config, "status")).status == 0
            remount("rw")
            await told(room, AFTER)

    asyncio.run(scene())
