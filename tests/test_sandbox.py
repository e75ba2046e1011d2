"""Real children that hang, crash, eat memory and lie."""

import asyncio
import gc
import os
import select
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from children import (
    a_feed,
    answer_by_hand,
    crash,
    double,
    eat_memory,
    leave,
    loop_for_ever,
    odds_and_ends,
    process_id,
    promise_a_number,
    refuse,
    stumble,
    surroundings,
    talk_too_much,
)
from monitor.core import languages
from monitor.core.errors import MonitorError, ParseError, SandboxError
from monitor.sandbox import MIB, Sandbox

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_answers_come_back_as_they_were() -> None:
    async with Sandbox() as sandbox:
        assert await sandbox.call(double, 21, deadline=30) == 42
        feed = await sandbox.call(a_feed, "Привет", digest=bytes(range(200, 256)), deadline=30)
        assert feed == a_feed("Привет", digest=bytes(range(200, 256)))
        odds, numbers = await sandbox.call(odds_and_ends, deadline=30)
        expected = odds_and_ends()[0]
        assert (odds.wait, odds.shares, odds.names, odds.when) == (expected.wait, expected.shares, expected.names, None)
        assert (odds.text, numbers) == ("a?\x00\u2028б", {"k": [1]})


async def test_a_child_is_kept_and_replaced_only_when_it_failed() -> None:
    async with Sandbox() as sandbox:
        first = await sandbox.call(process_id, deadline=30)
        with pytest.raises(ParseError, match="not a feed"):
            await sandbox.call(refuse, "parse", deadline=30)
        assert await sandbox.call(process_id, deadline=30) == first
        with pytest.raises(SandboxError):
            await sandbox.call(leave, 3, deadline=30)
        assert await sandbox.call(process_id, deadline=30) != first


@pytest.mark.parametrize(
    ("function", "args", "deadline", "message"),
    [
        (loop_for_ever, (), 0.05, "was not done within 0.05 s and was killed"),
        (leave, (3,), 30, r"died \(status 3\)"),
        (crash, (), 30, r"died \(SIGSEGV\)"),
        (eat_memory, (), 30, "ran out of memory"),
        (talk_too_much, (), 30, "larger than 64 MiB"),
        (promise_a_number, (), 30, "did not answer promise_a_number with what it returns"),
        (answer_by_hand, (b"a", b'[["not", "a", "number"]]'), 30, "did not answer"),
        (answer_by_hand, (b"a", b"\x80\x05cposix\nsystem\n"), 30, "did not answer"),
        (answer_by_hand, (b"w", b'["SystemExit", "x", 1]'), 30, "did not answer"),
        (answer_by_hand, (b"w", b'["SystemExit", "bye"]'), 30, "bye"),
        (answer_by_hand, (b"?", b"x"), 30, "answer_by_hand failed: an answer of no known kind"),
        (refuse, ("config",), 30, "^$"),
    ],
)
async def test_what_fails_is_told_and_the_next_call_works(
    function: Any, args: tuple[Any, ...], deadline: float, message: str
) -> None:
    async with Sandbox(memory_limit=512 * MIB) as sandbox:
        with pytest.raises(SandboxError, match=message):
            await sandbox.call(function, *args, deadline=deadline)
        assert await sandbox.call(double, 1, deadline=30) == 2


async def test_an_unforeseen_error_tells_its_place_but_not_its_words() -> None:
    async with Sandbox() as sandbox:
        with pytest.raises(SandboxError, match=r"^stumble failed: KeyError in children\.py:\d+$"):
            await sandbox.call(stumble, "a watched word", deadline=30)
        with pytest.raises(MonitorError, match="not a feed"):
            await sandbox.call(refuse, "monitor", deadline=30)


async def test_a_child_sees_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_WEBHOOK_SECRET", "whsec_x")
    ours = os.open(__file__, os.O_RDONLY)
    os.set_inheritable(ours, True)
    async with Sandbox() as sandbox:
        found = await sandbox.call(surroundings, deadline=30)
    os.close(ours)
    assert "DESK" not in found["environment"]
    assert not {"lxml", "trafilatura", "feedparser", "site"} & set(found["modules"].split())
    assert len(found["descriptors"].split()) <= 6  # three of nothing, two pipes, its own statistics
    assert found["write"] in ("OSError", "PermissionError")  # of the limit of sizes, or of a wall
    assert found["stdin"] == ""


async def test_a_cancelled_call_leaves_the_pool_usable() -> None:
    async with Sandbox() as sandbox:
        first = await sandbox.call(process_id, deadline=30)
        task = asyncio.create_task(sandbox.call(loop_for_ever, deadline=600))
        done, _ = await asyncio.wait([task], timeout=0.05)
        assert not done
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await sandbox.call(process_id, deadline=30) != first


async def test_a_call_cancelled_before_its_child_stands() -> None:
    async with Sandbox() as sandbox:
        task = asyncio.create_task(sandbox.call(double, 1, deadline=30))
        await asyncio.wait([task], timeout=0.002)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await sandbox.call(double, 1, deadline=30) == 2


async def test_calls_are_spread_and_queue_when_all_are_busy() -> None:
    async with Sandbox(2) as sandbox:
        answers = await asyncio.gather(*(sandbox.call(process_id, deadline=30) for _ in range(20)))
        assert len(set(answers)) == 2
        hung = asyncio.create_task(sandbox.call(loop_for_ever, deadline=600))
        assert await sandbox.call(double, 2, deadline=30) == 4
        hung.cancel()
        await asyncio.wait([hung])


async def test_the_deadline_does_not_run_while_a_call_queues() -> None:
    async with Sandbox() as sandbox:
        calls = [sandbox.call(loop_for_ever, deadline=0.3), sandbox.call(double, 4, deadline=0.25)]
        hung, answer = await asyncio.gather(*calls, return_exceptions=True)
        assert isinstance(hung, SandboxError)
        assert answer == 8


async def test_a_child_without_work_ends() -> None:
    async with Sandbox(idle=timedelta(seconds=0)) as sandbox:
        first = await sandbox.call(process_id, deadline=30)
        assert await asyncio.to_thread(gone, first)
        assert await sandbox.call(process_id, deadline=30) != first


async def test_a_child_that_died_while_idle_is_not_asked() -> None:
    async with Sandbox() as sandbox:
        first = await sandbox.call(process_id, deadline=30)
        os.kill(first, signal.SIGKILL)
        assert await asyncio.to_thread(gone, first)
        assert await sandbox.call(double, 3, deadline=30) == 6


async def test_a_worn_child_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.sandbox._MAX_CALLS", 2)
    async with Sandbox() as sandbox:
        answers = [await sandbox.call(process_id, deadline=30) for _ in range(4)]
    assert answers[0] == answers[1] != answers[2] == answers[3]


async def test_a_stream_keeps_order_and_reads_no_further_than_told() -> None:
    read = []

    def calls() -> Any:
        for number in range(12):
            read.append(number)
            yield (number,)

    async with Sandbox(2) as sandbox:
        answers = sandbox.stream(double, calls(), deadline=30, ahead=3)
        assert await anext(answers) == 0
        assert read == [0, 1, 2]
        assert [answer async for answer in answers] == [2 * number for number in range(1, 12)]


async def test_a_stream_puts_errors_where_answers_would_be() -> None:
    async with Sandbox(2) as sandbox:
        answers = [answer async for answer in sandbox.stream(refuse, [("parse",), ("config",)], deadline=30)]
        assert [type(answer) for answer in answers] == [ParseError, SandboxError]


async def test_a_stream_that_is_left_ends_what_it_began() -> None:
    async with Sandbox(2) as sandbox:
        answers = sandbox.stream(loop_for_ever, [()] * 9, deadline=0.1)
        assert isinstance(await anext(answers), SandboxError)
        await answers.aclose()
        assert await sandbox.call(double, 5, deadline=30) == 10


async def test_closing_lets_a_running_call_answer() -> None:
    sandbox = Sandbox()
    running = asyncio.create_task(sandbox.call(double, 6, deadline=30))
    await asyncio.sleep(0)
    await sandbox.close()
    assert await running == 12
    await sandbox.close()


async def test_no_child_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(SandboxError, match="cannot start a child process: No such file") as found:
        await Sandbox().call(double, 1, deadline=30)
    assert not found.value.begun


async def test_a_module_that_cannot_be_read_says_nothing_of_what_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(double, "__module__", "not_there")
    async with Sandbox() as sandbox:
        with pytest.raises(SandboxError, match="could not begin: ModuleNotFoundError") as found:
            await sandbox.call(double, 1, deadline=30)
        assert not found.value.begun


async def test_a_working_directory_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An upgrade takes it away from under a daemon."""
    folder = tmp_path / "release-1"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    async with Sandbox() as sandbox:
        assert await sandbox.call(double, 21, deadline=30) == 42


async def test_a_child_that_says_something_else_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/echo")
    with pytest.raises(SandboxError):
        await Sandbox().call(double, 1, deadline=30)
    gc.collect()


async def test_the_system_ends_a_child_that_uses_more_time_than_it_may() -> None:
    async with Sandbox() as sandbox:
        pid = await sandbox.call(process_id, deadline=30)
        limit = resource_limit(pid, "Max cpu time")
        assert 30 < int(limit) <= 60


PARENT = """
import asyncio, sys
sys.path[:0] = [{folder!r}]
from children import loop_for_ever, process_id
from monitor.sandbox import Sandbox

async def main():
    sandbox = Sandbox()
    print(await sandbox.call(process_id, deadline=30), flush=True)
    await sandbox.call(loop_for_ever, deadline=600)

asyncio.run(main())
"""


def test_a_child_at_work_never_outlives_its_parent() -> None:
    program = PARENT.format(folder=str(Path(__file__).parent))
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        parent.kill()
        assert gone(child)


def gone(pid: int) -> bool:
    """Wait until the process has ended."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], 20)[0])
    finally:
        os.close(descriptor)


def resource_limit(pid: int, name: str) -> str:
    limits = Path(f"/proc/{pid}/limits").read_text()
    return next(line[len(name) :].split()[0] for line in limits.splitlines() if line.startswith(name))


async def test_the_model_of_languages_can_be_loaded_in_a_child() -> None:
    """It must not want to write a file, which a child cannot."""
    async with Sandbox() as sandbox:
        assert await sandbox.call(languages.detect, "Zażółć gęślą jaźń", deadline=30) == "pl"
