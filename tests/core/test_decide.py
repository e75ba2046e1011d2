"""What a check leads to: stories, alerts, deliveries, and what the operator is told."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from monitor.core.decide import decide
from monitor.core.model import (
    DeliveryState,
    EntryState,
    EventType,
    Fault,
    History,
    Outcome,
    Relation,
    StoredEntry,
    Verdict,
)
from monitor.core.settings import Channel, Console, QuietHours, Watchlist
from support.build import (
    DAY,
    HOUR,
    NOW,
    article,
    check,
    history_after,
    ids,
    listing,
    match,
    reading,
    record,
    rules,
)

WOLVES = Watchlist(name="wolves", title="Wolves", all=("wolves",))
DESK = Channel(name="desk", target=Console(), default=True)


def decided(*readings: Any, history: History | None = None, now: Any = NOW, **about: Any) -> Outcome:
    return decide(check(listing(*readings), at=now), history or History(), rules=rules(**about), new_id=ids())


def test_a_hit_makes_a_story_an_alert_and_a_delivery_for_each_channel() -> None:
    two = (DESK, Channel(name="night", target=Console(), default=True), Channel(name="other", target=Console()))

    outcome = decided(reading(match()), channels=two)

    (placed,), (story,), (alert,) = outcome.placed, outcome.stories, outcome.alerts
    assert placed.relation is Relation.FIRST
    assert placed.story_id == story.id == alert.story_id
    assert (story.articles, story.sources) == (1, ("Gazette",))
    assert (alert.watchlist, alert.article_id, alert.verdict) == ("wolves", "article", Verdict.ALERT)
    assert [(d.channel, d.alert_id, d.next_at, d.state) for d in outcome.deliveries] == [
        ("desk", alert.id, NOW, DeliveryState.PENDING),
        ("night", alert.id, NOW, DeliveryState.PENDING),
    ]
    assert outcome.deliveries[0].event["data"]["article"]["title"] == "Wolves return"


@pytest.mark.parametrize("state", [EntryState.BASELINE, EntryState.HELD])
def test_what_was_there_before_or_is_held_gets_a_story_and_no_alert(state: EntryState) -> None:
    outcome = decided(reading(match(), state=state))

    assert len(outcome.stories) == 1
    assert outcome.alerts == ()


def test_a_waiting_entry_alerts_with_what_the_feed_said() -> None:
    outcome = decided(reading(match(), state=EntryState.WAITING))

    assert len(outcome.alerts) == len(outcome.deliveries) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"page": 1, "text": 5}, {"page": 1, "text": 6}),
        ({"page": 1, "text": 5}, {"page": 2, "text": 5}),
        ({"page": None, "text": 5}, {"page": None, "text": 5}),
    ],
)
def test_a_copy_is_one_story_and_one_alert_in_one_check_and_in_two(first: Any, second: Any) -> None:
    one, two = reading(match(), **first), reading(match(), **second, article=article(id="copy", source="Herald"))

    together = decided(one, two)
    before = decided(one)
    later = decided(two, history=history_after(before))

    assert len(together.alerts) == len(before.alerts) == 1
    assert [placed.relation for placed in together.placed] == [Relation.FIRST, Relation.DUPLICATE]
    assert (later.alerts, later.deliveries) == ((), ())
    assert later.stories[0].articles == 2
    assert later.stories[0].sources == ("Gazette", "Herald")


def test_articles_without_a_common_address_or_text_are_two_stories() -> None:
    outcome = decided(reading(match(), page=1), reading(match(), page=None, article=article(id="b")))

    assert len(outcome.stories) == len(outcome.alerts) == 2


def test_a_story_alerts_when_only_a_later_report_hits() -> None:
    before = decided(reading())

    later = decided(reading(match(), article=article(id="copy", source="Herald")), history=history_after(before))

    assert [alert.article_id for alert in later.alerts] == ["copy"]


def test_several_watchlists_are_one_message_for_a_channel() -> None:
    lists = (WOLVES, Watchlist(name="packs", title="Packs", all=("packs",), confidential=True))

    outcome = decide(
        check(listing(reading(match("wolves"), match("packs")))), History(), rules=rules(*lists), new_id=ids()
    )

    first, second = outcome.deliveries
    assert first.event["data"]["watchlist"]["name"] == "wolves"
    assert first.event["data"]["also"] == ["packs"]
    assert first.event["data"]["confidential"] is True
    assert (second.state, second.carried_by) == (DeliveryState.CARRIED, first.id)
    assert second.alert_id == outcome.alerts[1].id


def test_a_watchlist_with_channels_of_its_own_tells_these_only() -> None:
    lawyers = Channel(name="lawyers", target=Console())
    own = replace(WOLVES, channels=("lawyers",))

    outcome = decide(
        check(listing(reading(match()))), History(), rules=rules(own, channels=(DESK, lawyers)), new_id=ids()
    )

    assert [delivery.channel for delivery in outcome.deliveries] == ["lawyers"]


def test_a_digest_waits_for_its_time() -> None:
    daily = replace(DESK, digest="0 8 * * *")

    outcome = decided(reading(match()), channels=(daily,))

    assert [(d.next_at, d.batch, d.state) for d in outcome.deliveries] == [(NOW + DAY, "digest", DeliveryState.PENDING)]


def test_what_scores_for_digests_only_goes_to_digests_only_and_gives_way_to_a_full_alert() -> None:
    daily = Channel(name="daily", target=Console(), default=True, digest="0 8 * * *")
    weak, strong = match(score=0.5, verdict=Verdict.DIGEST), match(score=2.0)

    before = decided(reading(weak), channels=(DESK, daily))
    again = decided(reading(weak), channels=(DESK, daily), history=history_after(before))
    later = decided(reading(strong, article=article(id="b")), channels=(DESK, daily), history=history_after(before))

    assert [delivery.channel for delivery in before.deliveries] == ["daily"]
    assert again.alerts == ()
    assert [(alert.id, alert.verdict) for alert in later.alerts] == [(before.alerts[0].id, Verdict.ALERT)]
    assert [delivery.channel for delivery in later.deliveries] == ["desk", "daily"]


@pytest.mark.parametrize(("score", "waits"), [(1.0, True), (5.0, False)])
def test_quiet_hours_hold_what_is_not_urgent(score: float, waits: bool) -> None:
    quiet = replace(WOLVES, quiet=(QuietHours(start=time(12), end=time(14)),), quiet_bypass=5.0)

    outcome = decide(check(listing(reading(match(score=score)))), History(), rules=rules(quiet), new_id=ids())

    (delivery,) = outcome.deliveries
    assert delivery.batch == ("quiet:wolves" if waits else None)
    assert delivery.next_at == (NOW + HOUR if waits else NOW)  # 13:00 in Paris now


def test_more_than_max_per_hour_wait_until_the_hour_is_over() -> None:
    busy = replace(WOLVES, max_per_hour=2)
    readings = [reading(match(), page=n, article=article(id=str(n))) for n in range(4)]
    earlier = NOW - timedelta(minutes=50)

    outcome = decide(check(listing(*readings)), History(recent={"wolves": (earlier,)}), rules=rules(busy), new_id=ids())

    assert [(d.batch, d.next_at) for d in outcome.deliveries] == [
        (None, NOW),
        ("rate:wolves", earlier + HOUR),
        ("rate:wolves", earlier + HOUR),
        ("rate:wolves", earlier + HOUR),
    ]


def test_a_waiting_message_is_not_carried_by_one_that_leaves_now() -> None:
    quiet = replace(WOLVES, quiet=(QuietHours(start=time(12), end=time(14)),))
    packs = Watchlist(name="packs", title="Packs", all=("packs",))

    outcome = decide(
        check(listing(reading(match("wolves"), match("packs")))), History(), rules=rules(quiet, packs), new_id=ids()
    )

    waiting, leaving = outcome.deliveries
    assert (waiting.batch, waiting.carried_by, leaving.carried_by) == ("quiet:wolves", None, None)
    assert waiting.event["data"]["also"] == leaving.event["data"]["also"] == []


UPDATED = (
    Channel(name="desk", target=Console(), default=True, updates=True),
    Channel(name="mute", target=Console(), default=True),
    Channel(name="daily", target=Console(), default=True, updates=True, digest="0 8 * * *"),
)


def test_another_source_of_an_alerted_story_is_an_update_where_it_is_wanted() -> None:
    before = decided(reading(match(), text=5), channels=UPDATED)
    copy = reading(match(), page=2, text=5, article=article(id="copy", source="Herald", url="https://herald.example/w"))

    later = decided(copy, history=history_after(before), channels=UPDATED)

    assert [(d.type, d.channel, d.reply_to, d.batch) for d in later.deliveries] == [
        (EventType.ALERT_UPDATED, "desk", before.deliveries[0].id, None),
        (EventType.ALERT_UPDATED, "daily", before.deliveries[2].id, "digest"),
    ]
    others = later.deliveries[0].event["data"]["story"]["others"]
    assert [(other["url"], other["relation"]) for other in others] == [("https://herald.example/w", "duplicate")]


def test_an_update_comes_once_for_a_channel_though_two_watchlists_alerted() -> None:
    lists = (WOLVES, Watchlist(name="packs", title="Packs", all=("packs",)))
    about = rules(*lists, channels=UPDATED[:1])
    both = reading(match("wolves"), match("packs"), text=5)
    before = decide(check(listing(both)), History(), rules=about, new_id=ids())
    copy = reading(match("wolves"), match("packs"), page=2, text=5, article=article(id="copy", source="Herald"))

    later = decide(check(listing(copy)), history_after(before), rules=about, new_id=ids())

    assert [delivery.type for delivery in later.deliveries] == [EventType.ALERT_UPDATED]


@pytest.mark.parametrize(
    "again",
    [
        reading(match(), article=article(id="second")),  # the same source lists it at another address
        reading(match(), article=article(id="second", source="Herald")),  # another feed lists the same page
        reading(match(), stored=StoredEntry(id=1, state=EntryState.WAITING, article=article())),
    ],
)
def test_no_update_without_another_source(again: Any) -> None:
    before = decided(reading(match()), channels=UPDATED)
    history = replace(history_after(before), placed={"article": before.stories[0].id})

    later = decided(again, history=history, channels=UPDATED)

    assert (later.alerts, later.deliveries) == ((), ())


def test_an_article_that_is_read_again_keeps_its_story_and_may_alert_then() -> None:
    before = decided(reading())
    history = replace(history_after(before), placed={"article": before.stories[0].id})
    stored = StoredEntry(id=1, state=EntryState.WAITING, article=article())

    later = decided(reading(match(), stored=stored), history=history)

    assert later.stories == ()
    assert [(placed.story_id, placed.relation) for placed in later.placed] == [(before.stories[0].id, None)]
    assert [alert.story_id for alert in later.alerts] == [before.stories[0].id]


def test_an_entry_that_is_read_late_does_not_tell_again_what_its_copy_told() -> None:
    new_id = ids()  # one for all: the two stories must not share an id

    def take(one: Any, history: History) -> Outcome:
        return decide(check(listing(one)), history, rules=rules(), new_id=new_id)

    held = take(reading(match(), state=EntryState.HELD), History())
    copy = reading(match(), page=2, text=5, article=article(id="copy", source="Herald"))
    told = take(copy, history_after(held))
    history = replace(history_after(told, history_after(held)), placed={"article": held.stories[0].id})
    stored = StoredEntry(id=1, state=EntryState.HELD, article=article())

    late = take(reading(match(), text=5, stored=stored), history)

    assert len(told.alerts) == 1
    assert held.stories[0].id != told.stories[0].id
    assert (late.alerts, late.deliveries) == ((), ())


def test_in_quiet_hours_an_update_waits_like_the_alert() -> None:
    quiet = replace(WOLVES, quiet=(QuietHours(start=time(12), end=time(14)),))
    about = rules(quiet, channels=UPDATED[:1])
    before = decide(check(listing(reading(match(), text=5))), History(), rules=about, new_id=ids())
    copy = reading(match(), page=2, text=5, article=article(id="copy", source="Herald"))

    later = decide(check(listing(copy)), history_after(before), rules=about, new_id=ids())
    unlisted = replace(about, watchlists={})
    gone = decide(check(listing(replace(copy, matches=()))), history_after(before), rules=unlisted, new_id=ids())

    assert [(d.type, d.batch, d.next_at) for d in later.deliveries] == [
        (EventType.ALERT_UPDATED, "quiet:wolves", NOW + HOUR)
    ]
    assert gone.deliveries == ()  # nobody watches for it any more


def test_what_was_for_digests_only_is_not_updated_where_there_is_no_digest_any_more() -> None:
    weak = match(score=0.5, verdict=Verdict.DIGEST)
    before = decided(reading(weak, text=5), channels=(replace(UPDATED[0], digest="0 8 * * *"),))
    copy = reading(weak, page=2, text=5, article=article(id="copy", source="Herald"))

    later = decided(copy, history=history_after(before), channels=UPDATED[:1])

    assert len(before.deliveries) == 1
    assert later.deliveries == ()


def test_an_update_leaves_out_channels_that_are_no_longer_configured() -> None:
    before = decided(reading(match(), text=5), channels=UPDATED)
    copy = reading(match(), page=2, text=5, article=article(id="copy", source="Herald"))

    later = decided(copy, history=history_after(before), channels=(UPDATED[1],))

    assert later.deliveries == ()


def test_an_update_goes_where_the_watchlist_leads_now() -> None:
    boss = replace(UPDATED[0], name="boss", default=False)
    before = decided(reading(match(), text=5), channels=(UPDATED[0], boss))

    moved = joined(1, before, channels=(UPDATED[0], boss), watchlists={"wolves": replace(WOLVES, channels=("boss",))})

    assert [(d.channel, d.reply_to) for d in moved.deliveries] == [("boss", None)]
    data = moved.deliveries[0].event["data"]
    assert (data["article"]["id"], len(data["hits"]), data["story"]["others"][0]["source"]) == (
        "article",
        1,
        "Herald 1",
    )


def test_an_update_says_nothing_of_a_list_that_its_channel_hears_no_more_of() -> None:
    packs = Watchlist(name="packs", title="Packs", all=("packs",))
    boss = replace(UPDATED[0], name="boss", default=False)
    both = reading(match("wolves"), match("packs"), text=5)
    before = decided(both, channels=(UPDATED[0], boss), watchlists={"wolves": WOLVES, "packs": packs})
    now = {"wolves": WOLVES, "packs": replace(packs, channels=("boss",))}

    moved = joined(1, before, channels=(UPDATED[0], boss), watchlists=now)

    told = {d.channel: d.event["data"] for d in moved.deliveries}
    assert {name: (data["watchlist"]["name"], data["also"], data["hits"]) for name, data in told.items()} == {
        "desk": ("wolves", [], []),
        "boss": ("packs", [], []),
    }


def test_an_update_stands_in_the_thread_of_the_alert_that_its_channel_was_told() -> None:
    packs = Watchlist(name="packs", title="Packs", all=("packs",))
    boss = replace(UPDATED[0], name="boss", default=False)
    lists = {"wolves": replace(WOLVES, channels=("boss",)), "packs": packs}
    before = decided(reading(match("wolves"), match("packs"), text=5), channels=(UPDATED[0], boss), watchlists=lists)

    moved = joined(1, before, channels=(UPDATED[0], boss), watchlists={"wolves": WOLVES, "packs": packs})

    (sent,) = [delivery.id for delivery in before.deliveries if delivery.channel == "desk"]
    assert [(d.channel, d.reply_to) for d in moved.deliveries] == [("desk", sent)]


def test_a_flood_is_told_once_and_names_the_source() -> None:
    held = [reading(match(), page=n, state=EntryState.HELD, article=article(id=str(n))) for n in range(3)]

    outcome, more = decided(*held), decided(*held, history=History(held=True))

    assert [delivery.type for delivery in outcome.deliveries] == [EventType.SOURCE_FLOOD]
    assert more.deliveries == ()  # until they are released
    assert outcome.deliveries[0].event["data"]["source"] == "Gazette"
    assert outcome.alerts == ()


def test_a_fault_leads_to_the_sources_record_only() -> None:
    outcome = decide(
        check(Fault(kind="timeout", message="no answer within 30 s")), History(), rules=rules(), new_id=ids()
    )

    assert (outcome.record.failures, outcome.record.reason) == (1, "no answer within 30 s")
    assert (outcome.placed, outcome.deliveries, outcome.noted) == ((), (), ())


def test_health_goes_to_the_channels_that_ask_for_it_else_to_the_default_ones() -> None:
    ops = Channel(name="ops", target=Console(), health=True)
    failing = check(Fault(kind="timeout", message="late"), record=record(failures=2))

    asked = decide(failing, History(), rules=rules(channels=(DESK, ops)), new_id=ids())
    unasked = decide(failing, History(), rules=rules(), new_id=ids())

    assert [delivery.channel for delivery in asked.deliveries] == ["ops"]
    assert [delivery.channel for delivery in unasked.deliveries] == ["desk"]


def test_what_is_only_noted_is_passed_on() -> None:
    outcome = decide(check(listing(noted=(4, 5))), History(), rules=rules(), new_id=ids())

    assert outcome.noted == (4, 5)


def joined(number: int, before: Outcome, *, now: Any = NOW, history: History | None = None, **about: Any) -> Outcome:
    """What it leads to that another source carries the text of a story."""
    told = article(id=f"copy{number}", source=f"Herald {number}", url=f"https://herald{number}.example/w")
    copy = reading(match(), page=100 + number, text=5, article=told)
    return decided(copy, history=history or history_after(before), now=now, **about)


def test_of_several_updates_of_a_story_the_first_leaves_at_once_and_the_others_wait_together() -> None:
    before = decided(reading(match(), text=5), channels=UPDATED[:1])
    history = history_after(before)
    times = []
    for number, minutes in enumerate((0, 10, 50, 70, 200)):
        later = joined(number, before, history=history, now=NOW + timedelta(minutes=minutes), channels=UPDATED[:1])
        history = history_after(later, history)
        times += [(d.batch, (d.next_at - NOW) / timedelta(minutes=1)) for d in later.deliveries]

    story = before.stories[0].id
    assert times == [(None, 0), *[(f"update:{story}", 60)] * 4]  # nothing gathers them here


def test_the_independent_sources_of_a_story_are_the_sites_of_what_is_no_copy() -> None:
    first = article(url="https://www.gazette.example/wolves")
    before = decided(reading(match(), text=5, article=first))
    later = joined(1, before)
    nowhere = decided(reading(match(), article=article(url="", source="Post")))

    assert before.stories[0].domains == later.stories[0].domains == ("gazette.example",)
    assert later.stories[0].sources == ("Gazette", "Herald 1")
    assert nowhere.stories[0].domains == ("Post",)


def carried(outcome: Outcome, *domains: str, **changes: Any) -> History:
    """The history after an outcome, when a story is carried by these sites."""
    history = history_after(outcome)
    record = replace(outcome.stories[0], domains=domains)
    return replace(history, stories={record.id: record}, **changes)


def test_a_story_that_enough_sources_carry_is_told_once_more_and_once_only() -> None:
    two = (DESK, Channel(name="night", target=Console(), default=True))
    about: dict[str, Any] = {"channels": two, "watchlists": {"wolves": replace(WOLVES, escalate=3, max_per_hour=1)}}
    before = decided(reading(match(), text=5), **about)

    few = joined(1, before, history=carried(before, "a", "b"), **about)
    enough = joined(1, before, history=carried(before, "a", "b", "c", recent={"wolves": (NOW, NOW)}), **about)
    again = joined(2, before, history=history_after(enough, carried(before, "a", "b", "c")), **about)

    assert (few.deliveries, few.escalated) == ((), ())
    assert enough.escalated == (before.alerts[0].id,)
    assert enough.alerts == ()
    assert [(d.type, d.channel, d.alert_id, d.reply_to, d.next_at, d.batch) for d in enough.deliveries] == [
        (EventType.ALERT_ESCALATED, sent.channel, before.alerts[0].id, sent.id, NOW, None) for sent in before.deliveries
    ]
    data = enough.deliveries[0].event["data"]
    assert (data["escalated"], data["story"]["articles"], data["article"]["id"]) == ({"sources": 3}, 2, "article")
    assert (again.deliveries, again.escalated) == ((), ())


def test_it_is_told_though_an_alert_for_digests_became_a_full_one_meanwhile_and_then_not_again() -> None:
    daily = (Channel(name="daily", target=Console(), default=True, digest="0 8 * * *"), DESK)
    about: dict[str, Any] = {"channels": daily, "watchlists": {"wolves": replace(WOLVES, escalate=2)}}
    weak = match(score=0.5, verdict=Verdict.DIGEST)
    before = decided(reading(weak, text=5), **about)
    history = carried(before, "a", "b")
    copy = reading(weak, page=2, text=5, article=article(id="b", source="Herald"))
    strong = reading(match(), page=3, text=5, article=article(id="c", source="Post"))

    more = decided(copy, history=history, **about)
    full = decided(strong, history=history_after(more, history), **about)

    assert [(d.type, d.channel, d.batch) for d in more.deliveries] == [(EventType.ALERT_ESCALATED, "daily", "digest")]
    assert [(d.type, d.channel) for d in full.deliveries] == [
        (EventType.ALERT_CREATED, "daily"),
        (EventType.ALERT_CREATED, "desk"),
    ]
    assert full.alerts[0].escalated_at == NOW


@pytest.mark.parametrize(("score", "batch"), [(1.0, "quiet:wolves"), (5.0, None)])
def test_quiet_hours_hold_that_many_sources_carry_a_story(score: float, batch: str | None) -> None:
    quiet = replace(WOLVES, escalate=2, quiet=(QuietHours(start=time(12), end=time(14)),), quiet_bypass=5.0)
    before = decided(reading(match(score=score), text=5))

    later = joined(1, before, history=carried(before, "a", "b"), watchlists={"wolves": quiet})

    assert [(d.type, d.batch) for d in later.deliveries] == [(EventType.ALERT_ESCALATED, batch)]


def test_several_watchlists_are_told_of_many_sources_in_one_message() -> None:
    packs = Watchlist(name="packs", title="Packs", all=("packs",), escalate=2, confidential=True)
    about: dict[str, Any] = {"watchlists": {"wolves": replace(WOLVES, escalate=2), "packs": packs}}
    before = decided(reading(match("wolves"), match("packs"), text=5), **about)

    first, second = joined(1, before, history=carried(before, "a", "b"), **about).deliveries

    assert (first.carried_by, second.carried_by, second.state) == (None, first.id, DeliveryState.CARRIED)
    assert (first.event["data"]["also"], first.event["data"]["confidential"]) == (["packs"], True)


@pytest.mark.parametrize("several", [False, True])
def test_a_channel_that_was_not_told_of_the_alert_is_told_of_many_sources_and_nothing_of_other_lists(
    several: bool,
) -> None:
    lists = (WOLVES, Watchlist(name="packs", title="Packs", all=("packs",)))
    matches = (match("wolves"), match("packs")) if several else (match("wolves"),)
    before = decide(check(listing(reading(*matches, text=5))), History(), rules=rules(*lists), new_id=ids())
    boss = Channel(name="boss", target=Console())
    now = {"wolves": replace(WOLVES, escalate=2, channels=("boss",)), "packs": lists[1]}

    later = joined(1, before, history=carried(before, "a", "b"), watchlists=now, channels=(DESK, boss))

    (told,) = [d for d in later.deliveries if d.type is EventType.ALERT_ESCALATED]
    assert (told.channel, told.reply_to, told.event["data"]["also"]) == ("boss", None, [])
    assert bool(told.event["data"]["hits"]) is not several


def test_what_nobody_was_told_is_not_told_again() -> None:
    watched = {"wolves": replace(WOLVES, escalate=2)}
    before = decided(reading(match(), text=5))

    untold = joined(1, before, history=replace(carried(before, "a", "b"), told={}), watchlists=watched)
    unwatched = joined(1, before, history=carried(before, "a", "b"), watchlists={})

    assert untold.deliveries == unwatched.deliveries == ()
    assert untold.escalated == ()  # who is told of the alert later may still be told of this


def test_an_article_that_is_read_again_shows_what_nobody_was_told_of_its_story() -> None:
    before = decided(reading(match()))
    placed = {"article": before.stories[0].id}
    stored = StoredEntry(id=1, state=EntryState.WAITING, article=article())

    few, many = (
        decided(
            reading(stored=stored),
            history=replace(carried(before, *domains), placed=placed),
            watchlists={"wolves": replace(WOLVES, escalate=2)},
        )
        for domains in (("a",), ("a", "b"))
    )

    assert few.deliveries == ()
    assert [delivery.type for delivery in many.deliveries] == [EventType.ALERT_ESCALATED]


def test_an_alert_of_a_story_that_many_carry_already_says_so_and_no_other_follows() -> None:
    about: dict[str, Any] = {"channels": UPDATED[:1], "watchlists": {"wolves": replace(WOLVES, escalate=2)}}
    unheard = decided(reading(text=5), **about)
    history = carried(unheard, "a", "b")

    alerted = joined(1, unheard, history=history, **about)
    later = joined(2, unheard, history=history_after(alerted, history), **about)

    (told,) = alerted.deliveries
    assert (told.type, told.event["data"]["escalated"]) == (EventType.ALERT_CREATED, {"sources": 2})
    assert (alerted.escalated, alerted.alerts[0].escalated_at) == ((alerted.alerts[0].id,), NOW)
    assert [delivery.type for delivery in later.deliveries] == [EventType.ALERT_UPDATED]
    assert "escalated" not in later.deliveries[0].event["data"]


def test_of_two_stories_that_were_one_the_one_is_news_though_the_other_was_told() -> None:
    before = decided(reading(match(), text=5))
    other = decide(check(listing(reading(page=9, text=6))), History(), rules=rules(), new_id=lambda: "apart")
    history = history_after(other, history_after(before))
    both = reading(match(), page=9, text=5, article=article(id="both", source="Herald"))

    joined_up = decided(both, history=history)
    apart = decided(both, history=replace(history, apart=frozenset({"apart"})))

    assert [placed.story_id for placed in (*joined_up.placed, *apart.placed)] == ["apart", "apart"]
    assert joined_up.alerts == ()
    assert [alert.story_id for alert in apart.alerts] == ["apart"]
