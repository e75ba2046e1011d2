"""How other languages spell a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.transliterate import MOST, suggestions


@pytest.mark.parametrize(
    ("name", "language", "expected"),
    [
        ("Кадыров", "en", "Kadyrov Kadirov"),
        ("Кадыров", "de", "Kadyrow Kadirow"),
        ("Кадыров", "fr", "Kadyrov Kadirov"),
        ("Кадыров", "pl", "Kadyrow Kadirow"),
        ("Кадыров", "tr", "Kadırov Kadirov"),
        ("Кадыров", "uk", "Кадиров"),
        ("Corbyn", "ru", "Корбын Корбин Цорбын Цорбин"),
        ("Делимханов", "de", "Delimchanow"),
        ("Делимханов", "uk", "Делімханов"),
        ("Даудов", "fr", "Daoudov"),
        ("Чалаев", "en", "Chalayev Chalaev"),
        ("Чалаев", "de", "Tschalajew Tschalaew"),
        ("Чалаев", "pl", "Czałajew"),
        ("Чалаев", "tr", "Çalayev Çalaev"),
        ("Щербаков", "pl", "Szczerbakow"),
        ("Жуков", "fr", "Joukov"),
        ("Евтушенко", "en", "Yevtushenko Evtushenko"),
        ("Лапин", "fr", "Lapine"),
        ("Ляшко", "pl", "Laszko"),
        ("Урус-Мартан", "fr", "Ourous-Martan"),
        ("Зеленський", "en", "Zelensky Zelenskyi"),
        ("Зеленський", "ru", "Зеленский"),
        ("Гриценко", "en", "Gritsenko"),
        ("Кадиров", "uk", ""),  # taken for a Russian name; its Ukrainian spelling is another
        ("Kadyrov", "ru", "Кадыров"),
        ("Kadyrow", "ru", "Кадыров"),
        ("Kadirow", "ru", "Кадыров"),
        ("Kadyrov", "uk", "Кадиров"),
        ("Kadyrov", "de", "Kadyrow Kadirow"),
        ("Tschalajew", "ru", "Чалаев"),
        ("Czałajew", "ru", "Чалаев"),
        ("Zhukov", "ru", "Жуков"),
        ("Dostoyevsky", "ru", "Достоевский"),
        ("Vismouradov", "ru", "Висмурадов"),
    ],
)
def test_spellings(name: str, language: str, expected: str) -> None:
    assert set(suggestions(name).get(language, ())) >= set(expected.split())


def test_the_usual_spelling_comes_first() -> None:
    assert suggestions("Хучиев")["en"] == ("Khuchiev", "Huchiev")


def test_a_name_may_be_said_to_be_ukrainian() -> None:
    assert suggestions("Гриценко", ukrainian=True)["en"] == ("Hrytsenko", "Hritsenko")
    assert suggestions("Кадиров", ukrainian=True)["ru"] == ("Кадыров",)


@pytest.mark.parametrize("name", ["قديروف", "", "北京", "ъ"])
def test_names_without_suggestions(name: str) -> None:
    assert suggestions(name) == {}


@given(st.text(max_size=12) | st.text("абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґ-", max_size=12), st.booleans())
def test_any_text_gets_few_suggestions_that_differ_from_it(name: str, ukrainian: bool) -> None:
    for spelled in suggestions(name, ukrainian=ukrainian).values():
        assert 0 < len(set(spelled)) == len(spelled) <= MOST
        assert name not in spelled
