"""How messages tell what became of an article: bounded, in every form, and harmless."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.core.changes import Change, Edited, compare
from monitor.core.model import EventType
from monitor.core.render import console, difference, digest_event, disappearance, encode, mail, neutral, plain
from monitor.core.render.edits import LENGTH, SENTENCES, shorter
from monitor.core.render.events import LIMIT
from support.alerts import NASTY, NOW, TEXT, TITLE, WATCHLIST, event

CHANGE = compare(TITLE, TEXT, "Three dredgers reach the harbour", f"{TEXT.replace('two', 'three')} Work has begun.")


def changed(change: Change | None = CHANGE, *terms: list[str], **about: Any) -> dict[str, Any]:
    assert change is not None
    lost, found = terms or ([], [])
    return event(EventType.ARTICLE_CHANGED, revision={"change": difference(change, lost, found)}, **about)


GONE = event(EventType.ARTICLE_GONE, revision={"gone": disappearance(NOW, "coast.example.org answered 404")})


def sentences(count: int, length: int = 20) -> tuple[str, ...]:
    return tuple(f"{n} {'я' * length}." for n in range(count))


@pytest.mark.parametrize(
    ("removed", "added", "edited", "told"),
    [
        (3, 2, 1, (3, 2, 1)),
        (30, 0, 0, (20, 0, 0)),
        (0, 30, 0, (0, 20, 0)),
        (0, 0, 30, (0, 0, 10)),
        (30, 30, 30, (5, 5, 5)),
        (30, 3, 0, (17, 3, 0)),
        (1, 30, 9, (1, 9, 5)),
    ],
)
def test_a_difference_is_bounded_and_says_what_it_leaves_out(
    removed: int, added: int, edited: int, told: tuple[int, int, int]
) -> None:
    pairs = tuple(Edited(before=f"{n} a", after=f"{n} b", removed=("a",), added=("b",)) for n in range(edited))
    found = difference(Change(removed=sentences(removed), added=sentences(added), edited=pairs), [], [])

    assert (len(found["removed"]), len(found["added"]), len(found["edited"])) == told
    left = {"removed": removed - told[0], "added": added - told[1], "edited": edited - told[2]}
    assert found.get("left_out", {"removed": 0, "added": 0, "edited": 0}) == left
    assert sum(told[:2]) + 2 * told[2] <= SENTENCES


def test_sentences_are_shortened_so_that_what_changed_stays() -> None:
    filling = "word " * 200
    change = Change(
        added=(filling,),
        edited=(Edited(before=f"{filling}red.", after=f"{filling}blue.", removed=("red",), added=("blue",)),),
    )
    found = difference(change, [], [])

    assert len(found["added"][0]) <= LENGTH
    assert len(found["edited"][0]["before"]) <= LENGTH
    assert "red" in found["edited"][0]["before"]
    assert "blue" in found["edited"][0]["after"]
    whole = Edited(before="Red.", after="Red and blue.", removed=(), added=("and", "blue"))
    assert difference(Change(edited=(whole,)), [], [])["edited"][0]["before"] == "Red."


def test_what_is_shortened_twice_counts_all_that_is_missing() -> None:
    once = difference(Change(removed=sentences(25)), [], [])

    assert shorter(once, 2, 20)["left_out"] == {"removed": 23, "added": 0, "edited": 0}


def test_an_event_stays_under_the_limit_whatever_changed() -> None:
    pairs = tuple(
        Edited(before="я " * 900, after="ю " * 900, removed=("я",) * 900, added=("ю",) * 900) for _ in range(9)
    )
    whole = Change(
        old_title="я" * 900, new_title="ю" * 900, removed=sentences(99, 900), added=sentences(99, 900), edited=pairs
    )
    told = changed(whole)

    assert len(encode(told)) < LIMIT
    assert told["data"]["change"]["left_out"]["removed"] > 90


def test_a_mail_answers_the_alert_and_shows_the_difference() -> None:
    told = mail(changed(CHANGE, ["eelgrass"], ["grass"]))

    assert told.subject == f"Re: Harbour works: {TITLE}"
    assert f"- {TITLE}\n+ Three dredgers reach the harbour\n" in told.text
    assert "- The first *two* dredgers tied up on Friday night.\n" in told.text
    assert "+ The first *three* dredgers tied up on Friday night.\n+ Work has begun.\n" in told.text
    assert "Watched words: no more eelgrass; now grass" in told.text
    assert "<del><bdi>The first <b>two</b> dredgers" in told.html
    assert "<ins><bdi>Work has begun.</bdi></ins>" in told.html
    assert "Harbour works · 2 · changed" in told.text


def test_facts_and_what_is_left_out_are_noted() -> None:
    told = mail(changed(Change(added=sentences(25), new_facts=("15", "Moor")))).text

    assert "Numbers and names: now 15, Moor" in told
    assert "More sentences that changed: " in told


def test_an_article_that_is_gone_is_told_with_what_it_was() -> None:
    told = mail(GONE)

    assert "gone since 2026-11-22 08:00 UTC" in told.text
    assert "Not there any more: coast.example.org answered 404" in told.text
    assert told.subject.startswith("Re: ")


def test_the_terminal_and_chats_show_the_difference_too() -> None:
    shown, (_, chat) = console(changed()), plain(changed())

    for text in (shown, chat):
        assert "- The first *two* dredgers tied up on Friday night." in text
        assert "+ Work has begun." in text


def test_what_is_confidential_or_neutral_says_nothing_but_its_kind() -> None:
    secret = changed(watchlist=replace(WATCHLIST, confidential=True))
    bare = neutral(changed(), "")

    assert mail(secret).subject == "Re: article changed"
    assert "dredgers" not in console(secret)
    assert mail(bare).subject == "Monitor: article changed"
    assert "change" not in bare["data"]
    assert "dredgers" not in encode(neutral(GONE, "")).decode()


@pytest.mark.parametrize("text", list(NASTY.values()), ids=list(NASTY))
def test_strangers_sentences_do_no_harm(text: str) -> None:
    pair = Edited(before=text, after=f"{text}.", removed=tuple(text.split()[:3]), added=("x",))
    told = changed(Change(old_title=text, new_title="x", removed=(text,), added=(text,), edited=(pair,)))
    encode(told)
    body = mail(told)

    assert "<script>" not in body.html
    assert "<img" not in body.html
    assert not set("\x1b\u202e\u2066\x9b") & set(body.text + body.html + console(told))
    assert "@everyone" not in plain(told)[1]


def test_a_digest_tells_a_change_as_an_entry_of_its_own() -> None:
    told = digest_event([event(), changed(), GONE], reason="digest", now=NOW + timedelta(hours=1))
    kinds = [entry["type"] for entry in told["data"]["alerts"]]

    assert sorted(kinds) == ["alert.created", "article.changed", "article.gone"]
    assert mail(told).subject.startswith("1 new story, 2 updates")
    assert "+ Work has begun." in mail(told).text
