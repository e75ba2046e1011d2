"""Rows of the database as values, and back. Not here: which rows (sqlite.py, ledger.py)."""

import json
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.core.model import (
    Alert,
    Article,
    Delivery,
    DeliveryState,
    EventType,
    Relation,
    Report,
    SourceRecord,
    SourceState,
    Story,
    TextFrom,
    Validators,
    Verdict,
)


def stamp(moment: datetime) -> str:
    """A time as the database keeps it: UTC, to the millisecond, so that text order is time order."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat(timespec="milliseconds")[:23] + "Z"


def maybe(moment: datetime | None) -> str | None:
    return None if moment is None else stamp(moment)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def maybe_moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def due(column: str) -> str:
    """What is to be at a stored moment is to be now, as a condition on `turns` (core.clocks.is_due)."""
    return f"({column} <= :now OR {column} > :far)"


def turns(now: datetime, longest: timedelta) -> dict[str, object]:
    """The values of `due`; `longest` is how long one waits at most."""
    return {"now": stamp(now), "far": stamp(now + longest)}


def source_record(row: sqlite3.Row) -> SourceRecord:
    return SourceRecord(
        id=row["id"],
        name=row["name"],
        state=SourceState(row["state"]),
        address=row["address"],
        validators=Validators(etag=row["etag"], last_modified=row["last_modified"], url=row["validators_url"]),
        body_hash=row["body_hash"],
        digests=row["digests"],
        next_poll_at=moment(row["next_poll_at"]),
        last_poll_at=maybe_moment(row["last_poll_at"]),
        last_ok_at=maybe_moment(row["last_ok_at"]),
        last_new_at=maybe_moment(row["last_new_at"]),
        poll_count=row["poll_count"],
        failures=row["failures"],
        failing_since=maybe_moment(row["failing_since"]),
        reason=row["reason"],
        kind=row["fault"],
        since=maybe_moment(row["since"]),
        told_at=maybe_moment(row["told_at"]),
        moved_to=row["moved_to"],
        moved_since=maybe_moment(row["moved_since"]),
        moved_checked=maybe_moment(row["moved_checked"]),
        language=row["language"],
        not_before=maybe_moment(row["not_before"]),
        full_at=maybe_moment(row["full_at"]),
        format=row["format"],
        listed=row["listed"],
        empty_since=maybe_moment(row["empty_since"]),
        skips=row["skips"],
        rhythm=row["rhythm"],
        pace=row["pace"],
        gap_at=maybe_moment(row["gap_at"]),
        hub=row["hub"],
        topic=row["topic"],
        pushed_until=maybe_moment(row["pushed_until"]),
    )


def source_values(record: SourceRecord) -> dict[str, object]:
    """The columns of a source that a check may change."""
    return {
        "id": record.id,
        "state": record.state,
        "address": record.address,
        "etag": record.validators.etag,
        "last_modified": record.validators.last_modified,
        "validators_url": record.validators.url,
        "body_hash": record.body_hash,
        "digests": record.digests,
        "next_poll_at": stamp(record.next_poll_at),
        "last_poll_at": maybe(record.last_poll_at),
        "last_ok_at": maybe(record.last_ok_at),
        "last_new_at": maybe(record.last_new_at),
        "poll_count": record.poll_count,
        "failures": record.failures,
        "failing_since": maybe(record.failing_since),
        "reason": record.reason,
        "fault": record.kind,
        "since": maybe(record.since),
        "told_at": maybe(record.told_at),
        "moved_to": record.moved_to,
        "moved_since": maybe(record.moved_since),
        "moved_checked": maybe(record.moved_checked),
        "language": record.language,
        "not_before": maybe(record.not_before),
        "full_at": maybe(record.full_at),
        "format": record.format,
        "listed": record.listed,
        "empty_since": maybe(record.empty_since),
        "skips": record.skips,
        "rhythm": record.rhythm,
        "pace": record.pace,
        "gap_at": maybe(record.gap_at),
        "hub": record.hub,
        "topic": record.topic,
    }


def article(row: sqlite3.Row) -> Article:
    """An article; the row carries the source's name as `source`."""
    return Article(
        id=row["id"],
        url=row["url"],
        title=row["title"],
        source=row["source"],
        author=row["author"],
        published=maybe_moment(row["published"]),
        fetched=moment(row["fetched"]),
        language=row["language"],
        summary=row["summary"],
        text=row["text"],
        text_from=TextFrom(row["text_from"]),
        reason=row["reason"],
        sha256=row["sha256"],
        headline=row["headline"],
    )


def article_values(article: Article) -> dict[str, object]:
    """The columns of an article that say what it is; the others say where it belongs."""
    return {
        "id": article.id,
        "url": article.url,
        "title": article.title,
        "author": article.author,
        "published": maybe(article.published),
        "fetched": stamp(article.fetched),
        "language": article.language,
        "summary": article.summary,
        "text": article.text,
        "text_from": article.text_from,
        "reason": article.reason,
        "sha256": article.sha256,
        "headline": article.headline,
    }


def alert(row: sqlite3.Row) -> Alert:
    return Alert(
        id=row["id"],
        watchlist=row["watchlist"],
        story_id=row["story_id"],
        article_id=row["article_id"],
        score=row["score"],
        verdict=Verdict(row["verdict"]),
        created_at=moment(row["created_at"]),
        escalated_at=maybe_moment(row["escalated_at"]),
    )


def story(row: sqlite3.Row, others: tuple[Report, ...]) -> Story:
    """A story with these other reports."""
    return Story(
        id=row["id"],
        articles=row["articles"],
        sources=tuple(json.loads(row["sources"])),
        independent=len(json.loads(row["domains"])),
        others=others,
    )


def report(row: sqlite3.Row) -> Report:
    return Report(
        url=row["url"],
        title=row["title"],
        source=row["source"],
        published=maybe_moment(row["published"]),
        relation=Relation(row["relation"]),
    )


def delivery(row: Mapping[str, Any] | sqlite3.Row) -> Delivery:
    return Delivery(
        id=row["id"],
        type=EventType(row["type"]),
        channel=row["channel"],
        event=json.loads(row["event"]),
        created_at=moment(row["created_at"]),
        next_at=moment(row["next_at"]),
        alert_id=row["alert_id"],
        state=DeliveryState(row["state"]),
        carried_by=row["carried_by"],
        batch=row["batch"],
        reply_to=row["reply_to"],
        attempts=row["attempts"],
        failures=row["failures"],
    )
