"""monitor.toml: its tables, and what they become. What the keys mean is said in `core.settings`."""

import re
from collections.abc import Mapping
from datetime import time, timedelta
from enum import StrEnum
from functools import partial
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field, InstanceOf

from monitor.config import keys, proxies, secrets, values
from monitor.config.faults import Fault, Faults, T, Table, attempt, items, no_duplicates, read
from monitor.config.lines import Key
from monitor.config.secrets import Surroundings
from monitor.config.values import Count, Duration, Many, Name, SomeTime
from monitor.core.settings import (
    Apprise,
    BackupSettings,
    Channel,
    Console,
    Content,
    DaemonSettings,
    Email,
    FetchSettings,
    HealthSettings,
    HeartbeatSettings,
    PgpKey,
    Proxy,
    Secret,
    Security,
    StoriesSettings,
    Webhook,
    WebSettings,
    WebSubSettings,
)

FILE = "monitor.toml"


def _folder(text: str) -> str:
    if not text.strip() or "\0" in text:
        raise ValueError('is empty: write a folder, such as "data"')
    if text.startswith("~"):
        raise ValueError('begins with ~, which is not known here: write the whole path, such as "/var/lib/monitor"')
    return text


_SecretPlace = Annotated[InstanceOf[values.SecretRef], BeforeValidator(values.secret)]
_Address = Annotated[InstanceOf[values.SecretRef], BeforeValidator(values.address_or_secret)]
_Network = Annotated[InstanceOf[IPv4Network] | InstanceOf[IPv6Network], BeforeValidator(values.network)]
_Recipient = Annotated[InstanceOf[values.Recipient], BeforeValidator(values.recipient_with_key)]
_OnlySqlite = values.only("sqlite", 'another database than SQLite comes in a later version: write url = "sqlite"')
_OnlyOff = values.only("", 'the page comes in a later version: write listen = ""')


# What is longer or shorter cannot be meant: it would stop the work, delete what is still being told, or bother a service.
_Request = Annotated[SomeTime, AfterValidator(values.between("1s", "10m"))]
_Pause = Annotated[Duration, AfterValidator(values.between("0s", "1h"))]
_Stop = Annotated[Duration, AfterValidator(values.between("0s", "10m"))]
_Kept = Annotated[SomeTime, AfterValidator(values.between("1d", "36500d"))]
_Beat = Annotated[SomeTime, AfterValidator(values.between("5s", "1d"))]
_Updates = Annotated[Duration, AfterValidator(values.between("0s", "7d"))]
_Share = Annotated[float, Field(ge=0.1, le=1, allow_inf_nan=False)]


class DaemonTable(Table):
    data_dir: Annotated[str, AfterValidator(_folder)] = "data"
    timezone: Annotated[str, AfterValidator(values.timezone)] | None = None
    retention: _Kept | None = None
    stop_timeout: _Stop | None = None


class FetchTable(Table):
    contact: Annotated[str, AfterValidator(values.contact)] | None = None
    concurrency: Count | None = None
    per_host: Count | None = None
    per_host_delay: _Pause | None = None
    timeout: _Request | None = None
    max_body: Annotated[int, BeforeValidator(values.size)] | None = None
    allow_networks: Many[_Network] | None = None
    proxy: proxies.ProxyAddress | None = None
    proxies: object = None  # tables with names of their own: see proxies.py


class HealthTable(Table):
    failing_after: Count | None = None
    network_down: _Share | None = None


class StoriesTable(Table):
    copy_window: SomeTime | None = None
    story_window: SomeTime | None = None
    max_story: Count | None = None
    update_interval: _Updates | None = None


class StoreTable(Table):
    url: Annotated[str, AfterValidator(_OnlySqlite)] | None = None


class WebTable(Table):
    """The page comes later; what belongs to it is checked already."""

    listen: Annotated[str, AfterValidator(_OnlyOff)] | None = None
    token: _SecretPlace | None = None
    public_url: Annotated[str, AfterValidator(values.web_address_or_nothing)] | None = None


class WebSubTable(Table):
    listen: Annotated[tuple[str, int], BeforeValidator(values.listen)] | None = None
    callback: Annotated[str, AfterValidator(values.callback)] | None = None


class BackupTable(Table):
    folder: Annotated[str, AfterValidator(_folder)] = Field(examples=['"/var/backups/monitor"'])
    at: Annotated[InstanceOf[time], BeforeValidator(values.clock)] | None = None
    keep: Count | None = None


class HeartbeatTable(Table):
    url: _Address = Field(examples=['{ env = "HEARTBEAT_URL" }'])
    interval: _Beat | None = None
    canary: bool | None = None


class ChannelTable(Table):
    """What every kind of channel has."""

    name: Name = Field(examples=['"desk"'])
    type: str
    default: bool | None = None
    updates: bool | None = None
    revisions: bool | None = None
    health: bool | None = None
    content: Annotated[Content, BeforeValidator(values.choice(Content))] | None = None
    digest: Annotated[str, AfterValidator(values.cron)] | None = None
    timeout: _Request | None = None


class WebhookTable(ChannelTable):
    url: _Address = Field(examples=['"https://example.org/hook", or { env = "DESK_WEBHOOK_URL" }'])
    secret: _SecretPlace | None = None


class EmailTable(ChannelTable):
    smtp: Annotated[tuple[str, int], BeforeValidator(values.host_port)] = Field(examples=['"smtp.example.org:587"'])
    security: Annotated[Security, BeforeValidator(values.choice(Security))] = Security.STARTTLS
    username: Name | None = None
    password: _SecretPlace | None = None
    sender: Annotated[str, AfterValidator(values.sender)] = Field(
        alias="from", examples=['"Monitor <monitor@example.org>"']
    )
    to: Annotated[Many[_Recipient], AfterValidator(values.at_least(1))] = Field(examples=['["team@example.org"]'])


class AppriseTable(ChannelTable):
    url: _Address = Field(examples=['{ env = "CHAT_URL" }'])


class _Kind(StrEnum):
    WEBHOOK = "webhook"
    EMAIL = "email"
    APPRISE = "apprise"
    CONSOLE = "console"


_TABLES: Mapping[_Kind, type[ChannelTable]] = {
    _Kind.WEBHOOK: WebhookTable,
    _Kind.EMAIL: EmailTable,
    _Kind.APPRISE: AppriseTable,
    _Kind.CONSOLE: ChannelTable,
}
_COMMON = ("name", "default", "updates", "revisions", "health", "content", "digest", "timeout")
CONSOLE = Channel(name="console", target=Console(), default=True)
"""Where alerts go if no channel is configured."""


class General(NamedTuple):
    """What monitor.toml says apart from channels."""

    daemon: DaemonSettings
    fetch: FetchSettings
    health: HealthSettings
    stories: StoriesSettings
    web: WebSettings
    websub: WebSubSettings
    backup: BackupSettings | None


def general(
    document: Mapping[str, Any], around: Surroundings, data_dir: Path | None, faults: Faults, *, proxies_needed: bool
) -> General | None:
    """The tables of which there is one each; `data_dir` overrides the file's. None if there are faults."""
    daemon = _one(DaemonTable, document, "daemon", faults)
    fetch = _one(FetchTable, document, "fetch", faults)
    health = _one(HealthTable, document, "health", faults)
    stories = _one(StoriesTable, document, "stories", faults)
    web = _one(WebTable, document, "web", faults)
    websub = _one(WebSubTable, document, "websub", faults)
    store = _one(StoreTable, document, "store", faults)
    backup = _backup(document, around.folder, faults)
    if not (daemon and fetch and health and stories and web and websub and store):
        return None
    _check_windows(StoriesSettings(**stories.given()), stories.given(), faults)
    place = data_dir or around.folder / daemon.data_dir
    ways = proxies.proxies(document, fetch.proxy, around, faults, needed=proxies_needed)
    return General(
        daemon=DaemonSettings(**daemon.given() | {"data_dir": place}),
        fetch=FetchSettings(**fetch.given() | {"proxy": ways.all, "proxies": ways.named}),
        health=HealthSettings(**health.given()),
        stories=StoriesSettings(**stories.given()),
        web=WebSettings(public_url=web.public_url or ""),
        websub=WebSubSettings(**websub.given()),
        backup=backup,
    )


def _check_windows(settings: StoriesSettings, given: Mapping[str, Any], faults: Faults) -> None:
    """What is older than copy_window is not compared any more, so that no story can be longer."""
    if settings.story_window <= settings.copy_window:
        return
    copies, story = (f"{window / timedelta(hours=1):g}h" for window in (settings.copy_window, settings.story_window))
    if "story_window" in given:
        name, message = (
            "story_window",
            f"is longer than copy_window ({copies}), in which articles are compared: write less",
        )
    else:
        name, message = (
            "copy_window",
            f"is shorter than story_window ({story}): write more, or a story_window that is shorter",
        )
    faults.append(Fault(file=FILE, key=("stories", name), message=message))


def _backup(document: Mapping[str, Any], folder: Path, faults: Faults) -> BackupSettings | None:
    """None without the table: then there are none. A table without a folder is a fault."""
    if "backup" not in document:
        return None
    row = _one(BackupTable, document, "backup", faults)
    return BackupSettings(**row.given() | {"folder": folder / row.folder}) if row else None


def heartbeat(document: Mapping[str, Any], around: Surroundings, faults: Faults) -> HeartbeatSettings | None:
    """The heartbeat with its address read, if there is one."""
    if "heartbeat" not in document:
        return None
    row = _one(HeartbeatTable, document, "heartbeat", faults)
    url = _web_secret(row.url, ("heartbeat", "url"), around, faults) if row else None
    return HeartbeatSettings(**row.given() | {"url": url}) if row and url else None


def _web_secret(ref: values.SecretRef, key: Key, around: Surroundings, faults: Faults) -> Secret | None:
    """An address that may be a secret; a wrong one is a fault."""
    url = _secret(ref, key, around, faults)
    if url:
        attempt(lambda: secrets.web_address(url), FILE, key, faults)
    return url


def _one(model: type[T], document: Mapping[str, Any], name: str, faults: Faults) -> T | None:
    return read(model, document.get(name, {}), FILE, (name,), faults)


def channels(
    document: Mapping[str, Any], proxy: Proxy | None, around: Surroundings, faults: Faults
) -> tuple[Channel, ...]:
    """Every channel that is right, with its secrets read; the console if none is configured. `proxy` is that of [fetch], if
    it is right."""
    found = items(document, "channels", FILE, faults)
    no_duplicates(found, FILE, faults)
    made = {key: channel for key, item in found if (channel := _channel(item, key, around, faults))}
    if _proxy(document):
        faults.extend(_bypasses(key) for key, item in found if item.get("type") == _Kind.APPRISE)
        proxies.check_channels(made, proxy, faults)
    return tuple(made.values()) if found else (CONSOLE,)


def _proxy(document: Mapping[str, Any]) -> bool:
    fetch = document.get("fetch", {})
    return isinstance(fetch, dict) and bool(fetch.get("proxy"))


def _bypasses(key: Key) -> Fault:
    message = "apprise makes connections of its own, past [fetch] proxy: use another channel, or no proxy"
    return Fault(file=FILE, key=(*key, "type"), message=message)


def _channel(item: Mapping[str, Any], key: Key, around: Surroundings, faults: Faults) -> Channel | None:
    kind = next((kind for kind in _Kind if kind == item.get("type")), None)
    if kind is None:
        what = "is missing" if "type" not in item else "is not a kind of channel"
        message = f'{what}: write type = "webhook", or "email", "apprise", "console"'
        faults.append(Fault(file=FILE, key=(*key, "type"), message=message))
        return None
    before = len(faults)
    row = read(_TABLES[kind], item, FILE, key, faults)
    target = _target(row, key, around, faults) if row else None
    if row is None or target is None or len(faults) > before:
        return None
    return Channel(target=target, **{name: value for name, value in row.given().items() if name in _COMMON})


def _target(
    row: ChannelTable, key: Key, around: Surroundings, faults: Faults
) -> Webhook | Email | Apprise | Console | None:
    if isinstance(row, WebhookTable):
        return _webhook(row, key, around, faults)
    if isinstance(row, EmailTable):
        return _email(row, key, around, faults)
    if isinstance(row, AppriseTable):
        return _apprise(row, key, around, faults)
    return Console()


def _webhook(row: WebhookTable, key: Key, around: Surroundings, faults: Faults) -> Webhook | None:
    url = _web_secret(row.url, (*key, "url"), around, faults)
    secret = _secret(row.secret, (*key, "secret"), around, faults)
    signing = attempt(lambda: secrets.signing_key(secret), FILE, (*key, "secret"), faults) if secret else None
    return Webhook(url=url, key=signing) if url else None


def _email(row: EmailTable, key: Key, around: Surroundings, faults: Faults) -> Email:
    host, port = row.smtp
    if row.security is Security.NONE and not values.loopback(host):
        message = 'is allowed for this machine only (127.0.0.1, ::1, localhost): write security = "starttls" or "tls"'
        faults.append(Fault(file=FILE, key=(*key, "security"), message=message))
    if row.username and not row.password:
        faults.append(
            Fault(file=FILE, key=(*key, "username"), message="needs a password: write password = { env = … }")
        )
    if row.password and not row.username:
        faults.append(Fault(file=FILE, key=(*key, "password"), message='needs a username: write username = "…"'))
    return Email(
        host=host,
        port=port,
        security=row.security,
        sender=row.sender,
        recipients=tuple(recipient.address for recipient in row.to),
        username=row.username,
        password=_secret(row.password, (*key, "password"), around, faults),
        keys=_pgp_keys(row, (*key, "to"), around, faults),
    )


def _pgp_keys(row: EmailTable, key: Key, around: Surroundings, faults: Faults) -> tuple[PgpKey, ...]:
    """The keys of the recipients, one for each or none at all: a letter goes to all of them, encrypted or not."""
    if all(recipient.pgp_key is None for recipient in row.to):
        return ()
    found = []
    for index, recipient in enumerate(row.to):
        if recipient.pgp_key is None:
            message = (
                "has no pgp_key, and others of this channel have one: a letter is encrypted for all or for none. Give it a "
                "key, or make it a channel of its own"
            )
            faults.append(Fault(file=FILE, key=(*key, index), message=message))
            continue
        read_key = partial(keys.public_key, recipient.pgp_key, around)
        found.append(attempt(read_key, FILE, (*key, index, "pgp_key"), faults))
    return tuple(each for each in found if each)


def _apprise(row: AppriseTable, key: Key, around: Surroundings, faults: Faults) -> Apprise | None:
    url = _secret(row.url, (*key, "url"), around, faults)
    if url and not re.match(r"[a-z][a-z0-9]*://.", url.value):
        message = f"{secrets.whose(url)}must be an address as apprise knows them, such as tgram://… or ntfys://…"
        faults.append(Fault(file=FILE, key=(*key, "url"), message=message))
    return Apprise(url=url) if url else None


def _secret(ref: values.SecretRef | None, key: Key, around: Surroundings, faults: Faults) -> Secret | None:
    return attempt(lambda: secrets.find(ref, around), FILE, key, faults) if ref else None
