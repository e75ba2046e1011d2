"""A short run of the fuzzer, always the same, and everything that longer runs have found."""

import os
import signal
from pathlib import Path

import pytest

from support import fuzz

FOUND = sorted(path for path in fuzz.FINDINGS.rglob("*") if path.is_file())


@pytest.mark.parametrize("target", fuzz.TARGETS)
def test_some_inputs(target: str) -> None:
    made = [fuzz.make(target, 20261122, number) for number in range(fuzz.TARGETS[target].few)]
    assert [(wrong, data) for data in made if (wrong := fuzz.wrong_with(target, data))] == []


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_was_found(path: Path) -> None:
    assert fuzz.attempt(path.parent.name, iter([path.read_bytes()]))[1] == ""


def test_a_finding_is_found_made_small_and_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On a target that crashes, hangs and raises."""

    def fragile(data: bytes) -> None:
        if b"crash" in data:
            os.kill(os.getpid(), signal.SIGKILL)
        while b"hang" in data:
            pass
        if b"\x00" in data:
            raise KeyError(data)

    monkeypatch.setitem(fuzz.TARGETS, "fragile", fuzz.Target(fragile, [b"seed"]))
    monkeypatch.setattr(fuzz, "FINDINGS", tmp_path)
    assert fuzz.attempt("fragile", iter([b"a", b"b crash"])) == (2, "died of SIGKILL", b"b crash")
    assert fuzz.attempt("fragile", iter([b"hang"]), longest=0.2)[1:] == ("took longer than 0.2 s", b"hang")
    assert fuzz.attempt("fragile", iter([b"a"])) == (1, "", b"")
    tried, what, data = fuzz.attempt("fragile", iter([b"abc\x00def"]))
    assert (tried, what.partition(":")[0]) == (1, "KeyError in test_fuzz.py")
    assert fuzz.smaller("fragile", data, what) == b"\x00"
    assert fuzz.keep(fuzz.Finding("fragile", what, b"\x00")).read_bytes() == b"\x00"
    assert fuzz.make("fragile", 1, 7) == fuzz.make("fragile", 1, 7)
