"""What watchlists make of documents. Forms come from a small table here; the real ones are in test_words."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.grammar import term
from monitor.core.model import Document, Verdict
from monitor.core.settings import Example, Mark, Near, SourceFilter, Term, TermSet, Watchlist
from monitor.core.text import normalise
from monitor.core.watch import REPORTED, Watch, needed
from monitor.core.watch import compile as compiled
from monitor.core.words import Forms, Key

FAMILIES = [
    ("en", "wolf wolves"),
    ("en", "refugee refugees"),
    ("en", "house houses"),
    ("en", "road roads"),
    ("de", "Wolf Wölfe Wölfen"),
    ("de", "geflüchtete Geflüchteten"),
    ("de", "humanitäres humanitäre humanitärem"),
    ("de", "Visum Visums"),
    ("fr", "asile asiles"),
    ("fr", "pays"),
    ("fr", "origine origines"),
    ("ru", "волк волка волков"),
    ("ru", "новый новая новой"),
    ("ru", "газета газеты"),
    ("ru", "Кадыров Кадырова Кадыровым"),
    ("uk", "Кадыров Кадырову"),
    ("ru", "гей геев геи"),
    ("ru", "Урус-Мартан Урус-Мартана"),
    ("tr", "çeçen çeçen*"),
    ("en", "Kadyrov Kadyrovs"),
    ("pl", "Kadyrov Kadyrova"),
]


def forms(keys: set[Key]) -> Forms:
    """Of each key the family that its word begins or belongs to."""
    found = {}
    for language, word, mark in keys:
        for spoken, family in FAMILIES:
            members = frozenset(normalise(form).normal for form in family.split())
            if spoken == language and normalise(word).normal in members:
                found[language, word, mark] = members
    return found


def terms(**languages: Any) -> tuple[Term, ...]:
    return tuple(
        term(*((word, spoken) if isinstance(word, str) else (word[0], spoken, word[1])))
        for language, words in languages.items()
        for word in words
        for spoken in (None if language == "any" else language,)
    )


def term_set(name: str, masks: tuple[Term, ...] = (), /, **languages: Any) -> TermSet:
    return TermSet(name=name, title=name, terms=terms(**languages), masks=masks)


def watch(*sets: TermSet, lists: tuple[Watchlist, ...] = ()) -> Watch:
    """The sets, each as its own list if no lists are given."""
    lists = lists or tuple(Watchlist(name=each.name, title="", all=(each.name,)) for each in sets)
    return compiled(lists, sets, forms(needed(sets)))


def surfaces(watch: Watch, text: str, language: str | None = None) -> list[str]:
    return [
        hit.surface for match in watch.match(Document(fields={"text": text}, language=language)) for hit in match.hits
    ]


@pytest.mark.parametrize(
    ("language", "word", "text", "expected"),
    [
        # every form
        ("en", "wolf", "Wolves, a wolf and the WOLVES' den", ["Wolves", "wolf", "WOLVES"]),
        ("en", "wolf", "wolfram and werewolf", []),
        ("ru", "волк", "двух волков видели; волкодав", ["волков"]),
        ("de", "Wolf", "Zwei Wölfe", ["Wölfe"]),
        ("fr", "asile", "le droit à l’asile, l'asile", ["asile", "asile"]),
        # German nouns have a capital
        ("de", "Geflüchtete", "Die Geflüchteten sind geflüchteten Eltern gefolgt", ["Geflüchteten"]),
        ("de", "geflüchtete", "Die Geflüchteten sind geflüchteten Eltern gefolgt", ["Geflüchteten", "geflüchteten"]),
        # names
        ("ru", "@Кадыров", "Рамза́н Кады́ров и кадыров", ["Кады́ров"]),
        ("ru", "@Кадыров", "с Рaмзаном Кaдыровым", ["Кaдыровым"]),
        ("en", "@Kadyrov", "Kadyrov’s men", ["Kadyrov"]),
        # beginnings
        (
            "de",
            "Asyl*",
            "Asylbewerberheim, asylrechtlich, Kirchenasyl, Asyl",
            ["Asylbewerberheim", "asylrechtlich", "Asyl"],
        ),
        ("tr", "çeçen", "Çeçenler ve Çeçen", ["Çeçenler", "Çeçen"]),
        # this form, this case
        ("en", "=wolf", "Wolf WOLF wolves", ["Wolf", "WOLF"]),
        ("en", "^LGBT", "LGBT lgbt Lgbt LGBT+ LGBT-people pro-LGBT LGBTQ", ["LGBT", "LGBT", "LGBT", "LGBT"]),
        ("en", "^LGBTQ+", "LGBTQ+ LGBTQ", ["LGBTQ+"]),
        ("tr", "^LGBTİ", "LGBTİ'ler LGBTI", ["LGBTİ"]),
        # phrases
        ("ru", "новая газета", "В «Новой газете» и новой  газеты; новая. Газета", ["новой  газеты"]),
        ("de", "humanitäres Visum", "mit humanitärem Visum, humanitäre visum", ["humanitärem Visum"]),
        ("fr", "pays d'origine", "les pays d’origine, pays de origine", ["pays d’origine"]),
        ("en", "^Human Rights", "Human Rights and human rights", ["Human Rights"]),
        ("en", "=LGBTQ+ house", "an LGBTQ+ house", ["LGBTQ+ house"]),
        ("en", "wolf house", "the wolf", []),
        # hyphens
        ("ru", "гей", "гей-парад и гей", ["гей", "гей"]),
        ("ru", "Урус-Мартан", "из Урус-Мартана, Урус Мартан, Мартан", ["Урус-Мартана", "Урус Мартан"]),
        # scripts without spaces
        ("zh", "难民", "收容难民营", ["难民"]),
        ("ja", "難民", "政府は難民申請を却下した。", ["難民"]),
        ("th", "ผู้ลี้ภัย", "กลุ่มผู้ลี้ภัยเดินทางถึงชายแดน", ["ผู้ลี้ภัย"]),
        ("km", "ជនភៀសខ្លួន", "ក្រុមជនភៀសខ្លួនបានមកដល់", ["ជនភៀសខ្លួន"]),
        # what writers and systems vary
        ("en", "refugee", "re\u00adfugees &amp; ref\u200bugee", ["re\u00adfugees", "ref\u200bugee"]),
        ("ru", "гей", "Сергей, Адыгеи, геи", ["геи"]),
    ],
)
def test_words(language: str, word: str, text: str, expected: list[str]) -> None:
    assert surfaces(watch(term_set("x", **{language: [word]})), text, language) == expected


@pytest.mark.parametrize(
    ("term_language", "article", "hits"),
    [
        ("ru", "ru", True),
        ("ru", "ru-RU", True),
        ("ru", None, True),
        ("ru", "en", True),  # in another script than the article's: it cannot be anything else
        ("ru", "uk", False),
        ("ru", "sr", False),  # written in both scripts
        ("any", "uk", True),
    ],
)
def test_words_of_a_language_count_in_its_articles(term_language: str, article: str | None, hits: bool) -> None:
    found = watch(term_set("x", **{term_language: ["=волк"]}))
    assert bool(surfaces(found, "тут волк", article)) is hits


def test_words_without_a_language_get_the_forms_of_the_sets_languages_in_their_script() -> None:
    some = term_set("x", any=["волк", "wolf", "@Кадыров", "@Kadyrov", "=gay"], ru=["гей"], en=["house"])
    assert needed([some]) == {
        ("ru", "волк", Mark.WORD),
        ("en", "wolf", Mark.WORD),
        ("ru", "Кадыров", Mark.NAME),
        ("uk", "Кадыров", Mark.NAME),
        ("en", "Kadyrov", Mark.NAME),
        ("pl", "Kadyrov", Mark.NAME),
        ("cs", "Kadyrov", Mark.NAME),
        ("ru", "гей", Mark.WORD),
        ("en", "house", Mark.WORD),
    }
    assert surfaces(watch(some), "волков Кадыровым Kadyrova", "xx") == ["волков", "Кадыровым", "Kadyrova"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://gazette.example/wolf.html", []),
        ("see www.gazette.example/wolf-found", []),
        ("https://gazette.example/ wolf", ["wolf"]),
        ("<https://gazette.example>wolf", ["wolf"]),
        ("https://gazette.example。wolf", ["wolf"]),
    ],
)
def test_words_in_web_addresses_do_not_count(text: str, expected: list[str]) -> None:
    assert surfaces(watch(term_set("s", en=["wolf"])), text, "en") == expected


def test_a_word_with_a_dot_is_found_in_web_addresses() -> None:
    found = surfaces(watch(term_set("s", any=["=gazette.example"])), "https://gazette.example/wolf")
    assert found == ["gazette.example"]


def test_short_words_of_a_phrase_are_not_inflected() -> None:
    assert needed([term_set("x", fr=["droit d'asile"])]) == {("fr", "droit", Mark.WORD), ("fr", "asile", Mark.WORD)}


def test_words_without_letters_or_forms_do_no_harm() -> None:
    some = TermSet(name="x", title="", terms=(Term(text="1", mark=Mark.WORD, words=("1", "2")),))
    assert surfaces(compiled([Watchlist(name="x", title="", all=("x",))], [some], {}), "1 2 12") == ["1 2"]


def test_a_mask_covers_hits_but_not_the_article() -> None:
    masks = terms(any=["Enola Gay", "Gay-Lussac"])
    some = watch(term_set("x", masks, en=["gay"]))
    assert surfaces(some, "The Enola Gay; Gay-Lussac") == []
    assert surfaces(some, "The Enola Gay, a gay man") == ["gay"]
    findings = some.find(Document(fields={"text": "Enola Gay"}))
    assert [(spot.start, spot.end) for spot in findings.masked] == [(6, 9)]


def test_a_mask_counts_for_its_own_set_only() -> None:
    some = watch(term_set("x", terms(any=["Enola Gay"]), en=["gay"]), term_set("y", en=["gay"]))
    assert [match.watchlist for match in some.match(Document(fields={"text": "Enola Gay"}))] == ["y"]


@pytest.mark.parametrize(
    ("fields", "score"),
    [
        ({"text": "wolf, wolves, wolf"}, 1.0),  # distinct terms, not repetitions
        ({"text": "wolf and refugee"}, 1.5),
        ({"title": "Wolf"}, 2.0),
        ({"title": "Wolf", "text": "wolf refugee"}, 2.5),
        ({"title": "", "summary": "refugee", "other": "refugees"}, 0.5),
    ],
)
def test_a_set_scores_its_distinct_terms_and_twice_in_a_title(fields: dict[str, str], score: float) -> None:
    some = term_set("x", en=["wolf", ("refugee", 0.5)])
    lists = (Watchlist(name="x", title="", all=("x",), threshold=0.1),)
    assert watch(some, lists=lists).match(Document(fields=fields))[0].score == score


def test_a_term_listed_in_two_languages_is_one_term() -> None:
    some = watch(term_set("x", en=[("@Kadyrov", 0.5)], fr=["@Kadyrov"], de=[("@Kadyrov", 0.2)]))
    match = some.match(Document(fields={"text": "Kadyrov"}))[0]
    assert match.score == 1.0
    assert len(match.hits) == 1


SETS = (
    term_set("wolf", en=["wolf"]),
    term_set("house", en=["house"]),
    term_set("road", en=["road"]),
)


@pytest.mark.parametrize(
    ("logic", "text", "score", "reason"),
    [
        ({"all": ("wolf", "house")}, "wolf house", 2.0, ""),
        ({"all": ("wolf", "house")}, "wolf", 1.0, "nothing of the set house was found"),
        ({"all": ("wolf",), "any": ("house",)}, "wolf", 1.0, ""),
        ({"all": ("wolf",), "any": ("house",)}, "wolf house", 2.0, ""),
        ({"any": ("wolf", "house")}, "house", 1.0, ""),
        ({"all": ("wolf",), "none": ("road",)}, "wolf road", 1.0, "the set road drops the article"),
        ({"all": ("wolf",), "none": ("road",)}, "wolf", 1.0, ""),
        ({"all": ("wolf",), "threshold": 2.0}, "wolf", 1.0, "its score 1 is under its threshold"),
    ],
)
def test_logic_between_sets(logic: dict[str, object], text: str, score: float, reason: str) -> None:
    some = watch(*SETS, lists=(Watchlist(name="x", title="", **logic),))  # type: ignore[arg-type]  # of a table
    (assessment,) = some.assess(Document(fields={"text": text}))
    assert (assessment.score, assessment.reason) == (score, reason)
    assert (assessment.verdict is None) is bool(reason)


def test_a_list_of_any_sets_needs_one_of_them() -> None:
    lists = (Watchlist(name="x", title="", any=("wolf", "house"), must_not_match=(Example(text="road"),)),)
    assert watch(*SETS, lists=lists).failures() == ()


@pytest.mark.parametrize(
    ("text", "verdict"), [("wolf house", Verdict.ALERT), ("wolf", Verdict.DIGEST), ("road", None), ("nothing", None)]
)
def test_thresholds(text: str, verdict: Verdict | None) -> None:
    lists = (Watchlist(name="x", title="", any=("wolf", "house"), threshold=2.0, digest_threshold=1.0),)
    matches = watch(*SETS, lists=lists).match(Document(fields={"text": text}))
    assert [match.verdict for match in matches] == ([verdict] if verdict else [])


@pytest.mark.parametrize(
    ("fields", "required", "score", "distance"),
    [
        ({"text": "wolf of the house"}, True, 3.0, 3),
        ({"text": "wolf of the old grey house"}, True, None, 5),
        ({"text": "wolf of the old grey house"}, False, 2.0, 5),
        ({"text": "house x x x x x wolf in house x x x wolf"}, True, 3.0, 2),
        ({"title": "wolf", "text": "house"}, True, None, None),
        ({"title": "wolf", "text": "house"}, False, 3.0, None),
        ({"text": "wolf"}, True, None, None),
    ],
)
def test_near(fields: dict[str, str], required: bool, score: float | None, distance: int | None) -> None:
    near = Near(sets=("wolf", "house"), words=3, required=required, bonus=1.0)
    some = watch(*SETS, lists=(Watchlist(name="x", title="", all=("wolf", "house"), near=near),))
    document = Document(fields=fields)
    assert [match.score for match in some.match(document)] == ([] if score is None else [score])
    assert some.assess(document)[0].near == distance


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"language": "en", "source": "A"}, ""),
        ({"language": "en-GB", "source": "A"}, ""),
        ({"language": None, "source": "A"}, ""),
        ({"language": "fr", "source": "A"}, "it does not watch articles in this language"),
        ({"language": "en", "source": "B"}, "it does not listen to this source"),
    ],
)
def test_languages_and_sources(document: dict[str, str], expected: str) -> None:
    lists = (
        Watchlist(name="x", title="", all=("x",), languages=("en", "ru"), sources=SourceFilter(names=("A",))),
        Watchlist(name="y", title="", all=("x",)),
    )
    some = watch(term_set("x", any=["wolf"]), lists=lists)
    seen = some.assess(Document(fields={"text": "wolf"}, **document))  # type: ignore[arg-type]  # of a table
    assert [assessment.reason for assessment in seen] == [expected, ""]
    assert bool(seen[0].verdict) is not bool(expected)


def test_matches_come_in_the_order_of_the_configuration_and_hits_title_first() -> None:
    lists = tuple(Watchlist(name=name, title="", all=("wolf",)) for name in ("b", "a"))
    document = Document(fields={"text": "a wolf. Wolves!", "title": "Wolf", "summary": "wolf"})
    matches = watch(*SETS, lists=lists).match(document)
    assert [match.watchlist for match in matches] == ["b", "a"]
    assert [(hit.field, hit.start) for hit in matches[0].hits] == [
        ("title", 0),
        ("text", 2),
        ("text", 8),
        ("summary", 0),
    ]
    hit = matches[0].hits[1]
    assert (hit.term, hit.term_set, hit.surface, hit.sentence) == ("wolf", "wolf", "wolf", "a wolf.")


def test_hits_are_listed_up_to_a_limit() -> None:
    match = watch(*SETS).match(Document(fields={"text": "wolf " * 500}))[0]
    assert len(match.hits) == REPORTED
    assert match.score == 1.0


def test_examples() -> None:
    wolf = Watchlist(
        name="wolf",
        title="",
        all=("wolf",),
        languages=("en",),
        sources=SourceFilter(names=("A",)),
        must_match=(Example(text="a wolf"), Example(text="a dog", language="en")),
        must_not_match=(Example(text="wolfram"), Example(text="Wolves!")),
    )
    failed = watch(*SETS, lists=(wolf,)).failures()
    assert [(failure.watchlist, failure.example.text, failure.expected) for failure in failed] == [
        ("wolf", "a dog", True),
        ("wolf", "Wolves!", False),
    ]
    assert failed[0].reason == "nothing of the set wolf was found"


def test_a_set_that_no_list_names_costs_nothing() -> None:
    some = watch(*SETS, lists=(Watchlist(name="x", title="", all=("wolf",)),))
    assert len(some.uses) == 2


def test_no_watchlists() -> None:
    assert compiled([], [], {}).match(Document(fields={"text": "wolf"})) == ()


WORDS = st.sampled_from(
    [
        "wolf",
        "wolves",
        "Wolf",
        "house",
        "roads",
        "road",
        "Gay",
        "Enola",
        "gay",
        "волков",
        "l'wolf",
        "wolf-house",
        ".",
        "—",
    ]
)
TEXTS = st.lists(WORDS, max_size=12).map(" ".join)


@given(st.permutations(["wolf", "=wolves", "roads", "^Wolf", "wol*", "wolf house", "@Wolf"]), TEXTS, TEXTS)
def test_the_order_of_terms_never_changes_the_verdict(order: list[str], title: str, text: str) -> None:
    document = Document(fields={"title": title, "text": text})
    one = watch(term_set("x", en=[*sorted(order)])).match(document)
    other = watch(term_set("x", en=[*order])).match(document)
    assert [(match.score, match.verdict, match.hits) for match in one] == [
        (match.score, match.verdict, match.hits) for match in other
    ]


@given(
    st.text(st.characters(), max_size=80)
    | TEXTS
    | st.lists(st.sampled_from("WOLFwolfßoИ\u0301'-& ;а"), max_size=60).map("".join)
)
def test_offsets_always_slice_to_the_surface(text: str) -> None:
    some = watch(term_set("x", terms(any=["и а"]), any=["wolf", "и", "а", "sso*", "=f"]))
    for match in some.match(Document(fields={"text": text, "title": text})):
        for hit in match.hits:
            assert text[hit.start : hit.end] == hit.surface != ""
            assert hit.surface in hit.sentence
            assert hit.sentence in text
