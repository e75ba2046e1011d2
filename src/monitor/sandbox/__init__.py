"""Runs pure functions of the core in a child process that can be killed.

What belongs here: starting, limiting, asking and ending the children. What does not: any knowledge of what they compute.

What comes from outside is parsed only there, because a parser may run for ever, eat all memory or be taken over. The
function is sent by its name, so the parent never imports lxml, trafilatura or feedparser. The answer comes back as JSON
and is validated against the function's declared return type: a child can lie about a document, but it can't hand
the parent anything that is not of that type, and no code.
"""

import asyncio
import functools
import json
import os
import pickle
import signal
import sys
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from types import GenericAlias, TracebackType
from typing import Any, Self, TypeVar, cast, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError

from monitor.core.confinement import Confinement
from monitor.core.errors import MonitorError, ParseError, SandboxError
from monitor.sandbox.child import ANSWER, FAILED, FULL, HEADER, READY, STARTED, WRONG

T = TypeVar("T")

MIB = 1 << 20
_CHILD = Path(__file__).with_name("child.py")
# One arena and no threads of numpy: 60 MB less address space each, and RLIMIT_NPROC allows none.
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "MALLOC_ARENA_MAX": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}
_KEPT = ("PATH", "LD_LIBRARY_PATH")
_CODE = (".py", ".so")
_START_LIMIT = 60.0  # seconds for a child to stand and import the function's module, on a machine that is very busy
_ANSWER_LIMIT = 64 * MIB
# A child with trafilatura and the language model stays at 180 to 220 MB over thousands of pages (2026-11-22).
_MAX_HELD = 320 * MIB
_MAX_CALLS = 1000
_RAISED = {error.__name__: error for error in (MonitorError, ParseError)}


class Sandbox:
    """Up to `workers` children that are started when needed and ended after `idle` without work.

    `memory_limit` is the address space in bytes that a child may have. To be used within one event loop.
    """

    def __init__(
        self, workers: int = 1, *, idle: timedelta = timedelta(seconds=60), memory_limit: int = 1024 * MIB
    ) -> None:
        self._workers = workers
        self._idle = idle.total_seconds()
        self._memory_limit = memory_limit
        self._slots = asyncio.Semaphore(workers)
        self._free: list[_Child] = []
        self._ending: set[asyncio.Task[None]] = set()
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def call(self, function: Callable[..., T], /, *args: Any, deadline: float, **kwargs: Any) -> T:
        """`function(*args, **kwargs)`, worked out in a child.

        `function` is one of a module's own, with a declared return type of plain values, datetimes, enums and frozen
        dataclasses. `deadline` is in seconds, counted from when the child has imported the function's module.
        Raises SandboxError when the child had to be killed, died, ran out of memory or failed; and ParseError or
        MonitorError where the function does. When cancelled, the child is killed; the next call gets another.
        """
        request = pickle.dumps((function.__module__, function.__qualname__, args, kwargs, deadline), 5)
        async with self._slots:
            child = await self._take()
            try:
                await child.begin(request)
                kind, held, body = await child.answer(deadline)
                answer = _read_answer(function, kind, body)
            except ParseError:
                self._give_back(child, held)
                raise
            except BaseException:
                self._end(child)
                raise
            self._give_back(child, held)
            return answer

    async def confinement(self) -> Confinement:
        """What children may not do on this machine. Raises SandboxError if none can be started."""
        async with self._slots:
            child = await self._take()
            self._give_back(child, 0)
            return child.confinement

    async def stream(
        self, function: Callable[..., T], calls: Iterable[tuple[Any, ...]], *, deadline: float, ahead: int | None = None
    ) -> AsyncGenerator[T | MonitorError, None]:
        """The answers to many calls, each given as the tuple of its arguments, in order; an error takes the place of
        its answer. At most `ahead` calls (twice the workers) are read from `calls` before their answers are taken."""
        waiting: deque[asyncio.Task[T | MonitorError]] = deque()
        try:
            for args in calls:
                waiting.append(asyncio.create_task(self._outcome(function, args, deadline)))
                if len(waiting) >= (ahead or 2 * self._workers):
                    yield await waiting.popleft()
            while waiting:
                yield await waiting.popleft()
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def close(self) -> None:
        """End all children; those at work when they have answered."""
        self._closed = True
        while self._free:
            self._end(self._free.pop())
        while self._ending:
            await asyncio.gather(*self._ending)

    async def _outcome(self, function: Callable[..., T], args: tuple[Any, ...], deadline: float) -> T | MonitorError:
        try:
            return await self.call(function, *args, deadline=deadline)
        except MonitorError as error:
            return error

    async def _take(self) -> "_Child":
        """The child that worked last, so that those not needed grow idle; or a new one."""
        while self._free:
            child = self._free.pop()
            child.rest()
            if not child.is_dead():
                return child
            self._end(child)
        child = await _start(self._memory_limit)
        try:
            await child.stand()
        except BaseException:
            self._end(child)
            raise
        return child

    def _give_back(self, child: "_Child", held: int) -> None:
        if self._closed or child.calls >= _MAX_CALLS or held > _MAX_HELD:
            self._end(child)
        else:
            self._free.append(child)
            child.timer = asyncio.get_running_loop().call_later(self._idle, self._grow_idle, child)

    def _grow_idle(self, child: "_Child") -> None:
        self._free.remove(child)
        self._end(child)

    def _end(self, child: "_Child") -> None:
        """Kill now, collect what is left of it later."""
        child.rest()
        child.kill()
        task = asyncio.create_task(child.collect())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)


class _Child:
    """A running child process and the frames to and from it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._requests = cast(asyncio.StreamWriter, process.stdin)
        self._answers = cast(asyncio.StreamReader, process.stdout)
        self.confinement = Confinement()
        self.calls = 0
        self.timer: asyncio.TimerHandle | None = None

    def is_dead(self) -> bool:
        """Whether it has ended, asked of the system: the event loop may learn of it only later."""
        try:
            return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        except ChildProcessError:  # ended and collected
            return True

    async def begin(self, request: bytes) -> None:
        """Send a request, and wait until the child is at work on it."""
        self.calls += 1
        self._requests.write(len(request).to_bytes(8, "big") + request)
        kind, _, body = await self._frame(_START_LIMIT, "did not start", begun=False)
        if kind != STARTED:
            failure = "no memory" if kind == FULL else body[:200].decode("utf-8", "replace")
            raise SandboxError(f"the child process could not begin: {failure}", begun=False)

    async def answer(self, deadline: float) -> tuple[bytes, int, bytes]:
        """The kind of answer, the memory that the child then holds, and the answer."""
        return await self._frame(deadline, "was not done")

    async def stand(self) -> None:
        """Wait until the child has shut itself in."""
        kind, _, body = await self._frame(_START_LIMIT, "did not start", begun=False)
        if kind != READY:
            raise SandboxError("the child process did not start as it should", begun=False)
        self.confinement = TypeAdapter(Confinement).validate_json(body)  # nothing from outside was in there yet

    async def _frame(self, seconds: float, trouble: str, *, begun: bool = True) -> tuple[bytes, int, bytes]:
        try:
            async with asyncio.timeout(seconds):
                kind, length, held = HEADER.unpack(await self._answers.readexactly(HEADER.size))
                if length > _ANSWER_LIMIT:
                    raise SandboxError(f"the answer is larger than {_ANSWER_LIMIT // MIB} MiB")
                return kind, held, await self._answers.readexactly(length)
        except TimeoutError as error:
            said = f"the child process {trouble} within {seconds:g} s and was killed"
            raise SandboxError(said, begun=begun) from error
        except (asyncio.IncompleteReadError, OSError) as error:
            self.kill()
            said = f"the child process died ({_cause(await self._process.wait())})"
            raise SandboxError(said, begun=begun) from error

    def rest(self) -> None:
        if self.timer:
            self.timer.cancel()
            self.timer = None

    def kill(self) -> None:
        """Not by the process's own method: that collects a child that has died just now, whose status is lost then."""
        if not self.is_dead():
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)

    async def collect(self) -> None:
        """Wait for the end of a killed child and free its pipes."""
        self._requests.close()
        await self._process.communicate()


async def _start(memory_limit: int) -> _Child:
    try:
        process = await asyncio.create_subprocess_exec(
            *_command(memory_limit),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=_ENVIRONMENT | {name: os.environ[name] for name in _KEPT if name in os.environ},
            cwd="/",
            start_new_session=True,
        )
    except OSError as error:
        raise SandboxError(f"cannot start a child process: {error.strerror}", begun=False) from error
    return _Child(process)


def _command(memory_limit: int) -> list[str]:
    """Python without environment, user site and .pth files, and with our own search path.

    It may read what is in that path, so the working directory (where configuration and data may be) is not, unless Monitor
    itself is there; and where packages that are only linked into it lie (stow, uv with link-mode "symlink").
    """
    here, ours = _here(), str(_CHILD.parents[2])
    entries = (os.path.normpath(os.path.join(here, entry)) for entry in sys.path)  # noqa: PTH118 - "" is the directory, too
    path = [entry for entry in entries if entry != here or entry == ours]
    told = (os.getpid(), memory_limit, json.dumps(path), json.dumps(_linked(tuple(path))))
    return [sys.executable, "-I", "-S", "-B", str(_CHILD), *map(str, told)]


@functools.cache
def _linked(path: tuple[str, ...]) -> tuple[str, ...]:
    """Where links lead by which modules and packages come into these folders: the kernel asks where a file lies."""
    found: set[str] = set()
    for folder in filter(Path.is_dir, map(Path, path)):
        for entry in _files(folder):
            inside = entry if entry.is_file() else next((each for each in _files(entry) if each.suffix in _CODE), None)
            if inside and inside.suffix in _CODE and (inside.is_symlink() or entry.is_symlink()):
                target = inside.resolve()
                found.add(str(target if inside is entry else target.parent))
    return tuple(sorted(found))


def _files(folder: Path) -> Iterable[Path]:
    """What is in it, if it may be read."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _here() -> str:
    """The working directory; an upgrade may have taken it away from under us."""
    try:
        return os.getcwd()  # noqa: PTH109 - compared with what is in sys.path
    except FileNotFoundError:
        return "/"


def _read_answer(function: Callable[..., T], kind: bytes, body: bytes) -> T:
    """What the child sent, as a value of the function's return type; raises what it says went wrong."""
    try:
        if kind == ANSWER:
            return cast(T, _answer_type(function).validate_json(body, strict=True)[0])
        if kind == WRONG:
            name, message, *more = TypeAdapter(list[str]).validate_json(body)
            raise _RAISED.get(name, SandboxError)(message, *more)
    except ValidationError as error:
        raise SandboxError(f"the child process did not answer {function.__qualname__} with what it returns") from error
    if kind == FULL:
        raise SandboxError("the child process ran out of memory")
    failure = body[:200].decode("utf-8", "replace") if kind == FAILED else "an answer of no known kind"
    raise SandboxError(f"{function.__qualname__} failed: {failure}")


@functools.cache
def _answer_type(function: Callable[..., Any]) -> TypeAdapter[Any]:
    """Reads the one-element list in which an answer comes (around a dataclass itself the config would not hold)."""
    alone: Any = GenericAlias(tuple, (get_type_hints(function)["return"],))
    return TypeAdapter(alone, config=ConfigDict(val_json_bytes="base64"))


def _cause(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else f"status {status}"
