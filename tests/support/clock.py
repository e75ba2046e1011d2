"""A clock for a daemon's process that a test sets: libfaketime. The monotonic clock runs on by itself, as it does when
somebody sets the clock, or a laptop sleeps."""

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


@dataclass
class Clock:
    """What the process sees as now: the real time and so much more, read anew each time."""

    file: Path
    ahead: timedelta = timedelta()

    def set(self, ahead: timedelta) -> None:
        self.ahead = ahead
        part = self.file.with_suffix(".new")
        part.write_text(f"{ahead.total_seconds():+.0f}\n")
        part.rename(self.file)

    def show(self, moment: datetime) -> None:
        """Let it show this moment, in UTC."""
        self.set(moment - datetime.now(UTC))

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    @property
    def environ(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_RESET": "1",
        }


def can_set_clock() -> bool:
    """Whether libfaketime is here and does what it should."""
    if not LIBRARIES:
        return False
    environ = {"LD_PRELOAD": str(LIBRARIES[0]), "FAKETIME": "+10000d"}
    command = [sys.executable, "-c", "import time; print(time.gmtime().tm_year)"]
    done = subprocess.run(command, env={**os.environ, **environ}, capture_output=True, check=False, text=True)
    return done.stdout.strip() == str((datetime.now(UTC) + timedelta(days=10000)).year)
