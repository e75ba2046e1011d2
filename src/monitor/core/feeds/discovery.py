"""What a site offers to be polled: feeds, sitemaps, pages that list articles.

What belongs here: finding them in a document. What does not: what a page names (links.py), and reading
what was found (document.py).
"""

from collections.abc import Mapping

from monitor.core import charsets
from monitor.core.errors import ParseError
from monitor.core.feeds import document, links
from monitor.core.model import FeedFormat
from monitor.core.settings import SourceKind


def discover(body: bytes, url: str, headers: Mapping[str, str]) -> tuple[links.Found, ...]:
    """What the document at `url` offers: itself, if it is a feed or a sitemap; else what the page names and links to, the
    likeliest first. For the sandbox. Raises ParseError if the body is nothing that can be read."""
    try:
        feed = document.read(body, url=url, headers=headers, kind=SourceKind.FEED)
    except ParseError:
        text = charsets.decode(body, charsets.of_header(headers.get("content-type")), charsets.of_document(body))
        return links.of_page(text, url)
    maps = (FeedFormat.SITEMAP, FeedFormat.SITEMAP_INDEX, FeedFormat.NEWS_SITEMAP)
    kind = links.FoundKind.SITEMAP if feed.format in maps else links.FoundKind.FEED
    return (links.Found(url=url, kind=kind, title=feed.title),)
