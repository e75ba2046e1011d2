"""Which articles are prints of one text: fingerprints, by which the store finds candidates, and the comparison of two.

Not here: other reports of the same news, and the story that an article is put in (placing.py).
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any
from zlib import crc32

from monitor.core import text as texts
from monitor.core import urls
from monitor.core.model import Article, Fingerprint

FEWEST_WORDS = 12
"""A shorter text is no text to tell copies by: "Read more", or the same two lines of weather every day."""
MOST_WORDS = 20_000
"""What comes after so many words of a text is not looked at: a book costs no more than 10 ms."""
SHORT = 60
"""Texts of fewer words are compared with texts of like length only, and under like titles: a teaser is no copy, and many
different articles begin with the same request to subscribe."""
SPAN, SPAN_SIGNS = 4, 8
SKETCH = 32
"""Runs of four words, the 32 smallest of their hashes: copies with 20 % of the words replaced share 12 (4 at least), those
cut to 60 % 19, unrelated articles 0. 150 articles of the extraction corpora, 957 000 pairs of articles, 2026-11-22."""
SHARED = 2
"""So many hashes make two texts worth comparing: 559 of those pairs. Invented articles that are built of the same frames
of sentences, with names and numbers of their own, share up to 13, so the sketches cannot be all there is."""

# What two prints have in common, found on the same day on: 211 articles with a copy of each kind (5 % and 20 % of the words
# replaced, cut to 60 %, wrapped); the 559 pairs, of which the doubtful ones were read; 500 invented articles in five
# languages, 25 000 pairs.
PAIRS, PAIRS_SHORT = 0.54, 0.6
"""Share of the shorter text's pairs of words: copies with 20 % replaced 0.56 to 0.76. Reports on one event that repeat the
background of an earlier one reach 0.53, invented articles of the same frames 0.62. All copies were found, and what of the
559 pairs was taken for a copy and looked doubtful was read: reworked prints of one text."""
FEWEST_NAMES, NAMES = 3, 0.5
"""Share of the names (words within a sentence that begin with a capital letter), where there are so many: copies 0.67 and
more (one, cut, 0.5); invented articles of the same frames at most 0.33, in German, where all nouns count, 0.66."""
SWAPPED = 0.2
"""Where this share of the names is another on both sides, and little else is, one pattern was filled in twice."""
FEWEST_NUMBERS, MANY_NUMBERS, NUMBERS = 4, 0.08, 0.6
"""Where every twelfth word is a number, so many of them have to be the same: reports of weather, markets and matches. In a
usual text a copy may have brought all its figures up to date."""
LIKE_LENGTH = 0.5
HEADING = 1 / 3
LEAST_SIGN = b"\xe0"

_UNSPACED = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9ff\uaa60-\uaa7f\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD = re.compile(r"\w+")
_SIGN_OR_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_HAS_SIGNS = re.compile(f"[{_UNSPACED}]")
_WITHIN = re.compile(r" (?<=[\w,;)\-–—] )([^\W\d_a-zа-яё]\w*)")  # the first character alone is quick to look for


def fingerprint(
    *, url: str, final_url: str | None, canonical: str | None, title: str, text: str, sketched: bool = True
) -> Fingerprint:
    """What recognises copies of an article.

    `url` is where the source says the article is, `final_url` where redirects led, `canonical` the page's own word for
    its address. The last is believed only together with the title: some sites give every page the same one. Without
    `sketched` only copies that are exact are recognised.
    """
    pages = [urls.page_key(address) for address in (url, final_url) if address]
    if canonical:
        pages.append(urls.key_of(f"{urls.canonical(canonical)}\n{' '.join(_WORD.findall(texts.fold(title)))}"))
    found = words(text)
    return Fingerprint(
        pages=tuple(dict.fromkeys(pages)), text=text_key(found), sketch=sketch(found) if sketched else ()
    )


def text_key(found: Sequence[str]) -> int | None:
    """A 64-bit key of a text's words, whatever stands between them; None for a text that is too short to tell."""
    return urls.key_of(" ".join(found)) if len(found) >= FEWEST_WORDS else None


@lru_cache(maxsize=4)  # asked for an article's fingerprint, and again where it is compared at once
def words(text: str) -> tuple[str, ...]:
    """The words of a text in their normal form; each sign of a script without spaces (Chinese, Thai) is one."""
    folded = texts.fold(text)
    spaced = folded.isascii() or not _HAS_SIGNS.search(folded)
    found = _WORD.findall(folded) if spaced else _SIGN_OR_WORD.findall(folded)
    return tuple(found[:MOST_WORDS])


def sketch(found: Sequence[str]) -> tuple[int, ...]:
    """The smallest hashes of a text's runs of words, ascending, as signed 32-bit numbers. Of two texts of which one is a
    part of the other, many of the smallest hashes are the same (bottom-k sketch: Cohen and Kaplan 2007, doi
    10.1145/1281100.1281133). Empty for a text that is too short to tell."""
    if len(found) < FEWEST_WORDS:
        return ()
    hashes = set(map(crc32, _runs(" ".join(found).encode("utf-8", "surrogatepass").split(b" "))))
    enough = (2 * SKETCH << 32) // len(hashes)  # sorting what is surely not among the smallest costs 0.07 ms
    least = sorted(each for each in hashes if each < enough)
    least = least if len(least) >= SKETCH else sorted(hashes)
    return tuple(each - 2**31 for each in least[:SKETCH])


def _runs(raw: list[bytes]) -> Iterable[bytes]:
    """Every four words that follow each other; where signs stand for words, every eight."""
    fours = map(b" ".join, zip(*(raw[start:] for start in range(SPAN)), strict=False))
    if max(raw) < LEAST_SIGN:  # most texts: no word begins as a sign does
        return fours
    eights = map(b" ".join, zip(*(raw[start:] for start in range(SPAN_SIGNS)), strict=False))
    return (eight if _is_sign(word) else four for word, four, eight in zip(raw, fours, eights, strict=False))


def _is_sign(raw: bytes) -> bool:
    """Whether a word is one sign: three or four bytes of UTF-8 that begin one character (a letter of another script that
    stands alone may pass for one)."""
    return raw >= LEAST_SIGN and len(raw) <= 4


# Two texts


@dataclass(frozen=True)
class _Print:
    """What is compared of a text, each part made when it is asked for first."""

    text: str
    found: tuple[str, ...]

    @cached_property
    def pairs(self) -> frozenset[int]:
        """Its pairs of neighbouring words; their hashes, which are made in half the time."""
        return frozenset(map(hash, pairwise(self.found)))

    @cached_property
    def names(self) -> frozenset[str]:
        """Words within a sentence that begin with a capital letter."""
        names = " ".join(name for name in _WITHIN.findall(self.text) if name[0].isupper())
        return frozenset(_WORD.findall(texts.fold(names)))

    @cached_property
    def numbers(self) -> Counter[str]:
        return Counter(filter(str.isdecimal, self.found))


@lru_cache(maxsize=16)  # a candidate is compared with all articles of a portion, an article with all its candidates
def _print(text: str) -> _Print:
    return _Print(text, words(text))


def is_copy(one: Article, one_mark: Fingerprint, other: Article, other_mark: Fingerprint) -> bool:
    """Whether two articles are prints of one text: the same, or one of them edited, cut or wrapped.

    The sketches say which texts are worth comparing; alone they would take for copies what is written to one pattern: the
    weather, markets and matches of every day, police reports. Those differ in names and numbers, which prints of one text
    share.
    """
    same = one_mark.text is not None and one_mark.text == other_mark.text
    if not same and len(set(one_mark.sketch).intersection(other_mark.sketch)) < SHARED:
        return False
    first = _print(one.text)
    second = first if same else _print(other.text)
    short = min(len(first.found), len(second.found)) < SHORT
    if short and not same_heading(one.title, other.title):
        return False
    return same or _is_print(first, second, short)


def _is_print(one: _Print, other: _Print, short: bool) -> bool:
    """What costs least and tells most is asked first."""
    shorter, longer = sorted((len(one.found), len(other.found)))
    if short and shorter < longer * LIKE_LENGTH:
        return False
    if _share(one.pairs, other.pairs) < (PAIRS_SHORT if short else PAIRS):
        return False
    if min(len(one.names), len(other.names)) >= FEWEST_NAMES and _share(one.names, other.names) < NAMES:
        return False
    if _is_filled_in(one, other) and _is_filled_in(other, one):
        return False
    count = min(one.numbers.total(), other.numbers.total())
    many = count >= FEWEST_NUMBERS and count >= MANY_NUMBERS * shorter
    return not many or (one.numbers & other.numbers).total() >= NUMBERS * count


def _is_filled_in(one: _Print, other: _Print) -> bool:
    """Whether what one text has and the other has not are names above all: the same pattern, filled in anew."""
    names = one.names - other.names
    if len(names) < max(FEWEST_NAMES, SWAPPED * len(one.names)):
        return False
    rest = frozenset(one.found).difference(other.found, one.names)
    return len(names) >= sum(not word.isdecimal() for word in rest)


def _share(one: frozenset[Any], other: frozenset[Any]) -> float:
    """How much of the smaller set is in the larger one."""
    return len(one & other) / max(1, min(len(one), len(other)))


def same_heading(one: str, other: str) -> bool:
    """Whether two titles have a third of the shorter one's words in common; one that is missing says nothing."""
    first, second = frozenset(words(one)), frozenset(words(other))
    return not first or not second or _share(first, second) >= HEADING
