"""Strangers' text made fit to be shown: harmless characters, bounded length, honest addresses.

Whatever shows such a text to a person, in a message, a table or the log, gets it from here. Escaping for one kind of channel
(HTML, mail headers, chat services) belongs to that channel's module.
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

from monitor.core import urls

_ELLIPSIS = "…"

# Line ends, escape sequences and C1 controls end a header, a line or a terminal's patience: a space stands for each.
# Bidi controls make a text read as what it is not; annotation marks, tags and what has no width hide a part of it: they go.
# The two joiners stay, without which Persian cannot be read, nor many a script of India, nor emoji of several people.
_CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029], " ")
_BIDI = [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x2070)]
_HIDING = [0x00AD, 0x034F, 0x180E, 0x200B, *range(0x2060, 0x2066), *range(0xFFF9, 0xFFFC), 0xFEFF]
_INVISIBLE = dict.fromkeys([*_BIDI, *_HIDING, *range(0xE0000, 0xE0080)])
_HARMLESS = {**_CONTROLS, **_INVISIBLE}
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_UNSAFE_IN_ADDRESS = re.compile(r"""[\s"'<>\\^`{|}]""")
_OBEYED = re.compile(f"[\ud800-\udfff{''.join(chr(code) for code in _HARMLESS if code >= 0x7F)}]")
_HOST = re.compile(r"[\w.\-:\[\]]+")


def sound(text: str) -> str:
    """The text with lone surrogates, which no encoding takes, replaced one for one: offsets stay true."""
    return _SURROGATE.sub("\ufffd", text)


def visible(text: str) -> str:
    """The text on one line, without control and bidi characters; white space collapsed."""
    return " ".join(sound(text).translate(_HARMLESS).split())


def inert(document: str) -> str:
    """JSON text with the same meaning, in which what a terminal would obey or hide is written as `\\uXXXX`: whatever is
    over 0x7E and `visible` would take away. (What is below, JSON escapes by itself.)"""
    return _OBEYED.sub(lambda found: json.dumps(found[0])[1:-1], document)


def whole(sentences: Iterable[str]) -> list[str]:
    """The sentences without those that only are the beginning of another one, cut off or not: a feed's summary often is
    the beginning of the text."""
    found = [*sentences]
    return [each for each in found if not any(_begins(each, other) for other in found)]


def _begins(sentence: str, other: str) -> bool:
    return len(other) > len(sentence) and other.startswith(sentence.rstrip(" .…"))


def shorten(text: str, limit: int) -> str:
    """At most `limit` code points of the beginning, an ellipsis in place of what is left out."""
    return around(text, 0, 0, limit)


def around(text: str, start: int, end: int, limit: int) -> str:
    """About `limit` code points of the text that hold all of `text[start:end]`, more of it after than before.

    Never more than `limit`, unless the part to be held is longer itself. Cuts at spaces where there are some, and
    never between a letter and its accents; an ellipsis stands where something was cut off.
    """
    if len(text) <= limit:
        return text
    window = limit - 2 * len(_ELLIPSIS)
    spare = max(0, window - (end - start))
    first = max(0, min(start - spare // 3, len(text) - window))
    last = max(end, first + window + (first == 0))
    first, last = _cut_before(text, first, start), _cut_after(text, end, last)
    before, after = _ELLIPSIS if first else "", _ELLIPSIS if last < len(text) else ""
    return f"{before}{text[first:last].strip()}{after}"


def _cut_before(text: str, first: int, latest: int) -> int:
    """Where a window that should begin at `first` and may begin at `latest` begins best."""
    if not first:
        return 0
    space = text.find(" ", first - 1, latest)
    if space >= 0:
        return space
    while first < latest and _joined(text, first):
        first += 1
    return first


def _cut_after(text: str, earliest: int, last: int) -> int:
    """Where a window that should end at `last` and may end at `earliest` ends best."""
    if last == len(text):
        return last
    space = text.rfind(" ", max(earliest, last // 2), last + 1)
    if space >= 0:
        return space
    while last > earliest and _joined(text, last):
        last -= 1
    return last


def _joined(text: str, at: int) -> bool:
    """True if a cut before this character would part a letter from its accent or an emoji from its rest."""
    return unicodedata.category(text[at])[0] == "M" or "\u200d" in text[at - 1 : at + 1]


def address(url: str) -> str:
    """The address as it may be shown and linked: whatever could end or disguise it is percent-encoded."""
    return "".join(quote(c, safe="") if _UNSAFE_IN_ADDRESS.match(c) or ord(c) in _HARMLESS else c for c in sound(url))


def host(url: str) -> str | None:
    """The host that a click on `address(url)` leads to, or None if the address is not to be made a link: another
    scheme than http and https, no host, or a user name that poses as one.

    An international name is told as the name system has it (xn--…), since a letter of another script may look like an a.
    """
    shown = address(url)
    try:
        parts = urlsplit(shown)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(parts.netloc):
        return None
    return urls.host(shown) or None


def marked(sentence: str, surfaces: list[str]) -> tuple[tuple[str, bool], ...]:
    """The sentence in pieces, True beside those that are one of the surfaces: as whole words, else wherever they are."""
    either = "|".join(re.escape(s) for s in sorted(filter(None, surfaces), key=len, reverse=True))
    if not either:
        return ((sentence, False),)
    found = re.split(rf"(?<!\w)({either})(?!\w)", sentence)
    if len(found) == 1:
        found = re.split(f"({either})", sentence)
    return tuple((piece, bool(i % 2)) for i, piece in enumerate(found) if piece)
