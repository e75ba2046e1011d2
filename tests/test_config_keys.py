"""Recipients with keys: all of a channel or none, and a file that holds what it is for."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.config import FILES, keys, parse
from monitor.core.errors import ConfigError
from monitor.core.settings import Config, Email
from support import pgp

FOLDER = Path("/etc/monitor")
CHANNEL = """[[channels]]
name = "lawyers"
type = "email"
smtp = "smtp.example.org:587"
from = "Monitor <monitor@example.org>"
to = [
  {to},
]
default = true
"""
A, B = '{ address = "a@example.org", pgp_key = "keys/a.asc" }', '{ address = "b@example.org", pgp_key = "/run/b.asc" }'


def parsed(to: str, files: dict[str, bytes]) -> Config:
    def read(path: Path) -> bytes:
        if str(path) not in files:
            raise FileNotFoundError(2, "No such file or directory", str(path))
        return files[str(path)]

    return parse({**dict.fromkeys(FILES, ""), "monitor.toml": CHANNEL.replace("{to}", to)}, {}, FOLDER, read)


def problems(to: str, files: dict[str, bytes] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parsed(to, files or {})
    return [str(problem) for problem in caught.value.problems]


def test_each_recipient_has_a_key() -> None:
    files = {
        f"{FOLDER}/keys/a.asc": pgp.armored(pgp.secret()),
        "/run/b.asc": pgp.armored(pgp.secret("B <b@x.example>")),
    }
    mail = parsed(f"{A},\n  {B}", files).channels[0].target
    assert isinstance(mail, Email)
    assert mail.recipients == ("a@example.org", "b@example.org")
    assert [key.file for key in mail.keys] == ["keys/a.asc", "/run/b.asc"]


def test_without_keys_nothing_is_encrypted() -> None:
    mail = parsed('"a@example.org", "b@example.org"', {}).channels[0].target
    assert isinstance(mail, Email)
    assert (mail.recipients, mail.keys) == (("a@example.org", "b@example.org"), ())


PUT = "put the recipient's public key there; a path starts at the folder of monitor.toml"
SHAPE = 'must be an address in quotes, or { address = "team@example.org", pgp_key = "keys/team.asc" }'


@pytest.mark.parametrize(
    ("to", "place", "said"),
    [
        ('{ address = "a@example.org" }', ".to[0]", SHAPE),
        ('{ address = "a@example.org", pgp_key = "" }', ".to[0]", SHAPE),
        ('{ address = "a@example.org", pgp_key = 1 }', ".to[0]", SHAPE),
        ('{ address = 1, pgp_key = "a.asc" }', ".to[0]", SHAPE),
        ("5", ".to[0]", SHAPE),
        ('{ address = "a", pgp_key = "a.asc" }', ".to[0]", 'is not a mail address: write "team@example.org"'),
        (A, ".to[0].pgp_key", f"the file keys/a.asc cannot be read: No such file or directory: {PUT}"),
        ('{ address = "a@example.org", pgpkey = "a.asc" }', ".to[0]", "unknown key 'pgpkey'; did you mean 'pgp_key'?"),
    ],
)
def test_a_recipient_that_is_wrong_is_told_with_its_line(to: str, place: str, said: str) -> None:
    assert problems(to) == [f"monitor.toml:7: channels[0]{place}: {said}"]


def test_all_recipients_of_a_channel_have_a_key_or_none() -> None:
    [said] = problems(f'"c@example.org",\n  {A}', {f"{FOLDER}/keys/a.asc": pgp.armored(pgp.secret())})
    assert said == (
        "monitor.toml:7: channels[0].to[0]: has no pgp_key, and others of this channel have one: a letter is encrypted for "
        "all or for none. Give it a key, or make it a channel of its own"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lambda: b"hello", "the file keys/a.asc holds no OpenPGP key (unexpected EOF)"),
        (lambda: str(pgp.secret()).encode(), "the file keys/a.asc holds a secret key, which nobody but its owner"),
        (lambda: pgp.TAKEN_BACK, "the file keys/a.asc holds a key that cannot encrypt"),
        (lambda: b"x" * (keys.LONGEST + 1), "the file keys/a.asc is larger than 1 MiB: put only the key there"),
    ],
)
def test_a_file_without_a_key_to_encrypt_with_is_told_with_its_line(content: Callable[[], bytes], said: str) -> None:
    [told] = problems(A, {f"{FOLDER}/keys/a.asc": content()})
    assert told.startswith(f"monitor.toml:7: channels[0].to[0].pgp_key: {said}")


def test_a_key_that_has_expired_is_for_who_knows_the_time() -> None:
    config = parsed(A, {f"{FOLDER}/keys/a.asc": pgp.armored(pgp.secret(seconds=86400))})
    now = datetime.now(UTC)
    assert keys.unusable(config.channels, "", now) == ()
    [problem] = keys.unusable(config.channels, CHANNEL.replace("{to}", A), now + timedelta(days=2))
    assert str(problem).startswith("monitor.toml:7: channels[0].to[0].pgp_key: keys/a.asc: the key expired on ")
    assert keys.unusable(parse(dict.fromkeys(FILES, ""), {}, FOLDER, Path.read_bytes).channels, "", now) == ()


def test_without_the_package_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pysequoia", None)
    said = problems(A, {f"{FOLDER}/keys/a.asc": b""})
    assert said == [
        "monitor.toml:7: channels[0].to[0].pgp_key: needs a package that is not installed: pip install 'monitor[pgp]'"
    ]
