"""What changed in an article in substance, and what did not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.changes import FACTS, Change, Edited, compare, own_words, same_title

BASE = (
    "The bridge over the Lenn was closed on Monday. Twelve people were hurt, police said.\n"
    "The mayor, Ada Moor, spoke of 1,000 vehicles a day. Work will take until spring.\n"
    "Fishermen fear for the eelgrass."
)


def changed(new: str, old: str = BASE, titles: tuple[str, str] = ("Bridge closed", "Bridge closed")) -> Change | None:
    return compare(titles[0], old, titles[1], new)


@pytest.mark.parametrize(
    "new",
    [
        BASE,
        BASE.replace(" ", "  ").replace("\n", "\n\n"),
        BASE.replace("1,000", "1 000"),
        BASE.replace("1,000", "1.000").replace("closed", "CLOSED"),
        BASE.replace(", police said", " – police said"),
        BASE.replace(" on Monday. Twelve", " on Monday; Twelve"),
        BASE.replace(". Work", ".\nWork"),
        "\n".join(reversed(BASE.splitlines())),
        f"{BASE}\n12 comments",
        f"{BASE}\nUpdated 14:05\n3 min read",
        f"Last updated: 22 November 2026 at 14:05 GMT\n{BASE}",
        f"{BASE}\n22 November 2026",
        f"{BASE} Updated at 14:05.",
        f"Обновлено 14:05\n15 просмотров\n{BASE}",
        f"{BASE}\nRead also:\nWolves return to the valley\nThe price of grain falls",
        f"Lire aussi : Les loups sont de retour\n{BASE}",
        f"{BASE}\nWolves return to the valley\nThe price of grain falls again",
        f"{BASE} Twelve people were hurt, police said.",
        "The bridge over the Lenn was closed on Monday.",  # less than a third of the text: it was not all there
        "",
    ],
)
def test_what_is_no_change_in_substance(new: str) -> None:
    assert changed(new) is None


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (f"{BASE} The bridge was repainted.", {"added": ("The bridge was repainted.",)}),
        (BASE.replace("Fishermen fear for the eelgrass.", ""), {"removed": ("Fishermen fear for the eelgrass.",)}),
        (
            BASE.replace("Twelve", "Fifteen"),
            {
                "edited": (
                    Edited(
                        before="Twelve people were hurt, police said.",
                        after="Fifteen people were hurt, police said.",
                        removed=("Twelve",),
                        added=("Fifteen",),
                    ),
                )
            },
        ),
        (
            BASE.replace("1,000", "2,000").replace("Ada Moor", "Ole Moor"),
            {
                "edited": (
                    Edited(
                        before="The mayor, Ada Moor, spoke of 1,000 vehicles a day.",
                        after="The mayor, Ole Moor, spoke of 2,000 vehicles a day.",
                        removed=("Ada", "1,000"),
                        added=("Ole", "2,000"),
                    ),
                ),
                "old_facts": ("Ada", "1,000"),
                "new_facts": ("Ole", "2,000"),
            },
        ),
        (f"{BASE}\n15 dead", {"added": ("15 dead",), "new_facts": ("15",)}),
        (
            f"{BASE}\n12 were killed in May 2024",
            {"added": ("12 were killed in May 2024",), "new_facts": ("12", "May", "2024")},
        ),
        (
            "A wholly other text.",
            {"removed": tuple(BASE.replace(". ", ".\n").splitlines()), "added": ("A wholly other text.",)},
        ),
    ],
)
def test_what_is_a_change_in_substance(new: str, expected: dict[str, Any]) -> None:
    found = changed(new)

    assert found is not None
    got = {name: getattr(found, name) for name in ("removed", "added", "edited", *expected)}
    assert got == {"removed": (), "added": (), "edited": ()} | expected


def test_another_title_is_a_change_and_numbers_in_it_count() -> None:
    found = changed(BASE, titles=("Bridge closed, 12 hurt", "Bridge closed, 15 hurt"))

    assert found == Change(old_title="Bridge closed, 12 hurt", new_title="Bridge closed, 15 hurt")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Bridge closed", "bridge — closed", True),
        ("(3) Bridge closed", "(4) Bridge closed", True),
        ("«Bridge» closed", "“Bridge” closed", True),
        ("Bridge closed", "", True),
        ("Bridge closed", "Bridge opened", False),
    ],
)
def test_titles_are_the_same_if_their_words_are(one: str, other: str, same: bool) -> None:
    assert same_title(one, other) is same


def test_the_likest_sentences_are_taken_for_each_other() -> None:
    old = "The red house by the old mill burned down. Some text that stays as it is here."
    new = (
        "The red house by the old mill burned down on Monday. The red house is by the old river. "
        "Some text that stays as it is here."
    )
    found = changed(new, old)

    assert found is not None
    assert [(each.removed, each.added) for each in found.edited] == [((), ("on", "Monday"))]
    assert found.added == ("The red house is by the old river.",)


def test_facts_are_bounded() -> None:
    found = changed(f"{BASE} They were {', '.join(str(n) for n in range(50, 99))}.")

    assert found is not None
    assert len(found.new_facts) == FACTS


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("News", "What happened. 12 views"), ("(2) News", "What happened, 15 views"), True),
        (("News", "What happened. Updated 14:05"), ("News", "What happened. Updated 15:10"), True),
        (("News", "What happened 3 hours ago"), ("News", "What happened 4 hours ago"), True),
        (("News: 12 dead", ""), ("News: 15 dead", ""), False),
        (("News", "What happened: 12 dead"), ("News", "What happened: 15 dead"), False),
        (("News", "What happened."), ("News", "What did not happen."), False),
    ],
)
def test_what_a_source_says_is_recognised_by_its_words(
    one: tuple[str, str], other: tuple[str, str], same: bool
) -> None:
    assert (own_words(*one) == own_words(*other)) is same


texts = st.text(st.sampled_from("ab A.\n!12—"), max_size=80)


@given(texts, texts)
def test_any_two_texts_can_be_compared_and_a_text_is_itself(one: str, other: str) -> None:
    assert compare("t", one, "t", one) is None
    found = compare("t", one, "t", other)
    assert found is None or found.removed or found.added or found.edited
