"""`monitor doctor`: whether the data keeps what was promised, and what to do where it does not."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from monitor.cli import output
from monitor.cli.common import FAILED, place


def doctor(
    ctx: typer.Context, json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False
) -> None:
    """Look whether the data is sound and keeps every promise.

    It only reads, also while Monitor runs.
    """
    from dataclasses import asdict

    from monitor import lock
    from monitor.store.doctor import State, examine

    where = place(ctx)
    path = where.database()
    with output.progress("Looking at the data"):
        found = examine(path, datetime.now(UTC), where.channels())
    held = lock.holder(path.parent)
    wrong = [each for each in found if each.state is State.WRONG]
    if json:
        daemon = {"running": held is not None, "trouble": held[1] if held else ""}
        output.show_json({"sound": not wrong, **daemon, "findings": [asdict(each) for each in found]})
    else:
        _show(held, [asdict(each) for each in found])
    if wrong:
        raise typer.Exit(FAILED)


def _show(held: tuple[str, str] | None, found: list[dict[str, Any]]) -> None:
    output.line(f"Monitor runs: {held[0]}" if held else "Monitor does not run")
    if held and held[1]:
        output.line(held[1])
    output.line()
    told = sorted(found, key=lambda each: ("wrong", "note", "ok").index(each["state"]))
    rows = [(each["check"], each["state"], each["said"], each["advice"]) for each in told]
    output.table(("QUESTION", "ANSWER", "FOUND", "WHAT TO DO"), rows, broken=(-2, -1))
    output.line()
    wrong = sum(each["state"] == "wrong" for each in found)
    output.line(f"{output.counted(wrong, 'thing is', 'things are')} wrong." if wrong else "The data is sound.")
