"""Arabic: what its writing joins to a word, and the forms that a noun or adjective has besides those of a dictionary.

    word ─ spellings() ─► what a dictionary has of it ─ forms() ─► its own forms, each with what is written together with it

Belongs here: the closed lists of Arabic. Does not belong here: the dictionary (`words`), vowel signs and the kinds of alef
(`text`): everything here but `spellings` is in normal forms.

Measured on two UD treebanks of news (PUD, PADT dev; 486 and 672 dictionary forms as watch words, 2026-11-22),
recall/precision: .973/.881 and .985/.941. The word as written has .27/.91 and .28/.95: nearly all that counts as wrong is
the same word labelled with other vowel signs. Without pronouns recall is .94 and .95, without `_regular` .95 and .97.
"""

import re
from collections.abc import Collection, Iterable, Mapping

from monitor.core.text import normalise

_ARTICLE = "ال"
_ALEFS = "اأإآ"
_VOWEL_SIGNS = re.compile("[\u0640\u064b-\u065f\u0670]")

# Written before a word: and, so, in, like, for, the, and what they make together.
_BEFORE = ("", "و", "ف", "ب", "ك", "ل", "ول", "وب", "ال", "وال", "فال", "بال", "كال", "لل", "ولل", "وبال")
# What stands before a word that has a pronoun behind it (and then has no article). Other pronouns and pairs are rare in
# news: with all of them a word has 570 forms instead of 270, and recall rises by .0003.
_BEFORE_OWNED = ("", "و", "ب", "ل")
_PRONOUNS = ("ه", "ها", "هم", "هما", "نا")

# Endings of nouns and adjectives: indefinite accusative, feminine, dual, the two plurals.
_OF_FEMININES = ("ات", "تين", "تان", "تي", "تا")  # after the ة has gone
_OF_OTHERS = ("ا", "ات", "ان", "ين", "ون", "تين")
_OF_NISBAS = (*_OF_OTHERS, "تان")
_PLURALS = ("ات", "ين", "ون")
_OF_VERBS = ("تم", "تما", "تن", "وا", "نا", "تا", "ت")

# Of a dictionary's forms never taken for those of another word: prepositions and the like (على under أعلى, بعد under بعيد).
_PARTICLES = frozenset(
    normalise(
        "على إلى بعد قبل عند منذ حتى كان قال هذا ذلك التي الذي كل غير بين ضد مع من في عن أن إن أي لكن خلال حول تحت فوق أمام"
        " وراء لدى حيث كما مثل ثم أو لا لم لن ما هو هي هم نحو دون سوى عبر ضمن طوال طيلة عليه عليها عليهم علينا إليه إليها"
        " إليهم عنه عنها منه منها فيه فيها به بها له لها"
    ).normal.split()
)


def spellings(word: str) -> tuple[str, ...]:
    """How a dictionary may have a word that is written in any way: without vowel signs and article, with each kind of alef
    at its beginning and of ي at its end, and without that ي (قاض of قاضي)."""
    bare = _indefinite(_VOWEL_SIGNS.sub("", word).replace("ٱ", "ا"))
    ends = (bare[:-1] + "ي", bare[:-1] + "ى", bare[:-1]) if bare.endswith(("ي", "ى")) else (bare,)
    begins = [alef + end[1:] for end in ends for alef in _ALEFS] if bare[:1] in tuple(_ALEFS) else ends
    return tuple(dict.fromkeys(each for each in (bare, *begins) if each))


def forms(
    words: Iterable[str], families: Mapping[str, Collection[str]], heads: Mapping[str, str]
) -> dict[str, set[str]]:
    """All forms of each word, with what is written together with them. `families` and `heads` are what a dictionary has of
    their `spellings`: dictionary form → forms, and form → dictionary form, as it spells them."""
    listed: dict[str, set[str]] = {}
    for head, family in families.items():
        listed.setdefault(_normal(head), set()).update(map(_normal, family))
    known: dict[str, set[str]] = {}
    for form, head in heads.items():
        known.setdefault(_normal(form), set()).add(_normal(head))
    return {word: _forms(_normal(_indefinite(_VOWEL_SIGNS.sub("", word))), listed, known) for word in words}


def _forms(word: str, listed: Mapping[str, Collection[str]], known: Mapping[str, Collection[str]]) -> set[str]:
    own = _family(word, listed)
    if word in listed or not word.endswith(_PLURALS):
        own |= _regular(word, known)
    return joined(own, word)


def attached(form: str) -> set[str]:
    """A form with everything that may be written before it, with and without the article."""
    return {before + _indefinite(form) for before in _BEFORE}


def joined(own: Iterable[str], word: str) -> set[str]:
    """The forms of a word with everything that may be written before them, and pronouns behind them."""
    own = set(own)
    found = {before + form for form in own for before in _BEFORE}
    found |= {before + owned for form in own for owned in _owned(form, word) for before in _BEFORE_OWNED}
    return found - _PARTICLES | {word}


def _normal(form: str) -> str:
    return normalise(form).normal


def _indefinite(word: str) -> str:
    return word.removeprefix(_ARTICLE) if len(word) > 4 else word


def _family(word: str, listed: Mapping[str, Collection[str]]) -> set[str]:
    """What a dictionary has of a word: of a noun only what can be one, since it lists verbs of the same letters with it."""
    article = _ARTICLE * 2 if word.startswith(_ARTICLE) else _ARTICLE
    family = listed.get(word, ())
    if _ARTICLE + word not in family and _ARTICLE + word in listed.get(word[:-1], ()):
        family = listed[word[:-1]]  # قاضي, under قاض
    if not any(form.startswith(article) for form in family):
        return {word, *family} - _PARTICLES
    definite = {form.removeprefix(article) for form in family if form.startswith(article)}
    nouns = definite | {form for form in family if not form.startswith(article) and not form.endswith(_OF_VERBS)}
    return {word} | {form for form in nouns - _PARTICLES if _alike(form, word)}


def _alike(form: str, word: str) -> bool:
    """True if a form of this noun can begin so: as the word does, with the alef of a plural, or of a comparative without its
    alef (كبرى of أكبر)."""
    return form[:1] in (word[0], "ا") or (word[0] == "ا" and len(word) == 4 and form[:1] == word[1])


def _regular(word: str, known: Mapping[str, Collection[str]]) -> set[str]:
    """Endings that a dictionary may lack, unless it knows them as those of another word."""
    nisba = word.endswith("ي") and len(word) > 3
    if word.endswith("ة"):
        made = {word[:-1] + ending for ending in _OF_FEMININES}
    elif word.endswith("ا"):
        made = set()
    else:
        made = {word + ending for ending in (*(_OF_NISBAS if nisba else _OF_OTHERS), "ة")}
    regular = {form for form in made if word in known.get(form, (word,))}
    return regular | {f"{word}ة"} if nisba else regular


def _owned(form: str, word: str) -> set[str]:
    """A form with each pronoun behind it, as it changes before one; nothing for forms that never have one."""
    if form.endswith(("ه", "ا", "تين", "تان", "تي")) or form == f"{word}ان":
        return set()
    if form.endswith("ة"):
        stems = [f"{form[:-1]}ت"]
    elif form in (f"{word}ون", f"{word}ين"):
        stems = [form[:-1]]
    elif form.endswith("اء"):
        stems = [form, f"{form[:-1]}ئ", f"{form[:-1]}ؤ"]
    else:
        stems = [form]
    return {stem + pronoun for stem in stems for pronoun in _PRONOUNS}
