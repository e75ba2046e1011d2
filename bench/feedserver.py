"""A loopback server of many feeds, each on an address of its own: 127.1.0.1, 127.1.0.2 … For benchmarks only.

It is started as a process of its own and told what to do in lines on stdin; it answers each with a line of JSON:

    publish SHARE    a new item in that share of the feeds → {"published": how many}
    count            → {"feeds": requests for feeds, "unmodified": those answered with 304, "others": {path: how many}}
"""

import asyncio
import gzip
import json
import random
import resource
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from typing import cast

import uvloop

# 35 items of this kind make 27 KB, the size that was agreed on for the comparison.
ITEMS = 35
_VOCABULARY = (
    "harbour council budget bridge storm ferry school court market engine river minister report village winter train"
    " orchestra vaccine election forest border tariff museum stadium miner pension drought satellite bakery strike"
    " the the the of of and and a in to for with that after from by has was are said will which their they"
)
_WORDS = _VOCABULARY.split()


def address(number: int) -> str:
    """The host of the feed with this number, counted from 0."""
    return f"127.1.{number // 250}.{number % 250 + 1}"


class Feed:
    """One feed with its validators; `publish` puts a new item on top and drops the last."""

    def __init__(self, number: int, port: int, begun: datetime) -> None:
        self._random = random.Random(number)
        self._home = f"http://{address(number)}:{port}"
        self._number, self._published = number, 0
        self._items = [self._item(begun - timedelta(hours=hours)) for hours in range(1, ITEMS + 1)]
        self._print(begun)

    def publish(self, now: datetime) -> None:
        self._items = [self._item(now), *self._items[:-1]]
        self._print(now)

    def answer(self, conditions: tuple[str, str]) -> tuple[bytes, bool]:
        """(answer, whether it is a 304) to a request with these If-None-Match and If-Modified-Since."""
        if conditions[0] == self._etag or (not conditions[0] and conditions[1] == self._modified):
            return self._unmodified, True
        return self._full, False

    def _item(self, at: datetime) -> str:
        self._published += 1
        title, words = self._sentence(10), " ".join(self._sentence(14) for _ in range(4))
        link = f"{self._home}/news/{self._published}-{title.lower().replace(' ', '-').rstrip('.')}"
        return (
            f"<item><title>{title}</title><link>{link}</link><guid isPermaLink='true'>{link}</guid>"
            f"<pubDate>{format_datetime(at)}</pubDate><category>{self._random.choice(_WORDS)}</category>"
            f"<description>&lt;p&gt;{words}&lt;/p&gt;</description></item>\n"
        )

    def _sentence(self, length: int) -> str:
        return " ".join(self._random.choices(_WORDS, k=length)).capitalize() + "."

    def _print(self, at: datetime) -> None:
        self._etag, self._modified = f'"{self._number}-{self._published}"', format_datetime(at, usegmt=True)
        body = gzip.compress(
            (
                '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
                f"<title>Feed {self._number}</title><link>{self._home}/</link><description>News</description>\n"
                f"{''.join(self._items)}</channel></rss>\n"
            ).encode(),
            compresslevel=6,
        )
        known = f"ETag: {self._etag}\r\nLast-Modified: {self._modified}\r\nConnection: close\r\n"
        kind = f"Content-Type: application/rss+xml\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n"
        self._full = f"HTTP/1.1 200 OK\r\n{kind}{known}\r\n".encode() + body
        self._unmodified = f"HTTP/1.1 304 Not Modified\r\n{known}\r\n".encode()


class Counts:
    def __init__(self) -> None:
        self.feeds = 0
        self.unmodified = 0
        self.others: Counter[str] = Counter()


class Conversation(asyncio.Protocol):
    """One connection: one request, one answer."""

    def __init__(self, feed: Feed, counts: Counts) -> None:
        self._feed, self._counts, self._data = feed, counts, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own class says nothing of its kind

    def data_received(self, data: bytes) -> None:
        self._data += data
        if b"\r\n\r\n" in self._data:
            self._transport.write(self._answer(self._data.decode("latin-1")))
            self._transport.close()

    def _answer(self, request: str) -> bytes:
        path = request.split(" ", 2)[1]
        if path != "/feed.xml":
            self._counts.others[path] += 1
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in request.split("\r\n")[1:])
        }
        answer, unmodified = self._feed.answer((headers.get("if-none-match", ""), headers.get("if-modified-since", "")))
        self._counts.feeds += 1
        self._counts.unmodified += unmodified
        return answer


async def serve(number: int, port: int) -> None:
    """Serve so many feeds until stdin ends."""
    loop, counts = asyncio.get_running_loop(), Counts()
    feeds = [Feed(n, port, datetime.now(UTC)) for n in range(number)]
    for n, feed in enumerate(feeds):
        await loop.create_server(partial(Conversation, feed, counts), address(n), port, backlog=16)
    print(json.dumps({"feeds": number, "port": port}), flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        command, _, share = line.strip().partition(" ")
        print(json.dumps(_do(command, share, feeds, counts)), flush=True)


def _do(command: str, share: str, feeds: list[Feed], counts: Counts) -> dict[str, object]:
    if command == "publish":
        chosen = random.Random(counts.feeds).sample(feeds, round(len(feeds) * float(share)))
        for feed in chosen:
            feed.publish(datetime.now(UTC))
        return {"published": len(chosen)}
    return {"feeds": counts.feeds, "unmodified": counts.unmodified, "others": counts.others}


if __name__ == "__main__":
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    uvloop.run(serve(int(sys.argv[1]), int(sys.argv[2])))
