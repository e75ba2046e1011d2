"""The command line: one module for each noun, `output` for how results look, `common` for what all share.

Results go to stdout, everything else to stderr. Exit status: 0 done, 1 it failed while running, 2 wrong usage or wrong
configuration.
"""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import (
    alerts,
    channels,
    coverage,
    data,
    doctor,
    explain,
    feeds,
    filters,
    prune,
    replay,
    run,
    search,
    stories,
    watchlists,
)
from monitor.cli.common import Group, Place, default_folder

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command that the arguments name, and exit with its status."""
    _open_what_is_closed()
    app(prog_name="monitor")


def _open_what_is_closed() -> None:
    """Where we were started without stdin, stdout or stderr, open them to nothing: else the next file that is opened, which
    may be the database, would get their number and what is printed."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # it gets the lowest number that is free
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 (open as long as we run)


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"monitor {version('monitor')}")
        raise typer.Exit


@app.callback()
def options(
    ctx: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The configuration's folder; else $MONITOR_CONFIG, ./config, /etc/monitor."),
    ] = None,
    data_dir: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the data is, in place of [daemon] data_dir.")
    ] = None,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Say every step.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say only what goes wrong.")] = False,
    version: Annotated[  # noqa: ARG001  # its callback has done it
        bool, typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Watches news feeds and sites for the words you care about, in every inflected form, and tells you once per story."""
    ctx.obj = Place(folder=config or default_folder(), data_dir=data_dir, verbosity=verbose - quiet)


# In the order in which --help lists them.
app.command()(run.run)
app.command()(run.demo)
app.command()(run.init)
app.command()(run.check)
app.command()(data.status)
app.command()(coverage.coverage)
app.add_typer(feeds.app, name="feeds")
app.add_typer(watchlists.app, name="watchlists")
app.add_typer(channels.app, name="channels")
app.add_typer(alerts.app, name="alerts")
app.add_typer(stories.app, name="stories")
# A word may begin with a hyphen, so there is no short option that it could be taken for.
app.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})(search.search)
app.command()(explain.explain)
app.command()(replay.replay)
app.command()(filters.parse)
app.command()(filters.extract)
app.command()(filters.match)
app.command()(filters.cluster)
app.command()(data.backup)
app.command()(doctor.doctor)
app.command()(prune.prune)
