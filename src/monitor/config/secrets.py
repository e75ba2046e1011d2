"""Secrets, read from where the configuration says they are. No message ever shows a value."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.config import values
from monitor.config.values import Place, SecretRef
from monitor.core.settings import Secret

LONGEST = 2**16  # bytes of a file that holds a secret
_IN_SIGHT = "monitor.toml"  # where an address comes from that is no secret
_KEY_PREFIX = "whsec_"
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What secrets are read from: the environment, the folder that relative paths start at, and a function that reads a
    file and raises OSError."""

    env: Mapping[str, str]
    folder: Path
    read_file: Callable[[Path], bytes]


def find(ref: SecretRef, around: Surroundings) -> Secret:
    """The secret itself. Raises ValueError with what to do if it is unset, unreadable, empty or more than one line."""
    if ref.place is Place.TEXT:
        return Secret(ref.name, _IN_SIGHT)
    if ref.place is Place.ENV:
        where = f"the environment variable {ref.name}"
        if ref.name not in around.env:
            if not _VARIABLE.fullmatch(ref.name):  # somebody may have put the secret itself there
                where = "the environment variable of this name"
            raise ValueError(f"{where} is not set: set it before Monitor starts")
        value = around.env[ref.name]
    else:
        where = f"the {ref.place} {ref.name}"
        folder = around.folder if ref.place is Place.FILE else _credentials(ref.name, around)
        value = _read(folder / ref.name, where, around)
    value = value.strip()
    if not value:
        raise ValueError(f"{where} is empty: put the secret there")
    if not value.isprintable():
        raise ValueError(f"{where} holds more than one line or control characters: put only the secret there")
    return Secret(value, where)


def _credentials(name: str, around: Surroundings) -> Path:
    folder = around.env.get("CREDENTIALS_DIRECTORY")
    if not folder:
        raise ValueError(
            f"the credential {name} needs systemd with LoadCredential={name}:/path; without systemd write "
            '{ env = "NAME" } or { file = "/path" }'
        )
    return Path(folder)


def _read(path: Path, where: str, around: Surroundings) -> str:
    try:
        content = around.read_file(path)
        if len(content) > LONGEST:
            raise ValueError(f"{where} is larger than {LONGEST} bytes: put only the secret there")
        return content.decode()
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ValueError(f"{where} cannot be read: {why}: put the secret there, for Monitor's account only") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{where} is not text in UTF-8: put only the secret there") from error


def web_address(secret: Secret) -> str:
    """The secret, if it is an http or https address. Raises ValueError."""
    try:
        return values.web_address(secret.value)
    except ValueError as error:
        raise ValueError(f"{whose(secret)}{error}") from error


def proxy(secret: Secret) -> str:
    """The secret, if it is the address of a proxy. Raises ValueError."""
    try:
        return values.proxy(secret.value, secret=secret.where != _IN_SIGHT)
    except ValueError as error:
        raise ValueError(f"{whose(secret)}{error}") from error


def whose(secret: Secret) -> str:
    """How a message about a value begins that does not stand in the file itself."""
    return "" if secret.where == _IN_SIGHT else f"{secret.where} "


def signing_key(secret: Secret) -> bytes:
    """The bytes of a Standard Webhooks secret (`whsec_` and base64 of 24 to 64 bytes). Raises ValueError."""
    try:
        key = base64.b64decode(secret.value.removeprefix(_KEY_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.value.startswith(_KEY_PREFIX) or not 24 <= len(key) <= 64:
        raise ValueError(
            f"{secret.where} must hold {_KEY_PREFIX} and base64 of 24 to 64 bytes: "
            f'make one with echo "{_KEY_PREFIX}$(openssl rand -base64 32)"'
        )
    return key
