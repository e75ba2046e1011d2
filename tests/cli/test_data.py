"""`monitor status`, `search`, `backup`, `prune`, and the commands that change what is stored, on a real database."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.core.errors import NotifyError
from monitor.core.model import EntryState, Fault, Receipt
from support.build import DAY, HOUR, NOW, article, listing, match, reading
from support.commands import MONITOR, Done, run, spawn, write_config
from support.stored import Stored, new_id

DOWN = NotifyError("no answer", retryable=True)
REFUSED = NotifyError("it answered 400: Bad Request", retryable=False, code=400)
GONE = NotifyError("it answered 410", retryable=False, gone=True, code=410)


CHANNEL = '[[channels]]\nname = "desk"\ntype = "console"\ndefault = true\n'


@pytest.fixture
def stored(tmp_path: Path, empty_database: Path) -> Stored:
    write_config(tmp_path / "config", monitor=MONITOR + CHANNEL)
    return Stored.at(tmp_path / "config" / "data" / "monitor.db", empty_database)


def ask(stored: Stored, *arguments: object) -> Done:
    return run("--config", stored.path.parent.parent, *arguments)


def answer(stored: Stored, *arguments: object) -> Any:
    done = ask(stored, *arguments, "--json")
    assert (done.status, done.err) == (0, "")
    return json.loads(done.out)


# status


def test_status_tells_what_fails_and_since_when(stored: Stored) -> None:
    stored.alert()
    stored.attempt(DOWN)
    stored.checked("Herald", Fault(kind="dns", message="the name is not found\x1b[31m"))
    with stored.db() as db:
        db.execute("UPDATE sources SET next_poll_at = '2000-01-01T00:00:00.000Z'")
    done = ask(stored, "status")
    summary, late, _, headings, herald, gazette, *_ = done.out.splitlines()
    assert summary == "2 sources, 0 failing, 1 suspect; 1 article, 1 story, 1 alert; 1 delivery pending"
    assert re.fullmatch(r"A poll was due \d+ \w+ ago: Monitor is not running", late)
    assert headings.split("  ")[0] == "SOURCE"
    assert herald.startswith("Herald   suspect")
    assert "the name is not found [31m" in herald  # a stranger's words move no cursor
    assert gazette.startswith("Gazette  ok ")
    assert "desk     1        0" in done.out
    assert "no answer" in done.out


def test_a_source_is_listed_with_its_state(stored: Stored) -> None:
    stored.checked("Gazette", listing())
    well = ask(stored, "feeds", "list").out.splitlines()[1]
    for _ in range(3):
        stored.checked("Gazette", Fault(kind="dns", message="there is no such name"))
    dead = ask(stored, "feeds", "list").out
    (row,) = answer(stored, "feeds", "list")
    assert well.split()[2] == "ok"
    assert "failing since 2026-11-22" in dead
    assert (row["state"], row["since"], row["fault"], row["reason"]) == (
        "failing",
        "2026-11-22T12:00:00.000Z",
        "dns",
        "there is no such name",
    )


def test_sources_that_are_pushed_are_listed_so(stored: Stored) -> None:
    with stored.db() as db:
        db.execute("UPDATE sources SET hub = 'https://hub.example/', last_poll_at = '2026-11-22T12:00:00.000Z'")
        db.execute("UPDATE sources SET pushed_until = '2999-01-05T12:00:00.000Z'")
    pushed = ask(stored, "feeds", "list").out
    (row,) = answer(stored, "feeds", "list")
    with stored.db() as db:
        db.execute("UPDATE sources SET pushed_until = '2020-01-01T00:00:00.000Z'")
    over = ask(stored, "feeds", "list").out
    assert "pushed by hub.example until 2999-01-05" in " ".join(pushed.split())
    assert "pushed" not in over
    assert (row["hub"], row["pushed_until"]) == ("https://hub.example/", "2999-01-05T12:00:00.000Z")


def test_status_as_json(stored: Stored) -> None:
    stored.checked("Gazette", listing(*[reading(state=EntryState.HELD, article=article(id=new_id()))]))
    found = answer(stored, "status")
    assert [(row["name"], row["state"], row["held"]) for row in found["sources"]] == [
        ("Gazette", "ok", 1),
        ("Herald", "ok", 0),
    ]
    assert [(row["name"], row["pending"]) for row in found["channels"]] == [("desk", 1)]  # the flood is told
    assert found["network_down_since"] is None


def test_status_remarks(stored: Stored) -> None:
    stored.checked("Gazette", listing(*[reading(state=EntryState.HELD, article=article(id=new_id()))]))
    for _ in range(2):
        stored.checked("Herald", Fault(kind="status", message="herald.example answered 410", status=410))
    stored.alert()
    stored.attempt(GONE)
    with stored.db() as db:
        db.execute("INSERT INTO facts VALUES ('network_down_since', '2026-11-22T12:00:00.000Z')")
        db.execute("UPDATE sources SET moved_to = 'https://new.example/' WHERE name = 'Gazette'")
        db.execute("UPDATE entries SET state = 'waiting' WHERE id = (SELECT max(id) FROM entries)")
    said = ask(stored, "status").out
    for words in (
        "probably our own network",
        "1 entry held: `monitor feeds release` or `baseline`",
        "1 page to be tried again",
        "moved to https://new.example/",
        ": it answered 410; reload Monitor to try it",
    ):
        assert words in said
    (herald,) = (line for line in said.splitlines() if line.startswith("Herald"))
    assert " gone " in herald
    assert " -  " in herald  # it is polled no more


def test_status_says_that_an_address_with_a_token_is_not_adopted(stored: Stored) -> None:
    stored.checked("Gazette", listing())
    with stored.db() as db:
        db.execute("UPDATE sources SET moved_to = url || '/9f86d081884c7d65' WHERE name = 'Gazette'")
    assert "what looks like a personal token; not adopted: https://" in ask(stored, "status").out


def test_a_channel_that_asked_for_a_pause(stored: Stored) -> None:
    stored.alert()
    stored.attempt(NotifyError("busy", retryable=True, hold=True, retry_at=datetime.now(UTC) + DAY, code=429))
    assert "asked to be left alone until " in ask(stored, "status").out


def test_status_says_each_thing_once(stored: Stored) -> None:
    stored.alert()
    stored.attempt(NotifyError("it answered 503", retryable=True, code=503))
    with stored.db() as db:
        db.execute("UPDATE sources SET next_poll_at = '2999-01-01T00:00:00.000Z'")
    said = ask(stored, "status").out
    assert "fails since" in said
    assert said.count("503") == 1
    stored.now += DAY
    stored.attempt(NotifyError("busy", retryable=True, code=502))
    assert ": 502 busy" in ask(stored, "status").out
    assert "A poll was due" not in said


def test_status_says_what_parsers_may_not_do(stored: Stored) -> None:
    assert answer(stored, "status")["parsers"] is None
    assert "Parsers" not in ask(stored, "status").out
    found = {"memory": 2**30, "cpu": True, "network": "seccomp", "files": ""}
    with stored.db() as db:
        db.execute("INSERT INTO facts (name, value) VALUES ('confinement', ?)", (json.dumps(found),))
    assert answer(stored, "status")["parsers"] == found
    assert "Parsers: 1 GiB, CPU, no network (seccomp), files are open to them\n" in ask(stored, "status").out


def test_status_of_nothing(tmp_path: Path, empty_database: Path) -> None:
    stored = Stored.at(tmp_path / "config" / "data" / "monitor.db", empty_database, sources=())
    write_config(tmp_path / "config")
    done = ask(stored, "status")
    assert done.status == 0
    assert "No sources: feeds.toml has none" in done.err


# feeds resume, release, baseline


def test_sources_are_named_or_the_nearest_is_told(stored: Stored) -> None:
    for command in ("resume", "release", "baseline"):
        done = ask(stored, "feeds", command, "Gazete")
        assert (done.status, done.err) == (2, "monitor: there is no source 'Gazete'; did you mean 'Gazette'?\n")


def test_held_entries_are_released_or_kept_silent(stored: Stored) -> None:
    stored.checked("Gazette", listing(*[reading(state=EntryState.HELD, article=article(id=new_id()))]))
    stored.checked(
        "Herald", listing(*[reading(state=EntryState.HELD, page=2, keys=(2,), article=article(id=new_id()))])
    )
    assert ask(stored, "feeds", "release", "Gazette").out == "Gazette: 1 entry released\n"
    assert ask(stored, "feeds", "release", "Gazette").out == "Gazette: nothing is held\n"
    assert ask(stored, "feeds", "baseline", "Herald").out == "Herald: 1 entry stays silent\n"
    assert ask(stored, "feeds", "baseline", "Herald").out == "Herald: nothing is held\n"
    assert {row["state"] for row in stored.rows("SELECT state FROM entries")} == {"waiting", "baseline"}


def test_a_source_is_polled_again(stored: Stored) -> None:
    stored.checked("Gazette", Fault(kind="status", message="gone", status=410))
    assert ask(stored, "feeds", "resume", "Gazette").out == "Gazette: polled again now\n"
    assert stored.rows("SELECT state FROM sources WHERE name = 'Gazette'") == [{"state": "ok"}]


# alerts


def test_alerts_are_listed(stored: Stored) -> None:
    stored.now = datetime.now(UTC) - 2 * DAY
    stored.alert("First")
    stored.attempt(Receipt())
    stored.alert("Second")
    headings, second, first = ask(stored, "alerts", "list").out.splitlines()
    assert headings.split() == ["ID", "WHEN", "WATCHLIST", "DELIVERIES", "SOURCE", "TITLE"]
    assert second.endswith("wolves     1 pending    Gazette  Second")
    assert "1 delivered" in first
    limited = ask(stored, "alerts", "list", "--limit", "1")
    assert limited.err == "The newest 1; --limit shows more.\n"
    assert [row["title"] for row in answer(stored, "alerts", "list", "--watchlist", "wolves")] == ["Second", "First"]
    assert len(answer(stored, "alerts", "list", "--since", "3d")) == 2
    assert answer(stored, "alerts", "list", "--since", "1d") == []
    assert ask(stored, "alerts", "list", "--watchlist", "x").err == "No alerts.\n"


def test_an_alert_is_shown(stored: Stored) -> None:
    text = "Wolves return to the valley, says the Gazette, and this is long enough to tell its copies by."
    stored.alert("Wolves return", text=text, author="Ada Moor", language="en", reason="the page is behind a paywall")
    stored.publish("Wolves return", match(), source="Herald", text=text)
    stored.attempt(REFUSED)
    (alert_id,) = (row["id"] for row in stored.rows("SELECT id FROM alerts"))
    (delivery_id,) = (row["id"] for row in stored.rows("SELECT id FROM deliveries WHERE alert_id IS NOT NULL"))
    said = ask(stored, "alerts", "show", alert_id[:-1].lower()).out
    for words in (
        "Wolves return\n  Gazette · ",
        " · en · Ada Moor\n  https://gazette.example/1\n",
        "text from the feed: the page is behind a paywall",
        f"Alert {alert_id} for wolves, score 1:\n  wolf (wolves), in the title:\n    *Wolves* return\n",
        "The same story:\n  Herald · ",
        "duplicate · Wolves return\n    https://herald.example/2\n",
        f"{delivery_id} alert.created to desk: given-up\n",
        "given-up 400: it answered 400: Bad Request\n",
    ):
        assert words in said
    assert answer(stored, "alerts", "show", alert_id)["id"] == alert_id


@pytest.mark.parametrize(
    ("batch", "why"),
    [
        ("digest", " (with the digest)"),
        ("quiet:wolves", " (quiet hours of wolves)"),
        ("rate:wolves", " (max_per_hour of wolves)"),
        (None, ""),
    ],
)
def test_an_alert_that_waits_says_why(stored: Stored, batch: str | None, why: str) -> None:
    stored.alert()
    with stored.db() as db:
        db.execute("UPDATE deliveries SET batch = ?", (batch,))
    (alert_id,) = (row["id"] for row in stored.rows("SELECT id FROM alerts"))
    (line,) = (line for line in ask(stored, "alerts", "show", alert_id).out.splitlines() if ": pending" in line)
    assert re.search(r": pending, due [\d-]+ [\d:]+(.*)$", line)[1] == why  # type: ignore[index]  # fails if it is None


def test_an_id_that_is_none_or_several(stored: Stored) -> None:
    stored.alert("First")
    stored.alert("Second")
    assert ask(stored, "alerts", "show", "0").err == "monitor: several ids begin with '0': write more of it\n"
    done = ask(stored, "alerts", "resend", "X")
    assert (done.status, done.err) == (
        2,
        "monitor: there is no alert and no delivery 'X': `monitor alerts list` lists them\n",
    )


def test_an_alert_is_sent_again(stored: Stored) -> None:
    stored.alert()
    (first,) = stored.attempt(REFUSED)
    (alert_id,) = (row["id"] for row in stored.rows("SELECT id FROM alerts"))
    assert ask(stored, "alerts", "resend", alert_id).out == f"{first.id} to desk: due now, under the same id\n"
    stored.now += 365 * 100 * DAY
    assert [each.id for each in stored.attempt(Receipt())][-1:] == [first.id]
    anew = ask(stored, "alerts", "resend", first.id).out
    assert anew.endswith(" to desk: due now, as a new message\n")
    assert first.id not in anew


def test_sending_again_to_a_channel_that_is_off(stored: Stored) -> None:
    stored.alert()
    (first,) = stored.attempt(GONE)
    done = ask(stored, "alerts", "resend", first.id)
    assert done.err == "desk answered 410 and is switched off: restart Monitor, or reload it, to try it again\n"


def test_an_alert_without_channels(stored: Stored) -> None:
    stored.rules = replace(stored.rules, channels={})
    stored.alert()
    (alert_id,) = (row["id"] for row in stored.rows("SELECT id FROM alerts"))
    assert ask(stored, "alerts", "resend", alert_id).err == "This alert was told to no channel.\n"
    assert "No deliveries." in ask(stored, "alerts", "show", alert_id).out


# search


def test_search_finds_every_form_in_every_language(stored: Stored) -> None:
    stored.publish("Волки вернулись", text="В долину вернулись волки.", language="ru", published=NOW - HOUR)
    stored.publish("Über Wölfe", text="Man sieht den Wolf.", language="de", published=NOW)
    stored.publish("A wolf", text="It ate a sheep.", language="en", published=NOW - DAY)
    assert [row["title"] for row in answer(stored, "search", "волк")] == ["Волки вернулись"]
    assert [row["title"] for row in answer(stored, "search", "wolf")] == ["Über Wölfe", "A wolf"]
    assert {"wolf", "волк"} <= {row["word"] for row in stored.rows("SELECT word FROM forms")}  # for the next search
    assert [row["title"] for row in answer(stored, "search", "=wolf", "-=sheep")] == ["Über Wölfe"]
    assert [row["title"] for row in answer(stored, "search", "=wolf", "--limit", "1")] == ["Über Wölfe"]
    done = ask(stored, "search", "=wolf")
    assert "Man sieht den *Wolf*.\n" in done.out
    assert done.err == "2 found.\n"
    assert ask(stored, "search", '"=wolf"').out == done.out
    assert ask(stored, "search", "--limit", "1", "=wolf").err == "The newest 1; --limit shows more.\n"


def test_search_minds_case_if_asked_to(stored: Stored) -> None:
    stored.publish("US troops", language="en")
    stored.publish("Tell us", language="en")
    assert [row["title"] for row in answer(stored, "search", "^US")] == ["US troops"]
    assert [row["title"] for row in answer(stored, "search", "=us", "-^US")] == ["Tell us"]
    assert [row["title"] for row in answer(stored, "search", "tell", "-^US")] == ["Tell us"]
    (row,) = answer(stored, "search", "^US")
    assert {hit["surface"] for hit in row["hits"]} == {"US"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("-wolf",), "name at least one word without a minus"),
        (("a*",), "'a*' is too short"),
        (("(wolf)",), "quotes or brackets"),
    ],
)
def test_what_cannot_be_searched(stored: Stored, words: tuple[str, ...], told: str) -> None:
    done = ask(stored, "search", *words)
    assert done.status == 2
    assert told in done.err


# backup, prune


def test_a_backup_is_made_and_verified(stored: Stored, tmp_path: Path) -> None:
    stored.alert()
    done = spawn("--config", stored.path.parent.parent, "backup", tmp_path / "copy.db")
    assert (done.status, done.err) == (0, "")
    assert done.out.endswith(" MiB, verified\n")
    assert Stored(tmp_path / "copy.db").rows("SELECT title FROM articles") == [{"title": "Wolves return"}]
    again = ask(stored, "backup", tmp_path / "copy.db")
    assert (again.status, "is not overwritten" in again.err) == (1, True)


def test_pruning(stored: Stored) -> None:
    stored.alert("Hit")
    stored.now = datetime.now(UTC) - 400 * DAY
    stored.publish("Old")
    assert ask(stored, "prune", "--dry-run").out.startswith("to be deleted: 1 article without hits, fetched before ")
    assert ask(stored, "prune").out.startswith("deleted: 1 article without hits, ")
    assert stored.rows("SELECT title FROM articles") == [{"title": "Hit"}]


# watchlists


def test_what_a_watchlist_would_have_hit(stored: Stored) -> None:
    stored.publish("A wolf", text="A wolf was seen. The wolf was grey.", language="en", published=NOW - DAY)
    stored.publish("A werewolf", text="Nobody saw it.", language="en")
    stored.publish("Wolves", text="Two wolves were seen.", language="en", source="Herald", published=None)
    found = answer(stored, "watchlists", "test", "wolves")
    assert (found["articles"], found["hits"], found["alerts"], found["digests"]) == (3, 2, 2, 0)
    assert list(found["days"].values()) == [1, 1]
    assert [each["title"] for each in found["examples"]] == ["Wolves", "A wolf"]
    said = ask(stored, "watchlists", "test", "wolves", "--examples", "1").out
    assert said.startswith("wolves: 2 of 3 articles, 2 alerts (one for each story)\n\nDAY         ARTICLES\n")
    assert "Wolves (score 2)\n  Herald · " in said
    assert "    Two *wolves* were seen.\n" in said
    assert stored.rows("SELECT * FROM alerts") == []


def test_an_unknown_watchlist(stored: Stored) -> None:
    done = ask(stored, "watchlists", "test", "wolfes")
    assert (done.status, done.err) == (2, "monitor: there is no watchlist 'wolfes'; did you mean 'wolves'?\n")


def test_watchlists_are_listed(stored: Stored) -> None:
    found = answer(stored, "watchlists", "list")
    assert [(row["name"], row["words"], row["sets"]) for row in found] == [
        ("wolves", 2, ["wolves"]),
        ("flock", 3, ["sheep", "wolves"]),
    ]
    assert "wolves  Wolves  2      wolves         the default" in ask(stored, "watchlists", "list").out
