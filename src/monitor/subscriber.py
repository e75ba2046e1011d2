"""WebSub as it is done: hubs are asked for what is due, and answered when they call.

Not here: what is decided (core.websub), HTTP itself (listener.py, fetch/), and when it is looked at (daemon.py).
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import parse_qsl

from monitor import log
from monitor.core import websub
from monitor.core.errors import FetchError, StoreError
from monitor.core.settings import Source
from monitor.core.websub import State, Subscription, Terms
from monitor.listener import Reply, Request
from monitor.ports import Post, Store

ASK_SECONDS = 20.0
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NOT_FOUND = Reply(status=404)
MOST_FIELDS = 20  # of a query

_log = log.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """What WebSub is done with. `jitter` is in [-1, 1]; `new_token` gives texts that nobody can guess."""

    store: Store
    post: Post
    now: datetime
    jitter: float
    new_token: Callable[[], str]


# Asking


async def keep_up(desk: Desk, terms: Terms) -> None:
    """Ask hubs for what is due: new subscriptions, renewals, ends. Raises StoreError."""
    decide = partial(websub.plan, terms=terms, now=desk.now, jitter=desk.jitter, new_token=desk.new_token)
    due = await desk.store.plan_subscriptions(decide)
    await asyncio.gather(*(_ask(desk, sub, terms) for sub in due))


async def _ask(desk: Desk, sub: Subscription, terms: Terms) -> None:
    """Ask one hub, and the one that it sends us to; what takes the request calls back, if none does it is asked again
    later."""
    try:
        answer = await desk.post(sub.hub, websub.request(sub), FORM, ASK_SECONDS)
        if other := websub.redirected(sub, answer.status, answer.headers.get("location", ""), terms):
            answer = await desk.post(other.hub, websub.request(other), FORM, ASK_SECONDS)
        reason = f"it answered {answer.status}"
        if 200 <= answer.status < 300:
            _log.debug("{source}: its hub was asked", source=sub.source)
            return
    except FetchError as error:
        reason = str(error)
    say = _log.info if sub.failures == 1 and sub.state is not State.LEAVING else _log.debug
    say("{source}: its hub cannot be had, polling goes on: {reason}", source=sub.source, reason=reason)


# Answering


async def answer(request: Request, desk: Desk, callback: str, sources: Mapping[str, Source]) -> tuple[Reply, bool]:
    """What a hub gets to hear, and whether a source is to be polled now; 404 for everybody who is none."""
    path, _, query = request.target.partition("?")
    token = websub.token_of(path, callback)
    if token is None or request.method not in ("GET", "POST"):
        return NOT_FOUND, False
    try:
        if request.method == "GET":
            return await _confirm(token, query, desk), False
        return await _pushed(token, request, desk, sources)
    except StoreError:
        return Reply(status=503), False


async def _confirm(token: str, query: str, desk: Desk) -> Reply:
    """Tell a hub that we meant it, if we did, and keep what it says of the subscription."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return NOT_FOUND
    said = dict(reversed(pairs))  # of a field that comes twice the first counts
    change = partial(websub.heard, query=said, now=desk.now, jitter=desk.jitter)
    sub = await desk.store.change_subscription(token, change)
    if sub is None:
        return NOT_FOUND
    if websub.denied(sub, said):
        _log.info("{source}: its hub refuses to tell us of news, polling goes on", source=sub.source)
        return Reply(status=200)
    challenge = websub.challenge(sub, said)
    if challenge is None:
        return NOT_FOUND
    if sub.state is State.ASKED:
        _log.info("{source}: its hub tells us of news from now on", source=sub.source)
    return Reply(status=200, body=challenge)


async def _pushed(token: str, request: Request, desk: Desk, sources: Mapping[str, Source]) -> tuple[Reply, bool]:
    """A push. One that is not signed as agreed is answered like any other, and changes nothing (7.1)."""
    sub = await desk.store.subscription(token)
    if sub is None:
        return NOT_FOUND, False
    source = sources.get(sub.source)
    signed = websub.is_signed(request.body, request.headers.get("x-hub-signature", ""), sub.secret)
    if not (source and signed):
        return Reply(status=202), False
    await desk.store.pushed(token, desk.now, source.min_interval)
    _log.debug("{source}: its hub says that there is news", source=sub.source)
    return Reply(status=202), True
