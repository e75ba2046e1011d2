"""The forms of a configuration's words: those that are shipped or kept, and the others, worked out in child processes.

`python -m monitor.forms` writes anew what is shipped: the forms of the words in config/watchlists.toml. Not here: how a word
is inflected (core.words), and where forms are kept (store).
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, TypeVar

from monitor import config, starter
from monitor.core import watch, words
from monitor.core.settings import Mark
from monitor.core.words import Forms, Key
from monitor.sandbox import Sandbox

CHILDREN = 2  # languages that are worked on at once; a person waits
MEMORY = 3 * 2**30  # bytes that a child may have: the dictionary of one language is large
SECONDS = 300.0  # that one language may take; Polish takes 4 s, and a machine may be slow

_T = TypeVar("_T")

SHIPPED = Path(__file__).with_name("forms.json")


async def find(keys: Collection[Key], kept: Forms) -> Forms:
    """The forms of these words, and perhaps of others. Raises SandboxError if they cannot be worked out."""
    known = _known(keys, kept)
    missing = {key for key in keys if key not in known}
    return {**known, **dict(await _in_children(words.listed, missing))} if missing else known


def unknown(keys: Collection[Key], kept: Forms) -> int:
    """How many of these words have forms that are neither kept nor shipped, and take time to work out."""
    return len(set(keys) - _known(keys, kept).keys())


def _known(keys: Collection[Key], kept: Forms) -> Forms:
    return kept if all(key in kept for key in keys) else {**shipped(), **kept}


async def sources(keys: Collection[Key]) -> dict[Key, str]:
    """Where the forms of each word come from, as `words.sources` has it. Raises SandboxError."""
    return dict(await _in_children(words.sources, set(keys)))


async def _in_children(
    function: Callable[[list[Key]], tuple[tuple[Key, _T], ...]], keys: Collection[Key]
) -> list[tuple[Key, _T]]:
    """What a function makes of words, those of each language in a child that ends afterwards."""
    languages: dict[str, list[Key]] = defaultdict(list)
    for key in sorted(keys):
        languages[key[0]].append(key)
    async with Sandbox(CHILDREN, memory_limit=MEMORY) as sandbox:
        found = await asyncio.gather(*(sandbox.call(function, some, deadline=SECONDS) for some in languages.values()))
    return [pair for some in found for pair in some]


# Shipped


def shipped() -> Forms:
    """The forms of the starter configuration's words; nothing if they were found by other versions of the libraries."""
    stored: dict[str, Any] = json.loads(SHIPPED.read_text("utf-8"))
    if stored["version"] != words.version():
        return {}
    return {(language, word, Mark(mark)): frozenset(forms) for language, word, mark, forms in stored["forms"]}


def written() -> str:
    """What `SHIPPED` has to hold: a line for each word, so that a change can be read."""
    starting = config.parse(starter.starter_files(), {}, Path(), Path.read_bytes)
    forms = words.expand(watch.needed(starting.term_sets))
    rows = [json.dumps([*key, sorted(found)], ensure_ascii=False) for key, found in sorted(forms.items())]
    return f'{{"version": "{words.version()}", "forms": [\n' + ",\n".join(rows) + "\n]}\n"


if __name__ == "__main__":
    SHIPPED.write_text(written(), encoding="utf-8")
