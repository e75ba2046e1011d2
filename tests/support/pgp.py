"""Throw-away OpenPGP keys, made when a test runs, and opening what was encrypted for them."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pysequoia

from monitor import openpgp
from monitor.core.settings import PgpKey

LATE = b"""-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEZZIAgBYJKwYBBAHaRw8BAQdAvn1Yn4T9ubcU3Htk8r1NDRrYRAf+CwUKiQub
w55Fs5K0F0xhdGUgPGxhdGVAZXhhbXBsZS5vcmc+iJAEExYIADgWIQSTVeV9jdu+
LOS9ylp25WYeVotjigUCZZIAgAIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAK
CRB25WYeVotjit96AP9HpEUhfLWmy5aKMYPpdqYhCwX3joj1/9T9ADEu1dLAOAD+
MDQuQgEX8Y+MI8H/y5iwn4R6bZqpS4k1aGpl3a4xpwy4OARlkgCAEgorBgEEAZdV
AQUBAQdAEH8Oz+fpV73zbk5BcnEq4dWaxC2JeT+e2WcQMfy++yQDAQgHiH4EGBYI
ACYCGwwWIQSTVeV9jdu+LOS9ylp25WYeVotjigUCZZIAvAUJACeNPAAKCRB25WYe
Votjiq66AP4haloyWEhEyejh72MXbVmm4GErYwMoxiZoU8qw3485BAEAlWR/WA+1
GwbXzLUacGWicvc2DALR2hDrMy4u/ALyIAY=
=Pkt5
-----END PGP PUBLIC KEY BLOCK-----
"""
"""Of late@example.org, by GnuPG: it never expires, but what it encrypts with expired on 2024-01-31."""

TWO = b"""-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEZZIAgBYJKwYBBAHaRw8BAQdASsRcEaAwkE/GuyPkvD7uxFopE9hzrlwRoCUa
dLxYjI20FVR3byA8dHdvQGV4YW1wbGUub3JnPoiQBBMWCAA4FiEEzLK+2ivJrGZ/
6ZdF8o83zzvh3y4FAmWSAIACGwMFCwkIBwIGFQoJCAsCBBYCAwECHgECF4AACgkQ
8o83zzvh3y7HugEA+Plx+eiTEUnH6AvXsL7sektbvbe6a0AqT6Teuhs7r74A/04I
CF+zjESV4E7qww/alqYydRFOIY6WGgqA2lPcOS4MuDgEZZIAgBIKKwYBBAGXVQEF
AQEHQK/6SKs3ZBCZzLUAj6JfITOwxpxDcBKJnIqIdZ3YlqpAAwEIB4h+BBgWCAAm
AhsMFiEEzLK+2ivJrGZ/6ZdF8o83zzvh3y4FAmWSALwFCQAnjTwACgkQ8o83zzvh
3y7q6gEA0MNTNC0dS5u+IYMoCktH9fb7xKhNyvdZRru8AvDIW8MBALBuT8L2Yb6s
cDK0IQ3pCJv7uJkQsqR4Fq44GR12AgcNuDgEZZIA+BIKKwYBBAGXVQEFAQEHQLGr
0RAn7M5W9dvfw2bP0aGI3N6y3KmYU5R+fzljA14ZAwEIB4h4BBgWCAAgFiEEzLK+
2ivJrGZ/6ZdF8o83zzvh3y4FAmWSAPgCGwwACgkQ8o83zzvh3y5u/AEAqGvqPZxM
8ZfeAYFuM8Lt+TTDjNxntpKCfSLoW5JDQvsA/Am4uKuA3TJN48uDX06wQz5apMDs
YNa4FrPaEtYelU0B
=5U3e
-----END PGP PUBLIC KEY BLOCK-----
"""
"""Of two@example.org, by GnuPG: the first subkey that encrypts expired on 2024-01-31, the second never does."""
TAKEN_BACK = b"""-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawMAdhYJKwYBBAHaRw8BAQdAUEpPoxS6x3zOt7zckLFVWhiX3O8nqgaxpBDb
9fFIxMa0FVJldiA8cmV2QGV4YW1wbGUub3JnPoiQBBMWCAA4FiEE0fuXxXqJnkcS
hoRtuV7qO1R3fnoFAmsDAHYCGwMFCwkIBwIGFQoJCAsCBBYCAwECHgECF4AACgkQ
uV7qO1R3fnoNaQD/S8cloFOTNME9ZuuHnVKHySkxYPlm4NIGWew5utZn3+4BALcH
jl2CKmxbqxovgcl5G42bxfPpaEu9StkI0FkKLj4KuDgEawMAdhIKKwYBBAGXVQEF
AQEHQFkwoIHt+n9MkKqkfGDaAWILviWU16N5AV3hRlAeipZHAwEIB4h4BCgWCAAg
FiEE0fuXxXqJnkcShoRtuV7qO1R3fnoFAmsDAHYCHQAACgkQuV7qO1R3fnpKEQEA
uFqi7ZSUtrdb+Fqcf5Udjocc14Ev3e9ixAuJsITMQ7MA/0lhAiZuxwhYSNdRPTYS
WvkYi4iNXjAhTvzVpVuTzOAOiHgEGBYIACAWIQTR+5fFeomeRxKGhG25Xuo7VHd+
egUCawMAdgIbDAAKCRC5Xuo7VHd+ehSzAP9fEa+TnxBMaUCKdc42K0AkamzavMCg
UnRa0SlTzyJjuAD/ZofaWB1r+S/S+419+BuXWFqbR+IbY1f4+6st6WNYugQ=
=fkib
-----END PGP PUBLIC KEY BLOCK-----
"""
"""Of rev@example.org, by GnuPG: the subkey that encrypts was revoked, the key was not."""


def secret(user: str = "A <a@example.org>", seconds: int | None = None) -> pysequoia.Tsk:
    """A new key with its secret part; `seconds`: how long it is valid."""
    return pysequoia.Tsk.generate(user, validity_seconds=seconds)


def armored(key: pysequoia.Tsk) -> bytes:
    """What its owner hands out."""
    return str(key.extract_certificate()).encode()


def public(key: pysequoia.Tsk, file: str = "keys/a.asc") -> PgpKey:
    return openpgp.inspect(armored(key), file)


def decrypted(key: pysequoia.Tsk, sealed: bytes) -> bytes:
    return pysequoia.decrypt(sealed, decryptor=key.decryptor()).bytes or b""


def opened(key: pysequoia.Tsk, letter: EmailMessage) -> EmailMessage:
    """The letter within an encrypted one, as a mail program on this machine sees it."""
    _, sealed = letter.iter_parts()
    content = sealed.get_payload(decode=True)
    assert isinstance(content, bytes)
    return message_from_bytes(decrypted(key, content).replace(b"\r\n", b"\n"), policy=policy.default)
