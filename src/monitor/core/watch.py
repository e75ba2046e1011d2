"""Watchlists, compiled, and what they make of a document.

    term sets ─ needed() ─► words.expand() in a child process ─► forms ─ compile() ─► Watch
    document ─► find: where does which term stand? ─► assess: which lists does that satisfy, and how far? ─► match

All forms of all terms are patterns of one Aho-Corasick automaton over the normal form of a text, so the cost of an article
hardly depends on how many terms are watched; word borders, phrases, case and languages are looked at where a pattern was
found. Does not belong here: what a word's forms are (`words`), what is the same letter (`text`), how the file is written
(`config`).
"""

import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from math import fsum

from monitor.core.engines import Finder, finder
from monitor.core.model import Document, Hit, Match, Verdict
from monitor.core.settings import Example, Mark, Near, Term, TermSet, Watchlist
from monitor.core.text import (
    Text,
    in_address,
    next_word,
    normalise,
    pieces,
    sentence,
    word_starts,
)
from monitor.core.words import Forms, Key

TITLE = "title"
REPORTED = 20  # hits that a match lists at most; the score counts all

# The script that a language is written in; Latin if it is not listed, none if it is written in several.
_SCRIPTS = {
    language: script
    for script, languages in {
        "CYRILLIC": "ab av ba be bg bxr ce cv kbd krc kv ky lez mk mn myv os ru sah tg tt tyv udm uk xal",
        "ARABIC": "ar arz ckb dv fa pnb ps sd ug ur",
        "HEBREW": "he yi",
        "GREEK": "el",
        "GEORGIAN": "ka xmf",
        "ARMENIAN": "hy",
        "ETHIOPIC": "am ti",
        "DEVANAGARI": "hi mr ne",
        "BENGALI": "as bn",
        "CJK": "zh",
        "HANGUL": "ko",
        "THAI": "th",
        "": "az kk sr tk uz ja",
    }.items()
    for language in languages.split()
}
_LATIN = "LATIN"
_NAME_LANGUAGES = {"CYRILLIC": ("ru", "uk"), "ARABIC": ("ar",)}  # whose endings a surname under `any` gets
_LATIN_NAME_LANGUAGES = ("en", "pl", "cs")

# Languages that write their nouns with a capital: a plain word written with one is not found without. Measured on UD
# German-GSD dev, 113 words, 2026-11-22: .981/.983 with it, .986/.976 without; it also keeps "geflüchtet" (fled) out of
# "Geflüchtete" (refugees). In English, French, Spanish and Russian the same rule only loses hits.
_CAPITALS = frozenset({"de", "lb"})
_SHORT = 2  # words of a phrase up to this length (de, du, of, в) are not inflected


# Compiled


@dataclass(frozen=True, kw_only=True, slots=True)
class _Look:
    """How a word of a needle is written: its first letter, or all of it."""

    capital: bool = False
    exact: str | None = None

    def fits(self, text: Text, start: int, end: int) -> bool:
        """True if what became `normal[start:end]` is written so."""
        if self.exact is None and not self.capital:
            return True
        first, last = text.span(start, end)
        surface = text.original[first:last]
        if self.exact is not None:
            return unicodedata.normalize("NFKC", surface) == self.exact
        return surface[0].isupper()


_ANY_LOOK = _Look()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Word:
    """One word of a needle: its normal forms, beginnings that will do, and how it is written."""

    forms: frozenset[str]
    beginnings: tuple[str, ...]
    look: _Look

    def is_normal(self, word: str) -> bool:
        return word in self.forms or word.removesuffix("+") in self.forms or word.startswith(self.beginnings or ("\0",))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Needle:
    """A term of a set, or a mask of it, ready to be found. The forms of its first word are the finder's to know: this is
    what a hundred thousand words cost in memory."""

    term: Term
    term_set: str
    mask: bool
    language: str | None
    script: str
    look: _Look  # of the first word
    rest: tuple[_Word, ...]  # the other words of a phrase


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """Where a term stands: code points `start` to `end` of the field as given; `at` is `start` in its normal form."""

    term: Term
    term_set: str
    field: str
    start: int
    end: int
    at: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Findings:
    """What was found in a document, in reading order, title first: the spots that count, once more by their sets, and those
    that a mask covers."""

    spots: tuple[Spot, ...]
    by_set: Mapping[str, Sequence[Spot]]
    masked: tuple[Spot, ...]
    texts: Mapping[str, Text]


@dataclass(frozen=True, kw_only=True, slots=True)
class Assessment:
    """What one watchlist makes of a document.

    `scores` of each of its sets that were found; `near` the least distance in words at which those of its `near` rule
    stand, or None; `verdict` None if it does not match, and then `reason` says in words why.
    """

    watchlist: Watchlist
    score: float
    scores: Mapping[str, float]
    near: int | None
    spots: tuple[Spot, ...]
    verdict: Verdict | None
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """An example of a watchlist that does not come out as it must."""

    watchlist: str
    example: Example
    expected: bool
    reason: str


def needed(term_sets: Iterable[TermSet]) -> set[Key]:
    """The words whose forms `compile` will look for."""
    return {
        key
        for term_set in term_sets
        for spoken in (_spoken(term_set),)
        for term in chain(term_set.terms, term_set.masks)
        for unit in units(term)
        for key in keys(term, unit, spoken)
    }


def compile(watchlists: Sequence[Watchlist], term_sets: Iterable[TermSet], forms: Forms) -> "Watch":  # noqa: A001  # as in re
    """The watchlists, ready to match. `forms` holds at least what `needed` asks for; a word that is missing in it is
    found in the form in which it is written. Every set that a watchlist names must be among `term_sets`."""
    used = {name for watchlist in watchlists for name in _names(watchlist)}
    needles = [needle for term_set in term_sets if term_set.name in used for needle in _needles(term_set, forms)]
    whole, beginnings = _Patterns(), _Patterns()
    for needle, spoken in needles:  # after all needles are there: what stays and what goes do not mingle in memory
        first = _word(needle.term, units(needle.term)[0], spoken, forms)
        whole.add(first.forms, needle)
        beginnings.add(first.beginnings, needle)
    lists = defaultdict(list)
    for index, watchlist in enumerate(watchlists):
        for name in dict.fromkeys((*watchlist.all, *watchlist.any)):
            lists[name].append(index)
    return Watch(
        watchlists=tuple(watchlists),
        lists={name: tuple(indexes) for name, indexes in lists.items()},
        uses=(*whole.needles, *beginnings.needles),
        finder=finder(whole.words, beginnings.words),
    )


class _Patterns:
    """Words to look for, each with the needle whose first word it is a form of."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.needles: list[_Needle] = []

    def add(self, forms: Collection[str], needle: _Needle) -> None:
        self.words += forms
        self.needles += [needle] * len(forms)


def _names(watchlist: Watchlist) -> tuple[str, ...]:
    return (*watchlist.all, *watchlist.any, *watchlist.none, *(watchlist.near.sets if watchlist.near else ()))


def units(term: Term) -> list[str]:
    """The words that are looked for one after the other, as written. A single word stays whole, hyphen and all."""
    return [*term.words] if len(term.words) == 1 else [piece for word in term.words for piece in pieces(word)]


def keys(term: Term, unit: str, languages: Iterable[str]) -> list[Key]:
    """What to ask `words.expand` for, of one unit of a term.

    A word without a language of its own is expanded in those of `languages` that are written in its script; a surname in
    those that decline surnames.
    """
    if term.mark not in (Mark.WORD, Mark.NAME) or (len(term.words) > 1 and len(unit) <= _SHORT):
        return []
    if term.language is not None:
        languages = (_primary(term.language),)
    elif term.mark is Mark.NAME:
        languages = _NAME_LANGUAGES.get(_script(unit), _LATIN_NAME_LANGUAGES)
    else:
        languages = [language for language in languages if _SCRIPTS.get(language, _LATIN) in (_script(unit), "")]
    return [(language, unit, term.mark) for language in languages]


def _spoken(term_set: TermSet) -> list[str]:
    """The languages that a set has words of."""
    return sorted({_primary(term.language) for term in term_set.terms if term.language is not None})


def _needles(term_set: TermSet, forms: Forms) -> Iterator[tuple[_Needle, Sequence[str]]]:
    """The needles of a set, and the languages that it has words of."""
    spoken = _spoken(term_set)
    for mask, terms in ((False, term_set.terms), (True, term_set.masks)):
        for term in terms:
            first, *rest = units(term)
            needle = _Needle(
                term=term,
                term_set=term_set.name,
                mask=mask,
                language=None if term.language is None else _primary(term.language),
                script=_script("".join(term.words)),
                look=_look(term, first),
                rest=tuple(_word(term, unit, spoken, forms) for unit in rest),
            )
            yield needle, spoken


def _word(term: Term, unit: str, spoken: Sequence[str], forms: Forms) -> _Word:
    normal = normalise(unit).normal
    found = frozenset({normal}).union(*(forms[key] for key in keys(term, unit, spoken) if key in forms))
    if term.mark is Mark.PREFIX:
        found = frozenset({f"{normal}*"})
    whole = frozenset(form for form in found if form and not form.endswith("*"))
    return _Word(
        forms=whole | {form.replace("-", " ") for form in whole if "-" in form},
        beginnings=tuple(form[:-1] for form in sorted(found - whole)),
        look=_look(term, unit),
    )


def _look(term: Term, unit: str) -> _Look:
    if term.mark is Mark.CASE:
        return _Look(exact=unicodedata.normalize("NFKC", unit))
    noun = term.language is not None and _primary(term.language) in _CAPITALS and term.mark is Mark.WORD
    return _Look(capital=True) if unit[0].isupper() and (term.mark is Mark.NAME or noun) else _ANY_LOOK


@cache
def _primary(language: str) -> str:
    return language.partition("-")[0].lower()


@cache
def _script_of(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def _script(word: str) -> str:
    """The script of the first letter, as Unicode names it (`CYRILLIC`); Latin if there is none."""
    return next((_script_of(char) for char in normalise(word).normal if char.isalpha()), _LATIN)


# Matching


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    """Compiled watchlists; made by `compile`. Safe to share between threads."""

    watchlists: tuple[Watchlist, ...]
    lists: Mapping[str, tuple[int, ...]]  # set → the watchlists that it counts for
    uses: tuple[_Needle, ...]  # of each word that the finder knows: whose first word it is a form of
    finder: Finder

    def match(self, document: Document) -> tuple[Match, ...]:
        """The watchlists that the document satisfies, in the order of the configuration."""
        return tuple(
            Match(
                watchlist=assessment.watchlist.name,
                score=assessment.score,
                verdict=assessment.verdict,
                hits=tuple(_hit(spot, document) for spot in assessment.spots[:REPORTED]),
            )
            for assessment in self.assess(document)
            if assessment.verdict
        )

    def assess(self, document: Document) -> tuple[Assessment, ...]:
        """All watchlists of which a term was found, and what each makes of it."""
        findings = self.find(document)
        if not findings.spots:
            return ()
        found = {index for spot in findings.spots for index in self.lists.get(spot.term_set, ())}
        return tuple(_assess(self.watchlists[index], document, findings) for index in sorted(found))

    def find(self, document: Document) -> Findings:
        """Where which term of any set stands."""
        fields = sorted(filter(document.fields.get, document.fields), key=lambda field: field != TITLE)
        texts = {field: normalise(document.fields[field]) for field in fields}
        counting: list[Spot] = []
        masked: list[Spot] = []
        for field, text in texts.items():
            spots, masks = self._spots(field, text, document.language)
            if not masks:
                counting += spots
                continue
            for spot in spots:
                covered = any(start <= spot.start and spot.end <= end for start, end in masks.get(spot.term_set, ()))
                (masked if covered else counting).append(spot)
        by_set: dict[str, list[Spot]] = defaultdict(list)
        for spot in counting:
            by_set[spot.term_set].append(spot)
        return Findings(spots=tuple(counting), by_set=dict(by_set), masked=tuple(masked), texts=texts)

    def _spots(
        self, field: str, text: Text, language: str | None
    ) -> tuple[list[Spot], Mapping[str, list[tuple[int, int]]]]:
        """The terms in a field, in reading order, each place once per term; and what the masks of each set cover."""
        spots: dict[tuple[str, str, int, int], Spot] = {}
        masks: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for needle, at, to in self._needles(text, language):
            start, end = text.span(at, to)
            if needle.mask:
                masks[needle.term_set].append((start, end))
                continue
            key = (needle.term_set, needle.term.text, start, end)
            if key not in spots or needle.term.weight > spots[key].term.weight:
                spots[key] = Spot(term=needle.term, term_set=needle.term_set, field=field, start=start, end=end, at=at)
        return sorted(spots.values(), key=lambda spot: (spot.start, spot.end, spot.term.text)), masks

    def _needles(self, text: Text, language: str | None) -> Iterator[tuple[_Needle, int, int]]:
        """Each needle that stands in the text, with where in its normal form."""
        normal = text.normal
        spoken = None if language is None else _primary(language)
        addresses = "://" in normal or "www." in normal
        for index, start, end in self.finder.find(normal):
            needle = self.uses[index]
            if not _speaks(needle, spoken):
                continue
            last = _follow(needle, text, start, end) if needle.rest or needle.look is not _ANY_LOOK else end
            if last is None or (addresses and "." not in needle.term.text and in_address(normal, start)):
                continue
            yield needle, start, last

    def failures(self) -> tuple[Failure, ...]:
        """The examples of the watchlists that do not come out as they must. An example is taken as the text of an
        article, from a source that the list listens to; any verdict will do."""
        return tuple(
            Failure(watchlist=watchlist.name, example=example, expected=expected, reason=result.reason)
            for watchlist in self.watchlists
            for expected, examples in ((True, watchlist.must_match), (False, watchlist.must_not_match))
            for example in examples
            if bool((result := self._try(watchlist, example)).verdict) != expected
        )

    def _try(self, watchlist: Watchlist, example: Example) -> Assessment:
        document = Document(fields={"text": example.text}, language=example.language)
        return _judge(watchlist, self.find(document))


def _follow(needle: _Needle, text: Text, start: int, end: int) -> int | None:
    """Where the needle ends whose first word stands from `start` to `end`; None if it is not it after all."""
    if not needle.look.fits(text, start, end):
        return None
    for word in needle.rest:
        span = next_word(text.normal, end)
        if span is None or not word.is_normal(text.normal[slice(*span)]) or not word.look.fits(text, *span):
            return None
        end = span[1]
    return end


def _speaks(needle: _Needle, spoken: str | None) -> bool:
    """True if the needle is looked for in articles of this primary language (None: not known).

    Words of a language count in articles of that language, words under `any` in all. A word in a script that the
    article's language is not written in cannot be taken for another, so it counts, too (a Russian name in an English
    text); the other words of a language that was mistaken for its neighbour do not.
    """
    if needle.language is None or spoken is None or spoken == needle.language:
        return True
    return _SCRIPTS.get(spoken, _LATIN) not in (needle.script, "")


def _hit(spot: Spot, document: Document) -> Hit:
    value = document.fields[spot.field]
    return Hit(
        term=spot.term.text,
        term_set=spot.term_set,
        field=spot.field,
        start=spot.start,
        end=spot.end,
        surface=value[spot.start : spot.end],
        sentence=sentence(value, spot.start, spot.end),
    )


# Scores


def _assess(watchlist: Watchlist, document: Document, findings: Findings) -> Assessment:
    assessment = _judge(watchlist, findings)
    deaf = _deaf(watchlist, document)
    return replace(assessment, verdict=None, reason=deaf) if deaf else assessment


def _deaf(watchlist: Watchlist, document: Document) -> str:
    """Why the list is not for this document; empty if it is. An article whose language is not known is for every list."""
    if not watchlist.sources.allows(document.source, document.tags):
        return "it does not listen to this source"
    if not watchlist.languages or document.language is None:
        return ""
    spoken = _primary(document.language) in map(_primary, watchlist.languages)
    return "" if spoken else "it does not watch articles in this language"


def _judge(watchlist: Watchlist, findings: Findings) -> Assessment:
    """The score and what it leads to.

    A set scores the sum of the weights of its distinct terms that were found, however often, each twice if it stands in the
    title. A watchlist scores the sum over the sets of its `all` and `any`, and the bonus of `near` where that holds.
    """
    by_set = findings.by_set
    own = dict.fromkeys((*watchlist.all, *watchlist.any))
    scores = {name: _score(by_set[name]) for name in own if name in by_set}
    distance = _distance(watchlist.near, by_set, findings.texts) if watchlist.near else None
    close = watchlist.near is not None and distance is not None and distance <= watchlist.near.words
    score = fsum((*scores.values(), watchlist.near.bonus if watchlist.near and close else 0.0))
    reason = _reason(watchlist, by_set, close=close)
    verdict = None if reason else _verdict(watchlist, score)
    return Assessment(
        watchlist=watchlist,
        score=score,
        scores=scores,
        near=distance,
        spots=_counting(own, findings),
        verdict=verdict,
        reason=reason or ("" if verdict else f"its score {score:g} is under its threshold"),
    )


def _counting(own: Collection[str], findings: Findings) -> tuple[Spot, ...]:
    """The spots of some sets, in reading order."""
    if len(own) == 1:
        return tuple(chain.from_iterable(findings.by_set.get(name, ()) for name in own))
    return tuple(spot for spot in findings.spots if spot.term_set in own)


def _score(spots: Iterable[Spot]) -> float:
    best: dict[str, float] = defaultdict(float)
    for spot in spots:
        worth = spot.term.weight * (2 if spot.field == TITLE else 1)
        best[spot.term.text] = max(best[spot.term.text], worth)
    return fsum(best.values())


def _reason(watchlist: Watchlist, found: Mapping[str, object], *, close: bool) -> str:
    """Why the sets that were found do not satisfy the list; empty if they do."""
    for name in watchlist.none:
        if name in found:
            return f"the set {name} drops the article"
    for name in watchlist.all:
        if name not in found:
            return f"nothing of the set {name} was found"
    if not watchlist.all and not any(name in found for name in watchlist.any):
        return "nothing of its sets was found"
    if watchlist.near and watchlist.near.required and not close:
        return f"the sets of near are not within {watchlist.near.words} words"
    return ""


def _verdict(watchlist: Watchlist, score: float) -> Verdict | None:
    if score >= watchlist.threshold:
        return Verdict.ALERT
    if watchlist.digest_threshold is not None and score >= watchlist.digest_threshold:
        return Verdict.DIGEST
    return None


def _distance(near: Near, found: Mapping[str, Sequence[Spot]], texts: Mapping[str, Text]) -> int | None:
    """The fewest words from the first to the last of a group that has a hit of every set, all in one field."""
    if not all(name in found for name in near.sets):
        return None
    distances = []
    for field, text in texts.items():
        spots = [spot for name in near.sets for spot in found[name] if spot.field == field]
        if {spot.term_set for spot in spots} == set(near.sets):
            starts = word_starts(text.normal)
            places = sorted((bisect_right(starts, spot.at), spot.term_set) for spot in spots)
            distances.append(_narrowest(places, len(set(near.sets))))
    return min(distances, default=None)


def _narrowest(places: Sequence[tuple[int, str]], kinds: int) -> int:
    """The least spread of places (in order) among which all kinds occur."""
    latest: dict[str, int] = {}
    spreads = []
    for place, kind in places:
        latest[kind] = place
        if len(latest) == kinds:
            spreads.append(place - min(latest.values()))
    return min(spreads)
