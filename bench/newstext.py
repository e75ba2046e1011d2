"""Made-up news in three languages, and words to watch for in it. For benchmarks only; the same every time.

Texts are about 4 000 characters: half of them in English letters, three in ten in Cyrillic, two in ten in French ones. About
45 % of the words are function words; the others are built of syllables, inflected, and as frequent as words are (Zipf). The
words to watch for are built of the same syllables, so that texts are full of words that begin like them; they stand in a
text as often as is stated in `HITS`.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

SHARES = {"en": 5, "ru": 3, "fr": 2}  # of texts and of watched words, in tenths
HITS = {30: 0.06, 1_000: 1.3, 10_000: 4.7, 100_000: 11.0}  # hits in a text, if so many words are watched
LENGTH = 4_000
_VOCABULARY = 6_000

_SMALL = {
    "en": "the the the of of and and a a in in to to for with that is on as by at from was it his be has are have said not"
    " will after their who but they were which an its or about more this had than when also over been would up out he she",
    "ru": "в в и и на на не что с по из за о для от к это как его а до но при был также их она он было после года через"
    " между только уже когда которые который более этом того под если или об так во время",
    "fr": "de de la la le le les et des en un une du à au que qui dans pour par sur est pas plus avec son ne se il ce ont"
    " aux été sont cette mais ou d'un d'une qu'il l'on ses leur après entre sans comme deux",
}
_SYLLABLES = {
    "en": "ba ber bor cal can car con cor dan del dor en fal fer for gal gen gor har hel hol in jor ker lan lin lor mal man"
    " mer mor nal nor pal par per por ral ran ren rin sal san ser sol tal tan ter tin tor val ver vin wal wes win strea"
    " bri clo dra fra gri pla pro sho sti tra thi ous ate igh ound",
    "ru": "ба бер бор вал вар вер вин вол гал гор дал дар дел дор зал зер кал кар кол кон кор лан лар лес лин лов мал ман"
    " мер мир мол мор нал нар нор пал пар пер пол пор рад рал рам ран рез рок сал сан сар сел сол сор тал тан тар тер"
    " тор фер хал хор цел чар шал щер стра бри гро дру кра пла пре про све сти тро",
    "fr": "ba bé bon cal can car cha con cor dé dan den don é en fan fé fer for gé gar gen gran ja jou lan lé lon mal man"
    " mé men mon né nan nou pal par pé per plai pro quan ral ré ren rou sal san sé son tal tan té ter tou tra val van"
    " vé ver vien vou cré bri clo gra ai eau eu",
}
_ENDINGS = {  # of two kinds of words, and how often there is one of the first kind, in tenths
    "en": (6, ("", "s"), ("", "s", "ed", "ing")),
    "ru": (
        6,
        ("", "а", "у", "ом", "е", "ы", "ов", "ам", "ами", "ах"),
        ("ый", "ого", "ому", "ым", "ом", "ая", "ой", "ую", "ое", "ые", "ых", "ыми", "ою"),
    ),
    "fr": (7, ("", "s"), ("é", "és", "ée", "ées")),
}


@dataclass(frozen=True, slots=True)
class Word:
    """A word with all its forms, the first as it would be put on a list."""

    language: str
    forms: tuple[str, ...]


def watched(count: int) -> list[Word]:
    """Words to watch for; the first of a long list are those of a shorter one."""
    some = random.Random(1)
    makers = {language: _words(language, 7) for language in SHARES}
    return [next(makers[some.choices([*SHARES], [*SHARES.values()])[0]]) for _ in range(count)]


def texts(count: int) -> list[tuple[str, str]]:
    """(language, text) of so many articles."""
    some = random.Random(2)
    known = {language: [word for word in watched(max(HITS)) if word.language == language] for language in SHARES}
    forms = {form for words in known.values() for word in words for form in word.forms}
    common = {language: _common(language, forms) for language in SHARES}
    weights = [*accumulate(1 / (rank + 20) for rank in range(_VOCABULARY))]
    made = []
    for _ in range(count):
        language = some.choices([*SHARES], [*SHARES.values()])[0]
        words = some.choices(common[language], cum_weights=weights, k=700)
        small = _SMALL[language].split()
        stream = [some.choice(small) if some.random() < 0.45 else some.choice(words.pop().forms) for _ in range(700)]
        for hit in _hits(some, known[language]):
            stream[some.randrange(250)] = hit
        made.append((language, _written(some, language, stream)))
    return made


def _hits(some: random.Random, words: Sequence[Word]) -> Iterator[str]:
    """The watched words of one text: as many of each part of the list as `HITS` says."""
    least, before = 0, 0.0
    for size, hits in HITS.items():
        part = words[least * len(words) // max(HITS) : size * len(words) // max(HITS)]
        for _ in range(20):  # trials of a binomial distribution
            if part and some.random() < (hits - before) / 20:
                yield some.choice(some.choice(part).forms)
        least, before = size, hits


def _words(language: str, seed: int) -> Iterator[Word]:
    some = random.Random(f"{language}{seed}")
    syllables, seen = _SYLLABLES[language].split(), set()
    often, first, second = _ENDINGS[language]
    while True:
        stem = "".join(some.choice(syllables) for _ in range(some.choice((2, 3, 3, 3, 4))))
        if stem not in seen and len(stem) > 3:
            seen.add(stem)
            endings = first if some.random() * 10 < often else second
            yield Word(language, tuple(stem + ending for ending in endings))


def _common(language: str, watched: set[str]) -> list[Word]:
    """The words that texts are made of: none that anybody watches."""
    made = (word for word in _words(language, 8) if watched.isdisjoint(word.forms))
    return [next(made) for _ in range(_VOCABULARY)]


def _written(some: random.Random, language: str, words: list[str]) -> str:
    """Sentences of 8 to 25 words in paragraphs, with commas, quotes, dashes, figures and capitals, up to `LENGTH`."""
    open_quote, close_quote = {"en": ("“", "”"), "ru": ("«", "»"), "fr": ("« ", " »")}[language]
    plain = language == "en" and some.random() < 0.5  # written with the quotes of ASCII
    parts: list[str] = []
    length = at = 0
    while length < LENGTH and at < len(words) - 25:
        size = some.randrange(8, 25)
        sentence = words[at : at + size]
        at += size
        sentence[0] = sentence[0].capitalize()
        if some.random() < 0.3:
            one = some.randrange(size)
            sentence[one] = f'"{sentence[one]}"' if plain else f"{open_quote}{sentence[one]}{close_quote}"
        if some.random() < 0.3:
            sentence[some.randrange(size)] = str(some.randrange(2030))
        sentence[some.randrange(size - 1)] += some.choice((",", ",", ",", " –" if not plain else " -", ":"))
        line = " ".join(sentence) + some.choice("....?!") + some.choice((" ", " ", " ", "\n\n"))
        parts.append(line)
        length += len(line)
    return "".join(parts).strip()
