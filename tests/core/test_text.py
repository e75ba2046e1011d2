"""Normal forms and the way back, word borders, sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.text import fold, joined, next_word, normalise, pieces, sentence, unaccented, word_end, word_starts

ANYTHING = st.text(st.characters(), max_size=60)  # lone surrogates included
TRICKY = st.text(
    st.sampled_from(
        "aAİıIßẞſée\u0301й\u0306и\u0301кКpр1|ӀI'’-‐\u00ad\u200b\u0640\u064bأﷺﬁ…\u00a0&amp;#39;x; .한\u1112\u1161\ud800"
    ),
    max_size=40,
)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Wolf", "wolf"),
        ("Straße", "strasse"),
        ("STRAẞE", "strasse"),
        ("réfugié", "réfugié"),
        ("re\u0301fugie\u0301", "réfugié"),
        ("l’asile", "l'asile"),
        ("l`asile", "l'asile"),
        ("LGBT‑люди", "lgbt-люди"),
        ("Flücht\u00adling", "flüchtling"),
        ("Flücht\u200bling", "flüchtling"),
        ("Рамза́н Кады́ров", "рамзан кадыров"),
        ("ребёнок", "ребенок"),
        ("Їжак і йод", "їжак і йод"),
        ("и\u0306од", "йод"),
        ("Рaмзан Кaдыров", "рамзан кадыров"),
        ("Москвa, Moscow", "москва, moscow"),
        ("Wolfа", "wolfа"),  # a Cyrillic letter in a Latin word stays: w has no twin
        ("Соьлжа-Г1ала", "соьлжа-гіала"),
        ("Соьлжа-ГIала", "соьлжа-гіала"),
        ("Соьлжа-ГӀала", "соьлжа-гіала"),
        ("Соьлжа-Гӏала", "соьлжа-гіала"),
        ("Соьлжа-Г|ала", "соьлжа-гіала"),
        ("1а класс", "1а класс"),
        ("KADIROV kadırov İstanbul", "kadirov kadirov istanbul"),
        ("οδός ΟΔΟΣ", "οδόσ οδοσ"),
        ("قُدِيروف", "قديروف"),
        ("الشيـشان", "الشيشان"),
        ("أحمد إلى", "احمد الي"),
        ("&#39;gay&#39; &eacute;t&eacute; &amp; &nichts; AT&T", "'gay' été & &nichts; at&t"),
        ("ﬁnal ①", "final 1"),
        ("1\u00a0000…", "1 000."),
        ("\u1112\u1161\u11ab", "한"),
        ("שָׁלוֹם", "שלום"),
        ("\u0301a", "a"),
        ("", ""),
    ],
)
def test_normal_form(text: str, normal: str) -> None:
    assert normalise(text).normal == normal


@pytest.mark.parametrize(
    ("text", "word", "surface"),
    [
        ("die Flücht\u00adlinge kamen", "flüchtlinge", "Flücht\u00adlinge"),
        ("Straße und Wolf", "wolf", "Wolf"),
        ("Straße und Wolf", "strasse", "Straße"),
        ("сказал Кады́ров.", "кадыров", "Кады́ров"),
        ("&#39;gay&#39; caf&eacute;", "gay", "gay"),
        ("&#39;gay&#39; caf&eacute;", "café", "caf&eacute;"),
        ("a\u200b \u200bgay\u200b b", "gay", "gay"),
        ("ﬁn ﬁn wolf", "wolf", "wolf"),
    ],
)
def test_the_way_back(text: str, word: str, surface: str) -> None:
    normal = normalise(text)
    at = normal.normal.index(word)
    start, end = normal.span(at, at + len(word))
    assert text[start:end] == surface


@given(ANYTHING | TRICKY)
def test_every_character_has_a_source(text: str) -> None:
    normal = normalise(text)
    before = 0
    for at in range(len(normal.normal)):
        start, end = normal.span(at, at + 1)
        assert before <= start < end <= len(text)
        before = start


WESTERN = "aAbcsiI1|l&;x '`“”’«»–—…\u00a0\u202f‑·°éÉçÿŸœŒñłŁžŽğĞİıİÐþ\n"
EASTERN = "аАбеЕёЁжйЙіїґҐўјЈћӏӀ«»“”—…№acopxyi1|lI ’-\u00a0\r\n"


@given(st.text(st.sampled_from(WESTERN), max_size=60) | st.text(st.sampled_from(EASTERN), max_size=60) | TRICKY)
def test_a_text_reads_the_same_beside_a_letter_that_takes_the_long_way(text: str) -> None:
    assert normalise(f"ß. {text}").normal == f"ss. {normalise(f'. {text}').normal[2:]}"


@given(ANYTHING | TRICKY)
def test_what_is_folded_has_no_case(text: str) -> None:
    assert fold(text) == unaccented(normalise(text).normal)
    assert normalise(text).normal == normalise(text).normal.lower()


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Réfugiés à Łódź, søster", "refugies a lodz, soster"),
        ("Чечнёй, йод, їжак, ўладa", "чечней, йод, їжак, ўлада"),
        ("plain", "plain"),
        ("Çeçenistan", "cecenistan"),
        ("한국", "한국"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "at", "runs_on"),
    [
        ("wolf", 0, False),
        ("wolf", 2, True),
        ("wolf", 4, False),
        ("a wolf", 1, False),
        ("l'asile", 2, False),
        ("l'asile", 1, False),
        ("м'яч", 2, True),
        ("м'яч", 1, True),
        ("м'", 1, False),
        ("'м", 1, False),
        ("лгбт-люди", 4, False),
        ("lgbtq+", 5, False),
        ("#gay_pride", 4, False),
        ("难民营", 1, False),
        ("难民camp", 2, False),
        ("हिन्दी", 1, True),
        ("г1", 1, True),
    ],
)
def test_word_borders(text: str, at: int, runs_on: bool) -> None:
    assert joined(text, at) is runs_on


def test_walking_from_word_to_word() -> None:
    text = "новая «газета» lgbtq+ people. next"
    assert word_starts(text) == [0, 7, 15, 22, 30]
    assert next_word(text, 5) == (7, 13)
    assert next_word(text, 13) == (15, 21)
    assert next_word(text, 28) is None  # the sentence ends
    assert next_word("a - ", 1) is None
    assert word_end("flüchtlingslager da", 11) == 16


@pytest.mark.parametrize(
    ("word", "expected"),
    [("d’asile", ["d", "asile"]), ("LGBTQ+", ["LGBTQ+"]), ("Урус-Мартан", ["Урус", "Мартан"]), ("-", [])],
)
def test_pieces(word: str, expected: list[str]) -> None:
    assert pieces(word) == expected


@pytest.mark.parametrize(
    ("text", "hit", "expected"),
    [
        ("One. Two gay men left. Three.", "gay", "Two gay men left."),
        ("Mr. A. Kadyrov spoke. Then he left.", "Kadyrov", "Mr. A. Kadyrov spoke."),
        ("Так было. В г. Грозном тихо. Потом нет.", "Грозном", "В г. Грозном тихо."),
        ("Дело по ч. 5 ст. 264 УК о волке закрыто. Потом нет.", "волке", "Дело по ч. 5 ст. 264 УК о волке закрыто."),
        ("Er kam z.B. aus Asyl. Dann ging er.", "Asyl", "Er kam z.B. aus Asyl."),
        ("It cost 3.5 million for refugees! Why?", "refugees", "It cost 3.5 million for refugees!"),
        ("Title without stop\n\nThe wolf came", "wolf", "The wolf came"),
        ("他是难民。她不是。", "难民", "他是难民。"),
        ("“Wolves!” he said. Nobody came.", "Wolves", "“Wolves!” he said."),
        ("The wolf paused… then left. End.", "left", "The wolf paused… then left."),
        ("Wolf", "Wolf", "Wolf"),
        ("She saw Mr. B. and a wolf. End.", "wolf", "She saw Mr. B. and a wolf."),
    ],
)
def test_sentence(text: str, hit: str, expected: str) -> None:
    start = text.index(hit)
    assert sentence(text, start, start + len(hit)) == expected


def test_a_long_sentence_is_cut_between_words() -> None:
    text = "left " * 200 + "WOLF" + " right" * 200
    start = text.index("WOLF")
    cut = sentence(text, start, start + 4)
    assert cut in text
    assert 300 < len(cut) <= 400
    assert cut.startswith("left ")
    assert cut.endswith(" right")
    assert "WOLF" in cut


@pytest.mark.parametrize("at", [0, 997])
def test_a_long_word_without_space_is_cut_anywhere(at: int) -> None:
    cut = sentence("x" * 1000, at, at + 3)
    assert 200 <= len(cut) <= 400


def test_a_sentence_has_no_space_at_its_ends() -> None:
    assert sentence("One.   Two wolves.\n \nThree", 11, 17) == "Two wolves."
    assert sentence("  Two wolves  ", 6, 12) == "Two wolves"


@given(st.text(st.characters(), min_size=1, max_size=900), st.data())
def test_a_sentence_is_a_slice_that_holds_the_hit(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    found = sentence(text, start, end)
    assert text[start:end] in found
    assert found in text
    assert len(found) <= max(400, end - start)
