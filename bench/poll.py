#!/usr/bin/env python3
"""Polls 1 000 feeds with Monitor and with reader (the PyPI package), and prints what each needs: CPU and memory.

    .venv/bin/python bench/poll.py                      # 1 000 feeds, medians of 3: about four minutes
    .venv/bin/python bench/poll.py --feeds 200 --rounds 1 --only reader

Both poll the same server in the same run: feeds of 27 KB with 35 items, each on a loopback address of its own, served by
another process, validators and gzip included. Three cases: the first fill (once), all unmodified, and one feed in ten with
one new item (medians). Counted is the CPU time of the whole process tree, never the server's.

Monitor is measured as it runs: `monitor run` is started once, matches every entry against a watchlist, and commits. A
cycle begins when all sources are made due in its database (the first at its start), which the daemon finds at its next
tick; it is over when the server has seen every feed asked for and the processes have come to rest. It does not fetch
pages (`full_text = "feed"`), since reader doesn't either. reader is measured as one `update_feeds(workers=10,
scheduled=False)` in a running process. Where reader is not installed beside Monitor, it goes into a temporary environment
of its own.
"""

import argparse
import json
import os
import shlex
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from feedserver import address
from meter import NOTHING, Memory, cpu_seconds, memory

HERE = Path(__file__).parent
# What the comparison must not exceed: CPU as a share of reader's, main process in MB.
BOUNDS = {"all unmodified": 0.6, "one in ten new": 0.6, "first fill": 1.0}
MEMORY_BOUND = 70.0
_LOOK_SECONDS = 0.1
# At rest: less than 3 % of a core over a second and a half.
_REST_SECONDS, _REST_SHARE = 1.5, 0.03
_PATIENCE_SECONDS = 180.0

Sample = dict[str, float]


@dataclass(kw_only=True)
class Measured:
    """CPU seconds of each round by case, and the peak memory."""

    cpu: dict[str, list[float]] = field(default_factory=dict)
    memory: Memory = NOTHING

    def median(self, case: str) -> float:
        return statistics.median(self.cpu[case])


class Talker:
    """A process that is told what to do in lines and answers in lines of JSON."""

    def __init__(self, *command: str | Path) -> None:
        self.process = subprocess.Popen(
            list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_environment()
        )
        self.hello = self._answer()

    def tell(self, line: str) -> dict[str, int]:
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()

    def _answer(self) -> dict[str, int]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.process.args!r} ended with {self.process.wait()}")
        answer: dict[str, int] = json.loads(line)
        return answer


def _environment() -> dict[str, str]:
    return {
        name: value for name, value in os.environ.items() if "proxy" not in name.lower() and name != "NOTIFY_SOCKET"
    }


# reader

_READER = """\
import json, sys
from reader import make_reader

reader = make_reader(sys.argv[1])
for url in sys.argv[2:]:
    reader.add_feed(url)
print(json.dumps({"feeds": reader.get_feed_counts().total}), flush=True)
for line in sys.stdin:
    reader.update_feeds(workers=10, scheduled=False)
    print(json.dumps({"entries": reader.get_entry_counts().total, "broken": reader.get_feed_counts().broken}), flush=True)
"""


def reader_python(folder: Path) -> Path:
    """A Python that can import reader: this one, or that of an environment made for it in `folder`."""
    if subprocess.run([sys.executable, "-c", "import reader"], capture_output=True, check=False).returncode == 0:
        print("reader: installed beside Monitor")
        return Path(sys.executable)
    print("reader: installing it into a temporary environment …", flush=True)
    subprocess.run([sys.executable, "-m", "venv", folder / "reader"], check=True)
    python = folder / "reader" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "reader", "sgmllib3k"], check=True)
    return python


def measure_reader(server: Talker, urls: Sequence[str], folder: Path, rounds: int) -> Measured:
    talker = Talker(reader_python(folder), "-c", _READER, folder / "reader.sqlite", *urls)
    pid, measured = talker.process.pid, Measured()

    def update(case: str) -> None:
        before, asked = cpu_seconds(pid), server.tell("count")["feeds"]
        told = talker.tell("update")
        asked = server.tell("count")["feeds"] - asked
        if told["broken"] or asked != len(urls):
            raise SystemExit(f"reader asked for {asked} feeds and could not read {told['broken']}")
        measured.cpu.setdefault(case, []).append(cpu_seconds(pid) - before)
        measured.memory = memory(pid, measured.memory)
        print(f"reader   {case:16}{measured.cpu[case][-1]:8.2f} s CPU   {told['entries']} entries", flush=True)

    _rounds(update, server, rounds)
    talker.close()
    return measured


def _rounds(cycle: Callable[[str], None], server: Talker, rounds: int) -> None:
    """The three cases, in an order in which each begins where the one before left off."""
    cycle("first fill")
    for _ in range(rounds):
        cycle("all unmodified")
        server.tell("publish 0.1")
        cycle("one in ten new")


# Monitor

_MONITOR_TOML = """\
[daemon]
data_dir = "../data"

[fetch]
contact = "mailto:bench@example.org"
per_host_delay = "0s"
allow_networks = ["127.1.0.0/16"]

[web]
listen = ""
"""

_WATCHLISTS_TOML = """\
[terms.bench]
en = ["wolf", "lighthouse keeper", "@Ollerenshaw", "avalanche*", "^GRETA"]
de = ["Wolf", "Lawine"]
fr = ["loup", "avalanche"]
ru = ["волк", "лавина"]

[watchlists.bench]
title = "Words that don't come"
"""


def configure(folder: Path, urls: Sequence[str]) -> Path:
    config = folder / "config"
    config.mkdir()
    (config / "monitor.toml").write_text(_MONITOR_TOML)
    (config / "watchlists.toml").write_text(_WATCHLISTS_TOML)
    feeds = "".join(
        f'\n[[feeds]]\nname = "Feed {n}"\nurl = "{url}"\nlanguage = "en"\nfull_text = "feed"\n'
        for n, url in enumerate(urls)
    )
    (config / "feeds.toml").write_text(f'[defaults]\ninterval = "2h"\nmin_interval = "2h"\n{feeds}')
    return config


@contextmanager
def running(command: Sequence[str], folder: Path) -> Iterator[int]:
    """The daemon, as long as the context is open; gives its process id."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "run"], stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=_environment()
        )
    try:
        yield process.pid
    except SystemExit:
        sys.stderr.write((folder / "log").read_text("utf-8", "replace")[-3000:])
        raise
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def measure_monitor(server: Talker, urls: Sequence[str], folder: Path, rounds: int, command: str) -> Measured:
    config = configure(folder, urls)
    measured = Measured()
    seen = server.tell("count")["feeds"]
    with running([*shlex.split(command), "--config", str(config), "-q"], folder) as pid:
        before = _started(pid, server, seen)

        def cycle(case: str) -> None:
            nonlocal seen, before
            seen += len(urls)
            if case != "first fill":
                _make_due(folder / "data" / "monitor.db")
            begun = time.monotonic()
            _polled(pid, server, seen, measured)
            seconds = time.monotonic() - begun
            ended = _at_rest(pid, measured)
            asked = server.tell("count")["feeds"]
            if asked != seen:
                raise SystemExit(f"Monitor asked for {asked - seen} feeds more than there are")
            measured.cpu.setdefault(case, []).append(ended - before)
            before = ended
            print(f"Monitor  {case:16}{measured.cpu[case][-1]:8.2f} s CPU   in {seconds:.1f} s", flush=True)

        _rounds(cycle, server, rounds)
        print(f"Monitor  stored {_stored(folder / 'data' / 'monitor.db')} entries")
    return measured


def _make_due(database: Path) -> None:
    with closing(sqlite3.connect(database, timeout=30)) as db, db:
        db.execute("UPDATE sources SET next_poll_at = '2000-01-01T00:00:00.000000Z'")


def _stored(database: Path) -> int:
    with closing(sqlite3.connect(database)) as db:
        (count,) = db.execute("SELECT count(*) FROM entries").fetchone()
    return int(count)


def _started(pid: int, server: Talker, seen: int) -> float:
    """CPU seconds at the moment when the first feed is asked for: start-up is not part of a cycle."""
    end = time.monotonic() + _PATIENCE_SECONDS
    used = cpu_seconds(pid)
    while server.tell("count")["feeds"] == seen:
        used = cpu_seconds(pid)
        _check(pid, end, "did not poll")
        time.sleep(0.01)
    return used


def _polled(pid: int, server: Talker, wanted: int, measured: Measured) -> None:
    """Wait until the server has answered so many requests for feeds."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while server.tell("count")["feeds"] < wanted:
        _check(pid, end, f"polled too little: {server.tell('count')}, not {wanted}")
        measured.memory = memory(pid, measured.memory)
        time.sleep(_LOOK_SECONDS)


def _at_rest(pid: int, measured: Measured) -> float:
    """Wait until the process tree does next to nothing; the CPU seconds that it has used until then."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        before = cpu_seconds(pid)
        measured.memory = memory(pid, measured.memory)
        time.sleep(_REST_SECONDS)
        if cpu_seconds(pid) - before < _REST_SECONDS * _REST_SHARE:
            return cpu_seconds(pid)
        _check(pid, end, "does not come to rest")


def _check(pid: int, end: float, complaint: str) -> None:
    if not Path(f"/proc/{pid}/status").exists() or "Z (zombie)" in Path(f"/proc/{pid}/status").read_text():
        raise SystemExit("Monitor ended")
    if time.monotonic() > end:
        raise SystemExit(f"Monitor {complaint}")


# The comparison


def report(monitor: Measured | None, reader: Measured | None) -> bool:
    """Print the table; True if nothing exceeds its bound."""
    fine = True
    print(f"\n{'':18}{'Monitor':>10}{'reader':>10}{'ratio':>8}{'bound':>8}")
    for case, bound in BOUNDS.items():
        ours, theirs = (side.median(case) if side else None for side in (monitor, reader))
        ratio = ours / theirs if ours is not None and theirs else None
        fine = fine and (ratio is None or ratio <= bound)
        print(f"{case:18}{_figure(ours, ' s'):>10}{_figure(theirs, ' s'):>10}{_figure(ratio):>8}{bound:>8.2f}")
    ours, theirs = (side.memory.main if side else None for side in (monitor, reader))
    fine = fine and (ours is None or ours <= MEMORY_BOUND)
    print(
        f"{'main process':18}{_figure(ours, ' MB', 0):>10}{_figure(theirs, ' MB', 0):>10}{'':8}{MEMORY_BOUND:>5.0f} MB"
    )
    ours, theirs = (side.memory.tree if side else None for side in (monitor, reader))
    print(f"{'all processes':18}{_figure(ours, ' MB', 0):>10}{_figure(theirs, ' MB', 0):>10}")
    return fine


def _figure(value: float | None, unit: str = "", digits: int = 2) -> str:
    return "–" if value is None else f"{value:.{digits}f}{unit}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3, help="of the cases whose median is taken")
    parser.add_argument("--only", choices=["monitor", "reader"])
    parser.add_argument(
        "--monitor", default=str(HERE.parent / ".venv" / "bin" / "monitor"), help="how Monitor is called"
    )
    parser.add_argument("--port", type=int, default=18700)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-poll-"))
    server = Talker(sys.executable, HERE / "feedserver.py", str(options.feeds), str(options.port))
    urls = [f"http://{address(number)}:{options.port}/feed.xml" for number in range(options.feeds)]
    try:
        reader = measure_reader(server, urls, folder, options.rounds) if options.only != "monitor" else None
        monitor = (
            measure_monitor(server, urls, folder, options.rounds, options.monitor) if options.only != "reader" else None
        )
        others = server.tell("count")["others"]
        print(f"requests for anything but feeds: {others or 'none'}")
    finally:
        server.close()
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if report(monitor, reader) else 1


if __name__ == "__main__":
    sys.exit(main())
