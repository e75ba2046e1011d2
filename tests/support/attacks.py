"""Lets strangers' worst through all doors of a real daemon, and judges what reaches people.

    report = await attack(folder, [Payload(corpus="mine", door=Door.TEXT, text="<script>")])
    assert not report.faults

Doors: a text becomes title, summary, text, author and tag of an entry; a link its address; a redirect is where its page
leads; a page is HTML within an article; a feed is a document that a source answers with. Beside the daemon there are a
receiver of webhooks, a mail server, a console, the log, and afterwards the commands.
"""

import asyncio
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from enum import StrEnum
from html import escape
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar

from lxml import html

from monitor.fetch.guard import allowed
from support.commands import spawn
from support.mailbox import Mailbox
from support.server import Reply, Request, Server

MONITOR = """
[daemon]
data_dir = "../data"
[fetch]
per_host = 8
per_host_delay = "0s"
timeout = "5s"
allow_networks = ["{network}/32"]
[[channels]]
name = "hook"
type = "webhook"
url = "{hook}"
default = true
[[channels]]
name = "mail"
type = "email"
smtp = "127.0.0.1:{port}"
security = "none"
from = "Monitor <monitor@example.org>"
to = ["team@example.org"]
default = true
[[channels]]
name = "terminal"
type = "console"
default = true
"""
FEEDS = '[defaults]\ninterval = "1h"\nflood_limit = 10000\n'
SOURCE = '[[feeds]]\nname = "{name}"\nurl = "{url}"\nfull_text = "{full_text}"\n'
WATCHLISTS = '[terms.wolves]\nany = ["=wolves"]\n[watchlists.wolves]\ntitle = "Wolves"\n'

HEADERS = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"}
TAGS = {"html", "head", "meta", "body", "p", "a", "b", "bdi", "br", "blockquote", "ul", "li", "code", "hr"}
CONTROLS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
MARK = re.compile(r"item(\d+)q")
COMMANDS = (
    "alerts list --limit 99999",
    "stories list --limit 99999",
    "search wolves --limit 99999",
    "status",
    "coverage",
)
CONNECT = re.compile(r'connect\(.*?sin6?_port=htons\((\d+)\).*?(?:inet_addr\("|inet_pton\(AF_INET6, ")([^"]+)"')
NAME_SERVER = "53"
LISTED = 100  # entries of a feed
QUIET = 20.0  # seconds after which nothing more is to be expected


T = TypeVar("T")


class Door(StrEnum):
    TEXT = "text"
    LINK = "link"
    REDIRECT = "redirect"
    PAGE = "page"
    FEED = "feed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Payload:
    corpus: str
    door: Door
    text: str


@dataclass
class Report:
    """`counts`: by corpus, how many payloads were sent, how many arrived by webhook and by mail, and how many joined a story
    that was told. `faults`: everything that must not be."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    connects: int = 0
    seconds: float = 0.0

    def add(self, other: "Report") -> None:
        for corpus, counts in other.counts.items():
            self.counts.setdefault(corpus, Counter()).update(counts)
        self.faults += other.faults
        self.connects += other.connects
        self.seconds += other.seconds


async def attack(folder: Path, payloads: Sequence[Payload], *, patience: float, shown: int) -> Report:
    """Send everything through its door, wait until it has arrived (`patience` seconds at most), and judge; `shown` is of
    how many alerts the command `alerts show` is looked at."""
    began = asyncio.get_running_loop().time()
    async with Server() as server, Mailbox() as mailbox:
        posted: list[bytes] = []
        _doors(server, payloads, posted)
        _configure(folder, server, mailbox, payloads)
        wanted = sum(payload.door is not Door.FEED for payload in payloads)
        status = await _run(folder, lambda: min(len(mailbox.letters), len(posted)), wanted, patience)
        report = Report(seconds=asyncio.get_running_loop().time() - began)
        report.faults += [f"the daemon ended with {status}"] if status else []
        _judge_arrivals(report, payloads, posted, mailbox.letters, _joined(folder))
        for letter in mailbox.letters:
            report.faults += judge_letter(letter)
        _judge_streams(report, folder)
        _judge_connects(report, folder, {(server.hosts[0], server.port), ("127.0.0.1", mailbox.port)})
        await asyncio.to_thread(_judge_commands, report, folder, shown)
    return report


# What is sent


def _doors(server: Server, payloads: Sequence[Payload], posted: list[bytes]) -> None:
    def hook(request: Request) -> Reply:
        posted.append(request.body)
        return Reply(status=204)

    server.on("/hook", hook)
    dice = random.Random(7)
    entries: dict[Door, list[dict[str, object]]] = {door: [] for door in Door}
    for number, payload in enumerate(payloads):
        words = " ".join("".join(dice.choices("bdfgklmnprstvz", k=7)) for _ in range(60))
        text, plain = payload.text, f"wolves were seen. {words}"
        own = f"item{number}q {words[:40]}"  # no two are the same news
        entry: dict[str, object] = {
            "id": f"{number}",
            "url": server.url(f"/page/{number}"),
            "title": f"{own} wolves",
            "content_text": plain,
            "date_published": (datetime.now(UTC) - timedelta(minutes=1)).isoformat(),
        }
        match payload.door:
            case Door.TEXT:
                entry |= {
                    "title": f"{own} wolves {text}",
                    "summary": text,
                    "content_text": f"{text} {plain}",
                }
                entry |= {"authors": [{"name": text}], "tags": [text], "content_html": f"<p>wolves {text}</p>{words}"}
            case Door.LINK:
                entry |= {"url": text}
            case Door.REDIRECT:
                target = text.replace("\r", "").replace("\n", "").encode("utf-8", "replace")
                raw = b"HTTP/1.1 302 Found\r\nLocation: " + target + b"\r\nContent-Length: 0\r\n\r\n"
                server.on(f"/page/{number}", Reply(raw=raw))
            case Door.PAGE:
                page = f"<!doctype html><title>{own} wolves</title><body><article><p>{plain}</p>{text}<p>{words}</p>"
                headers = {"Content-Type": "text/html; charset=utf-8"}
                server.on(f"/page/{number}", Reply(body=page.encode("utf-8", "replace"), headers=headers))
            case Door.FEED:
                body = text.encode("utf-8", "surrogateescape")
                server.on(f"/feed/{number}", Reply(body=body, headers={"Content-Type": "application/xml"}))
        entries[payload.door].append(entry)
    for door, listed in entries.items():
        for part, items in enumerate(batched(listed)):
            feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Attacks", "items": items}
            headers = {"Content-Type": "application/feed+json"}
            server.on(f"/{door}/{part}", Reply(body=json.dumps(feed).encode(), headers=headers))
    server.on("/rss", _rss(server, payloads))


def batched(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """What one feed lists; a feed that lists thousands of hits keeps the daemon busy with itself."""
    return (items[at : at + LISTED] for at in range(0, len(items), LISTED))


def _rss(server: Server, payloads: Sequence[Payload]) -> Reply:
    """The texts once more as they stand in RSS: raw in CDATA, escaped, and with entities that are escaped twice."""
    items = []
    for number, payload in enumerate(payloads):
        if payload.door is Door.TEXT:
            text = "".join(c if c.isprintable() else " " for c in payload.text)
            date = format_datetime(datetime.now(UTC) - timedelta(minutes=2))
            about = f"<link>{escape(server.url(f'/rss/{number}'))}</link><pubDate>{date}</pubDate>"
            raw = f"<description><![CDATA[{text.replace(']]>', '')}]]></description>"
            items.append(
                f"<item><title>{escape(escape(text))}</title>{about}{raw}<author>{escape(text)}</author></item>"
            )
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>R</title>{"".join(items)}</channel></rss>'
    return Reply(body=body.encode("utf-8", "replace"), headers={"Content-Type": "application/rss+xml"})


def _configure(folder: Path, server: Server, mailbox: Mailbox, payloads: Sequence[Payload]) -> None:
    sources = [SOURCE.format(name="rss", url=server.url("/rss"), full_text="feed")]
    for door in Door:
        sent = [number for number, payload in enumerate(payloads) if payload.door is door]
        whole = "feed" if door is Door.TEXT else "page"
        paths = [f"/feed/{number}" for number in sent]
        if door is not Door.FEED:
            paths = [f"/{door}/{page}" for page, _ in enumerate(batched(sent))]
        sources += [SOURCE.format(name=path, url=server.url(path), full_text=whole) for path in paths]
    (folder / "config").mkdir()
    monitor = MONITOR.format(network=server.hosts[0], hook=server.url("/hook"), port=mailbox.port)
    texts = {"monitor": monitor, "feeds": FEEDS + "".join(sources), "watchlists": WATCHLISTS}
    for name, text in texts.items():
        (folder / "config" / f"{name}.toml").write_text(text)


async def _run(folder: Path, arrived: Callable[[], int], wanted: int, patience: float) -> int:
    """The daemon's life until everything has arrived, or nothing more comes; its exit status."""
    strace = ("strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=connect", "-o", str(folder / "connects"))
    command = [*(strace if shutil.which("strace") else ()), sys.executable, "-m", "monitor.daemon"]
    with (folder / "log").open("wb") as log, (folder / "console").open("wb") as console:
        process = await asyncio.create_subprocess_exec(
            *command, "--config", str(folder / "config"), stdout=console, stderr=log, start_new_session=True
        )
    before, quiet = 0, 0.0
    with suppress(TimeoutError):
        async with asyncio.timeout(patience):
            while before < wanted and quiet < QUIET and process.returncode is None:
                await asyncio.sleep(0.1)
                quiet = quiet + 0.1 if before == arrived() > 0 else 0.0
                before = arrived()
            await asyncio.sleep(1)  # what comes twice would come now
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    return await process.wait()


# What is judged


def _joined(folder: Path) -> set[str]:
    """The items that are in a story of which an earlier one told: those whose payloads differ in a letter or two."""
    with closing(sqlite3.connect(folder / "data" / "monitor.db")) as db:
        titles = db.execute("SELECT title FROM articles WHERE relation <> 'first'").fetchall()
    return {mark for (title,) in titles for mark in MARK.findall(title)[:1]}


def _judge_arrivals(
    report: Report,
    payloads: Sequence[Payload],
    posted: Iterable[bytes],
    letters: Iterable[EmailMessage],
    joined: set[str],
) -> None:
    """Every item exactly once by each channel, unless it joined a story; what came from the RSS beside it has no mark."""
    events = [json.loads(body) for body in posted]
    hooks = Counter(mark for event in events for mark in MARK.findall(event["data"]["article"]["title"])[:1])
    mails = Counter(mark for letter in letters for mark in MARK.findall(str(letter["subject"]))[:1])
    for number, payload in enumerate(payloads):
        count, mark = report.counts.setdefault(payload.corpus, Counter()), str(number)
        count["sent"] += 1
        if payload.door is Door.FEED:
            continue
        told, due = (hooks[mark], mails[mark]), 0 if mark in joined else 1
        count.update({"by webhook": told[0], "by mail": told[1], "in a story that was told": 1 - due})
        if told != (due, due):
            came = f"{told[0]} times by webhook, {told[1]} by mail"
            report.faults.append(f"{payload.corpus}, {payload.door}, {payload.text[:60]!r} came {came}")


def judge_letter(letter: EmailMessage) -> list[str]:
    """What is wrong with a mail."""
    faults = []
    subject = str(letter["subject"])
    headers = [name for name in letter.keys() if not name.startswith("X-") and name != "Received"]  # noqa: SIM118 - each
    if sorted(headers) != sorted(HEADERS) or letter.defects:
        faults.append(f"mail {subject!r}: headers {headers}, defects {letter.defects}")
    plain, marked_up = letter.get_body(("plain",)), letter.get_body(("html",))
    if plain is None or marked_up is None:
        return [*faults, f"mail {subject!r} lacks a part"]
    texts = [subject, *(part.get_content().replace("\r\n", "\n") for part in (plain, marked_up))]
    faults += [f"mail {subject!r}: {found[0]!r}" for text in texts if (found := CONTROLS.search(text))]
    return faults + [f"mail {subject!r}: {fault}" for fault in judge_html(marked_up.get_content())]


def judge_html(document: str) -> list[str]:
    """Whatever of an HTML document is not allowed in a mail."""
    faults = []
    for node in html.fromstring(document.encode(), parser=html.HTMLParser(encoding="utf-8")).iter():
        if not isinstance(node.tag, str) or node.tag not in TAGS:
            faults.append(f"tag {node.tag}")
            continue
        for name, value in node.attrib.items():
            if (node.tag, name) == ("a", "href"):
                faults += [] if re.match(r"https?://[^\s@\\]+(?:/|$)", str(value)) else [f"link {value!r}"]
            elif (node.tag, name) != ("meta", "charset"):
                faults.append(f"attribute {name} of {node.tag}")
    return faults


def _judge_streams(report: Report, folder: Path) -> None:
    log = (folder / "log").read_text("utf-8")
    for line in log.splitlines():
        try:
            json.loads(line)
        except ValueError:
            report.faults.append(f"log: no JSON: {line[:200]!r}")
    if "fault of Monitor itself" in log:
        report.faults.append(
            f"log: a fault of Monitor itself: {log[log.index('fault of Monitor itself') - 200 :][:2000]}"
        )
    for name, text in (("log", log), ("console", (folder / "console").read_text("utf-8"))):
        report.faults += [f"{name}: {found!r}" for found in sorted(set(CONTROLS.findall(text)))]


def _judge_connects(report: Report, folder: Path, expected: set[tuple[str, int]]) -> None:
    """No connection but to our own servers, to name servers, and to what anybody may ask."""
    if not (folder / "connects").exists():
        return
    found = Counter((place, port) for port, place in CONNECT.findall((folder / "connects").read_text()))
    report.connects = found.total()
    report.faults += [
        f"connected to {place}:{port}"
        for place, port in found
        if (place, int(port)) not in expected and port != NAME_SERVER and not allowed(ip_address(place))
    ]


def _judge_commands(report: Report, folder: Path, shown: int) -> None:
    config = folder / "config"
    listed = json.loads(spawn("--config", config, "alerts", "list", "--limit", shown, "--json").out or "[]")
    commands = [*COMMANDS, *(f"alerts show {row['id']}" for row in listed)]
    with ThreadPoolExecutor(2) as pool:
        asked = [command + more for command in commands for more in ("", " --json")]
        for faults in pool.map(lambda command: _judge_command(config, command), asked):
            report.faults += faults


def _judge_command(config: Path, command: str) -> list[str]:
    done = spawn("--config", config, *command.split())
    faults = [f"monitor {command}: status {done.status}: {done.err[-500:]}"] if done.status else []
    faults += [f"monitor {command}: {found!r}" for found in sorted(set(CONTROLS.findall(done.out + done.err)))]
    if command.endswith("--json"):
        try:
            json.loads(done.out)
        except ValueError:
            faults.append(f"monitor {command}: no JSON")
    return faults
