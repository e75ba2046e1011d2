"""Apprise, to a real receiver on loopback: its `json://` posts to any web server."""

import asyncio
import json
import re
import sys
from datetime import timedelta

import pytest

from monitor.core.errors import NotifyError
from monitor.core.model import Receipt
from monitor.core.render import plain
from monitor.core.settings import Apprise, Secret
from monitor.notify.apprise import AppriseNotifier
from support.alerts import NASTY, event, message, titled
from support.server import Reply, Server

# What apprise's own modules import.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


def notifier(url: str, seconds: float = 10) -> AppriseNotifier:
    return AppriseNotifier(Apprise(url=Secret(url)), timedelta(seconds=seconds))


async def send_once(reply: Reply, told: dict[str, object] | None = None, seconds: float = 10) -> tuple[object, Server]:
    async with Server() as server:
        server.on("/s3cret", reply)
        try:
            result: object = await notifier(f"json://{server.hosts[0]}:{server.port}/s3cret", seconds).send(
                message(told)
            )
        except NotifyError as error:
            result = error
        return result, server


def test_a_message_arrives() -> None:
    result, server = asyncio.run(send_once(Reply()))
    assert result == Receipt()
    body = json.loads(server.requests[0].body)
    title, text = plain(event())
    assert (body["title"], body["message"].rstrip()) == (title, text)


OBEYED = re.compile(r"[<>\[`~|\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|@\w|\]\(|#\s|(?<!\w)_|_(?!\w)")
"""What a chat service or a terminal may obey; a single asterisk is ours."""


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_strange_text_arrives_disarmed(text: str) -> None:
    result, server = asyncio.run(send_once(Reply(), titled(text)))
    assert result == Receipt()
    body = "".join(json.loads(request.body)["message"] for request in server.requests)
    assert not OBEYED.search(body)


K, S = "k" * 26, "s" * 24
SERVICES = {
    f"mmost://{{place}}/{K}": f"/hooks/{K}",
    f"rocket://{S}/{S}@{{place}}": f"/hooks/{S}/{S}",
    "ntfy://{place}/desk": "/",
    f"gotify://{{place}}/{S}": "/message",
}


@pytest.mark.parametrize("name", ["mention", "chat link", "chat markup", "markup"])
@pytest.mark.parametrize(("url", "path"), SERVICES.items(), ids=[url.partition(":")[0] for url in SERVICES])
def test_what_goes_over_the_line_to_a_service_mentions_nobody(url: str, path: str, name: str) -> None:
    async def run() -> str:
        async with Server() as server:
            server.on(path, Reply(body=b'{"success": true}'))
            place = f"{server.hosts[0]}:{server.port}"
            await notifier(url.format(place=place)).send(message(titled(NASTY[name])))
            return "".join(request.body.decode() for request in server.requests)

    assert not re.search(r"@(?:everyone|here|channel|all)|<[!@a-z]|\]\(|!\[|\*\*|~~", asyncio.run(run()))


def test_a_failure_is_tried_again_and_explained() -> None:
    error, _ = asyncio.run(send_once(Reply(status=500)))
    assert isinstance(error, NotifyError)
    assert error.retryable
    assert error.code == 500
    assert "500" in error.answer
    assert "s3cret" not in str(error) + error.answer


def test_a_service_that_hangs_is_not_waited_for() -> None:
    error, _ = asyncio.run(send_once(Reply(hang=True), seconds=0.5))
    assert isinstance(error, NotifyError)
    assert error.retryable


def test_an_unknown_address_is_said_without_showing_it() -> None:
    with pytest.raises(NotifyError, match="does not know") as caught:
        asyncio.run(notifier("nosuchservice://s3cret").send(message()))
    assert caught.value.retryable
    assert "s3cret" not in str(caught.value)


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)  # what Python itself does for a module that cannot be imported
    with pytest.raises(NotifyError, match=r"pip install 'monitor\[apprise\]'") as caught:
        asyncio.run(notifier("json://127.0.0.1").send(message()))
    assert caught.value.retryable
