"""Whose turn it is. Pauses are real here, and short."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from monitor.core.errors import FetchError, FetchFault
from monitor.fetch.client import Client, Purpose
from monitor.fetch.hosts import REMEMBERED, Hosts
from support.clients import client_for
from support.server import Reply, Request, Server, redirect

DELAY = 0.05
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def some_hosts(*, slots: int = 8, places: int = 1, delay: float = 0.0) -> Hosts:
    return Hosts(slots=slots, places=places, delay=timedelta(seconds=delay), now=lambda: NOW)


def play(scene: Callable[[Server], Awaitable[None]], hosts: int = 1) -> None:
    async def run() -> None:
        async with Server(hosts) as server:
            await scene(server)

    asyncio.run(run())


async def get_all(client: Client, *urls: str) -> None:
    await asyncio.gather(*(client.get(url, purpose=Purpose.PAGE) for url in urls))


def gaps(requests: list[Request]) -> list[float]:
    return [later.at - sooner.at for sooner, later in pairwise(requests)]


def test_requests_to_a_host_come_one_by_one_and_apart() -> None:
    async def scene(server: Server) -> None:
        async def slowly(_: Request) -> Reply:
            await asyncio.sleep(DELAY / 4)
            return Reply()

        urls = [server.on(f"/{number}", slowly) for number in range(4)]
        client = client_for(server, per_host_delay=timedelta(seconds=DELAY))
        await get_all(client, *urls, server.on("/robots.txt", slowly))
        assert len(server.requests) == 5
        assert min(gaps(server.requests)) >= 1.25 * DELAY  # counted from the answers, however late a request arrives
        assert max(server.crowd.values()) == 1

    play(scene)


def test_with_more_places_they_overlap_and_still_start_apart() -> None:
    async def scene(server: Server) -> None:
        async def slowly(_: Request) -> Reply:
            await server.arrived(3)
            return Reply()

        urls = [server.on(f"/{number}", slowly) for number in range(4)]
        await get_all(client_for(server, per_host=3, per_host_delay=timedelta(seconds=DELAY)), *urls)
        assert min(gaps(server.requests)) > 0.95 * DELAY
        assert max(server.crowd.values()) == 3

    play(scene)


def test_redirect_hops_wait_for_their_turn_as_well() -> None:
    async def scene(server: Server) -> None:
        server.on("/a", redirect("/b"))
        server.on("/b", Reply())
        await get_all(client_for(server, per_host_delay=timedelta(seconds=DELAY)), server.url("/a"), server.url("/b"))
        assert [r.path for r in server.requests] == ["/a", "/b", "/b"]
        assert min(gaps(server.requests)) > 0.95 * DELAY

    play(scene)


def test_hosts_do_not_wait_for_each_other() -> None:
    async def scene(server: Server) -> None:
        slow, *others = server.hosts
        server.on("/", Reply(hang=True), slow)
        for host in others:
            server.on("/", Reply(), host)
        client = client_for(server, concurrency=2)
        waiting = [asyncio.create_task(get_all(client, server.url("/", slow))) for _ in range(5)]
        await get_all(client, *(server.url("/", host) for host in others))  # the five hold one slot, not all
        for task in waiting:
            task.cancel()
        assert len(server.asked("/", slow)) == 1

    play(scene, hosts=4)


def test_no_more_requests_run_than_there_are_slots() -> None:
    async def scene(server: Server) -> None:
        flying = 0
        most = 0

        async def watch(_: Request) -> Reply:
            nonlocal flying, most
            flying += 1
            most = max(most, flying)
            await asyncio.sleep(0.01)
            flying -= 1
            return Reply()

        server.on("/", watch)
        await get_all(client_for(server, concurrency=3), *(server.url("/", host) for host in server.hosts))
        assert (len(server.requests), most) == (8, 3)

    play(scene, hosts=8)


def test_waiting_for_a_turn_does_not_count_for_the_deadline() -> None:
    async def scene(server: Server) -> None:
        server.on("/", Reply())
        client = client_for(server, per_host_delay=timedelta(seconds=DELAY), timeout=timedelta(seconds=2 * DELAY))
        await get_all(client, *[server.url("/")] * 6)
        assert server.requests[-1].at - server.requests[0].at > 4 * DELAY

    play(scene)


def test_who_leaves_the_queue_leaves_no_gap() -> None:
    async def scene() -> None:
        hosts = some_hosts(slots=1)

        async def visit(name: str) -> str:
            async with hosts.turn(name):
                return name

        async with hosts.turn("a"):
            queue = [asyncio.create_task(visit("a")) for _ in range(3)]
            blocked = asyncio.create_task(visit("b"))  # at the door of another host, without a slot
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            queue[0].cancel()
            blocked.cancel()
        left = await asyncio.wait_for(asyncio.gather(*queue, blocked, visit("b"), return_exceptions=True), 5)
        assert [str(each) for each in left] == ["", "a", "a", "", "b"]

    asyncio.run(scene())


def test_who_waits_when_a_pause_begins_is_sent_away() -> None:
    async def scene() -> None:
        hosts = some_hosts(slots=1, places=2)

        async def visit() -> None:
            async with hosts.turn("a"):
                raise AssertionError("it was let in")

        async with hosts.turn("b"):
            waiting = [asyncio.create_task(visit()) for _ in range(3)]
            await asyncio.sleep(0)
            hosts.pause("a", timedelta(minutes=1))
            hosts.pause("a", timedelta(seconds=1))  # the longer one counts
        for task in waiting:
            with pytest.raises(FetchError, match="left alone until 2026-11-22 08:0") as caught:
                await task
            assert caught.value.fault is FetchFault.PAUSED
            assert caught.value.retry_at is not None
            assert timedelta(seconds=50) < caught.value.retry_at - NOW <= timedelta(minutes=1)
        async with hosts.turn("b"):
            pass  # the slot was given back

    asyncio.run(scene())


def test_a_pause_ends() -> None:
    async def scene() -> None:
        hosts = some_hosts()
        hosts.pause("a", timedelta(seconds=-1))
        async with hosts.turn("a"):
            pass

    asyncio.run(scene())


def test_a_host_may_want_more_time_and_not_less() -> None:
    async def scene(server: Server) -> None:
        server.on("/", Reply())
        client = client_for(server, per_host_delay=timedelta(seconds=DELAY / 2))
        client.hosts.slow_down(server.hosts[0], timedelta(seconds=DELAY))
        await get_all(client, *[server.url("/")] * 3)
        assert min(gaps(server.requests)) > 0.95 * DELAY
        client.hosts.slow_down(server.hosts[0], timedelta())
        await get_all(client, *[server.url("/")] * 3)
        assert DELAY > min(gaps(server.requests[3:])) > 0.95 * DELAY / 2

    play(scene)


def test_who_takes_over_goes_on_leaving_alone_whom_the_one_before_did() -> None:
    async def scene() -> None:
        before, after = some_hosts(), some_hosts()
        before.pause("a", timedelta(minutes=1))
        after.inherit(before)
        with pytest.raises(FetchError) as caught:
            async with after.turn("a"):
                pass
        assert caught.value.fault is FetchFault.PAUSED
        async with after.turn("b"):
            pass

    asyncio.run(scene())


def test_only_so_many_hosts_are_remembered() -> None:
    hosts = some_hosts()
    hosts.pause("busy", timedelta(minutes=1))
    for number in range(REMEMBERED + 10):
        hosts.slow_down(str(number), timedelta())
    assert len(hosts._hosts) < 20
    assert "busy" in hosts._hosts
