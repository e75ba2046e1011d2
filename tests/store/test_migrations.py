"""Databases of earlier schemas are brought up to date with all that is in them, or are left as they were."""

import gzip
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from monitor.core.errors import StoreError
from monitor.store import VERSION, ledger, migrations
from monitor.store.sqlite import prepare
from support.chaos import faults
from support.released import FOLDER

RELEASED = sorted(FOLDER.glob("schema-*.db.gz"))
FIRST = FOLDER / "schema-1.db.gz"


def unpacked(stored: Path, folder: Path) -> Path:
    path = folder / "monitor.db"
    path.write_bytes(gzip.decompress(stored.read_bytes()))
    return path


def rows(path: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(query).fetchall()


def content(path: Path) -> dict[str, list[Any]]:
    """Everything that a user would miss."""
    tables = ("sources", "articles", "stories", "hits", "alerts", "deliveries", "attempts", "seen")
    found = {table: rows(path, f"SELECT * FROM {table}") for table in tables}
    return found | {"found": rows(path, "SELECT rowid FROM articles_text WHERE articles_text MATCH 'elan'")}


def rename(db: Database) -> None:
    """A step that changes a table that others refer to."""
    db.execute("ALTER TABLE alerts ADD COLUMN seen_at TEXT")
    db.execute("UPDATE alerts SET seen_at = created_at")


def halve(db: Database) -> None:
    db.execute("DELETE FROM attempts")
    db.execute("CREATE TABLE half (name TEXT)")
    db.execute("INSERT INTO nowhere VALUES (1)")


def test_every_version_is_stored() -> None:
    assert [path.name for path in RELEASED] == [f"schema-{number}.db.gz" for number in range(1, VERSION + 1)]


@pytest.mark.parametrize("stored", RELEASED, ids=lambda path: path.name)
def test_a_stored_database_is_brought_up_to_date_and_can_be_used(tmp_path: Path, stored: Path) -> None:
    path = unpacked(stored, tmp_path)

    prepare(path)

    assert rows(path, "PRAGMA user_version") == [(VERSION,)]
    assert faults(path) == []
    with ledger.reading(path) as db:
        assert [row["title"] for row in ledger.alerts(db)] == ["Wolves leave", "Wolves return"]
        (waiting,) = ledger.channels(db)
        assert (waiting["pending"], waiting["reason"]) == (1, "no answer")
        assert [article.title for article in ledger.search(db, "sheep")] == ["Sheep graze"]


def test_later_steps_keep_what_is_there(tmp_path: Path) -> None:
    path = unpacked(FIRST, tmp_path)
    before = content(path)

    migrations.migrate(path, (migrations.tables, rename))

    after = content(path)
    assert after.pop("alerts") == [(*row, row[6]) for row in before.pop("alerts")]
    assert after == before
    assert faults(path) == []
    assert rows(path, "PRAGMA user_version") == [(2,)]


def test_when_a_step_fails_in_the_middle_all_is_as_before(tmp_path: Path) -> None:
    path = unpacked(FIRST, tmp_path)
    before = content(path)

    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        migrations.migrate(path, (migrations.tables, rename, halve))

    assert content(path) == before
    assert rows(path, "PRAGMA user_version") == [(1,)]
    migrations.migrate(path, (migrations.tables, rename))
    assert rows(path, "PRAGMA user_version") == [(2,)]


def test_when_it_is_killed_in_the_middle_all_is_as_before(tmp_path: Path) -> None:
    path = unpacked(FIRST, tmp_path)
    before = content(path)
    script = f"""
import os, signal
from pathlib import Path
from monitor.store import migrations

def die(db):
    db.execute("PRAGMA cache_size = 1")  # so that pages are written before the end
    numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 9999) SELECT i FROM n"
    db.execute(f"CREATE TABLE half AS {{numbers}}")
    db.execute("DELETE FROM attempts")
    os.kill(os.getpid(), signal.SIGKILL)

migrations.migrate(Path({str(path)!r}), (migrations.tables, die))
"""
    died = subprocess.run([sys.executable, "-c", script], check=False)

    assert died.returncode == -signal.SIGKILL
    assert path.with_name("monitor.db-wal").stat().st_size > 0
    assert content(path) == before
    prepare(path)
    assert faults(path) == []


def test_what_cannot_be_brought_up_to_date_is_left_alone_and_said(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE sources (of TEXT)")  # of another program

    with pytest.raises(StoreError, match="already exists; nothing was changed"):
        prepare(path)

    assert rows(path, "SELECT name FROM sqlite_schema") == [("sources",)]
