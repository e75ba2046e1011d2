"""Opens the sample outlets on loopback: every outlet a host of its own, every article a page behind it."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus

from monitor.demo import press
from monitor.demo.outlets import Outlet, Sample, Samples
from monitor.demo.press import Listed
from monitor.demo.server import Reply, Request, serve

FEED_PATHS = {"rss": "/feed.xml", "atom": "/atom.xml", "json": "/feed.json", "site": "/news"}
_RELATED = 3


@asynccontextmanager
async def opened(samples: Samples, now: datetime) -> AsyncIterator[dict[str, str]]:
    """The outlets answer while the context is open; gives the address of each outlet's feed or listing page, by its id.

    Articles are dated backwards from `now`.
    """
    routes: dict[str, Callable[[], Reply]] = {}
    homes: dict[str, str] = {}
    async with AsyncExitStack() as stack:
        for number, outlet in enumerate(samples.outlets, start=2):
            homes[outlet.id] = await stack.enter_async_context(
                serve(f"127.0.0.{number}", partial(_answer, routes, outlet.id))
            )
        for outlet in samples.outlets:
            routes.update(_routes(outlet, samples, homes, now))
        yield {outlet.id: homes[outlet.id] + FEED_PATHS[outlet.format] for outlet in samples.outlets}


def url_of(sample: Sample, samples: Samples, homes: Mapping[str, str]) -> str:
    """The address under which an outlet lists an article: its own page, or the page that it copies from."""
    if sample.same_page_as:
        return url_of(samples.articles[sample.same_page_as], samples, homes) + sample.link
    return f"{homes[sample.outlet]}/news/{sample.slug}"


def _answer(routes: Mapping[str, Callable[[], Reply]], outlet: str, request: Request) -> Reply:
    route = routes.get(f"{outlet}{request.path.removesuffix('/amp')}")
    return route() if route else Reply(status=HTTPStatus.NOT_FOUND, body=b"<h1>Not found</h1>")


def _routes(
    outlet: Outlet, samples: Samples, homes: Mapping[str, str], now: datetime
) -> dict[str, Callable[[], Reply]]:
    items = [
        Listed(sample=sample, url=url_of(sample, samples, homes), published=now - timedelta(hours=sample.hours))
        for sample in samples.of(outlet)
    ]
    pages = {
        f"{outlet.id}/news/{item.sample.slug}": partial(_page, outlet, item, items)
        for item in items
        if not item.sample.same_page_as
    }
    return {f"{outlet.id}{FEED_PATHS[outlet.format]}": partial(_feed, outlet, homes[outlet.id], items), **pages}


def _feed(outlet: Outlet, home: str, items: Sequence[Listed]) -> Reply:
    content_type, body = press.feed(outlet, home, items)
    return Reply(content_type=content_type, body=body)


def _page(outlet: Outlet, item: Listed, items: Sequence[Listed]) -> Reply:
    related = [other for other in items if other is not item][:_RELATED]
    return Reply(body=press.page(outlet, item, related))
