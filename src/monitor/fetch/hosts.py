"""Whose turn it is: how many requests run at the same time, to one host and in all, and how far apart they start.

Not here: what is asked, and what an answer means; only its consequence, a host that is to be left alone (`pause`).
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from monitor.core.errors import FetchError, FetchFault

REMEMBERED = 4096  # hosts; those that nobody waits for and that need no pause are forgotten beyond


def utc_now() -> datetime:
    return datetime.now(UTC)


class Host:
    """What is known of one host; times in seconds of the monotonic clock. `started()` tells that a request goes out now."""

    def __init__(self, places: int, delay: float) -> None:
        self.places = asyncio.Semaphore(places)
        self.door = asyncio.Lock()  # those with a place go through it one by one, `delay` apart
        self.delay = delay
        self.last = -1e9
        self.paused_until = -1e9
        self.visitors = 0

    def started(self) -> None:
        self.last = time.monotonic()

    def forgettable(self) -> bool:
        return not self.visitors and time.monotonic() >= max(self.last + self.delay, self.paused_until)


class Hosts:
    """Gives out turns. `places` requests to one host at the same time, `delay` seconds apart; `slots` requests in all."""

    def __init__(self, *, slots: int, places: int, delay: timedelta, now: Callable[[], datetime] = utc_now) -> None:
        self._slots = asyncio.Semaphore(slots)
        self._places = places
        self._delay = delay.total_seconds()
        self._now = now
        self._hosts: dict[str, Host] = {}

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[Host]:
        """Wait for a turn at a host and hold it. Raises FetchError (PAUSED, with `retry_at`) if the host wants quiet.

        A slot is taken last, so that those who wait for a slow host keep nobody else waiting.
        """
        host = self._host(name)
        host.visitors += 1
        try:
            async with host.places:
                await self._start(name, host)
                try:
                    yield host
                finally:
                    self._slots.release()
        finally:
            host.visitors -= 1

    async def _start(self, name: str, host: Host) -> None:
        async with host.door:
            while True:
                self._refuse_paused(name, host)
                wait = host.last + host.delay - time.monotonic()
                if wait <= 0:
                    break
                await asyncio.sleep(wait)
            await self._slots.acquire()
            try:
                self._refuse_paused(name, host)
            except FetchError:
                self._slots.release()
                raise
            host.started()

    def _refuse_paused(self, name: str, host: Host) -> None:
        left = host.paused_until - time.monotonic()
        if left > 0:
            until = self._now() + timedelta(seconds=left)
            message = f"{name} asked to be left alone until {until:%Y-%m-%d %H:%M:%S} UTC"
            raise FetchError(FetchFault.PAUSED, message, retry_at=until)

    def slow_down(self, name: str, delay: timedelta) -> None:
        """Start requests to a host at least so far apart, if that is more than what is set (a Crawl-delay)."""
        self._host(name).delay = max(self._delay, delay.total_seconds())

    def pause(self, name: str, span: timedelta) -> None:
        """Leave a host alone for a while: who asks or waits is refused."""
        host = self._host(name)
        host.paused_until = max(host.paused_until, time.monotonic() + span.total_seconds())

    def inherit(self, before: "Hosts") -> None:
        """Go on leaving alone those that another one was to leave alone, and keeping their pauses."""
        for name, host in before._hosts.items():  # noqa: SLF001 - one of our own kind
            if not host.forgettable():
                own = self._host(name)
                own.last, own.paused_until = host.last, host.paused_until

    def _host(self, name: str) -> Host:
        host = self._hosts.get(name)
        if host is None:
            if len(self._hosts) >= REMEMBERED:
                self._hosts = {n: h for n, h in self._hosts.items() if not h.forgettable()}
            host = self._hosts[name] = Host(self._places, self._delay)
        return host
