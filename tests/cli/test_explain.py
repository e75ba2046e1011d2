"""`monitor explain`: the way of an article, on a real database, and what the watchlists make of a text."""

import json
from pathlib import Path
from typing import Any
from zlib import compress

import pytest

from monitor.cli.output import moment
from monitor.core import urls
from monitor.core.errors import NotifyError
from monitor.core.model import EntryState, Fingerprint, Receipt
from monitor.store.rows import stamp
from support.build import HOUR, NOW, article, listing, match, reading
from support.commands import MONITOR, WATCHLISTS, Done, run, write_config
from support.stored import Stored, new_id

DOWN = NotifyError("no answer", retryable=True)
REFUSED = NotifyError("it answered 400: Bad Request", retryable=False, code=400)
URL = "https://gazette.example/wolves"
LISTS = WATCHLISTS.replace("[terms.sheep]", 'mask.any = ["wolf whistle"]\n\n[terms.sheep]') + 'none = ["cranes"]\n'
MORE = """
[terms.cranes]
en = ["=cranes"]
[terms.grues]
fr = ["=grues"]

[watchlists.french]
all = ["grues"]
languages = ["fr"]

[watchlists.near]
all = ["wolves", "grues"]
near = { sets = ["wolves", "grues"], words = 3 }
threshold = 9.0
digest_threshold = 1.0
confidential = true
"""
CONSOLE = '[[channels]]\nname = "desk"\ntype = "console"\ndefault = true\ndigest = "0 8 * * *"\n'


@pytest.fixture
def stored(tmp_path: Path, empty_database: Path) -> Stored:
    write_config(tmp_path / "config", monitor=MONITOR + CONSOLE, watchlists=LISTS + MORE)
    return Stored.at(tmp_path / "config" / "data" / "monitor.db", empty_database)


def ask(stored: Stored, *arguments: object) -> Done:
    return run("--config", stored.path.parent.parent, "explain", *arguments)


def answer(stored: Stored, *arguments: object) -> Any:
    done = ask(stored, *arguments, "--json")
    assert (done.status, done.err) == (0, "")
    return json.loads(done.out)


def put(stored: Stored, title: str, *matches: Any, url: str = URL, source: str = "Gazette", **changes: Any) -> None:
    """An article at an address, as a check of its source leaves it."""
    text = changes.pop("text", f"{title}.")
    made = article(id=new_id(), url=url, title=title, text=text, source=source, language=changes.pop("language", "en"))
    mark = Fingerprint(pages=(urls.page_key(url),))
    keys = (urls.page_key(url),)
    whole = {"article": made, "fingerprint": mark, "keys": keys, **changes}
    stored.checked(source, listing(reading(*matches, **whole)))


def stopped(stored: Stored, url: str = URL) -> str:
    return str(answer(stored, url)["stopped"])


def test_the_whole_way_of_an_article_that_was_delivered(stored: Stored) -> None:
    put(stored, "Wolves return", match(), text="A wolf whistle was heard. Wolves came. Les grues sont là.")
    stored.attempt(DOWN)
    stored.now += HOUR
    stored.attempt(Receipt(code=204))
    found = answer(stored, "http://www.gazette.example/wolves/?utm_source=x#top")  # the same page
    assert (found["stored"], found["article"]["characters"], found["article"]["text_from"]) == (True, 57, "feed")
    assert [(entry["source"], entry["state"]) for entry in found["entries"]] == [("Gazette", "read")]
    (wolves, flock, french, near) = found["watchlists"]
    assert (wolves["verdict"], wolves["score"], wolves["threshold"]) == ("alert", 2.0, 1.0)
    told = [(each["term"], each["field"], each["surface"], each["state"], each["times"]) for each in wolves["terms"]]
    assert told == [("=wolves", "title", "Wolves", "counts", 2), ("=wolf", "text", "wolf", "masked", 1)]
    assert wolves["terms"][1]["sentence"] == "A wolf whistle was heard."
    assert flock["reason"] == "nothing of the set sheep was found"
    assert [(each["term"], each["state"]) for each in french["terms"]] == [("=grues", "language")]
    assert (near["verdict"], near["near"]) == (None, {"words": 3, "found": None})
    assert [alert["watchlist"] for alert in found["alerts"]] == ["wolves"]
    (delivery,) = found["alerts"][0]["deliveries"]
    assert [attempt["outcome"] for attempt in delivery["tried"]] == ["retry", "delivered"]
    assert found["stopped"] == "nowhere: it was delivered"

    said = ask(stored, URL).out
    for words in (
        "Listed by Gazette, first seen ",
        ": read\n",
        "Text of 57 characters from the feed",
        "  wolves: yes; score 2, threshold 1\n",
        "=wolves (wolves) as Wolves, in the title, 2 times: weight 1\n      *Wolves* return\n",
        "=wolf (wolves) as wolf, in the text: weight 1; a mask covers it\n",
        "it is a word of another language than the article's",
        "near: no, nothing of the set grues was found; score 2, threshold 9, for digests 1\n",
        "\n    near: its sets are not together, asked is 3\n",
        ": the first of 1 article\n",
        "204",
        "It stopped nowhere: it was delivered.",
    ):
        assert words in said


def test_an_article_that_was_read_again_says_what_became_of_it(stored: Stored) -> None:
    put(stored, "Wolves return", match(), text="Wolves return to the valley.")
    assert (answer(stored, URL)["versions"], answer(stored, URL)["reread"]) == ([], None)
    with stored.db() as db:
        (article_id,) = db.execute("SELECT id FROM articles").fetchone()
        db.execute(
            "INSERT INTO rereads (article_id, since, next_at) VALUES (?, ?, ?)",
            (article_id, stamp(NOW), stamp(NOW + HOUR)),
        )
    now, later = moment(stamp(NOW)), moment(stamp(NOW + HOUR))
    assert f"Not read again yet; next {later}" in ask(stored, URL).out
    with stored.db() as db:
        difference = {
            "title": {"before": "Wolves return", "after": "Wolves leave"},
            "edited": [{}],
            "removed": [],
            "added": [],
        }
        db.execute(
            """INSERT INTO versions (article_id, fetched, replaced_at, title, text, sha256, difference)
               VALUES (?, ?, ?, 'Wolves return', ?, '', ?)""",
            (article_id, stamp(NOW), stamp(NOW), compress(b"Wolves return."), json.dumps(difference)),
        )
        db.execute(
            "UPDATE rereads SET next_at = NULL, times = 2, read_at = ?, outcome = 'gone', missing_since = ?",
            (stamp(NOW + HOUR), stamp(NOW)),
        )

    said = ask(stored, URL).out
    (version,) = answer(stored, URL)["versions"]
    alert = run("--config", stored.path.parent.parent, "alerts", "show", answer(stored, URL)["alerts"][0]["id"]).out

    assert (version["title"], version["text"]) == ("Wolves return", "Wolves return.")
    for words in (
        f"Changed {now}: another title, 1 sentence edited; before: Wolves return\n",
        f"Read again 2 times, last {later}: gone (not there since {now}); no more\n",
    ):
        assert words in said
        assert words in alert


def test_a_list_that_does_not_listen_or_drops_says_so(stored: Stored) -> None:
    done = answer(stored, "SHEEP fear a wolf and cranes, and grues", "--lang", "en")
    reasons = {row["watchlist"]: row["reason"] for row in done["watchlists"]}
    assert reasons["flock"] == "the set cranes drops the article"
    assert [each["drops"] for row in done["watchlists"] if row["watchlist"] == "flock" for each in row["terms"]] == [
        False,
        False,
        True,
    ]
    french = answer(stored, "Les grues", "--lang", "de")["watchlists"][0]
    assert (french["watchlist"], french["score"]) == ("french", 0.0)


def test_of_a_text_only_what_the_watchlists_make_of_it(stored: Stored) -> None:
    found = answer(stored, "Two wolves met grues")
    assert (found["language"], found["stopped"]) == (None, "it matches wolves, french, near")
    assert {row["watchlist"]: row["verdict"] for row in found["watchlists"]} == {
        "wolves": "alert",
        "flock": None,
        "french": "alert",
        "near": "digest",
    }
    said = ask(stored, "Nothing to see").out
    assert "language not known: words of every language count" in said
    assert "Nothing found of: wolves, flock, french, near" in said
    assert said.endswith("In short: it matches no watchlist.\n")
    assert "near: its sets are 2 words apart, asked is 3" in ask(stored, "Two wolves met grues").out


def test_a_text_needs_no_database(tmp_path: Path) -> None:
    folder = write_config(tmp_path / "config")
    done = run("--config", folder, "explain", "A wolf")
    assert (done.status, done.out.splitlines()[-1]) == (0, "In short: it matches wolves.")


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (EntryState.HELD, "at the flood brake: `monitor feeds release 'Gazette'` lets it alert"),
        (
            EntryState.BASELINE,
            "before alerting: it matches wolves, but it is of the baseline; `monitor replay` can alert it",
        ),
        (
            EntryState.READ,
            "before alerting: wolves matches as it is now, but did not when it was read; `monitor replay` can",
        ),
    ],
)
def test_where_an_article_without_an_alert_stopped(stored: Stored, state: EntryState, expected: str) -> None:
    put(stored, "Wolves return", state=state)
    assert stopped(stored).startswith(expected)
    assert "No alert" in ask(stored, URL).out


def test_an_entry_that_waits_tells_when_it_is_tried_again(stored: Stored) -> None:
    put(stored, "Cranes return", state=EntryState.WAITING, attempts=1, next_at=NOW + HOUR)
    assert "(1 tries, next " in ask(stored, "gazette.example/wolves").out
    assert stopped(stored) == "at matching: it matches no watchlist"


def test_a_copy_names_the_first_article_and_its_alert(stored: Stored) -> None:
    put(stored, "Wolves return", match())
    copy = "https://herald.example/copy"
    pages = (urls.page_key(copy), urls.page_key(URL))
    put(stored, "Wolves are back", match(), url=copy, source="Herald", fingerprint=Fingerprint(pages=pages))
    assert stopped(stored, copy) == "at the story: wolves was alerted to it by another article"
    said = ask(stored, copy).out
    assert "duplicate of Wolves return (Gazette)\n  https://gazette.example/wolves\n" in said
    assert "made by Wolves return (Gazette)" in said


def test_deliveries_that_wait_or_were_given_up(stored: Stored) -> None:
    put(stored, "Wolves return", match())
    assert stopped(stored) == "at delivering: to desk it is waiting"
    stored.attempt(REFUSED)
    assert stopped(stored) == "at delivering: to desk it is given up"


def test_an_alert_that_no_channel_gets(stored: Stored) -> None:
    put(stored, "Wolves return", match())
    with stored.db() as db:
        db.execute("DELETE FROM deliveries")
    assert stopped(stored).startswith("after alerting: no channel gets it")


def test_an_address_that_is_not_stored(stored: Stored) -> None:
    found = answer(stored, "https://gazette.example/other")
    assert (found["stored"], [each["name"] for each in found["sources"]]) == (False, ["Gazette"])
    assert found["stopped"].startswith("it was never listed by the source of that site")
    assert "Gazette is of that site: ok" in ask(stored, "https://gazette.example/other").out
    assert stopped(stored, "https://nowhere.example/x").startswith("it was never listed, and no source is of that site")


def test_an_address_that_was_listed_and_is_not_stored_any_more(stored: Stored) -> None:
    put(stored, "Cranes return")
    with stored.db() as db:
        db.execute("DELETE FROM articles")
    found = answer(stored, URL)
    assert (found["stored"], found["listed_by"]) == (False, ["Gazette"])
    assert found["stopped"].startswith("Gazette listed it, but it is not stored")


def test_a_wrong_language_is_refused(stored: Stored) -> None:
    done = ask(stored, "A wolf", "--lang", "english")
    assert done.status == 2
    assert "--lang: 'english' is not the code of a language" in done.err
