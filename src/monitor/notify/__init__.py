"""The kinds of channels: each hands a message over once and says how that went. One file per kind, one method.

What a message says is `core.render`'s, when it is tried again `core.timing`'s, and what is remembered the store's.
What the operator can mend (a password, a certificate, a package, an address that leads to a private network) counts as
retryable everywhere: once it is mended, what is owed arrives.
"""

import ssl
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TextIO

from monitor.core import render
from monitor.core.model import Message, Receipt
from monitor.core.settings import Apprise, Channel, Console, Content, Email, Webhook
from monitor.notify.apprise import AppriseNotifier
from monitor.notify.console import ConsoleNotifier
from monitor.notify.email import EmailNotifier
from monitor.notify.pgp import sealer
from monitor.notify.webhook import WebhookNotifier
from monitor.ports import Dial, Notifier, Post


def build(
    channel: Channel,
    post: Post,
    clock: Callable[[], datetime],
    *,
    dial: Dial,
    public_url: str = "",
    tls: ssl.SSLContext | None = None,
    stream: TextIO | None = None,
) -> Notifier:
    """The notifier of a channel, which sees to `content = "neutral"` itself.

    `post` is for webhooks, `dial` for mail, `clock` (UTC) for webhooks and for keys that expire; `public_url` is where links
    in neutral messages lead; `tls` whom a mail server's certificate must satisfy (None: the system's authorities); `stream`
    where the console writes (None: stdout).
    """
    notifier = _of_kind(channel, post, dial, clock, tls, stream or sys.stdout)
    return _Neutral(notifier, public_url) if channel.content is Content.NEUTRAL else notifier


def _of_kind(
    channel: Channel,
    post: Post,
    dial: Dial,
    clock: Callable[[], datetime],
    tls: ssl.SSLContext | None,
    stream: TextIO,
) -> Notifier:
    match channel.target:
        case Webhook() as target:
            return WebhookNotifier(target, channel.timeout, post, clock)
        case Email() as target:
            return EmailNotifier(target, channel.timeout, dial, tls, sealer(target.keys, clock))
        case Apprise() as target:
            return AppriseNotifier(target, channel.timeout)
        case Console():
            return ConsoleNotifier(stream)


class _Neutral:
    """Another notifier, to which nothing but neutral events comes."""

    def __init__(self, notifier: Notifier, public_url: str) -> None:
        self._notifier = notifier
        self._public_url = public_url

    async def send(self, message: Message) -> Receipt:
        return await self._notifier.send(replace(message, event=render.neutral(message.event, self._public_url)))
