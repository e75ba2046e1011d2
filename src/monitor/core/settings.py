"""What the user configures, validated, as plain values: sources, words, watchlists, channels.

`config.py` makes these from TOML; everything else only reads them. Nothing here knows about files or lines.
"""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

# Sources


class SourceKind(StrEnum):
    FEED = "feed"  # a feed, a news sitemap or a sitemap: what it is decides
    SITE = "site"  # a site without a feed: sitemap, or links of a listing page


class FullText(StrEnum):
    """When an entry's page is fetched."""

    AUTO = "auto"  # when the feed's own text is short
    FEED = "feed"  # never
    PAGE = "page"  # always


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A feed or a site that is polled. `name` is unique. `links` is a CSS selector (sites only). Without `validators` no
    mark that an answer carried (ETag, Last-Modified) is kept or sent back; `proxy` names one of `FetchSettings.proxies`,
    through which all goes that belongs to the source ("": the way of everything else)."""

    name: str
    url: str
    kind: SourceKind = SourceKind.FEED
    language: str | None = None
    tags: tuple[str, ...] = ()
    full_text: FullText = FullText.AUTO
    links: str | None = None
    interval: timedelta = timedelta(minutes=15)
    min_interval: timedelta = timedelta(minutes=2)
    first_run_max_age: timedelta = timedelta(hours=24)
    flood_limit: int = 100
    validators: bool = True
    proxy: str = ""


# Words and watchlists


class Mark(StrEnum):
    """How a word of a watchlist is meant; the character at its edge."""

    WORD = ""  # every inflected form
    NAME = "@"  # a surname, all its forms
    PREFIX = "*"  # what begins so (written at the end)
    FORM = "="  # this form only, case ignored
    CASE = "^"  # this form and this case


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """A word or phrase of a term set.

    `text` as the user wrote it, mark and all (`@Kadyrov`); `words` the words of it without the mark, one for a single
    word; `language` None for words under `any`.
    """

    text: str
    mark: Mark
    words: tuple[str, ...]
    language: str | None = None
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class TermSet:
    """Named words; what stands in a span that a mask covers is ignored."""

    name: str
    title: str
    terms: tuple[Term, ...]
    masks: tuple[Term, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Near:
    """All of `sets` within `words` words of each other: worth `bonus`, or required."""

    sets: tuple[str, ...]
    words: int
    required: bool = False
    bonus: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceFilter:
    """Which sources a watchlist listens to; empty fields do not restrict."""

    names: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def allows(self, name: str, tags: tuple[str, ...]) -> bool:
        """True if a source of this name with these tags is listened to (`exclude` holds names and tags)."""
        if name in self.exclude or set(tags) & set(self.exclude):
            return False
        return not (self.names or self.tags) or name in self.names or bool(set(tags) & set(self.tags))


@dataclass(frozen=True, kw_only=True, slots=True)
class QuietHours:
    """A span of the day in the daemon's time zone; `end` before `start` runs over midnight."""

    start: time
    end: time


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """A text that a watchlist must (or must not) match; the list tests itself with it when it is loaded."""

    text: str
    language: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Watchlist:
    """Logic between named term sets; see `watchlists.toml` in the docs for each field."""

    name: str
    title: str
    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    near: Near | None = None
    threshold: float = 1.0
    digest_threshold: float | None = None
    languages: tuple[str, ...] = ()
    sources: SourceFilter = SourceFilter()
    channels: tuple[str, ...] = ()
    quiet: tuple[QuietHours, ...] = ()
    quiet_bypass: float | None = None
    max_per_hour: int | None = None
    escalate: int | None = None
    confidential: bool = False
    must_match: tuple[Example, ...] = ()
    must_not_match: tuple[Example, ...] = ()

    @property
    def sets(self) -> tuple[str, ...]:
        """The term sets that it names, each once: those of `all` and `any` first, those of `none` last."""
        near = self.near.sets if self.near else ()
        return tuple(dict.fromkeys((*self.all, *self.any, *near, *self.none)))


# Channels


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that no repr, log or traceback shows. `where` says in words where it came from."""

    value: str = field(repr=False)
    where: str = ""

    def __str__(self) -> str:
        return "***"


class Content(StrEnum):
    FULL = "full"
    NEUTRAL = "neutral"  # no watchlist, title, address or text: a link to the own page, or the alert's id


class Security(StrEnum):
    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Webhook:
    """Where and how to post. The address may itself be a secret. `key` is the decoded signing key, 24 to 64 bytes."""

    url: Secret
    key: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class PgpKey:
    """A recipient's public key. `file` as the configuration names it, `content` binary (RFC 9580), `fingerprint` in upper
    case, `users` whose it says that it is; `expires` when nothing can be encrypted for it any more, None: never."""

    file: str
    content: bytes = field(repr=False)
    fingerprint: str
    users: tuple[str, ...] = ()
    expires: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Email:
    """`keys` is empty, or has one for each of the recipients, in their order: then everything goes encrypted."""

    host: str
    port: int
    security: Security
    sender: str
    recipients: tuple[str, ...]
    username: str | None = None
    password: Secret | None = None
    keys: tuple[PgpKey, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Apprise:
    """One of the services that the apprise package knows."""

    url: Secret


@dataclass(frozen=True, kw_only=True, slots=True)
class Console:
    """The terminal."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Channel:
    """Where alerts go. `digest` is a cron expression: alerts wait for it and come as one message."""

    name: str
    target: Webhook | Email | Apprise | Console
    default: bool = False
    updates: bool = False
    revisions: bool = False
    health: bool = False
    content: Content = Content.FULL
    digest: str | None = None
    timeout: timedelta = timedelta(seconds=20)


# The daemon


@dataclass(frozen=True, kw_only=True, slots=True)
class DaemonSettings:
    data_dir: Path
    timezone: str = "UTC"
    retention: timedelta = timedelta(days=365)
    stop_timeout: timedelta = timedelta(seconds=10)


@dataclass(frozen=True, kw_only=True, slots=True)
class Proxy:
    """A proxy; its address may be a secret. `name` is empty for the one of everything; with `isolate` it is told a user name
    of our own, another at each start, so that Tor leads what comes here on paths that nothing else takes."""

    url: Secret
    name: str = ""
    isolate: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchSettings:
    """`per_host_delay` is between two requests to one host; `timeout` is one deadline for the whole request. `proxy` is for
    everything, `proxies` are for sources that name one of them."""

    contact: str = ""
    concurrency: int = 64
    per_host: int = 1
    per_host_delay: timedelta = timedelta(seconds=1)
    timeout: timedelta = timedelta(seconds=30)
    max_body: int = 10 * 2**20
    allow_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    proxy: Proxy | None = None
    proxies: tuple[Proxy, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthSettings:
    failing_after: int = 3
    network_down: float = 0.8


@dataclass(frozen=True, kw_only=True, slots=True)
class StoriesSettings:
    """Copies are recognised among the articles of `copy_window`, other reports of the same news among those of
    `story_window`; a story of `max_story` articles takes no more reports, only copies. `update_interval` is between two
    updates of one story on one channel."""

    copy_window: timedelta = timedelta(days=30)
    story_window: timedelta = timedelta(hours=72)
    max_story: int = 200
    update_interval: timedelta = timedelta(hours=1)


USUAL_STORIES = StoriesSettings()


@dataclass(frozen=True, kw_only=True, slots=True)
class BackupSettings:
    """A backup a day, at the time `at` of the daemon's time zone, into `folder`; the newest `keep` are kept."""

    folder: Path
    at: time = time(3, 0)
    keep: int = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class HeartbeatSettings:
    """An address that is asked every `interval` while everything makes progress; who is behind it misses us otherwise.
    With `canary`, also only while an article of our own goes the whole way every hour."""

    url: Secret
    interval: timedelta = timedelta(minutes=5)
    canary: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class WebSettings:
    public_url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class WebSubSettings:
    """Where hubs reach us (`callback`, empty: they are not asked to), and at which host and port that arrives here."""

    listen: tuple[str, int] = ("127.0.0.1", 8788)
    callback: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """Everything that the three files say. Names are unique; order is the order in the files. `usual_proxy` is that of a
    source that says nothing about it."""

    daemon: DaemonSettings
    fetch: FetchSettings = FetchSettings()
    health: HealthSettings = HealthSettings()
    stories: StoriesSettings = USUAL_STORIES
    web: WebSettings = WebSettings()
    websub: WebSubSettings = WebSubSettings()
    backup: BackupSettings | None = None
    heartbeat: HeartbeatSettings | None = None
    sources: tuple[Source, ...] = ()
    usual_proxy: str = ""
    term_sets: tuple[TermSet, ...] = ()
    watchlists: tuple[Watchlist, ...] = ()
    channels: tuple[Channel, ...] = ()
