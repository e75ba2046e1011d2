"""`watchlists diff`, the warning about lists that hit too much, and `replay`, on a real database."""

import json
from pathlib import Path
from typing import Any

import pytest

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
    stored.publish("A lamb is born", language="en", fetched=NOW - 9999 * DAY)
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
