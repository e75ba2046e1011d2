"""A real client that may ask a test's own servers and nobody else, in a hurry."""

import socket
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from ipaddress import ip_network
from typing import Any

import httpcore2

from monitor.core.settings import FetchSettings
from monitor.fetch.client import Client
from monitor.fetch.guard import Lookup
from monitor.fetch.hosts import utc_now
from support.server import Server


async def no_names(host: str, port: int) -> list[str]:
    """A lookup that knows no name."""
    raise OSError(f"{host} is not known")


@cache
def _trust() -> ssl.SSLContext:
    """What a client makes for itself, made once: it takes 35 ms."""
    return httpcore2.default_ssl_context()


async def dial(host: str, port: int) -> socket.socket:
    """What connects mail: as the daemon would, if nothing were configured."""
    return await client_for().dial(host, port)


def client_for(
    *servers: Server,
    lookup: Lookup = no_names,
    tls: ssl.SSLContext | None = None,
    now: Callable[[], datetime] = utc_now,
    **settings: Any,
) -> Client:
    """A client without pauses between requests. `settings` are those of FetchSettings."""
    networks = tuple(ip_network(host) for server in servers for host in server.hosts)
    hasty: dict[str, Any] = {
        "allow_networks": networks,
        "per_host_delay": timedelta(),
        "timeout": timedelta(seconds=10),
    }
    return Client(FetchSettings(**hasty | settings), lookup=lookup, tls=tls or _trust(), now=now)
