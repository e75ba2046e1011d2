"""The configuration: what is right becomes settings, what is wrong becomes messages with file and line."""

import base64
from collections.abc import Mapping
from datetime import time, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from monitor.config import FILES, load, parse
from monitor.core.errors import ConfigError
from monitor.core.settings import (
    Apprise,
    BackupSettings,
    Channel,
    Config,
    Console,
    Content,
    DaemonSettings,
    Email,
    Example,
    FetchSettings,
    FullText,
    HealthSettings,
    HeartbeatSettings,
    Mark,
    Near,
    Proxy,
    QuietHours,
    Secret,
    Security,
    Source,
    SourceFilter,
    SourceKind,
    Term,
    TermSet,
    Watchlist,
    Webhook,
    WebSettings,
    WebSubSettings,
)

DATA = Path(__file__).parent / "data" / "config"
FOLDER = Path("/etc/monitor")
KEY = bytes(range(32))
ENV = {
    "HOOK": "https://hooks.example.org/services/hunter2",
    "KEY": "whsec_" + base64.b64encode(KEY).decode(),
    "PASSWORD": "hunter2",
    "PROXY": "socks5h://desk:hunter2@proxy.example.org:1080",
    "HALF_PROXY": "socks5h://hunter2@proxy.example.org:1080",
    "ODD_PROXY": "socks4://hunter2.example.org:1080",
    "EMPTY": " \n",
    "TWO_LINES": "hunter2\nhunter3",
    "FTP_URL": "ftp://hunter2.example.org",
    "ODD_KEY": "whsec_hunter2!",
    "SHORT_KEY": "whsec_aHVudGVyMg==",
    "CREDENTIALS_DIRECTORY": "/run/credentials/monitor",
}
SECRET_FILES = {
    "/etc/monitor/secrets/hook": b"https://hooks.example.org/services/hunter2\n",
    "/run/credentials/monitor/smtp": b"hunter2",
    "/run/binary": b"hunter2\xff",
    "/run/large": b"hunter2" * 10_000,
}
GOOD = {file: (DATA / "good" / file).read_text("utf-8") for file in FILES}


def read_file(path: Path) -> bytes:
    if str(path) not in SECRET_FILES:
        raise FileNotFoundError(2, "No such file or directory", str(path))
    return SECRET_FILES[str(path)]


def configured(texts: Mapping[str, str], env: Mapping[str, str] = ENV) -> Config:
    """The configuration of these files, and good ones where none is given."""
    return parse({**GOOD, **texts}, env, FOLDER, read_file)


def problems(texts: Mapping[str, str], env: Mapping[str, str] = ENV) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        configured(texts, env)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("path", sorted(DATA.glob("*/bad-*.toml")), ids=lambda p: f"{p.parent.name}-{p.stem[4:]}")
def test_a_broken_file_is_refused_with_the_messages_beside_it(path: Path) -> None:
    said = problems({"watchlists.toml": "", f"{path.parent.name}.toml": path.read_text("utf-8")})
    assert said == path.with_suffix(".txt").read_text("utf-8").splitlines()
    assert "hunter" not in "".join(said)


def test_every_fixture_has_its_messages() -> None:
    assert {p.stem for p in DATA.glob("*/bad-*.toml")} == {p.stem for p in DATA.glob("*/bad-*.txt")}


# What is right


def test_files_that_say_nothing_are_a_configuration() -> None:
    config = parse(dict.fromkeys(FILES, ""), {}, FOLDER, read_file)
    assert config == Config(daemon=DaemonSettings(data_dir=FOLDER / "data"), channels=config.channels)
    assert config.channels == (Channel(name="console", target=Console(), default=True),)


def test_the_tables_of_monitor_toml() -> None:
    config = configured({"monitor.toml": (DATA / "good" / "full-monitor.toml").read_text("utf-8")})
    assert config.daemon == DaemonSettings(
        data_dir=Path("/var/lib/monitor"),
        timezone="Europe/Paris",
        retention=timedelta(weeks=2),
        stop_timeout=timedelta(),
    )
    assert config.fetch == FetchSettings(
        contact="mailto:desk@example.org",
        concurrency=8,
        per_host=2,
        per_host_delay=timedelta(),
        timeout=timedelta(minutes=1),
        max_body=2**20,
        allow_networks=(ip_network("10.1.0.0/16"), ip_network("127.0.0.1/32"), ip_network("::1")),
        proxy=Proxy(url=Secret("http://127.0.0.1:3128", "monitor.toml")),
        proxies=(
            Proxy(name="tor", url=Secret("socks5h://127.0.0.1:9050", "monitor.toml"), isolate=True),
            Proxy(name="ssh", url=Secret("socks5h://127.0.0.1:1080", "monitor.toml")),
            Proxy(
                name="office",
                url=Secret("socks5h://desk:hunter2@proxy.example.org:1080", "the environment variable PROXY"),
            ),
        ),
    )
    assert config.health == HealthSettings(failing_after=5, network_down=1.0)
    assert config.web == WebSettings(public_url="https://monitor.example.org/")
    assert config.websub == WebSubSettings(listen=("::1", 9000), callback="https://monitor.example.org/websub")
    assert config.backup == BackupSettings(folder=FOLDER / "copies", at=time(4, 30), keep=3)
    assert config.heartbeat == HeartbeatSettings(
        url=Secret("https://ping.example.org/abc", "monitor.toml"), interval=timedelta(minutes=1), canary=True
    )


NO_SECRET = '[fetch]\nproxy = { env = "NOT_SET" }\n[fetch.proxies.tor]\nurl = { file = "nowhere" }\n'


def test_a_proxy_whose_secret_is_missing_is_none_that_can_be_passed_by() -> None:
    texts = dict.fromkeys(FILES, "") | {"monitor.toml": NO_SECRET}
    assert len(problems(texts)) == 2
    fetch = parse(texts, {}, FOLDER, read_file, with_channels=False).fetch  # for who only looks at the rest
    assert fetch.proxy is not None
    assert [each.url.value for each in (fetch.proxy, *fetch.proxies)] == ["", ""]
    assert "NOT_SET is not set" in fetch.proxy.url.where


def test_mail_goes_through_a_socks_proxy() -> None:
    mail = '[[channels]]\nname = "m"\ntype = "email"\nsmtp = "mail.example.org:587"\nfrom = "m@example.org"\n'
    text = f'[fetch]\nproxy = "socks5h://127.0.0.1:9050"\n{mail}to = ["t@example.org"]\ndefault = true\n'
    assert [channel.name for channel in configured({"monitor.toml": text}).channels] == ["m"]


def test_sources_name_their_proxies() -> None:
    monitor = '[fetch.proxies.tor]\nurl = "socks5h://127.0.0.1:9050"\n'
    feeds = '[defaults]\nproxy = "tor"\nvalidators = false\n'
    feeds += "".join(f'[[feeds]]\nname = "{n}"\nurl = "https://{n}.example/"\n' for n in "ab")
    config = configured({"monitor.toml": monitor, "feeds.toml": f'{feeds}proxy = ""\nvalidators = true\n'})
    assert [(source.proxy, source.validators) for source in config.sources] == [("tor", False), ("", True)]
    assert config.usual_proxy == "tor"
    said = problems({"monitor.toml": monitor, "feeds.toml": feeds.replace('"tor"', '"torr"')})
    assert said == ["feeds.toml:2: defaults.proxy: unknown proxy 'torr'; did you mean 'tor'?"]


def test_a_proxys_scheme_may_be_written_in_capitals() -> None:
    monitor = '[fetch]\nproxy = "HTTP://127.0.0.1:3128"\n[fetch.proxies.tor]\nurl = "Socks5h://127.0.0.1:9050"\n'
    [tor] = configured({"monitor.toml": monitor}).fetch.proxies
    assert tor.isolate  # else groups would share a circuit without a word
    mail = '[[channels]]\nname = "m"\ntype = "email"\nsmtp = "mail.example:587"\nfrom = "m@a.example"\nto = ["t@a.example"]'
    said = problems({"monitor.toml": f"{monitor}{mail}"})
    assert any("cannot be reached through an HTTP proxy" in each for each in said)


def test_what_no_socks_proxy_can_be_told_is_refused() -> None:
    texts = {"monitor.toml": '[fetch]\nproxy = { env = "PROXY" }\n'}
    login = "socks5h://desk:{}@127.0.0.1:1080"
    assert configured(texts, ENV | {"PROXY": login.format("%40" * 255)}).fetch.proxy
    [said] = problems(texts, ENV | {"PROXY": login.format("%40" * 256)})
    assert said.endswith("PROXY must have a user name and a password of at most 255 bytes")


def test_the_channels_of_monitor_toml() -> None:
    config = configured({"monitor.toml": (DATA / "good" / "channels-monitor.toml").read_text("utf-8")})
    hook = "https://hooks.example.org/services/hunter2"
    assert [(c.name, c.target) for c in config.channels] == [
        ("desk", Webhook(url=Secret(hook, "the environment variable HOOK"), key=KEY)),
        ("unsigned", Webhook(url=Secret("http://127.0.0.1:8080/hook", "monitor.toml"))),
        ("from a file", Webhook(url=Secret(hook, "the file secrets/hook"))),
        (
            "lawyers",
            Email(
                host="smtp.example.org",
                port=587,
                security=Security.STARTTLS,
                sender='"Desk, Paris" <desk@example.org>',
                recipients=("one@example.org", "two@example.org"),
                username="monitor",
                password=Secret("hunter2", "the credential smtp"),
            ),
        ),
        (
            "local",
            Email(host="::1", port=25, security=Security.NONE, sender="m@example.org", recipients=("t@example.org",)),
        ),
        ("chat", Apprise(url=Secret("ntfys://room", "monitor.toml"))),
        ("screen", Console()),
    ]
    desk, *_, screen = config.channels
    assert (desk.default, desk.updates, desk.revisions, desk.health) == (True, True, True, True)
    assert desk.timeout == timedelta(seconds=5)
    assert (screen.content, screen.digest, screen.timeout) == (
        Content.NEUTRAL,
        "0 8 * * mon-fri",
        timedelta(seconds=20),
    )
    assert "hunter2" not in f"{config} {config!r}"


def test_the_data_folder_can_be_overridden() -> None:
    assert parse(GOOD, ENV, FOLDER, read_file, Path("/srv/data")).daemon.data_dir == Path("/srv/data")


def test_sources_take_the_defaults_and_may_say_otherwise() -> None:
    text = """
        defaults = { interval = "1m", first_run_max_age = "0s", flood_limit = 7 }
        [[feeds]]
        name = "One"
        url = "https://one.example.org/feed?a=1&b=%20#x"
        [[sites]]
        name = "Two"
        url = "http://двери.example.org:8080/новости"
        language = "ce"
        tags = ["north", "south"]
        full_text = "page"
        links = "h3 a"
        interval = "1h"
        min_interval = "30m"
        first_run_max_age = "1d"
        flood_limit = 9
    """
    one, two = configured({"feeds.toml": text, "watchlists.toml": ""}).sources
    assert one == Source(
        name="One",
        url="https://one.example.org/feed?a=1&b=%20#x",
        interval=timedelta(minutes=1),
        min_interval=timedelta(minutes=1),  # not longer than interval, though the default is
        first_run_max_age=timedelta(),
        flood_limit=7,
    )
    assert two == Source(
        name="Two",
        url="http://двери.example.org:8080/новости",
        kind=SourceKind.SITE,
        language="ce",
        tags=("north", "south"),
        full_text=FullText.PAGE,
        links="h3 a",
        interval=timedelta(hours=1),
        min_interval=timedelta(minutes=30),
        first_run_max_age=timedelta(days=1),
        flood_limit=9,
    )


def test_term_sets() -> None:
    text = """
        [terms.wolves]
        title = "Wolves"
        en = ["grey  wolf", { t = "@Wolf", w = 2 }]
        ce = ["борз"]
        any = ["=Lupus"]
        mask.any = ["^Wolf Hall"]
        mask.en = ["Steppe Wolves"]
        [terms.bears]
        en = ["bear"]
    """
    wolves, bears = configured({"watchlists.toml": text}).term_sets
    assert wolves == TermSet(
        name="wolves",
        title="Wolves",
        terms=(
            Term(text="grey wolf", mark=Mark.WORD, words=("grey", "wolf"), language="en"),
            Term(text="@Wolf", mark=Mark.NAME, words=("Wolf",), language="en", weight=2.0),
            Term(text="борз", mark=Mark.WORD, words=("борз",), language="ce"),
            Term(text="=Lupus", mark=Mark.FORM, words=("Lupus",)),
        ),
        masks=(
            Term(text="^Wolf Hall", mark=Mark.CASE, words=("Wolf", "Hall")),
            Term(text="Steppe Wolves", mark=Mark.WORD, words=("Steppe", "Wolves"), language="en"),
        ),
    )
    assert bears.title == "bears"


def test_watchlists() -> None:
    short, full = configured(
        {"watchlists.toml": (DATA / "good" / "full-watchlists.toml").read_text("utf-8")}
    ).watchlists
    assert short == Watchlist(name="wolves", title="wolves", all=("wolves",))
    assert full == Watchlist(
        name="wild animals",
        title="Wild animals",
        all=("wolves",),
        any=("bears",),
        none=("sport",),
        near=Near(sets=("wolves", "bears"), words=40, required=True, bonus=0.5),
        threshold=2.0,
        digest_threshold=1.0,
        languages=("en", "ru"),
        sources=SourceFilter(names=("Gazette",), tags=("north",), exclude=("north",)),
        channels=("desk", "mornings"),
        quiet=(QuietHours(start=time(22), end=time(7)), QuietHours(start=time(12, 30), end=time(13))),
        quiet_bypass=5.0,
        max_per_hour=20,
        escalate=5,
        confidential=True,
        must_match=(Example(text="A wolf"), Example(text="Волк", language="ru")),
        must_not_match=(Example(text="Sport"),),
    )


# Across the files


def test_a_watchlist_needs_a_channel() -> None:
    lonely = '[[channels]]\nname = "desk"\ntype = "console"\n'
    assert problems({"monitor.toml": lonely}) == [
        (
            "watchlists.toml:4: watchlists.wolves: names no channel, and no channel is default: "
            "write channels = […], or default = true in monitor.toml"
        )
    ]


def test_without_sources_a_watchlist_may_name_any() -> None:
    text = GOOD["watchlists.toml"] + 'sources.tags = ["south"]\n'
    assert configured({"feeds.toml": "", "watchlists.toml": text}).watchlists[0].sources.tags == ("south",)


def test_one_wrong_thing_is_one_problem() -> None:
    """What refers to a channel, source or term set that is wrong itself, or to a broken file, is not wrong."""
    texts = {
        "monitor.toml": '[[channels]]\nname = "desk"\ntype = "webhook"\n',
        "feeds.toml": '[[feeds]]\nname = "Gazette"\ntags = ["north", 3]\n',
        "watchlists.toml": """
            [terms.wolves]
            en = ["w*lf"]
            [watchlists.wolves]
            sources = { names = ["Gazette"], tags = ["north"] }
            channels = ["desk"]
        """,
    }
    assert [p.split(": ")[1] for p in problems(texts)] == [
        "channels[0].url",
        "feeds[0].url",
        "feeds[0].tags[1]",
        "terms.wolves.en[0]",
    ]
    assert [p.split(":")[0] for p in problems(texts | {"monitor.toml": "[", "feeds.toml": "["})] == list(FILES)


def test_of_a_digest_to_channels_that_are_wrong_nothing_is_said() -> None:
    text = GOOD["watchlists.toml"] + 'threshold = 2.0\ndigest_threshold = 1.0\nchannels = ["nobody"]\n'
    assert len(problems({"watchlists.toml": text})) == 1


def test_a_credential_needs_systemd() -> None:
    text = '[[channels]]\nname = "desk"\ntype = "webhook"\nurl = { credential = "hook" }\n'
    assert problems({"monitor.toml": text, "watchlists.toml": ""}, {}) == [
        (
            "monitor.toml:4: channels[0].url: the credential hook needs systemd with LoadCredential=hook:/path; "
            'without systemd write { env = "NAME" } or { file = "/path" }'
        )
    ]


def test_who_needs_no_channels_needs_no_secrets() -> None:
    text = '[[channels]]\nname = "desk"\ntype = "webhook"\nurl = { env = "NOT_SET" }\ndefault = true\n'
    config = parse(GOOD | {"monitor.toml": text}, {}, FOLDER, read_file, with_channels=False)
    assert (config.channels, len(config.watchlists)) == ((), 1)


def test_a_file_that_fails_without_a_reason() -> None:
    def fail(path: Path) -> bytes:
        raise PermissionError

    text = '[[channels]]\nname = "desk"\ntype = "webhook"\nurl = { file = "hook" }\n'
    with pytest.raises(ConfigError, match="the file hook cannot be read: PermissionError"):
        parse(GOOD | {"monitor.toml": text, "watchlists.toml": ""}, ENV, FOLDER, fail)


# From a folder


def write(folder: Path, texts: Mapping[str, bytes]) -> None:
    for file, text in texts.items():
        (folder / file).write_bytes(text)


def test_load_reads_the_three_files(tmp_path: Path) -> None:
    write(tmp_path, {file: b"\xef\xbb\xbf" + text.encode().replace(b"\n", b"\r\n") for file, text in GOOD.items()})
    config = load(tmp_path, {})
    assert (config.daemon.data_dir, config.sources[0].name) == (tmp_path / "data", "Gazette")
    assert load(tmp_path, {}, tmp_path / "other").daemon.data_dir == tmp_path / "other"


def test_load_says_which_folder_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "nowhere", {})
    folder = tmp_path / "nowhere"
    assert str(caught.value) == (
        f"{folder}: there is no such folder: `monitor init {folder}` writes a starter configuration"
    )


def test_load_says_everything_that_is_wrong_with_the_files(tmp_path: Path) -> None:
    write(tmp_path, {"monitor.toml": b"[daemon]\n# caf\xe9\n", "watchlists.toml": b"[watchlist]\n"})
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, {})
    assert [str(problem) for problem in caught.value.problems] == [
        "monitor.toml:2: is not text in UTF-8: save it as UTF-8",
        f"feeds.toml: is missing in {tmp_path}: `monitor init {tmp_path}` writes one and leaves the others as they are",
        "watchlists.toml:1: watchlist: unknown table 'watchlist'; did you mean 'watchlists'?",
    ]


def test_load_says_what_cannot_be_read(tmp_path: Path) -> None:
    write(tmp_path, {file: text.encode() for file, text in GOOD.items() if file != "feeds.toml"})
    (tmp_path / "feeds.toml").mkdir()
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, {})
    assert str(caught.value) == "feeds.toml: cannot be read: Is a directory"


def test_parse_names_missing_files() -> None:
    with pytest.raises(ConfigError) as caught:
        parse({}, {}, FOLDER, read_file)
    assert [p.file for p in caught.value.problems] == list(FILES)
