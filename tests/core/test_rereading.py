"""When articles that were alerted are read again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.model import Alert, Delivery, EventType, Verdict
from monitor.core.rereading import SPREAD, TURNS, look_again, next_turn, schedule
from monitor.core.settings import Channel, Console, FullText
from support.build import DAY, HOUR, MINUTE, NOW, rules, source

ALERT = Alert(
    id="alert", watchlist="wolves", story_id="s", article_id="article", score=1, verdict=Verdict.ALERT, created_at=NOW
)
TOLD = Delivery(
    id="d", type=EventType.ALERT_CREATED, channel="desk", event={}, created_at=NOW, next_at=NOW, alert_id="alert"
)
FOLLOWING = Channel(name="desk", target=Console(), default=True, revisions=True)


@pytest.mark.parametrize("turn", range(len(TURNS)))
def test_each_turn_is_up_to_a_tenth_late_and_follows_the_one_before(turn: int) -> None:
    due = next_turn(NOW, "article", NOW + TURNS[turn] * 0.99)

    assert due is not None
    assert TURNS[turn] <= due - NOW <= TURNS[turn] * (1 + SPREAD)
    assert next_turn(NOW, "article", due) == (next_turn(NOW, "article", due + MINUTE))


def test_after_the_last_turn_there_is_none_and_what_was_missed_is_not_made_up_for() -> None:
    assert next_turn(NOW, "article", NOW + 8 * DAY) is None
    late = next_turn(NOW, "article", NOW + 2 * DAY)
    assert late is not None
    assert late > NOW + 3 * DAY


def test_articles_that_alerted_together_are_not_asked_for_together() -> None:
    assert len({next_turn(NOW, f"article{n}", NOW) for n in range(50)}) == 50


def test_an_article_is_followed_if_a_channel_that_was_told_wants_it() -> None:
    first = next_turn(NOW, "article", NOW)
    assert schedule(source(), [ALERT], [TOLD], rules(channels=(FOLLOWING,)), NOW) == {"article": (NOW, first)}


@pytest.mark.parametrize(
    ("about", "told", "channel"),
    [
        ({"full_text": FullText.FEED}, TOLD, FOLLOWING),
        ({}, replace(TOLD, channel="gone"), FOLLOWING),
        ({}, replace(TOLD, alert_id="other"), FOLLOWING),
        ({}, TOLD, replace(FOLLOWING, revisions=False)),
    ],
)
def test_otherwise_nobody_asks(about: dict[str, FullText], told: Delivery, channel: Channel) -> None:
    assert schedule(source(**about), [ALERT], [told], rules(channels=(channel,)), NOW) == {}


def test_a_feed_that_changes_in_vain_is_believed_less_and_less() -> None:
    waits = [look_again(futile, NOW) - NOW for futile in range(8)]

    assert waits[:4] == [timedelta(minutes=15), HOUR, 4 * HOUR, 16 * HOUR]
    assert set(waits[4:]) == {DAY}
