"""What an attempt to deliver leads to."""

from datetime import timedelta
from typing import Any

import pytest

from monitor.core import render
from monitor.core.errors import NotifyError
from monitor.core.model import Delivery, DeliveryState, EventType, Receipt, Settled
from monitor.core.notices import Notice
from monitor.core.routes import gather, tell
from monitor.core.settings import Channel, Console
from monitor.core.settle import settle
from support import alerts
from support.build import MINUTE, NOW, ids, rules

CHANNELS = (Channel(name="desk", target=Console(), default=True), Channel(name="ops", target=Console(), health=True))


def delivery(**changes: Any) -> Delivery:
    values: dict[str, Any] = {
        "id": "d1",
        "type": EventType.ALERT_CREATED,
        "channel": "desk",
        "event": render.test_event(NOW),
        "created_at": NOW - MINUTE,
        "next_at": NOW,
        "alert_id": "a1",
        "attempts": 1,
    }
    return Delivery(**(values | changes))


def settled(result: Receipt | NotifyError, **changes: Any) -> Settled:
    begun = NOW - timedelta(seconds=2)
    return settle(
        delivery(**changes), result, begun=begun, now=NOW, jitter=0.0, rules=rules(channels=CHANNELS), new_id=ids()
    )


def test_what_was_taken_is_delivered_and_the_ledger_says_how_long_it_took() -> None:
    done = settled(Receipt(code=204, answer="thanks"))

    assert (done.state, done.deliveries, done.hold_until, done.disabled) == (DeliveryState.DELIVERED, (), None, False)
    assert (done.attempt.outcome, done.attempt.code, done.attempt.answer, done.attempt.seconds) == (
        "delivered",
        204,
        "thanks",
        2.0,
    )


def test_what_may_succeed_later_is_tried_again() -> None:
    done = settled(NotifyError("no answer", retryable=True, code=None))

    assert (done.state, done.next_at) == (DeliveryState.PENDING, NOW + timedelta(seconds=5))
    assert (done.attempt.outcome, done.attempt.answer) == ("retry", "no answer")


@pytest.mark.parametrize(
    ("attempts", "failures", "seconds"), [(2, 1, 30), (3, 2, 120), (3, 1, 30), (40, 0, 5), (12, 10, 24 * 3600)]
)
def test_how_long_it_waits_only_failures_decide_and_not_attempts_that_were_cut_off(
    attempts: int, failures: int, seconds: int
) -> None:
    done = settled(NotifyError("no answer", retryable=True), attempts=attempts, failures=failures)

    assert (done.state, done.next_at) == (DeliveryState.PENDING, NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("hold", [True, False])
def test_when_the_receiver_says_when_it_is_then(hold: bool) -> None:
    done = settled(NotifyError("busy", retryable=True, retry_at=NOW + 9 * MINUTE, hold=hold, code=429))

    assert done.next_at == NOW + 9 * MINUTE
    assert done.hold_until == (NOW + 9 * MINUTE if hold else None)


def test_a_receiver_that_is_gone_switches_its_channel_off_and_the_others_hear_of_it() -> None:
    done = settled(NotifyError("gone", retryable=False, gone=True, code=410))

    assert (done.state, done.disabled) == (DeliveryState.PENDING, True)
    assert [(told.type, told.channel) for told in done.deliveries] == [(EventType.CHANNEL_DISABLED, "ops")]
    assert done.deliveries[0].event["data"]["channel"] == "desk"


def test_what_somebody_has_to_mend_is_told_at_once_and_tried_again() -> None:
    done = settled(NotifyError("its key expired", retryable=True, to_mend=True))

    assert (done.state, done.attempt.outcome, done.disabled) == (DeliveryState.PENDING, "retry", False)
    assert [(told.type, told.channel) for told in done.deliveries] == [(EventType.CHANNEL_FAILING, "ops")]
    data = done.deliveries[0].event["data"]
    assert (data["channel"], data["reason"]) == ("desk", "its key expired")


def test_a_message_about_the_operation_that_waits_to_be_mended_makes_no_further_message() -> None:
    error = NotifyError("its key expired", retryable=True, to_mend=True)
    assert settled(error, type=EventType.SOURCE_FAILING, alert_id=None).deliveries == ()


@pytest.mark.parametrize(
    ("error", "attempts", "said"),
    [
        (NotifyError("mx: 554 no 'Wolves return'", retryable=False, code=554), 1, "1: the receiver answered 554"),
        (NotifyError("late", retryable=True), 12, "12: late"),
    ],
)
def test_what_is_given_up_is_told_by_another_channel_without_what_the_receiver_said(
    error: NotifyError, attempts: int, said: str
) -> None:
    done = settled(error, attempts=attempts, failures=attempts - 1)

    assert (done.state, done.attempt.outcome) == (DeliveryState.GIVEN_UP, "given-up")
    assert [(told.type, told.channel) for told in done.deliveries] == [(EventType.DELIVERY_GIVEN_UP, "ops")]
    assert "monitor alerts resend a1" in done.deliveries[0].event["data"]["advice"]
    assert done.deliveries[0].event["data"]["reason"] == f"a message was given up at attempt {said}"


def test_a_message_about_the_operation_that_is_given_up_makes_no_further_message() -> None:
    done = settled(NotifyError("no", retryable=False), type=EventType.DELIVERY_GIVEN_UP, alert_id=None)

    assert (done.state, done.deliveries) == (DeliveryState.GIVEN_UP, ())


@pytest.mark.parametrize(
    ("batch", "reason"), [("digest", "digest"), ("quiet:wolves", "quiet"), ("rate:wolves", "rate")]
)
def test_what_waited_for_the_same_moment_becomes_one_message(batch: str, reason: str) -> None:
    members = [delivery(id=f"d{n}", batch=batch, event=alerts.of("wolves", story=n)) for n in (1, 2)]

    carrier = gather(members, now=NOW, new_id=ids())

    assert (carrier.type, carrier.channel, carrier.batch) == (EventType.ALERT_DIGEST, "desk", None)
    assert carrier.event["data"]["reason"] == reason
    assert carrier.event["data"]["count"] == 2


def failing(source: str, minute: int, reason: str = "it answered 503") -> Delivery:
    notice = Notice(
        type=EventType.SOURCE_FAILING,
        source=source,
        since=NOW - minute * MINUTE,
        reason=reason,
        advice="Wait.",
        kind="status",
        reminder=minute > 5,
        wait=5 * MINUTE,
    )
    (told,) = tell(notice, rules(channels=CHANNELS[1:]), NOW, ids())
    return told


def test_a_notice_that_may_wait_for_others_is_one_message_with_them() -> None:
    members = [failing("Gazette", 1), failing("Herald", 9), failing("Coast", 2, "no answer")]

    data = gather(members, now=NOW, new_id=ids()).event["data"]
    lines = render.mail({"type": "source.failing", "timestamp": "", "data": data})

    assert [(each.batch, each.next_at) for each in members] == [("health:source.failing", NOW + 5 * MINUTE)] * 3
    assert (data["source"], data["since"], data["advice"]) == ("Gazette", "2026-11-22T11:51:00Z", "Wait.")
    assert data["reason"] == "3 sources at once: Gazette, Herald, Coast: it answered 503; no answer"
    assert [each.get("reminder", False) for each in data["sources"]] == [False, True, False]
    assert lines.subject == "Monitor: source failing: Gazette and 2 more"
    assert lines.text.split("\n\n")[0].splitlines() == [
        "Gazette, since 2026-11-22 11:59 UTC: it answered 503",
        "Herald, since 2026-11-22 11:51 UTC: it answered 503",
        "Coast, since 2026-11-22 11:58 UTC: no answer",
        "Wait.",
    ]


def test_a_reminder_says_that_it_is_one() -> None:
    assert render.mail(failing("Herald", 9).event).subject == "Monitor: source failing (reminder): Herald"


def test_when_the_only_channel_for_such_messages_is_gone_the_default_ones_hear_of_it() -> None:
    done = settled(NotifyError("gone", retryable=False, gone=True, code=410), channel="ops")

    assert [(told.type, told.channel) for told in done.deliveries] == [(EventType.CHANNEL_DISABLED, "desk")]
