"""Words and their forms: found in children, and only those that are not kept."""

import asyncio

from monitor import forms
from monitor.core.settings import Mark

WOLF, VOLK = ("en", "wolf", Mark.WORD), ("ru", "волк", Mark.WORD)


def test_the_forms_of_several_languages_are_found() -> None:
    found = asyncio.run(forms.find((WOLF, VOLK), {}))

    assert "wolves" in found[WOLF]
    assert "волков" in found[VOLK]


def test_what_is_kept_is_not_worked_out_again_and_nothing_else_is_given() -> None:
    kept = {WOLF: frozenset({"as it was kept"}), ("fr", "loup", Mark.WORD): frozenset({"loup"})}

    assert asyncio.run(forms.find((WOLF,), kept)) == {WOLF: frozenset({"as it was kept"})}
