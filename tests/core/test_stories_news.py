"""Topics of articles, and which two report the same news. All texts are made up."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.core.model import Keys, Seen, Topic
from monitor.core.stories.news import (
    ALIKE,
    FEWEST_UNNAMED,
    LOOKED_UP,
    LOOKED_UP_NAMES,
    NUMBER,
    PRIOR,
    PROPER,
    likeness,
    looked_up,
    packed,
    skeleton,
    stems,
    topic,
    unpacked,
)

SAME = {
    "en": (
        (
            "Harbour bridge in Westport closed after ferry crash",
            (
                "The Harbour Bridge in Westport was closed on Tuesday after the ferry Maid of Arden struck one of its"
                " pillars, police said. Fourteen passengers were taken to hospital with minor injuries. Captain Joan"
                " Whitlock told investigators that the rudder had jammed. Engineers are examining the pillar; the"
                " bridge carries 30,000 cars a day."
            ),
        ),
        (
            "Westport: 14 hurt as ferry rams Harbour Bridge",
            (
                "Fourteen people were injured when a ferry ran into the Harbour Bridge in Westport on Tuesday. The"
                " Maid of Arden had lost its steering, said Captain Joan Whitlock. The crossing, used by 30,000 cars"
                " each day, stays shut while its pillar is inspected, and drivers are sent through the tunnel."
            ),
        ),
    ),
    "ru": (
        (
            "В Заречинске задержали директора элеватора",
            (
                "Следователи задержали директора Заречинского элеватора Аркадия Мохова. По версии следствия, он"
                " похитил 412 тонн зерна на 6,5 миллиона рублей и продал его фирме «Колос-Юг». Мохов вину не"
                " признаёт. Суд рассмотрит вопрос об аресте в четверг."
            ),
        ),
        (
            "Глава элеватора подозревается в краже 412 тонн зерна",
            (
                "Полиция Заречинска сообщила о задержании Аркадия Мохова, который руководит элеватором. Его"
                " подозревают в хищении 412 тонн зерна. Ущерб оценили в 6,5 миллиона рублей, покупателем была"
                " компания «Колос-Юг». Адвокат Мохова назвал обвинение вымыслом."
            ),
        ),
    ),
    "de": (
        (
            "Brand zerstört Glockenturm von St. Veit in Auenried",
            (
                "In der Nacht auf Montag ist der Glockenturm der Kirche St. Veit in Auenried ausgebrannt. Die"
                " Feuerwehr war mit 80 Kräften im Einsatz, verletzt wurde niemand. Bürgermeisterin Helga Brandner"
                " spricht von zwei Millionen Euro Schaden. Als Ursache gilt ein Blitz."
            ),
        ),
        (
            "Kirchturm in Auenried nach Blitzschlag ausgebrannt",
            (
                "Ein Blitz hat in Auenried den Glockenturm von St. Veit in Brand gesetzt. 80 Feuerwehrleute löschten"
                " bis zum Morgen. Der Schaden liegt laut Bürgermeisterin Helga Brandner bei zwei Millionen Euro,"
                " Verletzte gab es nicht."
            ),
        ),
    ),
    "fr": (
        (
            "Valmoret : la dernière papeterie va fermer",
            (
                "La papeterie Delorme de Valmoret fermera en mars, a annoncé mardi sa direction. Les 230 salariés ont"
                " bloqué l'entrée de l'usine. Le maire, Yves Castaing, demande une réunion d'urgence au ministère. Le"
                " groupe évoque le prix de l'énergie."
            ),
        ),
        (
            "Papeterie Delorme : 230 emplois supprimés à Valmoret",
            (
                "Le groupe Delorme a annoncé la fermeture de sa papeterie de Valmoret en mars. Quelque 230 salariés"
                " perdront leur emploi. Ils bloquent l'usine depuis mardi. Yves Castaing, le maire, veut être reçu au"
                " ministère."
            ),
        ),
    ),
}
OTHER = {  # news of the same people and places
    "en": (
        "Westport council sells old fish market",
        (
            "Westport council voted on Tuesday to sell the old fish market to a hotel company for 4 million"
            " pounds. Councillor Joan Whitlock was against it. Traders fear for their stalls; the building dates"
            " from 1911 and needs a new roof."
        ),
    ),
    "ru": (
        "В Заречинске откроют новую школу",
        (
            "В Заречинске первого сентября откроется школа на 600 мест. Аркадий Мохов, директор элеватора,"
            " подарил ей библиотеку. Строители обещают закончить спортзал к августу, учителей ещё набирают."
        ),
    ),
    "de": (
        "Auenried bekommt ein neues Freibad",
        (
            "Der Gemeinderat von Auenried hat den Bau eines Freibads beschlossen. Bürgermeisterin Helga Brandner"
            " rechnet mit der Eröffnung im Sommer. Das alte Becken war undicht; ein Verein sammelt Spenden für"
            " die Rutsche."
        ),
    ),
    "fr": (
        "Valmoret fête ses cent ans de rugby",
        (
            "Le club de rugby de Valmoret a célébré samedi son centenaire. Yves Castaing, le maire, a remis une"
            " médaille au plus ancien joueur. Un tournoi a réuni douze équipes, et un bal a suivi sur la place."
        ),
    ),
}


@pytest.mark.parametrize("language", SAME)
def test_reports_of_one_event_are_alike(language: str) -> None:
    one, other = (topic(*each, language) for each in SAME[language])
    assert likeness(one, other) >= ALIKE + 0.2


@pytest.mark.parametrize("language", OTHER)
def test_other_news_of_the_same_people_and_places_is_not(language: str) -> None:
    assert all(likeness(topic(*OTHER[language]), topic(*each)) < ALIKE for each in SAME[language])


ACROSS = (
    (
        "Kadyrov opens Tolstoy-Yurt bridge, 37 detained in Gudermes",
        (
            "Ramzan Kadyrov opened a bridge near Tolstoy-Yurt on Monday. In Gudermes, 37 people were detained,"
            " among them the lawyer Aslan Batukaev, who had called for a boycott. Batukaev is held in Argun,"
            " relatives told reporters."
        ),
    ),
    (
        "Кадыров открыл мост, в Гудермесе задержаны 37 человек",
        (
            "В понедельник Рамзан Кадыров открыл мост у села Толстой-Юрт. В Гудермесе задержали 37 человек, среди"
            " них адвокат Аслан Батукаев, призывавший к бойкоту. Батукаева держат в Аргуне, говорят родственники."
        ),
    ),
)


def test_names_and_numbers_carry_news_across_alphabets() -> None:
    assert likeness(topic(*ACROSS[0], "en"), topic(*ACROSS[1], "ru")) >= ALIKE


def test_names_alone_do_not() -> None:
    title, text = ACROSS[1]
    assert likeness(topic(*ACROSS[0], "en"), topic(title.replace("37", "40"), text.replace("37", "40"), "ru")) == 0


def test_names_carry_news_between_languages_of_one_alphabet() -> None:
    german = (
        "Kadyrow eröffnet Brücke, 37 Festnahmen in Gudermes",
        (
            "Ramsan Kadyrow hat eine Brücke bei Tolstoi-Jurt eröffnet. In Gudermes wurden 37 Menschen"
            " festgenommen, darunter der Anwalt Aslan Batukajew. Er wird in Argun festgehalten."
        ),
    )
    assert likeness(topic(*ACROSS[0], "en"), topic(*german, "de")) >= ALIKE


def test_headlines_of_a_series_are_different_news() -> None:
    text = (
        "В Приозёрске днём до 9 градусов тепла, ночью до 2. Небольшой дождь, ветер юго-западный, 4–7 метров в секунду."
    )
    one, other = topic("Прогноз погоды на 8 ноября", text), topic("Прогноз погоды на 9 ноября", text)
    assert likeness(one, other) == 0
    assert likeness(one, topic("Прогноз погоды на 8 ноября", text)) == 1


PATTERN = {
    "en": """The library of {} is open again after {} days, said the mayor, {} {}. The roof had been damaged by a storm, and
        thousands of books had to be dried. Readers from {} wrote a letter of thanks to the carpenters.""",
    "de": """Die Bücherei in {} ist nach {} Tagen wieder offen, sagte der Bürgermeister {} {}. Der Sturm hatte das Dach
        beschädigt, und die Bücher mussten getrocknet werden. Die Leser aus {} schrieben den Zimmerleuten einen Brief.""",
}


@pytest.mark.parametrize("language", PATTERN)
def test_what_is_written_to_one_pattern_about_others_is_different_news(language: str) -> None:
    one = topic("", PATTERN[language].format("Westport", 48, "Joan", "Whitlock", "Arden"))
    other = topic("", PATTERN[language].format("Kelburn", 67, "Peter", "Mossman", "Tarrin"))

    assert likeness(one, other) == 0
    assert likeness(one, one) == pytest.approx(1)


def test_short_headlines_are_no_sign() -> None:
    assert likeness(topic("Wolves return", ""), topic("More wolves return", "")) == 0


def test_what_everybody_writes_of_makes_nothing_alike() -> None:
    one = topic("Mayor Joan Whitlock visits Ardenport castle garden", "")
    other = topic("Mayor Whitlock wants Ardenport castle garden", "")
    usual = likeness(one, other)
    common = Seen(dict.fromkeys(set(one.words.keys) & set(other.words.keys), 9 * PRIOR), 10 * PRIOR)
    assert likeness(one, other, common) < ALIKE < usual
    assert likeness(one, other, Seen(dict.fromkeys(one.words.keys, 2), 20)) == pytest.approx(usual, abs=0.05)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Walls, walled: the WALL", {"wall": 3, "the": 1}),
        ("2,5 and 1.000,50", {"2.5": 1, "and": 1, "1.000.50": 1}),
        ("東京で地震", {"東京": 1, "京で": 1, "で地": 1, "地震": 1}),
        ("震 a1", {"震": 1, "a1": 1}),
        ("больницей больницу", {"больниц": 2}),
        ("Ihnen", {"ihn": 1}),
        ("aener", {"aen": 1}),
        ("øders", {"oder": 1}),
    ],
)
def test_stems(text: str, wanted: dict[str, int]) -> None:
    assert stems(text) == wanted


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (["kadyrov", "kadyrow", "kadirov", "кадыров"], "KdrV"),
        (["moscow", "москв"], "mSKV"),
        (["hegseth", "хегсет"], "GSt"),
        (["lukashenko", "лукашенко"], "lKSnK"),
        (["ελλαδα"], ""),
        (["maxim"], "mKSm"),
    ],
)
def test_skeletons(names: list[str], wanted: str) -> None:
    assert {skeleton(name) for name in names} == {wanted}


def test_a_topic_keeps_its_headline_and_is_short() -> None:
    words = [f"wort{chr(97 + at % 26)}{chr(97 + at // 26)}" for at in range(600)]
    about = topic("of the and", " ".join(words))
    assert len(about.words.keys) == 96 + 3
    assert len(packed(about)) < 800
    assert len(looked_up(about)) == LOOKED_UP
    assert len(looked_up(topic(*SAME["en"][0]))) == LOOKED_UP + LOOKED_UP_NAMES


def test_many_names_are_cut() -> None:
    names = " ".join(f"mit {first}{second}rko" for first in "BDGKLMNPRTVW" for second in ("a", "os", "it"))
    assert len(topic("", f"wir {names.title().replace('Mit', 'mit')}").names.keys) == 16


ANY = st.text(max_size=200)
NEWSLIKE = st.lists(
    st.sampled_from(["Westport", "Мохов", "412", "2,5", "東京", "the", "und", ".", "Kadyrow", "зерна"])
).map(" ".join)


@given(ANY | NEWSLIKE, ANY | NEWSLIKE, ANY | NEWSLIKE)
@example("\ud800", "İ ß ﬁ", "٣")
def test_likeness_of_whatever_is_written(title: str, text: str, other: str) -> None:
    one, two = topic(title, text), topic(other, text)
    assert likeness(one, two) == likeness(two, one)
    assert 0 <= likeness(one, two) <= 1
    assert unpacked(packed(one)) == one
    names = sum(bool(mark & (NUMBER | PROPER)) for mark in one.words.marks)
    if any(one.words.rarities) and len(one.words.keys) >= FEWEST_UNNAMED and names != 1:
        assert likeness(one, one) == pytest.approx(1)


def test_nothing_is_like_nothing() -> None:
    assert likeness(topic("", ""), topic("", "")) == 0
    assert likeness(topic("", "the"), topic("", "The")) == 0
    assert unpacked(packed(Topic(language="en", script="C"))) == Topic(language="en", script="C", words=Keys())
