"""Where everything is kept: one SQLite file, its migrations, and what the commands read from it."""

VERSION = 1
"""The newest schema: `PRAGMA user_version` of a database that is up to date; the number of steps in migrations.py."""
