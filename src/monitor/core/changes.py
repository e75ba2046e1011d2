"""What changed between two versions of an article, in substance: sentences, and the title.

What belongs here: comparing texts. What does not: reading an article again, and what follows from a change (revisions.py).

In substance means that a sentence's words were added, removed or altered. Typography, white space, the order of sentences,
lines that only count or date ("12 comments", "Updated 14:05", "3 min read") and lists of other articles are none.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from monitor.core import dates, urls
from monitor.core import text as texts

MOST = 3000
"""Sentences of a text that are compared; the longest of 1 300 real pages has some 900 (2026-11-22)."""
PAIRED = 200
"""Removed and added sentences among which edited ones are looked for."""
ALIKE = 0.5
"""A sentence that has so many of its words in common with another is that one, edited."""
LEFT = 1 / 3
"""If less than this of a text is there and nothing new, it was not extracted, or not shown, and not changed."""
FACTS = 20

_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"\w+(?:[.,:'’-]\w+)*")
_GROUPS = re.compile(r"(?<=\d)[ .,\u00a0\u202f'](?=\d{3}(?!\d))")  # 1,000 and 1 000
_TIME = re.compile(r"(?<!\d)\d{1,2}[:h]\d\d(?!\d)")
_COUNT = re.compile(r"^\(\d+\)\s*")  # a tab's title that counts news
_LINE = 12  # words of a line that may be one that only counts or dates
_DATE = 2  # words of a date beside its numbers: a day of the week, a month
_UPDATED = re.compile(
    r"(?:last )?(?:updated|modified|edited|published|posted)\b|mis à jour|publié|actuali[sz]ad[oa]|publicad[oa]|aktualisiert"
    r"|stand:|veröffentlicht|aggiornat[oa]|pubblicat[oa]|zaktualizowano|opublikowano|aktualizacja|обновлен|опубликован"
    r"|оновлен|опублікован|güncelleme|atualizad[oa]",
    re.IGNORECASE,
)
_RELATED = re.compile(
    r"(?:read (?:also|more|next)|see also|related|more (?:on|from)|most (?:read|popular)|recommended|you may (?:also )?like"
    r"|(?:à )?lire (?:aussi|également)|sur le même (?:sujet|thème)|lesen sie auch|mehr zum thema|weiterlesen"
    r"|(?:lea|lee|leer) también|más (?:información|sobre)|leggi anche|potrebbe interessarti|czytaj (?:też|także|więcej)"
    r"|zobacz (?:też|także)|читайте (?:также|ещ[её])|смотрите также|по теме|материалы по теме|читайте також"
    r"|leia (?:também|mais))\b",
    re.IGNORECASE,
)
_SMALL_WORDS = (
    "comment comments view views share shares like likes read reads reply replies min mins minute minutes hour hours hr hrs "
    "day days ago sec seconds second reading time am pm at on by gmt utc cet cest et est edt bst msk "
    "commentaire commentaires vue vues partage partages partager lecture il y a heure heures jour jours temps de "
    "kommentar kommentare aufrufe aufruf lesezeit minuten stunde stunden vor tag tagen teilen "
    "comentario comentarios visitas lectura hace hora horas minuto minutos compartir "
    "commento commenti visualizzazioni lettura fa ore ora minuti condividi "
    "komentarz komentarze komentarzy wyświetleń czytania temu godzin godziny minut "
    "просмотр просмотра просмотров комментарии комментариев комментария комментарий лайк лайков мин минут минуты минуту час "
    "часа часов назад чтения время перегляд переглядів коментарі коментарів хвилин хвилини годин години тому"
)
_SMALL = frozenset(texts.fold(_SMALL_WORDS).split())
"""Words that stand beside numbers which count or date, folded."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Edited:
    """A sentence before and after, and the words of each that the other has not."""

    before: str
    after: str
    removed: tuple[str, ...]
    added: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What changed in substance. Sentences stand in the order of their text; an edited one is neither in `removed` nor in
    `added`. `old_facts` are the numbers and names that the text has no more, `new_facts` those that it has now."""

    old_title: str | None = None
    new_title: str | None = None
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    edited: tuple[Edited, ...] = ()
    old_facts: tuple[str, ...] = ()
    new_facts: tuple[str, ...] = ()


def compare(old_title: str, old_text: str, new_title: str, new_text: str) -> Change | None:
    """What changed in substance; None: nothing, or next to nothing of the text came (see LEFT)."""
    retitled = not same_title(old_title, new_title)
    old, new = _sentences(old_text), _sentences(new_text)
    lost, found = _difference(list(old), list(new))
    cut = not found and sum(map(len, new)) < LEFT * sum(map(len, old))
    if cut or not (lost or found or retitled):
        return None
    edited, removed, added = _paired(lost, found, old, new)
    old_words, new_words = _vocabulary((*old, _key(old_title))), _vocabulary((*new, _key(new_title)))
    return Change(
        old_title=old_title if retitled else None,
        new_title=new_title if retitled else None,
        removed=tuple(removed),
        added=tuple(added),
        edited=tuple(edited),
        old_facts=_facts((old[key] for key in lost), new_words),
        new_facts=_facts((new[key] for key in found), old_words),
    )


def same_title(one: str, other: str) -> bool:
    """Whether two titles have the same words; a title that there is not is none to compare with."""
    one, other = _key(_COUNT.sub("", one)), _key(_COUNT.sub("", other))
    return one == other or not (one and other)


def own_words(title: str, body: str) -> int:
    """64 bits that stand for what a source itself says of an entry: words, without what counts or dates. For 1 500
    characters it takes 0.2 ms (2026-11-22)."""
    told = texts.fold(f"{_COUNT.sub('', title)}\n{body}")
    words = _WORD.findall(_GROUPS.sub("", _TIME.sub(" ", told)))
    if not _SMALL.isdisjoint(words):
        words = _without_counts(words)
    return urls.key_of(" ".join(words))


def _without_counts(words: list[str]) -> list[str]:
    """The words without those that go with a number that counts or dates, and without such numbers."""
    small = [word in _SMALL for word in words]
    beside = [before or after for before, after in zip([False, *small], [*small[1:], False], strict=False)]
    return [
        word for word, low, near in zip(words, small, beside, strict=True) if not low and not (near and word.isdigit())
    ]


def _key(sentence: str) -> str:
    """The words of a sentence, folded, whatever stands between them."""
    return " ".join(_WORD.findall(_GROUPS.sub("", texts.fold(sentence))))


def _sentences(text: str) -> dict[str, str]:
    """The sentences that say something: their words → as they stand there. In the order of the text, each once."""
    found: dict[str, str] = {}
    related = False
    for line in _without_links(text.splitlines()):
        punctuated = line.rstrip("\"'”»’) ").endswith((".", "!", "?", "…", "。", "؟", "।"))
        heading = bool(_RELATED.match(line.strip())) and len(line.split()) <= _LINE
        related = heading or (related and not punctuated)
        for sentence in texts.sentences(line) if not related else ():
            if (key := _key(sentence)) and len(found) < MOST and not _is_count(sentence):
                found.setdefault(key, sentence)
    return found


def _without_links(lines: list[str]) -> list[str]:
    """The lines up to the last that ends like a sentence, if what follows looks like a list of other articles."""
    end = len(lines)
    while end and not re.search(r"[.!?…。؟।:;][\"'”»’)]*\s*$", lines[end - 1]):
        end -= 1
    tail = [line for line in lines[end:] if line.strip()]
    return lines[:end] if end and len(tail) > 1 and all(len(line.split()) > 3 for line in tail) else lines


def _is_count(sentence: str) -> bool:
    """Whether a line or a sentence only counts or dates something."""
    words = _WORD.findall(texts.fold(sentence)) if len(sentence) < _LINE * 20 else []
    if not 0 < len(words) <= _LINE:
        return False
    if _UPDATED.match(sentence) and (len(words) < 3 or any(word[0].isdigit() for word in words)):
        return True
    others = [word for word in words if not word.isdigit() and word not in _SMALL]
    return not others or (len(others) <= _DATE and dates.parse(sentence.rstrip(".")) is not None)


def _difference(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    """The sentences (their words) that only the old text has, and those that only the new one has. The same words cut
    into sentences at other places are the same."""
    had, has = set(old), set(new)
    lost, found = [key for key in old if key not in has], [key for key in new if key not in had]
    if lost and found:
        same: set[str] = set()
        for tag, i, end_i, j, end_j in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if tag == "replace" and " ".join(old[i:end_i]) == " ".join(new[j:end_j]):
                same.update(old[i:end_i], new[j:end_j])
        lost, found = [key for key in lost if key not in same], [key for key in found if key not in same]
    return lost, found


def _paired(
    lost: list[str], found: list[str], old: dict[str, str], new: dict[str, str]
) -> tuple[list[Edited], list[str], list[str]]:
    """Edited sentences, and those that were only removed or added. The likest are taken for each other first."""
    bags = {key: Counter(key.split()) for key in (*lost[:PAIRED], *found[:PAIRED])}
    likeness = [(_likeness(bags[one], bags[other]), one, other) for one in lost[:PAIRED] for other in found[:PAIRED]]
    partner: dict[str, str] = {}
    taken: set[str] = set()
    for score, one, other in sorted(likeness, key=lambda each: -each[0]):
        if score < ALIKE:
            break
        if one not in partner and other not in taken:
            partner[one] = other
            taken.add(other)
    edited = [_edited(old[key], new[partner[key]]) for key in lost if key in partner]
    return edited, [old[key] for key in lost if key not in partner], [new[key] for key in found if key not in taken]


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    return 2 * (one & other).total() / (one.total() + other.total())


def _edited(before: str, after: str) -> Edited:
    one, other = _TOKEN.findall(before), _TOKEN.findall(after)
    steps = SequenceMatcher(None, [*map(_key, one)], [*map(_key, other)], autojunk=False).get_opcodes()
    return Edited(
        before=before,
        after=after,
        removed=tuple(word for tag, i, end, _, _ in steps if tag != "equal" for word in one[i:end]),
        added=tuple(word for tag, _, _, j, end in steps if tag != "equal" for word in other[j:end]),
    )


def _vocabulary(keys: Iterable[str]) -> set[str]:
    return {word for key in keys for word in key.split()}


def _facts(sentences: Iterable[str], elsewhere: set[str]) -> tuple[str, ...]:
    """Numbers and names (what is written with a capital within a sentence) whose words the other text has not."""
    facts: dict[str, None] = {}
    for sentence in sentences:
        for at, token in enumerate(_TOKEN.findall(sentence)):
            name = at > 0 and len(token) > 1 and token[0].isupper()
            if (name or token[0].isdigit()) and not elsewhere.issuperset(_key(token).split()):
                facts[token] = None
    return tuple(facts)[:FACTS]
