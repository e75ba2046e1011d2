"""What robots.txt allows (RFC 9309): asked for once a day and origin, before pages and whatever else nobody asked us for.

Feeds that the operator wrote down himself are his own request and are not asked about here. Not here: keeping pauses
(hosts.py); a Crawl-delay is only handed on.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import httpx2
from protego import Protego

from monitor.core import clocks
from monitor.core.errors import FetchError, FetchFault
from monitor.core.model import Fetched, Validators
from monitor.fetch import guard
from monitor.fetch.client import Client, Purpose, host_of
from monitor.fetch.hosts import utc_now

AGENT = "monitor"  # our product token: the first word of the User-Agent, in lower case
KEPT = timedelta(hours=24)  # RFC 9309, 2.4
RETRY = timedelta(hours=1)  # a robots.txt that could not be had is asked for again
PATIENCE = timedelta(
    hours=24
)  # a robots.txt that cannot be had for so long does not count any more (RFC 9309, 2.3.1.4)
LONGEST_DELAY = timedelta(seconds=60)  # of a Crawl-delay; with more a host would be as good as closed
MOST_SITEMAPS = 50
ORIGINS = 2000  # remembered
CHARACTERS = 2 * 2**20  # of rules remembered for all origins together; parsed, they take some ten times as many bytes

_AGENT_LINE = re.compile(r"user[- ]?agent\s*(?::|\s)\s*([^\s#]*)", re.IGNORECASE)
_RULE_LINE = re.compile(  # with the misspellings of disallow that protego knows
    r"(?:allow|d\w{5,7}w|crawl[- ]?delay|request[- ]rate|visit[- ]time)\s*(?::|\s)", re.IGNORECASE
)
_SITEMAP_LINE = re.compile(r"site-?maps?\s*(?::|\s)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What one origin wants, `until` when that is believed.

    `closed` says why nothing is to be asked, if it cannot be known what is allowed. `failing_since`: since when the file
    cannot be had; `parsed` is then what was known before.
    """

    parsed: Protego | None = None
    size: int = 0
    closed: str = ""
    until: datetime
    failing_since: datetime | None = None

    def allow(self, url: str) -> bool:
        return not self.closed and (self.parsed is None or self.parsed.can_fetch(url, AGENT))

    def delay(self) -> timedelta | None:
        seconds = self.parsed.crawl_delay(AGENT) if self.parsed else None
        return timedelta(seconds=min(seconds, LONGEST_DELAY.total_seconds())) if seconds else None


class Robots:
    """Asks the client for each origin's robots.txt when it is first needed, and remembers what it says."""

    def __init__(
        self, client: Client, *, now: Callable[[], datetime] = utc_now, before: "Robots | None" = None
    ) -> None:
        """`before` is one whose place this one takes: what it knows is known."""
        self._client = client
        self._now = now
        self._known: OrderedDict[str, Rules] = OrderedDict(before._known if before else ())  # noqa: SLF001 - one of our own kind
        self._asking: dict[str, asyncio.Task[Rules]] = {}

    async def get(self, url: str, *, purpose: Purpose = Purpose.PAGE, validators: Validators | None = None) -> Fetched:
        """Ask for a document as `Client.get` does, if robots.txt allows it and every address that it redirects to.

        Raises FetchError (ROBOTS) where it does not.
        """
        return await self._client.get(url, purpose=purpose, validators=validators, vet=self._vet)

    async def allowed(self, url: str) -> bool:
        """True if robots.txt lets us ask for this address. Raises FetchError (REFUSED) if it is none that may be asked."""
        return (await self._rules(guard.parse(url))).allow(url)

    async def crawl_delay(self, url: str) -> timedelta | None:
        """How far apart the host wants its requests, at most a minute; the client keeps to it by itself."""
        return (await self._rules(guard.parse(url))).delay()

    async def sitemaps(self, url: str) -> tuple[str, ...]:
        """The sitemaps that the robots.txt of the address's origin names, in its order."""
        parsed = (await self._rules(guard.parse(url))).parsed
        return tuple(parsed.sitemaps)[:MOST_SITEMAPS] if parsed else ()

    async def _vet(self, url: str) -> None:
        address = guard.parse(url)
        rules = await self._rules(address)
        if rules.closed:
            message = f"{host_of(address)} is left alone, since its robots.txt cannot be had: {rules.closed}"
            raise FetchError(FetchFault.ROBOTS, message, retry_at=rules.until)
        if not rules.allow(url):
            raise FetchError(
                FetchFault.ROBOTS, f"{host_of(address)} does not want this address to be read (robots.txt)"
            )

    async def _rules(self, address: httpx2.URL) -> Rules:
        """The rules of an address's origin. Raises FetchError (PAUSED) if its host is to be left alone just now."""
        origin = f"{address.scheme}://{address.netloc.decode('ascii')}"
        rules = self._known.get(origin)
        if rules is None or clocks.is_due(rules.until, self._now(), KEPT):
            rules = await self._shared(origin, rules)
            self._known[origin] = rules
        self._known.move_to_end(origin)
        self._forget()
        if delay := rules.delay():
            self._client.hosts.slow_down(host_of(address), delay)
        return rules

    async def _shared(self, origin: str, before: Rules | None) -> Rules:
        """Ask, together with whoever else is asking already; who leaves does not take it from the others."""
        task = self._asking.get(origin)
        if task is None:
            task = self._asking[origin] = asyncio.create_task(self._ask(origin, before))
            task.add_done_callback(partial(self._asked, origin))
        return await asyncio.shield(task)

    def _asked(self, origin: str, task: "asyncio.Task[Rules]") -> None:
        del self._asking[origin]
        if not task.cancelled():
            task.exception()  # all who wanted to know may have left

    async def _ask(self, origin: str, before: Rules | None) -> Rules:
        now = self._now()
        try:
            answer = await self._client.get(f"{origin}/robots.txt", purpose=Purpose.ROBOTS)
        except FetchError as error:
            if error.fault is FetchFault.PAUSED:
                raise
            return _without(error, before, now)
        text = relevant(answer.body.decode("utf-8", "replace"))
        return Rules(parsed=Protego.parse(text), size=len(text), until=now + KEPT)

    def _forget(self) -> None:
        while len(self._known) > ORIGINS or sum(known.size for known in self._known.values()) > CHARACTERS:
            self._known.popitem(last=False)


def _without(error: FetchError, before: Rules | None, now: datetime) -> Rules:
    """What holds when the file does not come (RFC 9309, 2.3.1).

    Everything is allowed if there is none: 4xx, an empty answer, or nothing at the end of its redirects; where the guard
    refuses its address it will refuse the pages, too. If it cannot be known, what was known before goes on, or else
    nothing is allowed, for a day.
    """
    missing = error.status is not None and error.status < 500 and error.status != 429
    if missing or error.fault in (FetchFault.REDIRECT, FetchFault.REFUSED):
        return Rules(until=now + KEPT)
    until = error.retry_at or now + RETRY
    since = (before and before.failing_since) or now
    if before and before.parsed:
        return replace(before, until=until, failing_since=since)
    closed = str(error) if now - since < PATIENCE else ""
    return Rules(closed=closed, until=until, failing_since=since)


def relevant(text: str) -> str:
    """The part of a robots.txt that concerns us: its sitemaps, and the groups of all agents or of ours.

    So that it stays small in memory, and since a group of many agents with many rules costs its parser their product.
    """
    kept: list[str] = []
    ours = among_agents = False
    for line in map(str.strip, text.lstrip("\ufeff").splitlines()):
        if not line or line.startswith("#"):
            continue
        if agent := _AGENT_LINE.match(line):
            if not among_agents:
                ours = False
            among_agents = True
            name = agent[1].lower()
            if name == "*" or name.split("/")[0].rstrip("*") == AGENT:
                ours = True
                kept.append(f"User-agent: {'*' if name == '*' else AGENT}")
        elif _SITEMAP_LINE.match(line):
            kept.append(line)
        elif _RULE_LINE.match(line):  # any other line is none, and ends no list of agents (RFC 9309, 2.2.1)
            among_agents = False
            if ours:
                kept.append(line)
    return "\n".join(kept)
