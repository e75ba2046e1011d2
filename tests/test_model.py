"""Whatever happens in whatever order, every story that concerns somebody is told once: the pipeline against a model of it.

The model knows only which stories are owed. Hypothesis publishes, copies, edits and corrects items in two feeds, polls,
crashes, restarts, lets the receiver and the disk fail and sets the clock; at the end everything works for a few days, and
what the receiver took is compared with what was owed.
"""

import asyncio
import json
import random
import tempfile
from collections import defaultdict
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from monitor import pipeline
from monitor.core import watch
from monitor.core.errors import NotifyError, StoreError
from monitor.core.model import Delivery, EventType, Message, SourceRecord
from monitor.core.settings import FullText, Mark, Term, TermSet
from monitor.store.sqlite import SqliteStore
from support.build import DAY, HOUR, MINUTE
from support.desk import LISTS, Desk, desk, item, rss
from support.server import Reply, Request

SETS = (TermSet(name="wolves", title="Wolves", terms=(Term(text="=wolves", mark=Mark.FORM, words=("wolves",)),)),)
PATHS = ("/feed", "/herald")
LISTED = 30  # items that a feed shows
DAYS_TO_SETTLE = 8
STEP = 3 * HOUR


@dataclass(frozen=True)
class Told:
    """An item: in which feed, which story, its address, and what it says."""

    feed: int
    story: int
    link: str
    text: str


def tale(number: int) -> str:
    """Some sixty words that no other story has."""
    dice = random.Random(number)
    return " ".join("".join(dice.choices("bdfgklmnprstv", k=2) + dice.choices("aeiou", k=3)) for _ in range(60))


class Newswire(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.folder = Path(self.runner.run(self._in(tempfile.TemporaryDirectory())))
        self.items: list[Told] = []
        self.stories = 0
        self.owed: set[int] = set()
        self.accepted: dict[int, set[str]] = defaultdict(set)
        self.answer = Reply(status=204)

    async def _in(self, folder: tempfile.TemporaryDirectory[str]) -> str:
        return self.stack.enter_context(folder)

    @initialize()
    def begin(self) -> None:
        """Both feeds are polled once while they are empty, so that all that comes is news."""

        async def opened() -> Desk:
            return await self.stack.enter_async_context(desk(self.folder, others=PATHS[1:], full_text=FullText.FEED))

        self.desk = self.runner.run(opened())
        self.desk.orders = replace(self.desk.orders, watch=watch.compile(LISTS, SETS, {}))
        for number, path in enumerate(PATHS):
            self.desk.server.on(path, partial(self._feed, number))
        self.desk.server.on("/hook", self._hook)
        self._work(HOUR)

    # What the outlets do

    def _feed(self, number: int, _: Request) -> Reply:
        mine = [told for told in reversed(self.items) if told.feed == number]
        return rss(*(item(told.link, _title(told.story), told.text) for told in mine[:LISTED]))

    @rule(feed=st.sampled_from((0, 1)), concerns=st.booleans())
    def publish(self, feed: int, concerns: bool) -> None:
        number = self.stories
        self.stories += 1
        text = f"{'Wolves' if concerns else 'Sheep'} and {tale(number)}."
        self.items.append(Told(feed, number, f"http://a.example/{number}", text))
        if concerns:
            self.owed.add(number)

    @precondition(lambda self: self.items)
    @rule(data=st.data(), edited=st.booleans())
    def copy(self, data: st.DataObject, edited: bool) -> None:
        """The other outlet has the story, too, at an address of its own, word for word or nearly so."""
        told = data.draw(st.sampled_from(self.items))
        text = told.text.replace(".", " indeed.") if edited else told.text
        self.items.append(replace(told, feed=1 - told.feed, link=f"http://b.example/{len(self.items)}", text=text))

    @precondition(lambda self: self.items)
    @rule(data=st.data())
    def relist(self, data: st.DataObject) -> None:
        """The same page once more in the same feed."""
        told = data.draw(st.sampled_from(self.items))
        self.items.append(replace(told, link=f"{told.link}?utm_source=rss"))

    @precondition(lambda self: self.items)
    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        """A word more, which is not watched."""
        at = data.draw(st.integers(0, len(self.items) - 1))
        self.items[at] = replace(self.items[at], text=self.items[at].text.replace(".", " today."))

    # What happens to us

    @rule(minutes=st.integers(1, 90))
    def work(self, minutes: int) -> None:
        """Time passes; what is due is polled and delivered."""
        self._work(timedelta(minutes=minutes))

    @rule(status=st.sampled_from((204, 500, 503)))
    def receiver(self, status: int) -> None:
        self.answer = Reply(status=status)

    @rule(works=st.booleans())
    def disk(self, works: bool) -> None:
        """It takes writes, or can only be read."""
        store = self.desk.tools.store
        assert isinstance(store, SqliteStore)
        pragma = f"PRAGMA query_only = {'OFF' if works else 'ON'}"
        self.runner.run(store._writer.read(lambda db: db.execute(pragma)))

    @rule(jump=st.sampled_from((DAY, HOUR, -HOUR, -DAY)))
    def clock(self, jump: timedelta) -> None:
        """Somebody sets the clock."""
        self.desk.now[0] += jump

    @rule()
    def restart(self) -> None:
        self.runner.run(self._reopen())

    @rule(sent=st.booleans(), minutes=st.integers(1, 90))
    def crash(self, sent: bool, minutes: int) -> None:
        """It dies when sources and deliveries are claimed; or when these are sent, and nothing of it is written."""

        async def died() -> None:
            self.desk.now[0] += timedelta(minutes=minutes)
            await self._claimed()
            for delivery in await self.desk.due():
                if sent:
                    await self._send(delivery)
            await self._reopen()

        self.runner.run(died())

    async def _send(self, delivery: Delivery) -> None:
        """Send it, and die before it is written what became of it."""
        created, event = delivery.created_at, delivery.event
        message = Message(id=delivery.id, channel=delivery.channel, event=event, created_at=created)
        with suppress(NotifyError):
            await self.desk.orders.notifiers["desk"].send(message)

    async def _reopen(self) -> None:
        await self.desk.tools.store.close()
        self.desk.tools = replace(self.desk.tools, store=SqliteStore(self.folder / "monitor.db"))

    def _hook(self, request: Request) -> Reply:
        event = json.loads(request.body)
        if self.answer.status == 204 and event["type"] == EventType.ALERT_CREATED:
            number = int(event["data"]["article"]["title"].split()[-1])
            self.accepted[number].add(request.headers["webhook-id"])
        return self.answer

    async def _claimed(self) -> tuple[SourceRecord, ...]:
        """The sources that are due; none while nothing can be written."""
        store = self.desk.tools.store
        assert isinstance(store, SqliteStore)
        store._wait_until = 0.0  # trouble that comes back is looked at again by a clock that nobody sets
        with suppress(StoreError):
            return await store.claim_sources(self.desk.now[0], limit=9)
        return ()

    def _work(self, passes: timedelta) -> None:
        async def worked() -> None:
            self.desk.now[0] += passes
            for record in await self._claimed():
                await pipeline.check(record, self.desk.tools, self.desk.orders)
            while due := await self.desk.due():
                for delivery in due:
                    await pipeline.deliver(delivery, self.desk.tools, self.desk.orders)

        self.runner.run(worked())

    # What must hold

    @invariant()
    def nothing_is_told_twice_or_to_no_purpose(self) -> None:
        assert {number: ids for number, ids in self.accepted.items() if len(ids) > 1} == {}
        assert self.accepted.keys() <= self.owed

    def teardown(self) -> None:
        try:
            self.answer = Reply(status=204)
            self.disk(works=True)
            for _ in range(DAYS_TO_SETTLE * (DAY // STEP)):
                if self.owed == self.accepted.keys():
                    break
                self._work(STEP)
            self._work(MINUTE)
            self.nothing_is_told_twice_or_to_no_purpose()
            assert self.accepted.keys() == self.owed
        finally:
            self.runner.run(self.stack.aclose())
            self.runner.close()


def _title(number: int) -> str:
    return f"{tale(number).split()[0].title()} news {number}"


Newswire.TestCase.settings = settings(
    max_examples=20, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
TestEverythingOwedIsToldOnce = Newswire.TestCase
