"""What is confidential and what is secret stays where it belongs: a whole installation with real processes is let run into
all kinds of trouble, and everything that it shows to anybody is searched.

Who may know: the database, the channels with full content that a list names, and the operator at his own terminal who asks
for alerts. Who may not: log, console, service manager, /proc, temporary files, neutral channels, subjects, outlets, and
what is kept of receivers' faults.
"""

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import sys
from base64 import b64encode, urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from monitor.store import forget, ledger
from monitor.store.sqlite import PRAGMAS
from support.commands import Done, spawn
from support.desk import page, rss
from support.leaks import leaks, watched
from support.mailbox import Mailbox, words
from support.server import Reply, Request, Server, redirect

PATIENCE = 180.0  # seconds until all of it is given up; a healthy machine needs twenty

WATCHED = {
    "the list's name": "cormorantfile",
    "the list's title": "Cormorant dossier",
    "the set's name": "seabirdset",
    "a watched word": "kormoranwort",
    "a word of many forms": "ледоруб",
    "another form of it": "ледорубом",
    "an article's title": "Zanzibarquartz",
    "an article's text": "Quetzalcorridor",
    "a changed text": "Pumicelantern",
    "a report's title": "Vermilionkestrel",
    "an example": "Obsidianferry",
}
SECRETS = {
    "HOOK_TOKEN": "T0kenOfTheHook/4711",
    "HOOK_KEY": "whsec_c2VjcmV0IG9mIHRoZSBob29rLCBub3QgdG9sZA==",
    "NEUTRAL_TOKEN": "T0kenOfTheNeutral",
    "BROKEN_TOKEN": "T0kenOfTheBroken?x=ey+Jhb=&z",
    "CHAT_TOKEN": "T0kenOfTheChat",
    "SMTP_PASSWORD": "p4ss & w0rd-of/smtp",
    "BEAT_TOKEN": "T0kenOfTheHeart",
    "FEED_KEY": "k3yOfTheFeed",
    "PAGE_KEY": "k3yOfThePage",
    "JUMP_KEY": "k3yOfTheRedirect",
    "UNSET": "whsec_ThisIsNoNameOfAVariable",
    "PLAIN": "whsec_ThisStandsInTheFileItself",
}
KEY = "secret of the hook, not told"  # what HOOK_KEY says
OWN = ("FEED_KEY", "PAGE_KEY", "JUMP_KEY")  # what the outlets themselves gave us, and are asked with

MONITOR = """
[daemon]
data_dir = "../data"
[fetch]
contact = "mailto:desk@example.org"
per_host = 8
per_host_delay = "0s"
timeout = "2s"
allow_networks = [{networks}]
[health]
failing_after = 1
[heartbeat]
url = {{ env = "BEAT_URL" }}
interval = "5s"
canary = true
[[channels]]
name = "desk"
type = "webhook"
url = {{ env = "HOOK_URL" }}
secret = {{ env = "HOOK_KEY" }}
default = true
updates = true
revisions = true
health = true
[[channels]]
name = "neutral hook"
type = "webhook"
url = {{ env = "NEUTRAL_URL" }}
content = "neutral"
updates = true
revisions = true
health = true
[[channels]]
name = "neutral mail"
type = "email"
smtp = "127.0.0.1:{mail}"
security = "none"
username = "monitor"
password = {{ env = "SMTP_PASSWORD" }}
from = "Monitor <monitor@example.org>"
to = ["team@example.org"]
content = "neutral"
updates = true
revisions = true
health = true
[[channels]]
name = "whole mail"
type = "email"
smtp = "127.0.0.1:{mail}"
security = "none"
username = "monitor"
password = {{ env = "SMTP_PASSWORD" }}
from = "Monitor <monitor@example.org>"
to = ["chief@example.org"]
updates = true
revisions = true
[[channels]]
name = "refused mail"
type = "email"
smtp = "127.0.0.1:{mail}"
security = "none"
username = "somebody"
password = {{ env = "SMTP_PASSWORD" }}
from = "Monitor <monitor@example.org>"
to = ["nobody@example.org"]
health = true
[[channels]]
name = "broken hook"
type = "webhook"
url = {{ env = "BROKEN_URL" }}
secret = {{ env = "HOOK_KEY" }}
health = true
[[channels]]
name = "nowhere"
type = "webhook"
url = {{ env = "NOWHERE_URL" }}
[[channels]]
name = "chat"
type = "apprise"
url = {{ env = "CHAT_URL" }}
[[channels]]
name = "terminal"
type = "console"
updates = true
revisions = true
{more}
"""
NEW = '[[channels]]\nname = "new"\ntype = "webhook"\nurl = "https://hooks.example.org/"\n'
SOURCES = {
    "Gazette": "/feed?key=k3yOfTheFeed",
    "Herald": "/herald",
    "Broken": "/broken?key=k3yOfTheFeed",
    "No feed": "/words?key=k3yOfTheFeed",
    "Jumps": "/jumps?key=k3yOfTheFeed",
    "Hangs": "/hangs?key=k3yOfTheFeed",
    "Gone": "/gone?key=k3yOfTheFeed",
    "Half": "/half?key=k3yOfTheFeed",
}
FEEDS = '[defaults]\ninterval = "1s"\nmin_interval = "1s"\n'
CHANNELS = (
    "desk",
    "neutral hook",
    "neutral mail",
    "whole mail",
    "refused mail",
    "broken hook",
    "nowhere",
    "chat",
    "terminal",
)
WATCHLISTS = """
[terms.seabirdset]
any = ["=kormoranwort"]
ru = ["ледоруб"]
[watchlists.cormorantfile]
title = "Cormorant dossier"
all = ["seabirdset"]
confidential = true
channels = {channels}
{more}
[terms.wolves]
any = ["=wolves"]
[watchlists.wolves]
title = "Wolves"
channels = ["terminal", "desk"]
"""
TITLE = "Zanzibarquartz seen near the kormoranwort"
TEXT = "Quetzalcorridor was closed after the kormoranwort came, the port said, and nobody knew of any ледорубом. "


def item(link: str, title: str, summary: str = "Nothing of note.") -> str:
    date = format_datetime(datetime.now(UTC) - timedelta(minutes=1))
    dated = f"<link>{link}</link><pubDate>{date}</pubDate>"
    return f"<item><title>{title}</title>{dated}<description>{summary}</description></item>"


@dataclass
class World:
    """An installation and all that it showed: `texts` by where."""

    folder: Path
    server: Server
    mailbox: Mailbox
    told: socket.socket
    log: bytes = b""
    texts: dict[str, str | bytes] = field(default_factory=dict)
    posted: dict[str, list[bytes]] = field(default_factory=dict)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)
    more: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def env(self) -> dict[str, str]:
        url = self.server.url
        (self.folder / "tmp").mkdir(exist_ok=True)
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "TMPDIR": str(self.folder / "tmp"),
            "HOME": str(self.folder / "tmp"),
            "NOTIFY_SOCKET": str(self.folder / "notify"),
            "HOOK_URL": url(f"/desk/{SECRETS['HOOK_TOKEN']}"),
            "HOOK_KEY": SECRETS["HOOK_KEY"],
            "NEUTRAL_URL": url(f"/neutral/{SECRETS['NEUTRAL_TOKEN']}"),
            "BROKEN_URL": url(f"/brokenhook/{SECRETS['BROKEN_TOKEN']}"),
            "NOWHERE_URL": f"http://127.0.0.1:1/{SECRETS['BROKEN_TOKEN']}",
            "BEAT_URL": url(f"/beat/{SECRETS['BEAT_TOKEN']}"),
            "CHAT_URL": f"json://{self.server.hosts[0]}:{self.server.port}/{SECRETS['CHAT_TOKEN']}",
            "SMTP_PASSWORD": SECRETS["SMTP_PASSWORD"],
        }

    def configure(self, *, monitor: str = "", watchlists: str = "") -> None:
        networks = ", ".join(f'"{host}/32"' for host in ("127.0.0.1", *self.server.hosts))
        feeds = "".join(
            f'[[feeds]]\nname = "{name}"\nurl = "{self.server.url(path)}"\n' for name, path in SOURCES.items()
        )
        herald = self.server.url("/herald", self.server.hosts[1])
        (self.folder / "config").mkdir(exist_ok=True)
        for name, text in {
            "monitor": MONITOR.format(networks=networks, mail=self.mailbox.port, more=monitor),
            "feeds": FEEDS + feeds.replace(self.server.url("/herald"), herald),
            "watchlists": WATCHLISTS.format(channels=json.dumps(CHANNELS), more=watchlists),
        }.items():
            (self.folder / "config" / f"{name}.toml").write_text(text)

    def command(self, *words_: str) -> Done:
        return spawn("--config", self.folder / "config", *words_, env=self.env)

    async def until(self, count: int, channel: str, kind: str) -> None:
        """Wait until a receiver has so many messages of a kind."""
        async with self.news:
            await self.news.wait_for(lambda: self.count(channel, kind) >= count)

    def count(self, channel: str, kind: str) -> int:
        return sum(json.loads(body)["type"] == kind for body in self.posted.get(channel, ()))

    async def logged(self, pattern: str, after: int = 0) -> None:
        """Wait until the log has that."""
        while not re.search(pattern.encode(), self.log[after:]):
            self.more.clear()
            await self.more.wait()


def _outlets(world: World) -> None:
    """Two outlets with the news, and some that are sick in ways of their own."""
    server, other = world.server, world.server.hosts[1]
    link = server.url(f"/page?key={SECRETS['PAGE_KEY']}")
    server.on("/page", page(TEXT * 3, title=TITLE))
    server.on("/feed", rss(item(link, TITLE), item(server.url("/wolves"), "Wolves return")))
    server.on("/wolves", page("Wolves return to the valley. " * 9, title="Wolves return"))
    server.on("/herald", rss(), other)
    server.on("/copy", page(TEXT * 3, title="Vermilionkestrel and kormoranwort"), other)
    server.on("/broken", Reply(status=500, body=TEXT.encode()))
    server.on("/words", Reply(body=f"<p>{TITLE} {TEXT}".encode()))
    server.on("/jumps", redirect(f"http://10.0.0.1/{SECRETS['JUMP_KEY']}?q=kormoranwort"))
    server.on("/hangs", Reply(hang=True))
    server.on("/gone", Reply(status=410))
    server.on("/half", Reply(body=TEXT.encode() * 9, cut=99))


def _receivers(world: World) -> None:
    """Receivers that take what they get, or answer with a fault that repeats all of it."""

    def taking(name: str) -> object:
        async def take(request: Request) -> Reply:
            async with world.news:
                world.posted.setdefault(name, []).append(request.body)
                world.news.notify_all()
            return Reply(status=204)

        return take

    def echo(request: Request) -> Reply:
        said = f"cannot take {request.target} {dict(request.headers)} {request.body.decode()}"
        return Reply(status=500, body=said.encode())

    server = world.server
    server.on(f"/desk/{SECRETS['HOOK_TOKEN']}", taking("desk"))  # type: ignore[arg-type]  # a function like any other
    server.on(f"/neutral/{SECRETS['NEUTRAL_TOKEN']}", taking("neutral hook"))  # type: ignore[arg-type]  # as above
    server.on(f"/brokenhook/{SECRETS['BROKEN_TOKEN'].partition('?')[0]}", echo)
    server.on(f"/{SECRETS['CHAT_TOKEN']}", echo)
    server.on(f"/beat/{SECRETS['BEAT_TOKEN']}", echo)


@asynccontextmanager
async def _world(folder: Path) -> AsyncIterator[World]:
    login = ("monitor", SECRETS["SMTP_PASSWORD"])
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.setblocking(False)
        told.bind(str(folder / "notify"))
        async with Server(2) as server, Mailbox(login=login) as mailbox, asyncio.timeout(PATIENCE):
            world = World(folder=folder, server=server, mailbox=mailbox, told=told)
            _outlets(world)
            _receivers(world)
            world.configure()
            yield world


@asynccontextmanager
async def _daemon(world: World, *, terminal: bool) -> AsyncIterator[asyncio.subprocess.Process]:
    """The daemon, saying every step to a terminal or to a pipe; everything that it shows is gathered."""
    ours, theirs = os.openpty() if terminal else os.pipe()
    loop = asyncio.get_running_loop()

    def read() -> None:
        try:
            text = os.read(ours, 65536)
        except OSError:  # what a terminal says when nobody writes to it any more
            text = b""
        world.log += text
        world.more.set()
        if not text:
            loop.remove_reader(ours)

    arguments = ["-m", "monitor.daemon", "--config", str(world.folder / "config"), "--verbosity", "1"]
    with (world.folder / "stdout").open("wb") as stdout:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, stdout=stdout, stderr=theirs, env=world.env, start_new_session=True
        )
    os.close(theirs)
    loop.add_reader(ours, read)
    seen: dict[str, set[str]] = {}
    watching = asyncio.create_task(watched(process.pid, seen))
    try:
        yield process
    finally:
        watching.cancel()
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        read()
        loop.remove_reader(ours)
        os.close(ours)
        world.texts |= {place: "\n".join(found) for place, found in seen.items()}
        world.texts["log"] = world.log
        (world.folder / "log").write_bytes(world.log)  # to be looked at when the test failed
        world.texts["console"] = (world.folder / "stdout").read_bytes()


async def _live(world: World, process: asyncio.subprocess.Process) -> None:
    """News, more of it, corrections; reloads, good and wrong ones; a defect; the end."""
    server, other = world.server, world.server.hosts[1]
    await world.until(2, "desk", "alert.created")
    server.on("/herald", rss(item(server.url("/copy", other), "Vermilionkestrel and kormoranwort")), other)
    await world.until(1, "desk", "alert.updated")
    _correct(world)
    await world.until(1, "desk", "article.changed")
    await world.until(1, "neutral hook", "article.changed")
    await world.logged("answered 410")
    for monitor, watchlists, told in (
        ("", "max_per_hour = 5", "the new configuration is in force"),
        ("", 'al = ["seabirdset"]', r"watchlists.toml:\d+: is wrong"),
        (f'{NEW}secret = "{SECRETS["PLAIN"]}"', "", "a secret is never written into the file"),
        (f'{NEW}secret = {{ env = "{SECRETS["UNSET"]}" }}', "", "is not set"),
        ("", 'must_match = ["Obsidianferry"]', "fails its own examples"),
    ):
        before = len(world.log)
        world.configure(monitor=monitor, watchlists=watchlists)
        process.send_signal(signal.SIGHUP)
        await world.logged(told, before)
    await world.logged("no heartbeat: its address answered 500")
    with closing(sqlite3.connect(world.folder / "data" / "monitor.db", isolation_level=None, timeout=30)) as db:
        db.execute(
            """INSERT INTO deliveries (id, type, channel, state, event, created_at, next_at)
               VALUES ('0', ?, 'desk', 'pending', '{}', '2026', '2026')""",
            ("kormoranwort in cormorantfile",),
        )
    await world.logged("a fault of Monitor itself")


def _correct(world: World) -> None:
    link = world.server.url(f"/page?key={SECRETS['PAGE_KEY']}")
    world.server.on("/page", page(f"{TEXT * 3} Pumicelantern was found beside the kormoranwort.", title=TITLE))
    news = item(link, TITLE, "Pumicelantern was found beside the kormoranwort.")
    world.server.on("/feed", rss(news, item(world.server.url("/wolves"), "Wolves return")))


RECEIVERS = re.compile(r"asked /(?:desk|neutral|brokenhook|beat|T0)")
COMMANDS = (
    "check --live",
    "status",
    "status --json",
    "doctor --json",
    "coverage",
    "coverage --json",
    "channels list",
    "channels list --json",
    "alerts list",
    "prune",
)
ASKED_FOR = {"monitor alerts list"}
"""Where the operator is to see at his own terminal what is confidential."""


async def scenario(folder: Path, *, terminal: bool) -> World:
    async with _world(folder) as world:
        async with _daemon(world, terminal=terminal) as process:
            await _live(world, process)
            process.send_signal(signal.SIGTERM)
            await process.wait()
        world.configure()
        world.texts["service manager"] = _heard(world.told)
        commands = () if terminal else COMMANDS  # they say the same after both
        said = await asyncio.gather(*(asyncio.to_thread(world.command, *command.split()) for command in commands))
        world.texts |= {f"monitor {command}": done.out + done.err for command, done in zip(commands, said, strict=True)}
        _gather(world)
        return world


def _heard(told: socket.socket) -> str:
    heard = []
    with suppress(BlockingIOError):
        while True:
            heard.append(told.recv(4096).decode())
    return "\n".join(heard)


def _gather(world: World) -> None:
    """What stays on the disk and what went out, beside what is meant to know."""
    for file in (*(world.folder / "tmp").rglob("*"), *(world.folder / "data").rglob("*")):
        if file.is_file() and not file.name.startswith("monitor.db"):
            world.texts[f"file {file.relative_to(world.folder)}"] = file.read_bytes()
    for letter, raw, to in zip(world.mailbox.letters, world.mailbox.raw, world.mailbox.recipients, strict=True):
        neutral = to == ["team@example.org"]
        shown = f"{letter.as_string()}\n{words(letter)}" if neutral else "\n".join(map(": ".join, letter.items()))
        place = "neutral mail" if neutral else "headers of mail"
        world.texts[place] = "\n".join((str(world.texts.get(place, "")), shown, raw.decode() if neutral else ""))
    world.texts["greetings"] = "\n".join(world.mailbox.greetings)
    world.texts["neutral hook"] = b"\n".join(world.posted["neutral hook"])


def _asked(world: World) -> dict[str, str]:
    """What each path was asked with: target, header and, unless it is a receiver with full content, body."""
    full = ("/desk/", "/brokenhook/", f"/{SECRETS['CHAT_TOKEN']}")
    found: dict[str, str] = {}
    for request in world.server.requests:
        body = "" if request.path.startswith(full) else request.body.decode()
        found[f"asked {request.path}"] = (
            f"{found.get(f'asked {request.path}', '')}\n{request.fields}\n{request.target}\n{body}"
        )
    return found


@pytest.mark.parametrize("terminal", [False, True], ids=["JSON", "a terminal"])
def test_nothing_that_is_confidential_or_secret_is_told_to_anybody_else(tmp_path: Path, terminal: bool) -> None:
    world = asyncio.run(scenario(tmp_path, terminal=terminal))
    secrets = SECRETS | {"the key itself": KEY}

    own = {name: text for name, text in secrets.items() if name not in OWN}
    everywhere = {place: text for place, text in world.texts.items() if place not in ASKED_FOR}
    outlets = {place: text for place, text in _asked(world).items() if not RECEIVERS.match(place)}
    database = {file.name: file.read_bytes() for file in (tmp_path / "data").glob("monitor.db*")}
    found = [
        *leaks(everywhere, WATCHED),
        *leaks({place: text for place, text in world.texts.items() if not place.startswith("monitor ")}, secrets),
        *leaks(world.texts, own),
        *leaks(outlets, WATCHED | own),
        *leaks(database, own),
    ]
    assert not found, "\n".join(found)
    _is_able_to_fail(world)


def _is_able_to_fail(world: World) -> None:
    """What was searched is what there was to be searched, and what was there would have been found."""
    assert {
        "log",
        "console",
        "service manager",
        "neutral mail",
        "neutral hook",
        "headers of mail",
    } <= world.texts.keys()
    assert {"process cmdline", "child cmdline", "child environ"} <= world.texts.keys()
    assert re.search(r"Max core file size +0 +0 ", str(world.texts["process limits"]))
    assert set(SOURCES) <= set(re.findall("|".join(SOURCES), str(world.texts["log"])))
    assert leaks(world.texts, {"x": "wolves"}) != []
    assert leaks({"desk": b"".join(world.posted["desk"])}, WATCHED) != []
    found = leaks({place: f"{text!r} {WATCHED['a watched word']}" for place, text in world.texts.items()}, WATCHED)
    assert len(found) >= len(world.texts)


@pytest.mark.parametrize("secret", [*SECRETS.values(), *WATCHED.values()])
@pytest.mark.parametrize(
    "written",
    [
        "{}",
        "Basic {base64}",
        "{quoted}",
        "{json}",
        "b{bytes}",
        "{upper}",
        "{hex}",
    ],
)
def test_a_planted_leak_is_found(secret: str, written: str) -> None:
    for before in ("", "a", "ab"):
        text = written.format(
            secret,
            base64=b64encode(f"{before}{secret}x".encode()).decode()
            + urlsafe_b64encode(f"{before}{secret}".encode()).decode(),
            quoted=quote(secret, safe=""),
            json=json.dumps({"x": secret}),
            bytes=secret.encode(),
            upper=secret.upper(),
            hex=secret.encode().hex(),
        )
        assert leaks({"log": f'{{"message": "{text}"}}'}, {"it": secret})[0].startswith("log: it, ")


def test_where_nothing_leaks_nothing_is_found() -> None:
    assert leaks({"log": '{"message": "polled Gazette: 3 new"}', "x": b"\xff\x00"}, SECRETS | WATCHED) == []


def test_sqlite_writes_nothing_into_temporary_files(empty_database: Path) -> None:
    with ledger.reading(empty_database) as reading, ledger.writing(empty_database) as writing:
        kept = [db.execute("PRAGMA temp_store").fetchone()["temp_store"] for db in (reading, writing)]
    with closing(sqlite3.connect(":memory:")) as db:
        for pragma in PRAGMAS:
            db.execute(f"PRAGMA {pragma}")
        kept += db.execute("PRAGMA temp_store").fetchone()
    assert kept == [2, 2, 2]  # in memory: https://sqlite.org/pragma.html#pragma_temp_store


def test_what_is_written_anew_stays_beside_the_data(tmp_path: Path, empty_database: Path) -> None:
    folder = tmp_path / "it's here"
    folder.mkdir()
    shutil.copy(empty_database, folder / "monitor.db")
    forget.erase(folder / "monitor.db", forget.Order(watchlist="wolves"), ())
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        (used,) = db.execute("PRAGMA temp_store_directory").fetchone()
        db.execute("PRAGMA temp_store_directory = ''")
    assert used == str(folder)
