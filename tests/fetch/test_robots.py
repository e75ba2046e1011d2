"""What robots.txt allows."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from protego import Protego

from monitor.core.errors import FetchError, FetchFault
from monitor.fetch import robots
from monitor.fetch.client import Purpose
from monitor.fetch.robots import KEPT, PATIENCE, RETRY, Robots, relevant
from support.clients import client_for
from support.server import Reply, Request, Server, redirect

CLOSED = b"User-agent: *\nDisallow: /private/\n"


class Clock:
    """A day can be let pass."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def play(scene: Callable[[Server, Robots, Clock], Awaitable[None]], hosts: int = 1) -> None:
    async def run() -> None:
        clock = Clock()
        async with Server(hosts) as server:
            client = client_for(server, now=clock, timeout=timedelta(seconds=0.5))
            await scene(server, Robots(client, now=clock), clock)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),  # the longest match
        ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", True),  # the least restrictive of equals
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf?x", True),
        ("User-agent: *\nDisallow: /a%20b", "/a%20b", False),
        ("User-agent: *\nDisallow: /é", "/%C3%A9", False),
        ("User-agent: *\nDisallow: /a?b", "/a?b=c", False),
        ("user-AGENT:MONITOR\nDISALLOW:/a", "/a", False),
        ("User-agent: Monitor/1.0\nDisallow: /a", "/a", False),
        ("User-agent: monitor-news\nDisallow: /", "/a", True),
        ("User-agent: mon\nDisallow: /", "/a", True),
        ("User-agent: Monitor\nAllow: /\n\nUser-agent: *\nDisallow: /", "/a", True),  # our own group only
        ("User-agent: *\nDisallow: /\n\nUser-agent: Monitor\nDisallow: /b", "/a", True),
        ("User-agent: *\nDisallow: /a\n\nUser-agent: x\nDisallow: /b\n\nUser-agent: *\nDisallow: /c", "/c", False),
        ("User-agent: *\nDisallow: /a\n\nUser-agent: x\nDisallow: /b\n\nUser-agent: *\nDisallow: /c", "/b", True),
        ("User-agent: x\nUser-agent: *\n\nUser-agent: y\nDisallow: /a", "/a", False),
        ("User-agent: *\nSitemap: http://x/\nUser-agent: y\nDisallow: /a", "/a", False),
        ("User-agent: *\nUnknown: 1\nUser-agent: y\nDisallow: /a", "/a", False),  # ends no list of agents
        ("User-agent: *\nDissalow: /a", "/a", False),
        ("User-agent: *\nCrawl-delay: 1\nUser-agent: y\nDisallow: /a", "/a", True),
        ("\ufeffUser-agent: *\r\n# Disallow: /b\r\nDisallow: /a # all of it", "/a", False),
        ("\ufeffUser-agent: *\r\n# Disallow: /b\r\nDisallow: /a # all of it", "/b", True),
        ("Disallow: /a", "/a", True),
        ("<html><p>Disallow: /a</p></html>", "/a", True),
    ],
)
def test_rules(text: str, path: str, allowed: bool) -> None:
    async def scene(server: Server, rules: Robots, _: Clock) -> None:
        server.on("/robots.txt", Reply(body=text.encode()))
        assert await rules.allowed(server.url(path)) is allowed

    play(scene)


@pytest.mark.parametrize("status", [204, 301, 400, 401, 403, 404, 410, 451])
def test_without_a_robots_txt_everything_is_allowed(status: int) -> None:
    async def scene(server: Server, rules: Robots, clock: Clock) -> None:
        server.on("/robots.txt", Reply(status=status))
        assert await rules.allowed(server.url("/private/"))
        clock.now += KEPT - timedelta(seconds=1)
        assert await rules.allowed(server.url("/private/"))
        assert len(server.requests) == 1
        clock.now += timedelta(seconds=1)
        assert await rules.allowed(server.url("/private/"))
        assert len(server.requests) == 2

    play(scene)


@pytest.mark.parametrize(
    "reply", [Reply(status=500), Reply(status=503), Reply(status=429), Reply(raw=b"x\r\n"), Reply(hang=True)]
)
def test_while_it_cannot_be_had_nothing_is_allowed_for_a_day(reply: Reply) -> None:
    async def scene(server: Server, rules: Robots, clock: Clock) -> None:
        server.on("/robots.txt", reply)
        assert not await rules.allowed(server.url("/a"))
        assert not await rules.allowed(server.url("/a"))
        assert len(server.requests) == 1
        with pytest.raises(FetchError, match=r"its robots\.txt cannot be had") as caught:
            await rules.get(server.url("/a"))
        assert (caught.value.fault, caught.value.retry_at) == (FetchFault.ROBOTS, clock.now + RETRY)
        client = rules._client
        client.hosts._hosts.clear()  # 429: the pause is over, too
        clock.now += PATIENCE
        assert await rules.allowed(server.url("/a"))
        assert len(server.requests) == 2

    play(scene)


def test_what_was_known_goes_on_while_it_cannot_be_had() -> None:
    async def scene(server: Server, rules: Robots, clock: Clock) -> None:
        server.on("/robots.txt", Reply(body=CLOSED))
        assert await rules.allowed(server.url("/a"))
        server.on("/robots.txt", Reply(status=500))
        for _ in range(3):
            clock.now += KEPT
            assert await rules.allowed(server.url("/a"))
            assert not await rules.allowed(server.url("/private/a"))
        assert len(server.requests) == 4
        server.on("/robots.txt", Reply(body=b""))
        clock.now += RETRY
        assert await rules.allowed(server.url("/private/a"))

    play(scene)


def test_a_pause_is_a_pause_and_no_rule() -> None:
    async def scene(server: Server, rules: Robots, _: Clock) -> None:
        server.on("/robots.txt", Reply())
        rules._client.hosts.pause(server.hosts[0], timedelta(minutes=1))
        with pytest.raises(FetchError) as caught:
            await rules.allowed(server.url("/a"))
        assert caught.value.fault is FetchFault.PAUSED
        rules._client.hosts._hosts.clear()
        assert await rules.allowed(server.url("/a"))

    play(scene)


def test_redirects_of_it_are_followed_five_times() -> None:
    async def scene(server: Server, rules: Robots, clock: Clock) -> None:
        server.on("/robots.txt", redirect("/1"))
        for number in range(1, 5):
            server.on(f"/{number}", redirect(f"/{number + 1}"))
        server.on("/5", Reply(body=CLOSED))
        assert not await rules.allowed(server.url("/private/"))
        server.on("/5", redirect("/6"))
        clock.now += KEPT
        assert await rules.allowed(server.url("/private/"))

    play(scene)


def test_it_is_asked_once_for_all_who_want_to_know() -> None:
    async def scene(server: Server, rules: Robots, _: Clock) -> None:
        server.on("/robots.txt", Reply(body=CLOSED))
        asked = await asyncio.gather(*(rules.allowed(server.url(f"/private/{n}")) for n in range(20)))
        assert (asked, len(server.requests)) == ([False] * 20, 1)
        assert server.requests[0].headers["accept"].startswith("text/plain")

    play(scene)


def test_who_takes_over_knows_what_the_one_before_knew() -> None:
    async def scene(server: Server, rules: Robots, clock: Clock) -> None:
        server.on("/robots.txt", Reply(body=CLOSED))
        await rules.allowed(server.url("/private/"))
        after = Robots(client_for(server), now=clock, before=rules)
        assert not await after.allowed(server.url("/private/"))
        assert len(server.requests) == 1

    play(scene)


def test_who_leaves_does_not_take_the_answer_from_others() -> None:
    async def scene(server: Server, rules: Robots, _: Clock) -> None:
        go = asyncio.Event()

        async def wait(_: Request) -> Reply:
            await go.wait()
            return Reply(body=CLOSED)

        server.on("/robots.txt", wait)
        one = asyncio.create_task(rules.allowed(server.url("/private/")))
        two = asyncio.create_task(rules.allowed(server.url("/private/")))
        await server.arrived(1)
        one.cancel()
        go.set()
        assert not await two
        assert len(server.requests) == 1

    play(scene)


def test_an_answer_that_nobody_waits_for_any_more_disturbs_nobody() -> None:
    async def scene(server: Server, rules: Robots, _: Clock) -> None:
        go = asyncio.Event()

        async def wait(_: Request) -> Reply:
            await go.wait()
            return redirect(f"http://{other}:{server.port}/robots.txt")

        host, other = server.hosts
        server.on("/robots.txt", wait, host)
        rules._client.hosts.pause(other, timedelta(minutes=1))
        alone = asyncio.create_task(rules.allowed(server.url("/")))
        await server.arrived(1)
        (asking,) = rules._asking.values()
        alone.cancel()
        go.set()
        await asyncio.wait([asking])
        assert isinstance(asking.exception(), FetchError)
        assert not rules._asking

    play(scene, hosts=2)


def test_origins_are_asked_each_for_itself() -> None:
    async def scene(server: Server, rules: Robots, _: Clock) -> None:
        one, two = server.hosts
        server.on("/robots.txt", Reply(body=CLOSED), one)
        assert not await rules.allowed(server.url("/private/", one))
        assert await rules.allowed(server.url("/private/", two))

    play(scene, hosts=2)


def test_pages_are_had_through_it_and_every_hop_is_asked_about() -> None:
    async def scene(server: Server, rules: Robots, _: Clock) -> None:
        one, two = server.hosts
        server.on("/robots.txt", Reply(body=CLOSED), two)
        server.on("/page", Reply(body=b"page"), one)
        server.on("/moved", redirect(server.url("/private/page", two)), one)
        assert (await rules.get(server.url("/page", one))).body == b"page"
        with pytest.raises(FetchError, match="does not want this address to be read") as caught:
            await rules.get(server.url("/moved", one), purpose=Purpose.SITEMAP)
        assert (caught.value.fault, caught.value.retry_at) == (FetchFault.ROBOTS, None)
        assert [r.path for r in server.requests] == ["/robots.txt", "/page", "/moved", "/robots.txt"]

    play(scene, hosts=2)


def test_what_the_guard_refuses_is_left_to_it() -> None:
    async def scene(server: Server, rules: Robots, _: Clock) -> None:
        with pytest.raises(FetchError) as caught:
            await rules.get("http://127.0.0.1/latest/meta-data/")
        assert caught.value.fault is FetchFault.REFUSED

    play(scene)


@pytest.mark.parametrize(
    ("text", "delay"),
    [("Crawl-delay: 3", 3.0), ("Crawl-delay: 0.5", 0.5), ("Crawl-delay: 86400", 60.0), ("Crawl-delay: -1", None)],
)
def test_crawl_delay(text: str, delay: float | None) -> None:
    async def scene(server: Server, rules: Robots, _: Clock) -> None:
        server.on("/robots.txt", Reply(body=f"User-agent: *\n{text}".encode()))
        wanted = await rules.crawl_delay(server.url("/a"))
        assert wanted == (timedelta(seconds=delay) if delay else None)
        host = rules._client.hosts._hosts[server.hosts[0]]
        assert host.delay == (delay or 0.0)

    play(scene)


def test_sitemaps_are_named_in_any_group_or_none() -> None:
    async def scene(server: Server, rules: Robots, _: Clock) -> None:
        text = "Sitemap: http://x/1\nUser-agent: y\nsitemap: http://x/2\nDisallow: /\nSite-map: http://x/3\nUser-agent: z\n"
        server.on("/robots.txt", Reply(body=(text + "Sitemap: /4\n" * 100).encode()))
        assert (await rules.sitemaps(server.url("/")))[:4] == ("http://x/1", "http://x/2", "http://x/3", "/4")
        assert len(await rules.sitemaps(server.url("/"))) == 50
        assert len(server.requests) == 1

    play(scene)


def test_no_sitemaps() -> None:
    async def scene(server: Server, rules: Robots, _: Clock) -> None:
        assert await rules.sitemaps(server.url("/")) == ()

    play(scene)


def test_what_is_remembered_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(robots, "ORIGINS", 2)

    async def scene(server: Server, rules: Robots, _: Clock) -> None:
        one, two, three = (server.url("/", host) for host in server.hosts)
        for url in (one, two, one, three, one, two):
            await rules.allowed(url)
        assert [r.host for r in server.requests] == [server.hosts[n] for n in (0, 1, 2, 1)]

    play(scene, hosts=3)


def test_the_size_of_what_is_remembered_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(robots, "CHARACTERS", 3 * len(CLOSED))

    async def scene(server: Server, rules: Robots, _: Clock) -> None:
        server.on("/robots.txt", Reply(body=CLOSED))
        for host in server.hosts:
            await rules.allowed(server.url("/", host))
        assert 1 <= len(rules._known) <= 3

    play(scene, hosts=6)


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"User-agent: a{n}\n" for n in range(18_000)) + "Allow: /\n" * 25_000,
        "User-agent: *\n" * 18_000 + "Allow: /\n" * 25_000,
        "User-agent: *\n" + "".join(f"Disallow: /*{n}*a*b*c*d\n" for n in range(20_000)),
    ],
)
def test_hostile_files_take_no_long_time(text: str) -> None:
    began = time.process_time()
    rules = Protego.parse(relevant(text))
    for _ in range(3):
        rules.can_fetch("http://example.org/" + "abc" * 2500, "monitor")
    assert time.process_time() - began < 3


def test_rules_are_asked_for_anew_when_the_clock_was_set_back() -> None:
    async def scene(server: Server, rules: Robots, clock: Clock) -> None:
        server.on("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /private/"))
        for _ in range(2):
            assert not await rules.allowed(server.url("/private/"))
        clock.now -= timedelta(days=400)
        for _ in range(2):
            assert not await rules.allowed(server.url("/private/"))
        assert len(server.requests) == 2

    play(scene)
