"""`monitor run`, `demo`, `init`, `check`: starting, and what comes before."""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output
from monitor.cli.common import FAILED, STRANDED, Place, WrongUsageError, awaited, place, say
from monitor.core.errors import ConfigError, MonitorError

if TYPE_CHECKING:
    from monitor.core.settings import Config
    from monitor.core.watch import Watch

CROWDED = timedelta(days=7)
"""So far back `check` looks for watchlists that hit too much."""


def run(
    ctx: typer.Context,
    once: Annotated[
        bool,
        typer.Option("--once", help="Poll every source once, deliver what is due, and end (1 if something failed)."),
    ] = False,
) -> None:
    """Poll the sources and send alerts, until Ctrl-C or SIGTERM."""
    where = place(ctx)
    if once:
        _run_once(where)
    else:
        _become_the_daemon(where)


def _become_the_daemon(where: Place) -> None:
    """Replace this process by one that never loaded what the command line needs: it would stay in its memory."""
    # -P: no modules from the working directory, which anybody may have filled
    arguments = ["-P", "-m", "monitor.daemon"]
    arguments += ["--config", str(where.folder), "--verbosity", str(where.verbosity)]
    arguments += ["--data-dir", str(where.data_dir)] if where.data_dir else []
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606 (our own module)


def _run_once(where: Place) -> None:
    import uvloop

    from monitor import daemon, log

    log.configure(verbosity=where.verbosity)
    config = where.config()
    done_before = 0
    with output.progress("Polling", len(config.sources)) as advance:

        def progress(done: int, _all: int) -> None:
            nonlocal done_before
            advance(done - done_before)
            done_before = done

        once = uvloop.run(daemon.run_once(config, where.folder, progress))
    tell = log.get_logger().warning if once.failures else log.get_logger().info
    tell(
        "sources polled: {sources}; checks and deliveries that failed: {failures}",
        sources=once.polled,
        failures=once.failures,
    )
    if once.failures:
        raise typer.Exit(FAILED)


def demo(ctx: typer.Context) -> None:
    """Show the whole of it offline, on sample news.

    Outlets and a receiver of alerts are opened on this machine; then you see what arrived, and why.
    """
    from monitor import log
    from monitor.demo.play import play

    log.configure(verbosity=place(ctx).verbosity - 1)
    with output.progress("Opening six outlets on this machine, and watching them"):
        status = play(sys.stdout)
    raise typer.Exit(status)


def init(
    ctx: typer.Context,
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="Default: --config, else ./config.")] = None,
) -> None:
    """Write a commented configuration to begin with.

    What is there already is never overwritten.
    """
    from monitor.starter import starter_files

    named = ctx.find_root().params["config"] or os.environ.get("MONITOR_CONFIG") or "config"
    folder = folder or Path(named)
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in starter_files().items():
            written += [name] if _create(folder / name, text) else []
    except OSError as error:
        raise WrongUsageError(f"{error.filename or folder} cannot be written: {error.strerror}") from error
    if not written:
        raise MonitorError(f"{folder} has all the files already; nothing was written")
    say(f"Now put your sources into {folder}/feeds.toml, your words into {folder}/watchlists.toml, where alerts go")
    say(f"into {folder}/monitor.toml; then: monitor --config {folder} check --live, and monitor --config {folder} run")


def _create(file: Path, text: str) -> bool:
    """Write a file unless there is one; says which."""
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        say(f"{file} is there already, it stays as it is")
        return False
    output.line(f"wrote {file}")
    return True


# Check


def check(
    ctx: typer.Context,
    live: Annotated[bool, typer.Option("--live", help="Also try every source, and send every channel a test.")] = False,
) -> None:
    """Validate the configuration, all problems at once.

    Each is told with file and line; the watchlists' own examples are tried.
    """
    from monitor.cli.remarks import remarks
    from monitor.cli.watching import watching
    from monitor.config.examples import failed
    from monitor.config.keys import unusable

    where = place(ctx)
    config = where.config()
    with output.progress("Finding the forms of the words"):
        watch = awaited(watching(config, where.database()))
    problems = (
        *unusable(config.channels, (where.folder / "monitor.toml").read_text("utf-8-sig"), datetime.now(UTC)),
        *failed(watch.failures(), config.watchlists, (where.folder / "watchlists.toml").read_text("utf-8-sig")),
    )
    if problems:
        raise ConfigError(problems)
    _summarise(config)
    _warn_of_crowds(where.database(), config, watch)
    _warn_of_stranded(where.database(), config)
    for remark in remarks(config, where.folder, datetime.now(UTC)):
        output.line(remark)
    if live and not _all_live(config):
        raise typer.Exit(FAILED)


def _summarise(config: "Config") -> None:
    from monitor.core import words

    terms = [term for term_set in config.term_sets for term in (*term_set.terms, *term_set.masks)]
    examples = sum(len(each.must_match) + len(each.must_not_match) for each in config.watchlists)
    languages = sorted({term.language.partition("-")[0] for term in terms if term.language})
    plain = [language for language in languages if not words.inflects(language)]
    counted = output.counted
    output.line(
        f"The configuration is right: {counted(len(config.sources), 'source')}, "
        f"{counted(len(config.watchlists), 'watchlist')} with {counted(len(terms), 'word')} in "
        f"{counted(len(languages), 'language')}, {counted(len(config.channels), 'channel')}; "
        f"{counted(examples, 'example holds', 'examples hold')}."
    )
    if not config.sources or not config.watchlists:
        what = (
            "sources: write some into feeds.toml"
            if not config.sources
            else "watchlists: write one into watchlists.toml"
        )
        output.line(f"Nothing will ever alert, since there are no {what}.")
    for url, names in _same_address(config).items():
        output.line(f"feeds.toml: {' and '.join(names)} have the same address, so each entry is read twice: {url}")
    if plain:
        output.line(f"Words in {', '.join(plain)} are found only in the form in which they are written; prefix* helps.")
    if not config.fetch.contact:
        output.line("monitor.toml: [fetch] contact is empty: sites cannot tell you what bothers them.")


def _same_address(config: "Config") -> dict[str, list[str]]:
    """The names of the sources that are one and the same, by address."""
    names: dict[str, list[str]] = {}
    for source in config.sources:
        names.setdefault(source.url, []).append(source.name)
    return {url: several for url, several in names.items() if len(several) > 1}


def _warn_of_crowds(database: Path, config: "Config", watch: "Watch") -> None:
    """Say which watchlists would have hit too much of what is stored of the last days; nothing, if nothing is stored."""
    from monitor.cli import trying
    from monitor.core.errors import StoreError
    from monitor.store import ledger

    try:
        with ledger.reading(database) as db:
            found = trying.warnings(db, config, watch, datetime.now(UTC) - CROWDED)
    except StoreError:  # there is no database yet, or none that can be read: what matters here is the configuration
        return
    for warning in found:
        output.line(warning)


def _warn_of_stranded(database: Path, config: "Config") -> None:
    """Say what waits for channels that are no longer configured."""
    from monitor.core.errors import StoreError
    from monitor.store import ledger

    try:
        with ledger.reading(database) as db:
            found = ledger.stranded(db, {channel.name for channel in config.channels})
    except StoreError:  # as above
        return
    for name, count in found.items():
        output.line(f"{output.counted(count, 'delivery', 'deliveries')} for {STRANDED.format(name=name)}.")


def _all_live(config: "Config") -> bool:
    from monitor.cli.live import all_live  # what asks sources takes a while to be imported

    return all_live(config)
