"""Searches, asked of a real full-text index."""

import sqlite3

import pytest

from monitor.config.grammar import term
from monitor.core.search import expression, needed
from monitor.core.settings import Mark, Term
from monitor.core.text import fold
from monitor.core.words import Forms

ARTICLES = {
    1: "Réfugiés en Tchétchénie",
    2: "Волков видели в Чечне",
    3: "The wolves and the Novaya Gazeta",
    4: "Новой газете запретили писать",
    5: "A gazette of the new wolf",
    6: "LGBTQ+ groups; asylum-seekers",
}
FORMS: Forms = {
    ("ru", "волк", Mark.WORD): frozenset({"волк", "волков"}),
    ("ru", "новая", Mark.WORD): frozenset({"новая", "новой"}),
    ("ru", "газета", Mark.WORD): frozenset({"газета", "газете"}),
    ("en", "wolf", Mark.WORD): frozenset({"wolf", "wolves"}),
    ("fr", "réfugié", Mark.WORD): frozenset({"réfugié", "réfugiés"}),
    ("en", "many", Mark.WORD): frozenset(f"many{n}" for n in range(400)) | {"wolves"},
    ("en", "words", Mark.WORD): frozenset({"novaya"}),
}


@pytest.mark.parametrize(
    ("wanted", "unwanted", "found"),
    [
        (["волк"], [], [2]),
        (["wolf"], [], [3, 5]),
        (["wolf"], ["gazette"], [3]),
        (["wolf", "Novaya Gazeta"], [], [3]),
        (["новая газета"], [], [4]),
        (["réfugié"], [], [1]),
        (["gaz*"], [], [3, 5]),
        (["^LGBTQ+"], [], [6]),
        (["=asylum-seekers"], [], [6]),
        (["many words"], [], [3]),
        (['AND" OR *"'], [], []),
    ],
)
def test_search(wanted: list[str], unwanted: list[str], found: list[int]) -> None:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE texts USING fts5(text)")
    db.executemany("INSERT INTO texts (rowid, text) VALUES (?, ?)", [(n, fold(text)) for n, text in ARTICLES.items()])
    match = expression([_term(word) for word in wanted], [_term(word) for word in unwanted], ["ru", "en", "fr"], FORMS)
    rows = db.execute("SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rowid", [match]).fetchall()
    db.close()
    assert [row for (row,) in rows] == found


def _term(word: str) -> Term:
    """A word as it may come from anywhere: the grammar would refuse quotes, here they must do no harm."""
    return Term(text=word, mark=Mark.FORM, words=(word,)) if '"' in word else term(word)


def test_nothing_to_find() -> None:
    with pytest.raises(ValueError, match="without a minus"):
        expression([], [term("wolf")], ["en"], FORMS)


def test_words_are_tried_in_the_languages_of_their_script() -> None:
    assert needed([term("волк"), term("=wolf"), term("gay")], ["ru", "en", "ar"]) == {
        ("ru", "волк", Mark.WORD),
        ("en", "gay", Mark.WORD),
    }
