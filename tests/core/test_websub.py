"""What to ask hubs for, and what to believe of what they say."""

import hashlib
import hmac
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from itertools import count
from typing import Any
from urllib.parse import parse_qs

import pytest

from monitor.core import polling, websub
from monitor.core.model import Feed, FeedFormat
from monitor.core.websub import Offer, Plan, State, Subscription, Terms
from support.build import DAY, HOUR, MINUTE, NOW, record, source

HUB, TOPIC, CALLBACK = "https://hub.example/", "https://gazette.example/feed", "https://monitor.example/websub"
TOKEN = "t" * 43
OFFER = Offer(source_id=1, source="Gazette", hub=HUB, topic=TOPIC)
TERMS = Terms(callback=CALLBACK)
WHOLE = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "42", "hub.lease_seconds": "864000"}


def subscription(**changes: Any) -> Subscription:
    standing = Subscription(
        token=TOKEN,
        secret="s" * 43,
        source_id=1,
        source="Gazette",
        hub=HUB,
        topic=TOPIC,
        callback=CALLBACK,
        state=State.VERIFIED,
        next_at=NOW + DAY,
        lease_until=NOW + 2 * DAY,
    )
    return replace(standing, **changes)


def planned(
    offers: tuple[Offer, ...] = (OFFER,),
    standing: tuple[Subscription, ...] = (),
    terms: Terms = TERMS,
    now: datetime = NOW,
    jitter: float = 0.0,
) -> Plan:
    numbers = count(1)
    return websub.plan(offers, standing, terms, now, jitter, lambda: f"token{next(numbers)}")


# What a source offers


@pytest.mark.parametrize(
    ("value", "links"),
    [
        ("", []),
        ("<https://hub.example/>; rel=hub", [("https://hub.example/", {"hub"})]),
        (
            '</feed>; rel="self", <https://hub.example/>;rel="hub"',
            [("/feed", {"self"}), ("https://hub.example/", {"hub"})],
        ),
        ('<https://a.example/?a=1,2;3>; rel="SELF alternate"', [("https://a.example/?a=1,2;3", {"self", "alternate"})]),
        ('<a>; title="x; rel=hub, <b>; rel=hub"; rel=self', [("a", {"self"})]),
        (r'<a>; title="\", <b>; rel=hub"; rel=self', [("a", {"self"})]),
        ("<a>; rel=hub; rel=self", [("a", {"hub"})]),
        ("<a>; rel=hub; anchor=/other, <b>; crossorigin", [("b", set())]),
        ("< a >;REL=hub", [("a", {"hub"})]),
        ("no link at all; rel=hub", []),
    ],
)
def test_links_in_a_header(value: str, links: list[tuple[str, set[str]]]) -> None:
    assert [(target, set(rels)) for target, rels in websub.header_links(value)] == links


@pytest.mark.parametrize(
    ("header", "hubs", "topic", "found"),
    [
        ("", (HUB,), TOPIC, (HUB, TOPIC)),
        ("", (), TOPIC, ("", "")),
        ("", (HUB,), "", ("", "")),
        (
            "<http://old.example/>; rel=hub, </f>; rel=self",
            (HUB,),
            TOPIC,
            ("http://old.example/", "https://g.example/f"),
        ),
        ("<https://other.example/>; rel=hub", (HUB,), TOPIC, ("https://other.example/", TOPIC)),
        ("<javascript:x>; rel=hub", (HUB,), TOPIC, (HUB, TOPIC)),
        ("", ("http://plain.example/", HUB, "https://third.example/"), TOPIC, (HUB, TOPIC)),
    ],
)
def test_the_header_is_believed_before_the_feed(
    header: str, hubs: tuple[str, ...], topic: str, found: tuple[str, str]
) -> None:
    feed = Feed(format=FeedFormat.ATOM, hubs=hubs, topic=topic)

    assert websub.offered({"link": header} if header else {}, "https://g.example/feed", feed) == found


@pytest.mark.parametrize(
    ("hub", "asked"),
    [
        ("https://hub.example/", "https://hub.example/"),
        ("https://hub.example:8443/a?b", "https://hub.example:8443/a?b"),
        ("https:///nowhere", None),
        ("http://hub.example/a?b", "https://hub.example/a?b"),
        ("http://hub.example:8080/", None),
        ("http://hub.example:99999/", None),
        ("http://10.1.2.3:8080/hub", "http://10.1.2.3:8080/hub"),
        ("http://10.2.2.3/hub", "https://10.2.2.3/hub"),
        ("http://[broken/hub", None),
        ("ftp://10.1.2.3/hub", None),
    ],
)
def test_a_hub_is_asked_by_https_or_in_the_operators_own_networks(hub: str, asked: str | None) -> None:
    assert websub.safe(hub, (ip_network("10.1.0.0/16"),)) == asked


@pytest.mark.parametrize(
    ("status", "location", "hub"),
    [
        (307, "https://new.example/", "https://new.example/"),
        (308, "/new", "https://hub.example/new"),
        (302, "https://new.example/", None),
        (202, "https://new.example/", None),
        (307, "", "https://hub.example/"),
        (307, "javascript:alert(1)", None),
        (307, "http://new.example:8080/", None),
    ],
)
def test_a_hub_may_send_us_to_another_that_is_safe(status: int, location: str, hub: str | None) -> None:
    other = websub.redirected(subscription(), status, location, TERMS)

    assert other == (subscription(hub=hub) if hub else None)


# What to ask hubs for


def test_what_a_source_offers_is_asked_for_once() -> None:
    first = planned()
    (asked,) = first.ask

    assert (asked.token, asked.secret, asked.state, asked.failures) == ("token1", "token2", State.ASKED, 1)
    assert asked.next_at == NOW + 5 * MINUTE
    assert first == Plan(write=(asked,), ask=(asked,))
    assert planned(standing=first.write, now=NOW + MINUTE) == Plan()


@pytest.mark.parametrize(
    ("failures", "jitter", "wait"),
    [
        (0, 0, 5 * MINUTE),
        (1, 0, 10 * MINUTE),
        (1, 1, 11 * MINUTE),
        (5, 0, 160 * MINUTE),
        (40, 0, DAY),
        (40, -1, 0.9 * DAY),
    ],
)
def test_a_hub_that_says_nothing_is_asked_less_and_less_often(failures: int, jitter: float, wait: timedelta) -> None:
    standing = subscription(state=State.ASKED, lease_until=None, failures=failures, next_at=NOW)
    (asked,) = planned(standing=(standing,), jitter=jitter).ask

    assert (asked.token, asked.failures, asked.next_at) == (TOKEN, failures + 1, NOW + wait)


def test_a_subscription_is_renewed_while_it_holds_by_the_same_token_and_secret() -> None:
    standing = subscription(next_at=NOW)
    (asked,) = planned(standing=(standing,)).ask

    assert asked == replace(standing, failures=1, next_at=NOW + 5 * MINUTE)


def test_a_subscription_that_was_not_renewed_is_over() -> None:
    standing = subscription(lease_until=NOW, next_at=NOW + HOUR, failures=3)

    assert planned(standing=(standing,)) == Plan(write=(replace(standing, state=State.ASKED, lease_until=None),))


def test_after_the_clock_was_set_back_hubs_are_asked_again() -> None:
    now = NOW - 400 * DAY
    (asked,) = planned(standing=(subscription(lease_until=NOW + DAY),), now=now).ask
    assert (asked.state, asked.lease_until) == (State.ASKED, None)


@pytest.mark.parametrize("offers", [(), (replace(OFFER, hub="https://new.example/"),), (replace(OFFER, topic=HUB),)])
def test_what_is_not_offered_any_more_is_left_and_then_forgotten(offers: tuple[Offer, ...]) -> None:
    plan, now = planned(offers, (subscription(),)), NOW
    leaving = next(sub for sub in plan.ask if sub.token == TOKEN)
    assert (leaving.state, leaving.failures, leaving.next_at) == (State.LEAVING, 1, NOW + 5 * MINUTE)
    assert [sub.state for sub in plan.ask if sub != leaving] == [State.ASKED] * len(offers)
    for _ in range(2):
        now = leaving.next_at
        leaving = next(sub for sub in planned(offers, (leaving,), now=now).ask if sub.token == TOKEN)
    assert planned((), (leaving,), now=now) == Plan()
    assert planned((), (leaving,), now=leaving.next_at) == Plan(forget=(TOKEN,))


def test_what_is_offered_again_is_taken_up_again() -> None:
    (asked,) = planned(standing=(subscription(state=State.LEAVING, failures=2),)).ask

    assert (asked.token, asked.state, asked.failures, asked.lease_until) == (TOKEN, State.ASKED, 1, None)


@pytest.mark.parametrize("callback", ["", "https://other.example/"])
def test_what_would_come_to_another_callback_is_forgotten(callback: str) -> None:
    plan = planned(standing=(subscription(),), terms=Terms(callback=callback))

    assert plan.forget == (TOKEN,)
    assert [sub.callback for sub in plan.ask] == ([callback] if callback else [])


def test_a_hub_that_may_not_be_used_is_not_asked() -> None:
    assert planned((replace(OFFER, hub="http://hub.example:8080/"),)) == Plan()


def test_a_hub_that_is_named_with_http_is_asked_by_https() -> None:
    offers = (replace(OFFER, hub="http://hub.example/"),)
    first = planned(offers)

    assert [sub.hub for sub in first.ask] == [HUB]
    assert planned(offers, first.write, now=NOW + MINUTE) == Plan()


def test_few_hubs_are_asked_at_the_same_time() -> None:
    plan = planned(tuple(replace(OFFER, source_id=number) for number in range(20)))

    assert (len(plan.write), len(plan.ask)) == (20, 8)
    assert len({sub.token for sub in plan.write}) == 20


@pytest.mark.parametrize(
    ("state", "mode", "extra"),
    [
        (State.ASKED, "subscribe", {"hub.lease_seconds": ["864000"], "hub.secret": ["s" * 43]}),
        (State.VERIFIED, "subscribe", {"hub.lease_seconds": ["864000"], "hub.secret": ["s" * 43]}),
        (State.LEAVING, "unsubscribe", {}),
    ],
)
def test_the_form_that_a_hub_gets(state: State, mode: str, extra: dict[str, list[str]]) -> None:
    form = websub.request(subscription(state=state, callback=f"{CALLBACK}/", topic="https://x.example/?a=1&b=ü"))

    whole = {"hub.callback": [f"{CALLBACK}/{TOKEN}"], "hub.mode": [mode], "hub.topic": ["https://x.example/?a=1&b=ü"]}
    assert parse_qs(form.decode(), strict_parsing=True) == whole | extra


def test_nothing_shows_a_token_or_a_secret() -> None:
    assert not {TOKEN, "s" * 43} & set(repr(subscription()).replace("'", " ").split())
    assert TOKEN not in repr(subscription())


# What a hub says


@pytest.mark.parametrize(
    ("path", "callback", "ours"),
    [
        (f"/websub/{TOKEN}", CALLBACK, True),
        (f"/{TOKEN}", CALLBACK, True),
        (f"/websub/{TOKEN}", f"{CALLBACK}/", True),
        (f"/other/{TOKEN}", CALLBACK, False),
        (f"/websub/x/{TOKEN}", CALLBACK, False),
        ("/websub/short", CALLBACK, False),
        (f"/websub/{TOKEN}/", CALLBACK, False),
        (f"/websub/{'ü' * 43}", CALLBACK, False),
        (TOKEN, CALLBACK, True),
        ("*", CALLBACK, False),
    ],
)
def test_only_what_has_a_token_is_ours(path: str, callback: str, ours: bool) -> None:
    assert websub.token_of(path, callback) == (TOKEN if ours else None)


@pytest.mark.parametrize(
    ("state", "said", "answer"),
    [
        (State.ASKED, {}, "42"),
        (State.VERIFIED, {}, "42"),
        (State.LEAVING, {}, None),
        (State.LEAVING, {"hub.mode": "unsubscribe"}, "42"),
        (State.ASKED, {"hub.mode": "unsubscribe"}, None),
        (State.ASKED, {"hub.mode": "denied"}, None),
        (State.ASKED, {"hub.mode": ""}, None),
        (State.ASKED, {"hub.topic": f"{TOPIC}/"}, None),
        (State.ASKED, {"hub.challenge": ""}, None),
        (State.ASKED, {"hub.challenge": "x" * 1000}, "x" * 1000),
        (State.ASKED, {"hub.challenge": "x" * 1001}, None),
        (State.ASKED, {"hub.challenge": "a\0b"}, None),
    ],
)
def test_a_challenge_is_echoed_only_if_we_asked_for_exactly_that(
    state: State, said: dict[str, str], answer: str | None
) -> None:
    assert websub.challenge(subscription(state=state), WHOLE | said) == answer


@pytest.mark.parametrize(
    ("seconds", "lease"),
    [("864000", 10 * DAY), ("", DAY), ("0", DAY), ("-5", DAY), ("9" * 9, 30 * DAY), ("9" * 99, DAY), ("60", MINUTE)],
)
def test_a_confirmed_subscription_is_renewed_before_its_lease_is_over(seconds: str, lease: timedelta) -> None:
    asked = subscription(state=State.ASKED, failures=3, lease_until=None)
    early, usual, late = (
        websub.heard(asked, WHOLE | {"hub.lease_seconds": seconds}, NOW, jitter) for jitter in (-1.0, 0.0, 1.0)
    )
    assert early
    assert usual
    assert late
    assert (usual.state, usual.failures, usual.lease_until) == (State.VERIFIED, 0, NOW + lease)
    assert usual.next_at == NOW + max(0.8 * lease, 5 * MINUTE)
    assert early.next_at <= usual.next_at <= late.next_at <= NOW + max(0.85 * lease, 5 * MINUTE)


def test_what_a_hub_refuses_is_asked_for_again_the_next_day() -> None:
    refused = websub.heard(subscription(), {"hub.mode": "denied", "hub.topic": TOPIC}, NOW, 0.0)

    assert refused == subscription(state=State.ASKED, lease_until=None, next_at=NOW + DAY)


@pytest.mark.parametrize(
    "said", [{}, {"hub.mode": "denied", "hub.topic": "other"}, WHOLE | {"hub.mode": "unsubscribe"}]
)
def test_what_a_hub_says_of_something_else_changes_nothing(said: dict[str, str]) -> None:
    assert websub.heard(subscription(), said, NOW, 0.0) == subscription()


def test_an_end_is_one_when_the_hub_confirms_it() -> None:
    leaving = subscription(state=State.LEAVING)

    assert websub.heard(leaving, WHOLE, NOW, 0.0) == leaving
    assert websub.heard(leaving, WHOLE | {"hub.mode": "unsubscribe"}, NOW, 0.0) is None


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_push_is_signed_by_the_secret(method: str) -> None:
    digest = hmac.new(b"secret", b"body", getattr(hashlib, method)).hexdigest()

    assert websub.is_signed(b"body", f"{method}={digest}", "secret")
    assert websub.is_signed(b"body", f"{method}={digest.upper()}", "secret")
    assert not websub.is_signed(b"body ", f"{method}={digest}", "secret")
    assert not websub.is_signed(b"body", f"{method}={digest}", "Secret")


@pytest.mark.parametrize(
    "signature", ["", "sha256", "sha256=", "sha256=ü", "md5=841a2d689ad86bd1611447453c22c6fc", "=x"]
)
def test_what_is_no_signature_is_none(signature: str) -> None:
    assert not websub.is_signed(b"body", signature, "secret")


@pytest.mark.parametrize(
    ("last", "turn"),
    [
        (None, NOW),
        (NOW - HOUR, NOW),
        (NOW - MINUTE, NOW + MINUTE),
        (NOW, NOW + 2 * MINUTE),
        (NOW + MINUTE, NOW + 2 * MINUTE),  # the clock was set back
    ],
)
def test_pushes_bring_one_poll_in_a_while(last: datetime | None, turn: datetime) -> None:
    assert websub.turn(last, NOW, 2 * MINUTE) == turn


# Polling


@pytest.mark.parametrize(
    ("about", "wait"),
    [
        ({}, 2 * MINUTE),
        ({"pushed_until": NOW}, 2 * MINUTE),
        ({"pushed_until": NOW + DAY}, 15 * MINUTE),
        ({"pushed_until": NOW + DAY, "gap_at": NOW - HOUR, "pace": 1}, 7.5 * MINUTE),
        ({"pushed_until": NOW + DAY, "failures": 2}, 30 * MINUTE),
    ],
)
def test_a_source_whose_hub_tells_us_is_polled_no_sooner_than_interval(about: dict[str, Any], wait: timedelta) -> None:
    busy = record(last_new_at=NOW - MINUTE, **about)

    assert polling.next_poll(source(), busy, NOW, 0.0) == NOW + wait


def test_hubs_of_sources_behind_a_proxy_of_their_own_are_told_nothing() -> None:
    hidden = replace(TERMS, hidden=frozenset({OFFER.source}))
    assert planned(terms=hidden) == Plan()
    (asked,) = planned().write
    leaving = planned(standing=(asked,), terms=hidden).write  # as it was made before there was a proxy
    assert [sub.state for sub in leaving] == [State.LEAVING]
