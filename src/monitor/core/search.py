"""A search as somebody types it → an expression of SQLite's full-text search (FTS5) over folded text.

Belongs here: how words, marks and forms are put for FTS5. Does not belong here: how a word is written (`config.grammar`),
its forms (`words`), the index (`store`), which holds texts as `text.fold` gives them.
"""

from collections.abc import Iterable, Sequence
from itertools import product
from math import prod

from monitor.core.settings import Mark, Term
from monitor.core.text import fold
from monitor.core.watch import keys, units
from monitor.core.words import Forms, Key

_MOST_PHRASES = 300  # that a phrase is written out in; beyond it its words are asked for anywhere in the article


def needed(terms: Iterable[Term], languages: Iterable[str]) -> set[Key]:
    """The words whose forms `expression` will look for. Words without a language are tried in all of `languages` that are
    written in their script."""
    spoken = [*languages]
    return {key for term in terms for unit in units(term) for key in keys(term, unit, spoken)}


def expression(wanted: Sequence[Term], unwanted: Sequence[Term], languages: Iterable[str], forms: Forms) -> str:
    """What to MATCH: articles that carry all of `wanted`, each in any of its forms, and none of `unwanted`.

    The index has no case, so a word marked ^ is found in any. Raises ValueError if nothing is wanted.
    """
    if not wanted:
        raise ValueError("names no word to find: write at least one without a minus before it")
    spoken = [*languages]
    found = " AND ".join(_term(term, spoken, forms) for term in wanted)
    return " NOT ".join([f"({found})", *(_term(term, spoken, forms) for term in unwanted)])


def _term(term: Term, languages: Sequence[str], forms: Forms) -> str:
    choices = [_forms(term, unit, languages, forms) for unit in units(term)]
    if prod(map(len, choices)) <= _MOST_PHRASES:
        return _either(" ".join(phrase) for phrase in product(*choices))
    return "(" + " AND ".join(_either(choice) for choice in choices) + ")"


def _forms(term: Term, unit: str, languages: Sequence[str], forms: Forms) -> list[str]:
    own = f"{unit}*" if term.mark is Mark.PREFIX else unit
    return sorted({own}.union(*(forms[key] for key in keys(term, unit, languages) if key in forms)))


def _either(phrases: Iterable[str]) -> str:
    return "(" + " OR ".join(sorted({_quoted(phrase) for phrase in phrases})) + ")"


def _quoted(phrase: str) -> str:
    """As FTS5 wants it: in quotes, so that nothing in it is an operator, and the * of a prefix outside."""
    text = fold(phrase.removesuffix("*")).replace('"', '""')
    return f'"{text}" *' if phrase.endswith("*") else f'"{text}"'
