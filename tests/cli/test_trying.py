"""`watchlists diff`, the warning about lists that hit too much, and `replay`, on a real database."""

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.core.model import EntryState
from support.build import DAY, NOW
from support.commands import WATCHLISTS, Done, run, write_config
from support.stored import Stored


@pytest.fixture
def stored(tmp_path: Path, empty_database: Path) -> Stored:
    write_config(tmp_path / "config")
    return Stored.at(tmp_path / "config" / "data" / "monitor.db", empty_database)


def ask(stored: Stored, *arguments: object) -> Done:
    return run("--config", stored.path.parent.parent, *arguments)


def answer(stored: Stored, *arguments: object) -> Any:
    done = ask(stored, *arguments, "--json")
    assert done.status == 0, done.err
    return json.loads(done.out)


def changed(stored: Stored, text: str) -> Path:
    file = stored.path.parent / "changed.toml"
    file.write_text(text, "utf-8")
    return file


# diff

LAMBS = WATCHLISTS.replace('"=wolf", "=wolves"', '"=wolf", "=lamb"').replace("[watchlists.flock]", "[watchlists.herd]")


def test_diff_shows_what_a_changed_file_gains_and_loses(stored: Stored) -> None:
    stored.publish("Wolves return", language="en", published=NOW - DAY)
    stored.publish("The wolf and the lamb", language="en")
    stored.publish("A lamb is born", language="en", text="In the valley a lamb is born.")
    file = changed(stored, LAMBS)
    found = answer(stored, "watchlists", "diff", file)
    assert (found["articles"], found["days"]) == (3, 2)
    wolves, flock, herd = found["watchlists"]
    assert (wolves["before"], wolves["after"]) == ({"hits": 2, "per_day": 1.0}, {"hits": 2, "per_day": 1.0})
    assert [each["title"] for each in wolves["gained"]] == ["A lamb is born"]
    assert [each["title"] for each in wolves["lost"]] == ["Wolves return"]
    assert (flock["after"], herd["before"]) == (None, None)

    said = ask(stored, "watchlists", "diff", file).out
    assert "wolves     2 (1)   2 (1)  +1      -1\n" in said
    assert "flock      0 (0)   -      +0      -0\n" in said
    assert "wolves: gained\n\n  A lamb is born" in said
    assert "      In the valley a *lamb* is born.\n" in said
    assert "In the valley" not in ask(stored, "watchlists", "diff", file, "--examples", "0").out
    assert stored.rows("SELECT * FROM alerts") == []


def test_diff_looks_only_so_far_back(stored: Stored) -> None:
    stored.publish("A lamb is born", language="en", fetched=NOW - 20_000 * DAY)
    assert answer(stored, "watchlists", "diff", changed(stored, LAMBS), "--since", "365d")["articles"] == 0


def test_diff_tells_all_that_is_wrong_with_the_file_under_its_name(stored: Stored) -> None:
    file = changed(
        stored, LAMBS.replace('any = ["wolves"]', 'any = ["wolfs"]').replace('title = "Wolves"', "titel = 1")
    )
    done = ask(stored, "watchlists", "diff", file)
    assert (done.status, done.out) == (2, "")
    first, second = done.err.splitlines()
    assert first.startswith(f"{file}:8: watchlists.wolves.titel: unknown key")
    assert second.startswith(f"{file}:14: watchlists.herd.any[0]: unknown term set 'wolfs'")
    file = changed(stored, LAMBS.replace('["A wolf"]', '["No animal"]'))
    done = ask(stored, "watchlists", "diff", file)
    assert (done.status, done.err.startswith(f"{file}:9: watchlists.wolves.must_match[0]: does not match")) == (2, True)


def test_diff_with_a_file_that_cannot_be_read(stored: Stored) -> None:
    done = ask(stored, "watchlists", "diff", stored.path.parent / "none.toml")
    assert (done.status, "No such file" in done.err) == (2, True)
    file = changed(stored, "")
    file.write_bytes(b"\xff\xfe")
    done = ask(stored, "watchlists", "diff", file)
    assert (done.status, "is not text in UTF-8" in done.err) == (2, True)


# Too much


def crowd(stored: Stored, number: int) -> None:
    for _ in range(number):
        stored.publish("Wolves return", language="en")


def test_a_list_that_hits_too_much_gets_a_warning(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(stored, 50)
    assert answer(stored, "watchlists", "test", "wolves")["warning"] == ""
    crowd(stored, 1)
    warning = "wolves hits 51 articles on 2026-11-22: over 50 a day nobody reads them."
    assert answer(stored, "watchlists", "test", "wolves")["warning"].startswith(warning)
    assert warning in ask(stored, "watchlists", "test", "wolves").err
    done = ask(stored, "watchlists", "diff", changed(stored, WATCHLISTS))
    assert warning in done.err
    with stored.db() as db:
        db.execute("UPDATE articles SET fetched = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')")
    assert warning in ask(stored, "check").out
    with stored.db() as db:
        db.execute("UPDATE articles SET fetched = '2020-01-01T00:00:00.000Z'")
    done = ask(stored, "check")
    assert (done.status, warning in done.out) == (0, False)


# replay


def replayed(stored: Stored, *arguments: object) -> list[tuple[str, str]]:
    found = answer(stored, "replay", "--since", "9999d", *arguments)
    return [(row["watchlist"], row["title"]) for row in found["alerts"]]


def test_replay_shows_what_was_never_told_and_sends_nothing(stored: Stored) -> None:
    stored.alert("Wolves return", language="en")  # it was told
    stored.publish("A wolf among SHEEP", language="en")
    stored.publish("Cranes return", language="en")
    stored.publish("Wolves of old", language="en", fetched=NOW - 20_000 * DAY)
    assert replayed(stored) == [("wolves", "A wolf among SHEEP"), ("flock", "A wolf among SHEEP")]
    assert replayed(stored, "--watchlist", "flock") == [("flock", "A wolf among SHEEP")]
    said = ask(stored, "replay", "--since", "9999d").out
    assert "\nwolves: A wolf among SHEEP (score 2)\n" in said
    assert said.endswith("\n2 alerts of 2 watchlists would be new; nothing was sent. --deliver makes them.\n")
    assert len(stored.rows("SELECT * FROM alerts")) == 1


def test_replay_leaves_out_what_is_held_and_takes_the_baseline(stored: Stored) -> None:
    for state in (EntryState.HELD, EntryState.BASELINE):
        stored.publish(f"Wolves, {state}", language="en")
        with stored.db() as db:
            db.execute("UPDATE entries SET state = ? WHERE id = (SELECT max(id) FROM entries)", (state,))
    done = ask(stored, "replay", "--since", "9999d", "--json")
    found = json.loads(done.out)
    assert [row["title"] for row in found["alerts"]] == ["Wolves, baseline"]
    assert (found["held"], found["delivered"]) == (1, False)
    assert "1 articles that match are held by the flood brake" in done.err


def test_replay_delivers_each_story_once_and_keeps_what_was_found_before(stored: Stored) -> None:
    stored.alert("A wolf among SHEEP", language="en")
    found = answer(stored, "replay", "--since", "9999d", "--deliver")
    assert [(row["watchlist"], row["channels"]) for row in found["alerts"]] == [("flock", ["console"])]
    alerts = stored.rows("SELECT id, watchlist FROM alerts ORDER BY id")
    assert [each["watchlist"] for each in alerts] == ["wolves", "flock"]
    assert found["alerts"][0]["alert"] == alerts[1]["id"]
    hits = stored.rows("SELECT watchlist, surface FROM hits ORDER BY id")
    assert [(each["watchlist"], each["surface"]) for each in hits][:2] == [("wolves", "Wolves"), ("flock", "wolf")]
    assert stored.rows("SELECT state FROM deliveries WHERE channel = 'console'") == [{"state": "pending"}]
    assert stored.rows("SELECT count(*) AS n FROM entries") == [{"n": 1}]
    assert replayed(stored, "--deliver") == []


def test_replay_groups_what_is_over_max_per_hour(stored: Stored) -> None:
    write_config(
        stored.path.parent.parent,
        watchlists=WATCHLISTS.replace('title = "Wolves"', 'title = "Wolves"\nmax_per_hour = 2'),
    )
    for number in range(4):
        stored.publish(f"Wolves return, {number}", language="en")
    said = ask(stored, "replay", "--since", "9999d", "--watchlist", "wolves", "--deliver").out
    assert said.endswith("\n4 alerts of 1 watchlist made; sent by the daemon, or by the next `monitor run`.\n")
    batches = stored.rows("SELECT batch FROM deliveries ORDER BY id")
    assert [each["batch"] for each in batches] == [None, None, "rate:wolves", "rate:wolves"]


def test_replay_of_a_watchlist_that_there_is_not(stored: Stored) -> None:
    done = ask(stored, "replay", "--since", "1d", "--watchlist", "wolfes")
    assert (done.status, "did you mean 'wolves'?" in done.err) == (2, True)
    assert ask(stored, "replay").status == 2  # how far back must be said
