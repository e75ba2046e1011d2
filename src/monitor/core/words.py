"""A word of a watchlist → every form that it stands for, in its language.

The word is expanded once, when the list is loaded; articles are never stemmed. That measured better than stemming or
lemmatising the text (2026-11-22, 200 words a language: recall .96-1.0, precision .89-.99, where Snowball had .77-.97 and
.70-.93) and costs nothing per article. Russian and Ukrainian are inflected by pymorphy3; for other languages the
dictionaries of simplemma (form → dictionary form) are read the other way round.

These libraries are large and slow to load: they are imported inside the functions, and `expand` is meant for a child process
that ends afterwards. Does not belong here: marks and phrases (`watch`), what counts as the same letter (`text`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version as installed
from typing import Any

from monitor.core import arabic
from monitor.core.endings import FEMININE, closed, following, lacking, surname
from monitor.core.settings import Mark
from monitor.core.text import normalise, unaccented

Key = tuple[str, str, Mark]
"""(language, one word as the user wrote it without its mark, mark). The language is a primary subtag (`de`)."""

Forms = Mapping[Key, frozenset[str]]
"""What each word stands for: normal forms (`text.normalise`). One that ends in * stands for all that begin so."""

REVISION = 6
"""Raised whenever this module or `endings` gives other forms for the same libraries."""

LANGUAGES = (
    "ar",
    "az",
    "cs",
    "de",
    "en",
    "es",
    "fr",
    "hu",
    "hy",
    "it",
    "ka",
    "kk",
    "nl",
    "pl",
    "pt",
    "ru",
    "sv",
    "tr",
    "uk",
    "uz",
)
"""Those that are tried for a word of which nobody has said what language it is in; more are known."""

_SLAVIC = frozenset({"ru", "uk"})  # by pymorphy3
_ALIASES = {"no": "nb", "bs": "hbs", "hr": "hbs", "sr": "hbs", "sh": "hbs"}  # what simplemma calls them

_PARTICIPLE = frozenset({"actv", "pssv", "past", "pres"})
_SUPERLATIVE = frozenset({"Supr"})

# A form that means the word at most this often (in OpenCorpora, as pymorphy3 has it) is not looked for. UD Russian dev, 607
# words, 2026-11-22: recall .992 → .989, precision .951 → .959; at .10 .989/.961, at .18 .986/.965. None of the forms of the
# shipped watchlists is as rare as .10.
_RARE = 0.05

# Languages that string endings together: there the dictionary's forms are a sample only, and a word that it does not
# know is found by its beginning (Turkish, 200 words: the word's beginning .95/.78, the dictionary .99/.95).
_AGGLUTINATING = frozenset(
    {"az", "ba", "ce", "et", "eu", "fi", "hu", "hy", "ka", "kk", "ko", "ky", "tk", "tr", "tt", "uz"}
)
_SHORTEST_STEM = 4  # below it too much else begins so
_SHORTEST_IN_HANGUL = 2  # syllables

# Languages whose readers write without accents now and then (capitals, telephones) and are understood. A form without its
# accents is only added when it is not a word of its own: réfugie is, REFUGIE is not. Measured on UD dev, 2026-11-22: recall
# fr .978 → .980, es .982 → .986; precision fr .947 → .944, es .969 → .969.
_CARELESS = frozenset({"ca", "en", "es", "fr", "gl", "it", "pt"})


def version() -> str:
    """Names what the forms depend on, so that they can be kept: they change when this does."""
    libraries = ("pymorphy3", "pymorphy3-dicts-ru", "pymorphy3-dicts-uk", "simplemma")
    return "/".join([f"monitor-{REVISION}", *(f"{name}-{installed(name)}" for name in libraries)])


def inflects(language: str) -> bool:
    """True if words of this language are expanded; otherwise a plain word is found in its exact form only."""
    return language in _SLAVIC | _AGGLUTINATING or _has_dictionary(language)


def _has_dictionary(language: str) -> bool:
    from simplemma.strategies.dictionaries.dictionary_factory import SUPPORTED_LANGUAGES

    return _ALIASES.get(language, language) in SUPPORTED_LANGUAGES


def expand(terms: Iterable[Key]) -> Forms:
    """The forms of each word, itself included. The marks `*`, `=` and `^` expand to the word itself.

    Takes about 0.1 s for a small language, 0.5 s for Russian, 1.5 s for German, 4 s for Polish, however many words.
    """
    found: dict[Key, frozenset[str]] = {}
    plain: dict[str, set[str]] = defaultdict(set)
    for language, word, mark in terms:
        found[language, word, mark] = frozenset({normalise(word).normal})
        if mark is Mark.NAME:
            found[language, word, mark] |= _clean(surname(language, word))
        elif mark is Mark.WORD:
            plain[language].add(word)
    for language in sorted(plain):
        for word, forms in _inflect(language, plain[language]).items():
            found[language, word, Mark.WORD] |= _clean(forms)
    for key in found:
        if key[2] is Mark.WORD and "-" in key[1].strip("-"):
            found[key] |= {form.replace("-", "") for form in found[key]}  # week-end is weekend, too
    return found


def listed(terms: Iterable[Key]) -> tuple[tuple[Key, frozenset[str]], ...]:
    """`expand`, as pairs: what a child process can send back."""
    return tuple(expand(terms).items())


def sources(terms: Iterable[Key]) -> tuple[tuple[Key, str], ...]:
    """What the forms of each word come from, for people: `pymorphy3`, `pymorphy3, by its ending`, `dictionary`, `closed
    endings`, `surname rule`, `beginning` or `exact`. Takes as long as `expand`."""
    terms = tuple(terms)
    plain: dict[str, set[str]] = defaultdict(set)
    for language, word, mark in terms:
        if mark is Mark.WORD:
            plain[language].add(word)
    known = {(language, word) for language in plain for word in _listed(language, plain[language])}
    return tuple((key, _source(*key, known=key[:2] in known)) for key in terms)


def _source(language: str, word: str, mark: Mark, *, known: bool) -> str:
    if mark is not Mark.WORD:
        return {Mark.NAME: "surname rule", Mark.PREFIX: "beginning"}.get(mark, "exact")
    if language in _SLAVIC:
        return "pymorphy3" if known else "pymorphy3, by its ending"
    if known:
        return "dictionary"
    if language in _AGGLUTINATING:
        return "beginning" if len(_beginning(word)) > 1 else "exact"
    return "closed endings" if language == "ar" or closed(language, word) or lacking(language, word) else "exact"


def _listed(language: str, words: set[str]) -> set[str]:
    """The words that the dictionary of the language has."""
    if language in _SLAVIC:
        import pymorphy3

        morph = pymorphy3.MorphAnalyzer(lang=language)
        return {word for word in words if morph.word_is_known(word.lower().rpartition("-")[2])}
    excerpt = _excerpt(_ALIASES.get(language, language), words) if _has_dictionary(language) else _Excerpt({}, {})
    spelled = arabic.spellings if language == "ar" else _spellings
    return {word for word in words if any(s in excerpt.heads or s in excerpt.families for s in spelled(word))}


def _clean(forms: Iterable[str]) -> frozenset[str]:
    return frozenset(normalise(form).normal for form in forms)


def _inflect(language: str, words: set[str]) -> dict[str, set[str]]:
    if language in _SLAVIC:
        return _by_pymorphy(language, words)
    if inflects(language):
        found = _by_dictionary(language, words)
        return {word: {form for form in forms if form == word or _sound(form, word)} for word, forms in found.items()}
    return {}


def _sound(form: str, word: str) -> bool:
    """False for what dictionaries list that is no form of use: abbreviations (nº of número, Co. of company), and forms
    with an apostrophe (Çeçen'den, gay's), which are found by what stands before it."""
    short = 3 if len(word) >= 6 else 1 if len(word) >= 5 else 0
    return not (len(form) <= short or "." in form or ("'" in form and "'" not in word))


# Russian, Ukrainian


def _by_pymorphy(language: str, words: set[str]) -> dict[str, set[str]]:
    import pymorphy3

    morph = pymorphy3.MorphAnalyzer(lang=language)
    return {word: set(_paradigm(language, morph, word)) for word in words}


def _paradigm(language: str, morph: Any, word: str) -> Iterator[str]:  # pymorphy3 has no types
    """The forms of all dictionary words spelled like this one; if there are none, of the likeliest one it is a form of.

    Of a hyphenated word the last part is inflected (гей-парад, ЛГБТ-сеть), and both where the first is a word in small
    letters: pymorphy3 would inflect an acronym, too (лгбта-сети).
    """
    head, _, tail = word.rpartition("-")
    if head and tail:
        yield from (f"{head}-{form}" for form in _paradigm(language, morph, tail))
        if not head[0].islower():
            return
    parses = morph.parse(word.lower())
    same = [parse for parse in parses if _same(parse.normal_form, word)]
    if not same and not morph.word_is_known(word.lower()):
        yield from closed(language, word)  # квир, which is guessed to be a form of квира
    for parse in same or _lemmas(morph, parses[0]):
        yield from (
            form.word for form in parse.lexeme if _kind(form) >= _kind(parse) and _means(morph, form.word, parse)
        )


def _lemmas(morph: Any, parse: Any) -> list[Any]:
    """The parse itself, and what its dictionary form may be besides, unless it is a participle or a superlative: задержанный
    stands for the detained, not for the verb, and лучший not for all that is good."""
    others = [] if _kind(parse) else morph.parse(parse.normal_form)
    return [parse, *(other for other in others if other.normal_form == parse.normal_form)]


def _kind(parse: Any) -> frozenset[str]:
    """What sets a participle or a superlative off from the other forms of its word; nothing for all others."""
    grammemes: frozenset[str] = parse.tag.grammemes
    return grammemes & (_PARTICIPLE if grammemes & {"PRTF", "PRTS"} else _SUPERLATIVE)


def _means(morph: Any, form: str, parse: Any) -> bool:
    """False for a form that is nearly always one of another word: данным is "data", not данный (given)."""
    own: float = sum(each.score for each in morph.parse(form) if each.normal_form == parse.normal_form)
    return own > _RARE


def _same(one: str, other: str) -> bool:
    return normalise(one).normal == normalise(other).normal


# Languages of simplemma


@dataclass(frozen=True, slots=True)
class _Excerpt:
    """What a dictionary says about some words and everything that begins like them."""

    families: dict[str, set[str]]  # dictionary form → all its forms
    heads: dict[str, str]  # form → dictionary form


_OPENING = 3  # bytes that a word and what may be said about it have in common


def _excerpt(code: str, words: Iterable[str]) -> _Excerpt:
    """One pass over simplemma's dictionary of a language.

    simplemma itself makes a dict of it all (590 MB for Polish, 150 MB for German, measured 2026-11-22); reading the
    compressed records takes half the time and keeps only what may be asked for. They have no public reader (simplemma 2.0).
    """
    from simplemma.strategies.dictionaries import dictionary_factory, frontcode

    data = dictionary_factory._read_decompressed(code)  # noqa: SLF001  # see above
    backwards, _, start = frontcode._read_header(data)  # noqa: SLF001  # see above
    turn = slice(None, None, -1 if backwards else 1)
    opening = slice(None, -_OPENING - 1, -1) if backwards else slice(_OPENING)
    spelled = arabic.spellings if code == "ar" else _spellings
    spellings = {variant for word in words for s in spelled(word) for variant in (s, unaccented(s))}
    lemmas = {spelling.encode()[turn] for spelling in spellings}
    openings = {spelling.encode()[:_OPENING] for spelling in spellings}
    families: dict[str, set[str]] = defaultdict(set)
    heads: dict[str, str] = {}
    for _, form, lemma in frontcode._iter_records(data, start):  # noqa: SLF001  # see above
        if lemma in lemmas or form[opening] in openings:
            head, name = lemma[turn].decode(), form[turn].decode()
            families[head].add(name)
            heads[name] = head
    return _Excerpt(dict(families), heads)


def _by_dictionary(language: str, words: set[str]) -> dict[str, set[str]]:
    if not _has_dictionary(language):
        return {word: _beginning(word) for word in words}
    excerpt = _excerpt(_ALIASES.get(language, language), words)
    if language == "ar":
        return arabic.forms(words, excerpt.families, excerpt.heads)
    found = {word: _family(language, word, excerpt) for word in words}
    if language in _CARELESS:
        return {word: forms | (set(map(unaccented, forms)) - excerpt.heads.keys()) for word, forms in found.items()}
    return found


def _spellings(word: str) -> tuple[str, ...]:
    """As written, then in small letters, then with a capital: what a dictionary may have it under."""
    return tuple(dict.fromkeys((word, word.lower(), word[:1].upper() + word[1:])))


def _family(language: str, word: str, excerpt: _Excerpt) -> set[str]:
    """The forms of one word: those of the dictionary, and those that it lacks unless they are forms of another word."""
    spellings = _spellings(word)
    own = next((spelling for spelling in spellings if spelling in excerpt.families), None)
    lemma = own or next((excerpt.heads[spelling] for spelling in spellings if spelling in excerpt.heads), None)
    if lemma is None:
        if language in _AGGLUTINATING:
            return _beginning(word) | closed(language, word)
        endings = closed(language, word) | lacking(language, word)
        return {word} | {form for form in endings if excerpt.heads.get(form, form) == form}
    kin = {excerpt.heads.get(spelling, lemma) for spelling in spellings} | {lemma}
    if language == "de":
        kin.add(f"{word}en")  # toll, whose tolle is listed under tollen
    family = excerpt.families[lemma] | {word}
    family |= following(language, word, family)
    family |= {form for form in lacking(language, word) if excerpt.heads.get(form, lemma) in kin}
    return family if own else _of_a_form(language, word, family)


def _of_a_form(language: str, word: str, family: set[str]) -> set[str]:
    """What a word stands for that is itself a form of another one, whose whole family this is.

    In Romance languages it is a participle, which is no reason to look for the verb, or a feminine: who writes it means
    the women. A plural stands for all.
    """
    if language in _AGGLUTINATING or (language in FEMININE and word.endswith(FEMININE[language])):
        return {form for form in family if form.startswith(word)} | {word}
    if language in FEMININE and not word.endswith(("i", "s", "x")):
        return family & (lacking(language, word) | {word})
    return family


def _beginning(word: str) -> set[str]:
    shortest = _SHORTEST_IN_HANGUL if "가" <= word[:1] <= "힣" else _SHORTEST_STEM
    return {word, f"{word}*"} if len(word) >= shortest else {word}
