"""What the two processes of test_copies.py do; apart from it, so that they start without pytest."""

import asyncio
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path

from ulid import ULID

from monitor.core.decide import decide
from monitor.core.model import Check, SourceRecord
from monitor.core.settings import Source
from monitor.core.stories import copies
from monitor.store.sqlite import SqliteStore
from support.build import NOW, article, listing, match, reading, rules
from support.prints import report, reprint

ROUNDS = 200


def check(source: Source, record: SourceRecord, number: int, how: str) -> Check:
    """The source has listed its print of a story."""
    url = f"{source.url}/{number}"
    made = article(
        id=str(ULID()), url=url, title=f"Story {number}", source=source.name, text=reprint(report(number), how)
    )
    mark = copies.fingerprint(url=url, final_url=None, canonical=None, title=made.title, text=made.text)
    read = reading(match(), article=made, fingerprint=mark, keys=(number,))
    return Check(source=source, record=record, at=NOW, jitter=0.0, found=listing(read))


def race(path: Path, source: Source, record: SourceRecord, how: str, barrier: Barrier) -> None:
    """Commit a print of each story when the other process does."""

    async def run() -> None:
        store = SqliteStore(path)
        for number in range(ROUNDS):
            whole = check(source, record, number, how)
            barrier.wait(60)
            await store.commit(whole, partial(decide, rules=rules(), new_id=lambda: str(ULID())))
        await store.close()

    asyncio.run(run())
