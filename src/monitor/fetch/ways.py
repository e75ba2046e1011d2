"""The ways out: one of everything, and one for each proxy that sources name.

What goes out on one of them has nothing in common with what goes out on another: connections, user names at the proxy, what
robots.txt said, whose turn it is. So two groups of sources may ask one site at the same time, as two strangers would.
"""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import httpcore2

from monitor.core.settings import FetchSettings
from monitor.fetch import guard
from monitor.fetch.client import Client
from monitor.fetch.hosts import utc_now
from monitor.fetch.robots import Robots


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """What goes one way out."""

    client: Client
    robots: Robots


Ways = Mapping[str, Way]
"""By the name of the proxy that sources use; "" is the way of everything else."""


def ways(
    settings: FetchSettings,
    *,
    before: Ways | None = None,
    lookup: guard.Lookup | None = None,
    tls: ssl.SSLContext | None = None,
    now: Callable[[], datetime] = utc_now,
) -> Ways:
    """All ways that there are; each goes on leaving alone whom that of its name in `before` was to leave alone.

    `lookup`, `tls` and `now` as `Client` has them. Raises ConfigError if one of the proxies cannot be used.
    """
    context, look = tls or httpcore2.default_ssl_context(), lookup or guard.SystemLookup()
    made = {}
    for name, proxy in [("", settings.proxy), *((each.name, each) for each in settings.proxies)]:
        client = Client(replace(settings, proxy=proxy, proxies=()), lookup=look, tls=context, now=now)
        old = (before or {}).get(name)
        if old:
            client.hosts.inherit(old.client.hosts)
        made[name] = Way(client=client, robots=Robots(client, now=now, before=old.robots if old else None))
    return made


async def close(ways: Ways) -> None:
    """Let go of everything that is open on any of them."""
    for way in ways.values():
        await way.client.aclose()
