"""What the children of test_sandbox.py are told to do; apart from it, so that they start without pytest."""

import ctypes
import os
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
    found["descriptors"] = " ".join(entry.name for entry in Path("/proc/self/fd").iterdir())
    found["write"] = _written(Path("/tmp/monitor-sandbox-test"))
    print("this goes nowhere")
    found["stdin"] = sys.stdin.read()
    return found


def _written(path: Path) -> str:
    try:
        path.write_text("x")
    except OSError as error:
        return type(error).__name__
    finally:
        path.unlink(missing_ok=True)
    return "written"
