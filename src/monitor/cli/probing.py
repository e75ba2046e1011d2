"""Asking a source as the daemon would, to see what it lists; nothing is remembered."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from monitor import pipeline
from monitor.core import feeds, intake, notices
from monitor.core.errors import FetchError, FetchFault, MonitorError, ParseError
from monitor.core.feeds import discovery, links
from monitor.core.model import Feed, Fetched
from monitor.core.settings import Config, FetchSettings, Source, SourceKind
from monitor.fetch.client import Purpose
from monitor.fetch.ways import Ways, close, ways
from monitor.sandbox import Sandbox

CHILDREN = 2  # children that parse; a person waits


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What a source lists, and the answer that it stood in."""

    feed: Feed
    fetched: Fetched


class Probe:
    """Asks sources, through the one guarded client, on the way that each of them has."""

    def __init__(self, ways: Ways, sandbox: Sandbox) -> None:
        self._ways, self._sandbox = ways, sandbox

    async def ask(self, source: Source) -> Found:
        """What a source lists. Raises FetchError, ParseError, SandboxError."""
        way = self._ways[source.proxy]
        if source.kind is SourceKind.SITE and not source.links:
            for address in intake.sitemaps(await way.robots.sitemaps(source.url), source.url)[: pipeline.SITEMAPS]:
                try:
                    found = await self._read(source, await way.robots.get(address, purpose=Purpose.SITEMAP))
                except MonitorError:
                    continue
                if found.feed.format in pipeline.SITEMAP_FORMATS and found.feed.entries:
                    return found
        return await self._read(source, await way.client.get(source.url, purpose=Purpose.FEED))

    async def ask_any(self, url: str, proxy: str) -> Found:
        """What an address lists: as a feed or sitemap, else as a page with links. Raises as `ask`."""
        source = Source(name=url, url=url, kind=SourceKind.SITE, proxy=proxy)
        return await self._read(source, await self._ways[proxy].client.get(url, purpose=Purpose.FEED))

    async def discover(self, url: str, proxy: str) -> tuple[links.Found, ...]:
        """What the site of a page offers to be polled, the likeliest first. Raises FetchError, ParseError, SandboxError."""
        way = self._ways[proxy]
        fetched = await way.client.get(url, purpose=Purpose.PAGE)
        offered = await self._sandbox.call(
            discovery.discover, fetched.body, fetched.final_url, dict(fetched.headers), deadline=pipeline.PARSE_SECONDS
        )
        named = await way.robots.sitemaps(fetched.final_url)
        maps = tuple(links.Found(url=address, kind=links.FoundKind.SITEMAP, title="in robots.txt") for address in named)
        known = {found.url for found in offered}
        return offered + tuple(found for found in maps if found.url not in known)

    async def _read(self, source: Source, fetched: Fetched) -> Found:
        """What a document lists; of a sitemap index, what its latest sitemaps list together."""
        feed = await self._parse(source, fetched)
        for child in feed.children[: pipeline.SITEMAPS]:
            asked = await self._ways[source.proxy].robots.get(child, purpose=Purpose.SITEMAP)
            part = await self._parse(source, asked)
            feed = replace(feed, entries=feed.entries + part.entries)
        return Found(feed=feed, fetched=fetched)

    async def _parse(self, source: Source, fetched: Fetched) -> Feed:
        return await self._sandbox.call(
            feeds.read,
            fetched.body,
            url=fetched.final_url,
            headers=dict(fetched.headers),
            kind=source.kind,
            links=source.links,
            deadline=pipeline.PARSE_SECONDS,
        )


@asynccontextmanager
async def probe(settings: FetchSettings) -> AsyncIterator[Probe]:
    """A Probe, and the end of what it opened."""
    out = ways(settings)
    try:
        async with Sandbox(CHILDREN) as sandbox:
            yield Probe(out, sandbox)
    finally:
        await close(out)


def proxy_for(url: str, config: Config) -> str:
    """The proxy on which an address is asked that somebody typed: that of the sources of its site, else the usual one.

    If some of these have one and others have none, it is one: a site that is asked through a proxy is asked so always.
    """
    host = _host(url)
    theirs = [source.proxy for source in config.sources if _is_of(host, _host(source.url))]
    return next(filter(None, theirs), "") if theirs else config.usual_proxy


def _kind(error: MonitorError) -> str:
    if isinstance(error, FetchError):
        return error.fault
    if isinstance(error, ParseError):
        return error.kind
    return "unreadable" if getattr(error, "begun", True) else "no-parser"


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _is_of(one: str, other: str) -> bool:
    """Whether two hosts are of one site: the same, or one under the other."""
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def advice(error: MonitorError, source: Source) -> str:
    """What to do about it."""
    kind = _kind(error)
    status = error.status if isinstance(error, FetchError) else None
    parts = urlsplit(source.url)
    page = f"{parts.scheme}://{parts.netloc}/" if isinstance(error, FetchError) else source.url
    return notices.advice(kind, status).replace("URL", page)


def blame(error: MonitorError) -> str:
    """Why a source brought nothing, in words."""
    if not isinstance(error, FetchError) or error.fault is FetchFault.STATUS:
        return str(error)
    return f"{error} ({error.fault})"
