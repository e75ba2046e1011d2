"""What a log may have of a wrong configuration: where it is wrong, and no names while a list is confidential."""

import pytest

from monitor.config.faults import discreet
from monitor.core.errors import Problem

LISTS = "watchlists.toml"
WRONG = Problem(file=LISTS, line=7, path="watchlists.cormorant.all[0]", message="unknown term set 'cormorants'")
OTHER = Problem(file="feeds.toml", line=2, path="feeds[0].naem", message="unknown key 'naem'; did you mean 'name'?")
HIDDEN = Problem(file=LISTS, line=7, path="", message="is wrong: `monitor check` says what")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[watchlists.cormorant]\nconfidential = true\n", HIDDEN),
        ('[watchlists]\ncormorant = { "confidential"=true }', HIDDEN),
        ("[watchlists.cormorant\nconfidential = true # not even TOML", HIDDEN),
        ("[watchlists.cormorant]\nconfidential = false\n", WRONG),
        ("[watchlists.cormorant]\ntitle = 'not confidential'\n", WRONG),
    ],
)
def test_problems_name_no_list_while_one_is_confidential(text: str, told: Problem) -> None:
    assert discreet((WRONG, OTHER), LISTS, text) == (told, OTHER)
