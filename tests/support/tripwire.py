"""Sees what another process asks the network for: every look-up of a name, every address that is connected or sent to.

    wire = Tripwire(tmp_path)
    process = await room.start(*wire.before, **wire.environ)
    …
    assert wire.touched() == {"127.64.0.1:9050"}

Python tells it by an audit hook (sitecustomize); strace, where it is there, also sees what libraries in C do.
"""

import re
from pathlib import Path

from support.chaos import can_strace

_HOOK = """
import os, sys

def watch(event, arguments):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"):
        said = f"look-up {arguments[0]}"
    elif event in ("socket.connect", "socket.sendto", "socket.sendmsg") and isinstance(arguments[1], tuple):
        said = "{}:{}".format(*arguments[1][:2])
    else:
        return
    out = os.open(os.environ["TRIPWIRE"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(out, said.encode() + b"\\n")
    os.close(out)

sys.addaudithook(watch)
"""
_ADDRESS = re.compile(r'sin_port=htons\((\d+)\), sin_addr=inet_addr\("([^"]+)"\)')
_ADDRESS_6 = re.compile(r'sin6_port=htons\((\d+)\).*?inet_pton\(AF_INET6, "([^"]+)"')
_SOCKET = re.compile(r'sa_family=AF_UNIX, sun_path=@?"([^"]+)"')

_NSCD = "/var/run/nscd/socket"  # asked for the home of a user by libraries; look-ups of hosts are seen by the hook


class Tripwire:
    """Writes into files of its own in `folder`. `before` and `environ` are what the process is to be started with."""

    def __init__(self, folder: Path) -> None:
        self._told, self._traced = folder / "told", folder / "traced"
        hook = folder / "hook"
        hook.mkdir()
        (hook / "sitecustomize.py").write_text(_HOOK)
        self.environ = {"PYTHONPATH": str(hook), "TRIPWIRE": str(self._told)}
        self.before: tuple[str, ...] = ()
        if can_strace():
            calls = "trace=connect,sendto,sendmsg,sendmmsg"
            self.before = ("strace", "-f", "-qq", "-s", "200", "-e", calls, "-o", str(self._traced))

    def touched(self) -> set[str]:
        """Addresses as host:port, names that were looked up, and paths of other processes' sockets."""
        found = set(self._told.read_text().splitlines()) if self._told.exists() else set()
        trace = self._traced.read_text(errors="replace") if self._traced.exists() else ""
        found |= {f"{host}:{port}" for pattern in (_ADDRESS, _ADDRESS_6) for port, host in pattern.findall(trace)}
        return found | {path for path in _SOCKET.findall(trace) if path != _NSCD}
