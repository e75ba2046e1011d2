"""What a word stands for, in the languages that have morphology here; with the real dictionaries."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.arabic import attached
from monitor.core.endings import closed, following, lacking, surname
from monitor.core.model import Document
from monitor.core.settings import Mark, Term, TermSet, Watchlist
from monitor.core.text import normalise
from monitor.core.watch import compile as compiled
from monitor.core.words import expand, inflects, listed, sources, version

PLAIN = {
    "en": ["wolf", "refugee", "Chechen", "asylum", "company", "gay", "close", "easy", "forest", "Bridge"],
    "fr": [
        "réfugié",
        "réfugiés",
        "réfugiée",
        "détenu",
        "loup",
        "lesbienne",
        "tchétchène",
        "côté",
        "État",
        "certain",
        "week-end",
        "départemental",
        "nationaux",
    ],
    "de": ["Wolf", "wolf", "Flüchtling", "Flüchtlinge", "tschetschenisch", "toll", "Tschetschene", "Straße"],
    "es": [
        "lobo",
        "refugiado",
        "número",
        "detenido",
        "detenida",
        "expulsión",
        "checheno",
        "caso",
        "lobos",
        "unido",
        "golpeado",
    ],
    "it": ["rifugiato", "omofobo", "straniero", "libro"],
    "ru": [
        "волк",
        "беженец",
        "Чечня",
        "новая",
        "геев",
        "гей-парад",
        "ЛГБТ-сеть",
        "ребенок",
        "гей-",
        "квир",
        "кадыровцев",
        "задержанный",
        "лучший",
        "данный",
        "Грозный",
    ],
    "uk": ["біженець", "Чечня", "квір"],
    "tr": ["mülteci", "sığınma", "mültecilere", "Blogistan", "gey"],
    "ar": [
        "لاجئ",
        "لجوء",
        "ترحيل",
        "شيشاني",
        "زقفنطي",
        "مُهَاجِرٌ",
        "اوروبي",
        "المحكمة",
        "قاضي",
        "اعتقال",
        "نزلاء",
        "أكبر",
        "أعلى",
        "طالب",
        "تركيا",
        "حكم",
        "النازحين",
    ],
    "kk": ["Шешенстан", "гей"],
    "ko": ["난민", "집"],
    "ka": ["ლტოლვილი", "ბლოგოსტანიკა"],
    "hr": ["vuk"],
    "xx": ["word"],
}


@cache
def forms(language: str) -> dict[str, frozenset[str]]:
    found = expand((language, word, Mark.WORD) for word in PLAIN[language])
    return {word: found[language, word, Mark.WORD] for word in PLAIN[language]}


@pytest.mark.parametrize(
    ("language", "word", "some"),
    [
        ("en", "wolf", "wolf wolves"),
        ("en", "refugee", "refugees"),
        ("en", "Chechen", "chechen chechens"),
        ("en", "company", "companies"),
        ("fr", "réfugié", "réfugiés réfugiée réfugiées refugies"),
        ("fr", "réfugiés", "réfugié réfugiée"),
        ("fr", "lesbienne", "lesbiennes"),
        ("fr", "tchétchène", "tchétchènes tchetchene"),
        ("fr", "État", "états etat"),
        ("fr", "réfugiée", "réfugiées refugiees"),
        ("fr", "détenu", "détenue détenus détenues"),
        ("fr", "certain", "certaine certaines"),  # under "certains" in the dictionary
        ("fr", "départemental", "départementaux départementale"),
        ("fr", "nationaux", "national nationale"),
        ("fr", "week-end", "week-ends weekend weekends"),
        ("en", "close", "closest closer"),
        ("en", "easy", "easiest easier"),
        ("en", "Bridge", "bridges"),
        ("de", "Wolf", "wölfe wölfen wolfs"),
        ("de", "wolf", "wölfe"),
        ("de", "Flüchtling", "flüchtlingen flüchtlings"),
        ("de", "Flüchtlinge", "flüchtling flüchtlingen"),
        ("de", "tschetschenisch", "tschetschenische tschetschenischem tschetschenischer"),
        ("de", "toll", "tolle toller"),
        ("de", "Tschetschene", "tschetschenen"),
        ("de", "Straße", "strasse strassen"),
        ("es", "refugiado", "refugiada refugiados refugiadas"),
        ("es", "detenido", "detenida detenidos detenidas"),
        ("es", "detenida", "detenidas"),
        ("es", "unido", "unida unidos unidas"),
        ("es", "expulsión", "expulsiones expulsion"),
        ("es", "checheno", "chechenas"),
        ("es", "lobos", "lobo loba"),
        ("es", "golpeado", "golpeada golpeados"),
        ("it", "rifugiato", "rifugiati rifugiata rifugiate"),
        ("it", "straniero", "straniera straniere stranieri"),
        ("it", "omofobo", "omofobi omofoba"),
        ("ru", "волк", "волков волками"),
        ("ru", "беженец", "беженцев беженцам"),
        ("ru", "Чечня", "чечне чечню чечней"),
        ("ru", "новая", "новый новой новую"),
        ("ru", "геев", "гей геям"),
        ("ru", "гей-парад", "гей-парада гей-параде"),
        ("ru", "ЛГБТ-сеть", "лгбт-сети лгбт-сетью"),
        ("ru", "ребенок", "ребенка дети"),
        ("ru", "квир", "квира квиров квирами"),
        ("ru", "кадыровцев", "кадыровец кадыровцы"),
        ("ru", "задержанный", "задержанная задержанных задержаны"),
        ("ru", "лучший", "лучшая лучших"),
        ("ru", "Грозный", "грозном грозного"),
        ("uk", "біженець", "біженців"),
        ("uk", "квір", "квіра квірів"),
        ("uk", "Чечня", "чечні чечнею"),
        ("tr", "mülteci", "mülteciler mültecilere"),
        ("tr", "sığınma", "siğinmada"),
        ("tr", "Blogistan", "blogistan blogistan*"),
        ("tr", "mültecilere", "mültecilere"),
        ("tr", "gey", "gey"),
        ("ar", "لاجئ", "اللاجئين واللاجئين لاجئون للاجئين"),
        ("ar", "لجوء", "اللجوء وباللجوء لجوء"),
        ("ar", "شيشاني", "الشيشانية شيشاني"),
        ("ar", "مُهَاجِرٌ", "مهاجرون والمهاجرين مهاجرة مهاجريهم"),  # with its vowel signs
        ("ar", "اوروبي", "الاوروبية اوروبيين"),
        ("ar", "المحكمة", "محكمة والمحكمة للمحاكم محكمتها"),
        ("ar", "قاضي", "القضاة قضاة"),
        ("ar", "اعتقال", "اعتقالات واعتقاله اعتقالا"),
        ("ar", "نزلاء", "نزلاؤها نزلائه"),
        ("ar", "أكبر", "الكبري"),
        ("ar", "النازحين", "نازحين والنازحين بالنازحين"),
        ("ar", "زقفنطي", "زقفنطية الزقفنطيين"),
        ("kk", "Шешенстан", "шешенстан шешенстан*"),
        ("kk", "гей", "гей"),
        ("ko", "난민", "난민 난민*"),
        ("ko", "집", "집"),
        ("ka", "ლტოლვილი", "ლტოლვილებს ლტოლვილთან ლტოლვილმა"),
        ("ka", "ბლოგოსტანიკა", "ბლოგოსტანიკის ბლოგოსტანიკაში"),  # in no dictionary
        ("hr", "vuk", "vuk vuka"),
        ("xx", "word", "word"),
    ],
)
def test_finds(language: str, word: str, some: str) -> None:
    assert forms(language)[word] >= set(some.split())


@pytest.mark.parametrize(
    ("language", "word", "none"),
    [
        ("en", "company", "co. co company's"),
        ("fr", "loup", "loupe"),
        ("en", "forest", "forer"),
        ("fr", "réfugiée", "réfugié réfugiés"),  # who writes the feminine means the women
        ("fr", "détenu", "détenir détient"),
        ("es", "detenido", "detener detiene"),
        ("es", "detenida", "detenido detener"),
        ("es", "unido", "unir une"),  # a participle is no reason to look for the verb
        ("es", "golpeado", "golpear golpea"),
        ("es", "caso", "casa casas"),
        ("it", "libro", "libra"),
        ("ru", "задержанный", "задержать задержал"),
        ("ru", "лучший", "хороший хорошо"),
        ("ru", "данный", "данным"),  # nearly always data
        ("fr", "côté", "cote"),  # another word without its accent
        ("de", "Wolf", "wolfram wolfe* wolf*"),
        ("es", "número", "no nº"),
        ("it", "rifugiato", "rifugiare"),
        ("ru", "гей-парад", "парад"),
        ("ru", "ЛГБТ-сеть", "лгбта-сети"),
        ("tr", "sığınma", "siğindi"),
        ("tr", "mültecilere", "mülteci"),
        ("ar", "ترحيل", "رحل"),
        ("ar", "أعلى", "علي"),  # on
        ("ar", "طالب", "يطالب تطالب"),  # demands, not a student
    ],
)
def test_leaves_out(language: str, word: str, none: str) -> None:
    assert not forms(language)[word] & set(none.split())


@pytest.mark.parametrize(
    ("language", "word"), [(language, word) for language, words in PLAIN.items() for word in words]
)
def test_the_word_itself_is_a_form_and_all_are_normal(language: str, word: str) -> None:
    assert normalise(word).normal in forms(language)[word]
    assert all(normalise(form).normal == form for form in forms(language)[word])


@pytest.mark.parametrize(
    ("language", "word"), [(language, word) for language, words in PLAIN.items() for word in words]
)
def test_each_form_matches(language: str, word: str) -> None:
    term = Term(text=word, mark=Mark.WORD, words=(word,), language=language)
    known = {(language, word, Mark.WORD): forms(language)[word]}
    watch = compiled([Watchlist(name="w", title="", all=("w",))], [TermSet(name="w", title="", terms=(term,))], known)
    for form in forms(language)[word]:
        written = form.rstrip("*").capitalize()
        match = watch.match(Document(fields={"text": f"… {written}, …"}, language=language))
        assert [hit.surface for hit in match[0].hits] == [written]


@pytest.mark.parametrize("mark", [Mark.PREFIX, Mark.FORM, Mark.CASE])
def test_other_marks_stand_for_the_word_itself(mark: Mark) -> None:
    assert expand([("de", "Straße", mark)]) == {("de", "Straße", mark): frozenset({"strasse"})}


@pytest.mark.parametrize(
    ("language", "word", "mark", "source"),
    [
        ("ru", "Чечня", Mark.WORD, "pymorphy3"),
        ("ru", "гей-парад", Mark.WORD, "pymorphy3"),
        ("ru", "квир", Mark.WORD, "pymorphy3, by its ending"),
        ("en", "wolf", Mark.WORD, "dictionary"),
        ("de", "wolf", Mark.WORD, "dictionary"),
        ("de", "Queerfeindling", Mark.WORD, "closed endings"),
        ("tr", "mülteci", Mark.WORD, "dictionary"),
        ("tr", "Blogistan", Mark.WORD, "beginning"),
        ("tr", "gey", Mark.WORD, "exact"),
        ("kk", "Шешенстан", Mark.WORD, "beginning"),
        ("zh", "难民", Mark.WORD, "exact"),
        ("ru", "Кадыров", Mark.NAME, "surname rule"),
        ("de", "Asyl", Mark.PREFIX, "beginning"),
        ("en", "LGBT", Mark.CASE, "exact"),
    ],
)
def test_where_forms_come_from(language: str, word: str, mark: Mark, source: str) -> None:
    assert sources([(language, word, mark)]) == (((language, word, mark), source),)


def test_listed_is_the_same_in_pairs() -> None:
    words = [("ru", "Кадыров", Mark.NAME), ("xx", "word", Mark.WORD)]
    assert dict(listed(words)) == expand(words)


@pytest.mark.parametrize(
    ("language", "name", "some"),
    [
        ("ru", "Кадыров", "кадырова кадырову кадыровым кадырове кадыровой кадыровы кадыровых"),
        ("ru", "Янгулбаева", "янгулбаевой янгулбаев янгулбаевым янгулбаевы янгулбаевых"),
        ("ru", "Навальная", "навальной навальную навальный навального навальных"),
        ("ru", "Пригожин", "пригожина пригожиным пригожиной"),
        ("ru", "Ковальчук", "ковальчука ковальчуком ковальчуки ковальчуков"),
        ("ru", "Лукашевич", "лукашевича лукашевичем лукашевичей"),
        ("ru", "Кравец", "кравца кравцом кравцы"),
        ("ru", "Бондаренко", "бондаренко"),
        ("ru", "Достоевский", "достоевского достоевская достоевской достоевских"),
        ("ru", "Толстой", "толстого толстая"),
        ("ru", "Шмидт", "шмидта шмидтом"),
        ("ru", "Черных", "черных"),
        ("uk", "Кадиров", "кадирова кадирову кадировим кадирової кадирови"),
        ("uk", "Шевченко", "шевченка шевченку шевченком"),
        ("pl", "Kadyrow", "kadyrowa kadyrowowi kadyrowem kadyrowie kadyrowowie"),
        ("uk", "Зеленська", "зеленської зеленську зеленський"),
        ("uk", "Кравець", "кравця кравцем кравці"),
        ("uk", "Коваль", "коваля ковалем ковалів"),
        ("pl", "Kowalski", "kowalskiego kowalska kowalskich kowalscy"),
        ("pl", "Nawalna", "nawalnej nawalną nawalny nawalnego"),
        ("pl", "Duda", "dudy dudzie dudę dudą dudowie"),
        ("pl", "Biedroń", "biedronia biedroniem"),
        ("pl", "Mazur", "mazura mazurze mazurem"),
        ("cs", "Nováková", "novákové novákovou novák nováka"),
        ("cs", "Novotná", "novotné novotnou novotný novotného"),
        ("cs", "Havel", "havla havlovi havlem havlová"),
        ("cs", "Novák", "nováka novákovi nováková novákovou nováků"),
        ("sk", "Čaputová", "čaputová"),
        ("en", "Kadyrov", "kadyrov kadyrovs kadyrova"),
        ("fr", "Dubois", "dubois"),
        ("ar", "قديروف", "قديروف وقديروف لقديروف"),
    ],
)
def test_surnames(language: str, name: str, some: str) -> None:
    assert expand([(language, name, Mark.NAME)])[language, name, Mark.NAME] >= set(some.split())


NAMES = [
    "Кадыров",
    "Навальная",
    "Кравец",
    "Коваль",
    "Ковалів",
    "Kadyrow",
    "Nawalna",
    "Nováková",
    "Havel",
    "O'Neill",
    "قديروف",
]


@given(st.sampled_from(["ru", "uk", "bg", "pl", "cs", "en", "ar"]), st.sampled_from(NAMES))
def test_each_form_of_a_name_matches(language: str, name: str) -> None:
    term = Term(text=f"@{name}", mark=Mark.NAME, words=(name,), language=language)
    known = expand([(language, name, Mark.NAME)])
    watch = compiled([Watchlist(name="w", title="", all=("w",))], [TermSet(name="w", title="", terms=(term,))], known)
    for form in known[language, name, Mark.NAME]:
        written = form[:1].upper() + form[1:]
        assert watch.match(Document(fields={"text": f"… {written}, …"}, language=language)), written


@given(st.sampled_from(["ru", "uk", "be", "bg", "pl", "cs", "sk", "en", "de", "fr", "ar", "tr"]), st.text(max_size=20))
def test_a_name_is_a_form_of_itself(language: str, name: str) -> None:
    assert name in surname(language, name)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (closed("xx", "wolf"), set()),
        (closed("en", "Grozny"), {"Grozny", "Groznies"}),
        (lacking("fr", "homosexuel"), {"homosexuel", "homosexuels", "homosexuelle", "homosexuelles"}),
        (lacking("de", "leise"), {"leise", "leisem", "leisen", "leiser", "leises"}),
        (lacking("de", "Wolf"), set()),
        (lacking("en", "gay"), {"gay", "gays"}),
        (lacking("tr", "gey"), set()),
        (following("fr", "heureux", {"heureux", "heureuse"}), {"heureuses"}),
        (following("pl", "prześladowanie", {"prześladowanie", "prześladowania"}), {"prześladowań"}),
        (following("pl", "azyl", {"azyl", "azylem"}), {"azylowi"}),
        (following("de", "leise", {"leise"}), set()),
        (attached("الشيشان") - attached("شيشان"), set()),
    ],
)
def test_closed_endings(found: set[str], expected: set[str]) -> None:
    assert found == expected


def test_which_languages_inflect() -> None:
    assert [language for language in ("ru", "en", "hr", "no", "kk", "zh") if inflects(language)] == [
        "ru",
        "en",
        "hr",
        "no",
        "kk",
    ]


def test_the_version_names_the_libraries() -> None:
    assert version() == version()
    assert "simplemma-" in version()
    assert "pymorphy3-dicts-uk-" in version()
