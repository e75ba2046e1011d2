"""Stores a database as the present schema has it, with something of everything that must survive an update.

    python -m support.released        (in tests/, before each release whose schema is new)

tests/store/test_migrations.py brings every stored database up to date. Before the first release, it is written anew when the
schema changes; what was released is kept as it is.
"""

import gzip
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from monitor.core.errors import NotifyError
from monitor.core.model import Receipt
from monitor.store import VERSION
from monitor.store.sqlite import prepare
from support.build import HOUR
from support.stored import Stored

FOLDER = Path(__file__).parent.parent / "data" / "databases"


def fill(path: Path) -> None:
    """Two articles that alerted, one delivered and one that failed once, and one article that concerns nobody."""
    stored = Stored.at(path, path.with_name("empty.db"))
    stored.alert("Wolves return", text="Wolves return to the valley of Élan.")
    stored.attempt(Receipt(code=204))
    stored.now += HOUR
    stored.alert("Wolves leave", source="Herald", text="What was seen of them at the lake was little.")
    stored.attempt(NotifyError("no answer", retryable=True))
    stored.publish("Sheep graze", text="Sheep graze on the hills, and nobody minds.")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data" / "monitor.db"
        path.parent.mkdir()
        prepare(path.with_name("empty.db"))
        fill(path)
        with closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA journal_mode = DELETE")
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / f"schema-{VERSION}.db.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))


if __name__ == "__main__":
    main()
