"""An entry and what asking for its page brought → an article, what it matches, and what becomes of the entry.

Not here: whether the page is asked for (intake.py), and which story the article belongs to (stories, decide.py).
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core import changes, intake, urls
from monitor.core.model import (
    Article,
    Document,
    Entry,
    EntryState,
    Fingerprint,
    Match,
    Page,
    PageFault,
    Reading,
    StoredEntry,
    TextFrom,
)
from monitor.core.settings import Source
from monitor.core.stories import copies, news
from monitor.core.watch import Watch

ALERTING = frozenset({EntryState.READ, EntryState.WAITING})

FAULTS = {
    PageFault.CONSENT_WALL: "the page shows a consent wall",
    PageFault.PAYWALL: "the page is behind a paywall",
    PageFault.BOT_WALL: "the site keeps programs out",
    PageFault.SOFT_404: "the page says that it does not exist",
    PageFault.NO_TEXT: "the page has no text that could be found",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Got:
    """What asking for a page brought: the page and the address where it was, or what kept us from it; `passing` says that
    another try may succeed, `missing` that the page is not there. `language` is that of the feed's own text, where no page
    tells it."""

    page: Page | None = None
    final_url: str | None = None
    trouble: str = ""
    passing: bool = False
    missing: bool = False
    language: str | None = None

    @property
    def usable(self) -> bool:
        """Whether there is a page whose text is the article's."""
        return self.page is not None and self.page.fault is None and bool(self.page.text)


def read(
    source: Source,
    plan: intake.Planned,
    keys: tuple[int, ...],
    got: Got,
    *,
    known: Article | None,
    first: bool,
    new_id: str,
    watch: Watch,
    now: datetime,
) -> Reading:
    """A new entry, read. `known` is the article that another source made of the same page, whose text is as good as
    asking for it again; `first` says that it is the source's first poll; `new_id` is for the article."""
    article = _article(source, plan.entry, got, id_=new_id, now=now)
    if known and got.page is None:
        article = _with_page_of(known, article)
    state, attempts, next_at = plan.state, 0, None
    stated = got.page.published if got.page and not got.page.searched else None
    if first and state is EntryState.BASELINE and intake.is_fresh(source, stated, now):
        state = EntryState.READ
    if state is EntryState.READ and got.passing:
        state, attempts, next_at = EntryState.WAITING, 1, intake.retry_page(1, now)
    matches = _matches(source, article, watch) if state in ALERTING else ()
    return Reading(
        article=article,
        fingerprint=_fingerprint(article, got, compared=bool(matches) or not first),
        state=state,
        keys=keys,
        matches=matches,
        attempts=attempts,
        next_at=next_at,
        words=changes.own_words(plan.entry.title, plan.entry.text or plan.entry.summary),
    )


def again(source: Source, stored: StoredEntry, got: Got, *, watch: Watch, now: datetime) -> Reading:
    """An entry whose page could not be had earlier, or that the flood brake held, read again."""
    attempts = stored.attempts + 1
    next_at = intake.retry_page(attempts, now) if got.passing else None
    article = stored.article
    if got.page is not None or got.trouble:
        fresh = _article(source, entry_of(article), got, id_=article.id, now=now)
        article = replace(fresh, source=article.source, language=fresh.language or article.language)
    return Reading(
        article=article,
        fingerprint=_fingerprint(article, got),
        state=EntryState.WAITING if next_at else EntryState.READ,
        matches=_matches(source, article, watch),
        stored=stored,
        attempts=attempts,
        next_at=next_at,
    )


def reread(source: Source, known: Article, entry: Entry | None, got: Got, now: datetime) -> Article:
    """A stored article as it is now: with what its source says of it (`entry`; None: as before), and its page. What cannot
    be had this time stays as it was."""
    fresh = _article(source, entry or entry_of(known), got, id_=known.id, now=now)
    title = known.title
    if entry and not changes.same_title(known.title, entry.title):
        title = entry.title
    elif changes.same_title(known.title, known.headline) and not changes.same_title(known.headline, fresh.headline):
        title = fresh.headline
    if not got.usable and known.text_from is TextFrom.PAGE:
        return replace(known, title=title, summary=fresh.text if entry else known.summary)
    if not got.usable and entry is None:
        return known
    return replace(
        fresh,
        url=known.url,
        title=title or fresh.title,
        source=known.source,
        author=fresh.author or known.author,
        published=known.published or fresh.published,
        language=fresh.language or known.language,
    )


def revised(source: Source, known: Article, fresh: Article, got: Got, *, changed: bool, watch: Watch) -> Reading:
    """A stored article that was read again, as it is to be kept. If it has not `changed` in substance, its text stays as
    it was; what the source says of it is taken over, and all of it is matched again."""
    article = fresh
    if not changed and fresh.text_from is known.text_from:
        article = replace(known, summary=fresh.summary, title=known.title or fresh.title)
    return Reading(
        article=article,
        fingerprint=_fingerprint(article, got),
        state=EntryState.READ,
        matches=_matches(source, article, watch),
        known_article=True,
    )


def entry_of(article: Article) -> Entry:
    """What a source listed, as far as the article that was made of it tells."""
    return Entry(
        url=article.url,
        title=article.title,
        published=article.published,
        author=article.author,
        summary=article.summary,
        text=article.text if article.text_from is TextFrom.FEED else "",
        language=article.language,
    )


def document(article: Article, source: Source) -> Document:
    """What is matched of an article: the words of the source as well as those of the page."""
    return Document(
        fields={"title": article.title, "summary": article.summary, "text": article.text},
        language=article.language,
        source=source.name,
        tags=source.tags,
    )


def _matches(source: Source, article: Article, watch: Watch) -> tuple[Match, ...]:
    return watch.match(document(article, source))


def _article(source: Source, entry: Entry, got: Got, *, id_: str, now: datetime) -> Article:
    page = got.page or Page()
    usable = got.usable
    own = entry.text or entry.summary
    text = page.text if usable else own
    summary = own if usable else (entry.summary if entry.text and entry.summary != entry.text else "")
    reason = FAULTS[page.fault] if page.fault else got.trouble
    return Article(
        id=id_,
        url=_address(entry, got),
        title=entry.title or page.title,
        source=source.name,
        author=entry.author or page.author,
        published=entry.published or entry.updated or page.published,
        fetched=now,
        language=page.language or got.language or entry.language or source.language,
        summary=summary,
        text=text,
        text_from=TextFrom.PAGE if usable else TextFrom.FEED,
        reason=reason,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        headline=page.title if usable else "",
    )


def _address(entry: Entry, got: Got) -> str:
    """As the source gives it, without tracking; where a service that only counts clicks stands before it, the real one. A
    site that asks all visitors something first is none."""
    url = urls.direct(entry.url or "")
    wall = got.page is not None and got.page.fault in (PageFault.CONSENT_WALL, PageFault.BOT_WALL)
    if got.final_url and not wall and urls.site(got.final_url) != urls.site(url):
        url = got.final_url
    return urls.cleaned(url) if url else ""


def _with_page_of(known: Article, own: Article) -> Article:
    """An article with its source's own words, and the page's text as it was read for another source."""
    if known.text_from is not TextFrom.PAGE:
        return own
    return replace(
        own,
        author=own.author or known.author,
        fetched=known.fetched,
        language=known.language,
        summary=own.text,
        text=known.text,
        text_from=TextFrom.PAGE,
        sha256=known.sha256,
        headline=known.headline,
    )


def _fingerprint(article: Article, got: Got, *, compared: bool = True) -> Fingerprint:
    """By what an article is recognised. What was there before we came and concerns nobody is not `compared` with others,
    but for its address and its words: there may be tens of thousands of it."""
    mark = copies.fingerprint(
        url=article.url,
        final_url=got.final_url if got.usable else None,  # of a wall that is that of all articles
        canonical=got.page.canonical if got.page else None,
        title=article.title,
        text=article.text,
        sketched=compared,
    )
    if not compared:
        return mark
    return replace(mark, topic=news.topic(article.title, article.text or article.summary, article.language))
