"""News that shares an address with other news is no copy of it: nothing that hits is swallowed by an older story."""

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.core.model import Outcome
from support.build import HOUR
from support.desk import Desk, desk, item, page, play, rss
from support.server import Reply, redirect

FIRST = ("Shepherds lose nine sheep to wolves", "In the upper valley a pack came down at night, the council says.")
SECOND = ("Court frees hunter who shot a wolf", "Judges in the capital found that he had acted in self-defence.")


def alerts(outcomes: tuple[Outcome, ...]) -> int:
    return sum(len(outcome.alerts) for outcome in outcomes)


async def listed(d: Desk, *items: str, after: timedelta = HOUR) -> int:
    d.server.on("/feed", rss(*items))
    return alerts(await d.check(after))


WALL = "Please log in or register to go on reading. An account costs nothing and takes a minute to make."


@pytest.mark.parametrize("wall", [page(WALL, title="Log in"), Reply(body=b"<html><title>Log in</title></html>")])
def test_pages_that_all_lead_to_one_place_tell_different_news(tmp_path: Path, wall: Reply) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            d.server.on("/login", wall)
            links = [d.server.url(path) for path in ("/a.html", "/b.html")]
            d.server.on("/a.html", redirect("/login"))
            d.server.on("/b.html", redirect("/login"))

            assert await listed(d, item(links[0], *FIRST)) == 1
            assert await listed(d, item(links[0], *FIRST), item(links[1], *SECOND, age=-HOUR)) == 1

    play(scene)


@pytest.mark.parametrize("paths", [("/", "/"), ("/news.html#one", "/news.html#two"), ("/latest.html", "/latest.html")])
def test_items_that_link_to_one_page_tell_different_news(tmp_path: Path, paths: tuple[str, str]) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            for path in paths:
                d.server.on(path.partition("#")[0], page("Our news of the week."))
            first, second = (d.server.url(path) for path in paths)

            assert await listed(d, item(first, *FIRST)) == 1
            assert await listed(d, item(first, *FIRST), item(second, *SECOND, age=-HOUR)) == 1

    play(scene)
