"""Lists of feeds in OPML 2.0 (http://opml.org/spec2.opml): reading what is found in the wild, and writing.

Most lists in the wild are not well-formed XML: a bare & in an address, markup or quotes inside a quoted description. An
XML parser that recovers loses feeds there (lxml in 10 of 64 lists of awesome-rss-feeds, this reader in none; 2026-11-22),
so outlines are read by their own few rules. There are no entities to expand and nothing is fetched. Of an outline only
title, addresses, language and categories are taken: a list must not be able to set anything else.

What belongs here: bytes → outlines, sources → bytes. What does not: names that are unique, the configuration.
"""

import html
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from xml.etree import ElementTree

from monitor.core.charsets import decode
from monitor.core.settings import Source, SourceKind

MAX_BYTES = 10 * 2**20
MAX_TAGS = 100_000  # of outlines, opening and closing
MAX_PROBLEMS = 100  # more are counted, not listed
MAX_DEPTH = 10  # folders around a feed that become categories
MAX_TEXT = 300  # characters of a title or a category
MAX_ADDRESS = 4_000  # characters

_TAG = re.compile(r"<!--|<outline(?=[\s/>])|</outline(?=[\s>])", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""(?<=["'\s])([A-Za-z_][\w.-]*)\s*=\s*(["'])""")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\w{2,31});", re.ASCII)
_ENCODING = re.compile(rb"""^[^>]{0,100}?\bencoding\s*=\s*["']([\w.:-]{2,40})["']""")


@dataclass(frozen=True, kw_only=True, slots=True)
class Outline:
    """A feed in a list. `title` is one line, perhaps empty; `html_url` the page that the feed belongs to; `categories`
    the folders that it stands in, outermost first, then its own."""

    title: str
    url: str
    html_url: str | None = None
    language: str | None = None
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Tag:
    """An outline's tag: its attributes by name in lower case, how it ends ("/>", ">", "" if it breaks off), its line."""

    attributes: Mapping[str, str]
    end: str
    line: int


def read(body: bytes) -> tuple[tuple[Outline, ...], tuple[str, ...]]:
    """The feeds of a list in its order, each address once, and what could not be read, a line each. Never raises.

    The work grows with the length of the list and no faster, whatever it holds.
    """
    if len(body) > MAX_BYTES:
        return (), (f"the list is larger than {MAX_BYTES} bytes: cut it into several",)
    declared = _ENCODING.match(body)
    text = decode(body, in_document=declared[1].decode() if declared else None)
    found: dict[str, Outline] = {}
    problems: list[str] = []
    folders: list[str] = []
    for number, tag in enumerate(_tags(text)):
        if number == MAX_TAGS:
            problems.insert(0, f"the list has more than {MAX_TAGS} tags: what comes after them is not read")
            break
        if tag is None:
            folders[-1:] = []
            continue
        problems += _problem(tag)
        outline = _outline(tag, folders)
        if outline:
            _add(found, outline)
        if tag.end == ">":
            folders.append("" if outline else _title(tag))
    if not found and not problems:
        problems.append('no feed is in it: a feed is an <outline xmlUrl="https://…">')
    more = len(problems) - MAX_PROBLEMS
    return tuple(found.values()), (*problems[:MAX_PROBLEMS], *([f"and {more} more like these"] if more > 0 else []))


def _tags(text: str) -> Iterator[_Tag | None]:
    """The tags of outlines in their order; None closes one."""
    line, counted = 1, 0
    tag = _TAG.search(text)
    while tag:
        position = tag.end()
        if tag[0] == "<!--":
            end = text.find("-->", position)
            position = end if end > 0 else len(text)
        elif tag[0].startswith("</"):
            yield None
        else:
            following = _TAG.search(text, position)
            chunk = text[position : following.start() if following else len(text)]
            line, counted = line + text.count("\n", counted, tag.start()), tag.start()
            yield _Tag(*_attributes(chunk), line)
        tag = _TAG.search(text, position)


def _attributes(chunk: str) -> tuple[dict[str, str], str]:
    """The attributes at the beginning of a text, and the end of the tag.

    A value ends at the last quote before the next attribute, so quotes and markup inside of it do no harm.
    """
    starts = list(_ATTRIBUTE.finditer(chunk))
    if not starts:
        return {}, ">" if chunk.lstrip().startswith(">") else "/>"
    attributes: dict[str, str] = {}
    for start, following in itertools.pairwise(starts):
        end = chunk.rfind(start[2], start.end(), following.start())
        attributes.setdefault(start[1].lower(), _unescaped(chunk[start.end() : max(end, start.end())]))
    last = starts[-1]
    close = re.compile(rf"{last[2]}\s*(/?>)").search(chunk, last.end())
    end = close.start() if close else chunk.find(last[2], last.end())
    if end >= 0:
        attributes.setdefault(last[1].lower(), _unescaped(chunk[last.end() : end]))
    if not close:
        return attributes, ""
    # Markup in a description looks like the end of the tag; what stands before the next tag decides.
    return attributes, "/>" if chunk.rstrip().endswith("/>") else close[1]


def _unescaped(text: str) -> str:
    """With entities resolved that end in a semicolon: `&copy=1` belongs to an address."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text)


def _outline(tag: _Tag, folders: list[str]) -> Outline | None:
    url = _address(tag.attributes)
    if not _is_web(url):
        return None
    own = [_one_line(part).strip("/ ") for part in tag.attributes.get("category", "").split(",")]
    html_url = tag.attributes.get("htmlurl", "").strip()
    return Outline(
        title=_title(tag),
        url=url,
        html_url=html_url if _is_web(html_url) else None,
        language=_one_line(tag.attributes.get("language", "")) or None,
        categories=tuple(dict.fromkeys(c for c in (*folders[:MAX_DEPTH], *own[:MAX_DEPTH]) if c)),
    )


def _problem(tag: _Tag) -> list[str]:
    """Why a feed of the list cannot be taken, if so; a folder is no feed and no problem."""
    what = f"line {tag.line}: {_title(tag) or 'an outline'}"
    url = _address(tag.attributes)
    if not tag.end:
        return [f"{what} breaks off"]
    if url and not _is_web(url):
        return [f"{what} has an address that is not of the web (http:// or https://)"]
    if not url and tag.attributes.get("type", "").lower() in ("rss", "atom", "feed"):
        return [f"{what} has no address (xmlUrl)"]
    if not url and tag.attributes.get("url"):
        return [f"{what} is a link and not a feed"]
    return []


def _address(attributes: Mapping[str, str]) -> str:
    is_feed = attributes.get("type", "").lower() in ("rss", "atom", "feed")
    return (attributes.get("xmlurl") or (attributes.get("url", "") if is_feed else "")).strip()


def _is_web(url: str) -> bool:
    return len(url) <= MAX_ADDRESS and url.isprintable() and bool(re.match(r"https?://[^/\s]", url, re.IGNORECASE))


def _title(tag: _Tag) -> str:
    return _one_line(tag.attributes.get("title") or tag.attributes.get("text") or "")


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:MAX_TEXT].strip()


def _add(found: dict[str, Outline], outline: Outline) -> None:
    """One outline for an address; it keeps the categories of all places where it stands."""
    first = found.setdefault(outline.url, outline)
    categories = tuple(dict.fromkeys((*first.categories, *outline.categories)))
    found[outline.url] = replace(first, categories=categories)


def write(sources: Iterable[Source]) -> bytes:
    """The sources as OPML 2.0, UTF-8. Sites are links, because other programs would take them for feeds."""
    root = ElementTree.Element("opml", version="2.0")
    ElementTree.SubElement(ElementTree.SubElement(root, "head"), "title").text = "Sources of Monitor"
    body = ElementTree.SubElement(root, "body")
    for source in sources:
        feed = source.kind is SourceKind.FEED
        attributes = {"type": "rss" if feed else "link", "text": source.name, "title": source.name}
        attributes["xmlUrl" if feed else "url"] = source.url
        if source.language:
            attributes["language"] = source.language
        if source.tags:
            attributes["category"] = ",".join(tag.replace(",", " ") for tag in source.tags)
        ElementTree.SubElement(body, "outline", attributes)
    ElementTree.indent(root)
    text: str = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()
