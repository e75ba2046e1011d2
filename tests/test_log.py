"""What a log line looks like on a terminal and for a machine, and what never gets into one."""

import json
import logging
import os
import re
import socket
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import monitor.log
from monitor.core.errors import ConfigError, Problem, SandboxError, StoreError
from monitor.core.settings import Secret

# After monitor.log, which keeps structlog from loading rich.
import structlog  # isort: skip


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root, before, showwarning = logging.getLogger(), structlog.get_config(), warnings.showwarning
    handlers, level = root.handlers[:], root.level
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    yield
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    logging.captureWarnings(capture=False)
    warnings.showwarning = showwarning
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**before)


def told(capsys: pytest.CaptureFixture[str]) -> str:
    out, err = capsys.readouterr()
    assert out == "", "logs go to stderr"
    return err


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in told(capsys).splitlines()]


def clockless(text: str) -> str:
    return re.sub(r"(?m)^\d\d:\d\d:\d\d", "hh:mm:ss", text)


def test_a_terminal_shows_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    monitor.log.configure(verbosity=1, terminal=True)
    log = structlog.get_logger()
    log.info("polled {source}: {new} new of {entries}", source="Meduza", new=3, entries=30)
    log.warning("{source} fails", source="Dazed", since=datetime(2026, 11, 22, 8, tzinfo=UTC).astimezone(), seconds=1.0)
    log.debug("nothing to fill in: {missing}")
    since = f"{datetime(2026, 11, 22, 8, tzinfo=UTC).astimezone():%Y-%m-%d %H:%M}"
    assert clockless(told(capsys)) == (
        "hh:mm:ss       polled Meduza: 3 new of 30\n"
        f"hh:mm:ss WARN  Dazed fails  (since={since}, seconds=1.00)\n"
        "hh:mm:ss debug nothing to fill in: {missing}\n"
    )


def test_everything_else_gets_json(capsys: pytest.CaptureFixture[str]) -> None:
    monitor.log.configure()  # pytest's stderr is no terminal
    at = datetime(2026, 11, 22, 8, tzinfo=UTC)
    structlog.get_logger().info("polled {source}: {new} new", source="Медуза", new=3, next=at, file=Path("x"))
    (line,) = lines(capsys)
    assert abs(datetime.fromisoformat(line.pop("time")) - datetime.now(UTC)).total_seconds() < 60
    assert line == {
        "level": "info",
        "message": "polled Медуза: 3 new",
        "event": "polled {source}: {new} new",
        "source": "Медуза",
        "new": 3,
        "next": "2026-11-22T08:00:00.000Z",
        "file": "x",
    }


@pytest.mark.parametrize(
    ("verbosity", "shown"),
    [
        (-5, ["warning"]),
        (-1, ["warning"]),
        (0, ["info", "warning"]),
        (1, ["debug", "info", "warning"]),
        (3, ["debug", "info", "warning"]),
    ],
)
def test_verbosity(capsys: pytest.CaptureFixture[str], verbosity: int, shown: list[str]) -> None:
    monitor.log.configure(verbosity=verbosity, terminal=False)
    for level in ("debug", "info", "warning"):
        getattr(structlog.get_logger(), level)(level)
    assert [line["event"] for line in lines(capsys)] == shown


@pytest.mark.parametrize("terminal", [True, False])
def test_secrets_are_hidden(capsys: pytest.CaptureFixture[str], terminal: bool) -> None:
    monitor.log.configure(terminal=terminal)
    secret = Secret("whsec_hush", "DESK_WEBHOOK_SECRET")
    structlog.get_logger().info("{a} {b} {c}", a=secret, b=[{"x": secret}], c=(secret,), d={"y": {secret}})
    text = told(capsys)
    assert "hush" not in text
    assert text.count("***") >= 4


@pytest.mark.parametrize("terminal", [True, False])
def test_a_traceback_has_no_values(capsys: pytest.CaptureFixture[str], terminal: bool) -> None:
    monitor.log.configure(terminal=terminal)

    def fail(password: str) -> int:
        return len(password) // 0

    try:
        fail("hu" + "sh")
    except ZeroDivisionError:
        structlog.get_logger().exception("could not divide")
    text = told(capsys)
    assert "ZeroDivisionError" in text
    assert "return len(password) // 0" in text
    assert "hush" not in text


SECRET = "wolves of hush"


def _errors() -> Iterator[BaseException]:
    """Exceptions whose words are made of what must not be told, each in a way of its own."""
    group = ExceptionGroup(SECRET, [ValueError(SECRET), ExceptionGroup("more", [KeyError(SECRET)])])
    noted = RuntimeError("x")
    noted.add_note(SECRET)
    yield from (
        ValueError(SECRET),
        KeyError(SECRET),
        UnicodeEncodeError("ascii", SECRET, 0, 1, SECRET),
        group,
        noted,
    )
    yield OSError(2, "No such file or directory", f"/tmp/{SECRET}")
    yield ConfigError((Problem(file="watchlists.toml", line=1, path=SECRET, message=SECRET),))


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("error", [*_errors()], ids=repr)
def test_a_traceback_does_not_say_what_the_error_says(
    capsys: pytest.CaptureFixture[str], error: BaseException, terminal: bool
) -> None:
    monitor.log.configure(terminal=terminal)

    def fail() -> None:
        try:
            raise error
        except BaseException as first:
            raise SandboxError("the child\x1b[2J died") from first

    try:
        fail()
    except SandboxError:
        structlog.get_logger().exception("it failed")
    structlog.get_logger().warning("again", exc_info=error)
    text = told(capsys)
    assert "hush" not in text
    assert text.count(type(error).__name__) >= 2
    assert "which led to:" in text
    assert "SandboxError: the child [2J died" in text
    assert "in fail" in text


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TypeError("unsupported operand type(s)"), "TypeError: unsupported operand type(s)"),
        (StoreError("the disk is full"), "StoreError: the disk is full"),
        (OSError(28, "No space left on device"), "OSError: No space left on device"),
        (OSError(SECRET), "OSError"),
        (ExceptionGroup("x", [TypeError("y")]), "ExceptionGroup\n  TypeError: y"),
        (None, None),
    ],
)
def test_a_traceback_says_what_helps(
    capsys: pytest.CaptureFixture[str], error: BaseException | None, words: str | None
) -> None:
    monitor.log.configure(terminal=False)
    structlog.get_logger().error("it failed", exc_info=error)
    (line,) = lines(capsys)
    assert line.get("exception") == words


def test_errors_that_led_to_each_other_come_to_an_end(capsys: pytest.CaptureFixture[str]) -> None:
    monitor.log.configure(terminal=False)
    first, second = TypeError("first"), TypeError("second")
    first.__cause__, second.__cause__ = second, first
    structlog.get_logger().error("it failed", exc_info=first)
    assert lines(capsys)[0]["exception"] == "TypeError: second\nwhich led to:\nTypeError: first"


FALLS = """
import sys, threading, monitor.log as m
m.configure(terminal=False)
class Odd:
    def __del__(self):
        raise KeyError("hu" + "sh")
def fall():
    raise ValueError("hu" + "sh")
thread = threading.Thread(target=fall)
thread.start()
thread.join()
Odd()
{last}
"""


def test_what_nobody_caught_is_logged_like_everything_else() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FALLS.format(last="fall()")], capture_output=True, text=True, check=False, timeout=60
    )
    found = [json.loads(line) for line in done.stderr.splitlines()]
    assert sorted(each["exception"].splitlines()[-1] for each in found) == ["KeyError", "ValueError", "ValueError"]
    assert "hush" not in done.stderr
    assert done.returncode == 1


def test_whoever_presses_ctrl_c_sees_what_python_says() -> None:
    last = "raise KeyboardInterrupt"
    done = subprocess.run(
        [sys.executable, "-c", FALLS.format(last=last)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stderr.endswith("KeyboardInterrupt\n")


ATTACK = 'a\x1b[2J\x9b1m\nb\u202ec\u2028{"level": "error"}\rd\x07 می\u200cخواهم'


def test_what_strangers_write_cannot_write_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    monitor.log.configure(terminal=True)
    structlog.get_logger().info("read {title}", title=ATTACK, rest="d\x07\r\ne")
    assert clockless(told(capsys)) == (
        'hh:mm:ss       read a [2J 1m bc {"level": "error"} d می\u200cخواهم  (rest=d e)\n'
    )


def test_what_strangers_write_begins_no_line_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    monitor.log.configure(terminal=False)
    structlog.get_logger().info("read {title}", title=ATTACK, half="\ud800", **{"a\nb\x9b": 1})
    text = told(capsys)
    assert len(text.splitlines()) == 1
    assert not set("\x1b\x9b\x07\u202e\u2028\r\ud800") & set(text)
    assert json.loads(text)["title"] == ATTACK
    assert json.loads(text)["message"].startswith("read a [2J 1m bc")


def test_braces_of_others_are_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    monitor.log.configure(terminal=True)
    structlog.get_logger().info("read {title}", title="{level} {title} {0.__class__}")
    assert clockless(told(capsys)) == "hh:mm:ss       read {level} {title} {0.__class__}\n"


def test_libraries_only_warn(capsys: pytest.CaptureFixture[str]) -> None:
    monitor.log.configure(verbosity=1, terminal=False)
    logging.getLogger("httpx2").info("POST https://hooks.example.org/hush")
    logging.getLogger("apscheduler.executors").warning("run of %s was missed", "tick")
    logging.getLogger("odd").log(35, "between two levels")
    logging.getLogger("odd").critical("it burns")
    logging.getLogger("asyncio").error(
        "Task exception was never retrieved\nfuture: <Task exception=ValueError('hush')>"
    )
    logging.getLogger("apprise.plugins").error("no such service: json://hush@example.org")
    warnings.showwarning("old", DeprecationWarning, "some.py", 1)
    assert [(line["level"], line["message"]) for line in lines(capsys)] == [
        ("warning", "apscheduler.executors: run of %s was missed"),  # what it fills in may be anything
        ("warning", "odd: between two levels"),
        ("critical", "odd: it burns"),
        ("error", "asyncio: Task exception was never retrieved"),
        ("warning", "py.warnings: some.py:1: DeprecationWarning: old"),
    ]


LOG_ONE = "import monitor.log as m; m.configure(); m.structlog.get_logger().warning('look')"


def test_colours_only_on_a_terminal_that_wants_them() -> None:
    for extra, coloured in (
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ):
        main, side = os.openpty()
        environ = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | extra
        subprocess.run([sys.executable, "-c", LOG_ONE], stderr=side, env=environ, check=True, timeout=60)
        text = os.read(main, 4096).decode()
        os.close(main)
        os.close(side)
        assert ("\033[33mWARN " in text) is coloured
        assert "look" in text


def test_the_journal_gets_priorities() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        stat = os.fstat(theirs.fileno())
        environ = os.environ | {"JOURNAL_STREAM": f"{stat.st_dev}:{stat.st_ino}"}
        subprocess.run([sys.executable, "-c", LOG_ONE], stderr=theirs.fileno(), env=environ, check=True, timeout=60)
        assert ours.recv(4096).startswith(b'<4>{"time": ')


def test_rich_stays_out() -> None:
    count = "import sys, monitor.log; print('rich' in sys.modules, 'rich.console' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", count], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "False False\n"


def test_rich_that_is_there_stays() -> None:
    keep = "import sys, rich; before = rich; import monitor.log; print(sys.modules['rich'] is before)"
    done = subprocess.run([sys.executable, "-c", keep], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "True\n"
