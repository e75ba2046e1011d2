"""What a receiver repeats of a secret does not come into the ledger."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import pytest

from monitor.core.errors import NotifyError
from monitor.core.settings import Secret, Webhook
from monitor.fetch.client import Answer
from monitor.notify.masking import all_parts, masked, parts
from monitor.notify.webhook import WebhookNotifier
from support.alerts import NOW, message

URL = "https://bot:passw0rd1@hooks.example/services/T0123456789/B-s3cr%2Fet?token=abcdefgh12&v=1"


def test_parts_of_an_address() -> None:
    assert parts(URL) == ("passw0rd1", "services", "T0123456789", "B-s3cr%2Fet", "abcdefgh12")
    assert parts("https://hooks.example/in") == ()


def test_parts_of_an_address_of_apprise() -> None:
    assert all_parts("tgram://123456789:AAF-s3cret_Token/-100200300") == ("123456789", "AAF-s3cret_Token", "-100200300")
    assert all_parts("slack://T1JJ3T3L2/a1-s3cret/#general") == ("T1JJ3T3L2", "a1-s3cret")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("no such hook: /services/T0123456789/B-s3cr/et", "no such hook: /***/***/***"),
        ("bad token abcdefgh12 (B-s3cr%2Fet)", "bad token *** (***)"),
        ("nothing here", "nothing here"),
    ],
)
def test_secrets_are_masked(text: str, shown: str) -> None:
    assert masked(text, (*parts(URL), "")) == shown


@pytest.mark.parametrize("status", [200, 404])
def test_what_a_webhook_answers(status: int) -> None:
    async def post(url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:  # noqa: ASYNC109 (the port's)
        return Answer(status=status, headers={}, body=b"abcdefgh12 is no token; key YWJjYWJjYWJjYWJjYWJjYWJjYWJjYWJj")

    target = Webhook(url=Secret(URL), key=b"abc" * 8)
    notifier = WebhookNotifier(target, timedelta(seconds=1), post, lambda: NOW)
    try:
        answer = asyncio.run(notifier.send(message())).answer
    except NotifyError as error:
        answer = error.answer
    assert answer == "*** is no token; key ***"


def test_half_of_a_secret_is_not_kept_either() -> None:
    async def post(url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:  # noqa: ASYNC109 (the port's)
        return Answer(status=200, headers={}, body=b"x" * 505 + b" abcdefgh12")

    notifier = WebhookNotifier(Webhook(url=Secret(URL)), timedelta(seconds=1), post, lambda: NOW)
    assert asyncio.run(notifier.send(message())).answer.endswith("x ***")
