"""A desk to check sources at, with real parts: a server and a receiver on loopback, children that parse, a database file.
Only the clock is the test's own. And the feeds and pages that an outlet answers with."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from monitor import notify, pipeline
from monitor.core import watch
from monitor.core.model import Outcome
from monitor.core.routes import gather
from monitor.core.settings import Channel, Mark, Secret, Source, Term, TermSet, Watchlist, Webhook
from monitor.fetch.robots import Robots
from monitor.pipeline import Orders, Tools
from monitor.sandbox import Sandbox
from monitor.store.sqlite import SqliteStore, prepare
from support.build import HOUR, NOW, ids, rules
from support.clients import client_for
from support.server import Reply, Server

BODY = " ".join(f"Sentence number {n} tells of the harvest and of the price of grain in the valley." for n in range(9))
WORDS = (Term(text="wolf", mark=Mark.WORD, words=("wolf",), language="en"),)
SETS = (TermSet(name="wolves", title="Wolves", terms=WORDS),)
FORMS = {("en", "wolf", Mark.WORD): frozenset({"wolf", "wolves"})}
LISTS = (Watchlist(name="wolves", title="Wolves", all=("wolves",)),)


@dataclass
class Desk:
    """What a test works with: a server that is outlet and receiver, and the tools that it can wind up."""

    server: Server
    tools: Tools
    orders: Orders
    now: list[datetime] = field(default_factory=lambda: [NOW])

    async def check(self, after: timedelta = timedelta()) -> tuple[Outcome, ...]:
        """Check the one source that there is, later."""
        self.now[0] += after
        (record,) = await self.tools.store.claim_sources(self.now[0], limit=1, everyone=True)
        return await pipeline.check(record, self.tools, self.orders)

    async def due(self) -> Sequence[Any]:
        bundle = partial(gather, now=self.now[0], new_id=self.tools.new_id)
        return await self.tools.store.claim_deliveries(self.now[0], channels=("desk",), limit=9, gather=bundle)

    def pages(self, path: str = ".html") -> list[str]:
        return [request.path for request in self.server.requests if request.path.endswith(path)]


@asynccontextmanager
async def desk(folder: Path, revisions: bool = False, others: Sequence[str] = (), **about: Any) -> AsyncIterator[Desk]:
    """A desk with one source, the server's /feed unless told otherwise; its channel hears of `revisions` if told so.
    `others` are the paths of more sources, which are called so."""
    prepare(folder / "monitor.db")
    now = [NOW]
    async with Server(hosts=2) as server, Sandbox(1) as sandbox:
        client = client_for(server, now=lambda: now[0])
        store = SqliteStore(folder / "monitor.db")
        path = about.pop("path", "/feed")
        source = Source(name="Gazette", url=server.url(path), **about)
        sources = (source, *(Source(name=other, url=server.url(other), **about) for other in others))
        tools = Tools(
            store=store,
            client=client,
            robots=Robots(client, now=lambda: now[0]),
            sandbox=sandbox,
            desk=asyncio.Semaphore(1),
            clock=lambda: now[0],
            jitter=lambda: 0.0,
            new_id=ids(),
        )
        target = Webhook(url=Secret(server.url("/hook")), key=b"k" * 32)
        channel = Channel(name="desk", target=target, default=True, revisions=revisions)
        orders = Orders(
            sources={source.name: source for source in sources},
            watch=watch.compile(LISTS, SETS, FORMS),
            rules=lambda _: rules(*LISTS, channels=(channel,)),
            notifiers={"desk": notify.build(channel, client.post, lambda: now[0], dial=client.dial)},
        )
        await store.sync_sources(sources, NOW)
        try:
            yield Desk(server=server, tools=tools, orders=orders, now=now)
        finally:
            await client.aclose()
            await store.close()


def rss(*items: str) -> Reply:
    body = f'<rss version="2.0"><channel><title>Gazette</title>{"".join(items)}</channel></rss>'
    return Reply(headers={"Content-Type": "application/rss+xml"}, body=body.encode())


def item(link: str, title: str, summary: str = "Nothing of note.", age: timedelta | None = HOUR) -> str:
    date = f"<pubDate>{(NOW - age):%a, %d %b %Y %H:%M:%S} GMT</pubDate>" if age is not None else ""
    return f"<item><title>{title}</title><link>{link}</link><description>{summary}</description>{date}</item>"


def page(text: str, title: str = "A page", dated: datetime | None = None) -> Reply:
    meta = f'<meta property="article:published_time" content="{dated.isoformat()}">' if dated else ""
    html = (
        f'<!doctype html><html lang="en"><head><title>{title}</title>{meta}</head>'
        f"<body><article><h1>{title}</h1><p>{text}</p><p>{BODY}</p></article></body></html>"
    )
    return Reply(headers={"Content-Type": "text/html; charset=utf-8"}, body=html.encode())


def play(scene: Callable[[], Any]) -> None:
    asyncio.run(scene())
