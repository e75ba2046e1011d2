"""What every command shares: where the configuration and the data are, and what an error becomes.

Not here: how results look (output.py). Everything heavy is imported where it is used, so that `monitor --help` and the
start of the daemon cost no more than they must.
"""

import difflib
import errno
import os
import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer
from typer.core import TyperGroup

from monitor.core.errors import ConfigError, MonitorError, Problem

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from monitor.core.settings import Config

T = TypeVar("T")
FAILED, WRONG = 1, 2
STRANDED = (
    "the channel {name}, which is not in monitor.toml: put it back, or send them elsewhere with "
    "`monitor alerts resend --from {name} --to OTHER`"
)
NEAR = 0.72
"""How much of two names must be alike (difflib's ratio) for one to be suggested for the other. Of 300 titles of feeds with
one letter left out, doubled, exchanged or wrong 2 in 1 200 are below it, of three letters and fewer; of two different
titles 1 in 1 500 is above it (at .5: 1 in 120; 2026-11-22)."""
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class WrongUsageError(MonitorError):
    """The command was asked for something that there is not: exit status 2."""


class Group(TyperGroup):
    """Turns the errors of Monitor into a message on stderr and an exit status."""

    def invoke(self, ctx: Any) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()  # a reader that has gone away is noticed here, and not when Python ends
        except ConfigError as error:
            for problem in error.problems:
                say(str(problem))
            raise typer.Exit(WRONG) from error
        except MonitorError as error:
            say(f"monitor: {error}")
            raise typer.Exit(WRONG if isinstance(error, WrongUsageError) else FAILED) from error
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left in the buffer goes nowhere
            say(f"monitor: the result cannot be written: {error.strerror}")
            raise typer.Exit(FAILED) from error
        return result


def group(help_text: str) -> typer.Typer:
    """A group of commands; called without one it shows its help."""
    return typer.Typer(help=help_text, no_args_is_help=True, add_completion=False, rich_markup_mode=None)


def say(text: str) -> None:
    """A line to people, which is not a result: to stderr. Errors may tell what a stranger's server said."""
    from monitor.core.render.clean import visible

    print(visible(text), file=sys.stderr)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """The global options: the configuration's folder, what overrides `[daemon] data_dir`, and how much is said."""

    folder: Path
    data_dir: Path | None = None
    verbosity: int = 0

    def config(self, *, channels: bool = True) -> "Config":
        """The configuration; without its channels for who needs them and their secrets not. Raises ConfigError."""
        from monitor import config

        return config.load(self.folder, os.environ, self.data_dir, with_channels=channels)

    def database(self) -> Path:
        """Where the database is. Only that line of the configuration is read: who looks at the data need not have the
        secrets of the channels. Raises ConfigError."""
        return (self.data_dir or self._data_dir()) / "monitor.db"

    def channels(self) -> frozenset[str] | None:
        """The names of the channels that are configured, without what they need; None if monitor.toml cannot be read."""
        import tomllib

        try:
            found = tomllib.loads((self.folder / "monitor.toml").read_text("utf-8-sig")).get("channels", [])
            return frozenset(str(channel["name"]) for channel in found) or frozenset({"console"})
        except (OSError, ValueError, AttributeError, TypeError, KeyError):
            return None

    def _data_dir(self) -> Path:
        import tomllib

        file = self.folder / "monitor.toml"
        if not self.folder.is_dir():
            from monitor import config

            config.load(self.folder, os.environ)  # raises, and says how to get one
        try:
            return self.folder / str(
                tomllib.loads(file.read_text("utf-8-sig")).get("daemon", {}).get("data_dir", "data")
            )
        except (OSError, ValueError, AttributeError) as error:
            message = "cannot be read: `monitor check` says what is wrong; or say where the data is with --data-dir"
            raise ConfigError((Problem(file=str(file), line=0, path="", message=message),)) from error


def place(ctx: typer.Context) -> Place:
    """The global options of the command that runs."""
    found: Place = ctx.find_root().obj
    return found


def default_folder() -> Path:
    """`$MONITOR_CONFIG`, else ./config, else /etc/monitor if it is there."""
    named = os.environ.get("MONITOR_CONFIG")
    if named:
        return Path(named)
    here, system = Path("config"), Path("/etc/monitor")
    return system if system.is_dir() and not here.is_dir() else here


def span(text: str) -> timedelta:
    """`30s`, `15m`, `6h`, `7d` as an option."""
    found = re.fullmatch(r"(0*[1-9]\d{0,5})([smhd])", text.strip())
    if not found:
        raise typer.BadParameter("write a number and s, m, h or d, such as 12h or 7d")
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])


_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def awaited(work: "Coroutine[Any, Any, T]") -> T:
    """What a coroutine returns, run to its end. `asyncio.run` by itself makes a text of the result when it is done, to look
    whether it is the handler of a signal: of compiled watchlists that took a second (Python 3.11.7, 2026-11-22)."""
    import asyncio

    found: list[T] = []

    async def kept() -> None:
        found.append(await work)

    asyncio.run(kept())
    return found[0]


def replace_file(file: Path, text: str) -> None:
    """Write a file so that at every moment there is the old one or the new one, with the owner and the rights
    that it had: what root edits, the daemon's account is to read."""
    new = file.with_name(f"{file.name}.new")
    try:
        with os.fdopen(
            os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline=""
        ) as out:
            out.write(text)
        was = file.stat()
        with suppress(PermissionError):  # only root may give a file away
            os.chown(new, was.st_uid, was.st_gid)
        new.chmod(was.st_mode & 0o777)
        new.replace(file)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise WrongUsageError(f"{file} cannot be written: {error.strerror}") from error


def _begun(name: str, names: Iterable[str]) -> list[str]:
    """The one name that begins so, or has a word that does."""
    found = [each for each in names if each.startswith(name) or f" {name}" in each] if len(name) > 1 else []
    return found if len(found) == 1 else []


def unknown(what: str, name: str, names: Iterable[str]) -> WrongUsageError:
    """The error for a name that there is not, with the nearest that there is, or some of them."""
    by_case = {known.casefold(): known for known in names}
    near = difflib.get_close_matches(name.casefold(), by_case, 1, NEAR) or _begun(name.casefold(), by_case)
    known = ", ".join([*by_case.values()][:10]) + (", …" if len(by_case) > 10 else "")
    hint = f"did you mean {by_case[near[0]]!r}?" if near else f"there are: {known}" if known else "there is none"
    return WrongUsageError(f"there is no {what} {name!r}; {hint}")
