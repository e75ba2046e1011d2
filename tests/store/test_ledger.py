"""What the commands read and change, in real files."""

import sqlite3
import stat
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from monitor.core.decide import decide
from monitor.core.errors import NotifyError, StoreError
from monitor.core.model import Check, EntryState, Fault, History, Listing, Outcome, Receipt
from monitor.core.settings import Channel, Console, Mark, StoriesSettings
from monitor.store import ledger, polls
from support.build import DAY, HOUR, MINUTE, NOW, article, listing, match, reading, record, rules
from support.stored import DESK, Stored, new_id

LATER = NOW + HOUR
DIGEST = Channel(name="lawyers", target=Console(), default=True, digest="0 8 * * *")
DOWN = NotifyError("no answer", retryable=True)
REFUSED = NotifyError("it answered 400", retryable=False, code=400)
GONE = NotifyError("it answered 410", retryable=False, gone=True, code=410)


@pytest.fixture
def stored(tmp_path: Path, empty_database: Path) -> Stored:
    return Stored.at(tmp_path / "monitor.db", empty_database)


def read(stored: Stored, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    with ledger.reading(stored.path) as db:
        return function(db, *arguments, **named)


def write(stored: Stored, function: Callable[..., Any], *arguments: Any) -> Any:
    with ledger.writing(stored.path) as db:
        return function(db, *arguments)


# Opening


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with (
        pytest.raises(StoreError, match=r"there is no database .*: `monitor run` makes it"),
        ledger.reading(tmp_path / "x"),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("version", "message"), [(0, "by an older Monitor"), (99, "by a newer Monitor")])
def test_a_database_of_another_version_is_refused(stored: Stored, version: int, message: str) -> None:
    with stored.db() as db:
        db.execute(f"PRAGMA user_version = {version}")
    with pytest.raises(StoreError, match=message), ledger.reading(stored.path):
        pass


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "monitor.db").write_bytes(b"no database at all, and long enough to be looked at" * 20)
    with pytest.raises(StoreError, match="The file is damaged"), ledger.reading(tmp_path / "monitor.db"):
        pass


def test_a_reading_connection_cannot_write(stored: Stored) -> None:
    with pytest.raises(StoreError, match="readonly"), ledger.reading(stored.path) as db:
        db.execute("DELETE FROM sources")


def test_what_raises_is_undone(stored: Stored) -> None:
    with pytest.raises(ValueError, match="enough"), ledger.writing(stored.path) as db:  # noqa: PT012
        db.execute("UPDATE sources SET active = 0")
        raise ValueError("enough")
    assert read(stored, ledger.source_names) == ["Gazette", "Herald"]


def test_commands_wait_for_the_daemons_transaction(stored: Stored) -> None:
    daemon = sqlite3.connect(stored.path, isolation_level=None, check_same_thread=False)
    daemon.execute("BEGIN IMMEDIATE")
    begun = threading.Event()

    def resume() -> None:
        begun.set()
        write(stored, ledger.resume, "Gazette", LATER)

    command = threading.Thread(target=resume)
    command.start()
    begun.wait()
    assert read(stored, ledger.source_names) == ["Gazette", "Herald"]  # reading waits for nobody
    daemon.execute("COMMIT")
    daemon.close()
    command.join()
    assert {row["name"]: row["next_poll_at"] for row in read(stored, ledger.sources)}[
        "Gazette"
    ] == "2026-11-22T13:00:00.000Z"


# Sources


def test_failing_sources_come_first_with_what_is_wrong(stored: Stored) -> None:
    stored.checked("Herald", Fault(kind="dns", message="the name is not found"))
    stored.checked("Gazette", listing(fresh=1))
    herald, gazette = read(stored, ledger.sources)
    assert (herald["name"], herald["reason"], herald["failures"]) == ("Herald", "the name is not found", 1)
    assert herald["failing_since"] == herald["last_poll_at"] == "2026-11-22T12:00:00.000Z"
    assert (gazette["failing_since"], gazette["last_new_at"]) == (None, "2026-11-22T12:00:00.000Z")


def test_a_source_that_is_no_longer_configured_is_not_listed(stored: Stored) -> None:
    stored.sources = stored.sources[:1]
    stored.checked("Gazette", listing())
    assert read(stored, ledger.source_names) == ["Gazette"]
    assert [row["name"] for row in read(stored, ledger.sources)] == ["Gazette"]


def held(stored: Stored, count: int) -> None:
    readings = [
        reading(page=number, state=EntryState.HELD, keys=(number,), article=article(id=new_id()))
        for number in range(count)
    ]
    stored.checked("Gazette", listing(*readings))


def test_what_the_brake_holds_is_released(stored: Stored) -> None:
    held(stored, 3)
    assert [row["held"] for row in read(stored, ledger.sources)] == [3, 0]
    assert write(stored, ledger.release, "Gazette", LATER) == 3
    (gazette, _) = read(stored, ledger.sources)
    assert (gazette["held"], gazette["waiting"], gazette["next_poll_at"]) == (0, 3, "2026-11-22T13:00:00.000Z")
    entries = stored.rows("SELECT state, attempts, next_at FROM entries")
    assert entries == [{"state": "waiting", "attempts": 0, "next_at": "2026-11-22T13:00:00.000Z"}] * 3
    assert write(stored, ledger.release, "Gazette", LATER) == 0


def test_what_the_brake_holds_stays_silent(stored: Stored) -> None:
    held(stored, 2)
    assert write(stored, ledger.baseline, "Gazette") == 2
    assert stored.rows("SELECT state, next_at FROM entries") == [{"state": "baseline", "next_at": None}] * 2
    assert write(stored, ledger.baseline, "Herald") == 0


def test_a_source_that_is_gone_is_polled_again(stored: Stored) -> None:
    for _ in range(2):
        stored.checked("Gazette", Fault(kind="status", message="gone", status=410), state="gone")
    assert read(stored, ledger.sources)[0]["next_poll_at"] > "9000"
    write(stored, ledger.resume, "Gazette", LATER)
    gazette = read(stored, ledger.sources)[0]
    assert (gazette["state"], gazette["next_poll_at"]) == ("ok", "2026-11-22T13:00:00.000Z")
    assert "gone for good" in gazette["reason"]  # until it answers


def test_a_poll_that_is_asked_for_during_a_check_comes_after_it(stored: Stored) -> None:
    with stored.db() as db:
        records = {record.name: record for record in polls.claim_sources(NOW, 10, (), False, db)}
    write(stored, ledger.resume, "Gazette", NOW + timedelta(seconds=5))
    with stored.db() as db:
        for name in ("Gazette", "Herald"):
            source = next(each for each in stored.sources if each.name == name)
            check = Check(source=source, record=records[name], at=NOW, jitter=0.0, found=listing())
            polls.commit(check, partial(decide, rules=stored.rules, new_id=new_id), db)
        again = polls.claim_sources(NOW + timedelta(seconds=10), 10, (), False, db)
    assert [record.name for record in again] == ["Gazette"]


# The queue


def test_a_channel_that_fails_says_since_when_and_why(stored: Stored) -> None:
    stored.alert()
    stored.attempt(Receipt(code=204))
    (desk,) = read(stored, ledger.channels)
    assert (desk["name"], desk["pending"], desk["failing_since"], desk["reason"]) == ("desk", 0, None, "")
    assert desk["last_delivered_at"] == "2026-11-22T12:00:00.000Z"
    stored.now += MINUTE
    stored.alert("Wolves leave")
    for _ in range(2):
        stored.attempt(DOWN)
        stored.now += HOUR
    (desk,) = read(stored, ledger.channels)
    assert (desk["pending"], desk["failing_since"], desk["reason"]) == (1, "2026-11-22T12:01:00.000Z", "no answer")
    stored.attempt(Receipt(code=200))
    assert read(stored, ledger.channels)[0]["failing_since"] is None


def test_what_was_given_up_and_a_channel_that_is_off_are_told(stored: Stored) -> None:
    stored.alert()
    stored.attempt(REFUSED)
    stored.alert("Wolves leave")
    stored.attempt(GONE)
    (desk,) = read(stored, ledger.channels)
    assert (desk["given_up"], desk["pending"], desk["code"]) == (1, 1, 410)
    assert desk["disabled_at"] is not None


def test_counts_and_the_network(stored: Stored) -> None:
    stored.alert()
    stored.publish("Nothing about them")
    assert read(stored, ledger.counts) == {"articles": 2, "stories": 2, "alerts": 1}
    assert read(stored, ledger.network_down_since) is None
    with stored.db() as db:
        db.execute("INSERT INTO facts VALUES ('network_down_since', '2026-11-22T12:00:00.000Z')")
    assert read(stored, ledger.network_down_since) == "2026-11-22T12:00:00.000Z"


# Alerts


def test_alerts_are_listed_newest_first_and_filtered(stored: Stored) -> None:
    stored.alert("First")
    stored.now += DAY
    stored.alert("Second")
    stored.attempt(Receipt())
    found = read(stored, ledger.alerts)
    assert [row["title"] for row in found] == ["Second", "First"]
    assert (found[0]["watchlist"], found[0]["source"], found[0]["deliveries"]) == (
        "wolves",
        "Gazette",
        {"delivered": 1},
    )
    assert [row["title"] for row in read(stored, ledger.alerts, since=NOW + HOUR)] == ["Second"]
    assert read(stored, ledger.alerts, watchlist="bears") == []
    assert len(read(stored, ledger.alerts, limit=1)) == 1


def test_ids_are_found_by_their_beginning(stored: Stored) -> None:
    stored.alert("First")
    stored.alert("Second")
    one, two = (row["id"] for row in stored.rows("SELECT id FROM alerts ORDER BY id"))
    assert read(stored, ledger.ids, "alerts", one) == [one]
    assert read(stored, ledger.ids, "alerts", two.lower()) == [two]
    assert len(read(stored, ledger.ids, "alerts", "")) == 2
    assert read(stored, ledger.ids, "deliveries", "nothing") == []


def test_an_alert_is_shown_with_everything_about_it(stored: Stored) -> None:
    stored.alert("Wolves return", text="Wolves return to the valley, and this is long enough to tell copies of it by.")
    stored.publish(
        "Wolves return",
        match(),
        source="Herald",
        text="Wolves return to the valley, and this is long enough to tell copies of it by.",
    )
    stored.attempt(DOWN)
    (alert_id,) = (row["id"] for row in stored.rows("SELECT id FROM alerts"))
    shown = read(stored, ledger.alert, alert_id)
    assert shown["article"]["title"] == "Wolves return"
    assert [hit["surface"] for hit in shown["hits"]] == ["Wolves"]
    assert [(row["source"], row["relation"]) for row in shown["story"]] == [
        ("Gazette", "first"),
        ("Herald", "duplicate"),
    ]
    (delivery,) = shown["deliveries"]
    assert (delivery["channel"], delivery["state"]) == ("desk", "pending")
    assert [(each["outcome"], each["answer"]) for each in delivery["tried"]] == [("retry", "no answer")]


# Sending again


def again(stored: Stored) -> list[dict[str, Any]]:
    (alert_id,) = (row["id"] for row in stored.rows("SELECT id FROM alerts"))
    sent: list[dict[str, Any]] = write(stored, ledger.resend_alert, alert_id, stored.now, new_id)
    return sent


def test_what_was_given_up_goes_again_under_its_id(stored: Stored) -> None:
    stored.alert()
    (first,) = stored.attempt(REFUSED)
    assert again(stored) == [{"id": first.id, "channel": "desk", "new": False, "disabled": False}]
    (second,) = stored.attempt(Receipt())
    assert (second.id, second.attempts, second.event) == (first.id, 1, first.event)


def test_what_failed_so_far_goes_now(stored: Stored) -> None:
    stored.alert()
    (first,) = stored.attempt(DOWN)
    assert stored.attempt(DOWN) == []
    again(stored)
    assert [each.id for each in stored.attempt(DOWN)] == [first.id]


def test_what_was_delivered_goes_as_a_new_message(stored: Stored) -> None:
    stored.alert()
    (first,) = stored.attempt(Receipt())
    (sent,) = again(stored)
    (second,) = stored.attempt(Receipt())
    assert sent["new"]
    assert sent["id"] == second.id != first.id
    assert second.event == first.event
    assert len(stored.rows("SELECT * FROM deliveries")) == 2


def test_only_the_channel_that_owes_it_is_told_again(stored: Stored) -> None:
    stored.rules = rules(channels=(DESK, Channel(name="team", target=Console(), default=True)))
    stored.alert()
    stored.attempt(Receipt(), "desk")
    stored.attempt(REFUSED, "team")
    assert [(each["channel"], each["new"]) for each in again(stored)] == [("team", False)]


def test_a_digest_that_waits_is_left_alone_unless_there_is_nothing_else(stored: Stored) -> None:
    stored.rules = rules(channels=(DESK, DIGEST))
    stored.alert()
    stored.attempt(Receipt(), "desk")
    assert [each["channel"] for each in again(stored)] == ["desk"]
    (waiting,) = stored.rows("SELECT id, batch FROM deliveries WHERE channel = 'lawyers'")
    assert waiting["batch"] == "digest"


def test_what_only_waits_goes_now(stored: Stored) -> None:
    stored.rules = rules(channels=(DIGEST,))
    stored.alert()
    assert stored.attempt(Receipt(), "lawyers") == []
    assert [each["new"] for each in again(stored)] == [False]
    assert len(stored.attempt(Receipt(), "lawyers")) == 1


def test_what_another_message_carried_goes_with_it_if_that_never_arrived(stored: Stored) -> None:
    stored.rules = rules(channels=(DIGEST,))
    stored.alert("First")
    stored.now += 2 * DAY
    (carrier,) = stored.attempt(REFUSED, "lawyers")
    assert [each["id"] for each in again(stored)] == [carrier.id]
    (sent,) = stored.attempt(Receipt(), "lawyers")
    assert sent.id == carrier.id
    (anew,) = again(stored)
    assert anew["new"]
    (alone,) = stored.attempt(Receipt(), "lawyers")
    assert (alone.id, alone.type) == (anew["id"], "alert.created")


def test_a_delivery_can_be_named_itself_and_a_channel_that_is_off_is_told(stored: Stored) -> None:
    stored.alert()
    (first,) = stored.attempt(GONE)
    row = read(stored, ledger.delivery, first.id)
    sent = write(stored, ledger.resend, row, stored.now, new_id)
    assert (sent["id"], sent["disabled"]) == (first.id, True)


def test_an_alert_that_nobody_was_told_sends_nothing(stored: Stored) -> None:
    stored.rules = rules(channels=(Channel(name="off", target=Console()),))
    stored.alert()
    assert again(stored) == []


# Articles


def test_articles_are_found_by_their_words_the_latest_first(stored: Stored) -> None:
    stored.publish("Волки вернулись", published=NOW - DAY)
    stored.publish("Été: les loups", text="Ils sont revenus.")
    stored.publish("Loups, encore", published=None)
    titles = [each.title for each in read(stored, ledger.search, '"loups" OR "волки"')]
    assert titles == ["Loups, encore", "Été: les loups", "Волки вернулись"]
    assert [each.title for each in read(stored, ledger.search, '"ete"')] == ["Été: les loups"]
    assert len(read(stored, ledger.search, '"loups"', 1)) == 1


def test_stored_articles_come_with_their_story(stored: Stored) -> None:
    stored.publish("Old")
    stored.now += DAY
    stored.publish("New")
    assert [each.title for _, each in read(stored, lambda db: list(ledger.stored(db)))] == ["Old", "New"]
    assert [each.title for _, each in read(stored, lambda db: list(ledger.stored(db, NOW + HOUR)))] == ["New"]
    assert read(stored, ledger.stored_count) == 2
    assert read(stored, ledger.stored_count, NOW + HOUR) == 1


def test_languages_and_kept_forms(stored: Stored) -> None:
    stored.publish("One", language="ru")
    stored.publish("Two")
    assert read(stored, ledger.languages) == ["ru"]
    with stored.db() as db:
        db.execute("INSERT INTO forms VALUES ('v1', 'en', '', 'wolf', '[\"wolf\", \"wolves\"]')")
    assert read(stored, ledger.forms, "v1") == {("en", "wolf", Mark.WORD): frozenset({"wolf", "wolves"})}
    assert read(stored, ledger.forms, "v2") == {}


def test_much_is_pruned_in_several_transactions(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polls, "PRUNED", 2)
    monkeypatch.setattr(ledger, "GAP", 0.0)
    for number in range(5):
        stored.publish(f"News {number}")
    assert ledger.prune(stored.path, NOW + DAY, dry=False) == 5
    assert read(stored, ledger.counts) == {"articles": 0, "stories": 0, "alerts": 0}


def test_pruning_spares_what_was_hit(stored: Stored) -> None:
    stored.alert("Hit")
    stored.publish("Not hit")
    assert ledger.prune(stored.path, NOW - DAY, dry=False) == 0
    assert ledger.prune(stored.path, NOW + DAY, dry=True) == 1
    assert read(stored, ledger.stored_count) == 2
    assert ledger.prune(stored.path, NOW + DAY, dry=False) == 1
    assert [each.title for _, each in read(stored, lambda db: list(ledger.stored(db)))] == ["Hit"]


# Copies


def test_a_copy_is_whole_its_owners_and_one_file(stored: Stored, tmp_path: Path) -> None:
    stored.alert()
    daemon = sqlite3.connect(stored.path)
    daemon.execute("UPDATE sources SET language = 'en'")  # a transaction that is under way is not in the copy
    target = tmp_path / "copies" / "today.db"
    target.parent.mkdir()
    ledger.backup(stored.path, target)
    daemon.close()
    assert [path.name for path in target.parent.iterdir()] == ["today.db"]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    copied = Stored(target)
    assert copied.rows("SELECT title FROM articles") == [{"title": "Wolves return"}]
    assert {row["language"] for row in copied.rows("SELECT language FROM sources")} == {None}


def test_nothing_is_overwritten_or_left_half(stored: Stored, tmp_path: Path) -> None:
    target = tmp_path / "today.db"
    target.write_text("mine")
    with pytest.raises(StoreError, match="is not overwritten"):
        ledger.backup(stored.path, target)
    assert target.read_text() == "mine"
    with pytest.raises(StoreError, match="cannot be written: No such file"):
        ledger.backup(stored.path, tmp_path / "no" / "folder.db")
    (tmp_path / "other.db.part").touch()
    with pytest.raises(StoreError, match="another backup is writing it"):
        ledger.backup(stored.path, tmp_path / "other.db")


def test_a_damaged_database_is_not_taken_for_a_good_copy(stored: Stored, tmp_path: Path) -> None:
    for number in range(50):
        stored.publish(f"Article {number}", text="x" * 2000)
    db = sqlite3.connect(stored.path)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (root,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'articles_fetched'").fetchone()
    (size,) = db.execute("PRAGMA page_size").fetchone()
    db.close()
    with stored.path.open("r+b") as file:
        file.seek((root - 1) * size + 100)
        file.write(b"\xff" * (size - 200))
    with pytest.raises(StoreError, match="is not sound"):
        ledger.backup(stored.path, tmp_path / "copy.db")
    assert not list(tmp_path.glob("copy*"))


def test_what_was_given_up_is_sent_again_whatever_kind_it_is(stored: Stored) -> None:
    stored.alert()
    stored.attempt(REFUSED)
    kinds = ("article.changed", "article.gone", "alert.digest", "source.failing")
    with stored.db() as db:
        for kind in kinds:
            db.execute(
                """INSERT INTO deliveries (id, type, channel, event, created_at, next_at, state, attempts, finished_at)
                   SELECT ? || id, ?, 'ops', event, created_at, next_at, state, attempts, finished_at FROM deliveries
                   WHERE type = 'alert.created'""",
                (kind, kind),
            )

    def again(**named: Any) -> list[bool]:
        with ledger.writing(stored.path) as db:
            sent = ledger.resend_all(db, stored.now - HOUR, stored.now, new_id, **named)
        return [each["new"] for each in sent]

    assert again(channel="ops") == [False] * len(kinds)
    assert again() == [False]
    stored.attempt(Receipt(code=204))
    stored.attempt(Receipt(code=204), channel="ops")
    assert again() == []
    assert again(delivered=True) == [True] * len(kinds)  # but not the one about a source


@pytest.mark.parametrize(("window", "found"), [(DAY, 1), (MINUTE, 0)])
def test_a_replay_keeps_to_the_configured_windows(stored: Stored, window: timedelta, found: int) -> None:
    first = stored.publish("Wolves return", text=" ".join(f"Wolf {number} returns." for number in range(40))).placed[0]
    stored.now += HOUR
    mark = replace(first.reading.fingerprint, pages=())
    fresh = replace(first.reading, article=replace(first.reading.article, id="later"), fingerprint=mark)
    asked = Check(
        source=stored.sources[0], record=record(), at=stored.now, jitter=0.0, found=Listing(readings=(fresh,), fresh=1)
    )
    seen: list[History] = []

    def look(check: Check, history: History) -> Outcome:
        seen.append(history)
        return Outcome(record=check.record)

    ledger.replay(stored.path, asked, look, StoriesSettings(copy_window=window, story_window=window))

    assert len(seen[0].candidates) == found
