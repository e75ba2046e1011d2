"""Killed again and again, it loses nothing and tells nothing twice. `make chaos` does this three hundred times."""

import asyncio
from pathlib import Path

from support.chaos import can_strace, chaos

KILLS = 20


def test_kill_9_at_any_moment_loses_no_alert_and_doubles_none(tmp_path: Path) -> None:
    account = asyncio.run(chaos(tmp_path, kills=KILLS, seed=11))

    assert account.kills == KILLS
    assert account.stories >= KILLS / 2
    assert (account.lost, account.doubled, account.faults) == ([], [], [])
    assert account.between_calls > 0 or not can_strace()
