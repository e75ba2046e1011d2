"""Many words, found at once in a normal form.

Belongs here: the automata, and how a text is put for them. Does not belong here: what a word is (`text`), and what it is
looked for (`watch`).

Every word is looked for as one byte per letter with the byte of a gap before it, and after it unless more may follow. An
automaton is then back at its root after the first letters of almost every word, and what it reports is nearly always a
hit; offsets in bytes are offsets in characters. 525 000 forms of 100 000 words, 4 KB of text (2026-11-22): 100 µs, where
the forms as UTF-8 without the gaps took 470 µs and reported sixty times as many places. The letters are those that the
words are written in, so there are enough bytes for a handful of alphabets.

Words with other characters (Chinese, Thai; a sixth alphabet; a mark in front) go by their UTF-8 and may stand anywhere.
"""

from array import array
from codecs import charmap_build, charmap_encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from ahocorasick_rs import BytesAhoCorasick, Implementation

from monitor.core.text import joined, letter, word_end, wordly


class AhoCorasick:
    """By ahocorasick_rs. A table of all transitions is no faster with many words, and ten times as large."""

    def __init__(self, patterns: Sequence[bytes]) -> None:
        self._automaton = BytesAhoCorasick(patterns, implementation=Implementation.ContiguousNFA)

    def scan(self, text: bytes) -> Iterable[tuple[int, int, int]]:
        found: list[tuple[int, int, int]] = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return found


# Words

_GAP = b" "
_ASCII = "".join(map(chr, range(128)))
_ROOM = 128  # letters beside those of ASCII, which keep their own bytes
_UNUSED = "\ufffe"  # as charmap_build wants it


@dataclass(frozen=True, kw_only=True, slots=True)
class _Letters:
    """One byte for each letter, and the same one for everything else."""

    known: frozenset[str]
    bytes_of: Any  # for codecs.charmap_encode; its type has no public name
    gaps: bytes  # a translation

    def encode(self, text: str) -> bytes:
        raw = text.encode() if text.isascii() else charmap_encode(text, "replace", self.bytes_of)[0]
        return raw.translate(self.gaps)


@dataclass(frozen=True, kw_only=True, slots=True)
class Finder:
    """Finds words in normal forms; made by `finder`. A word is known by its index."""

    letters: _Letters
    open_from: int  # the index of the first word after which more letters may follow
    texts: Mapping[int, str]  # of the words that are not only known letters
    usual: tuple[AhoCorasick, Sequence[int]] | None  # and the words of its patterns
    loose: tuple[AhoCorasick, Sequence[int]] | None

    def find(self, normal: str) -> Iterator[tuple[int, int, int]]:
        """Each place where a word stands between two borders: its index, and where, in characters. Of a word after which
        more letters may follow, the end is where those end."""
        for index, start, end in chain(self._usual(normal), self._loose(normal)):
            if joined(normal, start):
                continue
            if index >= self.open_from:
                yield index, start, word_end(normal, end)
            elif not joined(normal, end):
                yield index, start, end

    def _usual(self, normal: str) -> Iterator[tuple[int, int, int]]:
        if self.usual is None:
            return
        engine, indexes = self.usual
        for pattern, start, end in engine.scan(_GAP + self.letters.encode(normal) + _GAP):
            index = indexes[pattern]
            text = self.texts.get(index)
            if text is None:  # without the gaps that are part of the pattern
                yield index, start, end - (1 if index >= self.open_from else 2)
            elif normal.startswith(text, start):  # all gaps look alike to the engine
                yield index, start, start + len(text)

    def _loose(self, normal: str) -> Iterator[tuple[int, int, int]]:
        if self.loose is None:
            return
        engine, indexes = self.loose
        raw = normal.encode("utf-8", "surrogatepass")
        done = end = 0
        for pattern, _, stop in engine.scan(raw):
            end += len(raw[done:stop].decode("utf-8", "surrogatepass"))
            done = stop
            yield indexes[pattern], end - len(self.texts[indexes[pattern]]), end


def finder(words: Sequence[str], beginnings: Sequence[str]) -> Finder:
    """What finds these normal forms, none of them empty: `words` as they are, `beginnings` with the letters that follow.

    The index of a word is its place among the words and then the beginnings.
    """
    letters = _letters(chain(words, beginnings))
    texts: dict[int, str] = {}
    usual, loose = _Patterns(), _Patterns()
    for index, word in enumerate(chain(words, beginnings)):
        if letters.known.issuperset(word):
            usual.add(index, _GAP + letters.encode(word) + (b"" if index >= len(words) else _GAP))
            continue
        texts[index] = word
        if word[0] in letters.known and not any(wordly(char) for char in word if char not in letters.known):
            usual.add(index, _GAP + letters.encode(word))
        else:
            loose.add(index, word.encode("utf-8", "surrogatepass"))
    return Finder(
        letters=letters,
        open_from=len(words),
        texts=texts,
        usual=usual.engine(),
        loose=loose.engine(),
    )


class _Patterns:
    def __init__(self) -> None:
        self.patterns: list[bytes] = []
        self.indexes = array("I")

    def add(self, index: int, pattern: bytes) -> None:
        self.patterns.append(pattern)
        self.indexes.append(index)

    def engine(self) -> tuple[AhoCorasick, Sequence[int]] | None:
        """What finds them, and which word each of its patterns is. In order they take half the time and 25 MB less."""
        if not self.patterns:
            return None
        order = array("I", sorted(range(len(self.patterns)), key=self.patterns.__getitem__))
        self.patterns.sort()
        return AhoCorasick(self.patterns), array("I", map(self.indexes.__getitem__, order))


def _letters(words: Iterable[str]) -> _Letters:
    """The letters of these words, as many as there is room for, the usual ones first."""
    counted = Counter("".join(words))
    known = [char for char, _ in counted.most_common() if not char.isascii() and letter(char)][:_ROOM]
    return _Letters(
        known=frozenset(known).union(filter(str.isalnum, _ASCII)),
        bytes_of=charmap_build((_ASCII + "".join(known)).ljust(256, _UNUSED)),
        gaps=bytes(byte if byte >= 128 or chr(byte).isalnum() else ord(_GAP) for byte in range(256)),
    )
