"""An encrypted letter (PGP/MIME, RFC 3156) around another one, its subject and threads included (RFC 9788).

Outside remain who sends to whom, when, the id of the message, that a machine wrote it, and about how long it is. Not here:
OpenPGP itself (openpgp.py), and what the letter inside says (email.py).
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

from monitor import openpgp
from monitor.core.errors import NotifyError
from monitor.core.settings import PgpKey

SUBJECT = "[...]"  # RFC 9788, 3.2.1
BLOCK = 4096
"""Bytes: what is encrypted is filled up to a multiple, so that its length tells little. An alert takes two to ten kB."""
_OUTSIDE = ("From", "To", "Date", "Message-ID", "Auto-Submitted")
_POLICY = SMTP.clone(cte_type="7bit")

Seal = Callable[[EmailMessage], EmailMessage]


def sealer(keys: Sequence[PgpKey], clock: Callable[[], datetime]) -> Seal | None:
    """What encrypts letters for these keys; None without keys. It raises NotifyError rather than let anything out in
    clear text."""
    return (lambda letter: sealed(letter, keys, clock())) if keys else None


def sealed(letter: EmailMessage, keys: Sequence[PgpKey], now: datetime) -> EmailMessage:
    """The letter, encrypted for the owners of all these keys.

    Raises NotifyError if that cannot be done (a key has expired, the library is not there): retryable, and told at once,
    since somebody has to mend it.
    """
    try:
        armored = openpgp.encrypted(_filled(_protected(letter).as_bytes()), keys, now)
    except ValueError as error:
        raise NotifyError(
            f"nothing is sent, since it cannot be encrypted: {error}", retryable=True, to_mend=True
        ) from error
    return _wrapped(letter, armored)


def _protected(letter: EmailMessage) -> EmailMessage:
    """The letter with what RFC 9788 asks of the part that is encrypted: all headers, and which of them are seen outside."""
    inner = message_from_bytes(letter.as_bytes(), _class=EmailMessage, policy=_POLICY)
    inner.set_param("hp", "cipher")
    for name, value in [*((name, letter[name]) for name in _OUTSIDE), ("Subject", SUBJECT)]:
        inner["HP-Outer"] = f"{name}: {value}"
    return inner


def _filled(text: bytes) -> bytes:
    """Line ends behind the last boundary, which no reader shows (RFC 2046, 5.1.1)."""
    return text + b"\r\n" * (-len(text) % BLOCK // 2) + b"\n" * (len(text) % 2)


def _wrapped(letter: EmailMessage, armored: bytes) -> EmailMessage:
    outer = EmailMessage(policy=_POLICY)
    for name in _OUTSIDE:
        outer[name] = letter[name]
    outer["Subject"] = SUBJECT
    outer["MIME-Version"] = "1.0"
    outer["Content-Type"] = 'multipart/encrypted; protocol="application/pgp-encrypted"'
    outer.attach(_part("application/pgp-encrypted", b"Version: 1\r\n"))
    outer.attach(_part('application/octet-stream; name="encrypted.asc"', armored.replace(b"\n", b"\r\n")))
    outer.set_boundary("=_sealed")  # cannot stand in ASCII armor
    return outer


def _part(kind: str, content: bytes) -> EmailMessage:
    part = EmailMessage(policy=_POLICY)
    part["Content-Type"] = kind
    part["Content-Transfer-Encoding"] = "7bit"
    part.set_payload(content.decode("ascii"))
    return part
