"""`monitor parse`, `extract`, `match`, `cluster`: JSON Lines in, JSON Lines out, in the same order, one for one.

No network, and of the database only the forms of words. A line that is wrong gives a line {"id", "error"}; the exit status
is 1 in the end if a line was no JSON object, since then there was no id either.
"""

import asyncio
import io
import json
import sys
import threading
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, suppress
from datetime import UTC, datetime, timezone
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.common import FAILED, place, unknown
from monitor.core.errors import MonitorError

if TYPE_CHECKING:
    from monitor.core.model import Article, Page
    from monitor.core.settings import Config
    from monitor.core.watch import Watch

WORKERS = 2  # children that parse
AHEAD = 2 * WORKERS  # parcels of lines that are read before the answers to earlier ones are written
PARCEL = 64  # lines that are matched in one go, where so many have come
CHUNK = 2**18  # bytes that are read at once
SECONDS = 30.0  # that one document may take
LARGEST = 64 * 2**20  # bytes of a document, unpacked
GZIP = b"\x1f\x8b"

Line = dict[str, Any]
Work = Callable[[Line], Awaitable[Line]]


class WrongLineError(MonitorError):
    """A line that does not say what the filter needs."""


# The four filters


def parse() -> None:
    """Read feeds, sitemaps and listing pages.

    A path is that of a file, perhaps gzip.

    \b
    In:  {"id","url","path","headers"?}
    Out: {"id","format","title","entries":[{"key","url","title","published",
         "updated","author","summary","text","language","tags"}]},
         or {"id","error"}
    """
    _run(_parsing)


def extract() -> None:
    """Read the text of articles from their pages.

    A path is that of a file, perhaps gzip; "fault" says that the page is a consent wall, a paywall, a bot wall or a page
    that is not there.

    \b
    In:  {"id","url","html"} or {"id","url","path"}
    Out: {"id","url","title","author","published","language","text","fault"?},
         or {"id","error"}
    """
    _run(_extracting)


def match(
    ctx: typer.Context,
    watchlist: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this watchlist; may be given several times.")
    ] = None,
) -> None:
    """Match texts with the watchlists.

    "start" and "end" are offsets in code points into that field as given.

    \b
    In:  {"id","title","text","language"?,"url"?,"source"?,"author"?,"tags"?}
    Out: {"id","watchlists":[NAME...],"hits":[{"watchlist","term","field",
         "start","end","surface","sentence"}]},
         or {"id","error"}
    """
    config = _chosen(place(ctx).config(channels=False), watchlist or [])
    _run(partial(_matching, config, place(ctx).database()), parcel=PARCEL)


def cluster() -> None:
    """Find which articles tell the same.

    "story" is the id of the story's first line, "relation" is first, duplicate
    (same address or text), near-duplicate (an edited, cut or wrapped copy) or
    same-story (another report of the same news, within 72 hours).

    \b
    In:  {"id","url","source","published","title","text"}
    Out: {"id","story","relation"}, or {"id","error"}
    """
    _run(_clustering, parcel=PARCEL)


def _chosen(config: "Config", names: list[str]) -> "Config":
    """The configuration with only these watchlists, or all, and only the term sets that they name."""
    from dataclasses import replace

    known = {each.name: each for each in config.watchlists}
    for name in names:
        if name not in known:
            raise unknown("watchlist", name, known)
    chosen = tuple(each for each in config.watchlists if not names or each.name in names)
    used = {
        name for each in chosen for name in (*each.all, *each.any, *each.none, *(each.near.sets if each.near else ()))
    }
    return replace(config, watchlists=chosen, term_sets=tuple(each for each in config.term_sets if each.name in used))


# What each makes of a line


@asynccontextmanager
async def _parsing() -> AsyncIterator[Work]:
    from monitor.cli.listing import entry_rows, read_any
    from monitor.sandbox import Sandbox

    async with Sandbox(WORKERS) as sandbox:

        async def work(line: Line) -> Line:
            url = _text(line, "url")
            feed = await read_any(sandbox, _document(line), url, _headers(line), SECONDS)
            return {"format": feed.format, "title": feed.title, "entries": entry_rows(feed, url)}

        yield work


@asynccontextmanager
async def _extracting() -> AsyncIterator[Work]:
    from monitor.core import articles
    from monitor.sandbox import Sandbox

    async with Sandbox(WORKERS) as sandbox:

        async def work(line: Line) -> Line:
            url, html = _text(line, "url"), line.get("html")
            if isinstance(html, str):
                body, headers = html.encode("utf-8", "replace"), {"content-type": "text/html; charset=utf-8"}
            else:
                body, headers = _document(line, '"html" or "path"'), _headers(line)
            page = await sandbox.call(articles.read, body, url=url, headers=headers, deadline=SECONDS)
            found = {name: getattr(page, name) for name in ("title", "author", "published", "language", "text")}
            found["published"] = _as_written(page)
            return {"url": url, **found, **({"fault": page.fault} if page.fault else {})}

        yield work


def _as_written(page: "Page") -> datetime | None:
    """When a page was published, in the zone in which it says so: its day is the one that its readers see."""
    if page.published is None or page.utc_offset is None:
        return page.published
    return page.published.astimezone(timezone(page.utc_offset))


@asynccontextmanager
async def _matching(config: "Config", database: Path) -> AsyncIterator[Work]:
    from monitor.cli.watching import watching
    from monitor.core import languages
    from monitor.sandbox import Sandbox

    watch = await watching(config, database)
    async with Sandbox(1) as sandbox:

        async def work(line: Line) -> Line:
            fields = {name: _text(line, name, "") for name in ("title", "summary", "text")}
            language = line.get("language")
            if not isinstance(language, str):
                said = "\n".join(filter(None, fields.values()))
                language = await sandbox.call(languages.detect, said, hint=None, deadline=SECONDS)
            return _matched(watch, fields, language, line)

        yield work


def _matched(watch: "Watch", fields: Mapping[str, str], language: str | None, line: Line) -> Line:
    from monitor.core.model import Document

    tags = line.get("tags")
    document = Document(
        fields=fields,
        language=language,
        source=_text(line, "source", ""),
        tags=tuple(map(str, tags)) if isinstance(tags, list) else (),
    )
    found = watch.match(document)
    names = ("term", "field", "start", "end", "surface", "sentence")
    return {
        "watchlists": [each.watchlist for each in found],
        "hits": [
            {"watchlist": each.watchlist, **{name: getattr(hit, name) for name in names}}
            for each in found
            for hit in each.hits
        ],
    }


@asynccontextmanager
async def _clustering() -> AsyncIterator[Work]:
    from monitor.store import grouping

    ids: list[Any] = []

    with closing(grouping.start()) as db:

        async def work(line: Line) -> Line:
            story, relation = grouping.place(db, _article(line, str(len(ids))))
            ids.append(line.get("id"))
            return {"story": ids[int(story)], "relation": relation}

        yield work


def _article(line: Line, id_: str) -> "Article":
    """The article of a line; one that does not say when it was published is within every window."""
    from monitor.core.dates import parse as moment
    from monitor.core.model import Article

    url, title, text, source = (_text(line, name, "") for name in ("url", "title", "text", "source"))
    published = moment(_text(line, "published", ""))
    return Article(
        id=id_,
        url=url,
        title=title,
        source=source,
        published=published,
        fetched=published or datetime.max.replace(tzinfo=UTC),
        language=_text(line, "language", "") or None,
        text=text,
    )


def _text(line: Line, name: str, default: str | None = None) -> str:
    value = line.get(name)
    value = default if value is None else value
    if not isinstance(value, str):
        raise WrongLineError(f'"{name}" is {"missing" if value is None else "not a text"}')
    return value


def _headers(line: Line) -> dict[str, str]:
    headers = line.get("headers") or {}
    if not isinstance(headers, dict):
        raise WrongLineError('"headers" is not an object')
    return {str(name).lower(): str(value) for name, value in headers.items()}


def _document(line: Line, wanted: str = '"path"') -> bytes:
    """The bytes of the file at "path", unpacked. `wanted` is what the line is told to lack if it has no path."""
    if line.get("path") is None:
        raise WrongLineError(f"{wanted} is missing")
    path = Path(_text(line, "path"))
    try:
        body = path.read_bytes()
        if body.startswith(GZIP):
            body = zlib.decompressobj(wbits=31).decompress(body, LARGEST + 1)
    except (OSError, ValueError) as error:
        raise WrongLineError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    except zlib.error as error:
        raise WrongLineError(f"{path} is no gzip that can be unpacked") from error
    if len(body) > LARGEST:
        raise WrongLineError(f"{path} is larger than {LARGEST // 2**20} MiB")
    return body


# Lines


def _run(prepare: Callable[[], AbstractAsyncContextManager[Work]], *, parcel: int = 1) -> None:
    """Put every line of stdin through a filter; exit status 1 if one was no JSON object."""
    if not asyncio.run(_put_through(prepare, parcel)):
        raise typer.Exit(FAILED)


async def _put_through(prepare: Callable[[], AbstractAsyncContextManager[Work]], parcel: int) -> bool:
    """Parcels of at most so many lines are worked on beside each other, the lines of one after each other; all are written
    in the order in which they came. False if one was no object."""
    tasks: asyncio.Queue[asyncio.Task[list[Line]] | None] = asyncio.Queue()
    room = threading.Semaphore(AHEAD)
    sound = True
    async with prepare() as work:

        def take(lines: list[bytes]) -> None:
            tasks.put_nowait(asyncio.create_task(_answers(work, lines)) if lines else None)

        _read_on(take, room, parcel)
        while task := await tasks.get():
            answers = await task
            sound = sound and all(answer["id"] is not None or "error" not in answer for answer in answers)
            _write(answers)
            room.release()
    return sound


def _read_on(take: Callable[[list[bytes]], None], room: threading.Semaphore, parcel: int) -> None:
    """Hand the lines of stdin to the event loop as there is room for them, and none of them at the end.

    In a thread, since a read may wait for ever, and from a stream of its own, since Python wants sys.stdin's when it ends.
    """
    loop = asyncio.get_running_loop()

    def read() -> None:
        with (
            open(0, "rb", closefd=False) as stdin,
            suppress(RuntimeError),  # the loop has ended: nobody reads our lines
        ):
            for lines in _lines(stdin):
                for start in range(0, len(lines), parcel):
                    room.acquire()
                    loop.call_soon_threadsafe(take, lines[start : start + parcel])
            loop.call_soon_threadsafe(take, [])

    threading.Thread(target=read, daemon=True).start()


def _lines(stream: io.BufferedReader) -> Iterator[list[bytes]]:
    """The lines that are not empty, as many at once as have come: one that somebody types does not wait for the next."""
    parts: list[bytes] = []
    while chunk := stream.read1(CHUNK):
        parts.append(chunk)
        if b"\n" in chunk:
            *lines, rest = b"".join(parts).split(b"\n")
            parts = [rest]
            yield [line for line in lines if line.strip()]
    last = b"".join(parts)
    yield [last] if last.strip() else []


async def _answers(work: Work, lines: list[bytes]) -> list[Line]:
    return [await _answer(work, raw) for raw in lines]


async def _answer(work: Work, raw: bytes) -> Line:
    line: Any = None
    try:
        line = json.loads(raw)
        if not isinstance(line, dict):
            return {"id": None, "error": "the line is not a JSON object"}
        return {"id": line.get("id"), **await work(line)}
    except MonitorError as error:
        return {"id": line.get("id"), "error": str(error)}
    except (ValueError, RecursionError):
        return {"id": None, "error": "the line is not JSON"}


def _write(answers: list[Line]) -> None:
    sys.stdout.buffer.write(b"".join(map(_line, answers)))
    sys.stdout.buffer.flush()


def _line(answer: Line) -> bytes:
    from monitor.cli.output import as_json

    return as_json(answer).encode() + b"\n"
