"""Whether an address says who asks: a redirect to one that nobody else gets would be a mark that comes back at each poll.

A permanent redirect is remembered, and what is remembered is sent again for years, through every proxy. So an address
that looks as if it were made for one reader is not adopted. Not here: following redirects (fetch/client.py), when one is
adopted (health.py).
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, urlsplit

# Names under which values say who somebody is, however short: `?uid=17`.
# fmt: off
_PERSONAL = frozenset(
    (
        "auth", "auth_key", "authkey", "access_token", "api_key", "apikey", "cid", "client", "client_id",
        "clientid", "device", "device_id", "fingerprint", "guid", "hash", "key", "member", "memberid", "nonce",
        "pass", "reader", "readerid", "secret", "session", "sessionid", "sid", "sig", "sign", "signature",
        "subscriber", "subscriber_id", "ticket", "tid", "token", "tracking", "uid", "user", "user_id", "userid",
        "username", "uuid", "visitor", "visitorid", "visitor_id",
    )
)
# fmt: on
_UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
_PIECES = re.compile(r"[^0-9A-Za-z]+")
_RUNS = re.compile(r"[0-9]+|[A-Z]+|[a-z]+")
# Words and abbreviations. What has one way only to be read (`*+`) takes no time, however long it is and whatever ends it.
_CAMEL = re.compile(r"(?=[A-Za-z])(?:[A-Z]*+[a-z]{2,}+)*+(?:[A-Z]{2,}+)?+[0-9]{0,4}")
_HEX = re.compile(r"(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{8,}", re.IGNORECASE)
_DATE = re.compile(r"(?:19|20)\d{6}(?:\d{4}|\d{6})?")
_VOWELS = re.compile(r"[aeiouy]", re.IGNORECASE)
_NUMBER = 9  # digits: a count of readers, or a moment to the second; what a paper counts its sections with is shorter
_RANDOM = 8  # characters
_LETTERS = 16  # letters without a word in them


def is_personal(new: str, old: str) -> bool:
    """Whether `new` has a piece that `old` has not, and that looks like a token: of its host, its path or its query.

    What looks like one: a UUID, eight or more hexadecimal digits, letters and digits that alternate, nine or more digits
    that are no date, many letters without vowels; and any value whose name says that it is somebody's (`uid`, `token`).
    Words cannot be told from a token that is made of words. Of 571 addresses of feeds in public lists 16 look like one,
    beside their host's front page (2026-11-22); that costs them nothing but not to be adopted.
    """
    known = {piece.lower() for _, text in _parts(old) for piece in (text, *_PIECES.split(text))}
    return any(_tells(name, text, known) for name, text in _parts(new))


def _parts(url: str) -> Iterator[tuple[str, str]]:
    """The parts of an address in which a token can stand: (name, value), without a name for those of host and path."""
    try:
        address = urlsplit(url)
        host = address.hostname or ""
    except ValueError:
        return
    yield from (("", label) for label in host.split(".") if not label.startswith("xn--"))  # letters of another script
    yield from (("", unquote(segment)) for segment in address.path.split("/"))
    yield from parse_qsl(address.query, keep_blank_values=True)
    yield "", unquote(address.fragment)


def _tells(name: str, text: str, known: set[str]) -> bool:
    if not text or text.lower() in known:
        return False
    if name.lower() in _PERSONAL or _UUID.search(text):
        return True
    return any(_is_random(piece) for piece in _PIECES.split(text) if piece.lower() not in known)


def _is_random(piece: str) -> bool:
    if piece.isdigit():
        return len(piece) >= _NUMBER and not _DATE.fullmatch(piece)
    if len(piece) < _RANDOM or _CAMEL.fullmatch(piece):
        return _is_mumbled(piece)
    return bool(_HEX.fullmatch(piece)) or len(_RUNS.findall(piece)) >= 4 or _is_mumbled(piece)


def _is_mumbled(piece: str) -> bool:
    """Many letters and hardly a vowel: no word of any language that is written so."""
    return len(piece) >= _LETTERS and len(_VOWELS.findall(piece)) * 6 < len(piece)
