"""Writing examples and masks into a watchlists.toml without touching the rest of it."""

import tomllib

import pytest

from monitor.config.learn import learned, place
from monitor.core.settings import Example

TEXT = """\
# ours
[terms.wolves]
en = ["wolf"]   # the animal
{mask}
# and its prey
[terms.sheep]
en = ["sheep"]

[watchlists.wolves]
title = "Wolves" # shown
{examples}
[watchlists.other]
all = ["sheep"]
"""
ONE = Example(text="A wolf whistle")


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("", 'must_not_match = ["A wolf whistle"]\n', 11),
        ('must_not_match = ["x"] # y\n', 'must_not_match = ["x", "A wolf whistle"] # y\n', 11),
        (
            'must_not_match = [\n    "x",  # no\n    "y",\n]\n',
            'must_not_match = [\n    "x",  # no\n    "y",\n    "A wolf whistle",\n]\n',
            14,
        ),
    ],
)
def test_an_example_is_added_and_the_rest_stays(before: str, after: str, line: int) -> None:
    text = learned(TEXT.format(mask="", examples=before), "wolves", ONE, {})
    assert text == TEXT.format(mask="", examples=after)
    assert place(text, "wolves", ONE) == line


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", 'mask.any = ["wolf whistle"]\n'),
        ('mask.any = ["x"]\n', 'mask.any = ["x", "wolf whistle"]\n'),
        ('mask.en = ["x"]\n', 'mask.en = ["x"]\nmask.any = ["wolf whistle"]\n'),
        ("mask = { en = ['x'] }\n", "mask = { en = ['x'], any = [\"wolf whistle\"] }\n"),
        ("[terms.wolves.mask]\nen = ['x']\n", "[terms.wolves.mask]\nen = ['x']\nany = [\"wolf whistle\"]\n"),
    ],
)
def test_a_mask_is_added_and_the_rest_stays(before: str, after: str) -> None:
    examples = 'must_not_match = ["A wolf whistle"]\n'
    text = learned(TEXT.format(mask=before, examples=examples), "wolves", ONE, {"wolves": ["wolf whistle"]})
    assert text == TEXT.format(mask=after, examples=examples)
    assert learned(text, "wolves", ONE, {"wolves": ["wolf whistle"]}) == text


def test_a_list_whose_tables_stand_apart() -> None:
    text = TEXT.format(mask="", examples='all = ["wolves"]\n') + '\n[watchlists.wolves.sources]\ntags = ["x"]\n'
    new = learned(text, "wolves", ONE, {"wolves": ["wolf whistle"]})
    assert tomllib.loads(new)["watchlists"]["wolves"]["must_not_match"] == ["A wolf whistle"]
    assert tomllib.loads(new)["watchlists"]["wolves"]["sources"] == {"tags": ["x"]}
    assert new.replace('must_not_match = ["A wolf whistle"]\n', "").replace('mask.any = ["wolf whistle"]\n', "") == text


def test_texts_and_languages_are_written_so_that_they_are_read_again() -> None:
    example = Example(text='„Wölfe“ "quoted" \\ back', language="de")
    text = learned("watchlists = { wolves = { title = 'W' } }\r\n", "wolves", example, {})
    assert tomllib.loads(text)["watchlists"]["wolves"]["must_not_match"] == [{"lang": "de", "text": example.text}]
    assert text.endswith("\r\n")
    assert place(text, "wolves", example) == 1
