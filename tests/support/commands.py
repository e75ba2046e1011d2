"""The commands, run in this process or in one of their own, and a configuration for them."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from monitor.cli import app

MONITOR = """\
[daemon]
timezone = "Europe/Paris"

[fetch]
contact = "mailto:desk@example.org"
per_host_delay = "0s"
timeout = "10s"
allow_networks = ["127.0.0.0/8"]
"""
FEEDS = """\
# ours
[[feeds]]
name = "Gazette"
url = "https://gazette.example/feed"
language = "en"
tags = ["valley"]
"""
WATCHLISTS = """\
[terms.wolves]
en = ["=wolf", "=wolves"]

[terms.sheep]
en = ["^SHEEP"]

[watchlists.wolves]
title = "Wolves"
must_match = ["A wolf"]
must_not_match = ["A werewolf"]

[watchlists.flock]
all = ["sheep"]
any = ["wolves"]
"""


@dataclass(frozen=True, slots=True)
class Done:
    """What a command said, and its exit status."""

    status: int
    out: str
    err: str


def write_config(folder: Path, *, monitor: str = MONITOR, feeds: str = FEEDS, watchlists: str = WATCHLISTS) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("monitor", monitor), ("feeds", feeds), ("watchlists", watchlists)):
        (folder / f"{name}.toml").write_text(text, "utf-8")
    return folder


def run(*arguments: object, stdin: bytes = b"", env: dict[str, str] | None = None) -> Done:
    """A command in this process."""
    result = CliRunner().invoke(app, [str(each) for each in arguments], input=stdin, env=env, prog_name="monitor")
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(result.exit_code, result.stdout, result.stderr)


def spawn(*arguments: object, stdin: bytes = b"", **options: Any) -> Done:
    """A command as people start it."""
    command = [sys.executable, "-m", "monitor", *(str(each) for each in arguments)]
    env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **options.pop("env", {})}
    done = subprocess.run(command, input=stdin, capture_output=True, check=False, env=env, **options)
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())
