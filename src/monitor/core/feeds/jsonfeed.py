"""JSON Feed 1.0 and 1.1 (jsonfeed.org): text in, entries out.

What belongs here: reading the fields that the specification names, leniently. What does not: any other JSON.
"""

import json
from collections.abc import Iterator
from typing import Any

from monitor.core import dates, urls
from monitor.core.errors import ParseError
from monitor.core.feeds import fields, items, markup
from monitor.core.model import Entry, Feed, FeedFormat


def read(text: str, *, url: str, known: bytes = b"") -> Feed:
    """The feed in a JSON text, without the items whose digests are known. Raises ParseError if it is no JSON Feed."""
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ParseError("neither a feed nor JSON: it only begins like JSON") from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise ParseError("JSON, but not a JSON Feed")
    listed = [item for item in feed["items"][: items.MOST] if isinstance(item, dict)]
    entries, digests, taken = items.unseen([_entry(item, url) for item in listed], known)
    return Feed(
        format=FeedFormat.JSON,
        title=markup.line(_text(feed, "title")),
        home=urls.join(url, _text(feed, "home_page_url") or url),
        language=fields.language(_text(feed, "language")),
        entries=entries,
        digests=digests,
        taken=taken,
        hubs=tuple(_hubs(feed, url)),
        topic=(urls.join(url, _text(feed, "feed_url")) or "") if _text(feed, "feed_url") else "",
    )


def _hubs(feed: dict[str, Any], base: str) -> Iterator[str]:
    """The addresses of the hubs that speak WebSub."""
    for hub in _list(feed, "hubs"):
        if isinstance(hub, dict) and _text(hub, "type").lower() == "websub" and _text(hub, "url"):
            yield urls.join(base, _text(hub, "url")) or ""


def _entry(item: dict[str, Any], base: str) -> Entry:
    content = markup.plain(_text(item, "content_html")) or markup.plain(_text(item, "content_text"), html=False)
    summary, text = fields.texts(markup.plain(_text(item, "summary"), html=False), content)
    page = _text(item, "url") or _text(item, "external_url")
    updated = dates.parse(_text(item, "date_modified"))
    return Entry(
        guid=markup.clean(_text(item, "id")).strip()[: urls.MAX_LENGTH] or None,
        url=urls.join(base, page) if page else None,
        title=markup.line(_text(item, "title")),
        published=dates.parse(_text(item, "date_published")) or updated,
        updated=updated,
        author=", ".join(fields.names(_authors(item))) or None,
        summary=summary,
        text=text,
        language=fields.language(_text(item, "language")),
        tags=fields.names(tag for tag in _list(item, "tags") if isinstance(tag, str)),
        digest=items.digest(json.dumps(item, sort_keys=True).encode()),
    )


def _text(item: dict[str, Any], name: str) -> str:
    """A field as text; ids are numbers in many feeds."""
    value = item.get(name)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _list(item: dict[str, Any], name: str) -> list[Any]:
    value = item.get(name)
    return value if isinstance(value, list) else []


def _authors(item: dict[str, Any]) -> list[str]:
    """The authors of version 1.1, or the one author of 1.0."""
    people = [*_list(item, "authors"), item.get("author")]
    return [
        person if isinstance(person, str) else _text(person, "name")
        for person in people
        if isinstance(person, str | dict)
    ]
