"""What `monitor check` remarks about a configuration that is right: who can read it and its secrets, and whose keys.

Not here: what is wrong (config), and remarks on sources and words (run.py).
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from stat import S_IMODE
from typing import Any
from urllib.parse import urlsplit

from monitor.core.settings import Apprise, Channel, Config, Email, Webhook
from monitor.fetch import guard

SOON = timedelta(days=30)
GROUP_AND_OTHERS = 0o077
_TOKEN = 16
"""Characters: shorter pieces of an address with letters and digits in them are rarely a token; those of Slack have 24,
of Discord 68, of healthchecks.io 36."""


def remarks(config: Config, folder: Path, now: datetime) -> Iterator[str]:
    """Each remark as a line."""
    yield from _keys(config, now)
    yield from _in_plain_text(config)
    if config.websub.callback.startswith("http:"):
        yield (
            "monitor.toml: websub.callback: is http, so whoever is on the way from a hub sees which feeds you read, and "
            "some hubs refuse it: let a reverse proxy take https and hand it on"
        )
    yield from _network(config)
    for secret in secrets(folder):
        if secret["remark"]:
            yield f"monitor.toml: {secret['of']}: {secret['from']} {secret['remark']}"
    listed = folder / "watchlists.toml"
    if config.watchlists and _open_to_all(listed):
        yield (
            f"{listed} can be read by every account of this machine, and says what you watch: chmod o-rwx {folder}; if "
            "Monitor runs under another account than yours, give that account's group the folder first (chgrp -R)"
        )


# The network


def _network(config: Config) -> Iterator[str]:
    if config.fetch.proxy and config.websub.callback:
        yield (
            "monitor.toml: websub.callback: hubs are told this address, which says who asks, whatever the proxy hides: "
            "leave [websub] out, or give the sources that must not know you a proxy of their own"
        )
    for channel in config.channels:
        host, ours = _host(channel), guard.LOOPBACK if isinstance(channel.target, Email) else ()
        networks = (*ours, *config.fetch.allow_networks)
        if guard.is_address(host) and not guard.allowed(ip_address(host), networks):
            yield (
                f"monitor.toml: {channel.name}: {host} is in no public network, so nothing is sent there: write "
                f'allow_networks = ["{host}"] under [fetch] if you mean it'
            )
        if isinstance(channel.target, Webhook) and _in_the_open(channel.target.url.value, config):
            yield (
                f"monitor.toml: {channel.name}: is http, so whoever is on the way to the receiver can read the alerts: "
                "write https if it has it"
            )
    for source in config.sources:
        if source.url.startswith("http:") and (source.proxy or config.fetch.proxy) and ".onion" not in source.url:
            yield (
                f"feeds.toml: {source.name}: is http, so the last computer of the way through the proxy can read and "
                "change it: write https if the site has it"
            )


def _host(channel: Channel) -> str:
    """The host of a mail server; of a webhook that is in plain sight."""
    if isinstance(channel.target, Email):
        return channel.target.host
    if isinstance(channel.target, Webhook) and channel.target.url.where == "monitor.toml":
        return urlsplit(channel.target.url.value).hostname or ""
    return ""


def _in_the_open(address: str, config: Config) -> bool:
    """Whether what is sent there can be read on its way: without TLS, out of this machine, networks of ours and Tor."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if guard.is_this_machine(host) or host.endswith(".onion"):
        return False
    ours = guard.is_address(host) and any(ip_address(host) in network for network in config.fetch.allow_networks)
    return parts.scheme == "http" and not ours


# Keys


def _keys(config: Config, now: datetime) -> Iterator[str]:
    for channel in config.channels:
        if not isinstance(channel.target, Email):
            continue
        for address, key in zip(channel.target.recipients, channel.target.keys, strict=False):
            if key.expires and now < key.expires <= now + SOON:
                yield (
                    f"monitor.toml: {channel.name}: {key.file}: the key expires on {key.expires:%Y-%m-%d}, and nothing is "
                    "sent to this channel from then on: ask its owner for the renewed one"
                )
            if not any(address.casefold() in user.casefold() for user in key.users):
                yield (
                    f"monitor.toml: {channel.name}: {key.file}: the key does not name {address}. If it is another person's, "
                    "the recipient cannot read anything"
                )


# Secrets


def secrets(folder: Path) -> list[dict[str, str]]:
    """Where monitor.toml says that secrets are, none of which is read: what each is `of`, where it comes `from` and,
    if others can read its file, a `remark`. Empty if monitor.toml cannot be read."""
    import tomllib

    try:
        document = tomllib.loads((folder / "monitor.toml").read_text("utf-8-sig"))
    except (OSError, ValueError):
        return []
    return [
        {"of": of, "from": f"{place} {name}", "remark": _readable(folder / name) if place == "file" else ""}
        for of, place, name in _references(document, "")
    ]


def _references(value: Any, path: str) -> Iterator[tuple[str, str, str]]:
    """(what it is of, env or file or credential, which) of everything in a document that refers to a secret."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            name = item.get("name", f"{path}[{index}]") if isinstance(item, dict) else f"{path}[{index}]"
            yield from _references(item, str(name))
    elif isinstance(value, dict):
        [(place, name), *rest] = [*value.items()] or [("", "")]
        if not rest and place in ("env", "file", "credential") and isinstance(name, str):
            yield path, place, name
            return
        for key, item in value.items():
            yield from _references(item, f"{path}.{key}" if path else str(key))


def _readable(file: Path) -> str:
    try:
        mode = S_IMODE(file.stat().st_mode)
    except OSError:
        return ""
    return f"can be read by others (mode {mode:03o}): chmod 600 {file}" if mode & GROUP_AND_OTHERS else ""


def _in_plain_text(config: Config) -> Iterator[str]:
    from monitor.notify import masking  # which brings all kinds of channels

    found = [(channel.name, channel.target) for channel in config.channels]
    addresses = [
        (name, target.url, masking.parts(target.url.value)) for name, target in found if isinstance(target, Webhook)
    ]
    addresses += [
        (name, target.url, masking.all_parts(target.url.value)) for name, target in found if isinstance(target, Apprise)
    ]
    if config.heartbeat:
        addresses.append(("heartbeat", config.heartbeat.url, masking.parts(config.heartbeat.url.value)))
    for name, url, pieces in addresses:
        if url.where == "monitor.toml" and any(map(_is_token, pieces)):
            yield (
                f"monitor.toml: {name}: the address seems to carry a secret, which whoever reads the file can use: write "
                'url = { env = "NAME" }, { file = "/path" } or { credential = "name" }'
            )


def _is_token(piece: str) -> bool:
    kinds = [bool(re.search(pattern, piece)) for pattern in ("[0-9]", "[a-z]", "[A-Z]")]
    return len(piece) >= _TOKEN and sum(kinds) > 1 and bool(re.fullmatch(r"[\w.~+%-]+", piece))


def _open_to_all(file: Path) -> bool:
    """Whether every account can read a file, which takes a way to it as well."""
    try:
        path = file.resolve(strict=True)
        return bool(path.stat().st_mode & 0o004) and all(parent.stat().st_mode & 0o001 for parent in path.parents)
    except OSError:
        return False
