"""The schema of monitor.db, as steps that are each applied once. `docs/data.md` documents the tables.

Run as a program (`python -m monitor.store.migrations FILE`) it brings a database up to date; the daemon does so in a child
process, since sqlite-utils costs 20 MB of memory that it never needs again. A step that was released is never changed.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from sqlite_utils import Database, Migrations

SCHEMA = """
CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    kind TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 1,
    state TEXT NOT NULL DEFAULT 'ok',
    since TEXT,
    fault TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    told_at TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    failing_since TEXT,
    next_poll_at TEXT NOT NULL,
    not_before TEXT,
    last_poll_at TEXT,
    last_ok_at TEXT,
    last_new_at TEXT,
    poll_count INTEGER NOT NULL DEFAULT 0,
    etag TEXT,
    last_modified TEXT,
    validators_url TEXT,
    body_hash TEXT NOT NULL DEFAULT '',
    digests BLOB NOT NULL DEFAULT x'',
    address TEXT,
    moved_to TEXT,
    moved_since TEXT,
    moved_checked TEXT,
    proxy TEXT NOT NULL DEFAULT '',
    language TEXT,
    full_at TEXT,
    format TEXT NOT NULL DEFAULT '',
    listed INTEGER,
    empty_since TEXT,
    skips TEXT NOT NULL DEFAULT '',
    rhythm TEXT NOT NULL DEFAULT '',
    pace INTEGER NOT NULL DEFAULT 0,
    gap_at TEXT,
    hub TEXT NOT NULL DEFAULT '',
    topic TEXT NOT NULL DEFAULT '',
    pushed_until TEXT,
    push_at TEXT
);
CREATE INDEX sources_due ON sources (next_poll_at) WHERE active;

-- what hubs are asked for (WebSub); token and secret are known to the hub and to us only
CREATE TABLE subscriptions (
    token TEXT PRIMARY KEY,
    secret TEXT NOT NULL,
    source_id INTEGER NOT NULL REFERENCES sources (id),
    hub TEXT NOT NULL,
    topic TEXT NOT NULL,
    callback TEXT NOT NULL,
    state TEXT NOT NULL,
    next_at TEXT NOT NULL,
    failures INTEGER NOT NULL,
    lease_until TEXT,
    pushed_at TEXT
) WITHOUT ROWID;
CREATE INDEX subscriptions_source ON subscriptions (source_id);

-- spans in which a source listed entries that no poll saw
CREATE TABLE gaps (
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES sources (id),
    since TEXT NOT NULL,
    until TEXT NOT NULL,
    found_at TEXT NOT NULL
);
CREATE INDEX gaps_found ON gaps (found_at);

CREATE TABLE articles (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,  -- no number twice: the index of copies names articles by it
    id TEXT NOT NULL UNIQUE,
    source_id INTEGER NOT NULL REFERENCES sources (id),
    story_id TEXT NOT NULL REFERENCES stories (id),
    relation TEXT NOT NULL,
    placed_by TEXT NOT NULL DEFAULT 'monitor',
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    author TEXT,
    published TEXT,
    fetched TEXT NOT NULL,
    language TEXT,
    summary TEXT NOT NULL,
    text TEXT NOT NULL,
    text_from TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    sha256 TEXT NOT NULL,
    headline TEXT NOT NULL DEFAULT ''
);
CREATE INDEX articles_story ON articles (story_id);
CREATE INDEX articles_fetched ON articles (fetched);

-- what recognises the same page and the same text: 64-bit keys of addresses and of texts
CREATE TABLE fingerprints (
    key INTEGER NOT NULL,
    article_seq INTEGER NOT NULL,
    PRIMARY KEY (key, article_seq)
) WITHOUT ROWID;

-- what recognises edited copies: the smallest 32-bit hashes of a text's runs of words
CREATE TABLE sketches (
    hash INTEGER NOT NULL,
    article_seq INTEGER NOT NULL,
    PRIMARY KEY (hash, article_seq)
) WITHOUT ROWID;

-- what recognises other reports of the same news: topics of the first reports of each story (core.stories.news.packed),
-- and the keys that find them
CREATE TABLE topics (
    article_seq INTEGER PRIMARY KEY,
    begun TEXT NOT NULL,
    topic BLOB NOT NULL
);
CREATE INDEX topics_begun ON topics (begun);
CREATE TABLE topic_keys (
    key INTEGER NOT NULL,
    article_seq INTEGER NOT NULL,
    PRIMARY KEY (key, article_seq)
) WITHOUT ROWID;

CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES sources (id),
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    first_seen TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at TEXT,
    words INTEGER,
    futile INTEGER NOT NULL DEFAULT 0,
    again_at TEXT
);
CREATE INDEX entries_article ON entries (article_id);
CREATE INDEX entries_open ON entries (source_id, next_at) WHERE state IN ('waiting', 'held');

-- articles as they were before they changed; text is compressed (zlib)
CREATE TABLE versions (
    id INTEGER PRIMARY KEY,
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    fetched TEXT NOT NULL,
    replaced_at TEXT NOT NULL,
    title TEXT NOT NULL,
    text BLOB NOT NULL,
    sha256 TEXT NOT NULL,
    difference TEXT NOT NULL
);
CREATE INDEX versions_article ON versions (article_id);

-- articles that alerted, and when they are read again
CREATE TABLE rereads (
    article_id TEXT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    since TEXT NOT NULL,
    next_at TEXT,
    times INTEGER NOT NULL DEFAULT 0,
    read_at TEXT,
    outcome TEXT,
    missing_since TEXT,
    gone_at TEXT
) WITHOUT ROWID;
CREATE INDEX rereads_due ON rereads (next_at) WHERE next_at IS NOT NULL;

-- the identities of every entry that was ever listed; an entry with any of them is not new
CREATE TABLE seen (
    source_id INTEGER NOT NULL,
    key INTEGER NOT NULL,
    PRIMARY KEY (source_id, key)
) WITHOUT ROWID;

CREATE TABLE stories (
    id TEXT PRIMARY KEY,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    articles INTEGER NOT NULL,
    sources TEXT NOT NULL,
    domains TEXT NOT NULL DEFAULT '[]',
    merged_into TEXT REFERENCES stories (id),
    split_from TEXT
);
CREATE INDEX stories_merged ON stories (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX stories_split ON stories (split_from) WHERE split_from IS NOT NULL;

CREATE TABLE hits (
    id INTEGER PRIMARY KEY,
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    watchlist TEXT NOT NULL,
    term_set TEXT NOT NULL,
    term TEXT NOT NULL,
    field TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    surface TEXT NOT NULL,
    sentence TEXT NOT NULL
);
CREATE INDEX hits_article ON hits (article_id);
CREATE INDEX hits_watchlist ON hits (watchlist);

CREATE TABLE alerts (
    id TEXT PRIMARY KEY,
    watchlist TEXT NOT NULL,
    story_id TEXT NOT NULL REFERENCES stories (id),
    article_id TEXT NOT NULL REFERENCES articles (id),
    score REAL NOT NULL,
    verdict TEXT NOT NULL,
    created_at TEXT NOT NULL,
    escalated_at TEXT,
    UNIQUE (watchlist, story_id)
);
CREATE INDEX alerts_story ON alerts (story_id);
CREATE INDEX alerts_article ON alerts (article_id);
CREATE INDEX alerts_created ON alerts (created_at);

CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    channel TEXT NOT NULL,
    alert_id TEXT REFERENCES alerts (id),
    state TEXT NOT NULL,
    carried_by TEXT REFERENCES deliveries (id),
    batch TEXT,
    reply_to TEXT,
    event TEXT NOT NULL,
    created_at TEXT NOT NULL,
    next_at TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    finished_at TEXT
);
CREATE INDEX deliveries_due ON deliveries (next_at) WHERE state = 'pending';
CREATE INDEX deliveries_alert ON deliveries (alert_id);
CREATE INDEX deliveries_other ON deliveries (type, created_at) WHERE alert_id IS NULL;
CREATE INDEX deliveries_carried ON deliveries (carried_by) WHERE carried_by IS NOT NULL;

CREATE TABLE attempts (
    id INTEGER PRIMARY KEY,
    delivery_id TEXT NOT NULL REFERENCES deliveries (id),
    at TEXT NOT NULL,
    seconds REAL NOT NULL,
    outcome TEXT NOT NULL,
    code INTEGER,
    answer TEXT NOT NULL
);
CREATE INDEX attempts_delivery ON attempts (delivery_id);

CREATE TABLE channels (
    name TEXT PRIMARY KEY,
    hold_until TEXT,
    disabled_at TEXT
);

-- how many polls of an hour (since 1970) were answered, or failed and how; and the longest time without an answer before
CREATE TABLE polls (
    source_id INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    polls INTEGER NOT NULL,
    gap INTEGER NOT NULL,
    PRIMARY KEY (source_id, hour, outcome)
) WITHOUT ROWID;

-- the forms that words of watchlists stand for, as a library version found them
CREATE TABLE forms (
    version TEXT NOT NULL,
    language TEXT NOT NULL,
    mark TEXT NOT NULL,
    word TEXT NOT NULL,
    forms TEXT NOT NULL,
    PRIMARY KEY (version, language, mark, word)
) WITHOUT ROWID;

CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- folded text (case, accents, ё), found by `monitor search`; the text itself is in articles
CREATE VIRTUAL TABLE articles_text USING fts5 (
    title, body, content='', tokenize="unicode61 remove_diacritics 0"
);
"""


def tables(db: Database) -> None:
    """The tables of the first release."""
    for statement in _statements(SCHEMA):
        db.execute(statement)


STEPS: tuple[Callable[[Database], None], ...] = (tables,)


def _statements(script: str) -> list[str]:
    """The statements of a script, one by one: `executescript` would end the migration's transaction."""
    lines = [line for line in script.splitlines() if not line.startswith("--")]
    return [statement for statement in "\n".join(lines).split(";\n") if statement.strip()]


def migrate(path: Path, steps: tuple[Callable[[Database], None], ...] = STEPS) -> None:
    """Bring the database at `path` up to date, or make it, in one transaction. Raises sqlite3.Error, and changes nothing."""
    migrations = Migrations("monitor")
    for step in steps:
        migrations()(step)
    db = Database(path)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        with db.atomic():
            migrations.apply(db)
            db.execute(f"PRAGMA user_version = {len(steps)}")
    finally:
        db.close()


if __name__ == "__main__":
    migrate(Path(sys.argv[1]))
