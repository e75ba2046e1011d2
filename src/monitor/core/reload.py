"""A changed configuration of which some watchlists fail their own examples → the one that is put in force.

A list that fails stays as it was before, with the words that it had then; one that was not there before is left out;
everything else is taken over. Not here: trying the examples (watch), and naming their lines (config.examples).
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, count

from monitor.core.model import EventType
from monitor.core.notices import Notice
from monitor.core.settings import Channel, Config, TermSet, Watchlist

_PREVIOUS = re.compile(r" \(previous(?: \d+)?\)$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Merged:
    """The configuration to put in force; of the lists that failed, those that stay as they were (`kept`) and those that
    are left out because they are new (`dropped`), by name."""

    config: Config
    kept: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


def merge(old: Config, new: Config, failed: Collection[str]) -> Merged:
    """`new`, with the watchlists that are named in `failed` as they are in `old`.

    A kept list brings the term sets that it had. Where the new file has others of the same name, those of before are
    called "NAME (previous)", and the other lists use the new ones.
    """
    before = {watchlist.name: watchlist for watchlist in old.watchlists}
    old_sets = {term_set.name: term_set for term_set in old.term_sets}
    sets = {term_set.name: term_set for term_set in new.term_sets}
    lists = []
    for watchlist in new.watchlists:
        if watchlist.name not in failed:
            lists.append(watchlist)
        elif watchlist.name in before:
            kept = before[watchlist.name]
            names = {name: _place(old_sets[name], sets) for name in kept.sets}
            lists.append(_routed(_renamed(kept, names), watchlist, new.channels))
    failing = [watchlist.name for watchlist in new.watchlists if watchlist.name in failed]
    return Merged(
        config=replace(new, watchlists=tuple(lists), term_sets=tuple(sets.values())),
        kept=tuple(name for name in failing if name in before),
        dropped=tuple(name for name in failing if name not in before),
    )


def _place(term_set: TermSet, sets: dict[str, TermSet]) -> str:
    """Put a set of before among the others, and return the name that it has there."""
    base = _PREVIOUS.sub("", term_set.name)
    names = chain((term_set.name, f"{base} (previous)"), (f"{base} (previous {number})" for number in count(2)))
    placed = (replace(term_set, name=name) for name in names)
    return next(each.name for each in placed if sets.setdefault(each.name, each) == each)


def _renamed(watchlist: Watchlist, names: Mapping[str, str]) -> Watchlist:
    def each(sets: Iterable[str]) -> tuple[str, ...]:
        return tuple(names[name] for name in sets)

    near = watchlist.near and replace(watchlist.near, sets=each(watchlist.near.sets))
    return replace(watchlist, all=each(watchlist.all), any=each(watchlist.any), none=each(watchlist.none), near=near)


def _routed(kept: Watchlist, wanted: Watchlist, channels: Collection[Channel]) -> Watchlist:
    """What is secret now stays so, and where the old channels are no more, alerts go where the new list sends them:
    never to the default ones because a name means nothing any longer."""
    names = {channel.name for channel in channels}
    there = names.issuperset(kept.channels) if kept.channels else any(channel.default for channel in channels)
    return replace(
        kept,
        channels=kept.channels if there else wanted.channels,
        confidential=kept.confidential or wanted.confidential,
    )


def refused(watchlist: Watchlist, lines: Collection[int], *, kept: bool, now: datetime) -> Notice:
    """What the operator is told of a list that was refused; `lines` of watchlists.toml are those of the examples. The
    name of a confidential list is not told: it may be a subject somewhere."""
    name = "a confidential watchlist" if watchlist.confidential else f"the watchlist {watchlist.name}"
    where = ", ".join(f"watchlists.toml:{line}" for line in sorted(lines))
    left = "it stays as it was before" if kept else "it is new, and left out"
    return Notice(
        type=EventType.WATCHLIST_REFUSED,
        source=None,
        since=now,
        reason=f"{name} fails its own examples ({where}): {left}; the rest of the configuration is in force",
        advice="`monitor check` says why. Mend the list or the example, and reload.",
    )
