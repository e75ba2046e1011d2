"""What is put in force when watchlists fail their own examples at a reload."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from monitor.core.model import EventType
from monitor.core.reload import merge, refused
from monitor.core.settings import (
    Channel,
    Config,
    Console,
    DaemonSettings,
    Example,
    Mark,
    Near,
    Source,
    Term,
    TermSet,
    Watchlist,
)
from support.build import NOW


def words(name: str, *texts: str) -> TermSet:
    return TermSet(name=name, title=name, terms=tuple(Term(text=t, mark=Mark.WORD, words=(t,)) for t in texts))


def watchlist(name: str = "wolves", **changes: object) -> Watchlist:
    return replace(Watchlist(name=name, title=name, all=("wolves",)), **changes)  # type: ignore[arg-type]  # fields of it


def config(*lists: Watchlist, sets: tuple[TermSet, ...] = (), **changes: object) -> Config:
    whole = Config(
        daemon=DaemonSettings(data_dir=Path("data")),
        watchlists=lists,
        term_sets=sets or (words("wolves", "wolf"), words("sheep", "ewe")),
        channels=(Channel(name="desk", target=Console(), default=True), Channel(name="lawyers", target=Console())),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]  # fields of it


def test_a_list_that_fails_stays_as_it_was_and_the_rest_is_taken_over() -> None:
    old = config(watchlist(threshold=2.0), watchlist("flock"))
    sources = (Source(name="Herald", url="https://herald.example/feed"),)
    new = config(watchlist(threshold=3.0), watchlist("flock", threshold=4.0), sources=sources)
    merged = merge(old, new, {"wolves"})
    assert (merged.kept, merged.dropped) == (("wolves",), ())
    assert [(each.name, each.threshold) for each in merged.config.watchlists] == [("wolves", 2.0), ("flock", 4.0)]
    assert (merged.config.sources, merged.config.term_sets) == (sources, new.term_sets)


def test_a_new_list_that_fails_is_left_out() -> None:
    merged = merge(config(), config(watchlist(), watchlist("flock")), {"flock"})
    assert (merged.kept, merged.dropped) == ((), ("flock",))
    assert [each.name for each in merged.config.watchlists] == ["wolves"]


def test_a_kept_list_keeps_its_words_and_the_others_get_the_new_ones() -> None:
    near = Near(sets=("wolves", "sheep"), words=5)
    old = config(watchlist(near=near, none=("bears",)), sets=(words("wolves", "wolf"), words("sheep"), words("bears")))
    new = config(watchlist(), watchlist("flock"), sets=(words("wolves", "cub"), words("sheep")))
    merged = merge(old, new, {"wolves"})
    kept, flock = merged.config.watchlists
    assert (kept.all, kept.none) == (("wolves (previous)",), ("bears",))
    assert kept.near == Near(sets=("wolves (previous)", "sheep"), words=5)
    assert flock.all == ("wolves",)
    sets = {each.name: [term.text for term in each.terms] for each in merged.config.term_sets}
    assert sets == {"wolves": ["cub"], "sheep": [], "wolves (previous)": ["wolf"], "bears": []}


def test_reloads_that_fail_one_after_the_other() -> None:
    first = config(watchlist(), watchlist("flock"), sets=(words("wolves", "one"),))
    second = config(watchlist(), watchlist("flock"), sets=(words("wolves", "two"),))
    third = config(watchlist(), watchlist("flock"), sets=(words("wolves", "three"),))
    once = merge(first, second, {"wolves"}).config
    twice = merge(once, third, {"wolves", "flock"}).config
    words_of = {each.name: each.terms[0].text for each in twice.term_sets}
    assert [words_of[each.all[0]] for each in twice.watchlists] == ["one", "two"]
    assert sorted(words_of) == ["wolves", "wolves (previous 2)", "wolves (previous)"]
    assert merge(twice, third, ()).config == third


@pytest.mark.parametrize(
    ("old", "new", "channels", "expected"),
    [
        (("lawyers",), (), ("desk", "lawyers"), ("lawyers",)),
        (("gone",), ("lawyers",), ("desk", "lawyers"), ("lawyers",)),  # and not the default ones
        ((), ("lawyers",), ("desk", "lawyers"), ()),
        ((), ("lawyers",), ("lawyers",), ("lawyers",)),
    ],
)
def test_where_a_kept_list_tells_it(
    old: tuple[str, ...], new: tuple[str, ...], channels: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    known = tuple(Channel(name=name, target=Console(), default=name == "desk") for name in channels)
    merged = merge(config(watchlist(channels=old)), config(watchlist(channels=new), channels=known), {"wolves"})
    assert merged.config.watchlists[0].channels == expected


@pytest.mark.parametrize(("old", "new"), [(True, False), (False, True)])
def test_what_is_confidential_in_one_of_them_stays_so(old: bool, new: bool) -> None:
    merged = merge(config(watchlist(confidential=old)), config(watchlist(confidential=new)), {"wolves"})
    assert merged.config.watchlists[0].confidential


@pytest.mark.parametrize(
    ("changes", "kept", "expected"),
    [
        (
            {},
            True,
            "the watchlist wolves fails its own examples (watchlists.toml:7, watchlists.toml:12): it stays as it",
        ),
        ({"confidential": True}, False, "a confidential watchlist fails its own examples (watchlists.toml:7, watch"),
    ],
)
def test_what_the_operator_is_told(changes: dict[str, Any], kept: bool, expected: str) -> None:
    told = refused(watchlist(must_match=(Example(text="secret"),), **changes), {12, 7}, kept=kept, now=NOW)
    assert (told.type, told.since) == (EventType.WATCHLIST_REFUSED, NOW)
    assert told.reason.startswith(expected)
    assert ("it is new, and left out" in told.reason) is not kept
    assert "secret" not in told.reason
