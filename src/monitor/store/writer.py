"""One thread that owns the connection to the database, and runs the functions that it is handed.

Functions that wait at the same time share a transaction, each within a savepoint: a thousand small commits cost as many
waits for the disk as a few. A function's result is told only after its transaction is on the disk. Nothing here knows
what is stored.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from monitor.core.errors import StoreError

T = TypeVar("T")
TOGETHER = 64  # functions in one transaction at most


@dataclass(slots=True)
class _Job:
    function: Callable[[sqlite3.Connection], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
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
    """Runs functions of a connection in its own thread, in the order in which they come."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="store", daemon=True)
        self._thread.start()

    async def run(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Run a function within a transaction, and return its result once that is committed.

        Raises StoreError if the database cannot do it, and whatever the function raises; nothing is written then.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job(function, loop, future))
        return await future

    async def close(self) -> None:
        """Run what is waiting, then close the connection."""
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        connection: sqlite3.Connection | None = None
        while (job := self._jobs.get()) is not None:
            jobs, last = self._waiting(job)
            try:
                connection = connection or self._connect()
                _transact(connection, jobs)
            except sqlite3.Error as error:
                _fail(connection, jobs, error)
            jobs[0].loop.call_soon_threadsafe(_settle, jobs)
            if last:
                break
        if connection is not None:
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


def _fail(connection: sqlite3.Connection | None, jobs: list[_Job], error: sqlite3.Error) -> None:
    if connection is not None and connection.in_transaction:
        connection.rollback()
    for job in jobs:
        job.error = explained(error)


def _settle(jobs: list[_Job]) -> None:
    for job in jobs:
        job.settle()


def explained(error: sqlite3.Error) -> StoreError:
    """What SQLite says, in words that tell what to do."""
    text = str(error)
    advice = next((advice for sign, advice in ADVICE.items() if sign in text), "Look at the data folder's disk.")
    told = StoreError(f"the database: {text}. {advice}")
    told.__cause__ = error
    return told


ADVICE = {
    "full": "Free space on the disk of the data folder; nothing that was stored is lost, and Monitor goes on by itself.",
    "locked": "Another program holds the database; Monitor tries again.",
    "readonly": "The data folder cannot be written: look at its owner and its rights.",
    "unable to open": "The data folder cannot be read or written: look at its owner and its rights.",
    "disk I/O": "The disk reports an error: look at it, and keep a copy with `monitor backup`.",
    "malformed": "The file is damaged: stop Monitor and put a backup in its place.",
    "not a database": "The file is damaged: stop Monitor and put a backup in its place.",
}
