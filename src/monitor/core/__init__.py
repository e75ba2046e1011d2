"""Pure: values in, values out.

What belongs here: everything that can be decided from values alone. What does not: a clock, a socket, a file, a log,
randomness. `now`, ids and jitter come in as arguments. Nothing here imports httpx2, sqlite3, sqlite_utils, apscheduler,
asyncio, socket, smtplib or subprocess; import-linter checks it.
"""
