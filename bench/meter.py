"""Measures a process and all its descendants through /proc: CPU seconds and memory. For benchmarks only."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, kw_only=True, slots=True)
class Memory:
    """Peaks in MB: `main` is the resident memory of the first process, as the kernel kept it; `tree` the proportional
    memory (PSS: shared pages count once) of all processes together, as often as somebody looked."""

    main: float
    tree: float


NOTHING = Memory(main=0, tree=0)


def cpu_seconds(pid: int) -> float:
    """What a process, its descendants and their ended children have used so far."""
    return sum(_cpu(member) for member in tree(pid))


def memory(pid: int, before: Memory = NOTHING) -> Memory:
    """The peaks so far; give back what was said before to keep the highest."""
    main, whole = _kilobytes(pid, "status", "VmHWM:"), sum(_kilobytes(p, "smaps_rollup", "Pss:") for p in tree(pid))
    return Memory(main=max(main / 1024, before.main), tree=max(whole / 1024, before.tree))


def tree(pid: int) -> Iterator[int]:
    """A process and its living descendants."""
    waiting = [pid]
    while waiting:
        member = waiting.pop()
        yield member
        for children in Path(f"/proc/{member}/task").glob("*/children"):
            waiting += map(int, _text(children).split())


def _cpu(pid: int) -> float:
    """User and system time, of itself and of the children that it has waited for: proc(5), stat, fields 14 to 17."""
    fields = _text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICK


def _kilobytes(pid: int, file: str, key: str) -> int:
    lines = _text(Path(f"/proc/{pid}/{file}")).splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith(key)), 0)


def _text(path: Path) -> str:
    """The content of a file in /proc; nothing, if its process has ended."""
    try:
        return path.read_text()
    except OSError:
        return ""
