"""A real client that may ask a test's own servers and nobody else, in a hurry."""

import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any

from monitor.core.settings import FetchSettings
from monitor.fetch.client import Client
from monitor.fetch.guard import Lookup
from monitor.fetch.hosts import utc_now
from support.server import Server


async def no_names(host: str, port: int) -> list[str]:
    """A lookup that knows no name."""
    raise OSError(f"{host} is not known")


def client_for(
    *servers: Server,
    lookup: Lookup = no_names,
    tls: ssl.SSLContext | None = None,
    now: Callable[[], datetime] = utc_now,
    **settings: Any,
) -> Client:
    """A client without pauses between requests. `settings` are those of FetchSettings."""
    networks = tuple(ip_network(host) for server in servers for host in server.hosts)
    hasty = {"allow_networks": networks, "per_host_delay": timedelta(), "timeout": timedelta(seconds=10)}
    return Client(FetchSettings(**hasty | settings), lookup=lookup, tls=tls, now=now)
