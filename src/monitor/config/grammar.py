"""A word of a watchlist as it is written: one of five marks at its edge, no operators inside.

Which forms a word stands for is no matter of this module.
"""

import re
import unicodedata

from monitor.core.settings import Mark, Term

LONGEST = 200  # characters of one word or phrase
SHORTEST_PREFIX = 3  # letters before the *

_MARKS = "@=^"
_OPERATORS = frozenset({"AND", "OR", "NOT", "NEAR", "XOR", "ADJ"})
_QUOTES = '"“”„‟«»‹›'
_BRACKETS = "()[]{}<>"
_FIELD = re.compile(r"(?:site|title|intitle|inurl|url|author|text|lang|source):", re.IGNORECASE)


def term(text: str, language: str | None = None, weight: float = 1.0) -> Term:
    """The word or phrase `text` of a language (None: of any), which counts `weight`.

    Returns it with its mark taken off and cut into words at white space; `text` itself stays as written, with single
    spaces. Raises ValueError with what to write instead; the message does not quote the word.
    """
    whole = " ".join(text.split())
    mark, bare = _mark(whole)
    _check_characters(bare)
    words = tuple(bare.split())
    _check_words(mark, words)
    return Term(text=whole, mark=mark, words=words, language=language, weight=weight)


def _mark(text: str) -> tuple[Mark, str]:
    """The mark at the edge, and the rest."""
    if not text:
        raise ValueError("is empty: write a word, or leave it out")
    if len(text) > LONGEST:
        raise ValueError(f"is longer than {LONGEST} characters: write single words or short phrases")
    mark = Mark(text[0]) if text[0] in _MARKS else Mark.PREFIX if text[-1] == "*" else Mark.WORD
    bare = text[:-1] if mark is Mark.PREFIX else text[len(mark.value) :]
    if mark and (bare[:1] in [*_MARKS] or bare[-1:] == "*"):
        raise ValueError("has two marks: keep one of @ (surname), * (prefix), = (this form), ^ (this case)")
    if mark and (not bare or bare != bare.strip()):
        raise ValueError(
            f"has nothing beside the mark {mark.value}: write the mark and the word together, without space"
        )
    return mark, bare


def _check_characters(bare: str) -> None:
    if any(c in bare for c in _QUOTES + _BRACKETS):
        raise ValueError(
            "has quotes or brackets inside: write the plain words; several words are a phrase by themselves"
        )
    if "*" in bare:
        raise ValueError("has a * inside: a * stands only at the end of a word, as in asyl*")
    if any(c in bare for c in _MARKS):
        raise ValueError("has a mark inside: @, = and ^ stand only before the first letter of the word or phrase")
    if any(c in bare for c in ",;|"):
        raise ValueError("has a comma or a bar inside: write each word in quotes of its own, with a comma between them")
    if any(c in bare for c in "?\\~"):
        raise ValueError("has ?, ~ or \\ inside: there are no such wildcards, operators or regular expressions")
    if any(unicodedata.category(c) == "Cc" for c in bare):
        raise ValueError("has a control character that cannot be seen inside: write the word anew")


def _check_words(mark: Mark, words: tuple[str, ...]) -> None:
    if not any(c.isalnum() for word in words for c in word):
        raise ValueError("has neither letter nor digit: write a word")
    if any(word[0] in "-+!" and word[1:2].isalnum() for word in words):
        raise ValueError(
            "has a - + or ! before a word: put words that drop an article into a term set and name it under none"
        )
    if _FIELD.match(words[0]):
        raise ValueError("has the name of a field before it: words are looked for in title, summary and text alike")
    if mark in (Mark.WORD, Mark.NAME, Mark.PREFIX) and len(words) > 1 and _OPERATORS & set(words):
        raise ValueError(
            "has an operator inside: write each word on its own; logic stands in the watchlist, as all, any, none or near"
        )
    if mark is Mark.PREFIX:
        _check_prefix(words)


def _check_prefix(words: tuple[str, ...]) -> None:
    if len(words) > 1:
        raise ValueError("is a phrase with a *: a prefix is one word; write the phrase without *, it finds every form")
    if sum(c.isalpha() for c in words[0]) < SHORTEST_PREFIX:
        raise ValueError(f"is too short: write at least {SHORTEST_PREFIX} letters before the *")
