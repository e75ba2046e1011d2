"""What goes wrong with a database: full, locked, damaged, newer, gone; and that nothing is harmed."""

import asyncio
import fcntl
import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from monitor import lock
from monitor.core.errors import StoreError
from monitor.store import VERSION, migrations, sqlite
from monitor.store.sqlite import SqliteStore, connect, prepare
from monitor.store.writer import Writer
from support.build import NOW, source


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / lock.DATABASE
    prepare(path)
    return path


def run(path: Path, *functions: Any, limit_pages: int | None = None) -> list[Any]:
    """What a writer makes of functions that come at the same time."""

    def opened() -> sqlite3.Connection:
        db = connect(path)
        if limit_pages:
            db.execute(f"PRAGMA max_page_count = {limit_pages}")
        db.execute("PRAGMA busy_timeout = 0")
        return db

    async def within() -> list[Any]:
        writer = Writer(opened)
        try:
            return await asyncio.gather(*(writer.run(function) for function in functions), return_exceptions=True)
        finally:
            await writer.close()

    return asyncio.run(within())


def count(path: Path) -> int:
    with connect(path) as db:
        (rows,) = db.execute("SELECT count(*) FROM facts").fetchone()
    db.close()
    return int(rows)


def note(name: str, value: str = "") -> Any:
    return lambda db: db.execute("INSERT INTO facts VALUES (?, ?)", (name, value))


def test_a_new_database_has_the_schema_and_is_left_alone_the_next_time(database: Path) -> None:
    before = database.stat().st_mtime_ns

    prepare(database)

    assert database.stat().st_mtime_ns == before


@pytest.mark.parametrize("name", ["a b", "50%", "%41", "a?b", "a#b"])
def test_the_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name / "monitor.db"
    path.parent.mkdir()
    prepare(path)
    with closing(connect(path)) as db:
        assert db.execute("SELECT count(*) FROM sources").fetchone()[0] == 0


def test_there_are_as_many_steps_as_the_schemas_version() -> None:
    assert len(migrations.STEPS) == VERSION


def test_only_the_steps_that_are_new_are_applied_and_all_of_them_or_none(database: Path) -> None:
    def add(db: Database) -> None:
        db.execute("CREATE TABLE added (name TEXT)")

    def fail(db: Database) -> None:
        db.execute("CREATE TABLE added (name TEXT)")

    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        migrations.migrate(database, (*migrations.STEPS, add, fail))
    with closing(sqlite3.connect(database)) as db:
        assert db.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'added'").fetchone() == (0,)
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
    migrations.migrate(database, (*migrations.STEPS, add))
    with closing(sqlite3.connect(database)) as db:
        assert db.execute("SELECT count(*) FROM added").fetchone() == (0,)
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION + 1,)


def test_a_database_of_a_newer_version_is_left_alone(database: Path) -> None:
    with sqlite3.connect(database) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    db.close()

    with pytest.raises(StoreError, match=r"newer Monitor.*install that version again"):
        prepare(database)


def test_a_database_of_before_the_first_release_is_refused_and_kept(database: Path) -> None:
    with sqlite3.connect(database) as db:
        db.execute("ALTER TABLE sources DROP COLUMN proxy")
    db.close()

    with pytest.raises(StoreError, match=r"before the first release.*move it away"):
        prepare(database)
    assert database.exists()


def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / lock.DATABASE
    path.write_bytes(b"letters home" * 100)

    with pytest.raises(StoreError, match="put a backup in its place"):
        prepare(path)

    assert path.read_bytes() == b"letters home" * 100


def test_a_damaged_database_is_refused_with_what_to_do_and_left_as_it_is(database: Path) -> None:
    content = bytearray(database.read_bytes())
    content[4096 * 4 : 4096 * 6] = b"\xff" * 8192
    database.write_bytes(content)

    with pytest.raises(
        StoreError, match=r"is damaged .*mkdir damaged && mv monitor\.db\* damaged/ && cp BACKUP monitor\.db"
    ):
        prepare(database)

    assert database.read_bytes() == content


def test_a_start_does_not_look_for_longer_than_it_may(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(database)) as db:
        db.execute(
            "INSERT INTO facts WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 60000) "
            "SELECT i, 'x' FROM n"
        )
        db.commit()
    monkeypatch.setattr(sqlite, "LOOK", -1.0)

    prepare(database)  # interrupted at once, which is no damage


def test_a_database_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match="cannot be made or brought up to date"):
        prepare(tmp_path / "file" / lock.DATABASE)


def test_functions_that_come_together_do_not_share_a_fate(database: Path) -> None:
    def broken(_: Any) -> None:
        raise ZeroDivisionError

    first, error, last = run(database, note("a"), broken, note("b"))

    assert not isinstance(first, Exception)
    assert isinstance(error, ZeroDivisionError)
    assert not isinstance(last, Exception)
    assert count(database) == 2


def test_a_wrong_statement_is_a_store_error_with_its_cause(database: Path) -> None:
    (error,) = run(database, lambda db: db.execute("SELECT nothing"))

    assert isinstance(error, StoreError)
    assert isinstance(error.__cause__, sqlite3.OperationalError)


def test_a_full_disk_is_said_and_nothing_that_was_promised_is_lost(database: Path) -> None:
    pages = sqlite3.connect(database).execute("PRAGMA page_count").fetchone()[0]

    results = run(database, note("a"), note("big", "x" * 10**6), limit_pages=pages + 2)
    kept = count(database)

    assert any(isinstance(result, StoreError) and "Free space" in str(result) for result in results)
    assert kept == sum(not isinstance(result, Exception) for result in results)
    assert run(database, note("c")) != []
    assert count(database) == kept + 1


def test_a_database_that_another_program_holds_is_said(database: Path) -> None:
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    (error,) = run(database, note("a"))
    other.close()

    assert isinstance(error, StoreError)
    assert "Another program holds the database" in str(error)


def test_a_database_that_is_gone_is_not_made_anew(tmp_path: Path) -> None:
    (error,) = run(tmp_path / lock.DATABASE, note("a"))

    assert isinstance(error, StoreError)
    assert not (tmp_path / lock.DATABASE).exists()


def test_closing_writes_what_waits(database: Path) -> None:
    async def scene() -> None:
        store = SqliteStore(database)
        waiting = asyncio.create_task(store.sync_sources((source(),), NOW))
        await asyncio.sleep(0)
        await store.close()
        await waiting

    asyncio.run(scene())

    with connect(database) as db:
        assert [row["name"] for row in db.execute("SELECT name FROM sources")] == ["Gazette"]
    db.close()


def test_a_caller_that_goes_away_does_not_stop_the_writer(database: Path) -> None:
    async def scene() -> tuple[int, int]:
        store = SqliteStore(database)
        gone = asyncio.create_task(store.pending())
        await asyncio.sleep(0)
        gone.cancel()
        try:
            return await store.pending()
        finally:
            await store.close()

    assert asyncio.run(scene()) == (0, 0)


# The lock


def test_one_data_folder_has_one_daemon_and_the_lock_says_which(tmp_path: Path) -> None:
    program = (
        "import sys; from datetime import *; from pathlib import Path; from monitor import lock\n"
        "file = lock.take(Path(sys.argv[1]), 4711, datetime(2026, 11, 22, tzinfo=UTC))\n"
        "print('held', flush=True); sys.stdin.read()"
    )
    folder = tmp_path / "data"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StoreError, match="process 4711, since 2026-11-22 00:00:00 UTC"):
            lock.take(folder, os.getpid(), NOW)
        (folder / lock.DATABASE).touch()
        holder.kill()

    lock.take(folder, os.getpid(), NOW).close()


def test_who_only_looks_does_not_keep_it_from_starting(tmp_path: Path) -> None:
    lock.take(tmp_path, 1, NOW).close()
    with (tmp_path / lock.LOCK).open() as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        timer = threading.Timer(0.08, fcntl.flock, (looking, fcntl.LOCK_UN))
        timer.start()
        with lock.take(tmp_path, 2, NOW) as held:
            lock.note(held, "it is full")
            assert lock.holder(tmp_path) == ("process 2, since 2026-11-22 12:00:00 UTC, no database yet", "it is full")
            lock.note(held, "")
            assert lock.holder(tmp_path) == ("process 2, since 2026-11-22 12:00:00 UTC, no database yet", "")
        timer.join()
    assert lock.holder(tmp_path) is None
    assert lock.holder(tmp_path / "none") is None


def test_it_does_not_begin_with_nothing_where_there_was_something(tmp_path: Path) -> None:
    lock.take(tmp_path, 1, NOW).close()  # it failed before there was a database
    with lock.take(tmp_path, 1, NOW) as held:
        (tmp_path / lock.DATABASE).write_bytes(b"data")
        lock.confirm(held)
    lock.take(tmp_path, 1, NOW).close()

    (tmp_path / lock.DATABASE).write_bytes(b"")
    with pytest.raises(StoreError, match="Put a backup in its place"):
        lock.take(tmp_path, 1, NOW)
    (tmp_path / lock.DATABASE).unlink()
    with pytest.raises(StoreError, match="Put a backup in its place"):
        lock.take(tmp_path, 1, NOW)
    (tmp_path / lock.LOCK).unlink()
    (tmp_path / f"{lock.DATABASE}-wal").write_bytes(b"what was written last")
    with pytest.raises(StoreError, match=r"its write-ahead log is there.*monitor\.db-wal$"):
        lock.take(tmp_path, 1, NOW)


def test_a_data_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match=r"cannot be written.*--data-dir"):
        lock.take(tmp_path / "file" / "data", 1, NOW)


def test_the_data_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    lock.take(tmp_path / "data", 1, NOW).close()

    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "data" / lock.LOCK).stat().st_mode & 0o777 == 0o600
