"""The unit file: every directive is explained, and systemd itself finds nothing to say against it."""

import itertools
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

UNIT = Path(__file__).parent.parent / "systemd" / "monitor.service"

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed (apt install systemd)"
)


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", "--no-pager", *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_every_directive_has_a_comment_above() -> None:
    lines = [line.strip() for line in UNIT.read_text("utf-8").splitlines()]
    directives = [(above, line) for above, line in itertools.pairwise(lines) if "=" in line and line[0] != "#"]
    assert len(directives) > 40
    assert [line for above, line in directives if not above.startswith("# ")] == []


@needs_systemd
def test_it_is_hardened() -> None:
    done = analyze("security", "--offline=true", "--threshold=15", str(UNIT))
    assert done.returncode == 0, done.stdout


@needs_systemd
def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    unit = tmp_path / "monitor.service"  # verify wants a program that is there
    unit.write_text(UNIT.read_text("utf-8").replace("/opt/monitor/.venv/bin/monitor", sys.executable), "utf-8")
    done = analyze("verify", str(unit))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
