"""What the pipeline needs from the outside, as few narrow methods.

A Protocol stands here only because it has two implementations, or will have: SQLite and PostgreSQL, four kinds of
channels, local and distributed jobs.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from monitor.core.model import (
    Article,
    Check,
    Delivery,
    History,
    Known,
    Message,
    Outcome,
    Receipt,
    Settled,
    SourceRecord,
    Story,
)
from monitor.core.revisions import Decide as Revise
from monitor.core.revisions import Listed, Reread, Revised, Visit
from monitor.core.settings import USUAL_STORIES, Source, StoriesSettings
from monitor.core.websub import Offer, Plan, Subscription
from monitor.core.words import Forms

if TYPE_CHECKING:
    from socket import socket


class Notifier(Protocol):
    """One kind of channel, set up for one channel."""

    async def send(self, message: Message) -> Receipt:
        """Hand the message over once. Raises NotifyError, which says whether another attempt is worth it."""


class Posted(Protocol):
    """An answer to a POST, whatever its status. Header names are lower case; `text` is its beginning, 2 kB at most."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def text(self) -> str: ...


Post = Callable[[str, bytes, Mapping[str, str], float], Awaitable[Posted]]
"""(address, body, headers, deadline in seconds) → answer; raises FetchError. Redirects are answers, never followed."""


Dial = Callable[[str, int], Awaitable["socket"]]
"""(host, port) → a socket that is connected there, or to a proxy that leads there; raises FetchError."""


class Executor(Protocol):
    """Runs jobs beside each other. A job takes care of its own errors."""

    def submit(self, name: str, job: Coroutine[Any, Any, None]) -> None:
        """Start a job under a name that no running job has."""

    @property
    def running(self) -> frozenset[str]:
        """The names of the jobs that run."""

    async def drain(self, within: timedelta) -> None:
        """Let the jobs end, at most so long; then stop them."""


Decide = Callable[[Check, History], Outcome]
Gather = Callable[[Sequence[Delivery], Mapping[str, Story]], Delivery]


class Store(Protocol):
    """Where everything is kept. Each method is one transaction, on the disk when it returns, and raises StoreError."""

    async def sync_sources(self, sources: Sequence[Source], now: datetime, *, proxied: bool = False) -> None:
        """Bring the rows of sources in line with the configuration; one that is no longer in it is kept, not polled.
        `proxied` if those that name no proxy leave through one as well: on another way a site's marks are forgotten."""

    async def claim_sources(
        self, now: datetime, *, limit: int, busy: Iterable[int] = (), everyone: bool = False
    ) -> tuple[SourceRecord, ...]:
        """Sources whose turn it is, the longest due first; with `everyone`, all that did not ask to be left alone until
        later. Their next poll is put off by a lease in the same statement, so that a crash costs a delay and nobody asks
        twice. `busy` are left out."""

    async def known(self, source_id: int, keys: Iterable[int], now: datetime) -> Known:
        """Which of these entry keys are known, and which stored entries are to be read again now."""

    async def articles(self, pages: Iterable[int]) -> Mapping[int, Article]:
        """Stored articles by the 64-bit keys of their addresses."""

    async def commit(self, check: Check, decide: Decide, about: StoriesSettings = USUAL_STORIES) -> Outcome:
        """Read what bears on a check, decide, and write what was decided. `about`: how far back stories are looked for."""

    async def listed(self, source_id: int, words: Mapping[int, int]) -> tuple[Listed, ...]:
        """Which stored entries of a source it says something else of than before. `words` has for each page's key the key
        of what is said of it now (`changes.own_words`)."""

    async def plan_subscriptions(
        self, plan: Callable[[Sequence[Offer], Sequence[Subscription]], Plan]
    ) -> tuple[Subscription, ...]:
        """Read which active sources name a hub and which subscriptions there are, decide, and write what was decided.
        Returns what hubs are to be asked for now."""

    async def subscription(self, token: str) -> Subscription | None:
        """The subscription whose hub knows this token, if there is one."""

    async def change_subscription(
        self, token: str, change: Callable[[Subscription], Subscription | None]
    ) -> Subscription | None:
        """Put what is decided in place of a subscription; None forgets it. Returns what it was before, if there was one."""

    async def pushed(self, token: str, now: datetime, apart: timedelta) -> None:
        """Its hub says that there is something new: the source's turn is now, or `apart` from the last one that a push
        brought about. Nothing happens while the subscription is not verified."""

    async def claim_rereads(self, now: datetime, *, limit: int, busy: Iterable[str] = ()) -> tuple[Reread, ...]:
        """Articles that alerted and are to be read again now, the longest due first, put off by a lease as sources are.
        `busy` are the ids of those that are left out."""

    async def revise(self, visit: Visit, decide: Revise, about: StoriesSettings = USUAL_STORIES) -> Revised | None:
        """Read what bears on an article that was read again, decide, and write what was decided. None, and nothing is
        written, if the article is not any more what it was when it was claimed."""

    async def claim_deliveries(
        self, now: datetime, *, channels: Iterable[str], limit: int, busy: Iterable[str] = (), gather: Gather
    ) -> tuple[Delivery, ...]:
        """Deliveries that are due on these channels: alerts before other messages, the oldest first.

        `attempts` and the next attempt are stored before this returns. What waited for a batch is gathered into one
        delivery first. `busy` are left out.
        """

    async def set_back(
        self,
        by: timedelta,
        now: datetime,
        digest_at: Mapping[str, datetime],
        update_interval: timedelta = USUAL_STORIES.update_interval,
    ) -> None:
        """The clock was set back by so much: messages wait no longer than they were to, for a digest until the next one of
        their channel at most, and for other updates of their story at most `update_interval`."""

    async def finish(self, delivery: Delivery, settled: Settled) -> None:
        """Write what became of an attempt. What it tells the operator about a channel is told once an hour."""

    async def tell(self, deliveries: Sequence[Delivery]) -> None:
        """Queue messages to the operator that no check and no delivery brought about."""

    async def remind(self, before: datetime, now: datetime, tell: Callable[[SourceRecord], Sequence[Delivery]]) -> None:
        """Queue what is told (`tell`) again of the sources that are gone and were last told of before then."""

    async def enable_channels(self) -> None:
        """Switch channels on again that had answered 410; at a start or a reload."""

    async def forms(self, version: str) -> Forms:
        """The kept forms of words, as this version of the libraries found them."""

    async def keep_forms(self, version: str, forms: Forms) -> None:
        """Keep the forms of words, and forget those that other versions found."""

    async def prune(self, before: datetime) -> int:
        """Delete articles without hits that were fetched earlier; returns how many."""

    async def forget_copies(self, before: datetime) -> None:
        """Recognise no copies any more of articles that were fetched earlier, but of those at the same address."""

    async def pending(self) -> tuple[int, int]:
        """How many active sources there are, and how many deliveries are not done."""

    async def stranded(self, channels: Iterable[str]) -> Mapping[str, int]:
        """Channel → how many deliveries wait for it, of those that are not among these."""

    async def close(self) -> None:
        """Write what is waiting, and close."""
