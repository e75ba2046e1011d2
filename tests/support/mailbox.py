"""A real mail server on loopback (aiosmtpd) that keeps what arrives, and refuses if it is told to.

    async with Mailbox(refuse={"b@example.org": "450 later"}) as box:
        … box.port …
        assert box.letters[0]["subject"] == "…"

`tests/data/tls` holds a certificate for localhost and the test authority that signed it; the authority's key is gone.
"""

import asyncio
import ssl
import warnings
from collections.abc import Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

TLS = Path(__file__).parents[1] / "data" / "tls"


def trusting() -> ssl.SSLContext:
    """A client's context that trusts the test authority and nobody else."""
    return ssl.create_default_context(cafile=TLS / "authority.pem")


def serving() -> ssl.SSLContext:
    """The context of a server that is localhost and 127.0.0.1."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "localhost.pem")
    return context


class Mailbox:
    """`letters` in the order in which they came, `envelopes` with whom they were for, `greetings` the names of clients.

    `refuse`: answers to MAIL ("mail"), to a recipient (its address), to the message ("data"); `security` as in the
    configuration; `login` is asked for if there is one; `silent`: nothing is ever answered; `context` in place of that of
    localhost.
    """

    def __init__(
        self,
        *,
        refuse: Mapping[str, str] | None = None,
        security: str = "none",
        login: tuple[str, str] | None = None,
        silent: bool = False,
        host: str = "127.0.0.1",
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.letters: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.recipients: list[list[str]] = []
        self.greetings: list[str] = []
        self.refuse = dict(refuse or {})
        self.host = host
        self.port = 0
        self._security = security
        self._login = login
        self._silent = silent
        self._context = context or serving()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        tls = self._context if self._security == "tls" else None
        factory = asyncio.Protocol if self._silent else self._protocol
        self._server = await loop.create_server(factory, self.host, 0, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    def _protocol(self) -> SMTP:
        with warnings.catch_warnings():  # aiosmtpd advises against logins without TLS, which is what a test may want
            warnings.simplefilter("ignore")
            return SMTP(
                self,
                hostname="mailbox.test",
                tls_context=self._context if self._security == "starttls" else None,
                require_starttls=self._security == "starttls",
                auth_required=self._login is not None,
                auth_require_tls=False,
                authenticator=self._authenticate,
            )

    def _authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and self._login == (given.login.decode(), given.password.decode())
        return AuthResult(success=right, handled=False)

    # What aiosmtpd calls. An answer of None means that it goes on as usual.

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.greetings.append(hostname)
        return responses

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.refuse.get("mail", "250 go on")

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address not in self.refuse:
            envelope.rcpt_tos.append(address)
        return self.refuse.get(address, "250 known")

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if "data" in self.refuse:
            return self.refuse["data"]
        assert isinstance(envelope.content, bytes)
        self.raw.append(envelope.content)
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 kept as 42"


def words(letter: EmailMessage) -> str:
    """The subject and all text of a letter, decoded."""
    parts = [part.get_content() for part in letter.walk() if part.get_content_maintype() == "text"]
    return "\n".join([letter["subject"], *parts]).replace("\r\n", "\n")
