"""What the service manager hears, on a real socket."""

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.service import ServiceManager


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """($NOTIFY_SOCKET, the socket that listens there)"""
    name = str(tmp_path / "notify") if request.param == "path" else f"@monitor-test-{os.getpid()}-{time.monotonic_ns()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(name.replace("@", "\0", 1) if name.startswith("@") else name)
        listener.settimeout(5)
        yield name, listener


def test_what_is_told(manager: tuple[str, socket.socket]) -> None:
    name, listener = manager
    service = ServiceManager({"NOTIFY_SOCKET": name})

    service.starting("waiting", 30.0)
    assert listener.recv(4096) == b"EXTEND_TIMEOUT_USEC=30000000\nSTATUS=waiting"
    service.ready("12 sources")
    assert listener.recv(4096) == b"READY=1\nSTATUS=12 sources"
    service.status("polling\nREADY=1")
    assert listener.recv(4096) == b"STATUS=polling READY=1"
    service.watchdog()
    assert listener.recv(4096) == b"WATCHDOG=1"
    service.stopping()
    assert listener.recv(4096) == b"STOPPING=1"

    before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    service.reloading()
    first, second = listener.recv(4096).decode().split("\n")
    assert first == "RELOADING=1"
    key, _, at = second.partition("=")
    assert key == "MONOTONIC_USEC"
    assert before <= int(at) <= time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000


@pytest.mark.parametrize(
    "environ", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "vsock:2:1234"}, {"WATCHDOG_USEC": "1000000"}]
)
def test_without_a_manager_it_is_silent(environ: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    service = ServiceManager(environ)
    service.ready("up")
    service.watchdog()
    service.stopping()
    assert service.watchdog_interval is None
    assert capsys.readouterr() == ("", "")


def test_a_manager_that_went_away_is_survived(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ServiceManager({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready("up")
    out, err = capsys.readouterr()
    assert "could not be told" in out + err


@pytest.mark.parametrize(
    ("environ", "interval"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "60000000"}, 30.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(os.getpid())}, 30.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_watchdog_interval(environ: dict[str, str], interval: float | None) -> None:
    assert ServiceManager({"NOTIFY_SOCKET": "/run/notify"} | environ).watchdog_interval == interval
