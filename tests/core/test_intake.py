"""What becomes of new entries before their pages are asked for."""

from datetime import timedelta
from typing import Any

import pytest

from monitor.core import intake
from monitor.core.model import EntryState
from monitor.core.settings import FullText
from support.build import DAY, HOUR, NOW, entry, record, source

FIRST = record(poll_count=0)
LONG = "word " * 400


@pytest.mark.parametrize(
    ("dates", "state"),
    [
        ({"published": NOW - HOUR}, EntryState.READ),
        ({"published": NOW + DAY}, EntryState.READ),
        ({"published": NOW - 2 * DAY}, EntryState.BASELINE),
        ({"published": None, "updated": NOW - HOUR}, EntryState.READ),
        ({"published": None}, EntryState.BASELINE),
    ],
)
def test_at_a_first_poll_only_young_entries_alert(dates: Any, state: EntryState) -> None:
    (planned,) = intake.plan(source(), FIRST, [entry(**dates)], NOW)

    assert planned.state is state


@pytest.mark.parametrize(
    ("about", "dates", "wants"),
    [
        ({}, {"published": None}, True),
        ({}, {"published": None, "url": None}, False),
        ({"full_text": FullText.FEED}, {"published": None}, False),
        ({}, {"published": NOW - 2 * DAY}, False),
    ],
)
def test_at_a_first_poll_undated_pages_are_read_for_a_date(about: Any, dates: Any, wants: bool) -> None:
    (planned,) = intake.plan(source(**about), FIRST, [entry(**dates)], NOW)

    assert planned.wants_page is wants


def test_at_a_first_poll_only_the_first_undated_pages_are_read() -> None:
    planned = intake.plan(source(), FIRST, [entry(published=None)] * (intake.DATING + 5), NOW)

    assert [plan.wants_page for plan in planned] == [True] * intake.DATING + [False] * 5


def test_later_newness_is_never_decided_by_a_date() -> None:
    (planned,) = intake.plan(source(), record(), [entry(published=NOW - 1000 * DAY)], NOW)

    assert planned.state is EntryState.READ


@pytest.mark.parametrize(("count", "state"), [(100, EntryState.READ), (101, EntryState.HELD)])
def test_more_than_the_flood_limit_are_held(count: int, state: EntryState) -> None:
    planned = intake.plan(source(), record(), [entry()] * count, NOW)

    assert {plan.state for plan in planned} == {state}
    assert any(plan.wants_page for plan in planned) is (state is EntryState.READ)


@pytest.mark.parametrize(
    ("full_text", "words", "wants"),
    [
        (FullText.AUTO, {"summary": "Short."}, True),
        (FullText.AUTO, {"summary": LONG}, False),
        (FullText.AUTO, {"summary": "Short.", "text": LONG}, False),
        (FullText.PAGE, {"text": LONG}, True),
        (FullText.FEED, {}, False),
        (FullText.PAGE, {"url": None}, False),
    ],
)
def test_the_page_is_asked_for_when_the_feed_says_little(full_text: FullText, words: Any, wants: bool) -> None:
    assert intake.wants_page(source(full_text=full_text), entry(**words)) is wants


@pytest.mark.parametrize(
    ("attempts", "wait"), [(0, None), (1, timedelta(minutes=5)), (4, timedelta(hours=8)), (5, None)]
)
def test_a_page_that_could_not_be_had_is_asked_for_four_times_more(attempts: int, wait: timedelta | None) -> None:
    assert intake.retry_page(attempts, NOW) == (None if wait is None else NOW + wait)


def test_of_very_many_old_entries_only_the_keys_are_kept() -> None:
    old = intake.plan(source(), FIRST, [entry(published=NOW - 9 * DAY)] * (intake.KEPT + 2) + [entry()], NOW)

    kept, noted = intake.keep(old, [(number,) for number in range(len(old))])

    assert len(kept) == intake.KEPT + 1
    assert noted == (intake.KEPT, intake.KEPT + 1)
    assert kept[-1][0].state is EntryState.READ


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ((), ("https://a.example/sitemap.xml",)),
        (
            ("https://a.example/s.xml", "https://a.example/News.xml"),
            ("https://a.example/News.xml", "https://a.example/s.xml"),
        ),
    ],
)
def test_a_news_sitemap_is_looked_at_first(named: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert intake.sitemaps(named, "https://a.example/latest") == expected


def test_an_address_that_is_none_has_no_sitemap() -> None:
    assert intake.sitemaps((), "mailto:desk@a.example") == ()
