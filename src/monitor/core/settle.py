"""Decides what an attempt to deliver leads to: done, tried again, given up, or the channel held or switched off.

Not here: what a check leads to (decide.py), and when the next attempt is (timing.py).
"""

from dataclasses import replace
from datetime import datetime

from monitor.core import timing
from monitor.core.errors import NotifyError
from monitor.core.model import Attempt, Delivery, DeliveryState, EventType, Receipt, Settled
from monitor.core.notices import Notice
from monitor.core.routes import NewId, Rules, tell

ALERTS = frozenset(kind for kind in EventType if kind.startswith(("alert.", "article.")))


def settle(
    delivery: Delivery,
    result: Receipt | NotifyError,
    *,
    begun: datetime,
    now: datetime,
    jitter: float,
    rules: Rules,
    new_id: NewId,
) -> Settled:
    """What the attempt that began at `begun` and ended at `now` leads to.

    `delivery.attempts` counts this attempt, `delivery.failures` does not; `jitter` is in [-1, 1]. What is given up, what
    somebody has to mend, and a channel that says that it is gone, is told to the operator by the other channels.
    """
    attempt = Attempt(
        at=begun,
        seconds=(now - begun).total_seconds(),
        outcome="delivered",
        code=result.code,
        answer=result.answer or (str(result) if isinstance(result, NotifyError) else ""),
    )
    if isinstance(result, Receipt):
        return Settled(state=DeliveryState.DELIVERED, next_at=now, attempt=attempt)
    attempt = replace(attempt, outcome="retry")
    if result.gone:
        told = tell(_disabled(now), rules, now, new_id, channel=delivery.channel)
        return Settled(state=DeliveryState.PENDING, next_at=now, attempt=attempt, disabled=True, deliveries=told)
    later = timing.next_attempt(delivery.failures + 1, now, jitter) if result.retryable else None
    if later is None:
        notice = _given_up(delivery, result)
        told = tell(notice, rules, now, new_id, channel=delivery.channel) if delivery.type in ALERTS else ()
        attempt = replace(attempt, outcome="given-up")
        return Settled(state=DeliveryState.GIVEN_UP, next_at=now, attempt=attempt, deliveries=told)
    mend = result.to_mend and delivery.type in ALERTS
    told = tell(_failing(result, now), rules, now, new_id, channel=delivery.channel) if mend else ()
    return Settled(
        state=DeliveryState.PENDING,
        next_at=result.retry_at or later,
        attempt=attempt,
        hold_until=result.retry_at if result.hold else None,
        deliveries=told,
    )


def _disabled(now: datetime) -> Notice:
    return Notice(
        type=EventType.CHANNEL_DISABLED,
        source=None,
        since=now,
        reason="the receiver answered that it is gone (410)",
        advice="Nothing more is sent there until Monitor is started again or reloaded; what it is owed is kept.",
    )


def _failing(error: NotifyError, now: datetime) -> Notice:
    return Notice(
        type=EventType.CHANNEL_FAILING,
        source=None,
        since=now,
        reason=str(error),
        advice="Mend what is said. Messages are tried again for three days; what was given up by then is sent with "
        "`monitor alerts resend`.",
    )


def _given_up(delivery: Delivery, error: NotifyError) -> Notice:
    """Not what the receiver answered besides its code: that may repeat what it was sent."""
    said = f"the receiver answered {error.code}" if error.code else str(error)
    return Notice(
        type=EventType.DELIVERY_GIVEN_UP,
        source=None,
        since=delivery.created_at,
        reason=f"a message was given up at attempt {delivery.attempts}: {said}",
        advice=f"Mend the channel, then: monitor alerts resend {delivery.alert_id or delivery.id}. More may have been given "
        "up, which is told once an hour: see `monitor status`.",
    )
