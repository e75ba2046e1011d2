"""`monitor doctor` on real databases, each with one thing wrong; and the ways out that it names."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor import lock
from monitor.core.errors import NotifyError
from monitor.core.model import Receipt
from support.build import DAY, HOUR, match
from support.commands import Done, run, write_config
from support.stored import Stored

GIVEN_UP = NotifyError("it answered 400: Bad Request", retryable=False, code=400)
CHANNEL = '[[channels]]\nname = "desk"\ntype = "console"\ndefault = true\n'
NOW = datetime.now(UTC)
SOON = (NOW + HOUR).isoformat()


@pytest.fixture
def stored(tmp_path: Path, empty_database: Path) -> Stored:
    config = write_config(tmp_path / "config", monitor=CHANNEL)
    (config / "data").mkdir(mode=0o700)
    made = Stored.at(config / "data" / lock.DATABASE, empty_database, now=NOW)
    for file in (config / "data").iterdir():
        file.chmod(0o600)
    made.publish("Wolves return", match())
    return made


def ask(stored: Stored, *arguments: object) -> Done:
    return run("--config", stored.path.parent.parent, *arguments)


def findings(stored: Stored) -> dict[str, Any]:
    done = ask(stored, "doctor", "--json")
    told = json.loads(done.out)
    assert told["sound"] == (done.status == 0)
    return {each["check"]: each for each in told["findings"] if each["state"] != "ok"}


def test_a_sound_database(stored: Stored) -> None:
    assert findings(stored) == {}
    done = ask(stored, "doctor")
    assert (done.status, done.err) == (0, "")
    assert "The data is sound." in done.out
    assert "Monitor does not run" in done.out


def test_who_works_with_it_is_told(stored: Stored) -> None:
    with lock.take(stored.path.parent, os.getpid(), NOW) as held:
        lock.note(held, "since 08:00 UTC nothing can be stored")
        done = ask(stored, "doctor")
        told = json.loads(ask(stored, "doctor", "--json").out)
        with stored.db() as db:
            db.execute("UPDATE sources SET next_poll_at = '2000-01-01T00:00:00.000Z'")
        lock.note(held, "")
        late = ask(stored, "status").out
    assert "Monitor runs, but hangs or cannot keep up" in late
    assert f"Monitor runs: process {os.getpid()}" in done.out
    assert "since 08:00 UTC nothing can be stored" in done.out
    assert (told["running"], told["trouble"]) == (True, "since 08:00 UTC nothing can be stored")


BROKEN = {
    "every alert has a delivery": "DELETE FROM deliveries",
    "one alert for a watchlist and a story": None,
    "references": "PRAGMA foreign_keys = OFF; UPDATE deliveries SET alert_id = 'none'",
    "what was told with others was told": "UPDATE deliveries SET state = 'carried'",
    "what is done was attempted": "UPDATE deliveries SET state = 'delivered'",
    "no delivery is in an unknown state": "UPDATE deliveries SET state = 'lost'",
    "no delivery is forgotten": "UPDATE deliveries SET next_at = '2020-01-01T00:00:00.000Z'",
    "every page that is to be asked for again has a time": "UPDATE entries SET state = 'waiting'",
    "every source is polled": "UPDATE sources SET last_poll_at = NULL, next_poll_at = '2020-01-01T00:00:00.000Z'",
    "every article can be searched": "DELETE FROM articles_text_docsize",
    "nothing happened in the future": "UPDATE sources SET last_poll_at = '2999-01-01T00:00:00.000Z'",
    "every delivery has a channel": "UPDATE deliveries SET channel = 'old'",
}


@pytest.mark.parametrize("check", [check for check, breaks in BROKEN.items() if breaks])
def test_what_breaks_a_promise_is_found_and_told_with_what_to_do(stored: Stored, check: str) -> None:
    with stored.db() as db:
        db.execute("COMMIT")
        db.executescript(BROKEN[check] or "")
        db.execute("BEGIN")
    found = findings(stored)
    assert found[check]["state"] == "wrong"
    assert found[check]["said"]
    assert found[check]["advice"]
    assert ask(stored, "doctor").status == 1


NOTED = {
    "every alert has what was found": "DELETE FROM hits",
    "what was given up was seen": "UPDATE deliveries SET state = 'given-up'",
    "every article was listed by a source": "DELETE FROM entries",
    "every story has an article": """INSERT INTO stories (id, created_at, updated_at, articles, sources)
                                     VALUES ('x', '', '', 0, '[]')""",
    "forms of words are of one version": "INSERT INTO forms VALUES ('1', 'en', '', 'a', '[]'), ('2', 'en', '', 'a', '[]')",
}


@pytest.mark.parametrize("check", NOTED)
def test_what_is_worth_knowing_is_noted(stored: Stored, check: str) -> None:
    with stored.db() as db:
        db.execute(NOTED[check])
    assert findings(stored)[check]["state"] == "note"


def test_what_parsers_may_do_is_noted(stored: Stored) -> None:
    with stored.db() as db:
        value = json.dumps({"memory": 2**30, "cpu": True, "network": "", "files": ""})
        db.execute("INSERT INTO facts (name, value) VALUES ('confinement', ?)", (value,))
    told = json.loads(ask(stored, "doctor", "--json").out)
    said = [
        (each["state"], each["said"]) for each in told["findings"] if each["check"] == "children that parse are shut in"
    ]
    assert told["sound"]
    assert [state for state, _ in said] == ["note", "note"]
    assert "open connections" in said[0][1]
    assert "read all files" in said[1][1]


def test_the_folder_is_looked_at(stored: Stored) -> None:
    stored.path.chmod(0o644)
    os.utime(stored.path, (NOW.timestamp() + 86400,) * 2)
    found = findings(stored)
    assert found["only its owner may read the data"]["said"] == "monitor.db is 644"
    assert "after now" in found["the clock agrees with the files"]["said"]


def test_a_damaged_database_and_one_that_is_none(stored: Stored) -> None:
    with stored.db() as db:
        (page,) = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'alerts_created'").fetchone()
    stored.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(stored.path.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = bytes(4096)
    stored.path.write_bytes(content)
    assert {each["state"] for each in findings(stored).values()} >= {"wrong"}
    stored.path.write_bytes(b"letters home" * 1000)
    assert "damaged" in findings(stored)["database"]["said"]


def test_without_a_configuration_that_can_be_read(stored: Stored) -> None:
    (stored.path.parent.parent / "monitor.toml").write_text("[[channels")
    done = run("--config", stored.path.parent.parent, "--data-dir", stored.path.parent, "doctor", "--json")
    (noted,) = (each for each in json.loads(done.out)["findings"] if each["state"] == "note")
    assert "`monitor check`" in noted["advice"]
    assert done.status == 0


def test_digests_that_were_given_up_are_told_too(stored: Stored) -> None:
    with stored.db() as db:
        db.execute("UPDATE deliveries SET batch = 'digest', next_at = created_at")
    stored.attempt(GIVEN_UP)
    found = findings(stored)["what was given up was seen"]
    assert (found["state"], found["said"][:2]) == ("note", "1 ")
    assert "1 delivery was given up: `monitor alerts resend --since 7d`" in ask(stored, "status").out
    assert stored.rows("SELECT type, alert_id FROM deliveries WHERE state = 'given-up'") == [
        {"type": "alert.digest", "alert_id": None}
    ]


def test_hubs_that_do_not_confirm_are_told(stored: Stored) -> None:
    assert "hubs tell of news" not in findings(stored)
    assert "WebSub" not in ask(stored, "status").out
    with stored.db() as db:
        db.execute("UPDATE sources SET hub = 'https://hub.example/', topic = 'https://gazette.example/feed'")
        for token, state, failures, pushed in (
            ("a", "verified", 0, (NOW - HOUR).isoformat()),
            ("b", "asked", 1, None),
            ("c", "asked", 3, None),
        ):
            db.execute(
                "INSERT INTO subscriptions VALUES (?, '', 1, '', '', '', ?, '', ?, NULL, ?)",
                (token, state, failures, pushed),
            )
    found = findings(stored)["hubs tell of news"]
    assert (found["state"], found["said"][:6]) == ("note", "1 of 2")
    said = ask(stored, "status").out
    assert (
        "WebSub: hubs tell of news of 1 of 2 sources that name one, 1 to be confirmed, 1 not confirmed yet though asked "
        "again; last push 1 h ago"
    ) in " ".join(said.split())
    assert json.loads(ask(stored, "status", "--json").out)["websub"]["unanswered"] == 1


# What waits for a channel that is no more


def test_what_waits_for_a_channel_that_is_no_more_is_said_and_can_be_sent_elsewhere(stored: Stored) -> None:
    with stored.db() as db:
        db.execute("UPDATE deliveries SET channel = 'old', attempts = 3")
    words = "1 delivery for the channel old, which is not in monitor.toml"
    assert words in ask(stored, "status").out
    assert words in ask(stored, "check").out
    assert ask(stored, "alerts", "resend", "--from", "desk", "--to", "desk").status == 2
    assert "there are: desk" in ask(stored, "alerts", "resend", "--from", "old", "--to", "x").err
    done = ask(stored, "alerts", "resend", "--from", "old", "--to", "desk")
    assert done.out == "1 delivery of old to desk: due now, under the same ids\n"
    (row,) = stored.rows("SELECT channel, attempts, state FROM deliveries")
    assert tuple(row.values()) == ("desk", 0, "pending")
    assert words not in ask(stored, "status").out


def test_a_receiver_that_lost_what_it_was_given_gets_it_again(stored: Stored) -> None:
    assert "Nothing was sent" in ask(stored, "alerts", "resend", "--since", "1h", "--delivered").err
    stored.attempt(Receipt(code=204))
    again = ask(stored, "alerts", "resend", "--since", "1h", "--delivered", "--channel", "desk")
    assert again.out.endswith("to desk: due now, as a new message\n")


def test_all_that_was_given_up_lately_is_sent_again(stored: Stored) -> None:
    stored.attempt(GIVEN_UP)
    assert ask(stored, "alerts", "resend", "--since", "1h").out.endswith("to desk: due now, under the same id\n")
    assert "Nothing was given up" in ask(stored, "alerts", "resend", "--since", "1h").err
    stored.now -= DAY
    stored.attempt(GIVEN_UP)
    assert "did you mean 'desk'?" in ask(stored, "alerts", "resend", "--since", "1h", "--channel", "dest").err
    wrongs = ((), ("x", "--since", "1h"), ("--from", "old"), ("--to", "desk", "x"), ("x", "--delivered"))
    for wrong in wrongs:
        assert ask(stored, "alerts", "resend", *wrong).status == 2
