"""Takes secrets out of what a receiver says: it is kept in the ledger and shown, and some repeat what they were asked.

Not here: secrets in the log (log.py hides them by their type).
"""

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

_BORDERS = re.compile(r"[/?&=;,:@#]+")
_SHORTEST = 8  # characters; what is shorter is a word of a path (`hooks`, `services`), and no secret


def parts(url: str) -> tuple[str, ...]:
    """What of an address may be secret: all behind its host, and the name and password before it, in their pieces."""
    split = urlsplit(url)
    return _secret(f"{split.netloc.rpartition('@')[0]}/{split.path}?{split.query}#{split.fragment}")


def all_parts(url: str) -> tuple[str, ...]:
    """The same for addresses that may have a token where others have their host, as those of apprise do."""
    return _secret(url.partition("://")[2])


def _secret(text: str) -> tuple[str, ...]:
    return tuple(piece for piece in _BORDERS.split(text) if len(piece) >= _SHORTEST)


def masked(text: str, secrets: Iterable[str]) -> str:
    """The text with every secret in it as `***`, also where it is quoted as in addresses, or not any more. What is to be
    cut off is cut off afterwards: half of a secret is not known for one."""
    known = {form for secret in secrets if secret for form in (secret, unquote(secret))}
    for secret in sorted(known, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text
