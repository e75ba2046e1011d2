"""What `monitor check`, `status` and `channels list` say of secrets, keys and who can read the configuration."""

import json
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.cli.remarks import remarks, secrets
from monitor.config import load
from support import pgp
from support.commands import MONITOR, run, write_config
from support.stored import Stored

CHANNELS = """
[heartbeat]
url = { credential = "heart" }

[[channels]]
name = "desk"
type = "webhook"
url = { env = "DESK_URL" }
secret = { file = "secrets/desk" }
default = true

[[channels]]
name = "team"
type = "email"
smtp = "smtp.example.org:587"
username = "monitor"
password = { file = "/nowhere/smtp" }
from = "monitor@example.org"
to = ["team@example.org"]
"""
KEYED = """
[[channels]]
name = "lawyers"
type = "email"
smtp = "smtp.example.org:587"
from = "monitor@example.org"
to = [{ address = "a@example.org", pgp_key = "keys/a.asc" }]
default = true
"""


def written(folder: Path, monitor: str) -> Path:
    return write_config(folder / "config", monitor=MONITOR + monitor)


def remarked(folder: Path, after: timedelta = timedelta(), **env: str) -> list[str]:
    return list(remarks(load(folder, env), folder, datetime.now(UTC) + after))


# Where secrets come from


def test_where_secrets_come_from_is_shown_and_none_is_read(tmp_path: Path) -> None:
    folder = written(tmp_path, CHANNELS)
    (folder / "secrets").mkdir()
    (folder / "secrets" / "desk").write_text("whsec_hunter2")
    (folder / "secrets" / "desk").chmod(0o640)
    assert secrets(folder) == [
        {"of": "heartbeat.url", "from": "credential heart", "remark": ""},
        {"of": "desk.url", "from": "env DESK_URL", "remark": ""},
        {
            "of": "desk.secret",
            "from": "file secrets/desk",
            "remark": f"can be read by others (mode 640): chmod 600 {folder}/secrets/desk",
        },
        {"of": "team.password", "from": "file /nowhere/smtp", "remark": ""},
    ]
    (folder / "secrets" / "desk").chmod(0o600)
    assert [each["remark"] for each in secrets(folder)] == ["", "", "", ""]


@pytest.mark.parametrize("text", ["", "x = [1, [2, {}]]", "y = { env = 5 }", "[[channels"])
def test_without_secrets_there_are_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "monitor.toml").write_text(text)
    assert secrets(tmp_path) == []
    assert secrets(tmp_path / "nowhere") == []


def test_status_shows_where_secrets_come_from(tmp_path: Path, empty_database: Path) -> None:
    folder = written(tmp_path, CHANNELS)
    (folder / "secrets").mkdir()
    (folder / "secrets" / "desk").touch(mode=0o644)
    (folder / "secrets" / "desk").chmod(0o644)
    Stored.at(folder / "data" / "monitor.db", empty_database)
    said = run("--config", folder, "status").out  # nothing of it need be there to be asked
    assert [line.split() for line in said.splitlines() if line.startswith("desk.")] == [
        ["desk.url", "env", "DESK_URL"],
        [
            "desk.secret",
            "file",
            "secrets/desk",
            *f"can be read by others (mode 644): chmod 600 {folder}/secrets/desk".split(),
        ],
    ]
    shown = json.loads(run("--config", folder, "status", "--json").out)
    assert [each["from"] for each in shown["secrets"]][:2] == ["credential heart", "env DESK_URL"]


# What check remarks


def channel(url: str, kind: str = "webhook") -> str:
    return f'[[channels]]\nname = "desk"\ntype = "{kind}"\nurl = {url}\ndefault = true\n'


@pytest.mark.parametrize(
    ("url", "kind", "said"),
    [
        ('"https://hooks.slack.example/services/T024BE7LD/B0ABCDEF1/8f3kQzPAb1cDeFgHiJkLmNoP"', "webhook", True),
        ('"https://hc.example/ping/3fa85f64-5717-4562-b3fc-2c963f66afa6"', "webhook", True),
        ('"https://example.org/hook?token=ALLCAPITALSandsmall"', "webhook", True),
        ('"tgram://123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/-1001234"', "apprise", True),
        ('"https://example.org/monitor/receive-alerts"', "webhook", False),
        ('"https://example.org/hook"', "webhook", False),
        ('{ env = "URL" }', "webhook", False),
    ],
)
def test_an_address_that_seems_to_carry_a_token_is_remarked(tmp_path: Path, url: str, kind: str, said: bool) -> None:
    folder = written(tmp_path, channel(url, kind))
    token = "https://hooks.slack.example/services/8f3kQzPAb1cDeFgHiJkLmNoP"
    found = [each for each in remarked(folder, URL=token) if "seems to carry a secret" in each]
    assert len(found) == said
    assert not [each for each in found if "8f3kQzPAb1" in each or "AAHdqTc" in each]


def test_a_heartbeat_is_looked_at_too(tmp_path: Path) -> None:
    folder = written(tmp_path, '[heartbeat]\nurl = "https://hc.example/3fa85f64-5717-4562-b3fc-2c963f66afa6"\n')
    assert [each.split(": the")[0] for each in remarked(folder)] == ["monitor.toml: heartbeat"]


def test_a_secret_that_others_can_read_is_remarked(tmp_path: Path) -> None:
    folder = written(tmp_path, channel('{ file = "hook" }'))
    (folder / "hook").write_text("https://example.org/hook")
    (folder / "hook").chmod(0o604)
    assert remarked(folder) == [
        f"monitor.toml: desk.url: file hook can be read by others (mode 604): chmod 600 {folder}/hook"
    ]


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that every account can come to; pytest's own are for their owner only."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_watchlists_that_every_account_can_read_are_remarked(public: Path) -> None:
    folder = written(public, "")
    folder.chmod(0o755)
    (folder / "watchlists.toml").chmod(0o644)
    if not all(parent.stat().st_mode & 0o001 for parent in folder.resolve().parents):
        pytest.skip("temporary files are for their owner only here")
    (said,) = remarked(folder)
    assert said.startswith(
        f"{folder}/watchlists.toml can be read by every account of this machine, and says what you watch"
    )
    folder.chmod(0o750)
    assert remarked(folder) == []
    folder.chmod(0o755)
    (folder / "watchlists.toml").chmod(0o640)
    assert remarked(folder) == []


def test_without_watchlists_there_is_nothing_to_hide(public: Path) -> None:
    folder = write_config(public / "config", watchlists="")
    assert remarked(folder) == []


# Keys


def keyed(folder: Path, key: bytes) -> Path:
    config = written(folder, KEYED)
    (config / "keys").mkdir()
    (config / "keys" / "a.asc").write_bytes(key)
    return config


def test_a_key_that_expires_soon_is_remarked(tmp_path: Path) -> None:
    folder = keyed(tmp_path, pgp.armored(pgp.secret(seconds=40 * 86400)))
    assert remarked(folder) == []
    (said,) = remarked(folder, timedelta(days=11))
    assert said.startswith("monitor.toml: lawyers: keys/a.asc: the key expires on ")
    assert remarked(folder, timedelta(days=41)) == []  # that is an error


def test_a_key_of_somebody_else_is_remarked(tmp_path: Path) -> None:
    folder = keyed(tmp_path, pgp.armored(pgp.secret("Eve <eve@example.org>")))
    (said,) = remarked(folder)
    assert said.startswith("monitor.toml: lawyers: keys/a.asc: the key does not name a@example.org.")


def test_check_refuses_a_key_that_has_expired(tmp_path: Path) -> None:
    done = run("--config", keyed(tmp_path, pgp.LATE), "check")
    assert done.status == 2
    assert "channels[0].to[0].pgp_key: keys/a.asc: the key expired on 2024-01-31: ask its owner" in done.err


def test_check_tells_the_remarks(tmp_path: Path) -> None:
    done = run("--config", keyed(tmp_path, pgp.armored(pgp.secret("Eve <eve@example.org>"))), "check")
    assert done.status == 0
    assert "the key does not name a@example.org" in done.out


def test_the_fingerprints_of_keys_are_listed(tmp_path: Path) -> None:
    key = pgp.secret()
    folder = keyed(tmp_path, pgp.armored(key))
    print_ = key.extract_certificate().fingerprint.upper()
    (shown,) = json.loads(run("--config", folder, "channels", "list", "--json").out)
    assert shown["keys"] == [{"address": "a@example.org", "file": "keys/a.asc", "fingerprint": print_, "expires": None}]
    said = "".join(run("--config", folder, "channels", "list").out.split())
    assert f"encryptedfor{print_}" in said


# The network

HOSTS = """
[[channels]]
name = "{name}"
type = "webhook"
url = "http://{host}/hook"
default = true
[[channels]]
name = "mail to {name}"
type = "email"
smtp = "{host}:25"
from = "m@example.org"
to = ["t@example.org"]
"""


@pytest.mark.parametrize(
    ("host", "refused"),
    [
        ("192.168.1.5", ["desk", "mail to desk"]),
        ("10.0.0.1", []),
        ("127.0.0.2", ["desk"]),
        ("localhost", []),
        ("mail.example.org", []),
        ("8.8.8.8", []),
    ],
)
def test_what_the_guard_will_refuse_is_said_beforehand(host: str, refused: list[str], tmp_path: Path) -> None:
    monitor = f'[fetch]\nallow_networks = ["10.0.0.0/8"]\n{HOSTS.format(name="desk", host=host)}'
    said = remarked(write_config(tmp_path / "config", monitor=monitor))
    assert [each.split(": ")[1] for each in said if "is in no public network" in each] == refused


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://desk.example.org/alerts", True),
        ("http://192.0.2.1/alerts", True),
        ("https://desk.example.org/alerts", False),
        ("http://localhost:8080/alerts", False),
        ("http://127.0.0.1:8080/alerts", False),
        ("http://10.1.2.3/alerts", False),  # a network of ours
        ("http://abcdef.onion/alerts", False),  # sealed by Tor
    ],
)
def test_alerts_that_can_be_read_on_their_way_are_remarked(url: str, said: bool, tmp_path: Path) -> None:
    channel = '[[channels]]\nname = "desk"\ntype = "webhook"\ndefault = true\nurl = { env = "URL" }\n'
    folder = write_config(tmp_path, monitor=f'[fetch]\nallow_networks = ["10.0.0.0/8"]\n{channel}')
    open_way = [each for each in remarked(folder, URL=url) if "is http" in each]
    assert bool(open_way) == said
    assert not any("/alerts" in each for each in open_way)  # the address may be a secret


def test_what_gives_away_who_hides_behind_a_proxy_is_said(tmp_path: Path) -> None:
    proxy = '[fetch]\nproxy = "socks5h://127.0.0.1:9050"\n'
    websub = '[websub]\ncallback = "https://monitor.example.org/websub"\n'
    urls = ("http://gazette.example/feed", "http://abcdef.onion/feed", "https://herald.example/feed")
    feeds = "".join(f'[[feeds]]\nname = "{n}"\nurl = "{url}"\n' for n, url in enumerate(urls))
    hidden = remarked(write_config(tmp_path / "hidden", monitor=proxy + websub, feeds=feeds))
    assert [each.split(": ")[1] for each in hidden if "proxy" in each] == ["websub.callback", "0"]
    assert not [
        each for each in remarked(write_config(tmp_path / "open", monitor=websub, feeds=feeds)) if "proxy" in each
    ]


def test_the_secret_of_a_proxy_is_one(tmp_path: Path) -> None:
    ways = '[fetch]\nproxy = { env = "PROXY" }\n[fetch.proxies.tor]\nurl = { credential = "tor" }\n'
    found = secrets(write_config(tmp_path / "config", monitor=ways))
    assert {each["from"] for each in found} == {"env PROXY", "credential tor"}
