"""Which alerts are missing, and the check that makes them."""

import pytest

from monitor.core.decide import decide
from monitor.core.model import History, StoryRecord, Verdict
from monitor.core.replay import check, missing
from support.build import NOW, article, ids, match, rules, source


@pytest.mark.parametrize(
    ("told", "verdict", "expected"),
    [
        (None, Verdict.ALERT, True),
        (Verdict.ALERT, Verdict.ALERT, False),
        (Verdict.ALERT, Verdict.DIGEST, False),
        (Verdict.DIGEST, Verdict.DIGEST, False),
        (Verdict.DIGEST, Verdict.ALERT, True),
    ],
)
def test_a_story_is_told_once_and_an_alert_for_digests_gives_way(
    told: Verdict | None, verdict: Verdict, expected: bool
) -> None:
    alerts = {("flock", "story"): Verdict.ALERT} | ({("wolves", "story"): told} if told else {})
    found = missing([match(verdict=verdict)], "story", alerts)
    assert bool(found) is expected


def test_the_check_makes_alerts_in_the_articles_story_and_says_nothing_about_the_source() -> None:
    asked = check(source(), article(), (match(),), NOW)
    history = History(
        placed={"article": "story"}, stories={"story": StoryRecord(id="story", articles=2, sources=("A",))}
    )
    outcome = decide(asked, history, rules=rules(), new_id=ids())
    assert outcome.record == asked.record
    assert (outcome.stories, outcome.noted) == ((), ())
    (alert,), (delivery,) = outcome.alerts, outcome.deliveries
    assert (alert.story_id, alert.article_id, delivery.alert_id) == ("story", "article", alert.id)
    assert delivery.event["data"]["story"]["articles"] == 2
