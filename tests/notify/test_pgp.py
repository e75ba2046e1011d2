"""Encrypted mail (RFC 3156, RFC 9788): what can be seen outside, what is inside, and that nothing leaves in clear text."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor import notify
from monitor.core import render
from monitor.core.errors import NotifyError
from monitor.core.model import EventType, Message
from monitor.core.render import mail
from monitor.core.settings import Channel, Content, Email, Security
from monitor.notify.email import EmailNotifier, compose
from monitor.notify.pgp import BLOCK, SUBJECT, sealed, sealer
from support import pgp
from support.alerts import NASTY, event, message, titled
from support.clients import dial
from support.mailbox import Mailbox, trusting

TEAM = ("a@example.org", "b@example.org")
OUTSIDE = ["From", "To", "Date", "Message-ID", "Auto-Submitted", "Subject", "MIME-Version", "Content-Type"]
SECONDS = timedelta(seconds=10)


def now() -> datetime:
    return datetime.now(UTC)


def target(box: Mailbox | None = None, **changed: Any) -> Email:
    parts: dict[str, Any] = {
        "host": box.host if box else "127.0.0.1",
        "port": box.port if box else 25,
        "security": Security.NONE,
        "sender": "Monitor <monitor@example.org>",
        "recipients": TEAM,
    }
    return Email(**parts | changed)


def test_outside_stands_only_what_the_post_needs() -> None:
    letter = sealed(
        compose(target(), message(reply_to="01JD8Q2W5N00000000000000D0")), [pgp.public(pgp.secret())], now()
    )
    assert list(letter.keys()) == OUTSIDE
    assert (letter["Subject"], letter["To"]) == (SUBJECT, "a@example.org, b@example.org")
    assert letter["Message-ID"] == "<01JD8Q2W5N00000000000000DE@example.org>"
    assert letter["Content-Type"].params["protocol"] == "application/pgp-encrypted"
    control, content = letter.iter_parts()
    assert (control.get_content_type(), control.get_payload()) == ("application/pgp-encrypted", "Version: 1\r\n")
    assert (content.get_content_type(), content.get_filename()) == ("application/octet-stream", "encrypted.asc")
    words = {word for word in mail(event()).subject.split() if len(word) > 6} | {"01JD8Q2W5N00000000000000D0"}
    assert len(words) == 4  # shorter ones may stand in base64 by chance
    assert not [word for word in words if word in letter.as_string()]


def test_inside_is_the_whole_letter_with_its_headers_protected() -> None:
    key = pgp.secret()
    letter = compose(target(), message(reply_to="01JD8Q2W5N00000000000000D0"))
    inner = pgp.opened(key, sealed(letter, [pgp.public(key)], now()))
    names = [name for name in letter if name != "Content-Type"]
    assert {name: inner[name] for name in names} == {name: letter[name] for name in names}
    assert inner["Content-Type"].params["hp"] == "cipher"
    assert inner.get_all("HP-Outer") == [
        "From: Monitor <monitor@example.org>",
        "To: a@example.org, b@example.org",
        f"Date: {letter['Date']}",
        f"Message-ID: {letter['Message-ID']}",
        "Auto-Submitted: auto-generated",
        "Subject: [...]",
    ]
    assert not inner.defects
    assert [part.get_content() for part in inner.iter_parts()] == [part.get_content() for part in letter.iter_parts()]


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_strange_text_stays_inside(text: str) -> None:
    key, told = pgp.secret(), titled(text)
    letter = sealed(compose(target(), message(told)), [pgp.public(key)], now())
    assert list(letter.keys()) == OUTSIDE
    inner = pgp.opened(key, letter)
    assert inner["Subject"].strip() == mail(told).subject
    plain = inner.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().replace("\r\n", "\n") == mail(told).text


@pytest.mark.parametrize("more", range(3))
def test_a_few_letters_more_make_no_difference_in_length(more: int) -> None:
    key = pgp.secret()
    plain, longer = (compose(target(), message(titled(title))) for title in ("Eelgrass", f"Eelgrass{'.' * more}"))
    sizes = [len(sealed(letter, [pgp.public(key)], now()).as_bytes()) for letter in (plain, longer)]
    assert sizes[0] == sizes[1]
    _, content = sealed(longer, [pgp.public(key)], now()).iter_parts()
    payload = content.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert len(pgp.decrypted(key, payload)) % BLOCK == 0


def test_each_attempt_has_the_same_message_id_and_the_same_letter_inside() -> None:
    key = pgp.secret()
    first, second = (sealed(compose(target(), message()), [pgp.public(key)], now()) for _ in range(2))
    assert first["Message-ID"] == second["Message-ID"]
    assert pgp.opened(key, first).as_bytes() == pgp.opened(key, second).as_bytes()


# Over a real connection

KINDS = {
    "an alert": event(),
    "a test": render.test_event(datetime(2026, 11, 22, tzinfo=UTC)),
    "a digest": render.digest_event([event()], reason="digest", now=datetime(2026, 11, 22, tzinfo=UTC)),
    "a message on a source": render.health_event(
        EventType.SOURCE_FAILING,
        source="Coast Courier",
        channel=None,
        since=datetime(2026, 11, 22, tzinfo=UTC),
        reason="it answered 503",
        advice="Wait.",
        now=datetime(2026, 11, 22, tzinfo=UTC),
    ),
    "what was given up": render.health_event(
        EventType.DELIVERY_GIVEN_UP,
        source=None,
        channel="desk",
        since=datetime(2026, 11, 22, tzinfo=UTC),
        reason="it answered 554",
        advice="Mend the channel.",
        now=datetime(2026, 11, 22, tzinfo=UTC),
    ),
}


@pytest.mark.parametrize("content", Content)
@pytest.mark.parametrize("kind", KINDS)
def test_everything_that_a_channel_sends_is_encrypted(kind: str, content: Content) -> None:
    keys = [pgp.secret(), pgp.secret("B <b@example.org>")]

    async def run() -> None:
        async with Mailbox() as box:
            way = target(box, keys=tuple(pgp.public(key) for key in keys))
            channel = Channel(name="team", target=way, content=content)
            sender = notify.build(channel, _no_post, now, dial=dial, tls=trusting())
            told = Message(id="01JD8Q2W5N00000000000000DE", channel="team", event=KINDS[kind], created_at=now())
            await sender.send(told)
            assert box.recipients == [list(TEAM)]
            assert set(box.letters[0].keys()) - {"Received", "X-Peer", "X-MailFrom", "X-RcptTo"} == set(OUTSIDE)
            shown = render.neutral(told.event, "") if content is Content.NEUTRAL else told.event
            for key in keys:
                inner = pgp.opened(key, box.letters[0])
                assert inner["Subject"].strip() == mail(shown).subject
                text, html = inner.iter_parts()
                assert (text.get_content(), html.get_content_type()) == (mail(shown).text, "text/html")

    asyncio.run(run())


async def _no_post(*_: object) -> Any:
    raise AssertionError("mail is not posted")


def test_a_key_that_expired_since_the_start_lets_nothing_out() -> None:
    async def run() -> None:
        async with Mailbox() as box:
            keys = (pgp.public(pgp.secret()), pgp.public(pgp.secret(seconds=86400), "keys/b.asc"))
            later = now() + timedelta(days=2)
            seal = sealer(keys, lambda: later)
            with pytest.raises(NotifyError, match=r"^nothing is sent.*keys/b\.asc: the key expired on") as caught:
                await EmailNotifier(target(box, keys=keys), SECONDS, dial, trusting(), seal).send(message())
            assert (caught.value.retryable, caught.value.to_mend) == (True, True)
            assert box.greetings == []  # nobody was even talked to

    asyncio.run(run())


def test_without_keys_there_is_nothing_to_seal() -> None:
    assert sealer((), now) is None
