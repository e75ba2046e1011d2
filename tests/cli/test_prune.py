"""`monitor prune --watchlist NAME --all`: what a watchlist found is in no byte of any file of the data folder any more, and
what others found is all there."""

import json
import os
import pty
import select
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor import lock
from monitor.core import words as spelling
from monitor.core.model import Hit, Match, Receipt
from monitor.core.settings import Channel, Console, Mark, Watchlist
from monitor.store import doctor, ledger
from support.build import DAY, NOW, match, rules
from support.commands import MONITOR, Done, run, write_config
from support.stored import Stored

CHANNELS = (
    Channel(name="desk", target=Console(), default=True, updates=True),
    Channel(name="lawyers", target=Console(), digest="0 8 * * *"),
)
LISTS = (
    Watchlist(name="wolves", title="Wolves", all=("wolves",), channels=("desk", "lawyers")),
    Watchlist(name="zostera", title="Meadows below", all=("zostera",), channels=("desk", "lawyers")),
)
SECRETS = ("zostera", "meadows below", "eelgrass", "seegras", "qirmizi", "vanishing meadow", "kept from everybody")
"""What must be nowhere: the list's name, its title, its words and their forms, a word of the text, a title, an answer."""
KEPT = ("Wolves return", "Two in one", "wolf pack")
TOML = """\
[[channels]]
name = "desk"
type = "console"
default = true

[[channels]]
name = "lawyers"
type = "console"
digest = "0 8 * * *"

[backup]
folder = "backups"
"""
EELGRASS = Hit(
    term="eelgrass",
    term_set="zostera",
    field="text",
    start=4,
    end=12,
    surface="eelgrass",
    sentence="The eelgrass is ill.",
)
HIDDEN = Match(watchlist="zostera", score=1.0, verdict=match().verdict, hits=(EELGRASS,))


@pytest.fixture
def stored(tmp_path: Path, empty_database: Path) -> Stored:
    """Alerts of two lists, alone, together and in a digest, delivered; forms of the words of both; a newer version of an
    article; all of it partly in the write-ahead log."""
    write_config(tmp_path / "config", monitor=MONITOR + TOML)
    made = Stored.at(
        tmp_path / "config" / "data" / "monitor.db", empty_database, rules=rules(*LISTS, channels=CHANNELS)
    )
    made.publish("Wolves return", match(), text="A wolf pack. Nothing else to tell.")
    made.publish("The vanishing meadow", HIDDEN, text="The eelgrass is ill, says qirmizi.")
    made.publish("Two in one", match(), HIDDEN, text="The eelgrass is ill, and a wolf pack comes.")
    made.publish("A quiet day", text="Nothing was found in here, but a wolf pack of words.")
    made.attempt(Receipt(code=200, answer="thanks"))
    with made.db() as db:
        ledger.keep_forms(
            spelling.version(),
            {
                ("en", "eelgrass", Mark.WORD): frozenset({"eelgrass", "eelgrasses"}),
                ("de", "seegras", Mark.WORD): frozenset({"seegras", "seegrases"}),
                ("en", "wolf", Mark.WORD): frozenset({"wolf", "wolves"}),
            },
            db,
        )
        db.execute(
            """INSERT INTO versions (article_id, fetched, replaced_at, title, text, sha256, difference)
               SELECT id, fetched, fetched, title, text, '', 'eelgrass' FROM articles WHERE title LIKE '%meadow%'"""
        )
    made.now += DAY
    made.attempt(Receipt(code=250, answer="thanks"), "lawyers")  # the digest of both
    with made.db() as db:
        db.execute(
            """UPDATE attempts SET answer = 'kept from everybody' WHERE delivery_id IN
               (SELECT id FROM deliveries WHERE instr(event, '"zostera"'))"""
        )
    return made


def prune(stored: Stored, *arguments: object) -> Done:
    return run("--config", stored.path.parent.parent, "prune", *arguments)


def remains(folder: Path, texts: tuple[str, ...]) -> set[str]:
    """Which of the texts are in a file of the folder, as UTF-8 or UTF-16, whatever the case of ASCII letters."""
    found = set()
    for file in folder.rglob("*"):
        content = file.read_bytes().lower() if file.is_file() else b""
        found |= {text for text in texts for code in ("utf-8", "utf-16-le") if text.lower().encode(code) in content}
    return found


@pytest.fixture
def reader(stored: Stored) -> Iterator[sqlite3.Connection]:
    """Another program that has the database open, so that its write-ahead log outlives each command."""
    with closing(sqlite3.connect(stored.path)) as db:
        db.execute("SELECT count(*) FROM facts").fetchone()
        yield db


@pytest.mark.usefixtures("reader")
def test_not_a_byte_of_it_is_left_and_everything_else_is(stored: Stored) -> None:
    assert remains(stored.path.parent, SECRETS) == set(SECRETS)
    sound = wrong(stored)
    done = prune(stored, "--watchlist", "zostera", "--all", "--yes")
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines()[:2] == [
        "to be deleted: 1 article that only zostera found, and 2 alerts with their messages",
        "1 article stays with all words in the text: other watchlists found something in it, or told its story",
    ]
    assert remains(stored.path.parent, (*SECRETS, *KEPT)) == {*KEPT, "eelgrass"}  # in the text of what wolves hit, too
    assert [row["title"] for row in stored.rows("SELECT title FROM articles ORDER BY seq")] == [
        "Wolves return", "Two in one", "A quiet day",
    ]  # fmt: skip
    assert stored.rows("SELECT DISTINCT watchlist FROM hits") == [{"watchlist": "wolves"}]
    assert stored.rows("SELECT word FROM forms") == []  # the two words of this configuration are not inflected
    assert wrong(stored) == sound


def wrong(stored: Stored) -> set[str]:
    """What `monitor doctor` finds wrong."""
    found = doctor.examine(stored.path, NOW + DAY, {"desk", "lawyers"})
    return {each.check for each in found if each.state == doctor.State.WRONG}


def test_what_others_hold_too_stays_with_its_text_and_messages(stored: Stored) -> None:
    prune(stored, "--watchlist", "zostera", "--all", "--yes")
    events = [json.loads(row["event"]) for row in stored.rows("SELECT event FROM deliveries ORDER BY id")]
    told = [event["data"] for event in events if event["type"] == "alert.created"]
    assert {data["article"]["title"] for data in told} == {"Wolves return", "Two in one"}
    assert all(data["watchlist"]["name"] == "wolves" and data["also"] == [] for data in told)
    (digest,) = [event["data"] for event in events if event["type"] == "alert.digest"]
    assert digest["count"] == len(digest["alerts"]) == 2
    assert {entry["article"]["title"] for entry in digest["alerts"]} == {"Wolves return", "Two in one"}


def test_a_list_that_leads_a_message_leaves_it_to_the_other(stored: Stored) -> None:
    """Where both hit one article, the first tells it for both: that is wolves, which is forgotten here."""
    (both,) = stored.rows("SELECT id FROM articles WHERE title = 'Two in one'")
    prune(stored, "--watchlist", "wolves", "--all", "--yes")
    lists = stored.rows("SELECT watchlist, article_id FROM alerts ORDER BY id")
    assert {each["watchlist"] for each in lists} == {"zostera"}
    sent = stored.rows(
        "SELECT d.* FROM deliveries AS d JOIN alerts AS t ON t.id = d.alert_id WHERE d.state = 'delivered'"
    )
    told = [json.loads(row["event"])["data"] for row in sent if row["channel"] == "desk"]
    assert {data["article"]["id"] for data in told} >= {both["id"]}
    assert {data["watchlist"]["name"] for data in told} == {"zostera"}
    assert remains(stored.path.parent, ("Wolves return",)) == set()


def test_without_all_only_what_is_older_than_the_retention_goes(stored: Stored) -> None:
    recent = stored.rows("SELECT count(*) AS n FROM articles")[0]["n"]
    later = datetime.now(UTC)
    with stored.db() as db:
        db.execute("UPDATE articles SET fetched = '2001-01-01T00:00:00.000Z' WHERE title = 'The vanishing meadow'")
        db.execute(
            "UPDATE articles SET fetched = ? WHERE title = 'Two in one'", (later.strftime("%Y-%m-%dT%H:%M:%S.000Z"),)
        )
    done = prune(stored, "--watchlist", "zostera", "--yes")
    assert "1 article that only zostera found, fetched before 20" in done.out
    assert stored.rows("SELECT count(*) AS n FROM articles")[0]["n"] == recent - 1
    assert stored.rows("SELECT count(*) AS n FROM alerts WHERE watchlist = 'zostera'") == [{"n": 1}]


def test_a_story_that_another_list_was_alerted_to_stays_whole(tmp_path: Path, empty_database: Path) -> None:
    write_config(tmp_path / "config", monitor=MONITOR + TOML)
    stored = Stored.at(
        tmp_path / "config" / "data" / "monitor.db", empty_database, rules=rules(*LISTS, channels=CHANNELS)
    )
    text = "The old harbour is to be dredged by four metres, the port authority of the valley said on Friday night."
    stored.publish("Harbour to be dredged", match(), text=text)
    stored.publish("Harbour to be dredged soon", HIDDEN, source="Herald", text=text)
    assert len(stored.rows("SELECT DISTINCT story_id FROM articles")) == 1
    done = prune(stored, "--watchlist", "zostera", "--all", "--yes")
    assert done.out.startswith("to be deleted: 0 articles that only zostera found, and ")
    assert len(stored.rows("SELECT id FROM articles")) == 2


def test_a_story_that_loses_its_first_report_is_counted_again(tmp_path: Path, empty_database: Path) -> None:
    write_config(tmp_path / "config", monitor=MONITOR + TOML)
    stored = Stored.at(
        tmp_path / "config" / "data" / "monitor.db", empty_database, rules=rules(*LISTS, channels=CHANNELS)
    )
    text = "The old harbour is to be dredged by four metres, the port authority of the valley said on Friday night."
    stored.publish("Harbour to be dredged", HIDDEN, text=text)
    stored.publish("Harbour to be dredged soon", source="Herald", text=text)
    assert stored.rows("SELECT articles FROM stories") == [{"articles": 2}]
    prune(stored, "--watchlist", "zostera", "--all", "--yes")
    assert stored.rows("SELECT articles, sources FROM stories") == [{"articles": 1, "sources": '["Herald"]'}]
    assert stored.rows("SELECT title, relation FROM articles") == [
        {"title": "Harbour to be dredged soon", "relation": "first"}
    ]


def test_what_was_said_of_its_examples_goes_too(stored: Stored) -> None:
    notices = {
        "1": {"type": "watchlist.refused", "data": {"reason": "the watchlist zostera fails its own examples"}},
        "2": {"type": "source.failing", "data": {"source": "zostera", "reason": "it answered 503"}},
    }
    with stored.db() as db:
        db.executemany(
            """INSERT INTO deliveries (id, type, channel, state, event, created_at, next_at)
               VALUES (?, ?, 'desk', 'pending', ?, '', '')""",
            [(id_, event["type"], json.dumps(event)) for id_, event in notices.items()],
        )
    prune(stored, "--watchlist", "zostera", "--all", "--yes")
    assert [row["id"] for row in stored.rows("SELECT id FROM deliveries WHERE length(id) = 1")] == ["2"]


def test_nothing_is_deleted_without_being_asked_for(stored: Stored) -> None:
    before = stored.path.read_bytes()
    dry = prune(stored, "--watchlist", "zostera", "--all", "--dry-run")
    assert (dry.status, "to be deleted: 1 article" in dry.out) == (0, True)
    alone = prune(stored, "--watchlist", "zostera", "--all")
    assert (alone.status, "say --yes where nobody can be asked" in alone.err) == (2, True)
    assert stored.path.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--all"], "--all and --backups go with --watchlist NAME"),
        (["--backups"], "--all and --backups go with --watchlist NAME"),
        (["--watchlist", "zosterra"], "there is no watchlist 'zosterra'; did you mean 'zostera'?"),
    ],
)
def test_what_makes_no_sense_is_refused(stored: Stored, arguments: list[str], said: str) -> None:
    done = prune(stored, *arguments)
    assert (done.status, said in done.err) == (2, True)


def test_beside_a_daemon_it_is_refused(stored: Stored) -> None:
    with lock.take(stored.path.parent, os.getpid(), NOW):
        done = prune(stored, "--watchlist", "zostera", "--all", "--yes")
    assert done.status == 1
    assert "another Monitor works with" in done.err
    assert stored.rows("SELECT count(*) AS n FROM alerts WHERE watchlist = 'zostera'") == [{"n": 2}]


def test_a_reader_that_holds_the_log_back_is_told(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "BUSY", 0.05)
    with closing(sqlite3.connect(stored.path, isolation_level=None)) as db:
        db.execute("BEGIN")
        db.execute("SELECT count(*) FROM facts").fetchone()
        done = prune(stored, "--watchlist", "zostera", "--all", "--yes")
    assert done.status == 1
    assert "end it, and repeat this" in done.err or "Another program holds the database" in done.err


# Backups


@pytest.fixture
def backups(stored: Stored) -> Path:
    folder = stored.path.parent.parent / "backups"
    folder.mkdir()
    for name in ("monitor-2026-11-20.db", "monitor-2026-11-21.db"):
        ledger.backup(stored.path, folder / name)
    (folder / "notes.txt").write_text("not ours")
    return folder


def test_backups_that_still_hold_it_are_told(stored: Stored, backups: Path) -> None:
    done = prune(stored, "--watchlist", "zostera", "--all", "--yes")
    assert f"2 scheduled backups in {backups} still hold it: --backups takes it out of them, too" in done.out
    assert remains(backups, SECRETS) == set(SECRETS)


def test_it_is_taken_out_of_backups_which_stay_good_for_everything_else(stored: Stored, backups: Path) -> None:
    done = prune(stored, "--watchlist", "zostera", "--all", "--yes", "--backups")
    assert (done.status, done.err) == (0, "")
    assert "nothing of it is left in 2 backups" in done.out
    assert remains(backups, (*SECRETS, *KEPT)) == {*KEPT, "eelgrass"}
    assert sorted(file.name for file in backups.iterdir()) == [
        "monitor-2026-11-20.db",
        "monitor-2026-11-21.db",
        "notes.txt",
    ]
    with closing(sqlite3.connect(backups / "monitor-2026-11-21.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("SELECT count(*) FROM articles").fetchone() == (3,)


def test_a_backup_that_cannot_be_written_is_named(stored: Stored, backups: Path) -> None:
    with closing(sqlite3.connect(backups / "monitor-2026-11-20.db")) as db:
        db.execute("PRAGMA user_version = 0")
    done = prune(stored, "--watchlist", "zostera", "--all", "--yes", "--backups")
    assert done.status == 1
    assert "it is still in " in done.err
    assert "monitor-2026-11-20.db (" in done.err
    assert remains(stored.path.parent, SECRETS) == {"eelgrass"}


# On a terminal


@pytest.mark.parametrize(("typed", "left"), [(b"n\n", 2), (b"y\n", 0)])
def test_on_a_terminal_it_is_asked(stored: Stored, typed: bytes, left: int) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "monitor", "--config", str(stored.path.parent.parent), "prune"]
    asked = b""
    with subprocess.Popen(
        [*command, "--watchlist", "zostera", "--all"], stdin=theirs, stdout=theirs, stderr=theirs
    ) as it:
        os.close(theirs)
        while b"[y/N]" not in asked and select.select([ours], [], [], 30)[0]:
            asked += os.read(ours, 4096)
        os.write(ours, typed)
        while _more(ours):
            pass
        assert it.wait(30) == (0 if typed == b"y\n" else 1)
    os.close(ours)
    assert b"Delete it for good?" in asked
    assert stored.rows("SELECT count(*) AS n FROM alerts WHERE watchlist = 'zostera'") == [{"n": left}]


def _more(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other end is closed
        return b""
