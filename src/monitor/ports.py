"""What the pipeline needs from the outside, as few narrow methods.

A Protocol stands here only because it has two implementations, or will have: SQLite and PostgreSQL, four kinds of
channels, local and distributed jobs.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from monitor.core.model import Message, Receipt


class Notifier(Protocol):
    """One kind of channel, set up for one channel."""

    async def send(self, message: Message) -> Receipt:
        """Hand the message over once. Raises NotifyError, which says whether another attempt is worth it."""


class Posted(Protocol):
    """An answer to a POST, whatever its status. Header names are lower case; `text` is at most 512 characters."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def text(self) -> str: ...


Post = Callable[[str, bytes, Mapping[str, str], float], Awaitable[Posted]]
"""(address, body, headers, deadline in seconds) → answer; raises FetchError. Redirects are answers, never followed."""
