"""Which stories articles are put in, and which candidates are looked at for it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.model import Article, Candidate, Fingerprint, Keys, Relation, Seen, Topic
from monitor.core.stories.news import ALIKE, HEAD, PROPER, likeness
from monitor.core.stories.placing import FOUND_BY, LOOKED_AT, Pool, places

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def words(*keys: int, rarity: int = 100) -> Topic:
    """A topic of names in the headline."""
    count = len(keys)
    marks = bytes([HEAD | PROPER]) * count
    return Topic(words=Keys(keys=keys, weights=b"\x20" * count, rarities=bytes([rarity]) * count, marks=marks))


def article(id_: str) -> Article:
    return Article(id=id_, url=f"https://{id_}.example/", title=id_, source=id_, fetched=NOW)


def candidate(id_: str, mark: Fingerprint, begun: datetime | None = NOW) -> Candidate:
    return Candidate(article=article(id_), mark=mark, story_id=f"story of {id_}", begun=begun)


MARK = Fingerprint(pages=(1,), text=2, sketch=(3, 4), topic=words(5, 6, 7, 8))


@pytest.mark.parametrize(
    "mark",
    [
        Fingerprint(pages=(1, 9)),
        Fingerprint(text=2),
        Fingerprint(sketch=(4, 9)),
        Fingerprint(topic=words(8, 9)),
    ],
)
def test_a_candidate_that_shares_a_key_is_looked_at(mark: Fingerprint) -> None:
    one = candidate("one", mark)
    assert Pool([one]).near(MARK) == [one]


def test_others_are_not_and_the_order_stays() -> None:
    pool = Pool([candidate("b", MARK), candidate("other", Fingerprint(pages=(9,), topic=words(10, 11)))])
    pool.add(candidate("a", MARK))
    assert [each.article.id for each in pool.near(MARK)] == ["b", "a"]


def test_however_many_share_a_key_few_are_looked_at_those_that_share_most_and_those_that_are_the_same() -> None:
    copy, like = candidate("copy", Fingerprint(text=2)), candidate("like", Fingerprint(topic=words(5, 6, 7)))
    pool = Pool([*(candidate(f"{n}", Fingerprint(topic=words(5, 100 + n))) for n in range(1000)), copy, like])
    found = [each.article.id for each in pool.near(MARK)]
    assert found == [*(str(n) for n in range(LOOKED_AT - 1)), "copy", "like"]


def test_what_a_key_costs_does_not_grow_with_how_many_have_it() -> None:
    pool = Pool(candidate(f"{n}", Fingerprint(topic=words(5))) for n in range(FOUND_BY + 9))
    assert [len(found) for found in pool._by_key.values()] == [FOUND_BY]


@pytest.mark.parametrize(
    ("other", "begun", "wanted"),
    [
        (words(5, 6, 7, 8), NOW, "story of other"),
        (words(15, 16, 17, 18), NOW, None),
        (words(5, 6, 7, 8), NOW - timedelta(hours=73), None),
        (words(5, 6, 7, 8), None, None),
        (None, NOW, None),
    ],
)
def test_a_report_joins_the_story_that_tells_the_same(
    other: Topic | None, begun: datetime | None, wanted: str | None
) -> None:
    near = [candidate("other", Fingerprint(topic=other), begun)]
    found = places(article("one"), Fingerprint(topic=MARK.topic), near)
    assert [(each.story_id, each.relation) for each in found] == ([(wanted, Relation.SAME_STORY)] if wanted else [])


def test_what_came_with_an_article_does_not_bear_on_its_likeness() -> None:
    """Only how common the keys are by which it is looked up: else its story would depend on the size of a feed."""
    one, other = words(*range(5, 20)), words(5, *range(13, 20), *range(30, 37))
    common = Seen(dict.fromkeys(range(13, 20), 400), 500)
    assert likeness(one, other, common) < ALIKE < likeness(one, other)
    near = [candidate("other", Fingerprint(topic=other))]
    assert [each.story_id for each in places(article("one"), Fingerprint(topic=one), near, common)] == [
        "story of other"
    ]


def test_words_that_weigh_nothing_tell_nothing() -> None:
    assert likeness(words(1, 2, 3, 4, rarity=0), words(1, 2, 3, 4, rarity=0)) == 0


LONG = "The council of the upper valley says that a pack came down at night and killed nine sheep."


@pytest.mark.parametrize(
    ("first", "second", "outlets", "wanted"),
    [
        (("Wolves kill sheep", LONG), ("Wolves kill nine sheep", "Shorter."), "ab", True),
        (("Wolves kill sheep", LONG), ("Hunter is freed", "Shorter."), "ab", True),  # how another outlet calls it
        (("Wolves kill sheep", LONG), ("Sheep killed by wolves", f"Live: {LONG[::-1]} Now."), "ab", True),
        (("Wolves kill sheep", LONG), ("Hunter is freed", f"Live: {LONG[::-1]} Now."), "ab", False),
        (("Wolves kill sheep", "Nine."), ("Wolves kill sheep", "Nine."), "aa", True),  # an item that is listed twice
        (("Wolves kill sheep", LONG), ("Wolves kill sheep", LONG), "aa", True),
        (("Wolves kill sheep", "Nine."), ("Wolves are back", "Nine."), "aa", False),
        (("Wolves kill sheep", LONG), ("Wolves kill sheep again", f"Live: {LONG[::-1]} Now."), "aa", False),
        (("Wolves kill sheep", LONG), ("Hunter is freed", LONG), "aa", False),  # both lead to a wall
    ],
)
def test_what_has_one_address_is_one_article_unless_it_tells_other_news(
    first: tuple[str, str], second: tuple[str, str], outlets: str, wanted: bool
) -> None:
    known, new = (
        replace(article(name), title=title, text=text, sha256=text, source=outlet)
        for name, (title, text), outlet in zip(("known", "new"), (first, second), outlets, strict=True)
    )
    mark = Fingerprint(pages=(1,), text=len(new.text) if LONG in new.text else None)
    other = Candidate(article=known, mark=replace(mark, text=len(known.text)), story_id="story")

    found = places(new, mark, [other])

    assert [(place.story_id, place.same_page) for place in found] == ([("story", True)] if wanted else [])
