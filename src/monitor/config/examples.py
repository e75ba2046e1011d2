"""The watchlists' own examples that do not come out as they must, as problems of watchlists.toml.

Not here: trying them (core.watch). A message names the line and not the example, which may be of a confidential list.
"""

from collections.abc import Iterable

from monitor.config.faults import Fault, placed
from monitor.config.watchlists_file import FILE
from monitor.core.errors import Problem
from monitor.core.settings import Watchlist
from monitor.core.watch import Failure


def failed(failures: Iterable[Failure], watchlists: Iterable[Watchlist], text: str) -> tuple[Problem, ...]:
    """What is wrong with which example; `text` is that of watchlists.toml, for the lines."""
    lists = {watchlist.name: watchlist for watchlist in watchlists}
    return placed([_fault(failure, lists[failure.watchlist]) for failure in failures], {FILE: text}, (FILE,))


def _fault(failure: Failure, watchlist: Watchlist) -> Fault:
    kind = "must_match" if failure.expected else "must_not_match"
    examples = watchlist.must_match if failure.expected else watchlist.must_not_match
    key = ("watchlists", watchlist.name, kind, examples.index(failure.example))
    if failure.expected:
        return Fault(file=FILE, key=key, message=f"does not match: {failure.reason}. Change the words or the example")
    return Fault(
        file=FILE, key=key, message="matches, but must not: add a mask or a set under none, or change the example"
    )
