"""What the children of test_sandbox.py are told to do; apart from it, so that they start without pytest."""

import contextlib
import ctypes
import errno
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.core.errors import ConfigError, MonitorError, ParseError
from monitor.core.model import Entry, Feed, FeedFormat

MIB = 1 << 20
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def double(number: int) -> int:
    return 2 * number


def process_id() -> int:
    return os.getpid()


def a_feed(title: str, *, digest: bytes) -> Feed:
    entry = Entry(title=title, published=NOW, tags=("a", "b"), digest=digest)
    return Feed(format=FeedFormat.ATOM, entries=(entry, entry), digests=digest * 2, ttl=timedelta(minutes=90))


@dataclass(frozen=True, kw_only=True)
class Odds:
    when: datetime | None
    wait: timedelta
    shares: Mapping[str, float]
    names: frozenset[str]
    text: str


def odds_and_ends() -> tuple[Odds, dict[str, list[int]]]:
    wait = -timedelta(days=400, microseconds=1)
    shares = {"ё": 0.1}
    return Odds(when=None, wait=wait, shares=shares, names=frozenset({"x"}), text="a\ud800\x00\u2028б"), {"k": [1]}


def loop_for_ever() -> int:
    while True:
        pass


def eat_memory() -> int:
    hoard = []
    while True:
        hoard.append(bytearray(10 * MIB))


def leave(status: int) -> int:
    os._exit(status)


def crash() -> int:
    return ctypes.string_at(0)[0]


def talk_too_much() -> str:
    return "x" * (65 * MIB)


def refuse(kind: str) -> int:
    errors: dict[str, Callable[[str], Exception]]
    errors = {"parse": ParseError, "monitor": MonitorError, "config": lambda text: ConfigError(())}
    raise errors[kind]("not a feed")


def stumble(secret: str) -> int:
    raise KeyError(secret)


def promise_a_number() -> int:
    return "not a number"  # type: ignore[return-value]  # that is what is tested


def answer_by_hand(kind: bytes, body: bytes) -> int:
    """What attacked code could do: write into every pipe it can find."""
    from monitor.sandbox.child import HEADER

    for descriptor in range(3, 20):
        try:
            os.write(descriptor, HEADER.pack(kind, len(body), 0) + body)
        except OSError:
            continue
    return loop_for_ever()


def surroundings() -> dict[str, str]:
    """What a child sees of the parent, and what it may not do."""
    found = {"environment": " ".join(os.environ), "modules": " ".join(sys.modules)}
    found["descriptors"] = " ".join(str(number) for number in range(64) if _is_open(number))
    found["write"] = _written(Path("/tmp/monitor-sandbox-test"))
    print("this goes nowhere")
    found["stdin"] = sys.stdin.read()
    return found


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def _written(path: Path) -> str:
    try:
        path.write_text("x")
    except OSError as error:
        return type(error).__name__
    finally:
        with contextlib.suppress(OSError):
            path.unlink()
    return "written"


# What attacked code would try


def read_file(path: str) -> str:
    """The file's content, or the name of the error."""
    try:
        return Path(path).read_text("utf-8")
    except OSError as error:
        return errno.errorcode[error.errno or 0]


def write_file(path: str) -> str:
    return _refusal(os.open, path, os.O_WRONLY | os.O_CREAT, 0o600)


def query_database(path: str) -> str:
    import sqlite3

    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
            return str(db.execute("SELECT * FROM watched").fetchall())
    except sqlite3.Error as error:
        return type(error).__name__


def connect(address: str, port: int) -> str:
    import socket

    try:
        with socket.create_connection((address, port), timeout=5):
            return "connected"
    except OSError as error:
        return errno.errorcode[error.errno or 0]


def look_up(name: str) -> str:
    import socket

    try:
        return str(socket.getaddrinfo(name, 80))
    except OSError as error:
        return type(error).__name__


def start_program(kind: str) -> str:
    """fork and exec, or only one of them, by Python's own functions."""
    if kind == "exec":
        return _refusal(os.execv, sys.executable, [sys.executable, "-c", ""])
    if kind == "fork":
        return _refusal(lambda: os.fork() or os._exit(0))
    import threading

    try:
        threading.Thread(target=bool).start()
    except RuntimeError as error:
        return type(error).__name__
    return "started"


def signal_parent() -> str:
    return _refusal(os.kill, os.getppid(), 0)


def signal_parent_by_a_pipe() -> str:
    """The kernel signals the owner of a descriptor, whom the owner chooses, with a signal that he chooses, too."""
    import fcntl

    return _refusal(fcntl.fcntl, 3, fcntl.F_SETOWN, os.getppid())


def limit_parent() -> str:
    return _refusal(resource.prlimit, os.getppid(), resource.RLIMIT_NOFILE, (3, 3))


def raise_limit() -> str:
    unlimited = resource.RLIM_INFINITY
    return _refusal(resource.setrlimit, resource.RLIMIT_AS, (unlimited, unlimited))


def call_kernel(*numbers: int) -> list[str]:
    """What the kernel says to system calls by these numbers, each with arguments of nought."""
    libc = ctypes.CDLL(None, use_errno=True)
    answers = []
    for number in numbers:
        ctypes.set_errno(0)
        libc.syscall(number, 0, 0, 0, 0, 0, 0)
        answers.append(errno.errorcode.get(ctypes.get_errno(), "done"))
    return answers


def outlast_signals() -> int:
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    return loop_for_ever()


def _refusal(function: Callable[..., object], *arguments: object) -> str:
    try:
        return f"done: {function(*arguments)}"
    except (OSError, ValueError) as error:  # the second is how the module of limits says EPERM
        return errno.errorcode[getattr(error, "errno", None) or errno.EPERM]
