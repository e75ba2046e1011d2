"""Compiled watchlists and the forms of words, for commands: from the database where the daemon has kept them."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.core.settings import Config
    from monitor.core.watch import Watch
    from monitor.core.words import Forms, Key


async def watching(config: "Config", database: Path | None = None) -> "Watch":
    """The watchlists of a configuration, ready to match; `database` may hold the forms already."""
    from monitor.core import watch

    forms = await forms_of(watch.needed(config.term_sets), database)
    return watch.compile(config.watchlists, config.term_sets, forms)


async def forms_of(keys: "Collection[Key]", database: Path | None = None) -> "Forms":
    """The forms of words; `database` may hold them already."""
    from monitor import forms

    return await forms.find(keys, _kept(database) if database else {})


def _kept(database: Path) -> "Forms":
    from monitor.core import words
    from monitor.core.errors import StoreError
    from monitor.store import ledger

    try:
        with ledger.reading(database) as db:
            return ledger.forms(db, words.version())
    except StoreError:  # there is none yet, or none that can be read: what matters here is the configuration
        return {}
