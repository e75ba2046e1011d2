"""An article of our own that goes the whole way, to see if one would: parsed, read, matched, stored, alerted, delivered.

It takes the very steps that a source's articles take; but what it writes is undone in the same transaction, and its message
goes to a channel of its own that nobody reads. So it says that a source's answer would become a message; not that sources
answer, and not that people's channels work, which deliveries themselves show. Not here: when it is sent, and who is told
that none arrives (upkeep.py).
"""

from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from monitor import pipeline
from monitor.core import watch
from monitor.core.model import Check, Delivery, Fetched, Known, Message, Outcome, Receipt, Settled, SourceRecord
from monitor.core.routes import Rules
from monitor.core.settings import (
    USUAL_STORIES,
    Channel,
    Console,
    FullText,
    HealthSettings,
    Mark,
    Source,
    StoriesSettings,
    Term,
    TermSet,
    Watchlist,
)
from monitor.fetch.client import Client
from monitor.pipeline import Orders, Tools
from monitor.ports import Decide, Store
from monitor.store.sqlite import SqliteStore

NAME = "(canary)"  # no source, watchlist or channel of a configuration is called so
RECORD_ID = -1
_URL = "https://canary.invalid/"
_CHANNEL = Channel(name=NAME, target=Console(), default=True)
_SOURCE = Source(name=NAME, url=_URL, full_text=FullText.FEED)


async def sing(store: SqliteStore, tools: Tools, now: datetime) -> str:
    """Send one; empty if it arrived, else how far it came. Raises what the steps raise: StoreError, above all."""
    word = f"canary{tools.new_id().lower()}"
    perch, listener = _Perch(store, now), _Listener()
    ours = replace(tools, store=cast(Store, perch), client=cast(Client, _Newspaper(word, now)))
    orders = _orders(word, listener)
    record = SourceRecord(id=RECORD_ID, name=NAME, next_poll_at=now)
    outcomes = await pipeline.check(record, ours, orders)
    if not any(outcome.alerts for outcome in outcomes):
        return f"it made no alert: {outcomes[-1].record.reason or 'it was not found in its own article'}"
    if not perch.claimed:
        return "its alert was not to be delivered"
    for delivery in perch.claimed:
        await pipeline.deliver(delivery, ours, orders)
    titles = [message.event["data"]["article"]["title"] for message in listener.heard]
    return "" if any(word in title for title in titles) else "its message did not arrive"


def _orders(word: str, listener: "_Listener") -> Orders:
    watchlist = Watchlist(name=NAME, title="Canary", all=(NAME,))
    terms = TermSet(name=NAME, title="Canary", terms=(Term(text=f"={word}", mark=Mark.FORM, words=(word,)),))
    rules = Rules(
        watchlists={NAME: watchlist},
        channels={NAME: _CHANNEL},
        health=HealthSettings(),
        timezone=ZoneInfo("UTC"),
        digest_at={},
    )
    compiled = watch.compile((watchlist,), (terms,), {})
    return Orders(sources={NAME: _SOURCE}, watch=compiled, rules=lambda _: rules, notifiers={NAME: listener})


class _Newspaper:
    """In place of the network: one feed with one article."""

    def __init__(self, word: str, now: datetime) -> None:
        item = f"<title>A {word} sings</title><link>{_URL}{word}</link><pubDate>{format_datetime(now)}</pubDate>"
        text = f"<description>Somebody heard a {word} this morning, and wrote about it.</description>"
        feed = f'<rss version="2.0"><channel><title>Canary</title><item>{item}{text}</item></channel></rss>'
        self._fetched = Fetched(
            url=_URL,
            final_url=_URL,
            status=200,
            headers={"content-type": "application/rss+xml; charset=utf-8"},
            body=feed.encode(),
            at=now,
            seconds=0.0,
        )

    async def get(self, *_: Any, **__: Any) -> Fetched:
        return self._fetched


class _Perch:
    """In place of the store: the store itself, that undoes what it wrote and remembers what it would deliver."""

    def __init__(self, store: SqliteStore, now: datetime) -> None:
        self._store = store
        self._now = now
        self.claimed: tuple[Delivery, ...] = ()

    async def known(self, *_: Any) -> Known:
        return Known(keys=frozenset(), open=())

    async def listed(self, *_: Any) -> tuple[()]:
        return ()

    async def articles(self, *_: Any) -> dict[int, Any]:
        return {}

    async def commit(self, check: Check, decide: Decide, about: StoriesSettings = USUAL_STORIES) -> Outcome:
        outcome, claimed = await self._store.rehearse(check, decide, about)
        self.claimed += claimed
        return outcome

    async def finish(self, _delivery: Delivery, _settled: Settled) -> None:
        """There is no row of it."""


class _Listener:
    """In place of a channel: what was sent to it."""

    def __init__(self) -> None:
        self.heard: list[Message] = []

    async def send(self, message: Message) -> Receipt:
        self.heard.append(message)
        return Receipt(code=200)
