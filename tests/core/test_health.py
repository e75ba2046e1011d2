"""What polls say about a source and about our network, and when a source is polled next."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from monitor.core import notices, polling
from monitor.core.health import judge
from monitor.core.model import EventType, Fault, Gap, History, SourceState, Validators
from monitor.core.settings import HealthSettings
from support.build import DAY, HOUR, MINUTE, NOW, check, listing, reading, record, source

SETTINGS = HealthSettings()
LATE = Fault(kind="timeout", message="no answer within 30 s")
GONE = Fault(kind="status", message="it answered 410", status=410)
MOVED = "https://new.example/feed"


def judged(found: Any, history: History | None = None, at: datetime = NOW, **about: Any) -> Any:
    return judge(check(found, at=at, record=record(**about)), history or History(), SETTINGS)


def test_an_answer_makes_a_source_well_and_remembers_what_it_gave() -> None:
    validators = Validators(etag='"a"', last_modified="yesterday", url="https://gazette.example/feed")

    health = judged(
        listing(reading(), validators=validators, body_hash="b", digests=b"12345678", language="en"),
        failures=2,
        failing_since=NOW - HOUR,
        reason="late",
        not_before=NOW,
    )

    after = health.record
    assert (after.state, after.failures, after.failing_since, after.reason) == (SourceState.OK, 0, None, "")
    assert (after.validators, after.body_hash, after.digests) == (validators, "b", b"12345678")
    assert (after.last_poll_at, after.last_ok_at, after.last_new_at) == (NOW, NOW, NOW)
    assert (after.poll_count, after.language, after.not_before) == (2, "en", None)
    assert health.notices == ()


def test_an_unchanged_answer_keeps_what_is_known() -> None:
    health = judged(listing(digests=None), digests=b"12345678", last_new_at=NOW - DAY, language="ru")

    assert (health.record.digests, health.record.last_new_at, health.record.language) == (
        b"12345678",
        NOW - DAY,
        "ru",
    )


def test_a_portion_changes_nothing() -> None:
    health = judged(listing(reading(), complete=False), failures=2)

    assert health.record == record(failures=2)


@pytest.mark.parametrize("failures", [0, 1])
def test_a_failure_or_two_are_not_told(failures: int) -> None:
    health = judged(LATE, failures=failures)

    assert (health.record.failures, health.record.reason) == (failures + 1, LATE.message)
    assert health.record.failing_since == NOW
    assert health.notices == ()


def test_the_third_failure_is_told_once_with_since_when_why_and_what_to_do() -> None:
    health = judged(LATE, failures=2, failing_since=NOW - HOUR)
    again = judge(check(LATE, record=health.record), History(), SETTINGS)

    (notice,) = health.notices
    assert (notice.type, notice.source, notice.since) == (EventType.SOURCE_FAILING, "Gazette", NOW - HOUR)
    assert notice.reason == LATE.message
    assert notice.advice
    assert health.record.state is SourceState.FAILING
    assert again.notices == ()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (LATE, "too slowly"),
        (Fault(kind="status", message="it answered 403", status=403), "refuses"),
        (Fault(kind="status", message="it answered 404", status=404), "front page"),
        (Fault(kind="status", message="it answered 500", status=500), "in trouble"),
        (Fault(kind="status", message="it answered 418", status=418), "in a browser"),
        (Fault(kind="status", message="it answered 429", status=429), "raise `interval`"),
        (Fault(kind="defect", message="a fault"), "in a browser"),
    ],
)
def test_the_advice_fits_the_fault(fault: Fault, said: str) -> None:
    assert said in judged(fault, failures=2).notices[0].advice


FAILING: dict[str, Any] = {
    "state": SourceState.FAILING,
    "since": NOW - DAY,
    "failing_since": NOW - DAY,
    "told_at": NOW - DAY,
    "failures": 7,
    "kind": "timeout",
    "reason": "late",
}


def test_recovery_is_told_after_two_answers_in_a_row_and_only_of_what_was_told() -> None:
    first = judged(listing(), **FAILING)
    second = judge(check(listing(), record=first.record), History(), SETTINGS)
    third = judge(check(listing(), record=second.record), History(), SETTINGS)
    untold = judged(listing(), failures=2, state=SourceState.SUSPECT)

    assert (first.record.state, first.record.failures, first.notices) == (SourceState.FAILING, 0, ())
    assert first.record.next_poll_at == NOW + source().min_interval
    assert [(n.type, n.since, n.reason) for n in second.notices] == [
        (EventType.SOURCE_RECOVERED, NOW - DAY, "it answers again; before: late")
    ]
    assert (second.record.state, second.record.told_at, second.record.kind) == (SourceState.OK, None, "")
    assert third.notices == ()
    assert (untold.record.state, untold.notices) == (SourceState.OK, ())


def test_an_answer_between_failures_is_no_recovery() -> None:
    after = judged(listing(), **FAILING).record
    again = judge(check(LATE, record=after), History(), SETTINGS)

    assert (again.record.state, again.record.failures, again.record.failing_since) == (
        SourceState.FAILING,
        1,
        NOW - DAY,
    )
    assert again.notices == ()


@pytest.mark.parametrize("found", [LATE, listing()], ids=["fails", "answers"])
def test_what_lasts_is_told_again_once_a_week(found: Any) -> None:
    about = FAILING | {"told_at": NOW - 7 * DAY}
    week = judged(found, **about)
    next_day = judge(check(LATE, record=week.record, at=NOW + DAY), History(), SETTINGS)

    assert [(n.type, n.since, n.reminder) for n in week.notices] == [(EventType.SOURCE_FAILING, NOW - DAY, True)]
    assert week.record.told_at == NOW
    assert next_day.notices == ()


def test_a_notice_waits_for_others_while_others_are_unwell() -> None:
    some = History(polled=9, failing=2, unwell=2)
    alone, together = judged(LATE, failures=2), judged(LATE, some, failures=2)
    often = judge(check(LATE, record=record(failures=2), source=source(interval=MINUTE)), some, SETTINGS)
    back = judged(listing(), replace(some, failing=0), **FAILING | {"failures": 0})

    assert [health.notices[0].wait for health in (alone, together, often, back)] == [
        timedelta(),
        notices.TOGETHER,
        3 * MINUTE,
        notices.TOGETHER,
    ]


# Silent and stale


def test_a_source_that_lists_nothing_any_more_is_told_when_it_has_lasted() -> None:
    empty = listing(listed=0)
    first = judged(empty, last_new_at=NOW - DAY, listed=20)
    later = judge(check(listing(digests=None), record=first.record, at=NOW + 4 * MINUTE), History(), SETTINGS)
    again = judge(check(empty, record=later.record, at=NOW + 9 * MINUTE), History(), SETTINGS)
    week = judge(check(empty, record=later.record, at=NOW + 8 * DAY), History(), SETTINGS)
    back = judge(check(listing(listed=3), record=again.record, at=NOW + HOUR), History(), SETTINGS)

    assert (first.record.state, first.record.empty_since, first.notices) == (SourceState.OK, NOW, ())
    assert [(n.type, n.since) for n in later.notices] == [(EventType.SOURCE_SILENT, NOW)]
    assert (later.record.state, later.record.since) == (SourceState.SILENT, NOW)
    assert again.notices == ()
    assert [(n.type, n.reminder) for n in week.notices] == [(EventType.SOURCE_SILENT, True)]
    assert [(n.type, n.since) for n in back.notices] == [(EventType.SOURCE_RECOVERED, NOW)]
    assert (back.record.state, back.record.empty_since) == (SourceState.OK, None)


def test_a_source_that_never_listed_anything_is_not_silent() -> None:
    assert judged(listing(listed=0), empty_since=NOW - DAY).record.state is SourceState.OK


@pytest.mark.parametrize(("empty", "state"), [(DAY, SourceState.OK), (3 * DAY, SourceState.SILENT)])
def test_a_news_sitemap_may_be_empty_over_a_weekend(empty: timedelta, state: SourceState) -> None:
    health = judged(listing(listed=0, format="news-sitemap"), empty_since=NOW - empty, last_new_at=NOW - 9 * DAY)

    assert health.record.state is state


DAILY = "2026-11-17:" + " ".join(["4"] * 56)


def test_a_source_that_brings_nothing_against_its_rhythm_is_told_once_and_when_it_is_over() -> None:
    about: dict[str, Any] = {"rhythm": DAILY, "last_new_at": NOW - 5 * DAY}
    before = judged(listing(), at=NOW - 2 * DAY, **about)
    stale = judged(listing(), **about)
    again = judge(check(listing(), record=stale.record, at=NOW + HOUR), History(), SETTINGS)
    over = judge(check(listing(reading()), record=again.record, at=NOW + DAY), History(), SETTINGS)

    assert (before.record.state, before.notices) == (SourceState.OK, ())
    assert [(n.type, n.since) for n in stale.notices] == [(EventType.SOURCE_STALE, NOW - 5 * DAY)]
    assert "nothing new since 2026-11-17; it usually does so every day" in stale.notices[0].reason
    assert (stale.record.state, again.notices) == (SourceState.STALE, ())
    assert [(n.type, n.since) for n in over.notices] == [(EventType.SOURCE_RECOVERED, NOW - 5 * DAY)]
    assert over.record.state is SourceState.OK


def test_a_stale_source_that_fails_stays_stale_until_it_is_told_as_failing() -> None:
    about: dict[str, Any] = {"state": SourceState.STALE, "since": NOW - 5 * DAY, "told_at": NOW - DAY}
    once = judged(LATE, **about)
    often = judged(LATE, **about, failures=2, failing_since=NOW - HOUR)

    assert (once.record.state, once.record.since, once.notices) == (SourceState.STALE, NOW - 5 * DAY, ())
    assert (often.record.state, often.record.since) == (SourceState.FAILING, NOW - HOUR)
    assert [notice.type for notice in often.notices] == [EventType.SOURCE_FAILING]


def test_new_entries_are_counted_from_the_second_poll_on() -> None:
    first = judged(listing(reading(), listed=1), poll_count=0)
    second = judge(check(listing(reading(), reading(), listed=3), record=first.record), History(), SETTINGS)

    assert (first.record.rhythm, second.record.rhythm) == ("2026-11-22:0", "2026-11-22:2")


# Lost entries


def news(count: int, **about: Any) -> Any:
    return listing(**{"fresh": count, "listed": count} | about)


@pytest.mark.parametrize(
    ("found", "about", "lost"),
    [
        (news(9), {}, Gap(since=NOW - 10 * MINUTE, until=NOW)),
        (news(9, oldest=NOW - MINUTE), {}, Gap(since=NOW - 10 * MINUTE, until=NOW - MINUTE)),
        (news(9, oldest=NOW + HOUR), {}, Gap(since=NOW - 10 * MINUTE, until=NOW)),
        (news(9, oldest=NOW - HOUR), {}, None),  # it changed the addresses of old ones
        (news(9, listed=10), {}, None),
        (news(2), {}, None),  # some feeds only ever show their latest
        (news(0), {}, None),
        (listing(digests=None), {}, None),
        (news(9), {"listed": 0}, None),
        (news(9), {"poll_count": 0}, None),
        (news(9), {"last_ok_at": None}, None),
    ],
)
def test_entries_are_lost_when_nothing_listed_was_there_at_the_last_poll(found: Any, about: Any, lost: Any) -> None:
    health = judged(found, **{"listed": 9, "last_ok_at": NOW - 10 * MINUTE} | about)

    assert health.gap == lost
    assert [notice.type for notice in health.notices] == ([EventType.SOURCE_GAP] if lost else [])


def test_a_gap_is_told_with_its_length_once_a_day_and_halves_the_interval_for_a_week() -> None:
    about: dict[str, Any] = {"listed": 9, "last_ok_at": NOW - 10 * MINUTE, "last_new_at": NOW}
    first = judged(news(9), **about)
    second = judge(check(news(9), record=first.record, at=NOW + 8 * MINUTE), History(), SETTINGS)
    day = judge(check(news(9), record=second.record, at=NOW + DAY), History(), SETTINGS)
    week = judge(check(listing(), record=day.record, at=NOW + 8 * DAY), History(), SETTINGS)

    assert "(10 min)" in first.notices[0].reason
    assert first.notices[0].since == NOW - 10 * MINUTE
    assert "lower `interval`" in first.notices[0].advice
    assert "could not be read" in day.notices[0].advice
    assert (second.notices, second.record.pace, bool(second.gap)) == ((), 2, True)
    assert [notice.type for notice in day.notices] == [EventType.SOURCE_GAP]
    assert (day.record.pace, week.record.pace) == (2, 0)  # nobody asked for a day: that is not the source's pace
    assert polling.next_poll(
        source(), replace(second.record, last_new_at=NOW - DAY), NOW, 0.0
    ) == NOW + 225 * timedelta(seconds=1)
    assert week.record.next_poll_at == NOW + 8 * DAY + source().interval


@pytest.mark.parametrize(
    ("length", "said"), [(MINUTE, "1 min"), (5 * HOUR + 6 * MINUTE, "5 h 6 min"), (2 * DAY + HOUR, "2 d 1 h")]
)
def test_a_span_is_told_in_its_two_largest_units(length: timedelta, said: str) -> None:
    assert notices.span(length) == said


# All at once


def test_when_nearly_all_sources_fail_it_is_the_network_and_nobody_is_blamed() -> None:
    health = judged(LATE, History(polled=9, failing=8), failures=2, failing_since=NOW - HOUR)
    other = judged(LATE, History(polled=9, failing=8, network_down_since=NOW), failures=2)

    assert [(n.type, n.source, n.since) for n in health.notices] == [(EventType.NETWORK_DOWN, None, NOW - HOUR)]
    assert health.network_down_since == NOW - HOUR
    assert (health.record.state, health.record.failures, health.record.told_at) == (SourceState.SUSPECT, 1, None)
    assert other.notices == ()
    assert other.network_down_since == NOW


@pytest.mark.parametrize(
    ("kind", "history", "down"),
    [
        ("dns", History(polled=2, failing=2, unreachable=2), True),
        ("dns", History(polled=1, failing=1, unreachable=1), False),  # too few
        ("dns", History(polled=2, failing=2, unreachable=2, reachable=1), False),  # one may still answer
        ("status", History(polled=2, failing=2, unreachable=2), False),  # somebody answered
    ],
)
def test_when_nobody_can_be_reached_it_is_told_at_once(kind: str, history: History, down: bool) -> None:
    health = judged(Fault(kind=kind, message="no"), history)

    assert [notice.type for notice in health.notices] == ([EventType.NETWORK_DOWN] if down else [])
    assert health.network_down_since == (NOW if down else None)
    assert health.recheck == (2 * MINUTE if down else None)


def test_while_the_network_is_down_one_of_all_sources_is_asked_every_two_minutes() -> None:
    few, many = History(polled=3, failing=2), History(polled=300, failing=300)

    assert [
        judged(LATE, replace(history, network_down_since=NOW), failures=1).record.next_poll_at - NOW
        for history in (few, many)
    ] == [6 * MINUTE, 15 * MINUTE]


def test_a_source_that_was_told_before_goes_on_failing_while_the_network_is_down() -> None:
    health = judged(LATE, History(polled=9, failing=9, network_down_since=NOW), **FAILING)

    assert (health.record.state, health.record.failures, health.notices) == (SourceState.FAILING, 8, ())


@pytest.mark.parametrize(
    ("failures", "failing", "seconds"), [(1, 8, 1), (0, 8, None), (0, 2, 1), (1, 2, 1), (1, 900, 0.1)]
)
def test_when_one_answers_again_the_others_are_asked_soon(failures: int, failing: int, seconds: float | None) -> None:
    down = History(polled=max(9, failing), failing=failing, network_down_since=NOW - HOUR)

    assert judged(listing(), down, failures=failures).recheck == (seconds and timedelta(seconds=seconds))


@pytest.mark.parametrize(("polled", "failing"), [(1, 1), (9, 5)])
def test_few_sources_or_few_failures_say_nothing_about_the_network(polled: int, failing: int) -> None:
    health = judged(LATE, History(polled=polled, failing=failing), failures=2)

    assert [notice.type for notice in health.notices] == [EventType.SOURCE_FAILING]


@pytest.mark.parametrize(("failing", "over"), [(8, False), (2, True)])
def test_the_network_is_back_when_most_sources_answer(failing: int, over: bool) -> None:
    down = History(polled=9, failing=failing, network_down_since=NOW - HOUR)

    health = judged(listing(), down)

    assert [notice.type for notice in health.notices] == ([EventType.NETWORK_RECOVERED] if over else [])
    assert health.network_down_since == (None if over else NOW - HOUR)


def test_410_is_asked_once_more_after_an_hour_then_told_and_polled_no_more() -> None:
    first = judged(GONE)
    second = judge(check(GONE, record=first.record), History(), SETTINGS)

    assert (first.record.state, first.record.next_poll_at, first.notices) == (SourceState.GONE, NOW + HOUR, ())
    assert second.record.next_poll_at == polling.NEVER
    assert [notice.type for notice in second.notices] == [EventType.SOURCE_FAILING]
    assert "resume" in second.notices[0].advice


def test_410_and_then_an_answer_is_well_again() -> None:
    health = judged(listing(), state=SourceState.GONE, failures=1)

    assert health.record.state is SourceState.OK
    assert health.record.next_poll_at <= NOW + source().interval


def test_what_the_server_asked_for_is_waited_for() -> None:
    later = replace(LATE, retry_at=NOW + 3 * HOUR)

    assert judged(later).record.next_poll_at == NOW + 3 * HOUR
    assert judged(later).record.not_before == NOW + 3 * HOUR
    assert judged(replace(LATE, retry_at=NOW)).record.next_poll_at == NOW + source().interval


PAUSED = Fault(kind="paused", message="later", retry_at=NOW + HOUR)


def test_a_host_that_is_paused_is_no_failure() -> None:
    health = judged(PAUSED, failures=1)
    again = judge(check(PAUSED, record=health.record, at=NOW + MINUTE), History(), SETTINGS)
    told = judged(PAUSED, **FAILING)

    assert (health.record.failures, health.record.next_poll_at) == (1, NOW + HOUR)
    assert (health.record.state, again.record.since, again.record.kind) == (SourceState.PAUSED, NOW, "paused")
    assert (told.record.state, told.record.kind) == (SourceState.FAILING, "timeout")


def test_a_sitemap_that_is_no_more_is_looked_for_anew() -> None:
    lost = judged(Fault(kind="status", message="404", status=404), address="https://gazette.example/sitemap.xml")
    late = judged(LATE, address="https://gazette.example/sitemap.xml")

    assert (lost.record.address, lost.record.poll_count) == (None, 0)
    assert late.record.address == "https://gazette.example/sitemap.xml"


# Permanent redirects


def test_a_permanent_redirect_is_remembered_for_a_day() -> None:
    after = judged(listing(moved_to=MOVED)).record

    assert (after.moved_to, after.moved_since, after.moved_checked) == (MOVED, NOW, NOW)
    assert polling.address(source(), after, NOW + HOUR) == MOVED
    assert polling.address(source(), after, NOW + DAY) == source().url


def test_while_it_is_remembered_nothing_is_learned_about_it() -> None:
    known: dict[str, Any] = {"moved_to": MOVED, "moved_since": NOW - DAY, "moved_checked": NOW - HOUR}

    after = judged(listing(moved_to=None), **known).record

    assert (after.moved_to, after.moved_since, after.moved_checked) == (MOVED, NOW - DAY, NOW - HOUR)


@pytest.mark.parametrize(
    ("answer", "since"), [(MOVED, NOW - 2 * DAY), ("https://third.example/feed", NOW), (None, None)]
)
def test_asked_again_it_counts_on_from_the_first_time_or_begins_anew(answer: str | None, since: Any) -> None:
    known: dict[str, Any] = {"moved_to": MOVED, "moved_since": NOW - 2 * DAY, "moved_checked": NOW - DAY}

    after = judged(listing(moved_to=answer), **known).record

    assert (after.moved_to, after.moved_since) == (answer, since)


def test_after_seven_days_it_is_adopted_and_told_once() -> None:
    known: dict[str, Any] = {"moved_to": MOVED, "moved_since": NOW - 7 * DAY, "moved_checked": NOW - DAY}

    health = judged(listing(moved_to=MOVED), **known)
    next_day = judge(check(listing(), record=health.record, at=NOW + DAY), History(), SETTINGS)

    assert [notice.type for notice in health.notices] == [EventType.SOURCE_MOVED]
    assert polling.address(source(), health.record, NOW + 30 * DAY) == MOVED
    assert next_day.notices == ()
    assert (health.record.state, next_day.record.since) == (SourceState.MOVED, NOW)


def test_when_an_adopted_address_fails_both_are_asked_in_turn_and_nothing_is_told_again() -> None:
    known: dict[str, Any] = {"moved_to": MOVED, "moved_since": NOW - 9 * DAY, "moved_checked": NOW - DAY}
    once = judged(LATE, **known).record
    twice = judge(check(LATE, record=once), History(), SETTINGS).record
    still = judge(check(listing(moved_to=MOVED), record=once), History(), SETTINGS)
    back = judge(check(listing(moved_to=None), record=once), History(), SETTINGS)

    assert [polling.address(source(), each, NOW) for each in (once, twice)] == [source().url, MOVED]
    assert (still.notices, still.record.state) == ((), SourceState.MOVED)
    assert (back.record.moved_to, back.record.state) == (None, SourceState.OK)


def test_when_the_new_address_fails_the_first_one_is_asked() -> None:
    known: dict[str, Any] = {"moved_to": MOVED, "moved_since": NOW - DAY, "moved_checked": NOW - HOUR}

    after = judged(LATE, **known).record

    assert polling.address(source(), after, NOW + MINUTE) == source().url


def test_a_found_address_comes_before_all_others() -> None:
    assert polling.address(source(), record(address="https://a.example/s.xml"), NOW) == "https://a.example/s.xml"


# When to poll next


@pytest.mark.parametrize(
    ("quiet", "wait"),
    [(MINUTE, 2 * MINUTE), (20 * MINUTE, 5 * MINUTE), (10 * HOUR, 15 * MINUTE), (None, 15 * MINUTE)],
)
def test_a_source_that_published_lately_is_asked_sooner(quiet: timedelta | None, wait: timedelta) -> None:
    last = None if quiet is None else NOW - quiet

    assert polling.next_poll(source(), record(last_new_at=last), NOW, 0.0) == NOW + wait


@pytest.mark.parametrize(("lasts", "wait"), [(5 * MINUTE, 5 * MINUTE), (DAY, 15 * MINUTE)])
def test_an_answer_that_says_how_long_it_holds_is_believed_up_to_the_interval(lasts: Any, wait: timedelta) -> None:
    after = judged(listing(reading(), lasts=lasts)).record

    assert after.next_poll_at == NOW + wait


@pytest.mark.parametrize(("failures", "wait"), [(1, 15 * MINUTE), (4, HOUR), (1000, 24 * HOUR)])
def test_a_source_that_fails_is_asked_less_often_but_once_a_day(failures: int, wait: timedelta) -> None:
    assert polling.next_poll(source(), record(failures=failures), NOW, 0.0) == NOW + wait


PERSONAL = "https://gazette.example/feed/9f86d081884c7d65"
OTHER_PERSONAL = "https://gazette.example/feed/60303ae22b998861"


def test_a_move_to_an_address_with_a_token_is_told_once_and_never_adopted() -> None:
    first = judged(listing(moved_to=PERSONAL))

    (notice,) = first.notices
    assert (notice.type, notice.source) == (EventType.SOURCE_MOVED, "Gazette")
    assert notice.reason == f"{notices.MARKED}: {PERSONAL}"
    after, told = first.record, 0
    for day in range(1, 20):
        now = NOW + day * DAY
        assert polling.address(source(), after, now) == source().url
        moved_to = (PERSONAL, OTHER_PERSONAL, None)[day % 3]
        health = judge(check(listing(moved_to=moved_to), at=now, record=after), History(), SETTINGS)
        after, told = health.record, told + len(health.notices)
    assert (told, after.moved_to, polling.adopted(after)) == (0, PERSONAL, False)


def test_a_move_to_an_address_that_everybody_gets_takes_the_place_of_one_with_a_token() -> None:
    before = judged(listing(moved_to=PERSONAL)).record
    after = judge(check(listing(moved_to=MOVED), at=NOW + DAY, record=before), History(), SETTINGS).record
    assert (after.moved_to, after.moved_since, after.moved_checked) == (MOVED, NOW + DAY, NOW + DAY)


def test_a_proxy_that_is_down_is_what_is_told_when_everything_fails() -> None:
    down = Fault(kind="proxy", message="no connection to the proxy 127.0.0.1:9050: Connection refused")
    health = judged(down, History(polled=5, failing=5, unreachable=5))
    assert [notice.type for notice in health.notices] == [EventType.NETWORK_DOWN]
    assert down.message in health.notices[0].reason
    assert "Nothing goes past it" in health.notices[0].advice


def test_a_source_with_a_long_interval_is_not_asked_more_often_when_it_fails() -> None:
    assert polling.next_poll(source(interval=3 * DAY), record(failures=1), NOW, 0.0) == NOW + 3 * DAY


@pytest.mark.parametrize(
    ("skips", "interval", "wait"),
    [
        ("12 13/", 3 * HOUR, 2 * HOUR),
        ("12 13/", HOUR, HOUR),  # the interval is the longest wait
        ("13/", 3 * HOUR, 2 * MINUTE),
        ("/6", 2 * DAY, 12 * HOUR),  # 2026-11-22 is a Sunday
        ("22 23/6 0", 3 * DAY, 36 * HOUR),
        ("", HOUR, 2 * MINUTE),
    ],
)
def test_hours_and_days_on_which_a_source_wants_to_be_left_alone_are_kept_up_to_the_interval(
    skips: str, interval: timedelta, wait: timedelta
) -> None:
    about = record(skips=skips, last_new_at=NOW)

    assert polling.next_poll(source(interval=interval), about, NOW, 0.0) == NOW + wait


@pytest.mark.parametrize(
    ("about", "sent"),
    [
        ({}, False),
        ({"etag": '"a"'}, True),
        ({"last_modified": "yesterday"}, True),
    ],
)
def test_validators_are_sent_back_but_once_a_day_the_document_is_asked_for_as_if_it_were_new(
    about: Any, sent: bool
) -> None:
    given = Validators(**about)

    assert polling.validators(record(validators=given, full_at=NOW - HOUR), NOW) == (given if sent else None)
    assert polling.validators(record(validators=given), NOW) == (given if sent else None)
    assert polling.validators(record(validators=given, full_at=NOW - DAY), NOW) is None


def test_only_a_document_counts_as_one() -> None:
    whole, word = judged(listing(full=True)), judged(listing(full=False), full_at=NOW - HOUR)

    assert (whole.record.full_at, word.record.full_at) == (NOW, NOW - HOUR)


@pytest.mark.parametrize("jitter", [-1.0, -0.3, 0.0, 1.0])
@pytest.mark.parametrize("quiet", [MINUTE, 20 * MINUTE, 10 * HOUR])
def test_jitter_keeps_within_the_bounds(jitter: float, quiet: timedelta) -> None:
    wait = polling.next_poll(source(), record(last_new_at=NOW - quiet), NOW, jitter) - NOW

    assert source().min_interval <= wait <= source().interval
