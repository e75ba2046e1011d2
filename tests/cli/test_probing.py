"""Which proxy an address is asked through that somebody types."""

from pathlib import Path

import pytest

from monitor.cli.probing import proxy_for
from monitor.core.settings import Config, DaemonSettings, Source
from support.commands import run, write_config

SOURCES = (
    Source(name="a", url="https://open.example/feed"),
    Source(name="b", url="https://hidden.example/feed", proxy="tor"),
    Source(name="c", url="https://hidden.example/other"),
    Source(name="d", url="https://www.other.example/feed", proxy="office"),
    Source(name="e", url="https://feeds.third.example/feed", proxy="tor"),
)


@pytest.mark.parametrize(
    ("url", "usual", "proxy"),
    [
        ("https://open.example/", "", ""),
        ("https://open.example/", "tor", ""),  # its sources have none, whatever the others have
        ("https://hidden.example/new", "", "tor"),
        ("http://HIDDEN.example:8080/new", "", "tor"),
        ("https://news.hidden.example/", "", "tor"),
        ("https://other.example/feed", "", "office"),
        ("https://third.example/", "", "tor"),
        ("https://nothidden.example/", "", ""),
        ("https://unknown.example/", "", ""),
        ("https://unknown.example/", "office", "office"),
    ],
)
def test_an_address_is_asked_as_the_sources_of_its_site_are(url: str, usual: str, proxy: str) -> None:
    config = Config(daemon=DaemonSettings(data_dir=Path()), sources=SOURCES, usual_proxy=usual)
    assert proxy_for(url, config) == proxy


@pytest.mark.parametrize("command", [("test", "https://a.example/feed"), ("discover", "https://a.example/")])
def test_a_proxy_that_is_not_configured_is_refused(command: tuple[str, ...], tmp_path: Path) -> None:
    monitor = '[fetch.proxies.tor]\nurl = "socks5h://127.0.0.1:9"\n'
    folder = write_config(tmp_path / "config", monitor=monitor)
    done = run("--config", folder, "feeds", *command, "--proxy", "torr")
    assert done.status == 2
    assert "tor" in done.err


@pytest.mark.parametrize("command", [("test", "https://a.example/feed"), ("discover", "https://a.example/")])
def test_without_its_secret_nothing_is_asked(command: tuple[str, ...], tmp_path: Path) -> None:
    folder = write_config(tmp_path / "config", monitor='[fetch]\nproxy = { env = "NO_SUCH_PROXY" }\n')
    done = run("--config", folder, "feeds", *command)
    assert done.status == 2
    assert "fetch.proxy: the environment variable NO_SUCH_PROXY is not set" in done.err
