"""An entry and its page as an article, what it matches, and what becomes of the entry; and how copies are recognised."""

from dataclasses import replace
from typing import Any

import pytest

from monitor.core import intake, reading, watch
from monitor.core.model import (
    Article,
    Candidate,
    EntryState,
    Fingerprint,
    Page,
    PageFault,
    Reading,
    Relation,
    StoredEntry,
    TextFrom,
)
from monitor.core.settings import Mark, Term, TermSet, Watchlist
from monitor.core.stories import copies, placing
from support.build import DAY, HOUR, NOW, article, entry, source

WOLF = Term(text="=wolves", mark=Mark.FORM, words=("wolves",))
WATCH = watch.compile(
    (Watchlist(name="wolves", title="Wolves", all=("wolves",)),),
    (TermSet(name="wolves", title="Wolves", terms=(WOLF,)),),
    {},
)
QUIET = {"title": "Nothing of note", "summary": "A quiet day in the valley."}


def taken(
    got: reading.Got | None = None, state: EntryState = EntryState.READ, first: bool = False, **about: Any
) -> Reading:
    plan = intake.Planned(entry=entry(**(QUIET | about)), state=state, wants_page=True)
    return reading.read(
        source(tags=("local",)),
        plan,
        (7,),
        got or reading.Got(),
        known=None,
        first=first,
        new_id="new",
        watch=WATCH,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ({"title": "Wolves return"}, None),
        ({"summary": "Three wolves were seen."}, None),
        ({"text": "Three wolves were seen."}, None),
        ({}, Page(text="Three wolves were seen.")),
        ({"summary": "Three wolves were seen."}, Page(text="A quiet day.")),
        ({"text": "Three wolves were seen."}, Page(text="A quiet day.")),
    ],
)
def test_the_words_of_the_feed_and_of_the_page_are_both_matched(words: Any, page: Page | None) -> None:
    assert [match.watchlist for match in taken(reading.Got(page=page), **words).matches] == ["wolves"]


def test_the_pages_text_is_the_articles_if_it_can_be_used() -> None:
    page = Page(title="Other", text="The whole text.", author="A. Writer", language="en", published=NOW - DAY)

    made = taken(reading.Got(page=page, final_url="https://gazette.example/wolves")).article

    assert (made.text, made.text_from, made.summary) == ("The whole text.", TextFrom.PAGE, QUIET["summary"])
    assert (made.title, made.author, made.language, made.published) == (
        "Nothing of note",
        "A. Writer",
        "en",
        NOW - HOUR,
    )


@pytest.mark.parametrize("fault", list(PageFault))
def test_behind_a_wall_the_feeds_text_is_used_and_the_article_says_so(fault: PageFault) -> None:
    made = taken(reading.Got(page=Page(text="Please accept cookies.", fault=fault))).article

    assert (made.text, made.text_from) == (QUIET["summary"], TextFrom.FEED)
    assert made.reason == reading.FAULTS[fault]


def test_what_only_the_page_says_is_taken_from_it() -> None:
    page = Page(title="Headline", text="Text.", published=NOW - DAY)

    made = taken(reading.Got(page=page), title="", published=None).article

    assert (made.title, made.published) == ("Headline", NOW - DAY)


def test_a_full_text_in_the_feed_stands_beside_its_summary() -> None:
    both = taken(text="The full text.", summary="A summary.").article
    same = taken(text="The full text.", summary="The full text.").article

    assert (both.text, both.summary) == ("The full text.", "A summary.")
    assert (same.text, same.summary) == ("The full text.", "")


def test_a_page_that_may_come_later_is_waited_for_and_the_feed_alerts_at_once() -> None:
    waiting = taken(reading.Got(trouble="no answer", passing=True), title="Wolves return")
    lasting = taken(reading.Got(trouble="robots.txt forbids it"), title="Wolves return")

    assert (waiting.state, waiting.attempts, waiting.next_at) == (EntryState.WAITING, 1, intake.retry_page(1, NOW))
    assert (lasting.state, lasting.article.reason) == (EntryState.READ, "robots.txt forbids it")
    assert waiting.matches
    assert lasting.matches


@pytest.mark.parametrize(
    ("page", "state"),
    [
        (Page(text="Three wolves.", published=NOW - HOUR), EntryState.READ),
        (Page(text="Three wolves.", published=NOW - HOUR, searched=True), EntryState.BASELINE),
        (Page(text="Three wolves.", published=NOW - 9 * DAY), EntryState.BASELINE),
        (Page(text="Three wolves."), EntryState.BASELINE),
        (None, EntryState.BASELINE),
    ],
)
def test_at_a_first_poll_the_date_that_the_page_states_decides_for_an_undated_entry(
    page: Page | None, state: EntryState
) -> None:
    made = taken(reading.Got(page=page), EntryState.BASELINE, first=True, published=None)

    assert made.state is state
    assert bool(made.matches) is (state is EntryState.READ)


def test_a_page_that_was_read_for_another_source_is_not_asked_for_and_each_source_keeps_its_words() -> None:
    plan = intake.Planned(entry=entry(title="News", summary="Wolves, says B."), state=EntryState.READ, wants_page=False)
    paged = article(id="old", text="The page's text.", text_from=TextFrom.PAGE, source="Herald", language="en")
    fed = article(id="old", text="What A's feed said.", source="Herald")

    def read(known: Article, got: reading.Got | None = None) -> Reading:
        about: dict[str, Any] = {"known": known, "first": False, "new_id": "new", "watch": WATCH, "now": NOW}
        return reading.read(source(), plan, (7,), got or reading.Got(), **about)

    one, two, three = read(paged), read(fed), read(fed, reading.Got(page=Page(text="More.")))

    assert (one.article.id, one.article.source, one.article.title) == ("new", "Gazette", "News")
    assert (one.article.text, one.article.summary) == ("The page's text.", "Wolves, says B.")
    assert (one.article.text_from, one.article.language) == (TextFrom.PAGE, "en")
    assert (two.article.text, three.article.text) == ("Wolves, says B.", "More.")
    assert one.matches
    assert two.matches
    assert three.matches


@pytest.mark.parametrize(
    ("got", "attempts", "state"),
    [
        (reading.Got(page=Page(text="Three wolves.")), 1, EntryState.READ),
        (reading.Got(trouble="late", passing=True), 1, EntryState.WAITING),
        (reading.Got(trouble="late", passing=True), 4, EntryState.READ),
        (reading.Got(trouble="404"), 1, EntryState.READ),
        (reading.Got(), 0, EntryState.READ),
    ],
)
def test_an_entry_that_waited_is_read_again(got: reading.Got, attempts: int, state: EntryState) -> None:
    before = article(text="A wolves summary.", text_from=TextFrom.FEED, language="en", source="Herald")
    stored = StoredEntry(id=1, state=EntryState.WAITING, article=before, attempts=attempts)

    after = reading.again(source(), stored, got, watch=WATCH, now=NOW)

    assert (after.state, after.stored, after.attempts) == (state, stored, attempts + 1)
    assert (after.article.id, after.article.source, after.article.language) == ("article", "Herald", "en")
    assert after.article.text == (got.page.text if got.page else "A wolves summary.")
    assert after.matches


@pytest.mark.parametrize(
    ("stored", "summary", "text"),
    [
        (article(text="Long.", text_from=TextFrom.PAGE, summary="Short."), "Short.", ""),
        (article(text="Short.", text_from=TextFrom.FEED), "", "Short."),
        (article(text="Long.", text_from=TextFrom.FEED, summary="Short."), "Short.", "Long."),
    ],
)
def test_an_article_becomes_an_entry_again(stored: Article, summary: str, text: str) -> None:
    entry_ = reading.entry_of(stored)

    assert (entry_.summary, entry_.text) == (summary, text)


def test_the_feeds_own_text_stays_when_the_page_does_not_come_again_either() -> None:
    before = article(text="The whole text: wolves.", summary="A teaser.", text_from=TextFrom.FEED)
    stored = StoredEntry(id=1, state=EntryState.WAITING, article=before)

    after = reading.again(source(), stored, reading.Got(trouble="404"), watch=WATCH, now=NOW)

    assert (after.article.text, after.article.summary) == ("The whole text: wolves.", "A teaser.")
    assert after.matches


@pytest.mark.parametrize(
    ("listed", "final", "shown"),
    [
        ("https://gazette.example/a?utm_source=rss#top", None, "https://gazette.example/a"),
        ("https://gazette.example/a", "https://www.gazette.example/b", "https://gazette.example/a"),
        ("https://clicks.example/r/17", "https://herald.example/w", "https://herald.example/w"),
        (None, None, ""),
    ],
)
def test_an_article_shows_the_address_as_published_without_tracking(
    listed: str | None, final: str | None, shown: str
) -> None:
    page = Page(text="Text.") if final else None

    assert taken(reading.Got(page=page, final_url=final), url=listed).article.url == shown


@pytest.mark.parametrize("fault", [PageFault.CONSENT_WALL, PageFault.BOT_WALL])
def test_an_article_is_not_at_the_wall_before_it(fault: PageFault) -> None:
    got = reading.Got(page=Page(fault=fault), final_url="https://consent.example/all")
    made = taken(got, url="https://gazette.example/wolves")

    assert made.article.url == "https://gazette.example/wolves"
    assert made.fingerprint.pages == taken(url="https://gazette.example/wolves").fingerprint.pages


# Copies

TEXT = "Three wolves were seen on the road to the valley on Tuesday, a ranger said."


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        ({"text": TEXT}, {"text": TEXT.upper().replace(" ", "\n")}, Relation.DUPLICATE),
        ({"text": TEXT}, {"text": TEXT.replace("Three", "Four")}, Relation.NEAR_DUPLICATE),
        ({"text": "Read more"}, {"text": "Read more"}, None),
        ({"url": "https://a.example/w"}, {"url": "http://www.a.example/w?utm_source=x"}, Relation.DUPLICATE),
        ({"final_url": "https://a.example/w"}, {"url": "https://a.example/w"}, Relation.DUPLICATE),
        (
            {"canonical": "https://a.example/w", "title": "Wolves"},
            {"canonical": "https://a.example/w", "title": "WOLVES!"},
            Relation.DUPLICATE,
        ),
        (
            {"canonical": "https://a.example/w", "title": "Wolves"},
            {"canonical": "https://a.example/w", "title": "Bears"},
            None,
        ),
    ],
)
def test_copies_are_recognised_by_address_or_text(one: Any, other: Any, relation: Relation | None) -> None:
    def mark(number: int, **about: Any) -> Fingerprint:
        whole = {"url": f"https://{number}.example/", "final_url": None, "canonical": None, "title": "", "text": ""}
        return copies.fingerprint(**(whole | about))

    first = Candidate(article=article(id="first", text=one.get("text", "")), mark=mark(1, **one), story_id="story")
    found = placing.copies(article(id="second", text=other.get("text", "")), mark(2, **other), [first])

    assert [place.relation for place in found] == ([relation] if relation else [])


# A stored article, read again

STORED = article(
    text="A quiet day.",
    text_from=TextFrom.PAGE,
    title="News",
    headline="News | Gazette",
    summary="Quiet.",
    language="en",
)


@pytest.mark.parametrize(
    ("title", "first", "compared"),
    [("Wolves return", True, True), ("Nothing of note", True, False), ("Nothing of note", False, True)],
)
def test_what_was_there_before_us_and_concerns_nobody_is_not_compared(title: str, first: bool, compared: bool) -> None:
    text = " ".join(f"The {number}th sentence is of the harvest in valley {number}." for number in range(9))
    mark = taken(reading.Got(page=Page(text=text)), first=first, title=title).fingerprint

    assert (bool(mark.sketch), mark.topic is not None) == (compared, compared)
    assert mark.pages
    assert mark.text is not None


def page_of(text: str, title: str = "News | Gazette") -> reading.Got:
    return reading.Got(page=Page(text=text, title=title, language="en"))


@pytest.mark.parametrize(
    ("known", "listed", "got", "title", "text", "summary"),
    [
        (STORED, None, page_of("Another day."), "News", "Another day.", "Quiet."),
        (STORED, None, page_of("Another day.", "Old News | Gazette"), "News", "Another day.", "Quiet."),
        (
            replace(STORED, headline="News"),
            None,
            page_of("Another day.", "Old News"),
            "Old News",
            "Another day.",
            "Quiet.",
        ),
        (STORED, None, reading.Got(trouble="no answer"), "News", "A quiet day.", "Quiet."),
        (STORED, {"title": "Good News", "summary": "Loud."}, reading.Got(), "Good News", "A quiet day.", "Loud."),
        (STORED, {"title": "Good News", "summary": "Loud."}, page_of("Loud day."), "Good News", "Loud day.", "Loud."),
        (replace(STORED, text_from=TextFrom.FEED), None, reading.Got(), "News", "A quiet day.", "Quiet."),
        (
            replace(STORED, text_from=TextFrom.FEED, headline=""),
            {"title": "NEWS", "summary": "Loud."},
            reading.Got(),
            "News",
            "Loud.",
            "",
        ),
        (replace(STORED, title="", headline=""), None, page_of("Day.", "Found"), "Found", "Day.", "Quiet."),
    ],
)
def test_what_can_be_had_of_a_stored_article_is_taken_over_and_the_rest_stays(
    known: Article, listed: dict[str, str] | None, got: reading.Got, title: str, text: str, summary: str
) -> None:
    now = entry(**listed) if listed else None
    fresh = reading.reread(source(name="Herald"), known, now, got, NOW + HOUR)

    assert (fresh.title, fresh.text, fresh.summary) == (title, text, summary)
    assert (fresh.id, fresh.url, fresh.source, fresh.language) == (known.id, known.url, "Gazette", "en")


def test_what_did_not_change_in_substance_stays_to_the_letter_and_is_matched_with_what_the_source_says() -> None:
    fresh = replace(STORED, text="A  quiet day!", summary="Wolves.", sha256="1" * 64, fetched=NOW + HOUR)

    same = reading.revised(source(), STORED, fresh, reading.Got(), changed=False, watch=WATCH)
    other = reading.revised(source(), STORED, fresh, reading.Got(), changed=True, watch=WATCH)
    page = reading.revised(
        source(), replace(STORED, text_from=TextFrom.FEED), fresh, reading.Got(), changed=False, watch=WATCH
    )

    assert same.article == replace(STORED, summary="Wolves.")
    assert other.article == page.article == fresh
    assert [match.watchlist for match in same.matches] == ["wolves"]
    assert same.known_article
