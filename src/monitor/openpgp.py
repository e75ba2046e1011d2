"""OpenPGP (RFC 9580), as far as mail needs it: what is known of a public key, and encrypting for several of them.

The only place that knows pysequoia, the Python form of Sequoia, which is imported where it is used: it is an extra. Not
here: how an encrypted letter is built (notify/pgp.py), and what the configuration says about keys (config).
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from monitor.core.settings import PgpKey

if TYPE_CHECKING:
    from types import ModuleType

INSTALL = "needs a package that is not installed: pip install 'monitor[pgp]'"
_NEVER = datetime.max.replace(tzinfo=UTC)
_HOW = "ask its owner for the public key, as `gpg --armor --export ADDRESS` writes it"
_MORE = "let its owner give it a subkey for that (gpg --quick-add-key FINGERPRINT default encr)"


def inspect(content: bytes, file: str) -> PgpKey:
    """The one public key that a file holds, in ASCII armor or binary.

    Raises ValueError, with what to do: no library, no key, more than one, a secret or revoked one, one that cannot
    encrypt. Whether it is still valid is asked with `expired`.
    """
    sequoia = _library()
    try:
        certs = sequoia.Cert.split_bytes(content)
        packets = list(sequoia.packet.PacketPile.from_bytes(content))
    except RuntimeError as error:
        raise ValueError(f"holds no OpenPGP key ({_said(error)}): {_HOW}") from error
    if not certs:
        raise ValueError(f"holds no OpenPGP key: {_HOW}")
    if len(certs) > 1:
        raise ValueError(f"holds {len(certs)} keys: put only the one of this recipient there")
    if any(packet.tag in (sequoia.packet.Tag.SecretKey, sequoia.packet.Tag.SecretSubkey) for packet in packets):
        raise ValueError(f"holds a secret key, which nobody but its owner may have: delete it here, and {_HOW}")
    [cert] = certs
    if cert.is_revoked:
        raise ValueError("holds a key that its owner has revoked: ask for the new one")
    try:
        sequoia.encrypt(recipients=[cert], bytes=b"")
    except RuntimeError as error:
        raise ValueError(f"holds a key that cannot encrypt ({_said(error)}): {_MORE}, and then {_HOW}") from error
    ends = [end for subkey in _parts(packets, sequoia)[1:] if (end := _until(subkey, sequoia))]
    expires = min(cert.expiration or _NEVER, max(ends, default=_NEVER))
    return PgpKey(
        file=file,
        content=bytes(cert),
        fingerprint=cert.fingerprint.upper(),
        users=tuple(str(user) for user in cert.user_ids),
        expires=None if expires == _NEVER else expires,
    )


def encrypted(text: bytes, keys: Sequence[PgpKey], now: datetime) -> bytes:
    """The text for the owners of all these keys, in ASCII armor and not signed. Of several subkeys the library takes one
    that is valid; if none is, it takes one that has expired, which is why that is looked at here.

    Raises ValueError if the library is not there, or a key has expired: nothing is encrypted for some of them only.
    """
    sequoia = _library()
    for key in keys:
        if key.expires and key.expires <= now:
            raise ValueError(f"{key.file}: {expired(key)}")
    try:
        armored: bytes = sequoia.encrypt(recipients=[sequoia.Cert.from_bytes(key.content) for key in keys], bytes=text)
    except RuntimeError as error:
        raise ValueError(_said(error)) from error
    return armored


def expired(key: PgpKey) -> str:
    """What is wrong with a key whose time is over, and what to do."""
    return f"the key expired on {key.expires:%Y-%m-%d}: ask its owner for the renewed one, and reload Monitor"


def _parts(packets: Iterable[Any], sequoia: "ModuleType") -> list[list[Any]]:
    """The packets of the key itself and of whom it is, then those of each subkey (RFC 9580, 10.1)."""
    parts: list[list[Any]] = [[]]
    for packet in packets:
        if packet.tag == sequoia.packet.Tag.PublicSubkey:
            parts.append([])
        parts[-1].append(packet)
    return parts


def _until(subkey: Sequence[Any], sequoia: "ModuleType") -> datetime | None:
    """Until when a subkey encrypts, as its latest signature says (RFC 9580, 5.2.3.13); None: it does not."""
    kinds = sequoia.packet.SignatureType
    signatures = [packet for packet in subkey[1:] if packet.signature_type == kinds.SubkeyBinding]
    newest = max(signatures, key=lambda each: each.signature_created, default=None)
    if newest is None or any(packet.signature_type == kinds.SubkeyRevocation for packet in subkey[1:]):
        return None
    flags, length = newest.key_flags, newest.key_validity_period
    if not flags or not (flags.transport_encryption or flags.storage_encryption):
        return None
    end: datetime = subkey[0].key_created + length if length else _NEVER
    return end


def _library() -> "ModuleType":
    try:
        import pysequoia
    except ImportError as error:
        raise ValueError(INSTALL) from error
    return pysequoia


def _said(error: RuntimeError) -> str:
    """Its first line: traces of its own come behind it."""
    return str(error).partition("\n")[0]
