"""Checking sources and delivering messages, with real parts: a server and a receiver on loopback, children that parse, a
database file. Only the clock is the test's own."""

import asyncio
import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor import pipeline
from monitor.core.errors import StoreError
from monitor.core.model import DeliveryState, EntryState, EventType, Message, Receipt, SourceState
from monitor.core.settings import (
    FetchSettings,
    FullText,
    Proxy,
    Secret,
    SourceKind,
)
from monitor.fetch.ways import ways
from monitor.store import ledger, polls
from support.build import DAY, HOUR, NOW
from support.desk import BODY, desk, item, page, play, rss
from support.server import Reply, Request, redirect
from support.tunnel import Tunnel


def test_an_article_goes_all_the_way_from_the_feed_to_the_receiver(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            d.server.on("/feed", rss(item(d.server.url("/a.html"), "News of the valley")))
            d.server.on("/a.html", page("Two wolves were seen on the road."))
            d.server.on("/hook", Reply(status=204))

            (outcome,) = await d.check()
            (delivery,) = await d.due()
            settled = await pipeline.deliver(delivery, d.tools, d.orders)

            assert [alert.watchlist for alert in outcome.alerts] == ["wolves"]
            assert settled.state is DeliveryState.DELIVERED
            (posted,) = d.server.asked("/hook")
            event = json.loads(posted.body)
            assert event["data"]["article"]["text_from"] == "page"
            assert event["data"]["article"]["language"] == "en"
            assert event["data"]["hits"][0]["sentence"] == "Two wolves were seen on the road."
            assert posted.headers["webhook-id"] == delivery.id
            assert await d.due() == ()

    play(scene)


def test_a_message_that_waited_while_its_list_became_confidential_leaves_as_such(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            d.server.on("/feed", rss(item(d.server.url("/a.html"), "Wolves")))
            d.server.on("/hook", Reply(status=204))
            await d.check()
            (delivery,) = await d.due()
            rules = d.orders.rules(NOW)
            secret = {name: replace(each, confidential=True) for name, each in rules.watchlists.items()}

            reloaded = replace(d.orders, rules=lambda now: replace(rules, watchlists=secret))
            await pipeline.deliver(delivery, d.tools, reloaded)

            (posted,) = d.server.asked("/hook")
            assert "confidential" not in delivery.event["data"]
            assert json.loads(posted.body)["data"]["confidential"] is True

    play(scene)


@pytest.mark.parametrize(("status", "state"), [(500, DeliveryState.PENDING), (400, DeliveryState.GIVEN_UP)])
def test_a_delivery_that_fails_is_written_too(tmp_path: Path, status: int, state: DeliveryState) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            d.server.on("/feed", rss(item(d.server.url("/a.html"), "Wolves")))
            d.server.on("/hook", Reply(status=status))
            await d.check()
            (delivery,) = await d.due()

            settled = await pipeline.deliver(delivery, d.tools, d.orders)

            assert settled.state is state
            assert settled.attempt.code == status

    play(scene)


def test_an_unchanged_feed_is_neither_sent_nor_parsed_again(tmp_path: Path) -> None:
    def answer(request: Request) -> Reply:
        if request.headers.get("if-none-match") == '"1"':
            return Reply(status=304, headers={"ETag": '"1"'})
        return replace(rss(item("http://a.example/a", "Quiet", age=2 * DAY)), headers={"ETag": '"1"'})

    async def scene() -> None:
        async with desk(tmp_path) as d:
            d.server.on("/feed", answer)
            first, second = await d.check(), await d.check(HOUR)

            assert len(first[0].placed) == 1
            assert second[0].placed == ()
            assert second[0].record.validators == first[0].record.validators
            assert second[0].record.digests == first[0].record.digests

    play(scene)


def test_the_same_bytes_are_unchanged_whatever_the_validators_say(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            d.server.on("/feed", rss(item("http://a.example/a", "Quiet", age=2 * DAY)))
            await d.check()
            (second,) = await d.check(HOUR)

            assert (second.placed, second.record.failures) == ((), 0)

    play(scene)


def test_only_what_is_new_is_read_and_pages_once(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            old, new = d.server.url("/old.html"), d.server.url("/new.html")
            d.server.on("/feed", rss(item(old, "Old", age=5 * DAY)))
            d.server.on("/new.html", page("Two wolves were seen."))
            await d.check()
            d.server.on("/feed", rss(item(new + "?utm_source=rss", "New"), item(old, "Old", age=5 * DAY)))
            (outcome,) = await d.check(HOUR)
            d.server.on("/feed", rss(item(old, "Old", age=4 * DAY), item(new, "New", age=2 * HOUR)))
            (again,) = await d.check(HOUR)

            assert [placed.reading.article.url for placed in outcome.placed] == [new]
            assert len(outcome.alerts) == 1
            assert again.placed == ()
            assert d.pages() == ["/new.html"]

    play(scene)


def test_what_is_read_is_committed_in_portions_and_told_early(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            links = [d.server.url(f"/{n}.html") for n in range(pipeline.PORTION + 2)]
            d.server.on("/feed", rss(*(item(link, f"News {n}") for n, link in enumerate(links))))
            for n in range(len(links)):
                own = (f"Witness{n}k{k} saw wolves{n}k{k} beside barn{n}k{k} in Dorn{n}k{k}." for k in range(40))
                d.server.on(f"/{n}.html", page(f"{n} wolves were seen near the village of Dorn{n}. {' '.join(own)}"))

            outcomes = await d.check()

            assert [len(outcome.alerts) for outcome in outcomes] == [pipeline.PORTION, 2]
            assert outcomes[0].record.poll_count == 0
            assert outcomes[1].record.poll_count == 1

    play(scene)


@pytest.mark.parametrize(("floods", "sizes"), [(False, [pipeline.BATCH, 20]), (True, [pipeline.BATCH + 20])])
def test_a_long_list_is_committed_in_batches_and_a_flood_as_a_whole(
    tmp_path: Path, floods: bool, sizes: list[int]
) -> None:
    async def scene() -> None:
        count = sum(sizes)
        async with desk(tmp_path, full_text=FullText.FEED, flood_limit=count - floods) as d:
            d.server.on("/feed", rss())
            await d.check()
            d.server.on("/feed", rss(*(item(f"http://news.example/{n}", f"News {n}") for n in range(count))))

            outcomes = await d.check(HOUR)

            assert [len(outcome.placed) for outcome in outcomes] == sizes
            told = [each.event["data"]["reason"] for outcome in outcomes for each in outcome.deliveries]
            assert [f"it listed {count} new entries at once" in reason for reason in told] == [True] * floods

    play(scene)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Reply(status=503), EntryState.WAITING),
        (Reply(status=404), EntryState.READ),
        (Reply(status=429), EntryState.WAITING),
        (redirect("http://127.0.0.1:1/"), EntryState.READ),
        (Reply(body=b"\x00\x01\x02" * 400, headers={"Content-Type": "image/png"}), EntryState.READ),
    ],
)
def test_without_its_page_an_entry_alerts_from_the_feed(tmp_path: Path, answer: Reply, state: EntryState) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            d.server.on("/feed", rss(item(d.server.url("/a.html"), "Wolves return")))
            d.server.on("/a.html", answer)

            (outcome,) = await d.check()

            (placed,) = outcome.placed
            assert (placed.reading.state, placed.reading.article.text_from) == (state, "feed")
            assert placed.reading.article.reason
            assert len(outcome.alerts) == 1

    play(scene)


def test_a_page_that_failed_is_asked_for_again_though_the_feed_is_unchanged(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            d.server.on("/feed", rss(item(d.server.url("/a.html"), "News of the valley")))
            d.server.on("/a.html", Reply(status=500))
            (before,) = await d.check()
            d.server.on("/a.html", page("Two wolves were seen."))
            (after,) = await d.check(HOUR)

            assert before.alerts == ()
            assert len(after.alerts) == 1
            assert after.placed[0].reading.state is EntryState.READ

    play(scene)


def test_a_page_that_is_stored_already_is_not_asked_for_again(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            link = d.server.url("/a.html")
            d.server.on("/feed", rss(item(link, "News of the valley")))
            d.server.on("/a.html", page("Two wolves were seen."))
            await d.check()
            other = replace(d.orders.sources["Gazette"], name="Herald", url=d.server.url("/other"))
            d.server.on("/other", rss(item(link + "#top", "News of the valley")))
            await d.tools.store.sync_sources((other,), NOW)
            (record,) = await d.tools.store.claim_sources(NOW, limit=1)
            (outcome,) = await pipeline.check(record, d.tools, replace(d.orders, sources={"Herald": other}))

            assert (outcome.alerts, len(outcome.placed)) == ((), 1)
            assert d.pages() == ["/a.html"]

    play(scene)


def test_robots_txt_is_kept_to_for_pages_and_the_feed_alerts(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            d.server.on("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /\n"))
            d.server.on("/feed", rss(item(d.server.url("/a.html"), "Wolves return")))

            (outcome,) = await d.check()

            assert len(outcome.alerts) == 1
            assert d.pages() == []

    play(scene)


def test_while_robots_txt_cannot_be_had_an_entry_waits_for_its_page(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            d.server.on("/robots.txt", Reply(status=503))
            d.server.on("/feed", rss(item(d.server.url("/a.html"), "News of the valley")))
            d.server.on("/a.html", page("Two wolves were seen."))
            (before,) = await d.check()
            d.server.on("/robots.txt", Reply(status=404))
            (after,) = await d.check(2 * HOUR)

            assert (before.placed[0].reading.state, before.alerts) == (EntryState.WAITING, ())
            assert len(after.alerts) == 1

    play(scene)


def test_all_that_the_flood_brake_held_is_read_at_the_next_poll_however_much_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polls, "OPEN", 4)

    async def scene() -> None:
        async with desk(tmp_path, flood_limit=1, full_text=FullText.FEED) as d:
            d.server.on("/feed", rss(item("http://a.example/old", "Old", age=9 * DAY)))
            await d.check()
            news = [item(f"http://a.example/{n}", f"Wolves {n}", f"Pack number {n} was seen.") for n in range(10)]
            d.server.on("/feed", rss(*news))
            await d.check(HOUR)
            with ledger.writing(tmp_path / "monitor.db") as db:
                ledger.release(db, "Gazette", d.now[0])
            outcomes = await d.check(HOUR)

            assert sum(len(outcome.placed) for outcome in outcomes) == 10
            assert len(d.server.asked("/feed")) == 3

    play(scene)


def test_of_a_source_that_floods_again_and_again_is_told_once_until_it_is_released(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path, flood_limit=1) as d:
            d.server.on("/feed", rss(item("http://a.example/old", "Old", age=9 * DAY)))
            await d.check()

            async def flood(number: int) -> list[str]:
                news = [item(f"http://a.example/{number}-{n}", f"Wolves {number} {n}") for n in range(12)]
                d.server.on("/feed", rss(*news))
                return [told.type for outcome in await d.check(HOUR) for told in outcome.deliveries]

            first, second = await flood(1), await flood(2)
            with ledger.writing(tmp_path / "monitor.db") as db:
                ledger.baseline(db, "Gazette")
            third = await flood(3)

            assert (first, second, third) == (["source.flood"], [], ["source.flood"])

    play(scene)


def test_what_the_flood_brake_held_is_matched_with_the_feeds_whole_text_when_it_is_released(tmp_path: Path) -> None:
    def told(link: str) -> str:
        content = f'<encoded xmlns="http://purl.org/rss/1.0/modules/content/">{BODY} Two wolves were seen.</encoded>'
        return item(link, "News of the valley", "A teaser.").replace("</item>", f"{content}</item>")

    async def scene() -> None:
        async with desk(tmp_path, flood_limit=1) as d:
            d.server.on("/feed", rss(item("http://a.example/old", "Old", age=9 * DAY)))
            await d.check()
            d.server.on("/feed", rss(*(told(d.server.url(f"/{n}.html")) for n in range(2))))
            (flood,) = await d.check(HOUR)
            with ledger.writing(tmp_path / "monitor.db") as db:
                ledger.release(db, "Gazette", d.now[0])
            (released,) = await d.check(HOUR)

            assert {placed.reading.state for placed in flood.placed} == {EntryState.HELD}
            assert [placed.reading.article.summary for placed in released.placed] == ["A teaser.", "A teaser."]
            assert len(released.alerts) == 1

    play(scene)


def test_when_the_store_fails_what_was_not_begun_is_dropped(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            d.server.on("/feed", rss(*(item(d.server.url(f"/{n}.html"), f"News {n}") for n in range(20))))
            with ledger.writing(tmp_path / "monitor.db") as db:
                db.execute("ALTER TABLE entries RENAME COLUMN first_seen TO seen_first")

            with pytest.raises(StoreError):
                await d.check()
            assert len(d.pages()) == pipeline.PORTION

    play(scene)


def test_when_one_entry_cannot_be_read_those_beside_it_end_with_it(tmp_path: Path) -> None:
    calls = iter(range(99))

    def faulty() -> str:
        if next(calls) == 0:
            raise LookupError("a fault of Monitor itself")
        return "id"

    async def scene() -> None:
        async with desk(tmp_path) as d:
            links = [d.server.url(f"/{n}.html") for n in range(3)]
            d.server.on("/feed", rss(*(item(link, f"News {n}") for n, link in enumerate(links))))
            d.server.on("/0.html", Reply(hang=True))
            d.server.on("/1.html", Reply(hang=True))
            d.tools = replace(d.tools, new_id=faulty)
            with pytest.raises(LookupError):
                await d.check()
            going_on = {getattr(task.get_coro(), "__name__", "") for task in asyncio.all_tasks()}
            assert "_entry" not in going_on

    play(scene)


def test_full_text_feed_never_asks_for_a_page(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path, full_text=FullText.FEED) as d:
            d.server.on("/feed", rss(item(d.server.url("/a.html"), "Wolves return")))

            (outcome,) = await d.check()

            assert len(outcome.alerts) == 1
            assert [request.path for request in d.server.requests] == ["/feed"]

    play(scene)


@pytest.mark.parametrize(("dated", "alerts"), [(NOW - HOUR, 1), (NOW - 9 * DAY, 0), (None, 0)])
def test_at_a_first_poll_a_page_may_tell_the_date(tmp_path: Path, dated: datetime | None, alerts: int) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            d.server.on("/feed", rss(item(d.server.url("/a.html"), "Wolves return", age=None)))
            d.server.on("/a.html", page("Two wolves were seen.", dated=dated))

            (outcome,) = await d.check()

            assert len(outcome.alerts) == alerts

    play(scene)


def test_a_source_that_does_not_answer_is_an_outcome_too(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            for answer, part in (
                (Reply(status=404), "404"),
                (Reply(body=b"<html><p>Hello</p></html>", headers={"Content-Type": "text/html"}), "feed"),
                (Reply(status=429, headers={"Retry-After": "7200"}), "429"),
            ):
                d.server.on("/feed", answer)
                (outcome,) = await d.check(HOUR)
                assert part in outcome.record.reason
            assert (outcome.record.failures, outcome.record.state) == (3, SourceState.FAILING)
            assert outcome.record.next_poll_at == d.now[0] + 2 * HOUR
            assert [delivery.type for delivery in outcome.deliveries] == [EventType.SOURCE_FAILING]

    play(scene)


def test_a_parser_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "PARSE_SECONDS", 0.0)

    async def scene() -> None:
        async with desk(tmp_path) as d:
            d.server.on("/feed", rss(item("http://a.example/", "Wolves")))
            (outcome,) = await d.check()
            assert outcome.record.failures == 1

    play(scene)


def test_a_language_that_cannot_be_told_in_time_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "EXTRACT_SECONDS", 0.0)

    async def scene() -> None:
        async with desk(tmp_path, full_text=FullText.FEED) as d:
            d.server.on("/feed", rss(item("http://a.example/", "Wolves return")))
            (outcome,) = await d.check()
            assert outcome.placed[0].reading.article.language is None
            assert len(outcome.alerts) == 1

    play(scene)


@pytest.mark.parametrize(("status", "remembered"), [(301, True), (308, True), (302, False), (307, False)])
def test_only_permanent_redirects_are_remembered(tmp_path: Path, status: int, remembered: bool) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            d.server.on("/feed", redirect(d.server.url("/new"), status))
            d.server.on("/new", rss(item("http://a.example/a", "Quiet", age=9 * DAY)))
            (outcome,) = await d.check()
            await d.check(HOUR)

            assert outcome.record.moved_to == (d.server.url("/new") if remembered else None)
            assert len(d.server.asked("/feed")) == (1 if remembered else 2)

    play(scene)


def test_all_that_belongs_to_a_source_goes_its_way(tmp_path: Path) -> None:
    async def scene() -> None:
        async with (
            desk(tmp_path, revisions=True, full_text=FullText.PAGE) as d,
            (tunnel := Tunnel(d.server)).open() as place,
        ):
            proxy = Proxy(name="tor", url=Secret(f"socks5h://{place}"))
            out = ways(FetchSettings(proxies=(proxy,), per_host_delay=timedelta()), now=lambda: d.now[0])
            source = replace(d.orders.sources["Gazette"], url="http://gazette.example/feed", proxy="tor")
            d.tools = replace(d.tools, ways=out)
            d.orders = replace(d.orders, sources={"Gazette": source})
            await d.tools.store.sync_sources((source,), d.now[0])
            d.server.on("/feed", redirect("http://cdn.example/feed2"))
            d.server.on("/feed2", rss(item("http://pages.example/a.html", "News of the valley")))
            d.server.on("/a.html", page("Two wolves were seen."))
            (outcome,) = await d.check()
            assert len(outcome.alerts) == 1
            (due,) = await d.tools.store.claim_rereads(d.now[0] + DAY, limit=9)
            await pipeline.revisit(due, d.tools, d.orders)
            hosts = ["gazette.example", "cdn.example", "pages.example", "pages.example", "pages.example"]
            assert [name for name, _ in tunnel.asked] == hosts  # feed, hop, robots.txt, page, the page again
            assert len(d.server.requests) == len(hosts)

    play(scene)


# Sites without a feed


def sitemap(*links: str, index: bool = False) -> Reply:
    outer, inner = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    date = f"<lastmod>{NOW - HOUR:%Y-%m-%dT%H:%M:%SZ}</lastmod>"
    body = "".join(f"<{inner}><loc>{link}</loc>{date}</{inner}>" for link in links)
    text = f'<{outer} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{body}</{outer}>'
    return Reply(headers={"Content-Type": "application/xml"}, body=text.encode())


@pytest.mark.parametrize("named", [True, False])
def test_a_sites_sitemap_is_found_and_polled_from_then_on(tmp_path: Path, named: bool) -> None:
    async def scene() -> None:
        async with desk(tmp_path, path="/", kind=SourceKind.SITE) as d:
            where = "/named.xml" if named else "/sitemap.xml"
            if named:
                lines = [f"Sitemap: {d.server.url(path)}" for path in ("/gone.xml", "/empty.xml", where)]
                d.server.on("/robots.txt", Reply(body="\n".join(lines).encode()))
                d.server.on("/empty.xml", sitemap())
            d.server.on(where, sitemap(d.server.url("/news/a-wolf-in-the-valley.html")))
            d.server.on("/news/a-wolf-in-the-valley.html", page("Two wolves were seen.", "A wolf in the valley"))

            (outcome,) = await d.check()
            (again,) = await d.check(HOUR)

            assert outcome.record.address == again.record.address == d.server.url(where)
            assert [alert.watchlist for alert in outcome.alerts] == ["wolves"]
            assert d.server.asked("/") == []

    play(scene)


def test_a_sitemap_that_was_made_for_us_is_not_adopted(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path, path="/", kind=SourceKind.SITE) as d:
            marked = d.server.url("/map-9f86d081884c7d65.xml")
            d.server.on("/robots.txt", Reply(body=f"Sitemap: {marked}".encode()))
            d.server.on("/map-9f86d081884c7d65.xml", sitemap(d.server.url("/news/a-wolf-in-the-valley.html")))
            (outcome,) = await d.check()
            assert outcome.record.address is None

    play(scene)


def test_the_sitemaps_of_an_index_are_read(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path, path="/", kind=SourceKind.SITE) as d:
            d.server.on("/sitemap.xml", sitemap(d.server.url("/one.xml"), index=True))
            d.server.on("/one.xml", sitemap(d.server.url("/news/wolves-again.html")))
            d.server.on("/news/wolves-again.html", page("Two wolves were seen.", "Wolves again"))

            (outcome,) = await d.check()

            assert len(outcome.alerts) == 1

    play(scene)


def test_an_index_that_stays_as_it_is_does_not_hide_what_its_sitemaps_list_next(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path, path="/sitemap.xml") as d:
            index = sitemap(d.server.url("/one.xml"), index=True)
            d.server.on("/sitemap.xml", replace(index, headers={"ETag": '"1"'}))
            d.server.on("/one.xml", sitemap(d.server.url("/news/quiet-days.html")))
            d.server.on("/news/quiet-days.html", page("Nothing happened."))
            await d.check()
            d.server.on("/one.xml", sitemap(d.server.url("/news/wolves-again.html")))
            d.server.on("/news/wolves-again.html", page("Two wolves were seen.", "Wolves again"))
            (outcome,) = await d.check(HOUR)

            assert len(outcome.alerts) == 1
            assert "if-none-match" not in d.server.asked("/sitemap.xml")[-1].headers

    play(scene)


@pytest.mark.parametrize(("answered", "alerts", "failures"), [(True, 1, 0), (False, 0, 1)])
def test_a_sitemap_that_is_missing_does_not_hide_the_others(
    tmp_path: Path, answered: bool, alerts: int, failures: int
) -> None:
    async def scene() -> None:
        async with desk(tmp_path, path="/sitemap.xml") as d:
            d.server.on("/sitemap.xml", sitemap(d.server.url("/gone.xml"), d.server.url("/one.xml"), index=True))
            if answered:
                d.server.on("/one.xml", sitemap(d.server.url("/news/wolves-again.html")))
            d.server.on("/news/wolves-again.html", page("Two wolves were seen.", "Wolves again"))
            (outcome,) = await d.check()

            assert (len(outcome.alerts), outcome.record.failures) == (alerts, failures)

    play(scene)


@pytest.mark.parametrize("links", ["main h3 a", None])
def test_without_a_sitemap_the_links_of_the_page_are_taken(tmp_path: Path, links: str | None) -> None:
    async def scene() -> None:
        async with desk(tmp_path, path="/latest", kind=SourceKind.SITE, links=links) as d:
            old, new = (f"/2026/11/22/{slug}-in-the-valley.html" for slug in ("quiet-days", "two-wolves"))
            html = "<html><body><nav><a href='/about'>About</a></nav><main>{}</main></body></html>"
            link = "<h3><a href='{}'>What was seen in the valley today</a></h3>"
            d.server.on("/latest", Reply(body=html.format(link.format(old)).encode()))
            await d.check()
            d.server.on("/latest", Reply(body=html.format(link.format(new) + link.format(old)).encode()))
            d.server.on(new, page("Two wolves were seen."))
            (outcome,) = await d.check(HOUR)

            assert [placed.reading.article.url for placed in outcome.placed] == [d.server.url(new)]
            assert len(outcome.alerts) == 1

    play(scene)


# What must not happen


def test_a_fault_of_our_own_counts_as_a_failure_of_the_check(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            (record,) = await d.tools.store.claim_sources(NOW, limit=1)

            outcome = await pipeline.give_up(record, d.tools, d.orders, ZeroDivisionError("a secret"))

            assert (outcome.record.failures, outcome.record.reason) == (
                1,
                "a fault of Monitor itself: ZeroDivisionError",
            )
            assert outcome.record.next_poll_at > NOW

    play(scene)


def test_whatever_a_channel_raises_the_delivery_is_tried_again(tmp_path: Path) -> None:
    class Broken:
        async def send(self, message: Message) -> Receipt:
            raise ZeroDivisionError(message.event)

    async def scene() -> None:
        async with desk(tmp_path) as d:
            d.server.on("/feed", rss(item(d.server.url("/a.html"), "Wolves")))
            await d.check()
            (delivery,) = await d.due()

            settled = await pipeline.deliver(delivery, d.tools, replace(d.orders, notifiers={"desk": Broken()}))

            assert settled.state is DeliveryState.PENDING
            assert settled.attempt.answer == "a fault in the channel: ZeroDivisionError"

    play(scene)
