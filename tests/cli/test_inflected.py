"""`monitor watchlists forms`: what a word stands for."""

import json
from pathlib import Path

import pytest

from support.commands import run, write_config

WATCHLISTS = """\
[terms.wolves]
en = ["wolf"]
ru = ["волк"]
uk = ["вовк"]

[watchlists.wolves]
"""


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("волк", "--lang", "ru"), [(["ru"], "pymorphy3", "волков")]),
        (("волк",), [(["ru"], "pymorphy3", "волков"), (["uk"], "pymorphy3", "волк")]),
        (("wolf",), [(["en"], "dictionary", "wolves")]),
        (("@Волков",), [(["ru"], "surname rule", "волковой"), (["uk"], "surname rule", "волкової")]),
        (("Волк*",), [([], "beginning", "волк*")]),
        (("^LGBT",), [([], "exact", "LGBT")]),
        (("狼",), [([], "exact", "狼")]),
        (("im Wolf", "--lang", "de-AT"), [([], "exact", "im"), (["de"], "dictionary", "wölfe")]),
    ],
)
def test_forms_of_a_word(
    tmp_path: Path, arguments: tuple[str, ...], expected: list[tuple[list[str], str, str]]
) -> None:
    folder = write_config(tmp_path / "config", watchlists=WATCHLISTS)
    found = json.loads(run("--config", folder, "watchlists", "forms", "--json", *arguments).out)
    assert [(row["languages"], row["source"]) for row in found["forms"]] == [each[:2] for each in expected]
    assert all(form in row["forms"] for row, (*_, form) in zip(found["forms"], expected, strict=True))


def test_people_get_a_table_and_how_others_spell_a_name(tmp_path: Path) -> None:
    folder = write_config(tmp_path / "config", watchlists=WATCHLISTS)
    done = run("--config", folder, "watchlists", "forms", "@Кадыров", "--lang", "ru")
    assert done.status == 0
    assert "кадыровым" in done.out
    assert "de        @Kadyrow @Kadirow" in done.out
    assert done.err == ""


def test_a_language_without_forms_is_said_to_be_so(tmp_path: Path) -> None:
    folder = write_config(tmp_path / "config", watchlists=WATCHLISTS)
    assert "only the form as written" in run("--config", folder, "watchlists", "forms", "狼", "--lang", "zh").err


def test_without_a_configuration_every_language_of_the_script_is_tried(tmp_path: Path) -> None:
    found = json.loads(run("--config", tmp_path, "watchlists", "forms", "მგელი", "--json").out)
    assert ["ka"] in [row["languages"] for row in found["forms"]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("a AND b",), "the word has an operator inside"),
        (("wolf", "--lang", "english"), "'english' is no code of a language"),
    ],
)
def test_what_is_no_word_or_language(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    done = run("--config", tmp_path, "watchlists", "forms", *arguments)
    assert done.status == 2
    assert message in done.err
