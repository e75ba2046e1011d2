"""`monitor feeds`: the sources, trying them out, and lists of them in OPML."""

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from monitor.cli import output
from monitor.cli.common import Place, WrongUsageError, awaited, group, place, replace_file, say, unknown

if TYPE_CHECKING:
    from monitor.cli.probing import Found
    from monitor.core.settings import Config, FetchSettings, Source

app = group("Sources: the feeds and sites that are polled.")

Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]
Name = Annotated[str, typer.Argument(metavar="NAME")]
Proxy = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help='Of [fetch.proxies]; "" for none. Default: that of the sources of the same host.'
    ),
]
Url = Annotated[str, typer.Argument(metavar="URL")]


@app.command("list")
def list_(ctx: typer.Context, json: Json = False) -> None:
    """List the sources of feeds.toml, and how they are doing."""
    where = place(ctx)
    sources = where.config(channels=False).sources
    states = _states(where)
    if json:
        output.show_json([_row(source, states.get(source.name, {})) for source in sources])
        return
    rows = [
        (s.name, s.kind, _doing(states.get(s.name, {})), s.language or "-", ", ".join(s.tags) or "-", s.url)
        for s in sources
    ]
    headings = ("NAME", "KIND", "STATE", "LANGUAGE", "TAGS", "ADDRESS")
    output.table(headings, rows, empty="No sources: write some into feeds.toml.", broken=(0, 2, 4, -1))


def _states(where: Place) -> dict[str, dict[str, Any]]:
    """What is stored of each source, by name; nothing if nothing was ever stored."""
    from monitor.core.errors import StoreError
    from monitor.store import ledger

    try:
        with ledger.reading(where.database()) as db:
            return {row["name"]: row for row in ledger.sources(db)}
    except StoreError:  # what is configured can be shown nevertheless
        return {}


def _doing(stored: dict[str, Any]) -> str:
    """A source's state, with the kind of fault, and since when."""
    if not stored.get("last_poll_at"):
        return "new"
    since = f" since {output.moment(stored['since'])}" if stored["since"] and stored["state"] != "ok" else ""
    fault = f", {stored['fault']}" if stored["fault"] and stored["state"] in ("failing", "suspect") else ""
    return f"{stored['state']}{since}{fault}{_pushed(stored)}"


def _pushed(stored: dict[str, Any]) -> str:
    """Which hub tells of news, and until when; nothing if none does."""
    if not stored["pushed_until"] or datetime.fromisoformat(stored["pushed_until"]) <= datetime.now(UTC):
        return ""
    return f", pushed by {urlsplit(stored['hub']).hostname} until {output.moment(stored['pushed_until'])}"


def _row(source: "Source", stored: dict[str, Any]) -> dict[str, Any]:
    doing = {name: stored.get(name) for name in ("state", "since", "fault", "reason", "hub", "pushed_until")}
    return doing | {
        "name": source.name,
        "url": source.url,
        "kind": source.kind,
        "language": source.language,
        "tags": list(source.tags),
        "full_text": source.full_text,
        "proxy": source.proxy or None,
        "links": source.links,
        "interval": source.interval.total_seconds(),
    }


# Trying out


@app.command("test")
def try_out(
    ctx: typer.Context,
    url: Url,
    links: Annotated[str | None, typer.Option(metavar="CSS", help="Where a page's links to articles are.")] = None,
    proxy: Proxy = None,
    json: Json = False,
) -> None:
    """Show what an address, or a source, lists. Nothing is stored.

    Beside each entry stands what a first poll would do with it: whether it may alert, and where its text would be from.
    """
    config = place(ctx).config(channels=False)
    known = next((source for source in config.sources if url in (source.url, source.name)), None)
    if not known and "://" not in url:
        raise unknown("source", url, [source.name for source in config.sources])
    with output.progress(f"Asking {url}"):
        source, found = _asked(config, known, _way(config, known, url, proxy), links)
    rows = _planned(source, found)
    feed = found.feed
    if json:
        facts = {
            "url": found.fetched.url,
            "final_url": found.fetched.final_url,
            "format": feed.format,
            "title": feed.title,
        }
        output.show_json({**facts, "kind": source.kind, "language": feed.language, "entries": rows})
        return
    lists = output.counted(len(rows), "entry", "entries")
    output.line(f"{feed.title or source.name}: {feed.format}, {lists}, {found.fetched.seconds:.1f} s")
    for hop in found.fetched.redirects:
        output.line(f"redirected ({hop.status}) to {hop.url}", 2)
    output.line()
    table = [
        (output.moment(row["published"]), row["at_first"], row["text_from"], row["title"], row["url"]) for row in rows
    ]
    output.table(
        ("PUBLISHED", "A FIRST POLL", "TEXT FROM", "TITLE", "ADDRESS"), table, empty="It lists nothing.", broken=(3, 4)
    )
    if source.kind == "site" and not known:
        say("It is no feed: write it as [[sites]] into feeds.toml.")


def _way(config: "Config", known: "Source | None", url: str, proxy: str | None) -> "Source":
    """The source that an address is taken for, with the proxy on which it is asked: as it is told, or as is its own."""
    from monitor.cli.probing import proxy_for
    from monitor.core.settings import Source

    names = [each.name for each in config.fetch.proxies]
    if proxy and proxy not in names:
        raise unknown("proxy", proxy, names)
    source = known or Source(name=url, url=url, proxy=proxy_for(url, config))
    return source if proxy is None else replace(source, proxy=proxy)


def _asked(config: "Config", known: "Source | None", source: "Source", links: str | None) -> "tuple[Source, Found]":
    """What `_ask` finds. Raises MonitorError, which says what to do."""
    from monitor.cli.probing import advice, blame
    from monitor.core.errors import ConfigError, MonitorError

    try:
        return awaited(_ask(config, known, source, links))
    except ConfigError:
        raise
    except MonitorError as error:
        raise MonitorError(f"{blame(error)}. {advice(error, source)}") from error


async def _ask(config: "Config", known: "Source | None", source: "Source", links: str | None) -> "tuple[Source, Found]":
    """The source that an address is, and what it lists."""
    from monitor.cli.probing import probe
    from monitor.core.model import FeedFormat
    from monitor.core.settings import SourceKind

    async with probe(config.fetch) as asking:
        if links:
            source = replace(source, kind=SourceKind.SITE, links=links)
        if known or links:
            return source, await asking.ask(source)
        found = await asking.ask_any(source.url, source.proxy)
        kind = SourceKind.SITE if found.feed.format is FeedFormat.LISTING else SourceKind.FEED
        return replace(source, kind=kind), found


def _planned(source: "Source", found: "Found") -> list[dict[str, Any]]:
    """The entries, with what a first poll would make of them: whether they alert, and where their text comes from."""
    from monitor.cli.listing import entry_rows
    from monitor.core import intake
    from monitor.core.model import EntryState, SourceRecord

    now = datetime.now(UTC)
    record = SourceRecord(id=0, name=source.name, next_poll_at=now)
    plans = intake.plan(source, record, found.feed.entries, now)
    told = {(EntryState.READ, True): "may alert", (EntryState.READ, False): "may alert"}
    told[EntryState.BASELINE, True] = "as its page is dated"
    return [
        {
            **row,
            "at_first": told.get((plan.state, plan.wants_page), "stays silent"),
            "text_from": "page" if plan.wants_page else "feed",
        }
        for row, plan in zip(entry_rows(found.feed, found.fetched.final_url), plans, strict=True)
    ]


@app.command()
def discover(ctx: typer.Context, url: Url, proxy: Proxy = None, json: Json = False) -> None:
    """Find the feeds, sitemaps and lists of articles of a site.

    The page is asked, and robots.txt.
    """
    config = place(ctx).config(channels=False)
    with output.progress(f"Asking {url}"):
        found = awaited(_discover(config.fetch, _way(config, None, url, proxy)))
    if json:
        output.show_json(found)
        return
    rows = [(each["kind"], each["title"] or "-", each["url"]) for each in found]
    output.table(
        ("KIND", "TITLE", "ADDRESS"), rows, empty=f"{url} names no feed and no sitemap, and lists no articles."
    )
    if found:
        say("`monitor feeds test` with one of these addresses shows what it lists.")


async def _discover(settings: "FetchSettings", page: "Source") -> list[dict[str, str]]:
    from monitor.cli.probing import probe

    async with probe(settings) as asking:
        return [
            {"kind": each.kind, "title": each.title, "url": each.url}
            for each in await asking.discover(page.url, page.proxy)
        ]


# Lists in OPML


@app.command("import")
def import_(
    ctx: typer.Context, file: Annotated[Path, typer.Argument(metavar="OPML", help="A file, or - for stdin.")]
) -> None:
    """Add the feeds of an OPML list to feeds.toml. What is there stays as it is; an address that is there is not added."""
    from monitor import config
    from monitor.core import opml

    where = place(ctx)
    known = where.config(channels=False).sources
    outlines, problems = opml.read(_content(file))
    added, unfit = config.from_outlines(outlines, known)
    problems += unfit
    for problem in problems:
        say(f"{file}: {problem}")
    if added:
        target = where.folder / "feeds.toml"
        replace_file(target, config.append(target.read_text("utf-8-sig"), added))
    for source in added:
        output.line(f"{source.name}: {source.url}")
    say(f"{len(added)} added, {len(outlines) - len(added)} were there already, {len(problems)} could not be read.")
    if problems and not outlines:
        raise typer.Exit(1)


def _content(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise WrongUsageError(f"{file} cannot be read: {error.strerror}") from error


@app.command()
def export(ctx: typer.Context) -> None:
    """Write the sources to stdout as an OPML list."""
    from monitor.core import opml

    sys.stdout.buffer.write(opml.write(place(ctx).config(channels=False).sources))


# What is stored


@app.command()
def resume(ctx: typer.Context, name: Name) -> None:
    """Poll a source again now.

    For one that is polled no more, because it answered 410, or only seldom, because it fails.
    """
    from monitor.store import ledger

    with ledger.writing(_known(place(ctx), name)) as db:
        ledger.resume(db, name, datetime.now(UTC))
    output.line(f"{name}: polled again now")


@app.command()
def release(ctx: typer.Context, name: Name) -> None:
    """Let the entries that the flood brake holds be read, and alert."""
    from monitor.store import ledger

    with ledger.writing(_known(place(ctx), name)) as db:
        count = ledger.release(db, name, datetime.now(UTC))
    output.line(
        f"{name}: {output.counted(count, 'entry', 'entries')} released" if count else f"{name}: nothing is held"
    )


@app.command()
def baseline(ctx: typer.Context, name: Name) -> None:
    """Keep the entries that the flood brake holds silent.

    They are stored and searchable, but never alert.
    """
    from monitor.store import ledger

    with ledger.writing(_known(place(ctx), name)) as db:
        count = ledger.baseline(db, name)
    stay = output.counted(count, "entry stays", "entries stay")
    output.line(f"{name}: {stay} silent" if count else f"{name}: nothing is held")


def _known(where: Place, name: str) -> Path:
    """The database, if it has a source of this name."""
    from monitor.store import ledger

    database = where.database()
    with ledger.reading(database) as db:
        names = ledger.source_names(db)
    if name not in names:
        raise unknown("source", name, names)
    return database
