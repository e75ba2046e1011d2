"""The public keys of who gets encrypted mail, read from their files.

Not here: OpenPGP itself (openpgp.py).
"""

from collections.abc import Sequence
from datetime import datetime

from monitor import openpgp
from monitor.config.faults import Fault, placed
from monitor.config.secrets import Surroundings
from monitor.core.errors import Problem
from monitor.core.settings import Channel, Email, PgpKey

FILE = "monitor.toml"
_PLACE = "put the recipient's public key there; a path starts at the folder of monitor.toml"
LONGEST = 2**20  # bytes of a file with a key: some carry a photo and hundreds of signatures


def public_key(file: str, around: Surroundings) -> PgpKey:
    """The key in a file; its path starts at the configuration's folder. Raises ValueError with what to do if it cannot be
    read, or holds no key that can be used."""
    try:
        content = around.read_file(around.folder / file)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ValueError(f"the file {file} cannot be read: {why}: {_PLACE}") from error
    if len(content) > LONGEST:
        raise ValueError(f"the file {file} is larger than {LONGEST // 2**20} MiB: put only the key there")
    try:
        return openpgp.inspect(content, file)
    except ValueError as error:
        whose = "" if str(error) == openpgp.INSTALL else f"the file {file} "
        raise ValueError(f"{whose}{error}") from error


def unusable(channels: Sequence[Channel], text: str, now: datetime) -> tuple[Problem, ...]:
    """The keys that nothing can be encrypted for any more; `text` is that of monitor.toml, for the lines."""
    faults = []
    for number, channel in enumerate(channels):
        for index, key in enumerate(channel.target.keys if isinstance(channel.target, Email) else ()):
            try:
                openpgp.encrypted(b"", (key,), now)
            except ValueError as error:
                place = ("channels", number, "to", index, "pgp_key")
                faults.append(Fault(file=FILE, key=place, message=str(error)))
    return placed(faults, {FILE: text}, (FILE,))
