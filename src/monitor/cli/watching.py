"""Compiled watchlists and the forms of words, for commands: from the database where the daemon has kept them."""

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.core.settings import Config
    from monitor.core.watch import Watch
    from monitor.core.words import Forms, Key


async def watching(config: "Config", database: Path | None = None) -> "Watch":
    """The watchlists of a configuration, ready to match; `database` may hold the forms already, and is given the others."""
    from monitor.core import watch

    found = await forms_of(watch.needed(config.term_sets), database)
    return watch.compile(config.watchlists, config.term_sets, found)


async def forms_of(keys: "Collection[Key]", database: Path | None = None) -> "Forms":
    """The forms of words; `database` may hold them already. Those that have to be worked out are kept in it, if there is
    one, so that the next command need not wait for them: in ten languages that takes some seconds."""
    from monitor import forms

    kept = _kept(database) if database else {}
    found = await forms.find(keys, kept)
    if database and (new := {key: found[key] for key in keys if key not in kept}):
        _keep(new, database)
    return found


def _kept(database: Path) -> "Forms":
    from monitor.core import words
    from monitor.core.errors import StoreError
    from monitor.store import ledger

    try:
        with ledger.reading(database) as db:
            return ledger.forms(db, words.version())
    except StoreError:  # there is none yet, or none that can be read: what matters here is the configuration
        return {}


def _keep(found: "Forms", database: Path) -> None:
    from monitor.core import words
    from monitor.core.errors import StoreError
    from monitor.store import ledger

    with suppress(StoreError), ledger.writing(database) as db:  # as above; or it may be only read
        ledger.keep_forms(words.version(), found, db)
