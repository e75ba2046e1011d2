"""Where each key of a TOML text stands: key path → line.

tomllib reads values but forgets where they stood. This walks over a text that tomllib has already accepted, so it only has
to find its way, not to judge. It runs only when there is a problem to report. No values are read here.
"""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Mapping

Key = tuple[str | int, ...]
"""A way through a document: ("feeds", 3, "url") is `feeds[3].url`."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRINGS = (r'"""(?:\\.|[^\\])*?""""{0,2}', r"'''.*?''''{0,2}", r'"(?:\\.|[^"\\\n])*"', r"'[^'\n]*'")
_STRING = re.compile("|".join(_STRINGS), re.DOTALL)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_SCALAR = re.compile(r"[^,\]}#\n]*")


def lines(text: str) -> Mapping[Key, int]:
    """Every key path of a valid TOML text with its line, counted from 1; () is line 1.

    Tables stand where their header does, items of arrays where they begin.
    """
    found: dict[Key, int] = {(): 0}
    counts: dict[Key, int] = {}  # arrays of tables: the index of the last one
    base: Key = ()
    position = _blank(text, 0)
    while position < len(text):
        if text[position] == "[":
            base, position = _header(text, position, counts, found)
        else:
            position = _pair(text, position, base, found)
        position = _blank(text, position)
    breaks = [m.start() for m in re.finditer("\n", text)]
    return {key: bisect_left(breaks, offset) + 1 for key, offset in found.items()}


def _blank(text: str, position: int) -> int:
    """The end of white space, line breaks and comments."""
    return _end(_BLANK, text, position)


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return found.end() if found else position


def _header(text: str, start: int, counts: dict[Key, int], found: dict[Key, int]) -> tuple[Key, int]:
    """`[a.b]` or `[[a.b]]`: the key path of what follows, and where the header ends."""
    many = text.startswith("[[", start)
    parts, end = _key(text, start + 1 + many)
    key: Key = ()
    for depth, part in enumerate(parts, 1):
        key = (*key, part)
        found.setdefault(key, start)
        if many and depth == len(parts):
            counts[key] = counts.get(key, -1) + 1
        if key in counts:
            key = (*key, counts[key])
    found[key] = start
    return key, _blank(text, end) + 1 + many


def _key(text: str, position: int) -> tuple[list[str], int]:
    """A dotted key: its parts, and where it ends."""
    parts: list[str] = []
    while True:
        position = _blank(text, position)
        bare = _BARE.match(text, position)
        end = bare.end() if bare else _end(_STRING, text, position)
        part = text[position:end]
        parts.append(part if bare else tomllib.loads(f"key = {part}")["key"])
        dot = _DOT.match(text, end)
        if not dot:
            return parts, end
        position = dot.end()


def _pair(text: str, start: int, base: Key, found: dict[Key, int]) -> int:
    """`key = value`; returns where it ends."""
    parts, end = _key(text, start)
    key = base
    for part in parts:
        key = (*key, part)
        found.setdefault(key, start)
    return _value(text, _blank(text, _blank(text, end) + 1), key, found)


def _value(text: str, start: int, key: Key, found: dict[Key, int]) -> int:
    if text[start] == "[":
        return _array(text, start + 1, key, found)
    if text[start] == "{":
        return _inline(text, start + 1, key, found)
    return _end(_STRING if text[start] in "\"'" else _SCALAR, text, start)


def _array(text: str, position: int, key: Key, found: dict[Key, int]) -> int:
    index = 0
    while text[position := _blank(text, position)] != "]":
        found[(*key, index)] = position
        position = _comma(text, _value(text, position, (*key, index), found))
        index += 1
    return position + 1


def _inline(text: str, position: int, key: Key, found: dict[Key, int]) -> int:
    while text[position := _blank(text, position)] != "}":
        position = _comma(text, _pair(text, position, key, found))
    return position + 1


def _comma(text: str, position: int) -> int:
    position = _blank(text, position)
    return position + (text[position] == ",")
