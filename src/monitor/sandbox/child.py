"""The child's side of the sandbox: shut itself in, then call the functions it is told to, one after the other.

Run as a script by its path, isolated and without `site`, so that a child costs no more than what its functions import;
nobody imports this module. What it sends is JSON, because the parent must be able to read the answer of a child that
was taken over; see `monitor.sandbox` for what the parent makes of it.
"""

import base64
import contextlib
import dataclasses
import functools
import importlib
import json
import math
import operator
import os
import pickle
import resource
import signal
import struct
import sys
import traceback
from collections.abc import Mapping
from datetime import date, timedelta
from importlib.machinery import SourceFileLoader
from types import ModuleType
from typing import IO, Any

HEADER = struct.Struct(">cQQ")  # kind of frame, its length, memory that the child holds now
READY, STARTED, ANSWER, WRONG, FAILED, FULL = b"r", b"s", b"a", b"w", b"f", b"m"

_PR_SET_PDEATHSIG = 1
_START_CPU = 60  # seconds, until the first call says how long it may take


def main(parent: int, memory_limit: int, path: list[str], linked: list[str]) -> None:
    """Serve until stdin ends. `linked`: what may be read as well, since links in the search path lead there."""
    requests, answers = _private_pipes()
    limits = _limited(parent, memory_limit)
    _send(answers, READY, json.dumps(limits | _walled_in([*path, *linked])).encode())
    sys.path[:] = path
    while header := requests.read(8):
        _serve(requests.read(int.from_bytes(header, "big")), answers)


def _serve(request: bytes, answers: IO[bytes]) -> None:
    try:
        module, name, args, kwargs, deadline = pickle.loads(request)  # noqa: S301 - our parent wrote it
        function = operator.attrgetter(name)(importlib.import_module(module))
        _limit_cpu(deadline)
        _send(answers, STARTED, b"")
        answer = json.dumps([function(*args, **kwargs)], ensure_ascii=False, default=_plain)
        _send(answers, ANSWER, answer.encode("utf-8", "replace"))
    except MemoryError:
        _send(answers, FULL, b"")
    except Exception as error:
        _send(answers, *_told(error))


def _send(answers: IO[bytes], kind: bytes, body: bytes) -> None:
    answers.write(HEADER.pack(kind, len(body), _held()) + body)
    answers.flush()


def _plain(value: Any) -> Any:
    """What JSON has no form for, as pydantic reads it back."""
    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, bytes):
        return base64.urlsafe_b64encode(value).decode()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"PT{value.total_seconds():.6f}S" if value >= timedelta(0) else f"-PT{-value.total_seconds():.6f}S"
    return dict(value) if isinstance(value, Mapping) else list(value)


def _kind(error: Exception) -> list[str]:
    kind = getattr(error, "kind", None)
    return [kind] if isinstance(kind, str) else []


def _told(error: Exception) -> tuple[bytes, bytes]:
    """An error of Monitor with its words; of any other only its kind and place, for its words may quote the document."""
    if type(error).__module__ == "monitor.core.errors":
        return WRONG, json.dumps([type(error).__name__, str(error), *_kind(error)]).encode()
    place = traceback.extract_tb(error.__traceback__)[-1]
    return FAILED, f"{type(error).__name__} in {os.path.basename(place.filename)}:{place.lineno}".encode()  # noqa: PTH119 - spares pathlib


# Shutting in


def _private_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """The pipes to the parent, moved to where nothing reads or prints by chance."""
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    return os.fdopen(requests, "rb"), os.fdopen(answers, "wb")


def _limited(parent: int, memory_limit: int) -> dict[str, Any]:
    """Which limits stand, as fields of `monitor.core.confinement.Confinement`."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # meant for the daemon, which ends us when it is done
        signal.signal(number, signal.SIG_IGN)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NPROC, 0)
    _limit(resource.RLIMIT_AS, memory_limit)
    _limit_cpu(_START_CPU)
    with contextlib.suppress(Exception):  # no Linux, or no ctypes: then the limit of CPU time ends an orphan
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the line above
        sys.exit()
    memory, cpu = (resource.getrlimit(what)[0] for what in (resource.RLIMIT_AS, resource.RLIMIT_CPU))
    return {"memory": memory if memory != resource.RLIM_INFINITY else None, "cpu": cpu != resource.RLIM_INFINITY}


def _walled_in(path: list[str]) -> dict[str, Any]:
    """Which walls stand, as `_limited` says it: only what lies there may be read from now on."""
    _held()  # opens what it reads
    with contextlib.suppress(Exception):  # no Linux, or no ctypes
        confine = ModuleType("confine")  # not by its package, which is the parent's side and large
        SourceFileLoader("confine", os.path.join(os.path.dirname(__file__), "confine.py")).exec_module(confine)  # noqa: PTH118, PTH120 - spares pathlib
        walls = confine.close_in(path)
        return {
            what: name for what, name in (("network", confine.SECCOMP), ("files", confine.LANDLOCK)) if name in walls
        }
    return {}


def _limit(what: int, value: int) -> None:
    with contextlib.suppress(OSError, ValueError):  # a lower limit is in force, or the system knows no such
        resource.setrlimit(what, (value, value))


def _limit_cpu(seconds: float) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime + seconds) + 1
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _held() -> int:
    """Bytes of memory that this process occupies."""
    try:
        return int(os.pread(_statm(), 128, 0).split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@functools.cache
def _statm() -> int:
    """Opened while it may be, and kept."""
    return os.open("/proc/self/statm", os.O_RDONLY)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3]), json.loads(sys.argv[4]))
