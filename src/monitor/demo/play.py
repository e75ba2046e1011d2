"""Plays the demonstration: opens the outlets and the receiver, runs the daemon once, and tells what happened."""

import asyncio
import base64
import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from monitor import config, daemon
from monitor.demo import account, newsroom, outlets, screen, setup
from monitor.demo.receiver import Receiver
from monitor.demo.server import serve


def play(out: TextIO) -> int:
    """Run it all and print what happened to `out`; 0 if all went as it must, else 1.

    It works in a temporary folder that is gone at the end. Raises MonitorError if the daemon cannot start.
    """
    samples = outlets.load()
    with tempfile.TemporaryDirectory(prefix="monitor-demo-") as folder:
        receiver = asyncio.run(_run(samples, Path(folder) / "config"))
        ledger = account.read(Path(folder) / "config" / "data" / "monitor.db")
    done = account.settle(samples, ledger, receiver.events.values())
    screen.show(done, samples, len(receiver.events), _program(), out)
    return 1 if done.problems or receiver.refused else 0


async def _run(samples: outlets.Samples, folder: Path) -> Receiver:
    secret = "whsec_" + base64.b64encode(os.urandom(32)).decode()
    receiver = Receiver(secret)
    async with (
        newsroom.opened(samples, datetime.now(UTC)) as feeds,
        serve("127.0.0.1", receiver.answer) as webhook,
    ):
        setup.write(folder, samples, feeds, webhook)
        await daemon.run_once(config.load(folder, {setup.SECRET_NAME: secret}), folder)
    return receiver


def _program() -> str:
    """How this program is called from a shell here."""
    own = Path(sys.argv[0])
    return str(own) if own.name == "monitor" and not shutil.which("monitor") else "monitor"
