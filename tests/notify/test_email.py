"""Mail, to a real server on loopback."""

import asyncio
import base64
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from monitor.core.errors import NotifyError
from monitor.core.model import EventType, Receipt
from monitor.core.render import mail
from monitor.core.settings import Email, Secret, Security
from monitor.notify.email import EmailNotifier, address, compose
from support.alerts import ALERT, NASTY, NOW, event, message, titled
from support.clients import dial
from support.mailbox import Mailbox, trusting, words

TEAM = ("a@example.org", "b@example.org", "c@example.org")


def target(box: Mailbox | None = None, **changed: Any) -> Email:
    parts: dict[str, Any] = {
        "host": box.host if box else "127.0.0.1",
        "port": box.port if box else 25,
        "security": Security.NONE,
        "sender": "Monitor <monitor@example.org>",
        "recipients": TEAM[:1],
    }
    return Email(**parts | changed)


def notifier(box: Mailbox, seconds: float = 10, **changed: Any) -> EmailNotifier:
    return EmailNotifier(target(box, **changed), timedelta(seconds=seconds), dial, trusting())


async def attempt(sender: EmailNotifier, told: Any = None) -> Receipt | NotifyError:
    try:
        return await sender.send(told or message())
    except NotifyError as error:
        return error


async def failure(sender: EmailNotifier, told: Any = None) -> NotifyError:
    result = await attempt(sender, told)
    assert isinstance(result, NotifyError)
    return result


def test_a_letter_carries_what_mail_programs_need() -> None:
    letter = compose(target(recipients=TEAM), message(reply_to="01JD8Q2W5N00000000000000D0"))
    assert {name: str(value) for name, value in letter.items()} == {
        "From": "Monitor <monitor@example.org>",
        "To": "a@example.org, b@example.org, c@example.org",
        "Subject": "Harbour works: Dredgers reach the old harbour",
        "Date": "Sun, 22 Nov 2026 08:00:00 +0000",
        "Message-ID": "<01JD8Q2W5N00000000000000DE@example.org>",
        "In-Reply-To": "<01JD8Q2W5N00000000000000D0@example.org>",
        "References": "<01JD8Q2W5N00000000000000D0@example.org>",
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
        "Content-Type": 'multipart/alternative; boundary="=_01JD8Q2W5N00000000000000DE"',
    }
    plain, html = letter.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")


def test_each_attempt_sends_the_same_bytes() -> None:
    assert compose(target(), message()).as_bytes() == compose(target(), message()).as_bytes()


def test_a_letter_arrives() -> None:
    async def run() -> None:
        async with Mailbox() as box:
            receipt = await notifier(box, recipients=TEAM).send(message())
            assert receipt == Receipt(code=250, answer="kept as 42")
            assert box.recipients == [list(TEAM)]
            assert box.letters[0]["message-id"] == f"<{message().id}@example.org>"
            assert mail(event()).text in words(box.letters[0])
            assert box.greetings == ["[127.0.0.1]"]  # not this machine's name

    asyncio.run(run())


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_strange_text_arrives_and_adds_no_header(text: str) -> None:
    async def run() -> None:
        async with Mailbox() as box:
            told = titled(text)
            await notifier(box).send(message(told))
            assert box.recipients == [[TEAM[0]]]
            letter = box.letters[0]
            assert set(letter.keys()) - {"Received", "X-Peer", "X-MailFrom", "X-RcptTo"} == {
                *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"),
            }
            assert letter["subject"].strip() == mail(told).subject  # folding may put it on a line of its own
            assert not letter.defects
            plain = letter.get_body(("plain",))
            assert plain is not None
            assert plain.get_content().replace("\r\n", "\n") == mail(told).text

    asyncio.run(run())


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_letter_goes_through_tls(security: str) -> None:
    async def run() -> None:
        async with Mailbox(security=security, login=("monitor", "s3cret")) as box:
            way: dict[str, Any] = {"security": Security(security), "username": "monitor", "password": Secret("s3cret")}
            await notifier(box, **way).send(message())
            assert len(box.letters) == 1

    asyncio.run(run())


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(security: str) -> None:
    async def run() -> None:
        async with Mailbox(security=security) as box:
            error = await failure(EmailNotifier(target(box, security=Security(security)), timedelta(seconds=10), dial))
            assert error.retryable
            assert "certificate" in str(error).lower()
            assert not box.letters

    asyncio.run(run())


def test_a_certificate_for_another_host_is_refused() -> None:
    async def run() -> None:
        async with Mailbox(security="tls", host="127.0.0.2") as box:
            error = await failure(notifier(box, security=Security.TLS))
            assert error.retryable
            assert "127.0.0.2" in str(error)
            assert not box.letters

    asyncio.run(run())


def test_starttls_means_that_nothing_is_said_without_it() -> None:
    async def run() -> None:
        async with Mailbox(security="none", login=("monitor", "s3cret")) as box:
            way: dict[str, Any] = {"security": Security.STARTTLS, "username": "monitor", "password": Secret("s3cret")}
            error = await failure(notifier(box, **way))
            assert error.retryable
            assert "STARTTLS" in str(error)
            assert not box.letters

    asyncio.run(run())


class Parrot(Mailbox):
    """A server that repeats what it was told."""

    def _authenticate(self, *_: Any) -> AuthResult:
        said = base64.b64encode(b"\0monitor\0wr0ng").decode()
        return AuthResult(success=False, handled=False, message=f"535 5.7.8 not you: {said}")


def test_a_password_that_is_repeated_is_not_told() -> None:
    async def run() -> None:
        async with Parrot(security="starttls", login=("monitor", "s3cret")) as box:
            error = await failure(
                notifier(box, security=Security.STARTTLS, username="monitor", password=Secret("wr0ng"))
            )
            assert error.answer == "5.7.8 not you: ***"

    asyncio.run(run())


def test_a_wrong_password_can_be_mended() -> None:
    async def run() -> None:
        async with Mailbox(security="starttls", login=("monitor", "s3cret")) as box:
            way: dict[str, Any] = {"security": Security.STARTTLS, "username": "monitor", "password": Secret("wr0ng")}
            error = await failure(notifier(box, **way))
            assert (error.retryable, error.code, error.to_mend) == (True, 535, True)  # told at once, not in three days
            assert "refused the login" in str(error)
            assert "wr0ng" not in str(error) + error.answer
            error = await failure(notifier(box, **way | {"username": None, "password": None}))
            assert (error.retryable, error.code, error.to_mend) == (True, 530, True)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("where", "answer", "retryable"),
    [
        ("mail", "451 4.3.0 try again later", True),
        ("mail", "550 5.7.1 not you", False),
        ("mail", "530 5.7.0 log in first", True),
        ("a@example.org", "450 4.2.1 greylisted", True),
        ("a@example.org", "550 5.1.1 no such user", False),
        ("data", "452 4.3.1 disk full", True),
        ("data", "554 5.7.1 looks like spam", False),
    ],
)
def test_a_refusal_says_whether_to_try_again(where: str, answer: str, retryable: bool) -> None:
    async def run() -> None:
        async with Mailbox(refuse={where: answer}) as box:
            error = await failure(notifier(box))
            assert (error.retryable, error.code) == (retryable, int(answer[:3]))
            assert answer[4:] in error.answer
            assert not box.letters

    asyncio.run(run())


def test_who_is_refused_for_good_is_named() -> None:
    async def run() -> None:
        async with Mailbox(refuse={TEAM[1]: "550 5.1.1 no such user"}) as box:
            receipt = await attempt(notifier(box, recipients=TEAM))
            assert receipt == Receipt(code=250, answer="kept as 42; b@example.org: 550 5.1.1 no such user")
            assert box.recipients == [[TEAM[0], TEAM[2]]]

    asyncio.run(run())


def test_who_has_it_does_not_get_it_again() -> None:
    async def run() -> None:
        async with Mailbox(refuse={TEAM[1]: "450 4.2.1 greylisted", TEAM[2]: "550 5.1.1 no such user"}) as box:
            sender = notifier(box, recipients=TEAM)
            for _ in range(2):
                error = await failure(sender)
                assert (error.retryable, error.code) == (True, 450)
                assert "b@example.org: 450 4.2.1 greylisted" in error.answer
            assert await attempt(sender, message(id="another")) != error
            del box.refuse[TEAM[1]]
            receipt = await attempt(sender)
            assert isinstance(receipt, Receipt)
            assert box.recipients == [[TEAM[0]], [TEAM[0]], [TEAM[1]]]
            assert [letter["message-id"] for letter in box.letters][::2] == [f"<{message().id}@example.org>"] * 2

    asyncio.run(run())


def test_what_is_remembered_of_partial_deliveries_is_bounded() -> None:
    sender = EmailNotifier(target(recipients=TEAM), timedelta(seconds=1), dial)
    for number in range(1200):
        sender._remember(str(number), frozenset(TEAM[:1]))
    assert list(sender._have) == [str(number) for number in range(200, 1200)]


def test_a_server_that_is_not_there_is_tried_again() -> None:
    async def run() -> None:
        async with Mailbox() as box:
            pass
        error = await failure(notifier(box))
        assert (error.retryable, error.code) == (True, None)

    asyncio.run(run())


@pytest.mark.parametrize("host", ["10.1.2.3", "169.254.169.254", "::ffff:127.0.0.1"])
def test_a_server_in_a_private_network_is_not_asked_and_how_to_allow_it_is_said(host: str) -> None:
    sender = EmailNotifier(target(host=host, security=Security.STARTTLS), timedelta(seconds=5), dial)
    error = asyncio.run(failure(sender))
    assert error.retryable  # once it is mended, what is owed arrives
    assert "is not public; [fetch] allow_networks opens private networks" in str(error)


def test_a_server_that_says_nothing_is_not_waited_for() -> None:
    async def run() -> None:
        async with Mailbox(silent=True) as box:
            error = await failure(notifier(box, seconds=0.2))
            assert error.retryable

    asyncio.run(run())


def test_an_update_answers_the_first_letter() -> None:
    async def run() -> None:
        async with Mailbox() as box:
            sender = notifier(box)
            await sender.send(message())
            await sender.send(
                message(event(kind=EventType.ALERT_UPDATED), id="01JD8Q2W5N00000000000000DF", reply_to=message().id)
            )
            first, second = box.letters
            assert second["in-reply-to"] == second["references"] == first["message-id"] != second["message-id"]
            assert second["subject"] == f"Re: {first['subject']}"

    asyncio.run(run())


@pytest.mark.parametrize(
    ("text", "local", "domain", "name"),
    [
        ("a@example.org", "a", "example.org", ""),
        ("Ada Moor <a@example.org>", "a", "example.org", "Ada Moor"),
        ('"Moor, Ada" <a@example.org>', "a", "example.org", "Moor, Ada"),
        ("Пост <post@xn--e1afmkfd.example>", "post", "xn--e1afmkfd.example", "Пост"),
    ],
)
def test_an_address_is_one_mailbox(text: str, local: str, domain: str, name: str) -> None:
    found = address(text)
    assert (found.username, found.domain, found.display_name) == (local, domain, name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "nobody",
        "a@",
        "@example.org",
        "a@b.example, victim@example.org",
        "a@b.example; victim@example.org",
        "a@b.example victim@example.org",
        "team: a@b.example, c@d.example;",
        "undisclosed:;",
        "a@b.example\r\nBcc: victim@example.org",
        "a@b.example\u2028Bcc: victim@example.org",
        "<a@b.example",
        "a@b.example>",
        "a\x00@b.example",
        "пост@b.example",
        "a@пример.example",
    ],
)
def test_what_is_not_one_address_is_refused(text: str) -> None:
    with pytest.raises(NotifyError) as caught:
        address(text)
    assert not caught.value.retryable
    for changed in ({"sender": text}, {"recipients": (text,)}):
        with pytest.raises(NotifyError):
            compose(target(**changed), message())


def test_a_confidential_alert_has_a_neutral_subject() -> None:
    letter = compose(target(), message(event(confidential=True)))
    assert str(letter["subject"]) == "1 new alert"
    assert ALERT.id in words(letter)


def test_dates_are_of_the_message_not_of_the_attempt() -> None:
    later = replace(message(), created_at=NOW + timedelta(hours=3))
    assert str(compose(target(), later)["date"]) == "Sun, 22 Nov 2026 11:00:00 +0000"
