"""Pages of self-written news, with all that surrounds them."""

from datetime import UTC, datetime
from html import escape

import pytest

from monitor.core.articles.page import extract, read
from monitor.core.errors import ParseError
from monitor.core.model import PageFault

URL = "https://gazette.example/2026/11/22/wolves.html"
TITLE = "Wolves return to Felden"
NEWS = {
    "en": [
        "Rangers counted wolves twice on the road to Felden. The council met for six hours on Monday night.",
        "Nobody has been hurt, said the mayor, who has seen one of the animals with her own eyes from a window.",
        "Farmers who have lost sheep will be paid, but not before the spring. They had asked for a fence, too.",
        "The animals have been seen with cameras by a hunter from the next valley, which lies behind the hills.",
    ],
    "fr": [
        "Des loups ont été aperçus deux fois sur la route de Valmer. Le conseil s’est réuni pendant six heures lundi.",
        "Personne n’a été blessé, selon la maire, qui a vu de ses yeux l’un des animaux depuis une fenêtre.",
        "Les éleveurs qui ont perdu des brebis seront payés, mais pas avant le printemps. Ils voulaient une clôture.",
        "Les animaux ont été filmés par un chasseur de la vallée voisine, qui est derrière les collines.",
    ],
    "de": [
        "Auf der Straße nach Felden wurden zweimal Wölfe gesehen. Der Rat tagte am Montag sechs Stunden lang.",
        "Verletzt wurde niemand, sagte die Bürgermeisterin, die eines der Tiere mit eigenen Augen gesehen hat.",
        "Die Bauern, die Schafe verloren haben, werden entschädigt, aber nicht vor dem Frühjahr.",
        "Die Tiere hat ein Jäger aus dem Nachbartal mit Kameras aufgenommen, das hinter den Hügeln liegt.",
    ],
    "es": [
        "Dos lobos fueron vistos en la carretera de Valmer. El consejo se reunió el lunes durante seis horas.",
        "Nadie resultó herido, según la alcaldesa, que vio uno de los animales con sus propios ojos.",
        "Los ganaderos que han perdido ovejas cobrarán, pero no antes de la primavera. También pedían una valla.",
        "Los animales fueron grabados por un cazador del valle vecino, que está detrás de las colinas.",
    ],
    "ru": [
        "На дороге к городу Валмер дважды видели волков. Совет заседал в понедельник шесть часов.",
        "Никто не пострадал, сообщила мэр, которая своими глазами видела одного из зверей из окна.",
        "Фермеры, которые потеряли овец, получат выплаты, но не раньше весны. Они просили ещё и забор.",
        "Зверей снял на камеру охотник из соседней долины, которая лежит за холмами.",
    ],
}
AROUND = {  # consent, related, newsletter
    "en": (
        "We and our partners store cookies on your device. Accept all.",
        "Read also",
        "Get our newsletter every morning",
    ),
    "fr": ("Nos partenaires et nous déposons des cookies. Tout accepter.", "À lire aussi", "Recevez notre lettre"),
    "de": (
        "Wir und unsere Partner verwenden Cookies. Alle annehmen.",
        "Lesen Sie auch",
        "Unser Newsletter, jeden Morgen",
    ),
    "es": ("Nosotros y nuestros socios usamos cookies. Aceptar todo.", "Lea también", "Reciba nuestro boletín"),
    "ru": ("Мы используем файлы cookie. Принять все.", "Читайте также", "Подпишитесь на нашу рассылку"),
}
STRAY = "A lone lynx was filmed at night near the harbour of Orlesund, and then it was seen again."
LAYOUTS = {
    "plain": "<article><h1>{title}</h1>{body}</article>",
    "blog": '<div id="content"><div class="post"><h1 class="title">{title}</h1><div class="entry">{body}</div></div></div>',
    "agency": "<main><section><header><h1>{title}</h1></header><div class='story'>{body}</div></section></main>",
}


ASKING = "<h1>Your privacy</h1><p>We and our partners store information on your device.</p><button>Accept all</button>"


def page(paragraphs: list[str], language: str = "en", layout: str = "plain", head: str = "", stray: str = STRAY) -> str:
    """A page as a browser would be sent it, with `stray` in everything that surrounds the article."""
    consent, also, letter = AROUND[language]
    body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    story = LAYOUTS[layout].format(title=TITLE, body=body)
    return (
        f'<!doctype html><html lang="{language}"><head><title>{TITLE} | Gazette</title>{head}</head><body>'
        f'<div id="cookie-banner" class="consent"><p>{consent}</p><p>{stray}</p><button>OK</button></div>'
        f'<header><nav><ul><li><a href="/1">Politics</a></li></ul><p>{stray}</p></nav></header>{story}'
        f'<aside class="related"><h4>{also}</h4><ul><li><a href="/2">{stray}</a></li></ul></aside>'
        f'<div class="newsletter">{letter}</div><footer>{stray}</footer></body></html>'
    )


@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("language", NEWS)
def test_the_text_is_the_article_s_and_nothing_else(language: str, layout: str, count: int) -> None:
    paragraphs = NEWS[language][:count]
    found = read(page(paragraphs, language, layout).encode(), url=URL)
    assert found.text.split("\n") == paragraphs
    assert (found.title, found.fault) == (TITLE, None)
    assert found.language == language


def test_what_a_page_states() -> None:
    head = (
        '<meta property="article:published_time" content="2026-11-22T10:00:00+02:00"><meta name="author" content="Ada Holm">'
        '<link rel="canonical" href="/2026/11/22/wolves">'
    )
    found = read(page(NEWS["en"], head=head).encode(), url=URL)
    assert found.published == datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert (found.author, found.canonical) == ("Ada Holm", "https://gazette.example/2026/11/22/wolves")


def test_a_date_that_is_only_written_somewhere() -> None:
    paragraphs = ["Felden, 21 November 2026", *NEWS["en"]]
    html = page(paragraphs, stray="").encode()
    found = read(html, url="https://gazette.example/w", headers={"date": "Sun, 22 Nov 2026 08:00:00 GMT"})
    assert found.published == datetime(2026, 11, 21, tzinfo=UTC)
    earlier = read(html, url="https://gazette.example/w", headers={"date": "Sun, 22 Nov 2020 08:00:00 GMT"})
    assert earlier.published is None


@pytest.mark.parametrize(
    ("charset", "header", "meta"),
    [
        ("utf-8", "text/html; charset=utf-8", ""),
        ("utf-8", "text/html; charset=iso-8859-1", '<meta charset="utf-8">'),
        ("windows-1251", "text/html; charset=windows-1251", '<meta charset="utf-8">'),
        ("windows-1251", "text/html", '<meta charset="windows-1251">'),
        ("koi8-r", "text/html; charset=utf-8", '<meta charset="koi8-r">'),
    ],
)
def test_charsets(charset: str, header: str, meta: str) -> None:
    body = page(NEWS["ru"], "ru", head=meta).encode(charset)
    assert read(body, url=URL, headers={"content-type": header}).text.split("\n") == NEWS["ru"]


def test_lines_that_a_page_repeats_stand_once() -> None:
    blocked = "External content is not available here."
    found = read(page([NEWS["en"][0], blocked, NEWS["en"][1], blocked, "Yes.", "No.", "Yes."]).encode(), url=URL)
    assert found.text.split("\n").count(blocked) == 1
    assert found.text.split("\n").count("Yes.") == 2


@pytest.mark.parametrize(
    ("shown", "own", "taken"),
    [
        (1, NEWS["en"], True),  # the teaser of a page that fills itself by script
        (2, NEWS["en"], True),
        (4, NEWS["en"], False),
        (4, NEWS["de"] * 2, False),  # another article's
        (3, [*NEWS["en"][:3], *NEWS["fr"]], True),
    ],
)
def test_text_that_only_linked_data_carries(shown: int, own: list[str], taken: bool) -> None:
    body = "\\n".join(own)
    head = f'<script type="application/ld+json">{{"@type": "Article", "articleBody": "{body}"}}</script>'
    found = read(page(NEWS["en"][:shown], head=head).encode(), url=URL)
    assert found.text.split("\n") == (list(dict.fromkeys(own)) if taken else NEWS["en"][:shown])


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<html><head><title>Just a moment...</title></head><body><p>Please wait</p></body></html>", PageFault.BOT_WALL),
        ("<html><head><title>Page not found</title></head><body><h1>Page not found</h1></body></html>", PageFault.SOFT_404),
        (f"<html><head><title>Gazette</title></head><body><div>{ASKING}</div></body></html>", PageFault.CONSENT_WALL),
        ("<html><head><title>Wolves</title></head><body><div id=app></div></body></html>", PageFault.NO_TEXT),
    ],
)  # fmt: skip
def test_walls(html: str, fault: PageFault) -> None:
    found = read(html.encode(), url="https://gazette.example/w")
    assert (found.fault, found.text) == (fault, "")


def test_a_paywall_keeps_its_teaser() -> None:
    found = read(page([NEWS["en"][0], "Subscribe to continue reading."]).encode(), url=URL)
    assert found.fault is PageFault.PAYWALL
    assert found.text.startswith(NEWS["en"][0])


@pytest.mark.parametrize(
    ("html", "summary", "language"),
    [
        (page(NEWS["de"], "en"), NEWS["en"][0], "de"),
        ("<html><head><title>Just a moment...</title></head><body></body></html>", NEWS["fr"][0], "fr"),
        (page([NEWS["ru"][0], "Материал доступен только по подписке."], "ru"), "", "ru"),
        ("<html lang=es><head><title>Lobos</title></head><body><div></div></body></html>", "", "es"),
    ],
)
def test_the_language_is_the_text_s_that_is_used(html: str, summary: str, language: str) -> None:
    page = extract(html.encode(), url=URL, headers={}, hint=None, feed_title="", feed_summary=summary)
    assert page.language == language


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"plain text, and nothing else",
        b'{"json": "feed"}',
        b"%PDF-1.7 ...",
        b"\x89PNG\r\n",
        b"<html><body>" + b"<div>a</div>" * 60_000,
        b" " * ((20 << 20) + 1),
    ],
)
def test_what_is_no_page(body: bytes) -> None:
    with pytest.raises(ParseError):
        read(body, url=URL)


def test_a_page_behind_the_warnings_of_its_program() -> None:
    warning = "<br /><b>Warning</b>: Use of undefined constant in <b>/var/www/index.php</b> on line <b>5</b><br />"
    assert read((warning + page(NEWS["en"])).encode(), url=URL).text.split("\n") == NEWS["en"]


def test_xhtml_that_declares_its_charset_twice() -> None:
    html = '<?xml version="1.0" encoding="windows-1251"?>\n' + page(
        NEWS["ru"], "ru", head='<meta charset="windows-1251">'
    )
    assert read(html.encode("windows-1251"), url=URL).text.split("\n") == NEWS["ru"]
    assert read(html.encode(), url=URL).text.split("\n") == NEWS["ru"]


def test_a_long_article_is_extracted_once() -> None:
    paragraphs = [f"{paragraph} That was on day {day}." for day in range(5) for paragraph in NEWS["en"]]
    assert read(page(paragraphs).encode(), url=URL).text.split("\n") == paragraphs


@pytest.mark.parametrize("opening", ["<div>" * 200_000, "<b>" * 5000, "<table><tr><td>" * 2000])
def test_deep_nesting_is_survived(opening: str) -> None:
    html = page(NEWS["en"]).replace("</body>", f"{opening}x</body>")
    assert NEWS["en"][0] in read(html.encode(), url=URL).text
