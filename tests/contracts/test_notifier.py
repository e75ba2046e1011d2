"""What every notifier promises, whatever it speaks: built as the daemon builds it, against a real receiver."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from monitor.core.errors import NotifyError
from monitor.core.model import EventType, Receipt
from monitor.core.render import digest_event, health_event
from monitor.core.settings import Apprise, Channel, Console, Content, Email, Secret, Security, Webhook
from monitor.notify import build
from monitor.ports import Notifier
from support.alerts import ALERT, ARTICLE, HITS, NASTY, NOW, TITLE, WATCHLIST, event, message, titled
from support.clients import client_for
from support.mailbox import Mailbox, words
from support.server import Reply, Server

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # apprise's own modules

PAGE = "https://monitor.example.org"


@dataclass(frozen=True, kw_only=True)
class Rig:
    """A notifier, what has arrived at its receiver so far, and a way to make the receiver fail."""

    notifier: Notifier
    arrived: Callable[[], list[str]]
    breaks: Callable[[], Any]


def channel(target: Webhook | Email | Apprise | Console, content: Content) -> Channel:
    return Channel(name="desk", target=target, content=content, timeout=timedelta(seconds=5))


def built(target: Webhook | Email | Apprise | Console, content: Content, *servers: Server, **more: Any) -> Notifier:
    client = client_for(*servers)
    now = partial(datetime.now, UTC)
    return build(channel(target, content), client.post, now, dial=client.dial, public_url=PAGE, **more)


@asynccontextmanager
async def webhook(content: Content) -> AsyncIterator[Rig]:
    async with Server() as server:
        url = server.on("/hook", Reply(status=204))
        yield Rig(
            notifier=built(Webhook(url=Secret(url), key=b"k" * 24), content, server),
            arrived=lambda: [request.body.decode() for request in server.requests],
            breaks=lambda: server.on("/hook", Reply(status=503)),
        )


@asynccontextmanager
async def email(content: Content) -> AsyncIterator[Rig]:
    async with Mailbox() as box:
        target = Email(
            host=box.host,
            port=box.port,
            security=Security.NONE,
            sender="monitor@example.org",
            recipients=("team@example.org",),
        )
        yield Rig(
            notifier=built(target, content),
            arrived=lambda: [words(letter) for letter in box.letters],
            breaks=lambda: box.refuse.update(mail="451 later"),
        )


@asynccontextmanager
async def apprise(content: Content) -> AsyncIterator[Rig]:
    async with Server() as server:
        server.on("/hook", Reply(status=200))
        yield Rig(
            notifier=built(Apprise(url=Secret(f"json://{server.hosts[0]}:{server.port}/hook")), content),
            arrived=lambda: [request.body.decode() for request in server.requests],
            breaks=lambda: server.on("/hook", Reply(status=503)),
        )


@asynccontextmanager
async def console(content: Content) -> AsyncIterator[Rig]:
    stream = io.StringIO()
    yield Rig(
        notifier=built(Console(), content, stream=stream),
        arrived=lambda: [stream.getvalue()] if stream.getvalue() else [],
        breaks=stream.close,
    )


Kind = Callable[[Content], AbstractAsyncContextManager[Rig]]
KINDS = [webhook, email, apprise, console]
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)

HEALTH = health_event(
    EventType.SOURCE_FAILING, source="Coast Courier", since=NOW, reason="404", advice="Look.", now=NOW
)
DIGEST = digest_event([event(), event()], reason="digest", now=NOW)
EVENTS = {"alert": event(), "update": event(EventType.ALERT_UPDATED), "digest": DIGEST, "health": HEALTH}


async def deliver(kind: Kind, told: dict[str, Any], content: Content = Content.FULL) -> tuple[Receipt, list[str]]:
    async with kind(content) as rig:
        receipt = await rig.notifier.send(message(told))
        return receipt, rig.arrived()


@every_kind
@pytest.mark.parametrize("told", EVENTS.values(), ids=EVENTS)
def test_a_message_arrives_once(kind: Kind, told: dict[str, Any]) -> None:
    receipt, arrived = asyncio.run(deliver(kind, told))
    assert isinstance(receipt, Receipt)
    assert len(arrived) == 1
    assert ("Coast Courier" if told is HEALTH else TITLE) in arrived[0]


@every_kind
@pytest.mark.parametrize("told", EVENTS.values(), ids=EVENTS)
def test_a_neutral_channel_tells_nothing(kind: Kind, told: dict[str, Any]) -> None:
    _, arrived = asyncio.run(deliver(kind, told, Content.NEUTRAL))
    assert len(arrived) == 1
    assert PAGE in arrived[0]
    secrets = [WATCHLIST.name, WATCHLIST.title, TITLE, ARTICLE.source, "coast.example", *(hit.surface for hit in HITS)]
    assert not [secret for secret in secrets if secret.lower() in arrived[0].lower()]


@every_kind
@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_no_text_of_a_stranger_stops_a_message(kind: Kind, text: str) -> None:
    _, arrived = asyncio.run(deliver(kind, titled(text)))
    assert "coast.example.org/2026/dredgers" in "".join(arrived)


@every_kind
def test_a_receiver_that_fails_is_tried_again(kind: Kind) -> None:
    async def run() -> NotifyError:
        async with kind(Content.FULL) as rig:
            rig.breaks()
            with pytest.raises(NotifyError) as caught:
                await rig.notifier.send(message())
            return caught.value

    error = asyncio.run(run())
    assert error.retryable
    assert not [word for word in (TITLE, WATCHLIST.title, ARTICLE.url, "/hook") if word in str(error)]


@pytest.mark.parametrize("kind", [email, apprise, console])
def test_a_confidential_alert_shows_its_id_and_no_more_where_logs_could_keep_it(kind: Kind) -> None:
    _, arrived = asyncio.run(deliver(kind, event(confidential=True)))
    shown = {email: arrived[0].split("\n")[0], console: arrived[0]}
    title = shown[kind] if kind in shown else json.loads(arrived[0])["title"]
    assert not [
        secret for secret in (TITLE, WATCHLIST.title, ARTICLE.url, *(hit.surface for hit in HITS)) if secret in title
    ]
    assert kind is not console or ALERT.id in title


def test_without_a_stream_the_console_is_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    notifier = built(Console(), Content.FULL)
    asyncio.run(notifier.send(message()))
    assert TITLE in capsys.readouterr().out
