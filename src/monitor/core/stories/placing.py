"""Where an article belongs: its copies among the candidates, and the story in which it is one.

Not here: what makes a copy (copies.py), what makes two articles report the same news (news.py), and how candidates are
found (the store).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest

from monitor.core.model import Article, Candidate, Fingerprint, Relation, Seen
from monitor.core.settings import USUAL_STORIES, StoriesSettings
from monitor.core.stories import news
from monitor.core.stories.copies import FEWEST_WORDS, is_copy, same_heading, words


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A story that an article belongs to, and as what: `same_page` if one of its articles has the same address; `begun`,
    when the story began, if it is another report of its news."""

    story_id: str
    relation: Relation
    same_page: bool = False
    begun: datetime | None = None


FOUND_BY = 250
"""So many candidates at most are found by one key: what more have in common tells nothing."""
LOOKED_AT = 40
"""So many candidates an article is compared with, those that share most keys with it: as many as the store finds for one."""


class Pool:
    """Candidates for the articles of a check, of which each is looked at only by those that share keys with it, as in
    the store: 35 articles may have a thousand. What comparing costs does not grow with how much a source lists: without
    these limits 800 entries that hit took 20 s, and twice as many four times as long (now 1.3 s and 2.4 s; 2026-11-22)."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self._all: list[Candidate] = []
        self._by_key: dict[int, list[int]] = {}
        for each in candidates:
            self.add(each)

    def add(self, candidate: Candidate) -> None:
        for key in _keys(candidate.mark):
            found = self._by_key.setdefault(key, [])
            if len(found) < FOUND_BY:
                found.append(len(self._all))
        self._all.append(candidate)

    def near(self, mark: Fingerprint) -> list[Candidate]:
        """Those that an article with these marks may belong to, in the order in which they were added."""
        shared = Counter(at for key in _keys(mark) for at in self._by_key.get(key, ()))
        same = {at for key in _exact(mark) for at in self._by_key.get(key, ())[:LOOKED_AT]}
        alike = nsmallest(LOOKED_AT, shared, key=lambda at: (-shared[at], at))
        return [self._all[at] for at in sorted(same.union(alike))]


def _exact(mark: Fingerprint) -> tuple[int, ...]:
    return mark.pages if mark.text is None else (*mark.pages, mark.text)


def _keys(mark: Fingerprint) -> tuple[int, ...]:
    return (*_exact(mark), *mark.sketch, *(news.looked_up(mark.topic) if mark.topic else ()))


def places(
    article: Article,
    mark: Fingerprint,
    candidates: Sequence[Candidate],
    seen: Seen = Seen(),  # noqa: B008 (frozen)
    about: StoriesSettings = USUAL_STORIES,
) -> tuple[Place, ...]:
    """The stories that an article belongs to, the one that it is to be put in first; none: it is the first of a story.
    Those in which there is a copy of it, else the one whose first reports tell the same news."""
    others = [each for each in candidates if not _listed_beside(article, each.article)]
    return copies(article, mark, others) or _reports(article, mark, others, seen, about)


def _listed_beside(one: Article, other: Article) -> bool:
    """Whether a source lists two articles under headings that have nothing in common, though it has one text for both:
    both lead to a page that says that it must be paid for, or that has all the news of the week."""
    return one.source == other.source and one.sha256 == other.sha256 and not same_heading(one.title, other.title)


def reported(article: Article) -> datetime:
    """When an article reported what it reports: no later than it was read."""
    return min(article.published or article.fetched, article.fetched)


def _reports(
    article: Article, mark: Fingerprint, candidates: Iterable[Candidate], seen: Seen, about: StoriesSettings
) -> tuple[Place, ...]:
    if mark.topic is None:
        return ()
    at = reported(article)
    own = {key: seen.counts[key] for key in news.looked_up(mark.topic) if key in seen.counts}  # whatever came with it
    seen = Seen(own, seen.total)
    best, found = news.ALIKE, None
    for each in candidates:
        near = each.begun is not None and abs(at - each.begun) <= about.story_window
        if near and each.mark.topic and each.article.id != article.id:
            alike = news.likeness(mark.topic, each.mark.topic, seen)
            if alike > best or (alike == best and found is None):
                best, found = alike, each
    return (Place(story_id=found.story_id, relation=Relation.SAME_STORY, begun=found.begun),) if found else ()


def copies(article: Article, mark: Fingerprint, candidates: Sequence[Candidate]) -> tuple[Place, ...]:
    """Every story in which there is a copy of an article: those with its address first, then those with its text, then
    those with an edited, cut or wrapped copy; of each kind, that of the first candidate first."""
    others = [each for each in candidates if each.article.id != article.id]
    pages = set(mark.pages)
    found: dict[str, Place] = {}
    for each in others:
        if pages.intersection(each.mark.pages) and _tells(article, mark, each):
            found.setdefault(each.story_id, Place(story_id=each.story_id, relation=Relation.DUPLICATE, same_page=True))
    for each in sorted(others, key=lambda other: mark.text is None or other.mark.text != mark.text):
        if each.story_id not in found and is_copy(article, mark, each.article, each.mark):
            same = mark.text is not None and each.mark.text == mark.text
            relation = Relation.DUPLICATE if same else Relation.NEAR_DUPLICATE
            found[each.story_id] = Place(story_id=each.story_id, relation=relation)
    return tuple(found.values())


def _tells(article: Article, mark: Fingerprint, other: Candidate) -> bool:
    """Whether an article with the address of another one is that one. Not so where all that a source lists leads to its
    front page or to one page with a heading for each, nor where a page that is always there has other news each time."""
    if is_copy(article, mark, other.article, other.mark):
        return True
    short = min(len(words(article.text)), len(words(other.article.text))) < FEWEST_WORDS
    if article.source == other.article.source:
        return short and _own(article) <= _own(other.article)
    return short or same_heading(article.title, other.article.title)


def _own(article: Article) -> frozenset[str]:
    return frozenset(words(f"{article.title} {article.text}"))
