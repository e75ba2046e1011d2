"""What the service manager is told: the sd_notify protocol of systemd, sd_notify(3).

What belongs here: the datagrams and the socket they go to. What does not: deciding when Monitor is ready or alive; the
daemon does. Without a service manager everything here is silent.
"""

import os
import socket
import time
from collections.abc import Mapping

import structlog

_log = structlog.get_logger()

# A service manager that does not read its socket must not stop us for longer than this.
_SEND_SECONDS = 1.0


class ServiceManager:
    """Tells the service manager that `environ` names ($NOTIFY_SOCKET); nothing, if there is none.

    `watchdog_interval` is how many seconds may pass between two calls of `watchdog`: half of what the manager allows, as
    sd_watchdog_enabled(3) recommends; None if it does not watch this process.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._address = _address(environ.get("NOTIFY_SOCKET", ""))
        self.watchdog_interval = _watchdog_interval(environ) if self._address else None

    def ready(self, status: str) -> None:
        """Started, or done with reloading; `status` is the line that `systemctl status` shows."""
        self._send("READY=1", f"STATUS={_one_line(status)}")

    def starting(self, status: str, seconds: float) -> None:
        """Not yet: the next word comes within so many seconds."""
        self._send(f"EXTEND_TIMEOUT_USEC={seconds * 1e6:.0f}", f"STATUS={_one_line(status)}")

    def reloading(self) -> None:
        """The configuration is being read again; `ready` says when that is done."""
        self._send("RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")

    def stopping(self) -> None:
        self._send("STOPPING=1")

    def status(self, text: str) -> None:
        self._send(f"STATUS={_one_line(text)}")

    def watchdog(self) -> None:
        """Still making progress."""
        self._send("WATCHDOG=1")

    def _send(self, *lines: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
                sender.settimeout(_SEND_SECONDS)
                sender.connect(self._address)
                sender.send("\n".join(lines).encode())
        except OSError as error:
            _log.warning("the service manager could not be told {what}: {error}", what=lines[0], error=str(error))


def _address(path: str) -> str:
    """The socket's address for Python: a path, or `\\0name` for an abstract one (`@name`); "" for anything else."""
    if path.startswith("@"):
        return "\0" + path[1:]
    return path if path.startswith("/") else ""


def _watchdog_interval(environ: Mapping[str, str]) -> float | None:
    if environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None  # meant for the process that started us
    allowed = environ.get("WATCHDOG_USEC", "")
    return int(allowed) / 2e6 if allowed.isdecimal() and int(allowed) else None


def _one_line(text: str) -> str:
    """A line feed would begin another message."""
    return " ".join(text.split())
