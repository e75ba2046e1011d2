"""The daemon as a real process while nothing can be stored: it says so, goes on sending, and mends itself."""

import asyncio
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor import lock
from support.commands import run
from support.newsroom import Newsroom, newsroom, running, stopped
from support.server import Reply


def play(scene: Callable[[], Any]) -> None:
    asyncio.run(scene())


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system with little room, where the data folder will be."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", data], check=False, capture_output=True)
    if made.returncode:
        pytest.skip("only root may make a file system")
    yield data
    subprocess.run(["umount", "-l", data], check=True)


async def until_polled(room: Newsroom) -> None:
    before, polled = len(room.server.asked("/feed")), asyncio.Event()

    def feed(request: Any) -> Reply:
        if len(room.server.asked("/feed")) > before + 1:
            polled.set()
        return room.feed(request)

    room.server.on("/feed", feed)
    await polled.wait()


def test_a_data_folder_that_goes_away_and_comes_back(tmp_path: Path) -> None:
    async def scene() -> None:
        async with newsroom(tmp_path) as room, running(room, WATCHDOG_USEC="4000000") as process:
            await until_polled(room)
            (tmp_path / "data").rename(tmp_path / "away")
            told = await room.alert()
            assert told["type"] == "store.failing"
            assert "is gone" in told["data"]["reason"]
            await room.notified("WATCHDOG=1")
            room.publish("Wolves return")
            assert room.posted.empty()
            (tmp_path / "away").rename(tmp_path / "data")
            later = [await room.alert(), await room.alert()]
            assert sorted(each["type"] for each in later) == ["alert.created", "store.recovered"]
            assert await stopped(process) == 0
            assert room.posted.empty()
        assert room.log.count("polling pauses, delivering goes on") == 2  # the sentence, and the sentence filled in
        assert room.log.count("the data can be stored again") == 2

    play(scene)


def test_a_disk_that_is_full(tmp_path: Path, disk: Path) -> None:
    async def scene() -> None:
        async with newsroom(tmp_path) as room, running(room) as process:
            await until_polled(room)
            ballast = disk / "ballast"
            with ballast.open("wb", buffering=0) as file:
                try:
                    while True:
                        file.write(b"x" * 4096)
                except OSError:
                    pass
            for number in range(200):  # more than the write-ahead log has room for
                room.publish(f"Wolves {number} " + "return " * 4000)
            told = await _first(room, "store.failing")
            assert "full" in told["data"]["reason"]
            said = run("--config", tmp_path / "config", "status").out
            assert "nothing can be stored, polling pauses" in said
            ballast.unlink()
            await _first(room, "store.recovered")
            assert await stopped(process) == 0
            said = run("--config", tmp_path / "config", "status").out
            assert "nothing can be stored" not in said
        assert lock.holder(disk) is None

    play(scene)


async def _first(room: Newsroom, kind: str) -> dict[str, Any]:
    while (told := await room.alert())["type"] != kind:
        pass
    return told
