"""Closed lists of endings: surnames, words that no dictionary has, and forms that dictionaries leave out.

Belongs here: what is known about a language without looking anything up. What these rules make up too much is never seen
in a text; what they make up wrongly is left out by `words`, if the dictionary knows it as another word.

A table has one rule a line, and the first that fits counts: `sk/ý ck/ý: ý á ého` reads "of a word in -ský or -cký, take off
what follows the stroke and add each of these"; - adds nothing, an empty left side fits every word.
"""

from collections.abc import Collection

from monitor.core import arabic

Rules = tuple[tuple[str, int, tuple[str, ...]], ...]


def _rules(table: str) -> Rules:
    """A table as (end of the word, letters to take off, what to add)."""
    rows = (line.split(":") for line in table.strip().splitlines())
    return tuple(
        (end.replace("/", ""), len(end.partition("/")[2]), tuple(add.replace("-", "") for add in added.split()))
        for ends, added in rows
        for end in ends.split() or [""]
    )


def _apply(word: str, rules: Rules) -> set[str]:
    for end, cut, added in rules:
        if word.endswith(end):
            return {word[: len(word) - cut] + ending for ending in added}
    return set()


# Words that no dictionary has

_UNKNOWN = {
    "en": _rules("""
        ay/ ey/ oy/: - s
        /y: y ies
        s/ x/ ch/ sh/: - es
        : - s
    """),
    "de": _rules("""
        ung/ heit/ keit/ schaft/ ion/ tät/: - en
        in/: - nen
        ling/: - e en s es
        er/: - n s in innen
        e/: - n r s m ns
        : - e en em er es s n ern
    """),
    "es": _rules("""
        /ón: ón ones
        /és: és esa eses esas
        /án: án ana anes anas
        /ín: ín ina ines inas
        /o: o a os as
        /a: a as o os
        e/: - s
        /z: z ces
        s/: -
        : - s es
    """),
    "pt": _rules("""
        /ão: ão ões ã ãs
        /o: o a os as
        /m: m ns
        /l: l is
        r/ z/: - es
        : - s
    """),
    "it": _rules("""
        /co: co ca ci chi che
        /go: go ga gi ghi ghe
        /o: o a i e
        ist/a: a i e
        /a: a e
        /e: e i
        : -
    """),
    "nl": _rules("""
        e/: - n s
        a/ i/ o/ u/ y/: - s
        : - s en e er
    """),
    "sv": _rules("""
        /a: a an or orna as ans ors ornas
        : - en n et t er ar erna arna s ens ets ernas arnas a
    """),
    "nb": _rules("""
        e/: - n r ne t s ns rs nes
        : - en et er ene s ens ets ers enes e a
    """),
    "da": _rules("""
        e/: - n r rne t s ns rs rnes
        : - en et er e ene erne s ens ets ers ernes
    """),
    "pl": _rules("""
        sk/i ck/i: i a ie iego iej iemu im imi ich ą
        /y: y a e ego ej emu ym ymi ych ą i
        /i: i ia ie iego iej iemu im imi ich ią
        i/a j/a: a i ę ą o e om ami ach -
        /ka: ka ki ce kę ką ko ek kom kami kach
        /a: a y ie ę ą o - om ami ach
        /o: o a u em ie - om ami ach
        /ec: ec ca cowi cem cu ce ców com cami cach
        : - a owi em ie u y i ów om ami ach owie e
    """),
    "ka": _rules("""
        /ი: ი - მა ს ის ით ად ში ზე თან იდან ისთვის ისგან ები ებმა ებს ების ებით ებად ებში ებზე ებთან ებიდან ებისთვის ებისგან
        /ა: ა ამ ას ის ით ად აში აზე ასთან იდან ამდე ისთვის ისგან ები ებმა ებს ების ებით ებად ებში ებზე ებთან ებიდან ებისთვის
        /ე: ე ემ ეს ის ით ედ ეში ეზე ესთან იდან ემდე ისთვის ისგან ეები ეებმა ეებს ეების ეებით ეებად ეებში ეებზე ეებიდან
        ო/ უ/: - მ ს ს სი თი დ ში ზე სთან დან მდე სთვის სგან ები ებმა ებს ების ებით ებში ებზე
    """),
    "cs": _rules("""
        /ý: ý á é ého ému ém ým ými ých ou í
        /a: a y ě e u ou o ám ách ami -
        i/e: e i í ím ích emi
        /o: o a u em ě ům ech y
        : - a u ovi em e ě y i ové ů ům ech ích
    """),
}
_UNKNOWN["ru"] = _rules("""
    ь/ й/: -
    к/ г/ х/: - а у ом е и ов ам ами ах
    ж/ ш/ ч/ щ/: - а у ем е и ей ам ами ах
    ц/: - а у ем е ы ев ам ами ах
    а/ е/ ё/ и/ о/ у/ ы/ э/ ю/ я/: -
    : - а у ом е ы ов ам ами ах
""")
_UNKNOWN["uk"] = _rules("""
    ь/ й/: -
    ж/ ш/ ч/ щ/: - а у еві ем і ів ам ами ах
    а/ е/ и/ і/ о/ у/ ю/ я/ є/ ї/: -
    : - а у ові ом і и ів ам ами ах
""")
_UNKNOWN |= {"sk": _UNKNOWN["cs"], "no": _UNKNOWN["nb"], "gl": _UNKNOWN["es"], "ca": _UNKNOWN["es"]}


def closed(language: str, word: str) -> set[str]:
    """Forms of a word that no dictionary has; empty for languages that have no rules here."""
    return _apply(word, _UNKNOWN.get(language, ()))


# Forms that a dictionary may lack although it has the word: French ones in general, those of German adjectives.

_FRENCH = _rules("""
    e/l ei/l: l ls lle lles
    e/n o/n: n ns nne nnes
    /er: er ers ère ères
    i/f: f fs ve ves
    eu/x: x se ses
    eu/r: r rs se ses
    a/l: l le les ux
    e/: - s
    s/: - e es
    x/ z/: -
    : - s e es
""")


def lacking(language: str, word: str) -> set[str]:
    """Forms that may be added to what a dictionary has of a word, unless it knows them as another word."""
    if language == "fr":
        return _apply(word, _FRENCH)
    if language == "de" and word[:1].islower():
        return {word.removesuffix("e") + ending for ending in ("e", "em", "en", "er", "es")}
    return closed(language, word) if language in _REGULAR else set()


FEMININE = {"es": "a", "fr": "e", "gl": "a", "it": "a", "pt": "a"}
"""How the feminine of adjectives ends, in languages where the masculine stands for both."""
_REGULAR = frozenset({"en", "es", "gl", "it", "ka", "pt"})  # whose rules for unknown words fit known ones, too

# (end of the word, of a form that it has, of the form that goes with it): dictionaries list many of these as another word.
_FOLLOWING = {
    "en": (("e", "est", "er"), ("y", "iest", "ier"), ("", "est", "er")),
    "es": (("o", "a", "as"), ("o", "as", "a"), ("ción", "ción", "ciones"), ("sión", "sión", "siones")),
    "fr": (
        ("", "e", "es"),
        ("e", "e", "es"),
        ("f", "ve", "ves"),
        ("x", "se", "ses"),
        ("l", "lle", "lles"),
        ("al", "aux", "ale"),
        ("al", "aux", "ales"),
    ),
    "it": (("o", "a", "e"), ("o", "e", "a"), ("a", "a", "e")),
    "pl": (("nie", "nia", "ń"), ("a", "om", "ach"), ("a", "om", "ami"), ("", "em", "owi")),
    "pt": (("o", "a", "as"), ("o", "as", "a"), ("ção", "ção", "ções")),
}


def following(language: str, word: str, family: Collection[str]) -> set[str]:
    """Forms that a word has because it has others, whatever else they may be: certaines, as there is certaine."""
    return {
        word.removesuffix(end) + added
        for end, has, added in _FOLLOWING.get(language, ())
        if word.endswith(end) and word.removesuffix(end) + has in family
    }


# Surnames: all cases, both genders, plural

_RUSSIAN = _rules("""
    ых/ их/: -
    ск/ий цк/ий ск/ая цк/ая: ий ого ому им ом ая ой ую ою ие их ими
    /ая: ая ой ую ою ый ий ого его ому ему ым им ом ем ые ие ых их ыми ими
    /ой: ой ого ому ым ом ая ую ою ые ых ыми
    /ый: ый ого ому ым ом ая ой ую ою ые ых ыми
    ов/ ев/ ёв/ ин/ ын/ ов/а ев/а ёв/а ин/а ын/а: - а у ым ом е ой ою ы ых ыми
    /ец: ец ца цу цем цом це цы цев цов цам цами цах еца ецу ецем еце
    /ей: ей ея ею еем ее еи еев еям еями еях ья ью ьем ье ьи ьев ьям ьями ьях
    /ий: ий ия ию ием ии иев иям иями иях
    /й: й я ю ем е и ев ям ями ях
    /ь: ь я ю ем е и ей ям ями ях
    и/я: я и ю ей ею
    /я: я и е ю ей ею ям ями ях -
    г/а к/а х/а: а и е у ой ою ам ами ах -
    /а: а ы е у ой ою ей ам ами ах -
    о/ е/ ё/ и/ у/ ю/ ы/ э/: -
    ж/ ш/ ч/ щ/ ц/: - а у ем ом е и ы ей ев ам ами ах
    к/ г/ х/: - а у ом е и ов ам ами ах
    : - а у ом е ы ов ам ами ах
""")
_UKRAINIAN = _rules("""
    ськ/ий цьк/ий зьк/ий ськ/а цьк/а зьк/а: ий ого ому им ім а ої ій у ою і их ими
    /ий: ий ого ому им ім а ої ій у ою і их ими
    ов/ ев/ єв/ ін/ їн/ ов/а ев/а єв/а ін/а їн/а: - а у ові им і ої ій ою и их ими
    /ів: ів іва іву івові івим іві ева еву евим еві евої евій ови еви евих ова ову овим ових
    /ець: ець ця цеві цю цем ці ців цям цями цях
    /ка: ка ки ці ку кою ко ок кам ками ках
    к/о: о а у ові ом и ів ам ами ах
    /й: й я ю єві єм ї їв ям ями ях
    /ь: ь я ю еві ем і ів ям ями ях
    /я: я і ю ею є ї єю ям ями ях
    /а: а и і у ою ам ами ах -
    о/ е/ и/ і/ у/ ю/ є/ ї/: -
    : - а у ові еві ом ем і и ів ам ами ах
""")
_POLISH = _rules("""
    s/ki s/ka: ki cy kiego kiemu kim kich kimi ka kiej ką kie
    c/ki dz/ki c/ka dz/ka: ki cy kiego kiemu kim kich kimi ka kiej ką kie ce kę
    /y: y ego emu ym ych ymi a ej ą e i
    /na: na ny nie nę ną no nowie nów nom nami nach nego nemu nym nych nymi nej ne ni
    ow/ ew/ in/ yn/: - a owi em ie u owie ów om ami ach owa owej ową
    /ko: ko ki ce kę ką ka kowi kiem kowie ków kom kami kach
    /da: da dy dzie dę dą do dowie dów dom dami dach
    /ta: ta ty cie tę tą to towie tów tom tami tach
    /ra: ra ry rze rę rą ro rowie rów rom rami rach
    /ka: ka ki ce kę ką ko kowie ków kom kami kach
    /a: a y i ie ę ą o owie ów om ami ach
    /ro: ro ry rze rę rą rowie rów rom rami rach
    /o: o y i ie ę ą owie ów om ami ach
    e/ i/ u/: -
    /ń: ń nia niowi niem niu niowie niów niom niami niach
    /ek: ek ka kowi kiem ku kowie ków kom kami kach
    /ec: ec ca cowi cem cu cowie ców com cami cach
    /r: r ra rowi rem rze rowie rów rom rami rach
    /d: d da dowi dem dzie dowie dów dom dami dach
    /t: t ta towi tem cie towie tów tom tami tach
    : - a owi em iem ie u owie ów om ami ach
""")
_CZECH = _rules("""
    /ová: ová ové ovou - a u ovi em e i y ů ům ech
    /ý /á: ý ého ému ým ém á é ou í ých ými
    sk/i ck/i: i iho imu im ich imi á é ou
    /a: a y ovi u o ou ová ové ovou ů ům ech
    e/ i/ í/ o/ u/: - ho mu m ová ové ovou
    /ek: ek ka kovi kem ku ková kové kovou kovi ků kům cích
    /ec: ec ce covi cem ci cová cové covou ců cům
    /el: el la lu lovi lem le lová lové lovou lů lům ely ela elu elovi elem ele elová elové elovou elů elům
    : - a u ovi em e i á é ou ová ové ovou ů ům y ech
""")
_BULGARIAN = _rules("""
    ск/и: и а
    : - а и
""")
_LATIN = _rules("""
    ov/ ev/ ow/ ew/: - a s
    s/ x/ z/: -
    : - s
""")
_NAMES = {
    "ru": _RUSSIAN,
    "be": _RUSSIAN,
    "bg": _BULGARIAN,
    "uk": _UKRAINIAN,
    "pl": _POLISH,
    "cs": _CZECH,
    "sk": _CZECH,
}


def surname(language: str, name: str) -> set[str]:
    """All forms of a surname: cases, plural, and in Slavic languages the woman's. A possessive after an apostrophe needs
    no form of its own. How other languages spell it is for the user to list."""
    if language == "ar" and "\u0600" <= name[:1] <= "\u06ff":
        return arabic.attached(name)
    return {name} | _apply(name, _NAMES.get(language, _LATIN))
