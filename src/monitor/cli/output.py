"""How results look: tables that fit a terminal, whole lines everywhere else, JSON, and progress where a person waits.

Strangers' text (titles, addresses, answers of servers) goes through `visible` before it reaches a terminal. Not here: what
is shown.
"""

import json
import os
import sys
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

Advance = Callable[[int], None]
"""Says that so many more are done."""
PATIENCE = 1.0
"""Seconds that a person waits without being told anything."""
_WIDE = 100_000  # columns where nothing has to fit
_READABLE = 16  # columns that a text in many lines needs
_UNITS = (("d", 86400), ("h", 3600), ("min", 60))


def as_json(document: object, indent: int | None = None) -> str:
    """JSON that can be looked at on a terminal, and that UTF-8 has a form for, whatever strangers wrote into it."""
    from monitor.core.render.clean import inert

    return inert(json.dumps(document, ensure_ascii=False, indent=indent, default=plain))


def show_json(document: object) -> None:
    """The one JSON document that `--json` promises."""
    _write(as_json(document, indent=2) + "\n")


def line(text: str = "", indent: int = 0) -> None:
    """One line of a result."""
    from monitor.core.render.clean import visible

    _write(" " * indent + visible(text) + "\n")


def quote(sentence: str, surfaces: Iterable[str], indent: int = 4) -> None:
    """A sentence with what was found in it marked: bold on a terminal, between asterisks elsewhere."""
    from monitor.core.render.clean import marked, visible

    bold = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    before, after = ("\033[1m", "\033[0m") if bold else ("*", "*")
    pieces = marked(visible(sentence), [visible(surface) for surface in surfaces])
    _write(" " * indent + "".join(f"{before}{piece}{after}" if hit else piece for piece, hit in pieces) + "\n")


def table(
    headings: Sequence[str], rows: Iterable[Sequence[str]], *, empty: str = "", broken: Sequence[int] = (-1,)
) -> None:
    """Rows in columns: on a terminal as wide as that, with lines broken in the columns that `broken` names (the last), or
    a block for each row where columns don't fit; elsewhere a line for each row. Without rows, `empty` is said to stderr."""
    from monitor.core.render.clean import visible

    cells = [[visible(cell) for cell in row] for row in rows]
    if not cells:
        print(visible(empty), file=sys.stderr)
        return
    from rich.console import Console

    terminal = sys.stdout.isatty()
    console = Console(width=None if terminal else _WIDE, highlight=False)
    may_break = {index % len(headings) for index in broken} if terminal else set()
    if terminal and _narrowest(headings, cells, may_break) > console.width:
        _write("\n".join(_block(headings, row) for row in cells))
        return
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold" if terminal else "")
    for index, heading in enumerate(headings):
        grid.add_column(heading, overflow="fold", no_wrap=index not in may_break)
    for row in cells:
        grid.add_row(*map(Text, row))
    with console.capture() as captured:
        console.print(grid)
    _write("".join(f"{text.rstrip()}\n" for text in captured.get().splitlines()))


def _narrowest(headings: Sequence[str], rows: Sequence[Sequence[str]], may_break: Collection[int]) -> int:
    """The columns of a terminal that a table needs to be read at all."""
    from rich.cells import cell_len

    widths = [max(map(cell_len, column)) for column in zip(headings, *rows, strict=True)]
    least = [min(width, _READABLE) if index in may_break else width for index, width in enumerate(widths)]
    return sum(least) + 2 * (len(widths) - 1)


def _block(headings: Sequence[str], row: Sequence[str]) -> str:
    """A row as lines: its first cell, and below it every other that says something."""
    said = [f"  {heading.lower()}: {cell}\n" for heading, cell in zip(headings[1:], row[1:], strict=True) if cell]
    return f"{row[0]}\n{''.join(said)}"


def counted(number: int, one: str, many: str = "") -> str:
    """`1 entry`, `3 entries`; what is not named takes an s."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


@contextmanager
def progress(words: str, total: int | None = None) -> Iterator[Advance]:
    """A bar on stderr after a second, if that is a terminal; gives the function that says how many more are done."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TimeElapsedColumn

    from monitor.core.render.clean import visible

    done = (BarColumn(), MofNCompleteColumn()) if total else ()
    columns = (SpinnerColumn(), "{task.description}", *done, TimeElapsedColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=sys.stdout.isatty())
    task = bar.add_task(escape(visible(words)), total=total)
    timer = threading.Timer(PATIENCE, bar.start)
    timer.start()
    try:
        yield lambda done: bar.advance(task, done)
    finally:
        timer.cancel()
        timer.join()
        bar.stop()


# Values


def moment(at: str | datetime | None) -> str:
    """A time as the reader's clock says it; a dash for none."""
    if at is None:
        return "-"
    at = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def ago(at: str | None, now: datetime) -> str:
    """`5 min ago`, `in 2 h`, `now`; a dash for none."""
    if at is None:
        return "-"
    seconds = (now - datetime.fromisoformat(at)).total_seconds()
    span = duration(timedelta(seconds=abs(seconds)))
    return "now" if abs(seconds) < 1 else f"{span} ago" if seconds > 0 else f"in {span}"


def duration(span: timedelta) -> str:
    """A span in its largest unit, rounded down: `45 s`, `5 min`, `2 h`, `3 d`."""
    seconds = int(span.total_seconds())
    return next((f"{seconds // length} {unit}" for unit, length in _UNITS if seconds >= length), f"{seconds} s")


def plain(value: object) -> object:
    """What JSON has no form for, as something that it has one for; for `json.dumps`."""
    if isinstance(value, datetime):
        precision = "milliseconds" if value.microsecond else "seconds"
        return value.isoformat(timespec=precision).replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _write(text: str) -> None:
    """Whatever the locale, results are UTF-8; of a file's name, what is no UTF-8 becomes a question mark."""
    stream: Any = sys.stdout
    stream.flush()
    stream.buffer.write(text.encode("utf-8", "replace"))
