"""`monitor replay`: stored articles, matched again with the watchlists as they are now."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import output, trying
from monitor.cli.common import awaited, place, say, span, unknown

if TYPE_CHECKING:
    from monitor.core.model import Article, Match, Outcome
    from monitor.core.settings import Config


def replay(
    ctx: typer.Context,
    since: Annotated[
        timedelta, typer.Option(metavar="SPAN", parser=span, help="Articles that were fetched in the last 12h, 30d, …")
    ],
    watchlist: Annotated[str | None, typer.Option(metavar="NAME", help="Only this watchlist.")] = None,
    deliver: Annotated[bool, typer.Option("--deliver", help="Make the alerts, and send them.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Match stored articles again, show what would alert.

    Shown are the alerts that there are not yet, also of articles that were there before a source's first poll; never a
    second one for a story. Articles that the flood brake holds are left out. With --deliver the alerts are made and the
    daemon sends them; quiet hours, digests and max_per_hour hold.
    """
    where = place(ctx)
    config = where.config(channels=deliver)
    chosen = [each for each in config.watchlists if watchlist in (None, each.name)]
    if watchlist and not chosen:
        raise unknown("watchlist", watchlist, [each.name for each in config.watchlists])
    database = where.database()
    missed, held = _missed(database, config, trying.only(config, chosen), datetime.now(UTC) - since)
    if held:
        say(
            f"{held} articles that match are held by the flood brake and left out: `monitor feeds release` lets them alert."
        )
    rows = (
        _delivered(database, config, missed) if deliver else [_row(*each) for found in missed for each in _each(found)]
    )
    if json:
        output.show_json({"delivered": deliver, "held": held, "alerts": rows})
    else:
        _show(rows, deliver=deliver)


def _missed(
    database: Path, config: "Config", chosen: "Config", since: datetime
) -> "tuple[list[tuple[str, Article, tuple[Match, ...]]], int]":
    """The articles with the matches that their stories have no alert of; and how many others are held."""
    from monitor.cli.watching import watching
    from monitor.core.replay import missing
    from monitor.store import ledger

    with output.progress("Finding the forms of the words"):
        watch = awaited(watching(chosen, database))
    found, held = [], 0
    with ledger.reading(database) as db:
        told, brake = ledger.alerted(db), ledger.held(db)
        for story, article, document in trying.articles(db, config, since):
            matches = missing(watch.match(document), story, told)
            if matches and article.id in brake:
                held += 1
            elif matches:
                told |= {(match.watchlist, story): match.verdict for match in matches}
                found.append((story, article, matches))
    return found, held


def _delivered(
    database: Path, config: "Config", missed: "list[tuple[str, Article, tuple[Match, ...]]]"
) -> list[dict[str, Any]]:
    """Make the alerts, a transaction for each article; those that the daemon has made in the meantime are not made."""
    from ulid import ULID

    from monitor import daemon
    from monitor.core.decide import decide
    from monitor.core.replay import check
    from monitor.core.settings import Source
    from monitor.store import ledger

    sources = {source.name: source for source in config.sources}
    rules = daemon.rules_of(config)
    rows = []
    with output.progress("Making alerts", len(missed)) as advance:
        for story, article, matches in missed:
            now = datetime.now(UTC)
            asked = check(sources.get(article.source) or Source(name=article.source, url=""), article, matches, now)
            decided = partial(decide, rules=rules(now), new_id=lambda: str(ULID()))
            outcome = ledger.replay(database, asked, decided, config.stories)
            rows += [row for each in _each((story, article, matches)) if (row := _made(outcome, _row(*each)))]
            advance(1)
    return rows


def _each(found: "tuple[str, Article, tuple[Match, ...]]") -> "list[tuple[str, Article, Match]]":
    story, article, matches = found
    return [(story, article, match) for match in matches]


def _row(story: str, article: "Article", match: "Match") -> dict[str, Any]:
    return {"watchlist": match.watchlist, "story": story, **trying.example(article, match)}


def _made(outcome: "Outcome", row: dict[str, Any]) -> dict[str, Any] | None:
    """The row with its alert and the channels that get it; None if the alert was not made."""
    alert = next((each.id for each in outcome.alerts if each.watchlist == row["watchlist"]), None)
    channels = [each.channel for each in outcome.deliveries if each.alert_id == alert]
    return row | {"alert": alert, "channels": channels} if alert else None


def _show(rows: list[dict[str, Any]], *, deliver: bool) -> None:
    for row in rows:
        trying.show_example(row | {"title": f"{row['watchlist']}: {row['title']}"})
    lists = len({row["watchlist"] for row in rows})
    what = f"{output.counted(len(rows), 'alert')} of {output.counted(lists, 'watchlist')}"
    output.line()
    if deliver:
        output.line(f"{what} made; sent by the daemon, or by the next `monitor run`.")
    else:
        output.line(f"{what} would be new; nothing was sent. --deliver makes them.")
