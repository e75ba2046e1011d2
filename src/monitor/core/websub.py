"""WebSub (W3C Recommendation, 23 January 2018): what to subscribe to, when to renew it, and what to believe of a hub.

What a hub sends is never read for news: a push that is signed as agreed makes the source's next poll come now. Not here:
asking hubs (subscriber.py), listening to them (listener.py), keeping subscriptions (store/subscriptions.py).
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address
from urllib.parse import urlencode, urlsplit

from monitor.core import urls
from monitor.core.model import Feed

LEASE = timedelta(days=10)  # what hubs are asked for
LONGEST_LEASE = timedelta(days=30)
UNSAID_LEASE = timedelta(days=1)  # of hubs that do not say for how long, though they must (5.3)
RENEWED = 0.8  # of a lease is over when it is renewed, 5 % sooner or later
AGAIN, LONGEST_AGAIN = timedelta(minutes=5), timedelta(days=1)  # until a hub is asked again: doubled each time
PARTINGS = 3  # times that a hub is asked to end a subscription; then its lease may run out
TOGETHER = 8  # hubs that are asked at the same time
JITTER = 0.1

_LINK = re.compile(r"""<([^<>]*)>((?:\s*;\s*[\w!#$&+.^`|~*-]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s";,]+))?)*)""")
_PARAMETER = re.compile(r""";\s*([\w!#$&+.^`|~*-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s";,]+)))?""")
_TOKEN = re.compile(r"[\w-]{40,64}", re.ASCII)
_CHALLENGE = re.compile(r"[ -~]{1,1000}")
_SECONDS = re.compile(r"\d{1,9}", re.ASCII)
_HASHES = ("sha1", "sha256", "sha384", "sha512")


class State(StrEnum):
    ASKED = "asked"  # its hub was asked, or is to be, and has not confirmed it yet
    VERIFIED = "verified"
    LEAVING = "leaving"  # its hub is asked to end it


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """A source that names a hub, and what it is called there."""

    source_id: int
    source: str
    hub: str
    topic: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscription:
    """What a hub is to tell us, or not any more. `token` is the last part of the address at which it does so, which nobody
    else knows; `secret` what it signs with. `failures` counts how often it was asked since it last confirmed; it is asked
    again at `next_at`. `callback` is the public address that was configured then."""

    token: str = field(repr=False)
    secret: str = field(repr=False)
    source_id: int
    source: str
    hub: str
    topic: str
    callback: str
    state: State = State.ASKED
    next_at: datetime
    failures: int = 0
    lease_until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What the configuration says: our public address (empty: no WebSub), the private networks that may be asked, and the
    sources behind a proxy of their own: no hub is told our address for them."""

    callback: str
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What is to be written, by token what is to be forgotten, and of what is written what hubs are to be asked for now."""

    write: tuple[Subscription, ...] = ()
    forget: tuple[str, ...] = ()
    ask: tuple[Subscription, ...] = ()


# What a source offers


def offered(headers: Mapping[str, str], base: str, feed: Feed) -> tuple[str, str]:
    """The hub and the topic that an answer names, in its header first, else in the document (4); empty texts without both.
    Of several hubs the first with https counts. `headers` have lower-case names, `base` is the address that answered."""
    links = [
        (found, rels)
        for target, rels in header_links(headers.get("link", ""))
        if (found := urls.join(base, target)) is not None
    ]
    hubs = [target for target, rels in links if "hub" in rels] or list(feed.hubs)
    topic = next((target for target, rels in links if "self" in rels), feed.topic)
    hub = min(hubs, key=lambda each: not each.startswith("https:"), default="")
    return (hub, topic) if hub and topic else ("", "")


def header_links(value: str) -> Iterator[tuple[str, frozenset[str]]]:
    """The targets of a Link field (RFC 8288) as they stand there, and their relations in lower case; without those that
    are about another document (`anchor`)."""
    for link in _LINK.finditer(value):
        parameters: dict[str, str] = {}
        for found in _PARAMETER.finditer(link[2]):
            parameters.setdefault(found[1].lower(), found[2] or found[3] or "")
        if "anchor" not in parameters:
            yield link[1].strip(), frozenset(parameters.get("rel", "").lower().split())


def safe(hub: str, networks: Iterable[IPv4Network | IPv6Network]) -> str | None:
    """The address at which a hub may be given a secret: by https, also where it is named with http, as many feeds do (8.2);
    by http only at an address of the operator's own networks. None if there is none."""
    try:
        parts = urlsplit(hub)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
        if parts.scheme == "https" or _is_in(parts.hostname, networks):
            return hub
        return parts._replace(scheme="https").geturl() if parts.port in (None, 443) else None
    except ValueError:
        return None


def _is_in(host: str, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in networks)


# What to ask hubs for


def plan(
    offers: Iterable[Offer],
    standing: Sequence[Subscription],
    terms: Terms,
    now: datetime,
    jitter: float,
    new_token: Callable[[], str],
) -> Plan:
    """What becomes of the subscriptions that stand, which are new, and what is to be asked now.

    What is asked is put off at once as if it had failed: only a hub's word ends that. `new_token` gives texts that nobody
    can guess, 40 to 64 characters of base64url; `jitter` is in [-1, 1].
    """
    wanted = {
        offer.source_id: replace(offer, hub=hub)
        for offer in offers
        if terms.callback and offer.source not in terms.hidden and (hub := safe(offer.hub, terms.networks))
    }
    kept = {sub.token: after for sub in standing if (after := _continued(sub, wanted, terms.callback, now))}
    served = {sub.source_id for sub in kept.values() if sub.state is not State.LEAVING}
    for source_id in wanted.keys() - served:
        new = _new(wanted[source_id], terms.callback, now, new_token)
        kept[new.token] = new
    due = [sub for sub in kept.values() if not now < sub.next_at <= now + LONGEST_LEASE]  # the clock may be set back
    ask = tuple(replace(sub, failures=sub.failures + 1, next_at=_again(sub, now, jitter)) for sub in due[:TOGETHER])
    kept |= {sub.token: sub for sub in ask}
    before = {sub.token: sub for sub in standing}
    return Plan(
        write=tuple(sub for sub in kept.values() if before.get(sub.token) != sub),
        forget=tuple(token for token in before if token not in kept),
        ask=ask,
    )


def _continued(sub: Subscription, wanted: Mapping[int, Offer], callback: str, now: datetime) -> Subscription | None:
    """What becomes of a subscription; None if it is forgotten: nobody hears what is sent to another callback."""
    if sub.callback != callback:
        return None
    offer, leaving = wanted.get(sub.source_id), sub.state is State.LEAVING
    if offer and (offer.hub, offer.topic) == (sub.hub, sub.topic):
        over = sub.lease_until is not None and not now < sub.lease_until <= now + LONGEST_LEASE  # see clocks.py
        again = replace(sub, failures=0, next_at=now) if leaving else sub
        return replace(again, state=State.ASKED, lease_until=None) if leaving or over else sub
    if not leaving:
        return replace(sub, state=State.LEAVING, failures=0, next_at=now)
    return sub if sub.failures < PARTINGS or sub.next_at > now else None


def _new(offer: Offer, callback: str, now: datetime, new_token: Callable[[], str]) -> Subscription:
    return Subscription(
        token=new_token(),
        secret=new_token(),
        source_id=offer.source_id,
        source=offer.source,
        hub=offer.hub,
        topic=offer.topic,
        callback=callback,
        next_at=now,
    )


def _again(sub: Subscription, now: datetime, jitter: float) -> datetime:
    wait = min(AGAIN * (1 << min(sub.failures, 20)), LONGEST_AGAIN)
    return now + wait * (1 + JITTER * jitter)


def redirected(sub: Subscription, status: int, location: str, terms: Terms) -> Subscription | None:
    """The same request for another hub, if its own sends us there and that may be asked (5.1.2)."""
    target = urls.join(sub.hub, location) if status in (307, 308) else None
    hub = safe(target, terms.networks) if target else None
    return replace(sub, hub=hub) if hub else None


def request(sub: Subscription) -> bytes:
    """The form that is posted to its hub (5.1)."""
    fields = {
        "hub.callback": f"{sub.callback.rstrip('/')}/{sub.token}",
        "hub.mode": "unsubscribe" if sub.state is State.LEAVING else "subscribe",
        "hub.topic": sub.topic,
    }
    if sub.state is not State.LEAVING:
        fields |= {"hub.lease_seconds": str(int(LEASE.total_seconds())), "hub.secret": sub.secret}
    return urlencode(fields).encode()


# What a hub says


def token_of(path: str, callback: str) -> str | None:
    """The token in the path of a request that is to be ours, whether what stands before us takes off the callback's own
    path or not; None for all others."""
    front, _, token = path.rpartition("/")
    return token if front in ("", urlsplit(callback).path.rstrip("/")) and _TOKEN.fullmatch(token) else None


def challenge(sub: Subscription, query: Mapping[str, str]) -> str | None:
    """What to answer a hub that asks whether we meant it (5.3); None unless it names exactly what we asked for, and its
    challenge is a short plain text (8.2)."""
    said = query.get("hub.mode")
    meant = "unsubscribe" if sub.state is State.LEAVING else "subscribe"
    echo = query.get("hub.challenge", "")
    return echo if said == meant and query.get("hub.topic") == sub.topic and _CHALLENGE.fullmatch(echo) else None


def denied(sub: Subscription, query: Mapping[str, str]) -> bool:
    """Whether a hub says that it refuses the subscription, or ends it (5.2)."""
    return query.get("hub.mode") == "denied" and query.get("hub.topic") == sub.topic


def heard(sub: Subscription, query: Mapping[str, str], now: datetime, jitter: float) -> Subscription | None:
    """The subscription after what a hub said of it; None if it is over."""
    if sub.state is State.LEAVING:
        return sub if challenge(sub, query) is None else None
    if denied(sub, query):
        return replace(sub, state=State.ASKED, lease_until=None, next_at=now + LONGEST_AGAIN * (1 + JITTER * jitter))
    if challenge(sub, query) is None:
        return sub
    lease = _lease(query.get("hub.lease_seconds", ""))
    renewal = max(lease * RENEWED * (1 + 0.05 * jitter), AGAIN)
    return replace(sub, state=State.VERIFIED, failures=0, lease_until=now + lease, next_at=now + renewal)


def _lease(seconds: str) -> timedelta:
    lease = timedelta(seconds=int(seconds)) if _SECONDS.fullmatch(seconds) else timedelta()
    return min(lease or UNSAID_LEASE, LONGEST_LEASE)


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether X-Hub-Signature stands for this body under our secret (7.1); compared in constant time."""
    method, _, given = signature.partition("=")
    if method not in _HASHES:
        return False
    ours = hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()
    return hmac.compare_digest(ours.encode(), given.strip().lower().encode())


def turn(last: datetime | None, now: datetime, apart: timedelta) -> datetime:
    """When a push makes its source be polled: now, and `apart` from the `last` poll that a push made."""
    return now if last is None else min(max(now, last + apart), now + apart)
