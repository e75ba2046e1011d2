"""The language that a text is written in.

What belongs here: telling languages apart. What does not: what each language does to words (words.py). Runs in the sandbox:
the model is loaded only there, and only for texts that common words and scripts leave open.

py3langid was taken because it was right for all 60 self-written news texts in 20 languages, as lingua's low-accuracy mode
was (high accuracy: 1.1 GB), but for 35 of 900 invented headlines, summaries and articles wrong instead of 142, at 0.5 ms a
text instead of 15; it costs 0.7 s and 80 MB once (2026-11-22). Most news never needs it: the common words decide.
"""

import re
from collections import Counter
from functools import cache
from io import BytesIO
from types import SimpleNamespace
from typing import Any

MAX_TEXT = 4000
"""Characters that are looked at; more tells no more."""

# Function words that no other language of the table, and hardly any neighbour outside of it (Catalan, Galician, Afrikaans,
# Macedonian, Azerbaijani), shares.
_COMMON = {
    "en": "the and of that with has been were would which from this are they have by their after who said",
    "fr": "dans pour est une qui avec sont cette été aux leur ont du au mais ses cet elle était selon après",
    "de": "und nicht das der die mit auf für ein eine dem sich auch wird wurde werden hat nach über bei sind zum",
    "es": "los las con una del y su más como pero según también fue sus han sobre este está desde hasta",
    "it": "il di che della sono nel è gli dei alla dal anche più delle degli nella ed questo stato dopo",
    "pt": "não uma com em são também pelo pela até mas já foi ao um sua seu está pelos após",
    "nl": "het een niet voor zijn ook wordt naar werd heeft maar uit bij deze worden hebben volgens",
    "pl": "się nie że jest jak przez są oraz dla ale był jego została również została po w z który",
    "ru": "что как это из его был была были для они который также году чтобы уже после быть этом же которые",
    "uk": "що та як це його був була були який також щоб вже або від про ще із які цього під",
    "be": "што ў гэта яго быў былі якія таксама каб ужо ад пра яшчэ ён якая паводле пасля",
    "bg": "това като са че ще беше който след също които един бяха както през",
    "tr": "ve için ile olarak çok gibi daha sonra kadar ise ancak değil göre olduğunu",
}
# A text is in a language if so many of its words, and such a share, are common there, and another's at most a quarter of
# those. Of 2 339 passages of three sentences (UD, five languages) that decides 1 134, of 161 news articles in 17
# languages 141, none of them wrong (2026-11-22).
_MIN_COMMON = 4
_SHARE = 0.08
_SECOND = 0.25

# What the model may answer: languages that news are written in.
_KNOWN = (
    "en fr de es ru uk be pl it pt nl cs sk bg sr mk hr bs sl tr az kk ky uz tk tg tt ba ar fa ps ku ur ug he ka hy el ro"
    " hu fi sv da no is et lv lt ca gl eu sq mt ga cy vi id ms tl ja ko zh th hi bn ta te ml mr gu pa ne si my km lo mn am"
    " so sw ha yo ig zu xh af lb"
)
_SAME = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "ji": "yi", "sh": "sr", "mo": "ro"}
# What a hint and the page's own declaration weigh against the model's probability of another language.
_HINT, _DECLARED = 8.0, 3.0
_SURE = 0.5
_MIN_LETTERS = 12

# Alphabets that one language of the news writes with.
_ALPHABETS = {
    "el": re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]"),
    "hy": re.compile(r"[\u0530-\u058f]"),
    "he": re.compile(r"[\u0590-\u05ff]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
    "ka": re.compile(r"[\u10a0-\u10ff\u1c90-\u1cbf]"),
    "ko": re.compile(r"[\uac00-\ud7af]"),
    "ja": re.compile(r"[\u3040-\u30ff]"),
    "zh": re.compile(r"[\u4e00-\u9fff]"),
}
_ALPHABET_SHARE = {"ja": 0.05, "zh": 0.2}  # Japanese is mostly kanji, and Latin names stand in both
# Chechen is in no model. Its own spellings: the palochka (also typed as a Latin I), and a soft sign after a vowel.
_CHECHEN = re.compile(r"[а-яё][Ӏӏ]|[Ӏӏ][а-яё]|[а-яё]I(?=[а-яё])|[аоуюяАОУЮЯ]ь(?=[а-яё])")
_CHECHEN_SHARE = 0.1

_WORD = re.compile(r"[^\W\d_]+")


_OF_WORD: dict[str, tuple[str, ...]] = {}
for _language, _common in _COMMON.items():
    for _word in _common.split():
        _OF_WORD[_word] = (*_OF_WORD.get(_word, ()), _language)


def detect(text: str, hint: str | None = None, declared: str | None = None) -> str | None:
    """The language of `text` as ISO 639-1, or None if it is too short to tell.

    `hint` is what the source is known to be in, `declared` what the page says of itself (`en`, `pt-BR`): they decide only
    what the text leaves open.
    """
    hint, declared = _code(hint), _code(declared)
    words = _WORD.findall(text[:MAX_TEXT].casefold())
    if sum(map(len, words)) < _MIN_LETTERS and not any(map(_is_asian, words)):
        return hint or declared
    found = _by_alphabet("".join(words)) or _by_common_words(words)
    if not found and len(_CHECHEN.findall(text[:MAX_TEXT])) >= _CHECHEN_SHARE * len(words) > 0:
        return "ce"
    return found or _by_model(text[:MAX_TEXT], hint, declared)


def of_texts(texts: tuple[tuple[str, str | None], ...]) -> tuple[str | None, ...]:
    """`detect` for many texts at once, each with its hint."""
    return tuple(detect(text, hint) for text, hint in texts)


def _code(tag: str | None) -> str | None:
    """The language of a tag like `pt-BR`, `sr_Latn` or `nb`; None for what is none."""
    code = re.split(r"[-_]", (tag or "").strip().lower())[0]
    code = _SAME.get(code, code)
    return code if re.fullmatch(r"[a-z]{2}", code) else None


def _is_asian(word: str) -> bool:
    """Whether few characters say much."""
    return any(_ALPHABETS[language].search(word) for language in ("ja", "ko", "zh"))


def _by_alphabet(letters: str) -> str | None:
    for language, own in _ALPHABETS.items():
        if len(own.findall(letters)) > _ALPHABET_SHARE.get(language, 0.3) * len(letters):
            return language
    return None


def _by_common_words(words: list[str]) -> str | None:
    """The language whose common words are frequent and several, while no other's are."""
    found = [word for word in words if word in _OF_WORD]
    counts = Counter(language for word in found for language in _OF_WORD[word])
    best = [*counts.most_common(2), ("", 0), ("", 0)]
    several = sum(best[0][0] in _OF_WORD[word] for word in set(found)) >= _MIN_COMMON
    clear = best[0][1] >= _SHARE * len(words) and best[1][1] <= _SECOND * best[0][1]
    return best[0][0] if several and clear else None


def _by_model(text: str, hint: str | None, declared: str | None) -> str | None:
    """The likeliest language; one that nobody expected must be likelier than all others together. What the model does
    not know, it cannot deny: then the expectation stands."""
    ranked: dict[str, float] = dict(_model().rank(text))
    expected = {language: weight for language, weight in ((declared, _DECLARED), (hint, _HINT)) if language}
    best = max(ranked, key=lambda language: ranked[language] * expected.get(language, 1))
    if best in expected or ranked[best] >= _SURE:
        return best
    return next((language for language in (hint, declared) if language and language not in ranked), None)


@cache
def _model() -> Any:
    from py3langid import modelio
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    # It unpacks its model by way of a file (py3langid 0.4), and the child process may write none.
    modelio.tempfile = SimpleNamespace(TemporaryFile=lambda **_: BytesIO())
    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages(_KNOWN.split())
    return model
