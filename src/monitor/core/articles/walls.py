"""Whether a page shows the article, or something in its place: a consent wall, a paywall, a bot wall, a soft 404, nothing.

What belongs here: the words by which such pages are known. What does not: getting the text out of a page (articles).

A wall is short, has no date of its own, and speaks to the visitor ("accept all", "subscribe to continue"). News about
cookies, robots, missing pages and subscriptions have the nouns, but not the sentences; so only sentences are listed, and
they count only where they are most of what there is.
"""

import re
from html import unescape
from urllib.parse import urlsplit

from monitor.core.articles import metadata
from monitor.core.articles.metadata import Stated
from monitor.core.model import PageFault

# Code points of extracted text. Bot walls and error pages say less than the shortest news of a day; a consent wall can be
# long; a paywalled page shows a paragraph or three.
_SHORT, _TEASER, _LONG = 600, 1500, 6000
_MIN_LETTERS = 40
_ASKING_SHARE = 0.5
_NAME_WORDS = 4


def _any(*phrases: str) -> re.Pattern[str]:
    """One of the phrases, as words, whatever the case; a blank stands for any white space."""
    return re.compile(r"(?<!\w)(?:" + "|".join(p.replace(" ", r"\s+") for p in phrases) + ")", re.IGNORECASE)


_BOT_TITLE = _any(
    r"just a moment",
    r"attention required",
    r"checking your browser",
    r"(?:please )?wait",
    r"one moment,? please",
    r"(?:robot|bot|human|security|browser) (?:check|verification)",
    r"are you (?:a )?(?:robot|human)",
    r"pardon our interruption",
    r"request (?:unsuccessful|blocked|rejected)",
    r"ddos-?guard",
    r"captcha",
    r"un instant",
    r"(?:nur )?einen moment(?: bitte)?",
    r"un momento",
    r"один момент",
    r"проверка (?:браузера|безопасности)",
    r"вы не робот",
    r"chwileczkę",
    r"bir dakika lütfen",
    r"um momento",
)
_DENIED_TITLE = _any(
    r"access (?:to this page has been )?denied",
    r"403 forbidden",
    r"forbidden",
    r"доступ (?:ограничен|запрещ[её]н|закрыт)",
    r"accès (?:refusé|interdit)",
    r"zugriff verweigert",
    r"acceso denegado",
    r"erişim engellendi",
)
_DENIED_TEXT = _any(r"you don't have permission to access")
_BOT_TEXT = _any(
    r"(?:enable|turn on) javascript and cookies",
    r"checking (?:your browser|if the site connection)",
    r"(?:verify|verifying|confirm|prove)(?: that)? you are (?:a )?(?:human|not a (?:ro)?bot)",
    r"your browser will (?:be )?redirect",
    r"(?:we(?:'ve| have)? detected )?unusual (?:traffic|activity) from your",
    r"(?:complete|solve) the captcha",
    r"ddos protection by",
    r"you have been blocked",
    r"(?:подтвердите|докажите|убедиться),? что вы (?:не робот|человек|не бот)",
    r"проверк[аи] (?:вашего )?браузера",
    r"включите javascript",
    r"vérifier? que vous (?:êtes humain|n['’]êtes pas un robot)",
    r"dass sie (?:ein mensch|kein (?:ro)?bot(?:er)?) sind",
    r"que (?:eres humano|no eres un robot|es usted humano)",
    r"robot olmadığınızı",
    r"che (?:sei umano|non sei un robot)",
    r"że (?:jesteś człowiekiem|nie jesteś robotem)",
)
_BOT_MARKUP = re.compile(
    r"cf-browser-verification|_cf_chl_opt|cf-challenge|_Incapsula_Resource|captcha-delivery\.com|px-captcha|__qrator|"
    r"sucuri_cloudproxy_js|awsWafCookieDomainList|ddos-guard|distil_r_captcha|/\.well-known/ddos|KPSDK"
)
_TITLE = re.compile(r"<title[^<>]{0,100}>([^<]{1,200})<", re.IGNORECASE)

_MISSING_TITLE = _any(
    r"(?:error\W*|http\W*|ошибка\W*|erreur\W*|fehler\W*)?404(?:\W*(?:error|not found|page|ошибка))*",
    r"(?:page|file|document|article|content|story) (?:was )?not found",
    r"(?:(?:oops|sorry)\W*)?(?:(?:this|the|that) )?(?:page|article) (?:can['’]?t|cannot|could not) be found",
    r"(?:(?:oops|sorry)\W*)?(?:(?:this|the|that) )?(?:page|article) does(?: not|n['’]t) exist",
    r"not found",
    r"seite (?:wurde )?nicht (?:gefunden|verfügbar|vorhanden)",
    r"page (?:non trouvée|introuvable|inexistante)",
    r"página no (?:encontrada|disponible)",
    r"página não (?:encontrada|disponível)",
    r"pagina (?:non trovata|niet gevonden|nu a fost găsită)",
    r"страниц[аы] не (?:найдена|существует)",
    r"материал не найден",
    r"сторінк[ау] не знайдено",
    r"старонк[ау] не знойдзена",
    r"(?:nie znaleziono strony|strona nie (?:została znaleziona|istnieje))",
    r"stránka (?:nenalezena|nebyla nalezena|neexistuje)",
    r"sayfa bulunamadı",
    r"الصفحة غير موجودة",
    r"გვერდი (?:ვერ მოიძებნა|არ მოიძებნა)",
)

_CONSENT_HOST = re.compile(r"(?:^|\.)(?:consent|consents|privacywall|myprivacy|guce|cmp|zustimmung)\.")
_CONSENT = _any(
    r"(?:we|our (?:site|website)|this (?:site|website))(?: and (?:our|selected) [\w\s]{0,30}?partners)?"
    r" (?:use|uses|store|process|value)[\w\s,]{0,60}?(?:cookies|privacy|personal data|device)",
    r"(?:we and )?our (?:\d+ )?(?:partners|vendors)",
    r"accept (?:all|cookies|and (?:continue|close))",
    r"reject all",
    r"(?:manage|change|set)(?: your)? (?:choices|settings|preferences|options|cookies)",
    r"(?:access|store) (?:and/or (?:access|store) )?information on (?:a|your) device",
    r"(?:withdraw|give|refuse) (?:your )?consent",
    r"personali[sz]ed (?:ads|advertising|content)",
    r"nos (?:\d+ )?partenaires",
    r"(?:nous|ce site)(?: et nos partenaires)? (?:utilis|dépos|stock|trait)\w+[\w\s,’']{0,40}?(?:cookies|traceurs|données)",
    r"(?:tout accepter|tout refuser|accepter et (?:continuer|fermer)|continuer sans accepter|paramétrer (?:mes|les|vos))",
    r"(?:gérer|modifier|personnaliser) (?:mes|vos) (?:choix|préférences)",
    r"(?:wir|diese (?:web)?site|unsere webseite)(?: und unsere (?:\d+ )?partner)?"
    r" (?:verwende[nt]|nutz(?:en|t)|verarbeiten|speichern)[\w\s,]{0,60}?(?:cookies|daten|informationen|tracking)",
    r"unsere (?:\d+ )?partner",
    r"alle (?:akzeptieren|annehmen|ablehnen|cookies)",
    r"(?:akzeptieren und weiter|zustimmen (?:und|&) weiter|mit werbung (?:weiter)?lesen)",
    r"(?:einstellungen (?:öffnen|verwalten|anpassen)|(?:ihre|deine) (?:einwilligung|zustimmung))",
    r"(?:nosotros y )?nuestros (?:\d+ )?socios",
    r"(?:utilizamos|usamos|este sitio (?:web )?(?:usa|utiliza))[\w\s,]{0,40}?cookies",
    r"(?:aceptar (?:todo|todas|y continuar)|rechazar todo|continuar sin aceptar)",
    r"configurar (?:las )?(?:cookies|preferencias)",
    r"(?:мы|наш сайт|этот сайт)(?: и наши партн[её]ры)? использу\w+[\w\s,-]{0,40}?cookie",
    r"(?:принять (?:все|всё|и (?:продолжить|закрыть))|отклонить (?:все|всё)|настроить (?:cookie|файлы)|наши партн[её]ры)",
    r"(?:даю|даёте|даете) (?:сво[её] )?согласие на (?:обработку|использование)",
    r"(?:noi e i nostri|i nostri) (?:\d+ )?(?:partner|fornitori)",
    r"(?:utilizziamo|questo sito (?:usa|utilizza))[\w\s,]{0,40}?cookie",
    r"(?:accetta (?:tutto|tutti|e continua)|rifiuta tutto|gestisci (?:le )?(?:preferenze|opzioni)|continua senza accettare)",
    r"(?:wij|we) en onze (?:\d+ )?partners",
    r"(?:wij|we) gebruiken[\w\s,]{0,40}?cookies",
    r"(?:alles (?:accepteren|weigeren)|accepteer alles|(?:voorkeuren|instellingen) (?:beheren|aanpassen))",
    r"(?:my i )?nasi (?:zaufani )?(?:\d+ )?partnerzy",
    r"(?:używamy|wykorzystujemy|korzystamy z)[\w\s,]{0,40}?(?:cookies|cookie|ciasteczek)",
    r"(?:akceptuj(?:ę)? (?:wszystk\w+|i przejdź)|przejdź do serwisu|zaakceptuj wszystk\w+|ustawienia zaawansowane)",
    r"(?:nós e (?:os )?)?nossos (?:\d+ )?parceiros",
    r"(?:aceitar (?:tudo|todos|e continuar)|rejeitar tudo|gerir (?:as )?(?:opções|preferências))",
    r"ми (?:та наші партнери )?використовуємо[\w\s,-]{0,40}?cookie",
    r"(?:прийняти (?:все|всі)|відхилити (?:все|всі))",
)

_PAYWALL = _any(
    r"subscribe (?:now )?(?:to|and) (?:continue|keep|read|unlock|access)",
    r"(?:sign in|log in|register|subscribe)(?: or (?:subscribe|register|sign in))? to continue reading",
    r"(?:sign in|log in|register|subscribe) to read (?:the (?:full|rest)|this|more)",
    r"to (?:continue|keep) reading(?: this (?:article|story))?,? (?:please )?(?:subscribe|sign|log|register|become|start)",
    r"(?:this|the full) (?:article|story|content) is (?:only )?(?:for|available (?:only )?(?:to|for)|reserved for)"
    r" (?:our )?(?:paid |premium )?(?:subscribers|members)",
    r"already a subscriber",
    r"(?:la suite|cet article|ce contenu|article) (?:est |vous est )?réservée? (?:à nos|aux) abonnés",
    r"il vous reste \d+(?:[.,]\d+)?\s?% de cet article",
    r"(?:abonnez-vous|connectez-vous) pour (?:lire|continuer|accéder)",
    r"(?:déjà abonné|pour lire la suite)",
    r"(?:dieser|der vollständige) (?:artikel|inhalt|beitrag) ist (?:nur )?(?:für|exklusiv für|abonnent)",
    r"(?:jetzt |hier )?weiterlesen mit",
    r"(?:sie wollen|möchten sie|um) (?:den (?:ganzen |vollständigen )?(?:artikel|text) )?weiter(?:zu)?lesen",
    r"(?:bereits|schon) abonnent",
    r"(?:suscríbete|suscríbase|regístrate|inicia sesión) para (?:seguir|continuar|leer)",
    r"(?:contenido|artículo) (?:exclusivo|solo|reservado) para (?:nuestros )?suscriptores",
    r"(?:оформите|купите) подписку,? (?:чтобы|для)",
    r"(?:статья|материал|текст|полный текст)(?: статьи)? доступ(?:ен|на|но)"
    r" (?:только )?(?:по подписке|подписчикам|для подписчиков)",
    r"(?:чтобы|для того чтобы) (?:читать|прочитать|дочитать)[\w\s,]{0,30}?(?:подпи|войдите|авториз)",
    r"(?:abbonati|accedi) per (?:continuare|leggere)",
    r"(?:contenuto|articolo) riservato agli abbonati",
    r"(?:verder lezen|lees verder)\? (?:word|neem|log)",
    r"(?:alleen|exclusief) voor abonnees",
    r"(?:wykup|kup) (?:dostęp|prenumeratę|subskrypcję)",
    r"(?:assine|inicie sessão) para (?:continuar|ler)",
    r"(?:conteúdo|artigo) exclusivo para assinantes",
)


_PARKED = _any(
    r"(?:this|the) (?:premium )?domain(?: name)? (?:[\w.-]+ )?(?:is|may be|could be)"
    r" (?:for sale|parked|available for purchase)",
    r"(?:buy|purchase|inquire about) this domain",
    r"this domain (?:name )?(?:has expired|is pending renewal|was recently registered|is registered, but)",
    r"domain(?: name)? (?:[\w.-]+ )?is (?:for sale|parked)",
    r"parked (?:free|domain)",
    r"(?:diese|die) domain (?:[\w.-]+ )?(?:steht zum verkauf|kaufen|ist zu verkaufen|wurde geparkt)",
    r"(?:ce nom de domaine|le (?:nom de )?domaine [\w.-]+) est (?:à vendre|en vente|expiré)",
    r"(?:este dominio|el dominio [\w.-]+) (?:está (?:en venta|a la venta)|ha (?:expirado|caducado))",
    r"(?:questo dominio|il dominio [\w.-]+) è in vendita",
    r"(?:этот )?домен (?:[\w.-]+ )?(?:прода[её]тся|выставлен на продажу|припаркован)",
    r"срок регистрации домена",
    r"(?:ta )?domena (?:[\w.-]+ )?(?:jest na sprzedaż|została zaparkowana)",
    r"bu alan adı satılıktır",
)
_PARKED_HOST = re.compile(
    r"(?:sedoparking|parkingcrew|parklogic|bodis|cashparking|uniregistry|skenzo)\.com/"
    r"|(?:www\.)?(?:hugedomains\.com/domain_profile|afternic\.com/forsale|dan\.com/buy-domain|sedo\.com/search/details)"
    r"|/lander\?|data-adblockkey=",
    re.IGNORECASE,
)


def fault(*, text: str, shown: str, stated: Stated, html: str, url: str) -> PageFault | None:
    """What the page at `url` shows in place of its article; None: the article.

    `text` is what was extracted from `html`, `shown` what a reader would see of the page, line by line.
    """
    seen = text if len(text) >= _MIN_LETTERS else shown
    if _is_consent(seen, shown, url):
        return PageFault.CONSENT_WALL
    if not stated.published and len(text) < _SHORT:
        if _is_bot_wall(seen, stated.title, html):
            return PageFault.BOT_WALL
        if _is_missing(seen, stated, url):
            return PageFault.SOFT_404
    if len(text) < _TEASER and (stated.locked or _PAYWALL.search(seen)):
        return PageFault.PAYWALL
    return PageFault.NO_TEXT if sum(map(str.isalpha, text)) < _MIN_LETTERS else None


def in_place_of_a_feed(*, text: str, title: str, html: str, url: str) -> str | None:
    """What a page is that came where a feed was expected: "parked-domain", "bot-wall" or "consent-wall"; None: some page.

    `text` is what a reader would see of it.
    """
    if _PARKED_HOST.search(html) or (len(text) < _LONG and (_PARKED.search(title) or _PARKED.search(text))):
        return "parked-domain"
    if len(text) < _SHORT and _is_bot_wall(text, title, html):
        return PageFault.BOT_WALL.value
    return PageFault.CONSENT_WALL.value if _is_consent(text, text, url) else None


def behind_an_error(html: str) -> bool:
    """Whether the beginning of an error's page (403, 503, …) is that of a bot wall. That somebody may not come in says every
    such page: only a challenge counts, or the marks of a shield. Linear in the length of `html`."""
    title = _TITLE.search(html)
    titled = title is not None and _says(_BOT_TITLE, unescape(title[1]).strip())
    return titled or _BOT_MARKUP.search(html) is not None or _BOT_TEXT.search(html) is not None


def _is_bot_wall(text: str, title: str, html: str) -> bool:
    marked = len(text) < _SHORT / 2 and _BOT_MARKUP.search(html) is not None
    titled = _says(_BOT_TITLE, title) or _says(_DENIED_TITLE, title)
    return marked or titled or _asks(_BOT_TEXT, text) or _asks(_DENIED_TEXT, text)


def _is_missing(text: str, stated: Stated, url: str) -> bool:
    """Whether the page says that there is no such page, or says that it is the front page."""
    said = _says(_MISSING_TITLE, stated.title) or _says(_MISSING_TITLE, text.partition("\n")[0])
    return said or (stated.is_front and not metadata.is_front(url) and len(text) < _SHORT / 2)


def _is_consent(text: str, shown: str, url: str) -> bool:
    """Whether most of it asks for consent, and the page does so in more than one way; or it is a consent manager's."""
    if _CONSENT_HOST.search(urlsplit(url).hostname or ""):
        return True
    return len(text) < _LONG and _asks(_CONSENT, text) and len(set(_CONSENT.findall(f"{text}\n{shown}"))) > 1


def _says(phrases: re.Pattern[str], title: str) -> bool:
    """Whether that is all the title says, but for a separator and a name."""
    said = phrases.match(title)
    rest = title[said.end() :].strip() if said else ""
    return said is not None and not rest[:1].isalnum() and len(rest.split()) <= _NAME_WORDS


def _asks(phrases: re.Pattern[str], text: str) -> bool:
    """Whether the lines with such a phrase are most of the text."""
    asking = [line for line in text.split("\n") if phrases.search(line)]
    return sum(map(len, asking)) > _ASKING_SHARE * len(text)
