"""With a proxy everything or nothing goes through it: a whole installation at work, and all its steps into the network."""

import asyncio
import os
import signal
import sqlite3
import ssl
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from monitor import lock
from monitor.store.polls import PROXIED
from support.mailbox import Mailbox
from support.newsroom import Newsroom, newsroom
from support.server import Reply, loopback, redirect
from support.tripwire import Tripwire
from support.tunnel import Tunnel

MONITOR = """
[daemon]
data_dir = "../data"
[fetch]
per_host = 4
per_host_delay = "0s"
timeout = "5s"
proxy = {{ env = "PROXY" }}
[fetch.proxies.circuit]
url = "socks5h://{place}"
[websub]
listen = "{ear}:{port}"
callback = "https://desk.example/websub"
[heartbeat]
url = "http://beat.example/beat"
interval = "5s"
[[channels]]
name = "desk"
type = "webhook"
url = "http://hook.example/hook"
default = true
[[channels]]
name = "lawyers"
type = "email"
smtp = "news.example:587"
username = "monitor"
password = {{ env = "PASSWORD" }}
from = "monitor@example.org"
to = ["team@example.org"]
default = true
"""
FEEDS = """
[defaults]
interval = "1s"
min_interval = "1s"
[[feeds]]
name = "Gazette"
url = "http://gazette.example/feed"
full_text = "page"
[[feeds]]
name = "Herald"
url = "http://herald.example/herald"
proxy = "circuit"
full_text = "page"
[[sites]]
name = "Outlet"
url = "http://outlet.example/outlet"
"""
THROUGH = {"gazette.example", "cdn.example", "pages.example", "outlet.example", "beat.example", "hook.example"}
HIDDEN = {"herald.example", "secret-pages.example"}


def feed(host: str, hub: str) -> Reply:
    date = format_datetime(datetime.now(UTC) - timedelta(minutes=1))
    body = f"""<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>{host}</title>
        <atom:link rel="hub" href="https://{hub}/"/><atom:link rel="self" href="http://{host}/"/>
        <item><title>Wolves at {host}</title><link>http://{host}/page</link><pubDate>{date}</pubDate></item>
        </channel></rss>"""
    return Reply(body=body.encode(), headers={"Content-Type": "application/rss+xml"})


@dataclass
class World:
    """An installation behind a tunnel, a mail server at the end of it, and what watches its steps."""

    room: Newsroom
    tunnel: Tunnel
    box: Mailbox
    wire: Tripwire
    place: str
    environ: dict[str, str]

    def names(self, user: str) -> set[str]:
        """The names that were asked for by a user of the tunnel, by the beginning of his name."""
        pairs = zip(self.tunnel.asked, self.tunnel.users, strict=False)
        return {name for (name, _), who in pairs if who.decode().startswith(user)}

    async def until(self, there: Callable[[], Any]) -> None:
        """Wait, from request to request, until something is there."""
        while not there():
            await self.room.server.arrived(len(self.room.server.requests) + 1)


@asynccontextmanager
async def world(folder: Path, certificate: Path) -> AsyncIterator[World]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    box = Mailbox(security="starttls", context=context, login=("monitor", "s3cret"))
    async with newsroom(folder, patience=60) as room, box:
        server = room.server
        tunnel = Tunnel(server, elsewhere={587: (box.host, box.port)})
        server.on("/feed", redirect("http://cdn.example/moved"))
        server.on("/moved", feed("pages.example", "hub.example"))
        server.on("/herald", feed("secret-pages.example", "secret-hub.example"))
        server.on("/page", Reply(body=b"<html><article><p>Wolves were seen.</p></article></html>"))
        links = "".join(
            f'<h3><a href="/2026/11/22/wolves-{n}">An article about {n} wolves</a></h3>' for n in range(20, 28)
        )
        server.on("/outlet", Reply(body=f"<html><main>{links}</main></html>".encode()))
        server.on("/beat", Reply())
        async with tunnel.open() as place:
            environ = {"PROXY": f"socks5h://desk:pa%55@{place}", "PASSWORD": "s3cret"}
            environ |= {"SSL_CERT_FILE": str(certificate)}
            wire = Tripwire(folder)
            room.configure(monitor=MONITOR.format(place=place, ear=loopback(), port=server.port), feeds=FEEDS)
            yield World(room=room, tunnel=tunnel, box=box, wire=wire, place=place, environ=environ | wire.environ)


def test_nothing_goes_past_the_proxy_and_no_name_is_looked_up(tmp_path: Path, certificate: Path) -> None:
    async def scene() -> None:
        async with world(tmp_path, certificate) as here:
            room = here.room
            process = await room.start(*here.wire.before, **here.environ)
            try:
                await room.alert()
                await here.until(
                    lambda: room.server.asked("/beat") and here.box.letters and room.server.asked("/outlet")
                )
                await here.until(lambda: room.server.asked("/herald") and "hub.example" in here.names("desk"))
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # with what traces it
                await process.wait()
            assert here.wire.touched() - {str(tmp_path / "notify")} == {here.place}, room.log
            assert here.names("desk:paU") == {*THROUGH, "news.example", "hub.example"}
            assert here.names("monitor-") == HIDDEN  # on a circuit of its own, and its hub hears nothing of us
            with closing(sqlite3.connect(tmp_path / "data" / lock.DATABASE)) as db:  # by which a change is noticed
                assert {way for (way,) in db.execute("SELECT proxy FROM sources")} == {PROXIED, "circuit"}
            robots = {request.headers["host"] for request in room.server.asked("/robots.txt")}
            assert robots == {"pages.example", "secret-pages.example", "outlet.example"}
            for secret in ("paU", "pa%55", "s3cret"):
                assert secret not in room.log

    asyncio.run(scene())


@pytest.mark.parametrize(
    "command",
    [
        ("check", "--live"),
        ("run", "--once"),
        ("feeds", "test", "Gazette"),
        ("feeds", "test", "Herald"),
        ("feeds", "test", "http://www.herald.example/herald"),
        ("feeds", "discover", "http://secret-pages.example/page", "--proxy", "circuit"),
        ("channels", "test", "lawyers"),
    ],
)
def test_no_command_goes_past_the_proxy(command: tuple[str, ...], tmp_path: Path, certificate: Path) -> None:
    async def scene() -> None:
        async with world(tmp_path, certificate) as here:
            with (tmp_path / "log").open("ab") as log:
                process = await asyncio.create_subprocess_exec(
                    *(
                        *here.wire.before,
                        sys.executable,
                        "-m",
                        "monitor",
                        "--config",
                        str(tmp_path / "config"),
                        *command,
                    ),
                    env={**os.environ, **here.environ},
                    stdout=log,
                    stderr=log,
                )
                await process.wait()
            assert process.returncode == 0, here.room.log
            assert here.wire.touched() == {here.place}, here.room.log
            assert not here.names("desk") & HIDDEN
            if "herald" in str(command).lower() or "circuit" in command:
                assert not here.names("desk")

    asyncio.run(scene())


def test_when_the_proxy_is_down_nothing_is_asked_and_the_proxy_is_named(tmp_path: Path, certificate: Path) -> None:
    async def scene() -> None:
        async with world(tmp_path, certificate) as here:
            dead = f"{loopback()}:9"
            environ = here.environ | {"PROXY": f"socks5h://desk:s3cretive@{dead}"}
            process = await here.room.start(*here.wire.before, **environ)
            try:
                await here.until(lambda: len(here.room.server.asked("/herald")) > 1)  # its own way works
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
            assert here.wire.touched() - {str(tmp_path / "notify")} == {here.place, dead}
            assert f"no connection to the proxy {dead}: Connection refused" in here.room.log
            assert "s3cretive" not in here.room.log
            assert here.names("desk") == set()

    asyncio.run(scene())
