"""The starter configuration that is shipped: it works as it is, and so does every example in it."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from monitor import config, starter
from monitor.core.settings import Apprise, Config, Console, Email, Webhook

ENV = {
    "DESK_WEBHOOK_URL": "https://hooks.example.org/x",
    "DESK_WEBHOOK_SECRET": "whsec_" + "aaaa" * 8,
    "CHAT_URL": "ntfys://x",
}


def parsed(texts: dict[str, str], env: dict[str, str]) -> Config:
    env = env | {"CREDENTIALS_DIRECTORY": "/run/credentials/monitor"}
    return config.parse(texts, env, Path("/etc/monitor"), lambda path: b"password")


def uncommented(text: str) -> str:
    """The text with its examples switched on: comments that are a table or a key."""
    return re.sub(r"^# (?=\[+[\w.]+\]+$|\w+ = )", "", text, flags=re.MULTILINE)


def test_the_starter_is_the_folder_of_the_project() -> None:
    folder = Path(__file__).parent.parent / "config"
    assert starter.starter_files() == {file: (folder / file).read_text("utf-8") for file in config.FILES}


def test_the_starter_works_as_it_is() -> None:
    loaded = parsed(starter.starter_files(), {})
    assert [channel.target for channel in loaded.channels] == [Console()]
    assert len(loaded.sources) >= 40
    assert all(source.language and source.tags for source in loaded.sources)
    assert len({source.url for source in loaded.sources}) == len(loaded.sources)


def test_the_examples_of_the_starter_work() -> None:
    files = starter.starter_files()
    loaded = parsed(files | {name: uncommented(files[name]) for name in ("monitor.toml", "feeds.toml")}, ENV)
    assert {type(channel.target) for channel in loaded.channels} == {Webhook, Email, Apprise, Console}
    assert any(source.links for source in loaded.sources)


@pytest.mark.parametrize("name", ["daemon", "fetch", "health"])
def test_the_starter_shows_every_key_with_its_default(name: str) -> None:
    shown = tomllib.loads(uncommented(starter.starter_files()["monitor.toml"]))
    assert shown[name] == DEFAULTS[name]


DEFAULTS: dict[str, dict[str, object]] = {
    "daemon": {"data_dir": "data", "timezone": "UTC", "retention": "365d", "stop_timeout": "10s"},
    "fetch": {
        "contact": "",
        "concurrency": 64,
        "per_host": 1,
        "per_host_delay": "1s",
        "timeout": "30s",
        "max_body": "10MiB",
        "allow_networks": [],
        "proxy": "",
        "proxies": {"tor": {"url": "socks5h://127.0.0.1:9050", "isolate": True}},
    },
    "health": {"failing_after": 3, "network_down": 0.8},
}


def test_what_the_starter_calls_a_default_is_one() -> None:
    files = starter.starter_files()
    text = uncommented(files["monitor.toml"]).partition("# Channels")[0]
    shown, plain = parsed(files | {"monitor.toml": text}, {}), parsed(files | {"monitor.toml": ""}, {})
    assert [proxy.isolate for proxy in shown.fetch.proxies] == [True]
    assert (shown.daemon, replace(shown.fetch, proxies=()), shown.health) == (plain.daemon, plain.fetch, plain.health)


def test_an_installation_without_the_files_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starter, "_PLACES", (tmp_path / "none",))
    with pytest.raises(FileNotFoundError):
        starter.starter_files()
