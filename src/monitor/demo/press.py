"""Writes the sample outlets' feeds, listing pages and article pages, as untidy as real ones where it matters.

What belongs here: documents as bytes. Which outlet has which articles comes in from outside, and so does `now`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape

from monitor.demo.outlets import Outlet, Sample


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """An article as its outlet lists it."""

    sample: Sample
    url: str
    published: datetime

    @property
    def summary(self) -> str:
        """The first sentence: as much as most feeds give."""
        return self.sample.paragraphs[0].split(". ")[0].rstrip(".") + "."


def feed(outlet: Outlet, home: str, items: Sequence[Listed]) -> tuple[str, bytes]:
    """(content type, document) of an outlet's feed, or of the page that lists its links; newest first as given."""
    match outlet.format:
        case "rss":
            return f"application/rss+xml; charset={outlet.charset}", _rss(outlet, home, items).encode(outlet.charset)
        case "atom":
            return "application/atom+xml", _atom(outlet, home, items).encode()
        case "json":
            return "application/feed+json", _json(outlet, home, items).encode()
        case _:
            return "text/html; charset=utf-8", _listing(outlet, items).encode()


def _rss(outlet: Outlet, home: str, items: Sequence[Listed]) -> str:
    entries = "".join(
        f"<item><title>{escape(item.sample.title)}</title><link>{escape(item.url)}</link>"
        f'<guid isPermaLink="false">{outlet.id}-{item.sample.slug}</guid>'
        f"<dc:creator>{escape(item.sample.author)}</dc:creator><pubDate>{format_datetime(item.published)}</pubDate>"
        f"<description>{escape(f'<p>{escape(item.summary)}</p>')}</description></item>\n"
        for item in items
    )
    return (
        f'<?xml version="1.0" encoding="{outlet.charset}"?>\n'
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>{escape(outlet.name)}</title><link>{home}/</link><description>All articles</description>"
        f"<language>{outlet.language}</language>\n{entries}</channel></rss>\n"
    )


def _atom(outlet: Outlet, home: str, items: Sequence[Listed]) -> str:
    entries = "".join(
        f'<entry><title>{escape(item.sample.title)}</title><link rel="alternate" href="{escape(item.url)}"/>'
        f"<id>tag:{outlet.id}.example,2026:{item.sample.slug}</id>"
        f"<author><name>{escape(item.sample.author)}</name></author>"
        f"<published>{item.published.isoformat()}</published><updated>{item.published.isoformat()}</updated>"
        f"<summary>{escape(item.summary)}</summary></entry>\n"
        for item in items
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}"><title>{escape(outlet.name)}</title>'
        f'<id>tag:{outlet.id}.example,2026:feed</id><link href="{home}/"/>'
        f"<updated>{items[0].published.isoformat()}</updated>\n{entries}</feed>\n"
    )


def _json(outlet: Outlet, home: str, items: Sequence[Listed]) -> str:
    """Feeds of this kind often carry the whole text."""
    entries = [
        {
            "id": item.url,
            "url": item.url,
            "title": item.sample.title,
            "content_html": "".join(f"<p>{escape(words)}</p>" for words in item.sample.paragraphs),
            "date_published": item.published.isoformat(),
            "authors": [{"name": item.sample.author}],
        }
        for item in items
    ]
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": f"{home}/",
        "language": outlet.language,
        "items": entries,
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


_MENU = '<nav><ul><li><a href="/">Home</a></li><li><a href="/topics/asylum">Asylum &amp; housing</a></li></ul></nav>'
_COOKIES = (
    '<div class="cookie-banner" role="dialog"><p>We and our 214 partners value your privacy.</p>'
    "<button>Accept all</button></div>"
)


def _listing(outlet: Outlet, items: Sequence[Listed]) -> str:
    links = "".join(f'<h3><a href="{escape(item.url)}">{escape(item.sample.title)}</a></h3>' for item in items)
    return (
        f'<!doctype html><html lang="{outlet.language}"><head><meta charset="utf-8"><title>{escape(outlet.name)}</title>'
        f"</head><body><header>{_MENU}</header><main><h1>News</h1>{links}</main>{_COOKIES}</body></html>"
    )


def page(outlet: Outlet, item: Listed, related: Sequence[Listed]) -> bytes:
    """An article's page, with a menu, a cookie banner and related links around it. `item.url` is its canonical address."""
    words = "".join(f"<p>{escape(paragraph)}</p>\n" for paragraph in item.sample.paragraphs)
    links = "".join(f'<li><a href="{escape(other.url)}">{escape(other.sample.title)}</a></li>' for other in related)
    title, author = escape(item.sample.title), escape(item.sample.author)
    return (
        f'<!doctype html><html lang="{outlet.language}"><head><meta charset="utf-8">'
        f'<title>{title} – {escape(outlet.name)}</title><link rel="canonical" href="{escape(item.url)}">'
        f'<meta property="og:type" content="article"><meta property="og:title" content="{title}">'
        f'<meta name="author" content="{author}">'
        f'<meta property="article:published_time" content="{item.published.isoformat()}"></head>'
        f"<body><header>{_MENU}</header><main><article><h1>{title}</h1>\n{words}</article></main>"
        f'<aside class="related"><h2>Read more</h2><ul>{links}</ul></aside>'
        f"<footer><p>© {escape(outlet.name)}</p></footer>{_COOKIES}</body></html>"
    ).encode()
