"""Finds what must not be told in whatever form it may have got somewhere, and looks at what processes show of themselves.

found = leaks({"log": text, "requests": other}, {"password": "hunter2"})      # ["log: password, base64"]
"""

import asyncio
import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from html import escape
from pathlib import Path
from urllib.parse import quote, quote_plus

SHORTEST = 6  # characters of what is searched for in base64: less is found by chance


def forms(secret: str) -> Iterator[tuple[str, str]]:
    """The ways in which a text may be written, by name; letters' case does not count."""
    yield "as it is", secret.casefold()
    yield "as in an address", quote(secret, safe="").casefold()
    yield "as in a form", quote_plus(secret).casefold()
    yield "as in JSON", json.dumps(secret)[1:-1].casefold()
    yield "as in HTML", escape(secret).casefold()
    yield "as Python shows it", ascii(secret)[1:-1].casefold()
    yield "as Python shows its bytes", repr(secret.encode())[2:-1].casefold()
    yield "hex", secret.encode().hex()
    yield "backwards", secret[::-1].casefold()


def in_base64(secret: bytes) -> Iterator[str]:
    """What of it stands in base64, wherever in a longer text it is: three ways, each without its unsure ends."""
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + secret).decode().rstrip("=")
        yield coded[-(-before * 8 // 6) : len(secret + b"\0" * before) * 8 // 6]


def leaks(texts: Mapping[str, str | bytes], secrets: Mapping[str, str]) -> list[str]:
    """Which of the texts hold which of the secrets, and how."""
    found = []
    for place, text in texts.items():
        whole = text.decode("utf-8", "backslashreplace") if isinstance(text, bytes) else text
        folded, bare = whole.casefold(), whole.replace("-", "+").replace("_", "/")
        for name, secret in secrets.items():
            found += [f"{place}: {name}, {how}" for how, form in forms(secret) if form in folded]
            if len(secret) >= SHORTEST and any(form in bare for form in in_base64(secret.encode())):
                found.append(f"{place}: {name}, base64")
    return list(dict.fromkeys(found))


# What processes show


def family(pid: int) -> list[int]:
    """A process and all that it started, as far as they are still there."""
    found = [pid]
    for task in _folders(Path(f"/proc/{pid}/task")):
        with suppress(OSError):
            for child in (task / "children").read_text().split():
                found += family(int(child))
    return found


def shown(pid: int) -> dict[str, str]:
    """What everybody can read of a process and its children: arguments, names of threads, state; and what only their user
    can: the children's environment, and files that have no name any more."""
    found = {}
    parent = _arguments(pid)
    for each in family(pid):
        files = [Path(f"/proc/{each}") / name for name in ("cmdline", "comm", "status", "limits")]
        files += [Path(f"/proc/{each}/environ")] if _arguments(each) not in ("", parent) else []  # it is itself by now
        files += [task / "comm" for task in _folders(Path(f"/proc/{each}/task"))]
        files += [link for link in _folders(Path(f"/proc/{each}/fd")) if "(deleted)" in _target(link)]
        for file in files:
            with suppress(OSError):
                name = f"{'child' if each != pid else 'process'} {file.relative_to(f'/proc/{each}')} {_target(file)}"
                found[name.strip()] = file.read_text(errors="backslashreplace")
    return found


def _arguments(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""


def _folders(folder: Path) -> Iterable[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return ()


async def watched(pid: int, seen: dict[str, set[str]], seconds: float = 0.05) -> None:
    """Look at a process again and again, until this is cancelled."""
    while True:
        for place, text in shown(pid).items():
            seen.setdefault(place, set()).add(text)
        await asyncio.sleep(seconds)
