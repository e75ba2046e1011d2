"""Why the articles of a story are in one: which earlier one each resembles, and by what.

It is told from the articles as they are stored now: when one came in, its text may have been another, and the likeness of
two reports also depends on which words were common in those days. Not here: the decision (placing.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from monitor.core.model import Article, Fingerprint
from monitor.core.stories import news
from monitor.core.stories.copies import fingerprint, is_copy


class By(StrEnum):
    """What two articles have in common."""

    ADDRESS = "address"
    TEXT = "text"
    COPY = "copy"  # one is an edited, cut or wrapped copy of the other
    NEWS = "news"


@dataclass(frozen=True, kw_only=True, slots=True)
class Because:
    """The earlier article that one resembles; `likeness` from 0 to 1, if it is that of their news."""

    by: By
    article: Article
    likeness: float | None = None


_Known = tuple[Article, Fingerprint]


def why(articles: Iterable[Article]) -> tuple[Because | None, ...]:
    """For each article of a story, in the order in which they came, why it is there; None: nothing in the earlier ones says
    so, as of the first, and of one that was put there by hand."""
    known: list[_Known] = []
    found = []
    for article in articles:
        text = article.text or article.summary
        mark = fingerprint(url=article.url, final_url=None, canonical=None, title=article.title, text=article.text)
        mark = replace(mark, topic=news.topic(article.title, text, article.language))
        found.append(_because((article, mark), known))
        known.append((article, mark))
    return tuple(found)


def _because(one: _Known, earlier: Sequence[_Known]) -> Because | None:
    article, mark = one
    for by, same in (
        (By.ADDRESS, (other for other, known in earlier if set(mark.pages) & set(known.pages))),
        (By.TEXT, (other for other, known in earlier if mark.text is not None and mark.text == known.text)),
        (By.COPY, (other for other, known in earlier if is_copy(article, mark, other, known))),
    ):
        found = next(same, None)
        if found is not None:
            return Because(by=by, article=found)
    return _nearest(one, earlier)


def _nearest(one: _Known, earlier: Sequence[_Known]) -> Because | None:
    article, mark = one
    alike = [
        (news.likeness(mark.topic, known.topic), other)
        for other, known in earlier
        if mark.topic is not None and known.topic is not None
    ]
    likeness, nearest = max(alike, key=lambda each: each[0], default=(0.0, article))
    return Because(by=By.NEWS, article=nearest, likeness=likeness) if likeness >= news.ALIKE else None
