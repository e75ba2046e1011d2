"""What holds for all tests: nothing leaves this machine. And what several of them need."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest

from monitor.store.sqlite import prepare

_leaks: list[str] = []


class LeakError(OSError):
    """A test tried to reach something beyond loopback. Whoever gets over it: the test fails at its end."""


def _is_local(host: object) -> bool:
    if host in (None, "", "localhost", b"localhost"):
        return True
    name = host.decode() if isinstance(host, bytes) else str(host)
    try:
        address = ip_address(name)
    except ValueError:
        try:
            address = ip_address(socket.inet_aton(name))  # 127.1 and the like
        except OSError:
            return False
    return address.is_loopback or address.is_unspecified


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook: sees what Python's own sockets do, whoever calls them (uvloop has its own)."""
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if not _is_local(host):
        _leaks.append(f"{event} {host!r}")
        raise LeakError(f"{event} {host!r}")


sys.addaudithook(_watch)


@pytest.fixture(autouse=True)
def nothing_leaves() -> Iterator[None]:
    """Fail a test that connects beyond loopback, or asks the system's resolver for a name, even if it got over it."""
    _leaks.clear()
    yield
    assert not _leaks, f"it tried to leave this machine: {_leaks}"


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the schema and nothing in it, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "monitor.db"
    prepare(path)
    return path


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for news.example, signed by itself, with its key."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=news.example"
    command += " -addext subjectAltName=DNS:news.example"
    subprocess.run([*command.split(), "-keyout", path, "-out", path], check=True, capture_output=True)
    return path
