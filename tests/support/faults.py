"""System calls of a running process that fail as they do on a bad disk, for as long as a test wants them to."""

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path


def can_attach() -> bool:
    """Whether strace is here and may take hold of a process that runs already."""
    if not shutil.which("strace"):
        return False
    with subprocess.Popen(["sleep", "60"]) as process:
        try:
            command = ["timeout", "-s", "INT", "1", "strace", "-o", os.devnull, "-p", str(process.pid)]
            done = subprocess.run(command, capture_output=True, check=False, text=True)
            return "attached" in done.stderr
        finally:
            process.kill()


@asynccontextmanager
async def failing(process: int, calls: str, error: str, *files: Path) -> AsyncIterator[None]:
    """While this is entered, these calls of a process (its threads too) on these files fail with this error."""
    only = [each for file in files for each in ("-P", str(file))]
    strace = await asyncio.create_subprocess_exec(
        *("strace", "-f", "-o", os.devnull, "-p", str(process), *only),
        *("-e", f"trace={calls}", "-e", f"inject={calls}:error={error}"),
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert strace.stderr is not None
        said = await strace.stderr.readline()
        while b"attached" not in said:
            assert said, "strace ended"
            said = await strace.stderr.readline()
        yield
    finally:
        with suppress(ProcessLookupError):
            strace.send_signal(signal.SIGINT)  # it lets go of the process
        await strace.communicate()
