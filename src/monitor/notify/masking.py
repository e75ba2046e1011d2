"""Takes secrets out of what a receiver says: it is kept in the ledger and shown, and some repeat what they were asked.

Not here: secrets in the log (log.py hides them by their type).
"""

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

_SHORTEST = 8  # characters; what is shorter is a word of a path (`hooks`, `services`), and no secret


def parts(url: str) -> tuple[str, ...]:
    """What of an address may be secret: all behind its host, and the name and password before it, in their pieces."""
    split = urlsplit(url)
    pieces = re.split(r"[/?&=;,:@#]+", f"{split.netloc.rpartition('@')[0]}/{split.path}?{split.query}#{split.fragment}")
    return tuple(piece for piece in pieces if len(piece) >= _SHORTEST)


def masked(text: str, secrets: Iterable[str]) -> str:
    """The text with every secret in it as `***`, also where it is quoted as in addresses, or not any more."""
    known = {form for secret in secrets if secret for form in (secret, unquote(secret))}
    for secret in sorted(known, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text
