"""Nobody but its owner can read what Monitor stores, whatever the umask says and whatever the folder was before."""

import asyncio
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from monitor import lock
from monitor.cli.common import replace_file
from monitor.core.errors import StoreError
from monitor.store import ledger
from monitor.store.sqlite import prepare
from support.newsroom import newsroom, running, stopped


@pytest.fixture
def _open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def modes(folder: Path) -> dict[str, int]:
    return {path.name: mode(path) for path in (folder, *folder.rglob("*"))}


@pytest.mark.usefixtures("_open_umask")
def test_everything_that_a_daemon_writes_is_its_owners(tmp_path: Path) -> None:
    """A child inherits our umask, which takes nothing away."""

    async def scene() -> None:
        async with newsroom(tmp_path) as room:
            room.configure(monitor=f'{room.settings}[backup]\nfolder = "../backups"\nat = "00:00"\n')
            async with running(room) as process:
                while not list((tmp_path / "backups").glob("*.db")):
                    room.publish(f"Wolves return {len(room.items)}")
                    await room.alert()
                found = modes(tmp_path / "data") | modes(tmp_path / "backups")
                assert {
                    "monitor.db",
                    "monitor.db-wal",
                    "monitor.db-shm",
                    "monitor.lock",
                    "monitor.reserve",
                } <= found.keys()
                folders = {"data", "backups"}
                assert {name: f"{each:o}" for name, each in found.items()} == {
                    name: "700" if name in folders else "600" for name in found
                }
                assert await stopped(process) == 0

    asyncio.run(scene())


@pytest.mark.usefixtures("_open_umask")
def test_a_backup_by_hand_is_its_owners(tmp_path: Path) -> None:
    prepare(tmp_path / "monitor.db")
    assert mode(tmp_path / "monitor.db") == 0o600
    ledger.backup(tmp_path / "monitor.db", tmp_path / "copy.db")
    assert mode(tmp_path / "copy.db") == 0o600


def test_a_database_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be made or brought up to date: No such file"):
        prepare(tmp_path / "nowhere" / "monitor.db")


def test_a_folder_that_others_could_use_is_mended_and_said(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    for name in ("monitor.db", "monitor.db-wal", "monitor.lock"):
        (folder / name).touch()
        (folder / name).chmod(0o644)
    (folder / "monitor.lock").chmod(0o600)
    folder.chmod(0o755)
    assert lock.close_to_others(folder) == [
        f"{folder} could be used by others (mode 755); its mode is 700 now",
        f"{folder}/monitor.db could be used by others (mode 644); its mode is 600 now",
        f"{folder}/monitor.db-wal could be used by others (mode 644); its mode is 600 now",
    ]
    assert modes(folder) == {"data": 0o700, "monitor.db": 0o600, "monitor.db-wal": 0o600, "monitor.lock": 0o600}
    assert lock.close_to_others(folder) == []


def test_a_folder_that_holds_other_things_stays_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "monitor.db").touch(mode=0o600)
    (folder / "letters.txt").touch()
    folder.chmod(0o755)
    assert lock.close_to_others(folder) == [
        f"{folder} can be used by others (mode 755) and holds other files as well: give Monitor one of its own"
    ]
    assert mode(folder) == 0o755


def test_a_configuration_beside_the_data_and_links_to_nowhere_stay_as_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    (folder / "monitor.toml").touch()
    (folder / "monitor.toml").chmod(0o640)  # a group edits it
    (folder / "monitor.db-shm").symlink_to("nowhere")  # SQLite takes it away when the last reader is done
    (folder / "monitor.reserve").touch()
    (folder / "monitor.reserve").chmod(0o644)
    folder.chmod(0o700)
    assert lock.close_to_others(folder) == [
        f"{folder}/monitor.reserve could be used by others (mode 644); its mode is 600 now"
    ]
    assert mode(folder / "monitor.toml") == 0o640


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_what_is_not_ours_to_mend_is_said_with_what_to_do(tmp_path: Path) -> None:
    folder = Path("/tmp") / f"monitor-rights-{os.getpid()}"
    folder.mkdir()
    try:
        (folder / "monitor.db").touch()
        (folder / "monitor.db").chmod(0o644)
        folder.chmod(0o755)
        code = (
            f"from pathlib import Path; from monitor import lock; print(*lock.close_to_others(Path({str(folder)!r})))"
        )
        look = f"import os; os.setuid(65534); {code}"
        source = str(Path(lock.__file__).parents[1])
        done = subprocess.run(
            [sys.executable, "-c", f"import sys; sys.path.insert(0, {source!r}); from monitor import lock; {look}"],
            capture_output=True,
            text=True,
            check=True,
            cwd="/",
        )
        assert f"that cannot be changed (Operation not permitted): chmod 700 {folder}" in done.stdout
        assert f"chmod 600 {folder}/monitor.db" in done.stdout
    finally:
        (folder / "monitor.db").unlink()
        folder.rmdir()


@pytest.mark.usefixtures("_open_umask")
def test_a_file_of_the_configuration_keeps_its_rights_when_it_is_changed(tmp_path: Path) -> None:
    file = tmp_path / "watchlists.toml"
    file.write_text("old")
    for right in (0o600, 0o640):
        file.chmod(right)
        replace_file(file, "new")
        assert (mode(file), file.read_text()) == (right, "new")


def test_what_a_database_holds_can_be_read_by_its_owner(tmp_path: Path) -> None:
    prepare(tmp_path / "monitor.db")
    with closing(sqlite3.connect(tmp_path / "monitor.db")) as db:
        assert db.execute("SELECT count(*) FROM articles").fetchone() == (0,)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_that_root_writes_anew_stays_its_groups(tmp_path: Path) -> None:
    """`sudo monitor feeds import` beside a service whose group may read the configuration."""
    file = tmp_path / "feeds.toml"
    file.write_text("old")
    os.chown(file, 65534, 65533)
    file.chmod(0o640)
    replace_file(file, "new")
    found = file.stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (65534, 65533, 0o640)
