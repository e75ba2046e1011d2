"""An alert to tell: the parts of an event, each of which a test may replace, and texts that strangers could send."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from monitor.core.model import (
    Alert,
    Article,
    EventType,
    Hit,
    Message,
    Relation,
    Report,
    Story,
    TextFrom,
    Verdict,
)
from monitor.core.render import alert_event
from monitor.core.settings import Watchlist

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)

ALERT = Alert(
    id="01JD8Q2W5N3V9R7T1X6Z4B0C2E",
    watchlist="harbour",
    story_id="01JD8Q2W5N0000000000000STO",
    article_id="01JD8Q2W5N0000000000000ART",
    score=2.0,
    verdict=Verdict.ALERT,
    created_at=NOW,
)
WATCHLIST = Watchlist(name="harbour", title="Harbour works")
TITLE = "Dredgers reach the old harbour"
TEXT = (
    "The first two dredgers tied up on Friday night. They will deepen the harbour by four metres before spring, "
    "the port authority said. Fishermen fear for the eelgrass."
)
ARTICLE = Article(
    id=ALERT.article_id,
    url="https://coast.example.org/2026/dredgers",
    title=TITLE,
    source="Coast Courier",
    author="Ada Moor",
    published=datetime(2026, 11, 22, 7, 41, 5, 999, tzinfo=UTC),
    fetched=NOW,
    language="en",
    summary="Two dredgers have tied up.",
    text=TEXT,
    text_from=TextFrom.PAGE,
    sha256="5d" * 32,
)
STORY = Story(id=ALERT.story_id, sources=("Coast Courier",))
REPORT = Report(
    url="https://bay.example.net/harbour",
    title="Harbour to be deepened",
    source="Bay Post",
    published=NOW,
    relation=Relation.SAME_STORY,
)


def hit(surface: str, text: str = TEXT, field: str = "text", sentence: str | None = None) -> Hit:
    """A hit on the first place of the surface in a text."""
    start = text.index(surface)
    return Hit(
        term=surface,
        term_set="harbour",
        field=field,
        start=start,
        end=start + len(surface),
        surface=surface,
        sentence=text if sentence is None else sentence,
    )


HITS = (
    hit("harbour", TITLE, "title"),
    hit("dredgers", sentence="The first two dredgers tied up on Friday night."),
    hit("harbour", sentence="They will deepen the harbour by four metres before spring, the port authority said."),
)


def event(kind: EventType = EventType.ALERT_CREATED, **changed: Any) -> dict[str, Any]:
    """The event of the alert above, with some of its parts changed."""
    parts: dict[str, Any] = {
        "alert": ALERT,
        "watchlist": WATCHLIST,
        "also": (),
        "article": ARTICLE,
        "hits": HITS,
        "story": STORY,
        "now": NOW,
    }
    return alert_event(kind, **(parts | changed))


def of(name: str, *, story: int, **changed: Any) -> dict[str, Any]:
    """The event of the alert `NAME-STORY`: this watchlist's to one of several stories."""
    parts: dict[str, Any] = {
        "watchlist": replace(WATCHLIST, name=name, title=name.title()),
        "alert": replace(ALERT, id=f"{name}-{story}", watchlist=name),
        "article": replace(ARTICLE, id=f"article-{story}"),
        "story": replace(STORY, id=f"story-{story}"),
    }
    return event(**(parts | changed))


def many(count: int, sentence: str = "Волки пришли. " * 60) -> tuple[Hit, ...]:
    """So many hits of thirty terms, each with a long sentence."""
    return tuple(
        replace(hit("Волки", sentence), term=f"term {n % 30}", start=n, end=n + 5, sentence=sentence)
        for n in range(count)
    )


def titled(title: str, **changed: Any) -> dict[str, Any]:
    """An event whose title, text, sentence, source, author and reason are all the same strange text."""
    strange = replace(ARTICLE, title=title, summary=title, text=title, source=title, author=title, reason=title)
    hits = (Hit(term="x", term_set="s", field="text", start=0, end=1, surface=title[:1], sentence=title),)
    report = replace(REPORT, title=title, source=title)
    story = replace(STORY, articles=2, sources=(title,), others=(report,))
    return event(article=strange, hits=hits, story=story, **changed)


def message(told: dict[str, Any] | None = None, **changed: Any) -> Message:
    """A message on its way to the channel `desk`."""
    parts: dict[str, Any] = {"id": "01JD8Q2W5N00000000000000DE", "channel": "desk", "created_at": NOW}
    return Message(event=told or event(), **(parts | changed))


NASTY = {
    "markup": '<img src=x onerror="alert(1)"><script>alert(1)</script>',
    "attribute": "\" onmouseover='alert(1)'",
    "comment": "--><!-- ]]> </body></html>",
    "entity": "&lt;b&gt; &#x202e;",
    "header": "News\r\nBcc: victim@example.org\r\n\r\nBody",
    "encoded header": "=?utf-8?q?a=0D=0ABcc:_victim@example.org?= =?utf-8?b?YQ0KDQpib2R5?=",
    "line separators": "one\u2028two\u2029three\x85four\x0bfive\x0csix\x1cseven",
    "terminal": "\x1b[2J\x1b]0;owned\x07\x9b31mred\x08\x7f",
    "bidi": "invoice \u202efdp.exe\u2066 \u2067 \u2069 \u200f\u061c",
    "annotation": "seen\ufff9hidden\ufffbtext\ufeff",
    "surrogate": "half \ud83d of a smile \udc00",
    "nul": "a\x00b",
    "template": "{{7*7}} ${7*7} {0} %s %(x)s",
    "formula": "=cmd|'/C calc'!A0",
    "mention": "@everyone @here <!channel> <@U123> <@&9> @channel",
    "chat link": "[bank](https://evil.example) <https://evil.example|bank> ![](https://evil.example/p.png)",
    "chat markup": "# `code` ||hidden|| ~~gone~~ **bold** _leaning_ __under__ *x* snake_case",
    "rich": "[bold red]x[/] [link=https://evil.example]y[/link] :bomb:",
    "link on a terminal": "\x1b]8;;https://evil.example\x1b\\bank\x1b]8;;\x1b\\ \rback\b\b",
    "nothing to see": "in\u00advis\u200bi\u2060ble \U000e0041\U000e0042",
    "long": "Überschrift " * 420,
    "long word": "я" * 5000,
    "empty": "",
    "spaces": " \t\n\u00a0 ",
}
"""Names of attacks → texts that a feed could carry. Our own."""
