"""`monitor channels`: where alerts go, and whether they would arrive."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output
from monitor.cli.common import awaited, group, place, unknown

if TYPE_CHECKING:
    from monitor.core.model import Receipt
    from monitor.core.settings import Channel, Config, PgpKey

app = group("Channels: where alerts go.")


@app.command("list")
def list_(ctx: typer.Context, json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False) -> None:
    """List the channels. Secrets are not shown, only where they come from."""
    config = place(ctx).config()
    found = [_row(channel) for channel in config.channels]
    if json:
        output.show_json(found)
        return
    rows = [
        (str(row["name"]), str(row["type"]), str(row["target"]), str(row["secret"] or "-"), ", ".join(_traits(channel)))
        for row, channel in zip(found, config.channels, strict=True)
    ]
    headings = ("NAME", "TYPE", "TO", "SECRET", "GETS")
    output.table(headings, rows, empty="No channels: alerts go to the console.", broken=(2, 3, 4))


def _row(channel: "Channel") -> dict[str, object]:
    """What a channel is, as JSON; of its secrets only where they are kept."""
    kind = type(channel.target).__name__.lower()
    target, secret = _target(channel)
    return {
        "name": channel.name,
        "type": kind,
        "target": target,
        "secret": secret,
        "keys": _keys(channel),
        "default": channel.default,
        "updates": channel.updates,
        "revisions": channel.revisions,
        "health": channel.health,
        "content": channel.content,
        "digest": channel.digest,
        "timeout": channel.timeout.total_seconds(),
    }


def _target(channel: "Channel") -> tuple[str, str | None]:
    """Where a channel leads, and where its secret comes from. Of a web address only the host is told: many carry a token."""
    from monitor.core.render.clean import host
    from monitor.core.settings import Apprise, Email, Webhook

    match channel.target:
        case Webhook(url=url, key=key):
            return f"{host(url.value)} ({url.where})", "signed" if key else None
        case Email() as mail:
            password = mail.password.where if mail.password else None
            sealed = ", encrypted for " + ", ".join(map(_spaced, mail.keys)) if mail.keys else ""
            return f"{', '.join(mail.recipients)} by {mail.host}:{mail.port} ({mail.security}){sealed}", password
        case Apprise(url=url):
            return f"{url.value.partition(':')[0]} ({url.where})", None
        case _:
            return "this terminal, or where stdout leads", None


def _keys(channel: "Channel") -> list[dict[str, object]]:
    """For whom mail is encrypted, and with which keys."""
    from monitor.core.settings import Email

    mail = channel.target
    pairs = zip(mail.recipients, mail.keys, strict=False) if isinstance(mail, Email) else ()
    return [
        {"address": address, "file": key.file, "fingerprint": key.fingerprint, "expires": key.expires}
        for address, key in pairs
    ]


def _spaced(key: "PgpKey") -> str:
    """The fingerprint as people compare it, in groups of four."""
    print_ = key.fingerprint
    return " ".join(print_[start : start + 4] for start in range(0, len(print_), 4))


def _traits(channel: "Channel") -> list[str]:
    traits = ["alerts by default" if channel.default else "alerts of watchlists that name it"]
    traits += ["updates"] if channel.updates else []
    traits += ["revisions"] if channel.revisions else []
    traits += ["health"] if channel.health else []
    traits += [f"as a digest at {_short(channel.digest)}"] if channel.digest else []
    traits += ["neutral"] if channel.content == "neutral" else []
    return traits


def _short(cron: str) -> str:
    """A cron expression whose long lists are cut: `*/2` is kept as the minutes that it means."""
    fields = (field.split(",") for field in cron.split())
    return " ".join(",".join([*parts[:3], "…", parts[-1]]) if len(parts) > 5 else ",".join(parts) for parts in fields)


@app.command("test")
def try_out(ctx: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME")]) -> None:
    """Send one alert to a channel that says that it is a test."""
    config = place(ctx).config()
    channel = next((channel for channel in config.channels if channel.name == name), None)
    if channel is None:
        raise unknown("channel", name, [channel.name for channel in config.channels])
    with output.progress(f"Sending a test alert to {name}"):
        receipt = awaited(send_test(config, (channel,)))[0]
    if isinstance(receipt, Exception):
        raise receipt
    code = f", it answered {receipt.code}" if receipt.code else ""
    answer = f": {receipt.answer}" if receipt.answer else ""
    output.line(f"{name}: delivered{code}{answer}")


async def send_test(config: "Config", channels: "tuple[Channel, ...]") -> "list[Receipt | Exception]":
    """Send a test alert to each channel, as the daemon would; what came of each, in order."""
    import ulid

    from monitor import notify
    from monitor.core import render
    from monitor.core.errors import NotifyError
    from monitor.core.model import Message
    from monitor.fetch.client import Client
    from monitor.fetch.hosts import utc_now

    client = Client(config.fetch)

    async def send(channel: "Channel") -> "Receipt | Exception":
        now = utc_now()
        notifier = notify.build(channel, client.post, utc_now, dial=client.dial, public_url=config.web.public_url)
        message = Message(id=str(ulid.ULID()), channel=channel.name, event=render.test_event(now), created_at=now)
        try:
            return await notifier.send(message)
        except NotifyError as error:
            return error

    try:
        return list(await asyncio.gather(*map(send, channels)))
    finally:
        await client.aclose()
