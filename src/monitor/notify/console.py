"""The console: alerts as lines of text, for a terminal or whatever stdout leads to."""

from typing import TextIO

from monitor.core.errors import NotifyError
from monitor.core.model import Message, Receipt
from monitor.core.render import console


class ConsoleNotifier:
    """Writes each message to a stream, whatever of it the stream's encoding can hold."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    async def send(self, message: Message) -> Receipt:
        """See `Notifier.send`. A stream that was closed may be another one after a restart: retryable."""
        encoding = self._stream.encoding or "utf-8"  # None: a stream that keeps text as it is
        text = console(message.event).encode(encoding, "backslashreplace").decode(encoding)
        try:
            self._stream.write(f"{text}\n")
            self._stream.flush()
        except (OSError, ValueError) as error:  # ValueError: the stream is closed
            raise NotifyError(f"the console cannot be written to: {error}", retryable=True) from error
        return Receipt()
