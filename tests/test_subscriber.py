"""WebSub with real parts: a hub and an outlet on loopback, the guarded client, a database file, the listener. Only the clock
is the test's own."""

import asyncio
import hashlib
import hmac
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

import pytest

from monitor import pipeline, subscriber
from monitor.core.websub import Terms
from monitor.listener import Listener, Reply, Request
from monitor.subscriber import Desk as Means
from support import server as outlet
from support.build import DAY, HOUR, MINUTE, NOW
from support.desk import Desk, desk, item, play
from support.server import loopback

PORT = 8788
CALLBACK = "https://monitor.example/websub"


@dataclass
class Hub:
    """A hub that remembers what it was asked for, and does with it what a test wants."""

    desk: Desk
    ear: str
    status: int = 202
    asked: list[dict[str, str]] = field(default_factory=list)
    numbers: Any = field(default_factory=count)
    items: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.desk.server.url("/hub")

    def feed(self, _: outlet.Request) -> outlet.Reply:
        head = f'<atom:link rel="hub" href="{self.url}"/><atom:link rel="self" href="{self.desk.server.url("/feed")}"/>'
        body = f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>{head}{"".join(self.items)}</channel></rss>'
        return outlet.Reply(body=body.encode())

    def take(self, request: outlet.Request) -> outlet.Reply:
        assert request.method == "POST"
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        form = parse_qs(request.body.decode(), strict_parsing=True)
        self.asked.append({name.removeprefix("hub."): value for name, (value,) in form.items()})
        return outlet.Reply(status=self.status)

    def token(self) -> str:
        front, _, token = self.asked[-1]["callback"].rpartition("/")
        assert front == CALLBACK
        return token

    async def keep_up(self, after: timedelta = timedelta(), callback: str = CALLBACK) -> None:
        """What the daemon does now and then, later."""
        self.desk.now[0] += after
        networks = self.desk.tools.client._settings.allow_networks
        await subscriber.keep_up(means(self), Terms(callback=callback, networks=networks))

    async def verify(self, token: str | None = None, **changes: str) -> tuple[int, str]:
        """Ask whether we meant it, as a hub does."""
        asked = self.asked[-1]
        query = {
            "hub.mode": asked["mode"],
            "hub.topic": asked["topic"],
            "hub.challenge": "a challenge & more",
            "hub.lease_seconds": asked.get("lease_seconds", ""),
        }
        query |= {f"hub.{name}": value for name, value in changes.items()}
        return await self.call("GET", f"/websub/{token or self.token()}?{urlencode(query, quote_via=quote)}")

    async def push(self, body: bytes = b"<rss/>", **about: str) -> int:
        method = about.pop("method", "sha256")
        secret = about.pop("secret", self.asked[0].get("secret", ""))
        digest = hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()
        fields = {"X-Hub-Signature": about.pop("signature", f"{method}={digest}"), **about}
        status, said = await self.call("POST", f"/{self.token()}", body, fields)
        assert said == ""
        return status

    async def call(
        self, method: str, target: str, body: bytes = b"", fields: dict[str, str] | None = None
    ) -> tuple[int, str]:
        reader, writer = await asyncio.open_connection(self.ear, PORT)
        head = {"Host": "monitor.example", "Content-Length": str(len(body)), **(fields or {})}
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
        writer.write("\r\n".join(lines).encode() + body)
        answer = await reader.read()
        writer.close()
        head_, _, said = answer.partition(b"\r\n\r\n")
        return int(head_.split()[1]), said.decode()

    async def due(self, after: timedelta = timedelta()) -> bool:
        """Whether the source is to be polled, later."""
        self.desk.now[0] += after
        return bool(await self.desk.tools.store.claim_sources(self.desk.now[0], limit=1))

    def rows(self, query: str) -> list[Any]:
        with closing(sqlite3.connect(self.desk.tools.store._file.path)) as db:  # type: ignore[attr-defined] # for a look
            return db.execute(query).fetchall()

    def states(self) -> list[str]:
        return [state for (state,) in self.rows("SELECT state FROM subscriptions ORDER BY state")]


def means(hub: Hub) -> Means:
    return Means(
        store=hub.desk.tools.store,
        post=hub.desk.tools.client.post,
        now=hub.desk.now[0],
        jitter=0.0,
        new_token=lambda: f"{next(hub.numbers):043}",
    )


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Hub]:
    async with desk(folder) as there, asyncio.timeout(30):
        hub = Hub(there, loopback())
        there.server.on("/feed", hub.feed)
        there.server.on("/hub", hub.take)

        async def answer(request: Request) -> Reply:
            reply, _ = await subscriber.answer(request, means(hub), CALLBACK, there.orders.sources)
            return reply

        listener = Listener(answer)
        await listener.listen_at((hub.ear, PORT))
        try:
            yield hub
        finally:
            await listener.close()


@asynccontextmanager
async def subscribed(folder: Path) -> AsyncIterator[Hub]:
    async with opened(folder) as hub:
        hub.items.append(item("/old", "Sheep", age=DAY))
        await hub.desk.check()
        await hub.keep_up()
        assert await hub.verify() == (200, "a challenge & more")
        yield hub


def test_subscribe_verify_push_fetch_alert(tmp_path: Path) -> None:
    async def scene() -> None:
        async with subscribed(tmp_path) as hub:
            topic = hub.desk.server.url("/feed")
            (asked,) = hub.asked
            assert (asked["mode"], asked["topic"], asked["lease_seconds"]) == ("subscribe", topic, "864000")
            assert len(asked["secret"]) == 43
            assert hub.states() == ["verified"]
            assert not await hub.due(MINUTE)
            hub.items.append(item("/new", "Wolves return", age=timedelta()))
            assert await hub.push(b"<rss>whatever: it is not read</rss>") == 202
            assert await hub.due()
            await hub.desk.check()
            (owed,) = await hub.desk.due()
            assert owed.event["data"]["article"]["title"] == "Wolves return"

    play(scene)


@pytest.mark.parametrize(
    "changes",
    [
        {"topic": "https://other.example/"},
        {"mode": "unsubscribe"},
        {"mode": "publish"},
        {"challenge": ""},
        {"token": "x" * 43},
    ],
)
def test_what_we_did_not_ask_for_is_not_confirmed(tmp_path: Path, changes: dict[str, str]) -> None:
    async def scene() -> None:
        async with opened(tmp_path) as hub:
            await hub.desk.check()
            await hub.keep_up()
            assert await hub.verify(**changes) == (404, "")
            assert hub.states() == ["asked"]
            assert hub.rows("SELECT pushed_until FROM sources") == [(None,)]

    play(scene)


@pytest.mark.parametrize(
    "about",
    [{"secret": "guessed"}, {"signature": ""}, {"signature": "md5=x"}, {"signature": "sha256=" + "0" * 64}],
)
def test_a_push_that_is_not_signed_as_agreed_changes_nothing(tmp_path: Path, about: dict[str, str]) -> None:
    async def scene() -> None:
        async with subscribed(tmp_path) as hub:
            assert await hub.push(b"<rss/>", **about) == 202
            assert not await hub.due(MINUTE)

    play(scene)


def test_a_push_before_the_subscription_is_verified_changes_nothing(tmp_path: Path) -> None:
    async def scene() -> None:
        async with opened(tmp_path) as hub:
            await hub.desk.check()
            await hub.keep_up()
            assert await hub.push() == 202
            assert not await hub.due(MINUTE)

    play(scene)


def test_many_pushes_bring_one_poll_in_min_interval_and_none_is_lost(tmp_path: Path) -> None:
    async def scene() -> None:
        async with subscribed(tmp_path) as hub:
            for _ in range(3):
                await hub.push(method="sha1")
            (record,) = await hub.desk.tools.store.claim_sources(hub.desk.now[0], limit=1)
            await hub.push()  # while it is polled: perhaps too late for this poll
            await pipeline.check(record, hub.desk.tools, hub.desk.orders)
            assert not await hub.due(MINUTE)
            assert await hub.due(MINUTE)
            await hub.desk.check()
            assert not await hub.due(2 * MINUTE)

    play(scene)


def test_a_source_that_is_pushed_is_polled_at_interval_only(tmp_path: Path) -> None:
    async def scene() -> None:
        async with subscribed(tmp_path) as hub:
            hub.items.append(item("/new", "Wolves return", age=timedelta()))
            assert await hub.due(15 * MINUTE)
            await hub.desk.check()
            assert not await hub.due(14 * MINUTE)  # without a hub it would be asked after two minutes
            assert await hub.due(MINUTE)

    play(scene)


def test_a_subscription_is_renewed_before_its_lease_is_over_and_by_the_same_token(tmp_path: Path) -> None:
    async def scene() -> None:
        async with subscribed(tmp_path) as hub:
            await hub.keep_up(7 * DAY)
            assert len(hub.asked) == 1
            await hub.keep_up(DAY)
            assert hub.asked[1] == hub.asked[0]
            await hub.keep_up(MINUTE)
            assert len(hub.asked) == 2
            assert (await hub.verify(lease_seconds="86400"))[0] == 200
            await hub.keep_up(19 * HOUR)
            assert len(hub.asked) == 2
            await hub.keep_up(HOUR)
            assert len(hub.asked) == 3
            assert hub.states() == ["verified"]
            await hub.keep_up(5 * HOUR)  # it was not confirmed again
            assert hub.states() == ["asked"]
            assert hub.rows("SELECT pushed_until FROM sources") == [(None,)]

    play(scene)


def test_a_hub_that_is_down_is_asked_less_and_less_often(tmp_path: Path) -> None:
    async def scene() -> None:
        async with opened(tmp_path) as hub:
            hub.status = 503
            await hub.desk.check()
            times: list[datetime] = []
            for _ in range(100):
                before = len(hub.asked)
                await hub.keep_up(5 * MINUTE)
                times += [hub.desk.now[0]] * (len(hub.asked) - before)
            waits = [(later - earlier) / MINUTE for earlier, later in pairwise(times)]
            assert waits == [5, 10, 20, 40, 80, 160]
            hub.desk.server.close(hub.desk.server.hosts[0])
            await hub.keep_up(DAY)  # nobody there: no error
            assert len(hub.asked) == len(times)

    play(scene)


def test_a_hub_that_refuses_is_asked_again_the_next_day(tmp_path: Path) -> None:
    async def scene() -> None:
        async with subscribed(tmp_path) as hub:
            assert await hub.verify(mode="denied", reason="no such feed") == (200, "")
            assert hub.rows("SELECT state, (SELECT pushed_until FROM sources) FROM subscriptions") == [("asked", None)]
            await hub.keep_up(23 * HOUR)
            assert len(hub.asked) == 1
            await hub.keep_up(HOUR)
            assert len(hub.asked) == 2

    play(scene)


def test_what_is_taken_out_of_the_configuration_is_unsubscribed(tmp_path: Path) -> None:
    async def scene() -> None:
        async with subscribed(tmp_path) as hub:
            await hub.desk.tools.store.sync_sources((), NOW)
            await hub.keep_up()
            assert [asked["mode"] for asked in hub.asked] == ["subscribe", "unsubscribe"]
            assert "secret" not in hub.asked[1]
            assert hub.states() == ["leaving"]
            assert await hub.verify() == (200, "a challenge & more")
            assert hub.states() == []
            assert await hub.push() == 404

    play(scene)


def test_a_source_that_comes_back_is_subscribed_again(tmp_path: Path) -> None:
    async def scene() -> None:
        async with subscribed(tmp_path) as hub:
            await hub.desk.tools.store.sync_sources((), NOW)
            await hub.keep_up()
            await hub.desk.tools.store.sync_sources(tuple(hub.desk.orders.sources.values()), NOW)
            await hub.keep_up()
            assert [asked["mode"] for asked in hub.asked] == ["subscribe", "unsubscribe", "subscribe"]
            assert (await hub.verify())[0] == 200
            assert hub.states() == ["verified"]

    play(scene)


def test_a_source_that_names_no_hub_any_more_is_unsubscribed(tmp_path: Path) -> None:
    async def scene() -> None:
        async with subscribed(tmp_path) as hub:
            body = b'<rss version="2.0"><channel><title>G</title></channel></rss>'
            hub.desk.server.on("/feed", outlet.Reply(body=body))
            await hub.desk.check()
            await hub.keep_up()
            assert [asked["mode"] for asked in hub.asked] == ["subscribe", "unsubscribe"]

    play(scene)


def test_without_a_callback_nothing_is_asked_and_what_stood_is_forgotten(tmp_path: Path) -> None:
    async def scene() -> None:
        async with subscribed(tmp_path) as hub:
            await hub.keep_up(callback="")
            assert hub.states() == []
            assert hub.rows("SELECT pushed_until FROM sources") == [(None,)]
            await hub.keep_up(DAY, callback="")
            assert len(hub.asked) == 1

    play(scene)


def test_a_hub_that_sends_us_to_another_is_followed_there(tmp_path: Path) -> None:
    async def scene() -> None:
        async with opened(tmp_path) as hub:
            hub.desk.server.on("/hub", outlet.redirect("/other", 307))
            hub.desk.server.on("/other", hub.take)
            await hub.desk.check()
            await hub.keep_up()
            assert await hub.verify() == (200, "a challenge & more")
            assert hub.states() == ["verified"]

    play(scene)


def test_the_answers_header_names_a_hub_too(tmp_path: Path) -> None:
    async def scene() -> None:
        async with opened(tmp_path) as hub:
            link = f'<{hub.url}>; rel="hub", </canonical>; rel="self"'
            body = b'<rss version="2.0"><channel><title>G</title></channel></rss>'
            hub.desk.server.on("/feed", outlet.Reply(body=body, headers={"Link": link}))
            await hub.desk.check()
            await hub.keep_up()
            assert [asked["topic"] for asked in hub.asked] == [hub.desk.server.url("/canonical")]

    play(scene)


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/"),
        ("GET", "/websub/"),
        ("GET", f"/websub/{'x' * 43}"),
        ("GET", f"/websub/{'x' * 43}?{'&'.join('a=1' for _ in range(99))}"),
        ("POST", f"/websub/{'x' * 43}"),
        ("POST", "/../etc/passwd"),
        ("DELETE", f"/{'0' * 43}"),
        ("HEAD", f"/{'0' * 43}"),
        ("OPTIONS", "*"),
    ],
)
def test_nobody_else_finds_anything(tmp_path: Path, method: str, target: str) -> None:
    async def scene() -> None:
        async with subscribed(tmp_path) as hub:
            assert await hub.call(method, target) == (404, "")
            assert hub.states() == ["verified"]

    play(scene)


def test_while_nothing_can_be_stored_a_hub_is_told_to_come_back(tmp_path: Path) -> None:
    async def scene() -> None:
        async with subscribed(tmp_path) as hub:
            (tmp_path / "monitor.db").rename(tmp_path / "away.db")
            assert (await hub.verify())[0] == 503

    play(scene)
