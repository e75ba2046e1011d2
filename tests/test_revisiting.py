"""Articles that change, go and come back, from the outlet's page to the receiver. Only the clock is the test's own."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from monitor import pipeline
from monitor.core.model import EventType, Outcome
from monitor.core.revisions import Found, Revised
from monitor.core.settings import FullText
from monitor.store import ledger
from support.build import DAY, HOUR, MINUTE
from support.desk import BODY, Desk, desk, item, page, play, rss
from support.server import Reply, Request, redirect

TWO, THREE = "Two wolves were seen on the road.", "Three wolves were seen on the road."


async def alerted(d: Desk, text: str = TWO, **about: Any) -> None:
    """An article at /a.html has alerted, and its alert was delivered."""
    d.server.on("/hook", Reply(status=204))
    d.server.on("/feed", rss(item(d.server.url("/a.html"), "News of the valley")))
    d.server.on("/a.html", page(text, **about))
    await d.check()
    assert [event["type"] for event in await told(d)] == ["alert.created"]


async def revisited(d: Desk, after: timedelta) -> list[Revised | None]:
    """Read again what is due, later."""
    d.now[0] += after
    due = await d.tools.store.claim_rereads(d.now[0], limit=9)
    return [await pipeline.revisit(each, d.tools, d.orders) for each in due]


async def told(d: Desk) -> list[dict[str, Any]]:
    """What the receiver gets now."""
    before = len(d.server.asked("/hook"))
    for delivery in await d.due():
        await pipeline.deliver(delivery, d.tools, d.orders)
    return [json.loads(request.body) for request in d.server.asked("/hook")[before:]]


def found(revised: list[Revised | None]) -> list[Found]:
    return [each.found for each in revised if each]


def test_an_article_that_changed_is_told_with_the_difference_and_the_version_before_is_kept(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path, revisions=True) as d:
            await alerted(d)
            first = await d.due()
            d.server.on("/a.html", page(f"{THREE} Nobody was hurt."))

            assert found(await revisited(d, HOUR - MINUTE)) == []
            assert found(await revisited(d, 10 * MINUTE)) == [Found.CHANGED]
            (event,) = await told(d)

            assert event["type"] == EventType.ARTICLE_CHANGED
            assert event["data"]["change"]["edited"] == [
                {"before": TWO, "after": THREE, "removed": ["Two"], "added": ["Three"]}
            ]
            assert event["data"]["change"]["added"] == ["Nobody was hurt."]
            assert event["data"]["watchlist"]["name"] == "wolves"
            assert first == ()
            assert found(await revisited(d, HOUR)) == []
            with ledger.reading(tmp_path / "monitor.db") as db:
                (alert,) = ledger.alerts(db)
                shown = ledger.alert(db, alert["id"])
                article = ledger.whole(db, shown["article_id"])
            assert alert["story_articles"] == 1
            assert THREE in article.text
            assert [(version["title"], TWO in version["text"]) for version in shown["versions"]] == [
                ("News of the valley", True)
            ]

    play(scene)


@pytest.mark.parametrize(
    "now",
    [
        page(TWO.replace(" ", "  "), title="A page"),
        page(f"{TWO}</p><p>12 comments</p><p>Updated 14:05"),
        Reply(status=503),
        Reply(status=403),
        Reply(headers={"Content-Type": "text/html"}, body=b"<html><body><p>Please wait</p></body></html>"),
        Reply(headers={"Content-Type": "application/pdf"}, body=b"%PDF-1.4"),
        redirect("/b.html"),
    ],
    ids=["spaces", "counters", "503", "403", "nothing", "pdf", "moved"],
)
def test_what_says_nothing_of_the_article_changes_nothing(tmp_path: Path, now: Reply) -> None:
    async def scene() -> None:
        async with desk(tmp_path, revisions=True) as d:
            await alerted(d)
            d.server.on("/b.html", page(TWO))
            d.server.on("/a.html", now)

            assert len(await revisited(d, 2 * HOUR)) == 1
            assert len(await revisited(d, 5 * HOUR)) == 1
            assert len(await revisited(d, DAY)) == 1
            assert await told(d) == []

    play(scene)


@pytest.mark.parametrize(
    "now",
    [
        Reply(status=404),
        Reply(status=410),
        redirect("/"),
        Reply(headers={"Content-Type": "text/html"}, body=b"<title>404 Not Found</title><p>Not found</p>"),
    ],
    ids=["404", "410", "front", "soft"],
)
def test_an_article_that_is_not_there_twice_is_told_once_as_gone(tmp_path: Path, now: Reply) -> None:
    async def scene() -> None:
        async with desk(tmp_path, revisions=True) as d:
            await alerted(d)
            d.server.on("/", page("The front page of wolves."))
            d.server.on("/a.html", now)

            assert found(await revisited(d, 2 * HOUR)) == [Found.MISSING]
            since = d.now[0]
            assert await told(d) == []
            assert found(await revisited(d, 14 * MINUTE)) == []
            assert found(await revisited(d, MINUTE)) == [Found.GONE]
            (event,) = await told(d)
            assert event["type"] == EventType.ARTICLE_GONE
            assert event["data"]["gone"]["since"] == f"{since:%Y-%m-%dT%H:%M:%SZ}"
            assert event["data"]["article"]["excerpt"].startswith(TWO)
            assert found(await revisited(d, 6 * HOUR)) == [Found.GONE]
            assert await told(d) == []

            d.server.on("/a.html", page(THREE))
            assert found(await revisited(d, DAY)) == [Found.CHANGED]
            assert [event["type"] for event in await told(d)] == [EventType.ARTICLE_CHANGED]

    play(scene)


def test_an_article_that_was_missing_for_a_moment_is_not_gone(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path, revisions=True) as d:
            await alerted(d)
            d.server.on("/a.html", Reply(status=404))
            assert found(await revisited(d, 2 * HOUR)) == [Found.MISSING]
            d.server.on("/a.html", page(TWO))
            assert found(await revisited(d, HOUR)) == [Found.UNCHANGED]
            d.server.on("/a.html", Reply(status=404))
            assert found(await revisited(d, 6 * HOUR)) == [Found.MISSING]
            assert await told(d) == []

    play(scene)


def test_after_a_long_sleep_the_missed_turns_are_one(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path, revisions=True) as d:
            await alerted(d)
            assert found(await revisited(d, 30 * DAY)) == [Found.UNCHANGED]
            assert await revisited(d, 30 * DAY) == []
            assert len(d.pages()) == 2

    play(scene)


def test_a_visit_that_was_broken_off_is_made_again(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path, revisions=True) as d:
            await alerted(d)
            d.now[0] += 2 * HOUR
            (claimed,) = await d.tools.store.claim_rereads(d.now[0], limit=9)
            assert await d.tools.store.claim_rereads(d.now[0] + MINUTE, limit=9) == ()
            (again,) = await d.tools.store.claim_rereads(d.now[0] + 20 * MINUTE, limit=9)
            assert again == claimed
            assert await d.tools.store.claim_rereads(d.now[0] + DAY, limit=9, busy=[claimed.article.id]) == ()

    play(scene)


def test_nobody_asks_again_where_no_channel_wants_to_hear_of_it_or_pages_are_not_asked_for(tmp_path: Path) -> None:
    async def scene(folder: Path, **about: Any) -> None:
        async with desk(folder, **about) as d:
            d.server.on("/feed", rss(item(d.server.url("/a.html"), "Wolves return")))
            d.server.on("/a.html", page(TWO))
            await d.check()
            assert await d.tools.store.claim_rereads(d.now[0] + 9 * DAY, limit=9) == ()

    for name, about in (("one", {}), ("other", {"revisions": True, "full_text": FullText.FEED})):
        (tmp_path / name).mkdir()
        play(partial(scene, tmp_path / name, **about))


def test_texts_that_cannot_be_compared_in_time_are_compared_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def long(animal: str) -> str:  # so long that the answer is never there at once
        return " ".join(f"{animal} {number} was seen {7 * number} miles from here." for number in range(400))

    async def scene() -> None:
        async with desk(tmp_path, revisions=True) as d:
            await alerted(d, long("Wolf"))
            d.server.on("/a.html", page(long("Wolf cub")))
            with monkeypatch.context() as slow:
                slow.setattr(pipeline, "COMPARE_SECONDS", 0.0)
                assert found(await revisited(d, 2 * HOUR)) == [Found.UNCHANGED]
            assert found(await revisited(d, 6 * HOUR)) == [Found.CHANGED]

    play(scene)


# What the feed says of it


async def check(d: Desk, *items: str, after: timedelta = HOUR) -> tuple[Outcome, ...]:
    d.server.on("/feed", rss(*items))
    return await d.check(after)


def test_a_correction_that_adds_the_watched_word_alerts(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            link = d.server.url("/a.html")
            d.server.on("/a.html", page("Two dogs were seen."))
            assert not (await check(d, item(link, "News")))[0].alerts
            d.server.on("/a.html", page("Two wolves were seen, not dogs as we wrote."))

            outcomes = await check(d, item(link, "Corrected news"))

            assert [len(outcome.alerts) for outcome in outcomes] == [0, 1, 0]
            with ledger.reading(tmp_path / "monitor.db") as db:
                (alert,) = ledger.alerts(db)
                assert (alert["title"], alert["story_articles"]) == ("Corrected news", 1)
                assert len(ledger.alert(db, alert["id"])["versions"]) == 1

    play(scene)


def test_a_feeds_own_text_that_was_corrected_is_matched_again(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path, full_text=FullText.FEED) as d:
            await check(d, item("http://a.example/a", "News", "Two dogs were seen."))
            outcomes = await check(d, item("http://a.example/a", "News", "Two wolves were seen."))

            assert sum(len(outcome.alerts) for outcome in outcomes) == 1

    play(scene)


def test_an_item_that_changes_leads_to_a_prompt_visit_of_what_was_alerted(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path, revisions=True) as d:
            await alerted(d)
            d.server.on("/a.html", page(THREE))
            await check(d, item(d.server.url("/a.html"), "News of the valley", "More is known now."), after=MINUTE)

            assert [event["type"] for event in await told(d)] == [EventType.ARTICLE_CHANGED]

    play(scene)


def test_items_that_count_or_date_something_cause_no_visit(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            link = d.server.url("/a.html")
            d.server.on("/a.html", page(TWO))
            for n in range(4):
                await check(d, item(link, f"({n}) News", f"What happened. {n} views. Updated 1{n}:05", n * MINUTE))

            assert d.pages() == ["/a.html"]

    play(scene)


def test_items_that_change_at_every_poll_are_believed_less_and_less(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            link = d.server.url("/a.html")
            d.server.on("/a.html", page(TWO))
            ads = ("shoes", "cars", "soap", "tea", "salt", "oil", "milk")
            for n in range(60):
                await check(d, item(link, "News", f"What happened. Buy {ads[n % 7]}!"), after=2 * MINUTE)

            assert len(d.pages()) == 4  # at once, after 15 minutes, after another hour

    play(scene)


def test_of_many_items_that_changed_at_once_each_is_read_again_some_at_a_poll(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            count = pipeline.EDITS + 3
            links = [d.server.url(f"/{n}.html") for n in range(count)]
            for n in range(count):
                d.server.on(f"/{n}.html", page(f"Nothing of note happened at place number {n}."))
            await check(d, *(item(link, f"News {n}") for n, link in enumerate(links)))
            d.server.on("/feed", rss(*(item(link, f"Great news {n}") for n, link in enumerate(links))))
            asked = []
            for _ in range(3):
                await d.check(HOUR)
                asked.append(len(d.pages()) - count)

            assert asked == [pipeline.EDITS, count, count]

    play(scene)


def test_what_was_there_before_the_first_poll_stays_silent_whatever_becomes_of_it(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            await check(d, item("http://a.example/a", "News", BODY, 9 * DAY))
            outcomes = await check(d, item("http://a.example/a", "Wolves", BODY, 9 * DAY))

            assert [outcome.alerts for outcome in outcomes] == [()]

    play(scene)


def test_an_article_that_somebody_else_changes_meanwhile_is_left_to_them(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            link = d.server.url("/a.html")
            d.server.on("/a.html", page("Two dogs were seen."))
            await check(d, item(link, "News"))

            def changing(_: Request) -> Reply:
                with closing(sqlite3.connect(tmp_path / "monitor.db")) as db, db:
                    db.execute("UPDATE articles SET title = 'Other news'")
                return page(TWO)

            d.server.on("/a.html", changing)
            outcomes = await check(d, item(link, "Corrected news"))

            assert [outcome.alerts for outcome in outcomes] == [(), ()]

    play(scene)


def test_an_item_that_leads_where_another_one_does_is_not_taken_for_it(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            link, short = d.server.url("/a.html"), d.server.url("/s.html")
            d.server.on("/a.html", page(TWO))
            d.server.on("/s.html", redirect("/a.html"))
            await check(d, item(link, "News", "One thing."), item(short, "In short", "Another thing."))
            asked = len(d.pages())

            await check(d, item(link, "News", "One thing.", 2 * HOUR), item(short, "In short", "Another thing."))

            assert len(d.pages()) == asked

    play(scene)


def test_nothing_is_asked_of_a_source_that_is_no_longer_configured(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path, revisions=True) as d:
            await alerted(d)
            await d.due()
            d.server.on("/a.html", page(THREE))
            d.orders = replace(d.orders, sources={})  # nor is there anybody left who knows which proxy it had
            before = len(d.server.requests)
            assert found(await revisited(d, DAY)) == [Found.UNCHANGED]
            assert len(d.server.requests) == before

    play(scene)
