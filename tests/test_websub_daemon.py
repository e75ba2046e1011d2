"""The daemon as a real process beside a hub on loopback: what a push brings, what a restart keeps, what a reload ends."""

import asyncio
import hashlib
import hmac
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from support.desk import play
from support.newsroom import FEEDS, Newsroom, newsroom, running, stopped
from support.server import Reply, Request, loopback

PORT = 8788


@dataclass
class Hub:
    """A hub that confirms what it is asked for, as hubs do: after its answer, by a request of its own."""

    room: Newsroom
    ear: str
    asked: list[dict[str, str]] = field(default_factory=list)
    confirmed: asyncio.Queue[int] = field(default_factory=asyncio.Queue)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def take(self, request: Request) -> Reply:
        form = {name: value for name, (value,) in parse_qs(request.body.decode()).items()}
        self.asked.append(form)
        task = asyncio.create_task(self.confirm(form))
        self.tasks.add(task)
        return Reply(status=202)

    async def confirm(self, form: dict[str, str]) -> None:
        said = {name: form[name] for name in ("hub.mode", "hub.topic")}
        said |= {"hub.challenge": "42", "hub.lease_seconds": form.get("hub.lease_seconds", "")}
        answer = await self.call(f"GET {self.path}?{urlencode(said)}")
        assert answer.endswith(b"\r\n\r\n42")
        await self.confirmed.put(int(answer.split()[1]))

    async def push(self) -> bytes:
        body = b"there is news"
        signature = hmac.new(self.asked[0]["hub.secret"].encode(), body, hashlib.sha512).hexdigest()
        head = f"X-Hub-Signature: sha512={signature}\r\nContent-Length: {len(body)}"
        return await self.call(f"POST {self.path}", head, body)

    @property
    def path(self) -> str:
        return urlsplit(self.asked[0]["hub.callback"]).path

    async def call(self, what: str, fields: str = "Content-Length: 0", body: bytes = b"") -> bytes:
        reader, writer = await asyncio.open_connection(self.ear, PORT)
        writer.write(f"{what} HTTP/1.1\r\nHost: monitor.example\r\n{fields}\r\n\r\n".encode() + body)
        answer = await reader.read()
        writer.close()
        return answer


@asynccontextmanager
async def beside_a_hub(folder: Path) -> AsyncIterator[Hub]:
    async with newsroom(folder) as room:
        hub = Hub(room, loopback())
        room.server.on("/hub", hub.take)
        link = f'<{room.server.url("/hub")}>; rel="hub", </feed>; rel="self"'
        room.server.on("/feed", lambda request: Reply(body=room.feed(request).body, headers={"Link": link}))
        room.configure(monitor=settings(hub), feeds=feeds(room))
        yield hub


def settings(hub: Hub) -> str:
    return f'[websub]\nlisten = "{hub.ear}:{PORT}"\ncallback = "https://monitor.example/websub"\n{hub.room.settings}'


def feeds(room: Newsroom) -> str:
    return FEEDS.format(url=room.server.url("/feed")).replace('interval = "1s"', 'interval = "1h"', 1)


def test_a_push_brings_an_alert_also_after_a_restart_and_a_reload_ends_it(tmp_path: Path) -> None:
    async def scene() -> None:
        async with beside_a_hub(tmp_path) as hub:
            room = hub.room
            room.publish("Sheep")
            async with running(room) as process:
                assert await hub.confirmed.get() == 200
                room.publish("Wolves return")
                assert b" 202 " in await hub.push()
                assert (await room.alert())["data"]["article"]["title"] == "Wolves return"
                assert await stopped(process) == 0
            async with running(room) as process:
                room.publish("More wolves return")
                assert b" 202 " in await hub.push()
                assert (await room.alert())["data"]["article"]["title"] == "More wolves return"
                assert [form["hub.mode"] for form in hub.asked] == ["subscribe"]
                room.configure(monitor=settings(hub), feeds="")
                process.send_signal(signal.SIGHUP)
                assert await hub.confirmed.get() == 200
                assert [form["hub.mode"] for form in hub.asked] == ["subscribe", "unsubscribe"]
                assert b" 404 " in await hub.push()
                assert await stopped(process) == 0
            token = hub.path.rpartition("/")[2]
            assert len(token) == 43
            assert token not in room.log
            assert hub.asked[0]["hub.secret"] not in room.log

    play(scene)


def test_where_nobody_can_listen_no_hub_is_asked_and_polling_goes_on(tmp_path: Path) -> None:
    async def scene() -> None:
        async with beside_a_hub(tmp_path) as hub:
            with socket.create_server((hub.ear, PORT)):
                hub.room.publish("Wolves return")
                async with running(hub.room) as process:
                    assert (await hub.room.alert())["data"]["article"]["title"] == "Wolves return"
                    assert await stopped(process) == 0
            assert "[websub] listen cannot be used" in hub.room.log
            assert hub.asked == []

    play(scene)
