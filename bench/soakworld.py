"""A loopback world for the soak: feeds on addresses of their own, some of them sick, and a receiver. For benchmarks only.

It is started as a process of its own (soak.py does) and told what to do in lines on stdin; it answers with lines of JSON:

    minute    → what happened since the line before: requests for feeds, the longest wait between two requests to a healthy
                feed in seconds, and how many stories that hit were published, and were delivered, so far
    ledger    → everything: stories, messages that were taken and how often, and what was told of which source

Healthy feeds publish at three rates, a few with full texts, most with summaries and pages. One story in ten hits; some of
these are copied by other outlets, some articles are edited, and of these some hit only then. The first feed of each ten is
sick, in a way of `KINDS`: half of the ways last, the others come and go.
"""

import asyncio
import heapq
import json
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from itertools import count
from typing import cast

import uvloop

from feedserver import address
from newstext import watched

RECEIVER = "127.2.0.1"
KINDS = (
    *("500", "503", "hang", "reset", "refused", "not a feed"),
    *("empty", "loop", "drip", "too big", "tls", "410"),
)
ALWAYS = ("tls", "410")  # these don't come and go
FIRST_SECONDS, APART_SECONDS, WAVE_SECONDS = 60, 10, 900
RATES = ((0.1, 120), (0.4, 600), (0.5, 3600))  # share of the feeds, seconds between two items of one
LISTED, AT_FIRST = 20, 5  # items
HIT, COPIED, EDITED, HIT_LATER = 0.1, 0.3, 0.06, 0.3
WORDS = ("wolf", "lighthouse keeper", "Ollerenshaw", "avalanches", "GRETA")
_SMALL = "the of and a in to for with that on as by at from was it his be are have said not will after"
FAILS = 0.05  # of the receiver's answers


def kind_of(number: int) -> str | None:
    """How a feed is sick; None for the healthy."""
    return None if number % 10 else KINDS[number // 10 % len(KINDS)]


def lasts(number: int) -> bool:
    """Whether a sick feed stays so."""
    return kind_of(number) in ALWAYS or number // 10 // len(KINDS) % 2 == 0


def spells(number: int, seconds: float) -> list[tuple[float, float]]:
    """When a feed is sick, in seconds since the beginning, in a run of so many."""
    kind = kind_of(number)
    if kind is None:
        return []
    begin = 0 if kind == "tls" else FIRST_SECONDS + number // 10 * APART_SECONDS
    if lasts(number):
        return [(begin, seconds)]
    begins = range(begin, int(seconds), 2 * WAVE_SECONDS)
    return [(at, min(at + WAVE_SECONDS, seconds)) for at in begins]


@dataclass
class Item:
    """An article: `story` is what copies share."""

    story: int
    title: str
    paragraphs: list[str]
    at: datetime


@dataclass
class Outlet:
    number: int
    port: int
    items: list[Item] = field(default_factory=list)
    version: int = 0
    printed: tuple[int, bytes] = (-1, b"")
    asked: float | None = None

    @property
    def home(self) -> str:
        return f"http://{address(self.number)}:{self.port}"

    def publish(self, item: Item) -> None:
        self.items = [item, *self.items][:LISTED]
        self.version += 1

    def feed(self) -> bytes:
        if self.printed[0] != self.version:
            self.printed = (self.version, _feed(self.home, self.items, full=self.number % 4 == 1))
        return self.printed[1]


def _feed(home: str, items: list[Item], *, full: bool) -> bytes:
    told = "".join(
        f"<item><title>{item.title}</title><link>{home}/news/{item.story}</link><guid>{home}/news/{item.story}</guid>"
        f"<pubDate>{format_datetime(item.at)}</pubDate>"
        f"<description>{' '.join(item.paragraphs) if full else item.paragraphs[0][:200]}</description></item>\n"
        for item in items
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>{home}</title><link>{home}/</link>'
        f"<description>News</description>\n{told}</channel></rss>\n"
    ).encode()


def _page(home: str, item: Item) -> bytes:
    text = "".join(f"<p>{paragraph}</p>\n" for paragraph in item.paragraphs)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{item.title}</title></head><body>'
        f'<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav><main><article><h1>{item.title}</h1>\n{text}'
        f"</article></main><footer>© {home}</footer></body></html>"
    ).encode()


class Desk:
    """Writes stories: the words of each are drawn from some thousand, so that no two are alike by chance."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._words = [word.forms[0] for word in watched(8000) if word.language == "en"]
        self._small = _SMALL.split()
        self._numbers = count(1)

    def story(self, at: datetime) -> Item:
        return Item(next(self._numbers), self._sentence(7, 0), [self._paragraph() for _ in range(5)], at)

    def hit(self, item: Item) -> None:
        """Have the story say a watched word."""
        item.paragraphs[1] = f"The {self.random.choice(WORDS)} came to {self._name()}. {item.paragraphs[1]}"

    def edit(self, item: Item) -> None:
        item.title = f"{item.title} {self._name()}"
        item.paragraphs = [item.paragraphs[0], self._paragraph(), *item.paragraphs[1:]]

    def _paragraph(self) -> str:
        return " ".join(f"{self._name()} {self._sentence(14, 0.45)}." for _ in range(4))

    def _sentence(self, length: int, small: float) -> str:
        some = self.random
        words = (some.choice(self._small if some.random() < small else self._words) for _ in range(length))
        return " ".join(words).capitalize()

    def _name(self) -> str:
        return "".join(self.random.choices(self._words, k=2)).capitalize()


class World:
    """Everything that happens; `planted` has the stories that hit and when, `taken` how often each message was accepted."""

    def __init__(self, number: int, port: int, seed: int, publishing: float) -> None:
        self.begun, self.port, self.publishing = time.monotonic(), port, publishing
        self.desk, self.outlets = Desk(seed), [Outlet(n, port) for n in range(number)]
        self.healthy = [outlet for outlet in self.outlets if kind_of(outlet.number) is None]
        self.plans: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self.planted: dict[int, float] = {}
        self.taken: Counter[str] = Counter()
        self.messages: dict[str, dict[str, object]] = {}
        self.refused = self.requests = 0
        self.longest = 0.0
        self.kinds: Counter[str] = Counter()
        self._fill()

    @property
    def now(self) -> float:
        return time.monotonic() - self.begun

    # Publishing

    def _fill(self) -> None:
        """What is old when Monitor comes, and the first plans."""
        old = datetime.now(UTC) - timedelta(days=3)
        for outlet in self.outlets:
            for hours in range(AT_FIRST):
                outlet.publish(self.desk.story(old + timedelta(hours=hours)))
        some = self.desk.random
        for outlet in self.healthy:
            (every,) = some.choices([rate for _, rate in RATES], [share for share, _ in RATES])
            self.plan(FIRST_SECONDS + some.random() * every, partial(self.publish, outlet, every))

    def plan(self, wait: float, what: Callable[[], None]) -> None:
        heapq.heappush(self.plans, (self.now + wait, next(self._order), what))

    def go_on(self) -> None:
        """Do what was planned for now."""
        while self.plans and self.plans[0][0] <= self.now:
            _, _, what = heapq.heappop(self.plans)
            if self.now < self.publishing:
                what()

    def publish(self, outlet: Outlet, every: float) -> None:
        some, item = self.desk.random, self.desk.story(datetime.now(UTC))
        self.kinds["stories"] += 1
        if some.random() < HIT:
            self._plant(item)
            if some.random() < COPIED:
                for other in some.sample(self.healthy, some.choice((1, 2, 3))):
                    self.plan(some.uniform(0, 180), partial(self.copy, other, item))
        if some.random() < EDITED:
            self.plan(some.uniform(60, 300), partial(self.edit, outlet, item))
        outlet.publish(item)
        self.plan(some.expovariate(1 / every), partial(self.publish, outlet, every))

    def copy(self, outlet: Outlet, item: Item) -> None:
        if all(listed.story != item.story for listed in outlet.items):
            self.kinds["copies"] += 1
            outlet.publish(Item(item.story, item.title, list(item.paragraphs), datetime.now(UTC)))

    def edit(self, outlet: Outlet, item: Item) -> None:
        self.kinds["edits"] += 1
        self.desk.edit(item)
        if item.story not in self.planted and item in outlet.items and self.desk.random.random() < HIT_LATER:
            self._plant(item)
            self.kinds["hit later"] += 1
        outlet.version += 1

    def _plant(self, item: Item) -> None:
        self.desk.hit(item)
        self.planted[item.story] = self.now

    # What is asked

    def sick(self, number: int) -> str | None:
        """How a feed is sick now."""
        now = self.now
        spell = any(begin <= now < end for begin, end in spells(number, now + 1))
        return kind_of(number) if spell else None

    def asked(self, outlet: Outlet) -> None:
        """Note that a feed was asked for."""
        now = self.now
        self.requests += 1
        if outlet.asked is not None and kind_of(outlet.number) is None:
            self.longest = max(self.longest, now - outlet.asked)
        outlet.asked = now

    def take(self, message: str, body: bytes) -> int:
        """A message came: the status of the answer, 0 for none."""
        lot = self.desk.random.random()
        if lot < FAILS:
            self.refused += 1
            return 500 if lot < FAILS / 2 else 0
        self.taken[message] += 1
        self.messages[message] = json.loads(body)
        return 204

    # What is told

    def minute(self) -> dict[str, object]:
        waiting = max((self.now - outlet.asked for outlet in self.healthy if outlet.asked is not None), default=0.0)
        told: dict[str, object] = {
            "requests": self.requests,
            "gap": round(max(self.longest, waiting), 1),
            "planted": len(self.planted),
            "delivered": len(self.alerts()),
        }
        self.requests, self.longest = 0, 0.0
        return told

    def alerts(self) -> dict[int, list[str]]:
        """The messages that told a story for the first time, by story."""
        found: dict[int, list[str]] = defaultdict(list)
        for ident, message in self.messages.items():
            if message["type"] == "alert.created":
                data = cast(dict[str, dict[str, str]], message["data"])
                found[int(data["article"]["url"].rpartition("/")[2])].append(ident)
        return found

    def ledger(self) -> dict[str, object]:
        types = Counter(str(message["type"]) for message in self.messages.values())
        return {
            "seconds": self.now,
            "planted": self.planted,
            "alerts": self.alerts(),
            "again": sum(times > 1 for times in self.taken.values()),
            "refused": self.refused,
            "types": types,
            "told": [
                (message["type"], source)
                for message in self.messages.values()
                if str(message["type"]).partition(".")[0] in ("source", "network", "store", "delivery", "channel")
                for source in _sources(cast(dict[str, object], message["data"]))
            ],
            "kinds": self.kinds,
        }


def _sources(data: dict[str, object]) -> list[str]:
    """The sources that a message is about, or the empty name of none."""
    several = cast(list[dict[str, str]], data.get("sources") or [data])
    return [str(each.get("source", "")) for each in several]


class Conversation(asyncio.Protocol):
    """One connection: one request, one answer, if any."""

    def __init__(self, world: World, outlet: Outlet | None) -> None:
        self._world, self._outlet, self._data = world, outlet, b""
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's own signature)
        if self._timer:
            self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        self._data += data
        if data[:1] == b"\x16":  # a greeting of TLS, to a server that speaks none
            self._answer("400 Bad Request")
            return
        head, whole, body = self._data.partition(b"\r\n\r\n")
        if not whole:
            return
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        if len(body) < int(headers.get("content-length", "0")):
            return
        if self._outlet is None:
            self._receive(headers, body)
        else:
            self._serve(self._outlet, lines[0].split(" ")[1], headers)

    def _receive(self, headers: dict[str, str], body: bytes) -> None:
        status = self._world.take(headers["webhook-id"], body)
        if status:
            self._answer(f"{status} So")
        else:
            self._transport.abort()

    def _serve(self, outlet: Outlet, path: str, headers: dict[str, str]) -> None:
        if path == "/feed.xml":
            self._world.asked(outlet)
            sick = self._world.sick(outlet.number)
            if sick:
                self._ail(sick, outlet)
            else:
                self._feed(outlet, headers)
            return
        number = path.rpartition("/")[2]
        item = next((item for item in outlet.items if str(item.story) == number), None)
        if item:
            self._answer("200 OK", _page(outlet.home, item), "Content-Type: text/html; charset=utf-8")
        else:
            self._answer("404 Not Found")

    def _feed(self, outlet: Outlet, headers: dict[str, str]) -> None:
        known = "" if outlet.number % 3 == 0 else f'ETag: "{outlet.number}-{outlet.version}"'
        if known and headers.get("if-none-match") == known.partition(" ")[2]:
            self._answer("304 Not Modified", b"", known)
        else:
            self._answer("200 OK", outlet.feed(), "Content-Type: application/rss+xml", *filter(None, [known]))

    def _ail(self, sick: str, outlet: Outlet) -> None:
        match sick:
            case "500" | "410":
                self._answer(f"{sick} No")
            case "503":
                self._answer("503 Later", b"", "Retry-After: 120")
            case "reset":
                self._transport.abort()
            case "not a feed":
                self._answer(
                    "200 OK", b"<!doctype html><title>Soon</title><p>Here will be a site.", "Content-Type: text/html"
                )
            case "empty":
                self._answer("200 OK", _feed(outlet.home, [], full=False), "Content-Type: application/rss+xml")
            case "loop":
                self._answer("302 Found", b"", f"Location: {outlet.home}/feed.xml")
            case "too big":
                self._answer("200 OK", b"<rss>" + b" " * 3 * 2**20, "Content-Type: application/rss+xml")
            case "drip":
                self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n")
                self._drip()
            case _:  # hang: nothing is said; refused: this connection came just before the door was closed
                pass

    def _drip(self) -> None:
        self._transport.write(b" ")
        self._timer = asyncio.get_running_loop().call_later(0.5, self._drip)

    def _answer(self, status: str, body: bytes = b"", *headers: str) -> None:
        lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "Connection: close", "", ""]
        self._transport.write("\r\n".join(lines).encode() + body)
        self._transport.close()


async def _keep(world: World) -> None:
    """Publish, and close and open the doors of feeds that refuse connections."""
    loop = asyncio.get_running_loop()
    doors = {outlet.number: await _open(world, outlet) for outlet in world.outlets}
    await loop.create_server(lambda: Conversation(world, None), RECEIVER, world.port, backlog=64)
    refusing = [outlet for outlet in world.outlets if kind_of(outlet.number) == "refused"]
    print(json.dumps({"feeds": len(world.outlets)}), flush=True)
    while True:
        world.go_on()
        for outlet in refusing:
            door, sick = doors[outlet.number], world.sick(outlet.number)
            if sick and door.is_serving():
                door.close()
            elif not sick and not door.is_serving():
                doors[outlet.number] = await _open(world, outlet)
        await asyncio.sleep(0.5)


async def _open(world: World, outlet: Outlet) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: Conversation(world, outlet), address(outlet.number), world.port, backlog=16)


async def serve(world: World) -> None:
    """Keep the world going until stdin ends."""
    loop = asyncio.get_running_loop()
    keeping = asyncio.create_task(_keep(world))
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        if keeping.done():
            keeping.result()
        print(json.dumps(world.ledger() if line.strip() == "ledger" else world.minute()), flush=True)
    keeping.cancel()


if __name__ == "__main__":
    feeds, port, seed, publishing = sys.argv[1:]
    uvloop.run(serve(World(int(feeds), int(port), int(seed), float(publishing))))
