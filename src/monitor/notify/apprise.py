"""More than a hundred other services, by way of the apprise package (`pip install 'monitor[apprise]'`).

Its network calls are its own: they pass neither our guard nor our proxy, which is why the configuration refuses such a
channel beside a proxy.
"""

import asyncio
import re
from datetime import timedelta
from typing import Any

from monitor.core.errors import NotifyError
from monitor.core.model import Message, Receipt
from monitor.core.render import plain
from monitor.core.render.clean import visible
from monitor.core.settings import Apprise
from monitor.notify.masking import all_parts, masked

_ANSWER = 512
_STATUS = re.compile(r"\berror=([1-5]\d\d)\b")  # how plugins tell the status of an answer
_TELLING = frozenset({"WARNING", "ERROR", "CRITICAL"})


class AppriseNotifier:
    """Hands each message to one of the services that apprise knows."""

    def __init__(self, target: Apprise, timeout: timedelta) -> None:
        self._target = target
        self._timeout = timeout

    async def send(self, message: Message) -> Receipt:
        """See `Notifier.send`. Every failure is retryable, since apprise does not tell one from another; a thread that
        is still waiting for the service when the time is over ends by itself, and its message may arrive twice."""
        seconds = self._timeout.total_seconds()
        sending = asyncio.to_thread(_send, self._target.url.value, *plain(message.event), seconds)
        try:
            return await asyncio.wait_for(sending, seconds)
        except TimeoutError as error:
            raise NotifyError(f"the service did not answer within {seconds:g} s", retryable=True) from error


def _send(url: str, title: str, body: str, seconds: float) -> Receipt:
    try:
        import apprise  # half a second and 36 MB (2026-11-22): only when it is used, and in this thread
    except ImportError as error:
        raise NotifyError("apprise is not installed: pip install 'monitor[apprise]'", retryable=True) from error
    services = apprise.Apprise()
    if not services.add(url):
        raise NotifyError("apprise does not know this kind of address: see its documentation", retryable=True)
    for service in services:
        service.overflow_mode = apprise.OverflowMode.SPLIT  # a digest longer than a chat's message becomes several
    result = services.notify(body=body, title=title, body_format=apprise.NotifyFormat.TEXT, timeout=seconds)
    if not result:
        answer = masked(_answer(result), all_parts(url))[:_ANSWER]
        code = _STATUS.search(answer)
        raise NotifyError(
            "the service did not take the message",
            retryable=True,
            code=int(code[1])
            if code
            else None,  # beside it some plugins repeat what the service said, which is not for the log
            answer=answer,
        )
    return Receipt()


def _answer(result: Any) -> str:
    """What apprise says about a failure; its warnings name statuses, its finer notes would name secrets."""
    said = [entry.message for entry in result.logs() if entry.level in _TELLING]
    return visible(" ".join(said))
