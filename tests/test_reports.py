"""Reports of the same news by different hands, on their way into stories, with a real database."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.core.decide import decide
from monitor.core.model import Article, Fingerprint, History, Relation, Seen
from monitor.core.settings import StoriesSettings
from monitor.core.stories import news
from monitor.store import grouping, topics
from monitor.store.sqlite import connect, prepare
from support.build import DAY, HOUR, NOW, article, check, ids, listing, reading, rules

REPORTS = (
    (
        "Harbour bridge in Westport closed after ferry crash",
        (
            "The Harbour Bridge in Westport was closed on Tuesday after the ferry Maid of Arden struck one of its pillars,"
            " police said. Fourteen passengers were taken to hospital. Captain Joan Whitlock told investigators that the"
            " rudder had jammed. Engineers are examining the pillar; the bridge carries 30,000 cars a day."
        ),
    ),
    (
        "Westport: 14 hurt as ferry rams Harbour Bridge",
        (
            "Fourteen people were injured when a ferry ran into the Harbour Bridge in Westport on Tuesday. The Maid of Arden"
            " had lost its steering, said Captain Joan Whitlock. The crossing, used by 30,000 cars each day, stays shut"
            " while its pillar is inspected, and drivers are sent through the tunnel."
        ),
    ),
    (
        "Ferry hits Harbour Bridge, Westport closes crossing",
        (
            "With a jammed rudder the Maid of Arden crashed into a pillar of Westport's Harbour Bridge. Joan Whitlock, her"
            " captain, was questioned by police. All 30,000 cars that use it daily must take another way; 14 on board were"
            " injured on Tuesday."
        ),
    ),
    (
        "Passengers tell of ferry crash at Westport's Harbour Bridge",
        (
            "Passengers of the Maid of Arden told of their shock when the ferry hit the Harbour Bridge in Westport. Joan"
            " Whitlock, the captain, shouted a warning. Fourteen were injured on Tuesday, and the pillar that she struck"
            " shows cracks. The closed bridge carries 30,000 cars."
        ),
    ),
)
OTHER = (
    "Westport council sells old fish market",
    (
        "Westport council voted on Tuesday to sell the old fish market to a hotel company for 4 million pounds. Traders"
        " fear for their stalls; the building dates from 1911 and needs a new roof."
    ),
)


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    with closing(grouping.start()) as opened:
        yield opened


def reported(number: int, at: datetime = NOW, texts: tuple[tuple[str, str], ...] = (*REPORTS, OTHER)) -> Article:
    title, text = texts[number]
    url = f"https://outlet{number}.example/{number}"
    return article(id=str(number), url=url, title=title, text=text, source=f"outlet{number}", published=at, fetched=at)


def test_reports_of_the_same_news_are_one_story(db: sqlite3.Connection) -> None:
    found = [grouping.place(db, reported(number)) for number in range(5)]

    assert found == [("0", Relation.FIRST), *[("0", Relation.SAME_STORY)] * 3, ("4", Relation.FIRST)]


def test_only_the_first_reports_of_a_story_are_compared_with(db: sqlite3.Connection) -> None:
    for number in range(4):
        grouping.place(db, reported(number))

    kept = db.execute("SELECT a.id, t.begun FROM topics AS t JOIN articles AS a ON a.seq = t.article_seq").fetchall()
    assert [row["id"] for row in kept] == ["0", "1", "2"]
    assert len({row["begun"] for row in kept}) == 1


@pytest.mark.parametrize(
    ("later", "relation"),
    [
        (72 * HOUR, Relation.SAME_STORY),
        (73 * HOUR, Relation.FIRST),
        (-72 * HOUR, Relation.SAME_STORY),
        (-73 * HOUR, Relation.FIRST),
    ],
)
def test_reports_lie_within_the_window(db: sqlite3.Connection, later: timedelta, relation: Relation) -> None:
    grouping.place(db, reported(0))

    assert grouping.place(db, reported(1, NOW + later))[1] is relation


def test_the_window_begins_with_the_first_report(db: sqlite3.Connection) -> None:
    found = [grouping.place(db, reported(number, NOW + number * 50 * HOUR))[0] for number in range(3)]

    assert found == ["0", "0", "2"]


def test_a_full_story_takes_no_more_reports(db: sqlite3.Connection) -> None:
    about = StoriesSettings(max_story=2)

    assert [grouping.place(db, reported(number), about)[0] for number in range(4)] == ["0", "0", "2", "2"]


def test_what_everybody_writes_of_finds_nothing(db: sqlite3.Connection) -> None:
    grouping.place(db, reported(0))
    keys = [row["key"] for row in db.execute("SELECT DISTINCT key FROM topic_keys")]
    keys += news.looked_up(news.topic(*REPORTS[1]))
    rows = [(key, 1000 + number) for key in keys for number in range(topics.COMMON)]
    db.executemany("INSERT OR IGNORE INTO topic_keys (key, article_seq) VALUES (?, ?)", rows)

    assert grouping.place(db, reported(1))[1] is Relation.FIRST


@pytest.mark.parametrize("at", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_the_ends_of_time_are_times(db: sqlite3.Connection, at: datetime) -> None:
    assert [grouping.place(db, reported(number, at))[0] for number in range(2)] == ["0", "0"]


def test_an_article_that_was_read_again_is_found_by_what_it_says_now(db: sqlite3.Connection) -> None:
    grouping.place(db, reported(4))
    topics.renew(db, 1, Fingerprint(topic=news.topic(*REPORTS[0])))
    topics.renew(db, 2, Fingerprint(topic=news.topic(*REPORTS[0])))  # one that is not indexed

    assert grouping.place(db, reported(1)) == ("4", Relation.SAME_STORY)
    assert db.execute("SELECT count(*) FROM topics WHERE article_seq = 1").fetchone()[0] == 1


def test_stories_are_forgotten_after_the_window(db: sqlite3.Connection) -> None:
    grouping.place(db, reported(0, NOW - DAY))
    grouping.place(db, reported(4))
    topics.forget(db, NOW - HOUR)

    assert db.execute("SELECT count(DISTINCT article_seq), min(article_seq) FROM topic_keys").fetchone()[:] == (1, 2)
    assert db.execute("SELECT count(*) FROM topics").fetchone()[0] == 1


def test_reports_of_one_check_are_one_story_and_one_alert() -> None:
    readings = [
        reading(article=reported(number), page=number, fingerprint=Fingerprint(topic=news.topic(*REPORTS[number])))
        for number in range(2)
    ]

    outcome = decide(check(listing(*readings)), History(), rules=rules(), new_id=ids())

    assert [placed.relation for placed in outcome.placed] == [Relation.FIRST, Relation.SAME_STORY]
    assert [story.domains for story in outcome.stories] == [("outlet0.example", "outlet1.example")]


def test_an_article_without_a_topic_is_a_story_of_its_own(tmp_path: Path) -> None:
    prepare(tmp_path / "monitor.db")
    with closing(connect(tmp_path / "monitor.db")) as db:
        topics.add(db, 1, reported(0), Fingerprint(), "story", Relation.FIRST)
        assert topics.candidates(db, [(reported(0), Fingerprint())], StoriesSettings()) == ((), Seen())
