"""`monitor status`, `backup`: what is stored, and keeping it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.cli import output
from monitor.cli.common import STRANDED, place

UNWELL = ("gone", "silent", "stale", "suspect")  # named in the summary if some are, besides those that fail
OVERDUE = timedelta(minutes=2)  # a poll that is due is begun within seconds, unless nobody is there to begin it


def status(
    ctx: typer.Context, json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False
) -> None:
    """Show sources and deliveries, and what fails since when."""
    from dataclasses import asdict

    from monitor import lock
    from monitor.cli.remarks import secrets
    from monitor.store import ledger

    database, channels = place(ctx).database(), place(ctx).channels()
    who = lock.holder(database.parent)
    with ledger.reading(database) as db:
        shut_in = ledger.confinement(db)
        found = {
            "running": who is not None,
            "trouble": who[1] if who else "",
            "network_down_since": ledger.network_down_since(db),
            "sources": ledger.sources(db),
            "channels": ledger.channels(db),
            **ledger.counts(db),
            **ledger.backups(db),
            "websub": ledger.websub(db),
            "secrets": secrets(place(ctx).folder),
            "stranded": ledger.stranded(db, channels) if channels is not None else {},
            "parsers": asdict(shut_in) if shut_in else None,
        }
    if json:
        output.show_json(found)
        return
    now = datetime.now(UTC)
    _show_summary(found, now)
    output.line()
    headings = ("SOURCE", "STATE", "POLLED", "ANSWERED", "NEWS", "NEXT POLL", "REMARKS")
    rows = [_source(row, now) for row in found["sources"]]
    empty = "No sources: feeds.toml has none, or `monitor run` has not read it yet."
    output.table(headings, rows, empty=empty, broken=(0, -1))
    if found["channels"]:
        output.line()
        rows = [_channel(row, now) for row in found["channels"]]
        output.table(("CHANNEL", "PENDING", "GIVEN UP", "DELIVERED", "NEXT", "REMARKS"), rows)
    if found["secrets"]:
        output.line()
        rows = [(each["of"], each["from"], each["remark"]) for each in found["secrets"]]
        output.table(("SECRET", "FROM", "REMARKS"), rows)


def _show_summary(found: dict[str, Any], now: datetime) -> None:
    from monitor.core.confinement import Confinement, said

    sources, channels = found["sources"], found["channels"]
    states = Counter(row["state"] for row in sources)
    unwell = "".join(f", {states[state]} {state}" for state in UNWELL if states[state])
    pending = sum(row["pending"] for row in channels)
    counted = output.counted
    output.line(
        f"{counted(len(sources), 'source')}, {states['failing']} failing{unwell}; {counted(found['articles'], 'article')}, "
        f"{counted(found['stories'], 'story', 'stories')}, {counted(found['alerts'], 'alert')}; "
        f"{counted(pending, 'delivery', 'deliveries')} pending"
    )
    if found["trouble"]:
        output.line(found["trouble"])
    due = min((row["next_poll_at"] for row in sources), default=None)
    if due and not found["trouble"] and now - datetime.fromisoformat(due) > OVERDUE:
        why = "Monitor runs, but hangs or cannot keep up: see the log" if found["running"] else "Monitor is not running"
        output.line(f"A poll was due {output.ago(due, now)}: {why}")
    if found["backup_failed_at"]:
        failed = f"No backup since {output.moment(found['backup_failed_at'])}: {found['backup_failed']}"
        output.line(f"{failed}; the last one was made {output.ago(found['backup_at'], now)}")
    elif found["backup_at"]:
        output.line(f"Last backup {output.ago(found['backup_at'], now)}: {found['backup']}")
    if found["websub"]["verified"] or found["websub"]["pending"] or found["websub"]["unanswered"]:
        output.line(_hubs(found["websub"], now))
    given_up = sum(row["given_up"] for row in channels)
    if given_up:
        again = "`monitor alerts resend --since 7d` sends them again, once the channel works"
        output.line(f"{counted(given_up, 'delivery was', 'deliveries were')} given up: {again}")
    for name, count in found["stranded"].items():
        output.line(f"{counted(count, 'delivery', 'deliveries')} for {STRANDED.format(name=name)}")
    if found["network_down_since"]:
        since = output.ago(found["network_down_since"], now)
        output.line(f"Nearly all sources fail at once since {since}: probably our own network")
    if found["parsers"]:
        output.line(f"Parsers: {said(Confinement(**found['parsers']))}")


def _hubs(hubs: dict[str, Any], now: datetime) -> str:
    parts = [f"hubs tell of news of {hubs['verified']} of {output.counted(hubs['named'], 'source')} that name one"]
    parts += [f"{hubs['pending']} to be confirmed"] if hubs["pending"] else []
    parts += [f"{hubs['unanswered']} not confirmed yet though asked again"] if hubs["unanswered"] else []
    last = f"last push {output.ago(hubs['last_push_at'], now)}" if hubs["last_push_at"] else "no push yet"
    return f"WebSub: {', '.join(parts)}; {last}"


def _source(row: dict[str, Any], now: datetime) -> tuple[str, ...]:
    state = "new" if row["last_poll_at"] is None else row["state"]
    remarks = []
    if row["reason"]:
        fault = f"{row['fault']}, " if row["fault"] else ""
        remarks.append(f"{fault}since {output.moment(row['failing_since'] or row['since'])}: {row['reason']}")
    if row["held"]:
        held = output.counted(row["held"], "entry", "entries")
        remarks.append(f"{held} held: `monitor feeds release` or `baseline`")
    if row["waiting"]:
        remarks.append(f"{output.counted(row['waiting'], 'page')} to be tried again")
    if row["moved_to"]:
        remarks.append(_moved(row))
    times = [output.ago(row[name], now) for name in ("last_poll_at", "last_ok_at", "last_new_at")]
    due = "-" if row["next_poll_at"] > "9" else output.ago(max(row["next_poll_at"], _stamp(now)), now)
    return (row["name"], state, *times, due, "; ".join(remarks))


def _moved(row: dict[str, Any]) -> str:
    from monitor.core import notices, tokens

    if tokens.is_personal(row["moved_to"], row["url"]):
        return f"{notices.MARKED}: {row['moved_to']}"
    return f"moved to {row['moved_to']}"


def _channel(row: dict[str, Any], now: datetime) -> tuple[str, ...]:
    remarks = []
    if row["disabled_at"]:
        remarks.append(
            f"switched off since {output.moment(row['disabled_at'])}: it answered 410; reload Monitor to try it"
        )
    elif row["failing_since"]:
        code = f"{row['code']} " if row["code"] and str(row["code"]) not in row["reason"] else ""
        remarks.append(f"fails since {output.moment(row['failing_since'])}: {code}{row['reason']}")
    if row["hold_until"] and row["hold_until"] > _stamp(now):
        remarks.append(f"asked to be left alone until {output.moment(row['hold_until'])}")
    due = output.ago(max(row["next_at"], _stamp(now)), now) if row["next_at"] and not row["disabled_at"] else "-"
    delivered = output.ago(row["last_delivered_at"], now)
    return (row["name"], str(row["pending"]), str(row["given_up"]), delivered, due, "; ".join(remarks))


def _stamp(now: datetime) -> str:
    from monitor.store.rows import stamp

    return stamp(now)


def backup(ctx: typer.Context, file: Annotated[Path, typer.Argument(metavar="FILE")]) -> None:
    """Copy the data to a new file, while Monitor runs.

    The copy is of one moment, and verified. To restore it: stop Monitor, put it in the place of monitor.db, and remove
    monitor.db-wal and monitor.db-shm.
    """
    from monitor.store import ledger

    with output.progress("Copying"):
        ledger.backup(place(ctx).database(), file)
    output.line(f"{file}: {file.stat().st_size / 2**20:.1f} MiB, verified")
