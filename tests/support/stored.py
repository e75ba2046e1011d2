"""A database with something in it, written as the daemon writes: sources, articles, alerts, deliveries, attempts."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from ulid import ULID

from monitor.core.decide import decide
from monitor.core.errors import NotifyError
from monitor.core.model import Check, Delivery, Fault, Listing, Match, Outcome, Receipt, SourceRecord
from monitor.core.routes import Rules, gather
from monitor.core.settings import Channel, Console, Source
from monitor.core.settle import settle
from monitor.core.stories.copies import text_key, words
from monitor.store import outbox, polls
from monitor.store.sqlite import connect
from support.build import NOW, article, listing, match, reading, rules

DESK = Channel(name="desk", target=Console(), default=True)
GAZETTE = Source(name="Gazette", url="https://gazette.example/feed")
HERALD = Source(name="Herald", url="https://herald.example/feed")


def new_id() -> str:
    return str(ULID())


@dataclass
class Stored:
    """One database in `path`. Each method does what the daemon does, at `now`."""

    path: Path
    rules: Rules = field(default_factory=lambda: rules(channels=(DESK,)))
    sources: tuple[Source, ...] = (GAZETTE, HERALD)
    now: datetime = NOW
    pages: int = 0

    @classmethod
    def at(cls, path: Path, empty: Path, **parts: Any) -> "Stored":
        """A copy of the empty database, with the sources in it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(empty, path)
        made = cls(path, **parts)
        with made.db() as db:
            polls.sync_sources(made.sources, made.now, db)
        return made

    @contextmanager
    def db(self) -> Iterator[sqlite3.Connection]:
        db = connect(self.path)
        try:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")
        finally:
            db.close()

    def checked(self, name: str, found: Listing | Fault, **changes: Any) -> Outcome:
        """A check of the source of that name that found this."""
        with self.db() as db:
            polls.sync_sources(self.sources, self.now, db)
            db.execute("UPDATE sources SET next_poll_at = ? WHERE name = ?", ("2000-01-01T00:00:00.000Z", name))
            records = {each.name: each for each in polls.claim_sources(self.now, 10, (), False, db)}
            record: SourceRecord = replace(records[name], **changes)
            source = next(each for each in self.sources if each.name == name)
            check = Check(source=source, record=record, at=self.now, jitter=0.0, found=found)
            return polls.commit(check, partial(decide, rules=self.rules, new_id=new_id), db)

    def publish(self, title: str, *matches: Match, source: str = "Gazette", text: str = "", **changes: Any) -> Outcome:
        """An article that a source listed; with matches it alerts."""
        self.pages += 1
        whole = {"url": f"https://{source.lower()}.example/{self.pages}", "published": self.now, "fetched": self.now}
        made = article(
            **(whole | {"id": new_id(), "title": title, "text": text or f"{title}.", "source": source} | changes)
        )
        read = reading(*matches, page=self.pages, text=text_key(words(made.text)), article=made, keys=(self.pages,))
        return self.checked(source, listing(read))

    def alert(self, title: str = "Wolves return", **changes: Any) -> Outcome:
        return self.publish(title, match(), **changes)

    def attempt(self, result: Receipt | NotifyError, channel: str = "desk") -> list[Delivery]:
        """One attempt of everything that is due on a channel."""
        with self.db() as db:
            bundle: Callable[..., Delivery] = partial(gather, now=self.now, new_id=new_id)
            claimed = outbox.claim(self.now, (channel,), 10, (), bundle, db)
            for delivery in claimed:
                settled = settle(
                    delivery,
                    result,
                    begun=self.now,
                    now=self.now + timedelta(seconds=1),
                    jitter=0.0,
                    rules=self.rules,
                    new_id=new_id,
                )
                outbox.finish(delivery, settled, db)
        return list(claimed)

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        db = connect(self.path)
        try:
            return [dict(row) for row in db.execute(query, values)]
        finally:
            db.close()
