"""Text as it is compared: its normal form, with the way back into the original; word borders; sentences.

Belongs here: everything about characters that holds for any word and any language. Does not belong here: what a word's
forms are (`words`), what is looked for (`watch`).

The normal form is lower case NFKC with one spelling for what writers, keyboards and content systems vary without meaning
anything by it: apostrophes, hyphens, spaces, invisible characters, stress marks, HTML entities, ё and е, İ, I, ı and i (a
Turkish headline in capitals and an English one spell the same name with different letters), ß and ss, final sigma,
Arabic vowel signs, tatweel and alef variants, Latin letters inside Cyrillic words, and the many spellings of the palochka.
Accents stay: whether a word may be written without them is a question of its language.
"""

import re
import unicodedata
from bisect import bisect_right
from codecs import charmap_build, charmap_decode, charmap_encode
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from html import unescape
from itertools import pairwise
from typing import Any


@dataclass(frozen=True, slots=True)
class Edit:
    """`normal[at:to]` came from `original[start:end]`, and the two are not of the same length."""

    at: int
    to: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Text:
    """A text and its normal form. Between `edits` (in order) the two run in step, character by character."""

    original: str
    normal: str
    edits: tuple[Edit, ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The part of the original that became `normal[start:end]` (not empty), as code points."""
        if not self.edits:
            return start, end
        return self._source(start)[0], self._source(end - 1)[1]

    def _source(self, index: int) -> tuple[int, int]:
        """Where the character of the normal form at `index` came from."""
        found = bisect_right(self.edits, index, key=lambda edit: edit.at)
        if not found:
            return index, index + 1
        edit = self.edits[found - 1]
        if index < edit.to:
            return edit.start, edit.end
        start = edit.end + index - edit.to
        return start, start + 1


# One character for one: cheap, and no offset moves. `str.replace` scans with memchr and returns the same object when it
# finds nothing; `str.translate` takes 20 times as long as all of these together on Cyrillic text (measured 2026-11-22).
_TYPOGRAPHY = (
    *((quote, "'") for quote in "’‘ʼʻ′´‛ʹ＇`"),
    *((hyphen, "-") for hyphen in "‐‑−﹣－"),
    *((space, " ") for space in "\u00a0\u202f\u2009\u2003\u3000"),
    ("…", "."),
)
_LETTERS = (
    *(("ё", "е"), ("ӏ", "і"), ("ς", "σ"), ("ı", "i")),
    *((alef, "ا") for alef in "أإآٱ"),
    *(("ى", "ي"), ("ی", "ي"), ("ک", "ك")),
)

# Marks that writers set or leave out at will: accents that no letter of its own exists for (Cyrillic stress), Hebrew and
# Arabic vowel signs. And what is not seen at all: soft hyphens, tatweel, joiners, directions, variation selectors.
_MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u0610-\u061a\u064b-\u065f\u0670"
_UNSEEN = "\u00ad\u034f\u061c\u0640\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
_JAMO = "\u1161-\u11ff"  # Korean vowels and finals, which compose with what stands before them
_ENTITY = r"&(?:\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"
_ENTITIES = re.compile(_ENTITY)
_ODD = re.compile(f"[{_MARKS}{_UNSEEN}ßẞ]")
_CARRIED = f"[{_MARKS}{_JAMO}]"
_REST = f"(?P<marks>{_CARRIED}+)|[{_UNSEEN}]+|{_ENTITY}"
_USUAL = re.compile(f"[ßẞ]{_CARRIED}*|{_REST}")
_LOOSE = re.compile(f"[{_MARKS}{_UNSEEN}]")

_CYRILLIC = "\u0400-\u052f"
_LATIN_TWINS = str.maketrans("aceopxyіikmthbjsgl1|ëï", "асеорхуіікмтнвјѕԍіііеї")
# UTF-8 without its continuation bytes, sorted into letters that pass for Cyrillic (l), Cyrillic ones (c) and the rest:
# 10 µs for 4 KB, where a regular expression takes 100.
_SCRIPTS = bytes(
    ord("l" if chr(byte) in "abcdefghijklmnopqrstuvwxyz1|" or byte == 0xC3 else "c" if 0xD0 <= byte <= 0xD4 else " ")
    for byte in range(256)
)
_CONTINUATION = bytes(range(0x80, 0xC0))
# From the beginning of a word only: tried at each letter of a long one, it would take the square of its length.
_MIXED = re.compile(rf"(?<![\w|])(?=[\w|]*[{_CYRILLIC}])(?=[\w|]*[a-z1|ëï])[\w|]+")


def normalise(text: str) -> Text:
    """The normal form of any string whatever, lone surrogates included. About 0.03 ms for 4 KB of most texts, 0.1 ms for
    those with characters of which one becomes none or two."""
    if "&" in text and _ENTITIES.search(text):
        return _carefully(text)
    if text.isascii():
        return Text(text, text.lower().replace("`", "'"))
    return _quickly(text) or _carefully(text)


def _carefully(text: str) -> Text:
    plain = _replace(text, _TYPOGRAPHY)
    edits: tuple[Edit, ...] = ()
    if not unicodedata.is_normalized("NFKC", plain) or _ODD.search(plain) or _ENTITIES.search(plain):
        plain, edits = _rewrite(plain)
        plain = _replace(plain, _TYPOGRAPHY)
    # İ is the only character whose lower case is longer (Unicode 15), so from here on no offset moves.
    return Text(text, _unmix(_replace(plain.replace("İ", "i").lower(), _LETTERS)), edits)


def _replace(text: str, pairs: Iterable[tuple[str, str]]) -> str:
    for old, new in pairs:
        text = text.replace(old, new)
    return text


def _rewrite(text: str) -> tuple[str, tuple[Edit, ...]]:
    """What cannot be done one for one: entities, composing, compatibility forms, ß, and what is left out."""
    parts: list[str] = []
    edits: list[Edit] = []
    done = length = 0
    for match in _clusters(text).finditer(text):
        start, end = match.span()
        if match["marks"] and start > done:
            start -= 1  # the letter that carries them
        new = _plain(text[start:end])
        parts += text[done:start], new
        length += start - done
        if len(new) != end - start:
            edits.append(Edit(length, length + len(new), start, end))
        length += len(new)
        done = end
    return "".join([*parts, text[done:]]), tuple(edits)


def _clusters(text: str) -> re.Pattern[str]:
    """What of this text has to be rewritten. Characters that NFKC changes are looked for only where there are any."""
    if unicodedata.is_normalized("NFKC", text):
        return _USUAL
    strange = {char for char in set(text) if not unicodedata.is_normalized("NFKC", char)}
    return re.compile(f"[ßẞ{re.escape(''.join(sorted(strange)))}]{_CARRIED}*|{_REST}")


def _plain(cluster: str) -> str:
    composed = unicodedata.normalize("NFKC", unescape(cluster))
    return _LOOSE.sub("", composed).replace("ß", "ss").replace("ẞ", "SS").replace("İ", "i")


def _unmix(text: str) -> str:
    """Latin letters (and 1, l, | for the palochka) inside words that are otherwise Cyrillic, made Cyrillic."""
    scripts = text.encode("utf-8", "surrogatepass").translate(_SCRIPTS, _CONTINUATION)
    if b"lc" not in scripts and b"cl" not in scripts:
        return text
    return _MIXED.sub(_cyrillic, text)


def _cyrillic(match: re.Match[str]) -> str:
    """The word in Cyrillic, if every Latin letter of it has a Cyrillic twin and it does not begin with a digit."""
    word = match[0]
    twin = word.translate(_LATIN_TWINS)
    return word if word[0] in "1|" or re.search("[a-z]", twin) else twin


# The same in a quarter of the time, for texts of one alphabet in which every character becomes exactly one

_USUAL_ASCII = "\0\t\n\r" + "".join(map(chr, range(32, 127)))  # charmap_build wants NUL in its place
_PUNCTUATION = "«»‹›“”„‚‘’–—…•·§©®°±×€£¥¿¡−→\u00a0\u202f\u2009‑"
_WESTERN_LETTERS = "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿœąćęłńśźżčďěňřšťůžğşıđőűășțþð"
_EASTERN_LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюяёґєіїўђјљњћџѓќѕӏ"


@dataclass(frozen=True, slots=True)
class _Alphabet:
    """At most 256 characters, each a byte: ASCII, punctuation, and letters in both cases."""

    chars: str  # by byte
    bytes_of: Any  # back, for codecs.charmap_encode; its type has no public name
    fold: bytes  # the translation of each to its normal form
    scripts: bytes  # and of those to letters that pass for Cyrillic (l), Cyrillic ones (c) and the rest


def _alphabet(letters: str) -> _Alphabet:
    usual = "".join(dict.fromkeys([*_USUAL_ASCII, *_PUNCTUATION, *letters, *letters.upper()]))
    chars = usual.ljust(256, "\ufffe")  # which charmap_build takes for none
    kinds = ("l" if c in "abcdefghijklmnopqrstuvwxyz1|" else "c" if "\u0400" <= c <= "\u052f" else " " for c in chars)
    return _Alphabet(
        chars=chars,
        bytes_of=charmap_build(chars),
        fold=bytes(chars.index(_carefully(char).normal) for char in chars),
        scripts="".join(kinds).encode(),
    )


def _quickly(text: str) -> Text | None:
    """The normal form, if the text is written in one of the alphabets."""
    for alphabet in (_WESTERN, _EASTERN):
        try:
            raw = charmap_encode(text, "strict", alphabet.bytes_of)[0].translate(alphabet.fold)
        except UnicodeEncodeError:
            continue
        normal = charmap_decode(raw, "strict", alphabet.chars)[0]
        scripts = raw.translate(alphabet.scripts) if alphabet is _EASTERN else b""
        mixed = b"l" in scripts and (b"lc" in scripts or b"cl" in scripts)
        return Text(text, _MIXED.sub(_cyrillic, normal) if mixed else normal)
    return None


_WESTERN, _EASTERN = _alphabet(_WESTERN_LETTERS), _alphabet(_EASTERN_LETTERS)


# Words

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\u3005-\u3007\u3040-\u30ff"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9ff\uaa60-\uaa7f\uf900-\ufaff\U00020000-\U0003ffff]"
)
_CYRILLIC_LETTER = re.compile(f"[{_CYRILLIC}]")


def joined(text: str, at: int) -> bool:
    """True if a word of a normal form runs over position `at`.

    A hyphen or an apostrophe sets off what is a word by itself (`l'asile`, `ЛГБТ-люди`); scripts that do not space words
    have no borders to respect.
    """
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if before == " " or after == " ":
        return False
    if not (wordly(before) and wordly(after)):
        # An apostrophe is a letter in Ukrainian and Belarusian (м'яч), the end of a word elsewhere (l'asile).
        if before == "'":
            return at > 1 and bool(_CYRILLIC_LETTER.match(after) and _CYRILLIC_LETTER.match(text[at - 2]))
        if after == "'":
            return bool(_CYRILLIC_LETTER.match(before) and _CYRILLIC_LETTER.match(text[at + 1 : at + 2]))
        return False
    return not (_UNSPACED.match(before) or _UNSPACED.match(after))


def wordly(char: str) -> bool:
    """True for what a word is made of: letters, digits, and the vowel signs of Indic scripts, which `\\w` leaves out."""
    return char.isalnum() or unicodedata.category(char)[0] == "M"


def letter(char: str) -> bool:
    """True for what words that have borders are made of: two of these beside each other are always one word."""
    return wordly(char) and not _UNSPACED.match(char)


def word_end(text: str, at: int) -> int:
    """Where the word that runs over position `at` ends; `at` itself if none does."""
    while joined(text, at):
        at += 1
    return at


# For walking from word to word: letters, digits, and the vowel signs of Indic scripts.
_WORD = re.compile("(?:[^\\W_]|[\u0900-\u0963\u0966-\u0dff])+\\+?")
_GAP = re.compile("[\\s'\"«»“”„\\-]{1,4}")


def next_word(text: str, end: int) -> tuple[int, int] | None:
    """The word after the one that ends at `end`, if only spaces, quotes, a hyphen or an apostrophe stand between."""
    gap = _GAP.match(text, end)
    word = gap and _WORD.match(text, gap.end())
    return word.span() if word else None


_ADDRESS_END = re.compile(r"[^!-~]|[<>\"]")
_LONGEST_ADDRESS = 500


def in_address(normal: str, at: int) -> bool:
    """True if position `at` stands in a web address: image.jpg at the end of one is no word of the text."""
    low = max(0, at - _LONGEST_ADDRESS)
    start = max(normal.rfind("://", low, at), normal.rfind("www.", low, at))
    return start >= 0 and not _ADDRESS_END.search(normal, start, at)


def word_starts(text: str) -> list[int]:
    """Where the words of a normal form begin, in order."""
    return [word.start() for word in _WORD.finditer(text)]


def pieces(word: str) -> list[str]:
    """What stands between spaces, hyphens and apostrophes, as written: d'asile is d and asile. A + at the end stays."""
    text = normalise(word)
    spans = (text.span(*found.span()) for found in re.finditer(r"[^\s'\-]+", text.normal))
    return [word[start:end] for start, end in spans]


def fold(text: str) -> str:
    """The form for full-text search: the normal form, without accents either (й, ї and ў are letters and stay)."""
    return unaccented(normalise(text).normal)


def unaccented(normal: str) -> str:
    """A normal form without its accents."""
    if normal.isascii():
        return normal
    for char in set(normal):
        if char > "\x7f" and (bare := _bare(char)) != char:
            normal = normal.replace(char, bare)
    return normal


_STROKES = {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "й": "й", "ї": "ї", "ў": "ў"}


@cache
def _bare(char: str) -> str:
    """A letter without its accents; characters that are no letters with accents come back as they are."""
    if char in _STROKES:
        return _STROKES[char]
    base = unicodedata.normalize("NFD", char)
    bare = base[1:] and all("\u0300" <= mark <= "\u036f" for mark in base[1:])
    return _STROKES.get(base[0], base[0]) if bare else char


# Sentences

_REACH = 400  # characters that a quoted sentence has at most
# All begin with one character of one class: what the search runs over is then passed as fast as can be.
# The first of several stops only, else a long row of them takes the square of its length.
_STOP = re.compile(
    r"[.!?…؟۔।։。！？｡︒\r\n\u2028\u2029](?:(?<=[。！？｡︒])[。！？｡︒]*[」』”’）]*|(?<=[\r\n\u2028\u2029])\s*"
    r"|(?P<stop>(?<=[.!?…؟۔।։])(?<![.!?…؟۔।։]{2})[.!?…؟۔।։]*['\"’”»)\]]*)(?=\s))"
)
_NEARBY = 120  # characters in which most sentences around a hit begin
_ABBREVIATIONS = frozenset(
    (  # noqa: SIM905  # sixty words in quotes are hard to read
        "mr mrs ms dr st prof gen col lt sgt gov sen rep rev hon jr sr vs inc art ca cf fr hl nr str bzw usw ggf abs bd geb"
        " mme mm mlle av sra dra ud uds sig dott avv ul ks св им ул гг тыс млн млрд руб стр проф акад тов гр др см рис обл"
        " респ ім вул ст пп ust pkt"
    ).split()
)
_LONGEST_ABBREVIATION = 4
_BEFORE_ABBREVIATION = re.compile(r"[\s(«\"'.]")


def sentence(text: str, start: int, end: int) -> str:
    """The sentence around `text[start:end]`: a slice of the text that holds it, without space at its ends, of about 400
    characters at most, cut between words if need be. A heuristic: an abbreviation or an initial does not end it."""
    first, last = _shorten(text, _opening(text, start), _closing(text, end), start, end)
    while first < start and text[first].isspace():
        first += 1
    while last > end and text[last - 1].isspace():
        last -= 1
    return text[first:last]


def _opening(text: str, start: int, reach: int = _NEARBY) -> int:
    """Where the sentence begins that `start` stands in. Looked for nearby first: that is half the time."""
    low = max(0, start - reach)
    far = low == 0 or reach == _REACH
    for stop in reversed([*_STOP.finditer(text, low, start)]):
        if (far or stop.start() > low) and _ends(text, stop):  # one at `low` may have begun before it
            return stop.end()
    return low if far else _opening(text, start, _REACH)


def _closing(text: str, end: int) -> int:
    high = min(len(text), end + _REACH)
    for stop in _STOP.finditer(text, end, high):
        if _ends(text, stop):
            return stop.end()
    return high


def sentences(text: str) -> list[str]:
    """The sentences of a text, as `sentence` cuts them, whole and without space at their ends."""
    ends = [stop.end() for stop in _STOP.finditer(text) if _ends(text, stop)]
    pieces_ = (text[start:end].strip() for start, end in pairwise([0, *ends, len(text)]))
    return [piece for piece in pieces_ if piece]


def _ends(text: str, stop: re.Match[str]) -> bool:
    """True if the sentence ends at this stop: no abbreviation before it, no small letter after it."""
    if stop["stop"] is None:
        return True
    end = stop.end()
    if text[end : end + 40].lstrip()[:1].islower():
        return False
    return stop[0] != "." or not _abbreviated(text, stop.start())


def _abbreviated(text: str, at: int) -> bool:
    """True if an abbreviation or an initial ends at `at`."""
    tail = text[max(0, at - _LONGEST_ABBREVIATION - 1) : at]
    word = _BEFORE_ABBREVIATION.split(tail)[-1].lower()
    return word in _ABBREVIATIONS or (len(word) == 1 and word.isalnum())


def _shorten(text: str, first: int, last: int, start: int, end: int) -> tuple[int, int]:
    """Cuts what is longer than a reader wants, on both sides of the hit, between words where there is space."""
    room = max(0, _REACH - (end - start))
    if last - first <= max(_REACH, end - start):
        return first, last
    before = min(start - first, max(room // 2, room - (last - end)))
    left = start - before
    right = min(last, end + room - before)
    if left > first and (space := text.find(" ", left, start)) >= 0:
        left = space + 1
    if right < last and (space := text.rfind(" ", end, right)) >= 0:
        right = space
    return left, right
