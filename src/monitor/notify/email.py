"""Mail: one message by SMTP (RFC 5321), over a connection of its own that the fetch layer makes, with its guard and proxy.

What it says is `core.render.mail`'s. A server's certificate is always verified, and `starttls` means that nothing is said
before it.
"""

import asyncio
import base64
import ssl
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import aiosmtplib

from monitor.core.errors import FetchError, NotifyError
from monitor.core.model import Message, Receipt
from monitor.core.render import mail
from monitor.core.render.clean import visible
from monitor.core.settings import Email, Security
from monitor.notify.masking import masked
from monitor.notify.pgp import Seal
from monitor.ports import Dial

# 7bit: all content is encoded, so that the bytes are the same whatever a server can do.
_POLICY = SMTP.clone(cte_type="7bit")
# An address literal is what RFC 5321 (4.1.3) has for a client without a public name; the machine's own name is nobody's
# business, and "localhost" is refused by servers that want a full name.
_EHLO = "[127.0.0.1]"
_WRONG_LOGIN = frozenset({530, 534, 535, 538})  # RFC 4954: the operator's to mend, not the message's fault
_QUIT = 2.0  # seconds to say goodbye; the message is taken already
_ANSWER = 512
_PARTIAL = 1000  # messages of which is remembered who has them

_Refused = Mapping[str, tuple[int, str]]
_FAILURES = (aiosmtplib.SMTPException, OSError)  # OSError: TimeoutError and TLS errors, too


class EmailNotifier:
    """Sends each message to all recipients of a channel.

    When a server takes a message for some recipients and not for others, those who have it don't get it again: a later
    attempt goes only to those who were put off (4xx). Who has it is remembered here and not stored, so that after a
    restart in between they get it twice, with the same Message-ID. Who is refused for good (5xx) is named in the receipt.
    `seal` encrypts each letter.
    """

    def __init__(
        self,
        target: Email,
        timeout: timedelta,
        dial: Dial,
        tls: ssl.SSLContext | None = None,
        seal: Seal | None = None,
    ) -> None:
        self._target = target
        self._dial = dial
        self._seconds = timeout.total_seconds()
        self._tls = tls
        self._seal = seal
        self._have: OrderedDict[str, frozenset[str]] = OrderedDict()

    async def send(self, message: Message) -> Receipt:
        """See `Notifier.send`. What goes wrong before the message is offered is retryable whatever the code, after that
        4xx and everything that is no answer."""
        letter = compose(self._target, message)
        letter = self._seal(letter) if self._seal else letter
        smtp = self._client()
        try:
            async with asyncio.timeout(self._seconds):
                await self._open(smtp)
                refused, answer = await self._offer(smtp, letter, message.id)
            with suppress(*_FAILURES):
                await smtp.quit(timeout=_QUIT)
        except aiosmtplib.SMTPResponseException as error:
            retryable = 400 <= error.code < 500 or error.code in _WRONG_LOGIN
            raise self._error(error, "did not take the message", retryable=retryable) from error
        except FetchError as error:
            raise self._error(error, "cannot be reached") from error
        except _FAILURES as error:
            raise self._error(error, "cannot be talked to") from error
        finally:
            smtp.close()
        return self._receipt(message.id, refused, answer)

    def _client(self) -> aiosmtplib.SMTP:
        target = self._target
        return aiosmtplib.SMTP(
            hostname=target.host,  # whose certificate it must be
            local_hostname=_EHLO,
            timeout=self._seconds,
            use_tls=target.security is Security.TLS,
            start_tls=target.security is Security.STARTTLS,
            tls_context=self._tls,
            username=target.username,
            password=target.password.value if target.password else None,
        )

    async def _open(self, smtp: aiosmtplib.SMTP) -> None:
        sock = await self._dial(self._target.host, self._target.port)
        try:
            await smtp.connect(sock=sock)  # whose it is from here on: it is closed there
        except aiosmtplib.SMTPResponseException as error:
            raise self._error(error, "refused the login" if error.code in _WRONG_LOGIN else "is not ready") from error

    async def _offer(self, smtp: aiosmtplib.SMTP, letter: EmailMessage, message_id: str) -> tuple[_Refused, str]:
        """Offer the letter to those who don't have it yet: who was refused and why, and what the server said."""
        have = self._have.get(message_id, frozenset())
        wanted = [address for address in _recipients(self._target) if address not in have]
        try:
            refused, answer = await smtp.send_message(letter, recipients=wanted)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return {each.recipient: (each.code, each.message) for each in error.recipients}, ""
        return {recipient: (said.code, said.message) for recipient, said in refused.items()}, answer

    def _receipt(self, message_id: str, refused: _Refused, answer: str) -> Receipt:
        """What it means who was refused: NotifyError if nobody has the message, or somebody may have it later."""
        have = frozenset(_recipients(self._target)) - refused.keys()
        later = [code for code, _ in refused.values() if 400 <= code < 500]
        told = visible("; ".join([answer, *(f"{who}: {code} {why}" for who, (code, why) in refused.items())]))[:_ANSWER]
        if later:
            self._remember(message_id, have)
            raise NotifyError("the mail server put off some recipients", retryable=True, code=later[0], answer=told)
        self._have.pop(message_id, None)
        if not have:
            code = next(iter(refused.values()))[0]
            raise NotifyError("the mail server refused every recipient", retryable=False, code=code, answer=told)
        return Receipt(code=250, answer=told)

    def _remember(self, message_id: str, have: frozenset[str]) -> None:
        self._have[message_id] = have
        if len(self._have) > _PARTIAL:
            self._have.popitem(last=False)

    def _error(self, error: Exception, what: str, *, retryable: bool = True) -> NotifyError:
        """What a library's exception means; `code` and `answer` if it is the server's own word."""
        place = f"{self._target.host}:{self._target.port} {what}"
        if isinstance(error, aiosmtplib.SMTPResponseException):
            answer = masked(visible(error.message), self._secrets())[:_ANSWER]
            return NotifyError(
                f"{place}: {error.code} {answer}",
                retryable=retryable,
                to_mend=error.code in _WRONG_LOGIN,
                code=error.code,
                answer=answer,
            )
        return NotifyError(f"{place}: {visible(str(error)) or 'no answer in time'}", retryable=retryable)

    def _secrets(self) -> tuple[str, ...]:
        """The password, also in the forms in which a server is told it (RFC 4616, and LOGIN)."""
        target = self._target
        if not target.password:
            return ()
        said = (target.password.value, f"\0{target.username}\0{target.password.value}")
        return (target.password.value, *(base64.b64encode(each.encode()).decode() for each in said))


def compose(target: Email, message: Message) -> EmailMessage:
    """The letter, the same for each attempt: its Message-ID and its date are the message's, nothing in it is random.

    Raises NotifyError if an address of the channel is not exactly one address.
    """
    told = mail(message.event)
    sender = address(target.sender)
    letter = EmailMessage(policy=_POLICY)
    letter["From"] = sender
    letter["To"] = [address(recipient) for recipient in target.recipients]
    letter["Subject"] = told.subject
    letter["Date"] = message.created_at
    letter["Message-ID"] = f"<{message.id}@{sender.domain}>"
    if message.reply_to:
        letter["In-Reply-To"] = letter["References"] = f"<{message.reply_to}@{sender.domain}>"
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notes in answer
    letter.set_content(told.text)
    letter.add_alternative(told.html, subtype="html")
    letter.set_boundary(f"=_{message.id}")  # cannot stand in quoted-printable or base64
    return letter


def address(text: str) -> Address:
    """`Name <local@domain>` or `local@domain` as one address, ASCII but for the name (write an international domain in
    its `xn--` form). Raises NotifyError for anything else."""
    try:
        header: Any = _POLICY.header_factory("To", text if text.isprintable() else "")
    except (HeaderParseError, IndexError):  # IndexError: Python 3.11 reads past the end of "a@"
        header = None
    found: tuple[Address, ...] = header.addresses if header and not header.defects else ()
    if len(found) != 1 or not found[0].domain or not found[0].addr_spec.isascii():
        raise NotifyError(f"{visible(text)!r} is not one mail address", retryable=False)
    return found[0]


def _recipients(target: Email) -> list[str]:
    return list(dict.fromkeys(address(recipient).addr_spec for recipient in target.recipients))
