"""The errors of Monitor, a class for each thing that a caller can do about them.

    MonitorError
     ├─ ConfigError      fix the configuration: carries every problem at once
     ├─ FetchError       try again later, or not: carries the fault, the status and, if the server said so, when
     ├─ ParseError       what came is not what it should be: say so, go on with the next
     ├─ SandboxError     a child process had to be killed, or never began: say so, go on with the next
     ├─ StoreError       the data cannot be read or written: stop polling, say what to do
     └─ NotifyError      try the delivery again later, or give it up: carries which of the two

A library's exceptions are translated where the library is called, with `from`. What is expected (not modified, a copy,
nothing matched) is a value, not an error.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MonitorError(Exception):
    """Anything that Monitor itself says is wrong."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing that is wrong with the configuration.

    `file` as the user knows it, `line` counted from 1 (0: the file as a whole), `path` the key (`feeds[3].url`),
    `message` what is wrong and what to write instead.
    """

    file: str
    line: int
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"


class ConfigError(MonitorError):
    """The configuration is wrong; `problems` lists everything that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class FetchFault(StrEnum):
    """Why a request brought nothing."""

    REFUSED = "refused"  # our own guard: an address that may not be asked
    ROBOTS = "robots"  # robots.txt forbids it
    PAUSED = "paused"  # the host asked to be left alone for a while
    DNS = "dns"
    CONNECT = "connect"
    PROXY = "proxy"  # the operator's own proxy cannot be reached, or does not let us in
    TLS = "tls"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"  # an answer that is not HTTP, or breaks off
    TOO_BIG = "too-big"
    REDIRECT = "redirect"  # too many, in a circle, or to where we may not go
    STATUS = "status"  # an answer, but an error
    BOT_WALL = "bot-wall"  # an answer, but only browsers are let in


class FetchError(MonitorError):
    """A request brought nothing that can be used.

    `retry_at` is when the server asked to come back (Retry-After); aware, UTC.
    """

    def __init__(
        self, fault: FetchFault, message: str, *, status: int | None = None, retry_at: datetime | None = None
    ) -> None:
        super().__init__(message)
        self.fault = fault
        self.status = status
        self.retry_at = retry_at


class ParseError(MonitorError):
    """A document is not what it was expected to be (a feed, a sitemap, a listing, an article).

    `kind` says what it is instead of a feed, where that is known: "empty", "bot-wall", "consent-wall", "parked-domain",
    "no-links".
    """

    def __init__(self, message: str, kind: str = "not-a-feed") -> None:
        super().__init__(message)
        self.kind = kind


class SandboxError(MonitorError):
    """The child process died or had to be killed: its deadline, its memory, or a crash of a C library.

    `begun`: it was at work on what it was given. If not, this machine had no child for it (no memory, no process, a module
    that cannot be read), which says nothing of what it was given.
    """

    def __init__(self, message: str, *, begun: bool = True) -> None:
        super().__init__(message)
        self.begun = begun


class StoreError(MonitorError):
    """The database cannot be opened, read or written; the message says what to do.

    `trouble`: it is the disk, a lock or the folder, and not what was asked of the database; it may pass by itself.
    """

    def __init__(self, message: str, *, trouble: bool = False) -> None:
        super().__init__(message)
        self.trouble = trouble


class NotifyError(MonitorError):
    """A delivery attempt failed.

    `retryable`: another attempt may succeed. `retry_at`: when the receiver asked for it. `hold`: the whole channel waits
    until then. `gone`: the receiver wants nothing more (410), the channel is to be switched off. `code`: the receiver's
    status code, if it answered. `answer`: the first 512 characters of what it said. `to_mend`: no attempt succeeds until
    somebody mends something here, so the operator is told at once.
    """

    def __init__(
        self,
        message: str,
        *,
        retryable: bool,
        retry_at: datetime | None = None,
        hold: bool = False,
        gone: bool = False,
        to_mend: bool = False,
        code: int | None = None,
        answer: str = "",
    ) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.retry_at = retry_at
        self.hold = hold
        self.gone = gone
        self.to_mend = to_mend
        self.code = code
        self.answer = answer
