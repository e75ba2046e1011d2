"""`monitor stories`: which articles tell the same news, and mending by hand what was joined or kept apart wrongly.

For the operator at his own terminal: confidential watchlists are shown, too.
"""

import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import output
from monitor.cli.alerts import find
from monitor.cli.common import WrongUsageError, group, place, say, span
from monitor.cli.explain import ADDRESS, BARE

if TYPE_CHECKING:
    from sqlite3 import Connection

    from monitor.core.stories.why import Because

app = group("Stories: articles that tell the same news.")

Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]
SHOWN = 50


@app.command("list")
def list_(
    ctx: typer.Context,
    since: Annotated[
        timedelta | None,
        typer.Option(metavar="SPAN", parser=span, help="Only those that got an article in the last 24h, …"),
    ] = None,
    watchlist: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only those that this watchlist was alerted to.")
    ] = None,
    sources: Annotated[
        int, typer.Option(metavar="N", min=1, help="Only those that so many independent sources carry.")
    ] = 1,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="At most so many.")] = SHOWN,
    json: Json = False,
) -> None:
    """List stories, the one that last got an article first.

    Independent sources are counted by the owners of the sites at which the articles are; copies do not count.
    """
    from monitor.store import ledger, stories

    from_ = datetime.now(UTC) - since if since else None
    with ledger.reading(place(ctx).database()) as db:
        found = stories.listed(db, since=from_, watchlist=watchlist, least=sources, limit=limit)
    if json:
        output.show_json(found)
        return
    if found and sys.stdout.isatty():
        for row in found:
            output.line("  ".join((row["id"], output.moment(row["updated_at"]), _size(row))))
            output.line(row["title"], 2)
            if row["watchlists"]:
                output.line(f"alerted: {', '.join(row['watchlists'])}", 2)
    else:
        rows = [
            (
                row["id"],
                output.moment(row["updated_at"]),
                str(row["articles"]),
                str(row["independent"]),
                ", ".join(row["watchlists"]) or "-",
                row["title"],
            )
            for row in found
        ]
        output.table(("ID", "LAST", "ARTICLES", "INDEPENDENT", "ALERTED", "TITLE"), rows, empty="No stories.")
    if len(found) == limit:
        say(f"The newest {limit}; --limit shows more.")


@app.command()
def show(
    ctx: typer.Context,
    story: Annotated[str, typer.Argument(metavar="STORY", help="Its id, or the address of one of its articles.")],
    json: Json = False,
) -> None:
    """Show one story: its reports, and why each is in it.

    In the order in which they came, with the alerts that they made. The beginning of an id is enough if no other begins so.
    """
    from monitor.core.stories.why import why
    from monitor.store import ledger, stories

    with ledger.reading(place(ctx).database()) as db:
        found = stories.story(db, _story(db, story))
        articles = stories.articles(db, found["id"])
    reasons = dict(zip((each.id for each in articles), why(articles), strict=True))
    for report in found["reports"]:
        report["because"] = _reason(reasons.get(report["id"]))
    if json:
        output.show_json(found)
        return
    output.line(f"Story {found['id']}: {_size(found)}, last {output.moment(found['updated_at'])}")
    if found["split_from"]:
        output.line(f"Split by hand from {found['split_from']}", 2)
    if found["merged"]:
        output.line(f"Merged into it by hand: {', '.join(found['merged'])}", 2)
    for report in found["reports"]:
        _show_report(report)


def _reason(because: "Because | None") -> dict[str, Any] | None:
    """Which earlier report one resembles, and how."""
    if because is None:
        return None
    first = because.article
    return {"by": because.by, "article": first.id, "source": first.source, "likeness": because.likeness}


def _show_report(report: dict[str, Any]) -> None:
    hand = ", placed by hand" if report["placed_by"] == "hand" else ""
    when = output.moment(report["published"] or report["fetched"])
    output.line()
    output.line(f"{report['id']} {report['relation']}{hand}")
    if report["because"]:
        output.line(_said(report["because"]), 2)
    output.line(report["title"], 2)
    output.line(f"{report['source']} · {when} · {report['language'] or 'language unknown'}", 2)
    output.line(report["url"], 2)
    for alert in report["alerts"]:
        kind = "" if alert["verdict"] == "alert" else ", for digests only"
        more = f", escalated {output.moment(alert['escalated_at'])}" if alert["escalated_at"] else ""
        output.line(f"alert {alert['id']} for {alert['watchlist']}, score {alert['score']:g}{kind}{more}", 2)


def _said(because: dict[str, Any]) -> str:
    first = f"{because['source']}'s {because['article']}"
    if because["by"] == "news":
        return f"tells the same news as {first}, by {because['likeness']:.2f} of 1"
    common = {"address": "at the address of", "text": "the text of", "copy": "an edited, cut or wrapped copy of"}
    return f"{common[because['by']]} {first}"


@app.command()
def split(
    ctx: typer.Context,
    articles: Annotated[list[str], typer.Argument(metavar="ARTICLE…", help="Their ids or addresses.")],
) -> None:
    """Make articles of a story a story of their own.

    It stays so: later copies of them join the new story. Alerts that they made go with them; nothing is sent. Watchlists
    that were not alerted to one of the two stories are, when it gets its next hit.
    """
    import ulid

    from monitor.store import ledger, stories

    with ledger.writing(place(ctx).database()) as db:
        chosen = list(dict.fromkeys(_article(db, text) for text in articles))
        old = _one_story(stories.of(db, chosen))
        if len(chosen) == stories.size(db, old):
            raise WrongUsageError(f"these are all the articles of story {old}: there is nothing to split it from")
        new = stories.split(db, chosen, lambda: str(ulid.ULID()))
        rest = stories.size(db, old)
    output.line(f"{new}: {output.counted(len(chosen), 'article')}, split from {old}, which keeps {rest}")


def _one_story(stories: dict[str, str]) -> str:
    """The story that articles are in. Raises WrongUsageError if there are several."""
    article, story = next(iter(stories.items()))
    other = next((each for each in stories if stories[each] != story), None)
    if other is not None:
        raise WrongUsageError(
            f"article {article} is in story {story}, article {other} in story {stories[other]}: split one story at a time, "
            "then put together what you got with `monitor stories merge`"
        )
    return story


@app.command()
def merge(
    ctx: typer.Context,
    stories: Annotated[
        list[str], typer.Argument(metavar="STORY STORY…", help="Their ids, or addresses of their articles.")
    ],
) -> None:
    """Make several stories one, the first.

    It stays so: later reports of any of them join it. What one of them was alerted to the whole story was; nothing is sent.
    """
    from monitor.store import ledger
    from monitor.store import stories as stored

    with ledger.writing(place(ctx).database()) as db:
        into, *others = list(dict.fromkeys(_story(db, text) for text in stories))
        if not others:
            raise WrongUsageError(
                f"story {into} is all that is named"
                + (" (they are one already)" if len(stories) > 1 else "")
                + ": name two stories or more"
            )
        stored.merge(db, into, others)
        size = stored.size(db, into)
    output.line(f"{into}: {output.counted(size, 'article')}, with those of {', '.join(others)}")


# What is meant


def _story(db: "Connection", text: str) -> str:
    """The id of the story that is named by its id, or by the id or the address of an article. Raises WrongUsageError."""
    from monitor.store import ledger, stories

    if _address(text) is None and ledger.ids(db, "stories", text):
        return stories.root(db, find(db, text, ("stories",))[1])
    article = _article(db, text, "story")
    return stories.of(db, [article])[article]


def _article(db: "Connection", text: str, what: str = "article") -> str:
    """The id of the article that is named by its id or its address. Raises WrongUsageError."""
    from monitor.core import urls
    from monitor.store import ledger

    address = _address(text)
    if address is not None:
        found = ledger.at_page(db, {urls.page_key(address), urls.page_key(urls.direct(address))})
        if found is None:
            raise WrongUsageError(f"no article is stored of {text}: `monitor explain {text}` says why")
        return found
    if ledger.ids(db, "articles", text):
        return find(db, text, ("articles",))[1]
    if ledger.ids(db, "stories", text):
        raise WrongUsageError(f"{text} is a story: name articles of it, which `monitor stories show {text}` lists")
    listing = "`monitor stories list` lists them" if what == "story" else "`monitor stories show STORY` lists them"
    raise WrongUsageError(f"there is no {what} {text!r}: {listing}")


def _address(text: str) -> str | None:
    return text if ADDRESS.fullmatch(text) else f"https://{text}" if BARE.fullmatch(text) else None


def _size(row: dict[str, Any]) -> str:
    sources = output.counted(len(row["sources"]), "source")
    return f"{output.counted(row['articles'], 'article')} from {sources}, {row['independent']} independent"
