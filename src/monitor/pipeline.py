"""The three things that Monitor does: check a source, deliver a message, and read an article again that alerted. Straight
lines from one step to the next.

What belongs here: the order of the steps, and which failure ends what. What does not: rules (core), and anything that
knows how a step is done (fetch, sandbox, store, notify).

    check:    address → fetch → parse → what is new → read pages → match → decide and commit
    deliver:  send → settle → write
    revisit:  fetch → extract → compare → match → decide and commit
"""

import asyncio
import hashlib
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from monitor.core import (
    articles,
    changes,
    clocks,
    feeds,
    http,
    identity,
    intake,
    languages,
    polling,
    reading,
    render,
    rereading,
    revisions,
    tokens,
    urls,
    websub,
)
from monitor.core.articles import metadata
from monitor.core.decide import decide
from monitor.core.errors import FetchError, FetchFault, NotifyError, ParseError, SandboxError
from monitor.core.feeds import items
from monitor.core.model import (
    Article,
    Check,
    Delivery,
    Entry,
    EntryState,
    Fault,
    Feed,
    FeedFormat,
    Fetched,
    Known,
    Listing,
    Message,
    Outcome,
    PageFault,
    Reading,
    Receipt,
    Settled,
    SourceRecord,
    StoredEntry,
    TextFrom,
    Validators,
)
from monitor.core.revisions import Listed, Reread, Revised
from monitor.core.routes import Rules
from monitor.core.settings import Source, SourceKind
from monitor.core.settle import settle
from monitor.core.watch import Watch
from monitor.fetch.client import Client, Purpose
from monitor.fetch.robots import Robots
from monitor.fetch.ways import Ways
from monitor.ports import Notifier, Store
from monitor.sandbox import Sandbox

PARSE_SECONDS = 30.0  # a feed of 20 000 entries takes 4 s; a hostile one costs no more than this
EXTRACT_SECONDS = 20.0  # the slowest of 1 300 real pages took 1.3 s (2026-11-22)
KILLERS = 3  # pages of a source that may end their parser at one poll; the others are read later
UNREADABLE = "unreadable"  # the kind of fault of a document that ended its parser
NO_PARSER = "no-parser"  # the kind of fault of this machine, where no parser came to work on it
KILLER = "!"  # what stands before its hash
AGAIN = 10  # it is parsed again once at the next poll, then at every tenth: it may have been this machine that was slow
COMPARE_SECONDS = 20.0  # two texts of 3 000 sentences with nothing in common take 2 s
WATCHED = 200  # entries of a document, the first of it, of which is looked whether the source says something else now
EDITS = 8  # changed entries that are read again at one poll; the others at the next ones
PORTION = 8  # entries whose pages are read before what they gave is committed
BATCH = 100  # entries without pages that are committed at once: what others have to write waits no longer than that
SITEMAPS = 5  # sitemaps of a sitemap index that are read at one poll, the latest
SITEMAP_FORMATS = (FeedFormat.NEWS_SITEMAP, FeedFormat.SITEMAP, FeedFormat.SITEMAP_INDEX)
LASTING = (FetchFault.REFUSED, FetchFault.TOO_BIG, FetchFault.REDIRECT)
NOT_THERE = frozenset({404, 410})
PASSING_STATUS = frozenset({408, 425, 429})


@dataclass(frozen=True, kw_only=True, slots=True)
class Tools:
    """What the steps are done with, for as long as the daemon runs. `jitter` gives numbers in [-1, 1]; `desk` holds as
    many sources as may have their entries in memory at once, while these are not being read yet; `ways` are those of the
    proxies that sources name."""

    store: Store
    client: Client
    robots: Robots
    sandbox: Sandbox
    desk: asyncio.Semaphore
    clock: Callable[[], datetime]
    jitter: Callable[[], float]
    new_id: Callable[[], str]
    ways: Ways = field(default_factory=dict)

    def of(self, source: Source) -> "Tools":
        """The same, but that all goes out on the way of a source."""
        if not source.proxy:
            return self
        way = self.ways[source.proxy]
        return replace(self, client=way.client, robots=way.robots)


@dataclass(frozen=True, kw_only=True, slots=True)
class Orders:
    """What the configuration in force asks for; a reload brings new ones. `rules` are those of a moment: digests leave at
    their times."""

    sources: Mapping[str, Source]
    watch: Watch
    rules: Callable[[datetime], Rules]
    notifiers: Mapping[str, Notifier]


# Check a source


_Job = Coroutine[Any, Any, Reading]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Poll:
    """One poll of a source, and what it is done with; and what ended its parser meanwhile."""

    source: Source
    record: SourceRecord
    tools: Tools
    orders: Orders
    killers: list[SandboxError] = field(default_factory=list)


_Edit = tuple[Listed, Entry]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Brought:
    """What a poll brought: the listing; how to read what is new and what waited, `size` at a time; the known entries of
    which the source says something else now; and whether more waited than that."""

    listing: Listing
    jobs: list[_Job]
    size: int = PORTION
    edits: tuple[_Edit, ...] = ()
    more: bool = False


async def check(record: SourceRecord, tools: Tools, orders: Orders) -> tuple[Outcome, ...]:
    """Poll a source and commit what it brings, in portions, so that what is read early is told early.

    A source that does not answer, or not with what it should, is an outcome too. Raises StoreError if the store fails.
    """
    source = orders.sources[record.name]
    poll = _Poll(source=source, record=record, tools=tools.of(source), orders=orders)
    try:
        return await _answered(poll)
    except FetchError as error:
        fault = Fault(kind=error.fault, message=str(error), status=error.status, retry_at=error.retry_at)
    except ParseError as error:
        fault = Fault(kind=error.kind, message=str(error))
    return (await _commit(poll, fault),)


async def give_up(record: SourceRecord, tools: Tools, orders: Orders, error: Exception) -> Outcome:
    """Write that a check failed by a fault of Monitor itself: the source counts as failing, and is asked less often.

    Raises StoreError if the store fails.
    """
    source = orders.sources[record.name]
    poll = _Poll(source=source, record=record, tools=tools.of(source), orders=orders)
    return await _commit(poll, Fault(kind="defect", message=f"a fault of Monitor itself: {type(error).__name__}"))


async def _answered(poll: _Poll) -> tuple[Outcome, ...]:
    record, tools, now = poll.record, poll.tools, poll.tools.clock()
    address = await _address(poll)
    validators = polling.validators(record, now) if poll.source.validators else None
    fetched = await tools.client.get(address, purpose=Purpose.FEED, validators=validators)
    body_hash = _hash(record, fetched)
    listing = Listing(
        validators=_validators(record, fetched) if poll.source.validators else Validators(),
        body_hash=body_hash,
        address=address if address not in (poll.source.url, record.moved_to) else None,
        moved_to=_moved_to(fetched),
        lasts=http.freshness(fetched.headers, now),
        full=fetched.status != 304,
    )
    if KILLER + body_hash == record.body_hash and record.failures > 1 and record.failures % AGAIN:
        fault = Fault(kind=UNREADABLE, message="the same as what ended its parser before", body_hash=record.body_hash)
        return (await _commit(poll, fault),)
    if fetched.status == 304 or body_hash == record.body_hash:
        known = await tools.store.known(record.id, (), now)
        jobs = [_again(poll, entry) for entry in known.open]
        return await _read(poll, _Brought(listing=listing, jobs=jobs, more=known.more))
    try:
        async with tools.desk:  # from parsing on, entries take memory: few sources at a time
            brought = await _news(poll, listing, fetched)
    except SandboxError as error:
        return (await _commit(poll, _unread(error, body_hash)),)
    return await _read(poll, brought)


def _unread(error: SandboxError, body_hash: str) -> Fault:
    """Of a document that was not parsed to its end: what ended its parser is remembered, but only if it was that."""
    if not error.begun:
        return Fault(kind=NO_PARSER, message=str(error))
    return Fault(kind=UNREADABLE, message=str(error), body_hash=KILLER + body_hash)


def _hash(record: SourceRecord, fetched: Fetched) -> str:
    """The hash of a document; of one that is said to be unchanged the stored one, unless that is of a killer in between."""
    if fetched.status == 304:
        return "" if record.body_hash.startswith(KILLER) else record.body_hash
    return hashlib.blake2b(fetched.body, digest_size=16).hexdigest()


async def _news(poll: _Poll, listing: Listing, fetched: Fetched) -> _Brought:
    """What a changed document brings: what is new in it, the oldest first, and what waited."""
    store = poll.tools.store
    feed = await _parse(poll, fetched)
    keys = identity.keys(feed.entries, feed.home, fetched.url, feed.taken)
    known = await store.known(poll.record.id, (key for each in keys for key in each), poll.tools.clock())
    unseen = [
        (entry, tuple(each))
        for entry, each in zip(feed.entries, keys, strict=True)
        if not identity.is_known(each, known.keys)
    ]
    planned = intake.plan(poll.source, poll.record, (entry for entry, _ in unseen), poll.tools.clock())
    kept, noted = intake.keep(planned, [each for _, each in unseen])
    plans = [plan for plan, _ in kept]
    stored, told = await _stored_articles(poll, plans), await _languages(poll, plans)
    readings = [
        _entry(poll, plan, each, article, language)
        for (plan, each), article, language in zip(kept, stored, told, strict=True)
    ]
    hub, topic = websub.offered(fetched.headers, fetched.final_url, feed)
    listing = replace(
        listing,
        hub=hub,
        topic=topic,
        digests=feed.digests,
        fresh=len(unseen),
        noted=noted,
        language=feed.language,
        lasts=max(filter(None, (listing.lasts, feed.ttl)), default=None),
        format=feed.format,
        listed=max(len(feed.entries), len(feed.digests) // items.SIZE),
        oldest=_oldest(entry for entry, _ in unseen),
        skips=feed.skips,
    )
    if feed.children:  # an index may stay as it is while what it names changes: it never counts as unchanged
        listing = replace(listing, validators=Validators(), body_hash="")
    edits, later = await _edits(poll, feed, keys, known)
    if later:  # they are to be seen again at the next poll
        listing = replace(listing, digests=_without(feed.digests, later), validators=Validators(), body_hash="")
    jobs = [*reversed(readings), *(_again(poll, entry) for entry in known.open)]
    return _Brought(listing=listing, jobs=jobs, size=_size(plans, len(jobs)), edits=edits, more=known.more)


def _size(plans: Sequence[intake.Planned], count: int) -> int:
    """How many entries are committed at once. A flood is held as a whole: what were left of it after a crash would be too
    little for one, and alert."""
    if any(plan.wants_page for plan in plans):
        return PORTION
    return max(1, count) if any(plan.state is EntryState.HELD for plan in plans) else BATCH


async def _edits(
    poll: _Poll, feed: Feed, keys: Sequence[identity.Keys], known: Known
) -> tuple[tuple[_Edit, ...], frozenset[bytes]]:
    """The known entries of which the source says something else now, as many as are to be read again at this poll; and
    the digests of those that are to be seen again at the next."""
    there = [
        (each.url, entry)
        for entry, each in zip(feed.entries, keys, strict=True)
        if each.url is not None and identity.is_known(each, known.keys)
    ]
    entries = dict(there[:WATCHED])
    words = {page: changes.own_words(entry.title, entry.text or entry.summary) for page, entry in entries.items()}
    listed = await poll.tools.store.listed(poll.record.id, words) if words else ()
    found = [each for each in listed if urls.page_key(each.reread.article.url) == each.page]  # others lead there, too
    now, waiting = poll.tools.clock(), {each.article.id for each in known.open}
    may = [each for each in found if clocks.is_due(each.noted.again_at, now, rereading.LONGEST)]
    ready = [each for each in may if each.reread.article.id not in waiting]
    due = ready[:EDITS]
    chosen = {each.page for each in due}
    later = frozenset(entries[each.page].digest for each in found if each.page not in chosen)
    return tuple((each, entries[each.page]) for each in due), later


def _without(digests: bytes, some: frozenset[bytes]) -> bytes:
    size = items.SIZE
    each = (digests[at : at + size] for at in range(0, len(digests), size))
    return b"".join(digest for digest in each if digest not in some)


def _oldest(entries: Iterable[Entry]) -> datetime | None:
    """The earliest date of entries that are all dated."""
    dates = [entry.published or entry.updated for entry in entries]
    return None if None in dates else min(filter(None, dates), default=None)


async def _read(poll: _Poll, brought: _Brought) -> tuple[Outcome, ...]:
    """Read entries and commit them, some at a time, then those that changed; the last commit completes the listing."""
    outcomes, jobs, listing, more = [], brought.jobs, brought.listing, brought.more
    try:
        while True:
            portion, jobs = jobs[: brought.size], jobs[brought.size :]
            found = replace(listing, readings=await _together(portion), complete=not (jobs or more or brought.edits))
            outcomes.append(await _commit(poll, found if found.complete else replace(found, noted=())))
            if not (jobs or more):
                break
            if not jobs:
                known = await poll.tools.store.known(poll.record.id, (), poll.tools.clock())
                jobs, more = [_again(poll, entry) for entry in known.open], known.more
    finally:
        for job in jobs:
            job.close()  # the store failed, or we are to stop: what was not begun is not missed
    for listed, entry in brought.edits:
        if revised := await _visit(poll, listed.reread, entry, listed.noted):
            told = (*revised.raised.deliveries, *revised.deliveries)
            outcomes.append(replace(revised.raised, record=poll.record, placed=(), deliveries=told))
    if brought.edits:
        outcomes.append(await _commit(poll, listing))
    return tuple(outcomes)


async def _together(jobs: list[_Job]) -> tuple[Reading, ...]:
    """What the jobs bring, in order. When one fails the others end with it."""
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        return tuple(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _address(poll: _Poll) -> str:
    """The address to ask; at the first poll of a site without a rule for its links, that of its sitemap if it has one."""
    source, record = poll.source, poll.record
    address = polling.address(source, record, poll.tools.clock())
    if source.kind is SourceKind.FEED or source.links or record.address or record.poll_count:
        return address
    for candidate in intake.sitemaps(await poll.tools.robots.sitemaps(source.url), source.url)[:SITEMAPS]:
        try:
            feed = await _parse(poll, await _sitemap(poll, candidate))
        except (FetchError, ParseError, SandboxError):
            continue
        if feed.format in SITEMAP_FORMATS and feed.entries and not tokens.is_personal(candidate, source.url):
            return candidate
    return address


async def _sitemap(poll: _Poll, address: str) -> Fetched:
    return await poll.tools.robots.get(address, purpose=Purpose.SITEMAP)


async def _parse(poll: _Poll, fetched: Fetched) -> Feed:
    """What a document lists; of a sitemap index, what its latest sitemaps list together, those of them that can be read."""
    feed = await _parse_one(poll, fetched)
    troubles: list[FetchError | ParseError | SandboxError] = []
    for child in feed.children[:SITEMAPS]:
        try:
            part = await _parse_one(poll, await _sitemap(poll, child))
        except (FetchError, ParseError, SandboxError) as error:
            troubles.append(error)
            continue
        feed = replace(feed, entries=feed.entries + part.entries, digests=feed.digests + part.digests)
    if troubles and len(troubles) == len(feed.children[:SITEMAPS]):
        raise troubles[0]
    return feed


async def _parse_one(poll: _Poll, fetched: Fetched) -> Feed:
    return await poll.tools.sandbox.call(
        feeds.read,
        fetched.body,
        url=fetched.final_url,
        headers=dict(fetched.headers),
        kind=poll.source.kind,
        links=poll.source.links,
        known=poll.record.digests,
        deadline=PARSE_SECONDS,
    )


async def _stored_articles(poll: _Poll, plans: Iterable[intake.Planned]) -> list[Article | None]:
    """For each entry, the stored article at its address: another source, or another feed of the same one, listed it."""
    pages = [urls.page_key(plan.entry.url) if plan.entry.url else None for plan in plans]
    wanted = [page for page in pages if page is not None]
    stored = await poll.tools.store.articles(wanted) if wanted else {}
    return [stored.get(page) if page is not None else None for page in pages]


async def _languages(poll: _Poll, plans: Iterable[intake.Planned]) -> Sequence[str | None]:
    """For each entry, the language of what the source itself says about it, where no page will tell."""
    plans = tuple(plans)
    silent = [plan.wants_page or plan.state is not EntryState.READ for plan in plans]
    texts = tuple(
        ("" if quiet else f"{plan.entry.title}\n{plan.entry.text or plan.entry.summary}", _hint(poll, plan.entry))
        for plan, quiet in zip(plans, silent, strict=True)
    )
    if all(silent):
        return [None] * len(plans)
    try:
        return await poll.tools.sandbox.call(languages.of_texts, texts, deadline=EXTRACT_SECONDS)
    except SandboxError:
        return [None] * len(plans)


def _hint(poll: _Poll, entry: Entry) -> str | None:
    return poll.source.language or entry.language


async def _entry(
    poll: _Poll, plan: intake.Planned, keys: tuple[int, ...], known: Article | None, language: str | None
) -> Reading:
    """A new entry, read."""
    got = reading.Got(language=language)
    if plan.wants_page and (known is None or known.text_from is TextFrom.FEED):
        got = await _page(poll, plan.entry)
    if got.trouble:
        (language,) = await _languages(poll, (replace(plan, wants_page=False),))
        got = replace(got, language=language)
    return reading.read(
        poll.source,
        plan,
        keys,
        got,
        known=known,
        first=not poll.record.poll_count,
        new_id=poll.tools.new_id(),
        watch=poll.orders.watch,
        now=poll.tools.clock(),
    )


async def _again(poll: _Poll, stored: StoredEntry) -> Reading:
    """An entry whose page could not be had, or that was held, read again."""
    entry = reading.entry_of(stored.article)
    got = await _page(poll, entry) if intake.wants_page(poll.source, entry) else reading.Got()
    return reading.again(poll.source, stored, got, watch=poll.orders.watch, now=poll.tools.clock())


async def _page(poll: _Poll, entry: Entry) -> reading.Got:
    """An entry's page, extracted; or what kept us from it, and whether it is worth another try."""
    if len(poll.killers) >= KILLERS:
        trouble = f"not read yet, since {KILLERS} other pages of its source ended their parsers"
        return reading.Got(trouble=trouble, passing=True)
    try:
        fetched = await poll.tools.robots.get(urls.direct(entry.url or ""), purpose=Purpose.PAGE)
        page = await poll.tools.sandbox.call(
            articles.extract,
            fetched.body,
            url=fetched.final_url,
            headers=dict(fetched.headers),
            hint=_hint(poll, entry),
            feed_title=entry.title,
            feed_summary=entry.text or entry.summary,
            deadline=EXTRACT_SECONDS,
        )
    except FetchError as error:
        return reading.Got(trouble=str(error), passing=_is_passing(error), missing=error.status in NOT_THERE)
    except ParseError as error:
        return reading.Got(trouble=str(error))
    except SandboxError as error:
        if error.begun:
            poll.killers.append(error)
        return reading.Got(trouble=str(error), passing=not error.begun)
    if metadata.is_front(fetched.final_url) and not metadata.is_front(fetched.url):
        return reading.Got(trouble="its address leads to the site's front page", missing=True)
    return reading.Got(page=page, final_url=fetched.final_url, missing=page.fault is PageFault.SOFT_404)


async def _commit(poll: _Poll, found: Listing | Fault) -> Outcome:
    tools, now = poll.tools, poll.tools.clock()
    decided = Check(source=poll.source, record=poll.record, at=now, jitter=tools.jitter(), found=found)
    rules = poll.orders.rules(now)
    return await tools.store.commit(decided, partial(decide, rules=rules, new_id=tools.new_id), rules.stories)


def _is_passing(error: FetchError) -> bool:
    """Whether a page that could not be had may be had later."""
    if error.fault is FetchFault.ROBOTS:
        return error.retry_at is not None  # robots.txt itself could not be had; what it forbids stays forbidden
    if error.fault in (FetchFault.STATUS, FetchFault.BOT_WALL):
        return error.status is not None and (error.status >= 500 or error.status in PASSING_STATUS)
    return error.fault not in LASTING


def _validators(record: SourceRecord, fetched: Fetched) -> Validators:
    """What to send back at the next poll, to the address that gave it: a 304 may leave out what has not changed."""
    told = replace(fetched.validators, url=fetched.final_url)
    if fetched.status != 304:
        return told
    old = record.validators
    return replace(old, etag=told.etag or old.etag, last_modified=told.last_modified or old.last_modified)


def _moved_to(fetched: Fetched) -> str | None:
    """Where a source has moved for good: only permanent redirects on the way, and never from https to http."""
    permanent = fetched.redirects and all(hop.status in (301, 308) for hop in fetched.redirects)
    return fetched.final_url if permanent else None


# Read an article again


async def revisit(reread: Reread, tools: Tools, orders: Orders) -> Revised | None:
    """Read an article again that alerted, and write what became of it; None if somebody else changed it meanwhile.

    Raises StoreError if the store fails.
    """
    name = reread.article.source
    record = SourceRecord(id=0, name=name, next_poll_at=tools.clock())
    source = orders.sources.get(name) or Source(name=name, url="")
    return await _visit(_Poll(source=source, record=record, tools=tools.of(source), orders=orders), reread)


async def _visit(
    poll: _Poll, reread: Reread, entry: Entry | None = None, noted: revisions.Noted | None = None
) -> Revised | None:
    """Read a stored article again; `entry` and `noted` are what its source says of it now, if that brought it about."""
    source, known, watch = poll.source, reread.article, poll.orders.watch
    # Of a source that is no longer configured nobody knows which way its pages were to be asked for: they are not.
    asked = source.name in poll.orders.sources and revisions.wants_page(source, known, entry)
    got = await _page(poll, entry or reading.entry_of(known)) if asked else reading.Got()
    now = poll.tools.clock()
    fresh = reading.reread(source, known, entry, got, now)
    change = await _compared(poll, known, fresh)
    visit = revisions.Visit(
        reread=reread,
        source=source,
        at=now,
        got=got,
        reading=reading.revised(source, known, fresh, got, changed=change is not None, watch=watch),
        change=change,
        before=watch.match(reading.document(known, source)),
        noted=noted,
    )
    rules = poll.orders.rules(now)
    decided = partial(revisions.decide, rules=rules, new_id=poll.tools.new_id)
    return await poll.tools.store.revise(visit, decided, rules.stories)


async def _compared(poll: _Poll, known: Article, fresh: Article) -> changes.Change | None:
    """What changed in substance; None if it cannot be told."""
    (old_title, new_title), (old, new) = revisions.titles(known, fresh), revisions.texts(known, fresh)
    if (old_title, old) == (new_title, new):
        return None
    try:
        return await poll.tools.sandbox.call(changes.compare, old_title, old, new_title, new, deadline=COMPARE_SECONDS)
    except SandboxError:
        return None


# Deliver a message


async def deliver(delivery: Delivery, tools: Tools, orders: Orders) -> Settled:
    """Send a claimed delivery once, as confidential as it was when it was made or is now, and write what became of it.
    Raises StoreError if the store fails."""
    begun = tools.clock()
    secret = [watchlist.name for watchlist in orders.rules(begun).watchlists.values() if watchlist.confidential]
    message = Message(
        id=delivery.id,
        channel=delivery.channel,
        event=render.kept_secret(delivery.event, secret),
        created_at=delivery.created_at,
        reply_to=delivery.reply_to,
    )
    result = await _send(orders.notifiers[delivery.channel], message)
    now = tools.clock()
    settled = settle(
        delivery,
        result,
        begun=begun,
        now=now,
        jitter=tools.jitter(),
        rules=orders.rules(now),
        new_id=tools.new_id,
    )
    await tools.store.finish(delivery, settled)
    return settled


async def _send(notifier: Notifier, message: Message) -> Receipt | NotifyError:
    try:
        return await notifier.send(message)
    except NotifyError as error:
        return error
    except Exception as error:  # whatever a service's plugin raises: its words may be of the message
        return NotifyError(f"a fault in the channel: {type(error).__name__}", retryable=True)
