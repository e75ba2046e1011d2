"""Proxies in monitor.toml: the one of everything, those of groups of sources, and the channels that cannot use one.

Not here: which source uses which (feeds_file.py), and connecting through them (fetch/wire.py).
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, InstanceOf

from monitor.config import secrets, values
from monitor.config.faults import Fault, Faults, Table, attempt, read
from monitor.config.lines import Key
from monitor.config.secrets import Surroundings
from monitor.config.values import SecretRef
from monitor.core.settings import Channel, Email, Proxy, Secret

ProxyAddress = Annotated[InstanceOf[SecretRef], BeforeValidator(values.address_or_secret)]
_FILE = "monitor.toml"


class ProxyTable(Table):
    url: ProxyAddress = Field(examples=['"socks5h://127.0.0.1:9050"'])
    isolate: bool | None = None


class Proxies(NamedTuple):
    """The proxy of everything, if there is one, and those that sources may name."""

    all: Proxy | None = None
    named: tuple[Proxy, ...] = ()


def proxies(
    document: Mapping[str, Any], ref: SecretRef | None, around: Surroundings, faults: Faults, *, needed: bool
) -> Proxies:
    """The proxies of monitor.toml; `ref` is what [fetch] proxy says.

    Unless they are `needed`, one whose secret cannot be read is no fault: its address is empty then, and nobody can go
    through it; nor past it.
    """
    one = _proxy(ref, ("fetch", "proxy"), "", None, (around, needed), faults) if ref and ref.name else None
    found = []
    for name, item in _tables(document, faults):
        key = ("fetch", "proxies", name)
        row = read(ProxyTable, item, _FILE, key, faults)
        attempt(partial(values.key_name, name), _FILE, key, faults)
        if row:
            found.append(_proxy(row.url, (*key, "url"), name, row.isolate, (around, needed), faults))
    return Proxies(one, tuple(each for each in found if each))


def names(document: Mapping[str, Any]) -> frozenset[str]:
    """The names that sources may use, whether or not what stands under them is right."""
    return frozenset(name for name, _ in _tables(document, []))


def check_channels(channels: Mapping[Key, Channel], proxy: Proxy | None, faults: Faults) -> None:
    """Faults for mail channels that [fetch] proxy cannot serve."""
    mail = {key: channel.target for key, channel in channels.items() if isinstance(channel.target, Email)}
    for key, target in mail.items():
        message = ""
        if values.loopback(target.host):
            message = (
                "is this machine, which would send mail past [fetch] proxy: use a mail server outside, or no proxy"
            )
        elif proxy and _scheme(proxy.url) == "http":
            message = "cannot be reached through an HTTP proxy: write a [fetch] proxy that begins with socks5h://"
        if message:
            faults.append(Fault(file=_FILE, key=(*key, "smtp"), message=message))


def _scheme(url: Secret) -> str:
    return urlsplit(url.value).scheme  # in lower case, whatever is written


def _tables(document: Mapping[str, Any], faults: Faults) -> Iterable[tuple[str, object]]:
    fetch = document.get("fetch", {})
    tables = fetch.get("proxies", {}) if isinstance(fetch, dict) else {}
    if isinstance(tables, dict):
        return tables.items()
    message = "must be tables with names: write [fetch.proxies.tor]"
    faults.append(Fault(file=_FILE, key=("fetch", "proxies"), message=message))
    return ()


def _proxy(
    ref: SecretRef, key: Key, name: str, isolate: bool | None, about: tuple[Surroundings, bool], faults: Faults
) -> Proxy | None:
    around, needed = about
    try:
        url = secrets.find(ref, around)
    except ValueError as error:
        if needed:
            faults.append(Fault(file=_FILE, key=key, message=str(error)))
        return None if needed else Proxy(url=Secret("", str(error)), name=name)
    if attempt(lambda: secrets.proxy(url), _FILE, key, faults) is None:
        return None
    able = _scheme(url) != "http" and "@" not in url.value
    if isolate and not able:
        message = "works with a SOCKS proxy without a user name of its own only: write isolate = false, or leave it out"
        faults.append(Fault(file=_FILE, key=(*key[:-1], "isolate"), message=message))
    return Proxy(url=url, name=name, isolate=bool(name) and able and isolate is not False)
