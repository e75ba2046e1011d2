#!/usr/bin/env python3
"""Runs the daemon for an hour in a world of 500 feeds on loopback, one in ten of them sick, and judges what it did.

    .venv/bin/python bench/soak.py                      # an hour
    .venv/bin/python bench/soak.py --minutes 12 --sources 100

Once a minute it prints what the daemon holds and how late it is. At the end it says whether memory and descriptors stayed
flat, whether each story that hits was delivered exactly once (whatever the receiver, which fails one time in twenty, made of
it), whether each sick source was told once, and what `monitor doctor` finds. It ends with 1 if something is not so; then the
folder with the configuration, the database and the log is kept. What the world does is said in soakworld.py.

The daemon is that of this folder's src/, whichever is installed. Memory of the main process is the mean of the looks of a
minute, its descriptors the fewest (connections come and go), the children's memory the most.
"""

import argparse
import json
import os
import re
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from feedserver import address
from meter import cpu_seconds, tree
from poll import Talker
from soakworld import RECEIVER, kind_of, lasts, spells

HERE = Path(__file__).parent
# Of the fitted line after the first minutes. What the process holds for good does not grow with what it has read.
MEMORY_LIMIT, DESCRIPTORS_LIMIT = 4.0, 5.0  # MB and descriptors in an hour
LATE_LIMIT = 10.0  # seconds that a healthy source is polled later than it should be, after the first minutes
WARMING = 10  # minutes, or a third of a shorter run
QUIET = 4  # minutes at the end in which nothing is published, so that what failed can be tried again
TOLD_WITHIN, RECOVERED_WITHIN, GONE_WITHIN = 10 * 60, 12 * 60, 75 * 60  # seconds
LOOK_SECONDS = 5.0

_MONITOR_TOML = """\
[daemon]
data_dir = "../data"

[fetch]
contact = "mailto:bench@example.org"
per_host_delay = "0s"
timeout = "5s"
max_body = "1MiB"
allow_networks = ["127.0.0.0/8"]

[web]
listen = ""

[[channels]]
name = "soak"
type = "webhook"
url = "http://{receiver}:{port}/"
secret = {{ env = "SOAK_SECRET" }}
default = true
updates = true
revisions = true
health = true
"""

_WATCHLISTS_TOML = """\
[terms.animals]
en = ["wolf", "lighthouse keeper", "@Ollerenshaw"]

[terms.snow]
en = ["avalanche*", "^GRETA"]

[watchlists.animals]
title = "Wolves and keepers"

[watchlists.snow]
title = "Snow"
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """A minute: memory in MB, CPU in seconds of all processes since the start, sizes in MB, waits in seconds."""

    minute: float
    main: float
    children: float
    descriptors: int
    threads: int
    cpu: float
    database: float
    wal: float
    pending: int
    late: float
    gap: float
    requests: int
    planted: int
    delivered: int


_HEAD = (
    " min   main MB  children   fds  threads   CPU s   CPU %"
    "    db MB   wal MB  pending  late s   gap s  polls  hits  told"
)


def seconds(text: str) -> int:
    """'30s' or '2m' in seconds."""
    return int(text[:-1]) * {"s": 1, "m": 60, "h": 3600}[text[-1]]


def configure(folder: Path, sources: int, port: int, interval: int) -> Path:
    config = folder / "config"
    config.mkdir()
    (config / "monitor.toml").write_text(_MONITOR_TOML.format(receiver=RECEIVER, port=port))
    (config / "watchlists.toml").write_text(_WATCHLISTS_TOML)
    feeds = "".join(
        f'\n[[feeds]]\nname = "Feed {n}"\nlanguage = "en"\n'
        f'url = "{"https" if kind_of(n) == "tls" else "http"}://{address(n)}:{port}/feed.xml"\n'
        for n in range(sources)
    )
    shortest = max(1, interval // 2)
    (config / "feeds.toml").write_text(f'[defaults]\ninterval = "{interval}s"\nmin_interval = "{shortest}s"\n{feeds}')
    return config


def environment() -> dict[str, str]:
    """That of this process, with this folder's Monitor, and without what would lead it elsewhere."""
    kept = {
        name: value for name, value in os.environ.items() if "proxy" not in name.lower() and name != "NOTIFY_SOCKET"
    }
    secret = "whsec_c29hay1zb2FrLXNvYWstc29hay1zb2FrLXNvYWs="
    return {**kept, "PYTHONPATH": str(HERE.parent / "src"), "SOAK_SECRET": secret}


# What it holds


def watch(daemon: subprocess.Popen[bytes], world: Talker, database: Path, minutes: float) -> Iterator[Sample]:
    """A sample for each minute."""
    begun = time.monotonic()
    for number in range(1, round(minutes) + 1):
        looks = []
        while time.monotonic() < begun + number * 60:
            time.sleep(LOOK_SECONDS)
            if daemon.poll() is not None:
                raise SystemExit(f"the daemon ended with {daemon.returncode}")
            looks.append(_look(daemon.pid))
        main, children, descriptors, threads = zip(*looks, strict=True)
        pending, late = _owed(database)
        told = world.tell("minute")
        yield Sample(
            minute=(time.monotonic() - begun) / 60,
            main=statistics.fmean(main),
            children=max(children),
            descriptors=int(min(descriptors)),
            threads=int(max(threads)),
            cpu=cpu_seconds(daemon.pid),
            database=_size(database),
            wal=_size(database.with_name(database.name + "-wal")),
            pending=pending,
            late=late,
            **told,
        )


def _look(pid: int) -> tuple[float, float, int, int]:
    """(MB of the main process, MB of its children, descriptors, threads) at this moment."""
    children = sum(_status(child, "VmRSS:") for child in tree(pid) if child != pid)
    descriptors = sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    return _status(pid, "VmRSS:") / 1024, children / 1024, descriptors, _status(pid, "Threads:")


def _status(pid: int, key: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:  # it has ended
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(key)), 0)


def _owed(database: Path) -> tuple[int, float]:
    """(deliveries that are pending, seconds that the source waits which is due the longest)."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as db:
        (pending,) = db.execute("SELECT count(*) FROM deliveries WHERE state = 'pending'").fetchone()
        (due,) = db.execute("SELECT min(next_poll_at) FROM sources WHERE active").fetchone()
    late = (datetime.now(UTC) - datetime.fromisoformat(due)).total_seconds() if due else 0.0
    return int(pending), max(0.0, late)


def _size(path: Path) -> float:
    return path.stat().st_size / 2**20 if path.exists() else 0.0


def line(sample: Sample, before: Sample | None) -> str:
    """A row of the table; the share of a core is that of the minute."""
    spent = sample.cpu - (before.cpu if before else 0.0)
    share = 100 * spent / 60 / (sample.minute - (before.minute if before else 0.0))
    return (
        f"{sample.minute:4.0f}{sample.main:10.1f}{sample.children:10.1f}{sample.descriptors:6}{sample.threads:9}"
        f"{sample.cpu:8.1f}{share:8.1f}{sample.database:9.1f}{sample.wal:9.1f}{sample.pending:9}{sample.late:8.1f}"
        f"{sample.gap:8.1f}{sample.requests:7}{sample.planted:6}{sample.delivered:6}"
    )


# What is to be thought of it


Verdict = tuple[bool, str]


def judge(samples: Sequence[Sample], interval: int) -> Iterator[Verdict]:
    """Of memory, descriptors and time."""
    first = min(WARMING, len(samples) // 3)
    steady = samples[first:]
    hours = [sample.minute / 60 for sample in steady]
    memory, descriptors = (
        statistics.linear_regression(hours, values).slope
        for values in ([sample.main for sample in steady], [float(sample.descriptors) for sample in steady])
    )
    since = f"after the first {first} minutes"
    yield (
        memory <= MEMORY_LIMIT,
        f"memory of the main process: {memory:+.1f} MB an hour {since}, at most {MEMORY_LIMIT:+g}",
    )
    yield descriptors <= DESCRIPTORS_LIMIT, f"descriptors: {descriptors:+.1f} an hour, at most {DESCRIPTORS_LIMIT:+g}"
    wait = max(sample.gap for sample in steady)
    yield (
        wait <= interval + LATE_LIMIT,
        f"longest wait between two polls of a healthy source: {wait:.1f} s, {interval} s wanted",
    )
    late = max(sample.late for sample in steady)
    yield late <= LATE_LIMIT, f"a source that was due waited {late:.1f} s at most, {LATE_LIMIT:g} s allowed"


def judge_messages(ledger: dict[str, Any]) -> Iterator[Verdict]:
    """Of the stories that hit."""
    planted, alerts = set(ledger["planted"]), ledger["alerts"]
    twice = [story for story, messages in alerts.items() if len(messages) > 1]
    yield not planted - set(alerts), f"stories that hit: {len(planted)}, not delivered: {_some(planted - set(alerts))}"
    yield not twice, f"delivered as two messages: {_some(twice)}"
    yield not set(alerts) - planted, f"delivered although they do not hit: {_some(set(alerts) - planted)}"
    yield ledger["again"] == 0, f"messages that came again after they were accepted: {ledger['again']}"


def judge_sources(ledger: dict[str, Any], sources: int) -> Iterator[Verdict]:
    """Of what was told about sources: each spell of a sick one once, and nothing of the others."""
    told = Counter((kind, name) for kind, name in ledger["told"])
    wrong, spelled = [], 0
    for number in range(sources):
        name, total = f"Feed {number}", ledger["seconds"]
        begun = [(begin, end) for begin, end in spells(number, total) if begin < total]
        spelled += len(begun)
        within = GONE_WITHIN if kind_of(number) == "410" else TOLD_WITHIN
        starts = told.pop(("source.failing", name), 0) + told.pop(("source.silent", name), 0)
        ends = told.pop(("source.recovered", name), 0)
        least = sum(min(end, total) - begin >= within for begin, end in begun)
        over = 0 if lasts(number) else sum(end <= total - RECOVERED_WITHIN for _, end in begun)
        if not least <= starts <= len(begun) or not over <= ends <= starts:
            wrong.append(f"{name} ({kind_of(number)}): told {starts}, recovered {ends}")
    yield not wrong, f"spells of sick sources: {spelled}; sources of which they were not told once each: {_some(wrong)}"
    yield not told, f"told besides: {_some(f'{kind} {name} ({times})' for (kind, name), times in told.items())}"


def judge_data(config: Path, log: Path) -> Iterator[Verdict]:
    """Of the data and the log."""
    command = [sys.executable, "-m", "monitor", "--config", str(config), "doctor"]
    doctor = subprocess.run(command, capture_output=True, text=True, env=environment(), check=False)
    last = (doctor.stdout.strip() or doctor.stderr.strip()).splitlines()[-1:]
    yield doctor.returncode == 0, f"monitor doctor: {' '.join(last)}"
    written = log.read_text("utf-8", "replace")
    faults = len(re.findall(r"fault of Monitor|Traceback", written))
    yield faults == 0, f"faults of Monitor itself in the log: {faults}"


def judge_end(daemon: subprocess.Popen[bytes]) -> Verdict:
    """Of how it stops."""
    begun = time.monotonic()
    daemon.send_signal(signal.SIGTERM)
    status = daemon.wait(timeout=60)
    return status == 0, f"stopped with status {status} in {time.monotonic() - begun:.1f} s"


def _some(what: Any) -> str:
    """The first of some things, and how many."""
    things = sorted(map(str, what))
    return f"{len(things)} ({'; '.join(things[:8])})" if things else "none"


def soak(options: argparse.Namespace, folder: Path) -> bool:
    """Run it all; True if all is well."""
    interval, database = seconds(options.interval), folder / "data" / "monitor.db"
    publishing = (options.minutes - min(QUIET, options.minutes / 4)) * 60
    world = Talker(
        *(
            sys.executable,
            HERE / "soakworld.py",
            str(options.sources),
            str(options.port),
            str(options.seed),
            str(publishing),
        )
    )
    config = configure(folder, options.sources, options.port, interval)
    command = [sys.executable, "-m", "monitor.daemon", "--config", str(config)]
    with (folder / "log").open("wb") as log:
        daemon = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment())
    try:
        print(
            f"{options.sources} sources every {options.interval}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, in {folder}"
        )
        print(_HEAD, flush=True)
        samples: list[Sample] = []
        for sample in watch(daemon, world, database, options.minutes):
            print(line(sample, samples[-1] if samples else None), flush=True)
            samples.append(sample)
        ledger = cast(dict[str, Any], world.tell("ledger"))
        (folder / "ledger.json").write_text(json.dumps(ledger))
        verdicts = [
            *judge(samples, interval),
            *judge_messages(ledger),
            *judge_sources(ledger, options.sources),
            *judge_data(config, folder / "log"),
            judge_end(daemon),
        ]
    finally:
        if daemon.poll() is None:
            daemon.kill()
        world.close()
    return report(samples, ledger, verdicts)


def report(samples: Sequence[Sample], ledger: dict[str, Any], verdicts: Sequence[Verdict]) -> bool:
    """Print what came of it; True if all is well."""
    share = 60 * (samples[-1].cpu - samples[0].cpu) / max(1e-9, samples[-1].minute - samples[0].minute)
    print(f"\npublished: {ledger['kinds']}; the receiver failed {ledger['refused']} times")
    print(f"messages: {ledger['types']}")
    print(f"CPU: {share:.0f} s an hour, all processes together\n")
    for fine, said in verdicts:
        print(f"{'ok   ' if fine else 'WRONG'}  {said}")
    return all(fine for fine, _ in verdicts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--sources", type=int, default=500)
    parser.add_argument("--interval", default="30s", help="the longest wait between two polls of a source")
    parser.add_argument("--port", type=int, default=18800)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-soak-"))
    fine = False
    try:
        fine = soak(options, folder)
    finally:
        if fine:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print(f"kept: {folder}")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
