"""The fields that all formats have, made alike.

What belongs here: what is decided in the same way whether a feed, a JSON text or a sitemap says it. What does not: finding
the fields; making plain text of them (markup.py).
"""

import re
from collections.abc import Iterable

from monitor.core.feeds import markup

_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_][\w-]+)?")
_MOST_TAGS = 50
_MOST_NAME = 200  # characters of an author or a tag


def texts(summary: str, content: str) -> tuple[str, str]:
    """Summary and full text of an entry, from what the source calls its description and its content (plain text).

    A source that has only one of them means both by it; the content is the full text if there is more in it.
    """
    summary = summary or content
    return summary, content if len(content) > len(summary) or content == summary else ""


def language(text: str) -> str | None:
    """The primary subtag ("en" of "en-US"), if it is a language tag at all (RFC 5646)."""
    found = _LANGUAGE.fullmatch(text.strip())
    return found[1].lower() if found else None


def names(raw: Iterable[str]) -> tuple[str, ...]:
    """Authors or tags, each once."""
    cleaned = (markup.line(name)[:_MOST_NAME].rstrip() for name in raw)
    return tuple(dict.fromkeys(name for name in cleaned if name))[:_MOST_TAGS]
