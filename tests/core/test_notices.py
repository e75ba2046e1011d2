"""What the operator is told about Monitor's own upkeep."""

import pytest

from monitor.core import notices
from monitor.core.model import EventType
from monitor.core.notices import Notice
from support.build import NOW


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
