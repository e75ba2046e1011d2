"""The language codes that may be written in the configuration: ISO 639-1, and the 639-3 codes of languages without one
that news is written in around the regions and communities that are watched.
"""

_TWO = """
aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et
eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk
kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny
oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk
tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
_THREE = """
abq ady agx alt ast bar bua ceb ckb crh dar diq dsb enm fil grc gsw haw hbs hsb inh kbd kjh kmr krc kum lbe lez lmo mdf
mhr mrj myv nds nog pcm prs rue rut sah scn sco szl tab tig tkr tyv udm uum vec xal yue zza
"""
LANGUAGES = frozenset((_TWO + _THREE).split())

# Codes of countries, old codes and codes of three letters that people write for a language.
_MEANT = {
    "ua": "uk", "cz": "cs", "gr": "el", "dk": "da", "jp": "ja", "cn": "zh", "kz": "kk", "kg": "ky", "am": "hy", "ge": "ka",
    "by": "be", "iw": "he", "sh": "hbs", "eng": "en", "fra": "fr", "fre": "fr", "deu": "de", "ger": "de", "rus": "ru",
    "ukr": "uk", "spa": "es", "ita": "it", "pol": "pl", "tur": "tr", "ara": "ar", "che": "ce", "por": "pt",
}  # fmt: skip


def language(code: str) -> str:
    """The code itself. Raises ValueError with what to write instead if it is not a known code in lower case."""
    if code in LANGUAGES:
        return code
    raise ValueError(f"'{code}' is not the code of a language{meant(code)}")


def meant(code: str) -> str:
    """What was probably meant by an unknown code, as the end of a message."""
    short = code.lower().replace("_", "-").partition("-")[0]
    known = _MEANT.get(short, short)
    if known in LANGUAGES:
        return f": write '{known}'"
    return ": write two or three small letters, such as 'en' or 'ru'"
