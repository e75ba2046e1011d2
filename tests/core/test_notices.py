"""What the operator is told about Monitor's own upkeep."""

import pytest

from monitor.core import notices
from monitor.core.model import EventType, SourceState
from monitor.core.notices import Notice
from support.build import DAY, NOW, record


@pytest.mark.parametrize(
    ("notice", "kind", "said"),
    [
        (notices.store_failing("It is full.", NOW), EventType.STORE_FAILING, "what is owed is still sent. It is full."),
        (notices.store_recovered(NOW), EventType.STORE_RECOVERED, "the data can be stored again"),
        (notices.backup_failed("it is full", NOW), EventType.BACKUP_FAILED, "could not be written: it is full"),
    ],
)
def test_notices(notice: Notice, kind: EventType, said: str) -> None:
    assert (notice.type, notice.source, notice.since) == (kind, None, NOW)
    assert said in notice.reason
    assert notice.advice


def test_of_a_source_that_is_gone_is_told_again_with_what_to_do() -> None:
    gone = record(state=SourceState.GONE, since=NOW - 9 * DAY, kind="status", reason="it answered 410")

    notice = notices.still_gone(gone, NOW)

    assert (notice.type, notice.source, notice.since) == (EventType.SOURCE_FAILING, "Gazette", NOW - 9 * DAY)
    assert (notice.reminder, notice.reason) == (True, "it answered 410")
    assert "monitor feeds resume" in notice.advice
