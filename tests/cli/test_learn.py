"""`monitor watchlists learn`: an alert that should not have been becomes an example, and its phrase a mask."""

from pathlib import Path

import pytest

from monitor.core.model import Hit, Match, Verdict
from support.commands import WATCHLISTS, Done, run, write_config
from support.stored import Stored

SENTENCE = "A wolf whistle was heard."


def hit(sentence: str = SENTENCE, watchlist: str = "wolves") -> Match:
    found = Hit(term="=wolf", term_set="wolves", field="text", start=2, end=6, surface="wolf", sentence=sentence)
    return Match(watchlist=watchlist, score=1.0, verdict=Verdict.ALERT, hits=(found,))


@pytest.fixture
def stored(tmp_path: Path, empty_database: Path) -> Stored:
    write_config(tmp_path / "config")
    return Stored.at(tmp_path / "config" / "data" / "monitor.db", empty_database)


def alerted(stored: Stored, match: Match, language: str | None = "en") -> str:
    (alert,) = stored.publish("News", match, language=language).alerts
    return alert.id


def learn(stored: Stored, *arguments: object) -> Done:
    return run("--config", stored.path.parent.parent, "watchlists", "learn", *arguments)


def written(stored: Stored) -> str:
    return (stored.path.parent.parent / "watchlists.toml").read_bytes().decode()


def test_it_learns_the_sentence_together_with_a_mask(stored: Stored) -> None:
    done = learn(stored, alerted(stored, hit()), "--not", "--mask", "wolf whistle")
    file = stored.path.parent.parent / "watchlists.toml"
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines() == [
        f"{file}:11: wolves must not match: {SENTENCE}",
        "terms.wolves: mask.any has wolf whistle",
        "Reload Monitor to put it in force.",
    ]
    expected = WATCHLISTS.replace(
        '["A werewolf"]', '["A werewolf", { lang = "en", text = "A wolf whistle was heard." }]'
    )
    assert written(stored) == expected.replace('"=wolves"]\n', '"=wolves"]\nmask.any = ["wolf whistle"]\n')
    assert run("--config", file.parent, "check").status == 0


def test_without_a_mask_it_says_what_to_do_and_writes_nothing(stored: Stored) -> None:
    alert = alerted(stored, hit())
    done = learn(stored, alert, "--not")
    assert (done.status, done.out, written(stored)) == (1, "", WATCHLISTS)
    assert "nothing was written: wolves would still match the sentence" in done.err
    assert "It finds wolf (wolves: =wolf). Say which phrase means something else: --mask 'a wolf" in done.err
    assert learn(stored, alert, "--not", "--mask", "wolf of wall street").status == 1  # does not stand in the sentence
    assert written(stored) == WATCHLISTS


def test_what_the_list_no_longer_matches_needs_no_mask(stored: Stored) -> None:
    assert learn(stored, alerted(stored, hit("Wolfram  was\nmined."), None)[:20], "--not").status == 0
    assert 'must_not_match = ["A werewolf", "Wolfram was mined."]\n' in written(stored)
    done = learn(stored, alerted(stored, hit("Wolfram was mined."), None), "--not")
    assert (done.status, "watchlists.toml:10: it is in must_not_match already" in done.err) == (1, True)


def test_a_mask_that_breaks_another_example_is_refused(stored: Stored) -> None:
    done = learn(stored, alerted(stored, hit()), "--not", "--mask", "a wolf")
    assert (done.status, written(stored)) == (1, WATCHLISTS)
    said = done.err.splitlines()
    assert said[0].startswith("watchlists.toml:10: watchlists.wolves.must_match[0]")
    assert said[1].startswith("monitor: nothing was written: with it other examples would fail")


def test_a_mask_without_a_word_of_the_list_is_refused(stored: Stored) -> None:
    done = learn(stored, alerted(stored, hit()), "--not", "--mask", "whistle")
    assert (done.status, written(stored)) == (2, WATCHLISTS)
    assert "--mask 'whistle': no word of wolves stands in it" in done.err


def test_wrong_usage(stored: Stored) -> None:
    alert = alerted(stored, hit())
    assert "--not" in learn(stored, alert).err
    assert learn(stored, alert).status == 2
    assert learn(stored, "01NONE", "--not").status == 2
    renamed = WATCHLISTS.replace("[watchlists.wolves]", "[watchlists.packs]\nall = ['wolves']")
    write_config(stored.path.parent.parent, watchlists=renamed)
    done = learn(stored, alert, "--not")
    assert (done.status, "there is no watchlist 'wolves'" in done.err) == (2, True)


def test_an_alert_of_which_nothing_is_kept(stored: Stored) -> None:
    alert = alerted(stored, hit())
    with stored.db() as db:
        db.execute("DELETE FROM hits")
    done = learn(stored, alert, "--not")
    assert (done.status, "is not stored any more" in done.err) == (1, True)
