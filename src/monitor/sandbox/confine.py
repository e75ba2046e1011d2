"""What the kernel refuses a child: everything but computing, reading Python's own files and answering.

What belongs here: the filter of system calls (seccomp) and the rules about files (Landlock), made with ctypes alone so that
a child starts fast. What does not: limits of memory and time, and what a child does (child.py, which loads this file by its
path).

Both walls stay up for good, whatever code runs inside, and each is a wall of its own: where a system has only one of them,
that one is used and `close_in` says so. Sources: seccomp(2), bpf(4) as in linux/filter.h, landlock(7).
"""

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Iterable

SECCOMP, LANDLOCK = "seccomp", "landlock"

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2

# Where the dynamic linker and the C library look, beside the search path of Python: nothing there is anybody's secret.
_SYSTEM = (
    "/lib",
    "/lib32",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/nix/store",
    "/gnu/store",
    "/etc/ld.so.cache",
    "/usr/share/zoneinfo",
    "/sys/devices/system/cpu",
    "/dev/urandom",
)


def close_in(path: Iterable[str]) -> list[str]:
    """Shut this process in, for good, and say which walls stand. `path`: folders and files that it may still read."""
    _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libraries = os.environ.get("LD_LIBRARY_PATH", "").split(":")
    readable = (
        *path,
        *_SYSTEM,
        *(f"{prefix}/lib" for prefix in {sys.prefix, sys.base_prefix}),
        *filter(None, libraries),
    )
    walls = {LANDLOCK: _hide_files(readable), SECCOMP: _filter_calls()}  # in this order: the second forbids the first
    return [name for name, stands in walls.items() if stands]


# Files

_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446  # the same on every machine
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
# How many rights to files there are, from each version of the interface on; a right that is not known is an error.
_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}
_TCP, _SCOPES = 0b11, 0b11  # to bind and to connect, from version 4; sockets without a name and signals, from 6


def _hide_files(readable: Iterable[str]) -> bool:
    """Allow to read what lies under these and nothing else in the file system; says whether that stands."""
    version = _LIBC.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    rights = (1 << max(count for since, count in _RIGHTS.items() if since <= version)) - 1
    rules = struct.pack("=QQQ", rights, _TCP * (version >= 4), _SCOPES * (version >= 6))
    ruleset = _LIBC.syscall(
        _LANDLOCK_CREATE, rules, ctypes.c_size_t(8 if version < 4 else 16 if version < 6 else 24), 0
    )
    if ruleset < 0:
        return False
    try:
        for place in readable:
            _allow_reading(ruleset, place)
        return bool(_LIBC.syscall(_LANDLOCK_RESTRICT, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow_reading(ruleset: int, place: str) -> None:
    try:
        descriptor = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # not there, or nothing that we could read anyway
        return
    rights = _READ_FILE | _READ_FOLDER if os.path.isdir(place) else _READ_FILE  # noqa: PTH112 - spares pathlib
    _LIBC.syscall(_LANDLOCK_ADD, ruleset, 1, struct.pack("=Qi", rights, descriptor), 0)
    os.close(descriptor)


# System calls: name, number on x86_64, number on aarch64 (None: it has no such call). What is not listed is refused.
# Found with strace over all that children are asked to do, on glibc 2.36 and Python 3.11 (2026-11-22), and completed by the
# siblings of each call, which other C libraries prefer.

_ALWAYS: dict[str, tuple[int | None, int | None]] = {
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "pread64": (17, 67),
    "lseek": (8, 62),
    "close": (3, 57),
    "dup": (32, 23),
    "poll": (7, None),
    "ppoll": (271, 73),
    "stat": (4, None),
    "fstat": (5, 80),
    "lstat": (6, None),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "getdents64": (217, 61),
    "getcwd": (79, 17),
    "fadvise64": (221, 223),
    "brk": (12, 214),
    "mmap": (9, 222),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "mprotect": (10, 226),
    "madvise": (28, 233),
    "mseal": (462, 462),
    "futex": (202, 98),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "getcpu": (309, 168),
    "membarrier": (324, 283),
    "rseq": (334, 293),
    "set_robust_list": (273, 99),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "getrusage": (98, 165),
    "times": (100, 153),
    "sysinfo": (99, 179),
    "uname": (63, 160),
    "getrandom": (318, 278),
    "getpid": (39, 172),
    "getppid": (110, 173),
    "gettid": (186, 178),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
_OPEN: tuple[int, None] = (2, None)
_OPENAT = (257, 56)
_IOCTL, _FCNTL, _PRLIMIT = (16, 29), (72, 25), (302, 261)
_CLONE3, _OPENAT2 = 435, 437  # the C library asks for these and does without if there are none

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_TERMINAL, _CLOSED_AT_EXEC, _KEPT_AT_EXEC = 0x5401, 0x5451, 0x5450
# To copy a descriptor and to read and set its flags. Not the others: one of them can send a signal to our parent.
_FCNTL_COMMANDS = (0, 1, 2, 3, 1030)
_RLIMIT_CPU = 0

# BPF: a program of (code, where to go if true, if false, constant); `seccomp_data` is its only memory.
_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_CALL, _MACHINE, _ARGUMENTS = 0, 4, 16
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column above, AUDIT_ARCH_… of linux/audit.h

Instruction = tuple[int, int, int, int]


def _filter_calls() -> bool:
    """Refuse all system calls but those above; says whether that stands."""
    machine = _MACHINES.get(os.uname().machine)
    if machine is None or sys.maxsize < 2**32:  # a 32-bit Python on a 64-bit kernel calls by other numbers
        return False
    code = b"".join(struct.pack("=HBBI", *line) for line in program(*machine))
    buffer = ctypes.create_string_buffer(code, len(code))
    handed = struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer))
    return bool(_LIBC.prctl(_PR_SET_SECCOMP, _MODE_FILTER, handed, 0, 0) == 0)


def program(column: int, machine: int) -> list[Instruction]:
    """The filter for a machine, of which `column` is that of its numbers and `machine` what the kernel calls it.

    Calls by the numbers of another machine (32 bits, on the same processor) end the process; x32 calls have numbers of
    their own, which are not in the list.
    """
    lines: list[Instruction] = [(_LOAD, 0, 0, _MACHINE), (_EQUAL, 1, 0, machine), (_RETURN, 0, 0, _KILL)]
    lines.append((_LOAD, 0, 0, _CALL))
    for numbers in _ALWAYS.values():
        lines += _if_called(numbers[column], [(_RETURN, 0, 0, _ALLOW)])
    lines += _if_called(_OPEN[column], _unless_writing(1))
    lines += _if_called(_OPENAT[column], _unless_writing(2))
    for call, allowed in ((_IOCTL, (_TERMINAL, _CLOSED_AT_EXEC, _KEPT_AT_EXEC)), (_FCNTL, _FCNTL_COMMANDS)):
        lines += _if_called(call[column], _if_one_of(1, allowed))
    lines += _if_called(_PRLIMIT[column], _own_limits())
    for number in (_CLONE3, _OPENAT2):
        lines += _if_called(number, [(_RETURN, 0, 0, _REFUSE | errno.ENOSYS)])
    return [*lines, (_RETURN, 0, 0, _REFUSE | errno.EPERM)]


def _if_called(number: int | None, then: list[Instruction]) -> list[Instruction]:
    return [] if number is None else [(_EQUAL, 0, len(then), number), *then]


def _argument(number: int, *, high: bool = False) -> Instruction:
    """Load half of an argument; both machines have the low half first."""
    return (_LOAD, 0, 0, _ARGUMENTS + 8 * number + 4 * high)


def _unless_writing(argument: int) -> list[Instruction]:
    return [_argument(argument), (_ANY_BIT, 0, 1, _WRITING), _refusal(), (_RETURN, 0, 0, _ALLOW)]


def _if_one_of(argument: int, allowed: tuple[int, ...]) -> list[Instruction]:
    tests = [(_EQUAL, len(allowed) - place, 0, value) for place, value in enumerate(allowed)]
    return [_argument(argument), *tests, _refusal(), (_RETURN, 0, 0, _ALLOW)]


def _own_limits() -> list[Instruction]:
    """Allow to ask for limits, and to set that of CPU time, of this process itself: a call has its deadline."""
    return [
        _argument(0),
        (_EQUAL, 0, 6, 0),
        _argument(1),
        (_EQUAL, 5, 0, _RLIMIT_CPU),
        _argument(2),
        (_EQUAL, 0, 2, 0),
        _argument(2, high=True),
        (_EQUAL, 1, 0, 0),
        _refusal(),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _refusal() -> Instruction:
    return (_RETURN, 0, 0, _REFUSE | errno.EPERM)
