"""The forms of a configuration's words: those that are kept somewhere, and the others, worked out in child processes.

Not here: how a word is inflected (core.words), and where forms are kept (store).
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection

from monitor.core import words
from monitor.core.words import Forms, Key
from monitor.sandbox import Sandbox

CHILDREN = 2  # languages that are worked on at once; a person waits
MEMORY = 3 * 2**30  # bytes that a child may have: the dictionary of one language is large
SECONDS = 300.0  # that one language may take; Polish takes 4 s, and a machine may be slow


async def find(keys: Collection[Key], kept: Forms) -> Forms:
    """The forms of these words. Raises SandboxError if they cannot be worked out."""
    missing: dict[str, list[Key]] = defaultdict(list)
    for key in keys:
        if key not in kept:
            missing[key[0]].append(key)
    async with Sandbox(CHILDREN, memory_limit=MEMORY) as sandbox:
        found = await asyncio.gather(
            *(sandbox.call(words.listed, sorted(some), deadline=SECONDS) for some in missing.values())
        )
    return {key: kept[key] for key in keys if key in kept} | {key: each for some in found for key, each in some}
