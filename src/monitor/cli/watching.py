"""Compiled watchlists and the forms of words, for commands: from the database where the daemon has kept them."""

import asyncio
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.core.settings import Config
    from monitor.core.watch import Watch
    from monitor.core.words import Forms, Key

CHILDREN = 2  # languages that are worked on at once; a person waits
MEMORY = 3 * 2**30  # bytes that a child may have; the dictionaries are large
SECONDS = 300.0  # that one language may take


async def watching(config: "Config", database: Path | None = None) -> "Watch":
    """The watchlists of a configuration, ready to match; `database` may hold the forms already."""
    from monitor.core import watch

    forms = await forms_of(watch.needed(config.term_sets), database)
    return watch.compile(config.watchlists, config.term_sets, forms)


async def forms_of(keys: "Collection[Key]", database: Path | None = None) -> "Forms":
    """The forms of words: those that the database has, and the others worked out in child processes, by language."""
    from monitor.core import words
    from monitor.sandbox import Sandbox

    forms = _kept(keys, database) if database else {}
    missing: dict[str, list[Key]] = defaultdict(list)
    for key in keys:
        if key not in forms:
            missing[key[0]].append(key)
    async with Sandbox(CHILDREN, memory_limit=MEMORY) as sandbox:
        found = await asyncio.gather(
            *(sandbox.call(words.listed, sorted(some), deadline=SECONDS) for some in missing.values())
        )
    return forms | {key: each for some in found for key, each in some}


def _kept(keys: "Collection[Key]", database: Path) -> "Forms":
    from monitor.core import words
    from monitor.core.errors import StoreError
    from monitor.store import ledger

    try:
        with ledger.reading(database) as db:
            kept = ledger.forms(db, words.version())
    except StoreError:  # there is none yet, or none that can be read: what matters here is the configuration
        return {}
    return {key: frozenset(kept[key]) for key in keys if key in kept}
