"""One thread that owns the connection to the database, and runs the functions that it is handed.

Functions that wait at the same time share a transaction, each within a savepoint: a thousand small commits cost as many
waits for the disk as a few. A function's result is told only after its transaction is on the disk. What only reads needs
no transaction that could write, so it works while the disk is full or somebody else holds the database. Nothing here
knows what is stored.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from monitor.core.errors import StoreError

T = TypeVar("T")
TOGETHER = 64  # functions in one transaction at most
PATIENCE, SHORT = 10_000, 1_000  # ms that a transaction waits for another program's; while it never ends, each time
TROUBLES = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)
"""What SQLite says when the disk, the file or a lock is the cause; everything else is about what was asked."""


@dataclass(slots=True)
class _Job:
    function: Callable[[sqlite3.Connection], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    reads: bool = False
    result: Any = None
    error: BaseException | None = None

    def settle(self) -> None:
        if self.future.cancelled():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class Writer:
    """Runs functions of a connection in its own thread, in the order in which they come.

    `is_same` is asked before each transaction whether the connection is still one to the file that it should be: if not,
    it is opened anew; it raises StoreError if there is no such file.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection], is_same: Callable[[], bool] = lambda: True) -> None:
        self._connect = connect
        self._is_same = is_same
        self._connection: sqlite3.Connection | None = None
        self._patience = PATIENCE
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="store", daemon=True)
        self._thread.start()

    async def run(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Run a function within a transaction, and return its result once that is committed.

        Raises StoreError if the database cannot do it, and whatever the function raises; nothing is written then.
        """
        return await self._put(function, reads=False)

    async def read(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Run a function that only reads, in the state of one moment. Raises as `run` does."""
        return await self._put(function, reads=True)

    async def _put(self, function: Callable[[sqlite3.Connection], T], *, reads: bool) -> T:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job(function, loop, future, reads))
        return await future

    async def close(self) -> None:
        """Run what is waiting, then close the connection."""
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            jobs, last = self._waiting(job)
            writes = [each for each in jobs if not each.reads]
            if writes:
                self._write(writes)
            for each in jobs:
                if each.reads:
                    self._read(each)
            jobs[0].loop.call_soon_threadsafe(_settle, jobs)
            if last:
                break
        self._drop()

    def _write(self, jobs: list[_Job]) -> None:
        try:
            if self._connection is not None and not self._is_same():
                self._drop()
            self._connection = self._connection or self._connect()
            _transact(self._connection, jobs)
        except (sqlite3.Error, StoreError) as error:
            _fail(self._connection, jobs, error)
            self._wait(SHORT)
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_IOERR:
                self._drop()  # what the disk lost of an open file stays lost to those who hold it open
        else:
            self._wait(PATIENCE)

    def _read(self, job: _Job) -> None:
        try:
            self._connection = self._connection or self._connect()
            self._connection.execute("BEGIN")
            job.result = job.function(self._connection)
            self._connection.execute("COMMIT")
        except Exception as error:
            _fail(self._connection, [job], error)

    def _wait(self, milliseconds: int) -> None:
        """How long the next transactions wait for another program's."""
        if milliseconds != self._patience and self._connection is not None:
            self._connection.execute(f"PRAGMA busy_timeout = {milliseconds}")
            self._patience = milliseconds

    def _drop(self) -> None:
        connection, self._connection, self._patience = self._connection, None, PATIENCE
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()

    def _waiting(self, first: _Job) -> tuple[list[_Job], bool]:
        """The jobs that wait now, and whether the end is among them."""
        jobs = [first]
        while len(jobs) < TOGETHER:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return jobs, True
            jobs.append(job)
        return jobs, False


def _transact(connection: sqlite3.Connection, jobs: list[_Job]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for job in jobs:
        connection.execute("SAVEPOINT job")
        try:
            job.result = job.function(connection)
        except Exception as error:
            if not connection.in_transaction:  # SQLite rolled everything back by itself: a full disk, an I/O error
                raise
            connection.execute("ROLLBACK TO job")
            job.error = explained(error) if isinstance(error, sqlite3.Error) else error
        connection.execute("RELEASE job")
    connection.execute("COMMIT")


def _fail(connection: sqlite3.Connection | None, jobs: list[_Job], error: Exception) -> None:
    if connection is not None and connection.in_transaction:
        with suppress(sqlite3.Error):
            connection.rollback()
    for job in jobs:
        job.error = explained(error) if isinstance(error, sqlite3.Error) else error


def _settle(jobs: list[_Job]) -> None:
    for job in jobs:
        job.settle()


def explained(error: sqlite3.Error) -> StoreError:
    """What SQLite says, in words that tell what to do."""
    text = str(error)
    advice = next((advice for sign, advice in ADVICE.items() if sign in text), "Look at the data folder's disk.")
    trouble = getattr(error, "sqlite_errorcode", 0) & 0xFF in TROUBLES
    told = StoreError(f"the database: {text}. {advice}", trouble=trouble)
    told.__cause__ = error
    return told


ADVICE = {
    "full": "Free space on the disk of the data folder; nothing that was stored is lost, and Monitor goes on by itself.",
    "locked": "Another program holds the database; Monitor tries again.",
    "readonly": "The data folder cannot be written: look at its owner and its rights.",
    "unable to open": "The data folder cannot be read or written: look at its owner and its rights.",
    "disk I/O": "The disk reports an error, or is full: look at it, and keep a copy with `monitor backup`.",
    "malformed": "The file is damaged: stop Monitor and put a backup in its place.",
    "not a database": "The file is damaged: stop Monitor and put a backup in its place.",
}
