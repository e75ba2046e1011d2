"""Kills the daemon again and again while news is published and the receiver fails at random; then counts.

    python -m support.chaos --kills 300 --seed 1        (in tests/; `make chaos` does it)

A death is either kill -9 when the outlet or the receiver has been asked so many times, or, where strace can be had, kill
-9 instead of the n-th system call of a kind: between any two writes, syncs, and messages to the outside. A story that is
published is in one feed or, as copies, in two; one in three concerns nobody.
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections import defaultdict
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from monitor.core.timing import next_attempt
from support.newsroom import FEEDS, Newsroom, newsroom
from support.server import Reply, Request

CALLS = {  # system calls, and how many of them a thread of the daemon makes until it is asked to die (2026-11-22)
    "pwrite64": 120,  # pages into the log of the database
    "fdatasync": 10,
    "write": 25,  # to feeds, receivers, the child that parses
    "unlink,ftruncate": 2,
}
ROUNDS_PATIENCE = 30.0  # seconds that a round may take before the test fails
MOST_REQUESTS = 6  # a daemon is killed at this many requests at the latest
FAILING = 0.4  # of first attempts to deliver

HERALD = """
[[feeds]]
name = "Herald"
url = "{url}"
"""

SOUND = {
    "alerts without a delivery": "SELECT count(*) FROM alerts WHERE id NOT IN (SELECT alert_id FROM deliveries "
    "WHERE alert_id IS NOT NULL)",
    "hits without an article": "SELECT count(*) FROM hits WHERE article_id NOT IN (SELECT id FROM articles)",
    "articles without a story": "SELECT count(*) FROM articles WHERE story_id NOT IN (SELECT id FROM stories)",
    "hits of the list without an alert": """SELECT count(*) FROM hits AS h JOIN articles AS a ON a.id = h.article_id
        WHERE NOT EXISTS (SELECT 1 FROM alerts AS t WHERE t.story_id = a.story_id AND t.watchlist = h.watchlist)""",
    "delivered without an attempt": """SELECT count(*) FROM deliveries WHERE state = 'delivered'
        AND id NOT IN (SELECT delivery_id FROM attempts)""",
}


@dataclass
class Account:
    """What came of it. `between_calls` counts the kills that came instead of a system call; `repeated` the messages that
    were accepted more than once under one and the same id, which a death between the receiver's answer and the commit
    excuses; `faults` what must never be."""

    kills: int = 0
    between_calls: int = 0
    stories: int = 0
    messages: int = 0
    repeated: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.kills} kills ({self.between_calls} of them instead of a system call), {self.stories} stories, "
            f"{self.messages} messages accepted, {self.repeated} of them again "
            f"with the same id, {len(self.lost)} lost, {len(self.doubled)} doubled, {len(self.faults)} faults"
        )


class World:
    """Outlets and a receiver around one installation, and what the receiver accepted: title → ids, in order."""

    def __init__(self, room: Newsroom, dice: random.Random) -> None:
        self.room, self.dice = room, dice
        self.accepted: dict[str, list[str]] = defaultdict(list)
        self.wanted: set[str] = set()
        self.herald: list[str] = []
        self.asked = asyncio.Event()
        self._tries: dict[str, int] = defaultdict(int)
        room.server.on("/feed", self._gazette)
        room.server.on("/herald", self._herald)
        room.server.on("/hook", self._hook)
        room.configure(feeds=FEEDS.format(url=room.server.url("/feed")) + HERALD.format(url=room.server.url("/herald")))

    def publish(self) -> None:
        """One story more, in one outlet or in both."""
        number = len(self.room.items)
        concerns = self.dice.random() < 2 / 3
        title = f"{self._word().title()} {number}: {'wolves' if concerns else 'sheep'} seen"
        text = " ".join(self._word() for _ in range(60))  # words that no other story has
        self.room.items.append(_item(title, self.room.server.url(f"/{number}"), text))
        if self.dice.random() < 1 / 2:
            page = self.room.server.on(f"/page/{number}", Reply(body=PAGE.format(title=title, text=text).encode()))
            self.herald.append(_item(title, page, ""))
        if concerns:
            self.wanted.add(title)

    def _word(self) -> str:
        return "".join(self.dice.choice("bdfgklmnprst") + self.dice.choice("aeiou") for _ in range(4))

    def _gazette(self, request: Request) -> Reply:
        self.asked.set()
        return self.room.feed(request)

    def _herald(self, _: Request) -> Reply:
        self.asked.set()
        body = f'<rss version="2.0"><channel><title>H</title>{"".join(self.herald)}</channel></rss>'
        return Reply(body=body.encode(), headers={"Content-Type": "application/rss+xml"})

    def _hook(self, request: Request) -> Reply:
        self.asked.set()
        told = request.headers["webhook-id"]
        self._tries[told] += 1
        if self._tries[told] == 1 and self.dice.random() < FAILING:
            return self.dice.choice((Reply(status=500), Reply(status=503), Reply(raw=b"", cut=0)))
        event = json.loads(request.body)
        if event["type"] == "alert.created":
            self.accepted[event["data"]["article"]["title"]].append(told)
        return Reply(status=204)

    async def requests(self, count: int) -> None:
        """Wait until so many requests more have come."""
        for _ in range(count):
            self.asked.clear()
            await self.asked.wait()

    async def told_all(self) -> None:
        """Wait until every story that concerns somebody was accepted."""
        while not self.wanted <= self.accepted.keys():
            await self.requests(1)


PAGE = "<html><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{text}</p></article></body></html>"


def _item(title: str, link: str, text: str) -> str:
    date = format_datetime(datetime.now(UTC) - timedelta(minutes=1))
    fields = {"title": title, "link": link, "pubDate": date, "description": text}
    return f"<item>{''.join(f'<{name}>{value}</{name}>' for name, value in fields.items())}</item>"


async def chaos(folder: Path, *, kills: int, seed: int) -> Account:
    """Kill so many times, then let the daemon finish, and give account."""
    dice, account, strace = random.Random(seed), Account(), can_strace()
    async with newsroom(folder, patience=ROUNDS_PATIENCE * (kills + 10)) as room:
        world = World(room, dice)
        process = await room.start(NOTIFY_SOCKET="")
        await world.requests(4)
        await _kill(process)
        for number in range(kills):
            for _ in range(dice.randint(1, 4)):
                world.publish()
            account.between_calls += await _die(room, world, dice, strace=strace and number % 3 > 0)
            account.kills += 1
            account.faults += faults(folder / "data" / "monitor.db")
        account.faults += _hurry(folder / "data" / "monitor.db")
        process = await room.start(NOTIFY_SOCKET="")
        with suppress(TimeoutError):
            await asyncio.wait_for(world.told_all(), 4 * ROUNDS_PATIENCE)
        await world.requests(4)
        process.send_signal(signal.SIGTERM)
        if await process.wait():
            account.faults.append("it did not end as it should")
        account.faults += faults(folder / "data" / "monitor.db")
    _count(world, account)
    return account


def _count(world: World, account: Account) -> None:
    account.stories = len(world.wanted)
    account.messages = sum(map(len, world.accepted.values()))
    account.lost = sorted(world.wanted - world.accepted.keys())
    account.doubled = sorted(title for title, ids in world.accepted.items() if len(set(ids)) > 1)
    account.doubled += sorted(world.accepted.keys() - world.wanted)
    account.repeated = sum(len(ids) - len(set(ids)) for ids in world.accepted.values())


async def _die(room: Newsroom, world: World, dice: random.Random, *, strace: bool) -> bool:
    """One life of the daemon, and its end; whether that came instead of a system call."""
    before: tuple[str, ...] = ()
    if strace:
        calls = dice.choice(list(CALLS))
        when = dice.randint(1, CALLS[calls])
        before = ("strace", "-f", "-qq", "-o", os.devnull, "--seccomp-bpf", "-e", f"trace={calls}")
        before += ("-e", f"inject={calls}:signal=SIGKILL:when={when}")
    process = await room.start(*before, NOTIFY_SOCKET="")
    died = asyncio.create_task(process.wait())
    asked = asyncio.create_task(world.requests(MOST_REQUESTS if strace else dice.randint(1, MOST_REQUESTS)))
    await asyncio.wait({died, asked}, return_when=asyncio.FIRST_COMPLETED, timeout=ROUNDS_PATIENCE)
    asked.cancel()
    by_itself = died.done()
    await _kill(process)
    await died
    return strace and by_itself


async def _kill(process: asyncio.subprocess.Process) -> None:
    """kill -9 of all that a start brought about."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _hurry(path: Path) -> list[str]:
    """Let what is owed leave at the next start: after some deaths in the middle of attempts it would wait for minutes.
    Returns what waits for longer than its attempts explain."""
    now = datetime.now(UTC)
    with closing(sqlite3.connect(path)) as db, db:
        query = "SELECT id, attempts - failures, failures, next_at FROM deliveries WHERE state = 'pending'"
        owed = db.execute(query).fetchall()
        db.execute("UPDATE deliveries SET next_at = created_at WHERE state = 'pending'")
    latest = {times: next_attempt(times, now, 1.0) or now for _, *both, _ in owed for times in (1, *both) if times}
    return [
        f"{id_} waits until {at}"
        for id_, cut, failures, at in owed
        if datetime.fromisoformat(at) > max(latest[cut or 1], latest[failures or 1])
    ]


def faults(path: Path) -> list[str]:
    """What is wrong with the data."""
    with closing(sqlite3.connect(path)) as db:
        (sound,) = db.execute("PRAGMA integrity_check").fetchone()
        faults = [] if sound == "ok" else [f"integrity: {sound}"]
        counts = {name: db.execute(query).fetchone()[0] for name, query in SOUND.items()}
    return faults + [f"{count} {name}" for name, count in counts.items() if count]


def can_strace() -> bool:
    """Whether strace is here and may trace."""
    command = ["strace", "-f", "-qq", "-o", os.devnull, "--seccomp-bpf", "-e", "trace=fdatasync", "true"]
    return bool(shutil.which("strace")) and subprocess.run(command, capture_output=True, check=False).returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Kill the daemon again and again, and count what is lost.")
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        account = asyncio.run(chaos(Path(folder), kills=options.kills, seed=options.seed))
    print(account)
    for what in (*account.lost, *account.doubled, *account.faults):
        print(" ", what)
    return 1 if account.lost or account.doubled or account.faults else 0


if __name__ == "__main__":
    sys.exit(main())
