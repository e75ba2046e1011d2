"""`monitor search`: the stored articles that carry words, in any of their forms."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import output
from monitor.cli.common import WrongUsageError, awaited, place, say

if TYPE_CHECKING:
    from monitor.core.model import Article, Hit
    from monitor.core.settings import Term
    from monitor.core.words import Forms

QUOTED = 2  # sentences that are shown of an article


def search(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORDS")],
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="At most so many.")] = 20,
    json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Find the stored articles that carry all of the words.

    The newest come first. The marks of watchlists hold: a plain word stands for all of its forms, @Name, prefix*, =Form,
    ^CASE; a phrase in quotes is one term; and -word excludes.
    """
    wanted = [_term(word) for word in words if not word.startswith("-")]
    unwanted = [_term(word[1:]) for word in words if word.startswith("-")]
    if not wanted:
        raise WrongUsageError("name at least one word without a minus before it")
    found = _found(place(ctx).database(), wanted, unwanted, limit)
    if json:
        output.show_json([_row(article, hits) for article, hits in found])
        return
    for article, hits in found:
        output.line(article.title)
        when = output.moment(article.published or article.fetched)
        output.line(f"{article.source} · {when} · {article.language or 'language unknown'} · {article.url}", 2)
        for sentence, surfaces in _quotes(hits)[:QUOTED]:
            output.quote(sentence, surfaces)
        output.line()
    say(f"The newest {limit}; --limit shows more." if len(found) == limit else f"{len(found)} found.")


def _term(word: str) -> "Term":
    from monitor import config

    bare = word[1:-1] if len(word) > 1 and word[0] == word[-1] == '"' else word  # as search engines have phrases
    try:
        return config.term(bare)
    except ValueError as error:
        raise WrongUsageError(f"{word!r} {error}") from error


def _found(
    database: Any, wanted: Sequence["Term"], unwanted: Sequence["Term"], limit: int
) -> "list[tuple[Article, tuple[Hit, ...]]]":
    """The articles, each with the places where the words stand.

    The index knows no case: where a word is marked ^, more is asked for, and what has another case left out.
    """
    from monitor.cli.watching import forms_of
    from monitor.core import search as searches
    from monitor.core.settings import Mark
    from monitor.store import ledger

    with ledger.reading(database) as db:
        spoken = _spoken(ledger.languages(db))
        with output.progress("Finding the forms of the words"):
            forms = awaited(forms_of(searches.needed((*wanted, *unwanted), spoken), database))
        cased = [term for term in wanted if term.mark is Mark.CASE]
        kept = [term for term in unwanted if term.mark is not Mark.CASE]
        exact = bool(cased) or len(kept) < len(unwanted)
        articles = ledger.search(db, searches.expression(wanted, kept, spoken, forms), -1 if exact else limit)
    if exact:
        found = [(article, _hits(article, wanted, unwanted, spoken, forms)) for article in articles]
        return [(article, hits) for article, hits in found if hits][:limit]
    return [(article, _hits(article, wanted, (), spoken, forms)) for article in articles]


def _spoken(languages: Iterable[str]) -> list[str]:
    from monitor.core import words

    return sorted(language for language in {each.partition("-")[0] for each in languages} if words.inflects(language))


def _hits(
    article: "Article", wanted: Sequence["Term"], unwanted: Sequence["Term"], spoken: Sequence[str], forms: "Forms"
) -> "tuple[Hit, ...]":
    """Where the words stand in an article, all of the wanted and none of the unwanted; none if they do not."""
    from dataclasses import replace

    from monitor.core import watch
    from monitor.core.model import Document
    from monitor.core.settings import TermSet, Watchlist

    language = (article.language or "").partition("-")[0]
    languages = (language, None) if language in spoken else (*spoken, None)
    sets = [
        TermSet(name=str(number), title="", terms=tuple(replace(term, language=each) for each in languages))
        for number, term in enumerate((*wanted, *unwanted))
    ]
    names = tuple(each.name for each in sets)
    asked = Watchlist(name="", title="", all=names[: len(wanted)], none=names[len(wanted) :], threshold=0.0)
    compiled = watch.compile((asked,), sets, forms)
    fields = {"title": article.title, "summary": article.summary, "text": article.text}
    matches = compiled.match(Document(fields=fields, language=article.language))
    return matches[0].hits if matches else ()


def _quotes(hits: "Iterable[Hit]") -> list[tuple[str, list[str]]]:
    """The sentences of the hits, those of the text first, each once, with what stands in them."""
    from monitor.core.render.clean import whole

    sentences: dict[str, list[str]] = {}
    for hit in sorted(hits, key=lambda hit: hit.field == "title"):
        sentences.setdefault(hit.sentence, []).append(hit.surface)
    return [(each, sentences[each]) for each in whole(sentences)]


def _row(article: "Article", hits: "Iterable[Hit]") -> dict[str, Any]:
    return {
        "id": article.id,
        "url": article.url,
        "title": article.title,
        "source": article.source,
        "author": article.author,
        "published": article.published,
        "fetched": article.fetched,
        "language": article.language,
        "hits": [{"term": h.term, "field": h.field, "surface": h.surface, "sentence": h.sentence} for h in hits],
    }
