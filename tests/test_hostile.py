"""Documents made to do harm, through real parts: a server on loopback, children that parse, a database file. What each may
cost is its deadline, and what it may bring is nothing that stands elsewhere."""

import bz2
import gzip
import json
import lzma
import socket
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from monitor import pipeline
from monitor.core import articles, feeds, opml
from monitor.core.errors import MonitorError, ParseError, SandboxError
from monitor.core.model import EntryState, Feed, Page
from monitor.core.settings import SourceKind
from monitor.sandbox import Sandbox
from support.build import DAY, HOUR
from support.desk import Desk, desk, item, page, play, rss
from support.server import Reply

SECRET = "the-tripwire-was-read"
SECONDS = 30.0


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


# What is remembered

HEAVY = "&lt;b>x&lt;/b> " * 60_000
"""A summary that takes half a second to read: a killer, to a parser that has less."""
LITTLE = 0.02  # seconds


def test_a_feed_that_ended_its_parser_is_not_given_to_it_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killer, other = (rss(item("http://a.example/", title, HEAVY, age=2 * DAY)) for title in ("A", "B"))

    async def scene() -> None:
        async with desk(tmp_path) as d:
            d.server.on("/feed", killer)
            with monkeypatch.context() as patched:
                patched.setattr(pipeline, "PARSE_SECONDS", LITTLE)
                (first,) = await d.check()
                (second,) = await d.check(DAY)  # tried once more: this machine may have been slow
            assert [(each.record.failures, each.record.kind) for each in (first, second)] == [
                (1, "unreadable"),
                (2, "unreadable"),
            ]
            for failures in range(3, pipeline.AGAIN + 1):  # read now, it would be found harmless
                (outcome,) = await d.check(DAY)
                assert (outcome.record.failures, outcome.record.kind) == (failures, "unreadable")
            (outcome,) = await d.check(DAY)  # once in a while it is tried
            assert (outcome.record.failures, len(outcome.placed)) == (0, 1)
            (outcome,) = await d.check(DAY)
            assert (outcome.record.failures, len(outcome.placed)) == (0, 0)  # unchanged
            d.server.on("/feed", other)
            (outcome,) = await d.check(DAY)
            assert outcome.record.failures == 0

    play(scene)


def test_what_was_harmless_all_along_is_found_at_the_next_poll(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            d.server.on("/feed", rss(item("http://a.example/", "Wolves return", HEAVY)))
            with monkeypatch.context() as patched:
                patched.setattr(pipeline, "PARSE_SECONDS", LITTLE)
                await d.check()
            (outcome,) = await d.check(HOUR)
            assert (outcome.record.failures, len(outcome.alerts)) == (0, 1)

    play(scene)


def test_what_ended_its_parser_is_tried_anew_after_a_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            d.server.on("/feed", rss(item("http://a.example/", "Wolves return", HEAVY)))
            with monkeypatch.context() as patched:
                patched.setattr(pipeline, "PARSE_SECONDS", LITTLE)
                await d.check()
                await d.check(HOUR)
            await d.tools.store.sync_sources(tuple(d.orders.sources.values()), d.now[0])
            (outcome,) = await d.check(HOUR)
            assert (outcome.record.failures, len(outcome.alerts)) == (0, 1)

    play(scene)


def test_a_machine_that_has_no_parser_is_not_held_against_what_was_to_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            d.server.on("/feed", rss(item("http://a.example/", "Wolves return")))
            with monkeypatch.context() as patched:
                patched.setattr(sys, "executable", "/nowhere/python")
                for failures in (1, 2, 3):
                    (outcome,) = await d.check(HOUR)
                    assert (outcome.record.failures, outcome.record.kind) == (failures, "no-parser")
            (outcome,) = await d.check(HOUR)
            assert (outcome.record.failures, len(outcome.alerts)) == (0, 1)

    play(scene)


def test_a_page_that_no_parser_came_to_work_on_is_read_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            d.server.on("/feed", rss(item(d.server.url("/a.html"), "News of the valley")))
            real, sandbox = d.tools.sandbox.call, d.tools.sandbox

            async def call(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
                broken.setattr(sys, "executable", "/nowhere/python" if function is articles.extract else executable)
                for child in sandbox._free if function is articles.extract else ():
                    child.kill()
                return await real(function, *args, **kwargs)

            executable = sys.executable
            d.server.on("/a.html", page("Two wolves were seen."))
            with monkeypatch.context() as broken:
                broken.setattr(sandbox, "call", call)
                (outcome,) = await d.check()
            assert [placed.reading.state for placed in outcome.placed] == [EntryState.WAITING]
            assert not outcome.alerts
            (outcome,) = await d.check(HOUR)
            assert len(outcome.alerts) == 1

    play(scene)


def test_what_comes_after_a_killer_is_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            killer = rss(item("http://a.example/killer", "A killer", HEAVY))
            d.server.on("/feed", replace(rss(item("http://a.example/good", "Good")), headers={"ETag": '"1"'}))
            await d.check()
            with monkeypatch.context() as patched:
                patched.setattr(pipeline, "PARSE_SECONDS", LITTLE)
                d.server.on("/feed", killer)
                await d.check(HOUR)
            for answer, fails in (
                (Reply(status=500), True),
                (killer, True),
                (Reply(status=304), False),
                (killer, False),
            ):
                d.server.on("/feed", answer)
                (outcome,) = await d.check(HOUR)
                assert bool(outcome.record.failures) == fails
            assert "A killer" in {placed.reading.article.title for placed in outcome.placed}

    play(scene)


def test_a_page_that_ended_its_parser_is_not_asked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            d.server.on("/feed", rss(item(d.server.url("/a.html"), "Wolves return")))
            d.server.on("/a.html", page("Two wolves were seen."))
            with monkeypatch.context() as patched:
                patched.setattr(pipeline, "EXTRACT_SECONDS", 0.0)
                (outcome,) = await d.check()
            assert [placed.reading.state for placed in outcome.placed] == [EntryState.READ]
            assert len(outcome.alerts) == 1  # from what the feed says
            for _ in range(3):
                await d.check(DAY)
            assert d.pages() == ["/a.html"]

    play(scene)


def test_a_source_whose_pages_end_their_parsers_does_not_occupy_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            d.server.on("/feed", rss(*(item(d.server.url(f"/{n}.html"), f"Wolves {n}") for n in range(20))))
            for n in range(20):
                d.server.on(f"/{n}.html", page("Two wolves were seen."))
            monkeypatch.setattr(pipeline, "EXTRACT_SECONDS", 0.0)
            outcomes = await d.check()
            readings = [placed.reading for outcome in outcomes for placed in outcome.placed]
            assert len(readings) == 20
            left = [reading for reading in readings if "other pages of its source" in reading.article.reason]
            assert len(left) >= 10
            assert {reading.state for reading in left} == {EntryState.WAITING}  # they are asked for later
            assert sum(len(outcome.alerts) for outcome in outcomes) >= 1  # from what the feed says, now

    play(scene)


# Markup that takes long: within the deadline it is read, or said to be nothing


def rss_of(inside: str, before: str = "") -> bytes:
    return f'{before}<rss version="2.0"><channel><title>Gazette</title>{inside}</channel></rss>'.encode()


WOLVES = "<item><title>Wolves</title><link>http://a.example/1</link></item>"
ATTRIBUTES = " ".join(f'a{n}="1"' for n in range(40_000))
SLOW: dict[str, str] = {
    "40 000 attributes": f"<item {ATTRIBUTES}><title>Wolves</title></item>",
    "40 000 attributes without blanks": "<item " + "".join(f'a{n}="1"' for n in range(40_000)) + "/>",
    "40 000 name spaces": "<item " + " ".join(f'xmlns:a{n}="u{n}"' for n in range(40_000)) + f"/>{WOLVES}",
    "100 000 tags within each other": f"{WOLVES}<item><description>{'<b>' * 100_000}",
    "100 000 tags that are closed": f"<item>{'<b>' * 100_000}{'</b>' * 100_000}</item>",
    "16 000 comments that never end": f"{WOLVES}{'<!--' * 16_000}",
    "sections that never end": f"{WOLVES}{'<![CDATA[' * 50_000}",
    "closing tags alone": f"{WOLVES}{'</x>' * 200_000}",
    "tags that never end": f"{WOLVES}{'<a ' * 100_000}",
    "quotes that never end": f"""{WOLVES}{"<a b='" * 100_000}""",
    "declarations": f"{WOLVES}{'<!x ' * 100_000}",
    "instructions": f"{WOLVES}{'<?x ' * 100_000}",
    "references": f"<item><title>{'&amp;' * 300_000}</title></item>",
    "broken references": f"<item><title>{'&#x' * 300_000}</title></item>",
    "a title of a million characters": f"<item><title>{'wolf ' * 200_000}</title><guid>1</guid></item>",
    "an address of a million characters": f"<item><title>Wolves</title><link>http://a.example/{'a' * 10**6}</link></item>",
    "an author of a million characters": f"<item><title>Wolves</title><author>{'(' * 10**6}</author></item>",
    "a date of a million characters": f"<item><title>Wolves</title><pubDate>{'1 ' * 500_000}</pubDate></item>",
    "a name of a million characters": f"<{'x' * 10**6}/>{WOLVES}",
    "40 000 escaped attributes": f"<item><title>Wolves</title><description>&lt;p {ATTRIBUTES}></description></item>",
    "escaped markup within each other": f"<item><title>W</title><description>{'&lt;b>' * 100_000}</description></item>",
    "50 000 tags of an item": f"<item><title>Wolves</title>{'<category>x</category>' * 50_000}</item>",
    "20 000 entries": "".join(f"<item><title>Wolf {n}</title><guid>{n}</guid></item>" for n in range(20_000)),
    "blanks": f"<item><title>{' ' * 10**6}Wolves</title></item>{' ' * 10**6}",
}


async def read_feed(sandbox: Sandbox, body: bytes, kind: SourceKind = SourceKind.FEED) -> Feed | MonitorError:
    try:
        return await sandbox.call(
            feeds.read,
            body,
            url="http://a.example/feed",
            headers={"content-type": "text/xml"},
            kind=kind,
            deadline=SECONDS,
        )
    except (ParseError, SandboxError) as error:
        return error


async def read_page(sandbox: Sandbox, body: bytes, content_type: str = "text/html") -> Page | MonitorError:
    headers = {"content-type": content_type}
    try:
        return await sandbox.call(articles.read, body, url="http://a.example/1", headers=headers, deadline=SECONDS)
    except (ParseError, SandboxError) as error:
        return error


@pytest.mark.anyio
async def test_slow_markup_in_feeds_is_done_before_the_deadline() -> None:
    """Both as it is (lxml, or feedparser if that refuses it) and with a stray tag, which only feedparser reads."""
    slow: dict[str, object] = {}
    async with Sandbox() as sandbox:
        for name, inside in SLOW.items():
            for before in ("", "</nosuch>"):
                found = await read_feed(sandbox, rss_of(inside + before))
                if isinstance(found, SandboxError):
                    slow[name + before] = str(found)
    assert slow == {}


SLOW_PAGES: dict[str, str] = {
    "40 000 attributes": f"<p {ATTRIBUTES}>Wolves</p>",
    "100 000 tags within each other": "<div>" * 100_000 + "Wolves",
    "100 000 formatting tags": "<b><i>" * 50_000 + "Wolves",
    "tables within each other": "<table><tr><td>" * 5_000 + "Wolves",
    "lists within each other": "<ul><li>" * 20_000 + "Wolves",
    "forms within each other": "<a href=x><p>" * 20_000 + "Wolves",
    "16 000 comments that never end": "<p>Wolves</p>" + "<!--" * 16_000,
    "a paragraph of a million words": f"<article><p>{'wolf ' * 10**6}</p></article>",
    "20 000 paragraphs": "<article>" + "<p>Wolves.</p>" * 20_000 + "</article>",
    "20 000 line breaks": "<article><p>Wolves" + "<br>" * 20_000 + "</p></article>",
    "a script of a million braces": f'<script type="application/ld+json">{"[" * 10**6}</script><p>Wolves</p>',
    "dates": "<p>" + "2026-11-22 " * 100_000 + "</p>",
    "addresses": "<p>" + "http://a.example/ " * 50_000 + "</p>",
    "a class of a million characters": f'<div class="{"cookie-" * 150_000}"><p>Wolves</p></div>',
    "a title of a million characters": f"<title>{'wolf ' * 200_000}</title><p>Wolves</p>",
    "20 000 meta tags": "<meta name=a content=b>" * 20_000 + "<p>Wolves</p>",
}


@pytest.mark.anyio
async def test_slow_markup_in_pages_ends_at_the_deadline_and_most_of_it_before() -> None:
    killed: dict[str, str] = {}
    async with Sandbox() as sandbox:
        for name, inside in SLOW_PAGES.items():
            begun = time.monotonic()
            found = await read_page(sandbox, f"<html><body>{inside}</body></html>".encode())
            if isinstance(found, SandboxError):
                killed[name] = str(found)
            assert time.monotonic() - begun < SECONDS + 15
        assert isinstance(await read_page(sandbox, b"<html><body><p>Wolves</p></body></html>"), Page)
    assert killed == {}


# Entities, in all encodings


def entity_bomb() -> str:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE rss [<!ENTITY l0 "haha">{levels}]>{rss_of("<item><title>Wolves &l9;</title></item>").decode()}'


def quadratic_bomb() -> str:
    return (
        f'<!DOCTYPE rss [<!ENTITY big "{"x" * 100_000}">]>'
        + rss_of(f"<item><title>Wolves {'&big;' * 20_000}</title></item>").decode()
    )


ENCODINGS = {
    "UTF-8": "utf-8",
    "UTF-8 with a mark": "utf-8-sig",
    "UTF-16": "utf-16",
    "UTF-16LE": "utf-16-le",
    "UTF-16BE": "utf-16-be",
    "UTF-32": "utf-32",
    "UTF-32BE": "utf-32-be",
    "UTF-7": "utf-7",
    "EBCDIC-CP-US": "cp037",
    "ISO-8859-1": "latin-1",
    "windows-1251": "cp1251",
}


@contextmanager
def tripwires(folder: Path) -> Iterator[tuple[Path, str, list[bytes]]]:
    """A file and an address that nobody may read, and what was asked of that address."""
    secret = folder / "tripwire"
    secret.write_text(SECRET)
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        ended = threading.Event()

        def listen() -> None:
            while not ended.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    asked.append(connection.recv(1000))
                    connection.sendall(f"HTTP/1.1 200 OK\r\n\r\n{SECRET}".encode())

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield secret, f"http://127.0.0.1:{server.getsockname()[1]}", asked
        finally:
            ended.set()
            thread.join()


def documents_that_name_others(secret: Path, address: str) -> dict[str, str]:
    """XML that wants a file or an address read into it, each a feed with one item."""
    body = rss_of("<item><title>Wolves &x;</title><link>http://a.example/1</link></item>").decode()
    included = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" href="{}"/>'
    found: dict[str, str] = {}
    for name, uri in (("file", secret.as_uri()), ("path", str(secret)), ("http", f"{address}/x")):
        found |= {
            f"entity {name}": f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{uri}">]>{body}',
            f"public entity {name}": f'<!DOCTYPE rss [<!ENTITY x PUBLIC "p" "{uri}">]>{body}',
            f"parameter entity {name}": f'<!DOCTYPE rss [<!ENTITY % p SYSTEM "{uri}"> %p; <!ENTITY x "y">]>{body}',
            f"outside DTD {name}": f'<!DOCTYPE rss SYSTEM "{uri}">{body}',
            f"inclusion {name}": rss_of(f"<item><title>Wolves {included.format(uri)}</title></item>").decode(),
            f"style sheet {name}": f'<?xml-stylesheet type="text/xsl" href="{uri}"?>{body}',
            f"schema {name}": body.replace(
                "<rss",
                f'<rss xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x {uri}"',
            ),
            f"base {name}": body.replace("<channel>", f'<channel xml:base="{uri}">'),
        }
    return found


@pytest.mark.anyio
async def test_no_entity_grows_in_any_encoding() -> None:
    async with Sandbox(memory_limit=512 << 20) as sandbox:
        for declared, codec in ENCODINGS.items():
            for bomb in (entity_bomb(), quadratic_bomb()):
                body = f'<?xml version="1.0" encoding="{declared.partition(" ")[0]}"?>{bomb}'.encode(codec)
                found = await read_feed(sandbox, body)
                assert not isinstance(found, SandboxError), (declared, found)
                if isinstance(found, Feed):
                    assert len(json.dumps(found.entries, default=str)) < 10 * len(bomb), declared
                shown = await read_page(sandbox, body, "application/xhtml+xml")
                assert not isinstance(shown, SandboxError), (declared, shown)


@pytest.mark.anyio
async def test_no_document_reads_another(tmp_path: Path) -> None:
    with tripwires(tmp_path) as (secret, address, asked):
        async with Sandbox() as sandbox:
            for name, text in documents_that_name_others(secret, address).items():
                for codec in ("utf-8", "utf-16", "utf-32", "cp037"):
                    body = f'<?xml version="1.0" encoding="{codec}"?>{text}'.encode(codec)
                    for kind in SourceKind:
                        assert SECRET not in str(await read_feed(sandbox, body, kind)), (name, codec)
                    assert SECRET not in str(await read_page(sandbox, body, "application/xhtml+xml")), (name, codec)
    assert asked == []


def test_no_document_reads_another_without_the_walls_either(tmp_path: Path) -> None:
    """The same in this process, which may read and connect: it is the parsers that do not."""
    with tripwires(tmp_path) as (secret, address, asked):
        for name, text in documents_that_name_others(secret, address).items():
            for kind in SourceKind:
                try:
                    found = feeds.read(text.encode(), url="http://a.example/feed", headers={}, kind=kind)
                except ParseError:
                    continue
                assert SECRET not in str(found), name
            try:
                shown = articles.read(text.encode(), url="http://a.example/1")
            except ParseError:
                continue
            assert SECRET not in str(shown), name
        for body in (str(secret), secret.as_uri(), f"{address}/x", f"{address}/x\n", f" {secret} "):
            for kind in SourceKind:
                with pytest.raises(ParseError):
                    feeds.read(body.encode(), url="http://a.example/feed", headers={}, kind=kind)
            with suppress(ParseError):
                assert SECRET not in articles.read(body.encode(), url="http://a.example/1").text
    assert asked == []


# Packed within packed


ZEROS = b"\0" * (100 << 20)


def packed_pages() -> dict[str, bytes]:
    html = b"<html><body><p>Wolves</p></body></html>"
    return {
        "gzip": gzip.compress(html),
        "gzip of 100 MB": gzip.compress(ZEROS, 9),
        "gzip of gzip": gzip.compress(gzip.compress(ZEROS, 9), 9),
        "zlib": zlib.compress(ZEROS, 9),
        "bzip2": bz2.compress(ZEROS),
        "xz": lzma.compress(ZEROS, preset=1),
    }


@pytest.mark.anyio
async def test_what_is_packed_and_says_that_it_is_a_page_is_not_unpacked() -> None:
    """The extraction would unpack it, if it were given bytes; a feed in gzip is unpacked up to a bound, a page never."""
    async with Sandbox(memory_limit=512 << 20) as sandbox:
        for name, body in packed_pages().items():
            shown = await read_page(sandbox, body)
            assert isinstance(shown, ParseError) or (isinstance(shown, Page) and len(shown.text) < 1000), name
            found = await read_feed(sandbox, body)
            assert isinstance(found, ParseError), name


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "gzip": ("gzip", lambda: gzip.compress(ZEROS, 9)),
    "deflate": ("deflate", lambda: zlib.compress(ZEROS, 9)),
    "bare deflate": ("deflate", lambda: zlib.compress(ZEROS, 9, -15)),
    "twice": ("gzip, gzip", lambda: gzip.compress(gzip.compress(ZEROS, 9), 9)),
    "brotli": ("br", lambda: b"\xcf\xff\xff\x7f\xf8" + b"\0" * 1000),
    "zstandard": ("zstd", lambda: b"\x28\xb5\x2f\xfd" + b"\0" * 1000),
    "ten times": (", ".join(["gzip"] * 10), lambda: gzip.compress(b"")),
}


def test_bombs_of_every_coding_and_status_cost_a_failed_poll_each(tmp_path: Path) -> None:
    """Of the feed and of a page; and the poll after them is as if nothing had been."""
    bodies = {name: (coding, make()) for name, (coding, make) in BOMBS.items()}

    async def poll(d: Desk, reply: Reply) -> None:
        d.server.on("/feed", reply)
        (outcome,) = await d.check(DAY)
        assert (outcome.placed, outcome.record.last_ok_at) == ((), None)

    async def scene() -> None:
        async with desk(tmp_path) as d:
            for coding, body in bodies.values():
                for status in (200, 301, 404, 500, 203, 206):
                    headers = {"Content-Encoding": coding, "Location": "/feed", "Content-Type": "text/xml"}
                    await poll(d, Reply(status=status, body=body, headers=headers))
            raw = b"HTTP/1.1 304 Not Modified\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\n"
            d.server.on("/feed", Reply(raw=raw + bodies["gzip"][1]))
            await d.check(DAY)
            d.server.on("/feed", rss(item("http://a.example/1", "Wolves")))
            (outcome,) = await d.check(DAY)
            assert len(outcome.placed) == 1

    play(scene)


# Lists of feeds, sitemaps, robots.txt


def test_a_list_of_a_million_feeds_is_read_in_seconds() -> None:
    begun = time.process_time()
    for body in (
        b"<opml><body>" + b'<outline xmlUrl="http://a.example/"/>' * 250_000,
        b"<opml><body>" + b"<outline>" * 10**6,
        b"<opml><body>" + b'<outline text="x">' * 10**5 + b'<outline xmlUrl="http://a.example/"/>',
        b"<opml><body>" + b"".join(b'<outline xmlUrl="http://a.example/%d"/>' % n for n in range(200_000)),
        b"<opml><body><outline " + b'text="' * 10**6,
        b"<opml><body><outline " + b" ".join(b'a%d="1"' % n for n in range(200_000)) + b' xmlUrl="http://a.example/"/>',
        b"<opml><body>" + b"<!--" * 10**6,
        b"<opml><body><outline xmlUrl='http://a.example/" + b"a" * 10**6 + b"'/>",
    ):
        outlines, problems = opml.read(body)
        assert len(outlines) <= opml.MAX_TAGS
        assert len(problems) <= opml.MAX_PROBLEMS + 2
    assert time.process_time() - begun < 60


def test_sitemaps_that_name_each_other_end(tmp_path: Path) -> None:
    def index(*paths: str) -> Reply:
        places = "".join(f"<sitemap><loc>{path}</loc></sitemap>" for path in paths)
        body = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</sitemapindex>'
        return Reply(headers={"Content-Type": "application/xml"}, body=body.encode())

    async def scene() -> None:
        async with desk(tmp_path, kind=SourceKind.SITE, path="/map.xml") as d:
            many = [d.server.url(f"/{n}.xml") for n in range(1000)]
            d.server.on("/map.xml", index(d.server.url("/map.xml"), d.server.url("/other.xml"), *many))
            d.server.on("/other.xml", index(d.server.url("/map.xml"), *many))
            for n in range(1000):
                d.server.on(f"/{n}.xml", index(d.server.url("/map.xml"), *many[:5]))
            await d.check()
            assert len([r for r in d.server.requests if r.path.endswith(".xml")]) <= 1 + 2 * pipeline.SITEMAPS

    play(scene)


def test_a_robots_txt_of_100_mb_costs_little(tmp_path: Path) -> None:
    rules = b"User-agent: *\n" + b"Disallow: /" + b"*a" * 40 + b"$\n"

    async def scene() -> None:
        async with desk(tmp_path) as d:
            d.server.on("/robots.txt", Reply(body=rules * 1000, endless=True))
            d.server.on("/feed", rss(item(d.server.url("/" + "a" * 2000 + ".html"), "Wolves")))
            begun = time.process_time()
            (outcome,) = await d.check()
            assert len(outcome.placed) == 1
            assert time.process_time() - begun < 20

    play(scene)


def test_headers_without_end_are_not_read_to_the_end(tmp_path: Path) -> None:
    async def scene() -> None:
        async with desk(tmp_path) as d:
            for raw in (
                b"HTTP/1.1 200 OK\r\n" + b"X: " + b"a" * (20 << 20),
                b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * (4 << 20),
                b"HTTP/1.1 " + b"2" * (20 << 20),
                b"HTTP/1.1 100 Continue\r\n\r\n" * (1 << 20),
            ):
                d.server.on("/feed", Reply(raw=raw))
                (outcome,) = await d.check(DAY)
                assert outcome.record.last_ok_at is None

    play(scene)
