"""What code that takes a child over can do: nothing but compute and answer. Real children, each of which tries."""

import importlib
import json
import os
import socket
import sqlite3
import struct
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from children import (
    call_kernel,
    connect,
    double,
    eat_memory,
    limit_parent,
    look_up,
    outlast_signals,
    query_database,
    raise_limit,
    read_file,
    signal_parent,
    signal_parent_by_a_pipe,
    start_program,
    write_file,
)
from monitor import sandbox as walls
from monitor.core.confinement import Confinement, lacking, said
from monitor.core.errors import SandboxError
from monitor.sandbox import MIB, Sandbox, confine

pytestmark = pytest.mark.anyio

# Refused whatever the machine; by their numbers on x86_64 and aarch64.
FORBIDDEN = {
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    "sendto": (44, 206),
    "sendmsg": (46, 211),
    "sendmmsg": (307, 269),
    "recvfrom": (45, 207),
    "recvmsg": (47, 212),
    "socketpair": (53, 199),
    "execve": (59, 221),
    "execveat": (322, 281),
    "clone": (56, 220),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_setup": (206, 0),
    "mount": (165, 40),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "unshare": (272, 97),
    "setns": (308, 268),
    "chroot": (161, 51),
    "pivot_root": (155, 41),
    "memfd_create": (319, 279),
    "userfaultfd": (323, 282),
    "open_by_handle_at": (304, 265),
    "prctl": (157, 167),
    "seccomp": (317, 277),
    "setuid": (105, 146),
    "ftruncate": (77, 46),
    "unlinkat": (263, 35),
    "renameat2": (316, 276),
    "mkdirat": (258, 34),
    "linkat": (265, 37),
    "symlinkat": (266, 36),
    "fchmodat": (268, 53),
    "fchownat": (260, 54),
    "setxattr": (188, 5),
    "mknodat": (259, 33),
    "inotify_init1": (294, 26),
    "init_module": (175, 105),
    "kexec_load": (246, 104),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "setpriority": (141, 140),
    "sched_setaffinity": (203, 122),
    "settimeofday": (170, 170),
}
COLUMN = {"x86_64": 0, "aarch64": 1}.get(os.uname().machine)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(memory_limit=512 * MIB) as made:
        yield made


@pytest.fixture
async def without_calls(sandbox: Sandbox) -> Sandbox:
    if not (await sandbox.confinement()).network:
        pytest.skip("this system lets nobody filter system calls (seccomp), or its machine is not known to us")
    return sandbox


@pytest.fixture
async def without_files(sandbox: Sandbox) -> Sandbox:
    if not (await sandbox.confinement()).files:
        pytest.skip("this system has no Landlock, or does not let us use it")
    return sandbox


async def test_it_says_what_is_in_force(sandbox: Sandbox) -> None:
    found = await sandbox.confinement()
    assert (found.memory, found.cpu) == (512 * MIB, True)
    assert found.network in ("", "seccomp")
    assert found.files in ("", "landlock")
    assert await sandbox.call(double, 4, deadline=30) == 8  # the child that said so works


@pytest.mark.parametrize(
    ("attempt", "arguments"),
    [
        (start_program, ("exec",)),
        (start_program, ("fork",)),
        (signal_parent, ()),
        (signal_parent_by_a_pipe, ()),
        (limit_parent, ()),
        (raise_limit, ()),
        (write_file, ("/tmp/monitor-was-here",)),
    ],
    ids=lambda value: value.__name__ if callable(value) else " ".join(value),
)
async def test_what_needs_the_kernel_is_refused(
    without_calls: Sandbox, attempt: Callable[..., str], arguments: tuple[str, ...]
) -> None:
    assert await without_calls.call(attempt, *arguments, deadline=30) == "EPERM"


async def test_no_thread_is_started(without_calls: Sandbox) -> None:
    assert await without_calls.call(start_program, "thread", deadline=30) == "RuntimeError"


async def test_nobody_is_called(without_calls: Sandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        port = server.getsockname()[1]
        assert await without_calls.call(connect, "127.0.0.1", port, deadline=30) == "EPERM"
        assert await without_calls.call(look_up, "localhost", deadline=30) == "gaierror"
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.skipif(COLUMN is None, reason="the numbers of this machine's system calls are not known to us")
async def test_no_other_call_is_answered(without_calls: Sandbox) -> None:
    numbers = {name: columns[COLUMN or 0] for name, columns in FORBIDDEN.items()}
    answers = await without_calls.call(call_kernel, *numbers.values(), deadline=30)
    assert dict(zip(numbers, answers, strict=True)) == dict.fromkeys(numbers, "EPERM")


@pytest.mark.skipif(COLUMN != 0, reason="only x86_64 has a second set of numbers in the same process")
async def test_calls_by_other_numbers_are_no_way_out(without_calls: Sandbox) -> None:
    x32 = 0x40000000
    assert await without_calls.call(call_kernel, x32 + 41, x32 + 520, deadline=30) == ["EPERM", "EPERM"]


async def test_the_next_best_calls_are_told_not_to_be_there(without_calls: Sandbox) -> None:
    assert await without_calls.call(call_kernel, 435, 437, deadline=30) == ["ENOSYS", "ENOSYS"]


async def test_files_of_others_are_not_read(without_files: Sandbox, tmp_path: Path) -> None:
    """The watchlists, the database, the daemon's environment and memory: all that a stranger would like to have."""
    secret = tmp_path / "watchlists.toml"
    secret.write_text("watched words")
    with sqlite3.connect(tmp_path / "monitor.db") as db:
        db.execute("CREATE TABLE watched (word)")
    db.close()
    for path in (str(secret), str(tmp_path), f"/proc/{os.getpid()}/environ", f"/proc/{os.getpid()}/mem", "/etc/passwd"):
        assert await without_files.call(read_file, path, deadline=30) in ("EACCES", "EPERM")
    assert await without_files.call(query_database, str(tmp_path / "monitor.db"), deadline=30) == "OperationalError"


async def test_what_python_needs_is_read(without_files: Sandbox) -> None:
    assert "def double" in await without_files.call(
        read_file, str(Path(__file__).with_name("children.py")), deadline=30
    )


async def test_the_working_directory_is_not_in_the_search_path(
    monkeypatch: pytest.MonkeyPatch, without_files: Sandbox, tmp_path: Path
) -> None:
    """Started with `python -m` in the folder of the data, Python would search that folder, and so could a child."""
    (tmp_path / "secret").write_text("watched words")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    async with Sandbox() as sandbox:
        assert await sandbox.call(read_file, str(tmp_path / "secret"), deadline=30) == "EACCES"


async def test_memory_and_time_end(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match="ran out of memory"):
        await sandbox.call(eat_memory, deadline=30)
    begun = time.monotonic()
    with pytest.raises(SandboxError, match=r"not done within 0\.2 s and was killed"):
        await sandbox.call(outlast_signals, deadline=0.2)
    assert time.monotonic() - begun < 10
    assert await sandbox.call(double, 1, deadline=30) == 2


async def test_each_wall_stands_alone(tmp_path: Path) -> None:
    """As on a system that has only one: a process that puts up the other wall by itself first is not needed for it."""
    program = """
import json, sys
sys.path[:0] = json.loads(sys.argv[1])
from monitor.sandbox import confine
import children
setattr(confine, sys.argv[2], lambda *_: False)
walls = confine.close_in(sys.path)
print(json.dumps([walls, children.read_file(sys.argv[3]), children.start_program("fork")]))
"""
    secret = tmp_path / "secret"
    secret.write_text("watched words")

    def alone(without: str) -> Any:
        run = [sys.executable, "-c", program, json.dumps(sys.path), without, str(secret)]
        return json.loads(subprocess.run(run, capture_output=True, check=True).stdout)

    walls, read, forked = alone("_hide_files")
    assert (read, forked) == ("watched words", "EPERM" if walls else forked)
    walls, read, forked = alone("_filter_calls")
    assert (read, forked[:4]) == ("EACCES" if walls else "watched words", "done")


# The filter itself, run by hand: also that of the machine that this is not


def run_filter(column: int, call: int, arguments: tuple[int, ...] = (), machine: int | None = None) -> int:
    """What the kernel would return, by the few instructions that the filter uses."""
    ours = {0: 0xC000003E, 1: 0xC00000B7}[column]
    padded = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    data = struct.pack("<IIQ6Q", call, ours if machine is None else machine, 0, *padded)
    lines, at, held = confine.program(column, ours), 0, 0
    while True:
        code, true, false, constant = lines[at]
        at += 1
        match code:
            case 0x20:
                (held,) = struct.unpack_from("<I", data, constant)
            case 0x15:
                at += true if held == constant else false
            case 0x45:
                at += true if held & constant else false
            case _:
                return constant


ALLOWED, NOT_PERMITTED, ENDED = 0x7FFF0000, 0x00050001, 0x80000000


@pytest.mark.parametrize("column", [0, 1])
def test_the_filter(column: int) -> None:
    for columns in FORBIDDEN.values():
        assert run_filter(column, columns[column]) == NOT_PERMITTED
    openat, ioctl, fcntl, prlimit = ((257, 56), (16, 29), (72, 25), (302, 261))
    for flags, answer in (
        (os.O_RDONLY | os.O_CLOEXEC, ALLOWED),
        (os.O_RDWR, NOT_PERMITTED),
        (os.O_CREAT, NOT_PERMITTED),
    ):
        assert run_filter(column, openat[column], (0, 0, flags)) == answer
    for command, answer in ((0x5401, ALLOWED), (0x5412, NOT_PERMITTED)):
        assert run_filter(column, ioctl[column], (0, command)) == answer
    for command, answer in ((0, ALLOWED), (3, ALLOWED), (1030, ALLOWED), (8, NOT_PERMITTED), (10, NOT_PERMITTED)):
        assert run_filter(column, fcntl[column], (3, command)) == answer
    for arguments, answer in (
        ((0, 0, 1), ALLOWED),
        ((0, 9, 0), ALLOWED),
        ((0, 9, 1), NOT_PERMITTED),
        ((0, 9, 1 << 32), NOT_PERMITTED),
        ((1, 0, 0), NOT_PERMITTED),
    ):
        assert run_filter(column, prlimit[column], arguments) == answer
    assert run_filter(column, 0 if column == 0 else 63) == ALLOWED
    assert run_filter(column, 0, machine=0x40000003) == ENDED  # i386, on the same processor


# In words


def test_what_is_in_force_is_said() -> None:
    everything = Confinement(memory=2**30, cpu=True, network="seccomp", files="landlock")
    assert said(everything) == "1 GiB, CPU, no network (seccomp), no files (landlock)"
    assert lacking(everything) == ()
    nothing = "any memory, any time until they are killed, the network is open to them, files are open to them"
    assert said(Confinement()) == nothing
    assert [text.partition(":")[0] for text in lacking(Confinement())] == [
        "their memory is not limited",
        "their time is not limited by the system, only by Monitor, which ends them at their deadline",
        "this system has no seccomp for us",
        "this system has no Landlock (Linux 5.13 and newer have)",
    ]


async def test_packages_that_are_only_linked_into_the_search_path_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As stow and uv (link-mode "symlink") install them; the kernel asks where a file lies, not by which way it is found."""
    site, store = tmp_path / "site", tmp_path / "store"
    for name in ("distant.py", "remote/__init__.py", "remote/deep/__init__.py", "whole/__init__.py", "whole/inner.py"):
        (store / name).parent.mkdir(parents=True, exist_ok=True)
        (store / name).write_text("def double(number: int) -> int:\n    return 2 * number\n")
        if not name.startswith("whole"):
            (site / name).parent.mkdir(parents=True, exist_ok=True)
            (site / name).symlink_to(store / name)
    (site / "whole").symlink_to(store / "whole")
    (store / "secret").write_text("not code")
    (site / "secret").symlink_to(store / "secret")
    monkeypatch.syspath_prepend(site)
    async with Sandbox() as sandbox:
        for name in ("distant", "remote", "remote.deep", "whole.inner"):
            assert await sandbox.call(importlib.import_module(name).double, 21, deadline=30) == 42
    assert not any("secret" in place for place in walls._linked((str(site),)))
