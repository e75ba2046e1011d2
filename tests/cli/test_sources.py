"""The commands that ask: sources and channels on loopback; and those that start Monitor."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from monitor import config
from support.commands import FEEDS, MONITOR, WATCHLISTS, Done, run, spawn, write_config
from support.server import Reply, Request, Server, redirect

ITEM = "<item><title>{0}</title><link>{1}</link><pubDate>{2}</pubDate></item>"
LONG_AGO = "Sun, 22 Nov 2015 08:00:00 GMT"
HOME = """<html><head><title>Gazette</title>
<link rel="alternate" type="application/rss+xml" title="All news" href="/feed"></head><body><p>Hello</p></body></html>"""


def rss(*items: tuple[str, str, str]) -> Reply:
    listed = "".join(ITEM.format(*item) for item in items)
    body = f"<rss version='2.0'><channel><title>Gazette</title>{listed}</channel></rss>"
    return Reply(body=body.encode(), headers={"Content-Type": "application/rss+xml"})


def with_server(scene: Callable[[Server], Awaitable[None]]) -> None:
    """Play a scene beside a server that runs meanwhile."""

    async def play() -> None:
        async with Server() as server:
            await scene(server)

    asyncio.run(play())


async def ask(folder: Path, *arguments: object) -> Done:
    """A command in this process, in a thread beside the server's loop."""
    return await asyncio.to_thread(run, "--config", folder, *arguments)


def sources(**urls: str) -> str:
    return "".join(f'[[feeds]]\nname = "{name}"\nurl = "{url}"\n' for name, url in urls.items())


# feeds test, discover


def test_an_address_is_tried_out(tmp_path: Path) -> None:
    async def scene(server: Server) -> None:
        folder = write_config(tmp_path / "config")
        items = (("A wolf", server.url("/wolf"), LONG_AGO), ("Undated\x1b[2J", server.url("/undated"), ""))
        server.on("/feed", rss(*items))
        old = server.on("/old", redirect("/feed", 301))
        done = await ask(folder, "feeds", "test", old)
        assert done.status == 0
        lines = done.out.splitlines()
        assert lines[0].startswith("Gazette: rss, 2 entries, 0.")
        assert lines[1] == f"  redirected (301) to {server.url('/feed')}"
        assert "stays silent" in lines[4]
        assert "as its page is dated" in lines[5]
        assert "\x1b" not in done.out
        found = json.loads((await ask(folder, "feeds", "test", server.url("/feed"), "--json")).out)
        assert (found["format"], found["kind"]) == ("rss", "feed")
        assert [entry["url"] for entry in found["entries"]] == [url for _, url, _ in items]
        assert {request.path for request in server.requests} == {"/old", "/feed"}  # no page is asked for

    with_server(scene)


def test_a_page_is_tried_out_as_a_site(tmp_path: Path) -> None:
    async def scene(server: Server) -> None:
        folder = write_config(tmp_path / "config")
        links = "".join(
            f'<h3><a href="/news/a-wolf-was-seen-near-the-village-{n}">A wolf was seen {n}</a></h3>' for n in range(5)
        )
        news = server.on("/news", Reply(body=f"<html><body><main>{links}</main></body></html>".encode()))
        done = await ask(folder, "feeds", "test", news)
        assert "listing, 5 entries" in done.out
        assert done.err == "It is no feed: write it as [[sites]] into feeds.toml.\n"
        done = await ask(folder, "feeds", "test", news, "--links", "h3:first-child a")
        assert "listing, 1 entry, " in done.out

    with_server(scene)


def test_a_configured_source_is_tried_out_by_its_name(tmp_path: Path) -> None:
    async def scene(server: Server) -> None:
        feeds = f'[[sites]]\nname = "Valley"\nurl = "{server.url("/")}"\n'
        folder = write_config(tmp_path / "config", feeds=feeds)
        server.on(
            "/robots.txt",
            Reply(body=f"Sitemap: {server.url('/broken.xml')}\nSitemap: {server.url('/map.xml')}".encode()),
        )
        urls = "".join(f"<url><loc>{server.url(f'/{n}')}</loc></url>" for n in range(3))
        server.on(
            "/map.xml",
            Reply(body=f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()),
        )
        done = await ask(folder, "feeds", "test", "Valley")
        assert "sitemap, 3 entries" in done.out

    with_server(scene)


def test_what_does_not_answer_is_told(tmp_path: Path) -> None:
    async def scene(server: Server) -> None:
        folder = write_config(tmp_path / "config")
        done = await ask(folder, "feeds", "test", server.url("/nothing"))
        assert (done.status, done.out) == (1, "")
        assert done.err.startswith(f"monitor: {server.hosts[0]} answered 404. There is nothing at this address. ")
        assert f"`monitor feeds discover {server.url('/')}`" in done.err
        done = await ask(folder, "feeds", "test", "gopher://a.example/")
        assert done.status == 1

    with_server(scene)


def test_what_a_site_offers_is_found(tmp_path: Path) -> None:
    async def scene(server: Server) -> None:
        folder = write_config(tmp_path / "config")
        home = server.on("/", Reply(body=HOME.encode(), headers={"Content-Type": "text/html"}))
        server.on("/robots.txt", Reply(body=f"Sitemap: {server.url('/map.xml')}".encode()))
        done = await ask(folder, "feeds", "discover", home)
        _, feed, sitemap = done.out.splitlines()
        assert feed.split() == ["feed", "All", "news", server.url("/feed")]
        assert sitemap.split() == ["sitemap", "in", "robots.txt", server.url("/map.xml")]
        found = json.loads((await ask(folder, "feeds", "discover", home, "--json")).out)
        assert [each["kind"] for each in found] == ["feed", "sitemap"]
        bare = server.on("/bare", Reply(body=b"<html><body><p>Nothing</p></body></html>"))
        server.on("/robots.txt", Reply(status=404))
        assert "names no feed" in (await ask(folder, "feeds", "discover", bare)).err

    with_server(scene)


def test_what_is_neither_a_source_nor_an_address(tmp_path: Path) -> None:
    done = run("--config", write_config(tmp_path / "config"), "feeds", "test", "gazete")
    assert (done.status, done.err) == (2, "monitor: there is no source 'gazete'; did you mean 'Gazette'?\n")


# OPML


def test_lists_are_imported_once_and_what_is_there_stays(tmp_path: Path) -> None:
    folder = write_config(tmp_path / "config")
    (folder / "feeds.toml").chmod(0o640)
    outlines = (
        '<outline text="Gazette" xmlUrl="https://gazette.example/feed"/>'
        '<outline text="Herald & Sons" xmlUrl="https://herald.example/rss?a=1&b=2"/>'
        '<outline text="Mail" xmlUrl="mailto:x@example.org"/>'
    )
    (tmp_path / "list.opml").write_text(f"<opml><body>{outlines}")  # not well-formed
    done = run("--config", folder, "feeds", "import", tmp_path / "list.opml")
    assert (done.status, done.out) == (0, "Herald & Sons: https://herald.example/rss?a=1&b=2\n")
    assert "Mail has an address that is not of the web" in done.err
    assert done.err.endswith("1 added, 1 were there already, 1 could not be read.\n")
    text = (folder / "feeds.toml").read_text()
    assert text.startswith(FEEDS)
    assert [source.name for source in config.load(folder, {}).sources] == ["Gazette", "Herald & Sons"]
    assert (folder / "feeds.toml").stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in folder.iterdir()) == ["feeds.toml", "monitor.toml", "watchlists.toml"]
    again = run("--config", folder, "feeds", "import", "-", stdin=(tmp_path / "list.opml").read_bytes())
    assert again.err.endswith("0 added, 2 were there already, 1 could not be read.\n")
    assert (folder / "feeds.toml").read_text() == text


def test_a_list_that_brings_nothing(tmp_path: Path) -> None:
    folder = write_config(tmp_path / "config")
    assert run("--config", folder, "feeds", "import", "-", stdin=b"nothing").status == 1
    done = run("--config", folder, "feeds", "import", tmp_path / "no.opml")
    assert (done.status, done.err) == (2, f"monitor: {tmp_path}/no.opml cannot be read: No such file or directory\n")


def test_sources_are_listed_and_exported(tmp_path: Path) -> None:
    folder = write_config(tmp_path / "config")
    assert run("--config", folder, "feeds", "list").out.splitlines()[1].split() == [
        "Gazette", "feed", "new", "en", "valley", "https://gazette.example/feed",
    ]  # fmt: skip
    (row,) = json.loads(run("--config", folder, "feeds", "list", "--json").out)
    assert (row["name"], row["interval"], row["state"]) == ("Gazette", 900, None)
    assert 'xmlUrl="https://gazette.example/feed"' in run("--config", folder, "feeds", "export").out


# channels, check


def hook(url: str, name: str = "desk") -> str:
    return f'[[channels]]\nname = "{name}"\ntype = "webhook"\nurl = "{url}"\ndefault = true\n'


def test_channels_are_listed_without_their_secrets(tmp_path: Path) -> None:
    channels = """
[[channels]]
name = "desk"
type = "webhook"
url = { env = "DESK_URL" }
secret = { env = "DESK_SECRET" }
default = true
updates = true
revisions = true
health = true
content = "neutral"

[[channels]]
name = "team"
type = "email"
smtp = "smtp.example.org:587"
username = "monitor"
password = { env = "MAIL_PASSWORD" }
from = "monitor@example.org"
to = ["team@example.org"]
digest = "0 8 * * mon-fri"

[[channels]]
name = "chat"
type = "apprise"
url = { env = "CHAT_URL" }

[[channels]]
name = "screen"
type = "console"
"""
    secrets = {
        "DESK_URL": "https://desk.example/hooks/T0K3N",
        "DESK_SECRET": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "MAIL_PASSWORD": "hunter2",
        "CHAT_URL": "slack://T0K3N/B/C",
    }
    folder = write_config(tmp_path / "config", monitor=MONITOR + channels)
    for arguments in (["channels", "list"], ["channels", "list", "--json"]):
        done = run("--config", folder, *arguments, env=secrets)
        assert done.status == 0, done.err
        assert not [each for each in ("T0K3N", "MDEyMz", "hunter2") if each in done.out]
    found = json.loads(done.out)
    assert [(each["name"], each["type"]) for each in found] == [
        ("desk", "webhook"), ("team", "email"), ("chat", "apprise"), ("screen", "console"),
    ]  # fmt: skip
    assert found[0]["target"] == "desk.example (the environment variable DESK_URL)"
    assert found[1]["secret"] == "the environment variable MAIL_PASSWORD"
    said = run("--config", folder, "channels", "list", env=secrets).out
    assert "alerts by default, updates, revisions, health, neutral" in said
    assert "alerts of watchlists that name it, as a digest at 0 8 * * mon-fri" in said


def test_a_test_alert_is_sent(tmp_path: Path) -> None:
    async def scene(server: Server) -> None:
        bodies = []

        def take(request: Request) -> Reply:
            bodies.append(json.loads(request.body))
            return Reply(status=200, body=b"thanks")

        folder = write_config(tmp_path / "config", monitor=MONITOR + hook(server.on("/hook", take)))
        done = await ask(folder, "channels", "test", "desk")
        assert (done.status, done.out) == (0, "desk: delivered, it answered 200: thanks\n")
        assert [(body["type"], body["data"]["test"]) for body in bodies] == [("alert.created", True)]
        server.on("/hook", Reply(status=400))
        failed = await ask(folder, "channels", "test", "desk")
        assert (failed.status, failed.out) == (1, "")
        assert "400" in failed.err
        unknown = await ask(folder, "channels", "test", "dask")
        assert (unknown.status, unknown.err) == (2, "monitor: there is no channel 'dask'; did you mean 'desk'?\n")

    with_server(scene)


def test_check_runs_the_examples(tmp_path: Path) -> None:
    folder = write_config(tmp_path / "config")
    done = run("--config", folder, "check")
    assert (done.status, done.err) == (0, "")
    assert done.out == (
        "The configuration is right: 1 source, 2 watchlists with 3 words in 1 language, 1 channel; 2 examples hold.\n"
    )
    wrong = WATCHLISTS.replace('"A wolf"]', '"A wolf", "A fox"]').replace('"A werewolf"]', '"Wolves"]')
    write_config(folder, watchlists=wrong)
    done = run("--config", folder, "check")
    assert (done.status, done.out) == (2, "")
    assert done.err == (
        "watchlists.toml:9: watchlists.wolves.must_match[1]: does not match: nothing of the set wolves was found. "
        "Change the words or the example\n"
        "watchlists.toml:10: watchlists.wolves.must_not_match[0]: matches, but must not: add a mask or a set under none, "
        "or change the example\n"
    )


@pytest.mark.parametrize(("scheme", "told"), [("http", True), ("https", False)])
def test_a_callback_that_is_not_encrypted_is_remarked(tmp_path: Path, scheme: str, told: bool) -> None:
    monitor = f'[websub]\ncallback = "{scheme}://monitor.example.org/websub"\n'
    done = run("--config", write_config(tmp_path / "config", monitor=monitor), "check")
    assert (done.status, "websub.callback: is http" in done.out) == (0, told)


def test_check_remarks_on_what_is_right_but_weak(tmp_path: Path) -> None:
    words = WATCHLISTS.replace("[watchlists.wolves]", '[terms.wolves2]\nyo = ["ikooko"]\n\n[watchlists.wolves]')
    folder = write_config(tmp_path / "config", monitor="", watchlists=words)
    done = run("--config", folder, "check")
    assert done.status == 0, done.err
    assert "Words in yo are found only in the form in which they are written" in done.out
    assert "[fetch] contact is empty" in done.out


def test_check_says_which_sources_are_one(tmp_path: Path) -> None:
    both = '[[feeds]]\nname = "A"\nurl = "https://a.example/"\n[[feeds]]\nname = "B"\nurl = "https://a.example/"\n'
    done = run("--config", write_config(tmp_path / "config", monitor="", feeds=both), "check")
    assert done.status == 0, done.err
    assert "feeds.toml: A and B have the same address, so each entry is read twice: https://a.example/" in done.out


@pytest.mark.parametrize(
    ("feeds", "watchlists", "lack"),
    [
        ("", WATCHLISTS, "sources: write some into feeds.toml"),
        (FEEDS, "", "watchlists: write one into watchlists.toml"),
    ],
)
def test_check_says_that_nothing_can_alert(tmp_path: Path, feeds: str, watchlists: str, lack: str) -> None:
    done = run("--config", write_config(tmp_path / "config", feeds=feeds, watchlists=watchlists), "check")
    assert (done.status, done.out.splitlines()[1:]) == (0, [f"Nothing will ever alert, since there are no {lack}."])


def test_check_live_tries_everything(tmp_path: Path) -> None:
    async def scene(server: Server) -> None:
        good, moved = (
            server.on("/feed", rss(("A", server.url("/a"), LONG_AGO))),
            server.on("/old", redirect("/feed", 308)),
        )
        feeds = sources(Good=good, Moved=moved, Empty=server.on("/empty", rss()), Bad=server.url("/bad"))
        monitor = MONITOR + hook(server.on("/hook", Reply())) + hook(server.url("/nobody"), "other")
        done = await ask(write_config(tmp_path / "config", monitor=monitor, feeds=feeds), "check", "--live")
        assert done.status == 1
        lines = done.out.splitlines()
        rows = [line.split(maxsplit=3) for line in lines[3 : lines.index("What to do:") - 1]]
        assert [(row[0], row[1], row[2]) for row in rows] == [
            ("source", "Bad", "fails"),
            ("channel", "other", "fails"),
            ("source", "Good", "ok"),
            ("source", "Moved", "ok"),
            ("source", "Empty", "ok"),
            ("channel", "desk", "ok"),
        ]
        assert rows[0][3] == f"{server.hosts[0]} answered 404"
        assert rows[3][3] == f"rss, 1 entry, moved to {good}"
        assert "it lists nothing" in rows[4][3]
        advice = dict(line.strip().split(": ", 1) for line in lines[lines.index("What to do:") + 1 :])
        assert "monitor feeds discover" in advice["Bad"]
        assert "`monitor channels test other`" in advice["other"]
        assert "into feeds.toml" in advice["Moved"]
        assert len(advice) == 3
        write_config(tmp_path / "config", monitor=MONITOR + hook(server.url("/hook")), feeds=sources(Good=good))
        assert (await ask(tmp_path / "config", "check", "--live")).status == 0

    with_server(scene)


def test_check_live_warns_of_feeds_that_are_sent_whole_each_time(tmp_path: Path) -> None:
    heavy = rss(("A", "http://a.example/a", "Long ago. " * 120_000))

    async def scene(server: Server) -> None:
        feeds = sources(
            Bare=server.on("/bare", heavy),
            Kind=server.on("/kind", replace(heavy, headers={**dict(heavy.headers), "ETag": '"1"'})),
        )
        monitor = MONITOR + hook(server.on("/hook", Reply()))
        done = await ask(write_config(tmp_path / "config", monitor=monitor, feeds=feeds), "check", "--live")
        said = {row.split()[1]: row for row in done.out.splitlines() if row.startswith("source")}
        assert "MiB at each poll, since it gives no validators" in said["Bare"]
        assert "validators" not in said["Kind"]

    with_server(scene)


# init, run, demo


def test_init_writes_what_is_missing_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "config"
    done = run("init", folder)
    assert done.status == 0
    assert done.out.splitlines() == [f"wrote {folder}/{name}.toml" for name in ("monitor", "feeds", "watchlists")]
    assert run("--config", folder, "feeds", "list").status == 0
    (folder / "feeds.toml").write_text("# mine\n")
    (folder / "monitor.toml").unlink()
    done = run("--config", folder, "init")
    assert (done.status, done.out) == (0, f"wrote {folder}/monitor.toml\n")
    assert f"{folder}/feeds.toml is there already, it stays as it is" in done.err
    assert (folder / "feeds.toml").read_text() == "# mine\n"
    done = run("init", folder)
    assert (done.status, done.out) == (1, "")
    (tmp_path / "file").touch()
    assert run("init", tmp_path / "file").status == 2


def summary(done: Done) -> tuple[str, str]:
    """The last line that was logged."""
    line = json.loads(done.err.splitlines()[-1])
    return line["level"], line["message"]


def test_run_once_polls_delivers_and_ends(tmp_path: Path) -> None:
    async def scene(server: Server) -> None:
        feed = server.on("/feed", rss(("A wolf", server.url("/wolf"), LONG_AGO)))
        folder = write_config(
            tmp_path / "config", monitor=MONITOR + hook(server.on("/hook", Reply())), feeds=sources(Good=feed)
        )
        done = await asyncio.to_thread(spawn, "--config", folder, "run", "--once")
        assert done.status == 0
        assert (done.out, summary(done)) == ("", ("info", "sources polled: 1; checks and deliveries that failed: 0"))
        assert (await ask(folder, "status")).out.startswith("1 source, 0 failing; 1 article, ")
        server.on("/feed", Reply(status=500))
        failed = await asyncio.to_thread(
            spawn, "--config", folder, "--data-dir", tmp_path / "other", "-q", "run", "--once"
        )
        assert failed.status == 1
        assert summary(failed) == ("warning", "sources polled: 1; checks and deliveries that failed: 1")
        assert (tmp_path / "other" / "monitor.db").exists()

    with_server(scene)


def test_run_becomes_the_daemon_without_what_the_command_line_needs(tmp_path: Path) -> None:
    folder = write_config(tmp_path / "config", feeds="")
    arguments = [
        sys.executable,
        "-m",
        "monitor",
        "--config",
        str(folder),
        "--data-dir",
        str(tmp_path / "there"),
        "-v",
        "run",
    ]
    with subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True) as daemon:
        assert daemon.stderr
        for line in daemon.stderr:
            if "watching" in line:
                break
        loaded = Path(f"/proc/{daemon.pid}/maps").read_text() if sys.platform == "linux" else ""
        command = Path(f"/proc/{daemon.pid}/cmdline").read_text() if sys.platform == "linux" else "monitor.daemon"
        daemon.send_signal(signal.SIGTERM)
        daemon.stderr.read()
        assert daemon.wait() == 0
    assert "monitor.daemon" in command
    assert "lxml" not in loaded
    assert (tmp_path / "there" / "monitor.db").exists()


def test_run_refuses_a_wrong_configuration(tmp_path: Path) -> None:
    folder = write_config(tmp_path / "config", feeds="[[feeds]]\n")
    for arguments in (("run",), ("run", "--once")):
        done = spawn("--config", folder, *arguments)
        assert (done.status, done.err.splitlines()[0].partition(": ")[0]) == (2, "feeds.toml:1")
