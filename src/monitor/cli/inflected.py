"""`monitor watchlists forms`: what a word of a watchlist stands for, and how other languages spell a name."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import output
from monitor.cli.common import Place, WrongUsageError, awaited, place, say

if TYPE_CHECKING:
    from monitor.core.settings import Term
    from monitor.core.words import Key


def forms(
    ctx: typer.Context,
    word: Annotated[str, typer.Argument(metavar="WORD", help="A word or phrase with its mark, as in a watchlist.")],
    lang: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Its language; else those of the configuration that have its script."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Show the forms that a word stands for.

    And where they come from, and how other languages spell a @Name.
    """
    from monitor.core.settings import Mark
    from monitor.core.transliterate import suggestions

    where = place(ctx)
    term = _term(word, lang)
    rows = _rows(where, term)
    name = term.words[-1] if term.mark is Mark.NAME else ""
    spellings = suggestions(name, ukrainian=term.language == "uk")
    if json:
        output.show_json({"word": term.text, "language": term.language, "forms": rows, "spellings": spellings})
        return
    output.table(("LANGUAGE", "WORD", "SOURCE", "FORMS"), [_cells(row) for row in rows], broken=(3,))
    if spellings:
        output.line()
        output.line("Others may spell it so; add what you want to be found:")
        output.table(
            ("LANGUAGE", "SPELLINGS"), [(code, " ".join(f"@{each}" for each in spellings[code])) for code in spellings]
        )
    if any(row["source"] == "exact" for row in rows) and term.mark is Mark.WORD:
        say("Where the source is exact, only the form as written is found; prefix* helps.")


def _term(word: str, language: str | None) -> "Term":
    from monitor.config import grammar

    code = language.partition("-")[0].lower() if language else None
    if code is not None and not (code.isalpha() and len(code) in (2, 3)):
        raise WrongUsageError(f"{language!r} is no code of a language; write one such as ru or de")
    try:
        return grammar.term(word, code)
    except ValueError as error:
        raise WrongUsageError(f"the word {error}") from error


def _rows(where: Place, term: "Term") -> list[dict[str, Any]]:
    """What each word of a term stands for, the languages in which that is the same together."""
    from monitor import forms as finding
    from monitor.cli.watching import forms_of
    from monitor.core import watch

    configured = (where.folder / "watchlists.toml").exists()
    keys = [key for unit in watch.units(term) for key in _keys(term, unit, _languages(where, configured=configured))]
    with output.progress("Finding the forms"):
        found = awaited(forms_of(set(keys), where.database() if configured else None))
        sources = awaited(finding.sources(set(keys)))
    rows: dict[tuple[str, str, frozenset[str]], dict[str, Any]] = {}
    for key in keys:
        language, unit, _ = key
        row = rows.setdefault((unit, sources[key], found[key]), _row(unit, sources[key], _shown(key, found[key])))
        row["languages"] += [language] if language else []
    return [*rows.values()]


def _shown(key: "Key", found: frozenset[str]) -> list[str]:
    from monitor.core.settings import Mark

    _, unit, mark = key
    return [unit] if mark is Mark.CASE else [f"{each}*" for each in found] if mark is Mark.PREFIX else sorted(found)


def _row(unit: str, source: str, forms: list[str]) -> dict[str, Any]:
    return {"word": unit, "languages": [], "source": source, "forms": forms}


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    return ", ".join(row["languages"]) or "any", row["word"], row["source"], ", ".join(row["forms"])


def _keys(term: "Term", unit: str, languages: Sequence[str]) -> "list[Key]":
    """What to look up of a word: in its own language, else in those of its script; a word that has no forms, in none."""
    from dataclasses import replace

    from monitor.core import watch
    from monitor.core.settings import Mark

    if term.language is None and term.mark is Mark.NAME:  # as a list would hold it, under one language or another
        plain = replace(term, mark=Mark.WORD)
        found = [(language, unit, Mark.NAME) for language, _, _ in watch.keys(plain, unit, languages)]
    else:
        found = watch.keys(term, unit, languages)
    return found or [("", unit, Mark.FORM if term.mark is Mark.WORD else term.mark)]


def _languages(where: Place, *, configured: bool) -> tuple[str, ...]:
    """Those that the configuration has words of, and all others if it has none of the word's script."""
    from monitor.core import words

    if not configured:
        return words.LANGUAGES
    terms = (term for each in where.config(channels=False).term_sets for term in each.terms)
    return tuple(dict.fromkeys(term.language.partition("-")[0] for term in terms if term.language)) or words.LANGUAGES
