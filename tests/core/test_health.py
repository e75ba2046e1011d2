"""What polls say about a source and about our network, and when a source is polled next."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from monitor.core import polling
from monitor.core.health import judge
from monitor.core.model import EventType, Fault, History, SourceState, Validators
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
        (Fault(kind="status", message="it answered 403", status=403), "in a browser"),
        (Fault(kind="status", message="it answered 429", status=429), "raise `interval`"),
        (Fault(kind="defect", message="a fault"), "in a browser"),
    ],
)
def test_the_advice_fits_the_fault(fault: Fault, said: str) -> None:
    assert said in judged(fault, failures=2).notices[0].advice


def test_recovery_is_told_once_and_only_of_what_was_told() -> None:
    told = judged(listing(), reported=True, failing_since=NOW - DAY, reason="late")
    untold = judged(listing(), failures=2)

    assert [(n.type, n.since) for n in told.notices] == [(EventType.SOURCE_RECOVERED, NOW - DAY)]
    assert told.record.reported is False
    assert untold.notices == ()


def test_when_nearly_all_sources_fail_it_is_the_network_and_nobody_is_blamed() -> None:
    health = judged(LATE, History(polled=9, failing=8), failures=2, failing_since=NOW - HOUR)
    other = judged(LATE, History(polled=9, failing=8, network_down_since=NOW), failures=2)

    assert [(n.type, n.source, n.since) for n in health.notices] == [(EventType.NETWORK_DOWN, None, NOW - HOUR)]
    assert health.network_down_since == NOW - HOUR
    assert health.record.reported is False
    assert other.notices == ()
    assert other.network_down_since == NOW


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


def test_a_host_that_is_paused_is_no_failure() -> None:
    health = judged(Fault(kind="paused", message="later", retry_at=NOW + HOUR), failures=1)

    assert (health.record.failures, health.record.next_poll_at) == (1, NOW + HOUR)


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


def test_when_the_new_address_fails_the_first_one_is_asked() -> None:
    known: dict[str, Any] = {"moved_to": MOVED, "moved_since": NOW - DAY, "moved_checked": NOW - HOUR}

    after = judged(LATE, **known).record

    assert polling.address(source(), after, NOW + MINUTE) == source().url


def test_a_found_address_comes_before_all_others() -> None:
    assert polling.address(source(), record(address="https://a.example/s.xml"), NOW) == "https://a.example/s.xml"


# When to poll next


@pytest.mark.parametrize(
    ("quiet", "wait"),
    [(MINUTE, 2 * MINUTE), (20 * MINUTE, 5 * MINUTE), (10 * HOUR, 15 * MINUTE), (None, 2 * MINUTE)],
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


@pytest.mark.parametrize("jitter", [-1.0, -0.3, 0.0, 1.0])
@pytest.mark.parametrize("quiet", [MINUTE, 20 * MINUTE, 10 * HOUR])
def test_jitter_keeps_within_the_bounds(jitter: float, quiet: timedelta) -> None:
    wait = polling.next_poll(source(), record(last_new_at=NOW - quiet), NOW, jitter) - NOW

    assert source().min_interval <= wait <= source().interval


def test_without_any_poll_the_quiet_time_is_none() -> None:
    assert polling.next_poll(source(), record(last_poll_at=None), NOW, 0.0) == NOW + source().min_interval
