"""Bytes from the web as text, whatever they say about their charset.

What belongs here: reading what a document declares, and deciding what is true. What does not: markup, entities, feeds.
Of three witnesses (the HTTP header, the document, the bytes) the bytes are believed first: text that is valid UTF-8 by
chance does not occur. A declared charset is believed when the words come out as words.
"""

import codecs
import re
import unicodedata
from functools import lru_cache

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the same bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What the web means by a name (WHATWG Encoding Standard, 4.2), where it is not what Python means.
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "koi8-r": "koi8-u",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
_SINGLE = re.compile(r"cp(125\d|866|874|1006|437|85\d)|iso8859-\d+|koi8-[rtu]|mac-\w+|ptcp154|kz1048")
_MULTI = frozenset({"gb18030", "cp949", "cp932", "euc_jp", "big5hkscs", "johab", "euc_jis_2004", "iso2022_jp", "hz"})
_ESCAPED = frozenset({"iso2022_jp", "hz"})  # 7 bit: their bytes are valid UTF-8
_LABEL = re.compile(r"(?:x-)?(?:windows|win|cp|ibm)[-_ ]?(\d{3,5})", re.ASCII)

_XML = re.compile(rb"""^\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*["']\s*([\w.:-]{2,40})""", re.ASCII)
_META = re.compile(rb"""<meta\b[^>]{0,500}?\bcharset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.ASCII | re.IGNORECASE)
_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.ASCII | re.IGNORECASE)
_HEAD = 4096  # bytes; browsers look at 1024, some pages need more

_WORD = re.compile(rb"[A-Za-z]*[\x80-\xff][A-Za-z\x80-\xff]*")
_SAMPLE = 600  # words
_SIGNS = frozenset({"So", "Sc", "Sm", "Sk", "No", "Cn", "Co"})
_GUESSES = ("cp1251", "koi8-u", "cp1252", "cp1250", "iso8859-2", "cp866", "iso8859-5")

# From this oddness on a text is not what it was decoded as. Self-written sentences in Russian, Ukrainian, French, German,
# Polish, Czech, Turkish and Greek: 0.00 in the right charset, 0.06 and more in another family's (2026-11-22,
# tests/core/test_charsets.py).
_ODD = 0.05
# Fewer letters than this tell nothing as a whole: the only accent of a French page may be the word "à".
_TELLING = 12
# UTF-8 with some broken sequences (cut in the middle, pasted from elsewhere) is still UTF-8 up to this share of what is
# not ASCII, if UTF-8 is declared, and up to a fifth of it if not.
_BROKEN = 0.10


def decode(body: bytes, in_header: str | None = None, in_document: str | None = None) -> str:
    """The text of `body`; never fails, what cannot be decoded becomes U+FFFD. No byte order mark is left.

    `in_header` is the charset that the Content-Type header names, `in_document` the one in the document itself (see
    `of_header`, `of_document`); either may be None, unknown or wrong.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    charset = _without_marks(body) or _of_bytes(body, [c for c in map(_known, (in_header, in_document)) if c])
    return body.decode(charset, "replace")


def of_header(content_type: str | None) -> str | None:
    """The charset that a Content-Type header names, as written there."""
    found = _HEADER.search(content_type or "")
    return found[1] if found else None


def of_document(body: bytes) -> str | None:
    """The charset that the XML declaration or a meta element at the beginning names, as written there."""
    head = body[:_HEAD]
    found = _XML.search(head) or _META.search(head)
    return found[1].decode("ascii") if found else None


@lru_cache(maxsize=256)
def _known(label: str | None) -> str | None:
    """The Python codec for a label, if it is one that text on the web is written in (never "zlib", "unicode_escape" …)."""
    label = (label or "").strip().lower()
    numbered = _LABEL.fullmatch(label)
    try:
        name = codecs.lookup(f"cp{numbered[1]}" if numbered else label.removeprefix("x-")).name
    except (LookupError, ValueError):
        return None
    name = _MEANT.get(name, name)
    return name if name == "utf-8" or name in _MULTI or _SINGLE.fullmatch(name) else None


def _without_marks(body: bytes) -> str | None:
    """UTF-16 that lacks its mark: half of the first bytes are zero."""
    even, odd = body[:200:2].count(0), body[1:200:2].count(0)
    half = min(len(body), 200) / 2
    if odd > 0.6 * half > even:
        return "utf-16-le"
    return "utf-16-be" if even > 0.6 * half > odd else None


def _of_bytes(body: bytes, declared: list[str]) -> str:
    """The charset among those declared, or else the likeliest, that the bytes bear out."""
    if body.isascii():
        return next((c for c in declared if c in _ESCAPED), "utf-8")
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd") - body.count(b"\xef\xbf\xbd")
    if not broken or broken <= _BROKEN * sum(c > "\x7f" for c in text) / (1 if "utf-8" in declared else 5):
        return "utf-8"
    sample = b" ".join(_WORD.findall(body, 0, 2_000_000)[:_SAMPLE])
    candidates = [c for c in dict.fromkeys(declared) if c != "utf-8"]
    for charset in candidates:
        if _oddness(body if charset in _MULTI else sample, charset) <= _ODD:
            return charset
    candidates += [c for c in (*_GUESSES, *_detected(body)) if c not in candidates]
    return min(candidates, key=lambda c: _oddness(body if c in _MULTI else sample, c))


def _oddness(body: bytes, charset: str) -> float:
    """How little what comes out looks like words, from 0: the smaller, the likelier is the charset."""
    text = body.decode(charset, "replace")
    foreign = max(1, sum(c > "\x7f" for c in text))
    if charset in _MULTI:
        return text.count("\ufffd") / foreign
    return sum(map(_is_odd, text[1:], text)) / foreign + _alphabet_oddness(text)


def _is_odd(char: str, before: str) -> bool:
    """Whether a word does not go on so: with a sign, a capital after a small letter, or another script."""
    if char <= "\x7f" and before <= "\x7f":
        return False
    if not (char.isalpha() and before.isalpha()):
        category = unicodedata.category(char)
        return category == "Cc" or (before.isalpha() and (char in "„‚†‡¿¡¶" or category in _SIGNS))
    return (before.islower() and char.isupper()) or _script(before) != _script(char)


def _alphabet_oddness(text: str) -> float:
    """What the letters as a whole tell: Cyrillic without its ten common letters is Cyrillic in the wrong order; Latin
    that is hardly ever ASCII is not Latin."""
    letters = [c for c in text.lower() if c.isalpha()] or ["a"]
    cyrillic = [c for c in letters if _script(c) == "CYRILLIC"]
    if len(cyrillic) > len(letters) / 2:
        return max(0.0, 0.5 - sum(c in "оеаинтсрвлі" for c in cyrillic) / len(cyrillic))
    latin = sum(c > "\x7f" and _script(c) == "LATIN" for c in letters)
    return max(0.0, latin / len(letters) - 0.7) if len(letters) >= _TELLING else 0.0


@lru_cache(maxsize=2048)
def _script(char: str) -> str:
    return unicodedata.name(char, "?").split(" ", 1)[0]


def _detected(body: bytes) -> list[str]:
    """What charset_normalizer takes the bytes for. Slow: only asked when nothing declared is right."""
    from charset_normalizer import from_bytes  # 20 ms and 5 MB that few documents need

    best = from_bytes(body[:100_000]).best()
    known = _known(best.encoding) if best else None
    return [known] if known else []
