"""Public keys: what is read from a file, what is refused, and encrypting for several of them."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pysequoia
import pytest
from pysequoia.packet import PacketPile

from monitor import openpgp
from support import pgp

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def without_the_subkey_that_encrypts(key: pysequoia.Tsk) -> bytes:
    """Its packets are the key, a signature, the user and a signature, and two subkeys with a signature each."""
    return bytes(pysequoia.Cert.from_packets(list(PacketPile.from_bytes(pgp.armored(key)))[:-2]))


def revoked(key: pysequoia.Tsk) -> bytes:
    cert = key.extract_certificate()
    return bytes(cert) + bytes(cert.revoke(key.certifier()))


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "an empty file": (lambda: b"", "holds no OpenPGP key: ask its owner for the public key"),
    "something else": (lambda: b"whsec_hello", "holds no OpenPGP key ("),
    "binary rubbish": (lambda: b"\x00\xff" * 100, "holds no OpenPGP key ("),
    "armor that is broken off": (lambda: pgp.armored(pgp.secret())[:200], "holds no OpenPGP key ("),
    "a message": (
        lambda: openpgp.encrypted(b"", [pgp.public(pgp.secret())], NOW),
        "holds no OpenPGP key (Unsupported Cert",
    ),
    "a secret key": (lambda: str(pgp.secret()).encode(), "holds a secret key, which nobody but its owner may have"),
    "two keys": (lambda: pgp.armored(pgp.secret()) + pgp.armored(pgp.secret()), "holds 2 keys: put only the one"),
    "a revoked key": (lambda: revoked(pgp.secret()), "holds a key that its owner has revoked"),
    "a key that only signs": (
        lambda: without_the_subkey_that_encrypts(pgp.secret()),
        "holds a key that cannot encrypt (No suitable encryption subkey for",
    ),
}


def test_a_key_that_cannot_encrypt_is_not_had_by_exporting_it_again() -> None:
    with pytest.raises(ValueError, match=r"give it a subkey for that \(gpg --quick-add-key FINGERPRINT default encr\)"):
        openpgp.inspect(without_the_subkey_that_encrypts(pgp.secret()), "signs.asc")


@pytest.mark.parametrize("content", REFUSED)
def test_a_file_that_holds_no_key_to_encrypt_with_is_refused(content: str) -> None:
    made, said = REFUSED[content]
    with pytest.raises(ValueError) as caught:
        openpgp.inspect(made(), "a.asc")
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)  # nothing of what the library says of itself


@pytest.mark.parametrize("form", [pgp.armored, lambda key: bytes(key.extract_certificate())], ids=["armored", "binary"])
def test_a_key_is_read(form: Callable[[pysequoia.Tsk], bytes]) -> None:
    key = pgp.secret("Ada <ada@example.org>")
    found = openpgp.inspect(form(key), "keys/ada.asc")
    assert (found.file, found.users, found.expires) == ("keys/ada.asc", ("Ada <ada@example.org>",), None)
    assert found.fingerprint == key.extract_certificate().fingerprint.upper()
    assert repr(found.content) not in repr(found)


def test_a_key_that_will_expire_says_when() -> None:
    day = openpgp.inspect(pgp.armored(pgp.secret(seconds=86400)), "a.asc").expires
    assert day is not None
    assert timedelta(hours=23) < day - datetime.now(UTC) <= timedelta(days=1)


def test_what_it_encrypts_with_may_expire_sooner() -> None:
    late = openpgp.inspect(pgp.LATE, "late.asc")
    assert late.expires == datetime(2024, 1, 31, 0, 1, tzinfo=UTC)
    assert openpgp.expired(late).startswith("the key expired on 2024-01-31: ask its owner")


def test_each_owner_can_read_it_and_nobody_else() -> None:
    keys = [pgp.secret(), pgp.secret("B <b@example.org>")]
    sealed = openpgp.encrypted(b"Eelgrass", [pgp.public(key) for key in keys], NOW)
    assert sealed.startswith(b"-----BEGIN PGP MESSAGE-----\n")
    assert b"Eelgrass" not in sealed
    assert [pgp.decrypted(key, sealed) for key in keys] == [b"Eelgrass", b"Eelgrass"]
    with pytest.raises(RuntimeError):
        pgp.decrypted(pgp.secret(), sealed)


def test_nothing_is_encrypted_when_one_key_has_expired() -> None:
    whole, short = pgp.public(pgp.secret()), pgp.public(pgp.secret(seconds=86400), "keys/short.asc")
    assert openpgp.encrypted(b"", [whole, short], datetime.now(UTC))
    with pytest.raises(ValueError, match=r"^keys/short\.asc: the key expired on "):
        openpgp.encrypted(b"", [whole, short], datetime.now(UTC) + timedelta(days=2))


def test_of_two_subkeys_the_one_that_is_valid_counts() -> None:
    key = openpgp.inspect(pgp.TWO, "two.asc")
    assert key.expires is None
    session, _ = PacketPile.from_bytes(openpgp.encrypted(b"", [key], NOW))
    assert session.body[1:9].hex() == "d2491162056e1026"  # RFC 9580, 5.1.1: the id of the key that it is for


def test_a_subkey_that_was_revoked_encrypts_nothing() -> None:
    with pytest.raises(ValueError, match=r"^holds a key that cannot encrypt"):
        openpgp.inspect(pgp.TAKEN_BACK, "taken-back.asc")
    packets = list(PacketPile.from_bytes(pgp.TAKEN_BACK))
    assert openpgp._until(packets[-3:], pysequoia) is None  # with its two signatures


def test_what_the_library_says_is_said_in_one_line() -> None:
    key = replace(pgp.public(pgp.secret()), content=b"\x00")
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        openpgp.encrypted(b"", [key], NOW)


def test_without_the_library_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    key = pgp.public(pgp.secret())
    monkeypatch.setitem(sys.modules, "pysequoia", None)  # as if it were not there
    for attempt in (lambda: openpgp.inspect(b"", "a.asc"), lambda: openpgp.encrypted(b"", [key], NOW)):
        with pytest.raises(ValueError, match=r"pip install 'monitor\[pgp\]'"):
            attempt()


@pytest.mark.skipif(not shutil.which("gpg"), reason="GnuPG is not installed")
def test_gnupg_can_read_it(tmp_path: Path) -> None:
    def gpg(*arguments: str, given: bytes = b"") -> bytes:
        command = ["gpg", "--homedir", str(tmp_path), "--batch", "--pinentry-mode", "loopback", "--passphrase", ""]
        return subprocess.run([*command, *arguments], input=given, capture_output=True, check=True).stdout

    tmp_path.chmod(0o700)
    try:
        gpg("--quick-generate-key", "Ada <ada@example.org>", "default", "default", "1y")
        key = openpgp.inspect(gpg("--armor", "--export", "ada@example.org"), "ada.asc")
        assert gpg("--decrypt", given=openpgp.encrypted("Grün".encode(), [key], datetime.now(UTC))) == "Grün".encode()
    finally:
        subprocess.run(["gpgconf", "--homedir", str(tmp_path), "--kill", "all"], check=False)
