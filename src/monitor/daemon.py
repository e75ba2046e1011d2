"""The daemon: builds everything, runs it until it is told to stop, and tells what it does.

What belongs here: start, tick, reload, drain, stop; it is the only place that builds concrete things. What does not: how a
source is checked or a message delivered (pipeline.py), and what the commands print (cli).
"""

import argparse
import asyncio
import os
import random
import resource
import secrets
import signal
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import uvloop
from apscheduler.triggers.cron import CronTrigger
from ulid import ULID

from monitor import canary, config, forms, lock, log, notify, pipeline, subscriber
from monitor.config import examples, faults, keys
from monitor.core import clocks, watch, words
from monitor.core.errors import ConfigError, MonitorError, Problem, StoreError
from monitor.core.model import Delivery, DeliveryState, Outcome, Settled, SourceRecord
from monitor.core.notices import Notice
from monitor.core.reload import merge, refused
from monitor.core.render.clean import visible
from monitor.core.revisions import Reread
from monitor.core.routes import Rules, gather, tell
from monitor.core.settings import Config
from monitor.core.websub import Terms
from monitor.core.words import Forms
from monitor.fetch.ways import close, ways
from monitor.jobs.local import LocalExecutor
from monitor.listener import Listener, Reply, Request
from monitor.pipeline import Orders, Tools
from monitor.ports import Store
from monitor.sandbox import Sandbox
from monitor.service import ServiceManager
from monitor.store.sqlite import SqliteStore, prepare
from monitor.subscriber import Desk
from monitor.upkeep import Upkeep, back_up, beat, follow_store, heard, note_confinement, tidy

TICK = 1.0  # seconds
PATIENCE = 30.0  # seconds that a service manager is to wait for the next word of a daemon that starts
LOOK = 20.0  # seconds between two looks whether something is due that is due once a day
MOMENT = timedelta(microseconds=1)
SET_BACK = timedelta(minutes=1)  # a clock that is put right by less disturbs nobody
DELIVERIES = 32  # messages on their way at once
REREADS = 4  # articles that are read again at once
DESK = 8  # sources that are parsed or wait for it with their entries in memory
PARSERS = 1  # children that parse; each holds 60 to 120 MB while there is work

_log = log.get_logger()


def utc_now() -> datetime:
    return datetime.now(UTC)


# Build


@dataclass
class Daemon:
    """Everything that runs. `config` and `orders` are those in force; a reload replaces them."""

    config: Config
    store: SqliteStore
    tools: Tools
    orders: Orders
    executor: LocalExecutor = field(default_factory=LocalExecutor)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    offer: asyncio.Event = field(default_factory=asyncio.Event)  # what hubs are to be asked for may be another now
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # of dispatching, and of putting other orders in force
    checking: set[int] = field(default_factory=set)
    delivering: set[str] = field(default_factory=set)
    rereading: set[str] = field(default_factory=set)
    failures: int = 0  # of checks and deliveries
    seen: tuple[datetime, float] | None = None  # the clock at the last dispatch, and one that nobody sets
    progress: int = 0  # dispatches that worked

    @property
    def places(self) -> int:
        """How many more checks may run."""
        return max(0, self.config.fetch.concurrency - len(self.checking))


async def build(settings: Config, folder: Path) -> Daemon:
    """Open the store and make what works with it; `folder` is the configuration's.

    Raises StoreError, or ConfigError if an example of a watchlist fails.
    """
    path = settings.daemon.data_dir / lock.DATABASE
    out = ways(settings.fetch)
    await asyncio.to_thread(prepare, path)
    for found in lock.close_to_others(path.parent):
        _log.warning("{found}", found=found)
    store = SqliteStore(path)
    await store.keep_room()
    tools = Tools(
        store=store,
        client=out[""].client,
        robots=out[""].robots,
        ways=out,
        sandbox=Sandbox(PARSERS),
        desk=asyncio.Semaphore(DESK),
        clock=utc_now,
        jitter=lambda: random.uniform(-1, 1),  # noqa: S311 (spreads polls; no secret hangs on it)
        new_id=lambda: str(ULID()),
    )
    try:
        orders = await make_orders(settings, folder, tools)
        now = utc_now()
        await store.sync_sources(settings.sources, now, proxied=bool(settings.fetch.proxy))
        await _set_back(store, timedelta(), now, orders.rules(now))  # it may have been while nobody looked
        await store.enable_channels()
        await note_confinement(tools.sandbox, store)
        await store.forget_forms(watch.needed(settings.term_sets))
    except MonitorError:
        await _close(store, tools)
        raise
    return Daemon(config=settings, store=store, tools=tools, orders=orders)


async def make_orders(settings: Config, folder: Path, tools: Tools) -> Orders:
    """What a configuration asks for. Raises ConfigError if an example of a watchlist fails."""
    compiled = await _compiled(settings, tools)
    if failures := compiled.failures():
        raise ConfigError(examples.failed(failures, settings.watchlists, _text(folder)))
    return _orders(settings, compiled, tools)


async def _compiled(settings: Config, tools: Tools) -> watch.Watch:
    return watch.compile(settings.watchlists, settings.term_sets, await _forms(settings, tools.store))


def _text(folder: Path) -> str:
    """What stands in watchlists.toml, to say where."""
    return (folder / "watchlists.toml").read_text("utf-8-sig")


def _orders(settings: Config, compiled: watch.Watch, tools: Tools) -> Orders:
    for problem in keys.unusable(settings.channels, "", utc_now()):
        _log.error("nothing is sent to this channel: {problem}", problem=str(problem))
    return Orders(
        sources={source.name: source for source in settings.sources},
        watch=compiled,
        rules=rules_of(settings),
        notifiers={
            channel.name: notify.build(
                channel, tools.client.post, tools.clock, dial=tools.client.dial, public_url=settings.web.public_url
            )
            for channel in settings.channels
        },
    )


async def _forms(settings: Config, store: Store) -> Forms:
    """The forms of the words that the configuration watches; what had to be worked out is kept for the next time."""
    kept = await store.forms(words.version())
    wanted = watch.needed(settings.term_sets)
    if missing := forms.unknown(wanted, kept):
        _log.info("working out the forms of {count} words; that takes some seconds, once", count=missing)
    found = await forms.find(wanted, kept)
    if missing:
        await store.keep_forms(words.version(), {key: found[key] for key in wanted if key not in kept})
    return found


def rules_of(settings: Config) -> Callable[[datetime], Rules]:
    """The rules of a moment; the times of the next digests are worked out again when one has passed."""
    timezone = ZoneInfo(settings.daemon.timezone)
    crons = {
        channel.name: partial(_digest_after, channel.digest, timezone)
        for channel in settings.channels
        if channel.digest
    }
    rules = Rules(
        watchlists={watchlist.name: watchlist for watchlist in settings.watchlists},
        channels={channel.name: channel for channel in settings.channels},
        health=settings.health,
        stories=settings.stories,
        timezone=timezone,
        digest_at={},
    )

    reckoned = datetime.min.replace(tzinfo=UTC)  # when they were; the clock may be set back

    def at(now: datetime) -> Rules:
        nonlocal rules, reckoned
        if now < reckoned or any(rules.digest_at.get(name, now) <= now for name in crons):
            reckoned = now
            times = {name: after(now) for name, after in crons.items()}
            rules = replace(rules, digest_at=times)
        return rules

    return at


def _digest_after(cron: str, timezone: ZoneInfo, now: datetime) -> datetime:
    """When the next digest leaves. An hour that the clock shows twice has its digests once, unless all hours have some."""
    trigger, every_hour = CronTrigger.from_crontab(cron, timezone), cron.split()[1] == "*"
    while True:
        at: datetime = trigger.get_next_fire_time(None, now + MOMENT)
        now = at.astimezone(UTC)  # with times of the clock on the wall one cannot reckon
        if every_hour or not at.fold:
            return now


async def _close(store: SqliteStore, tools: Tools) -> None:
    await tools.sandbox.close()
    await close(tools.ways)
    await store.close()


# Dispatch


async def dispatch(daemon: Daemon, *, everyone: bool = False, done: Collection[int] = (), polls: bool = True) -> int:
    """Start what is due: deliveries, articles to be read again and, unless `polls` is false, checks of sources, as many as
    there are places for. Returns how many."""
    async with daemon.turn:
        return await _dispatch(daemon, everyone, done, polls)


async def _dispatch(daemon: Daemon, everyone: bool, done: Collection[int], polls: bool) -> int:
    now = utc_now()
    await _keep_time(daemon, now)
    records = await _claim_sources(daemon, everyone, done, now) if polls else ()
    for record in records:
        daemon.checking.add(record.id)
        daemon.executor.submit(f"check {record.id}", _check(daemon, record))
    deliveries = await daemon.store.claim_deliveries(
        now,
        channels=tuple(daemon.orders.notifiers),
        limit=DELIVERIES - len(daemon.delivering),
        busy=tuple(daemon.delivering),
        gather=partial(gather, now=now, new_id=daemon.tools.new_id),
    )
    for delivery in deliveries:
        daemon.delivering.add(delivery.id)
        daemon.executor.submit(f"deliver {delivery.id}", _deliver(daemon, delivery))
    return len(records) + len(deliveries) + await _dispatch_rereads(daemon, now)


async def _keep_time(daemon: Daemon, now: datetime) -> None:
    """See whether the clock was set back since the last time, so that nothing waits for an hour that is to come again."""
    seen, running = daemon.seen, time.monotonic()
    daemon.seen = (now, running)
    back = seen[0] + timedelta(seconds=running - seen[1]) - now if seen else timedelta()
    if back < SET_BACK:
        return
    _log.warning("the clock was set back by {span}", span=str(back).partition(".")[0])
    try:
        await _set_back(daemon.store, back, now, daemon.orders.rules(now))
    except StoreError:
        daemon.seen = seen  # once more, then
        raise


async def _set_back(store: Store, by: timedelta, now: datetime, rules: Rules) -> None:
    await store.set_back(by, now, rules.digest_at, rules.stories.update_interval)


async def _dispatch_rereads(daemon: Daemon, now: datetime) -> int:
    """Start reading again the articles whose turn it is, if there is a channel that wants to hear of changes."""
    if daemon.store.trouble or not any(channel.revisions for channel in daemon.config.channels):
        return 0
    rereads = await daemon.store.claim_rereads(now, limit=REREADS - len(daemon.rereading), busy=tuple(daemon.rereading))
    for reread in rereads:
        daemon.rereading.add(reread.article.id)
        daemon.executor.submit(f"reread {reread.article.id}", _reread(daemon, reread))
    return len(rereads)


async def _claim_sources(
    daemon: Daemon, everyone: bool, done: Collection[int], now: datetime
) -> tuple[SourceRecord, ...]:
    """The sources that are to be checked; none while nothing can be stored, which `store.trouble` says."""
    busy = (*daemon.checking, *done)
    try:
        return await daemon.store.claim_sources(now, limit=daemon.places, busy=busy, everyone=everyone)
    except StoreError as error:
        if not error.trouble:
            raise
        return ()


async def _check(daemon: Daemon, record: SourceRecord) -> None:
    orders = daemon.orders
    try:
        outcomes = await pipeline.check(record, daemon.tools, orders)
    except StoreError as error:
        say = _log.error
        if error.trouble:  # that is told once, for all sources
            say = _log.debug
            daemon.store.missed.add(record.id)
        say("{source} could not be checked: {error}", source=record.name, error=str(error))
        daemon.failures += 1
    except Exception as error:
        _log.exception("{source} could not be checked: a fault of Monitor itself, please report it", source=record.name)
        daemon.failures += 1
        with suppress(StoreError):
            await pipeline.give_up(record, daemon.tools, orders, error)
    else:
        daemon.failures += outcomes[-1].record.failures > 0
        report_check(record, outcomes, orders)
        if outcomes[-1].record.hub != record.hub:
            daemon.offer.set()
        if any(outcome.deliveries for outcome in outcomes):
            daemon.wake.set()
    finally:
        daemon.checking.discard(record.id)
        if not daemon.places - 1:
            daemon.wake.set()


async def _reread(daemon: Daemon, reread: Reread) -> None:
    id_, orders = reread.article.id, daemon.orders
    try:
        revised = await pipeline.revisit(reread, daemon.tools, orders)
    except StoreError as error:
        say = _log.debug if error.trouble else _log.error
        say("article {article} could not be read again: {error}", article=id_, error=str(error))
        daemon.failures += 1
    except Exception:
        _log.exception("article {article} could not be read again: a fault of Monitor itself", article=id_)
        daemon.failures += 1
    else:
        if revised:
            _log.debug("read article {article} again: {found}", article=id_, found=str(revised.found))
            report_alerts(revised.raised, reread.article.source, orders)
    finally:
        daemon.rereading.discard(id_)
        daemon.wake.set()


async def _deliver(daemon: Daemon, delivery: Delivery) -> None:
    try:
        settled = await pipeline.deliver(delivery, daemon.tools, daemon.orders)
    except StoreError as error:
        _log.error(
            "what became of delivery {delivery} could not be written: {error}", delivery=delivery.id, error=str(error)
        )
        daemon.failures += 1
    except Exception:
        _log.exception("delivery {delivery} failed: a fault of Monitor itself, please report it", delivery=delivery.id)
        daemon.failures += 1
    else:
        daemon.failures += settled.state is not DeliveryState.DELIVERED
        report_delivery(delivery, settled)
        daemon.wake.set()
    finally:
        daemon.delivering.discard(delivery.id)


# Tell


def report_check(record: SourceRecord, outcomes: Sequence[Outcome], orders: Orders) -> None:
    """What a check brought, in the log: never titles, addresses or words of articles, and no confidential list's name."""
    last = outcomes[-1].record
    if last.failures:
        _log.warning(
            "{source} failed ({failures} in a row): {reason}; next try {next}",
            source=record.name,
            failures=last.failures,
            reason=last.reason,
            next=last.next_poll_at,
        )
        return
    placed = [placed for outcome in outcomes for placed in outcome.placed]
    tell = _log.info if placed else _log.debug
    tell("polled {source}: {new} new", source=record.name, new=len(placed))
    for outcome in outcomes:
        report_alerts(outcome, record.name, orders)


def report_alerts(outcome: Outcome, source: str, orders: Orders) -> None:
    """The alerts that were made, in the log."""
    watchlists = orders.rules(utc_now()).watchlists
    for alert in outcome.alerts:
        name = "(confidential)" if watchlists[alert.watchlist].confidential else alert.watchlist
        _log.info("alert {alert}: {watchlist} hit in {source}", alert=alert.id, watchlist=name, source=source)


def report_delivery(delivery: Delivery, settled: Settled) -> None:
    """What became of an attempt, in the log."""
    facts = {
        "type": str(delivery.type),
        "channel": delivery.channel,
        "delivery": delivery.id,
        "attempt": delivery.attempts,
    }
    code = settled.attempt.code  # what it answered besides is in the ledger only: it may repeat what it was sent
    answer = f"it answered {code}" if code else settled.attempt.answer
    if settled.disabled:
        _log.error("channel {channel} is switched off until the next start or reload: it answered 410 (gone)", **facts)
    elif settled.state is DeliveryState.DELIVERED:
        _log.info("{type} delivered to {channel}", **facts)
    elif settled.state is DeliveryState.GIVEN_UP:
        _log.error("{type} to {channel} was given up: {answer}", **facts, answer=answer)
    else:
        _log.warning(
            "{type} to {channel} failed, next try {next}: {answer}", **facts, answer=answer, next=settled.next_at
        )


# Run


async def run(folder: Path, data_dir: Path | None, environ: Mapping[str, str]) -> None:
    """Run until SIGTERM or SIGINT. Raises ConfigError or StoreError if it cannot start."""
    settings = config.load(folder, environ, data_dir)
    manager = ServiceManager(environ)
    stop, reload = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, reload.set)
    await _clock_is_set(manager, stop)
    if stop.is_set():
        return
    with lock.take(settings.daemon.data_dir, os.getpid(), utc_now()) as held:
        daemon = await build(settings, folder)
        lock.confirm(held)
        upkeep = Upkeep(store=daemon.store, new_id=daemon.tools.new_id, manager=manager, held=held)
        tasks = [
            asyncio.create_task(_dispatch_for_ever(daemon, upkeep)),
            asyncio.create_task(
                _reload_for_ever(daemon, manager, reload, folder, partial(config.load, folder, environ, data_dir))
            ),
        ]
        tasks += [
            asyncio.create_task(each(daemon, upkeep))
            for each in (_back_up_for_ever, _beat_for_ever, _sing_for_ever, _tidy_for_ever)
        ]
        tasks.append(asyncio.create_task(_subscribe_for_ever(daemon)))
        if manager.watchdog_interval:
            tasks.append(asyncio.create_task(_watch_for_ever(daemon, manager, manager.watchdog_interval)))
        daemon.wake.set()
        await stop.wait()
        manager.stopping()
        _log.info("stopping: what is running may end")
        upkeep.stopping.set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await daemon.executor.drain(daemon.config.daemon.stop_timeout)
        await _close(daemon.store, daemon.tools)
        _log.info("stopped")


async def _clock_is_set(manager: ServiceManager, stop: asyncio.Event) -> None:
    """Wait while the clock shows what cannot be, as one without a battery does until the network is there: certificates and
    signatures would not be valid, and everything would be kept under a wrong date. Ends early when told to `stop`."""
    if utc_now() >= clocks.EARLIEST:
        return
    _log.error("the clock shows a time that cannot be: nothing is polled or delivered until it is set")
    while utc_now() < clocks.EARLIEST and not stop.is_set():
        manager.starting("waiting for the clock to be set", PATIENCE)
        with suppress(TimeoutError):
            async with asyncio.timeout(TICK):
                await stop.wait()
    _log.info("the clock is set")


async def _dispatch_for_ever(daemon: Daemon, upkeep: Upkeep) -> None:
    """Dispatch at every tick and whenever something became due; the service manager is told when it first worked.
    At a start what is owed leaves first, and sources are asked at the next tick.

    Whatever goes wrong, it goes on. A store in trouble is progress, too: what can be done is done, and the service
    manager could only make it worse. The tick is the event loop's, whose time does not jump when the clock is set.
    """
    ready = trouble = False
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(TICK):
                await daemon.wake.wait()
        daemon.wake.clear()
        try:
            await dispatch(daemon, polls=ready)
            now, at = utc_now(), asyncio.get_running_loop().time()
            await follow_store(upkeep, daemon.orders.rules, now, at, _doing(daemon))
            if not ready:
                await _tell_ready(daemon, upkeep.manager)
        except StoreError as error:
            if not trouble:
                _log.error("nothing can be polled or delivered: {error}", error=str(error))
            trouble = True
        except Exception:
            if not trouble:
                _log.exception("nothing can be polled or delivered: a fault of Monitor itself, please report it")
            trouble = True
        else:
            if trouble:
                _log.info("polling and delivering work again")
            ready, trouble = True, False
            daemon.progress += 1


async def _tell_stranded(daemon: Daemon) -> None:
    for name, count in (await daemon.store.stranded(daemon.orders.notifiers)).items():
        _log.warning(
            "{count} messages wait for the channel {channel}, which is not configured: put it back, or send them elsewhere "
            "with monitor alerts resend --from {channel} --to OTHER",
            count=count,
            channel=name,
        )


async def _tell_ready(daemon: Daemon, manager: ServiceManager) -> None:
    sources, waiting = await daemon.store.pending()
    _log.info("watching {sources} sources, {waiting} messages waiting", sources=sources, waiting=waiting)
    manager.ready(_doing(daemon))
    await _tell_stranded(daemon)


def _doing(daemon: Daemon) -> str:
    return f"watching {len(daemon.config.sources)} sources"


async def _reload_for_ever(
    daemon: Daemon, manager: ServiceManager, asked: asyncio.Event, folder: Path, load: Callable[[], Config]
) -> None:
    """Read the configuration again whenever it is asked for; a wrong one is refused, and the old one stays in force."""
    while True:
        await asked.wait()
        asked.clear()
        manager.reloading()
        try:
            await _reload(daemon, folder, await asyncio.to_thread(load))
        except ConfigError as error:
            for problem in _loggable(error, folder):
                _log.error("the configuration is refused, the old one stays: {problem}", problem=str(problem))
        except MonitorError as error:
            _log.error("the configuration could not be put in force, the old one stays: {error}", error=str(error))
        except Exception:
            _log.exception("the old configuration stays: a fault of Monitor itself, please report it")
        else:
            _log.info("the new configuration is in force: {sources} sources", sources=len(daemon.config.sources))
        manager.ready(_doing(daemon))
        daemon.wake.set()


def _loggable(error: ConfigError, folder: Path) -> tuple[Problem, ...]:
    """What is wrong with the configuration, without what is confidential."""
    try:
        return faults.discreet(error.problems, config.FILES[2], _text(folder))
    except (OSError, ValueError):  # that it cannot be read is one of the problems
        return error.problems


async def _reload(daemon: Daemon, folder: Path, settings: Config) -> None:
    if settings.daemon.data_dir != daemon.config.daemon.data_dir:
        message = "cannot change while Monitor runs: stop it, move the folder, start it again"
        raise ConfigError((Problem(file="monitor.toml", line=0, path="daemon.data_dir", message=message),))
    tools = daemon.tools
    if settings.fetch != daemon.config.fetch:
        out = ways(settings.fetch, before=tools.ways)
        tools = replace(tools, client=out[""].client, robots=out[""].robots, ways=out)
    compiled = await _compiled(settings, tools)
    notices: list[Notice] = []
    if failures := compiled.failures():
        settings, notices = _without(failures, daemon.config, settings, folder)
        compiled = await _compiled(settings, tools)
    orders = _orders(settings, compiled, tools)
    now = utc_now()
    told = [delivery for notice in notices for delivery in tell(notice, orders.rules(now), now, tools.new_id)]
    async with daemon.turn:  # nothing is claimed by the old orders for the new sources, nor the other way round
        await daemon.store.sync_sources(settings.sources, now, proxied=bool(settings.fetch.proxy))
        await daemon.store.enable_channels()
        await daemon.store.tell(told)
        daemon.tools, daemon.orders, daemon.config = tools, orders, settings
        daemon.offer.set()
        await _tell_stranded(daemon)
    await daemon.store.forget_forms(watch.needed(settings.term_sets))


def _without(
    failures: Sequence[watch.Failure], before: Config, settings: Config, folder: Path
) -> tuple[Config, list[Notice]]:
    """The configuration with the lists that fail their own examples as they were before, and what the operator is told;
    in the log, with the lines."""
    text, now = _text(folder), utc_now()
    merged = merge(before, settings, {failure.watchlist for failure in failures})
    lists = {watchlist.name: watchlist for watchlist in settings.watchlists}
    notices = []
    for name in (*merged.kept, *merged.dropped):
        problems = examples.failed([each for each in failures if each.watchlist == name], settings.watchlists, text)
        found = refused(lists[name], {each.line for each in problems}, kept=name in merged.kept, now=now)
        _log.error("{reason}", reason=found.reason)
        notices.append(found)
    return merged.config, notices


async def _tidy_for_ever(daemon: Daemon, upkeep: Upkeep) -> None:
    """Look every now and then whether what is old is to be deleted; at a start, not before what is due was begun."""
    while True:
        await asyncio.sleep(LOOK)
        if not daemon.store.trouble:
            now = utc_now()
            with _reported("deleting what is old"):
                await tidy(upkeep, daemon.config, daemon.orders.rules(now), now, asyncio.get_running_loop().time())
            daemon.wake.set()


async def _back_up_for_ever(daemon: Daemon, upkeep: Upkeep) -> None:
    """Look every now and then whether a backup is due: its time is the clock's on the wall, which may jump."""
    while True:
        settings, now = daemon.config, utc_now()
        if settings.backup and not daemon.store.trouble:
            database = settings.daemon.data_dir / lock.DATABASE
            timezone, at = ZoneInfo(settings.daemon.timezone), asyncio.get_running_loop().time()
            with _reported("backups"):
                await back_up(upkeep, settings.backup, database, timezone, daemon.orders.rules(now), now, at)
            daemon.wake.set()
        await asyncio.sleep(LOOK)


async def _beat_for_ever(daemon: Daemon, upkeep: Upkeep) -> None:
    while True:
        settings = daemon.config.heartbeat
        await asyncio.sleep(settings.interval.total_seconds() if settings else LOOK)
        if settings:
            with _reported("the heartbeat"):
                at = asyncio.get_running_loop().time()
                await beat(upkeep, settings, daemon.tools.client.post, daemon.progress, utc_now(), at)


async def _sing_for_ever(daemon: Daemon, upkeep: Upkeep) -> None:
    while True:
        settings, seconds = daemon.config.heartbeat, LOOK
        if settings and settings.canary:
            trouble = "it was lost on its way"
            with _reported("the canary"):
                trouble = await canary.sing(daemon.store, daemon.tools, utc_now())
            seconds = heard(upkeep, trouble, asyncio.get_running_loop().time())
        await asyncio.sleep(seconds)


async def _subscribe_for_ever(daemon: Daemon) -> None:
    """Listen to hubs where the configuration says so, and ask them for what is due. What ends here is not unsubscribed:
    the next start goes on with it."""
    listener, trouble = Listener(partial(_hear, daemon)), ""
    try:
        while True:
            settings, fetch = daemon.config.websub, daemon.config.fetch
            hidden = frozenset(source.name for source in daemon.config.sources if source.proxy)
            terms = Terms(callback=settings.callback, networks=fetch.allow_networks, hidden=hidden)
            before = trouble
            try:
                await listener.listen_at(settings.listen if settings.callback else None)
                trouble = ""
            except OSError as error:
                trouble = error.strerror or str(error)
            if trouble and trouble != before:
                _log.error("[websub] listen cannot be used, polling goes on: {reason}", reason=trouble)
            if not (trouble or daemon.store.trouble):
                with _reported("WebSub"):
                    await subscriber.keep_up(_desk(daemon), terms)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await daemon.offer.wait()
            daemon.offer.clear()
    finally:
        await listener.close()


async def _hear(daemon: Daemon, request: Request) -> Reply:
    """What a hub is answered; a push makes its source due."""
    reply, due = Reply(status=500), False
    with _reported("WebSub"):
        reply, due = await subscriber.answer(
            request, _desk(daemon), daemon.config.websub.callback, daemon.orders.sources
        )
    if due:
        daemon.wake.set()
    return reply


def _desk(daemon: Daemon) -> Desk:
    tools = daemon.tools
    return Desk(
        store=tools.store,
        post=tools.client.post,
        now=tools.clock(),
        jitter=tools.jitter(),
        new_token=partial(secrets.token_urlsafe, 32),
    )


@contextmanager
def _reported(what: str) -> Iterator[None]:
    """Whatever goes wrong in here is told, and is tried again the next time."""
    try:
        yield
    except StoreError as error:
        _log.error("{what}: {error}", what=what, error=str(error))
    except Exception:
        _log.exception("{what}: a fault of Monitor itself, please report it", what=what)


async def _watch_for_ever(daemon: Daemon, manager: ServiceManager, seconds: float) -> None:
    """Tell the service manager that we live, whenever there was progress since the last time."""
    told = daemon.progress
    while True:
        await asyncio.sleep(seconds)
        if daemon.progress != told:
            told = daemon.progress
            manager.watchdog()


@dataclass(frozen=True, kw_only=True, slots=True)
class Once:
    """What `run --once` did: how many sources were polled, and how many checks and deliveries failed."""

    polled: int
    failures: int


async def run_once(
    settings: Config, folder: Path, progress: Callable[[int, int], None] = lambda _done, _all: None
) -> Once:
    """Poll every source once, read the pages they need, deliver what is due.

    `progress` is called with how many sources are done, and of how many. Raises ConfigError or StoreError if it cannot
    start.
    """
    if utc_now() < clocks.EARLIEST:
        raise StoreError(f"the clock shows {utc_now():%Y-%m-%d}, which cannot be: set it first")
    with lock.take(settings.daemon.data_dir, os.getpid(), utc_now()) as held:
        daemon = await build(settings, folder)
        lock.confirm(held)
        asked: set[int] = set()
        try:
            while True:
                before = set(daemon.checking)
                started = await dispatch(daemon, everyone=True, done=asked)
                asked |= daemon.checking | before
                progress(len(asked) - len(daemon.checking), len(settings.sources))
                if daemon.store.trouble:
                    raise daemon.store.trouble
                if not started and not daemon.executor.running:
                    return Once(polled=len(asked), failures=daemon.failures)
                await daemon.executor.next_end()
        finally:
            await daemon.executor.drain(timedelta(0))
            await _close(daemon.store, daemon.tools)


def main(arguments: Sequence[str] | None = None) -> int:
    """The lean process of `monitor run`, which hands over to it: nothing of the command line stays in memory."""
    parser = argparse.ArgumentParser(prog="monitor run")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--verbosity", type=int, default=0)
    options = parser.parse_args(arguments)
    log.configure(verbosity=options.verbosity)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what is left of a crash would hold texts and secrets
    try:
        uvloop.run(run(options.config, options.data_dir, os.environ))
    except ConfigError as error:
        person = sys.stderr.isatty()
        for problem in error.problems if person else _loggable(error, options.config):
            print(visible(str(problem)), file=sys.stderr)
        return 2
    except MonitorError as error:
        _log.error("{error}", error=str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
