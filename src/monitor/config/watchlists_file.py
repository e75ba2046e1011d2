"""watchlists.toml: its tables, and the term sets and watchlists that they become.

What the keys mean is said in `core.settings`; how a word is written, in `grammar`. That a watchlist's own examples match
is tested elsewhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, InstanceOf, model_validator

from monitor.config import values
from monitor.config.faults import Fault, Faults, Table, attempt, named, nearest, read, unknown
from monitor.config.grammar import term
from monitor.config.languages import LANGUAGES, meant
from monitor.config.lines import Key
from monitor.config.values import Count, Language, Many, Text
from monitor.core.settings import Example, Near, QuietHours, SourceFilter, Term, TermSet, Watchlist

FILE = "watchlists.toml"
ANY = "any"  # whatever the language

_Score = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]
_Sources = Annotated[int, Field(ge=2, le=1000)]  # one source is what made the alert
_Hours = Annotated[InstanceOf[QuietHours], BeforeValidator(values.hours)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """The names that a watchlist may refer to; None: not known, because the file could not be read.

    `digests` are the channels that have a digest, `default` those that get what names no channel.
    """

    channels: frozenset[str] | None = None
    digests: frozenset[str] = frozenset()
    default: frozenset[str] = frozenset()
    sources: frozenset[str] | None = None
    tags: frozenset[str] = frozenset()


class WordTable(Table):
    """A word: "Grozny", or { t = "Argun", w = 0.5 }."""

    t: str = Field(examples=['"Argun"'])
    w: _Score = 1.0

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: object) -> object:
        return _table(value, "t", 'must be a word in quotes, or { t = "Argun", w = 0.5 }')


class TermSetTable(Table):
    """What a term set has besides words."""

    title: Text | None = None


class ExampleTable(Table):
    """An example: "a text", or { lang = "ru", text = "…" }."""

    text: Text = Field(examples=['"…"'])
    lang: Language | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: object) -> object:
        return _table(value, "text", 'must be a text in quotes, or { lang = "ru", text = "…" }')


def _table(value: object, key: str, advice: str) -> object:
    """The short form of a table as the table."""
    if not isinstance(value, str | dict):
        raise ValueError(advice)
    return {key: value} if isinstance(value, str) else value


class NearTable(Table):
    sets: Annotated[Many[str], AfterValidator(values.at_least(2))] = Field(examples=['["chechnya", "lgbt"]'])
    words: Count = Field(examples=["40"])
    required: bool | None = None
    bonus: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] | None = None


class SourcesTable(Table):
    names: Many[str] | None = None
    tags: Many[str] | None = None
    exclude: Many[str] | None = None


class WatchlistTable(Table):
    title: Text | None = None
    all: Many[str] | None = None
    any: Many[str] | None = None
    none: Many[str] | None = None
    near: NearTable | None = None
    threshold: _Score = 1.0
    digest_threshold: _Score | None = None
    languages: Many[Language] | None = None
    sources: SourcesTable | None = None
    channels: Many[str] | None = None
    quiet: Many[_Hours] | None = None
    quiet_bypass: _Score | None = None
    max_per_hour: Count | None = None
    escalate: _Sources | None = None
    confidential: bool | None = None
    must_match: Many[ExampleTable] | None = None
    must_not_match: Many[ExampleTable] | None = None


# Term sets


def term_sets(document: Mapping[str, Any], faults: Faults) -> tuple[TermSet, ...]:
    """Every term set, with the words of it that are right."""
    return tuple(_term_set(key, item, faults) for key, item in named(document, "terms", FILE, faults))


def _term_set(key: Key, item: Mapping[str, Any], faults: Faults) -> TermSet:
    name = str(key[-1])
    attempt(partial(values.key_name, name), FILE, key, faults)
    row = read(TermSetTable, {k: v for k, v in item.items() if k == "title"}, FILE, key, faults)
    words = {k: v for k, v in item.items() if k not in ("title", "mask")}
    terms = _by_language(words, key, ("title", "mask", ANY), faults)
    if not any(words.values()):
        faults.append(Fault(file=FILE, key=key, message='has no words: write some, as in en = ["asylum", "refugee"]'))
    masks = _masks(item.get("mask", {}), (*key, "mask"), faults)
    return TermSet(name=name, title=(row and row.title) or name, terms=terms, masks=masks)


def _masks(value: object, key: Key, faults: Faults) -> tuple[Term, ...]:
    if not isinstance(value, dict):
        faults.append(Fault(file=FILE, key=key, message='must name a language, or any: write mask.any = ["Enola Gay"]'))
        return ()
    masks = _by_language(value, key, (ANY,), faults)
    for language, words in value.items():
        for index, word in enumerate(words if isinstance(words, list) else []):
            if isinstance(word, dict) and "w" in word:
                fault = Fault(
                    file=FILE, key=(*key, language, index), message="has a weight, but masks count for nothing"
                )
                faults.append(fault)
    return masks


def _by_language(table: Mapping[str, Any], key: Key, others: tuple[str, ...], faults: Faults) -> tuple[Term, ...]:
    """The words under each language of the table; `others` are the keys that it may have besides languages."""
    terms: list[Term] = []
    for code, words in table.items():
        if code == ANY or code in LANGUAGES:
            terms += _terms(words, (*key, code), None if code == ANY else code, faults)
        else:
            advice = nearest(code, others) or f": words stand under the code of their language{meant(code)}"
            faults.append(Fault(file=FILE, key=(*key, code), message=f"unknown key '{code}'{advice}"))
    return tuple(terms)


def _terms(words: object, key: Key, language: str | None, faults: Faults) -> list[Term]:
    if not isinstance(words, list):
        faults.append(Fault(file=FILE, key=key, message='must be a list of words, as in en = ["asylum", "refugee"]'))
        return []
    first: dict[str, Key] = {}
    terms = []
    for index, word in enumerate(words):
        here = (*key, index)
        row = read(WordTable, word, FILE, here, faults)
        found = attempt(partial(term, row.t, language, row.w), FILE, here, faults) if row else None
        if found and first.setdefault(found.text, here) != here:
            faults.append(Fault(file=FILE, key=here, message="stands there twice", first=first[found.text]))
        elif found:
            terms.append(found)
    return terms


# Watchlists


def watchlists(document: Mapping[str, Any], known: Known, faults: Faults) -> tuple[Watchlist, ...]:
    """Every watchlist that is right."""
    sets = document.get("terms", {})
    names = [*sets] if isinstance(sets, dict) else []
    made = [_watchlist(key, item, names, known, faults) for key, item in named(document, "watchlists", FILE, faults)]
    return tuple(watchlist for watchlist in made if watchlist)


def _watchlist(key: Key, item: Mapping[str, Any], sets: list[str], known: Known, faults: Faults) -> Watchlist | None:
    name = str(key[-1])
    attempt(partial(values.key_name, name), FILE, key, faults)
    _check_references(item, key, sets, known, faults)
    row = read(WatchlistTable, item, FILE, key, faults)
    if not row:
        return None
    _check_sets(row, key, sets, faults)
    _check_scores(row, key, faults)
    _check_channels(row, key, known, faults)
    short = {} if row.all or row.any else {"all": (name,)}
    return Watchlist(name=name, **{"title": name} | _settings(row) | short)


def _settings(row: WatchlistTable) -> dict[str, Any]:
    given = row.given()
    if row.near:
        given["near"] = Near(**row.near.given())
    if row.sources:
        given["sources"] = SourceFilter(**row.sources.given())
    for name in ("must_match", "must_not_match"):
        given[name] = tuple(Example(text=e.text, language=e.lang) for e in given.get(name, ()))
    return given


def _check_sets(row: WatchlistTable, key: Key, sets: list[str], faults: Faults) -> None:
    if not (row.all or row.any) and key[-1] not in sets:
        message = f"names no term sets: write all = […] or any = […], or put words under [terms.{key[-1]}]"
        faults.append(Fault(file=FILE, key=key, message=message))
    hit = {*(row.all or ()), *(row.any or ())} or {str(key[-1])}
    for index, name in enumerate(row.none or ()):
        if name in hit:
            message = "must hit and must not hit: take it out of none, or out of the others"
            faults.append(Fault(file=FILE, key=(*key, "none", index), message=message))


def _check_references(item: Mapping[str, Any], key: Key, sets: Iterable[str], known: Known, faults: Faults) -> None:
    """What a watchlist refers to is there, whatever else is wrong with the watchlist."""
    near, sources = (table if isinstance(table, dict) else {} for table in (item.get("near"), item.get("sources")))
    wanted = [("term set", (*key, place), item.get(place), sets) for place in ("all", "any", "none")]
    wanted.append(("term set", (*key, "near", "sets"), near.get("sets"), sets))
    if known.channels is not None:
        wanted.append(("channel", (*key, "channels"), item.get("channels"), known.channels))
    if known.sources:  # without any source there is nothing to compare with
        here = (*key, "sources")
        wanted.append(("source", (*here, "names"), sources.get("names"), known.sources))
        wanted.append(("tag", (*here, "tags"), sources.get("tags"), known.tags))
        wanted.append(("source or tag", (*here, "exclude"), sources.get("exclude"), known.sources | known.tags))
    for what, place, names, there in wanted:
        if isinstance(names, list) and all(isinstance(name, str) for name in names):
            _check_names(what, names, place, there, faults)


def _check_names(what: str, names: Sequence[str], key: Key, known: Iterable[str], faults: Faults) -> None:
    """Every name is known and stands there once."""
    for index, name in enumerate(names):
        if name not in known:
            faults.append(Fault(file=FILE, key=(*key, index), message=unknown(what, name, known)))
        elif name in names[:index]:
            first = (*key, names.index(name))
            faults.append(Fault(file=FILE, key=(*key, index), message="stands there twice", first=first))


def _check_scores(row: WatchlistTable, key: Key, faults: Faults) -> None:
    if row.digest_threshold and row.digest_threshold >= row.threshold:
        message = (
            f"must be less than threshold, which is {row.threshold}: from there on alerts do not wait for a digest"
        )
        faults.append(Fault(file=FILE, key=(*key, "digest_threshold"), message=message))
    if row.quiet and row.quiet_bypass and row.quiet_bypass <= row.threshold:
        message = f"must be more than threshold, which is {row.threshold}: else no alert waits for quiet hours to end"
        faults.append(Fault(file=FILE, key=(*key, "quiet_bypass"), message=message))


def _check_channels(row: WatchlistTable, key: Key, known: Known, faults: Faults) -> None:
    if known.channels is None:
        return
    if not row.channels and not known.default:
        message = "names no channel, and no channel is default: write channels = […], or default = true in monitor.toml"
        faults.append(Fault(file=FILE, key=key, message=message))
    reached = known.default if not row.channels else known.channels & {*row.channels}
    if row.digest_threshold and reached and not reached & known.digests:
        message = "does nothing: no channel of this watchlist has a digest; give one a digest in monitor.toml"
        faults.append(Fault(file=FILE, key=(*key, "digest_threshold"), message=message))
