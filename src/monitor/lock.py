"""One daemon for one data folder: a lock that says who holds it, and that knows whether there was a database.

Not here: what is in the database.
"""

import fcntl
import os
import stat
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from monitor.core.errors import StoreError

DATABASE = "monitor.db"
LOCK = "monitor.lock"
EMPTY = "no database yet"
LOOKS = 5
OURS = (DATABASE, LOCK, "monitor.reserve")  # how the names of our files begin; not that of monitor.toml
OTHERS = 0o077  # the rights of everybody but the owner


def take(folder: Path, pid: int, now: datetime) -> IO[str]:
    """Lock a data folder, making it if it is not there; it is unlocked when the file that is returned is closed. Once
    there is a database, `confirm` is to be called.

    Raises StoreError: another daemon holds it, it cannot be written, or its database is gone.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(
            f"the data folder {folder} cannot be written: {error.strerror}. Look at its owner and its rights, "
            "or name another one: [daemon] data_dir, or --data-dir"
        ) from error
    file = os.fdopen(descriptor, "r+", encoding="utf-8")
    before = file.readline().strip()
    try:
        _lock(file)
    except OSError as error:
        file.close()
        raise StoreError(
            f"another Monitor works with {folder}: {before or 'it does not say which'}. Stop it, or use another folder"
        ) from error
    database = folder / DATABASE
    missing = not database.exists() or database.stat().st_size == 0
    log = folder / f"{DATABASE}-wal"
    if missing and ((before and EMPTY not in before) or log.exists()):
        file.close()
        raise StoreError(
            f"{database} is gone, and Monitor ran here before ({before or 'its write-ahead log is there'}). Put a backup in "
            f"its place: cp BACKUP {database}; to begin with nothing instead, remove {folder / LOCK}"
            + (f" and {log}" if log.exists() else "")
        )
    _write(file, f"process {pid}, since {now.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC{f', {EMPTY}' if missing else ''}\n")
    return file


def close_to_others(folder: Path) -> list[str]:
    """Take from everybody but the owner the right to the data folder and to what we have in it; returns what was open, each
    with what was or has to be done about it.

    A folder that also holds what is not ours stays as it is: others may need it.
    """
    said = []
    files = sorted(folder.iterdir())
    ours = [file for file in files if file.name.startswith(OURS)]
    for path in ([folder] if ours == files else []) + ours:
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
        except FileNotFoundError:  # the log of a command that has just read the database; or a link to nowhere
            continue
        if mode & OTHERS:
            said.append(f"{path} could be used by others (mode {mode:03o}); {_closed(path, mode)}")
    mode = stat.S_IMODE(folder.stat().st_mode)
    if ours != files and mode & OTHERS:
        said.append(
            f"{folder} can be used by others (mode {mode:03o}) and holds other files as well: give Monitor one of its own"
        )
    return said


def _closed(path: Path, mode: int) -> str:
    right = f"{mode & ~OTHERS:03o}"
    try:
        path.chmod(mode & ~OTHERS)
    except OSError as error:
        return f"that cannot be changed ({error.strerror}): chmod {right} {path}"
    return f"its mode is {right} now"


def _lock(file: IO[str]) -> None:
    """Raises OSError if somebody holds it for longer than `holder` takes to look."""
    for _ in range(LOOKS):
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(0.05)
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def confirm(file: IO[str]) -> None:
    """Note that there is a database now: from here on, one that is missing is one that was lost."""
    file.seek(0)
    _write(file, file.read().replace(f", {EMPTY}", ""))


def note(file: IO[str], trouble: str) -> None:
    """Say beside who holds the folder what troubles it; "" for nothing. Within what the file has of the disk already, so
    that it can be said when that is full."""
    with suppress(OSError):
        file.seek(0)
        who = file.readline().strip()
        file.seek(0)
        file.write(f"{who}\n{trouble}")
        file.flush()
        file.truncate(file.tell())


def holder(folder: Path) -> tuple[str, str] | None:
    """Which Monitor works with a data folder now, and what troubles it ("" for nothing); None if there is none.

    Raises StoreError if the lock cannot be read.
    """
    try:
        with (folder / LOCK).open(encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                who, _, trouble = file.read().partition("\n")
                return who, trouble.strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"{folder / LOCK} cannot be read: {error.strerror}") from error
    return None


def _write(file: IO[str], text: str) -> None:
    file.seek(0)
    file.truncate()
    file.write(text)
    file.flush()
