"""The data on its way through Monitor, named after its stage.

    Fetched → Feed of Entries → Page → Document → Match → Check → Outcome → Delivery → Message

Everything is frozen and keyword-only; times are aware and UTC; ids are ULIDs as text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from monitor.core.settings import Source

# Fetching


@dataclass(frozen=True, kw_only=True, slots=True)
class Validators:
    """What a server gave to recognise an unchanged document by; kept and sent back byte for byte (RFC 9110, 13.1).

    `url` is the address that gave them if it is not the one that is asked (a redirect led there): they go to no other.
    """

    etag: str | None = None
    last_modified: str | None = None
    url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Redirect:
    """One hop: the status that sent us on, and where to."""

    status: int
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """An answer of 200 or 304. `url` is what was asked first, `final_url` what answered; header names are lower case;
    `body` is decompressed, and empty for a 304."""

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    at: datetime
    seconds: float
    redirects: tuple[Redirect, ...] = ()

    @property
    def validators(self) -> Validators:
        origin = self.final_url if self.redirects else None
        return Validators(etag=self.headers.get("etag"), last_modified=self.headers.get("last-modified"), url=origin)


# What a source lists


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One item that a source lists, as it says so itself; None or empty where it does not.

    `guid` is the source's own id of it; `url` absolute, as published; `summary` and `text` plain text (`text` is the
    full text, if the feed carries one); `digest` 8 bytes that recognise the item's raw bytes at the next poll.
    """

    guid: str | None = None
    url: str | None = None
    title: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    author: str | None = None
    summary: str = ""
    text: str = ""
    language: str | None = None
    tags: tuple[str, ...] = ()
    digest: bytes = b""


class FeedFormat(StrEnum):
    RSS = "rss"
    ATOM = "atom"
    RDF = "rdf"
    JSON = "json"
    CDF = "cdf"
    NEWS_SITEMAP = "news-sitemap"
    SITEMAP = "sitemap"
    SITEMAP_INDEX = "sitemap-index"
    LISTING = "listing"


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """A parsed document of a source, in document order.

    `entries` leaves out items whose digest was given as known; `digests` holds the 8-byte digests of all items that the
    document lists, joined, known ones included (empty: the format allows no skipping); `children` are the sitemaps that
    a sitemap index names, latest first. `home` is the page that the feed says it belongs to. `ttl` is how long the feed
    says that it keeps (RSS ttl, sy:update*); `skips` when it wants not to be read, as "hours/days": hours of the day
    (UTC) and weekdays (0 is Monday), each with blanks between (RSS skipHours, skipDays). `taken` are those addresses and
    guids of `entries` that items left out have, too. `hubs` tell who asks them when the feed changes, which is called
    `topic` there (WebSub).
    """

    format: FeedFormat
    title: str = ""
    home: str | None = None
    language: str | None = None
    entries: tuple[Entry, ...] = ()
    digests: bytes = b""
    children: tuple[str, ...] = ()
    ttl: timedelta | None = None
    skips: str = ""
    taken: tuple[str, ...] = ()
    hubs: tuple[str, ...] = ()
    topic: str = ""


# Articles


class PageFault(StrEnum):
    """Why a page's text cannot be used."""

    CONSENT_WALL = "consent-wall"
    PAYWALL = "paywall"
    BOT_WALL = "bot-wall"
    SOFT_404 = "soft-404"
    NO_TEXT = "no-text"


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """What was extracted from an article's page.

    `canonical` is the page's own word for its address, absolute and on the same site; `utc_offset` that of the zone in
    which it writes `published`, if it says so; `searched` says that the page does not state its date, and `published` is a
    day that was found elsewhere on it or in its address. With a `fault` the text is not to be used; what else was found
    still is.
    """

    title: str = ""
    text: str = ""
    author: str | None = None
    published: datetime | None = None
    utc_offset: timedelta | None = None
    searched: bool = False
    language: str | None = None
    canonical: str | None = None
    fault: PageFault | None = None


# Matching


class Verdict(StrEnum):
    ALERT = "alert"
    DIGEST = "digest"  # from digest_threshold to threshold: only in digests


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """What is matched: named texts (`title`, `summary`, `text`, …), and what watchlists filter by."""

    fields: Mapping[str, str]
    language: str | None = None
    source: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """One place where a term was found; `start` and `end` are code points of the field exactly as given."""

    term: str
    term_set: str
    field: str
    start: int
    end: int
    surface: str
    sentence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """A watchlist that a document satisfies. Hits are in reading order, title first."""

    watchlist: str
    score: float
    verdict: Verdict
    hits: tuple[Hit, ...]


# What the store knows


class SourceState(StrEnum):
    """How a source is doing. What it says is told once when it begins, and once when it is over: failing, stale, silent."""

    OK = "ok"
    SUSPECT = "suspect"  # its last polls failed, not often enough to be told
    FAILING = "failing"
    STALE = "stale"  # it answers, and brings nothing new, against its own rhythm
    SILENT = "silent"  # it answers, and lists nothing any more
    MOVED = "moved"  # it answers, at the address to which a permanent redirect has led for seven days
    GONE = "gone"  # answered 410 twice: polled no more until `feeds resume`
    PAUSED = "paused"  # its host asked to be left alone for a while


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceRecord:
    """A source's row: what is remembered from poll to poll.

    `since` is when its state began, `kind` (a Fault's) and `reason` what is wrong, `told_at` when the operator was last told
    so; None if he was not. `failures` counts failed polls in a row, and `failing_since` is the first of them.
    `address` is what is polled in place of the configured one (a sitemap that was found, or None); `moved_to` what a
    permanent redirect said, first at `moved_since`, last confirmed at `moved_checked`; `digests` and `skips` as in `Feed`;
    `poll_count` counts polls that were answered; `not_before` is when the server asked to come back; `full_at` when it last
    sent a document instead of saying that nothing changed; `format` and `listed` what that was, and how many entries it
    listed; `empty_since` since when it lists none. `rhythm` is how often it brings something new (see core.rhythm);
    `pace` how often its interval was halved since entries were lost, last at `gap_at`. `hub` and `topic` are what its last
    document said of a hub, or empty; until `pushed_until` that one tells when there is something new (see core.websub).
    """

    id: int
    name: str
    state: SourceState = SourceState.OK
    address: str | None = None
    validators: Validators = Validators()
    body_hash: str = ""
    digests: bytes = b""
    next_poll_at: datetime
    last_poll_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_new_at: datetime | None = None
    poll_count: int = 0
    failures: int = 0
    failing_since: datetime | None = None
    reason: str = ""
    kind: str = ""
    since: datetime | None = None
    told_at: datetime | None = None
    moved_to: str | None = None
    moved_since: datetime | None = None
    moved_checked: datetime | None = None
    language: str | None = None
    not_before: datetime | None = None
    full_at: datetime | None = None
    format: str = ""
    listed: int | None = None
    empty_since: datetime | None = None
    skips: str = ""
    rhythm: str = ""
    pace: int = 0
    gap_at: datetime | None = None
    hub: str = ""
    topic: str = ""
    pushed_until: datetime | None = None


# Articles and stories as stored


class TextFrom(StrEnum):
    PAGE = "page"
    FEED = "feed"


class Relation(StrEnum):
    """What an article is to its story."""

    FIRST = "first"
    DUPLICATE = "duplicate"  # the same address or the same text
    NEAR_DUPLICATE = "near-duplicate"  # an edited, cut or wrapped copy
    SAME_STORY = "same-story"  # another report of the same news


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """The text behind an entry, as it is stored and told.

    `title` as the source lists it; `summary` the feed's own words; `text` the page's, or the feed's when `text_from` says
    so, and then `reason` may say why the page's is not used. `sha256` is of `text`, in hex. `source` is a source's name.
    `headline` is the page's own title, if `text` is the page's.
    """

    id: str
    url: str
    title: str
    source: str
    author: str | None = None
    published: datetime | None = None
    fetched: datetime
    language: str | None = None
    summary: str = ""
    text: str = ""
    text_from: TextFrom = TextFrom.FEED
    reason: str = ""
    sha256: str = ""
    headline: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """Another article of a story, as an alert lists it."""

    url: str
    title: str
    source: str
    published: datetime | None
    relation: Relation


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """Articles that tell the same news: how many, from which sources (first first), of these how many are independent (see
    `StoryRecord`), and the new ones in an update."""

    id: str
    articles: int = 1
    sources: tuple[str, ...] = ()
    independent: int = 1
    others: tuple[Report, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """One watchlist × one story. `article_id` is the report that made it; `escalated_at` when it was told that so many
    sources carry the story as the watchlist's `escalate` says, if it was."""

    id: str
    watchlist: str
    story_id: str
    article_id: str
    score: float
    verdict: Verdict
    created_at: datetime
    escalated_at: datetime | None = None


# Deliveries


class EventType(StrEnum):
    """What a message tells; the `type` of a webhook's body."""

    ALERT_CREATED = "alert.created"
    ALERT_UPDATED = "alert.updated"
    ALERT_ESCALATED = "alert.escalated"  # so many sources carry the story as the watchlist's `escalate` says
    ALERT_DIGEST = "alert.digest"  # several alerts in one message: a digest, quiet hours, max_per_hour
    ARTICLE_CHANGED = "article.changed"  # an article that was alerted says something else now
    ARTICLE_GONE = "article.gone"  # … or is not there any more
    SOURCE_FAILING = "source.failing"
    SOURCE_RECOVERED = "source.recovered"
    SOURCE_SILENT = "source.silent"
    SOURCE_STALE = "source.stale"
    SOURCE_FLOOD = "source.flood"
    SOURCE_GAP = "source.gap"
    SOURCE_MOVED = "source.moved"
    NETWORK_DOWN = "network.down"
    NETWORK_RECOVERED = "network.recovered"
    STORE_FAILING = "store.failing"
    STORE_RECOVERED = "store.recovered"
    BACKUP_FAILED = "backup.failed"
    CHANNEL_DISABLED = "channel.disabled"
    CHANNEL_FAILING = "channel.failing"
    DELIVERY_GIVEN_UP = "delivery.given_up"
    WATCHLIST_REFUSED = "watchlist.refused"


Event = Mapping[str, Any]
"""The JSON body of a webhook: {"type", "timestamp", "data"}. Every channel renders its own form from it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One delivery on its way out. `id` is the same for every attempt, for ever: the webhook-id, the Message-ID.
    `reply_to` is the id of the delivery that this one continues (an update of an alert), if any."""

    id: str
    channel: str
    event: Event
    created_at: datetime
    reply_to: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What the receiver said when it took a message: its status code and the first 512 characters of its answer."""

    code: int | None = None
    answer: str = ""


# What a check found, and what is to be written


class EntryState(StrEnum):
    READ = "read"  # matched with all the text that there is
    WAITING = "waiting"  # matched with the feed's text; its page is to be asked for again
    HELD = "held"  # the flood brake holds it until it is released
    BASELINE = "baseline"  # was there before the first poll, or released as such: stored, does not alert


@dataclass(frozen=True, kw_only=True, slots=True)
class Keys:
    """Words by their 32-bit keys, the weightiest first. Of each: its weight in the article and its rarity (negative
    logarithm of the share of articles that have it), a byte each in sixteenths, and what it is (`news.HEAD` …)."""

    keys: tuple[int, ...] = ()
    weights: bytes = b""
    rarities: bytes = b""
    marks: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """What an article is about: its telling words, and its names and numbers as any alphabet would have them."""

    language: str | None = None
    script: str = ""
    words: Keys = Keys()
    names: Keys = Keys()


@dataclass(frozen=True, slots=True)
class Seen:
    """How many of the installation's `total` recent articles have a key; of one that is not in `counts` nothing is known."""

    counts: Mapping[int, int] = field(default_factory=dict)
    total: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Fingerprint:
    """What recognises an article's copies: the 64-bit keys of its addresses and of its normalised text, and the smallest
    32-bit hashes of the text's runs of words, ascending; and what recognises other reports of its news: its topic."""

    pages: tuple[int, ...] = ()
    text: int | None = None
    sketch: tuple[int, ...] = ()
    topic: Topic | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """An article that another may be a copy of, or tell the same news as, and the story it belongs to.

    Of `mark` there is as much as it was found by. `begun` is when its story began, if it is among the story's first
    reports and the story takes more.
    """

    article: Article
    mark: Fingerprint
    story_id: str
    begun: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredEntry:
    """An entry that the store knows: `attempts` counts how often its page was asked for."""

    id: int
    state: EntryState
    article: Article
    attempts: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What the store knows of a source's entries: which of the keys, and the entries whose turn has come again, or
    the first of them if there are `more`."""

    keys: frozenset[int]
    open: tuple[StoredEntry, ...]
    more: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One entry as a check leaves it: its article, what it matches, and what is to become of it.

    `keys` are the identities to remember (see core.identity); `stored` is set for an entry, and `known_article` for an
    article, that the store has already; `next_at` is when a waiting entry's page is asked for again. `words` stands for
    what the source itself says of a new entry (`changes.own_words`).
    """

    article: Article
    fingerprint: Fingerprint
    state: EntryState
    keys: tuple[int, ...] = ()
    matches: tuple[Match, ...] = ()
    stored: StoredEntry | None = None
    known_article: bool = False
    attempts: int = 0
    next_at: datetime | None = None
    words: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """Why a check brought nothing: a FetchFault or another short kind, in words, and when the server said to come back;
    and the `body_hash` to remember of a document that ended its parser, so that it is not given to one at each poll."""

    kind: str
    message: str
    status: int | None = None
    retry_at: datetime | None = None
    body_hash: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """What a source answered.

    `readings` are its new and waiting entries, oldest first; `noted` the keys of old entries that are remembered but not
    stored. `None` for `digests`, `format`, `listed`, `skips`, `hub` and `topic` keeps what is stored (nothing
    changed). `lasts` is how long the answer said that it holds; `full` that it was a document, and not word that nothing
    changed; `fresh` how many of the `listed` entries are new, `oldest` the earliest date of these if they are all dated.
    With `complete` false it is a portion of what the source answered, and more is to follow.
    """

    readings: tuple[Reading, ...] = ()
    noted: tuple[int, ...] = ()
    fresh: int = 0
    validators: Validators = Validators()
    body_hash: str = ""
    digests: bytes | None = None
    address: str | None = None
    moved_to: str | None = None
    language: str | None = None
    lasts: timedelta | None = None
    full: bool = True
    format: str | None = None
    listed: int | None = None
    oldest: datetime | None = None
    skips: str | None = None
    complete: bool = True
    hub: str | None = None
    topic: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """A span in which a source listed entries that no poll saw."""

    since: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One poll of a source: what it answered, or the fault."""

    source: Source
    record: SourceRecord
    at: datetime
    jitter: float
    found: Listing | Fault


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryRecord:
    """A story as stored: the sources that tell it, first first, and its number of articles. `domains` are the independent
    ones among them: the sites (`urls.site`) of those of its articles that are no copies."""

    id: str
    articles: int = 0
    sources: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """When a message may leave; with a `batch`, together with the others of the same batch."""

    at: datetime
    batch: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """What the store knows that bears on a check.

    `candidates` are the articles that one of the check's may be a copy of or tell the same news as, those placed by hand
    first, then the oldest first; `placed`: article id → story id, of articles that are stored already; `alerts`:
    (watchlist, story id) → alert; `told`: alert id → {channel: what it was told}; `updates`: (channel, story id) → the
    last update, with its batch as long as it waits; `apart`: stories of which somebody made two by hand: what the one
    was told the other was not; `held`: the flood brake holds entries of the source already; `recent`: watchlist → times
    of its alerts of the last hour, oldest first. Of the active sources, this one left out: `polled` and `failing` how
    many were polled, and how many of them failed when last polled; `unwell` how many fail, or did so before their last
    answer; `unreachable` how many could not even be reached; `reachable` how many may still prove that the network works
    (all but those, and those that are reported as failing). `network_down_since` is set while it is our network that is
    down.
    """

    candidates: tuple[Candidate, ...] = ()
    seen: Seen = Seen()
    placed: Mapping[str, str] = field(default_factory=dict)
    stories: Mapping[str, StoryRecord] = field(default_factory=dict)
    alerts: Mapping[tuple[str, str], Alert] = field(default_factory=dict)
    told: Mapping[str, Mapping[str, Message]] = field(default_factory=dict)
    updates: Mapping[tuple[str, str], Slot] = field(default_factory=dict)
    apart: frozenset[str] = frozenset()
    held: bool = False
    recent: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)
    polled: int = 0
    failing: int = 0
    unwell: int = 0
    unreachable: int = 0
    reachable: int = 0
    network_down_since: datetime | None = None


class DeliveryState(StrEnum):
    PENDING = "pending"
    CARRIED = "carried"  # another delivery's message tells it too
    DELIVERED = "delivered"
    GIVEN_UP = "given-up"


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """One alert × one channel, or a message about the operation.

    Of its `attempts`, `failures` are known to have failed; the others were cut off, as by a power cut, and say nothing of
    the receiver. `batch`: deliveries of a channel with the same batch that fall due together become one message.
    `carried_by` names the delivery whose message tells this one too.
    """

    id: str
    type: EventType
    channel: str
    event: Event
    created_at: datetime
    next_at: datetime
    alert_id: str | None = None
    state: DeliveryState = DeliveryState.PENDING
    carried_by: str | None = None
    batch: str | None = None
    reply_to: str | None = None
    attempts: int = 0
    failures: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """A reading with its place: the story that it belongs to, and as what; None if it was placed before."""

    reading: Reading
    story_id: str
    relation: Relation | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """Everything that a check makes the store write, in one transaction. `escalated` are the ids of alerts that were there
    before, and of whose stories it is told now that many sources carry them. `rereads` are the articles that are to be
    read again: article id → when its alert was made, and when it is its turn. With `recheck`, the sources that fail are
    asked again one after the other, so far apart, unless it is their turn before that."""

    record: SourceRecord
    placed: tuple[Placed, ...] = ()
    noted: tuple[int, ...] = ()
    stories: tuple[StoryRecord, ...] = ()
    alerts: tuple[Alert, ...] = ()
    escalated: tuple[str, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    network_down_since: datetime | None = None
    rereads: Mapping[str, tuple[datetime, datetime]] = field(default_factory=dict)
    gap: Gap | None = None
    recheck: timedelta | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One try of a delivery, as the ledger keeps it. `outcome` is "delivered", "retry" or "given-up"; `answer` the first
    512 characters of what the receiver said, or why there was no answer."""

    at: datetime
    seconds: float
    outcome: str
    code: int | None = None
    answer: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """What an attempt makes the store write: the delivery's new state and next time; until when its channel is held, or
    that it is switched off; and messages to the operator."""

    state: DeliveryState
    next_at: datetime
    attempt: Attempt
    hold_until: datetime | None = None
    disabled: bool = False
    deliveries: tuple[Delivery, ...] = ()
