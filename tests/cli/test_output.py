"""How results look, on a terminal and elsewhere."""

import json
import os
import pty
import re
import struct
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ

import pytest

from monitor.cli import output
from support.alerts import NASTY

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MOMENT = timedelta(microseconds=37400)


def on_a_terminal(code: str, columns: int = 60) -> str:
    """What a program prints on a terminal so wide, without colours."""
    outer, inner = pty.openpty()
    ioctl(inner, TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    env = {"PATH": os.environ["PATH"], "TERM": "xterm", "LANG": "C.UTF-8"}
    with subprocess.Popen([sys.executable, "-c", code], stdout=inner, stderr=inner, env=env) as program:
        os.close(inner)
        said = b""
        try:
            while chunk := os.read(outer, 4096):
                said += chunk
        except OSError:  # Linux says so when the program has ended
            pass
        assert program.wait() == 0, said
    os.close(outer)
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", said.decode()).replace("\r\n", "\n")


TABLE = """
from monitor.cli import output
output.table(("NAME", "REMARKS"), [("Gazette", "one two three " * 6), ("漢字", "short")])
"""


def test_a_table_fits_the_terminal() -> None:
    lines = on_a_terminal(TABLE).splitlines()
    assert max(map(len, lines)) <= 60
    assert lines[0].split() == ["NAME", "REMARKS"]
    assert lines[1].startswith("Gazette  one two three")
    assert lines[2].startswith("         ")
    assert lines[-1].startswith("漢字     short")  # two columns wide each


BLOCKS = """
from monitor.cli import output
row = ("Gazette", "ok", "-", "a long address " * 3, "")
output.table(("NAME", "STATE", "TAGS", "ADDRESS", "REMARKS"), [row, ("Herald", *row[1:])], broken=(3, -1))
"""


def test_on_a_narrow_terminal_a_row_is_a_block() -> None:
    address = "  address: a long address a long address a long address"
    rest = ["  state: ok", "  tags: -", address]
    assert on_a_terminal(BLOCKS, 40).splitlines() == ["Gazette", *rest, "", "Herald", *rest]
    assert on_a_terminal(BLOCKS, 50).splitlines()[0].split() == ["NAME", "STATE", "TAGS", "ADDRESS", "REMARKS"]


def test_elsewhere_a_row_is_a_line(capfd: pytest.CaptureFixture[str]) -> None:
    output.table(("NAME", "REMARKS"), [("Gazette", "one two three " * 30), ("bad\nline\x1b[1m", "")])
    said = capfd.readouterr().out.splitlines()
    assert said == ["NAME          REMARKS", f"Gazette       {'one two three ' * 29}one two three", "bad line [1m"]


def test_without_rows_it_is_said(capfd: pytest.CaptureFixture[str]) -> None:
    output.table(("NAME",), [], empty="Nothing.")
    assert capfd.readouterr() == ("", "Nothing.\n")


PROGRESS = """
import threading
from monitor.cli import output
output.PATIENCE = {patience}
with output.progress("Polling [b]", {total}) as advance:
    advance(2)
    if not {patience}:
        [timer.join() for timer in threading.enumerate() if isinstance(timer, threading.Timer)]
print("done")
"""


@pytest.mark.parametrize(("total", "shown"), [(4, "2/4"), (None, "Polling [b]")])
def test_who_waits_on_a_terminal_sees_progress(total: int | None, shown: str) -> None:
    said = on_a_terminal(PROGRESS.format(patience=0, total=total))
    assert "Polling [b]" in said
    assert shown in said
    assert said.endswith("done\n")


def test_who_does_not_wait_sees_none() -> None:
    assert on_a_terminal(PROGRESS.format(patience=60, total=4)) == "done\n"


def test_elsewhere_there_is_no_progress(capfd: pytest.CaptureFixture[str]) -> None:
    with output.progress("Polling", 4) as advance:
        advance(1)
    assert capfd.readouterr() == ("", "")


def test_quotes_are_marked(capfd: pytest.CaptureFixture[str]) -> None:
    output.quote("Two wolves\nand a wolf", ["wolves", "wolf"])
    assert capfd.readouterr().out == "    Two *wolves* and a *wolf*\n"
    assert on_a_terminal("from monitor.cli import output\noutput.quote('A wolf', ['wolf'], 0)") == "A wolf\n"


def test_whatever_the_locale_results_are_utf_8(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    output.line("Волк \ud800", 1)
    assert capfdbinary.readouterr().out == " Волк \ufffd\n".encode()


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (None, "-"),
        ("2026-11-22T12:00:00.000Z", "now"),
        ("2026-11-22T11:59:15.000Z", "45 s ago"),
        ("2026-11-22T11:00:01.000Z", "59 min ago"),
        ("2026-11-22T14:00:00.000Z", "in 2 h"),
        ("2026-11-12T12:00:00.000Z", "10 d ago"),
    ],
)
def test_ago(at: str | None, told: str) -> None:
    assert output.ago(at, NOW) == told


def test_moments_are_the_readers() -> None:
    assert output.moment(None) == "-"
    assert output.moment(NOW) == output.moment("2026-11-22T12:00:00.000Z") == f"{NOW.astimezone():%Y-%m-%d %H:%M}"
    assert output.duration(timedelta(seconds=90)) == "1 min"


@pytest.mark.parametrize(("number", "said"), [(0, "0 entries"), (1, "1 entry"), (2, "2 entries")])
def test_counts(number: int, said: str) -> None:
    assert output.counted(number, "entry", "entries") == said
    assert output.counted(number, "source") == ("1 source" if number == 1 else f"{number} sources")


class Kind(StrEnum):
    FEED = "feed"


def test_json_has_a_form_for_everything_that_is_shown(capfd: pytest.CaptureFixture[str]) -> None:
    output.show_json({"at": NOW, "to": NOW + MOMENT, "tags": ("a",), "kind": Kind.FEED, "кто": {1}})
    assert capfd.readouterr().out == (
        '{\n  "at": "2026-11-22T12:00:00Z",\n  "to": "2026-11-22T12:00:00.037Z",\n'
        '  "tags": [\n    "a"\n  ],\n  "kind": "feed",\n  "кто": [\n    1\n  ]\n}\n'
    )
    with pytest.raises(TypeError, match="object has no form"):
        output.plain(object())


NASTY_ON_A_TERMINAL = """
from monitor.cli import common, output
from support.alerts import NASTY
for text in NASTY.values():
    output.line(text)
    output.quote(text, [text[:3], ""])
    output.table((text[:9] and "HEADING", "OTHER"), [(text, text)])
    output.table(("HEADING",), [], empty=text)
    output.show_json({text: [text]})
    common.say(text)
    with output.progress(text):
        pass
"""


def test_what_strangers_write_cannot_write_to_a_terminal() -> None:
    path = f"import sys; sys.path.insert(0, {str(Path(__file__).parents[1])!r})\n"
    said = on_a_terminal(path + NASTY_ON_A_TERMINAL, 100)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]", said)
    assert "[bold red]x[/] [link=https://evil.example]y[/link] :bomb:" in said  # no markup and no emoji of rich's
    assert said.count("[2J") >= 6  # that it is there to be read says that it was not obeyed
    assert "\\u009b31m" in said  # in JSON


def test_json_means_the_same(capfd: pytest.CaptureFixture[str]) -> None:
    for text in NASTY.values():
        output.show_json({"text": text})
        assert json.loads(capfd.readouterr().out) == {"text": text}
