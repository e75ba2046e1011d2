"""`monitor alerts`: what was found and told, and sending it again."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import output
from monitor.cli.common import WrongUsageError, group, place, say, span, unknown

if TYPE_CHECKING:
    from sqlite3 import Connection

app = group("Alerts and their deliveries.")

Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]
SHOWN = 50
SINGULAR = {"alerts": "alert", "deliveries": "delivery", "stories": "story", "articles": "article"}


@app.command("list")
def list_(
    ctx: typer.Context,
    watchlist: Annotated[str | None, typer.Option(metavar="NAME", help="Only those of this watchlist.")] = None,
    since: Annotated[
        timedelta | None, typer.Option(metavar="SPAN", parser=span, help="Only those of the last 12h, 7d, …")
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="At most so many.")] = SHOWN,
    json: Json = False,
) -> None:
    """List alerts, newest first."""
    from monitor.store import ledger

    from_ = datetime.now(UTC) - since if since else None
    with ledger.reading(place(ctx).database()) as db:
        found = ledger.alerts(db, watchlist=watchlist, since=from_, limit=limit)
    if json:
        output.show_json(found)
        return
    if found and sys.stdout.isatty():
        for row in found:
            output.line("  ".join((row["id"], *_facts(row))))
            output.line(f"{row['title']} ({row['source']})", 2)
    else:
        rows = [(row["id"], *_facts(row), row["source"], row["title"]) for row in found]
        output.table(("ID", "WHEN", "WATCHLIST", "DELIVERIES", "SOURCE", "TITLE"), rows, empty="No alerts.")
    if len(found) == limit:
        say(f"The newest {limit}; --limit shows more.")


@app.command()
def show(ctx: typer.Context, known: Annotated[str, typer.Argument(metavar="ID")], json: Json = False) -> None:
    """Show one alert: its article, hits, story and deliveries.

    The beginning of an id is enough if no other begins so.
    """
    from monitor.store import ledger

    with ledger.reading(place(ctx).database()) as db:
        alert = ledger.alert(db, find(db, known, ("alerts",))[1])
    if json:
        output.show_json(alert)
        return
    _show_article(alert)
    shown = {(hit["term"], hit["term_set"], hit["field"], hit["sentence"]): hit["surface"] for hit in alert["hits"]}
    for (term, term_set, field, sentence), surface in shown.items():
        output.line(f"{term} ({term_set}), in the {field}:", 2)
        output.quote(sentence, [surface])
    show_versions(alert["versions"], alert["reread"])
    others = [other for other in alert["story"] if other["id"] != alert["article_id"]]
    if others:
        output.line()
        output.line("The same story:")
    for other in others:
        output.line(
            f"{other['source']} · {output.moment(other['published'])} · {other['relation']} · {other['title']}", 2
        )
        output.line(other["url"], 4)
    output.line()
    output.line("Deliveries:" if alert["deliveries"] else "No deliveries.")
    for delivery in alert["deliveries"]:
        show_delivery(delivery)


def _show_article(alert: dict[str, Any]) -> None:
    article = alert["article"]
    output.line(article["title"])
    facts = [article["source"], output.moment(article["published"]), article["language"] or "language unknown"]
    output.line(" · ".join([*facts, *([article["author"]] if article["author"] else [])]), 2)
    output.line(article["url"], 2)
    where = f"text from the {article['text_from']}" + (f": {article['reason']}" if article["reason"] else "")
    output.line(f"fetched {output.moment(article['fetched'])}, {where}", 2)
    output.line()
    kind = "" if alert["verdict"] == "alert" else ", for digests only"
    output.line(f"Alert {alert['id']} for {alert['watchlist']}, score {alert['score']:g}{kind}:")


def show_versions(versions: list[dict[str, Any]], reread: dict[str, Any] | None) -> None:
    """What an article was before, a line each, and what reading it again brought."""
    for version in versions:
        change = version["difference"]
        counts = {"edited": len(change["edited"]), "removed": len(change["removed"]), "added": len(change["added"])}
        counts = {what: count + change.get("left_out", {}).get(what, 0) for what, count in counts.items()}
        said = ["another title"] if change["title"] else []
        said += [f"{count} sentence{'s' * (count > 1)} {what}" for what, count in counts.items() if count]
        output.line(
            f"Changed {output.moment(version['replaced_at'])}: {', '.join(said)}; before: {version['title']}", 2
        )
    if reread and (reread["times"] or reread["next_at"]):
        times = output.counted(reread["times"], "time")
        last = f"Read again {times}, last {output.moment(reread['read_at'])}: {reread['outcome']}"
        since = f" (not there since {output.moment(reread['missing_since'])})" if reread["missing_since"] else ""
        following = f"next {output.moment(reread['next_at'])}" if reread["next_at"] else "no more"
        output.line(f"{last if reread['times'] else 'Not read again yet'}{since}; {following}", 2)


def show_delivery(delivery: dict[str, Any]) -> None:
    """A delivery and its attempts."""
    state = delivery["state"]
    if delivery["carried_by"]:
        state = f"told in the message {delivery['carried_by']}"
    elif delivery["state"] == "pending":
        state = f"pending, due {output.moment(delivery['next_at'])}{_waiting(delivery['batch'])}"
    output.line(f"{delivery['id']} {delivery['type']} to {delivery['channel']}: {state}", 2)
    for attempt in delivery["tried"]:
        code = f" {attempt['code']}" if attempt["code"] else ""
        answer = f": {attempt['answer']}" if attempt["answer"] else ""
        output.line(
            f"{output.moment(attempt['at'])}, {attempt['seconds']:.1f} s, {attempt['outcome']}{code}{answer}", 4
        )


def _waiting(batch: str | None) -> str:
    """Why a delivery does not go out at once."""
    kind, _, watchlist = (batch or "").partition(":")
    why = {
        "digest": "with the digest",
        "quiet": f"quiet hours of {watchlist}",
        "rate": f"max_per_hour of {watchlist}",
        "update": "with what else joins the story until then",
    }
    return f" ({why[kind]})" if kind else ""


@app.command()
def resend(
    ctx: typer.Context,
    known: Annotated[str | None, typer.Argument(metavar="[ID]", help="Of an alert or of a delivery.")] = None,
    since: Annotated[
        timedelta | None,
        typer.Option(metavar="SPAN", parser=span, help="All messages that were given up in the last 12h, 7d, …"),
    ] = None,
    channel: Annotated[str | None, typer.Option(metavar="NAME", help="With --since: only those to it.")] = None,
    delivered: Annotated[
        bool, typer.Option("--delivered", help="With --since: also what arrived, for a receiver that lost it.")
    ] = False,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="CHANNEL", help="All that waits for a channel that is no more.")
    ] = None,
    to: Annotated[str | None, typer.Option(metavar="CHANNEL", help="Where that goes instead.")] = None,
) -> None:
    """Send an alert again.

    What was given up or failed so far goes out at once, under the same id. If nothing of it did, every channel that was
    told is told once more, under a new id. The id of a delivery sends that one. --since takes messages of every kind;
    with --delivered, what was told of alerts and articles goes out once more, under new ids.
    """
    if [known, since, from_].count(None) != 2 or (from_ is None) != (to is None):
        raise WrongUsageError("write an ID, or --since SPAN, or --from CHANNEL --to CHANNEL")
    if (channel or delivered) and not since:
        raise WrongUsageError("--channel and --delivered go with --since SPAN")
    if from_ and to:
        _redirect(ctx, from_, to)
        return
    sent = _send_all(ctx, since, channel, delivered) if since else _send_again(place(ctx).database(), known or "")
    for delivery in sent:
        how = "as a new message" if delivery["new"] else "under the same id"
        output.line(f"{delivery['id']} to {delivery['channel']}: due now, {how}")
    for name in dict.fromkeys(delivery["channel"] for delivery in sent if delivery["disabled"]):
        say(f"{name} answered 410 and is switched off: restart Monitor, or reload it, to try it again")
    if not sent:
        missed = f"Nothing was {'sent' if delivered else 'given up'} in that time."
        say("This alert was told to no channel." if known else missed)


def _new_id() -> str:
    import ulid

    return str(ulid.ULID())


def _send_again(database: Path, known: str) -> list[dict[str, Any]]:
    """Send one alert or one delivery again."""
    from monitor.store import ledger

    now = datetime.now(UTC)
    with ledger.writing(database) as db:
        table, found = find(db, known, ("alerts", "deliveries"))
        if table == "alerts":
            return ledger.resend_alert(db, found, now, _new_id)
        return [ledger.resend(db, ledger.delivery(db, found), now, _new_id)]


def _send_all(ctx: typer.Context, since: timedelta, channel: str | None, delivered: bool) -> list[dict[str, Any]]:
    """Send again what was given up since then, or all that was sent."""
    from monitor.store import ledger

    channels = place(ctx).channels()
    if channel and channels is not None and channel not in channels:
        raise unknown("channel", channel, channels)
    now = datetime.now(UTC)
    with ledger.writing(place(ctx).database()) as db:
        return ledger.resend_all(db, now - since, now, _new_id, channel=channel, delivered=delivered)


def _redirect(ctx: typer.Context, from_: str, to: str) -> None:
    """Give what waits for a channel that is not configured any more to one that is."""
    from monitor.store import ledger

    channels = place(ctx).channels()
    if channels is None:
        raise WrongUsageError("monitor.toml cannot be read: `monitor check` says what is wrong with it")
    if from_ in channels:
        raise WrongUsageError(f"{from_} is in monitor.toml, and what waits for it goes there: take it out first")
    if to not in channels:
        raise unknown("channel", to, channels)
    with ledger.writing(place(ctx).database()) as db:
        count = ledger.redirect(db, from_, to, datetime.now(UTC))
    output.line(f"{output.counted(count, 'delivery', 'deliveries')} of {from_} to {to}: due now, under the same ids")


def find(db: "Connection", text: str, tables: tuple[str, ...]) -> tuple[str, str]:
    """The table and the whole id of what begins so. Raises WrongUsageError if nothing does, or more than one."""
    from monitor.store import ledger

    found = [(table, each) for table in tables for each in ledger.ids(db, table, text)]
    if not found:
        known = ": `monitor alerts list` lists them" if "alerts" in tables else ""
        raise WrongUsageError(f"there is no {' and no '.join(SINGULAR[table] for table in tables)} {text!r}{known}")
    if len(found) > 1:
        raise WrongUsageError(f"several ids begin with {text!r}: write more of it")
    return found[0]


def _facts(row: dict[str, Any]) -> tuple[str, str, str]:
    told = ", ".join(f"{count} {state}" for state, count in row["deliveries"].items())
    return output.moment(row["created_at"]), row["watchlist"], told or "not told"
