"""Briefs: what a person is told by an event, cleaned and in order, before it takes the form of a channel.

Mail, console and chat services show the same brief; only escaping and layout are theirs.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from monitor.core.model import Event, EventType
from monitor.core.render.clean import address, host, marked, shorten, visible, whole
from monitor.core.render.events import Data, alerts_of, terms_of

Pieces = tuple[tuple[str, bool], ...]
"""A sentence in pieces; True beside what was found."""

_TEST = "This is only a test: nothing happened. It was sent to see whether it arrives."
_REVISIONS = (EventType.ARTICLE_CHANGED, EventType.ARTICLE_GONE)
_AGAIN = (EventType.ALERT_UPDATED, EventType.ALERT_ESCALATED, *_REVISIONS)  # what continues an alert
_SUBJECT = 160  # code points; mail programs show 50 to 80
_TITLE = 300
_QUOTES = 3
_TERMS = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """An article to be opened. `host` is where a click leads; None: show the address, don't link it."""

    title: str
    url: str
    host: str | None
    facts: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A sentence that an article has no more (`-`) or has now (`+`); True beside the words that changed."""

    sign: str
    pieces: Pieces


@dataclass(frozen=True, kw_only=True, slots=True)
class Brief:
    """One alert: its id (none if it is a test), its watchlist and score, the article, what changed in it, the sentences
    with the hits, what else is to be known, and the other reports of the story."""

    id: str
    heading: str
    article: Link
    difference: tuple[Line, ...]
    quotes: tuple[Pieces, ...]
    notes: tuple[str, ...]
    others: tuple[Link, ...]
    confidential: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Telling:
    """A whole message: its subject, then alerts or lines of plain words, and the own page if it leads there."""

    subject: str
    briefs: tuple[Brief, ...] = ()
    lines: tuple[str, ...] = ()
    link: str | None = None


def tell(event: Event) -> Telling:
    """What a person is told by an event. A subject never shows what is confidential."""
    if event["data"].get("neutral"):
        return _neutral(event)
    alerts = alerts_of(event)
    if not alerts:
        return _health(event)
    secret = any(data.get("confidential") for data in alerts)
    if event["type"] == EventType.ALERT_DIGEST:
        count = _new_and_updated(alerts)
        subject = count if secret else f"{count}: {_tally(alerts)}"
    else:
        hidden = _words(event["type"]) if event["type"] in _REVISIONS else _alerts(1)
        subject = hidden if secret else f"{_name(alerts[0]['watchlist'])}: {alerts[0]['article']['title']}"
    again = "Re: " if event["type"] in _AGAIN else ""
    briefs = tuple(_brief(data) for data in alerts)
    lines = (_TEST,) if event["data"].get("test") else _coverage(event["data"])
    return Telling(subject=again + _one_line(subject, _SUBJECT), briefs=briefs, lines=lines)


def _coverage(data: Data) -> tuple[str, ...]:
    """Of a digest: whether something may be missing in it."""
    told = data.get("coverage")
    if not told:
        return ()
    more = "" if told["read"] == told["sources"] else "; `monitor coverage` says why the others were not"
    return (f"{told['read']} of {told['sources']} sources read since {_moment(told['since'])}{more}.",)


def _neutral(event: Event) -> Telling:
    data = event["data"]
    if data.get("test"):
        return Telling(subject="Monitor: test", lines=(_TEST,))
    told = "count" in data and event["type"] not in _REVISIONS
    subject = _alerts(data["count"]) if told else _words(event["type"])
    lines = () if data["link"] else (f"To read more: {data['see']}",)
    return Telling(subject=f"Monitor: {subject}", lines=lines, link=data["link"])


def _health(event: Event) -> Telling:
    data = event["data"]
    about = data.get("source", data.get("channel", ""))
    several = data.get("sources", ())
    about += f" and {len(several) - 1} more" if several else ""
    still = " (reminder)" if data.get("reminder") else ""
    subject = f"Monitor: {_words(event['type'])}{still}" + (f": {about}" if about else "")
    lines = [f"Since {_moment(data['since'])}: {data['reason']}", data["advice"]]
    if several:
        lines = list(_each(several))
    return Telling(subject=_one_line(subject, _SUBJECT), lines=tuple(visible(line) for line in lines if line))


def _each(several: Sequence[Data]) -> Iterator[str]:
    """A line for each source; under those to which the same advice applies, the advice."""
    for advice in dict.fromkeys(each["advice"] for each in several):
        for each in several:
            if each["advice"] == advice:
                yield f"{each['source']}, since {_moment(each['since'])}: {each['reason']}"
        yield advice


def _brief(data: Data) -> Brief:
    story = data["story"]
    return Brief(
        id="" if data.get("test") else data["alert"],
        heading=_heading(data),
        article=_link(data["article"]),
        difference=tuple(_difference(data["change"])) if "change" in data else (),
        quotes=_quotes(data["hits"]),
        notes=tuple(_notes(data)),
        others=tuple(_link(other) for other in story["others"]),
        confidential=bool(data.get("confidential")),
    )


def _heading(data: Data) -> str:
    """The watchlists with their scores; what is more about it now: how many sources carry the story, who joined it."""
    said = [f"{_name(each)} · {each['score']:g}" for each in _watchlists(data)]
    escalated = data.get("escalated")
    more = [f"{escalated['sources']} independent sources"] if escalated else []
    new = ", ".join(dict.fromkeys(other["source"] for other in data["story"]["others"]))
    more += [f"now also: {visible(new)}"] if new and _is_update(data) else []
    more += ["changed"] if "change" in data else []
    more += [f"gone since {_moment(data['gone']['since'])}"] if "gone" in data else []
    return " · ".join([", ".join(said), *more])


def _difference(change: Data) -> Iterator[Line]:
    """The titles, the edited sentences, those that were removed, those that were added."""
    title = change["title"]
    pairs = [{**title, "removed": [], "added": []}] if title else []
    for pair in (*pairs, *change["edited"]):
        yield Line(sign="-", pieces=marked(visible(pair["before"]), [visible(word) for word in pair["removed"]]))
        yield Line(sign="+", pieces=marked(visible(pair["after"]), [visible(word) for word in pair["added"]]))
    for sign, sentences in (("-", change["removed"]), ("+", change["added"])):
        yield from (Line(sign=sign, pieces=((visible(sentence), False),)) for sentence in sentences)


def _revision_notes(data: Data) -> Iterator[str]:
    """What else is to be known of a change, or of an article that is gone."""
    if "gone" in data:
        yield f"Not there any more: {data['gone']['reason']}"
    if "change" not in data:
        return
    change = data["change"]
    for name, what in (("facts", "Numbers and names"), ("terms", "Watched words")):
        said = [f"{how} {', '.join(change[name][key])}" for key, how in (("removed", "no more"), ("added", "now"))]
        said = [each for each, key in zip(said, ("removed", "added"), strict=True) if change[name][key]]
        if said:
            yield f"{what}: {'; '.join(said)}"
    if "left_out" in change:
        yield f"More sentences that changed: {sum(change['left_out'].values())}"


def _link(article: Data) -> Link:
    """An article or another report: the one has a language and an author, the other its relation to the story."""
    facts = [article["source"], article["published"] and _moment(article["published"])]
    facts += [article.get("language"), article.get("author"), article.get("relation")]
    return Link(
        title=_one_line(article["title"], _TITLE) or "(no title)",
        url=address(article["url"]),
        host=host(article["url"]),
        facts=" · ".join(visible(fact) for fact in facts if fact),
    )


def _quotes(hits: list[Data]) -> tuple[Pieces, ...]:
    """The sentences with hits, beside the title, which is shown anyway: the first ones that show a word that none before
    them does, in front of repetitions; in reading order. Summaries often are a text's first words, which are told once."""
    found: dict[str, list[Data]] = {}
    for hit in [hit for hit in hits if hit["field"] != "title"] or hits:
        found.setdefault(visible(hit["sentence"]), []).append(hit)
    sentences = whole(found)
    seen: set[str] = set()
    new: list[str] = []
    again: list[str] = []
    for sentence in sentences:
        terms = {hit["term"] for hit in found[sentence]}
        (again if terms <= seen else new).append(sentence)
        seen |= terms
    chosen = sorted([*new, *again][:_QUOTES], key=sentences.index)
    return tuple(marked(sentence, [visible(hit["surface"]) for hit in found[sentence]]) for sentence in chosen)


def _notes(data: Data) -> list[str]:
    article, story = data["article"], data["story"]
    terms = terms_of(data)
    notes = list(_revision_notes(data))
    notes += [f"Found: {', '.join(terms[:_TERMS])}{', …' if len(terms) > _TERMS else ''}"] if terms else []
    named = [each["name"] for each in _watchlists(data)]
    if also := [name for name in data["also"] if name not in named]:
        notes.append(f"Also matched: {', '.join(also)}")
    if article.get("reason"):
        notes.append(f"Text from the {article['text_from']}; the page's was not used: {article['reason']}")
    by = [source for source in story["sources"] if source != article["source"]]
    if "type" in data and by:
        notes.append(f"Also reported by: {', '.join(by)}")
    elif story["articles"] > 1:
        notes.append(f"The story so far: {story['articles']} articles from {', '.join(story['sources'])}")
    return [visible(note) for note in notes]


def _watchlists(data: Data) -> list[Data]:
    """The watchlists of an alert, or of a digest's entry, which may have several."""
    found: list[Data] = data.get("watchlists") or [data["watchlist"]]
    return found


def _is_update(data: Data) -> bool:
    """Whether it tells who joined a story that was told before; a digest's entries say themselves what they are."""
    return "type" not in data or data["type"] == EventType.ALERT_UPDATED.value


def _name(watchlist: Data) -> str:
    return visible(watchlist["title"] or watchlist["name"])


def _tally(alerts: list[Data]) -> str:
    counts = Counter(_name(each) for data in alerts for each in _watchlists(data))
    return ", ".join(f"{name} ({count})" if count > 1 else name for name, count in counts.items())


def _new_and_updated(alerts: list[Data]) -> str:
    """`3 new stories, 1 update`: what continues an alert that was told before is an update."""
    updates = sum(data["type"] != EventType.ALERT_CREATED for data in alerts)
    new = len(alerts) - updates
    said = [f"{new} new {'story' if new == 1 else 'stories'}"] if new else []
    said += [f"{updates} update{'s' * (updates > 1)}"] if updates else []
    return ", ".join(said)


def _alerts(count: int) -> str:
    return "1 new alert" if count == 1 else f"{count} new alerts"


def _words(type_: str) -> str:
    """`delivery.given_up` in words."""
    return type_.replace(".", " ").replace("_", " ")


def _moment(stamp: str) -> str:
    return f"{stamp[:10]} {stamp[11:16]} UTC"


def _one_line(text: Any, limit: int) -> str:
    return shorten(visible(text), limit)
