"""`monitor coverage`: what was read of the sources, and what was not and why."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from monitor.cli import output
from monitor.cli.common import place, span

DAY = timedelta(days=1)


def coverage(
    ctx: typer.Context,
    since: Annotated[
        timedelta | None, typer.Option(metavar="SPAN", parser=span, help="Of the last 12h, 7d, … (24h); at most 90d.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Show which sources were read, which were not, and why.

    A gap is a time of more than two intervals in which a source did not answer.
    """
    from monitor.store import coverage as store
    from monitor.store import ledger

    now, since = datetime.now(UTC), min(DAY if since is None else since, store.KEPT)
    with ledger.reading(place(ctx).database()) as db:
        found = store.report(db, now - since, now)
    read = sum(row["answered"] > 0 for row in found)
    if json:
        output.show_json({"since": now - since, "until": now, "sources": len(found), "read": read, "by_source": found})
        return
    output.line(f"{read} of {output.counted(len(found), 'source')} read in the last {_last(since)}")
    output.line()
    headings = ("SOURCE", "POLLS", "GAP", "ENTRIES", "FULL TEXT", "SUMMARY", "HELD", "WHY")
    output.table(headings, [_source(row) for row in found], empty="No sources.", broken=(0, -1))


def _last(span: timedelta) -> str:
    return "24 h" if span == DAY else output.duration(span)


def _source(row: dict[str, Any]) -> tuple[str, ...]:
    polls = f"{row['answered']}/{row['answered'] + row['failed']}"
    gap = output.duration(timedelta(seconds=row["gap_seconds"])) if row["gap_seconds"] else "-"
    numbers = (str(row[name]) for name in ("entries", "full_text", "summary_only", "held"))
    lost = row["lost_seconds"]
    why = [f"entries of {output.duration(timedelta(seconds=lost))} came and went between two polls"] if lost else []
    why += [f"{count} x {what}" for counts in (row["faults"], row["unreadable"]) for what, count in counts.items()]
    return (row["source"], polls, gap, *numbers, "; ".join(why[:5]) + ("; …" if len(why) > 5 else ""))
