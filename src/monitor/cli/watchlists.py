"""`monitor watchlists`: what is watched, and what it would have hit."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import output
from monitor.cli.common import group, place, span, unknown

if TYPE_CHECKING:
    from monitor.core.settings import Config, Watchlist
    from monitor.core.watch import Watch

app = group("Watchlists: what is watched for.")

Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]


@app.command("list")
def list_(ctx: typer.Context, json: Json = False) -> None:
    """List the watchlists."""
    config = place(ctx).config(channels=False)
    found = [_row(watchlist, config) for watchlist in config.watchlists]
    if json:
        output.show_json(found)
        return
    rows = [
        (
            row["name"],
            row["title"],
            str(row["words"]),
            ", ".join(row["sets"]),
            ", ".join(row["channels"]) or "the default",
        )
        for row in found
    ]
    output.table(("NAME", "TITLE", "WORDS", "TERM SETS", "CHANNELS"), rows, empty="No watchlists: write some.")


def _row(watchlist: "Watchlist", config: "Config") -> dict[str, Any]:
    sets = watchlist.sets
    return {
        "name": watchlist.name,
        "title": watchlist.title,
        "sets": list(sets),
        "words": sum(len(each.terms) for each in config.term_sets if each.name in sets),
        "threshold": watchlist.threshold,
        "languages": list(watchlist.languages),
        "channels": list(watchlist.channels),
        "confidential": watchlist.confidential,
    }


@app.command("test")
def try_out(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    since: Annotated[
        timedelta | None, typer.Option(metavar="SPAN", parser=span, help="Only articles of the last 12h, 7d, …")
    ] = None,
    examples: Annotated[int, typer.Option(metavar="N", min=0, help="Show so many of what it hits.")] = 10,
    json: Json = False,
) -> None:
    """Show what a watchlist, as it is in the file now, would have hit in the stored articles. Sends nothing."""
    where = place(ctx)
    config = where.config(channels=False)
    watchlist = next((each for each in config.watchlists if each.name == name), None)
    if watchlist is None:
        raise unknown("watchlist", name, [each.name for each in config.watchlists])
    from_ = datetime.now(UTC) - since if since else None
    result = _tested(where.database(), config, watchlist, from_)
    result["examples"] = result["examples"][:examples]
    if json:
        output.show_json(result)
        return
    output.line(
        f"{name}: {result['hits']} of {result['articles']} articles, {result['alerts']} alerts (one for each story)"
        + (f", {result['digests']} for digests only" if result["digests"] else "")
    )
    if result["days"]:
        output.line()
        output.table(("DAY", "ARTICLES"), [(day, str(count)) for day, count in result["days"].items()])
    for example in result["examples"]:
        output.line()
        output.line(f"{example['title']} (score {example['score']:g})")
        output.line(f"{example['source']} · {output.moment(example['published'])} · {example['url']}", 2)
        for hit in example["hits"]:
            output.quote(hit["sentence"], [hit["surface"]])


def _tested(database: Any, config: "Config", watchlist: "Watchlist", since: datetime | None) -> dict[str, Any]:
    """How many stored articles the watchlist hits, on which days, and which; the newest first."""
    from dataclasses import replace

    from monitor.cli.watching import watching
    from monitor.store import ledger

    sets = watchlist.sets
    alone = replace(
        config, watchlists=(watchlist,), term_sets=tuple(each for each in config.term_sets if each.name in sets)
    )
    with ledger.reading(database) as db:
        total = ledger.stored_count(db, since)
        with output.progress("Finding the forms of its words"):
            watch = asyncio.run(watching(alone, database))
        with output.progress("Matching", total) as advance:
            found = []
            for story, article in ledger.stored(db, since):
                found += [(story, article, match) for match in _matches(watch, article, config)]
                advance(1)
    days = Counter(f"{(article.published or article.fetched).astimezone():%Y-%m-%d}" for _, article, _ in found)
    alerts = {story for story, _, match in found if match.verdict == "alert"}
    return {
        "watchlist": watchlist.name,
        "articles": total,
        "hits": len(found),
        "alerts": len(alerts),
        "digests": len({story for story, _, _ in found} - alerts),
        "days": dict(sorted(days.items())),
        "examples": [_example(article, match) for _, article, match in reversed(found)],
    }


def _matches(watch: "Watch", article: Any, config: "Config") -> Any:
    from monitor.core.reading import document
    from monitor.core.settings import Source

    source = next((each for each in config.sources if each.name == article.source), None)
    return watch.match(document(article, source or Source(name=article.source, url="")))


def _example(article: Any, match: Any) -> dict[str, Any]:
    hits = {hit.sentence: hit for hit in reversed(match.hits)}
    told = sorted(hits.values(), key=match.hits.index)[:3]
    return {
        "id": article.id,
        "title": article.title,
        "url": article.url,
        "source": article.source,
        "published": article.published or article.fetched,
        "score": match.score,
        "verdict": match.verdict,
        "hits": [{"term": h.term, "field": h.field, "surface": h.surface, "sentence": h.sentence} for h in told],
    }
