"""`monitor prune`: deleting what is old, and what a watchlist found."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output
from monitor.cli.common import WrongUsageError, place, unknown
from monitor.core.errors import StoreError

if TYPE_CHECKING:
    from monitor.core.settings import BackupSettings, Config
    from monitor.core.words import Key
    from monitor.store.forget import Order


def prune(
    ctx: typer.Context,
    watchlist: Annotated[
        str | None, typer.Option(metavar="NAME", help="Delete for good what this watchlist found, and its alerts.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="With --watchlist: all of it, and not only what is older than retention.")
    ] = False,
    copies: Annotated[
        bool, typer.Option("--backups", help="With --watchlist: take it out of the scheduled backups, too.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how much it would be.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete what is old, or what a watchlist found.

    Old are articles without hits, fetched longer ago than [daemon] retention. With --watchlist Monitor must be stopped: the
    database is written anew, so that nothing of it is left in the file.
    """
    config = place(ctx).config(channels=False)
    if watchlist is None:
        if everything or copies:
            raise WrongUsageError("--all and --backups go with --watchlist NAME")
        _prune_old(config, dry=dry_run)
    else:
        _prune_watchlist(config, watchlist, everything=everything, copies=copies, dry=dry_run, yes=yes)


def _prune_old(config: "Config", *, dry: bool) -> None:
    from monitor.store import ledger

    before = datetime.now(UTC) - config.daemon.retention
    count = ledger.prune(config.daemon.data_dir / "monitor.db", before, dry=dry)
    done = "to be deleted" if dry else "deleted"
    what = f"{output.counted(count, 'article')} without hits, fetched before {before.astimezone():%Y-%m-%d}"
    output.line(f"{done}: {what}")


def _prune_watchlist(config: "Config", name: str, *, everything: bool, copies: bool, dry: bool, yes: bool) -> None:
    from monitor.store import forget, ledger

    database = config.daemon.data_dir / "monitor.db"
    configured = [each.name for each in config.watchlists]
    order = forget.Order(watchlist=name, before=None if everything else datetime.now(UTC) - config.daemon.retention)
    with ledger.reading(database) as db:
        if name not in (known := [*configured, *forget.watchlists(db)]):
            raise unknown("watchlist", name, known)
        found = forget.count(db, order)
    backups = _backups(config.backup)
    _say(found, order, backups, copies=copies, configured=name in configured)
    if dry:
        return
    if not yes:
        if not sys.stdin.isatty():
            raise WrongUsageError("nothing was deleted: this cannot be undone, so say --yes where nobody can be asked")
        typer.confirm("Delete it for good?", abort=True)
    _erase([database, *(backups if copies else ())], order, _words(config, "" if order.before else name))


def _backups(settings: "BackupSettings | None") -> list[Path]:
    """The scheduled backups that there are."""
    from monitor.core import backups

    if settings is None or not settings.folder.is_dir():
        return []
    return [settings.folder / name for name in backups.ours(each.name for each in settings.folder.iterdir())]


def _say(found: dict[str, int], order: "Order", backups: list[Path], *, copies: bool, configured: bool) -> None:
    when = f", fetched before {order.before.astimezone():%Y-%m-%d}" if order.before else ""
    articles, alerts = output.counted(found["articles"], "article"), output.counted(found["alerts"], "alert")
    output.line(f"to be deleted: {articles} that only {order.watchlist} found{when}, and {alerts} with their messages")
    if found["shared"]:
        shared = output.counted(found["shared"], "article stays", "articles stay")
        output.line(f"{shared} with all words in the text: other watchlists found something in it, or told its story")
    if backups and not copies:
        many = output.counted(len(backups), "scheduled backup")
        output.line(f"{many} in {backups[0].parent} still hold it: --backups takes it out of them, too")
    if configured:
        output.line(f"{order.watchlist} is still in watchlists.toml: what it finds from now on is stored again")


def _words(config: "Config", without: str) -> "set[Key]":
    """The words whose forms are still wanted: those of all watchlists but one."""
    from monitor.cli.trying import only
    from monitor.core import watch

    others = only(config, [each for each in config.watchlists if each.name != without])
    return watch.needed(others.term_sets)


def _erase(files: list[Path], order: "Order", words: "set[Key]") -> None:
    """Forget it in the database and, if there are any, in copies of it. Raises StoreError for those in which it is left."""
    from monitor import lock
    from monitor.store import forget

    database, *copies = files
    with (
        lock.take(database.parent, os.getpid(), datetime.now(UTC)),
        output.progress("Deleting, and writing the file anew"),
    ):
        forget.erase(database, order, words)
    output.line(f"deleted: nothing of what was to be deleted is left in {database}")
    left = []
    for copy in copies:
        try:
            forget.erase(copy, order, words)
        except StoreError as error:
            left.append(f"{copy} ({error})")
    if left:
        raise StoreError(f"it is still in {'; '.join(left)}: delete these files")
    if copies:
        output.line(f"deleted: nothing of it is left in {output.counted(len(copies), 'backup')}")
    output.line("Not in Monitor's hands: what receivers, mailboxes, the log and copies elsewhere have of it.")
