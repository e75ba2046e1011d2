"""`monitor watchlists`: what is watched, and what it would have hit."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import inflected, learn, output, trying
from monitor.cli.common import Place, WrongUsageError, awaited, group, place, say, span, unknown
from monitor.core.errors import ConfigError

if TYPE_CHECKING:
    from monitor.core.settings import Config, Watchlist
    from monitor.core.watch import Watch

app = group("Watchlists: what is watched for.")

app.command()(inflected.forms)

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
    """Show what a watchlist would have hit. Sends nothing.

    The list as it is in the file now is tried on the stored articles.
    """
    where = place(ctx)
    config = where.config(channels=False)
    watchlist = next((each for each in config.watchlists if each.name == name), None)
    if watchlist is None:
        raise unknown("watchlist", name, [each.name for each in config.watchlists])
    from_ = datetime.now(UTC) - since if since else None
    result = _tested(where.database(), config, watchlist, from_)
    result["examples"] = result["examples"][:examples]
    if result["warning"]:
        say(result["warning"])
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
        trying.show_example(example)


@app.command()
def diff(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A changed watchlists.toml.")],
    since: Annotated[
        timedelta | None, typer.Option(metavar="SPAN", parser=span, help="Only articles of the last 12h, 7d, …")
    ] = None,
    examples: Annotated[int, typer.Option(metavar="N", min=0, help="Show so many of what a list gains or loses.")] = 10,
    json: Json = False,
) -> None:
    """Show what a changed file would gain and lose. Sends nothing.

    The file is compared, on the stored articles, with the watchlists.toml that is in the configuration's folder.
    """
    where = place(ctx)
    before = where.config(channels=False)
    after, watch = _checked(where, file)
    result = _compared(where.database(), before, (after, watch), datetime.now(UTC) - since if since else None)
    for each in result["watchlists"]:
        each["gained"], each["lost"] = each["gained"][:examples], each["lost"][:examples]
        if each["warning"]:
            say(each["warning"])
    if json:
        output.show_json(result)
    else:
        _show_difference(result)


def _checked(where: Place, file: Path) -> "tuple[Config, Watch]":
    """The configuration with another watchlists.toml, whose examples hold, and its watchlists, ready to match. Raises
    ConfigError with all problems."""
    from monitor.cli.watching import watching
    from monitor.config import examples

    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUsageError(
            f"{file} cannot be read: {getattr(error, 'strerror', 'it is not text in UTF-8')}"
        ) from error
    config = trying.changed(where, text, str(file))
    with output.progress("Finding the forms of its words"):
        watch = awaited(watching(config, where.database()))
    if failures := watch.failures():
        raise trying.renamed(ConfigError(examples.failed(failures, config.watchlists, text)), str(file))
    return config, watch


def _compared(
    database: Path, before: "Config", changed: "tuple[Config, Watch]", since: datetime | None
) -> dict[str, Any]:
    """What each list of either file hits, and which articles only one of them hits, the newest first."""
    from monitor.cli.watching import watching
    from monitor.store import ledger

    after, watch = changed
    configs = {"before": before, "after": after}
    watches = {"before": awaited(watching(before, database)), "after": watch}
    names = list(dict.fromkeys(each.name for config in configs.values() for each in config.watchlists))
    days = {when: {name: Counter[str]() for name in names} for when in configs}
    only: dict[str, dict[str, list[dict[str, Any]]]] = {name: {"gained": [], "lost": []} for name in names}
    period: set[str] = set()
    total = 0
    with ledger.reading(database) as db:
        for _, article, document in trying.articles(db, after, since):
            total += 1
            period.add(trying.day(article))
            found = {
                when: {match.watchlist: match for match in watch.match(document)} for when, watch in watches.items()
            }
            for when, matches in found.items():
                for name in matches:
                    days[when][name][trying.day(article)] += 1
            for kind, here, there in (("gained", "after", "before"), ("lost", "before", "after")):
                for name in found[here].keys() - found[there].keys():
                    only[name][kind].insert(0, trying.example(article, found[here][name]))
    rows = []
    for name in names:
        known = [when for when, config in configs.items() if any(each.name == name for each in config.watchlists)]
        counts = {when: _rate(days[when][name], len(period)) if when in known else None for when in configs}
        sizes = {f"{kind}_count": len(found) for kind, found in only[name].items()}
        rows.append(
            {"watchlist": name, **counts, **sizes, "warning": trying.crowded(name, days["after"][name]), **only[name]}
        )
    return {"articles": total, "days": len(period), "watchlists": rows}


def _rate(days: Counter[str], period: int) -> dict[str, Any]:
    hits = days.total()
    return {"hits": hits, "per_day": round(hits / max(1, period), 1)}


def _show_difference(result: dict[str, Any]) -> None:
    output.line(f"{result['articles']} articles of {result['days']} days; hits, and hits a day:")
    output.line()
    rows = [
        (
            row["watchlist"],
            *(f"{row[when]['hits']} ({row[when]['per_day']:g})" if row[when] else "-" for when in ("before", "after")),
            f"+{row['gained_count']}",
            f"-{row['lost_count']}",
        )
        for row in result["watchlists"]
    ]
    output.table(("WATCHLIST", "BEFORE", "AFTER", "GAINED", "LOST"), rows, empty="No watchlists.")
    for row in result["watchlists"]:
        for kind in ("gained", "lost"):
            if row[kind]:
                output.line()
                output.line(f"{row['watchlist']}: {kind}")
            for example in row[kind]:
                trying.show_example(example, 2)


def _tested(database: Any, config: "Config", watchlist: "Watchlist", since: datetime | None) -> dict[str, Any]:
    """How many stored articles the watchlist hits, on which days, and which; the newest first."""
    from monitor.cli.watching import watching
    from monitor.store import ledger

    alone = trying.only(config, (watchlist,))
    with ledger.reading(database) as db:
        total = ledger.stored_count(db, since)
        with output.progress("Finding the forms of its words"):
            watch = awaited(watching(alone, database))
        found = [
            (story, article, match)
            for story, article, document in trying.articles(db, config, since)
            for match in watch.match(document)
        ]
    days = Counter(trying.day(article) for _, article, _ in found)
    alerts = {story for story, _, match in found if match.verdict == "alert"}
    return {
        "watchlist": watchlist.name,
        "articles": total,
        "hits": len(found),
        "alerts": len(alerts),
        "digests": len({story for story, _, _ in found} - alerts),
        "days": dict(sorted(days.items())),
        "warning": trying.crowded(watchlist.name, days),
        "examples": [trying.example(article, match) for _, article, match in reversed(found)],
    }


app.command()(learn.learn)
