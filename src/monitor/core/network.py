"""When all sources fail at once: then it is our own network, and nobody is blamed.

Not here: what a poll says about its source (health.py).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core import notices
from monitor.core.model import Check, Fault, History, SourceState
from monitor.core.notices import Notice
from monitor.core.settings import HealthSettings

FEWEST = 3  # with fewer sources, "all at once" says nothing about our network
UNREACHABLE = frozenset({"dns", "connect", "proxy", "timeout"})  # what a dead network looks like
PROBES = timedelta(minutes=2)  # so often one of all sources is asked while the network is down
CATCH_UP = timedelta(seconds=90)  # within so long all are asked when it is back, a second apart if they are few


@dataclass(frozen=True, kw_only=True, slots=True)
class Network:
    """Since when the network is down, what is told of it, and how far apart those that fail are to be asked again."""

    down_since: datetime | None
    notices: tuple[Notice, ...] = ()
    recheck: timedelta | None = None


def failed(check: Check, fault: Fault, history: History, settings: HealthSettings) -> Network:
    """What a failed poll says about the network: that it is down when no source can be reached at all, or when nearly all
    fail, for whatever reason, and this one has failed often enough to be told."""
    if history.network_down_since:
        return Network(down_since=history.network_down_since)
    since = check.record.failing_since or check.at
    proxy = fault.message if fault.kind == "proxy" else ""
    if fault.kind in UNREACHABLE and not history.reachable and history.unreachable + 1 >= FEWEST:
        return Network(
            down_since=since, notices=(notices.network_down(since, at_first=True, proxy=proxy),), recheck=PROBES
        )
    often = check.record.failures + 1 >= settings.failing_after and check.record.state != SourceState.FAILING
    if often and history.polled + 1 >= FEWEST and _share(history, 1) >= settings.network_down:
        return Network(
            down_since=since, notices=(notices.network_down(since, at_first=False, proxy=proxy),), recheck=PROBES
        )
    return Network(down_since=None)


def answered(check: Check, history: History, settings: HealthSettings) -> Network:
    """What an answer says about a network that was down: once fewer than nearly all others fail, it is back."""
    down = history.network_down_since
    if down is None:
        return Network(down_since=None)
    if history.polled + 1 < FEWEST or _share(history, 0) < settings.network_down:
        return Network(down_since=None, notices=(notices.network_recovered(down),), recheck=_soon(history))
    return Network(down_since=down, recheck=_soon(history) if check.record.failures else None)


def _soon(history: History) -> timedelta:
    """How far apart those that fail are asked again when one has answered: all within a minute or two."""
    return CATCH_UP / max(history.failing, CATCH_UP.total_seconds())


def probe(history: History) -> timedelta:
    """How soon a source is asked again while the network is down: all together often, each by itself seldom."""
    return PROBES * (history.failing + 1)


def _share(history: History, this_fails: int) -> float:
    """The share of all sources that were polled, this one with them, that fail."""
    return (history.failing + this_fails) / (history.polled + 1)
