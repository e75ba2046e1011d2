"""The unit file: every directive is explained, systemd finds nothing to say against it, and the daemon and its children
work under its restrictions."""

import asyncio
import itertools
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from support import confined
from support.newsroom import newsroom, stopped

UNIT = Path(__file__).parent.parent / "systemd" / "monitor.service"

CONFINED = (sys.executable, confined.__file__, str(UNIT))

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed (apt install systemd)"
)


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", "--no-pager", *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_every_directive_has_a_comment_above() -> None:
    lines = [line.strip() for line in UNIT.read_text("utf-8").splitlines()]
    directives = [(above, line) for above, line in itertools.pairwise(lines) if "=" in line and line[0] != "#"]
    assert len(directives) > 40
    assert [line for above, line in directives if not above.startswith("# ")] == []


@needs_systemd
def test_it_is_hardened() -> None:
    done = analyze("security", "--offline=true", "--threshold=15", str(UNIT))
    assert done.returncode == 0, done.stdout


@needs_systemd
def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    unit = tmp_path / "monitor.service"  # verify wants a program that is there
    unit.write_text(UNIT.read_text("utf-8").replace("/opt/monitor/.venv/bin/monitor", sys.executable), "utf-8")
    done = analyze("verify", str(unit))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# Under its restrictions, without systemd

needs_filters = pytest.mark.skipif(bool(confined.missing()), reason=confined.missing())

ATTEMPTS = """
import ctypes, json, mmap, os, resource, socket
def refusal(function, *arguments):
    try:
        function(*arguments)
    except OSError as error:
        return error.errno
    except ValueError:  # how the module of limits says EPERM
        return 1
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    return ctypes.get_errno() if libc.syscall(number, *arguments) < 0 else 0
print(json.dumps({
    "netlink": refusal(socket.socket, socket.AF_NETLINK, socket.SOCK_RAW),
    "packet": refusal(socket.socket, socket.AF_PACKET, socket.SOCK_RAW),
    "internet": refusal(socket.socket, socket.AF_INET),
    "writable and executable": refusal(mmap.mmap, -1, 4096, mmap.MAP_PRIVATE, mmap.PROT_WRITE | mmap.PROT_EXEC),
    "nice": refusal(os.nice, 1),
    "chroot": refusal(os.chroot, "/"),
    "own user": refusal(os.setuid, os.getuid()),
    "descriptors": resource.getrlimit(resource.RLIMIT_NOFILE)[1],
    "cores": resource.getrlimit(resource.RLIMIT_CORE)[1],
    "namespace": call({unshare}, 0x10000000),
    "mount": call({mount}, 0, 0, 0, 0, 0),
}))
"""


@needs_filters
def test_what_it_refuses_is_refused_here_too() -> None:
    numbers = {"x86_64": (272, 165), "aarch64": (97, 40)}.get(os.uname().machine)
    if numbers is None:
        pytest.skip("the numbers of this machine's system calls are not known to us")
    program = ATTEMPTS.replace("{unshare}", str(numbers[0])).replace("{mount}", str(numbers[1]))
    done = subprocess.run([*CONFINED, sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {
        "netlink": 97,
        "packet": 97,
        "internet": None,
        "writable and executable": 1,
        "nice": 1,
        "chroot": 1,
        "own user": 1,
        "descriptors": 8192,
        "cores": 0,
        "namespace": 1,
        "mount": 1,
    }


@needs_filters
def test_the_daemon_works_under_its_restrictions_and_so_do_the_walls_around_its_parsers(tmp_path: Path) -> None:
    """With a word whose forms are not shipped: they are worked out in a child, which also loads C libraries."""

    async def scene() -> None:
        async with newsroom(tmp_path, patience=90) as room:
            lists = '[terms.wolves]\nany = ["Wolf", "Wolfsrudel"]\n[watchlists.wolves]\ntitle = "Wolves"\n'
            room.configure(watchlists=lists)
            room.publish("Ein Wolf im Wald")
            process = await room.start(*CONFINED)
            try:
                alert = await room.alert()
                assert alert["data"]["article"]["title"] == "Ein Wolf im Wald"
                assert await stopped(process) == 0, room.log
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
            assert "a fault of Monitor itself" not in room.log

    def shut_in(folder: Path) -> object:
        with closing(sqlite3.connect(folder / "data" / "monitor.db")) as db:
            return json.loads(db.execute("SELECT value FROM facts WHERE name = 'confinement'").fetchone()[0])

    asyncio.run(scene())
    under = shut_in(tmp_path)

    async def without() -> None:
        async with newsroom(tmp_path / "free", patience=90) as room:
            process = await room.start()
            await room.notified("READY=1")
            await stopped(process)

    (tmp_path / "free").mkdir()
    asyncio.run(without())
    assert under == shut_in(tmp_path / "free")
