"""What a child that parses may not do on this machine, in words.

Not here: how it is kept from it (monitor.sandbox).
"""

from dataclasses import dataclass

GIB = 2**30


@dataclass(frozen=True, kw_only=True)
class Confinement:
    """What is in force: the address space in bytes and whether time is limited; and by what the network (and with it new
    processes and all writing) and the files of others are out of reach, empty if by nothing."""

    memory: int | None = None
    cpu: bool = False
    network: str = ""
    files: str = ""


def said(found: Confinement) -> str:
    """What is in force, in one line."""
    parts = [
        f"{found.memory / GIB:g} GiB" if found.memory else "any memory",
        "CPU" if found.cpu else "any time until they are killed",
        f"no network ({found.network})" if found.network else "the network is open to them",
        f"no files ({found.files})" if found.files else "files are open to them",
    ]
    return ", ".join(parts)


def lacking(found: Confinement) -> tuple[str, ...]:
    """What is not in force, each with what that means; nothing if all is."""
    told = {
        "their memory is not limited: a page can eat what the machine has": not found.memory,
        "their time is not limited by the system, only by Monitor, which ends them at their deadline": not found.cpu,
        "this system has no seccomp for us: a parser that a page takes over could open connections": not found.network,
        "this system has no Landlock (Linux 5.13 and newer have): a parser that a page takes over could read all files "
        "that Monitor can, the watchlists among them": not found.files,
    }
    return tuple(text for text, lacks in told.items() if lacks)
