"""The forms of an event that people see: mail, console, chat."""

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest

from monitor.core import render
from monitor.core.model import EventType, Story, TextFrom
from monitor.core.render import (
    Mail,
    console,
    digest_event,
    escalated_event,
    health_event,
    mail,
    neutral,
    plain,
    sources_event,
    updated_event,
)
from support.alerts import ALERT, ARTICLE, HITS, NASTY, NOW, REPORT, STORY, TITLE, WATCHLIST, event, hit, of, titled

URL = ARTICLE.url
CONFIDENTIAL = replace(WATCHLIST, name="cormorant", title="Cormorant file", confidential=True)


def test_a_mail_tells_what_a_person_needs() -> None:
    told = mail(event(also=("eelgrass",), article=replace(ARTICLE, text_from=TextFrom.FEED, reason="paywall")))
    assert told.subject == "Harbour works: Dredgers reach the old harbour"
    assert (
        told.text
        == """\
Harbour works · 2

Dredgers reach the old harbour
Coast Courier · 2026-11-22 07:41 UTC · en · Ada Moor
https://coast.example.org/2026/dredgers

    The first two *dredgers* tied up on Friday night.

    They will deepen the *harbour* by four metres before spring, the port authority said.

Found: harbour, dredgers
Also matched: eelgrass
Text from the feed; the page's was not used: paywall

monitor alerts show 01JD8Q2W5N3V9R7T1X6Z4B0C2E
"""
    )


HARBOUR = "They will deepen the harbour by four metres before spring."
CUT = "They will deepen the harbour by four met"
AGAIN = ["The harbour is old.", "The harbour is deep.", "The harbour is full.", "The quay is new."]


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        ([("harbour", "summary", CUT), ("harbour", "text", HARBOUR)], [HARBOUR]),
        ([("harbour", "summary", f"{CUT}…"), ("harbour", "text", HARBOUR)], [HARBOUR]),
        ([("harbour", "text", CUT), ("harbour", "text", "The harbour is old.")], [CUT, "The harbour is old."]),
        ([("harbour", "text", each) for each in AGAIN[:3]] + [("quay", "text", AGAIN[3])], [*AGAIN[:2], AGAIN[3]]),
        ([("harbour", "title", "Old harbour")], ["Old harbour"]),
    ],
    ids=["a cut summary", "with an ellipsis", "another sentence", "every word before repetitions", "only the title"],
)
def test_a_person_sees_each_sentence_once_and_every_word(found: list[tuple[str, str, str]], shown: list[str]) -> None:
    hits = [hit(word, sentence, field) for word, field, sentence in found]
    text = mail(event(hits=tuple(hits))).text.replace("*", "")
    assert [line.strip() for line in text.splitlines() if line.startswith("    ")] == shown


class Reader(HTMLParser):
    """The tags, links and text of a document."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        if tag not in ("meta", "br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


TAGS = {"html", "head", "meta", "body", "p", "a", "b", "bdi", "br", "blockquote", "ul", "li", "code", "hr"}


def test_the_html_part_says_the_same() -> None:
    story = replace(STORY, articles=2, sources=("Coast Courier", "Bay Post"), others=(REPORT,))
    told = mail(event(also=("eelgrass",), story=story))
    read = Reader(told.html)
    assert read.tags <= TAGS
    assert not read.open
    assert [value for name, value in read.attributes if name == "href"] == [URL, REPORT.url]
    for words in re.findall(r"[\w:/.-]+", told.text):
        assert words in read.text
    assert "(coast.example.org)" in read.text
    assert "<b>dredgers</b>" in told.html


def test_an_update_continues_the_thread_and_names_the_new_sources() -> None:
    story = replace(STORY, articles=3, sources=("Coast Courier", "Bay Post"), others=(REPORT, REPORT))
    told = mail(updated_event(event(), story=story, now=NOW))
    assert told.subject == "Re: Harbour works: Dredgers reach the old harbour"
    assert told.text.startswith("Harbour works · 2 · now also: Bay Post\n")
    assert "The story so far: 3 articles from Coast Courier, Bay Post" in told.text
    assert (
        "Harbour to be deepened\nBay Post · 2026-11-22 08:00 UTC · same-story\nhttps://bay.example.net/harbour"
        in told.text
    )


UPDATE = updated_event(event(), story=replace(STORY, articles=2, others=(REPORT,)), now=NOW)


ESCALATED = escalated_event(
    of("a", story=1),
    also=(),
    story=Story(id="story-1", articles=6, sources=("Coast Courier", "Bay Post"), independent=5),
    confidential=False,
    now=NOW,
)


@pytest.mark.parametrize(
    ("told", "count"),
    [
        ([of("a", story=1), UPDATE], "1 new story, 1 update: A, Harbour works"),
        ([UPDATE, ESCALATED], "2 updates: A, Harbour works"),
        ([event(), UPDATE], "1 new story: Harbour works"),  # one story, new to the reader of this digest
        ([of("a", story=n) for n in range(60)], "60 new stories: A (60)"),
        ([of("a", story=1), of("b", story=1), of("b", story=2)], "2 new stories: A, B (2)"),
    ],
)
def test_a_digest_counts_stories_and_updates(told: list[dict[str, Any]], count: str) -> None:
    assert mail(digest_event(told, reason="digest", now=NOW)).subject == count


def test_a_digest_tells_of_each_story_its_watchlists_and_who_reported_it_too() -> None:
    story = replace(STORY, articles=3, sources=("Coast Courier", "Bay Post", "Shore"), independent=2, others=(REPORT,))
    told = digest_event(
        [of("a", story=1), of("b", story=1)], reason="digest", now=NOW, stories={"a-1": story, "b-1": story}
    )
    text = mail(told).text
    assert text.startswith("A · 2, B · 2\n\nDredgers reach the old harbour\n")
    assert "Also reported by: Bay Post, Shore\n" in text
    assert "Harbour to be deepened\nBay Post" in text
    assert "Also matched" not in text
    assert "now also" not in text


def test_that_many_sources_carry_a_story_is_told_in_the_thread() -> None:
    told = mail(ESCALATED)
    assert told.subject == "Re: A: Dredgers reach the old harbour"
    assert told.text.startswith("A · 2 · 5 independent sources\n")
    assert mail(digest_event([ESCALATED], reason="digest", now=NOW)).text.startswith("A · 2 · 5 independent sources\n")


@pytest.mark.parametrize(("read", "more"), [(43, "."), (41, "; `monitor coverage` says why the others were not.")])
def test_a_digest_says_how_many_sources_were_read(read: int, more: str) -> None:
    told = render.digest_event([event()], reason="digest", now=NOW)
    told["data"]["coverage"] = {"since": "2026-11-21T08:00:00Z", "sources": 43, "read": read}
    line = f"{read} of 43 sources read since 2026-11-21 08:00 UTC{more}"
    assert line in render.mail(told).text
    assert line.replace("`", "'") in render.plain(told)[1]
    assert render.console(told).endswith(line)


def test_a_digest_is_one_mail() -> None:
    told = mail(digest_event([of("a", story=1), of("a", story=2), of("b", story=3)], reason="digest", now=NOW))
    assert told.subject == "3 new stories: A (2), B"
    assert told.text.count(URL) == 3
    assert Reader(told.html).tags <= TAGS


@pytest.mark.parametrize(
    ("about", "subject"),
    [
        ({"source": "Coast Courier"}, "Monitor: delivery given up: Coast Courier"),
        ({"channel": "desk"}, "Monitor: delivery given up: desk"),
        ({}, "Monitor: delivery given up"),
    ],
)
def test_a_message_about_the_operation(about: dict[str, Any], subject: str) -> None:
    told = health_event(EventType.DELIVERY_GIVEN_UP, **about, since=NOW, reason="no answer", advice="Mend it.", now=NOW)
    assert mail(told).subject == subject
    assert mail(told).text == "Since 2026-11-22 08:00 UTC: no answer\nMend it.\n"
    assert Reader(mail(told).html).text.strip().split("\n") == ["Since 2026-11-22 08:00 UTC: no answer", "Mend it."]
    assert console(told) == f"{subject}\n  Since 2026-11-22 08:00 UTC: no answer\n  Mend it."
    assert plain(told) == (subject, "Since 2026-11-22 08:00 UTC: no answer\n\nMend it.")


PAGE = "https://monitor.example.org"
NEUTRAL = [
    (neutral(event(), ""), "Monitor: 1 new alert", f"To read more: monitor alerts show {ALERT.id}"),
    (neutral(event(), PAGE), "Monitor: 1 new alert", f"{PAGE}/alerts/{ALERT.id}"),
    (
        neutral(digest_event([of("a", story=n) for n in range(3)], reason="digest", now=NOW), ""),
        "Monitor: 3 new alerts",
        "To read more: monitor alerts list",
    ),
    (
        neutral(health_event(EventType.SOURCE_SILENT, source="S", since=NOW, reason="r", advice="a", now=NOW), ""),
        "Monitor: source silent",
        "To read more: monitor status",
    ),
    (
        neutral(render.test_event(NOW), PAGE),
        "Monitor: test",
        "This is only a test: nothing happened. It was sent to see whether it arrives.",
    ),
]


@pytest.mark.parametrize(("told", "subject", "line"), NEUTRAL)
def test_a_neutral_message_tells_where_to_read(told: dict[str, Any], subject: str, line: str) -> None:
    assert (mail(told).subject, mail(told).text) == (subject, line + "\n")
    assert line in Reader(mail(told).html).text
    assert console(told) == f"{subject}\n  {line}"
    assert plain(told) == (subject, line)


def unwell(source: str, reason: str, advice: str) -> dict[str, Any]:
    return health_event(EventType.SOURCE_FAILING, source=source, since=NOW, reason=reason, advice=advice, now=NOW)


def test_sources_of_one_message_stand_above_the_advice_that_applies_to_them() -> None:
    refused, slow = "it answered 403", "it does not answer"
    one = [unwell("Bay Post", refused, "Write to it."), unwell("Shore", slow, "Wait.")]
    told = sources_event([*one, unwell("Gazette", refused, "Write to it.")], now=NOW)
    assert mail(told).subject == "Monitor: source failing: Bay Post and 2 more"
    assert (
        mail(told).text
        == """\
Bay Post, since 2026-11-22 08:00 UTC: it answered 403
Gazette, since 2026-11-22 08:00 UTC: it answered 403
Write to it.
Shore, since 2026-11-22 08:00 UTC: it does not answer
Wait.
"""
    )


def secrets(text: str) -> list[str]:
    words = [CONFIDENTIAL.name, CONFIDENTIAL.title, TITLE, URL, *(found.surface for found in HITS)]
    return [word for word in words if word.lower() in text.lower()]


@pytest.mark.parametrize(
    "told",
    [
        event(watchlist=CONFIDENTIAL),
        event(watchlist=CONFIDENTIAL, kind=EventType.ALERT_UPDATED),
        digest_event([event(watchlist=CONFIDENTIAL)], reason="quiet", now=NOW),
        event(also=("cormorant",), confidential=True),
    ],
)
def test_what_is_confidential_is_in_no_subject_and_on_no_terminal(told: dict[str, Any]) -> None:
    assert not secrets(mail(told).subject)
    assert not secrets(plain(told)[0])
    assert not secrets(console(told))
    assert ALERT.id in console(told)
    assert URL in mail(told).text
    assert URL in plain(told)[1]


def test_a_digest_hides_only_what_is_confidential() -> None:
    told = digest_event([of("a", story=1), event(watchlist=CONFIDENTIAL)], reason="quiet", now=NOW)
    assert mail(told).subject == "2 new stories"
    assert console(told).startswith("2 new stories\nALERT A · 2: Dredgers reach the old harbour\n")
    assert console(told).endswith(f"\nALERT (confidential): monitor alerts show {ALERT.id}")


def test_the_console_shows_an_alert_in_a_few_lines() -> None:
    story = replace(STORY, articles=2, sources=("Coast Courier", "Bay Post"), others=(REPORT,))
    assert console(event(also=("eelgrass",), hits=HITS[:1], story=story)) == (
        "ALERT Harbour works · 2 · now also: Bay Post: Dredgers reach the old harbour\n"
        "  Coast Courier · 2026-11-22 07:41 UTC · en · Ada Moor\n"
        "  https://coast.example.org/2026/dredgers\n"
        "  Dredgers reach the old *harbour*\n"
        "  Found: harbour\n"
        "  Also matched: eelgrass\n"
        "  The story so far: 2 articles from Coast Courier, Bay Post\n"
        "  Bay Post · 2026-11-22 08:00 UTC · same-story: https://bay.example.net/harbour\n"
        f"  monitor alerts show {ALERT.id}"
    )


def test_a_chat_gets_a_title_and_a_body() -> None:
    story = replace(STORY, others=(REPORT,))
    assert plain(event(hits=HITS[:1], story=story)) == (
        "Harbour works: Dredgers reach the old harbour",
        (
            "Dredgers reach the old harbour\n"
            "Coast Courier · 2026-11-22 07:41 UTC · en · Ada Moor\n"
            "https://coast.example.org/2026/dredgers\n"
            "Dredgers reach the old *harbour*\n"
            "Harbour works · 2 · now also: Bay Post\n"
            "Found: harbour\n"
            "Harbour to be deepened · Bay Post · 2026-11-22 08:00 UTC · same-story\n"
            "https://bay.example.net/harbour"
        ),
    )


def test_few_of_many_terms_and_sentences_are_shown() -> None:
    hits = tuple(replace(hit("harbour"), term=f"t{n}", sentence=f"Sentence {n} of the harbour.") for n in range(12))
    told = mail(event(hits=hits))
    assert "Found: t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, …\n" in told.text
    assert told.text.count("Sentence") == 3


def test_what_is_missing_leaves_no_trace() -> None:
    bare = replace(ARTICLE, title="", author=None, published=None, language=None)
    told = mail(event(article=bare, watchlist=replace(WATCHLIST, title=""), hits=()))
    assert told.subject == "harbour:"
    assert told.text.startswith(f"harbour · 2\n\n(no title)\nCoast Courier\n{URL}\n")


def forms(told: dict[str, Any]) -> tuple[Mail, str, tuple[str, str]]:
    return mail(told), console(told), plain(told)


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_strange_text_harms_no_mail(text: str) -> None:
    for told in (mail(titled(text)), mail(titled("plain", watchlist=replace(WATCHLIST, title=text)))):
        assert re.fullmatch(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*", told.subject)
        assert "=?" not in told.subject
        assert len(told.subject.replace("\u200b", "")) <= 160
        told.text.encode()
        read = Reader(told.html)
        assert read.tags <= TAGS
        assert not read.open
        assert {name for name, _ in read.attributes} <= {"href", "charset"}
        assert URL in told.text
        assert URL in read.text
        assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x1b\x00") & set(told.text + told.html)


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_strange_text_harms_no_terminal(text: str) -> None:
    shown = console(titled(text))
    assert re.fullmatch(r"[^\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\u202a-\u202e\u2066-\u2069]*", shown)
    assert all(line.startswith(("ALERT", "  ")) for line in shown.split("\n"))
    assert URL in shown


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_strange_text_mentions_nobody_and_hides_no_link_in_a_chat(text: str) -> None:
    title, body = plain(titled(text))
    for shown in (title, body):
        assert not re.search(r"[<>\[\]`~|\x00-\x09\x0b-\x1f]|@\w|\]\(|#\s|(?<!\w)_|_(?!\w)", shown)
        shown.encode()
    assert "\n" not in title
    assert URL in body


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "https://bank.example@evil.example/", "data:text/html,<b>x</b>"]
)
def test_what_is_no_honest_link_is_shown_and_not_linked(address: str) -> None:
    told = mail(event(article=replace(ARTICLE, url=address)))
    assert "href" not in told.html
    assert address.replace("<", "%3C").replace(">", "%3E") in unescape(told.html)


def test_addresses_in_chats_mention_nobody() -> None:
    _, body = plain(event(article=replace(ARTICLE, url="https://coast.example.org/@everyone/[1]/**~~a_b")))
    assert "https://coast.example.org/%40everyone/%5B1%5D/%2A%2A%7E%7Ea_b" in body


def test_in_chats_only_what_was_found_is_marked() -> None:
    told = event(hits=(hit("wolf", "A *grey* wolf #1 of snake_case"),), article=replace(ARTICLE, title="# _Loud_ *x*"))
    _, body = plain(told)
    assert body.startswith("＃ ＿Loud＿ ∗x∗\n")
    assert "A ∗grey∗ *wolf* #1 of snake_case" in body


@pytest.mark.parametrize("kind", [EventType.ALERT_CREATED, EventType.ALERT_UPDATED])
def test_a_link_in_a_mail_says_where_it_leads(kind: EventType) -> None:
    told = event(kind, article=replace(ARTICLE, url="https://аррӏе.example/login", title="www.bank.example"))
    assert "<bdi>xn--80ak6aa92e.example</bdi>" in mail(told).html


def test_a_title_stays_what_it_is_in_a_subject() -> None:
    subject = mail(event(article=replace(ARTICLE, title="=?utf-8?q?Bcc?="))).subject
    assert subject.replace("\u200b", "") == "Harbour works: =?utf-8?q?Bcc?="


def test_templates_stay_what_they_are() -> None:
    assert "{{7*7}}" in mail(titled(NASTY["template"])).text
    assert "49" not in mail(titled("{{7*7}}")).text


def test_the_test_message_says_so_everywhere() -> None:
    told, shown, (title, body) = forms(render.test_event(NOW))
    assert all("Test alert from Monitor" in text for text in (told.subject, told.text, told.html, shown, title))
    assert all("only a test: nothing happened" in text for text in (told.text, told.html, shown, body))
    assert not any("monitor alerts show" in text for text in (told.text, told.html, shown))
