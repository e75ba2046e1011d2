"""What the daemon asks of the database while it works goes through no table that grows with the years."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from monitor.core.decide import decide
from monitor.core.errors import NotifyError
from monitor.core.model import Check
from monitor.core.routes import gather
from monitor.core.settings import Channel, Console
from monitor.core.settle import settle
from monitor.store import outbox, polls, revisions
from monitor.store.sqlite import connect, prepare
from support.build import DAY, NOW, article, ids, listing, match, reading, rules, source

GROWING = (
    "articles|attempts|alerts|deliveries|entries|fingerprints|hits|polls|rereads|seen|sketches|stories|topics|versions"
)
SCANNED = re.compile(rf"SCAN (?:{GROWING}|[a-z])(?! VIRTUAL| USING INDEX (?:deliveries_due|sources_due))\b")
GAZETTE = source()
NEW_ID = ids()
DAILY = rules(channels=(Channel(name="desk", target=Console(), default=True, digest="0 8 * * *"),))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    prepare(tmp_path / "monitor.db")
    with closing(connect(tmp_path / "monitor.db")) as db:
        polls.sync_sources((GAZETTE,), NOW, db)
        yield db


def work(db: sqlite3.Connection) -> None:
    """What there is to do in a day: a report that alerts and another that waits for a digest, both delivered or given up."""
    (record,) = polls.claim_sources(NOW, 9, (), False, db)
    for number, about in enumerate((rules(), DAILY)):
        made = article(id=f"article{number}", url=f"https://gazette.example/{number}")
        found = listing(reading(match(), article=made, page=number, keys=(number,)))
        check = Check(source=GAZETTE, record=record, at=NOW, jitter=0.0, found=found)
        polls.commit(check, partial(decide, rules=about, new_id=NEW_ID), db)
    bundle = partial(gather, now=NOW, new_id=NEW_ID)
    sent = outbox.claim(NOW + DAY, ("desk",), 9, (), bundle, db)
    assert len(sent) == 2
    for delivery in sent:
        refused = NotifyError("no", retryable=False, code=400)
        settled = settle(delivery, refused, begun=NOW, now=NOW, jitter=0.0, rules=rules(), new_id=NEW_ID)
        outbox.finish(replace(delivery), settled, db)
    revisions.claim(NOW, 9, (), db)
    outbox.lag(NOW, db)
    polls.prune(NOW, db)


def test_nothing_goes_through_a_whole_table(db: sqlite3.Connection) -> None:
    asked: list[str] = []
    db.set_trace_callback(asked.append)
    work(db)
    db.set_trace_callback(None)
    told = [each for each in asked if each.lstrip().startswith(("SELECT", "UPDATE", "DELETE", "WITH"))]

    scans = {
        f"{row['detail']}: {' '.join(each.split())[:200]}"
        for each in told
        for row in db.execute(f"EXPLAIN QUERY PLAN {each}")
        if SCANNED.match(row["detail"])
    }

    assert len(told) > 30
    assert scans == set()
