"""What was read and what was not, from polls as the daemon records them; as `monitor coverage`, and in digests."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.core.model import Fault, Receipt, TextFrom
from monitor.core.settings import Channel, Console
from monitor.store import coverage, ledger
from support.build import DAY, HOUR, NOW, listing, rules
from support.commands import run, write_config
from support.stored import DESK, Stored

DIGEST = Channel(name="desk", target=Console(), default=True, digest="0 8 * * *")
REFUSED = Fault(kind="status", message="herald.example answered 403", status=403)


@pytest.fixture
def stored(tmp_path: Path, empty_database: Path) -> Stored:
    return Stored.at(tmp_path / "config" / "data" / "monitor.db", empty_database)


def report(stored: Stored, since: timedelta = DAY) -> dict[str, dict[str, Any]]:
    with ledger.reading(stored.path) as db:
        return {row["source"]: row for row in coverage.report(db, stored.now - since, stored.now)}


def test_polls_are_counted_with_what_failed(stored: Stored) -> None:
    for fault in (REFUSED, Fault(kind="timeout", message="too late"), REFUSED):
        stored.checked("Herald", fault)
    stored.checked("Gazette", listing())
    stored.checked("Gazette", listing(complete=False))  # more of the same poll is to follow
    found = report(stored)
    assert [*found] == ["Herald", "Gazette"]  # what was not read comes first
    assert (found["Herald"]["answered"], found["Herald"]["failed"]) == (0, 3)
    assert found["Herald"]["faults"] == {"status 403": 2, "timeout": 1}
    assert (found["Gazette"]["answered"], found["Gazette"]["failed"], found["Gazette"]["faults"]) == (1, 0, {})
    with stored.db() as db:
        assert coverage.totals(db, NOW - DAY) == (2, 1)
        assert coverage.totals(db, NOW + DAY) == (2, 0)


def test_a_source_that_is_no_longer_configured_counts_no_more(stored: Stored) -> None:
    stored.sources = stored.sources[:1]
    stored.checked("Gazette", listing())
    assert [*report(stored)] == ["Gazette"]


@pytest.mark.parametrize(("hours", "gap"), [(0.4, None), (0.6, 2160), (5, 18000)])
def test_a_gap_is_more_than_two_intervals_without_an_answer(stored: Stored, hours: float, gap: int | None) -> None:
    stored.checked("Gazette", listing())
    stored.now += hours * HOUR
    stored.checked("Gazette", listing())
    assert report(stored)["Gazette"]["gap_seconds"] == gap


def test_a_gap_that_lasts_is_told_with_its_length_so_far(stored: Stored) -> None:
    stored.checked("Gazette", listing())
    stored.now += 3 * HOUR
    stored.checked("Gazette", REFUSED)
    stored.now += HOUR
    assert report(stored)["Gazette"]["gap_seconds"] == 4 * 3600


def test_entries_that_came_and_went_between_two_polls_are_told(stored: Stored) -> None:
    stored.checked("Gazette", listing(listed=9, fresh=9))
    assert report(stored)["Gazette"]["lost_seconds"] is None
    for _ in range(2):
        stored.now += HOUR / 4
        stored.checked("Gazette", listing(listed=9, fresh=9))
    assert report(stored)["Gazette"]["lost_seconds"] == 1800
    write_config(stored.path.parent.parent)
    with stored.db() as db:
        db.execute("UPDATE gaps SET found_at = '2999-01-01T00:00:00.000Z'")
    said = run("--config", stored.path.parent.parent, "coverage").out
    assert "entries of 30 min came and went between two polls" in " ".join(said.split())


def test_articles_with_all_their_text_and_with_a_summary_only(stored: Stored) -> None:
    stored.publish("One", text_from=TextFrom.PAGE)
    for title in ("Two", "Three"):
        stored.publish(title, reason="gazette.example answered 403")
    stored.publish("Four", reason="paywall")
    found = report(stored)["Gazette"]
    assert (found["entries"], found["full_text"], found["summary_only"]) == (4, 1, 3)
    assert found["unreadable"] == {"gazette.example answered 403": 2, "paywall": 1}
    stored.now += 2 * DAY
    assert report(stored)["Gazette"]["entries"] == 0


def test_what_is_old_is_forgotten(stored: Stored) -> None:
    stored.checked("Gazette", listing())
    stored.now += 2 * HOUR
    stored.checked("Gazette", listing())
    with stored.db() as db:
        coverage.prune(db, NOW + coverage.KEPT + HOUR)
    assert len(stored.rows("SELECT 1 FROM polls")) == 1


def test_the_command(stored: Stored) -> None:
    config = write_config(stored.path.parent.parent)
    stored.now = datetime.now(UTC)
    stored.checked("Herald", REFUSED)
    stored.publish("Two", reason="paywall")
    done = run("--config", config, "coverage", "--since", "12h")
    assert done.out.splitlines()[0] == "1 of 2 sources read in the last 12 h"
    assert "Herald   0/1" in done.out
    assert "1 x status 403" in done.out
    assert "1 x paywall" in done.out
    assert run("--config", config, "coverage").out.startswith("1 of 2 sources read in the last 24 h\n")
    assert run("--config", config, "coverage", "--since", "400d").out.startswith(
        "1 of 2 sources read in the last 90 d\n"
    )
    found = json.loads(run("--config", config, "coverage", "--json").out)
    assert (found["sources"], found["read"]) == (2, 1)
    assert [row["source"] for row in found["by_source"]] == ["Herald", "Gazette"]


def test_a_digest_says_how_many_sources_were_read_since_the_last_one(stored: Stored) -> None:
    stored.rules = rules(channels=(DIGEST,), digest_at={DESK.name: NOW})
    stored.alert("Wolves return")
    stored.checked("Herald", REFUSED)
    (first,) = stored.attempt(Receipt(code=200))
    assert first.event["data"]["coverage"] == {"since": "2026-11-21T12:00:00Z", "sources": 2, "read": 1}
    stored.now += DAY
    stored.alert("Bears return", text="It was another day, and others came back to the hills.")
    (second,) = stored.attempt(Receipt(code=200))
    assert second.event["data"]["coverage"]["since"] == "2026-11-22T12:00:00Z"
