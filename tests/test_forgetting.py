"""A daemon forgets the words that it is no longer to watch, and encrypted mail fails in sight, by real processes."""

import asyncio
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

from monitor.core import words
from monitor.core.settings import Mark
from monitor.store import ledger
from support import pgp
from support.commands import run
from support.mailbox import Mailbox
from support.newsroom import newsroom, running, stopped

BEARS = """
[terms.wolves]
any = ["=wolves"]
[terms.bears]
en = ["aardwolf"]
[watchlists.wolves]
title = "Wolves"
[watchlists.bears]
"""
MAIL = """
[[channels]]
name = "lawyers"
type = "email"
smtp = "127.0.0.1:{port}"
security = "none"
from = "monitor@example.org"
to = [{{ address = "late@example.org", pgp_key = "late.asc" }}]
default = true
"""


def kept(folder: Path) -> set[str]:
    with closing(sqlite3.connect(folder / "data" / "monitor.db")) as db:
        return {row[0] for row in db.execute("SELECT word FROM forms")}


def test_words_that_leave_the_configuration_are_forgotten_at_a_start_and_at_a_reload(tmp_path: Path) -> None:
    async def scene() -> None:
        async with newsroom(tmp_path) as room:
            standard = (tmp_path / "config" / "watchlists.toml").read_text()
            room.configure(watchlists=BEARS)
            async with running(room) as process:
                assert kept(tmp_path) == {"aardwolf"}
                with ledger.writing(tmp_path / "data" / "monitor.db") as db:  # as `monitor search` does
                    found = {("en", "wombat", Mark.WORD): frozenset({"wombat", "wombats"})}
                    ledger.keep_forms(words.version(), found, db)
                room.configure(watchlists=standard)
                process.send_signal(signal.SIGHUP)
                await room.notified("RELOADING=1")
                await room.notified("READY=1")
                assert kept(tmp_path) == set()
                with ledger.writing(tmp_path / "data" / "monitor.db") as db:
                    ledger.keep_forms(words.version(), found, db)
                assert await stopped(process) == 0
            async with running(room) as process:
                assert kept(tmp_path) == set()
                assert await stopped(process) == 0
            assert b"wombat" not in (tmp_path / "data" / "monitor.db").read_bytes()

    asyncio.run(scene())


def test_mail_whose_key_has_expired_is_not_sent_and_another_channel_tells_it(tmp_path: Path) -> None:
    async def scene() -> None:
        async with newsroom(tmp_path) as room, Mailbox() as box:
            (tmp_path / "config" / "late.asc").write_bytes(pgp.LATE)
            room.configure(monitor=room.settings + MAIL.format(port=box.port))
            room.publish("Wolves return")
            async with running(room) as process:
                told = {message["type"]: message for message in [await room.alert(), await room.alert()]}
                assert await stopped(process) == 0
            assert set(told) == {"alert.created", "channel.failing"}
            about = told["channel.failing"]["data"]
            assert about["channel"] == "lawyers"
            assert "late.asc: the key expired on 2024-01-31" in about["reason"]
            assert "nothing is sent to this channel: monitor.toml" in room.log
            assert box.greetings == []
            said = run("--config", tmp_path / "config", "status").out
            assert "nothing is sent, since it cannot be encrypted: late.asc" in " ".join(said.split())
            assert "Wolves return" not in room.log

    asyncio.run(scene())
