"""Webhooks, to a real receiver on loopback, through the real client."""

import asyncio
import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from monitor.core.errors import FetchError, FetchFault, NotifyError
from monitor.core.model import Message, Receipt
from monitor.core.settings import Secret, Webhook
from monitor.notify.webhook import WebhookNotifier, signed
from support.alerts import NASTY, event, message, titled
from support.clients import client_for
from support.server import Reply, Request, Server

KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()


def utc_now() -> datetime:
    return datetime.now(UTC)


def notifier(
    server: Server, url: str, *, key: bytes | None = KEY, clock: Callable[[], datetime] = utc_now, seconds: float = 10
) -> WebhookNotifier:
    target = Webhook(url=Secret(url), key=key)
    return WebhookNotifier(target, timedelta(seconds=seconds), client_for(server).post, clock)


async def post_once(
    reply: Reply, told: Message | None = None, **how: Any
) -> tuple[Receipt | NotifyError, list[Request]]:
    async with Server() as server:
        url = server.on("/hook", reply)
        server.on("/elsewhere", Reply(status=204))
        try:
            return await notifier(server, url, **how).send(told or message()), server.requests
        except NotifyError as error:
            return error, server.requests


def test_a_message_is_a_signed_post() -> None:
    receipt, (request,) = asyncio.run(post_once(Reply(status=204)))
    assert receipt == Receipt(code=204)
    assert (request.method, request.headers["content-type"]) == ("POST", "application/json")
    assert request.headers["webhook-id"] == message().id
    assert Verifier(SECRET).verify(request.body, dict(request.headers)) == event()


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_strange_text_arrives_signed(text: str) -> None:
    told = titled(text)
    receipt, (request,) = asyncio.run(post_once(Reply(), message(told)))
    assert isinstance(receipt, Receipt)
    assert Verifier(SECRET).verify(request.body, dict(request.headers)) == told


def test_attempts_differ_in_nothing_but_their_time() -> None:
    async def run() -> tuple[Request, ...]:
        times = [datetime(2026, 11, 22, 8, tzinfo=UTC), datetime(2026, 11, 22, 8, 0, 7, 999999, tzinfo=UTC)]
        async with Server() as server:
            url = server.on("/hook", Reply())
            for moment in times:
                # the event comes back from the store between two attempts
                told = message(json.loads(json.dumps(event())))
                await notifier(server, url, clock=lambda moment=moment: moment).send(told)  # type: ignore[misc]  # a default is enough
            return tuple(server.requests)

    first, second = asyncio.run(run())
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert [r.headers["webhook-timestamp"] for r in (first, second)] == ["1795334400", "1795334407"]
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


def test_an_old_message_cannot_be_replayed() -> None:
    old = datetime.now(UTC) - timedelta(minutes=10)
    _, (request,) = asyncio.run(post_once(Reply(), clock=lambda: old))
    with pytest.raises(WebhookVerificationError, match="too old"):
        Verifier(SECRET).verify(request.body, dict(request.headers))


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of the reference implementations."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = signed(
        key, "msg_p5jXN8AQM9LWM0D4loKWxJek", datetime.fromtimestamp(1614265330, UTC), b'{"test": 2432232314}'
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_without_a_key_nothing_is_signed() -> None:
    _, (request,) = asyncio.run(post_once(Reply(), key=None))
    assert "webhook-signature" not in request.headers
    assert request.headers["webhook-id"] == message().id


@pytest.mark.parametrize(
    ("status", "retryable", "gone"),
    [
        *(
            (status, False, False)
            for status in (300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 409, 413, 422, 451)
        ),
        *((status, True, False) for status in (408, 425, 429, 500, 501, 502, 503, 504, 507, 599)),
        (410, False, True),
        (600, False, False),
    ],
)
def test_an_answer_says_what_to_do(status: int, retryable: bool, gone: bool) -> None:
    reply = Reply(status=status, body=b"because", headers={"Location": "/elsewhere"})
    error, requests = asyncio.run(post_once(reply))
    assert isinstance(error, NotifyError)
    assert (error.retryable, error.gone, error.code) == (retryable, gone, status)
    assert (error.hold, error.retry_at, error.answer) == (False, None, "because")
    assert len(requests) == 1


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_success_is_a_delivery(status: int) -> None:
    receipt, _ = asyncio.run(post_once(Reply(status=status)))
    assert receipt == Receipt(code=status)


NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "value", "seconds", "hold"),
    [
        (429, "120", 120, True),
        (503, "120", 120, True),
        (503, "Sun, 22 Nov 2026 12:02:00 GMT", 120, True),
        (500, "120", 120, False),
        (408, "120", 120, False),
        (429, "0", 5, True),
        (429, "2", 5, True),
        (429, "Sun, 22 Nov 2026 11:00:00 GMT", 5, True),
        (429, "99999999999", 86400, True),
        (429, "soon", None, False),
        (429, "-1", None, False),
        (400, "120", None, False),
        (410, "120", None, False),
    ],
)
def test_a_receiver_says_when_to_come_back(status: int, value: str, seconds: int | None, hold: bool) -> None:
    error, _ = asyncio.run(post_once(Reply(status=status, headers={"Retry-After": value}), clock=lambda: NOON))
    assert isinstance(error, NotifyError)
    assert error.retry_at == (NOON + timedelta(seconds=seconds) if seconds is not None else None)
    assert error.hold is hold


@pytest.mark.parametrize("status", [200, 400])
def test_what_is_kept_of_an_answer_is_short_and_plain(status: int) -> None:
    result, _ = asyncio.run(post_once(Reply(status=status, body=b"\x1b[2Jno\r\n\x00" + "é".encode() * 2000)))
    assert result.answer.startswith("[2Jno é")
    assert len(result.answer) <= 512
    assert result.answer.isprintable()


@pytest.mark.parametrize("reply", [Reply(hang=True), Reply(raw=b"what?\r\n\r\n"), Reply(raw=b"")])
def test_no_answer_is_tried_again(reply: Reply) -> None:
    error, _ = asyncio.run(post_once(reply, seconds=0.3))
    assert isinstance(error, NotifyError)
    assert (error.retryable, error.code, error.retry_at) == (True, None, None)
    assert "/hook" not in str(error)  # the address may be the secret


def test_a_receiver_that_is_not_there_is_tried_again() -> None:
    async def run() -> NotifyError:
        async with Server() as server:
            url = server.url("/hook")
        with pytest.raises(NotifyError) as caught:
            await notifier(server, url).send(message())
        return caught.value

    assert asyncio.run(run()).retryable


def test_a_refused_address_can_be_mended() -> None:
    async def refuse(*_: object) -> Any:
        raise FetchError(FetchFault.REFUSED, "receiver.example leads to 10.0.0.1, which is not public")

    hook = WebhookNotifier(Webhook(url=Secret("http://receiver.example/s3cret")), timedelta(seconds=1), refuse, utc_now)
    with pytest.raises(NotifyError, match="leads to") as caught:
        asyncio.run(hook.send(message()))
    assert caught.value.retryable
    assert "s3cret" not in str(caught.value)
