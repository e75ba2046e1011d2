"""Finding many words at once: places and borders, as one automaton finds them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.engines import finder
from monitor.core.text import joined, normalise, word_end

WORDS = ["wolf", "wolves", "волк", "урус-мартан", "lgbtq+", "м'яч", "яч", "#wolf", "+", "难民", "é", "l'est", "\ud800b"]
BEGINNINGS = ["wol", "难", "гей-"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("wolf", ["wolf", "wol→wolf"]),
        ("a wolf, wolves", ["wolf", "wol→wolf", "wolves", "wol→wolves"]),
        ("werewolf wolframs", ["wol→wolframs"]),
        ("«волк» волка", ["волк"]),
        ("урус-мартан урус мартан", ["урус-мартан"]),
        ("lgbtq+ lgbtq lgbtq.", ["lgbtq+", "+"]),
        ("м'яч", ["м'яч"]),
        ("яч", ["яч"]),
        ("#wolf", ["wolf", "wol→wolf", "#wolf"]),
        ("收容难民营", ["难民", "难→难"]),
        ("гей-парад", ["гей-→гей-"]),
        ("à l'est\u0301", []),
        ("\ud800b é", ["é", "\ud800b"]),
    ],
)
def test_words_are_found_between_borders(text: str, expected: list[str]) -> None:
    found = []
    for index, start, end in finder(WORDS, BEGINNINGS).find(text):
        if index < len(WORDS):
            assert text[start:end] == WORDS[index]
            found.append(WORDS[index])
        else:
            found.append(f"{BEGINNINGS[index - len(WORDS)]}→{text[start:end]}")
    assert sorted(found) == sorted(expected)


def test_no_words_are_found_nowhere() -> None:
    assert [*finder([], []).find("wolf")] == []


def test_letters_for_which_there_is_no_byte_left_are_found_all_the_same() -> None:
    letters = [chr(code) for code in range(0x1200, 0x1400) if chr(code).isalpha()]
    assert len(letters) > 256
    found = finder(letters, [])
    assert [[index for index, _, _ in found.find(f"— {each} —")] for each in letters] == [
        [i] for i in range(len(letters))
    ]


PARTS = st.sampled_from([*"wolfvesвкаыйґ '-+#.難é1\u0301\u0e01", "wolf", "волк", "難民", " "])
STRINGS = st.lists(PARTS, max_size=12).map("".join)


@given(
    st.lists(STRINGS.filter(bool), max_size=6, unique=True),
    st.lists(STRINGS.filter(bool), max_size=3, unique=True),
    STRINGS | st.text(max_size=30),
)
def test_nothing_is_missed_and_nothing_made_up(words: list[str], begin: list[str], text: str) -> None:
    words, begin = (
        [*dict.fromkeys(normalise(each).normal for each in some if each.strip())] for some in (words, begin)
    )
    words, begin = [w for w in words if w], [w for w in begin if w]
    normal = normalise(text).normal
    expected = set()
    for index, word in enumerate([*words, *begin]):
        for start in range(len(normal)):
            end = start + len(word)
            if normal.startswith(word, start) and not joined(normal, start):
                if index >= len(words):
                    expected.add((index, start, word_end(normal, end)))
                elif not joined(normal, end):
                    expected.add((index, start, end))
    found = [*finder(words, begin).find(normal)]
    assert set(found) == expected
    assert len(found) == len(expected)
