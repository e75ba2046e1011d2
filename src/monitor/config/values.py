"""Single values of the configuration: durations, sizes, addresses, hours, secrets' places.

Each function takes what the file says and returns what it means, or raises ValueError with what is wrong and what to write
instead. No message quotes an address or a secret. Nothing here reads a file or a variable.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated, TypeVar
from urllib.parse import SplitResult, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, Strict

from monitor.config import cron as cron_fields
from monitor.config import languages
from monitor.config.faults import nearest, unknown
from monitor.core.settings import QuietHours

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_SIZES = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
_LONGEST = timedelta(days=36500)
_LONGEST_LOGIN = 255  # bytes; more is not to be said to a SOCKS proxy (RFC 1929)
_HOST = re.compile(r"[^\W_](?:[\w-]*\w)?(?:\.[\w-]+)*\.?")
# Plain addresses: the dot-atom form of RFC 5322, 3.4.1, in ASCII, without comments, quotes or literal addresses.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_MAILBOX = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
_DISPLAY_NAME = re.compile(r'"[^"\\]*"|[^()\[\]:;@\\,."]*')  # RFC 5322, 3.2.4 and 3.2.5
NAME_LENGTH = 100


def duration(value: object) -> timedelta:
    """`"15m"` → 15 minutes; zero is a duration."""
    found = re.fullmatch(r"(\d{1,9})([smhdw])", value) if isinstance(value, str) else None
    if not found:
        raise ValueError(
            'must be a duration in quotes: a whole number and s, m, h, d or w, as in "30s", "15m", "6h", "30d"'
        )
    length = timedelta(seconds=int(found[1]) * _UNITS[found[2]])
    if length > _LONGEST:
        raise ValueError('must be at most "36500d"')
    return length


def some_time(value: object) -> timedelta:
    """A duration that is more than nothing."""
    length = duration(value)
    if not length:
        raise ValueError("must be longer than nothing")
    return length


def between(least: str, most: str) -> Callable[[timedelta], timedelta]:
    """Refuses durations that cannot be meant; both ends are allowed."""
    shortest, longest = duration(least), duration(most)

    def check(length: timedelta) -> timedelta:
        if not shortest <= length <= longest:
            raise ValueError(f'must be from "{least}" to "{most}"')
        return length

    return check


def size(value: object) -> int:
    """`"10MiB"` → bytes, at least 1 KiB."""
    found = re.fullmatch(r"(\d{1,12}) ?(B|[KMG]iB)", value) if isinstance(value, str) else None
    if not found:
        raise ValueError('must be a size in quotes: a number and B, KiB, MiB or GiB, as in "10MiB"')
    octets = int(found[1]) * _SIZES[found[2]]
    if not 2**10 <= octets <= 2**32:
        raise ValueError('must be from "1KiB" to "4GiB"')
    return octets


def name(text: str) -> str:
    """A name that can be shown on a line and typed, without the space at its ends, which nobody would type."""
    bare = text.strip()
    if not bare:
        raise ValueError("is empty: write a name")
    if _controls(bare) or len(bare) > NAME_LENGTH:
        raise ValueError(f"must be a name of at most {NAME_LENGTH} characters, without line breaks in it")
    return bare


def key_name(text: str) -> str:
    """A name that is a key of a table, and that other keys refer to: there is nothing to leave out."""
    if text != text.strip():
        raise ValueError("has space at an end of its name: leave it out")
    return name(text)


def some_text(text: str) -> str:
    """A text that is not empty."""
    if not text.strip():
        raise ValueError("is empty: write a text, or leave it out")
    return text


def web_address(text: str) -> str:
    """An http or https address without user name and password."""
    _web(text, ("http", "https"), "an address", "https://example.org/…")
    return text


def web_address_or_nothing(text: str) -> str:
    """The same, or "" for none."""
    return web_address(text) if text else text


def callback(text: str) -> str:
    """The public address under which hubs reach us, or "" for none."""
    example = "https://monitor.example.org/websub"
    parts = _web(text, ("http", "https"), "an address", example) if text else None
    if parts and ("?" in text or "#" in text):
        raise ValueError(f"must be an address without ? and #: write {example}")
    return text


def proxy(text: str, *, secret: bool = False) -> str:
    """The address of a proxy with its port; with a user name and password only where the whole of it is a secret."""
    example = "socks5h://127.0.0.1:9050"
    if not secret and "@" in text:
        raise ValueError('holds a user name or password: write { env = "PROXY" }, and put the whole address there')
    parts = _web(text, ("socks5h", "socks5", "http"), "a proxy", example, login=secret)
    if not parts.port or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"must be scheme, host and port and nothing else: write {example}")
    if "@" in parts.netloc and not (parts.username and parts.password):
        raise ValueError("must have both a user name and a password before the @, or neither")
    if any(len(unquote(each or "").encode()) > _LONGEST_LOGIN for each in (parts.username, parts.password)):
        raise ValueError(f"must have a user name and a password of at most {_LONGEST_LOGIN} bytes")
    return text


def _web(text: str, schemes: tuple[str, ...], what: str, example: str, *, login: bool = False) -> SplitResult:
    if _controls(text) or "\\" in text or any(c.isspace() for c in text):
        raise ValueError(f"must be {what} without spaces, backslashes or control characters: write {example}")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"is not {what} that can be read: write {example}") from error
    if parts.scheme not in schemes or not parts.netloc:
        raise ValueError(f"must be {what} that begins with {' or '.join(s + '://' for s in schemes)}: write {example}")
    if "@" in parts.netloc and not login:
        raise ValueError(f"holds a user name or password, which never stand in an address: write {example}")
    if port == 0 or not _is_host(parts.hostname or ""):
        raise ValueError(f"has no host or port that can be asked: write {example}")
    return parts


def _is_host(text: str) -> bool:
    return len(text) <= 253 and (bool(_HOST.fullmatch(text)) or _is_address(text))


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def loopback(host: str) -> bool:
    """True if the host is this machine by its address or is called localhost."""
    return host.lower() == "localhost" or (_is_address(host) and ip_address(host).is_loopback)


def network(value: object) -> IPv4Network | IPv6Network:
    """`"10.0.0.0/8"` or one address."""
    if not isinstance(value, str):
        raise ValueError('must be a network in quotes, as in "10.0.0.0/8"')
    try:
        return ip_network(value)
    except ValueError as error:
        try:
            meant = ip_network(value, strict=False)
        except ValueError:
            raise ValueError('is not a network: write "10.0.0.0/8", or one address, as in "192.168.1.5"') from error
        raise ValueError(f'has bits behind the network\'s part: write "{meant}"') from error


def contact(text: str) -> str:
    """A mail or web address for the User-Agent."""
    if text and not re.fullmatch(r"(?:mailto:[^@\s]+@|https?://)[!-'*-~]+", text):
        raise ValueError('must be an address at which you can be asked: write "mailto:desk@example.org" or "https://…"')
    return text


def timezone(text: str) -> str:
    """A name of the time zone database."""
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        near = nearest(text, available_timezones()) or ': write one such as "Europe/Paris" or "UTC"'
        raise ValueError(f"is not a time zone{near}") from error
    return text


def cron(text: str) -> str:
    """Five fields, as `cron.cron` writes them."""
    return cron_fields.cron(text)


def clock(value: object) -> time:
    """`"03:00"`, a time of the day."""
    found = re.fullmatch(r"(\d\d):(\d\d)", value) if isinstance(value, str) else None
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise ValueError('must be a time of the day in quotes, as in "03:00"')
    return time(int(found[1]), int(found[2]))


def hours(value: object) -> QuietHours:
    """`"22:00-07:00"`; over midnight if the end is before the start."""
    advice = 'must be two times of the day in quotes, as in "22:00-07:00"'
    found = re.fullmatch(r"(\d\d):(\d\d) ?[-–] ?(\d\d):(\d\d)", value) if isinstance(value, str) else None
    if not found:
        raise ValueError(advice)
    try:
        start, end = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    except ValueError as error:
        raise ValueError(f"{advice}; hours go from 00 to 23") from error
    if start == end:
        raise ValueError("begins and ends at the same time: write two times, or leave it out")
    return QuietHours(start=start, end=end)


# Mail


def listen(value: object) -> tuple[str, int]:
    """`"127.0.0.1:8788"` or `"[::1]:8788"`."""
    return host_port(value, "127.0.0.1:8788")


def host_port(value: object, example: str = "smtp.example.org:587") -> tuple[str, int]:
    """`"smtp.example.org:587"` or `"[::1]:25"`."""
    pattern = r"(?:\[([0-9A-Fa-f:.]+)\]|([^:\s\[\]]+)):(\d{1,5})"
    found = re.fullmatch(pattern, value) if isinstance(value, str) else None
    host = (found[1] or found[2]) if found else ""
    if not found or not _is_host(host) or not 1 <= int(found[3]) <= 65535:
        raise ValueError(f'must be host and port: write "{example}"')
    return host, int(found[3])


def recipient(text: str) -> str:
    """One plain address."""
    if "<" in text or "," in text or ";" in text:
        raise ValueError('must be one address without a name: write ["one@example.org", "two@example.org"]')
    if not _MAILBOX.fullmatch(text):
        raise ValueError('is not a mail address: write "team@example.org"')
    return text


_RECIPIENT = frozenset({"address", "pgp_key"})


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets mail, and the file with the key to encrypt it with."""

    address: str
    pgp_key: str | None = None


def recipient_with_key(value: object) -> Recipient:
    """`"team@example.org"` or `{ address = "team@example.org", pgp_key = "keys/team.asc" }`."""
    if isinstance(value, str):
        return Recipient(recipient(value))
    advice = 'must be an address in quotes, or { address = "team@example.org", pgp_key = "keys/team.asc" }'
    if not isinstance(value, dict):
        raise ValueError(advice)
    if strange := sorted(set(value) - _RECIPIENT):
        raise ValueError(unknown("key", strange[0], _RECIPIENT))
    if set(value) != _RECIPIENT:
        raise ValueError(advice)
    address, file = value["address"], value["pgp_key"]
    if not isinstance(address, str) or not isinstance(file, str) or not file.strip() or "\0" in file:
        raise ValueError(advice)
    return Recipient(recipient(address), file)


def sender(text: str) -> str:
    """`Name <address>` or a plain address."""
    found = re.fullmatch(r"(?:([^<>]*)<([^<>]+)>|([^<>]+))", text)
    address = (found[2] or found[3]) if found else ""
    if not found or _controls(text) or not _MAILBOX.fullmatch(address):
        raise ValueError('must be one address, with or without a name: write "Monitor <monitor@example.org>"')
    if not _DISPLAY_NAME.fullmatch((found[1] or "").strip()):
        raise ValueError("has a name that needs quotes of its own: write '\"Desk, Paris\" <desk@example.org>'")
    return text


# Secrets


class Place(StrEnum):
    """Where a secret stands."""

    TEXT = "text"  # in the file itself: allowed for addresses only
    ENV = "env"
    FILE = "file"
    CREDENTIAL = "credential"


@dataclass(frozen=True, slots=True)
class SecretRef:
    """A secret that is not read yet: the name of the variable, file or credential, or the text itself."""

    place: Place
    name: str


_PLACES = '{ env = "NAME" }, { file = "/path" } or { credential = "name" }'


def secret(value: object) -> SecretRef:
    """`{ env = … }`, `{ file = … }` or `{ credential = … }`."""
    if isinstance(value, str):
        raise ValueError(f"a secret is never written into the file: write {_PLACES}")
    if not isinstance(value, dict) or len(value) != 1:
        raise ValueError(f"must be one of {_PLACES}")
    [(place, where)] = value.items()
    if place not in ("env", "file", "credential"):
        raise ValueError(f"must be one of {_PLACES}{nearest(str(place), ('env', 'file', 'credential'))}")
    if not isinstance(where, str) or not where.strip() or "\0" in where or (place == "env" and "=" in where):
        raise ValueError(f"does not say where the secret is: write {_PLACES}")
    if place == "credential" and not re.fullmatch(r"[\w.@-]*[\w@-]", where):
        raise ValueError("must name a credential as in LoadCredential=name:/path, without slashes")
    return SecretRef(Place(place), where)


def address_or_secret(value: object) -> SecretRef:
    """An address in plain sight, or the place of a secret one."""
    return SecretRef(Place.TEXT, value) if isinstance(value, str) else secret(value)


# The same as types of a table's fields

E = TypeVar("E", bound=StrEnum)
X = TypeVar("X")


def at_least(number: int) -> Callable[[tuple[X, ...]], tuple[X, ...]]:
    """A function that takes a list of so many things."""

    def enough(values: tuple[X, ...]) -> tuple[X, ...]:
        if len(values) < number:
            raise ValueError(f"must name at least {number}")
        return values

    return enough


def choice(kinds: type[E]) -> Callable[[object], E]:
    """A function that takes one of the enum's values."""

    def one(value: object) -> E:
        found = next((kind for kind in kinds if kind == value), None)
        if found is not None:
            return found
        near = nearest(value, kinds) if isinstance(value, str) else ""
        raise ValueError(f"must be one of {', '.join(repr(str(k)) for k in kinds)}{near}")

    return one


def selector(text: str) -> str:
    """A CSS selector."""
    from cssselect import HTMLTranslator, SelectorError  # few configurations have one, and the daemon is to stay small

    try:
        HTMLTranslator().css_to_xpath(text)
    except (SelectorError, RecursionError) as error:
        raise ValueError(f'is no CSS selector ({error}): write links = "main h3 a"') from error
    return text


def only(allowed: str, message: str) -> Callable[[str], str]:
    """A function that takes one value: for keys that a later version will use."""

    def one(text: str) -> str:
        if text != allowed:
            raise ValueError(message)
        return text

    return one


def _controls(text: str) -> bool:
    return any(unicodedata.category(c) in ("Cc", "Zl", "Zp") for c in text)


Many = Annotated[tuple[X, ...], Strict(False)]  # TOML has lists, we keep tuples
Count = Annotated[int, Field(ge=1, le=10_000)]
Duration = Annotated[timedelta, BeforeValidator(duration)]
SomeTime = Annotated[timedelta, BeforeValidator(some_time)]
Text = Annotated[str, AfterValidator(some_text)]
Name = Annotated[str, AfterValidator(name)]
WebAddress = Annotated[str, AfterValidator(web_address)]
Language = Annotated[str, AfterValidator(languages.language)]
