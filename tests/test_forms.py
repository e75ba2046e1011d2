"""Words and their forms: shipped, kept, and found in children if they are neither."""

import asyncio
from pathlib import Path

import pytest

from monitor import config, forms, starter
from monitor.core import watch
from monitor.core.settings import Mark

WOLF, VOLK = ("en", "wolf", Mark.WORD), ("ru", "волк", Mark.WORD)


def test_the_forms_of_several_languages_are_found() -> None:
    found = asyncio.run(forms.find((WOLF, VOLK), {}))

    assert "wolves" in found[WOLF]
    assert "волков" in found[VOLK]


def test_what_is_kept_is_not_worked_out_again() -> None:
    kept = {WOLF: frozenset({"as it was kept"})}

    assert asyncio.run(forms.find((WOLF,), kept))[WOLF] == {"as it was kept"}
    assert asyncio.run(forms.find((WOLF, VOLK), kept))[WOLF] == {"as it was kept"}


def test_what_is_shipped_needs_no_children_and_is_up_to_date() -> None:
    words_of_the_starter = forms.shipped().keys()

    assert forms.SHIPPED.read_text("utf-8") == forms.written(), "run `python -m monitor.forms`"
    assert forms.unknown(words_of_the_starter, {}) == 0
    assert forms.unknown({WOLF, *words_of_the_starter}, {}) == 1


def test_what_is_shipped_is_the_starters_words() -> None:
    loaded = config.parse(starter.starter_files(), {}, Path(), Path.read_bytes)
    assert watch.needed(loaded.term_sets) == forms.shipped().keys()


def test_what_other_libraries_found_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = tmp_path / "forms.json"
    other.write_text('{"version": "simplemma-1.0", "forms": [["en", "wolf", "", ["wolf"]]]}')
    monkeypatch.setattr(forms, "SHIPPED", other)

    assert forms.shipped() == {}
    assert "wolves" in asyncio.run(forms.find((WOLF,), {}))[WOLF]


def test_where_forms_come_from() -> None:
    name = ("ru", "Кадыров", Mark.NAME)

    assert asyncio.run(forms.sources((WOLF, VOLK, name))) == {
        WOLF: "dictionary",
        VOLK: "pymorphy3",
        name: "surname rule",
    }
