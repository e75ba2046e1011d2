"""The demonstration: its sample news, its server and receiver, and how it judges what happened."""

import asyncio
import base64
import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from standardwebhooks import Webhook

from monitor import config
from monitor.demo import account, newsroom, outlets, setup
from monitor.demo.account import Found, Stored
from monitor.demo.receiver import Receiver
from monitor.demo.server import Reply, Request, serve

SAMPLES = outlets.load()
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
BODY = b'{"type": "alert.created"}'


# The sample news


def test_there_is_enough_to_see() -> None:
    articles = SAMPLES.articles.values()
    assert len(SAMPLES.outlets) >= 4
    assert {outlet.language for outlet in SAMPLES.outlets} == {"en", "fr", "de", "ru"}
    assert {outlet.format for outlet in SAMPLES.outlets} == {"rss", "atom", "json", "site"}
    assert len(articles) >= 30
    assert all(len(article.paragraphs) >= 3 for article in articles)
    assert {name for article in articles for name in article.alerts} == {"chechnya", "asylum", "lgbt"}
    assert sum(bool(article.same_text_as) for article in articles) >= 2
    assert sum(bool(article.same_page_as) for article in articles) >= 2
    assert any(article.hours > 24 for article in articles)


def test_the_outlets_answer_and_are_configured(tmp_path: Path) -> None:
    async def ask() -> dict[str, bytes]:
        async with newsroom.opened(SAMPLES, datetime.now(UTC)) as feeds:
            setup.write(tmp_path / "config", SAMPLES, feeds, "http://127.0.0.1:1/hook")
            return {name: await asyncio.to_thread(get, url) for name, url in feeds.items()}

    bodies = asyncio.run(ask())
    for outlet in SAMPLES.outlets:
        text = bodies[outlet.id].decode(outlet.charset)
        assert all(sample.slug in text for sample in SAMPLES.of(outlet) if not sample.same_page_as)
    settings = config.load(tmp_path / "config", {setup.SECRET_NAME: SECRET})
    assert [source.name for source in settings.sources] == [outlet.name for outlet in SAMPLES.outlets]
    assert [watchlist.name for watchlist in settings.watchlists] == ["chechnya", "asylum", "lgbt"]


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        body: bytes = answer.read()
    return body


def test_pages_have_what_is_around_articles() -> None:
    async def ask() -> tuple[bytes, bytes, int]:
        async with newsroom.opened(SAMPLES, datetime.now(UTC)) as feeds:
            home = feeds["dunes"].removesuffix("/atom.xml")
            page = await asyncio.to_thread(get, f"{home}/news/trois-familles")
            amp = await asyncio.to_thread(get, f"{home}/news/trois-familles/amp")
            with pytest.raises(HTTPError) as missing:
                await asyncio.to_thread(get, f"{home}/robots.txt")
            missing.value.close()
            return page, amp, missing.value.code

    page, amp, code = asyncio.run(ask())
    assert page == amp
    assert code == 404
    for part in (b"<nav>", b"cookie-banner", b"related", b'rel="canonical"', b"demande d&#x27;asile"):
        assert part in page


# The server and the receiver


def test_what_is_not_http_gets_no_answer() -> None:
    async def ask(words: bytes) -> bytes:
        async with serve("127.0.0.1", lambda _: Reply()) as url:
            reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
            writer.write(words)
            writer.write_eof()
            answer = await reader.read()
            writer.close()
            await writer.wait_closed()
            return answer

    assert asyncio.run(ask(b"hello\r\n\r\n")) == b""
    assert asyncio.run(ask(b"GET / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n")) == b""
    assert asyncio.run(ask(b"GET / HTTP/1.1\r\nContent-Le")) == b""
    assert asyncio.run(ask(b"GET / HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 200 OK\r\n")


def test_another_loopback_host_stands_in() -> None:
    async def ask() -> str:
        async with AsyncExitStack() as stack:
            return await stack.enter_async_context(serve("192.0.2.1", lambda _: Reply()))

    assert asyncio.run(ask()).startswith("http://127.0.0.1:")


def signed(at: datetime, secret: str = SECRET, ident: str = "m1") -> Request:
    signature = Webhook(secret).sign(ident, at, BODY.decode())
    headers = {
        "webhook-id": ident,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": f"v1,AAAA {signature}",
    }
    return Request(method="POST", path="/", headers=headers, body=BODY)


def test_a_signed_message_is_taken_once() -> None:
    receiver = Receiver(SECRET)
    for _ in range(2):
        assert receiver.answer(signed(datetime.now(UTC))).status == HTTPStatus.NO_CONTENT
    assert receiver.events == {"m1": json.loads(BODY)}
    assert receiver.refused == 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda r: replace(r, method="GET"),
        lambda r: replace(r, body=BODY + b" "),
        lambda r: replace(r, headers={**r.headers, "webhook-id": "m2"}),
        lambda r: replace(r, headers={**r.headers, "webhook-signature": "v1,not base64"}),
        lambda r: replace(r, headers={}),
        lambda _: signed(datetime.now(UTC) - timedelta(minutes=6)),
        lambda _: signed(datetime.now(UTC), "whsec_" + base64.b64encode(bytes(32)).decode()),
    ],
)
def test_anything_else_is_refused(spoil: Callable[[Request], Request]) -> None:
    receiver = Receiver(SECRET)
    assert receiver.answer(spoil(signed(datetime.now(UTC)))).status == HTTPStatus.BAD_REQUEST
    assert (receiver.events, receiver.refused) == ({}, 1)


# The account

NAMES = {outlet.id: outlet.name for outlet in SAMPLES.outlets}


def all_well() -> tuple[dict[tuple[str, str], Stored], dict[str, dict[str, Any]]]:
    """What is stored and received when everything goes as it should: originals alert, copies join their story."""
    ledger, events = {}, {}
    for sample in SAMPLES.articles.values():
        found = [Found(watchlist=name, surface="x", sentence=f"x {n}") for name in sample.alerts for n in range(2)]
        ledger[NAMES[sample.outlet], sample.title] = Stored(
            article=sample.slug,
            story=sample.original or sample.slug,
            relation="duplicate" if sample.original else "first",
            state="baseline" if sample.hours > 24 else "read",
            found=tuple(found),
        )
        if sample.alerts:
            events[sample.slug] = event(sample.slug, *sample.alerts)
    return ledger, events


def event(slug: str, first: str, *also: str) -> dict[str, Any]:
    return {
        "type": "alert.created",
        "data": {"article": {"id": slug}, "watchlist": {"name": first}, "also": list(also)},
    }


def test_all_is_accounted_for() -> None:
    ledger, events = all_well()
    done = account.settle(SAMPLES, ledger, events.values())
    assert done.problems == ()
    assert {a.sample.slug for a in done.alerted} == set(events)
    assert all([f.sentence for f in a.found] == ["x 0"] * len(a.sample.alerts) for a in done.alerted)
    copies = [copy for a in done.alerted for copy in a.copies]
    assert len(done.alerted) + len(copies) + len(done.quiet) + len(done.old) == len(SAMPLES.articles)
    assert all(sample.hours > 24 for sample in done.old)


def test_what_went_wrong_is_said() -> None:
    ledger, events = all_well()
    del events["promoted"]
    events["wheat-price"] = event("wheat-price", "asylum")
    events["bakery-visits"] = event("bakery-visits", "asylum")
    events["syrovary"] = event("syrovary", "chechnya", "lgbt")
    events["health"] = {"type": "source.failing", "data": {}}
    brothers = NAMES["wire"], SAMPLES.articles["syndicated-brothers"].title
    ledger[brothers] = replace(ledger[brothers], story="another")
    del ledger[NAMES["council"], SAMPLES.articles["road-works"].title]
    assert account.settle(SAMPLES, ledger, events.values()).problems == (
        "not read: road-works",
        "brothers-on-the-ferry: its copies are not one story",
        "bakery-at-the-camp: alerted for [['asylum'], ['asylum']], not once for ['asylum']",
        "wheat-price: alerted for [['asylum']], not once for nothing",
        "promoted: alerted for nothing, not once for ['asylum']",
        "syrovary: alerted for [['chechnya', 'lgbt']], not once for ['chechnya']",
    )


# The whole of it


def test_it_shows_what_it_says(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "demo"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert "This should not have happened" not in done.stdout
    assert done.returncode == 0, done.stderr
    for words in ("13 alerts", "4 copies", "[Беженцам]", "[lesbiennes]", "[Asylantrag]", "monitor init news"):
        assert words in done.stdout
    assert list(tmp_path.iterdir()) == []
    shown = {line.rstrip() for line in done.stdout.splitlines()}
    readme = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
    screen = re.search(r"```text\n(.*?)```", readme, re.DOTALL)
    assert screen
    assert [line for line in screen[1].splitlines() if line not in shown | {"…"}] == []
