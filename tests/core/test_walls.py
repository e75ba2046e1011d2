"""Pages that stand in an article's place, and articles about such pages."""

from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.core.articles.metadata import Stated
from monitor.core.articles.walls import behind_an_error, fault
from monitor.core.model import PageFault

URL = "https://gazette.example/2026/11/22/wolves.html"
PUBLISHED = datetime(2026, 11, 22, 8, tzinfo=UTC)
NEWS = "Rangers counted wolves twice on the road to Felden. The council will talk about compensation on Monday."


def found(
    text: str, title: str = "", *, html: str = "", shown: str = "", url: str = URL, **stated: Any
) -> PageFault | None:
    return fault(text=text, shown=shown, stated=Stated(title=title, **stated), html=html, url=url)


CONSENT = [
    "We and our partners store and access information on your device.\nAccept all\nManage your choices",
    "We value your privacy. We and our 842 partners process personal data.\nReject all",
    "Nos partenaires et nous déposons des cookies.\nTout accepter\nContinuer sans accepter",
    "Nous et nos 120 partenaires utilisons des traceurs, dont des cookies.\nGérer mes choix",
    "Wir und unsere Partner verwenden Cookies und ähnliche Techniken.\nAlle akzeptieren\nEinstellungen öffnen",
    "Diese Website nutzt Cookies und Tracking.\nMit Werbung weiterlesen",
    "Nosotros y nuestros socios usamos cookies.\nAceptar todo\nRechazar todo",
    "Мы используем файлы cookie и данные о посещениях.\nПринять все\nНастроить cookie",
    "Noi e i nostri partner utilizziamo i cookie.\nAccetta tutto\nContinua senza accettare",
    "Wij en onze partners gebruiken cookies.\nAlles accepteren",
    "My i nasi zaufani partnerzy używamy plików cookies.\nPrzejdź do serwisu",
    "Nós e os nossos parceiros armazenamos dados.\nAceitar tudo",
    "Ми використовуємо файли cookie.\nПрийняти всі",
]


@pytest.mark.parametrize("text", CONSENT)
def test_consent_walls(text: str) -> None:
    assert found(text, "The Gazette", published=PUBLISHED) is PageFault.CONSENT_WALL
    assert found("", shown=text) is PageFault.CONSENT_WALL


@pytest.mark.parametrize(
    "url", ["https://consent.google.com/m?continue=x", "https://guce.yahoo.com/consent", "https://a.consent.b.eu/"]
)
def test_addresses_of_consent_managers(url: str) -> None:
    assert found(NEWS, url=url) is PageFault.CONSENT_WALL


@pytest.mark.parametrize(
    ("title", "text", "html"),
    [
        ("Just a moment...", "Enable JavaScript and cookies to continue", ""),
        ("Un momento…", "", ""),
        ("Один момент…", "", ""),
        ("Attention Required! | Cloudflare", "Sorry, you have been blocked. This site is protected.", ""),
        ("Access Denied", "You don't have permission to access this on this server. Reference 18.2f.", ""),
        ("gazette.example", "Checking your browser before accessing gazette.example, please stand by.", ""),
        ("gazette.example", "Please verify that you are a human by completing the action below, thank you.", ""),
        ("DDoS-Guard", "", ""),
        ("Проверка браузера", "Подождите несколько секунд, идёт проверка вашего браузера перед переходом.", ""),
        ("Вы не робот?", "Подтвердите, что вы не робот, и мы откроем вам эту страницу сайта сразу же.", ""),
        ("Sicherheit", "Bitte bestätigen Sie, dass Sie ein Mensch sind, bevor es auf der Seite weitergeht.", ""),
        ("Sécurité", "Nous devons vérifier que vous n’êtes pas un robot avant de vous laisser continuer ici.", ""),
        ("Seguridad", "Confirma que no eres un robot para que podamos mostrarte la página que has pedido.", ""),
        ("", "", '<iframe src="/_Incapsula_Resource?SWUDNSAI=31"></iframe>'),
        ("gazette.example", "", '<script>window._cf_chl_opt = {};</script>'),
        ("", "", '<script src="https://ct.captcha-delivery.com/c.js"></script>'),
        ("403", "", '<script src="/__qrator/qauth.js"></script>'),
    ],
)  # fmt: skip
def test_bot_walls(title: str, text: str, html: str) -> None:
    assert found(text, title, html=html) is PageFault.BOT_WALL


@pytest.mark.parametrize(
    ("html", "wall"),
    [
        ("<title>Just a moment...</title>", True),
        ('<TITLE id="t">DDoS-Guard</title>', True),
        ("<title>Attention Required! | Cloudflare</title>", True),
        ("<title>gazette.example</title><script>window._cf_chl_opt = {};</script>", True),
        ("<title></title><p>Sorry, you have been blocked</p>", True),
        ("<title>403 Forbidden</title><center>nginx</center>", False),
        ("<title>403 Forbidden</title><p>You don't have permission to access / on this server.</p>", False),
        ("<title>Access Denied</title>", False),
        ("<title>Service Unavailable</title><p>We are back in an hour.</p>", False),
        ("<title" * 5000, False),
        ("", False),
    ],
)
def test_bot_walls_behind_an_error(html: str, wall: bool) -> None:
    assert behind_an_error(html) is wall


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("404", "Go back to the front page or use the search to find what you were looking for."),
        ("Error 404: not found", "The address may have changed, or it was mistyped by somebody somewhere."),
        ("Page not found", "Try the search."),
        ("This page can't be found", ""),
        ("Page introuvable", "La page que vous cherchez n’est plus là, ou elle n’a jamais existé chez nous."),
        ("Seite nicht gefunden", ""),
        ("Página no encontrada", ""),
        ("Página não encontrada", ""),
        ("Pagina non trovata", ""),
        ("Страница не найдена", "Возможно, она была удалена или её адрес изменился после обновления сайта."),
        ("Сторінку не знайдено", ""),
        ("Nie znaleziono strony", ""),
        ("Sayfa bulunamadı", ""),
        ("الصفحة غير موجودة", ""),
        ("The Gazette", "Page not found\nWe could not find what you were looking for, please try the search."),
    ],
)
def test_soft_404s(title: str, text: str) -> None:
    assert found(text, title) is PageFault.SOFT_404


def test_a_page_that_says_it_is_the_front_page() -> None:
    assert found(NEWS, "The Gazette", is_front=True) is PageFault.SOFT_404
    assert found(NEWS, "The Gazette", is_front=True, url="https://gazette.example/") is None
    assert found(NEWS * 5, "Wolves return", is_front=True) is None
    assert found(NEWS, "Wolves return", is_front=True, published=PUBLISHED) is None


@pytest.mark.parametrize(
    "text",
    [
        "Subscribe to continue reading.",
        "To continue reading this article, please sign in.",
        "This story is only available to subscribers.",
        "La suite est réservée aux abonnés.",
        "Il vous reste 82.5% de cet article à lire.",
        "Dieser Artikel ist nur für Abonnenten.",
        "Jetzt weiterlesen mit Gazette Plus",
        "Suscríbete para seguir leyendo",
        "Contenido exclusivo para suscriptores",
        "Оформите подписку, чтобы прочитать до конца.",
        "Материал доступен только по подписке.",
        "Abbonati per continuare a leggere",
        "Alleen voor abonnees",
        "Wykup dostęp do artykułu",
        "Assine para continuar lendo",
    ],
)
def test_paywalls(text: str) -> None:
    assert found(f"{NEWS}\n{text}", "Wolves return", published=PUBLISHED) is PageFault.PAYWALL


def test_a_page_that_says_it_is_not_free() -> None:
    assert found(NEWS, locked=True) is PageFault.PAYWALL
    assert found(NEWS * 20, locked=True) is None


def test_nothing_to_read() -> None:
    assert found("", "Wolves return", shown="Home\nSport") is PageFault.NO_TEXT
    assert found("2026 — 11 — 22 " * 9, "Wolves return", published=PUBLISHED) is PageFault.NO_TEXT


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Wolves return to Felden", NEWS),
        (
            "CNIL fines search engine over cookies",
            (
                "The French regulator has fined a search engine 150 million for the way in which it asks for cookies.\n"
                "Visitors had a button to accept all of them, and no button to refuse, the authority wrote.\n"
                "The company said that it would study the decision. Cookies are small files that sites store."
            ),
        ),
        (
            "Regierung will Cookie-Banner abschaffen",
            (
                "Die Regierung plant ein Ende der Cookie-Banner. Nutzer sollen nur noch einmal gefragt werden.\n"
                "Verbände der Werbewirtschaft warnen. Eine Entscheidung wird im Frühjahr erwartet."
            ),
        ),
        (
            "404 migrants rescued off Lampedusa",
            "The coast guard brought 404 people ashore on Sunday night. Among them were 30 children, it said.",
        ),
        (
            "Not found: the orchestra that lost its score",
            "For years the manuscript was missing. Now a librarian has told the paper where she had looked for it.",
        ),
        (
            "Netflix raises the price of a subscription",
            "Subscribers will pay two euros more from January. The company had announced the step in the autumn.",
        ),
        (
            "Access denied: how a country blocks the web",
            "Journalists have counted 2,000 blocked sites. The minister denied it, and then blocked their report.",
        ),
        (
            "Captcha inventor honoured in Felden",
            "The inventor of the little puzzles which tell people from robots was given the town's medal on Sunday.",
        ),
        (
            "Робот прошёл проверку на человека",
            "Инженеры из Новосибирска научили робота решать задачи, которыми сайты проверяют посетителей. Он справился.",
        ),
    ],
)
@pytest.mark.parametrize("published", [PUBLISHED, None])
def test_articles_about_such_things_are_articles(title: str, text: str, published: datetime | None) -> None:
    assert found(text, title, published=published) is None


def test_a_long_text_is_no_wall() -> None:
    assert found("\n".join([*CONSENT, NEWS * 60])) is None
    assert found(NEWS * 60 + "\nSubscribe to continue reading.") is None
