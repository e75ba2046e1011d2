"""docs/receiving.md: its examples are what is sent, and its code works."""

import json
import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from monitor.core.changes import Change, compare
from monitor.core.model import EventType, Relation
from monitor.core.render import (
    console,
    difference,
    digest_event,
    encode,
    health_event,
    mail,
    neutral,
    sources_event,
    updated_event,
)
from monitor.core.timing import next_attempt
from monitor.notify.webhook import signed
from support.alerts import ALERT, ARTICLE, HITS, NOW, REPORT, STORY, TEXT, TITLE, WATCHLIST, event, hit

DOC = (Path(__file__).parents[1] / "docs" / "receiving.md").read_text(encoding="utf-8")
KEY = bytes(range(32))
SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

CREATED = event(also=("eelgrass",))
GROWN = replace(STORY, articles=2, sources=("Coast Courier", "Bay Post"), independent=2, others=(REPORT,))
UPDATED = updated_event(
    CREATED,
    story=GROWN,
    now=NOW + timedelta(minutes=40),
)
EELGRASS = event(
    alert=replace(ALERT, id=f"{ALERT.id[:-1]}F", score=1.0),
    watchlist=replace(WATCHLIST, name="eelgrass", title="Eelgrass"),
    hits=(hit("eelgrass", sentence="Fishermen fear for the eelgrass."),),
)
LATER = (
    "The first three dredgers tied up on Friday night. They will deepen the harbour by four metres before spring, "
    "the port authority said. Work began at once."
)
CHANGED = event(
    EventType.ARTICLE_CHANGED,
    article=replace(ARTICLE, text=LATER, fetched=NOW + timedelta(hours=1), sha256="6e" * 32),
    hits=HITS[:1],
    now=NOW + timedelta(hours=1),
    revision={"change": difference(cast("Change", compare(TITLE, TEXT, TITLE, LATER)), [], [])},
)
FAILING = health_event(
    EventType.SOURCE_FAILING,
    source="Coast Courier",
    since=NOW - timedelta(hours=2),
    reason="coast.example.org answered 503",
    advice="Nothing, unless it lasts: open the address in a browser.",
    now=NOW,
    kind="status",
)
UNREACHABLE = [
    health_event(
        EventType.SOURCE_FAILING,
        source=source,
        since=NOW - timedelta(hours=2) + timedelta(minutes=at),
        reason="no connection to feeds.example.org, port 443: no answer",
        advice="The site does not take connections. Monitor goes on trying, less often.",
        now=NOW,
        kind="connect",
    )
    for at, source in enumerate(("Coast Courier", "Bay Post"))
]
EXAMPLES = [
    CREATED,
    UPDATED,
    CHANGED,
    digest_event([event(hits=HITS[:1]), EELGRASS], reason="digest", now=NOW, stories={ALERT.id: GROWN}),
    FAILING,
    sources_event(UNREACHABLE, now=NOW),
    neutral(CREATED, "https://monitor.example.org"),
]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", DOC, re.MULTILINE | re.DOTALL)


def test_the_examples_are_what_is_sent() -> None:
    assert [json.loads(block) for block in blocks("json")] == EXAMPLES


def test_the_texts_are_what_is_sent() -> None:
    told = mail(UPDATED)
    assert blocks("text") == [f"Subject: {told.subject}\n\n{told.text}", console(CREATED) + "\n"]


def function(number: int) -> Callable[..., Any]:
    """What a block of Python defines."""
    names: dict[str, Any] = {}
    exec(blocks("python")[number], names)  # our own documentation
    defined: Callable[..., Any] = names.get("verified") or names["take"]
    return defined


@pytest.mark.parametrize("number", [0, 1])
def test_the_code_tells_genuine_messages_from_others(number: int) -> None:
    verified, body, now = function(number), encode(CREATED), datetime.now(UTC)
    headers = signed(KEY, "01JD", now, body)
    assert verified(headers, body, SECRET) == CREATED
    forged = [
        (headers, body + b" "),
        (headers | {"webhook-id": "01JE"}, body),
        (signed(b"another key that is long enough", "01JD", now, body), body),
        (signed(KEY, "01JD", now - timedelta(minutes=10), body), body),
        (signed(KEY, "01JD", now + timedelta(minutes=10), body), body),
    ]
    for wrong, text in forged:
        with pytest.raises(Exception, match=r"signature|signed|old|new|future"):
            verified(wrong, text, SECRET)


def test_the_code_takes_a_message_once() -> None:
    take = function(2)
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE taken (id TEXT PRIMARY KEY)")
    assert [take(db, name, CREATED) for name in ("a", "b", "a")] == [True, True, False]
    db.close()


def test_every_block_of_code_is_tested() -> None:
    assert len(blocks("python")) == 3


@pytest.mark.parametrize("word", [*EventType, *list(Relation)[1:]])
def test_every_type_and_relation_is_named(word: str) -> None:
    assert f"`{word}`" in DOC or f"### {word}\n" in DOC


def test_the_schedule_is_the_one_that_is_kept() -> None:
    waits: list[timedelta] = []
    while (later := next_attempt(len(waits) + 1, NOW, 0.0)) is not None:
        waits.append(later - NOW)
    told = re.search(r"tries again after (.*?), each", DOC)
    assert told is not None
    units = {"s": "seconds", "m": "minutes", "h": "hours"}
    said = [wait.split() for wait in told[1].split(", ")]
    assert [timedelta(**{units[unit]: int(number)}) for number, unit in said] == waits
    assert len(waits) + 1 == 12


def test_every_field_of_an_alert_is_documented() -> None:
    data = {**CREATED["data"], "confidential": True, "test": True, "left_out": {}}
    names = [*data, *(f"article.{name}" for name in data["article"])]
    table = DOC.replace(", `.", ", `article.")
    explained = [name for name in names if f"`{name}`" in table]
    obvious = {"article", "article.id", "article.source", "article.fetched"}
    assert set(names) - set(explained) == obvious
