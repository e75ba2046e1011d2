"""Whether two articles report the same news: what each is about, and how much of it they share.

Belongs here: an article's topic, the keys by which an index finds others that may tell the same, and the comparison of two.
Not here: prints of one text (copies.py), which articles are compared, and the story that one is put in (placing.py).

Two reports of one event by different hands share few sentences, but its names, numbers and rare words, and each says what
the other's headline says. So likeness is the mean of two figures: the cosine of the two topics, words weighted by how rare
they are in news at large (common.py) and among what the installation collects; and the geometric mean of how much of each
headline the other article says, of its names and of its other words. An article that goes into the background of an event
says what a report's headline says, but the report does not say what that one's does; and who and where is the same in many
different news, and so is what, but not both.

Tuned with bench/same_story.py, 2026-11-22, on 61 labelled pairs in Russian and English (35 the same; all articles in one
run), 574 short reports of 50 events, two much alike in each of 25 topics (ECB+), and 223 articles with next to nothing in
common. No setting is at a sharp optimum: F1 of the pairs stays above .84 with precision above .85 whatever
ALIKE is between .30 and .60. The figures of KEYS to SERIES are from before names were asked for (SHARED_NAMES).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from math import exp, log, prod, sqrt
from operator import mul
from struct import pack, unpack_from
from zlib import crc32

from monitor.core import text as texts
from monitor.core.model import Keys, Seen, Topic
from monitor.core.stories import common

ALIKE = 0.33
"""Two articles of this likeness report the same news. Precision/recall of the pairs in one run and of ECB+ (B-cubed), and
bodies joined (all but three are copies or the same news): .28 .84/.89 .93/.67 11, .30 .86/.89 .93/.66 10, .33 .89/.89
.94/.62 9, .35 .90/.87 .94/.60 9, .38 .90/.87 .94/.57 9."""
KEYS = 96
"""Words that are kept of an article, the weightiest; those of its headline beside. F1 of the pairs: 48 .89, 64 .90, 96 .92,
128 .91, 192 .90."""
NAMES = 16
"""Names and numbers that are kept for comparing across languages."""
LOOKED_UP, LOOKED_UP_NAMES = 8, 4
"""Words and names by which an article is looked up: 4 words find as many of the pairs as 16, 6 of ECB+."""
READ = 3000
"""Characters of the text that are looked at: news say first what is new. 1 500 to 5 000 give the same figures."""
LEAD = 100
"""Characters of the text that stand for a headline, if there is none."""
HEADLINE = 3
"""A word in the headline counts as so many in the text. F1 of the pairs: 1 .91, 2 to 5 .92."""
NAME = 2
"""A name weighs so much more than another word as rare. F1 of the pairs and of ECB+: 1 .92 .75, 2 .92 .79, 2.5 .91
.79, 3 .88 .79."""
UNKNOWN, UNKNOWN_SHORT, SHORT = 8.0, 4.0, 3
"""Rarity of a word that is not among the common ones, and of one of so many letters at most. 6 to 9 and 2 to 6 give the same
figures."""
PRIOR = 1000
"""Articles of the installation that say as much of how common a word is as the table does. 50 costs .01 of F1 with ECB+."""
OWN = 3
"""So many articles that have a word may be first reports of the very story, and don't make it common."""
SERIES = 0.7
"""Headlines that share so much of their words, but no number, belong to a series: the weather on the 8th and on the 9th."""

SHARED_NAMES, SHARED_NOUNS, FEWEST_NAMES = 0.3, 0.5, 2
"""Reports of one event share so much of the names and numbers of the one that has fewer of them, in German, where other
nouns are taken for names, more, and two at least. Found on 2026-11-22, precision/recall of the
pairs and of ECB+ (B-cubed), and bodies joined: 0 .87/.97 .90/.67 12, .2 .87/.94 .91/.66 11, .3 .89/.89 .93/.66 9, .4 .89/.89
.92/.60 7, .5 .91/.89 .95/.57 6. Of 200 invented articles in five languages that were written to the same patterns with
other names 41 would have been put into stories of others at 0, and none from .2 on; of 19 900 pairs of German ones alike
enough otherwise 19 share .3, and one .5."""
FEWEST_WORDS, FEWEST_UNNAMED = 4, 8
"""So many words are shared at least, or so many if one names nobody: two short headlines may both say that wolves return.
That, and two names at least, costs recall where there are only headlines or a sentence or two (ECB+ .66 to .63), and none in
the pairs; of the 200 invented articles, cut to two sentences, 2 instead of 7 are put into stories of others."""
GERMAN = frozenset({"und", "der", "die"})
"""Words that are all in a German text, where nobody said that it is one."""

HEAD, NUMBER, PROPER = 1, 2, 4
"""What a word is, added up: one of the headline, a number, a name."""
_SCALE = 16

_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+")
_NO_SPACES = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_RUN = re.compile(f"[{_NO_SPACES}]+")
# words that may begin with a capital: after a word, and after a quote; what is not in the alphabets is looked at later
_CAPITAL = r"[^\W\d_a-zа-яё]\w+"
_AFTER_WORD = re.compile(f' (?<=[\\w,;:)"»”–-] )[«"“„(‘\'-]?({_CAPITAL})')  # the space alone is quick to look for
_AFTER_QUOTE = re.compile(f"[«\"“„(‘'’-]({_CAPITAL})")

# what stands before nouns in German, and not before names
_BEFORE_NOUN = re.compile(r"\b(?:[a-zäöüß]+(?:e|en|er|es|em)|das|im|am|vom|zum|zur|\d+) (?=[A-ZÄÖÜ])")

_STEM = 7
_CYRILLIC_ENDINGS = frozenset(
    (  # noqa: SIM905  # endings in quotes are hard to read
        "иями ями ами ого его ому ему ыми ими иях ах ях ой ей ий ый ая яя ое ее ые ие ую юю ых их ым им ом"
        " ем ам ям ия ию ии ої ій ів ть ся сь ла ли ло а я о е у ю ы и ь й л і ї"
    ).split()
)
_LATIN_ENDINGS = frozenset(("ings", "ing", "ers", "er", "ed", "es", "ies", "ly", "en", "e", "s", "y"))

_LETTERS = str.maketrans(dict(zip("абвгдезиклмнопрстуфхцыэіїєґ", "abvgdeziklmnoprstufhzyeiieg", strict=True)) | {
    "ж": "zh", "й": "i", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ь": "", "ю": "iu", "я": "ia", "ў": "v",
})  # fmt: skip
_SOUNDS = re.compile(
    "(schtsch|shch|szcz|chtch|tsch|tch|sch|cz|sh|ch|sz|zh|ts|c(?=[eiy])|[zjs])|(kh|gh|g|h(?=[aeiouy]))|(ph|ff|[wvf])"
    "|(ck|[kqc])|(x)|h"
)
_VOWELS = re.compile("(?<=.)[aeiouyj]")


def topic(title: str, text: str, language: str | None = None) -> Topic:
    """What an article is about. `language` is its ISO 639-1 code, if that is known. About 1.3 ms, however long the text."""
    body = text[:READ]
    titled = stems(title)
    head = titled or stems(text[:LEAD])
    counts = stems(body)
    for word, count in titled.items():
        counts[word] = counts.get(word, 0) + count * HEADLINE
    language = language or ("de" if counts.keys() >= GERMAN else None)
    names = _names(f"{title} , {body}", nouns=language == "de")
    found = _weighed(counts, head.keys(), names.keys())
    kept = [*found[:KEYS], *(each for each in found[KEYS:] if each[3] & HEAD)]
    return Topic(
        language=language,
        script="C" if sum("\u0400" <= word[0] <= "\u052f" for word in counts) > len(counts) / 2 else "",
        words=_keys(kept),
        names=_keys(_spoken(kept, names)),
    )


def stems(text: str) -> dict[str, int]:
    """How often a text has each word without its ending, each number, and each pair of neighbouring signs of scripts without
    spaces."""
    folded = texts.fold(text)
    found: dict[str, int] = {}
    spaced = folded.isascii() or not _RUN.search(folded)
    for word, count in Counter(_TOKEN.findall(folded)).items():
        for stem in (_stem(word),) if spaced or not _RUN.search(word) else _neighbours(word):
            found[stem] = found.get(stem, 0) + count
    return found


def _neighbours(word: str) -> Iterator[str]:
    for run in _RUN.findall(word):
        for at in range(max(1, len(run) - 1)):
            yield run[at : at + 2]


@lru_cache(8192)
def _stem(word: str) -> str:
    return word.replace(",", ".") if word[0].isdigit() else _bare(word)[:_STEM]


def _bare(word: str) -> str:
    """A word without the longest ending that it has, if something is left."""
    if len(word) <= 4:
        return word
    endings = _CYRILLIC_ENDINGS if "\u0400" <= word[0] <= "\u052f" else _LATIN_ENDINGS
    for at in (-4, -3, -2, -1):
        if word[at:] in endings:
            return word[:at] if len(word) + at > 2 else word[:4]
    return word


def _names(text: str, *, nouns: bool) -> dict[str, str]:
    """The words that are written with a capital though no sentence begins with them: stem → all but its ending. Where all
    `nouns` have one, as in German, not those that follow an article, an adjective or a number."""
    if nouns:
        text = _BEFORE_NOUN.sub(". ", text)
    found = {*_AFTER_WORD.findall(text), *_AFTER_QUOTE.findall(text)}
    names = _TOKEN.findall(texts.fold(" ".join(sorted(word for word in found if word[0].isupper()))))
    return {_stem(name): _bare(name) for name in names}


_Word = tuple[str, int, int, int]  # a stem, its weight, its rarity, what it is


def _weighed(counts: Mapping[str, int], head: Set[str], names: Set[str]) -> list[_Word]:
    """The words, what tells most first."""
    found = []
    for word in counts.keys() | head:
        number = word[0].isdigit()
        if len(word) == 1 and not number:
            continue
        mark = HEAD * (word in head) | (NUMBER * number or PROPER * (word in names))
        weight = _weight(counts.get(word, 1), NAME if mark & PROPER else 1)
        rarity = int(common.rarity(word, UNKNOWN_SHORT if len(word) <= SHORT and not number else UNKNOWN) * _SCALE)
        found.append((weight * rarity, word, weight, rarity, mark))
    found.sort(reverse=True)
    return [each[1:] for each in found]


@lru_cache(256)
def _weight(count: int, times: float) -> int:
    return min(255, round((1 + log(count)) * times * _SCALE))


def _keys(found: Sequence[_Word]) -> Keys:
    return Keys(
        keys=tuple(crc32(word.encode("utf-8", "surrogatepass")) - 2**31 for word, *_ in found),
        weights=bytes(weight for _, weight, _, _ in found),
        rarities=bytes(rarity for _, _, rarity, _ in found),
        marks=bytes(mark for _, _, _, mark in found),
    )


def _spoken(found: Iterable[_Word], names: Mapping[str, str]) -> list[_Word]:
    """Names by their sound, and numbers as they are: the weightiest of them."""
    heard: dict[str, _Word] = {}
    for word, weight, rarity, mark in found:
        sound = word if mark & NUMBER else skeleton(names[word]) if mark & PROPER else ""
        if len(sound) > 2 or mark & NUMBER:
            heard.setdefault(sound, (f"~{sound}", weight, rarity, mark))
        if len(heard) == NAMES:
            break
    return list(heard.values())


def skeleton(name: str) -> str:
    """The consonants of a folded Latin or Cyrillic name, coarsely: Чечня, Tschetschenien and Chechnya begin alike."""
    latin = name.translate(_LETTERS)
    if not latin.isascii():
        return ""
    plain = _VOWELS.sub("", _SOUNDS.sub(_sound, latin).replace("y", "i"))
    return re.sub(r"(.)\1+", r"\1", plain)


def _sound(match: re.Match[str]) -> str:
    return ("", "S", "G", "V", "K", "KS")[match.lastindex or 0]


def looked_up(about: Topic) -> tuple[int, ...]:
    """The keys by which articles that may tell the same are found, at most 12."""
    return (*about.words.keys[:LOOKED_UP], *about.names.keys[:LOOKED_UP_NAMES])


NOTHING_SEEN = Seen()


def likeness(one: Topic, other: Topic, seen: Seen = NOTHING_SEEN) -> float:
    """How likely it is that two articles report the same news: from 0, which means nothing, to 1, whichever is the first."""
    if (one.language and other.language and one.language != other.language) or one.script != other.script:
        return _alike(_sorted(one.names), _sorted(other.names), seen) if _surely(one.names, other.names) else 0.0
    mine, yours = _sorted(one.words), _sorted(other.words)
    wanted = SHARED_NOUNS if "de" in (one.language, other.language) else SHARED_NAMES
    if not _name_the_same(mine, yours, wanted) or _serial(mine, yours):
        return 0.0
    return _alike(mine, yours, seen)


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Words as they are compared: each with its weight times its rarity, and the sum of their squares; those of the
    headline, each with its rarity and whether it is a name; the numbers of the headline; all names and numbers."""

    words: Keys
    values: Mapping[int, int]
    square: int
    head: Mapping[int, tuple[int, bool]]
    numbers: frozenset[int]
    named: frozenset[int]


@lru_cache(maxsize=128)  # an article is compared with all its candidates, and they with the next ones
def _sorted(words: Keys) -> _Sorted:
    values = dict(zip(words.keys, map(mul, words.weights, words.rarities), strict=True))
    marked = [each for each in zip(words.keys, words.marks, words.rarities, strict=True) if each[1]]
    return _Sorted(
        words=words,
        values=values,
        square=sum(map(mul, values.values(), values.values())),
        head={key: (rarity, bool(mark & PROPER)) for key, mark, rarity in marked if mark & HEAD},
        numbers=frozenset(key for key, mark, _ in marked if mark & HEAD and mark & NUMBER),
        named=frozenset(key for key, mark, _ in marked if mark & (NUMBER | PROPER)),
    )


def _name_the_same(one: _Sorted, other: _Sorted, wanted: float) -> bool:
    """Whether two articles share enough to be sure, and of their names and numbers at least the share that is wanted: what
    is written to one pattern shares other words. Scripts without capitals have no names that could be told."""
    shared = len(one.values.keys() & other.values.keys())
    fewer = min(len(one.named), len(other.named))
    if not fewer:
        return shared >= FEWEST_UNNAMED
    return shared >= FEWEST_WORDS and len(one.named & other.named) >= max(FEWEST_NAMES, wanted * fewer)


def _serial(one: _Sorted, other: _Sorted) -> bool:
    """Whether two headlines differ in their numbers, and hardly in anything else."""
    if not one.numbers or not other.numbers or one.numbers & other.numbers:
        return False
    words, others = one.head.keys() - one.numbers, other.head.keys() - other.numbers
    return len(words & others) >= SERIES * len(words | others)


def _alike(one: _Sorted, other: _Sorted, seen: Seen) -> float:
    shared = one.values.keys() & other.values.keys()
    now, then = _rarer(one, seen), _rarer(other, seen)
    norms = _square(one, now) * _square(other, then)
    if not shared or not norms:
        return 0.0
    product: float = sum([one.values[key] * other.values[key] for key in shared if key not in now])
    product += sum(now[key][0] * now[key][1] * then[key][0] * then[key][1] for key in shared & now.keys())
    said = _said(one, shared, now) * _said(other, shared, then)
    return min(1.0, (product / sqrt(norms) + sqrt(said)) / 2)


def _rarer(one: _Sorted, seen: Seen) -> dict[int, tuple[int, float]]:
    """Of the words of which the installation knows how common they are: weight, and rarity in view of that."""
    found = {}
    for key in seen.counts.keys() & one.values.keys():
        at = one.words.keys.index(key)
        found[key] = one.words.weights[at], _seen_rarity(one.words.rarities[at], seen.counts[key], seen.total)
    return found


def _square(one: _Sorted, now: Mapping[int, tuple[int, float]]) -> float:
    """The sum of the squares of all values."""
    rest = one.square - sum(one.values[key] ** 2 for key in now)
    return rest + sum((weight * rarity) ** 2 for weight, rarity in now.values())


@lru_cache(1024)
def _seen_rarity(rarity: int, count: int, total: int) -> float:
    """A word's rarity in view of what the installation collected, at most the usual one."""
    share = (max(0, count - OWN) + PRIOR * exp(-rarity / _SCALE)) / (total + PRIOR)
    return max(0.0, min(rarity, -log(share) * _SCALE))


def _said(one: _Sorted, shared: Set[int], now: Mapping[int, tuple[int, float]]) -> float:
    """How much of a headline is in the other article, too: the geometric mean of the shares of its names and of its other
    words, by their rarities. A headline that says nothing is in every article."""
    whole, said = [0.0, 0.0], [0.0, 0.0]
    for key, (usual, kind) in one.head.items():
        rarity = now[key][1] if key in now else usual
        whole[kind] += rarity
        said[kind] += rarity if key in shared else 0
    shares = [part / all_ for part, all_ in zip(said, whole, strict=True) if all_]
    return prod(shares) ** (1 / len(shares)) if shares else 1.0


FEWEST_SHARED = 4
"""Across languages, so many names and numbers must be the same, and a number and two names among them."""


def _surely(one: Keys, other: Keys) -> bool:
    """Whether names and numbers alone tell enough: across languages there is nothing else."""
    mine = dict(zip(one.keys, one.marks, strict=True))
    shared = mine.keys() & other.keys
    numbers = sum(bool(mine[key] & NUMBER) for key in shared)
    return len(shared) >= FEWEST_SHARED and 0 < numbers <= len(shared) - 2


def packed(about: Topic) -> bytes:
    """A topic as bytes, about 700 of them."""
    label = f"{about.language or ''} {about.script}".encode()
    parts = [pack("<B", len(label)), label]
    for words in (about.words, about.names):
        count = len(words.keys)
        parts += [pack(f"<H{count}i", count, *words.keys), words.weights, words.rarities, words.marks]
    return b"".join(parts)


def unpacked(raw: bytes) -> Topic:
    """The topic that became these bytes."""
    at = 1 + raw[0]
    language, _, script = raw[1:at].decode().partition(" ")
    words, at = _unpacked_keys(raw, at)
    names, _ = _unpacked_keys(raw, at)
    return Topic(language=language or None, script=script, words=words, names=names)


def _unpacked_keys(raw: bytes, at: int) -> tuple[Keys, int]:
    (count,) = unpack_from("<H", raw, at)
    start = at + 2 + 4 * count
    weights, rarities, marks = (raw[start + count * part : start + count * (part + 1)] for part in range(3))
    keys = unpack_from(f"<{count}i", raw, at + 2)
    return Keys(keys=keys, weights=weights, rarities=rarities, marks=marks), start + 3 * count
