"""Some room on the disk that is kept for the time when there is none: a file that is deleted then.

It lets what was promised already be written (which message was delivered, how often one was tried) while polling waits, and
is made again when there is room: that is how it is known that the disk is no longer full.
"""

import os
from contextlib import suppress
from pathlib import Path

from monitor.core.errors import StoreError

NAME = "monitor.reserve"
SIZE = 20 * 2**20
"""Bytes: a write-ahead log grows to 16 MB before it is used again (sqlite.py), and what it holds is then copied into the
database."""


def make(folder: Path) -> None:
    """Have the reserve. Raises StoreError if there is no room for it."""
    path = folder / NAME
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if os.fstat(descriptor).st_size < SIZE:
                os.posix_fallocate(descriptor, 0, SIZE)
        finally:
            os.close(descriptor)
    except OSError as error:
        free(folder)
        raise StoreError(
            f"the data folder has no room left ({error.strerror}): free {SIZE // 2**20} MiB or more on its disk; nothing "
            "that was stored is lost, and Monitor goes on by itself",
            trouble=True,
        ) from error


def free(folder: Path) -> None:
    """Give the room to what has to be written now, if that can be done."""
    with suppress(OSError):
        (folder / NAME).unlink()
