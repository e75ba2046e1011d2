"""A name in one alphabet → how other languages spell it: suggestions for a watchlist, the likeliest first.

Belongs here: Russian and Ukrainian names in the Latin spellings of English, German, French, Polish and Turkish, and Latin
spellings back into Russian and Ukrainian. Does not belong here: which spelling is right (a reader chooses), and the forms
of a name (`endings`).

The tables follow what newspapers write (Kadyrow in German, Kadyrov in French), not the standards of libraries (ISO 9).
"""

import re
from collections.abc import Mapping
from itertools import islice, product

MOST = 4
"""Spellings of one language that are suggested."""
_TRIED = 4096  # combinations that are made of a name at most


def _table(text: str) -> dict[str, tuple[str, ...]]:
    """`х:kh/h ий$:y` as letters → their spellings, the usual one first; ^ and $ are the ends of the name, - is nothing."""
    rows = (row.partition(":") for row in text.split())
    return {letters: tuple(each.replace("-", "") for each in spelled.split("/")) for letters, _, spelled in rows}


# Cyrillic → Latin. What a language does not say is as in English.

_ENGLISH = _table("""
    а:a б:b в:v г:g д:d е:e ё:yo/e ж:zh з:z и:i й:y/i к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:kh/h ц:ts ч:ch ш:sh
    щ:shch ъ:- ы:y/i ь:- э:e ю:yu/iu я:ya/ia ^е:ye/e ^э:e ий$:y/iy/i ый$:y/yi ия$:ia/iya
    ае:aye/ae ее:eye/ee ое:oye/oe уе:uye/ue
""")
_LATIN: Mapping[str, dict[str, tuple[str, ...]]] = {
    "en": _ENGLISH,
    "de": _ENGLISH
    | _table("""
        в:w ж:sch з:s й:i/j х:ch ц:z ч:tsch ш:sch щ:schtsch ё:jo/o ю:ju я:ja ^е:je ий$:i/ij ый$:y ия$:ija
        ае:aje/ae ее:eje/ee ие:ije/ie ое:oje/oe уе:uje/ue
    """),
    "fr": _ENGLISH
    | _table("""
        ж:j й:ï/i у:ou ч:tch ш:ch щ:chtch ё:io ю:iou я:ia ^е:ie/e ий$:i/y ый$:y/yï ин$:ine ия$:ia
        ае:aïe/ae ее:eïe/ee ое:oïe/oe уе:ouïe/oue
    """),
    "pl": _ENGLISH
    | _table("""
        в:w ж:ż й:j х:ch ц:c ч:cz ш:sz щ:szcz ё:io/jo ю:iu/ju я:ia/ja ^е:je ий$:i ый$:y ия$:ija
        ае:aje ее:eje ие:ije ое:oje уе:uje л:ł ле:le ли:li ль:l лю:lu ля:la
    """),
    "tr": _ENGLISH | _table("ж:j х:h ч:ç ш:ş щ:şç ы:ı/i й:y ё:yo ю:yu я:ya ^е:ye ий$:i/iy ый$:ıy ия$:iya"),
}
_UKRAINIAN_SOUNDS = _table(
    "г:h ґ:g и:y/i і:i ї:i/yi є:ie/ye ^є:ye/ie ^ї:yi/i ий$:yi/y ський$:sky/skyi цький$:tsky/tskyi"
)
_UKRAINIAN_LETTERS = re.compile("[іїєґ]|[сцз]ьк")

# Cyrillic ↔ Cyrillic

_TO_UKRAINIAN = _table("ы:и и:і э:е ё:ьо ъ:- ский$:ський ий$:ій ый$:ий")
_TO_RUSSIAN = _table("и:ы і:и ї:и є:е ґ:г ський$:ский ий$:ый")

# Latin → Cyrillic: what any of the five languages may have meant

_RUSSIAN = _table("""
    shch:щ schtsch:щ szcz:щ chtch:щ tsch:ч tch:ч cz:ч sch:ш/ж sh:ш sz:ш zh:ж kh:х ts:ц ch:ч/х/ш ou:у
    yu:ю ju:ю iou:ю iu:ю ya:я ja:я ia:я ye:е je:е ie:е yo:ё jo:ё io:ё iya$:ия ija$:ия ia$:ия/я iy$:ий ow$:ов off$:ов
    ine$:ин sky$:ский ski$:ский skiy$:ский aye:ае eye:ее oye:ое uye:уе iye:ие aya:ая eya:ея oya:оя aïe:ае oïe:ое
    ay:ай ey:ей oy:ой uy:уй ai:ай ei:ей oi:ой
    ca:ка/ца co:ко/цо cu:ку/цу ck:к cl:кл cr:кр
    a:а b:б c:ц/к d:д e:е f:ф g:г h:х/г i:и/ы j:ж/й k:к l:л m:м n:н o:о p:п q:к r:р s:с t:т u:у v:в w:в x:кс y:ы/и z:з
    y$:ий/ый i$:и/ий ^e:э/е ç:ч ş:ш ı:ы ö:ё ü:ю ğ:г ł:л ń:нь ś:сь ź:зь ż:ж ó:о ï:й í:и á:а ú:у
""")


def suggestions(name: str, *, ukrainian: bool = False) -> dict[str, tuple[str, ...]]:
    """How others spell a name: language → spellings, at most `MOST` each, the usual one first; its own is left out.

    A Cyrillic name is taken for a Russian one, unless `ukrainian` or its letters say otherwise. A Latin one is spelled in
    Cyrillic first, and from there in the other Latin ways. Empty for other alphabets.
    """
    plain = name.lower()
    if re.search("[а-яёіїєґ]", plain):
        found = _from_cyrillic(plain, ukrainian=ukrainian or bool(_UKRAINIAN_LETTERS.search(plain)))
    elif re.search("[a-z]", plain):
        found = _from_latin(plain)
    else:
        return {}
    spelled = {language: _others(name, each) for language, each in found.items()}
    return {language: each for language, each in spelled.items() if each}


def _others(name: str, spelled: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in dict.fromkeys(map(_capitalised, spelled)) if each not in ("", name))


def _from_cyrillic(name: str, *, ukrainian: bool) -> dict[str, tuple[str, ...]]:
    sounds = _UKRAINIAN_SOUNDS if ukrainian else {}
    latin = {language: _spell(name, table | sounds) for language, table in _LATIN.items()}
    other = {"ru": _spell(name, _TO_RUSSIAN)} if ukrainian else {"uk": _spell(name, _TO_UKRAINIAN)}
    return latin | other


def _from_latin(name: str) -> dict[str, tuple[str, ...]]:
    russian = _spell(name, _RUSSIAN)
    ukrainian = tuple(dict.fromkeys(_spell(each, _TO_UKRAINIAN)[0] for each in russian))
    return {"ru": russian, "uk": ukrainian} | {
        language: _spell(russian[0], table) for language, table in _LATIN.items()
    }


def _spell(name: str, table: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The spellings of a name, those first that depart from the usual letters the least."""
    choices = [table.get(part, (part.strip("^$"),)) for part in _parts(name, table)]
    ranked = sorted(islice(product(*map(enumerate, choices)), _TRIED), key=lambda each: sum(rank for rank, _ in each))
    return tuple(dict.fromkeys("".join(letters for _, letters in each) for each in ranked))[:MOST]


def _parts(name: str, table: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The name cut into what the table knows, the longest first, and single letters. A hyphen begins a new name."""
    longest = sorted(table, key=lambda letters: (-len(letters), letters))
    known = re.compile("|".join(map(re.escape, longest)) + "|.", re.DOTALL)
    parts: list[str] = []
    for index, one in enumerate(name.split("-")):
        parts += ["-"] if index else []
        parts += (part for part in known.findall(f"^{one}$") if part not in ("^", "$"))
    return parts


def _capitalised(name: str) -> str:
    return "-".join(part[:1].upper() + part[1:] for part in name.split("-"))
