"""Writes the configuration of the demonstration: the three files that everybody has, with addresses on loopback."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from monitor.demo.outlets import Samples

SECRET_NAME = "MONITOR_DEMO_SECRET"  # noqa: S105  # the name of a variable

_MONITOR = """\
[daemon]
data_dir = "data"

[fetch]
contact = "mailto:demo@example.org"
per_host = 4
per_host_delay = "0s"                  # these hosts are ours; never do that to others'
allow_networks = ["127.0.0.0/8"]       # without this no address on loopback would be asked

[web]
listen = ""

[[channels]]
name = "receiver"
type = "webhook"
url = "{webhook}"
secret = {{ env = "{secret}" }}
default = true
"""

_FEED = """
[[feeds]]
name = "{name}"
url = "{url}"
language = "{language}"
"""

_SITE = """
[[sites]]
name = "{name}"
url = "{url}"
language = "{language}"
links = "main h3 a"
"""


def write(folder: Path, samples: Samples, feeds: Mapping[str, str], webhook: str) -> None:
    """Write monitor.toml, feeds.toml and watchlists.toml into `folder`; `feeds` has the address of each outlet."""
    folder.mkdir(parents=True)
    (folder / "monitor.toml").write_text(_MONITOR.format(webhook=webhook, secret=SECRET_NAME), "utf-8")
    sources = [
        (_SITE if outlet.format == "site" else _FEED).format(
            name=outlet.name, url=feeds[outlet.id], language=outlet.language
        )
        for outlet in samples.outlets
    ]
    (folder / "feeds.toml").write_text("".join(sources).lstrip(), "utf-8")
    watchlists = (files(__package__) / "watchlists.toml").read_text("utf-8")
    (folder / "watchlists.toml").write_text(watchlists, "utf-8")
