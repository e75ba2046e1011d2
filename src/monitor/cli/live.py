"""`monitor check --live`: every source is asked and every channel sent a test, and what to do about those that fail.

Not here: asking a source (probing.py), sending a test (channels.py), and what is checked without asking anybody (run.py).
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.cli import output
from monitor.cli.channels import send_test
from monitor.cli.common import awaited
from monitor.cli.probing import advice, blame, probe
from monitor.core.errors import MonitorError

if TYPE_CHECKING:
    from monitor.cli.probing import Found
    from monitor.core.model import Receipt
    from monitor.core.settings import Config, Source

HEAVY = 2**20
"""Bytes of a feed that is to have validators, so that it need not be sent when nothing changed."""
REFUSED = "Look at its address and its secret in monitor.toml; `monitor channels test {name}` tries it again."


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """What came of a source or a channel; `advice` is empty if there is nothing to do."""

    what: str
    name: str
    remark: str
    fails: bool = False
    advice: str = ""


def all_live(config: "Config") -> bool:
    """Try every source and every channel, and say which do not work, and what to do."""
    with output.progress("Asking the sources", len(config.sources)) as advance:
        tried = awaited(_ask_all(config, advance))
    with output.progress("Sending tests to the channels"):
        sent = awaited(send_test(config, config.channels))
    tried += [_sent(channel.name, receipt) for channel, receipt in zip(config.channels, sent, strict=True)]
    tried.sort(key=lambda each: not each.fails)
    rows = [(each.what, each.name, "fails" if each.fails else "ok", each.remark) for each in tried]
    output.line()
    output.table(("WHAT", "NAME", "STATE", "REMARKS"), rows, broken=(1, -1))
    lines = list(_advised(tried))
    if lines:
        output.line()
        output.line("What to do:")
    for line in lines:
        output.line(line, 2)
    return not any(each.fails for each in tried)


def _advised(tried: Sequence[Tried]) -> Iterator[str]:
    """Each advice once, with the names of those for whom it is."""
    for each in dict.fromkeys(each.advice for each in tried if each.advice):
        yield f"{', '.join(one.name for one in tried if one.advice == each)}: {each}"


def _sent(name: str, receipt: "Receipt | Exception") -> Tried:
    if isinstance(receipt, Exception):
        return Tried(what="channel", name=name, remark=str(receipt), fails=True, advice=REFUSED.format(name=name))
    return Tried(what="channel", name=name, remark="test delivered")


async def _ask_all(config: "Config", advance: output.Advance) -> list[Tried]:
    async with probe(config.fetch) as asking:

        async def ask(source: "Source") -> Tried:
            try:
                return _answered(source, await asking.ask(source))
            except MonitorError as error:
                return Tried(
                    what="source", name=source.name, remark=blame(error), fails=True, advice=advice(error, source)
                )
            finally:
                advance(1)

        return list(await asyncio.gather(*map(ask, config.sources)))


def _answered(source: "Source", found: "Found") -> Tried:
    """What is to be remarked of a source that answered."""
    listed = output.counted(len(found.feed.entries), "entry", "entries")
    remarks = [f"{found.feed.format}, {listed if found.feed.entries else 'but it lists nothing'}"]
    todo = []
    moved = [hop.url for hop in found.fetched.redirects if hop.status in (301, 308)]
    if moved:
        remarks.append(f"moved to {moved[-1]}")
        todo.append("Write the address that it moved to into feeds.toml.")
    given, size = found.fetched.validators, len(found.fetched.body)
    if size > HEAVY and not (given.etag or given.last_modified):
        remarks.append(f"sends {size / 2**20:.1f} MiB at each poll, since it gives no validators")
        todo.append("Raise its interval: all of it is sent at each poll.")
    return Tried(what="source", name=source.name, remark=", ".join(remarks), advice=" ".join(todo))
