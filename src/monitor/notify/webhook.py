"""Webhooks: a signed POST after Standard Webhooks 1.0.0 (https://www.standardwebhooks.com).

The connection, its guard and its deadline are the fetch layer's, handed in as `post`.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta

from monitor.core.errors import FetchError, NotifyError
from monitor.core.http import retry_after
from monitor.core.model import Message, Receipt
from monitor.core.render import encode
from monitor.core.render.clean import visible
from monitor.core.settings import Webhook
from monitor.notify.masking import masked, parts
from monitor.ports import Post, Posted

_GONE = 410
_LATER = frozenset({408, 425, 429})
_HOLDING = frozenset({429, 503})  # with Retry-After: the receiver as a whole wants to be left alone
_SOONEST = timedelta(seconds=5)
_ANSWER = 512


class WebhookNotifier:
    """Posts each message to one address. Without a key nothing is signed."""

    def __init__(self, target: Webhook, timeout: timedelta, post: Post, clock: Callable[[], datetime]) -> None:
        self._target = target
        self._timeout = timeout
        self._post = post
        key = base64.b64encode(target.key).decode() if target.key else ""
        self._secrets = (*parts(target.url.value), key)
        self._clock = clock

    async def send(self, message: Message) -> Receipt:
        """See `Notifier.send`. The body is the same in each attempt; the time stamp, and so the signature, is not."""
        body = encode(message.event)
        headers = {"content-type": "application/json", **signed(self._target.key, message.id, self._clock(), body)}
        try:
            posted = await self._post(self._target.url.value, body, headers, self._timeout.total_seconds())
        except FetchError as error:
            raise NotifyError(f"no answer: {error}", retryable=True) from error
        return _receipt(posted, masked(posted.text, self._secrets), self._clock())


def signed(key: bytes | None, message_id: str, now: datetime, body: bytes) -> dict[str, str]:
    """The headers that identify and sign a message: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`."""
    stamp = str(int(now.timestamp()))
    headers = {"webhook-id": message_id, "webhook-timestamp": stamp}
    if key is not None:
        digest = hmac.new(key, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
        headers["webhook-signature"] = f"v1,{base64.b64encode(digest).decode()}"
    return headers


def _receipt(posted: Posted, text: str, now: datetime) -> Receipt:
    """What an answer that says `text` means: taken (2xx), or an error that says what to do. A redirect is a failure like
    any other."""
    status, answer = posted.status, visible(text)[:_ANSWER]
    if 200 <= status < 300:
        return Receipt(code=status, answer=answer)
    retryable = status in _LATER or 500 <= status < 600
    asked = retry_after(posted.headers.get("retry-after"), now) if retryable else None
    raise NotifyError(
        f"the receiver answered {status}",
        retryable=retryable,
        retry_at=max(asked, now + _SOONEST) if asked else None,
        hold=asked is not None and status in _HOLDING,
        gone=status == _GONE,
        code=status,
        answer=answer,
    )
