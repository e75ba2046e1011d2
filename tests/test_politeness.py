"""Rules of politeness, each against a server that records what it is asked. What is not here is tested elsewhere:

validators byte for byte, and only to who gave them    tests/fetch/test_client.py
what a server sees of us, redirects, hosts that pause   tests/fetch/test_client.py
one request at a time to a host, and pauses between     tests/fetch/test_hosts.py
robots.txt                                              tests/fetch/test_robots.py
when a source is polled next, and at which address      tests/core/test_health.py
Cache-Control, Expires, Retry-After as values           tests/core/test_http.py
410 twice ends the polling                              tests/core/test_health.py
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.core.model import Outcome, Validators
from monitor.core.settings import FullText
from support.build import DAY, HOUR, MINUTE
from support.desk import Desk, desk, item, page, play, rss
from support.server import Reply, Request, redirect

OLD = item("http://a.example/old", "Old", age=9 * DAY)


def feed(*items: str, **headers: str) -> Reply:
    """A feed with header fields of its own; underscores stand for hyphens."""
    whole = rss(*(items or (OLD,)))
    return replace(whole, headers={**dict(whole.headers), **{name.replace("_", "-"): v for name, v in headers.items()}})


def conditional(reply: Reply) -> Callable[[Request], Reply]:
    """A server that says 304 to whoever brings its ETag."""
    etag = dict(reply.headers)["ETag"]
    return lambda request: Reply(status=304) if request.headers.get("if-none-match") == etag else reply


def sent(d: Desk) -> list[tuple[str | None, str | None]]:
    """The validators that came with each request for the feed."""
    return [
        (each.headers.get("if-none-match"), each.headers.get("if-modified-since")) for each in d.server.asked("/feed")
    ]


def scene_of(tmp_path: Path, act: Callable[[Desk], Any], **about: Any) -> None:
    async def scene() -> None:
        async with desk(tmp_path, full_text=about.pop("full_text", FullText.FEED), **about) as d:
            await act(d)

    play(scene)


# Validators


def test_both_validators_are_taken_from_each_answer_also_when_only_one_changed_or_one_is_gone(tmp_path: Path) -> None:
    async def act(d: Desk) -> None:
        for number, headers in enumerate(
            [
                {"ETag": '"1"', "Last_Modified": "yesterday"},
                {"ETag": '"1"', "Last_Modified": "today"},
                {"ETag": '"2"'},
                {},
            ]
        ):
            d.server.on("/feed", feed(OLD, item(f"http://a.example/{number}", f"News {number}"), **headers))
            await d.check(HOUR)

        assert sent(d) == [(None, None), ('"1"', "yesterday"), ('"1"', "today"), ('"2"', None)]

    scene_of(tmp_path, act)


def test_a_304_may_bring_new_validators_and_is_no_failure(tmp_path: Path) -> None:
    async def act(d: Desk) -> None:
        d.server.on("/feed", feed(ETag='"1"', Last_Modified="yesterday"))
        await d.check()
        d.server.on("/feed", Reply(status=503))
        await d.check(HOUR)
        d.server.on("/feed", Reply(status=304, headers={"ETag": '"2"'}))
        (outcome,) = await d.check(HOUR)
        await d.check(HOUR)

        assert (outcome.record.failures, outcome.record.last_ok_at) == (0, d.now[0] - HOUR)
        assert sent(d)[-1] == ('"2"', "yesterday")

    scene_of(tmp_path, act)


def test_a_document_that_comes_in_spite_of_its_validators_is_read(tmp_path: Path) -> None:
    async def act(d: Desk) -> None:
        d.server.on("/feed", feed(OLD, ETag='"1"'))
        await d.check()
        d.server.on("/feed", feed(OLD, item("http://a.example/new", "Wolves are back"), ETag='"1"'))
        (outcome,) = await d.check(HOUR)

        assert len(outcome.alerts) == 1

    scene_of(tmp_path, act)


def test_validators_do_not_go_to_another_address(tmp_path: Path) -> None:
    async def act(d: Desk) -> None:
        d.server.on("/feed", feed(ETag='"1"'))
        await d.check()
        d.server.on("/new", feed(ETag='"2"'))
        d.server.on("/feed", redirect("/new", 301))
        await d.check(HOUR)

        assert [each.headers.get("if-none-match") for each in d.server.asked("/new")] == [None]

    scene_of(tmp_path, act)


def test_once_a_day_a_feed_is_asked_for_as_if_it_were_new_in_case_its_validators_lie(tmp_path: Path) -> None:
    async def act(d: Desk) -> None:
        d.server.on("/feed", conditional(feed(OLD, ETag='"for ever"')))
        await d.check()
        news = feed(OLD, item("http://a.example/new", "Wolves are back"), ETag='"for ever"')
        d.server.on("/feed", conditional(news))
        silent = await d.check(23 * HOUR)
        found = await d.check(2 * HOUR)
        await d.check(HOUR)

        assert [len(outcome.alerts) for (outcome,) in (silent, found)] == [0, 1]
        assert [etag for etag, _ in sent(d)] == [None, '"for ever"', None, '"for ever"']

    scene_of(tmp_path, act)


def test_without_validators_none_is_sent_or_kept_and_what_is_the_same_is_not_read_again(tmp_path: Path) -> None:
    async def act(d: Desk) -> None:
        d.server.on("/feed", feed(OLD, ETag='"you"', Last_Modified="yesterday"))
        await d.check()
        (outcome,) = await d.check(HOUR)
        await d.check(HOUR)

        assert sent(d) == [(None, None)] * 3
        assert outcome.record.validators == Validators()
        assert (outcome.placed, outcome.record.failures, bool(outcome.record.body_hash)) == ((), 0, True)

    scene_of(tmp_path, act, validators=False)


# When to come again


@pytest.mark.parametrize(
    ("headers", "head", "wait"),
    [
        ({"Cache_Control": "max-age=1800"}, "", 30 * MINUTE),
        ({"Cache_Control": "max-age=86400"}, "", HOUR),  # `interval` is the longest wait
        ({"Cache_Control": "no-cache"}, "<ttl>40</ttl>", 40 * MINUTE),
        ({"Cache_Control": "max-age=600"}, "<ttl>40</ttl>", 40 * MINUTE),
        ({}, "<skipHours><hour>12</hour></skipHours>", HOUR),
        ({}, "", 2 * MINUTE),
    ],
)
def test_a_source_is_asked_again_when_it_says_within_the_interval(
    tmp_path: Path, headers: dict[str, str], head: str, wait: timedelta
) -> None:
    async def act(d: Desk) -> None:
        reply = feed(OLD, **headers)
        d.server.on("/feed", replace(reply, body=reply.body.replace(b"<item>", f"{head}<item>".encode(), 1)))
        (outcome,) = await d.check()

        assert outcome.record.next_poll_at - d.now[0] == wait

    scene_of(tmp_path, act, interval=HOUR)


async def due(d: Desk) -> bool:
    return bool(await d.tools.store.claim_sources(d.now[0], limit=1))


def test_after_a_restart_nothing_is_asked_before_it_is_due(tmp_path: Path) -> None:
    async def act(d: Desk) -> None:
        d.server.on("/feed", feed(Cache_Control="max-age=900"))
        await d.check()
        await d.tools.store.sync_sources(tuple(d.orders.sources.values()), d.now[0])  # as at a start
        early = await due(d)
        d.now[0] += 15 * MINUTE

        assert (early, await due(d)) == (False, True)

    scene_of(tmp_path, act)


@pytest.mark.parametrize("status", [404, 403, 500, 502])
def test_who_fails_is_asked_less_and_less_never_at_once_and_never_not_at_all(tmp_path: Path, status: int) -> None:
    async def act(d: Desk) -> None:
        d.server.on("/feed", Reply(status=status))
        waits = []
        for _ in range(100):
            (outcome,) = await d.check(HOUR)
            waits.append(outcome.record.next_poll_at - d.now[0])

        assert waits[:3] == [15 * MINUTE, 30 * MINUTE, 45 * MINUTE]
        assert waits[95:] == [DAY] * 5
        assert len(d.server.asked("/feed")) == 100

    scene_of(tmp_path, act)


# Hosts that want quiet


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_of_a_feed_holds_for_the_whole_host(tmp_path: Path, status: int) -> None:
    async def act(d: Desk) -> None:
        d.server.on("/feed", Reply(status=status, headers={"Retry-After": "3600"}))
        (first,) = await d.check()
        (again,) = await d.check(MINUTE) if await due(d) else (first,)
        with pytest.raises(Exception, match="left alone"):
            await d.tools.robots.get(d.server.url("/a.html"))

        assert first.record.not_before == d.now[0] + HOUR
        assert (again.record.next_poll_at, len(d.server.requests)) == (d.now[0] + HOUR, 1)

    scene_of(tmp_path, act)


def test_retry_after_of_a_page_holds_for_the_feed_too(tmp_path: Path) -> None:
    async def act(d: Desk) -> None:
        d.server.on("/a.html", Reply(status=503, headers={"Retry-After": "3600"}))
        d.server.on("/feed", feed(item(d.server.url("/a.html"), "News")))
        await d.check()
        (outcome,) = await d.check(5 * MINUTE)

        assert len(d.server.asked("/feed")) == 1
        assert (outcome.record.failures, str(outcome.record.state)) == (0, "paused")

    scene_of(tmp_path, act, full_text=FullText.PAGE)


# Redirects


def remembered(outcome: Outcome) -> str | None:
    return outcome.record.moved_to


@pytest.mark.parametrize(
    ("first", "second", "kept"), [(301, 308, True), (301, 302, False), (302, 301, False), (307, 307, False)]
)
def test_only_a_way_that_is_permanent_all_along_is_remembered(
    tmp_path: Path, first: int, second: int, kept: bool
) -> None:
    async def act(d: Desk) -> None:
        d.server.on("/feed", redirect("/middle", first))
        d.server.on("/middle", redirect("/new", second))
        d.server.on("/new", feed())
        (outcome,) = await d.check()

        assert remembered(outcome) == (d.server.url("/new") if kept else None)

    scene_of(tmp_path, act)


def test_a_redirect_to_what_is_no_feed_is_not_remembered(tmp_path: Path) -> None:
    async def act(d: Desk) -> None:
        d.server.on("/feed", redirect("/sorry", 301))
        d.server.on("/sorry", page("We are mending the site."))
        outcomes = [(await d.check(DAY))[0] for _ in range(9)]
        d.server.on("/feed", feed())
        (well,) = await d.check(DAY)

        assert {remembered(outcome) for outcome in outcomes} == {None}
        assert (well.record.failures, len(d.server.asked("/feed"))) == (0, 10)

    scene_of(tmp_path, act)


def test_a_self_link_changes_no_address(tmp_path: Path) -> None:
    async def act(d: Desk) -> None:
        reply = feed(Content_Location="/other")
        link = b'<link xmlns="http://www.w3.org/2005/Atom" rel="self" href="http://other.example/feed"/><item>'
        d.server.on("/feed", replace(reply, body=reply.body.replace(b"<item>", link, 1)))
        await d.check()
        await d.check(HOUR)

        assert [each.path for each in d.server.requests] == ["/feed", "/feed"]

    scene_of(tmp_path, act)


# Pages


def test_a_page_is_asked_for_once_when_it_is_new_and_the_feeds_words_are_few(tmp_path: Path) -> None:
    async def act(d: Desk) -> None:
        whole = "Whole text of the news, which is long enough to be all of it. " * 40
        links = [d.server.url("/short.html"), d.server.url("/long.html")]
        for link in links:
            d.server.on(link.rpartition("/")[2].join(("/", "")), page("A page."))
        d.server.on("/feed", feed(item(links[0], "Short"), item(links[1], "Long", whole)))
        await d.check()
        d.server.on("/feed", feed(item(links[0], "Short"), item(links[1], "Long", whole), ETag='"2"'))
        await d.check(HOUR)

        assert d.pages() == ["/short.html"]

    scene_of(tmp_path, act, full_text=FullText.AUTO)


def test_robots_txt_is_asked_for_pages_and_not_for_the_feed_that_the_operator_wrote_down(tmp_path: Path) -> None:
    async def act(d: Desk) -> None:
        d.server.on("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /\n"))
        d.server.on("/feed", feed(item(d.server.url("/a.html"), "News")))
        await d.check()

        assert [each.path for each in d.server.requests] == ["/feed", "/robots.txt"]

    scene_of(tmp_path, act, full_text=FullText.PAGE)
