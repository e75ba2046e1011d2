"""The console: lines on a stream."""

import asyncio
import io

import pytest

from monitor.core.errors import NotifyError
from monitor.core.model import Receipt
from monitor.core.render import console
from monitor.notify.console import ConsoleNotifier
from support.alerts import event, message, titled


def test_a_message_is_written_whole() -> None:
    stream = io.StringIO()
    assert asyncio.run(ConsoleNotifier(stream).send(message())) == Receipt()
    assert stream.getvalue() == console(event()) + "\n"


@pytest.mark.parametrize(
    ("encoding", "shown"), [("utf-8", "Волки"), ("ascii", r"\u0412\u043e\u043b\u043a\u0438"), ("koi8-r", "Волки")]
)
def test_what_a_terminal_cannot_show_is_spelt_out(encoding: str, shown: str) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    asyncio.run(ConsoleNotifier(stream).send(message(titled("Волки"))))
    assert shown in raw.getvalue().decode(encoding)


def test_a_closed_stream_is_tried_again() -> None:
    stream = io.StringIO()
    stream.close()
    with pytest.raises(NotifyError) as caught:
        asyncio.run(ConsoleNotifier(stream).send(message()))
    assert caught.value.retryable


def test_a_broken_pipe_is_tried_again() -> None:
    class Pipe(io.StringIO):
        def flush(self) -> None:
            raise BrokenPipeError("nobody reads")

    with pytest.raises(NotifyError, match="nobody reads") as caught:
        asyncio.run(ConsoleNotifier(Pipe()).send(message()))
    assert caught.value.retryable
