"""Jobs as tasks of this process's event loop. Not here: which jobs, and how many at a time (the daemon)."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any


class LocalExecutor:
    """The Executor of one process; what each method does is said in ports.py."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def submit(self, name: str, job: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(job, name=name)
        self._tasks[name] = task
        task.add_done_callback(lambda _: self._tasks.pop(name, None))

    @property
    def running(self) -> frozenset[str]:
        return frozenset(self._tasks)

    async def next_end(self) -> None:
        """Wait until a job ends; not at all if none runs."""
        if self._tasks:
            await asyncio.wait(self._tasks.values(), return_when=asyncio.FIRST_COMPLETED)

    async def drain(self, within: timedelta) -> None:
        tasks = tuple(self._tasks.values())
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=within.total_seconds())
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
