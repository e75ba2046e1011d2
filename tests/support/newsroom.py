"""One installation for a test: an outlet at /feed, a receiver at /hook, and the daemon as a real process.

async with newsroom(tmp_path) as room, running(room) as process:
    room.publish("Wolves return")
    alert = await room.alert()
"""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from support.server import Reply, Request, Server

PATIENCE = 30.0  # seconds until a wait is given up; a healthy machine needs one or two

MONITOR = """
[daemon]
data_dir = "../data"
[fetch]
per_host = 4
per_host_delay = "0s"
timeout = "5s"
allow_networks = [{networks}]
[[channels]]
name = "desk"
type = "webhook"
url = "{hook}"
default = true
"""
FEEDS = """
[defaults]
interval = "1s"
min_interval = "1s"
[[feeds]]
name = "Gazette"
url = "{url}"
full_text = "feed"
"""
WATCHLISTS = """
[terms.wolves]
any = ["=wolves"]
[watchlists.wolves]
title = "Wolves"
"""


@dataclass
class Newsroom:
    """One installation, an outlet at /feed and a receiver at /hook."""

    folder: Path
    server: Server
    told: socket.socket
    items: list[str] = field(default_factory=list)
    posted: asyncio.Queue[Request] = field(default_factory=asyncio.Queue)
    answer: Reply = field(default_factory=lambda: Reply(status=204))

    def publish(self, title: str) -> None:
        date = format_datetime(datetime.now(UTC) - timedelta(minutes=1))
        link = self.server.url(f"/{len(self.items)}")
        self.items.append(f"<item><title>{title}</title><link>{link}</link><pubDate>{date}</pubDate></item>")

    def feed(self, _: Request) -> Reply:
        body = f'<rss version="2.0"><channel><title>G</title>{"".join(self.items)}</channel></rss>'
        return Reply(body=body.encode(), headers={"Content-Type": "application/rss+xml"})

    async def hook(self, request: Request) -> Reply:
        await self.posted.put(request)
        return self.answer

    @property
    def settings(self) -> str:
        networks = ", ".join(f'"{host}/32"' for host in self.server.hosts)
        return MONITOR.format(networks=networks, hook=self.server.url("/hook"))

    def configure(self, **files: str) -> None:
        config = self.folder / "config"
        config.mkdir(exist_ok=True)
        standard = {
            "monitor": self.settings,
            "feeds": FEEDS.format(url=self.server.url("/feed")),
            "watchlists": WATCHLISTS,
        }
        for name, text in (standard | files).items():
            (config / f"{name}.toml").write_text(text)

    async def start(self, *before: str, **environ: str) -> asyncio.subprocess.Process:
        """Start the daemon, in a session of its own; `before` is a program that runs it, with its arguments."""
        with (self.folder / "log").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *before,
                sys.executable,
                "-m",
                "monitor.daemon",
                "--config",
                str(self.folder / "config"),
                stderr=log,
                env={**os.environ, "NOTIFY_SOCKET": str(self.folder / "notify"), **environ},
                start_new_session=True,
            )

    async def notified(self, note: str) -> None:
        """Wait until the service manager is told this."""
        loop = asyncio.get_running_loop()
        while note not in (await loop.sock_recv(self.told, 4096)).decode().split("\n"):
            pass

    async def alert(self) -> dict[str, Any]:
        """The next message that the receiver gets."""
        request = await self.posted.get()
        return {"id": request.headers["webhook-id"], **json.loads(request.body)}

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()


@asynccontextmanager
async def newsroom(folder: Path, patience: float = PATIENCE) -> AsyncIterator[Newsroom]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.setblocking(False)
        told.bind(str(folder / "notify"))
        async with Server() as server, asyncio.timeout(patience):
            room = Newsroom(folder=folder, server=server, told=told)
            server.on("/feed", room.feed)
            server.on("/hook", room.hook)
            room.configure()
            yield room


@asynccontextmanager
async def running(room: Newsroom, **environ: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await room.start(**environ)
    try:
        ready, ended = asyncio.create_task(room.notified("READY=1")), asyncio.create_task(process.wait())
        await asyncio.wait((ready, ended), return_when=asyncio.FIRST_COMPLETED)
        assert ready.done(), room.log
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def stopped(process: asyncio.subprocess.Process) -> int:
    process.send_signal(signal.SIGTERM)
    return await process.wait()
