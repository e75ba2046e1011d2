"""The language of news, whole and in headlines."""

import pytest

from monitor.core.languages import detect, of_texts

SENTENCES = {
    "en": "Rangers counted wolves twice on the road to Felden. The council will discuss compensation on Monday.",
    "fr": "Des loups ont été aperçus deux fois près de Valence. Le préfet se prononcera lundi sur les indemnités.",
    "de": "Bei Felden wurden zwei Wölfe gesehen. Der Landkreis berät am Montag über Entschädigungen für die Schäfer.",
    "es": "Dos lobos fueron vistos cerca de Valencia. El consejo decidirá el lunes sobre las ayudas a los ganaderos.",
    "ru": "Под городом дважды видели волков. Совет обсудит в понедельник выплаты пострадавшим фермерам.",
    "uk": "Біля міста двічі бачили вовків. Рада обговорить у понеділок виплати постраждалим фермерам.",
    "be": "Каля горада двойчы бачылі ваўкоў. Рада абмяркуе ў панядзелак выплаты пацярпелым фермерам.",
    "pl": "Pod miastem dwukrotnie widziano wilki. Rada omówi w poniedziałek odszkodowania dla rolników.",
    "it": "Due lupi sono stati avvistati vicino a Felden. Il consiglio deciderà lunedì sugli indennizzi agli allevatori.",
    "pt": "Dois lobos foram vistos perto de Felden. O conselho decide na segunda-feira sobre as indenizações.",
    "nl": "Bij Felden zijn tweemaal wolven gezien. De raad spreekt maandag over de schadevergoeding voor boeren.",
    "cs": "U města byli dvakrát spatřeni vlci. Rada bude v pondělí jednat o odškodnění pro farmáře.",
    "bg": "Край града два пъти бяха видени вълци. Съветът ще обсъди в понеделник обезщетенията за фермерите.",
    "sr": "Код града су два пута виђени вукови. Савет ће у понедељак расправљати о одштети за сточаре.",
    "tr": "Şehrin yakınında iki kez kurt görüldü. Meclis pazartesi günü çiftçilere ödenecek tazminatı görüşecek.",
    "az": "Şəhərin yaxınlığında iki dəfə canavar görülüb. Şura bazar ertəsi fermerlərə kompensasiyanı müzakirə edəcək.",
    "ar": "شوهدت الذئاب مرتين بالقرب من المدينة. وسيناقش المجلس يوم الاثنين تعويضات المزارعين.",
    "fa": "دو گرگ در نزدیکی شهر دیده شدند و شورا روز دوشنبه درباره غرامت دامداران گفت‌وگو خواهد کرد.",
    "kk": "Қала маңында қасқырлар екі рет байқалды. Кеңес дүйсенбіде фермерлерге өтемақы төлеуді талқылайды.",
    "ka": "ქალაქთან ორჯერ შენიშნეს მგლები. საბჭო ორშაბათს ფერმერების კომპენსაციას განიხილავს.",
    "hy": "Քաղաքի մոտ երկու անգամ գայլեր են նկատվել։ Խորհուրդը երկուշաբթի կքննարկի փոխհատուցումը։",
    "ce": "Соьлжа-ГӀалахь шозза борз гира. Оршот дийнахь кхеташо хир ю.",
    # Neighbours of languages whose common words decide.
    "ca": "Els llops van ser vistos dues vegades prop de la ciutat i el consell debatrà dilluns les indemnitzacions per als"
    " ramaders que han perdut una part del ramat, segons fonts municipals.",
    "gl": "Dous lobos foron vistos preto da cidade e o concello decidirá o luns as axudas para os gandeiros que perderon"
    " animais, segundo fontes do goberno.",
    "ro": "Doi lupi au fost văzuți lângă oraș, iar consiliul va discuta luni despăgubirile pentru fermierii afectați.",
    "af": "Twee wolwe is naby die stad gesien en die raad sal Maandag die vergoeding vir boere bespreek wat diere verloor.",
    "mk": "Крај градот двапати беа видени волци, а советот во понеделник ќе расправа за надоместокот за сточарите.",
    "hr": "Kod grada su dvaput viđeni vukovi, a vijeće će u ponedjeljak raspravljati o odšteti za stočare.",
    "sk": "Pri meste dvakrát spozorovali vlkov a rada bude v pondelok rokovať o odškodnení pre farmárov.",
    "el": "Δύο λύκοι εθεάθησαν κοντά στην πόλη και το συμβούλιο θα συζητήσει.",
    "he": "שני זאבים נראו ליד העיר והמועצה תדון ביום שני בפיצוי לחקלאים.",
    "ja": "東京都は月曜日に発表した。首相は会見した。",
    "zh": "中国外交部发言人周一表示，会谈将继续。",
    "ko": "서울시는 월요일에 발표했다.",
}
ARTICLE = """The council of Felden met for six hours. Farmers who have lost sheep were heard first, and the room was full.
Rangers said that they had counted two wolves on the road, which was closed for a day. "They are not from here," one of
them told the meeting. The animals have been seen with cameras by a hunter from the next valley."""


@pytest.mark.parametrize("language", SENTENCES)
@pytest.mark.parametrize("hint", [None, "en", "ru"])
def test_the_text_decides_whatever_is_expected(language: str, hint: str | None) -> None:
    assert detect(SENTENCES[language], hint) == language


@pytest.mark.parametrize("hint", [None, "de", "zz", "ce"])
def test_an_article_needs_no_hint(hint: str | None) -> None:
    assert detect(ARTICLE, hint, hint) == "en"


def test_names_in_another_alphabet_do_not_mislead() -> None:
    assert detect("The paper Новая газета was named. " + ARTICLE) == "en"
    assert detect("Компания Felden Rangers International заявила, что волки вернулись в город.") == "ru"


@pytest.mark.parametrize(
    ("text", "hint", "declared", "found"),
    [
        ("", None, None, None),
        ("OK", None, None, None),
        ("OK", "fr", "de", "fr"),
        ("OK 2026", None, "pt-BR", "pt"),
        ("Wolf 1", "iw", None, "he"),
        ("Wolf 1", "no such", None, None),
        ("Jarba Holm Navvel: la taquilla", "es", None, "es"),  # names and an article: too little for the model alone
        ("Jarba Holm Navvel: la taquilla", None, "es", "es"),
        ("Prime minister resigns after budget vote", "en", None, "en"),
        ("Prime minister resigns after budget vote", "ru", None, None),  # what cannot be is not taken for granted
        ("Кхеле дика ду боху Рамзана", "ce", None, "ce"),
        ("首相会見", None, None, "zh"),
    ],
)
def test_what_is_expected_decides_where_the_text_does_not(
    text: str, hint: str | None, declared: str | None, found: str | None
) -> None:
    assert detect(text, hint, declared) == found


def test_many_texts_at_once() -> None:
    assert of_texts(((SENTENCES["de"], "en"), ("OK", "fr"), ("", None))) == ("de", "fr", None)
