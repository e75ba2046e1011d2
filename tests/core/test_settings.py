"""What settings decide by themselves."""

import pytest

from monitor.core.settings import Secret, SourceFilter


@pytest.mark.parametrize(
    ("listens", "allowed"),
    [
        (SourceFilter(), True),
        (SourceFilter(names=("Gazette",)), True),
        (SourceFilter(tags=("russia",)), True),
        (SourceFilter(names=("Herald",)), False),
        (SourceFilter(tags=("sport",)), False),
        (SourceFilter(names=("Herald",), tags=("russia",)), True),
        (SourceFilter(exclude=("Gazette",)), False),
        (SourceFilter(names=("Gazette",), exclude=("russia",)), False),
        (SourceFilter(exclude=("sport",)), True),
    ],
)
def test_a_watchlist_listens_to_sources_by_name_or_tag(listens: SourceFilter, allowed: bool) -> None:
    assert listens.allows("Gazette", ("russia", "daily")) is allowed


def test_a_secret_shows_itself_nowhere() -> None:
    secret = Secret("hunter2", where="$PASSWORD")

    assert "hunter2" not in f"{secret} {secret!r} {[secret]}"
