"""`monitor explain`: the whole way of one article, and at which step and why it stopped.

For the operator at his own terminal: confidential watchlists are shown, too. Not here: matching itself (core.watch).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import output
from monitor.cli.alerts import show_delivery, show_versions
from monitor.cli.common import WrongUsageError, awaited, place

if TYPE_CHECKING:
    from monitor.core.model import Document
    from monitor.core.settings import Config, Watchlist
    from monitor.core.watch import Assessment, Spot, Watch

Row = dict[str, Any]

ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
BARE = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}/\S*")

WAYS = {
    "read": "read",
    "waiting": "its page could not be had, and is asked for again; until then it is matched with the feed's text",
    "held": "held by the flood brake, and not matched: `monitor feeds release` lets it alert",
    "baseline": "it was there before the source's first poll, or `monitor feeds baseline` silenced it: stored, does not "
    "alert; `monitor replay` shows what would",
}
FOUND = {
    "counts": "",
    "masked": "a mask covers it",
    "language": "does not count: it is a word of another language than the article's",
}


def explain(
    ctx: typer.Context,
    what: Annotated[str, typer.Argument(metavar="URL|TEXT")],
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="CODE", help="Take it as written in this language.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Show an article's way, and where it stopped.

    Of an address: polled, read, matched, story, alert, deliveries. Of a text: what the watchlists make of it. They are
    taken as they are in the file now.
    """
    from monitor.config import language

    try:
        language(lang or "en")
    except ValueError as error:
        raise WrongUsageError(f"--lang: {error}") from error
    where = place(ctx)
    config, database = where.config(channels=False), where.database()
    address = what if ADDRESS.fullmatch(what) else f"https://{what}" if BARE.fullmatch(what) else None
    found = _of_address(address, lang, config, database) if address else _of_text(what, lang, config, database)
    if json:
        output.show_json(found)
    else:
        _show(found)


# What there is to tell


def _of_text(text: str, lang: str | None, config: "Config", database: Path) -> Row:
    from monitor.core.model import Document

    lists = _matched(Document(fields={"text": text}, language=lang), config, database)
    return {"language": lang, **lists, "stopped": _verdict(lists["watchlists"])}


def _of_address(address: str, lang: str | None, config: "Config", database: Path) -> Row:
    from monitor.core import urls
    from monitor.core.reading import document
    from monitor.core.settings import Source
    from monitor.store import ledger

    pages = {urls.page_key(address), urls.page_key(urls.direct(address))}
    with ledger.reading(database) as db:
        id_ = ledger.at_page(db, pages)
        if id_ is None:
            guid = urls.key_of(f"guid {urls.canonical(address)}")
            return _unknown(address, ledger.seen_by(db, (*pages, guid)), ledger.sources(db))
        way, article = ledger.way(db, id_), ledger.whole(db, id_)
    source = next((each for each in config.sources if each.name == article.source), None)
    asked = document(article, source or Source(name=article.source, url=""))
    lists = _matched(replace(asked, language=lang or asked.language), config, database)
    found = {"address": address, "stored": True, **way, "language": lang or article.language, **lists}
    return {**found, "stopped": _stopped(found)}


def _unknown(address: str, listed_by: list[str], sources: list[Row]) -> Row:
    """What can be said of an address that is not stored."""
    from monitor.core import urls

    near = [row for row in sources if urls.site(row["url"]) == urls.site(address)]
    if listed_by:
        stopped = (
            f"{', '.join(listed_by)} listed it, but it is not stored: it was one of very many at the first poll, of which "
            "only the newest are, or it was deleted after [daemon] retention"
        )
    elif near:
        stopped = (
            "it was never listed by the source of that site: its feed does not carry it, or not any more when polled"
        )
    else:
        stopped = "it was never listed, and no source is of that site: `monitor feeds discover` finds its feeds"
    told = ("name", "url", "state", "reason", "last_poll_at", "last_ok_at", "last_new_at")
    return {
        "address": address,
        "stored": False,
        "listed_by": listed_by,
        "sources": [{name: row[name] for name in told} for row in near],
        "stopped": stopped,
    }


def _matched(document: "Document", config: "Config", database: Path) -> Row:
    """What each watchlist makes of a document; the names of those of which nothing was found."""
    from monitor.cli.watching import watching

    with output.progress("Finding the forms of the words"):
        watch = awaited(watching(config, database))
    spots = _spots(watch, document)
    judged = {each.watchlist.name: each for each in watch.assess(document)}
    rows = [_row(each, judged.get(each.name), spots, document) for each in config.watchlists]
    return {
        "watchlists": [row for row in rows if row["terms"]],
        "nothing_of": [row["watchlist"] for row in rows if not row["terms"]],
    }


def _spots(watch: "Watch", document: "Document") -> "list[tuple[Spot, str]]":
    """Every place where a term of any set stands, and whether it counts: `counts`, `masked`, or `language` if it is a word
    of another language than the document's."""
    found = watch.find(document)
    known = [*((spot, "counts") for spot in found.spots), *((spot, "masked") for spot in found.masked)]
    places = {_place(spot) for spot, _ in known}
    loose = watch.find(replace(document, language=None)).spots if document.language else ()
    return [*known, *((spot, "language") for spot in loose if _place(spot) not in places)]


def _place(spot: "Spot") -> tuple[object, ...]:
    return (spot.term_set, spot.field, spot.start, spot.end)


def _row(
    watchlist: "Watchlist", assessment: "Assessment | None", spots: "Iterable[tuple[Spot, str]]", document: "Document"
) -> Row:
    """One watchlist: its terms that were found, each with its first place; its score, and why it does not match."""
    terms: dict[tuple[str, str, str], Row] = {}
    for spot, state in spots:
        if spot.term_set in watchlist.sets:
            key = (spot.term_set, spot.term.text, state)
            row = terms.setdefault(key, _term(watchlist, spot, state, document))
            row["times"] += 1
    return {
        "watchlist": watchlist.name,
        "verdict": assessment.verdict if assessment else None,
        "reason": assessment.reason if assessment else "nothing of its sets was found that counts",
        "score": assessment.score if assessment else 0.0,
        "threshold": watchlist.threshold,
        "digest_threshold": watchlist.digest_threshold,
        "sets": dict(assessment.scores) if assessment else {},
        "near": {"words": watchlist.near.words, "found": assessment and assessment.near} if watchlist.near else None,
        "terms": list(terms.values()),
    }


def _term(watchlist: "Watchlist", spot: "Spot", state: str, document: "Document") -> Row:
    from monitor.core.text import sentence

    value = document.fields[spot.field]
    return {
        "term": spot.term.text,
        "term_set": spot.term_set,
        "language": spot.term.language,
        "weight": spot.term.weight,
        "state": state,
        "drops": spot.term_set in watchlist.none,
        "field": spot.field,
        "start": spot.start,
        "end": spot.end,
        "surface": value[spot.start : spot.end],
        "sentence": sentence(value, spot.start, spot.end),
        "times": 0,
    }


# Where it stopped


def _verdict(watchlists: Iterable[Row]) -> str:
    """What matching leads to, in words."""
    hit = [row["watchlist"] for row in watchlists if row["verdict"]]
    return f"it matches {', '.join(hit)}" if hit else "it matches no watchlist"


def _stopped(found: Row) -> str:
    """At which step a stored article stopped, and why."""
    states = {entry["state"] for entry in found["entries"]}
    if states == {"held"}:
        return f"at the flood brake: `monitor feeds release {found['article']['source']!r}` lets it alert"
    hit = [row for row in found["watchlists"] if row["verdict"]]
    alerts = {alert["watchlist"]: alert for alert in found["alerts"]}
    own = [alert for alert in found["alerts"] if alert["article_id"] == found["article"]["id"]]
    if own:
        return _delivered(own)
    told = [row["watchlist"] for row in hit if row["watchlist"] in alerts]
    if told:
        return f"at the story: {', '.join(told)} was alerted to it by another article"
    if not hit:
        return "at matching: it matches no watchlist"
    names = ", ".join(row["watchlist"] for row in hit)
    if states == {"baseline"}:
        return f"before alerting: it matches {names}, but it is of the baseline; `monitor replay` can alert it"
    return f"before alerting: {names} matches as it is now, but did not when it was read; `monitor replay` can alert it"


def _delivered(alerts: Iterable[Row]) -> str:
    """How far the deliveries of alerts came."""
    deliveries = [delivery for alert in alerts for delivery in alert["deliveries"]]
    if not deliveries:
        return "after alerting: no channel gets it (it scores for digests only, and no channel has one)"
    for state, words in (("given-up", "given up"), ("pending", "waiting")):
        names = {delivery["channel"] for delivery in deliveries if delivery["outcome"] == state}
        if names:
            return f"at delivering: to {', '.join(sorted(names))} it is {words}"
    return "nowhere: it was delivered"


# How it is told


def _show(found: Row) -> None:
    if found.get("stored"):
        _show_article(found)
    for source in found.get("sources", ()):
        state = source["state"] + (f": {source['reason']}" if source["reason"] else "")
        output.line(f"{source['name']} is of that site: {state}; answered {output.moment(source['last_ok_at'])}")
    if "watchlists" in found:
        language = found["language"] or "not known: words of every language count"
        output.line(f"Matched as the watchlists are now; language {language}")
        for row in found["watchlists"]:
            _show_watchlist(row)
        if found["nothing_of"]:
            output.line(f"Nothing found of: {', '.join(found['nothing_of'])}", 2)
    if found.get("stored"):
        _show_story(found)
    output.line()
    output.line(f"{'It stopped ' if found.get('stored') else 'In short: '}{found['stopped']}.")


def _show_article(found: Row) -> None:
    article = found["article"]
    output.line(article["title"])
    output.line(article["url"], 2)
    output.line(f"{article['source']} · {output.moment(article['published'])}", 2)
    output.line()
    for entry in found["entries"]:
        again = f" ({entry['attempts']} tries, next {output.moment(entry['next_at'])})" if entry["next_at"] else ""
        seen = f"Listed by {entry['source']}, first seen {output.moment(entry['first_seen'])}"
        output.line(f"{seen}: {WAYS[entry['state']]}{again}")
    reason = f": {article['reason']}" if article["reason"] else ""
    output.line(f"Text of {article['characters']} characters from the {article['text_from']}{reason}")
    show_versions(found["versions"], found["reread"])


def _show_watchlist(row: Row) -> None:
    output.line()
    limits = f"threshold {row['threshold']:g}"
    limits += f", for digests {row['digest_threshold']:g}" if row["digest_threshold"] is not None else ""
    result = {None: f"no, {row['reason']}", "alert": "yes", "digest": "for digests only"}[row["verdict"]]
    output.line(f"{row['watchlist']}: {result}; score {row['score']:g}, {limits}", 2)
    if row["near"]:
        found = "not together" if row["near"]["found"] is None else f"{row['near']['found']} words apart"
        output.line(f"near: its sets are {found}, asked is {row['near']['words']}", 4)
    for term in row["terms"]:
        notes = [f"weight {term['weight']:g}", FOUND[term["state"]], "drops the article" if term["drops"] else ""]
        times = f", {term['times']} times" if term["times"] > 1 else ""
        facts = "; ".join(filter(None, notes))
        output.line(
            f"{term['term']} ({term['term_set']}) as {term['surface']}, in the {term['field']}{times}: {facts}", 4
        )
        output.quote(term["sentence"], [term["surface"]], 6)


def _show_story(found: Row) -> None:
    article, first = found["article"], found["story"][0]
    output.line()
    if first["id"] == article["id"]:
        output.line(f"Story {article['story_id']}: the first of {output.counted(len(found['story']), 'article')}")
    else:
        output.line(f"Story {article['story_id']}: {article['relation']} of {first['title']} ({first['source']})")
        output.line(first["url"], 2)
    for alert in found["alerts"]:
        by = "" if alert["article_id"] == article["id"] else f", made by {_title(alert)}"
        output.line(f"Alert {alert['id']} for {alert['watchlist']}, {output.moment(alert['created_at'])}{by}")
        for delivery in alert["deliveries"]:
            show_delivery(delivery)
    if not found["alerts"]:
        output.line("No alert")


def _title(alert: Mapping[str, Any]) -> str:
    return f"{alert['article']['title']} ({alert['article']['source']})"
