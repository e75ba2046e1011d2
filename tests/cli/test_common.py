"""What holds for every command: options, help, errors and exit statuses, and what is not loaded."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from monitor.cli.common import awaited, default_folder, span, unknown
from support.commands import run, spawn, write_config
from support.stored import Stored

COMMANDS = (
    "run",
    "demo",
    "init",
    "check",
    "status",
    "search",
    "explain",
    "replay",
    "parse",
    "extract",
    "match",
    "cluster",
    "backup",
    "prune",
    "doctor",
    "coverage",
)
GROUPS = {
    "feeds": ("list", "test", "discover", "import", "export", "resume", "release", "baseline"),
    "watchlists": ("list", "test", "diff", "learn"),
    "channels": ("list", "test"),
    "alerts": ("list", "show", "resend"),
    "stories": ("list", "show", "split", "merge"),
}


def test_help_lists_every_command() -> None:
    said = run("--help").out
    assert [name for name in (*COMMANDS, *GROUPS) if f"\n  {name} " not in said] == []
    assert "..." not in said.partition("Commands:")[2]  # nothing is cut off


@pytest.mark.parametrize("group", GROUPS)
def test_groups_list_theirs(group: str) -> None:
    said = run(group, "--help").out
    assert [name for name in GROUPS[group] if f"\n  {name} " not in said] == []
    assert "..." not in said.partition("Commands:")[2]  # nothing is cut off


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("status", "--nonsense"),
        ("feeds", "resume"),
        ("alerts", "list", "--since", "soon"),
        ("-x", "run"),
    ],
)
def test_wrong_usage_is_2(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.status == 2
    assert done.err.startswith("Usage: ")
    assert done.out == ""


def test_an_interrupt_before_anything_was_begun_shows_no_traceback() -> None:
    interrupted = """
import sys
from monitor.__main__ import main

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == "monitor.cli":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupt())
main()
"""
    done = subprocess.run([sys.executable, "-c", interrupted], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")


def test_version() -> None:
    assert run("--version").out.startswith("monitor 0.")


def test_every_problem_is_told_with_its_line(tmp_path: Path) -> None:
    feeds = '[[feeds]]\nnaem = "A"\nurl = "https://a.example/"\n\n[[feeds]]\nname = "B"\nurl = "ftp://b.example/"\n'
    done = run("--config", write_config(tmp_path / "config", feeds=feeds), "check")
    assert done.status == 2
    lines = done.err.splitlines()
    assert [line.partition(": ")[0] for line in lines] == ["feeds.toml:1", "feeds.toml:2", "feeds.toml:7"]
    assert "did you mean 'name'?" in lines[1]
    assert done.out == ""


def test_no_configuration_at_all_says_how_to_get_one(tmp_path: Path) -> None:
    done = spawn("check", cwd=tmp_path, env={"MONITOR_CONFIG": "nowhere"})
    assert (done.status, done.out) == (2, "")
    assert done.err == "nowhere: there is no such folder: `monitor init nowhere` writes a starter configuration\n"


def test_what_fails_while_running_is_1(tmp_path: Path) -> None:
    done = run("--config", write_config(tmp_path / "config"), "status")
    assert (done.status, done.out) == (1, "")
    assert done.err == f"monitor: there is no database {tmp_path}/config/data/monitor.db yet: `monitor run` makes it\n"


def test_data_needs_no_secrets(tmp_path: Path, empty_database: Path) -> None:
    channel = """[daemon]
data_dir = "there"
[[channels]]
name = "desk"
type = "webhook"
url = { env = "NOT_SET" }
default = true
"""
    folder = write_config(tmp_path / "config", monitor=channel)
    Stored.at(folder / "there" / "monitor.db", empty_database)
    for command in (("status",), ("alerts", "list"), ("feeds", "list"), ("watchlists", "list")):
        assert run("--config", folder, *command).status == 0
    done = run("--config", folder, "check")
    assert done.status == 2
    assert "NOT_SET" in done.err


@pytest.mark.parametrize("text", ["[daemon", "daemon = 3", None])
def test_where_the_data_is_can_be_said_when_the_file_cannot(
    text: str | None, tmp_path: Path, empty_database: Path
) -> None:
    folder = write_config(tmp_path / "config", monitor=text or "")
    if text is None:
        (folder / "monitor.toml").unlink()
    Stored.at(tmp_path / "data" / "monitor.db", empty_database)
    done = run("--config", folder, "status")
    assert (done.status, "--data-dir" in done.err) == (2, True)
    assert run("--config", folder, "--data-dir", tmp_path / "data", "status").status == 0


def test_the_default_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MONITOR_CONFIG", "/elsewhere")
    assert default_folder() == Path("/elsewhere")
    monkeypatch.delenv("MONITOR_CONFIG")
    assert default_folder() in (Path("config"), Path("/etc/monitor"))
    (tmp_path / "config").mkdir()
    assert default_folder() == Path("config")


@pytest.mark.parametrize(("text", "seconds"), [("30s", 30), ("15m", 900), ("6h", 21600), (" 7d ", 604800)])
def test_spans(text: str, seconds: int) -> None:
    assert span(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["0h", "00d", "5x", "yesterday", "-1h"])
def test_what_is_no_span(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="write a number and s, m, h or d"):
        span(text)


@pytest.mark.parametrize(
    ("names", "hint"),
    [
        (["The Gazette", "Herald"], "did you mean 'The Gazette'?"),
        (["Herald"], "there are: Herald"),
        (
            [f"Nr. {n}" for n in range(11)],
            "there are: Nr. 0, Nr. 1, Nr. 2, Nr. 3, Nr. 4, Nr. 5, Nr. 6, Nr. 7, Nr. 8, Nr. 9, …",
        ),
        ([], "there is none"),
    ],
)
def test_unknown_names_bring_the_nearest(names: list[str], hint: str) -> None:
    assert str(unknown("source", "the gazete", names)) == f"there is no source 'the gazete'; {hint}"


def test_what_is_waited_for_is_not_made_a_text_of() -> None:
    class Large:
        def __repr__(self) -> str:
            raise AssertionError("a second is lost")

    async def work() -> Large:
        return Large()

    assert isinstance(awaited(work()), Large)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("bbc", "did you mean 'BBC News, World'?"),
        ("monde", "did you mean 'Le Monde'?"),
        ("le", "did you mean 'Le Monde'?"),
        ("ukraine", "there are: BBC News, World, Le Monde, Iran International"),  # half of its letters are in another
    ],
)
def test_the_beginning_of_a_name_is_enough_and_a_likeness_is_not(name: str, hint: str) -> None:
    names = ["BBC News, World", "Le Monde", "Iran International"]
    assert str(unknown("source", name, names)) == f"there is no source {name!r}; {hint}"


def test_data_of_no_configuration_says_how_to_get_one(tmp_path: Path) -> None:
    done = run("--config", tmp_path / "nowhere", "status")
    assert (done.status, done.out) == (2, "")
    assert done.err.endswith(
        f"there is no such folder: `monitor init {tmp_path}/nowhere` writes a starter configuration\n"
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full is a thing of Linux")
def test_a_result_that_finds_no_room(tmp_path: Path) -> None:
    folder = write_config(tmp_path / "config")
    command = [sys.executable, "-m", "monitor", "--config", str(folder), "feeds", "list", "--json"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "monitor: the result cannot be written: No space left on device\n"


def test_without_stdin_stdout_and_stderr(tmp_path: Path) -> None:
    folder = write_config(tmp_path / "config", feeds="")
    for command in ("feeds list", "cluster", "nonsense", "--data-dir there run --once"):
        shell = f'exec "{sys.executable}" -m monitor --config "{folder}" {command} <&- >&- 2>&-'
        status = subprocess.run(["sh", "-c", shell], cwd=tmp_path, check=False).returncode
        assert status == (2 if command == "nonsense" else 0), command
    with sqlite3.connect(tmp_path / "there" / "monitor.db") as db:  # nothing was printed into it
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_help_loads_nothing_heavy() -> None:
    heavy = (
        "rich",
        "pydantic",
        "httpcore2",
        "sqlite3",
        "structlog",
        "trafilatura",
        "feedparser",
        "apscheduler",
        "lxml",
    )
    code = "import sys, monitor.cli\nprint(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert [name for name in heavy if name in loaded] == []


def test_a_reader_that_goes_away_is_no_error() -> None:
    lines = b'{"id": 1, "url": "https://a.example/", "title": "T", "text": "x"}\n' * 5000
    with subprocess.Popen(
        [sys.executable, "-m", "monitor", "cluster"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as filter_:
        assert filter_.stdin
        assert filter_.stdout
        assert filter_.stderr
        filter_.stdin.write(lines[:6500])
        filter_.stdin.flush()
        filter_.stdout.readline()
        filter_.stdout.close()
        try:
            filter_.stdin.write(lines)
            filter_.stdin.close()
        except BrokenPipeError:
            pass
        assert filter_.stderr.read() == b""
