"""Runs a program under the restrictions of a systemd unit, as far as a process can be put under them without systemd.

    python -m support.confined UNIT PROGRAM ARGUMENTS…

SystemCallFilter, SystemCallErrorNumber, RestrictAddressFamilies, RestrictNamespaces, MemoryDenyWriteExecute,
LockPersonality, RestrictRealtime, NoNewPrivileges, UMask and Limit*: systemd makes seccomp filters of most of them, and so
does this, with the same library (libseccomp) and the groups of system calls that the installed systemd knows. What needs
mounts, namespaces and other users (ProtectSystem, DynamicUser, …) is not here.
"""

import ctypes
import ctypes.util
import errno
import os
import resource
import shutil
import socket
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

ALLOW, REFUSE = 0x7FFF0000, 0x00050000
NOT_EQUAL, EQUAL, MASKED = 1, 4, 7
NAMESPACES = {0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000, 0x80}  # CLONE_NEW…


class Comparison(ctypes.Structure):
    """`struct scmp_arg_cmp` of seccomp.h."""

    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


def missing() -> str:
    """What is missing here to do it; empty if nothing."""
    if not shutil.which("systemd-analyze"):
        return "systemd-analyze is not installed (apt install systemd)"
    if not ctypes.util.find_library("seccomp"):
        return "libseccomp is not installed (apt install libseccomp2)"
    status = Path("/proc/self/status")
    if not status.exists() or "Seccomp:" not in status.read_text():
        return "this kernel has no seccomp"
    return ""


def directives(unit: Path) -> dict[str, list[str]]:
    """The values of each directive, in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in unit.read_text("utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found[name].append(value)
    return found


def allowed(filters: Iterable[str]) -> set[str]:
    """The names of system calls that lines of SystemCallFilter= leave: the first allows, "~" takes away again."""
    left = set(_members("@default"))
    for line in filters:
        names = {name for word in line.lstrip("~").split() for name in _members(word)}
        left = left - names if line.startswith("~") else left | names
    return left | set(_members("@default"))


def _members(name: str) -> Iterator[str]:
    if not name.startswith("@"):
        yield name
        return
    listed = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True)
    for line in listed.stdout.splitlines()[1:]:
        if word := line.partition("#")[0].strip():
            yield from _members(word)


class Filter:
    """A seccomp filter: what is done with all calls, and rules for some."""

    def __init__(self, otherwise: int) -> None:
        self._library = ctypes.CDLL(ctypes.util.find_library("seccomp"), use_errno=True)
        self._library.seccomp_init.restype = ctypes.c_void_p
        self._context = ctypes.c_void_p(self._library.seccomp_init(ctypes.c_uint32(otherwise)))

    def rule(self, action: int, name: str, *comparisons: Comparison) -> None:
        number = self._library.seccomp_syscall_resolve_name(name.encode())
        if number != -1:  # a name of another machine, or of a newer kernel
            rules = (Comparison * len(comparisons))(*comparisons)
            self._library.seccomp_rule_add_array(self._context, ctypes.c_uint32(action), number, len(rules), rules)

    def load(self) -> None:
        if self._library.seccomp_load(self._context):
            raise OSError("the filter could not be loaded")


def restrict(unit: Path) -> None:
    """Put this process, and all that comes of it, under the unit's restrictions."""
    told = directives(unit)
    names, refused = allowed(told["SystemCallFilter"]), REFUSE | getattr(errno, told["SystemCallErrorNumber"][-1])
    os.umask(int(told["UMask"][-1], 8))
    for name in ("NOFILE", "CORE"):
        limit = int(told[f"Limit{name}"][-1])
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (limit, limit))
    filters = [_of_families(told["RestrictAddressFamilies"][-1].split()), _of_arguments(), Filter(refused)]
    for call in names:
        filters[-1].rule(ALLOW, call)
    ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS
    for each in filters:  # the one that also refuses to load more comes last
        each.load()


def _of_families(names: list[str]) -> Filter:
    made = Filter(ALLOW)
    known = {getattr(socket, name) for name in names}
    for family in set(range(64)) - known:
        made.rule(REFUSE | errno.EAFNOSUPPORT, "socket", Comparison(0, EQUAL, family))
    return made


def _of_arguments() -> Filter:
    """RestrictNamespaces, MemoryDenyWriteExecute, LockPersonality and RestrictRealtime, as systemd has them."""
    made, refused = Filter(ALLOW), REFUSE | errno.EPERM
    for flag in NAMESPACES:
        for call, argument in (("unshare", 0), ("clone", 0)):
            made.rule(refused, call, Comparison(argument, MASKED, flag, flag))
    made.rule(REFUSE | errno.ENOSYS, "clone3")
    made.rule(refused, "setns")
    made.rule(refused, "mmap", Comparison(2, MASKED, 6, 6))  # writable and executable
    made.rule(refused, "mprotect", Comparison(2, MASKED, 4, 4))
    made.rule(refused, "pkey_mprotect", Comparison(2, MASKED, 4, 4))
    made.rule(refused, "personality", Comparison(0, NOT_EQUAL, 0))
    for policy in (1, 2, 6):
        made.rule(refused, "sched_setscheduler", Comparison(1, EQUAL, policy))
    return made


if __name__ == "__main__":
    restrict(Path(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])
