"""XML as the web writes it: where the document begins, and mending what is not well-formed.

What belongs here: bytes in UTF-8 in, bytes out. What does not: what the elements mean.

No DOCTYPE ever reaches a parser: it is read here, as far as it defines names for single characters, and cut off. So no
entity can grow, and none can name a file or an address (XXE, billion laughs).
"""

import re
from collections.abc import Iterator
from html.entities import html5

from monitor.core.errors import ParseError

_CONTROL = bytes(set(range(32)) - {9, 10, 13})
_NAME = re.compile(rb"<([A-Za-z_][\w.:-]*)")
_ENTITY = re.compile(
    rb"<!ENTITY\s{1,20}([\w.-]{1,40})\s{1,20}(?:\"([^\"&%<]{0,16}|&#\w{1,8};)\"|'([^'&%<]{0,16}|&#\w{1,8};)')"
)
_REFERENCE = re.compile(rb"&(?:#(\d{1,7}|[xX][0-9a-fA-F]{1,6});|([A-Za-z][\w.-]{0,39});)?")
_STRAY = re.compile(rb"<(?![A-Za-z_/!?])")
_XML_NAMES = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})
_LONG_TAG = re.compile(rb"<[A-Za-z][^<>]{4000,}")
# feedparser takes 1.7 s for 10 000 attributes of one element, 40 s for 40 000 (2026-11-22); real ones have at most 30.
_MOST_ATTRIBUTES = 500

Entities = dict[bytes, bytes]


def root(document: bytes) -> tuple[str, int]:
    """The local name of the root element in lower case, and where it begins; ("", -1) if there is none."""
    at = 0
    while (at := document.find(b"<", at)) >= 0:
        if document.startswith(b"<!--", at):
            at = _after(document, b"-->", at)
        elif document.startswith(b"<?", at):
            at = _after(document, b"?>", at)
        elif document[at : at + 9].upper() == b"<!DOCTYPE":
            at = _after_doctype(document, at)
        elif found := _NAME.match(document, at):
            return found[1].decode().rpartition(":")[2].lower(), at
        else:
            at += 1
    return "", -1


def entities(prolog: bytes) -> Entities:
    """The names that a DOCTYPE gives to a few characters each; all others are left out."""
    return {name: one or other for name, one, other in _ENTITY.findall(prolog[:100_000])}


def without_controls(document: bytes) -> bytes:
    """Without the characters that XML forbids (XML 1.0, 2.2)."""
    return document.translate(None, _CONTROL)


def check_attributes(document: bytes) -> None:
    """Raise ParseError if an element has so many attributes that reading them takes for ever."""
    for tag in _LONG_TAG.finditer(document):
        if tag[0].count(b"=") > _MOST_ATTRIBUTES:
            raise ParseError(f"an element with more than {_MOST_ATTRIBUTES} attributes")


def mended(text: bytes, known: Entities) -> bytes:
    """With all references resolved or written out, and stray "<" and "&" escaped, outside of CDATA sections."""
    return b"".join(piece if inside else _mended(piece, known) for inside, piece in _by_cdata(text))


def _mended(text: bytes, known: Entities) -> bytes:
    return _STRAY.sub(b"&lt;", _REFERENCE.sub(lambda found: _reference(found, known), text))


def _by_cdata(text: bytes) -> Iterator[tuple[bool, bytes]]:
    """The text in pieces: CDATA sections (True), and what stands between them. One that is not closed is none."""
    at = 0
    while (start := text.find(b"<![CDATA[", at)) >= 0 and (end := text.find(b"]]>", start)) >= 0:
        yield False, text[at:start]
        yield True, text[start : end + 3]
        at = end + 3
    yield False, text[at:]


def _reference(found: re.Match[bytes], known: Entities) -> bytes:
    number, name = found[1], found[2]
    if number:
        code = int(number[1:], 16) if number[:1] in b"xX" else int(number)
        legal = code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
        return b"&#%d;" % code if legal else b" "
    if not name or name in _XML_NAMES:
        return found[0] if name else b"&amp;"
    if name in known:
        return known[name]
    characters = html5.get(f"{name.decode()};")
    return characters.encode() if characters and characters not in "<&" else b"&amp;" + found[0][1:]


def _after(document: bytes, end: bytes, at: int) -> int:
    found = document.find(end, at)
    return found + len(end) if found >= 0 else len(document)


def _after_doctype(document: bytes, at: int) -> int:
    closing, subset = document.find(b">", at), document.find(b"[", at)
    if 0 <= subset < closing:
        found = re.compile(rb"\][ \t\r\n]{0,100}>").search(document, subset)
        return found.end() if found else len(document)
    return closing + 1 if closing >= 0 else len(document)
