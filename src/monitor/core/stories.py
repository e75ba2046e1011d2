"""Which articles tell the same: fingerprints, and the story that an article belongs to.

Today a copy is the same address or the same text. Edited copies and other reports of the same news belong here too.
"""

import re
from collections.abc import Iterable, Mapping

from monitor.core import text as texts
from monitor.core import urls
from monitor.core.model import Fingerprint, Relation

WORD = re.compile(r"\w+")
FEWEST_WORDS = 12
"""A shorter text is no text to tell copies by: "Read more", or the same two lines of weather every day."""


def fingerprint(*, url: str, final_url: str | None, canonical: str | None, title: str, text: str) -> Fingerprint:
    """What recognises copies of an article.

    `url` is where the source says the article is, `final_url` where redirects led, `canonical` the page's own word for
    its address. The last is believed only together with the title: some sites give every page the same one.
    """
    pages = [urls.page_key(address) for address in (url, final_url) if address]
    if canonical:
        pages.append(urls.key_of(f"{urls.canonical(canonical)}\n{' '.join(WORD.findall(texts.fold(title)))}"))
    return Fingerprint(pages=tuple(dict.fromkeys(pages)), text=text_key(text))


def text_key(text: str) -> int | None:
    """A 64-bit key of a text's words, whatever stands between them; None for a text that is too short to tell."""
    words = WORD.findall(texts.fold(text))
    return urls.key_of(" ".join(words)) if len(words) >= FEWEST_WORDS else None


def find(mark: Fingerprint, by_page: Mapping[int, str], by_text: Mapping[int, str]) -> tuple[str, Relation] | None:
    """The story that an article is a copy in, or None: it is the first of a story."""
    return next(((story, Relation.DUPLICATE) for story in known(mark, by_page, by_text)), None)


def known(mark: Fingerprint, by_page: Mapping[int, str], by_text: Mapping[int, str]) -> Iterable[str]:
    """Every story in which there is a copy of an article, that of its address first."""
    yield from (by_page[page] for page in mark.pages if page in by_page)
    if mark.text is not None and mark.text in by_text:
        yield by_text[mark.text]


class Grouping:
    """The stories of articles that come one after the other, kept in memory: what the store keeps for the daemon."""

    def __init__(self) -> None:
        self._by_page: dict[int, str] = {}
        self._by_text: dict[int, str] = {}

    def place(self, name: str, mark: Fingerprint) -> tuple[str, Relation]:
        """The story of the article `name`, named after its first article, and what the article is to it."""
        story, relation = find(mark, self._by_page, self._by_text) or (name, Relation.FIRST)
        for page in mark.pages:
            self._by_page.setdefault(page, story)
        if mark.text is not None:
            self._by_text.setdefault(mark.text, story)
        return story, relation
