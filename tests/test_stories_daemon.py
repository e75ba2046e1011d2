"""Stories while the daemon runs as a real process: updates that wait for each other, and mending by hand beside it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from support.commands import spawn
from support.newsroom import Newsroom, newsroom, running, stopped
from support.server import Reply, Request

INTERVAL = 4  # seconds; sources are polled every second
TEXT = " ".join(f"Sentence number {n} tells of the harvest and of the price of grain in the valley." for n in range(9))
OUTLETS = ("Gazette", "Herald", "Post", "Courier", "Bugle")
FEED = '[[feeds]]\nname = "{name}"\nurl = "{url}"\nfull_text = "feed"\n'
DEFAULTS = '[defaults]\ninterval = "1s"\nmin_interval = "1s"\n'


@dataclass
class Outlet:
    """A feed of its own."""

    room: Newsroom
    name: str
    items: list[str] = field(default_factory=list)

    def publish(self, title: str, text: str = TEXT) -> str:
        date = format_datetime(datetime.now(UTC) - timedelta(minutes=1))
        link = self.room.server.url(f"/{self.name}/{len(self.items)}")
        about = f"<title>{title}</title><link>{link}</link><description>{text}</description><pubDate>{date}</pubDate>"
        self.items.append(f"<item>{about}</item>")
        return link

    def feed(self, _: Request) -> Reply:
        body = f'<rss version="2.0"><channel><title>{self.name}</title>{"".join(self.items)}</channel></rss>'
        return Reply(body=body.encode(), headers={"Content-Type": "application/rss+xml"})


def outlets(room: Newsroom) -> list[Outlet]:
    """Five outlets; the receiver is told of updates."""
    found = [Outlet(room, name) for name in OUTLETS]
    for outlet in found:
        room.server.on(f"/feed/{outlet.name}", outlet.feed)
    feeds = "".join(FEED.format(name=each.name, url=room.server.url(f"/feed/{each.name}")) for each in found)
    more = f'updates = true\n[stories]\nupdate_interval = "{INTERVAL}s"\n'
    room.configure(feeds=DEFAULTS + feeds, monitor=room.settings + more)
    return found


def play(scene: Callable[[], Any]) -> None:
    asyncio.run(scene())


def others(event: dict[str, Any]) -> list[str]:
    return sorted(each["source"] for each in event["data"]["story"]["others"])


def made(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["timestamp"])


def test_updates_of_a_story_come_at_once_and_then_together(tmp_path: Path) -> None:
    async def scene() -> None:
        async with newsroom(tmp_path, patience=60) as room:
            first, second, *more = outlets(room)
            first.publish("Wolves at the mill")
            async with running(room) as process:
                assert (await room.alert())["type"] == "alert.created"
                second.publish("Wolves at the mill")
                at_once = await room.alert()
                for outlet in more:
                    outlet.publish("Wolves at the mill")
                updates = [at_once]
                while sum(len(others(update)) for update in updates) < 4:  # a slow machine polls some of them later
                    updates.append(await room.alert())
                assert await stopped(process) == 0
            assert {update["type"] for update in updates} == {"alert.updated"}
            assert others(at_once) == ["Herald"]
            assert sorted(name for update in updates[1:] for name in others(update)) == ["Bugle", "Courier", "Post"]
            for one, next_ in pairwise(updates):
                assert made(next_) - made(one) >= timedelta(seconds=INTERVAL - 1)  # told in whole seconds
            assert room.posted.empty()

    play(scene)


async def command(room: Newsroom, *arguments: str) -> str:
    """`monitor stories …` beside the daemon."""
    done = await asyncio.to_thread(spawn, "--config", room.folder / "config", "stories", *arguments)
    assert done.status == 0, done.err
    return done.out


def test_stories_are_mended_while_the_daemon_runs_and_it_holds_after_a_restart(tmp_path: Path) -> None:
    async def scene() -> None:
        async with newsroom(tmp_path, patience=90) as room:
            gazette, herald, post, courier, bugle = outlets(room)
            gazette.publish("Wolves at the mill")
            async with running(room) as process:
                old = (await room.alert())["data"]["story"]["id"]
                link = herald.publish("Wolves at the mill")
                assert (await room.alert())["type"] == "alert.updated"

                new = (await command(room, "split", link)).split(":")[0]
                post.publish("Wolves at the mill")
                told = await room.alert()
                assert (told["type"], told["data"]["story"]["id"]) == ("alert.created", new)
                assert await stopped(process) == 0

            async with running(room) as process:
                courier.publish("Wolves at the mill")
                update = await room.alert()
                assert (update["type"], update["data"]["story"]["id"]) == ("alert.updated", new)

                await command(room, "merge", old, new)
                bugle.publish("Wolves at the mill")
                update = await room.alert()
                assert (update["type"], update["data"]["story"]["id"]) == ("alert.updated", old)
                assert update["data"]["story"]["articles"] == 5
                assert await stopped(process) == 0
            assert room.posted.empty()

    play(scene)
