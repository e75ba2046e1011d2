"""How Monitor tells what it is doing: plain lines on a terminal, JSON lines everywhere else, always to stderr.

What belongs here: how a log line looks, and what may not be in it. What does not: what is logged; the daemon, the pipeline
and the commands do that, once, with what to do about it:

    log = structlog.get_logger()
    log.info("polled {source}: {new} new of {entries}", source="Meduza", new=3, entries=30)

The event is a sentence with its fields in it. On a terminal the fields are filled in; a JSON line has the sentence as it
was written (`event`, which never changes and can be filtered by), filled in (`message`), and every field by itself.

What an exception or a library says in its own words may be made of a title, a watched word or a secret. So a traceback shows
where something went wrong and what kind of error it is, and of a library's message what it fills in is left out.
"""

import json
import logging
import os
import re
import sys
import threading
import traceback
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

from monitor.core.errors import ConfigError, MonitorError
from monitor.core.render.clean import inert, visible
from monitor.core.settings import Secret

# structlog imports rich only because it is installed, for tracebacks that we don't want. Hiding it for that moment saves
# 5.5 MB and 75 ms in every process (structlog 26.1, Python 3.11, 2026-11-22).
_rich = sys.modules.get("rich")
sys.modules["rich"] = None  # type: ignore[assignment]  # the documented way to make an import fail
try:
    import structlog
finally:
    if _rich is None:
        del sys.modules["rich"]
    else:
        sys.modules["rich"] = _rich

get_logger = structlog.get_logger
"""Where everybody else gets a logger, so that nobody imports structlog before it is done here."""

# They log what we say ourselves, some of them whole addresses, which may be secrets.
_THIRD_PARTY = (
    "aiosmtplib",
    "apscheduler",
    "asyncio",
    "charset_normalizer",
    "htmldate",
    "httpcore2",
    "httpx2",
    "trafilatura",
)
_LEVELS = {-1: logging.WARNING, 0: logging.INFO, 1: logging.DEBUG}
_FIELD = re.compile(r"\{(\w+)\}")
_GREY, _YELLOW, _RED, _PLAIN = "\033[2m", "\033[33m", "\033[31m", "\033[0m"
_MARKS = {
    "warning": ("WARN ", _YELLOW),
    "error": ("ERROR", _RED),
    "critical": ("ERROR", _RED),
    "debug": ("debug", _GREY),
}
# sd-daemon(3): a number in front of a line tells the journal how urgent it is; it is not kept.
_PRIORITIES = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}

Fields = MutableMapping[str, Any]


def configure(*, verbosity: int = 0, terminal: bool | None = None) -> None:
    """Send everything that is logged to stderr.

    `verbosity` -1 shows warnings and errors, 0 what a user wants to see, 1 every step. `terminal` says whether a person
    reads it; None: if stderr is a terminal. (JOURNAL_STREAM alone says nothing: terminals inherit it from the desktop.)
    """
    terminal = sys.stderr.isatty() if terminal is None else terminal
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    colours = terminal and sys.stderr.isatty() and not plain
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt=None, key="time"),
            _trace,
            _hide_secrets,
            _Terminal(colours=colours) if terminal else _JsonLines(journal=_is_journal(os.environ, sys.stderr)),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[max(-1, min(verbosity, 1))]),
        # Looked up at each line: a progress bar replaces sys.stderr while it is on the screen.
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_Bridge()], force=True)
    for name in _THIRD_PARTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    sys.excepthook = _fallen
    if threading.excepthook is threading.__excepthook__:  # unless somebody else listens, such as a test
        threading.excepthook = lambda fall: _fallen(fall.exc_type, fall.exc_value, fall.exc_traceback)
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = lambda fall: _fallen(fall.exc_type, fall.exc_value, fall.exc_traceback)


def _fallen(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """What nobody caught, in place of Python's own words about it."""
    if not issubclass(kind, Exception):  # Ctrl-C, and the end of the process
        sys.__excepthook__(kind, error or kind(), trace)
        return
    structlog.get_logger().error("a fault of Monitor itself, please report it", exc_info=error or kind())


class _Bridge(logging.Handler):
    """Hands what libraries log on to structlog, so that all lines look alike. What they fill into a message is left out,
    and what apprise says, which quotes addresses with their tokens: the notifier tells what it has to say."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.partition(".")[0] == "apprise":
            return
        level = record.levelname.lower() if record.levelname.lower() in _PRIORITIES else "warning"
        words = record.getMessage() if record.name == "py.warnings" else str(record.msg)
        words = words.partition("\n")[0]  # asyncio tells below of what its tasks and their errors are made
        getattr(structlog.get_logger(), level)(
            "{library}: {words}", library=record.name, words=words, exc_info=record.exc_info
        )


def _trace(_logger: object, _method: str, fields: Fields) -> Fields:
    """`exc_info` as the text `exception`: where it happened, without the values of variables and the errors' words."""
    found = fields.pop("exc_info", None)
    error = found[1] if isinstance(found, tuple) else sys.exc_info()[1] if found is True else found
    if isinstance(error, BaseException):
        fields["exception"] = "\n".join(_told(error, set()))
    return fields


def _told(error: BaseException, seen: set[int]) -> list[str]:
    """An exception with what led to it, the oldest first, and those that it is made of."""
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    lines = [*_told(before, seen), "which led to:"] if before and id(before) not in seen else []
    lines += [line.rstrip("\n") for line in traceback.format_tb(error.__traceback__)]
    lines.append(f"{type(error).__qualname__}{_words(error)}")
    for part in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        lines += [f"  {line}" for line in _told(part, seen)]
    return lines


def _words(error: BaseException) -> str:
    """What an exception says, where that cannot be made of what is watched, found or secret: our own words, names in our
    code, the system's reason."""
    if isinstance(error, OSError):
        return f": {error.strerror}" if error.strerror else ""
    own = isinstance(error, MonitorError) and not isinstance(error, ConfigError)
    return f": {visible(str(error))}" if own or isinstance(error, _HARMLESS) else ""


_HARMLESS = (AttributeError, ImportError, NameError, TypeError)


def _hide_secrets(_logger: object, _method: str, fields: Fields) -> Fields:
    return {key: _without_secrets(value) for key, value in fields.items()}


def _without_secrets(value: Any) -> Any:
    match value:
        case Secret():
            return str(value)
        case Mapping():
            return {key: _without_secrets(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_without_secrets(item) for item in value]
        case _:
            return value


class _JsonLines:
    """One JSON object a line; for the journal, with its priority in front."""

    def __init__(self, *, journal: bool) -> None:
        self._journal = journal

    def __call__(self, _logger: object, _method: str, fields: Fields) -> str:
        at: float = fields.pop("time")
        level = fields.pop("level")
        line = {
            "time": _plain(datetime.fromtimestamp(at, UTC)),
            "level": level,
            "message": _fill(fields["event"], fields),
            **fields,
        }
        text = inert(json.dumps(line, ensure_ascii=False, default=_plain))
        return f"<{_PRIORITIES[level]}>{text}" if self._journal else text


def _plain(value: object) -> str:
    """What JSON has no form for; times as in all that Monitor writes for machines."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return str(value)


class _Terminal:
    """The time, a mark unless all is well, the sentence, and the fields that it does not name."""

    def __init__(self, *, colours: bool) -> None:
        self._colours = colours

    def __call__(self, _logger: object, _method: str, fields: Fields) -> str:
        at, level, event = fields.pop("time"), fields.pop("level"), fields.pop("event")
        trace = fields.pop("exception", "")
        mark, colour = _MARKS.get(level, ("     ", ""))
        rest = ", ".join(f"{key}={_show(fields[key])}" for key in fields if key not in _FIELD.findall(event))
        clock = f"{datetime.fromtimestamp(at):%H:%M:%S}"  # noqa: DTZ006  # the clock on the reader's wall
        line = f"{self._paint(clock, _GREY)} {self._paint(mark, colour)} {_fill(event, fields)}"
        return line + (self._paint(f"  ({rest})", _GREY) if rest else "") + (f"\n{trace}" if trace else "")

    def _paint(self, text: str, colour: str) -> str:
        return f"{colour}{text}{_PLAIN}" if self._colours and colour else text


def _fill(event: str, fields: Mapping[str, Any]) -> str:
    """The sentence with its fields; a field that is not there stays as it was written."""
    return _FIELD.sub(lambda found: _show(fields[found[1]]) if found[1] in fields else found[0], event)


def _show(value: Any) -> str:
    """A field for people: on one line, and harmless, since some come from outside."""
    match value:
        case float():
            return f"{value:.2f}"
        case datetime():
            return f"{value.astimezone():%Y-%m-%d %H:%M}"
        case list():
            return ", ".join(map(_show, value))
        case _:
            return visible(str(value))


def _is_journal(environ: Mapping[str, str], stream: TextIO) -> bool:
    """Whether `stream` goes to the journal itself, not through a pipe: systemd.exec(5), $JOURNAL_STREAM."""
    try:
        stat = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return environ.get("JOURNAL_STREAM") == f"{stat.st_dev}:{stat.st_ino}"
