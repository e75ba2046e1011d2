"""Where an article belongs: its copies among the candidates, and the story in which it is one.

Not here: what makes a copy (copies.py), and how candidates are found (the store).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.core.model import Article, Candidate, Fingerprint, Relation
from monitor.core.stories.copies import is_copy


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A story that an article belongs to, and as what: `same_page` if one of its articles has the same address."""

    story_id: str
    relation: Relation
    same_page: bool = False


def places(article: Article, mark: Fingerprint, candidates: Sequence[Candidate]) -> tuple[Place, ...]:
    """The stories that an article belongs to, the one that it is to be put in first; none: it is the first of a story."""
    return copies(article, mark, candidates)


def copies(article: Article, mark: Fingerprint, candidates: Sequence[Candidate]) -> tuple[Place, ...]:
    """Every story in which there is a copy of an article: those with its address first, then those with its text, then
    those with an edited, cut or wrapped copy; of each kind, that of the first candidate first."""
    others = [each for each in candidates if each.article.id != article.id]
    pages = set(mark.pages)
    found: dict[str, Place] = {}
    for each in others:
        if pages.intersection(each.mark.pages):
            found.setdefault(each.story_id, Place(story_id=each.story_id, relation=Relation.DUPLICATE, same_page=True))
    for each in sorted(others, key=lambda other: mark.text is None or other.mark.text != mark.text):
        if each.story_id not in found and is_copy(article, mark, each.article, each.mark):
            same = mark.text is not None and each.mark.text == mark.text
            relation = Relation.DUPLICATE if same else Relation.NEAR_DUPLICATE
            found[each.story_id] = Place(story_id=each.story_id, relation=relation)
    return tuple(found.values())
